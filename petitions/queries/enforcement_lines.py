"""The lines of the register of enforcement as one statement: what is ordered, what is done, how far it is.

What counts as carried out is what the official tables 02/KQGQ and 04/KQGQ count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, exists, false, func, or_, select

from petitions.access import visible
from petitions.models import (
    Agency,
    Case,
    Deadline,
    Decision,
    EnforcementEntry,
    Event,
    Place,
    User,
)
from petitions.models.proceedings import AMOUNT_COLUMNS
from petitions.queries.fields import under_field
from workflows.enforcement import NAMES, Amounts, Progress
from workflows.records import ClockState, Nature
from workflows.vocabulary import Action, Actor, Kind, Outcome, State, Step

DUTIES = (Step.DIRECT_ENFORCEMENT, Step.ACT_ON_CONCLUSION)
"""Clocks of whoever must see a decision or conclusion carried out."""


@dataclass(frozen=True, slots=True)
class EnforcementFilters:
    """What of the register is wanted; ``late``: the duty to direct or to act has run out.

    ``agency``, ``place`` and ``field`` are codes; a field takes what lies under it.
    """

    progress: Progress | None = None
    unfinished: bool = True
    late: bool = False
    agency: str | None = None
    kind: Kind | None = None
    place: str | None = None
    field: str | None = None


def lines(actor: Actor, filters: EnforcementFilters, today: date) -> Subquery:
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
            Agency.code.label("agency_code"),
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
        .where(in_effect(), visible(actor), ~_said(Outcome.NOTHING_TO_ENFORCE))
    )
    if filters.agency is not None:
        inner = inner.where(Agency.code == filters.agency)
    if filters.kind is not None:
        inner = inner.where(Case.kind == filters.kind)
    if filters.place is not None:
        inner = inner.where(Case.place_id.in_(select(Place.id).where(Place.code == filters.place)))
    if filters.field is not None:
        inner = inner.where(Case.field_id.in_(under_field(filters.field)))
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


def in_effect() -> ColumnElement[bool]:
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


def amounts(row: Any, side: str) -> Amounts:
    found: dict[str, Any] = {}
    for name in NAMES:
        value = getattr(row, f"{side}_{name}") or 0
        land = "land" in name
        found[name] = Decimal(str(value)).quantize(Decimal("0.01")) if land else int(value)
    return Amounts(**found)
