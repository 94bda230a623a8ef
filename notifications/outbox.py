"""The seam between a command and the mail it causes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.orm import Session

from config.database import UTCDateTime


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

    One statement, however many: they travel as one JSON document. Returns how many are new.
    """
    rows = [
        [each.dedupe_key, each.kind, each.recipient_id, each.case_id, dict(each.payload)]
        for each in messages
    ]
    if not rows:
        return 0
    connection = session.connection()
    statement = _INSERT_UNLESS_KNOWN[connection.dialect.name]
    given = {"rows": json.dumps(rows, ensure_ascii=False), "now": now}
    return int(connection.execute(statement, given).rowcount)


def _insert_unless_known(values: str, source: str) -> TextClause:
    return text(
        "INSERT INTO outbox_message"  # noqa: S608  the parts are the constants below
        " (dedupe_key, kind, recipient_id, case_id, payload, created_at, not_before)"
        f" SELECT {values}, :now, :now FROM {source} WHERE true"
        " ON CONFLICT (dedupe_key) DO NOTHING"
    ).bindparams(bindparam("now", type_=UTCDateTime()))


_INSERT_UNLESS_KNOWN = {
    "postgresql": _insert_unless_known(
        "value ->> 0, value ->> 1, CAST(value ->> 2 AS bigint), CAST(value ->> 3 AS bigint), value -> 4",
        "json_array_elements(CAST(:rows AS json))",
    ),
    "sqlite": _insert_unless_known(
        ", ".join(f"json_extract(value, '$[{place}]')" for place in range(5)), "json_each(:rows)"
    ),
}
