"""What pages show of the bodies and people at work in a case beside its custodian."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.office import ReplyKind, TeamRole
from workflows.records import HELPERS, AgencyRole, Nature
from workflows.verification import VerificationStep
from workflows.vocabulary import Action, Kind, State


@dataclass(frozen=True, slots=True)
class AgencyInCase:
    """What an agency is, or was, in the case."""

    code: str
    name: str
    role: AgencyRole
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the verification team; ``until`` is the day of leaving it."""

    name: str
    role: TeamRole
    agency: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Movement:
    """The petition went from one body to another; ``to`` is empty where that one is outside."""

    action: Action
    on: date
    sender: str
    to: str


@dataclass(frozen=True, slots=True)
class Reply:
    """Something a body asked and waits to hear about.

    ``ordinal`` is its number in the case. ``nature`` says whose limit ``due`` is: the law's or an
    internal one; None where the asking itself named the day.
    """

    code: str
    ordinal: int
    kind: ReplyKind
    asker_id: int
    asker: str
    to: str
    asked_on: date
    due: date | None
    answered_on: date | None
    subject: str
    answer: str
    document: str
    nature: Nature | None

    def late(self, today: date) -> bool:
        """Whether it is, or was, answered after its day."""
        return self.due is not None and (self.answered_on or today) > self.due


@dataclass(frozen=True, slots=True)
class CaseOffice:
    """What a case page shows of the bodies and people at work beside its custodian."""

    code: str
    kind: Kind
    state: State
    agencies: tuple[AgencyInCase, ...]
    team: tuple[Member, ...]
    movements: tuple[Movement, ...]
    replies: tuple[Reply, ...]
    round: int
    steps: int
    done: int

    def of(self, role: AgencyRole) -> tuple[AgencyInCase, ...]:
        """The agencies that are this in the case now."""
        return tuple(each for each in self.agencies if each.role is role and each.until is None)

    @property
    def helpers(self) -> tuple[AgencyInCase, ...]:
        """The agencies that advise or verify now."""
        return tuple(each for each in self.agencies if each.role in HELPERS and each.until is None)

    @property
    def members(self) -> tuple[Member, ...]:
        """The team as it stands."""
        return tuple(each for each in self.team if each.until is None)

    @property
    def waiting(self) -> tuple[Reply, ...]:
        """What nobody has answered yet."""
        return tuple(each for each in self.replies if each.answered_on is None)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.agencies or self.team or self.movements or self.replies or self.round)


@dataclass(frozen=True, slots=True)
class PaperOfCase:
    """A paper of the file a step may be shown by."""

    ordinal: int
    title: str


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of the checklist and whether it was done in this round."""

    step: VerificationStep
    done_on: date | None
    by: str | None
    paper: PaperOfCase | None


@dataclass(frozen=True, slots=True)
class ReportShown:
    """A verification report handed in."""

    on: date
    by: str
    agency: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The page of a case's verification. ``may_work``: the reader's body verifies here."""

    office: CaseOffice
    agency: str
    may_work: bool
    checklist: tuple[StepShown, ...]
    papers: tuple[PaperOfCase, ...]
    reports: tuple[ReportShown, ...]
