"""Composing and sending, as the schedule does it every few minutes, and what an operator may do about it.

Without a mail server nothing is composed and nothing sent: the news waits and is judged when there
is one. A run that would send far more than usual stops before it sends anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

import structlog
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day, local_time
from config.database import db, read, table_of, transaction
from notifications import composing, delivery
from notifications.models import Mail, MailPermit
from notifications.states import MailState
from notifications.transport import SmtpTransport, Transport
from petitions.errors import Conflict, NotFound
from petitions.installation import installation
from petitions.rulebook import current
from petitions.services import digest
from workflows.office_hours import is_open

FACTOR, FLOOR = 3, 200
"""A day's mails may be so many times the usual, and never fewer than the floor is held up."""
LOOKED_BACK = 20
"""Working days with mail that make the usual."""

_log = structlog.get_logger()
_mail, _permit = table_of(Mail), table_of(MailPermit)


class Burst(Conflict):
    """More mail than usual was about to leave; nothing more leaves until an operator permits it."""

    code = "mail_burst"


class Closed(Exception):
    """The office closed while mail was leaving; the rest waits for the next morning."""


@dataclass(frozen=True, slots=True)
class Post:
    """One process that composes and sends. ``clock``, ``connect`` and ``jitter`` come from the edge."""

    owner: str
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    guard: Callable[[Session], None]
    connect: Callable[[], Transport] = SmtpTransport

    def run(self) -> Mapping[str, int]:
        """Compose what is due and offer what waits. Raises ``Burst``."""
        now = self.clock()
        if not installation().settings.mail_server or not self._open():
            return {}
        composed = composing.compose(digest.compose, now, host=_host(), guard=self._not_too_many)
        done = self._sent()
        return {
            "queued": composed.mails,
            "found": composed.told,
            "dropped": composed.dropped,
            **done.counts(),
        }

    def _sent(self) -> delivery.Delivered:
        sender = delivery.Sender(
            owner=self.owner,
            connect=self.connect,
            still_true=lambda _session, mail: digest.still_true(mail, self.clock()),
            clock=self.clock,
            jitter=self.jitter,
            guard=self._while_open,
        )
        done = delivery.Delivered()
        with suppress(Closed):
            sender.run(done)
        return done

    def _open(self) -> bool:
        return is_open(local_time(self.clock()), current(db.session()).calendar)

    def _while_open(self, session: Session) -> None:
        self.guard(session)
        if not self._open():
            raise Closed

    def _not_too_many(self, session: Session) -> None:
        self.guard(session)
        today = local_day(self.clock())
        made = session.execute(
            select(func.count()).where(_mail.c.day == today, _mail.c.state != MailState.CANCELLED)
        ).scalar_one()
        if made > most_on(today) and not _permitted(today):
            _log.error("mail_burst", count=made)
            raise Burst(
                f"Hôm nay có hơn {most_on(today)} thư sắp gửi, nhiều bất thường. Hãy xem lại rồi cho "
                "phép bằng: donthu mail permit"
            )


def usual_before(today: date) -> float:
    """Mails sent on an average day of the last working days that had any."""
    days = (
        select(func.count().label("sent"))
        .where(_mail.c.state == MailState.SENT, _mail.c.day < today)
        .group_by(_mail.c.day)
        .order_by(_mail.c.day.desc())
        .limit(LOOKED_BACK)
        .subquery()
    )
    return float(read(select(func.avg(days.c.sent))).scalar() or 0)


def most_on(today: date) -> int:
    """The mails that may leave on ``today`` without anybody's permission."""
    return max(FLOOR, ceil(FACTOR * usual_before(today)))


def _permitted(day: date) -> bool:
    return read(select(_permit.c.day).where(_permit.c.day == day)).first() is not None


def permit(now: datetime, by: int | None) -> None:
    """Let more mail than usual leave today."""
    day = local_day(now)
    with transaction() as session:
        session.execute(delete(_permit).where(_permit.c.day == day))
        session.execute(insert(_permit).values(day=day, granted_by=by, granted_at=now))


def resend(mail_id: int, now: datetime) -> None:
    """Put a parked mail back in the queue. Raises ``NotFound`` when it is not parked."""
    with transaction() as session:
        if not delivery.resend(session, mail_id, now):
            raise NotFound("Không có thư nào đang dừng với số này.")


def park(mail_id: int) -> None:
    """Stop a mail that waits to be sent. Raises ``NotFound`` when it does not wait."""
    with transaction() as session:
        if not delivery.park(session, mail_id, "operator"):
            raise NotFound("Không có thư nào đang chờ gửi với số này.")


def _host() -> str:
    return installation().settings.mail_sender.rpartition("@")[2] or "localhost"
