"""The stations of a hat: live counts in one statement, and the list behind each from the same predicate.

A station of the case's own stage is one expression over the case, built from the rows of
``workflows.stations``; a station of proposals, replies or followed cases picks its cases from that
table. Documents that wait for the clerk are counted and listed as documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)

from config.database import Key, read
from petitions.access import scope_of, scope_values, visible_in
from petitions.errors import NotFound
from petitions.models import Case, OutgoingDocument, User
from petitions.queries.cases import PAGE, Line, by_ids
from petitions.queries.marks import mark, read_mark
from petitions.queries.positions import MINE, Position, positions
from petitions.queries.station_conditions import (
    DATED,
    SOON,
    TODAY,
    Eyes,
    dated,
    name,
    picks,
    reach,
    stage,
    watches_all,
    within,
)
from workflows.stations import GROUPS, MENU, Station
from workflows.vocabulary import Actor, Role

WEEK = timedelta(days=7)
"""How far ahead a date counts as near: a week of plain days."""

DOCUMENTS = frozenset({Station.TO_NUMBER, Station.TO_SEND})
"""Stations whose things are signed documents, not cases."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many things lie at a station, and how many of them are past a date somebody had to act by."""

    station: Station
    things: int
    late: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A case at a station, and where it stands for this viewer."""

    line: Line
    position: Position


@dataclass(frozen=True, slots=True)
class WaitingDocument:
    """A signed document that has not left. ``code`` is None where the viewer may not know the case."""

    id: int
    form_key: str
    symbol: str
    number: int | None
    issued_on: date
    signer: str
    code: str | None


@dataclass(frozen=True, slots=True)
class StationPage:
    """A page of one station: cases or documents; ``after`` opens the next page, None on the last."""

    station: Station
    cases: tuple[Standing, ...]
    documents: tuple[WaitingDocument, ...]
    after: str | None


def stations_of(actor: Actor, today: date) -> tuple[Count, ...]:
    """Every station of this hat in the order of the menu, with its live count. One statement."""
    menu = _menu(actor.role)
    if not menu:
        return ()
    found = {
        Station(name): (things, late)
        for name, things, late in read(_counts(_eyes(actor)), _values(actor, today))
        if name is not None
    }
    return tuple(Count(station, *found.get(station, (0, 0))) for station in menu)


def lines_of(
    actor: Actor, station: Station, today: date, *, after: str | None = None, limit: int = PAGE
) -> StationPage:
    """A page of one station, the nearest date first (documents: the oldest). At most five statements.

    ``after`` is the ``after`` of the page before; a damaged one starts at the beginning. Raises
    ``NotFound`` for a station that is not this hat's.
    """
    if station not in MENU[actor.role]:
        raise NotFound
    start = read_mark(after)
    values = {**_values(actor, today), "most": limit + 1}
    if start is not None:
        values["after_day"], values["after_id"] = start
    query = _documents if station in DOCUMENTS else _cases
    rows = read(query(station, _eyes(actor), start is not None), values).all()
    shown = rows[:limit]
    end = mark(shown[-1][1], shown[-1][0]) if len(rows) > limit else None
    if station in DOCUMENTS:
        return StationPage(station, (), tuple(_document(row) for row in shown), end)
    ids = [row.id for row in shown]
    words = positions(actor, ids)
    cases = tuple(Standing(line, words[line.id]) for line in by_ids(actor, ids) if line.id in words)
    return StationPage(station, cases, (), end)


def _menu(role: Role) -> tuple[Station, ...]:
    return tuple(each for group in GROUPS.values() for each in group if each in MENU[role])


def _eyes(actor: Actor) -> Eyes:
    return Eyes(scope_of(actor), actor.section_id is not None)


def _values(actor: Actor, today: date) -> dict[str, Any]:
    return {
        **scope_values(actor),
        "me": actor.user_id,
        "mine": actor.agency_id,
        "section": actor.section_id,
        "today": today,
        "soon": today + WEEK,
    }


# --- statements, built once for each reach ---------------------------------------------------


@cache
def _counts(eyes: Eyes) -> CompoundSelect[*tuple[Any, ...]]:
    """One row of name, number and late number for each station that is not empty."""
    menu = MENU[eyes.scope.role]
    seen_by = visible_in(eyes.scope)
    standing = select(stage(eyes.scope.role).label("station"), Case.next_due)
    at = standing.where(seen_by, Case.open, reach(eyes)).cte("at")
    watched = at
    if watches_all(eyes.scope.role):
        soon = select(Case.next_due).where(seen_by, Case.open, Case.next_due <= SOON)
        watched = soon.cte("watched")
    parts: list[Select[*tuple[Any, ...]]] = [
        select(at.c.station, func.count(), _late(at.c.next_due)).group_by(at.c.station),
        *(
            select(name(station), func.count(), _late(watched.c.next_due)).where(
                dated(station, watched.c.next_due)
            )
            for station in sorted(menu & DATED)
        ),
        _picked(menu, eyes),
    ]
    parts += [
        select(name(station), func.count(), literal_column("0", Integer())).where(*_unsent(station))
        for station in sorted(menu & DOCUMENTS)
    ]
    return union_all(*parts)


def _picked(menu: frozenset[Station], eyes: Eyes) -> Select[*tuple[Any, ...]]:
    found = picks(eyes.scope.role)
    picking = [
        select(name(station).label("station"), found[station].c.case_id, found[station].c.due)
        for station in sorted(menu & found.keys())
    ]
    picked = union_all(*picking).subquery("picked")
    return (
        select(picked.c.station, func.count(), _late(picked.c.due, Case.next_due))
        .join_from(picked, Case, Case.id == picked.c.case_id)
        .where(visible_in(eyes.scope))
        .group_by(picked.c.station)
    )


def _late(*dues: Any) -> ColumnElement[int]:
    return func.count().filter(or_(*(due < TODAY for due in dues)))


@cache
def _cases(station: Station, eyes: Eyes, further: bool) -> Select[*tuple[Any, ...]]:
    seen_by = visible_in(eyes.scope)
    if (found := picks(eyes.scope.role).get(station)) is not None and station not in DATED:
        due = func.coalesce(found.c.due, Case.next_due).label("next_due")
        query = select(Case.id, due).join_from(found, Case, Case.id == found.c.case_id)
        return _paged(query.where(seen_by), due, Case.id, further)
    query = select(Case.id, Case.next_due).where(seen_by)
    if station in DATED:
        query = query.where(*within(station, eyes))
    else:
        query = query.where(Case.open, reach(eyes), stage(eyes.scope.role) == name(station))
    return _paged(query, Case.next_due, Case.id, further)


def _paged(
    query: Select[*tuple[Any, ...]], day: Any, number: Any, further: bool
) -> Select[*tuple[Any, ...]]:
    if further:
        last, of = bindparam("after_day", type_=Date()), bindparam("after_id", type_=Key)
        query = query.where(or_(day > last, and_(day == last, number > of)))
    return query.order_by(day, number).limit(bindparam("most", type_=Integer()))


def _unsent(station: Station) -> tuple[ColumnElement[bool], ...]:
    numbered = OutgoingDocument.number.is_not(None)
    return (
        OutgoingDocument.agency_id == MINE,
        OutgoingDocument.sent_on.is_(None),
        OutgoingDocument.symbol != "",  # minutes and receipts are neither numbered nor sent
        numbered if station is Station.TO_SEND else not_(numbered),
    )


@cache
def _documents(station: Station, eyes: Eyes, further: bool) -> Select[*tuple[Any, ...]]:
    """Number, form, date and signer of every document; its case only to whom may see it."""
    query = (
        select(
            OutgoingDocument.id,
            OutgoingDocument.issued_on,
            OutgoingDocument.form_key,
            OutgoingDocument.symbol,
            OutgoingDocument.number,
            User.name,
            Case.code,
        )
        .join(User, User.id == OutgoingDocument.signer_id)
        .outerjoin(Case, and_(Case.id == OutgoingDocument.case_id, visible_in(eyes.scope)))
        .where(*_unsent(station))
    )
    return _paged(query, OutgoingDocument.issued_on, OutgoingDocument.id, further)


def _document(row: Any) -> WaitingDocument:
    number, issued_on, form_key, symbol, given, signer, code = row
    return WaitingDocument(number, form_key, symbol, given, issued_on, signer, code)
