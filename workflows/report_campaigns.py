"""Sheets of statistical tables on their way from figures to signature, and when a campaign's are late."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class SheetState(StrEnum):
    """Where a sheet stands. A signed one becomes a draft again only as a correction."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    SIGNED = "signed"


class SheetStanding(StrEnum):
    """How a unit of a campaign stands with what it was asked for."""

    AHEAD = "ahead"
    LATE = "late"
    SENT = "sent"
    SENT_LATE = "sent_late"


SENT = frozenset({SheetStanding.SENT, SheetStanding.SENT_LATE})
"""Standings of sheets that came."""


def standing_of(due: date, sent_on: date | None, today: date) -> SheetStanding:
    """The standing of a sheet due on ``due`` and first sent on ``sent_on``. The day itself is in time."""
    if sent_on is not None:
        return SheetStanding.SENT if sent_on <= due else SheetStanding.SENT_LATE
    return SheetStanding.AHEAD if today <= due else SheetStanding.LATE
