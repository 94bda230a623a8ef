"""The story of a reviewed case: entries that are only ever added, sealed where its case is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import Case, ReviewedCase, ReviewEntry
from petitions.sealing.keyring import CaseKey
from workflows.reviewing import ReviewOutcome, ReviewStep
from workflows.vocabulary import Actor, Kind


def key_of(session: Session, case: Case) -> CaseKey | None:
    """The key free words about the case are sealed under; None for words that stay readable."""
    found: CaseKey | None = case_key(session, case) if case.kind is Kind.DENUNCIATION else None
    return found


def tell(
    session: Session,
    row: ReviewedCase,
    case: Case,
    step: ReviewStep,
    said: Mapping[str, str],
    *,
    on: date,
    actor: Actor,
    now: datetime,
    outcome: ReviewOutcome | None = None,
) -> None:
    """Add one entry to the story, inside a transaction that holds the reviewed case."""
    last = session.scalar(
        select(func.coalesce(func.max(ReviewEntry.seq), 0)).where(ReviewEntry.reviewed_id == row.id)
    )
    uid = secrets.token_hex(16)
    kept = put_away(
        case.kind,
        key_of(session, case),
        ReviewEntry.__tablename__,
        uid,
        {name: text for name, text in said.items() if text},
    )
    session.execute(
        insert(ReviewEntry).values(
            uid=uid, reviewed_id=row.id, seq=int(last or 0) + 1, step=step, outcome=outcome,
            on=on, at=now, by_id=actor.user_id, agency_id=actor.agency_id, **kept,
        )
    )  # fmt: skip
