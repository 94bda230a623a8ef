"""Cases by commune and by field: what the map and the heat table are coloured by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from config.database import read
from petitions.models import (
    Agency,
    Case,
    Field,
    Place,
    PlaceOutline,
    PlacePopulation,
)
from petitions.queries.province.reach import counted
from workflows.vocabulary import Actor, AgencyKind, State

RECENT = timedelta(days=84)
"""How far back a case counts as newly come: twelve weeks, the longest window of the hot spots."""


class Measure(StrEnum):
    """What of the cases is counted."""

    OPEN = "open"
    OVERDUE = "overdue"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Counts:
    """Cases of one place, or of one place and field, by measure."""

    open: int = 0
    overdue: int = 0
    received: int = 0

    def of(self, measure: Measure) -> int:
        """The number of one measure."""
        return int(getattr(self, measure.value))

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.open + other.open, self.overdue + other.overdue, self.received + other.received
        )


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune of the province; ``geometry`` as imported, ``people`` as last counted, where known."""

    id: int
    code: str
    name: str
    geometry: Mapping[str, Any] | None
    people: int | None


@dataclass(frozen=True, slots=True)
class ShownField:
    """A column of the heat table. ``whole``: a list filtered by it holds just what the column counts."""

    id: int
    name: str
    whole: bool


def communes(today: date, *, drawn: bool = True) -> tuple[Commune, ...]:
    """The communes of the province as they are today, by name; with ``drawn`` their outlines. One statement.

    The province is where its people's committee sits; without one, every commune that is known.
    """
    latest = (
        select(PlacePopulation.place_id, func.max(PlacePopulation.on).label("on"))
        .where(PlacePopulation.on <= today)
        .group_by(PlacePopulation.place_id)
        .subquery()
    )
    outline = PlaceOutline.geometry if drawn else PlaceOutline.place_id
    seat = aliased(Place)
    provinces = (
        select(func.coalesce(seat.province_id, seat.id))
        .join(Agency, Agency.place_id == seat.id)
        .where(Agency.kind == AgencyKind.PROVINCE)
    )
    rows = read(
        select(
            Place.id, Place.code, Place.name, outline.label("outline"), PlacePopulation.people
        )
        .outerjoin(PlaceOutline, PlaceOutline.place_id == Place.id)
        .outerjoin(latest, latest.c.place_id == Place.id)
        .outerjoin(
            PlacePopulation,
            and_(PlacePopulation.place_id == Place.id, PlacePopulation.on == latest.c.on),
        )
        .where(
            Place.province_id.is_not(None),
            Place.valid_from <= today,
            or_(Place.valid_to.is_(None), Place.valid_to >= today),
            or_(Place.province_id.in_(provinces), ~provinces.exists()),
        )
        .order_by(Place.folded_name, Place.id)
    )  # fmt: skip
    return tuple(
        Commune(row.id, row.code, row.name, row.outline if drawn else None, row.people)
        for row in rows
    )


def by_place(actor: Actor, today: date) -> Mapping[int | None, Counts]:
    """The reader's cases by commune; under None those whose place is not known. One statement."""
    rows = read(
        select(Case.place_id, *_sums(today))
        .where(counted(actor), _told_of(today))
        .group_by(Case.place_id)
    )
    return {row.place_id: Counts(row.open, row.overdue, row.received) for row in rows}


def by_place_and_field(
    actor: Actor, today: date
) -> tuple[Mapping[tuple[int | None, int], Counts], tuple[ShownField, ...]]:
    """The reader's cases by commune and group of fields, and the groups that occur. Two statements.

    A group is a field of the second level with all below it, or one of the first without.
    """
    tree = {row.id: row for row in read(select(Field.id, Field.name, Field.level, Field.parent_id))}
    group = {each: _group(tree, each) for each in tree}
    found: defaultdict[tuple[int | None, int], Counts] = defaultdict(Counts)
    for row in read(
        select(Case.place_id, Case.field_id, *_sums(today))
        .where(counted(actor), _told_of(today))
        .group_by(Case.place_id, Case.field_id)
    ):
        found[row.place_id, group[row.field_id]] += Counts(row.open, row.overdue, row.received)
    occurring = {each for _, each in found}
    parents = {row.parent_id for row in tree.values()}
    shown = [
        ShownField(each, tree[each].name, tree[each].level != 1 or each not in parents)
        for each in tree
        if each in occurring
    ]
    return found, tuple(shown)


def names_of(places: Sequence[int]) -> Mapping[int, str]:
    """Names of places, wherever they are and whether they still exist. One statement."""
    if not places:
        return {}
    rows = read(select(Place.id, Place.name).where(Place.id.in_(places)))
    return {row.id: row.name for row in rows}


def _told_of(today: date) -> ColumnElement[bool]:
    """Cases any measure may count: what ended long ago is not looked at."""
    return or_(Case.open, Case.first_received_on > today - RECENT)


def _sums(today: date) -> list[ColumnElement[int]]:
    live = Case.state != State.VOIDED
    conditions = {
        Measure.OPEN: Case.open.expression,
        Measure.OVERDUE: and_(Case.open, Case.next_due < today),
        Measure.RECEIVED: and_(live, Case.first_received_on > today - RECENT),
    }
    return [
        func.sum(case((condition, 1), else_=0), type_=Integer).label(name.value)
        for name, condition in conditions.items()
    ]


def _group(tree: Mapping[int, Any], field: int) -> int:
    while tree[field].level > 2:
        field = tree[field].parent_id
    return field
