"""A first mapping for an unknown register, guessed from its titles and its first rows, to be edited."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from petitions.services.imports.tables import Layout, Table, Unreadable, look_through
from petitions.text import fold

SAMPLE = 1_000
SHOWN_VALUES = 40
TELLING = 0.9
"""Share of rows a key tells apart: registers hold repeated keys."""
OLD_ENCODING = "cp1258"
"""Vietnamese as Windows wrote it before Unicode."""

_DATE_FORMATS = (
    ("%Y-%m-%d", re.compile(r"\d{4}-\d\d?-\d\d?")),
    ("%d/%m/%Y", re.compile(r"(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/\d{4}")),
    ("%d-%m-%Y", re.compile(r"(?:0?[1-9]|[12]\d|3[01])-(?:0?[1-9]|1[0-2])-\d{4}")),
    ("%d.%m.%Y", re.compile(r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.\d{4}")),
    ("%m/%d/%Y", re.compile(r"(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/\d{4}")),
    ("%Y/%m/%d", re.compile(r"\d{4}/\d\d?/\d\d?")),
)

_WORDS = {
    "key": ("unique", "key", "ma don", "ma ho so", "so don", "so thu tu", "stt", "id", "ma", "so"),
    "received": ("received", "open", "created", "ngay nhan", "tiep nhan", "ngay den", "ngay"),
    "closed": ("close", "resolved", "ket thuc", "tra loi", "hoan thanh", "xong"),
    "written": ("written", "ngay viet", "ngay tren don", "de ngay"),
    "kind": ("loai don", "kind", "loai"),
    "agency": ("account", "agency", "office", "don vi", "co quan", "noi nhan", "phong ban"),
    "field": ("complaint type", "complaint_type", "category", "field", "linh vuc"),
    "place": ("council_dist", "district", "ward", "commune", "dia ban", "xa", "phuong", "place"),
    "petitioner": ("petitioner", "ho ten", "ho va ten", "nguoi gui", "nguoi dung don", "ten nguoi"),
    "address": ("address", "dia chi"),
    "phone": ("phone", "dien thoai", "so dt"),
    "id_number": ("can cuoc", "cccd", "cmnd", "dinh danh"),
    "birth_year": ("nam sinh", "ngay sinh", "birth"),
    "summary": ("summary", "descriptor", "trich yeu", "tom tat", "noi dung", "subject"),
}
"""Folded words a title of that meaning may hold, the surest first."""
_DATED = frozenset({"received", "closed", "written"})
_KINDS = {
    "khieu nai": "complaint", "complaint": "complaint", "to cao": "denunciation",
    "denunciation": "denunciation", "kien nghi": "recommendation", "phan anh": "feedback",
    "feedback": "feedback",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    folded: str
    values: tuple[str, ...]
    date_format: str | None
    telling: bool


def suggest(path: Path, sheet: str | None = None) -> str:
    """The text of a mapping that already reads, with what could not be guessed left as comments.

    Raises ``Unreadable`` for a file that cannot be read, or without any column of days.
    """
    table = _guess_table(path, sheet)
    columns = _columns(table)
    meaning = _meanings(columns)
    if "received" not in meaning:
        raise Unreadable(path, "Không thấy cột nào chứa ngày nhận đơn.", table.layout.header_row)
    return _write(path, table, columns, meaning)


def _guess_table(path: Path, sheet: str | None) -> Table:
    """The file in the first encoding that reads it."""
    try:
        return look_through(path, Layout(sheet=sheet))
    except Unreadable:
        return look_through(path, Layout(encoding=OLD_ENCODING, sheet=sheet))


def _columns(table: Table) -> list[_Column]:
    sample = [cells for _, cells in islice(table.rows(), SAMPLE)]
    columns = []
    for at, title in enumerate(table.columns):
        values = tuple(
            cells[at].strip() for cells in sample if at < len(cells) and cells[at].strip()
        )
        columns.append(
            _Column(
                title=title,
                folded=fold(title),
                values=values,
                date_format=_date_format(values),
                telling=len(values) == len(sample) and len(set(values)) >= TELLING * len(sample),
            )
        )
    return [column for column in columns if column.title]


def _date_format(values: Sequence[str]) -> str | None:
    if not values:
        return None
    return next(
        (form for form, shape in _DATE_FORMATS if all(shape.fullmatch(value) for value in values)),
        None,
    )


def _meanings(columns: Sequence[_Column]) -> dict[str, _Column]:
    """Which column means what: by its title, days by their shape, the key also by being unlike."""
    found: dict[str, _Column] = {}
    free = list(columns)
    for meaning, words in _WORDS.items():
        fitting = [
            (rank, column)
            for column in free
            for rank, word in enumerate(words)
            if _fits(meaning, column) and _speaks(column.folded, word)
        ]
        if fitting:
            found[meaning] = min(fitting, key=lambda each: each[0])[1]
            free.remove(found[meaning])
    if "key" not in found:
        found["key"] = next((column for column in free if column.telling), columns[0])
    dated = [column for column in free if column.date_format is not None]
    if "received" not in found and dated:
        found["received"] = dated[0]
    return found


def _fits(meaning: str, column: _Column) -> bool:
    if meaning == "key":
        return column.telling
    return (column.date_format is not None) is (meaning in _DATED)


def _speaks(title: str, word: str) -> bool:
    """Whether the word begins somewhere in the title; short words must stand alone."""
    if len(word) <= 3:
        return bool(re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", title))
    return bool(re.search(rf"(?<![a-z0-9]){re.escape(word)}", title))


def _write(
    path: Path, table: Table, columns: Sequence[_Column], meaning: dict[str, _Column]
) -> str:
    formats = sorted(
        {
            column.date_format
            for name, column in meaning.items()
            if name in _DATED and column.date_format not in {None, "%Y-%m-%d"}
        },
        key=str,
    )
    used = {column.title for column in meaning.values()}
    name = re.sub(r"[^a-z0-9]+", "-", fold(path.name.partition(".")[0])).strip("-")[:40] or "so"
    lines = [
        f"# Bảng ánh xạ đầu tiên cho {path.name}: hãy kiểm tra từng mục trước khi nhập.",
        "# Các cột của tệp: " + ", ".join(column.title for column in columns),
        "",
        f"id = {_quoted(name)}    # nằm trong khóa của mọi hồ sơ đã nhập; không đổi sau lần nhập đầu",
    ]
    if "kind" not in meaning:
        lines.append('kind = "feedback"    # complaint, denunciation, recommendation hoặc feedback')
    lines += ["", "[file]", f"encoding = {_quoted(table.layout.encoding)}"]
    if table.layout.sheet is not None:
        lines.append(f"sheet = {_quoted(table.layout.sheet)}")
    if table.layout.delimiter is not None:
        lines.append(f"delimiter = {_quoted(table.layout.delimiter)}")
    lines.append(f"dates = [{', '.join(_quoted(str(form)) for form in formats)}]")
    lines += ["", "[columns]"]
    for each in ("key", "received", "closed", "written", "petitioner", "address", "phone", "id_number", "birth_year"):  # fmt: skip
        lines.append(
            f"{each} = {_quoted(meaning[each].title)}" if each in meaning else f'# {each} = "..."'
        )
    summary = [meaning[each].title for each in ("field", "summary") if each in meaning]
    content = [meaning["summary"].title] if "summary" in meaning else []
    content += [column.title for column in columns if column.title not in used]
    lines.append(f"summary = [{', '.join(map(_quoted, summary))}]")
    lines.append(f"content = [{', '.join(map(_quoted, content))}]")
    if "kind" in meaning:
        lines += _kinds(meaning["kind"])
    lines += _reference("agency", meaning.get("agency"))
    lines += _reference("field", meaning.get("field"))
    lines += _reference("place", meaning.get("place"))
    return "\n".join(lines) + "\n"


def _kinds(column: _Column) -> list[str]:
    lines = [
        "",
        "[kind]",
        f"column = {_quoted(column.title)}",
        'default = "feedback"',
        "[kind.values]",
    ]
    for value, _ in Counter(column.values).most_common(SHOWN_VALUES):
        kind = next((kind for word, kind in _KINDS.items() if word in fold(value)), None)
        lines.append(
            f"{_quoted(value)} = {_quoted(kind)}" if kind else f'# {_quoted(value)} = "feedback"'
        )
    return lines


def _reference(name: str, column: _Column | None) -> list[str]:
    lines = ["", f"[{name}]"]
    if column is None:
        if name == "agency":
            lines.append('default = "ma-co-quan"    # mã cơ quan nhận mọi đơn của sổ này')
        return lines
    lines += [
        f"column = {_quoted(column.title)}",
        'missing = "create"    # hoặc "reject": từ chối dòng có giá trị chưa biết',
    ]
    if name == "agency":
        lines.append('as = "service_unit"')
    if name == "place":
        lines.append('as = "địa bàn"')
    lines.append(f"[{name}.values]    # giá trị trong sổ = mã của ta")
    for value, _ in Counter(column.values).most_common(SHOWN_VALUES):
        lines.append(f'# {_quoted(value)} = "..."')
    return lines


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return '"' + re.sub(r"[\x00-\x1f\x7f]", " ", plain) + '"'
