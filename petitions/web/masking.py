"""Taking a sealed person's traces out of a typed text, once a command has said where they stand.

The refused page carries where the marks are and a digest of the text they belong to, so that pressing
*mask* changes exactly what was shown and never a text edited in the meantime.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from petitions.errors import Leak
from petitions.sealing import Leak as Find
from petitions.sealing import LeakKind, mask
from petitions.text import ControlCharacter, clean
from petitions.web.forms import Form

FIELD, SPANS, DIGEST = "_leak_field", "_leak_spans", "_leak_digest"
OWN_FIELDS = frozenset({FIELD, SPANS, DIGEST})

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Leaked:
    """A refused text with its marks, as the page shows it and sends it back."""

    field: str
    shown: Markup
    spans: str
    digest: str


def leaked(error: Leak, text: str) -> Leaked:
    """What the page needs to show where ``text``, as the command read it, names a sealed person."""
    spans = ",".join(f"{start}-{end}" for start, end in error.marks)
    return Leaked(error.field, _marked(text, error.marks), spans, _digest(text))


def masked(form: Form) -> Form | None:
    """The form with the marked places masked; None when the text is no longer the marked one.

    What the content really said goes to ``original``, which is kept under seal.
    """
    field = form.value(FIELD)
    try:
        text = clean(form.value(field)).text
    except ControlCharacter:
        return None
    spans = _read(form.value(SPANS), len(text))
    if not spans or _digest(text) != form.value(DIGEST):
        return None
    changes = {field: mask(text, [Find(LeakKind.OTHER, start, end) for start, end in spans])}
    if field == "content" and not form.value("original").strip():
        changes["original"] = text
    return form.changed(changes)


def text_at(value: Any, path: str) -> str:
    """The text at a dotted path of mappings (whose names may hold dots), sequences and objects."""
    if not path:
        return str(value or "")
    head, _, rest = path.partition(".")
    if isinstance(value, Mapping):
        return str(value[path]) if path in value else text_at(value[head], rest)
    return text_at(value[int(head)] if isinstance(value, Sequence) else getattr(value, head), rest)


def _marked(text: str, spans: Sequence[Span]) -> Markup:
    shown, at = Markup(), 0
    for start, end in sorted(spans):
        if end > at:
            begin = max(start, at)
            shown += escape(text[at:begin]) + Markup("<mark>{}</mark>").format(text[begin:end])
            at = end
    return shown + escape(text[at:])


def _read(written: str, length: int) -> list[Span]:
    pairs = [pair.partition("-") for pair in written.split(",")]
    if not all(start.isdecimal() and end.isdecimal() for start, _, end in pairs):
        return []
    spans = [(int(start), int(end)) for start, _, end in pairs]
    return spans if all(start < end <= length for start, end in spans) else []


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
