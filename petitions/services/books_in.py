"""The book of incoming documents: the next number of the year, from whom, about what, handed to whom."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from config.clock import local_day
from petitions import ledger
from petitions.access import barred
from petitions.errors import Conflict, Invalid, NotFound
from petitions.kept_words import case_key_of, put_away
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    Hat,
    IncomingDocument,
    OutgoingDocument,
    OutsideBody,
    User,
)
from petitions.queries.offices import in_force
from petitions.services import books, words
from petitions.services.administration import Faults, refuse
from petitions.services.administration import words as line
from petitions.services.books import require_keeper
from petitions.services.numbering import next_numbers
from petitions.services.onetime import run_once
from petitions.text import fold_words
from workflows.vocabulary import Actor, Kind, Role

LONGEST = {"reference": 60, "subject": 500, "sender": 255, "answers": 60}
NEUTRAL = "Văn bản về đơn tố cáo"
"""The subject of a document about a denunciation whose case is not named."""
_THE_WORK = "khieu nai to cao"
"""How reports on the work with petitions call it, folded: no single denunciation is meant."""
_NUMBER = re.compile(r"0*(?P<number>\d{1,9})\s*/\s*(?P<symbol>\S+)")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A document that came in, from an agency of the house, a body outside, or a sender in words.

    ``case_code`` ties it to a case the reader may see or, for a clerk, any of the agency, ``answers`` to one of the
    agency's own letters by its number (05/TB-UBND, the latest of that number) and so to its case.
    """

    arrived_on: date
    subject: str
    sender_agency: str | None = None
    sender_body: str | None = None
    sender: str | None = None
    reference: str | None = None
    dated_on: date | None = None
    case_code: str | None = None
    answers: str | None = None
    handed_to: str | None = None


@dataclass(frozen=True, slots=True)
class _Sender:
    agency_id: int | None = None
    body_id: int | None = None


def enter(
    given: Incoming,
    *,
    actor: Actor,
    now: datetime,
    twice: bool = False,
    key: str | None = None,
) -> str:
    """Enter a document with the next number of the year; returns "number/year".

    ``twice`` enters one that looks entered already (same sender, reference and date). Raises
    ``Forbidden``, ``Conflict`` for such a one, ``Leak``, ``NotFound`` for a case out of reach,
    ``Invalid`` with every fault at its field.
    """

    def work(session: Session) -> str:
        today = local_day(now)
        require_keeper(actor, actor.agency_id, today)
        safe, sender = _checked(session, given, today)
        answered = _answered(session, safe["answers"], actor)
        case = _case(session, given.case_code, answered, actor)
        if case is None:
            _refuse_unsealed(safe)
        else:
            words.refuse_sealed_texts(session, case, safe)
        known = None if twice else _known(session, actor.agency_id, given, safe, sender)
        if known is not None:
            raise Conflict(
                f"Văn bản này có thể đã vào sổ với số đến {known}: trùng nơi gửi, số ký hiệu và ngày."
            )
        year = given.arrived_on.year
        number = next_numbers(session, actor.agency_id, [books.INCOMING], year)[books.INCOMING]
        uid = secrets.token_hex(16)
        session.execute(
            insert(IncomingDocument).values(
                uid=uid,
                agency_id=actor.agency_id,
                year=year,
                number=number,
                arrived_on=given.arrived_on,
                sender_agency_id=sender.agency_id,
                sender_body_id=sender.body_id,
                reference=safe["reference"] or None,
                dated_on=given.dated_on,
                case_id=None if case is None else case.id,
                outgoing_id=None if answered is None else answered.id,
                handed_to_id=_colleague(session, given.handed_to, actor, today),
                entered_by=actor.user_id,
                entered_at=now,
                **_kept(session, case, uid, safe),
            )
        )
        return f"{number}/{year}"

    return run_once(key, "book:in", actor, now, work)


def hand_to(
    number: int, year: int, username: str, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Note who an entered document was handed to. Raises ``NotFound``, ``Forbidden``, ``Invalid``."""

    def work(session: Session) -> str:
        today = local_day(now)
        require_keeper(actor, actor.agency_id, today)
        row = session.scalar(
            select(IncomingDocument)
            .where(
                IncomingDocument.agency_id == actor.agency_id,
                IncomingDocument.year == year,
                IncomingDocument.number == number,
            )
            .with_for_update()
        )
        if row is None:
            raise NotFound("Không tìm thấy văn bản này trong sổ của cơ quan.")
        row.handed_to_id = _colleague(session, username, actor, today)
        return f"{number}/{year}"

    return run_once(key, f"book:hand:{year}:{number}", actor, now, work)


def _checked(session: Session, given: Incoming, today: date) -> tuple[dict[str, str], _Sender]:
    faults: Faults = defaultdict(list)
    safe = {
        name: line(getattr(given, name) or "", name, longest, faults, required=name == "subject")
        for name, longest in LONGEST.items()
    }
    if given.arrived_on > today:
        faults["arrived_on"].append("Ngày này còn ở tương lai.")
    if given.dated_on is not None and given.dated_on > given.arrived_on:
        faults["dated_on"].append("Ngày văn bản sau ngày đến.")
    named = [each for each in (given.sender_agency, given.sender_body, safe["sender"]) if each]
    if len(named) != 1:
        faults["sender"].append(
            "Phải chọn một nơi gửi: trong hệ thống, ngoài hệ thống, hoặc ghi tên."
        )
    sender = _sender(session, given, faults)
    refuse(faults)
    return safe, sender


def _sender(session: Session, given: Incoming, faults: Faults) -> _Sender:
    if given.sender_agency:
        found = session.scalar(select(Agency.id).where(Agency.code == given.sender_agency))
        if found is None:
            faults["sender_agency"].append("Không có cơ quan này.")
        return _Sender(agency_id=found)
    if given.sender_body:
        found = session.scalar(
            select(OutsideBody.id).where(
                OutsideBody.name == given.sender_body, OutsideBody.merged_into_id.is_(None)
            )
        )
        if found is None:
            faults["sender_body"].append("Không có trong danh mục cơ quan ngoài hệ thống.")
        return _Sender(body_id=found)
    return _Sender()


def _case(
    session: Session, code: str | None, answered: OutgoingDocument | None, actor: Actor
) -> Case | None:
    """The case the document belongs to: the one named, or that of the letter it answers.

    A clerk ties a document to a case of the own agency that he may not read; whoever stands in for one
    does so by the letter only, whose number the book shows him.
    """
    if not code:
        return None if answered is None else session.get_one(Case, answered.case_id)
    if actor.role is Role.CLERK:
        own = session.scalar(
            select(Case).where(
                Case.code == code,
                Case.agency_id == actor.agency_id,
                ~barred(Case.id, actor.user_id, actor.unit_ids),
            )
        )
        if own is not None:
            return own
    try:
        return ledger.look(session, code, actor)
    except NotFound as error:
        raise Invalid.at("case_code", error.message) from error


def _refuse_unsealed(safe: Mapping[str, str]) -> None:
    """Words about a denunciation are kept sealed with its case, or not at all."""
    for name in ("subject", "sender"):
        said = " ".join(fold_words(safe[name]))
        of_one = {"don", "nguoi"} & set(said.split())
        told = said if of_one else said.replace(_THE_WORK, "")
        if "to cao" in told and said != " ".join(fold_words(NEUTRAL)):
            raise Invalid.at(
                name,
                f"Văn bản về tố cáo: hãy ghi mã hồ sơ hoặc số văn bản đi được trả lời để giữ kín nội dung, hoặc chỉ ghi “{NEUTRAL}”.",
            )


def _known(
    session: Session,
    agency_id: int,
    given: Incoming,
    safe: Mapping[str, str],
    sender: _Sender,
) -> str | None:
    """The number of an entry with the same sender, reference and date."""
    if not safe["reference"] or given.dated_on is None:
        return None
    found = session.execute(
        select(IncomingDocument.number, IncomingDocument.year)
        .where(
            IncomingDocument.agency_id == agency_id,
            IncomingDocument.reference == safe["reference"],
            IncomingDocument.dated_on == given.dated_on,
            _same(IncomingDocument.sender_agency_id, sender.agency_id),
            _same(IncomingDocument.sender_body_id, sender.body_id),
        )
        .order_by(IncomingDocument.id)
        .limit(1)
    ).one_or_none()
    return None if found is None else f"{found.number}/{found.year}"


def _same(column: InstrumentedAttribute[int | None], value: int | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _kept(
    session: Session, case: Case | None, uid: str, safe: Mapping[str, str]
) -> dict[str, object]:
    said = {name: safe[name] for name in ("subject", "sender") if safe[name]}
    if case is None:
        return {"words": said, "sealed": None}
    wrapped = (
        session.scalar(select(CaseKey.wrapped).where(CaseKey.case_id == case.id))
        if case.kind is Kind.DENUNCIATION
        else None
    )
    return put_away(case.kind, case_key_of(wrapped), IncomingDocument.__tablename__, uid, said)


def _answered(session: Session, number: str, actor: Actor) -> OutgoingDocument | None:
    if not number:
        return None
    said = _NUMBER.fullmatch(number)
    found = said and session.scalar(
        select(OutgoingDocument)
        .where(
            OutgoingDocument.agency_id == actor.agency_id,
            OutgoingDocument.number == int(said["number"]),
            OutgoingDocument.symbol == said["symbol"],
        )
        .order_by(OutgoingDocument.year.desc(), OutgoingDocument.id.desc())
        .limit(1)
    )
    if not found:
        raise Invalid.at("answers", "Không có văn bản đi mang số này (ví dụ: 05/TB-UBND).")
    return found


def _colleague(session: Session, username: str | None, actor: Actor, today: date) -> int | None:
    if not username:
        return None
    found = session.scalar(
        select(User.id)
        .join(Hat, Hat.user_id == User.id)
        .where(
            User.username == username,
            User.disabled_at.is_(None),
            Hat.agency_id == actor.agency_id,
            in_force(Hat, today),
        )
        .limit(1)
    )
    if found is None:
        raise Invalid.at("handed_to", "Chỉ giao được cho người đang công tác tại cơ quan này.")
    return found
