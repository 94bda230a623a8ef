"""Pages of verification and of replies awaited: lists, filters, noting a reply, ticking a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import render_template

from petitions.queries.advising import office_of
from petitions.queries.awaited import Answered, ReplyFilters, Side, awaited_replies, reply_counts
from tests.conftest import TODAY
from tests.petitions.test_advising import Bodies, paper
from tests.web.browsing import Visitor
from tests.web.cases import DENUNCIATION, done, registered
from tests.world import World
from workflows.office import ReplyKind
from workflows.vocabulary import Action, Actor, Kind, Need

Visit = Callable[[Actor | None], Visitor]


def forwarded(world: World, days: int = 0) -> str:
    """Feedback of An Bình sent to Bảo Lâm so many days ago."""
    on = TODAY - timedelta(days=days)
    code = registered(
        world, kind=Kind.FEEDBACK, contested=None, received_on=on, late_reason="Nhập bù từ sổ giấy"
    )
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: False}, on)
    done(
        code,
        Action.TRANSFER,
        world.minh,
        {Need.RECIPIENT: "bao-lam", Need.CONTENT: "Chuyển xem xét"},
        on,
    )
    return code


def test_what_was_forwarded_waits_until_it_is_answered(visit: Visit, world: World) -> None:
    """Listed at the sender with its day, owed at the receiver, gone once the reply is noted."""
    late, fresh = forwarded(world, 40), forwarded(world)
    page = visit(world.van).open("/da-chuyen-chua-tra-loi")
    assert page.words.index(late) < page.words.index(fresh)
    assert "quá hạn" in page.words
    assert "hạn nội bộ" in page.words
    assert "UBND xã Bảo Lâm" in page.words
    owed = visit(world.binh).open("/cho-phuc-dap?side=owed")
    assert late in owed.words
    assert "Ghi phúc đáp" not in owed.words
    assert late not in visit(world.binh).open("/cho-phuc-dap").words
    assert fresh not in visit(world.van).open("/cho-phuc-dap?answered=late").words
    van = visit(world.van)
    form = van.open(f"/ho-so/{late}/phuc-dap/1")
    refused = van.send(form, {"content": ""}, status=422)
    assert set(refused.faults) == {"content"}
    van.follow(van.send(refused, {"content": "Đã giải quyết xong", "document": "7/UBND"}))
    assert late not in van.open("/da-chuyen-chua-tra-loi").words
    assert "Đã giải quyết xong" in van.open("/cho-phuc-dap?answered=answered").words
    assert van.get(f"/ho-so/{late}/phuc-dap/1").status_code == 409
    assert van.get(f"/ho-so/{late}/phuc-dap/9").status_code == 404
    assert visit(world.binh).get(f"/ho-so/{fresh}/phuc-dap/1").status_code == 403


def test_lists_are_narrowed(visit: Visit, world: World) -> None:
    """By kind, agency, lateness and side; nonsense is told at its field."""
    code = forwarded(world, 2)
    done(code, Action.ORDER_SUBORDINATE, world.phuc,
         {Need.RECIPIENT: "bao-lam", Need.CONTENT: "Khẩn trương", Need.UNTIL: TODAY + timedelta(days=3)})  # fmt: skip
    phuc = visit(world.phuc)
    assert code in phuc.open("/cho-phuc-dap?kind=order&agency=bao-lam").words
    assert "Không có việc nào khớp" in phuc.open("/cho-phuc-dap?kind=draft").words
    assert "Chỉ đạo cấp dưới" in visit(world.khanh).open("/cho-phuc-dap?side=owed&kind=order").words
    assert code in phuc.open("/cho-phuc-dap?below=true&kind=forwarded").words
    assert set(phuc.open("/cho-phuc-dap?kind=x", status=422).faults) == {"kind"}
    assert visit(world.tam).get("/cho-phuc-dap").status_code == 403


def test_counts_and_pages_agree(world: World, statements: Callable[[], Any]) -> None:
    """One statement counts; each list is one statement, whatever its length."""
    for days in (40, 35, 1):
        forwarded(world, days)
    denounced = registered(world, DENUNCIATION, competent=False)
    done(denounced, Action.TRANSFER, world.minh, {Need.RECIPIENT: "bao-lam"})
    with statements() as seen:
        counts = reply_counts(world.van, TODAY)
    assert len(seen.page()) == 1
    assert (counts.forwarded, counts.forwarded_late, counts.asked, counts.owed) == (3, 2, 3, 0)
    assert reply_counts(world.khanh, TODAY).owed == 4
    assert reply_counts(world.binh, TODAY).owed == 3  # nothing of a denunciation he may not see
    with statements() as seen:
        found = awaited_replies(world.van, ReplyFilters(answered=Answered.LATE), TODAY)
    assert (found.total, len(seen.page())) == (2, 1)
    mine = awaited_replies(world.khanh, ReplyFilters(side=Side.OWED), TODAY)
    assert [line.reply.kind for line in mine.lines] == [ReplyKind.FORWARDED] * 4
    assert awaited_replies(world.van, ReplyFilters(agency="ubnd-tinh"), TODAY).lines == ()


def test_a_verification_is_ticked_off(visit: Visit, world: World) -> None:
    """The team's page: who works on it, what is done, the paper beside each step."""
    bodies = Bodies(world)
    code = bodies.complaint()
    assert "Chưa giao xác minh" in visit(world.phuc).open(f"/ho-so/{code}/xac-minh").words
    done(
        code,
        Action.ASSIGN_VERIFICATION,
        world.phuc,
        {Need.LEAD: "thanh-tra", Need.COOPERATING: ["so-nnmt"]},
    )
    done(code, Action.FORM_TEAM, bodies.chief, {Need.ASSIGNEE: "quy", Need.TEAM: ["hoa"]})
    plan = paper(code, "Kế hoạch xác minh số 3")
    quy = visit(world.quy)
    page = quy.open(f"/ho-so/{code}/xac-minh")
    assert "Thanh tra tỉnh Sơn Lâm chủ trì từ" in page.words
    assert "Trưởng đoàn" in page.words
    wrong = quy.send(page, {"done_on": "20/11/2026"}, action="xac-minh/plan", status=422)
    assert "Bước này phải có tài liệu" in wrong.words
    quy.follow(
        quy.send(wrong, {"done_on": "20/11/2026", "paper": str(plan)}, action="xac-minh/plan")
    )
    page = quy.open(f"/ho-so/{code}/xac-minh")
    assert "đã xong 1/11 bước" in page.words
    assert "tài liệu 1: Kế hoạch xác minh số 3" in page.words
    assert "Ghi đã xong" not in visit(world.thu).open(f"/ho-so/{code}/xac-minh").words
    assert visit(world.lan).get(f"/ho-so/{code}/xac-minh").status_code == 404


def test_the_panel_of_a_case(app: Any, world: World) -> None:
    """Helpers, replies with their days and the way the paper went; nothing for a plain case."""
    code = forwarded(world, 40)
    with app.test_request_context():
        shown = render_template(
            "case_office.html", office=office_of(world.lan, code), today=TODAY, actor=world.lan
        )
        plain = render_template(
            "case_office.html",
            office=replace(office_of(world.lan, registered(world)), agencies=()),
            today=TODAY,
            actor=world.lan,
        )
    assert "UBND xã An Bình → UBND xã Bảo Lâm" in shown
    assert "quá hạn" in shown
    assert "Ghi phúc đáp" in shown
    assert plain.strip() == ""


def test_bodies_and_teams_are_chosen_on_forms(visit: Visit, world: World) -> None:
    """The settler picks lead and partners, the lead its people from all of them; the timeline tells."""
    bodies = Bodies(world)
    code = bodies.complaint()
    chair, chief = visit(world.phuc), visit(bodies.chief)
    form = chair.open(f"/ho-so/{code}/viec/assign_verification")
    refused = chair.send(form, {"on": "20/11/2026"}, status=422)
    assert set(refused.faults) == {"assignee"}
    chair.follow(chair.send(refused, {"lead": "thanh-tra", "cooperating": ["so-nnmt"]}))
    form = chief.open(f"/ho-so/{code}/viec/form_team")
    assert "Trưởng đoàn (tổ trưởng)" in form.words
    assert "Kiều Văn Viên – Chuyên viên (Sở Nông nghiệp và Môi trường)" in form.words
    shown = chief.follow(chief.send(form, {"assignee": "quy", "deputy": "vien", "team": ["hoa"]}))
    assert "Người được giao Đặng Văn Quý, Kiều Văn Viên, Vũ Thị Hoa" in shown.words
    assert "Cơ quan chủ trì xác minh Thanh tra tỉnh Sơn Lâm" in shown.words
    assert "Cơ quan phối hợp xác minh Sở Nông nghiệp và Môi trường" in shown.words
