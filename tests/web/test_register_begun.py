"""Registrations begun from what is known: a visit, a group's member before, a likely repeat, a suggestion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select

from config.database import db
from petitions.models import Case, CaseLink, EventDetail, Visit
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.reception_rows import a_session, a_visit
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.web.browsing import Visitor
from tests.web.test_register import DENOUNCED, TYPED, cases, code_of
from tests.world import World
from workflows.reception import VisitOutcome, VisitState
from workflows.records import LinkKind
from workflows.vocabulary import Actor

Visit_ = Callable[[Actor | None], Visitor]


def test_a_visit_is_taken_over_and_told_what_it_led_to(visit: Visit_, world: World) -> None:
    """In the transaction of the registration; nobody else's visit, and never twice."""
    uid = a_visit(world, a_session(world), state=VisitState.HEARD, outcome=None)
    lan = visit(world.lan)
    page = lan.open(f"/dang-ky?visit={uid}")
    assert page.form("/dang-ky").fields["parties.0.name"] == "Nguyễn Văn Được"
    code = code_of(lan.send(page, TYPED, action="/dang-ky"))
    row = db.session.scalars(select(Visit).where(Visit.uid == uid)).one()
    case = db.session.scalars(select(Case).where(Case.code == code)).one()
    assert (row.case_id, row.outcome) == (case.id, VisitOutcome.CASE_OPENED)
    once_more = TYPED | {"seen.reason": "Việc khác"}
    again = lan.send(lan.open(f"/dang-ky?visit={uid}"), once_more, status=422)
    assert "đã gắn với hồ sơ khác" in again.faults["visit"]
    assert cases() == 1
    for stranger in (world.khanh, world.binh):
        assert visit(stranger).get(f"/dang-ky?visit={uid}").status_code in {403, 404}


def test_the_next_member_of_a_group(visit: Visit_, world: World) -> None:
    """The matter is there, nobody's name is, and the two cases belong together."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    lan = visit(world.lan)
    page = lan.open(f"/dang-ky?like={code}")
    fields = page.form("/dang-ky").fields
    assert (fields["content"].strip(), fields["parties.0.name"]) == (COMPLAINT.content, "")
    sent = lan.send(page, {"parties.0.name": "Trần Thị Hạnh"}, action="/dang-ky")
    fresh = db.session.scalar(select(Case.id).where(Case.code == code_of(sent)))
    link = db.session.scalars(select(CaseLink)).one()
    assert (link.from_case_id, link.kind) == (fresh, LinkKind.RELATED)
    assert visit(world.khanh).get(f"/dang-ky?like={code}").status_code in {403, 404}


def test_a_repeat_is_told_and_the_officer_decides(visit: Visit_, world: World) -> None:
    """Linked, or gone on with a word why, which stands beside the event; never to a case out of reach."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    lan = visit(world.lan)
    told = lan.send(lan.open("/dang-ky"), TYPED, status=422)
    assert set(told.faults) == {"seen-reason"}
    assert f"Đăng ký và liên kết với {code}" in told.words
    assert told.form("/dang-ky").fields["content"] == TYPED["content"]
    unknown = lan.send(told, {"seen.choice": "link:AB-2026-999999-0"}, status=422)
    assert "Không tìm thấy" in unknown.faults["seen-choice"]
    lan.send(told, {"seen.choice": f"link:{code}"})
    assert db.session.scalar(select(CaseLink.kind)) is LinkKind.RELATED
    lan.send(told, {"seen.choice": "new", "seen.reason": "Đơn của thửa khác", "_once": "another"})
    kept = [row.content for row in db.session.scalars(select(EventDetail))]
    assert {"repeat_reason": "Đơn của thửa khác"} in kept
    assert cases() == 3


def test_a_denunciation_is_never_linked_to_a_readable_case(visit: Visit_, world: World) -> None:
    """Either way round; the link would name the denouncer."""
    secret = register(DENUNCIATION, actor=world.lan, now=NOW)
    code = register(replace(COMPLAINT, summary="Đơn khác"), actor=world.lan, now=NOW)
    lan = visit(world.lan)
    clean = DENOUNCED | {"content": "Cán bộ nhận tiền khi làm hồ sơ."}
    for typed, other in ((clean, code), (TYPED, secret)):
        page = lan.send(lan.open("/dang-ky"), typed | {"seen.choice": f"link:{other}"}, status=422)
        assert "ai là người tố cáo" in page.faults["seen-choice"]
    assert cases() == 2


def test_a_suggestion_is_shown_with_its_reason_and_taken_by_a_button(
    visit: Visit_, world: World
) -> None:
    """Nothing is chosen by itself; what was taken is not offered again."""
    lan = visit(world.lan)
    typed = TYPED | {
        "field_code": "",
        "kind": "feedback",
        "respondents.0.workplace": "UBND xã Bảo Lâm",
    }
    page = lan.send(lan.open("/dang-ky"), typed, press=("_take", ""), status=200)
    assert "Gợi ý: Khiếu nại — vì có “khiếu nại quyết định”" in page.words
    fields = page.form("/dang-ky").fields
    assert (fields["kind"], fields["field_code"]) == ("feedback", "")
    page = lan.send(page, press=("_take", "kind:complaint"), status=200)
    page = lan.send(page, press=("_take", "field_code:thu-hoi-dat"), status=200)
    fields = page.form("/dang-ky").fields
    assert (fields["kind"], fields["field_code"]) == ("complaint", "thu-hoi-dat")
    assert "Gợi ý" not in page.words
    assert "Thẩm quyền: Người đứng đầu UBND xã Bảo Lâm" in page.words
    assert "Luật Khiếu nại" in page.words
    page = lan.send(page, press=("_take", "competent:false"), status=200)
    assert page.form("/dang-ky").inputs["competent"] is not None
    assert not page.root.xpath("//input[@id='competent'][@checked]")
    assert cases() == 0
