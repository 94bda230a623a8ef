"""The record that explains one score, and its recomputation by hand.

An explanation holds every figure the score was made of over the last weeks. ``recompute`` needs
nothing else, so a stored alarm can be checked a year later without the data of the province.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from workflows.hotspots.evidence import Evidence
from workflows.hotspots.expectation import Baseline
from workflows.hotspots.model import MODEL, Model
from workflows.hotspots.reading import quantity
from workflows.hotspots.scan import neighbours_say
from workflows.hotspots.table import WeeklyCounts, neighbour_pairs


@dataclass(frozen=True)
class Step:
    """One week of one series: the count and every factor of its expectation.

    ``expected`` = ``rate`` x ``province`` x ``season``; ``dispersion`` is the series' own,
    ``spoken`` the one used, with the doubt about the expectation in it.
    """

    monday: str
    count: int
    rate: float
    province: float
    season: float
    expected: float
    dispersion: float
    spoken: float


@dataclass(frozen=True)
class Explanation:
    """Why a series has its score in a week.

    ``odds_before`` are the odds, per size of hot spot, before the first step; ``neighbours`` is
    what touching communes multiply the evidence by (1 when they add nothing), ``province_rise``
    how many times its usual level the field stands at in the whole province (never below 1).
    """

    version: str
    area: str
    field: str
    monday: str
    sizes: tuple[float, ...]
    onset: float
    endings: tuple[float, ...]
    quiet_week: float
    surge_caution: float
    odds_before: tuple[float, ...]
    steps: tuple[Step, ...]
    neighbours: float
    province_rise: float
    score: float

    def record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Explanation:
        """The explanation a ``record`` was made of. Raises TypeError or KeyError on another shape."""
        return cls(
            **{
                **record,
                "sizes": tuple(record["sizes"]),
                "endings": tuple(record["endings"]),
                "odds_before": tuple(record["odds_before"]),
                "steps": tuple(Step(**step) for step in record["steps"]),
            }
        )

    def lines(self) -> list[str]:
        """The reckoning in Vietnamese, one line a week, the latest last."""
        result = [
            f"Tuần {step.monday}: {step.count} đơn, thường {quantity(step.expected)}"
            f" = mức của ô {_decimal(step.rate)} × toàn tỉnh {_decimal(step.province)}"
            f" × mùa {_decimal(step.season)}; {_moved(before, after)}"
            for step, (before, after) in zip(self.steps, pairwise(self.odds()), strict=True)
        ]
        if self.neighbours >= 1.05:
            result.append(
                f"Xã giáp ranh, cùng lĩnh vực cũng tăng: nhân {_decimal(self.neighbours, 1)}"
            )
        if self.province_rise >= 1.05:
            result.append(
                f"Cả tỉnh cùng tăng {_decimal(self.province_rise, 1)} lần ở lĩnh vực này:"
                f" chia cho {_decimal(self.province_rise**self.surge_caution, 1)}"
            )
        if not self.steps[-1].count:
            result.append(f"Tuần này không có đơn mới: nhân {_decimal(self.quiet_week, 1)}")
        result.append(f"Điểm {_decimal(self.score)} (công thức {self.version})")
        return result

    def recompute(self) -> float:
        """The score worked out again from the recorded figures alone."""
        at_rest = self.onset / len(self.sizes) * sum(1 / ending for ending in self.endings)
        weight = self.odds()[-1] / at_rest * self.neighbours
        weight /= self.province_rise**self.surge_caution
        if not self.steps[-1].count:
            weight *= self.quiet_week
        return max(0.0, math.log10(weight))

    def odds(self) -> list[float]:
        """Odds of any hot spot before the first step and after each step."""
        odds = list(self.odds_before)
        totals = [sum(odds)]
        for step in self.steps:
            kept = 1 - self.onset
            kept += sum(ending * one for ending, one in zip(self.endings, odds, strict=True))
            unit = math.sqrt(1 + step.dispersion * step.expected)
            clump = step.spoken - 1
            for place, size in enumerate(self.sizes):
                extra = size * unit
                ratio = -extra * math.log(step.spoken) / clump
                for j in range(step.count):
                    ratio += math.log1p(extra / (step.expected + j * clump))
                entered = odds[place] * (1 - self.endings[place]) + self.onset / len(self.sizes)
                odds[place] = entered / kept * math.exp(min(ratio, 50.0))
            totals.append(sum(odds))
        return totals


def explain(
    table: WeeklyCounts,
    area: str,
    field: str,
    week: int,
    neighbours: Iterable[tuple[str, str]] = (),
    weeks: int = 12,
    model: Model = MODEL,
) -> Explanation:
    """Run the formula again up to ``week`` and keep the last ``weeks`` of one series.

    Raises KeyError for a series the table does not know, ValueError for a week outside it or
    before the series began.
    """
    return explain_all(table, [table.find(area, field)], week, neighbours, weeks, model)[0]


def explain_all(
    table: WeeklyCounts,
    series: Sequence[int],
    week: int,
    neighbours: Iterable[tuple[str, str]] = (),
    weeks: int = 12,
    model: Model = MODEL,
) -> list[Explanation]:
    """``explain`` for several series (their places in the table) in one run."""
    for one in series:
        if not table.born[one] <= week < table.weeks:
            raise ValueError(f"week {week} is outside the series")
    if not series:
        return []
    baseline, evidence = Baseline(table, model), Evidence(table.series, model)
    kept: dict[int, deque[tuple[tuple[float, ...], Step]]] = {
        one: deque(maxlen=weeks) for one in series
    }
    for now in range(week + 1):
        before = {one: tuple(float(odds) for odds in evidence.odds[:, one]) for one in kept}
        baseline.step(now)
        evidence.step(table.counts[now], baseline.expected, baseline.dispersion, baseline.spoken)
        evidence.odds *= baseline.alive
        for one, steps in kept.items():
            if now >= table.born[one]:
                steps.append((before[one], _step(table, baseline, now, one)))
    together = neighbours_say(evidence, neighbour_pairs(table, neighbours))
    weight = evidence.weight(table.counts[week], baseline.field_factor) * together
    return [
        Explanation(
            version=model.version,
            area=table.areas[table.area_of[one]],
            field=table.fields[table.field_of[one]],
            monday=table.monday(week).isoformat(),
            sizes=model.sizes,
            onset=model.onset,
            endings=model.endings,
            quiet_week=model.quiet_week,
            surge_caution=model.surge_caution,
            odds_before=kept[one][0][0],
            steps=tuple(step for _, step in kept[one]),
            neighbours=float(together[one]),
            province_rise=max(1.0, float(baseline.field_factor[one])),
            score=max(0.0, math.log10(float(weight[one]))),
        )
        for one in series
    ]


def _step(table: WeeklyCounts, baseline: Baseline, week: int, series: int) -> Step:
    return Step(
        monday=table.monday(week).isoformat(),
        count=int(table.counts[week, series]),
        rate=float(baseline.rate[series]),
        province=float(baseline.factor[series]),
        season=1.0 if baseline.season is None else float(baseline.season[series]),
        expected=float(baseline.expected[series]),
        dispersion=float(baseline.dispersion[series]),
        spoken=float(baseline.spoken[series]),
    )


def _moved(before: float, after: float) -> str:
    """How the odds of a hot spot moved; a series has none before the week it begins with."""
    if not before:
        return "tuần đầu của chuỗi"
    return f"khả năng có điểm nóng {_decimal(after / before, 1)} lần tuần trước"


def _decimal(value: float, places: int = 2) -> str:
    return f"{value:.{places}f}".replace(".", ",")
