"""The books of documents in and out as their readers see them. Frozen results, never rows.

Everybody who works on cases in an agency may open its books. A line about a case the reader may not
see keeps its number, type, date and signer (of an incoming document: number and day) and nothing else.
Papers of citizen reception and urging letters take their numbers from the same book and stand in it
between the letters of cases; a paper of a confidential visit is such a line for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import require_role, visible
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    Hat,
    IncomingDocument,
    OutgoingDocument,
    OutsideBody,
    ReceptionPaper,
    UrgingLetter,
    User,
)
from petitions.queries.book_shapes import BookState, InFilters, InLine, OutFilters, OutLine, Page
from petitions.queries.book_sources import SOURCES, BookSource, document_line, documents
from petitions.queries.marks import mark, read_mark
from petitions.queries.offices import in_force
from workflows.transition import INTAKE, LEADERS
from workflows.vocabulary import Actor, Role

__all__ = ["BookState", "InFilters", "InLine", "OutFilters", "OutLine", "Page"]

PAGE = 50
READERS = INTAKE | {Role.INSPECTOR}
KEEPERS = frozenset({Role.CLERK})
STAND_INS = LEADERS | {Role.OFFICER, Role.SECTION_HEAD, Role.INSPECTOR}
"""Who keeps the books where an agency has no clerk."""


def outgoing(
    actor: Actor, filters: OutFilters, *, after: str | None = None, limit: int = PAGE
) -> Page[OutLine]:
    """Numbered documents (and those waiting for a number) of the actor's agency, the newest first.

    Raises ``Forbidden``.
    """
    require_role(actor, *READERS)
    start = read_mark(after)
    found = [
        source.line(row)
        for source in SOURCES
        for row in db.session.execute(
            _before(source.query(actor, filters), source, start).limit(limit + 1)
        )
    ]
    found.sort(key=lambda each: (each.issued_on, each.id), reverse=True)
    lines = tuple(found[:limit])
    return Page(lines, mark(lines[-1].issued_on, lines[-1].id) if len(found) > limit else None)


def outgoing_register(actor: Actor, filters: OutFilters) -> tuple[OutLine, ...]:
    """The whole outgoing book in the order of its numbers: by year, book and number, those waiting for
    a number last. Raises ``Forbidden``.
    """
    require_role(actor, *READERS)
    keyed = [
        (_place(row[0]), source.line(row))
        for source in SOURCES
        for row in db.session.execute(source.query(actor, filters))
    ]
    return tuple(line for _, line in sorted(keyed, key=lambda each: (*each[0], each[1].id)))


def outgoing_document(actor: Actor, uid: str) -> OutLine:
    """One document of the actor's agency. Raises ``NotFound``, ``Forbidden``."""
    require_role(actor, *READERS)
    row = db.session.execute(
        documents(actor).where(
            OutgoingDocument.agency_id == actor.agency_id, OutgoingDocument.uid == uid
        )
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy văn bản này trong sổ của cơ quan.")
    return document_line(row)


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
    urged = select(UrgingLetter.year).where(UrgingLetter.from_agency_id == actor.agency_id)
    found.update(db.session.scalars(urged.distinct()))
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


def _before(
    query: Select[*tuple[Any, ...]], source: BookSource, start: tuple[date, int] | None
) -> Select[*tuple[Any, ...]]:
    """The lines after a mark, the newest first; the year leads the index and goes with the day."""
    book = source.book
    query = query.order_by(book.year.desc(), book.issued_on.desc(), book.id.desc())
    if start is None:
        return query
    day, number = start
    return query.where(
        book.year <= day.year,
        or_(
            book.issued_on < day,
            and_(book.issued_on == day, source.line_id() < number),
        ),
    )


def _place(row: Any) -> tuple[Any, ...]:
    """Where a document stands among all numbers: by year, book and number, the unnumbered last."""
    return row.number is None, row.year, row.book, row.number or 0, row.issued_on


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
