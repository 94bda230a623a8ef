"""Many processes at one desk, and processes killed in the middle: no gap, no double, nothing half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from sqlalchemy import func, select

from config.database import db
from petitions.codes import parse_code
from petitions.ledger import chain
from petitions.models import Case, CaseText, Deadline, Event, NumberBook, Party, Petition
from tests.world import World

pytestmark = pytest.mark.proof


def start(count: int, run: int) -> subprocess.Popen[str]:
    """A registrar of its own process on the database of the test."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.registrar", "lan", str(count), str(run)],
        env=dict(os.environ), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def every_case_is_whole() -> None:
    """Each case has its paper, text, person, clocks and an unbroken chain."""
    db.session.rollback()
    cases = db.session.scalars(select(Case)).all()
    for model in (Petition, CaseText, Party, Event):
        owners = Counter(db.session.scalars(select(model.case_id)))
        assert owners == Counter({case.id: 1 for case in cases}), model
    assert set(db.session.scalars(select(Deadline.case_id))) == {case.id for case in cases}
    for event, case in db.session.execute(select(Event, Case).join(Case, Case.id == Event.case_id)):
        assert (event.prev_hash, event.hash) == (chain.GENESIS, case.event_hash)


def numbers_have_no_gap(world: World) -> int:
    """Codes 1..n, each once, the book's counter at n."""
    codes = db.session.scalars(select(Case.code)).all()
    numbers = sorted(parse_code(code).number for code in codes)
    assert numbers == list(range(1, len(codes) + 1))
    registered = sorted(db.session.scalars(select(Petition.register_number)))
    assert registered == numbers
    last = db.session.scalar(
        select(NumberBook.last).where(
            NumberBook.agency_id == world.agencies["an-binh"], NumberBook.book == "case"
        )
    )
    assert last == len(codes)
    return len(codes)


def test_eight_processes_register_two_hundred_cases_each(world: World) -> None:
    """1,600 codes, no gap, no duplicate, no lost event."""
    processes = [start(200, run) for run in range(8)]
    acknowledged = [line for process in processes for line in process.communicate()[0].split()]
    assert [process.returncode for process in processes] == [0] * 8
    assert len(set(acknowledged)) == len(acknowledged) == 1600
    assert numbers_have_no_gap(world) == 1600
    every_case_is_whole()


def test_a_killed_process_loses_nothing_it_acknowledged(world: World) -> None:
    """kill -9 at ever later moments: every acknowledged case is there and whole, no other is half there."""
    acknowledged: list[str] = []
    for run in range(6):
        process = start(500, run)
        assert process.stdout is not None
        acknowledged += [process.stdout.readline().strip() for _ in range(3 + 5 * run)]
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += process.stdout.read().split()
        process.wait()
    db.session.rollback()
    stored = set(db.session.scalars(select(Case.code)))
    assert set(acknowledged) <= stored
    assert db.session.scalar(select(func.count(Case.id))) == numbers_have_no_gap(world)
    every_case_is_whole()
