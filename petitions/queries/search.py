"""Search over the folded text: the same hits with and without diacritics, fresh right after the commit."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    bindparam,
    column,
    func,
    select,
    text,
)

from config.database import db, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.codes import CodeError, parse_code
from petitions.models import Case
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
    scope, values = scope_of(actor), scope_values(actor)
    if code is not None:
        found = read(_code_statement(scope), {"code": code, **values}).scalar()
        if found is not None:
            return by_ids(actor, [found])
    words = fold_words(query)[:WORDS]
    if not words:
        return ()
    postgres = db.engine.dialect.name == "postgresql"
    asked = words_asked(words, postgres)
    ids = read(_words_statement(scope, postgres), {"asked": asked, "most": limit, **values})
    return by_ids(actor, ids.scalars().all())


def _code(query: str) -> str | None:
    try:
        return str(parse_code(query))
    except CodeError:
        return None


@cache
def _code_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    return select(Case.id).where(Case.code == bindparam("code"), visible_in(scope))


@cache
def _words_statement(scope: Scope, postgres: bool) -> Select[*tuple[Any, ...]]:
    """The full-text condition of the database at hand; words are bound, never spliced in."""
    if postgres:
        held: Any = text(
            "SELECT case_id FROM case_text WHERE search_vector @@ to_tsquery('simple', :asked)"
        )
    else:
        held = text("SELECT rowid FROM case_search WHERE case_search MATCH :asked")
    return (
        select(Case.id)
        .where(Case.id.in_(held.bindparams(bindparam("asked"))), visible_in(scope))
        .order_by(Case.id.desc())
        .limit(bindparam("most", type_=Integer()))
    )


def hits(postgres: bool) -> Subquery:
    """``case_id`` of every case the full-text index finds for the value bound as ``asked``.

    On PostgreSQL fenced off: in the order of its key a plan could walk the whole table for it.
    """
    if postgres:
        found = "SELECT case_id FROM case_text WHERE search_vector @@ to_tsquery('simple', :asked) OFFSET 0"
    else:
        found = "SELECT rowid AS case_id FROM case_search WHERE case_search MATCH :asked"
    return text(found).columns(column("case_id", Case.id.type)).subquery()


def one_of(attribute: Any, name: str, postgres: bool) -> ColumnElement[bool]:
    """Whether a text is one of the many bound as the list ``name``, each looked up in the index.

    One bound value, however long the list: hundreds of them would cost more to bind than to look up,
    and make PostgreSQL read the whole table instead.
    """
    if postgres:
        each: Any = func.unnest(bindparam(name, type_=ARRAY(String()))).column_valued(name)
        return attribute.in_(select(each))  # type: ignore[no-any-return]
    listed = func.json_each(bindparam(name, type_=JSON())).table_valued("value", name=name)
    return attribute.in_(select(listed.c.value))  # type: ignore[no-any-return]


def words_asked(words: tuple[str, ...], postgres: bool) -> str:
    """Every word, the last one as a beginning; folded words hold letters and digits only."""
    if postgres:
        return " & ".join([*words[:-1], f"{words[-1]}:*"])
    return " ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])
