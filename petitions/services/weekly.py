"""The week's figures are announced to those who lead or inspect, on the first working day of a week."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from notifications import outbox
from petitions.models import Hat, User
from petitions.queries.offices import in_force
from petitions.rulebook import current
from workflows.news import WEEKLY
from workflows.office_hours import works
from workflows.vocabulary import Role


def announce(session: Session, now: datetime) -> int:
    """Queue the week once for each head and inspector; returns how many are new.

    The figures are counted when the digest is drawn up, so that they are of that morning.
    """
    today = local_day(now)
    if not works(today, current(session).calendar):
        return 0
    year, week, _ = today.isocalendar()
    people = session.scalars(
        select(Hat.user_id)
        .join(User, User.id == Hat.user_id)
        .where(
            Hat.role.in_((Role.HEAD, Role.INSPECTOR)),
            in_force(Hat, today),
            User.disabled_at.is_(None),
        )
        .distinct()
        .order_by(Hat.user_id)
    )
    return outbox.put(
        session,
        [
            outbox.Message(f"{WEEKLY}:{year}-{week:02}:{person}", WEEKLY, person, None, {})
            for person in people
        ],
        now,
    )
