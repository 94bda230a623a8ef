"""How many days heads receive citizens in person, against what the law asks of them.

A day counts when the head's own periodic session of that day was held by the head; several sessions
of one day are one day, postponed and missed ones are none, ad hoc ones stand beside (Law art 12–18).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, true

from config.database import db
from petitions.models import Agency, Hat, ReceptionSession, User, Visit
from petitions.queries.offices import in_force
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_shapes import DaysLeft, QuotaLine, QuotaMonth
from petitions.rulebook import Rulebook, current
from workflows.lawbook import Quota
from workflows.reception import (
    HEADS,
    SessionKind,
    SessionStanding,
    SessionStatus,
    VisitState,
    count_days,
    month_of,
    standing,
)
from workflows.vocabulary import Actor, Role
from workflows.working_days import CalendarMissing

_OVERHANG = timedelta(days=6)
"""A week that begins in the month may end in the next."""
Days = tuple[tuple[date, str], ...]


def days_left(actor: Actor, on: date) -> DaysLeft | None:
    """The days the head of the actor's agency owes in the month of ``on``; None without a quota."""
    line = next(iter(_month(actor, on, on, frozenset({actor.agency_id})).lines), None)
    if line is None:
        return None
    return DaysLeft(
        counted=line.counted,
        held=_distinct(line.held),
        ahead=_distinct(line.ahead),
        missed=_distinct(line.missed),
        title=line.title,
        citation=line.citation,
    )


def quota_months(actor: Actor, until: date, months: int, today: date) -> tuple[QuotaMonth, ...]:
    """So many months up to the one of ``until``, the latest first, of every agency this hat reaches."""
    found, month = [], month_of(until)[0]
    for _ in range(months):
        found.append(_month(actor, month, today, None))
        month = month_of(month - timedelta(days=1))[0]
    return tuple(found)


def quota_of(agencies: frozenset[int], month: date, today: date) -> tuple[QuotaLine, ...]:
    """The month of these agencies whoever asks: for reminding their heads, never for a page."""
    return _lines(month, today, Agency.id.in_(agencies)).lines


def _month(actor: Actor, month: date, today: date, only: frozenset[int] | None) -> QuotaMonth:
    if actor.role not in READERS:
        return QuotaMonth(month_of(month)[0], ())
    if only is not None:
        return _lines(month, today, Agency.id.in_(only))
    return _lines(month, today, true() if actor.province_wide else Agency.id.in_(actor.agency_ids))


def _lines(month: date, today: date, reach: ColumnElement[bool]) -> QuotaMonth:
    first, last = month_of(month)
    book = current(db.session())
    agencies = [
        (row, quota)
        for row in _agencies(reach, first, last)
        if (quota := book.lawbook.quota(HEADS[row.kind], first)) is not None
    ]
    ids = [row.id for row, _ in agencies]
    sessions, heads = _sessions(ids, first, last + _OVERHANG), _heads(ids, min(last, today))
    working = _working(book)
    lines = [
        _line(row, quota, heads.get(row.id), sessions[row.id], (first, last), today, working)
        for row, quota in agencies
    ]
    return QuotaMonth(first, tuple(sorted(lines, key=lambda line: line.agency)))


def _agencies(reach: ColumnElement[bool], first: date, last: date) -> Any:
    wanted = [
        Agency.kind.in_(list(HEADS)),
        Agency.valid_from <= last,
        Agency.valid_to.is_(None) | (Agency.valid_to >= first),
        reach,
    ]
    return db.session.execute(
        select(Agency.id, Agency.code, Agency.name, Agency.kind).where(*wanted)
    )


def _sessions(ids: list[int], first: date, last: date) -> defaultdict[int, list[Any]]:
    heard = (
        select(func.count(Visit.id))
        .where(
            Visit.session_id == ReceptionSession.id,
            Visit.state.in_((VisitState.DONE, VisitState.HEARD)),
        )
        .scalar_subquery()
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in db.session.execute(
        select(
            ReceptionSession.agency_id, ReceptionSession.uid, ReceptionSession.day,
            ReceptionSession.kind, ReceptionSession.status, ReceptionSession.held_in_person,
            heard.label("heard"),
        )
        .where(
            ReceptionSession.agency_id.in_(ids),
            ReceptionSession.day.between(first, last),
            ReceptionSession.kind != SessionKind.REGULAR,
        )
        .order_by(ReceptionSession.day, ReceptionSession.id)
    ):  # fmt: skip
        found[row.agency_id].append(row)
    return found


def _heads(ids: list[int], on: date) -> dict[int, str]:
    rows = db.session.execute(
        select(Hat.agency_id, User.name)
        .join(User, User.id == Hat.user_id)
        .where(Hat.agency_id.in_(ids), Hat.role == Role.HEAD, in_force(Hat, on))
        .order_by(Hat.id.desc())
    )
    return {row.agency_id: row.name for row in rows}


def _working(book: Rulebook) -> Callable[[date], bool]:
    def is_working(day: date) -> bool:
        try:
            return book.calendar.is_working(day)
        except CalendarMissing:
            return day.weekday() < 5

    return is_working


def _line(
    row: Any,
    quota: Quota,
    head: str | None,
    sessions: Iterable[Any],
    month: tuple[date, date],
    today: date,
    working: Callable[[date], bool],
) -> QuotaLine:
    first, last = month
    by: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for each in sessions:
        by[_heap(each, today)].append((each.day, each.uid))
    counted = count_days(quota.amount, quota.per, first, (day for day, _ in by["held"]), working)

    def inside(name: str) -> Days:
        return tuple(each for each in by[name] if each[0] <= last)

    return QuotaLine(
        agency_id=row.id, code=row.code, agency=row.name, head=head, title=quota.title,
        citation=quota.citation, counted=counted, standing=counted.standing(last, today),
        held=inside("held"), ad_hoc=inside("ad_hoc"), missed=inside("missed"),
        postponed=inside("postponed"), ahead=inside("ahead"),
    )  # fmt: skip


def _heap(each: Any, today: date) -> str:
    """Which figure a session belongs to."""
    if each.status is SessionStatus.HELD:
        if not each.held_in_person:
            return "others"
        return "held" if each.kind is SessionKind.PERIODIC else "ad_hoc"
    if each.kind is not SessionKind.PERIODIC:
        return "others"
    match standing(each.status, each.day, each.heard, today):
        case SessionStanding.MISSED:
            return "missed"
        case SessionStanding.POSTPONED:
            return "postponed"
        case SessionStanding.CANCELLED:
            return "others"
    return "ahead"


def _distinct(days: Days) -> tuple[date, ...]:
    return tuple(sorted({day for day, _ in days}))
