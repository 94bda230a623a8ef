"""How the work went in a period: by officer, by receiving agency, by unit and month of entry.

Sums are made by the database, over the cases the reader may open and no others. Who answers for a
case is taken from its charges and transfers, lateness from the clocks on the way to the result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, select, true

from config.clock import VIETNAM
from config.database import db
from petitions.access import visible
from petitions.models import (
    Agency,
    Assignment,
    Case,
    Deadline,
    Event,
    Hat,
    User,
)
from petitions.queries.case_filters import SETTLED
from workflows.records import OFFICER_DUTY, ClockState
from workflows.vocabulary import Action, Actor, State, Step

TO_THE_RESULT = (
    Step.INITIAL_PROCESSING, Step.ACCEPTANCE_DECISION, Step.TRANSFER, Step.SETTLEMENT,
    Step.INTERNAL_SETTLEMENT, Step.FURTHER_DENUNCIATION_DECISION,
)  # fmt: skip
"""Clocks on the way to the result a body owes; one met late makes the work late."""
ENTRIES = {
    "registered": (Action.REGISTER.value,),
    "imported": (Action.IMPORT.value,),
    "papers": (Action.ADD_PAPER.value,),
    "corrections": (Action.CORRECT.value, Action.CORRECT_DATE.value),
}
"""What counts as data entry, by the events it leaves."""
MOST_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Work:
    """What became of the cases given to somebody in the period; the parts add up to ``given``.

    ``passed_on``: somebody else has them now.
    """

    id: int
    name: str
    given: int
    done_in_time: int
    done_late: int
    open_in_time: int
    open_late: int
    passed_on: int

    @property
    def done(self) -> int:
        """Those with a result."""
        return self.done_in_time + self.done_late

    @property
    def open(self) -> int:
        """Those still without one."""
        return self.open_in_time + self.open_late


@dataclass(frozen=True, slots=True)
class Entered:
    """What a unit entered in one month, by the day it was typed in."""

    agency_id: int
    agency: str
    month: date
    registered: int
    imported: int
    papers: int
    corrections: int


def by_officer(actor: Actor, period: Period, today: date) -> tuple[Work, ...]:
    """The cases given to each officer of the reader's bodies in the period. One statement.

    A case given twice to the same officer counts once.
    """
    given = (
        select(
            Assignment.case_id,
            Assignment.user_id.label("holder"),
            func.min(Assignment.since).label("since"),
            func.max(case((Assignment.until.is_(None), 1), else_=0)).label("standing"),
        )
        .where(
            Assignment.duty == OFFICER_DUTY,
            Assignment.since.between(period.first, period.last),
            _staff(actor),
        )
        .group_by(Assignment.case_id, Assignment.user_id)
        .subquery()
    )
    return _work(
        actor, given, given.c.standing == 1, (User.id, User.name), User.id == given.c.holder, today
    )


def by_receiver(actor: Actor, period: Period, today: date) -> tuple[Work, ...]:
    """The cases transferred to each other agency in the period. One statement.

    ``passed_on``: the agency has sent them further, or a superior has taken them up.
    """
    receiver = Event.data["to_agency"].as_integer()
    sent = (
        select(
            Event.case_id,
            receiver.label("holder"),
            func.min(Event.on).label("since"),
        )
        .where(
            Event.action == Action.TRANSFER.value,
            Event.on.between(period.first, period.last),
            receiver != actor.agency_id,
        )
        .group_by(Event.case_id, receiver)
        .subquery()
    )
    return _work(
        actor,
        sent,
        Case.agency_id == sent.c.holder,
        (Agency.id, Agency.name),
        Agency.id == sent.c.holder,
        today,
    )


def by_entry(actor: Actor, period: Period) -> tuple[Entered, ...]:
    """What each of the reader's units entered, month by month. One statement.

    Raises ``ValueError`` for a period of more than ``MOST_MONTHS`` months.
    """
    months = _months(period)
    instants = [_midnight(day) for day in (*months[1:], period.last + timedelta(days=1))]
    everything = [action for actions in ENTRIES.values() for action in actions]
    entries = (
        select(
            Event.agency_id,
            Event.action,
            case(
                *((Event.recorded_at < instant, place) for place, instant in enumerate(instants))
            ).label("month"),
        )
        .join(Case, Case.id == Event.case_id)
        .where(
            visible(actor),
            Event.action.in_(everything),
            Event.recorded_at >= _midnight(period.first),
            Event.recorded_at < instants[-1],
            true() if actor.province_wide else Event.agency_id.in_(actor.agency_ids),
        )
        .subquery()
    )
    rows = db.session.execute(
        select(
            entries.c.agency_id,
            Agency.name.label("agency"),
            entries.c.month,
            *(
                _number(entries.c.action.in_(actions)).label(name)
                for name, actions in ENTRIES.items()
            ),
        )
        .join(Agency, Agency.id == entries.c.agency_id)
        .group_by(entries.c.agency_id, Agency.name, entries.c.month)
        .order_by(Agency.name, entries.c.agency_id, entries.c.month)
    )
    return tuple(
        Entered(
            agency_id=row.agency_id,
            agency=row.agency,
            month=months[row.month],
            **{name: int(getattr(row, name)) for name in ENTRIES},
        )
        for row in rows
    )


def _months(period: Period) -> list[date]:
    """The first days of the period's months; of the first one, the period's own first day."""
    count = (period.last.year - period.first.year) * 12 + period.last.month - period.first.month + 1
    if not 1 <= count <= MOST_MONTHS:
        raise ValueError(f"a period has 1 to {MOST_MONTHS} months")
    starts = [period.first]
    while len(starts) < count:
        starts.append((starts[-1].replace(day=1) + timedelta(days=32)).replace(day=1))
    return starts


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM).astimezone(UTC)


# --- work ------------------------------------------------------------------------------------


def _work(
    actor: Actor,
    given: Subquery,
    still_theirs: ColumnElement[bool],
    who: tuple[Any, Any],
    is_holder: ColumnElement[bool],
    today: date,
) -> tuple[Work, ...]:
    late = exists().where(
        Deadline.case_id == Case.id,
        Deadline.step.in_(TO_THE_RESULT),
        Deadline.state == ClockState.MET,
        Deadline.closed_on > Deadline.due,
        Deadline.closed_on >= given.c.since,
    )
    settled = Case.state.in_(sorted(SETTLED))
    parts = {
        "passed_on": ~still_theirs,
        "done_late": and_(still_theirs, settled, late),
        "done_in_time": and_(still_theirs, settled, ~late),
        "open_late": and_(still_theirs, ~settled, Case.next_due < today),
        "open_in_time": and_(still_theirs, ~settled, Case.next_due >= today),
    }
    number, name = who
    rows = db.session.execute(
        select(
            number.label("id"),
            name.label("name"),
            func.count().label("given"),
            *(_number(part).label(label) for label, part in parts.items()),
        )
        .select_from(given)
        .join(Case, Case.id == given.c.case_id)
        .join(number.class_, is_holder)
        .where(visible(actor), Case.state != State.VOIDED)
        .group_by(number, name)
        .order_by(name, number)
    )
    return tuple(
        Work(
            id=row.id,
            name=row.name,
            given=row.given,
            **{part: int(getattr(row, part)) for part in parts},
        )
        for row in rows
    )


def _number(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _staff(actor: Actor) -> ColumnElement[bool]:
    """People who wear, or wore, a hat of the reader's bodies."""
    if actor.province_wide:
        return true()
    return Assignment.user_id.in_(select(Hat.user_id).where(Hat.agency_id.in_(actor.agency_ids)))
