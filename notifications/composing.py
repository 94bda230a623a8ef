"""Turning a person's news into one frozen mail, in one transaction with the news it settles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from config.database import read, table_of, transaction
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from notifications.transport import freeze

MAILED = "mailed"
_news, _mail = table_of(OutboxMessage), table_of(Mail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to tell one person now.

    ``told`` are the ids of the news the mail carries, ``dropped`` those settled without one, by
    reason. Without ``address`` nothing is mailed and only ``dropped`` is settled.
    """

    kind: str = "digest"
    slot: str = ""
    day: date | None = None
    address: str | None = None
    subject: str = ""
    text: str = ""
    html: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    told: Sequence[int] = ()
    dropped: Mapping[int, str] = field(default_factory=dict)


Composer = Callable[[Session, int | None, Sequence[Any], datetime], Draft | None]
"""Judges a person's unsettled news afresh (state, due date, scope, hour); None: not now."""


@dataclass(frozen=True, slots=True)
class Composed:
    """How many mails were frozen, and how many pieces of news were told and dropped."""

    mails: int = 0
    told: int = 0
    dropped: int = 0

    def __add__(self, other: Composed) -> Composed:
        return Composed(
            self.mails + other.mails, self.told + other.told, self.dropped + other.dropped
        )


def compose(
    compose_for: Composer, now: datetime, *, host: str, guard: Callable[[Session], None]
) -> Composed:
    """Freeze what is to be told at ``now``: one transaction a person, safe to be repeated.

    ``host`` ends the Message-IDs; ``guard`` is called at the end of each transaction.
    """
    people = read(
        select(_news.c.recipient_id)
        .where(_news.c.settled_at.is_(None), _news.c.not_before <= now)
        .distinct()
        .order_by(_news.c.recipient_id)
    ).all()
    total = Composed()
    for (person,) in people:
        with transaction() as session:
            total += _for_one(session, person, compose_for, now, host)
            guard(session)
    return total


def _for_one(
    session: Session, person: int | None, compose_for: Composer, now: datetime, host: str
) -> Composed:
    rows = session.execute(
        select(
            _news.c.id, _news.c.kind, _news.c.case_id, _news.c.payload, _news.c.created_at
        )
        .where(
            _news.c.recipient_id.is_not_distinct_from(person),
            _news.c.settled_at.is_(None),
            _news.c.not_before <= now,
        )
        .order_by(_news.c.id)
        .with_for_update(of=_news)
    ).all()  # fmt: skip
    draft = compose_for(session, person, rows, now) if rows else None
    if draft is None:
        return Composed()
    for reason in sorted(set(draft.dropped.values())):
        ids = [news for news, why in draft.dropped.items() if why == reason]
        _settle(session, ids, now, reason, None)
    if draft.address is None or not draft.told:
        return Composed(dropped=len(draft.dropped))
    mail_id = _freeze(session, person, draft, now, host)
    _settle(session, draft.told, now, MAILED, mail_id)
    return Composed(1, len(draft.told), len(draft.dropped))


def _freeze(session: Session, person: int | None, draft: Draft, now: datetime, host: str) -> int:
    # a cancelled mail of the same slot was never accepted; its successor is told from it
    earlier = session.execute(
        select(_mail.c.id)
        .where(_mail.c.recipient_id == person, _mail.c.kind == draft.kind)
        .where(_mail.c.slot.startswith(draft.slot, autoescape=True))
        .where(_mail.c.state == MailState.CANCELLED)
    ).all()
    slot = f"{draft.slot}+{len(earlier)}" if earlier else draft.slot
    message_id = f"<{draft.kind}.{person}.{slot}@{host}>".replace(" ", "")
    assert draft.address is not None and draft.day is not None
    return int(
        session.execute(
            insert(_mail)
            .values(
                recipient_id=person,
                kind=draft.kind,
                slot=slot,
                day=draft.day,
                address=draft.address,
                message_id=message_id,
                subject=draft.subject[:200],
                frozen=freeze(
                    address=draft.address,
                    subject=draft.subject,
                    text=draft.text,
                    html=draft.html,
                    message_id=message_id,
                    at=now.timestamp(),
                    headers=draft.headers,
                ),
                state=MailState.QUEUED,
                attempts=0,
                refusals=0,
                created_at=now,
                next_try_at=now,
            )
            .returning(_mail.c.id)
        ).scalar_one()
    )


def _settle(
    session: Session, ids: Sequence[int], now: datetime, outcome: str, mail_id: int | None
) -> None:
    if ids:
        session.execute(
            update(_news)
            .where(_news.c.id.in_(ids))
            .values(settled_at=now, outcome=outcome, mail_id=mail_id)
        )
