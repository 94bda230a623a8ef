"""The desk by keyboard alone: a walk-in complaint to its slip, keys and page loads counted; lost lines, ended sessions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sqlalchemy import func, select

from config.database import db
from petitions.models import Case, Draft
from petitions.queries.case_page import case_page
from tests.journeys.conftest import Seat
from tests.journeys.office import photograph
from tests.world import World

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

Sit = Callable[..., Seat]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_KEYS, MOST_LOADS = 30, 3
CARD = "001070000001||Nguyễn Văn Đức|12031970|Nam|Thôn Đoài, xã An Bình|01012021"


class Keys:
    """A keyboard that counts what is pressed beside the text; a chord counts each of its keys."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed: list[str] = []
        self.loads: list[str] = []
        page.on("load", lambda each: self.loads.append(each.url))

    def press(self, *keys: str) -> None:
        """Tab, Enter, space, arrows, chords."""
        for key in keys:
            self.pressed += key.split("+")
            self.page.keyboard.press(key)

    def write(self, text: str, then: str = "Tab") -> None:
        """Type what the citizen says, and go on."""
        self.page.keyboard.type(text)
        if then:
            self.press(then)

    def to(self, name: str) -> None:
        """Tab until the field called so has the focus."""
        for _ in range(12):
            if self.page.evaluate("document.activeElement.name || ''") == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} is not reached; at {self.here()}")

    def here(self) -> str:
        """What has the focus."""
        return str(self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))


def nothing_wrong(page: Page) -> None:
    """axe finds nothing on the page as it now stands."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


def told(page: Page, words: str) -> None:
    """Wait until the page says so beside its buttons."""
    page.locator("[data-draft-note]", has_text=words).wait_for()


def cases() -> int:
    """How many cases there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count(Case.id))) or 0


def drafts() -> int:
    """How many drafts there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count(Draft.id))) or 0


def test_a_walk_in_complaint_from_desk_to_slip(sit: Sit, world: World) -> None:
    """No mouse, at most thirty keys beside the text and three pages, every field a desk asks for filled."""
    lan = sit("lan")
    page, keys = lan.page, Keys(lan.page)
    keys.press("n")
    page.wait_for_url("**/dang-ky")
    keys.write("Nguyễn Văn Đức")
    keys.write("12031970")
    keys.write("001070000001")
    keys.write("0912345678")
    keys.write("Thôn Đoài, xã An Bình")
    keys.to("summary")
    keys.write("Khiếu nại quyết định thu hồi đất thôn Đoài")
    keys.write("Tôi không đồng ý với Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở.")
    keys.write("Hủy quyết định")
    page.wait_for_selector("[data-hint=field_code] button")
    keys.to("_take")
    keys.press("Enter")
    assert page.evaluate("document.activeElement.name") == "field_code"
    keys.to("place_words")
    keys.write("An Bình")
    keys.to("contested.number")
    keys.write("12/QĐ-UBND")
    keys.write("01102026")
    keys.write("05102026")
    keys.write("UBND xã An Bình")
    keys.to("respondents.0.name")
    keys.write("UBND xã An Bình", then="")
    told(page, "Đã lưu nháp")
    page.wait_for_selector("[data-hint=competent] .hint")
    photograph(lan, "register")
    nothing_wrong(page)
    assert drafts() == 1
    keys.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    code = page.url.rpartition("/")[2]
    assert page.evaluate("document.activeElement.textContent") == "In phiếu hẹn"
    keys.press("Enter")
    page.wait_for_url("**/phieu-hen")
    photograph(lan, "register-slip")
    assert code in lan.text()
    db.session.rollback()
    shown = case_page(world.lan, code)
    assert (shown.people[0].name, shown.place, shown.field) == (
        "Nguyễn Văn Đức",
        "Xã An Bình",
        "Thu hồi, giải phóng mặt bằng",
    )
    assert (cases(), drafts()) == (1, 0)
    assert len(keys.pressed) <= MOST_KEYS, keys.pressed
    assert len(keys.loads) <= MOST_LOADS, keys.loads


def test_a_scanned_card_and_a_repeat(sit: Sit, world: World) -> None:
    """The scanner's Enter fills the person; the same petition again is told before it is saved, and linked."""
    lan = sit("lan")
    page = lan.page
    for again in (False, True):
        keys = Keys(page)
        lan.go("/dang-ky")
        keys.write(CARD, then="Enter")
        page.locator("[name='parties.0.phone']:focus").wait_for()
        assert lan.field("Họ và tên").input_value() == "Nguyễn Văn Đức"
        assert lan.field("Ngày hoặc năm sinh").input_value() == "12/03/1970"
        keys.to("summary")
        keys.write("Khiếu nại quyết định thu hồi đất thôn Đoài")
        keys.write("Tôi khiếu nại Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở.", then="")
        if again:
            page.wait_for_selector("[data-seen-link]:not([hidden])")
            photograph(lan, "register-seen")
        keys.press("Control+Enter")
        if not again:
            page.wait_for_url("**/ho-so/AB-*")
    page.wait_for_selector(".faults")
    nothing_wrong(page)
    assert cases() == 1
    page.get_by_label(re.compile("^Đăng ký và liên kết với")).first.check()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    assert "Liên quan" in lan.text()


def test_the_connection_is_lost_in_the_middle(sit: Sit, world: World) -> None:
    """The page keeps the typing and says so; nothing in the browser's storage; back again it is kept and sent."""
    lan = sit("lan")
    page = lan.page
    lan.go("/dang-ky")
    lan.context.set_offline(True)
    page.keyboard.type("Nguyễn Văn Đức")
    told(page, "Mất kết nối")
    lan.fill("Tóm tắt", "Khiếu nại thu hồi đất")
    lan.fill("Nội dung đơn", "Tôi khiếu nại quyết định thu hồi đất.")
    page.keyboard.press("Control+Enter")
    told(page, "Mất kết nối")
    assert page.url.endswith("/dang-ky")
    assert lan.field("Họ và tên").input_value() == "Nguyễn Văn Đức"
    lan.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    told(page, "Đã lưu nháp")
    assert (drafts(), cases()) == (1, 0)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    assert (drafts(), cases()) == (0, 1)
    lan.complaints.clear()  # the browser remarks on what it could not fetch


def test_the_session_ends_in_the_middle(sit: Sit, world: World) -> None:
    """Signed in again in another window, the page is sent as it stands; elsewhere the draft is found."""
    lan = sit("lan")
    page = lan.page
    lan.go("/dang-ky")
    page.keyboard.type("Nguyễn Văn Đức")
    told(page, "Đã lưu nháp")
    lan.context.clear_cookies()
    lan.fill("Tóm tắt", "Khiếu nại thu hồi đất")
    lan.fill("Nội dung đơn", "Tôi khiếu nại quyết định thu hồi đất.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[data-draft-door]:not([hidden])")
    assert "Phiên làm việc đã hết" in page.locator("[data-draft-note]").inner_text()
    photograph(lan, "register-signed-out")
    nothing_wrong(page)
    other = Seat(lan.address, lan.context, lan.context.new_page())
    other.sign_in("lan")
    other.go("/dang-ky")
    assert "Nguyễn Văn Đức" in other.text()
    other.page.close()
    page.bring_to_front()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    assert (drafts(), cases()) == (0, 1)
    lan.complaints.clear()


def test_a_group_of_two_hundred(sit: Sit, world: World) -> None:
    """Pasted, one line wrong and put right, two who speak for all; by keyboard."""
    lan = sit("lan")
    page = lan.page
    lines = [f"{n}. Người Ký {n}\t{1940 + n % 60}\tThôn {n % 7}" for n in range(1, 201)]
    lines[10] = "11. Người Ký 11\tnăm nay\tThôn 4"
    lan.go("/dang-ky")
    page.locator("summary", has_text="Đơn nhiều người").press("Enter")
    pasted = page.get_by_label("Danh sách người ký đơn")
    pasted.fill("\n".join(lines))
    assert "Danh sách có 200 dòng" in lan.text()
    lan.fill("Người đại diện", "1, 2")
    lan.fill("Tóm tắt", "Khiếu nại giá bồi thường")
    lan.fill("Nội dung đơn", "Chúng tôi không đồng ý với giá bồi thường.")
    page.get_by_label("Đơn có đủ chữ ký").check()
    page.get_by_label("Có văn bản cử người đại diện").check()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".faults")
    assert "Dòng 11:" in page.locator(".faults").inner_text()
    photograph(lan, "register-group")
    pasted.fill("\n".join(line.replace("năm nay", "1950") for line in lines))
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    db.session.rollback()
    assert case_page(world.lan, page.url.rpartition("/")[2]).group_size == 200
