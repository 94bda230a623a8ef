"""The rows a registration leaves besides the case and its event: paper, texts, people, ties."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, insert, select
from sqlalchemy.orm import Session

from config.database import Base, table_of
from petitions import sealed_rows
from petitions.models import (
    Agency,
    Assignment,
    BlindIndex,
    Case,
    CaseKey,
    CaseText,
    ContestedAct,
    IdentityGrant,
    LandParcel,
    Party,
    Petition,
    PriorSettlement,
    Respondent,
    SealedIdentity,
)
from petitions.sealing import CaseKey as Secret
from petitions.services.bars import Colleague
from petitions.services.identity import blind_rows, pack
from petitions.services.intake_desk import Desk
from petitions.services.registration import Person, Registration
from petitions.text import fold
from workflows.vocabulary import Actor, Kind

INTAKE_DUTY = "intake"


def put(session: Session, model: type[Base], **values: Any) -> None:
    """Insert one row."""
    put_all(session, model, [values])


def put_all(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement."""
    session.connection().execute(_insert(model), rows)


@cache
def _insert(model: type[Base]) -> Insert:
    return insert(table_of(model))


def insert_paper(
    session: Session,
    case: Case,
    given: Registration,
    desk: Desk,
    actor: Actor,
    now: datetime,
    year: int,
    number: int,
) -> None:
    put(
        session,
        CaseText,
        case_id=case.id,
        content=given.content,
        demand=given.demand,
        language=given.language,
        interpreter=given.interpreter,
        fingerprint=given.fingerprint,
        handled_before=given.handled_before,
        search=search_text(case.code, given),
    )
    put(
        session,
        Petition,
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
    if given.contested is not None:
        contested = given.contested
        put(
            session,
            ContestedAct,
            case_id=case.id,
            is_decision=contested.is_decision,
            number=contested.number,
            issued_on=contested.issued_on,
            issuer=contested.issuer,
            received_on=contested.received_on,
            description=contested.description,
        )
    if given.prior:
        put_all(
            session,
            PriorSettlement,
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
        put_all(
            session,
            LandParcel,
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


def insert_people(
    session: Session,
    case: Case,
    given: Registration,
    people: Sequence[Colleague],
    secret: tuple[Secret, bytes] | None,
) -> None:
    parties = [_party(case.id, ordinal, person) for ordinal, person in enumerate(given.parties, 1)]
    if secret is not None:
        key, wrapped = secret
        original = (
            None
            if given.original is None
            else key.seal_text(given.original, sealed_rows.original(case.code))
        )
        put(session, CaseKey, case_id=case.id, wrapped=wrapped, sealed_original=original)
        _insert_sealed(session, parties, given.parties, key)
    elif parties:
        put_all(session, Party, parties)
    if given.respondents:
        accounts = {person.username: person.user_id for person in people}
        bodies = _bodies(session, given)
        put_all(
            session,
            Respondent,
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


READABLE_OF_SEALED = frozenset(
    {"uid", "case_id", "ordinal", "role", "is_body", "id_kind", "is_representative", "signed"}
)
"""All that a sealed party's row may say; whatever else a person is described by lies encrypted."""


def _insert_sealed(
    session: Session, parties: Sequence[dict[str, Any]], people: Sequence[Person], key: Secret
) -> None:
    if not parties:
        return
    readable = [
        {
            **{name: value for name, value in party.items() if name in READABLE_OF_SEALED},
            "sealed": True,
        }
        for party in parties
    ]
    ids = {
        row.uid: row.id
        for row in session.connection().execute(
            insert(table_of(Party)).returning(Party.id, Party.uid), readable
        )
    }
    sealed, blind = [], []
    for party, person in zip(parties, people, strict=True):
        party_id = ids[party["uid"]]
        sealed.append({"party_id": party_id, "blob": pack(key, party["uid"], person)})
        blind += blind_rows(party_id, person)
    put_all(session, SealedIdentity, sealed)
    put_all(session, BlindIndex, blind)


def charge_intake(session: Session, case: Case, actor: Actor, now: datetime, since: date) -> None:
    """The officer who took it in keeps hold of it until it is handed on, and may check the identity."""
    put(session, Assignment, case_id=case.id, user_id=actor.user_id, duty=INTAKE_DUTY, since=since)
    put(
        session,
        IdentityGrant,
        case_id=case.id,
        user_id=actor.user_id,
        granted_by=actor.user_id,
        reason="Người tiếp nhận",
        granted_at=now,
    )
