"""Short cuts of the demonstration to reception: the row somebody means is looked up, then the real command runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from config.clock import local_day
from config.database import db
from petitions.models import MeetingRequest, ReceptionPaper, ReceptionSession, Visit
from petitions.services import meetings
from petitions.services.reception_closing import Held, explain_missed, hold, postpone
from petitions.services.reception_papers import sign_paper
from petitions.services.reception_papers_book import number_paper, record_paper_sent
from petitions.services.reception_sessions import Planned as Session
from petitions.services.reception_sessions import Prepared, plan, post_schedule, prepare
from petitions.services.visit_outcomes import Concluded, conclude, tell_result
from petitions.services.visit_rows import Taken
from petitions.services.visits import receive
from workflows.reception import RESULT_OWED, SessionKind, SessionStatus, month_of
from workflows.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody's turn: who came with what, and what came of it."""

    taken: Taken
    ended: Concluded


def heard(turn: Heard, session: str | None = None, *, actor: Actor, now: datetime) -> str:
    """Receive somebody, in today's regular session or another; returns the visit's uid."""
    uid = receive(session, turn.taken, actor=actor, now=now)
    conclude(uid, turn.ended, version=_version(Visit, uid), actor=actor, now=now)
    return uid


def told(visit: str, *, actor: Actor, now: datetime) -> None:
    """The visitor was told what came of it."""
    tell_result(visit, on=local_day(now), version=_version(Visit, visit), actor=actor, now=now)


def owes(turn: Heard) -> bool:
    """Whether the visitor is to be told something afterwards."""
    return turn.ended.outcome in RESULT_OWED


# --- sessions --------------------------------------------------------------------------------


def post_month(month: date, where: str, *, actor: Actor, now: datetime) -> None:
    """Hang up the leader's days of the month that are still ahead."""
    today = local_day(now)
    rows = db.session.execute(
        select(ReceptionSession.uid, ReceptionSession.version).where(
            ReceptionSession.agency_id == actor.agency_id,
            ReceptionSession.kind == SessionKind.PERIODIC,
            ReceptionSession.status == SessionStatus.PLANNED,
            ReceptionSession.posted_on.is_(None),
            ReceptionSession.day.between(max(month, today), month_of(month)[1]),
        )
    )
    versions = {row.uid: row.version for row in rows}
    if versions:
        post_schedule(versions, on=today, where=where, actor=actor, now=now)


def planned(given: Session, *, actor: Actor, now: datetime) -> str:
    """Plan sessions; returns the uid of the first."""
    return plan(given, actor=actor, now=now)


def prepared(uid: str, given: Prepared, *, actor: Actor, now: datetime) -> None:
    """Note what was done ahead of a session."""
    prepare(uid, given, version=_version(ReceptionSession, uid), actor=actor, now=now)


def held_on(day: date, given: Held, turns: Sequence[Heard], *, actor: Actor, now: datetime) -> str:
    """Hold the leader's own day; returns the uids of its visits, parted by spaces."""
    return held(leaders_day(actor, day), given, turns, actor=actor, now=now)


def held(uid: str, given: Held, turns: Sequence[Heard], *, actor: Actor, now: datetime) -> str:
    """Hold a session from its first visit to its end; returns the uids of its visits, parted by spaces."""
    visits = [
        heard(turn, uid, actor=actor, now=now + number * timedelta(seconds=1))
        for number, turn in enumerate(turns)
    ]
    hold(uid, given, version=_version(ReceptionSession, uid), actor=actor, now=now)
    return " ".join(visits)


def put_off(day: date, to_day: date, reason: str, *, actor: Actor, now: datetime) -> str:
    """Postpone the leader's day and announce it at once; returns the new session's uid."""
    uid = leaders_day(actor, day)
    return postpone(
        uid, to_day=to_day, reason=reason, posted_on=local_day(now),
        version=_version(ReceptionSession, uid), actor=actor, now=now,
    )  # fmt: skip


def excused(day: date, reason: str, *, actor: Actor, now: datetime) -> None:
    """Write down why the leader's day passed without reception."""
    uid = leaders_day(actor, day)
    explain_missed(
        uid, reason=reason, version=_version(ReceptionSession, uid), actor=actor, now=now
    )


def leaders_day(actor: Actor, day: date) -> str:
    """The uid of the actor's agency's first planned periodic session from that day on."""
    return db.session.scalars(
        select(ReceptionSession.uid)
        .where(
            ReceptionSession.agency_id == actor.agency_id,
            ReceptionSession.kind == SessionKind.PERIODIC,
            ReceptionSession.status == SessionStatus.PLANNED,
            ReceptionSession.day >= day,
        )
        .order_by(ReceptionSession.day, ReceptionSession.id)
        .limit(1)
    ).one()


# --- meeting the leader ----------------------------------------------------------------------


def agreed(visit: str, after: date, *, actor: Actor, now: datetime) -> None:
    """The leader meets the visitor in the first session after that day."""
    uid, version = _asked(visit)
    session = leaders_day(actor, after + timedelta(days=1))
    meetings.agree(uid, session_uid=session, version=version, actor=actor, now=now)


def declined(visit: str, reason: str, *, actor: Actor, now: datetime) -> None:
    """The leader does not."""
    uid, version = _asked(visit)
    meetings.decline(uid, reason=reason, version=version, actor=actor, now=now)


def _asked(visit: str) -> tuple[str, int]:
    row = db.session.execute(
        select(MeetingRequest.uid, MeetingRequest.version)
        .join(Visit, Visit.id == MeetingRequest.visit_id)
        .where(Visit.uid == visit)
    ).one()
    return row.uid, row.version


# --- papers ----------------------------------------------------------------------------------


def signed(paper: str, *, actor: Actor, now: datetime) -> None:
    """Sign a paper of reception."""
    sign_paper(paper, version=_version(ReceptionPaper, paper), actor=actor, now=now)


def sent(paper: str, *, actor: Actor, now: datetime) -> None:
    """Number a signed paper and send it."""
    number_paper(paper, actor=actor, now=now)
    record_paper_sent(paper, local_day(now), actor=actor, now=now)


def _version(model: Any, uid: str) -> int:
    return int(db.session.execute(select(model.version).where(model.uid == uid)).scalar_one())
