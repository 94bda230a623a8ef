"""The words and days of the calendar of periodic reports and plans."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from workflows.vocabulary import AgencyKind
from workflows.working_days import Calendar, CalendarMissing


class ReportPeriod(StrEnum):
    """What a report speaks of."""

    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"
    PLAN = "plan"
    OTHER = "other"


class Concerned(StrEnum):
    """Which bodies owe it."""

    COMMUNES = "communes"
    CHOSEN = "chosen"
    ALL = "all"


REPORTING = frozenset(
    {AgencyKind.DEPARTMENT, AgencyKind.COMMUNE, AgencyKind.SERVICE_UNIT, AgencyKind.INSPECTORATE}
)
"""Kinds of bodies that report to the province of their own."""


def falls_on(month: int, day: int, first: date, last: date) -> Iterator[date]:
    """The days from ``first`` to ``last`` on which a yearly day falls; a month too short has its last."""
    for year in range(first.year, last.year + 1):
        found = date(year, month, min(day, monthrange(year, month)[1]))
        if first <= found <= last:
            yield found


def due_of(meant: date, calendar: Calendar) -> date:
    """The last working day on or before the day a plan means; weekdays where no calendar reaches."""
    try:
        return calendar.last_working_day_on_or_before(meant)
    except CalendarMissing:
        return meant - timedelta(days=max(0, meant.weekday() - 4))
