"""The words of the register: how papers arrive, who is who in a case, and what clocks and rows are."""

from __future__ import annotations

from enum import StrEnum

from workflows.vocabulary import Kind


class Source(StrEnum):
    """How a paper reached the body that registered it."""

    RECEPTION = "reception"
    POST = "post"
    HAND_DELIVERED = "hand_delivered"
    DROP_BOX = "drop_box"
    ONLINE = "online"
    FORWARDED = "forwarded"
    LEADER = "leader"
    PRESS = "press"
    DEPUTIES = "deputies"
    FATHERLAND_FRONT = "fatherland_front"
    IMPORTED = "imported"
    OTHER = "other"


class PartyRole(StrEnum):
    """What a person on the petitioning side is."""

    PETITIONER = "petitioner"
    REPRESENTATIVE = "representative"
    AUTHORISED = "authorised"
    LAWYER = "lawyer"


class IdKind(StrEnum):
    """The paper a person shows."""

    CITIZEN = "citizen"
    OLD_ID = "old_id"
    PASSPORT = "passport"
    CERTIFICATE = "certificate"
    NONE = "none"


class RespondentKind(StrEnum):
    """Whether a petition is about a person or a body."""

    PERSON = "person"
    BODY = "body"


class AgencyRole(StrEnum):
    """What an agency is in one case."""

    ORIGIN = "origin"
    COMPETENT = "competent"
    ADVISING = "advising"
    LEAD = "lead"
    COOPERATING = "cooperating"
    SENDER = "sender"


ADVISERS = (AgencyRole.ADVISING, AgencyRole.LEAD)
"""What a body is in a case whose people draft or verify for the one that decides."""
HELPERS = (*ADVISERS, AgencyRole.COOPERATING)
"""What a body is in a case while it works on it beside the one that decides."""

OFFICER_DUTY, TEAM_DUTY = "officer", "team"
"""Charges of those who work on a case: its one officer, and the team that verifies."""


class BarReason(StrEnum):
    """Why a person or unit is shut out of a case."""

    RESPONDENT = "respondent"
    RESPONDENT_UNIT = "respondent_unit"
    RELATED = "related"


class LinkKind(StrEnum):
    """Why two cases belong together."""

    SPLIT_FROM = "split_from"
    JOINED_INTO = "joined_into"
    SECOND_INSTANCE_OF = "second_instance_of"
    RESETTLES = "resettles"
    RELATED = "related"


class Nature(StrEnum):
    """Whether a clock is the law's or the office's own."""

    STATUTORY = "statutory"
    INTERNAL = "internal"


class ClockState(StrEnum):
    """A clock runs, stands still, was met by an act, or ended without one."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    ENDED = "ended"


class CopyKind(StrEnum):
    """What the paper in the file is."""

    ORIGINAL = "original"
    CERTIFIED_COPY = "certified_copy"
    PHOTOCOPY = "photocopy"
    ELECTRONIC = "electronic"


class Capacity(StrEnum):
    """In what capacity a document is signed for the head."""

    KT = "kt"
    TL = "tl"
    TUQ = "tuq"


class PlaceFlagKind(StrEnum):
    """Dated attributes of a commune."""

    REMOTE = "remote"
    ETHNIC_MINORITY = "ethnic_minority"


class FormerPart(StrEnum):
    """How much of a former unit came to the present one."""

    WHOLE = "whole"
    PART = "part"
    REMAINDER = "remainder"


class ChangeKind(StrEnum):
    """What changed when open deadlines were recounted."""

    CALENDAR = "calendar"
    LAW = "law"
    PLACE_FLAG = "place_flag"
    INTERNAL_TARGET = "internal_target"


class SurveyChannel(StrEnum):
    """How a citizen answered: by the link of the slip, or at the counter."""

    LINK = "link"
    COUNTER = "counter"


class Finding(StrEnum):
    """What a settlement decision or a conclusion found of the petition (arts 31, 40 Law on Complaints;
    art 35 Law on Denunciations). The last two are of the second instance."""

    TRUE = "true"
    PARTLY_TRUE = "partly_true"
    WRONG = "wrong"
    UPHELD = "upheld"
    AMENDED = "amended"
    CANCELLED = "cancelled"


def findings_of(kind: Kind, instance: int) -> tuple[Finding, ...]:
    """What a decision or conclusion may find: of a second-instance complaint, what becomes of the first
    decision (Law on Complaints art 40); of all others, whether the petition is right (art 31; Law on
    Denunciations art 35)."""
    if kind is Kind.COMPLAINT and instance == 2:
        return Finding.UPHELD, Finding.AMENDED, Finding.CANCELLED
    return Finding.TRUE, Finding.PARTLY_TRUE, Finding.WRONG
