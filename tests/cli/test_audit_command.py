"""``donthu audit`` as an operator and the scheduler's log see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.settings import Settings
from petitions.cli.audit import audit_group
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.test_audit import by_hand, case_id, vanish
from tests.petitions.test_intake import COMPLAINT
from tests.world import World


def run(*arguments: str) -> Result:
    return CliRunner().invoke(audit_group, arguments)


@pytest.fixture
def codes(world: World) -> list[str]:
    """Two complaints."""
    return [register(COMPLAINT, actor=world.lan, now=NOW) for _ in range(2)]


def test_a_sound_ledger_is_counted(codes: list[str], house_settings: Settings) -> None:
    result = run("verify")
    assert result.exit_code == 0
    assert result.stdout.startswith("Hồ sơ: 2; sự kiện: 2;")
    assert result.stderr == ""
    assert str(house_settings.anchor_file) in run("anchor").stdout
    for arguments in (["--anchors"], ["--anchors", str(house_settings.anchor_file)]):
        result = run("verify", *arguments)
        assert result.exit_code == 0, result.stderr
        assert "Neo: 1 dòng, 2 hồ sơ" in result.stdout


def test_the_first_broken_case_is_named_in_one_line(codes: list[str]) -> None:
    by_hand("UPDATE event SET action = 'urge' WHERE case_id = :case", case=case_id(codes[1]))
    result = run("verify")
    assert result.exit_code == 1
    assert result.stdout.startswith("Hồ sơ: 1; sự kiện: 1;")
    assert result.stderr == f"{codes[1]}, sự kiện số 1: nội dung đã bị sửa.\n"


def test_a_vanished_case_is_named(codes: list[str]) -> None:
    run("anchor")
    vanish(codes[0])
    assert run("verify").exit_code == 0
    result = run("verify", "--anchors")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{codes[0]}: hồ sơ đã neo ở dòng 1 không còn")
    assert result.stderr.count("\n") == 1


@pytest.mark.sqlite_only
def test_a_touched_anchor_file_is_said_to_be_the_fault(
    codes: list[str], house_settings: Settings, tmp_path: Path
) -> None:
    run("anchor")
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(house_settings.anchor_file.read_bytes().replace(b'"cases":2', b'"cases":1'))
    result = run("verify", "--anchors", str(copy))
    assert result.exit_code == 1
    assert result.stderr == "Tệp neo, dòng 1: chữ ký không đúng, đã bị sửa.\n"


@pytest.mark.sqlite_only
def test_a_file_that_is_not_there_is_bad_usage(codes: list[str], tmp_path: Path) -> None:
    for arguments in (["--anchors"], ["--anchors", str(tmp_path / "none")], ["--anchors", str(tmp_path)]):  # fmt: skip
        result = run("verify", *arguments)
        assert result.exit_code == 2
        assert "không có tệp" in result.stderr


@pytest.mark.sqlite_only
def test_words_are_erased_with_a_persons_rights(world: World) -> None:
    """The head may, with a reason; others and unknown names may not. Out of reach is exit 1."""
    code = register(
        replace(COMPLAINT, received_on=date(2026, 11, 2), late_reason="Bưu điện giao chậm"),
        actor=world.lan,
        now=NOW,
    )
    why = ["--reason", "Theo yêu cầu của người khiếu nại"]
    for name, status in (("nobody", 2), ("an", 1), ("khanh", 1), ("minh", 0), ("minh", 2)):
        result = run("erase", code, "1", "--as", name, *why)
        assert result.exit_code == status, (name, result.output)
        assert result.stderr.count("\n") == (status > 0)
    proved = run("verify")
    assert proved.exit_code == 0
    assert "đã xóa: 1" in proved.stdout
