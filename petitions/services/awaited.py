"""What a body asked of another and waits to hear about: opened by an act, answered by one.

The receiver inside the system answers by what it does with the case; of bodies outside, somebody
notes the reply by hand.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, insert, or_, select
from sqlalchemy.orm import Session

from petitions import ledger
from petitions.errors import Invalid
from petitions.kept_words import put_away, read_back
from petitions.ledger.record import case_key
from petitions.models import Agency, AwaitedReply, Case, OutsideBody
from petitions.rulebook import Rulebook, Target
from petitions.sealing.keyring import CaseKey
from petitions.services.act import Act, Aftermath
from petitions.services.charges import heads_of
from petitions.text import fold
from workflows import deadlines
from workflows.facts import CaseItem, Facts
from workflows.office import ReplyKind
from workflows.vocabulary import Action, Kind, Need, Step
from workflows.working_days import Roll

TABLE = AwaitedReply.__tablename__
SUBJECT, ANSWER, DOCUMENT, ADDRESSEE = "subject", "answer", "document", "to"
"""Names of the words an awaited reply keeps; ``to`` is an addressee no list of bodies knows."""

VOIDED = "Hồ sơ đã hủy do đăng ký nhầm nên không còn chờ phúc đáp."
"""Stands for the answer of what was asked in a case that is voided."""
REPLY_CAME = "reply_came"
"""News that something awaited was answered."""
FORWARDED_TARGET = Target(days=30, working_days=False, valid_from=date.min, valid_to=None)
"""When a sender expects to hear of a petition for which neither law nor agency set a limit."""

TOLD = frozenset(
    {
        Action.REPLY_TO_FORWARDER, Action.NOTIFY_RESULT, Action.DECIDE, Action.CONCLUDE,
        Action.ANSWER, Action.REFUSE, Action.GUIDE, Action.RETURN, Action.FILE,
        Action.FILE_AND_WATCH, Action.NOT_PROCESS, Action.TERMINATE, Action.WITHDRAW, Action.CLOSE,
        Action.JOIN,
    }
)  # fmt: skip
"""Acts by which whoever forwarded the petition here learns what became of it."""
DRAFT_USED = frozenset(
    {
        Action.ASSIGN_VERIFICATION, Action.DECIDE, Action.CONCLUDE, Action.ANSWER,
        Action.TERMINATE, Action.WITHDRAW, Action.CLOSE,
    }
)  # fmt: skip
"""Acts for which a draft was asked: once done, nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who is asked: an agency of the system, a body of the catalogue, or a name nobody listed."""

    agency_id: int | None = None
    body_id: int | None = None
    name: str | None = None


def addressee(session: Session, typed: str) -> Addressee:
    """The body that ``typed`` names: an agency by code or name, or a body outside the system by name."""
    agency = session.scalar(
        select(Agency.id)
        .where(or_(Agency.code == typed, Agency.name == typed), Agency.valid_to.is_(None))
        .order_by(Agency.id)
        .limit(1)
    )
    if agency is not None:
        return Addressee(agency_id=agency)
    body = session.scalar(
        select(OutsideBody.id)
        .where(OutsideBody.folded_name == fold(typed), OutsideBody.merged_into_id.is_(None))
        .limit(1)
    )
    return Addressee(body_id=body, name=None if body is not None else typed)


def open_reply(
    act: Act, kind: ReplyKind, to: Addressee, due: date | None, words: Mapping[str, str]
) -> None:
    """From this act on the acting body waits for an answer. Runs after the event is recorded."""
    uid = secrets.token_hex(16)
    kept = {name: text for name, text in {ADDRESSEE: to.name, **words}.items() if text}
    act.session.execute(
        insert(AwaitedReply).values(
            uid=uid,
            version=1,
            case_id=act.case.id,
            agency_id=act.actor.agency_id,
            kind=kind,
            to_agency_id=to.agency_id,
            to_body_id=to.body_id,
            event_seq=act.case.event_seq,
            asked_on=act.on,
            due=due,
            answered_on=None,
            **put_away(act.case.kind, _key(act.session, act.case), TABLE, uid, kept),
        )
    )


def forwarded_due(kind: Kind, agency_id: int, on: date, book: Rulebook) -> date | None:
    """The day by which the receiver of a petition handed over ``on`` should have replied.

    The law's for a denunciation (Law on Denunciations art 26(2)), else the sender's own target.
    """
    if kind is Kind.DENUNCIATION:
        handed_over = CaseItem(kind, facts=Facts(received=on, forwarded_by="sender"))
        counted = deadlines.compute(handed_over, book.lawbook, book.calendar)
        if Step.REPLY_TO_FORWARDER in counted:
            return counted[Step.REPLY_TO_FORWARDER].due
    target = book.target(agency_id, kind, Step.REPLY_TO_FORWARDER, on) or FORWARDED_TARGET
    if target.working_days:
        return book.calendar.add_working_days(on, target.days)
    return book.calendar.roll(on + timedelta(days=target.days), Roll.NEXT)


def forwarded(act: Act, to: Addressee) -> None:
    """A petition left for another body, which owes word of it."""
    due = forwarded_due(act.case.kind, act.actor.agency_id, act.on, act.book)
    open_reply(act, ReplyKind.FORWARDED, to, due, {SUBJECT: _typed(act, Need.CONTENT)})


def forwarded_out(act: Act, _outcome: Aftermath) -> None:
    """A petition left the system; the reply is tracked by hand."""
    forwarded(act, addressee(act.session, _typed(act, Need.RECIPIENT)))


def counted_from_receipt(act: Act, _outcome: Aftermath) -> None:
    """The receiver has the petition now: its senders' clocks count from this day."""
    for row in _waiting(act, ReplyKind.FORWARDED, AwaitedReply.to_agency_id == act.case.agency_id):
        row.due = forwarded_due(act.case.kind, row.agency_id, act.on, act.book)


def report_up(act: Act, _outcome: Aftermath) -> None:
    """Sent to a superior, in the system or above it, who may answer."""
    to = addressee(act.session, _typed(act, Need.RECIPIENT))
    _ask(act, ReplyKind.REPORT_UP, to, SUBJECT)


def watch(act: Act, _outcome: Aftermath) -> None:
    """Filed, and brought back before somebody's eyes on the day set."""
    words = {SUBJECT: _typed(act, Need.CONTENT) or _typed(act, Need.GROUND)}
    open_reply(act, ReplyKind.WATCH, Addressee(), act.given[Need.UNTIL], words)


def asked_of(act: Act, kind: ReplyKind, agency_id: int) -> None:
    """An agency of the system was asked for something by a day, if one was set."""
    _ask(act, kind, Addressee(agency_id=agency_id), SUBJECT)


def answer_by_act(act: Act) -> None:
    """What the act itself answers: the petition's senders learn of it, a draft was used.

    Of a case that is voided nobody waits for anything: no reply could be noted there any more.
    """
    if act.action is Action.VOID:
        for kind in ReplyKind:
            _answered(act, _waiting(act, kind), {ANSWER: VOIDED})
    if act.action is Action.REOPEN:
        _answered(act, _waiting(act, ReplyKind.WATCH))
    if act.actor.agency_id != act.case.agency_id:
        return
    if act.action in TOLD:
        others = AwaitedReply.agency_id != act.case.agency_id
        _answered(act, _waiting(act, ReplyKind.FORWARDED, others))
    if act.action in DRAFT_USED:
        _answered(act, _waiting(act, ReplyKind.DRAFT))


def answer_returned(act: Act, sender_id: int) -> None:
    """The petition came back to whoever sent it, with the reason."""
    waiting = _waiting(act, ReplyKind.FORWARDED, AwaitedReply.agency_id == sender_id)
    _answered(act, waiting, {ANSWER: _typed(act, Need.REASON)})


def record(act: Act, outcome: Aftermath) -> None:
    """A reply that came on paper: which of the awaited ones, its words, its document.

    Without a number the only open one is meant. Raises ``Invalid`` at ``awaited`` and ``on``.
    """
    rows = act.session.scalars(
        select(AwaitedReply).where(AwaitedReply.case_id == act.case.id).order_by(AwaitedReply.id)
    ).all()
    own = [row for row in rows if row.agency_id == act.actor.agency_id and row.answered_on is None]
    number = act.given.get(Need.AWAITED)
    if number is None:
        chosen = own[0] if len(own) == 1 else None
    else:
        chosen = next((row for row in own if rows.index(row) + 1 == number), None)
    if chosen is None:
        raise Invalid.at(
            "awaited",
            "Chọn đúng số của một việc cơ quan bạn đang chờ phúc đáp."
            if own
            else "Cơ quan bạn không có việc nào đang chờ phúc đáp trong hồ sơ này.",
        )
    if act.on < chosen.asked_on:
        raise Invalid.at("on", "Ngày phúc đáp không được trước ngày hỏi, ngày chuyển.")
    outcome.data[Need.AWAITED] = rows.index(chosen) + 1
    words = {ANSWER: _typed(act, Need.CONTENT), DOCUMENT: _typed(act, Need.DOCUMENT)}
    _answered(act, [chosen], words)


def _ask(act: Act, kind: ReplyKind, to: Addressee, name: str) -> None:
    open_reply(act, kind, to, act.given.get(Need.UNTIL), {name: _typed(act, Need.CONTENT)})


def _waiting(act: Act, kind: ReplyKind, *more: ColumnElement[bool]) -> Iterable[AwaitedReply]:
    return act.session.scalars(
        select(AwaitedReply).where(
            AwaitedReply.case_id == act.case.id,
            AwaitedReply.kind == kind,
            AwaitedReply.answered_on.is_(None),
            *more,
        )
    ).all()


def _answered(
    act: Act, rows: Iterable[AwaitedReply], words: Mapping[str, str] | None = None
) -> None:
    """Close them on the day of the act, or of the asking where the act is dated before it."""
    for row in rows:
        row.answered_on = max(act.on, row.asked_on)
        _tell(act, row)
        fresh = {name: text for name, text in (words or {}).items() if text}
        if fresh:
            key = _key(act.session, act.case)
            kept = {**read_back(row, key, TABLE, row.uid), **fresh}
            for name, value in put_away(act.case.kind, key, TABLE, row.uid, kept).items():
                setattr(row, name, value)


def _tell(act: Act, row: AwaitedReply) -> None:
    """News to the heads of the body that waited; of a denunciation it no longer sees, nothing."""
    if row.agency_id == act.actor.agency_id or act.case.kind is Kind.DENUNCIATION:
        return
    heads = heads_of(act.session, row.agency_id, act.case.id, act.today)
    ledger.remind(act.session, act.case, REPLY_CAME, heads, act.now)


def _typed(act: Act, need: Need) -> str:
    return str(act.given.get(need) or "")


def _key(session: Session, case: Case) -> CaseKey | None:
    return case_key(session, case) if case.kind is Kind.DENUNCIATION else None
