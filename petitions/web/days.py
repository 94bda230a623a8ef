"""Days as officers read them: due dates as text with a sign and a tone, weekdays in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from petitions.queries.case_shapes import Clock
from petitions.text import vn_date
from petitions.web.kept import rulebook
from workflows.records import ClockState
from workflows.vocabulary import Step
from workflows.watch import NOT_A_DUTY, THRESHOLDS
from workflows.working_days import Calendar, CalendarMissing

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
FAR_AHEAD = 92
"""Days from which on a date is told in plain days: nobody counts a quarter in working days."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due date in words. ``tone`` is late, near, calm, done or none; ``sign`` says the same without colour."""

    text: str
    sign: str
    tone: str


NOTHING_DUE = Due("không có hạn", "", "none")
PAUSED = Due("đang tạm đình chỉ", "‖", "none")


def due_words(today: date) -> Callable[[date | None], Due]:
    """A function telling due dates as seen on ``today``; it counts each date once."""
    calendar = rulebook().calendar
    known: dict[date, Due] = {}

    def tell(due: date | None) -> Due:
        if due is None:
            return NOTHING_DUE
        if due not in known:
            known[due] = _tell(due, today, calendar)
        return known[due]

    return tell


def clock_words(clock: Clock, today: date) -> Due:
    """How a clock of a case stands on ``today``."""
    if clock.step is Step.LIMITATION and clock.closed_on and clock.due:
        over = (clock.closed_on - clock.due).days
        if over > 0:
            return Due(f"nộp sau thời hiệu {over} ngày", "▲", "late")
        return Due("đã nộp trong thời hiệu", "✓", "done")
    match clock.state:
        case ClockState.PAUSED:
            return PAUSED
        case ClockState.ENDED:
            return Due("thôi tính", "–", "none")
        case ClockState.MET if clock.closed_on and clock.due and clock.closed_on > clock.due:
            return Due(f"xong, trễ {(clock.closed_on - clock.due).days} ngày", "▲", "late")
        case ClockState.MET:
            return Due("xong, đúng hạn", "✓", "done")
    if clock.step in NOT_A_DUTY and clock.due is not None:
        # these run in plain days by law, and nobody in the office meets them
        left = (clock.due - today).days
        return Due("đã qua", "–", "none") if left < 0 else Due(f"còn {left} ngày", "○", "none")
    return due_words(today)(clock.due)


def _tell(due: date, today: date, calendar: Calendar) -> Due:
    left = (due - today).days
    if left < 0:
        return Due(f"quá hạn {-left} ngày", "▲", "late")
    if left == 0:
        return Due("hạn hôm nay", "◆", "near")
    working = None if left > FAR_AHEAD else _working_days(today, due, calendar)
    if not working:
        return Due(f"còn {left} ngày", "○", "calm")
    if working <= THRESHOLDS.near_due_working_days:
        return Due(f"còn {working} ngày làm việc", "◆", "near")
    return Due(f"còn {working} ngày làm việc", "○", "calm")


def _working_days(after: date, until: date, calendar: Calendar) -> int | None:
    """Working days after ``after`` up to and with ``until``; None where a year has no calendar."""
    try:
        return sum(
            calendar.is_working(after + timedelta(days=ahead))
            for ahead in range(1, (until - after).days + 1)
        )
    except CalendarMissing:
        return None


def in_words(day: date) -> str:
    """Thứ Sáu, 20/11/2026."""
    return f"{WEEKDAYS[day.weekday()]}, {vn_date(day)}"
