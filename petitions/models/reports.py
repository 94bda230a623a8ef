"""Statistical tables that are asked for, confirmed and signed, and the balances they open with.

A sheet is worked on; what was signed is a row of its own that nothing changes any more. Figures are
kept as ``{"2": 14, "7": "12.5", "13": null}``: by column, amounts as text so that they stay exact.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.report_campaigns import SheetState


class ReportCampaign(Base):
    """What the inspectorate asks for: tables of one version over one window, by one day, of chosen units.

    ``duty_id`` names the report of the calendar that a sent sheet fulfils.
    """

    __tablename__ = "report_campaign"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(160))
    spec: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    due: Mapped[date]
    tables: Mapped[list[str]] = mapped_column(JSON)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("report_duty.id"))
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_reason: Mapped[str] = mapped_column(String(255), default="")

    __mapper_args__ = {"version_id_col": version}


class ReportSheet(Base):
    """The tables of one body over one window, while they are worked on.

    Of a campaign (each unit's, and the ``consolidated`` one of who asked) or, without one, the
    body's own. ``reason`` is why a correction of what was signed is under way.
    """

    __tablename__ = "report_sheet"
    __table_args__ = (
        UniqueConstraint("campaign_id", "agency_id", "consolidated"),
        CheckConstraint("last >= first", name="days_in_order"),
        CheckConstraint("campaign_id IS NOT NULL OR NOT consolidated", name="consolidates_asked"),
        Index("ix_report_sheet_agency", "agency_id", "last"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("report_campaign.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    consolidated: Mapped[bool] = mapped_column(default=False)
    spec: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    tables: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[SheetState] = mapped_column(enum_type(SheetState))
    reason: Mapped[str] = mapped_column(String(500), default="")
    counted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class SheetTable(Base):
    """One table of a sheet that is worked on: counted, declared at the opening, and written by hand.

    ``untold`` are cases that lack what a column needs, by the gap's name; ``behind`` the ids of the
    cases counted in each column.
    """

    __tablename__ = "sheet_table"

    sheet_id: Mapped[int] = mapped_column(ForeignKey("report_sheet.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    computed: Mapped[dict[str, Any]] = mapped_column(JSON)
    declared: Mapped[dict[str, Any]] = mapped_column(JSON)
    manual: Mapped[dict[str, Any]] = mapped_column(JSON)
    untold: Mapped[dict[str, int]] = mapped_column(JSON)
    behind: Mapped[dict[str, list[int]]] = mapped_column(JSON)


class SignedSheet(Base):
    """A signature under a sheet's figures; append-only. A correction is a further ``edition`` with its
    reason. ``digest`` is the SHA-256 of the figures, window and version; ``missing`` names the units
    whose figures a consolidated one lacks."""

    __tablename__ = "signed_sheet"
    __table_args__ = (UniqueConstraint("sheet_id", "edition"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("report_sheet.id"))
    edition: Mapped[int]
    spec: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500))
    missing: Mapped[list[str]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    signed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SignedTable(Base):
    """A table as it was signed, append-only: its form, its lines by unit and the cases behind them."""

    __tablename__ = "signed_table"

    signed_id: Mapped[int] = mapped_column(ForeignKey("signed_sheet.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(10), primary_key=True)
    place: Mapped[int]
    form: Mapped[dict[str, Any]] = mapped_column(JSON)
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    behind: Mapped[dict[str, list[int]]] = mapped_column(JSON)


class OpeningBalance(Base):
    """What an agency declares for its first period in one table, append-only: the last row is in force.

    ``figures`` are by column; empty ones take the declaration back.
    """

    __tablename__ = "opening_balance"
    __table_args__ = (
        CheckConstraint("last >= first", name="days_in_order"),
        Index("ix_opening_balance_agency", "agency_id", "first"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    spec: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(10))
    first: Mapped[date]
    last: Mapped[date]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(500))
    declared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime] = mapped_column(UTCDateTime)
