"""Cases put before the bodies above because a legal end has passed, who saw it and what was done."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.escalation import Level


class Escalation(Base):
    """One date put before one level. ``agency_id`` is the body told, None where there is none.

    ``version`` and ``due`` are the date's at that time: a moved date starts anew. ``words`` hold what
    the body did about it, ``nobody`` says that no one there may know of the case.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("deadline_id", "version", "level"),
        CheckConstraint("words IS NULL OR sealed IS NULL", name="one_form"),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by IS NULL)", name="acknowledged_by"
        ),
        CheckConstraint("agency_id IS NOT NULL OR nobody", name="somewhere_or_nobody"),
        Index("ix_escalation_agency", "agency_id", "acknowledged_at", "raised_on"),
        Index("ix_escalation_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"))
    version: Mapped[int]
    level: Mapped[Level] = mapped_column(enum_type(Level))
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    nobody: Mapped[bool] = mapped_column(default=False)
    due: Mapped[date]
    raised_on: Mapped[date]
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class EscalationSeen(Base):
    """Somebody of the body told opened the notice; the first time counts."""

    __tablename__ = "escalation_seen"

    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
