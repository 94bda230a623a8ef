"""From a dialogue to its commitments and to one that is late, lived in a browser by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from config.database import db
from petitions.queries.commitment_shapes import Which
from petitions.queries.commitments import counts
from tests.conftest import TODAY
from tests.journeys.conftest import Clock, Seat
from tests.journeys.office import photograph, state
from tests.web.cases import done, in_verification
from tests.world import World
from workflows.vocabulary import Action, Need, State

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

Sit = Callable[..., Seat]
HELD_ON = TODAY + timedelta(days=5)
CHOSEN = "each => each.selectedOptions[0].text"
COMMITTED = "Đo đạc lại thửa đất cho hộ dân"


def write(seat: Seat, label: str, text: str, nth: int = 0) -> None:
    """Type into the visible field whose label begins so; in a selection, go down to what begins so."""
    named = seat.page.get_by_label(re.compile(f"^{re.escape(label)}")).filter(visible=True).nth(nth)
    named.focus()
    if named.evaluate("each => each.tagName") == "SELECT":
        for _ in range(named.evaluate("each => each.options.length")):
            if named.evaluate(CHOSEN).startswith(text):
                return
            seat.page.keyboard.press("ArrowDown")
        raise AssertionError(text)
    seat.page.keyboard.press("ControlOrMeta+a")
    seat.page.keyboard.type(text)


def press(seat: Seat, name: str, *, stays: bool = False) -> None:
    """A button or link, reached by keyboard."""
    named = seat.page.get_by_role("button", name=name, exact=True).or_(
        seat.page.get_by_role("link", name=name, exact=True)
    )
    named.filter(visible=True).first.focus()
    if stays:
        seat.page.keyboard.press("Enter")
        return
    with seat.page.expect_navigation():
        seat.page.keyboard.press("Enter")


def test_from_a_dialogue_to_a_late_commitment(sit: Sit, clock: Clock, world: World) -> None:
    """The head plans in time, the officer invites and records, the lead lets its day pass, the head acts."""
    code = in_verification(world)
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "12/BC"})
    base = f"/ho-so/{code}/doi-thoai"
    minh, an = sit("minh"), sit("an")

    minh.go(base)
    assert "sớm nhất đối thoại Thứ Tư, 25/11/2026" in minh.text()
    write(minh, "Nếu đối thoại ngày", "23/11/2026")
    press(minh, "Tính ngày cuối phải thông báo")
    assert "đã qua" in minh.text()
    press(minh, "Lên lịch, thông báo đối thoại")
    write(minh, "Ngày đối thoại", "25/11/2026")
    write(minh, "Địa điểm đối thoại", "Hội trường UBND xã")
    minh.page.locator(".actions button").first.focus()
    with minh.page.expect_navigation():
        minh.page.keyboard.press("Enter")

    an.go(base)
    press(an, "Thời gian, địa điểm, thành phần mời")
    write(an, "Giờ bắt đầu", "08:30")
    write(an, "Người chủ trì", "Trần Văn Minh, Chủ tịch")
    press(an, "Thêm người được mời", stays=True)
    an.page.keyboard.type("Sở Nông nghiệp và Môi trường")
    write(an, "Bên", "Cơ quan, tổ chức", 2)
    photograph(an, "dialogue-prepare")
    press(an, "Lưu")
    assert "Sở Nông nghiệp và Môi trường" in an.text()

    clock.go(HELD_ON)
    an.go(base)
    press(an, "Ghi kết quả đối thoại")
    write(an, "Biên bản", "Biên bản ngày 25/11/2026")
    for person in range(3):
        write(an, "Dự đối thoại", "Có", person)
    write(an, "Nội dung 1", "Đo đạc lại trước khi quyết định")
    press(an, "Thêm cam kết", stays=True)
    an.page.keyboard.type(COMMITTED)
    write(an, "Cơ quan chủ trì", "UBND xã Bảo")
    write(an, "Hạn thực hiện", "04/12/2026")
    photograph(an, "dialogue-record")
    press(an, "Lưu kết quả")
    assert state(code) is State.DIALOGUE_HELD
    for said in ("Đã đối thoại", "Đo đạc lại trước khi quyết định", COMMITTED, "UBND xã Bảo Lâm"):
        assert said in an.text()
    photograph(an, "dialogue-held")

    clock.go(HELD_ON + timedelta(days=14))
    binh = sit("binh")
    binh.go("/cam-ket?which=mine")
    assert "quá hạn 5 ngày" in binh.text()
    assert code not in binh.text()
    minh = sit("minh")
    minh.go("/cam-ket?which=late")
    photograph(minh, "commitments-late")
    press(minh, COMMITTED)
    press(minh, "Đôn đốc")
    write(minh, "Nội dung đôn đốc", "Đề nghị hoàn thành trong tuần")
    press(minh, "Đôn đốc")
    press(binh, COMMITTED)
    assert "Đề nghị hoàn thành trong tuần" in binh.text()
    press(binh, "Báo cáo kết quả")
    write(binh, "Kết quả đã thực hiện", "Đã đo đạc, giao sơ đồ cho hộ dân")
    write(binh, "Văn bản, chứng cứ", "21/BC-UBND")
    press(binh, "Báo cáo kết quả")
    minh.page.reload()
    press(minh, "Xác nhận hoàn thành")
    press(minh, "Xác nhận hoàn thành")
    assert "xong, trễ 5 ngày" in minh.text()
    photograph(minh, "commitment")
    minh.go("/cam-ket/theo-doi")
    assert "UBND xã Bảo Lâm 1 0 1 0 0 0" in minh.text()
    photograph(minh, "commitments-follow")
    db.session.rollback()
    assert counts(world.minh, HELD_ON)[Which.DONE] == 1
