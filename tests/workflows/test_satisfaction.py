"""What a set of scores means, and that no figure shown lets one person's answer be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.satisfaction import (
    ASKED,
    FEWEST,
    Scores,
    Tally,
    month_shown,
    quarter_shown,
    year_shown,
)
from workflows.transition import FINAL

Months = dict[tuple[int, int], Tally]


@pytest.mark.parametrize(
    ("five", "satisfied", "unhappy"),
    [
        ((5, 5, 5, 5, 5), True, False),
        ((4, 4, 4, 4, 4), True, False),
        ((5, 5, 4, 3, 3), True, False),
        ((4, 4, 4, 4, 3), False, False),
        ((3, 3, 3, 3, 3), False, False),
        ((5, 5, 5, 5, 2), True, True),
        ((3, 3, 3, 3, 2), False, True),
        ((1, 1, 1, 1, 1), False, True),
    ],
)
def test_scores(five: tuple[int, ...], satisfied: bool, unhappy: bool) -> None:
    """Satisfied from 4 on average; a second look for one poor score or a mean below the middle."""
    scores = Scores(*five)
    assert (scores.satisfied, scores.unhappy) == (satisfied, unhappy)


@pytest.mark.parametrize("off", [0, 6, -1])
def test_scores_off_the_scale_are_none(off: int) -> None:
    """Five values between 1 and 5."""
    with pytest.raises(ValueError, match="between 1 and 5"):
        Scores(5, 5, 5, 5, off)


def test_figures() -> None:
    """89,9 has not reached 90; means are rounded half up to a tenth."""
    tally = Tally(1000, 899, (4050, 4049, 5000, 1000, 3333))
    assert (tally.percent, tally.reached, tally.means_tenths) == (89, False, (41, 40, 50, 10, 33))
    assert Tally(10, 9).reached
    assert ASKED < FINAL


def of(*counts: int) -> Months:
    """Answers in the months of 2026 from January on."""
    return {(2026, month): Tally(count, count) for month, count in enumerate(counts, 1) if count}


def test_few_answers_are_withheld() -> None:
    """Also where they are only what is left beside the months shown."""
    assert month_shown(of(4), 2026, 1) is None
    assert month_shown(of(5), 2026, 1) == Tally(5, 5)
    assert month_shown({}, 2026, 1) is None
    assert quarter_shown(of(5, 1), 2026, 1) is None
    assert quarter_shown(of(2, 2, 1), 2026, 1) == Tally(5, 5)
    assert quarter_shown(of(5, 3, 2), 2026, 1) == Tally(10, 10)
    assert year_shown(of(5, 0, 0, 4), 2026) is None
    assert year_shown(of(5, 1, 0, 4), 2026) == Tally(10, 10)
    assert year_shown(of(2, 2, 1, 2, 2), 2026) is None
    assert year_shown({}, 2026) is None


@given(st.lists(st.integers(0, 9), min_size=12, max_size=12))
def test_no_subtraction_leaves_a_few(counts: list[int]) -> None:
    """Each figure less the figures shown inside it is nothing, or enough answers to hide each other."""
    months = of(*counts)

    def size(shown: Callable[..., Tally | None], *which: int) -> int | None:
        found = shown(months, 2026, *which)
        return None if found is None else found.answers

    def left(whole: int | None, parts: list[int | None]) -> bool:
        rest = (whole or 0) - sum(part or 0 for part in parts)
        return whole is None or rest == 0 or rest >= FEWEST

    by_month = [size(month_shown, month) for month in range(1, 13)]
    by_quarter = [size(quarter_shown, quarter) for quarter in range(1, 5)]
    best: list[int | None] = []
    for quarter, shown in enumerate(by_quarter):
        inside = by_month[3 * quarter : 3 * quarter + 3]
        assert left(shown, inside)
        best += inside if shown is None else [shown]
    assert left(size(year_shown), best)
    assert left(size(year_shown), by_month)
