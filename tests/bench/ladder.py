"""The ladder beside the floor of the same work: what reached a rung told of in two statements.

``stage`` gives the open cases of a filled database ``DEADLINES`` running dates, of which so many stand
on a rung today; ``measure`` times floor and climb in turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import delete, text

from config.database import db
from notifications.models import OutboxMessage
from petitions.models import Reminder
from petitions.services.reminders import Climbed, climb
from petitions.services.watch import sweep
from tests.bench.sweep import AT, DAY

DEADLINES, REACHED, ROUNDS = 100_000, 1_000, 5
DUE = date(2026, 11, 25)
"""Two working days on: the officer's rung."""
FAR_OFF = DAY + timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the median rounds, the floor's and the climb's; what the climb did."""

    floor: float
    climb: float
    done: Climbed


def lines(line: Callable[[str, float, float], Any]) -> list[Any]:
    """The bench's lines: a morning on which ``REACHED`` dates reach a rung, and one on which all do."""
    stage(REACHED)
    morning = measure()
    stage(DEADLINES)
    every = measure(rounds=1)
    assert (morning.done.found, every.done.found) == (REACHED, DEADLINES)
    sweep(AT, now=AT)
    idle = _timed(lambda: (sweep(AT, now=AT), climb(AT)))
    _reset()
    _floor()
    untouched = _timed(_floor)
    return [
        line("ladder, 100,000 deadlines", morning.climb * 1000, morning.floor * 1000),
        line("ladder, all reach a rung", every.climb * 1000, every.floor * 1000),
        line("sweep + ladder an hour later", idle * 1000, untouched * 1000),
    ]


def stage(reached: int) -> None:
    """``DEADLINES`` running dates of the open cases; the first ``reached`` of them stand on a rung."""
    with db.engine.begin() as connection:
        running = "state = 'running' AND case_id IN (SELECT id FROM case_file WHERE open)"
        known = connection.execute(
            text(f"SELECT count(*) FROM deadline WHERE {running}")
        ).scalar_one()
        columns = _columns(connection)
        first = connection.execute(text("SELECT max(occurrence) FROM deadline")).scalar_one()
        while known < DEADLINES:
            first += 1
            known += connection.execute(
                text(
                    f"INSERT INTO deadline (occurrence, {columns}) SELECT :next, {columns}"
                    f" FROM deadline WHERE {running} AND occurrence = 1 ORDER BY id LIMIT :most"
                ),
                {"next": first, "most": DEADLINES - known},
            ).rowcount
        connection.execute(text("UPDATE deadline SET due = :far"), {"far": FAR_OFF})
        connection.execute(
            text(
                f"UPDATE deadline SET due = :due WHERE id IN (SELECT id FROM deadline WHERE {running}"
                " ORDER BY id LIMIT :reached)"
            ),
            {"due": DUE, "reached": reached},
        )
        connection.execute(text("ANALYZE"))


def _columns(connection: Any) -> str:
    from petitions.models import Deadline

    return ", ".join(
        f'"{column.name}"'
        for column in Deadline.__table__.c
        if column.name not in {"id", "occurrence"}
    )


def measure(rounds: int = ROUNDS) -> Measured:
    """Time the floor and the climb in turns over the staged dates."""
    floors, climbs = [], []
    done = Climbed()
    for _ in range(rounds):
        _reset()
        floors.append(_timed(_floor))
        _reset()
        started = perf_counter()
        done = climb(AT)
        climbs.append(perf_counter() - started)
    return Measured(median(floors), median(climbs), done)


def _timed(work: Callable[[], Any]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _reset() -> None:
    with db.engine.begin() as connection:
        connection.execute(delete(Reminder))
        connection.execute(delete(OutboxMessage))


def _floor() -> None:
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    if db.engine.dialect.name == "sqlite":
        cursor.execute("BEGIN IMMEDIATE")
    for statement in _floor_statements(db.engine.dialect.name):
        cursor.execute(statement, {"due": str(DUE), "day": str(DAY), "now": str(AT)})
    connection.commit()
    connection.close()


def _floor_statements(product: str) -> Sequence[str]:
    postgres = product == "postgresql"
    due, day, now = (f"%({name})s" if postgres else f":{name}" for name in ("due", "day", "now"))
    reached = (
        " FROM deadline d JOIN case_file c ON c.id = d.case_id"
        f" WHERE c.open{'' if postgres else ' = 1'} AND d.state = 'running' AND d.due = {due}"
        " ON CONFLICT DO NOTHING"
    )
    payload = "json_build_object('case', c.code)" if postgres else "json_object('case', c.code)"
    return (
        "INSERT INTO reminder (subject, subject_id, version, rung, recipient_id, case_id, agency_id,"
        " due, fired_on, fired_at) SELECT 'deadline', d.id, d.version, 'before_2', c.officer_id, c.id,"
        f" d.agency_id, d.due, {day}, {now}{reached}",
        "INSERT INTO outbox_message"
        " (dedupe_key, kind, recipient_id, case_id, payload, created_at, not_before)"
        f" SELECT 'rung:' || d.id || ':' || c.officer_id, 'rung', c.officer_id, c.id, {payload},"
        f" {now}, {now}{reached}",
    )
