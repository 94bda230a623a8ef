"""``donthu backup`` and ``donthu restore`` as an operator types them."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config.settings import Settings
from petitions.cli.audit import audit_group
from petitions.cli.backup import backup_command, restore_command
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World

pytestmark = pytest.mark.sqlite_only


def run(command: object, *arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])  # type: ignore[arg-type]


@pytest.fixture
def taken(world: World, house_settings: Settings, tmp_path: Path) -> Path:
    """A backup of a complaint and a denunciation."""
    for given in (COMPLAINT, replace(DENUNCIATION)):
        register(given, actor=world.lan, now=NOW)
    assert run(audit_group, "anchor").exit_code == 0
    target = tmp_path / "backup.zip"
    result = run(backup_command, target)
    assert result.exit_code == 0, result.stderr
    assert "Đã sao lưu 2 hồ sơ" in result.stdout
    assert result.stderr == ""
    return target


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a machine where nothing is yet."""
    folder = tmp_path / "elsewhere"
    monkeypatch.setenv("DONTHU_DATA_DIR", str(folder))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{folder}/donthu.sqlite3")
    return folder


def test_a_backup_moves_to_another_machine(
    taken: Path, house_settings: Settings, elsewhere: Path
) -> None:
    """With the key; the anchors come along and the ledger is proved against them."""
    elsewhere.mkdir()
    shutil.copy(house_settings.key_file, elsewhere / "keys.json")
    result = run(restore_command, taken)
    assert result.exit_code == 0, result.stderr
    assert "Đã khôi phục 2 hồ sơ" in result.stdout
    assert "Tệp neo: đã khôi phục" in result.stdout
    assert "2 thư chưa gửi đang được giữ" in result.stdout
    proved = run(audit_group, "verify", "--anchors")
    assert proved.exit_code == 0, proved.stderr
    assert "Hồ sơ: 2;" in proved.stdout
    assert run(restore_command, "--release-mail").stdout == "Đã cho gửi 2 thư.\n"
    again = run(restore_command, taken)
    assert again.exit_code == 1
    assert again.stderr == "Cơ sở dữ liệu đích không trống, không khôi phục vào đó.\n"


def test_without_the_key_file_no_new_keys_are_made(taken: Path, elsewhere: Path) -> None:
    """They would lie where the old ones belong."""
    result = run(restore_command, taken)
    assert result.exit_code == 1
    assert "hãy đặt tệp khóa" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not elsewhere.exists()
    result = run(restore_command, taken, "--without-sealed")
    assert result.exit_code == 0, result.stderr
    assert "Không có phần niêm phong của 1 hồ sơ tố cáo" in result.stdout
    assert "bỏ qua vì ký bằng khóa khác" in result.stdout


def test_a_damaged_file_is_refused_in_one_line(
    taken: Path, house_settings: Settings, elsewhere: Path
) -> None:
    """And no database is made."""
    elsewhere.mkdir()
    shutil.copy(house_settings.key_file, elsewhere / "keys.json")
    taken.write_bytes(taken.read_bytes()[:-100])
    result = run(restore_command, taken)
    assert result.exit_code == 1
    assert "bị hỏng" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (elsewhere / "donthu.sqlite3").exists()


def test_bad_usage(taken: Path, tmp_path: Path) -> None:
    """Exit 2: nothing to restore, both at once, no such file."""
    for arguments in ([], [taken, "--release-mail"], [tmp_path / "none.zip"], [tmp_path]):
        assert run(restore_command, *arguments).exit_code == 2


def test_a_backup_overwrites_nothing_else(taken: Path, house_settings: Settings) -> None:
    """Not the keys, of all files; nor does a folder that is not there come into being."""
    before = house_settings.key_file.read_bytes()
    result = run(backup_command, house_settings.key_file)
    assert result.exit_code == 1
    assert "không ghi đè" in result.stderr
    assert house_settings.key_file.read_bytes() == before
    result = run(backup_command, taken.parent / "nowhere" / "b.zip")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert not (taken.parent / "nowhere").exists()


@pytest.mark.proof
def test_a_restore_killed_anywhere_can_be_begun_again(
    taken: Path, house_settings: Settings, elsewhere: Path
) -> None:
    """kill -9 a little later each time: nothing is there, or everything; the next run completes it."""
    elsewhere.mkdir()
    shutil.copy(house_settings.key_file, elsewhere / "keys.json")
    database = elsewhere / "donthu.sqlite3"
    outcomes = []
    for attempt in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", "from petitions.cli.main import main; main()", "restore", taken],
            stdout=subprocess.DEVNULL,
        )
        while process.poll() is None and not database.exists():
            time.sleep(0.001)
        time.sleep(0.03 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with closing(sqlite3.connect(database)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            cases = (
                connection.execute("SELECT count(*) FROM case_file").fetchone()[0] if tables else 0
            )
        assert cases == (2 if tables else 0)
        outcomes.append(cases)
        if cases:
            break
    assert outcomes[0] == 0
    if not outcomes[-1]:
        result = run(restore_command, taken)
        assert result.exit_code == 0, result.stderr
    proved = run(audit_group, "verify", "--anchors")
    assert proved.exit_code == 0, proved.stderr
