"""The mapping of a foreign register: which column says what, read strictly from a TOML file.

::

    id = "so-2024"               # part of every imported key; never change it once used
    kind = "feedback"            # of every row, unless [kind] names a column

    [file]                       # how the file is written; all optional
    encoding = "utf-8"
    delimiter = ";"              # otherwise guessed from the title row
    sheet = "Sổ 2024"            # of an XLSX file; otherwise the first
    header_row = 3               # where the titles stand; otherwise 1
    dates = ["%d/%m/%Y"]         # besides YYYY-MM-DD, which is always understood

    [columns]                    # what each column is; key and received are required
    key = "Số"                   # what identifies a row for ever
    received = "Ngày nhận"
    closed = "Ngày kết thúc"     # a row without it is an open case
    written = "Ngày viết đơn"
    petitioner = "Họ tên"        # with address, phone, id_number, birth_year
    summary = ["Nội dung"]       # several columns are joined
    content = ["Nội dung", "Ghi chú"]

    [kind]                       # or [kind] column and the values that mean each kind
    column = "Loại đơn"
    values = { "KN" = "complaint", "TC" = "denunciation" }

    [agency]                     # likewise [field] and [place]
    column = "Đơn vị"
    values = { "Sở TNMT" = "so-nnmt" }   # by our code; case, marks and spacing do not matter
    missing = "create"           # make what is not known yet and mark it imported, or "reject"
    name = "Văn phòng {value}"   # what a made one is called
    as = "service_unit"          # kind of a made agency or place
    under = "ubnd-tinh"          # code of what a made agency or field stands under
    default = "ubnd-xa"          # where the cell is empty (agency only)

An empty agency without ``default`` rejects the row; an empty field or place never does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from petitions.errors import Invalid
from petitions.services.imports.tables import Layout
from petitions.text import fold
from workflows.source_lines import Source, SourceFault
from workflows.vocabulary import AgencyKind, Kind

SINGLE = ("key", "received", "closed", "written", "petitioner", "address", "phone", "id_number", "birth_year")  # fmt: skip
JOINED = ("summary", "content")

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_REFERENCES = {
    "agency": ("column", "values", "missing", "name", "as", "under", "default"),
    "field": ("column", "values", "missing", "name", "under"),
    "place": ("column", "values", "missing", "name", "as"),
}


class Missing(StrEnum):
    """What becomes of a value no code is known for."""

    CREATE = "create"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class ReferenceRule:
    """How the values of one column become agencies, fields or places. ``values`` is keyed by folded text."""

    column: str | None = None
    values: AnyMapping[str, str] = field(default_factory=dict)
    create: bool = False
    name: str = "{value}"
    kind: str = ""
    under: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping that was read; ``columns`` and ``joined`` give titles by what they mean."""

    id: str
    layout: Layout
    dates: tuple[str, ...]
    columns: AnyMapping[str, str]
    joined: AnyMapping[str, tuple[str, ...]]
    kind: Kind | None
    kind_column: str | None
    kinds: AnyMapping[str, Kind]
    agency: ReferenceRule
    field: ReferenceRule
    place: ReferenceRule

    def titles(self) -> list[str]:
        """Every column title the mapping speaks of."""
        named = [
            *self.columns.values(),
            *(title for titles in self.joined.values() for title in titles),
        ]
        named += [
            column
            for column in (
                self.kind_column,
                self.agency.column,
                self.field.column,
                self.place.column,
            )
            if column is not None
        ]
        return list(dict.fromkeys(named))


class BadMapping(Invalid):
    """The mapping cannot be used; the message names its line and key."""

    def __init__(self, fault: SourceFault) -> None:
        super().__init__({f"{fault.path.name}:{fault.where}": [fault.reason]}, str(fault))


def read_mapping(path: Path) -> Mapping:
    """The mapping of a TOML file. Raises ``BadMapping``."""
    try:
        return _mapping(Source(path, SourceFault))
    except SourceFault as fault:
        raise BadMapping(fault) from fault


def _mapping(source: Source) -> Mapping:
    document = source.table(
        (), source.document, ("id", "kind", "columns", "agency"), ("file", "field", "place")
    )
    if not _ID.fullmatch(source.text(("id",), document["id"])):
        raise source.fault(("id",), "chỉ gồm chữ thường a-z, số và dấu gạch ngang, tối đa 40")
    layout, dates = _file(source, document.get("file", {}))
    columns, joined = _columns(source, document["columns"])
    kind, kind_column, kinds = _kind(source, document["kind"])
    agency = _reference(source, "agency", document["agency"])
    if agency.column is None and agency.default is None:
        raise source.fault(("agency",), "phải có column, hoặc default cho mọi dòng")
    return Mapping(
        id=document["id"],
        layout=layout,
        dates=dates,
        columns=columns,
        joined=joined,
        kind=kind,
        kind_column=kind_column,
        kinds=kinds,
        agency=agency,
        field=_reference(source, "field", document.get("field", {})),
        place=_reference(source, "place", document.get("place", {})),
    )


def _file(source: Source, given: object) -> tuple[Layout, tuple[str, ...]]:
    table = source.table(
        ("file",), given, (), ("encoding", "delimiter", "sheet", "header_row", "dates")
    )
    delimiter = table.get("delimiter")
    if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1):
        raise source.fault(("file", "delimiter"), "phải là một ký tự")
    layout = Layout(
        encoding=_text(source, ("file", "encoding"), table) or "utf-8",
        delimiter=delimiter,
        sheet=_text(source, ("file", "sheet"), table),
        header_row=source.number(("file", "header_row"), table.get("header_row", 1), 1, 1_000),
    )
    formats = _texts(source, ("file", "dates"), table.get("dates", []))
    for each in formats:
        if not _is_date_format(each):
            raise source.fault(("file", "dates"), f"“{each}” không phải là dạng ngày (%d/%m/%Y)")
    return layout, formats


def _is_date_format(text: str) -> bool:
    sample = date(2026, 11, 20)
    try:
        return datetime.strptime(sample.strftime(text), text).date() == sample  # noqa: DTZ007
    except ValueError:
        return False


def _columns(source: Source, given: object) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    table = source.table(("columns",), given, ("key", "received"), (*SINGLE, *JOINED))
    columns = {
        name: source.text(("columns", name), table[name]) for name in SINGLE if name in table
    }
    joined = {}
    for name in JOINED:
        titles = table.get(name, [])
        joined[name] = _texts(
            source, ("columns", name), [titles] if isinstance(titles, str) else titles
        )
    return columns, joined


def _kind(source: Source, given: object) -> tuple[Kind | None, str | None, AnyMapping[str, Kind]]:
    if isinstance(given, str):
        return source.choice(Kind, ("kind",), given), None, {}
    table = source.table(("kind",), given, ("column", "values"), ("default",))
    default = table.get("default")
    return (
        None if default is None else source.choice(Kind, ("kind", "default"), default),
        source.text(("kind", "column"), table["column"]),
        {
            value: source.choice(Kind, ("kind", "values"), kind)
            for value, kind in _values(source, "kind", table).items()
        },
    )


def _reference(source: Source, name: str, given: object) -> ReferenceRule:
    table = source.table((name,), given, (), _REFERENCES[name])
    missing = source.choice(Missing, (name, "missing"), table.get("missing", "reject"))
    kind = _text(source, (name, "as"), table)
    if name == "agency" and kind is not None:
        source.choice(AgencyKind, (name, "as"), kind)
    if missing is Missing.CREATE and kind is None and name != "field":
        raise source.fault((name,), "thiếu as: loại của đơn vị được tạo mới")
    pattern = _text(source, (name, "name"), table) or "{value}"
    if "{value}" not in pattern:
        raise source.fault((name, "name"), "phải chứa {value}")
    return ReferenceRule(
        column=_text(source, (name, "column"), table),
        values=_values(source, name, table),
        create=missing is Missing.CREATE,
        name=pattern,
        kind=kind or "",
        under=_text(source, (name, "under"), table),
        default=_text(source, (name, "default"), table),
    )


def _text(source: Source, place: tuple[str, str], table: AnyMapping[str, Any]) -> str | None:
    value = table.get(place[-1])
    return None if value is None else source.text(place, value)


def _texts(source: Source, place: tuple[str, str], value: object) -> tuple[str, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise source.fault(place, "phải là một danh sách")
    return tuple(source.text(place, each) for each in value)


def _values(source: Source, name: str, table: AnyMapping[str, Any]) -> dict[str, str]:
    values = table.get("values", {})
    if not isinstance(values, dict):
        raise source.fault((name, "values"), "phải là bảng giá trị = mã")
    return {fold(value): source.text((name, "values"), code) for value, code in values.items()}
