"""The citizen: from the slip an officer prints to the look-up and the five questions, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import update

from config.database import transaction
from petitions.models import Case
from tests.journeys.conftest import Seat
from tests.journeys.office import photograph
from tests.web.cases import DENUNCIATION, registered
from tests.world import World
from workflows.vocabulary import State

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

Sit = Callable[..., Seat]
A5, A4 = ("420", "594"), ("594", "841")


def sheets(pdf: bytes) -> list[tuple[str, str]]:
    """Width and height of each page, in whole points."""
    found = re.findall(rb"/MediaBox *\[0 0 (\d+)[\d.]* (\d+)", pdf)
    return [(width.decode(), height.decode()) for width, height in found]


def test_from_slip_to_survey(sit: Sit, world: World) -> None:
    """Printed on one sheet in either size; nothing secret in any address; answered with the keyboard."""
    code = registered(world, DENUNCIATION)
    lan = sit("lan")
    lan.go(f"/ho-so/{code}")
    lan.page.get_by_role("button", name="In phiếu hẹn").press("Enter")
    secret = lan.page.locator(".slip-secret").inner_text()
    photograph(lan, "slip")
    assert sheets(lan.page.pdf(prefer_css_page_size=True)) == [A5]
    lan.page.get_by_role("button", name="Đổi sang chữ to").press("Enter")
    lan.page.locator(".slip-large").wait_for()
    assert lan.page.locator(".slip-secret").inner_text() == secret
    photograph(lan, "slip-large")
    assert sheets(lan.page.pdf(prefer_css_page_size=True)) == [A4]
    assert "tố cáo" not in lan.page.content().casefold()

    citizen = sit()
    sent: list[str] = []
    citizen.page.on("request", lambda request: sent.append(f"{request.url} {request.headers}"))
    citizen.page.set_viewport_size({"width": 390, "height": 800})
    citizen.go(f"/tra-cuu#ma={code}")
    page = citizen.page
    assert page.url.endswith("/tra-cuu")
    assert page.get_by_label("Mã hồ sơ").input_value() == code
    page.keyboard.type(secret.lower().replace("-", ""))  # the field has the focus already
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Đơn đã được tiếp nhận.").wait_for()
    photograph(citizen, "look-up")

    with transaction() as session:
        session.execute(
            update(Case).where(Case.code == code).values(state=State.CLOSED, open=False)
        )
    page.get_by_role("link", name="Xem đơn khác").press("Enter")
    page.get_by_label("Mã hồ sơ").fill(code)
    page.get_by_label("Mã bí mật").fill(secret)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ông (bà) thấy cơ quan làm việc thế nào?").wait_for()
    photograph(citizen, "survey")
    page.get_by_role("button", name="Gửi đánh giá").press("Enter")
    page.locator(".faults").wait_for()
    for topic in ("spirit", "attitude", "responsibility", "timeliness", "quality"):
        page.locator(f"#{topic}").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Gửi đánh giá").press("Enter")
    page.get_by_text("Đã ghi nhận đánh giá.").wait_for()
    assert "Gửi đánh giá" not in citizen.text()
    assert not citizen.context.cookies()
    assert not [each for each in sent if secret in each or code in each]
    assert "tố cáo" not in page.content().casefold()

    minh = sit("minh")
    minh.go("/hai-long")
    assert "Không có đánh giá nào chờ xem lại" in minh.text()
    photograph(minh, "satisfaction")
