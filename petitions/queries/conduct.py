"""Complaints about officials and what came of them, for those who answer for conduct and may open the case.

One line is one person complained about. Whoever is named, and the people of a body whose official is
named at a body above it, do not find the line here, whatever else they may see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    extract,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visible
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
    line = _narrowed(_lines(actor), filters)
    total = db.session.scalar(select(func.count()).select_from(line)) or 0
    rows = db.session.execute(
        select(line)
        .order_by(line.c.first_received_on.desc(), line.c.case_id.desc(), line.c.respondent)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    return ConductPage(_shown(rows, (page - 1) * PAGE + 1), total, page * PAGE < total)


def whole_register(actor: Actor, filters: ConductFilters, most: int) -> Iterator[ConductLine]:
    """Every line up to ``most``, page by page."""
    for page in range(1, -(-most // PAGE) + 1):
        found = register(actor, filters, page)
        yield from found.lines
        if not found.more:
            return


def counts(actor: Actor, filters: ConductFilters) -> ConductCounts:
    """The sums of the lines the filters name. One statement."""
    line = _narrowed(_lines(actor), filters)
    rows = db.session.execute(
        select(line.c.agency, line.c.finding, line.c.form, func.count().label("number"))
        .group_by(line.c.agency, line.c.finding, line.c.form)
        .order_by(line.c.agency)
    ).all()
    findings: Counter[ConductFinding] = Counter()
    forms: Counter[DisciplineForm] = Counter()
    agencies: dict[str, Counter[ConductFinding | None]] = {}
    waiting = 0
    for row in rows:
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
    line = _lines(actor)
    row = db.session.execute(
        select(line).where(line.c.code == code, line.c.respondent == respondent)
    ).one_or_none()
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
    line = _lines(actor)
    rows = db.session.execute(
        select(line).where(line.c.code == code).order_by(line.c.respondent)
    ).all()
    return _shown(rows, 1)


def may_note(actor: Actor, custodian_id: int) -> bool:
    """Whether this hat notes what came of it: the body that has the case, or the province's inspectors."""
    return actor.role in READERS and (actor.agency_id == custodian_id or actor.province_wide)


def agencies(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Code and name of the bodies with a line in the register, for its filter."""
    line = _lines(actor)
    rows = db.session.execute(
        select(Agency.code, Agency.name)
        .where(Agency.id.in_(select(line.c.agency_id)))
        .order_by(Agency.name)
    )
    return tuple((row.code, row.name) for row in rows)


def about_officials(actor: Actor) -> ColumnElement[bool]:
    """Cases about the conduct of officials this hat may know of; never one that names itself or its people."""
    if actor.role not in READERS:
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
        or_(own.user_id == actor.user_id, own.folded_name == fold(actor.name)),
    )
    bodies = [actor.agency_id, *sorted(actor.unit_ids)]
    his_people = exists().where(
        home.case_id == Case.id,
        or_(
            home.agency_id.in_(bodies),
            home.user_id.in_(_people_of(bodies)),
            home.workplace.in_(select(Agency.name).where(Agency.id.in_(bodies))),
        ),
    )
    return and_(
        visible(actor),
        Case.state != State.VOIDED,
        or_(Case.official_conduct, and_(Case.kind == Kind.DENUNCIATION, denounced)),
        ~himself,
        or_(Case.agency_id == actor.agency_id, ~his_people),
    )


def _people_of(bodies: Sequence[int]) -> Select[int]:
    return select(Hat.user_id).where(Hat.agency_id.in_(bodies))


def _lines(actor: Actor) -> Subquery:
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
        .where(about_officials(actor))
        .subquery("line")
    )  # fmt: skip


def _narrowed(line: Subquery, filters: ConductFilters) -> Subquery:
    query = select(line)
    if filters.waiting:
        query = query.where(line.c.finding.is_(None))
    elif filters.finding is not None:
        query = query.where(line.c.finding == filters.finding)
    if filters.kind is not None:
        query = query.where(line.c.kind == filters.kind)
    if filters.agency is not None:
        query = query.where(line.c.agency_code == filters.agency)
    if filters.year is not None:
        query = query.where(extract("year", line.c.first_received_on) == filters.year)
    return query.subquery("wanted")


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
