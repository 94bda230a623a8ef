"""``python -m tests.bench.hotspots``: the detector's table, measured through its command.

Each figure is a mean over simulated provinces made from ``--seed`` on; the ceiling is the
multi-window count test that knows the true means. ``--speed`` adds one weekly scan of the nation.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter

import numpy as np

from tests.bench.hotspots import score as merit
from tests.bench.hotspots.simulate import Province, Truth, nation, noufaily, province

BASE = Province()
CALM = BASE.but(hotspots_per_year=0, surges=0)
PROVINCES = {
    "province": BASE,
    "dense": BASE.but(per_year=33_000),
    "sparse": BASE.but(per_year=6_000),
    "cold": BASE.but(weeks=60, scored=50, surges=1),
    "merger": BASE.but(new_share=0.4, new_since=40, scored=40, hotspots_per_year=60, surges=0),
    "projects": BASE.but(project_share=1.0, hotspots_per_year=24),
    "surges": BASE.but(surges=8),
}
Row = tuple[str, str, str, list[float], list[float]]
"""Name, must, aim, measured figures, ceiling figures (none where it has no meaning)."""


def detect(folder: Path, truth: Truth) -> tuple[merit.Floats, merit.Bools, float]:
    """The command on one data set: scores, alarms, and the false alarms it says to expect."""
    source, target, touching = folder / "in.csv", folder / "out.csv", folder / "touching.csv"
    truth.write(source)
    truth.write_neighbours(touching)
    said = _run(source, target, truth.monday(truth.first_scored), touching)
    score, alarm = merit.read_output(truth, target)
    return score, alarm, float(said.split("ước khoảng ")[1].split()[0])


def _run(source: Path, target: Path, first: str, touching: Path | None = None) -> str:
    settings = {"HOTSPOT_FROM": first}
    if touching is not None:
        settings["HOTSPOT_ADJ"] = str(touching)
    call = [sys.executable, "-c", "from petitions.cli.main import main; main()"]
    done = subprocess.run(
        [*call, "hotspots", "detect", str(source), str(target)],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def pods(truth: Truth, score: merit.Floats, rates: Iterable[float], grace: int = 0) -> list[float]:
    """Share of hot spots found at each share of false alarms."""
    return [
        merit.detected(truth, score > merit.threshold(truth, score, rate, grace)) for rate in rates
    ]


def slow(truth: Truth, score: merit.Floats) -> list[float]:
    """Slow burns found at 0.2 % false alarms."""
    return [merit.detected(truth, score > merit.threshold(truth, score, 0.002), ("slow",))]


def early(truth: Truth, score: merit.Floats) -> list[float]:
    """Hot spots found within four weeks at 0.2 % false alarms."""
    return [merit.detected(truth, score > merit.threshold(truth, score, 0.002), within=4)]


def table(seeds: range) -> list[Row]:
    """Every row of the goals but speed."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = {
            kind: [(truth, *detect(folder, truth)) for truth in made(setting, seeds)]
            for kind, setting in {**PROVINCES, "calm": CALM}.items()
        }
        wave = [(truth, *detect(folder, truth)) for truth in (noufaily(s) for s in seeds)]

    def ranked(
        label: str, kind: str, must: str, aim: str, figure: Callable[..., list[float]]
    ) -> None:
        measured = [figure(truth, score) for truth, score, _, _ in found[kind]]
        best = [figure(truth, merit.ceiling(truth)) for truth, _, _, _ in found[kind]]
        rows.append((label, must, aim, _mean(measured), _mean(best)))

    def own(label: str, kind: str, must: str, aim: str, figure: Callable[..., list[float]]) -> None:
        measured = [figure(truth, alarm, stated) for truth, _, alarm, stated in found[kind]]
        rows.append((label, must, aim, _mean(measured), []))

    both = (0.001, 0.002)

    def at_02(truth: Truth, score: merit.Floats) -> list[float]:
        return pods(truth, score, (0.002,))

    def top(truth: Truth, score: merit.Floats) -> list[float]:
        return [merit.top_precision(truth, score)]

    ranked("province: POD at FPR 0.1 / 0.2 %", "province", ".66 .76", ".70 .80",
           lambda truth, score: pods(truth, score, both))  # fmt: skip
    ranked("- within 4 weeks, 0.2 %", "province", ".48", ".52", early)
    ranked("- precision of the 20 highest", "province", ".26", ".31", top)
    own("- own alarms: a week, precision, POD", "province", "<=8 .50 .58", "<=8 .55 .62",
        lambda truth, alarm, _: list(merit.own_alarms(truth, alarm)))  # fmt: skip
    own("- own alarms a week, no hot spot", "calm", "<=1", "<=1",
        lambda truth, alarm, _: [merit.own_alarms(truth, alarm)[0]])  # fmt: skip
    own("- false alarms inside surges, per 1,000", "surges", "<=1", "<=0.3",
        lambda truth, alarm, _: [1000 * merit.inside_surges(truth, alarm)])  # fmt: skip
    ranked("- one project, 3 communes, 0.2 %", "projects", ".80", ".88", at_02)
    ranked("- slow burns, 0.2 %", "province", ".66", ".75", slow)
    ranked("dense, 0.2 %", "dense", ".70", ".75", at_02)
    ranked("sparse, 0.2 %", "sparse", ".87", ".90", at_02)
    ranked("cold start, 60 weeks, 0.2 %", "cold", ".62", ".70", at_02)
    ranked("- precision of the 20 highest", "cold", ".25", ".30", top)
    ranked("40 % of communes new, 0.2 %", "merger", ".67", ".71", at_02)
    rates = (0.001, 0.005, 0.01, 0.025)
    rows.append((
        "Noufaily: POD at FPR 0.1/0.5/1/2.5 %", ".30 .45 .52 .64", ".33 .48 .55 .65",
        _mean([pods(truth, score, rates, 12) for truth, score, _, _ in wave]),
        _mean([pods(truth, merit.ceiling(truth), rates, 12) for truth, _, _, _ in wave]),
    ))  # fmt: skip
    for kind in ("calm", "province", "dense", "sparse", "cold"):
        own(f"stated / realised false a week, {kind}", kind, "x2", "x1.3",
            lambda truth, alarm, stated: [stated, merit.false_a_week(truth, alarm, 12)])  # fmt: skip
    return rows


def made(setting: Province, seeds: range) -> list[Truth]:
    """The provinces of one setting."""
    return [province(setting, seed) for seed in seeds]


def speed() -> tuple[float, float]:
    """Seconds for one weekly scan of the nation through the command: best and worst of three."""
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "in.csv"), Path(name, "out.csv")
        last = nation(source)
        times = []
        for _ in range(3):
            start = perf_counter()
            _run(source, target, last)
            times.append(perf_counter() - start)
    return min(times), max(times)


def _mean(figures: list[list[float]]) -> list[float]:
    return [float(value) for value in np.nanmean(np.array(figures), axis=0)]


def _show(figures: list[float]) -> str:
    return " ".join(f"{value:.2f}" for value in figures)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hotspots")
    parser.add_argument("--seed", type=int, default=1000, help="first seed")
    parser.add_argument("--seeds", type=int, default=4, help="how many provinces of each kind")
    parser.add_argument("--speed", action="store_true", help="time the scan of the nation")
    asked = parser.parse_args()
    print("| measure | must | aim | measured | true means known |\n|---|---|---|---|---|")
    for label, must, aim, measured, best in table(range(asked.seed, asked.seed + asked.seeds)):
        print(f"| {label} | {must} | {aim} | {_show(measured)} | {_show(best)} |")
    if asked.speed:
        best_time, worst = speed()
        print(f"| weekly scan of the nation, s | 4 | 2.5 | {best_time:.2f} to {worst:.2f} | |")


if __name__ == "__main__":
    main()
