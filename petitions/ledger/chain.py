"""The hash chain of a case: each event commits to the one before it.

Personal values are not hashed themselves. They stand beside the event under a random salt and the
chain holds only the salted commitment, so a value can be erased later and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from petitions.jsonable import canonical, plain

GENESIS = "0" * 64


def new_salt() -> str:
    """A fresh salt, 128 bits."""
    return secrets.token_hex(16)


def commit_to(salt: str, content: Mapping[str, Any]) -> str:
    """The commitment to personal values that the chain holds in their place."""
    return hashlib.sha256(salt.encode() + canonical(content)).hexdigest()


def event_hash(
    *,
    prev: str,
    code: str,
    seq: int,
    action: str,
    state_from: str | None,
    state_to: str,
    on: date,
    at: datetime,
    actor_id: int | None,
    role: str | None,
    agency_id: int,
    data: Mapping[str, Any],
    commitment: str | None,
) -> str:
    """The hash of one event, over everything the event row says and the hash before it."""
    body = {
        "prev": prev,
        "code": code,
        "seq": seq,
        "action": action,
        "from": state_from,
        "to": state_to,
        "on": on.isoformat(),
        "at": plain(at),
        "actor": actor_id,
        "role": role,
        "agency": agency_id,
        "data": data,
        "commitment": commitment,
    }
    return hashlib.sha256(canonical(body)).hexdigest()
