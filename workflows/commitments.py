"""The words of what was promised: points of dialogues and sessions, promises to voters, and their course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.transition import LEADERS, PROCESSING
from workflows.vocabulary import Actor, Role


class CommitmentSource(StrEnum):
    """Where a commitment was made."""

    DIALOGUE = "dialogue"
    SESSION = "session"
    OPEN_DIALOGUE = "open_dialogue"
    PROMISE = "promise"


class CommitmentKind(StrEnum):
    """To do something, or to check the matter and propose what to do about it."""

    DO = "do"
    CHECK = "check"


class CommitmentStatus(StrEnum):
    """Open, reported as done by the lead, confirmed done, or dropped with a reason. Late is derived."""

    OPEN = "open"
    REPORTED = "reported"
    DONE = "done"
    DROPPED = "dropped"


class CommitmentVerdict(StrEnum):
    """What happened to a commitment: each one line of its history."""

    MADE = "made"
    URGED = "urged"
    REPORTED = "reported"
    SENT_BACK = "sent_back"
    DONE = "done"
    DROPPED = "dropped"
    MOVED = "moved"
    REOPENED = "reopened"


UNDONE = frozenset({CommitmentStatus.OPEN, CommitmentStatus.REPORTED})
"""Nobody has confirmed or dropped it: it may be late."""
ENDED = frozenset(CommitmentStatus) - UNDONE

_OPEN, _REPORTED = CommitmentStatus.OPEN, CommitmentStatus.REPORTED
_COURSE: Mapping[CommitmentVerdict, Mapping[CommitmentStatus, CommitmentStatus]] = {
    CommitmentVerdict.URGED: {_OPEN: _OPEN, _REPORTED: _REPORTED},
    CommitmentVerdict.REPORTED: {_OPEN: _REPORTED, _REPORTED: _REPORTED},
    CommitmentVerdict.SENT_BACK: {_REPORTED: _OPEN},
    CommitmentVerdict.DONE: dict.fromkeys(UNDONE, CommitmentStatus.DONE),
    CommitmentVerdict.DROPPED: dict.fromkeys(UNDONE, CommitmentStatus.DROPPED),
    CommitmentVerdict.MOVED: {_OPEN: _OPEN, _REPORTED: _REPORTED},
    CommitmentVerdict.REOPENED: dict.fromkeys(ENDED, CommitmentStatus.OPEN),
}


def after(status: CommitmentStatus, verdict: CommitmentVerdict) -> CommitmentStatus | None:
    """Where a commitment stands after the verdict; ``None`` when it cannot be given there."""
    return _COURSE.get(verdict, {}).get(status)


def is_late(status: CommitmentStatus, due: date, ended_on: date | None, today: date) -> bool:
    """Whether it is undone after its day, or was done after it. What was dropped is never late."""
    if status is CommitmentStatus.DROPPED:
        return False
    return due < (today if ended_on is None else ended_on)


FOLLOWERS = PROCESSING | {Role.RECEPTION, Role.INSPECTOR}
"""Hats that report on, confirm and follow up commitments of their body."""
_OF_THE_HEAD = frozenset(
    {CommitmentVerdict.DROPPED, CommitmentVerdict.MOVED, CommitmentVerdict.REOPENED}
)
"""What was undertaken before people is taken back or put off by leaders only."""
_OF_THE_KEEPER = frozenset({CommitmentVerdict.SENT_BACK, CommitmentVerdict.DONE})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a commitment stands, and the bodies that have a say in it."""

    status: CommitmentStatus
    keeper_id: int
    lead_id: int
    supervising: frozenset[int] = frozenset()


def open_to(standing: Standing, actor: Actor) -> tuple[CommitmentVerdict, ...]:
    """What this hat may do to the commitment now, in the order of its course.

    The lead reports, the keeper confirms or sends back, the keeper's leaders move, drop and reopen; a
    body that keeps, supervises or stands above the lead urges. Where one body both leads and keeps,
    its leaders confirm: nobody attests his own work.
    """
    return tuple(
        verdict
        for verdict in CommitmentVerdict
        if after(standing.status, verdict) is not None and _may(standing, verdict, actor)
    )


def _may(standing: Standing, verdict: CommitmentVerdict, actor: Actor) -> bool:
    keeps = actor.agency_id == standing.keeper_id
    leads = actor.agency_id == standing.lead_id
    if verdict in _OF_THE_HEAD:
        return keeps and actor.role in LEADERS
    if verdict in _OF_THE_KEEPER:
        return keeps and actor.role in (LEADERS if leads else FOLLOWERS)
    if verdict is CommitmentVerdict.REPORTED:
        return leads and actor.role in FOLLOWERS
    supervises = actor.agency_id in standing.supervising
    above = actor.province_wide or standing.lead_id in actor.agency_ids
    return (
        not leads
        and (keeps or supervises or above)
        and (actor.role in FOLLOWERS or (supervises and actor.role is Role.SUPERVISOR))
    )


class CommitmentRole(StrEnum):
    """What a body besides the lead is in a commitment."""

    COOPERATING = "cooperating"
    SUPERVISING = "supervising"


class Occasion(StrEnum):
    """Before whom a promise was made."""

    VOTERS = "voters"
    QUESTIONING = "questioning"
    OTHER = "other"


class Side(StrEnum):
    """On which side somebody sits in a dialogue."""

    PETITIONER = "petitioner"
    RESPONDENT = "respondent"
    AUTHORITY = "authority"
    CONCERNED = "concerned"


class Attendance(StrEnum):
    """Whether an invited person came (art 30(6) Law on Complaints; Decree 124/2020 art 28)."""

    PRESENT = "present"
    ABSENT_WITH_REASON = "absent_with_reason"
    ABSENT_WITHOUT_REASON = "absent_without_reason"


class OpenDialogueStatus(StrEnum):
    """A head's dialogue with people, without a case: planned for the year, held, postponed or cancelled."""

    PLANNED = "planned"
    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
