"""Overdue cases put before a body above: what waits for it, each with the history that led there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import visible
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    Deadline,
    Escalation,
    EscalationSeen,
    Event,
    Reminder,
    User,
)
from petitions.models.reminders import NOBODY, Subject
from petitions.queries.marks import mark, read_mark
from workflows.escalation import Level
from workflows.records import ClockState
from workflows.vocabulary import Action, Actor, Kind, State, Step

PAGE = 50
_to, _from = aliased(Agency), aliased(Agency)
URGINGS = (Action.URGE.value, Action.ORDER_SUBORDINATE.value, Action.DEMAND_REPORT.value)


class Which(StrEnum):
    """What of the list is wanted."""

    WAITING = "waiting"
    ANSWERED = "answered"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Notice:
    """One date put before one body. ``ended``: the date was met or ended since."""

    uid: str
    code: str
    kind: Kind
    state: State
    summary: str
    step: Step
    due: date
    level: Level
    sender: str
    agency_id: int | None
    agency: str | None
    nobody: bool
    raised_on: date
    acknowledged_on: datetime | None
    acknowledged_by: str | None
    done: str
    ended: bool


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices, the newest first; ``after`` opens the next one."""

    lines: tuple[Notice, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A rung of the ladder that fired for the date, and whom it told."""

    on: date
    rung: str
    person: str | None


@dataclass(frozen=True, slots=True)
class Urged:
    """What was done from above about the case before."""

    on: date
    action: Action
    by: str


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """A notice with what led to it: how the date was counted, who was reminded, who urged, who saw it."""

    notice: Notice
    officer: str | None
    citation: str
    explanation: tuple[str, ...]
    told: tuple[Told, ...]
    urged: tuple[Urged, ...]
    others: tuple[Notice, ...]
    seen: tuple[tuple[str, datetime], ...]


def notices(
    actor: Actor, which: Which, *, after: str | None = None, limit: int = PAGE
) -> NoticePage:
    """What was put before the actor's own agency, of cases the actor sees."""
    query = _notices(actor).where(Escalation.agency_id == actor.agency_id)
    if which is not Which.ALL:
        answered = Escalation.acknowledged_at.is_not(None)
        query = query.where(answered if which is Which.ANSWERED else ~answered)
    start = read_mark(after)
    if start is not None:
        day, number = start
        query = query.where(
            or_(
                Escalation.raised_on < day,
                and_(Escalation.raised_on == day, Escalation.id < number),
            )
        )
    rows = read(
        query.order_by(Escalation.raised_on.desc(), Escalation.id.desc()).limit(limit + 1)
    ).all()
    lines = tuple(_notice(row) for row in rows[:limit])
    more = mark(rows[limit - 1].raised_on, rows[limit - 1].id) if len(rows) > limit else None
    return NoticePage(lines, more)


def waiting(actor: Actor) -> int:
    """How many notices the actor's agency has not answered, of cases the actor sees."""
    query = (
        select(func.count())
        .select_from(Escalation)
        .join(Case, Case.id == Escalation.case_id)
        .where(
            Escalation.agency_id == actor.agency_id,
            Escalation.acknowledged_at.is_(None),
            visible(actor),
        )
    )
    return int(read(query).scalar() or 0)


def of_case(actor: Actor, code: str) -> tuple[Notice, ...]:
    """The notices of one case the actor sees, the newest first."""
    query = _notices(actor).where(Case.code == code)
    rows = read(query.order_by(Escalation.raised_on.desc(), Escalation.id.desc()))
    return tuple(_notice(row) for row in rows)


def notice(actor: Actor, uid: str) -> NoticeShown:
    """One notice with its history. Raises ``NotFound``."""
    row = read(
        _notices(actor)
        .add_columns(Deadline.citation, Deadline.explanation, Case.officer_id)
        .where(Escalation.uid == uid)
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy việc báo lên này.")
    found = _notice(row)
    officer = None
    if row.officer_id is not None:
        officer = read(select(User.name).where(User.id == row.officer_id)).scalar()
    return NoticeShown(
        found,
        officer,
        row.citation,
        tuple(row.explanation),
        _told(row),
        _urged(row.case_id),
        tuple(each for each in of_case(actor, found.code) if each.uid != uid),
        _seen(row.id),
    )


def _notices(actor: Actor, *more: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Escalation.id, Escalation.uid, Escalation.case_id, Escalation.deadline_id,
            Escalation.version, Escalation.due, Escalation.level, Escalation.nobody,
            Escalation.agency_id, Escalation.raised_on, Escalation.acknowledged_at,
            Escalation.words, Escalation.sealed, Case.code, Case.kind, Case.state, Case.summary,
            Deadline.step, Deadline.state.label("clock"), Deadline.version.label("now"),
            _from.name.label("sender"), _to.name.label("agency"), User.name.label("by"),
            CaseKey.wrapped,
        )
        .join(Case, Case.id == Escalation.case_id)
        .join(Deadline, Deadline.id == Escalation.deadline_id)
        .join(_from, _from.id == Escalation.from_agency_id)
        .outerjoin(_to, _to.id == Escalation.agency_id)
        .outerjoin(User, User.id == Escalation.acknowledged_by)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(visible(actor), *more)
    )  # fmt: skip


def _notice(row: Row[*tuple[Any, ...]]) -> Notice:
    kept: Mapping[str, Any] = read_back(
        row, case_key_of(row.wrapped), Escalation.__tablename__, row.uid
    )
    running = row.clock in {ClockState.RUNNING, ClockState.PAUSED} and row.now == row.version
    return Notice(
        row.uid, row.code, row.kind, row.state, row.summary, row.step, row.due, row.level,
        row.sender, row.agency_id, row.agency, row.nobody, row.raised_on, row.acknowledged_at,
        row.by, str(kept.get("done", "")), not running,
    )  # fmt: skip


def _told(row: Row[*tuple[Any, ...]]) -> tuple[Told, ...]:
    rows = read(
        select(Reminder.fired_on, Reminder.rung, Reminder.recipient_id, User.name)
        .outerjoin(User, User.id == Reminder.recipient_id)
        .where(
            Reminder.subject == Subject.DEADLINE,
            Reminder.subject_id == row.deadline_id,
            Reminder.version == row.version,
        )
        .order_by(Reminder.fired_on, Reminder.id)
    )
    return tuple(
        Told(each.fired_on, each.rung, None if each.recipient_id == NOBODY else each.name)
        for each in rows
    )


def _urged(case_id: int) -> tuple[Urged, ...]:
    rows: Sequence[Any] = read(
        select(Event.on, Event.action, Agency.name)
        .join(Agency, Agency.id == Event.agency_id)
        .where(Event.case_id == case_id, Event.action.in_(URGINGS))
        .order_by(Event.seq)
    ).all()
    return tuple(Urged(each.on, Action(each.action), each.name) for each in rows)


def _seen(escalation_id: int) -> tuple[tuple[str, datetime], ...]:
    rows = read(
        select(User.name, EscalationSeen.at)
        .join(User, User.id == EscalationSeen.user_id)
        .where(EscalationSeen.escalation_id == escalation_id)
        .order_by(EscalationSeen.at, User.id)
    )
    return tuple((row.name, row.at) for row in rows)
