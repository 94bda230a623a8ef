"""Every arrow of the law: each kind of case from the desk to its end; days and what is offered."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.walk import (
    DISCIPLINE,
    PAYLOAD,
    Walk,
    accepted_complaint,
    decided_complaint,
    fresh,
    refusal,
    steps,
)
from workflows.lifecycle import NotPermitted, WrongDay, decide, late_entry, permitted
from workflows.vocabulary import (
    Action,
    Coarse,
    Fact,
    Kind,
    Need,
    Outcome,
    Role,
    State,
    Step,
)

A, R, S = Action, Role, State


# --- the arrows of the law ---------------------------------------------------------------------


def test_a_first_complaint_goes_from_the_desk_to_its_end() -> None:
    walk = Walk()
    assert (walk.state, walk.moves[0].coarse) == (S.RECEIVED, Coarse.RECEIVED)
    assert {Step.ACCEPTANCE_DECISION, Step.LIMITATION} <= steps(walk.moves[0])
    walk.do(A.CLASSIFY, R.CLERK)
    accept = walk.do(A.ACCEPT, R.HEAD, date(2026, 8, 10))
    assert accept.form == "nd124:03"
    assert accept.sets == {Fact.ACCEPTED: date(2026, 8, 10)}
    assert Step.ACCEPTANCE_DECISION in accept.stops
    assert accept.starts == (Step.SETTLEMENT,)
    assert "Điều 27 Luật Khiếu nại" in accept.article
    walk.do(A.ASSIGN_VERIFICATION, R.HEAD)
    walk.do(A.REPORT, R.OFFICER, date(2026, 8, 20))
    plan = walk.do(A.PLAN_DIALOGUE, R.HEAD, dialogue_on=date(2026, 8, 28))
    assert plan.coarse is Coarse.DIALOGUE
    assert plan.meets == (Step.DIALOGUE_NOTICE,)
    assert plan.sets == {Fact.DIALOGUE_ON: date(2026, 8, 28)}
    walk.do(A.HOLD_DIALOGUE, R.OFFICER, date(2026, 8, 28))
    decision = walk.do(A.DECIDE, R.HEAD, date(2026, 9, 5))
    assert (decision.form, decision.coarse) == ("nd124:15", Coarse.RESOLVED)
    assert {Step.SEND_DECISION, Step.PUBLISH_DECISION, Step.LEGAL_EFFECT} <= steps(decision)
    walk.do(A.SEND_DECISION, R.CLERK, date(2026, 9, 7))
    served = walk.do(A.RECORD_SERVICE, R.RECEPTION, date(2026, 9, 10))
    assert served.starts == (Step.SECOND_COMPLAINT_WINDOW,)
    effect = walk.do(A.TAKE_EFFECT, R.OFFICER, date(2026, 10, 12))
    assert effect.starts == (Step.DIRECT_ENFORCEMENT,)
    walk.do(A.DIRECT_ENFORCEMENT, R.HEAD, date(2026, 10, 13))
    assert refusal(walk, A.CLOSE).code == "enforced"
    walk.do(A.RECORD_ENFORCEMENT, R.OFFICER, date(2026, 10, 20), outcome=Outcome.PARTLY_ENFORCED)
    assert refusal(walk, A.CLOSE).code == "enforced"
    walk.do(A.RECORD_ENFORCEMENT, R.OFFICER, date(2026, 11, 2), outcome=Outcome.FULLY_ENFORCED)
    assert walk.do(A.CLOSE, R.HEAD, date(2026, 11, 2)).final


def test_a_second_instance_complaint_cites_its_own_articles_and_form() -> None:
    walk = decided_complaint(instance=2)
    articles = {move.action: move.article for move in walk.moves}
    assert "khoản 1 điều 36" in articles[A.ACCEPT].lower()
    assert "Điều 38" in articles[A.ASSIGN_VERIFICATION]
    assert "Điều 39" in articles[A.HOLD_DIALOGUE]
    assert walk.moves[-1].form == "nd124:16"
    assert "Điều 40" in walk.moves[-1].article


@pytest.mark.parametrize(
    ("instance", "articles", "form"),
    [(1, "Điều 53, Điều 54", "nd124:15"), (2, "Điều 55, Điều 56", "nd124:16")],
)
def test_discipline_cites_its_own_articles(instance: int, articles: str, form: str) -> None:
    walk = decided_complaint(subkind=DISCIPLINE, instance=instance)
    assert articles in walk.moves[-1].article
    assert walk.moves[-1].form == form
    assert "Điều 50" in next(move for move in walk.moves if move.action is A.ACCEPT).article


def test_a_denunciation_goes_from_receipt_to_its_end_without_dialogue() -> None:
    walk = Walk(Kind.DENUNCIATION)
    assert Step.INITIAL_PROCESSING in walk.moves[0].starts
    accept = walk.do(A.ACCEPT, R.HEAD, date(2026, 8, 10))
    assert accept.form == "nd31:04"
    assert set(accept.starts) == {Step.SETTLEMENT, Step.NOTIFY_ACCEPTANCE}
    assert walk.do(A.NOTIFY_ACCEPTANCE, R.CLERK).forms == ("nd31:05", "nd31:06")
    assert walk.do(A.ASSIGN_VERIFICATION, R.HEAD).form == "nd31:07"
    walk.do(A.REPORT, R.OFFICER, date(2026, 8, 30))
    conclusion = walk.do(A.CONCLUDE, R.HEAD, date(2026, 9, 1))
    assert (conclusion.form, conclusion.coarse) == ("nd31:12", Coarse.RESOLVED)
    assert {Step.SEND_CONCLUSION, Step.ACT_ON_CONCLUSION, Step.PUBLISH_CONCLUSION} <= steps(
        conclusion
    )
    walk.do(A.SEND_CONCLUSION, R.CLERK, date(2026, 9, 3))
    walk.do(A.ACT_ON_CONCLUSION, R.HEAD, date(2026, 9, 8))
    walk.do(A.PUBLISH_CONCLUSION, R.CLERK, date(2026, 9, 9))
    walk.do(A.CLOSE, R.HEAD, date(2026, 9, 30))
    assert walk.state is S.CLOSED
    assert Coarse.DIALOGUE not in {move.coarse for move in walk.moves}


@pytest.mark.parametrize("kind", [Kind.RECOMMENDATION, Kind.FEEDBACK])
def test_a_recommendation_is_assigned_met_and_answered(kind: Kind) -> None:
    walk = Walk(kind)
    assert Step.RESULT_NOTICE in walk.moves[0].starts
    walk.do(A.CLASSIFY, R.CLERK)
    assigned = walk.do(A.ASSIGN, R.SECTION_HEAD, date(2026, 8, 5))
    assert assigned.coarse is Coarse.ASSIGNED
    assert assigned.sets == {Fact.ASSIGNED: date(2026, 8, 5)}
    assert walk.do(A.HOLD_MEETING, R.OFFICER).coarse is Coarse.DIALOGUE
    assert walk.do(A.ASSIGN, R.HEAD, date(2026, 8, 9)).sets == {}
    answer = walk.do(A.ANSWER, R.HEAD, date(2026, 8, 20))
    assert Step.INTERNAL_SETTLEMENT in answer.stops
    walk.do(A.CLOSE, R.OFFICER)
    assert walk.state is S.CLOSED


@pytest.mark.parametrize(
    ("kind", "known", "action", "role", "target"),
    [
        (Kind.COMPLAINT, {}, A.GUIDE, R.RECEPTION, S.GUIDED),
        (Kind.COMPLAINT, {"competent": False, "forwarded": True}, A.RETURN, R.CLERK, S.RETURNED),
        (Kind.COMPLAINT, {}, A.FILE, R.CLERK, S.FILED),
        (Kind.COMPLAINT, {}, A.REFUSE, R.HEAD, S.NOT_ACCEPTED),
        (Kind.COMPLAINT, {"competent": False, "at_reception": True}, A.TRANSFER, R.RECEPTION, S.RECEIVED),
        (Kind.COMPLAINT, {"competent": False, "at_reception": True}, A.TRANSFER_OUT, R.CLERK, S.TRANSFERRED),
        (Kind.DENUNCIATION, {"competent": False, "at_reception": True}, A.GUIDE, R.RECEPTION, S.GUIDED),
        (Kind.DENUNCIATION, {"competent": False}, A.TRANSFER, R.OFFICER, S.RECEIVED),
        (Kind.DENUNCIATION, {"competent": False}, A.TRANSFER_OUT, R.OFFICER, S.TRANSFERRED),
        (Kind.DENUNCIATION, {}, A.NOT_PROCESS, R.OFFICER, S.NOT_PROCESSED),
        (Kind.DENUNCIATION, {}, A.REFUSE, R.HEAD, S.NOT_ACCEPTED),
        (Kind.DENUNCIATION, {"anonymous": True}, A.CHECK_ANONYMOUS, R.OFFICER, S.INFO_CHECK),
        (Kind.DENUNCIATION, {"anonymous": True}, A.FILE, R.OFFICER, S.FILED),
        (Kind.FEEDBACK, {"competent": False}, A.TRANSFER, R.CLERK, S.RECEIVED),
        (Kind.FEEDBACK, {"competent": False}, A.TRANSFER_OUT, R.CLERK, S.TRANSFERRED),
        (Kind.RECOMMENDATION, {}, A.REFUSE, R.HEAD, S.NOT_ACCEPTED),
        (Kind.RECOMMENDATION, {}, A.FILE, R.CLERK, S.FILED),
        (Kind.RECOMMENDATION, {}, A.GUIDE, R.RECEPTION, S.GUIDED),
    ],
)  # fmt: skip
def test_the_ways_out_of_intake(kind, known, action, role, target) -> None:
    walk = Walk(kind, **known)
    if kind is not Kind.DENUNCIATION:
        walk.do(A.CLASSIFY, R.CLERK)
    move = walk.do(action, role)
    assert move.target is target
    assert move.article
    assert move.legal


# --- days --------------------------------------------------------------------------------------


def test_an_act_is_not_dated_in_the_future_or_before_the_act_it_follows() -> None:
    walk = accepted_complaint(on=date(2026, 8, 10))
    for on, today in (
        (date(2026, 8, 12), date(2026, 8, 11)),
        (date(2026, 8, 9), date(2026, 8, 12)),
    ):
        with pytest.raises(WrongDay) as caught:
            decide(walk.case, A.ASSIGN_VERIFICATION, R.HEAD, on, today, PAYLOAD)
        assert caught.value.field == "on"
        assert "/08/2026" in caught.value.reason


def test_notes_beside_the_main_line_do_not_hold_it_up() -> None:
    walk = accepted_complaint(on=date(2026, 8, 10))
    walk.do(A.ADD_PAPER, R.CLERK, date(2026, 8, 20))
    assert walk.case.last_on == date(2026, 8, 10)
    walk.do(A.ASSIGN_VERIFICATION, R.HEAD, date(2026, 8, 12))
    walk.do(A.ADD_PAPER, R.CLERK, date(2026, 8, 4))
    with pytest.raises(WrongDay):
        walk.do(A.ADD_PAPER, R.CLERK, date(2026, 8, 2))


@pytest.mark.parametrize(
    ("on", "today", "late"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), False),
        (date(2026, 11, 18), date(2026, 11, 20), False),
        (date(2026, 11, 17), date(2026, 11, 20), True),
        (date(2026, 11, 20), date(2026, 11, 23), False),  # a weekend between
        (date(2026, 11, 19), date(2026, 11, 23), False),
        (date(2026, 11, 18), date(2026, 11, 23), True),
        (date(2026, 11, 23), date(2026, 11, 26), False),  # 24 November is a holiday
        (date(2020, 1, 1), date(2026, 11, 20), True),
        (date(2026, 11, 21), date(2026, 11, 20), False),
    ],
)
def test_entries_more_than_two_working_days_back_are_late(
    on: date, today: date, late: bool
) -> None:
    def is_working(day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 11, 24)

    assert late_entry(on, today, is_working) is late


# --- what is offered ---------------------------------------------------------------------------


def test_offers_come_in_the_order_of_work_and_answer_why_not() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK)
    offers = permitted(walk.case, R.HEAD, walk.case.last_on)
    assert offers == permitted(walk.case, R.HEAD, walk.case.last_on)
    order = [offer.action for offer in offers]
    assert len(order) == len(set(order))
    wanted = [A.REGISTER, A.CLASSIFY, A.GUIDE, A.ACCEPT, A.ASSIGN_VERIFICATION, A.REPORT]
    wanted += [A.PLAN_DIALOGUE, A.DECIDE, A.TAKE_EFFECT, A.CLOSE, A.VOID]
    places = [order.index(action) for action in wanted]
    assert places == sorted(places)
    for offer in offers:
        assert offer.allowed is (offer.reason is None)
        assert offer.allowed or offer.reason
        assert offer.article
    accept = walk.offers()[A.ACCEPT]
    assert (accept.allowed, accept.form, accept.legal) == (True, "nd124:03", True)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("kind", list(Kind))
def test_offers_agree_with_decisions(kind: Kind, role: Role) -> None:
    walk = Walk(kind)
    for offer in permitted(walk.case, role, walk.case.last_on):
        given = {**PAYLOAD, Need.OUTCOME: offer.choices[0] if offer.choices else None}
        given |= dict.fromkeys((Need.DAY, Need.UNTIL), walk.case.last_on) | {
            Need.FACT: Fact.RECEIVED
        }
        on = walk.case.last_on
        if offer.allowed:
            assert decide(walk.case, offer.action, role, on, on, given).action is offer.action
        else:
            with pytest.raises(NotPermitted) as refused:
                decide(walk.case, offer.action, role, on, on, given)
            assert (refused.value.reason, refused.value.article) == (offer.reason, offer.article)


def test_a_new_case_offers_its_registration() -> None:
    assert [o.action for o in permitted(fresh(), R.RECEPTION, date(2026, 8, 3)) if o.allowed] == [
        A.REGISTER
    ]
    assert [o.action for o in permitted(fresh(), R.ADMIN, date(2026, 8, 3)) if o.allowed] == [
        A.IMPORT
    ]


def test_supervisors_do_nothing() -> None:
    for kind in Kind:
        assert permitted(Walk(kind).case, R.SUPERVISOR, date(2026, 8, 3)) == []


def test_an_unvalidated_payload_is_a_fault_of_the_caller() -> None:
    walk = accepted_complaint()
    with pytest.raises(TypeError, match="until must be a date"):
        walk.do(A.STAY_CONTESTED, R.HEAD, until="2026-09-01")
    with pytest.raises(TypeError, match="criteria must be a list"):
        walk.do(A.MARK_COMPLEX, R.HEAD, criteria="two_places")
    with pytest.raises(TypeError, match="remaining must be a whole number"):
        walk.do(A.WITHDRAW_PART, R.HEAD, remaining=True)
