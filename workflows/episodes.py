"""Episodes: what becomes of the weekly alarms of hot spots.

Alarms that touch (one commune, neighbouring communes of one field, one project, one office) are one
episode. It is listed when it opens and again only when it gets materially worse, so that a slow burn
does not fill the list. The inspectorate says in which state it is, and at last whether it was real;
those verdicts set how careful the next alarms are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_LISTED = 20
"""Episodes put before people in a week, at most."""
MATERIALLY_WORSE = 2.0
"""Points (powers of ten of evidence) above the last listing from which an episode is listed again."""
CHANGED = 0.5
"""Points within which an episode is steady."""
QUIET_WEEKS = 4
"""Weeks without an alarm after which an episode is closed."""
VERDICTS_READ = 100
LEAST_VERDICTS = 20
"""The latest verdicts the precision is taken from, and how many it takes to act on them."""
FALSE_ALLOWED = 0.3
"""Share of wrong alarms among the latest verdicts above which the cut is raised."""


class SeriesUnit(StrEnum):
    """What one series counts; the smaller unit stands before the larger."""

    PLACE_FIELD = "place_field"
    OFFICE_FIELD = "office_field"
    PROJECT = "project"
    PLACE = "place"
    PROVINCE_FIELD = "province_field"


class ShareSign(StrEnum):
    """What the share of a commune's matters is taken of: sent over the competent body's head, or sent again."""

    SKIPPED = "skipped"
    REPEATED = "repeated"


class EpisodeState(StrEnum):
    """What the inspectorate takes an episode for."""

    WATCHED = "watched"
    LATENT = "latent"
    HOT = "hot"
    SETTLED = "settled"


class Trend(StrEnum):
    """How an episode moved since the week before."""

    NEW = "new"
    WORSENING = "worsening"
    STEADY = "steady"
    FADING = "fading"
    CLOSED = "closed"


class AlarmVerdict(StrEnum):
    """Whether an episode was a hot spot, by the inspectorate's own finding."""

    RIGHT = "right"
    KNOWN = "known"
    WRONG = "wrong"


class EntryKind(StrEnum):
    """One line of an episode's history."""

    OPENED = "opened"
    LISTED = "listed"
    MERGED = "merged"
    CLOSED = "closed"
    REOPENED = "reopened"
    OWNER = "owner"
    PLAN = "plan"
    UPDATE = "update"
    STATE = "state"
    VERDICT = "verdict"


MANAGED = frozenset({EpisodeState.LATENT, EpisodeState.HOT})
"""States in which somebody is at work on the place: silence of the figures does not end them."""
_HEAT = {
    EpisodeState.SETTLED: 0, EpisodeState.WATCHED: 1, EpisodeState.LATENT: 2, EpisodeState.HOT: 3,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One alarm of the week. ``field`` is None where all fields are counted together; ``projects``
    are the ones most of its cases belong to; ``serious``: one of its cases is a matter of security
    or of thirty people and more; ``spread``: the communes of a project's cases."""

    unit: SeriesUnit
    place: int | None
    field: int | None
    agency: int | None
    projects: frozenset[int]
    score: float
    p: float
    serious: bool = False
    spread: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """An episode as the week before left it."""

    id: int
    field: int | None
    agency: int | None
    places: frozenset[int]
    projects: frozenset[int]
    score: float
    listed_score: float | None
    serious: bool
    opened_week: date
    last_week: date
    state: EpisodeState
    trend: Trend


@dataclass(frozen=True, slots=True)
class Course:
    """What a week makes of an episode: ``into`` is None for a new one, ``merged`` go into it.

    ``alarms`` are places in the week's list, the one that speaks for the episode first. ``wanted``:
    it should be listed; ``worse`` says how far, for ranking.
    """

    into: int | None
    merged: tuple[int, ...]
    alarms: tuple[int, ...]
    trend: Trend
    state: EpisodeState
    score: float
    places: frozenset[int]
    projects: frozenset[int]
    serious: bool
    wanted: bool
    reopened: bool = False


def course(
    week: date,
    alarms: Sequence[Found],
    standing: Sequence[Standing],
    touching: Collection[tuple[int, int]],
) -> list[Course]:
    """What the week's ``alarms`` make of the ``standing`` episodes, the strongest first.

    Episodes without an alarm this week fade, and close after four weeks. ``touching`` are pairs of
    communes, both ways. An alarm that touches two episodes makes them one: the older one.
    """
    known = {each.id: each for each in standing}
    result = []
    for members, episodes in _groups(alarms, standing, touching):
        olds = sorted((known[each] for each in episodes), key=lambda old: (old.opened_week, old.id))
        result.append(_moved(alarms, members, olds))
    taken = {each.into for each in result} | {one for each in result for one in each.merged}
    result += [_quiet(week, old) for old in standing if old.id not in taken]
    return sorted(result, key=lambda each: (-each.score, each.into or 0, each.alarms))


def listed(courses: Iterable[Course], alarms: Sequence[Found]) -> list[Course]:
    """Those of the week that are put before people: the rarest first, twenty at most."""
    wanted = [each for each in courses if each.wanted]
    wanted.sort(key=lambda each: (alarms[each.alarms[0]].p, -each.score, each.into or 0))
    return wanted[:MOST_LISTED]


def joined(one: Found, other: Found, touching: Collection[tuple[int, int]]) -> bool:
    """Whether two alarms belong to one episode."""
    return _meets(
        one,
        other.field,
        other.agency,
        frozenset() if other.place is None else frozenset({other.place}),
        other.projects,
        touching,
    )


def _meets(
    alarm: Found,
    field: int | None,
    agency: int | None,
    places: frozenset[int],
    projects: frozenset[int],
    touching: Collection[tuple[int, int]],
) -> bool:
    if alarm.projects & projects:
        return True
    if alarm.agency is not None or agency is not None:
        return alarm.agency == agency and alarm.field == field
    if alarm.place is None or not places:
        return False
    if alarm.place in places:
        return alarm.field is None or field is None or alarm.field == field
    same = alarm.field is not None and alarm.field == field
    return same and any((alarm.place, place) in touching for place in places)


def _groups(
    alarms: Sequence[Found], standing: Sequence[Standing], touching: Collection[tuple[int, int]]
) -> list[tuple[list[int], list[int]]]:
    """Alarms with the episodes they touch, directly or through another alarm of the week."""
    leader = list(range(len(alarms)))

    def find(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = leader[one]
        return one

    def unite(one: int, other: int) -> None:
        first, second = sorted((find(one), find(other)))
        leader[second] = first

    for number, alarm in enumerate(alarms):
        for other in range(number):
            if joined(alarm, alarms[other], touching):
                unite(number, other)
    touched: dict[int, list[int]] = {}
    for old in standing:
        touched[old.id] = [
            number
            for number, alarm in enumerate(alarms)
            if _meets(alarm, old.field, old.agency, old.places, old.projects, touching)
        ]
        for number in touched[old.id][1:]:
            unite(touched[old.id][0], number)
    members: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number in range(len(alarms)):
        members[find(number)][0].append(number)
    for old_id, met in touched.items():
        if met:
            members[find(met[0])][1].append(old_id)
    return list(members.values())


def _moved(alarms: Sequence[Found], members: Sequence[int], olds: Sequence[Standing]) -> Course:
    ranked = sorted(members, key=lambda number: (-alarms[number].score, number))
    score = alarms[ranked[0]].score
    places = frozenset(
        place for number in members if (place := alarms[number].place) is not None
    ).union(*(alarms[number].spread for number in members), *(old.places for old in olds))
    projects = frozenset[int]().union(
        *(alarms[number].projects for number in members), *(old.projects for old in olds)
    )
    serious = any(alarms[number].serious for number in members)
    if not olds:
        return Course(
            None, (), tuple(ranked), Trend.NEW, EpisodeState.WATCHED, score, places, projects,
            serious, wanted=True,
        )  # fmt: skip
    kept = olds[0]
    joins = places > kept.places or len(olds) > 1
    worse = score >= max(old.score for old in olds) + CHANGED
    trend = Trend.STEADY
    if joins or worse or kept.trend is Trend.CLOSED:
        trend = Trend.WORSENING
    elif score <= kept.score - CHANGED:
        trend = Trend.FADING
    hottest = max((old.state for old in olds), key=_HEAT.__getitem__)
    return Course(
        into=kept.id,
        merged=tuple(old.id for old in olds[1:]),
        alarms=tuple(ranked),
        trend=trend,
        state=hottest,
        score=score,
        places=places,
        projects=projects,
        serious=serious or any(old.serious for old in olds),
        wanted=(
            kept.listed_score is None
            or joins
            or score >= kept.listed_score + MATERIALLY_WORSE
            or (serious and not any(old.serious for old in olds))
        ),
        reopened=kept.trend is Trend.CLOSED,
    )


def _quiet(week: date, old: Standing) -> Course:
    over = week - old.last_week >= timedelta(weeks=QUIET_WEEKS)
    closed = over or old.trend is Trend.CLOSED
    return Course(
        into=old.id,
        merged=(),
        alarms=(),
        trend=Trend.CLOSED if closed else Trend.FADING,
        state=old.state,
        score=old.score,
        places=old.places,
        projects=old.projects,
        serious=old.serious,
        wanted=False,
    )


def takes_alarms(state: EpisodeState, trend: Trend) -> bool:
    """Whether a new alarm nearby belongs to this episode, rather than opening another."""
    return state is not EpisodeState.SETTLED and (trend is not Trend.CLOSED or state in MANAGED)


def states_after(state: EpisodeState) -> tuple[EpisodeState, ...]:
    """The states an episode may be put into from ``state``."""
    return tuple(each for each in EpisodeState if each is not state)


# --- what the verdicts say of the alarms --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Precision:
    """The latest verdicts, counted."""

    right: int
    known: int
    wrong: int

    @property
    def judged(self) -> int:
        return self.right + self.known + self.wrong

    @property
    def true_share(self) -> float | None:
        """Share of judged episodes that were real (right, or known before); None before any verdict."""
        return None if not self.judged else 1 - self.wrong / self.judged


def precision(verdicts: Iterable[AlarmVerdict]) -> Precision:
    """Of the ``verdicts``, latest first, the first hundred."""
    counts = dict.fromkeys(AlarmVerdict, 0)
    for number, verdict in enumerate(verdicts):
        if number >= VERDICTS_READ:
            break
        counts[verdict] += 1
    return Precision(
        counts[AlarmVerdict.RIGHT], counts[AlarmVerdict.KNOWN], counts[AlarmVerdict.WRONG]
    )


def raise_of_cut(found: Precision, chance_slope: float) -> float:
    """Points by which the cut is raised: as many as bring the false alarms down to the share allowed.

    Alarms by chance fall tenfold for each ``1 / chance_slope`` points. Nothing is raised while fewer
    than twenty verdicts are known.
    """
    if found.judged < LEAST_VERDICTS or found.wrong <= FALSE_ALLOWED * found.judged:
        return 0.0
    return math.log10(found.wrong / found.judged / FALSE_ALLOWED) / chance_slope
