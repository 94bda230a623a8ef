"""Lines with their band, a funnel and a curve as coordinates; templates only write them down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import NamedTuple

from petitions.queries.hotspots import SeriesPoint
from petitions.text import vn_date
from workflows import ageing
from workflows.ageing import CONTROL, WARNING, Survival

LEFT, RIGHT, TOP, FOOT = 44, 12, 14, 26
"""Room round the field of a chart: numbers left, dates below."""


class Tick(NamedTuple):
    """A line of the grid: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A week with an alarm; what it says to who cannot see it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """A line over weeks: its path, what is usual, the band round it, the weeks with an alarm."""

    width: int
    height: int
    counts: str
    dots: tuple[tuple[float, float], ...]
    usual: str
    band: str
    alarms: tuple[Mark, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


def lines(points: Sequence[SeriesPoint], width: int, height: int) -> Lines:
    """The picture of a line over weeks."""
    top = _top(max((max(each.count, each.high) for each in points), default=0))
    step = (width - LEFT - RIGHT) / max(1, len(points) - 1)

    def x(number: int) -> float:
        return round(LEFT + number * step, 1)

    def y(value: float) -> float:
        return round(height - FOOT - value / top * (height - FOOT - TOP), 1)

    upper = [f"{x(number)},{y(each.high)}" for number, each in enumerate(points)]
    lower = [f"{x(number)},{y(each.low)}" for number, each in enumerate(points)]
    dots = tuple((x(number), y(each.count)) for number, each in enumerate(points))
    months = [
        Tick(x(number), f"{each.week:%m/%y}")
        for number, each in enumerate(points)
        if number and each.week.month != points[number - 1].week.month
    ]
    return Lines(
        width=width,
        height=height,
        counts=" ".join(f"{a},{b}" for a, b in dots),
        dots=dots,
        usual=" ".join(f"{x(number)},{y(each.expected)}" for number, each in enumerate(points)),
        band=" ".join([*upper, *reversed(lower)]),
        alarms=tuple(
            Mark(x(number), y(each.count), f"{each.count} đơn, tuần {vn_date(each.week)}")
            for number, each in enumerate(points)
            if each.alarm
        ),
        rows=tuple(Tick(y(value), f"{value:g}") for value in _steps(top)),
        columns=tuple(months if step * 4 > 34 else months[::2]),
    )


# --- the funnel of bodies --------------------------------------------------------------------


class Body(NamedTuple):
    """A body in the funnel: its cases, the overdue ones, how it is judged, where its list is."""

    name: str
    of: int
    late: int
    grade: int
    href: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A body as it is drawn; ``label`` names one that lies beyond a limit, ``left``: to the left of its dot."""

    x: float
    y: float
    body: Body
    label: str
    left: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """Bodies by size and share, the common share, and the limits chance keeps them in."""

    width: int
    height: int
    middle: float
    warning: tuple[str, str]
    control: tuple[str, str]
    dots: tuple[Dot, ...]
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


def funnel(bodies: Sequence[Body], share: float, width: int, height: int) -> Funnel:
    """The picture of bodies of different sizes round a common share. At least one has a case."""
    largest = _top(max(each.of for each in bodies))
    highest = min(1.0, max([0.2, *(each.late / each.of for each in bodies)]) + 0.08)

    def x(of: float) -> float:
        return round(LEFT + of / largest * (width - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        inside = min(highest, max(0.0, value))
        return round(height - FOOT - inside / highest * (height - FOOT - TOP), 1)

    sizes = sorted(
        {max(1, round(largest * part / 90)) for part in range(91)} | {each.of for each in bodies}
    )

    def limit(chance: float) -> tuple[str, str]:
        found = [(of, *ageing.limits(of, share, chance)) for of in sizes]
        return (
            " ".join(f"{x(of)},{y(low)}" for of, low, _ in found if low > 0),
            " ".join(f"{x(of)},{y(high)}" for of, _, high in found if high < highest),
        )

    dots = [
        Dot(
            x(each.of), y(each.late / each.of), each, each.name if each.grade else "",
            x(each.of) > width * 0.62,
        )
        for each in bodies
    ]  # fmt: skip
    shown = [step / 10 for step in range(11) if step / 10 <= highest]
    return Funnel(
        width=width,
        height=height,
        middle=y(share),
        warning=limit(WARNING),
        control=limit(CONTROL),
        dots=tuple(dots),
        rows=tuple(Tick(y(each), f"{each:.0%}".replace("%", " %")) for each in shown),
        columns=tuple(Tick(x(each), f"{each:g}") for each in _steps(largest)),
    )


# --- how long it takes -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Curve:
    """The share still without a result by age, as steps; ``half`` is the day half have theirs."""

    width: int
    height: int
    path: str
    half: float | None
    middle: float
    rows: tuple[Tick, ...]
    columns: tuple[Tick, ...]


SHOWN_DAYS = 180


def curve(steps: Sequence[Survival], median: int | None, width: int, height: int) -> Curve:
    """The picture of a survival curve over ``SHOWN_DAYS`` days."""

    def x(day: float) -> float:
        return round(LEFT + min(day, SHOWN_DAYS) / SHOWN_DAYS * (width - LEFT - RIGHT), 1)

    def y(share: float) -> float:
        return round(height - FOOT - share * (height - FOOT - TOP), 1)

    inside = [step for step in steps if step.day <= SHOWN_DAYS]
    path = [f"M{x(0)} {y(1.0)}", *(f"H{x(step.day)}V{y(step.open_share)}" for step in inside)]
    path.append(f"H{x(SHOWN_DAYS)}")
    return Curve(
        width=width,
        height=height,
        path="".join(path),
        half=None if median is None or median > SHOWN_DAYS else x(median),
        middle=y(0.5),
        rows=tuple(Tick(y(each / 4), f"{each * 25} %") for each in range(5)),
        columns=tuple(Tick(x(day), str(day)) for day in range(0, SHOWN_DAYS + 1, 30)),
    )


def share_after(steps: Sequence[Survival], day: int) -> float:
    """The share still without a result after so many days."""
    return next((each.open_share for each in reversed(steps) if each.day <= day), 1.0)


# --- axes ------------------------------------------------------------------------------------


def _top(most: float) -> float:
    """A round number not below ``most``."""
    if most <= 4:
        return 4.0
    size: float = 10.0 ** floor(log10(most))
    return next(step * size for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * size >= most)


def _steps(top: float) -> list[float]:
    parts = next(each for each in (4, 3, 5, 2, 1) if top % each == 0 and top / each >= 1)
    return [top / parts * step for step in range(parts + 1)]
