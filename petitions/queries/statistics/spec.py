"""The statistical tables as the circulars print them, read from ``config/reports/*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from config.settings import ROOT
from workflows.vocabulary import Kind

FOLDER = ROOT / "config" / "reports"


class SpecFault(ValueError):
    """A table's file that may not be used."""


class Universe(StrEnum):
    """What one line of the count is."""

    RECEPTION = "reception"
    PROCESSING = "processing"
    SETTLEMENT = "settlement"
    ENFORCEMENT = "enforcement"
    REPLIES = "replies"


class Measure(StrEnum):
    """What is added up over the lines: papers, matters, people, documents received, visits, sessions."""

    PETITIONS = "petitions"
    MATTERS = "matters"
    PEOPLE = "people"
    REPLIES = "replies"
    VISITS = "visits"
    SESSIONS = "sessions"
    ORDERED_MONEY = "ordered_money"
    ORDERED_LAND = "ordered_land"
    ORDERED_RETURNED_MONEY = "ordered_returned_money"
    ORDERED_RETURNED_LAND = "ordered_returned_land"
    ORDERED_BODIES_MONEY = "ordered_bodies_money"
    ORDERED_BODIES_LAND = "ordered_bodies_land"
    ORDERED_PEOPLE = "ordered_people"
    DONE_MONEY = "done_money"
    DONE_LAND = "done_land"
    DONE_RETURNED_MONEY = "done_returned_money"
    DONE_RETURNED_LAND = "done_returned_land"
    DONE_BODIES_MONEY = "done_bodies_money"
    DONE_BODIES_LAND = "done_bodies_land"
    DONE_PEOPLE = "done_people"


ORDERED = tuple(each for each in Measure if each.startswith("ordered_"))
"""What decisions and conclusions order: money, land, people."""
CARRIED_OUT = tuple(each for each in Measure if each.startswith("done_"))
"""What was carried out of them in the window."""
IN_MILLIONS = frozenset(each for each in (*ORDERED, *CARRIED_OUT) if each.endswith("money"))
"""Measures the tables tell in million đồng."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its number, its headings from the top, and where its figure comes from.

    Exactly one of ``measure`` (counted where all of ``where`` hold), ``parts`` (the sum of other
    columns) and ``missing`` (why nothing can be counted yet) is set. A missing one that is ``manual``
    is written by the unit when it confirms its sheet.
    """

    number: int
    head: tuple[str, ...]
    measure: Measure | None = None
    where: tuple[str, ...] = ()
    parts: tuple[int, ...] = ()
    missing: str = ""
    manual: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """``left`` equals the sum of ``right``. ``soft`` says why the printed form itself breaks it."""

    left: int
    right: tuple[int, ...]
    soft: str = ""

    @property
    def text(self) -> str:
        """As the form prints it."""
        return f"{self.left} = {' + '.join(str(each) for each in self.right)}"


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines that belong into ``columns`` but lack a recorded value; told beside the table."""

    name: str
    columns: tuple[int, ...]
    where: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table in one version. ``unconfirmed`` marks a form nobody compared with the circular yet."""

    id: str
    version: str
    title: str
    universe: Universe
    columns: tuple[Column, ...]
    identities: tuple[Identity, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    where: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    unconfirmed: str = ""

    def column(self, number: int) -> Column | None:
        """The column of that number."""
        return next((each for each in self.columns if each.number == number), None)

    def counted(self, number: int) -> tuple[Column, ...]:
        """The counted columns a column's figure is made of."""
        column = self.column(number)
        if column is None or column.missing:
            return ()
        if column.measure is not None:
            return (column,)
        return tuple(each for part in column.parts for each in self.counted(part))

    def partial(self, column: Column) -> bool:
        """Whether some of what the column adds up is not recorded yet."""
        parts = [self.column(part) for part in column.parts]
        return any(part is None or part.missing or self.partial(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Version:
    """A circular, the days it is in force and its tables in their official order."""

    id: str
    name: str
    valid_from: date
    valid_to: date | None
    tables: Mapping[str, Table]


@cache
def versions(folder: Path = FOLDER) -> Mapping[str, Version]:
    """Every version by its id, the oldest first. Raises ``SpecFault``."""
    documents = [tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))]
    found: dict[str, Version] = {}
    for document in sorted(documents, key=lambda each: each["valid_from"]):
        found[document["id"]] = _version(document, found)
    return found


def version_on(day: date) -> Version:
    """The version in force on a day; the oldest one for days before it."""
    known = list(versions().values())
    return next((each for each in reversed(known) if each.valid_from <= day), known[0])


def _version(document: Mapping[str, Any], known: Mapping[str, Version]) -> Version:
    tables = {}
    for row in document["table"]:
        tables[row["id"]] = _table(row, document["id"], known)
    return Version(
        id=document["id"],
        name=document["name"],
        valid_from=document["valid_from"],
        valid_to=document.get("valid_to"),
        tables=tables,
    )


def _table(row: Mapping[str, Any], version: str, known: Mapping[str, Version]) -> Table:
    if "as_in" in row:
        same = known[row["as_in"]].tables[row["id"]]
        return Table(
            id=same.id,
            version=version,
            title=same.title,
            universe=same.universe,
            columns=same.columns,
            identities=same.identities,
            kinds=same.kinds,
            where=same.where,
            gaps=same.gaps,
            unconfirmed=row.get("unconfirmed", ""),
        )
    return table_from(row, version)


def table_from(row: Mapping[str, Any], version: str) -> Table:
    """The table a whole row describes. Raises ``SpecFault``."""
    table = Table(
        id=row["id"],
        version=version,
        title=row["title"],
        universe=Universe(row["universe"]),
        columns=tuple(_column(each) for each in row["columns"]),
        identities=tuple(
            Identity(each["left"], tuple(each["right"]), each.get("soft", ""))
            for each in row["identities"]
        ),
        kinds=frozenset(Kind(each) for each in row["kinds"]) if "kinds" in row else frozenset(Kind),
        where=tuple(row.get("where", ())),
        gaps=tuple(
            Gap(each["name"], tuple(each["columns"]), tuple(each["where"]), each["text"])
            for each in row.get("gaps", ())
        ),
        unconfirmed=row.get("unconfirmed", ""),
    )
    _check(table)
    return table


def _column(row: Mapping[str, Any]) -> Column:
    return Column(
        number=row["n"],
        head=tuple(row["head"]),
        measure=Measure(row["count"]) if "count" in row else None,
        where=tuple(row.get("where", ())),
        parts=tuple(row.get("sum", ())),
        missing=row.get("missing", ""),
        manual=row.get("manual", False),
    )


def _check(table: Table) -> None:
    """Numbers run from 1, every figure has exactly one source, nothing names a column that is not there."""
    numbers = [column.number for column in table.columns]
    if numbers != list(range(1, len(numbers) + 1)):
        raise SpecFault(f"{table.version} {table.id}: columns must be numbered 1, 2, 3 …")
    named = [
        *(part for column in table.columns for part in column.parts),
        *(each for rule in table.identities for each in (rule.left, *rule.right)),
        *(each for gap in table.gaps for each in gap.columns),
    ]
    if not _known(named, numbers):
        raise SpecFault(f"{table.version} {table.id}: a column is named that the table lacks")
    for column in table.columns:
        sources = [column.measure is not None, bool(column.parts), bool(column.missing)]
        if sum(sources) != 1:
            raise SpecFault(
                f"{table.version} {table.id}.{column.number}: count, sum or missing, exactly one"
            )
        if column.manual and not column.missing:
            raise SpecFault(
                f"{table.version} {table.id}.{column.number}: written by hand only if missing"
            )


def _known(named: Sequence[int], numbers: Sequence[int]) -> bool:
    return set(named) <= set(numbers)
