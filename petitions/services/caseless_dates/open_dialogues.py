"""Planned dialogues of heads with people that were not made public yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import select

from config.database import db, read
from petitions.models import OpenDialogue
from petitions.models.reminders import Subject
from petitions.queries.open_dialogues import seen
from petitions.queries.reception_dates import LastDay, last_day
from petitions.rulebook import current
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from petitions.text import vn_date
from workflows.commitments import OpenDialogueStatus
from workflows.vocabulary import Actor, Step


def _postings(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Up to their own day. No law says how early a dialogue is announced: as early as a leader's
    reception session, so the row of that one counts and a change of it is followed here."""
    statement = (
        select(
            OpenDialogue.id, OpenDialogue.uid, OpenDialogue.planned_on, OpenDialogue.agency_id,
            OpenDialogue.created_by,
        )
        .where(
            OpenDialogue.status == OpenDialogueStatus.PLANNED,
            OpenDialogue.posted_on.is_(None),
            OpenDialogue.planned_on.between(today, today + AHEAD),
            *among(OpenDialogue.id, ids),
        )
        .order_by(OpenDialogue.id)
    )  # fmt: skip
    book = current(db.session())
    ends: dict[date, LastDay | None] = {}
    for row in read(statement).all():
        if row.planned_on not in ends:
            ends[row.planned_on] = last_day(Step.SCHEDULE_POSTING, row.planned_on, book)
        if (end := ends[row.planned_on]) is None:
            continue
        yield CaselessDate(
            id=row.id,
            version=end.due.toordinal(),
            due=end.due,
            agency_id=row.agency_id,
            step=Subject.OPEN_POSTING,
            title=f"Đối thoại với Nhân dân ngày {vn_date(row.planned_on)}",
            path=f"/doi-thoai/{row.uid}",
            officer_id=row.created_by,
        )


def _seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(select(OpenDialogue.id).where(OpenDialogue.id.in_(ids), seen(actor)))


OPEN_POSTINGS = Source(_postings, _seen)
