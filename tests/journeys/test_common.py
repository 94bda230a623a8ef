"""What every page shares in a browser: keys over the page, all rows at once, faults read first, paper, phone."""

from __future__ import annotations

import pytest

from tests.journeys.conftest import Seat
from tests.journeys.office import Sit
from tests.journeys.test_pages import PHONE
from tests.petitions.routing import HEAD, routed
from tests.web.cases import registered
from tests.world import World

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]


def focused(seat: Seat) -> str:
    """What has the focus: its id, or its text."""
    return str(
        seat.page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    )


def test_keys_are_shown_over_the_page(sit: Sit, world: World) -> None:
    """``?`` opens them, Escape closes, letters in a field are letters; without script they have a page."""
    code = registered(world)
    minh = sit("minh")
    assert minh.page.url.endswith("/sang-nay")
    page = minh.go(f"/ho-so/{code}")
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    assert page.locator("dialog kbd").count() > 8
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("b")
    assert focused(minh).startswith(page.locator(".acts a").first.inner_text().split("\n")[0])
    page.keyboard.press("/")
    page.keyboard.type("nhs?")
    assert page.input_value("#tim") == "nhs?"
    assert page.locator("dialog[open]").count() == 0
    page.locator("h1").click()
    page.keyboard.press("s")
    page.wait_for_url("**/sang-nay")
    plain = sit("lan", java_script_enabled=False)
    plain.page.locator(".who summary").click()
    plain.page.get_by_role("link", name="Phím tắt").click()
    plain.page.wait_for_url("**/phim-tat")
    assert plain.page.locator("main kbd").count() > 8


def test_all_rows_at_once_and_the_count_of_the_chosen(sit: Sit, world: World) -> None:
    """Ticked with the keyboard, given to one officer, each with its result; the same without script."""
    routed(HEAD)
    codes = [registered(world) for _ in range(3)]
    minh = sit("minh")
    page = minh.go("/phan-xu-ly")
    page.get_by_label("Tất cả").press("Space")
    assert "Đã chọn 3 hồ sơ" in minh.text()
    page.get_by_label(codes[0]).press("Space")
    assert "Đã chọn 2 hồ sơ" in minh.text()
    assert page.evaluate("document.getElementById('choose-all').indeterminate")
    page.get_by_label("Giao cho").select_option(index=1)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("[role=status]")
    assert "Đã giao 2 trong 2 hồ sơ." in minh.text()
    plain = sit("minh", java_script_enabled=False)
    page = plain.go("/phan-xu-ly")
    page.get_by_label(codes[0]).check()
    page.locator(".actions button").click()
    page.wait_for_selector(".faults")
    assert page.title().startswith("Lỗi: ")
    assert page.get_by_role("heading", name="Có 1 chỗ cần sửa").is_visible()
    assert page.get_by_label(codes[0]).is_checked()
    assert page.evaluate("document.activeElement.className") == "faults"
    page.get_by_label("Giao cho").select_option(index=1)
    page.locator(".actions button").click()
    assert "Đã giao 1 trong 1 hồ sơ." in plain.text()


def test_the_menus_close_and_fit_a_telephone(sit: Sit, world: World) -> None:
    """Escape gives the focus back to what opened them; open, they are no wider than the screen."""
    minh = sit("minh")
    page = minh.page
    page.locator(".bar-more summary").press("Enter")
    assert page.locator(".bar-menu").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".bar-menu").is_hidden()
    assert focused(minh) == "Thêm"
    page.set_viewport_size(PHONE)
    for menu in (".bar-more", ".who"):
        page.locator(f"{menu} summary").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], menu
        page.keyboard.press("Escape")


def test_paper_and_forced_colours(sit: Sit, world: World) -> None:
    """The morning on paper has nothing to press; in forced colours the place one is at is still marked."""
    registered(world)
    minh = sit("minh")
    page = minh.go("/sang-nay")
    page.emulate_media(media="print")
    assert page.locator("main .btn:visible, nav:visible, button:visible").count() == 0
    assert page.get_by_role("heading", name="Đến hạn trong 7 ngày tới").is_visible()
    page.emulate_media(media="screen", forced_colors="active")
    here, other = (
        page.locator(f".bar-nav a{which}").first.evaluate(
            "each => getComputedStyle(each).borderBottomColor"
        )
        for which in ("[aria-current]", ":not([aria-current])")
    )
    assert here != other
