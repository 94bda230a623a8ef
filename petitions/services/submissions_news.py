"""Who comes to see a proposal, and who hears of it.

A denunciation is seen by whoever holds its proposal for as long as the proposal is on its way; the
denouncer's identity never comes along.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from notifications import outbox
from petitions.access import barred
from petitions.models import (
    Assignment,
    Case,
    CaseAgency,
    Follower,
    Hat,
    Submission,
    SubmissionRound,
)
from petitions.queries.offices import in_force
from petitions.services.submission_rows import Carried
from workflows.office import HELD
from workflows.vocabulary import Kind

APPROVER_DUTY = "approver"
"""The charge of whoever holds a proposal on a denunciation."""
WAITING = "submission_waiting"
"""News to a new holder; the others tell the author and the followers what became of the paper."""
SENT_BACK, RECALLED, REFUSED = "submission_sent_back", "submission_recalled", "submission_refused"
SIGNED, DROPPED = "submission_signed", "submission_dropped"


def let_see(session: Session, case: Case, user_id: int, today: date) -> None:
    """Charge a holder of a denunciation's proposal with it, or he would not see the case."""
    if case.kind is not Kind.DENUNCIATION:
        return
    if not session.scalar(select(exists().where(*_charge(case.id, [user_id])))):
        session.execute(
            insert(Assignment).values(
                case_id=case.id, user_id=user_id, duty=APPROVER_DUTY, since=today
            )
        )


def end_sight(carried: Carried, people: Iterable[int | None] | None = None) -> None:
    """End the charges of ``people`` (None: of everybody the paper passed), less whoever another
    proposal of the case still needs."""
    if carried.case.kind is not Kind.DENUNCIATION:
        return
    row = carried.submission
    passed = {row.author_id, *(each.to_id for each in carried.rounds)} if people is None else set(people)  # fmt: skip
    others = select(SubmissionRound.to_id).join(
        Submission, Submission.id == SubmissionRound.submission_id
    ).where(Submission.case_id == row.case_id, Submission.id != row.id, Submission.status.in_(HELD))  # fmt: skip
    needed = set(carried.session.scalars(others))
    carried.session.execute(
        update(Assignment)
        .where(*_charge(row.case_id, [each for each in passed - needed if each is not None]))
        .values(until=carried.today)
    )


def _charge(case_id: int, people: Iterable[int]) -> tuple[Any, ...]:
    return (
        Assignment.case_id == case_id,
        Assignment.user_id.in_(people),
        Assignment.duty == APPROVER_DUTY,
        Assignment.until.is_(None),
    )


# --- news ------------------------------------------------------------------------------------


def tell(carried: Carried, kind: str, people: Iterable[int | None], seq: int) -> None:
    """Queue news of round ``seq`` for everybody named but the one who acts; codes only."""
    case, row = carried.case, carried.submission
    wanted = sorted({each for each in people if each is not None} - {carried.actor.user_id})
    outbox.put(
        carried.session,
        [
            outbox.Message(
                dedupe_key=f"{kind}:{row.uid}:{seq}:{person}",
                kind=kind,
                recipient_id=person,
                case_id=case.id,
                payload={"case": case.code, "submission": row.uid},
            )
            for person in wanted
        ],
        carried.now,
    )


def followers(carried: Carried) -> list[int]:
    """Who wants to hear of the case and still has a part in it; of a denunciation only the charged."""
    case, session = carried.case, carried.session
    if case.kind is Kind.DENUNCIATION:
        part: ColumnElement[bool] = exists().where(
            Assignment.case_id == case.id,
            Assignment.user_id == Hat.user_id,
            Assignment.until.is_(None),
        )
    else:
        part = or_(
            Hat.agency_id == case.agency_id,
            exists().where(
                CaseAgency.case_id == case.id,
                CaseAgency.agency_id == Hat.agency_id,
                CaseAgency.until.is_(None),
            ),
        )
    hat = exists().where(
        Hat.user_id == Follower.user_id,
        in_force(Hat, carried.today),
        part,
        ~barred(case.id, Hat.user_id, (Hat.section_id, Hat.agency_id)),
    )
    return list(session.scalars(select(Follower.user_id).where(Follower.case_id == case.id, hat)))
