"""Acting on cases: stories from the desk to the end, through the one way in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from config.database import db, transaction
from petitions.errors import Forbidden, Invalid, Leak, NotAllowedNow, NotFound, Stale
from petitions.models import Case, CaseLink, Deadline, Decision, Event, OutsideBody
from petitions.queries.case_page import case_page
from petitions.queries.cases import Filters, queue
from petitions.services.acts import perform
from petitions.services.intake import register
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.records import ClockState, LinkKind, Source
from workflows.vocabulary import Action, Actor, Coarse, Kind, Mark, Need, Outcome, State, Step


def instant(day: date) -> datetime:
    """Nine in the morning of that day in Vietnam."""
    return datetime.combine(day, time(2), UTC)


def do(code: str, action: Action, actor: Actor, on: date, **given: Any) -> str:
    """Perform one act, recorded on its own day."""
    payload = {Need(name): value for name, value in given.items()}
    return perform(code, action, payload, version=None, on=on, actor=actor, now=instant(on))


def state_of(code: str) -> tuple[State, Coarse]:
    db.session.rollback()
    row = db.session.execute(select(Case.state, Case.coarse).where(Case.code == code)).one()
    return row.state, row.coarse


def clock(code: str, step: Step) -> Deadline:
    db.session.rollback()
    return db.session.scalars(
        select(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .where(Case.code == code, Deadline.step == step)
        .order_by(Deadline.occurrence.desc())
    ).first()


def complaint(world: World, on: date) -> str:
    return register(replace(COMPLAINT, received_on=on), actor=world.lan, now=instant(on))


def settled(world: World) -> str:
    """A first-instance complaint decided on Monday 2026-11-02."""
    code = complaint(world, date(2026, 10, 6))
    do(code, Action.CLASSIFY, world.an, date(2026, 10, 7))
    do(code, Action.ACCEPT, world.minh, date(2026, 10, 9))
    do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 10, 9), assignee="an")
    do(code, Action.REPORT, world.an, date(2026, 10, 20), document="BC 12")
    do(code, Action.PLAN_DIALOGUE, world.minh, date(2026, 10, 21), dialogue_on=date(2026, 10, 29))
    do(code, Action.HOLD_DIALOGUE, world.minh, date(2026, 10, 29), document="BB 01")
    do(code, Action.DECIDE, world.minh, date(2026, 11, 2), found="partly_true", result="Đúng một phần", document="35/QĐ-UBND", returned_money=12_500_000)  # fmt: skip
    return code


def test_a_complaint_goes_from_the_desk_to_its_decision_and_up(world: World) -> None:
    """Accepted Friday 2026-10-09: thirty days end Sunday 8 November, so Monday the 9th."""
    code = settled(world)
    assert state_of(code) == (State.DECIDED, Coarse.RESOLVED)
    settlement = clock(code, Step.SETTLEMENT)
    assert (settlement.due, settlement.state) == (date(2026, 11, 9), ClockState.MET)
    assert settlement.closed_on == date(2026, 11, 2)
    assert clock(code, Step.SEND_DECISION).due == date(2026, 11, 5)
    assert db.session.scalars(select(Decision.number)).all() == ["35/QĐ-UBND"]
    do(
        code,
        Action.SEND_DECISION,
        world.van,
        date(2026, 11, 4),
        document="CV 3",
        recipient="Người khiếu nại",
    )
    do(code, Action.RECORD_SERVICE, world.van, date(2026, 11, 6), document="Biên nhận")
    assert clock(code, Step.SECOND_COMPLAINT_WINDOW).due == date(2026, 12, 7)  # 6 Dec is a Sunday
    second = do(code, Action.SECOND_INSTANCE, world.lan, date(2026, 11, 16))
    assert second != code and second.startswith("SL-2026-")
    assert state_of(code) == (State.SECOND_INSTANCE, Coarse.ESCALATED)
    upper = case_page(world.phuc, second)
    assert (upper.instance, upper.state, upper.links[0].kind) == (
        2,
        State.RECEIVED,
        LinkKind.SECOND_INSTANCE_OF,
    )
    assert upper.people[0].name == "Nguyễn Văn Đức"
    assert clock(second, Step.ACCEPTANCE_DECISION).due == date(
        2026, 11, 26
    )  # seven working days over 24/11


def test_a_second_complaint_is_never_decided_without_dialogue(world: World) -> None:
    """Law on Complaints art 39: the dialogue is mandatory, and the refusal says so."""
    second = do(settled(world), Action.SECOND_INSTANCE, world.lan, date(2026, 11, 9))
    do(second, Action.CLASSIFY, world.long, date(2026, 11, 9))
    do(second, Action.ACCEPT, world.phuc, date(2026, 11, 9))
    do(second, Action.ASSIGN_VERIFICATION, world.phuc, date(2026, 11, 9), assignee="long")
    do(second, Action.REPORT, world.long, date(2026, 11, 10), document="BC")
    with pytest.raises(NotAllowedNow) as refused:
        do(second, Action.DECIDE, world.phuc, date(2026, 11, 11), result="true", document="1/QĐ")
    assert "39" in refused.value.article


def test_suspension_pauses_the_settlement_clock(world: World) -> None:
    """Suspended from 12 to 26 October: the limit moves by fourteen days."""
    code = complaint(world, date(2026, 10, 6))
    do(code, Action.CLASSIFY, world.an, date(2026, 10, 7))
    do(code, Action.ACCEPT, world.minh, date(2026, 10, 9))
    do(
        code,
        Action.SUSPEND,
        world.minh,
        date(2026, 10, 12),
        ground="Bất khả kháng",
        reason="Bão lũ",
    )
    paused = clock(code, Step.SETTLEMENT)
    assert (paused.state, paused.due) == (ClockState.PAUSED, None)
    with pytest.raises(NotAllowedNow):
        do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 10, 13), assignee="an")
    do(code, Action.RESUME, world.minh, date(2026, 10, 26), reason="Hết lý do")
    resumed = clock(code, Step.SETTLEMENT)
    assert (resumed.state, resumed.nominal_end) == (ClockState.RUNNING, date(2026, 11, 22))
    assert resumed.due == date(2026, 11, 23)


def test_transfer_keeps_the_case_and_starts_the_receivers_clock(world: World) -> None:
    """The same case, received at the new body, whose seven days run from its own receipt."""
    code = complaint(world, date(2026, 10, 6))
    do(code, Action.CLASSIFY, world.an, date(2026, 10, 7), competent=False)
    do(code, Action.TRANSFER, world.minh, date(2026, 10, 8), recipient="bao-lam")
    assert state_of(code) == (State.RECEIVED, Coarse.RECEIVED)
    assert [line.code for line in queue(world.binh, Filters()).lines] == [code]
    assert case_page(world.lan, code).agency == "UBND xã Bảo Lâm"  # the sender keeps it in sight
    do(code, Action.CONFIRM_RECEIPT, world.binh, date(2026, 10, 12))
    assert clock(code, Step.ACCEPTANCE_DECISION).due == date(2026, 10, 21)
    for onlooker in (world.hoa, world.lan, world.minh, world.phuc):
        with pytest.raises(Forbidden):  # seeing is not acting
            do(code, Action.CLASSIFY, onlooker, date(2026, 10, 13))
    do(
        code,
        Action.URGE,
        world.phuc,
        date(2026, 10, 13),
        recipient="UBND xã Bảo Lâm",
        content="Đôn đốc",
    )


def test_dates_are_refused_at_the_field(world: World) -> None:
    """Not in the future, not before the act it follows, and late entries need a reason."""
    code = complaint(world, date(2026, 11, 2))
    for on in (date(2026, 11, 25), date(2026, 11, 1)):
        with pytest.raises(Invalid) as error:
            perform(code, Action.CLASSIFY, {}, version=None, on=on, actor=world.an,
                    now=instant(date(2026, 11, 3)))  # fmt: skip
        assert "on" in error.value.fields
    late: dict[str, Any] = {"version": None, "on": date(2026, 11, 3), "actor": world.an,
                            "now": instant(date(2026, 11, 9))}  # fmt: skip
    with pytest.raises(Invalid) as error:
        perform(code, Action.CLASSIFY, {}, **late)
    assert "late_reason" in error.value.fields
    perform(code, Action.CLASSIFY, {}, late_reason="Mất điện", **late)
    assert case_page(world.an, code).timeline[0].words == {"late_reason": "Mất điện"}


def test_two_officers_on_one_case(world: World) -> None:
    """The second one's form was opened before the first one's act: told so, nothing written."""
    code = complaint(world, date(2026, 11, 2))
    today = {"on": date(2026, 11, 3), "now": instant(date(2026, 11, 3))}
    perform(code, Action.CLASSIFY, {}, version=1, actor=world.an, **today)
    with pytest.raises(Stale):
        perform(code, Action.CLASSIFY, {}, version=1, actor=world.ha, **today)
    assert len(db.session.scalars(select(Event.id)).all()) == 2


def test_correcting_a_date_restates_the_deadline_and_shows_old_and_new(world: World) -> None:
    """Received on the 4th, not the 2nd: the acceptance clock moves, the event says from when to when."""
    code = complaint(world, date(2026, 11, 2))
    before = clock(code, Step.ACCEPTANCE_DECISION).due
    perform(
        code, Action.CORRECT_DATE,
        {Need.FACT: "received", Need.DAY: date(2026, 11, 4), Need.REASON: "Ghi nhầm"},
        version=None, on=date(2026, 11, 5), actor=world.an, now=instant(date(2026, 11, 5)),
    )  # fmt: skip
    after = clock(code, Step.ACCEPTANCE_DECISION)
    assert after.due > before and after.version == 2 and after.occurrence == 1
    moved = case_page(world.an, code).timeline[0].data["moved"]
    assert {
        "step": "acceptance_decision",
        "from": before.isoformat(),
        "to": after.due.isoformat(),
    } in moved


def test_corrections_keep_what_stood_before(world: World) -> None:
    """Before and after stand in the event; the new words are found, the old ones not."""
    code = complaint(world, date(2026, 11, 2))
    do(code, Action.CORRECT, world.lan, date(2026, 11, 2), reason="Ghi nhầm",
       changes={"parties.1.name": "Nguyễn Văn Đạt", "place_code": "99003"})  # fmt: skip
    page = case_page(world.lan, code)
    assert page.people[0].name == "Nguyễn Văn Đạt" and page.remote
    assert page.timeline[0].words["changes"]["parties.1.name"] == {
        "from": "Nguyễn Văn Đức", "to": "Nguyễn Văn Đạt",
    }  # fmt: skip


def test_split_and_undo(world: World) -> None:
    """A mixed petition becomes linked cases; undoing voids the parts and brings it back with its clocks."""
    code = complaint(world, date(2026, 11, 2))
    parts = [
        {"summary": "Phần đất đai", "content": "Về thu hồi đất"},
        {"summary": "Phản ánh rác thải", "content": "Về rác", "kind": "feedback"},
    ]
    first = do(
        code, Action.SPLIT, world.lan, date(2026, 11, 3), parts=parts, reason="Nhiều nội dung"
    )
    assert state_of(code) == (State.SPLIT, Coarse.RESOLVED)
    assert len(queue(world.lan, Filters()).lines) == 2
    assert clock(code, Step.ACCEPTANCE_DECISION).state is ClockState.ENDED
    do(code, Action.UNDO_SPLIT, world.minh, date(2026, 11, 4), reason="Nhầm")
    assert state_of(code) == (State.RECEIVED, Coarse.RECEIVED)
    assert state_of(first)[0] is State.VOIDED
    assert clock(code, Step.ACCEPTANCE_DECISION).state is ClockState.RUNNING


def test_join_and_undo(world: World) -> None:
    """A repeated petition is joined into the known case, which notes it; and back."""
    code, again = complaint(world, date(2026, 11, 2)), complaint(world, date(2026, 11, 3))
    assert do(again, Action.JOIN, world.an, date(2026, 11, 4), into=code, reason="Trùng") == code
    assert state_of(again)[0] is State.JOINED
    assert case_page(world.an, code).timeline[0].data == {"joined": again}
    do(again, Action.UNDO_JOIN, world.an, date(2026, 11, 5), reason="Nhầm")
    assert state_of(again)[0] is State.RECEIVED
    assert db.session.scalars(select(CaseLink.undone_on)).one() == date(2026, 11, 5)


def test_voiding_takes_a_second_person(world: World) -> None:
    """Who registered the entry cannot void it; its code is never given again."""
    wrong = register(replace(COMPLAINT, received_on=date(2026, 11, 2)), actor=world.minh,
                     now=instant(date(2026, 11, 2)))  # fmt: skip
    with pytest.raises((NotAllowedNow, Invalid)):
        do(wrong, Action.VOID, world.minh, date(2026, 11, 3), reason="Nhầm")
    do(wrong, Action.VOID, world.dung, date(2026, 11, 3), reason="Nhầm")
    assert state_of(wrong)[0] is State.VOIDED
    assert complaint(world, date(2026, 11, 3)) != wrong


def denunciation(world: World, on: date, **changes: Any) -> str:
    return register(
        replace(DENUNCIATION, received_on=on, **changes), actor=world.lan, now=instant(on)
    )


def test_a_denunciation_is_seen_by_the_few(world: World) -> None:
    """Only the competent head, those charged and the inspector with that duty; nobody else even counts it."""
    code = denunciation(world, date(2026, 11, 2))
    for reader in (world.lan, world.minh, world.hoa):
        assert [line.code for line in queue(reader, Filters()).lines] == [code]
    for reader in (
        world.an,
        world.son,
        world.dung,
        world.van,
        world.quy,
        world.phuc,
        world.binh,
        world.tam,
    ):
        assert queue(reader, Filters()).lines == ()
        with pytest.raises(NotFound):
            case_page(reader, code)
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 4))
    with pytest.raises(NotFound):
        case_page(world.lan, code)  # the desk has let go of it
    do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 11, 5), team=["an", "ha"])
    assert case_page(world.an, code).people[0].name is None
    assert not case_page(world.an, code).may_open_identity


def test_a_denunciation_against_the_head_goes_to_the_superior(world: World) -> None:
    """The chairman named in it, by account or by name alone, never learns of it."""
    respondents = (replace(DENUNCIATION.respondents[0], name="Trần Văn Minh"),)
    code = denunciation(world, date(2026, 11, 2), respondents=respondents)
    assert case_page(world.phuc, code).agency == "UBND tỉnh Sơn Lâm"
    assert queue(world.minh, Filters()).lines == ()


def test_words_of_an_act_may_not_name_the_denouncer(world: World) -> None:
    """The payload is checked against the sealed name, and what is kept of it lies sealed."""
    code = denunciation(world, date(2026, 11, 2))
    with pytest.raises(Leak):
        do(
            code,
            Action.REFUSE,
            world.minh,
            date(2026, 11, 4),
            ground="Điều 29",
            reason="Bà LÒ THỊ BÌNH MINH nêu",
        )
    do(
        code,
        Action.REFUSE,
        world.minh,
        date(2026, 11, 4),
        ground="Điều 29",
        reason="Không đủ căn cứ xác minh",
    )
    page = case_page(world.minh, code)
    assert page.timeline[0].words["reason"] == "Không đủ căn cứ xác minh"


def test_marks_of_a_group_are_needed_to_accept(world: World) -> None:
    """A mass complaint is accepted only with all signatures and the appointment (Decree 124/2020 art 16)."""
    people = tuple(
        replace(COMPLAINT.parties[0], name=f"Người {n}", id_number=None) for n in range(6)
    )
    code = register(
        replace(COMPLAINT, received_on=date(2026, 11, 2), parties=people, group_size=6),
        actor=world.lan, now=instant(date(2026, 11, 2)),
    )  # fmt: skip
    do(code, Action.CLASSIFY, world.an, date(2026, 11, 3))
    with pytest.raises(NotAllowedNow):
        do(code, Action.ACCEPT, world.minh, date(2026, 11, 4))
    marks = [Mark.ALL_SIGNATURES, Mark.REPRESENTATIVES_APPOINTED]
    do(
        code,
        Action.ADD_PAPER,
        world.lan,
        date(2026, 11, 4),
        document="Giấy cử đại diện",
        marks=marks,
    )
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 5))
    assert state_of(code)[0] is State.ACCEPTED


def test_feedback_is_answered_within_the_offices_own_limit(world: World) -> None:
    """No limit in law for settling feedback: thirty days of the office's own from assignment."""
    code = register(
        replace(COMPLAINT, kind=Kind.FEEDBACK, contested=None, received_on=date(2026, 11, 2)),
        actor=world.lan, now=instant(date(2026, 11, 2)),
    )  # fmt: skip
    do(code, Action.CLASSIFY, world.an, date(2026, 11, 3))
    do(code, Action.ASSIGN, world.minh, date(2026, 11, 4), assignee="an")
    own = clock(code, Step.INTERNAL_SETTLEMENT)
    assert (own.due, own.rule) == (date(2026, 11, 4) + timedelta(days=30), "internal")
    assert [line.code for line in queue(world.an, Filters(mine=True)).lines] == [code]
    do(
        code,
        Action.ANSWER,
        world.minh,
        date(2026, 11, 20),
        result="answered",
        document="CV 9",
        outcome=Outcome.OPEN,
    )
    assert state_of(code)[0] is State.ANSWERED


def test_the_acceptance_letter_is_the_notice_of_the_result(world: World) -> None:
    """Handed in at reception, told within ten working days (Law on Citizen Reception art 28(1)) by form 03."""
    code = complaint(world, date(2026, 11, 2))
    assert clock(code, Step.RESULT_NOTICE).state is ClockState.RUNNING
    do(code, Action.CLASSIFY, world.an, date(2026, 11, 3))
    do(code, Action.ACCEPT, world.minh, date(2026, 11, 4))
    assert clock(code, Step.RESULT_NOTICE).state is ClockState.MET


def test_a_complaint_the_press_forwarded_is_answered_to_it(world: World) -> None:
    """A body outside the system is owed the reply as much as one inside (Law on Complaints art 66(2))."""
    with transaction() as session:
        session.add(OutsideBody(name="Báo Sơn Lâm", folded_name="bao son lam", category="press"))
    code = register(
        replace(COMPLAINT, received_on=date(2026, 11, 2), forwarder_body="Báo Sơn Lâm", source=Source.PRESS),
        actor=world.lan, now=instant(date(2026, 11, 2)),
    )  # fmt: skip
    do(code, Action.REPLY_TO_FORWARDER, world.van, date(2026, 11, 4), content="Đã nhận, sẽ trả lời")
    assert case_page(world.van, code).papers[0].forwarder == "Báo Sơn Lâm"
