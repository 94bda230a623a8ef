"""Flags of single cases, day by day, and the promise that nothing changes before the next look."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.vocabulary import Step
from workflows.watch import (
    THRESHOLDS,
    FlagKind,
    Raised,
    RunningClock,
    Thresholds,
    Watched,
    add_months,
    flags,
    next_look,
)

RECEIVED = date(2026, 7, 6)
F = FlagKind
SETTLEMENT = RunningClock(Step.SETTLEMENT, due=date(2026, 9, 9), near_from=date(2026, 9, 2))


def watched(**known: object) -> Watched:
    base = Watched(
        received_on=RECEIVED,
        custody_since=RECEIVED,
        last_event_on=RECEIVED,
        clocks=(SETTLEMENT,),
    )
    return replace(base, **known)


def kinds(case: Watched, today: date, thresholds: Thresholds = THRESHOLDS) -> set[FlagKind]:
    return {raised.kind for raised in flags(case, today, thresholds)}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 9, 1), set()),
        (date(2026, 9, 2), {F.NEAR_DUE}),
        (date(2026, 9, 9), {F.NEAR_DUE}),
        (date(2026, 9, 10), {F.OVERDUE}),
        (date(2027, 1, 4), {F.OVERDUE}),
    ],
)
def test_near_until_the_due_day_and_late_only_after_it(today: date, expected: set) -> None:
    case = watched(last_event_on=date(2026, 12, 20))
    assert kinds(case, today) == expected


def test_a_flag_brings_its_evidence() -> None:
    (late,) = flags(watched(last_event_on=date(2026, 9, 1)), date(2026, 9, 12))
    assert late == Raised(F.OVERDUE, date(2026, 9, 10), Step.SETTLEMENT, date(2026, 9, 9))


def test_each_clock_is_flagged_by_itself() -> None:
    send = RunningClock(Step.SEND_DECISION, due=date(2026, 9, 14), near_from=date(2026, 9, 8))
    found = flags(
        watched(clocks=(SETTLEMENT, send), last_event_on=date(2026, 9, 1)), date(2026, 9, 11)
    )
    assert [(r.kind, r.step) for r in found] == [
        (F.NEAR_DUE, Step.SEND_DECISION),
        (F.OVERDUE, Step.SETTLEMENT),
    ]


@pytest.mark.parametrize(
    "step",
    [Step.LEGAL_EFFECT, Step.SECOND_COMPLAINT_WINDOW, Step.LIMITATION, Step.UNPROCESSED_ALARM],
)
def test_what_obliges_nobody_is_never_late(step: Step) -> None:
    clock = RunningClock(step, due=date(2026, 8, 3), near_from=date(2026, 7, 27))
    assert not kinds(watched(clocks=(clock,)), date(2026, 8, 5)) & {F.NEAR_DUE, F.OVERDUE}


def test_a_clock_that_stands_still_is_not_late() -> None:
    case = watched(clocks=(RunningClock(Step.SETTLEMENT, due=None),), paused_since=date(2026, 8, 3))
    assert kinds(case, date(2026, 10, 20)) == set()


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 8, 4), set()),
        (date(2026, 8, 5), {F.CLIFF_NEAR}),
        (date(2026, 8, 19), {F.CLIFF_NEAR}),
        (date(2026, 8, 20), {F.CLIFF_45}),
        (date(2026, 12, 31), {F.CLIFF_45}),
    ],
)
def test_the_cliff_counts_45_days_from_the_custodians_receipt(today: date, expected: set) -> None:
    case = watched(unprocessed=True, received_on=date(2026, 7, 1), last_event_on=today)
    assert kinds(case, today) & {F.CLIFF_NEAR, F.CLIFF_45} == expected


def test_no_cliff_for_what_is_processed_or_came_before_the_decree() -> None:
    today = date(2026, 12, 1)
    cliff = {F.CLIFF_NEAR, F.CLIFF_45}
    assert not kinds(watched(), today) & cliff
    assert not kinds(watched(unprocessed=True, custody_since=date(2026, 6, 30)), today) & cliff
    assert kinds(watched(unprocessed=True, custody_since=date(2026, 7, 1)), today) & cliff


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2027, 1, 6), set()),
        (date(2027, 1, 7), {F.DRAGGING_OPEN_6}),
        (date(2027, 7, 6), {F.DRAGGING_OPEN_6}),
        (date(2027, 7, 7), {F.DRAGGING_OPEN_12}),
        (date(2028, 7, 7), {F.DRAGGING_OPEN_24}),
    ],
)
def test_only_the_longest_age_is_told(today: date, expected: set) -> None:
    case = watched(
        last_event_on=today, clocks=(RunningClock(Step.SETTLEMENT, due=date(2030, 1, 2)),)
    )
    assert kinds(case, today) == expected


def test_thirty_days_without_a_step() -> None:
    assert F.DRAGGING_NO_STEP not in kinds(watched(), date(2026, 8, 5))
    assert F.DRAGGING_NO_STEP in kinds(watched(), date(2026, 8, 6))
    assert F.DRAGGING_NO_STEP not in kinds(watched(paused_since=RECEIVED), date(2026, 8, 6))
    assert F.DRAGGING_NO_STEP not in kinds(watched(unsettled=False), date(2026, 8, 6))


def test_a_long_suspension_and_two_extensions() -> None:
    paused = watched(
        paused_since=date(2026, 8, 3), clocks=(RunningClock(Step.SETTLEMENT, due=None),)
    )
    assert F.SUSPENDED_LONG not in kinds(paused, date(2026, 11, 1))
    assert F.SUSPENDED_LONG in kinds(paused, date(2026, 11, 2))
    assert F.EXTENDED_TWICE in kinds(watched(extensions_used=2), RECEIVED)
    assert F.EXTENDED_TWICE not in kinds(watched(extensions_used=1), RECEIVED)
    assert F.EXTENDED_TWICE not in kinds(watched(extensions_used=2, unsettled=False), RECEIVED)


def test_a_case_no_clock_would_ever_recall_is_missing_its_next_step() -> None:
    effect = RunningClock(Step.LEGAL_EFFECT, due=date(2026, 10, 6))
    decided = watched(unsettled=False, last_event_on=date(2026, 9, 10), clocks=(effect,))
    assert kinds(decided, date(2026, 10, 16)) == set()
    assert kinds(decided, date(2026, 10, 17)) == {F.MISSING_NEXT_STEP}
    (raised,) = flags(decided, date(2026, 11, 1))
    assert raised.counted_from == date(2026, 10, 6)
    assert kinds(replace(decided, elsewhere=True), date(2026, 12, 1)) == set()
    assert kinds(replace(decided, open=False), date(2026, 12, 1)) == set()
    held_by_duty = replace(decided, clocks=(effect, SETTLEMENT))
    assert F.MISSING_NEXT_STEP not in kinds(held_by_duty, date(2026, 12, 1))


def test_a_provisional_calendar_is_said() -> None:
    doubtful = replace(SETTLEMENT, provisional=True)
    assert kinds(watched(clocks=(doubtful,)), RECEIVED) == {F.PROVISIONAL_CALENDAR}


def test_an_ended_case_is_left_alone() -> None:
    case = watched(open=False, unprocessed=True, extensions_used=2, paused_since=RECEIVED)
    assert flags(case, date(2030, 1, 1)) == ()
    assert next_look(case, RECEIVED) is None


def test_thresholds_can_be_moved() -> None:
    strict = Thresholds(no_step_days=5)
    assert F.DRAGGING_NO_STEP in kinds(watched(), date(2026, 7, 12), strict)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_end_on_a_day_that_exists(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_the_next_look_is_the_next_turn() -> None:
    case = watched(last_event_on=date(2026, 9, 1))
    assert next_look(case, RECEIVED) == date(2026, 9, 2)
    assert next_look(case, date(2026, 9, 2)) == date(2026, 9, 10)
    assert next_look(case, date(2026, 9, 10)) == date(2026, 10, 2)


days = st.dates(date(2026, 1, 1), date(2027, 6, 30))
clocks = st.builds(
    lambda step, due, lead, provisional: RunningClock(
        step, due, due and due - timedelta(days=lead), provisional
    ),
    st.sampled_from(Step),
    st.none() | days,
    st.integers(0, 12),
    st.booleans(),
)
cases = st.builds(
    Watched,
    received_on=days,
    custody_since=days,
    last_event_on=days,
    open=st.sampled_from([True, True, True, False]),
    unsettled=st.booleans(),
    unprocessed=st.booleans(),
    elsewhere=st.booleans(),
    paused_since=st.none() | days,
    extensions_used=st.integers(0, 2),
    clocks=st.lists(clocks, max_size=4).map(tuple),
)


@given(case=cases, today=days)
def test_nothing_changes_before_the_next_look_and_something_does_then(
    case: Watched, today: date
) -> None:
    now = flags(case, today)
    turn = next_look(case, today)
    horizon = turn - timedelta(days=1) if turn else date(2031, 1, 1)
    probes = {today + timedelta(days=n) for n in (1, 2, 7, 30)} | {horizon}
    for day in probes:
        if today < day <= horizon:
            assert flags(case, day) == now
    if turn is not None:
        assert flags(case, turn) != flags(case, turn - timedelta(days=1))


@given(case=cases, today=days)
def test_flags_never_begin_after_today_and_come_in_order(case: Watched, today: date) -> None:
    found = flags(case, today)
    order = [list(FlagKind).index(raised.kind) for raised in found]
    assert order == sorted(order)
    # the two flags no day raises are dated by receipt
    assert all(raised.since <= today for raised in found)
    ages = {F.DRAGGING_OPEN_6, F.DRAGGING_OPEN_12, F.DRAGGING_OPEN_24}
    assert len({raised.kind for raised in found} & ages) <= 1
    assert not {F.CLIFF_NEAR, F.CLIFF_45} <= {raised.kind for raised in found}
