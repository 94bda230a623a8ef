"""The story of a complaint, lived in a browser from the desk to the second instance."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from petitions.queries.case_page import case_page
from tests.journeys.conftest import Clock, Seat
from tests.world import World
from workflows.vocabulary import State

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

Sit = Callable[..., Seat]


def test_from_the_desk_to_second_instance(sit: Sit, clock: Clock, world: World) -> None:
    """Registered by keyboard, handed to the competent body, settled there, taken to the province."""
    lan = sit("lan")
    page = lan.page
    page.keyboard.press("n")
    page.wait_for_url("**/dang-ky")
    lan.field("Họ và tên").focus()
    page.keyboard.type("Nguyễn Văn Đức")
    page.keyboard.press("Tab")
    page.keyboard.type("12031970")
    page.keyboard.press("Tab")
    assert lan.field("Ngày hoặc năm sinh").input_value() == "12/03/1970"
    lan.fill("Địa chỉ", "Thôn Đoài, xã Bảo Lâm")
    lan.fill("Tên người hoặc cơ quan", "UBND xã Bảo Lâm")
    lan.fill("Tóm tắt", "Khiếu nại quyết định thu hồi đất thôn Đoài")
    lan.fill("Nội dung đơn", "Tôi khiếu nại Quyết định số 12/QĐ-UBND về thu hồi 120 m² đất ở.")
    lan.fill("Lĩnh vực", "Thu hồi, giải phóng mặt bằng")
    lan.fill("Nơi xảy ra vụ việc", "Bảo Lâm")
    lan.fill("Số quyết định", "12/QĐ-UBND")
    page.get_by_label("Ngày nhận, biết được").fill("05102026")
    page.keyboard.press("Tab")
    assert page.get_by_label("Ngày nhận, biết được").input_value() == "05/10/2026"
    assert page.get_by_text("Thứ Hai, 05/10/2026").is_visible()
    page.get_by_label("Thuộc thẩm quyền giải quyết của cơ quan này").uncheck()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/ho-so/AB-*")
    code = page.url.rpartition("/")[2]
    assert "còn 7 ngày làm việc" in lan.text()
    page.locator("summary", has_text="Vì sao ngày này?").first.click()
    assert re.search(r"Điều \d+", page.locator(".clocks details[open]").first.inner_text())

    lan.act(code, "Phân loại")
    lan.act(
        code,
        "Chuyển đơn",
        Nơi_nhận="UBND xã Bảo Lâm",
        Nội_dung="Thuộc thẩm quyền Chủ tịch UBND xã Bảo Lâm",
    )
    assert "UBND xã Bảo Lâm" in lan.text()

    clock.go(date(2026, 11, 23))
    khanh = sit("khanh")
    assert code in khanh.text()
    khanh.act(code, "Xác nhận nhận đơn")
    khanh.page.locator("summary", has_text="Việc chưa làm được").click()
    assert "Thụ lý" in khanh.page.locator(".why-not[open]").inner_text()
    khanh.go(f"/ho-so/{code}/viec/classify")
    khanh.page.get_by_label("Có", exact=True).check()
    khanh.page.locator(".actions button").click()
    khanh.page.wait_for_url(f"**/ho-so/{code}")
    khanh.act(code, "Thụ lý")
    khanh.act(code, "Giao xác minh", **{"Người_xác_minh": "Ngô Văn Bình – Chuyên viên"})

    clock.go(date(2026, 12, 2))
    binh = sit("binh")
    assert code in binh.text()
    binh.act(code, "Báo cáo xác minh", **{"Văn_bản": "Báo cáo số 12/BC ngày 02/12/2026"})
    khanh.act(
        code,
        "Mời đối thoại",
        Ngày_đối_thoại="11/12/2026",
        Địa_điểm_đối_thoại="Trụ sở UBND xã, 8 giờ",
    )
    clock.go(date(2026, 12, 11))
    binh.act(
        code,
        "Ghi nhận đối thoại",
        **{"Văn_bản": "Biên bản số 14 ngày 11/12/2026", "Nội_dung": "Hai bên thống nhất một phần"},
    )
    khanh.go(f"/ho-so/{code}/viec/decide")
    khanh.page.get_by_label("Đúng một phần").check()
    khanh.fill("Tóm tắt kết quả giải quyết", "Công nhận một phần")
    khanh.fill("Văn bản", "30/QĐ-UBND")
    khanh.page.locator(".actions button").click()
    khanh.page.wait_for_url(f"**/ho-so/{code}")
    assert "Đã có quyết định giải quyết" in khanh.text()

    clock.go(date(2026, 12, 18))
    binh.act(code, "Ghi nhận khiếu nại lần hai")
    second = binh.page.url.rpartition("/")[2]
    assert second != code
    phuc = sit("phuc")
    assert second in phuc.text()
    phuc.go(f"/ho-so/{second}")
    assert "Khiếu nại lần hai" in phuc.text()
    assert code in phuc.text()
    assert case_page(world.khanh, code).state is State.SECOND_INSTANCE


def test_a_denunciation_is_masked_before_it_is_saved(sit: Sit, world: World) -> None:
    """The page for a complaint turns into one for a denunciation; nothing of the name stays readable."""
    lan = sit("lan")
    page = lan.go("/dang-ky")
    page.get_by_label("Tố cáo", exact=True).check()
    assert page.get_by_label("Số quyết định").is_hidden()
    assert page.get_by_text("được niêm phong khi lưu").is_visible()
    lan.fill("Họ và tên", "Lò Thị Bình Minh")
    lan.fill("Điện thoại", "0987654321")
    lan.fill("Tên người hoặc cơ quan", "Cán bộ địa chính")
    lan.fill("Tóm tắt", "Tố cáo cán bộ địa chính nhận tiền")
    lan.fill("Nội dung đơn", "Tôi là Lo Thi Binh Minh, số 098 765 4321, tố cáo cán bộ nhận tiền.")
    page.get_by_role("button", name="Đăng ký").last.click()
    page.wait_for_selector("mark")
    assert page.locator("mark").all_inner_texts() == ["Lo Thi Binh Minh", "098 765 4321"]
    assert page.evaluate("document.activeElement.className") == "faults"
    page.get_by_role("button", name="Che tự động").click()
    page.wait_for_selector(".note-done")
    assert "[đã che]" in page.get_by_label("Nội dung đơn").input_value()
    page.get_by_role("button", name="Đăng ký").last.click()
    page.wait_for_url("**/ho-so/AB-*")
    assert "Bình Minh" not in page.content()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_everything_works_without_script(sit: Sit, world: World) -> None:
    """One more person, a fault, its correction, an act."""
    lan = sit("lan", java_script_enabled=False)
    page = lan.go("/dang-ky")
    lan.fill("Họ và tên", "Trần Thị Hạnh")
    page.get_by_role("button", name="Thêm người gửi đơn").click()
    page.locator("#parties-1-name").fill("Phạm Quốc Cường")
    lan.fill("Nội dung đơn", "Bãi rác gây mùi.")
    page.get_by_label("Phản ánh", exact=True).check()
    page.get_by_role("button", name="Đăng ký").last.click()
    page.get_by_role("link", name="Phải có tóm tắt nội dung.").click()
    lan.fill("Tóm tắt", "Phản ánh bãi rác")
    page.get_by_role("button", name="Đăng ký").last.click()
    page.wait_for_url("**/ho-so/AB-*")
    assert "Phạm Quốc Cường" in lan.text()
    code = page.url.rpartition("/")[2]
    page.locator("summary", has_text="Việc khác").click()
    lan.act(code, "Phân loại")
    assert "Đã phân loại" in lan.text()


def test_two_officers_on_one_case(sit: Sit, world: World) -> None:
    """The slower one is told, keeps the typing and sends again."""
    from tests.web.cases import registered

    code = registered(world)
    lan, minh = sit("lan"), sit("minh")
    minh.go(f"/ho-so/{code}/viec/assign")
    minh.fill("Người, đơn vị được giao", "Phạm Văn An – Chuyên viên, Phòng Kinh tế xã An Bình")
    minh.fill("Nội dung", "Làm trước thứ Sáu")
    lan.act(code, "Phân loại")
    minh.page.locator(".actions button").click()
    minh.page.wait_for_selector("[role=alert]")
    assert "Người khác vừa cập nhật hồ sơ này" in minh.text()
    assert minh.page.get_by_label("Nội dung").input_value() == "Làm trước thứ Sáu"
    minh.page.locator(".actions button").click()
    minh.page.wait_for_url(f"**/ho-so/{code}")
    assert "Phạm Văn An" in minh.text()


def test_leaving_with_unsent_typing_is_asked_about(sit: Sit, world: World) -> None:
    """The browser warns; a form that was sent is left without a word."""
    lan = sit("lan")
    page = lan.go("/dang-ky")
    page.get_by_label("Tóm tắt").press_sequentially("Một câu")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    lan.go("/ho-so")
    assert asked == ["beforeunload"]
