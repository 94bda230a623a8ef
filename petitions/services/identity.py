"""A denouncer's identity: sealed at registration, opened only by named duty, with a reason and a trace."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from petitions import sealed_rows
from petitions.jsonable import canonical, plain
from petitions.sealing import CaseKey
from petitions.services.registration import Person
from workflows.records import IdKind, PartyRole


def pack(key: CaseKey, uid: str, person: Person) -> bytes:
    """The person, encrypted and bound to the party row ``uid``."""
    return key.seal(canonical(plain(asdict(person))), sealed_rows.identity(uid))


def unpack(key: CaseKey, uid: str, blob: bytes) -> Person:
    """The person again. Raises ``BrokenSeal`` when the blob was altered or belongs elsewhere."""
    values: dict[str, Any] = json.loads(key.open(blob, sealed_rows.identity(uid)))
    for name in ("birth_on", "id_issued_on"):
        values[name] = values[name] and date.fromisoformat(values[name])
    values["role"] = PartyRole(values["role"])
    values["id_kind"] = IdKind(values["id_kind"])
    return Person(**values)
