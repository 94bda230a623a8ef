"""Stations of work: the menu officers know, and the word one viewer sees for a case's position.

A case stands at one stage by itself; who looks decides what that stage is called, and a proposal
on its way says more than the stage below it. Nothing here moves a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.office import HELD, WITH_AUTHOR, SubmissionStatus
from workflows.transition import (
    ASSIGNERS,
    COMPLAINT,
    EVERY_KIND,
    FINAL,
    LEADERS,
    UNSETTLED,
)
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Kind, Mark, Role, State


class Station(StrEnum):
    """Where a case stands for one viewer, or a list of cases somebody keeps an eye on."""

    TO_CONFIRM = "to_confirm"
    RETURNED_TO_US = "returned_to_us"
    TO_DISTRIBUTE = "to_distribute"
    TO_PROPOSE = "to_propose"
    TO_ACCEPT = "to_accept"

    TO_REWORK = "to_rework"
    TO_SUBMIT = "to_submit"
    SUBMITTED = "submitted"
    TO_APPROVE = "to_approve"
    TO_SIGN = "to_sign"
    TO_ISSUE_VERIFICATION = "to_issue_verification"
    TO_ISSUE_DECISION = "to_issue_decision"
    UNDER_WAY = "under_way"
    TO_ISSUE = "to_issue"

    TO_NUMBER = "to_number"
    TO_SEND = "to_send"
    AWAITING_REPLY = "awaiting_reply"
    OWING_REPLY = "owing_reply"

    TO_ASSIGN_VERIFICATION = "to_assign_verification"
    TO_VERIFY = "to_verify"
    TO_REPORT = "to_report"
    TO_DIALOGUE = "to_dialogue"
    TO_DECIDE = "to_decide"
    TO_ANSWER = "to_answer"
    ADVISING = "advising"
    ENFORCING = "enforcing"
    TO_CLOSE = "to_close"

    FORWARDED = "forwarded"
    ELSEWHERE = "elsewhere"
    OVERDUE = "overdue"
    NEAR_DUE = "near_due"
    FOLLOWED = "followed"
    ENDED = "ended"


class StationGroup(StrEnum):
    """The parts of the menu."""

    PROCESSING = "processing"
    SUBMISSION = "submission"
    DOCUMENTS = "documents"
    SETTLEMENT = "settlement"
    WATCH = "watch"


S = Station

GROUPS: Mapping[StationGroup, tuple[Station, ...]] = {
    StationGroup.PROCESSING: (
        S.TO_CONFIRM, S.RETURNED_TO_US, S.TO_DISTRIBUTE, S.TO_PROPOSE, S.TO_ACCEPT,
    ),
    StationGroup.SUBMISSION: (
        S.TO_REWORK, S.TO_SUBMIT, S.SUBMITTED, S.TO_APPROVE, S.TO_SIGN, S.TO_ISSUE_VERIFICATION,
        S.TO_ISSUE_DECISION, S.UNDER_WAY, S.TO_ISSUE,
    ),
    StationGroup.DOCUMENTS: (S.TO_NUMBER, S.TO_SEND, S.AWAITING_REPLY, S.OWING_REPLY),
    StationGroup.SETTLEMENT: (
        S.TO_ASSIGN_VERIFICATION, S.TO_VERIFY, S.TO_REPORT, S.TO_DIALOGUE, S.TO_DECIDE, S.TO_ANSWER,
        S.ADVISING, S.ENFORCING, S.TO_CLOSE,
    ),
    StationGroup.WATCH: (S.OVERDUE, S.NEAR_DUE, S.FORWARDED, S.ELSEWHERE, S.FOLLOWED),
}  # fmt: skip
"""Every station of the menu, in the order officers read it; an ended case is looked for, not counted."""

ON_TABLE = (
    S.TO_ISSUE_DECISION, S.TO_ISSUE_VERIFICATION, S.TO_SIGN, S.TO_APPROVE, S.TO_REWORK,
)  # fmt: skip
"""Papers others wait for, which one meets first."""
MET_FIRST = (*ON_TABLE, S.TO_NUMBER)
"""Stations the page opens with: the clerk's numbers are waited for as well."""

_OWN_PAPERS = frozenset({S.TO_REWORK, S.TO_SUBMIT, S.SUBMITTED, S.TO_ISSUE})
_SETTLING = frozenset(
    {
        S.TO_ASSIGN_VERIFICATION, S.TO_VERIFY, S.TO_DIALOGUE, S.TO_DECIDE, S.TO_ANSWER, S.ADVISING,
        S.ENFORCING, S.TO_CLOSE, S.ELSEWHERE,
    }
)  # fmt: skip
_DATES = frozenset({S.OVERDUE, S.NEAR_DUE, S.FOLLOWED})
_REPLIES = frozenset({S.AWAITING_REPLY, S.OWING_REPLY, S.FORWARDED})
_INTAKE = frozenset({S.TO_CONFIRM, S.RETURNED_TO_US, S.TO_DISTRIBUTE, S.TO_PROPOSE})
_EXPERT = _OWN_PAPERS | _SETTLING | _DATES | _REPLIES | {S.TO_PROPOSE}
_LEADER = (
    _EXPERT | _INTAKE | {S.TO_ACCEPT, S.TO_APPROVE, S.TO_SIGN, S.TO_ISSUE_VERIFICATION}
    | {S.TO_ISSUE_DECISION, S.UNDER_WAY, S.TO_REPORT}
)  # fmt: skip

MENU: Mapping[Role, frozenset[Station]] = {
    Role.RECEPTION: _INTAKE | _OWN_PAPERS | _DATES | _REPLIES,
    Role.CLERK: _INTAKE | _OWN_PAPERS | _DATES | _REPLIES | {S.TO_NUMBER, S.TO_SEND},
    Role.OFFICER: _EXPERT,
    Role.SECTION_HEAD: _LEADER - {S.TO_CONFIRM, S.RETURNED_TO_US},
    Role.DEPUTY_HEAD: _LEADER,
    Role.HEAD: _LEADER,
    Role.INSPECTOR: _EXPERT | {S.TO_APPROVE},
    Role.SUPERVISOR: frozenset({S.OVERDUE, S.NEAR_DUE, S.FORWARDED, S.FOLLOWED}),
    Role.ADMIN: frozenset(),
}
"""Stations each hat goes to."""

MOVING = frozenset(row.action for row in TABLE if row.target is not None)
"""Acts that lead a case to another state: while one is proposed, the case waits for that proposal."""
DECISIONS = frozenset({Action.DECIDE, Action.CONCLUDE})


@dataclass(frozen=True, slots=True)
class Stage:
    """Cases that stand at one stage by themselves. None: either; ``marks`` must be there, ``without`` not."""

    station: Station
    states: frozenset[State]
    kinds: frozenset[Kind] = EVERY_KIND
    marks: frozenset[Mark] = frozenset()
    without: frozenset[Mark] = frozenset()
    assigned: bool | None = None
    competent: bool | None = None


def _at(*states: State) -> frozenset[State]:
    return frozenset(states)


_NEW, _SORTED = _at(State.RECEIVED), _at(State.CLASSIFIED)
_TRANSIT = frozenset({Mark.IN_TRANSIT})
_BACK = frozenset({Mark.CAME_BACK})
_AGREED = frozenset({Mark.AGREEMENT_FINDING})
_OTHERS = EVERY_KIND - COMPLAINT

STAGES: tuple[Stage, ...] = (
    Stage(S.RETURNED_TO_US, _NEW, marks=_TRANSIT | _BACK),
    Stage(S.TO_CONFIRM, _NEW, marks=_TRANSIT, without=_BACK),
    Stage(S.TO_DISTRIBUTE, _NEW, without=_TRANSIT, assigned=False),
    Stage(S.TO_PROPOSE, _NEW, without=_TRANSIT, assigned=True),
    Stage(S.TO_ACCEPT, _SORTED, COMPLAINT, competent=True),
    Stage(S.TO_DISTRIBUTE, _SORTED, COMPLAINT, competent=False, assigned=False),
    Stage(S.TO_PROPOSE, _SORTED, COMPLAINT, competent=False, assigned=True),
    Stage(S.TO_DISTRIBUTE, _SORTED, _OTHERS, assigned=False),
    Stage(S.TO_PROPOSE, _SORTED, _OTHERS, assigned=True),
    Stage(S.TO_ASSIGN_VERIFICATION, _at(State.ACCEPTED)),
    Stage(S.TO_VERIFY, _at(State.INFO_CHECK, State.VERIFYING)),
    Stage(S.TO_DIALOGUE, _at(State.REPORT_DONE), COMPLAINT, without=_AGREED),
    Stage(S.TO_DECIDE, _at(State.REPORT_DONE), COMPLAINT, marks=_AGREED),
    Stage(S.TO_DECIDE, _at(State.REPORT_DONE), _OTHERS),
    Stage(S.TO_DIALOGUE, _at(State.DIALOGUE_PLANNED)),
    Stage(S.TO_DECIDE, _at(State.DIALOGUE_HELD)),
    Stage(S.TO_ANSWER, _at(State.ASSIGNED, State.MEETING)),
    Stage(S.ENFORCING, _at(State.DECIDED, State.IN_EFFECT, State.CONCLUDED, State.HANDLED)),
    Stage(S.TO_CLOSE, _at(State.PUBLISHED, State.ANSWERED)),
    Stage(
        S.ELSEWHERE,
        _at(
            State.SECOND_INSTANCE,
            State.IN_COURT,
            State.FURTHER_REVIEW,
            State.SUPERIOR_SUPERVISION,
        ),
    ),
    Stage(S.ENDED, FINAL),
)
"""One row fits every case, and only one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStand:
    """What a case's position depends on. ``assigned``: somebody is charged with it."""

    kind: Kind
    state: State
    marks: frozenset[Mark] = frozenset()
    assigned: bool = False
    competent: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionStand:
    """A proposal as one viewer meets it. ``signing``: it lies at its last step."""

    status: SubmissionStatus
    action: Action | None
    held: bool = False
    authored: bool = False
    signing: bool = False
    letter: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks. ``charged``: with the case; ``custodian``, ``advising``: his agency is that (whoever
    leads a verification advises too); ``sender``: it sent the case on and waits to hear of it."""

    role: Role
    charged: bool = False
    custodian: bool = True
    advising: bool = False
    sender: bool = False


def position(case: CaseStand, submission: SubmissionStand | None, viewer: Viewer) -> Station:
    """The word this viewer sees for the case's position.

    A proposal on his own table comes first, then what his agency is in the case, then a proposal
    that would move it, and the case's own stage last.
    """
    stage = stage_of(case)
    own = None if submission is None else of_submission(submission)
    if submission is not None and submission.held and own is not None:
        return own
    if stage is Station.ENDED:
        return stage
    moving = submission is not None and submission.status in HELD and submission.action in MOVING
    if moving and own is Station.SUBMITTED:
        return own
    if not (viewer.custodian or viewer.charged):
        if viewer.advising and case.state in UNSETTLED:
            return Station.ADVISING
        if viewer.sender:
            return Station.FORWARDED
    return Station.UNDER_WAY if moving else seen(stage, viewer.role, charged=viewer.charged)


def stage_of(case: CaseStand) -> Station:
    """The stage a case stands at by itself; ``ValueError`` for one no row or several rows fit."""
    (found,) = [row.station for row in STAGES if _fits(row, case)]
    return found


def _fits(row: Stage, case: CaseStand) -> bool:
    return (
        case.state in row.states
        and case.kind in row.kinds
        and row.marks <= case.marks
        and not row.without & case.marks
        and row.assigned in (None, case.assigned)
        and row.competent in (None, case.competent)
    )


def of_submission(submission: SubmissionStand) -> Station | None:
    """What a proposal is to this viewer; None when it lies with others and is not his."""
    if submission.held and submission.status in HELD:
        return _on_table(submission)
    if not submission.authored:
        return None
    if submission.status in HELD:
        return Station.SUBMITTED
    waits = submission.status is SubmissionStatus.SIGNED and submission.letter
    return Station.TO_ISSUE if waits else None


def _on_table(submission: SubmissionStand) -> Station:
    if submission.status in WITH_AUTHOR:
        sent_back = submission.status is SubmissionStatus.SENT_BACK
        return Station.TO_REWORK if sent_back else Station.TO_SUBMIT
    if not submission.signing:
        return Station.TO_APPROVE
    if submission.action is Action.ASSIGN_VERIFICATION:
        return Station.TO_ISSUE_VERIFICATION
    return Station.TO_ISSUE_DECISION if submission.action in DECISIONS else Station.TO_SIGN


def seen(stage: Station, role: Role, *, charged: bool) -> Station:
    """A stage in the eyes of a role: who may hand a file on is to hand it on, who may not accept
    proposes to, and who does not verify himself waits for the report."""
    match stage:
        case Station.TO_PROPOSE if charged and role in ASSIGNERS:
            return Station.TO_DISTRIBUTE
        case Station.TO_ACCEPT if charged and role not in LEADERS:
            return Station.TO_PROPOSE
        case Station.TO_VERIFY if not charged and role in ASSIGNERS:
            return Station.TO_REPORT
        case _:
            return stage
