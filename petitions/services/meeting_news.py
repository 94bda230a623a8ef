"""News to who received a visitor: the leader answered the visitor's request to meet.

It names the visit by its number and day alone; of a confidential one nothing else is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.database import read
from notifications import outbox
from petitions.access import visits_seen
from petitions.models import MeetingRequest, ReceptionSession, Visit
from petitions.text import vn_date
from workflows.news import MEETING_GRANTED, MEETING_REFUSED
from workflows.vocabulary import Actor

MEETING_NEWS = frozenset({MEETING_GRANTED, MEETING_REFUSED})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request this person may know of; ``version`` grows with every answer."""

    version: int
    title: str
    path: str
    secret: bool


def tell_receiver(
    session: Session,
    asked: MeetingRequest,
    visit: Visit,
    *,
    granted: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Tell who received the visitor of the answer, in the transaction that gives it."""
    session.flush()
    if visit.received_by == actor.user_id:
        return
    kind = MEETING_GRANTED if granted else MEETING_REFUSED
    message = outbox.Message(
        dedupe_key=f"{kind}:{asked.id}:{asked.version}:{visit.received_by}",
        kind=kind,
        recipient_id=visit.received_by,
        case_id=None,
        payload={"meeting": asked.id, "version": asked.version},
    )
    outbox.put(session, [message], now)


def asked_in(actors: Collection[Actor], rows: Sequence[Any]) -> Mapping[int, Asked]:
    """The requests this news speaks of that the person may know of under any hat."""
    wanted = {row.payload["meeting"] for row in rows if row.kind in MEETING_NEWS}
    found: dict[int, Asked] = {}
    for actor in actors:
        if not (missing := wanted - found.keys()):
            break
        seen = read(
            select(
                MeetingRequest.id, MeetingRequest.version, Visit.uid, Visit.queue_number,
                Visit.confidential, ReceptionSession.day,
            )
            .join(Visit, Visit.id == MeetingRequest.visit_id)
            .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
            .where(MeetingRequest.id.in_(missing), visits_seen(actor))
        )  # fmt: skip
        for row in seen:
            title = f"Lượt tiếp số {row.queue_number} ngày {vn_date(row.day)}"
            path = f"/tiep-cong-dan/luot/{row.uid}"
            found[row.id] = Asked(row.version, title, path, row.confidential)
    return found
