"""Gap-free numbers: one counter row per agency, book and year, locked until the command commits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

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
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    rows = [
        {"agency_id": agency_id, "book": book, "year": year, "last": count}
        for book in sorted(books)
    ]
    statement = dialect.insert(NumberBook).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=[NumberBook.agency_id, NumberBook.book, NumberBook.year],
        set_={"last": NumberBook.last + count},
    ).returning(NumberBook.book, NumberBook.last)
    return {row.book: row.last for row in session.execute(statement)}
