"""Registering a petition: one command, one transaction, every legal clock of its first day started."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger, sealed_rows
from petitions.access import visible
from petitions.codes import make_code
from petitions.errors import Invalid
from petitions.installation import installation
from petitions.ledger.record import Change, Entry
from petitions.models import (
    Agency,
    Assignment,
    BlindIndex,
    Case,
    CaseAgency,
    CaseBar,
    CaseKey,
    CaseLink,
    CaseText,
    ContestedAct,
    Field,
    Hat,
    IdentityGrant,
    LandParcel,
    OutsideBody,
    Party,
    Petition,
    Place,
    PlaceFlag,
    PriorSettlement,
    Project,
    Respondent,
    SealedIdentity,
    User,
)
from petitions.rulebook import Rulebook, current, latest_revision
from petitions.sealing import CaseKey as Key
from petitions.services import checks, numbering
from petitions.services.identity import pack
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.services.registration import Person, Registration
from petitions.text import fold
from workflows import lifecycle
from workflows.casefile import CaseFile
from workflows.records import AgencyRole, BarReason, LinkKind, PlaceFlagKind, RespondentKind, Source
from workflows.vocabulary import Action, Actor, Fact, Kind, Mark, Need, Role

UNCLASSIFIED = "chua-phan-loai"
"""The field of a petition nobody has classified yet."""
INTAKE_DUTY = "intake"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one look at the reference tables tells about a registration."""

    prefix: str
    parent_id: int | None
    field_id: int
    place_id: int | None
    remote: bool
    forwarder_id: int | None
    forwarder_body_id: int | None
    project_id: int | None
    revision: int
    faults: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Colleague:
    """Someone of the registering body, or a user named as respondent."""

    user_id: int
    username: str
    folded: str
    role: Role
    agency_id: int
    section_id: int | None


def register(given: Registration, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Register one petition as a new case; returns its code.

    ``given.received_on`` is the day the act happened, ``now`` the instant it is recorded. Raises
    ``Invalid`` at the fields, ``Leak`` when a denunciation's text still names the denouncer, and the
    lifecycle's refusals. A petition against the body's own head goes to the superior (Law on
    Denunciations art 12) and the head, like every respondent, is shut out of it.
    """
    today = local_day(now)

    def work(session: Session) -> str:
        desk = _look_up(session, given, actor)
        book = current(session, desk.revision)
        clean = checks.registration(given, today, book)
        if desk.faults:
            raise Invalid(desk.faults)
        return _register(session, clean, desk, actor, now, today, book)

    return run_once(key, "register", actor, now, work)


def _register(
    session: Session,
    given: Registration,
    desk: _Desk,
    actor: Actor,
    now: datetime,
    today: date,
    book: Rulebook,
) -> str:
    people = _colleagues(session, given, actor, today)
    bars = _bars(given, people)
    custodian = _custodian(desk, actor, people, bars)
    first = _first_instance(session, given, actor)
    numbers = numbering.next_numbers(
        session, actor.agency_id, [numbering.CASES, numbering.REGISTER], today.year
    )
    case = _case(
        given,
        desk,
        actor,
        now,
        custodian,
        make_code(desk.prefix, today.year, numbers[numbering.CASES]),
    )
    secret = installation().keyring.new_case_key() if given.kind is Kind.DENUNCIATION else None
    opening = CaseFile(
        kind=case.kind,
        state=None,
        subkind=case.subkind,
        instance=case.instance,
        received_on=given.received_on,
        last_on=given.received_on,
        remote=case.remote,
        competent=case.competent,
        anonymous=case.anonymous,
        group_size=case.group_size,
        at_reception=given.source is Source.RECEPTION,
        forwarded=bool(case.forwarder_id or desk.forwarder_body_id),
        facts=_facts(given),
    )
    move = allowed(
        lambda: lifecycle.decide(
            opening, Action.REGISTER, actor.role, given.received_on, today, _papers(given)
        )
    )
    entry = Entry(
        case,
        move,
        given.received_on,
        Change(
            data={
                "kind": case.kind,
                "source": case.source,
                "register": f"{numbers[numbering.REGISTER]}/{today.year}",
                "group_size": case.group_size,
                "agency": custodian,
                "warnings": checks.identity_warnings(given),
            },
            personal={"late_reason": given.late_reason} if given.late_reason else {},
        ),
        new=True,
        key=secret[0] if secret else None,
    )
    ledger.record_many(session, [entry], actor=actor, now=now, book=book)
    _insert_paper(session, case, given, desk, actor, now, today.year, numbers[numbering.REGISTER])
    _insert_people(session, case, given, people, secret)
    if bars:
        session.execute(insert(CaseBar), [{**bar, "case_id": case.id} for bar in bars])
    if given.kind is Kind.DENUNCIATION:
        _charge_intake(session, case, actor, now, given.received_on)
    if custodian != actor.agency_id:
        session.execute(
            insert(CaseAgency).values(
                case_id=case.id,
                agency_id=actor.agency_id,
                role=AgencyRole.ORIGIN,
                since=given.received_on,
            )
        )
    if first is not None:
        session.execute(
            insert(CaseLink).values(
                from_case_id=case.id,
                to_case_id=first,
                kind=LinkKind.SECOND_INSTANCE_OF,
                since=given.received_on,
            )
        )
    barred = {bar["user_id"] for bar in bars}
    heads = [
        person.user_id
        for person in people
        if person.role is Role.HEAD
        and person.agency_id == custodian
        and person.user_id not in barred
    ]
    ledger.remind(session, case, "registered", heads, now)
    return case.code


def _look_up(session: Session, given: Registration, actor: Actor) -> _Desk:
    """One statement for everything the registration refers to by code or name."""
    place = select(Place.id).where(Place.code == given.place_code).scalar_subquery()
    remote = (
        select(PlaceFlag.id)
        .join(Place, Place.id == PlaceFlag.place_id)
        .where(
            Place.code == given.place_code,
            PlaceFlag.flag == PlaceFlagKind.REMOTE,
            PlaceFlag.valid_from <= given.received_on,
            or_(PlaceFlag.valid_to.is_(None), PlaceFlag.valid_to >= given.received_on),
        )
        .limit(1)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Agency.book_prefix,
            Agency.parent_id,
            select(Field.id)
            .where(Field.code == (given.field_code or UNCLASSIFIED))
            .scalar_subquery()
            .label("field_id"),
            place.label("place_id"),
            remote.label("remote"),
            select(Project.id)
            .where(Project.id == given.project_id)
            .scalar_subquery()
            .label("project_id"),
            _agency_id(given.forwarder_code).label("forwarder_id"),
            select(OutsideBody.id)
            .where(OutsideBody.folded_name == fold(given.forwarder_body or ""))
            .scalar_subquery()
            .label("body_id"),
            latest_revision().label("revision"),
        ).where(Agency.id == actor.agency_id)
    ).one()
    faults: dict[str, list[str]] = {}
    for name, wanted, found in (
        ("field_code", given.field_code or UNCLASSIFIED, row.field_id),
        ("place_code", given.place_code, row.place_id),
        ("project_id", given.project_id, row.project_id),
        ("forwarder_code", given.forwarder_code, row.forwarder_id),
        ("forwarder_body", given.forwarder_body, row.body_id),
    ):
        if wanted and found is None:
            faults[name] = ["Không có trong danh mục."]
    return _Desk(
        prefix=row.book_prefix,
        parent_id=row.parent_id,
        field_id=row.field_id,
        place_id=row.place_id,
        remote=row.remote is not None,
        forwarder_id=row.forwarder_id,
        forwarder_body_id=row.body_id,
        project_id=row.project_id,
        revision=row.revision or 0,
        faults=faults,
    )


def _agency_id(code: str | None) -> Any:
    return select(Agency.id).where(Agency.code == code).scalar_subquery()


def _colleagues(
    session: Session, given: Registration, actor: Actor, today: date
) -> list[_Colleague]:
    named = [person.username for person in given.respondents if person.username]
    rows = session.execute(
        select(Hat.user_id, Hat.role, Hat.agency_id, Hat.section_id, User.username, User.name)
        .join(User, User.id == Hat.user_id)
        .where(
            or_(Hat.agency_id == actor.agency_id, User.username.in_(named)),
            Hat.valid_from <= today,
            or_(Hat.valid_to.is_(None), Hat.valid_to >= today),
            User.disabled_at.is_(None),
        )
    )
    return [
        _Colleague(
            row.user_id, row.username, fold(row.name), row.role, row.agency_id, row.section_id
        )
        for row in rows
    ]


def _bars(given: Registration, people: Sequence[_Colleague]) -> list[dict[str, Any]]:
    """Every user who is a respondent is shut out; for conduct of an official, the section too.

    A name typed without an account counts when it is a colleague's: better one officer too many
    shut out than a denounced person reading the denunciation.
    """
    bars: dict[tuple[int | None, int | None], BarReason] = {}
    for respondent in given.respondents:
        if respondent.kind is not RespondentKind.PERSON:
            continue
        folded = fold(respondent.name)
        for person in people:
            if respondent.username == person.username or (
                respondent.username is None and folded == person.folded
            ):
                bars[person.user_id, None] = BarReason.RESPONDENT
                if given.official_conduct and person.section_id is not None:
                    bars[None, person.section_id] = BarReason.RESPONDENT_UNIT
    return [
        {"user_id": user_id, "unit_id": unit_id, "reason": reason}
        for (user_id, unit_id), reason in bars.items()
    ]


def _custodian(
    desk: _Desk, actor: Actor, people: Sequence[_Colleague], bars: Sequence[dict[str, Any]]
) -> int:
    barred = {bar["user_id"] for bar in bars}
    against_head = any(
        person.user_id in barred
        and person.agency_id == actor.agency_id
        and person.role in {Role.HEAD, Role.DEPUTY_HEAD}
        for person in people
    )
    if not against_head:
        return actor.agency_id
    if desk.parent_id is None:
        raise Invalid.at(
            "respondents",
            "Đơn nêu người đứng đầu cơ quan này nhưng chưa khai báo cơ quan cấp trên để chuyển đến.",
        )
    return desk.parent_id


def _first_instance(session: Session, given: Registration, actor: Actor) -> int | None:
    if given.second_instance_of is None:
        return None
    found = session.scalar(
        select(Case.id).where(Case.code == given.second_instance_of, visible(actor))
    )
    if found is None:
        raise Invalid.at("second_instance_of", "Không tìm thấy vụ việc lần đầu có mã này.")
    return found


def _case(
    given: Registration, desk: _Desk, actor: Actor, now: datetime, custodian: int, code: str
) -> Case:
    return Case(
        code=code,
        kind=given.kind,
        subkind=given.subkind,
        instance=given.instance,
        remote=desk.remote,
        agency_id=custodian,
        origin_agency_id=actor.agency_id,
        competent=given.competent,
        received_on=given.received_on,
        first_received_on=given.received_on,
        entered_at=now,
        last_on=given.received_on,
        wants_protection=given.wants_protection,
        wants_result=given.wants_result,
        anonymous=given.anonymous,
        group_size=given.group_size,
        official_conduct=given.official_conduct,
        security_risk=given.security_risk,
        source=given.source,
        forwarder_id=desk.forwarder_id,
        field_id=desk.field_id,
        place_id=desk.place_id,
        project_id=desk.project_id,
        summary=given.summary,
        facts={},
        marks=[],
    )


def _facts(given: Registration) -> dict[str, object]:
    facts: dict[str, object] = {}
    if given.kind is Kind.COMPLAINT and given.contested and given.contested.received_on:
        facts[Fact.CONTESTED_DECISION_RECEIVED] = given.contested.received_on
        if given.obstacles:
            facts[Fact.OBSTACLES] = tuple({"from": a, "to": b} for a, b in given.obstacles)
    if given.kind is Kind.DENUNCIATION and (given.forwarder_code or given.forwarder_body):
        facts[Fact.FORWARDED_BY] = given.forwarder_code or "outside"
    return facts


def _papers(given: Registration) -> dict[str, object]:
    """What the papers show to the lifecycle."""
    shown = {
        Mark.ALL_SIGNATURES: given.all_signatures,
        Mark.REPRESENTATIVES_APPOINTED: given.representatives_appointed,
    }
    marks = [mark for mark, holds in shown.items() if holds]
    return {Need.COMPETENT: given.competent, Need.MARKS: marks or None}


def _insert_paper(
    session: Session,
    case: Case,
    given: Registration,
    desk: _Desk,
    actor: Actor,
    now: datetime,
    year: int,
    number: int,
) -> None:
    session.execute(
        insert(CaseText).values(
            case_id=case.id,
            content=given.content,
            demand=given.demand,
            language=given.language,
            interpreter=given.interpreter,
            fingerprint=given.fingerprint,
            handled_before=given.handled_before,
            search=search_text(case.code, given),
        )
    )
    session.execute(
        insert(Petition).values(
            case_id=case.id,
            ordinal=1,
            agency_id=actor.agency_id,
            register_year=year,
            register_number=number,
            source=given.source,
            written_on=given.written_on,
            received_on=given.received_on,
            entered_at=now,
            entered_by=actor.user_id,
            forwarder_id=desk.forwarder_id,
            forwarder_body_id=desk.forwarder_body_id,
            forward_number=given.forward_number,
            forward_on=given.forward_on,
            copies_to=given.copies_to,
            originals=given.originals,
            signed=given.signed,
        )
    )
    if given.contested is not None:
        contested = given.contested
        session.execute(
            insert(ContestedAct).values(
                case_id=case.id,
                is_decision=contested.is_decision,
                number=contested.number,
                issued_on=contested.issued_on,
                issuer=contested.issuer,
                received_on=contested.received_on,
                description=contested.description,
            )
        )
    if given.prior:
        session.execute(
            insert(PriorSettlement),
            [
                {
                    "case_id": case.id,
                    "body": prior.body,
                    "instance": prior.instance,
                    "form": prior.form,
                    "number": prior.number,
                    "issued_on": prior.issued_on,
                    "summary": prior.summary,
                    "may_sue": prior.may_sue,
                }
                for prior in given.prior
            ],
        )
    if given.parcels:
        session.execute(
            insert(LandParcel),
            [
                {
                    "case_id": case.id,
                    "place_id": desk.place_id,
                    "sheet": parcel.sheet,
                    "parcel": parcel.parcel,
                    "area_m2": parcel.area_m2,
                    "land_kind": parcel.land_kind,
                }
                for parcel in given.parcels
            ],
        )


def search_text(code: str, given: Registration) -> str:
    """The folded words a case is found by. Of a denunciation: never anything of its people."""
    parts = [code, given.summary, given.content, given.demand]
    if given.kind is not Kind.DENUNCIATION:
        for person in given.parties:
            parts += [person.name, person.id_number or "", person.phone or "", person.address or ""]
        parts += [respondent.name for respondent in given.respondents]
    return fold(" ".join(part for part in parts if part))


def _insert_people(
    session: Session,
    case: Case,
    given: Registration,
    people: Sequence[_Colleague],
    secret: tuple[Key, bytes] | None,
) -> None:
    parties = [_party(case.id, ordinal, person) for ordinal, person in enumerate(given.parties, 1)]
    if secret is not None:
        key, wrapped = secret
        original = (
            None
            if given.original is None
            else key.seal_text(given.original, sealed_rows.original(case.code))
        )
        session.execute(
            insert(CaseKey).values(case_id=case.id, wrapped=wrapped, sealed_original=original)
        )
        _insert_sealed(session, parties, given.parties, key)
    elif parties:
        session.execute(insert(Party), parties)
    if given.respondents:
        accounts = {person.username: person.user_id for person in people}
        bodies = _bodies(session, given)
        session.execute(
            insert(Respondent),
            [
                {
                    "case_id": case.id,
                    "ordinal": ordinal,
                    "kind": respondent.kind,
                    "name": respondent.name,
                    "folded_name": fold(respondent.name),
                    "position": respondent.position,
                    "workplace": respondent.workplace,
                    "address": respondent.address,
                    "agency_id": bodies.get(respondent.agency_code or ""),
                    "user_id": accounts.get(respondent.username or ""),
                }
                for ordinal, respondent in enumerate(given.respondents, 1)
            ],
        )


def _bodies(session: Session, given: Registration) -> dict[str, int]:
    codes = [respondent.agency_code for respondent in given.respondents if respondent.agency_code]
    if not codes:
        return {}
    found = session.execute(select(Agency.code, Agency.id).where(Agency.code.in_(codes)))
    return {row.code: row.id for row in found}


def _party(case_id: int, ordinal: int, person: Person) -> dict[str, Any]:
    return {
        "uid": uuid.uuid4().hex,
        "case_id": case_id,
        "ordinal": ordinal,
        "role": person.role,
        "sealed": False,
        "is_body": person.is_body,
        "name": person.name,
        "folded_name": fold(person.name),
        "birth_on": person.birth_on,
        "birth_year": person.birth_year,
        "sex": person.sex,
        "id_kind": person.id_kind,
        "id_number": person.id_number,
        "id_issued_on": person.id_issued_on,
        "id_issued_by": person.id_issued_by,
        "phone": person.phone,
        "address": person.address,
        "ethnicity": person.ethnicity,
        "lawyer_card": person.lawyer_card,
        "document": person.document,
        "is_representative": person.is_representative,
        "signed": person.signed,
    }


SEALED_COLUMNS = (
    "name", "folded_name", "birth_on", "birth_year", "sex", "id_number", "id_issued_on",
    "id_issued_by", "phone", "address", "ethnicity", "lawyer_card", "document",
)  # fmt: skip
"""Columns of ``party`` that stay empty for a denouncer."""


def _insert_sealed(
    session: Session, parties: Sequence[dict[str, Any]], people: Sequence[Person], key: Key
) -> None:
    if not parties:
        return
    readable = [{**party, "sealed": True, **dict.fromkeys(SEALED_COLUMNS)} for party in parties]
    ids = {
        row.uid: row.id
        for row in session.execute(insert(Party).returning(Party.id, Party.uid), readable)
    }
    ring = installation().keyring
    sealed, blind = [], []
    for party, person in zip(parties, people, strict=True):
        party_id = ids[party["uid"]]
        sealed.append({"party_id": party_id, "blob": pack(key, party["uid"], person)})
        for label, digest in (
            ("person", ring.blind_person(person.name, person.birth_year)),
            ("name", ring.blind_person(person.name, None)),
            ("id_number", ring.blind_id_number(person.id_number or "")),
            ("phone", ring.blind_phone(person.phone or "")),
        ):
            if digest is not None:
                blind.append({"party_id": party_id, "label": label, "digest": digest})
    session.execute(insert(SealedIdentity), sealed)
    session.execute(insert(BlindIndex), blind)


def _charge_intake(session: Session, case: Case, actor: Actor, now: datetime, since: date) -> None:
    """The officer who took it in keeps hold of it until it is handed on, and may check the identity."""
    session.execute(
        insert(Assignment).values(
            case_id=case.id, user_id=actor.user_id, duty=INTAKE_DUTY, since=since
        )
    )
    session.execute(
        insert(IdentityGrant).values(
            case_id=case.id,
            user_id=actor.user_id,
            granted_by=actor.user_id,
            reason="Người tiếp nhận",
            granted_at=now,
        )
    )
