"""Cases as people look at them: queues, search and the case page. Frozen results, never rows.

Every statement here carries the scope predicate of ``petitions.access``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Integer, Select, and_, bindparam, or_, select
from sqlalchemy.orm import aliased

from config.database import Key, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.models import FAR, Agency, Case, Field, Flag, Place, User
from petitions.queries.case_filters import Filters, Horizon, asked, conditions
from petitions.queries.columns import Column, beyond, expression
from petitions.queries.marks import mark, read_mark
from workflows.vocabulary import Action, Actor, Coarse, Kind, State
from workflows.watch import FlagKind

__all__ = ["MOST", "PAGE", "Filters", "Line", "Page", "by_ids", "every", "queue", "with_flags"]

PAGE = 50
MOST = 200
STRIDE = 5_000
"""Lines of one page when a whole list is read."""


@dataclass(frozen=True, slots=True)
class Line:
    """One case in a list. ``due`` is the nearest date somebody must act by, ``None`` when nothing runs.

    ``more`` holds the asked columns beyond these.
    """

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
    more: Mapping[Column, Any] = part(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; ``after`` opens the next one, ``None`` on the last."""

    lines: tuple[Line, ...]
    after: str | None


def queue(
    actor: Actor,
    filters: Filters,
    *,
    after: str | None = None,
    limit: int = PAGE,
    columns: Collection[Column] = (),
    seen: Horizon | None = None,
) -> Page:
    """Cases by nearest due date. Two statements, whatever the number of rows, filters and columns.

    ``after`` is the ``Page.after`` of the page before; a damaged one starts at the beginning. ``seen``
    is the day the list is read on: lateness and sections depend on it, and ``ValueError`` is raised
    when one is asked for without.
    """
    return _page(actor, filters, after, max(1, min(limit, MOST)), columns, seen)


def every(
    actor: Actor,
    filters: Filters,
    *,
    most: int,
    columns: Collection[Column] = (),
    seen: Horizon | None = None,
) -> Iterator[Line]:
    """The whole list, at most ``most`` lines of it, read page by page."""
    left, after = most, None
    while left > 0:
        page = _page(actor, filters, after, min(left, STRIDE), columns, seen)
        yield from page.lines
        left -= len(page.lines)
        after = page.after
        if after is None:
            return


def _page(
    actor: Actor,
    filters: Filters,
    after: str | None,
    limit: int,
    columns: Collection[Column],
    seen: Horizon | None,
) -> Page:
    values = asked(filters, seen)
    start = read_mark(after)
    if start is not None:
        values["after_due"], values["after_id"] = start
    extra = beyond(columns)
    if Column.SECTION in extra:
        if seen is None:
            raise ValueError("the section of an officer depends on the day it is seen from")
        values["on"] = seen.today
    statement = _queue_statement(scope_of(actor), frozenset(values), extra)
    rows = read(
        statement, {**values, **scope_values(actor), "me": actor.user_id, "most": limit + 1}
    ).all()
    more = len(rows) > limit
    lines = with_flags(rows[:limit], extra)
    last = lines[-1] if more else None
    return Page(lines, None if last is None else mark(last.due or FAR, last.id))


@lru_cache(maxsize=1024)
def _queue_statement(
    scope: Scope, shape: frozenset[str], extra: tuple[Column, ...]
) -> Select[*tuple[Any, ...]]:
    """The list for one reach, one set of filters and of columns; their values are left open."""
    query = _lines().add_columns(*(expression(column).label(column) for column in extra))
    query = query.where(visible_in(scope), *conditions(shape))
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


def with_flags(rows: Sequence[Any], extra: tuple[Column, ...] = ()) -> tuple[Line, ...]:
    """Rows of ``_lines`` with their standing flags, and behind them the columns ``extra``."""
    flags: dict[int, list[FlagKind]] = defaultdict(list)
    if rows:
        for case_id, kind in read(_STANDING, {"ids": [row.id for row in rows]}):
            flags[case_id].append(kind)
    return tuple(_line(row, flags, extra) for row in rows)


def _line(row: Any, flags: Mapping[int, list[FlagKind]], extra: tuple[Column, ...]) -> Line:
    (
        number, code, kind, instance, state, coarse, summary, received_on, due, step, group_size,
        paused_since, agency, officer, field, place, *more,
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
        more={column: _said(column, value) for column, value in zip(extra, more, strict=True)},
    )


def _said(column: Column, value: Any) -> Any:
    """The act a case was last handled by; one reopened since waits to be handled again."""
    if column is not Column.HANDLING or value is None:
        return value
    return None if value == Action.REOPEN else Action(value)


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
