"""How old the work is: what came, what went, how long it takes, and which body is out of line.

Plain values in, plain values out. Ages and durations are plain days. Waiting times are read from
open files as well as from finished ones: the mean of the finished looks best where the old ones are
never finished.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log, log1p
from typing import NamedTuple

BLOCK = 28
"""Days of one block of the backlog alarm: four weeks."""
BLOCKS = 3
"""Blocks in a row in which more came than went before a backlog is called rising."""
RISING_P = 0.01
"""How improbable the surplus must be where as much comes as goes."""
AGEING_FAST = 7
"""Days a week by which the oldest tenth may age: more is a backlog whose young cases alone are done."""
LEAST_SETTLED = 5
"""Results a median needs: fewer say nothing."""
LEAST_DISPERSION = 1.02
"""Counts are never taken to be more regular than chance makes them."""
BANDS = (30, 60, 90, 180)
"""Last days of the bands of age; the last band has no end."""
LATE_BANDS = (30, 90)
"""Last days of the bands of lateness; the last band has no end."""
WARNING, CONTROL = 0.025, 0.001
"""One-sided chances of a body no different from the others beyond the two limits of the funnel."""


class Survival(NamedTuple):
    """On one day of age: how many were watched, how many got their result, what share is still open."""

    day: int
    watched: int
    settled: int
    open_share: float


def kaplan_meier(
    entered: Mapping[int, int], settled: Mapping[int, int], left: Mapping[int, int]
) -> tuple[Survival, ...]:
    """The share still without a result by age (Kaplan–Meier), at the ages at which one was given.

    ``entered`` counts by the age at which watching began: 0 for what came while watched, more for
    what was old already. ``settled`` and ``left`` count by the age at which it got its result, or went
    out of sight without one (open still, passed on). Watched at an age is who entered before it, or
    at 0, and has not gone before it.
    """
    steps = []
    share, inside = 1.0, 0
    for day in sorted({*entered, *settled, *left}):
        came = entered.get(day, 0)
        inside += came if day == 0 else 0
        done = settled.get(day, 0)
        if done:
            share *= 1 - done / inside
            steps.append(Survival(day, inside, done, share))
        inside -= done + left.get(day, 0)
        inside += came if day > 0 else 0
    return tuple(steps)


def median_day(curve: Sequence[Survival]) -> int | None:
    """The age by which half had their result; None while more than half have none or too few have one."""
    if sum(step.settled for step in curve) < LEAST_SETTLED:
        return None
    return next((step.day for step in curve if step.open_share <= 0.5 + 1e-12), None)


def quantile(ages: Mapping[int, int], share: float) -> int | None:
    """The least age that at least ``share`` of the counted do not exceed; None of nothing."""
    total = sum(ages.values())
    reached = 0
    for age in sorted(ages):
        reached += ages[age]
        if ages[age] and reached >= share * total - 1e-9:
            return age
    return None


def banded(ages: Mapping[int, int], ends: Sequence[int] = BANDS) -> tuple[int, ...]:
    """How many lie in each band; one more band than ``ends`` has days."""
    found = [0] * (len(ends) + 1)
    for age, count in ages.items():
        found[sum(age > end for end in ends)] += count
    return tuple(found)


def waiting_time(open_now: int, went: int, days: int) -> float | None:
    """Days a case waits at the present pace (Little: open over what goes a day); None where nothing goes."""
    return open_now * days / went if went else None


# --- a backlog that rises --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rising:
    """Whether a backlog rises: the surplus of the blocks, how improbable it is, how the oldest age.

    ``ageing`` is the growth of the age nine in ten do not exceed, in days a week; None when unknown.
    """

    surplus: int
    chance: float
    ageing: float | None
    by_flow: bool
    by_age: bool

    @property
    def alarm(self) -> bool:
        """Whether either sign holds."""
        return self.by_flow or self.by_age


def rising(
    came: Sequence[int],
    went: Sequence[int],
    dispersion: float,
    oldest_then: int | None,
    oldest_now: int | None,
) -> Rising:
    """Judge a backlog by its last ``BLOCKS`` blocks (oldest first) and the age of its oldest tenth.

    By flow: more came than went in every block, and a surplus like that would come with a chance of
    at most ``RISING_P`` where both have one mean. By age: the oldest tenth aged by more than
    ``AGEING_FAST`` days a week over one block.
    """
    surplus = sum(came) - sum(went)
    chance = difference_tail(surplus, (sum(came) + sum(went)) / 2, dispersion)
    always = all(more > less for more, less in zip(came, went, strict=True))
    ageing = None
    if oldest_then is not None and oldest_now is not None:
        ageing = (oldest_now - oldest_then) / (BLOCK / 7)
    return Rising(
        surplus=surplus,
        chance=chance,
        ageing=ageing,
        by_flow=len(came) >= BLOCKS and always and chance <= RISING_P,
        by_age=ageing is not None and ageing > AGEING_FAST,
    )


def dispersion(series: Iterable[Sequence[int]]) -> float:
    """Variance over mean, pooled over several series of counts; ``LEAST_DISPERSION`` at the least.

    From the steps between neighbouring counts, so that a rise that goes on does not pass for scatter.
    """
    spread = level = 0.0
    for counts in series:
        if len(counts) > 1:
            steps = sum((later - earlier) ** 2 for earlier, later in pairwise(counts))
            spread += steps / 2 / (len(counts) - 1)
            level += sum(counts) / len(counts)
    return max(LEAST_DISPERSION, spread / level) if level else LEAST_DISPERSION


def difference_tail(surplus: int, mean: float, dispersion: float) -> float:
    """The chance that one count exceeds another by ``surplus`` or more when both have this mean.

    Negative binomial counts of variance ``dispersion × mean``, independent of each other.
    """
    if mean <= 0:
        return 1.0 if surplus <= 0 else 0.0
    chances = _negative_binomial(mean, max(dispersion, LEAST_DISPERSION))
    below, total = [], 0.0
    for each in chances:
        total += each
        below.append(total)
    return min(
        1.0,
        sum(
            each * (below[count - surplus] if count - surplus < len(below) else 1.0)
            for count, each in enumerate(chances)
            if count >= surplus
        ),
    )


def _negative_binomial(mean: float, dispersion: float) -> list[float]:
    """Chances of 0, 1, 2, … up to where nothing is left."""
    size = mean / (dispersion - 1)
    stay, go = log(1 / dispersion), log1p(-1 / dispersion)
    last = int(mean + 12 * (mean * dispersion) ** 0.5 + 30 * dispersion)
    return [
        exp(lgamma(k + size) - lgamma(size) - lgamma(k + 1) + size * stay + k * go)
        for k in range(last + 1)
    ]


# --- bodies of different sizes beside each other ---------------------------------------------


class Placed(NamedTuple):
    """Where a body's share lies: -2 below the control limit, -1 below the warning, 0, 1, 2 above."""

    grade: int
    chance: float


def placed(late: int, of: int, share: float) -> Placed:
    """Judge ``late`` of ``of`` against a common ``share`` by the exact binomial tail."""
    if late > of * share:
        chance, sign = upper_tail(late, of, share), 1
    else:
        chance, sign = upper_tail(of - late, of, 1 - share), -1
    return Placed(sign * sum(chance < limit for limit in (WARNING, CONTROL)), chance)


def limits(of: int, share: float, chance: float) -> tuple[float, float]:
    """The shares between which a body of ``of`` cases lies unless something with at most ``chance`` happened.

    Halfway between the last number inside and the first outside, so that no body lies on a limit;
    below 0 or above 1 where no number is outside.
    """
    over = _first_over(of, share, chance)
    under = of - _first_over(of, 1 - share, chance)
    return (under + 0.5) / of, (over - 0.5) / of


def upper_tail(least: int, of: int, share: float) -> float:
    """The chance of ``least`` or more out of ``of``, each with chance ``share``."""
    if least <= 0:
        return 1.0
    if least > of or share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    if least <= of * share:  # sum the shorter side
        return max(0.0, 1.0 - upper_tail(of - least + 1, of, 1 - share))
    term = exp(
        lgamma(of + 1) - lgamma(least + 1) - lgamma(of - least + 1)
        + least * log(share) + (of - least) * log1p(-share)
    )  # fmt: skip
    total, count = term, least
    while count < of and term > total * 1e-17:
        term *= (of - count) / (count + 1) * share / (1 - share)
        count += 1
        total += term
    return min(1.0, total)


def _first_over(of: int, share: float, chance: float) -> int:
    """The least number whose upper tail is below ``chance``; ``of + 1`` when none is."""
    low, high = 0, of + 1
    while low < high:
        middle = (low + high) // 2
        if upper_tail(middle, of, share) < chance:
            high = middle
        else:
            low = middle + 1
    return low
