"""Sensitive periods: which are coming, and whether the list of the week was drawn up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from config.database import read
from petitions.errors import NotFound
from petitions.models import SensitivePeriod, SensitiveWeek, User

NO_PERIOD = "Không có kỳ nhạy cảm này."
KEPT = timedelta(days=366)
"""How long a period that is over is still shown."""


@dataclass(frozen=True, slots=True)
class Made:
    """That the list of the week beginning on ``week`` was drawn up; ``listed`` leaves out what may not be
    told to everybody."""

    week: date
    by: str
    listed: int


@dataclass(frozen=True, slots=True)
class Period:
    """A sensitive period; ``made`` are its lists, the latest first."""

    uid: str
    version: int
    name: str
    basis: str
    starts: date
    ends: date
    weeks_before: int
    made: tuple[Made, ...] = ()

    @property
    def first_list(self) -> date:
        """The Monday of the first week a list is owed for."""
        return first_list(self.starts, self.weeks_before)

    def owed(self, today: date) -> date | None:
        """The Monday of the week a list is owed for today; None before and after."""
        return monday(today) if self.first_list <= today <= self.ends else None

    def done(self, week: date) -> Made | None:
        """That week's list, when it was drawn up."""
        return next((each for each in self.made if each.week == week), None)


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def first_list(starts: date, weeks_before: int) -> date:
    """The Monday of the first week a list is owed for, of a period that starts on a day."""
    return monday(starts) - timedelta(weeks=weeks_before)


def periods(today: date) -> tuple[Period, ...]:
    """The periods not called off that are coming, running or over for less than a year. Two statements."""
    return _with_lists(
        select(*_COLUMNS)
        .where(SensitivePeriod.dropped_on.is_(None), SensitivePeriod.ends >= today - KEPT)
        .order_by(SensitivePeriod.starts.desc(), SensitivePeriod.id)
    )


def period(uid: str) -> Period:
    """One period. Raises ``NotFound``, also for one that was called off."""
    found = _with_lists(
        select(*_COLUMNS).where(
            SensitivePeriod.uid == uid, SensitivePeriod.dropped_on.is_(None)
        )
    )  # fmt: skip
    if not found:
        raise NotFound(NO_PERIOD)
    return found[0]


_COLUMNS = (
    SensitivePeriod.id, SensitivePeriod.uid, SensitivePeriod.version, SensitivePeriod.name,
    SensitivePeriod.basis, SensitivePeriod.starts, SensitivePeriod.ends,
    SensitivePeriod.weeks_before,
)  # fmt: skip


def _with_lists(statement: Any) -> tuple[Period, ...]:
    rows = read(statement).all()
    made: dict[int, list[Made]] = {row.id: [] for row in rows}
    if rows:
        for each in read(
            select(SensitiveWeek.period_id, SensitiveWeek.week, User.name, SensitiveWeek.listed)
            .join(User, User.id == SensitiveWeek.made_by)
            .where(SensitiveWeek.period_id.in_([*made]))
            .order_by(SensitiveWeek.week.desc())
        ):
            made[each.period_id].append(Made(each.week, each.name, each.listed))
    return tuple(
        Period(
            row.uid, row.version, row.name, row.basis, row.starts, row.ends, row.weeks_before,
            tuple(made[row.id]),
        )
        for row in rows
    )  # fmt: skip
