"""What the desk keeps besides the cases: forms half filled, the citizen's slip, what citizens think."""

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
from petitions.models.base import enum_type
from workflows.records import SurveyChannel
from workflows.satisfaction import HIGHEST, LOWEST, Topic


class Draft(Base):
    """A form not yet sent, of one user; all of it is encrypted, for nobody knows yet what it will be.

    ``page`` names the form, ``expires_at`` is when it is thrown away.
    """

    __tablename__ = "draft"
    __table_args__ = (
        Index("ix_draft_user", "user_id", "page", "saved_at"),
        Index("ix_draft_expires", "expires_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    page: Mapped[str] = mapped_column(String(40))
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class Slip(Base):
    """A slip given to a citizen: its secret opens the look-up of one case. Only a keyed digest is kept.

    One slip of a case is good at a time; ``revoked_at`` is when another took its place.
    """

    __tablename__ = "slip"
    __table_args__ = (
        Index("ix_slip_case", "case_id"),
        Index("ux_slip_good", "case_id", unique=True, postgresql_where=text("revoked_at IS NULL"), sqlite_where=text("revoked_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    issued_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SurveyAnswer(Base):
    """What a citizen thinks of how a closed case was handled: five scores of 1 to 5, once per case.

    Free words (``comment`` of the citizen, ``found`` by whoever looked again) are sealed under the
    case's key for a denunciation. ``needs_look`` stands while an unhappy answer waits for a human.
    ``answered_on`` is the Vietnamese day, ``agency_id`` the body that had the case at its end.
    """

    __tablename__ = "survey_answer"
    __table_args__ = (
        *(
            CheckConstraint(f"{topic} BETWEEN {LOWEST} AND {HIGHEST}", name=topic.value)
            for topic in Topic
        ),
        CheckConstraint("words IS NULL OR sealed IS NULL", name="one_form"),
        CheckConstraint("(looked_at IS NULL) = (looked_by IS NULL)", name="looked_by"),
        CheckConstraint("NOT needs_look OR looked_at IS NULL", name="looked_is_done"),
        Index("ix_survey_agency_answered", "agency_id", "answered_on"),
        Index("ix_survey_needs_look", "agency_id", "needs_look"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    channel: Mapped[SurveyChannel] = mapped_column(enum_type(SurveyChannel))
    answered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_on: Mapped[date]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    spirit: Mapped[int]
    attitude: Mapped[int]
    responsibility: Mapped[int]
    timeliness: Mapped[int]
    quality: Mapped[int]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    needs_look: Mapped[bool] = mapped_column(default=False)
    looked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    looked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class SurveyCampaign(Base):
    """A yearly survey of chosen agencies: whose answers of which days count."""

    __tablename__ = "survey_campaign"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="life"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class SurveyCampaignAgency(Base):
    """An agency a campaign asks about."""

    __tablename__ = "survey_campaign_agency"
    __table_args__ = (UniqueConstraint("campaign_id", "agency_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("survey_campaign.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
