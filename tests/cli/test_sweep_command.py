"""``donthu sweep`` and ``donthu jobs`` as other programs see them."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, insert, select

from config.database import db, transaction
from config.settings import ROOT
from notifications.models import OutboxMessage
from petitions.cli.main import cli
from petitions.models import Case, Flag, JobRun, Sweep
from tests.conftest import NOW
from tests.petitions.test_watch_sweep import expected, lay_out, overdue_complaint, standing
from tests.world import World

START = "2026-08-20"


def donthu(*arguments: str) -> Result:
    """The command, with exit code and the two streams apart."""
    return CliRunner().invoke(cli, list(arguments))


def swept(*arguments: str) -> dict[str, int]:
    done = donthu("sweep", "--json", *arguments)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_a_pass_prints_what_it_did(world: World) -> None:
    """In words, and as JSON; the second pass at the same instant finds nothing to do."""
    overdue_complaint(world)
    first = {"looked": 1, "flagged": 1, "cleared": 0, "queued": 0, "failed": 0}
    assert swept("--at", "2026-09-22T06:00", "--dry-run") == first
    assert swept("--at", "2026-09-22T06:00") == first
    again = donthu("sweep", "--at", "2026-09-22T06:00")
    assert again.stdout.strip() == "Đã xem 0 vụ việc: gắn 0 cờ, gỡ 0 cờ, xếp 0 lời nhắc."
    assert db.session.scalar(select(func.count(Sweep.id))) == 2


@pytest.mark.parametrize("instant", ["2026-09-21T23:59", "2026-09-21", "2026-09-21T22:59:00Z"])
def test_an_earlier_instant_is_refused_with_2(world: World, instant: str) -> None:
    """One clear line; dry it is allowed. Without a zone it is Vietnamese time."""
    swept("--at", "2026-09-22T06:00")
    refused = donthu("sweep", "--at", instant)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("at: ") and refused.stderr.count("\n") == 1
    assert swept("--at", instant, "--dry-run")["looked"] == 0


def test_bad_usage_leaves_with_2(world: World) -> None:
    """An instant that is none."""
    assert donthu("sweep", "--at", "hôm qua").exit_code == 2
    assert db.session.scalar(select(func.count(Sweep.id))) == 0


def test_jobs_tells_the_last_and_the_next_run(world: World) -> None:
    """A job that never ran, and one that did."""
    with transaction() as session:
        session.execute(
            insert(JobRun).values(
                job="sweep", slot=NOW, owner="x", started_at=NOW, finished_at=NOW, outcome="done",
                counts={"looked": 7},
            )
        )  # fmt: skip
    told: list[dict[str, Any]] = json.loads(donthu("jobs", "--json").stdout)
    assert [line["job"] for line in told] == [
        "sweep", "weigh", "hotspots", "anchor", "cleanup", "calendar_warning", "climb", "escalate",
        "weekly", "mail",
    ]  # fmt: skip
    assert told[0]["last"]["counts"] == {"looked": 7}
    assert told[0]["last"]["slot"] == "2026-11-20T09:00:00+07:00"
    assert told[0]["last"]["seconds"] == 0
    assert told[3]["last"] is None and told[3]["next"].endswith("00:30:00+07:00")
    assert told[2]["next"].endswith("05:40:00+07:00"), "a Monday"
    words = donthu("jobs").stdout.splitlines()
    assert len(words) == 10 and "looked 7" in words[0] and "chưa chạy" in words[1]


def swept_apart() -> dict[str, int]:
    """The same in a process of its own."""
    program = "from petitions.cli.main import main; main()"
    command = [sys.executable, "-c", program, "sweep", "--json", "--at", START]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.proof
def test_four_processes_at_once_do_everything_once(world: World) -> None:
    """No flag and no message twice, none missing; the state of every case is what it was."""
    lay_out(random.Random(3), 3000, world)
    states = select(Case.id, Case.state, Case.version).order_by(Case.id)
    before = [tuple(row) for row in db.session.execute(states)]
    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: swept_apart(), range(4)))
    assert standing() == expected(date.fromisoformat(START))
    for name, count in (("flagged", Flag), ("queued", OutboxMessage)):
        assert sum(each[name] for each in results) == db.session.scalar(
            select(func.count(count.id))
        )
    assert [tuple(row) for row in db.session.execute(states)] == before
