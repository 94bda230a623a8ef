"""Everything one case page shows, in ten statements whatever the length of its history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import aliased

from config.database import db
from petitions import sealed_rows
from petitions.access import visible
from petitions.errors import NotFound
from petitions.installation import installation
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    CaseLink,
    CaseText,
    ContestedAct,
    Deadline,
    Event,
    EventDetail,
    Evidence,
    Field,
    Flag,
    IdentityGrant,
    LandParcel,
    OutsideBody,
    Party,
    Petition,
    Place,
    PriorSettlement,
    Project,
    Respondent,
    User,
)
from petitions.view import view
from workflows.casefile import CaseFile
from workflows.records import ClockState, CopyKind, LinkKind, Nature, Source
from workflows.vocabulary import (
    Action,
    Actor,
    Coarse,
    Complexity,
    Kind,
    Protection,
    Role,
    State,
    Step,
    Subkind,
)
from workflows.watch import FlagKind

TIMELINE = 200
"""Newest events shown on the page; older ones are opened from its end."""


@dataclass(frozen=True, slots=True)
class PersonShown:
    """Someone of the case. Of a sealed person only the role and ordinal are known here."""

    side: str
    ordinal: int
    role: str
    sealed: bool
    name: str | None
    more: tuple[tuple[str, str], ...]
    is_representative: bool
    withdrew_on: date | None


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock with its explanation."""

    id: int
    step: Step
    nature: Nature
    state: ClockState
    trigger_on: date
    nominal_end: date | None
    due: date | None
    safe: date | None
    near_from: date | None
    closed_on: date | None
    provisional: bool
    rule: str
    citation: str
    explanation: tuple[str, ...]

    def late_on(self, day: date) -> bool:
        """Whether the clock ran out before it was met, or before ``day``."""
        end = self.closed_on if self.state is ClockState.MET else day
        return (
            self.due is not None
            and end is not None
            and end > self.due
            and self.state is not ClockState.ENDED
        )


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the timeline. ``words`` are the personal values beside the chain."""

    seq: int
    action: Action
    state_to: State
    on: date
    recorded_at: datetime
    actor: str | None
    role: Role | None
    agency: str
    data: dict[str, Any]
    words: dict[str, Any]
    erased: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A flag that holds."""

    kind: FlagKind
    since: date
    evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case this one belongs with; only codes the reader may open are named."""

    kind: LinkKind
    outgoing: bool
    code: str
    summary: str


@dataclass(frozen=True, slots=True)
class PaperShown:
    """A paper of the case as registered."""

    ordinal: int
    agency: str
    register: str
    source: Source
    written_on: date | None
    received_on: date
    entered_at: datetime
    forwarder: str | None
    forward_number: str | None
    forward_on: date | None
    originals: str | None
    copies_to: str | None


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """A line of the evidence list."""

    id: int
    ordinal: int
    title: str
    copy_kind: CopyKind
    supplier: str | None
    received_on: date
    size: int | None
    extension: str | None
    sealed: bool


@dataclass(frozen=True, slots=True)
class PriorShown:
    """An earlier settlement."""

    body: str
    form: str
    instance: int | None
    number: str | None
    issued_on: date | None
    summary: str


@dataclass(frozen=True, slots=True)
class ParcelShown:
    """A land parcel; area in square metres."""

    sheet: str
    parcel: str
    area_m2: Decimal | None
    land_kind: str | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """The whole page."""

    id: int
    code: str
    version: int
    kind: Kind
    subkind: Subkind | None
    instance: int
    state: State
    coarse: Coarse
    open: bool
    complexity: Complexity
    remote: bool
    summary: str
    content: str
    demand: str
    handled_before: str
    language: str | None
    interpreter: bool
    fingerprint: bool
    received_on: date
    first_received_on: date
    entered_at: datetime
    closed_on: date | None
    paused_since: date | None
    stayed_until: date | None
    protection: Protection
    wants_protection: bool
    wants_result: bool
    anonymous: bool
    group_size: int
    official_conduct: bool
    security_risk: bool
    source: Source
    agency_id: int
    agency: str
    origin: str
    officer: str | None
    section: str | None
    field: str
    place: str | None
    project: str | None
    contested: dict[str, Any] | None
    may_open_identity: bool
    people: tuple[PersonShown, ...]
    clocks: tuple[Clock, ...]
    timeline: tuple[Happening, ...]
    flags: tuple[Standing, ...]
    links: tuple[Linked, ...]
    papers: tuple[PaperShown, ...]
    evidence: tuple[EvidenceShown, ...]
    prior: tuple[PriorShown, ...]
    parcels: tuple[ParcelShown, ...]
    file: CaseFile


def case_page(actor: Actor, code: str) -> CasePage:
    """The case ``code`` as this actor may see it. Raises ``NotFound``."""
    head = _head(actor, code)
    case: Case = head.Case
    clocks = db.session.scalars(
        select(Deadline).where(Deadline.case_id == case.id).order_by(Deadline.due, Deadline.id)
    ).all()
    return CasePage(
        **{name: getattr(case, name) for name in _CASE_COLUMNS},
        **{name: getattr(head, name) for name in _HEAD_COLUMNS},
        contested=_contested(head.ContestedAct),
        may_open_identity=_may_open(actor, case, head.granted),
        people=_people(case.id),
        clocks=tuple(
            Clock(
                **{name: getattr(row, name) for name in _CLOCK_COLUMNS},
                explanation=tuple(row.explanation),
            )
            for row in clocks
        ),
        timeline=_timeline(case, head.wrapped),
        flags=_flags(case.id),
        links=_links(actor, case.id),
        papers=_papers(case.id),
        evidence=_evidence(case.id),
        prior=_prior(case.id),
        parcels=_parcels(case.id),
        file=view(case, clocks),
    )


_CASE_COLUMNS = (
    "id", "code", "version", "kind", "subkind", "instance", "state", "coarse", "open", "complexity",
    "remote", "summary", "received_on", "first_received_on", "entered_at", "closed_on",
    "paused_since", "stayed_until", "protection", "wants_protection", "wants_result", "anonymous",
    "group_size", "official_conduct", "security_risk", "source", "agency_id",
)  # fmt: skip
_HEAD_COLUMNS = (
    "content", "demand", "handled_before", "language", "interpreter", "fingerprint", "agency",
    "origin", "officer", "section", "field", "place", "project",
)  # fmt: skip
_CLOCK_COLUMNS = (
    "id", "step", "nature", "state", "trigger_on", "nominal_end", "due", "safe", "near_from",
    "closed_on", "provisional", "rule", "citation",
)  # fmt: skip


def _head(actor: Actor, code: str) -> Any:
    agency, origin, section = aliased(Agency), aliased(Agency), aliased(Agency)
    granted = exists().where(
        IdentityGrant.case_id == Case.id,
        IdentityGrant.user_id == actor.user_id,
        IdentityGrant.ended_at.is_(None),
    )
    row = db.session.execute(
        select(
            Case,
            ContestedAct,
            CaseText.content,
            CaseText.demand,
            CaseText.handled_before,
            CaseText.language,
            CaseText.interpreter,
            CaseText.fingerprint,
            agency.name.label("agency"),
            origin.name.label("origin"),
            section.name.label("section"),
            User.name.label("officer"),
            Field.name.label("field"),
            Place.name.label("place"),
            Project.name.label("project"),
            CaseKey.wrapped,
            granted.label("granted"),
        )
        .join(CaseText, CaseText.case_id == Case.id)
        .join(agency, agency.id == Case.agency_id)
        .join(origin, origin.id == Case.origin_agency_id)
        .join(Field, Field.id == Case.field_id)
        .outerjoin(section, section.id == Case.section_id)
        .outerjoin(User, User.id == Case.officer_id)
        .outerjoin(Place, Place.id == Case.place_id)
        .outerjoin(Project, Project.id == Case.project_id)
        .outerjoin(ContestedAct, ContestedAct.case_id == Case.id)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(Case.code == code, visible(actor))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _may_open(actor: Actor, case: Case, granted: bool) -> bool:
    if case.kind is not Kind.DENUNCIATION or case.anonymous:
        return False
    return granted or (actor.role is Role.HEAD and actor.agency_id == case.agency_id)


def _contested(act: ContestedAct | None) -> dict[str, Any] | None:
    if act is None:
        return None
    return {
        name: getattr(act, name)
        for name in ("is_decision", "number", "issued_on", "issuer", "received_on", "description")
    }


def _people(case_id: int) -> tuple[PersonShown, ...]:
    parties = select(
        literal("petitioner").label("side"),
        Party.ordinal,
        cast(Party.role, String).label("role"),
        Party.sealed,
        Party.name,
        Party.id_number.label("a"),
        Party.phone.label("b"),
        Party.address.label("c"),
        cast(Party.birth_year, String).label("d"),
        Party.is_representative,
        Party.withdrew_on,
    ).where(Party.case_id == case_id)
    respondents = select(
        literal("respondent"),
        Respondent.ordinal,
        cast(Respondent.kind, String),
        literal(False),
        Respondent.name,
        Respondent.position,
        Respondent.workplace,
        Respondent.address,
        cast(null(), String),
        literal(False),
        cast(null(), Party.withdrew_on.type),
    ).where(Respondent.case_id == case_id)
    names = {
        "petitioner": ("id_number", "phone", "address", "birth_year"),
        "respondent": ("position", "workplace", "address", "birth_year"),
    }
    both = union_all(parties, respondents).subquery()
    rows = db.session.execute(select(both).order_by(both.c.side, both.c.ordinal))
    return tuple(
        PersonShown(
            side=row.side,
            ordinal=row.ordinal,
            role=row.role,
            sealed=bool(row.sealed),
            name=row.name,
            more=tuple(
                (name, value)
                for name, value in zip(names[row.side], (row.a, row.b, row.c, row.d), strict=True)
                if value
            ),
            is_representative=bool(row.is_representative),
            withdrew_on=row.withdrew_on,
        )
        for row in rows
    )


def _timeline(case: Case, wrapped: bytes | None) -> tuple[Happening, ...]:
    key = None if wrapped is None else installation().keyring.unwrap(wrapped)
    rows = db.session.execute(
        select(
            Event,
            User.name.label("actor"),
            Agency.name.label("agency"),
            EventDetail.content,
            EventDetail.sealed,
            EventDetail.erased_at,
        )
        .join(Agency, Agency.id == Event.agency_id)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(
            EventDetail,
            and_(EventDetail.case_id == Event.case_id, EventDetail.seq == Event.seq),
        )
        .where(Event.case_id == case.id)
        .order_by(Event.seq.desc())
        .limit(TIMELINE)
    )
    found = []
    for row in rows:
        event: Event = row.Event
        words = row.content or {}
        if row.sealed is not None and key is not None:
            words = json.loads(key.open(row.sealed, sealed_rows.event_words(case.code, event.seq)))
        found.append(
            Happening(
                seq=event.seq,
                action=Action(event.action),
                state_to=State(event.state_to),
                on=event.on,
                recorded_at=event.recorded_at,
                actor=row.actor,
                role=event.role,
                agency=row.agency,
                data=event.data,
                words=words,
                erased=row.erased_at is not None,
            )
        )
    return tuple(found)


def _flags(case_id: int) -> tuple[Standing, ...]:
    rows = db.session.execute(
        select(Flag.kind, Flag.since, Flag.evidence)
        .where(Flag.case_id == case_id, Flag.cleared_on.is_(None))
        .order_by(Flag.since)
    )
    return tuple(Standing(row.kind, row.since, row.evidence) for row in rows)


def _links(actor: Actor, case_id: int) -> tuple[Linked, ...]:
    rows = db.session.execute(
        select(CaseLink.kind, CaseLink.from_case_id, Case.code, Case.summary)
        .join(
            Case,
            or_(
                and_(CaseLink.from_case_id == case_id, Case.id == CaseLink.to_case_id),
                and_(CaseLink.to_case_id == case_id, Case.id == CaseLink.from_case_id),
            ),
        )
        .where(CaseLink.undone_on.is_(None), visible(actor))
        .order_by(Case.id)
    )
    return tuple(
        Linked(row.kind, row.from_case_id == case_id, row.code, row.summary) for row in rows
    )


def _papers(case_id: int) -> tuple[PaperShown, ...]:
    forwarder = aliased(Agency)
    rows = db.session.execute(
        select(
            Petition,
            Agency.name.label("agency"),
            func.coalesce(forwarder.name, OutsideBody.name).label("forwarder"),
        )
        .join(Agency, Agency.id == Petition.agency_id)
        .outerjoin(forwarder, forwarder.id == Petition.forwarder_id)
        .outerjoin(OutsideBody, OutsideBody.id == Petition.forwarder_body_id)
        .where(Petition.case_id == case_id)
        .order_by(Petition.ordinal)
    )
    return tuple(
        PaperShown(
            ordinal=row.Petition.ordinal,
            agency=row.agency,
            register=f"{row.Petition.register_number}/{row.Petition.register_year}",
            source=row.Petition.source,
            written_on=row.Petition.written_on,
            received_on=row.Petition.received_on,
            entered_at=row.Petition.entered_at,
            forwarder=row.forwarder,
            forward_number=row.Petition.forward_number,
            forward_on=row.Petition.forward_on,
            originals=row.Petition.originals,
            copies_to=row.Petition.copies_to,
        )
        for row in rows
    )


def _evidence(case_id: int) -> tuple[EvidenceShown, ...]:
    rows = db.session.scalars(
        select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.ordinal)
    )
    return tuple(
        EvidenceShown(
            row.id,
            row.ordinal,
            row.title,
            row.copy_kind,
            row.supplier,
            row.received_on,
            row.size,
            row.extension,
            row.sealed,
        )
        for row in rows
    )


def _prior(case_id: int) -> tuple[PriorShown, ...]:
    rows = db.session.scalars(
        select(PriorSettlement)
        .where(PriorSettlement.case_id == case_id)
        .order_by(PriorSettlement.id)
    )
    return tuple(
        PriorShown(row.body, row.form, row.instance, row.number, row.issued_on, row.summary)
        for row in rows
    )


def _parcels(case_id: int) -> tuple[ParcelShown, ...]:
    rows = db.session.scalars(
        select(LandParcel).where(LandParcel.case_id == case_id).order_by(LandParcel.id)
    )
    return tuple(ParcelShown(row.sheet, row.parcel, row.area_m2, row.land_kind) for row in rows)
