"""One row of a foreign register in our words, or what is wrong with it. Nothing here asks the database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from petitions.errors import DomainError
from petitions.services.checks import CONTENT_LIMIT, LINE_LIMITS, identity_of, leaks_in
from petitions.services.imports.mapping import Mapping
from petitions.services.imports.tables import Cells, Table, Unreadable
from petitions.services.registration import Person
from petitions.text import ControlCharacter, clean, fold
from workflows.records import IdKind
from workflows.vocabulary import Kind

KEY_LIMIT = 120
"""Characters of ``MAPPING ID:KEY``, by which a case is known again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was not taken: its number, the column (may be empty) and a Vietnamese sentence."""

    row: int
    column: str
    reason: str


@dataclass(slots=True)
class Record:
    """A sound row. ``agency``, ``field`` and ``place`` are still the register's own words."""

    row: int
    key: str
    kind: Kind
    agency: str
    field: str
    place: str
    received: date
    closed: date | None
    written: date | None
    summary: str
    content: str
    person: Person | None


class _Bad(DomainError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class RowReader:
    """Reads the rows of one table by one mapping."""

    def __init__(self, mapping: Mapping, table: Table) -> None:
        """Raises ``Unreadable`` when the table lacks a mapped column."""
        self.mapping = mapping
        self._width = len(table.columns)
        self._at: dict[str, int] = {}
        for title in mapping.titles():
            position = table.position(title)
            if position is None:
                raise Unreadable(table.path, "Thiếu cột này.", table.layout.header_row, title)
            self._at[title] = position
        self._days: dict[str, date | None] = {"": None}
        self._single = {name: (self._at[title], title) for name, title in mapping.columns.items()}
        self._references = [
            (self._at[column], column) if column is not None else None
            for column in (mapping.agency.column, mapping.field.column, mapping.place.column)
        ]

    def read(self, row: int, cells: Cells) -> Record | Fault:
        """The row as a record, or its first fault."""
        try:
            return self._record(row, cells)
        except _Bad as bad:
            return Fault(row, bad.column, bad.message)

    def key_of(self, cells: Cells) -> str:
        """What identifies the row; nothing when that cannot be read."""
        position, title = self._single["key"]
        try:
            return _line(cells[position], title) if position < len(cells) else ""
        except _Bad:
            return ""

    def _record(self, row: int, cells: Cells) -> Record:
        if len(cells) > self._width and any(cells[self._width :]):
            raise _Bad("", "Dòng có nhiều ô hơn dòng tiêu đề.")
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        key = self._one("key", cells)
        if not key:
            raise _Bad(self.mapping.columns["key"], "Không được để trống.")
        if len(key) + len(self.mapping.id) + 1 > KEY_LIMIT:
            raise _Bad(self.mapping.columns["key"], f"Dài quá {KEY_LIMIT} ký tự.")
        received = self._day("received", cells)
        if received is None:
            raise _Bad(self.mapping.columns["received"], "Không được để trống.")
        written = self._day("written", cells)
        if written is not None and written > received:
            raise _Bad(self.mapping.columns["written"], "Ngày viết đơn sau ngày nhận.")
        kind = self._kind(cells)
        agency, field, place = (
            "" if at is None else _line(cells[at[0]], at[1]) for at in self._references
        )
        summary = self._summary(cells)
        record = Record(
            row=row,
            key=key,
            kind=kind,
            agency=agency,
            field=field,
            place=place,
            received=received,
            closed=self._day("closed", cells),
            written=written,
            summary=summary,
            content=self._content(cells) or summary,
            person=self._person(cells),
        )
        if kind is Kind.DENUNCIATION and record.person is not None:
            self._refuse_leaks(record, record.person)
        return record

    def _one(self, name: str, cells: Cells) -> str:
        at = self._single.get(name)
        return "" if at is None else _line(cells[at[0]], at[1])

    def _day(self, name: str, cells: Cells) -> date | None:
        at = self._single.get(name)
        text = "" if at is None else cells[at[0]].strip()
        if text not in self._days:
            day = _parse(text, self.mapping.dates)
            if day is None:
                assert at is not None
                raise _Bad(at[1], f"“{text[:40]}” không phải là ngày hợp lệ.")
            self._days[text] = day
        return self._days[text]

    def _kind(self, cells: Cells) -> Kind:
        column = self.mapping.kind_column
        if column is None:
            assert self.mapping.kind is not None
            return self.mapping.kind
        value = _line(cells[self._at[column]], column)
        kind = self.mapping.kinds.get(fold(value)) or self.mapping.kind
        if kind is None:
            raise _Bad(column, f"“{value[:40]}” chưa được khai báo là loại đơn nào.")
        return kind

    def _summary(self, cells: Cells) -> str:
        words = [_line(cells[self._at[title]], title) for title in self.mapping.joined["summary"]]
        joined = " – ".join(dict.fromkeys(word for word in words if word))
        limit = LINE_LIMITS["summary"]
        return joined if len(joined) <= limit else f"{joined[: limit - 1]}…"

    def _content(self, cells: Cells) -> str:
        titles = self.mapping.joined["content"]
        texts = [(title, _text(cells[self._at[title]], title)) for title in titles]
        lines = [text if len(titles) == 1 else f"{title}: {text}" for title, text in texts if text]
        content = "\n".join(lines)
        if len(content) * 4 > CONTENT_LIMIT and len(content.encode()) > CONTENT_LIMIT:
            raise _Bad(titles[0], "Nội dung dài quá 200 kB.")
        return content

    def _person(self, cells: Cells) -> Person | None:
        name = self._one("petitioner", cells)
        if not name:
            return None
        given = {
            "name": name,
            "address": self._one("address", cells),
            "phone": self._one("phone", cells),
            "id_number": self._one("id_number", cells),
        }
        for field, value in given.items():
            if len(value) > LINE_LIMITS[field]:
                column = self.mapping.columns["petitioner" if field == "name" else field]
                raise _Bad(column, f"Dài quá {LINE_LIMITS[field]} ký tự.")
        return Person(
            name=name,
            address=given["address"] or None,
            phone=given["phone"] or None,
            id_number=given["id_number"] or None,
            id_kind=_id_kind(given["id_number"]),
            birth_year=self._year(cells),
        )

    def _year(self, cells: Cells) -> int | None:
        text = self._one("birth_year", cells)
        if not text:
            return None
        found = re.search(r"(?<!\d)(?:18|19|20)\d\d(?!\d)", text)
        if found is None:
            raise _Bad(self.mapping.columns["birth_year"], f"“{text[:40]}” không có năm sinh.")
        return int(found[0])

    def _refuse_leaks(self, record: Record, person: Person) -> None:
        """The text kept of a denunciation may not name the denouncer (Law on Denunciations art 56)."""
        for name, text in (("summary", record.summary), ("content", record.content)):
            if leaks_in(text, [identity_of(person)]):
                titles = self.mapping.joined[name] or self.mapping.joined["summary"]
                raise _Bad(titles[0], "Nội dung còn chứa thông tin nhận dạng người tố cáo.")


def _line(text: str, column: str) -> str:
    return " ".join(_text(text, column).split())


def _text(text: str, column: str) -> str:
    if text.isascii() and text.isprintable():
        return text.strip()
    try:
        return clean(text).text.strip()
    except ControlCharacter as error:
        raise _Bad(column, error.message) from error


def _parse(text: str, formats: tuple[str, ...]) -> date | None:
    for form in ("%Y-%m-%d", *formats):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return day if 1900 <= day.year < 2200 else None
    return None


def _id_kind(number: str) -> IdKind:
    if number.isdecimal() and len(number) in {9, 12}:
        return IdKind.CITIZEN if len(number) == 12 else IdKind.OLD_ID
    return IdKind.PASSPORT if re.fullmatch(r"[A-Z]\d{7,8}", number) else IdKind.NONE
