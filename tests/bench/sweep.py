"""The sweep beside the floor of the same work: one set-based statement over the same tables.

``fill`` lays out an empty database, ``measure`` times both in turns inside one application context.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, delete, insert, text, update

from config.database import db
from notifications.models import OutboxMessage
from petitions.models import FAR, Agency, Case, Deadline, Flag, Hat, Sweep, User
from petitions.services.watch import SweepResult, sweep
from workflows.records import ClockState, Source
from workflows.vocabulary import AgencyKind, Coarse, Fact, Kind, Role, State, Step

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
AGENCIES, OFFICERS = 20, 10
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of the median round, and how the sweep compares to the floor of the same rounds."""

    floor: float
    sweep: float
    ratio: float
    again: float
    result: SweepResult


def fill(open_cases: int, due: int, closed: int = 0) -> None:
    """``open_cases`` complaints in settlement, ``due`` of them overdue since yesterday, and ended ones."""
    with db.engine.begin() as connection:
        _offices(connection)
        total = open_cases + closed
        for start in range(0, total, CHUNK):
            ids = range(start + 1, min(start + CHUNK, total) + 1)
            connection.execute(insert(Case), [_case(n, n <= open_cases, n <= due) for n in ids])
            clocks = [clock for n in ids for clock in _clocks(n, n <= open_cases, n <= due)]
            connection.execute(insert(Deadline), clocks)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def measure(rounds: int = 5, at: datetime = AT) -> Measured:
    """Time the floor and the sweep in turns over the laid out database."""
    floors, sweeps, again = [], [], []
    for _ in range(rounds):
        _reset()
        floors.append(_timed(_floor))
        _reset()
        started = perf_counter()
        result = sweep(at, now=at)
        sweeps.append(perf_counter() - started)
        again.append(_timed(lambda: sweep(at, now=at)))
    ratio = median(ours / floor for ours, floor in zip(sweeps, floors, strict=True))
    return Measured(median(floors), median(sweeps), ratio, median(again), result)


def _timed(work: Any) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _floor() -> None:
    """The least a sweep must do, over the same tables: flag what is overdue, queue one reminder each."""
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    given = {"day": str(DAY), "later": str(DAY + timedelta(days=6)), "now": str(AT)}
    if db.engine.dialect.name == "postgresql":
        cursor.execute(_floor_postgresql(), given)
        connection.commit()
    else:
        cursor.execute("BEGIN IMMEDIATE")
        for statement in _floor_sqlite():
            cursor.execute(statement, given)
        cursor.execute("COMMIT")
    connection.close()


_OVERDUE = (
    "SELECT c.id, c.code, c.officer_id, d.id AS clock, d.due FROM case_file c"
    " JOIN deadline d ON d.case_id = c.id WHERE c.open{truth} AND c.next_look <= {day}"
    " AND d.step = 'settlement' AND d.state = 'running' AND d.due < {day}"
)
_FLAGS = (
    "INSERT INTO flag (case_id, kind, subject, raised_on, since, evidence)"
    " SELECT id, 'overdue', clock, {day}, due, '{{}}' FROM due"
)
_MAIL = (
    "INSERT INTO outbox_message"
    " (dedupe_key, kind, recipient_id, case_id, payload, created_at, not_before)"
    " SELECT 'overdue:' || id || ':' || clock || ':' || officer_id, 'overdue', officer_id, id,"
    " {payload}, {now}, {now} FROM due WHERE true ON CONFLICT (dedupe_key) DO NOTHING"
)


def _floor_postgresql() -> str:
    words = {"day": "%(day)s", "now": "%(now)s", "truth": ""}
    return (
        f"WITH due AS MATERIALIZED ({_OVERDUE.format(**words)} FOR UPDATE OF c SKIP LOCKED),"
        f" flagged AS ({_FLAGS.format(**words)} ON CONFLICT DO NOTHING),"
        " looked AS (UPDATE case_file SET next_look = %(later)s FROM due WHERE case_file.id = due.id) "
        + _MAIL.format(payload="json_build_object('case', code)", **words)
    )


def _floor_sqlite() -> list[str]:
    words = {"day": ":day", "now": ":now", "truth": " = 1"}
    due = f"WITH due AS ({_OVERDUE.format(**words)})"
    mail = _MAIL.format(payload="json_object('case', code)", **words)
    return [
        f"{due} {_FLAGS.format(**words)} WHERE true ON CONFLICT DO NOTHING",
        f"{due} {mail}",
        f"{due} UPDATE case_file SET next_look = :later FROM due WHERE case_file.id = due.id",
    ]


def _reset() -> None:
    """As before the first pass."""
    with db.engine.begin() as connection:
        due = connection.execute(delete(Flag).returning(Flag.case_id)).scalars().all()
        for start in range(0, len(due), CHUNK):
            ids = due[start : start + CHUNK]
            connection.execute(update(Case).where(Case.id.in_(ids)).values(next_look=DAY))
        connection.execute(delete(OutboxMessage))
        connection.execute(delete(Sweep))


def _offices(connection: Connection) -> None:
    numbers = range(1, AGENCIES + 1)
    connection.execute(
        insert(Agency),
        [
            {
                "id": n, "code": f"a{n}", "name": f"Cơ quan {n}", "kind": AgencyKind.COMMUNE,
                "book_prefix": f"A{n}", "valid_from": date(2025, 7, 1), "competence": {},
            }
            for n in numbers
        ],
    )  # fmt: skip
    people = [(n, agency) for agency in numbers for n in _officers(agency)]
    connection.execute(
        insert(User),
        [
            {"id": n, "username": f"u{n}", "name": f"Cán bộ {n}", "password_hash": "-"}
            for n, _ in people
        ],
    )
    connection.execute(
        insert(Hat),
        [
            {
                "user_id": n,
                "role": Role.OFFICER,
                "agency_id": agency,
                "valid_from": date(2025, 7, 1),
            }
            for n, agency in people
        ],
    )


def _officers(agency: int) -> range:
    return range((agency - 1) * OFFICERS + 1, agency * OFFICERS + 1)


def _agency(n: int) -> int:
    return n % AGENCIES + 1


def _officer(n: int) -> int:
    return _officers(_agency(n))[n // AGENCIES % OFFICERS]


def _due(late: bool) -> date:
    return DAY - timedelta(days=1) if late else DAY + timedelta(days=30)


def _case(n: int, is_open: bool, late: bool) -> dict[str, Any]:
    received = DAY - timedelta(days=25)
    return {
        "id": n, "code": f"A-{n:07d}", "version": 1, "kind": Kind.COMPLAINT, "instance": 1,
        "state": State.VERIFYING if is_open else State.CLOSED, "subkind": None,
        "coarse": Coarse.ASSIGNED if is_open else Coarse.RESOLVED, "open": is_open,
        "agency_id": _agency(n), "origin_agency_id": _agency(n), "officer_id": _officer(n),
        "received_on": received, "first_received_on": received, "entered_at": AT,
        "last_on": received, "closed_on": None if is_open else DAY, "source": Source.POST,
        "field_id": 1, "summary": "Khiếu nại về bồi thường, hỗ trợ khi thu hồi đất",
        "facts": {Fact.RECEIVED.value: received.isoformat()}, "marks": [],
        "next_due": _due(late) if is_open else FAR, "next_step": Step.SETTLEMENT.value,
        "next_look": FAR if not is_open else DAY if late else DAY + timedelta(days=6),
    }  # fmt: skip


def _clocks(n: int, is_open: bool, late: bool) -> list[dict[str, Any]]:
    return [
        {
            "case_id": n, "step": step, "agency_id": _agency(n), "trigger_fact": trigger,
            "trigger_on": DAY - timedelta(days=25), "nominal_end": due, "due": due, "safe": due,
            "near_from": due - timedelta(days=7), "rule": "KN04", "row_key": "kn04",
            "citation": "Luật Khiếu nại, Điều 28", "explanation": ["…"], "provisional": False,
            "state": state if is_open else ClockState.ENDED, "closed_on": None,
        }
        for step, trigger, due, state in (
            (Step.SETTLEMENT, "accepted", _due(late), ClockState.RUNNING),
            (Step.LIMITATION, "contested_decision_received", DAY + timedelta(days=60), ClockState.RUNNING),
            (Step.ACCEPTANCE_DECISION, "received", DAY - timedelta(days=14), ClockState.MET),
        )
    ]  # fmt: skip
