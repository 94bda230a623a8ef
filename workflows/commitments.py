"""The words of what was promised: points of dialogues and sessions, promises to voters, and their course."""

from __future__ import annotations

from enum import StrEnum


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
    REPORTED = "reported"
    SENT_BACK = "sent_back"
    DONE = "done"
    DROPPED = "dropped"
    MOVED = "moved"
    REOPENED = "reopened"


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
