"""Fixtures of the pages: the clock stands on the day the tests live on, visitors are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from config.database import db
from tests.conftest import NOW
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read 09:00 of the tests' day."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)


@pytest.fixture
def visit(app: Flask, world: World) -> Callable[[Actor | None], Visitor]:
    """Somebody of the cast at a browser."""
    return lambda actor=None: Visitor(app, actor)


@dataclass
class Statements:
    """What was asked of the database."""

    seen: list[str] = field(default_factory=list)

    def page(self) -> list[str]:
        """Without transaction brackets and the three statements of sign-in and scope."""
        return [each for each in self.seen if not _of_sign_in(each)]


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """A context that collects the statements run inside it."""

    @contextmanager
    def collecting() -> Iterator[Statements]:
        found = Statements()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            found.seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return collecting


def _of_sign_in(statement: str) -> bool:
    words = " ".join(statement.split())
    return (
        words.startswith(("BEGIN", "PRAGMA"))
        or "FROM user_account JOIN hat" in words
        or "WITH RECURSIVE below" in words
        or "FROM delegation" in words
    )
