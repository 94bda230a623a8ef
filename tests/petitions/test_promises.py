"""Promises to voters: entered one by one and from a table, known again, never half imported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from config.database import db
from petitions.cli.promises import import_promises_command
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.models import Commitment, CommitmentStep, Promise
from petitions.queries.commitment_shapes import Which
from petitions.queries.promises import PromiseFilters, every, promise, promises
from petitions.services.commitments import Step, take_step
from petitions.services.promises import About, change, enter
from petitions.services.promises_import import Column, import_promises
from petitions.services.undertakings import Undertaking
from tests.conftest import NOW, TODAY
from tests.world import World
from workflows.commitments import CommitmentStatus, CommitmentVerdict, Occasion

ABOUT = About(
    Occasion.VOTERS, "Đinh Văn Phúc, Chủ tịch", TODAY, "Xã An Bình", "2026–2031", "Kỳ họp thứ hai",
    checking_agency_code="hdnd",
)  # fmt: skip
ROAD = Undertaking("Sửa đường vào bản", "an-binh", TODAY.replace(month=12))
LINE = {
    Column.KEY: "CT-01", Column.OCCASION: "Tiếp xúc cử tri", Column.MADE_BY: "Đinh Văn Phúc",
    Column.MADE_ON: "05/11/2026", Column.MADE_AT: "Xã An Bình", Column.TERM: "2026–2031",
    Column.WHAT: "=HYPERLINK(1)", Column.LEAD: "UBND xã An Bình",
    Column.COOPERATING: "so-nnmt; thanh-tra", Column.CHECKING: "hdnd", Column.DUE: "31/12/2026",
}  # fmt: skip


@pytest.fixture(autouse=True)
def quiet_session(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The command opens its own application on the tests' day; no other session holds the file."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)
    db.session.rollback()
    yield
    db.session.rollback()


def table(path: Path, *lines: dict[Column, str], columns: Any = Column) -> Path:
    """A CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.DictWriter(stream, [each.value for each in columns], extrasaction="ignore")
        rows.writeheader()
        rows.writerows({column.value: text for column, text in line.items()} for line in lines)
    return path


def run(*arguments: str) -> Result:
    db.session.rollback()
    return CliRunner().invoke(import_promises_command, arguments)


def kept() -> tuple[int, int]:
    """How many promises and commitments there are."""
    db.session.rollback()
    counted = (db.session.scalar(select(func.count(model.id))) for model in (Promise, Commitment))
    found = tuple(int(each or 0) for each in counted)
    return found[0], found[1]


def test_one_by_one(world: World) -> None:
    """The lead, the helper and the checking body see it; a stranger does not; what is known is corrected."""
    uid = enter(ABOUT, ROAD, actor=world.thu, now=NOW, key="k")
    assert enter(ABOUT, ROAD, actor=world.thu, now=NOW, key="k") == uid
    for reader in (world.thu, world.an, world.giam, world.hoa):
        assert promise(reader, uid).commitment.what == ROAD.what
    for stranger in (world.binh, world.tam):
        with pytest.raises(NotFound):
            promise(stranger, uid)
        assert promises(stranger, PromiseFilters(), TODAY).lines == ()
    with pytest.raises(Forbidden):
        enter(ABOUT, ROAD, actor=world.giam, now=NOW)
    answered = replace(ABOUT, answer="Đã bố trí vốn", answered_on=TODAY)
    with pytest.raises(Forbidden):
        change(uid, answered, version=1, actor=world.an, now=NOW)
    change(uid, answered, version=1, actor=world.thu, now=NOW)
    with pytest.raises(Stale):
        change(uid, answered, version=1, actor=world.thu, now=NOW)
    assert promise(world.an, uid).answer == "Đã bố trí vốn"
    assert kept() == (1, 1)
    for about, undertaking, fields in (
        (replace(ABOUT, made_by="", made_at=" "), ROAD, {"made_by", "made_at"}),
        (replace(ABOUT, answered_on=TODAY.replace(day=1)), ROAD, {"answered_on"}),
        (replace(ABOUT, field_code="x", place_code="x"), ROAD, {"field_code", "place_code"}),
        (replace(ABOUT, checking_agency_code="x"), ROAD, {"checking_agency_code"}),
        (ABOUT, replace(ROAD, what=""), {"undertaking.what"}),
    ):
        with pytest.raises(Invalid) as refused:
            enter(about, undertaking, actor=world.thu, now=NOW)
        assert set(refused.value.fields) == fields
    assert kept() == (1, 1)
    late = PromiseFilters(which=Which.LATE)
    assert promises(world.thu, late, TODAY).total == 0
    assert promises(world.thu, late, TODAY.replace(year=2027)).total == 1
    assert promises(world.thu, PromiseFilters(agency="hdnd"), TODAY).total == 1
    assert promises(world.thu, PromiseFilters(occasion=Occasion.OTHER), TODAY).total == 0


def test_a_table_is_imported_once(world: World, tmp_path: Path) -> None:
    """The same file again changes nothing, also after a date was moved here; a mended cell updates."""
    done = LINE | {Column.KEY: "CT-02", Column.DONE_ON: "2026-11-10", Column.WHAT: "Lắp đèn"}
    path = table(tmp_path / "hua.csv", LINE, done)
    tried = run(str(path), "--dry-run")
    assert (tried.exit_code, tried.stdout.strip()) == (
        0, "2 dòng: 2 nhập mới, 0 cập nhật, 0 giữ nguyên (chạy thử, không ghi gì).",
    )  # fmt: skip
    assert kept() == (0, 0)
    assert "2 nhập mới" in run(str(path)).stdout
    found = {each.key: each for each in every(world.phuc, PromiseFilters(), TODAY)}
    assert found["CT-02"].commitment.status is CommitmentStatus.DONE
    assert found["CT-01"].cooperating == ("Sở Nông nghiệp và Môi trường", "Thanh tra tỉnh Sơn Lâm")
    assert found["CT-01"].commitment.keeper == "UBND tỉnh Sơn Lâm"
    moved = Step(CommitmentVerdict.MOVED, TODAY, "Mưa", due=TODAY.replace(year=2027))
    take_step(found["CT-01"].commitment.uid, moved, version=None, actor=world.phuc, now=NOW)
    lines = db.session.scalar(select(func.count(CommitmentStep.id)))
    assert "0 nhập mới, 0 cập nhật, 2 giữ nguyên" in run(str(path)).stdout
    assert db.session.scalar(select(func.count(CommitmentStep.id))) == lines
    assert promise(world.phuc, found["CT-01"].uid).commitment.due == TODAY.replace(year=2027)
    path = table(path, LINE | {Column.ANSWER: "Đã xong", Column.ANSWERED_ON: "12/11/2026"}, done)
    assert "0 nhập mới, 1 cập nhật, 1 giữ nguyên" in run(str(path)).stdout
    assert kept() == (2, 2)


def test_a_wrong_table_leaves_with_2_and_nothing(world: World, tmp_path: Path) -> None:
    """File, line and column of every fault; a repeated key; a missing column."""
    path = table(
        tmp_path / "hua.csv",
        LINE,
        LINE,
        LINE | {Column.KEY: "3", Column.DUE: "31/02/2026", Column.LEAD: "Sở X", Column.OCCASION: "?"},
        LINE | {Column.KEY: "", Column.MADE_ON: "11/2026"},
    )  # fmt: skip
    result = run(str(path))
    assert result.exit_code == 2
    where = [line.rpartition(": ")[0].rpartition(": ")[2] for line in result.stderr.splitlines()]
    assert result.stderr.count("hua.csv: dòng 3: Mã: Trùng mã với dòng 2.") == 1
    for said in ("dòng 4: Hạn thực hiện", "dòng 4: Cơ quan chủ trì", "dòng 4: Dịp", "dòng 5: Mã", "dòng 5: Ngày hứa"):  # fmt: skip
        assert f"hua.csv: {said}: " in result.stderr, (said, where)
    early = table(path, LINE, LINE | {Column.KEY: "4", Column.DUE: "01/11/2026"})
    assert "dòng 3: Hạn thực hiện: Hạn thực hiện không được trước" in run(str(early)).stderr
    columns = [each for each in Column if each is not Column.LEAD]
    missing = run(str(table(path, LINE, columns=columns)))
    assert (missing.exit_code, "Thiếu cột: Cơ quan chủ trì." in missing.stderr) == (2, True)
    assert kept() == (0, 0)
    with pytest.raises(Forbidden):
        import_promises(table(path, LINE), actor=world.giam, now=NOW)
    other = table(path, LINE | {Column.AGENCY: "bao-lam"})
    with pytest.raises(Invalid) as refused:
        import_promises(other, actor=world.an, now=NOW)
    assert [each.rpartition(": ")[2] for each in refused.value.fields] == ["Cơ quan theo dõi"]
