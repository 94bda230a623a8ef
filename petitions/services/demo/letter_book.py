"""What the clerk of the demonstration does with the letter a proposal became, and what comes in by post."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from config.clock import local_day
from config.database import db
from petitions.models import OutgoingDocument, Submission
from petitions.services import books_in
from petitions.services.books_in import Incoming
from petitions.services.books_out import Sent, Served, give_number, record_sent, record_served
from workflows.office import Sending
from workflows.vocabulary import Actor


def number(proposal: str, *, actor: Actor, now: datetime) -> str:
    """Give the letter of the proposal its number; returns the number."""
    return give_number(_letter(proposal), stamped=True, actor=actor, now=now)


def send(proposal: str, *, actor: Actor, now: datetime) -> None:
    """Send it by registered post."""
    given = Sent(Sending.REGISTERED_POST, local_day(now))
    record_sent(_letter(proposal), given, actor=actor, now=now)


def serve(proposal: str, proof: str, *, actor: Actor, now: datetime) -> None:
    """Note the proof of receipt."""
    given = Served(local_day(now), proof)
    record_served(_letter(proposal), given, actor=actor, now=now)


def enter(
    subject: str, sender_body: str, reference: str, dated_on: date, case_code: str | None,
    handed_to: str | None, *, actor: Actor, now: datetime,
) -> str:  # fmt: skip
    """Enter a paper of a body outside in the book of incoming documents."""
    given = Incoming(
        arrived_on=local_day(now), subject=subject, sender_body=sender_body, reference=reference,
        dated_on=dated_on, case_code=case_code, handed_to=handed_to,
    )  # fmt: skip
    return books_in.enter(given, actor=actor, now=now)


def _letter(proposal: str) -> str:
    return db.session.scalars(
        select(OutgoingDocument.uid)
        .join(Submission, Submission.id == OutgoingDocument.submission_id)
        .where(Submission.uid == proposal)
    ).one()
