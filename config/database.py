"""The database: session, naming, instants in UTC, and the one place that commits.

SQLite is the embedded default, PostgreSQL is production. On SQLite every writing transaction
begins with ``BEGIN IMMEDIATE``: the driver's default lets two writers read the same row and lose
one update without a word.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Executable,
    Integer,
    MetaData,
    Table,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from config.settings import Settings
from config.turns import NoTurn, Turns


class Base(DeclarativeBase):
    """Every table; constraint names are derived so that migrations can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values going in, returns aware UTC coming out on either database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Key = BigInteger().with_variant(Integer, "sqlite")
"""Primary keys: 64 bits on PostgreSQL, SQLite's rowid on SQLite."""

db = SQLAlchemy(model_class=Base, disable_autonaming=True)

_turns: dict[str, Turns] = {}
_writing: ContextVar[bool] = ContextVar("writing", default=False)


class Busy(Exception):
    """The database could not take the write in time; nothing was written, the request may be repeated."""


class Unfit(Exception):
    """A value no column can hold: a null character, or a number beyond its column. Nothing was written."""


class WriteOutsideTransaction(RuntimeError):
    """A row was about to be written outside ``transaction()``: a programming error."""


@contextmanager
def transaction() -> Iterator[Session]:
    """One command, one transaction: commits when the block ends, rolls back when it raises.

    Raises ``Busy`` when the database stays locked beyond its patience, and
    ``WriteOutsideTransaction`` when a command calls a command.
    """
    if _writing.get():
        raise WriteOutsideTransaction("a command may not call another command")
    session = db.session()
    session.rollback()  # what a page read before belongs to an older snapshot
    token = _writing.set(True)
    try:
        with _turn(db.engine):
            yield session
            session.commit()
    except NoTurn as error:
        session.rollback()
        raise Busy from error
    except OperationalError as error:
        session.rollback()
        if _is_lock(error):
            raise Busy from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that bypass the loading and tracking of entities."""
    return cast(Table, model.__table__)


def read(
    statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that loads columns, not entities, in the session's transaction.

    Straight through the connection: a statement built once and given ``values`` then costs a
    fraction of what the session's loading of entities would add.
    """
    return _connection().execute(statement, values or {})


def insert_unless_there(
    session: Session, table: Table, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows in the caller's transaction; those a unique key knows already stay as they are."""
    connection = session.connection()
    connection.execute(insert_into(connection, table).on_conflict_do_nothing(), rows)


def insert_or_replace(
    session: Session, table: Table, rows: Sequence[Mapping[str, Any]], key: Collection[str]
) -> None:
    """Insert rows (at least one, all of the same columns) in the caller's transaction; of those
    ``key`` knows already every other column is written over."""
    connection = session.connection()
    statement = insert_into(connection, table)
    others = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=others), rows)


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT of this connection's product, which knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def _connection() -> Connection:
    """The session's connection. Where nothing has been asked yet and nothing is to be written,
    PostgreSQL is read without BEGIN and ROLLBACK: each statement sees its own snapshot either way."""
    session = db.session()
    if _writing.get() or session.in_transaction() or db.engine.dialect.name == "sqlite":
        return session.connection()
    return session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})


@contextmanager
def writing_permitted() -> Iterator[None]:
    """For tools that bring a session and a commit of their own (tests' templates, restoring a backup)."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the engine of ``settings.database_url`` to ``app``."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        file = db.engine.url.database
        if db.engine.dialect.name == "sqlite" and file:
            _turns.setdefault(str(db.engine.url), Turns(Path(file), settings.database_patience))


def engine_options(settings: Settings) -> dict[str, Any]:
    """Options for ``create_engine`` that the two databases need."""
    if settings.database_url.startswith("sqlite"):
        return {"connect_args": {"timeout": settings.database_patience}}
    return {
        "pool_size": settings.database_pool,
        "max_overflow": settings.database_pool,
        "connect_args": {"options": f"-c lock_timeout={settings.database_patience * 1000}"},
    }


def prepare_engine(engine: Engine) -> None:
    """Install the connection settings and the explicit BEGIN that SQLite needs. Safe to call twice."""
    if engine.dialect.name != "sqlite":
        if not event.contains(engine, "checkin", _on_checkin):
            event.listen(engine, "checkin", _on_checkin)
            event.listen(engine, "checkout", partial(_on_checkout, engine.dialect))
        return
    if not event.contains(engine, "connect", _on_connect):
        event.listen(engine, "connect", _on_connect)
        event.listen(engine, "begin", _on_begin)


IDLE = 5.0
"""Seconds a pooled connection may rest before it is asked whether it still lives."""


def _on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["rested_since"] = monotonic()


def _on_checkout(
    dialect: Dialect, connection: Any, record: ConnectionPoolEntry, _proxy: object
) -> None:
    """Ask a connection that rested a while; a dead one is replaced before anybody notices."""
    since = record.info.get("rested_since")
    if since is None or monotonic() - since < IDLE:
        return
    try:
        alive = dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error:
        alive = False
    if not alive:
        raise DisconnectionError


def _on_connect(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=FAST",
        "temp_store=MEMORY",
        "cache_size=-16000",
        "mmap_size=268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writing.get() else "BEGIN")


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """On SQLite, wait for the one writer's turn before the transaction begins."""
    turns = _turns.get(str(engine.url))
    if turns is None:
        yield
    else:
        with turns.taken():
            yield


def _is_lock(error: OperationalError) -> bool:
    text = str(error.orig).lower()
    return "locked" in text or "lock timeout" in text or "deadlock" in text


_NO_SUCH_VALUE = frozenset({"22003", "22021"})
"""PostgreSQL's states for numbers out of range and characters it does not keep."""


@event.listens_for(Engine, "handle_error")
def _tell_unfit(context: ExceptionContext) -> None:
    error = context.original_exception
    refused = getattr(error, "sqlstate", None) in _NO_SUCH_VALUE or "NUL (0x00)" in str(error)
    if refused or isinstance(error, OverflowError):
        raise Unfit from error


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: object, _instances: object) -> None:
    if not _writing.get() and (session.new or session.dirty or session.deleted):
        raise WriteOutsideTransaction("rows are written inside config.database.transaction() only")
