"""What was undertaken at a visit that turned out to be confidential afterwards."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from petitions.models import Commitment, CommitmentStep
from petitions.sealing import CaseKey
from petitions.services.undertakings import DOCUMENT, STEPS, TABLE, sealed_or_not


def seal_commitments(session: Session, visit_id: int, key: CaseKey) -> None:
    """Put the readable words of the visit's commitments and of their history under its key, inside the
    caller's transaction.

    A line's paper goes along with its text. That is the one change the guard of the history allows.
    """
    for row in session.scalars(
        select(Commitment).where(Commitment.visit_id == visit_id, Commitment.words.is_not(None))
    ):
        kept = sealed_or_not(key, TABLE, row.uid, row.words or {})
        row.words, row.sealed = kept["words"], kept["sealed"]
    told = or_(CommitmentStep.words.is_not(None), CommitmentStep.document.is_not(None))
    lines = session.scalars(
        select(CommitmentStep)
        .join(Commitment, Commitment.id == CommitmentStep.commitment_id)
        .where(Commitment.visit_id == visit_id, CommitmentStep.sealed.is_(None), told)
    )
    for line in lines:
        said = {**(line.words or {}), **({DOCUMENT: line.document} if line.document else {})}
        kept = sealed_or_not(key, STEPS, line.uid, said)
        line.words, line.sealed, line.document = kept["words"], kept["sealed"], None
    session.flush()
