"""Cases as people look at them: queues, search and the case page. Frozen results, never rows.

Every statement here carries the scope predicate of ``petitions.access``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visible
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
    query = _lines().where(visible(actor), *_conditions(actor, filters))
    start = _read_mark(after)
    if start is not None:
        due, case_id = start
        query = query.where(or_(Case.next_due > due, and_(Case.next_due == due, Case.id > case_id)))
    rows = db.session.execute(query.order_by(Case.next_due, Case.id).limit(limit + 1)).all()
    more = len(rows) > limit
    lines = with_flags(rows[:limit])
    last = lines[-1] if more else None
    return Page(lines, None if last is None else f"{(last.due or FAR).isoformat()}_{last.id}")


def by_ids(actor: Actor, ids: Sequence[int]) -> tuple[Line, ...]:
    """The visible ones of ``ids``, in that order."""
    if not ids:
        return ()
    found = {
        line.id: line
        for line in with_flags(
            db.session.execute(_lines().where(visible(actor), Case.id.in_(ids))).all()
        )
    }
    return tuple(found[case_id] for case_id in ids if case_id in found)


def with_flags(rows: Sequence[Any]) -> tuple[Line, ...]:
    """Rows of ``_lines`` with their standing flags."""
    flags: dict[int, list[FlagKind]] = defaultdict(list)
    if rows:
        standing = select(Flag.case_id, Flag.kind).where(
            Flag.case_id.in_([row.id for row in rows]), Flag.cleared_on.is_(None)
        )
        for row in db.session.execute(standing.distinct()):
            flags[row.case_id].append(row.kind)
    return tuple(
        Line(
            id=row.id,
            code=row.code,
            kind=row.kind,
            instance=row.instance,
            state=row.state,
            coarse=row.coarse,
            summary=row.summary,
            received_on=row.received_on,
            due=None if row.next_due == FAR else row.next_due,
            step=row.next_step,
            agency=row.agency,
            officer=row.officer,
            field=row.field,
            place=row.place,
            group_size=row.group_size,
            paused=row.paused_since is not None,
            flags=tuple(sorted(flags[row.id])),
        )
        for row in rows
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


def _conditions(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.mine:
        wanted.append(Case.officer_id == actor.user_id)
    if filters.open is True:
        wanted.append(Case.open.is_(True))
    elif filters.open is False:
        wanted.append(~Case.open)
    for column, value in (
        (Case.kind, filters.kind),
        (Case.coarse, filters.coarse),
        (Case.state, filters.state),
        (Case.agency_id, filters.agency_id),
        (Case.field_id, filters.field_id),
        (Case.place_id, filters.place_id),
        (Case.project_id, filters.project_id),
        (Case.source, filters.source),
    ):
        if value is not None:
            wanted.append(column == value)
    for day, low, high in (
        (Case.next_due, filters.due_from, filters.due_to),
        (Case.received_on, filters.received_from, filters.received_to),
    ):
        if low is not None:
            wanted.append(day >= low)
        if high is not None:
            wanted.append(day <= high)
    if filters.flag is not None:
        wanted.append(
            Case.id.in_(
                select(Flag.case_id).where(Flag.kind == filters.flag, Flag.cleared_on.is_(None))
            )
        )
    return wanted


def _read_mark(after: str | None) -> tuple[date, int] | None:
    if not after:
        return None
    day, _, number = after.partition("_")
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None
