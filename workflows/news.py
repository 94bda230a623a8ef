"""What a person is told: where each kind of news stands in the digest, and what may be switched off.

Reminders of running dates, alarms and work given to somebody are duties; the rest is information.
Kinds the office invents later are information until they are named here.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

RUNG = "rung"
"""A date reached a rung of its ladder."""
EFFECT = "legal_effect"
"""A decision took effect in law: its enforcement begins."""
WEEKLY = "weekly"
"""The week's figures of those who lead or inspect."""
MEETING_GRANTED, MEETING_REFUSED = "meeting_granted", "meeting_refused"
"""The leader answered a visitor's request to meet; who received the visitor tells him."""


class Group(StrEnum):
    """The parts of a digest, in the order they are read."""

    OVERDUE = "overdue"
    TODAY = "today"
    THIS_WEEK = "this_week"
    LATER = "later"
    WAITING = "waiting"
    OTHER = "other"


class Dropped(StrEnum):
    """Why a piece of news was settled without a mail."""

    CLOSED = "closed"
    MET = "met"
    MOVED = "moved"
    PAUSED = "paused"
    OUT_OF_SCOPE = "out_of_scope"
    DISABLED = "disabled"
    NO_ADDRESS = "no_address"
    RETURNED = "returned"
    SWITCHED_OFF = "switched_off"
    SUPERSEDED = "superseded"


ALARMS = {
    "cliff_near": Group.THIS_WEEK,
    "cliff_45": Group.OVERDUE,
    "suspended_long": Group.OTHER,
}
"""Flags that are told of, and where they stand."""
_WAITING = frozenset(
    {
        "assign", "assign_verification", "hand_over", "registered", "holder_left", "direction",
        "submission_waiting", "submission_sent_back", "submission_recalled", "submission_refused",
        "transfer", "second_instance", "further_denunciation", "demand_report", "escalated",
        "survey_unhappy", MEETING_GRANTED, MEETING_REFUSED, EFFECT,
    }
)  # fmt: skip
_DATED = {"internal_near": Group.THIS_WEEK, "internal_overdue": Group.OVERDUE}
_URGENT = frozenset({"cliff_45", "security"})
_OF_THE_HOUSE = frozenset({"calendar_end", "security"})


def group_of(kind: str, due: date | None, today: date) -> Group:
    """Where news stands in the digest of ``today``; ``due`` is the date a rung speaks of."""
    if kind == RUNG and due is not None:
        if due <= today:
            return Group.TODAY if due == today else Group.OVERDUE
        sunday = today + timedelta(days=6 - today.weekday())
        return Group.THIS_WEEK if due <= sunday else Group.LATER
    if kind in _WAITING:
        return Group.WAITING
    return ALARMS.get(kind) or _DATED.get(kind, Group.OTHER)


def is_urgent(kind: str, marked: bool) -> bool:
    """Whether it may leave before the next digest; ``marked``: its rung says so."""
    return marked or kind in _URGENT


def is_informational(kind: str) -> bool:
    """Whether a person may switch it off."""
    duty = kind in _WAITING or kind in ALARMS or kind in _DATED or kind in _OF_THE_HOUSE
    return not duty and kind != RUNG
