"""A scheduler in a process of its own, with jobs that leave a trace each second. Run by the proofs.

``beat``: one transaction a slot. ``walk``: five transactions a slot, each a step that may be repeated.
"""

from __future__ import annotations

import signal
import time
from datetime import timedelta
from threading import Event

from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import insert

from config import clock
from config.clock import VIETNAM
from config.database import db, table_of, transaction
from notifications.models import OutboxMessage
from petitions.app import create_app
from petitions.jobs.job import CatchUp, Counts, Job, Run
from petitions.jobs.scheduler import Scheduler

STEPS = 5


def trace(kind: str, key: str, run: Run, owner: str) -> None:
    """One row that says who did what for which slot, and when."""
    db.session.connection().execute(
        insert(table_of(OutboxMessage)).values(
            dedupe_key=key, kind=kind, payload={"slot": run.slot.isoformat(), "owner": owner},
            created_at=clock.now(), not_before=clock.now(),
        )
    )  # fmt: skip


def main() -> None:
    """Serve until told to stop."""
    app = create_app()
    stop = Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda _signum, _frame: stop.set())

    def beat(run: Run) -> Counts:
        trace("beat", f"beat:{run.slot}:{scheduler.owner}:{time.monotonic()}", run, scheduler.owner)
        return {"found": 1}

    def walk(run: Run) -> Counts:
        for step in range(STEPS):
            with transaction() as session:
                key = f"walk:{run.slot}:{step}:{time.monotonic()}"
                trace("walk", key, run, scheduler.owner)
                run.guard(session)
            time.sleep(0.1)
        return {"found": STEPS}

    each_second = CronTrigger(second="*", timezone=VIETNAM)
    every_third = CronTrigger(second="*/3", timezone=VIETNAM)
    minute = timedelta(minutes=1)
    jobs = [
        Job(name="beat", trigger=each_second, work=beat, limit=minute, catch_up=CatchUp.EVERY, whole=True),
        Job(name="walk", trigger=every_third, work=walk, limit=minute),
    ]  # fmt: skip
    scheduler = Scheduler(app, jobs, clock.now)
    print(scheduler.owner, flush=True)
    scheduler.serve(stop)


if __name__ == "__main__":
    main()
