"""Gap-free numbers: one counter row per agency, book and year, locked until the command commits."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

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
    wanted = sorted(books)
    values: dict[str, int | str] = {"agency": agency_id, "year": year, "count": count}
    values |= {f"book{index}": book for index, book in enumerate(wanted)}
    rows = session.connection().execute(_take(len(wanted)), values)
    return {row.book: row.last for row in rows}


@cache
def _take(books: int) -> TextClause:
    """One statement for all books, in words both databases know; a multi-row insert built by the
    library would be compiled anew at every registration."""
    rows = ", ".join(f"(:agency, :book{index}, :year, :count)" for index in range(books))
    return text(
        f"INSERT INTO number_book (agency_id, book, year, last) VALUES {rows} "  # noqa: S608
        "ON CONFLICT (agency_id, book, year) DO UPDATE SET last = number_book.last + :count "
        "RETURNING book, last"
    )
