"""One episode with its history, its alarms week by week and the reckoning of the latest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import episodes_seen, over_province_where
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import Agency, Alarm, AlarmCase, CaseBar, Episode, EpisodeEntry, Hat, User
from petitions.queries.hotspots.lines import (
    ALARMS,
    OF_EPISODE,
    alarm_line,
    counted_cases,
    lines,
)
from petitions.queries.hotspots.shapes import (
    AlarmLine,
    AlarmShown,
    EntryLine,
    EpisodeShown,
)
from petitions.queries.offices import in_force
from workflows.episodes import EntryKind
from workflows.hotspots import Explanation
from workflows.vocabulary import Actor, Role

UNKNOWN = "Không có điểm nóng này."
ENTRIES = EpisodeEntry.__tablename__
TEXT = "text"


def episode(actor: Actor, uid: str) -> EpisodeShown:
    """One episode. Raises ``NotFound`` out of reach."""
    found = lines(Episode.uid == uid, actor=actor)
    if not found:
        raise NotFound(UNKNOWN)
    line = found[0]
    weeks = tuple(
        alarm_line(row)
        for row in read(
            ALARMS.where(OF_EPISODE.in_([line.id])).order_by(
                Alarm.scan_id.desc(), Alarm.score.desc(), Alarm.id
            )
        )
    )
    latest = [each for each in weeks if each.week == weeks[0].week]
    every = read(
        select(AlarmCase.case_id)
        .where(AlarmCase.alarm_id.in_([each.id for each in weeks]))
        .distinct()
        .order_by(AlarmCase.case_id)
    )
    entries = _entries(line.id)
    plans = [each.words for each in entries if each.kind is EntryKind.PLAN]
    return EpisodeShown(
        line=line,
        plan=plans[-1] if plans else "",
        entries=entries,
        weeks=weeks,
        shown=_reckoned(latest),
        all_case_ids=tuple(every.scalars()),
        may_write=writes(actor),
    )


def alarm(actor: Actor, uid: str, alarm_id: int) -> tuple[EpisodeShown, AlarmShown]:
    """One alarm of an episode, however old, with its reckoning. Raises ``NotFound``."""
    shown = episode(actor, uid)
    for each in shown.weeks:
        if each.id == alarm_id:
            return shown, _reckoned([each])[0]
    raise NotFound(UNKNOWN)


def _reckoned(alarms: Sequence[AlarmLine]) -> tuple[AlarmShown, ...]:
    """Alarms with the score worked out again from their records."""
    counted = counted_cases({0: list(alarms)})
    ids = [each.id for each in alarms]
    records = dict(read(select(Alarm.id, Alarm.explanation).where(Alarm.id.in_(ids))).all())
    result = []
    for each in alarms:
        explanation = Explanation.from_record(records[each.id])
        result.append(AlarmShown(each, explanation, explanation.recompute(), counted[each.id]))
    return tuple(result)


def writes(actor: Actor) -> bool:
    """Whether this hat may keep episodes: inspectors of the province, leaders of the inspectorate."""
    return actor.province_wide


class Keeper(NamedTuple):
    """Somebody who may have an episode."""

    id: int
    username: str
    name: str


def keepers(actor: Actor, episode_id: int, today: date) -> tuple[Keeper, ...]:
    """Inspectors of the province who may know of every case behind the episode, by name.

    For one over denunciations, those with that duty.
    """
    above, part = aliased(Agency), aliased(Episode)
    shut = (
        exists()
        .where(
            AlarmCase.alarm_id == Alarm.id,
            part.id == Alarm.episode_id,
            or_(part.id == episode_id, part.merged_into_id == episode_id),
            CaseBar.case_id == AlarmCase.case_id,
            CaseBar.lifted_at.is_(None),
            or_(CaseBar.user_id == User.id, CaseBar.unit_id.in_([Hat.agency_id, Hat.section_id])),
        )
        .correlate(User, Hat)
    )
    rows = read(
        select(User.id, User.username, User.name)
        .join(Hat, Hat.user_id == User.id)
        .join(Agency, Agency.id == Hat.agency_id)
        .outerjoin(above, above.id == Agency.parent_id)
        .join(Episode, Episode.id == episode_id)
        .where(
            episodes_seen(actor),
            Hat.role == Role.INSPECTOR,
            over_province_where(Hat.role, Agency.kind, above.kind),
            in_force(Hat, today),
            User.disabled_at.is_(None),
            or_(~Episode.secret, Hat.denunciation_duty),
            ~shut,
        )
        .distinct()
        .order_by(User.name, User.id)
    )
    return tuple(Keeper(*row) for row in rows)


def survivor(actor: Actor, uid: str) -> str | None:
    """The episode that one lives on in, when it was merged and the reader may read that."""
    old = aliased(Episode)
    return read(
        select(Episode.uid)
        .join(old, old.merged_into_id == Episode.id)
        .where(old.uid == uid, episodes_seen(actor))
    ).scalar_one_or_none()


def _entries(episode_id: int) -> tuple[EntryLine, ...]:
    by, owner = aliased(User), aliased(User)
    rows = read(
        select(
            EpisodeEntry.seq, EpisodeEntry.kind, EpisodeEntry.week, EpisodeEntry.state,
            EpisodeEntry.verdict, owner.name.label("owner"), by.name.label("by"), EpisodeEntry.at,
            EpisodeEntry.uid, EpisodeEntry.words, EpisodeEntry.sealed, Episode.wrapped,
        )
        .join(Episode, Episode.id == EpisodeEntry.episode_id)
        .outerjoin(by, by.id == EpisodeEntry.by_id)
        .outerjoin(owner, owner.id == EpisodeEntry.owner_id)
        .where(EpisodeEntry.episode_id == episode_id)
        .order_by(EpisodeEntry.seq)
    )  # fmt: skip
    result = []
    for row in rows:
        kept = read_back(row, case_key_of(row.wrapped), ENTRIES, row.uid)
        result.append(
            EntryLine(
                row.seq, row.kind, row.week, row.state, row.verdict, row.owner, row.by, row.at,
                str(kept.get(TEXT, "")),
            )
        )  # fmt: skip
    return tuple(result)
