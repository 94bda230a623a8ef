"""Sessions of reception from the plan to the quota; visits from the door to what came of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import Case, Commitment, MeetingRequest, Visit, Visitor, VisitorBlind
from petitions.queries.meetings import meeting_request, meeting_requests, rooms, waiting_requests
from petitions.queries.quota import days_left, quota_months
from petitions.queries.reception import (
    schedule,
    session_shown,
    todays_sessions,
    visit_shown,
)
from petitions.queries.reception_register import register_rows
from petitions.queries.visitors import Comer
from petitions.services import meetings
from petitions.services.digest_judging import judge, reader_of
from petitions.services.digest_text import drawn_up
from petitions.services.intake import register
from petitions.services.reception_closing import (
    Held,
    Participant,
    cancel,
    explain_missed,
    hold,
    postpone,
)
from petitions.services.reception_sessions import Planned, Prepared, plan, post_schedule, prepare
from petitions.services.undertakings import Undertaking
from petitions.services.visit_outcomes import Concluded, conclude, tell_result, undo
from petitions.services.visit_rows import Taken
from petitions.services.visits import arrive, call, leave, receive, take_in, take_number, tie
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.commitments import CommitmentKind
from workflows.reception import (
    Host,
    MeetingStatus,
    QuotaStanding,
    RefusalGround,
    SessionKind,
    SessionManner,
    SessionStanding,
    VisitOutcome,
    VisitState,
)
from workflows.vocabulary import Actor, Kind

D = date
Count = Callable[[Callable[[], object]], int]
HEADS_DAYS = Planned(
    kind=SessionKind.PERIODIC, manner=SessionManner.OFFICE, host=Host.HEAD,
    days=(D(2026, 12, 4), D(2026, 12, 18)), starts_at="07:30", ends_at="11:30",
)  # fmt: skip
DUC = Comer(name="Nguyễn Văn Đức", birth_year=1970, id_number="001 070 000001", phone="0912345678")
SAID = Taken(people=(DUC,), said="Hỏi về bồi thường đất thôn Đoài", kind=Kind.COMPLAINT,
             field_code="thu-hoi-dat", place_code="99001")  # fmt: skip
SECRET = Taken(
    people=(Comer(name="Lò Thị Mật", birth_year=1985, phone="0987654321"),),
    said="Tố cáo cán bộ nhận tiền",
    kind=Kind.DENUNCIATION,
)


def on(day: date, hour: int = 9) -> datetime:
    """That hour of a Vietnamese day."""
    return datetime(day.year, day.month, day.day, hour - 7, tzinfo=UTC)


def version_of(actor: Actor, uid: str) -> int:
    return session_shown(actor, uid, TODAY).line.version


def seen(actor: Actor, uid: str) -> Any:
    db.session.rollback()
    return visit_shown(actor, uid)


def planned(actor: Actor, day: date, **more: Any) -> str:
    """A head's session on that day, planned the day the tests live on."""
    given = replace(HEADS_DAYS, days=(day,), **more)
    if day < TODAY:
        given = replace(given, reason="Ghi bổ sung")
    return plan(given, actor=actor, now=NOW)


def held_on(world: World, day: date, by: str = "minh", **more: Any) -> str:
    """A session of that day, closed with no visitor."""
    uid = planned(world.lan, day, **more)
    hold(uid, Held(held_by=by, no_visitor=True, recording="ổ đĩa 1"),
         version=version_of(world.lan, uid), actor=world.lan, now=NOW)  # fmt: skip
    return uid


def faults(work: Callable[[], object]) -> set[str]:
    with pytest.raises(Invalid) as error:
        work()
    return set(error.value.fields)


@pytest.fixture
def count(app: Flask) -> Count:
    """How many statements a piece of work asks of the database."""

    def counting(work: Callable[[], object]) -> int:
        seen: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            work()
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    return counting


# --- sessions --------------------------------------------------------------------------------


def test_a_schedule_is_planned_posted_and_told_late(world: World) -> None:
    """Posted on 20 November: in time for 4 December, too late for 25 November (last day: the 17th)."""
    plan(HEADS_DAYS, actor=world.lan, now=NOW, key="once")
    plan(HEADS_DAYS, actor=world.lan, now=NOW, key="once")
    late = planned(world.lan, D(2026, 11, 25))
    mobile = replace(HEADS_DAYS, kind=SessionKind.AD_HOC, manner=SessionManner.MOBILE,
                     days=(D(2026, 12, 5),), place="Nhà văn hóa thôn Đoài", place_code="99003",
                     reason="Nhiều người, nhiều cơ quan")  # fmt: skip
    plan(mobile, actor=world.lan, now=NOW)
    december = schedule(world.minh, world.minh.agency_id, D(2026, 12, 1), TODAY)
    assert [each.day for each in december.lines] == [
        D(2026, 12, 4),
        D(2026, 12, 5),
        D(2026, 12, 18),
    ]
    first, wandering, second = december.lines
    assert first.host_name == "Trần Văn Minh"
    assert (wandering.commune, wandering.posting) == ("Xã Nà Hẩu", None)
    assert first.posting is not None
    assert first.posting.last is not None
    assert first.posting.last.due == D(2026, 11, 27)
    assert not first.posting.late(TODAY)
    assert first.posting.late(D(2026, 11, 28))
    tardy = session_shown(world.lan, late, TODAY).line
    uids = {each.uid: each.version for each in (first, second, tardy)}
    assert faults(
        lambda: post_schedule(uids, on=D(2026, 11, 21), where=" ", actor=world.lan, now=NOW)
    ) == {"on", "where"}
    post_schedule(uids, on=TODAY, where="Cổng trụ sở", actor=world.lan, now=NOW)
    with pytest.raises(Stale):
        post_schedule(uids, on=TODAY, where="Cổng trụ sở", actor=world.lan, now=NOW)
    db.session.rollback()
    posted = session_shown(world.hoa, late, TODAY).line
    assert posted.posting is not None
    assert posted.posting.late(TODAY)
    assert not session_shown(world.lan, first.uid, TODAY).line.posting.late(TODAY)  # type: ignore[union-attr]
    for stranger in (world.binh, world.khanh, world.tam, world.giam):
        with pytest.raises(NotFound):
            session_shown(stranger, late, TODAY)
        with pytest.raises(NotFound):
            schedule(stranger, world.lan.agency_id, TODAY, TODAY)
    with pytest.raises(Forbidden):
        prepare(late, Prepared(), version=posted.version, actor=world.thu, now=NOW)


def test_what_a_plan_needs(world: World) -> None:
    """Place, ground, working day, order of hours, one session a day and hour."""
    plan(HEADS_DAYS, actor=world.lan, now=NOW)
    ad_hoc = replace(HEADS_DAYS, kind=SessionKind.AD_HOC)
    table: list[tuple[Planned, set[str]]] = [
        (HEADS_DAYS, {"days"}),
        (replace(HEADS_DAYS, days=()), {"days"}),
        (replace(HEADS_DAYS, days=(D(2026, 11, 24), D(2026, 11, 28))), {"days"}),
        (replace(HEADS_DAYS, days=(D(2026, 11, 5),)), {"reason"}),
        (ad_hoc, {"reason"}),
        (replace(HEADS_DAYS, manner=SessionManner.MOBILE, days=(D(2026, 12, 10),)), {"place"}),
        (replace(HEADS_DAYS, starts_at="11:00", ends_at="7:30"), {"ends_at"}),
        (replace(HEADS_DAYS, days=(D(2026, 12, 10),), place_code="0"), {"place_code"}),
        (replace(HEADS_DAYS, days=(D(2026, 12, 10),), host_username="binh"), {"host_username"}),
        (replace(HEADS_DAYS, days=(D(2026, 12, 10),), host_username="dung"), {"host_username"}),
        (replace(HEADS_DAYS, topic="x" * 301), {"topic"}),
    ]
    for given, fields in table:
        assert faults(lambda given=given: plan(given, actor=world.lan, now=NOW)) == fields, given  # type: ignore[misc]
    with pytest.raises(Forbidden):
        plan(HEADS_DAYS, actor=world.hoa, now=NOW)


def test_online_days_are_prepared_and_recorded(world: World) -> None:
    """Invited on the 20th for 27 November: one day late; not closed before the recording is noted."""
    uid = planned(world.lan, D(2026, 11, 27), manner=SessionManner.ONLINE)
    line = session_shown(world.lan, uid, TODAY).line
    assert (line.invitation.last.due, line.test.last.due) == (D(2026, 11, 19), D(2026, 11, 26))  # type: ignore[union-attr]
    bad = Prepared(invited_on=D(2026, 11, 28), posted_on=TODAY)
    assert faults(lambda: prepare(uid, bad, version=line.version, actor=world.lan, now=NOW)) == {
        "invited_on",
        "posted_at",
    }
    given = Prepared(invited_on=TODAY, posted_on=TODAY, posted_at="Trang tin")
    prepare(uid, given, version=line.version, actor=world.lan, now=NOW)
    day = on(D(2026, 11, 27))
    shown = receive(uid, SAID, actor=world.lan, now=day)
    version = seen(world.lan, shown).version
    conclude(shown, Concluded(outcome=VisitOutcome.ANSWERED, answer="Đã giải thích"),
             version=version, actor=world.lan, now=day)  # fmt: skip
    line = session_shown(world.lan, uid, TODAY).line
    assert line.invitation.late(D(2026, 11, 27))  # type: ignore[union-attr]
    held = Held(held_by="minh", participants=(Participant("Phạm Văn An", "Chuyên viên"),))

    def closing(more: Held) -> None:
        hold(uid, more, version=line.version, actor=world.lan, now=day)

    assert faults(lambda: closing(held)) == {"recording"}
    closing(replace(held, recording="ổ đĩa 3"))
    after = session_shown(world.lan, uid, D(2026, 11, 28))
    assert after.line.held_in_person
    assert after.participants == (("Phạm Văn An", "Chuyên viên"),)
    with pytest.raises(Conflict):
        take_number(uid, actor=world.lan, now=day)


def test_postponed_cancelled_missed(world: World) -> None:
    """Requests go along with a postponed day and wait again after a cancelled one."""
    uid = planned(world.lan, D(2026, 12, 4))
    wish = _asked(world)
    meetings.agree(wish, session_uid=uid, version=1, actor=world.minh, now=NOW)
    table: list[tuple[date, str, set[str]]] = [
        (D(2026, 12, 4), "Đi họp", {"to_day"}),
        (TODAY, " ", {"to_day", "reason"}),
    ]
    version = version_of(world.lan, uid)
    for to_day, reason, fields in table:
        assert fields == faults(
            lambda to_day=to_day, reason=reason: postpone(  # type: ignore[misc]
                uid, to_day=to_day, reason=reason, posted_on=None, version=version,
                actor=world.lan, now=NOW,
            )
        )  # fmt: skip
    later = postpone(uid, to_day=D(2026, 12, 8), reason="Đi họp tỉnh", posted_on=TODAY,
                     version=version, actor=world.lan, now=NOW)  # fmt: skip
    db.session.rollback()
    old, new = (session_shown(world.lan, each, TODAY) for each in (uid, later))
    assert old.line.standing is SessionStanding.POSTPONED
    assert old.line.moved_to == (later, D(2026, 12, 8))
    assert [each.name for each in new.expected] == ["Nguyễn Văn Đức"]
    cancel(later, reason="Không cần nữa", version=new.line.version, actor=world.lan, now=NOW)
    assert meeting_request(world.minh, wish).status is MeetingStatus.WAITING
    missed = planned(world.lan, D(2026, 12, 2))
    after = on(D(2026, 12, 3))
    with pytest.raises(Conflict):
        explain_missed(missed, reason="Bận", version=1, actor=world.lan, now=NOW)
    with pytest.raises(Conflict):
        postpone(missed, to_day=D(2026, 12, 9), reason="Bận", posted_on=None, version=1,
                 actor=world.lan, now=after)  # fmt: skip
    explain_missed(missed, reason="Đi chống bão", version=1, actor=world.lan, now=after)
    line = session_shown(world.lan, missed, D(2026, 12, 3)).line
    assert (line.standing, line.reason) == (SessionStanding.MISSED, "Đi chống bão")


# --- visits ----------------------------------------------------------------------------------


def test_the_first_visitor_makes_the_days_session(world: World) -> None:
    """One regular session a working day; the queue has numbers from 1; a day off has none."""
    first = take_number(None, actor=world.lan, now=NOW, key="a")
    assert take_number(None, actor=world.lan, now=NOW, key="a") == first
    take_number(None, actor=world.an, now=NOW)
    (today,) = todays_sessions(world.lan, TODAY)
    shown = session_shown(world.lan, today.uid, TODAY)
    assert [each.queue_number for each in shown.queue] == [1, 2]
    assert (today.kind, today.waiting) == (SessionKind.REGULAR, 2)
    one, two = shown.queue
    leave(one.uid, version=one.version, actor=world.lan, now=NOW)
    call(two.uid, version=two.version, actor=world.lan, now=NOW)
    with pytest.raises(Stale):
        call(two.uid, version=two.version, actor=world.lan, now=NOW)
    with pytest.raises(Conflict):
        call(two.uid, version=two.version + 1, actor=world.lan, now=NOW)
    db.session.rollback()
    assert session_shown(world.lan, today.uid, TODAY).current.queue_number == 2  # type: ignore[union-attr]
    take_number(None, actor=world.lan, now=NOW)
    db.session.rollback()
    assert [each.queue_number for each in session_shown(world.lan, today.uid, TODAY).queue] == [
        1,
        2,
        3,
    ]
    with pytest.raises(Conflict):
        take_number(None, actor=world.lan, now=on(D(2026, 11, 24)))
    with pytest.raises(Forbidden):
        take_number(None, actor=world.hoa, now=NOW)
    uid = planned(world.lan, D(2026, 12, 4))
    with pytest.raises(Conflict):
        take_number(uid, actor=world.lan, now=NOW)


def test_two_officers_take_the_next_number_at_once(app: Flask, world: World) -> None:
    """Six at once, on a day that has no session yet: one session, six numbers, no gap, nobody refused."""
    wrong: list[BaseException] = []

    def click(actor: Actor) -> None:
        with app.app_context():
            try:
                take_number(None, actor=actor, now=NOW)
            except BaseException as error:
                wrong.append(error)
            finally:
                db.session.remove()

    clicks = [threading.Thread(target=click, args=(each,)) for each in (world.lan, world.an) * 3]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert wrong == []
    db.session.rollback()
    numbers = db.session.execute(select(Visit.session_id, Visit.queue_number)).all()
    assert sorted(row.queue_number for row in numbers) == [1, 2, 3, 4, 5, 6]
    assert len({row.session_id for row in numbers}) == 1


def test_what_a_visit_needs(world: World) -> None:
    """Names, group sizes, representatives of the group (art 29)."""

    def group(count: int, named: int, chosen: int) -> Taken:
        people = tuple(
            Comer(name=f"Người {number}", is_representative=number < chosen)
            for number in range(named)
        )
        return Taken(people=people, people_count=count, said="Đòi đường")

    table: list[tuple[Taken, set[str]]] = [
        (Taken(people=()), {"people"}),
        (Taken(people=(Comer(name=" "),)), {"people.0.name"}),
        (replace(SAID, people_count=0), {"people_count"}),
        (group(1, 3, 0), {"people_count"}),
        (group(5, 5, 0), {"people"}),
        (group(10, 5, 3), {"people"}),
        (group(11, 8, 6), {"people"}),
        (group(1, 1, 1), {"people"}),
        (replace(SAID, security_note="Đập bàn"), {"security_risk"}),
        (replace(SAID, field_code="khong-co"), {"field_code"}),
        (replace(SAID, same_as="khong-co"), {"same_as"}),
        (replace(SAID, said="a\x00b"), {"said"}),
        (replace(SAID, note="x" * 501), {"note"}),
        (replace(SAID, people=(replace(DUC, address="x" * 301),)), {"people.0.address"}),
    ]
    for given, fields in table:
        assert faults(lambda given=given: receive(None, given, actor=world.lan, now=NOW)) == fields  # type: ignore[misc]
    assert db.session.scalar(select(func.count(Visit.id))) == 0
    for given in (group(5, 2, 2), group(10, 4, 1), group(11, 5, 5), group(3, 3, 0)):
        receive(None, given, actor=world.lan, now=NOW)


def test_the_same_person_in_the_same_matter_is_counted(world: World) -> None:
    """By identity number or name and year, in the same field; the officer's word goes first."""
    uids = [receive(None, SAID, actor=world.lan, now=NOW)]
    for uid in uids:
        _answered(world, uid)
    again = replace(SAID, people=(Comer(name="NGUYEN VAN DUC", birth_year=1970),))
    second = receive(None, again, actor=world.lan, now=NOW + timedelta(minutes=1))
    shown = seen(world.lan, second)
    assert shown.turn == 2
    assert [each.uid for each in shown.earlier] == uids
    assert shown.earlier[0].said.startswith("Hỏi về bồi thường")
    _answered(world, second)
    third = receive(None, replace(again, field_code=None, same_as=second), actor=world.lan,
                    now=NOW + timedelta(minutes=2))  # fmt: skip
    assert seen(world.lan, third).turn == 3
    other = replace(SAID, people=(replace(DUC, birth_year=1971, id_number=None),))
    fresh = receive(None, other, actor=world.lan, now=NOW + timedelta(minutes=3))
    assert (seen(world.lan, fresh).turn, seen(world.lan, fresh).earlier) == (1, ())
    new = receive(None, replace(SAID, same_as=""), actor=world.lan, now=NOW + timedelta(minutes=4))
    assert seen(world.lan, new).turn == 1


def test_a_confidential_visit_is_sealed_and_masked(world: World) -> None:
    """Nothing readable is stored; who received it and the inspector with the duty read it, the head not yet."""
    uid = receive(None, SECRET, actor=world.lan, now=NOW)
    asked = receive(None, replace(SAID, secrecy=True), actor=world.lan, now=NOW)
    db.session.rollback()
    for row in db.session.scalars(select(Visit)):
        assert row.words is None
        assert row.wrapped
        assert "nhận tiền".encode() not in (row.sealed or b"")
    for person in db.session.scalars(select(Visitor)):
        assert (person.name, person.folded_name, person.phone, person.id_number) == (None,) * 4
        assert "Lò Thị".encode() not in (person.sealed or b"")
    assert db.session.scalar(select(func.count()).select_from(VisitorBlind)) == 3 + 4
    for trusted in (world.lan, world.hoa):
        assert seen(trusted, uid).persons[0].name == "Lò Thị Mật"
        assert seen(trusted, uid).said == "Tố cáo cán bộ nhận tiền"
    strangers = (world.minh, world.an, world.dung, world.quy, world.phuc, world.binh, world.tam)
    for stranger in strangers:
        for each in (uid, asked):
            with pytest.raises(NotFound):
                seen(stranger, each)
    session = todays_sessions(world.an, TODAY)[0].uid
    masked = session_shown(world.an, session, TODAY).queue[0]
    assert (masked.seen, masked.names, masked.said, masked.kind) == (False, (), "", None)
    rows = register_rows(world.an, world.an.agency_id, TODAY, TODAY)
    assert [(row.number, row.masked, row.persons, row.said) for row in rows] == [
        (1, True, (), ""),
        (2, True, (), ""),
    ]
    mine = register_rows(world.lan, world.lan.agency_id, TODAY, TODAY)
    assert [row.persons[0].name for row in mine] == ["Lò Thị Mật", "Nguyễn Văn Đức"]
    with pytest.raises(NotFound):
        register_rows(world.binh, world.an.agency_id, TODAY, TODAY)
    _answered(world, uid)
    again = receive(None, replace(SECRET, same_as=uid), actor=world.lan,
                    now=NOW + timedelta(minutes=5))  # fmt: skip
    assert seen(world.lan, again).turn == 2
    by_another = receive(None, SECRET, actor=world.an, now=NOW + timedelta(minutes=6))
    assert seen(world.an, by_another).earlier == ()


def test_words_turn_out_to_be_a_denunciation(world: World) -> None:
    """Written readable first, then sealed with all of it; it never becomes readable again."""
    uid = receive(None, SAID, actor=world.lan, now=NOW)
    version = seen(world.lan, uid).version
    take_in(uid, SECRET, version=version, actor=world.lan, now=NOW)
    with pytest.raises(NotFound):
        seen(world.an, uid)
    take_in(uid, SAID, version=seen(world.lan, uid).version, actor=world.lan, now=NOW)
    shown = seen(world.lan, uid)
    assert (shown.confidential, shown.persons[0].id_number) == (True, "001070000001")
    assert db.session.scalar(select(func.count(Visitor.id)).where(Visitor.name.is_not(None))) == 0


OUTCOMES: list[tuple[dict[str, Any], set[str]]] = [
    ({"outcome": VisitOutcome.ANSWERED}, {"answer"}),
    ({"outcome": VisitOutcome.MORE_ASKED}, {"answer"}),
    ({"outcome": VisitOutcome.GUIDED}, {"guided_to"}),
    ({"outcome": VisitOutcome.REFUSED}, {"refusal_ground"}),
    ({"outcome": VisitOutcome.TO_BE_SETTLED}, {"promised_on", "contact"}),
    ({"outcome": VisitOutcome.TO_BE_SETTLED, "contact": "An", "promised_on": D(2026, 11, 19)}, {"promised_on"}),
    ({"outcome": VisitOutcome.CHECK_ORDERED}, {"undertakings"}),
    ({"outcome": VisitOutcome.MEETING_ASKED}, {"answer"}),
    ({"outcome": VisitOutcome.ADDED_TO_CASE}, {"case_code"}),
    ({"outcome": VisitOutcome.CASE_OPENED}, {"outcome"}),
    ({"outcome": VisitOutcome.OTHER}, {"answer"}),
    ({"outcome": VisitOutcome.GUIDED, "guided_to": "x" * 256}, {"guided_to"}),
]  # fmt: skip


def test_every_outcome_asks_for_what_the_law_wants(world: World) -> None:
    """Dates: refusal on a ground that needs form 01/TCD 26 November, result 7 December."""
    uid = receive(None, SAID, actor=world.lan, now=NOW)

    def say(**given: Any) -> Any:
        conclude(uid, Concluded(**given), version=seen(world.lan, uid).version,
                 actor=world.lan, now=NOW)  # fmt: skip
        return seen(world.lan, uid)

    for given, fields in OUTCOMES:
        assert faults(lambda given=given: say(**given)) == fields  # type: ignore[misc]
        db.session.rollback()
    shown = say(outcome=VisitOutcome.GUIDED, guided_to="TAND khu vực 2", document="05/HD")
    assert (shown.guided_to, shown.document, shown.result_due) == ("TAND khu vực 2", "05/HD", None)
    for ground in RefusalGround:
        shown = say(outcome=VisitOutcome.REFUSED, refusal_ground=ground)
        written = ground in {RefusalGround.LAW_9_3, RefusalGround.ANSWERED_BEFORE}
        assert shown.refusal_due == (D(2026, 11, 26) if written else None)
        assert shown.guided_to == ""
    promise = {"promised_on": D(2026, 12, 1), "contact": "Ông An, 0900000000"}
    shown = say(outcome=VisitOutcome.TO_BE_SETTLED, **promise)
    assert (shown.result_due, shown.promised_on) == (D(2026, 12, 7), D(2026, 12, 1))
    assert (shown.refusal_due, shown.refusal_ground) == (None, None)
    version = shown.version
    assert faults(
        lambda: tell_result(uid, on=D(2026, 11, 19), version=version, actor=world.lan, now=NOW)
    ) == {"on"}
    tell_result(uid, on=TODAY, version=shown.version, actor=world.lan, now=NOW)
    undo(uid, version=seen(world.lan, uid).version, actor=world.lan, now=NOW)
    shown = seen(world.lan, uid)
    assert (shown.state, shown.result_due, shown.result_told_on, shown.contact) == (
        VisitState.HEARD, None, None, "",
    )  # fmt: skip
    bad = Undertaking(what="", lead_agency_code="khong-co", due=D(2026, 11, 1))
    assert faults(lambda: say(outcome=VisitOutcome.CHECK_ORDERED, undertakings=(bad,))) == {
        "undertakings.0.what", "undertakings.0.lead_agency_code", "undertakings.0.due",
    }  # fmt: skip
    db.session.rollback()
    assert seen(world.lan, uid).outcome is None
    check = Undertaking(what="Kiểm tra hiện trạng", lead_agency_code="so-nnmt",
                        due=D(2026, 12, 10), kind=CommitmentKind.CHECK)  # fmt: skip
    shown = say(outcome=VisitOutcome.CHECK_ORDERED, undertakings=(check,))
    made = db.session.scalars(select(Commitment)).one()
    assert (made.visit_id, made.kind, made.words) == (
        shown.id, CommitmentKind.CHECK, {"what": "Kiểm tra hiện trạng"},
    )  # fmt: skip
    with pytest.raises(Conflict):
        undo(uid, version=shown.version, actor=world.lan, now=NOW)
    with pytest.raises(NotFound):
        undo(uid, version=shown.version, actor=world.binh, now=NOW)
    with pytest.raises(Forbidden):
        undo(uid, version=shown.version, actor=world.thu, now=NOW)


def test_a_check_from_a_confidential_visit_is_sealed(world: World) -> None:
    uid = receive(None, SECRET, actor=world.lan, now=NOW)
    check = Undertaking(what="Kiểm tra sổ thu", lead_agency_code="an-binh", due=D(2026, 12, 10))
    given = Concluded(outcome=VisitOutcome.CHECK_ORDERED, undertakings=(check,), answer="Đã giao")
    conclude(uid, given, version=seen(world.lan, uid).version, actor=world.lan, now=NOW)
    made = db.session.scalars(select(Commitment)).one()
    assert made.words is None
    assert "Kiểm tra".encode() not in (made.sealed or b"")


def test_a_visit_leads_to_a_case(world: World) -> None:
    """Opened by it or added to one; sealed when the case is a denunciation; only as far as seen."""
    uid = receive(None, SAID, actor=world.lan, now=NOW)
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    later = NOW + timedelta(minutes=5)
    with transaction() as session:
        tie(session, uid, _case(code), world.lan, NOW)
    shown = seen(world.lan, uid)
    assert (shown.outcome, shown.case_code, shown.state) == (
        VisitOutcome.CASE_OPENED, code, VisitState.DONE,
    )  # fmt: skip
    with pytest.raises(Conflict):
        undo(uid, version=shown.version, actor=world.lan, now=NOW)
    second = receive(None, SAID, actor=world.lan, now=later)
    given = Concluded(outcome=VisitOutcome.ADDED_TO_CASE, case_code=code, answer="Nộp thêm giấy")
    conclude(second, given, version=seen(world.lan, second).version, actor=world.lan, now=later)
    shown = seen(world.lan, second)
    assert (shown.outcome, shown.turn, shown.answer) == (
        VisitOutcome.ADDED_TO_CASE,
        2,
        "Nộp thêm giấy",
    )
    undo(second, version=shown.version, actor=world.lan, now=later)
    assert seen(world.lan, second).case_code is None
    wrong = Concluded(outcome=VisitOutcome.ADDED_TO_CASE, case_code="AB-2026-000099-9")
    with pytest.raises(NotFound):
        conclude(second, wrong, version=seen(world.lan, second).version, actor=world.lan, now=later)
    third = receive(None, replace(SAID, kind=None), actor=world.an, now=later)
    secret = register(DENUNCIATION, actor=world.an, now=later)
    with transaction() as session:
        tie(session, third, _case(secret), world.an, later)
    assert seen(world.an, third).confidential
    with pytest.raises(NotFound):
        seen(world.quy, third)
    (row,) = [
        each for each in register_rows(world.quy, world.an.agency_id, TODAY, TODAY) if each.masked
    ]
    assert (row.persons, row.case_code) == ((), None)
    with pytest.raises(NotFound), transaction() as session:
        tie(session, uid, _case(code), world.binh, NOW)


def _case(code: str) -> Case:
    return db.session.scalars(select(Case).where(Case.code == code)).one()


# --- requests to meet the leader -------------------------------------------------------------


def _answered(world: World, uid: str) -> None:
    conclude(uid, Concluded(outcome=VisitOutcome.ANSWERED, answer="Đã giải thích"),
             version=seen(world.lan, uid).version, actor=world.lan, now=NOW)  # fmt: skip


def _asked(world: World, given: Taken = SAID) -> str:
    """A visitor at the daily desk asks to meet the chair; the request's uid."""
    uid = receive(None, given, actor=world.lan, now=NOW)
    conclude(uid, Concluded(outcome=VisitOutcome.MEETING_ASKED, answer="Xin gặp Chủ tịch"),
             version=seen(world.lan, uid).version, actor=world.lan, now=NOW)  # fmt: skip
    return str(seen(world.lan, uid).meeting.uid)


def test_a_request_is_granted_moved_declined_and_met(world: World) -> None:
    """A yes takes a place, a no frees it; on the day the visitor stands in the leader's list."""
    wish = _asked(world)
    assert (waiting_requests(world.minh), waiting_requests(world.binh)) == (1, 0)
    near, far = planned(world.lan, D(2026, 12, 4)), planned(world.lan, D(2026, 12, 18))
    over = held_on(world, D(2026, 11, 19))
    for bad in (over, "khong-co", todays_sessions(world.lan, TODAY)[0].uid + "x"):
        assert faults(
            lambda bad=bad: meetings.agree(  # type: ignore[misc]
                wish, session_uid=bad, version=1, actor=world.minh, now=NOW
            )
        ) == {"session_uid"}
    meetings.agree(wish, session_uid=near, version=1, actor=world.minh, now=NOW)
    assert [(room.uid, room.taken) for room in rooms(world.minh, TODAY)] == [(near, 1), (far, 0)]
    with pytest.raises(Stale):
        meetings.decline(wish, reason="Đã trả lời", version=1, actor=world.minh, now=NOW)
    assert faults(
        lambda: meetings.decline(wish, reason=" ", version=2, actor=world.minh, now=NOW)
    ) == {"reason"}
    meetings.decline(wish, reason="Đã trả lời", version=2, actor=world.minh, now=NOW)
    line = meeting_request(world.lan, wish)
    assert (line.status, line.reason, line.why) == (
        MeetingStatus.DECLINED,
        "Đã trả lời",
        "Xin gặp Chủ tịch",
    )
    assert [room.taken for room in rooms(world.minh, TODAY)] == [0, 0]
    meetings.agree(wish, session_uid=far, version=3, actor=world.minh, now=NOW)
    assert meeting_request(world.lan, wish).reason == ""
    day = on(D(2026, 12, 18))
    with pytest.raises(Conflict):
        arrive(wish, actor=world.lan, now=NOW)
    came = arrive(wish, actor=world.lan, now=day, key="k")
    assert arrive(wish, actor=world.lan, now=day, key="k") == came
    shown = seen(world.lan, came)
    assert (shown.turn, shown.said, shown.queue_number) == (2, SAID.said, 1)
    db.session.rollback()
    assert session_shown(world.lan, far, D(2026, 12, 18)).expected[0].met_visit_uid == came
    with pytest.raises(Conflict):
        meetings.decline(wish, reason="Thôi", version=5, actor=world.minh, now=day)
    for stranger in (world.binh, world.khanh):
        with pytest.raises(NotFound):
            meeting_request(stranger, wish)
    assert meeting_requests(world.phuc) == ()


def test_who_received_the_visitor_hears_of_the_answer(world: World) -> None:
    """Once an answer, the latest alone, by the visit's number; of a confidential visit nothing more."""
    wish, closed = _asked(world), _asked(world, SECRET)
    near, far = planned(world.lan, D(2026, 12, 4)), planned(world.lan, D(2026, 12, 18))
    meetings.agree(wish, session_uid=near, version=1, actor=world.minh, now=NOW)
    meetings.decline(wish, reason="Đã trả lời", version=2, actor=world.minh, now=NOW, key="k")
    meetings.decline(wish, reason="Đã trả lời", version=2, actor=world.minh, now=NOW, key="k")
    meetings.agree(closed, session_uid=far, version=1, actor=world.minh, now=NOW)
    columns = OutboxMessage.__table__.c
    rows = db.session.execute(
        select(columns.id, columns.kind, columns.case_id, columns.payload, columns.recipient_id)
        .where(columns.kind.like("meeting%"))
        .order_by(columns.id)
    ).all()
    assert [row.kind for row in rows] == ["meeting_granted", "meeting_refused", "meeting_granted"]
    assert {row.recipient_id for row in rows} == {world.users["lan"]}
    reader = reader_of(world.users["lan"], TODAY)
    judged = judge(reader, rows, TODAY)
    assert judged.dropped == {rows[0].id: "superseded"}
    text = drawn_up(reader, judged, today=TODAY, kind="digest", slot="x").text
    assert "Lượt tiếp số 1 ngày 20/11/2026: Lãnh đạo không gặp người đến; báo cho họ lý do" in text
    assert "Lượt tiếp số 2 ngày 20/11/2026\n" in text and "đồng ý" not in text
    assert "Lò Thị Mật" not in text and SAID.said not in text
    assert text.count("/tiep-cong-dan/luot/") == 2
    stranger = judge(reader_of(world.users["binh"], TODAY), rows, TODAY)
    assert set(stranger.dropped.values()) == {"out_of_scope"} and not stranger.items
    db.session.rollback()
    meetings.decline(closed, reason="Thôi", version=2, actor=world.lan, now=NOW)
    count_now = select(func.count()).where(columns.kind.like("meeting%"))
    assert db.session.scalar(count_now) == 3, "nobody is told of his own answer"


def test_a_confidential_request_stays_sealed(world: World) -> None:
    """Its words, and the visit in the leader's session, are as closed as the visit it came from."""
    wish = _asked(world, SECRET)
    uid = planned(world.lan, D(2026, 12, 4))
    meetings.agree(wish, session_uid=uid, version=1, actor=world.minh, now=NOW)
    row = db.session.scalars(select(MeetingRequest)).one()
    assert row.words is None
    assert meeting_requests(world.dung) == ()
    (expected,) = session_shown(world.dung, uid, TODAY).expected
    assert (expected.seen, expected.name, expected.why) == (False, "", "")
    assert meeting_requests(world.minh)[0].name == "Lò Thị Mật"
    came = arrive(wish, actor=world.lan, now=on(D(2026, 12, 4)))
    assert seen(world.lan, came).confidential
    with pytest.raises(NotFound):
        seen(world.dung, came)
    assert db.session.scalar(select(func.count(Visitor.id)).where(Visitor.name.is_not(None))) == 0


# --- the days a head owes --------------------------------------------------------------------


def test_days_in_person_are_counted_and_compared(world: World) -> None:
    """November: the chair of An Bình received once in person, once a deputy did, once nobody."""
    held_on(world, D(2026, 11, 5))
    held_on(world, D(2026, 11, 5), starts_at="14:00", ends_at="16:00")
    held_on(world, D(2026, 11, 12), by="dung")
    held_on(world, D(2026, 11, 13), kind=SessionKind.AD_HOC, reason="Đông người")
    planned(world.lan, D(2026, 11, 17))
    planned(world.lan, D(2026, 11, 27))
    left = days_left(world.minh, TODAY)
    assert left is not None
    assert (left.counted.required, left.left, left.held) == (2, 1, (D(2026, 11, 5),))
    assert (left.missed, left.ahead) == ((D(2026, 11, 17),), (D(2026, 11, 27),))
    assert "136/2025" in left.citation
    november, october = quota_months(world.hoa, TODAY, 2, TODAY)
    lines = {line.code: line for line in november.lines}
    assert set(lines) == {"ubnd-tinh", "thanh-tra", "so-nnmt", "an-binh", "bao-lam"}
    mine = lines["an-binh"]
    assert (mine.head, mine.standing, len(mine.held), len(mine.ad_hoc)) == (
        "Trần Văn Minh", QuotaStanding.RUNNING, 2, 1,
    )  # fmt: skip
    assert november.percent == 0
    assert {line.standing for line in october.lines} == {QuotaStanding.SHORT}
    hold(mine.ahead[0][1], Held(held_by="minh", no_visitor=True), version=1, actor=world.lan,
         now=on(D(2026, 11, 27)))  # fmt: skip
    db.session.rollback()
    (after,) = quota_months(world.hoa, TODAY, 1, D(2026, 12, 1))
    assert {line.code: line.standing for line in after.lines}["an-binh"] is QuotaStanding.MET
    assert after.percent == 20
    assert [line.code for line in quota_months(world.minh, TODAY, 1, TODAY)[0].lines] == ["an-binh"]
    assert [line.code for line in quota_months(world.binh, TODAY, 1, TODAY)[0].lines] == ["bao-lam"]
    assert days_left(world.tam, TODAY) is None
    june = quota_months(world.minh, D(2026, 6, 1), 1, TODAY)[0].lines[0]
    assert (june.counted.required, june.standing) == (5, QuotaStanding.SHORT)


def test_closing_a_session(world: World) -> None:
    """Not before its day, not while somebody waits, not with nobody unless that is said."""
    uid = planned(world.lan, TODAY)
    number = take_number(uid, actor=world.lan, now=NOW)

    def close(**more: Any) -> None:
        hold(uid, Held(**{"held_by": "minh", **more}), version=version_of(world.lan, uid),
             actor=world.lan, now=NOW)  # fmt: skip

    assert faults(close) == {"visits", "no_visitor"}
    assert faults(lambda: close(held_by="binh", no_visitor=True)) == {"visits", "held_by"}
    take_in(number, SAID, version=seen(world.lan, number).version, actor=world.lan, now=NOW)
    _answered(world, number)
    assert faults(lambda: close(no_visitor=True)) == {"no_visitor"}
    assert faults(lambda: close(participants=(Participant(" "),))) == {"participants.0.name"}
    close()
    with pytest.raises(Conflict):
        undo(number, version=seen(world.lan, number).version, actor=world.lan, now=NOW)
    ahead = planned(world.lan, D(2026, 12, 4))
    with pytest.raises(Conflict):
        hold(ahead, Held(held_by="minh", no_visitor=True), version=1, actor=world.lan, now=NOW)


def test_reading_asks_as_often_for_many_as_for_few(world: World, count: Count) -> None:
    """A full queue, a full month and the register cost as many statements as nearly empty ones."""

    def asked() -> list[int]:
        db.session.rollback()
        session = todays_sessions(world.lan, TODAY)[0].uid
        return [
            count(lambda: session_shown(world.lan, session, TODAY)),
            count(lambda: schedule(world.lan, world.lan.agency_id, TODAY, TODAY)),
            count(lambda: register_rows(world.lan, world.lan.agency_id, TODAY, TODAY)),
            count(lambda: meeting_requests(world.lan)),
            count(lambda: quota_months(world.lan, TODAY, 1, TODAY)),
        ]

    _asked(world)
    few = asked()
    for given in (SAID, SECRET, SAID):
        _asked(world, replace(given, same_as=""))
    planned(world.lan, D(2026, 11, 25))
    planned(world.lan, D(2026, 11, 27))
    assert asked() == few
    assert max(few) <= 6
