"""What one reading of the inspectorate's queue asks for, and what burns for its reader, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.database import read
from petitions.access import Scope, scope_of, scope_values
from petitions.queries.case_filters import Filters, Horizon, asked
from petitions.queries.fields import under_field_id
from petitions.queries.hotspots import EpisodeLine, burning
from petitions.queries.queue_shapes import NOBODY, QueueFilters
from petitions.queries.queue_sql import Section, lines
from petitions.text import fold
from workflows.severity import Klass, Table, klass_of
from workflows.vocabulary import Actor
from workflows.watch import add_months

_HELD_AGAINST = frozenset(
    {"kind", "agency_id", "flag", "lateness", "officer_id", "source", "state"}
)
"""Filters of cases that no hot spot as a whole can answer."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue: a hot spot (``row`` is None), or a case by its row of ``queue_sql.lines``."""

    klass: Klass
    fire: EpisodeLine | None
    row: Any = None

    @property
    def order(self) -> tuple[float, int, int, int, int]:
        """Among what burns: by how rare, the hot spot before its cases, those by points."""
        p, number = (0.0, 0) if self.fire is None else (self.fire.headline.p, self.fire.id)
        if self.row is None:
            return (p, number, 0, 0, 0)
        return (p, number, 1, -self.row.points, -self.row.case_id)

    @property
    def mark(self) -> tuple[int, int]:
        """The two numbers a page that ends here is gone on from."""
        if self.fire is not None and (self.row is None or self.row.security == 0):
            return (self.fire.id, 0 if self.row is None else self.row.case_id)
        return (self.row.points, self.row.case_id)


@dataclass(frozen=True, slots=True)
class Asking:
    """What one reading of the queue needs: the reach, the values, and the hot spots of this reader."""

    actor: Actor
    scope: Scope
    filters: QueueFilters
    table: Table
    seen: Horizon
    values: Mapping[str, Any]
    shape: frozenset[str]
    fires: tuple[EpisodeLine, ...]
    shown: tuple[EpisodeLine, ...]
    burning: tuple[Place, ...] = ()

    def of_case(self) -> dict[int, EpisodeLine]:
        """The rarest hot spot that counted a case."""
        found: dict[int, EpisodeLine] = {}
        for fire in self.fires:
            for case_id in fire.case_ids:
                found.setdefault(case_id, fire)
        return found


def asking_of(actor: Actor, filters: QueueFilters, table: Table, seen: Horizon) -> Asking:
    """What a reading needs, with what burns already in its order."""
    fires = tuple(sorted(burning(actor, seen.today), key=lambda fire: (fire.headline.p, fire.id)))
    values: dict[str, Any] = asked(filters.case, seen)
    values.pop("open", None)
    if filters.factor is not None:
        values[f"factor_{filters.factor.value}"] = True
    if filters.months is not None:
        values["older_than"] = add_months(seen.today, -filters.months)
    if filters.inspector == NOBODY:
        values["nobody"] = True
    elif filters.inspector is not None:
        values["inspector"] = filters.inspector
    if filters.episode is not None:
        chosen = [fire for fire in fires if fire.uid == filters.episode]
        values["of_episode"] = sorted({each for fire in chosen for each in fire.case_ids})
    made = Asking(
        actor=actor,
        scope=scope_of(actor),
        filters=filters,
        table=table,
        seen=seen,
        values={
            **values,
            **scope_values(actor),
            "me": actor.user_id,
            "inspectorate": actor.agency_id,
            "grave": table.grave,
            "counted": sorted({each for fire in fires for each in fire.case_ids}),
        },
        shape=frozenset(values),
        fires=fires,
        shown=_answering(fires, filters),
    )
    return replace(made, burning=_places(made))


def _answering(fires: Sequence[EpisodeLine], filters: QueueFilters) -> tuple[EpisodeLine, ...]:
    """The hot spots that fit the filters; none where these speak of single cases only."""
    if filters.factor is not None or filters.months is not None:
        return ()
    case, standard = filters.case, Filters()
    if any(getattr(case, name) != getattr(standard, name) for name in _HELD_AGAINST):
        return ()
    fields = None if case.field_id is None else set(read(under_field_id(case.field_id)).scalars())
    return tuple(
        fire
        for fire in fires
        if (filters.episode is None or fire.uid == filters.episode)
        and (fields is None or (fire.field is not None and fire.field.id in fields))
        and (case.place_id is None or case.place_id in {each.id for each in fire.places})
        and (case.place is None or _named(fire, case.place))
        and (case.project_id is None or case.project_id in {each.id for each in fire.projects})
        and (filters.inspector is None or filters.inspector == (fire.owner_id or NOBODY))
    )


def _named(fire: EpisodeLine, typed: str) -> bool:
    words = fold(typed)
    return any(words in fold(place.name) for place in fire.places)


def _places(asking: Asking) -> tuple[Place, ...]:
    """What burns, each with its class. A hot spot is class A with one of its cases."""
    if not asking.fires:
        return ()
    of_case, table = asking.of_case(), asking.table
    folded = {fire.id for fire in asking.shown if asking.filters.episode is None}
    places: list[Place] = []
    for row in rows(asking, Section.ALARMED):
        fire = of_case[row.case_id]
        klass = klass_of(row.points, table, security=False, alarmed=True)
        if klass is not Klass.B or fire.id not in folded:
            places.append(Place(klass, fire, row))
    if asking.shown:
        grave = _grave(asking, of_case)
        for fire in asking.shown:
            places.append(Place(Klass.A if fire.id in grave else Klass.B, fire))
    return tuple(sorted(places, key=lambda each: each.order))


def _grave(asking: Asking, of_case: Mapping[int, EpisodeLine]) -> frozenset[int]:
    """Hot spots with a threat or a grave case among their cases, whatever the list is narrowed by."""
    counted = asking.values["counted"]
    whole = replace(
        asking,
        shape=frozenset({"of_episode"}),
        values={**asking.values, "of_episode": counted},
    )
    return frozenset(
        of_case[row.case_id].id
        for section in (Section.ALARMED, Section.SECURITY)
        for row in rows(whole, section, most=len(counted))
        if section is Section.SECURITY or row.points >= asking.table.alarmed
    )


def rows(
    asking: Asking,
    section: Section,
    after: tuple[int, int] | None = None,
    most: int | None = None,
) -> Sequence[Any]:
    """Rows of a section behind ``after`` (points and number of a case), at most so many; of what hot
    spots counted all of them."""
    values, shape = dict(asking.values), asking.shape
    if after is not None:
        values["after_points"], values["after_id"] = after
        shape |= {"after_points", "after_id"}
    values["most"] = most if most is not None else len(values["counted"])
    return read(lines(asking.scope, section, shape), values).all()
