"""The statistical tables beside the floor of the same SQL: their statements replayed by the driver alone.

What a table costs above its floor is ours: building statements, reading columns, adding up, checking
identities. ``stage`` gives the closed cases of a filled database a course to count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import event, text

from config.database import db
from petitions.queries.statistics.figures import Window, figures
from petitions.queries.statistics.spec import versions

VERSION, ROUNDS, TARGET = "tt01-2024", 5, 3.0
QUARTER = Window(date(2026, 6, 15), date(2026, 9, 14))
COURSES = (
    (0, "complaint", ("accept", "decide")),
    (1, "denunciation", ("accept", "conclude")),
    (2, "feedback", ("assign", "answer")),
)
"""By the remainder of a case's number: what it is and what was done with it after registration."""
Statement = tuple[str, Any]


def lines(line: Callable[[str, float, float], Any]) -> list[Any]:
    """The bench's lines (job, our milliseconds, the floor's), one a table."""
    stage()
    found = []
    for table in versions()[VERSION].tables.values():
        with collected() as statements:
            figures(table, QUARTER, among=None)
        ours, floor = [], []
        for _ in range(ROUNDS):
            ours.append(_timed(partial(figures, table, QUARTER, among=None)))
            floor.append(_timed(partial(replay, statements)))
        db.session.rollback()
        found.append(line(f"table {table.id}", median(ours) * 1000, median(floor) * 1000))
    return found


def stage() -> None:
    """Two acts more for every closed case, five and twenty-five days after it came."""
    postgres = db.engine.dialect.name == "postgresql"
    columns = "case_id, seq, action, state_from, state_to, on_, recorded_at, actor_id, role, agency_id, data, prev_hash, hash"
    columns = columns.replace("on_", '"on"')
    with db.engine.begin() as connection:
        for remainder, kind, acts in COURSES:
            chosen = f"NOT c.open AND c.id % 3 = {remainder}"
            connection.execute(text(f"UPDATE case_file AS c SET kind = '{kind}' WHERE {chosen}"))
            for seq, (action, days) in enumerate(zip(acts, (5, 25), strict=True), 2):
                on = f'e."on" + {days}' if postgres else f"date(e.\"on\", '+{days} days')"
                connection.execute(
                    text(
                        f"INSERT INTO event ({columns}) SELECT e.case_id, {seq}, '{action}', e.state_to,"
                        f" e.state_to, {on}, e.recorded_at, e.actor_id, e.role, e.agency_id, e.data,"
                        f" e.hash, substr(e.hash, 2) || '{seq}' FROM event e JOIN case_file c ON c.id = e.case_id"
                        f" WHERE e.seq = 1 AND {chosen}"
                    )
                )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


@contextmanager
def collected() -> Iterator[list[Statement]]:
    """What is sent to the database meanwhile, with its values as the driver gets them."""
    found: list[Statement] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        found.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def replay(statements: list[Statement]) -> None:
    """The same statements and rows without anything of ours."""
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    for statement, values in statements:
        cursor.execute(statement, values)
        if cursor.description:
            cursor.fetchall()
    connection.rollback()
    connection.close()


def _timed(work: Callable[[], Any]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
