"""What heads undertook before people, and who follows it up; the parts of a dialogue."""

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
from workflows.commitments import (
    Attendance,
    CommitmentKind,
    CommitmentRole,
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
    Occasion,
    OpenDialogueStatus,
    Side,
)

_ONE_FORM = "words IS NULL OR sealed IS NULL"
_UNDONE = text("status IN ('open', 'reported')")


class DialogueAttendee(Base):
    """Somebody invited to a dialogue, and whether they came."""

    __tablename__ = "dialogue_attendee"
    __table_args__ = (UniqueConstraint("dialogue_id", "ordinal"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    dialogue_id: Mapped[int] = mapped_column(ForeignKey("dialogue.id"))
    ordinal: Mapped[int]
    side: Mapped[Side] = mapped_column(enum_type(Side))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    name: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(160), default="")
    invited_on: Mapped[date | None]
    attendance: Mapped[Attendance | None] = mapped_column(enum_type(Attendance))
    reason: Mapped[str] = mapped_column(String(300), default="")


class DialoguePoint(Base):
    """A point of a dialogue on which the sides agreed, or still differ."""

    __tablename__ = "dialogue_point"
    __table_args__ = (UniqueConstraint("dialogue_id", "ordinal"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    dialogue_id: Mapped[int] = mapped_column(ForeignKey("dialogue.id"))
    ordinal: Mapped[int]
    agreed: Mapped[bool]
    content: Mapped[str]


class OpenDialogue(Base):
    """A head's dialogue with people that needs no case: in the year's plan, held, with its topics."""

    __tablename__ = "open_dialogue"
    __table_args__ = (
        CheckConstraint("people IS NULL OR people >= 0", name="people"),
        CheckConstraint("(status = 'held') = (held_on IS NOT NULL)", name="held_when"),
        CheckConstraint("status NOT IN ('postponed', 'cancelled') OR reason <> ''", name="why"),
        Index("ix_open_dialogue_agency_day", "agency_id", "planned_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    planned_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(255))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    topics: Mapped[str]
    status: Mapped[OpenDialogueStatus] = mapped_column(enum_type(OpenDialogueStatus))
    posted_on: Mapped[date | None]
    held_on: Mapped[date | None]
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    held_in_person: Mapped[bool] = mapped_column(default=False)
    people: Mapped[int | None]
    participants: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    summary: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class Promise(Base):
    """A promise made to voters or after questioning; its commitment says who keeps it and by when."""

    __tablename__ = "promise"
    __table_args__ = (
        UniqueConstraint("agency_id", "imported_key"),
        CheckConstraint("answered_on IS NULL OR answered_on >= made_on", name="answered_after"),
        Index("ix_promise_agency_made", "agency_id", "made_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    occasion: Mapped[Occasion] = mapped_column(enum_type(Occasion))
    made_by: Mapped[str] = mapped_column(String(160))
    made_on: Mapped[date]
    made_at: Mapped[str] = mapped_column(String(255))
    term: Mapped[str] = mapped_column(String(60), default="")
    meeting: Mapped[str] = mapped_column(String(120), default="")
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    checking_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    answer: Mapped[str] = mapped_column(default="")
    answered_on: Mapped[date | None]
    imported_key: Mapped[str | None] = mapped_column(String(80))
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class Commitment(Base):
    """Something one body is to do by a day, because it was undertaken before people.

    ``agency_id`` keeps it and confirms it done, ``lead_agency_id`` does it. Of a case's dialogue
    ``case_id`` is the case; of a session it may belong to a visit. ``words`` hold ``what`` is to be
    done and, sealed with it for a confidential visit, nothing else: reports and reasons stand in the
    history.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("(source = 'dialogue') = (dialogue_id IS NOT NULL)", name="of_dialogue"),
        CheckConstraint("(source = 'session') = (session_id IS NOT NULL)", name="of_session"),
        CheckConstraint("(source = 'open_dialogue') = (open_dialogue_id IS NOT NULL)", name="of_open_dialogue"),
        CheckConstraint("(source = 'promise') = (promise_id IS NOT NULL)", name="of_promise"),
        CheckConstraint("visit_id IS NULL OR session_id IS NOT NULL", name="visit_in_session"),
        CheckConstraint("(status IN ('done', 'dropped')) = (ended_on IS NOT NULL)", name="ended_when"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        Index("ix_commitment_agency", "agency_id", "status", "due"),
        Index("ix_commitment_lead", "lead_agency_id", "status", "due"),
        Index("ix_commitment_undone", "due", "id", postgresql_where=_UNDONE, sqlite_where=_UNDONE),
        Index("ix_commitment_case", "case_id"),
        Index("ix_commitment_dialogue", "dialogue_id"),
        Index("ix_commitment_session", "session_id"),
        Index("ix_commitment_visit", "visit_id"),
        Index("ix_commitment_open_dialogue", "open_dialogue_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    source: Mapped[CommitmentSource] = mapped_column(enum_type(CommitmentSource))
    kind: Mapped[CommitmentKind] = mapped_column(enum_type(CommitmentKind))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    lead_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    dialogue_id: Mapped[int | None] = mapped_column(ForeignKey("dialogue.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("reception_session.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    open_dialogue_id: Mapped[int | None] = mapped_column(ForeignKey("open_dialogue.id"))
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promise.id"), unique=True)
    made_on: Mapped[date]
    due: Mapped[date]
    status: Mapped[CommitmentStatus] = mapped_column(enum_type(CommitmentStatus))
    ended_on: Mapped[date | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class CommitmentAgency(Base):
    """A body that works along with the lead, or watches over it."""

    __tablename__ = "commitment_agency"
    __table_args__ = (Index("ix_commitment_agency_agency", "agency_id", "commitment_id"),)

    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    role: Mapped[CommitmentRole] = mapped_column(enum_type(CommitmentRole), primary_key=True)


class CommitmentStep(Base):
    """One line of a commitment's history: what happened, when, why, with which paper. Append-only."""

    __tablename__ = "commitment_step"
    __table_args__ = (
        UniqueConstraint("commitment_id", "seq"),
        CheckConstraint(_ONE_FORM, name="one_form"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    seq: Mapped[int]
    verdict: Mapped[CommitmentVerdict] = mapped_column(enum_type(CommitmentVerdict))
    on: Mapped[date]
    due: Mapped[date | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    document: Mapped[str | None] = mapped_column(String(160))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
