"""Reminders that fired: one row a date, rung and person, so that nobody hears of the same rung twice."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type

NOBODY = 0
"""Stands as the recipient of a rung there was no one to tell of."""


class Subject(StrEnum):
    """What a running date belongs to."""

    DEADLINE = "deadline"
    HOP = "hop"
    SUBMISSION = "submission"
    REPLY = "reply"
    EFFECT = "effect"
    COMMITMENT = "commitment"
    REFUSAL = "refusal"
    RESULT = "result"
    POSTING = "posting"
    INVITATION = "invitation"
    CONNECTION_TEST = "connection_test"
    QUOTA = "quota"
    REPORT = "report"
    URGING = "urging"
    CAMPAIGN = "campaign"
    OPEN_POSTING = "open_posting"


class Reminder(Base):
    """A rung of one date told to one person. ``version`` is that of the date: a moved one starts anew.

    ``case_id`` is None for dates that belong to no case.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id", "version", "rung", "recipient_id"),
        Index("ix_reminder_recipient", "recipient_id", "fired_on"),
        Index("ix_reminder_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    subject: Mapped[Subject] = mapped_column(enum_type(Subject))
    subject_id: Mapped[int] = mapped_column(Key)
    version: Mapped[int]
    rung: Mapped[str] = mapped_column(String(20))
    recipient_id: Mapped[int] = mapped_column(Key)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    due: Mapped[date]
    fired_on: Mapped[date]
    fired_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AgencyRung(Base):
    """A rung an agency adds to the house's ladder for itself; ``day`` counts working days from the date."""

    __tablename__ = "agency_rung"
    __table_args__ = (
        UniqueConstraint("agency_id", "day"),
        CheckConstraint("day BETWEEN -60 AND 60", name="near"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    day: Mapped[int]
    to: Mapped[list[str]] = mapped_column(JSON)


class MailPreference(Base):
    """What a person chose about the digest. Without a row: the agency's hour, and everything is told.

    ``informational`` and ``weekly`` switch off information and the week's figures; duties are always told.
    """

    __tablename__ = "mail_preference"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    digest_at: Mapped[time | None]
    informational: Mapped[bool] = mapped_column(default=True)
    weekly: Mapped[bool] = mapped_column(default=True)


class AgencyMail(Base):
    """The hour an agency has its people's digests at, in Vietnam."""

    __tablename__ = "agency_mail"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    digest_at: Mapped[time]
