"""The weekly scan for hot spots: counts in, alarms and episodes out, once a week and never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import read, transaction
from petitions.errors import Invalid
from petitions.models import Episode, HotspotScan
from petitions.services.hotspots.detecting import detect
from petitions.services.hotspots.keeping import keep, keep_shares
from petitions.services.hotspots.shares import gather_signs
from petitions.services.hotspots.sources import gather
from workflows import episodes as rules
from workflows.hotspots import MODEL

CAUGHT_UP = 12
"""Weeks nobody scanned that are made up for, the earliest first."""


@dataclass(slots=True)
class Scanned:
    """What a run did: weeks scanned, alarms raised, episodes put before people."""

    weeks: int = 0
    alarms: int = 0
    listed: int = 0


def last_complete(now: datetime) -> date:
    """The Monday of the latest week that is over."""
    today = local_day(now)
    return today - timedelta(days=today.weekday() + 7)


def scan(
    now: datetime,
    *,
    week: date | None = None,
    guard: Callable[[Session], None] | None = None,
) -> Scanned:
    """Scan the weeks up to ``week`` (its Monday; None: the latest that is over) not scanned yet.

    Twice each: over everything but denunciations, and over denunciations alone; the first also for
    shares of skipped and repeated matters. Twelve weeks at most are made up for. A week is scanned once; what is typed in late is found by the next week's scan,
    which reads the whole history anew. Raises ``Invalid`` at ``week`` for a day that is no Monday, a
    week that is not over, or one before the latest scanned.
    """
    until = _checked(week, last_complete(now))
    done = Scanned()
    for secret in (False, True):
        latest = _latest(secret)
        if week is not None and latest is not None and week < latest and not _is_done(week, secret):
            raise Invalid.at("week", "Đã quét tuần sau tuần này; các đợt không được quét ngược.")
        first = until - timedelta(weeks=CAUGHT_UP - 1)
        if latest is not None:
            first = max(first, latest + timedelta(weeks=1))
        if first > until:
            continue
        source = gather(secret, first, until)
        signed = None if secret else gather_signs(first, until)
        monday = first
        while monday <= until:
            raised = _raised(secret)
            found = detect(source, monday, raised)
            try:
                with transaction() as session:
                    listed = keep(
                        session, found, source, week=monday, secret=secret, raised=raised, now=now
                    )
                    if signed is not None:
                        keep_shares(session, signed, monday)
                    if guard is not None:
                        guard(session)
            except IntegrityError:
                if not _is_done(monday, secret):
                    raise
                return done  # another process scans these weeks
            done.weeks += 1
            done.alarms += len(found.alarms)
            done.listed += listed
            monday += timedelta(weeks=1)
    return done


def _checked(week: date | None, last: date) -> date:
    if week is None:
        return last
    if week.weekday():
        raise Invalid.at("week", "Tuần được gọi theo ngày thứ Hai.")
    if week > last:
        raise Invalid.at("week", "Tuần này chưa hết.")
    return week


def _latest(secret: bool) -> date | None:
    return read(select(func.max(HotspotScan.week)).where(HotspotScan.secret == secret)).scalar()


def _is_done(week: date, secret: bool) -> bool:
    known = select(HotspotScan.id).where(HotspotScan.week == week, HotspotScan.secret == secret)
    return read(known).first() is not None


def _raised(secret: bool) -> float:
    """What the latest verdicts add to every cut."""
    verdicts = read(
        select(Episode.verdict)
        .where(
            Episode.verdict.is_not(None), Episode.secret == secret, Episode.merged_into_id.is_(None)
        )
        .order_by(Episode.judged_at.desc(), Episode.id.desc())
        .limit(rules.VERDICTS_READ)
    )
    return rules.raise_of_cut(rules.precision(verdicts.scalars()), MODEL.chance_slope)
