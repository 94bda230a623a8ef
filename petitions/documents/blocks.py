"""The small markup of a form's body, as blocks that Word and the print page lay out alike.

One line is one paragraph. "^ " centred bold, "# " bold heading, "> " addressee, "- " item of a list,
"| a | b |" row of a table (the first of a run is its header). A line of nothing but ``if`` and ``for``
tags leaves no paragraph, nor does a line wholly inside one such tag when it is not printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How a paragraph of the body is set."""

    BODY = "body"
    CENTRE = "centre"
    HEADING = "heading"
    ADDRESSEE = "addressee"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with the tags inside it."""

    look: Look
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag between paragraphs or rows."""

    text: str

    @property
    def opens(self) -> bool:
        """``if`` and ``for``."""
        return self._word in ("if", "for")

    @property
    def closes(self) -> bool:
        """``endif`` and ``endfor``."""
        return self._word in ("endif", "endfor")

    @property
    def _word(self) -> str:
        return self.text.strip("{%- ").split(" ", 1)[0]


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a table's row."""

    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Header, then rows and the tags between them."""

    header: Row
    rows: tuple[Row | Tag, ...]


Block = Paragraph | Tag | Table

_MARKS = {"^ ": Look.CENTRE, "# ": Look.HEADING, "> ": Look.ADDRESSEE, "- ": Look.ITEM}
_TAG = re.compile(r"\{%\s*(?:if|elif|else|endif|for|endfor)\b[^%]*%\}")
_TAGS_ONLY = re.compile(rf"(?:{_TAG.pattern}\s*)+")
_WRAPPED = re.compile(
    r"(?P<mark>[\^#>-] )?(?P<open>\{%\s*(?P<word>if|for)\b[^%]*%\})(?P<text>(?:(?!\{%).)+)"
    r"(?P<close>\{%\s*end(?P=word)\s*%\})"
)
_CELL_END = re.compile(r"\|(?![^{]*\}\})")


def parse(body: str) -> list[Block]:
    """The blocks of a body. Raises ``ValueError`` (in Vietnamese) for a table whose rows do not agree."""
    return list(_with_tables([block for line in body.split("\n") for block in _line(line.strip())]))


def _line(line: str) -> Iterator[Paragraph | Tag | Row]:
    if not line:
        return
    if _TAGS_ONLY.fullmatch(line):
        yield from (Tag(found.group()) for found in _TAG.finditer(line))
    elif wrapped := _WRAPPED.fullmatch(line):
        yield Tag(wrapped["open"])
        yield from _line((wrapped["mark"] or "") + wrapped["text"].strip())
        yield Tag(wrapped["close"])
    elif line.startswith("|"):
        yield Row(tuple(cell.strip() for cell in _CELL_END.split(line.strip("|"))))
    else:
        look = _MARKS.get(line[:2], Look.BODY)
        yield Paragraph(look, line if look is Look.BODY else line[2:].strip())


def _with_tables(items: Sequence[Paragraph | Tag | Row]) -> Iterator[Block]:
    at = 0
    while at < len(items):
        item = items[at]
        if isinstance(item, Row):
            end = _table_end(items, at)
            yield _table(item, items[at + 1 : end])
            at = end
        else:
            yield item
            at += 1


def _table_end(items: Sequence[Paragraph | Tag | Row], start: int) -> int:
    """Rows, and tags that open before a row or close what opened inside the table."""
    depth = 0
    end = start
    for at in range(start, len(items)):
        item = items[at]
        if isinstance(item, Paragraph):
            break
        if isinstance(item, Tag):
            depth += item.opens - item.closes
            if depth < 0:
                break
            if depth == 0:
                end = at + 1
        elif depth == 0:
            end = at + 1
    return end


def _table(header: Row, rest: Sequence[Paragraph | Tag | Row]) -> Table:
    rows = tuple(item for item in rest if not isinstance(item, Paragraph))
    for row in rows:
        if isinstance(row, Row) and len(row.cells) != len(header.cells):
            raise ValueError(f"dòng “{' | '.join(row.cells)}” không đủ {len(header.cells)} cột")
    return Table(header, rows)
