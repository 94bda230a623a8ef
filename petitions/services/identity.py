"""A denouncer's identity: sealed at registration, opened only by named duty, with a reason and a trace."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from petitions import sealed_rows
from petitions.access import opens_identity
from petitions.errors import Forbidden
from petitions.installation import installation
from petitions.jsonable import canonical, plain
from petitions.models import Case, IdentityGrant, Party, SealedIdentity
from petitions.sealing import CaseKey as Key
from petitions.services.registration import Person
from workflows.records import IdKind, PartyRole
from workflows.vocabulary import Actor, Kind


def pack(key: Key, uid: str, person: Person) -> bytes:
    """The person, encrypted and bound to the party row ``uid``."""
    return key.seal(canonical(plain(asdict(person))), sealed_rows.identity(uid))


def unpack(key: Key, uid: str, blob: bytes) -> Person:
    """The person again. Raises ``BrokenSeal`` when the blob was altered or belongs elsewhere."""
    values: dict[str, Any] = json.loads(key.open(blob, sealed_rows.identity(uid)))
    for name in ("birth_on", "id_issued_on"):
        values[name] = values[name] and date.fromisoformat(values[name])
    values["role"] = PartyRole(values["role"])
    values["id_kind"] = IdKind(values["id_kind"])
    return Person(**values)


def blind_rows(party_id: int, person: Person) -> list[dict[str, Any]]:
    """The keyed digests by which this person is matched exactly."""
    marks = installation().keyring.blind_marks(
        person.name, person.birth_year, person.id_number, person.phone
    )
    return [
        {"party_id": party_id, "label": label, "digest": digest} for label, digest in marks.items()
    ]


def may_open(session: Session, case: Case, actor: Actor) -> bool:
    """The competent head, and whoever holds a named duty in this case; being assigned is not enough."""
    if case.kind is not Kind.DENUNCIATION:
        return False
    granted = session.scalar(
        select(
            exists().where(
                IdentityGrant.case_id == case.id,
                IdentityGrant.user_id == actor.user_id,
                IdentityGrant.ended_at.is_(None),
            )
        )
    )
    return opens_identity(actor, case.agency_id, granted=bool(granted))


def require_right(session: Session, case: Case, actor: Actor) -> None:
    """Raise ``Forbidden`` without the right to the identity."""
    if not may_open(session, case, actor):
        raise Forbidden(
            "Bạn chưa được giao quyền xem thông tin người tố cáo trong hồ sơ này (Điều 56 Luật Tố cáo)."
        )


def sealed_people(session: Session, case: Case, key: Key) -> list[Person]:
    """Every sealed person of the case."""
    rows = session.execute(
        select(Party.uid, SealedIdentity.blob)
        .join(SealedIdentity, SealedIdentity.party_id == Party.id)
        .where(Party.case_id == case.id)
        .order_by(Party.ordinal)
    )
    return [unpack(key, row.uid, row.blob) for row in rows]
