"""Urging letters as their readers see them: the list, one letter with its cases and reply, those of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import visible
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import Agency, Case, CaseKey, UrgedCase, UrgingAnswer, UrgingLetter, User
from petitions.queries.letters import full_number
from petitions.queries.marks import mark, read_mark
from petitions.queries.urging_reach import letters_seen
from workflows.office import SigningCapacity
from workflows.urging import ReplyBasis, UrgingEnd, UrgingStanding, standing
from workflows.vocabulary import Actor, Kind, State, Step

PAGE = 50
UNKNOWN = "Không tìm thấy văn bản đôn đốc này, hoặc bạn không có quyền xem."
_from, _to, _signer, _issuer = aliased(Agency), aliased(Agency), aliased(User), aliased(User)


class Side(StrEnum):
    """Whose letters are wanted."""

    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of the list is shown. ``side`` is the own agency's, None takes all in reach; ``agency`` is urged."""

    standings: frozenset[UrgingStanding] = frozenset(UrgingStanding)
    side: Side | None = None
    agency: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A letter as the list shows it. ``code`` is its case, where it is about one alone."""

    id: int
    uid: str
    version: int
    number: str
    symbol: str
    issued_on: date
    from_id: int
    sender: str
    to_id: int
    addressee: str
    cases: int
    code: str | None
    secret: bool
    reply_due: date
    standing: UrgingStanding
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of letters, the newest first; ``after`` opens the next one."""

    lines: tuple[Line, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """How one agency answers: letters to it by where they stand."""

    code: str
    agency: str
    letters: int
    by_standing: Mapping[UrgingStanding, int]

    @property
    def answered(self) -> int:
        """Answered, in time or not."""
        return (
            self.by_standing[UrgingStanding.ANSWERED]
            + self.by_standing[UrgingStanding.ANSWERED_LATE]
        )


@dataclass(frozen=True, slots=True)
class UrgedLine:
    """A case of a letter: as it stood then, and how it stands now. Not ``reached``: it moved out of the
    reader's reach since, and nothing is told of it beyond the letter."""

    code: str
    kind: Kind
    state: State
    open: bool
    summary: str
    step: Step | None
    due: date | None
    days_late: int
    reached: bool
    handling: str


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended the waiting: the reply's words and document, or why nobody waits any more."""

    end: UrgingEnd
    on: date
    by: str
    agency: str
    at: datetime
    said: str
    document: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One letter opened."""

    line: Line
    said: str
    basis: ReplyBasis
    days: int | None
    signer: str
    signer_title: str
    capacity: SigningCapacity
    issued_by: str
    issued_at: datetime
    cases: tuple[UrgedLine, ...]
    ended: Ended | None


def letters(
    actor: Actor, filters: Filters, today: date, *, after: str | None = None, limit: int = PAGE
) -> LinePage:
    """Letters the actor may read, the newest first."""
    query = _filtered(_lines(actor), actor, filters, today)
    start = read_mark(after)
    if start is not None:
        day, number = start
        query = query.where(
            or_(
                UrgingLetter.issued_on < day,
                and_(UrgingLetter.issued_on == day, UrgingLetter.id < number),
            )
        )
    rows = read(query.limit(limit + 1)).all()
    lines = tuple(_line(row, today) for row in rows[:limit])
    more = mark(lines[-1].issued_on, lines[-1].id) if len(rows) > limit else None
    return LinePage(lines, more)


def register(actor: Actor, filters: Filters, today: date) -> tuple[Line, ...]:
    """All letters of a list, to take along."""
    return tuple(_line(row, today) for row in read(_filtered(_lines(actor), actor, filters, today)))


def by_agency(actor: Actor, filters: Filters, today: date) -> tuple[AgencyLine, ...]:
    """How each urged agency answers, of the letters of a list whatever their standing."""
    counts = {
        each: func.sum(case((_stands(each, today), 1), else_=0)).label(each.value)
        for each in UrgingStanding
    }
    query = (
        select(_to.code, _to.name, func.count(UrgingLetter.id).label("letters"), *counts.values())
        .select_from(UrgingLetter)
        .join(_to, _to.id == UrgingLetter.to_agency_id)
        .where(letters_seen(actor), *_narrowed(actor, filters))
        .group_by(_to.code, _to.name)
        .order_by(func.count(UrgingLetter.id).desc(), _to.name)
    )
    return tuple(
        AgencyLine(
            row.code,
            row.name,
            row.letters,
            {each: int(getattr(row, each.value) or 0) for each in UrgingStanding},
        )
        for row in read(query)
    )


def letter(actor: Actor, uid: str, today: date) -> Shown:
    """One letter with its cases and its reply. Raises ``NotFound``."""
    row = read(
        _lines(actor)
        .add_columns(
            UrgingLetter.words, UrgingLetter.sealed, UrgingLetter.reply_basis,
            UrgingLetter.reply_days, UrgingLetter.signer_title, UrgingLetter.capacity,
            UrgingLetter.issued_at, _signer.name.label("signer"), _issuer.name.label("issuer"),
            CaseKey.wrapped,
        )
        .join(_signer, _signer.id == UrgingLetter.signer_id)
        .join(_issuer, _issuer.id == UrgingLetter.issued_by)
        .outerjoin(CaseKey, CaseKey.case_id == UrgingLetter.case_id)
        .where(UrgingLetter.uid == uid)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(UNKNOWN)
    kept = read_back(row, case_key_of(row.wrapped), UrgingLetter.__tablename__, row.uid)
    ended, handling = _ended(row)
    return Shown(
        _line(row, today), str(kept.get("said", "")), row.reply_basis, row.reply_days, row.signer,
        row.signer_title, row.capacity, row.issuer, row.issued_at,
        _cases(actor, row.id, handling), ended,
    )  # fmt: skip


def of_case(actor: Actor, code: str, today: date) -> tuple[Line, ...]:
    """The letters about a case that the actor may read, the newest first."""
    about = (
        select(UrgedCase.letter_id)
        .join(Case, Case.id == UrgedCase.case_id)
        .where(Case.code == code)
    )
    query = _lines(actor).where(UrgingLetter.id.in_(about))
    return tuple(_line(row, today) for row in read(query))


@dataclass(frozen=True, slots=True)
class ToNumber:
    """A letter as the keeper of the books meets it, who may not read it: nothing of its cases."""

    uid: str
    symbol: str
    issued_on: date
    addressee: str
    signer: str
    number: str


def to_number(actor: Actor, uid: str) -> ToNumber:
    """A letter of the actor's own agency for its book. Raises ``NotFound``."""
    row = read(
        select(
            UrgingLetter.uid, UrgingLetter.symbol, UrgingLetter.issued_on, UrgingLetter.number,
            UrgingLetter.case_id, _to.name.label("addressee"), _signer.name.label("signer"),
        )
        .join(_to, _to.id == UrgingLetter.to_agency_id)
        .join(_signer, _signer.id == UrgingLetter.signer_id)
        .where(UrgingLetter.uid == uid, UrgingLetter.from_agency_id == actor.agency_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(UNKNOWN)
    # which body a denunciation lies with is told to nobody who may not see it
    addressee = row.addressee if row.case_id is None else ""
    number = full_number(row.number, row.symbol)
    return ToNumber(row.uid, row.symbol, row.issued_on, addressee, row.signer, number)


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    of_it = UrgedCase.letter_id == UrgingLetter.id
    count = select(func.count()).where(of_it).correlate(UrgingLetter).scalar_subquery()
    first = (
        select(func.min(Case.code))
        .join(UrgedCase, UrgedCase.case_id == Case.id)
        .where(of_it)
        .correlate(UrgingLetter)
        .scalar_subquery()
    )
    return (
        select(
            UrgingLetter.id, UrgingLetter.uid, UrgingLetter.version, UrgingLetter.number,
            UrgingLetter.symbol, UrgingLetter.issued_on, UrgingLetter.from_agency_id,
            UrgingLetter.to_agency_id, UrgingLetter.case_id, UrgingLetter.reply_due,
            UrgingLetter.ended_on, UrgingLetter.ending, _from.name.label("sender"),
            _to.name.label("addressee"), count.label("cases"), first.label("code"),
        )
        .select_from(UrgingLetter)
        .join(_from, _from.id == UrgingLetter.from_agency_id)
        .join(_to, _to.id == UrgingLetter.to_agency_id)
        .where(letters_seen(actor))
        .order_by(UrgingLetter.issued_on.desc(), UrgingLetter.id.desc())
    )  # fmt: skip


def _filtered(
    query: Select[*tuple[Any, ...]], actor: Actor, filters: Filters, today: date
) -> Select[*tuple[Any, ...]]:
    if filters.standings != frozenset(UrgingStanding):
        query = query.where(or_(*(_stands(each, today) for each in sorted(filters.standings))))
    return query.where(*_narrowed(actor, filters))


def _narrowed(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    match filters.side:
        case Side.SENT:
            found.append(UrgingLetter.from_agency_id == actor.agency_id)
        case Side.RECEIVED:
            found.append(UrgingLetter.to_agency_id == actor.agency_id)
    if filters.agency is not None:
        found.append(_to.code == filters.agency)
    if filters.year is not None:
        first, last = date(filters.year, 1, 1), date(filters.year, 12, 31)
        found.append(UrgingLetter.issued_on.between(first, last))
    return found


def _stands(wanted: UrgingStanding, today: date) -> ColumnElement[bool]:
    """``workflows.urging.standing`` as a condition."""
    letter = UrgingLetter
    answered = letter.ending == UrgingEnd.ANSWERED
    match wanted:
        case UrgingStanding.WAITING:
            return and_(letter.ended_on.is_(None), letter.reply_due >= today)
        case UrgingStanding.LATE:
            return and_(letter.ended_on.is_(None), letter.reply_due < today)
        case UrgingStanding.ANSWERED:
            return and_(answered, letter.ended_on <= letter.reply_due)
        case UrgingStanding.ANSWERED_LATE:
            return and_(answered, letter.ended_on > letter.reply_due)
        case UrgingStanding.CLOSED:
            return letter.ending == UrgingEnd.CLOSED


def _line(row: Any, today: date) -> Line:
    return Line(
        id=row.id,
        uid=row.uid,
        version=row.version,
        number=full_number(row.number, row.symbol),
        symbol=row.symbol,
        issued_on=row.issued_on,
        from_id=row.from_agency_id,
        sender=row.sender,
        to_id=row.to_agency_id,
        addressee=row.addressee,
        cases=row.cases,
        code=row.code if row.cases == 1 else None,
        secret=row.case_id is not None,
        reply_due=row.reply_due,
        standing=standing(row.reply_due, row.ended_on, row.ending, today),
        ended_on=row.ended_on,
    )


def _cases(actor: Actor, letter_id: int, handling: Mapping[str, str]) -> tuple[UrgedLine, ...]:
    rows = read(
        select(
            Case.code, Case.kind, Case.state, Case.open, Case.summary, UrgedCase.step,
            UrgedCase.due, UrgedCase.days_late, visible(actor).label("reached"),
        )
        .join(Case, Case.id == UrgedCase.case_id)
        .where(UrgedCase.letter_id == letter_id)
        .order_by(UrgedCase.ordinal)
    )  # fmt: skip
    return tuple(
        UrgedLine(
            row.code, row.kind, row.state, row.open,
            "" if row.kind is Kind.DENUNCIATION or not row.reached else row.summary,
            row.step, row.due, row.days_late, bool(row.reached), handling.get(row.code, ""),
        )
        for row in rows
    )  # fmt: skip


def _ended(letter: Any) -> tuple[Ended | None, Mapping[str, str]]:
    row = read(
        select(UrgingAnswer.uid, UrgingAnswer.at, UrgingAnswer.words, UrgingAnswer.sealed,
               UrgingAnswer.by_id, User.name, Agency.name.label("agency"))
        .join(User, User.id == UrgingAnswer.by_id)
        .join(Agency, Agency.id == UrgingAnswer.agency_id)
        .where(UrgingAnswer.letter_id == letter.id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None, {}
    kept = read_back(row, case_key_of(letter.wrapped), UrgingAnswer.__tablename__, row.uid)
    found = Ended(
        letter.ending, letter.ended_on, row.name, row.agency, row.at,
        str(kept.get("said", "")), str(kept.get("document", "")),
    )  # fmt: skip
    return found, kept.get("cases") or {}
