"""The desk without a mouse: a card is scanned, the history read, the petition registered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import func, select

from config.database import db
from petitions.models import Case, CaseLink
from petitions.services.intake import register
from petitions.services.visit_rows import Taken
from petitions.services.visits import receive
from tests.conftest import NOW
from tests.journeys.conftest import Seat
from tests.journeys.office import photograph
from tests.journeys.test_pages import RULES
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_person_history import COMER, NEW_CARD, SAID
from tests.world import World
from workflows.vocabulary import Kind

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]


def test_a_scan_leads_from_the_history_to_the_linked_petition(
    sit: Callable[..., Seat], world: World
) -> None:
    """One burst, Enter, Enter: the form stands there filled; the likely repeat is linked by the keyboard."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    receive(None, Taken(people=(COMER,), said=SAID, kind=Kind.COMPLAINT), actor=world.lan, now=NOW)
    register(replace(COMPLAINT, summary="Đơn ở xã khác"), actor=world.khanh, now=NOW)
    seat = sit(bypass_csp=True)
    seat.sign_in("lan")
    seat.go("/quay")
    page = seat.page
    assert page.evaluate("document.activeElement.id") == "box"
    page.keyboard.insert_text("van duc")
    page.get_by_text("Nguyễn Văn Đức, sinh 1970").wait_for()  # answered while typing
    page.keyboard.press("Control+a")
    page.keyboard.type(NEW_CARD, delay=1)  # as a keyboard wedge does
    page.keyboard.press("Enter")
    page.get_by_text("trùng số giấy tờ").wait_for()
    answer = page.locator("[data-box-answer]")
    assert code in answer.inner_text()
    assert SAID in answer.inner_text()
    assert "Đơn ở xã khác" not in answer.inner_text()
    assert "001070000001" not in page.url
    found = Axe().run(page, options=RULES)
    assert not found.violations_count, found.generate_report()
    photograph(seat, "desk-box")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # nothing typed since: on to the first act
    assert page.url.endswith("/dang-ky")
    assert page.locator("[name='parties.0.id_number']").input_value() == "001070000001"
    page.locator("#summary").focus()
    page.keyboard.insert_text("Khiếu nại thu hồi đất, gửi lại")
    page.locator("#content").focus()
    page.keyboard.insert_text(COMPLAINT.content)
    page.locator("[name='contested.number']").fill("12/QĐ-UBND")
    page.locator("[name='contested.received_on']").fill("05/10/2026")
    page.keyboard.press("Control+Enter")
    choice = page.locator(f"input[value='link:{code}']")
    choice.wait_for()
    panel = page.locator("#seen").inner_text()
    assert "cùng số CCCD" in panel
    assert "bạn chỉ được biết là có" in panel
    photograph(seat, "seen-before")
    choice.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/ho-so/AB-2026-000002-\d"))
    db.session.rollback()
    assert db.session.scalar(select(func.count(Case.id))) == 3
    assert db.session.scalar(select(func.count(CaseLink.from_case_id))) == 1


def test_a_sealed_person_is_nobody_to_an_officer_without_the_duty(
    sit: Callable[..., Seat], world: World
) -> None:
    """By name, number, telephone and code the box and the search know nothing; the address is none."""
    code = register(DENUNCIATION, actor=world.lan, now=NOW)
    sealed = DENUNCIATION.parties[0]
    said = [each for each in (sealed.name, sealed.id_number, sealed.phone, code) if each]
    assert len(said) > 2
    seat = sit()
    seat.sign_in("an")
    for typed in said:
        page = seat.go("/quay")
        page.keyboard.insert_text(typed)
        page.keyboard.press("Enter")
        answer = page.locator("[data-box-answer]")
        answer.get_by_text("chưa từng đến").wait_for()
        assert DENUNCIATION.summary not in answer.inner_text()
        seat.go("/quay")
        page.get_by_placeholder("Mã, tên, nội dung").fill(typed)
        page.keyboard.press("Enter")
        page.wait_for_url("**/tim")
        assert DENUNCIATION.summary not in seat.text()
    hidden = seat.page.goto(f"{seat.address}/ho-so/{code}")
    assert hidden is not None
    assert hidden.status == 404
    never = seat.page.goto(f"{seat.address}/ho-so/AB-2026-000999-9")
    assert never is not None
    assert never.status == 404
