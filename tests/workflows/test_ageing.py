"""Ages, waiting times and limits against tables worked by hand, plain recounts and properties."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.ageing import (
    CONTROL,
    LEAST_DISPERSION,
    WARNING,
    banded,
    difference_tail,
    dispersion,
    kaplan_meier,
    limits,
    median_day,
    placed,
    quantile,
    rising,
    upper_tail,
    waiting_time,
)

SPELLS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), min_size=1, max_size=60
).map(
    lambda rows: [
        (min(a, b), max(a, b) + (a == b != 0 and min(a, b) > 0), done) for a, b, done in rows
    ]
)
"""Entry, exit and whether it ended in a result; who enters late leaves later."""


def _counted(
    spells: list[tuple[int, int, bool]],
) -> tuple[Counter[int], Counter[int], Counter[int]]:
    return (
        Counter(entry for entry, _, _ in spells),
        Counter(end for _, end, done in spells if done),
        Counter(end for _, end, done in spells if not done),
    )


def test_survival_by_hand() -> None:
    """Ten files: six results on days 2, 3, 3, 5, 8, 8; censored at 3, 4, 6, 9; and one that entered late."""
    curve = kaplan_meier({0: 10}, {2: 1, 3: 2, 5: 1, 8: 2}, {3: 1, 4: 1, 6: 1, 9: 1})
    assert [(step.day, step.watched, step.settled) for step in curve] == [
        (2, 10, 1), (3, 9, 2), (5, 5, 1), (8, 3, 2),
    ]  # fmt: skip
    shares = [Fraction(9, 10), Fraction(7, 10), Fraction(14, 25), Fraction(14, 75)]
    assert [step.open_share for step in curve] == pytest.approx([float(each) for each in shares])
    assert median_day(curve) == 8
    # three watched from the start, one from day 4 on: it is not at risk on day 3
    late = kaplan_meier({0: 3, 4: 1}, {3: 1, 6: 2}, {9: 1})
    assert [(step.day, step.watched) for step in late] == [(3, 3), (6, 3)]
    assert median_day(late) is None  # three results are too few to speak of
    assert kaplan_meier({}, {}, {}) == ()
    same_day = kaplan_meier({0: 6}, {0: 6}, {})
    assert same_day[0].watched == 6
    assert median_day(same_day) == 0


@given(SPELLS)
def test_survival_is_the_plain_recount(spells: list[tuple[int, int, bool]]) -> None:
    """For every age, by looking at each spell; never rising, always between 0 and 1."""
    share, expected = 1.0, []
    for day in sorted({end for _, end, done in spells if done}):
        watched = sum((entry < day or entry == day == 0) and end >= day for entry, end, _ in spells)
        settled = sum(end == day and done for _, end, done in spells)
        share *= 1 - settled / watched
        expected.append((day, watched, settled, share))
    curve = kaplan_meier(*_counted(spells))
    assert [tuple(step) for step in curve] == [pytest.approx(row) for row in expected]
    shares = [1.0, *(step.open_share for step in curve)]
    assert all(0 <= later <= earlier for earlier, later in pairwise(shares))


@given(SPELLS, st.integers(1, 20))
def test_open_files_never_shorten_the_time(spells: list[tuple[int, int, bool]], old: int) -> None:
    """Files that stay open push the median up, as the mean of finished ones never shows."""
    before = median_day(kaplan_meier(*_counted(spells)))
    after = median_day(kaplan_meier(*_counted([*spells, *[(0, 90, False)] * old])))
    if after is not None:
        assert before is not None
        assert before <= after


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60), st.sampled_from([0.1, 0.5, 0.9, 1]))
def test_quantile_and_bands(ages: list[int], share: float) -> None:
    """The nearest rank of the sorted list; every age in one band."""
    found = quantile(Counter(ages), share)
    need = -(-Fraction(str(share)) * len(ages) // 1)
    assert found == sorted(ages)[int(need) - 1]
    assert sum(banded(Counter(ages))) == len(ages)


def test_small_measures_by_hand() -> None:
    """Edges of bands, Little's law, nothing of nothing."""
    assert banded({0: 1, 30: 2, 31: 4, 60: 8, 90: 16, 91: 32, 181: 64}) == (3, 12, 16, 32, 64)
    assert quantile({}, 0.5) is None
    assert waiting_time(40, 20, 84) == 168
    assert waiting_time(40, 0, 84) is None
    assert dispersion([]) == LEAST_DISPERSION
    assert dispersion([[2, 8, 2, 8], [0, 0, 0, 0]]) == pytest.approx(18 / 5)
    assert dispersion([[2, 4, 6, 8]]) == LEAST_DISPERSION  # a steady rise is no scatter


def test_a_rising_backlog() -> None:
    """More came than went three times, improbably; not by chance, not in two blocks, not when old ones go."""
    assert rising([30, 32, 31], [10, 12, 11], 1.4, None, None).by_flow
    assert not rising([4, 5, 4], [3, 4, 3], 1.4, None, None).alarm
    assert not rising([60, 60, 10], [20, 20, 11], 1.4, None, None).by_flow
    assert rising([5, 5, 5], [5, 5, 5], 1.4, 60, 89).by_age
    assert not rising([5, 5, 5], [5, 5, 5], 1.4, 60, 88).alarm
    assert not rising([0, 0, 0], [0, 0, 0], 1.4, None, None).alarm


@given(st.integers(-20, 60), st.floats(0.1, 60), st.floats(1.02, 4))
def test_the_chance_of_a_surplus(surplus: int, mean: float, spread: float) -> None:
    """Falls with the surplus, rises with the spread above the middle, and both sides make a whole."""
    here = difference_tail(surplus, mean, spread)
    assert 0 <= here <= 1
    assert difference_tail(surplus + 1, mean, spread) <= here + 1e-12
    other = difference_tail(1 - surplus, mean, spread)
    assert here + other == pytest.approx(1, abs=1e-6)


@given(st.integers(1, 120), st.data())
def test_tails_are_exact(of: int, data: st.DataObject) -> None:
    """The binomial tail against fractions, and the funnel's limits against the tail."""
    late = data.draw(st.integers(0, of))
    share = Fraction(data.draw(st.integers(1, 19)), 20)
    exact = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(late, of + 1))
    assert upper_tail(late, of, float(share)) == pytest.approx(float(exact), rel=1e-9, abs=1e-15)
    grade = placed(late, of, float(share)).grade
    for step, chance in ((1, WARNING), (2, CONTROL)):
        low, high = limits(of, float(share), chance)
        assert low < float(share) < high
        assert (grade >= step) == (late / of > high)
        assert (grade <= -step) == (late / of < low)


def test_limits_by_hand() -> None:
    """Ten fair coins: 9 heads have chance 11/1024, 10 heads 1/1024; the limits narrow as bodies grow."""
    assert limits(10, 0.5, WARNING) == (0.15, 0.85)
    assert limits(10, 0.5, CONTROL) == (0.05, 0.95)
    assert placed(10, 10, 0.5) == (2, pytest.approx(1 / 1024))
    assert placed(9, 10, 0.5).grade == 1
    assert placed(1, 10, 0.5).grade == -1
    assert placed(0, 5, 0.0).grade == 0
    widths = [limits(of, 0.3, CONTROL)[1] for of in (20, 80, 320, 5000)]
    assert widths == sorted(widths, reverse=True)
