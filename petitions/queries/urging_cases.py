"""Cases a body may be urged about: which are late, whom a letter about them goes to, who signs it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from config.database import db, read
from petitions.access import visible
from petitions.errors import NotFound
from petitions.models import (
    Agency,
    Case,
    CaseAgency,
    Deadline,
    Delegation,
    Hat,
    UrgedCase,
    UrgingLetter,
    User,
)
from petitions.queries.approvers import capacity_of
from petitions.queries.offices import in_force
from petitions.queries.routes import route_for
from petitions.queries.urging_reach import ISSUERS, letters_seen
from workflows.office import SigningCapacity, Work
from workflows.records import ADVISERS, ClockState, Nature
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Kind, Role, State, Step
from workflows.watch import NOT_A_DUTY

MOST = 200
"""Cases one letter may name."""


@dataclass(frozen=True, slots=True)
class Urgeable:
    """A case as a letter would name it. ``due`` is its nearest legal end, ``days_late`` plain days past it.

    ``waiting_since`` is the day of a letter about it that still waits for its reply.
    """

    id: int
    code: str
    kind: Kind
    state: State
    summary: str
    agency_id: int
    agency_code: str
    agency: str
    received_on: date
    deadline_id: int | None
    step: Step | None
    due: date | None
    days_late: int
    waiting_since: date | None

    @property
    def secret(self) -> bool:
        """Whether its letter names it by its code alone, and nothing beside it."""
        return self.kind is Kind.DENUNCIATION


@dataclass(frozen=True, slots=True)
class LateAgency:
    """An agency in reach with cases past their legal end."""

    code: str
    name: str
    cases: int


@dataclass(frozen=True, slots=True)
class SignerChoice:
    """Somebody who may sign the agency's letters on a day."""

    hat_id: int
    name: str
    title: str
    capacity: SigningCapacity


def may_issue(actor: Actor, on: date) -> bool:
    """Whether this hat issues urging letters of its agency, naming the leader who signed them.

    Where the agency's letters go up for signature, only who may sign them, and inspectors: their
    leaders do not reach the cases of other bodies, so nobody could sign a proposal about one.
    """
    if actor.role not in ISSUERS:
        return False
    if actor.role is Role.INSPECTOR:
        return True
    session = db.session()
    if capacity_of(session, actor, actor.agency_id, on) is not None:
        return True
    route = route_for(session, actor.agency_id, Work.CORRESPONDENCE, on)
    return route is None or not route.steps


def late_agencies(actor: Actor, today: date) -> tuple[LateAgency, ...]:
    """Agencies the actor's body may urge, those with most late cases first."""
    rows = read(
        select(Agency.code, Agency.name, func.count(Case.id.distinct()).label("cases"))
        .select_from(Case)
        .join(Agency, Agency.id == Case.agency_id)
        .join(Deadline, _clock())
        .where(Deadline.due < today, *_open(), _elsewhere(actor), visible(actor))
        .group_by(Agency.code, Agency.name)
        .order_by(func.count(Case.id.distinct()).desc(), Agency.name)
    )
    return tuple(LateAgency(row.code, row.name, row.cases) for row in rows)


def overdue_of(actor: Actor, agency_code: str, today: date) -> tuple[Urgeable, ...]:
    """The cases of an agency past their legal end, the latest first: at most ``MOST``.

    Raises ``NotFound`` for an agency the actor's body may not urge.
    """
    known = db.session.scalar(
        select(Agency.id).where(Agency.code == agency_code, in_force(Agency, today))
    )
    if known is None or not _may_urge(actor, known, _own_line(actor)):
        raise NotFound("Không tìm thấy cơ quan này trong phạm vi đôn đốc của bạn.")
    late = exists().where(_clock(), Deadline.due < today).correlate(Case)
    found = _urgeable(actor, today, Case.agency_id == known, late, *_open())
    ordered = sorted(found, key=lambda each: (each.due or date.max, each.code))
    return tuple(ordered[:MOST])


def cases_of(actor: Actor, codes: Collection[str], today: date) -> tuple[Urgeable, ...]:
    """The cases of these codes that the actor sees, the latest first; a code out of reach is left out."""
    if not codes:
        return ()
    found = _urgeable(actor, today, Case.code.in_(sorted(set(codes))))
    return tuple(sorted(found, key=lambda each: (each.due or date.max, each.code)))


def addressees(actor: Actor, cases: Sequence[Urgeable], today: date) -> dict[str, tuple[str, str]]:
    """By case code whom a letter of the actor's body about it goes to: the code and name of an agency.

    That is who holds it; where the actor's own body does, the one that leads its verification or
    advises, if there is one. A case with nobody to write to is left out.
    """
    own = [each.id for each in cases if each.agency_id == actor.agency_id]
    helping: dict[int, tuple[str, str]] = {}
    if own:
        rows = read(
            select(CaseAgency.case_id, Agency.code, Agency.name)
            .join(Agency, Agency.id == CaseAgency.agency_id)
            .where(
                CaseAgency.case_id.in_(own),
                CaseAgency.role.in_(ADVISERS),
                CaseAgency.until.is_(None),
                CaseAgency.agency_id != actor.agency_id,
                in_force(Agency, today),
            )
            .order_by(CaseAgency.case_id, CaseAgency.role.desc(), Agency.id)
        )
        for row in rows:
            helping.setdefault(row.case_id, (row.code, row.name))
    found: dict[str, tuple[str, str]] = {}
    line = _own_line(actor)
    for each in cases:
        if each.agency_id == actor.agency_id:
            if each.id in helping:
                found[each.code] = helping[each.id]
        elif _may_urge(actor, each.agency_id, line):
            found[each.code] = (each.agency_code, each.agency)
    return found


def signers(actor: Actor, on: date) -> tuple[SignerChoice, ...]:
    """Who may sign letters of the actor's agency on a day: the actor first if he may, then its leaders."""
    delegated = exists().where(
        Delegation.to_hat_id == Hat.id,
        Delegation.agency_id == actor.agency_id,
        in_force(Delegation, on),
    )
    rows = db.session.execute(
        select(Hat.id, Hat.user_id, Hat.role, Hat.agency_id, Hat.title, User.name)
        .join(User, User.id == Hat.user_id)
        .where(
            User.disabled_at.is_(None),
            in_force(Hat, on),
            or_(and_(Hat.agency_id == actor.agency_id, Hat.role.in_(LEADERS)), delegated),
        )
        .order_by(User.name, Hat.id)
    )
    found = []
    for row in rows:
        worn = Actor(row.user_id, row.id, row.role, row.agency_id, row.name)
        capacity = capacity_of(db.session(), worn, actor.agency_id, on)
        if capacity is not None:
            found.append(SignerChoice(row.id, row.name, row.title, capacity))
    return tuple(
        sorted(
            found,
            key=lambda each: (
                each.hat_id != actor.hat_id,
                each.capacity is not SigningCapacity.HEAD,
            ),
        )
    )


def _urgeable(actor: Actor, today: date, *wanted: ColumnElement[bool]) -> list[Urgeable]:
    rows = read(_statement(actor).where(*wanted))
    found: dict[int, Urgeable] = {}
    for row in rows:
        if row.id in found:
            continue
        late = max(0, (today - row.due).days) if row.due else 0
        found[row.id] = Urgeable(
            row.id, row.code, row.kind, row.state, row.summary, row.agency_id, row.agency_code,
            row.agency, row.received_on, row.deadline_id, row.step, row.due, late, row.waiting,
        )  # fmt: skip
    return list(found.values())


def _statement(actor: Actor) -> Select[*tuple[Any, ...]]:
    waiting = (
        select(func.max(UrgingLetter.issued_on))
        .join(UrgedCase, UrgedCase.letter_id == UrgingLetter.id)
        .where(UrgedCase.case_id == Case.id, UrgingLetter.ended_on.is_(None), letters_seen(actor))
        .correlate(Case)
        .scalar_subquery()
    )
    return (
        select(
            Case.id, Case.code, Case.kind, Case.state, Case.summary, Case.agency_id,
            Agency.code.label("agency_code"), Agency.name.label("agency"), Case.received_on,
            Deadline.id.label("deadline_id"), Deadline.step, Deadline.due,
            waiting.label("waiting"),
        )
        .select_from(Case)
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(Deadline, _clock())
        .where(visible(actor))
        .order_by(Case.id, Deadline.due, Deadline.id)
    )  # fmt: skip


def _clock() -> ColumnElement[bool]:
    """The running legal ends of a case that somebody owes."""
    return and_(
        Deadline.case_id == Case.id,
        Deadline.state == ClockState.RUNNING,
        Deadline.nature == Nature.STATUTORY,
        Deadline.step.not_in(NOT_A_DUTY),
        Deadline.due.is_not(None),
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return Case.open.is_(True), Case.paused_since.is_(None)


def _elsewhere(actor: Actor) -> ColumnElement[bool]:
    """Cases held by another body that this one may urge."""
    reach = true() if actor.province_wide else Case.agency_id.in_(actor.agency_ids)
    return and_(Case.agency_id.not_in(_own_line(actor)), reach)


def _may_urge(actor: Actor, agency_id: int, own_line: Collection[int]) -> bool:
    reached = actor.province_wide or agency_id in actor.agency_ids
    return reached and agency_id not in own_line


def _own_line(actor: Actor) -> tuple[int, ...]:
    """The actor's agency and the bodies above it: nobody urges these."""
    parents = {row.id: row.parent_id for row in read(select(Agency.id, Agency.parent_id))}
    found, at = [actor.agency_id], parents.get(actor.agency_id)
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return tuple(found)
