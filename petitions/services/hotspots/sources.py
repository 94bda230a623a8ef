"""What one run of the scan reads: counts of five years, the cases of the last weeks, who touches whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import select

from config.clock import VIETNAM
from config.database import read
from petitions.models import Agency, Case, Field, Place, PlaceNeighbour, Project
from petitions.queries.hotspots.counts import (
    FIELD,
    MATTER,
    OFFICE,
    PLACE,
    WEEK,
    WEEKS_READ,
    Cell,
    cells,
    matters,
    merged_places,
)

ALL = "*"
"""Stands for every field in series that count them together."""
EXPLAINED = 12
"""Weeks whose counts and cases are kept with an alarm."""
SCANNED_AT = time(5, 40)
"""Monday's scan, Vietnamese time: what is entered later came late for it."""
LEARNT_OVER = timedelta(weeks=26)
SETTLED_AFTER = timedelta(weeks=4)
"""How fast a commune enters what it receives is read from the weeks between these two."""
ENOUGH = 10
MANY = 30
"""Matters that are enough to say so; people in one matter that make it serious."""


class Behind(NamedTuple):
    """One case of the last weeks. ``matter`` is shared by the parts of one petition."""

    case_id: int
    matter: int
    week: date
    place: int | None
    field: int
    project: int | None
    office: int | None
    serious: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Everything counted for one of the two scans. Keys of counts are codes: (area, field, Monday)."""

    by_place: Mapping[tuple[str, str, date], int]
    by_project: Mapping[tuple[str, str, date], int]
    by_office: Mapping[tuple[str, str, date], int]
    foreign: frozenset[str]
    behind: Sequence[Behind]
    places: Mapping[str, int]
    fields: Mapping[str, int]
    offices: Mapping[str, int]
    touching: Sequence[tuple[str, str]]
    touching_ids: frozenset[tuple[int, int]]
    placeless: Mapping[date, int]
    entered: Mapping[int, Sequence[tuple[date, bool]]]

    def completeness(self, place: int | None, week: date) -> float | None:
        """Share of matters this commune enters before the scan after the week they came in."""
        if place is None:
            return None
        known = [
            early
            for monday, early in self.entered.get(place, ())
            if week - LEARNT_OVER <= monday <= week - SETTLED_AFTER
        ]
        return sum(known) / len(known) if len(known) >= ENOUGH else None


def gather(secret: bool, first: date, last: date) -> Source:
    """Read what the weeks from ``first`` to ``last`` (Mondays) are scanned from."""
    since, until = first - timedelta(weeks=WEEKS_READ - 1), last + timedelta(days=6)
    into = merged_places()
    places = dict(read(select(Place.id, Place.code)).all())
    fields = dict(read(select(Field.id, Field.code)).all())
    offices = dict(read(select(Agency.id, Agency.code).where(Agency.imported)).all())
    projects = {each: str(each) for each in read(select(Project.id)).scalars()}
    located = cells(PLACE, FIELD, secret=secret, first=since, last=until)
    tagged = cells(Case.project_id, secret=secret, first=since, last=until,
                   extra=Case.project_id.is_not(None))  # fmt: skip
    received = cells(OFFICE, FIELD, secret=secret, first=since, last=until,
                     extra=OFFICE.is_not(None)) if offices else []  # fmt: skip
    by_place: dict[tuple[str, str, date], int] = defaultdict(int)
    placeless: dict[date, int] = defaultdict(int)
    foreign = set()
    for cell in located:
        place, field = cell.key
        if place is None or field is None:
            placeless[cell.week] += cell.count
            continue
        area = places[into.get(place, place)]
        by_place[area, fields[field], cell.week] += cell.count
        if cell.imported:
            foreign.add(f"place:{area}")
    for cell in tagged:
        if cell.imported:
            foreign.add(f"project:{cell.key[0]}")
    foreign |= {f"office:{code}" for code in offices.values()}
    touching = [
        (each.place_id, each.neighbour_id)
        for each in read(select(PlaceNeighbour.place_id, PlaceNeighbour.neighbour_id))
    ]
    return Source(
        by_place=by_place,
        by_project=_coded(tagged, projects, None),
        by_office=_coded(received, offices, fields),
        foreign=frozenset(foreign),
        behind=_behind(secret, first, until, into),
        places={code: each for each, code in places.items()},
        fields={code: each for each, code in fields.items()},
        offices={code: each for each, code in offices.items()},
        touching=[(places[one], places[other]) for one, other in touching],
        touching_ids=frozenset(touching),
        placeless=placeless,
        entered=_entered(secret, first, last, into),
    )


def _coded(
    found: Sequence[Cell], areas: Mapping[int, str], fields: Mapping[int, str] | None
) -> dict[tuple[str, str, date], int]:
    """Cells of (area) or (area, field) by code."""
    result: dict[tuple[str, str, date], int] = defaultdict(int)
    for cell in found:
        area, field = (*cell.key, None)[:2]
        if area is None or (fields is not None and field is None):
            continue
        name = ALL if fields is None or field is None else fields[field]
        result[areas[area], name, cell.week] += cell.count
    return result


def _behind(secret: bool, first: date, until: date, into: Mapping[int, int]) -> list[Behind]:
    rows = read(
        matters(
            Case.id, MATTER, WEEK, PLACE, FIELD, Case.project_id, OFFICE, Case.security_risk,
            Case.group_size, secret=secret, first=first - timedelta(weeks=EXPLAINED - 1), last=until,
        ).order_by(Case.id)
    )  # fmt: skip
    return [
        Behind(case_id, matter, week, place and into.get(place, place), field, project, office,
               bool(risk) or people >= MANY)
        for case_id, matter, week, place, field, project, office, risk, people in rows
    ]  # fmt: skip


def _entered(
    secret: bool, first: date, last: date, into: Mapping[int, int]
) -> dict[int, list[tuple[date, bool]]]:
    """By commune: the week each matter came in and whether it was entered before the next scan."""
    rows = read(
        matters(
            PLACE, WEEK, Case.entered_at, secret=secret, first=first - LEARNT_OVER,
            last=last - SETTLED_AFTER,
        ).where(Case.imported_key.is_(None), PLACE.is_not(None))
    )  # fmt: skip
    found: dict[int, list[tuple[date, bool]]] = defaultdict(list)
    for place, week, entered_at in rows:
        found[into.get(place, place)].append((week, entered_at < scan_instant(week)))
    return found


def scan_instant(week: date) -> datetime:
    """When the week is scanned: the Monday after it, early."""
    return datetime.combine(week + timedelta(weeks=1), SCANNED_AT, VIETNAM)
