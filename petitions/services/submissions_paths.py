"""Whose paper a proposal is, and which approvers it takes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.errors import Invalid
from petitions.models import Agency, Assignment, Case, CaseAgency, Deadline
from petitions.queries.approvers import capacity_of, involved_agencies, office_of
from petitions.queries.routes import route_for
from petitions.services.submission_rows import Carried, candidates
from petitions.view import view
from workflows import lifecycle
from workflows.office import work_of
from workflows.passage import Stage, path_for
from workflows.vocabulary import Action, Actor, Role

ROLE_WORDS = {
    Role.SECTION_HEAD: "trưởng phòng",
    Role.DEPUTY_HEAD: "cấp phó của người đứng đầu",
    Role.HEAD: "người đứng đầu",
}


def office_for(session: Session, case: Case, action: Action | None, actor: Actor) -> int:
    """``office_of`` for a case in hand."""
    charged = session.scalar(
        select(Assignment.id)
        .where(
            Assignment.case_id == case.id,
            Assignment.user_id == actor.user_id,
            Assignment.until.is_(None),
        )
        .limit(1)
    )
    advising = involved_agencies(session, case.id)
    return office_of(
        case.agency_id, advising, charged=charged is not None, action=action, actor=actor
    )


def path_at_drafting(
    session: Session, case: Case, office: int, action: Action | None, form_key: str | None,
    actor: Actor, today: date,
) -> tuple[Stage, ...]:  # fmt: skip
    """The approvers a proposal of this author takes, by the route in force today. Raises ``Invalid``
    at ``action`` where the agency has none and the author may do the act at once."""
    route = route_for(session, office, work_of(action), today)
    if route is None or not route.steps:
        return _without_route(session, case, office, action, form_key, actor, today)
    stages = [Stage(step.role, step.agency_id or office, step.days) for step in route.steps]
    parts = set(
        session.scalars(
            select(CaseAgency.agency_id).where(
                CaseAgency.case_id == case.id, CaseAgency.until.is_(None)
            )
        )
    )
    return path_for(stages, actor.role, actor.agency_id, parts | {office})


def _without_route(
    session: Session, case: Case, office: int, action: Action | None, form_key: str | None,
    actor: Actor, today: date,
) -> tuple[Stage, ...]:  # fmt: skip
    """No approver: whoever may sign signs the own letter at once, anybody else asks the head."""
    if not _signs(session, case, office, action, actor, today):
        return (Stage(Role.HEAD, office, 1),)
    if not form_key:
        raise Invalid.at(
            "action", "Cơ quan không đặt người duyệt cho loại việc này; hãy thực hiện ngay."
        )
    return ()


def _signs(
    session: Session, case: Case, office: int, action: Action | None, actor: Actor, today: date
) -> bool:
    if capacity_of(session, actor, office, today) is None:
        return False
    return action is None or actor.role in _roles(session, case, action, today)


def _roles(session: Session, case: Case, action: Action, today: date) -> set[Role]:
    """Hats that may do the act in this case now, whatever its payload."""
    known = session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
    file = view(case, known)
    return {
        role
        for role in Role
        for each in lifecycle.permitted(file, role, today)
        if each.action is action and each.allowed
    }


def refuse_dead_ends(carried: Carried) -> None:
    """Raise ``Invalid`` at ``to`` when a step of the path has nobody to stand at it."""
    for step, stage in enumerate(carried.path, 1):
        if not candidates(carried, step):
            raise Invalid.at("to", nobody(carried.session, stage))


def nobody(session: Session, stage: Stage) -> str:
    """That a step has nobody, naming the role and the agency."""
    name = session.scalar(select(Agency.name).where(Agency.id == stage.agency_id))
    return (
        f"Quy trình cần {ROLE_WORDS[stage.role]} của {name} duyệt, nhưng hiện không có ai giữ vai trò "
        "này (hoặc người đó không được tham gia vụ việc)."
    )
