"""Pages of the papers of reception and of the register, from the blanks to the Excel file."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import load_workbook

from config.database import db
from petitions.models import Commitment
from tests.petitions.reception_rows import ID_NUMBER, SECRET_NAME, a_session, a_visit
from tests.petitions.test_reception_papers import drafted, refused, signed_paper
from tests.web.browsing import Visitor
from tests.world import World
from workflows.reception import SessionKind, VisitOutcome
from workflows.vocabulary import Actor, Kind

Visit = Callable[[Actor | None], Visitor]


def test_a_refusal_on_its_pages(visit: Visit, world: World) -> None:
    """Owed, written, changed, signed by the head, numbered and sent by the clerk; strangers see nothing."""
    uid = refused(world, refusal_due=date(2026, 11, 25))
    lan = visit(world.lan)
    page = lan.open("/tiep-cong-dan/van-ban")
    assert "còn 3 ngày làm việc" in page.words or "Từ chối phải có văn bản" in page.words
    (way,) = [each for each in page.links() if each.endswith("/tu-choi")]
    page = lan.open(way)
    assert page.root.get_element_by_id("fields-citizen_name").value == "Nguyễn Văn Được"
    wrong = lan.send(page, {"fields.visited_on": "32/1"}, status=422)
    assert set(wrong.faults) == {"fields-visited_on"}
    page = lan.follow(lan.send(wrong, {"fields.visited_on": "20/11/2026"}))
    here = page.root.xpath("//main//a[contains(@href, '/in')]/@href")[0].removesuffix("/in")
    assert "chờ ký" in page.words
    assert lan.get(way).headers["Location"].endswith(here)
    assert lan.get(f"/tiep-cong-dan/luot/{uid}/ket-luan").status_code == 409
    assert not page.root.xpath("//main//form[contains(@action, '/ky')]")
    assert way not in lan.open(f"/tiep-cong-dan/luot/{uid}").links()
    minh = visit(world.minh)
    hole = minh.send(minh.open(here), action="/ky", status=422)
    assert any("Văn bản đã giải quyết" in each for each in hole.faults.values())
    page = lan.open(f"{here}/sua")
    lan.follow(lan.send(page, {"fields.evidence_ref": "QĐ 12/QĐ-UBND"}))
    stale = minh.send(hole, action="/ky", status=409)
    assert "vừa được người khác cập nhật" in stale.words
    assert "khoản 3 Điều 9" in minh.get(f"{here}/in").get_data(as_text=True)
    page = minh.follow(minh.send(minh.open(here), action="/ky"))
    assert "……/TB-UBND" in page.words
    assert "đã ký ngày 20/11/2026" in minh.open(f"/tiep-cong-dan/luot/{uid}").words
    van = visit(world.van)
    assert here in van.open("/so-van-ban/di?state=number").links()
    page = van.follow(van.send(van.open(here), action="/so"))
    assert "01/TB-UBND" in page.words
    early = van.send(page, {"sent_on": "19/11/2026"}, action="/gui", status=422)
    assert set(early.faults) == {"sent_on"}
    page = van.follow(van.send(early, {"sent_on": "20/11/2026"}, action="/gui"))
    assert not page.root.xpath("//main//form")
    file = van.get(f"{here}/tep")
    assert file.headers["Content-Disposition"].endswith("01-tb-ubnd.docx")
    assert file.headers["Cache-Control"] == "no-store"
    for stranger in (world.binh, world.khanh, world.giam, world.tam):
        for path in (here, f"{here}/in", f"{here}/tep"):
            assert visit(stranger).get(path).status_code == 404
    for path in (f"/tiep-cong-dan/luot/{uid}/tu-choi", f"/tiep-cong-dan/luot/{uid}/bien-nhan"):
        assert visit(world.binh).get(path).status_code == 404
    assert visit(world.giam).get("/tiep-cong-dan/van-ban").status_code == 403


def test_a_conclusion_with_its_tasks(visit: Visit, world: World) -> None:
    """A row more, faults at the rows, the typing kept; after the signature the tasks are commitments."""
    held = a_session(world)
    uid = a_visit(world, held)
    lan, minh = visit(world.lan), visit(world.minh)
    page = lan.open(f"/tiep-cong-dan/luot/{uid}/ket-luan")
    given = {"fields.conclusion": "Kiểm tra lại.", "tasks.0.what": "Đo lại thửa đất"}
    wrong = lan.send(page, given, status=422)
    assert set(wrong.faults) == {"tasks-0-lead_agency_code", "tasks-0-due"}
    assert wrong.root.get_element_by_id("tasks-0-what").value.strip() == "Đo lại thửa đất"
    right = {"tasks.0.lead_agency_code": "so-nnmt", "tasks.0.due": "15/12/2026"}
    page = lan.follow(lan.send(wrong, right))
    assert "Sở Nông nghiệp và Môi trường" in page.words
    here = page.root.xpath("//main//a[contains(@href, '/in')]/@href")[0].removesuffix("/in")
    more = lan.send(lan.open(f"{here}/sua"), {"_do": "more"}, status=200)
    assert more.root.get_element_by_id("tasks-1-what") is not None
    page = minh.follow(minh.send(minh.open(here), action="/ky"))
    assert "đã thành cam kết" in page.words
    assert db.session.query(Commitment).count() == 1
    assert lan.get(f"/tiep-cong-dan/buoi/{held}/ket-luan").status_code == 200
    assert visit(world.binh).get(f"/tiep-cong-dan/buoi/{held}/ket-luan").status_code == 404
    dropped = drafted(world, a_visit(world, held, 2))
    page = lan.follow(lan.send(lan.open(f"/tiep-cong-dan/van-ban/{dropped}"), action="/bo"))
    assert "Đã bỏ" in page.words


def test_the_receipt_is_printed_at_once(visit: Visit, world: World) -> None:
    """Rows with their kind of copy; an original asks to be confirmed."""
    uid = a_visit(world, a_session(world, kind=SessionKind.REGULAR, in_person=False))
    lan, here = visit(world.lan), f"/tiep-cong-dan/luot/{uid}/bien-nhan"
    page = lan.open(here)
    empty = lan.send(page, status=422)
    assert set(empty.faults) == {"fields-items"}
    item = {
        "fields.items.0.name": "Sổ đỏ", "fields.items.0.pages": "4",
        "fields.items.0.copy_kind": "bản chính",
    }  # fmt: skip
    warned = lan.send(empty, item, status=422)
    assert set(warned.faults) == {"fields-items-0-copy_kind"}
    printed = lan.send(warned, {"originals_known": "true"}, status=200)
    assert "Sổ đỏ – 4 trang" in printed.words
    assert "GIẤY BIÊN NHẬN" in printed.words


@pytest.fixture
def register(world: World) -> World:
    """Two years, three kinds of session, a denouncer and somebody whose name begins a formula."""
    last_year = a_session(world, date(2025, 12, 30), SessionKind.REGULAR, in_person=False)
    a_visit(world, last_year, name="Năm Cũ")
    desk = a_session(world, date(2026, 6, 29), SessionKind.REGULAR, in_person=False)
    a_visit(world, desk, name='=HYPERLINK("http://x")', kind=Kind.RECOMMENDATION)
    head = a_session(world, date(2026, 11, 20))
    a_visit(world, head, 1, name="Nguyễn Văn Được", words={"exhausted_by": "Sở X"})
    a_visit(world, head, 2, name=SECRET_NAME, said="Nhận tiền", kind=Kind.DENUNCIATION, secret=True)
    a_visit(
        world,
        head,
        3,
        name="Vũ Văn Xin",
        outcome=VisitOutcome.GUIDED,
        words={"guided_to": "Tòa án"},
    )
    return world


def test_the_register_on_screen_print_and_file(visit: Visit, register: World) -> None:
    """Both layouts, filters, numbers of the year; the denouncer is nobody for everybody."""
    world, year = register, "tu=2026-01-01&den=2026-12-31"
    for reader in (world.minh, world.lan, world.dung, world.van):
        visitor = visit(reader)
        page = visitor.open(f"/tiep-cong-dan/so?{year}")
        lines = [
            [" ".join(cell.text_content().split()) for cell in line.xpath("./td")]
            for line in page.root.xpath("//main//tbody/tr")
        ]
        assert [line[0].removeprefix("Lượt ") for line in lines] == ["1", "2", "3", "4"]
        seen = reader not in (world.dung, world.van)
        assert len([each for each in page.links() if "/tiep-cong-dan/luot/" in each]) == 3 + seen
        assert lines[2][1:6] == ["20/11/2026", "Người tố cáo", "", "", "Tố cáo"]
        assert not any(lines[2][6:])
        assert lines[1][2:8] == [
            "Nguyễn Văn Được, thôn Bản Lự, xã An Bình", ID_NUMBER,
            "về việc thu hồi đất vườn tại thôn Bản Lự.", "Khiếu nại", "1", "Sở X",
        ]  # fmt: skip
        assert SECRET_NAME not in page.text
        printed = visitor.get(f"/tiep-cong-dan/so/in?{year}").get_data(as_text=True)
        assert SECRET_NAME not in printed
        assert "Nhận tiền" not in printed
        assert printed.count("<thead>") == 1
        assert "SỔ TIẾP CÔNG DÂN" in printed
    lan = visit(world.lan)
    for query, names in (
        ("", ["Nguyễn Văn Được", "Người tố cáo", "Vũ Văn Xin"]),
        ("&nguoi=staff", ["=HYPERLINK"]), ("&nguoi=head&loai=denunciation", ["Người tố cáo"]),
        ("&loai=feedback", []),
    ):  # fmt: skip
        page = lan.open(f"/tiep-cong-dan/so?{year}{query}" if query else "/tiep-cong-dan/so")
        shown = [each.text_content() for each in page.root.xpath("//main//tbody/tr/td[3]")]
        assert len(shown) == len(names)
        assert all(name in text for name, text in zip(names, shown, strict=True))
    old = lan.open("/tiep-cong-dan/so?tu=2025-12-01&den=2026-06-30")
    numbers = [each.text_content()[-1] for each in old.root.xpath("//main//tbody/tr/td[1]")]
    assert numbers == ["1", "1"]
    assert "Thông tư số 04/2021" in old.words
    assert old.root.xpath("//th[@colspan='3' and text()='Hướng xử lý']")
    for layout, columns in (("nd154", 13), ("tt04", 12)):
        done = lan.get(f"/tiep-cong-dan/so.xlsx?{year}&mau={layout}")
        sheet = load_workbook(io.BytesIO(done.get_data())).active
        head = 7 if layout == "tt04" else 6
        assert [each.value for each in sheet[head]] == list(range(1, columns + 1))
        formula = sheet.cell(head + 1, 3)
        assert formula.value.startswith("=HYPERLINK")
        assert formula.data_type != "f"
        assert formula.quotePrefix
        values = [str(each.value) for line in sheet.iter_rows() for each in line]
        assert not any(SECRET_NAME in each or "Nhận tiền" in each for each in values)
        assert sheet.print_title_rows == f"$5:${head}"
        assert sheet.page_setup.orientation == "landscape"
    for query in (
        "tu=x",
        "tu=2026-12-31&den=2026-01-01",
        "mau=khong",
        "tu=2020-01-01",
    ):
        assert lan.open(f"/tiep-cong-dan/so?{query}", 422).faults
        assert lan.get(f"/tiep-cong-dan/so.xlsx?{query}").status_code == 404
    assert (
        visit(world.phuc)
        .open(f"/tiep-cong-dan/so?{year}&co_quan=an-binh")
        .root.xpath("//main//tbody")
    )
    assert not visit(world.binh).open(f"/tiep-cong-dan/so?{year}").root.xpath("//main//tbody")
    assert lan.get("/tiep-cong-dan/so?co_quan=bao-lam").status_code == 404
    for stranger in (world.giam, world.tam):
        assert visit(stranger).get("/tiep-cong-dan/so").status_code == 403


def test_the_book_holds_a_paper_of_reception(visit: Visit, world: World) -> None:
    """Its line leads to the paper; a confidential one says only what everybody may read."""
    held = a_session(world)
    plain = signed_paper(drafted(world, a_visit(world, held)), world.minh)
    secret = a_visit(world, held, 2, secret=True, kind=Kind.DENUNCIATION, name=SECRET_NAME)
    signed_paper(drafted(world, secret), world.minh)
    page = visit(world.van).open("/so-van-ban/di")
    assert f"/tiep-cong-dan/van-ban/{plain}" in page.links()
    assert "(tiếp công dân, giữ bí mật)" in page.words
    assert "Kết luận của Chủ tịch Trần Văn Minh" in page.words
    printed = visit(world.van).open("/so-van-ban/di/in")
    assert "(tiếp công dân, giữ bí mật)" in printed.words
    sheet = load_workbook(io.BytesIO(visit(world.van).get("/so-van-ban/di.xlsx").get_data())).active
    assert sheet.max_row == 4
    page = visit(world.van).open("/thong-ke/ho-so?bieu=01/TCD&cot=13")
    assert "AB-20261120-B" in page.words
    assert len(page.root.xpath("//main//tbody/tr")) == 1
    assert "mục bạn được xem" in page.words
