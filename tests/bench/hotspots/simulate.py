"""Simulated provinces and the published Noufaily series, with the truth kept beside them.

A province has communes of unequal size, unequal fields, a commune's own leaning towards a
field, clumped counts, the lunar new year, sessions of the Council, a slow trend, province-wide
surges of one field, and hot spots of three lengths, some over three touching communes.

The second generator follows Noufaily et al., Statistics in Medicine 32 (2013) 1206-1222:
42 scenarios of 624 weeks, outbreaks of k standard deviations spread by a lognormal(0, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FIRST_MONDAY = date(2021, 7, 5)
TET = (date(2022, 2, 1), date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class HotSpot:
    """One true hot spot: the series it touches and its weeks, the last one included."""

    series: tuple[int, ...]
    first: int
    last: int
    kind: str


@dataclass
class Truth:
    """What the detector never sees.

    ``counts`` and ``means`` are series x weeks, ``means`` without hot spots; ``births`` is the
    first week of each series; ``surges`` marks series-weeks inside a province-wide surge.
    """

    areas: list[str]
    fields: list[str]
    counts: Ints
    means: Floats
    phi: Floats
    births: Ints
    hotspots: list[HotSpot]
    surges: NDArray[np.bool_]
    neighbours: list[tuple[str, str]]
    first_scored: int

    def monday(self, week: int) -> str:
        return (FIRST_MONDAY + timedelta(weeks=week)).isoformat()

    def write(self, path: Path, upto: int | None = None) -> None:
        """Sparse rows of the weeks before ``upto``, with the two explicit rows of each series."""
        end = self.counts.shape[1] if upto is None else upto
        mondays = [self.monday(week) for week in range(end)]
        lines = ["area,field,week,count"]
        for i, birth in enumerate(self.births):
            if birth >= end:
                continue
            row = self.counts[i, :end]
            for week in sorted({int(birth), end - 1, *np.flatnonzero(row).tolist()}):
                lines.append(f"{self.areas[i]},{self.fields[i]},{mondays[week]},{row[week]}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write_neighbours(self, path: Path) -> None:
        rows = [f"{a},{b}" for a, b in self.neighbours]
        path.write_text("\n".join(["area,neighbour", *rows]) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Province:
    """What to simulate. ``per_year`` petitions; ``hotspots_per_year`` for the whole province."""

    per_year: float = 17_000
    communes: int = 120
    topics: int = 15
    weeks: int = 260
    scored: int = 104
    hotspots_per_year: float = 48
    project_share: float = 0.1
    surges: int = 4
    new_share: float = 0.0
    new_since: int = 20
    size: float = 1.0

    def but(self, **changes: float) -> Province:
        return replace(self, **changes)  # type: ignore[arg-type]


def negative_binomial(rng: np.random.Generator, mean: Floats, phi: Floats) -> Ints:
    """Counts of the given mean and variance phi x mean (phi 1 is Poisson)."""
    excess = np.maximum(phi - 1.0, 1e-9)
    return rng.poisson(rng.gamma(np.maximum(mean / excess, 1e-12), excess)).astype(np.int64)


def calendar(rng: np.random.Generator, weeks: int, topics: int) -> Floats:
    """Week x field factors: lunar new year, sessions, a gentle season, a trend per field."""
    factor = np.ones((topics, weeks))
    for week in range(weeks):
        monday = FIRST_MONDAY + timedelta(weeks=week)
        gap = min(abs((monday - tet).days + 3) for tet in TET)
        if gap <= 10:
            factor[:, week] *= 0.35 if gap <= 5 else 0.65
        if monday.month in (7, 12) and monday.day <= 14:
            factor[:, week] *= 1.3
    t = np.arange(weeks)
    phase, depth = rng.uniform(0, 52, (topics, 1)), rng.uniform(0, 0.2, (topics, 1))
    slope = rng.normal(0, 0.08, (topics, 1))
    return np.asarray(
        factor * np.exp(depth * np.cos(2 * np.pi * (t - phase) / 52) + slope * (t - weeks) / 52)
    )


def province(setting: Province, seed: int) -> Truth:
    """One province with its truth; the same seed gives the same province."""
    rng = np.random.default_rng(seed)
    n_areas, n_fields, weeks = setting.communes, setting.topics, setting.weeks
    size = rng.lognormal(0, 0.5, n_areas)
    share = rng.dirichlet(np.full(n_fields, 1.5))
    leaning = rng.gamma(2.5, 1 / 2.5, (n_areas, n_fields))
    rate = size[:, None] * share[None, :] * leaning
    rate = (rate * setting.per_year / 52 / rate.sum()).ravel()
    area, topic = np.divmod(np.arange(n_areas * n_fields), n_fields)

    factor = calendar(rng, weeks, n_fields)
    surge = np.zeros((n_fields, weeks), dtype=bool)
    start = weeks - setting.scored
    for _ in range(setting.surges):
        f, first = int(rng.integers(n_fields)), int(rng.integers(start, max(start + 1, weeks - 10)))
        last = first + int(rng.integers(4, 11))
        factor[f, first:last] *= rng.uniform(1.8, 3.5)
        surge[f, first:last] = True
    means = rate[:, None] * factor[topic]

    births = np.zeros(n_areas * n_fields, dtype=np.int64)
    if setting.new_share:
        young = rng.permutation(n_areas)[: round(setting.new_share * n_areas)]
        births[np.isin(area, young)] = weeks - setting.new_since
    alive = np.arange(weeks)[None, :] >= births[:, None]
    means = means * alive
    phi = 1.05 + rng.gamma(1.5, 0.2, n_areas * n_fields)
    counts = negative_binomial(rng, means, np.broadcast_to(phi[:, None], means.shape))

    side = int(np.ceil(np.sqrt(n_areas)))
    touching: list[list[int]] = [[] for _ in range(n_areas)]
    for a in range(n_areas):
        x, y = divmod(a, side)
        for b in ((x + 1) * side + y, x * side + y + 1, (x + 1) * side + y + 1):
            if b < n_areas and (b % side >= y):
                touching[a].append(b)
                touching[b].append(a)

    hotspots: list[HotSpot] = []
    busy = np.zeros(counts.shape, dtype=bool)
    wanted = round(setting.hotspots_per_year * weeks / 52)
    while len(hotspots) < wanted:
        kind = str(rng.choice(["spike", "medium", "slow"], p=[0.35, 0.35, 0.30]))
        low, high, mean_extra = {
            "spike": (2, 6, 9.0),
            "medium": (6, 12, 11.0),
            "slow": (12, 27, 14.0),
        }[kind]
        length = int(rng.integers(low, high))
        first = int(rng.integers(0, weeks))
        last = min(weeks, first + length) - 1
        centre = int(rng.integers(n_areas * n_fields))
        where = [centre]
        project = rng.random() < setting.project_share
        if project:
            near = rng.permutation(touching[area[centre]])[:2]
            where += [int(b) * n_fields + int(topic[centre]) for b in near]
        if first < births[where].max() or busy[where, max(0, first - 14) : last + 15].any():
            continue
        busy[where, first : last + 1] = True
        usual = float(rate[where].sum()) * length
        total = setting.size * mean_extra * rng.lognormal(-0.12, 0.5) * np.sqrt(1 + usual / 6)
        if project:
            total *= 1.5
        shape = rng.gamma(4.0, 0.25, length) if kind != "slow" else np.linspace(0.6, 1.4, length)
        extra = total * shape / shape.sum()
        for i, part in zip(where, rng.dirichlet(np.full(len(where), 6.0)), strict=True):
            counts[i, first : last + 1] += rng.poisson(part * extra[: last + 1 - first])
        hotspots.append(HotSpot(tuple(where), first, last, "project" if project else kind))

    return Truth(
        areas=[f"X{a:03d}" for a in area],
        fields=[f"L{f:02d}" for f in topic],
        counts=counts,
        means=means,
        phi=phi,
        births=births,
        hotspots=hotspots,
        surges=surge[topic] & alive,
        neighbours=[(f"X{a:03d}", f"X{b:03d}") for a in range(n_areas) for b in touching[a]],
        first_scored=start,
    )


NOUFAILY = (  # theta, beta, gamma1, gamma2, phi
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)


def noufaily(seed: int, replicates: int = 10, layout: str = "field") -> Truth:
    """All 42 scenarios; ``layout`` says whether the scenario is the field, the area, or neither."""
    rng = np.random.default_rng(seed)
    weeks, start = 624, 575
    t = np.arange(1, weeks + 1)
    areas: list[str] = []
    fields: list[str] = []
    means_rows: list[Floats] = []
    phis: list[float] = []
    for group, (theta, beta, g1, g2, phi) in enumerate(NOUFAILY):
        for harmonics in (0, 1, 2):
            for trend in (0, 1):
                wave = sum(
                    (
                        g1 * np.cos(2 * np.pi * j * t / 52) + g2 * np.sin(2 * np.pi * j * t / 52)
                        for j in range(1, harmonics + 1)
                    ),
                    np.zeros(weeks),
                )
                mean = np.exp(theta + trend * beta * t + wave)
                for r in range(replicates):
                    scenario, copy = f"S{group}{harmonics}{trend}", f"R{r:02d}"
                    pair = {
                        "field": (copy, scenario),
                        "area": (scenario, copy),
                        "neither": (scenario + copy, scenario + copy),
                    }[layout]
                    areas.append(pair[0])
                    fields.append(pair[1])
                    means_rows.append(mean)
                    phis.append(phi)
    means, phi_all = np.array(means_rows), np.array(phis)
    counts = negative_binomial(rng, means, np.broadcast_to(phi_all[:, None], means.shape))
    hotspots: list[HotSpot] = []
    for i in range(len(areas)):
        starts = [(int(w), int(rng.choice([2, 3, 5, 10]))) for w in rng.integers(312, 575, 4)]
        starts.append((int(rng.integers(start, weeks)), int(rng.integers(1, 11))))
        for first, k in starts:
            sd = np.sqrt(means[i, first] * phi_all[i])
            cases = 0
            while cases < 2:
                cases = int(rng.poisson(k * sd))
            delays = np.floor(rng.lognormal(0, 0.5, cases)).astype(int)
            last = min(weeks - 1, first + int(delays.max()))
            np.add.at(counts[i], np.minimum(first + delays, weeks - 1)[first + delays < weeks], 1)
            hotspots.append(HotSpot((i,), first, last, f"k{k}"))
    return Truth(
        areas,
        fields,
        counts,
        means,
        phi_all,
        np.zeros(len(areas), dtype=np.int64),
        hotspots,
        np.zeros(counts.shape, dtype=bool),
        [],
        start,
    )


def nation(path: Path, seed: int = 0) -> str:
    """3,321 communes x 15 fields x 260 weeks in about 1.27 million sparse rows; the last Monday."""
    rng = np.random.default_rng(seed)
    series, weeks = 3_321 * 15, 260
    rate = rng.gamma(0.8, 1, series)
    rate *= 0.1 / rate.mean()
    counts = rng.poisson(rate[:, None], (series, weeks))
    mondays = [(FIRST_MONDAY + timedelta(weeks=week)).isoformat() for week in range(weeks)]
    with path.open("w", encoding="utf-8") as stream:
        stream.write("area,field,week,count\n")
        for i in range(series):
            name = f"{10_000 + i // 15},linh-vuc-{i % 15:02d}"
            for week in sorted({0, weeks - 1, *np.flatnonzero(counts[i]).tolist()}):
                stream.write(f"{name},{mondays[week]},{counts[i, week]}\n")
    return mondays[-1]
