"""Decisions and conclusions to be carried out: the register, its sums, and one case's after-story.

Law on Complaints arts 44-46 with Decree 124/2020/NĐ-CP art 31; Law on Denunciations arts 36 and 44. What
counts as carried out is what the official tables 02/KQGQ and 04/KQGQ count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, false, func, or_, select

from config.database import db
from petitions.access import visible
from petitions.models import (
    Agency,
    Case,
    Deadline,
    Decision,
    EnforcementEntry,
    Event,
    EventDetail,
    User,
)
from petitions.models.proceedings import AMOUNT_COLUMNS
from petitions.queries.case_shapes import CasePage
from workflows.enforcement import NAMES, Amounts, Progress
from workflows.records import ClockState, Finding, Nature
from workflows.vocabulary import Action, Actor, Fact, Kind, Mark, Need, Outcome, State, Step

PAGE = 50
DUTIES = (Step.DIRECT_ENFORCEMENT, Step.ACT_ON_CONCLUSION)
"""Clocks of whoever must see a decision or conclusion carried out."""


@dataclass(frozen=True, slots=True)
class EnforcementFilters:
    """What of the register is wanted; ``late``: the duty to direct or to act has run out."""

    progress: Progress | None = None
    unfinished: bool = True
    late: bool = False
    agency: str | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Obligation:
    """One line: a decision in effect or a conclusion, what it orders and what was done of it.

    ``since`` is the day it took effect (a conclusion: was issued), ``due`` the running duty to direct or
    act on it, ``directed_on`` the day that was done, ``charged`` to whom it was given in words.
    """

    code: str
    kind: Kind
    instance: int
    state: State
    summary: str
    agency: str
    officer: str | None
    decision_id: int
    number: str | None
    issued_on: date
    finding: Finding | None
    since: date
    ordered: Amounts
    done: Amounts
    progress: Progress
    due: date | None
    directed_on: date | None
    charged: str

    @property
    def enough(self) -> bool:
        """All amounts are done though nobody said so yet."""
        return (
            self.progress is not Progress.DONE
            and bool(self.ordered)
            and self.done.reaches(self.ordered)
        )


@dataclass(frozen=True, slots=True)
class EnforcementPage:
    """A page of the register; ``after`` names the next one."""

    lines: tuple[Obligation, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class EnforcementTotals:
    """All lines of the same filters: how many stand where, what was ordered and done together."""

    counts: dict[Progress, int]
    late: int
    ordered: Amounts
    done: Amounts


def register(
    actor: Actor, filters: EnforcementFilters, today: date, after: str | None = None
) -> EnforcementPage:
    """The lines this actor may see, the oldest decision first. Three statements at most."""
    line = _lines(actor, filters, today)
    query = select(line).order_by(line.c.issued_on, line.c.decision_id).limit(PAGE + 1)
    if start := _start(after):
        on, number = start
        query = query.where(
            or_(
                line.c.issued_on > on,
                and_(line.c.issued_on == on, line.c.decision_id > number),
            )
        )
    found = _shown(db.session.execute(query).all())
    last = found[PAGE - 1] if len(found) > PAGE else None
    return EnforcementPage(
        tuple(found[:PAGE]), f"{last.issued_on.isoformat()}.{last.decision_id}" if last else None
    )


def whole_register(
    actor: Actor, filters: EnforcementFilters, today: date, most: int
) -> Iterator[Obligation]:
    """Every line, page by page, up to ``most``."""
    after: str | None = None
    for _ in range(-(-most // PAGE)):
        page = register(actor, filters, today, after)
        yield from page.lines
        after = page.after
        if after is None:
            return


def totals(actor: Actor, filters: EnforcementFilters, today: date) -> EnforcementTotals:
    """The sums of the lines the filters name. One statement."""
    line = _lines(actor, filters, today)
    sums = [
        func.coalesce(func.sum(line.c[f"{side}_{name}"]), 0).label(f"{side}_{name}")
        for side in ("ordered", "done")
        for name in NAMES
    ]
    counts = [
        func.coalesce(func.sum(case((line.c.progress == each.value, 1), else_=0)), 0).label(
            each.value
        )
        for each in Progress
    ]
    late = func.coalesce(func.sum(case((line.c.due < today, 1), else_=0)), 0).label("late")
    row = db.session.execute(select(*sums, *counts, late)).one()
    return EnforcementTotals(
        {each: int(getattr(row, f"{each.value}")) for each in Progress},
        int(row.late),
        _amounts(row, "ordered"),
        _amounts(row, "done"),
    )


def agencies_with_decisions(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Code and name of the bodies that have something in the register, for the filter."""
    rows = db.session.execute(
        select(Agency.code, Agency.name)
        .distinct()
        .join(Case, Case.agency_id == Agency.id)
        .join(Decision, Decision.case_id == Case.id)
        .where(_in_effect(), visible(actor))
        .order_by(Agency.name)
    )
    return tuple((row.code, row.name) for row in rows)


def _in_effect() -> ColumnElement[bool]:
    """Decisions in effect and conclusions, also those of cases closed after they were carried out."""
    return or_(
        and_(
            Case.kind == Kind.COMPLAINT,
            or_(
                Case.state == State.IN_EFFECT,
                and_(Case.state == State.CLOSED, Case.came_from == State.IN_EFFECT),
            ),
        ),
        and_(
            Case.kind == Kind.DENUNCIATION,
            or_(
                Case.state.in_([State.CONCLUDED, State.HANDLED, State.PUBLISHED]),
                and_(Case.state == State.CLOSED, Case.came_from == State.PUBLISHED),
            ),
        ),
    )


def _lines(actor: Actor, filters: EnforcementFilters, today: date) -> Subquery:
    latest = (
        select(func.max(Decision.id))
        .where(Decision.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    entries = (
        select(
            EnforcementEntry.decision_id,
            *(
                func.sum(getattr(EnforcementEntry, column)).label(name)
                for name, column in AMOUNT_COLUMNS.items()
            ),
        )
        .group_by(EnforcementEntry.decision_id)
        .subquery("entries")
    )
    ordered = {
        name: func.coalesce(getattr(Decision, column), 0) for name, column in AMOUNT_COLUMNS.items()
    }
    any_ordered = or_(*(amount > 0 for amount in ordered.values()))
    acted = and_(
        Case.kind == Kind.DENUNCIATION,
        Case.state.in_([State.HANDLED, State.PUBLISHED, State.CLOSED]),
    )
    finished = or_(_said(Outcome.FULLY_ENFORCED), and_(acted, ~any_ordered))
    begun = or_(acted, entries.c.decision_id.is_not(None), _said(Outcome.PARTLY_ENFORCED))
    progress = case(
        (finished, Progress.DONE.value), (begun, Progress.PARTLY.value), else_=Progress.NOT.value
    )
    due = (
        select(func.min(Deadline.due))
        .where(
            Deadline.case_id == Case.id,
            Deadline.step.in_(DUTIES),
            Deadline.nature == Nature.STATUTORY,
            Deadline.state == ClockState.RUNNING,
        )
        .correlate(Case)
        .scalar_subquery()
    )
    inner = (
        select(
            Case.id.label("case_id"),
            Case.code,
            Case.kind,
            Case.instance,
            Case.state,
            Case.summary,
            Case.facts,
            Agency.name.label("agency"),
            User.name.label("officer"),
            Decision.id.label("decision_id"),
            Decision.number,
            Decision.issued_on,
            Decision.finding,
            *(amount.label(f"ordered_{name}") for name, amount in ordered.items()),
            *(func.coalesce(entries.c[name], 0).label(f"done_{name}") for name in NAMES),
            progress.label("progress"),
            due.label("due"),
        )
        .join(Agency, Agency.id == Case.agency_id)
        .join(Decision, Decision.id == latest)
        .outerjoin(entries, entries.c.decision_id == Decision.id)
        .outerjoin(User, User.id == Case.officer_id)
        .where(_in_effect(), visible(actor), ~_said(Outcome.NOTHING_TO_ENFORCE))
    )
    if filters.agency is not None:
        inner = inner.where(Agency.code == filters.agency)
    if filters.kind is not None:
        inner = inner.where(Case.kind == filters.kind)
    return _narrowed(inner, filters, today)


def _narrowed(
    inner: Select[*tuple[Any, ...]], filters: EnforcementFilters, today: date
) -> Subquery:
    line = inner.subquery("known")
    query = select(line)
    if filters.progress is not None:
        query = query.where(line.c.progress == filters.progress.value)
    elif filters.unfinished:
        query = query.where(line.c.progress != Progress.DONE.value)
    if filters.late:
        query = query.where(func.coalesce(line.c.due < today, false()))
    return query.subquery("line")


def _said(outcome: Outcome) -> ColumnElement[bool]:
    """Whether that was noted of the decision that stands."""
    return exists().where(
        Event.case_id == Case.id,
        Event.action == Action.RECORD_ENFORCEMENT.value,
        Event.data["outcome"].as_string() == outcome.value,
        Event.seq > Decision.event_seq,
    )


def _start(after: str | None) -> tuple[date, int] | None:
    day, _, number = (after or "").partition(".")
    if not number.isdecimal() or len(number) > 18:
        return None
    try:
        return date.fromisoformat(day), int(number)
    except ValueError:
        return None


def _shown(rows: Sequence[Any]) -> list[Obligation]:
    directions = _directions([row.case_id for row in rows])
    return [
        Obligation(
            code=row.code,
            kind=row.kind,
            instance=row.instance,
            state=row.state,
            summary=row.summary,
            agency=row.agency,
            officer=row.officer,
            decision_id=row.decision_id,
            number=row.number,
            issued_on=row.issued_on,
            finding=row.finding,
            since=_since(row),
            ordered=_amounts(row, "ordered"),
            done=_amounts(row, "done"),
            progress=Progress(row.progress),
            due=row.due,
            directed_on=directions.get(row.case_id, (None, ""))[0],
            charged=directions.get(row.case_id, (None, ""))[1],
        )
        for row in rows
    ]


def _since(row: Any) -> date:
    effect = (row.facts or {}).get(Fact.LEGAL_EFFECT)
    return date.fromisoformat(effect) if effect else row.issued_on


def _directions(case_ids: list[int]) -> dict[int, tuple[date, str]]:
    """When carrying out was directed or begun, and who was charged with it; the latest of each case."""
    if not case_ids:
        return {}
    rows = db.session.execute(
        select(Event.case_id, Event.on, EventDetail.content)
        .outerjoin(
            EventDetail,
            and_(EventDetail.case_id == Event.case_id, EventDetail.seq == Event.seq),
        )
        .where(
            Event.case_id.in_(case_ids),
            Event.action.in_([Action.DIRECT_ENFORCEMENT.value, Action.ACT_ON_CONCLUSION.value]),
        )
        .order_by(Event.case_id, Event.seq)
    )
    found = {
        row.case_id: (row.on, str((row.content or {}).get(Need.ASSIGNEE) or "")) for row in rows
    }
    typed = {charged for _, charged in found.values() if charged}
    people = (
        dict(
            db.session.execute(
                select(User.username, User.name).where(User.username.in_(typed))
            ).all()
        )
        if typed
        else {}
    )
    return {case_id: (on, people.get(charged, charged)) for case_id, (on, charged) in found.items()}


def _amounts(row: Any, side: str) -> Amounts:
    found: dict[str, Any] = {}
    for name in NAMES:
        value = getattr(row, f"{side}_{name}") or 0
        land = "land" in name
        found[name] = Decimal(str(value)).quantize(Decimal("0.01")) if land else int(value)
    return Amounts(**found)


# --- one case --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryShown:
    """One entry of what was carried out."""

    on: date
    document: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class AfterDecision:
    """The decision or conclusion that stands in a case, and what became of it."""

    number: str | None
    issued_on: date
    finding: Finding | None
    result: str | None
    served_on: date | None
    ordered: Amounts
    done: Amounts
    entries: tuple[EntryShown, ...]
    said_done: bool


def after_decision(page: CasePage) -> AfterDecision | None:
    """What follows the decision of a case page; None before there is one. Two statements, or none."""
    facts = (Fact.DECISION_ISSUED, Fact.CONCLUSION_ISSUED)
    if not any(page.file.day(fact) for fact in facts):
        return None
    made = db.session.scalar(
        select(Decision).where(Decision.case_id == page.id).order_by(Decision.id.desc()).limit(1)
    )
    if made is None:
        return None
    rows = db.session.scalars(
        select(EnforcementEntry)
        .where(EnforcementEntry.decision_id == made.id)
        .order_by(EnforcementEntry.seq)
    )
    entries = tuple(EntryShown(row.on, row.document, _of(row)) for row in rows)
    return AfterDecision(
        made.number, made.issued_on, made.finding, made.result, made.served_on, _of(made),
        sum((each.amounts for each in entries), Amounts()), entries, Mark.ENFORCED in page.file.marks,
    )  # fmt: skip


def _of(row: Decision | EnforcementEntry) -> Amounts:
    kept: dict[str, Any] = {
        name: getattr(row, column) or 0 for name, column in AMOUNT_COLUMNS.items()
    }
    return Amounts(**kept)
