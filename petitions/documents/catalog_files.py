"""Reading the files of the catalogue so that every mistake in one names the file, the line and the key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from petitions.documents import blocks, tags
from petitions.documents.forms import (
    COMMON,
    DERIVED,
    OFFICIAL_LETTER,
    Audience,
    Choice,
    Column,
    FieldType,
    Form,
    FormField,
    Letterhead,
    Need,
    Origin,
    words,
)
from workflows.source_lines import Place, Source, SourceFault
from workflows.vocabulary import Action, Kind

_FORM = ("key", "version", "valid_from", "name", "abbreviation", "letterhead", "body", "audience", "kinds", "base", "confirmed")  # fmt: skip
_FORM_MAY = ("valid_to", "dated", "title", "subject", "competence_line", "recitals", "signature", "recipients", "sealed", "acts", "fields")  # fmt: skip
_FIELD = ("name", "label", "type", "need", "source")
_FIELD_MAY = ("choices", "columns", "default", "hint")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_OF_A_DENOUNCER = ("denouncer", "withdrawer")
_UNDATED_HEADS = ("unnumbered", "register")


class CatalogFault(SourceFault):
    """A file of the catalogue that may not be used."""


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A line of a shared block and the days between which documents print it (both included)."""

    text: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Block:
    """Lines several forms share."""

    name: str
    lines: tuple[BlockLine, ...]

    def on(self, day: date) -> list[str]:
        """The lines in force."""
        return [line.text for line in self.lines if line.valid_from <= day <= line.valid_to]


def read_catalog(paths: Iterable[Path]) -> tuple[tuple[Form, ...], dict[str, Block]]:
    """Every form and every block of the files. Raises ``CatalogFault``."""
    sources = [Source(path, CatalogFault) for path in paths]
    shared: dict[str, Block] = {}
    for source in sources:
        source.table((), source.document, (), ("form", "block"))
        for at, row in enumerate(source.rows(("block",), source.document.get("block", []))):
            block = _block(source, ("block", at), row)
            if block.name in shared:
                raise source.fault(("block", at, "name"), f"khối {block.name} đã có")
            shared[block.name] = block
    versions: dict[str, list[tuple[Form, Source, Place]]] = defaultdict(list)
    for source in sources:
        for at, row in enumerate(source.rows(("form",), source.document.get("form", []))):
            place: Place = ("form", at)
            form = _FormReader(source, place, shared).form(row)
            versions[form.key].append((form, source, place))
    for found in versions.values():
        _refuse_overlaps(found)
    return tuple(form for found in versions.values() for form, _, _ in found), shared


def _refuse_overlaps(versions: list[tuple[Form, Source, Place]]) -> None:
    versions.sort(key=lambda each: each[0].valid_from)
    for (earlier, *_), (later, source, place) in pairwise(versions):
        if earlier.valid_to is None or later.valid_from <= earlier.valid_to:
            raise source.fault(
                (*place, "valid_from"), f"{later.key}: hai phiên bản cùng có hiệu lực một ngày"
            )


def _block(source: Source, place: Place, row: object) -> Block:
    table = source.table(place, row, ("name", "lines"))
    lines = []
    for at, line in enumerate(source.rows((*place, "lines"), table["lines"])):
        here = (*place, "lines", at)
        whole = {"text": line} if isinstance(line, str) else line
        found = source.table(here, whole, ("text",), ("valid_from", "valid_to"))
        lines.append(
            BlockLine(
                source.text(here, found["text"]),
                source.day(here, found.get("valid_from", date.min)),
                source.day(here, found.get("valid_to", date.max)),
            )
        )
    return Block(source.text((*place, "name"), table["name"]), tuple(lines))


class _FormReader:
    def __init__(self, source: Source, place: Place, shared: Mapping[str, Block]) -> None:
        self._source = source
        self._place = place
        self._blocks = shared

    def form(self, row: object) -> Form:
        table = self._source.table(self._place, row, _FORM, _FORM_MAY)
        self._table = table
        valid_to = table.get("valid_to")
        letterhead: Letterhead = self._one_of(Letterhead, "letterhead")
        form = Form(
            key=self._text("key"),
            version=self._text("version"),
            valid_from=self._source.day(self._at("valid_from"), table["valid_from"]),
            valid_to=None if valid_to is None else self._source.day(self._at("valid_to"), valid_to),
            name=self._text("name"),
            abbreviation=self._string("abbreviation"),
            letterhead=letterhead,
            dated=self._flag("dated", letterhead not in _UNDATED_HEADS),
            title=self._string("title"),
            subject=self._string("subject"),
            competence_line=self._flag("competence_line", False),
            recitals=self._strings("recitals"),
            body=self._text("body").strip(),
            signature=tuple(
                tuple(self._plain(self._at("signature"), cell) for cell in cells)
                for cells in self._source.rows(self._at("signature"), self._list("signature"))
            ),
            recipients=self._strings("recipients"),
            sealed=frozenset(self._strings("sealed")),
            audience=self._one_of(Audience, "audience"),
            kinds=frozenset(
                self._source.choice(Kind, self._at("kinds"), each) for each in self._list("kinds")
            ),
            acts=frozenset(
                self._source.choice(Action, self._at("acts"), each) for each in self._list("acts")
            ),
            base=self._text("base"),
            confirmed=self._flag("confirmed", False),
            fields=tuple(
                self._field((*self._place, "fields", at), each)
                for at, each in enumerate(self._list("fields"))
            ),
        )
        self._check(form)
        return form

    def _check(self, form: Form) -> None:
        if form.valid_to and form.valid_to < form.valid_from:
            raise self._fault("valid_to", "trước valid_from")
        if form.numbered and not form.abbreviation:
            raise self._fault("abbreviation", "văn bản có số phải có chữ viết tắt của loại")
        if form.abbreviation != OFFICIAL_LETTER and not form.title:
            raise self._fault("title", "thiếu tên loại (chỉ công văn không có)")
        if form.abbreviation == OFFICIAL_LETTER and not form.subject:
            raise self._fault("subject", "công văn phải có trích yếu")
        if form.letterhead == "team" and form.field("team_name") is None:
            raise self._fault("letterhead", "phải có ô team_name (tên Đoàn, Tổ)")
        self._check_fields(form)
        self._check_texts(form)

    def _check_fields(self, form: Form) -> None:
        names = [each.name for each in form.fields]
        taken = {each.name for each in COMMON} | set(DERIVED)
        for at, each in enumerate(form.fields):
            place = (*self._place, "fields", at, "name")
            if each.name in taken:
                raise self._source.fault(place, f"{each.name} là ô chung, không khai lại")
            if names.count(each.name) > 1:
                raise self._source.fault(place, f"{each.name} khai hai lần")
            if each.name.startswith(_OF_A_DENOUNCER) and each.name not in form.sealed:
                raise self._source.fault(
                    place, f"{each.name} là thông tin niêm phong, phải có trong sealed"
                )
        if unknown := sorted(form.sealed - set(names)):
            raise self._fault("sealed", f"không có ô {', '.join(unknown)}")

    def _check_texts(self, form: Form) -> None:
        known = words(form)
        for key, text in self._texts(form):
            for fault in tags.read(text, known).faults[:1]:
                raise self._fault(key, f"dòng {fault.line}: {fault.message}")
        vanishing = {name: tags.Word(word.columns) for name, word in known.items()}
        for line in form.recipients:
            for fault in tags.read(line, vanishing).faults[:1]:
                raise self._fault("recipients", f"“{line}”: {fault.message}")
        for at, each in enumerate(form.fields):
            for fault in tags.read(each.default, vanishing).faults[:1]:
                raise self._source.fault((*self._place, "fields", at, "default"), fault.message)
        try:
            blocks.parse(self._all_lines(form.body.split("\n")))
        except ValueError as error:
            raise self._fault("body", str(error)) from error

    def _texts(self, form: Form) -> Iterator[tuple[str, str]]:
        yield "title", form.title
        yield "subject", form.subject
        yield "recitals", self._all_lines(form.recitals)
        yield "body", self._all_lines(form.body.split("\n"))
        for row in form.signature:
            for cell in row:
                yield "signature", cell

    def _all_lines(self, lines: Iterable[str]) -> str:
        """The lines with every line of every block they name, of whatever day."""
        found: list[str] = []
        for line in lines:
            if not line.startswith("@"):
                found.append(line)
            elif block := self._blocks.get(line[1:].strip()):
                found += [each.text for each in block.lines]
            else:
                raise self._fault("body" if "\n" in line else "recitals", f"không có khối “{line}”")
        return "\n".join(found)

    def _field(self, place: Place, row: object) -> FormField:
        source = self._source
        table = source.table(place, row, _FIELD, _FIELD_MAY)
        name = source.text((*place, "name"), table["name"])
        if not _NAME.fullmatch(name):
            raise source.fault((*place, "name"), "chỉ gồm chữ thường không dấu, số và gạch dưới")
        kind: FieldType = self._member(FieldType, (*place, "type"), table["type"])
        pairs = {
            key: tuple(
                (self._pair((*place, key, at), each, first))
                for at, each in enumerate(source.rows((*place, key), table.get(key, [])))
            )
            for key, first in (("choices", "value"), ("columns", "name"))
        }
        for key, owner in (("choices", "choice"), ("columns", "rows")):
            if bool(pairs[key]) != (kind == owner):
                raise source.fault((*place, "type"), f"{key} đi với kiểu {owner}")
        return FormField(
            name=name,
            label=source.text((*place, "label"), table["label"]),
            type=kind,
            need=self._member(Need, (*place, "need"), table["need"]),
            source=self._member(Origin, (*place, "source"), table["source"]),
            choices=tuple(Choice(*pair) for pair in pairs["choices"]),
            columns=tuple(Column(*pair) for pair in pairs["columns"]),
            default=self._plain((*place, "default"), table.get("default", "")),
            hint=self._plain((*place, "hint"), table.get("hint", "")),
        )

    def _pair(self, place: Place, row: object, first: str) -> tuple[str, str]:
        table = self._source.table(place, row, (first, "label"))
        key = self._source.text(place, table[first])
        if first == "name" and not _NAME.fullmatch(key):
            raise self._source.fault(place, "chỉ gồm chữ thường không dấu, số và gạch dưới")
        return key, self._source.text(place, table["label"])

    def _at(self, key: str) -> Place:
        return (*self._place, key)

    def _fault(self, key: str, reason: str) -> SourceFault:
        return self._source.fault(self._at(key), reason)

    def _text(self, key: str) -> str:
        return self._source.text(self._at(key), self._table[key])

    def _string(self, key: str) -> str:
        return self._plain(self._at(key), self._table.get(key, ""))

    def _plain(self, place: Place, value: object) -> str:
        if not isinstance(value, str):
            raise self._source.fault(place, "phải là chữ")
        return value

    def _flag(self, key: str, default: bool) -> bool:
        return self._source.flag(self._at(key), self._table.get(key, default))

    def _list(self, key: str) -> list[Any]:
        value = self._table.get(key, [])
        if not isinstance(value, list):
            raise self._fault(key, "phải là một danh sách")
        return value

    def _strings(self, key: str) -> tuple[str, ...]:
        return self._cells(self._at(key), self._list(key))

    def _cells(self, place: Place, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._source.fault(place, "phải là một danh sách")
        return tuple(self._source.text(place, each) for each in value)

    def _one_of(self, kind: Any, key: str) -> Any:
        return self._member(kind, self._at(key), self._table[key])

    def _member(self, kind: Any, place: Place, value: object) -> Any:
        if value not in get_args(kind):
            raise self._source.fault(place, "phải là một trong: " + ", ".join(get_args(kind)))
        return value
