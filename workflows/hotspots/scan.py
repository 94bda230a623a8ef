"""The weekly scan: evidence, alarms and the counts that explain them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from workflows.hotspots.evidence import Evidence, chance, chance_factor, count_tail, cut
from workflows.hotspots.expectation import Baseline
from workflows.hotspots.model import MODEL, Model
from workflows.hotspots.table import WeeklyCounts, neighbour_pairs

Doubles = NDArray[np.float64]
Places = NDArray[np.intp]

USUAL_WEEKS = 104
"""Weeks scanned when no first week is asked for."""


@dataclass(frozen=True)
class Silence:
    """A commune from which nothing came: its data are missing, it is not calm."""

    area: str
    weeks: int
    expected: float


@dataclass(frozen=True)
class Surge:
    """A field that rose in the whole province: one message, not an alarm per commune."""

    field: str
    observed: int
    expected: float


@dataclass(frozen=True)
class WeekScan:
    """One week: the series with evidence of a hot spot, one element per series in each array.

    ``score`` is evidence as a power of ten (neighbours included), ``p`` the chance that an
    ordinary series shows its own evidence in a given week, ``window`` the weeks whose
    ``observed`` count is least probable against ``expected``, ``tail`` that probability.
    ``cut`` is the score from which ``alarm`` is set, ``expected_false`` the alarms chance would
    bring at that cut.
    """

    week: int
    monday: date
    series: Places
    score: Doubles
    alarm: NDArray[np.bool_]
    window: Places
    observed: Places
    expected: Doubles
    p: Doubles
    tail: Doubles
    cut: float
    expected_false: float
    silences: tuple[Silence, ...]
    surges: tuple[Surge, ...]


def scan(
    table: WeeklyCounts,
    first: int | None = None,
    neighbours: Iterable[tuple[str, str]] = (),
    model: Model = MODEL,
) -> Iterator[WeekScan]:
    """Scan the weeks from ``first`` on (absent: the last 104), each from its own past only."""
    start = max(0, table.weeks - USUAL_WEEKS if first is None else first)
    baseline, evidence = Baseline(table, model), Evidence(table.series, model)
    pairs = neighbour_pairs(table, neighbours)
    recent: deque[NDArray[np.float32]] = deque(maxlen=max(model.windows))
    for week in range(table.weeks):
        baseline.step(week)
        counts = table.counts[week]
        evidence.step(counts, baseline.expected, baseline.dispersion, baseline.spoken)
        evidence.odds *= baseline.alive
        recent.append(baseline.expected * baseline.alive)
        if week >= start:
            yield _read(table, week, baseline, evidence, list(recent), pairs)


def _read(
    table: WeeklyCounts,
    week: int,
    baseline: Baseline,
    evidence: Evidence,
    recent: list[NDArray[np.float32]],
    pairs: tuple[Places, Places],
) -> WeekScan:
    model, counts = evidence.model, table.counts[week]
    weight = evidence.weight(counts, baseline.field_factor)
    together = neighbours_say(evidence, pairs)
    series = np.flatnonzero(weight * together > 1)
    own = np.log10(np.maximum(weight[series], 1).astype(np.float64))
    score = np.log10((weight * together)[series].astype(np.float64))
    factor = chance_factor(baseline.pooled_dispersion, model)
    ordinary = factor * float(
        np.cumsum(baseline.alive * together.astype(np.float64) ** model.chance_slope)[-1]
    )
    least = math.log10(factor / model.commonest) / model.chance_slope
    level, expected_false = cut(score, ordinary, least, model)
    window, observed, expected, tail = _windows(table, week, baseline, recent, series, model)
    alarm = (score >= level) & (observed >= model.least_observed)
    if week:
        alarm &= counts[series] + table.counts[week - 1][series] > 0
    return WeekScan(
        week=week,
        monday=table.monday(week),
        series=series,
        score=score,
        alarm=alarm,
        window=window,
        observed=observed,
        expected=expected,
        p=chance(own, baseline.pooled_dispersion, model),
        tail=tail,
        cut=level,
        expected_false=expected_false,
        silences=_silences(table, baseline),
        surges=_surges(table, week, baseline),
    )


def neighbours_say(evidence: Evidence, pairs: tuple[Places, Places]) -> NDArray[np.float32]:
    """What touching communes add to each series: a factor of 1 or more."""
    total = evidence.total
    if not pairs[0].size:
        return np.ones_like(total)
    probability = total / (1 + total)
    here, there = pairs
    around = np.bincount(here, probability[there], total.size)
    return (1 + evidence.model.neighbour_weight * around).astype(np.float32)


def _windows(
    table: WeeklyCounts,
    week: int,
    baseline: Baseline,
    recent: list[NDArray[np.float32]],
    series: Places,
    model: Model,
) -> tuple[Places, Places, Doubles, Doubles]:
    """The window whose count is least probable for each series: weeks, count, expectation, tail."""
    window = np.zeros(series.size, dtype=np.intp)
    observed, expected = np.zeros(series.size), np.zeros(series.size)
    tail = np.full(series.size, 2.0)
    dispersion = baseline.dispersion[series].astype(np.float64)
    unsure = baseline.unsure[series].astype(np.float64)
    count, usual = np.zeros(series.size), np.zeros(series.size)
    for back in range(min(max(model.windows), week + 1)):
        count += table.counts[week - back][series]
        usual += recent[-1 - back][series]
        if back + 1 not in model.windows:
            continue
        mean = np.maximum(usual, 1e-6)
        here = count_tail(count, mean, dispersion * mean + unsure * mean * mean)
        better = here < tail
        window[better] = back + 1
        observed[better], expected[better], tail[better] = (
            count[better],
            mean[better],
            here[better],
        )
    return window, observed.astype(np.intp), expected, tail


def _silences(table: WeeklyCounts, baseline: Baseline) -> tuple[Silence, ...]:
    quiet = np.flatnonzero(baseline.unheard >= baseline.model.silence_expected)
    return tuple(
        Silence(table.areas[a], int(baseline.unheard_weeks[a]), float(baseline.unheard[a]))
        for a in quiet
    )


def _surges(table: WeeklyCounts, week: int, baseline: Baseline) -> tuple[Surge, ...]:
    """Fields whose count in the province is beyond what rates and seasons alone let expect."""
    usual = baseline.rate if baseline.season is None else baseline.rate * baseline.season
    fields = len(table.fields)
    expected = np.bincount(table.field_of, usual, fields)
    observed = np.bincount(table.field_of, table.counts[week], fields)
    beyond = observed - expected
    clear = beyond > 4 * np.sqrt(baseline.pooled_dispersion * np.maximum(expected, 1))
    return tuple(
        Surge(table.fields[f], int(observed[f]), float(expected[f])) for f in np.flatnonzero(clear)
    )
