"""The case page and the acts done from it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.models import Case, Event, Flag, User
from petitions.queries.case_page import case_page
from tests.conftest import TODAY
from tests.web.browsing import Page, Visitor
from tests.web.cases import (
    COMPLAINT,
    DENUNCIATION,
    done,
    in_verification,
    of_every_kind,
    registered,
)
from tests.world import World
from workflows.lifecycle import permitted
from workflows.office import LEGAL
from workflows.vocabulary import Action, Actor, Kind, Need, Role, State, Step
from workflows.watch import FlagKind

Visit = Callable[[Actor | None], Visitor]
PAGE_LIMIT = 120_000
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def acts(page: Page) -> set[str]:
    """Acts offered as links."""
    return {link.rpartition("/")[2] for link in page.links() if "/viec/" in link}


def test_every_date_says_why(visit: Visit, world: World) -> None:
    """Each clock has its explanation and article; each refused act its reason."""
    code = registered(world)
    page = visit(world.minh).open(f"/ho-so/{code}")
    clocks = page.root.xpath("//ul[@class='clocks']/li")
    assert len(clocks) >= 2
    for clock in clocks:
        fold = clock.xpath("./details")[0]
        assert fold.xpath("./summary")[0].text_content() == "Vì sao ngày này?"
        assert len(fold.xpath("./ol/li")) >= 2
        assert "Điều" in fold.xpath("./p[@class='article']")[0].text_content()
    assert "Việc chưa làm được và lý do" in page.words
    refused = page.root.xpath("//details[contains(., 'Việc chưa làm được')]//li")
    assert len(refused) > 10
    assert all(len(each.text_content().split()) > 5 for each in refused)
    assert {"classify", "declare_relation"} <= acts(page)
    assert "accept" not in acts(page)


def test_pages_of_every_kind_in_many_states(visit: Visit, world: World) -> None:
    """Every act permitted, or the head's to sign, opens its form; every page is light enough."""
    opened = proposed = 0
    codes = [*of_every_kind(world).values(), in_verification(world)]
    for code in codes:
        for actor in (world.minh, world.lan):
            if visit(actor).get(f"/ho-so/{code}").status_code == 404:
                continue
            visitor = visit(actor)
            page = visitor.open(f"/ho-so/{code}")
            assert len(page.text.encode()) < PAGE_LIMIT
            offered = acts(page)
            file = case_page(actor, code).file
            allowed, heads = (
                {each.action.value for each in permitted(file, role, TODAY) if each.allowed}
                for role in (actor.role, Role.HEAD)
            )
            asked = (heads & LEGAL) - allowed
            elsewhere = {"add_paper", "open_identity", "pass_on", "give_back", "record_reply"}
            if case_page(actor, code).kind in {Kind.COMPLAINT, Kind.DENUNCIATION}:
                elsewhere.add("assign")
            assert offered == (allowed | asked) - elsewhere
            for action in sorted(offered):
                form = visitor.open(f"/ho-so/{code}/viec/{action}")
                assert form.form().fields["on"] == ("" if action in asked else "20/11/2026")
                assert ("Soạn tờ trình" in form.words) is (action in asked)
                proposed += action in asked
                assert form.form().fields["version"]
                opened += 1
    assert opened > 60
    assert proposed > 5


def test_the_story_to_second_instance(visit: Visit, world: World) -> None:
    """From the desk through dialogue and decision to the province, by pages alone."""
    code = registered(world, received_on=TODAY)
    base = f"/ho-so/{code}"

    def does(actor: Actor, action: str, **values: Any) -> Page:
        visitor = visit(actor)
        return visitor.send(visitor.open(f"{base}/viec/{action}"), values)

    does(world.lan, "classify", competent="true")
    does(world.minh, "accept")
    does(world.minh, "assign_verification", assignee="an")
    does(world.an, "report", document="Báo cáo số 12/BC ngày 20/11/2026")
    does(world.minh, "plan_dialogue", dialogue_on="20/11/2026", content="Trụ sở UBND xã")
    does(
        world.an,
        "hold_dialogue",
        document="Biên bản số 14 ngày 20/11/2026",
        content="Hai bên thống nhất một phần",
    )
    does(
        world.minh,
        "decide",
        document="30/QĐ-UBND",
        found="partly_true",
        result="Công nhận một phần",
        content="Bồi thường thêm 20 m²",
    )
    page = visit(world.minh).open(base)
    for words in (
        "Đã có quyết định giải quyết",
        "Phạm Văn An",
        "Báo cáo số 12/BC",
        "Đã thụ lý",
        "30/QĐ-UBND",
    ):
        assert words in page.words, words
    second = does(world.lan, "second_instance")
    new = second.response.headers["Location"].rpartition("/")[2]
    assert new != code
    above = visit(world.phuc).open(f"/ho-so/{new}")
    assert "Khiếu nại lần hai" in above.words
    assert code in above.words
    assert case_page(world.minh, code).state is State.SECOND_INSTANCE


def test_a_transfer_shows_where_it_went(visit: Visit, world: World) -> None:
    """By the agency's name; the new custodian has it, the sender still sees it."""
    code = registered(world)
    lan = visit(world.lan)
    lan.send(lan.open(f"/ho-so/{code}/viec/classify"), {"competent": "false"})
    form = lan.open(f"/ho-so/{code}/viec/transfer")
    assert "an-binh" not in form.form().inputs["recipient"].value_options
    sent = lan.send(form, {"recipient": "so-nnmt", "content": "Thuộc thẩm quyền của Sở"})
    page = lan.follow(sent)
    assert "Nơi nhận Sở Nông nghiệp và Môi trường" in page.words
    assert (
        page.root.xpath("//dt[.='Nơi giữ hồ sơ']/following-sibling::dd[1]")[0].text_content()
        == "Sở Nông nghiệp và Môi trường"
    )


def test_a_refused_act_keeps_everything(visit: Visit, world: World) -> None:
    """Faults at the field; a day to come, a missing paper, a wrong choice."""
    code = in_verification(world)
    an = visit(world.an)
    page = an.send(an.open(f"/ho-so/{code}/viec/report"), {"on": "21/11/2026"}, status=422)
    assert set(page.faults) == {"document"}
    assert page.form().fields["on"] == "21/11/2026"
    later = an.send(page, {"document": "BC 12"}, status=422)
    assert set(later.faults) == {"on"}
    assert later.form().fields["document"] == "BC 12"
    strange = an.send(later, {"on": "20/11/2026", "document": "BC \x00 12"}, status=422)
    assert "document" in strange.faults
    an.send(strange, {"document": "BC 12"})


def test_somebody_else_was_faster(visit: Visit, world: World) -> None:
    """The page says so, shows the change, keeps the typing, and the next try goes through."""
    code = registered(world)
    lan, minh = visit(world.lan), visit(world.minh)
    slow = minh.open(f"/ho-so/{code}/viec/assign")
    lan.send(
        lan.open(f"/ho-so/{code}/viec/record_mediation"),
        {"result": "Không thành", "document": "BB 01"},
    )
    page = minh.send(slow, {"assignee": "an", "content": "Làm sớm"}, status=409)
    assert "Người khác vừa cập nhật hồ sơ này" in page.words
    assert "Nguyễn Thị Lan" in page.words
    assert page.form().fields["assignee"] == "an"
    minh.send(page)
    assert case_page(world.minh, code).officer == "Phạm Văn An"


def test_a_form_drawn_again_keeps_its_version(visit: Visit, world: World) -> None:
    """A fault of shape between two changes does not hide the other person's change."""
    code = registered(world)
    minh = visit(world.minh)
    slow = minh.open(f"/ho-so/{code}/viec/assign")
    done(code, Action.NOTIFY_RESULT, world.lan, {Need.CONTENT: "TB 1"})
    wrong = minh.send(slow, {"assignee": "an", "on": "31/02/2026"}, status=422)
    assert minh.send(wrong, {"on": "20/11/2026"}, status=409)


def test_an_act_that_became_impossible_shows_what_was_typed(visit: Visit, world: World) -> None:
    """Why, with the article, and the words to copy."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    minh = visit(world.minh)
    slow = minh.open(f"/ho-so/{code}/viec/refuse")
    done(code, Action.ACCEPT, world.minh)
    page = minh.send(slow, {"ground": "Khoản 2 Điều 11", "reason": "Hết thời hiệu"}, status=409)
    assert "Hết thời hiệu" in page.words
    assert minh.get(f"/ho-so/{code}/viec/refuse").status_code == 409
    assert minh.get(f"/ho-so/{code}/viec/khong_co").status_code == 404
    assert minh.get(f"/ho-so/{code}/viec/restate").status_code == 404


def test_a_double_click_acts_once(visit: Visit, world: World) -> None:
    """The same form sent twice is one event."""
    code = registered(world)
    lan = visit(world.lan)
    form = lan.open(f"/ho-so/{code}/viec/record_mediation")
    for _ in range(2):
        lan.send(form, {"result": "Không thành", "document": "BB 01"})
    found = db.session.scalars(select(Event.action).order_by(Event.id)).all()
    assert found == ["register", "record_mediation"]


def test_corrections_send_only_what_changed(visit: Visit, world: World) -> None:
    """Before and after stand in the timeline."""
    code = registered(world)
    an = visit(world.minh)
    form = an.open(f"/ho-so/{code}/viec/correct")
    assert "changes" in " ".join(an.send(form, {"reason": "Ghi nhầm"}, status=422).faults)
    sent = an.send(
        form,
        {
            "changes.parties.1.phone": "0900000000",
            "changes.wants_result": ["false", "true"],
            "changes.place_code": "na hau",
            "changes.field_code": "giay-chung-nhan",
            "reason": "Ghi nhầm số",
        },
    )
    page = an.follow(sent)
    assert "Sửa điện thoại của người gửi 1 0912345678 → 0900000000" in page.words
    shown = case_page(world.minh, code)
    assert (shown.place, shown.field, shown.wants_result) == (
        "Xã Nà Hẩu",
        "Cấp giấy chứng nhận quyền sử dụng đất",
        True,
    )
    assert shown.demand == "Hủy quyết định"
    wrong = an.send(
        an.open(f"/ho-so/{code}/viec/correct"),
        {"changes.place_code": "xã ma", "reason": "x"},
        status=422,
    )
    assert set(wrong.faults) == {"changes-place_code"}


def test_a_sealed_person_is_corrected_unseen(visit: Visit, world: World) -> None:
    """By those with the right only; the timeline says that it changed, never what."""
    code = registered(world, DENUNCIATION)
    path = f"/ho-so/{code}/viec/correct"
    minh = visit(world.minh)
    form = minh.open(path)
    assert form.form().fields["changes.parties.1.phone"] == ""
    sent = minh.send(form, {"changes.parties.1.phone": "0911111111", "reason": "Gọi không được"})
    page = minh.follow(sent)
    assert "Sửa điện thoại của người gửi 1 nội dung được niêm phong" in page.words
    assert "0911111111" not in page.text
    opened = minh.send(minh.open(f"/ho-so/{code}/danh-tinh"), {"reason": "Đối chiếu"}, status=200)
    assert "0911111111" in opened.words
    assert "Lò Thị Bình Minh" in opened.words


def test_a_date_is_corrected_from_the_dates_there_are(visit: Visit, world: World) -> None:
    """The old and the new due date stand in the timeline."""
    code = in_verification(world)
    minh = visit(world.minh)
    form = minh.open(f"/ho-so/{code}/viec/correct_date")
    assert {each for each in form.form().inputs["fact"].value_options if each} >= {
        "accepted",
        "received",
    }
    day = TODAY - timedelta(days=1)
    earlier = minh.send(
        form, {"fact": "received", "day": f"{day:%d/%m/%Y}", "reason": "Dấu đến ghi 19/11"}
    )
    assert "→" in minh.follow(earlier).words


def test_splitting_asks_for_parts(visit: Visit, world: World) -> None:
    """Two at least; one more on request; faults at each part."""
    code = registered(world)
    lan = visit(world.lan)
    form = lan.open(f"/ho-so/{code}/viec/split")
    grown = lan.send(form, {"parts.0.summary": "Phần đất"}, press=("_more", "parts"), status=200)
    assert grown.form().fields["parts.0.summary"] == "Phần đất"
    assert "parts.2.summary" in grown.form().fields
    values = {
        "parts.0.content": "Nội dung đất",
        "parts.1.summary": "Phản ánh cán bộ",
        "parts.1.content": "",
        "parts.1.kind": "feedback",
        "reason": "Đơn có hai nội dung",
    }
    wrong = lan.send(grown, values, status=422)
    assert set(wrong.faults) == {"parts-1-content"}
    sent = lan.send(wrong, {"parts.1.content": "Cán bộ hách dịch"})
    assert sent.response.headers["Location"].rpartition("/")[2] != code


def test_unknown_and_out_of_reach_answer_alike(visit: Visit, world: World) -> None:
    """Byte for byte, but for what changes with every answer."""
    code = registered(world)
    binh = visit(world.binh)
    for tail in ("", "/viec/classify", "/tai-lieu", "/tai-lieu/1", "/danh-tinh"):
        hidden, absent = (
            Page(binh.get(f"/ho-so/{each}{tail}")) for each in (code, "AB-2026-999999-9")
        )
        assert hidden.status == absent.status == 404
        assert hidden.words == absent.words


def test_papers_go_in_and_come_out(visit: Visit, world: World) -> None:
    """Typed by their bytes, under a harmless name, never shown inside the page."""
    code = registered(world)
    lan = visit(world.lan)
    form = lan.open(f"/ho-so/{code}/tai-lieu")
    none = lan.send(form, {"title": "Đơn khiếu nại"}, status=422)
    assert set(none.faults) == {"file"}
    assert none.form().fields["title"] == "Đơn khiếu nại"
    fake = lan.send(
        form, {"title": "Đơn", "file": (io.BytesIO(b"MZ not a pdf"), "don.pdf")}, status=422
    )
    assert set(fake.faults) == {"file"}
    unnamed = lan.send(form, {"title": "", "file": (io.BytesIO(PDF), "don.pdf")}, status=422)
    assert set(unnamed.faults) == {"title", "file"}
    sent = lan.send(
        form,
        {
            "title": "Đơn khiếu nại",
            "supplier": "Nguyễn Văn Đức",
            "file": (io.BytesIO(PDF), "Đơn của ông Đức.pdf"),
        },
    )
    assert "Đơn khiếu nại" in lan.follow(sent).words
    paper = lan.get(f"/ho-so/{code}/tai-lieu/1")
    assert paper.get_data() == PDF
    assert paper.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{code}-1.pdf"
    assert "sandbox" in paper.headers["Content-Security-Policy"]
    assert paper.headers["Cache-Control"] == "no-store"
    assert lan.get(f"/ho-so/{code}/tai-lieu/2").status_code == 404
    assert visit(world.giam).get(f"/ho-so/{code}/tai-lieu/1").status_code == 404


def test_what_is_sealed_opens_for_a_reason_only(visit: Visit, world: World) -> None:
    """By those with the right, with a trace; a reason that names the denouncer is refused."""
    code = registered(world, DENUNCIATION)
    minh, hoa = visit(world.minh), visit(world.hoa)
    base = f"/ho-so/{code}"
    assert "Lò Thị Bình Minh" not in minh.open(base).text
    assert hoa.get(f"{base}/danh-tinh").status_code == 403
    assert f"{base}/danh-tinh" not in hoa.open(base).links()
    ask = minh.open(f"{base}/danh-tinh")
    assert "reason" in minh.send(ask, {"reason": "  "}, status=422).faults
    naming = minh.send(ask, {"reason": "Gọi bà Lò Thị Bình Minh"}, status=422)
    assert "reason" in naming.faults
    shown = minh.send(ask, {"reason": "Mời làm việc ngày 25/11/2026"}, status=200)
    assert "Lò Thị Bình Minh" in shown.words
    assert "0987654321" in shown.words
    assert "Mời làm việc ngày 25/11/2026" in minh.open(base).words
    lan = visit(world.lan)
    lan.send(
        lan.open(f"{base}/tai-lieu"),
        {"title": "Đơn tố cáo viết tay", "file": (io.BytesIO(PDF), "don.pdf")},
    )
    paper = f"{base}/tai-lieu/1"
    assert minh.get(paper).mimetype == "text/html"
    opened = minh.send(minh.open(paper), {"reason": "Đối chiếu nội dung"}, status=200)
    assert opened.response.get_data() == PDF
    assert "Đối chiếu nội dung" in minh.open(base).words


def test_an_act_on_a_denunciation_masks_names(visit: Visit, world: World) -> None:
    """As on registering: shown, masked on request, then saved."""
    code = registered(world, DENUNCIATION)
    lan = visit(world.lan)
    form = lan.open(f"/ho-so/{code}/viec/notify_result")
    typed = {"content": "TB 12 gửi bà Lò Thị Bình Minh"}
    page = lan.send(form, typed, status=422)
    assert page.root.xpath("//mark/text()") == ["Lò Thị Bình Minh"]
    masked = lan.send(page, press=("_mask", "1"), status=200)
    assert masked.form().fields["content"] == "TB 12 gửi bà [đã che]"
    lan.send(masked)


def test_a_case_page_costs_the_same_for_few_and_many(
    visit: Visit, world: World, statements: Callable[[], Any]
) -> None:
    """At most ten statements for the case and nineteen for the panels beside it, for 1, 50 and 200
    events; sign-in apart."""
    code = registered(world)
    minh = visit(world.minh)
    costs = []
    for events in (1, 50, 200):
        while case_page(world.minh, code).timeline[0].seq < events:
            done(
                code,
                Action.RECORD_MEDIATION,
                world.lan,
                {Need.RESULT: "Không thành", Need.DOCUMENT: "BB"},
            )
            db.session.rollback()
        page = minh.open(f"/ho-so/{code}")
        with statements() as found:
            minh.open(f"/ho-so/{code}")
        costs.append(len(found.page()))
        assert len(page.text.encode()) < PAGE_LIMIT
    assert costs[0] == costs[1] == costs[2] <= 29


def test_names_in_the_timeline_follow_a_change(visit: Visit, world: World) -> None:
    """People are shown as they are called now."""
    code = in_verification(world)
    with transaction() as session:
        session.execute(
            User.__table__.update().where(User.username == "an").values(name="Phạm Văn Ân")
        )
    assert "Người được giao Phạm Văn Ân" in visit(world.minh).open(f"/ho-so/{code}").words


def test_the_limitation_is_met_by_lodging(visit: Visit, world: World) -> None:
    """It is told among what is done, in time or not, and no longer runs down on the page."""
    assert COMPLAINT.contested is not None
    for days, told in ((10, "đã nộp trong thời hiệu"), (120, "nộp sau thời hiệu")):
        known = replace(
            COMPLAINT.contested, issued_on=None, received_on=TODAY - timedelta(days=days)
        )
        page = visit(world.minh).open(f"/ho-so/{registered(world, contested=known)}")
        running, _, done_with = page.words.partition("Thời hạn đã xong")
        assert told in done_with
        assert "Thời hiệu khiếu nại" not in running.partition("Thời hạn ")[2]


def test_a_flag_names_its_limit(visit: Visit, world: World) -> None:
    """Two of one kind on one case are told apart."""
    code = registered(world)
    with transaction() as session:
        number = session.execute(select(Case.id).where(Case.code == code)).scalar_one()
        for subject, step in enumerate((Step.SETTLEMENT, Step.RESULT_NOTICE), 1):
            session.execute(
                insert(Flag).values(
                    case_id=number, kind=FlagKind.NEAR_DUE, subject=subject, raised_on=TODAY,
                    since=TODAY, evidence={"step": step.value, "due": "2026-11-24"},
                )
            )  # fmt: skip
    words = visit(world.minh).open(f"/ho-so/{code}").words
    assert "Sắp đến hạn: giải quyết, hạn 24/11/2026, từ 20/11/2026" in words
    assert "Sắp đến hạn: thông báo kết quả xử lý đơn, hạn 24/11/2026, từ 20/11/2026" in words
