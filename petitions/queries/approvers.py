"""Who may stand at a step of a proposal's path on a day: by role, agency, section and delegation."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from petitions.access import BY_VERIFIERS, FROM_ABOVE, FROM_BESIDE, HELD_ELSEWHERE, barred
from petitions.errors import Forbidden
from petitions.models import Case, CaseAgency, Delegation, Hat, User
from petitions.queries.offices import in_force
from workflows.office import SigningCapacity
from workflows.passage import Stage
from workflows.records import ADVISERS, Capacity
from workflows.transition import INTAKE, LEADERS
from workflows.vocabulary import Action, Actor, Role

AUTHORS = tuple(sorted(INTAKE | {Role.INSPECTOR}))
"""Hats that may write a proposal."""


@dataclass(frozen=True, slots=True)
class Approver:
    """Somebody who may stand at the step. ``exact`` is the very role the step asks for, not a stand-in."""

    hat_id: int
    user_id: int
    username: str
    name: str
    role: Role
    title: str
    exact: bool


def fitting(
    session: Session,
    case: Case,
    stage: Stage,
    *,
    office_id: int,
    section_id: int | None,
    by_order: bool,
    on: date,
    roles: Collection[Role] | None = None,
) -> tuple[Approver, ...]:
    """People who may stand at ``stage`` of a proposal of ``office_id``, those of its very role first.

    A section head is the author's own (``section_id``) where one is known. In the head's place
    stands whoever holds his delegation on that day (KT. always, TL. and TUQ. where
    ``by_order`` says the signature may be theirs), in the deputy's the head. Nobody disabled, shut out of the case, or of a body without a
    part in it. ``roles`` bounds the hats whose role may do the proposed act.
    """
    delegated = and_(
        Delegation.to_hat_id == Hat.id,
        Delegation.agency_id == stage.agency_id,
        in_force(Delegation, on),
    )
    rows = session.execute(
        select(Hat.id, User.id, User.username, User.name, Hat.role, Hat.title, Hat.agency_id)
        .join(User, User.id == Hat.user_id)
        .where(
            User.disabled_at.is_(None),
            in_force(Hat, on),
            or_(
                and_(Hat.agency_id == stage.agency_id, _of_role(stage, section_id)),
                exists().where(delegated, _standing_in(stage, by_order)),
            ),
            _takes_part(case, office_id),
            ~barred(case.id, User.id, (Hat.section_id, Hat.agency_id)),
            Hat.role.in_(Role if roles is None else roles),
        )
        .order_by(User.name, User.id, Hat.id)
    )
    found = [
        Approver(*row[:6], exact=row.role is stage.role and row.agency_id == stage.agency_id)
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: not each.exact))


def capacity_of(session: Session, actor: Actor, office_id: int, on: date) -> SigningCapacity | None:
    """In what capacity this hat signs for the agency on the day printed on a document; None: in none.

    The head in person, a deputy KT. by the office held, anybody else by a delegation in force on
    that day (Decree 30/2020 art 13).
    """
    if actor.agency_id == office_id and actor.role in LEADERS:
        return SigningCapacity.HEAD if actor.role is Role.HEAD else SigningCapacity.KT
    given = session.scalar(
        select(Delegation.capacity)
        .where(
            Delegation.to_hat_id == actor.hat_id,
            Delegation.agency_id == office_id,
            in_force(Delegation, on),
        )
        .order_by(Delegation.id)
        .limit(1)
    )
    return None if given is None else SigningCapacity(given.value)


def involved_agencies(session: Session, case_id: int) -> frozenset[int]:
    """Bodies that advise or lead in the case at present."""
    return frozenset(
        session.scalars(
            select(CaseAgency.agency_id).where(
                CaseAgency.case_id == case_id,
                CaseAgency.until.is_(None),
                CaseAgency.role.in_(ADVISERS),
            )
        )
    )


def office_of(
    case_agency: int,
    advising: Collection[int],
    *,
    charged: bool,
    action: Action | None,
    actor: Actor,
) -> int:
    """The agency whose paper a proposal is: the custodian's where the author is of it, charged in the
    case or of a body that advises it, else the author's own. Raises ``Forbidden``."""
    if action in BY_VERIFIERS and actor.agency_id in advising:
        return actor.agency_id
    if actor.agency_id == case_agency or actor.agency_id in advising or charged:
        return case_agency
    above = case_agency in actor.agency_ids or actor.province_wide
    if action is None or action in FROM_BESIDE or (action in FROM_ABOVE and above):
        return actor.agency_id
    raise Forbidden(HELD_ELSEWHERE)


def _of_role(stage: Stage, section_id: int | None) -> ColumnElement[bool]:
    if stage.role is Role.SECTION_HEAD and section_id is not None:
        return and_(
            Hat.role == stage.role, or_(Hat.section_id == section_id, Hat.section_id.is_(None))
        )
    if stage.role is Role.DEPUTY_HEAD:
        return Hat.role.in_(LEADERS)
    return Hat.role == stage.role


def _standing_in(stage: Stage, by_order: bool) -> ColumnElement[bool]:
    if stage.role not in LEADERS:
        return false()
    if by_order:
        return Delegation.capacity.in_(Capacity)
    return Delegation.capacity == Capacity.KT


def _takes_part(case: Case, office_id: int) -> ColumnElement[bool]:
    return or_(
        Hat.agency_id.in_({case.agency_id, office_id}),
        exists().where(
            CaseAgency.case_id == case.id,
            CaseAgency.agency_id == Hat.agency_id,
            CaseAgency.until.is_(None),
        ),
    )
