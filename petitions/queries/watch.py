"""What the watch and the schedule have to show: the end of the calendar, and how the jobs ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from config.database import db
from petitions.models import CalendarYear, JobRun
from workflows.working_days import YearStatus

WARN_DAYS = 60
"""How long before the official calendar runs out it is said (plain days)."""


@dataclass(frozen=True, slots=True)
class CalendarEnd:
    """The last day of an unbroken official calendar, and the plain days left of it (none: negative)."""

    last: date
    days_left: int

    @property
    def near(self) -> bool:
        """Whether it is time to warn: dates beyond it are provisional until the next notice."""
        return self.days_left <= WARN_DAYS


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest run of a job. ``finished_at`` and ``outcome`` are ``None`` while it is at work."""

    slot: datetime
    owner: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    counts: Mapping[str, int]
    error: str | None

    @property
    def took(self) -> timedelta | None:
        """How long it took."""
        return None if self.finished_at is None else self.finished_at - self.started_at


def calendar_end(today: date) -> CalendarEnd:
    """Where the official calendar that ``today`` lies in ends; yesterday's year end when it lies in none."""
    official = set(
        db.session.scalars(
            select(CalendarYear.year).where(CalendarYear.status == YearStatus.OFFICIAL.value)
        )
    )
    year = today.year - 1
    while year + 1 in official:
        year += 1
    last = date(year, 12, 31)
    return CalendarEnd(last, (last - today).days)


def last_runs() -> dict[str, LastRun]:
    """The latest run of every job that ever ran, by the job's name."""
    latest = select(JobRun.job, func.max(JobRun.slot).label("slot")).group_by(JobRun.job).subquery()
    rows = db.session.execute(
        select(JobRun).join(latest, (JobRun.job == latest.c.job) & (JobRun.slot == latest.c.slot))
    )
    return {
        row.job: LastRun(
            row.slot, row.owner, row.started_at, row.finished_at, row.outcome, row.counts, row.error
        )
        for (row,) in rows
    }
