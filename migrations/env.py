"""Runs migrations against the database of ``DATABASE_URL`` (or the connection a caller passes in)."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine

import petitions.models  # noqa: F401  registers every table
from config.database import Base, UTCDateTime, prepare_engine
from config.settings import load_settings
from migrations.names import include_name


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write instants as plain SQL types, so that a migration never depends on today's code."""
    return (
        "sa.DateTime(timezone=True)" if isinstance(item, UTCDateTime) and kind == "type" else False
    )


def run(connection: Connection) -> None:
    """Upgrade or downgrade over an open connection, all steps in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_name=include_name,
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(load_settings().database_url)
    prepare_engine(engine)
    with engine.connect() as connection:
        run(connection)
        connection.commit()
