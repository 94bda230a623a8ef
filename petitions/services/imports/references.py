"""The agencies, fields and places a foreign register speaks of, found or made."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from petitions.models import Agency, Field, Place, PlaceFlag
from petitions.services.imports.mapping import Mapping, ReferenceRule
from petitions.services.imports.rows import Fault, Record
from petitions.services.intake_desk import UNCLASSIFIED
from petitions.text import fold
from workflows.records import PlaceFlagKind

BEGINNING = date(1900, 1, 1)
"""From when on things made by an import exist: the register does not say."""
OTHER_STATISTIC = "other"
LOWEST_LEVEL = 3

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Reference:
    """A row the register's word stands for. ``prefix`` is an agency's book, ``level`` a field's."""

    id: int
    code: str
    name: str
    prefix: str = ""
    level: int = 0
    statistic: str = OTHER_STATISTIC


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a record refers to."""

    agency: Reference
    field: Reference
    place: Reference | None
    remote: bool


class _Unknown(Exception):
    pass


class _Table:
    """The rows of one table, by code and by name. A name that several bear stands for none of them."""

    def __init__(self, rule: ReferenceRule, known: Iterable[Reference], code_length: int) -> None:
        self.rule = rule
        self.length = code_length
        self.by_code: dict[str, Reference] = {}
        self._by_name: dict[str, list[Reference]] = defaultdict(list)
        self._asked: dict[str, Reference] = {}
        for reference in known:
            self.add(reference)

    def add(self, reference: Reference) -> None:
        self.by_code[reference.code] = reference
        self._by_name[fold(reference.name)].append(reference)

    def find(self, value: str) -> Reference | None:
        """The row ``value`` stands for, None when there is none yet. Raises ``_Unknown`` for several."""
        known = self._asked.get(value)
        if known is None:
            known = self._look_up(value)
            if known is not None:
                self._asked[value] = known
        return known

    def _look_up(self, value: str) -> Reference | None:
        told = self.rule.values.get(fold(value))
        if told is not None:
            return self.by_code.get(told)
        if value in self.by_code:
            return self.by_code[value]
        for name in (value, self.rule.name.replace("{value}", value)):
            found = self._by_name.get(fold(name), [])
            if len(found) > 1:
                raise _Unknown(f"“{value[:60]}” là tên của {len(found)} nơi; hãy ghi mã.")
            if found:
                return found[0]
        return None

    def new_code(self, value: str) -> str:
        """A code for a row that ``value`` makes: the one the mapping tells, or made from the word."""
        told = self.rule.values.get(fold(value))
        if told is not None:
            return told
        plain = _PLAIN.fullmatch(value) and len(value) <= self.length
        code = value if plain else "-".join(re.findall(r"[a-z0-9]+", fold(value)))[: self.length]
        stem, number = code.strip("-") or "x", 1
        code = stem
        while code in self.by_code:
            number += 1
            code = f"{stem[: self.length - 1 - len(str(number))]}-{number}"
        return code


class References:
    """Everything the rows of one import refer to; what is missing is made where the mapping lets it."""

    def __init__(self, session: Session, mapping: Mapping) -> None:
        """Reads all agencies, fields and places once."""
        self._agencies = _Table(
            mapping.agency,
            (
                Reference(row.id, row.code, row.name, prefix=row.book_prefix)
                for row in session.execute(
                    select(Agency.id, Agency.code, Agency.name, Agency.book_prefix)
                )
            ),
            40,
        )
        self._fields = _Table(
            mapping.field,
            (
                Reference(row.id, row.code, row.name, level=row.level, statistic=row.statistic)
                for row in session.execute(
                    select(Field.id, Field.code, Field.name, Field.level, Field.statistic)
                )
            ),
            60,
        )
        self._places = _Table(
            mapping.place,
            (
                Reference(row.id, row.code, row.name)
                for row in session.execute(select(Place.id, Place.code, Place.name))
            ),
            20,
        )
        self._mapping = mapping
        self._remote: dict[int, list[Any]] = defaultdict(list)
        for row in session.execute(
            select(PlaceFlag.place_id, PlaceFlag.valid_from, PlaceFlag.valid_to).where(
                PlaceFlag.flag == PlaceFlagKind.REMOTE
            )
        ):
            self._remote[row.place_id].append(row)

    def resolve(self, session: Session, record: Record) -> Resolved | Fault:
        """What ``record`` refers to, made where it may be; or the first word that stands for nothing."""
        column: str | None = None
        try:
            column = self._mapping.agency.column
            agency = self._agency(session, record.agency)
            column = self._mapping.field.column
            field = self._field(session, record.field)
            column = self._mapping.place.column
            place = self._place(session, record.place) if record.place else None
        except _Unknown as unknown:
            return Fault(record.row, column or "", str(unknown))
        return Resolved(agency, field, place, self._is_remote(place, record.received))

    def _agency(self, session: Session, value: str) -> Reference:
        table, rule = self._agencies, self._mapping.agency
        if not value:
            if rule.default is None:
                raise _Unknown("Không được để trống.")
            return _standing(table, rule.default)
        found = table.find(value)
        if found is None:
            _refuse_unless_made(rule, value)
            code, name = table.new_code(value), rule.name.replace("{value}", value)[:255]
            prefix = self._new_prefix(code)
            parent = None if rule.under is None else _standing(table, rule.under).id
            made = session.execute(
                insert(Agency).returning(Agency.id),
                [{"code": code, "name": name, "kind": rule.kind, "parent_id": parent,
                  "book_prefix": prefix, "valid_from": BEGINNING, "imported": True}],
            ).scalar_one()  # fmt: skip
            found = Reference(made, code, name, prefix=prefix)
            table.add(found)
        return found

    def _new_prefix(self, code: str) -> str:
        """A book prefix no other agency has: two books under one prefix would give one code twice."""
        taken = {reference.prefix for reference in self._agencies.by_code.values()}
        stem = re.sub(r"[^A-Z0-9]", "", code.upper())[:8]
        prefix, number = stem, 1
        while len(prefix) < 2 or prefix in taken:
            prefix = f"{stem[: 8 - len(str(number)) - 1] or 'X'}X{number}"
            number += 1
        return prefix

    def _field(self, session: Session, value: str) -> Reference:
        table, rule = self._fields, self._mapping.field
        if not value:
            return _standing(table, UNCLASSIFIED)
        found = table.find(value)
        if found is None:
            _refuse_unless_made(rule, value)
            parent = None if rule.under is None else _standing(table, rule.under)
            level = 1 if parent is None else parent.level + 1
            if level > LOWEST_LEVEL:
                raise _Unknown(f"Lĩnh vực {rule.under} đã ở cấp thấp nhất, không chia nhỏ được.")
            code, name = table.new_code(value), rule.name.replace("{value}", value)[:160]
            statistic = OTHER_STATISTIC if parent is None else parent.statistic
            made = session.execute(
                insert(Field).returning(Field.id),
                [{"code": code, "name": name, "level": level, "statistic": statistic,
                  "parent_id": parent and parent.id, "valid_from": BEGINNING, "imported": True}],
            ).scalar_one()  # fmt: skip
            found = Reference(made, code, name, level=level, statistic=statistic)
            table.add(found)
        return found

    def _place(self, session: Session, value: str) -> Reference:
        table, rule = self._places, self._mapping.place
        found = table.find(value)
        if found is None:
            _refuse_unless_made(rule, value)
            code, name = table.new_code(value), rule.name.replace("{value}", value)[:160]
            made = session.execute(
                insert(Place).returning(Place.id),
                [{"code": code, "name": name, "folded_name": fold(name), "kind": rule.kind,
                  "valid_from": BEGINNING, "imported": True}],
            ).scalar_one()  # fmt: skip
            found = Reference(made, code, name)
            table.add(found)
        return found

    def _is_remote(self, place: Reference | None, on: date) -> bool:
        return place is not None and any(
            flag.valid_from <= on and (flag.valid_to is None or on <= flag.valid_to)
            for flag in self._remote.get(place.id, ())
        )


def _standing(table: _Table, code: str) -> Reference:
    """The row a mapping names by code."""
    if code not in table.by_code:
        raise _Unknown(f"Bảng ánh xạ nêu mã {code} nhưng danh mục không có.")
    return table.by_code[code]


def _refuse_unless_made(rule: ReferenceRule, value: str) -> None:
    if not rule.create:
        raise _Unknown(f"“{value[:60]}” không có trong danh mục.")
