"""``donthu import`` as other programs call it."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from config.database import db
from config.settings import ROOT
from petitions.cli.imports import import_command
from petitions.models import Case, CaseText, Event, NumberBook, Petition
from tests.conftest import NOW
from tests.world import World

EXCERPT = Path(__file__).parents[1] / "data" / "casework-excerpt.csv"
MAPPING = ROOT / "config" / "import" / "nyc-council.toml"


@pytest.fixture(autouse=True)
def quiet_session(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command opens its own application on the tests' day; no other session holds the file."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)
    db.session.rollback()
    yield
    db.session.rollback()


def run(*arguments: str | Path) -> Result:
    db.session.rollback()
    return CliRunner().invoke(import_command, [str(each) for each in arguments])


def cases() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Case.id))) or 0


def test_the_counts_are_json(tmp_path: Path) -> None:
    """Dry first, then for good, then again; rejected rows are no failure; nothing but JSON is printed."""
    report = tmp_path / "report.csv"
    first = {"rows": 115, "imported": 110, "updated": 0, "unchanged": 0, "rejected": 5}
    for options, expected, then in (
        (["--dry-run"], first, 0),
        (["--mapping", MAPPING, "--report", report], first, 110),
        ([], first | {"imported": 0, "unchanged": 110}, 110),
    ):
        result = run(EXCERPT, "--json", *options)
        assert (result.exit_code, result.stderr) == (0, "")
        assert json.loads(result.stdout) == expected
        assert list(json.loads(result.stdout)) == list(first)
        assert cases() == then
    with report.open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == 5


def test_people_read_a_sentence() -> None:
    assert run(EXCERPT).stdout == ("115 dòng: 110 nhập mới, 0 cập nhật, 0 giữ nguyên, 5 từ chối.\n")


def test_a_missing_column_leaves_with_2(tmp_path: Path) -> None:
    """The line names file, row and column; no report is left behind."""
    short = tmp_path / "short.csv"
    short.write_text("unique_key,account\n1,A\n")
    result = run(short, "--mapping", MAPPING, "--report", tmp_path / "report.csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "short.csv: dòng 1: opendate: Thiếu cột này.\n"
    assert list(tmp_path.glob("*.csv*")) == [short]


@pytest.mark.parametrize(
    "arguments",
    [
        ("/nowhere.csv",),
        (EXCERPT, "--mapping", "/nowhere.toml"),
        (EXCERPT, "--report", "/nowhere/report.csv"),
        (EXCERPT, "--suggest", "--mapping", MAPPING),
        (MAPPING,),
    ],
)
def test_bad_usage_leaves_with_2(arguments: tuple[str | Path, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert cases() == 0


def test_a_suggestion_is_printed_or_written(tmp_path: Path) -> None:
    """To be edited; an edited one is never overwritten."""
    printed = run("--suggest", EXCERPT)
    assert printed.exit_code == 0
    target = tmp_path / "map.toml"
    assert run("--suggest", EXCERPT, "--mapping", target).stdout == ""
    assert target.read_text(encoding="utf-8") == printed.stdout
    assert json.loads(run(EXCERPT, "--mapping", target, "--json").stdout)["imported"] == 110


def test_an_import_killed_at_any_moment_goes_on(world: World, tmp_path: Path) -> None:
    """kill -9: what was committed is whole, the next run does the rest, no code is missing."""
    long = tmp_path / "long.csv"
    with EXCERPT.open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    with long.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for copy in range(60):
            writer.writerows([f"{copy}-{row[0]}", *row[1:]] for row in rows)
    command = [sys.executable, "-c", "from petitions.cli.main import main; main()", "import",
               str(long), "--mapping", str(MAPPING), "--json"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE)
    while cases() < 1_000 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = cases()
    for model in (Event.case_id, CaseText.case_id, Petition.case_id):
        assert db.session.scalar(select(func.count(model))) == done
    rest = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    assert rest == {
        "rows": 6_900, "imported": 6_600 - done, "updated": 0, "unchanged": done, "rejected": 300,
    }  # fmt: skip
    db.session.rollback()
    given = select(func.sum(NumberBook.last)).where(NumberBook.book == "case")
    assert db.session.scalar(given) == cases() == 6_600
