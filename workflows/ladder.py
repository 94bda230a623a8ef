"""The ladder of reminders: on which day which rung of a running date stands, and who is told.

A date has one standing rung on a day, the latest whose day has come. Somebody who was away, a case
entered late or an imported one therefore hears of that rung alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count, pairwise
from typing import Any

from workflows.working_days import Calendar, CalendarMissing, Roll

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
WEEKLY = "weekly"


class Audience(StrEnum):
    """Who is told on a rung."""

    OFFICER = "officer"
    HEAD = "head"
    SUPERIOR = "superior"
    INSPECTORATE = "inspectorate"


class LadderFault(ValueError):
    """The ladder cannot be climbed as it is written; the message says where."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder of a date, ``day`` working days from it (negative before)."""

    key: str
    day: int
    to: frozenset[Audience]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of a date in order, and who hears of it every week after the last.

    ``fixed``: agencies add nothing to it.
    """

    rungs: tuple[Rung, ...]
    weekly: frozenset[Audience]
    fixed: bool = False

    def with_rungs(self, more: Iterable[Rung]) -> Ladder:
        """This ladder with rungs an agency adds; one on a day that has one already joins its people.

        Rungs of the house are never taken away; a fixed ladder stays as it is.
        """
        if self.fixed:
            return self
        by_day = {rung.day: rung for rung in self.rungs}
        for rung in more:
            known = by_day.get(rung.day)
            by_day[rung.day] = (
                rung
                if known is None
                else Rung(known.key, known.day, known.to | rung.to, known.urgent or rung.urgent)
            )
        return Ladder(tuple(by_day[day] for day in sorted(by_day)), self.weekly)


@dataclass(frozen=True, slots=True)
class Ladders:
    """The ladder most dates climb, and those of kinds of dates that have one of their own.

    A kind is what a date belongs to (``commitment``), or a step of it, which goes first.
    """

    usual: Ladder
    own: Mapping[str, Ladder]

    def of(self, subject: str, step: str) -> Ladder:
        """The ladder of a date of that subject and step."""
        return self.own.get(step) or self.own.get(subject) or self.usual

    def with_rungs(self, more: Iterable[Rung]) -> Ladders:
        """Every ladder with the rungs an agency adds."""
        added = tuple(more)
        return Ladders(
            self.usual.with_rungs(added),
            {name: ladder.with_rungs(added) for name, ladder in self.own.items()},
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """The rung a due date stands on: its key (``weekly_3`` for the third week) and who is told."""

    key: str
    to: frozenset[Audience]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Due dates from ``first`` to ``last`` that stand on one rung."""

    standing: Standing
    first: date
    last: date


def ladder_of(content: Mapping[str, Any]) -> Ladder:
    """The ladder a parsed file describes. Raises ``LadderFault`` naming the rung."""
    rungs: list[Rung] = []
    for row in content.get("rung", ()):
        key = str(row.get("key", "?"))
        try:
            rung = Rung(
                key,
                int(row["day"]),
                frozenset(Audience(each) for each in row["to"]),
                bool(row.get("urgent", False)),
            )
        except (KeyError, ValueError) as error:
            raise LadderFault(f"rung {key}: {error}") from error
        if not rung.to:
            raise LadderFault(f"rung {key}: nobody is told")
        if key.startswith(WEEKLY) or any(known.key == key for known in rungs):
            raise LadderFault(f"rung {key}: the key is taken")
        if rungs and rungs[-1].day >= rung.day:
            raise LadderFault(f"rung {key}: not after {rungs[-1].key}")
        rungs.append(rung)
    if not rungs:
        raise LadderFault("no rung")
    try:
        weekly = frozenset(Audience(each) for each in content.get(WEEKLY, {}).get("to", ()))
    except ValueError as error:
        raise LadderFault(f"{WEEKLY}: {error}") from error
    return Ladder(tuple(rungs), weekly, bool(content.get("fixed", False)))


def ladders_of(content: Mapping[str, Any], kinds: Collection[str]) -> Ladders:
    """The usual ladder of a parsed file and those of its ``kinds``. Raises ``LadderFault``."""
    own: dict[str, Ladder] = {}
    for row in content.get("ladder", ()):
        for kind in row.get("for", ()):
            if kind not in kinds or kind in own:
                raise LadderFault(f"ladder for {kind}: unknown, or written twice")
            own[kind] = ladder_of(row)
    return Ladders(ladder_of(content), own)


def fires_on(due: date, day: int, calendar: Calendar) -> date:
    """The working day on which a rung ``day`` working days from ``due`` fires.

    On the date itself, or the last working day before it where that is a day off. In a year without
    a calendar five working days are a week: a reminder a day off beats none.
    """
    try:
        if day == 0:
            return calendar.last_working_day_on_or_before(due)
        return calendar.add_working_days(due, day)
    except CalendarMissing:
        return due + timedelta(days=day * 7 // 5)


def spans(
    today: date, ladder: Ladder, calendar: Calendar, oldest: date, newest: date
) -> Iterator[Span]:
    """Every rung that some due date between ``oldest`` and ``newest`` stands on today, in order.

    The spans do not meet: a set-based query gives each running date at most one rung.
    """
    edges = [_latest_due(today, rung.day, calendar) for rung in ladder.rungs]
    for rung, (last, following) in zip(ladder.rungs[:-1], pairwise(edges), strict=True):
        yield from _within(
            Standing(rung.key, rung.to, rung.urgent), following + _DAY, last, oldest, newest
        )
    yield from _tail(today, ladder, calendar, edges[-1], oldest, newest)


def standing(due: date, today: date, ladder: Ladder, calendar: Calendar) -> Standing | None:
    """The rung ``due`` stands on today; None while the first has not come."""
    return next((span.standing for span in spans(today, ladder, calendar, due, due)), None)


def _latest_due(today: date, day: int, calendar: Calendar) -> date:
    """The latest due date whose rung has fired by ``today``; firing days never run backwards."""
    reach = timedelta(days=abs(day) * 2 + 30)
    low, high = today - reach, today + reach
    while low < high:
        middle = low + (high - low + _DAY) // 2
        if fires_on(middle, day, calendar) <= today:
            low = middle
        else:
            high = middle - _DAY
    return low


def _tail(
    today: date, ladder: Ladder, calendar: Calendar, last: date, oldest: date, newest: date
) -> Iterator[Span]:
    """The last rung, and every week after it: seven plain days each, on the next working day."""
    rung = ladder.rungs[-1]
    final = Standing(rung.key, rung.to, rung.urgent)
    if not ladder.weekly:
        yield from _within(final, oldest, last, oldest, newest)
        return
    reached = _reached(today, calendar)
    first_week = -(-max(rung.day, 0) // 5) + 1
    edge = min(last, reached - _WEEK * first_week)
    yield from _within(final, edge + _DAY, last, oldest, newest)
    for week in count(1):
        if edge < oldest:
            return
        following = min(edge, reached - _WEEK * (first_week + week))
        key = f"{WEEKLY}_{week}"
        yield from _within(Standing(key, ladder.weekly), following + _DAY, edge, oldest, newest)
        edge = following


def _reached(today: date, calendar: Calendar) -> date:
    """The latest day that has come by ``today`` when days off are moved on to the next working day."""
    day = today
    try:
        while calendar.roll(day + _DAY, Roll.NEXT) <= today:
            day += _DAY
        while calendar.roll(day, Roll.NEXT) > today:
            day -= _DAY
    except CalendarMissing:
        return today
    return day


def _within(where: Standing, first: date, last: date, oldest: date, newest: date) -> Iterator[Span]:
    first, last = max(first, oldest), min(last, newest)
    if first <= last:
        yield Span(where, first, last)
