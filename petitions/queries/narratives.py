"""What a narrative report tells: figures of the statistical tables beside those of the same period a year
before, and facts anybody can count again. No person, and of a denunciation nothing but counts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select

from config.clock import local_day
from config.database import read
from petitions.errors import NotFound
from petitions.installation import installation
from petitions.models import Case, Field, Place
from petitions.queries.indicators import (
    Question,
    Shares,
    months_over,
    shares,
)
from petitions.queries.report_campaigns import SignedTables, signed_choices, signed_tables
from petitions.queries.statistics.conditions import holds
from petitions.queries.statistics.figures import Figure, Report, Window, figures, units, values_of
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.periods import PERIODS, window
from petitions.queries.statistics.spec import Universe, version_on
from petitions.queries.statistics.universes import Before, lines
from workflows.casefile import MASS_SIZE
from workflows.scoring import Indicator, Share
from workflows.vocabulary import Actor, Kind

TOLD = ("quy-1", "6-thang", "9-thang", "nam")
"""Periods a narrative report is made for; the other quarters have tables only (Circular 01/2024)."""
TOP = 5
OLD = "tt02-2021"
OPEN_KINDS = frozenset(Kind) - {Kind.DENUNCIATION}
"""Kinds whose fields and places are told: a denunciation is a number and nothing else."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure: now, a year before (None: not recorded, or the old form has none), and where it stands."""

    text: str
    source: str
    now: Figure | None
    before: Figure | None

    @property
    def change(self) -> Figure | None:
        """More (or less, below 0) than a year before."""
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def per_cent(self) -> Decimal | None:
        """The change in per cent with one decimal, rounded half away from zero; None against nothing."""
        if self.change is None or not self.before:
            return None
        share = Decimal(self.change) * 100 / Decimal(self.before)
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Counted:
    """A name and how often it was counted."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is told besides the tables, denunciations left out. ``overdue``: settlements past their end."""

    fields: tuple[Counted, ...]
    places: tuple[Counted, ...]
    received: int
    mass: int
    people: int
    overdue: Share


@dataclass(frozen=True, slots=True)
class Signature:
    """The signed figures a report was made from, in words for it."""

    agency: str
    edition: int
    signed_by: str
    signed_on: date
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A period of a reporting year for some units. ``signed``: the uid of the signed sheet to take."""

    period: str
    year: int
    among: Collection[int] | None
    signed: str | None = None

    @property
    def window(self) -> Window:
        """The days it counts."""
        return window(self.period, self.year)

    @property
    def before(self) -> Window:
        """The same days a year earlier."""
        return window(self.period, self.year - 1)

    @property
    def text(self) -> str:
        """quý I năm 2026; 6 tháng đầu năm 2026; năm 2026."""
        words = PERIODS[self.period].text
        words = words[:1].lower() + words[1:]
        return f"{words} {self.year}" if words.endswith("năm") else f"{words} năm {self.year}"


@dataclass(frozen=True, slots=True)
class Narrative:
    """Everything a narrative report is filled with. ``unsigned``: tables the signed figures lack."""

    asked: Asked
    version: str
    sections: Mapping[str, tuple[Compared, ...]]
    facts: Facts
    signature: Signature | None
    unsigned: tuple[str, ...]
    today: date

    @property
    def running(self) -> bool:
        """Whether the period is not over yet."""
        return self.asked.window.last >= self.today


@dataclass(frozen=True, slots=True)
class BodyLine:
    """One agency's share."""

    name: str
    share: Share


@dataclass(frozen=True, slots=True)
class Follow:
    """What the report to the Department of Home Affairs is filled with."""

    asked: Asked
    sections: Mapping[str, tuple[Compared, ...]]
    parts: Mapping[Indicator, tuple[BodyLine, ...]]
    months: tuple[date, ...]
    today: date
    sums: Mapping[Indicator, Share] = field(default_factory=dict)


def narrative(actor: Actor, asked: Asked, today: date) -> Narrative:
    """The figures of a period. Raises ``NotFound`` for signed figures out of reach or of other days."""
    signed = None if asked.signed is None else signed_tables(actor, asked.signed)
    if signed is not None and signed.window != asked.window:
        raise NotFound("Số liệu đã ký này là của kỳ khác.")
    names = _tables_of(_shipped(_folder()))
    now, unsigned = _reports(actor, asked.window, asked.among, names, signed)
    before, _ = _reports(actor, asked.before, asked.among, names, None)
    return Narrative(
        asked=asked,
        version=version_on(asked.window.last).name if signed is None else signed.spec_name,
        sections=_sections(now, before, asked),
        facts=_facts(actor, asked, today),
        signature=_signature(signed),
        unsigned=unsigned,
        today=today,
    )


def signed_for(actor: Actor, asked: Asked, unit: int | None, own: int) -> str | None:
    """The signed sheet of exactly these days: the unit's own, or the consolidated one of the reader's body."""
    for each in signed_choices(actor):
        whole = unit is None and each.consolidated and each.agency_id == own
        if each.window == asked.window and (
            whole or (not each.consolidated and each.agency_id == unit)
        ):
            return each.uid
    return None


def follow(actor: Actor, asked: Asked, today: date) -> Follow:
    """What heads and agencies kept to in a period, agency by agency."""
    names = {"01/KQGQ", "03/KQGQ", "04/XLD", "02/KQGQ", "04/KQGQ"}
    now, _ = _reports(actor, asked.window, asked.among, names, None)
    before, _ = _reports(actor, asked.before, asked.among, names, None)
    counted = units(asked.window, asked.among)
    question = Question(
        frozenset(each.id for each in counted), asked.window, asked.year, today, actor
    )
    names_of = {each.id: each.name for each in counted}
    parts = {each: _by_body(names_of, shares(each, question)) for each in _FOLLOWED}
    return Follow(
        asked,
        {key: found for key, found in _sections(now, before, asked, names).items() if found},
        parts,
        months_over(asked.window, today),
        today,
        {each: sum((one.share for one in found), Share(0, 0)) for each, found in parts.items()},
    )


def _signature(signed: SignedTables | None) -> Signature | None:
    if signed is None:
        return None
    day = local_day(signed.signed_at)
    return Signature(signed.agency, signed.edition, signed.signed_by, day, signed.missing)


_FOLLOWED = (
    Indicator.RECEPTION_DAYS,
    Indicator.SATISFACTION,
    Indicator.OPEN_OVERDUE,
    Indicator.COMMITMENTS_KEPT,
)


def _by_body(names: Mapping[int, str], found: Shares) -> tuple[BodyLine, ...]:
    return tuple(BodyLine(name, found[agency]) for agency, name in names.items() if agency in found)


# --- figures ---------------------------------------------------------------------------------


def _folder() -> Path:
    return installation().settings.law_dir / "catalog"


@cache
def _shipped(folder: Path) -> tuple[Mapping[str, Any], ...]:
    text = (folder / "narrative.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["section"])


def _tables_of(sections: Iterable[Mapping[str, Any]]) -> set[str]:
    return {line["at"].partition(".")[0] for each in sections for line in each["line"]}


def _reports(
    actor: Actor,
    days: Window,
    among: Collection[int] | None,
    names: Collection[str],
    signed: SignedTables | None,
) -> tuple[Mapping[str, Report], tuple[str, ...]]:
    """The tables, signed where they were signed; and which of them were not."""
    kept = {} if signed is None else signed.tables
    drawn = version_on(days.last).tables
    live = {
        name: with_openings(figures(drawn[name], days, among=among, reader=actor))
        for name in sorted(names)
        if name not in kept
    }
    return live | dict(kept), tuple(live) if signed is not None else ()


def _sections(
    now: Mapping[str, Report],
    before: Mapping[str, Report],
    asked: Asked,
    only: Collection[str] | None = None,
) -> dict[str, tuple[Compared, ...]]:
    old_now, old_before = (version_on(days.last).id == OLD for days in (asked.window, asked.before))
    found = {}
    for section in _shipped(_folder()):
        rows = []
        for line in section["line"]:
            here, there = (
                line.get("old", line["at"]) if old else line["at"] for old in (old_now, old_before)
            )
            if here and (only is None or here.partition(".")[0] in only):
                rows.append(
                    Compared(line["text"], here, figure_at(now, here), figure_at(before, there))
                )
        found[section["key"]] = tuple(rows)
    return found


def figure_at(reports: Mapping[str, Report], place: str) -> Figure | None:
    """The total of ``01/XLD.19+20``; None where nothing is recorded or no such place is named."""
    if not place:
        return None
    name, _, columns = place.partition(".")
    values = [reports[name].total[int(each)] for each in columns.split("+")]
    known = [each for each in values if each is not None]
    return sum(known) if len(known) == len(values) else None


# --- facts -----------------------------------------------------------------------------------


def _facts(actor: Actor, asked: Asked, today: date) -> Facts:
    values = values_of(asked.window, asked.among, actor)
    limited = asked.among is not None
    sums = read(_sums(limited), values).one()
    counted = units(asked.window, asked.among)
    question = Question(
        frozenset(each.id for each in counted), asked.window, asked.year, today, actor
    )
    return Facts(
        _top(_fields(limited), values),
        _top(_places(limited), values),
        int(sums.received or 0),
        int(sums.mass or 0),
        int(sums.people or 0),
        sum(shares(Indicator.OPEN_OVERDUE, question).values(), Share(0, 0)),
    )


def _top(query: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> tuple[Counted, ...]:
    return tuple(Counted(row.name, int(row.number)) for row in read(query, values))


@cache
def _sums(limited: bool) -> Select[*tuple[Any, ...]]:
    line, wanted = _received(limited)
    mass = line.c.group_size >= MASS_SIZE
    return select(
        func.count().label("received"),
        func.sum(case((mass, 1), else_=0)).label("mass"),
        func.sum(case((mass, line.c.group_size), else_=0)).label("people"),
    ).where(wanted)


@cache
def _fields(limited: bool) -> Select[*tuple[Any, ...]]:
    line, wanted = _received(limited)
    number = func.count().label("number")
    return (
        select(Field.name, number)
        .select_from(line)
        .join(Case, Case.id == line.c.case_id)
        .join(Field, Field.id == Case.field_id)
        .where(wanted)
        .group_by(Field.id, Field.name)
        .order_by(number.desc(), Field.name)
        .limit(TOP)
    )


@cache
def _places(limited: bool) -> Select[*tuple[Any, ...]]:
    line, wanted = _received(limited)
    number = func.count().label("number")
    return (
        select(Place.name, number)
        .select_from(line)
        .join(Case, Case.id == line.c.case_id)
        .join(Place, Place.id == Case.place_id)
        .where(wanted)
        .group_by(Place.id, Place.name)
        .order_by(number.desc(), Place.name)
        .limit(TOP)
    )


def _received(limited: bool) -> tuple[Any, Any]:
    line = lines(Universe.PROCESSING, OPEN_KINDS, Before.READER)
    wanted = holds(Universe.PROCESSING, line, ("received",))
    if limited:
        wanted = and_(wanted, line.c.unit_id.in_(bindparam("among", expanding=True)))
    return line, wanted
