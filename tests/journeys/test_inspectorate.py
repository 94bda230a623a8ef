"""The inspectorate at work: a Monday morning, a letter and its answer, a quarter signed, a year ranked."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator

from petitions.services.hotspots import scan
from petitions.services.intake import register
from petitions.services.registration import Person
from petitions.services.weighing import run as weigh
from petitions.text import vn_date
from tests.conftest import TODAY
from tests.journeys.conftest import WINDOW, Clock, Seat
from tests.journeys.office import Sit, downloaded, enter, everybody_may_sign_in, looked_at
from tests.journeys.test_pages import PHONE
from tests.petitions.hotspot_province import LAST, plant
from tests.petitions.test_advising import hire, instant
from tests.petitions.test_hotspots import MONDAY_MORNING
from tests.petitions.test_statistics import SUMMER, accepted, complaint, decided, denounced
from tests.petitions.test_urging import led
from tests.web.cases import COMPLAINT
from tests.world import World
from workflows.vocabulary import Kind, Role

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

MONDAY = date(2026, 11, 16)
SMELL = "Mùi hôi từ bãi rác thôn Đoài"
PLACE = "Xã An Bình"
QUARTER = "?first=15/06/2026&last=14/09/2026"


@pytest.fixture
def burning(world: World, clock: Clock) -> tuple[str, ...]:
    """A year of weeks, then nine petitions in nine days about one thing at An Bình, the first of a
    crowd and with a threat; scanned and weighed before Monday's office hours. Their codes."""
    plant(world)
    codes = tuple(_smelling(world, number) for number in range(9))
    clock.go(MONDAY)
    scan(MONDAY_MORNING, week=LAST)
    weigh(MONDAY_MORNING)
    return codes


def _smelling(world: World, number: int) -> str:
    on = LAST - timedelta(days=7 - number)
    crowd = {"group_size": 34, "security_risk": True} if number == 0 else {}
    given = replace(
        COMPLAINT, kind=Kind.FEEDBACK, contested=None, respondents=(), received_on=on,
        field_code="o-nhiem", summary=f"{SMELL}, lần {number + 1}",
        content="Bãi rác tạm bốc mùi vào ban đêm, trẻ em ho nhiều.",
        parties=(Person(name=f"Nguyễn Văn Thứ {number}", address="Thôn Đoài, xã An Bình"),),
        **crowd,
    )  # fmt: skip
    return register(given, actor=world.lan, now=instant(on))


def look(seat: Seat, name: str) -> None:
    """Sound for axe and no wider than the screen, at the desk and on a telephone; a picture of both."""
    looked_at(seat, name)
    seat.page.set_viewport_size(PHONE)
    wide = seat.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"], (name, wide)
    looked_at(seat, f"{name}-phone")
    seat.page.set_viewport_size(WINDOW)


def follow(seat: Seat, link: Locator) -> None:
    """Go to a link and press Enter."""
    link.focus()
    with seat.page.expect_navigation():
        seat.page.keyboard.press("Enter")


def tick(seat: Seat, label: str) -> None:
    """Choose a box or a button by its words with the space bar."""
    seat.page.get_by_label(label, exact=True).focus()
    seat.page.keyboard.press("Space")


def unfold(seat: Seat, words: str) -> None:
    """Open a folded part by keyboard."""
    seat.page.locator("summary", has_text=words).first.focus()
    seat.page.keyboard.press("Enter")


def test_a_monday_morning_of_an_inspector(sit: Sit, burning: tuple[str, ...]) -> None:
    """From the queue to a hot spot and its reason; taken, planned, judged; a case noted and charged."""
    hoa = sit("hoa", bypass_csp=True)
    enter(hoa, "Hàng đợi", "link")
    rows = hoa.page.locator(".queue-list tbody tr")
    assert burning[0] in rows.first.inner_text(), "a threat stands before everything"
    assert "34 người" in rows.first.inner_text()
    fire = hoa.page.locator("tr.queue-fire", has_text=PLACE)
    sentence = "9 đơn trong 2 tuần, thường 1"
    assert sentence in fire.inner_text()
    look(hoa, "monday-queue")

    follow(hoa, fire.get_by_role("link").first)
    assert sentence in hoa.text() and "Vụ việc được tính (9)" in hoa.text()
    look(hoa, "monday-hot-spot")
    enter(hoa, "Giao người phụ trách", "link")
    assert hoa.field("Người phụ trách").input_value() == "hoa"
    enter(hoa, "Giao người phụ trách")
    enter(hoa, "Ghi phương án", "link")
    hoa.fill("Phương án xử lý", "Đóng bãi rác tạm trước 30/11; đối thoại với thôn Đoài ngày 20/11.")
    look(hoa, "monday-plan")
    enter(hoa, "Ghi phương án")
    enter(hoa, "Đổi tình trạng", "link")
    tick(hoa, "Điểm nóng")
    enter(hoa, "Đổi tình trạng")
    enter(hoa, "Kết luận về báo động", "link")
    tick(hoa, "Đúng là điểm nóng")
    enter(hoa, "Kết luận về báo động")
    for words in ("Vũ Thị Hoa", "Đóng bãi rác tạm", "Điểm nóng", "Đúng là điểm nóng"):
        assert words in hoa.text(), words
    look(hoa, "monday-hot-spot-taken")
    hoa.go("/diem-nong")
    assert "1 kết luận gần nhất: 1 đúng" in hoa.text()
    look(hoa, "monday-hot-spots")

    hoa.go(f"/ho-so/{burning[0]}")
    enter(hoa, "Ghi chú", "link")
    hoa.fill("Nội dung", "Đã hẹn Chủ tịch xã làm việc chiều thứ Ba.")
    look(hoa, "monday-note")
    enter(hoa, "Ghi")
    assert "Đã hẹn Chủ tịch xã" in hoa.text() and "Thuộc điểm nóng" in hoa.text()
    enter(hoa, "Hàng đợi", "link")
    tick(hoa, f"Chọn hồ sơ {burning[0]}")
    enter(hoa, "Phân công theo dõi")
    hoa.fill("Thanh tra viên theo dõi", "Vũ Thị Hoa")
    look(hoa, "monday-charge")
    enter(hoa, "Ghi phân công")
    assert "Theo dõi: Vũ Thị Hoa" in hoa.text()

    enter(hoa, "Hàng đợi", "link")
    unfold(hoa, "Lọc hàng đợi")
    hoa.fill("Dấu hiệu", "Đông người")
    enter(hoa, "Lọc")
    assert rows.count() == 1
    hoa.page.get_by_label("Lưu bộ lọc này với tên").focus()
    hoa.page.keyboard.insert_text("Đoàn đông")
    with hoa.page.expect_navigation():
        hoa.page.keyboard.press("Enter")
    enter(hoa, "Hàng đợi", "link")
    enter(hoa, "Đoàn đông", "link")
    assert rows.count() == 1 and burning[0] in hoa.text()
    look(hoa, "monday-view")


def test_from_an_alarm_to_an_urging_letter_to_its_answer(
    sit: Sit, clock: Clock, world: World, burning: tuple[str, ...]
) -> None:
    """Written from the hot spot, numbered by the clerk, printed, answered by the urged head, seen."""
    led(world)
    hire(world, "mo", "Lê Thị Mơ", Role.CLERK, "thanh-tra")
    everybody_may_sign_in()
    hoa = sit("hoa", bypass_csp=True)
    hoa.go("/diem-nong")
    follow(hoa, hoa.page.get_by_role("link", name=re.compile(PLACE)).first)
    enter(hoa, "Soạn văn bản đôn đốc (9 hồ sơ)", "link")
    tick(hoa, f"Đôn đốc {burning[-1]}")
    hoa.fill("Nội dung đôn đốc", "Đóng bãi rác tạm và trả lời người dân trước cuối tháng.")
    look(hoa, "urge-new")
    enter(hoa, "Ban hành")
    assert "chưa có số" in hoa.text() and "Chờ trả lời" in hoa.text()
    assert hoa.page.locator("tbody tr").count() == 8
    letter = hoa.page.url.removeprefix(hoa.address)

    mo = sit("mo", bypass_csp=True)
    enter(mo, "Sổ văn bản", "link")
    follow(mo, mo.page.locator("tbody tr").first.locator("a.code").first)
    look(mo, "urge-number")
    enter(mo, "Cấp số")
    hoa.go(letter)
    number = re.search(r"đôn đốc số (\S+)", hoa.text())
    assert number is not None and number[1].startswith("01/")
    look(hoa, "urge-letter")
    words = downloaded(hoa, "Tải về (.docx)")
    assert number[1] in words and burning[1] in words and burning[-1] not in words
    enter(hoa, "Bản in", "link")
    assert "Lương Quốc Đạo" in hoa.page.inner_text("body")
    looked_at(hoa, "urge-print")
    assert len(hoa.page.pdf(format="A4")) > 10_000

    clock.go(MONDAY + timedelta(days=2))
    minh = sit("minh", bypass_csp=True)
    minh.go("/sang-nay")
    look(minh, "urge-morning")
    follow(minh, minh.page.locator(f"main a[href='{letter}']").first)
    minh.page.get_by_label(f"Tình hình giải quyết {burning[0]}").focus()
    minh.page.keyboard.insert_text("Đã đóng bãi rác ngày 17/11.")
    look(minh, "urge-answer")
    enter(minh, "Gửi trả lời")
    assert minh.page.locator(".fault").count(), "a reply says something"
    minh.fill("Nội dung trả lời", "Đã đóng bãi rác tạm; trả lời từng người dân xong trước 25/11.")
    minh.fill("Số, ngày văn bản trả lời", "88/UBND ngày 18/11/2026")
    enter(minh, "Gửi trả lời")
    look(minh, "urge-answered")

    hoa.go("/don-doc?xem=da-tra-loi")
    assert number[1] in hoa.text() and "Đã trả lời" in hoa.text()
    look(hoa, "urge-list")
    follow(hoa, hoa.page.get_by_role("link", name=number[1]).first)
    for told in ("Đã đóng bãi rác tạm", "Đã đóng bãi rác ngày 17/11.", "88/UBND", "18/11/2026"):
        assert told in hoa.text(), told
    hoa.go(f"/ho-so/{burning[0]}")
    assert hoa.page.locator(f"a[href='{letter}']").count()
    look(hoa, "urge-case")


def test_a_quarter_report_from_draft_to_signed(sit: Sit, world: World) -> None:
    """Asked, counted, completed, confirmed, signed by the unit and for the province; then corrected."""
    accepted(world, SUMMER), accepted(world, SUMMER), denounced(world, SUMMER)
    decided(world, "Khiếu nại đúng", SUMMER)
    led(world)
    everybody_may_sign_in()
    hoa = sit("hoa", bypass_csp=True)
    hoa.go("/ky-bao-cao")
    enter(hoa, "Giao đợt báo cáo", "link")
    hoa.go(f"/ky-bao-cao/moi{QUARTER}")
    hoa.fill("Tên đợt", "Số liệu quý III năm 2026")
    hoa.fill("Hạn gửi", vn_date(TODAY + timedelta(days=4)))
    for box in hoa.page.locator("input[name=tables], input[name=units]").all():
        wanted = box.get_attribute("value") in {"01/XLD", "01/KQGQ", "an-binh", "bao-lam"}
        if box.is_checked() != wanted:
            box.focus()
            hoa.page.keyboard.press("Space")
    look(hoa, "quarter-ask")
    enter(hoa, "Giao")
    assert "0/2 đã gửi" in hoa.text()
    campaign = hoa.page.url.removeprefix(hoa.address)

    van = sit("van", bypass_csp=True)
    van.go("/ky-bao-cao")
    look(van, "quarter-own")
    follow(van, van.page.get_by_role("link", name=re.compile("^Soạn bảng")).first)
    sheet = van.page.url.removeprefix(van.address)
    look(van, "quarter-empty")
    enter(van, "Tính số liệu")
    follow(van, van.page.locator(".stations a", has_text="01/KQGQ"))
    van.page.get_by_label("Cột 13", exact=True).focus()
    van.page.keyboard.insert_text("2")
    tick(van, "Ô còn trống ghi 0")
    look(van, "quarter-by-hand")
    enter(van, "Ghi các cột nhập tay")
    enter(van, "Xác nhận, trình ký")
    assert "chờ ký" in van.text()

    minh = sit("minh", bypass_csp=True)
    minh.go("/ky-bao-cao")
    follow(minh, minh.page.get_by_role("link", name=re.compile("^Xem, ký")).first)
    enter(minh, "Ký, gửi Thanh tra tỉnh")
    assert "Bản ký lần 1" in minh.text() and "Trần Văn Minh" in minh.text()
    look(minh, "quarter-signed")
    dao = sit("dao", bypass_csp=True)
    dao.go(f"{campaign}?bieu=01/XLD")
    assert "1/2 đã gửi" in dao.text() and "UBND xã Bảo Lâm" in dao.text()
    look(dao, "quarter-sum")
    enter(dao, "Ký bảng tổng hợp (2 biểu)")
    look(dao, "quarter-sum-signed")

    signed = _figures(dao, f"{campaign}?bieu=01/XLD&ban=1")
    assert any(signed)
    complaint(world, SUMMER)
    assert _figures(dao, f"{campaign}?bieu=01/XLD&ban=1") == signed
    minh.go(f"{sheet}?bieu=01/XLD&ban=1")
    assert "Tính hôm nay" in minh.text(), "what differs now stands beside what was signed"
    look(minh, "quarter-moved")

    unfold(minh, "Đính chính")
    minh.fill("Lý do đính chính", "Sót một đơn nhập muộn")
    enter(minh, "Mở bản đính chính")
    enter(minh, "Tính lại số liệu")
    look(minh, "quarter-correcting")
    enter(minh, "Ký, gửi Thanh tra tỉnh")
    assert "Bản ký lần 2" in minh.text() and "Sót một đơn nhập muộn" in minh.text()
    dao.go(f"{campaign}?bieu=01/XLD")
    dao.fill("Lý do ký lại", "UBND xã An Bình đính chính")
    enter(dao, "Ký bảng tổng hợp (2 biểu)")
    assert _figures(dao, f"{campaign}?bieu=01/XLD&ban=2") != signed
    assert _figures(dao, f"{campaign}?bieu=01/XLD&ban=1") == signed
    look(dao, "quarter-editions")


def _figures(seat: Seat, path: str) -> list[str]:
    """The figures of the first table of figures of a page."""
    seat.go(path)
    return (
        seat.page.locator("table")
        .filter(has_text="Biểu 01/XLD")
        .first.locator("td.num")
        .all_inner_texts()
    )


def test_from_a_figure_to_its_cases(sit: Sit, world: World) -> None:
    """Every kind of figure an inspector reads leads to as many cases, and from there into one."""
    for _ in range(3):
        accepted(world, SUMMER)
    complaint(world)
    weigh(instant(TODAY))
    hoa = sit("hoa", bypass_csp=True)
    hoa.go("/thong-ke?bieu=01/XLD&tu=2026-06-15&den=2026-09-14")
    look(hoa, "figure-table")
    for path in (
        "/thong-ke?bieu=01/XLD&tu=2026-06-15&den=2026-09-14",
        "/toan-canh", "/toan-canh/linh-vuc", "/toan-canh/ton-dong",
    ):  # fmt: skip
        hoa.go(path)
        link = hoa.page.locator("main td.num a").first
        number = int(re.sub(r"\D", "", link.inner_text().rpartition(":")[2]))
        follow(hoa, link)
        codes = set(hoa.page.locator("main a.code").all_inner_texts())
        assert len(codes) == number > 0, path
        look(hoa, f"figure-{path.split('?')[0].strip('/').replace('/', '-')}")
        follow(hoa, hoa.page.locator("main a.code").first)
        assert hoa.page.url.rpartition("/")[2] in codes


def test_a_scorecard_opened_judged_and_closed(sit: Sit, clock: Clock, world: World) -> None:
    """Criteria looked at, opened, points by hand with a reason, closed; the head reads the ranking."""
    decided(world, "Khiếu nại đúng", SUMMER)
    led(world)
    everybody_may_sign_in()
    dao = sit("dao", bypass_csp=True)
    dao.go("/xep-hang")
    dao.fill("Năm", "2026")
    enter(dao, "Lập bảng")
    assert "đủ 100 điểm" in dao.text()
    look(dao, "score-draft")
    unfold(dao, "Kỳ tính điểm, ngày chốt")
    dao.fill("Đủ số liệu để xếp hạng", "20")
    enter(dao, "Lưu")
    enter(dao, "Mở chấm điểm")
    look(dao, "score-open")
    follow(dao, dao.page.get_by_role("link", name="UBND xã An Bình").first)
    unfold(dao, "Chấm điểm")
    dao.fill("Điểm, tối đa", "4")
    dao.fill("Lý do", "Ban hành đủ quy chế, niêm yết lịch tiếp công dân.")
    look(dao, "score-by-hand")
    enter(dao, "Ghi điểm")
    assert "Lương Quốc Đạo" in dao.text()
    minh = sit("minh", bypass_csp=True)
    minh.go("/xep-hang/2026/an-binh")
    assert "Ban hành đủ quy chế" in minh.text()

    clock.go(date(2026, 12, 16))
    dao.go("/xep-hang/2026")
    tick(dao, "Điểm chấm tay còn thiếu tính là không đủ số liệu")
    enter(dao, "Chốt, không sửa được nữa")
    assert "Đã chốt" in dao.text()
    look(dao, "score-closed")
    minh.go("/xep-hang/2026")
    assert "UBND xã Bảo Lâm" in minh.text() and "số liệu không đổi nữa" in minh.text()
    look(minh, "score-ranking")
