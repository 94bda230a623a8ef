"""Points of a yearly scorecard: shares against targets, what is left out, ranks with ties.

Points are whole hundredths of a point, shares exact fractions: a sum never depends on its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from workflows.vocabulary import AgencyKind

POINT = 100
"""Hundredths that make one point."""
WHOLE = 100 * POINT
"""The weights of a scorecard add up to this: 100 points."""


class Indicator(StrEnum):
    """What the system itself counts for a criterion."""

    SETTLED_IN_TIME = "settled_in_time"
    OPEN_OVERDUE = "open_overdue"
    RECEPTION_DAYS = "reception_days"
    SATISFACTION = "satisfaction"
    COMMITMENTS_KEPT = "commitments_kept"
    REPORTS_IN_TIME = "reports_in_time"
    URGINGS_ANSWERED = "urgings_answered"
    ENFORCED = "enforced"
    ENTERED_LATE = "entered_late"


class CardState(StrEnum):
    """How far a year's scorecard has come; what is closed never changes."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Bloc(StrEnum):
    """Bodies ranked among their like."""

    DEPARTMENTS = "departments"
    COMMUNES = "communes"


BLOCS: Mapping[AgencyKind, Bloc] = {
    AgencyKind.DEPARTMENT: Bloc.DEPARTMENTS,
    AgencyKind.SERVICE_UNIT: Bloc.DEPARTMENTS,
    AgencyKind.COMMUNE: Bloc.COMMUNES,
}
"""Kinds of bodies that are scored; the inspectorate, which keeps the card, is not."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many: ``numerator`` of ``denominator``."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for what is no part of a whole."""
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError("a share lies between nothing and the whole")

    def __add__(self, other: Share) -> Share:
        return Share(self.numerator + other.numerator, self.denominator + other.denominator)

    @property
    def tenths(self) -> int:
        """Tenths of a per cent, rounded down: 89.99 % has not reached 90. Of nothing: 0."""
        return self.numerator * 1000 // self.denominator if self.denominator else 0


@dataclass(frozen=True, slots=True)
class Scale:
    """How a share becomes points: all of ``weight`` (hundredths) at ``target`` per cent and beyond, none at
    ``zero`` per cent and before it, evenly between. ``target`` below ``zero`` means less is better.

    ``least`` is the smallest denominator that says anything.
    """

    weight: int
    target: int
    zero: int
    least: int = 1

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a scale without a slope or off the hundred."""
        if self.target == self.zero:
            raise ValueError("target and zero must differ")
        if not (0 <= self.target <= 100 and 0 <= self.zero <= 100):
            raise ValueError("per cents lie between 0 and 100")
        if self.weight < 0 or self.least < 1:
            raise ValueError("weight and least")

    def points(self, share: Share | None) -> int | None:
        """Hundredths of a point, rounded half up; None when there is too little to say anything."""
        if share is None or share.denominator < self.least:
            return None
        per_cent = Fraction(100 * share.numerator, share.denominator)
        way = (per_cent - self.zero) / (self.target - self.zero)
        return half_up(self.weight * min(Fraction(1), max(Fraction(0), way)))


@dataclass(frozen=True, slots=True)
class Scored:
    """A criterion's weight and the points given; None where there was not enough to judge."""

    weight: int
    points: int | None


@dataclass(frozen=True, slots=True)
class Total:
    """A body's result: ``points`` on the scale of 100 points, what could be judged and out of what.

    ``points`` is None where less than the required share of the weights could be judged.
    """

    points: int | None
    judged: int
    weights: int


def total(scored: Iterable[Scored], least_share: int) -> Total:
    """Add up, giving the weight of what could not be judged to the rest in proportion to its weights.

    ``least_share`` per cent of all weights must have been judged for a total to stand.
    """
    lines = tuple(scored)
    weights = sum(each.weight for each in lines)
    known = [(each.weight, each.points) for each in lines if each.points is not None]
    judged = sum(weight for weight, _ in known)
    if not judged or judged * 100 < least_share * weights:
        return Total(None, judged, weights)
    earned = sum(points for _, points in known)
    return Total(half_up(Fraction(earned * WHOLE, judged)), judged, weights)


def ranks(totals: Sequence[int | None]) -> tuple[int | None, ...]:
    """The place of each total, the highest first; equal totals share a place and the next ones are skipped."""
    return tuple(
        None if each is None else 1 + sum(other is not None and other > each for other in totals)
        for each in totals
    )


@dataclass(frozen=True, slots=True)
class Band:
    """A class of results: from so many whole points on."""

    name: str
    least: int


def band_of(points: int | None, bands: Iterable[Band]) -> str:
    """The name of the highest band a total reaches; nothing for none."""
    if points is None:
        return ""
    reached = [each for each in bands if points >= each.least * POINT]
    return max(reached, key=lambda each: each.least).name if reached else ""


def half_up(value: Fraction) -> int:
    """The nearest whole number, a half upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)
