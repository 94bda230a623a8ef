"""Settlement: verification, dialogue, complexity, extension, standstill, withdrawal, stay."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.walk import (
    DISCIPLINE,
    Walk,
    accepted_complaint,
    accepted_denunciation,
    concluded_denunciation,
    decided_complaint,
    refusal,
    reported_complaint,
)
from workflows.vocabulary import (
    Action,
    Coarse,
    Complexity,
    Fact,
    Kind,
    Mark,
    Need,
    Outcome,
    Role,
    State,
    Step,
    Subkind,
)

A, R, S = Action, Role, State


# --- settlement --------------------------------------------------------------------------------


def test_a_complaint_plainly_right_is_decided_at_once_at_first_instance() -> None:
    walk = accepted_complaint()
    assert refusal(walk, A.DECIDE, finding="").field == Need.FINDING
    move = walk.do(A.DECIDE, R.HEAD)
    assert move.article == "Điểm a khoản 1 Điều 29 Luật Khiếu nại"


@pytest.mark.parametrize("known", [{"instance": 2}, {"subkind": DISCIPLINE}])
def test_second_instance_and_discipline_are_never_decided_at_once(known) -> None:
    assert refusal(accepted_complaint(**known), A.DECIDE).code == "state"


@pytest.mark.parametrize(
    ("known", "article"),
    [
        ({"instance": 2}, "Điều 39"),
        ({"subkind": DISCIPLINE}, "Điều 53"),
        ({"subkind": Subkind.DISCIPLINARY_DISMISSAL, "instance": 2}, "Điều 55"),
    ],
)
def test_dialogue_is_mandatory_at_second_instance_and_in_discipline(known, article: str) -> None:
    walk = reported_complaint(**known)
    barred = refusal(walk, A.DECIDE)
    assert barred.code == "dialogue_recorded"
    assert article in barred.article
    agreement = refusal(walk, A.RECORD_AGREEMENT)
    assert agreement.code == "never"
    assert "Điều" in agreement.article
    assert not walk.offers()[A.DECIDE].allowed
    walk.head(A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 28))
    walk.head(A.HOLD_DIALOGUE, A.DECIDE, on=date(2026, 8, 28))
    assert walk.state is S.DECIDED


def test_first_instance_needs_a_dialogue_or_recorded_agreement() -> None:
    walk = reported_complaint()
    barred = refusal(walk, A.DECIDE)
    assert (barred.code, barred.article) == (
        "dialogue_or_agreement",
        "Khoản 1 Điều 30 Luật Khiếu nại",
    )
    walk.do(A.RECORD_AGREEMENT, R.HEAD)
    assert walk.do(A.DECIDE, R.HEAD).target is S.DECIDED


def test_new_verification_voids_the_finding_of_agreement() -> None:
    walk = reported_complaint().head(A.RECORD_AGREEMENT, A.ASSIGN_VERIFICATION, A.REPORT)
    assert refusal(walk, A.DECIDE).code == "dialogue_or_agreement"


def test_from_dialogue_back_to_verification_is_legal() -> None:
    walk = reported_complaint().head(A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 28))
    walk.head(A.HOLD_DIALOGUE, A.ASSIGN_VERIFICATION, on=date(2026, 8, 28))
    assert (walk.state, walk.moves[-1].coarse) == (S.VERIFYING, Coarse.ASSIGNED)
    assert Mark.DIALOGUE_RECORD in walk.case.marks


def test_absence_without_good_reason_lets_settlement_go_on() -> None:
    walk = reported_complaint(instance=2).head(A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 28))
    walk.head(A.MISS_DIALOGUE, on=date(2026, 8, 28), outcome=Outcome.WITHOUT_REASON)
    assert walk.state is S.DIALOGUE_HELD
    assert "Khoản 6 Điều 30" in walk.moves[-1].article
    assert walk.do(A.DECIDE, R.HEAD).target is S.DECIDED


def test_absence_with_good_reason_needs_a_new_date_or_a_suspension() -> None:
    walk = reported_complaint(instance=2).head(A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 28))
    walk.head(A.MISS_DIALOGUE, on=date(2026, 8, 28), outcome=Outcome.WITH_REASON)
    assert walk.state is S.DIALOGUE_PLANNED
    assert refusal(walk, A.HOLD_DIALOGUE).code == "absence_answered"
    assert refusal(walk, A.DECIDE).code == "state"
    assert walk.offers()[A.SUSPEND].allowed
    walk.head(A.PLAN_DIALOGUE, dialogue_on=date(2026, 9, 8))
    assert walk.do(A.HOLD_DIALOGUE, R.HEAD, date(2026, 9, 8)).target is S.DIALOGUE_HELD


def test_the_notice_of_a_dialogue_comes_in_time() -> None:
    walk = reported_complaint()
    late = refusal(
        walk, A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 24), notice_by=date(2026, 8, 19)
    )
    assert (late.code, late.field) == ("dialogue_notice_in_time", Need.DIALOGUE_ON)
    assert "19/08/2026" in late.reason
    assert refusal(walk, A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 19)).field == Need.DIALOGUE_ON
    assert refusal(walk, A.MISS_DIALOGUE).code == "state"


def test_which_end_of_a_missed_dialogue_must_be_said() -> None:
    walk = reported_complaint().head(A.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 28))
    assert refusal(walk, A.MISS_DIALOGUE).field == Need.OUTCOME
    assert refusal(walk, A.MISS_DIALOGUE, outcome="perhaps").code == "outcome"
    assert walk.offers()[A.MISS_DIALOGUE].choices == (Outcome.WITHOUT_REASON, Outcome.WITH_REASON)


@pytest.mark.parametrize(
    "action",
    [
        A.PLAN_DIALOGUE,
        A.HOLD_DIALOGUE,
        A.MISS_DIALOGUE,
        A.RECORD_AGREEMENT,
        A.HOLD_MEETING,
        A.RECORD_MEDIATION,
    ],
)
@pytest.mark.parametrize("role", [R.OFFICER, R.HEAD])
def test_a_denunciation_has_no_dialogue_and_says_why(action: Action, role: Role) -> None:
    walk = accepted_denunciation()
    barred = refusal(walk, action, role)
    assert (barred.code, barred.article) == ("never", "Điều 56 Luật Tố cáo")
    assert "bí mật" in barred.reason
    offer = walk.offers(role)[action]
    assert not offer.allowed
    assert offer.reason == barred.reason


def test_complexity_of_a_complaint_needs_one_criterion_and_a_document_before_the_limit_ends() -> (
    None
):
    walk = accepted_complaint()
    assert refusal(walk, A.MARK_COMPLEX, criteria=[]).field == Need.CRITERIA
    assert refusal(walk, A.MARK_COMPLEX, document="").field == Need.DOCUMENT
    assert refusal(walk, A.MARK_COMPLEX, on=date(2026, 9, 10)).code == "limit_not_ended"
    move = walk.do(A.MARK_COMPLEX, R.HEAD, date(2026, 9, 9))
    assert move.after.complexity is Complexity.COMPLEX
    assert Step.SETTLEMENT in move.starts
    assert refusal(walk, A.MARK_COMPLEX).code == "may_be_more_complex"


def test_complexity_of_a_denunciation_counts_its_criteria() -> None:
    walk = accepted_denunciation()
    one = refusal(
        walk, A.MARK_COMPLEX, complexity=Complexity.ESPECIALLY_COMPLEX, criteria=["a", "a"]
    )
    assert (one.code, one.field) == ("criteria_suffice", Need.CRITERIA)
    walk.do(A.MARK_COMPLEX, R.HEAD, complexity=Complexity.COMPLEX, criteria=["a"])
    same = refusal(walk, A.MARK_COMPLEX, complexity=Complexity.COMPLEX, criteria=["a", "b"])
    assert same.field == Need.COMPLEXITY
    walk.do(A.MARK_COMPLEX, R.HEAD, complexity=Complexity.ESPECIALLY_COMPLEX, criteria=["a", "b"])
    assert walk.case.complexity is Complexity.ESPECIALLY_COMPLEX


@pytest.mark.parametrize(
    ("complexity", "allowed"),
    [(Complexity.ORDINARY, 0), (Complexity.COMPLEX, 1), (Complexity.ESPECIALLY_COMPLEX, 2)],
)
def test_extensions_of_a_denunciation(complexity: Complexity, allowed: int) -> None:
    walk = accepted_denunciation(complexity=complexity)
    for _ in range(allowed):
        assert walk.do(A.EXTEND, R.HEAD).form == "nd31:01"
    assert walk.case.extensions_used == allowed
    assert refusal(walk, A.EXTEND).code == "extension_left"


@pytest.mark.parametrize("days", [0, 31, -1])
def test_an_extension_is_one_to_thirty_days(days: int) -> None:
    walk = accepted_denunciation(complexity=Complexity.COMPLEX)
    assert refusal(walk, A.EXTEND, days=days).field == Need.DAYS


def test_an_extension_comes_before_the_limit_ends() -> None:
    walk = accepted_denunciation(on=date(2026, 8, 10), complexity=Complexity.COMPLEX)
    assert refusal(walk, A.EXTEND, on=date(2026, 9, 10)).code == "limit_not_ended"
    walk.do(A.EXTEND, R.HEAD, date(2026, 9, 9))
    assert walk.case.facts[Fact.EXTENSIONS] == (30,)
    assert Step.SETTLEMENT in walk.moves[-1].starts


def test_a_complaint_is_not_extended() -> None:
    barred = refusal(accepted_complaint(), A.EXTEND)
    assert barred.code == "never"
    assert "Điều 28" in barred.article


def test_a_verification_team_has_two_members() -> None:
    walk = accepted_denunciation()
    assert refusal(walk, A.ASSIGN_VERIFICATION, team=["a", "a"]).field == Need.TEAM
    assert walk.do(A.ASSIGN_VERIFICATION, R.HEAD, team=["a", "b"]).target is S.VERIFYING


# --- standstill, withdrawal, stay --------------------------------------------------------------


def test_complaints_are_suspended_only_since_july_2026() -> None:
    walk = Walk(on=date(2026, 6, 1)).head(A.CLASSIFY).head(A.ACCEPT, on=date(2026, 6, 8))
    barred = refusal(walk, A.SUSPEND, on=date(2026, 6, 30))
    assert barred.code == "complaint_suspension_known"
    assert "11a" in barred.article
    assert refusal(walk, A.TERMINATE, on=date(2026, 6, 30)).code == "complaint_suspension_known"
    assert walk.do(A.SUSPEND, R.HEAD, date(2026, 7, 1)).form == "nd124:14a"


def test_suspension_pauses_and_resumption_leads_on() -> None:
    walk = reported_complaint()
    suspended = walk.do(A.SUSPEND, R.HEAD, date(2026, 8, 24))
    assert suspended.target is S.REPORT_DONE
    assert suspended.sets == {
        Fact.SUSPENSION_DECIDED: date(2026, 8, 24),
        Fact.SUSPENSIONS: ({"from": date(2026, 8, 24)},),
    }
    assert suspended.starts == (Step.SEND_SUSPENSION_DECISION,)
    barred = refusal(walk, A.PLAN_DIALOGUE, dialogue_on=date(2026, 9, 8))
    assert barred.code == "paused"
    assert "28b" in barred.article
    assert "24/08/2026" in barred.reason
    walk.do(A.SEND_SUSPENSION, R.CLERK, date(2026, 8, 26))
    resumed = walk.do(A.RESUME, R.HEAD, date(2026, 9, 14))
    assert resumed.form == "nd124:14b"
    assert walk.case.paused_since is None
    assert walk.case.facts[Fact.SUSPENSIONS] == (
        {"from": date(2026, 8, 24), "resumed": date(2026, 9, 14)},
    )
    assert walk.case.settlement_due == date(2026, 9, 30)
    assert refusal(walk, A.RESUME).code == "suspended"


def test_a_denunciation_is_suspended_at_any_date_of_its_law() -> None:
    walk = Walk(Kind.DENUNCIATION, on=date(2025, 3, 3)).head(A.ACCEPT)
    assert walk.do(A.SUSPEND, R.HEAD, date(2025, 3, 10)).article == "Khoản 1 Điều 34 Luật Tố cáo"
    resumed = walk.do(A.RESUME, R.HEAD, date(2025, 4, 1))
    assert Fact.SUSPENSION_DECIDED not in resumed.sets


@pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.DENUNCIATION])
def test_withdrawal_while_suspended_ends_the_pause(kind: Kind) -> None:
    walk = accepted_complaint() if kind is Kind.COMPLAINT else accepted_denunciation()
    walk.do(A.SUSPEND, R.HEAD, date(2026, 8, 24))
    walk.do(A.WITHDRAW, R.HEAD, date(2026, 8, 31))
    assert walk.state is S.TERMINATED
    assert walk.case.paused_since is None
    assert walk.do(A.SEND_SUSPENSION, R.CLERK).target is S.TERMINATED


@pytest.mark.parametrize("finding", ["signs_of_violation", "duress", "slander"])
@pytest.mark.parametrize("action", [A.WITHDRAW, A.WITHDRAW_PART])
def test_a_withdrawn_denunciation_goes_on_when_the_law_says_so(
    action: Action, finding: str
) -> None:
    barred = refusal(accepted_denunciation(group_size=3), action, withdrawal_test=finding)
    assert (barred.code, barred.article) == ("withdrawal_clear", "Khoản 3 Điều 33 Luật Tố cáo")
    assert barred.field == Need.WITHDRAWAL_TEST


def test_the_withdrawal_of_a_denunciation_needs_its_test_and_comes_before_the_conclusion() -> None:
    assert refusal(accepted_denunciation(), A.WITHDRAW, withdrawal_test=None).code == "missing"
    walk = accepted_denunciation()
    walk.do(A.WITHDRAW, R.HEAD)
    assert Mark.WITHDRAWAL_TEST in walk.case.marks
    assert refusal(concluded_denunciation(), A.WITHDRAW).code == "state"


def test_a_complaint_is_withdrawn_at_any_time_before_the_decision() -> None:
    for walk in (Walk(), accepted_complaint(), reported_complaint()):
        assert walk.do(A.WITHDRAW, R.HEAD).target is S.TERMINATED
    assert refusal(decided_complaint(), A.WITHDRAW).code == "state"


def test_some_complainants_withdraw_and_the_others_go_on() -> None:
    walk = accepted_complaint(group_size=4)
    walk.do(A.WITHDRAW_PART, R.OFFICER, remaining=3)
    assert (walk.state, walk.case.group_size) == (S.ACCEPTED, 3)
    assert refusal(walk, A.WITHDRAW_PART, remaining=0).field == Need.REMAINING
    walk.do(A.WITHDRAW_PART, R.OFFICER)
    assert walk.case.group_size == 3


def test_a_stay_lasts_no_longer_than_the_settlement_limit_and_ends_with_the_decision() -> None:
    walk = reported_complaint()
    too_long = refusal(walk, A.STAY_CONTESTED, until=date(2026, 9, 10))
    assert (too_long.code, too_long.field) == ("stay_within_limit", Need.UNTIL)
    assert "Điều 35" in too_long.article
    assert refusal(walk, A.LIFT_STAY).code == "stayed"
    assert walk.do(A.STAY_CONTESTED, R.HEAD, until=date(2026, 9, 9)).form == "nd124:11"
    assert refusal(walk, A.STAY_CONTESTED, until=date(2026, 9, 9)).code == "not_stayed"
    assert walk.do(A.LIFT_STAY, R.HEAD).form == "nd124:12"
    walk.head(A.STAY_CONTESTED, until=date(2026, 9, 9)).head(A.RECORD_AGREEMENT, A.DECIDE)
    assert walk.case.stayed_until is None
