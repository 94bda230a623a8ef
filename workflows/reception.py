"""The words of citizen reception: sessions, visits, requests to meet the leader, refusals.

Law on Citizen Reception 42/2013/QH13 as amended by Law 136/2025/QH15; Decree 154/2026/ND-CP.
"""

from __future__ import annotations

from enum import StrEnum

GROUP = 5
"""From how many people on visitors are a group (art 29, Law on Citizen Reception)."""


class SessionKind(StrEnum):
    """Why citizens are received: every working day at the office, the leader's own days, or an occasion."""

    REGULAR = "regular"
    PERIODIC = "periodic"
    AD_HOC = "ad_hoc"


class SessionManner(StrEnum):
    """Where and how: at the office, in a village, or over a connection."""

    OFFICE = "office"
    MOBILE = "mobile"
    ONLINE = "online"


class Host(StrEnum):
    """Who receives: the head in person, somebody authorised, or the officer on duty."""

    HEAD = "head"
    AUTHORISED = "authorised"
    STAFF = "staff"


class SessionStatus(StrEnum):
    """What is recorded of a session. Posted is a date beside it; missed is derived from the day."""

    PLANNED = "planned"
    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class VisitState(StrEnum):
    """A visitor waits for a turn, is being heard, was heard, or left before."""

    WAITING = "waiting"
    HEARD = "heard"
    DONE = "done"
    LEFT = "left"


class VisitOutcome(StrEnum):
    """What came of a visit."""

    ANSWERED = "answered"
    CASE_OPENED = "case_opened"
    ADDED_TO_CASE = "added_to_case"
    GUIDED = "guided"
    MORE_ASKED = "more_asked"
    REFUSED = "refused"
    MEETING_ASKED = "meeting_asked"
    CHECK_ORDERED = "check_ordered"
    TO_BE_SETTLED = "to_be_settled"
    OTHER = "other"


class MeetingStatus(StrEnum):
    """A request to meet the leader waits, was granted a session, or was declined with a reason."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"


class RefusalGround(StrEnum):
    """Grounds to refuse reception: art 9 of the Law, points of art 4(1) of Decree 154/2026."""

    LAW_9_1 = "law_9_1"
    LAW_9_2 = "law_9_2"
    LAW_9_3 = "law_9_3"
    WEAPONS = "weapons"
    SECURITY_CHECK = "security_check"
    RECORDING = "recording"
    INCITING = "inciting"
    NO_CAPACITY = "no_capacity"
    NO_AUTHORITY = "no_authority"
    OUT_OF_SCOPE = "out_of_scope"
    ANSWERED_BEFORE = "answered_before"
    FINAL_JUDGMENT = "final_judgment"
    HANDLED_ELSEWHERE = "handled_elsewhere"


WRITTEN_REFUSALS = frozenset({RefusalGround.LAW_9_3, RefusalGround.ANSWERED_BEFORE})
"""Grounds that need form 01/TCD within three working days (Decree 154/2026 art 4(3))."""


class NoticeState(StrEnum):
    """A paper of a session is a draft until its signer signs it."""

    DRAFT = "draft"
    SIGNED = "signed"
    DROPPED = "dropped"
