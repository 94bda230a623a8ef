"""Every page looked at by axe, weighed, and photographed when asked for (``SHOTS=folder``)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from petitions.queries.projects import projects
from tests.conftest import TODAY
from tests.journeys.conftest import Seat
from tests.web.cases import DENUNCIATION, LATE, complaints, done, in_verification, registered
from tests.world import World
from workflows.vocabulary import Action, Need

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGE_LIMIT = 120_000
"""Bytes transferred for a page once style sheets and script are known to the browser."""
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def everything(world: World) -> dict[str, str]:
    """Cases that fill the pages."""
    complaints(world, 55)
    full = in_verification(world)
    done(full, Action.REPORT, world.an, {Need.DOCUMENT: "Báo cáo 12/BC ngày 18/11/2026"})
    late = registered(world, received_on=TODAY - timedelta(days=20), late_reason=LATE)
    return {"full": full, "late": late, "sealed": registered(world, DENUNCIATION)}


def addresses(world: World, codes: dict[str, str]) -> dict[str, list[str]]:
    """Pages by who opens them."""
    full, late, sealed = (f"/ho-so/{codes[name]}" for name in ("full", "late", "sealed"))
    person, place = f"/quan-tri/nguoi-dung/{world.an.hat_id}", "/quan-tri/dia-ban/99003"
    admin = [
        *(f"{person}{tail}" for tail in ("", "/sua", "/vai-tro", "/het-vai-tro", "/mat-khau", "/khoa", "/uy-quyen")),
        *(f"/quan-tri/{tail}" for tail in ("nguoi-dung", "nguoi-dung/moi", "co-quan", "co-quan/moi", "co-quan/an-binh", "co-quan/an-binh/sua", "co-quan/an-binh/chuyen", "co-quan/an-binh/ket-thuc", "co-quan/sap-nhap", "dia-ban", "dia-ban?ten=an+binh", "dia-ban?ten=xyz", "lich", "lich/2026", "noi-ngoai", "noi-ngoai/moi", "han-noi-bo", "han-noi-bo/moi")),
        place, f"{place}/dac-diem", "/ban-giao", f"/ban-giao/{world.an.hat_id}",
    ]  # fmt: skip
    return {
        "lan": ["/ho-so", "/viec", "/dang-ky", "/tim", "/phim-tat", "/mat-khau", "/tai-khoan", "/du-an", sealed, f"{sealed}/tai-lieu", f"{late}/viec/classify", f"{late}/viec/split", "/ho-so/AB-2026-999999-9"],
        "minh": [full, late, sealed, f"{full}/viec/correct", f"{full}/viec/plan_dialogue", f"{full}/viec/mark_complex", f"{full}/viec/assign_verification", f"{full}/viec/correct_date", f"{late}/viec/accept", f"{sealed}/danh-tinh", "/ban-giao"],
        "an": ["/viec", "/du-an/moi"],
        "tam": admin,
    }  # fmt: skip


def test_axe_finds_nothing_on_any_page(
    sit: Callable[..., Seat], world: World, everything: dict[str, str]
) -> None:
    """WCAG 2.2 AA and best practice; folded parts opened too; each page photographed on request."""
    axe, found = Axe(), []
    door = sit(bypass_csp=True)
    door.go("/dang-nhap")
    found += look(axe, door, "dang-nhap")
    for username, paths in addresses(world, everything).items():
        seat = sit(username, bypass_csp=True)
        for path in paths:
            seat.go(path)
            found += look(axe, seat, f"{username}{path}")
    lan = sit("lan", bypass_csp=True)
    page = lan.go("/dang-ky")
    page.get_by_label("Tố cáo", exact=True).check()
    page.get_by_role("button", name="Đăng ký").last.click()
    page.wait_for_selector(".faults")
    found += look(axe, lan, "lan/dang-ky-sai")
    phone = sit("minh", bypass_csp=True)
    phone.page.set_viewport_size(PHONE)
    for path in ("/ho-so", f"/ho-so/{everything['full']}"):
        phone.go(path)
        wide = phone.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"], (path, wide)
        found += look(axe, phone, f"dien-thoai{path}")
    assert found == []
    assert projects(world.an) == ()


def look(axe: Axe, seat: Seat, name: str) -> list[str]:
    """What axe says of the page as it stands and with its folded parts open."""
    shots = os.environ.get("SHOTS")
    if shots:
        file = Path(shots) / f"{name.replace('/', '_').replace('?', '_')}.png"
        seat.page.screenshot(path=file)
        seat.page.screenshot(path=file.with_suffix(".full.png"), full_page=True)
    found = []
    for _ in range(2):
        results = axe.run(seat.page, options=RULES)
        found += [
            f"{name}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
        ]
        seat.page.evaluate(
            "document.querySelectorAll('main details').forEach(each => { each.open = true; })"
        )
    return found


def test_pages_are_light_after_the_first(
    sit: Callable[..., Seat], world: World, everything: dict[str, str]
) -> None:
    """What a browser that has been here before transfers for each page."""
    minh = sit("minh")
    carried: list[int] = []
    client = minh.context.new_cdp_session(minh.page)
    client.send("Network.enable")
    client.on(
        "Network.loadingFinished", lambda event: carried.append(int(event["encodedDataLength"]))
    )
    for path in (
        "/ho-so",
        f"/ho-so/{everything['full']}",
        "/dang-ky",
        f"/ho-so/{everything['full']}/viec/correct",
        "/du-an",
    ):
        carried.clear()
        minh.go(path)
        minh.page.wait_for_load_state("networkidle")
        assert 0 < sum(carried) <= PAGE_LIMIT, (path, sum(carried))


def test_a_walk_in_complaint_by_keyboard_alone(sit: Callable[..., Seat], world: World) -> None:
    """Every field of the usual case is reached with Tab; one page to fill, one to see the result."""
    lan = sit("lan")
    page = lan.page
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    page.keyboard.press("n")
    page.wait_for_url("**/dang-ky")
    presses = 1
    typed = {
        "parties.0.name": "Nguyễn Văn Đức", "parties.0.address": "Thôn Đoài, xã An Bình",
        "respondents.0.name": "UBND xã An Bình", "summary": "Khiếu nại thu hồi đất",
        "content": "Tôi khiếu nại Quyết định số 12/QĐ-UBND.",
    }  # fmt: skip
    waiting = dict(typed)
    while waiting and presses < 60:
        page.keyboard.press("Tab")
        presses += 1
        name = page.evaluate("document.activeElement.name")
        if name in waiting:
            page.keyboard.insert_text(waiting.pop(name))
    assert not waiting
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    assert len(loads) == 2
    assert "Nguyễn Văn Đức" in lan.text()


def test_what_is_printed_is_the_file(
    sit: Callable[..., Seat], world: World, everything: dict[str, str]
) -> None:
    """Navigation and buttons stay on the screen."""
    minh = sit("minh")
    page = minh.go(f"/ho-so/{everything['full']}")
    page.emulate_media(media="print")
    assert page.locator(".bar").is_hidden()
    assert page.locator(".panel-act").is_hidden()
    assert page.get_by_text("Diễn biến", exact=True).is_visible()
    assert len(page.pdf(format="A4")) > 10_000
