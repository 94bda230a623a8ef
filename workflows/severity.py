"""How grave a matter is: points by a table, each with the fact it stands on (never a product, never a guess).

The table is data, versioned, set with the inspectorate. What is weighed is the matter, never a person:
nothing is counted over the petitions of one petitioner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

from workflows.watch import THRESHOLDS, add_months


class Factor(StrEnum):
    """What a point is given for, in the order it is told."""

    CROWD = "crowd"
    SKIPPED = "skipped"
    REPEATED = "repeated"
    PROLONGED = "prolonged"
    OVERDUE = "overdue"
    SECURITY = "security"
    SPREAD = "spread"
    PROTECTED = "protected"


class Klass(StrEnum):
    """Where something stands in the inspectorate's queue: at once, this week, by turn; the rest is watched."""

    A = "a"
    B = "b"
    C = "c"
    REST = "rest"


class Skip(StrEnum):
    """When a body above the competent one was turned to: before its time was over, or after."""

    IN_TIME = "in_time"
    RAN_OUT = "ran_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What is known of one matter on the day it is weighed.

    ``people``: signatories or distinct petitioners, whichever is more. ``skip`` when a body above the
    competent one was turned to. ``petitions``: papers of the matter in the table's window.
    ``open_since`` while the custodian still owes a result. ``reopened``: taken up again after a final
    decision. ``days_late``: past the earliest legal limit still running. ``communes``: where petitions
    of the same project or respondent came from in the table's window. ``protected``: a petitioner is
    old or a child, or the place is remote or an ethnic-minority area.
    """

    people: int = 1
    skip: Skip | None = None
    petitions: int = 1
    open_since: date | None = None
    reopened: bool = False
    days_late: int = 0
    security: bool = False
    communes: int = 1
    protected: bool = False


Steps = tuple[tuple[int, int], ...]
"""(from how many on, points), rising."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The points table. ``crowd`` goes by people, ``repeated`` by papers in ``repeat_months``,
    ``prolonged`` by full months passed, ``overdue`` by days late, ``spread`` by communes in ``spread_days``.

    ``alarmed`` are the points from which a case inside a hot spot is class A, ``grave`` those from which
    one outside is class C. ``elderly`` is the age from which, ``child`` the age below which a petitioner
    is protected, in years.
    """

    version: int
    valid_from: date
    source: str
    crowd: Steps
    skipped_in_time: int
    skipped_ran_out: int
    repeated: Steps
    repeat_months: int
    prolonged: Steps
    reopened: int
    overdue: Steps
    security: int
    spread: Steps
    spread_days: int
    protected: int
    elderly: int
    child: int
    alarmed: int
    grave: int


_STEPS = ("crowd", "repeated", "prolonged", "overdue", "spread")


def table_of(given: Mapping[str, Any]) -> Table:
    """The table as its file says. Raises ``ValueError`` naming what is missing, unknown or does not rise."""
    names = {field.name for field in fields(Table)}
    wrong = names ^ given.keys()
    if wrong:
        raise ValueError(f"severity table: missing or unknown {', '.join(sorted(wrong))}")
    values = dict(given)
    for name in _STEPS:
        steps = tuple((int(least), int(points)) for least, points in given[name])
        if not steps or any(b[0] <= a[0] or b[1] <= a[1] for a, b in pairwise(steps)):
            raise ValueError(f"severity table: steps of {name} must rise")
        values[name] = steps
    return Table(**values)


def weigh(case: Weighed, table: Table, today: date) -> Mapping[Factor, int]:
    """The points of a matter as seen on ``today``, factors without points left out."""
    points = {
        Factor.CROWD: _reached(table.crowd, case.people),
        Factor.SKIPPED: _skipped(case.skip, table),
        Factor.REPEATED: _reached(table.repeated, case.petitions),
        Factor.PROLONGED: _prolonged(case, table, today),
        Factor.OVERDUE: _reached(table.overdue, case.days_late),
        Factor.SECURITY: table.security if case.security else 0,
        Factor.SPREAD: _reached(table.spread, case.communes),
        Factor.PROTECTED: table.protected if case.protected else 0,
    }
    return {factor: given for factor, given in points.items() if given}


def months_open(since: date, today: date, steps: Sequence[int] = THRESHOLDS.open_months) -> int:
    """The greatest of ``steps`` (months, rising) that ``today`` lies beyond; 0 for none of them."""
    return max((months for months in steps if today > add_months(since, months)), default=0)


def klass_of(points: int, table: Table, *, security: bool, alarmed: bool) -> Klass:
    """Where a case stands: a threat or a grave case in a hot spot; in a hot spot; grave; the rest."""
    if security or (alarmed and points >= table.alarmed):
        return Klass.A
    if alarmed:
        return Klass.B
    return Klass.C if points >= table.grave else Klass.REST


def _reached(steps: Steps, value: int) -> int:
    return max((points for least, points in steps if value >= least), default=0)


def _skipped(skip: Skip | None, table: Table) -> int:
    if skip is None:
        return 0
    return table.skipped_ran_out if skip is Skip.RAN_OUT else table.skipped_in_time


def _prolonged(case: Weighed, table: Table, today: date) -> int:
    if case.reopened:
        return table.reopened
    if case.open_since is None:
        return 0
    months = months_open(case.open_since, today, [least for least, _ in table.prolonged])
    return _reached(table.prolonged, months)
