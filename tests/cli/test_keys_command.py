"""``donthu key``: made once, told apart, and renewed without losing what is sealed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from config.database import db, transaction
from config.settings import Settings
from petitions.cli.keys import key_group
from petitions.models import Case, CaseKey, Draft, Visit
from petitions.queries.reception import visit_shown
from petitions.sealing import Keyring
from petitions.services import rewrapping
from petitions.services.intake import register
from petitions.services.visits import receive
from tests.conftest import NOW
from tests.petitions.test_intake import DENUNCIATION
from tests.petitions.test_reception import SAID, SECRET
from tests.world import World


@pytest.fixture
def key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a command without a database looks for its keys."""
    path = tmp_path / "keys.json"
    monkeypatch.setenv("DONTHU_KEY_FILE", str(path))
    monkeypatch.setenv("DONTHU_DATA_DIR", str(tmp_path))
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(key_group, arguments)


def test_keys_are_made_once_and_shown_by_their_fingerprint(key_file: Path) -> None:
    made = run("new")
    assert made.exit_code == 0
    assert made.stdout == Keyring.load(key_file).fingerprint() + "\n"
    assert key_file.stat().st_mode & 0o777 == 0o600
    before = key_file.read_bytes()
    again = run("new")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr.count("\n") == 1
    assert key_file.read_bytes() == before
    assert run("fingerprint").stdout == made.stdout


@pytest.mark.parametrize("command", ["fingerprint", "rotate"])
def test_without_a_key_file_the_work_fails(key_file: Path, command: str) -> None:
    """And none is made on the way."""
    result = run(command)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert not key_file.exists()


def sealed(world: World, count: int) -> None:
    for _ in range(count):
        register(DENUNCIATION, actor=world.lan, now=NOW)


def wrapped() -> list[bytes]:
    db.session.rollback()
    return list(db.session.scalars(select(CaseKey.wrapped).order_by(CaseKey.case_id)))


def test_a_rotation_wraps_every_case_key_anew(
    world: World, house_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In batches; the cases keep their keys, the fingerprint changes, the past is recognised."""
    sealed(world, 3)
    monkeypatch.setattr(rewrapping, "BATCH", 2)
    before = wrapped()
    old = Keyring.load(house_settings.key_file)
    probe = old.unwrap(before[0]).seal(b"x", "place")
    result = run("rotate")
    ring = Keyring.load(house_settings.key_file)
    assert result.exit_code == 0
    assert result.stdout == f"{ring.fingerprint()}\nĐã bọc lại 3 trên 3 khóa hồ sơ.\n"
    assert ring.fingerprint() != old.fingerprint()
    assert ring.recognises(old.fingerprint())
    after = wrapped()
    assert not set(before) & set(after)
    assert all(ring.rewrap(key) == key for key in after)
    assert ring.unwrap(after[0]).open(probe, "place") == b"x"


def test_a_rotation_broken_off_goes_on(
    world: World, house_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``--resume`` adds no further master and touches only what is left."""
    sealed(world, 3)
    monkeypatch.setattr(rewrapping, "BATCH", 1)
    before = wrapped()
    real, calls = Keyring.rewrap, []

    def dying(ring: Keyring, key: bytes) -> bytes:
        calls.append(key)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(ring, key)

    monkeypatch.setattr(Keyring, "rewrap", dying)
    assert run("rotate").exit_code == 1
    monkeypatch.undo()
    monkeypatch.setenv("DONTHU_DATA_DIR", str(house_settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", house_settings.database_url)
    monkeypatch.setenv("SECRET_KEY", house_settings.secret_key)
    assert [old == new for old, new in zip(before, wrapped(), strict=True)] == [False, True, True]
    fingerprint = Keyring.load(house_settings.key_file).fingerprint()
    result = run("rotate", "--resume")
    assert result.stdout == f"{fingerprint}\nĐã bọc lại 2 trên 3 khóa hồ sơ.\n"
    assert run("rotate", "--resume").stdout.endswith("Đã bọc lại 0 trên 3 khóa hồ sơ.\n")
    assert db.session.scalar(select(Case.id)) is not None


def test_confidential_visits_and_drafts_are_wrapped_anew(
    world: World, house_settings: Settings
) -> None:
    """They open under the new master alone, and no open form of a visit grows stale by it."""
    sealed(world, 1)
    uid = receive(None, SECRET, actor=world.lan, now=NOW)
    receive(None, SAID, actor=world.lan, now=NOW)
    fresh, kept = Keyring.load(house_settings.key_file).new_case_key()
    with transaction() as session:
        session.add(
            Draft(
                uid="d" * 32, user_id=world.lan.user_id, page="register", saved_at=NOW,
                expires_at=NOW, wrapped=kept, sealed=fresh.seal(b"x", "place"),
            )
        )  # fmt: skip
    version = visit_shown(world.lan, uid).version
    assert run("rotate").stdout.endswith("Đã bọc lại 3 trên 3 khóa hồ sơ.\n")
    assert run("rotate", "--resume").stdout.endswith("Đã bọc lại 0 trên 3 khóa hồ sơ.\n")
    db.session.rollback()
    ring = Keyring.load(house_settings.key_file)
    visit = db.session.scalars(select(Visit).where(Visit.uid == uid)).one()
    draft = db.session.scalars(select(Draft)).one()
    for key in (visit.wrapped, draft.wrapped):
        assert key is not None
        assert ring.rewrap(key) == key
    assert ring.unwrap(draft.wrapped).open(draft.sealed, "place") == b"x"
    assert visit.version == version
