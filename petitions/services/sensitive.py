"""Keeping the calendar of sensitive periods, and noting that a week's list was drawn up."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.models import SensitivePeriod, SensitiveWeek
from petitions.queries.province.lists import told_to_all
from petitions.queries.province.reach import may_keep_periods
from petitions.queries.sensitive import NO_PERIOD, first_list, monday
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from workflows.vocabulary import Actor

LONGEST = timedelta(days=366)
MOST_WEEKS = 26
NOT_YOURS = "Kỳ nhạy cảm do Thanh tra tỉnh lập."
NO_LIST_NOW = "Tuần này không phải lập danh sách cho kỳ này."


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodGiven:
    """A period as it is written."""

    name: str
    basis: str = ""
    starts: date
    ends: date
    weeks_before: int


def save_period(
    given: PeriodGiven,
    *,
    uid: str | None,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Write a period (``uid`` None) or change one; returns its uid.

    Raises ``Forbidden``, ``NotFound``, ``Stale``, ``Invalid`` at its fields.
    """

    def work(session: Session) -> str:
        _require_keeper(actor)
        faults: Faults = defaultdict(list)
        name = words(given.name, "name", 160, faults)
        basis = words(given.basis, "basis", 255, faults) if given.basis.strip() else ""
        if given.ends < given.starts:
            faults["ends"].append("Ngày cuối phải từ ngày đầu trở đi.")
        elif given.ends - given.starts > LONGEST:
            faults["ends"].append("Một kỳ dài nhất là một năm.")
        if not 0 <= given.weeks_before <= MOST_WEEKS:
            faults["weeks_before"].append(f"Từ 0 đến {MOST_WEEKS} tuần.")
        refuse(faults)
        period = (
            SensitivePeriod(uid=secrets.token_hex(16), created_by=actor.user_id, created_at=now)
            if uid is None
            else _held(session, uid, version or 0)
        )
        period.name, period.basis = name, basis
        period.starts, period.ends = given.starts, given.ends
        period.weeks_before = given.weeks_before
        session.add(period)
        return period.uid

    return run_once(key, "sensitive-period", actor, now, work)


def drop_period(
    uid: str, *, version: int | None, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Call a period off; its lists are owed no more. Raises ``Forbidden``, ``NotFound``, ``Stale``."""

    def work(session: Session) -> str:
        _require_keeper(actor)
        _held(session, uid, version or 0).dropped_on = local_day(now)
        return uid

    return run_once(key, f"sensitive-drop:{uid}", actor, now, work)


def note_list(uid: str, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Note that this week's list was drawn up; a second note replaces the first.

    The number of cases kept with it is read by everybody who reads the periods, so it leaves out
    denunciations and whatever is shut to somebody.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` when no list is owed this week.
    """

    def work(session: Session) -> str:
        _require_keeper(actor)
        today = local_day(now)
        period = _held(session, uid, None)
        week = monday(today)
        if not first_list(period.starts, period.weeks_before) <= today <= period.ends:
            raise Invalid.at("week", NO_LIST_NOW)
        listed = told_to_all(actor, today)
        known = session.get(SensitiveWeek, (period.id, week))
        if known is None:
            known = SensitiveWeek(period_id=period.id, week=week)
            session.add(known)
        known.made_by, known.made_at, known.listed = actor.user_id, now, listed
        return uid

    return run_once(key, f"sensitive-list:{uid}", actor, now, work)


def _require_keeper(actor: Actor) -> None:
    if not may_keep_periods(actor):
        raise Forbidden(NOT_YOURS)


def _held(session: Session, uid: str, version: int | None) -> SensitivePeriod:
    found = session.scalar(
        select(SensitivePeriod)
        .where(SensitivePeriod.uid == uid, SensitivePeriod.dropped_on.is_(None))
        .with_for_update()
    )
    if found is None:
        raise NotFound(NO_PERIOD)
    if version is not None and version != found.version:
        raise Stale(uid)
    return found
