"""``donthu letter``: a form for a case with somebody's rights; exit codes, the trace, no file on refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from config.database import db
from petitions.cli.main import cli
from petitions.models import Event
from petitions.services.submissions_drafting import propose
from tests.conftest import NOW
from tests.petitions.test_intake import DENUNCIATION
from tests.petitions.test_letters import ACCEPTANCE, TO_DENOUNCER, accepted, denounced, text_of
from tests.world import World
from workflows.vocabulary import Action


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command reads 09:00 of the tests' day."""
    monkeypatch.setattr("config.clock.now", lambda: NOW)


def run(app: Flask, *arguments: str) -> Result:
    """The command as typed, in an application of its own."""
    assert app
    db.session.rollback()
    return CliRunner().invoke(cli, ["letter", *arguments])


def openings() -> int:
    """How often an identity was opened."""
    db.session.rollback()
    wanted = select(Event.id).where(Event.action == Action.OPEN_IDENTITY.value)
    return len(db.session.scalars(wanted).all())


def test_a_letter_is_written(app: Flask, world: World, tmp_path: Path) -> None:
    """Filled from the case and the latest proposal; only its owner may read the file."""
    code, out = accepted(world), tmp_path / "out.docx"
    propose(code, None, {}, ACCEPTANCE, {"subject": "đất vườn"}, actor=world.an, now=NOW)
    done = run(app, ACCEPTANCE, code, str(out), "--as", "an")
    assert done.exit_code == 0, done.output
    said = text_of(out.read_bytes())
    assert "đất vườn" in said
    assert "Nguyễn Văn Đức" in said
    assert out.stat().st_mode & 0o077 == 0


def test_fields_from_a_file(app: Flask, world: World, tmp_path: Path) -> None:
    """Given as JSON; unknown ones and broken files are refused with 2."""
    code, out, file = accepted(world), tmp_path / "out.docx", tmp_path / "fields.json"
    file.write_text(json.dumps({"subject": "ao cá"}))
    done = run(app, ACCEPTANCE, code, str(out), "--as", "an", "--fields", str(file))
    assert done.exit_code == 0, done.output
    assert "ao cá" in text_of(out.read_bytes())
    for text in ('{"unknown": "x"}', "{", '{"subject": 5}'):
        file.write_text(text)
        wrong = run(
            app, ACCEPTANCE, code, str(tmp_path / "no.docx"), "--as", "an", "--fields", str(file)
        )
        assert wrong.exit_code == 2
    assert not (tmp_path / "no.docx").exists()


def test_no_right_no_file(app: Flask, world: World, tmp_path: Path) -> None:
    """A stranger, and whoever may see the case but not the denouncer: 1 and nothing written."""
    out = tmp_path / "out.docx"
    code = denounced(world)
    for username in ("binh", "van", "tam"):
        refused = run(app, "nd31:04", code, str(out), "--as", username)
        assert refused.exit_code == 1, refused.output
    assert run(app, ACCEPTANCE, accepted(world), str(out), "--as", "binh").exit_code == 1
    by_inspector = run(app, TO_DENOUNCER, code, str(out), "--as", "hoa", "--reason", "xem")
    assert by_inspector.exit_code == 1
    assert openings() == 0
    assert not out.exists()


def test_what_is_unknown(app: Flask, world: World, tmp_path: Path) -> None:
    """Key, case, person, or a form not in force on the day: 2 and nothing written."""
    code, out = accepted(world), str(tmp_path / "out.docx")
    for arguments in (
        ("nd124:99", code, out, "--as", "an"),
        (ACCEPTANCE, "AB-2026-999999-1", out, "--as", "an"),
        (ACCEPTANCE, "không phải mã", out, "--as", "an"),
        (ACCEPTANCE, code, out, "--as", "khongai"),
        ("nd124:14a", code, out, "--as", "an", "--on", "2026-06-30"),
        ("nd31:04", code, out, "--as", "an"),
        (ACCEPTANCE, code, str(tmp_path / "no" / "out.docx"), "--as", "an"),
        (ACCEPTANCE, code, out),
    ):
        assert run(app, *arguments).exit_code == 2, arguments
    assert not list(tmp_path.glob("*.docx"))


def test_a_sealed_value_needs_a_reason_and_leaves_the_trace(
    app: Flask, world: World, tmp_path: Path
) -> None:
    """Without a reason 2; with one the name stands in the file and the opening in the ledger."""
    code, out = denounced(world), tmp_path / "out.docx"
    assert run(app, TO_DENOUNCER, code, str(out), "--as", "minh").exit_code == 2
    assert not out.exists()
    assert openings() == 0
    done = run(app, TO_DENOUNCER, code, str(out), "--as", "minh", "--reason", "Gửi thông báo")
    assert done.exit_code == 0, done.output
    assert DENUNCIATION.parties[0].name in text_of(out.read_bytes())
    assert openings() == 1
