"""Intake: who is competent, what is sent where, what may be accepted."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workflows.walk import (
    Walk,
    refusal,
)
from workflows.transition import COARSE
from workflows.vocabulary import (
    Action,
    Coarse,
    Fact,
    Kind,
    Mark,
    Need,
    Role,
    State,
    Step,
)

A, R, S = Action, Role, State


def test_a_complaint_by_post_is_guided_and_never_transferred() -> None:
    walk = Walk(competent=False)
    walk.do(A.CLASSIFY, R.CLERK)
    assert refusal(walk, A.TRANSFER).code == "complaint_transferable"
    assert walk.do(A.GUIDE, R.RECEPTION).target is S.GUIDED


def test_a_complaint_at_reception_is_transferred_only_since_july_2026() -> None:
    walk = Walk(on=date(2026, 6, 29), competent=False, at_reception=True)
    walk.do(A.CLASSIFY, R.CLERK)
    barred = refusal(walk, A.TRANSFER, on=date(2026, 6, 30))
    assert barred.code == "complaint_transferable"
    assert "01/07/2026" in barred.reason
    assert walk.do(A.TRANSFER, R.RECEPTION, date(2026, 7, 1)).target is S.RECEIVED


def test_a_transfer_inside_keeps_the_case_and_the_new_custodians_clock_starts_on_receipt() -> None:
    walk = Walk(Kind.DENUNCIATION, competent=False, facts={Fact.COMPETENT: False})
    move = walk.do(A.TRANSFER, R.OFFICER, date(2026, 8, 6))
    assert not move.final
    assert move.opens is None
    assert move.form == "tt05:03"
    assert move.after.day(Fact.RECEIVED) == date(2026, 8, 6)
    assert move.after.received_on == date(2026, 8, 3)
    assert move.after.competent
    assert move.sets[Fact.COMPETENT] is True
    assert Step.TRANSFER in move.stops
    receipt = walk.do(A.CONFIRM_RECEIPT, R.CLERK, date(2026, 8, 11))
    assert receipt.after.day(Fact.RECEIVED) == date(2026, 8, 11)
    assert Step.INITIAL_PROCESSING in receipt.starts
    assert refusal(walk, A.CONFIRM_RECEIPT).code == "after_in_transit"


def test_what_is_within_competence_is_not_sent_away() -> None:
    for kind in (Kind.DENUNCIATION, Kind.FEEDBACK):
        walk = Walk(kind, at_reception=True)
        if kind is Kind.FEEDBACK:
            walk.do(A.CLASSIFY, R.CLERK)
        assert refusal(walk, A.TRANSFER).code == "not_competent"
        assert refusal(walk, A.TRANSFER_OUT).code == "not_competent"


def test_classifying_says_who_is_competent() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK, competent=False)
    barred = refusal(walk, A.ACCEPT)
    assert barred.code == "competent"
    assert not walk.case.competent


def test_guidance_is_given_once() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK)
    walk.do(A.GUIDE, R.RECEPTION)
    walk.do(A.REOPEN, R.HEAD)
    assert walk.state is S.CLASSIFIED
    assert refusal(walk, A.GUIDE).code == "not_guided_before"


def test_a_denouncer_who_wrote_is_not_guided() -> None:
    assert refusal(Walk(Kind.DENUNCIATION, competent=False), A.GUIDE).code == "at_reception"


def test_refusing_a_complaint_needs_a_ground_of_article_11() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK)
    barred = refusal(walk, A.REFUSE, ground="")
    assert (barred.code, barred.field) == ("missing", Need.GROUND)
    assert "Điều 11 Luật Khiếu nại" in barred.article
    assert walk.do(A.REFUSE, R.HEAD).form == "nd124:04"


def test_a_complaint_of_many_is_accepted_only_with_all_signatures_and_an_appointment() -> None:
    walk = Walk(group_size=5)
    walk.do(A.CLASSIFY, R.CLERK, marks=[Mark.ALL_SIGNATURES])
    barred = refusal(walk, A.ACCEPT)
    assert barred.code == "mass_formalities"
    assert "văn bản cử người đại diện" in barred.reason
    assert "chữ ký" not in barred.reason
    assert barred.article == "Khoản 1 Điều 16 Nghị định 124/2020/NĐ-CP"
    walk.do(A.ADD_PAPER, R.RECEPTION, marks=[Mark.REPRESENTATIVES_APPOINTED])
    assert walk.do(A.ACCEPT, R.HEAD).target is S.ACCEPTED
    four = Walk(group_size=4)
    four.do(A.CLASSIFY, R.CLERK)
    assert four.do(A.ACCEPT, R.HEAD).target is S.ACCEPTED


def test_marks_of_acts_cannot_be_typed() -> None:
    with pytest.raises(ValueError, match="dialogue_record"):
        Walk().do(A.ADD_PAPER, R.CLERK, marks=[Mark.DIALOGUE_RECORD])


def test_an_unnamed_denunciation_is_checked_but_never_accepted() -> None:
    walk = Walk(Kind.DENUNCIATION, anonymous=True)
    barred = refusal(walk, A.ACCEPT)
    assert (barred.code, barred.article) == ("named", "Điều 25 Luật Tố cáo")
    walk.do(A.CHECK_ANONYMOUS, R.OFFICER)
    assert COARSE[S.INFO_CHECK] is Coarse.ASSIGNED
    assert refusal(walk, A.ACCEPT).code == "state"
    walk.do(A.PASS_TO_INVESTIGATORS, R.HEAD)
    assert walk.do(A.CLOSE, R.HEAD).target is S.CLOSED
    assert refusal(Walk(Kind.DENUNCIATION), A.CHECK_ANONYMOUS).code == "anonymous"
    assert refusal(Walk(Kind.DENUNCIATION), A.FILE).code == "anonymous"


def test_only_the_head_or_deputy_accepts() -> None:
    walk = Walk()
    walk.do(A.CLASSIFY, R.CLERK)
    for role in set(Role) - {R.HEAD, R.DEPUTY_HEAD}:
        barred = refusal(walk, A.ACCEPT, role)
        assert barred.code == "role"
        assert "người đứng đầu" in barred.reason
    assert walk.do(A.ACCEPT, R.DEPUTY_HEAD).target is S.ACCEPTED
