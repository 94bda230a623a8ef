"""Guards over the repository itself: what may never be committed, and what must stay in step."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import Enum, create_engine, inspect, text

from config.database import Base, prepare_engine
from config.settings import ROOT, VARIABLES
from migrations.names import include_name
from petitions import schema
from petitions.cli.main import COMMANDS, cli

FORBIDDEN_ENDINGS = (
    ".sqlite", ".sqlite3", ".db", ".dump", ".bak", ".docx", ".xlsx", ".odt", ".pdf", ".pem", ".key",
    ".p12", ".zip", ".gz", ".tar", ".sql", ".log", ".mp3", ".mp4", ".png", ".jpg", ".jpeg",
)  # fmt: skip
ALLOWED_FILES = re.compile(r"^(petitions/documents/templates/.+\.docx|docs/pictures/.+\.png)$")
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\"masters\"\s*:\s*\[\s*\{|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}"
)
LARGEST = 1_000_000


def tracked() -> list[Path]:
    """Files git tracks, or would on the next commit."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_dump_upload_letter_or_key_is_committed() -> None:
    """Generated files live outside the tree; the guard reads names, sizes and contents."""
    wrong = []
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        if ALLOWED_FILES.match(name):
            continue
        if name.endswith(FORBIDDEN_ENDINGS) or path.stat().st_size > LARGEST:
            wrong.append(name)
        elif path != Path(__file__) and SECRET.search(path.read_text("utf-8", errors="replace")):
            wrong.append(f"{name}: looks like a key")
    assert wrong == []


def test_locks_are_hashed_and_name_no_host() -> None:
    """No registry address, and no requirement without its hash."""
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        pins = re.findall(
            r"^[a-z0-9._-]+(?:\[[a-z,]+\])?==", text, flags=re.MULTILINE | re.IGNORECASE
        )
        assert pins
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
        assert all("--hash=sha256:" in block for block in blocks if "==" in block.split("\n")[0])


def test_every_setting_is_in_the_readme() -> None:
    """Name and meaning, in the table of the README."""
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in VARIABLES if f"`{name}`" not in readme] == []


def test_settings_are_read_nowhere_else() -> None:
    """One parser of the environment: no variable is read that the table does not know."""
    pattern = re.compile(r"(?:environ(?:\.get)?[\[(]|getenv\()\s*[\"']([A-Z_]+)")
    allowed = {*VARIABLES, "HOTSPOT_FROM", "HOTSPOT_ADJ", "PROMETHEUS_MULTIPROC_DIR", "PATH"}
    found = {
        name
        for package in ("config", "workflows", "notifications", "petitions", "migrations")
        for path in (ROOT / package).rglob("*.py")
        for name in pattern.findall(path.read_text("utf-8"))
    }
    assert found <= allowed


def test_every_command_can_be_loaded() -> None:
    """``donthu --help`` lists them all, each with its own help."""
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0, result.output
    for name in COMMANDS:
        assert name in result.output
        assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0, name


def test_there_is_one_migration_head() -> None:
    """Two branches of migrations would be two schemas."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert config["tool"]["alembic"]["script_location"].endswith("migrations")
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_migrations_go_up_down_and_up(database_url: str) -> None:
    """Down to nothing and up again, and the schema then is what the models say."""
    engine = create_engine(database_url)
    prepare_engine(engine)
    schema.downgrade(engine, "base")
    left = set(inspect(engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": include_name}
        )
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_database_knows_every_member_of_a_stored_enum(database_url: str) -> None:
    """The CHECK the migrations left allows what the enum has today, and nothing else."""
    engine = create_engine(database_url)
    found = inspect(engine)
    wrong, compared = [], 0
    for table in Base.metadata.sorted_tables:
        checks = {each["name"]: each["sqltext"] for each in found.get_check_constraints(table.name)}
        for column in table.columns:
            if not isinstance(column.type, Enum):
                continue
            said = re.findall(r"'([^']*)'", checks[f"ck_{table.name}_{column.type.name}"])
            compared += 1
            if sorted(said) != sorted(column.type.enums):
                wrong.append(f"{table.name}.{column.name}")
    engine.dispose()
    assert wrong == []
    assert compared > 30


def test_the_guards_of_the_database_stand_at_head(database: str, database_url: str) -> None:
    """A migration that builds a table anew on SQLite would lose them without a word."""
    early, late = ("event", "submission_round", "opinion"), ("commitment_step", "enforcement_entry")
    late += (
        "mail_setting_change", "address_note", "review_entry", "target_entry", "conduct_outcome", "score_entry", "score_result", "urged_case", "urging_answer", "signed_sheet", "signed_table", "opening_balance", "inspection_note", "hotspot_alarm", "hotspot_alarm_case", "episode_entry", "share_alarm", "share_alarm_case",
    )  # fmt: skip

    def guards(tables: tuple[str, ...]) -> set[str]:
        return {f"{table}_no_{verb}" for table in tables for verb in ("update", "delete")}

    expected = {
        "sqlite": guards(early + late) | {"case_text_ai", "case_text_ad", "case_text_au"},
        "postgresql": {f"{table}_no_change" for table in early} | guards(late),
    }
    listed = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    engine = create_engine(database_url)
    with engine.connect() as connection:
        assert set(connection.execute(text(listed[database])).scalars()) == expected[database]
    engine.dispose()


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "X" * 3])
def test_nothing_is_left_for_later(word: str) -> None:
    """No marker of unfinished work."""
    marked = re.compile(rf"\b{word}\b")
    kinds = {".py", ".html", ".toml", ".css", ".js"}
    assert [
        path.name
        for path in tracked()
        if path.suffix in kinds and marked.search(path.read_text("utf-8", errors="replace"))
    ] == []
