"""The seam between a command and the mail it causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.database import table_of
from notifications.models import OutboxMessage


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell one recipient. ``dedupe_key`` makes the same news the same row."""

    dedupe_key: str
    kind: str
    recipient_id: int | None
    case_id: int | None
    payload: Mapping[str, Any]


def put(session: Session, messages: Iterable[Message], now: datetime) -> int:
    """Queue messages in the caller's transaction; one that is queued already is left as it is.

    Returns how many are new.
    """
    rows = [
        {
            "dedupe_key": message.dedupe_key,
            "kind": message.kind,
            "recipient_id": message.recipient_id,
            "case_id": message.case_id,
            "payload": dict(message.payload),
            "created_at": now,
            "not_before": now,
        }
        for message in messages
    ]
    if not rows:
        return 0
    connection = session.connection()
    return len(connection.execute(_insert_unless_known(connection.dialect.name), rows).all())


@cache
def _insert_unless_known(product: str) -> Executable:
    dialect = postgresql if product == "postgresql" else sqlite
    statement: Executable = (
        dialect.insert(table_of(OutboxMessage))
        .on_conflict_do_nothing(index_elements=["dedupe_key"])
        .returning(table_of(OutboxMessage).c.id)
    )
    return statement
