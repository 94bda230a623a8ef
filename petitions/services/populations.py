"""How many people live in each place, where the list of units says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, insert, select, tuple_

from config.database import transaction
from petitions.models import Place, PlacePopulation
from petitions.services.imports.tables import Layout, Unreadable, look_through
from petitions.text import BadDate, parse_vn_date

PEOPLE, COUNTED_ON = "population", "population_on"
"""Columns of a list of units: people, and the day they were counted (without it, today)."""
MOST = 200_000_000
_NUMBER = re.compile(r"\d+|\d{1,3}(?:[. ]\d{3})+")


@dataclass(frozen=True, slots=True)
class Counted:
    """People of a place by its code, as of a day."""

    on: date
    people: int


def read_people(path: Path, *, today: date) -> Mapping[str, Counted]:
    """What a list of units says of its people, by code; nothing where it has no such column.

    Raises ``Unreadable`` naming row and field.
    """
    table = look_through(path, Layout())
    code_at, people_at, on_at = map(table.position, ("code", PEOPLE, COUNTED_ON))
    if code_at is None or people_at is None:
        return {}
    found = {}
    for row, cells in table.rows():
        padded = [*cells, *([""] * (max(code_at, people_at, on_at or 0) + 1 - len(cells)))]
        text = padded[people_at].strip()
        if not text:
            continue
        people = int(re.sub(r"[. ]", "", text)) if _NUMBER.fullmatch(text) else 0
        if not 0 < people <= MOST:
            raise Unreadable(path, f"“{text[:40]}” không phải là số dân.", row, PEOPLE)
        on = today
        if on_at is not None and padded[on_at].strip():
            on = _day(path, row, padded[on_at].strip())
        found[padded[code_at].strip()] = Counted(on, people)
    return found


def keep(counted: Mapping[str, Counted]) -> int:
    """Write what ``read_people`` read, over what was known of the same days; returns how many places."""
    if not counted:
        return 0
    with transaction() as session:
        ids = {
            row.code: row.id
            for row in session.execute(
                select(Place.code, Place.id).where(Place.code.in_([*counted]))
            )
        }
        rows = [
            {"place_id": ids[code], "on": each.on, "people": each.people}
            for code, each in counted.items()
            if code in ids
        ]
        keys = [(row["place_id"], row["on"]) for row in rows]
        session.execute(
            delete(PlacePopulation).where(
                tuple_(PlacePopulation.place_id, PlacePopulation.on).in_(keys)
            )
        )
        session.execute(insert(PlacePopulation), rows)
    return len(rows)


def _day(path: Path, row: int, text: str) -> date:
    try:
        parsed = parse_vn_date(text)
    except BadDate:
        parsed = None
    if parsed is None or parsed.precision != "day":
        raise Unreadable(path, f"“{text[:40]}” không phải là ngày hợp lệ.", row, COUNTED_ON)
    return parsed.date
