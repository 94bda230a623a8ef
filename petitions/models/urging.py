"""Urging letters: one body asks another about cases it is late with, and waits for its reply."""

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
from workflows.office import SigningCapacity
from workflows.urging import ReplyBasis, UrgingEnd
from workflows.vocabulary import Step

_ONE_FORM = "words IS NULL OR sealed IS NULL"
_WAITING = text("ended_on IS NULL")


class UrgingLetter(Base):
    """One letter of one body to another about one or many cases; it stands in the outgoing book.

    ``case_id`` is the denunciation it is about: such a letter has no other case, its words lie under
    that case's key and only who sees the case sees the letter. ``words`` hold what the letter says and
    the values it prints, frozen when it was issued. ``ended_on`` is the day the waiting ended.
    """

    __tablename__ = "urging_letter"
    __table_args__ = (
        UniqueConstraint("from_agency_id", "book", "year", "number"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("from_agency_id <> to_agency_id", name="two_bodies"),
        CheckConstraint("reply_due >= issued_on", name="reply_after_issue"),
        CheckConstraint("(number IS NULL) = (numbered_at IS NULL)", name="number_and_when"),
        CheckConstraint("(ended_on IS NULL) = (ending IS NULL)", name="ended_how"),
        CheckConstraint("ended_on IS NULL OR ended_on >= issued_on", name="ended_after_issue"),
        Index("ix_urging_letter_to", "to_agency_id", "issued_on", "id"),
        Index("ix_urging_letter_from", "from_agency_id", "issued_on", "id"),
        Index("ix_urging_letter_order", "issued_on", "id"),
        Index("ix_urging_letter_waiting", "reply_due", postgresql_where=_WAITING, sqlite_where=_WAITING),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    from_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    to_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    issued_on: Mapped[date]
    issued_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reply_due: Mapped[date]
    reply_basis: Mapped[ReplyBasis] = mapped_column(enum_type(ReplyBasis))
    reply_days: Mapped[int | None]
    form_key: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[str] = mapped_column(String(20))
    book: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    number: Mapped[int | None]
    symbol: Mapped[str] = mapped_column(String(60))
    numbered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    numbered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    signer_title: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[SigningCapacity] = mapped_column(enum_type(SigningCapacity))
    ended_on: Mapped[date | None]
    ending: Mapped[UrgingEnd | None] = mapped_column(enum_type(UrgingEnd))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class UrgedCase(Base):
    """A case a letter is about, with the date it was late by then, and its event. Append-only."""

    __tablename__ = "urged_case"
    __table_args__ = (
        UniqueConstraint("letter_id", "ordinal"),
        Index("ix_urged_case_case", "case_id"),
    )

    letter_id: Mapped[int] = mapped_column(ForeignKey("urging_letter.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    ordinal: Mapped[int]
    deadline_id: Mapped[int | None] = mapped_column(ForeignKey("deadline.id"))
    step: Mapped[Step | None] = mapped_column(enum_type(Step))
    due: Mapped[date | None]
    days_late: Mapped[int] = mapped_column(default=0)
    event_seq: Mapped[int]


class UrgingAnswer(Base):
    """What ended the waiting: the urged body's reply, or why the issuer waits no longer. Append-only."""

    __tablename__ = "urging_answer"
    __table_args__ = (CheckConstraint(_ONE_FORM, name="one_form"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("urging_letter.id"), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
