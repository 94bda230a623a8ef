"""What a planned session asks for before its day: the posting, the invitation, the test of the line."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from config.database import db, read
from petitions.models import ReceptionSession
from petitions.queries.reception_dates import last_day
from petitions.queries.reception_reach import sessions_seen
from petitions.rulebook import Rulebook, current
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from petitions.text import vn_date
from workflows.reception import SessionKind, SessionManner, SessionStatus
from workflows.vocabulary import Actor, Step


def _postings(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = (ReceptionSession.kind == SessionKind.PERIODIC, ReceptionSession.posted_on.is_(None))
    return _sessions(Step.SCHEDULE_POSTING, today, ids, *owed)


def _invitations(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = (
        ReceptionSession.manner == SessionManner.ONLINE,
        ReceptionSession.invited_on.is_(None),
    )
    return _sessions(Step.ONLINE_INVITATION, today, ids, *owed)


def _tests(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = (ReceptionSession.manner == SessionManner.ONLINE, ReceptionSession.tested_on.is_(None))
    return _sessions(Step.ONLINE_CONNECTION_TEST, today, ids, *owed)


def _sessions(
    step: Step, today: date, ids: Ids, *owed: ColumnElement[bool]
) -> Iterator[CaselessDate]:
    """Planned sessions up to their own day: after it there is nothing left to post or invite to."""
    statement = (
        select(
            ReceptionSession.id, ReceptionSession.uid, ReceptionSession.day,
            ReceptionSession.agency_id, ReceptionSession.created_by,
        )
        .where(
            ReceptionSession.status == SessionStatus.PLANNED,
            ReceptionSession.day.between(today, today + AHEAD),
            *owed,
            *among(ReceptionSession.id, ids),
        )
        .order_by(ReceptionSession.id)
    )  # fmt: skip
    book: Rulebook = current(db.session())
    ends: dict[date, Any] = {}
    for row in read(statement).all():
        if row.day not in ends:
            ends[row.day] = last_day(step, row.day, book)
        if (end := ends[row.day]) is None:
            continue
        yield CaselessDate(
            id=row.id,
            version=end.due.toordinal(),
            due=end.due,
            agency_id=row.agency_id,
            step=step,
            title=f"Buổi tiếp công dân ngày {vn_date(row.day)}",
            path=f"/tiep-cong-dan/buoi/{row.uid}",
            officer_id=row.created_by,
        )


def _sessions_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(
        select(ReceptionSession.id).where(ReceptionSession.id.in_(ids), sessions_seen(actor))
    )


POSTINGS = Source(_postings, _sessions_seen)
INVITATIONS = Source(_invitations, _sessions_seen)
CONNECTION_TESTS = Source(_tests, _sessions_seen)
