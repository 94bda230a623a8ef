"""What lies at each station: conditions over cases and the rows of other tables that pick cases.

Both the count and the list of a station are made of these, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union,
)

from config.database import Key
from petitions.access import Scope
from petitions.models import AwaitedReply, Case, Follower, Hat, Submission
from petitions.queries.offices import in_force
from petitions.queries.positions import (
    ADVISED,
    CHARGED,
    CHARGES,
    LAST_STEP,
    ME,
    MINE,
    marked,
    sent,
)
from workflows.office import HELD, ReplyKind, SubmissionStatus
from workflows.stations import DECISIONS, MOVING, STAGES, Stage, Station, seen
from workflows.transition import UNSETTLED
from workflows.vocabulary import Action, Role

TODAY = bindparam("today", type_=Date())
SOON = bindparam("soon", type_=Date())
_SECTION = bindparam("section", type_=Key)

ON_ITS_WAY = Submission.status.in_(HELD)
# written out, not bound: only then does the planner see that the index of live proposals holds them all
_LIVE = Submission.status.in_([literal_column(f"'{status.value}'") for status in sorted(HELD)])
_PROPOSED_MOVES = select(Submission.case_id).where(
    _LIVE, Submission.action.in_(sorted(action.value for action in MOVING))
)


class Eyes(NamedTuple):
    """What changes the statements of a hat and not only their values."""

    scope: Scope
    sectioned: bool


def name(station: Station) -> ColumnElement[str]:
    """The station's value in a result."""
    return literal_column(f"'{station.value}'", String())


def reach(eyes: Eyes) -> ColumnElement[bool]:
    """Whose work the stages show: one's own, the section's, or the whole agency's."""
    own = [select(Case.id).where(Case.officer_id == ME, Case.open), CHARGES]
    match eyes.scope.role:
        case Role.OFFICER | Role.INSPECTOR:
            pass
        case Role.SECTION_HEAD if eyes.sectioned:
            people = select(Hat.user_id).where(Hat.section_id == _SECTION, in_force(Hat, TODAY))
            own.append(
                select(Case.id).where(
                    Case.agency_id == MINE, Case.officer_id.in_(people), Case.open
                )
            )
        case _:
            own.append(select(Case.id).where(Case.agency_id == MINE, Case.open))
    return Case.id.in_(union(*own))


@cache
def stage(role: Role) -> ColumnElement[str]:
    """The station a case stands at for this role by its own stage, or that a proposal is on its way.

    NULL where that proposal is the viewer's own: then it stands at the proposal's station.
    """
    own_proposals = _PROPOSED_MOVES.where(
        or_(Submission.holder_id == ME, Submission.author_id == ME)
    )
    whens: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = [
        (Case.id.in_(own_proposals), null()),
        (Case.id.in_(_PROPOSED_MOVES), name(Station.UNDER_WAY)),
    ]
    for row in STAGES:
        own, others = (seen(row.station, role, charged=charged) for charged in (True, False))
        if own is not others:
            whens.append((and_(_fits(row), CHARGED), name(own)))
        whens.append((_fits(row), name(others)))
    return case(*whens)


def _fits(row: Stage) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [
        Case.state.in_(sorted(row.states)),
        Case.kind.in_(sorted(row.kinds)),
        *(marked(mark) for mark in sorted(row.marks)),
        *(not_(marked(mark)) for mark in sorted(row.without)),
    ]
    if row.assigned is not None:
        charged = Case.officer_id.is_not(None)
        conditions.append(charged if row.assigned else not_(charged))
    if row.competent is not None:
        conditions.append(and_(Case.competent) if row.competent else not_(Case.competent))
    return and_(*conditions)


DATED = frozenset({Station.OVERDUE, Station.NEAR_DUE})
"""Stations a date decides, whatever the stage."""


def dated(station: Station, due: Any) -> ColumnElement[bool]:
    """The nearest date of a case is that of the station."""
    found: ColumnElement[bool] = (
        due < TODAY if station is Station.OVERDUE else due.between(TODAY, SOON)
    )
    return found


def watches_all(role: Role) -> bool:
    """Dates are watched over one's own work; who inspects or supervises watches all he sees."""
    return role in {Role.INSPECTOR, Role.SUPERVISOR}


def within(station: Station, eyes: Eyes) -> tuple[ColumnElement[bool], ...]:
    """What a station of dates asks of a case."""
    watched = true() if watches_all(eyes.scope.role) else reach(eyes)
    return (and_(Case.open, dated(station, Case.next_due)), watched)


@cache
def picks(role: Role) -> Mapping[Station, Subquery]:
    """Cases each station picks by rows of another table, each once, with the nearest date of those rows."""
    held = Submission.holder_id == ME
    arrived = and_(held, _on_its_way(SubmissionStatus.SUBMITTED, SubmissionStatus.APPROVED))
    drafts = _on_its_way(SubmissionStatus.DRAFTED, SubmissionStatus.RECALLED)
    to_sign = and_(arrived, LAST_STEP)
    verify, decide = Action.ASSIGN_VERIFICATION.value, [action.value for action in DECISIONS]
    action = func.coalesce(Submission.action, "")
    author = Submission.author_id == ME
    waiting = and_(AwaitedReply.answered_on.is_(None), AwaitedReply.kind != ReplyKind.FORWARDED)
    ours = and_(Case.id.in_(ADVISED), Case.agency_id != MINE, Case.open)
    return {
        Station.TO_REWORK: _proposals(held, _on_its_way(SubmissionStatus.SENT_BACK)),
        Station.TO_SUBMIT: _proposals(held, drafts),
        Station.SUBMITTED: _proposals(author, ON_ITS_WAY, not_(held)),
        Station.TO_APPROVE: _proposals(arrived, not_(LAST_STEP)),
        Station.TO_SIGN: _proposals(to_sign, action.not_in([verify, *decide])),
        Station.TO_ISSUE_VERIFICATION: _proposals(to_sign, action == verify),
        Station.TO_ISSUE_DECISION: _proposals(to_sign, action.in_(decide)),
        Station.TO_ISSUE: _proposals(
            author, _on_its_way(SubmissionStatus.SIGNED), Submission.form_key.is_not(None)
        ),
        Station.AWAITING_REPLY: _replies(waiting, AwaitedReply.agency_id == MINE),
        Station.OWING_REPLY: _replies(waiting, AwaitedReply.to_agency_id == MINE),
        Station.ADVISING: _standing(ours, Case.state.in_(sorted(UNSETTLED))),
        Station.FORWARDED: _nothing_due(_cases_of(sent(role))),
        Station.FOLLOWED: _nothing_due(select(Follower.case_id).where(Follower.user_id == ME)),
    }


def _on_its_way(*statuses: SubmissionStatus) -> ColumnElement[bool]:
    return Submission.status.in_(statuses)


def _proposals(*conditions: ColumnElement[bool]) -> Subquery:
    return (
        select(Submission.case_id, func.min(Submission.due).label("due"))
        .where(*conditions)
        .group_by(Submission.case_id)
        .subquery()
    )


def _replies(*conditions: ColumnElement[bool]) -> Subquery:
    return (
        select(AwaitedReply.case_id, func.min(AwaitedReply.due).label("due"))
        .where(*conditions)
        .group_by(AwaitedReply.case_id)
        .subquery()
    )


def _cases_of(query: Select[int] | CompoundSelect[int]) -> Select[*tuple[Any, ...]]:
    found = query.subquery()
    return select(found.c[0].label("case_id"))


def _standing(*conditions: ColumnElement[bool]) -> Subquery:
    return _nothing_due(select(Case.id.label("case_id")).where(*conditions))


def _nothing_due(query: Select[*tuple[Any, ...]]) -> Subquery:
    return query.add_columns(cast(null(), Date()).label("due")).subquery()
