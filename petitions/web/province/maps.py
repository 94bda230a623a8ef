"""The map of the communes and the table of places by fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import render_template, request, url_for

from petitions.queries import hotspots
from petitions.queries.hotspots import EpisodeLine
from petitions.queries.province.places import (
    RECENT,
    Commune,
    Counts,
    Measure,
    by_place,
    by_place_and_field,
    communes,
    names_of,
)
from petitions.web.kept import province_map, reads_hotspots
from petitions.web.pictures import Scale, scale_of
from petitions.web.province.door import blueprint, cases_href, frame, late_href, reader
from petitions.web.session import today
from workflows.vocabulary import Actor


class Shown(StrEnum):
    """What the map is coloured by; the words of its address."""

    OPEN = "dang-mo"
    OVERDUE = "qua-han"
    RECEIVED = "moi-nhan"
    ALARMS = "diem-nong"
    PER_PEOPLE = "tren-1000-dan"


WORDS = {
    Shown.OPEN: "Hồ sơ đang mở",
    Shown.OVERDUE: "Hồ sơ quá hạn",
    Shown.RECEIVED: "Đơn nhận trong 12 tuần",
    Shown.ALARMS: "Điểm nóng đang theo dõi",
    Shown.PER_PEOPLE: "Hồ sơ đang mở trên 1.000 dân",
}
OF_CASES = {
    Shown.OPEN: Measure.OPEN, Shown.OVERDUE: Measure.OVERDUE, Shown.RECEIVED: Measure.RECEIVED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One commune on the map and in its table. ``value`` is what is shown, None where not known."""

    commune: Commune
    counts: Counts
    alarms: tuple[EpisodeLine, ...]
    value: float | None
    shade: int
    open_href: str
    late_href: str

    @property
    def per_people(self) -> float | None:
        """Open cases on 1,000 people; None where nobody counted them."""
        return _per_people(self.counts, self.commune)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Cases no commune of the province is named in."""

    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Legend:
    """One shade and what it stands for."""

    shade: int
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the heat table."""

    value: int
    shade: int
    href: str | None


@blueprint.get("/toan-canh")
def index() -> str:
    """The communes coloured by what is asked for, with their table."""
    me, on = reader(), today()
    places = communes(on, drawn=False)
    counts = by_place(me, on)
    burning = hotspots.burning(me, on)
    peopled = any(each.people for each in places)
    shown = _shown(me, peopled)
    rows, scale = _rows(me, places, counts, burning, shown)
    return render_template(
        "province_map.html",
        **frame(),
        shown=shown,
        choices=[
            (text, url_for("province.index", xem=each.value), each is shown)
            for each, text in WORDS.items()
            if _offered(each, me, peopled)
        ],
        words=WORDS[shown],
        rows=rows,
        drawing=province_map(on),
        legend=_legend(scale, whole=shown is not Shown.PER_PEOPLE),
        elsewhere=_elsewhere(places, counts),
        total=sum(counts.values(), Counts()),
        burning=burning,
        alarms=reads_hotspots(me),
        peopled=peopled,
        recent=RECENT,
    )


@blueprint.get("/toan-canh/linh-vuc")
def fields() -> str:
    """Places by groups of fields, each cell shaded by its number."""
    me, on = reader(), today()
    shown = _of_cases()
    measure = OF_CASES[shown]
    found, groups = by_place_and_field(me, on)
    groups = tuple(
        each
        for each in groups
        if any(counts.of(measure) for (_, field), counts in found.items() if field == each.id)
    )
    values = {at: counts.of(measure) for at, counts in found.items()}
    scale = scale_of(values.values())

    def cell(place: int | None, group: int, *, whole: bool) -> Cell:
        value = values.get((place, group), 0)
        href = None
        if value and whole and place and shown is not Shown.RECEIVED:
            link = late_href if shown is Shown.OVERDUE else cases_href
            href = link(me, place_id=place, field_id=group)
        return Cell(value, scale.shade(value), href)

    lines = []
    places = communes(on, drawn=False)
    for each in places:
        cells = [cell(each.id, group.id, whole=group.whole) for group in groups]
        if any(one.value for one in cells):
            lines.append((each.name, cells, sum(one.value for one in cells)))
    lines.sort(key=lambda line: (-line[2], line[0]))
    known = {each.id for each in places}
    other = [
        sum(value for (place, field), value in values.items() if field == group.id and place not in known)
        for group in groups
    ]  # fmt: skip
    return render_template(
        "province_fields.html",
        **frame(),
        shown=shown,
        choices=[
            (WORDS[each], url_for("province.fields", xem=each.value), each is shown)
            for each in OF_CASES
        ],
        words=WORDS[shown],
        groups=groups,
        lines=lines,
        other=other,
        sums=[
            sum(value for (_, field), value in values.items() if field == group.id)
            for group in groups
        ],
        legend=_legend(scale),
    )


def _shown(me: Actor, peopled: bool) -> Shown:
    asked = request.args.get("xem", "")
    found = next((each for each in Shown if each.value == asked), Shown.OPEN)
    return found if _offered(found, me, peopled) else Shown.OPEN


def _of_cases() -> Shown:
    asked = request.args.get("xem", "")
    return next((each for each in OF_CASES if each.value == asked), Shown.OPEN)


def _offered(each: Shown, me: Actor, peopled: bool) -> bool:
    """Hot spots to whoever reads them, rates where people were counted."""
    if each is Shown.ALARMS:
        return reads_hotspots(me)
    return peopled or each is not Shown.PER_PEOPLE


def _rows(
    me: Actor,
    places: Sequence[Commune],
    counts: Mapping[int | None, Counts],
    burning: Sequence[EpisodeLine],
    shown: Shown,
) -> tuple[list[PlaceRow], Scale]:
    alarms = {
        each.id: tuple(line for line in burning if any(at.id == each.id for at in line.places))
        for each in places
    }
    values = {
        each.id: _value(shown, counts.get(each.id, Counts()), each, len(alarms[each.id]))
        for each in places
    }
    scale = scale_of(values.values())
    rows = [
        PlaceRow(
            commune=each,
            counts=counts.get(each.id, Counts()),
            alarms=alarms[each.id],
            value=values[each.id],
            shade=scale.shade(values[each.id]),
            open_href=cases_href(me, place_id=each.id),
            late_href=late_href(me, place_id=each.id),
        )
        for each in places
    ]
    return rows, scale


def _value(shown: Shown, counts: Counts, commune: Commune, alarms: int) -> float | None:
    if shown is Shown.ALARMS:
        return alarms
    if shown is Shown.PER_PEOPLE:
        return _per_people(counts, commune)
    return counts.of(OF_CASES[shown])


def _per_people(counts: Counts, commune: Commune) -> float | None:
    return round(counts.open * 1000 / commune.people, 2) if commune.people else None


def _elsewhere(places: Sequence[Commune], counts: Mapping[int | None, Counts]) -> list[Elsewhere]:
    """What lies outside the map, so that the table adds up."""
    known = {each.id for each in places}
    outside = [each for each in counts if each is not None and each not in known]
    names = names_of(outside)
    found = [Elsewhere(names[each], counts[each]) for each in outside]
    if None in counts:
        found.append(Elsewhere("Chưa rõ địa bàn", counts[None]))
    return found


def _legend(scale: Scale, *, whole: bool = True) -> list[Legend]:
    """What each shade stands for, nothing first."""
    found = [Legend(0, "0")]
    for number, start in enumerate(scale.starts):
        if number + 1 == len(scale.starts):
            text = f"từ {_said(start)}"
        elif whole:
            end = scale.starts[number + 1] - 1
            text = _said(start) if end == start else f"{_said(start)}–{_said(end)}"
        else:
            text = f"{_said(start)} đến dưới {_said(scale.starts[number + 1])}"
        found.append(Legend(number + 1, text))
    return found


def _said(value: float) -> str:
    return f"{value:g}".replace(".", ",")
