"""Sensitive periods (sessions, congresses, Tết) before which a weekly list of cases is drawn up."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime


class SensitivePeriod(Base):
    """Days on which people come to the capital or the seat of the province more than usual.

    The list is owed every week from ``weeks_before`` weeks before ``starts`` until ``ends``.
    ``dropped_on`` is set when the period was entered by mistake or called off.
    """

    __tablename__ = "sensitive_period"
    __table_args__ = (
        CheckConstraint("ends >= starts", name="life"),
        CheckConstraint("weeks_before BETWEEN 0 AND 26", name="weeks_before"),
        Index("ix_sensitive_period_ends", "ends"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(160))
    basis: Mapped[str] = mapped_column(String(255), default="")
    starts: Mapped[date]
    ends: Mapped[date]
    weeks_before: Mapped[int]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    dropped_on: Mapped[date | None]

    __mapper_args__ = {"version_id_col": version}


class SensitiveWeek(Base):
    """That the list of one week (its Monday) was drawn up, by whom and with how many cases."""

    __tablename__ = "sensitive_week"
    __table_args__ = (CheckConstraint("listed >= 0", name="listed"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("sensitive_period.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    listed: Mapped[int]
