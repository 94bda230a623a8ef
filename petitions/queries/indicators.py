"""What the system counts of an agency's year: so many of so many, for scorecards and reports.

Everything here is told of agencies, whoever asks; who may read it is the caller's question. Sums of
cases that are still open leave denunciations out, so that nobody learns from them of one that was
lodged; what was settled or is to be carried out is counted as the official tables count it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Executable, and_, case, exists, false, func, or_, select

from config.clock import local_day
from config.database import db, read
from petitions.access import barred
from petitions.models import (
    Agency,
    Case,
    Commitment,
    Deadline,
    Petition,
    ReportTurn,
    UrgedCase,
    UrgingLetter,
    Visit,
)
from petitions.queries.quota import quota_of
from petitions.queries.statistics.figures import Window, figures
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.spec import version_on
from petitions.queries.surveys import year_tallies
from petitions.rulebook import current
from workflows.commitments import CommitmentStatus
from workflows.lifecycle import late_entry
from workflows.reception import month_of
from workflows.records import ClockState, Nature
from workflows.scoring import BLOCS, Bloc, Indicator, Share
from workflows.urging import UrgingEnd
from workflows.vocabulary import Actor, Kind, State, Step
from workflows.working_days import CalendarMissing

Shares = Mapping[int, Share]
"""By agency; an agency that has nothing to count is not in it."""
IN_TIME = (("01/KQGQ", 25, (25, 26)), ("03/KQGQ", 30, (30, 31)))
CARRIED_OUT = (("02/KQGQ", 2, (1,)), ("04/KQGQ", 2, (1,)))
"""Table, the column that counts, and those that add up to the whole; alike in both circulars."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Body:
    """An agency that is scored, and among which others."""

    id: int
    code: str
    name: str
    bloc: Bloc


@dataclass(frozen=True, slots=True)
class Question:
    """Which agencies, of which days, as seen on ``today``. ``reader`` is not told of cases shut to him."""

    agencies: frozenset[int]
    window: Window
    year: int
    today: date
    reader: Actor | None = None

    @property
    def last(self) -> date:
        """The last day that can be judged."""
        return min(self.window.last, self.today - _DAY)


def bodies(on: date, among: Collection[int] | None = None) -> tuple[Body, ...]:
    """The agencies that are scored on a day, by name."""
    query = select(Agency.id, Agency.code, Agency.name, Agency.kind).where(
        Agency.kind.in_(list(BLOCS)),
        Agency.valid_from <= on,
        or_(Agency.valid_to.is_(None), Agency.valid_to >= on),
    )
    if among is not None:
        query = query.where(Agency.id.in_(tuple(among)))
    return tuple(
        Body(row.id, row.code, row.name, BLOCS[row.kind])
        for row in read(query.order_by(Agency.name, Agency.code))
    )


def shares(indicator: Indicator, asked: Question) -> Shares:
    """One indicator of every agency asked about."""
    return {
        agency: share for agency, share in _COUNTED[indicator](asked).items() if share.denominator
    }


def _of_tables(
    columns: Collection[tuple[str, int, tuple[int, ...]]],
) -> Callable[[Question], Shares]:
    def count(asked: Question) -> Shares:
        found: defaultdict[int, Share] = defaultdict(lambda: Share(0, 0))
        tables = version_on(asked.window.last).tables
        for name, counted, whole in columns:
            report = with_openings(
                figures(tables[name], asked.window, among=asked.agencies, reader=asked.reader)
            )
            for line in report.lines:
                of = sum(int(line.values[number] or 0) for number in whole)
                part = int(line.values[counted] or 0)
                found[line.unit.id] += Share(min(part, of), of)
        return found

    return count


def _open_overdue(asked: Question) -> Shares:
    """Settlements running at the end of the days asked about, and those past their legal end."""
    day = min(asked.window.last, asked.today)
    running = and_(
        Deadline.trigger_on <= day,
        or_(
            Deadline.state == ClockState.RUNNING,
            and_(Deadline.state == ClockState.MET, Deadline.closed_on > day),
        ),
    )
    return _counted(
        select(
            Deadline.agency_id,
            func.sum(case((Deadline.due < day, 1), else_=0)),
            func.count(),
        )
        .join(Case, Case.id == Deadline.case_id)
        .where(
            Deadline.agency_id.in_(asked.agencies),
            Deadline.step == Step.SETTLEMENT,
            Deadline.nature == Nature.STATUTORY,
            Case.kind != Kind.DENUNCIATION,
            Case.state != State.VOIDED,
            running,
            ~_shut(asked, Case.id),
        )
        .group_by(Deadline.agency_id)
    )


def _reception_days(asked: Question) -> Shares:
    """Days of the head's quota in the months that began in the window and are over."""
    found: defaultdict[int, Share] = defaultdict(lambda: Share(0, 0))
    for month in months_over(asked.window, asked.today):
        for line in quota_of(asked.agencies, month, asked.today):
            found[line.agency_id] += Share(line.counted.fulfilled, line.counted.required)
    return found


def months_over(window: Window, today: date) -> tuple[date, ...]:
    """The first days of the months that begin in a window and ended before ``today``."""
    found = []
    month = month_of(window.first)[0]
    if month < window.first:
        month = month_of(month_of(month)[1] + _DAY)[0]
    while month <= window.last and month_of(month)[1] < today:
        found.append(month)
        month = month_of(month_of(month)[1] + _DAY)[0]
    return tuple(found)


def _satisfaction(asked: Question) -> Shares:
    tallies = year_tallies(asked.agencies, asked.year, asked.today)
    return {agency: Share(each.satisfied, each.answers) for agency, each in tallies.items()}


def _commitments_kept(asked: Question) -> Shares:
    """Commitments due in the days asked about, and those confirmed done by their day."""
    kept = and_(Commitment.status == CommitmentStatus.DONE, Commitment.ended_on <= Commitment.due)
    return _counted(
        select(Commitment.lead_agency_id, func.sum(case((kept, 1), else_=0)), func.count())
        .outerjoin(Case, Case.id == Commitment.case_id)
        .outerjoin(Visit, Visit.id == Commitment.visit_id)
        .where(
            Commitment.lead_agency_id.in_(asked.agencies),
            Commitment.due.between(asked.window.first, asked.last),
            Commitment.status != CommitmentStatus.DROPPED,
            or_(Case.id.is_(None), Case.kind != Kind.DENUNCIATION),
            or_(Visit.id.is_(None), ~Visit.confidential),
            ~_shut(asked, Commitment.case_id),
            ~_shut(asked, Visit.case_id),
        )
        .group_by(Commitment.lead_agency_id)
    )


def _reports_in_time(asked: Question) -> Shares:
    return _counted(
        select(
            ReportTurn.agency_id,
            func.sum(case((ReportTurn.sent_on <= ReportTurn.due, 1), else_=0)),
            func.count(),
        )
        .where(
            ReportTurn.agency_id.in_(asked.agencies),
            ReportTurn.due.between(asked.window.first, asked.last),
        )
        .group_by(ReportTurn.agency_id)
    )


def _urgings_answered(asked: Question) -> Shares:
    answered = and_(
        UrgingLetter.ending == UrgingEnd.ANSWERED, UrgingLetter.ended_on <= UrgingLetter.reply_due
    )
    return _counted(
        select(UrgingLetter.to_agency_id, func.sum(case((answered, 1), else_=0)), func.count())
        .where(
            UrgingLetter.to_agency_id.in_(asked.agencies),
            UrgingLetter.case_id.is_(None),
            UrgingLetter.reply_due.between(asked.window.first, asked.last),
            _was_waited_for(),
            ~exists().where(
                UrgedCase.letter_id == UrgingLetter.id, _shut(asked, UrgedCase.case_id)
            ),
        )
        .group_by(UrgingLetter.to_agency_id)
    )


def _was_waited_for() -> ColumnElement[bool]:
    return or_(UrgingLetter.ending.is_(None), UrgingLetter.ending == UrgingEnd.ANSWERED)


def _entered_late(asked: Question) -> Shares:
    """Petitions received in the days asked about, and those written down later than the house allows."""
    rows = read(
        select(Petition.agency_id, Petition.received_on, Petition.entered_at)
        .join(Case, Case.id == Petition.case_id)
        .where(
            Petition.agency_id.in_(asked.agencies),
            Petition.received_on.between(*asked.window),
            Case.kind != Kind.DENUNCIATION,
            Case.state != State.VOIDED,
            Case.imported_key.is_(None),
            ~_shut(asked, Case.id),
        )
    )
    calendar = current(db.session()).calendar

    def is_working(day: date) -> bool:
        try:
            return calendar.is_working(day)
        except CalendarMissing:
            return day.weekday() < 5

    late = cache(lambda received, entered: late_entry(received, entered, is_working))
    whole: Counter[int] = Counter()
    part: Counter[int] = Counter()
    for row in rows:
        whole[row.agency_id] += 1
        part[row.agency_id] += late(row.received_on, local_day(row.entered_at))
    return {agency: Share(part[agency], number) for agency, number in whole.items()}


def _shut(asked: Question, case_id: Any) -> ColumnElement[bool]:
    """Whether a case is shut to the reader; nothing is shut to official figures."""
    reader = asked.reader
    return false() if reader is None else barred(case_id, reader.user_id, tuple(reader.unit_ids))


def _counted(query: Executable) -> Shares:
    return {agency: Share(int(part), int(whole)) for agency, part, whole in read(query)}


_COUNTED: Mapping[Indicator, Callable[[Question], Shares]] = {
    Indicator.SETTLED_IN_TIME: _of_tables(IN_TIME),
    Indicator.OPEN_OVERDUE: _open_overdue,
    Indicator.RECEPTION_DAYS: _reception_days,
    Indicator.SATISFACTION: _satisfaction,
    Indicator.COMMITMENTS_KEPT: _commitments_kept,
    Indicator.REPORTS_IN_TIME: _reports_in_time,
    Indicator.URGINGS_ANSWERED: _urgings_answered,
    Indicator.ENFORCED: _of_tables(CARRIED_OUT),
    Indicator.ENTERED_LATE: _entered_late,
}
