"""Lines over time with the band an ordinary week stays in, from the cases the reader may open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from sqlalchemy import select

from config.database import read
from petitions.access import episodes_seen, visible
from petitions.models import Alarm, Episode, Field, HotspotScan, Place
from petitions.queries.hotspots.counts import FIELD, PLACE, WEEKS_READ, cells, merged_places
from petitions.queries.hotspots.lines import OF_EPISODE, PART
from petitions.queries.hotspots.shapes import SeriesKey, SeriesLine, SeriesPoint
from workflows.hotspots.grid import grid, usual
from workflows.vocabulary import Actor

BAND = 2.0
"""Standard deviations either side of what is usual: about one ordinary week in twenty leaves them."""


def series(
    actor: Actor, on: date, wanted: Sequence[SeriesKey], weeks: int = 52
) -> tuple[SeriesLine, ...]:
    """The ``wanted`` lines over the last ``weeks`` complete weeks before the day ``on``.

    Counted from matters the reader may open, denunciations left out, in two statements for any
    number of lines; the band is the detector's own expectation. A line nothing is known of is zero.
    """
    last = on - timedelta(days=on.weekday() + 7)
    since = last - timedelta(weeks=WEEKS_READ - 1)
    codes, fields = _codes(Place), _codes(Field)
    into = merged_places()
    counts: dict[tuple[str, str, date], int] = {}
    foreign: set[tuple[str, str]] = set()
    for cell in cells(
        PLACE, FIELD, secret=False, first=since, last=last + timedelta(days=6), extra=visible(actor)
    ):
        place, field = cell.key
        if place is None or field is None:
            continue
        pair = codes[into.get(place, place)], fields[field]
        counts[(*pair, cell.week)] = counts.get((*pair, cell.week), 0) + cell.count
        if cell.imported:
            foreign.add(pair)
    table = grid(counts, last)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(weeks))]
    alarms = _alarms(actor, mondays[0])
    if table is None:
        return tuple(SeriesLine(key, _zeros(mondays), imported=False) for key in wanted)
    parts = {
        key: np.flatnonzero(
            [
                (key.place is None or table.areas[area] == key.place)
                and (key.field is None or table.fields[field] == key.field)
                for area, field in zip(table.area_of, table.field_of, strict=True)
            ]
        )
        for key in wanted
    }
    known = {
        table.monday(each.week): each for each in usual(table, max(0, table.week_of(mondays[0])))
    }
    result = []
    for key in wanted:
        mine = parts[key]
        points = []
        for monday in mondays:
            now = known.get(monday)
            if now is None:
                points.append(SeriesPoint(monday, 0, 0.0, 0.0, 0.0, alarm=False))
                continue
            expected = float(now.expected[mine].sum())
            spread = BAND * math.sqrt(float(now.variance[mine].sum()))
            points.append(
                SeriesPoint(
                    monday,
                    int(table.counts[now.week][mine].sum()),
                    expected,
                    max(0.0, expected - spread),
                    expected + spread,
                    alarm=(key.place, key.field, monday) in alarms,
                )
            )
        imported = any(
            key.place in (None, place) and key.field in (None, field) for place, field in foreign
        )
        result.append(SeriesLine(key, tuple(points), imported))
    return tuple(result)


def _codes(model: type[Place] | type[Field]) -> dict[int, str]:
    return dict(read(select(model.id, model.code)).all())


def _zeros(mondays: Sequence[date]) -> tuple[SeriesPoint, ...]:
    return tuple(SeriesPoint(monday, 0, 0.0, 0.0, 0.0, alarm=False) for monday in mondays)


def _alarms(actor: Actor, since: date) -> set[tuple[str | None, str | None, date]]:
    """(place, field, week) of every alarm the reader may know of, and of what contains it."""
    rows = read(
        select(Place.code, Field.code, HotspotScan.week)
        .select_from(Alarm)
        .join(HotspotScan, HotspotScan.id == Alarm.scan_id)
        .join(PART, PART.id == Alarm.episode_id)
        .join(Episode, Episode.id == OF_EPISODE)
        .outerjoin(Place, Place.id == Alarm.place_id)
        .outerjoin(Field, Field.id == Alarm.field_id)
        .where(~HotspotScan.secret, HotspotScan.week >= since, episodes_seen(actor))
    )
    found: set[tuple[str | None, str | None, date]] = set()
    for place, field, week in rows:
        found |= {
            (place, field, week),
            (place, None, week),
            (None, field, week),
            (None, None, week),
        }
    return found
