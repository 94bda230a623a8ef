"""The hot-spot detector: the formula, what it may look at, and what it finds."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bench.hotspots import score as merit
from tests.bench.hotspots.simulate import Province, Truth, noufaily, province
from workflows.hotspots import (
    MODEL,
    BadTable,
    Explanation,
    WeeklyCounts,
    explain,
    parse_monday,
    read_counts,
    read_neighbours,
    readings,
    scan,
)
from workflows.hotspots.evidence import Evidence, chance, count_tail, cut
from workflows.hotspots.reading import quantity
from workflows.hotspots.table import neighbour_pairs

MONDAY = date(2024, 1, 1)
SMALL = Province(
    per_year=5_000, communes=36, topics=8, weeks=130, scored=52, hotspots_per_year=20, surges=1
)


def table_of(rows: list[tuple[str, str, int, int]]) -> WeeklyCounts:
    """A table from rows of area, field, week number and count."""
    lines = ["area,field,week,count"]
    lines += [f"{a},{f},{MONDAY + timedelta(weeks=w)},{c}" for a, f, w, c in rows]
    table = read_counts("\n".join(lines).encode())
    assert table is not None
    return table


def steady(
    weeks: int, areas: int = 12, fields: int = 4, rate: float = 0.5, seed: int = 1
) -> list[tuple[str, str, int, int]]:
    """An ordinary province: every series at the same rate, no hot spot."""
    counts = np.random.default_rng(seed).poisson(rate, (areas, fields, weeks))
    return [
        (f"X{a:02d}", f"L{f}", w, int(counts[a, f, w]))
        for a in range(areas)
        for f in range(fields)
        for w in range(weeks)
    ]


def with_extra(
    rows: list[tuple[str, str, int, int]], extra: dict[tuple[str, str, int], int]
) -> list[tuple[str, str, int, int]]:
    return [(a, f, w, c + extra.get((a, f, w), 0)) for a, f, w, c in rows]


def as_dict(
    table: WeeklyCounts, **options: object
) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Every scanned row by area, field and Monday."""
    found: dict[tuple[str, str, str], tuple[object, ...]] = {}
    for week in scan(table, **options):  # type: ignore[arg-type]
        for r in readings(table, week, alarms_only=False):
            found[r.area, r.field, r.monday.isoformat()] = (
                r.score, r.alarm, r.window, r.observed, r.expected, r.p,
            )  # fmt: skip
    return found


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Truth, WeeklyCounts]:
    truth = province(SMALL, 7)
    path = tmp_path_factory.mktemp("province") / "in.csv"
    truth.write(path)
    table = read_counts(path.read_bytes())
    assert table is not None
    return truth, table


# The formula


@given(
    count=st.integers(0, 60),
    expected=st.floats(0.01, 40),
    dispersion=st.floats(1.02, 5),
    doubt=st.floats(0, 1),
)
def test_the_step_is_the_ratio_of_two_negative_binomials(
    count: int, expected: float, dispersion: float, doubt: float
) -> None:
    model = replace(MODEL, sizes=(1.0,), endings=(0.0,), onset=0.5)
    evidence = Evidence(1, model)
    one = np.ones(1, dtype=np.float32)
    spoken = dispersion + doubt
    evidence.step(one * count, one * expected, one * dispersion, one * spoken)

    def probability(mean: float) -> float:
        shape = mean / (spoken - 1)
        return (
            math.lgamma(count + shape) - math.lgamma(shape) - math.lgamma(count + 1)
            - shape * math.log(spoken) + count * math.log1p(-1 / spoken)
        )  # fmt: skip

    extra = math.sqrt(1 + dispersion * expected)
    ratio = min(probability(expected + extra) - probability(expected), 50.0)
    assert math.log(float(evidence.total[0])) == pytest.approx(
        min(ratio, math.log(1e12)), abs=0.01 + 0.001 * abs(ratio)
    )


@given(observed=st.integers(1, 40), expected=st.floats(0.05, 20), spread=st.floats(1.05, 4))
def test_count_tail_is_the_sum_of_the_probabilities(
    observed: int, expected: float, spread: float
) -> None:
    shape = expected / (spread - 1)
    below = sum(
        math.exp(
            math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1)
            - shape * math.log(spread) + k * math.log1p(-1 / spread)
        )
        for k in range(observed)
    )  # fmt: skip
    tail = count_tail(np.array([observed]), np.array([expected]), np.array([expected * spread]))
    assert tail[0] == pytest.approx(1 - below, abs=1e-9)


@given(
    st.lists(st.floats(0.01, 8), max_size=60), st.floats(1, 5_000), st.sampled_from([0.0, 0.7, 2.0])
)
def test_cut_keeps_the_share_explained_by_chance(
    scores: list[float], ordinary: float, least: float
) -> None:
    level, expected = cut(np.array(scores), ordinary, least, MODEL)
    called = sum(score >= level - 1e-9 for score in scores)
    assert level >= least
    assert expected == pytest.approx(ordinary * 10 ** (-MODEL.chance_slope * level))
    assert expected <= MODEL.false_share * max(1, called) * (1 + 1e-9)
    for more in range(called + 1, len(scores) + 1):
        further = sorted(scores, reverse=True)[more - 1]
        by_chance = ordinary * 10 ** (-MODEL.chance_slope * further)
        assert further < least or by_chance > MODEL.false_share * more * (1 - 1e-9)


def test_chance_falls_with_the_score_and_grows_with_clumping() -> None:
    scores = np.array([0.0, 1.0, 2.0, 3.0])
    assert list(chance(scores, 1.4, MODEL)) == sorted(chance(scores, 1.4, MODEL), reverse=True)
    assert (chance(scores, 2.0, MODEL) > chance(scores, 1.1, MODEL)).all()


def test_an_explanation_gives_the_score_again_from_its_record(
    small: tuple[Truth, WeeklyCounts],
) -> None:
    truth, table = small
    checked = 0
    for week in scan(table, table.weeks - 12, truth.neighbours):
        for r in readings(table, week, alarms_only=False)[:3]:
            told = explain(table, r.area, r.field, week.week, truth.neighbours)
            assert told.score == pytest.approx(r.score, abs=1e-4)
            again = Explanation.from_record(json.loads(json.dumps(told.record())))
            assert again == told
            assert again.recompute() == pytest.approx(r.score, abs=0.01)
            assert again.version == MODEL.version
            last = again.steps[-1]
            assert last.expected == pytest.approx(last.rate * last.province * last.season, rel=1e-4)
            assert len(again.lines()) >= len(again.steps) + 1
            begun = replace(again, odds_before=(0.0,) * len(again.sizes))
            assert begun.lines()[0].endswith("tuần đầu của chuỗi")
            longer = explain(table, r.area, r.field, week.week, truth.neighbours, weeks=52)
            assert longer.steps[-12:] == told.steps
            assert longer.recompute() == pytest.approx(r.score, abs=0.01)
            checked += 1
    assert checked == 36


def test_explain_refuses_what_the_table_does_not_hold() -> None:
    table = table_of([*steady(8, 2, 1), ("Y", "L0", 6, 1)])
    with pytest.raises(KeyError):
        explain(table, "X00", "L9", 7)
    with pytest.raises(ValueError, match="week"):
        explain(table, "X00", "L0", 8)
    with pytest.raises(ValueError, match="week"):
        explain(table, "Y", "L0", 5)


# Only the past, and the same every time


def test_a_week_depends_on_no_later_week(small: tuple[Truth, WeeklyCounts]) -> None:
    truth, table = small
    whole = as_dict(table, first=100, neighbours=truth.neighbours)
    for end in (101, 110, 123):
        present = table.born < end
        shorter = replace(
            table,
            area_of=table.area_of[present],
            field_of=table.field_of[present],
            counts=table.counts[:end, present],
            born=table.born[present],
        )
        cut_off = as_dict(shorter, first=100, neighbours=truth.neighbours)
        last = table.monday(end - 1).isoformat()
        assert cut_off == {key: row for key, row in whole.items() if key[2] <= last}


def test_units_born_later_change_no_earlier_digit() -> None:
    rows = steady(70)
    later = [(f"A{a}", f"L{f}", w, 1) for a in range(9) for f in range(4) for w in range(60, 70)]
    before = as_dict(table_of(rows), first=30)
    after = as_dict(table_of([*rows, *later]), first=30)
    limit = (MONDAY + timedelta(weeks=60)).isoformat()
    early = {key: row for key, row in before.items() if key[2] < limit}
    assert early == {key: row for key, row in after.items() if key[2] < limit}
    assert early


def test_the_first_week_asked_for_changes_no_row() -> None:
    table = table_of(steady(60))
    late = as_dict(table, first=50)
    assert late == {
        key: row
        for key, row in as_dict(table, first=0).items()
        if key[2] >= table.monday(50).isoformat()
    }


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random: object) -> None:
    rows = steady(20, 4, 2)
    table = table_of(rows)
    random.shuffle(rows)  # type: ignore[attr-defined]
    assert as_dict(table_of(rows)) == as_dict(table)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("xy"), st.integers(0, 70)),
        st.integers(0, 500) | st.sampled_from([0, 1, 1_000_000]),
        min_size=1,
        max_size=60,
    )
)
def test_any_table_is_scanned_to_finite_figures(
    cells: dict[tuple[str, str, int], int],
) -> None:
    table = table_of([(a, f, w, c) for (a, f, w), c in cells.items()])
    for week in scan(table, 0, [("A", "B"), ("B", "Z")]):
        assert np.isfinite(week.score).all()
        assert (week.score >= 0).all()
        assert np.isfinite(week.expected).all()
        assert (week.expected > 0).all()
        assert ((week.p > 0) & (week.p <= 1)).all()
        assert (table.born[week.series] <= week.week).all()
        assert (week.observed[week.alarm] >= MODEL.least_observed).all()
        for place, window in enumerate(week.window):
            span = table.counts[week.week - window + 1 : week.week + 1, week.series[place]]
            assert span.sum() == week.observed[place]


# What it finds


def test_a_burst_is_an_alarm_with_its_count_and_its_usual() -> None:
    burst = {("X03", "L1", week): 4 for week in (76, 77, 78)}
    table = table_of(with_extra(steady(80, rate=0.3), burst))
    week = next(scan(table, 78))
    first = readings(table, week)[0]
    assert (first.area, first.field, first.window) == ("X03", "L1", 3)
    assert first.observed >= 12
    assert 0.3 < first.expected < 3
    assert (
        first.sentence() == f"{first.observed} đơn trong 3 tuần, thường {quantity(first.expected)}"
    )
    assert first.ratio == pytest.approx(first.observed / first.expected)
    assert "năm ở ô này" in first.rarity()
    assert first.p < 0.001
    assert week.expected_false <= MODEL.false_share * max(1, int(week.alarm.sum())) + 1e-9


def test_a_slow_burn_is_found_before_it_ends() -> None:
    burn = {("X05", "L2", week): 1 for week in range(80, 100)}
    table = table_of(with_extra(steady(100, rate=0.1), burn))
    hit = [
        week.week
        for week in scan(table, 80)
        for r in readings(table, week)
        if (r.area, r.field) == ("X05", "L2")
    ]
    assert hit
    assert hit[0] < 90


def test_a_rise_in_the_whole_province_is_one_message_and_no_alarm() -> None:
    counts = np.random.default_rng(3).poisson(0.5, (30, 5, 90))
    counts[:, 2, 80:] = np.random.default_rng(4).poisson(1.5, (30, 10))
    table = table_of([
        (f"X{a:02d}", f"L{f}", w, int(counts[a, f, w]))
        for a in range(30) for f in range(5) for w in range(90)
    ])  # fmt: skip
    weeks = list(scan(table, 80))
    assert sum(int(week.alarm.sum()) for week in weeks) <= 2
    assert all("L2" in {s.field for s in week.surges} for week in weeks)
    assert sum(s.field != "L2" for week in weeks for s in week.surges) <= 1


def test_a_commune_fallen_silent_is_reported_and_teaches_nothing() -> None:
    rows = [r for r in steady(90, rate=0.5) if not (r[0] == "X04" and r[2] >= 80)]
    rows += [("X04", f"L{f}", 89, 0) for f in range(4)]
    table = table_of(rows)
    weeks = list(scan(table, 80))
    assert {s.area for s in weeks[-1].silences} == {"X04"}
    silence = weeks[-1].silences[0]
    assert silence.weeks == 10
    assert silence.expected == pytest.approx(20, rel=0.4)
    assert not weeks[0].silences


def test_a_new_commune_leans_on_the_province_and_says_so() -> None:
    rows = steady(80, rate=0.6)
    rows += [("Z", f"L{f}", w, 1) for f in range(4) for w in range(74, 80)]
    rows = with_extra(rows, {("Z", "L0", 79): 8})
    table = table_of(rows)
    found = readings(table, next(scan(table, 79)))
    assert (found[0].area, found[0].field) == ("Z", "L0")
    assert [r.estimated_base for r in found] == [r.area == "Z" for r in found]
    assert found[0].sentence().endswith("(nền ước lượng)")


def test_touching_communes_strengthen_each_other() -> None:
    extra = {(area, "L1", week): 1 for area in ("X01", "X02", "X03") for week in range(76, 80)}
    table = table_of(with_extra(steady(80, rate=0.1), extra))
    key = ("X02", "L1", table.monday(79).isoformat())
    alone = as_dict(table, first=79)[key]
    together = as_dict(table, first=79, neighbours=[("X01", "X02"), ("X03", "X02")])[key]
    assert float(str(together[0])) > float(str(alone[0])) + 0.1
    assert together[5] == alone[5]


def test_a_simulated_province_reaches_the_goals_at_the_stated_price(tmp_path: Path) -> None:
    truth = province(Province(), 2024)
    truth.write(tmp_path / "in.csv")
    table = read_counts((tmp_path / "in.csv").read_bytes())
    assert table is not None
    place = {pair: i for i, pair in enumerate(zip(truth.areas, truth.fields, strict=True))}
    score, alarm = np.zeros(truth.counts.shape), np.zeros(truth.counts.shape, dtype=bool)
    stated = 0.0
    for week in scan(table, truth.first_scored, truth.neighbours):
        stated += week.expected_false
        for r in readings(table, week, alarms_only=False):
            cell = place[r.area, r.field], week.week
            score[cell], alarm[cell] = r.score, r.alarm
    weekly, precision, found = merit.own_alarms(truth, alarm)
    assert weekly <= 8
    assert precision >= 0.5
    assert found >= 0.58
    assert merit.detected(truth, score > merit.threshold(truth, score, 0.002)) >= 0.76
    false = merit.false_a_week(truth, alarm, 12) * 104
    assert stated / 2 <= false <= stated * 2


def test_a_calm_province_raises_at_most_one_alarm_a_week(tmp_path: Path) -> None:
    truth = province(replace(SMALL, hotspots_per_year=0, surges=0), 11)
    path = tmp_path / "in.csv"
    truth.write(path)
    table = read_counts(path.read_bytes())
    assert table is not None
    alarms = sum(int(week.alarm.sum()) for week in scan(table, truth.first_scored))
    assert alarms <= SMALL.scored


def test_published_scenarios_are_found(tmp_path: Path) -> None:
    truth = noufaily(5)
    path = tmp_path / "in.csv"
    truth.write(path)
    table = read_counts(path.read_bytes())
    assert table is not None
    place = {pair: i for i, pair in enumerate(zip(truth.areas, truth.fields, strict=True))}
    score = np.zeros(truth.counts.shape)
    for week in scan(table, truth.first_scored):
        for r in readings(table, week, alarms_only=False):
            score[place[r.area, r.field], week.week] = r.score
    found = merit.detected(truth, score > merit.threshold(truth, score, 0.025, 12))
    known = merit.ceiling(truth)
    best = merit.detected(truth, known > merit.threshold(truth, known, 0.025, 12))
    assert found >= best - 0.05


# Reading the table

HEAD = "area,field,week,count\n"


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("area,field,week\n", 1, "count"),
        ("area,week,field,count\n", 1, "field"),
        ("area,field,week,count,more\n", 1, "more"),
        ("", 1, "area"),
        (HEAD + "A,x,2024-01-01,1\nA,x,2024-01-08,-1\n", 3, "count"),
        (HEAD + "A,x,2024-01-01,1.5\n", 2, "count"),
        (HEAD + "A,x,2024-01-01,\n", 2, "count"),
        (HEAD + "A,x,2024-01-01, 1\n", 2, "count"),
        (HEAD + "A,x,2024-01-01,1_0\n", 2, "count"),
        (HEAD + "A,x,2024-01-01,99999999\n", 2, "count"),
        (HEAD + "A,x,2024-01-02,1\n", 2, "week"),
        (HEAD + "A,x,20240101,1\n", 2, "week"),
        (HEAD + "A,x,2024-W01-1,1\n", 2, "week"),
        (HEAD + "A,x,2024-02-30,1\n", 2, "week"),
        (HEAD + "A,x,0024-01-01,1\nA,x,2024-01-01,1\n", 3, "week"),
        (HEAD + ",x,2024-01-01,1\n", 2, "area"),
        (HEAD + "A,,2024-01-01,1\n", 2, "field"),
        (HEAD + "A,x,2024-01-01\n", 2, "count"),
        (HEAD + "A,x,2024-01-01,1,9\n", 2, "count"),
        (HEAD + "A,x,2024-01-01,1\nB,x,2024-01-01,1\nA,x,2024-01-01,1\n", 4, "week"),
        (HEAD + '"A",x,2024-01-01,1\nA,x,2024-01-01,2\n', 3, "week"),
    ],
)  # fmt: skip
def test_the_first_fault_is_named(text: str, row: int, column: str) -> None:
    with pytest.raises(BadTable) as fault:
        read_counts(text.encode())
    assert (fault.value.row, fault.value.column) == (row, column)


def test_bytes_that_are_no_text_are_named() -> None:
    with pytest.raises(BadTable) as fault:
        read_counts(HEAD.encode() + b"A,x,2024-01-01,1\n\xff,x,2024-01-01,1\n")
    assert fault.value.row == 3


def test_a_header_alone_has_no_series() -> None:
    assert read_counts(b"area,field,week,count") is None
    assert read_counts(b"\xef\xbb\xbfarea,field,week,count\r\n") is None


def test_quotes_line_ends_and_a_mark_are_understood() -> None:
    plain = read_counts((HEAD + "A,x,2024-01-01,1\nA,x,2024-01-15,2\n").encode())
    other = read_counts(
        '\ufeffarea,field,week,count\r\n"A",x,2024-01-15,2\r\nA,"x",2024-01-01,1\r\n'.encode()
    )
    assert plain is not None
    assert other is not None
    assert plain.areas == other.areas == ("A",)
    assert plain.counts.tolist() == other.counts.tolist() == [[1.0], [0.0], [2.0]]


def test_a_series_is_born_in_the_week_of_its_first_row() -> None:
    table = table_of([("A", "x", 0, 0), ("A", "x", 4, 1), ("B", "y", 3, 0), ("B", "y", 4, 2)])
    assert table.born.tolist() == [0, 3]
    assert table.counts[:, 1].tolist() == [0, 0, 0, 0, 2]
    assert (table.weeks, table.series, table.find("B", "y")) == (5, 2, 1)
    assert table.week_of(MONDAY + timedelta(weeks=3)) == 3


def test_neighbours_join_series_of_one_field_both_ways() -> None:
    table = table_of([("A", "x", 0, 1), ("B", "x", 0, 1), ("B", "y", 0, 1), ("C", "y", 0, 1)])
    here, there = neighbour_pairs(
        table, [("A", "B"), ("B", "A"), ("B", "C"), ("C", "Q"), ("A", "A")]
    )
    assert sorted(zip(here.tolist(), there.tolist(), strict=True)) == [
        (0, 1), (1, 0), (2, 3), (3, 2),
    ]  # fmt: skip


def test_neighbours_are_read_and_faults_named() -> None:
    assert read_neighbours(b"area,neighbour\nA,B\n\nB,C\n") == [("A", "B"), ("B", "C")]
    for text, row in (
        (b"area,next\nA,B\n", 1),
        (b"area,neighbour\nA\n", 2),
        (b"area,neighbour\nA,\n", 2),
    ):
        with pytest.raises(BadTable) as fault:
            read_neighbours(text)
        assert (fault.value.row, fault.value.column) == (row, "neighbour")


@pytest.mark.parametrize("text", ["2024-01-02", "01/01/2024", "2024-1-1", "2024-13-01", ""])
def test_only_iso_mondays_are_weeks(text: str) -> None:
    assert parse_monday("2024-01-01") == MONDAY
    with pytest.raises(ValueError, match=r"Monday|date"):
        parse_monday(text)


def test_quantities_are_said_the_vietnamese_way() -> None:
    said = [quantity(value) for value in (0.01, 0.42, 3.0, 3.04, 3.26, 12.4, 148.9)]
    assert said == ["dưới 0,1", "0,4", "3", "3", "3,3", "12", "149"]
