"""Administration by pages: people and hats, agencies, places, calendar, handing over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from config.database import db
from petitions.models import Agency, Hat, PlaceFlag, User
from petitions.queries.case_page import case_page
from petitions.services.timekeeping import calendar_years
from tests.web.browsing import Page, Visitor, path_of
from tests.web.cases import in_verification, registered
from tests.world import World
from workflows.vocabulary import Actor, Role, Step

Visit = Callable[[Actor | None], Visitor]


def test_administrators_only(app: Flask, visit: Visit, world: World) -> None:
    """Every page of it is shut to every other hat."""
    paths = {
        path_of(rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("admin.")
    }
    assert len(paths) > 15
    minh, tam = visit(world.minh), visit(world.tam)
    for path in paths:
        assert minh.get(path).status_code == 403, path
        unknown = ("uy-quyen", "/noi-ngoai/1", "/han-noi-bo/1", "/tieu-de/1", "/mau/1")
        if not any(each in path for each in unknown):
            assert tam.get(path).status_code in {200, 302}, path


def test_an_account_from_its_opening_to_its_end(visit: Visit, world: World) -> None:
    """Opened, given a second hat, corrected, given a new password, closed, opened again."""
    tam = visit(world.tam)
    form = tam.open("/quan-tri/nguoi-dung/moi")
    typed = {
        "name": "Phan Thị Cúc",
        "username": "cuc",
        "password": "ngắn",
        "role": "officer",
        "agency_code": "an-binh",
        "section_code": "phong-kt",
        "valid_from": "01/11/2026",
    }
    wrong = tam.send(form, typed, status=422)
    assert set(wrong.faults) == {"password"}
    assert wrong.form().fields["name"] == "Phan Thị Cúc"
    tam.send(wrong, {"password": "mật khẩu lần đầu"})
    hat_id = db.session.scalar(
        select(Hat.id).join(User, User.id == Hat.user_id).where(User.username == "cuc")
    )
    base = f"/quan-tri/nguoi-dung/{hat_id}"
    assert "Phan Thị Cúc" in tam.open("/quan-tri/nguoi-dung?co-quan=an-binh").words
    assert "Phan Thị Cúc" not in tam.open("/quan-tri/nguoi-dung?co-quan=bao-lam").words
    tam.send(
        tam.open(f"{base}/vai-tro"),
        {"role": "clerk", "agency_code": "bao-lam", "title": "Văn thư kiêm nhiệm"},
    )
    bad = tam.send(
        tam.open(f"{base}/vai-tro"), {"role": "section_head", "agency_code": "bao-lam"}, status=422
    )
    assert set(bad.faults) == {"section_code"}
    tam.send(tam.open(f"{base}/sua"), {"name": "Phan Thị Kim Cúc", "email": "cuc@example.vn"})
    tam.send(tam.open(f"{base}/mat-khau"), {"password": "mật khẩu thứ hai"})
    page = tam.open(base)
    for words in ("Phan Thị Kim Cúc", "cuc@example.vn", "Văn thư kiêm nhiệm", "Phải đổi mật khẩu"):
        assert words in page.words, words
    tam.send(tam.open(f"{base}/khoa"))
    assert "Đã khóa" in tam.open(base).words
    tam.send(tam.open(f"{base}/mo"))
    tam.send(tam.open(f"{base}/het-vai-tro"), {"last_day": "19/11/2026"})
    assert "đã kết thúc" in tam.open(base).words
    assert tam.get("/quan-tri/nguoi-dung/99999").status_code == 404


def test_a_person_with_files_hands_them_over_first(visit: Visit, world: World) -> None:
    """Closing is refused with the reason; files are spread over colleagues, with a result for each."""
    codes = [in_verification(world), in_verification(world)]
    tam = visit(world.tam)
    hat = world.an.hat_id
    refused = tam.send(tam.open(f"/quan-tri/nguoi-dung/{hat}/khoa"), status=409)
    assert "hồ sơ" in refused.words
    page = tam.open(f"/ban-giao/{hat}")
    wrong = tam.send(page, {"files": [], "reason": " "}, status=422)
    assert set(wrong.faults) == {"files", "to", "reason"}
    done = tam.send(page, {"to": ["ha", "son"], "reason": "Nghỉ hưu từ 01/12/2026"}, status=200)
    assert done.words.count("Đã bàn giao.") == 2
    assert "Không còn hồ sơ đang mở" in done.words
    officers = {case_page(world.minh, code).officer for code in codes}
    assert officers == {"Bùi Thị Hà", "Đỗ Văn Sơn"}
    tam.send(tam.open(f"/quan-tri/nguoi-dung/{hat}/khoa"))
    assert visit(world.minh).open("/ban-giao")
    assert visit(world.lan).get("/ban-giao").status_code == 403
    assert visit(world.khanh).get(f"/ban-giao/{hat}").status_code == 404


def test_signing_for_the_head(visit: Visit, world: World) -> None:
    """Given on a document for a time, and ended."""
    tam = visit(world.tam)
    base = f"/quan-tri/nguoi-dung/{world.dung.hat_id}"
    form = tam.open(f"{base}/uy-quyen")
    assert set(tam.send(form, {"valid_to": "20/12/2026"}, status=422).faults) == {
        "capacity",
        "document",
    }
    tam.send(form, {"capacity": "kt", "document": "QĐ 5/QĐ-UBND", "valid_to": "20/12/2026"})
    page = tam.open(base)
    assert "QĐ 5/QĐ-UBND" in page.words
    ending = next(link for link in page.links() if "/uy-quyen/" in link)
    tam.send(tam.open(ending), {"last_day": "25/11/2026"})
    assert "25/11/2026" in tam.open(base).words


def test_agencies_open_change_move_and_end(visit: Visit, world: World) -> None:
    """The tree shows each where it stands."""
    tam = visit(world.tam)
    form = tam.open("/quan-tri/co-quan/moi")
    typed = {
        "name": "UBND xã Cẩm Sơn",
        "kind": "commune",
        "parent_code": "ubnd-tinh",
        "code": "Cẩm Sơn",
        "book_prefix": "CS",
        "place_code": "99003",
        "competence.kinds": ["complaint"],
    }
    wrong = tam.send(form, typed, status=422)
    assert set(wrong.faults) == {"code"}
    page = tam.follow(tam.send(wrong, {"code": "cam-son"}))
    assert "Khiếu nại" in page.words
    tam.send(
        tam.open("/quan-tri/co-quan/cam-son/sua"),
        {"name": "UBND xã Cẩm Sơn (mới)", "competence.field_codes": ["dat-dai"]},
    )
    assert "UBND xã Cẩm Sơn (mới)" in tam.open("/quan-tri/co-quan").words
    moved = tam.send(
        tam.open("/quan-tri/co-quan/cam-son/chuyen"), {"parent_code": "cam-son"}, status=422
    )
    assert set(moved.faults) == {"parent_code"}
    tam.send(tam.open("/quan-tri/co-quan/cam-son/ket-thuc"), {"on": "20/11/2026"}, status=422)
    registered(world)
    busy = tam.send(
        tam.open("/quan-tri/co-quan/an-binh/ket-thuc"), {"on": "20/11/2026"}, status=409
    )
    assert busy.form().fields["on"] == "20/11/2026"
    assert tam.get("/quan-tri/co-quan/khong-co").status_code == 404


def test_merging_shows_first_what_moves(visit: Visit, world: World) -> None:
    """Nothing is done before it was seen, and a changed form is shown anew."""
    code = registered(world)
    tam = visit(world.tam)
    form = tam.open("/quan-tri/co-quan/sap-nhap")
    wrong = tam.send(form, {"sources": [], "document": "NQ 1"}, status=422)
    assert "sources" in wrong.faults
    typed = {"sources": ["an-binh"], "into": "bao-lam", "document": "NQ 12/NQ-HĐND"}
    seen = tam.send(wrong, typed, status=200)
    assert "1 hồ sơ đang mở từ UBND xã An Bình sang UBND xã Bảo Lâm" in seen.words
    assert "Nguyễn Thị Lan" in seen.words
    assert db.session.scalar(select(Agency.valid_to).where(Agency.code == "an-binh")) is None
    other = tam.send(seen, {"document": "NQ 13/NQ-HĐND"}, press=("_apply", "1"), status=200)
    assert "Chưa thay đổi gì" in other.words
    tam.send(other, press=("_apply", "1"))
    assert case_page(world.khanh, code).agency == "UBND xã Bảo Lâm"
    assert "UBND xã An Bình" not in tam.open("/quan-tri/co-quan").words
    assert "nhập vào bao-lam" in tam.open("/quan-tri/co-quan?da-ket-thuc=1").words


def test_a_flag_of_a_commune_moves_open_deadlines(visit: Visit, world: World) -> None:
    """Seen first, then done; the case's page tells why."""
    code = in_verification(world)
    tam = visit(world.tam)
    assert "Xã An Bình" in tam.open("/quan-tri/dia-ban").words
    assert "Xã Nà Hẩu" in tam.open("/quan-tri/dia-ban?ten=na+hau").words
    assert "Không có địa bàn" in tam.open("/quan-tri/dia-ban?ten=khong+co").words
    form = tam.open("/quan-tri/dia-ban/99001/dac-diem")
    assert set(tam.send(form, status=422).faults) == {"flag", "source", "reason"}
    typed = {
        "flag": "remote",
        "valid_from": "01/11/2026",
        "source": "QĐ 33/QĐ-TTg",
        "reason": "Công nhận xã vùng sâu",
    }
    seen = tam.send(form, typed, status=200)
    assert "1 thời hạn của hồ sơ đang mở sẽ thay đổi" in seen.words
    assert code in seen.words
    before = {clock.step: clock.due for clock in case_page(world.minh, code).clocks}[
        Step.SETTLEMENT
    ]
    tam.send(seen, press=("_apply", "1"))
    after = {clock.step: clock.due for clock in case_page(world.minh, code).clocks}[Step.SETTLEMENT]
    assert before is not None
    assert after is not None
    assert after > before
    assert "Công nhận xã vùng sâu" in visit(world.minh).open(f"/ho-so/{code}").words
    assert "QĐ 33/QĐ-TTg" in tam.open("/quan-tri/dia-ban/99001").words
    assert db.session.scalar(
        select(PlaceFlag.valid_from).where(PlaceFlag.source == "QĐ 33/QĐ-TTg")
    ) == date(2026, 11, 1)
    assert tam.get("/quan-tri/dia-ban/khong-co").status_code == 404


def test_the_calendar_is_changed_after_a_look(visit: Visit, world: World) -> None:
    """A day more, a day less; impossible days are refused; the year's end is announced."""
    code = registered(world)
    tam = visit(world.tam)
    assert "Lịch chính thức chỉ có đến hết năm 2026" in tam.open("/quan-tri/lich").words
    form = tam.open("/quan-tri/lich/2026")
    grown = tam.send(form, {"reason": "Nghỉ bão"}, press=("_more", "days"), status=200)
    last = max(int(name.split(".")[1]) for name in grown.form().fields if name.startswith("days."))
    sunday = tam.send(
        grown, {f"days.{last}.day": "29/11/2026", f"days.{last}.type": "holiday"}, status=422
    )
    assert list(sunday.faults) == ["days"]
    seen = tam.send(sunday, {f"days.{last}.day": "30/11/2026"}, status=200)
    assert code in seen.words
    count = {each.year: len(each.days) for each in calendar_years()}[2026]
    tam.send(seen, press=("_apply", "1"))
    db.session.rollback()
    assert {each.year: len(each.days) for each in calendar_years()}[2026] == count + 1
    due = {clock.step: clock.due for clock in case_page(world.lan, code).clocks}
    assert due[Step.ACCEPTANCE_DECISION] == date(2026, 12, 3)
    back = tam.open("/quan-tri/lich/2026")
    row = next(name for name, value in back.form().form_values() if value == "30/11/2026")
    again = tam.send(back, {row: "", "reason": "Bão không vào"}, status=200)
    assert code in again.words
    assert tam.get("/quan-tri/lich/1999").status_code == 404
    new = tam.open("/quan-tri/lich/2028")
    assert "source" in tam.send(new, status=422).faults


@pytest.mark.sqlite_only
def test_the_inspector_hat_alone_has_the_duty(visit: Visit, world: World) -> None:
    """A fault of meaning comes back at its field, everything typed kept."""
    tam = visit(world.tam)
    page = tam.open(f"/quan-tri/nguoi-dung/{world.lan.hat_id}/vai-tro")
    wrong = tam.send(
        page, {"role": Role.OFFICER.value, "denunciation_duty": ["false", "true"]}, status=422
    )
    assert set(wrong.faults) == {"denunciation_duty"}
    assert wrong.root.xpath("//input[@name='denunciation_duty'][@type='checkbox']/@checked")


def test_bodies_outside_are_kept_in_a_catalogue(visit: Visit, world: World) -> None:
    """Added, corrected, merged; offered on registering."""
    tam = visit(world.tam)
    assert "Danh mục còn trống" in tam.open("/quan-tri/noi-ngoai").words
    form = tam.open("/quan-tri/noi-ngoai/moi")
    assert "name" in tam.send(form, {"category": "Báo chí"}, status=422).faults
    tam.send(form, {"name": "Báo Sơn Lâm", "category": "Báo chí"})
    again = tam.open("/quan-tri/noi-ngoai/moi")
    assert "name" in tam.send(again, {"name": "báo sơn lâm", "category": "x"}, status=422).faults
    tam.send(again, {"name": "Báo và Đài Sơn Lâm", "category": "Báo chí"})
    page = tam.open("/quan-tri/noi-ngoai")
    first = next(link for link in page.links() if link.endswith("/noi-ngoai/1"))
    tam.send(tam.open(first), {"address": "Số 1 đường Hùng Vương"})
    tam.send(tam.open(f"{first}/nhap"), {"into_id": "2"})
    assert "nay là Báo và Đài Sơn Lâm" in tam.open("/quan-tri/noi-ngoai").words
    offered = (
        visit(world.lan)
        .open("/dang-ky")
        .root.xpath("//datalist[@id='co-quan-ngoai']/option/@value")
    )
    assert offered == ["Báo và Đài Sơn Lâm"]
    assert tam.get("/quan-tri/noi-ngoai/99").status_code == 404


def test_internal_targets_are_never_longer_than_the_law(visit: Visit, world: World) -> None:
    """Set with a reason, ended with a last day."""
    tam = visit(world.tam)
    form = tam.open("/quan-tri/han-noi-bo/moi")
    typed = {
        "agency_code": "an-binh",
        "kind": "complaint",
        "step": "acceptance_decision",
        "days": "60",
        "reason": "Cải cách",
    }
    assert set(tam.send(form, typed, status=422).faults) == {"days"}
    tam.send(form, typed | {"days": "5"})
    page = tam.open("/quan-tri/han-noi-bo")
    assert "5 ngày làm việc" in page.words
    ending = next(link for link in page.links() if link.endswith("/ket-thuc"))
    tam.send(tam.open(ending), {"last_day": "30/11/2026", "reason": "Hết đợt"})
    assert "30/11/2026" in tam.open("/quan-tri/han-noi-bo").words
    assert tam.get("/quan-tri/han-noi-bo/99/ket-thuc").status_code == 404


def test_ones_own_account(visit: Visit, world: World) -> None:
    """A token is shown once; another hat may come first."""
    from petitions.services.hats import HatGiven, give_hat
    from tests.conftest import NOW, TODAY

    give_hat(
        "lan",
        HatGiven(role=Role.CLERK, agency_code="so-nnmt", valid_from=TODAY),
        actor=None,
        now=NOW,
    )
    lan = visit(world.lan)
    page = lan.open("/tai-khoan")
    assert "label" in lan.send(page, action="/khoa", status=422).faults
    made = lan.send(page, {"label": "Cổng dịch vụ công", "days": "30"}, action="/khoa", status=200)
    token = made.root.xpath("//code/text()")[0]
    answer = lan.client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    later = lan.open("/tai-khoan")
    assert token not in later.text
    lan.send(later, action="/khoa/1")
    assert "đã thu hồi" in lan.open("/tai-khoan").words
    second = lan.send(later, action="/mac-dinh", press=("hat", str(_second_hat(later))))
    assert second.response.headers["Location"] == "/tai-khoan"
    assert lan.open("/tai-khoan").root.xpath("//tr[td='Văn thư']/td[3]/text()") == ["Mặc định"]


def _second_hat(page: Page) -> str:
    return str(
        page.root.xpath("//button[@name='hat'][normalize-space()='Đặt làm mặc định']/@value")[0]
    )
