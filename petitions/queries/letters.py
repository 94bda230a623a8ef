"""The signed documents of one case, for whoever may see the case. Frozen results, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from config.database import db, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    Deadline,
    Event,
    Evidence,
    Letterhead,
    LetterTemplate,
    OutgoingDocument,
    User,
)
from petitions.queries.approvers import AUTHORS
from petitions.queries.offices import family
from petitions.view import view
from workflows.lifecycle import permitted
from workflows.office import LEGAL, Numbering, Sending, SigningCapacity
from workflows.vocabulary import Action, Actor, Kind, State


@dataclass(frozen=True, slots=True)
class LetterShown:
    """A signed document as the case page lists it. ``number`` is empty until the clerk gave it.

    ``scan`` is the ordinal of the signed copy among the case's papers; ``numbered`` says whether such
    a document bears a number at all, ``sealed`` whether it names the denouncer, ``event_seq`` the event
    of the act it was signed with.
    """

    uid: str
    form_key: str
    name: str
    number: str
    numbered: bool
    issued_on: date
    signer: str
    signer_title: str
    capacity: SigningCapacity
    agency: str
    subject: str
    addressees: str
    sent_by: Sending | None
    sent_on: date | None
    served_on: date | None
    proof: str | None
    scan: int | None
    sealed: bool
    event_seq: int | None


@dataclass(frozen=True, slots=True)
class Letters:
    """The documents of a case, the newest first, and what is known of the case beside them.

    ``last_act`` is the latest legal act whose own letter may still have to be written; an urging has
    its letter elsewhere.
    """

    code: str
    kind: Kind
    instance: int
    summary: str
    last_act: Action | None
    letters: tuple[LetterShown, ...]


def full_number(number: int | None, symbol: str) -> str:
    """05/QĐ-UBND: numbers below 10 get a leading 0 (Decree 30/2020, Annex I); empty without a number."""
    return "" if number is None else f"{number:02}/{symbol}"


_SIGNED = (
    select(
        OutgoingDocument,
        User.name.label("signer"),
        Agency.name.label("agency"),
        Evidence.ordinal.label("scan"),
    )
    .join(User, User.id == OutgoingDocument.signer_id)
    .join(Agency, Agency.id == OutgoingDocument.agency_id)
    .outerjoin(Evidence, Evidence.id == OutgoingDocument.scan_id)
    .where(OutgoingDocument.case_id == bindparam("case"))
    .order_by(OutgoingDocument.issued_on.desc(), OutgoingDocument.id.desc())
)


def letters_of(actor: Actor, code: str) -> Letters:
    """The documents signed in the case ``code``. Raises ``NotFound`` as for the case."""
    case = _case(actor, code)
    key = case_key_of(case.wrapped)
    rows = db.session.execute(_SIGNED, {"case": case.id})
    found = []
    for row, signer, agency, scan in rows:
        words = read_back(row, key, OutgoingDocument.__tablename__, row.uid)
        found.append(
            LetterShown(
                uid=row.uid,
                form_key=row.form_key,
                name=str(words.get("form", row.form_key)),
                number=full_number(row.number, row.symbol),
                numbered=bool(row.symbol),
                issued_on=row.issued_on,
                signer=signer,
                signer_title=row.signer_title,
                capacity=row.capacity,
                agency=agency,
                subject=str(words.get("subject", "")),
                addressees=str(words.get("addressees", "")),
                sent_by=row.sent_by,
                sent_on=row.sent_on,
                served_on=row.served_on,
                proof=row.proof,
                scan=scan,
                sealed=bool(words.get("names_denouncer")),
                event_seq=row.event_seq,
            )
        )
    last_act = None if case.last_act is None else Action(case.last_act)
    return Letters(case.code, case.kind, case.instance, case.summary, last_act, tuple(found))


def case_exists(code: str) -> bool:
    """Whether there is such a case at all; for whoever has the database in hand."""
    return db.session.scalar(select(Case.id).where(Case.code == code)) is not None


def acts_done(actor: Actor, code: str) -> frozenset[Action]:
    """What was done in the case so far. Raises ``NotFound`` as for the case."""
    case = _case(actor, code)
    found = db.session.scalars(select(Event.action).where(Event.case_id == case.id).distinct())
    return frozenset(Action(each) for each in found)


def facts_within_reach(actor: Actor, code: str, on: date) -> frozenset[Action]:
    """``facts_open`` of the case ``code``. Raises ``NotFound`` as for the case."""
    session = db.session()
    return facts_open(session, session.get_one(Case, _case(actor, code).id), on)


def facts_open(session: Session, case: Case, on: date) -> frozenset[Action]:
    """The acts bearing no signature that somebody of an office may do in the case on that day.

    The result of processing is told once there is one: the petition was dealt with somehow.
    """
    clocks = session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
    file = view(case, clocks)
    found = {each.action for role in AUTHORS for each in permitted(file, role, on) if each.allowed}
    if case.state is State.RECEIVED:
        found.discard(Action.NOTIFY_RESULT)
    return frozenset(found - LEGAL)


_LAST_ACT = (
    select(Event.action)
    .where(Event.case_id == Case.id, Event.action.in_(sorted(LEGAL - {Action.URGE})))
    .order_by(Event.seq.desc())
    .limit(1)
    .correlate(Case)
    .scalar_subquery()
    .label("last_act")
)


def _case(actor: Actor, code: str) -> Any:
    row = read(_file(scope_of(actor)), {"code": code, **scope_values(actor)}).one_or_none()
    if row is None:
        raise NotFound
    return row


@cache
def _file(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Case.id, Case.code, Case.kind, Case.instance, Case.summary, CaseKey.wrapped, _LAST_ACT
        )
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(Case.code == bindparam("code"), visible_in(scope))
    )


@dataclass(frozen=True, slots=True)
class LetterheadShown:
    """A letterhead of one of the administrator's agencies."""

    id: int
    agency_code: str
    agency: str
    valid_from: date
    valid_to: date | None
    parent_line: str | None
    name_line: str | None
    place_name: str | None
    abbreviation: str | None
    unit_abbreviation: str | None
    function_document: str | None
    file_unit: str | None
    numbering: Numbering


def letterheads(actor: Actor) -> tuple[LetterheadShown, ...]:
    """Letterheads of the administrator's agencies, the newest of each first."""
    rows = db.session.execute(
        select(Letterhead, Agency.code, Agency.name)
        .join(Agency, Agency.id == Letterhead.agency_id)
        .where(Letterhead.agency_id.in_(family(actor.agency_id)))
        .order_by(Agency.name, Letterhead.valid_from.desc())
    )
    return tuple(
        LetterheadShown(
            row.id, code, agency, row.valid_from, row.valid_to, row.parent_line, row.name_line,
            row.place_name, row.abbreviation, row.unit_abbreviation, row.function_document,
            row.file_unit, row.numbering,
        )
        for row, code, agency in rows
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateShown:
    """An agency's own template of a form, without its bytes."""

    id: int
    agency_code: str
    agency: str
    form_key: str
    form_version: str
    valid_from: date
    valid_to: date | None
    sha256: str
    by: str


def templates(actor: Actor) -> tuple[TemplateShown, ...]:
    """Templates of the administrator's agencies by form, the newest first."""
    rows = db.session.execute(
        select(
            LetterTemplate.id,
            Agency.code,
            Agency.name,
            LetterTemplate.form_key,
            LetterTemplate.form_version,
            LetterTemplate.valid_from,
            LetterTemplate.valid_to,
            LetterTemplate.sha256,
            User.name,
        )
        .join(Agency, Agency.id == LetterTemplate.agency_id)
        .join(User, User.id == LetterTemplate.uploaded_by)
        .where(LetterTemplate.agency_id.in_(family(actor.agency_id)))
        .order_by(Agency.name, LetterTemplate.form_key, LetterTemplate.valid_from.desc())
    )
    return tuple(TemplateShown(*row) for row in rows)
