"""A statistical table as an .xlsx file in the shape the circular prints it: headings over headings,
column numbers, a line a unit, the sum, and the places for the signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from petitions.documents.tables import kept_nowhere, sheet_name
from petitions.queries.statistics.figures import Line, Report
from petitions.queries.statistics.headings import depth, heading
from petitions.queries.statistics.spec import versions
from petitions.queries.statistics.telling import notes
from petitions.text import vn_date

UNIT, UNIT_NUMBER, REMARKS = "Đơn vị", "MS", "Ghi chú"
SUM = "Tổng"
_HEAD_ROWS = 5
"""Rows above the heading of the table."""
_UNIT_WIDTH, _FIGURE_WIDTH, _REMARKS_WIDTH = 30, 9, 12


@dataclass(frozen=True, slots=True)
class Signing:
    """Who reports, the day the table was drawn up, who signed it and what is said below each table."""

    body: str
    on: date
    signer: str = ""
    remarks: tuple[str, ...] = ()


def official_table(report: Report, signing: Signing, *, made: datetime, folder: Path) -> BinaryIO:
    """The .xlsx file of one table, open for reading; ``made`` and ``folder`` as in ``tables.workbook``."""
    return official_tables([report], signing, made=made, folder=folder)


def official_tables(
    reports: Sequence[Report], signing: Signing, *, made: datetime, folder: Path
) -> BinaryIO:
    """The same of several tables, a worksheet each."""
    return kept_nowhere(lambda path, _: _write(path, reports, signing, made), made, folder)


class _Look:
    """The formats of the sheet."""

    def __init__(self, book: Any) -> None:
        font = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}
        boxed = font | {"border": 1, "text_wrap": True}
        middle = {"align": "center"}
        self.plain = book.add_format(font)
        self.centre = book.add_format(font | middle | {"text_wrap": True})
        self.strong = book.add_format(font | middle | {"bold": True, "text_wrap": True})
        self.title = book.add_format(
            font | middle | {"bold": True, "font_size": 14, "text_wrap": True}
        )
        self.slanted = book.add_format(font | middle | {"italic": True})
        self.note = book.add_format(font | {"italic": True, "text_wrap": True})
        self.head = book.add_format(boxed | middle | {"bold": True, "num_format": "@"})
        self.number = book.add_format(boxed | middle | {"italic": True, "font_size": 9})
        self.unit = book.add_format(boxed | {"num_format": "@"})
        self.figure = book.add_format(boxed | {"num_format": "#,##0", "align": "right"})
        self.missing = book.add_format(boxed | {"bg_color": "#EEEEEE"})
        self.sum = book.add_format(boxed | {"bold": True, "num_format": "#,##0", "align": "right"})
        self.sum_unit = book.add_format(boxed | {"bold": True, "align": "center"})


def _write(path: Path, reports: Sequence[Report], signing: Signing, made: datetime) -> None:
    import xlsxwriter  # noqa: PLC0415 - a heavy library that most requests do not need

    title = "Biểu " + ", ".join(report.table.id for report in reports)
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"created": made.replace(tzinfo=None), "title": title})
        look = _Look(book)
        for report in reports:
            page = book.add_worksheet(sheet_name(report.table.id.replace("/", "-")))
            _write_page(page, report, signing, look)


def _write_page(page: Any, report: Report, signing: Signing, look: _Look) -> None:
    table = report.table
    last = len(table.columns) + 1
    page.set_landscape()
    page.set_paper(8 if len(table.columns) > 20 else 9)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, _UNIT_WIDTH)
    page.set_column(1, last - 1, _FIGURE_WIDTH)
    page.set_column(last, last, _REMARKS_WIDTH)
    _write_top(page, report, signing, look, last)
    row = _write_heading(page, report, look, last)
    page.repeat_rows(_HEAD_ROWS, row - 1)
    page.freeze_panes(row, 1)
    for line in report.lines:
        _write_line(page, row, line, report, look, last)
        row += 1
    _write_sum(page, row, report, look, last)
    row += 2
    for text in (*notes(report), *signing.remarks):
        page.merge_range(row, 0, row, last, text, look.note)
        row += 1
    _write_signatures(page, row + 1, signing, look, last)


def _write_top(page: Any, report: Report, signing: Signing, look: _Look, last: int) -> None:
    table, half = report.table, last // 2
    version = versions()[table.version]
    page.merge_range(0, 0, 0, half - 1, signing.body, look.strong)
    page.merge_range(0, half, 0, last, f"Biểu số: {table.id}", look.strong)
    page.merge_range(1, half, 1, last, f"Ban hành kèm theo {version.name}", look.centre)
    page.merge_range(2, 0, 2, last, table.title.upper(), look.title)
    first, end = (vn_date(day) for day in report.window)
    page.merge_range(3, 0, 3, last, f"Số liệu tính từ ngày {first} đến ngày {end}", look.slanted)


def _write_heading(page: Any, report: Report, look: _Look, last: int) -> int:
    """The heading and the row of column numbers; the row below them."""
    table = report.table
    bottom = _HEAD_ROWS + depth(table.columns) - 1
    _box(page, _HEAD_ROWS, 0, bottom, 0, UNIT, look.head)
    _box(page, _HEAD_ROWS, last, bottom, last, REMARKS, look.head)
    for cells in heading(table.columns):
        for cell in cells:
            top, left = _HEAD_ROWS + cell.row, cell.column + 1
            _box(
                page, top, left, top + cell.rows - 1, left + cell.columns - 1, cell.text, look.head
            )
    page.write_string(bottom + 1, 0, UNIT_NUMBER, look.number)
    for column in table.columns:
        page.write_number(bottom + 1, column.number, column.number, look.number)
    page.write_blank(bottom + 1, last, None, look.number)
    return bottom + 2


def _box(page: Any, top: int, left: int, bottom: int, right: int, text: str, look: Any) -> None:
    if (top, left) == (bottom, right):
        page.write_string(top, left, text, look)
    else:
        page.merge_range(top, left, bottom, right, "", look)
        page.write_string(top, left, text, look)


def _write_line(page: Any, row: int, line: Line, report: Report, look: _Look, last: int) -> None:
    page.write_string(row, 0, line.unit.name, look.unit)
    for number, value in line.values.items():
        if value is None:
            page.write_blank(row, number, None, look.missing)
        else:
            page.write_number(row, number, value, look.figure)
    broken = [each.identity.text for each in report.broken if each.unit == line.unit]
    page.write_string(row, last, "; ".join(f"≠ {text}" for text in broken), look.unit)


def _write_sum(page: Any, row: int, report: Report, look: _Look, last: int) -> None:
    page.write_string(row, 0, SUM, look.sum_unit)
    for number, value in report.total.items():
        if value is None:
            page.write_blank(row, number, None, look.missing)
        else:
            page.write_number(row, number, value, look.sum)
    page.write_blank(row, last, None, look.unit)


def _write_signatures(page: Any, row: int, signing: Signing, look: _Look, last: int) -> None:
    half, on = last // 2, signing.on
    day = (
        f"…, ngày {on.day:02} tháng {on.month if on.month > 2 else f'{on.month:02}'} năm {on.year}"
    )
    page.merge_range(row, half, row, last, day, look.slanted)
    for left, right, title, hint in (
        (0, half - 1, "NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"),
        (half, last, "THỦ TRƯỞNG ĐƠN VỊ", "(Ký, ghi rõ họ tên, đóng dấu)"),
    ):
        page.merge_range(row + 1, left, row + 1, right, title, look.strong)
        page.merge_range(row + 2, left, row + 2, right, hint, look.slanted)
    if signing.signer:
        page.merge_range(row + 6, half, row + 6, last, signing.signer, look.strong)
