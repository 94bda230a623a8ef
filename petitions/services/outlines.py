"""Outlines of places: read strictly from GeoJSON, and which of them touch."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations, pairwise
from math import floor, isfinite
from pathlib import Path
from typing import Any, TypeVar

from petitions.services.imports.tables import Unreadable

K = TypeVar("K", bound=Hashable)
Segment = tuple[float, float, float, float]
Geometry = Mapping[str, Any]

COUNTED = "đối tượng"
"""What faults of a GeoJSON file are numbered by: its features, from 1."""
TOLERANCE = 0.002
"""Degrees (some 200 m) two outlines may lie apart and still touch: each was simplified on its own."""
_CELL = 0.02
"""Degrees of a side of the squares in which border lines are compared; far above ``TOLERANCE``."""


def read_outlines(path: Path) -> dict[str, dict[str, Any]]:
    """Geometry by official code, as the file gives it.

    Raises ``Unreadable`` naming the feature (counted from 1) and what is wrong with it.
    """
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise Unreadable(path, "Không mở được tệp.") from error
    except ValueError as error:
        raise Unreadable(path, "Không phải JSON.") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features:
        raise Unreadable(path, "Không phải GeoJSON có các đối tượng.", column="features")
    found: dict[str, dict[str, Any]] = {}
    for number, feature in enumerate(features, 1):
        code, geometry = _feature(path, number, feature)
        if code in found:
            raise Unreadable(path, f"Mã {code} lặp lại.", number, "code", COUNTED)
        found[code] = geometry
    return found


def touching(outlines: Mapping[K, Geometry]) -> set[frozenset[K]]:
    """The pairs of outlines whose borders come as near as ``TOLERANCE`` anywhere."""
    squares: dict[tuple[int, int], dict[K, list[Segment]]] = defaultdict(dict)
    for key, geometry in outlines.items():
        for segment in _segments(geometry):
            for square in _squares(segment):
                squares[square].setdefault(key, []).append(segment)
    found: set[frozenset[K]] = set()
    for here in squares.values():
        for one, other in combinations(here, 2):
            pair = frozenset((one, other))
            if pair not in found and any(_near(a, b) for a in here[one] for b in here[other]):
                found.add(pair)
    return found


def _feature(path: Path, number: int, feature: object) -> tuple[str, dict[str, Any]]:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        raise Unreadable(path, "Thiếu thuộc tính.", number, "properties", COUNTED)
    code = feature["properties"].get("code")
    if not isinstance(code, str) or not code:
        raise Unreadable(path, "Thiếu mã đơn vị (dạng chữ).", number, "code", COUNTED)
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise Unreadable(path, "Phải là Polygon hoặc MultiPolygon.", number, "geometry", COUNTED)
    coordinates = geometry.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise Unreadable(path, "Không có tọa độ.", number, "coordinates", COUNTED)
    polygons = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    if not all(_is_polygon(polygon) for polygon in polygons):
        raise Unreadable(
            path,
            "Đường bao phải khép kín, gồm các điểm [kinh độ, vĩ độ].",
            number,
            "coordinates",
            COUNTED,
        )
    return code, {"type": geometry["type"], "coordinates": coordinates}


def _is_polygon(polygon: object) -> bool:
    return isinstance(polygon, list) and bool(polygon) and all(map(_is_ring, polygon))


def _is_ring(ring: object) -> bool:
    return (
        isinstance(ring, list)
        and len(ring) >= 4
        and all(map(_is_position, ring))
        and ring[0][:2] == ring[-1][:2]
    )


def _is_position(position: object) -> bool:
    return (
        isinstance(position, list)
        and len(position) >= 2
        and all(type(number) in {int, float} and isfinite(number) for number in position)
        and abs(position[0]) <= 180
        and abs(position[1]) <= 90
    )


def _segments(geometry: Geometry) -> Iterator[Segment]:
    coordinates = geometry["coordinates"]
    for polygon in coordinates if geometry["type"] == "MultiPolygon" else [coordinates]:
        for ring in polygon:
            for a, b in pairwise(ring):
                yield a[0], a[1], b[0], b[1]


def _squares(segment: Segment) -> Iterator[tuple[int, int]]:
    """The squares a segment, widened by half the tolerance, may run through."""
    ax, ay, bx, by = segment
    reach = TOLERANCE / 2
    for column in range(
        floor((min(ax, bx) - reach) / _CELL), floor((max(ax, bx) + reach) / _CELL) + 1
    ):
        for row in range(
            floor((min(ay, by) - reach) / _CELL), floor((max(ay, by) + reach) / _CELL) + 1
        ):
            yield column, row


def _near(a: Segment, b: Segment) -> bool:
    return (
        _reaches(a[0], a[1], b)
        or _reaches(a[2], a[3], b)
        or _reaches(b[0], b[1], a)
        or _reaches(b[2], b[3], a)
        or _cross(a, b)
    )


def _reaches(x: float, y: float, segment: Segment) -> bool:
    """Whether the point lies within the tolerance of the segment."""
    ax, ay, bx, by = segment
    if (
        x < min(ax, bx) - TOLERANCE
        or x > max(ax, bx) + TOLERANCE
        or y < min(ay, by) - TOLERANCE
        or y > max(ay, by) + TOLERANCE
    ):
        return False
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length))
    far_x, far_y = x - ax - along * dx, y - ay - along * dy
    return far_x * far_x + far_y * far_y <= TOLERANCE * TOLERANCE


def _cross(a: Segment, b: Segment) -> bool:
    return (
        _side(a, b[0], b[1]) * _side(a, b[2], b[3]) < 0
        and _side(b, a[0], a[1]) * _side(b, a[2], a[3]) < 0
    )


def _side(segment: Segment, x: float, y: float) -> float:
    ax, ay, bx, by = segment
    return (bx - ax) * (y - ay) - (by - ay) * (x - ax)
