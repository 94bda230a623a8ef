"""The register of reception in its two official layouts, as rows of text and as an .xlsx file.

Mẫu 03/TCD of Decree 154/2026/NĐ-CP has 13 columns, Mẫu 03 of Circular 04/2021/TT-TTCP had 12. Whoever
reads the register, a confidential visit is "người tố cáo" in it, without identity or matter: a copy
goes further than its reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

from petitions.documents.context_office import full_name
from petitions.documents.reception_values import DENOUNCER, speakers
from petitions.documents.tables import Cell, kept_nowhere, sheet_name, write_text
from petitions.labels import label
from petitions.queries.reception_shapes import RegisterRow
from petitions.queries.statistics.headings import depth, heading
from petitions.text import vn_date
from workflows.reception import VisitOutcome
from workflows.vocabulary import Kind

TITLE = "SỔ TIẾP CÔNG DÂN"
NEW_FORM_FROM = date(2026, 7, 1)
"""The day Decree 154/2026/NĐ-CP came into force with the present form."""
UNNAMED = "Giữ bí mật theo đề nghị"
_HEAD_ROWS = 4
_LINE, _HIGHEST = 13.5, 400.0
"""Points of a line of text, and of the highest row the format knows (409)."""
_FILL = 1.2
"""Share of a column's width that words broken at spaces fill on average."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the register as it may leave the desk."""

    row: RegisterRow
    masked: bool
    own_agency: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its headings from the top, its width in characters, what stands in it."""

    head: tuple[str, ...]
    width: int
    cell: Callable[[Entry], Cell]


@dataclass(frozen=True, slots=True)
class Layout:
    """One official layout."""

    key: str
    name: str
    source: str
    columns: tuple[Column, ...]

    def cells(self, entry: Entry) -> tuple[Cell, ...]:
        """The line in this layout."""
        return tuple(column.cell(entry) for column in self.columns)


def _open(cell: Callable[[RegisterRow], Cell]) -> Callable[[Entry], Cell]:
    """A cell that stays empty in a masked line."""
    return lambda entry: "" if entry.masked else cell(entry.row)


def _citizen(entry: Entry) -> str:
    if entry.masked:
        return DENOUNCER if entry.row.kind is Kind.DENUNCIATION else UNNAMED
    shown = speakers(entry.row.persons)
    lines = [", ".join(filter(None, (each.name, each.address))) for each in shown]
    more = entry.row.people - len(shown)
    return "\n".join([*lines, f"và {more} người khác"] if more > 0 else lines)


def _papers(row: RegisterRow) -> str:
    shown = speakers(row.persons)
    return "\n".join(each.id_number or each.document or "" for each in shown).strip()


def _kind(entry: Entry) -> str:
    return label(entry.row.kind) if entry.row.kind else ""


def _guided(row: RegisterRow) -> str:
    if row.outcome is not VisitOutcome.GUIDED:
        return ""
    return _referred(row.guided_to or "Đã hướng dẫn", row.document)


def _referred(body: str, document: str | None) -> str:
    return f"{body} ({document})" if document else body


def _settling(row: RegisterRow) -> str:
    if row.case_agency is None:
        return ""
    return f"{full_name(row.case_agency)} (hồ sơ {row.case_code})"


def _own(entry: Entry) -> str:
    row = entry.row
    return "" if row.case_agency != entry.own_agency else f"Hồ sơ {row.case_code}"


def _passed_on(entry: Entry) -> str:
    return "" if entry.row.case_agency in (None, entry.own_agency) else _settling(entry.row)


def _follow_up(row: RegisterRow) -> str:
    told = [label(row.outcome)] if row.outcome else ["Đang tiếp"]
    if row.refusal_ground:
        told.append(label(row.refusal_ground))
    if row.answer:
        told.append(row.answer)
    if row.case_state:
        told.append(f"hồ sơ: {label(row.case_state).lower()}")
    if row.promised_on:
        told.append(f"hẹn trả lời ngày {vn_date(row.promised_on)}")
    if row.result_told_on:
        told.append(f"đã báo kết quả ngày {vn_date(row.result_told_on)}")
    return "; ".join(told)


def _note(row: RegisterRow) -> str:
    told = [f"đến lần thứ {row.turn}"] if row.turn > 1 else []
    told += ["có người phiên dịch"] if row.interpreter else []
    told += ["điểm chỉ"] if row.fingerprint else []
    told += [row.note] if row.note else []
    text = "; ".join(told)
    return text[:1].upper() + text[1:]


_NUMBER = Column(("STT",), 5, lambda entry: entry.row.number)
_DAY = Column(("Ngày tiếp",), 11, lambda entry: entry.row.on)
_SETTLED = Column(("Cơ quan đã giải quyết",), 14, _open(lambda row: row.exhausted_by))
_FOLLOWED = Column(("Theo dõi kết quả giải quyết",), 20, _open(_follow_up))
_NOTE = Column(("Ghi chú",), 11, _open(_note))

DECREE_154 = Layout(
    "nd154",
    "Mẫu số 03/TCD, Nghị định 154/2026/NĐ-CP (13 cột)",
    "Mẫu số 03/TCD ban hành kèm theo Nghị định số 154/2026/NĐ-CP",
    (
        _NUMBER,
        _DAY,
        Column(("Họ tên, địa chỉ",), 20, _citizen),
        Column(("CCCD/CMND/ Hộ chiếu",), 13, _open(_papers)),
        Column(("Nội dung đơn",), 27, _open(lambda row: row.said)),
        Column(("Loại đơn",), 9, _kind),
        Column(("Số người cùng nội dung",), 8, _open(lambda row: row.people)),
        _SETTLED,
        Column(("Thuộc thẩm quyền",), 8, _open(lambda row: "x" if row.competent else "")),
        Column(("Hướng dẫn công dân đến cơ quan có thẩm quyền",), 16, _open(_guided)),
        Column(("Cơ quan, đơn vị thụ lý",), 16, _open(_settling)),
        _FOLLOWED,
        _NOTE,
    ),
)
CIRCULAR_04 = Layout(
    "tt04",
    "Mẫu số 03, Thông tư 04/2021/TT-TTCP (12 cột, trước 01/7/2026)",
    "Mẫu số 03 ban hành kèm theo Thông tư số 04/2021/TT-TTCP",
    (
        _NUMBER,
        _DAY,
        Column(("Họ tên - Địa chỉ",), 20, _citizen),
        Column(("Số CMND/ Hộ chiếu",), 13, _open(_papers)),
        Column(("Nội dung vụ việc",), 27, _open(lambda row: row.said)),
        Column(
            ("Phân loại đơn/ Số người",), 14,
            lambda entry: _kind(entry) if entry.masked else f"{_kind(entry)}/{entry.row.people} người".lstrip("/"),
        ),
        _SETTLED,
        Column(("Hướng xử lý", "Thụ lý để giải quyết"), 16, lambda entry: "" if entry.masked else _own(entry)),
        Column(("Hướng xử lý", "Trả lại đơn và hướng dẫn"), 18, _open(_guided)),
        Column(("Hướng xử lý", "Chuyển đơn đến cơ quan, tổ chức, đơn vị có thẩm quyền"), 20, lambda entry: "" if entry.masked else _passed_on(entry)),
        _FOLLOWED,
        _NOTE,
    ),
)  # fmt: skip
LAYOUTS = {each.key: each for each in (DECREE_154, CIRCULAR_04)}


def layout_on(day: date) -> Layout:
    """The layout of a register that ends on that day."""
    return DECREE_154 if day >= NEW_FORM_FROM else CIRCULAR_04


def register_book(
    layout: Layout,
    entries: Sequence[Entry],
    *,
    agency: str,
    first: date,
    last: date,
    made: datetime,
    folder: Path,
) -> BinaryIO:
    """The .xlsx file, open for reading; ``made`` and ``folder`` as in ``tables.workbook``."""
    return kept_nowhere(
        lambda path, _: _write(path, layout, entries, agency, (first, last), made), made, folder
    )


class _Look:
    """The formats of the sheet."""

    def __init__(self, book: Any) -> None:
        font = {"font_name": "Times New Roman", "font_size": 10, "valign": "top"}
        boxed = font | {"border": 1, "text_wrap": True}
        middle = {"align": "center", "valign": "vcenter"}
        self.plain = book.add_format(font | {"bold": True})
        self.source = book.add_format(font | {"italic": True, "align": "right"})
        self.title = book.add_format(font | middle | {"bold": True, "font_size": 14})
        self.slanted = book.add_format(font | middle | {"italic": True})
        self.head = book.add_format(boxed | middle | {"bold": True, "num_format": "@"})
        self.number = book.add_format(boxed | middle | {"italic": True, "font_size": 9})
        self.text = book.add_format(boxed | {"num_format": "@"})
        self.quoted = book.add_format(boxed | {"num_format": "@", "quote_prefix": True})
        self.day = book.add_format(boxed | {"num_format": "dd/mm/yyyy", "align": "left"})
        self.figure = book.add_format(boxed | {"num_format": "0", "align": "center"})


def _write(
    path: Path,
    layout: Layout,
    entries: Sequence[Entry],
    agency: str,
    window: tuple[date, date],
    made: datetime,
) -> None:
    import xlsxwriter  # noqa: PLC0415 - a heavy library that most requests do not need

    with xlsxwriter.Workbook(
        str(path),
        {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    ) as book:
        book.set_properties({"created": made.replace(tzinfo=None), "title": "Sổ tiếp công dân"})
        page = book.add_worksheet(sheet_name("Sổ tiếp công dân"))
        look, last = _Look(book), len(layout.columns) - 1
        page.set_landscape()
        page.set_paper(9)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        page.fit_to_pages(1, 0)
        page.set_footer("&C&P/&N")
        for place, column in enumerate(layout.columns):
            page.set_column(place, place, column.width)
        page.write_string(0, 0, full_name(agency).upper(), look.plain)
        page.merge_range(1, 0, 1, last, layout.source, look.source)
        page.merge_range(2, 0, 2, last, TITLE, look.title)
        days = f"Từ ngày {vn_date(window[0])} đến ngày {vn_date(window[1])}"
        page.merge_range(3, 0, 3, last, days, look.slanted)
        row = _write_heading(page, layout, look)
        page.repeat_rows(_HEAD_ROWS, row - 1)
        page.freeze_panes(row, 0)
        for entry in entries:
            cells = layout.cells(entry)
            page.set_row(row, _height(layout, cells))
            for place, value in enumerate(cells):
                _write_cell(page, row, place, value, look)
            row += 1


def _write_heading(page: Any, layout: Layout, look: _Look) -> int:
    deep = depth(layout.columns)
    for cells in heading(layout.columns):
        for cell in cells:
            top, left = _HEAD_ROWS + cell.row, cell.column
            bottom, right = top + cell.rows - 1, left + cell.columns - 1
            if (top, left) != (bottom, right):
                page.merge_range(top, left, bottom, right, "", look.head)
            page.write_string(top, left, cell.text, look.head)
    for place in range(len(layout.columns)):
        page.write_number(_HEAD_ROWS + deep, place, place + 1, look.number)
    page.set_row(_HEAD_ROWS + deep - 1, 54)
    return _HEAD_ROWS + deep + 1


def _height(layout: Layout, cells: Sequence[Cell]) -> float:
    """Points a line needs: not every program measures wrapped text when it opens a file."""
    lines = max(
        sum(ceil(max(len(part), 1) / (column.width * _FILL)) for part in str(cell).split("\n"))
        for column, cell in zip(layout.columns, cells, strict=True)
    )
    return min(lines * _LINE, _HIGHEST)


def _write_cell(page: Any, row: int, place: int, value: Cell, look: _Look) -> None:
    match value:
        case None | "":
            page.write_blank(row, place, None, look.text)
        case int():
            page.write_number(row, place, value, look.figure)
        case date():
            page.write_datetime(row, place, value, look.day)
        case str():
            write_text(page, row, place, value, look.text, look.quoted)
