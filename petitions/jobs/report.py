"""How the scheduled work stands: for each job its last and next run and how late it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from petitions.jobs.job import Job
from petitions.jobs.schedule import JOBS
from petitions.queries.watch import LastRun, last_runs

ALARM = timedelta(minutes=15)
"""A slot nobody took up for so long is an alarm."""


@dataclass(frozen=True, slots=True)
class JobReport:
    """One job. ``lag`` is how long its earliest slot that nobody took up has been waiting."""

    name: str
    last: LastRun | None
    next: datetime
    lag: timedelta

    @property
    def late(self) -> bool:
        """Whether somebody should look: it never ran, nobody takes up its slots, or it hangs."""
        return self.last is None or self.lag > ALARM

    @property
    def failed(self) -> bool:
        """Whether its last run failed."""
        return self.last is not None and self.last.error is not None


def report(now: datetime) -> list[JobReport]:
    """Every job of the schedule, as it stands at ``now``."""
    runs = last_runs()
    return [
        JobReport(
            job.name, runs.get(job.name), job.next_slot(now), _lag(job, runs.get(job.name), now)
        )
        for job in JOBS
    ]


def _lag(job: Job, last: LastRun | None, now: datetime) -> timedelta:
    if last is None:
        return timedelta()
    if last.finished_at is None:
        return max(timedelta(), now - last.started_at - job.limit)
    return max(timedelta(), now - job.next_slot(last.slot))
