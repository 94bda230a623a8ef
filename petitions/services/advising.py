"""Bodies that help the one that decides: who advises, who leads and shares in the verification, its team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert, select

from petitions.errors import Forbidden, Invalid
from petitions.models import Agency, CaseAgency, TeamMember
from petitions.services import awaited, bars, forwarding, hops
from petitions.services.act import Act, Aftermath
from petitions.services.charges import charge, colleague, heads_of
from workflows.office import ReplyKind, TeamRole
from workflows.records import HELPERS, TEAM_DUTY, AgencyRole
from workflows.vocabulary import Kind, Need

DUTIES: Mapping[AgencyRole, str] = {
    AgencyRole.ADVISING: "adviser",
    AgencyRole.LEAD: "lead",
    AgencyRole.COOPERATING: "cooperating",
}
"""What the head of such an agency is charged with in a denunciation, which opens it to him."""
VERIFYING = (AgencyRole.LEAD, AgencyRole.COOPERATING)


def engage(act: Act, outcome: Aftermath) -> None:
    """One agency advises from now on; whoever advised before does so no longer."""
    adviser = forwarding.agency_by_code(act, str(act.given[Need.RECIPIENT]), "recipient")
    outcome.data["to_agency"] = adviser
    outcome.told = _place(act, AgencyRole.ADVISING, [adviser], "recipient")


def engaged(act: Act, outcome: Aftermath) -> None:
    """Its draft is awaited where a day was set."""
    if act.given.get(Need.UNTIL) is not None:
        awaited.asked_of(act, ReplyKind.DRAFT, outcome.data["to_agency"])


def ask_draft(act: Act, outcome: Aftermath) -> None:
    """Only a body that verifies or advises in the case is asked to draft its outcome."""
    agency = _by_code(act, str(act.given[Need.RECIPIENT]), "recipient")
    roles = standing(act, HELPERS)
    if agency not in roles:
        raise Invalid.at(
            "recipient", "Chỉ giao lập dự thảo cho cơ quan xác minh hoặc tham mưu của hồ sơ này."
        )
    outcome.data["to_agency"] = agency
    outcome.told = heads_of(act.session, agency, act.case.id, act.today)


def draft_asked(act: Act, outcome: Aftermath) -> None:
    """The draft is awaited by the day set."""
    awaited.asked_of(act, ReplyKind.DRAFT, outcome.data["to_agency"])


def order(act: Act, outcome: Aftermath) -> None:
    """A subordinate is ordered to do something and to report. Raises ``Invalid`` for any other body."""
    agency = _by_code(act, str(act.given[Need.RECIPIENT]), "recipient")
    below = act.actor.province_wide or agency in act.actor.agency_ids
    if agency == act.actor.agency_id or not below:
        raise Invalid.at("recipient", "Chỉ chỉ đạo được cơ quan cấp dưới của cơ quan bạn.")
    outcome.data["to_agency"] = agency
    if act.case.kind is not Kind.DENUNCIATION or agency == act.case.agency_id:
        outcome.told = heads_of(act.session, agency, act.case.id, act.today)


def ordered(act: Act, outcome: Aftermath) -> None:
    """Its report is awaited by the day set."""
    awaited.asked_of(act, ReplyKind.ORDER, outcome.data["to_agency"])


def verify(act: Act, outcome: Aftermath) -> None:
    """Who verifies: a person or team of the house, or an agency in the lead that forms its own team.

    Ordering it again without naming anybody new leaves lead and team as they are.
    """
    lead, partners = act.given.get(Need.LEAD), act.given.get(Need.COOPERATING) or ()
    before = standing(act, VERIFYING)
    told: list[int] = []
    if lead:
        leader = _by_code(act, str(lead), "lead")
        told += _place(act, AgencyRole.LEAD, [leader], "lead")
        outcome.data["lead_agency"] = leader
    else:
        forwarding.dismiss(act, AgencyRole.LEAD)
        charge(act, (), DUTIES[AgencyRole.LEAD])
    shared = [_by_code(act, str(code), "cooperating") for code in dict.fromkeys(partners)]
    shared = [each for each in shared if each != outcome.data.get("lead_agency")]
    told += _place(act, AgencyRole.COOPERATING, shared, "cooperating")
    if shared:
        outcome.data["cooperating_agencies"] = shared
    if act.given.get(Need.TEAM) or act.given.get(Need.ASSIGNEE):
        hops.verify(act, outcome)
        people = list(outcome.data["team"])
        _roster(act, {user: _member(n) for n, user in enumerate(people)})
        told += people
    elif before.get(outcome.data.get("lead_agency", 0)) is not AgencyRole.LEAD:
        _roster(act, {})
        charge(act, (), TEAM_DUTY)
    outcome.told = list(dict.fromkeys(told))


def form_team(act: Act, outcome: Aftermath) -> None:
    """The roster of the agency that verifies: its leader, a deputy, members; who is not on it leaves.

    Members may come from the agency in the lead, from those that share in it and from the settler's.
    Raises ``Forbidden`` when another agency leads, ``Invalid`` at the field of an unfit person.
    """
    roles = standing(act, VERIFYING)
    leads = [agency for agency, role in roles.items() if role is AgencyRole.LEAD]
    if leads and act.actor.agency_id not in leads:
        raise Forbidden("Cơ quan chủ trì xác minh thành lập Đoàn (Tổ).")
    agencies = {act.case.agency_id, *roles}
    roster: dict[int, TeamRole] = {}
    for need, role in (
        (Need.ASSIGNEE, TeamRole.LEADER),
        (Need.DEPUTY, TeamRole.DEPUTY),
        (Need.TEAM, TeamRole.MEMBER),
    ):
        for name in _names(act.given.get(need)):
            user = colleague(
                act.session, act.case, name, act.today, agencies=agencies, field=need.value
            )
            roster.setdefault(user, role)
    charge(act, list(roster), TEAM_DUTY)
    _roster(act, roster)
    outcome.data["team"] = list(roster)
    outcome.told = list(roster)


def standing(act: Act, roles: Iterable[AgencyRole]) -> dict[int, AgencyRole]:
    """The agencies that are one of ``roles`` in the case now."""
    rows = act.session.execute(
        select(CaseAgency.agency_id, CaseAgency.role).where(
            CaseAgency.case_id == act.case.id,
            CaseAgency.role.in_(list(roles)),
            CaseAgency.until.is_(None),
        )
    )
    return {row.agency_id: row.role for row in rows}


def _place(act: Act, role: AgencyRole, agencies: Sequence[int], field: str) -> list[int]:
    """These agencies, and no others, are ``role`` in the case; returns the heads to tell.

    In a denunciation the heads are charged with it, or nobody there would see it.
    """
    heads: list[int] = []
    forwarding.dismiss(act, role)
    for agency in agencies:
        barred = bars.extend(act.session, act.case, agency, act.today)
        if barred and act.case.kind is Kind.DENUNCIATION:
            raise Invalid.at(field, "Đơn nêu người đứng đầu cơ quan này; phải chọn cơ quan khác.")
        forwarding.involve(act, agency, role)
        heads += heads_of(act.session, agency, act.case.id, act.today)
    if act.case.kind is Kind.DENUNCIATION:
        if agencies and not heads:
            raise Invalid.at(field, "Cơ quan này chưa có người đứng đầu nhận việc.")
        charge(act, list(dict.fromkeys(heads)), DUTIES[role])
    return heads


def _roster(act: Act, wanted: Mapping[int, TeamRole]) -> None:
    """The team is this from the day of the act; who left keeps the days served."""
    rows = act.session.scalars(
        select(TeamMember).where(TeamMember.case_id == act.case.id).order_by(TeamMember.id)
    ).all()
    kept: set[int] = set()
    for row in rows:
        if row.until is None and wanted.get(row.user_id) is row.role:
            kept.add(row.user_id)
        elif row.since == act.on and row.user_id in wanted:
            row.role, row.until = wanted[row.user_id], None
            kept.add(row.user_id)
        elif row.until is None:
            row.until = max(act.on, row.since)
    act.session.flush()
    fresh = [
        {"case_id": act.case.id, "user_id": user, "role": role, "since": act.on, "until": None}
        for user, role in wanted.items()
        if user not in kept
    ]
    if fresh:
        act.session.execute(insert(TeamMember), fresh)


def _member(place: int) -> TeamRole:
    return TeamRole.MEMBER if place else TeamRole.LEADER


def _names(value: object) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else [str(each) for each in value]  # type: ignore[attr-defined]


def _by_code(act: Act, code: str, field: str) -> int:
    """An agency in force, the case's own too. Raises ``Invalid`` at ``field``."""
    own = act.session.scalar(
        select(Agency.id).where(Agency.code == code, Agency.id == act.case.agency_id)
    )
    return own if own is not None else forwarding.agency_by_code(act, code, field)
