"""Figures of merit: what share of hot spots is found at what price in false alarms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.bench.hotspots.simulate import HotSpot, Truth

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def burning(truth: Truth) -> Bools:
    """Series x weeks inside a true hot spot."""
    hot = np.zeros(truth.counts.shape, dtype=bool)
    for h in truth.hotspots:
        hot[list(h.series), h.first : h.last + 1] = True
    return hot


def threshold(truth: Truth, score: Floats, rate: float) -> float:
    """The cut that false scores exceed in at most ``rate`` of the quiet series-weeks scored."""
    alive = np.arange(score.shape[1])[None, :] >= truth.births[:, None]
    quiet = (~burning(truth) & alive)[:, truth.first_scored :]
    values = np.sort(score[:, truth.first_scored :][quiet])[::-1]
    return float(values[int(rate * values.size)])


def detected(
    truth: Truth, hits: Bools, kinds: tuple[str, ...] = (), within: int | None = None
) -> float:
    """Share of hot spots with a hit while they last (or in their first ``within`` weeks)."""
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


def inside_surges(truth: Truth, alarm: Bools) -> float:
    """Share of the quiet series-weeks of province-wide surges that carry an alarm."""
    quiet = (truth.surges & ~burning(truth))[:, truth.first_scored :]
    return float(alarm[:, truth.first_scored :][quiet].mean()) if quiet.any() else float("nan")


__all__ = [
    "HotSpot",
    "burning",
    "detected",
    "inside_surges",
    "own_alarms",
    "threshold",
    "top_precision",
]
