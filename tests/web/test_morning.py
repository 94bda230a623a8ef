"""The morning page: it agrees with the stations, says why, opens the act, and costs the same for many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.models import (
    Case,
    Dialogue,
    MeetingRequest,
    ReceptionSession,
    SurveyAnswer,
    Visit,
)
from petitions.queries.stations import stations_of
from petitions.queries.tasks import Span, tasks_of
from petitions.web.morning import last_working_day
from tests.conftest import NOW, TODAY
from tests.petitions.station_world import Desk
from tests.web.browsing import Visitor
from tests.web.cases import DENUNCIATION, done, in_verification, registered
from tests.world import World
from workflows.office import SubmissionStatus
from workflows.reception import (
    Host,
    MeetingStatus,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitState,
)
from workflows.records import SurveyChannel
from workflows.stations import Station
from workflows.vocabulary import Action, Actor, Kind, Need, Role, State

Visit_ = Callable[[Actor | None], Visitor]
WHO = ("minh", "dung", "son", "an", "lan", "van", "hoa", "giam")


def _code(number: int) -> str:
    code = db.session.execute(select(Case.code).where(Case.id == number)).scalar_one()
    db.session.rollback()
    return str(code)


def test_the_counts_are_those_of_the_stations(world: World) -> None:
    """For every hat: late = the station of late cases; today and this week = the station of near ones."""
    desk = Desk(world)
    for ahead in (-40, -1, 0, 0, 1, 7, 8, 30):
        desk.case(due=TODAY + timedelta(days=ahead), officer=world.an if ahead % 2 else None)
    desk.case(Kind.DENUNCIATION, due=TODAY)
    for name in WHO:
        actor = world.actors[name]
        at = {each.station: each.things for each in stations_of(actor, TODAY)}
        spans = tasks_of(actor, TODAY)
        assert spans[Span.LATE].all == at[Station.OVERDUE], name
        assert spans[Span.TODAY].all + spans[Span.WEEK].all == at[Station.NEAR_DUE], name
    assert tasks_of(world.minh, TODAY)[Span.TODAY].all == 3
    assert tasks_of(world.binh, TODAY)[Span.TODAY].all == 0


def test_a_line_says_why_and_opens_the_act(visit: Visit_, world: World) -> None:
    """The days, from what day, by which article; the button opens the form itself."""
    late = registered(world, received_on=date(2026, 11, 9), late_reason="Nhập bù từ sổ giấy")
    full = in_verification(world)
    sealed = registered(world, DENUNCIATION, received_on=date(2026, 11, 11), late_reason="Nhập bù")
    minh = visit(world.minh)
    page = minh.open("/sang-nay")
    assert "Thụ lý hoặc từ chối thụ lý: 7 ngày làm việc từ ngày nhận đơn 09/11/2026" in page.words
    assert "Khoản 1 Điều 16 Nghị định 124/2020/NĐ-CP" in page.words
    assert f"/ho-so/{late}/viec/classify" in page.links()
    assert sealed in page.text
    for link in page.links():
        if not link.startswith("#"):
            assert minh.get(link).status_code == 200, link
    stranger = visit(world.binh).open("/sang-nay")
    assert not {late, full, sealed} & set(stranger.text.replace('"', " ").replace("/", " ").split())
    assert sealed not in visit(world.an).open("/sang-nay").text
    assert visit(world.tam).get("/sang-nay").status_code == 403


def test_what_waits_for_a_signature_and_what_others_did(visit: Visit_, world: World) -> None:
    """A paper lies on one table; one's own doings are no news; an empty part teaches."""
    empty = visit(world.minh).open("/sang-nay")
    assert "Sáng nay không có việc nào chờ bạn" not in empty.words or "tự hiện ở đây" in empty.words
    desk = Desk(world)
    number = desk.case(state=State.CLASSIFIED, officer=world.an, due=TODAY)
    desk.proposal(
        number,
        Action.ACCEPT,
        SubmissionStatus.SUBMITTED,
        author=world.an,
        holder=world.minh,
        step=2,
        due=TODAY,
    )
    page = visit(world.minh).open("/sang-nay")
    assert "Chờ tôi ký, duyệt 1" in page.words
    assert "Bạn là người ký" in page.words
    assert [link for link in page.links() if link.startswith("/to-trinh/")]
    assert f"/ho-so/{_code(number)}/viec/accept" not in page.links()  # its proposal is on the table
    dung = visit(world.dung).open("/sang-nay")
    assert "tờ trình đang ở chỗ Trần Văn Minh" in dung.words
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    told = visit(world.minh).open("/sang-nay").words
    assert "Phân loại" in told
    assert "Nguyễn Thị Lan" in told
    assert code in told
    assert code not in visit(world.lan).open("/sang-nay").words.split("Thay đổi từ")[1]


def test_reception_dialogues_and_unhappy_answers_wait_too(visit: Visit_, world: World) -> None:
    """What the head answers for besides cases; Bình's page knows none of it."""
    number = Desk(world).case(state=State.DIALOGUE_PLANNED, officer=world.an)
    agency = world.agencies["an-binh"]
    with transaction() as session:
        planned = TODAY + timedelta(days=9)
        session.execute(
            insert(Dialogue).values(case_id=number, planned_on=planned, place="Nhà văn hóa")
        )
        sitting = session.execute(
            insert(ReceptionSession)
            .values(
                uid="a" * 32,
                version=1,
                agency_id=agency,
                kind=SessionKind.PERIODIC,
                manner=SessionManner.OFFICE,
                day=TODAY + timedelta(days=5),
                host=Host.HEAD,
                host_id=world.minh.user_id,
                status=SessionStatus.PLANNED,
                created_by=world.lan.user_id,
                created_at=NOW,
            )
            .returning(ReceptionSession.id)
        ).scalar_one()
        came = session.execute(
            insert(Visit)
            .values(
                uid="b" * 32,
                version=1,
                session_id=sitting,
                agency_id=agency,
                queue_number=1,
                arrived_at=NOW,
                state=VisitState.HEARD,
                received_by=world.lan.user_id,
                people=7,
            )
            .returning(Visit.id)
        ).scalar_one()
        session.execute(
            insert(MeetingRequest).values(
                uid="c" * 32,
                version=1,
                visit_id=came,
                agency_id=agency,
                status=MeetingStatus.WAITING,
                asked_on=TODAY,
            )
        )
        session.execute(
            insert(SurveyAnswer).values(
                uid="d" * 32, case_id=number, agency_id=agency, channel=SurveyChannel.COUNTER,
                answered_at=NOW,
                answered_on=TODAY, spirit=1, attitude=1, responsibility=2, timeliness=1, quality=1,
                needs_look=True,
            )
        )  # fmt: skip
    words = visit(world.minh).open("/sang-nay").words
    assert "Nhà văn hóa" in words
    assert "7 người xin gặp lãnh đạo" in words
    assert "Niêm yết trước ít nhất 5 ngày làm việc" in words
    assert "Người dân chưa hài lòng 1" in words
    for stranger in (world.binh, world.khanh):
        said = visit(stranger).open("/sang-nay").words
        assert "Nhà văn hóa" not in said
        assert "7 người" not in said


@pytest.mark.parametrize("number", [1, 40])
def test_the_page_takes_at_most_twelve_statements(
    visit: Visit_, world: World, statements: Callable[[], Any], number: int
) -> None:
    """Beside those of sign-in and scope, whatever the number of cases."""
    desk = Desk(world)
    for ahead in range(number):
        desk.case(due=TODAY + timedelta(days=ahead % 9 - 3))
    for actor in (world.minh, world.an, world.hoa):
        person = visit(actor)
        person.open("/sang-nay")
        with statements() as found:
            person.open("/sang-nay")
        assert len(found.page()) <= 12, found.page()


def test_where_the_day_begins(visit: Visit_, world: World) -> None:
    """Who leads reads the morning page first, the others their queue; it is everybody's first entry."""
    for name, actor in world.actors.items():
        begin = visit(actor).get("/").headers["Location"]
        leads = actor.role in {Role.HEAD, Role.DEPUTY_HEAD, Role.SECTION_HEAD}
        expected = "/sang-nay" if leads else "/quan-tri/nguoi-dung" if name == "tam" else "/tram"
        assert begin == expected, name


def test_the_last_working_day_passes_over_the_weekend(app: Any, world: World) -> None:
    with app.app_context():
        assert last_working_day(date(2026, 11, 23)) == date(2026, 11, 20)
        assert last_working_day(date(2026, 11, 20)) == date(2026, 11, 19)
