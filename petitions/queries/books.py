"""The books of documents in and out as their readers see them. Frozen results, never rows.

Everybody who works on cases in an agency may open its books. A line about a case the reader may not
see keeps its number, type, date and signer (of an incoming document: number and day) and nothing else.
Papers of citizen reception take their numbers from the same book and stand in it between the letters;
one of a confidential visit is such a line for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import require_role, visible, visits_seen
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
    ReceptionPaper,
    User,
    Visit,
)
from petitions.queries.book_shapes import BookState, InFilters, InLine, OutFilters, OutLine, Page
from petitions.queries.letters import full_number
from petitions.queries.marks import mark, read_mark
from petitions.queries.offices import in_force
from workflows.office import SigningCapacity
from workflows.reception import NoticeState
from workflows.transition import INTAKE, LEADERS
from workflows.vocabulary import Actor, Role

__all__ = ["BookState", "InFilters", "InLine", "OutFilters", "OutLine", "Page"]

PAGE = 50
READERS = INTAKE | {Role.INSPECTOR}
KEEPERS = frozenset({Role.CLERK})
STAND_INS = LEADERS | {Role.OFFICER, Role.SECTION_HEAD}
"""Who keeps the books where an agency has no clerk."""


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


def outgoing(
    actor: Actor, filters: OutFilters, *, after: str | None = None, limit: int = PAGE
) -> Page[OutLine]:
    """Numbered documents (and those waiting for a number) of the actor's agency, the newest first.

    Raises ``Forbidden``.
    """
    start = read_mark(after)
    letters = _before(_outgoing_book(actor, filters), OutgoingDocument, _LETTER, start)
    papers = _before(_reception_book(actor, filters), ReceptionPaper, _PAPER, start)
    found = [_out_line(row) for row in db.session.execute(letters.limit(limit + 1))]
    found += [_paper_line(row) for row in db.session.execute(papers.limit(limit + 1))]
    found.sort(key=lambda each: (each.issued_on, each.id), reverse=True)
    lines = tuple(found[:limit])
    return Page(lines, mark(lines[-1].issued_on, lines[-1].id) if len(found) > limit else None)


def outgoing_register(actor: Actor, filters: OutFilters) -> tuple[OutLine, ...]:
    """The whole outgoing book in the order of its numbers: by year, book and number, those waiting for
    a number last. Raises ``Forbidden``.
    """
    keyed = [
        (_place(row.OutgoingDocument), _out_line(row))
        for row in db.session.execute(_outgoing_book(actor, filters))
    ]
    keyed += [
        (_place(row.ReceptionPaper), _paper_line(row))
        for row in db.session.execute(_reception_book(actor, filters))
    ]
    return tuple(line for _, line in sorted(keyed, key=lambda each: (*each[0], each[1].id)))


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
    found: set[int] = set()
    for book in (OutgoingDocument, ReceptionPaper, IncomingDocument):
        query = select(book.year).where(book.agency_id == actor.agency_id).distinct()
        found.update(year for year in db.session.scalars(query) if year is not None)
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


_LETTER, _PAPER = 0, 1
"""Letters and papers of reception have ids of their own; together they make one order of a day."""


def _line_id(row_id: Any, source: int) -> Any:
    return row_id * 2 + source


def _before(
    query: Select[*tuple[Any, ...]], book: Any, source: int, start: tuple[date, int] | None
) -> Select[*tuple[Any, ...]]:
    """The lines after a mark, the newest first; the year leads the index and goes with the day."""
    query = query.order_by(book.year.desc(), book.issued_on.desc(), book.id.desc())
    if start is None:
        return query
    day, number = start
    return query.where(
        book.year <= day.year,
        or_(
            book.issued_on < day,
            and_(book.issued_on == day, _line_id(book.id, source) < number),
        ),
    )


def _place(row: OutgoingDocument | ReceptionPaper) -> tuple[Any, ...]:
    return row.number is None, row.year, row.book, row.number or 0, row.issued_on


def _reception_book(actor: Actor, filters: OutFilters) -> Select[*tuple[Any, ...]]:
    require_role(actor, *READERS)
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
    if filters.year is not None:
        query = query.where(ReceptionPaper.year == filters.year)
    if filters.state is not None:
        query = query.where(_PAPER_STATE[filters.state])
    if filters.form_keys is not None:
        query = query.where(ReceptionPaper.form_key.in_(filters.form_keys))
    return query


_visit = aliased(Visit)


def _seen_visit(actor: Actor) -> ColumnElement[bool]:
    return exists().where(Visit.id == ReceptionPaper.visit_id, visits_seen(actor))


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
