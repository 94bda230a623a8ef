"""What comes back on an urging letter: the urged body's reply, or that nobody waits for one any more."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from notifications import outbox
from petitions.access import require_role
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import Case, UrgedCase, UrgingAnswer, UrgingLetter
from petitions.queries.urging import UNKNOWN
from petitions.queries.urging_reach import ISSUERS, REPLIERS, letters_seen
from petitions.services import words
from petitions.services.charges import heads_of
from petitions.services.onetime import run_once
from workflows.urging import UrgingEnd
from workflows.vocabulary import Actor, Kind

SAID, DOCUMENT, REASON, ON = "said", "document", "reason", "answered_on"
ANSWERED = "urging_answered"
"""News for whoever issued the letter."""
TABLE = UrgingAnswer.__tablename__
LONGEST, LONGEST_LINE = 4_000, 300


def answer(
    uid: str,
    said: str,
    handling: Mapping[str, str] | None = None,
    *,
    answered_on: date,
    document: str = "",
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Write the urged body's reply; ``handling`` says by case code how far each case is.

    Its leaders or clerk write it; the issuer's note one that came on paper. The issuer hears of it.
    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` when nobody waits any more, ``Leak``,
    ``Invalid`` at ``said``, ``document``, ``answered_on`` or ``handling.<code>``.
    """

    def work(session: Session) -> str:
        row = _waiting(session, uid, actor, version)
        if actor.agency_id not in (row.to_agency_id, row.from_agency_id):
            raise Forbidden("Văn bản trả lời do cơ quan được đôn đốc ghi.")
        if actor.agency_id == row.to_agency_id:
            require_role(actor, *REPLIERS)
        else:
            require_role(actor, *(REPLIERS | ISSUERS))
        if answered_on > local_day(now):
            raise Invalid.at(ON, "Ngày này còn ở tương lai.")
        if answered_on < row.issued_on:
            raise Invalid.at(ON, "Ngày này sớm hơn ngày văn bản đôn đốc.")
        cases = _cases(session, row)
        kept = _checked(session, cases, said, document, handling or {})
        _end(session, row, cases, UrgingEnd.ANSWERED, answered_on, kept, actor, now)
        if actor.agency_id == row.to_agency_id:
            _tell(session, row, cases[0], now)
        return ""

    run_once(key, f"urging:answer:{uid}", actor, now, work)


def close(
    uid: str,
    reason: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Wait no longer for a reply: the issuing body says why.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict``, ``Leak``, ``Invalid`` at ``reason``.
    """
    require_role(actor, *ISSUERS)

    def work(session: Session) -> str:
        row = _waiting(session, uid, actor, version)
        if actor.agency_id != row.from_agency_id:
            raise Forbidden("Chỉ cơ quan ban hành khép lại được văn bản đôn đốc.")
        cases = _cases(session, row)
        text = words.prose(reason, REASON, LONGEST_LINE).strip()
        if not text:
            raise Invalid.at(REASON, "Phải ghi lý do không chờ trả lời nữa.")
        for case in cases:
            words.refuse_sealed_texts(session, case, {REASON: text})
        _end(session, row, cases, UrgingEnd.CLOSED, local_day(now), {SAID: text}, actor, now)
        return ""

    run_once(key, f"urging:close:{uid}", actor, now, work)


def _waiting(session: Session, uid: str, actor: Actor, version: int) -> UrgingLetter:
    row = session.scalar(
        select(UrgingLetter)
        .where(UrgingLetter.uid == uid, letters_seen(actor))
        .with_for_update(of=UrgingLetter)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(UNKNOWN)
    if row.ended_on is not None:
        raise Conflict("Văn bản đôn đốc này đã được trả lời hoặc khép lại.")
    if row.version != version:
        raise Stale(uid)
    return row


def _cases(session: Session, row: UrgingLetter) -> list[Case]:
    return list(
        session.scalars(
            select(Case)
            .join(UrgedCase, UrgedCase.case_id == Case.id)
            .where(UrgedCase.letter_id == row.id)
            .order_by(UrgedCase.ordinal)
        )
    )


def _checked(
    session: Session, cases: list[Case], said: str, document: str, handling: Mapping[str, str]
) -> dict[str, Any]:
    """The words made safe. Raises ``Invalid`` and ``Leak`` at the field."""
    text = words.prose(said, SAID, LONGEST).strip()
    if not text:
        raise Invalid.at(SAID, "Phải ghi nội dung trả lời.")
    known = {case.code for case in cases}
    kept = {
        code: line
        for code, typed in handling.items()
        if (line := words.line(typed, f"handling.{code}", LONGEST_LINE))
    }
    if strange := sorted(kept.keys() - known):
        raise Invalid.at(SAID, f"Hồ sơ {strange[0]} không có trong văn bản đôn đốc.")
    number = words.line(document, DOCUMENT, LONGEST_LINE)
    texts = {SAID: text, DOCUMENT: number} | {f"handling.{code}": kept[code] for code in kept}
    for case in cases:
        words.refuse_sealed_texts(session, case, texts)
    return {SAID: text, DOCUMENT: number, "cases": kept}


def _end(
    session: Session, row: UrgingLetter, cases: list[Case], end: UrgingEnd, on: date,
    kept: Mapping[str, Any], actor: Actor, now: datetime,
) -> None:  # fmt: skip
    row.ended_on, row.ending = on, end
    uid = secrets.token_hex(16)
    secret = row.case_id is not None
    session.execute(
        insert(UrgingAnswer).values(
            uid=uid,
            letter_id=row.id,
            agency_id=actor.agency_id,
            by_id=actor.user_id,
            at=now,
            **put_away(
                Kind.DENUNCIATION if secret else Kind.FEEDBACK,
                case_key(session, cases[0]) if secret else None,
                TABLE,
                uid,
                kept,
            ),
        )
    )


def _tell(session: Session, row: UrgingLetter, case: Case, now: datetime) -> None:
    """The issuer, and but for a denunciation the heads of the issuing body."""
    people = [row.issued_by]
    if row.case_id is None:
        people += heads_of(session, row.from_agency_id, case.id, local_day(now))
    outbox.put(
        session,
        [
            outbox.Message(
                dedupe_key=f"{ANSWERED}:{row.uid}:{person}",
                kind=ANSWERED,
                recipient_id=person,
                case_id=case.id,
                payload={"case": case.code},
            )
            for person in dict.fromkeys(people)
        ],
        now,
    )
