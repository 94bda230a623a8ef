"""Documents filled in: words of the decree, drafts, signers, recipients, nothing missing, same bytes."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date
from time import perf_counter
from typing import Any

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from petitions.documents import archive
from petitions.documents.layout import template_of
from petitions.documents.render import DRAFT_WORDS, render
from petitions.documents.values import proposed, settle
from petitions.errors import Invalid
from petitions.text import ControlCharacter, clean
from tests.petitions.documents.specimen import (
    DECISION,
    DOCUMENT,
    OFFICE,
    SIGNED,
    edited,
    form,
    paragraphs,
    replaced,
)

NBSP = "\u00a0"


def _texts(**more: Any) -> list[str]:
    return paragraphs(render(form(), None, {**DECISION, **more}).docx)


def _words(**more: Any) -> str:
    return "\n".join(_texts(**more)).replace(NBSP, " ")


def test_a_signed_decision_reads_as_the_decree_has_it() -> None:
    made = render(form(), None, {**DECISION, **SIGNED, "proposer": "Chánh Thanh tra"})

    assert not made.draft
    assert [text.replace(NBSP, " ") for text in paragraphs(made.docx)] == [
        "ỦY BAN NHÂN DÂN TỈNH LÀO CAI",
        "ỦY BAN NHÂN DÂN XÃ YÊN BÌNH",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 05/QĐ-UBND",
        "Yên Bình, ngày 05 tháng 02 năm 2026",
        "QUYẾT ĐỊNH",
        "Về việc giải quyết khiếu nại của ông Trần <Văn> Bình & vợ",
        "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ YÊN BÌNH",
        "Căn cứ Luật Khiếu nại ngày 11 tháng 11 năm 2011;",
        "Căn cứ Luật sửa đổi ngày 10 tháng 12 năm 2025;",
        "Căn cứ Luật Tổ chức chính quyền địa phương;",
        "Theo đề nghị của Chánh Thanh tra.",
        "I. Nội dung khiếu nại",
        "Đoạn một.",
        "Đoạn hai.",
        "STT",
        "Họ và tên",
        "Ngày sinh",
        "1",
        "Lê Thị Hoa",
        "09/03/1980",
        "2",
        "Đỗ Minh",
        "QUYẾT ĐỊNH:",
        "Điều 1. ĐÌNH CHỈ (đình chỉ) từ 08 giờ 05 phút, ngày 05 tháng 02 năm 2026.",
        'Điều 2. Đình chỉ hẳn, "không" < & >.',
        "Điều 3. Trong 05 ngày, Lê Thị Hoa, Đỗ Minh chịu trách nhiệm thi hành Quyết định này./.",
        "Nơi nhận:",
        "- Như Điều 3;",
        "- Ông A;",
        "- Bà B;",
        "- Lưu: VT, TCD.",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "Nguyễn Văn An",
    ]


@pytest.mark.parametrize(
    ("number", "day", "line", "words"),
    [
        (9, date(2026, 1, 9), "Số: 09/QĐ-UBND", "ngày 09 tháng 01 năm 2026"),
        (10, date(2026, 3, 10), "Số: 10/QĐ-UBND", "ngày 10 tháng 3 năm 2026"),
        (1234, date(2026, 12, 1), "Số: 1234/QĐ-UBND", "ngày 01 tháng 12 năm 2026"),
    ],
)
def test_zeros_lead_days_below_ten_and_the_first_two_months(
    number: int, day: date, line: str, words: str
) -> None:
    texts = _texts(**SIGNED | {"number": number, "issue_date": day})
    assert line in texts and f"Yên Bình, {words}" in texts


def test_a_draft_is_marked_and_leaves_room_for_number_and_day() -> None:
    made = render(form(), None, DECISION)
    texts = paragraphs(made.docx)

    assert made.draft and texts[0].strip() == DRAFT_WORDS
    assert f"Số: {NBSP * 6}/QĐ-UBND" in texts
    assert f"Yên Bình, ngày{NBSP * 6}tháng{NBSP * 6}năm 2026" in texts


@pytest.mark.parametrize("name", ["number", "issue_date", "signer_name", "signer_title"])
def test_a_document_stays_a_draft_until_number_day_and_signer_are_there(name: str) -> None:
    without = {key: value for key, value in SIGNED.items() if key != name}
    assert render(form(), None, {**DECISION, **without}).draft
    assert DRAFT_WORDS not in _words(**SIGNED)


def test_minutes_are_no_drafts() -> None:
    made = render(form("t:bb"), None, {"agency": "UBND xã", "content": "x", "recorder": "Lê A"})
    assert not made.draft
    assert paragraphs(made.docx)[-1] == "Lê A"


@pytest.mark.parametrize(
    ("key", "signer", "lines"),
    [
        ("t:qd", {"signer_title": "Chủ tịch"}, ["CHỦ TỊCH"]),
        ("t:qd", {"signer_title": "Chủ tịch", "signing_capacity": "head", "signing_collective": "Ủy ban nhân dân"}, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]),
        ("t:qd", {"signer_title": "Giám đốc", "signing_capacity": "acting"}, ["Q. GIÁM ĐỐC"]),
        ("t:qd", {"signer_title": "Phó Chủ tịch", "signing_capacity": "kt", "signing_head_title": "Chủ tịch", "signing_collective": "Ủy ban nhân dân"}, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]),
        ("t:cv", {"signer_title": "Chánh Văn phòng", "signing_capacity": "tl", "signing_head_title": "Chủ tịch"}, ["TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"]),
        ("t:cv", {"signer_title": "Phó Chánh Văn phòng", "signing_capacity": "tl_kt", "signing_head_title": "Chủ tịch", "signing_unit_title": "Chánh Văn phòng"}, ["TL. CHỦ TỊCH", "KT. CHÁNH VĂN PHÒNG", "PHÓ CHÁNH VĂN PHÒNG"]),
        ("t:cv", {"signer_title": "Trưởng Ban Tiếp công dân", "signing_capacity": "tuq", "signing_head_title": "Chủ tịch"}, ["TUQ. CHỦ TỊCH", "TRƯỞNG BAN TIẾP CÔNG DÂN"]),
    ],
)  # fmt: skip
def test_capacity_and_title_over_the_signature(
    key: str, signer: dict[str, str], lines: list[str]
) -> None:
    values = {**DECISION, "addressee": "Sở A", "due_on": date(2026, 12, 1), **signer}
    texts = paragraphs(render(form(key), None, values).docx)
    at = texts.index("- Lưu: VT, TCD.")
    assert texts[at + 1 :] == lines


@pytest.mark.parametrize("capacity", ["tl", "tl_kt", "tuq"])
def test_a_decision_is_not_signed_by_order(capacity: str) -> None:
    signer = {
        "signer_title": "Chánh Văn phòng",
        "signing_capacity": capacity,
        "signing_head_title": "Chủ tịch",
    }
    with pytest.raises(Invalid, match="không ký thừa lệnh") as refused:
        render(form(), None, {**DECISION, **signer})
    assert list(refused.value.fields) == ["fields.signing_capacity"]


def test_a_capacity_that_names_nobody_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        render(form(), None, {**DECISION, "signer_title": "Phó Chủ tịch", "signing_capacity": "kt"})
    assert list(refused.value.fields) == ["fields.signing_head_title"]


def test_a_letter_bears_the_drafting_unit_in_its_symbol() -> None:
    values = {**OFFICE, **SIGNED, "addressee": "Sở A", "due_on": "2026-12-01"}
    texts = paragraphs(render(form("t:cv"), None, values).docx)
    assert "Số: 05/UBND-TCD" in texts
    assert "Đề nghị giải quyết đơn trước ngày 01 tháng 12 năm 2026./." in texts


def test_what_is_missing_is_said_once_with_its_vietnamese_labels() -> None:
    values = {key: value for key, value in DECISION.items() if key not in ("content", "place")}
    with pytest.raises(Invalid) as refused:
        render(form(), None, {**values, "members": []})
    assert refused.value.fields == {
        "fields.content": ["Thiếu: Nội dung khiếu nại"],
        "fields.members": ["Thiếu: Thành phần"],
        "fields.place": ["Thiếu: Địa danh"],
    }
    assert refused.value.message.endswith("Nội dung khiếu nại; Thành phần; Địa danh.")


@pytest.mark.parametrize(
    ("name", "value"),
    [("measure", "explode"), ("days", "soon"), ("starts_at", "8h"), ("issue_date", "05/02/2026"), ("content", "a\x00b")],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(name: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        render(form(), None, {**DECISION, name: value})
    assert list(refused.value.fields) == [f"fields.{name}"]


def test_optional_lines_vanish_with_their_punctuation() -> None:
    assert "Theo đề nghị" not in _words()
    assert "Căn cứ Luật Tổ chức chính quyền địa phương." in _texts()
    assert "(để biết)" not in _words()
    with_both = _texts(
        forwarder="Đoàn đại biểu Quốc hội", interested=[], inspectorate="Thanh tra tỉnh"
    )
    assert [text for text in with_both if text.startswith("- ")] == [
        "- Như Điều 3;",
        "- Đoàn đại biểu Quốc hội (để biết);",
        "- Thanh tra tỉnh;",
        "- Lưu: VT, TCD.",
    ]
    assert "ỦY BAN NHÂN DÂN TỈNH" not in _words(parent_agency="")
    for hole in ("None", "{{", "{%", "..."):
        assert hole not in _words()


def test_the_end_mark_closes_an_issued_document_wherever_its_body_ends() -> None:
    def last(body: str) -> str:
        changed = replace(form(), body=body)
        return next(
            text
            for text in reversed(paragraphs(render(changed, None, {**DECISION, **SIGNED}).docx))
            if text.startswith(("- Lê", "- Đỗ", "Hết", "Xong"))
        )

    assert last("{% for m in members %}\n- {{ m.name }};\n{% endfor %}") == "- Đỗ Minh./."
    assert last("{% if proposer %}\nHết\n{% else %}\nXong\n{% endif %}") == "Xong./."
    assert last("Hết./.") == "Hết./."
    assert last("Theo lệ./.\nHết, gửi kèm hồ sơ.") == "Hết, gửi kèm hồ sơ."
    assert last("Hết\n| Tên |\n| a |") == "Hết"
    minutes = {"agency": "UBND xã", "content": "Hết", "recorder": "Lê A"}
    assert "Nội dung: Hết" in paragraphs(render(form("t:bb"), None, minutes).docx)


def test_recipients_may_be_named_by_the_officer() -> None:
    listed = [
        text for text in _texts(recipients=["Như trên", "Sở Tư pháp;"]) if text.startswith("- ")
    ]
    assert listed == ["- Như trên;", "- Sở Tư pháp;", "- Lưu: VT, TCD."]


def test_defaults_fill_what_was_not_given_and_stay_out_where_the_officer_cleared() -> None:
    assert proposed(form(), DECISION) == {
        "days": 5,
        "recipients": ("Như Điều 3;", "Ông A;", "Bà B;"),
    }
    assert settle(form(), DECISION).values["days"] == 5
    with pytest.raises(Invalid) as refused:
        settle(form(), {**DECISION, "days": ""})
    assert list(refused.value.fields) == ["fields.days"]


def test_a_group_gets_its_list_as_an_annex() -> None:
    people = [{"name": "Trần Bình", "born": 1960}, {"name": "Lý Sáu", "born": 1971}]
    texts = _texts(**SIGNED, complainant_list=people)
    at = texts.index("DANH SÁCH NGƯỜI KHIẾU NẠI")
    assert texts[at + 1 :] == [
        "(Kèm theo Quyết định số 05/QĐ-UBND ngày 05 tháng 02 năm 2026)",
        "STT", "Họ và tên", "Năm sinh", "1", "Trần Bình", "1960", "2", "Lý Sáu", "1971",
    ]  # fmt: skip
    assert "DANH SÁCH" not in _words()


def test_values_are_words_and_never_tags_or_markup() -> None:
    trick = "{{ 7 * 7 }} {% if x %} </w:t><w:t> &amp; “ngoặc”"
    texts = _texts(content=trick)
    assert trick in texts


@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="_"), min_size=1))
@settings(max_examples=60, deadline=None)
def test_every_text_comes_out_as_it_went_in(text: str) -> None:
    try:
        expected = clean(text).text.strip()
    except ControlCharacter:
        return
    if expected:
        made = render(form("t:bb"), None, {"agency": "UBND", "content": text, "recorder": "A"})
        assert f"Nội dung: {expected}" in paragraphs(made.docx)


def test_names_the_form_does_not_know_are_left_behind() -> None:
    made = render(form(), None, {**DECISION, "denouncer_name": "Phạm Thị Kín"})
    assert made.docx == render(form(), None, DECISION).docx
    assert "denouncer_name" not in settle(form(), {"denouncer_name": "x", **DECISION}).values


def test_decomposed_letters_are_composed() -> None:
    assert "Nguyễn Hường" in _texts(content=unicodedata.normalize("NFD", "Nguyễn Hường"))


def test_the_same_values_give_the_same_bytes_without_times() -> None:
    values = {**DECISION, **SIGNED}
    made = render(form(), None, values).docx

    assert made == render(form(), None, dict(reversed(values.items()))).docx
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert {each.date_time for each in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert file.testzip() is None


def test_properties_of_the_agencys_own_file_do_not_leave_the_house() -> None:
    typist = "<dc:creator>Lê Thị Văn Thư</dc:creator><dc:language>"
    own = edited(
        template_of(form()),
        {
            "docProps/core.xml": replaced("<dc:language>", typist),
            "docProps/app.xml": replaced(
                "></Properties>", "><Company>Nhà riêng</Company></Properties>"
            ),
        },
    )
    made = archive.unpack(render(form(), own, DECISION).docx)
    assert not any(
        "Lê Thị Văn Thư".encode() in part or "Nhà riêng".encode() in part for part in made.values()
    )


def test_the_agencys_own_words_are_kept() -> None:
    own = edited(
        template_of(form()), {"word/document.xml": replaced("Độc lập", "Tự tay sửa: Độc lập")}
    )
    assert "Tự tay sửa: Độc lập - Tự do - Hạnh phúc" in paragraphs(
        render(form(), own, DECISION).docx
    )


def test_word_gives_styles_identifiers_of_its_own() -> None:
    def renamed(content: bytes) -> bytes:
        return content.replace(b'"CanCu"', b'"Cnc"').replace(b'"DuThao"', b'"Dtho"')

    own = edited(template_of(form()), {DOCUMENT: renamed, "word/styles.xml": renamed})
    made = render(form(), own, DECISION).docx
    assert "Căn cứ Luật Tổ chức chính quyền địa phương." in paragraphs(made)
    assert b'<w:pStyle w:val="Dtho"/>' in archive.unpack(made)[DOCUMENT]


def test_it_opens_again_and_is_quick() -> None:
    made = render(form(), None, DECISION).docx
    assert len(Document(io.BytesIO(made)).tables) == 3

    def once() -> float:
        began = perf_counter()
        render(form(), None, DECISION)
        return perf_counter() - began

    assert min(once() for _ in range(5)) < 0.1
