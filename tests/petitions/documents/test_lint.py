"""Templates an agency uploads: whatever runs, reaches out, hides or leaves a hole is refused by its place."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from petitions.documents import archive
from petitions.documents.layout import template_of
from petitions.documents.lint import lint
from petitions.documents.lint_parts import judge_parts
from petitions.documents.ooxml import R
from petitions.documents.render import render
from tests.petitions.documents.specimen import (
    DECISION,
    DOCUMENT,
    appended,
    edited,
    form,
    in_pieces,
    paragraphs,
    replaced,
    said,
)

TYPES = "[Content_Types].xml"
RELATIONS = "word/_rels/document.xml.rels"
HEADER = "word/header1.xml"
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
Change = Callable[[bytes], bytes] | bytes | None


def _faults(changes: dict[str, Change]) -> list[str]:
    found = lint(edited(template_of(form()), changes), form())
    return [f"{fault.place}: {fault.message}" for fault in found]


def _related(kind: str, target: str, mode: str = "") -> Callable[[bytes], bytes]:
    where = f' TargetMode="{mode}"' if mode else ""
    return replaced(
        "</Relationships>",
        f'<Relationship Id="rId99" Type="{R}/{kind}" Target="{target}"{where}/></Relationships>',
    )


def _typed(name: str, kind: str) -> Callable[[bytes], bytes]:
    return replaced("</Types>", f'<Override PartName="/{name}" ContentType="{kind}"/></Types>')


def test_the_standard_template_passes_quickly() -> None:
    began = perf_counter()
    assert _faults({}) == []
    assert perf_counter() - began < 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"word/vbaProject.bin": b"\xd0\xcf", TYPES: _typed("word/vbaProject.bin", "application/vnd.ms-office.vbaProject")}, "word/vbaProject.bin: tệp chứa macro"),
        ({"word/vbaProject.bin": b"\xd0\xcf", TYPES: _typed("word/vbaProject.bin", "image/png"), RELATIONS: _related("vbaProject", "vbaProject.bin")}, "tệp chứa macro"),
        ({TYPES: replaced("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "application/vnd.ms-word.document.macroEnabled.main+xml")}, "tệp chứa macro (.docm)"),
        ({TYPES: replaced("wordprocessingml.document.main+xml", "wordprocessingml.template.main+xml")}, ".dotx"),
        ({"word/embeddings/oleObject1.bin": b"\xd0\xcf", TYPES: _typed("word/embeddings/oleObject1.bin", "application/vnd.openxmlformats-officedocument.oleObject")}, "word/embeddings/oleObject1.bin: tệp nhúng đối tượng OLE"),
        ({"word/embeddings/book.xlsx": b"PK", TYPES: _typed("word/embeddings/book.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")}, "phần không được phép"),
        ({RELATIONS: _related("package", "embeddings/book.xlsx")}, "quan hệ “package”"),
        ({"word/activeX/a.xml": b"<a/>", TYPES: _typed("word/activeX/a.xml", "application/vnd.ms-office.activeX+xml")}, "ActiveX"),
        ({"word/other.html": b"<p>x</p>"}, "word/other.html: tệp có phần không được phép"),
        ({RELATIONS: _related("aFChunk", "other.html")}, "quan hệ “aFChunk”"),
        ({RELATIONS: _related("image", "https://thu.xau/anh.png", "External")}, "liên kết ra ngoài (image): https://thu.xau/anh.png"),
        ({RELATIONS: _related("image", "\\\\may\\anh.png", "External")}, "liên kết ra ngoài"),
        ({"word/_rels/settings.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{R}/attachedTemplate" Target="file:///C:/mau.dotm" TargetMode="External"/></Relationships>'.encode()}, "word/_rels/settings.xml.rels: liên kết ra ngoài (attachedTemplate)"),
        ({RELATIONS: _related("hyperlink", "file:///etc/passwd", "External")}, "liên kết ra ngoài (hyperlink): file:///etc/passwd"),
        ({RELATIONS: _related("hyperlink", "file:///etc/passwd")}, "liên kết ra ngoài (hyperlink)"),
        ({"word/_rels/header1.xml.rels": f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{R}/image" Target="http://x/y" TargetMode="External"/></Relationships>'.encode()}, "word/_rels/header1.xml.rels: liên kết ra ngoài"),
        ({DOCUMENT: appended(f'<w:p><w:r><w:pict><v:shape {VML} href="http://x"/></w:pict></w:r></w:p>')}, "hình vẽ trỏ ra ngoài"),
        ({DOCUMENT: appended("<w:p><w:hyperlink w:anchor='a'><w:r><w:t>x</w:t></w:r></w:hyperlink></w:p>")}, "siêu liên kết"),
        ({DOCUMENT: appended("<w:p><w:fldSimple w:instr=' INCLUDETEXT \"C:\\a.docx\" '/></w:p>")}, "mã trường “INCLUDETEXT"),
        ({DOCUMENT: appended("<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>DD</w:instrText></w:r><w:r><w:instrText>EAUTO cmd</w:instrText></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>")}, "mã trường “DDEAUTO cmd”"),
        ({HEADER: replaced(" PAGE ", " MACROBUTTON Chay ")}, f"{HEADER}: mã trường “MACROBUTTON Chay”"),
        ({HEADER: replaced(" PAGE ", " QUOTE ")}, "mã trường “QUOTE”"),
        ({DOCUMENT: appended("<w:altChunk r:id='rId9'/>")}, "altChunk"),
        ({DOCUMENT: appended("<w:p><w:ins w:id='1' w:author='a'><w:r><w:t>x</w:t></w:r></w:ins></w:p>")}, "track changes"),
        ({DOCUMENT: appended("<w:p><w:del w:id='1' w:author='a'><w:r><w:delText>{{ f() }}</w:delText></w:r></w:del></w:p>")}, "track changes"),
        ({"word/comments.xml": b"<c/>", TYPES: _typed("word/comments.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml")}, "word/comments.xml: tệp còn ghi chú"),
        ({DOCUMENT: appended("<w:p><w:r><w:commentReference w:id='0'/></w:r></w:p>")}, "ghi chú"),
        ({"word/settings.xml": replaced("<w:compat>", "<w:mailMerge/><w:compat>")}, "mailMerge"),
        ({DOCUMENT: lambda content: b'<!DOCTYPE a [<!ENTITY b "c">]>' + content.partition(b"?>")[2]}, "word/document.xml: phần chữ hỏng hoặc khai báo DOCTYPE"),
        ({DOCUMENT: b"<w:document"}, "phần chữ hỏng"),
        ({DOCUMENT: None}, "không phải là văn bản Word"),
        ({"word/styles.xml": None}, "không khớp nhau"),
    ],
)  # fmt: skip
def test_what_runs_reaches_out_or_hides_is_refused(
    changes: dict[str, Change], message: str
) -> None:
    found = _faults(changes)
    assert any(message in fault for fault in found), found


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("{{ content.__class__ }}", "không được dùng thuộc tính “__class__”"),
        ("{% for m in members %}{{ m.__init__ }}{% endfor %}", "không được dùng thuộc tính “__init__”"),
        ("{{ content.upper }}", "không có “content.upper”"),
        ("{{ content[0] }}", "ngoặc vuông"),
        ("{{ content() }}", "không được gọi hàm"),
        ("{{ range(9) }}", "không được gọi hàm"),
        ("{{ cycler }}", "không có ô “cycler”"),
        ("{{ content | attr('x') }}", "không có bộ lọc “attr”"),
        ("{{ content | hoa(1) }}", "không nhận tham số"),
        ("{{ 'a' * 999999999 }}", "không dùng được phép Mul"),
        ("{{ content ~ content }}", "không dùng được phép Concat"),
        ("{% include 'x' %}", "“include”"),
        ("{% import 'x' as y %}", "“import”"),
        ("{% from 'x' import y %}", "“from”"),
        ("{% extends 'x' %}", "“extends”"),
        ("{% set x = 1 %}", "“set”"),
        ("{% macro x() %}{% endmacro %}", "“macro”"),
        ("{% block x %}{% endblock %}", "“block”"),
        ("{% filter hoa %}{% endfilter %}", "“filterblock”"),
        ("{% call x() %}{% endcall %}", "“callblock”"),
        ("{% do x %}", "“do”"),
        ("{{ contents }}", "không có ô “contents”"),
        ("{{ proposer }}", "có thể để trống"),
        ("{% if content %}{{ proposer }}{% endif %}", "có thể để trống"),
        ("{{ members }}", "là bảng"),
        ("{% for m in content %}{% endfor %}", "không phải là bảng"),
        ("{% for m in members %}{{ m.age }}{% endfor %}", "không có “m.age”"),
        ("{% for m in members recursive %}{% endfor %}", "vòng lặp chỉ có dạng"),
        ("{% for content in members %}{% endfor %}", "trùng tên một ô"),
        ("{% for a in members %}{% for b in members %}{% for c in members %}{% endfor %}{% endfor %}{% endfor %}", "quá 2 tầng"),
        ("{{ content is defined }}", "không dùng được phép Test"),
        ("{% if content %}", "mở mà không đóng"),
        ("{% endif %}", "đóng mà không mở"),
        ("{{ content", "mở mà không đóng ngay trong đoạn"),
        ("{{ content | }}", "thẻ viết không đúng"),
        ("{{r content }}", "không dùng được thẻ {{r"),
        ("{{p content }}", "không dùng được thẻ {{p"),
        ("{%p if content %} rơi mất {%p endif %}", "phải đứng một mình"),
        ("{% hm %}", "không"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", [said, in_pieces])
def test_tags_that_do_more_than_print_ask_and_repeat(
    tag: str, message: str, written: Callable[[str], str]
) -> None:
    found = _faults({DOCUMENT: appended(written(tag))})
    assert any(message in fault for fault in found), found


def test_the_place_is_the_part_and_the_words_around() -> None:
    (fault,) = lint(
        edited(template_of(form()), {DOCUMENT: appended(said("Theo đề nghị của {{ propser }}."))}),
        form(),
    )
    assert fault.place == "word/document.xml: “Theo đề nghị của {{ propser }}.”"


@pytest.mark.parametrize("part", [HEADER, "word/header2.xml"])
def test_a_tag_in_a_header_is_judged(part: str) -> None:
    found = _faults({part: replaced("</w:hdr>", said("{{ secret }}") + "</w:hdr>")})
    assert found == [f"{part}: “{{{{ secret }}}}”: không có ô “secret” trong biểu mẫu này"]


def test_a_tag_in_a_footer_is_judged() -> None:
    footer = f'<w:ftr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{said("{{ f() }}")}</w:ftr>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
    changes: dict[str, Change] = {
        "word/footer1.xml": footer.encode(),
        TYPES: _typed("word/footer1.xml", kind),
        RELATIONS: _related("footer", "footer1.xml"),
        DOCUMENT: replaced("<w:pgSz", '<w:footerReference w:type="default" r:id="rId99"/><w:pgSz'),
    }
    (fault,) = _faults(changes)
    assert "word/footer1.xml" in fault and "không được gọi hàm" in fault


def test_a_tag_in_a_text_box_is_judged() -> None:
    box = f"<w:p><w:r><w:pict><v:shape {VML}><v:textbox><w:txbxContent>{said('{{ secret }}')}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    (fault,) = _faults({DOCUMENT: appended(box)})
    assert "không có ô “secret”" in fault


def test_a_tag_in_a_name_of_a_picture_is_judged() -> None:
    (fault,) = _faults(
        {
            DOCUMENT: appended(
                f'<w:p><w:r><w:pict><v:shape {VML} alt="{{{{ secret }}}}"/></w:pict></w:r></w:p>'
            )
        }
    )
    assert fault == "word/document.xml: “{{ secret }}”: thẻ nằm ngoài phần chữ của văn bản"


def test_a_flood_of_tags_is_refused_before_anything_tries_them() -> None:
    open_ones = said("{{ content " * 50_000)
    began = perf_counter()
    assert any("mở mà không đóng" in fault for fault in _faults({DOCUMENT: appended(open_ones)}))
    assert _faults({DOCUMENT: appended(said("{{ content }}" * 2_000))}) == [
        "word/document.xml: có hơn 1500 thẻ"
    ]
    assert perf_counter() - began < 2


def test_every_choice_is_tried() -> None:
    torn = (
        said("{% if measure == 'stop' %}")
        + "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w='9'/></w:tblGrid><w:tr><w:tc>"
        + said("{% endif %}")
        + "</w:tc></w:tr></w:tbl>"
    )
    assert _faults({DOCUMENT: appended(torn)}) == [
        "mẫu: điền thử không được: thẻ mở và đóng không cùng cấp"
    ]


def test_a_tag_where_nobody_fills_it_in_is_refused() -> None:
    notes = f'<w:endnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:endnote>{said("{{ content }}")}</w:endnote></w:endnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.endnotes+xml"
    found = _faults(
        {
            "word/endnotes.xml": notes.encode(),
            TYPES: _typed("word/endnotes.xml", kind),
            RELATIONS: _related("endnotes", "endnotes.xml"),
        }
    )
    assert found == ["word/endnotes.xml: “{{ content }}”: thẻ nằm ở phần không được điền"]


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("{{ content }}", "Nội dung khiếu nại"),
        ("{{ number_symbol }}", "số, ký hiệu"),
        ("{{ date_line }}", "địa danh, ngày tháng"),
        ("{{ agency | hoa }}", "Cơ quan ban hành"),
        ("{{ issuer_office_caps | hoa }}", "Thẩm quyền ban hành"),
    ],
)
def test_a_template_that_forgets_what_must_be_printed(tag: str, label: str) -> None:
    (fault,) = _faults({DOCUMENT: lambda content: content.replace(tag.encode(), b"...")})
    assert fault.startswith("mẫu: thiếu ô") and label in fault


def test_words_beside_a_row_tag_would_be_lost() -> None:
    found = _faults(
        {DOCUMENT: replaced("{%tr for m in members %}", "STT {%tr for m in members %}")}
    )
    assert any("dòng của bảng" in fault for fault in found)


def test_tags_that_open_and_close_on_different_levels() -> None:
    end = "<w:tr><w:tc><w:p><w:r><w:t>{% endif %}</w:t></w:r></w:p></w:tc></w:tr>"
    table = f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w='9'/></w:tblGrid>{end}</w:tbl>"
    found = _faults({DOCUMENT: appended(said("{% if proposer %}") + table)})
    assert found == ["mẫu: điền thử không được: thẻ mở và đóng không cùng cấp"]


def test_tags_split_over_runs_are_understood_and_filled_in() -> None:
    changes: dict[str, Change] = {
        DOCUMENT: appended(
            in_pieces(
                "Gửi {{ complainant_name }}{% if proposer %}, {{ proposer }}{% endif %} “hết”"
            )
        )
    }
    own = edited(template_of(form()), changes)
    assert lint(own, form()) == []
    made = render(form(), own, {**DECISION, "proposer": "Sở A"})
    assert "Gửi ông Trần <Văn> Bình & vợ, Sở A “hết”" in paragraphs(made.docx)


def test_words_quotation_marks_in_conditions_are_understood() -> None:
    own = edited(
        template_of(form()), {DOCUMENT: appended(said("{% if measure == “stop” %}Hết.{% endif %}"))}
    )
    assert lint(own, form()) == []
    assert "Hết." in paragraphs(render(form(), own, DECISION).docx)


def test_an_own_field_code_of_page_numbers_and_properties_of_the_office_may_stay() -> None:
    changes: dict[str, Change] = {
        HEADER: replaced(" PAGE ", " PAGE \\* MERGEFORMAT "),
        "docProps/custom.xml": b"<Properties/>",
        TYPES: _typed("docProps/custom.xml", "application/vnd.openxmlformats-officedocument.custom-properties+xml"),
        "_rels/.rels": _related("custom-properties", "docProps/custom.xml"),
    }  # fmt: skip
    own = edited(template_of(form()), changes)
    assert lint(own, form()) == []
    assert "docProps/custom.xml" not in archive.unpack(render(form(), own, DECISION).docx)


@pytest.mark.proof
def test_a_template_saved_by_another_office_program_is_still_the_same(tmp_path: Path) -> None:
    """LibreOffice rewrites every part; the lint and the letter may not notice."""
    given, out = tmp_path / "mau.docx", tmp_path / "out"
    given.write_bytes(template_of(form()))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
    ]
    subprocess.run([*command, str(out), str(given)], check=True, capture_output=True)
    own = (out / "mau.docx").read_bytes()

    assert own != given.read_bytes()
    assert lint(own, form()) == []
    assert paragraphs(render(form(), own, DECISION).docx) == paragraphs(
        render(form(), None, DECISION).docx
    )


# --- the archive ----------------------------------------------------------------------------


def _zip(entries: list[tuple[str, bytes]], level: int = 9) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as file:
        for name, content in entries:
            file.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "không phải là văn bản Word"),
        (b"%PDF-1.7", "không phải là văn bản Word"),
        (b"PK\x03\x04" + b"\0" * 100, "không phải là văn bản Word"),
        (_zip([("a.txt", b"a")]), "không phải là văn bản Word"),
        (_zip([("word/document.xml", b" " * (30 * 2**20))]), "giải nén lớn hơn"),
        (_zip([("word/document.xml", b" " * (5 * 2**20))]), "quá lớn"),
        (_zip([(f"{at}.xml", b"") for at in range(201)]), "hơn 200 phần"),
        (_zip([("../x.xml", b"")]), "tên không hợp lệ"),
        (_zip([("word/A.xml", b""), ("word/a.xml", b"")]), "trùng tên"),
        (b"\0" * (5 * 2**20), "lớn hơn 4 MB"),
    ],
)
def test_what_is_no_word_file_or_a_bomb(content: bytes, message: str) -> None:
    (fault,) = lint(content, form())
    assert fault.place == "tệp" and message in fault.message


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    honest = _zip([("word/document.xml", b"<a>" + b" " * 100_000 + b"</a>")])
    claimed = (100_007).to_bytes(4, "little")
    assert honest.count(claimed) == 2
    lying = honest.replace(claimed, (10).to_bytes(4, "little"))
    with pytest.raises(archive.NotADocument):
        archive.unpack(lying)


def test_an_encrypted_part_is_refused() -> None:
    plain = bytearray(_zip([("word/document.xml", b"<a/>")]))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        plain[plain.index(sign) + offset] |= 1
    with pytest.raises(archive.NotADocument, match="mật khẩu"):
        archive.unpack(bytes(plain))


def test_parts_are_judged_by_their_content_type_not_their_name() -> None:
    parts = archive.unpack(template_of(form()))
    parts["word/media/anh.png"] = b"MZ"
    assert [fault.place for fault in judge_parts(parts)] == ["word/media/anh.png"]
