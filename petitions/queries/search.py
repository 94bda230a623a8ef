"""Search over the folded text: the same hits with and without diacritics, fresh right after the commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, select, text
from sqlalchemy.orm import Session

from config.database import db
from petitions.access import visible
from petitions.codes import CodeError, parse_code
from petitions.models import Case, CaseText
from petitions.queries.cases import PAGE, Line, by_ids
from petitions.text import fold_words
from workflows.vocabulary import Actor

WORDS = 12
"""Words of a query that count; more only narrow a result that is narrow already."""


def search(actor: Actor, query: str, *, limit: int = PAGE) -> tuple[Line, ...]:
    """The newest visible cases holding every word of ``query``, the last one as a beginning.

    A case code, however typed, finds its case. Sealed people are never found by words.
    """
    code = _code(query)
    if code is not None:
        found = db.session.scalar(select(Case.id).where(Case.code == code, visible(actor)))
        if found is not None:
            return by_ids(actor, [found])
    words = fold_words(query)[:WORDS]
    if not words:
        return ()
    ids = db.session.scalars(
        select(Case.id)
        .where(_matches(db.session(), words), visible(actor))
        .order_by(Case.id.desc())
        .limit(limit)
    ).all()
    return by_ids(actor, ids)


def _code(query: str) -> str | None:
    try:
        return str(parse_code(query))
    except CodeError:
        return None


def _matches(session: Session, words: tuple[str, ...]) -> ColumnElement[bool]:
    """The full-text condition of the database at hand; words are bound, never spliced in."""
    if session.get_bind().dialect.name == "postgresql":
        asked = " & ".join([*words[:-1], f"{words[-1]}:*"])
        vector: ColumnElement[Any] = literal_column("case_text.search_vector")
        hits = select(CaseText.case_id).where(
            vector.op("@@")(
                text("to_tsquery('simple', :asked)").bindparams(bindparam("asked", asked))
            )
        )
        return Case.id.in_(hits)
    asked = " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
    return Case.id.in_(
        text("SELECT rowid FROM case_search WHERE case_search MATCH :asked").bindparams(
            bindparam("asked", asked)
        )
    )
