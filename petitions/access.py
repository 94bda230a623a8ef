"""Who may see which cases: one predicate for lists, objects, search, counts, exports and mail.

What it hides answers exactly like what does not exist.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from petitions.errors import Forbidden
from petitions.models import Assignment, Case, CaseAgency, CaseBar
from workflows.vocabulary import Actor, Kind, Role


def visible(actor: Actor) -> ColumnElement[bool]:
    """Cases this hat reaches: own agency and below, or the province, less what the person is barred from.

    Denunciations lie outside agency scope (Law on Denunciations art 56): only the competent head,
    those assigned in that case and inspectors with that duty reach them.
    """
    return and_(
        or_(
            and_(Case.kind != Kind.DENUNCIATION, _agency_reach(actor)),
            and_(Case.kind == Kind.DENUNCIATION, _denunciation_reach(actor)),
        ),
        ~_barred(actor),
    )


def _agency_reach(actor: Actor) -> ColumnElement[bool]:
    match actor.role:
        case Role.ADMIN:
            return false()
        case Role.SUPERVISOR:
            return Case.forwarder_id == actor.agency_id
    if actor.province_wide:
        return true()
    return or_(Case.agency_id.in_(actor.agency_ids), _involved(actor.agency_ids))


def _involved(agency_ids: frozenset[int]) -> ColumnElement[bool]:
    return exists().where(
        CaseAgency.case_id == Case.id,
        CaseAgency.agency_id.in_(agency_ids),
        CaseAgency.until.is_(None),
    )


def _denunciation_reach(actor: Actor) -> ColumnElement[bool]:
    if actor.role in {Role.ADMIN, Role.SUPERVISOR}:
        return false()
    assigned = exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == actor.user_id,
        Assignment.until.is_(None),
    )
    if actor.role is Role.HEAD:
        return or_(assigned, Case.agency_id == actor.agency_id)
    if actor.role is Role.INSPECTOR and actor.denunciation_duty:
        scope = true() if actor.province_wide else Case.agency_id.in_(actor.agency_ids)
        return or_(assigned, scope)
    return assigned


def _barred(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        CaseBar.case_id == Case.id,
        CaseBar.lifted_at.is_(None),
        or_(CaseBar.user_id == actor.user_id, CaseBar.unit_id.in_(actor.unit_ids)),
    )


def require_role(actor: Actor, *roles: Role) -> None:
    """Raise ``Forbidden`` unless the hat is one of ``roles``."""
    if actor.role not in roles:
        raise Forbidden("Vai trò hiện tại của bạn không được làm việc này.")
