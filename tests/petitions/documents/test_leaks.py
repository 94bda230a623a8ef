"""A sealed person is found in every part of a finished file, however written."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from petitions.documents import leaks
from petitions.documents.layout import template_of
from petitions.documents.render import render
from petitions.errors import Leak
from petitions.sealing import Identity
from tests.petitions.documents.specimen import (
    DECISION,
    DOCUMENT,
    SIGNED,
    appended,
    edited,
    form,
    in_pieces,
    replaced,
    said,
)

NAME = "Phạm Thị Kín"
KIN = Identity(
    names=[NAME],
    id_numbers=["001199012345"],
    phones=["0912345678"],
    addresses=["số 12 đường Trần Phú, xã Yên Bình"],
)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
HEADER = "word/header1.xml"


def _clean() -> bytes:
    return render(form(), None, {**DECISION, **SIGNED}).docx


def _part(docx: bytes, file_name: str = "quyet-dinh.docx") -> str:
    with pytest.raises(Leak) as found:
        leaks.check(docx, file_name, [KIN])
    assert found.value.marks
    return found.value.field


def test_a_clean_document_passes() -> None:
    leaks.check(_clean(), "quyet-dinh.docx", [KIN])


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        "PHẠM THỊ KÍN",
        "pham thi kin",
        "Phạm Thị  Kín",
        "PhạmThịKín",
        unicodedata.normalize("NFD", NAME),
        "Phạm\u200bThị Kín",
        "001199012345",
        "001 199 012 345",
        "+84 912.345.678",
        "12 Trần Phú",
    ],
)
@pytest.mark.parametrize("written", [said, in_pieces])
def test_in_the_text_however_written(text: str, written: Callable[[str], str]) -> None:
    assert (
        _part(edited(_clean(), {DOCUMENT: appended(written(f"đơn của {text}, gửi ngày"))}))
        == DOCUMENT
    )


def test_in_a_value_an_officer_typed() -> None:
    made = render(form(), None, {**DECISION, "content": f"Theo đơn của bà {NAME}"}).docx
    assert _part(made) == DOCUMENT


def test_over_tabs_line_breaks_and_cells() -> None:
    pieces = "<w:p><w:r><w:t>Phạm</w:t><w:tab/><w:t>Thị</w:t><w:br/><w:t>Kín</w:t></w:r></w:p>"
    assert _part(edited(_clean(), {DOCUMENT: appended(pieces)})) == DOCUMENT
    lines = said("Phạm Thị") + said("Kín")
    assert _part(edited(_clean(), {DOCUMENT: appended(lines)})) == DOCUMENT


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/footer1.xml", f"<w:ftr {W}>{said(NAME)}</w:ftr>"),
        ("word/footnotes.xml", f"<w:footnotes {W}>{said(NAME)}</w:footnotes>"),
        ("word/comments.xml", f'<w:comments {W}><w:comment w:author="a">{said(NAME)}</w:comment></w:comments>'),
        ("word/comments.xml", f'<w:comments {W}><w:comment w:author="{NAME}"/></w:comments>'),
        ("docProps/custom.xml", f'<Properties><property name="Người"><v>{NAME}</v></property></Properties>'),
        ("docProps/custom.xml", f'<Properties><property name="{NAME}"/></Properties>'),
        ("customXml/item1.xml", "<data><ho>Phạm Thị</ho><ten>Kín</ten></data>"),
        ("word/_rels/a.xml.rels", '<Relationships><Relationship Target="media/pham-thi-kin.png"/></Relationships>'),
        ("word/media/anh.png", f"PNG tEXt {NAME} IEND"),
        ("word/broken.xml", f"<a>{NAME}"),
        ("word/media/Phạm Thị Kín.png", "PNG"),
    ],
)  # fmt: skip
def test_in_every_other_part(part: str, content: str) -> None:
    assert _part(edited(_clean(), {part: content.encode()})) == part


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (HEADER, "</w:hdr>", said("Phạm Thị Kín") + "</w:hdr>"),
        ("docProps/core.xml", "<dc:language>", f"<dc:creator>{NAME}</dc:creator><dc:language>"),
        ("docProps/app.xml", "></Properties>", f"><Company>{NAME}</Company></Properties>"),
        (DOCUMENT, "<w:sectPr>", f"<!-- {NAME} --><w:sectPr>"),
        (DOCUMENT, "<w:sectPr>", f'<w:p><w:bookmarkStart w:name="{NAME}"/></w:p><w:sectPr>'),
        (DOCUMENT, "<w:sectPr>", f"<w:p><w:del><w:r><w:delText>{NAME}</w:delText></w:r></w:del></w:p><w:sectPr>"),
        (DOCUMENT, "<w:sectPr>", f"<w:p><w:r><w:instrText>QUOTE {NAME}</w:instrText></w:r></w:p><w:sectPr>"),
    ],
)  # fmt: skip
def test_in_headers_properties_and_what_is_not_shown(part: str, old: str, new: str) -> None:
    assert _part(edited(_clean(), {part: replaced(old, new)})) == part


@pytest.mark.parametrize("name", ["pham-thi-kin.docx", "QĐ Phạm Thị Kín.docx", "0912345678.docx"])
def test_in_the_file_name(name: str) -> None:
    assert _part(_clean(), name) == leaks.FILE_NAME


def test_a_notice_to_the_denouncer_prints_the_name_and_carries_it_nowhere_else() -> None:
    made = render(form(), None, {**DECISION, "complainant_name": NAME}).docx

    leaks.check(made, "thong-bao.docx", [KIN], printed=[])
    phone_too = edited(made, {DOCUMENT: appended(said("0912345678"))})
    with pytest.raises(Leak):
        leaks.check(phone_too, "thong-bao.docx", [KIN], printed=[Identity(phones=KIN.phones)])
    titled = edited(made, {"docProps/core.xml": replaced("<dc:title>", f"<dc:title>{NAME}: ")})
    with pytest.raises(Leak) as found:
        leaks.check(titled, "thong-bao.docx", [KIN], printed=[])
    assert found.value.field == "docProps/core.xml"


def test_measures_side_by_side_are_no_telephone_number() -> None:
    numbers = "".join(
        f'<w:tblGrid><w:gridCol w:w="{part}"/></w:tblGrid>' for part in ("0912", "345", "678")
    )
    leaks.check(
        edited(_clean(), {DOCUMENT: appended(f"<w:tbl>{numbers}</w:tbl>")}), "a.docx", [KIN]
    )


def test_templates_hold_no_sealed_value() -> None:
    leaks.check(template_of(form()), "mau.docx", [KIN])
