"""``donthu scheduler``: a tick each second that leads or stands by, and threads for the jobs that are due.

Several may run at once, on one machine or many. Web workers never start one.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import DBAPIError

from config.clock import VIETNAM
from config.database import Busy
from petitions.jobs.job import Job, LeaseLost
from petitions.jobs.lease import Lease
from petitions.jobs.runs import Runner

TICK = 1
"""Seconds between two looks at lease and schedule."""

_log = structlog.get_logger()


class Scheduler:
    """One scheduler process. ``serve`` blocks until ``stop`` is set."""

    def __init__(self, app: Flask, jobs: Sequence[Job], clock: Callable[[], datetime]) -> None:
        self.app, self.jobs, self.clock = app, jobs, clock
        self.owner = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lease = Lease(self.owner)
        self.runner = Runner(self.owner, self.lease, clock)
        self.leading = False
        self._connected = True
        self._due: dict[str, datetime] = {}
        self._running: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(max_workers=len(jobs), thread_name_prefix="job")

    def serve(self, stop: Event) -> None:
        """Tick until ``stop``, then end what runs between two transactions and let go of the lease."""
        ticker = BackgroundScheduler(timezone=VIETNAM)
        ticker.add_job(
            self.tick, "interval", seconds=TICK, next_run_time=self.clock(),
            max_instances=1, coalesce=True, misfire_grace_time=None,
        )  # fmt: skip
        ticker.start()
        stop.wait()
        ticker.shutdown(wait=True)
        with self.app.app_context():
            if self.leading:
                self.lease.release()
        self._pool.shutdown(wait=True)

    def tick(self) -> None:
        """Renew or try the lease; leading, start every job that is due and not yet at work."""
        with self.app.app_context():
            leading = self._lead()
        if leading != self.leading:
            _log.info("scheduler_leads" if leading else "scheduler_stands_by", owner=self.owner)
            self.leading = leading
            self._due.clear()  # what others ran meanwhile is asked of the database
        if leading:
            self._start_due()

    def _lead(self) -> bool:
        try:
            leading = self.lease.hold()
        except (Busy, DBAPIError) as error:
            if self._connected:  # said once, not each second
                _log.warning("scheduler_without_database", owner=self.owner, exc_info=error)
            self._connected = False
            return False
        self._connected = True
        return leading

    def _start_due(self) -> None:
        now = self.clock()
        for job in self.jobs:
            running = self._running.get(job.name)
            if (running is None or running.done()) and self._due.get(job.name, now) <= now:
                self._due[job.name] = job.next_slot(now)
                self._running[job.name] = self._pool.submit(self._work, job)

    def _work(self, job: Job) -> None:
        with self.app.app_context():
            try:
                self.runner.work_off(job)
            except LeaseLost:
                _log.warning("job_left_to_the_new_leader", job=job.name, owner=self.owner)
            except Exception as error:  # the pool would swallow it
                _log.error("job_postponed", job=job.name, owner=self.owner, exc_info=error)
                self._due[job.name] = self.clock()
