"""What the inspectorate's queue shows. Frozen results, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date, datetime
from typing import Any

from petitions.queries.case_filters import Filters
from petitions.queries.cases import Line
from petitions.queries.hotspots import EpisodeLine
from workflows.severity import Factor, Klass

NOBODY = 0
"""As an inspector in the filters: no one looks after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilters:
    """What of the queue is shown. Without ``klass`` the classes A, B and C.

    ``case`` narrows as any list of cases does; ``factor`` keeps cases with points for it, ``episode``
    those one hot spot counted (by its uid), ``months`` those first received longer ago, ``inspector``
    those somebody looks after (``NOBODY``: no one does).
    """

    klass: Klass | None = None
    factor: Factor | None = None
    episode: str | None = None
    months: int | None = None
    inspector: int | None = None
    case: Filters = part(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Weight:
    """The points of a case as this reader may know them, by factor, and the facts they stand on."""

    points: int
    factors: Mapping[Factor, int]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One place in the queue: a hot spot, or a case with its weight and (in a hot spot) which one."""

    klass: Klass
    episode: EpisodeLine | None
    line: Line | None = None
    weight: Weight | None = None
    inspector: str | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue; ``after`` opens the next one, ``None`` on the last."""

    items: tuple[Item, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A class with how much stands in it: hot spots, and cases up to ``MOST_COUNTED``."""

    klass: Klass
    episodes: int
    cases: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.episodes + self.cases


@dataclass(frozen=True, slots=True)
class Note:
    """What an inspector noted of a case."""

    by: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a case stands with the inspectorate: its class and weight, who looks after it, what was noted.

    ``weight`` is None until the next pass weighs it, and for a case that has ended.
    """

    klass: Klass | None
    weight: Weight | None
    table_version: int | None
    weighed_on: date | None
    inspector: str | None
    inspector_id: int | None
    since: date | None
    episodes: tuple[str, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class View:
    """Filters somebody keeps under a name."""

    id: int
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Inspector:
    """Somebody of the inspecting body who may be charged."""

    id: int
    username: str
    name: str
