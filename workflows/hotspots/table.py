"""Weekly counts read from a table of rows ``area,field,week,count``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

HEADER = ("area", "field", "week", "count")
NEIGHBOUR_HEADER = ("area", "neighbour")
LONGEST_SPAN = 50 * 53
"""Weeks a file may cover; a wider span is a mistyped year."""
LARGEST_COUNT = 1_000_000
"""Petitions one series can have in a week; more is a shifted column."""

Value = TypeVar("Value")
Places = NDArray[np.intp]

_WHOLE = re.compile(rb"[0-9]{1,7}")
_DATE = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadTable(ValueError):
    """A row that cannot be read: ``row`` as a spreadsheet numbers it (the header is 1)."""

    def __init__(self, row: int, column: str, reason: str) -> None:
        super().__init__(f"row {row}, column {column}: {reason}")
        self.row, self.column, self.reason = row, column, reason


@dataclass(frozen=True)
class WeeklyCounts:
    """Counts of every series (commune x field), week by week, zero where no row was given.

    ``counts`` is weeks x series; ``born`` is the first week in which a series has a row: before
    it the unit did not exist, which is not the same as having had no petition.
    """

    areas: tuple[str, ...]
    fields: tuple[str, ...]
    area_of: Places
    field_of: Places
    first_monday: date
    counts: NDArray[np.float32]
    born: Places

    @property
    def weeks(self) -> int:
        return int(self.counts.shape[0])

    @property
    def series(self) -> int:
        return int(self.counts.shape[1])

    def monday(self, week: int) -> date:
        return self.first_monday + timedelta(weeks=week)

    def week_of(self, monday: date) -> int:
        """Index of the week; negative before the first week of the table."""
        return (monday - self.first_monday).days // 7

    def find(self, area: str, field: str) -> int:
        """Index of one series. Raises KeyError when the table has no such series."""
        if area in self.areas and field in self.fields:
            mine = (self.area_of == self.areas.index(area)) & (
                self.field_of == self.fields.index(field)
            )
            for index in np.flatnonzero(mine):
                return int(index)
        raise KeyError((area, field))


def read_counts(data: bytes) -> WeeklyCounts | None:
    """Read the table; None for a header alone.

    Raises BadTable naming the first bad row and column: a wrong header, an empty name, a week that
    is no Monday, a count that is not a whole number of 0 or more, a repeated (area, field, week).
    """
    data = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    head, _, body = data.partition(b"\n")
    _check_header(head, HEADER)
    body = body.rstrip(b"\n")
    if not body:
        return None
    table = _read_plain(body)
    if table is None:
        table = _read_row_by_row(body)
    return table


def read_neighbours(data: bytes) -> list[tuple[str, str]]:
    """Pairs of communes that touch, from rows ``area,neighbour``. Raises BadTable."""
    text = _decode(data.removeprefix(b"\xef\xbb\xbf"))
    head, _, body = text.partition("\n")
    _check_header(head.encode(), NEIGHBOUR_HEADER)
    pairs = []
    for number, row in enumerate(csv.reader(io.StringIO(body, newline="")), start=2):
        if not row:
            continue
        _check_width(row, NEIGHBOUR_HEADER, number)
        for column, name in zip(NEIGHBOUR_HEADER, row, strict=True):
            if not name:
                raise BadTable(number, column, "is empty")
        pairs.append((row[0], row[1]))
    return pairs


def parse_monday(text: str) -> date:
    """An ISO Monday ``YYYY-MM-DD``. Raises ValueError saying what is wrong."""
    try:
        if not _DATE.fullmatch(text.encode()):
            raise ValueError
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date YYYY-MM-DD") from None
    if day.weekday():
        raise ValueError(f"{text} is not a Monday")
    return day


def _read_plain(body: bytes) -> WeeklyCounts | None:
    """The quick way, for a table without quotes or faults; None leaves it to the careful way."""
    rows = body.count(b"\n") + 1
    if b'"' in body or b"\r" in body:
        return None
    cells = body.replace(b"\n", b",").split(b",")
    if len(cells) != 4 * rows:
        return None
    try:
        return _assemble([cells[column::4] for column in range(4)])
    except ValueError:
        return None


def _read_row_by_row(body: bytes) -> WeeklyCounts:
    """The careful way: quoted cells are understood and the first fault is named."""
    columns: tuple[list[bytes], ...] = ([], [], [], [])
    seen: dict[tuple[str, ...], int] = {}
    first, last = date.max, date.min
    reader = csv.reader(io.StringIO(_decode(body), newline=""))
    while True:
        number = reader.line_num + 2
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise BadTable(number, HEADER[0], str(error)) from None
        if row is None:
            break
        if not row:
            continue
        _check_width(row, HEADER, number)
        for column, text, check in zip(HEADER, row, (_name, _name, _monday, _count), strict=True):
            try:
                check(text.encode())
            except ValueError as error:
                raise BadTable(number, column, str(error)) from None
        earlier = seen.setdefault(tuple(row[:3]), number)
        if earlier != number:
            raise BadTable(number, "week", f"repeats the area, field and week of row {earlier}")
        monday = date.fromisoformat(row[2])
        first, last = min(first, monday), max(last, monday)
        if (last - first).days > 7 * (LONGEST_SPAN - 1):
            raise BadTable(number, "week", "is more than 50 years from another row")
        for cells, text in zip(columns, row, strict=True):
            cells.append(text.encode())
    return _assemble(columns)


def _code(cells: Sequence[bytes], read: Callable[[bytes], Value]) -> tuple[list[Value], Places]:
    """Distinct cells, read and in the order of their bytes, and each cell's place among them."""
    distinct = sorted(set(cells))
    values = [read(cell) for cell in distinct]
    place = {cell: index for index, cell in enumerate(distinct)}
    return values, np.fromiter(map(place.__getitem__, cells), np.intp, len(cells))


def _assemble(columns: Sequence[Sequence[bytes]]) -> WeeklyCounts:
    """Raises ValueError for a cell that cannot be read, a repeated row or too long a span."""
    areas, area_of = _code(columns[0], _name)
    fields, field_of = _code(columns[1], _name)
    mondays, monday_of = _code(columns[2], _monday)
    numbers, number_of = _code(columns[3], _count)
    first = min(mondays)
    week_of = np.array([(monday - first).days // 7 for monday in mondays])
    weeks = int(week_of.max()) + 1
    if weeks > LONGEST_SPAN:
        raise ValueError("span")
    pairs, series_of = _compact(area_of * len(fields) + field_of, len(areas) * len(fields))
    row_week = week_of[monday_of]
    cell = row_week * pairs.size + series_of
    counts = np.zeros((weeks, pairs.size), dtype=np.float32)
    filled = np.zeros(counts.size, dtype=np.bool_)
    filled[cell] = True
    if np.count_nonzero(filled) != cell.size:
        raise ValueError("repeated")
    counts.ravel()[cell] = np.array(numbers, dtype=np.float32)[number_of]
    born = np.full(pairs.size, weeks, dtype=np.intp)
    np.minimum.at(born, series_of, row_week)
    return WeeklyCounts(
        areas=tuple(areas),
        fields=tuple(fields),
        area_of=pairs // len(fields),
        field_of=pairs % len(fields),
        first_monday=first,
        counts=counts,
        born=born,
    )


def _compact(pair: Places, possible: int) -> tuple[Places, Places]:
    """The (area, field) pairs that occur, and each row's place among them."""
    if possible > 4 * pair.size + 1_000_000:
        present, place = np.unique(pair, return_inverse=True)
        return present, place.astype(np.intp)
    occurs = np.zeros(possible, dtype=np.bool_)
    occurs[pair] = True
    rank = np.cumsum(occurs) - 1
    return np.flatnonzero(occurs), rank[pair]


def _name(cell: bytes) -> str:
    if not cell:
        raise ValueError("is empty")
    try:
        return cell.decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None


def _monday(cell: bytes) -> date:
    return parse_monday(cell.decode(errors="replace"))


def _count(cell: bytes) -> int:
    if not _WHOLE.fullmatch(cell) or int(cell) > LARGEST_COUNT:
        raise ValueError(
            f"{cell.decode(errors='replace')!r} is not a whole number from 0 to {LARGEST_COUNT}"
        )
    return int(cell)


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 2
        raise BadTable(row, HEADER[0], "is not UTF-8") from None


def _check_header(head: bytes, wanted: tuple[str, ...]) -> None:
    found = [name.strip() for name in head.decode(errors="replace").strip().split(",")]
    for place, name in enumerate(wanted):
        if place >= len(found) or found[place] != name:
            raise BadTable(1, name, f"the header must be {','.join(wanted)}")
    if len(found) > len(wanted):
        raise BadTable(1, found[len(wanted)], f"the header must be {','.join(wanted)}")


def _check_width(row: Sequence[str], header: Sequence[str], number: int) -> None:
    if len(row) < len(header):
        raise BadTable(number, header[len(row)], "is missing")
    if len(row) > len(header):
        raise BadTable(number, header[-1], f"{len(row)} cells where {len(header)} are expected")


def neighbour_pairs(
    table: WeeklyCounts, neighbours: Iterable[tuple[str, str]]
) -> tuple[Places, Places]:
    """Pairs of series of one field in touching communes, each pair both ways, once.

    Communes the table does not know are passed over.
    """
    place = {area: index for index, area in enumerate(table.areas)}
    known = {(place[a], place[b]) for a, b in neighbours if a in place and b in place and a != b}
    both = sorted(known | {(b, a) for a, b in known})
    if not both:
        empty = np.zeros(0, dtype=np.intp)
        return empty, empty
    key = table.area_of * len(table.fields) + table.field_of
    here, there = np.array(both, dtype=np.intp).T
    topic = np.arange(len(table.fields), dtype=np.intp)
    left = (here[:, None] * len(table.fields) + topic).ravel()
    right = (there[:, None] * len(table.fields) + topic).ravel()
    i = np.minimum(np.searchsorted(key, left), key.size - 1)
    j = np.minimum(np.searchsorted(key, right), key.size - 1)
    real = (key[i] == left) & (key[j] == right)
    return i[real], j[real]
