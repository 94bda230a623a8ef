"""The sweep against the watch it must find: same flags on every day, once, late, twice at once, in few statements."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, text, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.access import visible
from petitions.errors import Invalid
from petitions.models import FAR, Assignment, Case, CaseBar, Deadline, Flag, Hat, Sweep, User
from petitions.services import watch as service
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Contested
from petitions.services.watch import SweepResult, sweep
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import World, field_id
from workflows.records import BarReason, ClockState, Nature, Source
from workflows.transition import COARSE, ELSEWHERE, FINAL, UNPROCESSED, UNSETTLED
from workflows.vocabulary import Action, Fact, Kind, Need, State, Step
from workflows.watch import FlagKind, RunningClock, Watched, flags, next_look

START = date(2026, 8, 10)
ALIVE = (ClockState.RUNNING, ClockState.PAUSED)
AGAINST_A_DECISION = replace(
    COMPLAINT,
    contested=Contested(
        number="12/QĐ-UBND", issued_on=date(2026, 8, 3), received_on=date(2026, 8, 5)
    ),
)


def instant(day: date) -> datetime:
    """Nine in the morning of that day in Vietnam."""
    return datetime.combine(day, time(2), UTC)


def swept(day: date, **more: Any) -> SweepResult:
    return sweep(instant(day), now=instant(day), **more)


# --- what the watch says ----------------------------------------------------------------------


def watched(case: Case, clocks: list[Deadline]) -> Watched:
    return Watched(
        received_on=case.first_received_on,
        custody_since=case.received_on,
        last_event_on=case.last_on,
        open=case.open,
        unsettled=case.state in UNSETTLED,
        unprocessed=case.state in UNPROCESSED,
        elsewhere=case.state in ELSEWHERE,
        paused_since=case.paused_since,
        extensions_used=len(case.facts.get(Fact.EXTENSIONS, ())),
        clocks=tuple(
            RunningClock(
                clock.step,
                clock.due if clock.state is ClockState.RUNNING else None,
                clock.near_from,
                clock.provisional,
            )
            for clock in sorted(clocks, key=lambda clock: clock.step)
            if clock.state in ALIVE
        ),
    )


Standing = dict[int, list[tuple[str, date, str | None, str | None]]]


def expected(day: date) -> Standing:
    """Case by case what ``workflows.watch`` raises on ``day``, and that the next look is its own."""
    db.session.rollback()
    clocks: dict[int, list[Deadline]] = defaultdict(list)
    for clock in db.session.scalars(select(Deadline)):
        clocks[clock.case_id].append(clock)
    found: Standing = {}
    for case in db.session.scalars(select(Case)):
        view = watched(case, clocks[case.id])
        if case.open:
            assert case.next_look == (next_look(view, day) or FAR), (case.id, day)
        raised = [
            (
                each.kind.value,
                each.since,
                each.step and each.step.value,
                str(each.counted_from or ""),
            )
            for each in flags(view, day)
        ]
        if raised:
            found[case.id] = sorted(raised, key=str)
    return found


def standing() -> Standing:
    """What the table says; a flag of a clock names that very clock."""
    found: Standing = defaultdict(list)
    for flag, clock in db.session.execute(
        select(Flag, Deadline)
        .outerjoin(Deadline, Deadline.id == Flag.subject)
        .where(Flag.cleared_on.is_(None))
    ):
        counted_from = flag.evidence.get("counted_from") or flag.evidence.get("due") or ""
        found[flag.case_id].append(
            (flag.kind.value, flag.since, flag.evidence.get("step"), counted_from)
        )
        if clock is not None:
            assert (clock.case_id, clock.step.value) == (flag.case_id, flag.evidence["step"])
            assert flag.evidence["nature"] == clock.nature.value
        assert (clock is not None) == (flag.kind in {FlagKind.NEAR_DUE, FlagKind.OVERDUE})
    return {case_id: sorted(rows, key=str) for case_id, rows in found.items()}


# --- random casework ---------------------------------------------------------------------------


def random_case(source: random.Random, number: int, world: World) -> dict[str, Any]:
    state = source.choice(list(State))
    first = START - timedelta(days=source.choice([36, 38, 40, 45, 170, 184, 365, 730, 1200]))
    received = first + timedelta(days=source.randrange(0, 12))
    last = received + timedelta(days=source.randrange(0, 25))
    is_open = state not in FINAL
    return {
        "code": f"R-{number:06d}", "version": 1, "kind": source.choice(list(Kind)), "instance": 1,
        "state": state, "coarse": COARSE[state], "open": is_open, "subkind": None,
        "agency_id": world.agencies["an-binh"], "origin_agency_id": world.agencies["an-binh"],
        "officer_id": source.choice([None, world.an.user_id, world.binh.user_id]),
        "first_received_on": first, "received_on": received, "last_on": last,
        "entered_at": instant(received), "closed_on": None if is_open else last,
        "paused_since": source.choice([None, None, last]), "source": Source.POST,
        "field_id": field_id("thu-hoi-dat"), "summary": "…", "marks": [],
        "facts": source.choice([{}, {"extensions": [30]}, {"extensions": [30, 30]}]),
        "next_look": last if is_open else FAR,
    }  # fmt: skip


def random_clocks(source: random.Random, case_id: int, world: World) -> list[dict[str, Any]]:
    chosen = source.sample(
        [(s, n) for s in list(Step)[:12] for n in Nature], source.randrange(0, 4)
    )
    rows = []
    for step, nature in chosen:
        due = source.choice([None, START + timedelta(days=source.randrange(-40, 60))])
        near = None if due is None else due - timedelta(days=source.choice([-3, 0, 1, 7]))
        rows.append(
            {
                "case_id": case_id, "step": step, "nature": nature, "occurrence": 1, "version": 1,
                "agency_id": world.agencies["an-binh"], "trigger_fact": "received",
                "trigger_on": START, "nominal_end": due, "due": due, "safe": due,
                "near_from": source.choice([near, near, None]), "rule": "r", "row_key": "r",
                "provisional": source.random() < 0.2, "citation": "…", "explanation": [],
                "state": source.choice([*ALIVE, ClockState.RUNNING, ClockState.MET]),
            }
        )  # fmt: skip
    return rows


def lay_out(source: random.Random, count: int, world: World) -> None:
    with transaction() as session:
        cases = [random_case(source, number, world) for number in range(count)]
        ids = session.scalars(insert(Case).returning(Case.id), cases).all()
        clocks = [row for case_id in ids for row in random_clocks(source, case_id, world)]
        session.execute(insert(Deadline), clocks)


def act_at_random(source: random.Random, day: date) -> None:
    """Some cases move as the ledger would move them: last day, state, clocks, and due a look."""
    with transaction() as session:
        for case in session.scalars(select(Case).where(Case.open).order_by(Case.id)):
            if source.random() > 0.08:
                continue
            case.state = source.choice(list(State))
            case.open = case.state not in FINAL
            case.last_on = day - timedelta(days=source.choice([0, 0, 35]))
            case.last_on = max(case.last_on, case.received_on)
            case.paused_since = source.choice([None, case.last_on])
            case.next_look = case.last_on if case.open else FAR
            for clock in session.scalars(
                select(Deadline).where(Deadline.case_id == case.id).order_by(Deadline.id)
            ):
                clock.state = source.choice([*ALIVE, ClockState.MET])
                if source.random() < 0.5:
                    clock.due = day + timedelta(days=source.randrange(-9, 20))
                    clock.near_from = clock.due - timedelta(days=7)
                    clock.version += 1


@pytest.mark.parametrize("seed", [1, 2])
def test_every_day_the_table_says_what_the_watch_says(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random files, random acts, one look a day with now and then a week of nobody looking."""
    monkeypatch.setattr(service, "BATCH", 17)
    source = random.Random(seed)
    lay_out(source, 90, world)
    day, seen = START, set()
    for _ in range(24):
        swept(day)
        found = standing()
        assert found == expected(day), day
        seen |= {row[0] for rows in found.values() for row in rows}
        assert replace(swept(day), queued=0) == SweepResult()
        day += timedelta(days=source.choice([1, 1, 1, 2, 7, 40]))
        act_at_random(source, day)
    assert seen == {kind.value for kind in FlagKind} - {FlagKind.CIRCLING.value}


def test_real_casework_is_watched_day_by_day(world: World) -> None:
    """A complaint nobody classifies, one that is accepted late, a denunciation guided away."""
    received = date(2026, 9, 1)
    idle, worked = (
        register(
            replace(AGAINST_A_DECISION, received_on=received, source=Source.POST),
            actor=world.lan,
            now=instant(received),
        )
        for _ in range(2)
    )
    register(replace(DENUNCIATION, received_on=received), actor=world.lan, now=instant(received))
    raised: dict[str, date] = {}
    for offset in range(0, 120, 4):
        day = received + timedelta(days=offset)
        if offset == 8:
            perform(
                worked, Action.CLASSIFY, {}, version=None, on=day, actor=world.an, now=instant(day)
            )
        if offset == 24:
            perform(
                worked, Action.ACCEPT, {}, version=None, on=day, actor=world.minh, now=instant(day)
            )
        swept(day)
        assert standing() == expected(day), day
        for kind, since, _, _ in standing().get(case_id(idle), []):
            raised.setdefault(kind, since)
    assert raised["near_due"] < raised["overdue"] == date(2026, 9, 12)
    assert raised["cliff_near"] == date(2026, 10, 1)
    assert raised["cliff_45"] == date(2026, 10, 16)
    assert raised["dragging_no_step"] == date(2026, 10, 2)


def case_id(code: str) -> int:
    return db.session.execute(select(Case.id).where(Case.code == code)).scalar_one()


# --- once, late, at once -----------------------------------------------------------------------


def overdue_complaint(world: World) -> str:
    """Received 1 September 2026, never accepted: acceptance was due on Friday the 11th. No news queued yet."""
    received = date(2026, 9, 1)
    given = replace(AGAINST_A_DECISION, received_on=received, source=Source.POST)
    code = register(given, actor=world.lan, now=instant(received))
    forget_messages()
    return code


def test_after_a_week_of_downtime_a_flag_keeps_its_true_day(world: World) -> None:
    """Looked at a week late, it is raised that day and holds since the day after the due one."""
    overdue_complaint(world)
    assert swept(date(2026, 9, 22)).flagged == 1
    flag = db.session.scalars(select(Flag)).one()
    assert (flag.kind, flag.since) == (FlagKind.OVERDUE, date(2026, 9, 12))
    assert flag.raised_on == date(2026, 9, 22)
    assert flag.evidence == {
        "step": "acceptance_decision", "nature": "statutory", "due": "2026-09-11"
    }  # fmt: skip


def test_no_clock_changes_a_state(world: World) -> None:
    """Neither the state nor the version nor the chain: an open form stays good."""
    overdue_complaint(world)
    before = db.session.execute(
        select(Case.state, Case.version, Case.event_seq, Case.next_due)
    ).one()
    swept(date(2027, 6, 1))
    db.session.rollback()
    after = db.session.execute(
        select(Case.state, Case.version, Case.event_seq, Case.next_due)
    ).one()
    assert after == before


def test_a_flag_ends_with_what_it_speaks_of(world: World) -> None:
    """Accepted late, the acceptance is overdue no more; withdrawn, the case keeps no flag at all."""
    code = overdue_complaint(world)
    swept(date(2026, 9, 22))
    act(code, Action.CLASSIFY, world.an, date(2026, 9, 22))
    act(code, Action.ACCEPT, world.minh, date(2026, 9, 23))
    assert swept(date(2026, 9, 23)).cleared == 1
    assert db.session.scalars(select(Flag.cleared_on)).one() == date(2026, 9, 23)
    swept(date(2026, 12, 1))
    assert standing()
    act(code, Action.WITHDRAW, world.minh, date(2026, 12, 1), document="Đơn rút")
    assert db.session.execute(select(Case.open)).scalar_one() is False
    assert swept(date(2026, 12, 2)).cleared > 0
    assert standing() == {}
    assert swept(date(2026, 12, 2)) == SweepResult()


def act(code: str, action: Action, actor: Any, on: date, **given: Any) -> None:
    payload = {Need(name): value for name, value in given.items()}
    perform(code, action, payload, version=None, on=on, actor=actor, now=instant(on))


def test_a_moved_clock_is_a_new_fact(world: World) -> None:
    """The due day moves and is still past: the old flag is closed, the new one tells again."""
    code = overdue_complaint(world)
    swept(date(2026, 9, 22))
    with transaction() as session:
        clock = session.scalars(
            select(Deadline).where(Deadline.step == Step.ACCEPTANCE_DECISION)
        ).one()
        clock.due, clock.version = date(2026, 9, 18), 2
        session.execute(update(Case).where(Case.code == code).values(next_look=date(2026, 9, 22)))
    assert swept(date(2026, 9, 22)) == SweepResult(looked=1, flagged=1, cleared=1)
    since = select(Flag.since, Flag.cleared_on).order_by(Flag.id)
    assert [tuple(row) for row in db.session.execute(since)] == [
        (date(2026, 9, 12), date(2026, 9, 22)),
        (date(2026, 9, 19), None),
    ]


def test_evidence_spelt_another_way_is_the_same_evidence(world: World) -> None:
    """A restored backup may order keys and put spaces as it likes: no flag is cleared for that."""
    overdue_complaint(world)
    swept(date(2026, 9, 22))
    with transaction() as session:
        session.execute(
            text("UPDATE flag SET evidence = :spelt"),
            {
                "spelt": '{ "due":  "2026-09-11", "step":"acceptance_decision",  "nature":"statutory" }'
            },
        )
        session.execute(update(Case).values(next_look=date(2026, 9, 22)))
    assert swept(date(2026, 9, 22)) == SweepResult(looked=1)


def test_two_at_once_do_everything_once(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two passes over the same cases in small batches: no flag and no message twice, none missing."""
    monkeypatch.setattr(service, "BATCH", 7)
    lay_out(random.Random(5), 120, world)
    day = START + timedelta(days=10)
    results: list[SweepResult] = []
    together = threading.Barrier(2)

    def one() -> None:
        with app.app_context():
            together.wait()
            results.append(swept(day))
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 2
    assert standing() == expected(day)
    total = results[0] + results[1]
    assert total.flagged == db.session.scalar(select(func.count(Flag.id)))
    assert total.queued == db.session.scalar(select(func.count(OutboxMessage.id)))
    assert total.looked == db.session.scalar(select(func.count(Case.id)).where(Case.open))


# --- dry, backwards, broken --------------------------------------------------------------------


def test_a_dry_run_counts_and_writes_nothing(world: World) -> None:
    """The same numbers as the real pass that follows."""
    overdue_complaint(world)
    day = NEAR_CLIFF
    dry = swept(day, dry_run=True)
    for model in (Flag, OutboxMessage, Sweep):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    assert dry == swept(day)
    assert (dry.looked, dry.flagged, dry.queued) == (1, 2, 1)


def test_an_instant_before_the_last_is_refused_unless_dry(world: World) -> None:
    """The same instant again is welcome."""
    swept(date(2026, 9, 22))
    swept(date(2026, 9, 22))
    with pytest.raises(Invalid) as error:
        swept(date(2026, 9, 21))
    assert list(error.value.fields) == ["at"]
    swept(date(2026, 9, 21), dry_run=True)
    assert db.session.scalar(select(func.count(Sweep.id))) == 2


BROKEN = {
    "sqlite": "UPDATE case_file SET facts = 'no JSON' WHERE code = :code",
    "postgresql": "UPDATE case_file SET facts = '{\"extensions\": 5}' WHERE code = :code",
}


def test_a_broken_row_holds_nobody_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file of five cannot be judged: it is told by its code, the others are looked at."""
    logged: list[tuple[str, dict[str, Any]]] = []
    log = SimpleNamespace(error=lambda event, **words: logged.append((event, words)))
    monkeypatch.setattr(service, "_log", log)
    codes = [overdue_complaint(world) for _ in range(5)]
    with transaction() as session:
        session.execute(text(BROKEN[db.engine.dialect.name]), {"code": codes[2]})
    result = swept(date(2026, 9, 22))
    assert result == SweepResult(looked=4, flagged=4, failed=1)
    assert [(event, words["case"]) for event, words in logged] == [("sweep_failed", codes[2])]
    assert swept(date(2026, 9, 22)) == SweepResult(failed=1)


# --- who is told -------------------------------------------------------------------------------


NEAR_CLIFF = date(2026, 10, 1)
"""Thirty days after ``overdue_complaint`` came in: a flag somebody is told of rises."""


def told() -> dict[str, set[int | None]]:
    db.session.rollback()
    found: dict[str, set[int | None]] = defaultdict(set)
    for message in db.session.scalars(select(OutboxMessage)):
        found[message.payload["case"]].add(message.recipient_id)
        assert set(message.payload) == {"case"}
    return found


def forget_messages() -> None:
    with transaction() as session:
        session.execute(delete(OutboxMessage))


def test_the_officer_in_charge_is_told_else_the_head(world: World) -> None:
    """The assigned officer; the head where there is none, or where the officer has gone."""
    assigned, free, left = (overdue_complaint(world) for _ in range(3))
    with transaction() as session:
        for code, officer in ((assigned, world.an), (left, world.binh)):
            session.execute(
                update(Case).where(Case.code == code).values(officer_id=officer.user_id)
            )
    swept(NEAR_CLIFF)
    assert told() == {
        assigned: {world.an.user_id}, free: {world.minh.user_id}, left: {world.minh.user_id}
    }  # fmt: skip
    assert swept(NEAR_CLIFF).queued == 0


def test_those_shut_out_are_not_told(world: World) -> None:
    """A barred officer gives way to the head; a barred head is not told either."""
    mine, section, nobodys = (overdue_complaint(world) for _ in range(3))
    bars = [
        (mine, {"user_id": world.an.user_id}),
        (section, {"unit_id": world.agencies["phong-kt"]}),
        (nobodys, {"user_id": world.an.user_id}),
        (nobodys, {"user_id": world.minh.user_id}),
    ]
    with transaction() as session:
        session.execute(update(Case).values(officer_id=world.an.user_id))
        for code, whom in bars:
            session.execute(
                insert(CaseBar).values(case_id=case_id(code), reason=BarReason.RELATED, **whom)
            )
    swept(NEAR_CLIFF)
    assert told() == {mine: {world.minh.user_id}, section: {world.minh.user_id}}
    assert standing().keys() == {case_id(code) for code in (mine, section, nobodys)}


def test_of_a_denunciation_only_the_head_or_the_assigned_hear(world: World) -> None:
    """An officer whose charge has ended is not told, though the row still names him."""
    received = date(2026, 9, 1)
    given = replace(DENUNCIATION, received_on=received)
    charged, stale = (register(given, actor=world.lan, now=instant(received)) for _ in range(2))
    with transaction() as session:
        session.execute(update(Case).values(officer_id=world.an.user_id))
        session.execute(
            insert(Assignment).values(
                case_id=case_id(charged), user_id=world.an.user_id, duty="officer", since=received
            )
        )
        session.execute(delete(OutboxMessage))
    swept(date(2026, 10, 20))
    assert told() == {charged: {world.an.user_id}, stale: {world.minh.user_id}}
    actors = {world.an.user_id: world.an, world.minh.user_id: world.minh}
    for code, people in told().items():
        for person in people:
            reach = select(Case.id).where(Case.code == code, visible(actors[person]))
            assert db.session.scalar(reach) is not None


def test_a_disabled_head_or_one_whose_hat_ended_is_not_told(world: World) -> None:
    """Nobody is left to tell; the flag stands all the same."""
    overdue_complaint(world)
    with transaction() as session:
        session.execute(
            update(User).where(User.id == world.minh.user_id).values(disabled_at=instant(START))
        )
    assert swept(NEAR_CLIFF).queued == 0
    with transaction() as session:
        session.execute(update(User).values(disabled_at=None))
        session.execute(
            update(Hat).where(Hat.user_id == world.minh.user_id).values(valid_to=date(2026, 9, 30))
        )
    assert swept(date(2026, 10, 20)) == SweepResult(looked=1, flagged=2, cleared=1, queued=0)


# --- cost --------------------------------------------------------------------------------------


def test_a_batch_takes_the_same_statements_for_one_and_for_three_hundred(world: World) -> None:
    """Counted, not timed."""
    day = START + timedelta(days=10)
    source = random.Random(9)
    counts = []
    for count in (1, 300):
        with transaction() as session:
            for model in (Flag, OutboxMessage, Deadline, Case):
                session.execute(delete(model))
        lay_out(source, count, world)
        with transaction() as session:
            session.execute(
                update(Case).values(
                    state=State.RECEIVED, open=True, officer_id=world.an.user_id,
                    received_on=day - timedelta(days=31), first_received_on=day - timedelta(days=31),
                    next_look=day, kind=Kind.FEEDBACK,
                )
            )  # fmt: skip
        with counted() as seen:
            assert swept(day).queued >= count
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 16
