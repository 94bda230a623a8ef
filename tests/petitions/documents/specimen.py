"""A decision and a letter of the tests' own, and Word files taken apart and put together."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from petitions.documents import archive
from petitions.documents.catalog import Catalog
from petitions.documents.forms import Form, FormField
from petitions.documents.lint_parts import parse
from petitions.documents.ooxml import W

DOCUMENT = "word/document.xml"
DAY = date(2026, 11, 20)
SPEC = """
[[block]]
name = "RC"
lines = [
    "Căn cứ Luật Khiếu nại ngày 11 tháng 11 năm 2011;",
    { text = "Căn cứ Luật sửa đổi ngày 10 tháng 12 năm 2025;", valid_from = 2026-07-01 },
]

[[form]]
key = "t:qd"
version = "1"
valid_from = 2020-12-10
name = "Quyết định giải quyết khiếu nại"
abbreviation = "QĐ"
letterhead = "agency"
title = "QUYẾT ĐỊNH"
subject = "Về việc giải quyết khiếu nại của {{ complainant_name }}"
competence_line = true
recitals = ["@RC", "Căn cứ {{ function_document }};", "{% if proposer %}Theo đề nghị của {{ proposer }};{% endif %}"]
body = '''
# I. Nội dung khiếu nại
{{ content }}
| STT | Họ và tên | Ngày sinh |
{% for m in members %}
| {{ loop.index }} | {{ m.name }} | {{ m.born | ngay_ngan }} |
{% endfor %}
^ QUYẾT ĐỊNH:
Điều 1. {{ measure | hoa }} ({{ measure }}) từ {{ starts_at | gio }}, {{ starts_at | ngay }}.
{% if measure == "stop" %}
Điều 2. Đình chỉ hẳn, "không" < & >.
{% else %}
Điều 2. Tạm đình chỉ.
{% endif %}
Điều 3. Trong {{ days | so }} ngày, {{ responsible }} chịu trách nhiệm thi hành Quyết định này
'''
recipients = ["Như Điều 3;", "{{ forwarder }} (để biết)", "{{ interested }}", "{{ inspectorate }}"]
audience = "petitioner"
kinds = ["complaint"]
acts = ["decide"]
base = "Điều 31 Luật Khiếu nại"
confirmed = true

[[form.fields]]
name = "complainant_name"
label = "Người khiếu nại"
type = "line"
need = "required"
source = "case"

[[form.fields]]
name = "proposer"
label = "Người đề xuất"
type = "line"
need = "optional"
source = "officer"

[[form.fields]]
name = "content"
label = "Nội dung khiếu nại"
type = "text"
need = "required"
source = "officer"

[[form.fields]]
name = "members"
label = "Thành phần"
type = "rows"
need = "required"
source = "officer"
columns = [{ name = "name", label = "Họ tên" }, { name = "born", label = "Ngày sinh" }]

[[form.fields]]
name = "measure"
label = "Biện pháp"
type = "choice"
need = "required"
source = "officer"
choices = [{ value = "suspend", label = "tạm đình chỉ" }, { value = "stop", label = "đình chỉ" }]

[[form.fields]]
name = "starts_at"
label = "Bắt đầu"
type = "moment"
need = "required"
source = "officer"

[[form.fields]]
name = "days"
label = "Số ngày"
type = "number"
need = "required"
source = "officer"
default = "5"

[[form.fields]]
name = "responsible"
label = "Người chịu trách nhiệm"
type = "lines"
need = "required"
source = "officer"

[[form.fields]]
name = "forwarder"
label = "Nơi chuyển đơn"
type = "line"
need = "optional"
source = "case"

[[form.fields]]
name = "interested"
label = "Người liên quan"
type = "lines"
need = "optional"
source = "case"

[[form.fields]]
name = "complainant_list"
label = "Danh sách người khiếu nại"
type = "rows"
need = "optional"
source = "case"
columns = [{ name = "name", label = "Họ và tên" }, { name = "born", label = "Năm sinh" }]

[[form]]
key = "t:cv"
version = "1"
valid_from = 2020-12-10
name = "Công văn đôn đốc"
abbreviation = "CV"
letterhead = "agency"
subject = "V/v đôn đốc giải quyết đơn"
body = '''
> Kính gửi: {{ addressee }}
Đề nghị giải quyết đơn trước {{ due_on | ngay }}
'''
recipients = ["Như trên;"]
audience = "bodies"
kinds = ["complaint", "feedback"]
acts = []
base = "Điều 15"
confirmed = true
fields = [
    { name = "addressee", label = "Nơi nhận công văn", type = "line", need = "required", source = "officer" },
    { name = "due_on", label = "Hạn báo cáo", type = "day", need = "required", source = "officer" },
]

[[form]]
key = "t:bb"
version = "1"
valid_from = 2020-12-10
name = "Biên bản làm việc"
abbreviation = ""
letterhead = "unnumbered"
title = "BIÊN BẢN LÀM VIỆC"
body = "Nội dung: {{ content }}"
signature = [["NGƯỜI LÀM VIỆC\\n(ký, ghi rõ họ tên)", "NGƯỜI LẬP BIÊN BẢN\\n{{ recorder }}"]]
audience = "internal"
kinds = ["complaint"]
acts = []
base = "Điều 19"
confirmed = true
fields = [
    { name = "content", label = "Nội dung", type = "text", need = "required", source = "officer" },
    { name = "recorder", label = "Người lập", type = "line", need = "required", source = "officer" },
]
"""

OFFICE: Mapping[str, Any] = {
    "parent_agency": "Ủy ban nhân dân tỉnh Lào Cai",
    "agency": "Ủy ban nhân dân xã Yên Bình",
    "agency_abbr": "UBND",
    "unit_abbr": "TCD",
    "place": "Yên Bình",
    "issuer_office_caps": "Chủ tịch Ủy ban nhân dân xã Yên Bình",
    "file_unit": "TCD",
    "function_document": "Luật Tổ chức chính quyền địa phương",
    "year": 2026,
}
SIGNED: Mapping[str, Any] = {
    "number": 5,
    "issue_date": date(2026, 2, 5),
    "signing_capacity": "kt",
    "signing_head_title": "Chủ tịch",
    "signer_title": "Phó Chủ tịch",
    "signer_name": "Nguyễn Văn An",
}
DECISION: Mapping[str, Any] = {
    **OFFICE,
    "complainant_name": "ông Trần <Văn> Bình & vợ",
    "content": "Đoạn một.\nĐoạn hai.",
    "members": [{"name": "Lê Thị Hoa", "born": date(1980, 3, 9)}, {"name": "Đỗ Minh"}],
    "measure": "stop",
    "starts_at": "2026-02-05T01:05:00+00:00",
    "responsible": ["Lê Thị Hoa", "Đỗ Minh"],
    "interested": ["Ông A", "Bà B"],
}


def loaded(spec: str) -> Catalog:
    """A catalogue of one file."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.toml").write_text(spec, encoding="utf-8")
        return Catalog.load(Path(folder))


@cache
def catalog() -> Catalog:
    """The tests' own catalogue."""
    return loaded(SPEC)


def form(key: str = "t:qd") -> Form:
    """One of its forms, as of ``DAY``."""
    return catalog().form_for(key, DAY)


def filled(form: Form) -> dict[str, Any]:
    """Values for every field of any form."""
    return {**OFFICE, **SIGNED, **{each.name: _example(each) for each in form.fields}}


def _example(field: FormField) -> Any:
    match field.type:
        case "day":
            return DAY
        case "moment":
            return "2026-02-05T01:05:00+00:00"
        case "number":
            return 30
        case "choice":
            return field.choices[-1].value
        case "lines":
            return ["điều thứ nhất", "điều thứ hai"]
        case "rows":
            return [{column.name: column.label for column in field.columns}] * 2
        case _:
            return field.label.replace("…", "")


def tree(docx: bytes, part: str = DOCUMENT) -> Element:
    """A part of a finished file."""
    root = parse(archive.unpack(docx)[part])
    assert root is not None
    return root


def paragraphs(docx: bytes, part: str = DOCUMENT) -> list[str]:
    """The words of each paragraph that has any."""
    texts = [
        "".join(text.text or "" for text in each.iter(f"{{{W}}}t"))
        for each in tree(docx, part).iter(f"{{{W}}}p")
    ]
    return [text for text in texts if text.strip()]


def edited(docx: bytes, changes: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> bytes:
    """The file with parts replaced, changed, added or (None) taken away."""
    parts = archive.unpack(docx)
    for name, change in changes.items():
        if change is None:
            del parts[name]
        else:
            parts[name] = change(parts[name]) if callable(change) else change
    return archive.pack(parts)


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """A change of one place in a part."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content, old
        return content.replace(old.encode(), new.encode(), 1)

    return change


def appended(xml: str) -> Callable[[bytes], bytes]:
    """A change that adds something at the end of the text, before the last section's settings."""
    return replaced("<w:sectPr>", f"{xml}<w:sectPr>")


def said(text: str) -> str:
    """A paragraph of one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def in_pieces(text: str) -> str:
    """A paragraph as Word leaves it after spell checking: each character in a run of its own."""
    runs = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{sign}</w:t></w:r>" for sign in text)
    return f"<w:p>{runs}</w:p>"


def visible(html: str) -> str:
    """The words of a piece of HTML in one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())
