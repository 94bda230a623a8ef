"""Searching a finished document for a sealed person, in every part of the file and in its name.

Law on Denunciations, article 56. Words are read as a reader or a search program would: runs joined
into paragraphs, paragraphs into the whole part, attributes, properties and deleted text included.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from petitions.documents.archive import unpack
from petitions.documents.lint_parts import parse
from petitions.documents.ooxml import W
from petitions.errors import Leak
from petitions.sealing import Identity, find_leaks

FILE_NAME = "file_name"
_W = f"{{{W}}}"
_PRINTED = ("word/document", "word/header", "word/footer", "word/footnotes", "word/endnotes")
_WORDS = (f"{_W}t", f"{_W}delText", f"{_W}instrText", f"{_W}delInstrText")
_REMARK = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_PLAIN = re.compile(rb"(?:[\t\n\r\x20-\x7e]|[\xc3-\xdf][\x80-\xbf]|[\xe1-\xec][\x80-\xbf]{2}){6,}")
"""Words as cameras and scanners write them into pictures: six characters or more in a row."""

_GAPS = (f"{_W}tab", f"{_W}br", f"{_W}cr")


def check(
    docx: bytes,
    file_name: str,
    identities: Iterable[Identity],
    *,
    printed: Iterable[Identity] | None = None,
) -> None:
    """Raise ``Leak`` naming the first part (or ``file_name``) that gives one of the identities away.

    ``printed`` are the identities looked for in what is printed, where those differ: a notice to the
    denouncer may print his name, but not carry it in its properties. Raises ``NotADocument``.
    """
    sealed = list(identities)
    on_paper = sealed if printed is None else list(printed)
    _search(FILE_NAME, file_name, sealed)
    for name, content in unpack(docx).items():
        _search(name, name, sealed)
        for text in _texts(name, content):
            _search(name, text, on_paper if name.startswith(_PRINTED) else sealed)


def _search(part: str, text: str, identities: Iterable[Identity]) -> None:
    marks = {
        (leak.start, leak.end) for identity in identities for leak in find_leaks(text, identity)
    }
    if marks:
        raise Leak(part, sorted(marks))


def _texts(name: str, content: bytes) -> Iterator[str]:
    root = parse(content) if name.endswith((".xml", ".rels")) else None
    if root is None:
        yield "\n".join(found.decode() for found in _PLAIN.findall(content))
        return
    yield _whole(root)
    values = {str(value) for each in root.iter() for value in each.attrib.values()}
    # the letter keeps measures that stand beside one another from reading like one long number
    yield "\nx\n".join(sorted(values))
    yield "\n".join(_REMARK.findall(content.decode("utf-8", "ignore")))


def _whole(root: Element) -> str:
    """All words of a part: what one paragraph says in pieces is joined, paragraphs stand a line each."""
    pieces: list[str] = []
    for each in root.iter():
        if each.tag == f"{_W}p":
            pieces.append("\n")
        elif each.tag in _GAPS:
            pieces.append(" ")
        elif each.tag in _WORDS:
            pieces.append(each.text or "")
        elif (each.text or "").strip():
            pieces.append(f"\n{each.text}\n")
    return "".join(pieces)
