"""Office hours: never at night, on days off or over Tết; on swapped Saturdays yes."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from tests.workflows.shipped import calendar
from workflows.news import Group, group_of, is_informational, is_urgent
from workflows.office_hours import (
    CLOSES,
    LATEST_MORNING,
    OPENS,
    is_morning,
    is_open,
    may_be_chosen,
    works,
)

CALENDAR = calendar()
WORKING = [
    (date(2026, 11, 20), True), (date(2026, 11, 21), False), (date(2026, 11, 24), False),
    (date(2026, 8, 22), True), (date(2026, 8, 31), False), (date(2026, 2, 17), False),
    (date(2090, 1, 2), True), (date(2090, 1, 7), False),
]  # fmt: skip


@pytest.mark.parametrize(("day", "working"), WORKING)
def test_days(day: date, working: bool) -> None:
    assert works(day, CALENDAR) is working
    assert is_open(datetime.combine(day, time(9)), CALENDAR) is working


def test_hours() -> None:
    day = date(2026, 11, 20)
    hours = [time(0), time(6, 59), OPENS, time(16, 59), CLOSES, time(23, 59)]
    opened = [is_open(datetime.combine(day, hour), CALENDAR) for hour in hours]
    assert opened == [False, False, True, True, False, False]
    assert not is_morning(datetime.combine(day, time(7, 29)), CALENDAR)
    assert is_morning(datetime.combine(day, time(7, 30)), CALENDAR)
    assert not is_morning(datetime.combine(day, time(9)), CALENDAR, time(10))
    assert may_be_chosen(OPENS) and may_be_chosen(LATEST_MORNING)
    assert not may_be_chosen(time(6, 59)) and not may_be_chosen(time(16, 1))


def test_where_news_stands() -> None:
    friday = date(2026, 11, 20)
    due = {date(2026, 11, 19), friday, date(2026, 11, 22), date(2026, 11, 23)}
    assert [group_of("rung", day, friday) for day in sorted(due)] == [
        Group.OVERDUE, Group.TODAY, Group.THIS_WEEK, Group.LATER,
    ]  # fmt: skip
    assert group_of("submission_waiting", None, friday) is Group.WAITING
    assert group_of("cliff_45", None, friday) is Group.OVERDUE
    assert group_of("anything", None, friday) is Group.OTHER
    assert is_urgent("cliff_45", False) and is_urgent("rung", True) and not is_urgent("rung", False)
    assert is_informational("followed") and is_informational("weekly")
    assert not any(map(is_informational, ("rung", "cliff_near", "assign", "calendar_end")))
