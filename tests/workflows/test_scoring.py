"""Points, redistribution and places, by tables worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.scoring import (
    POINT,
    WHOLE,
    Band,
    Scale,
    Scored,
    Share,
    Total,
    band_of,
    half_up,
    ranks,
    total,
)


@pytest.mark.parametrize(
    ("scale", "share", "points"),
    [
        # weight 20, all at 100 %, none at 50 %
        (Scale(2000, 100, 50), Share(10, 10), 2000),
        (Scale(2000, 100, 50), Share(9, 10), 1600),
        (Scale(2000, 100, 50), Share(3, 4), 1000),
        (Scale(2000, 100, 50), Share(1, 2), 0),
        (Scale(2000, 100, 50), Share(0, 7), 0),
        (Scale(2000, 100, 50), Share(2, 3), 667),
        (Scale(2000, 100, 50), Share(5, 6), 1333),
        # satisfaction: 90 % is enough, 89.9 % is not
        (Scale(1000, 90, 50, least=5), Share(9, 10), 1000),
        (Scale(1000, 90, 50, least=5), Share(899, 1000), 998),
        (Scale(1000, 90, 50, least=5), Share(4, 4), None),
        # less is better: none overdue is all, 30 % overdue is nothing
        (Scale(1000, 0, 30), Share(0, 8), 1000),
        (Scale(1000, 0, 30), Share(1, 10), 667),
        (Scale(1000, 0, 30), Share(3, 10), 0),
        (Scale(1000, 0, 30), Share(8, 8), 0),
        # nothing to count
        (Scale(1000, 100, 50), Share(0, 0), None),
        (Scale(1000, 100, 50), None, None),
        # half up: 1/8 of 1 point = 12.5 hundredths
        (Scale(100, 100, 0), Share(1, 8), 13),
    ],
)
def test_a_share_becomes_points(scale: Scale, share: Share | None, points: int | None) -> None:
    """Evenly between the two ends, exact, rounded half up at the end."""
    assert scale.points(share) == points


@pytest.mark.parametrize(
    ("scored", "expected"),
    [
        ([(6000, 6000), (4000, 2000)], (8000, WHOLE)),
        # 40 points could not be judged: 45 of 60 stands for 75 of 100
        ([(6000, 4500), (4000, None)], (7500, 6000)),
        ([(7000, 7000), (1500, None), (1500, 0)], (8235, 8500)),
        # less than 60 % judged: no total
        ([(5000, 5000), (5000, None)], (None, 5000)),
        ([(5000, None), (5000, None)], (None, 0)),
        ([], (None, 0)),
    ],
)
def test_what_cannot_be_judged_goes_to_the_rest(
    scored: list[tuple[int, int | None]], expected: tuple[int | None, int]
) -> None:
    """In proportion to the weights that were judged; too little judged is no total."""
    found = total((Scored(*each) for each in scored), 60)
    assert (found.points, found.judged) == expected


def test_places_and_classes() -> None:
    """Ties share a place, the next is skipped; who has no total has no place."""
    assert ranks([9000, 8000, 9000, None, 7000, 8000]) == (1, 3, 1, None, 5, 3)
    assert ranks([]) == ()
    assert ranks([None]) == (None,)
    bands = [Band("Yếu", 0), Band("Tốt", 90), Band("Khá", 75)]
    assert [band_of(each, bands) for each in (9000, 8999, 7500, 7499, 0, None)] == [
        "Tốt", "Khá", "Khá", "Yếu", "Yếu", "",
    ]  # fmt: skip
    assert band_of(10, [Band("Tốt", 90)]) == ""
    assert Share(8999, 10000).tenths == 899
    assert Share(0, 0).tenths == 0


@pytest.mark.parametrize("bad", [(-1, 2), (3, 2)])
def test_no_share_beyond_the_whole(bad: tuple[int, int]) -> None:
    """A part is never more than its whole."""
    with pytest.raises(ValueError, match="share"):
        Share(*bad)


@pytest.mark.parametrize("bad", [(100, 50, 50), (100, 101, 0), (100, -1, 0), (-1, 100, 0)])
def test_no_scale_without_a_slope(bad: tuple[int, int, int]) -> None:
    """Target and zero differ and are per cents; a weight is not negative."""
    with pytest.raises(ValueError):  # noqa: PT011 - each says another thing
        Scale(*bad)


SHARES = st.tuples(st.integers(0, 500), st.integers(1, 500)).map(
    lambda pair: Share(min(pair), max(pair))
)
LINES = st.lists(
    st.integers(1, 40 * POINT).flatmap(
        lambda weight: st.builds(Scored, st.just(weight), st.none() | st.integers(0, weight))
    ),
    max_size=12,
)


@given(st.integers(0, WHOLE), st.integers(0, 100), st.integers(0, 100), SHARES, SHARES)
def test_points_never_leave_the_scale_and_never_turn_back(
    weight: int, target: int, zero: int, one: Share, other: Share
) -> None:
    """More of what is wanted never earns less."""
    if target == zero:
        return
    scale = Scale(weight, target, zero)
    points = [scale.points(each) for each in (one, other)]
    assert all(0 <= each <= weight for each in points if each is not None)
    first, second = (Fraction(each.numerator, each.denominator) for each in (one, other))
    if target > zero and first <= second:
        assert points[0] <= points[1]  # type: ignore[operator]
    if target < zero and first <= second:
        assert points[0] >= points[1]  # type: ignore[operator]


@given(LINES, st.randoms(use_true_random=False))
def test_a_total_does_not_depend_on_the_order(lines: list[Scored], chance: object) -> None:
    """Integers add up the same any way round, between 0 and 100 points."""
    first = total(lines, 60)
    chance.shuffle(lines)  # type: ignore[attr-defined]
    assert total(lines, 60) == first
    assert first.points is None or 0 <= first.points <= WHOLE
    if lines and all(each.points == each.weight for each in lines):
        assert first == Total(WHOLE, first.weights, first.weights)
    assert half_up(Fraction(1, 2)) == 1
