"""Who reads the internal papers of a case: to see a case is not to read what an office wrote inside of it."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, Text, cast, exists, literal, or_, true
from sqlalchemy.orm import aliased

from petitions.access import Scope
from petitions.models import Agency, Case, Hat, Submission, SubmissionRound
from petitions.queries.positions import ADVISED, CHARGED, ME, MINE
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Role


def reader_values(actor: Actor) -> dict[str, Any]:
    """The values ``reads_paper`` and ``ENGAGED`` leave open."""
    return {ME.key: actor.user_id, MINE.key: actor.agency_id}


@cache
def reads_paper(scope: Scope) -> ColumnElement[bool]:
    """Proposals the hat may read, of cases it sees: its agency's own (or those of a body it took
    over), its people's, those its agency approves, and whatever passed over the person's own table."""
    if scope.role is Role.INSPECTOR and scope.province_wide:
        return true()
    office, hat, done = aliased(Agency), aliased(Hat), aliased(SubmissionRound)
    taken_over = exists().where(office.id == Submission.agency_id, office.successor_id == MINE)
    author_here = exists().where(
        hat.user_id == Submission.author_id,
        hat.agency_id == MINE,
        # the author's hat of those days, not one taken later in a body that has the case now
        hat.valid_from <= Submission.opened_at,
        or_(hat.valid_to.is_(None), hat.valid_to >= Submission.opened_at),
    )
    passed_over = exists().where(
        done.submission_id == Submission.id, or_(done.by_id == ME, done.to_id == ME)
    )
    # the stored path is read as text: no database-specific search in it is needed
    step = literal('"agency_id": ').concat(cast(MINE, String)).concat(",")
    return or_(
        Submission.agency_id == MINE,
        taken_over,
        Submission.author_id == ME,
        Submission.holder_id == ME,
        author_here,
        passed_over,
        cast(Submission.path, Text).contains(step),
    )


ENGAGED = or_(CHARGED, Case.id.in_(ADVISED))
"""The person is charged with the case, or the agency advises on it or leads its verification."""


def reads_talk(actor: Actor, custodian_id: int, *, engaged: bool) -> bool:
    """Whether the hat reads the directions and opinions about a case it sees: of the office that holds
    it, ``engaged`` in it, leading or inspecting a body above."""
    if engaged or actor.agency_id == custodian_id:
        return True
    above = custodian_id in actor.agency_ids
    if actor.role is Role.INSPECTOR:
        return above or actor.province_wide
    return above and actor.role in LEADERS
