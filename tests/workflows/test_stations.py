"""The word a viewer sees for a case's position, cell by cell."""

from __future__ import annotations

import itertools

import pytest

from workflows.office import HELD, SubmissionStatus
from workflows.stations import (
    GROUPS,
    MENU,
    MOVING,
    STAGES,
    CaseStand,
    Station,
    SubmissionStand,
    Viewer,
    of_submission,
    position,
    seen,
    stage_of,
)
from workflows.transition import FINAL, OPEN, UNSETTLED
from workflows.vocabulary import Action, Kind, Mark, Role, State

S, A = Station, SubmissionStatus
C, D, R, F = Kind.COMPLAINT, Kind.DENUNCIATION, Kind.RECOMMENDATION, Kind.FEEDBACK
LEAD, HEADS = (Role.DEPUTY_HEAD, Role.HEAD), (Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD)

STAGE_OF: dict[State, dict[Kind, Station]] = {
    State.RECEIVED: dict.fromkeys(Kind, S.TO_DISTRIBUTE),
    State.CLASSIFIED: {C: S.TO_ACCEPT, D: S.TO_DISTRIBUTE, R: S.TO_DISTRIBUTE, F: S.TO_DISTRIBUTE},
    State.INFO_CHECK: dict.fromkeys(Kind, S.TO_VERIFY),
    State.ASSIGNED: dict.fromkeys(Kind, S.TO_ANSWER),
    State.ACCEPTED: dict.fromkeys(Kind, S.TO_ASSIGN_VERIFICATION),
    State.VERIFYING: dict.fromkeys(Kind, S.TO_VERIFY),
    State.REPORT_DONE: {C: S.TO_DIALOGUE, D: S.TO_DECIDE, R: S.TO_DECIDE, F: S.TO_DECIDE},
    State.DIALOGUE_PLANNED: dict.fromkeys(Kind, S.TO_DIALOGUE),
    State.DIALOGUE_HELD: dict.fromkeys(Kind, S.TO_DECIDE),
    State.MEETING: dict.fromkeys(Kind, S.TO_ANSWER),
    State.DECIDED: dict.fromkeys(Kind, S.ENFORCING),
    State.IN_EFFECT: dict.fromkeys(Kind, S.ENFORCING),
    State.CONCLUDED: dict.fromkeys(Kind, S.ENFORCING),
    State.HANDLED: dict.fromkeys(Kind, S.ENFORCING),
    State.PUBLISHED: dict.fromkeys(Kind, S.TO_CLOSE),
    State.ANSWERED: dict.fromkeys(Kind, S.TO_CLOSE),
    State.SECOND_INSTANCE: dict.fromkeys(Kind, S.ELSEWHERE),
    State.IN_COURT: dict.fromkeys(Kind, S.ELSEWHERE),
    State.FURTHER_REVIEW: dict.fromkeys(Kind, S.ELSEWHERE),
    State.SUPERIOR_SUPERVISION: dict.fromkeys(Kind, S.ELSEWHERE),
    **{state: dict.fromkeys(Kind, S.ENDED) for state in FINAL},
}
"""Competent, nobody charged, no mark."""

BY_MARKS = [
    (C, State.RECEIVED, {Mark.IN_TRANSIT}, S.TO_CONFIRM),
    (D, State.RECEIVED, {Mark.IN_TRANSIT}, S.TO_CONFIRM),
    (C, State.RECEIVED, {Mark.IN_TRANSIT, Mark.CAME_BACK}, S.RETURNED_TO_US),
    (C, State.RECEIVED, {Mark.CAME_BACK}, S.TO_DISTRIBUTE),
    (C, State.RECEIVED, {Mark.CAME_BY_TRANSFER}, S.TO_DISTRIBUTE),
    (C, State.REPORT_DONE, {Mark.AGREEMENT_FINDING}, S.TO_DECIDE),
    (D, State.REPORT_DONE, {Mark.AGREEMENT_FINDING}, S.TO_DECIDE),
    (C, State.DIALOGUE_PLANNED, {Mark.AGREEMENT_FINDING}, S.TO_DIALOGUE),
    (C, State.FILED, {Mark.IN_TRANSIT}, S.ENDED),
]
ASSIGNED = [
    (C, State.RECEIVED, True, S.TO_PROPOSE),
    (D, State.RECEIVED, True, S.TO_PROPOSE),
    (C, State.CLASSIFIED, True, S.TO_ACCEPT),
    (C, State.CLASSIFIED, False, S.TO_PROPOSE),
    (F, State.CLASSIFIED, True, S.TO_PROPOSE),
    (R, State.CLASSIFIED, False, S.TO_PROPOSE),
    (C, State.VERIFYING, True, S.TO_VERIFY),
]
"""Somebody is charged; competent or not."""


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", Kind)
def test_the_stage_of_every_kind_in_every_state(kind: Kind, state: State) -> None:
    assert stage_of(CaseStand(kind=kind, state=state)) is STAGE_OF[state][kind]


@pytest.mark.parametrize(("kind", "state", "marks", "word"), BY_MARKS)
def test_marks_tell_stages_apart(kind: Kind, state: State, marks: set[Mark], word: Station) -> None:
    assert stage_of(CaseStand(kind=kind, state=state, marks=frozenset(marks))) is word


@pytest.mark.parametrize(("kind", "state", "competent", "word"), ASSIGNED)
def test_a_charged_case_waits_for_a_proposal(
    kind: Kind, state: State, competent: bool, word: Station
) -> None:
    stand = CaseStand(kind=kind, state=state, assigned=True, competent=competent)
    assert stage_of(stand) is word


def test_one_row_and_only_one_fits_whatever_is_marked() -> None:
    """Over every combination of what the rows speak of."""
    spoken = sorted({mark for row in STAGES for mark in row.marks | row.without})
    subsets = itertools.chain.from_iterable(
        itertools.combinations(spoken, size) for size in range(len(spoken) + 1)
    )
    for kind, state, marks, assigned, competent in itertools.product(
        Kind, State, map(frozenset, subsets), (False, True), (False, True)
    ):
        stage_of(
            CaseStand(kind=kind, state=state, marks=marks, assigned=assigned, competent=competent)
        )
    assert {row.station for row in STAGES if row.states & OPEN}.isdisjoint({S.ENDED})


OTHER_WORDS: dict[tuple[Station, bool], dict[Role, Station]] = {
    (S.TO_PROPOSE, True): dict.fromkeys(HEADS, S.TO_DISTRIBUTE),
    (S.TO_ACCEPT, True): dict.fromkeys([role for role in Role if role not in LEAD], S.TO_PROPOSE),
    (S.TO_VERIFY, False): dict.fromkeys(HEADS, S.TO_REPORT),
}
"""By stage and by whether the viewer is charged: the roles that call it otherwise."""


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("charged", [False, True])
def test_the_stage_in_the_eyes_of_every_role(role: Role, state: State, charged: bool) -> None:
    """Without a proposal; in the agency that has custody, and for the charged wherever they sit."""
    for kind, custodian in itertools.product(Kind, (True, charged)):
        case = CaseStand(kind=kind, state=state, assigned=charged)
        stage = stage_of(case)
        expected = OTHER_WORDS.get((stage, charged), {}).get(role, stage)
        viewer = Viewer(role=role, charged=charged, custodian=custodian or charged)
        assert position(case, None, viewer) is expected is seen(stage, role, charged=charged)


HELD_BY_VIEWER: dict[tuple[SubmissionStatus, bool], Station | None] = {
    (A.DRAFTED, False): S.TO_SUBMIT,
    (A.DRAFTED, True): S.TO_SUBMIT,
    (A.RECALLED, False): S.TO_SUBMIT,
    (A.RECALLED, True): S.TO_SUBMIT,
    (A.SENT_BACK, False): S.TO_REWORK,
    (A.SENT_BACK, True): S.TO_REWORK,
    (A.SUBMITTED, False): S.TO_APPROVE,
    (A.APPROVED, False): S.TO_APPROVE,
    (A.SUBMITTED, True): S.TO_SIGN,
    (A.APPROVED, True): S.TO_SIGN,
    (A.SIGNED, False): None,
    (A.SIGNED, True): None,
    (A.DISPATCHED, False): None,
    (A.DISPATCHED, True): None,
    (A.DROPPED, False): None,
    (A.DROPPED, True): None,
}
"""By status and by whether the proposal lies at its last step."""
SIGNED_AS = {
    Action.ASSIGN_VERIFICATION: S.TO_ISSUE_VERIFICATION,
    Action.DECIDE: S.TO_ISSUE_DECISION,
    Action.CONCLUDE: S.TO_ISSUE_DECISION,
}
AUTHORED: dict[SubmissionStatus, Station | None] = {
    A.DRAFTED: S.SUBMITTED,
    A.SUBMITTED: S.SUBMITTED,
    A.SENT_BACK: S.SUBMITTED,
    A.APPROVED: S.SUBMITTED,
    A.RECALLED: S.SUBMITTED,
    A.SIGNED: S.TO_ISSUE,
    A.DISPATCHED: None,
    A.DROPPED: None,
}
"""To its author, while it lies with somebody else."""


@pytest.mark.parametrize("status", A)
@pytest.mark.parametrize("signing", [False, True])
@pytest.mark.parametrize("action", [*Action, None])
def test_a_proposal_to_its_holder_its_author_and_others(
    status: SubmissionStatus, signing: bool, action: Action | None
) -> None:
    def word(*, held: bool, authored: bool) -> Station | None:
        return of_submission(
            SubmissionStand(
                status=status, action=action, held=held, authored=authored, signing=signing
            )
        )

    on_table = HELD_BY_VIEWER[status, signing]
    if on_table is S.TO_SIGN and action is not None:
        on_table = SIGNED_AS.get(action, on_table)
    assert word(held=True, authored=False) is on_table
    assert word(held=True, authored=True) is (AUTHORED[status] if on_table is None else on_table)
    assert word(held=False, authored=True) is AUTHORED[status]
    assert word(held=False, authored=False) is None


def test_a_proposal_without_a_letter_waits_for_nobody_once_signed() -> None:
    signed = SubmissionStand(status=A.SIGNED, action=Action.EXTEND, authored=True, letter=False)
    assert of_submission(signed) is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", A)
@pytest.mark.parametrize("state", State)
def test_role_by_status_by_state(role: Role, status: SubmissionStatus, state: State) -> None:
    """A proposal that would move the case, as its holder, its signer, its author and others see it."""
    case = CaseStand(kind=C, state=state, assigned=True)
    viewer = Viewer(role=role)
    without = position(case, None, viewer)

    def word(
        action: Action, *, held: bool = False, authored: bool = False, last: bool = False
    ) -> Station:
        proposal = SubmissionStand(
            status=status, action=action, held=held, authored=authored, signing=last
        )
        return position(case, proposal, viewer)

    on_its_way = status in HELD
    holder, signer = HELD_BY_VIEWER[status, False], HELD_BY_VIEWER[status, True]
    assert word(Action.ACCEPT, held=True) is (holder or without)
    assert word(Action.ACCEPT, held=True, last=True) is (signer or without)
    assert word(Action.EXTEND, held=True) is (holder or without)
    waiting = on_its_way and state not in FINAL
    assert word(Action.ACCEPT, authored=True) is (S.SUBMITTED if waiting else without)
    assert word(Action.ACCEPT) is (S.UNDER_WAY if waiting else without)
    assert word(Action.EXTEND, authored=True) is without
    assert word(Action.EXTEND) is without


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_what_another_body_sees(role: Role, state: State) -> None:
    """The adviser waits for the decision, the sender for the answer; whoever is charged has work."""
    case = CaseStand(kind=C, state=state, assigned=True)
    plain = position(case, None, Viewer(role=role))
    moving = SubmissionStand(status=A.SUBMITTED, action=Action.DECIDE)
    adviser = Viewer(role=role, custodian=False, advising=True)
    sender = Viewer(role=role, custodian=False, sender=True)
    both = Viewer(role=role, custodian=False, advising=True, sender=True)
    charged = Viewer(role=role, custodian=False, advising=True, sender=True, charged=True)
    superior = Viewer(role=role, custodian=False)
    over, unsettled = state in FINAL, state in UNSETTLED
    advised = S.ADVISING if unsettled else plain
    sent = S.ENDED if over else S.FORWARDED
    assert position(case, None, adviser) is advised
    assert position(case, None, sender) is sent
    assert position(case, None, both) is (S.ADVISING if unsettled else sent)
    assert position(case, None, superior) is plain
    assert position(case, None, charged) is seen(stage_of(case), role, charged=True)
    assert position(case, moving, sender) is sent
    assert position(case, moving, adviser) is (
        S.ENDED if over else S.ADVISING if unsettled else S.UNDER_WAY
    )
    assert position(case, moving, superior) is (S.ENDED if over else S.UNDER_WAY)
    written = SubmissionStand(status=A.SUBMITTED, action=Action.DECIDE, authored=True)
    assert position(case, written, adviser) is (S.ENDED if over else S.SUBMITTED)


def test_the_words_of_the_office() -> None:
    """The expert, the section head and the chair over one draft decision to verify."""
    case = CaseStand(kind=C, state=State.ACCEPTED, assigned=True)

    def of(role: Role, *, charged: bool = False, **lying: bool) -> Station:
        proposal = SubmissionStand(status=A.SUBMITTED, action=Action.ASSIGN_VERIFICATION, **lying)
        return position(case, proposal, Viewer(role=role, charged=charged))

    assert of(Role.OFFICER, charged=True, authored=True) is S.SUBMITTED
    assert of(Role.SECTION_HEAD, held=True) is S.TO_APPROVE
    assert of(Role.HEAD, held=True, signing=True) is S.TO_ISSUE_VERIFICATION
    assert of(Role.DEPUTY_HEAD) is S.UNDER_WAY


def test_the_menu_holds_every_station_once_and_every_hat_has_its_own() -> None:
    listed = [station for stations in GROUPS.values() for station in stations]
    assert sorted(listed) == sorted(set(Station) - {S.ENDED})
    assert set(MENU) == set(Role)
    assert frozenset().union(*MENU.values()) == set(listed)
    assert not MENU[Role.ADMIN]


def test_only_acts_that_lead_elsewhere_hide_a_stage() -> None:
    assert {Action.ACCEPT, Action.DECIDE, Action.RETURN_FORWARDED, Action.TRANSFER_OUT} <= MOVING
    assert MOVING.isdisjoint({Action.EXTEND, Action.URGE, Action.MARK_COMPLEX, Action.SUSPEND})
