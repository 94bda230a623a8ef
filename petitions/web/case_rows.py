"""A line of a list in words, and each of its columns as a cell of a page or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from petitions.documents.tables import Cell
from petitions.labels import label
from petitions.queries.cases import Line
from petitions.queries.columns import Column
from petitions.web.days import PAUSED, Due, due_words
from workflows.vocabulary import Kind, Step
from workflows.watch import FlagKind

LATE = frozenset({FlagKind.OVERDUE, FlagKind.CLIFF_45})
SAID_BY_DUE = frozenset({FlagKind.NEAR_DUE, FlagKind.OVERDUE})
"""Flags the due date beside them says already."""
SEALED_SENDER = "Người tố cáo (được giữ bí mật)"
NO_SENDER = "Không rõ người gửi"
WIDTHS = {
    Column.CODE: 21, Column.RECEIVED: 12, Column.SENDER: 24, Column.PEOPLE: 9, Column.SUMMARY: 55,
    Column.FIELD: 24, Column.FORWARDER: 26, Column.STATE: 20, Column.STEP: 24, Column.DUE: 12,
    Column.LEFT: 22, Column.FLAGS: 24, Column.AGENCY: 26, Column.SECTION: 24, Column.OFFICER: 20,
}  # fmt: skip
"""Widths in a file, in characters; 16 where none is named."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list in words."""

    line: Line
    kind: str
    state: str
    due: Due
    step: str
    flags: tuple[tuple[str, bool], ...]


def in_words(lines: Iterable[Line], on: date) -> list[Row]:
    """Lines as people read them on a day."""
    tell = due_words(on)
    return [row_of(line, tell) for line in lines]


def row_of(line: Line, tell: Callable[[date | None], Due]) -> Row:
    """One line, its date told by ``tell``."""
    return Row(
        line=line,
        kind=label(line.kind) + (" lần hai" if line.instance == 2 else ""),
        state=label(line.state),
        due=PAUSED if line.paused and line.due is None else tell(line.due),
        step=label(Step(line.step)) if line.step and line.due else "",
        flags=tuple((label(flag), flag in LATE) for flag in line.flags if flag not in SAID_BY_DUE),
    )


def cell(column: Column, row: Row) -> Cell:
    """What a column says of a line: text, a number or a day."""
    return _CELLS[column](row)


def _sender(row: Row) -> str:
    if row.line.kind is Kind.DENUNCIATION:
        return SEALED_SENDER
    return row.line.more[Column.SENDER] or NO_SENDER


def _more(column: Column) -> Callable[[Row], Cell]:
    def read(row: Row) -> Cell:
        value: Cell = row.line.more[column]
        return value

    return read


def _named(column: Column) -> Callable[[Row], Cell]:
    def read(row: Row) -> Cell:
        member = row.line.more[column]
        return None if member is None else label(member)

    return read


_CELLS: dict[Column, Callable[[Row], Cell]] = {
    Column.CODE: lambda row: row.line.code,
    Column.RECEIVED: lambda row: row.line.received_on,
    Column.KIND: lambda row: row.kind,
    Column.SENDER: _sender,
    Column.PEOPLE: lambda row: row.line.group_size,
    Column.SUMMARY: lambda row: row.line.summary,
    Column.FIELD: lambda row: row.line.field,
    Column.PLACE: lambda row: row.line.place,
    Column.SOURCE: _named(Column.SOURCE),
    Column.FORWARDER: _more(Column.FORWARDER),
    Column.PROJECT: _more(Column.PROJECT),
    Column.STATE: lambda row: row.state,
    Column.HANDLING: _named(Column.HANDLING),
    Column.STEP: lambda row: row.step,
    Column.DUE: lambda row: row.line.due,
    Column.LEFT: lambda row: row.due.text,
    Column.FLAGS: lambda row: "; ".join(text for text, _ in row.flags),
    Column.AGENCY: lambda row: row.line.agency,
    Column.SECTION: _more(Column.SECTION),
    Column.OFFICER: lambda row: row.line.officer,
}
