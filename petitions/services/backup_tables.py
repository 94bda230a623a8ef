"""Every table of a database as plain rows that either product can read back, exactly.

What is there is asked of the database, not of today's models, so an older schema is read and written
by its own columns.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from graphlib import TopologicalSorter
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.types import UserDefinedType

from config.database import db

BATCH = 1000
"""Rows read or written at a time."""

NOT_STATE = ("alembic_version", "case_search", "lease")
"""Tables that are no part of the state: the schema's own mark, the text index (made anew from the
texts), and who leads the scheduled work at the moment."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A table: its columns in order with their portable kinds, and what its rows are told apart by."""

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    refers_to_itself: bool
    counted: tuple[str, ...]
    """Columns the database numbers by itself."""


@contextmanager
def snapshot() -> Iterator[Connection]:
    """One unchanging view of the whole database while others go on writing."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def names(connection: Connection) -> list[str]:
    """The names of the tables of the state, sorted."""
    found = sa.inspect(connection).get_table_names()
    return sorted(name for name in found if not name.startswith(NOT_STATE))


def shapes(connection: Connection) -> list[Shape]:
    """The tables of the state, those referred to before those that refer."""
    inspector = sa.inspect(connection)
    targets = {
        name: {key["referred_table"] for key in inspector.get_foreign_keys(name)}
        for name in names(connection)
    }
    order = TopologicalSorter({name: found - {name} for name, found in targets.items()})
    found = []
    for name in order.static_order():
        columns = [column for column in inspector.get_columns(name) if "computed" not in column]
        found.append(
            Shape(
                name,
                {column["name"]: _kind(column["type"]) for column in columns},
                tuple(inspector.get_pk_constraint(name)["constrained_columns"]),
                name in targets[name],
                tuple(column["name"] for column in columns if _numbered(column)),
            )
        )
    return found


def _numbered(column: ReflectedColumn) -> bool:
    return str(column.get("default") or "").startswith("nextval(")


def _kind(type_: sa.types.TypeEngine[Any]) -> str:
    for kind, codec in CODECS.items():
        if isinstance(type_, codec.types):
            return kind
    raise TypeError(f"no portable form for a column of type {type_!r}")


class _JsonText(UserDefinedType[str]):
    """A JSON column given and taken as the text it is stored as."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Its name in SQL."""
        return "JSON"


@dataclass(frozen=True, slots=True)
class _Codec:
    """One kind of value: the column types it stands for, its type when bound, and both directions.

    ``as_text``: the database itself turns it into text, which no driver's number can do exactly.
    """

    types: tuple[type[sa.types.TypeEngine[Any]], ...]
    bound_as: sa.types.TypeEngine[Any]
    out: Callable[[Any], Any] | None = None
    back: Callable[[Any], Any] | None = None
    as_text: bool = False


def _decimal_out(value: str) -> str:
    return f"{Decimal(value).normalize():f}"


def _instant_out(value: datetime) -> str:
    aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


CODECS: Mapping[str, _Codec] = {
    "bool": _Codec((sa.Boolean,), sa.Boolean()),
    "int": _Codec((sa.Integer,), sa.BigInteger()),
    "float": _Codec((sa.Float,), sa.Double()),
    "decimal": _Codec((sa.Numeric,), sa.Numeric(), _decimal_out, Decimal, as_text=True),
    "instant": _Codec(
        (sa.DateTime,), sa.DateTime(timezone=True), _instant_out, datetime.fromisoformat
    ),
    "date": _Codec((sa.Date,), sa.Date(), date.isoformat, date.fromisoformat),
    "time": _Codec((sa.Time,), sa.Time(), time.isoformat, time.fromisoformat),
    "json": _Codec((sa.JSON,), _JsonText(), as_text=True),
    "bytes": _Codec(
        (sa.LargeBinary,),
        sa.LargeBinary(),
        lambda value: base64.b64encode(value).decode(),
        base64.b64decode,
    ),
    "text": _Codec((sa.String,), sa.Text()),
}


def read(connection: Connection, shape: Shape) -> Iterator[list[list[Any]]]:
    """The rows in batches, each a list of plain JSON values in column order."""
    columns = [
        sa.cast(column, sa.Text) if CODECS[kind].as_text else column
        for column, kind in zip(_columns(shape), shape.columns.values(), strict=True)
    ]
    turn = [CODECS[kind].out for kind in shape.columns.values()]
    result = connection.execute(
        sa.select(*columns).select_from(sa.table(shape.name)).order_by(*map(sa.column, shape.key)),
        execution_options={"yield_per": BATCH},
    )
    for batch in result.partitions():
        yield [
            [
                value if out is None or value is None else out(value)
                for out, value in zip(turn, row, strict=True)
            ]
            for row in batch
        ]


def row_of(columns: Mapping[str, str], line: bytes) -> Row:
    """One stored row, its columns and kinds in stored order, with values as Python knows them."""
    return {
        name: value if value is None or (back := CODECS[kind].back) is None else back(value)
        for (name, kind), value in zip(columns.items(), json.loads(line), strict=True)
    }


def write(connection: Connection, shape: Shape, rows: Iterable[Row]) -> int:
    """Insert the rows; returns how many.

    Rows that refer to rows of the same table, in whatever order, go in by one statement: both
    databases judge references when a statement ends.
    """
    target = f"restore_{shape.name}" if shape.refers_to_itself else shape.name
    columns = ", ".join(f'"{name}"' for name in shape.columns)
    if shape.refers_to_itself:
        connection.exec_driver_sql(
            f'CREATE TEMPORARY TABLE "{target}" AS SELECT {columns} FROM "{shape.name}" WHERE 1 = 0'  # noqa: S608
        )
    statement = sa.insert(sa.table(target, *_columns(shape)))
    count = 0
    pending = iter(rows)
    while batch := list(islice(pending, BATCH)):
        connection.execute(statement, batch)
        count += len(batch)
    if shape.refers_to_itself:
        connection.exec_driver_sql(
            f'INSERT INTO "{shape.name}" ({columns}) SELECT {columns} FROM "{target}"'  # noqa: S608
        )
        connection.exec_driver_sql(f'DROP TABLE "{target}"')
    return count


def count_on(connection: Connection, shape: Shape) -> None:
    """Let PostgreSQL's own numbers go on after the highest restored one; SQLite does so by itself."""
    for name in shape.counted:
        highest = connection.scalar(
            sa.select(sa.func.max(sa.column(name))).select_from(sa.table(shape.name))
        )
        if highest is not None:
            sequence = sa.func.pg_get_serial_sequence(shape.name, name)
            connection.execute(sa.select(sa.func.setval(sequence, highest)))


def _columns(shape: Shape) -> list[sa.ColumnClause[Any]]:
    return [sa.column(name, CODECS[kind].bound_as) for name, kind in shape.columns.items()]
