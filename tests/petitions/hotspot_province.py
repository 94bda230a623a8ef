"""A province with five quarters of casework, three planted hot spots and a surge that is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from config.database import transaction
from petitions.models import Case, Field, Place, PlaceNeighbour, Project, ProjectPlace
from petitions.models.base import FAR
from petitions.text import fold
from tests.world import SINCE, World
from workflows.records import Source
from workflows.vocabulary import Coarse, Kind, State

LAST = date(2026, 11, 9)
"""Monday of the latest week that is over on the tests' day."""
WEEKS = 72
FIELDS = ("dat-dai", "moi-truong", "chinh-sach", "xay-dung", "tai-chinh", "van-hoa-xa-hoi")
COMMUNES = 16


@dataclass(frozen=True)
class Planted:
    """Ids by code, and where the three hot spots were planted."""

    places: Mapping[str, int]
    fields: Mapping[str, int]
    project: int

    burst = ("98002", "moi-truong")
    """Nine petitions in two weeks about one field of one commune."""
    road = ("98005", "98006", "98009")
    """A project over three touching communes, a few petitions a week in each."""
    commune = "98015"
    """A commune where everything rises, no field alone."""
    surge = "van-hoa-xa-hoi"
    """The field that rises everywhere in the latest week."""
    silent = "98000"
    """The largest commune, from which nothing has come for two months."""


def monday(back: int) -> date:
    """The Monday ``back`` weeks before the latest."""
    return LAST - timedelta(weeks=back)


def case_row(world: World, number: int, day: date, **more: Any) -> dict[str, Any]:
    """A sound row of a case received that day."""
    return {
        "code": f"H-{number:06d}", "version": 1, "kind": Kind.FEEDBACK, "instance": 1,
        "state": State.RECEIVED, "coarse": Coarse.RECEIVED, "open": True, "subkind": None,
        "agency_id": world.agencies["ubnd-tinh"], "origin_agency_id": world.agencies["ubnd-tinh"],
        "first_received_on": day, "received_on": day, "last_on": day, "next_look": FAR,
        "entered_at": datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
        "source": Source.POST, "summary": "…", "marks": [], "facts": {}, "project_id": None,
        "place_id": None, "security_risk": False, "imported_key": None, **more,
    }  # fmt: skip


def plant(world: World, seed: int = 3) -> Planted:
    """Write the province; every run writes the same."""
    with transaction() as session:
        fields = dict(session.execute(select(Field.code, Field.id)).all())
        places = _places(session, world.places["99"])
        project = Project(name="Đường tỉnh 12", starts_on=SINCE)
        session.add(project)
        session.flush()
        planted = Planted(places, fields, project.id)
        for code in Planted.road:
            session.add(ProjectPlace(project_id=project.id, place_id=places[code]))
        rows = [
            case_row(world, number, day, place_id=places[place], field_id=fields[field],
                     project_id=planted.project if tagged else None, imported_key=key)
            for number, (day, place, field, tagged, key) in enumerate(_casework(seed))
        ]  # fmt: skip
        session.execute(insert(Case), rows)
    return planted


def _places(session: Any, province: int) -> dict[str, int]:
    places = {}
    for number in range(COMMUNES):
        name = f"Xã Thứ {number}"
        place = Place(code=f"98{number:03d}", name=name, folded_name=fold(name), kind="xã",
                      province_id=province, valid_from=SINCE)  # fmt: skip
        session.add(place)
        session.flush()
        places[place.code] = place.id
    ids = list(places.values())
    for one in range(COMMUNES):
        for other in (one + 1, one + 4):
            if other < COMMUNES and (other == one + 4 or other % 4):
                session.add(PlaceNeighbour(place_id=ids[one], neighbour_id=ids[other]))
                session.add(PlaceNeighbour(place_id=ids[other], neighbour_id=ids[one]))
    return places


def _casework(seed: int) -> Iterator[tuple[date, str, str, bool, str | None]]:
    """(day, commune, field, of the project, key in the old register)."""
    source = np.random.default_rng(seed)
    sizes = np.where(np.arange(COMMUNES) == 0, 5.0, 1.0)
    number = 0
    for back in range(WEEKS - 1, -1, -1):
        counts = source.poisson(0.16 * sizes[:, None], (COMMUNES, len(FIELDS)))
        if back < 9:
            counts[0, :] = 0
        if back == 0:
            counts[1:, FIELDS.index(Planted.surge)] += 1
        for area, topic in zip(*np.nonzero(counts), strict=True):
            for each in range(int(counts[area, topic])):
                number += 1
                day = monday(back) + timedelta(days=(number + each) % 7)
                key = f"so-cu:{number}" if back > 60 else None
                yield day, f"98{area:03d}", FIELDS[topic], False, key
        for day, place, field, tagged in _planted(back):
            yield day, place, field, tagged, None


def _planted(back: int) -> Iterator[tuple[date, str, str, bool]]:
    first = monday(back)
    if back in {0, 1}:
        for each in range(5):
            yield first + timedelta(days=each), *Planted.burst, False
    if back < 5:
        for place in Planted.road:
            yield first + timedelta(days=2), place, "dat-dai", True
            if back < 3 or place == Planted.road[0]:
                yield first + timedelta(days=3), place, "dat-dai", True
    if back < 6:
        for each in range(3):  # every field a little, none of them much
            yield (
                first + timedelta(days=each),
                Planted.commune,
                FIELDS[(3 * back + each) % 5],
                False,
            )
