"""Internal dates of the hops: backwards from the legal end, over weekends and Tết."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.shipped import calendar
from workflows.hop_dates import hop_date

D = date.fromisoformat

TABLE = [
    # days, step, legal end, today, due
    ([1, 1, 1], 3, "2026-12-02", "2026-11-20", "2026-12-02"),
    ([1, 1, 1], 2, "2026-12-02", "2026-11-20", "2026-12-01"),
    ([1, 1, 1], 1, "2026-12-02", "2026-11-20", "2026-11-30"),
    ([1, 1, 1], 0, "2026-12-02", "2026-11-20", "2026-11-27"),
    ([2], 0, "2026-12-06", "2026-11-20", "2026-12-02"),
    ([2], 1, "2026-12-06", "2026-11-20", "2026-12-04"),
    ([3, 2], 0, "2026-11-25", "2026-11-20", "2026-11-20"),
    ([1], 1, "2026-11-20", "2026-11-20", "2026-11-20"),
    ([1], 1, "2026-11-10", "2026-11-20", "2026-11-20"),
    ([2, 1], 1, "2026-02-24", "2026-02-02", "2026-02-23"),
    ([2, 1], 0, "2026-02-24", "2026-02-02", "2026-02-12"),
    ([1, 1], 1, "2026-02-18", "2026-02-02", "2026-02-12"),
    ([1, 1], 2, "2026-02-18", "2026-02-02", "2026-02-13"),
    ([2], 1, None, "2026-11-20", "2026-11-25"),
    ([2], 0, None, "2026-11-20", None),
]
"""2026-12-06 is a Sunday, 2026-11-24 a holiday; Tết 2026 takes 14 to 22 February."""


@pytest.mark.parametrize(("days", "step", "end", "today", "due"), TABLE)
def test_the_table(
    days: list[int], step: int, end: str | None, today: str, due: str | None
) -> None:
    """One row each."""
    found = hop_date(days, step, end and D(end), D(today), calendar())
    assert found == (due and D(due))


@given(
    st.lists(st.integers(1, 10), min_size=1, max_size=3),
    st.dates(D("2026-01-05"), D("2026-11-30")),
    st.integers(-20, 60),
)
def test_never_before_today_nor_after_the_legal_end(
    days: list[int], today: date, room: int
) -> None:
    """In order from the author to the signer; a passed end leaves today."""
    end = today + timedelta(days=room)
    dates = [hop_date(days, step, end, today, calendar()) for step in range(len(days) + 1)]
    assert dates == sorted(dates)
    for each in dates:
        assert each is not None
        assert today <= each <= max(today, end)
