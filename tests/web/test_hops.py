"""Giving files on, back and out to many, by pages alone; the panel of the way and the talk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask, render_template_string
from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.models import Case, CaseBar, Hop
from petitions.queries.case_page import case_page
from petitions.queries.hops import hops_of
from petitions.text import vn_date
from petitions.web.session import actor as present
from tests.conftest import TODAY
from tests.petitions.test_hops import DIRECTION, filed, passes, routed, trail
from tests.web.browsing import Page, Visitor
from tests.web.cases import DENUNCIATION, done
from tests.world import World
from workflows.office import RouteShape
from workflows.records import BarReason, ClockState
from workflows.vocabulary import Action, Actor, Need

pytestmark = pytest.mark.own_app

Visit = Callable[[Actor | None], Visitor]
PANEL = """{% extends "base.html" %}{% block title %}Hồ sơ{% endblock %}
{% block content %}<h1>Hồ sơ</h1>{% include "case_hops.html" %}{% endblock %}"""


def panelled(app: Flask) -> None:
    """The panel on a page of its own."""

    @app.get("/bang/<code>")
    def panel(code: str) -> str:
        return render_template_string(PANEL, hops=hops_of(present(), code, TODAY))


def options(page: Page, name: str) -> list[str]:
    """Values of a selection."""
    return [value for value in page.form().inputs[name].value_options if value]


def test_down_the_four_steps_by_pages(app: Flask, visit: Visit, world: World) -> None:
    """Each form offers whom the way allows; the panel shows where the file is and since when."""
    panelled(app)
    routed(world, RouteShape.FULL, 1)
    code = filed(world)

    def gives(who: Actor, **values: Any) -> Page:
        visitor = visit(who)
        page = visitor.open(f"/ho-so/{code}/giao-xu-ly")
        return visitor.send(page, values)

    page = visit(world.van).open(f"/ho-so/{code}/giao-xu-ly")
    assert options(page, "assignee") == ["dung", "minh"]
    assert "hạn 23/11/2026" in page.words
    assert "Không sau 02/12/2026" in page.words
    gives(world.van, assignee="minh")
    gives(world.minh, assignee="son", content=DIRECTION, until="27/11/2026")
    gives(world.son, assignee="an")
    assert [state for _, _, state in trail(world, code)] == ["passed_on", "passed_on", "open"]
    words = visit(world.an).open(f"/bang/{code}").words
    for said in (
        "Đang ở Phạm Văn An",
        "Hạn nội bộ thứ Ba, 01/12/2026",
        "hạn luật định 02/12/2026",
        "Ý kiến chỉ đạo · Trần Văn Minh",
        DIRECTION,
        "Trả lại phân công",
        "Lịch sử giao xử lý (3)",
    ):
        assert said in words, (said, words)
    assert "Thu hồi" in visit(world.son).open(f"/bang/{code}").words
    outsider = visit(world.quy).open(f"/bang/{code}").words
    assert "Giao xử lý" not in outsider.replace("Lịch sử giao xử lý", "")
    assert "Thu hồi" not in outsider
    visit(world.binh).open(f"/bang/{code}", 404)


def test_an_internal_date_ends_with_the_end_of_the_law_it_served(
    app: Flask, visit: Visit, world: World
) -> None:
    """Once the initial processing is done its dates are gone; the nearest running end stands there."""
    panelled(app)
    code = filed(world)
    passes(code, world.lan, "an")
    before = visit(world.an).open(f"/bang/{code}").words
    assert "hạn luật định 02/12/2026" in before
    done(code, Action.CLASSIFY, world.minh, {Need.COMPETENT: True})
    done(code, Action.ACCEPT, world.minh)
    panel = hops_of(world.an, code, TODAY)
    assert panel.present is not None and not panel.present.runs
    assert not panel.present.late_on(date(2027, 1, 1))
    running = [
        each.due for each in case_page(world.an, code).clocks if each.state is ClockState.RUNNING
    ]
    assert panel.next_due == min(each for each in running if each is not None)
    after = visit(world.an).open(f"/bang/{code}").words
    assert f"Hạn gần nhất của hồ sơ {vn_date(panel.next_due)}" in after
    assert "hạn luật định 02/12/2026" not in after
    assert "Hạn nội bộ thứ" not in after


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(visit: Visit, world: World) -> None:
    code = filed(world)
    visitor = visit(world.minh)
    page = visitor.open(f"/ho-so/{code}/giao-xu-ly")
    again = visitor.send(page, {"content": "Làm ngay", "until": "31/12/2026"}, status=422)
    assert set(again.faults) == {"assignee"}
    again = visitor.send(again, {"assignee": "an"}, status=422)
    assert set(again.faults) == {"until"}
    assert again.form().fields["content"] == "Làm ngay"
    assert again.form().fields["assignee"] == "an"
    visitor.send(again, {"until": "30/11/2026"})
    assert db.session.scalars(select(Hop.due)).one().isoformat() == "2026-11-30"


def test_a_change_in_the_meantime_is_told_first(visit: Visit, world: World) -> None:
    code = filed(world)
    visitor = visit(world.minh)
    page = visitor.open(f"/ho-so/{code}/giao-xu-ly")
    done(code, Action.ADD_PAPER, world.lan, {Need.DOCUMENT: "Bản đồ"})
    again = visitor.send(page, {"assignee": "an", "content": "Làm ngay"}, status=409)
    assert "Người khác vừa cập nhật" in again.words
    assert again.form().fields["content"] == "Làm ngay"
    visitor.send(again)
    assert trail(world, code) == [("minh", "an", "open")]


def test_refusing_and_recalling(visit: Visit, world: World) -> None:
    """One page, two words for it; neither for whoever has no part in the hop."""
    code = filed(world)
    passes(code, world.lan, "an")
    for name in ("ha", "son"):
        visit(world.actors[name]).open(f"/ho-so/{code}/tra-lai", 409)
    visitor = visit(world.an)
    page = visitor.open(f"/ho-so/{code}/tra-lai")
    assert page.root.find(".//h1").text == "Trả lại phân công"
    assert "Nguyễn Thị Lan" in page.words
    assert visitor.send(page, status=422).faults.keys() == {"reason"}
    visitor.send(page, {"reason": "Không đúng việc"})
    passes(code, world.lan, "ha")
    visitor = visit(world.lan)
    page = visitor.open(f"/ho-so/{code}/tra-lai")
    assert page.root.find(".//h1").text == "Thu hồi"
    visitor.send(page, {"reason": "Giao nhầm"})
    assert [state for _, _, state in trail(world, code)] == [
        "refused", "passed_on", "recalled", "open",
    ]  # fmt: skip


def test_who_refuses_a_denunciation_is_led_away_from_it(visit: Visit, world: World) -> None:
    """The file is out of sight at once; the leader finds it again."""
    code = filed(world, DENUNCIATION)
    passes(code, world.minh, "an")
    visitor = visit(world.an)
    answer = visitor.send(visitor.open(f"/ho-so/{code}/tra-lai"), {"reason": "Có đơn khác"})
    assert answer.response.headers["Location"] == "/viec"
    visitor.open(f"/ho-so/{code}/giao-xu-ly", 404)
    visit(world.minh).open(f"/ho-so/{code}/giao-xu-ly")


def test_a_name_in_the_direction_is_shown_and_masked(visit: Visit, world: World) -> None:
    code = filed(world, DENUNCIATION)
    visitor = visit(world.minh)
    page = visitor.open(f"/ho-so/{code}/giao-xu-ly")
    again = visitor.send(
        page, {"assignee": "an", "content": "Mời chị Lò Thị Bình Minh đến"}, status=422
    )
    assert again.root.xpath("//mark")
    masked = visitor.send(again, press=("_mask", "1"), status=200)
    assert "Bình Minh" not in masked.form().fields["content"]
    visitor.send(masked)
    assert trail(world, code) == [("minh", "an", "open")]


def test_the_talk(app: Flask, visit: Visit, world: World) -> None:
    """A leader chooses whether it is a direction; others are not asked."""
    panelled(app)
    code = filed(world)
    visitor = visit(world.an)
    page = visitor.open(f"/ho-so/{code}/y-kien")
    assert "kind" not in page.form().fields
    visitor.send(page, {"text": "Nên mời hai bên đối thoại"})
    assert visitor.send(page, {"text": " "}, status=422).faults.keys() == {"text"}
    visitor = visit(world.minh)
    page = visitor.open(f"/ho-so/{code}/y-kien")
    assert page.form().fields["kind"] == "opinion"
    visitor.send(page, {"text": "Đồng ý", "kind": "direction"})
    talk = visit(world.lan).open(f"/bang/{code}").root
    assert [
        "Ý kiến chỉ đạo" in each.text_content()
        for each in talk.xpath("//ol/li[.//p[@class='prose mb-2']]")
    ] == [False, True]
    visit(world.binh).open(f"/ho-so/{code}/y-kien", 404)
    sent = visit(world.an).post(
        f"/ho-so/{code}/y-kien",
        {**dict(page.form().form_values()), "text": "Tôi chỉ đạo", "kind": "direction"},
    )
    assert sent.status_code in {400, 403}


def test_following_from_the_panel(app: Flask, visit: Visit, world: World) -> None:
    panelled(app)
    code = filed(world)
    visitor = visit(world.son)
    page = visitor.open(f"/bang/{code}")
    visitor.send(page, press=("follow", "yes"), action="/theo-doi")
    page = visitor.open(f"/bang/{code}")
    assert "Theo dõi: Đỗ Văn Sơn" in page.words
    visitor.send(page, press=("follow", "no"), action="/theo-doi")
    assert "Đỗ Văn Sơn" not in visitor.open(f"/bang/{code}").words


def test_distributing_several_files(visit: Visit, world: World) -> None:
    """What could be given is, what could not says why, and the rest stays on the list."""
    routed(world, RouteShape.DIRECT, 1)
    codes = [filed(world) for _ in range(3)]
    with transaction() as session:
        case = session.execute(select(Case.id).where(Case.code == codes[1])).scalar_one()
        session.execute(
            insert(CaseBar).values(
                case_id=case, user_id=world.users["an"], reason=BarReason.RELATED
            )
        )
    visitor = visit(world.minh)
    page = visitor.open("/phan-xu-ly")
    assert all(code in page.words for code in codes)
    assert visitor.send(page, status=422).faults.keys() == {"files", "assignee"}
    given = {"files": codes[:2], "assignee": "an", "content": DIRECTION}
    told = visitor.send(page, given, status=200)
    assert f"{codes[0]} : Đã giao." in told.words
    assert f"{codes[1]} : Quy trình của cơ quan không cho" in told.words
    left = told.root.xpath("//input[@name='files']/@value")
    assert left == codes[1:]
    assert trail(world, codes[0]) == [("minh", "an", "open")]
    experts = visit(world.an).open("/phan-xu-ly")
    assert "Không có ai để giao tiếp" in experts.words
    visit(world.tam).open("/phan-xu-ly", 403)


def test_two_leaders_distribute_at_once(visit: Visit, world: World) -> None:
    """The slower one is told; the same form sent twice gives once."""
    routed(world, RouteShape.DIRECT, 1)
    codes = [filed(world) for _ in range(2)]
    minh, dung = visit(world.minh), visit(world.dung)
    page, late = minh.open("/phan-xu-ly"), dung.open("/phan-xu-ly")
    values = {"files": codes, "assignee": "an"}
    for _ in range(2):
        assert "Đã giao 2 trong 2 hồ sơ." in minh.send(page, values, status=200).words
    assert trail(world, codes[0]) == [("minh", "an", "open")]
    told = dung.send(late, {"files": codes, "assignee": "ha"}, status=200)
    assert "Đã giao 0 trong 2 hồ sơ." in told.words
    assert told.words.count("xem lại rồi gửi tiếp") == 2
    assert trail(world, codes[1]) == [("minh", "an", "open")]


def test_the_list_costs_the_same_for_many_files(
    visit: Visit, world: World, statements: Callable[[], Any]
) -> None:
    filed(world)
    visit(world.minh).open("/phan-xu-ly")  # the calendar is read once
    counts = []
    for more in (1, 11):
        for _ in range(more):
            filed(world)
        with statements() as seen:
            visit(world.minh).open("/phan-xu-ly")
        counts.append(len(seen.page()))
    assert counts[0] == counts[1] <= 4, seen.page()
