"""The word each viewer sees for a case's position: the rows ``workflows.stations.position`` needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    not_,
    or_,
    select,
    union,
)

from config.database import Key, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.models import Assignment, AwaitedReply, Case, CaseAgency, Submission
from workflows.office import HELD, ReplyKind, SubmissionStatus
from workflows.records import ADVISERS, OFFICER_DUTY, TEAM_DUTY, AgencyRole
from workflows.stations import (
    MOVING,
    CaseStand,
    Station,
    SubmissionStand,
    Viewer,
    position,
)
from workflows.vocabulary import Action, Actor, Mark, Role

ME = bindparam("me", type_=Key)
MINE = bindparam("mine", type_=Key)
"""The person and the agency of the hat that looks."""

_HANDLING = (OFFICER_DUTY, TEAM_DUTY)
"""Duties of those who work on a case; the desk that took a denunciation in only keeps sight of it."""

CHARGES = select(Assignment.case_id).where(
    Assignment.user_id == ME, Assignment.until.is_(None), Assignment.duty.in_(_HANDLING)
)
CHARGED = or_(and_(Case.officer_id.is_not(None), Case.officer_id == ME), Case.id.in_(CHARGES))
"""The person who looks is charged with the case, alone or in its team."""

LAST_STEP = Submission.step >= func.json_array_length(Submission.path)
"""The proposal lies with whoever signs it."""

ADVISED = select(CaseAgency.case_id).where(
    CaseAgency.agency_id == MINE,
    CaseAgency.role.in_(ADVISERS),
    CaseAgency.until.is_(None),
)
"""Cases the agency advises on or leads the verification of."""


def marked(mark: Mark) -> ColumnElement[bool]:
    """The case bears the mark. The stored list is read as text: a mark is a word in quotes in it."""
    return cast(Case.marks, Text).contains(f'"{mark.value}"')


@cache
def sent(role: Role) -> Select[int] | CompoundSelect[int]:
    """Cases the agency of this hat sent on and has no answer about.

    A supervising body sees nothing but what it forwarded; a case sent on before replies were tracked
    is unanswered until its forwarder was told.
    """
    if role is Role.SUPERVISOR:
        return select(Case.id).where(Case.forwarder_id == MINE, Case.open)
    tracked = select(AwaitedReply.case_id).where(
        AwaitedReply.agency_id == MINE, AwaitedReply.kind == ReplyKind.FORWARDED
    )
    untracked = (
        select(Case.id)
        .join(CaseAgency, CaseAgency.case_id == Case.id)
        .where(
            CaseAgency.agency_id == MINE,
            CaseAgency.role == AgencyRole.SENDER,
            CaseAgency.until.is_(None),
            Case.agency_id != MINE,
            Case.open,
            Case.id.not_in(tracked),
            not_(marked(Mark.FORWARDER_TOLD)),
        )
    )
    return union(tracked.where(AwaitedReply.answered_on.is_(None)), untracked)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands for one hat, and the proposal that says most to it: its act and inner date.

    ``proposal`` without ``action`` is a letter by itself.
    """

    station: Station
    proposal: bool = False
    action: Action | None = None
    due: date | None = None


def positions(actor: Actor, ids: Sequence[int]) -> dict[int, Position]:
    """Where each of these cases stands for this hat; what it may not see is left out. Two statements."""
    if not ids:
        return {}
    values = {"ids": tuple(ids), "me": actor.user_id, "mine": actor.agency_id}
    proposals: dict[int, list[_Proposal]] = defaultdict(list)
    for case_id, due, *stand in read(_PROPOSALS, values):
        proposals[case_id].append(_Proposal(_stand(*stand), due))
    rows = read(_stands(scope_of(actor)), {**values, **scope_values(actor)})
    return {row.id: _position(row, proposals[row.id], actor.role) for row in rows}


class _Proposal(NamedTuple):
    stand: SubmissionStand
    due: date | None


_PROPOSALS = (
    select(
        Submission.case_id,
        Submission.due,
        Submission.status,
        Submission.action,
        func.coalesce(Submission.holder_id == ME, false()),
        Submission.author_id == ME,
        LAST_STEP,
        Submission.form_key.is_not(None),
    )
    .where(
        Submission.case_id.in_(bindparam("ids", expanding=True)),
        Submission.status.in_([*HELD, SubmissionStatus.SIGNED]),
    )
    .order_by(Submission.id)
)


@cache
def _stands(scope: Scope) -> Select[*tuple[Any, ...]]:
    return select(
        Case.id,
        Case.kind,
        Case.state,
        Case.marks,
        Case.officer_id.is_not(None).label("assigned"),
        Case.competent,
        CHARGED.label("charged"),
        (Case.agency_id == MINE).label("custodian"),
        Case.id.in_(ADVISED).label("advising"),
        Case.id.in_(sent(scope.role)).label("sender"),
    ).where(visible_in(scope), Case.id.in_(bindparam("ids", expanding=True)))


def _stand(
    status: SubmissionStatus,
    action: str | None,
    held: bool,
    authored: bool,
    signing: bool,
    letter: bool,
) -> SubmissionStand:
    return SubmissionStand(
        status=status,
        action=None if action is None else Action(action),
        held=bool(held),
        authored=bool(authored),
        signing=bool(signing),
        letter=bool(letter),
    )


def _position(row: Any, proposals: Sequence[_Proposal], role: Role) -> Position:
    case = CaseStand(
        kind=row.kind,
        state=row.state,
        marks=frozenset(Mark(mark) for mark in row.marks),
        assigned=bool(row.assigned),
        competent=bool(row.competent),
    )
    viewer = Viewer(
        role=role,
        charged=bool(row.charged),
        custodian=bool(row.custodian),
        advising=bool(row.advising),
        sender=bool(row.sender),
    )
    told = _telling(proposals)
    if told is None:
        return Position(position(case, None, viewer))
    return Position(position(case, told.stand, viewer), True, told.stand.action, told.due)


def _telling(proposals: Sequence[_Proposal]) -> _Proposal | None:
    """The proposal that says most to this viewer: on his own table, one that would move the case, his own."""
    held = [each for each in proposals if each.stand.held]
    live = [each for each in proposals if each.stand.status in HELD]
    moving = [each for each in live if each.stand.action in MOVING]
    own = [each for each in proposals if each.stand.authored]
    return next(iter((*held, *moving, *own)), None)
