"""The inspectorate's queue beside the floor of the same SQL, with every case of the table open.

The floor runs the very statements the queue asks, through the database's own driver, and puts the
rows into a bare page. Works on any filled database of the current application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask, current_app, render_template_string
from sqlalchemy import event, text

from config.clock import local_day, now
from config.database import db
from petitions.queries.case_filters import horizon
from petitions.queries.queue import opened
from petitions.queries.queue_shapes import QueueFilters
from petitions.rulebook import current
from petitions.services.weighing import shipped_table
from tests.web.browsing import Visitor
from tests.world import known_actor
from workflows.severity import Klass

ROUNDS = 40
PAGE = """<!doctype html><html lang="vi"><title>x</title><table>{% for r in rows %}<tr>{% for c in r %}<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>"""
DEEP = "rest.rest.20.{}"
"""A mark far down the list of those that are only watched."""
WEIGHTS = """
INSERT INTO case_weight (case_id, points, beyond, crowd, skipped, repeated, prolonged, overdue, security,
    spread, protected, facts, case_version, table_version, weighed_on)
SELECT id, (id * 7919) % 60 + CASE WHEN id % 5000 = 0 THEN 25 ELSE 0 END, 0, (id * 7919) % 60, 0, 0, 0, 0,
    CASE WHEN id % 5000 = 0 THEN 25 ELSE 0 END, 0, 0, '{"people": 34}', version, 1, :day FROM case_file
"""


def lines(line: Callable[[str, float, float], Any]) -> Iterator[Any]:
    """The bench's lines (job, our milliseconds, the floor's)."""
    with staged() as last:
        visitor = Visitor(current_app._get_current_object(), known_actor("hoa"))  # type: ignore[attr-defined]
        deep = DEEP.format(last // 2)
        for job, address, filters, after in (
            ("inspection queue", "/hang-doi", QueueFilters(), None),
            ("inspection queue, deep", f"/hang-doi?klass=rest&after={deep}",
             QueueFilters(klass=Klass.REST), deep),
        ):  # fmt: skip
            statements = asked(filters, after)
            bare = floor(statements)
            ours, theirs = [], []
            for turn in range(ROUNDS + 5):
                mine = timed(lambda address=address: visitor.get(address))
                plain = timed(bare)
                if turn >= 5:
                    ours.append(mine)
                    theirs.append(plain)
            yield line(job, median(ours), median(theirs))


@contextmanager
def staged() -> Iterator[int]:
    """Every case open and weighed for as long as it lasts; the greatest id."""
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM case_weight"))
        connection.execute(text("UPDATE case_file SET open = true"))
        connection.execute(text(WEIGHTS), {"day": local_day(now()).isoformat()})
        last = int(connection.execute(text("SELECT max(id) FROM case_file")).scalar_one())
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    try:
        yield last
    finally:
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text("DELETE FROM case_weight"))
            connection.execute(text("UPDATE case_file SET open = (state <> 'closed')"))


def asked(filters: QueueFilters, after: str | None) -> list[tuple[str, Any]]:
    """The statements one page of the queue asks, as the driver gets them."""
    actor, today = known_actor("hoa"), local_day(now())
    seen = horizon(today, current(db.session()).calendar)
    found: list[tuple[str, Any]] = []

    def heard(_c: Any, _cursor: Any, statement: str, given: Any, _x: Any, _many: bool) -> None:
        found.append((statement, given))

    event.listen(db.engine, "before_cursor_execute", heard)
    try:
        opened(actor, filters, table=shipped_table(), seen=seen, after=after)
    finally:
        event.remove(db.engine, "before_cursor_execute", heard)
        db.session.rollback()
    return found


def floor(statements: list[tuple[str, Any]]) -> Callable[[], Any]:
    """A bare application that runs the statements and shows the rows."""
    app = Flask("bare")
    connection = db.engine.raw_connection()

    @app.get("/")
    def show() -> str:
        rows: list[Any] = []
        cursor = connection.cursor()
        for statement, given in statements:
            cursor.execute(statement, given)
            rows += cursor.fetchall()
        cursor.close()
        connection.rollback()
        return render_template_string(PAGE, rows=rows)

    client = app.test_client()
    return lambda: client.get("/")


def timed(work: Callable[[], Any]) -> float:
    """Milliseconds."""
    started = perf_counter()
    work()
    return (perf_counter() - started) * 1000
