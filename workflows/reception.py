"""The words of citizen reception: sessions, visits, requests to meet the leader, refusals.

Law on Citizen Reception 42/2013/QH13 as amended by Law 136/2025/QH15; Decree 154/2026/ND-CP.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from workflows.vocabulary import AgencyKind

GROUP = 5
"""From how many people on visitors are a group (art 29, Law on Citizen Reception)."""
LARGE_GROUP = 10
"""Above so many people a group may name more than two representatives (art 29)."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


class SessionKind(StrEnum):
    """Why citizens are received: every working day at the office, the leader's own days, or an occasion."""

    REGULAR = "regular"
    PERIODIC = "periodic"
    AD_HOC = "ad_hoc"


class SessionManner(StrEnum):
    """Where and how: at the office, in a village, or over a connection."""

    OFFICE = "office"
    MOBILE = "mobile"
    ONLINE = "online"


class Host(StrEnum):
    """Who receives: the head in person, somebody authorised, or the officer on duty."""

    HEAD = "head"
    AUTHORISED = "authorised"
    STAFF = "staff"


class SessionStatus(StrEnum):
    """What is recorded of a session. Posted is a date beside it; missed is derived from the day."""

    PLANNED = "planned"
    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class VisitState(StrEnum):
    """A visitor waits for a turn, is being heard, was heard, or left before."""

    WAITING = "waiting"
    HEARD = "heard"
    DONE = "done"
    LEFT = "left"


class VisitOutcome(StrEnum):
    """What came of a visit."""

    ANSWERED = "answered"
    CASE_OPENED = "case_opened"
    ADDED_TO_CASE = "added_to_case"
    GUIDED = "guided"
    MORE_ASKED = "more_asked"
    REFUSED = "refused"
    MEETING_ASKED = "meeting_asked"
    CHECK_ORDERED = "check_ordered"
    TO_BE_SETTLED = "to_be_settled"
    OTHER = "other"


class MeetingStatus(StrEnum):
    """A request to meet the leader waits, was granted a session, or was declined with a reason."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"


class RefusalGround(StrEnum):
    """Grounds to refuse reception: art 9 of the Law, points of art 4(1) of Decree 154/2026."""

    LAW_9_1 = "law_9_1"
    LAW_9_2 = "law_9_2"
    LAW_9_3 = "law_9_3"
    WEAPONS = "weapons"
    SECURITY_CHECK = "security_check"
    RECORDING = "recording"
    INCITING = "inciting"
    NO_CAPACITY = "no_capacity"
    NO_AUTHORITY = "no_authority"
    OUT_OF_SCOPE = "out_of_scope"
    ANSWERED_BEFORE = "answered_before"
    FINAL_JUDGMENT = "final_judgment"
    HANDLED_ELSEWHERE = "handled_elsewhere"


WRITTEN_REFUSALS = frozenset({RefusalGround.LAW_9_3, RefusalGround.ANSWERED_BEFORE})
"""Grounds that need form 01/TCD within three working days (Decree 154/2026 art 4(3))."""


RESULT_OWED = frozenset(
    {
        VisitOutcome.TO_BE_SETTLED,
        VisitOutcome.CHECK_ORDERED,
        VisitOutcome.MEETING_ASKED,
        VisitOutcome.OTHER,
    }
)
"""Outcomes after which the visitor is still to be told what became of it (Law art 28(1)).

Who was answered, guided, asked for more or refused was told on the spot; a case has its own clock.
"""
WITH_CASE = frozenset({VisitOutcome.CASE_OPENED, VisitOutcome.ADDED_TO_CASE})
"""Outcomes that tie the visit to a case."""


class SessionStanding(StrEnum):
    """How a session stands on a day: what is recorded of it, read together with the day."""

    AHEAD = "ahead"
    TODAY = "today"
    UNCLOSED = "unclosed"
    MISSED = "missed"
    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


def standing(status: SessionStatus, day: date, heard: int, today: date) -> SessionStanding:
    """A planned session whose day is past was missed, unless somebody was heard in it."""
    if status is not SessionStatus.PLANNED:
        return SessionStanding(status.value)
    if day > today:
        return SessionStanding.AHEAD
    if day == today:
        return SessionStanding.TODAY
    return SessionStanding.UNCLOSED if heard else SessionStanding.MISSED


def representatives(people: int) -> tuple[int, int]:
    """The fewest and the most representatives a group of so many names (Law art 29); (0, 0): none."""
    if people < GROUP:
        return 0, 0
    return (1, 2) if people <= LARGE_GROUP else (1, 5)


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """A day of a series; ``moved_from`` is the day meant when that one is a day off."""

    day: date
    moved_from: date | None = None


def days_of_months(
    numbers: Collection[int], first: date, last: date, is_working: Callable[[date], bool]
) -> tuple[PlannedDay, ...]:
    """The same days of each month from ``first`` to ``last``, days off moved to the next working day.

    A month that has no such day leaves it out; two that fall together are one.
    """
    found: dict[date, PlannedDay] = {}
    for month in _months(first, last):
        for number in sorted(numbers):
            meant = month + (number - 1) * _DAY
            if meant.month != month.month or not first <= meant <= last:
                continue
            day = meant
            while not is_working(day):
                day += _DAY
            found.setdefault(day, PlannedDay(day, None if day == meant else meant))
    return tuple(found[day] for day in sorted(found))


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month."""
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + 31 * _DAY).replace(day=1)


# --- the days a head receives in person ------------------------------------------------------

HEADS: Mapping[AgencyKind, str] = MappingProxyType(
    {
        AgencyKind.PROVINCE: "province_chair",
        AgencyKind.COMMUNE: "commune_chair",
        AgencyKind.FORMER_DISTRICT: "district_chair",
        AgencyKind.DEPARTMENT: "agency_head",
        AgencyKind.DEPARTMENT_UNIT: "agency_head",
        AgencyKind.INSPECTORATE: "agency_head",
        AgencyKind.SERVICE_UNIT: "service_unit_head",
    }
)
"""Whose quota in the law the head of such an agency has; other bodies have none of their own."""
PER_WEEK, PER_MONTH = "week", "month"


class QuotaStanding(StrEnum):
    """Whether a head met the month's quota; RUNNING while days of it are left."""

    MET = "met"
    RUNNING = "running"
    SHORT = "short"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Counted:
    """Days the law requires in a month, and how many of them were fulfilled (never more than required)."""

    required: int
    fulfilled: int

    @property
    def left(self) -> int:
        """Days still to be held."""
        return self.required - self.fulfilled

    def standing(self, last: date, today: date) -> QuotaStanding:
        """How it stands on ``today`` in a month that ends on ``last``."""
        if not self.required:
            return QuotaStanding.NONE
        if not self.left:
            return QuotaStanding.MET
        return QuotaStanding.SHORT if last < today else QuotaStanding.RUNNING


def count_days(
    amount: int, per: str, month: date, held: Iterable[date], is_working: Callable[[date], bool]
) -> Counted:
    """The quota of the month that contains ``month``, counted by the days held.

    Per week every week that begins in the month and has a working day asks for its own days: two
    days in one week do not make up for none in the next.
    """
    first, last = month_of(month)
    days = set(held)
    if per == PER_MONTH:
        return Counted(amount, min(amount, sum(first <= day <= last for day in days)))
    required = fulfilled = 0
    monday = first + (-first.weekday() % 7) * _DAY
    while monday <= last:
        week = {monday + number * _DAY for number in range(7)}
        if any(is_working(day) for day in week):
            required += amount
            fulfilled += min(amount, len(week & days))
        monday += _WEEK
    return Counted(required, fulfilled)


class NoticeState(StrEnum):
    """A paper of a session is a draft until its signer signs it."""

    DRAFT = "draft"
    SIGNED = "signed"
    DROPPED = "dropped"
