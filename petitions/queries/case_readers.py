"""Who may see one case: the condition of ``access.visible`` asked about everybody at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from petitions.access import barred, over_province_where
from petitions.models import Agency, Assignment, Case, CaseAgency, Hat, User
from petitions.queries.offices import in_force
from workflows.vocabulary import Kind, Role


def readers(case: Case, today: date) -> Select[int]:
    """Ids of the active people who reach the case under any hat worn today."""
    office, parent = aliased(Agency), aliased(Agency)
    provincial = over_province_where(Hat.role, office.kind, parent.kind)
    above = Hat.agency_id.in_(_above(case, today))
    if case.kind is Kind.DENUNCIATION:
        inspects = and_(Hat.role == Role.INSPECTOR, or_(provincial, above))
        reach = _of_a_denunciation(case, inspects)
    else:
        supervises = Hat.role == Role.SUPERVISOR
        reach = or_(
            and_(supervises, Hat.agency_id == case.forwarder_id),
            and_(~supervises, above),
            provincial,
        )
    return (
        select(Hat.user_id)
        .join(User, User.id == Hat.user_id)
        .join(office, office.id == Hat.agency_id)
        .outerjoin(parent, parent.id == office.parent_id)
        .where(
            User.disabled_at.is_(None),
            in_force(Hat, today),
            in_force(office, today),
            Hat.role != Role.ADMIN,
            reach,
            ~barred(case.id, Hat.user_id, (Hat.section_id, Hat.agency_id)),
        )
    )


def _of_a_denunciation(case: Case, inspects: ColumnElement[bool]) -> ColumnElement[bool]:
    """Its competent head, those charged in it and inspectors with that duty (Law on Denunciations art 56)."""
    charged = exists().where(
        Assignment.case_id == case.id,
        Assignment.user_id == Hat.user_id,
        Assignment.until.is_(None),
    )
    return and_(
        Hat.role != Role.SUPERVISOR,
        or_(
            charged,
            and_(Hat.role == Role.HEAD, Hat.agency_id == case.agency_id),
            and_(inspects, Hat.denunciation_duty),
        ),
    )


def _above(case: Case, today: date) -> Select[int]:
    """Ids of the bodies the case lies with or below: its holder's and, but for a denunciation, of every
    body that shares in it. The other way round from ``offices.below``."""
    seeds = select(Agency.id).where(Agency.id == case.agency_id)
    if case.kind is not Kind.DENUNCIATION:
        sharing = select(CaseAgency.agency_id).where(
            CaseAgency.case_id == case.id, CaseAgency.until.is_(None)
        )
        seeds = select(Agency.id).where(or_(Agency.id == case.agency_id, Agency.id.in_(sharing)))
    tree = seeds.cte("above", recursive=True)
    lower = aliased(Agency)
    tree = tree.union(
        select(Agency.id)
        .select_from(tree)
        .join(lower, lower.id == tree.c.id)
        .join(
            Agency,
            or_(
                Agency.id == lower.successor_id,
                and_(Agency.id == lower.parent_id, in_force(lower, today)),
            ),
        )
    )
    return select(tree.c.id)
