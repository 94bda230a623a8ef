"""The inspectorate's queue: what each open case weighs, who looks after it, what was noted, views kept."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime


class CaseWeight(Base):
    """The points of one open case, by factor, with the facts they stand on; written by the weighing alone.

    ``beyond`` of the ``points`` rest on other cases and are counted for province-wide readers only.
    ``case_version`` is the case's version that was weighed; ``table_version`` and ``weighed_on`` say by
    which table and as of which day. A row whose day is past is weighed anew.
    """

    __tablename__ = "case_weight"
    __table_args__ = (
        CheckConstraint("beyond >= 0 AND beyond <= points", name="beyond"),
        Index("ix_case_weight_points", "points", "case_id"),
        Index("ix_case_weight_security", "points", "case_id", postgresql_where=text("security > 0"), sqlite_where=text("security > 0")),
    )  # fmt: skip

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    points: Mapped[int]
    beyond: Mapped[int]
    crowd: Mapped[int]
    skipped: Mapped[int]
    repeated: Mapped[int]
    prolonged: Mapped[int]
    overdue: Mapped[int]
    security: Mapped[int]
    spread: Mapped[int]
    protected: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    case_version: Mapped[int]
    table_version: Mapped[int]
    weighed_on: Mapped[date]


class InspectionCharge(Base):
    """An inspector looks after a case, for one inspecting body; seeing it is not brought along."""

    __tablename__ = "inspection_charge"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="life"),
        Index("uq_inspection_charge_standing", "case_id", "agency_id", unique=True, postgresql_where=text("until IS NULL"), sqlite_where=text("until IS NULL")),
        Index("ix_inspection_charge_inspector", "inspector_id", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    inspector_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    since: Mapped[date]
    until: Mapped[date | None]


class InspectionNote(Base):
    """What an inspector noted of a case. Append-only; of a denunciation sealed under the case's key."""

    __tablename__ = "inspection_note"
    __table_args__ = (
        CheckConstraint("(words IS NULL) <> (sealed IS NULL)", name="one_form"),
        Index("ix_inspection_note_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class SavedView(Base):
    """Filters of a list somebody keeps under a name of their own."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    page: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(1000))
    kept_at: Mapped[datetime] = mapped_column(UTCDateTime)
