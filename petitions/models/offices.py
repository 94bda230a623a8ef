"""Agencies as a dated tree, bodies outside the system, internal targets and number books."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key
from petitions.models.base import enum_type
from workflows.vocabulary import AgencyKind, Kind, Step


class Agency(Base):
    """A public body, or a section inside one, as long as it exists. Never deleted: closed by ``valid_to``."""

    __tablename__ = "agency"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="life"),
        CheckConstraint("id <> parent_id", name="own_parent"),
        Index("ix_agency_parent", "parent_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[AgencyKind] = mapped_column(enum_type(AgencyKind))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    book_prefix: Mapped[str] = mapped_column(String(8))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    head_title: Mapped[str] = mapped_column(String(120), default="Thủ trưởng")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    competence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    imported: Mapped[bool] = mapped_column(default=False)


class OutsideBody(Base):
    """A body outside the system: court, ministry, newspaper, deputies. Referred to, never acted for."""

    __tablename__ = "outside_body"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    folded_name: Mapped[str] = mapped_column(String(255))
    category: Mapped[str] = mapped_column(String(40))
    address: Mapped[str | None] = mapped_column(String(255))
    valid_to: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("outside_body.id"))


class InternalTarget(Base):
    """An agency's own, shorter limit for a clock; it can never move a legal date."""

    __tablename__ = "internal_target"
    __table_args__ = (
        UniqueConstraint("agency_id", "kind", "step", "valid_from"),
        CheckConstraint("days > 0", name="positive"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    step: Mapped[Step] = mapped_column(enum_type(Step))
    days: Mapped[int]
    working_days: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class NumberBook(Base):
    """Last number given in one book of one agency in one year. The row's lock makes numbers gap-free."""

    __tablename__ = "number_book"
    __table_args__ = (CheckConstraint("last >= 0", name="not_negative"),)

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    book: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
