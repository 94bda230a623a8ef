"""A week's alarms become rows: the scan, its alarms with their cases, and what they make of episodes."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from config.database import table_of
from petitions.installation import installation
from petitions.models import (
    Alarm,
    AlarmCase,
    Episode,
    EpisodeEntry,
    EpisodePlace,
    EpisodeProject,
    HotspotScan,
    ShareAlarm,
    ShareAlarmCase,
    Silence,
    Surge,
)
from petitions.queries.hotspots.lists import OPEN
from petitions.services.hotspots.detecting import Raised, WeekFound
from petitions.services.hotspots.shares import Signed
from petitions.services.hotspots.sources import Source
from workflows import episodes as rules
from workflows.episodes import Course, EntryKind, Standing, Trend
from workflows.hotspots import MODEL


def keep(
    session: Session,
    found: WeekFound,
    source: Source,
    *,
    week: date,
    secret: bool,
    raised: float,
    now: datetime,
) -> int:
    """Write what the scan of the week found; returns how many episodes are put before people."""
    standing = _standing(session, secret)
    seen = [each.found for each in found.alarms]
    courses = rules.course(week, seen, list(standing.values()), source.touching_ids)
    chosen = rules.listed(courses, seen)
    scan_id = session.execute(
        insert(HotspotScan)
        .values(
            week=week, secret=secret, model=MODEL.version, scanned_at=now, series=found.series,
            alarms=len(found.alarms), expected_false=found.expected_false, listed=len(chosen),
            listed_false=found.by_chance([each.score for each in chosen]), raised=raised,
            cuts=dict(found.cuts), placeless=found.placeless, imported=found.imported,
        )
        .returning(HotspotScan.id)
    ).scalar_one()  # fmt: skip
    _insert(session, Silence, (
        {"scan_id": scan_id, "place_id": place, "weeks": weeks, "expected": expected}
        for place, weeks, expected in found.silences
    ))  # fmt: skip
    _insert(session, Surge, (
        {"scan_id": scan_id, "field_id": field, "observed": observed, "expected": expected}
        for field, observed, expected in found.surges
    ))  # fmt: skip
    for each in courses:
        episode = _episode(session, each, found.alarms, week, secret, now)
        _move(session, episode, each, week, now)
        if episode.field_id is None and each.alarms:
            episode.field_id = _one_field([found.alarms[number] for number in each.alarms])
        if each in chosen:
            episode.listed_week, episode.listed_score = week, each.score
            _note(session, episode, EntryKind.LISTED, now, week=week)
        for number in each.alarms:
            _alarm(session, found.alarms[number], scan_id, episode.id, source, week)
    return len(chosen)


def keep_shares(session: Session, signed: Signed, week: date) -> None:
    """Write the rate alarms beside the week's scan, just written, with the cases counted in each."""
    found = signed.called(week)
    scan = session.scalars(
        select(HotspotScan).where(HotspotScan.week == week, ~HotspotScan.secret)
    ).one()
    scan.cuts = {
        **scan.cuts,
        "shares": {
            "cut": found.cut, "expected_false": found.expected_false, "series": found.series,
            "alarms": len(found.shares),
        },
    }  # fmt: skip
    for each in found.shares:
        alarm_id = session.execute(
            insert(ShareAlarm)
            .values(
                scan_id=scan.id, place_id=each.place, sign=each.sign, window=each.window,
                marked=each.marked, matters=each.matters, before_marked=each.before_marked,
                before=each.before, around=each.around, expected=each.expected, p=each.p,
            )
            .returning(ShareAlarm.id)
        ).scalar_one()  # fmt: skip
        _insert(session, ShareAlarmCase, (
            {"alarm_id": alarm_id, "case_id": case_id, "marked": bears}
            for case_id, bears in sorted(signed.behind(each, week).items())
        ))  # fmt: skip


def _standing(session: Session, secret: bool) -> dict[int, Standing]:
    """The episodes that may take this week's alarms."""
    rows = session.scalars(
        select(Episode)
        .where(
            Episode.secret == secret,
            Episode.merged_into_id.is_(None),
            OPEN,
        )
        .with_for_update()
    ).all()
    rows = [each for each in rows if rules.takes_alarms(each.state, each.trend)]
    ids = [each.id for each in rows]
    places = _links(session, EpisodePlace, EpisodePlace.place_id, ids)
    projects = _links(session, EpisodeProject, EpisodeProject.project_id, ids)
    return {
        each.id: Standing(
            each.id, each.field_id, each.agency_id, frozenset(places[each.id]),
            frozenset(projects[each.id]), each.score, each.listed_score, each.serious,
            each.opened_week, each.last_week, each.state, each.trend,
        )
        for each in rows
    }  # fmt: skip


def _links(session: Session, model: Any, column: Any, ids: Sequence[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for episode, other in session.execute(
        select(model.episode_id, column).where(model.episode_id.in_(ids))
    ):
        found[episode].add(other)
    return found


def _episode(
    session: Session,
    course: Course,
    alarms: Sequence[Raised],
    week: date,
    secret: bool,
    now: datetime,
) -> Episode:
    if course.into is not None:
        return session.get_one(Episode, course.into)
    head = alarms[course.alarms[0]]
    wrapped = installation().keyring.new_case_key()[1] if secret else None
    episode = Episode(
        uid=secrets.token_hex(16), version=1, secret=secret, wrapped=wrapped, unit=head.unit,
        field_id=head.subject, agency_id=head.office, state=course.state, trend=course.trend,
        serious=course.serious, opened_week=week, last_week=week, score=course.score,
        top_score=course.score,
    )  # fmt: skip
    session.add(episode)
    session.flush()
    _note(session, episode, EntryKind.OPENED, now, week=week)
    return episode


def _move(session: Session, episode: Episode, course: Course, week: date, now: datetime) -> None:
    if not course.alarms:
        if course.trend is episode.trend:
            return
        episode.trend = course.trend
        if course.trend is Trend.CLOSED:
            episode.closed_week = week
            _note(session, episode, EntryKind.CLOSED, now, week=week)
        episode.version += 1
        session.flush()
        return
    for other_id in course.merged:
        _merge(session, episode, session.get_one(Episode, other_id), week, now)
    if course.reopened:
        _note(session, episode, EntryKind.REOPENED, now, week=week)
    episode.trend, episode.state, episode.closed_week = course.trend, course.state, None
    episode.last_week, episode.score, episode.serious = week, course.score, course.serious
    episode.top_score = max(episode.top_score, course.score)
    episode.version += 1
    session.flush()
    _add_links(session, EpisodePlace, "place_id", episode.id, course.places, week)
    _add_links(session, EpisodeProject, "project_id", episode.id, course.projects, week)


def _one_field(alarms: Sequence[Raised]) -> int | None:
    """What began as everything in a commune turns out to be about one field."""
    fields = {each.subject for each in alarms}
    return fields.pop() if len(fields) == 1 else None


def _merge(session: Session, episode: Episode, other: Episode, week: date, now: datetime) -> None:
    """``other`` lives on in ``episode``: its alarms stay with it and are read with the whole."""
    _note(session, episode, EntryKind.MERGED, now, week=week, other_id=other.id)
    _note(session, other, EntryKind.MERGED, now, week=week, other_id=episode.id)
    if episode.owner_id is None:
        episode.owner_id = other.owner_id
    episode.opened_week = min(episode.opened_week, other.opened_week)
    other.merged_into_id = episode.id
    other.trend, other.closed_week = Trend.CLOSED, week
    other.version += 1
    session.flush()
    session.execute(
        update(Episode)
        .where(Episode.merged_into_id == other.id)
        .values(merged_into_id=episode.id)
        .execution_options(synchronize_session=False)
    )


def _add_links(
    session: Session, model: Any, name: str, episode_id: int, wanted: Iterable[int], week: date
) -> None:
    known = set(session.scalars(select(getattr(model, name)).where(model.episode_id == episode_id)))
    _insert(session, model, (
        {"episode_id": episode_id, name: each, "since": week} for each in sorted(set(wanted) - known)
    ))  # fmt: skip


def _alarm(
    session: Session, alarm: Raised, scan_id: int, episode_id: int, source: Source, week: date
) -> None:
    reading = alarm.reading
    alarm_id = session.execute(
        insert(Alarm)
        .values(
            scan_id=scan_id, episode_id=episode_id, unit=alarm.unit, place_id=alarm.place,
            field_id=alarm.field, project_id=alarm.project, agency_id=alarm.office,
            score=reading.score, window=reading.window, observed=reading.observed,
            expected=reading.expected, p=reading.p, tail=reading.tail, history=reading.history,
            imported=alarm.imported, completeness=source.completeness(alarm.place, week),
            explanation=alarm.explanation.record(),
        )
        .returning(Alarm.id)
    ).scalar_one()  # fmt: skip
    _insert(session, AlarmCase, (
        {"alarm_id": alarm_id, "case_id": each.case_id, "week": each.week}
        for each in alarm.behind
    ))  # fmt: skip


def _note(session: Session, episode: Episode, kind: EntryKind, now: datetime, **more: Any) -> None:
    """A line of the scan's own in the history."""
    session.execute(
        insert(EpisodeEntry).values(
            uid=secrets.token_hex(16), episode_id=episode.id, seq=next_seq(session, episode.id),
            kind=kind, at=now, **more,
        )
    )  # fmt: skip


def next_seq(session: Session, episode_id: int) -> int:
    """The number of the next line of an episode's history."""
    last = session.scalar(
        select(func.max(EpisodeEntry.seq)).where(EpisodeEntry.episode_id == episode_id)
    )
    return (last or 0) + 1


def _insert(session: Session, model: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    values = list(rows)
    if values:
        session.execute(insert(table_of(model)), values)
