"""Episodes with where they burn, their strongest alarm and the cases counted: five statements for any number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
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

_PART = aliased(Episode)
"""An episode, or one that was merged into it: alarms stay where they were raised."""
OF_EPISODE = func.coalesce(_PART.merged_into_id, _PART.id)


def lines(
    *wanted: ColumnElement[bool], actor: Actor, at: date | None = None
) -> tuple[EpisodeLine, ...]:
    """The episodes ``wanted`` that this actor may read, the rarest first.

    ``at``: with the alarms of that week or before it (its Monday), not the latest ones.
    """
    statement = _episodes().where(*wanted, Episode.merged_into_id.is_(None), episodes_seen(actor))
    rows = read(statement).all()
    if not rows:
        return ()
    ids = [row.id for row in rows]
    places = _named(EpisodePlace, EpisodePlace.place_id, Place, Place.code, ids)
    projects = _named(EpisodeProject, EpisodeProject.project_id, Project, None, ids)
    alarms = latest_alarms(ids, at)
    cases = counted_cases(alarms)
    latest = read(select(func.max(HotspotScan.week))).scalar_one()
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


def _episodes() -> Select[*tuple[Any, ...]]:
    return (
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
    )  # fmt: skip


def alarm_columns() -> Select[*tuple[Any, ...]]:
    """Alarms with their names, and ``episode`` they belong to by now."""
    return (
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
        .join(_PART, _PART.id == Alarm.episode_id)
        .outerjoin(Place, Place.id == Alarm.place_id)
        .outerjoin(Field, Field.id == Alarm.field_id)
        .outerjoin(Project, Project.id == Alarm.project_id)
        .outerjoin(Agency, Agency.id == Alarm.agency_id)
    )  # fmt: skip


def alarm_line(row: Any) -> AlarmLine:
    """A row of ``alarm_columns``."""
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


def latest_alarms(ids: Sequence[int], at: date | None = None) -> dict[int, list[AlarmLine]]:
    """By episode, the alarms of its latest week (up to ``at``), the strongest first."""
    newest = (
        select(OF_EPISODE.label("episode"), func.max(HotspotScan.week).label("week"))
        .join(Alarm, Alarm.episode_id == _PART.id)
        .join(HotspotScan, HotspotScan.id == Alarm.scan_id)
        .where(OF_EPISODE.in_(ids))
        .group_by(OF_EPISODE)
    )
    if at is not None:
        newest = newest.where(HotspotScan.week <= at)
    weeks = newest.subquery()
    rows = read(
        alarm_columns()
        .join(weeks, (weeks.c.episode == OF_EPISODE) & (weeks.c.week == HotspotScan.week))
        .order_by(Alarm.score.desc(), Alarm.id)
    )
    found: dict[int, list[AlarmLine]] = defaultdict(list)
    for row in rows:
        found[row.episode].append(alarm_line(row))
    return dict(found)


def counted_cases(alarms: dict[int, list[AlarmLine]]) -> dict[int, tuple[int, ...]]:
    """By alarm, the cases within its window."""
    flat = {alarm.id: alarm for own in alarms.values() for alarm in own}
    rows = read(
        select(AlarmCase.alarm_id, AlarmCase.case_id, AlarmCase.week)
        .where(AlarmCase.alarm_id.in_(flat))
        .order_by(AlarmCase.alarm_id, AlarmCase.case_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for alarm_id, case_id, week in rows:
        if in_window(flat[alarm_id], week):
            found[alarm_id].append(case_id)
    return defaultdict(tuple, {each: tuple(ids) for each, ids in found.items()})


def in_window(alarm: AlarmLine, week: date) -> bool:
    """Whether the alarm counted that week among its ``observed``."""
    return week > alarm.week - timedelta(weeks=alarm.window)


def named(number: int | None, code: str | None, name: str | None) -> Named | None:
    """None where nothing is named."""
    return None if number is None else Named(number, code or "", name or "")


def _named(
    link: Any, column: Any, model: Any, code: Any, ids: Iterable[int]
) -> dict[int, list[Named]]:
    rows = read(
        select(link.episode_id, model.id, code if code is not None else model.name, model.name)
        .join(model, model.id == column)
        .where(link.episode_id.in_(ids))
        .order_by(link.episode_id, link.since, model.name, model.id)
    )
    found: dict[int, list[Named]] = defaultdict(list)
    for episode, number, key, name in rows:
        found[episode].append(Named(number, key if code is not None else str(number), name))
    return found
