"""Gap-free numbers: one counter row per agency, book and year, locked until the command commits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Executable, Integer, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.database import Key
from petitions.models import NumberBook

CASES = "case"
"""Case codes, given once by the first body."""
REGISTER = "register"
"""Each body's own register of papers received."""


def next_numbers(
    session: Session, agency_id: int, books: Sequence[str], year: int, count: int = 1
) -> dict[str, int]:
    """Take the next ``count`` numbers of each book; returns the last one taken, by book.

    A command that fails gives its numbers back with its transaction, so no number is ever skipped.
    """
    connection = session.connection()
    statement = _take(connection.dialect.name, tuple(sorted(books)))
    values = {"agency": agency_id, "year": year, "count": count}
    return {row.book: row.last for row in connection.execute(statement, values)}


@cache
def _take(product: str, books: tuple[str, ...]) -> Executable:
    dialect = postgresql if product == "postgresql" else sqlite
    agency, year = bindparam("agency", type_=Key), bindparam("year", type_=Integer())
    count = bindparam("count", type_=Integer())
    rows = [{"agency_id": agency, "book": book, "year": year, "last": count} for book in books]
    statement: Executable = (
        dialect.insert(NumberBook)
        .values(rows)
        .on_conflict_do_update(
            index_elements=[NumberBook.agency_id, NumberBook.book, NumberBook.year],
            set_={"last": NumberBook.last + count},
        )
        .returning(NumberBook.book, NumberBook.last)
    )
    return statement
