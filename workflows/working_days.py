"""The working calendar of public servants, as a pure value.

Saturdays and Sundays are off unless a Saturday is worked to make up for a swapped day; public
holidays, the days that compensate for them and swapped weekdays are off (Labour Code 45/2019/QH14
arts 111 and 112, yearly notices). Years are official (a notice was published), historical
(reconstructed) or draft (computed ahead of the notice).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum

_LAST_ORDINAL = date.max.toordinal()


class YearStatus(StrEnum):
    """How far a year's calendar can be trusted; only ``official`` makes a date final."""

    OFFICIAL = "official"
    HISTORICAL = "historical"
    DRAFT = "draft"


class DayType(StrEnum):
    """Why a day departs from the ordinary week."""

    HOLIDAY = "holiday"
    COMPENSATION = "compensation"
    SWAP_OFF = "swap_off"
    SWAP_WORK = "swap_work"


class Unit(StrEnum):
    """`ngày` and `ngày làm việc`; the law says which, it is never inferred."""

    DAY = "day"
    WORKING_DAY = "working_day"


class Direction(StrEnum):
    """After an event, or at least so long before it."""

    FORWARD = "forward"
    BACKWARD = "backward"


class Roll(StrEnum):
    """What happens when the last day is a day off (Civil Code 91/2015/QH13 art 148(5))."""

    NEXT = "next"
    PREVIOUS = "previous"
    NONE = "none"


class CalendarMissing(LookupError):
    """A day had to be judged in a year that has no calendar."""

    def __init__(self, year: int) -> None:
        super().__init__(f"chưa có lịch làm việc năm {year}")
        self.year = year


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day that departs from the ordinary week, with the words people read about it."""

    day: date
    type: DayType
    note: str


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year of the calendar: its special days and the document they come from."""

    year: int
    status: YearStatus
    source: str
    days: tuple[SpecialDay, ...] = ()


def day_fault(year: int, special: SpecialDay) -> str | None:
    """Why this day cannot stand in that year's calendar, or None."""
    if special.day.year != year:
        return f"ngày {special.day} không thuộc năm {year}"
    weekday = special.day.weekday()
    if special.type is DayType.SWAP_WORK and weekday != 5:
        return f"ngày làm bù {special.day} không phải thứ Bảy"
    if special.type is not DayType.SWAP_WORK and weekday >= 5:
        return f"ngày nghỉ {special.day} rơi vào cuối tuần"
    return None


class WorkingWeek:
    """Which days are worked when nothing but a list of exceptions is known. Days are ordinals."""

    __slots__ = ("_off", "_worked")

    def __init__(self, days_off: Iterable[date], working_saturdays: Iterable[date]) -> None:
        self._off = frozenset(day.toordinal() for day in days_off)
        self._worked = frozenset(day.toordinal() for day in working_saturdays)

    def works(self, day: int) -> bool:
        """Whether the day with this ordinal is worked."""
        return (day not in self._off) if (day - 1) % 7 < 5 else (day in self._worked)

    def nth(self, start: int, amount: int) -> int:
        """The ordinal of the ``amount``-th working day after ``start`` (before it when negative).

        Raises OverflowError when that lies outside the years 1-9999.
        """
        left = abs(amount)
        if left > _LAST_ORDINAL:
            raise OverflowError
        step = 1 if amount > 0 else -1
        off, worked = self._off, self._worked
        day = start
        while left:
            day += step
            if (day not in off) if (day - 1) % 7 < 5 else (day in worked):
                left -= 1
        return day

    def nearest(self, day: int, step: int) -> int:
        """The first working day from ``day`` on, looking forward (1) or back (-1)."""
        while not self.works(day):
            day += step
        return day


def count(start: date, amount: int, unit: Unit, direction: Direction, week: WorkingWeek) -> date:
    """Day ``amount`` from ``start``, which is itself not counted (Civil Code art 147).

    Raises OverflowError outside the years 1-9999.
    """
    signed = amount if direction is Direction.FORWARD else -amount
    if unit is Unit.DAY:
        return start + timedelta(days=signed)
    return _as_date(week.nth(start.toordinal(), signed))


def roll(day: date, how: Roll, week: WorkingWeek) -> date:
    """``day`` moved to the next or previous working day when it is off; raises OverflowError."""
    if how == Roll.NONE:
        return day
    return _as_date(week.nearest(day.toordinal(), 1 if how == Roll.NEXT else -1))


def _as_date(ordinal: int) -> date:
    if not 1 <= ordinal <= _LAST_ORDINAL:
        raise OverflowError
    return date.fromordinal(ordinal)


class Calendar:
    """The days off and worked Saturdays of the known years.

    Every question that needs a day judged in an unknown year raises ``CalendarMissing``. Only
    judged days touch a year: plain days merely passed over do not.
    """

    __slots__ = ("_official", "_special", "_week", "years")

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        """Raises ValueError when a year comes twice or a day does not fit its year."""
        self.years: dict[int, CalendarYear] = {}
        self._special: dict[date, SpecialDay] = {}
        for year in sorted(years, key=lambda each: each.year):
            if year.year in self.years:
                raise ValueError(f"lịch năm {year.year} lặp lại")
            self.years[year.year] = year
            for special in year.days:
                if fault := day_fault(year.year, special):
                    raise ValueError(fault)
                if special.day in self._special:
                    raise ValueError(f"ngày {special.day} lặp lại")
                self._special[special.day] = special
        worked = [d for d, s in self._special.items() if s.type is DayType.SWAP_WORK]
        self._week = WorkingWeek(self._special.keys() - set(worked), worked)
        self._official = frozenset(
            number for number, year in self.years.items() if year.status is YearStatus.OFFICIAL
        )

    def is_working(self, day: date) -> bool:
        """Whether the administration works on ``day``; raises CalendarMissing."""
        self._need(day.year)
        return self._week.works(day.toordinal())

    def special(self, day: date) -> SpecialDay | None:
        """What the calendar says about ``day`` beyond the ordinary week."""
        return self._special.get(day)

    def add_working_days(self, start: date, amount: int) -> date:
        """The ``amount``-th working day after ``start`` (before it when negative).

        The start day is not counted, and not judged. Raises CalendarMissing.
        """
        if amount == 0:
            return start
        first = self.shift(start, 1 if amount > 0 else -1)
        self._need(first.year)
        return self._judged(first, self._week.nth(start.toordinal(), amount))

    def roll(self, day: date, how: Roll) -> date:
        """``day``, or the next or previous working day when it is off; raises CalendarMissing."""
        if how == Roll.NONE:
            return day
        self._need(day.year)
        return self._judged(day, self._week.nearest(day.toordinal(), 1 if how == Roll.NEXT else -1))

    def last_working_day_on_or_before(self, day: date) -> date:
        """The day by which a careful office is done; raises CalendarMissing."""
        return self.roll(day, Roll.PREVIOUS)

    @staticmethod
    def shift(day: date, days: int) -> date:
        """Plain days; raises CalendarMissing beyond the years a date can have."""
        try:
            return day + timedelta(days=days)
        except OverflowError:
            raise CalendarMissing(MAXYEAR + 1 if days > 0 else MINYEAR - 1) from None

    def all_official(self, first: date, last: date) -> bool:
        """Whether every year from ``first`` to ``last`` has an official calendar."""
        if first.year == last.year:
            return first.year in self._official
        return all(year in self._official for year in range(first.year, last.year + 1))

    def unofficial_years(self, first: date, last: date) -> tuple[CalendarYear, ...]:
        """The known years from ``first`` to ``last`` that are only historical or draft."""
        return tuple(
            self.years[year]
            for year in range(first.year, last.year + 1)
            if year in self.years and year not in self._official
        )

    def _need(self, year: int) -> None:
        if year not in self.years:
            raise CalendarMissing(year)

    def _judged(self, first: date, last: int) -> date:
        """The last judged day as a date, once no year from the first one on is missing."""
        forward = last >= first.toordinal()
        try:
            day = _as_date(last)
        except OverflowError:
            raise CalendarMissing(MAXYEAR + 1 if forward else MINYEAR - 1) from None
        if day.year != first.year:
            step = 1 if forward else -1
            for year in range(first.year, day.year + step, step):
                self._need(year)
        return day
