"""An office lived in a browser: papers go down, proposals go up, letters come out and lie in the book."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import insert, or_, select

from config.database import db, transaction
from petitions.errors import Forbidden, NotFound
from petitions.models import Case, Event, Hop, IdentityGrant, Submission, SubmissionRound
from petitions.queries.people import files_held
from petitions.services.acts import perform
from petitions.services.opening import open_identity
from petitions.services.routes import StepGiven
from petitions.services.submissions import submit
from tests.conftest import NOW, TODAY
from tests.journeys.conftest import Clock, Seat
from tests.journeys.office import (
    Sit,
    do,
    downloaded,
    everybody_may_sign_in,
    fill_blanks,
    only_paper,
    photograph,
    press,
    state,
)
from tests.petitions.routing import DEPUTY, HEAD, SECTION, classified, proposed, routed, row
from tests.petitions.test_advising import Bodies, hire
from tests.petitions.test_intake import DENUNCIATION
from tests.web.cases import done, registered
from tests.world import World
from workflows.office import HELD, HopState, SubmissionStatus, Verdict, Work
from workflows.vocabulary import Action, Kind, Need, Role, State

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
    son.page.get_by_text("Trả lại người soạn", exact=True).click()
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
    van.fill("Cách gửi", "Thư bảo đảm")
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


def test_every_step_without_script(sit: Sit, world: World) -> None:
    """Proposal, letter, two approvers, a fault mended, number and post, by pages alone."""
    routed(SECTION, HEAD)
    code = classified(world)
    an, son, minh, van = (
        sit(name, java_script_enabled=False) for name in ("an", "son", "minh", "van")
    )
    an.go(f"/ho-so/{code}/viec/refuse")
    an.fill("Căn cứ", "Hết thời hiệu, thời hạn khiếu nại")
    an.fill("Lý do", "Quá 90 ngày kể từ ngày nhận quyết định")
    an.page.locator(".actions button").click()
    assert (
        an.page.locator("[name='fields.reason']").input_value()
        == "Quá 90 ngày kể từ ngày nhận quyết định"
    )
    paper = f"/to-trinh/{only_paper()}"
    an.go(paper)
    press(an, "Trình")
    assert "còn thiếu" in an.text()
    an.go(f"{paper}/van-ban")
    an.page.locator("[name='fields.ground_no']").select_option("6")
    an.page.get_by_role("button", name="Lưu văn bản").click()
    press(an, "Trình")
    assert "Đã trình." in an.page.inner_text("body")
    son.go(paper)
    press(son, "Duyệt, chuyển tiếp")
    minh.go(paper)
    press(minh, "Ký")
    assert state(code) is State.NOT_ACCEPTED
    van.go("/so-van-ban/di?state=number")
    van.page.locator("table a.code").first.click()
    press(van, "Cấp số")
    van.fill("Cách gửi", "Bưu điện")
    press(van, "Ghi đã gửi")
    assert "20/11/2026, bưu điện" in van.text()
    said = downloaded(van, "Tải về (.docx)")
    assert "Số: 01/TB-UBND" in said
    assert "Quá 90 ngày kể từ ngày nhận quyết định" in said


def test_a_commune_in_one_step_by_keyboard(sit: Sit, world: World) -> None:
    """No route: the act at once; its letter signed by whoever wrote it; the officer keeps the book."""
    code = registered(world, by=world.khanh)
    done(code, Action.CLASSIFY, world.khanh, {Need.COMPETENT: True})
    khanh, binh = sit("khanh"), sit("binh")
    page = khanh.go(f"/ho-so/{code}/viec/accept")
    assert "trình ký" not in khanh.text()
    tab_to(khanh, "Thụ lý")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/ho-so/{code}")
    assert state(code) is State.ACCEPTED
    tab_to(khanh, "Thông báo về việc thụ lý giải quyết khiếu nại")
    page.keyboard.press("Enter")
    page.wait_for_url("**/van-ban/soan*")
    photograph(khanh, "xa-soan-van-ban")
    tab_to(khanh, "Lập tờ trình để trình ký")
    page.keyboard.press("Enter")
    page.wait_for_url("**/to-trinh/*")
    photograph(khanh, "xa-to-trinh")
    tab_to(khanh, "Ký")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/ho-so/{code}")
    binh.go("/so-van-ban/di")
    tab_to(binh, "……/TB-UBND")
    binh.page.keyboard.press("Enter")
    binh.page.wait_for_url("**/so-van-ban/di/*")
    tab_to(binh, "Cấp số")
    with binh.page.expect_navigation():
        binh.page.keyboard.press("Enter")
    assert "01/TB-UBND" in binh.text()
    khanh.go(f"/ho-so/{code}")
    assert "Số: 01/TB-UBND" in downloaded(khanh, "Thông báo về việc thụ lý")


def tab_to(seat: Seat, words: str) -> None:
    """Press Tab until what has the focus says so."""
    for _ in range(120):
        seat.page.keyboard.press("Tab")
        if seat.page.evaluate("document.activeElement.innerText || ''").strip() == words:
            return
    pytest.fail(f"{words} is not reached by Tab")


def test_sent_back_with_a_letter(sit: Sit, clock: Clock, world: World) -> None:
    """The receiver's officer proposes the return, its head signs; the letter stays in its book, the
    sender sees both movements and the letter."""
    routed(HEAD, agency="bao-lam")
    code = registered(world, kind=Kind.FEEDBACK, contested=None)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: False})
    done(code, Action.TRANSFER, world.minh, {Need.RECIPIENT: "bao-lam"})
    binh, khanh, minh = sit("binh"), sit("khanh"), sit("minh")
    binh.go(f"/ho-so/{code}/viec/return_forwarded")
    photograph(binh, "tra-don-chuyen-sai")
    binh.fill("Lý do trả lại", "Vụ việc xảy ra tại xã An Bình")
    binh.page.locator(".actions button").click()
    binh.page.wait_for_url("**/van-ban")
    photograph(binh, "tra-don-chuyen-sai-van-ban")
    paper = f"/to-trinh/{only_paper()}"
    binh.go(paper)
    press(binh, "Trình")
    khanh.go(paper)
    photograph(khanh, "tra-don-chuyen-sai-ky")
    press(khanh, "Ký")
    binh.go("/so-van-ban/di?state=number")
    binh.page.locator("table a.code").first.click()
    press(binh, "Cấp số")
    assert "01/" in binh.text()
    minh.go(f"/ho-so/{code}")
    photograph(minh, "don-tra-ve")
    for movement in ("UBND xã An Bình → UBND xã Bảo Lâm", "UBND xã Bảo Lâm → UBND xã An Bình"):
        assert movement in minh.text()
    said = downloaded(minh, "Công văn trả lại đơn")
    assert "Vụ việc xảy ra tại xã An Bình" in said
    assert "Ủy ban nhân dân xã An Bình" in said


def test_an_officer_on_leave(sit: Sit, world: World) -> None:
    """Forty files with their hops and proposals to two colleagues; the denouncers' names stay behind."""
    routed(SECTION, HEAD)
    hire(world, "nga", "Lại Thị Nga", Role.OFFICER, "an-binh")
    everybody_may_sign_in()
    codes, up = forty_files(world)
    minh = sit("minh")
    minh.go("/ban-giao")
    minh.page.get_by_role("link", name=re.compile("Phạm Văn An")).first.click()
    assert minh.page.locator("[name=files]:checked").count() == len(codes) == 40
    photograph(minh, "ban-giao")
    for name in ("Bùi Thị Hà", "Lại Thị Nga"):
        minh.page.get_by_label(name).check()
    minh.fill("Lý do", "Nghỉ thai sản")
    press(minh, "Bàn giao")
    photograph(minh, "ban-giao-xong")
    assert minh.text().count("Đã bàn giao.") == 40
    assert files_held(world.minh, "an") == ()
    an, ha = world.users["an"], world.users["ha"]
    db.session.rollback()
    assert not db.session.scalars(
        select(Submission).where(
            Submission.status.in_(HELD), or_(Submission.holder_id == an, Submission.author_id == an)
        )
    ).all()
    open_to = select(Hop.to_id).where(Hop.state == HopState.OPEN)
    assert an not in db.session.scalars(open_to).all()
    shares = db.session.scalars(select(Case.officer_id)).all()
    assert shares.count(ha) == 20
    assert len(set(shares)) == 2
    assert row(up).holder_id == world.users["son"]
    for code in codes[-2:]:
        for colleague in ("ha", "an"):
            with pytest.raises((NotFound, Forbidden)):
                open_identity(code, reason="Xem", actor=world.actors[colleague], now=NOW)
    left = sit("an")
    left.go("/to-trinh")
    assert not left.page.locator("table a").count()
    left.go("/viec")
    assert not [code for code in codes if code in left.text()]


def forty_files(world: World) -> tuple[list[str], str]:
    """What An holds: given down by hops, in proposals of all stations, two of them denunciations."""
    codes, up = [], ""
    for number in range(38):
        code = registered(world)
        done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
        for giver, to in ((world.lan, "minh"), (world.minh, "son"), (world.son, "an")):
            done(code, Action.PASS_ON, giver, {Need.ASSIGNEE: to})
        codes.append(code)
        if number < 6:
            up = proposed(code, world.an)
            if number > 3:
                submit(up, version=None, actor=world.an, now=NOW)
    for _ in range(2):
        code = registered(world, DENUNCIATION)
        done(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "an"})
        with transaction() as session:
            case = session.scalars(select(Case.id).where(Case.code == code)).one()
            session.execute(
                insert(IdentityGrant).values(
                    case_id=case, user_id=world.users["an"], granted_by=world.users["minh"],
                    reason="Xác minh", granted_at=NOW,
                )
            )  # fmt: skip
        codes.append(code)
    return codes, up


AT_ONCE = "setTimeout(() => document.querySelector('button[value={verb}]').click(), {wait})"


def both(one: Seat, other: Seat, verb: str) -> tuple[str, str]:
    """Two windows press the same button at the same moment; what each is told."""
    start = one.page.evaluate("Date.now()") + 400
    with one.page.expect_navigation(), other.page.expect_navigation():
        for seat in (one, other):
            wait = start - seat.page.evaluate("Date.now()")
            seat.page.evaluate(AT_ONCE.format(verb=verb, wait=wait))
    return one.text(), other.text()


def verdicts(uid: str) -> list[Verdict]:
    """What was done to a proposal."""
    number = row(uid).id
    return list(
        db.session.scalars(
            select(SubmissionRound.verdict)
            .where(SubmissionRound.submission_id == number)
            .order_by(SubmissionRound.seq)
        )
    )


def test_two_hands_on_one_paper(sit: Sit, world: World) -> None:
    """Two approvals, then two signatures at once: one each, the other is told who was first."""
    routed(SECTION, HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    submit(uid, version=None, actor=world.an, now=NOW)
    desk, phone = sit("son"), sit("son")
    for seat in (desk, phone):
        seat.go(f"/to-trinh/{uid}")
    told = both(desk, phone, "approve")
    assert sorted("Đỗ Văn Sơn duyệt" in each for each in told) == [False, True]
    assert verdicts(uid).count(Verdict.APPROVE) == 1
    desk, phone = sit("minh"), sit("minh")
    for seat in (desk, phone):
        seat.go(f"/to-trinh/{uid}")
    told = both(desk, phone, "sign")
    photograph(desk, "hai-nguoi-1")
    photograph(phone, "hai-nguoi-2")
    assert sum("Trần Văn Minh ký" in each for each in told) == 1
    assert verdicts(uid).count(Verdict.SIGN) == 1
    assert accepted_once(code)


def accepted_once(code: str) -> bool:
    """The act stands in the ledger one time."""
    db.session.rollback()
    found = db.session.scalars(
        select(Event.id)
        .join(Case, Case.id == Event.case_id)
        .where(Case.code == code, Event.action == Action.ACCEPT.value)
    )
    return len(found.all()) == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_signs_once(sit: Sit, world: World, script: bool) -> None:
    """With and without script: the second click of an impatient hand does nothing."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    submit(uid, version=None, actor=world.an, now=NOW)
    minh = sit("minh", java_script_enabled=script)
    minh.go(f"/to-trinh/{uid}")
    with minh.page.expect_navigation():
        minh.page.get_by_role("button", name="Ký", exact=True).dblclick()
    minh.page.wait_for_url(f"**/ho-so/{code}")
    assert "Đã ký" in minh.page.inner_text("body")
    assert verdicts(uid).count(Verdict.SIGN) == 1
    assert accepted_once(code)


def test_withdrawn_while_the_paper_lay_open(sit: Sit, world: World) -> None:
    """The signature is refused with the article, and the paper is back with its author."""
    routed(HEAD)
    code = classified(world)
    uid = proposed(code, world.an)
    submit(uid, version=None, actor=world.an, now=NOW)
    minh, an = sit("minh"), sit("an")
    minh.go(f"/to-trinh/{uid}")
    perform(
        code, Action.WITHDRAW, {Need.DOCUMENT: "Đơn rút", Need.REASON: "Tự nguyện"},
        version=None, on=TODAY, actor=world.minh, now=NOW,
    )  # fmt: skip
    press(minh, "Ký")
    photograph(minh, "khong-ky-duoc")
    said = minh.page.locator("[role=alert], .note-error").first.inner_text()
    assert "đã kết thúc" in said and "trả lại người soạn" in said
    assert "trả lại người soạn" in minh.page.inner_text("body")
    assert row(uid).status is SubmissionStatus.SENT_BACK
    assert row(uid).holder_id == world.users["an"]
    an.go("/to-trinh")
    assert code in an.text()
    an.go(f"/to-trinh/{uid}")
    photograph(an, "khong-ky-duoc-nguoi-soan")
    assert "Không ký được" in an.text()


def test_a_decision_drafted_by_those_who_advise(sit: Sit, clock: Clock, world: World) -> None:
    """Written in the inspectorate, passed by its chief, signed by the chair with a date of its own,
    numbered, served; only then its enforcement is directed."""
    routed(StepGiven(Role.HEAD, 2, "thanh-tra"), HEAD, work=Work.SETTLEMENT, agency="ubnd-tinh")
    bodies = Bodies(world)
    hire(world, "vt", "Phùng Thị Văn", Role.CLERK, "ubnd-tinh")
    code = registered(world, by=world.thu)
    done(code, Action.CLASSIFY, world.thu, {Need.COMPETENT: True})
    done(code, Action.ACCEPT, world.phuc)
    done(code, Action.ENGAGE_ADVISER, world.phuc, {Need.RECIPIENT: "thanh-tra"})
    done(code, Action.ASSIGN_VERIFICATION, world.phuc, {Need.LEAD: "thanh-tra"})
    done(code, Action.FORM_TEAM, bodies.chief, {Need.ASSIGNEE: "quy"})
    done(code, Action.REPORT, world.quy, {Need.DOCUMENT: "5/BC-TTR"})
    done(code, Action.RECORD_AGREEMENT, world.phuc, {Need.FINDING: "Thống nhất"})
    everybody_may_sign_in()
    quy, chief, phuc, clerk = sit("quy"), sit("chanh"), sit("phuc"), sit("vt")
    quy.go(f"/ho-so/{code}/viec/decide")
    photograph(quy, "tham-mu-soan")
    quy.page.get_by_label("Đúng toàn bộ").check()
    quy.fill("Tóm tắt kết quả giải quyết", "Khiếu nại đúng")
    quy.page.locator(".actions button").click()
    quy.page.wait_for_url("**/van-ban")
    photograph(quy, "tham-mu-van-ban")
    fill_blanks(quy, "Nội dung theo báo cáo xác minh")
    quy.page.get_by_role("button", name="Lưu văn bản").click()
    quy.page.wait_for_url(f"{quy.address}{PAPER}")
    paper = quy.page.url.removeprefix(quy.address)
    press(quy, "Trình")
    photograph(quy, "tham-mu-trinh")
    chief.go(paper)
    press(chief, "Duyệt, chuyển tiếp")
    clock.go(date(2026, 11, 26))
    phuc.go(paper)
    phuc.fill("Ngày ghi trên văn bản", "25/11/2026")
    photograph(phuc, "tham-mu-ky")
    press(phuc, "Ký")
    photograph(phuc, "tham-mu-da-ky")
    assert state(code) is State.DECIDED
    assert "Thứ Tư, 25/11/2026 · Đinh Văn Phúc" in phuc.text()
    clerk.go("/so-van-ban/di?state=number")
    clerk.page.locator("table a.code").first.click()
    press(clerk, "Cấp số")
    clerk.fill("Cách gửi", "Thư bảo đảm")
    press(clerk, "Ghi đã gửi")
    clerk.fill("Giấy tờ chứng minh", "Phiếu báo phát số 9")
    press(clerk, "Ghi hồi báo")
    phuc.go(f"/ho-so/{code}")
    photograph(phuc, "tham-mu-ho-so")
    said = downloaded(phuc, "Quyết định giải quyết khiếu nại lần đầu")
    for words in ("Số: 01/QĐ-UBND", "Sơn Lâm, ngày 25 tháng 11 năm 2026", "Đinh Văn Phúc"):
        assert words in said
    assert "thi hành" not in phuc.page.locator(".panel-act .acts").first.inner_text()
    clock.go(date(2027, 1, 11))
    do(phuc, code, "take_effect")
    do(
        phuc,
        code,
        "direct_enforcement",
        **{"Người, đơn vị được giao": "UBND xã An Bình", "Văn bản": "12/UBND-NC"},
    )
    assert state(code) is State.IN_EFFECT
    assert code in quy.go("/ho-so?side=advising").inner_text("main")
