"""Tables as .xlsx files: the one place that writes them.

Whatever a cell says, it says as text, a number or a day, never as a formula or a link: text goes
through ``write_string`` into cells whose format is text, and one that would begin a formula when
somebody edits it is marked as quoted. Rows are written as they come and held in no memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LIMIT = 32_000
"""Characters of a cell; the format allows 32,767."""
SHEET_LIMIT = 31
"""Characters of a sheet's name."""

Cell = str | int | date | None

_PREFIX = "table-"
_ABANDONED = timedelta(days=1)
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, and its width in characters."""

    text: str
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of one table. ``rows`` may come one by one."""

    name: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Cell]]


def workbook(sheets: Iterable[Sheet], *, made: datetime, folder: Path) -> BinaryIO:
    """The .xlsx file of ``sheets``, open for reading and already without a name on the disk.

    ``made`` is the instant the file says it was made at. ``folder`` takes the working files, which
    nobody but this account can read, for as long as the rows are written; those of a process that
    was killed at it are removed by the next one a day later.
    """
    return kept_nowhere(lambda path, place: _write(path, sheets, made, place), made, folder)


def kept_nowhere(write: Callable[[Path, str], None], made: datetime, folder: Path) -> BinaryIO:
    """What ``write`` puts into the path it is given (beside it a place for working files), as above."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{_PREFIX}*"):
        if left.stat().st_mtime < (made - _ABANDONED).timestamp():
            rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=_PREFIX, dir=folder) as place:
        path = Path(place) / "table.xlsx"
        write(path, place)
        return path.open("rb")


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """``text`` as a sheet may be called: no reserved signs, not too long, not there already."""
    name = " ".join(_NOT_IN_NAME.sub(" ", _NOT_IN_XML.sub("", text)).split()).strip("' ")
    name = name[:SHEET_LIMIT].strip("' ") or "Bảng"
    if name.casefold() == "history":
        name = f"{name} 1"
    used, number, plain = {each.casefold() for each in taken}, 2, name
    while name.casefold() in used:
        name = f"{plain[: SHEET_LIMIT - len(str(number)) - 1]} {number}"
        number += 1
    return name


def _write(path: Path, sheets: Iterable[Sheet], made: datetime, place: str) -> None:
    import xlsxwriter  # noqa: PLC0415 - a heavy library that most requests do not need

    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "tmpdir": place,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "dd/mm/yyyy",
        },
    )
    book.set_properties({"created": made.replace(tzinfo=None)})
    look = _Look(book)
    names: list[str] = []
    for sheet in sheets:
        names.append(sheet_name(sheet.name, names))
        _write_sheet(book.add_worksheet(names[-1]), sheet, look)
    book.close()


class _Look:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        font = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
        text = font | {"num_format": "@", "text_wrap": True}
        self.head = book.add_format(
            text | {"bold": True, "border": 1, "align": "center", "valign": "vcenter"}
        )
        self.text = book.add_format(text | {"border": 1})
        self.quoted = book.add_format(text | {"border": 1, "quote_prefix": True})
        self.day = book.add_format(font | {"num_format": "dd/mm/yyyy", "border": 1})
        self.number = book.add_format(font | {"num_format": "#,##0", "border": 1})


def _write_sheet(page: Any, sheet: Sheet, look: _Look) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.freeze_panes(1, 0)
    for place, head in enumerate(sheet.heads):
        page.set_column(place, place, head.width)
        page.write_string(0, place, _safe(head.text), look.head)
    last = 0
    for last, row in enumerate(sheet.rows, 1):
        for place, value in enumerate(row):
            _write_cell(page, last, place, value, look)
    if sheet.heads and last:
        page.autofilter(0, 0, last, len(sheet.heads) - 1)


def _write_cell(page: Any, row: int, place: int, value: Cell, look: _Look) -> None:
    match value:
        case None | "":
            page.write_blank(row, place, None, look.text)
        case bool():
            raise TypeError("a yes or no is told in words")
        case int():
            page.write_number(row, place, value, look.number)
        case date():
            page.write_datetime(row, place, value, look.day)
        case str():
            write_text(page, row, place, value, look.text, look.quoted)


def write_text(page: Any, row: int, place: int, value: str, plain: Any, quoted: Any) -> None:
    """A cell of text that no edit turns into a formula: ``quoted`` is its format where it might."""
    text = _safe(value)
    begins = text.lstrip(" ").startswith(_BEGINS_FORMULA)
    page.write_string(row, place, text, quoted if begins else plain)


def _safe(text: str) -> str:
    return _NOT_IN_XML.sub("", text)[:CELL_LIMIT]
