"""The ladder of reminders: tables with weekdays, and every day against a plain reckoning."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.shipped import CONFIG, calendar
from workflows.ladder import (
    Audience,
    LadderFault,
    Rung,
    fires_on,
    ladder_of,
    ladders_of,
    spans,
    standing,
)

DAY = timedelta(days=1)
LADDER = ladder_of(tomllib.loads((CONFIG / "catalog" / "ladder.toml").read_text(encoding="utf-8")))
OLD, FAR = date(2025, 1, 1), date(2027, 6, 30)


@pytest.mark.parametrize(
    ("due", "today", "rung"),
    [
        # due Friday 2026-11-20
        ("2026-11-20", "2026-11-12", None),  # Thursday, six working days before
        ("2026-11-20", "2026-11-13", "before_5"),  # Friday a week before
        ("2026-11-20", "2026-11-17", "before_5"),  # Tuesday
        ("2026-11-20", "2026-11-18", "before_2"),  # Wednesday
        ("2026-11-20", "2026-11-20", "on_day"),  # Friday
        ("2026-11-20", "2026-11-22", "on_day"),  # Sunday: nothing fires on days off
        ("2026-11-20", "2026-11-23", "after_1"),  # Monday
        ("2026-11-20", "2026-11-30", "after_5"),  # Monday: 24 November is a day off
        ("2026-11-20", "2026-12-04", "weekly_1"),  # Friday, two weeks
        ("2026-11-20", "2026-12-11", "weekly_2"),
        ("2026-11-20", "2027-11-19", "weekly_51"),
        # due Saturday 2026-11-14 (an internal date): spoken of on Friday
        ("2026-11-14", "2026-11-13", "on_day"),
        ("2026-11-14", "2026-11-16", "after_1"),  # Monday
        # due on the last working day before Tết 2026, Friday 13 February
        ("2026-02-13", "2026-02-13", "on_day"),
        ("2026-02-13", "2026-02-20", "on_day"),  # Tết
        ("2026-02-13", "2026-02-23", "after_1"),  # Monday after Tết
    ],
)
def test_the_rung_a_date_stands_on(due: str, today: str, rung: str | None) -> None:
    found = standing(date.fromisoformat(due), date.fromisoformat(today), LADDER, calendar())
    assert (found and found.key) == rung


def test_who_hears_more_as_time_goes_on() -> None:
    due = date(2026, 11, 20)
    told = []
    for ahead in range(-10, 60):
        found = standing(due, due + ahead * DAY, LADDER, calendar())
        if found is not None and (not told or told[-1] != found.to):
            told.append(found.to)
    officer, head = {Audience.OFFICER}, {Audience.OFFICER, Audience.HEAD}
    assert told == [officer, head, head | {Audience.SUPERIOR}, frozenset(Audience)]


@given(
    st.dates(date(2026, 1, 5), date(2026, 11, 30)), st.dates(date(2025, 6, 1), date(2027, 1, 31))
)
def test_spans_agree_with_a_plain_reckoning(today: date, due: date) -> None:
    plain = None
    for rung in LADDER.rungs:
        if fires_on(due, rung.day, calendar()) <= today:
            plain = rung.key
    found = standing(due, today, LADDER, calendar())
    key = found and found.key
    assert key == plain or (plain == "after_5" and str(key).startswith("weekly_"))


@given(st.dates(date(2026, 1, 5), date(2026, 12, 20)))
def test_spans_of_a_day_cover_every_date_once(today: date) -> None:
    found = list(spans(today, LADDER, calendar(), OLD, FAR))
    days = [
        span.first + n * DAY for span in found for n in range((span.last - span.first).days + 1)
    ]
    assert len(days) == len(set(days))
    assert min(days) == OLD
    assert max(days) - min(days) + DAY == len(days) * DAY


@given(st.dates(date(2026, 1, 5), date(2026, 9, 30)))
def test_a_date_climbs_every_rung_once_and_in_order(due: date) -> None:
    climbed: list[str] = []
    for ahead in range(-20, 60):
        found = standing(due, due + ahead * DAY, LADDER, calendar())
        if found is not None and (not climbed or climbed[-1] != found.key):
            climbed.append(found.key)
    assert len(climbed) == len(set(climbed))
    fixed = [rung.key for rung in LADDER.rungs]
    assert [key for key in climbed if key in fixed] == [key for key in fixed if key in climbed]
    assert climbed[-1].startswith("weekly_")


def test_an_agency_adds_rungs_and_takes_none_away() -> None:
    more = LADDER.with_rungs(
        [
            Rung("own_before_10", -10, frozenset({Audience.HEAD})),
            Rung("own_before_5", -5, frozenset({Audience.HEAD})),
        ]
    )
    assert [rung.day for rung in more.rungs] == [-10, -5, -2, 0, 1, 5]
    joined = more.rungs[1]
    assert (joined.key, joined.to) == ("before_5", {Audience.OFFICER, Audience.HEAD})


def test_a_year_without_a_calendar_still_reminds() -> None:
    found = standing(date(2099, 3, 10), date(2099, 3, 10), LADDER, calendar())
    assert found is not None and found.key == "on_day"


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([], "no rung"),
        ([{"key": "a", "day": 1, "to": []}], "nobody"),
        ([{"key": "a", "day": 1, "to": ["mayor"]}], "mayor"),
        ([{"key": "a", "day": 1, "to": ["head"]}, {"key": "b", "day": 1, "to": ["head"]}], "not after"),
        ([{"key": "weekly_x", "day": 1, "to": ["head"]}], "taken"),
    ],
)  # fmt: skip
def test_a_ladder_that_cannot_be_climbed_is_refused(
    rows: list[dict[str, object]], fault: str
) -> None:
    with pytest.raises(LadderFault, match=fault):
        ladder_of({"rung": rows})


ONE_RUNG = {"rung": [{"key": "a", "day": 0, "to": ["head"]}]}


def test_a_kind_of_date_has_a_ladder_of_its_own_and_a_step_goes_first() -> None:
    content = {
        "rung": [{"key": "usual", "day": 0, "to": ["officer"]}],
        "ladder": [
            {"for": ["quota"], "fixed": True, **ONE_RUNG},
            {"for": ["reply", "settle"], "weekly": {"to": ["head"]}, **ONE_RUNG},
        ],
    }
    found = ladders_of(content, {"quota", "reply", "settle", "hop"})
    assert found.of("hop", "hop") is found.usual
    assert found.of("quota", "quota").fixed and not found.of("quota", "quota").weekly
    assert found.of("deadline", "settle") == found.of("reply", "urged")
    more = found.with_rungs([Rung("own", -9, frozenset({Audience.HEAD}))])
    assert [rung.key for rung in more.usual.rungs] == ["own", "usual"]
    assert [rung.key for rung in more.of("reply", "").rungs] == ["own", "a"]
    assert more.of("quota", "") == found.of("quota", "")


@pytest.mark.parametrize("kinds", [["unheard"], ["quota", "quota"]])
def test_a_ladder_for_nothing_known_or_twice_is_refused(kinds: list[str]) -> None:
    content = {**ONE_RUNG, "ladder": [{"for": kinds, **ONE_RUNG}]}
    with pytest.raises(LadderFault, match="unknown, or written twice"):
        ladders_of(content, {"quota"})
