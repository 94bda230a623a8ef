"""Custody between bodies: sent with its letter, sent back as wrong, circling; replies tracked until they come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from petitions.models import (
    Assignment,
    AwaitedReply,
    Case,
    CaseAgency,
    Deadline,
    Event,
    Flag,
    Hop,
    OutsideBody,
    Receipt,
)
from petitions.queries.advising import office_of
from petitions.queries.awaited import reply_counts
from petitions.queries.case_page import case_page, permissions
from petitions.queries.cases import Filters, queue
from petitions.queries.stations import stations_of
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.reorganisation import reorganise
from petitions.services.submissions_drafting import propose
from petitions.services.targets import TargetGiven, set_target
from petitions.services.watch import sweep
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.petitions.routing import HEAD, routed, row
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_offices import merger
from tests.world import World
from workflows.office import HopState, ReplyKind, SubmissionStatus, Work
from workflows.records import AgencyRole, ClockState, Nature
from workflows.stations import Station
from workflows.vocabulary import Action, Actor, Kind, Mark, Outcome, State, Step
from workflows.watch import FlagKind

MONDAY = date(2026, 10, 5)
WRONG = "Vụ việc thuộc thẩm quyền của UBND xã An Bình"


def instant(on: date) -> datetime:
    """Ten in the morning of that day in Vietnam."""
    return datetime.combine(on, time(3), UTC)


def do(code: str, action: Action, actor: Actor, on: date, **given: Any) -> None:
    perform(code, action, given, version=None, on=on, actor=actor, now=instant(on))


def feedback(world: World, on: date = MONDAY) -> str:
    """Feedback handed in at An Bình that another commune must answer."""
    given = replace(COMPLAINT, kind=Kind.FEEDBACK, contested=None, received_on=on)
    code = register(given, actor=world.lan, now=instant(on))
    do(code, Action.CLASSIFY, world.lan, on, competent=False)
    return code


def sent(world: World, on: date = MONDAY + timedelta(days=1)) -> str:
    """It has gone to Bảo Lâm, which has not entered it yet."""
    code = feedback(world)
    do(code, Action.TRANSFER, world.minh, on, recipient="bao-lam", content="Chuyển theo thẩm quyền")
    return code


def case_of(code: str) -> Case:
    return db.session.execute(select(Case).where(Case.code == code)).scalar_one()


def replies(code: str) -> list[AwaitedReply]:
    rows = select(AwaitedReply).where(AwaitedReply.case_id == case_of(code).id)
    return list(db.session.scalars(rows.order_by(AwaitedReply.id)))


def clock(code: str, step: Step) -> Deadline:
    """The latest row of a clock."""
    rows = select(Deadline).where(Deadline.case_id == case_of(code).id, Deadline.step == step)
    return db.session.scalars(rows.order_by(Deadline.occurrence.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("entered", [False, True])
def test_a_wrongly_forwarded_petition_goes_back_to_whoever_sent_it(
    world: World, entered: bool
) -> None:
    """Before the receiver entered it or after, with the reason; both see both ways."""
    code = sent(world)
    (waiting,) = replies(code)
    assert (waiting.kind, waiting.to_agency_id) == (ReplyKind.FORWARDED, world.agencies["bao-lam"])
    assert waiting.answered_on is None
    back = MONDAY + timedelta(days=3)
    if entered:
        do(code, Action.CONFIRM_RECEIPT, world.binh, MONDAY + timedelta(days=2))
        do(code, Action.CLASSIFY, world.binh, MONDAY + timedelta(days=2), competent=False)
    do(code, Action.RETURN_FORWARDED, world.khanh, back, reason=WRONG)
    case = case_of(code)
    assert case.agency_id == world.agencies["an-binh"]
    assert (case.state, case.officer_id) == (State.RECEIVED, None)
    assert {Mark.IN_TRANSIT.value, Mark.CAME_BACK.value} <= set(case.marks)
    db.session.expire_all()
    (answered,) = replies(code)
    assert answered.answered_on == back
    office = office_of(world.binh, code)
    assert [(each.action, each.sender, each.to) for each in office.movements] == [
        (Action.TRANSFER, "UBND xã An Bình", "UBND xã Bảo Lâm"),
        (Action.RETURN_FORWARDED, "UBND xã Bảo Lâm", "UBND xã An Bình"),
    ]
    assert office_of(world.lan, code) == office
    assert office.replies[0].answer == WRONG
    senders = db.session.scalars(
        select(CaseAgency.agency_id).where(
            CaseAgency.case_id == case.id,
            CaseAgency.role == AgencyRole.SENDER,
            CaseAgency.until.is_(None),
        )
    )
    assert set(senders) == {world.agencies["an-binh"], world.agencies["bao-lam"]}


def test_clocks_run_from_the_day_the_sender_has_it_again(world: World) -> None:
    """Its own ten working days anew; the 45 days count from the very first receipt all along."""
    code = sent(world)
    do(code, Action.RETURN_FORWARDED, world.khanh, date(2026, 10, 8), reason=WRONG)
    do(code, Action.CONFIRM_RECEIPT, world.lan, date(2026, 10, 12))
    case = case_of(code)
    assert (case.received_on, case.first_received_on) == (date(2026, 10, 12), MONDAY)
    assert clock(code, Step.RESULT_NOTICE).due == date(2026, 10, 26)
    alarm = clock(code, Step.UNPROCESSED_ALARM)
    assert (alarm.trigger_on, alarm.state) == (MONDAY, ClockState.RUNNING)
    assert alarm.due == MONDAY + timedelta(days=45)
    assert db.session.scalars(
        select(Receipt.agency_id).where(Receipt.case_id == case.id)
    ).all() == [world.agencies["an-binh"]]
    near, over = MONDAY + timedelta(days=30), MONDAY + timedelta(days=45)
    sweep(instant(near), now=instant(near))
    assert FlagKind.CLIFF_NEAR in flags(code)
    sweep(instant(over), now=instant(over))
    assert FlagKind.CLIFF_45 in flags(code)


def flags(code: str) -> dict[FlagKind, Flag]:
    """Flags that stand."""
    db.session.expire_all()
    rows = select(Flag).where(Flag.case_id == case_of(code).id, Flag.cleared_on.is_(None))
    return {flag.kind: flag for flag in db.session.scalars(rows)}


def test_only_a_forwarded_petition_not_yet_taken_up_is_sent_back(world: World) -> None:
    """Not one's own paper, not by the sender, not what was taken up, not what came back already."""
    own = feedback(world)
    with pytest.raises(NotAllowedNow) as refused:
        do(own, Action.RETURN_FORWARDED, world.minh, MONDAY, reason=WRONG)
    assert "không do cơ quan trong hệ thống" in refused.value.message
    code = sent(world)
    with pytest.raises(Forbidden):
        do(code, Action.RETURN_FORWARDED, world.minh, MONDAY + timedelta(days=2), reason=WRONG)
    do(code, Action.CONFIRM_RECEIPT, world.binh, MONDAY + timedelta(days=2), competent=True)
    do(code, Action.CLASSIFY, world.binh, MONDAY + timedelta(days=2))
    do(code, Action.ASSIGN, world.khanh, MONDAY + timedelta(days=2), assignee="binh")
    with pytest.raises(NotAllowedNow):
        do(code, Action.RETURN_FORWARDED, world.khanh, MONDAY + timedelta(days=3), reason=WRONG)
    returned = sent(world)
    do(returned, Action.RETURN_FORWARDED, world.khanh, MONDAY + timedelta(days=3), reason=WRONG)
    with pytest.raises(NotAllowedNow):  # who has its own back sends it on, but returns it to nobody
        do(returned, Action.RETURN_FORWARDED, world.minh, MONDAY + timedelta(days=4), reason=WRONG)


def test_the_third_hop_is_called_circling_until_the_matter_is_settled(world: World) -> None:
    """There, back, there again: the flag shows who sent it to whom and outlives every sweep."""
    code = sent(world)
    do(code, Action.RETURN_FORWARDED, world.khanh, date(2026, 10, 8), reason=WRONG)
    assert FlagKind.CIRCLING not in flags(code)
    do(code, Action.CONFIRM_RECEIPT, world.lan, date(2026, 10, 9), competent=False)
    do(code, Action.CLASSIFY, world.lan, date(2026, 10, 9))
    do(code, Action.TRANSFER, world.minh, date(2026, 10, 9), recipient="bao-lam")
    raised = flags(code)[FlagKind.CIRCLING]
    assert (raised.since, raised.subject) == (date(2026, 10, 9), 0)
    assert raised.evidence["hops"] == [
        {"from": "UBND xã An Bình", "to": "UBND xã Bảo Lâm", "on": "2026-10-06"},
        {"from": "UBND xã Bảo Lâm", "to": "UBND xã An Bình", "on": "2026-10-08"},
        {"from": "UBND xã An Bình", "to": "UBND xã Bảo Lâm", "on": "2026-10-09"},
    ]
    sweep(instant(date(2026, 10, 12)), now=instant(date(2026, 10, 12)))
    assert FlagKind.CIRCLING in flags(code)
    found = queue(world.hoa, Filters(flag=FlagKind.CIRCLING))
    assert [line.code for line in found.lines] == [code]
    do(code, Action.RETURN_FORWARDED, world.khanh, date(2026, 10, 13), reason=WRONG)
    assert len(flags(code)[FlagKind.CIRCLING].evidence["hops"]) == 4
    do(code, Action.CONFIRM_RECEIPT, world.lan, date(2026, 10, 14), competent=True)
    do(code, Action.CLASSIFY, world.lan, date(2026, 10, 14))
    do(code, Action.ASSIGN, world.minh, date(2026, 10, 14), assignee="an")
    do(
        code,
        Action.ANSWER,
        world.minh,
        date(2026, 10, 15),
        result="Đã khắc phục",
        document="9/UBND",
    )
    sweep(instant(date(2026, 10, 16)), now=instant(date(2026, 10, 16)))
    assert FlagKind.CIRCLING not in flags(code)


def test_the_receiver_answers_by_what_it_does(world: World) -> None:
    """The sender's own 30 days, counted from the receipt; telling the result answers it."""
    code = sent(world)
    assert replies(code)[0].due == date(2026, 11, 5)
    do(code, Action.CONFIRM_RECEIPT, world.binh, date(2026, 10, 9))
    db.session.expire_all()
    assert replies(code)[0].due == date(2026, 11, 9)  # the 8th is a Sunday
    (reply,) = office_of(world.lan, code).replies
    assert (reply.nature, reply.to, reply.subject) == (
        Nature.INTERNAL,
        "UBND xã Bảo Lâm",
        "Chuyển theo thẩm quyền",
    )
    assert reply.late(date(2026, 11, 10))
    assert not reply.late(date(2026, 11, 9))
    do(code, Action.CLASSIFY, world.binh, date(2026, 10, 12), competent=True)
    offers = {
        each.action: each
        for each in permissions(case_page(world.khanh, code), world.khanh, date(2026, 10, 12))
    }
    assert offers[Action.REPLY_TO_FORWARDER].allowed
    do(code, Action.REPLY_TO_FORWARDER, world.khanh, date(2026, 10, 13), content="Đang giải quyết")
    db.session.expire_all()
    assert replies(code)[0].answered_on == date(2026, 10, 13)
    told = db.session.scalars(
        select(OutboxMessage.recipient_id).where(OutboxMessage.kind == "reply_came")
    ).all()
    assert told == [world.users["minh"]]


def test_a_denunciation_is_answered_within_the_laws_twenty_days(world: World) -> None:
    """Its sender no longer sees it; what it waits for stands sealed beside the case."""
    given = replace(DENUNCIATION, received_on=MONDAY, competent=False)
    code = register(given, actor=world.lan, now=instant(MONDAY))
    do(
        code,
        Action.TRANSFER,
        world.minh,
        MONDAY,
        recipient="bao-lam",
        content="Chuyển theo thẩm quyền",
    )
    (waiting,) = replies(code)
    assert waiting.due == date(2026, 10, 26)  # the 25th is a Sunday
    assert waiting.words is None
    assert waiting.sealed is not None
    (reply,) = office_of(world.khanh, code).replies
    assert (reply.subject, reply.nature) == ("Chuyển theo thẩm quyền", Nature.STATUTORY)
    with pytest.raises(NotFound):
        office_of(world.minh, code)
    do(code, Action.RETURN_FORWARDED, world.khanh, date(2026, 10, 7), reason=WRONG)
    assert clock(code, Step.INITIAL_PROCESSING).trigger_on == date(2026, 10, 7)
    assert office_of(world.minh, code).replies[0].answer == WRONG


def test_a_reply_from_outside_is_noted_by_hand(world: World) -> None:
    """Answered on a day, in words, with a document; only by whoever asked, only once."""
    with transaction() as session:
        session.add(
            OutsideBody(name="Bộ Xây dựng", folded_name=fold("Bộ Xây dựng"), category="central")
        )
    code = feedback(world)
    do(code, Action.TRANSFER_OUT, world.minh, MONDAY, recipient="Bộ Xây dựng", document="1/UBND")
    assert case_of(code).state is State.TRANSFERRED
    (reply,) = office_of(world.lan, code).replies
    assert (reply.to, reply.due, reply.kind) == (
        "Bộ Xây dựng",
        date(2026, 11, 4),
        ReplyKind.FORWARDED,
    )
    with pytest.raises(Invalid) as early:
        perform(code, Action.RECORD_REPLY, {"content": "x"}, version=None, on=MONDAY - timedelta(days=1),
                actor=world.van, now=instant(MONDAY), late_reason="x")  # fmt: skip
    assert "on" in early.value.fields
    do(
        code,
        Action.RECORD_REPLY,
        world.van,
        date(2026, 10, 20),
        content="Đã giải quyết",
        document="5/BXD",
    )
    (reply,) = office_of(world.lan, code).replies
    assert (reply.answered_on, reply.answer, reply.document) == (
        date(2026, 10, 20),
        "Đã giải quyết",
        "5/BXD",
    )
    with pytest.raises(Invalid) as twice:
        do(code, Action.RECORD_REPLY, world.van, date(2026, 10, 21), content="lại")
    assert "awaited" in twice.value.fields


def test_orders_reports_and_filing_have_their_own_dates(world: World) -> None:
    """A subordinate is ordered, the superior is told, a filed paper comes back on its day."""
    code = sent(world)
    do(code, Action.ORDER_SUBORDINATE, world.phuc, date(2026, 10, 7), recipient="bao-lam",
       content="Giải quyết dứt điểm", until=date(2026, 10, 20))  # fmt: skip
    with pytest.raises(Invalid) as above:
        do(code, Action.ORDER_SUBORDINATE, world.khanh, date(2026, 10, 7), recipient="ubnd-tinh",
           content="x", until=date(2026, 10, 20))  # fmt: skip
    assert "recipient" in above.value.fields
    with pytest.raises(Invalid) as passed:
        do(code, Action.ORDER_SUBORDINATE, world.phuc, date(2026, 10, 7), recipient="bao-lam",
           content="x", until=date(2026, 10, 6))  # fmt: skip
    assert passed.value.fields == {"until": ["Hạn không được trước ngày giao."]}
    do(
        code,
        Action.REPORT_UP,
        world.khanh,
        date(2026, 10, 8),
        recipient="UBND tỉnh Sơn Lâm",
        content="Báo cáo",
    )
    shown = [
        (each.kind, each.asker, each.to, each.due) for each in office_of(world.phuc, code).replies
    ]
    assert shown[1:] == [
        (ReplyKind.ORDER, "UBND tỉnh Sơn Lâm", "UBND xã Bảo Lâm", date(2026, 10, 20)),
        (ReplyKind.REPORT_UP, "UBND xã Bảo Lâm", "UBND tỉnh Sơn Lâm", None),
    ]
    do(code, Action.RECORD_REPLY, world.phuc, date(2026, 10, 9), content="Đã báo cáo", awaited=2)
    filed = feedback(world)
    do(
        filed,
        Action.FILE_AND_WATCH,
        world.minh,
        MONDAY,
        ground="Đơn gửi để biết",
        until=date(2026, 12, 1),
    )
    assert case_of(filed).state is State.FILED
    assert office_of(world.lan, filed).waiting[0].due == date(2026, 12, 1)
    do(filed, Action.REOPEN, world.minh, date(2026, 10, 6), reason="Có nội dung mới")
    assert office_of(world.lan, filed).waiting == ()


def test_a_superior_that_orders_settlement_lets_go_of_the_case(world: World) -> None:
    """Its officer's charge, hop and papers end; the body below has the denunciation again, more than once."""
    code = register(replace(DENUNCIATION, received_on=MONDAY), actor=world.lan, now=instant(MONDAY))
    do(code, Action.ACCEPT, world.minh, MONDAY)
    routed(HEAD, work=Work.CORRESPONDENCE, agency="ubnd-tinh")
    for late in (MONDAY + timedelta(days=120), MONDAY + timedelta(days=150)):
        do(code, Action.FURTHER_DENUNCIATION, world.minh, late, reason="Quá hạn chưa giải quyết")
        assert case_of(code).agency_id == world.agencies["ubnd-tinh"]
        do(code, Action.ASSIGN, world.phuc, late, assignee="long")
        paper = propose(code, None, {}, "x:bao-cao", {}, actor=world.long, now=instant(late))
        ordered = {"outcome": Outcome.SETTLEMENT_ORDERED, "reason": "Yêu cầu giải quyết"}
        do(code, Action.DECIDE_FURTHER, world.phuc, late, **ordered, document="1/QĐ")
        case = case_of(code)
        assert (case.agency_id, case.officer_id) == (world.agencies["an-binh"], None)
        charges = select(Assignment).where(Assignment.until.is_(None))
        assert db.session.scalars(charges).all() == []
        assert db.session.scalars(select(Hop).where(Hop.state == HopState.OPEN)).all() == []
        assert row(paper).status is SubmissionStatus.DROPPED
        with pytest.raises(NotFound):
            case_page(world.long, code)
        assert case_page(world.minh, code).code == code


def test_of_a_voided_case_nobody_waits_for_a_reply(world: World) -> None:
    """What was asked is closed with the reason, since no reply could be noted there."""
    code = register(replace(COMPLAINT, received_on=MONDAY), actor=world.lan, now=instant(MONDAY))
    given = {"recipient": "an-binh", "content": "Báo cáo", "until": MONDAY + timedelta(days=3)}
    do(code, Action.ORDER_SUBORDINATE, world.phuc, MONDAY, **given)
    assert reply_counts(world.phuc, TODAY) != reply_counts(world.binh, TODAY)
    do(code, Action.VOID, world.minh, MONDAY, reason="Đăng ký nhầm")
    (closed,) = replies(code)
    assert closed.answered_on == MONDAY
    assert closed.words is not None
    assert "hủy" in closed.words["answer"]
    stations = {each.station: each.things for each in stations_of(world.phuc, TODAY)}
    assert not stations.get(Station.AWAITING_REPLY)


def test_joining_answers_whoever_forwarded_the_petition(world: World) -> None:
    code, tuesday = sent(world), MONDAY + timedelta(days=1)
    do(code, Action.CONFIRM_RECEIPT, world.khanh, tuesday)
    feedback_there = replace(COMPLAINT, kind=Kind.FEEDBACK, contested=None, received_on=MONDAY)
    other = register(feedback_there, actor=world.binh, now=instant(MONDAY))
    do(code, Action.JOIN, world.khanh, tuesday, into=other, reason="Cùng nội dung")
    assert [each.answered_on for each in replies(code)] == [tuesday]


def test_every_movement_is_an_event_with_both_ends(world: World) -> None:
    """The chain says who sent it to whom; nothing personal stands in it."""
    code = sent(world)
    do(code, Action.RETURN_FORWARDED, world.khanh, date(2026, 10, 8), reason=WRONG)
    data = db.session.scalars(
        select(Event.data).where(Event.action == Action.RETURN_FORWARDED.value)
    ).one()
    assert data["from_agency"] == world.agencies["bao-lam"]
    assert data["to_agency"] == world.agencies["an-binh"]
    assert WRONG not in str(data)
    assert case_of(code).source is COMPLAINT.source


def test_an_agency_sets_how_long_it_waits(world: World) -> None:
    """Its own target stands in for the 30 days; of a denunciation the law's limit cannot be outlasted."""
    given = TargetGiven("an-binh", Kind.FEEDBACK, Step.REPLY_TO_FORWARDER, 10, True, TODAY)
    set_target(given, reason="Quy chế", actor=world.tam, now=NOW)
    code = register(
        replace(COMPLAINT, kind=Kind.FEEDBACK, contested=None), actor=world.lan, now=NOW
    )
    for action, named in (
        (Action.CLASSIFY, {"competent": False}),
        (Action.TRANSFER, {"recipient": "bao-lam"}),
    ):
        perform(code, action, named, version=None, on=TODAY, actor=world.minh, now=NOW)
    assert replies(code)[0].due == date(
        2026, 12, 7
    )  # ten working days, the 24 November holiday off
    with pytest.raises(Invalid):
        set_target(
            replace(given, kind=Kind.DENUNCIATION, days=21, working_days=False),
            reason="Quy chế", actor=world.tam, now=NOW,
        )  # fmt: skip


def test_replies_follow_an_agency_that_is_merged(world: World) -> None:
    """What it asked and what it owes is its successor's."""
    code = sent(world)
    reorganise(merger(sources=("bao-lam",), into="so-nnmt"), actor=world.tam, now=NOW)
    db.session.expire_all()
    assert replies(code)[0].to_agency_id == world.agencies["so-nnmt"]
