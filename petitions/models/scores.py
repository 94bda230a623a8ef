"""The yearly scorecard of agencies: its criteria, the points given by hand, and the frozen result."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.scoring import CardState, Indicator


class Scorecard(Base):
    """One year's card. ``first_day`` to ``last_day`` is counted; points by hand are given up to ``closes_on``.

    ``bands`` are name and least whole points of each class; ``least_share`` per cent of the weights
    must be judged for an agency to be ranked.
    """

    __tablename__ = "scorecard"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="days_in_order"),
        CheckConstraint("least_share BETWEEN 1 AND 100", name="least_share"),
        CheckConstraint("(state = 'draft') = (opened_by IS NULL)", name="opened_by_somebody"),
        CheckConstraint("(state = 'closed') = (closed_by IS NOT NULL)", name="closed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[CardState] = mapped_column(enum_type(CardState), default=CardState.DRAFT)
    basis: Mapped[str] = mapped_column(String(255), default="")
    first_day: Mapped[date]
    last_day: Mapped[date]
    closes_on: Mapped[date]
    least_share: Mapped[int]
    bands: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class ScoreCriterion(Base):
    """A criterion of a year. ``weight`` in hundredths of a point; ``indicator`` None: points by hand.

    ``target``, ``zero`` (per cents) and ``least`` are those of ``workflows.scoring.Scale``.
    """

    __tablename__ = "score_criterion"
    __table_args__ = (
        UniqueConstraint("scorecard_id", "position"),
        CheckConstraint("weight > 0", name="weight"),
        CheckConstraint(
            "(indicator IS NULL) = (target IS NULL) AND (indicator IS NULL) = (zero IS NULL)",
            name="scale_of_indicator",
        ),
        CheckConstraint(
            "target IS NULL OR (target BETWEEN 0 AND 100 AND zero BETWEEN 0 AND 100 AND target <> zero)",
            name="scale",
        ),
        CheckConstraint("least >= 1", name="least"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(255), default="")
    weight: Mapped[int]
    indicator: Mapped[Indicator | None] = mapped_column(enum_type(Indicator))
    target: Mapped[int | None]
    zero: Mapped[int | None]
    least: Mapped[int] = mapped_column(default=1)


class ScoreEntry(Base):
    """Points given by hand, in hundredths, with the reason. The latest of a criterion and agency counts."""

    __tablename__ = "score_entry"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        Index("ix_score_entry_criterion", "criterion_id", "agency_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("score_criterion.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    given_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ScoreResult(Base):
    """The whole result of a closed card, as it stood when it was closed."""

    __tablename__ = "score_result"

    scorecard_id: Mapped[int] = mapped_column(ForeignKey("scorecard.id"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
