"""Drawing outlines small enough for a page: projected, put on a grid, thinned; and the shades of a map.

Everything is drawn by the server. A shade is a colour and a hatch, so that it is told apart in grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, floor, log10, radians
from typing import Any

Point = tuple[int, int]
Ring = list[Point]

WIDTH, TALLEST = 1000, 900
"""Units of the drawing: no map is wider or taller."""
_MARGIN = 6
TOLERANCE = 1.2
"""Units by which a thinned border may stray; the border is drawn thicker than that."""
LARGEST = 200_000
"""Characters all borders may take: one that takes more is thinned further, however it was imported."""
SHADES = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """A place as it is drawn: the path of its border and where its number stands."""

    path: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map of ``WIDTH`` by ``height`` units."""

    width: int
    height: int
    shapes: Mapping[int, Shape]


def draw(outlines: Mapping[int, Mapping[str, Any]]) -> Drawing | None:
    """The map of some GeoJSON outlines by their keys; None of nothing.

    Longitude and latitude are equally long in the middle of the map. Borders are put on a grid of
    whole units, so that neighbours keep the border they share, and thinned.
    """
    rings = {key: list(_rings(outline)) for key, outline in outlines.items()}
    points = [point for each in rings.values() for ring in each for point in ring]
    if not points:
        return None
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    across, down = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * _MARGIN) / across, (TALLEST - 2 * _MARGIN) / down)

    def placed(ring: Sequence[Sequence[float]]) -> Ring:
        found: Ring = []
        for x, y, *_ in ring:
            point = (
                round(_MARGIN + (x - west) * narrow * scale),
                round(_MARGIN + (north - y) * scale),
            )
            if not found or found[-1] != point:
                found.append(point)
        return found

    on_grid = {key: [placed(ring) for ring in each] for key, each in rings.items()}
    tolerance = TOLERANCE
    shapes = _shapes(on_grid, tolerance)
    while sum(len(shape.path) for shape in shapes.values()) > LARGEST:
        tolerance *= 2
        shapes = _shapes(on_grid, tolerance)
    return Drawing(
        round(across * scale) + 2 * _MARGIN, round(down * scale) + 2 * _MARGIN, shapes
    )  # fmt: skip


def _shapes(rings: Mapping[int, Sequence[Ring]], tolerance: float) -> dict[int, Shape]:
    found = {}
    for key, each in rings.items():
        drawn = [ring for ring in (thin(ring, tolerance) for ring in each) if len(ring) > 3]
        if drawn:
            x, y = _middle(max(drawn, key=lambda ring: abs(_area(ring))))
            found[key] = Shape("".join(map(_path, drawn)), x, y)
    return found


def thin(ring: Ring, tolerance: float = TOLERANCE) -> Ring:
    """A closed ring without the points that hardly bend it (Douglas and Peucker)."""
    if len(ring) < 5:
        return ring
    # both halves start at the same two corners, whoever's ring it is
    turn = min(range(len(ring) - 1), key=lambda at: ring[at])
    open_ring = [*ring[turn:-1], *ring[:turn]]
    far = max(range(len(open_ring)), key=lambda at: _square(open_ring[0], open_ring[at]))
    halves = open_ring[: far + 1], [*open_ring[far:], open_ring[0]]
    first, second = (_thinned(half, tolerance) for half in halves)
    return [*first, *second[1:]]


def _thinned(line: Ring, tolerance: float) -> Ring:
    kept = {0, len(line) - 1}
    waiting = [(0, len(line) - 1)]
    while waiting:
        start, end = waiting.pop()
        (ax, ay), (bx, by) = line[start], line[end]
        dx, dy = bx - ax, by - ay
        length = (dx * dx + dy * dy) ** 0.5
        worst, at = tolerance, None
        for number in range(start + 1, end):
            px, py = line[number]
            away = (
                abs(dx * (py - ay) - dy * (px - ax)) / length
                if length
                else _square((ax, ay), (px, py)) ** 0.5
            )
            if away > worst:
                worst, at = away, number
        if at is not None:
            kept.add(at)
            waiting += [(start, at), (at, end)]
    return [line[number] for number in sorted(kept)]


def _rings(outline: Mapping[str, Any]) -> Iterable[Sequence[Sequence[float]]]:
    coordinates = outline["coordinates"]
    for polygon in coordinates if outline["type"] == "MultiPolygon" else [coordinates]:
        yield from polygon


def _path(ring: Ring) -> str:
    """The ring as a path of relative lines: the shortest way to write it."""
    (x, y), steps = ring[0], []
    for px, py in ring[1:-1]:
        steps.append(f"{px - x}{' ' if py - y >= 0 else ''}{py - y}")
        x, y = px, py
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"


def _area(ring: Ring) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise(ring)) / 2


def _middle(ring: Ring) -> Point:
    area = _area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for (ax, ay), (bx, by) in pairwise(ring):
        turn = ax * by - bx * ay
        x += (ax + bx) * turn
        y += (ay + by) * turn
    return round(x / 6 / area), round(y / 6 / area)


def _square(a: Point, b: Point) -> int:
    return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2


# --- shades ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scale:
    """From which value on each shade stands, rising; below the first, and at 0, nothing is shaded."""

    starts: tuple[float, ...]

    def shade(self, value: float | None) -> int:
        """0 for nothing, else 1 to ``SHADES``."""
        return 0 if not value else sum(value >= start for start in self.starts)


def scale_of(values: Iterable[float | None]) -> Scale:
    """Shades whose steps grow by one ratio from the least to the greatest value.

    Whole numbers get whole steps. Most communes have few cases and some have very many: equal steps
    would leave all but those white.
    """
    known = [value for value in values if value]
    if not known:
        return Scale(())
    whole = all(value == int(value) for value in known)
    least, most = (1.0 if whole else min(known)), max(known)
    if whole and most <= SHADES:
        return Scale(tuple(float(step) for step in range(1, int(most) + 1)))
    ratio = (most / least) ** (1 / SHADES)
    starts = [least * ratio**step for step in range(SHADES)]
    if whole:
        starts = [float(max(step + 1, floor(start + 0.5))) for step, start in enumerate(starts)]
    else:
        starts = [starts[0], *(_two_digits(start) for start in starts[1:])]
    return Scale(tuple(sorted({start for start in starts if start <= most})))


def _two_digits(value: float) -> float:
    return round(value, 1 - floor(log10(value)))
