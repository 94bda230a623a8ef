"""The words of the journal: where a mail is, and what came of one try."""

from __future__ import annotations

from enum import StrEnum


class MailState(StrEnum):
    """Where a mail is. ``parked`` mails wait for an operator, ``cancelled`` ones were never accepted."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"


class AttemptOutcome(StrEnum):
    """What came of one try. ``uncertain``: the server may have taken the mail before we lost it."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    UNCERTAIN = "uncertain"
