"""Decisions and conclusions to be carried out: the register, its sums in all and by body.

Law on Complaints arts 44-46 with Decree 124/2020/NĐ-CP art 31; Law on Denunciations arts 36 and 44. What
counts as carried out is what the official tables 02/KQGQ and 04/KQGQ count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Subquery, and_, case, func, or_, select

from config.database import db
from petitions.access import visible
from petitions.models import (
    Agency,
    Case,
    Decision,
    Event,
    EventDetail,
    User,
)
from petitions.queries.enforcement_lines import EnforcementFilters, amounts, in_effect, lines
from workflows.enforcement import NAMES, Amounts, Progress
from workflows.records import Finding
from workflows.vocabulary import Action, Actor, Fact, Kind, Need, State

__all__ = [
    "PAGE",
    "AgencyEnforcement",
    "EnforcementFilters",
    "EnforcementPage",
    "EnforcementTotals",
    "Obligation",
    "agencies_with_decisions",
    "by_agency",
    "register",
    "totals",
    "whole_register",
]

PAGE = 50


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

    @property
    def total(self) -> int:
        """Every line."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class AgencyEnforcement:
    """The sums of one body."""

    code: str
    name: str
    sums: EnforcementTotals


def register(
    actor: Actor, filters: EnforcementFilters, today: date, after: str | None = None
) -> EnforcementPage:
    """The lines this actor may see, the oldest decision first. Three statements at most."""
    line = lines(actor, filters, today)
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
    line = lines(actor, filters, today)
    return _sums(db.session.execute(select(*_sum_columns(line, today))).one())


def by_agency(
    actor: Actor, filters: EnforcementFilters, today: date
) -> tuple[AgencyEnforcement, ...]:
    """The sums of each body with such lines, by name. One statement."""
    line = lines(actor, filters, today)
    rows = db.session.execute(
        select(line.c.agency_code, line.c.agency, *_sum_columns(line, today))
        .group_by(line.c.agency_code, line.c.agency)
        .order_by(line.c.agency)
    )
    return tuple(AgencyEnforcement(row.agency_code, row.agency, _sums(row)) for row in rows)


def _sum_columns(line: Subquery, today: date) -> list[Any]:
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
    return [*sums, *counts, late]


def _sums(row: Any) -> EnforcementTotals:
    return EnforcementTotals(
        {each: int(getattr(row, f"{each.value}")) for each in Progress},
        int(row.late),
        amounts(row, "ordered"),
        amounts(row, "done"),
    )


def agencies_with_decisions(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Code and name of the bodies that have something in the register, for the filter."""
    rows = db.session.execute(
        select(Agency.code, Agency.name)
        .distinct()
        .join(Case, Case.agency_id == Agency.id)
        .join(Decision, Decision.case_id == Case.id)
        .where(in_effect(), visible(actor))
        .order_by(Agency.name)
    )
    return tuple((row.code, row.name) for row in rows)


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
            ordered=amounts(row, "ordered"),
            done=amounts(row, "done"),
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
