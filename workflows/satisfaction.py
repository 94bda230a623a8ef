"""What citizens think of how their petition was handled: five scores, when they call for a second look,
and which figures may be shown without showing one person's answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum

from workflows.transition import ASSIGNERS, FINAL
from workflows.vocabulary import Role, State

LOOKERS = ASSIGNERS | {Role.CLERK, Role.INSPECTOR}
"""Who may look again at an unhappy answer, unless the case was his own."""


class Topic(StrEnum):
    """What is asked; the five topics the yearly survey of agencies is about."""

    SPIRIT = "spirit"
    ATTITUDE = "attitude"
    RESPONSIBILITY = "responsibility"
    TIMELINESS = "timeliness"
    QUALITY = "quality"


LOWEST, HIGHEST = 1, 5
TARGET = 90
"""Per cent of answers that should be satisfied ones (plans on democracy at the base: "từ 90 % trở lên")."""
SATISFIED_MEAN = 4
"""An answer whose five scores average at least this ("tốt" on the printed scale) is a satisfied one."""
POOR_SCORE = 2
"""A single score this low ("kém") is a complaint of its own, however good the others are."""
POOR_MEAN = 3
"""Below the middle of the scale on average nothing was really poor, but nothing was good either."""
FEWEST = 5
"""Answers a figure needs before it is shown: of fewer, whoever knows one of the cases reads its answer."""
ASKED = FINAL - {State.SPLIT, State.JOINED, State.VOIDED}
"""Ends after which the citizen is asked; the others are housekeeping of the register."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Five scores of 1 to 5."""

    spirit: int
    attitude: int
    responsibility: int
    timeliness: int
    quality: int

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for a score off the scale."""
        if not all(LOWEST <= each <= HIGHEST for each in astuple(self)):
            raise ValueError("a score lies between 1 and 5")

    @property
    def total(self) -> int:
        """The sum, 5 to 25."""
        return sum(astuple(self))

    @property
    def satisfied(self) -> bool:
        """Whether the answer counts towards the target."""
        return self.total >= SATISFIED_TOTAL

    @property
    def unhappy(self) -> bool:
        """Whether a human should look at the case again."""
        return min(astuple(self)) <= POOR_SCORE or self.total < POOR_MEAN * len(Topic)


SATISFIED_TOTAL = SATISFIED_MEAN * len(Topic)


@dataclass(frozen=True, slots=True)
class Tally:
    """Answers of one body in one span: how many, how many satisfied, the sum of each topic's scores."""

    answers: int = 0
    satisfied: int = 0
    sums: tuple[int, ...] = (0,) * len(Topic)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.answers + other.answers,
            self.satisfied + other.satisfied,
            tuple(one + two for one, two in zip(self.sums, other.sums, strict=True)),
        )

    def __sub__(self, other: Tally) -> Tally:
        return Tally(
            self.answers - other.answers,
            self.satisfied - other.satisfied,
            tuple(one - two for one, two in zip(self.sums, other.sums, strict=True)),
        )

    @property
    def percent(self) -> int:
        """Share of satisfied answers, rounded down: 89.9 has not reached 90."""
        return self.satisfied * 100 // self.answers

    @property
    def reached(self) -> bool:
        """Whether the share reaches the target."""
        return self.satisfied * 100 >= TARGET * self.answers

    @property
    def means_tenths(self) -> tuple[int, ...]:
        """The mean of each topic in tenths, rounded half up."""
        return tuple((20 * each + self.answers) // (2 * self.answers) for each in self.sums)


Months = Mapping[tuple[int, int], Tally]
"""Tallies of one body by (year, month)."""


def enough(answers: int) -> bool:
    """Whether so many answers hide each of them."""
    return answers >= FEWEST


def month_shown(months: Months, year: int, month: int) -> Tally | None:
    """The tally of a month; None where it must not be shown."""
    return _shown(months, [(year, month)], ())


def quarter_shown(months: Months, year: int, quarter: int) -> Tally | None:
    """The tally of a quarter; None where it, or what is left of it beside its months, must not be shown."""
    inside = _of_quarter(year, quarter)
    return _shown(months, inside, [[each] for each in inside])


def year_shown(months: Months, year: int) -> Tally | None:
    """The tally of a year; None where it, or what is left of it beside its quarters and months, must not
    be shown."""
    parts: list[list[tuple[int, int]]] = []
    for quarter in range(1, 5):
        inside = _of_quarter(year, quarter)
        whole = quarter_shown(months, year, quarter) is not None
        parts += [inside] if whole else [[each] for each in inside]
    return _shown(months, [(year, month) for month in range(1, 13)], parts)


def remainder_hides(whole: int, known: Iterable[int]) -> bool:
    """Whether what is left of ``whole`` answers beside figures shown elsewhere is nothing or enough."""
    left = whole - sum(known)
    return left == 0 or enough(left)


def _shown(
    months: Months, inside: list[tuple[int, int]], parts: Iterable[list[tuple[int, int]]]
) -> Tally | None:
    whole = _sum(months, inside)
    known = [_sum(months, each).answers for each in parts]
    safe = enough(whole.answers) and remainder_hides(
        whole.answers, [each for each in known if enough(each)]
    )
    return whole if safe else None


def _sum(months: Months, inside: Iterable[tuple[int, int]]) -> Tally:
    return sum((months[each] for each in inside if each in months), Tally())


def _of_quarter(year: int, quarter: int) -> list[tuple[int, int]]:
    return [(year, month) for month in range(3 * quarter - 2, 3 * quarter + 1)]
