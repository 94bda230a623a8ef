"""The case (the matter), its papers, its people and what ties it to other cases."""

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
from petitions.models.base import FAR, enum_type
from workflows.records import (
    AgencyRole,
    BarReason,
    IdKind,
    LinkKind,
    PartyRole,
    RespondentKind,
    Source,
)
from workflows.vocabulary import Coarse, Complexity, Kind, Protection, State, Subkind


class Case(Base):
    """One matter. Narrow on purpose: texts, people and clocks live beside it, lists read only this row.

    ``facts`` is the calculator's fact set of this case, ``marks`` the recorded things its guards ask
    for; both, like every state column, are written by ``petitions.ledger`` alone. ``received_on`` is
    the present custodian's day of receipt, ``first_received_on`` that of the first body.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("instance IN (1, 2)", name="instance"),
        CheckConstraint("group_size >= 1", name="group_size"),
        CheckConstraint("received_on >= first_received_on", name="receipt_order"),
        CheckConstraint("kind = 'complaint' OR subkind IS NULL", name="subkind_of_complaint"),
        Index("ix_case_queue", "agency_id", "next_due", "id", postgresql_where=text("open"), sqlite_where=text("open = 1")),
        Index("ix_case_officer", "officer_id", "next_due", "id", postgresql_where=text("open"), sqlite_where=text("open = 1")),
        Index("ix_case_province", "next_due", "id", postgresql_where=text("open"), sqlite_where=text("open = 1")),
        Index("ix_case_look", "next_look", "id", postgresql_where=text("open"), sqlite_where=text("open = 1")),
        Index("ix_case_agency_received", "agency_id", "received_on"),
        Index("ix_case_place_field", "place_id", "field_id"),
        Index("ix_case_project", "project_id"),
        Index("ix_case_forwarder", "forwarder_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind] = mapped_column(enum_type(Kind))
    subkind: Mapped[Subkind | None] = mapped_column(enum_type(Subkind))
    instance: Mapped[int] = mapped_column(default=1)
    state: Mapped[State] = mapped_column(enum_type(State))
    coarse: Mapped[Coarse] = mapped_column(enum_type(Coarse))
    came_from: Mapped[State | None] = mapped_column(enum_type(State, "came_from"))
    open: Mapped[bool] = mapped_column(default=True)
    complexity: Mapped[Complexity] = mapped_column(
        enum_type(Complexity), default=Complexity.ORDINARY
    )
    remote: Mapped[bool] = mapped_column(default=False)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    origin_agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    competent: Mapped[bool] = mapped_column(default=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    received_on: Mapped[date]
    first_received_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_on: Mapped[date]
    closed_on: Mapped[date | None]
    ended_seq: Mapped[int | None]
    paused_since: Mapped[date | None]
    stayed_until: Mapped[date | None]
    protection: Mapped[Protection] = mapped_column(enum_type(Protection), default=Protection.NONE)
    wants_protection: Mapped[bool] = mapped_column(default=False)
    wants_result: Mapped[bool] = mapped_column(default=False)
    anonymous: Mapped[bool] = mapped_column(default=False)
    group_size: Mapped[int] = mapped_column(default=1)
    official_conduct: Mapped[bool] = mapped_column(default=False)
    security_risk: Mapped[bool] = mapped_column(default=False)
    source: Mapped[Source] = mapped_column(enum_type(Source))
    forwarder_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    summary: Mapped[str] = mapped_column(String(300))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)
    next_due: Mapped[date] = mapped_column(default=FAR)
    next_step: Mapped[str | None] = mapped_column(String(40))
    next_look: Mapped[date] = mapped_column(default=FAR)
    event_seq: Mapped[int] = mapped_column(default=0)
    event_hash: Mapped[str] = mapped_column(String(64), default="")
    imported_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    imported_hash: Mapped[str | None] = mapped_column(String(64))

    __mapper_args__ = {"version_id_col": version}


class CaseText(Base):
    """The long texts of a case. Of a denunciation only the redacted wording is kept here."""

    __tablename__ = "case_text"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    content: Mapped[str]
    demand: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None] = mapped_column(String(40))
    interpreter: Mapped[bool] = mapped_column(default=False)
    fingerprint: Mapped[bool] = mapped_column(default=False)
    handled_before: Mapped[str] = mapped_column(default="")
    search: Mapped[str]


class Petition(Base):
    """One paper about the matter: a case may have several, from several senders and copies to other bodies."""

    __tablename__ = "petition"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal"),
        UniqueConstraint("agency_id", "register_year", "register_number"),
        CheckConstraint(
            "written_on IS NULL OR written_on <= received_on", name="written_before_received"
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    ordinal: Mapped[int] = mapped_column(default=1)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    register_year: Mapped[int]
    register_number: Mapped[int]
    source: Mapped[Source] = mapped_column(enum_type(Source))
    written_on: Mapped[date | None]
    received_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    forwarder_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    forwarder_body_id: Mapped[int | None] = mapped_column(ForeignKey("outside_body.id"))
    forward_number: Mapped[str | None] = mapped_column(String(60))
    forward_on: Mapped[date | None]
    copies_to: Mapped[str | None] = mapped_column(String(500))
    originals: Mapped[str | None] = mapped_column(String(500))
    signed: Mapped[bool] = mapped_column(default=True)


class Receipt(Base):
    """A later body's receipt of a case transferred to it: its own register number."""

    __tablename__ = "receipt"
    __table_args__ = (
        UniqueConstraint("agency_id", "register_year", "register_number"),
        Index("ix_receipt_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    received_on: Mapped[date]
    register_year: Mapped[int]
    register_number: Mapped[int]


class Party(Base):
    """A person or body who petitions, represents or assists. A sealed party keeps nothing readable here."""

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint(
            "NOT sealed OR (name IS NULL AND folded_name IS NULL AND id_number IS NULL "
            "AND phone IS NULL AND address IS NULL AND birth_year IS NULL AND birth_on IS NULL "
            "AND sex IS NULL AND ethnicity IS NULL AND document IS NULL AND lawyer_card IS NULL "
            "AND id_issued_on IS NULL AND id_issued_by IS NULL)",
            name="sealed_keeps_nothing",
        ),
        CheckConstraint("sealed OR name IS NOT NULL", name="name_or_sealed"),
        UniqueConstraint("case_id", "ordinal"),
        Index("ix_party_folded", "folded_name"),
        Index("ix_party_id_number", "id_number"),
        Index("ix_party_phone", "phone"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    ordinal: Mapped[int]
    role: Mapped[PartyRole] = mapped_column(enum_type(PartyRole))
    sealed: Mapped[bool] = mapped_column(default=False)
    is_body: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str | None] = mapped_column(String(255))
    folded_name: Mapped[str | None] = mapped_column(String(255))
    birth_on: Mapped[date | None]
    birth_year: Mapped[int | None]
    sex: Mapped[str | None] = mapped_column(String(10))
    id_kind: Mapped[IdKind] = mapped_column(enum_type(IdKind), default=IdKind.NONE)
    id_number: Mapped[str | None] = mapped_column(String(40))
    id_issued_on: Mapped[date | None]
    id_issued_by: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(300))
    ethnicity: Mapped[str | None] = mapped_column(String(60))
    lawyer_card: Mapped[str | None] = mapped_column(String(60))
    document: Mapped[str | None] = mapped_column(String(160))
    is_representative: Mapped[bool] = mapped_column(default=False)
    signed: Mapped[bool] = mapped_column(default=True)
    withdrew_on: Mapped[date | None]


class SealedIdentity(Base):
    """A denouncer: encrypted under the case's key and bound to this row."""

    __tablename__ = "sealed_identity"

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    blob: Mapped[bytes] = mapped_column(LargeBinary)


class BlindIndex(Base):
    """Keyed digests by which a sealed person is matched exactly, and in no other way."""

    __tablename__ = "blind_index"
    __table_args__ = (Index("ix_blind_index_digest", "digest"),)

    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    label: Mapped[str] = mapped_column(String(20), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class CaseKey(Base):
    """The case's data key, wrapped under a master key that is not in the database."""

    __tablename__ = "case_key"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_original: Mapped[bytes | None] = mapped_column(LargeBinary)


class IdentityGrant(Base):
    """A named duty to open a denouncer's identity in one case. Being assigned does not bring it along."""

    __tablename__ = "identity_grant"
    __table_args__ = (UniqueConstraint("case_id", "user_id", "granted_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    granted_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(String(300))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Respondent(Base):
    """Whom or what the petition is about; a user or section of the system is shut out of the case by it."""

    __tablename__ = "respondent"
    __table_args__ = (
        UniqueConstraint("case_id", "ordinal"),
        Index("ix_respondent_folded", "folded_name"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    ordinal: Mapped[int]
    kind: Mapped[RespondentKind] = mapped_column(enum_type(RespondentKind))
    name: Mapped[str] = mapped_column(String(255))
    folded_name: Mapped[str] = mapped_column(String(255))
    position: Mapped[str | None] = mapped_column(String(160))
    workplace: Mapped[str | None] = mapped_column(String(255))
    address: Mapped[str | None] = mapped_column(String(300))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class CaseBar(Base):
    """A person or a unit that must not know of this case, under any hat."""

    __tablename__ = "case_bar"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (unit_id IS NULL)", name="one_of"),
        Index("ix_case_bar_case", "case_id"),
        Index("ix_case_bar_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    reason: Mapped[BarReason] = mapped_column(enum_type(BarReason))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CaseAgency(Base):
    """What an agency is in this case besides (or before) having custody; it keeps the case in its scope."""

    __tablename__ = "case_agency"
    __table_args__ = (Index("ix_case_agency_agency", "agency_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    role: Mapped[AgencyRole] = mapped_column(enum_type(AgencyRole), primary_key=True)
    since: Mapped[date]
    until: Mapped[date | None]


class Assignment(Base):
    """A person charged with something in a case; for a denunciation the only way in besides the head."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_user", "user_id", "case_id"),
        Index("ix_assignment_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    duty: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    until: Mapped[date | None]


class CaseLink(Base):
    """Two cases that belong together, and why."""

    __tablename__ = "case_link"
    __table_args__ = (
        CheckConstraint("from_case_id <> to_case_id", name="two_cases"),
        Index("ix_case_link_to", "to_case_id"),
    )

    from_case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    to_case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    kind: Mapped[LinkKind] = mapped_column(enum_type(LinkKind), primary_key=True)
    since: Mapped[date]
    undone_on: Mapped[date | None]


class ContestedAct(Base):
    """The administrative decision or act complained of; the limitation runs from its receipt."""

    __tablename__ = "contested_act"
    __table_args__ = (Index("ix_contested_act_number", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), unique=True)
    is_decision: Mapped[bool] = mapped_column(default=True)
    number: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    issuer: Mapped[str | None] = mapped_column(String(255))
    issuer_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    received_on: Mapped[date | None]
    description: Mapped[str | None] = mapped_column(String(500))


class PriorSettlement(Base):
    """How the matter was settled before, also by bodies outside the system."""

    __tablename__ = "prior_settlement"
    __table_args__ = (Index("ix_prior_settlement_case", "case_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    body: Mapped[str] = mapped_column(String(255))
    instance: Mapped[int | None]
    form: Mapped[str] = mapped_column(String(60))
    number: Mapped[str | None] = mapped_column(String(60))
    issued_on: Mapped[date | None]
    summary: Mapped[str] = mapped_column(String(500), default="")
    may_sue: Mapped[bool | None]


class LandParcel(Base):
    """The parcel in dispute; area in square metres, exact."""

    __tablename__ = "land_parcel"
    __table_args__ = (
        Index("ix_land_parcel_case", "case_id"),
        Index("ix_land_parcel_parcel", "place_id", "sheet", "parcel"),
        CheckConstraint("area_m2 IS NULL OR area_m2 >= 0", name="area"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    sheet: Mapped[str] = mapped_column(String(20))
    parcel: Mapped[str] = mapped_column(String(20))
    area_m2: Mapped[Decimal | None] = mapped_column(Numeric(14, 2, asdecimal=True))
    land_kind: Mapped[str | None] = mapped_column(String(60))
