"""Where a page of a list ends: the day and the number of its last row, as the next page is asked for."""

from __future__ import annotations

from datetime import date


def mark(day: date, number: int) -> str:
    """The end of a page, for ``after`` of the next one."""
    return f"{day.isoformat()}_{number}"


def read_mark(after: str | None) -> tuple[date, int] | None:
    """The day and number behind ``after``; None at the beginning, and where it is damaged."""
    if not after:
        return None
    day, _, number = after.partition("_")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None
