"""The book of outgoing documents: a number after the signature, then sending, then the proof of receipt.

The date printed on a document is its signature's and never changes; the clocks of sending run from it,
service clocks from the proof of receipt. What the book notes also becomes the case's own fact where
the law permits it to whoever keeps the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, DomainError, Forbidden, Invalid, NotAllowedNow, NotFound
from petitions.models import Case, Decision, OutgoingDocument, Submission
from petitions.queries.letters import full_number
from petitions.services import words
from petitions.services.acts import carry_out
from petitions.services.books import UNNUMBERED, require_keeper
from petitions.services.letters import acts_of, dispatched, set_number
from petitions.services.numbering import next_numbers
from petitions.services.onetime import run_once
from workflows.office import Sending, SubmissionStatus
from workflows.vocabulary import Action, Actor, Kind, Need

_SENDING: Mapping[Action, Action] = {
    Action.DECIDE: Action.SEND_DECISION,
    Action.CONCLUDE: Action.SEND_CONCLUSION,
    Action.SUSPEND: Action.SEND_SUSPENSION,
    Action.RESUME: Action.SEND_SUSPENSION,
    Action.TERMINATE: Action.SEND_SUSPENSION,
    Action.WITHDRAW: Action.SEND_SUSPENSION,
}
"""The fact that stands in the case when the document of an act has left."""
_DECIDING = frozenset({Action.DECIDE, Action.CONCLUDE, Action.ANSWER})
PROOF_LIMIT = 160
NOT_IN_REACH = "Việc này do người được giao hồ sơ ghi trong hồ sơ; sổ văn bản đã ghi xong."
_REASON_LIMIT = 250


@dataclass(frozen=True, slots=True)
class Sent:
    """How and when a document left."""

    sent_by: Sending
    sent_on: date
    late_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Served:
    """When it was received, and the paper that shows it (receipt, minutes of handing over)."""

    served_on: date
    proof: str
    late_reason: str | None = None


def give_number(
    uid: str, *, stamped: bool, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Give the signed document the next number of its book and make its final file; returns the number.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` when it has a number or bears none.
    """

    def work(session: Session) -> str:
        row, case = held(session, uid, actor, now)
        if row.number is not None:
            raise Conflict(f"Văn bản này đã có số {full_number(row.number, row.symbol)}.")
        if row.book == UNNUMBERED:
            raise Conflict("Loại văn bản này không lấy số.")
        taken = next_numbers(session, row.agency_id, [row.book], row.year)[row.book]
        row.number, row.numbered_at, row.numbered_by = taken, now, actor.user_id
        row.stamped = stamped
        set_number(session, case, row)
        number = full_number(taken, row.symbol)
        _number_the_decision(session, row, number)
        return number

    return run_once(key, f"book:number:{uid}", actor, now, work)


def record_sent(
    uid: str, given: Sent, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Note that the document left; its submission is dispatched. Returns why the case took no note of it.

    Empty when the case's fact was noted too, or none belongs to the document. Raises ``NotFound``,
    ``Forbidden``, ``Conflict``, ``Invalid`` at ``sent_on`` or ``late_reason``.
    """

    def work(session: Session) -> str:
        row, case = held(session, uid, actor, now)
        if row.number is None:
            raise Conflict("Văn bản chưa có số nên chưa gửi được.")
        if row.sent_on is not None:
            raise Conflict("Văn bản đã được ghi là đã gửi.")
        _day(given.sent_on, row.issued_on, local_day(now), "sent_on", "ngày ghi trên văn bản")
        row.sent_by, row.sent_on = given.sent_by, given.sent_on
        _dispatch(session, case, row, actor, now)
        facts = {_SENDING[act] for act in acts_of(session, row) if act in _SENDING}
        return note(
            session, case, next(iter(facts), None), {},
            on=given.sent_on, late_reason=given.late_reason, actor=actor, now=now,
        )  # fmt: skip

    return run_once(key, f"book:sent:{uid}", actor, now, work)


def record_served(
    uid: str, given: Served, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Note the proof of receipt; the clock of a second complaint runs from it. Returns as ``record_sent``.

    Raises ``NotFound``, ``Forbidden``, ``Conflict``, ``Leak``, ``Invalid`` at ``served_on``,
    ``proof`` or ``late_reason``.
    """

    def work(session: Session) -> str:
        row, case = held(session, uid, actor, now)
        if row.sent_on is None:
            raise Conflict("Văn bản chưa được ghi là đã gửi.")
        if row.served_on is not None:
            raise Conflict("Đã ghi hồi báo của văn bản này.")
        _day(given.served_on, row.sent_on, local_day(now), "served_on", "ngày gửi")
        proof = " ".join(str(words.safe({"proof": given.proof})["proof"]).split())
        if not proof:
            raise Invalid.at("proof", "Phải ghi giấy tờ chứng minh đã nhận.")
        if len(proof) > PROOF_LIMIT:
            raise Invalid.at("proof", f"Dài nhất {PROOF_LIMIT} ký tự.")
        words.refuse_sealed_texts(session, case, {"proof": proof})
        row.served_on, row.proof = given.served_on, proof
        decided = case.kind is Kind.COMPLAINT and Action.DECIDE in acts_of(session, row)
        return note(
            session, case, Action.RECORD_SERVICE if decided else None, {Need.DOCUMENT: proof},
            on=given.served_on, late_reason=given.late_reason, actor=actor, now=now,
        )  # fmt: skip

    return run_once(key, f"book:served:{uid}", actor, now, work)


def held(session: Session, uid: str, actor: Actor, now: datetime) -> tuple[OutgoingDocument, Case]:
    """A document of the actor's agency, locked, with its case; the actor keeps the book.

    A clerk numbers what he may not read. Raises ``NotFound``, ``Forbidden``.
    """
    row = session.scalar(
        select(OutgoingDocument)
        .where(OutgoingDocument.uid == uid, OutgoingDocument.agency_id == actor.agency_id)
        .with_for_update(of=OutgoingDocument)
    )
    if row is None:
        raise NotFound("Không tìm thấy văn bản này trong sổ của cơ quan.")
    require_keeper(actor, row.agency_id, local_day(now))
    case = session.scalars(
        select(Case).where(Case.id == row.case_id).with_for_update(of=Case)
    ).one()
    return row, case


def _day(on: date, first: date, today: date, field: str, what: str) -> None:
    if on > today:
        raise Invalid.at(field, "Ngày này còn ở tương lai.")
    if on < first:
        raise Invalid.at(field, f"Ngày này sớm hơn {what}.")


def _number_the_decision(session: Session, row: OutgoingDocument, number: str) -> None:
    """The settlement the document bears bears its number."""
    wanted = update(Decision).where(Decision.case_id == row.case_id)
    if row.event_seq is not None:
        session.execute(wanted.where(Decision.event_seq == row.event_seq).values(number=number))
    elif acts_of(session, row) & _DECIDING:
        session.execute(
            wanted.where(Decision.issued_on == row.issued_on, Decision.number.is_(None)).values(
                number=number
            )
        )


def _dispatch(
    session: Session, case: Case, row: OutgoingDocument, actor: Actor, now: datetime
) -> None:
    submission = row.submission_id and session.get(
        Submission, row.submission_id, with_for_update=True
    )
    if submission and submission.status is SubmissionStatus.SIGNED:
        dispatched(session, case, submission, actor, now)


def note(
    session: Session,
    case: Case,
    action: Action | None,
    given: Mapping[Need, Any],
    *,
    on: date,
    late_reason: str | None,
    actor: Actor,
    now: datetime,
) -> str:
    """Do the case's own act beside the book's entry; why not, where it is not to be done by this hat now."""
    if action is None:
        return ""
    try:
        with session.begin_nested():
            carry_out(
                session, case.code, action, given,
                version=None, on=on, actor=actor, now=now, late_reason=late_reason,
            )  # fmt: skip
    except (NotFound, Forbidden):
        return NOT_IN_REACH
    except NotAllowedNow as refusal:
        return _why(refusal)
    except Invalid as refusal:
        if "late_reason" in refusal.fields:
            raise
        return _why(refusal)
    return ""


def _why(refusal: DomainError) -> str:
    return f"Hồ sơ chưa ghi nhận: {refusal.message}"[:_REASON_LIMIT]
