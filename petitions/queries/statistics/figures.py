"""A statistical table's figures by unit, and the cases behind each of them.

Official figures are complete: they count denunciations for whoever may see the unit's table, because
a table is a sum that is printed and sent. Two things are kept back. Nobody is told of a case he is
barred from, not even as one more in a figure: a head who reads his unit's table must not learn from
it that somebody denounced him. And the list behind a figure shows only what the reader may open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
from petitions.queries.statistics.universes import Before, lines
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


class Readers(NamedTuple):
    """Everybody who reads a sheet that is signed and sent: the persons and the units they sit in.

    What is counted before them is what every one of them may be told of.
    """

    users: frozenset[int]
    units: frozenset[int]


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
    """A table of a window: its lines, their sum, what does not add up and what is not told.

    ``declared`` is the part of a line that the unit (by id) declared as its opening balance.
    """

    table: Table
    window: Window
    lines: tuple[Line, ...]
    total: Mapping[int, Figure | None]
    broken: tuple[Broken, ...]
    untold: tuple[Untold, ...]
    declared: Mapping[int, Mapping[int, Figure]] = field(default_factory=dict)


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
    table: Table,
    window: Window,
    *,
    among: Collection[int] | None,
    reader: Actor | Readers | None = None,
) -> Report:
    """Count a table for the units ``among`` (``None``: all of them). Two or three statements.

    ``reader`` None counts every case, as the inspectorate's printed table does.
    """
    found: defaultdict[int, dict[str, Figure]] = defaultdict(dict)
    for universe in universes_of(table):
        statement = _figures(table, universe, among is not None, before(reader))
        for row in read(statement, values_of(window, among, reader)):
            found[row.unit_id] |= {
                name: figure_of(table, name, value)
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
        total=total(table, shown),
        broken=tuple(each for line in shown for each in broken(table, line)),
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
    for universe in universes_of(table):
        own = tuple(each for each in sources if universe_of(table, each[0]) is universe)
        if own:
            statement = _cases(table, universe, own, among is not None, scope)
            for row in read(statement, values_of(window, among, reader)):
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
    line = lines(table.universe, table.kinds, before(reader))
    wanted = _behind(table, table.universe, sources, line)
    if among is not None:
        wanted = and_(wanted, line.c.unit_id.in_(bindparam("among", expanding=True)))
    return behind(line, wanted, values_of(window, among, reader), reader)


# --- statements ------------------------------------------------------------------------------

_UNIT_NAMED = select(Agency.id, Agency.code, Agency.name).where(Agency.code == bindparam("code"))
Source = tuple[Measure, tuple[str, ...]]


def universe_of(table: Table, measure: Measure) -> Universe:
    """The universe whose lines a column of a table adds up."""
    return Universe.REPLIES if measure is Measure.REPLIES else table.universe


def universes_of(table: Table) -> list[Universe]:
    """The universes a table counts: its own, and documents received where it has that column."""
    return list(
        dict.fromkeys(
            universe_of(table, column.measure) for column in table.columns if column.measure
        )
    )


def before(reader: Actor | Readers | None) -> Before:
    """The form of the count for that reader."""
    if reader is None:
        return Before.NOBODY
    return Before.READERS if isinstance(reader, Readers) else Before.READER


def values_of(
    window: Window, among: Collection[int] | None, reader: Actor | Readers | None
) -> dict[str, Any]:
    """The values a statement over ``lines`` leaves open."""
    values: dict[str, Any] = {"first": window.first, "last": window.last}
    if among is not None:
        values["among"] = tuple(among)
    if isinstance(reader, Readers):
        return values | {"told_users": tuple(reader.users), "told_units": tuple(reader.units)}
    return values if reader is None else values | scope_values(reader)


@cache
def _figures(
    table: Table, universe: Universe, limited: bool, before: Before
) -> Select[*tuple[Any, ...]]:
    """Every figure of one universe for every unit, in one statement."""
    line = lines(universe, table.kinds, before)
    wanted: list[tuple[str, Measure, tuple[str, ...]]] = [
        (str(column.number), column.measure, column.where)
        for column in table.columns
        if column.measure and universe_of(table, column.measure) is universe
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
    line = lines(universe, table.kinds, Before.NOBODY if scope is None else Before.READER)
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


def figure_of(table: Table, name: str, value: Any) -> Figure:
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


def total(table: Table, shown: Sequence[Line]) -> dict[int, Figure | None]:
    """The sum of the lines by column."""
    found: dict[int, Figure | None] = {}
    for column in table.columns:
        values = [line.values[column.number] for line in shown]
        known = [value for value in values if value is not None]
        found[column.number] = sum(known) if known or not column.missing else None
    return found


def broken(table: Table, line: Line) -> list[Broken]:
    """The identities, hard and soft, that do not hold in a line."""
    found = []
    for identity in table.identities:
        left = line.values[identity.left] or 0
        right = sum(line.values[each] or 0 for each in identity.right)
        if left != right:
            found.append(Broken(line.unit, identity, left, right))
    return found
