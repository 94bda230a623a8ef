"""Report campaigns as pages: asked, counted, completed, signed, summed, corrected; opening balances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import openpyxl
from sqlalchemy import update

from config.database import db, transaction
from petitions.models import Hat, OpeningBalance
from petitions.queries.report_campaigns import campaign, campaigns, sheet, signed_tables
from petitions.services import snapshots
from petitions.text import vn_date
from tests.conftest import NOW, TODAY
from tests.petitions.test_statistics import SUMMER, accepted, complaint, decided, denounced
from tests.web.browsing import Visitor
from tests.web.test_lists import shown
from tests.world import World
from workflows.vocabulary import Actor, Role

Visit = Callable[[Actor | None], Visitor]
PAGE = "/ky-bao-cao"


def test_from_the_question_to_the_signed_sum(visit: Visit, world: World) -> None:
    """Hoa asks, Vân prepares, Minh signs, Hoa sums up; every figure opens its cases; a correction."""
    codes = [accepted(world, SUMMER), accepted(world, SUMMER), denounced(world, SUMMER)]
    decided(world, "Khiếu nại đúng", SUMMER)
    hoa, van, minh = visit(world.hoa), visit(world.van), visit(world.minh)
    assert "Chưa có đợt báo cáo nào" in van.open(PAGE).words
    form = hoa.open(f"{PAGE}/moi?first=15/06/2026&last=14/09/2026")
    assert form.form().fields["first"] == "15/06/2026"
    wrong = hoa.send(form, {"name": "", "due": "01/11/2026", "tables": []}, status=422)
    assert {"name"} <= set(wrong.faults)
    due = vn_date(TODAY + timedelta(days=3))
    typed = {
        "name": "Quý III", "due": due, "tables": ["01/XLD", "01/KQGQ", "01/TCD"],
        "units": ["an-binh", "bao-lam"],
    }  # fmt: skip
    page = hoa.follow(hoa.send(wrong, typed))
    assert "0/2 đã gửi" in page.words
    assert "Chưa đơn vị nào gửi" in page.words
    hoa.send(wrong, typed)
    (line,) = campaigns(world.hoa, TODAY)
    found = campaign(world.hoa, line.uid, TODAY)
    mine = next(each.uid for each in found.sheets if each.unit.code == "an-binh")
    place = f"{PAGE}/bang/{mine}"

    assert f"{place}" in van.open(PAGE).links()
    assert "còn 1 ngày làm việc" in van.open(PAGE).words
    morning = minh.open("/sang-nay")
    assert "Chưa xác nhận số liệu" in morning.words
    assert place in morning.links()
    page = van.follow(van.send(van.open(place), action="/tinh"))
    assert "Còn cột phải ghi tay: 01/KQGQ (6)" in page.words
    assert van.get(f"{place}.xlsx").status_code == 200
    page = van.open(f"{place}?bieu=01/KQGQ")
    wrong = van.send(page, {"columns.13": "-1"}, action="/ghi", status=422)
    assert set(wrong.faults) == {"columns-13"}
    page = van.follow(van.send(wrong, {"columns.13": "2", "zeros": "true"}, action="/ghi"))
    stale = page
    page = van.follow(van.send(page, action="/xac-nhan"))
    assert "chờ người đứng đầu ký" in page.words
    again = van.follow(van.send(stale, {"_once": "x"}, action="/xac-nhan"))
    assert "Vừa có người cập nhật" in again.words
    assert "Ký, gửi Thanh tra tỉnh" not in page.words
    assert "chờ người đứng đầu ký" in minh.open("/sang-nay").words
    page = minh.follow(minh.send(minh.open(place), action="/ky"))
    assert place not in minh.open("/sang-nay").links()
    assert "Bản ký lần 1" in page.words and world.minh.name in page.words
    behind = minh.open(f"{place}/ho-so?bieu=01/XLD&cot=8&ban=1")
    assert set(codes[:2]) < set(shown(behind))
    assert "Số liệu trên bảng: 3" in behind.words

    late = complaint(world, SUMMER)
    page = minh.open(f"{place}?bieu=01/XLD&ban=1")
    assert "Tính hôm nay" in page.words
    assert late not in minh.open(f"{place}/ho-so?bieu=01/XLD&cot=1&ban=1").text
    page = hoa.open(f"{PAGE}/dot/{line.uid}?bieu=01/XLD")
    assert "1/2 đã gửi" in page.words and "khác số đã gửi ở" in page.words
    assert late not in hoa.open(f"{PAGE}/dot/{line.uid}/ho-so?bieu=01/XLD&cot=1").text
    sums = openpyxl.load_workbook(BytesIO(hoa.get(f"{PAGE}/dot/{line.uid}.xlsx").data))
    assert sums.sheetnames == ["01-TCD", "01-XLD", "01-KQGQ"]
    assert "/ky?" not in hoa.open(f"{PAGE}/dot/{line.uid}?bieu=01/XLD").text  # the head signs
    with transaction() as session:
        session.execute(update(Hat).where(Hat.user_id == world.users["quy"]).values(role=Role.HEAD))
    quy = visit(world.quy)
    page = quy.open(f"{PAGE}/dot/{line.uid}?bieu=01/XLD")
    page = quy.follow(quy.send(page, action="/ky?bieu=01/XLD"))
    assert "Các bản tổng hợp đã ký" in page.words
    assert "UBND xã Bảo Lâm" in hoa.open(f"{PAGE}/dot/{line.uid}?bieu=01/XLD&ban=1").words
    assert found.consolidated is not None
    signed = BytesIO(hoa.get(f"{PAGE}/bang/{found.consolidated}.xlsx?ban=1").data)
    text = str(list(openpyxl.load_workbook(signed)["01-XLD"].values))
    assert "Chưa có số liệu của: UBND xã Bảo Lâm" in text and world.quy.name in text

    page = minh.open(place)
    assert set(minh.send(page, {"reason": ""}, action="/dinh-chinh", status=422).faults) == {
        "reason"
    }
    page = minh.follow(minh.send(page, {"reason": "Sót"}, action="/dinh-chinh"))
    page = minh.follow(minh.send(page, action="/tinh"))
    assert "Bản đã ký" in minh.open(f"{place}?bieu=01/XLD").words
    minh.send(minh.open(place), action="/ky")
    assert "Bản ký lần 2" in minh.open(place).words
    assert "Bản ký lần 1" in minh.open(f"{place}?ban=1").words
    page = quy.open(f"{PAGE}/dot/{line.uid}?bieu=01/XLD")
    assert set(quy.send(page, {"reason": ""}, action="/ky?bieu=01/XLD", status=422).faults) == {
        "reason"
    }
    quy.send(page, {"reason": "An Bình đính chính"}, action="/ky?bieu=01/XLD")
    db.session.rollback()
    assert signed_tables(world.hoa, found.consolidated).edition == 2


def test_who_may_not_and_what_is_taken_back(visit: Visit, world: World) -> None:
    """Strangers get nothing, units never each other's, drafts stay in the house; the day moves."""
    hoa = visit(world.hoa)
    form = hoa.open(f"{PAGE}/moi?first=15/06/2026&last=14/09/2026")
    typed = {"due": vn_date(TODAY), "tables": ["01/XLD"], "units": ["an-binh", "bao-lam"]}
    hoa.send(form, typed)
    (line,) = campaigns(world.hoa, TODAY)
    mine = next(
        each.uid
        for each in campaign(world.hoa, line.uid, TODAY).sheets
        if each.unit.code == "an-binh"
    )
    snapshots.count(mine, version=1, actor=world.van, now=NOW)
    binh = visit(world.binh)
    for path in (f"bang/{mine}", f"bang/{mine}.xlsx", f"bang/{mine}/ho-so?bieu=01/XLD&cot=1"):
        assert binh.get(f"{PAGE}/{path}").status_code == 404
        if path != f"bang/{mine}":  # of a draft others learn that it is one, and nothing else
            assert hoa.get(f"{PAGE}/{path}").status_code == 404
    assert "Chưa có bản đã ký" in hoa.open(f"{PAGE}/bang/{mine}").words
    page = binh.open(f"{PAGE}/dot/{line.uid}")
    assert "UBND xã Bảo Lâm" in page.words and "An Bình" not in page.words
    for who in (world.giam, world.tam, world.lan):
        assert visit(who).get(PAGE).status_code == 403
    assert binh.get(f"{PAGE}/moi").status_code == 403
    assert binh.get(f"{PAGE}/dot/{line.uid}.xlsx").status_code == 403
    assert visit(None).get(PAGE).status_code == 302
    page = hoa.open(f"{PAGE}/dot/{line.uid}")
    assert set(hoa.send(page, {"due": "1/1/2026"}, action="/han", status=422).faults) == {"due"}
    page = hoa.follow(hoa.send(page, {"due": "30/11/2026"}, action="/han"))
    assert "Hạn gửi 30/11/2026" in page.words
    with transaction() as session:
        session.execute(update(Hat).where(Hat.user_id == world.users["quy"]).values(role=Role.HEAD))
    quy = visit(world.quy)  # the head of the inspectorate reads what his inspectors asked for
    page = quy.open(f"{PAGE}/dot/{line.uid}")
    assert "UBND xã An Bình" in page.words
    page = quy.follow(quy.send(page, {"reason": "Nhầm kỳ"}, action="/rut"))
    assert "Đã rút lại" in page.words
    assert "không phải gửi" in visit(world.van).open(f"{PAGE}/bang/{mine}").words
    assert sheet(world.van, mine).withdrawn


def test_an_own_sheet_and_what_was_carried_over(visit: Visit, world: World) -> None:
    """From the statistics page to a sheet of one's own; a declaration that does not add up."""
    van = visit(world.van)
    address = "/thong-ke?bieu=01/XLD&tu=2026-06-15&den=2026-09-14"
    (way,) = (each for each in van.open(address).links() if each.startswith(f"{PAGE}/lap"))
    form = van.open(way)
    assert form.form().fields["last"] == "14/09/2026"
    assert set(van.send(form, {"first": "x"}, status=422).faults) == {"first"}
    page = van.follow(van.send(form))
    assert "Tính số liệu" in page.words

    form = van.open(f"{PAGE}/dau-ky/ke-khai?table=01/XLD&first=15/06/2026&last=14/09/2026")
    wrong = van.send(form, {"columns.2": "10", "columns.4": "x", "reason": "Sổ"}, status=422)
    assert set(wrong.faults) == {"columns-4"}
    wrong = van.send(wrong, {"columns.4": "3"}, status=422)
    assert "1 = 4 + 5" in wrong.words
    right = {"columns.4": "10", "columns.8": "10", "columns.13": "10", "columns.15": "10"}
    page = van.follow(van.send(wrong, right))
    assert "cột 2: 10" in page.words and world.van.name in page.words
    assert db.session.query(OpeningBalance).count() == 1
    page = van.open(address)
    assert "gồm số dư đầu kỳ đơn vị kê khai" in page.words
    assert "Chưa có kê khai" in visit(world.binh).open(f"{PAGE}/dau-ky").words
    assert "cột 2: 10" in visit(world.hoa).open(f"{PAGE}/dau-ky").words
