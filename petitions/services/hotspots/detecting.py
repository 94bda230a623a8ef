"""From counts to the week's alarms: every unit through one detector, the smallest that explains is kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from petitions.queries.hotspots.counts import WEEKS_READ
from petitions.services.hotspots.sources import ALL, EXPLAINED, Behind, Source
from workflows.episodes import Found, SeriesUnit
from workflows.hotspots import (
    MODEL,
    Explanation,
    Reading,
    WeeklyCounts,
    explain_all,
    grid,
    readings,
    scan,
)
from workflows.hotspots.evidence import count_tail

_SURGE = 4.0
"""Standard deviations beyond which a field has risen in the whole province, as in the detector."""


@dataclass(frozen=True, slots=True)
class Raised:
    """One alarm with its record and the cases of the weeks it is explained by."""

    unit: SeriesUnit
    place: int | None
    field: int | None
    project: int | None
    office: int | None
    reading: Reading
    explanation: Explanation
    behind: tuple[Behind, ...]
    imported: bool

    @property
    def counted(self) -> tuple[Behind, ...]:
        """The cases within its window."""
        return tuple(each for each in self.behind if _within(each.week, self.reading))

    @property
    def found(self) -> Found:
        """The alarm as episodes are made of it."""
        counted = self.counted
        tags = Counter(each.project for each in counted if each.project is not None)
        projects = {tag for tag, number in tags.items() if 2 * number >= len(counted)}
        if self.project is not None:
            projects.add(self.project)
        spread = {each.place for each in counted if each.place is not None}
        return Found(
            self.unit, self.place, self.field, self.office, frozenset(projects),
            self.reading.score, self.reading.p, any(each.serious for each in counted),
            frozenset(spread) if self.project is not None else frozenset(),
        )  # fmt: skip

    @property
    def subject(self) -> int | None:
        """The field it is about: its own; of a project the one most of its cases have."""
        if self.project is None:
            return self.field
        counted = self.counted
        field, number = Counter(each.field for each in counted).most_common(1)[0]
        return field if 2 * number >= len(counted) else None


@dataclass(frozen=True, slots=True)
class WeekFound:
    """A week's alarms and what else the scan says of it. Silences by place, surges by field."""

    alarms: tuple[Raised, ...]
    series: int
    expected_false: float
    cuts: Mapping[str, Mapping[str, Any]]
    silences: tuple[tuple[int, int, float], ...]
    surges: tuple[tuple[int, int, float], ...]
    placeless: int
    imported: bool

    def by_chance(self, scores: Sequence[float]) -> float:
        """How many alarms with these ``scores`` are expected to be chance.

        As many of them as chance brings among all alarms at least as strong as the weakest.
        """
        if not scores:
            return 0.0
        least = min(scores)
        expected = sum(
            each["expected_false"] * 10 ** (-MODEL.chance_slope * max(0.0, least - each["cut"]))
            for each in self.cuts.values()
        )
        strong = sum(each.reading.score >= least for each in self.alarms)
        return float(len(scores) * min(1.0, expected / strong))


def detect(source: Source, week: date, raised: float) -> WeekFound:
    """Scan the week (its Monday), every cut lifted by ``raised`` points. Uses no later week."""
    since = week - timedelta(weeks=WEEKS_READ - 1)
    place_field = _of_weeks(source.by_place, since, week)
    whole: Counter[tuple[str, str, date]] = Counter()
    for (area, _, monday), number in place_field.items():
        whole[area, ALL, monday] += number
    units = (
        (SeriesUnit.PLACE_FIELD, place_field, source.touching),
        (SeriesUnit.OFFICE_FIELD, _of_weeks(source.by_office, since, week), ()),
        (SeriesUnit.PROJECT, _of_weeks(source.by_project, since, week), ()),
        (SeriesUnit.PLACE, whole, ()),
    )
    alarms: list[Raised] = []
    cuts: dict[str, dict[str, Any]] = {}
    silences: tuple[tuple[int, int, float], ...] = ()
    surges: tuple[tuple[int, int, float], ...] = ()
    for unit, counts, touching in units:
        table = grid(counts, week)
        if table is None:
            continue
        (found,) = scan(table, table.weeks - 1, touching)
        cut = found.cut + raised
        by_chance = found.expected_false * 10 ** (-MODEL.chance_slope * raised)
        cuts[unit.value] = {
            "cut": round(cut, 4), "expected_false": round(by_chance, 6), "series": table.series,
        }  # fmt: skip
        called = [each for each in readings(table, found) if each.score >= cut]
        alarms += _explained(unit, table, called, touching, source)
        if unit is SeriesUnit.PLACE_FIELD:
            silences = tuple(
                (source.places[each.area], each.weeks, each.expected) for each in found.silences
            )
            surges = tuple(
                (source.fields[each.field], each.observed, each.expected) for each in found.surges
            )
    smallest = [each for each in alarms if each.unit is SeriesUnit.PLACE_FIELD]
    kept = [
        each
        for each in alarms
        if each.unit is SeriesUnit.PLACE_FIELD or not _explained_away(each, smallest)
    ]
    for name, cut_of_unit in cuts.items():
        # what a smaller unit explains is no alarm, and takes its share of chance with it
        called_here = sum(each.unit.value == name for each in alarms)
        if called_here:
            left = sum(each.unit.value == name for each in kept) / called_here
            cut_of_unit["expected_false"] = round(cut_of_unit["expected_false"] * left, 6)
    return WeekFound(
        alarms=tuple(sorted(kept, key=lambda each: (-each.reading.score, each.unit, each.reading.area))),
        series=sum(each["series"] for each in cuts.values()),
        expected_false=sum(each["expected_false"] for each in cuts.values()),
        cuts=cuts,
        silences=silences,
        surges=tuple(each for each in surges if _stands(each, smallest)),
        placeless=sum(
            number
            for monday, number in source.placeless.items()
            if week - timedelta(weeks=51) <= monday <= week
        ),
        imported=bool(source.foreign),
    )  # fmt: skip


def _of_weeks(
    counts: Mapping[tuple[str, str, date], int], since: date, week: date
) -> dict[tuple[str, str, date], int]:
    return {key: number for key, number in counts.items() if since <= key[2] <= week}


def _explained(
    unit: SeriesUnit,
    table: WeeklyCounts,
    called: Sequence[Reading],
    touching: Iterable[tuple[str, str]],
    source: Source,
) -> list[Raised]:
    places = [table.find(each.area, each.field) for each in called]
    records = explain_all(table, places, table.weeks - 1, touching, EXPLAINED)
    week = table.monday(table.weeks - 1)
    first = week - timedelta(weeks=EXPLAINED - 1)
    result = []
    for reading, record in zip(called, records, strict=True):
        place, field, project, office = _ids(unit, reading, source)
        belongs = _belongs(place, field, project, office)
        result.append(
            Raised(
                unit, place, field, project, office, reading, record,
                tuple(each for each in source.behind if first <= each.week <= week and belongs(each)),
                _key_of(unit, reading.area) in source.foreign,
            )
        )  # fmt: skip
    return result


def _ids(
    unit: SeriesUnit, reading: Reading, source: Source
) -> tuple[int | None, int | None, int | None, int | None]:
    field = None if reading.field == ALL else source.fields[reading.field]
    match unit:
        case SeriesUnit.PROJECT:
            return None, None, int(reading.area), None
        case SeriesUnit.OFFICE_FIELD:
            return None, field, None, source.offices[reading.area]
    return source.places[reading.area], field, None, None


def _belongs(
    place: int | None, field: int | None, project: int | None, office: int | None
) -> Callable[[Behind], bool]:
    return lambda each: (
        (place is None or each.place == place)
        and (field is None or each.field == field)
        and (project is None or each.project == project)
        and (office is None or each.office == office)
        # what no commune is known of is in no series of communes
        and (place is None or each.place is not None)
    )


def _key_of(unit: SeriesUnit, area: str) -> str:
    kind = {SeriesUnit.PROJECT: "project", SeriesUnit.OFFICE_FIELD: "office"}.get(unit, "place")
    return f"{kind}:{area}"


def _within(week: date, reading: Reading) -> bool:
    return week > reading.monday - timedelta(weeks=reading.window)


def _explained_away(parent: Raised, smallest: Sequence[Raised]) -> bool:
    """Whether what is left of a larger unit without the surplus of its parts is an ordinary count."""
    parts = [each for each in smallest if _part_of(each, parent)]
    if not parts:
        return False
    reading = parent.reading
    steps = parent.explanation.steps
    surplus = sum(_surplus(each, parent) for each in parts)
    left = max(0.0, reading.observed - surplus)
    variance = reading.expected * steps[-1].spoken
    tail = count_tail(np.array([left]), np.array([reading.expected]), np.array([variance]))
    return float(tail[0]) > MODEL.commonest


def _part_of(part: Raised, whole: Raised) -> bool:
    """The same commune; or most of its cases came to the office, or belong to the project."""
    if whole.unit is SeriesUnit.PLACE:
        return part.place == whole.place
    counted = part.counted
    if whole.unit is SeriesUnit.OFFICE_FIELD:
        shared = sum(each.office == whole.office for each in counted)
        return part.field == whole.field and 2 * shared >= len(counted)
    return 2 * sum(each.project == whole.project for each in counted) >= len(counted)


def _surplus(part: Raised, whole: Raised) -> float:
    window = whole.reading.window
    steps = part.explanation.steps[-window:]
    return max(0.0, sum(step.count - step.expected for step in steps))


def _stands(surge: tuple[int, int, float], smallest: Sequence[Raised]) -> bool:
    """Whether the province has risen beyond the places that are alarms of their own."""
    field, observed, expected = surge
    own = sum(
        max(0.0, each.explanation.steps[-1].count - each.explanation.steps[-1].expected)
        for each in smallest
        if each.field == field
    )
    noise = math.sqrt(MODEL.reference_dispersion * max(expected, 1))
    return observed - own - expected > _SURGE * noise
