"""What one person is told now: the news of the outbox judged afresh and drawn up as one mail.

Every piece is looked at again in the transaction that settles it: whether its date still runs under
the same version and due day, whether its case is still open and awake, and whether this person may
still see it under one of his hats. Before a mail is offered the same is asked once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from config.clock import local_day, local_time
from config.database import read, table_of
from notifications.composing import Draft
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions.models import AddressNote
from petitions.rulebook import current
from petitions.services.digest_judging import Reader, judge, reader_of
from petitions.services.digest_text import drawn_up
from workflows.news import Dropped, is_urgent
from workflows.office_hours import is_morning, is_open

DIGEST, URGENT = "digest", "urgent"
_mail, _news = table_of(Mail).c, table_of(OutboxMessage).c


def compose(
    session: Session, person: int | None, rows: Sequence[Any], now: datetime
) -> Draft | None:
    """The mail a person gets now: the day's digest, or what cannot wait for the next one; None: not now."""
    here, calendar = local_time(now), current(session).calendar
    if not is_open(here, calendar):
        return None
    reader = Reader(0) if person is None else reader_of(person, here.date())
    if not reader.actors or not reader.address:
        reason = _why_unreached(reader, person)
        return Draft(dropped={row.id: reason.value for row in rows})
    if is_morning(here, calendar, reader.hour) and not _had_today(reader.user_id, here.date()):
        kind = DIGEST
    elif here.time() >= min(reader.office_hour, reader.hour):
        kind = URGENT
        rows = [row for row in rows if is_urgent(row.kind, bool(row.payload.get("urgent")))]
    else:
        return None
    if not rows:
        return None
    judged = judge(reader, rows, here.date())
    if not judged.items:
        return Draft(dropped=judged.dropped)
    first = min(item.news for item in judged.items)
    return drawn_up(
        reader,
        judged,
        today=here.date(),
        kind=kind,
        slot=here.date().isoformat() if kind == DIGEST else _urgent_slot(reader, first),
    )


def _urgent_slot(reader: Reader, first: int) -> str:
    """Named by its first piece of news; where a mail of it came back, the next one counts on."""
    came_back = read(
        select(func.count()).where(
            _mail.recipient_id == reader.user_id,
            _mail.kind == URGENT,
            (_mail.slot == str(first)) | _mail.slot.startswith(f"{first}."),
            exists().where(AddressNote.mail_id == _mail.id),
        )
    ).scalar()
    return f"{first}.{came_back}" if came_back else str(first)


def _why_unreached(reader: Reader, person: int | None) -> Dropped:
    if not reader.actors and person is not None:
        return Dropped.DISABLED
    return Dropped.RETURNED if reader.returned else Dropped.NO_ADDRESS


def still_true(mail: Any, now: datetime) -> bool:
    """Whether a frozen mail may leave as it is: of today, to the same address, nothing in it changed."""
    today = local_day(now)
    if mail.day != today:
        return False
    reader = reader_of(mail.recipient_id, today)
    if reader.address != mail.address:
        return False
    rows = read(
        select(_news.id, _news.kind, _news.case_id, _news.payload, _news.created_at)
        .where(_news.mail_id == mail.id)
        .order_by(_news.id)
    ).all()
    return not judge(reader, rows, today).dropped


def _had_today(user_id: int, today: date) -> bool:
    return bool(
        read(
            select(
                exists().where(
                    _mail.recipient_id == user_id,
                    _mail.kind == DIGEST,
                    _mail.day == today,
                    _mail.state != MailState.CANCELLED,
                )
            )
        ).scalar()
    )
