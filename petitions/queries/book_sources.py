"""What the book of outgoing documents is made of: letters of cases, papers of reception, urging letters.

Each kind has a table of its own and takes its numbers from the same counter; the book reads them as one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from config.clock import local_day
from petitions.access import visible, visits_seen
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Case,
    CaseKey,
    Evidence,
    OutgoingDocument,
    ReceptionPaper,
    UrgingLetter,
    User,
    Visit,
)
from petitions.queries.book_shapes import BookState, OutFilters, OutLine
from petitions.queries.letters import full_number
from petitions.queries.urging_reach import letters_seen
from workflows.office import Sending, SigningCapacity
from workflows.reception import NoticeState
from workflows.vocabulary import Actor

_visit = aliased(Visit)
_LETTER, _PAPER, _URGING, _SOURCES = 0, 1, 2, 3
"""Each kind of document has ids of its own; together they make one order of a day."""

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
_PAPER_STATE: dict[BookState, ColumnElement[bool]] = {
    BookState.NUMBER: ReceptionPaper.number.is_(None),
    BookState.SENDING: and_(ReceptionPaper.number.is_not(None), ReceptionPaper.sent_on.is_(None)),
    BookState.PROOF: false(),
    BookState.DONE: ReceptionPaper.sent_on.is_not(None),
}
_URGING_STATE: dict[BookState, ColumnElement[bool]] = {
    BookState.NUMBER: UrgingLetter.number.is_(None),
    BookState.SENDING: false(),
    BookState.PROOF: false(),
    BookState.DONE: UrgingLetter.number.is_not(None),
}
"""An urging letter reaches the urged body inside the system: with its number it is done."""


@dataclass(frozen=True, slots=True)
class BookSource:
    """One kind of document: its rows as a reader's part of the book, and each as a line."""

    book: Any
    number: int
    query: Callable[[Actor, OutFilters], Select[*tuple[Any, ...]]]
    line: Callable[[Any], OutLine]

    def line_id(self) -> Any:
        """What orders its documents among all of a day, as a column."""
        return _line_id(self.book.id, self.number)


def documents(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Letters of cases with what a line of the book needs."""
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


def _letter_book(actor: Actor, filters: OutFilters) -> Select[*tuple[Any, ...]]:
    query = documents(actor).where(
        OutgoingDocument.agency_id == actor.agency_id, OutgoingDocument.symbol != ""
    )
    return _narrowed(query, OutgoingDocument, _STATE, filters)


def _paper_book(actor: Actor, filters: OutFilters) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            ReceptionPaper,
            User.name.label("signer"),
            _visit.confidential,
            or_(ReceptionPaper.visit_id.is_(None), _seen_visit(actor)).label("seen"),
        )
        .join(User, User.id == ReceptionPaper.signer_id)
        .outerjoin(_visit, _visit.id == ReceptionPaper.visit_id)
        .where(
            ReceptionPaper.agency_id == actor.agency_id,
            ReceptionPaper.state == NoticeState.SIGNED,
        )
    )
    return _narrowed(query, ReceptionPaper, _PAPER_STATE, filters)


def _urging_book(actor: Actor, filters: OutFilters) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            UrgingLetter,
            User.name.label("signer"),
            Case.code,
            CaseKey.wrapped,
            letters_seen(actor).label("seen"),
        )
        .join(User, User.id == UrgingLetter.signer_id)
        .outerjoin(Case, Case.id == UrgingLetter.case_id)
        .outerjoin(CaseKey, CaseKey.case_id == UrgingLetter.case_id)
        .where(UrgingLetter.from_agency_id == actor.agency_id)
    )
    return _narrowed(query, UrgingLetter, _URGING_STATE, filters)


def _narrowed(
    query: Select[*tuple[Any, ...]],
    book: Any,
    states: Mapping[BookState, ColumnElement[bool]],
    filters: OutFilters,
) -> Select[*tuple[Any, ...]]:
    if filters.year is not None:
        query = query.where(book.year == filters.year)
    if filters.state is not None:
        query = query.where(states[filters.state])
    if filters.form_keys is not None:
        query = query.where(book.form_key.in_(filters.form_keys))
    return query


def _seen_visit(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Visit.id == ReceptionPaper.visit_id, visits_seen(actor))


def document_line(found: Any) -> OutLine:
    """One letter of a case."""
    row: OutgoingDocument = found.OutgoingDocument
    seen = bool(found.seen)
    words = (
        read_back(row, case_key_of(found.wrapped), OutgoingDocument.__tablename__, row.uid)
        if seen
        else {}
    )
    return OutLine(
        id=_line_id(row.id, _LETTER),
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


def _paper_line(found: Any) -> OutLine:
    row: ReceptionPaper = found.ReceptionPaper
    hidden = bool(found.confidential) or not found.seen or row.words is None
    words = {} if hidden else dict(row.words or {})
    return OutLine(
        id=_line_id(row.id, _PAPER),
        uid=row.uid,
        number=full_number(row.number, row.symbol or ""),
        symbol=row.symbol or "",
        form_key=row.form_key,
        issued_on=row.issued_on or date.min,
        signer=found.signer,
        signer_title=row.signer_title or "",
        capacity=row.capacity or SigningCapacity.HEAD,
        state=_paper_state(row),
        hidden=hidden,
        case_code=None,
        subject=str(words.get("subject", "")),
        addressees=str(words.get("addressees", "")),
        stamped=False,
        sent_by=None,
        sent_on=row.sent_on,
        served_on=None,
        proof=None,
        scan=None,
        of_reception=True,
    )


def _urging_line(found: Any) -> OutLine:
    row: UrgingLetter = found.UrgingLetter
    seen = bool(found.seen)
    words = (
        read_back(row, case_key_of(found.wrapped), UrgingLetter.__tablename__, row.uid)
        if seen
        else {}
    )
    return OutLine(
        id=_line_id(row.id, _URGING),
        uid=row.uid,
        number=full_number(row.number, row.symbol),
        symbol=row.symbol,
        form_key=row.form_key,
        issued_on=row.issued_on,
        signer=found.signer,
        signer_title=row.signer_title,
        capacity=row.capacity,
        state=BookState.NUMBER if row.number is None else BookState.DONE,
        hidden=not seen,
        case_code=found.code if seen else None,
        subject=str(words.get("subject", "")),
        addressees=str(words.get("addressees", "")),
        stamped=False,
        sent_by=None if row.number is None else Sending.ELECTRONIC,
        sent_on=None if row.numbered_at is None else local_day(row.numbered_at),
        served_on=None,
        proof=None,
        scan=None,
        of_urging=True,
    )


def _paper_state(row: ReceptionPaper) -> BookState:
    if row.number is None:
        return BookState.NUMBER
    return BookState.SENDING if row.sent_on is None else BookState.DONE


def _state(row: OutgoingDocument) -> BookState:
    if row.number is None:
        return BookState.NUMBER
    if row.sent_on is None:
        return BookState.SENDING
    return BookState.PROOF if row.served_on is None else BookState.DONE


def _line_id(row_id: Any, source: int) -> Any:
    return row_id * _SOURCES + source


SOURCES = (
    BookSource(OutgoingDocument, _LETTER, _letter_book, document_line),
    BookSource(ReceptionPaper, _PAPER, _paper_book, _paper_line),
    BookSource(UrgingLetter, _URGING, _urging_book, _urging_line),
)
"""Everything that takes a number from the book of outgoing documents."""
