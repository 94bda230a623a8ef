"""Urging letters: one body asks another about the cases it is late with, and hears back.

A letter and the act it stands for in each of its cases (``Action.URGE``) are one transaction: it is
refused whole, naming the case at fault. A denunciation is urged in a letter of its own, sealed under
that case's key, so that no letter tells of one to somebody who may not see it.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db
from petitions.documents.catalog import form_for
from petitions.documents.forms import Form
from petitions.errors import Conflict, DomainError, Forbidden, Invalid, Leak, NotFound
from petitions.jsonable import plain
from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import Agency, Case, UrgedCase, UrgingLetter
from petitions.queries.books import keeps
from petitions.queries.letters import full_number
from petitions.queries.offices import in_force
from petitions.queries.urging_cases import (
    MOST,
    Urgeable,
    addressees,
    cases_of,
    may_issue,
)
from petitions.rulebook import Rulebook, current
from petitions.services import words
from petitions.services.acts import carry_out
from petitions.services.books import outgoing_book, require_keeper
from petitions.services.letterheads import numbering_of
from petitions.services.numbering import next_numbers
from petitions.services.onetime import run_once
from petitions.services.urging_letter import (
    FORM,
    TABLE,
    Signed,
    house,
    letter_values,
    signed_by,
    symbol_and_words,
)
from petitions.text import vn_date
from workflows.lifecycle import LATE_AFTER_WORKING_DAYS
from workflows.urging import Reply, ReplyBasis, counted
from workflows.vocabulary import Action, Actor, Kind, Need
from workflows.working_days import CalendarMissing

WORDS, CODES, DUE = "words", "codes", "reply_due"
LONGEST = 4_000
"""Characters of what a letter says."""
_TITLE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Urging:
    """A letter to be issued. ``reply`` is the day of reply, or working days from the letter's own day."""

    to_agency: str
    codes: tuple[str, ...]
    words: str
    reply: date | int
    signer: int | None = None


def parted(cases: Sequence[Urgeable]) -> tuple[tuple[Urgeable, ...], ...]:
    """The letters cases of one agency need: one for all, and one for each denunciation."""
    plain_ones = tuple(each for each in cases if not each.secret)
    return tuple(part for part in (plain_ones, *((each,) for each in cases if each.secret)) if part)


def urge_all(
    given: Sequence[Urging], *, actor: Actor, on: date, now: datetime, key: str | None = None
) -> tuple[str, ...]:
    """Issue several letters at once, all or none; their uids in the same order.

    Whoever keeps the book of outgoing letters as well numbers them with it; else the keeper does.
    Raises ``Forbidden``, ``Conflict`` for a case named twice, ``Leak`` at ``words`` and ``Invalid``
    at ``words``, ``reply_due``, ``signer``, ``on``, ``to_agency`` or ``codes`` (with the code).
    """
    _require_issuer(actor, on)

    def work(session: Session) -> str:
        book = current(session)
        named = [code for each in given for code in each.codes]
        if not named:
            raise Invalid.at(CODES, "Chọn ít nhất một hồ sơ.")
        if len(set(named)) < len(named):
            raise Conflict("Có hồ sơ được nêu hai lần; hãy mở lại trang.")
        return ",".join(_issue(session, each, actor, on, now, book) for each in given)

    return tuple(run_once(key, "urging:issue", actor, now, work).split(","))


def drafts(
    given: Sequence[Urging], *, actor: Actor, on: date
) -> tuple[tuple[Form, Mapping[str, Any]], ...]:
    """The letters as they would be issued, nothing written. Raises as ``urge_all`` before the acts."""
    _require_issuer(actor, on)
    session = db.session()
    book, form = current(session), form_for(FORM, on)
    found = []
    for each in given:
        checked = _checked(session, each, actor, on, book)
        found.append((form, _values(session, checked, actor, on)))
    return tuple(found)


def number_letter(uid: str, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Give a letter the next number of the agency's book of outgoing letters; returns the number.

    A keeper numbers what he may not read. Raises ``NotFound``, ``Forbidden`` for others than the
    keeper of the books, ``Conflict`` when it has a number.
    """

    def work(session: Session) -> str:
        row = session.scalar(
            select(UrgingLetter)
            .where(UrgingLetter.uid == uid, UrgingLetter.from_agency_id == actor.agency_id)
            .with_for_update(of=UrgingLetter)
            .execution_options(populate_existing=True)
        )
        if row is None:
            raise NotFound("Không tìm thấy văn bản này trong sổ của cơ quan.")
        require_keeper(actor, row.from_agency_id, local_day(now))
        if row.number is not None:
            raise Conflict(f"Văn bản này đã có số {full_number(row.number, row.symbol)}.")
        _number(session, row, actor, now)
        return full_number(row.number, row.symbol)

    return run_once(key, f"urging:number:{uid}", actor, now, work)


# --- what stands behind ---------------------------------------------------------------------------


def _require_issuer(actor: Actor, on: date) -> None:
    if not may_issue(actor, on):
        raise Forbidden(
            "Văn bản đôn đốc do người được ký văn bản hoặc thanh tra viên ban hành; "
            "nơi có quy trình trình ký thì lập tờ trình từ trang hồ sơ."
        )


def _number(session: Session, row: UrgingLetter, actor: Actor, now: datetime) -> None:
    row.number = next_numbers(session, row.from_agency_id, [row.book], row.year)[row.book]
    row.numbered_at, row.numbered_by = now, actor.user_id


def _issue(
    session: Session, given: Urging, actor: Actor, on: date, now: datetime, book: Rulebook
) -> str:
    checked = _checked(session, given, actor, on, book)
    # against two letters about the same cases at once: locked in one order before the first act
    session.execute(
        select(Case.id)
        .where(Case.id.in_([each.id for each in checked.cases]))
        .order_by(Case.id)
        .with_for_update(of=Case)
    )
    urged = [_urge(session, each, checked, actor, on, now) for each in checked.cases]
    return _write(session, checked, urged, actor, on, now)


@dataclass(frozen=True, slots=True)
class _Letter:
    """A letter that may be issued: its cases, whom it goes to, its words, its reply, its signature."""

    cases: tuple[Urgeable, ...]
    to: Agency
    said: str
    reply: Reply
    signed: Signed


def _checked(session: Session, given: Urging, actor: Actor, on: date, book: Rulebook) -> _Letter:
    cases = _wanted(given, actor, on)
    return _Letter(
        cases,
        _addressee(session, given, cases, actor, on),
        _said(given.words),
        _reply(given.reply, on, book),
        signed_by(session, actor, given.signer, on),
    )


def _values(session: Session, letter: _Letter, actor: Actor, on: date) -> Mapping[str, Any]:
    return letter_values(
        session, letter.cases, sender_id=actor.agency_id, addressee_id=letter.to.id,
        said=letter.said, reply_due=letter.reply.due, signed=letter.signed, on=on,
    )  # fmt: skip


def _wanted(given: Urging, actor: Actor, on: date) -> tuple[Urgeable, ...]:
    wanted = tuple(dict.fromkeys(given.codes))
    if len(wanted) > MOST:
        raise Invalid.at(CODES, f"Nhiều nhất {MOST} hồ sơ trong một văn bản.")
    found = cases_of(actor, wanted, on)
    known = {each.code for each in found}
    for code in wanted:
        if code not in known:
            raise Invalid.at(CODES, f"{code}: {NotFound().message}")
    if len(found) > 1 and any(each.secret for each in found):
        raise Invalid.at(CODES, "Tố cáo được đôn đốc bằng văn bản riêng cho từng hồ sơ.")
    return found


def _addressee(
    session: Session, given: Urging, cases: Sequence[Urgeable], actor: Actor, on: date
) -> Agency:
    agency = session.scalar(
        select(Agency).where(Agency.code == given.to_agency, in_force(Agency, on))
    )
    if agency is None or agency.id == actor.agency_id:
        raise Invalid.at("to_agency", "Chọn cơ quan nhận trong danh mục, khác cơ quan của bạn.")
    right = addressees(actor, cases, on)
    for each in cases:
        if right.get(each.code, ("", ""))[0] != agency.code:
            raise Invalid.at(CODES, f"{each.code}: không do {agency.name} giải quyết.")
    return agency


def _said(typed: str) -> str:
    said = words.prose(typed, WORDS, LONGEST).strip()
    if not said:
        raise Invalid.at(WORDS, "Phải ghi nội dung đôn đốc.")
    return said


def _reply(asked: date | int, on: date, book: Rulebook) -> Reply:
    rules = house()
    if not isinstance(asked, int):
        if asked <= on:
            raise Invalid.at(DUE, "Hạn trả lời phải sau ngày văn bản.")
        return Reply(asked, ReplyBasis.TYPED)
    if not 0 < asked <= rules.longest:
        raise Invalid.at("reply_days", f"Từ 1 đến {rules.longest} ngày làm việc.")
    try:
        return counted(on, asked, rules, book.calendar)
    except CalendarMissing as missing:
        raise Invalid.at(
            "reply_days", f"Chưa có lịch làm việc năm {missing.year}; hãy ấn định ngày trả lời."
        ) from missing


def _urge(
    session: Session, each: Urgeable, letter: _Letter, actor: Actor, on: date, now: datetime
) -> Case:
    """The act in the case's own record; what refuses it is told with the case's code."""
    content = f"{letter.said}\nTrả lời chậm nhất ngày {vn_date(letter.reply.due)}."
    given = {Need.RECIPIENT: letter.to.name, Need.CONTENT: content}
    try:
        case, _ = carry_out(
            session, each.code, Action.URGE, given, version=None, on=on, actor=actor, now=now
        )
    except Leak as error:
        raise Leak(WORDS, error.marks) from error
    except Invalid as error:
        faults: defaultdict[str, list[str]] = defaultdict(list)
        for field, messages in error.fields.items():
            faults["on" if field == "late_reason" else field] += [
                f"Ghi văn bản đôn đốc chậm nhất {LATE_AFTER_WORKING_DAYS} ngày làm việc sau ngày ban hành."
                if field == "late_reason"
                else f"{each.code}: {message}"
                for message in messages
            ]
        raise Invalid(faults) from error
    except DomainError as error:
        raise Invalid.at(CODES, f"{each.code}: {error.message}") from error
    return case


def _write(
    session: Session, issued: _Letter, urged: Sequence[Case], actor: Actor, on: date, now: datetime
) -> str:
    form, uid = form_for(FORM, on), secrets.token_hex(16)
    values = _values(session, issued, actor, on)
    symbol, subject, addressee = symbol_and_words(form, values)
    only, reply, signed = urged[0], issued.reply, issued.signed
    secret = only.kind is Kind.DENUNCIATION
    letter = UrgingLetter(
        uid=uid,
        from_agency_id=actor.agency_id,
        to_agency_id=issued.to.id,
        case_id=only.id if secret else None,
        issued_on=on,
        issued_by=actor.user_id,
        issued_at=now,
        reply_due=reply.due,
        reply_basis=reply.basis,
        reply_days=reply.days,
        form_key=form.key,
        form_version=form.version,
        book=outgoing_book(numbering_of(session, actor.agency_id, on), form.abbreviation),
        year=on.year,
        symbol=symbol,
        signer_id=signed.user_id,
        signer_title=signed.title[:_TITLE_LIMIT],
        capacity=signed.capacity,
        **put_away(
            only.kind,
            case_key(session, only) if secret else None,
            TABLE,
            uid,
            plain(
                {"said": issued.said, "subject": subject, "addressees": addressee, "values": values}
            ),
        ),
    )
    if keeps(actor, local_day(now)):
        _number(session, letter, actor, now)
    session.add(letter)
    session.flush()
    session.execute(
        insert(UrgedCase),
        [
            {
                "letter_id": letter.id, "case_id": case.id, "ordinal": ordinal,
                "deadline_id": each.deadline_id, "step": each.step, "due": each.due,
                "days_late": each.days_late, "event_seq": case.event_seq,
            }
            for ordinal, (each, case) in enumerate(zip(issued.cases, urged, strict=True), 1)
        ],
    )  # fmt: skip
    return uid
