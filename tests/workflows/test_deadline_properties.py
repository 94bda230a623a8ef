"""Properties of the calculator, the first of them: a naive recount agrees on everything."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workflows import naive
from tests.workflows.shipped import calendar, lawbook
from workflows import calculator
from workflows.deadlines import compute
from workflows.facts import CaseItem, Facts, Obstacle, Suspension
from workflows.vocabulary import Complexity, Kind, Step, Subkind
from workflows.working_days import (
    Calendar,
    CalendarYear,
    Direction,
    Roll,
    SpecialDay,
    Unit,
    WorkingWeek,
    YearStatus,
    count,
    roll,
)

ONE = timedelta(days=1)
TURN = [
    date(2026, 6, 30),
    date(2026, 7, 1),
    date(2026, 11, 23),
    date(2026, 8, 21),
    date(2026, 12, 31),
]
DAYS = (
    st.dates(date(2013, 11, 1), date(2028, 2, 20))
    | st.dates(date(2026, 5, 1), date(2027, 2, 1))
    | st.sampled_from(TURN)
)
GIVEN_DAYS = {
    kind: [
        name
        for name in names
        if name
        not in {
            "suspensions",
            "extensions",
            "obstacles",
            "multi_place_check",
            "competent",
            "forwarded_by",
        }
    ]
    for kind, names in calculator.FACTS.items()
}


@st.composite
def suspensions(draw: st.DrawFn, since: date) -> list[dict[str, date]]:
    """Some in order, touching or apart, the last perhaps open, listed in any order."""
    found: list[dict[str, date]] = []
    day = since + draw(st.integers(0, 50)) * ONE
    for _ in range(draw(st.integers(0, 3))):
        resumed = day + draw(st.integers(0, 40)) * ONE
        found.append({"from": day, "resumed": resumed})
        day = resumed + draw(st.sampled_from([0, 1, 5, 40])) * ONE
    if found and draw(st.booleans()):
        del found[-1]["resumed"]
        assume(len({each["from"] for each in found}) == len(found))
    return draw(st.permutations(found))


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A case with any combination of facts, in the naive recount's own shape."""
    kind = draw(st.sampled_from(["complaint", "complaint", "denunciation", *calculator.FACTS]))
    complexity = draw(st.sampled_from([each.value for each in Complexity]))
    facts: dict[str, Any] = {}
    for name in GIVEN_DAYS[kind]:
        if draw(st.booleans()):
            facts[name] = draw(DAYS)
    if "accepted" in facts and draw(st.integers(0, 3)):
        since = facts["accepted"]
        if kind == "complaint":
            since = max(since, date(2026, 7, 1))
        facts["suspensions"] = draw(suspensions(since))
    if kind == "complaint" and draw(st.booleans()):
        near = facts.get("contested_decision_received", date(2026, 1, 1))
        facts["obstacles"] = [
            {"from": near + start * ONE, "to": near + (start + length) * ONE}
            for start, length in draw(
                st.lists(st.tuples(st.integers(-30, 130), st.integers(0, 60)), max_size=3)
            )
        ]
    if kind == "denunciation":
        most = {"ordinary": 0, "complex": 1, "especially_complex": 2}[complexity]
        facts["extensions"] = draw(st.lists(st.integers(1, 30), max_size=most))
        for flag in ("multi_place_check", "competent"):
            if draw(st.booleans()):
                facts[flag] = draw(st.booleans())
        if draw(st.booleans()):
            facts["forwarded_by"] = draw(st.sampled_from(["", "báo Lao Động"]))
    return {
        "id": "x",
        "kind": kind,
        "subkind": draw(st.sampled_from([None, "disciplinary", "disciplinary_dismissal"])),
        "instance": draw(st.sampled_from([1, 2])),
        "remote": draw(st.booleans()),
        "complexity": complexity,
        "facts": facts,
    }


def as_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value


@settings(max_examples=600)
@given(cases())
def test_a_day_by_day_recount_agrees(case: dict[str, Any]) -> None:
    questions = calculator.parse([as_json(case)])
    try:
        expected = naive.answer(case)
    except naive.NoCalendar as missing:
        with pytest.raises(calculator.CountFailed, match=rf"item 1 \(id x\): .* {missing}$"):
            calculator.answer(questions, lawbook(), calendar())
        return
    found = calculator.answer(questions, lawbook(), calendar())[0]["deadlines"]
    kept = ("nominal_end", "due", "safe", "rule", "provisional")
    assert {step: {key: row[key] for key in kept} for step, row in found.items()} == as_json(
        expected
    )
    for row in found.values():
        assert row["citation"]
        assert all(line.endswith(".") for line in row["explanation"])


@given(cases(), DAYS)
def test_only_the_given_facts_speak(case: dict[str, Any], other: date) -> None:
    """A step depends on its own fact: the others may go or change and nothing moves."""
    question = calculator.parse([as_json(case)])[0]
    assert isinstance(question, calculator.CaseQuestion)
    try:
        whole = compute(question.item, lawbook(), calendar())
    except LookupError:
        assume(False)
    for step, deadline in whole.items():
        facts = question.item.facts
        alone = Facts(
            **{deadline.trigger: deadline.trigger_on},
            suspensions=facts.suspensions,
            extensions=facts.extensions,
            obstacles=facts.obstacles,
            multi_place_check=facts.multi_place_check,
            competent=facts.competent,
            forwarded_by=facts.forwarded_by,
        )
        item = question.item
        again = compute(
            CaseItem(item.kind, item.subkind, item.instance, item.remote, item.complexity, alone),
            lawbook(),
            calendar(),
        )
        assert again[step] == deadline


@given(cases())
def test_order_of_the_three_dates(case: dict[str, Any]) -> None:
    question = calculator.parse([as_json(case)])[0]
    assert isinstance(question, calculator.CaseQuestion)
    try:
        found = compute(question.item, lawbook(), calendar())
    except LookupError:
        assume(False)
    for step, deadline in found.items():
        if deadline.nominal_end is None or deadline.due is None:
            assert deadline.paused
            continue
        if deadline.safe is not None:
            assert deadline.safe <= deadline.nominal_end
            assert calendar().is_working(deadline.safe)
        if deadline.nominal_end < deadline.trigger_on:
            assert deadline.due <= deadline.nominal_end
            assert deadline.safe == deadline.due
        elif step is Step.LEGAL_EFFECT:
            assert deadline.due == deadline.nominal_end + ONE
        elif step is Step.UNPROCESSED_ALARM:
            assert deadline.due == deadline.nominal_end
        else:
            assert deadline.due >= deadline.nominal_end
            assert calendar().is_working(deadline.due)


FORWARD = [
    "received",
    "accepted",
    "decision_issued",
    "decision_received",
    "contested_decision_received",
    "legal_effect",
]


@given(
    st.sampled_from(FORWARD),
    st.dates(date(2014, 1, 1), date(2027, 6, 30)),
    st.booleans(),
    st.sampled_from([*Subkind, None]),
)
def test_a_later_event_never_ends_earlier_under_one_row(
    fact: str, day: date, remote: bool, subkind: Subkind | None
) -> None:
    one, next_ = (
        compute(
            CaseItem(Kind.COMPLAINT, subkind, remote=remote, facts=Facts(**{fact: when})),
            lawbook(),
            calendar(),
        )
        for when in (day, day + ONE)
    )
    for step in one.keys() & next_.keys():
        if one[step].row_key == next_[step].row_key:
            assert one[step].nominal_end <= next_[step].nominal_end
            assert one[step].due <= next_[step].due
            assert one[step].safe <= next_[step].safe


@given(st.dates(date(2026, 7, 1), date(2027, 3, 1)), st.integers(0, 29), st.integers(0, 60))
def test_a_suspension_moves_the_end_by_its_days(accepted: date, after: int, length: int) -> None:
    begins = accepted + after * ONE
    plain, paused = (
        compute(
            CaseItem(Kind.COMPLAINT, facts=Facts(accepted=accepted, suspensions=rows)),
            lawbook(),
            calendar(),
        )
        for rows in ((), (Suspension(begins, begins + length * ONE),))
    )
    before, later = plain[Step.SETTLEMENT], paused[Step.SETTLEMENT]
    assert before.nominal_end is not None
    assert later.nominal_end == before.nominal_end + length * ONE


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 1)),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 40)), max_size=4),
)
def test_overlapping_obstacles_count_once(start: date, rows: list[tuple[int, int]]) -> None:
    """Splitting obstacles into single days, repeated or not, changes nothing."""
    whole = tuple(Obstacle(start + a * ONE, start + (a + b) * ONE) for a, b in rows)
    single = tuple(
        Obstacle(start + n * ONE, start + n * ONE) for a, b in rows for n in range(a, a + b + 1)
    )
    ends = [
        compute(
            CaseItem(
                Kind.COMPLAINT, facts=Facts(contested_decision_received=start, obstacles=each)
            ),
            lawbook(),
            calendar(),
        )[Step.LIMITATION]
        for each in (whole, single, whole + single)
    ]
    assert ends[0] == ends[1] == ends[2]


@settings(max_examples=300)
@given(
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    st.integers(0, 60),
    st.sampled_from(list(Unit)),
    st.sampled_from(list(Direction)),
    st.sampled_from(list(Roll)),
    st.sets(st.dates(date(2023, 1, 1), date(2028, 12, 31)), max_size=40),
    st.sets(st.integers(0, 300), max_size=10),
)
def test_arithmetic_agrees_with_a_walk(
    start: date,
    amount: int,
    unit: Unit,
    direction: Direction,
    how: Roll,
    off: set[date],
    weeks: set[int],
) -> None:
    saturdays = {date(2023, 1, 7) + 7 * week * ONE for week in weeks} - off
    week = WorkingWeek(off, saturdays)

    def works(day: date) -> bool:
        return day in saturdays or (day.weekday() < 5 and day not in off)

    step = ONE if direction is Direction.FORWARD else -ONE
    day, left = start, amount
    while left:
        day += step
        left -= unit is Unit.DAY or works(day)
    assert count(start, amount, unit, direction, week) == day
    rolled = day
    while how is not Roll.NONE and not works(rolled):
        rolled += ONE if how is Roll.NEXT else -ONE
    assert roll(day, how, week) == rolled


@given(st.dates(date(2024, 1, 1), date(2024, 12, 20)), st.integers(1, 9))
def test_calendar_and_week_count_alike(start: date, amount: int) -> None:
    special = SpecialDay(date(2024, 2, 29), next(iter(calendar().years[2024].days)).type, "nghỉ")
    leap = Calendar(
        [
            CalendarYear(2024, YearStatus.OFFICIAL, "thử", (special,)),
            CalendarYear(2023, YearStatus.DRAFT, "thử"),
            CalendarYear(2025, YearStatus.DRAFT, "thử"),
        ]
    )
    week = WorkingWeek([special.day], [])
    for sign, direction in ((1, Direction.FORWARD), (-1, Direction.BACKWARD)):
        expected = count(start, amount, Unit.WORKING_DAY, direction, week)
        assert leap.add_working_days(start, sign * amount) == expected
