"""Papers of a visit that turned out to be confidential after they were written."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.kept_words import put_away
from petitions.models import ReceptionPaper
from petitions.sealing import CaseKey
from workflows.vocabulary import Kind


def seal_papers(session: Session, visit_id: int, key: CaseKey) -> None:
    """Put the readable words of the visit's papers under its key, inside the caller's transaction."""
    rows = session.scalars(
        select(ReceptionPaper).where(
            ReceptionPaper.visit_id == visit_id, ReceptionPaper.words.is_not(None)
        )
    )
    for row in rows:
        table = ReceptionPaper.__tablename__
        kept = put_away(Kind.DENUNCIATION, key, table, row.uid, row.words or {})
        row.words, row.sealed = kept["words"], kept["sealed"]
