"""An office lived in a browser: papers go down, proposals go up, letters come out and lie in the book."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.journeys.conftest import Clock
from tests.journeys.office import Sit, do, downloaded, only_paper, papers, photograph, press, state
from tests.petitions.routing import DEPUTY, HEAD, SECTION, routed
from tests.web.cases import registered
from tests.world import World
from workflows.vocabulary import State

PAPER = "/to-trinh/*"
pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]


def test_down_the_office_and_up_again(sit: Sit, clock: Clock, world: World) -> None:
    """Clerk, leader, section head, expert; proposal up, back, up again, signed; number, post, proof."""
    routed(SECTION, DEPUTY, HEAD)
    van, minh, son, an = (sit(name) for name in ("van", "minh", "son", "an"))
    van.go("/dang-ky")
    van.fill("Họ và tên", "Nguyễn Văn Đức")
    van.fill("Địa chỉ", "Thôn Đoài, xã An Bình")
    van.fill("Tên người hoặc cơ quan", "Chủ tịch UBND xã An Bình")
    van.fill("Tóm tắt", "Khiếu nại quyết định thu hồi đất thôn Đoài")
    van.fill("Nội dung đơn", "Tôi khiếu nại Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở.")
    van.page.get_by_role("button", name="Đăng ký").last.click()
    van.page.wait_for_url("**/ho-so/AB-*")
    code = van.page.url.rpartition("/")[2]

    for giver, receiver, direction, until in (
        (van, "Trần Văn Minh", "", ""),
        (minh, "Đỗ Văn Sơn", "Giao Phòng Kinh tế kiểm tra, đề xuất trong tuần.", "27/11/2026"),
        (son, "Phạm Văn An", "", ""),
    ):
        giver.go(f"/ho-so/{code}/giao-xu-ly")
        offered = giver.page.get_by_label("Giao cho").locator("option").all_inner_texts()
        giver.fill("Giao cho", next(each for each in offered if receiver in each))
        giver.fill("Ý kiến chỉ đạo", direction)
        if until:
            giver.fill("Hạn nội bộ", until)
        photograph(giver, f"giao-{receiver[-3:]}")
        giver.page.locator(".actions button").click()
        giver.page.wait_for_url(re.compile(f"/ho-so/{code}"))
    an.go("/viec")
    assert code in an.text()
    an.go(f"/ho-so/{code}")
    photograph(an, "an-ho-so")
    assert "Giao Phòng Kinh tế kiểm tra, đề xuất trong tuần." in an.text()
    do(an, code, "classify")

    an.go(f"/ho-so/{code}/viec/accept")
    photograph(an, "an-thu-ly")
    assert an.page.get_by_label("Văn bản kèm theo").input_value() == "nd124:03"
    an.page.get_by_role("button", name="Soạn tờ trình").last.click()
    an.page.wait_for_url("**/van-ban")
    photograph(an, "an-van-ban")
    assert an.field("Người khiếu nại").input_value() == "Nguyễn Văn Đức"
    assert an.field("Nội dung (tóm tắt)").input_value() == "quyết định thu hồi đất thôn Đoài"
    an.page.get_by_role("button", name="Lưu văn bản").click()
    an.page.wait_for_url(f"{an.address}{PAPER}")
    paper = an.page.url.removeprefix(an.address)
    photograph(an, "to-trinh-soan")
    press(an, "Trình")

    son.go("/to-trinh")
    assert code in son.text()
    son.go(f"{paper}/xem")
    photograph(son, "to-trinh-xem")
    assert "Nguyễn Văn Đức" in son.text()
    son.go(paper)
    son.fill("Ý kiến", "Bổ sung cơ quan phối hợp vào nơi nhận.")
    son.fill("Hạn trình lại", "25/11/2026")
    photograph(son, "to-trinh-truong-phong")
    press(son, "Trả lại")

    clock.go(date(2026, 11, 23))
    an.go("/to-trinh")
    photograph(an, "to-trinh-bi-tra-lai")
    an.go(paper)
    assert "Bổ sung cơ quan phối hợp vào nơi nhận." in an.text()
    assert "25/11/2026" in an.text()
    an.go(f"{paper}/van-ban")
    an.page.get_by_label("Nơi nhận", exact=True).fill("Như trên\nBan Tiếp công dân tỉnh")
    an.page.get_by_role("button", name="Lưu văn bản").click()
    an.page.wait_for_url(f"{an.address}{paper}")
    an.fill("Ý kiến", "Đã bổ sung.")
    press(an, "Trình")
    son.go(paper)
    press(son, "Duyệt, chuyển tiếp")
    dung = sit("dung")
    dung.go(paper)
    press(dung, "Duyệt, chuyển tiếp")

    clock.go(date(2026, 11, 25))
    minh.go(paper)
    assert state(code) is State.CLASSIFIED
    minh.fill("Ngày ghi trên văn bản", "23/11/2026")
    photograph(minh, "to-trinh-ky")
    press(minh, "Ký")
    photograph(minh, "da-ky")
    assert state(code) is State.ACCEPTED
    assert "Thứ Hai, 23/11/2026 · Trần Văn Minh" in minh.text()

    van.go("/so-van-ban/di?state=number")
    photograph(van, "so-di")
    van.page.locator("table a.code").first.click()
    van.page.get_by_label("Đã đóng dấu").check()
    photograph(van, "van-ban-cap-so")
    press(van, "Cấp số")
    assert "01/TB-UBND · đã đóng dấu" in van.text()
    van.fill("Cách gửi", "Bưu điện, có bảo đảm")
    press(van, "Ghi đã gửi")
    van.fill("Ngày nhận được", "25/11/2026")
    van.fill("Giấy tờ chứng minh", "Phiếu báo phát số 812")
    press(van, "Ghi hồi báo")
    photograph(van, "van-ban-xong")
    van.go("/so-van-ban/di")
    photograph(van, "so-di-xong")
    for said in ("01/TB-UBND", "23/11/2026", "Trần Văn Minh", "Phiếu báo phát số 812", "Xong"):
        assert said in van.text()

    an.go(f"/ho-so/{code}")
    photograph(an, "ho-so-xong")
    said = downloaded(an, "Thông báo")
    for words in (
        "Số: 01/TB-UBND", "An Bình, ngày 23 tháng 11 năm 2026", "Trần Văn Minh", "Nguyễn Văn Đức",
        "Ban Tiếp công dân tỉnh",
    ):  # fmt: skip
        assert words in said
    assert "DỰ THẢO" not in said
