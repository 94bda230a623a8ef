"""Handing frozen mails to the server, so that each is accepted once but for one honest window.

A mail is claimed with a lease by a conditional update, offered, and marked. A process that dies
between the server's acceptance and the mark leaves an attempt without an outcome: the mail is
offered again under the same Message-ID, and the journal shows the first attempt as uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from config.database import read, table_of, transaction
from notifications.models import Mail, MailAttempt, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from notifications.transport import Answer, Transport, Unreachable

LEASE = timedelta(minutes=5)
"""How long a claimed mail belongs to its sender; longer than a server may be silent."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
MOST_ATTEMPTS = 8
"""Temporary refusals after which a mail is parked."""
BATCH = 200

_mail, _attempt, _news = table_of(Mail), table_of(MailAttempt), table_of(OutboxMessage)


@dataclass(slots=True)
class Delivered:
    """What one run did."""

    sent: int = 0
    later: int = 0
    parked: int = 0
    cancelled: int = 0
    unreachable: int = 0

    def counts(self) -> Mapping[str, int]:
        """For the journal of the jobs."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Sender:
    """One process that sends.

    ``connect`` opens a way to the server, ``still_true`` judges a mail again before it is offered
    (a moved date, a lost scope: it is cancelled and its news told afresh), ``clock`` tells the
    instant, ``jitter`` a share between 0 and 1, ``guard`` ends each transaction.
    """

    owner: str
    connect: Callable[[], Transport]
    still_true: Callable[[Session, Any], bool]
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    guard: Callable[[Session], None]

    def run(self, done: Delivered | None = None) -> Delivered:
        """Offer every mail that is due, counting into ``done``. Ends early when no server answers."""
        done = done or Delivered()
        line: Transport | None = None
        try:
            while waiting := self._waiting():
                for mail_id in waiting:
                    claimed = self._claim(mail_id, done)
                    if claimed is None:
                        continue
                    try:
                        line = line or self.connect()
                    except Unreachable as error:
                        self._mark(claimed, Answer(AttemptOutcome.UNREACHABLE, str(error)), done)
                        return done
                    answer = line.offer(claimed.address, claimed.frozen)
                    self._mark(claimed, answer, done)
                    if answer.outcome is AttemptOutcome.UNCERTAIN:
                        line.close()
                        line = None
            return done
        finally:
            if line is not None:
                line.close()

    def _waiting(self) -> list[int]:
        now = self.clock()
        rows = read(
            select(_mail.c.id)
            .where(_due(now))
            .order_by(_mail.c.next_try_at, _mail.c.id)
            .limit(BATCH)
        )
        return [row.id for row in rows]

    def _claim(self, mail_id: int, done: Delivered) -> Any:
        """The mail, now this sender's for a while; None when another has it or it is true no more."""
        now = self.clock()
        with transaction() as session:
            mine = session.execute(
                update(_mail)
                .where(_mail.c.id == mail_id, _due(now))
                .values(
                    state=MailState.SENDING,
                    claimed_by=self.owner,
                    claimed_until=now + LEASE,
                    attempts=_mail.c.attempts + 1,
                )
                .returning(*_mail.c)
            ).one_or_none()
            if mine is None:
                return None
            lost = (
                session.connection()
                .execute(
                    update(_attempt)
                    .where(_attempt.c.mail_id == mail_id, _attempt.c.outcome.is_(None))
                    .values(outcome=AttemptOutcome.UNCERTAIN, reply="sender died")
                )
                .rowcount
            )
            doubtful = lost or _was_uncertain(session, mail_id)
            if not doubtful and not self.still_true(session, mine):
                _cancel(session, mail_id)
                done.cancelled += 1
                self.guard(session)
                return None
            session.execute(
                insert(_attempt).values(
                    mail_id=mail_id, ordinal=mine.attempts, at=now, owner=self.owner
                )
            )
            self.guard(session)
            return mine

    def _mark(self, claimed: Any, answer: Answer, done: Delivered) -> None:
        now = self.clock()
        with transaction() as session:
            session.execute(
                update(_attempt)
                .where(
                    _attempt.c.mail_id == claimed.id,
                    _attempt.c.ordinal == claimed.attempts,
                    _attempt.c.outcome.is_(None),  # who took the mail over said what is known of it
                )
                .values(outcome=answer.outcome, reply=answer.reply or None)
            )
            session.execute(
                update(_mail)
                .where(
                    _mail.c.id == claimed.id,
                    _mail.c.state == MailState.SENDING,
                    _mail.c.claimed_by == self.owner,
                )
                .values(**self._next(claimed, answer, now, done))
            )

    def _next(self, claimed: Any, answer: Answer, now: datetime, done: Delivered) -> dict[str, Any]:
        free = {"claimed_by": None, "claimed_until": None, "error": answer.reply or None}
        if answer.outcome is AttemptOutcome.ACCEPTED:
            done.sent += 1
            return {**free, "state": MailState.SENT, "accepted_at": now}
        if answer.outcome is AttemptOutcome.UNREACHABLE:
            done.unreachable += 1
            return {**free, "state": MailState.QUEUED, "next_try_at": now + self._pause(0)}
        refusals = claimed.refusals + 1
        if answer.outcome is AttemptOutcome.REFUSED or refusals >= MOST_ATTEMPTS:
            done.parked += 1
            return {**free, "state": MailState.PARKED, "refusals": refusals}
        done.later += 1
        return {
            **free,
            "state": MailState.QUEUED,
            "refusals": refusals,
            "next_try_at": now + self._pause(claimed.refusals),
        }

    def _pause(self, refusals: int) -> timedelta:
        """Twice as long each time, and never the same for two mails."""
        longest: timedelta = min(FIRST_PAUSE * 2**refusals, LONGEST_PAUSE)
        return longest * (0.5 + self.jitter() / 2)


def _due(now: datetime) -> Any:
    """Waiting for its time, or left behind by a sender whose lease ran out."""
    return or_(
        (_mail.c.state == MailState.QUEUED) & (_mail.c.next_try_at <= now),
        (_mail.c.state == MailState.SENDING) & (_mail.c.claimed_until < now),
    )


def _was_uncertain(session: Session, mail_id: int) -> bool:
    return (
        session.execute(
            select(_attempt.c.id)
            .where(_attempt.c.mail_id == mail_id, _attempt.c.outcome == AttemptOutcome.UNCERTAIN)
            .limit(1)
        ).first()
        is not None
    )


def _cancel(session: Session, mail_id: int) -> None:
    """It was never accepted and is true no more: its news is judged and told afresh."""
    session.execute(
        update(_mail)
        .where(_mail.c.id == mail_id)
        .values(state=MailState.CANCELLED, claimed_by=None, claimed_until=None)
    )
    session.execute(
        update(_news)
        .where(_news.c.mail_id == mail_id)
        .values(settled_at=None, outcome=None, mail_id=None)
    )


def recall(session: Session, mail_id: int) -> bool:
    """Take a parked mail back, whatever became of its tries; its news is judged and told afresh.

    For a person whose address changed: the old one can hold no second copy of what goes to the new.
    """
    parked = session.execute(
        select(_mail.c.id).where(_mail.c.id == mail_id, _mail.c.state == MailState.PARKED)
    ).first()
    if parked is not None:
        _cancel(session, mail_id)
    return parked is not None


def resend(session: Session, mail_id: int, now: datetime) -> bool:
    """Put a parked mail back in the queue; False when it is not parked."""
    return bool(
        session.connection()
        .execute(
            update(_mail)
            .where(_mail.c.id == mail_id, _mail.c.state == MailState.PARKED)
            .values(state=MailState.QUEUED, refusals=0, next_try_at=now, error=None)
        )
        .rowcount
    )


def park(session: Session, mail_id: int, reason: str) -> bool:
    """Stop a mail that waits in the queue; False when it does not."""
    return bool(
        session.connection()
        .execute(
            update(_mail)
            .where(_mail.c.id == mail_id, _mail.c.state == MailState.QUEUED)
            .values(state=MailState.PARKED, error=reason)
        )
        .rowcount
    )
