"""Frozen mails over a real SMTP server: once, in order of need, and honest about the one window."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.database import db, transaction
from notifications import composing, delivery, outbox
from notifications.composing import Draft, compose
from notifications.delivery import LEASE, MOST_ATTEMPTS, Delivered, Sender, resend
from notifications.models import Mail, MailAttempt, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from notifications.transport import Answer, SmtpTransport, Unreachable
from tests.notifications.postoffice import PostOffice, post_office

DAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
"""07:30 in Vietnam."""
SUBJECT = "Đơn thư: 2 việc quá hạn, 1 việc đến hạn hôm nay"


class Clock:
    """An instant that only tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: int) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    with post_office(app) as found:
        yield found


def tell(*people: int, news: str = "overdue") -> None:
    """Put one piece of news for each person into the outbox."""
    with transaction() as session:
        outbox.put(
            session,
            [
                outbox.Message(f"{news}:{each}", news, each, None, {"case": "TCD-1"})
                for each in people
            ],
            NOW,
        )


def a_digest(session: Session, person: int | None, rows: Any, now: datetime) -> Draft:
    return Draft(
        slot=DAY.isoformat(),
        day=DAY,
        address=f"person{person}@example.vn",
        subject=SUBJECT,
        text="Hồ sơ TCD-1 đã quá hạn.\n",
        html="<p>Hồ sơ <b>TCD-1</b> đã quá hạn.</p>",
        headers={"List-Unsubscribe": "<http://127.0.0.1:8000/tai-khoan>"},
        told=[row.id for row in rows],
    )


def composed(composer: composing.Composer = a_digest) -> composing.Composed:
    return compose(composer, NOW, host="donthu.example.vn", guard=lambda _session: None)


def sender(clock: Clock, owner: str = "a", **changes: Any) -> Sender:
    settings: dict[str, Any] = {
        "owner": owner,
        "connect": SmtpTransport,
        "still_true": lambda _session, _mail: True,
        "clock": clock,
        "jitter": lambda: 1.0,
        "guard": lambda _session: None,
    }
    return Sender(**{**settings, **changes})


def mails() -> list[Mail]:
    db.session.expire_all()
    return list(db.session.scalars(select(Mail).order_by(Mail.id)))


def journal() -> list[AttemptOutcome | None]:
    return list(db.session.scalars(select(MailAttempt.outcome).order_by(MailAttempt.id)))


def test_a_digest_arrives_as_it_was_frozen(office: PostOffice, clock: Clock) -> None:
    tell(1, 2)
    assert composed() == composing.Composed(2, 2, 0)
    assert sender(clock).run().sent == 2
    first, second = office.mails()
    assert first["Subject"] == SUBJECT
    assert first["To"] == "person1@example.vn"
    assert first["Message-ID"] == f"<digest.1.{DAY}@donthu.example.vn>"
    assert first["Date"] == "Fri, 20 Nov 2026 00:30:00 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    assert "tai-khoan" in first["List-Unsubscribe"]
    text, html = (first.get_body((each,)) for each in ("plain", "html"))
    assert text is not None and "đã quá hạn" in text.get_content()
    assert html is not None and "<b>TCD-1</b>" in html.get_content()
    assert second["To"] == "person2@example.vn"
    assert [each.state for each in mails()] == [MailState.SENT] * 2
    assert sender(clock).run() == Delivered()


def test_news_is_settled_with_its_mail_and_told_once(office: PostOffice, clock: Clock) -> None:
    tell(1)
    composed()
    assert composed() == composing.Composed()
    rows = db.session.scalars(select(OutboxMessage)).all()
    assert [(row.outcome, row.mail_id is not None) for row in rows] == [("mailed", True)]
    sender(clock).run()
    assert len(office.taken) == 1


def test_news_may_be_dropped_with_its_reason_or_wait(app: Flask) -> None:
    tell(1, 2)

    def judge(session: Session, person: int | None, rows: Any, now: datetime) -> Draft | None:
        return None if person == 2 else Draft(dropped={row.id: "closed" for row in rows})

    assert composed(judge) == composing.Composed(0, 0, 1)
    found = {row.recipient_id: row.outcome for row in db.session.scalars(select(OutboxMessage))}
    assert found == {1: "closed", 2: None}


def test_a_temporary_refusal_is_tried_again_with_the_same_bytes(
    office: PostOffice, clock: Clock
) -> None:
    office.answers = ["451 try later", "250 OK"]
    tell(1)
    composed()
    assert sender(clock).run().later == 1
    frozen = mails()[0].frozen
    assert sender(clock).run() == Delivered()
    clock.later(minutes=2)
    assert sender(clock).run().sent == 1
    assert office.taken[0].replace(b"\r\n", b"\n").strip() == frozen.replace(b"\r\n", b"\n").strip()
    assert journal() == [AttemptOutcome.LATER, AttemptOutcome.ACCEPTED]


def test_poison_is_parked_and_can_be_sent_again(office: PostOffice, clock: Clock) -> None:
    office.answers = ["550 no such user"]
    tell(1, 2)
    composed()
    assert sender(clock).run().counts() == {
        "sent": 1, "later": 0, "parked": 1, "cancelled": 0, "unreachable": 0,
    }  # fmt: skip
    parked = mails()[0]
    assert parked.state is MailState.PARKED
    assert parked.error is not None and parked.error.startswith("550")
    clock.later(days=3)
    assert sender(clock).run() == Delivered()
    with transaction() as session:
        assert resend(session, parked.id, clock())
        assert not resend(session, mails()[1].id, clock())
    assert sender(clock).run().sent == 1


def test_refusals_without_end_are_parked(office: PostOffice, clock: Clock) -> None:
    office.answers = ["451 no"] * 20
    tell(1)
    composed()
    for _ in range(MOST_ATTEMPTS):
        sender(clock).run()
        clock.later(hours=3)
    assert mails()[0].state is MailState.PARKED
    assert journal() == [AttemptOutcome.LATER] * MOST_ATTEMPTS


def test_no_server_stops_the_run_and_costs_no_try(app: Flask, clock: Clock) -> None:
    tell(1, 2)
    composed()

    def nobody() -> Any:
        raise Unreachable("ConnectionRefusedError")

    for _ in range(3 * MOST_ATTEMPTS):
        assert sender(clock, connect=nobody).run().unreachable == 1
        clock.later(minutes=1)
    assert {each.state for each in mails()} == {MailState.QUEUED}
    with post_office(app) as office:
        clock.later(minutes=5)
        assert sender(clock).run().sent == 2
        assert len(office.taken) == 2


def test_hanging_up_after_the_data_is_the_one_window(office: PostOffice, clock: Clock) -> None:
    office.answers = ["drop"]
    tell(1, 2)
    composed()
    done = sender(clock).run()
    assert (done.later, done.sent) == (1, 1)
    clock.later(minutes=5)
    sender(clock).run()
    ids = [mail["Message-ID"] for mail in office.mails()]
    assert sorted(ids) == sorted([f"<digest.1.{DAY}@donthu.example.vn>"] * 2 + [f"<digest.2.{DAY}@donthu.example.vn>"])  # fmt: skip
    assert journal().count(AttemptOutcome.UNCERTAIN) == 1


class Dies:
    """A sender that is killed after the server took the mail, before the mark."""

    def __init__(self) -> None:
        self.line = SmtpTransport()

    def offer(self, address: str, frozen: bytes) -> Answer:
        self.line.offer(address, frozen)
        raise KeyboardInterrupt

    def close(self) -> None:
        self.line.close()


def test_a_dead_senders_mail_is_taken_over_after_its_lease(
    office: PostOffice, clock: Clock
) -> None:
    tell(1)
    composed()
    with pytest.raises(KeyboardInterrupt):
        sender(clock, connect=Dies).run()
    clock.later(minutes=1)
    assert sender(clock, "b").run() == Delivered()
    clock.later(seconds=int(LEASE.total_seconds()))
    assert sender(clock, "b").run().sent == 1
    assert journal() == [AttemptOutcome.UNCERTAIN, AttemptOutcome.ACCEPTED]
    assert len({mail["Message-ID"] for mail in office.mails()}) == 1


def test_a_late_mark_of_a_sender_that_lost_its_mail_changes_nothing(
    office: PostOffice, clock: Clock
) -> None:
    tell(1)
    composed()
    slow = sender(clock, "slow")
    claimed = slow._claim(mails()[0].id, Delivered())
    clock.later(minutes=10)
    assert sender(clock, "b").run().sent == 1
    for late in (AttemptOutcome.LATER, AttemptOutcome.ACCEPTED):
        slow._mark(claimed, Answer(late), Delivered())
        assert mails()[0].state is MailState.SENT
        assert journal() == [AttemptOutcome.UNCERTAIN, AttemptOutcome.ACCEPTED]


def test_a_mail_that_is_true_no_more_is_told_afresh(office: PostOffice, clock: Clock) -> None:
    tell(1)
    composed()
    done = sender(clock, still_true=lambda _session, _mail: False).run()
    assert (done.cancelled, done.sent) == (1, 0)
    assert composed() == composing.Composed(1, 1, 0)
    sender(clock).run()
    assert [each.state for each in mails()] == [MailState.CANCELLED, MailState.SENT]
    assert office.mails()[0]["Message-ID"] == f"<digest.1.{DAY}+1@donthu.example.vn>"


def test_a_mail_that_may_have_arrived_is_never_replaced_by_another(
    office: PostOffice, clock: Clock
) -> None:
    office.answers = ["drop"]
    tell(1)
    composed()
    sender(clock).run()
    clock.later(minutes=5)
    assert sender(clock, still_true=lambda _session, _mail: False).run().sent == 1
    assert len({mail["Message-ID"] for mail in office.mails()}) == 1


def test_the_database_keeps_one_digest_a_person_and_day(app: Flask) -> None:
    tell(1)
    composed()
    tell(1, news="near_due")
    with pytest.raises(Exception, match=r"(?i)unique"):
        composed()
    with transaction() as session:
        session.execute(update(Mail).values(state=MailState.CANCELLED))
    assert composed().mails == 1


def test_header_breaks_are_refused(app: Flask) -> None:
    tell(1)

    def bad(session: Session, person: int | None, rows: Any, now: datetime) -> Draft:
        good = a_digest(session, person, rows, now)
        return Draft(
            slot=good.slot, day=DAY, address="x@example.vn\nBcc: y@example.vn",
            subject="x", text="x", html="x", told=good.told,
        )  # fmt: skip

    with pytest.raises(ValueError, match="header"):
        composed(bad)
    assert delivery.BATCH and not mails()
