"""The working calendar as files: what seeds the calendar table, and what ``--calendar`` reads.

One year is ``year``, ``status`` (official, historical, draft), ``source`` and ``day`` tables of
``date``, ``type`` (holiday, compensation, swap_off, swap_work) and ``note``; several years are such
tables under ``calendar``. A file is TOML, or JSON with the same keys and ISO dates when its name
ends in ``.json``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date
from pathlib import Path
from typing import Any

from workflows.source_lines import Place, Source, SourceFault
from workflows.working_days import (
    Calendar,
    CalendarYear,
    DayType,
    SpecialDay,
    YearStatus,
    day_fault,
)


class CalendarError(SourceFault):
    """A calendar file that may not be used."""


def load_calendar(paths: Iterable[Path]) -> Calendar:
    """The calendar written in ``paths``. Raises CalendarError naming the file and line or key."""
    years: dict[int, CalendarYear] = {}
    for path in paths:
        source = Source(path, CalendarError)
        tables: list[tuple[Place, object]] = [((), source.document)]
        if "calendar" in source.document:
            several = source.table((), source.document, ["calendar"])["calendar"]
            rows = source.rows(("calendar",), several)
            tables = [(("calendar", index), row) for index, row in enumerate(rows)]
        for place, table in tables:
            year = _year(source, place, table)
            if year.year in years:
                raise source.fault((*place, "year"), f"lịch năm {year.year} lặp lại")
            years[year.year] = year
    return Calendar(years.values())


def export_calendar(years: Iterable[CalendarYear]) -> dict[str, Any]:
    """The same years as plain tables ``load_calendar`` reads back from JSON."""
    return {
        "calendar": [
            {
                "year": year.year,
                "status": year.status.value,
                "source": year.source,
                "day": [
                    {"date": each.day.isoformat(), "type": each.type.value, "note": each.note}
                    for each in year.days
                ],
            }
            for year in years
        ]
    }


def _year(source: Source, place: Place, table: object) -> CalendarYear:
    data = source.table(place, table, ["year", "status", "source"], ["day"])
    number = source.number((*place, "year"), data["year"], MINYEAR, MAXYEAR)
    status = source.choice(YearStatus, (*place, "status"), data["status"])
    document = source.text((*place, "source"), data["source"])
    days: dict[date, SpecialDay] = {}
    for index, row in enumerate(source.rows((*place, "day"), data.get("day", []))):
        here: Place = (*place, "day", index)
        special = _day(source, here, row)
        if special.day in days:
            raise source.fault((*here, "date"), f"ngày {special.day} lặp lại")
        if reason := day_fault(number, special):
            raise source.fault((*here, "date"), reason)
        days[special.day] = special
    return CalendarYear(number, status, document, tuple(days[day] for day in sorted(days)))


def _day(source: Source, place: Place, row: object) -> SpecialDay:
    data = source.table(place, row, ["date", "type", "note"])
    return SpecialDay(
        source.day((*place, "date"), data["date"]),
        source.choice(DayType, (*place, "type"), data["type"]),
        source.text((*place, "note"), data["note"]),
    )
