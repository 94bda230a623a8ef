"""The register of reception: the official headings, one line a visit, nothing of a confidential one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from petitions.documents.reception_register import (
    CIRCULAR_04,
    DECREE_154,
    LAYOUTS,
    Entry,
    layout_on,
    register_book,
)
from petitions.queries.reception_shapes import RegisterRow
from petitions.queries.statistics.headings import heading
from petitions.queries.visitors import Comer
from workflows.reception import Host, RefusalGround, SessionKind, SessionManner, VisitOutcome
from workflows.vocabulary import Kind, State

HERE = "UBND xã An Bình"
COLUMNS = {
    "nd154": [
        "STT", "Ngày tiếp", "Họ tên, địa chỉ", "CCCD/CMND/ Hộ chiếu", "Nội dung đơn", "Loại đơn",
        "Số người cùng nội dung", "Cơ quan đã giải quyết", "Thuộc thẩm quyền",
        "Hướng dẫn công dân đến cơ quan có thẩm quyền", "Cơ quan, đơn vị thụ lý",
        "Theo dõi kết quả giải quyết", "Ghi chú",
    ],
    "tt04": [
        "STT", "Ngày tiếp", "Họ tên - Địa chỉ", "Số CMND/ Hộ chiếu", "Nội dung vụ việc",
        "Phân loại đơn/ Số người", "Cơ quan đã giải quyết", "Hướng xử lý", "Thụ lý để giải quyết",
        "Trả lại đơn và hướng dẫn", "Chuyển đơn đến cơ quan, tổ chức, đơn vị có thẩm quyền",
        "Theo dõi kết quả giải quyết", "Ghi chú",
    ],
}  # fmt: skip


def row(**changes: object) -> RegisterRow:
    """A line of somebody whose petition was taken."""
    given: dict[str, object] = {
        "number": 7, "uid": "u", "on": date(2026, 11, 20), "masked": False,
        "confidential": False, "host": Host.STAFF,
        "session_kind": SessionKind.REGULAR, "session_manner": SessionManner.OFFICE,
        "received_by": "Lan", "persons": (Comer(name="Lò Văn Ún", address="thôn 3", id_number="001"),),
        "people": 1, "turn": 1, "kind": Kind.COMPLAINT, "said": "thu hồi đất", "exhausted_by": "Sở X",
        "competent": True, "outcome": VisitOutcome.CASE_OPENED, "outcome_on": date(2026, 11, 20),
        "answer": "", "guided_to": "", "document": None, "refusal_ground": None,
        "refusal_due": None, "result_due": None, "result_told_on": None, "promised_on": None,
        "contact": "", "case_code": "AB-1", "case_state": State.RECEIVED, "case_agency": HERE,
        "language": None, "interpreter": False, "fingerprint": False, "note": "",
    }  # fmt: skip
    return RegisterRow(**(given | changes))  # type: ignore[arg-type]


def cells(layout: str, found: RegisterRow, *, masked: bool = False) -> list[object]:
    """The line in a layout, column 1 first."""
    return list(LAYOUTS[layout].cells(Entry(found, masked, HERE)))


@pytest.mark.parametrize(("key", "number"), [("nd154", 13), ("tt04", 12)])
def test_the_headings_are_those_of_the_form(key: str, number: int) -> None:
    """Mẫu 03/TCD of the Decree has 13 columns, that of the Circular 12, three under one heading."""
    columns = LAYOUTS[key].columns
    assert len(columns) == number
    order = sorted(
        (cell for line in heading(columns) for cell in line),
        key=lambda each: (each.column, each.row),
    )
    assert [each.text for each in order] == COLUMNS[key]


def test_the_layout_follows_the_day() -> None:
    """The Decree's from the day it came into force."""
    assert layout_on(date(2026, 6, 30)) is CIRCULAR_04
    assert layout_on(date(2026, 7, 1)) is DECREE_154


GROUP = {
    "people": 7,
    "persons": (
        Comer(name="Một", address="thôn 1", id_number="1", is_representative=True),
        Comer(name="Hai", id_number="2", is_representative=True), Comer(name="Ba"),
    ),
}  # fmt: skip
CASES: tuple[tuple[dict[str, object], dict[int, object], dict[int, object]], ...] = (
    (
        {},
        {1: 7, 2: date(2026, 11, 20), 3: "Lò Văn Ún, thôn 3", 4: "001", 5: "thu hồi đất",
         6: "Khiếu nại", 7: 1, 8: "Sở X", 9: "x", 10: "",
         11: "Ủy ban nhân dân xã An Bình (hồ sơ AB-1)", 13: ""},
        {6: "Khiếu nại/1 người", 8: "Hồ sơ AB-1", 9: "", 10: ""},
    ),
    ({"kind": Kind.RECOMMENDATION}, {6: "Kiến nghị"}, {6: "Kiến nghị/1 người"}),
    (GROUP, {3: "Một, thôn 1\nHai\nvà 5 người khác", 4: "1\n2", 7: 7}, {6: "Khiếu nại/7 người"}),
    (
        {"outcome": VisitOutcome.GUIDED, "guided_to": "Tòa án", "document": "05/HD", "competent": False,
         "case_code": None, "case_agency": None, "case_state": None},
        {9: "", 10: "Tòa án (05/HD)", 11: "", 12: "Hướng dẫn đến cơ quan có thẩm quyền"},
        {8: "", 9: "Tòa án (05/HD)", 10: ""},
    ),
    (
        {"case_agency": "Sở Y tế", "turn": 3, "interpreter": True},
        {11: "Sở Y tế (hồ sơ AB-1)", 13: "Đến lần thứ 3; có người phiên dịch"},
        {8: "", 10: "Sở Y tế (hồ sơ AB-1)"},
    ),
    (
        {"outcome": VisitOutcome.REFUSED, "refusal_ground": RefusalGround.WEAPONS, "case_state": None},
        {12: "Từ chối tiếp; Mang vũ khí, vật liệu nguy hiểm"},
        {11: "Từ chối tiếp; Mang vũ khí, vật liệu nguy hiểm"},
    ),
)  # fmt: skip


@pytest.mark.parametrize(("changes", "new", "old"), CASES)
def test_what_stands_in_each_column(
    changes: dict[str, object], new: dict[int, object], old: dict[int, object]
) -> None:
    """Kinds in full words, who speaks for a group, where the matter went."""
    for key, wanted in (("nd154", new), ("tt04", old)):
        found = cells(key, row(**changes))
        assert {n: found[n - 1] for n in wanted} == wanted


@pytest.mark.parametrize("key", list(LAYOUTS))
def test_a_confidential_line_says_nothing(key: str) -> None:
    """Whoever reads it: number, day, "người tố cáo", kind; the rest is empty."""
    secret = row(kind=Kind.DENUNCIATION, note="gầy", turn=4, people=9)
    found = cells(key, secret, masked=True)
    assert found[:3] == [7, date(2026, 11, 20), "Người tố cáo"]
    assert [each for each in found[3:] if each] == ["Tố cáo"]
    asked = cells(key, row(), masked=True)
    assert asked[2] == "Giữ bí mật theo đề nghị"
    assert cells(key, row(kind=None), masked=True)[5] == ""


@pytest.mark.proof
@pytest.mark.parametrize(("key", "title"), [("nd154", "Mẫu số 03/TCD"), ("tt04", "Mẫu số 03 ban")])
def test_the_excel_file_opens_as_a_register(tmp_path: Path, key: str, title: str) -> None:
    """LibreOffice lays it out on sheets across, the heading on each of them."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    entries = [Entry(row(number=n, said="đất " * n), False, HERE) for n in range(60)]
    made = datetime(2026, 11, 20, 2, tzinfo=UTC)
    with register_book(
        LAYOUTS[key], entries, agency=HERE, first=date(2026, 1, 1), last=date(2026, 12, 31), made=made,
        folder=tmp_path,
    ) as file:  # fmt: skip
        (tmp_path / "so.xlsx").write_bytes(file.read())
    keep = os.environ.get("SHOTS")
    printed = Path(keep) if keep else tmp_path / "pdf"
    for kind in ("pdf", "csv:Text - txt - csv (StarCalc):44,34,76"):
        subprocess.run(
            [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/office",
             "--convert-to", kind, "--outdir", str(printed), str(tmp_path / "so.xlsx")],
            check=True, capture_output=True, timeout=300,
        )  # fmt: skip
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", (printed / "so.pdf").read_bytes())) > 2
    said = (printed / "so.csv").read_text("utf-8")
    assert title in said
    assert "SỔ TIẾP CÔNG DÂN" in said
    assert "Lò Văn Ún, thôn 3" in said
