"""Weekly counts put together from the house's own cells, and what is usual in them week by week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from workflows.hotspots.expectation import Baseline
from workflows.hotspots.model import MODEL, Model
from workflows.hotspots.table import WeeklyCounts

Doubles = NDArray[np.float64]


def grid(counts: Mapping[tuple[str, str, date], int], last: date) -> WeeklyCounts | None:
    """Every area with every field from the first count to the week ``last``; None without any count.

    Keys are (area, field, Monday). A series begins with the first petition of its area, whatever the
    field: before it the commune did not yet exist here, or nobody entered its petitions.
    """
    mondays = [monday for _, _, monday in counts if monday <= last]
    if not mondays:
        return None
    first = min(mondays)
    weeks = (last - first).days // 7 + 1
    areas = tuple(sorted({area for area, _, monday in counts if monday <= last}))
    fields = tuple(sorted({field for _, field, monday in counts if monday <= last}))
    area_at = {area: place for place, area in enumerate(areas)}
    field_at = {field: place for place, field in enumerate(fields)}
    table = np.zeros((weeks, len(areas) * len(fields)), dtype=np.float32)
    begun = np.full(len(areas), weeks, dtype=np.intp)
    for (area, field, monday), count in counts.items():
        if monday > last:
            continue
        week = (monday - first).days // 7
        table[week, area_at[area] * len(fields) + field_at[field]] += count
        begun[area_at[area]] = min(begun[area_at[area]], week)
    return WeeklyCounts(
        areas=areas,
        fields=fields,
        area_of=np.repeat(np.arange(len(areas), dtype=np.intp), len(fields)),
        field_of=np.tile(np.arange(len(fields), dtype=np.intp), len(areas)),
        first_monday=first,
        counts=table,
        born=np.repeat(begun, len(fields)),
    )


@dataclass(frozen=True)
class Usual:
    """What was expected of every series in one week, and the variance of its count."""

    week: int
    expected: Doubles
    variance: Doubles


def usual(table: WeeklyCounts, first: int, model: Model = MODEL) -> Iterator[Usual]:
    """The expectation of each week from ``first`` on, each from its own past only."""
    baseline = Baseline(table, model)
    for week in range(table.weeks):
        baseline.step(week)
        if week >= first:
            alive = baseline.alive.astype(np.float64)
            expected = baseline.expected * alive
            yield Usual(week, expected, baseline.spoken * expected)
