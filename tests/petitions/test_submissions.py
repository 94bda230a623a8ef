"""Proposals on their way: up, back, up again, signed; and what the law says at the signature."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DatabaseError

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotAllowedNow, NotFound
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseAgency,
    CaseBar,
    Delegation,
    Event,
    Follower,
    Hat,
    IdentityGrant,
    OutgoingDocument,
    Submission,
    SubmissionRound,
    User,
)
from petitions.queries import submissions as read
from petitions.queries.case_page import case_page
from petitions.queries.hops import hops_of
from petitions.services.acts import perform
from petitions.services.handover import hand_over
from petitions.services.intake import register
from petitions.services.opinions import say
from petitions.services.submissions import (
    approve,
    drop,
    reassign,
    recall,
    send_back,
    submit,
)
from petitions.services.submissions_drafting import propose, revise
from petitions.services.submissions_moves import moves
from petitions.services.submissions_signing import sign
from tests.conftest import NOW, TODAY
from tests.petitions.routing import (
    DEPUTY,
    HEAD,
    SECTION,
    classified,
    proposed,
    rounds,
    routed,
    row,
)
from tests.petitions.test_acts import instant
from tests.petitions.test_forwarding import MONDAY, sent
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.office import SubmissionStatus, Verdict, Work
from workflows.records import AgencyRole, BarReason, Capacity
from workflows.vocabulary import Action, Actor, Need, Role, State

LATER = NOW + timedelta(hours=1)
FORWARDED = instant(MONDAY + timedelta(days=1))


def do(what, uid: str, actor: Actor, **more):  # type: ignore[no-untyped-def]
    """A command on whatever state the proposal is in."""
    return what(uid, version=more.pop("version", None), actor=actor, now=LATER, **more)


def state(code: str) -> State:
    db.session.rollback()
    return db.session.execute(select(Case.state).where(Case.code == code)).scalar_one()


def events(code: str) -> list[str]:
    return list(
        db.session.scalars(
            select(Event.action)
            .join(Case, Case.id == Event.case_id)
            .where(Case.code == code)
            .order_by(Event.seq)
        )
    )


def holder(uid: str) -> str | None:
    return db.session.scalar(
        select(User.username).join(Submission, Submission.holder_id == User.id).where(Submission.uid == uid)
    )  # fmt: skip


def news(kind: str) -> set[str]:
    return set(
        db.session.scalars(
            select(User.username)
            .join(OutboxMessage, OutboxMessage.recipient_id == User.id)
            .where(OutboxMessage.kind == kind)
        )
    )


def test_the_whole_way_up_ends_in_the_act(world: World) -> None:
    """Officer, section head, deputy, head: the act is recorded once, at the signature, by the head."""
    routed(SECTION, DEPUTY, HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    assert holder(uid) == "son"
    do(approve, uid, world.son, opinion="Đồng ý")
    assert (holder(uid), row(uid).status) == ("dung", SubmissionStatus.SUBMITTED)
    do(approve, uid, world.dung)
    assert (holder(uid), row(uid).status) == ("minh", SubmissionStatus.APPROVED)
    assert "accept" not in events(code)
    assert do(sign, uid, world.minh) == code
    done = row(uid)
    assert (done.status, done.holder_id, done.signed_on) == (
        SubmissionStatus.DISPATCHED,
        None,
        TODAY,
    )
    assert (state(code), events(code).count("accept")) == (State.ACCEPTED, 1)
    assert done.event_seq == len(events(code))
    assert [each.verdict for each in rounds(uid)] == [
        Verdict.DRAFT, Verdict.SUBMIT, Verdict.APPROVE, Verdict.APPROVE, Verdict.SIGN,
    ]  # fmt: skip
    assert read.submission(world.an, uid).rounds[2].opinion == "Đồng ý"
    assert news("submission_signed") == {"an"}
    assert news("submission_waiting") == {"son", "dung", "minh"}


def test_hops_have_dates_before_the_legal_end(world: World) -> None:
    """The acceptance is due on 2 December; each approver leaves the next a working day."""
    routed(SECTION, DEPUTY, HEAD)
    uid = proposed(classified(world), world.an)
    assert (row(uid).legal_due, row(uid).due) == (date(2026, 12, 2), date(2026, 11, 27))
    do(submit, uid, world.an)
    do(approve, uid, world.son)
    do(approve, uid, world.dung)
    assert [each.due for each in rounds(uid)] == [
        date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2),
    ]  # fmt: skip


@pytest.mark.parametrize("level", [1, 2, 3])
def test_any_level_sends_back_to_the_author(world: World, level: int) -> None:
    """With an opinion and a new date; the rounds stay and the way begins again at the bottom."""
    routed(SECTION, DEPUTY, HEAD)
    uid = proposed(classified(world), world.an)
    do(submit, uid, world.an)
    people = [world.son, world.dung, world.minh]
    for person in people[: level - 1]:
        do(approve, uid, person)
    with pytest.raises(Invalid) as error:
        do(send_back, uid, people[level - 1], opinion=" ", due=None)
    assert set(error.value.fields) == {"opinion", "due"}
    with pytest.raises(Invalid) as error:
        do(send_back, uid, people[level - 1], opinion="Viết lại", due=date(2026, 12, 3))
    assert "luật định" in error.value.fields["due"][0]
    do(send_back, uid, people[level - 1], opinion="Viết lại", due=TODAY + timedelta(days=5))
    back = row(uid)
    assert (back.status, back.step, holder(uid)) == (SubmissionStatus.SENT_BACK, 0, "an")
    assert back.due == TODAY + timedelta(days=5)
    assert news("submission_sent_back") == {"an"}
    do(revise, uid, world.an, given={}, fields={})
    do(submit, uid, world.an)
    assert (holder(uid), row(uid).step) == ("son", 1)
    assert [each.seq for each in rounds(uid)] == list(range(1, len(rounds(uid)) + 1))


def test_recall_until_the_next_step_acts(world: World) -> None:
    """The author from the section head, the section head from the deputy; afterwards nobody."""
    routed(SECTION, DEPUTY, HEAD)
    uid = proposed(classified(world), world.an)
    do(submit, uid, world.an)
    with pytest.raises(Forbidden):
        do(recall, uid, world.ha)
    do(recall, uid, world.an, reason="Còn thiếu")
    assert (row(uid).status, holder(uid)) == (SubmissionStatus.RECALLED, "an")
    assert news("submission_recalled") == {"son"}
    do(submit, uid, world.an)
    do(approve, uid, world.son)
    with pytest.raises(Forbidden):
        do(recall, uid, world.an)
    do(recall, uid, world.son)
    assert (row(uid).status, row(uid).step, holder(uid)) == (SubmissionStatus.SUBMITTED, 1, "son")
    with pytest.raises(Forbidden):
        do(recall, uid, world.an)


def test_only_the_holder_in_the_right_hat_moves_it(world: World) -> None:
    """Whoever does not hold it is told what happened to it."""
    routed(SECTION, HEAD)
    uid = proposed(classified(world), world.an)
    for verb in (approve, sign):
        with pytest.raises(Conflict) as error:
            do(verb, uid, world.son)
        assert "An soạn" in error.value.message
    do(submit, uid, world.an)
    with pytest.raises(Conflict):
        do(submit, uid, world.an)
    with pytest.raises(Conflict):
        do(approve, uid, world.minh)
    as_officer = replace(world.son, role=Role.OFFICER, hat_id=world.an.hat_id)
    with pytest.raises(Forbidden):
        do(approve, uid, as_officer)
    do(approve, uid, world.son)
    with pytest.raises(Conflict) as error:
        do(approve, uid, world.son)
    assert "Sơn duyệt" in error.value.message


def test_a_page_of_yesterday_moves_nothing(world: World) -> None:
    """The version of the page counts, and the same key is answered once."""
    routed(SECTION, HEAD)
    uid = proposed(classified(world), world.an)
    seen = row(uid).version
    do(submit, uid, world.an, version=seen, key="up")
    assert do(submit, uid, world.an, version=seen, key="up") == uid
    assert len(rounds(uid)) == 2
    with pytest.raises(Conflict) as error:
        do(approve, uid, world.son, version=seen)
    assert "An trình" in error.value.message


def test_the_act_is_judged_as_the_signer_would_do_it(world: World) -> None:
    """An officer may not accept, but may propose it; what the law refuses is refused at drafting."""
    routed(SECTION, HEAD)
    routed(SECTION, HEAD, work=Work.SETTLEMENT)
    code = classified(world)
    with pytest.raises(NotAllowedNow) as error:
        proposed(code, world.an, Action.DECIDE, {Need.DOCUMENT: "1/QĐ", Need.RESULT: "x"})
    assert error.value.article
    with pytest.raises(Invalid) as missing:
        proposed(code, world.an, Action.REFUSE)
    assert missing.value.fields
    with pytest.raises(Invalid):
        proposed(code, world.an, Action.CLASSIFY)
    proposed(code, world.an)
    with pytest.raises(Conflict) as double:
        proposed(code, world.ha)
    assert "Phạm Văn An" in double.value.message
    with pytest.raises(NotFound):
        proposed(code, world.binh)


def test_a_payload_comes_back_as_it_was_given(world: World) -> None:
    """Days stay days and words of the law stay words, through the row and into the act."""
    routed(HEAD, work=Work.SETTLEMENT)
    code = classified(world)
    for action, given in (
        (Action.ACCEPT, {}),
        (Action.ASSIGN_VERIFICATION, {Need.ASSIGNEE: "an"}),
    ):
        perform(code, action, given, version=None, on=TODAY, actor=world.minh, now=NOW)
    perform(code, Action.REPORT, {Need.CONTENT: "Đã xác minh", Need.DOCUMENT: "BC 1"}, version=None, on=TODAY, actor=world.an, now=NOW)  # fmt: skip
    day = TODAY + timedelta(days=9)
    uid = proposed(
        code, world.an, Action.PLAN_DIALOGUE, {Need.DIALOGUE_ON: day, Need.CONTENT: "Trụ sở"}
    )
    do(submit, uid, world.an)
    do(sign, uid, world.minh)
    assert state(code) is State.DIALOGUE_PLANNED
    assert case_page(world.minh, code).file.day("dialogue_on") in {None, day}


def test_an_act_no_longer_lawful_goes_back_with_the_reason(world: World) -> None:
    """The case was closed meanwhile: nothing of the signature stays but the round that says why."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    perform(code, Action.WITHDRAW, {Need.DOCUMENT: "Đơn rút", Need.REASON: "Tự nguyện"}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    before = events(code)
    with pytest.raises(NotAllowedNow) as error:
        do(sign, uid, world.minh, key="pen")
    assert "trả lại người soạn" in error.value.message
    with pytest.raises(NotAllowedNow):
        do(sign, uid, world.minh, key="pen")
    back = row(uid)
    assert (back.status, holder(uid), back.step) == (SubmissionStatus.SENT_BACK, "an", 0)
    last = rounds(uid)[-1]
    assert (last.verdict, last.by_id) == (Verdict.REFUSED_BY_LAW, world.users["minh"])
    assert read.submission(world.an, uid).rounds[-1].opinion in error.value.message or (
        error.value.article in read.submission(world.an, uid).rounds[-1].opinion
    )
    assert events(code) == before
    assert news("submission_refused") == {"an"}
    assert len(rounds(uid)) == 3
    with pytest.raises(NotAllowedNow):
        do(submit, uid, world.an)


def test_a_case_that_went_elsewhere_cannot_be_signed_for(world: World) -> None:
    """Custody passed while the proposal climbed: it is dropped with the reason, its author is told."""
    routed(HEAD)
    code = register(replace(COMPLAINT, competent=False), actor=world.lan, now=NOW)
    for action, given in (
        (Action.CLASSIFY, {Need.COMPETENT: False}),
        (Action.ASSIGN, {Need.ASSIGNEE: "an"}),
    ):
        perform(code, action, given, version=None, on=TODAY, actor=world.minh, now=NOW)
    uid = proposed(code, world.an, Action.FILE, {Need.GROUND: "Đã hướng dẫn một lần"})
    do(submit, uid, world.an)
    perform(code, Action.TRANSFER, {Need.RECIPIENT: "bao-lam"}, version=None, on=TODAY, actor=world.minh, now=NOW)  # fmt: skip
    before = events(code)
    with pytest.raises(Conflict):
        do(sign, uid, world.minh)
    assert events(code) == before
    assert (holder(uid), rounds(uid)[-1].verdict) == (None, Verdict.DROP)
    assert news("submission_dropped") == {"an"}


def test_the_day_of_the_act_is_the_day_on_the_document(world: World) -> None:
    """Earlier than today by the rule for every act; a fault there is the signer's, the paper stays."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    for on, reason in (
        (TODAY + timedelta(days=1), None),
        (TODAY - timedelta(days=9), None),
        (TODAY - timedelta(days=9), "Ký trước khi nhập"),
    ):
        with pytest.raises(Invalid) as error:
            do(sign, uid, world.minh, on=on, late_reason=reason)
        assert set(error.value.fields) <= {"on", "late_reason"}
    assert holder(uid) == "minh"
    do(sign, uid, world.minh, on=TODAY)
    assert row(uid).signed_on == TODAY


def test_without_approvers_the_act_is_done_at_once(world: World) -> None:
    """A leader is told so; an officer's proposal goes to the head; the chairman of a commune needs no step."""
    code = classified(world)
    with pytest.raises(Invalid) as error:
        proposed(code, world.minh)
    assert "thực hiện ngay" in error.value.fields["action"][0]
    uid = proposed(code, world.an)
    assert [each["role"] for each in row(uid).path] == ["head"]
    do(submit, uid, world.an)
    do(sign, uid, world.minh)
    assert state(code) is State.ACCEPTED


def test_the_head_signs_the_own_proposal_at_once(world: World) -> None:
    """Nobody stands between author and signature; a deputy's goes to the head."""
    routed(SECTION, DEPUTY, HEAD)
    code = classified(world)
    uid = proposed(code, world.minh)
    do(sign, uid, world.minh)
    assert state(code) is State.ACCEPTED
    other = proposed(classified(world), world.dung)
    with pytest.raises(Forbidden):
        do(sign, other, world.dung)
    do(submit, other, world.dung)
    assert holder(other) == "minh"


def test_nobody_at_a_step_is_told_at_once(world: World) -> None:
    """Naming the role and the agency, when drafting and when it comes to that step."""
    routed(SECTION, DEPUTY, HEAD)
    code = classified(world)
    with transaction() as session:
        session.execute(update(User).where(User.username == "dung").values(disabled_at=NOW))
        session.execute(update(User).where(User.username == "minh").values(disabled_at=NOW))
    with pytest.raises(Invalid) as error:
        proposed(code, world.an)
    assert "cấp phó" in error.value.fields["to"][0]
    assert "UBND xã An Bình" in error.value.fields["to"][0]


def test_several_who_may_are_chosen_among(world: World) -> None:
    """Two deputies: the one below chooses; somebody unfit is refused; one shut out is no choice."""
    routed(DEPUTY, HEAD)
    code = classified(world)
    with transaction() as session:
        session.execute(insert(Hat).values(user_id=world.users["ha"], role=Role.DEPUTY_HEAD, agency_id=world.agencies["an-binh"], valid_from=TODAY))  # fmt: skip
    uid = proposed(code, world.an)
    with pytest.raises(Invalid) as error:
        do(submit, uid, world.an)
    assert "chọn" in error.value.fields["to"][0]
    with pytest.raises(Invalid):
        do(submit, uid, world.an, to="son")
    case_id = row(uid).case_id
    with transaction() as session:
        session.execute(insert(CaseBar).values(case_id=case_id, user_id=world.users["ha"], reason=BarReason.RELATED))  # fmt: skip
    with pytest.raises(Invalid):
        do(submit, uid, world.an, to="ha")
    do(submit, uid, world.an)
    assert holder(uid) == "dung"


def test_a_deputy_signs_for_the_head_by_delegation(world: World) -> None:
    """On the days it holds; a section head by order signs what section heads may do only."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    with pytest.raises(Invalid):
        do(submit, uid, world.an, to="dung")
    with transaction() as session:
        session.execute(
            insert(Delegation).values(
                agency_id=world.agencies["an-binh"], from_hat_id=world.minh.hat_id,
                to_hat_id=world.dung.hat_id, capacity=Capacity.KT, document="GUQ 1",
                valid_from=TODAY, valid_to=TODAY + timedelta(days=9),
            )
        )  # fmt: skip
    do(submit, uid, world.an, to="dung")
    do(sign, uid, world.dung)
    assert (state(code), row(uid).status) == (State.ACCEPTED, SubmissionStatus.DISPATCHED)


def test_a_superior_gives_it_to_another(world: World) -> None:
    """A draft gets another author; at a step only somebody fit; the officer may not."""
    routed(DEPUTY, HEAD)
    uid = proposed(classified(world), world.an)
    with pytest.raises(Forbidden):
        do(reassign, uid, world.ha, to="ha")
    do(reassign, uid, world.son, to="ha", reason="An nghỉ phép")
    assert (holder(uid), row(uid).author_id) == ("ha", world.users["ha"])
    do(submit, uid, world.ha)
    with pytest.raises(Invalid):
        do(reassign, uid, world.minh, to="an")
    do(reassign, uid, world.minh, to="minh")
    assert (holder(uid), row(uid).step) == ("minh", 1)
    do(recall, uid, world.ha)
    assert holder(uid) == "ha"


def test_a_dropped_proposal_keeps_its_rounds(world: World) -> None:
    """By its author, on the own table, with a reason; the act may be proposed anew."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    with pytest.raises(Conflict):
        do(drop, uid, world.an, reason="Thôi")
    do(recall, uid, world.an)
    with pytest.raises(Invalid):
        do(drop, uid, world.an, reason=" ")
    do(drop, uid, world.an, reason="Trùng")
    assert (row(uid).status, row(uid).holder_id) == (SubmissionStatus.DROPPED, None)
    assert rounds(uid)[-1].verdict is Verdict.DROP
    proposed(code, world.an)


def test_the_database_keeps_one_holder_and_every_round(world: World) -> None:
    """Whatever the code does: no holder of an ended paper, no paper without one, no round changed."""
    routed(HEAD)
    uid = proposed(classified(world), world.an)
    for values in ({"holder_id": None}, {"status": SubmissionStatus.SIGNED}):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(update(Submission).where(Submission.uid == uid).values(**values))
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(update(SubmissionRound).values(seq=9))


# --- denunciations ---------------------------------------------------------------------------


def sight(uid: str) -> set[tuple[int, bool]]:
    case_id = row(uid).case_id
    return {
        (each.user_id, each.until is None)
        for each in db.session.scalars(
            select(Assignment).where(Assignment.case_id == case_id, Assignment.duty == "approver")
        )
    }


def test_holders_of_a_denunciations_proposal_see_it_while_it_is_on_its_way(world: World) -> None:
    """The section head from the submission to the signature; never the denouncer."""
    routed(SECTION, HEAD)
    code = classified(world, DENUNCIATION)
    with pytest.raises(NotFound):
        case_page(world.son, code)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    assert not case_page(world.son, code).may_open_identity
    do(approve, uid, world.son, opinion="Kín")
    stored = rounds(uid)[-1]
    assert stored.words is None
    assert stored.sealed
    assert row(uid).words is None
    do(sign, uid, world.minh)
    with pytest.raises(NotFound):
        case_page(world.son, code)
    with pytest.raises(NotFound):
        read.submission(world.son, uid)
    assert (world.users["son"], False) in sight(uid)
    assert not [each for each in sight(uid) if each[1]]
    assert case_page(world.an, code).code == code
    assert not db.session.scalars(
        select(IdentityGrant.id).where(IdentityGrant.user_id.in_([world.users["son"], world.users["minh"]]))
    ).all()  # fmt: skip
    assert read.submission(world.an, uid).rounds[2].opinion == "Kín"


def test_no_word_of_a_proposal_names_the_denouncer(world: World) -> None:
    """Payload, fields and opinions are refused with the place marked."""
    routed(SECTION, HEAD)
    code = classified(world, DENUNCIATION)
    with pytest.raises(Leak):
        proposed(code, world.an, Action.ACCEPT, {Need.CONTENT: "Đơn của Lò Thị Bình Minh"})
    uid = proposed(code, world.an)
    with pytest.raises(Leak) as error:
        do(submit, uid, world.an, opinion="Bà Lò Thị Bình Minh yêu cầu")
    assert error.value.field == "opinion"
    do(submit, uid, world.an)
    for verb, more in ((approve, {}), (send_back, {"due": TODAY})):
        with pytest.raises(Leak):
            do(verb, uid, world.son, opinion="lo thi binh minh", **more)
    assert holder(uid) == "son"


# --- people who go, bodies that advise -------------------------------------------------------


def test_handing_over_moves_what_a_person_holds_and_wrote(world: World) -> None:
    """The officer's drafts go to the colleague; what lay with a deputy to who may stand there."""
    routed(DEPUTY, HEAD)
    mine, held = classified(world), classified(world)
    draft, up = proposed(mine, world.an), proposed(held, world.an)
    do(submit, up, world.an)
    hand_over("an", {mine: "ha", held: "ha"}, reason="Nghỉ", actor=world.minh, now=LATER)
    assert (holder(draft), row(draft).author_id) == ("ha", world.users["ha"])
    assert (holder(up), row(up).author_id) == ("dung", world.users["ha"])
    (result,) = hand_over("dung", {held: "ha"}, reason="Nghỉ", actor=world.minh, now=LATER)
    assert result.done
    assert holder(up) == "minh"
    with transaction() as session:
        session.execute(update(User).where(User.username == "dung").values(disabled_at=NOW))
    do(reassign, up, world.minh, to="minh") if holder(up) != "minh" else None
    (result,) = hand_over("minh", {held: "an"}, reason="Nghỉ", actor=world.minh, now=LATER)
    assert result.done
    assert (holder(up), row(up).status) == ("ha", SubmissionStatus.SENT_BACK)
    assert [each.verdict for each in rounds(up)][-2:] == [Verdict.REASSIGN, Verdict.SEND_BACK]


def test_an_advising_body_proposes_along_the_custodians_route(world: World) -> None:
    """Its own head before the custodian's; a body without a part in the case may not."""
    from petitions.services.routes import StepGiven

    routed(StepGiven(Role.HEAD, 2, "bao-lam"), HEAD)
    code = classified(world)
    with transaction() as session:
        case_id = session.scalar(select(Case.id).where(Case.code == code))
        session.execute(
            insert(CaseAgency).values(
                case_id=case_id, agency_id=world.agencies["bao-lam"], role=AgencyRole.ADVISING,
                since=TODAY,
            )
        )  # fmt: skip
    uid = proposed(code, world.binh)
    assert row(uid).agency_id == world.agencies["an-binh"]
    assert [each["agency_id"] for each in row(uid).path] == [
        world.agencies["bao-lam"], world.agencies["an-binh"],
    ]  # fmt: skip
    do(submit, uid, world.binh)
    assert holder(uid) == "khanh"
    do(approve, uid, world.khanh)
    do(sign, uid, world.minh)
    assert state(code) is State.ACCEPTED
    with pytest.raises((NotFound, Forbidden)):
        proposed(classified(world), world.khanh)


def test_followers_hear_of_the_signature(world: World) -> None:
    """Only those who still have a part in the case, and none of a section that is shut out."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    case_id = row(uid).case_id
    with transaction() as session:
        session.execute(
            insert(Follower),
            [{"case_id": case_id, "user_id": world.users[name], "since": TODAY} for name in ("son", "binh")],
        )  # fmt: skip
        session.execute(
            insert(Follower).values(case_id=case_id, user_id=world.users["dung"], since=TODAY)
        )
        session.execute(
            insert(CaseBar).values(
                case_id=case_id,
                unit_id=world.agencies["phong-kt"],
                reason=BarReason.RESPONDENT_UNIT,
            )
        )
    do(sign, uid, world.minh)
    assert news("submission_signed") == {"an", "dung"}


# --- reading ---------------------------------------------------------------------------------


def test_lists_and_what_may_be_proposed(world: World) -> None:
    """The officer sees the acts of the signer; each table shows what lies on it."""
    routed(SECTION, HEAD)
    code = classified(world)
    page = case_page(world.an, code)
    offered = {each.action for each in read.proposable(page, world.an, TODAY)}
    assert {Action.ACCEPT, Action.REFUSE, Action.TRANSFER} & offered
    assert Action.CLASSIFY not in offered
    assert not read.proposable(page, world.tam, TODAY)
    uid = proposed(code, world.an)
    (line,) = read.on_table(world.an)
    assert (line.uid, line.with_author, line.steps) == (uid, True, 2)
    assert not read.on_table(world.son)
    do(submit, uid, world.an)
    assert [each.uid for each in read.on_table(world.son)] == [uid]
    shown = read.submission(world.son, uid)
    assert [each.role for each in shown.path] == [Role.SECTION_HEAD, Role.HEAD]
    assert {each.agency for each in shown.path} == {"UBND xã An Bình"}
    assert [each.uid for each in read.of_case(world.minh, code)] == [uid]
    with pytest.raises(NotFound):
        read.submission(world.binh, uid)
    assert db.session.scalar(select(Agency.id).where(Agency.code == "an-binh"))


# --- two at once -----------------------------------------------------------------------------


def test_two_approvals_at_once_one_wins(app: Flask, world: World) -> None:
    """Two windows of the same person: one moves the paper, the other is told; one round."""
    routed(DEPUTY, HEAD)
    uid = proposed(classified(world), world.an)
    do(submit, uid, world.an)
    seen = row(uid).version
    db.session.remove()
    gate, answers = Barrier(2), []

    def run(key: str) -> None:
        with app.app_context():
            gate.wait()
            try:
                approve(uid, version=seen, actor=world.dung, now=LATER, key=key)
                answers.append("done")
            except Conflict as error:
                answers.append(error.message)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers)[-1] == "done"
    assert any("Dung duyệt" in each for each in answers)
    assert [each.verdict for each in rounds(uid)].count(Verdict.APPROVE) == 1


def test_two_signatures_at_once_do_the_act_once(app: Flask, world: World) -> None:
    """The act runs once, whoever comes second is told."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    do(submit, uid, world.an)
    db.session.remove()
    gate, answers = Barrier(2), []

    def run() -> None:
        with app.app_context():
            gate.wait()
            try:
                answers.append(sign(uid, version=None, actor=world.minh, now=LATER))
            except Conflict:
                answers.append("told")
            finally:
                db.session.remove()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted([code, "told"])
    assert events(code).count("accept") == 1


# --- with a letter ---------------------------------------------------------------------------


def letter_of(uid: str) -> OutgoingDocument | None:
    db.session.rollback()
    return db.session.scalar(
        select(OutgoingDocument).where(OutgoingDocument.submission_id == row(uid).id)
    )


def test_the_signature_makes_the_letter(world: World) -> None:
    """In the same transaction as the act; blanks left open do not go up."""
    routed(SECTION, HEAD)
    code = classified(world)
    given = {Need.GROUND: "Hết thời hiệu", Need.REASON: "Quá 90 ngày"}
    uid = propose(code, Action.REFUSE, given, "nd124:04", {}, actor=world.an, now=NOW)
    assert read.submission(world.an, uid).fields == {"reason": "Quá 90 ngày"}
    with pytest.raises(Invalid) as error:
        do(submit, uid, world.an)
    assert "fields.ground_no" in error.value.fields
    do(revise, uid, world.an, given=given, fields={"reason": "Quá 90 ngày", "ground_no": "6"})
    do(submit, uid, world.an)
    do(approve, uid, world.son)
    assert letter_of(uid) is None
    do(sign, uid, world.minh)
    letter = letter_of(uid)
    assert letter is not None
    assert (row(uid).status, letter.number, letter.issued_on) == (
        SubmissionStatus.SIGNED,
        None,
        TODAY,
    )
    assert letter.event_seq == row(uid).event_seq
    assert read.submission(world.an, uid).document == letter.uid


def test_a_letter_that_cannot_be_made_undoes_the_act(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the signature stays: the paper goes back."""

    def holes(*_: object, **__: object) -> None:
        raise Invalid.at("reason", "Văn bản còn thiếu lý do.")

    routed(HEAD)
    code = classified(world)
    uid = propose(code, Action.ACCEPT, {}, "nd124:03", {}, actor=world.an, now=NOW)
    do(submit, uid, world.an)
    before = events(code)
    monkeypatch.setattr("petitions.services.letters.issue", holes)
    with pytest.raises(NotAllowedNow) as error:
        do(sign, uid, world.minh)
    assert "còn thiếu lý do" in error.value.message
    assert events(code) == before
    assert letter_of(uid) is None
    assert (holder(uid), row(uid).status) == ("an", SubmissionStatus.SENT_BACK)


def test_a_letter_without_an_act(world: World) -> None:
    """A chairman without a route signs the own one at once; an officer's goes to him."""
    code = classified(world)
    perform(code, Action.ACCEPT, {}, version=None, on=TODAY, actor=world.minh, now=NOW)
    own = propose(code, None, {}, "nd124:03", {}, actor=world.minh, now=NOW)
    assert row(own).path == []
    do(sign, own, world.minh)
    assert row(own).status is SubmissionStatus.SIGNED
    other = propose(code, None, {}, "nd124:03", {}, actor=world.an, now=NOW)
    do(submit, other, world.an)
    do(sign, other, world.minh)
    assert letter_of(other) is not None
    with pytest.raises(Invalid):
        propose(code, Action.REFUSE, {}, "nd124:03", {}, actor=world.an, now=NOW)
    with pytest.raises(NotFound):
        propose(code, None, {}, "khong-co", {}, actor=world.an, now=NOW)


def test_a_denunciation_is_passed_on_with_its_letter(world: World) -> None:
    """The signer no longer sees the case afterwards; the letter was read off it before."""
    routed(HEAD)
    code = classified(world, replace(DENUNCIATION, competent=False))
    given = {Need.RECIPIENT: "bao-lam"}
    uid = propose(code, Action.TRANSFER, given, "tt05:03", {}, actor=world.an, now=NOW)
    do(submit, uid, world.an)
    do(sign, uid, world.minh)
    letter = letter_of(uid)
    assert letter is not None
    assert letter.words is None
    assert letter.sealed


def test_a_decision_is_not_signed_by_order(world: World) -> None:
    """A section head by order stands at the last step of a letter, not of a decision."""
    with transaction() as session:
        session.execute(
            insert(Delegation).values(
                agency_id=world.agencies["an-binh"], from_hat_id=world.minh.hat_id,
                to_hat_id=world.son.hat_id, capacity=Capacity.TL, document="QĐ 2",
                valid_from=TODAY, valid_to=TODAY + timedelta(days=9),
            )
        )  # fmt: skip
    for work in (Work.PROCESSING, Work.CORRESPONDENCE):
        routed(HEAD, work=work)
    code = classified(world)
    guide = propose(code, Action.URGE, {Need.RECIPIENT: "Phòng", Need.CONTENT: "Sớm"}, "tt05:don-doc", {"reply_due": "2026-12-01", "subordinate_head": "Trưởng phòng"}, actor=world.an, now=NOW)  # fmt: skip
    do(submit, guide, world.an, to="son")
    do(sign, guide, world.son)
    letter = letter_of(guide)
    assert letter is not None
    assert letter.capacity.value == "tl"


def test_another_bodys_proposals_stay_its_own(world: World) -> None:
    """Who sent a case on, or stands above its holder, sees the case and not what the office writes."""
    code = sent(world)
    uid = propose(code, None, {}, "x:giao-viec", {}, actor=world.khanh, now=FORWARDED)
    for reader in (world.khanh, world.hoa):
        assert read.submission(reader, uid).line.uid == uid
        assert [each.uid for each in read.of_case(reader, code)] == [uid]
        assert moves(reader, uid, FORWARDED)
    for reader in (world.minh, world.lan, world.phuc):
        assert case_page(reader, code).code == code
        assert read.of_case(reader, code) == ()
        for look in (read.submission, lambda who, which: moves(who, which, FORWARDED)):
            with pytest.raises(NotFound):
                look(reader, uid)
        with pytest.raises(NotFound):
            sign(uid, version=None, actor=reader, now=FORWARDED)


def test_another_bodys_talk_stays_its_own(world: World) -> None:
    """Directions and opinions are read where the case lies and by those above, never by who sent it."""
    code = sent(world)
    say(code, "Mời người dân trao đổi.", actor=world.khanh, now=FORWARDED)
    for reader in (world.khanh, world.phuc, world.hoa):
        assert [each.text for each in hops_of(reader, code, FORWARDED.date()).thread] == [
            "Mời người dân trao đổi."
        ]
    for reader in (world.minh, world.lan, world.thu):
        panel = hops_of(reader, code, FORWARDED.date())
        assert (panel.hops, panel.thread, panel.followers) == ((), (), ())
