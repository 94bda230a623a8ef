"""Citizen reception: sessions, who came, what came of it, and the papers of a session.

A visit about a denunciation (or one whose visitor asks for secrecy) is ``confidential``: it has a key
of its own, its words and its visitors are sealed under it from the first write.
"""

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
from workflows.reception import (
    Host,
    MeetingStatus,
    NoticeState,
    RefusalGround,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitOutcome,
    VisitState,
)
from workflows.records import IdKind
from workflows.vocabulary import Kind

_ONE_FORM = "words IS NULL OR sealed IS NULL"
_ONE_REGULAR = text("kind = 'regular' AND manner = 'office' AND status <> 'cancelled'")


class ReceptionSession(Base):
    """A day (or part of one) on which an agency receives citizens.

    ``host`` and ``host_id`` are who is to receive; ``held_by_id`` who did, ``held_in_person`` whether
    that was the head. A postponed session keeps its day and points to the new one.
    ``starts_at`` and ``ends_at`` are wall-clock times written HH:MM.
    """

    __tablename__ = "reception_session"
    __table_args__ = (
        CheckConstraint("manner <> 'mobile' OR place <> ''", name="mobile_has_place"),
        CheckConstraint("status <> 'postponed' OR reason IS NOT NULL", name="postponed_why"),
        CheckConstraint("status <> 'held' OR held_by_id IS NOT NULL", name="held_by_somebody"),
        CheckConstraint("posted_on IS NULL OR posted_on <= day", name="posted_before"),
        CheckConstraint("no_visitor = false OR status = 'held'", name="no_visitor_when_held"),
        Index("uq_session_one_regular", "agency_id", "day", unique=True, postgresql_where=_ONE_REGULAR, sqlite_where=_ONE_REGULAR),
        Index("ix_session_agency_day", "agency_id", "day"),
        Index("ix_session_day", "day"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[SessionKind] = mapped_column(enum_type(SessionKind))
    manner: Mapped[SessionManner] = mapped_column(enum_type(SessionManner))
    day: Mapped[date]
    starts_at: Mapped[str | None] = mapped_column(String(5))
    ends_at: Mapped[str | None] = mapped_column(String(5))
    place: Mapped[str] = mapped_column(String(255), default="")
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    topic: Mapped[str] = mapped_column(String(300), default="")
    host: Mapped[Host] = mapped_column(enum_type(Host))
    host_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    held_in_person: Mapped[bool] = mapped_column(default=False)
    participants: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    status: Mapped[SessionStatus] = mapped_column(enum_type(SessionStatus))
    reason: Mapped[str | None] = mapped_column(String(300))
    postponed_to_id: Mapped[int | None] = mapped_column(ForeignKey("reception_session.id"))
    posted_on: Mapped[date | None]
    posted_at: Mapped[str | None] = mapped_column(String(255))
    postponement_posted_on: Mapped[date | None]
    invited_on: Mapped[date | None]
    tested_on: Mapped[date | None]
    recording: Mapped[str | None] = mapped_column(String(255))
    no_visitor: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")
    created_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class Visit(Base):
    """One turn at reception (lượt tiếp): one person or a group, heard once.

    ``turn`` counts the visits of the same person in the same matter, the first being 1. ``words`` hold
    what was said (``summary``), the answer and the bodies named; ``refusal_due`` and ``result_due`` are
    legal ends counted when their day was known.
    """

    __tablename__ = "visit"
    __table_args__ = (
        UniqueConstraint("session_id", "queue_number"),
        CheckConstraint("people >= 1", name="people"),
        CheckConstraint("turn >= 1", name="turn"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("confidential = (wrapped IS NOT NULL)", name="key_when_confidential"),
        CheckConstraint("NOT confidential OR words IS NULL", name="confidential_sealed"),
        CheckConstraint("(state = 'done') = (outcome IS NOT NULL)", name="outcome_when_done"),
        CheckConstraint("outcome <> 'refused' OR refusal_ground IS NOT NULL", name="refused_why"),
        Index("ix_visit_case", "case_id"),
        Index("ix_visit_agency_arrived", "agency_id", "arrived_at"),
        Index("ix_visit_refusal_due", "refusal_due"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    session_id: Mapped[int] = mapped_column(ForeignKey("reception_session.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    queue_number: Mapped[int]
    arrived_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[VisitState] = mapped_column(enum_type(VisitState))
    kind: Mapped[Kind | None] = mapped_column(enum_type(Kind))
    confidential: Mapped[bool] = mapped_column(default=False)
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    people: Mapped[int] = mapped_column(default=1)
    turn: Mapped[int] = mapped_column(default=1)
    representatives_named: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(40))
    interpreter: Mapped[bool] = mapped_column(default=False)
    fingerprint: Mapped[bool] = mapped_column(default=False)
    security_risk: Mapped[bool] = mapped_column(default=False)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    competent: Mapped[bool | None]
    received_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    outcome: Mapped[VisitOutcome | None] = mapped_column(enum_type(VisitOutcome))
    outcome_on: Mapped[date | None]
    document: Mapped[str | None] = mapped_column(String(160))
    refusal_ground: Mapped[RefusalGround | None] = mapped_column(enum_type(RefusalGround))
    refusal_due: Mapped[date | None]
    result_due: Mapped[date | None]
    result_told_on: Mapped[date | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class Visitor(Base):
    """A person of a visit. In a confidential visit nothing readable is kept here."""

    __tablename__ = "visitor"
    __table_args__ = (
        UniqueConstraint("visit_id", "ordinal"),
        CheckConstraint("(sealed IS NULL) <> (name IS NULL)", name="name_or_sealed"),
        CheckConstraint(
            "sealed IS NULL OR (name IS NULL AND folded_name IS NULL AND birth_year IS NULL "
            "AND id_number IS NULL AND phone IS NULL AND address IS NULL)",
            name="sealed_keeps_nothing",
        ),
        Index("ix_visitor_folded", "folded_name"),
        Index("ix_visitor_id_number", "id_number"),
        Index("ix_visitor_phone", "phone"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    ordinal: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(255))
    folded_name: Mapped[str | None] = mapped_column(String(255))
    birth_year: Mapped[int | None]
    id_kind: Mapped[IdKind] = mapped_column(enum_type(IdKind), default=IdKind.NONE)
    id_number: Mapped[str | None] = mapped_column(String(40))
    phone: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(300))
    is_representative: Mapped[bool] = mapped_column(default=False)
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class VisitorBlind(Base):
    """Keyed digests by which a sealed visitor is matched exactly, and in no other way."""

    __tablename__ = "visitor_blind"
    __table_args__ = (Index("ix_visitor_blind_digest", "digest"),)

    visitor_id: Mapped[int] = mapped_column(ForeignKey("visitor.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class MeetingRequest(Base):
    """A visitor asks to meet the leader: yes with a session, or no with a reason.

    ``met_visit_id`` is the turn in the leader's session once the person has come to it.
    """

    __tablename__ = "meeting_request"
    __table_args__ = (
        CheckConstraint(
            "(status = 'agreed') = (session_id IS NOT NULL)", name="agreed_has_session"
        ),
        CheckConstraint(_ONE_FORM, name="one_form"),
        Index("ix_meeting_agency_status", "agency_id", "status"),
        CheckConstraint("met_visit_id IS NULL OR status = 'agreed'", name="met_when_agreed"),
        Index("ix_meeting_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), unique=True)
    met_visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    status: Mapped[MeetingStatus] = mapped_column(enum_type(MeetingStatus))
    asked_on: Mapped[date]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("reception_session.id"))
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_on: Mapped[date | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class ReceptionPaper(Base):
    """A refusal (form 01/TCD) or a conclusion notice: drafted, signed, numbered in the outgoing book.

    It belongs to a visit; ``session_id`` is set alone for a conclusion of the session as a whole.
    """

    __tablename__ = "reception_paper"
    __table_args__ = (
        UniqueConstraint("agency_id", "book", "year", "number"),
        CheckConstraint("(visit_id IS NULL) <> (session_id IS NULL)", name="one_of"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("(state = 'signed') = (issued_on IS NOT NULL)", name="signed_when"),
        CheckConstraint("(state = 'signed') = (signer_id IS NOT NULL)", name="signed_by"),
        CheckConstraint("sent_on IS NULL OR sent_on >= issued_on", name="sent_after_issue"),
        Index("ix_reception_paper_agency_state", "agency_id", "state"),
        Index("ix_reception_paper_visit", "visit_id"),
        Index("ix_reception_paper_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("reception_session.id"))
    form_key: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[str] = mapped_column(String(20))
    state: Mapped[NoticeState] = mapped_column(enum_type(NoticeState))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    due: Mapped[date | None]
    book: Mapped[str | None] = mapped_column(String(20))
    year: Mapped[int | None]
    number: Mapped[int | None]
    symbol: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    signer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signer_title: Mapped[str | None] = mapped_column(String(120))
    capacity: Mapped[SigningCapacity | None] = mapped_column(enum_type(SigningCapacity))
    sent_on: Mapped[date | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}
