"""Hot spots as they are read: this week's list, episodes with their reasons, lines over time."""

from petitions.queries.hotspots.episode import Keeper, alarm, episode, keepers, survivor, writes
from petitions.queries.hotspots.lists import burning, episodes, precision, reads, week
from petitions.queries.hotspots.series import series
from petitions.queries.hotspots.shapes import (
    AlarmLine,
    AlarmShown,
    EntryLine,
    EpisodeFilters,
    EpisodeLine,
    EpisodePage,
    EpisodeShown,
    Named,
    ScanLine,
    SeriesKey,
    SeriesLine,
    SeriesPoint,
    ShareLine,
    SilenceLine,
    SurgeLine,
    WeekPage,
)

__all__ = [
    "AlarmLine",
    "AlarmShown",
    "EntryLine",
    "EpisodeFilters",
    "EpisodeLine",
    "EpisodePage",
    "EpisodeShown",
    "Keeper",
    "Named",
    "ScanLine",
    "SeriesKey",
    "SeriesLine",
    "SeriesPoint",
    "ShareLine",
    "SilenceLine",
    "SurgeLine",
    "WeekPage",
    "alarm",
    "burning",
    "episode",
    "episodes",
    "keepers",
    "precision",
    "reads",
    "series",
    "survivor",
    "week",
    "writes",
]
