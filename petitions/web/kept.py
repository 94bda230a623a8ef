"""What words on pages are made with and changes rarely: looked up, kept a moment, looked up again.

Only words lag (*còn 3 ngày làm việc*, a person's name); dates, rights and cases are always read anew.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from flask import current_app

from config.database import db
from petitions.queries import choices
from petitions.queries.choices import Names
from petitions.rulebook import Rulebook, current

SECONDS = 30.0
"""How long the words of a page may lag behind a change of the calendar or a name."""

T = TypeVar("T")


def rulebook() -> Rulebook:
    """The calendar and rules for telling due dates."""
    return _kept("rulebook", lambda: current(db.session()))


def names() -> Names:
    """Names of people and agencies."""
    return _kept("names", choices.names)


def _kept(what: str, look_up: Callable[[], T]) -> T:
    store: dict[str, tuple[float, T]] = current_app.extensions.setdefault("donthu_kept", {})
    found = store.get(what)
    if found is None or monotonic() - found[0] > SECONDS:
        found = store[what] = (monotonic(), look_up())
    return found[1]
