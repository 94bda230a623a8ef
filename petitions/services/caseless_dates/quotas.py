"""The days a head receives citizens in person, where a month is about to end short or did."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import select

from config.database import db, read
from petitions.models import ReceptionSession
from petitions.models.reminders import Subject
from petitions.queries.quota import quota_of
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_shapes import QuotaLine
from petitions.rulebook import current
from petitions.services.caseless_dates.shape import AHEAD, CaselessDate, Ids, Source, among
from workflows.reception import QuotaStanding, month_of
from workflows.vocabulary import Actor
from workflows.working_days import CalendarMissing

WATCHED_FROM = 20
"""The day of the month from which a head's missing reception days are spoken of."""
KEEPS_SESSIONS = timedelta(days=365)
"""A body with no session in so long does not keep its reception here; nobody is told that it is short."""
_DAY = timedelta(days=1)


def _quotas(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Last month where it ended short, and this one while the days planned do not make it up."""
    keeping = read(
        select(ReceptionSession.agency_id)
        .distinct()
        .where(
            ReceptionSession.day.between(today - KEEPS_SESSIONS, today + AHEAD),
            *among(ReceptionSession.agency_id, ids),
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


QUOTAS = Source(_quotas, _quotas_seen)
