"""What is usual: the expected count of every series in a week, and how sure that is.

expected = rate x province factor x season, where

* the rate of a series is its own discounted count over its own discounted exposure, pulled toward
  commune share x field share as strongly as the file's communes resemble each other;
* the province factor is what the rest of the province received in the week against what was
  expected of it, first over all fields, then for the field where the field clearly departs;
* the season is the same weeks of earlier years, observed against expected.

Everything used for a week comes from that week and the weeks before it.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from workflows.hotspots.model import Model
from workflows.hotspots.table import WeeklyCounts

Floats = NDArray[np.float32]
Sums = NDArray[np.float64]

YEAR = 52
_REVIEW = 4
"""Weeks between two estimates of shares, spread and dispersion of the province."""


class Baseline:
    """The running estimate; ``step`` is called once for each week, in order."""

    def __init__(self, table: WeeklyCounts, model: Model) -> None:
        self.table, self.model = table, model
        n = table.series
        self.area, self.field = table.area_of, table.field_of
        self.areas, self.fields = len(table.areas), len(table.fields)
        self.alive: Floats = np.zeros(n, dtype=np.float32)
        self.heard: Floats = np.ones(n, dtype=np.float32)
        self.count = np.zeros(n, dtype=np.float32)
        self.exposure = np.zeros(n, dtype=np.float32)
        self.exposure_squared = np.zeros(n, dtype=np.float32)
        self.squares = np.zeros(n, dtype=np.float32)
        self.squares_expected = np.zeros(n, dtype=np.float32)
        self.field_count = np.zeros(n, dtype=np.float32)
        self.field_expected = np.zeros(n, dtype=np.float32)
        years = YEAR if table.weeks > YEAR else 0
        self.season_count = np.zeros((years, n), dtype=np.float32)
        self.season_expected = np.zeros((years, n), dtype=np.float32)
        self.not_yet_season: deque[tuple[int, Floats, Floats]] = deque()
        self.unheard = np.zeros(self.areas)
        self.unheard_weeks = np.zeros(self.areas, dtype=np.intp)
        self.area_share: Sums = np.ones(self.areas)
        self.field_rate: Sums = np.full(self.fields, 0.1)
        self.spread = model.first_spread
        self.pooled_dispersion = model.first_dispersion
        self.prior: Floats = np.full(n, 0.1, dtype=np.float32)
        self.breadth: Floats = np.zeros(n, dtype=np.float32)
        self.born_by_now = -1

        self.expected: Floats = np.zeros(n, dtype=np.float32)
        self.dispersion: Floats = np.ones(n, dtype=np.float32)
        self.unsure: Floats = np.zeros(n, dtype=np.float32)
        self.spoken: Floats = np.ones(n, dtype=np.float32)
        self.rate: Floats = np.zeros(n, dtype=np.float32)
        self.factor: Floats = np.ones(n, dtype=np.float32)
        self.field_factor: Floats = np.ones(n, dtype=np.float32)
        self.season: Floats | None = None

    def step(self, week: int) -> None:
        """Set expectation, dispersion and uncertainty of the week from the weeks before it."""
        if week:
            self._learn(week - 1)
        counts = self.table.counts[week]
        self._welcome(week, counts)
        model = self.model
        self.dispersion = _single(
            np.maximum(
                (self.squares + model.dispersion_weight * self.pooled_dispersion)
                / (self.squares_expected + model.dispersion_weight),
                model.least_dispersion,
            )
        )
        shape = self.count / self.dispersion + self.spread
        exposure = self.exposure / self.dispersion + self.spread / self.prior
        self.rate = _single(self.alive * shape / exposure)
        season = self._season(week)
        usual, self.season = self.rate, None
        if season is not None:
            self.season = season[0]
            usual = self.rate * self.season
        self.factor = self._province_factor(counts, usual)
        self.expected = _single(np.maximum(usual * self.factor, 1e-6))
        self.unsure = _single(1 / shape)
        if season is not None:
            self.unsure += season[1]
        self.spoken = self.dispersion + self.unsure * self.expected
        self._listen(counts)

    def _welcome(self, week: int, counts: Floats) -> None:
        """Series born this week join; the first week of all gives the first guess of a rate."""
        born = self.table.born <= week
        alive = int(np.count_nonzero(born))
        if alive != self.born_by_now:
            self.born_by_now = alive
            self.alive = born.astype(np.float32)
            others = np.maximum(self._by_field(self.alive)[self.field] - self.alive, 0)
            self.breadth = _single(others / (others + self.model.field_breadth))
        if week == 0:
            self.field_rate[:] = max(float(np.cumsum(counts)[-1]) / alive, 1e-4)
            self._set_prior()

    def _season(self, week: int) -> tuple[Floats, Floats] | None:
        """The same weeks of earlier years, observed against expected, and that ratio's variance."""
        if week < YEAR:
            return None
        reach = self.model.season_reach
        count = np.zeros_like(self.count)
        expected = np.zeros_like(self.count)
        for near in range(week - reach, week + reach + 1):
            count += self.season_count[near % YEAR]
            expected += self.season_expected[near % YEAR]
        pull = self.model.season_pull * self.dispersion
        base = expected + pull
        variance = self.dispersion * expected / (base * base)
        return _single(1 + _departure(count, expected, pull, self.dispersion)), _single(variance)

    def _province_factor(self, counts: Floats, usual: Floats) -> Floats:
        """The rest of the province against its expectation.

        A commune never judges itself, a silent commune judges nobody. The field's own departure
        is remembered for a few weeks, believed only so far as it exceeds its noise, and the more
        the more communes there are to show it.
        """
        model = self.model
        by_area = self._by_area(counts)
        heard = (self.unheard < model.silence_expected) | (by_area > 0)
        self.heard = heard.astype(np.float32)[self.area]
        speaking = usual * self.heard
        usual_by_area = self._by_area(speaking)
        total, usual_total = _total(by_area), _total(usual_by_area)
        province = (total - by_area + model.province_pull) / (
            usual_total - usual_by_area + model.province_pull
        )
        province_factor = province.astype(np.float32)[self.area]
        others = self._by_field(counts).astype(np.float32)[self.field] - counts
        others_usual = self._by_field(speaking).astype(np.float32)[self.field] - speaking
        keep = model.field_factor_memory
        self.field_count = keep * self.field_count + others
        self.field_expected = keep * self.field_expected + np.maximum(
            others_usual * province_factor, 0
        )
        departure = _departure(
            self.field_count,
            self.field_expected,
            model.field_factor_pull,
            self.pooled_dispersion / (1 + keep),
        )
        self.field_factor = _single(1 + self.breadth * departure)
        return _single(np.maximum(province_factor * self.field_factor, 0.01))

    def _listen(self, counts: Floats) -> None:
        """How much has been expected of each commune since its last petition."""
        silent = self._by_area(counts) == 0
        expected = self._by_area(self.expected * self.alive)
        self.unheard = np.where(silent, self.unheard + expected, 0.0)
        self.unheard_weeks = np.where(silent, self.unheard_weeks + 1, 0)

    def _learn(self, week: int) -> None:
        """Take the week into the estimates; a silent commune teaches nothing."""
        model, counts, expected = self.model, self.table.counts[week], self.expected
        weight = self.alive * self.heard
        deviation = np.sqrt(self.spoken * expected)
        capped = np.minimum(counts, expected + model.learning_cap * deviation + 1)
        memory = np.clip(
            model.memory * np.sqrt(self.dispersion / expected),
            model.shortest_memory,
            model.longest_memory,
        )
        keep = 1 - 1 / memory
        exposure = weight * self.factor
        if self.season is not None:
            exposure *= self.season
        counted = weight * capped
        self.count = keep * self.count + counted
        self.exposure = keep * self.exposure + exposure
        self.exposure_squared = keep * keep * self.exposure_squared + exposure
        away = np.minimum(counts, expected + model.dispersion_cap * deviation + 2) - expected
        keep_squares = np.float32(1 - 1 / model.dispersion_memory)
        self.squares = keep_squares * self.squares + weight * away * away
        self.squares_expected = keep_squares * self.squares_expected + (
            weight * expected * self.spoken / self.dispersion
        )
        if self.season_count.shape[0]:
            self.not_yet_season.append((week, counted, weight * self.rate * self.factor))
            if len(self.not_yet_season) > model.season_reach:
                self._learn_season()
        if week < YEAR or week % _REVIEW == 0:
            self._review(week)

    def _learn_season(self) -> None:
        """A week joins its time of year only when it is out of reach, so that it never excuses itself."""
        week, counted, expected = self.not_yet_season.popleft()
        slot = week % YEAR
        for kept, new in ((self.season_count, counted), (self.season_expected, expected)):
            kept[slot] *= self.model.season_keep
            kept[slot] += new

    def _review(self, week: int) -> None:
        """Shares of communes and fields, how far series stray from them, pooled dispersion."""
        model = self.model
        by_area, by_field = self._by_area(self.count), self._by_field(self.count)
        rate_exposure = self.exposure * self.field_rate.astype(np.float32)[self.field]
        share = (by_area + model.area_pull) / (self._by_area(rate_exposure) + model.area_pull)
        living = self._by_area(self.alive) > 0
        share /= _total(np.where(living, share, 0.0)) / max(int(living.sum()), 1)
        overall = _total(by_field) / max(_total(self._by_field(self.exposure)), 1e-9)
        share_exposure = self.exposure * share.astype(np.float32)[self.area]
        self.field_rate = (by_field + model.field_pull * overall) / (
            self._by_field(share_exposure) + model.field_pull
        )
        self.area_share = share
        self._set_prior()

        usual = self.prior * self.exposure
        discount = self.exposure_squared / np.maximum(self.exposure, 1e-9)
        beyond = (self.count - usual) ** 2 - self.dispersion * usual * discount
        variation = _total(self._by_area(beyond)) / max(_total(self._by_area(usual * usual)), 1e-9)
        known = min(week, YEAR)
        variation = (variation * known + 12 / model.first_spread) / (known + 12)
        self.spread = 1 / min(max(variation, 0.05), 3.0)
        self.pooled_dispersion = max(
            model.least_dispersion,
            (_total(self._by_area(self.squares)) + 200 * model.first_dispersion)
            / (_total(self._by_area(self.squares_expected)) + 200),
        )

    def _set_prior(self) -> None:
        prior = self.area_share[self.area] * self.field_rate[self.field]
        self.prior = np.maximum(prior, 1e-5).astype(np.float32)

    def _by_area(self, values: NDArray[np.floating]) -> Sums:
        return np.bincount(self.area, values, self.areas).astype(np.float64, copy=False)

    def _by_field(self, values: NDArray[np.floating]) -> Sums:
        return np.bincount(self.field, values, self.fields).astype(np.float64, copy=False)


def _departure(
    count: Floats, expected: Floats, pull: Floats | float, noise: Floats | float
) -> Floats:
    """How far a count is from its expectation, as a share, as far as it exceeds its noise."""
    base = expected + pull
    departure = count - expected
    belief = np.maximum(0, 1 - noise * base / np.maximum(departure * departure, 1e-9))
    return _single(belief * departure / base)


def _single(values: NDArray[np.floating]) -> Floats:
    return values.astype(np.float32, copy=False)


def _total(values: NDArray[np.floating]) -> float:
    """Sum taken one by one, so that units born later, worth 0, change no digit of it."""
    return float(np.cumsum(values)[-1])
