"""Complaints about officials and what came of them, for those who answer for conduct and may open the case.

One line is one person complained about. Whoever is named, and the people of a body whose official is
named at a body above it, do not find the line here, whatever else they may see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    exists,
    extract,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from config.database import db, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    ConductOutcome,
    Field,
    Hat,
    Respondent,
    User,
)
from petitions.text import fold
from workflows.records import RespondentKind
from workflows.reviewing import ConductFinding, DisciplineForm
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Kind, Role, State

READERS = LEADERS | {Role.INSPECTOR}
"""Who reads the register; being at work in a case is not enough."""
PAGE = 50
TABLE = ConductOutcome.__tablename__
NO_CASE = "Không tìm thấy đơn này trong sổ, hoặc bạn không có quyền xem."


@dataclass(frozen=True, slots=True, kw_only=True)
class ConductFilters:
    """What of the register is wanted. ``waiting``: nothing is noted yet; ``year`` of the first receipt."""

    finding: ConductFinding | None = None
    waiting: bool = False
    kind: Kind | None = None
    agency: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class ConductLine:
    """One person complained about in one case; ``respondent`` 0 stands for a case that names nobody."""

    ordinal: int
    code: str
    kind: Kind
    state: State
    open: bool
    summary: str
    field: str
    agency: str
    first_received_on: date
    respondent: int
    name: str | None
    position: str | None
    workplace: str | None
    finding: ConductFinding | None
    form: DisciplineForm | None
    on: date | None
    document: str


@dataclass(frozen=True, slots=True)
class ConductPage:
    """A page of the register; ``more`` when there is another."""

    lines: tuple[ConductLine, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class ConductCounts:
    """All lines of the same filters: what came of how many, in which form, at which body."""

    findings: Mapping[ConductFinding, int]
    waiting: int
    forms: Mapping[DisciplineForm, int]
    agencies: tuple[tuple[str, Mapping[ConductFinding | None, int]], ...]

    @property
    def total(self) -> int:
        """Every line."""
        return sum(self.findings.values()) + self.waiting


@dataclass(frozen=True, slots=True)
class OutcomeShown:
    """One entry of what came of it."""

    finding: ConductFinding
    form: DisciplineForm | None
    on: date
    document: str
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConductCase:
    """One line with everything that was noted; ``may_note``: this hat may note an outcome."""

    line: ConductLine
    entries: tuple[OutcomeShown, ...]
    may_note: bool

    @property
    def version(self) -> int:
        """How many entries there are: what a form was opened with."""
        return len(self.entries)


def register(actor: Actor, filters: ConductFilters, page: int = 1) -> ConductPage:
    """A page of the register, the latest received first. Two statements."""
    scope, shape, values = _asked(actor, filters)
    total = read(_count(scope, shape), values).scalar_one()
    wanted = {**values, "skipped": (page - 1) * PAGE, "most": PAGE}
    rows = read(_page(scope, shape), wanted).all()
    return ConductPage(_shown(rows, (page - 1) * PAGE + 1), total, page * PAGE < total)


def whole_register(actor: Actor, filters: ConductFilters, most: int) -> tuple[ConductLine, ...]:
    """Every line, at most ``most`` of them. One statement."""
    scope, shape, values = _asked(actor, filters)
    return _shown(read(_page(scope, shape), {**values, "skipped": 0, "most": most}).all(), 1)


def counts(actor: Actor, filters: ConductFilters) -> ConductCounts:
    """The sums of the lines the filters name. One statement."""
    scope, shape, values = _asked(actor, filters)
    findings: Counter[ConductFinding] = Counter()
    forms: Counter[DisciplineForm] = Counter()
    agencies: dict[str, Counter[ConductFinding | None]] = {}
    waiting = 0
    for row in read(_sums(scope, shape), values):
        agencies.setdefault(row.agency, Counter())[row.finding] += row.number
        if row.finding is None:
            waiting += row.number
        else:
            findings[row.finding] += row.number
        if row.form is not None:
            forms[row.form] += row.number
    return ConductCounts(
        {each: findings[each] for each in ConductFinding if findings[each]},
        waiting,
        {each: forms[each] for each in DisciplineForm if forms[each]},
        tuple(agencies.items()),
    )


def conduct_case(actor: Actor, code: str, respondent: int) -> ConductCase:
    """One person of one case with all that was noted. Raises ``NotFound``."""
    row = next((each for each in _rows_of(actor, code) if each.respondent == respondent), None)
    if row is None:
        raise NotFound(NO_CASE)
    (shown,) = _shown([row], 1)
    key = case_key_of(row.wrapped)
    entries = []
    for entry, by in db.session.execute(
        select(ConductOutcome, User.name)
        .join(User, User.id == ConductOutcome.by_id)
        .where(ConductOutcome.case_id == row.case_id, ConductOutcome.respondent == respondent)
        .order_by(ConductOutcome.seq.desc())
    ):
        words = read_back(entry, key, TABLE, entry.uid)
        entries.append(
            OutcomeShown(
                entry.finding, entry.form, entry.on, words.get("document", ""),
                words.get("note", ""), by, entry.at,
            )
        )  # fmt: skip
    return ConductCase(shown, tuple(entries), may_note(actor, row.agency_id))


def of_case(actor: Actor, code: str) -> tuple[ConductLine, ...]:
    """The lines of one case; none for whom its lines are not to be known."""
    return _shown(_rows_of(actor, code), 1)


def may_note(actor: Actor, custodian_id: int) -> bool:
    """Whether this hat notes what came of it: the body that has the case, or the province's inspectors."""
    return actor.role in READERS and (actor.agency_id == custodian_id or actor.province_wide)


def agencies(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Code and name of the bodies with a line in the register, for its filter."""
    rows = read(_agencies(scope_of(actor)), _reach(actor))
    return tuple((row.code, row.name) for row in rows)


# --- statements, built once for each reach and set of filters ----------------------------------


def _about_officials(scope: Scope) -> ColumnElement[bool]:
    """Cases about the conduct of officials a hat may know of; never one that names itself or its people."""
    if scope.role not in READERS:
        return false()
    named, own, home = aliased(Respondent), aliased(Respondent), aliased(Respondent)
    denounced = exists().where(
        named.case_id == Case.id,
        named.kind == RespondentKind.PERSON,
        or_(
            named.user_id.is_not(None),
            named.agency_id.is_not(None),
            named.position.is_not(None),
            named.workplace.is_not(None),
        ),
    )
    himself = exists().where(
        own.case_id == Case.id,
        or_(own.user_id == bindparam("scope_user"), own.folded_name == bindparam("called")),
    )
    bodies: BindParameter[Any] = bindparam("scope_units", expanding=True)
    his_people = exists().where(
        home.case_id == Case.id,
        or_(
            home.agency_id.in_(bodies),
            home.user_id.in_(select(Hat.user_id).where(Hat.agency_id.in_(bodies))),
            home.workplace.in_(select(Agency.name).where(Agency.id.in_(bodies))),
        ),
    )
    return and_(
        visible_in(scope),
        Case.state != State.VOIDED,
        or_(Case.official_conduct, and_(Case.kind == Kind.DENUNCIATION, denounced)),
        ~himself,
        or_(Case.agency_id == bindparam("scope_agency"), ~his_people),
    )


def _reach(actor: Actor) -> dict[str, Any]:
    units = {actor.agency_id, *actor.unit_ids}
    return {**scope_values(actor), "scope_units": tuple(units), "called": fold(actor.name)}


def _asked(actor: Actor, filters: ConductFilters) -> tuple[Scope, frozenset[str], dict[str, Any]]:
    """The reach and the shape of a list's statements, and their values."""
    given: dict[str, Any] = {
        "waiting": filters.waiting or None,
        "finding": None if filters.waiting else filters.finding,
        "kind": filters.kind,
        "agency": filters.agency,
        "year": filters.year,
    }
    named = {name: value for name, value in given.items() if value is not None}
    return scope_of(actor), frozenset(named), {**_reach(actor), **named}


def _rows_of(actor: Actor, code: str) -> Sequence[Any]:
    return read(_of_case(scope_of(actor)), {**_reach(actor), "code": code}).all()


@cache
def _of_case(scope: Scope) -> Select[*tuple[Any, ...]]:
    line = _lines(scope)
    return select(line).where(line.c.code == bindparam("code")).order_by(line.c.respondent)


@cache
def _agencies(scope: Scope) -> Select[*tuple[Any, ...]]:
    held = select(_lines(scope).c.agency_id)
    return select(Agency.code, Agency.name).where(Agency.id.in_(held)).order_by(Agency.name)


@cache
def _count(scope: Scope, shape: frozenset[str]) -> Select[int]:
    return select(func.count()).select_from(_narrowed(scope, shape))


@cache
def _page(scope: Scope, shape: frozenset[str]) -> Select[*tuple[Any, ...]]:
    line = _narrowed(scope, shape)
    return (
        select(line)
        .order_by(line.c.first_received_on.desc(), line.c.case_id.desc(), line.c.respondent)
        .offset(bindparam("skipped", type_=Integer()))
        .limit(bindparam("most", type_=Integer()))
    )


@cache
def _sums(scope: Scope, shape: frozenset[str]) -> Select[*tuple[Any, ...]]:
    line = _narrowed(scope, shape)
    by = (line.c.agency, line.c.finding, line.c.form)
    return select(*by, func.count().label("number")).group_by(*by).order_by(line.c.agency)


@cache
def _lines(scope: Scope) -> Subquery:
    person = aliased(Respondent)
    latest = aliased(ConductOutcome)
    respondent = func.coalesce(person.ordinal, 0)
    newest = (
        select(func.max(ConductOutcome.seq))
        .where(
            ConductOutcome.case_id == Case.id,
            ConductOutcome.respondent == respondent,
        )
        .correlate(Case, person)
        .scalar_subquery()
    )
    return (
        select(
            Case.id.label("case_id"), Case.code, Case.kind, Case.state, Case.open, Case.summary,
            Case.agency_id, Case.first_received_on, Agency.name.label("agency"),
            Agency.code.label("agency_code"), Field.name.label("field"),
            respondent.label("respondent"), person.name, person.position, person.workplace,
            latest.uid, latest.finding, latest.form, latest.on, latest.words, latest.sealed,
            CaseKey.wrapped,
        )
        .select_from(Case)
        .join(Agency, Agency.id == Case.agency_id)
        .join(Field, Field.id == Case.field_id)
        .outerjoin(
            person, and_(person.case_id == Case.id, person.kind == RespondentKind.PERSON)
        )
        .outerjoin(latest, and_(latest.case_id == Case.id, latest.seq == newest))
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(_about_officials(scope))
        .subquery("line")
    )  # fmt: skip


def _narrowed(scope: Scope, shape: frozenset[str]) -> Subquery:
    line = _lines(scope)
    conditions = {
        "waiting": line.c.finding.is_(None),
        "finding": line.c.finding == bindparam("finding", type_=line.c.finding.type),
        "kind": line.c.kind == bindparam("kind", type_=line.c.kind.type),
        "agency": line.c.agency_code == bindparam("agency"),
        "year": extract("year", line.c.first_received_on) == bindparam("year", type_=Integer()),
    }
    return select(line).where(*(conditions[name] for name in sorted(shape))).subquery("wanted")


def _shown(rows: Sequence[Any], first: int) -> tuple[ConductLine, ...]:
    return tuple(
        ConductLine(
            ordinal=ordinal,
            code=row.code,
            kind=row.kind,
            state=row.state,
            open=row.open,
            summary=row.summary,
            field=row.field,
            agency=row.agency,
            first_received_on=row.first_received_on,
            respondent=row.respondent,
            name=row.name,
            position=row.position,
            workplace=row.workplace,
            finding=row.finding,
            form=row.form,
            on=row.on,
            document=(
                read_back(row, case_key_of(row.wrapped), TABLE, row.uid).get("document", "")
                if row.uid
                else ""
            ),
        )
        for ordinal, row in enumerate(rows, first)
    )
