"""Cases as people look at them: queues, search and the case page. Frozen results, never rows.

Every statement here carries the scope predicate of ``petitions.access``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from config.database import Key, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.models import FAR, Agency, Case, Field, Flag, Place, User
from workflows.records import Source
from workflows.vocabulary import Actor, Coarse, Kind, State
from workflows.watch import FlagKind

PAGE = 50
MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list. ``due`` is the nearest date somebody must act by, ``None`` when nothing runs."""

    id: int
    code: str
    kind: Kind
    instance: int
    state: State
    coarse: Coarse
    summary: str
    received_on: date
    due: date | None
    step: str | None
    agency: str
    officer: str | None
    field: str
    place: str | None
    group_size: int
    paused: bool
    flags: tuple[FlagKind, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; ``after`` opens the next one, ``None`` on the last."""

    lines: tuple[Line, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list shows. ``mine`` keeps the cases the actor is charged with."""

    mine: bool = False
    open: bool | None = True
    kind: Kind | None = None
    coarse: Coarse | None = None
    state: State | None = None
    agency_id: int | None = None
    field_id: int | None = None
    place_id: int | None = None
    project_id: int | None = None
    source: Source | None = None
    due_from: date | None = None
    due_to: date | None = None
    received_from: date | None = None
    received_to: date | None = None
    flag: FlagKind | None = None


def queue(actor: Actor, filters: Filters, *, after: str | None = None, limit: int = PAGE) -> Page:
    """Cases by nearest due date. Two statements, whatever the number of rows.

    ``after`` is the ``Page.after`` of the page before; a damaged one starts at the beginning.
    """
    limit = max(1, min(limit, MOST))
    values: dict[str, Any] = {
        each.name: getattr(filters, each.name)
        for each in fields(filters)
        if getattr(filters, each.name) not in {None, False} or each.name == "open"
    }
    start = _read_mark(after)
    if start is not None:
        values["after_due"], values["after_id"] = start
    shape = frozenset(name for name, value in values.items() if value is not None)
    closed = "open" in shape and filters.open is False
    rows = read(
        _queue_statement(scope_of(actor), shape, closed),
        {**values, **scope_values(actor), "me": actor.user_id, "most": limit + 1},
    ).all()
    more = len(rows) > limit
    lines = with_flags(rows[:limit])
    last = lines[-1] if more else None
    return Page(lines, None if last is None else f"{(last.due or FAR).isoformat()}_{last.id}")


@lru_cache(maxsize=512)
def _queue_statement(scope: Scope, shape: frozenset[str], closed: bool) -> Select[*tuple[Any, ...]]:
    """The list for one reach and one set of filters; their values are left open."""
    query = _lines().where(
        visible_in(scope), *(_CONDITIONS[name] for name in sorted(shape & _CONDITIONS.keys()))
    )
    if "open" in shape:
        query = query.where(~Case.open if closed else Case.open)
    if "after_due" in shape:
        due = bindparam("after_due", type_=Case.next_due.type)
        number = bindparam("after_id", type_=Key)
        query = query.where(or_(Case.next_due > due, and_(Case.next_due == due, Case.id > number)))
    return query.order_by(Case.next_due, Case.id).limit(bindparam("most", type_=Integer()))


def by_ids(actor: Actor, ids: Sequence[int]) -> tuple[Line, ...]:
    """The visible ones of ``ids``, in that order."""
    if not ids:
        return ()
    rows = read(
        _by_ids_statement(scope_of(actor)), {"ids": tuple(ids), **scope_values(actor)}
    ).all()
    found = {line.id: line for line in with_flags(rows)}
    return tuple(found[case_id] for case_id in ids if case_id in found)


@cache
def _by_ids_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    return _lines().where(visible_in(scope), Case.id.in_(bindparam("ids", expanding=True)))


_STANDING = (
    select(Flag.case_id, Flag.kind)
    .where(Flag.case_id.in_(bindparam("ids", expanding=True)), Flag.cleared_on.is_(None))
    .distinct()
)


def with_flags(rows: Sequence[Any]) -> tuple[Line, ...]:
    """Rows of ``_lines`` with their standing flags."""
    flags: dict[int, list[FlagKind]] = defaultdict(list)
    if rows:
        for case_id, kind in read(_STANDING, {"ids": [row.id for row in rows]}):
            flags[case_id].append(kind)
    return tuple(_line(row, flags) for row in rows)


def _line(row: Any, flags: Mapping[int, list[FlagKind]]) -> Line:
    (
        number, code, kind, instance, state, coarse, summary, received_on, due, step, group_size,
        paused_since, agency, officer, field, place,
    ) = row  # fmt: skip
    standing = flags.get(number)
    return Line(
        id=number,
        code=code,
        kind=kind,
        instance=instance,
        state=state,
        coarse=coarse,
        summary=summary,
        received_on=received_on,
        due=None if due == FAR else due,
        step=step,
        agency=agency,
        officer=officer,
        field=field,
        place=place,
        group_size=group_size,
        paused=paused_since is not None,
        flags=tuple(sorted(standing)) if standing else (),
    )


def _lines() -> Select[*tuple[Any, ...]]:
    officer = aliased(User)
    return (
        select(
            Case.id,
            Case.code,
            Case.kind,
            Case.instance,
            Case.state,
            Case.coarse,
            Case.summary,
            Case.received_on,
            Case.next_due,
            Case.next_step,
            Case.group_size,
            Case.paused_since,
            Agency.name.label("agency"),
            officer.name.label("officer"),
            Field.name.label("field"),
            Place.name.label("place"),
        )
        .join(Agency, Agency.id == Case.agency_id)
        .join(Field, Field.id == Case.field_id)
        .outerjoin(officer, officer.id == Case.officer_id)
        .outerjoin(Place, Place.id == Case.place_id)
    )


def _equals(column: Any, name: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column == bindparam(name, type_=column.type)
    return condition


_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "mine": Case.officer_id == bindparam("me"),
    "kind": _equals(Case.kind, "kind"),
    "coarse": _equals(Case.coarse, "coarse"),
    "state": _equals(Case.state, "state"),
    "agency_id": _equals(Case.agency_id, "agency_id"),
    "field_id": _equals(Case.field_id, "field_id"),
    "place_id": _equals(Case.place_id, "place_id"),
    "project_id": _equals(Case.project_id, "project_id"),
    "source": _equals(Case.source, "source"),
    "due_from": Case.next_due >= bindparam("due_from", type_=Case.next_due.type),
    "due_to": Case.next_due <= bindparam("due_to", type_=Case.next_due.type),
    "received_from": Case.received_on >= bindparam("received_from", type_=Case.received_on.type),
    "received_to": Case.received_on <= bindparam("received_to", type_=Case.received_on.type),
    "flag": Case.id.in_(
        select(Flag.case_id).where(
            Flag.kind == bindparam("flag", type_=Flag.kind.type), Flag.cleared_on.is_(None)
        )
    ),
}


def _read_mark(after: str | None) -> tuple[date, int] | None:
    if not after:
        return None
    day, _, number = after.partition("_")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None
