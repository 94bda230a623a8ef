"""Urging letters: how their reply is counted, and where one stands on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.working_days import Calendar


class ReplyBasis(StrEnum):
    """Where the day of reply comes from."""

    COUNTED = "counted"
    INTERNAL = "internal"
    TYPED = "typed"


class UrgingEnd(StrEnum):
    """How the waiting for a reply ended."""

    ANSWERED = "answered"
    CLOSED = "closed"


class UrgingStanding(StrEnum):
    """Where a letter stands on one day."""

    WAITING = "waiting"
    LATE = "late"
    ANSWERED = "answered"
    ANSWERED_LATE = "answered_late"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class House:
    """The usual reply of a letter in working days, and the longest one that may be asked for."""

    working_days: int
    longest: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A day of reply and where it comes from; ``days`` are the working days it was counted by."""

    due: date
    basis: ReplyBasis
    days: int | None = None


def house_of(table: Mapping[str, Any]) -> House:
    """The rules of ``config/catalog/urging.toml``. Raises ``KeyError``, ``ValueError`` for a useless one."""
    reply = table["reply"]
    found = House(int(reply["working_days"]), int(reply["longest"]))
    if not 0 < found.working_days <= found.longest:
        raise ValueError("the usual reply lies outside 1..longest")
    return found


def counted(on: date, days: int, house: House, calendar: Calendar) -> Reply:
    """The reply ``days`` working days after the letter of ``on``, the day after it being the first.

    Raises ``CalendarMissing`` where no calendar reaches.
    """
    basis = ReplyBasis.INTERNAL if days == house.working_days else ReplyBasis.COUNTED
    return Reply(calendar.add_working_days(on, days), basis, days)


def standing(
    reply_due: date, ended_on: date | None, end: UrgingEnd | None, today: date
) -> UrgingStanding:
    """Where a letter stands: the day of reply itself is still in time."""
    match end:
        case None:
            return UrgingStanding.LATE if today > reply_due else UrgingStanding.WAITING
        case UrgingEnd.CLOSED:
            return UrgingStanding.CLOSED
    late = ended_on is not None and ended_on > reply_due
    return UrgingStanding.ANSWERED_LATE if late else UrgingStanding.ANSWERED
