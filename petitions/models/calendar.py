"""The working calendar as the office keeps it, and the log of what a change of calendar or law moved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.records import ChangeKind


class CalendarYear(Base):
    """One year's working calendar; ``status`` is official, historical or draft."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(500))


class CalendarDay(Base):
    """A weekday off or a Saturday worked."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("calendar_year.year"))
    type: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(160))


class RuleChange(Base):
    """A change of calendar, law or a commune's flag that moved open deadlines: why, by whom, how many."""

    __tablename__ = "rule_change"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(enum_type(ChangeKind))
    reason: Mapped[str] = mapped_column(String(500))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    cases_moved: Mapped[int] = mapped_column(default=0)
    after_case_id: Mapped[int] = mapped_column(Key, default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
