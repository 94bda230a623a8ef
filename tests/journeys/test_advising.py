"""Bodies working together, lived in a browser: advice to enforcement, and a petition sent to the wrong door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from config.database import db, transaction
from petitions.models import User
from petitions.queries.case_page import case_page
from petitions.services import passwords
from tests.conftest import TODAY
from tests.journeys.conftest import PASSWORD, Clock, Seat
from tests.petitions.test_advising import Bodies, paper
from tests.web.cases import done, registered
from tests.world import World
from workflows.vocabulary import Action, Kind, Need, State

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

Sit = Callable[..., Seat]


def do(seat: Seat, code: str, action: Action, tick: tuple[str, ...] = (), **values: str) -> None:
    """Fill the form of an act and send it."""
    seat.go(f"/ho-so/{code}/viec/{action.value}")
    for name, value in values.items():
        seat.fill(name.replace("_", " "), value)
    for name in tick:
        seat.page.get_by_label(name).check()
    seat.page.locator(".actions button").first.click()
    seat.page.wait_for_url(f"{seat.address}/ho-so/{code}")


def everybody_may_sign_in() -> None:
    """Those hired after the door was opened get the same password."""
    with transaction() as session:
        session.execute(update(User).values(password_hash=passwords.hashed(PASSWORD)))
    db.session.remove()


def test_from_advice_to_enforcement(sit: Sit, clock: Clock, world: World) -> None:
    """The chair asks, the inspectorate verifies with its partners, the chair decides and sees it done."""
    bodies = Bodies(world)
    code = registered(world, by=world.thu)
    done(code, Action.CLASSIFY, world.thu, {Need.COMPETENT: True})
    done(code, Action.ACCEPT, world.phuc)
    everybody_may_sign_in()
    phuc, chief, quy = sit("phuc"), sit("chanh"), sit("quy")
    do(phuc, code, Action.ENGAGE_ADVISER, Cơ_quan_tham_mưu="Thanh tra tỉnh Sơn Lâm")
    chief.go("/ho-so?side=advising")
    assert code in chief.text()
    do(
        phuc,
        code,
        Action.ASSIGN_VERIFICATION,
        tick=("Sở Nông nghiệp và Môi trường",),
        Cơ_quan_chủ_trì="Thanh tra tỉnh Sơn Lâm",
    )
    do(
        chief,
        code,
        Action.FORM_TEAM,
        tick=("Vũ Thị Hoa – Thanh tra viên",),
        Trưởng_đoàn="Đặng Văn Quý – Thanh tra viên",
    )
    paper(code, "Kế hoạch xác minh số 3/KH-ĐXM")
    quy.go(f"/ho-so/{code}/xac-minh")
    step = quy.page.locator("#buoc-plan")
    step.locator("summary").click()
    step.get_by_label("Tài liệu trong hồ sơ").select_option(index=1)
    step.get_by_role("button", name="Ghi đã xong").click()
    quy.page.wait_for_url(f"**/ho-so/{code}/xac-minh")
    assert "đã xong 1/11 bước" in quy.text()
    do(quy, code, Action.REPORT, Văn_bản="Báo cáo số 5/BC-ĐXM")

    clock.go(TODAY + timedelta(days=3))
    do(phuc, code, Action.ASSIGN_VERIFICATION, Cơ_quan_chủ_trì="Thanh tra tỉnh Sơn Lâm")
    quy.go(f"/ho-so/{code}/xac-minh")
    assert "Xác minh lần 2" in quy.text()
    assert "đã xong 0/11 bước" in quy.text()
    assert "Vũ Thị Hoa" in quy.text()
    do(quy, code, Action.REPORT, Văn_bản="Báo cáo số 7/BC-ĐXM")
    do(
        phuc,
        code,
        Action.ASK_DRAFT,
        Cơ_quan_lập_dự_thảo="Thanh tra tỉnh Sơn Lâm",
        Hạn_lập_dự_thảo="30/11/2026",
    )
    chief.go("/cho-phuc-dap?side=owed")
    assert "Giao lập dự thảo" in chief.text()
    assert "còn 4 ngày làm việc" in chief.text()
    chief.go(f"/ho-so/{code}")
    assert "Ra quyết định" not in chief.page.locator(".panel-act .acts").first.inner_text()

    do(phuc, code, Action.RECORD_AGREEMENT, Nhận_định="Yêu cầu và kết quả xác minh thống nhất")
    do(
        phuc,
        code,
        Action.DECIDE,
        tick=("Đúng toàn bộ",),
        Tóm_tắt_kết_quả_giải_quyết="Khiếu nại đúng",
        Văn_bản="9/QĐ-UBND",
    )
    chief.go("/cho-phuc-dap?side=owed")
    assert code not in chief.text()
    do(phuc, code, Action.SEND_DECISION)
    do(phuc, code, Action.RECORD_SERVICE, Văn_bản="Giấy báo phát")
    clock.go(date(2027, 1, 8))
    do(phuc, code, Action.TAKE_EFFECT)
    do(
        phuc,
        code,
        Action.DIRECT_ENFORCEMENT,
        **{"Người, đơn vị được giao": "UBND xã An Bình", "Văn bản": "12/UBND-NC"},
    )
    assert case_page(world.phuc, code).state is State.IN_EFFECT
    assert bodies.director


def test_the_wrong_door(sit: Sit, clock: Clock, world: World) -> None:
    """Sent, sent back, sent again: both offices see the way, the inspector sees it circling."""
    code = registered(world, kind=Kind.FEEDBACK, contested=None)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: False})
    minh, khanh, hoa = sit("minh"), sit("khanh"), sit("hoa")
    do(minh, code, Action.TRANSFER, Nơi_nhận="UBND xã Bảo Lâm")
    minh.go("/da-chuyen-chua-tra-loi")
    assert code in minh.text()
    khanh.act(code, "Trả đơn chuyển sai", Lý_do_trả_lại="Vụ việc xảy ra tại xã An Bình")
    minh.go("/da-chuyen-chua-tra-loi")
    assert code not in minh.text()
    minh.go("/cho-phuc-dap?answered=answered")
    assert "Vụ việc xảy ra tại xã An Bình" in minh.text()
    clock.go(date(2026, 11, 23))
    minh.go(f"/ho-so/{code}/viec/confirm_receipt")
    minh.page.get_by_label("Không", exact=True).check()
    minh.page.locator(".actions button").click()
    minh.page.wait_for_url(f"**/ho-so/{code}")
    do(minh, code, Action.CLASSIFY)
    do(minh, code, Action.TRANSFER, Nơi_nhận="UBND xã Bảo Lâm")
    hoa.go("/ho-so?flag=circling")
    assert code in hoa.text()
    khanh.go(f"/ho-so/{code}")
    assert "Chuyển lòng vòng, từ 23/11/2026" in khanh.text()
