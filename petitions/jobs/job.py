"""What a job is: a name, a schedule, and work that is told which slot it is doing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice

from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.orm import Session

MOST = 100
"""Missed slots made up for in one go."""
_REACHES = tuple(timedelta(hours=hours) for hours in (1, 24, 24 * 32, 24 * 366))
"""How far back the latest slot is looked for, the near past first."""
_TICK = timedelta(microseconds=1)


class CatchUp(StrEnum):
    """What becomes of the slots nobody was there for."""

    EVERY = "every"
    LATEST = "latest"


class LeaseLost(Exception):
    """Another scheduler leads now: what this one was doing is undone and left to it."""


class Overtime(Exception):
    """The job took longer than its limit; the transaction it was in is undone."""


@dataclass(frozen=True, slots=True)
class Run:
    """One slot at work. ``guard`` belongs at the end of each transaction of the work.

    It raises ``LeaseLost`` or ``Overtime`` where the work must not go on.
    """

    slot: datetime
    now: datetime
    guard: Callable[[Session], None]


Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work done at the times of ``trigger``; ``limit`` is how long one run may take.

    ``whole``: the effects are one transaction, which the claim of the slot shares, so that they
    happen exactly once; ``work`` then writes in the ambient transaction and opens none. Otherwise
    ``work`` opens its own, may be taken up again after a crash, and must bear being repeated.
    """

    name: str
    trigger: BaseTrigger
    work: Callable[[Run], Counts]
    limit: timedelta
    catch_up: CatchUp = CatchUp.LATEST
    whole: bool = False

    def next_slot(self, after: datetime) -> datetime:
        """The first slot later than ``after``, in UTC."""
        fire: datetime = self.trigger.get_next_fire_time(None, after + _TICK)
        return fire.astimezone(UTC)

    def due_slots(self, last: datetime | None, now: datetime) -> list[datetime]:
        """The slots to run at ``now`` when ``last`` is the latest one ever claimed, oldest first.

        A job that never ran starts with its latest slot.
        """
        if last is not None and self.catch_up is CatchUp.EVERY:
            return list(islice(self._slots(last, now), MOST))
        for reach in _REACHES:
            after = now - reach if last is None else max(last, now - reach)
            latest = list(self._slots(after, now))[-1:]
            if latest or after == last:
                return latest
        return []

    def _slots(self, after: datetime, now: datetime) -> Iterator[datetime]:
        slot = self.next_slot(after)
        while slot <= now:
            yield slot
            slot = self.next_slot(slot)
