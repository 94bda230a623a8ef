"""The calendar of reports and plans agencies owe: which, to whose plan, by which day, and what was sent."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.reporting import Concerned, ReportPeriod


class ReportDuty(Base):
    """A report or plan owed every year by one day, as an issuing plan sets it.

    ``month`` and ``day`` are the last day as the plan means it; 29 February is the 28th in other
    years. ``starts_on`` and ``ends_on`` bound the days it falls due on.
    """

    __tablename__ = "report_duty"
    __table_args__ = (
        CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name="day_of_year"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(255))
    period: Mapped[ReportPeriod] = mapped_column(enum_type(ReportPeriod))
    concerned: Mapped[Concerned] = mapped_column(enum_type(Concerned))
    month: Mapped[int]
    day: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class ReportDutyAgency(Base):
    """A body chosen for a duty that does not concern all."""

    __tablename__ = "report_duty_agency"

    duty_id: Mapped[int] = mapped_column(ForeignKey("report_duty.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)


class ReportTurn(Base):
    """One report one agency owes once. ``meant`` is the plan's day, ``due`` the working day before it.

    ``sent_on`` and ``document`` say when it left under which number; ``told_by`` who said so.
    """

    __tablename__ = "report_turn"
    __table_args__ = (
        UniqueConstraint("duty_id", "agency_id", "meant"),
        CheckConstraint("(sent_on IS NULL) = (told_by IS NULL)", name="sent_by_somebody"),
        Index("ix_report_turn_agency", "agency_id", "due"),
        Index("ix_report_turn_due", "due"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("report_duty.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    meant: Mapped[date]
    due: Mapped[date]
    sent_on: Mapped[date | None]
    document: Mapped[str] = mapped_column(String(160), default="")
    told_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
