"""How an agency's letters look from a day on, and where its books begin to count.

What a letterhead leaves empty comes from the tree of agencies. A new one ends the one before it; old
documents keep the letterhead of their own day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, Invalid, NotFound
from petitions.models import Letterhead, NumberBook
from petitions.queries.offices import in_force
from petitions.services import books
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    meets,
    once,
    reaches,
    refuse,
    words,
)
from workflows.office import Numbering

LENGTHS = {
    "parent_line": 255, "name_line": 255, "place_name": 120, "abbreviation": 30,
    "unit_abbreviation": 30, "function_document": 500, "file_unit": 60,
}  # fmt: skip
LARGEST_NUMBER = 999_999


@dataclass(frozen=True, slots=True)
class LetterheadGiven:
    """The lines of a letterhead from a day on; an empty one is taken from the tree of agencies."""

    agency_code: str
    valid_from: date
    parent_line: str | None = None
    name_line: str | None = None
    place_name: str | None = None
    abbreviation: str | None = None
    unit_abbreviation: str | None = None
    function_document: str | None = None
    file_unit: str | None = None
    numbering: Numbering = Numbering.ONE


def set_letterhead(
    given: LetterheadGiven, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Give an agency a letterhead from a day on; the one before it ends the day before. Returns its id.

    Raises ``Forbidden``, ``Invalid`` with every fault at its field.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        lines = {
            name: words(getattr(given, name) or "", name, longest, faults, required=False) or None
            for name, longest in LENGTHS.items()
        }
        refuse(faults)
        office = agency(session, actor, given.agency_code, "agency_code")
        _refuse_change_of_counting(session, office.id, given)
        for each in session.scalars(
            select(Letterhead).where(
                Letterhead.agency_id == office.id, meets(Letterhead, given.valid_from, None)
            )
        ):
            if each.valid_from >= given.valid_from:
                raise Invalid.at(
                    "valid_from", "Đã có mẫu tiêu đề bắt đầu từ ngày này hoặc muộn hơn."
                )
            each.valid_to = given.valid_from - timedelta(days=1)
        fresh = Letterhead(
            agency_id=office.id, valid_from=given.valid_from, numbering=given.numbering, **lines
        )
        session.add(fresh)
        session.flush()
        return str(fresh.id)

    return once(actor, now, key, "letterhead:set", work)


def _refuse_change_of_counting(session: Session, agency_id: int, given: LetterheadGiven) -> None:
    """One way of counting lasts a whole year once a number was given (Decree 30/2020 art 15)."""
    begins = given.valid_from
    if (begins.month, begins.day) == (1, 1):
        return
    standing = numbering_of(session, agency_id, begins - timedelta(days=1))
    used = exists().where(
        NumberBook.agency_id == agency_id,
        NumberBook.year == begins.year,
        NumberBook.book.like(f"{books.OUTGOING}%"),
    )
    if standing is not given.numbering and session.scalar(select(used)):
        raise Invalid.at(
            "numbering", "Năm này đã cấp số; cách đánh số chỉ đổi từ ngày 01 tháng 01."
        )


def end_letterhead(
    letterhead_id: int,
    last_day: date,
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """End a letterhead with ``last_day``; one that has not begun by then is withdrawn.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` at ``last_day``.
    """

    def work(session: Session) -> str:
        found = session.get(Letterhead, letterhead_id, with_for_update=True)
        if found is None or not reaches(session, actor, found.agency_id):
            raise NotFound("Không có mẫu tiêu đề này trong phạm vi bạn quản trị.")
        if last_day < local_day(now):
            raise Invalid.at("last_day", "Mẫu tiêu đề chỉ kết thúc từ hôm nay trở đi.")
        if found.valid_to is not None and last_day > found.valid_to:
            raise Invalid.at("last_day", "Mẫu tiêu đề này đã kết thúc sớm hơn ngày đó.")
        if last_day < found.valid_from:
            session.delete(found)
        else:
            found.valid_to = last_day
        return str(letterhead_id)

    return once(actor, now, key, f"letterhead:end:{letterhead_id}", work)


def start_book(
    agency_code: str,
    abbreviation: str | None,
    year: int,
    first: int,
    *,
    actor: Administrator,
    now: datetime,
    incoming: bool = False,
    key: str | None = None,
) -> str:
    """Say once with which number a book of a year begins here, because a paper book had the ones before.

    ``abbreviation`` names the type of an agency that counts each type apart. Raises ``Conflict`` when
    the book has numbers already, ``Invalid`` at ``first`` or ``abbreviation``.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        kind = words(abbreviation or "", "abbreviation", 10, faults, required=False)
        if not 2 <= first <= LARGEST_NUMBER:
            faults["first"].append(f"Số từ 2 đến {LARGEST_NUMBER}; sổ mới tự bắt đầu từ số 01.")
        refuse(faults)
        office = agency(session, actor, agency_code, "agency_code")
        counting = numbering_of(session, office.id, date(year, 12, 31))
        if counting is Numbering.BY_TYPE and not incoming and not kind:
            raise Invalid.at("abbreviation", "Cơ quan đánh số riêng từng loại: phải chọn loại.")
        book = books.INCOMING if incoming else books.outgoing_book(counting, kind)
        if session.get(NumberBook, (office.id, book, year), with_for_update=True) is not None:
            raise Conflict("Sổ của năm này đã có số; không đặt lại được số bắt đầu.")
        session.execute(
            insert(NumberBook).values(agency_id=office.id, book=book, year=year, last=first - 1)
        )
        return book

    return once(actor, now, key, "book:start", work)


def numbering_of(session: Session, agency_id: int, on: date) -> Numbering:
    """How an agency counts its outgoing documents on a day; one sequence unless its letterhead says else."""
    found: Numbering | None = session.scalar(
        select(Letterhead.numbering).where(
            Letterhead.agency_id == agency_id, in_force(Letterhead, on)
        )
    )
    return found or Numbering.ONE
