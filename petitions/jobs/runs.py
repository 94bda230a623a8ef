"""Claiming a slot and doing its work once.

The claim is a row with a unique key (job, slot). Where the work is one transaction the claim is part
of it; otherwise the claim comes first, and a run whose scheduler died is taken over by the next leader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.database import Busy, insert_into, read, table_of, transaction
from petitions.errors import DomainError, Invalid
from petitions.jobs.job import Counts, Job, LeaseLost, Overtime, Run
from petitions.jobs.lease import Lease
from petitions.models import JobRun

DONE, FAILED = "done", "failed"

_log = structlog.get_logger()
_run = table_of(JobRun)


@dataclass(frozen=True, slots=True)
class Runner:
    """Does the due slots of jobs for one scheduler while it holds the lease."""

    owner: str
    lease: Lease
    clock: Callable[[], datetime]

    def work_off(self, job: Job) -> None:
        """Every slot of ``job`` that is due now, unfinished ones of a dead scheduler first.

        Raises ``LeaseLost`` and ``Busy``; the work is then left for the next leader or try.
        """
        for run_id, slot, owner in self._unfinished(job):
            if self._adopt(run_id, owner):
                self._do_parts(job, slot, run_id)
        last = read(select(func.max(_run.c.slot)).where(_run.c.job == job.name)).scalar()
        for slot in job.due_slots(last, self.clock()):
            if job.whole:
                self._do_whole(job, slot)
            else:
                run_id = self._claim(job, slot)
                if run_id is not None:
                    self._do_parts(job, slot, run_id)

    def _do_whole(self, job: Job, slot: datetime) -> None:
        guard = self._guard(job.limit)
        try:
            with transaction() as session:
                run_id = self._insert(session, job, slot)
                if run_id is None:
                    return
                counts = job.work(Run(slot, self.clock(), guard))
                self._finish(session, run_id, DONE, counts)
                guard(session)
        except (LeaseLost, Busy):
            raise
        except Exception as error:  # whatever a job raises is recorded, and the next slot runs
            self._fail(job, slot, self._claim(job, slot), error)
        else:
            _log.info("job_done", job=job.name, slot=slot.isoformat(), owner=self.owner)

    def _do_parts(self, job: Job, slot: datetime, run_id: int) -> None:
        try:
            counts = job.work(Run(slot, self.clock(), self._guard(job.limit)))
        except (LeaseLost, Busy):
            raise
        except Exception as error:
            self._fail(job, slot, run_id, error)
        else:
            with transaction() as session:
                self._finish(session, run_id, DONE, counts)
                self._guard()(session)
            _log.info("job_done", job=job.name, slot=slot.isoformat(), owner=self.owner)

    def _guard(self, limit: timedelta | None = None) -> Callable[[Session], None]:
        """What is asked before each commit: still the leader, and still within ``limit`` from now."""
        started = monotonic()

        def guard(session: Session) -> None:
            if not self.lease.held(session):
                raise LeaseLost
            if limit is not None and monotonic() - started > limit.total_seconds():
                raise Overtime

        return guard

    def _unfinished(self, job: Job) -> list[Any]:
        open_runs = select(_run.c.id, _run.c.slot, _run.c.owner).where(
            _run.c.job == job.name, _run.c.finished_at.is_(None)
        )
        return list(read(open_runs.order_by(_run.c.slot)))

    def _adopt(self, run_id: int, owner: str) -> bool:
        """Take over a run; another leader may have been quicker."""
        with transaction() as session:
            taken = session.connection().execute(
                update(_run)
                .where(_run.c.id == run_id, _run.c.owner == owner, _run.c.finished_at.is_(None))
                .values(owner=self.owner, started_at=self.clock())
                .returning(_run.c.id)
            )
            adopted = taken.first() is not None
            self._guard()(session)
        return adopted

    def _claim(self, job: Job, slot: datetime) -> int | None:
        with transaction() as session:
            run_id = self._insert(session, job, slot)
            self._guard()(session)
        return run_id

    def _insert(self, session: Session, job: Job, slot: datetime) -> int | None:
        """The claim; ``None`` when the slot is somebody's already."""
        connection = session.connection()
        claim = (
            insert_into(connection, _run)
            .values(job=job.name, slot=slot, owner=self.owner, started_at=self.clock(), counts={})
            .on_conflict_do_nothing(index_elements=["job", "slot"])
            .returning(_run.c.id)
        )
        return connection.execute(claim).scalar()

    def _finish(
        self, session: Session, run_id: int, outcome: str, counts: Counts, error: str | None = None
    ) -> None:
        session.connection().execute(
            update(_run)
            .where(_run.c.id == run_id, _run.c.owner == self.owner, _run.c.finished_at.is_(None))
            .values(finished_at=self.clock(), outcome=outcome, counts=dict(counts), error=error)
        )

    def _fail(self, job: Job, slot: datetime, run_id: int | None, error: Exception) -> None:
        _log.error("job_failed", job=job.name, slot=slot.isoformat(), exc_info=error)
        if run_id is not None:
            with transaction() as session:
                self._finish(session, run_id, FAILED, {}, _words(error))
                self._guard()(session)


def _words(error: Exception) -> str:
    """What may be kept of an error: its kind and our own sentences, never values somebody typed."""
    said = [error.message] if isinstance(error, DomainError) else []
    if isinstance(error, Invalid):
        said = [message for messages in error.fields.values() for message in messages]
    return ": ".join([type(error).__name__, *said])[:300]
