"""Weekly scans for hot spots, their alarms with everything they were made of, and the episodes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.episodes import AlarmVerdict, EntryKind, EpisodeState, SeriesUnit, ShareSign, Trend


class HotspotScan(Base):
    """One week scanned once: over everything but denunciations, or (``secret``) over them alone.

    ``week`` is its Monday. ``expected_false`` is how many of the ``alarms`` chance alone would bring,
    ``listed_false`` of the ``listed`` ones. ``cuts`` holds, by unit, the cut, the alarms expected by chance and the
    series looked at (and under ``shares`` the same of the share alarms, whose cut is a chance); ``raised`` is what the verdicts added to every cut. ``placeless`` counts matters
    of the last year that no commune is known of.
    """

    __tablename__ = "hotspot_scan"
    __table_args__ = (UniqueConstraint("week", "secret"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    week: Mapped[date]
    secret: Mapped[bool]
    model: Mapped[str] = mapped_column(String(20))
    scanned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    series: Mapped[int]
    alarms: Mapped[int]
    expected_false: Mapped[float]
    listed: Mapped[int]
    listed_false: Mapped[float]
    raised: Mapped[float] = mapped_column(default=0.0)
    cuts: Mapped[dict[str, Any]] = mapped_column(JSON)
    placeless: Mapped[int] = mapped_column(default=0)
    imported: Mapped[bool] = mapped_column(default=False)


class Episode(Base):
    """Alarms that touch, over the weeks they last; what is done about them stands in the entries.

    A secret one has a key of its own (``wrapped``) under which its entries lie. ``score`` is of the
    latest alarm, ``listed_score`` of the last time it was put before people. A merged one lives on in
    ``merged_into_id``.
    """

    __tablename__ = "episode"
    __table_args__ = (
        CheckConstraint("secret = (wrapped IS NOT NULL)", name="key_when_secret"),
        CheckConstraint("(trend = 'closed') = (closed_week IS NOT NULL)", name="closed_when"),
        CheckConstraint("(listed_week IS NULL) = (listed_score IS NULL)", name="listed_when"),
        CheckConstraint("(verdict IS NULL) = (judged_at IS NULL)", name="judged_when"),
        CheckConstraint("last_week >= opened_week", name="weeks"),
        Index("ix_episode_open", "secret", "trend", "last_week"),
        Index("ix_episode_judged", "secret", "judged_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    secret: Mapped[bool]
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    unit: Mapped[SeriesUnit] = mapped_column(enum_type(SeriesUnit))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[EpisodeState] = mapped_column(enum_type(EpisodeState))
    trend: Mapped[Trend] = mapped_column(enum_type(Trend))
    serious: Mapped[bool] = mapped_column(default=False)
    opened_week: Mapped[date]
    last_week: Mapped[date]
    closed_week: Mapped[date | None]
    score: Mapped[float]
    top_score: Mapped[float]
    listed_week: Mapped[date | None]
    listed_score: Mapped[float | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verdict: Mapped[AlarmVerdict | None] = mapped_column(enum_type(AlarmVerdict))
    judged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("episode.id"))

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class EpisodePlace(Base):
    """A commune an episode burns in, since the week of its first alarm there."""

    __tablename__ = "episode_place"
    __table_args__ = (Index("ix_episode_place_place", "place_id"),)

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    since: Mapped[date]


class EpisodeProject(Base):
    """A project most cases of one of the episode's alarms belong to."""

    __tablename__ = "episode_project"
    __table_args__ = (Index("ix_episode_project_project", "project_id"),)

    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    since: Mapped[date]


class EpisodeEntry(Base):
    """One line of an episode's history, by a person or (``by_id`` empty) by the scan. Append-only."""

    __tablename__ = "episode_entry"
    __table_args__ = (
        UniqueConstraint("episode_id", "seq"),
        CheckConstraint("words IS NULL OR sealed IS NULL", name="one_form"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    seq: Mapped[int]
    kind: Mapped[EntryKind] = mapped_column(enum_type(EntryKind))
    week: Mapped[date | None]
    state: Mapped[EpisodeState | None] = mapped_column(enum_type(EpisodeState))
    verdict: Mapped[AlarmVerdict | None] = mapped_column(enum_type(AlarmVerdict))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("episode.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    words: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Alarm(Base):
    """One series above the cut in one week, with the record its score is worked out from. Append-only.

    ``completeness`` is the share of matters this commune enters within the week they arrive;
    ``imported``: some of what the series is judged by came from another register.
    """

    __tablename__ = "hotspot_alarm"
    __table_args__ = (
        Index("ix_hotspot_alarm_scan", "scan_id"),
        Index("ix_hotspot_alarm_episode", "episode_id", "scan_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("hotspot_scan.id"))
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id"))
    unit: Mapped[SeriesUnit] = mapped_column(enum_type(SeriesUnit))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    field_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    score: Mapped[float]
    window: Mapped[int]
    observed: Mapped[int]
    expected: Mapped[float]
    p: Mapped[float]
    tail: Mapped[float]
    history: Mapped[int]
    imported: Mapped[bool] = mapped_column(default=False)
    completeness: Mapped[float | None]
    explanation: Mapped[dict[str, Any]] = mapped_column(JSON)


class AlarmCase(Base):
    """A case counted in the weeks an alarm is explained by. Append-only."""

    __tablename__ = "hotspot_alarm_case"
    __table_args__ = (Index("ix_hotspot_alarm_case_case", "case_id"),)

    alarm_id: Mapped[int] = mapped_column(ForeignKey("hotspot_alarm.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    week: Mapped[date]


class Silence(Base):
    """A commune from which nothing came while so much was expected: its data are missing."""

    __tablename__ = "hotspot_silence"

    scan_id: Mapped[int] = mapped_column(ForeignKey("hotspot_scan.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    weeks: Mapped[int]
    expected: Mapped[float]


class Surge(Base):
    """A field that rose in the whole province: one message, no hot spot."""

    __tablename__ = "hotspot_surge"

    scan_id: Mapped[int] = mapped_column(ForeignKey("hotspot_scan.id"), primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("field.id"), primary_key=True)
    observed: Mapped[int]
    expected: Mapped[float]


class ShareAlarm(Base):
    """A commune where the share of skipped or repeated matters rose beyond chance in one week's scan.

    ``marked`` of ``matters`` within ``window`` weeks, ``before_marked`` of ``before`` in the year before,
    ``around``: the share of the rest of the province in that year. ``workflows.shares.Share`` gives
    ``expected`` and ``p`` again from these under ``HotspotScan.model``. Append-only.
    """

    __tablename__ = "share_alarm"
    __table_args__ = (UniqueConstraint("scan_id", "place_id", "sign"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("hotspot_scan.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    sign: Mapped[ShareSign] = mapped_column(enum_type(ShareSign))
    window: Mapped[int]
    marked: Mapped[int]
    matters: Mapped[int]
    before_marked: Mapped[int]
    before: Mapped[int]
    around: Mapped[float]
    expected: Mapped[float]
    p: Mapped[float]


class ShareAlarmCase(Base):
    """A case counted in an alarm's window; ``marked``: it bears the sign. Append-only."""

    __tablename__ = "share_alarm_case"
    __table_args__ = (Index("ix_share_alarm_case_case", "case_id"),)

    alarm_id: Mapped[int] = mapped_column(ForeignKey("share_alarm.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    marked: Mapped[bool]
