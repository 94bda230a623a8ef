"""Registers of the inspectorate: campaigns of review, targets of inspection, what came of complaints about officials."""

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
from workflows.reviewing import (
    ConductFinding,
    DisciplineForm,
    ReviewOutcome,
    ReviewStep,
    TargetStatus,
)

_ONE_FORM = "words IS NULL OR sealed IS NULL"


class ReviewCampaign(Base):
    """A review of prolonged, complex cases: on whose order, what is looked for, between which days.

    ``criteria`` is the filter cases are taken in by, as it was last saved; taking in is an act of
    people and is not repeated when cases change.
    """

    __tablename__ = "review_campaign"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        Index("ix_review_campaign_agency", "agency_id", "starts_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(255))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    lead_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    criteria: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    closed_on: Mapped[date | None]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class ReviewedCase(Base):
    """A case in a campaign: who answers for it, by when, what is planned and what came of it.

    ``words`` hold ``plan``, ``proposal`` and the ``document`` of the outcome; of a denunciation they
    are ``sealed`` under the case's key. The outcome never moves the case itself.
    """

    __tablename__ = "reviewed_case"
    __table_args__ = (
        UniqueConstraint("campaign_id", "case_id"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("(outcome IS NULL) = (outcome_on IS NULL)", name="outcome_when"),
        Index("ix_reviewed_case_case", "case_id"),
        Index("ix_reviewed_case_agency", "agency_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("review_campaign.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    by_hand: Mapped[bool] = mapped_column(default=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    due: Mapped[date]
    outcome: Mapped[ReviewOutcome | None] = mapped_column(enum_type(ReviewOutcome))
    outcome_on: Mapped[date | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class ReviewEntry(Base):
    """One thing that happened to a reviewed case. Never changed: a mistake is followed by another entry."""

    __tablename__ = "review_entry"
    __table_args__ = (
        UniqueConstraint("reviewed_id", "seq"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("(step = 'outcome') = (outcome IS NOT NULL)", name="outcome_of_step"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    reviewed_id: Mapped[int] = mapped_column(ForeignKey("reviewed_case.id"))
    seq: Mapped[int]
    step: Mapped[ReviewStep] = mapped_column(enum_type(ReviewStep))
    outcome: Mapped[ReviewOutcome | None] = mapped_column(enum_type(ReviewOutcome))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class InspectionTarget(Base):
    """A place and field (or a body) to be inspected in a year, and the figures it was picked for.

    ``figures`` are frozen as they stood on ``picked_on``; they count only what everybody who reads
    this register may open.
    """

    __tablename__ = "inspection_target"
    __table_args__ = (
        CheckConstraint(
            "place_id IS NOT NULL OR target_agency_id IS NOT NULL", name="of_something"
        ),
        CheckConstraint("year BETWEEN 2000 AND 2100", name="year"),
        Index("ix_inspection_target_year", "agency_id", "year"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    target_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    picked_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(1000), default="")
    status: Mapped[TargetStatus] = mapped_column(enum_type(TargetStatus))
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class TargetEntry(Base):
    """A step of a target with the day and the paper it rests on. Never changed."""

    __tablename__ = "target_entry"
    __table_args__ = (UniqueConstraint("target_id", "seq"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("inspection_target.id"))
    seq: Mapped[int]
    status: Mapped[TargetStatus] = mapped_column(enum_type(TargetStatus))
    on: Mapped[date]
    document: Mapped[str] = mapped_column(String(160), default="")
    content: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class ConductOutcome(Base):
    """What came of a complaint about an official, by person complained about. Never changed.

    The newest entry of a person (``respondent`` is the ordinal in the case, 0 for the case as a
    whole) is the one that stands. ``words`` hold ``document`` and ``note``, sealed for a denunciation.
    """

    __tablename__ = "conduct_outcome"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint(
            "(finding = 'disciplined') = (form IS NOT NULL)", name="form_of_discipline"
        ),
        CheckConstraint("respondent >= 0", name="respondent"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    seq: Mapped[int]
    respondent: Mapped[int] = mapped_column(default=0)
    finding: Mapped[ConductFinding] = mapped_column(enum_type(ConductFinding))
    form: Mapped[DisciplineForm | None] = mapped_column(enum_type(DisciplineForm))
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
