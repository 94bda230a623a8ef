"""What becomes of a mail address, and what an agency may set about its reminders."""

from __future__ import annotations

from enum import StrEnum


class AddressStanding(StrEnum):
    """What an operator noted of an address: mail to it came back, or it may be used again."""

    RETURNED = "returned"
    RESTORED = "restored"


class MailSetting(StrEnum):
    """What an agency sets about its reminders: a rung of its own, the hour of its digests."""

    RUNG = "rung"
    HOUR = "hour"
