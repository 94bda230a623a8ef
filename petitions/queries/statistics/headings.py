"""The heading of a table as cells: shared headings span their columns, a last one reaches down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol


class Headed(Protocol):
    """A column with its headings from the top."""

    @property
    def head(self) -> tuple[str, ...]:
        """The headings, the shared ones first."""


@dataclass(frozen=True, slots=True)
class HeadCell:
    """One cell of the heading; ``row`` and ``column`` count from 0."""

    text: str
    row: int
    column: int
    rows: int
    columns: int


def depth(columns: Sequence[Headed]) -> int:
    """Rows of the heading."""
    return max(len(column.head) for column in columns)


def heading(columns: Sequence[Headed]) -> tuple[tuple[HeadCell, ...], ...]:
    """The cells of each row of the heading, from the left."""
    deep = depth(columns)
    rows = []
    for level in range(deep):
        cells: list[HeadCell] = []
        reaching = ((at, each.head) for at, each in enumerate(columns) if len(each.head) > level)
        for _, group in groupby(reaching, key=lambda each: _above(each[0], each[1], level)):
            found = list(group)
            at, head = found[0]
            last = len(head) == level + 1
            cells.append(HeadCell(head[level], level, at, deep - level if last else 1, len(found)))
        rows.append(tuple(cells))
    return tuple(rows)


def _above(at: int, head: tuple[str, ...], level: int) -> tuple[tuple[str, ...], int]:
    """What neighbours under one heading have in common; a last heading stands over its column alone."""
    return head[: level + 1], -1 if len(head) > level + 1 else at
