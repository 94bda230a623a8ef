"""The only reader of time. Everything else is told what day and what instant it is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """The calendar day of ``instant`` in Vietnam: an online filing at 23:59 belongs to that day."""
    return instant.astimezone(VIETNAM).date()


def local_time(instant: datetime) -> datetime:
    """``instant`` on a Vietnamese wall clock."""
    return instant.astimezone(VIETNAM)
