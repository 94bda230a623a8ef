"""Bad input on the registration page: a sentence at the field, the rest kept, nothing half written."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from config.database import db
from petitions.installation import installation
from petitions.models import Case, CaseText, Event, Evidence, Party
from petitions.queries.case_page import case_page
from petitions.services import evidence
from petitions.services.opening import open_paper
from tests.conftest import NOW
from tests.web.browsing import Page, Visitor
from tests.web.test_register import DENOUNCED, TYPED, cases, code_of
from tests.world import World
from workflows.vocabulary import Actor, Kind

Visit = Callable[[Actor | None], Visitor]
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
NASTY = "<script>alert('x')</script>\"'>"
GROUP = {"representatives_appointed": "true", "all_signatures": "true"}


def bomb() -> bytes:
    """A Word file that unpacks to far more than it should."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 120_000_000)
    return packed.getvalue()


def upload(visitor: Visitor, values: Mapping[str, Any], *files: tuple[bytes, str]) -> Page:
    """Send a fresh form with files, as a browser does."""
    form = visitor.open("/dang-ky").form("/dang-ky")
    sent: dict[str, Any] = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    for name, value in values.items():
        sent[name] = [value]
    sent["files"] = [(io.BytesIO(data), name) for data, name in files]
    return Page(visitor.post("/dang-ky", sent, content_type="multipart/form-data"))


def stored_files() -> int:
    """How many files lie in the upload folder."""
    return sum(each.is_file() for each in installation().settings.upload_dir.rglob("*"))


WRONG: list[tuple[dict[str, str], dict[str, str]]] = [
    ({"parties.0.birth_on": "21/11/2026"}, {"parties-0-birth_on": "tương lai"}),
    ({"parties.0.birth_on": "2199"}, {"parties-0-birth_on": "tương lai"}),
    ({"parties.0.birth_on": "31/02/1970"}, {"parties-0-birth_on": "không phải là ngày hợp lệ"}),
    ({"parties.0.phone": "abc"}, {"parties-0-phone": "số điện thoại"}),
    ({"parties.0.phone": "12"}, {"parties-0-phone": "số điện thoại"}),
    ({"parties.0.name": "a\x07b"}, {"parties-0-name": "ký tự điều khiển"}),
    ({"parties.0.name": "N" * 256}, {"parties-0-name": "255"}),
    ({"parties.0.name": "\u200b\u202e"}, {"parties-0-name": "họ tên"}),
    ({"parties.0.id_number": "1" * 41}, {"parties-0-id_number": "40"}),
    ({"summary": NASTY, "content": ""}, {"content": "nội dung"}),
    ({"content": "a" * 200_001}, {"content": "200 kB"}),
    ({"content": "a\x00b"}, {"content": "ký tự điều khiển"}),
    ({"received_on": "21/11/2026"}, {"received_on": "tương lai"}),
    ({"received_on": "31/02/2026"}, {"received_on": "không phải là ngày"}),
    ({"written_on": "20/12/2026"}, {"written_on": "sau ngày nhận"}),
    ({"contested.received_on": "01/09/2026"}, {"contested-received_on": "trước ngày ban hành"}),
    ({"second_instance_of": "AB-2026-000999-1"}, {"second_instance_of": "Không tìm thấy"}),
    ({"forwarder_body": "Cơ quan không có"}, {"forwarder_body": "danh mục"}),
    ({"field_code": "khong-co"}, {"field_code": "danh mục"}),
    ({"kind": "bomb"}, {"kind": "Phải là một trong"}),
    ({"seen.reason": "r" * 301}, {"seen-reason": "300"}),
    ({"parties.pasted": "\n".join(f"Người {n};1970" for n in range(10_000))},
     {"parties-pasted": "1.000 dòng"}),
    ({"parties.pasted": "Lê A;1970\nLê B;13/13/1970\n;1960"}, {"parties-pasted": "Dòng 3: Thiếu họ tên"}),
    ({"parties.pasted": "Lê A;1970;Thôn 1;001070000009\n\nLê An;1971;Thôn 2;001070000009"},
     {"parties-pasted": "Dòng 3: Trùng với dòng 1"}),
    ({"parties.pasted": "Lê A;2199"}, {"parties-pasted": "Người thứ 1: Ngày sinh còn ở tương lai"}),
    ({"further.0.kind": "feedback", "further.0.summary": "Rác", "further.0.content": ""},
     {"further-0-content": "bắt buộc"}),
    ({"further.0.kind": "feedback", "further.0.summary": "a\x07", "further.0.content": "Rác"},
     {"further-0-summary": "ký tự điều khiển"}),
    ({"visit": "f" * 32}, {"visit": "Không tìm thấy"}),
]  # fmt: skip


def test_each_fault_at_its_field_and_everything_kept(visit: Visit, world: World) -> None:
    """One sentence at the field; every other typed value stands; nothing is written."""
    lan = visit(world.lan)
    blank = lan.open("/dang-ky")
    for wrong, told in WRONG:
        values = TYPED | wrong
        page = lan.send(blank, values, status=422)
        for field, words in told.items():
            assert words in page.faults.get(field, ""), (wrong.keys(), page.faults)
        form = page.form("/dang-ky")
        for name, value in values.items():
            if name in form.fields and name not in wrong:
                assert form.fields[name] == value, (name, wrong.keys())
        assert "<script>alert" not in page.text
    assert (cases(), db.session.scalar(select(func.count(Event.id)))) == (0, 0)


def test_odd_but_lawful_names_and_dates(visit: Visit, world: World) -> None:
    """Names of one letter, NFC and NFD twins, a year alone, hidden characters, an unnamed respondent."""
    lan = visit(world.lan)
    twin = unicodedata.normalize("NFD", "Nguyễn Thị Ý")
    typed = TYPED | GROUP | {
        "parties.0.name": "Y\u200b",
        "parties.0.birth_on": "1950",
        "parties.0.phone": "0912.345.678 / (024) 3825 1234",
        "respondents.0.name": "",
        "respondents.0.position": "",
        "summary": "Khiếu nại\u202e thu hồi đất",
        "parties.pasted": f"1. {twin}\t1960\n2. Ý\t1961\n3. Nguyễn Thị Ý\t1962\n4. Đỗ Văn A",
        "representatives": "2, Đỗ Văn A",
    }  # fmt: skip
    shown = case_page(world.lan, code_of(lan.send(lan.open("/dang-ky"), typed)))
    names = [person.name for person in shown.people]
    assert names == ["Y", "Nguyễn Thị Ý", "Ý", "Nguyễn Thị Ý", "Đỗ Văn A"]
    assert shown.summary == "Khiếu nại thu hồi đất"
    chosen = select(Party.name).where(Party.is_representative).order_by(Party.ordinal)
    assert list(db.session.scalars(chosen)) == ["Ý", "Đỗ Văn A"]


@pytest.mark.parametrize(
    ("size", "who", "words"),
    [
        (200, "1, 2, 3, 4, 5, 6", "tối đa 5 người đại diện"),
        (7, "1, 2, 3", "tối đa 2 người đại diện"),
        (200, "201", "không có trong nhóm"),
        (200, "Người Lạ", "không có trong nhóm"),
        (200, "Người Ký", "Có 3 người tên"),
    ],
)
def test_representatives_are_of_the_group_and_as_many_as_the_law_says(
    visit: Visit, world: World, size: int, who: str, words: str
) -> None:
    """Law on Citizen Reception art 29: told where they are named."""
    lan = visit(world.lan)
    names = ["Người Ký" if n < 3 else f"Người Số {n}" for n in range(size)]
    pasted = "\n".join(f"{name};{1950 + n % 40};Thôn {n}" for n, name in enumerate(names))
    typed = TYPED | GROUP | {"parties.0.name": "", "parties.pasted": pasted, "representatives": who}
    empty = {f"parties.0.{name}": "" for name in ("birth_on", "id_number", "phone", "address")}
    page = lan.send(lan.open("/dang-ky"), typed | empty, status=422)
    assert words in page.faults["representatives"]
    assert f"Danh sách có {size} người" in page.words
    assert cases() == 0


def test_ten_megabytes_are_refused_whole(visit: Visit, world: World) -> None:
    """At the field, with everything else kept; what is larger than any form, by a page that says so."""
    lan = visit(world.lan)
    page = upload(lan, TYPED | {"content": "a" * 10_000_000})
    assert (page.status, page.faults["content"]) == (422, "Nội dung dài quá 200 kB.")
    assert page.form("/dang-ky").fields["summary"] == TYPED["summary"]
    beyond = upload(lan, TYPED | {"content": "a" * 20_000_000})
    assert (beyond.status, "quá lớn" in beyond.words) == (413, True)
    assert cases() == 0


def test_files_are_judged_by_their_bytes(visit: Visit, world: World) -> None:
    """Wrong types, bombs, empty files: refused at the field by name, the typing kept, no byte left behind."""
    lan = visit(world.lan)
    for data, name, words in (
        (b"MZ\x90\0" + b"\0" * 100, "đơn.pdf", "không phải là pdf"),
        (bomb(), "đơn.docx", "giải nén"),
        (b"<html>", "đơn.html", "Không nhận loại tệp"),
        (b"", "đơn.pdf", "không có nội dung"),
        (b"%PDF-1.4" + b"a" * (25 * 1024 * 1024), "đơn.pdf", "25 MB"),
    ):
        page = upload(lan, TYPED, (PDF, "tốt.pdf"), (data, name))
        assert page.status == 422
        assert f"Tệp “{name}”" in page.faults["files"]
        assert words in page.faults["files"]
        assert page.form("/dang-ky").fields["content"] == TYPED["content"]
    page = upload(lan, TYPED | {"summary": ""}, (PDF, "tốt.pdf"))
    assert "chọn lại tệp" in page.faults["files"]
    assert (cases(), stored_files()) == (0, 0)
    page = upload(lan, TYPED, (PDF, "Nguyễn Văn Đức.pdf"), (PDF, "b.pdf"))
    assert page.status == 302
    code = code_of(page)
    titles = [each.title for each in case_page(world.lan, code).evidence]
    assert titles == ["Đơn, tài liệu nộp khi tiếp nhận (1)", "Đơn, tài liệu nộp khi tiếp nhận (2)"]
    assert evidence.read_paper(code, 1, world.lan).data == PDF
    assert (db.session.scalar(select(func.count(Event.id))), stored_files()) == (1, 2)


def test_a_denunciations_scans_are_sealed(visit: Visit, world: World) -> None:
    """Also where it is only one of several matters of the paper; no readable case gets the file."""
    lan = visit(world.lan)
    mixed = DENOUNCED | {
        "kind": "complaint",
        "summary": "Khiếu nại thu hồi đất",
        "content": "Tôi khiếu nại Quyết định số 12/QĐ-UBND.",
        "further.0.kind": "denunciation",
        "further.0.summary": "Tố cáo cán bộ địa chính nhận tiền",
        "further.0.content": "Cán bộ địa chính nhận tiền.",
        "original": "Tôi là Lò Thị Bình Minh, cán bộ địa chính nhận tiền của tôi.",
    }
    page = upload(lan, mixed, (PDF, "đơn.pdf"))
    assert page.status == 302, page.faults
    kinds = dict(db.session.execute(select(Case.kind, Case.code)).all())
    assert set(kinds) == {Kind.COMPLAINT, Kind.DENUNCIATION}
    assert case_page(world.lan, kinds[Kind.COMPLAINT]).evidence == ()
    row = db.session.scalars(select(Evidence)).one()
    assert row.sealed
    code = kinds[Kind.DENUNCIATION]
    opened = open_paper(code, 1, reason="Xem đơn", actor=world.lan, now=NOW)
    assert opened.data == PDF
    for each in kinds.values():
        assert case_page(world.lan, each).links == ()
    texts = db.session.scalars(select(CaseText.content)).all()
    assert not any("Bình Minh" in text for text in texts)


def test_a_part_that_names_the_denouncer_is_marked_there(visit: Visit, world: World) -> None:
    """The marks stand at the part's own words, and masking keeps the wording under seal."""
    lan = visit(world.lan)
    typed = DENOUNCED | {
        "content": "Cán bộ nhận tiền.",
        "further.0.kind": "denunciation",
        "further.0.summary": "Tố cáo thu sai phí",
        "further.0.content": "Tôi, Lò Thị Bình Minh, bị thu phí sai.",
    }
    page = lan.send(lan.open("/dang-ky"), typed, status=422)
    assert page.root is not None
    assert page.root.xpath("//mark/text()") == ["Lò Thị Bình Minh"]
    masked = lan.send(page, press=("_mask", "1"), status=200)
    assert masked.form("/dang-ky").fields["further.0.content"] == "Tôi, [đã che], bị thu phí sai."
    lan.send(masked)
    assert cases() == 2


def test_several_matters_become_linked_cases_in_one_stroke(visit: Visit, world: World) -> None:
    """One event each, related to the first; a fault in one leaves none."""
    lan = visit(world.lan)
    more = {
        "further.0.kind": "feedback",
        "further.0.summary": "Phản ánh rác thải",
        "further.0.content": "Rác đổ ra đường thôn.",
        "further.0.field_code": "o-nhiem",
        "further.1.kind": "recommendation",
        "further.1.summary": "Kiến nghị làm đường",
        "further.1.content": "Đề nghị làm đường thôn.",
    }
    refused = lan.send(
        lan.open("/dang-ky"), TYPED | more | {"further.1.field_code": "khong-co"}, status=422
    )
    assert "danh mục" in refused.faults["further-1-field_code"]
    assert cases() == 0
    first = case_page(world.lan, code_of(lan.send(refused, {"further.1.field_code": ""})))
    assert cases() == 3
    assert len(first.links) == 2
    assert db.session.scalar(select(func.count(Event.id))) == 3
    people = db.session.execute(select(Party.case_id, Party.name)).all()
    assert len(people) == 3


def test_two_sends_of_one_form_with_files_leave_one_of_each(visit: Visit, world: World) -> None:
    """The second answer is the first; its bytes are not kept twice."""
    lan = visit(world.lan)
    one = TYPED | {"_once": "the-same-key-twice"}
    codes = {code_of(upload(lan, one, (PDF, "đơn.pdf"))) for _ in range(2)}
    assert len(codes) == 1
    assert (cases(), stored_files()) == (1, 1)
