"""What words on pages are made with and changes rarely: looked up, kept a moment, looked up again.

Only words lag (*còn 3 ngày làm việc*, a person's name); dates, rights and cases are always read anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from time import monotonic
from typing import TypeVar

from flask import current_app

from config.database import db
from petitions.queries import choices, hotspots
from petitions.queries.choices import Names
from petitions.queries.inspection import inspectors as inspectors_of
from petitions.queries.list_choices import Known, ListChoices, colleagues_of, list_choices
from petitions.queries.province.places import communes
from petitions.queries.queue_shapes import Inspector
from petitions.rulebook import Rulebook, current
from petitions.web.pictures import Drawing, draw
from workflows.vocabulary import Actor, Role

SECONDS = 30.0
"""How long the words of a page may lag behind a change of the calendar or a name."""

T = TypeVar("T")


def rulebook() -> Rulebook:
    """The calendar and rules for telling due dates."""
    return _kept("rulebook", lambda: current(db.session()))


def names() -> Names:
    """Names of people and agencies."""
    return _kept("names", choices.names)


def offered(today: date) -> ListChoices:
    """What the filters of a list offer to everybody."""
    return _kept("offered", lambda: list_choices(today))


def colleagues(agency_id: int, today: date) -> tuple[Known, ...]:
    """People of an agency, as filters offer them."""
    return _kept(f"colleagues {agency_id}", lambda: colleagues_of(agency_id, today))


def inspectors(actor: Actor, today: date) -> tuple[Inspector, ...]:
    """Inspectors of the reader's body, as filters offer them."""
    return _kept(f"inspectors {actor.agency_id}", lambda: inspectors_of(actor, today))


def reads_hotspots(actor: Actor) -> bool:
    """Whether this hat reads hot spots: asked once for a body, for its heads."""
    if actor.province_wide or actor.role is not Role.HEAD:
        return hotspots.reads(actor)
    return _kept(f"hotspots {actor.agency_id}", lambda: hotspots.reads(actor))


def province_map(today: date) -> Drawing | None:
    """The communes as they are drawn, by id; None where no outline was imported."""
    return _kept(
        "map", lambda: draw({each.id: each.geometry for each in communes(today) if each.geometry})
    )


def _kept(what: str, look_up: Callable[[], T]) -> T:
    store: dict[str, tuple[float, T]] = current_app.extensions.setdefault("donthu_kept", {})
    found = store.get(what)
    if found is None or monotonic() - found[0] > SECONDS:
        found = store[what] = (monotonic(), look_up())
    return found[1]
