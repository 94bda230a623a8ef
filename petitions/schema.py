"""Creating and migrating the database of an engine, and knowing which schema it has."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Engine

from config.settings import ROOT


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Create or migrate the database; all steps in one transaction."""
    _run(engine, command.upgrade, revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back to ``revision`` (``base`` empties the database)."""
    _run(engine, command.downgrade, revision)


def present_revision(engine: Engine) -> str | None:
    """The schema the database has; ``None`` when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head_revision() -> str:
    """The schema this program needs."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def _run(engine: Engine, step: object, revision: str) -> None:
    config = alembic_config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        step(config, revision)  # type: ignore[operator]


def alembic_config() -> Config:
    """Alembic's configuration, for callers that bring a connection of their own."""
    return Config(toml_file=Path(ROOT / "pyproject.toml"))
