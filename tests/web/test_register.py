"""The registration page: typed once, corrected at the field, masked where the law hides a name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from config.database import db
from petitions.models import Agency, Case, CaseKey, Party, Place
from petitions.queries.case_page import case_page
from petitions.text import fold
from tests.conftest import TODAY
from tests.web.browsing import Page, Visitor
from tests.world import SINCE, World
from workflows.records import FormerPart, IdKind
from workflows.vocabulary import Actor, Kind

Visit = Callable[[Actor | None], Visitor]

TYPED = {
    "summary": "Khiếu nại quyết định thu hồi đất",
    "content": "Tôi khiếu nại Quyết định số 12/QĐ-UBND.",
    "demand": "Hủy quyết định",
    "field_code": "thu-hoi-dat",
    "place_words": "an binh",
    "parties.0.name": "Nguyễn Văn Đức",
    "parties.0.birth_on": "1970",
    "parties.0.id_number": "001070000001",
    "parties.0.phone": "0912345678",
    "parties.0.address": "Thôn Đoài, xã An Bình",
    "respondents.0.name": "Phạm Văn Giang",
    "respondents.0.position": "Cán bộ địa chính",
    "contested.number": "12/QĐ-UBND",
    "contested.issued_on": "01/10/2026",
    "contested.received_on": "2026-10-05",
}
NEW_ALL_THE_SAME = {"seen.reason": "Vụ việc khác"}
DENOUNCED = {
    "kind": "denunciation",
    "summary": "Tố cáo cán bộ địa chính nhận tiền",
    "content": "Tôi là Lò Thị Bình Minh, sinh năm 1985.\nCán bộ địa chính nhận tiền của tôi.",
    "parties.0.name": "Lò Thị Bình Minh",
    "parties.0.phone": "0987654321",
    "respondents.0.name": "Cán bộ địa chính",
}


def cases() -> int:
    """How many cases there are."""
    return db.session.scalar(select(func.count(Case.id))) or 0


def code_of(page: Page) -> str:
    """The code of the case a redirect leads to."""
    return page.response.headers["Location"].rpartition("/")[2]


def test_a_complaint_is_registered_without_script(visit: Visit, world: World) -> None:
    """Every field arrives, the place typed without marks is found, the page shows the legal dates."""
    lan = visit(world.lan)
    sent = lan.send(lan.open("/dang-ky"), TYPED)
    shown = case_page(world.lan, code_of(sent))
    assert (shown.kind, shown.place, shown.field) == (
        Kind.COMPLAINT,
        "Xã An Bình",
        "Thu hồi, giải phóng mặt bằng",
    )
    assert shown.people[0].name == "Nguyễn Văn Đức"
    assert ("birth_year", "1970") in shown.people[0].more
    assert db.session.scalar(select(Party.id_kind)) is IdKind.CITIZEN
    page = lan.follow(sent)
    assert f"Đã đăng ký. Mã hồ sơ: {shown.code}." in page.words
    assert "Thứ Tư, 02/12/2026" in page.words


def test_a_double_click_registers_once(visit: Visit, world: World) -> None:
    """The form's one-time key answers the second with the first."""
    lan = visit(world.lan)
    page = lan.open("/dang-ky")
    assert code_of(lan.send(page, TYPED)) == code_of(lan.send(page, TYPED))
    assert cases() == 1
    again = lan.send(lan.open("/dang-ky"), TYPED, status=422)
    assert set(again.faults) == {"seen-reason"}
    assert code_of(lan.send(again, {"seen.reason": "Đơn của lần khác"})) != ""
    assert cases() == 2


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(visit: Visit, world: World) -> None:
    """All at once, each with a link to its field."""
    lan = visit(world.lan)
    wrong = TYPED | {
        "received_on": "21/11/2026",
        "written_on": "31/02/2026",
        "summary": "",
        "parties.0.name": "",
        "contested.received_on": "01/09/2026",
        "place_words": "Xã Không Có",
    }
    page = lan.send(lan.open("/dang-ky"), wrong, status=422)
    assert {"written_on", "place_words"} <= set(page.faults)
    form = page.form()
    for name, value in wrong.items():
        assert form.fields[name] == value, name
    for name in ("written_on", "place_words"):
        assert form.inputs[name].get("aria-invalid") == "true"
    again = lan.send(page, {"written_on": "", "place_words": ""}, status=422)
    assert {"received_on", "summary", "parties-0-name", "contested-received_on"} <= set(
        again.faults
    )
    assert cases() == 0
    fixed = lan.send(again, TYPED | {"received_on": "20/11/2026"})
    assert cases() == 1
    assert fixed.response.headers["Location"].startswith("/ho-so/AB-2026-000001")


def test_late_entry_asks_for_a_reason(visit: Visit, world: World) -> None:
    """Its folded field opens where the fault is."""
    lan = visit(world.lan)
    day = TODAY - timedelta(days=9)
    page = lan.send(lan.open("/dang-ky"), TYPED | {"received_on": f"{day:%d/%m/%Y}"}, status=422)
    assert set(page.faults) == {"late_reason"}
    fold_around = page.root.xpath("//input[@name='late_reason']/ancestor::details")[0]
    assert "open" in fold_around.attrib
    lan.send(page, {"late_reason": "Mất điện cả tuần"})


def test_rows_are_added_without_losing_anything(visit: Visit, world: World) -> None:
    """More people, respondents, parcels, earlier settlements and obstacles, one press each."""
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), TYPED, press=("_more", "parties"), status=200)
    assert page.form().fields["parties.0.name"] == "Nguyễn Văn Đức"
    page = lan.send(
        page, {"parties.1.name": "Trần Thị Hạnh"}, press=("_more", "parcels"), status=200
    )
    page = lan.send(
        page,
        {"parcels.0.sheet": "12", "parcels.0.parcel": "7", "parcels.0.area_m2": "1.250,5"},
        press=("_more", "prior"),
        status=200,
    )
    page = lan.send(
        page,
        {"prior.0.body": "UBND huyện A", "prior.0.form": "Quyết định"},
        press=("_more", "obstacles"),
        status=200,
    )
    page = lan.send(
        page,
        {"obstacles.0.from": "10/10/2026", "obstacles.0.to": "05/10/2026"},
        press=("_more", "respondents"),
        status=200,
    )
    assert cases() == 0
    refused = lan.send(page, status=422)
    assert set(refused.faults) == {"obstacles-0"}
    sent = lan.send(refused, {"obstacles.0.to": "15/10/2026"})
    shown = case_page(world.lan, code_of(sent))
    assert [person.name for person in shown.people if person.side == "petitioner"] == [
        "Nguyễn Văn Đức",
        "Trần Thị Hạnh",
    ]
    assert str(shown.parcels[0].area_m2) == "1250.50"
    assert shown.prior[0].body == "UBND huyện A"
    assert len([person for person in shown.people if person.side == "respondent"]) == 1


def test_a_pasted_list_of_two_hundred(visit: Visit, world: World) -> None:
    """Faults name the line; the list stays as pasted."""
    lan = visit(world.lan)
    lines = [f"{n}. Người Ký {n}\t19{n % 90 + 10}\tThôn {n % 7}, xã An Bình" for n in range(1, 200)]
    bad = "\n".join([*lines[:10], "Ngô Văn Sai\tnăm nay\tThôn 1", *lines[10:]])
    typed = TYPED | {
        "parties.pasted": bad,
        "representatives_appointed": "true",
        "all_signatures": "true",
    }
    page = lan.send(lan.open("/dang-ky"), typed, status=422)
    assert page.faults["parties-pasted"].startswith("Dòng 11:")
    assert page.form().fields["parties.pasted"].splitlines() == bad.splitlines()
    sent = lan.send(page, {"parties.pasted": "\n".join(lines)})
    shown = case_page(world.lan, code_of(sent))
    assert (shown.group_size, len(shown.people)) == (200, 201)
    text = lan.follow(sent).text
    assert "Xem đủ 200 người" in text
    assert len(text.encode()) < 120_000


def test_a_former_name_is_never_resolved_silently(visit: Visit, world: World) -> None:
    """The officer chooses what the old name now means."""
    from config.database import transaction
    from petitions.models import FormerName

    with transaction() as session:
        for code, part in (("99002", FormerPart.PART), ("99003", FormerPart.REMAINDER)):
            session.add(
                FormerName(
                    place_id=world.places[code],
                    name="Xã Cũ Kỹ",
                    folded_name=fold("Xã Cũ Kỹ"),
                    part=part,
                )
            )
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), TYPED | {"place_words": "Cũ Kỹ"}, status=422)
    assert set(page.faults) == {"place_words"}
    assert {"99002", "99003"} <= set(page.form().inputs["place_code"].value_options)
    sent = lan.send(page, {"place_code": "99003"})
    assert case_page(world.lan, code_of(sent)).place == "Xã Nà Hẩu"
    named = lan.send(
        lan.open("/dang-ky"), TYPED | NEW_ALL_THE_SAME | {"place_words": "Xã Bảo Lâm (99002)"}
    )
    assert case_page(world.lan, code_of(named)).place == "Xã Bảo Lâm"
    nowhere = TYPED | NEW_ALL_THE_SAME | {"place_words": "Xã Ma (12345)"}
    unknown = lan.send(lan.open("/dang-ky"), nowhere, status=422)
    assert "place_words" in unknown.faults


def test_the_own_province_comes_first(visit: Visit, world: World) -> None:
    """The same name elsewhere in the country does not ask a question."""
    from config.database import transaction

    with transaction() as session:
        elsewhere = Place(
            code="01", name="Tỉnh Khác", folded_name="tinh khac", kind="tỉnh", valid_from=SINCE
        )
        session.add(elsewhere)
        session.flush()
        session.add(
            Place(
                code="01001",
                name="Xã An Bình",
                folded_name="xa an binh",
                kind="xã",
                province_id=elsewhere.id,
                valid_from=SINCE,
            )
        )
    lan = visit(world.lan)
    sent = lan.send(lan.open("/dang-ky"), TYPED)
    assert db.session.scalar(select(Place.code).join(Case, Case.place_id == Place.id)) == "99001"
    assert code_of(sent)


def test_a_named_denouncer_is_shown_masked_and_sealed(visit: Visit, world: World) -> None:
    """The marks are shown, one press masks them, the original wording goes under seal."""
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), DENOUNCED, status=422)
    assert page.root.xpath("//mark/text()") == ["Lò Thị Bình Minh"]
    assert page.form().fields["content"].split() == DENOUNCED["content"].split()
    assert page.form().fields["parties.0.name"] == "Lò Thị Bình Minh"
    masked = lan.send(page, press=("_mask", "1"), status=200)
    assert "Đã che các chỗ được đánh dấu" in masked.words
    assert masked.form().fields["content"].startswith("Tôi là [đã che], sinh năm 1985.")
    assert masked.form().fields["original"].startswith("Tôi là Lò Thị Bình Minh")
    sent = lan.send(masked)
    code = code_of(sent)
    assert "Lò Thị Bình Minh" not in lan.follow(sent).text
    assert db.session.scalar(select(CaseKey.sealed_original)) is not None
    opened = visit(world.minh)
    reason = opened.send(
        opened.open(f"/ho-so/{code}/danh-tinh"), {"reason": "Mời làm việc"}, status=200
    )
    assert "Lò Thị Bình Minh" in reason.words
    assert "Tôi là Lò Thị Bình Minh, sinh năm 1985." in reason.words


def test_masking_never_overwrites_an_edited_text(visit: Visit, world: World) -> None:
    """Edited after the marks were shown, the text is checked anew instead."""
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), DENOUNCED, status=422)
    edited = lan.send(
        page,
        {"content": "Cán bộ nhận tiền của Lò Thị Bình Minh."},
        press=("_mask", "1"),
        status=200,
    )
    assert edited.form().fields["content"] == "Cán bộ nhận tiền của Lò Thị Bình Minh."
    assert not edited.form().fields["original"].strip()
    assert lan.send(edited, status=422).root.xpath("//mark/text()") == ["Lò Thị Bình Minh"]
    forged = lan.send(page, {"_leak_spans": "5-99999"}, press=("_mask", "1"), status=200)
    assert forged.form().fields["content"].split() == DENOUNCED["content"].split()


def test_marks_fit_texts_with_hidden_and_composed_characters(visit: Visit, world: World) -> None:
    """Zero-width characters are dropped and marks composed before marks are counted."""
    lan = visit(world.lan)
    text = "\u200bTo\u0302i la\u0300 L\u200bo\u0300 Thi\u0323 Bi\u0300nh Minh."
    page = lan.send(lan.open("/dang-ky"), DENOUNCED | {"content": text}, status=422)
    assert page.root.xpath("//mark/text()") == ["Lò Thị Bình Minh"]
    masked = lan.send(page, press=("_mask", "1"), status=200)
    assert masked.form().fields["content"] == "Tôi là [đã che]."


def test_hostile_input_is_text(visit: Visit, world: World) -> None:
    """Scripts are shown as typed, control characters refused at the field, the too long told."""
    lan = visit(world.lan)
    nasty = "<script>alert('x')</script>\"'>"
    page = lan.send(
        lan.open("/dang-ky"), TYPED | {"summary": nasty, "content": "a" * 200_001}, status=422
    )
    assert "content" in page.faults
    assert "<script>alert" not in page.text
    assert page.form().fields["summary"] == nasty
    control = lan.send(page, {"content": "a\x07b"}, status=422)
    assert "ký tự điều khiển" in control.faults["content"]
    sent = lan.send(control, {"content": "Nội dung"})
    assert "<script>alert" not in lan.follow(sent).text
    many = "\n".join("Người Ký;1970" for _ in range(1_001))
    listed = lan.send(lan.open("/dang-ky"), TYPED | {"parties.pasted": many}, status=422)
    assert "1.000 dòng" in listed.faults["parties-pasted"]


def test_only_those_who_register_see_the_form(visit: Visit, world: World) -> None:
    """Others are refused, whether they look or send."""
    for actor in (world.hoa, world.giam, world.tam):
        assert visit(actor).get("/dang-ky").status_code == 403


def test_a_petition_against_the_head_leaves_his_sight(visit: Visit, world: World) -> None:
    """A feedback on the head goes to the superior; the head finds nothing, the province does."""
    lan = visit(world.lan)
    sent = lan.send(
        lan.open("/dang-ky"),
        TYPED | {"respondents.0.name": "Trần Văn Minh", "kind": "feedback"},
    )
    code = code_of(sent)
    assert visit(world.minh).get(f"/ho-so/{code}").status_code == 404
    assert visit(world.phuc).open(f"/ho-so/{code}")
    assert (
        db.session.scalar(select(Agency.code).join(Case, Case.agency_id == Agency.id))
        == "ubnd-tinh"
    )
