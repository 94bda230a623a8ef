"""The way of handling: questions, the ways that are left, and the acts they open prefilled."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from config.database import db
from petitions.models import Case
from petitions.queries.competence import Concerned, settler_for
from tests.conftest import TODAY
from tests.petitions.test_intake import DENUNCIATION
from tests.web.browsing import Visitor
from tests.web.cases import registered
from tests.world import World
from workflows.vocabulary import Actor, Kind, State

Visit = Callable[[Actor], Visitor]


def state_of(code: str) -> State:
    db.session.rollback()
    return db.session.execute(select(Case.state).where(Case.code == code)).scalar_one()


def test_a_complaint_is_asked_about_and_refused(world: World, visit: Visit) -> None:
    """Question after question, classified on the way, the refusal prefilled with its ground."""
    code = registered(world)
    base = f"/ho-so/{code}/huong-xu-ly"
    assert base in visit(world.an).open(f"/ho-so/{code}").links()
    page = visit(world.an).open(base)
    assert "Đơn có đủ điều kiện xử lý không?" in page.words
    page = visit(world.an).open(f"{base}?fitness=fit&owner=nonsense")
    assert "Vụ việc thuộc thẩm quyền của ai?" in page.words
    page = visit(world.an).open(f"{base}?fitness=fit&owner=ours")
    assert "Hết thời hiệu khiếu nại" in page.words
    answered = f"{base}?fitness=fit&owner=ours&ground=out_of_time"
    an = visit(world.an)
    page = an.open(answered)
    assert "Ghi phân loại và tiếp tục" in page.words
    form = page.form()
    sent = {name: form.fields[name] for name in ("csrf_token", "_once", "version")}
    for _ in range(2):  # sent twice, noted once
        assert an.post(answered, sent).status_code == 302
    assert state_of(code) is State.CLASSIFIED
    page = visit(world.minh).open(answered)
    assert "Bước 1" not in page.words
    (refuse,) = [link for link in page.links() if "/viec/refuse" in link]
    typed = visit(world.minh).open(refuse).form().fields
    assert "khoản 6 Điều 11" in typed["ground"]
    assert "ground=out_of_time" in refuse


def test_a_matter_of_another_body_is_sent_there(world: World, visit: Visit) -> None:
    """Competence corrected on the way, the recipient known; strangers and wrong roles see nothing."""
    code = registered(world, DENUNCIATION)
    answered = f"/ho-so/{code}/huong-xu-ly?fitness=fit&owner=inside"
    for stranger, status in (
        (world.binh, 404),
        (world.khanh, 404),
        (world.giam, 403),
        (world.tam, 403),
    ):
        assert visit(stranger).get(answered).status_code == status
    lan = visit(world.lan)
    page = lan.open(answered)
    assert "Ghi lại và tiếp tục" in page.words
    stale = {**page.form().fields, "version": "0"}
    assert lan.post(answered, stale).status_code == 409
    lan.send(lan.open(answered), action=answered)
    page = lan.open(answered)
    assert "Chuyển" in page.words and "Khoản 2 Điều 24 Luật Tố cáo" in page.words
    assert any("/viec/transfer" in link for link in page.links())


def test_the_settler_is_found_in_the_tree(world: World) -> None:
    """By code, by name in words, by the standing of a respondent; unknown bodies suggest nobody."""
    by_code = settler_for(Kind.COMPLAINT, issuer="an-binh", on=TODAY)
    by_name = settler_for(Kind.COMPLAINT, issuer="Chủ tịch Uỷ ban nhân dân xã An Bình", on=TODAY)
    assert by_code == by_name
    assert by_code is not None and (by_code.agency, by_code.article) == (
        "an-binh",
        "Điều 17 Luật Khiếu nại",
    )
    second = settler_for(Kind.COMPLAINT, issuer="an-binh", instance=2, on=TODAY)
    assert second is not None and second.agency == "ubnd-tinh"
    minister = settler_for(Kind.COMPLAINT, issuer="ubnd-tinh", instance=2, on=TODAY)
    assert minister is not None and minister.agency is None and "Bộ trưởng" in minister.words
    section = settler_for(Kind.COMPLAINT, issuer="phong-kt", on=TODAY)
    assert section is not None and section.agency == "an-binh"
    for position, agency in (("Chủ tịch UBND xã", "ubnd-tinh"), ("Công chức địa chính", "an-binh")):
        people = [Concerned("UBND xã An Bình", position)]
        found = settler_for(Kind.DENUNCIATION, respondents=people, on=TODAY)
        assert found is not None and found.agency == agency
    board = settler_for(
        Kind.DENUNCIATION, respondents=[Concerned("thanh-tra", "Thanh tra viên")], on=TODAY
    )
    assert board is not None and board.agency == "thanh-tra"
    assert settler_for(Kind.COMPLAINT, issuer="Công ty X", on=TODAY) is None
