"""Episodes: what joins, what is listed again, when it ends, and what verdicts do to the cut."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.episodes import (
    LEAST_VERDICTS,
    MOST_LISTED,
    AlarmVerdict,
    Course,
    EpisodeState,
    Found,
    SeriesUnit,
    Standing,
    Trend,
    course,
    joined,
    listed,
    precision,
    raise_of_cut,
    states_after,
    takes_alarms,
)

WEEK = date(2026, 11, 9)
TOUCHING = frozenset({(1, 2), (2, 1), (2, 3), (3, 2)})
NONE: frozenset[int] = frozenset()


def alarm(
    place: int | None = 1, field: int | None = 7, score: float = 2.0, **more: object
) -> Found:
    values: dict[str, object] = {
        "unit": SeriesUnit.PLACE_FIELD, "place": place, "field": field, "agency": None,
        "projects": NONE, "score": score, "p": 10 ** -(0.84 + 1.34 * score),
    }  # fmt: skip
    return Found(**{**values, **more})  # type: ignore[arg-type]


def stood(number: int = 1, **more: object) -> Standing:
    values: dict[str, object] = {
        "id": number, "field": 7, "agency": None, "places": frozenset({1}), "projects": NONE,
        "score": 2.0, "listed_score": 2.0, "serious": False,
        "opened_week": WEEK - timedelta(weeks=3), "last_week": WEEK - timedelta(weeks=1),
        "state": EpisodeState.WATCHED, "trend": Trend.NEW,
    }  # fmt: skip
    return Standing(**{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (alarm(1), alarm(2), True),
        (alarm(1), alarm(3), False),
        (alarm(1), alarm(2, field=8), False),
        (alarm(1), alarm(1, field=8), False),
        (alarm(1, projects=frozenset({5})), alarm(9, field=8, projects=frozenset({5, 6})), True),
        (alarm(1), alarm(1, field=None, unit=SeriesUnit.PLACE), True),
        (alarm(1), alarm(2, field=None, unit=SeriesUnit.PLACE), False),
        (alarm(None, agency=4), alarm(None, agency=4), True),
        (alarm(None, agency=4), alarm(None, agency=5), False),
        (alarm(None, agency=4), alarm(1), False),
        (alarm(None, None, projects=frozenset({5})), alarm(1), False),
    ],
)
def test_what_belongs_to_one_episode(one: Found, other: Found, same: bool) -> None:
    assert joined(one, other, TOUCHING) is joined(other, one, TOUCHING) is same


def test_a_chain_is_one_episode_and_the_older_one_keeps_it() -> None:
    olds = [
        stood(
            5,
            places=frozenset({3}),
            opened_week=WEEK - timedelta(weeks=9),
            state=EpisodeState.LATENT,
        ),
        stood(4, state=EpisodeState.HOT),
        stood(6, field=8),
    ]
    found = [alarm(1, score=3), alarm(2, score=4), alarm(3, score=1), alarm(9, field=9)]
    first, second, third = course(WEEK, found, olds, TOUCHING)
    assert (first.into, first.merged, first.alarms) == (5, (4,), (1, 0, 2))
    assert first.places == {1, 2, 3} and first.state is EpisodeState.HOT
    assert first.trend is Trend.WORSENING and first.wanted
    assert (second.into, second.alarms, second.trend) == (None, (3,), Trend.NEW) or (
        third.into, third.alarms, third.trend) == (None, (3,), Trend.NEW)  # fmt: skip
    quiet = next(each for each in (second, third) if each.into == 6)
    assert quiet.trend is Trend.FADING and not quiet.wanted


@pytest.mark.parametrize(
    ("found", "old", "trend", "wanted"),
    [
        (alarm(score=2.4), stood(), Trend.STEADY, False),
        (alarm(score=2.5), stood(), Trend.WORSENING, False),
        (alarm(score=4.0), stood(score=3.9), Trend.STEADY, True),
        (alarm(score=1.5), stood(), Trend.FADING, False),
        (alarm(2, score=1.0), stood(), Trend.WORSENING, True),
        (alarm(score=2.0, serious=True), stood(), Trend.STEADY, True),
        (alarm(score=2.0, serious=True), stood(serious=True), Trend.STEADY, False),
        (alarm(score=2.0), stood(listed_score=None), Trend.STEADY, True),
        (alarm(score=2.0), stood(trend=Trend.CLOSED, state=EpisodeState.HOT), Trend.WORSENING, False),
    ],
)  # fmt: skip
def test_listed_again_only_when_materially_worse(
    found: Found, old: Standing, trend: Trend, wanted: bool
) -> None:
    (moved,) = course(WEEK, [found], [old], TOUCHING)
    assert (moved.trend, moved.wanted) == (trend, wanted)
    assert moved.reopened is (old.trend is Trend.CLOSED)


def test_silence_closes_after_four_weeks_and_a_managed_place_takes_alarms_again() -> None:
    for weeks, trend in ((1, Trend.FADING), (3, Trend.FADING), (4, Trend.CLOSED)):
        (moved,) = course(WEEK, [], [stood(last_week=WEEK - timedelta(weeks=weeks))], TOUCHING)
        assert moved.trend is trend
    assert takes_alarms(EpisodeState.WATCHED, Trend.FADING)
    assert not takes_alarms(EpisodeState.WATCHED, Trend.CLOSED)
    assert takes_alarms(EpisodeState.HOT, Trend.CLOSED)
    assert not takes_alarms(EpisodeState.SETTLED, Trend.CLOSED)
    for state in EpisodeState:
        assert set(states_after(state)) == set(EpisodeState) - {state}


def test_a_week_lists_twenty_at_most_the_rarest_first() -> None:
    found = [alarm(100 + number, score=1 + number / 10) for number in range(30)]
    chosen = listed(course(WEEK, found, [], frozenset()), found)
    assert len(chosen) == MOST_LISTED
    assert [each.score for each in chosen] == sorted((each.score for each in chosen), reverse=True)
    assert chosen[0].score == found[-1].score


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3), st.floats(0.5, 6)), max_size=12),
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3)), max_size=5),
)
def test_every_alarm_ends_in_one_episode_and_the_order_does_not_matter(
    rows: list[tuple[int, int, float]], olds: list[tuple[int, int]]
) -> None:
    found = [alarm(place, field, score) for place, field, score in rows]
    standing = [
        stood(number, field=field, places=frozenset({place}))
        for number, (place, field) in enumerate(olds, start=1)
    ]
    touching = {(a, a + 1) for a in range(6)} | {(a + 1, a) for a in range(6)}

    def told(courses: list[Course], given: list[Found]) -> set[tuple[object, ...]]:
        return {
            (each.into, each.merged, frozenset(given[n] for n in each.alarms), each.places)
            for each in courses
        }

    courses = course(WEEK, found, standing, touching)
    taken = [number for each in courses for number in each.alarms]
    assert sorted(taken) == list(range(len(found)))
    owned = [n for each in courses for n in (each.into, *each.merged) if n is not None]
    assert sorted(owned) == list(range(1, len(standing) + 1))
    turned = found[::-1]
    assert told(courses, found) == told(course(WEEK, turned, standing, touching), turned)


def test_too_many_wrong_alarms_raise_the_cut_by_rule() -> None:
    right, wrong, known = AlarmVerdict.RIGHT, AlarmVerdict.WRONG, AlarmVerdict.KNOWN
    found = precision([wrong] * 60 + [right] * 30 + [known] * 10 + [right] * 50)
    assert (found.right, found.known, found.wrong, found.judged) == (30, 10, 60, 100)
    assert found.true_share == pytest.approx(0.4)
    assert raise_of_cut(found, 1.34) == pytest.approx(math.log10(2) / 1.34)
    assert raise_of_cut(precision([wrong] * 3 + [right] * 7), 1.34) == 0, "too few to say"
    assert raise_of_cut(precision([wrong] * 30 + [right] * 70), 1.34) == 0, "as many as allowed"
    assert raise_of_cut(precision([wrong] * LEAST_VERDICTS), 1.34) > 0
    assert precision([]).true_share is None
