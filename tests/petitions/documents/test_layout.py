"""The standard template: measures of Decree 30/2020/NĐ-CP, real paragraphs and tables, editable in Word."""

from __future__ import annotations

import io
from xml.etree.ElementTree import Element

import pytest
from docx import Document

from petitions.documents import archive
from petitions.documents.catalog import forms
from petitions.documents.layout import DRAFT, LANDSCAPE, PORTRAIT, STYLES, template_of
from petitions.documents.ooxml import R, W, twips
from tests.petitions.documents.specimen import SPEC, form, loaded, paragraphs, tree

_W = f"{{{W}}}"


def _values(root: Element, tag: str, attribute: str = "val") -> list[str | None]:
    return [each.get(f"{_W}{attribute}") for each in root.iter(f"{_W}{tag}")]


def test_page_and_margins() -> None:
    page = tree(template_of(form()))

    (size,), (margins,) = page.iter(f"{_W}pgSz"), page.iter(f"{_W}pgMar")
    assert (size.get(f"{_W}w"), size.get(f"{_W}h")) == (str(twips(210)), str(twips(297)))
    assert [margins.get(f"{_W}{side}") for side in ("top", "bottom", "left", "right")] == [
        str(twips(mm)) for mm in (20, 20, 30, 20)
    ]
    assert PORTRAIT.text_width == 160 and LANDSCAPE.width == 297


def test_the_page_number_stands_on_top_of_every_page_but_the_first() -> None:
    template = template_of(form())
    page = tree(template)

    assert list(page.iter(f"{_W}titlePg"))
    heads = {
        each.get(f"{_W}type"): each.get(f"{{{R}}}id") for each in page.iter(f"{_W}headerReference")
    }
    relations = {
        each.get("Id"): each.get("Target")
        for each in tree(template, "word/_rels/document.xml.rels")
    }
    default, first = (
        tree(template, f"word/{relations[heads[kind]]}") for kind in ("default", "first")
    )
    assert [code.text for code in default.iter(f"{_W}instrText")] == [" PAGE "]
    assert not list(first.iter(f"{_W}instrText")) and not list(first.iter(f"{_W}t"))


def test_font_language_and_widow_control_hold_for_every_script() -> None:
    styles = tree(template_of(form()), "word/styles.xml")

    (fonts,) = styles.iter(f"{_W}rFonts")
    assert {fonts.get(f"{_W}{script}") for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {
        "Times New Roman"
    }
    (language,) = styles.iter(f"{_W}lang")
    assert language.get(f"{_W}val") == language.get(f"{_W}eastAsia") == "vi-VN"
    assert list(styles.iter(f"{_W}widowControl"))


@pytest.mark.parametrize(
    ("style", "least", "most"),
    [
        ("QuocHieu", 12, 13), ("TieuNgu", 13, 14), ("CoQuan", 12, 13), ("SoKyHieu", 13, 13),
        ("DiaDanhNgay", 13, 14), ("TenLoai", 13, 14), ("TrichYeu", 13, 14), ("NoiDung", 13, 14),
        ("VeViec", 12, 13), ("NoiNhan", 12, 12), ("DanhSachNhan", 11, 11), ("ChucVu", 13, 14),
        ("SoTrang", 13, 14),
    ],
)  # fmt: skip
def test_sizes_of_type(style: str, least: int, most: int) -> None:
    (found,) = (each for each in STYLES if each.id == style)
    assert least <= found.size <= most


def test_no_row_breaks_over_a_page_and_the_signature_keeps_the_last_paragraph() -> None:
    page = tree(template_of(form()))

    for row in page.iter(f"{_W}tr"):
        assert list(row.iter(f"{_W}cantSplit"))
    (last,) = (
        each
        for each in page.iter(f"{_W}p")
        if "".join(text.text or "" for text in each.iter(f"{_W}t")).startswith("Điều 3.")
    )
    assert list(last.iter(f"{_W}keepNext"))


def test_nothing_but_paragraphs_and_tables_with_tags_alone_in_grey() -> None:
    names = {each.tag.rpartition("}")[2] for each in tree(template_of(form())).iter()}
    assert not names & {"drawing", "pict", "txbxContent", "object", "hyperlink", "sdt"}
    control = [text for text in paragraphs(template_of(form())) if "{%p" in text or "{%tr" in text]
    assert "{%tr for m in members %}" in control and "{%p else %}" in control
    assert all(text.startswith("{%") and text.endswith("%}") for text in control)


def test_article_numbers_are_bold() -> None:
    page = tree(template_of(form()))

    bold = [
        run.findtext(f"{_W}t")
        for run in page.iter(f"{_W}r")
        if run.find(f"{_W}rPr/{_W}b") is not None
    ]
    assert bold == ["Điều 1.", "Điều 2.", "Điều 2.", "Điều 3."]


def test_a_letter_without_a_title_says_its_matter_under_the_number() -> None:
    texts = paragraphs(template_of(form("t:cv")))

    at = texts.index("Số: {{ number_symbol }}")
    assert texts[at + 1] == "V/v đôn đốc giải quyết đơn"
    assert "CÔNG VĂN" not in " ".join(texts)


def test_minutes_bear_neither_number_nor_date_and_are_signed_in_cells() -> None:
    texts = paragraphs(template_of(form("t:bb")))

    assert not any("number_symbol" in text or "date_line" in text for text in texts)
    assert texts[-4:] == [
        "NGƯỜI LÀM VIỆC",
        "(ký, ghi rõ họ tên)",
        "NGƯỜI LẬP BIÊN BẢN",
        "{{ recorder }}",
    ]


def test_recipients_stand_left_of_the_one_who_signs() -> None:
    spec = SPEC.replace(
        'signature = [["NGƯỜI LÀM VIỆC\\n(ký, ghi rõ họ tên)", ',
        'recipients = ["Như trên"]\nsignature = [["", ',
    )
    texts = paragraphs(template_of(loaded(spec).all()[-1]))

    assert texts[-7:-1] == [
        "Nơi nhận:",
        "{%p for item in recipients %}",
        "- {{ item }}",
        "{%p endfor %}",
        "- Lưu: VT, {{ file_unit }}.",
        "NGƯỜI LẬP BIÊN BẢN",
    ]


def test_a_register_lies_on_its_side() -> None:
    spec = SPEC.replace('letterhead = "unnumbered"', 'letterhead = "register"')
    page = tree(template_of(loaded(spec).all()[-1]))

    (size,) = page.iter(f"{_W}pgSz")
    assert size.get(f"{_W}orient") == "landscape"


def test_the_file_holds_no_person_and_no_hour() -> None:
    made = Document(io.BytesIO(template_of(form())))

    assert made.core_properties.title == "Quyết định giải quyết khiếu nại"
    assert not made.core_properties.author and not made.core_properties.last_modified_by
    assert made.core_properties.created is None
    assert {style.style_id for style in made.styles if style.type == 1} >= {
        each.id for each in STYLES
    }
    assert {DRAFT, "CanCu"} <= {each.id for each in STYLES}


def test_the_same_form_gives_the_same_bytes_and_every_shipped_one_opens() -> None:
    assert template_of(form()) == archive.pack(archive.unpack(template_of(form())))
    for each in forms():
        assert Document(io.BytesIO(template_of(each))).paragraphs, each.key
