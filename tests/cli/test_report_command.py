"""``donthu report``: JSON, cases, files, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from config.database import db
from petitions.cli.main import cli
from tests.conftest import NOW
from tests.petitions.test_statistics import accepted, complaint, concluded, denounced
from tests.world import World

QUARTER = ("--from", "2026-09-15", "--to", "2026-12-14")


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads 09:00 of the tests' day."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)


def run(app: Flask, name: str, *arguments: str, version: str = "tt01-2024") -> Result:
    """The command as typed, in an application of its own."""
    assert app
    db.session.rollback()
    return CliRunner().invoke(cli, ["report", name, "--version", version, *QUARTER, *arguments])


def test_a_table_as_json(app: Flask, world: World) -> None:
    """Every unit's columns by number, and the identities that do not hold."""
    accepted(world)
    complaint(world)
    done = run(app, "02/XLD", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert set(found) == {"table", "version", "rows", "broken_identities"}
    assert (found["table"], found["version"]) == ("02/XLD", "tt01-2024")
    rows = {row["unit"]: row["columns"] for row in found["rows"]}
    assert {"an-binh", "bao-lam", "ubnd-tinh", "thanh-tra", "so-nnmt"} == set(rows)
    assert list(rows["an-binh"]) == [str(number) for number in range(1, 27)]
    assert (rows["an-binh"]["1"], rows["an-binh"]["4"], rows["bao-lam"]["1"]) == (2, 1, 0)
    assert found["broken_identities"] == []
    one = json.loads(run(app, "02/XLD", "--unit", "an-binh", "--json").stdout)
    assert one["rows"] == [{"unit": "an-binh", "columns": rows["an-binh"]}]


def test_what_is_not_recorded_is_null_and_said(app: Flask, world: World) -> None:
    """Beside the figures, on standard error."""
    complaint(world)
    done = run(app, "02/KQGQ", "--unit", "an-binh", "--json")
    (row,) = json.loads(done.stdout)["rows"]
    assert (row["columns"]["1"], row["columns"]["16"]) == (0, None)
    assert "để trống" in done.stderr
    assert "chưa đối chiếu" in run(app, "04/KQGQ", "--json").stderr


def test_an_identity_the_form_breaks(app: Flask, world: World) -> None:
    """Named with both sides and the reason."""
    concluded(world, "Tố cáo đúng")
    code = denounced(world)
    from tests.web.cases import done as act
    from workflows.vocabulary import Action, Need

    act(code, Action.ACCEPT, world.minh)
    act(code, Action.TERMINATE, world.minh, {Need.GROUND: "x", Need.REASON: "x"})
    found = json.loads(run(app, "03/KQGQ", "--json", version="tt02-2021").stdout)
    assert [
        (each["unit"], each["identity"], each["left"], each["right"], each["hard"])
        for each in found["broken_identities"]
    ] == [("an-binh", "6 = 24 + 26 + 28", 2, 1, False), ("an-binh", "6 = 30 + 31", 2, 1, False)]
    assert all(each["reason"] for each in found["broken_identities"])


def test_cases_behind_a_figure(app: Flask, world: World) -> None:
    """One code a line; with somebody's rights, only what that person may open."""
    plain, secret = complaint(world), denounced(world)
    assert run(app, "01/XLD", "--cases", "1").stdout.split() == sorted([plain, secret])
    assert run(app, "01/XLD", "--cases", "1", "--as", "dung").stdout.split() == [plain]
    assert run(app, "01/XLD", "--cases", "6").stdout == ""
    assert run(app, "01/XLD", "--cases", "1", "--unit", "bao-lam").stdout == ""
    assert run(app, "01/XLD", "--json", "--as", "an").exit_code == 1
    assert run(app, "01/XLD", "--json", "--as", "minh", "--unit", "bao-lam").exit_code == 2


def test_the_official_file(app: Flask, world: World, tmp_path: Path) -> None:
    """Only its owner may read it."""
    complaint(world)
    out = tmp_path / "bieu.xlsx"
    done = run(app, "01/XLD", "--unit", "an-binh", "--xlsx", str(out))
    assert done.exit_code == 0, done.output
    assert out.stat().st_mode & 0o077 == 0
    sheet = openpyxl.load_workbook(out).worksheets[0]
    assert sheet["A1"].value == "UBND xã An Bình"
    assert sheet["A3"].value == "KẾT QUẢ XỬ LÝ ĐƠN"


@pytest.mark.parametrize(
    "arguments",
    [
        ("02/TCD", "--json"),
        ("09/XLD", "--json"),
        ("01/XLD",),
        ("01/XLD", "--json", "--unit", "khong-co"),
        ("01/XLD", "--cases", "99"),
        ("02/KQGQ", "--cases", "16"),
        ("01/XLD", "--json", "--as", "khongai"),
        ("01/XLD", "--json", "--from", "2027-01-01"),
        ("01/XLD", "--json", "--version", "tt99"),
        ("01/XLD", "--xlsx", "/khong/co/bieu.xlsx"),
    ],
)
@pytest.mark.sqlite_only
def test_bad_usage(app: Flask, world: World, arguments: tuple[str, ...]) -> None:
    """2, one line, nothing written."""
    assert world
    done = run(app, *arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
