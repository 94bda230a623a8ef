"""Everything one case page shows, in ten statements whatever the length of its history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from config.database import db, read
from petitions import sealed_rows
from petitions.access import (
    HELD_ELSEWHERE,
    Scope,
    may_act,
    opens_identity,
    scope_of,
    scope_values,
    visible_in,
)
from petitions.errors import NotFound
from petitions.installation import installation
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseAgency,
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
from petitions.queries.case_shapes import (
    CasePage,
    Clock,
    EvidenceShown,
    Happening,
    Linked,
    PaperShown,
    ParcelShown,
    PersonShown,
    PriorShown,
    Standing,
)
from petitions.view import view
from workflows.lifecycle import Permission, permitted
from workflows.records import ADVISERS, ClockState
from workflows.vocabulary import (
    Action,
    Actor,
    Kind,
    State,
    Step,
)

TIMELINE = 200
"""Newest events shown on the page; older ones are opened from its end."""


_CASE: BindParameter[int] = bindparam("case")
_CLOCKS = select(Deadline).where(Deadline.case_id == _CASE).order_by(Deadline.due, Deadline.id)


def case_page(actor: Actor, code: str) -> CasePage:
    """The case ``code`` as this actor may see it. Raises ``NotFound``."""
    head = _head(actor, code)
    case: Case = head.Case
    clocks = db.session.scalars(_CLOCKS, {"case": case.id}).all()
    return CasePage(
        **{name: getattr(case, name) for name in _CASE_COLUMNS},
        **{name: getattr(head, name) for name in _HEAD_COLUMNS},
        contested=_contested(head.ContestedAct),
        may_open_identity=_may_open(actor, case, head.granted),
        charged=head.charged,
        involved=head.involved,
        verifying=head.verifying,
        people=_people(case.id),
        clocks=tuple(_clock(row, case) for row in clocks),
        timeline=_timeline(case, head.wrapped),
        flags=_flags(case.id),
        links=_links(actor, case.id),
        papers=_papers(case.id),
        evidence=_evidence(case.id),
        prior=_prior(case.id),
        parcels=_parcels(case.id),
        file=view(case, clocks),
    )


def permissions(page: CasePage, actor: Actor, today: date) -> list[Permission]:
    """What this hat may or may not do to the case today, and why not."""
    return [
        each
        if not each.allowed
        or may_act(
            actor,
            each.action,
            page.agency_id,
            charged=page.charged,
            involved=page.involved,
            verifying=page.verifying,
        )
        else replace(each, allowed=False, reason=HELD_ELSEWHERE)
        for each in permitted(page.file, actor.role, today)
    ]


def _clock(row: Deadline, case: Case) -> Clock:
    """The clock as it is told. The time limit for complaining is met by handing the complaint in
    (Law on Complaints art 9): from then on it runs no longer, though its row goes on standing."""
    clock = Clock(
        **{name: getattr(row, name) for name in _CLOCK_COLUMNS},
        explanation=tuple(row.explanation),
    )
    if row.step is Step.LIMITATION and row.state is ClockState.RUNNING:
        return replace(clock, state=ClockState.MET, closed_on=case.first_received_on)
    return clock


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
    statement = _head_statement(scope_of(actor))
    row = db.session.execute(statement, {"code": code, **scope_values(actor)}).one_or_none()
    if row is None:
        raise NotFound
    return row


@cache
def _head_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    agency, origin, section = aliased(Agency), aliased(Agency), aliased(Agency)
    granted = exists().where(
        IdentityGrant.case_id == Case.id,
        IdentityGrant.user_id == bindparam("scope_user"),
        IdentityGrant.ended_at.is_(None),
    )
    charged = exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == bindparam("scope_user"),
        Assignment.until.is_(None),
    )
    shares = (
        CaseAgency.case_id == Case.id,
        CaseAgency.agency_id == bindparam("scope_agency"),
        CaseAgency.until.is_(None),
    )
    involved = exists().where(*shares)
    verifying = exists().where(*shares, CaseAgency.role.in_(ADVISERS))
    return (
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
            charged.label("charged"),
            involved.label("involved"),
            verifying.label("verifying"),
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
        .where(Case.code == bindparam("code"), visible_in(scope))
    )


def _may_open(actor: Actor, case: Case, granted: bool) -> bool:
    if case.kind is not Kind.DENUNCIATION or case.anonymous:
        return False
    return opens_identity(actor, case.agency_id, granted=granted)


def _contested(act: ContestedAct | None) -> dict[str, Any] | None:
    if act is None:
        return None
    return {
        name: getattr(act, name)
        for name in ("is_decision", "number", "issued_on", "issuer", "received_on", "description")
    }


def _people(case_id: int) -> tuple[PersonShown, ...]:
    names = {
        "petitioner": ("id_number", "phone", "address", "birth_year"),
        "respondent": ("position", "workplace", "address", "birth_year"),
    }
    rows = read(_PEOPLE, {"case": case_id})
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


def _people_statement() -> Select[*tuple[Any, ...]]:
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
    ).where(Party.case_id == _CASE)
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
    ).where(Respondent.case_id == _CASE)
    both = union_all(parties, respondents).subquery()
    return select(both).order_by(both.c.side, both.c.ordinal)


_PEOPLE = _people_statement()


_TIMELINE = (
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
    .where(Event.case_id == _CASE)
    .order_by(Event.seq.desc())
    .limit(TIMELINE)
)


def _timeline(case: Case, wrapped: bytes | None) -> tuple[Happening, ...]:
    key = None if wrapped is None else installation().keyring.unwrap(wrapped)
    rows = db.session.execute(_TIMELINE, {"case": case.id})
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


_FLAGS = (
    select(Flag.kind, Flag.since, Flag.evidence)
    .where(Flag.case_id == _CASE, Flag.cleared_on.is_(None))
    .order_by(Flag.since)
)


def _flags(case_id: int) -> tuple[Standing, ...]:
    rows = read(_FLAGS, {"case": case_id})
    return tuple(Standing(row.kind, row.since, row.evidence) for row in rows)


@cache
def _links_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(CaseLink.kind, CaseLink.from_case_id, Case.code, Case.summary)
        .join(
            Case,
            or_(
                and_(CaseLink.from_case_id == _CASE, Case.id == CaseLink.to_case_id),
                and_(CaseLink.to_case_id == _CASE, Case.id == CaseLink.from_case_id),
            ),
        )
        .where(CaseLink.undone_on.is_(None), visible_in(scope))
        .order_by(Case.id)
    )


def _links(actor: Actor, case_id: int) -> tuple[Linked, ...]:
    rows = read(_links_statement(scope_of(actor)), {"case": case_id, **scope_values(actor)})
    return tuple(
        Linked(row.kind, row.from_case_id == case_id, row.code, row.summary) for row in rows
    )


_FORWARDER = aliased(Agency)
_PAPERS = (
    select(
        Petition,
        Agency.name.label("agency"),
        func.coalesce(_FORWARDER.name, OutsideBody.name).label("forwarder"),
    )
    .join(Agency, Agency.id == Petition.agency_id)
    .outerjoin(_FORWARDER, _FORWARDER.id == Petition.forwarder_id)
    .outerjoin(OutsideBody, OutsideBody.id == Petition.forwarder_body_id)
    .where(Petition.case_id == _CASE)
    .order_by(Petition.ordinal)
)


def _papers(case_id: int) -> tuple[PaperShown, ...]:
    rows = db.session.execute(_PAPERS, {"case": case_id})
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


_EVIDENCE = select(Evidence).where(Evidence.case_id == _CASE).order_by(Evidence.ordinal)


def _evidence(case_id: int) -> tuple[EvidenceShown, ...]:
    rows = db.session.scalars(_EVIDENCE, {"case": case_id})
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


_PRIOR = (
    select(PriorSettlement).where(PriorSettlement.case_id == _CASE).order_by(PriorSettlement.id)
)


def _prior(case_id: int) -> tuple[PriorShown, ...]:
    rows = db.session.scalars(_PRIOR, {"case": case_id})
    return tuple(
        PriorShown(row.body, row.form, row.instance, row.number, row.issued_on, row.summary)
        for row in rows
    )


_PARCELS = select(LandParcel).where(LandParcel.case_id == _CASE).order_by(LandParcel.id)


def _parcels(case_id: int) -> tuple[ParcelShown, ...]:
    rows = db.session.scalars(_PARCELS, {"case": case_id})
    return tuple(ParcelShown(row.sheet, row.parcel, row.area_m2, row.land_kind) for row in rows)
