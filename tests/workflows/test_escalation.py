"""Up the bodies above, one after the other, each with its time to act."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import ROOT
from tests.workflows import shipped
from workflows.escalation import (
    EscalationFault,
    Grace,
    Level,
    graces_of,
    later,
    latest_end,
    level_due,
)

CALENDAR = shipped.calendar()
GRACES = (Grace(Level.SUPERIOR, 3), Grace(Level.INSPECTORATE, 10))


def test_the_shipped_levels_stand() -> None:
    text = (ROOT / "config" / "catalog" / "escalation.toml").read_text(encoding="utf-8")
    assert [grace.level for grace in graces_of(tomllib.loads(text))] == list(Level)


@pytest.mark.parametrize(
    "levels",
    [
        [],
        [{"level": "superior", "days": 3}],
        [{"level": "inspectorate", "days": 3}, {"level": "superior", "days": 10}],
        [{"level": "superior", "days": 10}, {"level": "inspectorate", "days": 10}],
        [{"level": "superior", "days": 0}, {"level": "inspectorate", "days": 10}],
        [{"level": "superior"}, {"level": "inspectorate", "days": 10}],
    ],
)
def test_levels_that_cannot_be_followed(levels: list[dict[str, object]]) -> None:
    with pytest.raises(EscalationFault):
        graces_of({"level": levels})


@pytest.mark.parametrize(
    ("due", "raised", "today", "level"),
    [
        # Friday 13/11: the third working day after it is Wednesday 18/11
        (date(2026, 11, 13), {}, date(2026, 11, 17), None),
        (date(2026, 11, 13), {}, date(2026, 11, 18), Level.SUPERIOR),
        (date(2026, 11, 13), {Level.SUPERIOR: date(2026, 11, 18)}, date(2026, 11, 27), None),
        # the tenth is Monday 30/11, for Tuesday 24/11 is a day off
        (date(2026, 11, 13), {Level.SUPERIOR: date(2026, 11, 18)}, date(2026, 11, 30), Level.INSPECTORATE),
        # entered late: the superior first, and seven working days for it
        (date(2026, 5, 4), {}, date(2026, 11, 18), Level.SUPERIOR),
        (date(2026, 5, 4), {Level.SUPERIOR: date(2026, 11, 18)}, date(2026, 11, 27), None),
        (date(2026, 5, 4), {Level.SUPERIOR: date(2026, 11, 18)}, date(2026, 11, 30), Level.INSPECTORATE),
        # over Tết (14–22/02/2026 off): Friday 13/02, then Monday 23, Tuesday 24, Wednesday 25
        (date(2026, 2, 13), {}, date(2026, 2, 24), None),
        (date(2026, 2, 13), {}, date(2026, 2, 25), Level.SUPERIOR),
        (date(2026, 5, 4), dict.fromkeys(Level, date(2026, 11, 2)), date(2026, 11, 18), None),
    ],
)  # fmt: skip
def test_which_level_is_next(
    due: date, raised: dict[Level, date], today: date, level: Level | None
) -> None:
    assert level_due(GRACES, due, raised, today, CALENDAR) is level


@given(st.dates(date(2025, 1, 1), date(2026, 12, 1)), st.integers(min_value=1, max_value=40))
def test_the_latest_end_is_the_latest(today: date, days: int) -> None:
    end = latest_end(today, days, CALENDAR)
    assert later(end, days, CALENDAR) <= today
    assert later(date.fromordinal(end.toordinal() + 1), days, CALENDAR) > today
