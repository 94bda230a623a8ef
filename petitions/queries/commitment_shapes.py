"""What the readings of commitments hand out: lines, one commitment, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workflows.commitments import (
    CommitmentKind,
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
    is_late,
)


class Which(StrEnum):
    """The parts of the register."""

    MINE = "mine"
    CONFIRM = "confirm"
    LATE = "late"
    UNDONE = "undone"
    DONE = "done"
    DROPPED = "dropped"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class CommitmentFilters:
    """What of the register is wanted. ``agency`` is the code of the lead; days are of ``due``."""

    which: Which = Which.UNDONE
    source: CommitmentSource | None = None
    agency: str | None = None
    due_from: date | None = None
    due_to: date | None = None


@dataclass(frozen=True, slots=True)
class CommitmentLine:
    """One commitment; ``case_code`` only for those who see the case."""

    id: int
    uid: str
    what: str
    source: CommitmentSource
    kind: CommitmentKind
    keeper_id: int
    keeper: str
    lead_id: int
    lead: str
    made_on: date
    due: date
    status: CommitmentStatus
    ended_on: date | None
    confidential: bool
    case_code: str | None
    promise_uid: str | None
    open_dialogue_uid: str | None
    session_uid: str | None

    def late_on(self, today: date) -> bool:
        """Undone after its day, or done after it."""
        return is_late(self.status, self.due, self.ended_on, today)


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    """A page of the register; ``more`` when there is another."""

    lines: tuple[CommitmentLine, ...]
    total: int
    more: bool


@dataclass(frozen=True, slots=True)
class StepShown:
    """One line of the history; ``was_due`` is the day a moved one had before."""

    seq: int
    verdict: CommitmentVerdict
    on: date
    by: str
    at: datetime
    text: str
    document: str | None
    paper: str | None
    paper_ordinal: int | None
    due: date | None
    was_due: date | None


@dataclass(frozen=True, slots=True)
class CommitmentShown:
    """One commitment with its bodies, its history, and what this hat may do to it now."""

    line: CommitmentLine
    version: int
    cooperating: tuple[str, ...]
    supervising: tuple[str, ...]
    steps: tuple[StepShown, ...]
    may: tuple[CommitmentVerdict, ...]
    papers: tuple[tuple[int, str], ...]
    """Papers of the case's file, for those who see it: (ordinal, title)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How a group's commitments ended or stand."""

    in_time: int = 0
    done_late: int = 0
    open: int = 0
    open_late: int = 0
    dropped: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_time + self.done_late + self.open + self.open_late + self.dropped

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.in_time + other.in_time,
            self.done_late + other.done_late,
            self.open + other.open,
            self.open_late + other.open_late,
            self.dropped + other.dropped,
        )


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Commitments made in a span of days, by lead (code, name) and by source."""

    agencies: tuple[tuple[str, str, Tally], ...]
    sources: tuple[tuple[CommitmentSource, Tally], ...]
    whole: Tally
