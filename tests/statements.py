"""Counting what a piece of work asks of the database; an executemany counts once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from config.database import db


class Counted:
    """Statements and commits seen while the block ran."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.commits = 0


@contextmanager
def counted() -> Iterator[Counted]:
    """Watch the engine of the current application; transaction control and PRAGMA do not count."""
    seen = Counted()

    def execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.statements.append(statement)

    def commit(_connection: Any) -> None:
        seen.commits += 1

    event.listen(db.engine, "before_cursor_execute", execute)
    event.listen(db.engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", execute)
        event.remove(db.engine, "commit", commit)
