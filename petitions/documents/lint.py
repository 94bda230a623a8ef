"""Judging a Word template before an agency may use it, naming the place of everything that is wrong.

What it refuses: anything that runs, reaches outside or hides (macros, embedded objects, links, fields
that read files, tracked changes, comments), tags that do more than print, ask and repeat, names the
form does not know, and a template without which the letter would go out with a hole.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from docx.opc.exceptions import OpcError
from docxtpl import DocxTemplate
from jinja2 import TemplateError

from petitions.documents import archive, tags
from petitions.documents.forms import COMMON, Form, FormField, required, template_words
from petitions.documents.layout import template_of
from petitions.documents.lint_parts import Fault, judge_parts, parse
from petitions.documents.lint_tags import judge_tags, judge_unfilled, place
from petitions.documents.render import render
from petitions.errors import Invalid

__all__ = ["Fault", "lint"]

DOCUMENT = "word/document.xml"
_MARKUP = re.compile(r"<[^>]*>")
_LINE_STARTS = re.compile(r"(?=<w:p[ >])|(?<=</w:p>)")
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, SyntaxError, OpcError)
"""What python-docx raises about a package whose parts do not fit together."""


def lint(template: bytes, form: Form) -> list[Fault]:
    """Everything wrong with the template; none means it may be used for ``form``."""
    try:
        parts = archive.unpack(template)
    except archive.NotADocument as error:
        return [Fault("tệp", error.message)]
    if faults := judge_parts(parts):
        return faults
    roots = {
        name: root
        for name, content in parts.items()
        if name.startswith("word/")
        and name.endswith(".xml")
        and (root := parse(content)) is not None
    }
    if faults := [fault for name, root in roots.items() for fault in judge_tags(name, root)]:
        return faults
    try:
        sources = list(_sources(template))
    except _UNREADABLE:
        return [Fault("tệp", "các phần bên trong tệp không khớp nhau")]
    words = template_words(form)
    readings = [(name, source, tags.read(source, words)) for name, source in sources]
    faults = [
        fault for name, source, each in readings for fault in _placed(name, source, each.faults)
    ]
    filled = {name for name, _ in sources}
    faults += [
        fault
        for name, root in roots.items()
        if name not in filled
        for fault in judge_unfilled(name, root)
    ]
    used = {name for *_, each in readings for name in each.used}
    return faults or _missing(form, used) or _trial(template, form)


def _sources(template: bytes) -> Iterator[tuple[str, str]]:
    """Each part that will be filled in, exactly as it will be read, a paragraph a line."""
    made = DocxTemplate(io.BytesIO(template))
    made.render_init()
    document = made.docx.part
    yield DOCUMENT, _by_paragraph(made.patch_xml(made.get_xml()))
    for uri in (made.HEADER_URI, made.FOOTER_URI):
        for _, part in made.get_headers_footers(uri):
            yield str(part.partname)[1:], _by_paragraph(made.patch_xml(made.get_part_xml(part)))
    for part in document.package.parts:
        if part.content_type.endswith(".footnotes+xml"):
            yield str(part.partname)[1:], _by_paragraph(made.patch_xml(part.blob.decode()))


def _by_paragraph(xml: str) -> str:
    return _LINE_STARTS.sub("\n", xml.replace("\n", " "))


def _placed(part: str, source: str, found: list[tags.TagFault]) -> Iterator[Fault]:
    lines = source.split("\n")
    for fault in found:
        text = _MARKUP.sub("", lines[min(fault.line, len(lines)) - 1])
        yield Fault(place(part, text), fault.message)


def _missing(form: Form, used: set[str]) -> list[Fault]:
    """What the standard template prints of necessity and this one does not."""
    standard = {
        name
        for _, source in _sources(template_of(form))
        for name in tags.read(source, template_words(form)).used
    }
    shown = {"signer_name", "recipients", *_DERIVED_LABELS, *required(form)} & standard
    return [
        Fault("mẫu", f"thiếu ô “{name}” ({_label(form, name)})") for name in sorted(shown - used)
    ]


_DERIVED_LABELS = {
    "number_symbol": "số, ký hiệu",
    "date_line": "địa danh, ngày tháng",
    "signing_lines": "chức vụ người ký",
}


def _label(form: Form, name: str) -> str:
    field = form.field(name)
    return field.label if field else _DERIVED_LABELS[name]


def _trial(template: bytes, form: Form) -> list[Fault]:
    """Fill it with every field, once for each choice, and with the required ones only: all must be sound."""
    turns = max((len(each.choices) for each in form.fields), default=1) or 1
    specimens = [_specimen(form, form.fields, turn) for turn in range(turns)]
    asked = [each for each in form.fields if each.required]
    for values in [*specimens, _specimen(form, asked, 0)]:
        try:
            made = archive.unpack(render(form, template, values).docx)
        except (TemplateError, Invalid, archive.NotADocument, *_UNREADABLE) as error:
            reason = "thẻ mở và đóng không cùng cấp" if isinstance(error, SyntaxError) else error
            return [Fault("mẫu", f"điền thử không được: {reason}")]
        for name, content in made.items():
            if parse(content) is None and name.endswith(".xml"):
                return [
                    Fault(name, "điền thử ra văn bản hỏng: thẻ mở và đóng ở hai chỗ không cùng cấp")
                ]
    return []


def _specimen(form: Form, fields: Iterable[FormField], turn: int) -> Mapping[str, Any]:
    common = (each for each in COMMON if fields is form.fields or each.name in required(form))
    values = {each.name: _example(each, turn) for each in (*common, *fields)}
    return {**values, "signing_capacity": "head"}


def _example(field: FormField, turn: int) -> Any:
    match field.type:
        case "day":
            return date(2026, 2, 5)
        case "moment":
            return datetime(2026, 2, 5, 1, 5, tzinfo=UTC)
        case "number":
            return 5
        case "choice":
            return field.choices[turn % len(field.choices)].value
        case "lines":
            return ["một", "hai"]
        case "rows":
            return [{column.name: "một" for column in field.columns}] * 2
        case _:
            return field.label
