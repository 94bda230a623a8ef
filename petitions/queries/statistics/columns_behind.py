"""The cases behind every column of one unit's table at once, for a sheet that keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, or_, select

from config.database import read
from petitions.queries.statistics.conditions import counts, holds
from petitions.queries.statistics.figures import (
    Readers,
    Window,
    before,
    universe_of,
    universes_of,
    values_of,
)
from petitions.queries.statistics.spec import Column, Table, Universe
from petitions.queries.statistics.universes import Before, lines


def columns_behind(
    table: Table, window: Window, unit_id: int, readers: Readers | None
) -> dict[int, list[int]]:
    """Ids of the cases counted in each counted column, in order. Of reception nothing: its visits and
    sessions stay where they were."""
    if table.universe is Universe.RECEPTION:
        return {}
    found: defaultdict[int, set[int]] = defaultdict(set)
    for universe in universes_of(table):
        statement = _marks(table, universe, before(readers))
        for row in read(statement, values_of(window, (unit_id,), readers)):
            for name, counted in row._mapping.items():
                if name != "case_id" and counted:
                    found[int(name)].add(row.case_id)
    return {number: sorted(ids) for number, ids in sorted(found.items())}


def behind_of(table: Table, number: int, kept: Mapping[str, list[int]]) -> list[int]:
    """Of what ``columns_behind`` found, the cases of one column or of those it sums."""
    found: set[int] = set()
    for column in table.counted(number):
        found |= set(kept.get(str(column.number), ()))
    return sorted(found)


def _counted(table: Table, universe: Universe) -> list[Column]:
    return [
        column
        for column in table.columns
        if column.measure and universe_of(table, column.measure) is universe
    ]


@cache
def _marks(table: Table, universe: Universe, told: Before) -> Select[*tuple[Any, ...]]:
    line = lines(universe, table.kinds, told)
    marks = {
        column.number: and_(counts(line, column.measure), holds(universe, line, column.where))
        for column in _counted(table, universe)
        if column.measure
    }
    return (
        select(
            line.c.case_id,
            *(
                func.max(case((condition, 1), else_=0)).label(str(number))
                for number, condition in marks.items()
            ),
        )
        .where(
            holds(universe, line, table.where),
            or_(*marks.values()),
            line.c.unit_id.in_(bindparam("among", expanding=True)),
        )
        .group_by(line.c.case_id)
    )
