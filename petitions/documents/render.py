"""Filling a Word template: the same template and values give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from docx.oxml import parse_xml
from docxtpl import DocxTemplate

from petitions.documents import archive, ooxml
from petitions.documents.forms import Form
from petitions.documents.layout import (
    BODY,
    BODY_NAME,
    DRAFT,
    DRAFT_NAME,
    RECITAL,
    RECITAL_NAME,
    template_of,
)
from petitions.documents.sandbox import environment
from petitions.documents.values import END_MARK, by_paragraph, ended, punctuated, settle

DRAFT_WORDS = "DỰ THẢO"
_W = f"{{{ooxml.W}}}"
_DROPPED = ("/custom-properties", "/metadata/thumbnail", "/customXml", "/classificationlabels")


class _Template(DocxTemplate):  # type: ignore[misc]
    def fix_tables(self, xml: str) -> Any:
        parse_xml(xml)  # docxtpl would mend in silence what tags have torn apart
        return super().fix_tables(xml)

    def render_properties(self, context: Any, jinja_env: Any = None) -> None:
        """Nothing to fill in: the properties are written afresh."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished .docx, and whether it still bears the mark of a draft."""

    docx: bytes
    draft: bool


def render(form: Form, template: bytes | None, values: Mapping[str, Any]) -> Rendered:
    """The document of ``form`` in the agency's own template, or in the standard one.

    A template must have passed ``lint``. Raises ``Invalid`` naming every field that is missing or
    does not fit, under ``fields.<name>``.
    """
    settled = settle(form, values)
    made = _Template(io.BytesIO(template or template_of(form)))
    made.render(by_paragraph(settled.values), environment())
    root = made.docx.element
    styles = {each.name_val: each.styleId for each in made.docx.styles.element.style_lst}
    _punctuate_recitals(root, styles.get(RECITAL_NAME, RECITAL))
    if form.is_issued:
        _end(root, styles.get(BODY_NAME, BODY))
    if settled.draft:
        root.body.insert(0, parse_xml(_draft_mark(styles.get(DRAFT_NAME, DRAFT))))
    return Rendered(_closed(made, form), settled.draft)


def _punctuate_recitals(root: Any, style_id: str) -> None:
    """See ``values.punctuated``: some of the recitals may have vanished."""
    recitals = [each for each in root.iter(f"{_W}p") if _has_style(each, style_id)]
    for each in recitals:
        _last_words(each, partial(punctuated, last=each is recitals[-1]))


def _end(root: Any, style_id: str) -> None:
    """Close the last paragraph of the body, unless a table follows it or the form closes it earlier."""
    found = [each for each in root.body if each.tag == f"{_W}p" and _has_style(each, style_id)]
    if any(each.text.endswith(END_MARK) for each in found):
        return
    if found and (after := found[-1].getnext()) is not None and after.tag != f"{_W}tbl":
        _last_words(found[-1], ended)


def _has_style(paragraph: Any, style_id: str) -> bool:
    return any(each.get(f"{_W}val") == style_id for each in paragraph.iter(f"{_W}pStyle"))


def _last_words(paragraph: Any, change: Callable[[str], str]) -> None:
    texts = [each for each in paragraph.iter(f"{_W}t") if (each.text or "").strip()]
    if texts:
        texts[-1].text = change(texts[-1].text)


def _draft_mark(style_id: str) -> str:
    mark = ooxml.paragraph(style_id, ooxml.run(f" {DRAFT_WORDS} ", bold=True, boxed=True))
    return mark.replace("<w:p>", f'<w:p xmlns:w="{ooxml.W}">', 1)


def _closed(made: Any, form: Form) -> bytes:
    """The archive without what its maker's Word left in it: author, company, preview, times."""
    for relations in (made.docx.part.package.rels, made.docx.part.rels):
        for key in [key for key, each in relations.items() if each.reltype.endswith(_DROPPED)]:
            del relations[key]
    written = io.BytesIO()
    made.save(written)
    parts = archive.unpack(written.getvalue())
    for name in parts:
        if name == ooxml.APP:
            parts[name] = ooxml.APP_PROPERTIES.encode()
        elif name == ooxml.CORE:
            parts[name] = ooxml.core_properties(form.name).encode()
    return archive.pack(parts)
