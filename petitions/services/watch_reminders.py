"""Whom a new flag is told to at once: the officer in charge, else the heads of the custodian.

Dates are spoken of by the ladder (``services.reminders``); here stand the facts that no date has.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from notifications import outbox
from petitions.services.recipients import Staff, told_of
from workflows.ladder import Audience
from workflows.watch import FlagKind

TOLD = frozenset({FlagKind.CLIFF_NEAR, FlagKind.CLIFF_45, FlagKind.SUSPENDED_LONG})
"""Flags somebody is told of when they rise; the others are seen in the lists."""


def remind(session: Session, raised: Sequence[Any], staff: Staff, now: datetime) -> int:
    """Queue one message a person for each new flag (rows of case_id, kind, subject, since).

    The payload carries the code only. Four statements whatever the number of flags; returns how
    many messages are new.
    """
    flags = [flag for flag in raised if flag[1] in TOLD]
    if not flags:
        return 0
    told = told_of(list({flag[0] for flag in flags}), staff)
    messages = [
        outbox.Message(
            dedupe_key=f"{kind}:{case_id}:{subject}:{since}:{person}",
            kind=kind,
            recipient_id=person,
            case_id=case_id,
            payload={"case": told[case_id].code},
        )
        for case_id, kind, subject, since in flags
        for person in told[case_id].people({Audience.OFFICER})
    ]
    return outbox.put(session, messages, now)
