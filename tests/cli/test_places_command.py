"""``donthu places`` as people call it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from config.database import db
from petitions.cli.places import places_group
from petitions.models import PlaceFlag
from petitions.services.acts import perform
from petitions.services.intake import register
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT
from tests.world import World
from workflows.vocabulary import Action

EXCERPT = Path(__file__).parents[1] / "data" / "units-excerpt.csv"


@pytest.fixture(autouse=True)
def quiet_session(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command opens its own application on the tests' day; no other session holds the file."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)
    db.session.rollback()
    yield
    db.session.rollback()


def run(*arguments: str) -> Result:
    db.session.rollback()
    return CliRunner().invoke(places_group, arguments)


def test_a_list_is_imported_and_searched() -> None:
    """What cannot be read is told by code on standard error; a divided unit shows all its heirs."""
    result = run("import", str(EXCERPT))
    assert result.exit_code == 0
    assert result.stdout.startswith("131 đơn vị: 131 mới, 0 thay đổi, 0 giữ nguyên, 0 kết thúc")
    assert result.stderr.startswith("75: không đọc được: Từ ngày 30")
    assert "131 giữ nguyên" in run("import", str(EXCERPT)).stdout
    found = run("find", "doi can, ha noi")
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [
        "00004  Phường Ba Đình, Thành phố Hà Nội  (trước là: một phần Phường Đội Cấn)",
        "00008  Phường Ngọc Hà, Thành phố Hà Nội  (trước là: phần còn lại Phường Đội Cấn)",
    ]
    nothing = run("find", "không đâu")
    assert (nothing.exit_code, nothing.stdout) == (0, "")


def test_a_wrong_list_leaves_with_2(tmp_path: Path) -> None:
    """One line: file, row, field."""
    wrong = tmp_path / "units.csv"
    lines = EXCERPT.read_text(encoding="utf-8").splitlines()
    wrong.write_text("\n".join([*lines, lines[2]]), encoding="utf-8")
    result = run("import", str(wrong))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines() == ["units.csv: dòng 133: code: Mã 00004 đã có ở dòng 3."]
    assert run("find", "hàng đào").stdout == ""


def test_an_outline_without_its_unit_leaves_with_2(tmp_path: Path) -> None:
    ring = [[104, 21], [105, 21], [105, 22], [104, 21]]
    feature = {"properties": {"code": "99001"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps({"features": [feature]}))
    assert "1 ranh giới: 1 mới" in run("import", str(path)).stdout
    feature["properties"] = {"code": "00000"}
    path.write_text(json.dumps({"features": [feature]}))
    result = run("import", str(path))
    assert result.exit_code == 2
    assert "map.geojson: đối tượng 1: code" in result.stderr


def test_a_flag_moves_the_open_cases_of_the_commune(world: World) -> None:
    """The preview names the deadline and both dates; the flag then moves it."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    for action, actor in ((Action.CLASSIFY, world.lan), (Action.ACCEPT, world.minh)):
        perform(code, action, {}, version=None, on=TODAY, actor=actor, now=NOW)
    flag = ("flag", "99001", "remote", "--from", "2025-07-01", "--source", "QĐ 02/2025")
    preview = run(*flag, "--dry-run")
    assert preview.stdout == f"{code} settlement: 21/12/2026 → 04/01/2027\n"
    db.session.rollback()
    assert db.session.scalars(select(PlaceFlag.place_id)).all() == [world.places["99003"]]
    done = run(*flag)
    assert done.exit_code == 0, done.stderr
    assert "1 hồ sơ được tính lại" in done.stdout
    db.session.rollback()
    assert world.places["99001"] in db.session.scalars(select(PlaceFlag.place_id)).all()


@pytest.mark.parametrize(
    "arguments",
    [
        ("flag", "99001", "remote", "--source", "QĐ"),
        ("flag", "99001", "far", "--from", "2025-07-01", "--source", "QĐ"),
        ("flag", "99001", "remote", "--from", "2025-07-32", "--source", "QĐ"),
        ("flag", "00000", "remote", "--from", "2025-07-01", "--source", "QĐ"),
        ("flag", "99001", "remote", "--from", "2025-07-02", "--to", "2025-07-01", "--source", "Q"),
        ("import", "/nowhere.csv"),
    ],
)
def test_bad_usage_leaves_with_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
