"""What the case puts into its letters, and what it keeps out of them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import docx
import pytest
from sqlalchemy import update

from config.database import db, transaction
from petitions.documents.catalog import form_for, forms
from petitions.documents.context import case_values
from petitions.documents.context_office import full_name, head_of, office_values, short
from petitions.documents.forms import Form, FormField, required
from petitions.documents.render import render
from petitions.documents.values import proposed
from petitions.errors import Invalid, NotFound
from petitions.models import Agency, Case, Letterhead, OutgoingDocument, Place, TeamMember
from petitions.sealing import Identity
from petitions.sealing.leaks import find_leaks
from petitions.services.intake import register
from petitions.services.opening import open_identity
from petitions.services.registration import Person
from tests.conftest import NOW, TODAY
from tests.petitions.test_acts import complaint, do, instant, settled
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.office import SigningCapacity, TeamRole
from workflows.records import IdKind
from workflows.vocabulary import Action, Actor, AgencyKind, Kind, Subkind

DENOUNCER = Person(
    name="Lò Thị Bình Minh", birth_year=1985, phone="0987654321", id_kind=IdKind.CITIZEN,
    id_number="001085000777", address="Số 7, bản Nà Hoa, xã An Bình",
)  # fmt: skip
SEALED = Identity(
    names=["Lò Thị Bình Minh"], id_numbers=["001085000777"], phones=["0987654321"],
    addresses=["Số 7, bản Nà Hoa, xã An Bình"],
)  # fmt: skip
SIGNED = {
    "number": 5, "issue_date": TODAY, "signer_name": "Trần Văn Minh", "signer_title": "Chủ tịch",
    "signing_capacity": "head",
}  # fmt: skip


def values(actor: Actor, code: str, key: str, on: date = TODAY, **more: Any) -> dict[str, Any]:
    return case_values(actor, code, form_for(key, on), on, **more)


def typed(field: FormField) -> Any:
    """Something an officer could write in a blank."""
    match field.type:
        case "day":
            return date(2026, 12, 1)
        case "moment":
            return datetime(2026, 11, 27, 8, 5)
        case "number":
            return 10
        case "choice":
            return field.choices[0].value
        case "lines":
            return ["Việc thứ nhất", "Việc thứ hai"]
        case "rows":
            return [{column.name: "đã ghi" for column in field.columns}]
    return "nội dung cán bộ ghi"


def completed(form: Form, known: Mapping[str, Any]) -> dict[str, Any]:
    """The letter with every blank the case leaves filled in, signed and numbered."""
    found = {**known, **proposed(form, known)}
    for name in required(form):
        field = form.field(name)
        if field is not None and not found.get(name):
            found[name] = typed(field)
    return {**found, **SIGNED}


def text_of(content: bytes) -> str:
    """Every word of the document's body, tables included."""
    found = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in found.paragraphs), *cells]).replace("\xa0", " ")


def denounced(world: World) -> str:
    """A denunciation in the middle of verification."""
    given = replace(DENUNCIATION, received_on=date(2026, 10, 6), parties=(DENOUNCER,))
    code = register(given, actor=world.lan, now=instant(date(2026, 10, 6)))
    do(code, Action.ACCEPT, world.minh, date(2026, 10, 8))
    do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 10, 9), team=["an", "ha"])
    return code


def suggestion(world: World) -> str:
    given = replace(
        COMPLAINT, kind=Kind.RECOMMENDATION, summary="Kiến nghị sửa đường thôn Đoài",
        content="Đường hỏng nặng.", demand="Sửa đường", contested=None,
    )  # fmt: skip
    return register(given, actor=world.lan, now=NOW)


# --- complaints -------------------------------------------------------------------------------


def test_an_acceptance_notice_writes_itself(world: World) -> None:
    """Every blank comes from the case; nothing is left to the officer."""
    code = complaint(world, date(2026, 10, 6))
    form = form_for("nd124:03", TODAY)
    found = values(world.minh, code, "nd124:03")
    assert found["complainant_name"] == "Nguyễn Văn Đức"
    assert found["addressee"] == "Ông (bà) Nguyễn Văn Đức"
    assert found["subject"] == "quyết định thu hồi đất"
    text = text_of(render(form, None, {**found, **SIGNED}).docx)
    for words in (
        "ỦY BAN NHÂN DÂN XÃ AN BÌNH", "Số: 05/TB-UBND", "An Bình, ngày 20 tháng 11 năm 2026",
        "Ngày 06 tháng 10 năm 2026, Ủy ban nhân dân xã An Bình đã nhận được đơn khiếu nại của: Nguyễn Văn Đức",
        "Số căn cước/định danh cá nhân: 001070000001.", "Khiếu nại về việc: quyết định thu hồi đất",
        "Vậy thông báo để Ông (bà) Nguyễn Văn Đức được biết./.", "- Như trên;",
    ):  # fmt: skip
        assert words in text
    assert "Người giao" not in text and "DỰ THẢO" not in text


def test_a_group_is_its_representative_and_the_others(world: World) -> None:
    """The list goes along; the notice is addressed to one of them."""
    first, second = COMPLAINT.parties[0], Person(name="Trần Thị Hoà", address="Thôn Trung", sex="female", is_representative=True)  # fmt: skip
    given = replace(COMPLAINT, parties=(first, second), group_size=7)
    code = register(given, actor=world.lan, now=NOW)
    found = values(world.minh, code, "nd124:15")
    assert found["complainant_name"] == "Trần Thị Hoà và 6 người (có danh sách kèm theo)"
    assert [row["name"] for row in found["complainant_list"]] == ["Nguyễn Văn Đức", "Trần Thị Hoà"]
    assert values(world.minh, code, "nd124:03")["addressee"] == "Bà Trần Thị Hoà"


@pytest.mark.parametrize(
    ("subkind", "remote", "days", "recourse"),
    [
        (None, False, 30, "administrative"),
        (None, True, 45, "administrative"),
        (Subkind.DISCIPLINARY, False, 10, "discipline"),
        (Subkind.DISCIPLINARY_DISMISSAL, False, 30, "dismissal"),
    ],
)
def test_a_first_decision_says_where_to_turn_next(
    world: World, subkind: Subkind | None, remote: bool, days: int, recourse: str
) -> None:
    """Law on Complaints arts 33(1) and 48; the second settler of a commune is the province's chair."""
    code = settled(world)
    with transaction() as session:
        session.execute(update(Case).values(subkind=subkind, remote=remote))
    found = values(world.minh, code, "nd124:15")
    assert found["second_window"] == days
    assert found["recourse"] == recourse
    assert found["second_settler"] == "Chủ tịch Ủy ban nhân dân tỉnh Sơn Lâm"
    form = form_for("nd124:15", TODAY)
    text = text_of(render(form, None, completed(form, found)).docx)
    assert f"Trong thời hạn {days} ngày, kể từ ngày nhận được Quyết định này" in text
    assert ("khởi kiện" in text) == (recourse != "discipline")


def test_a_decision_refers_to_what_was_done(world: World) -> None:
    """Reports and acceptance from before the books are called by what was entered then."""
    code = settled(world)
    found = values(world.minh, code, "nd124:15")
    assert found["report_ref"] == "BC 12 ngày 20 tháng 10 năm 2026"
    assert values(world.minh, code, "nd124:07")["accepted_on"] == date(2026, 10, 9)
    assert values(world.minh, code, "nd124:13")["from_day"] == date(2026, 10, 9)
    assert values(world.minh, code, "nd124:13")["to_day"] == date(2026, 10, 20)
    assert values(world.minh, code, "nd124:07")["contested_decision"].startswith(
        "Quyết định số 12/QĐ-UBND ngày 01 tháng 10 năm 2026"
    )
    do(code, Action.RECORD_SERVICE, world.van, date(2026, 11, 6), document="Biên nhận")
    second = do(code, Action.SECOND_INSTANCE, world.lan, date(2026, 11, 16))
    again = values(world.phuc, second, "nd124:16")
    assert again["first_decision_ref"] == "Quyết định giải quyết khiếu nại lần đầu số 35/QĐ-UBND ngày 02 tháng 11 năm 2026"  # fmt: skip
    assert again["first_result"] == "Đúng một phần"


def test_a_numbered_letter_is_cited_by_its_number(world: World) -> None:
    """Of several the last one with a number; a letter without one does not exist outside."""
    code = complaint(world, date(2026, 10, 6))
    do(code, Action.CLASSIFY, world.an, date(2026, 10, 7))
    do(code, Action.ACCEPT, world.minh, date(2026, 10, 9))
    typed_name = "Thông báo thụ lý ngày 09 tháng 10 năm 2026 của Ủy ban nhân dân xã An Bình"
    assert values(world.minh, code, "nd124:14a")["acceptance_ref"] == typed_name
    for number in (None, 7):
        _letter(world, code, "nd124:03", number)
    assert values(world.minh, code, "nd124:14a")["acceptance_ref"] == (
        "Thông báo số 07/TB-UBND ngày 09 tháng 10 năm 2026 của Ủy ban nhân dân xã An Bình"
    )


def _letter(world: World, code: str, form_key: str, number: int | None) -> None:
    with transaction() as session:
        case = session.query(Case).filter_by(code=code).one()
        mark = f"{form_key}{number}"
        session.add(
            OutgoingDocument(
                uid=mark, case_id=case.id, agency_id=case.agency_id, form_key=form_key,
                form_version="2026", template_sha256="", book="out", year=2026, number=number,
                numbered_at=NOW if number else None, symbol="TB-UBND", issued_on=date(2026, 10, 9),
                signer_id=world.minh.user_id, signer_title="Chủ tịch", capacity=SigningCapacity.HEAD,
                stored_name=mark, sha256="",
            )
        )  # fmt: skip


def test_limits_come_with_their_article(world: World) -> None:
    """Accepted Friday 2026-10-09: thirty days end Sunday 8 November, so Monday the 9th."""
    code = complaint(world, date(2026, 10, 6))
    do(code, Action.CLASSIFY, world.an, date(2026, 10, 7))
    do(code, Action.ACCEPT, world.minh, date(2026, 10, 9))
    found = values(world.minh, code, "x:to-trinh", date(2026, 10, 12))
    assert found["due_on"] == date(2026, 11, 9)
    assert "Điều 28 Luật Khiếu nại" in found["citation"]
    assert values(world.minh, code, "nd124:05", date(2026, 10, 12))["verify_days"] == 28


def test_a_superior_urges_its_subordinate(world: World) -> None:
    """The letter is the superior's own; the one below is addressed by its head."""
    code = complaint(world, date(2026, 10, 6))
    found = values(world.phuc, code, "tt05:don-doc")
    assert found["agency"] == "Ủy ban nhân dân tỉnh Sơn Lâm"
    assert found["subordinate_head"] == "Chủ tịch Ủy ban nhân dân xã An Bình"
    assert found["variant"] == "urge"


def test_a_transferred_petition_names_both_ends(world: World) -> None:
    """The sender's letter names the receiver; the receiver's reply and return name the sender."""
    given = replace(COMPLAINT, place_code="99002")
    code = register(given, actor=world.lan, now=NOW)
    do(code, Action.CLASSIFY, world.lan, TODAY, competent=False)
    do(code, Action.TRANSFER, world.minh, TODAY, recipient="bao-lam")
    reply = values(world.khanh, code, "x:tra-loi-co-quan-chuyen")
    assert reply["forwarder"] == "Ủy ban nhân dân xã An Bình"
    assert values(world.khanh, code, "x:tra-don-chuyen-sai")["sending_body"] == reply["forwarder"]
    assert values(world.minh, code, "x:chuyen-kn")["competent_body"] == "Ủy ban nhân dân xã Bảo Lâm"


# --- denunciations ----------------------------------------------------------------------------


def test_no_letter_of_a_denunciation_learns_who_denounced(world: World) -> None:
    """Every form, values and finished document; the sealed blanks are not filled."""
    code = denounced(world)
    for form in forms():
        if not form.in_force(TODAY) or Kind.DENUNCIATION not in form.kinds:
            continue
        found = case_values(world.minh, code, form, TODAY)
        assert not set(found) & form.sealed
        text = text_of(render(form, None, completed(form, found)).docx)
        assert not find_leaks(f"{text}\n{found}", SEALED), form.key


def test_an_opened_identity_reaches_only_the_denouncers_own_letters(world: World) -> None:
    """What was opened fills the sealed blanks of a form that names them, and nothing else."""
    code = denounced(world)
    people = open_identity(code, reason="Gửi thông báo thụ lý", actor=world.minh, now=NOW).people
    for form in forms():
        if not form.in_force(TODAY) or Kind.DENUNCIATION not in form.kinds:
            continue
        without = case_values(world.minh, code, form, TODAY)
        opened = case_values(world.minh, code, form, TODAY, people=people)
        assert {name for name in opened if opened[name] != without.get(name)} <= form.sealed
        assert bool(set(opened) - set(without)) == bool(form.sealed)
    notice = case_values(world.minh, code, form_for("nd31:05", TODAY), TODAY, people=people)
    assert notice["denouncer_name"] == "Lò Thị Bình Minh"


def test_the_denounced_hears_of_the_acceptance_only(world: World) -> None:
    code = denounced(world)
    form = form_for("nd31:06", TODAY)
    found = values(world.minh, code, "nd31:06")
    assert found["acceptance_statement"] == (
        "Chủ tịch Ủy ban nhân dân xã An Bình đã thụ lý tố cáo ngày 08 tháng 10 năm 2026, "
        "nội dung thụ lý: cán bộ địa chính nhận tiền."
    )
    text = text_of(render(form, None, {**found, **SIGNED}).docx)
    assert "06 tháng 10" not in text and code not in text


def test_an_acceptance_decision_counts_the_laws_days(world: World) -> None:
    code = denounced(world)
    found = values(world.minh, code, "nd31:04")
    assert found["days"] == 30
    assert values(world.minh, code, "nd31:01")["old_due"] == date(2026, 11, 9)
    assert [each["name"] for each in values(world.minh, code, "nd31:07")["members"]] == [
        "Phạm Văn An",
        "Bùi Thị Hà",
    ]


def test_the_roster_stands_in_its_order(world: World) -> None:
    """Leader, deputy, members, however they were entered; those who left are not named."""
    code = denounced(world)
    roles = {"ha": TeamRole.MEMBER, "an": TeamRole.DEPUTY, "son": TeamRole.LEADER}
    with transaction() as session:
        case = session.query(Case).filter_by(code=code).one()
        session.execute(update(TeamMember).values(until=TODAY))
        session.add_all(
            TeamMember(case_id=case.id, user_id=world.users[name], role=role, since=TODAY)
            for name, role in roles.items()
        )
    rows = values(world.minh, code, "nd31:07")["members"]
    assert [(row["name"], row["role"]) for row in rows] == [
        ("Đỗ Văn Sơn", "Tổ trưởng"),
        ("Phạm Văn An", "Tổ phó"),
        ("Bùi Thị Hà", "Thành viên"),
    ]
    assert {row["title"] for row in rows} == {"Trưởng phòng", "Chuyên viên"}


def test_proposals_name_a_denouncer_by_the_file_only(world: World) -> None:
    code = denounced(world)
    assert values(world.minh, code, "tt05:01")["sender_line"] == (
        f"người tố cáo (thông tin được giữ bí mật theo hồ sơ {code})"
    )


def test_a_case_out_of_reach_is_no_case(world: World) -> None:
    """Neither the stranger nor the inspector without the duty learns that it exists."""
    code = denounced(world)
    for stranger in (world.binh, world.quy, world.phuc):
        with pytest.raises(NotFound):
            values(stranger, code, "nd31:06")


# --- every form -------------------------------------------------------------------------------


def test_every_form_comes_out_whole(world: World) -> None:
    """With the blanks of the officer filled, no tag, no "None" and no hole is printed."""
    codes = {
        Kind.COMPLAINT: settled(world),
        Kind.DENUNCIATION: denounced(world),
        Kind.RECOMMENDATION: suggestion(world),
    }
    seen: set[str] = set()
    for kind, code in codes.items():
        for form in forms():
            if form.key in seen or not form.in_force(TODAY) or kind not in form.kinds:
                continue
            found = case_values(world.minh, code, form, TODAY)
            made = render(form, None, completed(form, found))
            text = text_of(made.docx)
            seen.add(form.key)
            assert not made.draft, form.key
            for hole in ("{{", "{%", "None", "  ;", " .", " ,", "()"):
                assert hole not in text.replace(" ./.", ""), (form.key, hole, text)
    of_cases = {each.key for each in forms() if each.in_force(TODAY) and each.kinds}
    assert seen == of_cases  # reports and letters about many cases have tests of their own


def test_a_missing_blank_is_named_in_vietnamese(world: World) -> None:
    """No document, and the label of what is missing at its field."""
    code = complaint(world, date(2026, 10, 6))
    form = form_for("nd124:04", TODAY)
    known = {**values(world.minh, code, "nd124:04"), **SIGNED, "ground_no": "6"}
    with pytest.raises(Invalid) as error:
        render(form, None, known)
    assert error.value.fields == {"fields.reason": ["Thiếu: Lý do không thụ lý"]}


# --- letterheads ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind", "title", "head"),
    [
        ("UBND xã Mây Sớm", AgencyKind.COMMUNE, "Chủ tịch", "Chủ tịch Ủy ban nhân dân xã Mây Sớm"),
        ("UBND tỉnh Sơn Lâm", AgencyKind.PROVINCE, "Thủ trưởng", "Chủ tịch Ủy ban nhân dân tỉnh Sơn Lâm"),
        ("Thanh tra tỉnh Sơn Lâm", AgencyKind.INSPECTORATE, "Chánh Thanh tra", "Chánh Thanh tra tỉnh Sơn Lâm"),
        ("Ban Tiếp công dân tỉnh", AgencyKind.RECEPTION_BOARD, "Trưởng ban", "Trưởng Ban Tiếp công dân tỉnh"),
        ("Sở Giáo dục và Đào tạo", AgencyKind.DEPARTMENT, "Giám đốc", "Giám đốc Sở Giáo dục và Đào tạo"),
        ("Phòng Kinh tế xã An Bình", AgencyKind.SECTION, "Thủ trưởng", "Trưởng Phòng Kinh tế xã An Bình"),
    ],
)  # fmt: skip
def test_the_title_of_a_head(name: str, kind: AgencyKind, title: str, head: str) -> None:
    assert head_of(Agency(name=name, kind=kind, head_title=title)) == head


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sở Nông nghiệp và Môi trường tỉnh Sơn Lâm", "SNNMT"),
        ("Ban Tiếp công dân tỉnh Sơn Lâm", "BTCD"),
        ("Phòng Đất đai, Sở Nông nghiệp và Môi trường", "PĐĐ"),
    ],
)
def test_bodies_are_abbreviated_by_their_first_letters(name: str, letters: str) -> None:
    assert short(name) == letters


def test_names_are_written_out() -> None:
    assert full_name("Thường trực HĐND tỉnh") == "Thường trực Hội đồng nhân dân tỉnh"


def test_a_letterhead_of_its_days_goes_before_the_tree(world: World) -> None:
    """Old documents keep the letterhead of their day; what it leaves empty comes from the tree."""
    with transaction() as session:
        session.add(
            Letterhead(
                agency_id=world.agencies["so-nnmt"], valid_from=date(2026, 1, 1),
                valid_to=date(2026, 10, 31), name_line="SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG",
                abbreviation="SoNNMT", function_document="Quyết định số 9/QĐ-UBND",
            )
        )  # fmt: skip
    session = db.session()
    office = session.get_one(Agency, world.agencies["so-nnmt"])
    then = office_values(session, office, None, date(2026, 10, 31))
    now = office_values(session, office, None, date(2026, 11, 1))
    assert (then["agency_abbr"], now["agency_abbr"]) == ("SoNNMT", "SNNMT")
    assert (
        then["function_document"] == "Quyết định số 9/QĐ-UBND" and now["function_document"] is None
    )
    assert then["agency"] == now["agency"] == "Sở Nông nghiệp và Môi trường"
    assert then["parent_agency"] == "Ủy ban nhân dân tỉnh Sơn Lâm"
    assert then["place"] == "Sơn Lâm"
    assert then["inspectorate"] == "Thanh tra tỉnh Sơn Lâm"


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Xã Mây Sớm", "Mây Sớm"),
        ("Phường 1", "Phường 1"),
        ("Thành phố Hồ Chí Minh", "Thành phố Hồ Chí Minh"),
        ("Thành phố Đồng Nai", "Đồng Nai"),
    ],
)
def test_the_place_is_the_name_without_its_level(world: World, name: str, place: str) -> None:
    """A number or a person's name keeps the word before it (Decree 30/2020/NĐ-CP, Annex I)."""
    code = "an-binh" if name.startswith(("Xã", "Phường")) else "ubnd-tinh"
    with transaction() as session:
        office = session.get_one(Agency, world.agencies[code])
        seat = Place(
            code="x", name=name, folded_name="x", kind="x", valid_from=date(2025, 7, 1),
            province_id=world.places["99"] if code == "an-binh" else None,
        )  # fmt: skip
        session.add(seat)
        session.flush()
        office.place_id = seat.id
    session = db.session()
    assert office_values(session, session.get_one(Agency, office.id), None, TODAY)["place"] == place
