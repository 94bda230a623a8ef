"""A session day without a mouse: planned, posted, visitors by number and by card, closed, in the register."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.journeys.conftest import Clock, Seat
from tests.journeys.office import enter, looked_at
from workflows.vocabulary import Kind

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

CARD = "001070000001||Nguyễn Văn Đức|01021970|Nam|Thôn Đoài, xã An Bình|05062021"
DAY = date(2026, 12, 4)


def fill(seat: Seat, label: str, text: str) -> None:
    """Type into the field called so."""
    seat.field(label).focus()
    seat.page.keyboard.press("Control+a")
    seat.page.keyboard.insert_text(text)


def test_a_day_of_the_chair_from_posting_to_the_register(
    sit: Callable[..., Seat], clock: Clock
) -> None:
    """Posted in time, one heard and guided, one refused, the day closed; it counts for the chair."""
    lan = sit(bypass_csp=True)
    lan.sign_in("lan")
    lan.go("/tiep-cong-dan/lich/moi")
    fill(lan, "Các ngày", "04/12/2026")
    enter(lan, "Lưu lịch")
    lan.go("/tiep-cong-dan/lich?thang=12/2026")
    assert "chậm nhất 27/11/2026" in lan.text()
    fill(lan, "Nơi niêm yết", "Cổng trụ sở")
    enter(lan, "Ghi đã niêm yết")
    assert "20/11/2026, đúng hạn" in lan.text()
    looked_at(lan, "reception-month")

    clock.go(DAY)
    lan.go("/tiep-cong-dan")
    enter(lan, "Mở buổi tiếp", "link")
    enter(lan, "Cấp số tiếp theo")
    enter(lan, "Cấp số tiếp theo")
    enter(lan, "Mời số 1")
    lan.field("Họ tên").focus()
    lan.page.keyboard.insert_text(CARD)
    with lan.page.expect_navigation():
        lan.page.keyboard.press("Enter")
    assert lan.field("Số giấy tờ").input_value() == "001070000001"
    fill(lan, "Nội dung trình bày", "Tranh chấp ranh giới với hộ liền kề")
    lan.page.locator(f"input[name=kind][value={Kind.RECOMMENDATION.value}]").focus()
    lan.page.keyboard.press("Space")
    enter(lan, "Ghi người đến")
    looked_at(lan, "reception-desk")
    enter(lan, "Hướng dẫn đến cơ quan có thẩm quyền", "link")
    lan.page.locator("#guided_to").focus()
    lan.page.keyboard.insert_text("Tòa án nhân dân khu vực 2")
    enter(lan, "Ghi kết quả")
    assert "Tòa án nhân dân khu vực 2" in lan.text()
    enter(lan, "Mời số 2")
    fill(lan, "Họ tên", "Đỗ Văn Cố")
    enter(lan, "Ghi người đến")
    enter(lan, "Từ chối tiếp", "link")
    lan.page.locator("input[name=refusal_ground][value=law_9_3]").focus()
    lan.page.keyboard.press("Space")
    enter(lan, "Ghi kết quả")
    assert "hạn 09/12/2026" in lan.text()
    enter(lan, "Kết thúc buổi", "link")
    enter(lan, "Kết thúc buổi")
    assert "Người đứng đầu trực tiếp tiếp: tính vào định mức." in lan.text()

    minh = sit("minh", bypass_csp=True)
    minh.go("/tiep-cong-dan/dinh-muc")
    assert "còn 1 ngày, chưa lên lịch" in minh.text()
    looked_at(minh, "reception-quota")
    minh.go("/tiep-cong-dan/so?tu=01/12/2026&den=31/12/2026")
    text = minh.text()
    assert "Nguyễn Văn Đức" in text
    assert "Tòa án nhân dân khu vực 2" in text
    assert "Đỗ Văn Cố" in text
