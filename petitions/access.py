"""Who may see which cases: one predicate for lists, objects, search, counts, exports and mail.

What it hides answers exactly like what does not exist.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, false, or_, true
from sqlalchemy.orm import aliased

from petitions.errors import Forbidden
from petitions.models import (
    Agency,
    Alarm,
    AlarmCase,
    Assignment,
    Case,
    CaseAgency,
    CaseBar,
    Commitment,
    CommitmentAgency,
    Episode,
    ReceptionSession,
    ShareAlarm,
    ShareAlarmCase,
    Visit,
)
from workflows.reception import VisitOutcome
from workflows.transition import INTAKE, LEADERS
from workflows.vocabulary import Action, Actor, AgencyKind, Kind, Role, State


class Scope(NamedTuple):
    """The shape of a reach: everything about an actor that changes the condition and not only its values."""

    role: Role
    province_wide: bool
    denunciation_duty: bool


def over_province(role: Role, body: AgencyKind, above: AgencyKind | None) -> bool:
    """Whether a hat at such a body (``above``: the kind of its parent) reaches the whole province.

    Inspectors of the province and of its inspectorate, and the leaders of that inspectorate, who
    answer for what their inspectors do.
    """
    inspectorate = body is AgencyKind.INSPECTORATE and above is AgencyKind.PROVINCE
    if role is Role.INSPECTOR:
        return inspectorate or body is AgencyKind.PROVINCE
    return inspectorate and role in LEADERS


def over_province_where(role: Any, body: Any, above: Any) -> ColumnElement[bool]:
    """The same of columns: a hat's role, its body's kind, the kind of the body above (outer joined)."""
    inspectorate = and_(body == AgencyKind.INSPECTORATE, above == AgencyKind.PROVINCE)
    return or_(
        and_(role == Role.INSPECTOR, or_(inspectorate, body == AgencyKind.PROVINCE)),
        and_(role.in_(LEADERS), inspectorate),
    )


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


FOR_THE_HEAD = frozenset({VisitOutcome.REFUSED, VisitOutcome.MEETING_ASKED})
"""Outcomes of a confidential visit the head has to sign or to answer."""


def visits_seen(actor: Actor) -> ColumnElement[bool]:
    """Visits whose people and words this hat may read.

    Those of its own agency and below (or the province), of a visit that led to a case as far as the
    case is seen; a confidential visit only by who received it and inspectors with the duty for
    denunciations (Law on Denunciations art 56). The agency's head, against whom it may be, reads it
    in his own session, where it needs him, and once its case is his to settle.
    """
    if actor.role in {Role.ADMIN, Role.SUPERVISOR}:
        return false()
    reach: ColumnElement[bool] = (
        true() if actor.province_wide else Visit.agency_id.in_(actor.agency_ids)
    )
    received = Visit.received_by == actor.user_id
    if actor.role is Role.HEAD:
        his = (
            exists()
            .where(
                ReceptionSession.id == Visit.session_id,
                or_(
                    ReceptionSession.host_id == actor.user_id,
                    ReceptionSession.held_by_id == actor.user_id,
                ),
            )
            .correlate(Visit)
        )
        needs_him = or_(Visit.case_id.is_not(None), Visit.outcome.in_(FOR_THE_HEAD), his)
        trusted = or_(received, and_(Visit.agency_id == actor.agency_id, needs_him))
    elif actor.role is Role.INSPECTOR and actor.denunciation_duty:
        trusted = or_(received, reach)
    else:
        trusted = received
    of_seen_case = exists().where(Case.id == Visit.case_id, visible(actor)).correlate(Visit)
    return and_(
        or_(and_(~Visit.confidential, reach), and_(Visit.confidential, trusted)),
        or_(Visit.case_id.is_(None), of_seen_case),
    )


def commitments_seen(actor: Actor) -> ColumnElement[bool]:
    """Commitments this hat may read: of an agency that keeps, leads, works along or watches over one.

    The body that has to do something reads what it is, also when the case it came from is out of its
    reach; nobody barred from that case does, nor from the one its visit led to. What was undertaken in
    a confidential visit or a denunciation is read by who sees that, and by the lead's head.
    """
    if actor.role is Role.ADMIN:
        return false()
    concerned = exists().where(
        CommitmentAgency.commitment_id == Commitment.id,
        CommitmentAgency.agency_id.in_(actor.agency_ids),
    )
    reach: ColumnElement[bool] = or_(
        Commitment.agency_id.in_(actor.agency_ids),
        Commitment.lead_agency_id.in_(actor.agency_ids),
        concerned,
    )
    if actor.province_wide:
        reach = true()
    # a statement may join the visit itself: what is looked up here stands apart from it
    of_visit = exists().where(Visit.id == Commitment.visit_id).correlate(Commitment)
    of_case = exists().where(Case.id == Commitment.case_id).correlate(Commitment)
    secret = or_(of_visit.where(Visit.confidential), of_case.where(Case.kind == Kind.DENUNCIATION))
    trusted: ColumnElement[bool] = or_(
        of_visit.where(visits_seen(actor)),
        and_(Commitment.visit_id.is_(None), of_case.where(visible(actor))),
    )
    if actor.role is Role.HEAD:
        trusted = or_(trusted, Commitment.lead_agency_id == actor.agency_id)
    units = tuple(actor.unit_ids)
    return and_(
        reach,
        or_(~secret, trusted),
        ~barred(Commitment.case_id, actor.user_id, units),
        ~of_visit.where(barred(Visit.case_id, actor.user_id, units)),
    )


def reads_scans(hat: Actor | Scope) -> bool:
    """Whether this hat may be one that reads hot spots; of other heads ``episodes_seen`` finds the chair."""
    return hat.province_wide or hat.role is Role.HEAD


def reads_secret_scans(hat: Actor | Scope) -> bool:
    """Whether this hat reads the scan over denunciations: inspectors of the province with that duty."""
    return hat.role is Role.INSPECTOR and hat.province_wide and hat.denunciation_duty


def episodes_seen(actor: Actor) -> ColumnElement[bool]:
    """Episodes this hat may read: who is over the province, and the chair.

    No head of a commune does, not even of his own: an episode counts cases of neighbours and other
    bodies. One over denunciations is read by inspectors with that duty alone. An episode that
    counted a case this person is shut out of, or one that has become a denunciation since, does not
    exist for whoever may not know of it.
    """
    return _episodes_seen(scope_of(actor), _binds(**scope_values(actor)))


@cache
def episodes_seen_in(scope: Scope) -> ColumnElement[bool]:
    """The condition of ``episodes_seen`` with ``scope_values`` left open."""
    return _episodes_seen(scope, _binds(None, None, None, None))


def _episodes_seen(scope: Scope, who: _Binds) -> ColumnElement[bool]:
    if not reads_scans(scope):
        return false()
    part = aliased(Episode)
    counted = (
        exists()
        .where(
            AlarmCase.alarm_id == Alarm.id,
            Case.id == AlarmCase.case_id,
            part.id == Alarm.episode_id,
            or_(part.id == Episode.id, part.merged_into_id == Episode.id),
            _unknowable(scope, who, AlarmCase.case_id),
        )
        .correlate(Episode)
    )
    reach: ColumnElement[bool] = true() if reads_secret_scans(scope) else ~Episode.secret
    return and_(reach, _over_or_chair(scope, who), ~counted)


def shares_seen(actor: Actor) -> ColumnElement[bool]:
    """Alarms about shares of skipped and repeated matters this hat may read: as ``episodes_seen``."""
    scope, who = scope_of(actor), _binds(**scope_values(actor))
    if not reads_scans(actor):
        return false()
    counted = (
        exists()
        .where(
            ShareAlarmCase.alarm_id == ShareAlarm.id,
            Case.id == ShareAlarmCase.case_id,
            _unknowable(scope, who, ShareAlarmCase.case_id),
        )
        .correlate(ShareAlarm)
    )
    return and_(_over_or_chair(scope, who), ~counted)


def _unknowable(scope: Scope, who: _Binds, case_id: Any) -> ColumnElement[bool]:
    """A counted case this person may not know of; ``Case`` is its row."""
    hidden = barred(case_id, who.user, who.units)
    return hidden if reads_secret_scans(scope) else or_(hidden, Case.kind == Kind.DENUNCIATION)


def _over_or_chair(scope: Scope, who: _Binds) -> ColumnElement[bool]:
    if scope.province_wide:
        return true()
    return exists().where(Agency.id == who.agency, Agency.kind == AgencyKind.PROVINCE)


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


def announced(actor: Actor) -> ColumnElement[bool]:
    """Cases of which this desk may learn that they exist, wherever in the province they lie.

    For one purpose only: to say at the desk that a petition was handed in before (decision 16). Code,
    kind, agency, day of receipt, state and why it looks alike; no name, no text, no way in. Never a
    denunciation, never a case the person is barred from, and only hats that take petitions in.
    """
    return _announced(actor.role, _binds(**scope_values(actor)))


@cache
def announced_in(scope: Scope) -> ColumnElement[bool]:
    """The condition of ``announced`` with ``scope_values`` left open."""
    return _announced(scope.role, _binds(None, None, None, None))


def _announced(role: Role, who: _Binds) -> ColumnElement[bool]:
    if role not in INTAKE:
        return false()
    return and_(
        Case.kind != Kind.DENUNCIATION,
        Case.state != State.VOIDED,
        ~barred(Case.id, who.user, who.units),
    )
