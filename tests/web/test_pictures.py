"""Outlines drawn small, shades that spread, charts that say what the numbers say. No database."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from math import cos, pi, sin
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.queries.hotspots import SeriesPoint
from petitions.web.charts import SHOWN_DAYS, Body, curve, funnel, lines, share_after
from petitions.web.pictures import LARGEST, SHADES, TALLEST, WIDTH, draw, scale_of, thin
from petitions.web.shares import Piece, pieces
from workflows.ageing import kaplan_meier, median_day

POINT = st.tuples(st.integers(0, 200), st.integers(0, 200))


def _square(x: float, y: float, side: float = 0.1) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_map_of_squares() -> None:
    """Neighbours share their border to the unit; the middle is the middle; north is up."""
    drawing = draw({1: _square(104.0, 22.0), 2: _square(104.1, 22.0), 3: _square(104.0, 22.1)})
    assert drawing is not None
    assert drawing.width <= WIDTH
    assert drawing.height <= TALLEST
    one, east, north = (drawing.shapes[key] for key in (1, 2, 3))
    assert east.x > one.x
    assert abs(east.y - one.y) <= 1
    assert north.y < one.y
    across, down = east.x - one.x, one.y - north.y
    assert across / down == pytest.approx(cos(22.1 * pi / 180), abs=0.01)
    assert draw({}) is None


def test_a_hundred_and_thirty_detailed_outlines_stay_small() -> None:
    """130 communes of 600 jagged points each: no commune is lost, and the paths fit a page many times over."""
    random, outlines = Random(5), {}
    for number in range(130):
        x, y = 104 + number % 13 * 0.1, 22 - number // 13 * 0.1
        ring = [
            [
                x + (0.05 + random.uniform(-0.002, 0.002)) * cos(2 * pi * turn / 600),
                y + (0.05 + random.uniform(-0.002, 0.002)) * sin(2 * pi * turn / 600),
            ]
            for turn in range(600)
        ]
        outlines[number] = {"type": "MultiPolygon", "coordinates": [[[*ring, ring[0]]]]}
    drawing = draw(outlines)
    assert drawing is not None
    assert len(drawing.shapes) == 130
    assert sum(len(shape.path) for shape in drawing.shapes.values()) <= LARGEST


@given(st.lists(POINT, min_size=4, max_size=60, unique=True))
def test_a_thinned_ring_stays_near_its_points(points: list[tuple[int, int]]) -> None:
    """It is closed, made of the ring's own points, and no point of the ring lies far from it."""
    ring = [*points, points[0]]
    found = thin(ring)
    assert found[0] == found[-1]
    assert set(found) <= set(points)
    for px, py in points:
        assert min(_distance(px, py, a, b) for a, b in pairwise(found)) <= 1.2 + 1e-9


def _distance(px: int, py: int, a: tuple[int, int], b: tuple[int, int]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = max(0.0, min(1.0, ((px - a[0]) * dx + (py - a[1]) * dy) / length)) if length else 0.0
    return float(((px - a[0] - along * dx) ** 2 + (py - a[1] - along * dy) ** 2) ** 0.5)


@given(st.lists(st.one_of(st.none(), st.integers(0, 500), st.floats(0.01, 99)), max_size=60))
def test_shades_follow_values(values: list[float | None]) -> None:
    """Nothing is white, the least is shaded, the greatest is darkest, more is never lighter."""
    scale = scale_of(values)
    known = sorted(value for value in values if value)
    shades = [scale.shade(value) for value in known]
    assert shades == sorted(shades)
    assert len(scale.starts) <= SHADES
    assert scale.shade(None) == scale.shade(0) == 0
    if known:
        assert shades[0] >= 1
        assert shades[-1] == len(scale.starts)


def test_charts_say_the_numbers() -> None:
    """Lines, bars, the funnel and the curve at places worked out by hand."""
    monday = date(2026, 1, 5)
    points = [
        SeriesPoint(monday + timedelta(weeks=week), count, 2, 0, 5, alarm=count == 8)
        for week, count in enumerate((0, 4, 8))
    ]
    picture = lines(points, 156, 140)
    assert picture.rows[-1].text == "8"
    assert [y for _, y in picture.dots] == [114, 64, 14]
    assert [mark.text for mark in picture.alarms] == ["8 đơn, tuần 19/01/2026"]
    assert picture.dots[0][0] == 44
    assert picture.dots[-1][0] == 144

    parts = [("a", "một", 1), ("b", "hai", 0), ("c", "ba", 3)]
    assert pieces(parts, 8, 80) == (Piece("a", 0, 10, "một: 1"), Piece("c", 10, 30, "ba: 3"))
    assert pieces(parts[1:2], None, 80) == ()

    bodies = [Body("A", 60, 45, 2, ""), Body("B", 4, 1, 0, ""), Body("C", 60, 3, -2, "")]
    shape = funnel(bodies, 0.4, 600, 300)
    assert [dot.label for dot in shape.dots] == ["A", "", "C"]
    assert shape.dots[0].y < shape.middle < shape.dots[2].y

    steps = kaplan_meier({0: 8}, {10: 4, 200: 2}, {210: 2})
    drawn = curve(steps, median_day(steps), 236, 140)
    assert drawn.half == 44 + 180 * 10 / SHOWN_DAYS
    assert drawn.path == "M44.0 14.0H54.0V64.0H224.0"
    assert share_after(steps, 9) == 1.0
    assert share_after(steps, 10) == 0.5
