"""The law and the calendar as they stand now: rows of the law from files, days off from the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from petitions.installation import installation
from petitions.models import CalendarDay, CalendarYear, InternalTarget, RuleChange
from workflows.lawbook import Lawbook
from workflows.vocabulary import Kind, Step
from workflows.watch import THRESHOLDS
from workflows.working_days import Calendar, CalendarMissing, DayType, SpecialDay, YearStatus
from workflows.working_days import CalendarYear as Year


@dataclass(frozen=True, slots=True)
class Target:
    """An agency's internal limit: so many days, plain or working."""

    days: int
    working_days: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """What deadlines are counted with. ``revision`` grows with every change of calendar or targets."""

    lawbook: Lawbook
    calendar: Calendar
    targets: Mapping[tuple[int, Kind, Step], tuple[Target, ...]]
    revision: int

    def near_from(self, safe: date) -> date:
        """The first day on which a clock whose safe day is ``safe`` counts as near."""
        working_days = THRESHOLDS.near_due_working_days
        try:
            return self.calendar.add_working_days(safe, -working_days)
        except CalendarMissing:
            return safe - timedelta(days=working_days + 2)

    def target(self, agency_id: int, kind: Kind, step: Step, on: date) -> Target | None:
        """The agency's own limit for a clock that starts ``on``, if it has set one."""
        for target in self.targets.get((agency_id, kind, step), ()):
            if target.valid_from <= on and (target.valid_to is None or on <= target.valid_to):
                return target
        return None


_cached: dict[str, Rulebook] = {}


def latest_revision() -> ScalarSelect[int | None]:
    """The newest change of calendar or targets, to be read along with another statement."""
    return select(func.max(RuleChange.id)).scalar_subquery()


_REVISION = select(latest_revision())


def current(session: Session, revision: int | None = None) -> Rulebook:
    """The rulebook in force.

    One cheap statement tells whether the cached calendar is still the table's; a caller that read
    ``latest_revision`` along with something else passes it and saves the statement.
    """
    house = installation()
    key = house.settings.database_url
    if revision is None:
        revision = session.connection().execute(_REVISION).scalar() or 0
    cached = _cached.get(key)
    if cached is None or cached.revision != revision:
        cached = _cached[key] = Rulebook(
            house.lawbook, _read_calendar(session), _read_targets(session), revision
        )
    return cached


def _read_calendar(session: Session) -> Calendar:
    days: dict[int, list[SpecialDay]] = defaultdict(list)
    for row in session.scalars(select(CalendarDay).order_by(CalendarDay.day)):
        days[row.year].append(SpecialDay(row.day, DayType(row.type), row.note))
    return Calendar(
        Year(row.year, YearStatus(row.status), row.source, tuple(days[row.year]))
        for row in session.scalars(select(CalendarYear))
    )


def _read_targets(session: Session) -> Mapping[tuple[int, Kind, Step], tuple[Target, ...]]:
    found: dict[tuple[int, Kind, Step], list[Target]] = defaultdict(list)
    for row in session.scalars(select(InternalTarget).order_by(InternalTarget.valid_from)):
        found[row.agency_id, row.kind, row.step].append(
            Target(row.days, row.working_days, row.valid_from, row.valid_to)
        )
    return {key: tuple(targets) for key, targets in found.items()}
