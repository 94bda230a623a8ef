"""Episodes with where they burn, their strongest alarm and the cases counted: five statements for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from config.clock import local_day
from config.database import read
from petitions.access import episodes_seen
from petitions.models import (
    Agency,
    Alarm,
    AlarmCase,
    Episode,
    EpisodePlace,
    EpisodeProject,
    Field,
    HotspotScan,
    Place,
    Project,
    User,
)
from petitions.queries.hotspots.shapes import AlarmLine, EpisodeLine, Named
from workflows.vocabulary import Actor

PART = aliased(Episode)
"""An episode, or one that was merged into it: alarms stay where they were raised."""
OF_EPISODE = func.coalesce(PART.merged_into_id, PART.id)


EPISODES = (
    select(
        Episode.id, Episode.uid, Episode.version, Episode.secret, Episode.unit, Episode.state,
        Episode.trend, Episode.serious, Episode.opened_week, Episode.last_week,
        Episode.closed_week, Episode.score, Episode.top_score, Episode.listed_week,
        Episode.owner_id, Episode.verdict, Episode.judged_at, Episode.field_id, Episode.agency_id,
        Field.code.label("field_code"), Field.name.label("field_name"),
        Agency.code.label("agency_code"), Agency.name.label("agency_name"),
        User.name.label("owner_name"),
    )
    .outerjoin(Field, Field.id == Episode.field_id)
    .outerjoin(Agency, Agency.id == Episode.agency_id)
    .outerjoin(User, User.id == Episode.owner_id)
    .where(Episode.merged_into_id.is_(None))
)  # fmt: skip
"""Episodes that were not merged into another, whoever asks."""
ALARMS = (
    select(
        OF_EPISODE.label("episode"), HotspotScan.week, Alarm.id, Alarm.unit, Alarm.place_id,
        Alarm.field_id, Alarm.project_id, Alarm.agency_id, Alarm.score, Alarm.window,
        Alarm.observed, Alarm.expected, Alarm.p, Alarm.tail, Alarm.history, Alarm.imported,
        Alarm.completeness, Place.code.label("place_code"), Place.name.label("place_name"),
        Field.code.label("field_code"), Field.name.label("field_name"),
        Project.name.label("project_name"), Agency.code.label("agency_code"),
        Agency.name.label("agency_name"),
    )
    .join(HotspotScan, HotspotScan.id == Alarm.scan_id)
    .join(PART, PART.id == Alarm.episode_id)
    .outerjoin(Place, Place.id == Alarm.place_id)
    .outerjoin(Field, Field.id == Alarm.field_id)
    .outerjoin(Project, Project.id == Alarm.project_id)
    .outerjoin(Agency, Agency.id == Alarm.agency_id)
)  # fmt: skip
"""Alarms with their names, and the ``episode`` they belong to by now."""
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_NEWEST = (
    select(OF_EPISODE.label("episode"), func.max(HotspotScan.week).label("week"))
    .join(Alarm, Alarm.episode_id == PART.id)
    .join(HotspotScan, HotspotScan.id == Alarm.scan_id)
    .where(OF_EPISODE.in_(_IDS), HotspotScan.week <= bindparam("at", type_=Date()))
    .group_by(OF_EPISODE)
    .subquery()
)
_LATEST = ALARMS.join(
    _NEWEST, and_(_NEWEST.c.episode == OF_EPISODE, _NEWEST.c.week == HotspotScan.week)
).order_by(Alarm.score.desc(), Alarm.id)
_LAST_WEEK = select(func.max(HotspotScan.week))
_CASES = (
    select(AlarmCase.alarm_id, AlarmCase.case_id, AlarmCase.week)
    .where(AlarmCase.alarm_id.in_(_IDS))
    .order_by(AlarmCase.alarm_id, AlarmCase.case_id)
)
_PLACES = (
    select(EpisodePlace.episode_id, Place.id, Place.code, Place.name)
    .join(Place, Place.id == EpisodePlace.place_id)
    .where(EpisodePlace.episode_id.in_(_IDS))
    .order_by(EpisodePlace.episode_id, EpisodePlace.since, Place.name, Place.id)
)
_PROJECTS = (
    select(EpisodeProject.episode_id, Project.id, Project.id.label("code"), Project.name)
    .join(Project, Project.id == EpisodeProject.project_id)
    .where(EpisodeProject.episode_id.in_(_IDS))
    .order_by(EpisodeProject.episode_id, EpisodeProject.since, Project.name, Project.id)
)


def lines(
    *wanted: ColumnElement[bool], actor: Actor, at: date | None = None
) -> tuple[EpisodeLine, ...]:
    """The episodes ``wanted`` that this actor may read, the rarest first.

    ``at``: with the alarms of that week or before it (its Monday), not the latest ones.
    """
    return told(read(EPISODES.where(*wanted, episodes_seen(actor))).all(), at)


def told(rows: Sequence[Any], at: date | None = None) -> tuple[EpisodeLine, ...]:
    """Rows of ``EPISODES`` as ``lines`` tells them."""
    if not rows:
        return ()
    ids = [row.id for row in rows]
    places, projects = _named(_PLACES, ids), _named(_PROJECTS, ids)
    alarms = _latest_alarms(ids, at)
    cases = counted_cases(alarms)
    latest = read(_LAST_WEEK).scalar_one()
    result = []
    for row in rows:
        own = alarms.get(row.id)
        if not own:
            continue
        result.append(
            EpisodeLine(
                id=row.id, uid=row.uid, version=row.version, secret=row.secret, unit=row.unit,
                state=row.state, trend=row.trend, serious=row.serious, opened_week=row.opened_week,
                last_week=row.last_week, closed_week=row.closed_week, score=row.score,
                top_score=row.top_score, listed_week=row.listed_week,
                field=named(row.field_id, row.field_code, row.field_name),
                office=named(row.agency_id, row.agency_code, row.agency_name),
                places=tuple(places[row.id]), projects=tuple(projects[row.id]),
                owner_id=row.owner_id, owner=row.owner_name, verdict=row.verdict,
                judged_on=row.judged_at and local_day(row.judged_at),
                headline=own[0],
                case_ids=tuple(sorted({each for alarm in own for each in cases[alarm.id]})),
                alarmed=row.last_week == latest,
            )
        )  # fmt: skip
    return tuple(sorted(result, key=lambda line: (line.headline.p, -line.score, line.id)))


def alarm_line(row: Any) -> AlarmLine:
    """A row of ``ALARMS``."""
    return AlarmLine(
        id=row.id, week=row.week, unit=row.unit,
        place=named(row.place_id, row.place_code, row.place_name),
        field=named(row.field_id, row.field_code, row.field_name),
        project=named(row.project_id, str(row.project_id), row.project_name),
        office=named(row.agency_id, row.agency_code, row.agency_name),
        score=row.score, window=row.window, observed=row.observed, expected=row.expected,
        p=row.p, tail=row.tail, history=row.history, imported=row.imported,
        completeness=row.completeness,
    )  # fmt: skip


def _latest_alarms(ids: Sequence[int], at: date | None) -> dict[int, list[AlarmLine]]:
    """By episode, the alarms of its latest week (up to ``at``), the strongest first."""
    found: dict[int, list[AlarmLine]] = defaultdict(list)
    for row in read(_LATEST, {"ids": ids, "at": at or date.max}):
        found[row.episode].append(alarm_line(row))
    return dict(found)


def episodes_of(case_id: Any) -> Select[int]:
    """Ids of the episodes an alarm of which, however old, names the case."""
    return (
        select(OF_EPISODE)
        .join(Alarm, Alarm.episode_id == PART.id)
        .join(AlarmCase, AlarmCase.alarm_id == Alarm.id)
        .where(AlarmCase.case_id == case_id)
    )


def counted_cases(alarms: dict[int, list[AlarmLine]]) -> dict[int, tuple[int, ...]]:
    """By alarm, the cases within its window."""
    flat = {alarm.id: alarm for own in alarms.values() for alarm in own}
    found: dict[int, list[int]] = defaultdict(list)
    for alarm_id, case_id, week in read(_CASES, {"ids": list(flat)}):
        if in_window(flat[alarm_id], week):
            found[alarm_id].append(case_id)
    return defaultdict(tuple, {each: tuple(ids) for each, ids in found.items()})


def in_window(alarm: AlarmLine, week: date) -> bool:
    """Whether the alarm counted that week among its ``observed``."""
    return week > alarm.week - timedelta(weeks=alarm.window)


def named(number: int | None, code: str | None, name: str | None) -> Named | None:
    """None where nothing is named."""
    return None if number is None else Named(number, code or "", name or "")


def _named(statement: Any, ids: Sequence[int]) -> dict[int, list[Named]]:
    found: dict[int, list[Named]] = defaultdict(list)
    for episode, number, key, name in read(statement, {"ids": ids}):
        found[episode].append(Named(number, str(key), name))
    return found
