"""Who is who at the desk: rows of petitions and visits put together into persons. Pure, no statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from petitions.queries import likeness
from petitions.queries.desk_box import BoxAsked
from petitions.queries.repeats import ALIKE_ADDRESS, ALIKE_NAME
from workflows.reception import RefusalGround, VisitOutcome
from workflows.records import Finding, PartyRole
from workflows.vocabulary import Kind, State, Step


@dataclass(frozen=True, slots=True)
class Reply:
    """A settlement decision, a conclusion or an answer given before."""

    number: str | None
    issued_on: date
    finding: Finding | None
    result: str


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A petition of the person. ``due`` and ``step`` are the next thing somebody must do in it."""

    code: str
    kind: Kind
    instance: int
    state: State
    open: bool
    agency: str
    agency_id: int
    origin_id: int
    received_on: date
    summary: str
    due: date | None
    step: Step | None
    paused: bool
    role: PartyRole
    replies: tuple[Reply, ...]


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit of the person; ``said`` is the beginning of what was said."""

    uid: str
    on: date
    agency: str
    turn: int
    kind: Kind | None
    outcome: VisitOutcome | None
    refusal: RefusalGround | None
    case_code: str | None
    said: str


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """One person, or what may be one. ``sure`` means the number of an identity paper agrees.

    ``sealed``: the match is exact, and nothing of the person is readable here but what was asked.
    """

    name: str
    birth_year: int | None
    id_number: str | None
    phone: str | None
    address: str | None
    sure: bool
    sealed: bool
    cases: tuple[CaseSeen, ...]
    visits: tuple[VisitSeen, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What the box answers. ``more`` means that not everything is shown."""

    people: tuple[PersonSeen, ...]
    more: bool = False


@dataclass(slots=True)
class Row:
    """A person as one petition or one visit has them."""

    name: str
    birth_year: int | None
    id_number: str | None
    phone: str | None
    address: str | None
    sealed: bool
    case: CaseSeen | None = None
    visit: VisitSeen | None = None


@dataclass(slots=True)
class _Group:
    """Rows of what may be one person."""

    rows: list[Row] = field(default_factory=list)


def grouped(rows: Iterable[Row], asked: BoxAsked) -> list[PersonSeen]:
    """One person where the numbers agree; without a number, the same name with the year or address."""
    numbered: dict[str, _Group] = {}
    others: list[_Group] = []
    sealed = _Group()
    rows = [row for row in rows if row.sealed or _fits(row, asked)]
    for row in rows:
        if row.sealed:
            sealed.rows.append(row)
        elif number := likeness.compact(row.id_number or ""):
            numbered.setdefault(number, _Group()).rows.append(row)
    for row in rows:
        if row.sealed or likeness.compact(row.id_number or ""):
            continue
        known = (group for group in (*numbered.values(), *others) if _alike(group, row))
        group = next(known, None)
        if group is None:
            group = _Group()
            others.append(group)
        group.rows.append(row)
    groups = [*numbered.values(), *others, *([sealed] if sealed.rows else [])]
    return [_person(group.rows, asked) for group in groups]


def _fits(row: Row, asked: BoxAsked) -> bool:
    """Whether the row is worth showing: a year that contradicts a name leaves another person."""
    number = likeness.compact(row.id_number or "")
    if number and number in {likeness.compact(each) for each in asked.id_numbers}:
        return True
    if asked.phone and row.phone and likeness.phone_key(row.phone) == asked.phone:
        return True
    if not asked.name:
        return False
    if asked.id_numbers and number:
        return False
    years = {asked.birth_year, row.birth_year}
    return None in years or len(years) == 1


def _alike(group: _Group, row: Row) -> bool:
    for known in group.rows:
        if likeness.name_likeness(known.name, row.name) < 100:
            continue
        if None not in (known.birth_year, row.birth_year):
            return known.birth_year == row.birth_year
        if row.phone and known.phone:
            return likeness.phone_key(row.phone) == likeness.phone_key(known.phone)
        if row.address and known.address:
            return likeness.address_likeness(row.address, known.address) >= ALIKE_ADDRESS
    return False


def _person(rows: Sequence[Row], asked: BoxAsked) -> PersonSeen:
    """The newest petition's particulars first, what it leaves out from the others."""

    def first(name: str) -> Any:
        return next((getattr(row, name) for row in rows if getattr(row, name)), None)

    cases: dict[str, CaseSeen] = {}
    visits: dict[str, VisitSeen] = {}
    for row in rows:
        if row.case is not None:
            cases.setdefault(row.case.code, row.case)
        if row.visit is not None:
            visits.setdefault(row.visit.uid, row.visit)
    number = likeness.compact(first("id_number") or "")
    return PersonSeen(
        name=first("name") or "",
        birth_year=first("birth_year"),
        id_number=first("id_number"),
        phone=first("phone"),
        address=first("address"),
        sure=bool(number) and number in {likeness.compact(each) for each in asked.id_numbers},
        sealed=rows[0].sealed,
        cases=tuple(cases.values()),
        visits=tuple(visits.values()),
    )


def rank(person: PersonSeen, asked: BoxAsked) -> tuple[Any, ...]:
    """The surest first, then those whose name is nearest, then those who were here last."""
    near = likeness.name_likeness(person.name, asked.name) if asked.name else 100
    days = [each.received_on for each in person.cases] + [each.on for each in person.visits]
    here_last = max(days, default=date.min).toordinal()
    return (not person.sure, near < ALIKE_NAME, -near, -here_last, person.name)
