"""Tables as people hand them over: CSV, CSV.gz or a sheet of an XLSX file, read row by row.

Every cell comes out as text: days as ``YYYY-MM-DD``, whole numbers without a decimal point, nothing
as ``""``. Rows are numbered like a spreadsheet numbers them, the title row included.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from petitions.errors import Invalid
from petitions.text import fold

LONGEST_CELL = 1 << 20
"""Characters in one cell of a CSV file; more means a quotation mark was never closed."""

Cells = Sequence[str]
NumberedRow = tuple[int, Cells]


class Unreadable(Invalid):
    """The file, or something it must have, cannot be used; nothing was written.

    The message names ``FILE: dòng N: column``, as much of it as is known; ``counted`` is the word for
    what is numbered.
    """

    def __init__(
        self,
        path: Path,
        reason: str,
        row: int | None = None,
        column: str = "",
        counted: str = "dòng",
    ) -> None:
        where = path.name if row is None else f"{path.name}: {counted} {row}"
        super().__init__({f"{where}: {column}" if column else where: [reason]}, reason)


class Number(str):
    """Text of a cell that held a number: leading zeros, if there were any, are lost."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written. ``delimiter`` None is guessed from the title row, ``sheet`` None is the first."""

    encoding: str = "utf-8"
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was looked through: its columns, its rows as often as asked, and how many there are.

    ``size`` counts the rows under the title row; of a sheet it is what the sheet says of itself.
    """

    path: Path
    layout: Layout
    columns: tuple[str, ...]
    size: int | None

    def rows(self) -> Iterator[NumberedRow]:
        """The rows that hold anything, with their numbers, one at a time."""
        with _opened(self.path, self.layout) as rows:
            start = self.layout.header_row
            for number, cells in enumerate(islice(rows, start, None), start + 1):
                if any(cells):
                    yield number, cells

    def position(self, column: str) -> int | None:
        """Where a column stands: under exactly that title, else under one that reads the same."""
        if column in self.columns:
            return self.columns.index(column)
        folded = [fold(title) for title in self.columns]
        return folded.index(fold(column)) if folded.count(fold(column)) == 1 else None


def look_through(path: Path, layout: Layout) -> Table:
    """Read the file once from end to end without keeping it, so that nothing breaks half way.

    Raises ``Unreadable`` for an unknown encoding, a damaged file, a missing sheet, no title row or
    no row under it.
    """
    layout = _with_delimiter(path, layout)
    with _opened(path, layout) as rows:
        header = next(islice(rows, layout.header_row - 1, None), None)
        if header is None or not any(header):
            raise Unreadable(path, "Không có dòng tiêu đề.", layout.header_row)
        # unpacking a sheet is slow, and its archive was checked as a whole; its first row will do
        filled = any(map(any, rows)) if _is_sheet(path) else sum(map(any, rows))
    if not filled:
        raise Unreadable(path, "Không có dòng dữ liệu nào.")
    size = _sheet_size(path, layout) if _is_sheet(path) else filled
    return Table(path, layout, tuple(title.strip() for title in header), size)


def _is_sheet(path: Path) -> bool:
    return path.suffix.lower() in {".xlsx", ".xlsm"}


@contextmanager
def _opened(path: Path, layout: Layout) -> Iterator[Iterator[Cells]]:
    """All rows of the file from the first on; whatever is wrong with it becomes ``Unreadable``."""
    try:
        if _is_sheet(path):
            with _workbook(path) as book:
                yield ([_text(cell) for cell in row] for row in _sheet(book, path, layout))
        else:
            with _characters(path, layout.encoding) as stream:
                csv.field_size_limit(LONGEST_CELL)
                yield csv.reader(stream, delimiter=layout.delimiter or ",")
    except UnicodeError as error:
        raise Unreadable(path, f"Không đọc được theo bảng mã {layout.encoding}.") from error
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, SyntaxError) as error:
        raise Unreadable(path, "Tệp hỏng hoặc không mở được.") from error
    except csv.Error as error:
        raise Unreadable(path, f"Không phải CSV: {error}.") from error


@contextmanager
def _characters(path: Path, encoding: str) -> Iterator[TextIO]:
    try:
        name = codecs.lookup(encoding).name
    except LookupError as error:
        raise UnicodeError("no such encoding") from error
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain = gzip.GzipFile(fileobj=raw) if packed else raw
        start = plain.read(3)
        plain.seek(0)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            name = "utf-16"
        elif start == codecs.BOM_UTF8:
            name = "utf-8-sig"
        with io.TextIOWrapper(io.BufferedReader(_NoNul(plain, name)), name, newline="") as stream:
            yield stream


class _NoNul(io.RawIOBase):
    """Bytes of a text; a zero byte shows that it is none (or none in this encoding)."""

    def __init__(self, source: Any, encoding: str) -> None:
        self._source = source
        self._two_bytes = encoding.startswith(("utf-16", "utf-32"))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        if b"\x00" in data and not self._two_bytes:
            raise UnicodeError("a zero byte")
        buffer[: len(data)] = data
        return len(data)


def _with_delimiter(path: Path, layout: Layout) -> Layout:
    """The layout with the delimiter that divides the title row into the most columns."""
    if _is_sheet(path) or layout.delimiter is not None:
        return layout
    most, best = 0, ","
    for delimiter in ",;\t|":
        tried = Layout(layout.encoding, delimiter, layout.sheet, layout.header_row)
        with _opened(path, tried) as rows:
            columns = len(next(islice(rows, layout.header_row - 1, None), ()))
        if columns > most:
            most, best = columns, delimiter
    return Layout(layout.encoding, best, layout.sheet, layout.header_row)


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    import openpyxl  # noqa: PLC0415 - a heavy library that CSV files do not need

    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            raise zipfile.BadZipFile("damaged member")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (KeyError, ValueError, SyntaxError) as error:
        raise zipfile.BadZipFile("no workbook") from error
    try:
        yield book
    finally:
        book.close()


def _sheet(book: Any, path: Path, layout: Layout) -> Iterator[Sequence[Any]]:
    names = [sheet.title for sheet in book.worksheets]
    if layout.sheet is not None and layout.sheet not in names:
        raise Unreadable(
            path, f"Không có trang tính “{layout.sheet}”; các trang: {', '.join(names)}."
        )
    sheet = book[layout.sheet or names[0]]
    return iter(sheet.iter_rows(values_only=True))


def _sheet_size(path: Path, layout: Layout) -> int | None:
    with _workbook(path) as book:
        last = book[layout.sheet or book.worksheets[0].title].max_row
    return None if last is None else last - layout.header_row


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return Number(int(cell))
    if isinstance(cell, int | float):
        return Number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
