"""What people say of a case beside its record: directions of leaders, opinions of everybody who sees it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from notifications import outbox
from petitions import ledger
from petitions.errors import Forbidden, Invalid
from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import Case, Opinion
from petitions.queries.hops import may_direct
from petitions.services import words
from petitions.services.onetime import run_once
from workflows.office import OpinionKind
from workflows.vocabulary import Actor, Kind

LONGEST = 5_000
"""Characters of one opinion."""
DIRECTED = "direction"
"""News to the holder of a file that a leader has given a direction on it."""


def say(
    code: str,
    text: str,
    kind: OpinionKind = OpinionKind.OPINION,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Add to the talk about the case ``code``; returns the code. Nothing said can be taken back.

    The holder is told of a direction. Raises ``NotFound``, ``Forbidden`` when a direction is not the
    actor's to give, ``Invalid`` or ``Leak`` at ``text``.
    """

    def work(session: Session) -> str:
        case = ledger.look(session, code, actor)
        if kind is OpinionKind.DIRECTION and not may_direct(actor, case.agency_id):
            raise Forbidden("Chỉ lãnh đạo phụ trách hồ sơ cho ý kiến chỉ đạo được.")
        said = _safe(text)
        words.refuse_sealed_texts(session, case, {"text": said})
        uid = secrets.token_hex(16)
        sealing = case_key(session, case) if case.kind is Kind.DENUNCIATION else None
        session.execute(
            insert(Opinion).values(
                uid=uid,
                case_id=case.id,
                kind=kind,
                by_id=actor.user_id,
                role=actor.role,
                at=now,
                **put_away(case.kind, sealing, Opinion.__tablename__, uid, {"text": said}),
            )
        )
        if kind is OpinionKind.DIRECTION:
            _tell_holder(session, case, uid, actor, now)
        return code

    return run_once(key, f"say:{code}", actor, now, work)


def _safe(text: str) -> str:
    said = str(words.safe({"text": text})["text"])
    if not said:
        raise Invalid.at("text", "Phải ghi ý kiến.")
    if len(said) > LONGEST:
        raise Invalid.at("text", f"Dài quá {LONGEST} ký tự.")
    return said


def _tell_holder(session: Session, case: Case, uid: str, actor: Actor, now: datetime) -> None:
    if case.officer_id in {None, actor.user_id}:
        return
    message = outbox.Message(
        dedupe_key=f"{DIRECTED}:{uid}",
        kind=DIRECTED,
        recipient_id=case.officer_id,
        case_id=case.id,
        payload={"case": case.code},
    )
    outbox.put(session, [message], now)
