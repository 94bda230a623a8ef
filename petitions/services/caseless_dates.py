"""Running dates that belong to no case: commitments, notices to visitors, sessions, quotas, reports.

Some are columns, some are counted by the law's rows or from what was held, so each kind is read as a
whole and held against what was told of it. Nothing here names a person or says what a visit was about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from config.database import db, read
from petitions.access import commitments_seen, visits_seen
from petitions.models import (
    Agency,
    Case,
    Commitment,
    CommitmentStep,
    ReceptionPaper,
    ReceptionSession,
    ReportDuty,
    ReportTurn,
    Visit,
)
from petitions.models.reminders import Subject
from petitions.queries.quota import quota_of
from petitions.queries.reception_dates import last_day
from petitions.queries.reception_papers import REFUSAL
from petitions.queries.reception_reach import READERS, sessions_seen
from petitions.queries.reception_shapes import QuotaLine
from petitions.queries.reporting import turns_seen
from petitions.rulebook import Rulebook, current
from petitions.services.recipients import Staff, Told
from petitions.text import vn_date
from workflows.commitments import UNDONE, CommitmentVerdict
from workflows.reception import (
    NoticeState,
    QuotaStanding,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitOutcome,
    month_of,
)
from workflows.vocabulary import Actor, Step
from workflows.working_days import CalendarMissing

AHEAD = timedelta(days=120)
"""Dates further off than the first rung of any ladder are not read."""
WATCHED_FROM = 20
"""The day of the month from which a head's missing reception days are spoken of."""
KEEPS_SESSIONS = timedelta(days=365)
"""A body with no session in so long does not keep its reception here; nobody is told that it is short."""
_DAY = timedelta(days=1)
Ids = Collection[int] | None


@dataclass(frozen=True, slots=True)
class CaselessDate:
    """A running date and what its news needs. ``secret``: nothing but its title is told.

    ``agency_id`` works on it, ``officer_id`` if one person does; ``trusted`` are persons and
    ``trusted_heads_of`` the agency whose heads know of a secret one besides; ``case_id`` a case whose
    bars (and, with ``as_the_case``, whose secrecy) bind.
    """

    id: int
    version: int
    due: date
    agency_id: int
    step: str
    title: str
    path: str
    secret: bool = False
    officer_id: int | None = None
    above_id: int | None = None
    trusted: frozenset[int] = frozenset()
    trusted_heads_of: int | None = None
    case_id: int | None = None
    as_the_case: bool = False

    def told(self, staff: Staff, cases: Mapping[int, Told]) -> Told:
        """Whom to tell of it; ``cases`` holds the case it belongs to, if any."""
        case = cases[self.case_id] if self.case_id is not None else None
        return Told(
            code="",
            denunciation=self.secret,
            agency_id=self.agency_id,
            officer_id=self.officer_id,
            charged=self.trusted | frozenset(staff.heads.get(self.trusted_heads_of or 0, ())),
            barred=frozenset() if case is None else case.barred,
            staff=staff,
            above_id=self.above_id,
            within=case if self.as_the_case else None,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """How one kind is read: those that run on a day (all, or of some ids), and which of them a hat knows."""

    running: Callable[[date, Ids], Iterator[CaselessDate]]
    seen: Callable[[Actor, Collection[int]], Collection[int]]


# --- commitments ----------------------------------------------------------------------------------


def _commitments(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Undone ones, quiet while their case is suspended. A new day and a reopening start anew."""
    moved = (
        select(func.count(CommitmentStep.id))
        .where(
            CommitmentStep.commitment_id == Commitment.id,
            CommitmentStep.verdict.in_((CommitmentVerdict.MOVED, CommitmentVerdict.REOPENED)),
        )
        .scalar_subquery()
    )
    statement = (
        select(
            Commitment.id, Commitment.uid, Commitment.due, Commitment.made_on, Commitment.case_id,
            Commitment.agency_id.label("keeper_id"), Commitment.lead_agency_id, Agency.name,
            Visit.confidential, Visit.received_by, Visit.agency_id.label("visit_agency_id"),
            moved.label("moved"),
        )
        .join(Agency, Agency.id == Commitment.lead_agency_id)
        .outerjoin(Visit, Visit.id == Commitment.visit_id)
        .outerjoin(Case, Case.id == Commitment.case_id)
        .where(
            Commitment.status.in_(UNDONE),
            Commitment.due <= today + AHEAD,
            Commitment.case_id.is_(None) | Case.paused_since.is_(None),
            *_of(Commitment.id, ids),
        )
        .order_by(Commitment.id)
    )  # fmt: skip
    for row in read(statement):
        secret = bool(row.confidential)
        title = f"Cam kết ngày {vn_date(row.made_on)}"
        yield CaselessDate(
            id=row.id,
            version=row.moved + 1,
            due=row.due,
            agency_id=row.lead_agency_id,
            step=Subject.COMMITMENT,
            title=title if secret else f"{title}, {row.name}",
            path=f"/cam-ket/{row.uid}",
            secret=secret,
            above_id=None if row.keeper_id == row.lead_agency_id else row.keeper_id,
            trusted=frozenset({row.received_by} if secret else ()),
            trusted_heads_of=row.visit_agency_id if secret else None,
            case_id=row.case_id,
        )


def _commitments_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return _seen(select(Commitment.id).where(Commitment.id.in_(ids), commitments_seen(actor)))


# --- notices to visitors --------------------------------------------------------------------------


def _refusals(today: date, ids: Ids) -> Iterator[CaselessDate]:
    signed = exists().where(
        ReceptionPaper.visit_id == Visit.id,
        ReceptionPaper.form_key == REFUSAL,
        ReceptionPaper.state == NoticeState.SIGNED,
    )
    owed = (Visit.outcome == VisitOutcome.REFUSED, ~signed)
    return _visits(Visit.refusal_due, Step.REFUSAL_NOTICE, today, ids, *owed)


def _results(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = Visit.result_told_on.is_(None)
    return _visits(Visit.result_due, Step.RESULT_NOTICE, today, ids, owed)


def _visits(
    due: Any, step: Step, today: date, ids: Ids, *owed: ColumnElement[bool]
) -> Iterator[CaselessDate]:
    statement = (
        select(
            Visit.id, Visit.uid, Visit.queue_number, Visit.agency_id, Visit.received_by,
            Visit.confidential, Visit.case_id, ReceptionSession.day, due.label("due"),
        )
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .where(due.is_not(None), due <= today + AHEAD, *owed, *_of(Visit.id, ids))
        .order_by(Visit.id)
    )  # fmt: skip
    for row in read(statement):
        yield CaselessDate(
            id=row.id,
            version=row.due.toordinal(),
            due=row.due,
            agency_id=row.agency_id,
            step=step,
            title=f"Lượt tiếp số {row.queue_number} ngày {vn_date(row.day)}",
            path=f"/tiep-cong-dan/luot/{row.uid}",
            secret=row.confidential,
            officer_id=row.received_by,
            trusted=frozenset({row.received_by}),
            case_id=row.case_id,
            as_the_case=True,
        )


def _visits_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return _seen(select(Visit.id).where(Visit.id.in_(ids), visits_seen(actor)))


# --- sessions -------------------------------------------------------------------------------------


def _postings(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = (ReceptionSession.kind == SessionKind.PERIODIC, ReceptionSession.posted_on.is_(None))
    return _sessions(Step.SCHEDULE_POSTING, today, ids, *owed)


def _invitations(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = (
        ReceptionSession.manner == SessionManner.ONLINE,
        ReceptionSession.invited_on.is_(None),
    )
    return _sessions(Step.ONLINE_INVITATION, today, ids, *owed)


def _tests(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = (ReceptionSession.manner == SessionManner.ONLINE, ReceptionSession.tested_on.is_(None))
    return _sessions(Step.ONLINE_CONNECTION_TEST, today, ids, *owed)


def _sessions(
    step: Step, today: date, ids: Ids, *owed: ColumnElement[bool]
) -> Iterator[CaselessDate]:
    """Planned sessions up to their own day: after it there is nothing left to post or invite to."""
    statement = (
        select(
            ReceptionSession.id, ReceptionSession.uid, ReceptionSession.day,
            ReceptionSession.agency_id, ReceptionSession.created_by,
        )
        .where(
            ReceptionSession.status == SessionStatus.PLANNED,
            ReceptionSession.day.between(today, today + AHEAD),
            *owed,
            *_of(ReceptionSession.id, ids),
        )
        .order_by(ReceptionSession.id)
    )  # fmt: skip
    book: Rulebook = current(db.session())
    ends: dict[date, Any] = {}
    for row in read(statement).all():
        if row.day not in ends:
            ends[row.day] = last_day(step, row.day, book)
        if (end := ends[row.day]) is None:
            continue
        yield CaselessDate(
            id=row.id,
            version=end.due.toordinal(),
            due=end.due,
            agency_id=row.agency_id,
            step=step,
            title=f"Buổi tiếp công dân ngày {vn_date(row.day)}",
            path=f"/tiep-cong-dan/buoi/{row.uid}",
            officer_id=row.created_by,
        )


def _sessions_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return _seen(
        select(ReceptionSession.id).where(ReceptionSession.id.in_(ids), sessions_seen(actor))
    )


# --- the days a head receives in person -----------------------------------------------------------


def _quotas(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Last month where it ended short, and this one while the days planned do not make it up."""
    keeping = read(
        select(ReceptionSession.agency_id)
        .distinct()
        .where(
            ReceptionSession.day.between(today - KEEPS_SESSIONS, today + AHEAD),
            *_of(ReceptionSession.agency_id, ids),
        )
    )
    agencies = frozenset(keeping.scalars())
    if not agencies:
        return
    first, last = month_of(today)
    for line in quota_of(agencies, first - _DAY, today):
        if line.standing is QuotaStanding.SHORT:
            yield _quota(line, first - _DAY)
    left = _working_days(today, last)
    for line in quota_of(agencies, last, today):
        planned = len({day for day, _ in line.ahead if day >= today})
        pressing = today.day >= WATCHED_FROM or left < line.counted.left
        if pressing and planned < line.counted.left:
            yield _quota(line, last)


def _quota(line: QuotaLine, last: date) -> CaselessDate:
    return CaselessDate(
        id=line.agency_id,
        version=last.year * 100 + last.month,
        due=last,
        agency_id=line.agency_id,
        step=Subject.QUOTA,
        title=f"Tháng {last:%m/%Y}, {line.agency}",
        path=f"/tiep-cong-dan/dinh-muc?thang={last:%m/%Y}",
    )


def _working_days(first: date, last: date) -> int:
    calendar = current(db.session()).calendar
    days = (first + _DAY * number for number in range((last - first).days + 1))
    try:
        return sum(calendar.is_working(day) for day in days)
    except CalendarMissing:
        return (last - first).days + 1


def _quotas_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    if actor.role not in READERS:
        return ()
    return ids if actor.province_wide else actor.agency_ids & set(ids)


# --- reports --------------------------------------------------------------------------------------


def _reports(today: date, ids: Ids) -> Iterator[CaselessDate]:
    statement = (
        select(
            ReportTurn.id, ReportTurn.due, ReportTurn.agency_id,
            ReportDuty.name, Agency.name.label("agency"),
        )
        .join(ReportDuty, ReportDuty.id == ReportTurn.duty_id)
        .join(Agency, Agency.id == ReportTurn.agency_id)
        .where(
            ReportTurn.sent_on.is_(None),
            ReportTurn.due <= today + AHEAD,
            *_of(ReportTurn.id, ids),
        )
        .order_by(ReportTurn.id)
    )  # fmt: skip
    for row in read(statement):
        yield CaselessDate(
            id=row.id,
            version=row.due.toordinal(),
            due=row.due,
            agency_id=row.agency_id,
            step=Subject.REPORT,
            title=f"{row.name}, {row.agency}",
            path=f"/bao-cao-dinh-ky?nam={row.due.year}",
        )


def _reports_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return _seen(select(ReportTurn.id).where(ReportTurn.id.in_(ids), turns_seen(actor)))


def _of(column: Any, ids: Ids) -> tuple[ColumnElement[bool], ...]:
    return () if ids is None else (column.in_(ids),)


def _seen(statement: Select[int]) -> set[int]:
    return set(read(statement).scalars())


CASELESS: Mapping[Subject, Source] = {
    Subject.COMMITMENT: Source(_commitments, _commitments_seen),
    Subject.REFUSAL: Source(_refusals, _visits_seen),
    Subject.RESULT: Source(_results, _visits_seen),
    Subject.POSTING: Source(_postings, _sessions_seen),
    Subject.INVITATION: Source(_invitations, _sessions_seen),
    Subject.CONNECTION_TEST: Source(_tests, _sessions_seen),
    Subject.QUOTA: Source(_quotas, _quotas_seen),
    Subject.REPORT: Source(_reports, _reports_seen),
}
