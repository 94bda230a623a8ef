"""The days of periodic reports."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.shipped import calendar
from workflows.reporting import due_of, falls_on


def test_the_days_a_yearly_day_falls_on() -> None:
    first, last = date(2026, 11, 22), date(2028, 11, 21)
    assert list(falls_on(11, 22, first, last)) == [date(2026, 11, 22), date(2027, 11, 22)]
    assert list(falls_on(2, 29, first, last)) == [date(2027, 2, 28), date(2028, 2, 29)]
    assert list(falls_on(1, 1, last, first)) == []


@pytest.mark.parametrize(
    ("meant", "due"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-22", "2026-11-20"),  # Sunday: back to Friday
        ("2026-02-20", "2026-02-13"),  # Tết: back before it
        ("2099-03-08", "2099-03-06"),  # no calendar: weekdays
    ],
)
def test_a_day_off_is_rolled_back(meant: str, due: str) -> None:
    assert due_of(date.fromisoformat(meant), calendar()) == date.fromisoformat(due)
