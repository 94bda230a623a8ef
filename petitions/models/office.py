"""The office's own papers: routes, proposals on their way up, hops on their way down, opinions, books.

Free words about a case stand in ``words``, or in ``sealed`` under the case's key when it is a
denunciation; never in both.
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
from workflows.office import (
    HELD,
    HopState,
    Numbering,
    OpinionKind,
    ReplyKind,
    RouteShape,
    Sending,
    SigningCapacity,
    SubmissionStatus,
    TeamRole,
    Verdict,
    Work,
)
from workflows.vocabulary import Role

_ONE_FORM = "words IS NULL OR sealed IS NULL"
_HELD = ", ".join(f"'{status.value}'" for status in sorted(HELD))
_LIVE = text(f"action IS NOT NULL AND status IN ({_HELD})")
_OPEN_HOP = text("state = 'open'")


class Route(Base):
    """The way of one kind of work through one agency, as long as it is in force."""

    __tablename__ = "route"
    __table_args__ = (
        UniqueConstraint("agency_id", "work", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="life"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    work: Mapped[Work] = mapped_column(enum_type(Work))
    shape: Mapped[RouteShape] = mapped_column(enum_type(RouteShape))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class RouteStep(Base):
    """One approver of a route, counted from the author up; the last one signs.

    ``agency_id`` is another body whose person approves (an advising body's head before the chair);
    ``days`` are the working days the step may take.
    """

    __tablename__ = "route_step"
    __table_args__ = (
        CheckConstraint("ordinal BETWEEN 1 AND 3", name="three_at_most"),
        CheckConstraint("days > 0", name="positive"),
    )

    route_id: Mapped[int] = mapped_column(ForeignKey("route.id"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    days: Mapped[int]


class Submission(Base):
    """A proposal with its draft letter (tờ trình). ``holder_id`` is whose table it lies on.

    ``path`` is the route frozen at drafting: for each approver the role, the agency and the working
    days. ``step`` 0 is the author, ``len(path)`` the signer. ``words`` hold the payload of the
    proposed act (``given``) and the letter's own fields (``fields``).
    """

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint(f"(status IN ({_HELD})) = (holder_id IS NOT NULL)", name="one_holder"),
        CheckConstraint("action IS NOT NULL OR form_key IS NOT NULL", name="proposes_something"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("step >= 0", name="step"),
        Index("uq_submission_one_live", "case_id", "action", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE),
        Index("ix_submission_holder", "holder_id", "status"),
        Index("ix_submission_author", "author_id", "status"),
        Index("ix_submission_agency_status", "agency_id", "status"),
        Index("ix_submission_case", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    work: Mapped[Work] = mapped_column(enum_type(Work))
    action: Mapped[str | None] = mapped_column(String(40))
    form_key: Mapped[str | None] = mapped_column(String(40))
    path: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    step: Mapped[int] = mapped_column(default=0)
    status: Mapped[SubmissionStatus] = mapped_column(enum_type(SubmissionStatus))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    due: Mapped[date | None]
    legal_due: Mapped[date | None]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    moved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signed_on: Mapped[date | None]
    event_seq: Mapped[int | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class SubmissionRound(Base):
    """One round of a proposal: who did what with which opinion. Append-only (the database refuses change)."""

    __tablename__ = "submission_round"
    __table_args__ = (
        UniqueConstraint("submission_id", "seq"),
        CheckConstraint(_ONE_FORM, name="one_form"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    seq: Mapped[int]
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    from_step: Mapped[int]
    to_step: Mapped[int]
    to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    due: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Hop(Base):
    """One hop of a file through the office, with the giver's direction and an internal date.

    ``informed_id`` is the section head told when a leader gives a file straight to an expert.
    """

    __tablename__ = "hop"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="open_or_ended"),
        Index("uq_hop_one_open", "case_id", unique=True, postgresql_where=_OPEN_HOP, sqlite_where=_OPEN_HOP),
        Index("ix_hop_to", "to_id", "state"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    ordinal: Mapped[int]
    from_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    informed_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_on: Mapped[date]
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due: Mapped[date | None]
    legal_due: Mapped[date | None]
    state: Mapped[HopState] = mapped_column(enum_type(HopState))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    event_seq: Mapped[int | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Opinion(Base):
    """A direction or an opinion about a case, kept apart from the record. Append-only."""

    __tablename__ = "opinion"
    __table_args__ = (
        CheckConstraint(_ONE_FORM, name="one_form"),
        Index("ix_opinion_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[OpinionKind] = mapped_column(enum_type(OpinionKind))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Follower(Base):
    """Somebody who wants to hear of a case; being one shows nothing the scope hides."""

    __tablename__ = "follower"
    __table_args__ = (Index("ix_follower_user", "user_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    since: Mapped[date]


class Letterhead(Base):
    """How an agency's letters look for a time; what is empty comes from the tree of agencies."""

    __tablename__ = "letterhead"
    __table_args__ = (
        UniqueConstraint("agency_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="life"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    parent_line: Mapped[str | None] = mapped_column(String(255))
    name_line: Mapped[str | None] = mapped_column(String(255))
    place_name: Mapped[str | None] = mapped_column(String(120))
    abbreviation: Mapped[str | None] = mapped_column(String(30))
    unit_abbreviation: Mapped[str | None] = mapped_column(String(30))
    function_document: Mapped[str | None] = mapped_column(String(500))
    file_unit: Mapped[str | None] = mapped_column(String(60))
    numbering: Mapped[Numbering] = mapped_column(enum_type(Numbering), default=Numbering.ONE)


class LetterTemplate(Base):
    """An agency's own Word template of a form, checked when it was uploaded."""

    __tablename__ = "letter_template"
    __table_args__ = (UniqueConstraint("agency_id", "form_key", "form_version", "valid_from"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    form_key: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OutgoingDocument(Base):
    """A signed document: it exists from the signature on, gets its number from the clerk, then leaves.

    ``issued_on`` is the date printed on it and never changes. ``words`` hold its subject, addressee
    and the values it was made of; the file lies outside the database under a random name.
    """

    __tablename__ = "outgoing_document"
    __table_args__ = (
        UniqueConstraint("agency_id", "book", "year", "number"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("(number IS NULL) = (numbered_at IS NULL)", name="number_and_when"),
        CheckConstraint("sent_on IS NULL OR number IS NOT NULL", name="sent_only_numbered"),
        CheckConstraint("sent_on IS NULL OR sent_on >= issued_on", name="sent_after_issue"),
        CheckConstraint("served_on IS NULL OR served_on >= issued_on", name="served_after_issue"),
        Index("ix_outgoing_agency_year", "agency_id", "year", "issued_on"),
        Index("ix_outgoing_unsent", "agency_id", "issued_on", "id", postgresql_where=text("sent_on IS NULL"), sqlite_where=text("sent_on IS NULL")),
        Index("ix_outgoing_case", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), unique=True)
    event_seq: Mapped[int | None]
    form_key: Mapped[str] = mapped_column(String(40))
    form_version: Mapped[str] = mapped_column(String(20))
    template_sha256: Mapped[str] = mapped_column(String(64))
    book: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    number: Mapped[int | None]
    symbol: Mapped[str] = mapped_column(String(60))
    issued_on: Mapped[date]
    signer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    signer_title: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[SigningCapacity] = mapped_column(enum_type(SigningCapacity))
    collective: Mapped[bool] = mapped_column(default=False)
    authority: Mapped[str | None] = mapped_column(String(160))
    stamped: Mapped[bool] = mapped_column(default=False)
    numbered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    numbered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_by: Mapped[Sending | None] = mapped_column(enum_type(Sending))
    sent_on: Mapped[date | None]
    served_on: Mapped[date | None]
    proof: Mapped[str | None] = mapped_column(String(160))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    stored_name: Mapped[str | None] = mapped_column(String(80), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class IncomingDocument(Base):
    """A document that came in, entered in the agency's book with the next number of the year."""

    __tablename__ = "incoming_document"
    __table_args__ = (
        UniqueConstraint("agency_id", "year", "number"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        CheckConstraint("dated_on IS NULL OR dated_on <= arrived_on", name="dated_before_arrival"),
        CheckConstraint("sender_agency_id IS NULL OR sender_body_id IS NULL", name="one_sender"),
        Index("ix_incoming_agency_arrived", "agency_id", "arrived_on"),
        Index("ix_incoming_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    year: Mapped[int]
    number: Mapped[int]
    arrived_on: Mapped[date]
    sender_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    sender_body_id: Mapped[int | None] = mapped_column(ForeignKey("outside_body.id"))
    reference: Mapped[str | None] = mapped_column(String(60))
    dated_on: Mapped[date | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"))
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing_document.id"))
    handed_to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class AwaitedReply(Base):
    """Something an agency asked of another body and waits to hear about, with its reply clock."""

    __tablename__ = "awaited_reply"
    __table_args__ = (
        CheckConstraint("NOT (to_agency_id IS NOT NULL AND to_body_id IS NOT NULL)", name="one_addressee"),
        CheckConstraint("answered_on IS NULL OR answered_on >= asked_on", name="answered_after"),
        CheckConstraint(_ONE_FORM, name="one_form"),
        Index("ix_awaited_agency", "agency_id", "answered_on", "due"),
        Index("ix_awaited_to", "to_agency_id", "answered_on"),
        Index("ix_awaited_case", "case_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[ReplyKind] = mapped_column(enum_type(ReplyKind))
    to_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    to_body_id: Mapped[int | None] = mapped_column(ForeignKey("outside_body.id"))
    event_seq: Mapped[int | None]
    asked_on: Mapped[date]
    due: Mapped[date | None]
    answered_on: Mapped[date | None]
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    __mapper_args__ = {"version_id_col": version}


class TeamMember(Base):
    """A member of the team that verifies a case, in the agency that leads or shares in it."""

    __tablename__ = "team_member"
    __table_args__ = (
        UniqueConstraint("case_id", "user_id", "since"),
        CheckConstraint("until IS NULL OR until >= since", name="life"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[TeamRole] = mapped_column(enum_type(TeamRole))
    since: Mapped[date]
    until: Mapped[date | None]


class VerificationDone(Base):
    """A step of the verification checklist that was done, with the paper that shows it."""

    __tablename__ = "verification_done"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(40), primary_key=True)
    done_on: Mapped[date]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
