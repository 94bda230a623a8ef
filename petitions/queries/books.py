"""The books of documents in and out as their readers see them. Frozen results, never rows.

Everybody who works on cases in an agency may open its books. A line about a case the reader may not
see keeps its number, type, date and signer (of an incoming document: number and day) and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import require_role, visible
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    Evidence,
    Hat,
    IncomingDocument,
    OutgoingDocument,
    OutsideBody,
    User,
)
from petitions.queries.letters import full_number
from petitions.queries.marks import mark, read_mark
from petitions.queries.offices import in_force
from workflows.office import Sending, SigningCapacity
from workflows.transition import INTAKE, LEADERS
from workflows.vocabulary import Actor, Role

PAGE = 50
T = TypeVar("T")
READERS = INTAKE | {Role.INSPECTOR}
KEEPERS = frozenset({Role.CLERK})
STAND_INS = LEADERS | {Role.OFFICER, Role.SECTION_HEAD}
"""Who keeps the books where an agency has no clerk."""


class BookState(StrEnum):
    """What a document in the outgoing book waits for."""

    NUMBER = "number"
    SENDING = "sending"
    PROOF = "proof"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class OutLine:
    """One document of the outgoing book. ``hidden`` lines are of cases out of the reader's reach."""

    id: int
    uid: str
    number: str
    symbol: str
    form_key: str
    issued_on: date
    signer: str
    signer_title: str
    capacity: SigningCapacity
    state: BookState
    hidden: bool
    case_code: str | None
    subject: str
    addressees: str
    stamped: bool
    sent_by: Sending | None
    sent_on: date | None
    served_on: date | None
    proof: str | None
    scan: int | None


@dataclass(frozen=True, slots=True)
class InLine:
    """One document of the incoming book."""

    id: int
    number: int
    year: int
    arrived_on: date
    sender: str
    reference: str | None
    dated_on: date | None
    subject: str
    hidden: bool
    case_code: str | None
    handed_to: str | None
    entered_by: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a book; ``after`` opens the next one, ``None`` on the last."""

    lines: tuple[T, ...]
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutFilters:
    """What of the outgoing book is shown. ``form_keys`` are the forms of one type of document."""

    year: int | None = None
    state: BookState | None = None
    form_keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InFilters:
    """What of the incoming book is shown."""

    year: int | None = None
    arrived_from: date | None = None
    arrived_to: date | None = None
    open: bool = False
    """Only documents handed to nobody yet."""


_STATE: dict[BookState, ColumnElement[bool]] = {
    BookState.NUMBER: OutgoingDocument.number.is_(None),
    BookState.SENDING: and_(
        OutgoingDocument.number.is_not(None), OutgoingDocument.sent_on.is_(None)
    ),
    BookState.PROOF: and_(
        OutgoingDocument.sent_on.is_not(None), OutgoingDocument.served_on.is_(None)
    ),
    BookState.DONE: OutgoingDocument.served_on.is_not(None),
}


def outgoing(
    actor: Actor, filters: OutFilters, *, after: str | None = None, limit: int = PAGE
) -> Page[OutLine]:
    """Numbered documents (and those waiting for a number) of the actor's agency, the newest first.

    Raises ``Forbidden``.
    """
    # the year leads the index and goes with the day
    query = _outgoing_book(actor, filters).order_by(
        OutgoingDocument.year.desc(), OutgoingDocument.issued_on.desc(), OutgoingDocument.id.desc()
    )
    start = read_mark(after)
    if start is not None:
        day, number = start
        query = query.where(
            OutgoingDocument.year <= day.year,
            or_(
                OutgoingDocument.issued_on < day,
                and_(OutgoingDocument.issued_on == day, OutgoingDocument.id < number),
            ),
        )
    rows, more = _cut(query, limit)
    lines = tuple(_out_line(row) for row in rows)
    return Page(lines, mark(lines[-1].issued_on, lines[-1].id) if more else None)


def outgoing_register(actor: Actor, filters: OutFilters) -> tuple[OutLine, ...]:
    """The whole outgoing book in the order of its numbers: by year, book and number, those waiting for
    a number last. Raises ``Forbidden``.
    """
    query = _outgoing_book(actor, filters).order_by(
        OutgoingDocument.number.is_(None),
        OutgoingDocument.year,
        OutgoingDocument.book,
        OutgoingDocument.number,
        OutgoingDocument.issued_on,
        OutgoingDocument.id,
    )
    return tuple(_out_line(row) for row in db.session.execute(query))


def outgoing_document(actor: Actor, uid: str) -> OutLine:
    """One document of the actor's agency. Raises ``NotFound``, ``Forbidden``."""
    require_role(actor, *READERS)
    row = db.session.execute(
        _outgoing(actor).where(
            OutgoingDocument.agency_id == actor.agency_id, OutgoingDocument.uid == uid
        )
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy văn bản này trong sổ của cơ quan.")
    return _out_line(row)


def incoming(
    actor: Actor, filters: InFilters, *, after: str | None = None, limit: int = PAGE
) -> Page[InLine]:
    """Documents that came to the actor's agency, the latest day first. Raises ``Forbidden``."""
    query = _incoming_book(actor, filters).order_by(
        IncomingDocument.arrived_on.desc(), IncomingDocument.id.desc()
    )
    start = read_mark(after)
    if start is not None:
        day, number = start
        query = query.where(
            or_(
                IncomingDocument.arrived_on < day,
                and_(IncomingDocument.arrived_on == day, IncomingDocument.id < number),
            )
        )
    rows, more = _cut(query, limit)
    lines = tuple(_in_line(row) for row in rows)
    return Page(lines, mark(lines[-1].arrived_on, lines[-1].id) if more else None)


def incoming_register(actor: Actor, filters: InFilters) -> tuple[InLine, ...]:
    """The whole incoming book in the order of its numbers. Raises ``Forbidden``."""
    query = _incoming_book(actor, filters).order_by(IncomingDocument.year, IncomingDocument.number)
    return tuple(_in_line(row) for row in db.session.execute(query))


def years(actor: Actor) -> tuple[int, ...]:
    """Years the actor's agency has books of, the newest first."""
    found = set(
        db.session.scalars(
            select(OutgoingDocument.year)
            .where(OutgoingDocument.agency_id == actor.agency_id)
            .distinct()
        )
    ) | set(
        db.session.scalars(
            select(IncomingDocument.year)
            .where(IncomingDocument.agency_id == actor.agency_id)
            .distinct()
        )
    )
    return tuple(sorted(found, reverse=True))


def keeps(actor: Actor, today: date) -> bool:
    """Whether the actor keeps the books of the own agency: its clerk, or others where it has none."""
    if actor.role in KEEPERS:
        return True
    working = (
        select(Hat.id)
        .join(User, User.id == Hat.user_id)
        .where(
            Hat.agency_id == actor.agency_id,
            Hat.role == Role.CLERK,
            in_force(Hat, today),
            User.disabled_at.is_(None),
        )
    )
    return actor.role in STAND_INS and not db.session.scalar(select(exists(working)))


def _outgoing_book(actor: Actor, filters: OutFilters) -> Select[*tuple[Any, ...]]:
    require_role(actor, *READERS)
    query = _outgoing(actor).where(
        OutgoingDocument.agency_id == actor.agency_id, OutgoingDocument.symbol != ""
    )
    if filters.year is not None:
        query = query.where(OutgoingDocument.year == filters.year)
    if filters.state is not None:
        query = query.where(_STATE[filters.state])
    if filters.form_keys is not None:
        query = query.where(OutgoingDocument.form_key.in_(filters.form_keys))
    return query


def _incoming_book(actor: Actor, filters: InFilters) -> Select[*tuple[Any, ...]]:
    require_role(actor, *READERS)
    query = _incoming(actor).where(IncomingDocument.agency_id == actor.agency_id)
    if filters.year is not None:
        query = query.where(IncomingDocument.year == filters.year)
    if filters.arrived_from is not None:
        query = query.where(IncomingDocument.arrived_on >= filters.arrived_from)
    if filters.arrived_to is not None:
        query = query.where(IncomingDocument.arrived_on <= filters.arrived_to)
    if filters.open:
        query = query.where(IncomingDocument.handed_to_id.is_(None))
    return query


def _outgoing(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            OutgoingDocument,
            User.name.label("signer"),
            Case.code,
            CaseKey.wrapped,
            Evidence.ordinal.label("scan"),
            visible(actor).label("seen"),
        )
        .join(Case, Case.id == OutgoingDocument.case_id)
        .join(User, User.id == OutgoingDocument.signer_id)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .outerjoin(Evidence, Evidence.id == OutgoingDocument.scan_id)
    )


def _incoming(actor: Actor) -> Select[*tuple[Any, ...]]:
    writer, taker = aliased(User), aliased(User)
    return (
        select(
            IncomingDocument,
            Agency.name.label("agency"),
            OutsideBody.name.label("body"),
            Case.code,
            CaseKey.wrapped,
            taker.name.label("handed_to"),
            writer.name.label("entered_by"),
            or_(Case.id.is_(None), visible(actor)).label("seen"),
        )
        .outerjoin(Agency, Agency.id == IncomingDocument.sender_agency_id)
        .outerjoin(OutsideBody, OutsideBody.id == IncomingDocument.sender_body_id)
        .outerjoin(Case, Case.id == IncomingDocument.case_id)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .outerjoin(taker, taker.id == IncomingDocument.handed_to_id)
        .join(writer, writer.id == IncomingDocument.entered_by)
    )


def _out_line(found: Any) -> OutLine:
    row: OutgoingDocument = found.OutgoingDocument
    seen = bool(found.seen)
    words = (
        read_back(row, case_key_of(found.wrapped), OutgoingDocument.__tablename__, row.uid)
        if seen
        else {}
    )
    return OutLine(
        id=row.id,
        uid=row.uid,
        number=full_number(row.number, row.symbol),
        symbol=row.symbol,
        form_key=row.form_key,
        issued_on=row.issued_on,
        signer=found.signer,
        signer_title=row.signer_title,
        capacity=row.capacity,
        state=_state(row),
        hidden=not seen,
        case_code=found.code if seen else None,
        subject=str(words.get("subject", "")),
        addressees=str(words.get("addressees", "")),
        stamped=row.stamped,
        sent_by=row.sent_by,
        sent_on=row.sent_on,
        served_on=row.served_on,
        proof=row.proof if seen else None,
        scan=found.scan,
    )


def _state(row: OutgoingDocument) -> BookState:
    if row.number is None:
        return BookState.NUMBER
    if row.sent_on is None:
        return BookState.SENDING
    return BookState.PROOF if row.served_on is None else BookState.DONE


def _in_line(found: Any) -> InLine:
    row: IncomingDocument = found.IncomingDocument
    seen = bool(found.seen)
    words = (
        read_back(row, case_key_of(found.wrapped), IncomingDocument.__tablename__, row.uid)
        if seen
        else {}
    )
    return InLine(
        id=row.id,
        number=row.number,
        year=row.year,
        arrived_on=row.arrived_on,
        sender=(found.agency or found.body or str(words.get("sender", ""))) if seen else "",
        reference=row.reference if seen else None,
        dated_on=row.dated_on if seen else None,
        subject=str(words.get("subject", "")),
        hidden=not seen,
        case_code=found.code if seen else None,
        handed_to=found.handed_to if seen else None,
        entered_by=found.entered_by,
    )


def _cut(query: Select[*tuple[Any, ...]], limit: int) -> tuple[Sequence[Any], bool]:
    rows = db.session.execute(query.limit(limit + 1)).all()
    return rows[:limit], len(rows) > limit
