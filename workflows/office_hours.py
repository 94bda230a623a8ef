"""When an office may be written to: in its hours, on the days it works. Instants are Vietnamese wall clock.

A Saturday that is worked for a swapped day counts, Tết and other days off do not. In a year without
a calendar Monday to Friday are worked.
"""

from __future__ import annotations

from datetime import date, datetime, time

from workflows.working_days import Calendar, CalendarMissing

OPENS, CLOSES = time(7, 0), time(17, 0)
"""Nothing leaves outside these hours."""
MORNING = time(7, 30)
"""When the day's digest leaves unless the agency or the person chose another hour."""
LATEST_MORNING = time(16, 0)
"""The latest hour that may be chosen: what is told must still be of use that day."""


def works(day: date, calendar: Calendar) -> bool:
    """Whether the office works on ``day``."""
    try:
        return calendar.is_working(day)
    except CalendarMissing:
        return day.weekday() < 5


def is_open(at: datetime, calendar: Calendar) -> bool:
    """Whether ``at`` lies within the hours of a working day; the closing minute does not."""
    return OPENS <= at.time() < CLOSES and works(at.date(), calendar)


def is_morning(at: datetime, calendar: Calendar, hour: time = MORNING) -> bool:
    """Whether the digest of this day may leave at ``at``: the office is open and ``hour`` has come."""
    return at.time() >= hour and is_open(at, calendar)


def may_be_chosen(hour: time) -> bool:
    """Whether somebody may have the digest at this hour."""
    return OPENS <= hour <= LATEST_MORNING
