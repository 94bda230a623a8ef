"""When a case whose legal end has passed is put before the bodies above, one level after the other.

A notice to be acknowledged: state and competence stay where they are. The duty of the superior to
follow up stands in arts 25 and 63 of the Law on Complaints and art 34 of the Law on Denunciations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from workflows.working_days import Calendar, CalendarMissing


class Level(StrEnum):
    """The bodies above, the nearest first."""

    SUPERIOR = "superior"
    INSPECTORATE = "inspectorate"


class EscalationFault(ValueError):
    """The levels cannot be followed as they are written."""


@dataclass(frozen=True, slots=True)
class Grace:
    """How many working days after its end a date is put before ``level``."""

    level: Level
    days: int


def graces_of(content: Mapping[str, Any]) -> tuple[Grace, ...]:
    """The levels of a parsed file. Raises ``EscalationFault`` unless each one stands once, in order."""
    try:
        found = tuple(Grace(Level(row["level"]), int(row["days"])) for row in content["level"])
    except (KeyError, ValueError) as error:
        raise EscalationFault(str(error)) from error
    if [grace.level for grace in found] != list(Level):
        raise EscalationFault("each level once, the nearest first")
    if found[0].days < 1 or any(low.days >= high.days for low, high in pairwise(found)):
        raise EscalationFault("each level later than the one before it")
    return found


def level_due(
    graces: Iterable[Grace],
    due: date,
    raised: Mapping[Level, date],
    today: date,
    calendar: Calendar,
) -> Level | None:
    """The next level a date that ended ``due`` goes up to today; None: nothing to do yet.

    ``raised`` says on which day each level was told already. A case entered late starts with the
    nearest level too, and the next one waits as long as the file gives the nearer one.
    """
    before: Grace | None = None
    for grace in graces:
        if grace.level not in raised:
            reached = later(due, grace.days, calendar)
            if before is not None:
                given = later(raised[before.level], grace.days - before.days, calendar)
                reached = max(reached, given)
            return grace.level if reached <= today else None
        before = grace
    return None


def later(day: date, days: int, calendar: Calendar) -> date:
    """``days`` working days after ``day``; where a year has no calendar five of them are a week."""
    try:
        return calendar.add_working_days(day, days)
    except CalendarMissing:
        return day + timedelta(days=days * 7 // 5)


def latest_end(today: date, days: int, calendar: Calendar) -> date:
    """The latest end whose ``days`` working days have gone by ``today``."""
    low, high = today - timedelta(days=days * 2 + 30), today
    while low < high:
        middle = low + (high - low + timedelta(days=1)) // 2
        if later(middle, days, calendar) <= today:
            low = middle
        else:
            high = middle - timedelta(days=1)
    return low
