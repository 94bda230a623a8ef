"""Routes and proposals for tests: an agency whose papers climb from section head to head."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from config.database import db
from petitions.models import Submission, SubmissionRound
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.registration import Registration
from petitions.services.routes import RouteGiven, StepGiven, set_route
from petitions.services.submissions_drafting import propose
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT
from tests.world import SINCE, World
from workflows.office import RouteShape, Work
from workflows.vocabulary import Action, Actor, Kind, Need, Role

SECTION, DEPUTY, HEAD = (
    StepGiven(role, 1) for role in (Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD)
)


def routed(
    *steps: StepGiven, work: Work = Work.PROCESSING, agency: str = "an-binh", since: date = SINCE
) -> int:
    """A route entered by the operator."""
    shape = RouteShape.FULL if steps else RouteShape.ONE_STEP
    given = RouteGiven(agency, work, shape, steps, since)
    return int(set_route(given, actor=None, now=NOW))


def classified(world: World, given: Registration = COMPLAINT, officer: str = "an") -> str:
    """A case of An Bình's competence with its officer, ready to be accepted."""
    code = register(given, actor=world.lan, now=NOW)
    if given.kind is not Kind.DENUNCIATION:
        perform(code, Action.CLASSIFY, {Need.COMPETENT: True}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    perform(code, Action.ASSIGN, {Need.ASSIGNEE: officer}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    return code


def proposed(
    code: str,
    actor: Actor,
    action: Action | None = Action.ACCEPT,
    given: dict[Any, Any] | None = None,
    now: datetime = NOW,
    **more: Any,
) -> str:
    """A drafted proposal; its uid."""
    return propose(code, action, given or {}, None, {}, actor=actor, now=now, **more)


def row(uid: str) -> Submission:
    """The proposal as it stands in the database."""
    db.session.rollback()
    return db.session.execute(select(Submission).where(Submission.uid == uid)).scalar_one()


def rounds(uid: str) -> list[SubmissionRound]:
    """Its rounds in order."""
    found = row(uid)
    return list(
        db.session.scalars(
            select(SubmissionRound)
            .where(SubmissionRound.submission_id == found.id)
            .order_by(SubmissionRound.seq)
        )
    )
