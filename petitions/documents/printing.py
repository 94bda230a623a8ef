"""The same document as a page to print: the form's own texts and values, laid out by ``letter.css``.

The markup is the Word template's: one block, one element. It is filled in by the same environment, so
every value is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from markupsafe import Markup, escape

from petitions.documents import blocks
from petitions.documents.blocks import Look, Paragraph, Table, Tag
from petitions.documents.forms import Form
from petitions.documents.layout import ARTICLE, MOTTO, NATION, about, annex_table
from petitions.documents.render import DRAFT_WORDS
from petitions.documents.sandbox import environment
from petitions.documents.values import (
    END_MARK,
    PARAGRAPH_END,
    by_paragraph,
    ended,
    punctuated,
    settle,
)

_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_PARAGRAPH = re.compile(r'(<p class="[a-z-]*">)((?:(?!</p>).)*)</p>', re.DOTALL)
_RECITAL = re.compile(r'<p class="letter-recital">((?:(?!</p>).)*)</p>', re.DOTALL)
_LAST = re.compile(
    r'(<p class="letter-text">)((?:(?!</p>).)*)</p>(\s*<footer class="letter-foot">)', re.DOTALL
)
_RECEIVED = (
    '<p class="letter-received">Nơi nhận:</p><ul class="letter-recipients">'
    "{% for item in recipients %}<li>- {{ item }}</li>{% endfor %}"
    "<li>- Lưu: VT, {{ file_unit }}.</li></ul>"
)
_CLASSES = {
    Look.BODY: "letter-text",
    Look.CENTRE: "letter-centre",
    Look.HEADING: "letter-head",
    Look.ADDRESSEE: "letter-to",
    Look.ITEM: "letter-text",
}


def print_page(form: Form, values: Mapping[str, Any]) -> Markup:
    """The document as one ``<article>``. Raises ``Invalid`` as ``render`` does."""
    settled = settle(form, values)
    filled = environment().from_string(_source(form)).render(by_paragraph(settled.values))
    filled = _PARAGRAPH.sub(_split, filled).replace(PARAGRAPH_END, "<br>")
    filled = _punctuate_recitals(filled)
    if form.is_issued and f"{END_MARK}</p>" not in filled:
        filled = _LAST.sub(lambda found: f"{found[1]}{ended(found[2])}</p>{found[3]}", filled)
    mark = f'<p class="letter-draft">{DRAFT_WORDS}</p>' if settled.draft else ""
    kind = " letter-wide" if form.letterhead == "register" else ""
    return Markup(f'<article class="letter{kind}" lang="vi">{mark}{filled}</article>')  # noqa: S704


def _split(found: re.Match[str]) -> str:
    """Text of several lines: a paragraph each."""
    start, text = found.groups()
    return "".join(f"{start}{line}</p>" for line in text.split(PARAGRAPH_END))


def _punctuate_recitals(filled: str) -> str:
    recitals = list(_RECITAL.finditer(filled))
    for found in reversed(recitals):
        text = punctuated(found[1], last=found is recitals[-1])
        filled = filled[: found.start(1)] + text + filled[found.end(1) :]
    return filled


@cache
def _source(form: Form) -> str:
    return "\n".join(_parts(form))


def _parts(form: Form) -> Iterator[str]:
    yield from _letterhead(form)
    if not form.is_official_letter:
        yield _text("h1", "letter-title", form.title)
        if form.subject:
            yield _text("p", "letter-subject", form.subject)
        if form.competence_line:
            yield _text("p", "letter-centre", "{{ issuer_office_caps | hoa }}")
    recitals = "\n".join(form.recitals)
    yield from _blocks(blocks.parse(recitals), "letter-recital")
    yield from _blocks(blocks.parse(form.body), "")
    yield from _signature(form)
    for annex in form.annexes:
        yield f"{{% if {annex.name} %}}"
        yield _text("h2", "letter-annex", annex.label.upper())
        yield _table(annex_table(annex))
        yield "{% endif %}"


def _letterhead(form: Form) -> Iterator[str]:
    dated = _text("p", "letter-date", "{{ date_line }}") if form.dated else ""
    nation = (
        f'<p class="letter-nation">{NATION}</p><p class="letter-motto"><span>{MOTTO}</span></p>'
    )
    if form.letterhead == "register":
        yield _text("p", "letter-agency-left", "{{ agency | hoa }}")
    elif form.letterhead == "citizen":
        yield f'<header class="letter-top">{nation}</header>{dated}'
    else:
        number = _text("p", "letter-number", "Số: {{ number_symbol }}") if form.numbered else ""
        matter = _text("h1", "letter-about", about(form)) if form.is_official_letter else ""
        yield (
            f'<header class="letter-heads"><div>{_agency(form)}</div><div>{nation}</div>'
            f"<div>{number}{matter}</div><div>{dated}</div></header>"
        )


def _agency(form: Form) -> str:
    team = form.field("team_name")
    above = "parent_agency" if team is None else "team_name"
    first, second = ("parent_agency", "agency") if team is None else ("agency", "team_name")
    name = "agency" if team is None or not team.required else "team_name"
    return (
        f'{{% if {above} %}}<p class="letter-parent">{{{{ {first} | hoa }}}}</p>'
        f'<p class="letter-agency"><span>{{{{ {second} | hoa }}}}</span></p>{{% else %}}'
        f'<p class="letter-agency"><span>{{{{ {name} | hoa }}}}</span></p>{{% endif %}}'
    )


def _blocks(found: Iterable[blocks.Block], style: str) -> Iterator[str]:
    for block in found:
        match block:
            case Tag():
                yield block.text
            case Table():
                yield _table(block)
            case Paragraph():
                yield _paragraph(block, style)


def _paragraph(block: Paragraph, style: str) -> str:
    if block.look is Look.BODY and (article := ARTICLE.match(block.text)):
        rest = _escaped(block.text[article.end() :])
        return f'<p class="letter-text"><b>{_escaped(article.group())}</b>{rest}</p>'
    text = f"- {block.text}" if block.look is Look.ITEM else block.text
    return _text("p", style or _CLASSES[block.look], text)


def _table(found: Table) -> str:
    styles = [' class="letter-no"' if cell in ("STT", "TT") else "" for cell in found.header.cells]
    head = "".join(
        f'<th scope="col"{style}>{_escaped(cell)}</th>'
        for cell, style in zip(found.header.cells, styles, strict=True)
    )
    rows = "".join(
        each.text
        if isinstance(each, Tag)
        else "<tr>"
        + "".join(
            f"<td{style}>{_escaped(cell)}</td>"
            for cell, style in zip(each.cells, styles, strict=True)
        )
        + "</tr>"
        for each in found.rows
    )
    return (
        f'<table class="letter-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _signature(form: Form) -> Iterator[str]:
    received = _RECEIVED if form.recipients else ""
    for signers in form.signature:
        places = [_signer(each) for each in signers]
        if form.receives_beside_signers:
            places[0] = received
        yield f'<div class="letter-signers">{"".join(f"<div>{each}</div>" for each in places)}</div>'
    if form.is_issued:
        yield (
            f'<footer class="letter-foot"><div>{received}</div><div>'
            '{% for line in signing_lines %}<p class="letter-signer">{{ line }}</p>{% endfor %}'
            '<p class="letter-name">{{ signer_name }}</p></div></footer>'
        )
    elif received and not form.receives_beside_signers:
        yield f'<footer class="letter-foot"><div>{received}</div></footer>'


def _signer(text: str) -> str:
    lines = text.split("\n")
    name = lines.pop() if lines[-1].startswith("{") else ""
    how = (("letter-how" if line.startswith("(") else "letter-signer", line) for line in lines)
    return "".join(_text("p", style, line) for style, line in how) + _text("p", "letter-name", name)


def _text(element: str, style: str, text: str) -> str:
    return f'<{element} class="{style}">{_escaped(text)}</{element}>'


def _escaped(text: str) -> str:
    """The words of the catalogue escaped, its tags left as they are."""
    done = 0
    pieces: list[str] = []
    for found in _TAGS.finditer(text):
        pieces += [escape(text[done : found.start()]), found.group()]
        done = found.end()
    return "".join([*pieces, escape(text[done:])])
