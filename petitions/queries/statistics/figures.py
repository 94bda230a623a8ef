"""A statistical table's figures by unit, and the cases behind each of them.

Official figures are complete: they count denunciations for whoever may see the unit's table, because
a table is a sum that is printed and sent. Two things are kept back. Nobody is told of a case he is
barred from, not even as one more in a figure: a head who reads his unit's table must not learn from
it that somebody denounced him. And the list behind a figure shows only what the reader may open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, bindparam, case, func, or_, select

from config.database import read
from petitions.access import scope_of, scope_values, visible_in
from petitions.errors import Forbidden, NotFound
from petitions.models import Agency, Case
from petitions.queries.statistics.conditions import amount, counts, holds
from petitions.queries.statistics.receptions import Reception, behind
from petitions.queries.statistics.spec import (
    IN_MILLIONS,
    Column,
    Gap,
    Identity,
    Measure,
    Table,
    Universe,
)
from petitions.queries.statistics.universes import lines
from workflows.transition import DISPATCH
from workflows.vocabulary import Actor, AgencyKind, Role

READERS = (DISPATCH - {Role.OFFICER}) | {Role.INSPECTOR}
"""Who answers for a unit's figures, the clerk who prints them, and the inspectorate."""
NOT_UNITS = (AgencyKind.SECTION, AgencyKind.PARTY_OFFICE)
"""Bodies that have no line of their own unless something was counted there."""


class Window(NamedTuple):
    """The days a table counts, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Unit:
    """A line's unit."""

    id: int
    code: str
    name: str


Figure = int | Decimal
"""A count; or an amount: million đồng or square metres, exact."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's figures by column; ``None`` where nothing is recorded that could be counted."""

    unit: Unit
    values: Mapping[int, Figure | None]


@dataclass(frozen=True, slots=True)
class Broken:
    """An identity that does not hold in a unit's line."""

    unit: Unit
    identity: Identity
    left: Figure
    right: Figure


@dataclass(frozen=True, slots=True)
class Untold:
    """So many lines lack the value a column needs."""

    gap: Gap
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    """A table of a window: its lines, their sum, what does not add up and what is not told."""

    table: Table
    window: Window
    lines: tuple[Line, ...]
    total: Mapping[int, Figure | None]
    broken: tuple[Broken, ...]
    untold: tuple[Untold, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A case behind a figure, or the reference of a visit or session."""

    id: int | None
    code: str


def reach(reader: Actor) -> frozenset[int] | None:
    """The units whose tables a reader may see; ``None`` stands for all. Raises ``Forbidden``."""
    if reader.role not in READERS:
        raise Forbidden("Vai trò hiện tại của bạn không xem được bảng thống kê.")
    return None if reader.province_wide else reader.agency_ids


def unit_named(code: str) -> Unit:
    """The unit of that code. Raises ``NotFound``."""
    row = read(_UNIT_NAMED, {"code": code}).one_or_none()
    if row is None:
        raise NotFound("Không có đơn vị này.")
    return Unit(*row)


def units(window: Window, among: Collection[int] | None) -> tuple[Unit, ...]:
    """The units that have a line in every table of a window, by name."""
    return tuple(unit for unit, due in _units(window, among, ()) if due)


def figures(
    table: Table, window: Window, *, among: Collection[int] | None, reader: Actor | None = None
) -> Report:
    """Count a table for the units ``among`` (``None``: all of them). Two or three statements.

    ``reader`` None counts every case, as the inspectorate's printed table does.
    """
    found: defaultdict[int, dict[str, Figure]] = defaultdict(dict)
    for universe in _universes(table):
        statement = _figures(table, universe, among is not None, reader is not None)
        for row in read(statement, _values(window, among, reader)):
            found[row.unit_id] |= {
                name: _figure(table, name, value)
                for name, value in row._mapping.items()
                if name != "unit_id"
            }
    shown = tuple(
        Line(unit, _line(table, found.get(unit.id, {})))
        for unit, due in _units(window, among, tuple(found))
        if due or any(found.get(unit.id, {}).values())
    )
    return Report(
        table=table,
        window=window,
        lines=shown,
        total=_sum(table, shown),
        broken=tuple(each for line in shown for each in _broken(table, line)),
        untold=tuple(
            Untold(gap, number)
            for gap in table.gaps
            if (number := int(sum(counted.get(gap.name, 0) for counted in found.values())))
        ),
    )


def cases(
    table: Table,
    name: str,
    window: Window,
    *,
    among: Collection[int] | None,
    reader: Actor | None = None,
) -> tuple[Counted, ...]:
    """The cases behind the figure of column ``name`` (or behind a gap of that name), by code.

    Behind a figure of reception stand visits and sessions: they come by their reference, without an
    id (see ``receptions_behind``). A figure may count a case in several units and several documents of one case; the list names each
    case once. Raises ``NotFound`` for a column the table lacks or that counts nothing yet.
    """
    sources = _known_sources(table, name)
    if table.universe is Universe.RECEPTION:
        return tuple(
            Counted(None, each.reference)
            for each in receptions_behind(table, name, window, among=among, reader=reader)
        )
    scope = None if reader is None else scope_of(reader)
    found: dict[int, Counted] = {}
    for universe in _universes(table):
        own = tuple(each for each in sources if _universe(table, each[0]) is universe)
        if own:
            statement = _cases(table, universe, own, among is not None, scope)
            for row in read(statement, _values(window, among, reader)):
                found[row.case_id] = Counted(row.case_id, row.code)
    return tuple(sorted(found.values(), key=lambda each: each.code))


def receptions_behind(
    table: Table,
    name: str,
    window: Window,
    *,
    among: Collection[int] | None,
    reader: Actor | None = None,
) -> tuple[Reception, ...]:
    """The visits and sessions behind a figure of a table of reception, as ``cases`` tells cases."""
    sources = _known_sources(table, name)
    line = lines(table.universe, table.kinds, reader is not None)
    wanted = _behind(table, table.universe, sources, line)
    if among is not None:
        wanted = and_(wanted, line.c.unit_id.in_(bindparam("among", expanding=True)))
    return behind(line, wanted, _values(window, among, reader), reader)


# --- statements ------------------------------------------------------------------------------

_UNIT_NAMED = select(Agency.id, Agency.code, Agency.name).where(Agency.code == bindparam("code"))
Source = tuple[Measure, tuple[str, ...]]


def _universe(table: Table, measure: Measure) -> Universe:
    return Universe.REPLIES if measure is Measure.REPLIES else table.universe


def _universes(table: Table) -> list[Universe]:
    return list(
        dict.fromkeys(
            _universe(table, column.measure) for column in table.columns if column.measure
        )
    )


def _values(window: Window, among: Collection[int] | None, reader: Actor | None) -> dict[str, Any]:
    values: dict[str, Any] = {"first": window.first, "last": window.last}
    if among is not None:
        values["among"] = tuple(among)
    return values if reader is None else values | scope_values(reader)


@cache
def _figures(
    table: Table, universe: Universe, limited: bool, seen: bool
) -> Select[*tuple[Any, ...]]:
    """Every figure of one universe for every unit, in one statement."""
    line = lines(universe, table.kinds, seen)
    wanted: list[tuple[str, Measure, tuple[str, ...]]] = [
        (str(column.number), column.measure, column.where)
        for column in table.columns
        if column.measure and _universe(table, column.measure) is universe
    ]
    if universe is table.universe:
        wanted += [(gap.name, Measure.MATTERS, gap.where) for gap in table.gaps]
    sums = [
        func.sum(
            case(
                (
                    and_(counts(line, measure), holds(universe, line, where)),
                    amount(line, measure),
                ),
                else_=0,
            )
        ).label(name)
        for name, measure, where in wanted
    ]
    query = select(line.c.unit_id, *sums).where(holds(universe, line, table.where))
    if limited:
        query = query.where(line.c.unit_id.in_(bindparam("among", expanding=True)))
    return query.group_by(line.c.unit_id)


@cache
def _cases(
    table: Table, universe: Universe, sources: tuple[Source, ...], limited: bool, scope: Any
) -> Select[*tuple[Any, ...]]:
    line = lines(universe, table.kinds, scope is not None)
    query = (
        select(line.c.case_id, line.c.code)
        .distinct()
        .where(_behind(table, universe, sources, line))
    )
    if limited:
        query = query.where(line.c.unit_id.in_(bindparam("among", expanding=True)))
    if scope is not None:
        query = query.join(Case, Case.id == line.c.case_id).where(visible_in(scope))
    return query


def _behind(
    table: Table, universe: Universe, sources: Sequence[Source], line: Subquery
) -> ColumnElement[bool]:
    return and_(
        holds(universe, line, table.where),
        or_(
            *(
                and_(counts(line, measure), holds(universe, line, where))
                for measure, where in sources
            )
        ),
    )


def _known_sources(table: Table, name: str) -> tuple[Source, ...]:
    found = _sources(table, name)
    if not found:
        raise NotFound("Bảng này không có cột ấy, hoặc cột chưa có số liệu.")
    return found


def _sources(table: Table, name: str) -> tuple[Source, ...]:
    if name.isdecimal():
        columns: Sequence[Column] = table.counted(int(name))
        return tuple((each.measure, each.where) for each in columns if each.measure)
    return tuple((Measure.MATTERS, gap.where) for gap in table.gaps if gap.name == name)


def _units(
    window: Window, among: Collection[int] | None, counted: Collection[int]
) -> list[tuple[Unit, bool]]:
    """Units that were there in the window or where something was counted; whether a line is due."""
    there = and_(
        Agency.kind.not_in(NOT_UNITS),
        Agency.valid_from <= window.last,
        or_(Agency.valid_to.is_(None), Agency.valid_to >= window.first),
    )
    query = select(Agency.id, Agency.code, Agency.name, there.label("due")).order_by(
        Agency.name, Agency.code
    )
    query = query.where(or_(there, Agency.id.in_(tuple(counted))))
    if among is not None:
        query = query.where(Agency.id.in_(tuple(among)))
    return [(Unit(row.id, row.code, row.name), bool(row.due)) for row in read(query)]


# --- arithmetic ------------------------------------------------------------------------------


def _figure(table: Table, name: str, value: Any) -> Figure:
    """A sum of the database as the table tells it; exact, for money is summed in whole đồng."""
    exact = Decimal(str(value or 0))
    column = table.column(int(name)) if name.isdecimal() else None
    if column is not None and column.measure in IN_MILLIONS:
        exact /= 1_000_000
    elif exact != exact.to_integral_value():
        exact = exact.quantize(Decimal("0.01"))
    whole = int(exact)
    return whole if whole == exact else exact.normalize()


def _line(table: Table, counted: Mapping[str, Figure]) -> dict[int, Figure | None]:
    values: dict[int, Figure | None] = {}
    for column in table.columns:
        if column.measure is not None:
            values[column.number] = counted.get(str(column.number), 0)
        elif column.missing:
            values[column.number] = None
    for column in table.columns:
        if column.parts:
            parts = table.counted(column.number)
            values[column.number] = (
                sum(counted.get(str(part.number), 0) for part in parts) if parts else None
            )
    return dict(sorted(values.items()))


def _sum(table: Table, shown: Sequence[Line]) -> dict[int, Figure | None]:
    total: dict[int, Figure | None] = {}
    for column in table.columns:
        values = [line.values[column.number] for line in shown]
        known = [value for value in values if value is not None]
        total[column.number] = sum(known) if known or not column.missing else None
    return total


def _broken(table: Table, line: Line) -> list[Broken]:
    found = []
    for identity in table.identities:
        left = line.values[identity.left] or 0
        right = sum(line.values[each] or 0 for each in identity.right)
        if left != right:
            found.append(Broken(line.unit, identity, left, right))
    return found
