"""An alarm in words: what was counted, over how long, and what is usual there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.hotspots.scan import WeekScan
from workflows.hotspots.table import WeeklyCounts

WEEKS_A_YEAR = 52


@dataclass(frozen=True)
class Reading:
    """One series in one week; the figures are those of ``WeekScan``."""

    area: str
    field: str
    monday: date
    score: float
    alarm: bool
    window: int
    observed: int
    expected: float
    p: float
    tail: float
    history: int
    """Weeks since the series began, this one included."""

    @property
    def ratio(self) -> float:
        """Observed against expected."""
        return self.observed / self.expected

    @property
    def estimated_base(self) -> bool:
        """Whether the series is younger than a year, so that its usual level leans on others."""
        return self.history < WEEKS_A_YEAR

    def sentence(self) -> str:
        """``12 đơn trong 4 tuần, thường 3``; a young series says that its base is estimated."""
        base = " (nền ước lượng)" if self.estimated_base else ""
        span = f"{self.window} tuần" if self.window > 1 else "tuần này"
        return f"{self.observed} đơn trong {span}, thường {quantity(self.expected)}{base}"

    def rarity(self) -> str:
        """How often an ordinary series looks like this, in words."""
        weeks = 1 / max(self.p, 1e-9)
        if weeks < 2:
            return "mức này tự nhiên vẫn thường gặp ở một ô bình thường"
        if weeks < WEEKS_A_YEAR:
            return f"mức này tự nhiên gặp khoảng 1 lần trong {round(weeks)} tuần ở ô này"
        years = weeks / WEEKS_A_YEAR
        if years > 1000:
            return "mức này tự nhiên gặp chưa đến 1 lần trong 1.000 năm ở ô này"
        return f"mức này tự nhiên gặp khoảng 1 lần trong {round(years)} năm ở ô này"


def readings(table: WeeklyCounts, found: WeekScan, alarms_only: bool = True) -> list[Reading]:
    """The week's series in words, the highest score first."""
    chosen = [k for k in range(found.series.size) if found.alarm[k] or not alarms_only]
    chosen.sort(key=lambda k: -float(found.score[k]))
    result = []
    for k in chosen:
        series = int(found.series[k])
        result.append(
            Reading(
                area=table.areas[table.area_of[series]],
                field=table.fields[table.field_of[series]],
                monday=found.monday,
                score=float(found.score[k]),
                alarm=bool(found.alarm[k]),
                window=int(found.window[k]),
                observed=int(found.observed[k]),
                expected=float(found.expected[k]),
                p=float(found.p[k]),
                tail=float(found.tail[k]),
                history=found.week - int(table.born[series]) + 1,
            )
        )
    return result


def quantity(value: float) -> str:
    """A usual count as people say it: ``3``, ``0,4``, ``dưới 0,1``."""
    if value < 0.05:
        return "dưới 0,1"
    text = f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",")
