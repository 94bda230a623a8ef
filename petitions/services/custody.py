"""Open files of a body that ends, is merged or split pass to the body that takes its work over.

Clocks run on: nothing is received anew, the office has only changed its name in law. One event per
case, a batch of cases per call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select, true, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.ledger.record import Change, Entry
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseBar,
    Deadline,
    Hat,
    Hop,
    IdentityGrant,
    User,
)
from petitions.queries.offices import in_force
from petitions.rulebook import current
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.office import HopState
from workflows.records import ClockState
from workflows.vocabulary import Action, Actor, Kind, Need, Role

BATCH = 500
"""Cases moved in one transaction; keeps every write short."""


@dataclass(frozen=True, slots=True)
class Custody:
    """Files go from one agency to another from ``on``, on a document, by an administrator."""

    source_id: int
    target_id: int
    on: date
    document: str
    actor: Actor
    now: datetime


class Moved(NamedTuple):
    """A file that moved, and the agency that has it now."""

    code: str
    kind: Kind
    agency_id: int


def take_over(
    session: Session, custody: Custody, which: ColumnElement[bool] | None = None
) -> list[Moved]:
    """Move the next batch of open files; an empty list when all are moved.

    People who come along (a hat in the target today) keep their charges, others lose them. A case
    whose bars meet the target or its head goes to the body above it instead.
    """
    cases = session.scalars(
        select(Case)
        .where(Case.open, Case.agency_id == custody.source_id, true() if which is None else which)
        .order_by(Case.id)
        .limit(BATCH)
        .with_for_update(of=Case)
    ).all()
    if not cases:
        return []
    today = local_day(custody.now)
    book = current(session)
    known = _clocks(session, cases)
    elsewhere = _barred(session, custody, cases, today)
    superior = session.scalar(select(Agency.parent_id).where(Agency.id == custody.target_id))
    going: dict[int, list[Case]] = defaultdict(list)
    for case in cases:
        target = custody.target_id
        if superior is not None and case.id in elsewhere:
            target = superior
        going[target].append(case)
    entries = []
    for target, group in going.items():
        staff = _staff(session, target, today)
        sections = set(session.scalars(select(Agency.id).where(Agency.parent_id == target)))
        _let_go(session, [case.id for case in group], staff, custody)
        for case in group:
            entries.append(_entry(case, known[case.id], custody, target, today))
            case.agency_id = target
            if case.officer_id not in staff:
                case.officer_id = None
            if case.section_id not in sections:
                case.section_id = None
    ledger.record_many(session, entries, actor=custody.actor, now=custody.now, book=book)
    return [Moved(case.code, case.kind, case.agency_id) for case in cases]


def _entry(
    case: Case, known: Sequence[Deadline], custody: Custody, target: int, today: date
) -> Entry:
    day = max(custody.on, case.first_received_on)
    move = allowed(
        lambda: lifecycle.decide(
            view(case, known), Action.HAND_OVER, Role.ADMIN, day, today,
            {Need.ASSIGNEE: str(target), Need.REASON: custody.document or "closed"},
        )
    )  # fmt: skip
    for row in known:
        if row.state in {ClockState.RUNNING, ClockState.PAUSED}:
            row.agency_id = target
    data: dict[str, object] = {"from_agency": case.agency_id, "to_agency": target}
    if custody.document:
        data["document"] = custody.document
    return Entry(case, move, day, Change(data=data, correction=True), deadlines=known)


def _let_go(session: Session, ids: Sequence[int], staff: Collection[int], custody: Custody) -> None:
    """Charges end, and with them the right to a denouncer's identity, for those who do not come along;
    what lay with them lies with nobody."""
    session.execute(
        update(Assignment)
        .where(
            Assignment.case_id.in_(ids),
            Assignment.until.is_(None),
            Assignment.user_id.not_in(staff),
        )
        .values(until=custody.on)
    )
    session.execute(
        update(IdentityGrant)
        .where(
            IdentityGrant.case_id.in_(ids),
            IdentityGrant.ended_at.is_(None),
            IdentityGrant.user_id.not_in(staff),
        )
        .values(ended_at=custody.now)
    )
    session.execute(
        update(Hop)
        .where(Hop.case_id.in_(ids), Hop.state == HopState.OPEN, Hop.to_id.not_in(staff))
        .values(state=HopState.DONE, ended_at=custody.now)
    )


def _clocks(session: Session, cases: Sequence[Case]) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = defaultdict(list)
    wanted = select(Deadline).where(Deadline.case_id.in_([case.id for case in cases]))
    for row in session.scalars(wanted):
        found[row.case_id].append(row)
    return found


def _barred(
    session: Session, custody: Custody, cases: Sequence[Case], today: date
) -> frozenset[int]:
    heads = select(Hat.user_id).where(
        Hat.agency_id == custody.target_id, Hat.role == Role.HEAD, in_force(Hat, today)
    )
    return frozenset(
        session.scalars(
            select(CaseBar.case_id).where(
                CaseBar.case_id.in_([case.id for case in cases]),
                CaseBar.lifted_at.is_(None),
                or_(CaseBar.unit_id == custody.target_id, CaseBar.user_id.in_(heads)),
            )
        )
    )


def _staff(session: Session, agency_id: int, today: date) -> frozenset[int]:
    return frozenset(
        session.scalars(
            select(Hat.user_id)
            .join(User, User.id == Hat.user_id)
            .where(Hat.agency_id == agency_id, in_force(Hat, today), User.disabled_at.is_(None))
        )
    )
