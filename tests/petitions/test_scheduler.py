"""Scheduled work: each slot once, whatever happens to the scheduler that was doing it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from flask import Flask
from sqlalchemy import func, insert, select, text, update

from config.clock import VIETNAM
from config.database import Busy, db, transaction
from config.settings import ROOT
from notifications.models import OutboxMessage
from petitions.errors import Conflict, Invalid
from petitions.jobs import runs
from petitions.jobs.job import CatchUp, Counts, Job, LeaseLost, Overtime, Run
from petitions.jobs.lease import Lease
from petitions.jobs.runs import Runner
from petitions.jobs.schedule import JOBS
from petitions.jobs.scheduler import Scheduler
from petitions.models import CalendarYear, CommandKey, Flag, JobRun, LoginAttempt, Sweep
from petitions.queries.watch import calendar_end, last_runs
from tests.conftest import NOW
from tests.petitions.test_watch_sweep import overdue_complaint
from tests.world import World

HOURLY = CronTrigger(minute=5, timezone=VIETNAM)
NIGHTLY = CronTrigger(hour=0, minute=30, timezone=VIETNAM)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


def nothing(_run: Run) -> Counts:
    return {}


def job(work: Callable[[Run], Counts] = nothing, **changes: Any) -> Job:
    given = {"name": "job", "trigger": HOURLY, "limit": timedelta(minutes=1), "work": work}
    return Job(**{**given, **changes})


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


# --- slots -------------------------------------------------------------------------------------


def test_slots_are_vietnamese_wall_clock_times() -> None:
    """Half past midnight in Vietnam is 17:30 of the day before in UTC."""
    assert job(trigger=NIGHTLY).next_slot(utc(20, 2)) == utc(20, 17, 30)
    assert job().next_slot(utc(20, 2, 5)) == utc(20, 3, 5)


def test_missed_slots_are_made_up_for_or_only_the_latest() -> None:
    """Three hours of nobody there."""
    now, last = utc(20, 5, 30), utc(20, 2, 5)
    assert job().due_slots(last, now) == [utc(20, 5, 5)]
    missed = [utc(20, 3, 5), utc(20, 4, 5), utc(20, 5, 5)]
    assert job(catch_up=CatchUp.EVERY).due_slots(last, now) == missed
    assert len(job(catch_up=CatchUp.EVERY).due_slots(utc(1, 0), now)) == 100


def test_a_job_that_never_ran_begins_with_its_latest_slot() -> None:
    """Not with all of history; and nothing is due twice or early."""
    for policy in CatchUp:
        assert job(catch_up=policy).due_slots(None, utc(20, 5)) == [utc(20, 4, 5)]
        assert job(catch_up=policy).due_slots(utc(20, 4, 5), utc(20, 5)) == []


# --- the lease ---------------------------------------------------------------------------------


def expire(name: str = "scheduler") -> None:
    """As if the leader had said nothing for long."""
    with transaction() as session:
        session.execute(
            text("UPDATE lease SET until = :long_ago WHERE name = :name"),
            {"name": name, "long_ago": "2020-01-01 00:00:00.000000+00:00"},
        )


def holds(lease: Lease) -> bool:
    with transaction() as session:
        return lease.held(session)


def test_one_leads_until_it_falls_silent(app: Flask) -> None:
    """The database's clock decides; renewing keeps, silence and release give away."""
    first, second = Lease("a"), Lease("b")
    assert first.hold() and first.hold()
    assert not second.hold()
    assert holds(first) and not holds(second)
    expire()
    assert not holds(first)
    assert second.hold() and not first.hold()
    second.release()
    assert first.hold() and holds(first)


# --- doing a slot ------------------------------------------------------------------------------


@dataclass
class Office:
    """A scheduler's runner at a fixed instant, and what its jobs did."""

    now: datetime = NOON
    seen: list[Run] = field(default_factory=list)

    def runner(self, owner: str = "a") -> Runner:
        lease = Lease(owner)
        lease.hold()
        return Runner(owner, lease, lambda: self.now)

    def write(self, run: Run) -> Counts:
        """One row in the ambient transaction."""
        self.seen.append(run)
        row = {
            "dedupe_key": f"{run.slot}",
            "kind": "t",
            "payload": {},
            "created_at": NOW,
            "not_before": NOW,
        }
        db.session.execute(insert(OutboxMessage).values(**row))
        return {"found": 1}

    def write_in_parts(self, run: Run) -> Counts:
        """Three rows in three transactions."""
        for part in range(3):
            with transaction() as session:
                row = {
                    "dedupe_key": f"{run.slot}:{part}:{len(self.seen)}",
                    "kind": "t",
                    "payload": {},
                }
                session.execute(insert(OutboxMessage).values(**row, created_at=NOW, not_before=NOW))
                run.guard(session)
            self.seen.append(run)
        return {"found": 3}


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(OutboxMessage.id))) or 0


def recorded() -> list[tuple[Any, ...]]:
    db.session.rollback()
    columns = select(JobRun.slot, JobRun.owner, JobRun.outcome, JobRun.counts, JobRun.error)
    return [tuple(row) for row in db.session.execute(columns.order_by(JobRun.slot))]


def test_a_slot_is_done_once_whoever_comes(app: Flask) -> None:
    """Again, and by another scheduler after a takeover: nothing more; then the next slot."""
    office = Office()
    whole = job(office.write, whole=True)
    office.runner().work_off(whole)
    office.runner().work_off(whole)
    expire()
    office.runner("b").work_off(whole)
    assert recorded() == [(utc(20, 4, 5), "a", "done", {"found": 1}, None)]
    assert rows() == 1
    office.now = utc(20, 8)
    office.runner("b").work_off(whole)
    assert [row[:2] for row in recorded()] == [(utc(20, 4, 5), "a"), (utc(20, 7, 5), "b")]
    assert rows() == 2


def test_every_missed_slot_is_its_own_run(app: Flask) -> None:
    """Three hours later, three runs, each with its own slot."""
    office = Office()
    each = job(office.write, whole=True, catch_up=CatchUp.EVERY)
    office.runner().work_off(each)
    office.now = utc(20, 8)
    office.runner().work_off(each)
    assert [run.slot for run in office.seen] == [utc(20, hour, 5) for hour in (4, 5, 6, 7)]
    assert rows() == 4


def test_what_fails_is_undone_and_recorded_without_anybodys_words(app: Flask) -> None:
    """The next slot runs as if nothing had been."""
    office = Office()

    def fails(run: Run) -> Counts:
        office.write(run)
        raise KeyError("Nguyễn Văn Đức")

    office.runner().work_off(job(fails, whole=True))
    assert rows() == 0
    assert recorded() == [(utc(20, 4, 5), "a", "failed", {}, "KeyError")]
    office.now = utc(20, 6)
    office.runner().work_off(job(office.write, whole=True))
    assert recorded()[-1][2] == "done"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Conflict("Không được."), "Conflict: Không được."),
        (Invalid.at("at", "Đã quét rồi."), "Invalid: Đã quét rồi."),
    ],
)
def test_a_refusal_of_the_domain_is_told_in_its_own_words(
    app: Flask, refusal: Exception, words: str
) -> None:
    """Those are written by us."""

    def refuses(_run: Run) -> Counts:
        raise refusal

    Office().runner().work_off(job(refuses))
    assert recorded()[0][2:] == ("failed", {}, words)


def test_who_has_lost_the_lease_writes_nothing(app: Flask) -> None:
    """Frozen in the middle and woken too late: the work is undone, the slot another's."""
    office = Office()
    old = office.runner("old")

    def frozen(run: Run) -> Counts:
        office.write(run)
        db.session.execute(update(runs.table_of(JobRun)).values(error="in the transaction"))
        db.session.execute(text("UPDATE lease SET owner = 'new'"))
        return {}

    with pytest.raises(LeaseLost):
        old.work_off(job(frozen, whole=True))
    assert rows() == 0 and recorded() == []
    expire()
    office.runner("new").work_off(job(office.write, whole=True))
    assert [row[1] for row in recorded()] == ["new"]


def test_a_run_whose_scheduler_died_is_taken_over(app: Flask) -> None:
    """Two of three transactions were done; the next leader does the slot again and finishes it."""
    office = Office()

    def dies(run: Run) -> Counts:
        with transaction() as session:
            run.guard(session)
        expire()
        with transaction() as session:
            run.guard(session)
        return {}

    with pytest.raises(LeaseLost):
        office.runner("old").work_off(job(dies))
    assert recorded() == [(utc(20, 4, 5), "old", None, {}, None)]
    office.now = utc(20, 7)
    office.runner("new").work_off(job(office.write_in_parts))
    assert [row[:3] for row in recorded()] == [
        (utc(20, 4, 5), "new", "done"),
        (utc(20, 6, 5), "new", "done"),
    ]
    assert rows() == 6


def test_a_busy_database_postpones(app: Flask) -> None:
    """Neither done nor failed: the same slot is taken up again."""
    office = Office()

    def busy(_run: Run) -> Counts:
        raise Busy

    for whole in (True, False):
        with pytest.raises(Busy):
            office.runner().work_off(job(busy, whole=whole, name=f"job{whole}"))
    office.runner().work_off(job(office.write, whole=True, name="jobTrue"))
    office.runner().work_off(job(office.write_in_parts, name="jobFalse"))
    assert {row[2] for row in recorded()} == {"done"}


def test_a_job_is_stopped_at_its_limit(app: Flask) -> None:
    """Between two transactions; what it had committed stays."""
    office = Office()
    office.runner().work_off(job(office.write_in_parts, limit=timedelta(seconds=-1)))
    assert recorded() == [(utc(20, 4, 5), "a", "failed", {}, Overtime.__name__)]
    assert rows() == 0


def test_a_scheduler_starts_what_is_due_and_leaves_the_rest(app: Flask) -> None:
    """Ticks by hand: the due job runs in its thread, once; standing by it starts nothing."""
    office = Office()
    scheduler = Scheduler(app, [job(office.write, whole=True)], lambda: office.now)
    other = Lease("other")
    other.hold()
    scheduler.tick()
    assert not scheduler.leading
    other.release()
    for _ in range(3):
        scheduler.tick()
        for future in scheduler._running.values():
            future.result(10)
    assert scheduler.leading and len(office.seen) == 1
    office.now = utc(20, 5, 6)
    scheduler.tick()
    scheduler._running["job"].result(10)
    assert [run.slot for run in office.seen] == [utc(20, 4, 5), utc(20, 5, 5)]


# --- the schedule itself -----------------------------------------------------------------------


def run_shipped(now: datetime) -> dict[str, dict[str, int]]:
    office = Office(now)
    for each in JOBS:
        office.runner().work_off(each)
    found = last_runs()
    assert {name: run.outcome for name, run in found.items()} == {
        each.name: "done" for each in JOBS
    }
    return {name: dict(run.counts) for name, run in found.items()}


def test_the_shipped_jobs_do_their_work(world: World) -> None:
    """A sweep with its flag, an anchor, old keys gone, a warning to the administrator told once."""
    overdue_complaint(world)
    with transaction() as session:
        for at in (NOW - timedelta(days=8), NOW):
            session.add(LoginAttempt(who=f"{at}", at=at))
            session.add(
                CommandKey(user_id=world.lan.user_id, key=f"{at}", command="c", result="r", at=at)
            )
    counts = run_shipped(NOW)
    assert counts["sweep"]["found"] == db.session.scalar(select(func.count(Flag.id))) > 0
    assert counts["sweep"]["queued"] == 1  # 45 days unprocessed; dates are the ladder's to tell
    assert counts["climb"]["found"] == 1 and counts["climb"]["queued"] > 1
    assert counts["mail"] == {}
    assert db.session.scalar(select(Sweep.at)) == NOW
    assert counts["anchor"] == {"found": 1}
    assert counts["cleanup"] == {"found": 2}
    assert counts["calendar_warning"] == {"days_left": 41, "queued": 1}
    warned = select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "calendar_end")
    assert db.session.scalars(warned).all() == [world.tam.user_id]
    assert run_shipped(NOW + timedelta(days=1))["calendar_warning"] == {
        "days_left": 40,
        "queued": 0,
    }


def test_old_runs_are_forgotten(world: World) -> None:
    """A hundred days later only the new ones are left."""
    run_shipped(NOW)
    run_shipped(NOW + timedelta(days=100))
    assert db.session.scalar(select(func.count(JobRun.id)).where(JobRun.slot < NOW)) == 0


def test_the_calendar_end_is_that_of_the_unbroken_official_years(world: World) -> None:
    """2024-2026 are official, 2027 a draft; then 2027 becomes official."""
    end = calendar_end(date(2026, 11, 20))
    assert (end.last, end.days_left, end.near) == (date(2026, 12, 31), 41, True)
    assert calendar_end(date(2026, 11, 1)).near
    assert not calendar_end(date(2026, 10, 31)).near
    assert calendar_end(date(2027, 2, 1)).days_left == -32
    with transaction() as session:
        session.execute(
            update(CalendarYear).where(CalendarYear.year == 2027).values(status="official")
        )
    assert calendar_end(date(2026, 11, 20)).last == date(2027, 12, 31)


# --- real processes ----------------------------------------------------------------------------


class Process:
    """A scheduler of its own, over the database of the test."""

    def __init__(self) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.petitions.scheduler_process"],
            cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.popen.stdout is not None
        self.owner = self.popen.stdout.readline().strip()

    def send(self, signum: signal.Signals) -> None:
        self.popen.send_signal(signum)

    def end(self) -> None:
        if self.popen.poll() is None:
            self.send(signal.SIGCONT)
            self.popen.kill()
        self.popen.wait(10)


@pytest.fixture
def processes(app: Flask) -> Iterator[list[Process]]:
    """Two schedulers; whatever is left of them ends with the test."""
    started = [Process(), Process()]
    try:
        yield started
    finally:
        for each in started:
            each.end()


def beats(owner: str | None = None) -> list[tuple[datetime, str, datetime]]:
    """Slot, owner and instant of each beat."""
    db.session.rollback()
    found = [
        (datetime.fromisoformat(row.payload["slot"]), row.payload["owner"], row.created_at)
        for row in db.session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == "beat").order_by(OutboxMessage.id)
        )
    ]
    return [beat for beat in found if owner in {None, beat[1]}]


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> float:
    """Seconds until it holds; fails when it does not in time."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds
        time.sleep(0.1)
    return time.monotonic() - started


def leader(among: list[Process]) -> Process:
    wait_for(lambda: len(beats()) > 2)
    owner = beats()[-1][1]
    return next(each for each in among if each.owner == owner)


def assert_each_second_once() -> None:
    slots = [slot for slot, _, _ in beats()]
    assert len(slots) == len(set(slots))
    span = int((max(slots) - min(slots)).total_seconds())
    assert len(slots) == span + 1


@pytest.mark.proof
def test_a_killed_leader_is_replaced_in_six_seconds(processes: list[Process]) -> None:
    """No second is done twice, none is missing; an unfinished run is finished by the successor."""
    first = leader(processes)
    wait_for(lambda: unfinished_of(first.owner))
    first.send(signal.SIGKILL)
    done = len(beats(first.owner))
    assert wait_for(lambda: any(owner != first.owner for _, owner, _ in beats())) <= 6.5
    wait_for(lambda: len(beats()) > done + 8)
    wait_for(lambda: not unfinished_of(first.owner))
    assert_each_second_once()
    assert len(beats(first.owner)) == done


def unfinished_of(owner: str) -> bool:
    db.session.rollback()
    open_runs = select(JobRun.id).where(JobRun.owner == owner, JobRun.finished_at.is_(None))
    return db.session.scalar(open_runs) is not None


@pytest.mark.proof
def test_a_frozen_leader_wakes_as_a_bystander(processes: list[Process]) -> None:
    """Stopped for longer than its lease, then continued: it writes nothing any more."""
    first = leader(processes)
    freeze_between_transactions(first)
    wait_for(lambda: any(owner != first.owner for _, owner, _ in beats()))
    before = len(beats(first.owner))
    second = leader(processes)
    first.send(signal.SIGCONT)
    started = len(beats(second.owner))
    wait_for(lambda: len(beats(second.owner)) > started + 4)
    assert len(beats(first.owner)) == before
    second.send(signal.SIGKILL)
    wait_for(lambda: len(beats(first.owner)) > before + 2)
    assert_each_second_once()


def freeze_between_transactions(process: Process) -> None:
    """A process stopped while it writes keeps SQLite's one lock; then nobody can lead before it wakes."""
    for _ in range(20):
        process.send(signal.SIGSTOP)
        try:
            with transaction() as session:
                session.execute(text("UPDATE lease SET name = name"))
        except Busy:
            process.send(signal.SIGCONT)
        else:
            return
        time.sleep(0.3)
    raise AssertionError("always in a transaction")


@pytest.mark.proof
def test_a_leader_asked_to_stop_lets_go_at_once(processes: list[Process]) -> None:
    """The other takes over without waiting for the lease to end; the stopped one leaves with 0."""
    first = leader(processes)
    first.send(signal.SIGTERM)
    assert first.popen.wait(10) == 0
    assert wait_for(lambda: beats()[-1][1] != first.owner) <= 3
    assert_each_second_once()
