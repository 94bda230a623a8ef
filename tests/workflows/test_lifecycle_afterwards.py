"""After the decision or conclusion, and the acts beside the main line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.workflows.walk import (
    PAYLOAD,
    Walk,
    accepted_complaint,
    accepted_denunciation,
    concluded_denunciation,
    decided_complaint,
    fresh,
    refusal,
)
from workflows.lifecycle import NotPermitted, WrongDay, decide
from workflows.records import LinkKind
from workflows.transition import COARSE
from workflows.vocabulary import (
    Action,
    Coarse,
    Fact,
    Kind,
    Need,
    Outcome,
    Protection,
    Role,
    State,
    Step,
)

A, R, S = Action, Role, State


# --- after the decision ------------------------------------------------------------------------


def test_legal_effect_waits_for_the_window_and_the_period_of_article_44() -> None:
    walk = decided_complaint()
    unserved = refusal(walk, A.TAKE_EFFECT, on=date(2026, 12, 1))
    assert unserved.code == "window_and_effect_over"
    assert "nhận quyết định" in unserved.reason
    walk.do(A.RECORD_SERVICE, R.CLERK, date(2026, 9, 20))
    early = refusal(walk, A.TAKE_EFFECT, on=date(2026, 10, 20))
    assert "21/10/2026" in early.reason
    move = walk.do(A.TAKE_EFFECT, R.OFFICER, date(2026, 10, 25))
    assert move.sets == {Fact.LEGAL_EFFECT: date(2026, 10, 21)}


def test_a_second_decision_takes_effect_without_a_window() -> None:
    walk = decided_complaint(instance=2)
    assert "06/10/2026" in refusal(walk, A.TAKE_EFFECT, on=date(2026, 10, 5)).reason
    assert walk.do(A.TAKE_EFFECT, R.OFFICER, date(2026, 10, 6)).target is S.IN_EFFECT


def test_service_may_be_noted_for_a_day_before_a_later_note_but_not_before_the_decision() -> None:
    walk = decided_complaint()
    walk.do(A.PUBLISH_DECISION, R.CLERK, date(2026, 9, 15))
    with pytest.raises(WrongDay):
        walk.do(A.RECORD_SERVICE, R.CLERK, date(2026, 9, 4))
    walk.do(A.RECORD_SERVICE, R.CLERK, date(2026, 9, 8))
    again = refusal(walk, A.RECORD_SERVICE, on=date(2026, 9, 9))
    assert again.code == "not_served"
    assert refusal(walk, A.PUBLISH_DECISION).code == "not_yet_decision_published"


def test_a_second_complaint_opens_a_linked_case_and_escalates_the_first() -> None:
    walk = decided_complaint()
    walk.do(A.RECORD_SERVICE, R.CLERK, date(2026, 9, 10))
    move = walk.do(A.SECOND_INSTANCE, R.RECEPTION, date(2026, 10, 10))
    assert move.opens is LinkKind.SECOND_INSTANCE_OF
    assert move.coarse is Coarse.ESCALATED
    assert Step.LEGAL_EFFECT in move.stops
    assert walk.do(A.CLOSE, R.HEAD).target is S.CLOSED


def test_a_late_second_complaint_needs_an_obstacle() -> None:
    walk = decided_complaint()
    walk.do(A.RECORD_SERVICE, R.CLERK, date(2026, 9, 10))
    late = refusal(walk, A.SECOND_INSTANCE, on=date(2026, 10, 11), obstacle="")
    assert (late.code, late.field) == ("window_open_or_obstacle", Need.OBSTACLE)
    walk.do(A.TAKE_EFFECT, R.OFFICER, date(2026, 10, 12))
    assert refusal(walk, A.SECOND_INSTANCE, obstacle="").field == Need.OBSTACLE
    assert walk.do(A.SECOND_INSTANCE, R.CLERK).target is S.SECOND_INSTANCE


def test_there_is_no_third_instance() -> None:
    barred = refusal(decided_complaint(instance=2), A.SECOND_INSTANCE)
    assert (barred.code, barred.article) == ("never", "Điều 42 Luật Khiếu nại")


@pytest.mark.parametrize("action", [A.SECOND_INSTANCE, A.GO_TO_COURT])
def test_an_overdue_first_complaint_may_be_taken_further_but_not_before_its_limit(
    action: Action,
) -> None:
    walk = accepted_complaint()
    assert refusal(walk, action, on=date(2026, 9, 9)).code == "limit_ended"
    assert COARSE[walk.case.state] is Coarse.ASSIGNED
    move = walk.do(action, R.CLERK, date(2026, 9, 10))
    assert move.coarse is Coarse.ESCALATED
    if action is A.SECOND_INSTANCE:
        assert refusal(walk, A.SEND_DECISION).code == "decision_issued"


def test_a_suit_dropped_leads_back_to_where_the_case_stood() -> None:
    walk = decided_complaint().head(A.GO_TO_COURT)
    move = walk.do(A.REOPEN, R.HEAD)
    assert move.target is S.DECIDED
    assert move.revives


# --- further denunciation, protection ----------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "target", "opens"),
    [
        (Outcome.UPHELD, S.CONCLUDED, None),
        (Outcome.COMPETENCE_CORRECTED, S.CLOSED, LinkKind.RESETTLES),
        (Outcome.RESETTLED, S.CLOSED, LinkKind.RESETTLES),
    ],
)
def test_further_denunciation_after_a_conclusion(outcome, target, opens) -> None:
    walk = concluded_denunciation()
    further = walk.do(A.FURTHER_DENUNCIATION, R.RECEPTION, date(2026, 9, 20))
    assert (further.target, further.coarse) == (S.FURTHER_REVIEW, Coarse.ESCALATED)
    assert further.starts == (Step.FURTHER_DENUNCIATION_DECISION,)
    move = walk.do(A.DECIDE_FURTHER, R.HEAD, date(2026, 10, 1), outcome=outcome)
    assert (move.target, move.opens) == (target, opens)
    assert Step.FURTHER_DENUNCIATION_DECISION in move.stops
    assert refusal(concluded_denunciation(), A.DECIDE_FURTHER, outcome=outcome).code == "state"


def test_an_overdue_denunciation_comes_under_the_superiors_supervision() -> None:
    walk = accepted_denunciation()
    assert refusal(walk, A.FURTHER_DENUNCIATION, on=date(2026, 9, 9)).code == "limit_ended"
    further = walk.do(A.FURTHER_DENUNCIATION, R.CLERK, date(2026, 9, 10))
    assert further.target is S.SUPERIOR_SUPERVISION
    assert further.starts == (Step.DEMAND_REPORT,)
    assert refusal(walk, A.REPORT_ON_DEMAND).code == "after_report_demanded"
    assert refusal(walk, A.DECIDE_FURTHER, outcome=Outcome.UPHELD).code == "outcome"
    demand = walk.do(A.DEMAND_REPORT, R.HEAD, date(2026, 9, 14))
    assert demand.starts == (Step.REPORT_ON_DEMAND,)
    walk.do(A.REPORT_ON_DEMAND, R.HEAD, date(2026, 9, 18))
    ordered = replace(walk.case)
    walk.do(A.DECIDE_FURTHER, R.HEAD, outcome=Outcome.SETTLEMENT_ORDERED)
    assert walk.state is S.ACCEPTED
    walk.case = ordered
    taken = walk.do(A.DECIDE_FURTHER, R.HEAD, outcome=Outcome.TAKEN_UP)
    assert taken.target is S.RECEIVED
    assert taken.sets[Fact.ACCEPTED] is None
    assert walk.case.day(Fact.ACCEPTED) is None


def test_the_track_of_protection() -> None:
    walk = accepted_denunciation()
    assert refusal(walk, A.DECIDE_PROTECTION).code == "protection_requested"
    assert refusal(walk, A.END_PROTECTION).code == "protection_active"
    walk.do(A.REQUEST_PROTECTION, R.RECEPTION)
    assert walk.case.protection is Protection.REQUESTED
    assert refusal(walk, A.REQUEST_PROTECTION).code == "protection_open"
    walk.do(A.REFUSE_PROTECTION, R.HEAD)
    walk.do(A.REQUEST_PROTECTION, R.RECEPTION)
    walk.head(A.DECIDE_PROTECTION, A.CHANGE_PROTECTION)
    assert walk.case.protection is Protection.ACTIVE
    walk.head(A.SUSPEND, A.END_PROTECTION)
    assert (walk.case.protection, walk.state) == (Protection.ENDED, S.ACCEPTED)
    assert refusal(accepted_complaint(), A.REQUEST_PROTECTION).code == "kind"


# --- notes, corrections, splitting, ends -------------------------------------------------------


def test_splitting_and_joining_can_be_undone() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK)
    split = walk.do(A.SPLIT, R.CLERK)
    assert (split.opens, split.final) == (LinkKind.SPLIT_FROM, True)
    assert walk.do(A.UNDO_SPLIT, R.SECTION_HEAD).target is S.CLASSIFIED
    walk.do(A.JOIN, R.OFFICER)
    assert set(walk.moves[-1].stops) == set(Step)
    assert refusal(walk, A.REOPEN).code == "state"
    assert walk.do(A.UNDO_JOIN, R.OFFICER).target is S.CLASSIFIED
    assert refusal(accepted_complaint(), A.SPLIT).code == "state"


def test_voiding_needs_a_second_person_and_is_for_good() -> None:
    walk = accepted_complaint().head(A.SUSPEND)
    assert refusal(walk, A.VOID, second_person=1).field == Need.SECOND_PERSON
    walk.do(A.VOID, R.SECTION_HEAD)
    assert walk.state is S.VOIDED
    for action in Action:
        assert refusal(walk, action, outcome=Outcome.OPEN).code in {
            "state",
            "kind",
            "never",
            "role",
        }


def test_a_closed_case_only_reopens_with_a_reason() -> None:
    walk = concluded_denunciation().head(A.ACT_ON_CONCLUSION)
    walk.head(A.PUBLISH_CONCLUSION, A.CLOSE)
    barred = refusal(walk, A.FURTHER_DENUNCIATION)
    assert "mở lại" in barred.reason
    assert refusal(walk, A.REOPEN, reason="").field == Need.REASON
    assert walk.do(A.REOPEN, R.HEAD).target is S.PUBLISHED


def test_a_case_reopened_before_acceptance_counts_as_received_anew() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK)
    walk.do(A.REFUSE, R.HEAD, date(2026, 8, 7))
    move = walk.do(A.REOPEN, R.HEAD, date(2026, 8, 20))
    assert move.sets == {Fact.RECEIVED: date(2026, 8, 20)}
    assert move.after.received_on == date(2026, 8, 3)


def test_an_imported_case_that_was_closed_can_be_reopened() -> None:
    opening = fresh(Kind.FEEDBACK)
    with pytest.raises(NotPermitted) as caught:
        decide(opening, A.IMPORT, R.ADMIN, opening.received_on, opening.received_on)
    assert caught.value.field == Need.OUTCOME
    move = decide(
        opening,
        A.IMPORT,
        R.ADMIN,
        opening.received_on,
        opening.received_on,
        {Need.OUTCOME: Outcome.CLOSED},
    )
    assert move.final
    again = decide(move.after, A.REOPEN, R.HEAD, date(2026, 9, 1), date(2026, 9, 1), PAYLOAD)
    assert again.target is S.RECEIVED


def test_a_wrong_date_is_corrected_between_its_neighbours() -> None:
    walk = decided_complaint()
    barred = refusal(walk, A.CORRECT_DATE, fact=Fact.ACCEPTED, day=date(2026, 8, 2))
    assert (barred.code, barred.field) == ("date_in_order", Need.DAY)
    assert refusal(walk, A.CORRECT_DATE, fact=Fact.ACCEPTED, day=date(2026, 9, 6)).field == Need.DAY
    assert (
        refusal(walk, A.CORRECT_DATE, fact=Fact.LEGAL_EFFECT, day=date(2026, 9, 1)).field
        == Need.FACT
    )
    move = walk.do(
        A.CORRECT_DATE, R.OFFICER, date(2026, 9, 8), fact=Fact.ACCEPTED, day=date(2026, 8, 7)
    )
    assert move.sets == {Fact.ACCEPTED: date(2026, 8, 7)}
    assert move.target is S.DECIDED
    assert refusal(walk, A.CORRECT_DATE, on=date(2026, 9, 8), fact=Fact.DECISION_ISSUED, day=date(2026, 9, 9)).field == Need.DAY  # fmt: skip


def test_correcting_the_latest_day_lets_earlier_acts_follow_it() -> None:
    walk = accepted_complaint(on=date(2026, 8, 20))
    walk.do(A.CORRECT_DATE, R.OFFICER, date(2026, 8, 21), fact=Fact.ACCEPTED, day=date(2026, 8, 10))
    assert walk.case.last_on == date(2026, 8, 10)
    walk.do(A.CORRECT_DATE, R.OFFICER, date(2026, 8, 21), fact=Fact.RECEIVED, day=date(2026, 8, 4))
    assert walk.case.received_on == date(2026, 8, 4)


@pytest.mark.parametrize(
    ("walk", "action", "role"),
    [
        (decided_complaint, A.SEND_DECISION, R.CLERK),
        (Walk, A.NOTIFY_RESULT, R.RECEPTION),
        (accepted_denunciation, A.NOTIFY_ACCEPTANCE, R.CLERK),
        (concluded_denunciation, A.SEND_CONCLUSION, R.CLERK),
    ],
)
def test_what_is_sent_or_told_is_noted_once(walk, action: Action, role: Role) -> None:
    case = walk()
    assert case.do(action, role).stops
    assert refusal(case, action, role).code.startswith("not_yet_")


def test_a_report_is_demanded_once_and_nothing_is_sent_that_was_not_decided() -> None:
    walk = accepted_denunciation()
    assert refusal(walk, A.SEND_SUSPENSION).code == "suspension_decided"
    walk.head(A.FURTHER_DENUNCIATION, on=date(2026, 9, 10)).head(A.DEMAND_REPORT)
    assert refusal(walk, A.DEMAND_REPORT).code == "not_yet_report_demanded"


def test_the_forwarder_is_owed_the_result() -> None:
    walk = decided_complaint(forwarded=True)
    assert walk.case.day(Fact.SETTLED) == date(2026, 9, 5)
    assert Step.REPORT_TO_FORWARDER in walk.do(A.REPLY_TO_FORWARDER, R.CLERK).stops
    own = decided_complaint()
    assert own.case.day(Fact.SETTLED) is None
    assert refusal(own, A.REPLY_TO_FORWARDER).code == "owed_a_reply"
