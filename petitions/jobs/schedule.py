"""The schedule: what runs by the clock, when (Vietnamese time), and for how long at most."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import delete, select

from config import clock
from config.clock import VIETNAM, local_day
from config.database import db, table_of
from notifications import outbox
from petitions.jobs.job import Counts, Job, Run
from petitions.models import CommandKey, Draft, Hat, JobRun, LoginAttempt, User
from petitions.queries.watch import calendar_end
from petitions.services import audit, escalations, hotspots, reminders, watch, weekly, weighing
from petitions.services.mailing import Post
from workflows.vocabulary import Role

KEEP_KEYS = timedelta(days=7)
"""How long a one-time key answers a repeated request."""
KEEP_RUNS = timedelta(days=90)


def _at(**fields: int | str) -> BaseTrigger:
    return CronTrigger(timezone=VIETNAM, **fields)


def _sweep(run: Run) -> Counts:
    found = watch.sweep(run.now, now=run.now, guard=run.guard)
    return {
        "looked": found.looked,
        "found": found.flagged,
        "cleared": found.cleared,
        "queued": found.queued,
        "failed": found.failed,
    }


def _weigh(run: Run) -> Counts:
    done = weighing.run(run.now, guard=run.guard)
    return {"looked": done.weighed, "found": done.changed, "cleared": done.dropped}


def _scan_hotspots(run: Run) -> Counts:
    done = hotspots.scan(run.now, guard=run.guard)
    return {"looked": done.weeks, "found": done.alarms, "listed": done.listed}


def _anchor(run: Run) -> Counts:
    return {"found": audit.anchor(run.now)}


def _warn_of_calendar(run: Run) -> Counts:
    """Tell every administrator once, when the official calendar has sixty days or less to run."""
    today = local_day(run.now)
    end = calendar_end(today)
    if not end.near:
        return {"days_left": end.days_left}
    administrators = db.session.scalars(
        select(Hat.user_id)
        .join(User, User.id == Hat.user_id)
        .where(Hat.role == Role.ADMIN, Hat.valid_from <= today, User.disabled_at.is_(None))
        .where(Hat.valid_to.is_(None) | (Hat.valid_to >= today))
        .distinct()
    )
    messages = [
        outbox.Message(
            dedupe_key=f"calendar_end:{end.last}:{person}",
            kind="calendar_end",
            recipient_id=person,
            case_id=None,
            payload={"last_day": end.last.isoformat()},
        )
        for person in administrators
    ]
    return {
        "days_left": end.days_left,
        "queued": outbox.put(db.session(), messages, run.now),
    }


def _clean_up(run: Run) -> Counts:
    """What has served its time: old keys, failed sign-ins, forgotten drafts, the log of old runs."""
    keys, attempts, runs = table_of(CommandKey), table_of(LoginAttempt), table_of(JobRun)
    drafts = table_of(Draft)
    old = run.now - KEEP_KEYS
    statements = (
        delete(keys).where(keys.c.at < old),
        delete(attempts).where(attempts.c.at < old),
        delete(runs).where(runs.c.finished_at < run.now - KEEP_RUNS),
        delete(drafts).where(drafts.c.expires_at <= run.now),
    )
    connection = db.session.connection()
    return {"found": sum(connection.execute(statement).rowcount for statement in statements)}


def _climb(run: Run) -> Counts:
    done = reminders.climb(run.now, guard=run.guard)
    return {"found": done.found, "queued": done.queued, "nobody": done.nobody}


def _escalate(run: Run) -> Counts:
    done = escalations.raise_due(run.now, guard=run.guard)
    return {"found": done.found, "queued": done.queued, "nobody": done.nobody}


def _mail(run: Run) -> Counts:
    owner = f"{socket.gethostname()[:50]}:{os.getpid()}:{secrets.token_hex(4)}"
    jitter = secrets.SystemRandom().random
    return Post(owner, clock.now, jitter, run.guard).run()


def _announce_week(run: Run) -> Counts:
    return {"queued": weekly.announce(db.session(), run.now)}


JOBS = (
    Job(
        name="sweep",
        trigger=OrTrigger([_at(minute=5), _at(hour=6, minute=0)]),
        work=_sweep,
        limit=timedelta(minutes=30),
    ),
    Job(
        name="weigh",
        trigger=_at(minute=25),
        work=_weigh,
        limit=timedelta(minutes=30),
    ),
    Job(
        name="hotspots",
        trigger=_at(day_of_week="mon", hour=5, minute=40),
        work=_scan_hotspots,
        limit=timedelta(minutes=30),
    ),
    Job(
        name="anchor",
        trigger=_at(hour=0, minute=30),
        work=_anchor,
        limit=timedelta(minutes=30),
    ),
    Job(
        name="cleanup",
        trigger=_at(hour=2, minute=15),
        work=_clean_up,
        limit=timedelta(minutes=1),
        whole=True,
    ),
    Job(
        name="calendar_warning",
        trigger=_at(hour=6, minute=30),
        work=_warn_of_calendar,
        limit=timedelta(minutes=1),
        whole=True,
    ),
    Job(
        name="climb",
        trigger=_at(hour="6-18", minute=10),
        work=_climb,
        limit=timedelta(minutes=30),
    ),
    Job(
        name="escalate",
        trigger=_at(hour="6-18", minute=12),
        work=_escalate,
        limit=timedelta(minutes=30),
    ),
    Job(
        name="weekly",
        trigger=_at(hour=6, minute=20),
        work=_announce_week,
        limit=timedelta(minutes=1),
        whole=True,
    ),
    Job(
        name="mail",
        trigger=_at(hour="6-18", minute="*/5"),
        work=_mail,
        limit=timedelta(minutes=30),
    ),
)
