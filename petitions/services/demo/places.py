"""The map of the demonstration province: communes as hexagons that tile, their flags and neighbours."""

from __future__ import annotations

from itertools import product
from math import cos, pi, sin
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from petitions.models import (
    FormerName,
    Place,
    PlaceFlag,
    PlaceNeighbour,
    PlaceOutline,
    PlacePopulation,
)
from petitions.services.demo.catalog import Catalog
from petitions.services.outlines import touching
from petitions.text import fold
from workflows.competence import TWO_TIERS_FROM
from workflows.records import FormerPart

Point = tuple[float, float]

_WEST, _NORTH, _SIDE = 104.2, 22.1, 0.06
"""Degrees: the middle of the first commune of an unshifted row, and the side of a hexagon."""
_WOBBLE = 0.2
"""How far a corner strays from the regular one, in sides; keeps corners of strangers well apart."""
_CORNERS = 6
_FORMER_EACH = 2
_PEOPLE = {"phường": (18_000, 42_000), "xã": (3_500, 16_000)}
"""Fewest and most people of a commune by its kind."""


def found(session: Session, catalog: Catalog) -> dict[str, int]:
    """Write every place; returns the ids of the communes, and of the province, by name."""
    province = Place(
        code=catalog.province_code,
        name=catalog.province_name,
        folded_name=fold(catalog.province_name),
        kind="tỉnh",
        valid_from=TWO_TIERS_FROM,
    )
    session.add(province)
    session.flush()
    communes = catalog.communes
    places = [
        Place(
            code=code,
            name=name,
            folded_name=fold(name),
            kind=name.split()[0].lower(),
            province_id=province.id,
            valid_from=TWO_TIERS_FROM,
        )
        for name, code in communes.items()
    ]
    session.add_all(places)
    session.flush()
    ids = {place.name: place.id for place in (province, *places)}
    _former_names(session, catalog, ids)
    _flags(session, catalog, ids)
    _map(session, catalog, ids)
    _people(session, catalog, ids)
    return ids


def outlines(catalog: Catalog, seed: int) -> dict[str, dict[str, Any]]:
    """GeoJSON geometry by name: the communes tile the province, whose own border is theirs."""
    rings = _rings(catalog, Random(seed))  # noqa: S311 - a map, not a secret
    shapes = {name: _polygon(ring) for name, ring in rings.items()}
    return {**shapes, catalog.province_name: _polygon(_border(list(rings.values())))}


def _former_names(session: Session, catalog: Catalog, ids: dict[str, int]) -> None:
    """Each commune came of former ones; every eighth of these went to two communes in parts."""
    first, second = catalog.former
    names = (f"Xã {one} {other}" for other, one in product(second, first))
    communes = list(catalog.communes)
    rows = []
    for number, commune in enumerate(communes):
        for _ in range(_FORMER_EACH):
            rows.append((commune, next(names), FormerPart.WHOLE))
        if number % 8 == 0:
            shared = next(names)
            rows.append((commune, shared, FormerPart.PART))
            rows.append((communes[number + 1], shared, FormerPart.REMAINDER))
    session.execute(
        insert(FormerName),
        [
            {"place_id": ids[commune], "name": name, "folded_name": fold(name), "part": part}
            for commune, name, part in rows
        ],
    )


def _flags(session: Session, catalog: Catalog, ids: dict[str, int]) -> None:
    session.execute(
        insert(PlaceFlag),
        [
            {
                "place_id": ids[commune],
                "flag": flag.kind,
                "valid_from": flag.valid_from,
                "valid_to": flag.valid_to,
                "source": flag.source,
            }
            for flag in catalog.flags
            for commune in flag.communes
        ],
    )


def _map(session: Session, catalog: Catalog, ids: dict[str, int]) -> None:
    shapes = outlines(catalog, seed=99)
    session.execute(
        insert(PlaceOutline),
        [{"place_id": ids[name], "geometry": shape} for name, shape in shapes.items()],
    )
    del shapes[catalog.province_name]
    pairs = sorted(sorted(ids[name] for name in pair) for pair in touching(shapes))
    session.execute(
        insert(PlaceNeighbour),
        [
            {"place_id": place, "neighbour_id": neighbour}
            for one, other in pairs
            for place, neighbour in ((one, other), (other, one))
        ],
    )


def _people(session: Session, catalog: Catalog, ids: dict[str, int]) -> None:
    random = Random(7)  # noqa: S311 - a number, not a secret
    session.execute(
        insert(PlacePopulation),
        [
            {
                "place_id": ids[name],
                "on": TWO_TIERS_FROM,
                "people": random.randint(*_PEOPLE[name.split()[0].lower()]),
            }
            for name in catalog.communes
        ],
    )


def _rings(catalog: Catalog, random: Random) -> dict[str, list[Point]]:
    """The corners of every commune; neighbours share theirs to the last digit."""
    moved: dict[tuple[int, int], Point] = {}
    rings = {}
    shifted_width = min(len(row) for row in catalog.rows)
    for number, row in enumerate(catalog.rows):
        shift = 0.5 if len(row) == shifted_width and number % 2 == 0 else 0.0
        for column, name in enumerate(row):
            middle = (
                _WEST + (column + shift) * _SIDE * 3**0.5,
                _NORTH - number * _SIDE * 1.5,
            )
            rings[name] = [_corner(middle, at, moved, random) for at in range(_CORNERS)]
    return rings


def _corner(middle: Point, at: int, moved: dict[tuple[int, int], Point], random: Random) -> Point:
    angle = pi / 6 + at * pi / 3
    x, y = middle[0] + _SIDE * cos(angle), middle[1] + _SIDE * sin(angle)
    key = round(x / _SIDE * 4), round(y / _SIDE * 4)
    if key not in moved:
        reach = _WOBBLE * _SIDE
        moved[key] = (
            round(x + random.uniform(-reach, reach), 5),
            round(y + random.uniform(-reach, reach), 5),
        )
    return moved[key]


def _border(rings: list[list[Point]]) -> list[Point]:
    """The edges no two communes share, joined into one ring."""
    edges = {(a, b) for ring in rings for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)}
    after = {a: b for a, b in edges if (b, a) not in edges}
    start = min(after)
    ring, corner = [start], after[start]
    while corner != start:
        ring.append(corner)
        corner = after[corner]
    return ring


def _polygon(ring: list[Point]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(point) for point in [*ring, ring[0]]]]}
