"""Who is charged with a case: its officer, its team, the desk; and whom a body may charge."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from petitions.access import barred
from petitions.errors import Invalid
from petitions.models import Assignment, Case, Hat, IdentityGrant, User
from petitions.services.act import Act, Aftermath
from petitions.services.intake_rows import INTAKE_DUTY
from workflows.records import OFFICER_DUTY
from workflows.vocabulary import Kind, Role

GIVER_DUTY = "giver"
"""Of whoever gave a denunciation on and has to see what becomes of it."""


def charge(act: Act, people: Sequence[int], duty: str) -> None:
    """These people have the duty from now on, and nobody else."""
    case, session = act.case, act.session
    standing = set(
        session.scalars(
            select(Assignment.user_id).where(
                Assignment.case_id == case.id, Assignment.duty == duty, Assignment.until.is_(None)
            )
        )
    )
    release(act, duty, sorted(standing - set(people)))
    fresh = [
        {"case_id": case.id, "user_id": person, "duty": duty, "since": act.on}
        for person in people
        if person not in standing
    ]
    if fresh:
        session.execute(insert(Assignment), fresh)
    if duty == OFFICER_DUTY:
        case.officer_id = people[0]  # last: an act changes the case's row once


def release(act: Act, duty: str | None, people: Sequence[int] | None) -> None:
    """End charges and, for whoever has none left in the case, the right to a denouncer's identity.

    The right the desk has by taking the paper in ends with that duty, whatever else is left.
    """
    if people is not None and not people:
        return
    here = Assignment.case_id == act.case.id, Assignment.until.is_(None)
    ended = update(Assignment).where(*here)
    if duty is not None:
        ended = ended.where(Assignment.duty == duty)
    if people is not None:
        ended = ended.where(Assignment.user_id.in_(people))
    act.session.execute(ended.values(until=act.on))
    over: ColumnElement[bool] = IdentityGrant.user_id.not_in(
        select(Assignment.user_id).where(*here)
    )
    if duty == INTAKE_DUTY:
        over = or_(over, IdentityGrant.granted_by == IdentityGrant.user_id)
    grants = update(IdentityGrant).where(
        IdentityGrant.case_id == act.case.id, IdentityGrant.ended_at.is_(None), over
    )
    if people is not None:
        grants = grants.where(IdentityGrant.user_id.in_(people))
    act.session.execute(grants.values(ended_at=act.now))


def take_over(act: Act, leaver: int, receiver: int) -> list[str]:
    """Every charge of the one becomes the other's, but the right to a denouncer's identity; which they are."""
    case, session = act.case, act.session
    standing = Assignment.case_id == case.id, Assignment.until.is_(None)
    rows = session.execute(
        select(Assignment.user_id, Assignment.duty).where(
            *standing, Assignment.user_id.in_((leaver, receiver))
        )
    ).all()
    duties = {row.duty for row in rows if row.user_id == leaver}
    if case.officer_id == leaver:
        duties.add(OFFICER_DUTY)
    release(act, None, [leaver])
    has = {row.duty for row in rows if row.user_id == receiver}
    fresh = [
        {"case_id": case.id, "user_id": receiver, "duty": duty, "since": act.on}
        for duty in sorted(duties - has)
    ]
    if fresh:
        session.execute(insert(Assignment), fresh)
    return sorted(duties)


def leave_intake(act: Act, _outcome: Aftermath) -> None:
    """Once the body took it up, or the petitioner was told, the desk that took the paper in lets go of it."""
    if act.case.kind is Kind.DENUNCIATION:
        intake = select(Assignment.user_id).where(
            Assignment.case_id == act.case.id,
            Assignment.duty == INTAKE_DUTY,
            Assignment.until.is_(None),
        )
        release(act, INTAKE_DUTY, act.session.scalars(intake).all())


def colleague(
    session: Session,
    case: Case,
    username: str,
    today: date,
    *,
    agencies: Collection[int] = (),
    field: str = "assignee",
) -> int:
    """The user who may be charged with the case: of its agency, active, and not shut out of it.

    ``agencies`` are the bodies to choose from where others share in the case. Raises ``Invalid`` at
    ``field``.
    """
    found = session.execute(
        select(User.id)
        .join(Hat, Hat.user_id == User.id)
        .where(
            User.username == username,
            User.disabled_at.is_(None),
            Hat.agency_id.in_(agencies or (case.agency_id,)),
            Hat.valid_from <= today,
            (Hat.valid_to.is_(None)) | (Hat.valid_to >= today),
            ~barred(case.id, User.id, (Hat.section_id, Hat.agency_id)),
        )
        .limit(1)
    ).scalar()
    if found is None:
        raise Invalid.at(
            field,
            "Chỉ giao được cho người đang công tác tại cơ quan này và không liên quan đến vụ việc.",
        )
    return int(found)


def heads_of(session: Session, agency_id: int, case_id: int, today: date) -> list[int]:
    """Heads of an agency who may know of the case."""
    return list(
        session.scalars(
            select(Hat.user_id)
            .join(User, User.id == Hat.user_id)
            .where(
                Hat.agency_id == agency_id,
                Hat.role == Role.HEAD,
                Hat.valid_from <= today,
                (Hat.valid_to.is_(None)) | (Hat.valid_to >= today),
                User.disabled_at.is_(None),
                ~barred(case_id, Hat.user_id, (Hat.section_id, Hat.agency_id)),
            )
        )
    )
