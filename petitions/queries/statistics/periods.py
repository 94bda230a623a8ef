"""Reporting periods and the days each of them counts: a reporting year runs from 15 December of the
year before to 14 December (Circular 01/2024/TT-TTCP)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from petitions.queries.statistics.figures import Window


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period: its wording, and the month and day of its first and last day."""

    text: str
    begins: tuple[int, int]
    ends: tuple[int, int]


_START = (12, 15)
PERIODS: Mapping[str, Period] = {
    "quy-1": Period("Quý I", _START, (3, 14)),
    "quy-2": Period("Quý II", (3, 15), (6, 14)),
    "quy-3": Period("Quý III", (6, 15), (9, 14)),
    "quy-4": Period("Quý IV", (9, 15), (12, 14)),
    "6-thang": Period("6 tháng đầu năm", _START, (6, 14)),
    "9-thang": Period("9 tháng", _START, (9, 14)),
    "nam": Period("Năm", _START, (12, 14)),
}
"""Periods of a reporting year by the name their address has."""
_QUARTERS = ("quy-1", "quy-2", "quy-3", "quy-4")


def window(period: str, year: int) -> Window:
    """The days of a period of a reporting year. Raises ``KeyError`` for a period nobody knows."""
    known = PERIODS[period]
    begins_in = year - 1 if known.begins == _START else year
    return Window(date(begins_in, *known.begins), date(year, *known.ends))


def quarter_of(day: date) -> tuple[str, int]:
    """The quarter a day is counted in, and its reporting year."""
    year = day.year + (day > date(day.year, 12, 14))
    return next((name, year) for name in _QUARTERS if day <= window(name, year).last)
