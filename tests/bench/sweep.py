"""The sweep beside the floor of the same work: one set-based statement over the same tables.

Works on any filled database of the current application: ``stage`` makes so many of its open cases
due a look and overdue and the rest not due, ``measure`` times floor and sweep in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import delete, exists, select, update

from config.database import db, table_of
from notifications.models import OutboxMessage
from petitions.models import FAR, Case, Deadline, Flag, Sweep
from petitions.services.watch import SweepResult, sweep
from workflows.records import ClockState
from workflows.watch import NOT_A_DUTY

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
DUE, ROUNDS = 1_000, 7
CHUNK = 5_000
_case, _clock, _flag = (table_of(model).c for model in (Case, Deadline, Flag))


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the median round, how it compares to the floor of the same rounds, and a repeated pass."""

    floor: float
    sweep: float
    ratio: float
    again: float
    result: SweepResult


def lines(line: Callable[[str, float, float], Any]) -> list[Any]:
    """The bench's lines (job, our milliseconds, the floor's): ``DUE`` cases among all that are open."""
    found = measure(stage(DUE))
    return [line("sweep", found.sweep * 1000, found.floor * 1000)]


def stage(due: int) -> list[int]:
    """Sweep everything once, then make ``due`` open cases overdue since yesterday; their ids."""
    sweep(AT, now=AT)
    duty = (
        (_clock.case_id == _case.id)
        & (_clock.state == ClockState.RUNNING)
        & _clock.step.not_in(NOT_A_DUTY)
    )
    with db.engine.begin() as connection:
        chosen = (
            select(_case.id).where(_case.open, exists().where(duty)).order_by(_case.id).limit(due)
        )
        ids = list(connection.execute(chosen).scalars())
        for start in range(0, len(ids), CHUNK):
            connection.execute(
                update(Deadline.__table__)
                .where(
                    _clock.case_id.in_(ids[start : start + CHUNK]),
                    _clock.state == ClockState.RUNNING,
                    _clock.step.not_in(NOT_A_DUTY),
                )
                .values(due=DAY - timedelta(days=1), near_from=DAY - timedelta(days=8))
            )
        connection.execute(  # whatever else is due today is not of this measure
            update(Case.__table__).where(_case.next_look <= DAY).values(next_look=FAR)
        )
    return ids


def measure(ids: Sequence[int], rounds: int = ROUNDS) -> Measured:
    """Time the floor and the sweep in turns over the staged cases."""
    floors, sweeps, again = [], [], []
    statements = _floor_statements(db.engine.dialect.name)
    for _ in range(rounds):
        _reset(ids)
        floors.append(_timed(lambda: _floor(statements)))
        _reset(ids)
        started = perf_counter()
        result = sweep(AT, now=AT)
        sweeps.append(perf_counter() - started)
        again.append(_timed(lambda: sweep(AT, now=AT)))
    ratio = median(ours / floor for ours, floor in zip(sweeps, floors, strict=True))
    return Measured(median(floors), median(sweeps), ratio, median(again), result)


def _timed(work: Callable[[], Any]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _reset(ids: Sequence[int]) -> None:
    """As before the first pass over the staged cases."""
    with db.engine.begin() as connection:
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            connection.execute(delete(Flag.__table__).where(_flag.case_id.in_(chunk)))
            connection.execute(
                update(Case.__table__).where(_case.id.in_(chunk)).values(next_look=DAY)
            )
        connection.execute(delete(OutboxMessage.__table__))
        connection.execute(delete(Sweep.__table__))


# --- the floor: flag what is overdue, queue one reminder each, say when to look again ----------


def _floor(statements: Sequence[str]) -> None:
    given = {"day": str(DAY), "later": str(DAY + timedelta(days=6)), "now": str(AT)}
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    if db.engine.dialect.name == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
    for statement in statements:
        cursor.execute(statement, given)
    connection.commit()
    connection.close()


def _floor_statements(product: str) -> list[str]:
    postgres = product == "postgresql"
    day, now, later = (f"%({n})s" if postgres else f":{n}" for n in ("day", "now", "later"))
    passing = ", ".join(f"'{step.value}'" for step in sorted(NOT_A_DUTY))
    overdue = (
        "SELECT c.id, c.code, c.officer_id, d.id AS clock, d.due FROM case_file c"
        f" JOIN deadline d ON d.case_id = c.id WHERE c.open{'' if postgres else ' = 1'}"
        f" AND c.next_look <= {day} AND d.state = 'running' AND d.step NOT IN ({passing})"
        f" AND d.due < {day}{' FOR UPDATE OF c SKIP LOCKED' if postgres else ''}"
    )
    flags = (
        "INSERT INTO flag (case_id, kind, subject, raised_on, since, evidence)"
        f" SELECT id, 'overdue', clock, {day}, due, '{{}}' FROM due WHERE true ON CONFLICT DO NOTHING"
    )
    payload = "json_build_object('case', code)" if postgres else "json_object('case', code)"
    mail = (
        "INSERT INTO outbox_message"
        " (dedupe_key, kind, recipient_id, case_id, payload, created_at, not_before)"
        " SELECT 'overdue:' || id || ':' || clock || ':' || officer_id, 'overdue', officer_id, id,"
        f" {payload}, {now}, {now} FROM due WHERE true ON CONFLICT (dedupe_key) DO NOTHING"
    )
    look = f"UPDATE case_file SET next_look = {later} FROM due WHERE case_file.id = due.id"
    if postgres:
        return [
            f"WITH due AS MATERIALIZED ({overdue}), flagged AS ({flags}), looked AS ({look}) {mail}"
        ]
    return [f"WITH due AS ({overdue}) {statement}" for statement in (flags, mail, look)]
