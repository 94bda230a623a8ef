"""How many times likelier a hot spot is than an ordinary week, carried from week to week.

For each size of hot spot, with expectation E, dispersion d and extra petitions x a week,

    odds now = (odds before x (1 - ending) + onset / sizes)
               / (1 - onset + sum over sizes of ending x odds before)
               x likelihood ratio of this week's count y,

    likelihood ratio = d^(-x / (d - 1)) x product over j = 0 .. y-1 of
                       (E + x + j (d - 1)) / (E + j (d - 1)),

the ratio of two negative binomial probabilities of variance d x mean. The evidence shown is the
odds over all sizes against the odds before any count was seen, as a power of ten.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, gammaln

from workflows.hotspots.model import Model

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_LARGEST_STEP = 50.0
"""Natural logarithm; one week never moves the odds further, nor past ``_LARGEST_ODDS``."""
_LARGEST_ODDS = 1e12


class Evidence:
    """The odds of every series for every size; ``step`` is called once for each week."""

    def __init__(self, series: int, model: Model) -> None:
        self.model = model
        self.odds: Floats = np.zeros((len(model.sizes), series), dtype=np.float32)

    def step(self, counts: Floats, expected: Floats, dispersion: Floats, spoken: Floats) -> None:
        """Move the odds by one week. ``spoken`` is the dispersion with the doubt about E in it."""
        model = self.model
        kept = 1 - model.onset + self._weighted(model.endings)
        onset = model.onset / len(model.sizes)
        unit = np.sqrt(1 + dispersion * expected)
        zero = -unit * np.log(spoken) / (spoken - 1)
        busy = np.flatnonzero(counts)
        ratio = _count_ratios(
            counts[busy], expected[busy], spoken[busy], [size * unit[busy] for size in model.sizes]
        )
        for place, size in enumerate(model.sizes):
            step = size * zero
            step[busy] += ratio[place]
            odds = self.odds[place]
            odds *= 1 - model.endings[place]
            odds += onset
            odds /= kept
            odds *= np.exp(np.minimum(step, _LARGEST_STEP))
        np.minimum(self.odds, _LARGEST_ODDS, out=self.odds)

    @property
    def total(self) -> Floats:
        """Odds of a hot spot of any size."""
        return self._weighted((1.0,) * len(self.model.sizes))

    def _weighted(self, weights: Sequence[float]) -> Floats:
        total: Floats = self.odds[0] * np.float32(weights[0])
        for odds, weight in zip(self.odds[1:], weights[1:], strict=True):
            total += odds * np.float32(weight)
        return total

    def weight(self, counts: Floats, field_factor: Floats) -> Floats:
        """Evidence now against evidence before any count; 1 is none.

        Halved in a week without a petition, lowered while the field rises everywhere.
        """
        weight = self.total
        weight /= self.model.odds_at_rest
        weight /= np.maximum(field_factor, 1) ** self.model.surge_caution
        weight[counts == 0] *= self.model.quiet_week
        return weight


def _count_ratios(
    counts: Floats, expected: Floats, spoken: Floats, extras: list[Floats]
) -> list[Floats]:
    """Logarithm of the product over the petitions counted, for each extra."""
    y, clump = counts.astype(np.float64), spoken.astype(np.float64) - 1
    usual = expected / clump
    ordinary = gammaln(y + usual) - gammaln(usual)
    ratios = []
    for extra in extras:
        hot = (expected + extra) / clump
        ratios.append((gammaln(y + hot) - gammaln(hot) - ordinary).astype(np.float32))
    return ratios


def chance(score: Doubles, dispersion: float, model: Model) -> Doubles:
    """Probability that an ordinary series shows this score or more in a given week."""
    level = chance_factor(dispersion, model) * 10 ** (-model.chance_slope * score)
    return np.minimum(level, 1.0)


def chance_factor(dispersion: float, model: Model) -> float:
    """``chance`` at score 0, before it is held to 1."""
    clumped = (dispersion / model.reference_dispersion) ** model.chance_dispersion
    return float(clumped * 10**-model.chance_level)


def cut(scores: Doubles, ordinary: float, least: float, model: Model) -> tuple[float, float]:
    """The score from which a week's series are alarms, and the alarms expected by chance.

    ``ordinary`` is the number of alarms expected by chance at score 0. The cut is the lowest,
    from ``least`` on, for which chance explains at most ``false_share`` of the alarms, or of one.
    """
    ranked = np.sort(scores)[::-1]
    called = np.arange(1, ranked.size + 1)
    needed = np.log10(ordinary / (model.false_share * called)) / model.chance_slope
    reached = np.flatnonzero(ranked >= needed)
    alarms = int(reached[-1]) + 1 if reached.size else 1
    level = math.log10(ordinary / (model.false_share * alarms)) / model.chance_slope
    level = max(level, least)
    return level, ordinary * 10.0 ** (-model.chance_slope * level)


def count_tail(observed: Doubles, expected: Doubles, variance: Doubles) -> Doubles:
    """P(count >= observed) of a negative binomial with this mean and variance (> mean)."""
    spread = variance / expected
    shape = expected / (spread - 1)
    tail = betainc(np.maximum(observed, 1), shape, (spread - 1) / spread)
    return np.where(observed > 0, tail, 1.0)
