"""What the watch derives: near, late, dragging, forgotten. Never a state, always with its evidence.

Set-based queries do the sweeping; these functions say what they must find and serve single cases.
Days counted in working days (``near_from``) are computed by the caller's calendar.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.vocabulary import Step


class FlagKind(StrEnum):
    """Derived facts about an open case."""

    NEAR_DUE = "near_due"
    OVERDUE = "overdue"
    CLIFF_NEAR = "cliff_near"
    CLIFF_45 = "cliff_45"
    DRAGGING_NO_STEP = "dragging_no_step"
    DRAGGING_OPEN_6 = "dragging_open_6"
    DRAGGING_OPEN_12 = "dragging_open_12"
    DRAGGING_OPEN_24 = "dragging_open_24"
    SUSPENDED_LONG = "suspended_long"
    EXTENDED_TWICE = "extended_twice"
    MISSING_NEXT_STEP = "missing_next_step"
    PROVISIONAL_CALENDAR = "provisional_calendar"
    CIRCLING = "circling"


CIRCLING_FROM = 3
"""Transfers and returns of one petition between bodies from which on it is called circling."""

NOT_A_DUTY = frozenset(
    {Step.LEGAL_EFFECT, Step.SECOND_COMPLAINT_WINDOW, Step.LIMITATION, Step.UNPROCESSED_ALARM}
)
"""Clocks that pass by themselves, belong to the citizen or have a flag of their own."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a fact counts. The cliff is law, the rest is the house's own measure.

    ``near_due_working_days`` before ``safe`` is where callers put ``near_from``. The cliff (Decree
    154/2026 art 41(3)(b)) counts plain days from receipt, for petitions received from
    ``cliff_valid_from`` on. Everything else is plain days or, for ``open_months``, calendar months.
    """

    near_due_working_days: int = 5
    no_step_days: int = 30
    suspended_days: int = 90
    missing_step_days: int = 10
    open_months: tuple[int, int, int] = (6, 12, 24)
    extensions: int = 2
    cliff_days: int = 45
    cliff_near_days: int = 30
    cliff_valid_from: date = date(2026, 7, 1)


THRESHOLDS = Thresholds()

_BY_MONTHS = (FlagKind.DRAGGING_OPEN_6, FlagKind.DRAGGING_OPEN_12, FlagKind.DRAGGING_OPEN_24)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock not yet met. ``due`` is None while it stands still; ``near_from`` the first near day."""

    step: Step
    due: date | None
    near_from: date | None = None
    provisional: bool = False

    @property
    def duty(self) -> bool:
        """Whether somebody in the office must act by ``due``."""
        return self.step not in NOT_A_DUTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What the watch looks at in one case.

    ``received_on`` is the first body's day of receipt, ``custody_since`` the present one's (the
    first one's again for a petition that came back wrongly forwarded).
    ``open``: the case has not ended. ``unsettled``: the custodian still owes a result (the states
    ``UNSETTLED``). ``unprocessed``: nobody has said what will happen with it (``UNPROCESSED``).
    ``elsewhere``: the next word belongs to another body (``ELSEWHERE``).
    """

    received_on: date
    custody_since: date
    last_event_on: date
    open: bool = True
    unsettled: bool = True
    unprocessed: bool = False
    elsewhere: bool = False
    paused_since: date | None = None
    extensions_used: int = 0
    clocks: tuple[RunningClock, ...] = ()


@dataclass(frozen=True, slots=True)
class Raised:
    """A flag that holds, since when, and what shows it: the clock or the day it is counted from.

    Flags that no day raises (extended twice, provisional calendar) hold since receipt.
    """

    kind: FlagKind
    since: date
    step: Step | None = None
    counted_from: date | None = None


def flags(case: Watched, today: date, thresholds: Thresholds = THRESHOLDS) -> tuple[Raised, ...]:
    """Every flag that holds on ``today``, in the order of ``FlagKind`` and of the clocks."""
    holding = [
        raised
        for raised, until in _spans(case, thresholds)
        if raised.since <= today and (until is None or today < until)
    ]
    order = list(FlagKind)
    return tuple(sorted(holding, key=lambda raised: order.index(raised.kind)))


def next_look(case: Watched, today: date, thresholds: Thresholds = THRESHOLDS) -> date | None:
    """First day after ``today`` on which ``flags`` changes by time alone; None when it never will."""
    turns = (
        day
        for raised, until in _spans(case, thresholds)
        for day in (raised.since, until)
        if day is not None and day > today
    )
    return min(turns, default=None)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the month's last day where there is none (Civil Code art 148)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


# --- the spans in which each flag holds: from ``since`` up to, not including, the second day ----

_Span = tuple[Raised, date | None]
_DAY = timedelta(days=1)


def _spans(case: Watched, limits: Thresholds) -> Iterator[_Span]:
    if not case.open:
        return
    yield from _clock_spans(case.clocks, case.received_on)
    if case.unprocessed:
        yield from _cliff_spans(case.custody_since, limits)
    if case.unsettled:
        yield from _age_spans(case, limits)
    if case.paused_since is not None:
        since = case.paused_since + timedelta(days=limits.suspended_days + 1)
        yield Raised(FlagKind.SUSPENDED_LONG, since, counted_from=case.paused_since), None
    if case.unsettled and case.extensions_used >= limits.extensions:
        yield Raised(FlagKind.EXTENDED_TWICE, case.received_on), None
    yield from _missing_spans(case, limits)


def _clock_spans(clocks: Iterable[RunningClock], received_on: date) -> Iterator[_Span]:
    provisional = [clock for clock in clocks if clock.provisional]
    if provisional:
        yield Raised(FlagKind.PROVISIONAL_CALENDAR, received_on, provisional[0].step), None
    for clock in clocks:
        if not clock.duty or clock.due is None:
            continue
        late = clock.due + _DAY
        if clock.near_from is not None and clock.near_from < late:
            yield Raised(FlagKind.NEAR_DUE, clock.near_from, clock.step, clock.due), late
        yield Raised(FlagKind.OVERDUE, late, clock.step, clock.due), None


def _cliff_spans(received_on: date, limits: Thresholds) -> Iterator[_Span]:
    if received_on < limits.cliff_valid_from:
        return
    edge = received_on + timedelta(days=limits.cliff_days)
    near = received_on + timedelta(days=limits.cliff_near_days)
    yield Raised(FlagKind.CLIFF_NEAR, near, counted_from=received_on), edge
    yield Raised(FlagKind.CLIFF_45, edge, counted_from=received_on), None


def _age_spans(case: Watched, limits: Thresholds) -> Iterator[_Span]:
    if case.paused_since is None:
        since = case.last_event_on + timedelta(days=limits.no_step_days + 1)
        yield Raised(FlagKind.DRAGGING_NO_STEP, since, counted_from=case.last_event_on), None
    starts = [add_months(case.received_on, months) + _DAY for months in limits.open_months]
    for kind, since, until in zip(_BY_MONTHS, starts, [*starts[1:], None], strict=True):
        yield Raised(kind, since, counted_from=case.received_on), until


def _missing_spans(case: Watched, limits: Thresholds) -> Iterator[_Span]:
    """Open, here, awake, and no clock left that would ever remind anybody."""
    if case.elsewhere or case.paused_since is not None:
        return
    if any(clock.duty for clock in case.clocks):
        return
    passing = [clock.due for clock in case.clocks if clock.due is not None]
    quiet_from = max([case.last_event_on, *passing])
    since = quiet_from + timedelta(days=limits.missing_step_days + 1)
    yield Raised(FlagKind.MISSING_NEXT_STEP, since, counted_from=quiet_from), None
