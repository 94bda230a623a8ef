"""The sweep: what is near, late, dragging or forgotten, found for thousands of cases in a few statements.

It raises and clears flags and queues reminders; no clock ever changes a case's state. Only cases
whose ``next_look`` has come are looked at, in batches of one short transaction each, so a pass may
be broken off, repeated, run twice at once or come a week late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Integer,
    String,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db, read, table_of, transaction
from petitions.errors import Invalid
from petitions.models import Case, Flag, Sweep
from petitions.services.recipients import Staff
from petitions.services.watch_reminders import remind
from petitions.services.watch_spans import DAY, HOLDING, IDS, NEXT_LOOKS
from petitions.services.watch_sql import JsonText, OneOf
from workflows.transition import UNSETTLED
from workflows.watch import FlagKind

BATCH = 2000
"""Cases a transaction: well under half a second of everybody else's waiting."""

Guard = Callable[[Session], None]

_log = structlog.get_logger()
_case, _flag, _sweep = table_of(Case), table_of(Flag), table_of(Sweep)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """Cases looked at, flags raised and cleared, reminders queued, and cases whose rows made it fail."""

    looked: int = 0
    flagged: int = 0
    cleared: int = 0
    queued: int = 0
    failed: int = 0

    def __add__(self, other: SweepResult) -> SweepResult:
        return SweepResult(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class _Pass:
    """What one pass needs in every batch."""

    day: date
    now: datetime
    staff: Staff
    dry_run: bool
    guard: Guard | None

    def end(self, session: Session) -> None:
        """The last thing in each of its transactions."""
        if self.dry_run:
            session.rollback()
        elif self.guard is not None:
            self.guard(session)


def sweep(
    at: datetime, *, dry_run: bool = False, now: datetime, guard: Guard | None = None
) -> SweepResult:
    """One pass of the watch as of ``at``, recorded at ``now``; ``dry_run`` counts and writes nothing.

    A flag's ``since`` is the true day, its ``raised_on`` the day of the pass. ``guard`` is asked at
    the end of every transaction and may raise to have it undone and the pass broken off. Raises
    ``Invalid`` at ``at`` when a later instant was swept already, ``Busy`` when the database stays locked.
    """
    if not dry_run:
        _refuse_earlier(at)
    this = _Pass(local_day(at), now, Staff.on(local_day(now)), dry_run, guard)
    total = SweepResult()
    look, last = date.min, 0
    while True:
        result, rows = _look(this, _DUE, {"look": look, "id": last, "batch": BATCH})
        total += result
        if len(rows) < BATCH:
            break
        look, last = rows[-1]
    total += _clear_closed(this)
    with transaction() as session:
        session.execute(insert(_sweep), [{"at": at, "recorded_at": now, **_kept(total)}])
        this.end(session)
    return total


def _refuse_earlier(at: datetime) -> None:
    last = db.session.scalar(select(func.max(Sweep.at)))
    if last is not None and at < last:
        raise Invalid.at("at", f"Đã quét đến {last.isoformat()}; không quét lùi về trước đó.")


def _kept(total: SweepResult) -> dict[str, int]:
    return {name: count for name, count in asdict(total).items() if name in _sweep.c}


def _due(*more: ColumnElement[bool]) -> Any:
    """Open cases due a look, the longest waiting first; on PostgreSQL each is locked or passed over."""
    return (
        select(_case.c.next_look, _case.c.id)
        .where(_case.c.open, _case.c.next_look <= DAY, *more)
        .order_by(_case.c.next_look, _case.c.id)
        .with_for_update(skip_locked=True, key_share=True)
    )


_DUE = _due(
    tuple_(_case.c.next_look, _case.c.id)
    > tuple_(bindparam("look", type_=Date()), bindparam("id", type_=BigInteger()))
).limit(bindparam("batch", type_=Integer()))
"""The next ``batch`` of them after the place ``look``, ``id``."""
_DUE_OF = _due(OneOf(_case.c.id, IDS))


def _look(this: _Pass, due: Any, given: dict[str, Any]) -> tuple[SweepResult, list[Any]]:
    """Look at one batch; also which it was. A failing batch is halved until one case stands alone."""
    rows: list[Any] = []
    try:
        with transaction() as session:
            rows = list(read(due, {"day": this.day, **given}))
            result = _restate(session, this, [row.id for row in rows]) if rows else SweepResult()
            this.end(session)
    except (DBAPIError, ValueError) as error:
        if not rows or (isinstance(error, DBAPIError) and error.connection_invalidated):
            raise
        result = _apart(this, [row.id for row in rows], error)
        if result.failed == BATCH:  # not one sound case in so many: the fault lies elsewhere
            raise
    return result, rows


def _apart(this: _Pass, ids: list[int], error: Exception) -> SweepResult:
    if len(ids) == 1:
        code = read(select(_case.c.code).where(_case.c.id == ids[0])).scalar_one()
        _log.error("sweep_failed", case=code, exc_info=error)
        return SweepResult(failed=1)
    half = len(ids) // 2
    parts = (ids[:half], ids[half:])
    return sum((_look(this, _DUE_OF, {"ids": part})[0] for part in parts), SweepResult())


def _restate(session: Session, this: _Pass, ids: list[int]) -> SweepResult:
    """Bring the flags of these locked cases in line with the day."""
    connection, given = session.connection(), {"ids": ids, "day": this.day}
    cleared = connection.execute(_CLEAR, given).all()
    raised = connection.execute(_RAISE[connection.dialect.name], given).all()
    queued = remind(session, raised, this.staff, this.now)
    connection.execute(_NEXT_LOOK, given)
    return SweepResult(len(ids), len(raised), len(cleared), queued)


def _clear() -> Any:
    """A flag that holds no longer, or on other evidence, is cleared.

    No day raises the flag of a circling petition, and none clears it: it stands until the case is
    settled.
    """
    flag = _flag.c
    unsettled = exists().where(_case.c.id == flag.case_id, _case.c.state.in_(UNSETTLED))
    return (
        update(_flag)
        .values(cleared_on=DAY)
        .where(
            flag.cleared_on.is_(None),
            OneOf(flag.case_id, IDS),
            or_(flag.kind != FlagKind.CIRCLING, ~unsettled),
            tuple_(*_fact(flag)).not_in(select(*_fact(HOLDING.subquery().c))),
        )
        .returning(flag.id)
    )


def _fact(flag: Any) -> list[Any]:
    """What makes two flags the same; the JSON is read, for a restored backup spells it its own way."""
    shown = [JsonText(flag.evidence, key) for key in ("step", "due", "counted_from")]
    return [
        flag.case_id,
        flag.kind,
        flag.subject,
        flag.since,
        *(func.coalesce(t, "") for t in shown),
    ]


def _raise(dialect: Any) -> Any:
    flag, holding = _flag.c, HOLDING.subquery().c
    return (
        dialect.insert(_flag)
        .from_select(
            ["case_id", "kind", "subject", "since", "evidence", "raised_on"],
            select(*holding, DAY).where(holding.case_id > 0),  # SQLite wants a WHERE before ON
        )
        .on_conflict_do_nothing(
            index_elements=["case_id", "kind", "subject"], index_where=flag.cleared_on.is_(None)
        )
        .returning(
            flag.case_id,
            type_coerce(flag.kind, String),
            flag.subject,
            type_coerce(flag.since, String),
        )
    )


def _next_look() -> Any:
    looks = NEXT_LOOKS.subquery()
    return update(_case).values(next_look=looks.c.look).where(_case.c.id == looks.c.id)


_CLEAR = _clear()
_RAISE = {"postgresql": _raise(postgresql), "sqlite": _raise(sqlite)}
_NEXT_LOOK = _next_look()


_LEFT_STANDING = (
    _flag.c.cleared_on.is_(None),
    exists().where(_case.c.id == _flag.c.case_id, ~_case.c.open),
)
_OF_CLOSED = select(_flag.c.id).where(*_LEFT_STANDING)
_CLEAR_CLOSED = (
    update(_flag)
    .values(cleared_on=DAY)
    .where(OneOf(_flag.c.id, IDS), *_LEFT_STANDING)
    .returning(_flag.c.id)
)


def _clear_closed(this: _Pass) -> SweepResult:
    """A case that has ended keeps no standing flag."""
    total = SweepResult()
    ids = list(read(_OF_CLOSED).scalars())
    for start in range(0, len(ids), BATCH):
        given = {"ids": ids[start : start + BATCH], "day": this.day}
        with transaction() as session:
            cleared = session.connection().execute(_CLEAR_CLOSED, given).all()
            this.end(session)
        total += SweepResult(cleared=len(cleared))
    return total
