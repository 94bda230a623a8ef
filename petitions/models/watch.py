"""Flags the sweep derives, and the rows that make scheduled work happen exactly once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.watch import FlagKind


class Flag(Base):
    """A derived fact about a case with its evidence; never a state, and cleared when it no longer holds.

    ``subject`` is the deadline the flag speaks of, 0 where it speaks of the case. ``since`` is the day
    the fact began, ``raised_on`` and ``cleared_on`` the days a sweep saw it come and go.
    """

    __tablename__ = "flag"
    __table_args__ = (
        Index("ix_flag_standing", "kind", "case_id", postgresql_where=text("cleared_on IS NULL"), sqlite_where=text("cleared_on IS NULL")),
        Index("uq_flag_one_standing", "case_id", "kind", "subject", unique=True, postgresql_where=text("cleared_on IS NULL"), sqlite_where=text("cleared_on IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[FlagKind] = mapped_column(enum_type(FlagKind))
    subject: Mapped[int] = mapped_column(Key, default=0)
    raised_on: Mapped[date]
    since: Mapped[date]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    cleared_on: Mapped[date | None]


class Sweep(Base):
    """One pass of the watch: the instant it looked from and what it found."""

    __tablename__ = "sweep"
    __table_args__ = (Index("ix_sweep_at", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    looked: Mapped[int]
    flagged: Mapped[int]
    cleared: Mapped[int]
    queued: Mapped[int]


class Lease(Base):
    """Who leads the scheduled work until when; a frozen leader loses it by time."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class JobRun(Base):
    """The claim of one slot of one job. Its unique key is the guarantee that a slot runs once."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "slot"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    job: Mapped[str] = mapped_column(String(60))
    slot: Mapped[datetime] = mapped_column(UTCDateTime)
    owner: Mapped[str] = mapped_column(String(80))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    error: Mapped[str | None] = mapped_column(String(300))
