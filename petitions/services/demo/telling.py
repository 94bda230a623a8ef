"""Telling the stories: every moment of all of them in the order of days, through the real commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from typing import Protocol

from petitions.services.acts import perform
from petitions.services.demo.front_desk import FrontDesk
from petitions.services.demo.people import Cast
from petitions.services.demo.thread import Arrival, Course, Deed, Errand, Moment
from petitions.services.evidence import add_paper
from petitions.services.intake import register

_OPENS = time(0, 40)
"""07:40 in Vietnam."""
_APART = timedelta(minutes=1)


class Told(Protocol):
    """Whatever has moments in the order of days."""

    def course(self) -> Course:
        """The moments."""


def tell(
    stories: Iterable[Told],
    cast: Cast,
    projects: dict[str, int],
    last_day: date,
    front_desk: FrontDesk,
) -> int:
    """Live every story up to and including ``last_day``; returns how many commands it took.

    Raises what the commands raise: a refusal is a mistake in a story.
    """
    waiting: list[tuple[date, int, Moment, Course]] = []
    for number, story in enumerate(stories):
        course = story.course()
        first = next(course)
        waiting.append((first.recorded, number, first, course))
    heapify(waiting)
    done, today, now = 0, date.min, datetime.min.replace(tzinfo=UTC)
    while waiting:
        day, number, moment, course = heappop(waiting)
        if day > last_day:
            continue
        if day != today:
            done += front_desk.close(today, now + _APART)
        now = now + _APART if day == today else datetime.combine(day, _OPENS, UTC)
        today = day
        code = _live(moment, cast, projects, now, front_desk)
        done += 1
        try:
            following = course.send(code)
        except StopIteration:
            continue
        heappush(waiting, (following.recorded, number, following, course))
    return done + front_desk.close(today, now + _APART)


def _live(
    moment: Moment, cast: Cast, projects: dict[str, int], now: datetime, front_desk: FrontDesk
) -> str:
    actor = cast.actor(moment.by, moment.recorded)
    if isinstance(moment, Arrival):
        project = None if moment.project is None else projects[moment.project]
        given = replace(moment.given, project_id=project)
        beside = front_desk.welcome(given, moment.recorded, actor, now)
        return register(given, actor=actor, now=now, beside=beside)
    if isinstance(moment, Errand):
        return moment.command(actor=actor, now=now) or ""
    if isinstance(moment, Deed):
        return perform(
            moment.code,
            moment.action,
            moment.given,
            version=None,
            on=moment.on,
            actor=actor,
            now=now,
            late_reason=moment.late_reason,
        )
    return add_paper(
        moment.code, moment.paper, moment.name, moment.data, version=None, actor=actor, now=now
    )
