"""The ledger's events, the clocks they start, and what proceedings leave behind."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.records import ClockState, CopyKind, Finding, Nature
from workflows.vocabulary import Role, Step


class Event(Base):
    """One act in a case's ledger. Append-only (the database refuses change), hash-chained per case.

    ``data`` holds nothing personal; personal values stand in ``EventDetail`` and only their salted
    ``commitment`` is part of the hash, so that they can be erased and the chain still verifies.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("case_id", "seq"),
        Index("ix_event_recorded", "recorded_at"),
        Index("ix_event_agency_action_on", "agency_id", "action", "on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    seq: Mapped[int]
    action: Mapped[str] = mapped_column(String(40))
    state_from: Mapped[str | None] = mapped_column(String(40))
    state_to: Mapped[str] = mapped_column(String(40))
    on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role | None] = mapped_column(enum_type(Role))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    commitment: Mapped[str | None] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class EventDetail(Base):
    """Personal values of an event beside the chain: readable, or sealed under the case's key."""

    __tablename__ = "event_detail"
    __table_args__ = (
        CheckConstraint("salt IS NULL OR (content IS NULL) <> (sealed IS NULL)", name="one_form"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str | None] = mapped_column(String(64))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Deadline(Base):
    """One clock of a case. ``due`` is the legal end; the rule it was counted by is frozen beside it.

    ``occurrence`` counts restarts of the same clock (a new custodian, a second suspension),
    ``version`` its moves. ``near_from`` is the first day it counts as near. ``closed_seq`` is the event
    that met or ended it, so that undoing that event can revive it.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint("case_id", "step", "nature", "occurrence"),
        Index("ix_deadline_running_due", "due", postgresql_where=text("state = 'running'"), sqlite_where=text("state = 'running'")),
        Index("ix_deadline_agency", "agency_id", "state", "due"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    step: Mapped[Step] = mapped_column(enum_type(Step))
    nature: Mapped[Nature] = mapped_column(enum_type(Nature), default=Nature.STATUTORY)
    occurrence: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    trigger_fact: Mapped[str] = mapped_column(String(60))
    trigger_on: Mapped[date]
    nominal_end: Mapped[date | None]
    due: Mapped[date | None]
    safe: Mapped[date | None]
    near_from: Mapped[date | None]
    provisional: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[str] = mapped_column(String(40))
    row_key: Mapped[str] = mapped_column(String(80))
    citation: Mapped[str] = mapped_column(String(300))
    explanation: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[ClockState] = mapped_column(enum_type(ClockState))
    closed_on: Mapped[date | None]
    closed_seq: Mapped[int | None]


AMOUNT_COLUMNS = {
    "money": "money_dong",
    "land": "land_m2",
    "returned_money": "returned_money_dong",
    "returned_land": "returned_land_m2",
    "bodies_money": "bodies_money_dong",
    "bodies_land": "bodies_land_m2",
    "people": "people",
}
"""Column of each amount, the same in a decision and in an entry of what was carried out."""


class Decision(Base):
    """A settlement decision, a conclusion or an answer: its number, result and what it grants, counted exactly.

    ``money_dong`` and ``land_m2`` are to be recovered for the State, ``returned_…`` to be given back to
    individuals, ``bodies_…`` to organisations, ``people`` to be handled. ``finding`` is None in
    decisions older than the field and in answers.
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_case", "case_id"),
        CheckConstraint("money_dong IS NULL OR money_dong >= 0", name="money"),
        CheckConstraint("returned_money_dong IS NULL OR returned_money_dong >= 0", name="returned_money"),
        CheckConstraint("bodies_money_dong IS NULL OR bodies_money_dong >= 0", name="bodies_money"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    event_seq: Mapped[int]
    form: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None]
    issued_on: Mapped[date]
    result: Mapped[str | None]
    finding: Mapped[Finding | None] = mapped_column(enum_type(Finding))
    money_dong: Mapped[int | None] = mapped_column(Key)
    land_m2: Mapped[Decimal | None] = mapped_column(Numeric(14, 2, asdecimal=True))
    returned_money_dong: Mapped[int | None] = mapped_column(Key)
    returned_land_m2: Mapped[Decimal | None] = mapped_column(Numeric(14, 2, asdecimal=True))
    bodies_money_dong: Mapped[int | None] = mapped_column(Key)
    bodies_land_m2: Mapped[Decimal | None] = mapped_column(Numeric(14, 2, asdecimal=True))
    people: Mapped[int | None]
    served_on: Mapped[date | None]


class EnforcementEntry(Base):
    """What was carried out of a decision on one day; entries of one decision add up. Append-only."""

    __tablename__ = "enforcement_entry"
    __table_args__ = (
        UniqueConstraint("decision_id", "seq"),
        Index("ix_enforcement_case", "case_id"),
        CheckConstraint(
            "money_dong >= 0 AND returned_money_dong >= 0 AND bodies_money_dong >= 0", name="money"
        ),
        CheckConstraint(
            "land_m2 >= 0 AND returned_land_m2 >= 0 AND bodies_land_m2 >= 0 AND people >= 0",
            name="counts",
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    seq: Mapped[int]
    event_seq: Mapped[int]
    on: Mapped[date]
    document: Mapped[str] = mapped_column(String(160), default="")
    money_dong: Mapped[int] = mapped_column(Key, default=0)
    land_m2: Mapped[Decimal] = mapped_column(Numeric(14, 2, asdecimal=True), default=0)
    returned_money_dong: Mapped[int] = mapped_column(Key, default=0)
    returned_land_m2: Mapped[Decimal] = mapped_column(Numeric(14, 2, asdecimal=True), default=0)
    bodies_money_dong: Mapped[int] = mapped_column(Key, default=0)
    bodies_land_m2: Mapped[Decimal] = mapped_column(Numeric(14, 2, asdecimal=True), default=0)
    people: Mapped[int] = mapped_column(default=0)


class Dialogue(Base):
    """A dialogue planned, held or missed in a complaint (or a meeting in a recommendation).

    ``head_in_person``: the head chairs it and nobody in the head's place; ``None`` where nobody said.
    """

    __tablename__ = "dialogue"
    __table_args__ = (
        Index("ix_dialogue_case", "case_id"),
        Index("ix_dialogue_planned", "planned_on"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    planned_on: Mapped[date]
    place: Mapped[str]
    starts_at: Mapped[str | None] = mapped_column(String(5))
    chair: Mapped[str | None] = mapped_column(String(160))
    notice_on: Mapped[date | None]
    held_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(40))
    head_in_person: Mapped[bool | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}


class Evidence(Base):
    """A paper or recording in the file, in its order; the bytes lie outside the database under a random name."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("case_id", "ordinal"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    petition_id: Mapped[int | None] = mapped_column(ForeignKey("petition.id"))
    ordinal: Mapped[int]
    title: Mapped[str] = mapped_column(String(255))
    copy_kind: Mapped[CopyKind] = mapped_column(enum_type(CopyKind))
    step: Mapped[str | None] = mapped_column(String(40))
    supplier: Mapped[str | None] = mapped_column(String(160))
    receipt: Mapped[str | None] = mapped_column(String(60))
    received_on: Mapped[date]
    sealed: Mapped[bool] = mapped_column(default=False)
    stored_name: Mapped[str | None] = mapped_column(String(80), unique=True)
    media_type: Mapped[str | None] = mapped_column(String(120))
    extension: Mapped[str | None] = mapped_column(String(10))
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    added_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
