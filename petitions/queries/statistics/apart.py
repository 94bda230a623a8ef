"""What a unit's sheet leaves out: cases one of its readers is barred from, counted as that unit's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select

from config.database import read
from petitions.queries.statistics.conditions import amount, counts, holds
from petitions.queries.statistics.figures import (
    Figure,
    Readers,
    Window,
    figure_of,
    figures,
    universe_of,
    universes_of,
    values_of,
)
from petitions.queries.statistics.spec import Table, Universe
from petitions.queries.statistics.universes import Before, lines


@dataclass(frozen=True, slots=True)
class Apart:
    """The figures of one unit's cases that are counted apart, by column, and the cases."""

    values: dict[int, Figure] = field(default_factory=lambda: defaultdict(int))
    behind: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def cases_apart(
    table: Table, window: Window, shut: Mapping[int, Collection[int]]
) -> dict[int, Apart]:
    """The figures of the cases ``shut`` names by unit; one statement for all units."""
    found: defaultdict[int, Apart] = defaultdict(Apart)
    chosen = tuple({each for ids in shut.values() for each in ids})
    if not chosen or table.universe is Universe.RECEPTION:
        return {}
    for universe in universes_of(table):
        values = values_of(window, tuple(shut), None) | {"chosen": chosen}
        for row in read(_by_case(table, universe), values):
            if row.case_id not in shut[row.unit_id]:
                continue
            for name, value in row._mapping.items():
                if name.isdecimal() and value:
                    found[row.unit_id].values[int(name)] += figure_of(table, name, value)
                    found[row.unit_id].behind[int(name)].add(row.case_id)
    return dict(found)


def visits_apart(
    table: Table, window: Window, readers: Mapping[int, Readers], wide: Readers
) -> dict[int, Apart]:
    """The same of a table of reception, whose lines are visits: what ``wide`` counts of a unit beyond
    what its own ``readers`` may be told of."""
    found = {}
    for unit, narrow in readers.items():
        counted = [
            each.lines[0].values
            if (each := figures(table, window, among={unit}, reader=who)).lines
            else {}
            for who in (wide, narrow)
        ]
        apart = Apart()
        for column in table.columns:
            more = (counted[0].get(column.number) or 0) - (counted[1].get(column.number) or 0)
            if column.measure is not None and more:
                apart.values[column.number] = more
        if apart.values:
            found[unit] = apart
    return found


@cache
def _by_case(table: Table, universe: Universe) -> Select[*tuple[Any, ...]]:
    line = lines(universe, table.kinds, Before.CHOSEN)
    sums = [
        func.sum(
            case(
                (
                    and_(counts(line, column.measure), holds(universe, line, column.where)),
                    amount(line, column.measure),
                ),
                else_=0,
            )
        ).label(str(column.number))
        for column in table.columns
        if column.measure and universe_of(table, column.measure) is universe
    ]
    return (
        select(line.c.unit_id, line.c.case_id, *sums)
        .where(
            holds(universe, line, table.where),
            line.c.unit_id.in_(bindparam("among", expanding=True)),
        )
        .group_by(line.c.unit_id, line.c.case_id)
    )
