"""The lease of the leader: one row, counted by the database's clock.

A lock is kept by a process that hangs; a lease ends by itself. It only saves work: should two
schedulers both think they lead, the claim of a slot still goes to one of them. One thing it cannot
mend: a process frozen in the middle of a write keeps SQLite's only lock until it wakes or dies.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from config.database import UTCDateTime, insert_into, read, table_of, transaction
from petitions.models import Lease as LeaseRow

SECONDS = 5
"""How long a leader that says nothing still leads."""

_row = table_of(LeaseRow)


class _SecondsFromNow(FunctionElement[Any]):
    """The database's present instant plus so many seconds."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(_SecondsFromNow, "postgresql")
def _on_postgresql(element: _SecondsFromNow, compiler: SQLCompiler, **kw: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **kw)})"


@compiles(_SecondsFromNow, "sqlite")
def _on_sqlite(element: _SecondsFromNow, compiler: SQLCompiler, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


class Lease:
    """The claim of ``owner`` to lead."""

    def __init__(self, owner: str, name: str = "scheduler") -> None:
        self.owner, self.name = owner, name
        self._mine = (_row.c.name == name) & (_row.c.owner == owner)
        self._over = _row.c.until < _SecondsFromNow(0)

    def hold(self) -> bool:
        """Take or renew the lease; whether this owner leads now."""
        others = select(_row.c.name).where(
            _row.c.name == self.name, _row.c.owner != self.owner, ~self._over
        )
        if read(others).first() is not None:
            return False
        with transaction() as session:
            connection = session.connection()
            until = _SecondsFromNow(SECONDS)
            taken = (
                insert_into(connection, _row)
                .values(name=self.name, owner=self.owner, until=until)
                .on_conflict_do_update(
                    index_elements=["name"],
                    set_={"owner": self.owner, "until": until},
                    where=or_(_row.c.owner == self.owner, self._over),
                )
                .returning(_row.c.owner)
            )
            return connection.execute(taken).first() is not None

    def held(self, session: Session) -> bool:
        """Whether it still stands, asked inside a transaction before it commits."""
        standing = select(_row.c.name).where(self._mine, ~self._over)
        return session.connection().execute(standing).first() is not None

    def release(self) -> None:
        """Let another scheduler lead at once."""
        with transaction() as session:
            session.connection().execute(
                update(_row).where(self._mine).values(until=_SecondsFromNow(-1))
            )
