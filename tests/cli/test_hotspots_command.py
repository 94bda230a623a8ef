"""``donthu hotspots detect``: files in, files out, exit codes."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from petitions.cli.hotspots import HEADER, hotspots_group
from tests.bench.hotspots.simulate import Province, Truth, province
from tests.world import World

HEAD = "area,field,week,count\n"


@pytest.fixture(scope="module")
def truth() -> Truth:
    return province(Province(per_year=3_000, communes=25, topics=6, weeks=120, scored=40), 3)


def detect(source: Path, target: Path, **settings: str) -> Result:
    clean = {"HOTSPOT_FROM": "", "HOTSPOT_ADJ": ""}
    return CliRunner().invoke(
        hotspots_group, ["detect", str(source), str(target)], env={**clean, **settings}
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_rows_carry_score_alarm_and_reading(truth: Truth, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    truth.write(source)
    done = detect(source, target)
    assert done.exit_code == 0
    assert target.read_text().splitlines()[0] == HEADER
    rows = rows_of(target)
    assert {row["alarm"] for row in rows} == {"0", "1"}
    assert all(float(row["score"]) >= 0 and 0 < float(row["p"]) <= 1 for row in rows)
    assert min(row["week"] for row in rows) == truth.monday(120 - 104)
    assert max(row["week"] for row in rows) == truth.monday(119)
    counted = {
        (a, f): truth.counts[i]
        for i, (a, f) in enumerate(zip(truth.areas, truth.fields, strict=True))
    }
    weeks = {truth.monday(w): w for w in range(120)}
    for row in rows[::37]:
        end = weeks[row["week"]] + 1
        span = counted[row["area"], row["field"]][end - int(row["window"]) : end]
        assert span.sum() == int(row["observed"])
    called = [row for row in rows if row["alarm"] == "1"]
    assert all(int(row["observed"]) >= 3 and float(row["p"]) <= 0.0101 for row in called)
    assert "do ngẫu nhiên" in done.stderr


def test_from_limits_the_weeks_and_neighbours_are_used(truth: Truth, tmp_path: Path) -> None:
    source, target, touching = (tmp_path / name for name in ("in.csv", "out.csv", "touching.csv"))
    truth.write(source)
    truth.write_neighbours(touching)
    first = truth.monday(110)
    assert detect(source, target, HOTSPOT_FROM=first).exit_code == 0
    alone = rows_of(target)
    assert min(row["week"] for row in alone) == first
    assert detect(source, target, HOTSPOT_FROM=first, HOTSPOT_ADJ=str(touching)).exit_code == 0
    together = {(r["area"], r["field"], r["week"]): float(r["score"]) for r in rows_of(target)}
    gains = [together[r["area"], r["field"], r["week"]] - float(r["score"]) for r in alone]
    assert min(gains) >= -1e-4
    assert max(gains) > 0.05


def test_the_same_file_gives_the_same_bytes_and_a_cut_file_the_same_rows(
    truth: Truth, tmp_path: Path
) -> None:
    source, target, again = (tmp_path / name for name in ("in.csv", "out.csv", "again.csv"))
    first = truth.monday(100)
    truth.write(source)
    assert detect(source, target, HOTSPOT_FROM=first).exit_code == 0
    assert detect(source, again, HOTSPOT_FROM=first).exit_code == 0
    assert target.read_bytes() == again.read_bytes()
    truth.write(source, upto=109)
    assert detect(source, again, HOTSPOT_FROM=first).exit_code == 0
    limit = truth.monday(108)
    assert rows_of(again) == [row for row in rows_of(target) if row["week"] <= limit]


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        (HEAD + "A,x,2024-01-01,1\nA,x,2024-01-01,2\n", "row 3", "week"),
        (HEAD + "A,x,2024-01-01,-1\n", "row 2", "count"),
        (HEAD + "A,x,2024-01-01,0.5\n", "row 2", "count"),
        (HEAD + "A,x,2024-01-03,1\n", "row 2", "week"),
        ("area,count\n", "row 1", "field"),
        ("", "row 1", "area"),
    ],
)
def test_bad_input_names_row_and_column_and_writes_nothing(
    tmp_path: Path, text: str, row: str, column: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(text)
    done = detect(source, target)
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "in.csv" in done.stderr
    assert f"{row}, column {column}:" in done.stderr
    assert list(tmp_path.iterdir()) == [source]


def test_bad_neighbours_or_first_week_are_refused(tmp_path: Path) -> None:
    source, target, touching = (tmp_path / name for name in ("in.csv", "out.csv", "touching.csv"))
    source.write_text(HEAD + "A,x,2024-01-01,1\n")
    touching.write_text("area,other\nA,B\n")
    wrong = detect(source, target, HOTSPOT_ADJ=str(touching))
    assert wrong.exit_code == 2
    assert "touching.csv: row 1, column neighbour" in wrong.stderr
    assert detect(source, target, HOTSPOT_FROM="2024-01-02").exit_code == 2
    assert detect(source, target, HOTSPOT_ADJ=str(tmp_path / "none.csv")).exit_code == 2
    assert detect(tmp_path / "none.csv", target).exit_code == 2
    assert not target.exists()


def test_a_header_alone_gives_a_header_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(HEAD)
    assert detect(source, target).exit_code == 0
    assert target.read_text() == HEADER + "\n"


def test_a_first_week_after_the_end_gives_a_header_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(HEAD + "A,x,2024-01-01,1\n")
    assert detect(source, target, HOTSPOT_FROM="2024-01-08").exit_code == 0
    assert target.read_text() == HEADER + "\n"


def test_names_with_commas_and_quotes_come_back_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    name = 'Xã "Đất, Đỏ"'
    quoted = '"' + name.replace('"', '""') + '"'
    source.write_text(HEAD + f"{quoted},đất đai,2024-01-01,0\n{quoted},đất đai,2024-01-08,9\n")
    assert detect(source, target).exit_code == 0
    assert {(row["area"], row["field"]) for row in rows_of(target)} == {(name, "đất đai")}


def test_an_unwritable_target_fails_with_one_line(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(HEAD + "A,x,2024-01-01,1\n")
    done = detect(source, tmp_path / "missing" / "out.csv")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def test_the_command_needs_neither_framework_nor_database() -> None:
    script = (
        "import sys, petitions.cli.main, petitions.cli.hotspots;"
        "print({'flask', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


def test_the_register_is_scanned_once_a_week(world: World) -> None:
    """Weeks in words; a day that is no Monday, or a week to come, is bad usage."""
    first = CliRunner().invoke(hotspots_group, ["scan"])
    assert (first.exit_code, first.stdout.split(":")[0]) == (0, "Đã quét 24 lượt tuần")
    again = CliRunner().invoke(hotspots_group, ["scan"])
    assert again.stdout.strip() == "Đã quét 0 lượt tuần: 0 báo động, đưa 0 điểm lên danh sách."
    assert CliRunner().invoke(hotspots_group, ["scan", "--week", "2026-11-10"]).exit_code == 2
    ahead = CliRunner().invoke(hotspots_group, ["scan", "--week", "2099-01-05"])
    assert (ahead.exit_code, ahead.stderr) == (2, "week: Tuần này chưa hết.\n")
