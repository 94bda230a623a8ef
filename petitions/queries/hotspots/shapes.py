"""What the readings of hot spots hand out: episodes, their alarms, the week's list, lines over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from petitions.labels import label
from petitions.text import vn_date
from workflows.episodes import (
    MANAGED,
    AlarmVerdict,
    EntryKind,
    EpisodeState,
    Precision,
    SeriesUnit,
    ShareSign,
    Trend,
)
from workflows.hotspots import Explanation, Reading
from workflows.hotspots.reading import quantity

COMPLETE_ENOUGH = 0.9
"""Share of matters entered within their week below which a count is said to be incomplete."""


class Named(NamedTuple):
    """A commune by code, or a project or an office by its own key."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """One alarm: what was counted, over how long, what is usual. Times are weeks, ``week`` a Monday."""

    id: int
    week: date
    unit: SeriesUnit
    place: Named | None
    field: Named | None
    project: Named | None
    office: Named | None
    score: float
    window: int
    observed: int
    expected: float
    p: float
    tail: float
    history: int
    imported: bool
    completeness: float | None

    @property
    def reading(self) -> Reading:
        """The same figures as the detector words them."""
        return Reading(
            area="", field="", monday=self.week, score=self.score, alarm=True, window=self.window,
            observed=self.observed, expected=self.expected, p=self.p, tail=self.tail,
            history=self.history,
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """``12 đơn trong 4 tuần, thường 3``; a single week is named, for lists read later."""
        return self.reading.sentence().replace("tuần này", f"tuần {vn_date(self.week)}")

    @property
    def rarity(self) -> str:
        """How often an ordinary series looks like this."""
        return self.reading.rarity()

    @property
    def ratio(self) -> float:
        return self.observed / self.expected

    @property
    def estimated(self) -> bool:
        """Whether the series is younger than a year."""
        return self.reading.estimated_base

    @property
    def incomplete(self) -> bool:
        """Whether this commune enters its petitions late, so that more may have come."""
        return self.completeness is not None and self.completeness < COMPLETE_ENOUGH


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """One episode as lists show it. ``headline`` is the strongest alarm of its latest week,
    ``case_ids`` the cases counted in that week's alarms within their windows; ``alarmed``: it was
    above the cut in the latest week scanned."""

    id: int
    uid: str
    version: int
    secret: bool
    unit: SeriesUnit
    state: EpisodeState
    trend: Trend
    serious: bool
    opened_week: date
    last_week: date
    closed_week: date | None
    score: float
    top_score: float
    listed_week: date | None
    field: Named | None
    office: Named | None
    places: tuple[Named, ...]
    projects: tuple[Named, ...]
    owner_id: int | None
    owner: str | None
    verdict: AlarmVerdict | None
    judged_on: date | None
    headline: AlarmLine
    case_ids: tuple[int, ...]
    alarmed: bool

    @property
    def weeks(self) -> int:
        """Weeks from the first alarm to the latest, both counted."""
        return (self.last_week - self.opened_week).days // 7 + 1

    @property
    def dismissed(self) -> bool:
        """Whether it was found to be none, and has not been put before people again since."""
        if self.verdict is not AlarmVerdict.WRONG or self.state in MANAGED:
            return False
        assert self.judged_on is not None
        return self.listed_week is None or self.judged_on >= self.listed_week + timedelta(weeks=1)

    @property
    def title(self) -> str:
        """Where and about what, in a few words."""
        where = self.office.name if self.office else ", ".join(each.name for each in self.places)
        if self.projects:
            named = ", ".join(each.name for each in self.projects)
            where = f"{named} ({where})" if where else named
        about = self.field.name if self.field else "mọi lĩnh vực"
        return f"{where} · {about}"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of an episode's history; ``by`` is None for what the scan noted."""

    seq: int
    kind: EntryKind
    week: date | None
    state: EpisodeState | None
    verdict: AlarmVerdict | None
    owner: str | None
    by: str | None
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """An alarm with the record its score is worked out from and the score worked out again."""

    line: AlarmLine
    explanation: Explanation
    recomputed: float
    case_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EpisodeShown:
    """One episode whole. ``weeks`` holds every alarm it had, the latest first; ``shown`` the alarms
    of its latest week with their reckoning; ``all_case_ids`` every case behind any of them."""

    line: EpisodeLine
    plan: str
    entries: tuple[EntryLine, ...]
    weeks: tuple[AlarmLine, ...]
    shown: tuple[AlarmShown, ...]
    all_case_ids: tuple[int, ...]
    may_write: bool


@dataclass(frozen=True, slots=True)
class EpisodeFilters:
    """What of all episodes is wanted: codes of field and place, None for any."""

    state: EpisodeState | None = None
    open: bool | None = True
    field: str | None = None
    place: str | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """A page of episodes; ``more`` when there is another."""

    lines: tuple[EpisodeLine, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class ScanLine:
    """What a week's scan did. ``cuts``: by unit, the cut, the alarms chance alone would bring
    (``expected_false``) and the series looked at."""

    week: date
    secret: bool
    model: str
    scanned_at: datetime
    series: int
    alarms: int
    expected_false: float
    listed_false: float
    raised: float
    cuts: Mapping[str, Mapping[str, Any]]
    placeless: int
    imported: bool


@dataclass(frozen=True, slots=True)
class SilenceLine:
    """A commune whose data are missing: so many weeks without a petition, so many expected."""

    place: Named
    weeks: int
    expected: float


@dataclass(frozen=True, slots=True)
class SurgeLine:
    """A field that rose in the whole province; ``secret``: among denunciations."""

    field: Named
    observed: int
    expected: float
    secret: bool


@dataclass(frozen=True, slots=True)
class ShareLine:
    """A commune where an unusual share of matters skipped a level or was sent again: ``marked`` of
    ``matters`` in ``window`` weeks, ``before_marked`` of ``before`` in the year before, ``around`` in the
    rest of the province. ``case_ids``: those that bear the sign."""

    place: Named
    sign: ShareSign
    window: int
    marked: int
    matters: int
    before_marked: int
    before: int
    around: float
    expected: float
    p: float
    case_ids: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """``9 trong 14 đơn vượt cấp trong 12 tuần, thường 2 trong 14``."""
        return (
            f"{self.marked} trong {self.matters} đơn {label(self.sign)} trong {self.window} tuần, "
            f"thường {quantity(self.expected)} trong {self.matters}"
        )


@dataclass(frozen=True, slots=True)
class WeekPage:
    """What one week's scans put before people: the list, what is followed, silence and surges.

    ``scan`` is None before anything was scanned. ``expected_false`` is how many of the week's alarms
    chance alone would bring, ``listed_false`` of the listed ones, over the scans the reader may read;
    ``shares_false`` of the ``shares``. ``before`` and ``after`` are the neighbouring weeks scanned.
    """

    scan: ScanLine | None
    secret_scan: ScanLine | None
    listed: tuple[EpisodeLine, ...]
    followed: tuple[EpisodeLine, ...]
    silences: tuple[SilenceLine, ...]
    surges: tuple[SurgeLine, ...]
    expected_false: float
    listed_false: float
    precision: Precision
    before: date | None
    after: date | None
    shares: tuple[ShareLine, ...] = ()
    shares_false: float = 0.0


class SeriesKey(NamedTuple):
    """One line over time: a commune (code) and a field (code), None for all of them."""

    place: str | None
    field: str | None


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """A week (its Monday): the count, what is usual and the band an ordinary week stays in."""

    week: date
    count: int
    expected: float
    low: float
    high: float
    alarm: bool


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A line over time; ``imported``: some of it comes from another register."""

    key: SeriesKey
    points: tuple[SeriesPoint, ...]
    imported: bool
