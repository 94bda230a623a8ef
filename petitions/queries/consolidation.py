"""The sum of what the units of a campaign sent, and how it compares with the casework of today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from config.database import read
from petitions.models import (
    Agency,
    CaseBar,
    Hat,
    ReportCampaign,
    ReportSheet,
    SignedSheet,
    SignedTable,
)
from petitions.queries.offices import in_force
from petitions.queries.report_readers import readers_of
from petitions.queries.report_shapes import Campaign
from petitions.queries.statistics.apart import cases_apart, visits_apart
from petitions.queries.statistics.figures import Figure, Readers, Report, figures
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.spec import Universe, versions
from petitions.queries.statistics.stored import digest_of, form_of, packed, report_of
from workflows.vocabulary import Actor

APART = "Phần đơn vị không được biết"
"""The line of cases somebody of the unit is barred from: the unit's own sheet leaves them out."""


@dataclass(frozen=True, slots=True)
class SummedTable:
    """A consolidated table in the shape it is signed in."""

    name: str
    form: Mapping[str, Any]
    lines: list[dict[str, Any]]
    behind: Mapping[str, list[int]]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """What would be signed now; ``digest`` tells two of them apart."""

    tables: Mapping[str, SummedTable]
    reports: Mapping[str, Report]
    apart: Mapping[str, Mapping[int, Mapping[int, Figure]]]
    missing: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is another one elsewhere: as signed, and as it is there."""

    unit: str
    column: int
    was: Figure | None
    now: Figure | None


def consolidation(found: Campaign, today: date) -> Consolidation:
    """The units' figures as each signed them last, and beside them what they could not count."""
    table_of = versions()[found.spec].tables
    sent: dict[str, list[Any]] = defaultdict(list)
    for row in read(_LAST_SIGNED, {"campaign": found.uid}):
        sent[row.name].append(row)
    units = {line["unit"] for rows in sent.values() for row in rows for line in row.lines}
    shut, narrow, wide = _shut(units, found.agency_id, today)
    tables: dict[str, SummedTable] = {}
    apart: dict[str, dict[int, Mapping[int, Figure]]] = {}
    for name in found.tables:
        table = table_of[name]
        lines = [
            dict(line, sheet=row.uid, edition=row.edition)
            for row in sent[name]
            for line in row.lines
        ]
        behind: defaultdict[str, set[int]] = defaultdict(set)
        for row in sent[name]:
            for column, ids in row.behind.items():
                behind[column] |= set(ids)
        if table.universe is Universe.RECEPTION:
            more = visits_apart(table, found.window, narrow, wide)
        else:
            more = cases_apart(table, found.window, shut)
        apart[name] = {unit: each.values for unit, each in more.items()}
        for each in more.values():
            for number, counted in each.behind.items():
                behind[str(number)] |= counted
        if more:
            lines.append(_line_apart(apart[name]))
        tables[name] = SummedTable(
            name, form_of(table), lines, {column: sorted(ids) for column, ids in behind.items()}
        )
    missing = tuple(each.unit.name for each in found.missing)
    content = {name: [each.form, each.lines] for name, each in tables.items()}
    return Consolidation(
        tables=tables,
        reports={
            name: report_of(each.form, found.spec, found.window, each.lines)
            for name, each in tables.items()
        },
        apart=apart,
        missing=missing,
        digest=digest_of([content, missing]),
    )


def against_today(
    found: Campaign, summed: Consolidation, name: str, reader: Actor
) -> tuple[Difference, ...]:
    """Where the casework of today gives another figure than a unit sent."""
    units = {line["unit"] for line in summed.tables[name].lines if line["unit"]}
    if not units:
        return ()
    table = versions()[found.spec].tables[name]
    live = with_openings(figures(table, found.window, among=units, reader=reader))
    return differences(summed.reports[name], live, summed.apart[name])


def differences(
    signed: Report, live: Report, apart: Mapping[int, Mapping[int, Figure]] | None = None
) -> tuple[Difference, ...]:
    """Figures that differ, by unit and column; what is written by hand is nowhere else to compare."""
    now = {line.unit.id: line.values for line in live.lines}
    found = []
    for line in signed.lines:
        for column in signed.table.columns:
            if column.measure is None or line.unit.id not in now:
                continue
            was = (line.values[column.number] or 0) + (apart or {}).get(line.unit.id, {}).get(
                column.number, 0
            )
            value = now[line.unit.id].get(column.number)
            if was != (value or 0):
                found.append(Difference(line.unit.name, column.number, was, value))
    return tuple(found)


def _line_apart(by_unit: Mapping[int, Mapping[int, Figure]]) -> dict[str, Any]:
    summed: defaultdict[int, Figure] = defaultdict(int)
    for more in by_unit.values():
        for number, value in more.items():
            summed[number] += value
    return {
        "unit": 0,
        "code": "",
        "name": f"{APART} ({len(by_unit)} đơn vị)",
        "computed": packed(summed),
        "declared": {},
        "manual": {},
        "untold": {},
    }


def _shut(
    units: Collection[int], asking: int, today: date
) -> tuple[dict[int, set[int]], dict[int, Readers], Readers]:
    """The cases each unit's sheet leaves out and the asking body's readers may know; those readers,
    of each such unit and of the asking body."""
    wide = readers_of({asking}, today)
    bars = read(
        select(CaseBar.case_id, CaseBar.user_id, CaseBar.unit_id).where(CaseBar.lifted_at.is_(None))
    ).all()
    unknown = {
        bar.case_id for bar in bars if bar.user_id in wide.users or bar.unit_id in wide.units
    }
    bars = [bar for bar in bars if bar.case_id not in unknown]
    upward = {
        row.id: {row.parent_id, row.successor_id} - {None}
        for row in read(select(Agency.id, Agency.parent_id, Agency.successor_id))
    }
    bodies = {bar.unit_id for bar in bars if bar.unit_id is not None}
    bodies |= {each for body in bodies for each in upward[body]}
    bodies |= set(
        read(
            select(Hat.agency_id).where(
                Hat.user_id.in_({bar.user_id for bar in bars if bar.user_id}), in_force(Hat, today)
            )
        ).scalars()
    )
    shut: dict[int, set[int]] = {}
    narrow: dict[int, Readers] = {}
    for unit in sorted(units):
        if not bodies & _chain(unit, upward):
            continue
        readers = readers_of({unit, asking}, today)
        left_out = {
            bar.case_id
            for bar in bars
            if bar.user_id in readers.users or bar.unit_id in readers.units
        }
        if left_out:
            shut[unit], narrow[unit] = left_out, readers
    return shut, narrow, wide


def _chain(unit: int, upward: Mapping[int, Collection[Any]]) -> set[int]:
    """The unit, what is above it and what took it over."""
    found, waiting = set(), [unit]
    while waiting:
        body = waiting.pop()
        if body not in found:
            found.add(body)
            waiting.extend(upward.get(body, ()))
    return found


_later = aliased(SignedSheet)
_LAST_SIGNED = (
    select(
        SignedTable.name,
        SignedTable.lines,
        SignedTable.behind,
        ReportSheet.uid,
        SignedSheet.edition,
    )
    .join(SignedSheet, SignedSheet.id == SignedTable.signed_id)
    .join(ReportSheet, ReportSheet.id == SignedSheet.sheet_id)
    .join(ReportCampaign, ReportCampaign.id == ReportSheet.campaign_id)
    .join(Agency, Agency.id == ReportSheet.agency_id)
    .where(
        ReportCampaign.uid == bindparam("campaign"),
        ~ReportSheet.consolidated,
        ~select(_later.id)
        .where(_later.sheet_id == SignedSheet.sheet_id, _later.edition > SignedSheet.edition)
        .exists(),
    )
    .order_by(Agency.name, ReportSheet.id)
)
