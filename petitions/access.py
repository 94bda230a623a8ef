"""Who may see which cases: one predicate for lists, objects, search, counts, exports and mail.

What it hides answers exactly like what does not exist.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, false, or_, true

from petitions.errors import Forbidden
from petitions.models import Assignment, Case, CaseAgency, CaseBar
from workflows.vocabulary import Action, Actor, Kind, Role


class Scope(NamedTuple):
    """The shape of a reach: everything about an actor that changes the condition and not only its values."""

    role: Role
    province_wide: bool
    denunciation_duty: bool


def visible(actor: Actor) -> ColumnElement[bool]:
    """Cases this hat reaches: own agency and below, or the province, less what the person is barred from.

    Denunciations lie outside agency scope (Law on Denunciations art 56): only the competent head,
    those assigned in that case and inspectors with that duty reach them.
    """
    return _condition(scope_of(actor), _binds(**scope_values(actor)))


def scope_of(actor: Actor) -> Scope:
    """The shape of the actor's reach."""
    return Scope(actor.role, actor.province_wide, actor.denunciation_duty)


def scope_values(actor: Actor) -> dict[str, Any]:
    """The values ``visible_in`` leaves open, for statements that are built once."""
    return {
        "scope_user": actor.user_id,
        "scope_agency": actor.agency_id,
        "scope_agencies": tuple(actor.agency_ids),
        "scope_units": tuple(actor.unit_ids),
    }


@cache
def visible_in(scope: Scope) -> ColumnElement[bool]:
    """The condition of ``visible`` with ``scope_values`` left open."""
    return _condition(scope, _binds(None, None, None, None))


@cache
def barred_in() -> ColumnElement[bool]:
    """Whether a case is shut to somebody (``CaseBar``), with ``scope_values`` left open."""
    who = _binds(None, None, None, None)
    return barred(Case.id, who.user, who.units)


class _Binds(NamedTuple):
    """The four values a reach depends on, as parameters of the statement."""

    user: BindParameter[Any]
    agency: BindParameter[Any]
    agencies: BindParameter[Any]
    units: BindParameter[Any]


def _binds(scope_user: Any, scope_agency: Any, scope_agencies: Any, scope_units: Any) -> _Binds:
    return _Binds(
        bindparam("scope_user", scope_user),
        bindparam("scope_agency", scope_agency),
        bindparam("scope_agencies", scope_agencies, expanding=True),
        bindparam("scope_units", scope_units, expanding=True),
    )


def _condition(scope: Scope, who: _Binds) -> ColumnElement[bool]:
    return and_(
        or_(
            and_(Case.kind != Kind.DENUNCIATION, _agency_reach(scope, who)),
            and_(Case.kind == Kind.DENUNCIATION, _denunciation_reach(scope, who)),
        ),
        ~barred(Case.id, who.user, who.units),
    )


def _agency_reach(scope: Scope, who: _Binds) -> ColumnElement[bool]:
    match scope.role:
        case Role.ADMIN:
            return false()
        case Role.SUPERVISOR:
            return Case.forwarder_id == who.agency
    if scope.province_wide:
        return true()
    involved = exists().where(
        CaseAgency.case_id == Case.id,
        CaseAgency.agency_id.in_(who.agencies),
        CaseAgency.until.is_(None),
    )
    return or_(Case.agency_id.in_(who.agencies), involved)


def _denunciation_reach(scope: Scope, who: _Binds) -> ColumnElement[bool]:
    if scope.role in {Role.ADMIN, Role.SUPERVISOR}:
        return false()
    assigned = exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == who.user,
        Assignment.until.is_(None),
    )
    if scope.role is Role.HEAD:
        return or_(assigned, Case.agency_id == who.agency)
    if scope.role is Role.INSPECTOR and scope.denunciation_duty:
        return or_(assigned, true() if scope.province_wide else Case.agency_id.in_(who.agencies))
    return assigned


def barred(case_id: Any, user: Any, units: Any) -> ColumnElement[bool]:
    """Whether a case is shut to a person, or to one of the ``units`` the person sits in: agency and section."""
    return exists().where(
        CaseBar.case_id == case_id,
        CaseBar.lifted_at.is_(None),
        or_(CaseBar.user_id == user, CaseBar.unit_id.in_(units)),
    )


FROM_ABOVE = frozenset(
    {
        Action.URGE,
        Action.SECOND_INSTANCE,
        Action.GO_TO_COURT,
        Action.FURTHER_DENUNCIATION,
        Action.DECIDE_FURTHER,
        Action.DEMAND_REPORT,
        Action.ORDER_SUBORDINATE,
        Action.RECORD_REPLY,
    }
)
"""Acts a superior body does to a case its subordinate holds."""
FROM_BESIDE = frozenset(
    {
        Action.ADD_PAPER,
        Action.REPORT_ON_DEMAND,
        Action.REPLY_TO_FORWARDER,
        Action.RECORD_REPLY,
    }
)
"""Acts of a body that had the case before or shares in it."""
BY_VERIFIERS = frozenset({Action.REPORT, Action.FORM_TEAM})
"""Acts of the body that verifies or advises for the one that decides, and never a decision."""
FROM_ANYWHERE = frozenset({Action.OPEN_IDENTITY, Action.DECLARE_RELATION})
"""Acts with a condition of their own, wherever the case is held."""
HELD_ELSEWHERE = "Hồ sơ đang do cơ quan khác giữ; bạn xem được nhưng không xử lý được."


def may_act(
    actor: Actor,
    action: Action,
    custodian_id: int,
    *,
    charged: bool,
    involved: bool,
    verifying: bool = False,
) -> bool:
    """Whether this hat may do that to a case it sees: seeing is not acting.

    The custodian's people may, and a superior or a body that shares in it may do what belongs to it.
    ``verifying``: the hat's agency leads the verification or advises. Who is charged with the case
    from another body works beside the one that decides, and never decides in its place. The
    lifecycle's own rules come on top.
    """
    if actor.agency_id == custodian_id or action in FROM_ANYWHERE:
        return True
    if action in FROM_ABOVE and (custodian_id in actor.agency_ids or actor.province_wide):
        return True
    if action in BY_VERIFIERS:
        return charged or verifying
    return (charged or involved) and action in FROM_BESIDE


def opens_identity(actor: Actor, custodian_id: int, *, granted: bool) -> bool:
    """Whether a denouncer's identity may be opened: by the competent head, and whoever holds a named
    duty in that case; being charged with it is not enough (Law on Denunciations art 56)."""
    return granted or (actor.role is Role.HEAD and actor.agency_id == custodian_id)


def require_role(actor: Actor, *roles: Role) -> None:
    """Raise ``Forbidden`` unless the hat is one of ``roles``."""
    if actor.role not in roles:
        raise Forbidden("Vai trò hiện tại của bạn không được làm việc này.")
