"""What the demonstration province consists of, read from ``config/catalog/demo.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from config.settings import ROOT
from workflows.competence import TWO_TIERS_FROM
from workflows.office import Numbering, RouteShape, Work
from workflows.records import Capacity, PlaceFlagKind
from workflows.vocabulary import AgencyKind, Kind, Role, Step

LONG_AGO = date(2021, 6, 1)
"""Since when the bodies that the reform of the levels left alone exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagGiven:
    """Communes that bear a flag."""

    kind: PlaceFlagKind
    source: str
    communes: tuple[str, ...]
    valid_from: date = TWO_TIERS_FROM
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body of the province; ``parent`` and ``successor`` are codes, ``place`` the name of its commune."""

    code: str
    name: str
    kind: AgencyKind
    prefix: str
    valid_from: date
    parent: str | None = None
    head_title: str = "Thủ trưởng"
    place: str | None = None
    valid_to: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """A body outside the system."""

    name: str
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """A land-recovery project, begun and perhaps ended so many days before the day of the demonstration."""

    name: str
    decision: str
    lead: str
    communes: tuple[str, ...]
    began: int
    ended: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HatWorn:
    """A role of a person in a body."""

    role: Role
    agency: str
    title: str
    section: str | None = None
    duty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody with an account; the first hat is worn after sign-in."""

    username: str
    name: str
    hats: tuple[HatWorn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """A head's delegation, from so many days before the day of the demonstration until so many after."""

    agency: str
    giver: str
    receiver: str
    capacity: Capacity
    document: str
    began: int
    ends: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLimit:
    """A body's own, shorter limit in days."""

    agency: str
    kind: Kind
    step: Step
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One step of a way: whose table, how many working days; ``agency`` only for another body's person."""

    role: Role
    days: int
    agency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the papers of some kinds of work travel in some bodies."""

    agencies: tuple[str, ...]
    works: tuple[Work, ...]
    shape: RouteShape
    steps: tuple[Approval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A body's letterhead; an empty line comes from the tree of bodies."""

    agency: str
    parent_line: str | None = None
    name_line: str | None = None
    place_name: str | None = None
    abbreviation: str | None = None
    unit_abbreviation: str | None = None
    function_document: str | None = None
    file_unit: str | None = None
    numbering: Numbering = Numbering.ONE


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperBook:
    """A book of the year begun on paper: the first number given in the system."""

    agency: str
    first: int
    type: str | None = None
    incoming: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a petition may be about, with ``{commune}`` and other words to be filled in."""

    field: str
    kinds: frozenset[Kind]
    summary: str
    content: str
    demand: str
    contested: str = ""
    respondent: str = ""
    discipline: bool = False
    conduct: bool = False


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything the file says. ``rows`` are the communes from north to south and west to east."""

    province_code: str
    province_name: str
    rows: tuple[tuple[str, ...], ...]
    former: tuple[Sequence[str], Sequence[str]]
    flags: tuple[FlagGiven, ...]
    bodies: tuple[Body, ...]
    outsiders: tuple[Outsider, ...]
    recoveries: tuple[Recovery, ...]
    colleagues: tuple[Colleague, ...]
    signings: tuple[Signing, ...]
    limits: tuple[OwnLimit, ...]
    ways: tuple[Way, ...]
    headings: tuple[Heading, ...]
    books: tuple[PaperBook, ...]
    names: Mapping[str, Sequence[str]]
    subjects: tuple[Subject, ...]

    @property
    def communes(self) -> dict[str, str]:
        """The official code of every commune by its name."""
        names = [name for row in self.rows for name in row]
        return {name: f"{self.province_code}{number:03}" for number, name in enumerate(names, 1)}

    def remote(self, commune: str, on: date) -> bool:
        """Whether the commune counts as remote on that day."""
        return any(
            flag.kind is PlaceFlagKind.REMOTE
            and commune in flag.communes
            and flag.valid_from <= on
            and (flag.valid_to is None or on <= flag.valid_to)
            for flag in self.flags
        )

    def approvals(self, agency: str, work: Work) -> tuple[Approval, ...]:
        """The steps a paper takes for that work in that body; none where acts are done at once."""
        return next(
            (way.steps for way in self.ways if agency in way.agencies and work in way.works), ()
        )

    def shape(self, agency: str) -> RouteShape:
        """How files come down in that body."""
        return next(
            (
                way.shape
                for way in self.ways
                if agency in way.agencies and Work.PROCESSING in way.works
            ),
            RouteShape.ONE_STEP,
        )

    def minority(self, commune: str) -> bool:
        """Whether many people of the commune belong to a minority."""
        return any(
            flag.kind is PlaceFlagKind.ETHNIC_MINORITY and commune in flag.communes
            for flag in self.flags
        )


@cache
def catalog() -> Catalog:
    """The shipped catalogue."""
    path = ROOT / "config" / "catalog" / "demo.toml"
    read: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    province = read["province"]
    return Catalog(
        province_code=province["code"],
        province_name=province["name"],
        rows=tuple(tuple(row) for row in province["rows"]),
        former=(province["former_first"], province["former_second"]),
        flags=tuple(
            FlagGiven(
                **{**row, "kind": PlaceFlagKind(row["kind"]), "communes": tuple(row["communes"])}
            )
            for row in read["flag"]
        ),
        bodies=tuple(_body(row) for row in read["agency"]),
        outsiders=tuple(Outsider(**row) for row in read["outside"]),
        recoveries=tuple(
            Recovery(**{**row, "communes": tuple(row["communes"])}) for row in read["project"]
        ),
        colleagues=tuple(_colleague(row) for row in read["user"]),
        signings=tuple(_signing(row) for row in read["delegation"]),
        limits=tuple(
            OwnLimit(**{**row, "kind": Kind(row["kind"]), "step": Step(row["step"])})
            for row in read["target"]
        ),
        ways=tuple(_way(row) for row in read["way"]),
        headings=tuple(
            Heading(**{**row, "numbering": Numbering(row.get("numbering", Numbering.ONE))})
            for row in read["letterhead"]
        ),
        books=tuple(PaperBook(**row) for row in read["book"]),
        names=read["names"],
        subjects=tuple(
            Subject(**{**row, "kinds": frozenset(map(Kind, row["kinds"]))})
            for row in read["matter"]
        ),
    )


def _body(row: Mapping[str, Any]) -> Body:
    of_commune = "xã" in row["name"] or "phường" in row["name"]
    return Body(
        **{
            "valid_from": TWO_TIERS_FROM if of_commune else LONG_AGO,
            **row,
            "kind": AgencyKind(row["kind"]),
        }
    )


def _colleague(row: Mapping[str, Any]) -> Colleague:
    hats = tuple(HatWorn(**{**hat, "role": Role(hat["role"])}) for hat in row["hats"])
    return Colleague(username=row["username"], name=row["name"], hats=hats)


def _signing(row: Mapping[str, Any]) -> Signing:
    return Signing(
        agency=row["agency"],
        giver=row["from"],
        receiver=row["to"],
        capacity=Capacity(row["capacity"]),
        document=row["document"],
        began=row["began"],
        ends=row["ends"],
    )


def _way(row: Mapping[str, Any]) -> Way:
    return Way(
        agencies=tuple(row["agencies"]),
        works=tuple(map(Work, row["works"])),
        shape=RouteShape(row["shape"]),
        steps=tuple(map(_approval, row["steps"])),
    )


def _approval(text: str) -> Approval:
    """``role:days``, or ``role:days@agency``."""
    who, _, agency = text.partition("@")
    role, _, days = who.partition(":")
    return Approval(role=Role(role), days=int(days), agency=agency or None)
