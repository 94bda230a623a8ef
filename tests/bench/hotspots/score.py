"""Figures of merit: what share of hot spots is found at what price in false alarms."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.hotspots.simulate import Truth
from workflows.hotspots.evidence import count_tail

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def read_output(truth: Truth, path: Path) -> tuple[Floats, Bools]:
    """Scores and alarms, series x weeks, from the command's OUT file; a missing row is 0."""
    place = {pair: i for i, pair in enumerate(zip(truth.areas, truth.fields, strict=True))}
    week = {truth.monday(w): w for w in range(truth.counts.shape[1])}
    score, alarm = np.zeros(truth.counts.shape), np.zeros(truth.counts.shape, dtype=bool)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            cell = place[row["area"], row["field"]], week[row["week"]]
            score[cell], alarm[cell] = float(row["score"]), row["alarm"] == "1"
    return score, alarm


def burning(truth: Truth, grace: int = 0) -> Bools:
    """Series x weeks inside a true hot spot, or at most ``grace`` weeks after it."""
    hot = np.zeros(truth.counts.shape, dtype=bool)
    for h in truth.hotspots:
        hot[list(h.series), h.first : h.last + 1 + grace] = True
    return hot


def quiet(truth: Truth, grace: int = 0) -> Bools:
    """Series-weeks scored in which an alarm is false."""
    weeks = np.arange(truth.counts.shape[1])
    alive = (weeks[None, :] >= truth.births[:, None]) & (weeks >= truth.first_scored)
    return np.asarray(alive & ~burning(truth, grace))


def threshold(truth: Truth, score: Floats, rate: float, grace: int = 0) -> float:
    """The cut that false scores exceed in at most ``rate`` of the quiet series-weeks."""
    values = np.sort(score[quiet(truth, grace)])[::-1]
    return float(values[int(rate * values.size)])


def detected(
    truth: Truth, hits: Bools, kinds: tuple[str, ...] = (), within: int | None = None
) -> float:
    """Share of hot spots with a hit while they last, or in their first ``within`` weeks."""
    found: list[bool] = []
    for h in truth.hotspots:
        if h.first < truth.first_scored or (kinds and h.kind not in kinds):
            continue
        end = h.last + 1 if within is None else min(h.last + 1, h.first + within)
        found.append(bool(hits[list(h.series), h.first : end].any()))
    return float(np.mean(found)) if found else float("nan")


def top_precision(truth: Truth, score: Floats, places: int = 20) -> float:
    """Of the ``places`` highest positive scores of each week, the share inside a hot spot."""
    hot = burning(truth)
    right = listed = 0
    for week in range(truth.first_scored, score.shape[1]):
        column = score[:, week]
        best = np.argsort(-column, kind="stable")[:places]
        best = best[column[best] > 0]
        right += int(hot[best, week].sum())
        listed += best.size
    return right / listed if listed else float("nan")


def own_alarms(truth: Truth, alarm: Bools) -> tuple[float, float, float]:
    """Alarms a week, their precision, and the share of hot spots they find."""
    window = alarm[:, truth.first_scored :]
    hot = burning(truth)[:, truth.first_scored :]
    total = int(window.sum())
    precision = float((window & hot).sum() / total) if total else float("nan")
    return total / window.shape[1], precision, detected(truth, alarm)


def false_a_week(truth: Truth, alarm: Bools, grace: int = 0) -> float:
    """False alarms a week."""
    weeks = alarm.shape[1] - truth.first_scored
    return float((alarm & quiet(truth, grace)).sum() / weeks)


def inside_surges(truth: Truth, alarm: Bools) -> float:
    """Share of the quiet series-weeks of province-wide surges that carry an alarm."""
    where = truth.surges & quiet(truth)
    return float(alarm[where].mean()) if where.any() else float("nan")


def ceiling(truth: Truth) -> Floats:
    """The multi-window count test given the true means and dispersions: -log10 of its least tail."""
    counts = np.cumsum(truth.counts, axis=1, dtype=np.float64)
    means = np.cumsum(np.maximum(truth.means, 1e-9), axis=1)
    phi = np.maximum(truth.phi, 1.001)
    weeks = truth.counts.shape[1]
    score = np.zeros(truth.counts.shape)
    for window in (1, 2, 3, 4, 6, 8, 12):
        for week in range(max(truth.first_scored, window), weeks):
            observed = counts[:, week] - counts[:, week - window]
            expected = means[:, week] - means[:, week - window]
            fresh = truth.counts[:, week] + truth.counts[:, week - 1] > 0
            some = np.flatnonzero((observed >= 3) & fresh & (observed > expected))
            tail = count_tail(observed[some], expected[some], phi[some] * expected[some])
            score[some, week] = np.maximum(score[some, week], -np.log10(np.maximum(tail, 1e-300)))
    return score
