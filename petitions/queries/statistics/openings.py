"""Opening balances: what a unit declares for its first period here, because the casework lies elsewhere.

A declaration belongs to one unit, one table of one version and one window. It counts only while the
system knows of no act of that unit before the window: from then on the system itself carries over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import exists, func, select

from config.database import read
from petitions.models import Agency, Event, OpeningBalance
from petitions.queries.statistics.figures import Figure, Line, Report, Window, broken, total
from petitions.queries.statistics.spec import Column, Table, Universe
from petitions.queries.statistics.stored import unpacked, whole


def declarable(table: Table) -> tuple[Column, ...]:
    """The columns a declaration may speak of: counted ones that are not what came in the window."""
    if table.universe is Universe.RECEPTION:
        return ()
    return tuple(
        column
        for column in table.columns
        if column.measure is not None and "received" not in column.where
    )


def completed(table: Table, typed: Mapping[int, Figure]) -> dict[int, Figure]:
    """What was typed with the sums the form itself prints filled in where they were left out."""
    found = {number: value for number, value in typed.items() if value}
    known = {column.number for column in declarable(table)}
    for _ in table.identities:
        for rule in table.identities:
            if rule.soft or rule.left in typed or rule.left not in known:
                continue
            made = sum(found.get(each, 0) for each in rule.right)
            if made:
                found[rule.left] = max(found.get(rule.left, 0), made)
    return found


def worked_before(window: Window, among: Collection[int]) -> frozenset[int]:
    """The units the system knows an act of from before the window."""
    acted = exists().where(Event.agency_id == Agency.id, Event.on < window.first)
    return frozenset(read(select(Agency.id).where(Agency.id.in_(tuple(among)), acted)).scalars())


def openings(table: Table, window: Window) -> dict[int, Mapping[int, Figure]]:
    """The declarations in force by unit: the last of each, where nothing was worked on before."""
    last = (
        select(func.max(OpeningBalance.id))
        .where(
            OpeningBalance.spec == table.version,
            OpeningBalance.name == table.id,
            OpeningBalance.first == window.first,
            OpeningBalance.last == window.last,
        )
        .group_by(OpeningBalance.agency_id)
    )
    rows = read(
        select(OpeningBalance.agency_id, OpeningBalance.figures).where(OpeningBalance.id.in_(last))
    )
    found = {
        row.agency_id: {number: value for number, value in unpacked(row.figures).items() if value}
        for row in rows
    }
    if not found:
        return {}
    shut = worked_before(window, tuple(found))
    return {unit: figures for unit, figures in found.items() if figures and unit not in shut}


def with_openings(report: Report) -> Report:
    """The report with what its units declared added to their lines."""
    declared = openings(report.table, report.window)
    declared = {
        line.unit.id: declared[line.unit.id] for line in report.lines if line.unit.id in declared
    }
    if not declared:
        return report
    lines = tuple(
        Line(line.unit, whole(report.table, line.values, declared[line.unit.id], {}))
        if line.unit.id in declared
        else line
        for line in report.lines
    )
    return replace(
        report,
        lines=lines,
        total=total(report.table, lines),
        broken=tuple(each for line in lines for each in broken(report.table, line)),
        declared=declared,
    )
