"""The sweep beside the floor of the same work: one set-based statement over a narrow table.

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
from petitions.models import FAR, Agency, Case, Deadline, Field, Flag, Hat, Sweep, User
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
            connection.execute(
                text("INSERT INTO floor_case VALUES (:id, :officer, :due, :open, NULL)"),
                [
                    {"id": n, "officer": _officer(n), "due": _due(n <= due), "open": n <= open_cases}
                    for n in ids
                ],
            )
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def measure(rounds: int = 5, at: datetime = AT) -> Measured:
    """Time the floor and the sweep in turns over the laid out database."""
    floors, sweeps, again = [], [], []
    for _ in range(rounds):
        _reset()
        floors.append(_timed(_floor))
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
    """What a sweep must do at least: mark what is overdue and queue one reminder each."""
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    if db.engine.dialect.name == "postgresql":
        cursor.execute(
            "WITH due AS (SELECT id, officer FROM floor_case WHERE open AND overdue_on IS NULL"
            " AND due < %s FOR UPDATE SKIP LOCKED),"
            " marked AS (UPDATE floor_case f SET overdue_on = %s FROM due WHERE f.id = due.id)"
            " INSERT INTO floor_outbox (case_id, kind, recipient)"
            " SELECT id, 'overdue', officer FROM due ON CONFLICT DO NOTHING",
            (DAY, DAY),
        )
        connection.commit()
    else:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute(
            "INSERT INTO floor_outbox (case_id, kind, recipient) SELECT id, 'overdue', officer"
            " FROM floor_case WHERE open AND overdue_on IS NULL AND due < ? ON CONFLICT DO NOTHING",
            (DAY.isoformat(),),
        )
        cursor.execute(
            "UPDATE floor_case SET overdue_on = ? WHERE open AND overdue_on IS NULL AND due < ?",
            (DAY.isoformat(), DAY.isoformat()),
        )
        cursor.execute("COMMIT")
    connection.close()


def _reset() -> None:
    """As before the first pass."""
    with db.engine.begin() as connection:
        due = connection.execute(delete(Flag).returning(Flag.case_id)).scalars().all()
        for start in range(0, len(due), CHUNK):
            ids = due[start : start + CHUNK]
            connection.execute(update(Case).where(Case.id.in_(ids)).values(next_look=DAY))
        connection.execute(delete(OutboxMessage))
        connection.execute(delete(Sweep))
        connection.execute(text("DELETE FROM floor_outbox"))
        connection.execute(text("UPDATE floor_case SET overdue_on = NULL WHERE overdue_on IS NOT NULL"))


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
        [{"id": n, "username": f"u{n}", "name": f"Cán bộ {n}", "password_hash": "-"} for n, _ in people],
    )
    connection.execute(
        insert(Hat),
        [
            {"user_id": n, "role": Role.OFFICER, "agency_id": agency, "valid_from": date(2025, 7, 1)}
            for n, agency in people
        ],
    )
    connection.execute(
        insert(Field).values(
            id=1, code="dat-dai", name="Đất đai", level=1, statistic="land", valid_from=date(2025, 7, 1)
        )
    )
    connection.execute(
        text(
            "CREATE TABLE floor_case (id bigint PRIMARY KEY, officer bigint, due date,"
            " open boolean, overdue_on date)"
        )
    )
    connection.execute(
        text("CREATE INDEX ix_floor_due ON floor_case (due) WHERE open AND overdue_on IS NULL")
    )
    connection.execute(
        text(
            "CREATE TABLE floor_outbox (case_id bigint, kind varchar(40), recipient bigint,"
            " PRIMARY KEY (case_id, kind, recipient))"
        )
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
