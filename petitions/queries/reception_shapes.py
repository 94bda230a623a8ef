"""What pages and papers read of citizen reception, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from petitions.queries.reception_dates import LastDay
from petitions.queries.visitors import Comer, Earlier
from workflows.reception import (
    Counted,
    Host,
    MeetingStatus,
    QuotaStanding,
    RefusalGround,
    SessionKind,
    SessionManner,
    SessionStanding,
    SessionStatus,
    VisitOutcome,
    VisitState,
)
from workflows.vocabulary import Kind, State


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be done ahead of a session: its last lawful day, and when it was done."""

    last: LastDay | None
    done_on: date | None

    def late(self, today: date) -> bool:
        """Whether it was done too late, or still is not though its last day is past."""
        return self.last is not None and (self.done_on or today) > self.last.due


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """A session as lists show it.

    ``posting`` is None where nothing has to be posted, ``invitation`` and ``test`` where the session
    is not online. ``visits`` counts the numbers given, ``requests`` the meetings granted but not held.
    """

    uid: str
    version: int
    agency_id: int
    agency: str
    kind: SessionKind
    manner: SessionManner
    day: date
    starts_at: str | None
    ends_at: str | None
    place: str
    commune: str | None
    topic: str
    host: Host
    host_name: str | None
    held_by: str | None
    held_in_person: bool
    status: SessionStatus
    standing: SessionStanding
    reason: str | None
    moved_to: tuple[str, date] | None
    posting: Notice | None
    posted_at: str | None
    postponement_posted_on: date | None
    invitation: Notice | None
    test: Notice | None
    recording: str | None
    no_visitor: bool
    note: str
    visits: int
    waiting: int
    done: int
    requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A visit in its session's queue; of one that is not seen only number, time and state."""

    uid: str
    version: int
    queue_number: int
    arrived_at: datetime
    state: VisitState
    seen: bool
    confidential: bool
    names: tuple[str, ...]
    people: int
    turn: int
    kind: Kind | None
    outcome: VisitOutcome | None
    said: str
    case_code: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody granted a meeting in a session; masked where the visit is not seen."""

    uid: str
    visit_uid: str
    seen: bool
    name: str
    asked_on: date
    why: str
    met_visit_uid: str | None


@dataclass(frozen=True, slots=True)
class SessionShown:
    """A session with its queue and those it expects."""

    line: SessionLine
    participants: tuple[tuple[str, str], ...]
    queue: tuple[QueueLine, ...]
    expected: tuple[Expected, ...]

    @property
    def current(self) -> QueueLine | None:
        """The one being heard; the lowest number when several officers hear at once."""
        return next((each for each in self.queue if each.state is VisitState.HEARD), None)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The sessions of a month, in the order of their days."""

    agency: str
    month: date
    lines: tuple[SessionLine, ...]


@dataclass(frozen=True, slots=True)
class MeetingAsked:
    """The request to meet the leader a visit ended in."""

    uid: str
    status: MeetingStatus
    why: str
    reason: str
    session_uid: str | None
    session_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitShown:
    """A visit with everything its reader may know. ``refusal`` and ``result`` end on their legal days."""

    id: int
    uid: str
    version: int
    session_uid: str
    session_day: date
    session_kind: SessionKind
    session_manner: SessionManner
    session_open: bool
    agency_id: int
    agency: str
    queue_number: int
    arrived_at: datetime
    state: VisitState
    kind: Kind | None
    confidential: bool
    persons: tuple[Comer, ...]
    people: int
    turn: int
    representatives_named: bool
    language: str | None
    interpreter: bool
    interpreter_name: str
    fingerprint: bool
    security_risk: bool
    security_note: str
    said: str
    exhausted_by: str
    note: str
    place_code: str | None
    place: str | None
    field_code: str | None
    field: str | None
    competent: bool | None
    received_by: str
    case_code: str | None
    outcome: VisitOutcome | None
    outcome_on: date | None
    document: str | None
    answer: str
    guided_to: str
    contact: str
    promised_on: date | None
    refusal_ground: RefusalGround | None
    refusal_due: date | None
    result_due: date | None
    result_told_on: date | None
    meeting: MeetingAsked | None
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One line of the register of reception, with what either official layout prints.

    ``number`` runs through the agency's year. A row that is ``masked`` says when somebody was
    received and nothing of the person or the matter, but the ``kind`` of a ``confidential`` visit is
    told to everybody: a register says "tố cáo" without saying whose. That of a visit masked because
    its case is shut to the reader is not.
    """

    number: int
    uid: str
    on: date
    masked: bool
    confidential: bool
    host: Host
    session_kind: SessionKind
    session_manner: SessionManner
    received_by: str
    persons: tuple[Comer, ...]
    people: int
    turn: int
    kind: Kind | None
    said: str
    exhausted_by: str
    competent: bool | None
    outcome: VisitOutcome | None
    outcome_on: date | None
    answer: str
    guided_to: str
    document: str | None
    refusal_ground: RefusalGround | None
    refusal_due: date | None
    result_due: date | None
    result_told_on: date | None
    promised_on: date | None
    contact: str
    case_code: str | None
    case_state: State | None
    case_agency: str | None
    language: str | None
    interpreter: bool
    fingerprint: bool
    note: str


@dataclass(frozen=True, slots=True)
class DaysLeft:
    """A head's days in a month: required by law, fulfilled, planned ahead, missed; ``citation`` says where."""

    counted: Counted
    held: tuple[date, ...]
    ahead: tuple[date, ...]
    missed: tuple[date, ...]
    title: str
    citation: str

    @property
    def left(self) -> int:
        """Days still to be held this month."""
        return self.counted.left


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaLine:
    """One agency's head in one month; each list holds (day, session uid)."""

    agency_id: int
    code: str
    agency: str
    head: str | None
    title: str
    citation: str
    counted: Counted
    standing: QuotaStanding
    held: tuple[tuple[date, str], ...]
    ad_hoc: tuple[tuple[date, str], ...]
    missed: tuple[tuple[date, str], ...]
    postponed: tuple[tuple[date, str], ...]
    ahead: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class QuotaMonth:
    """A month of the quota page; agencies without a quota in the law are left out."""

    month: date
    lines: tuple[QuotaLine, ...]

    @property
    def met(self) -> int:
        """Agencies whose head fulfilled the month."""
        return sum(line.standing is QuotaStanding.MET for line in self.lines)

    @property
    def percent(self) -> float | None:
        """Share of agencies that fulfilled it, in percent; None where none has a quota."""
        return 100 * self.met / len(self.lines) if self.lines else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingLine:
    """A request to meet the leader in the list of the head or the office."""

    uid: str
    version: int
    visit_uid: str
    status: MeetingStatus
    asked_on: date
    name: str
    people: int
    confidential: bool
    turn: int
    kind: Kind | None
    said: str
    why: str
    reason: str
    session_uid: str | None
    session_day: date | None
    decided_by: str | None
    decided_on: date | None
    result_due: date | None
    met: bool


@dataclass(frozen=True, slots=True)
class SessionRoom:
    """A session a meeting may be granted in, and how full it is."""

    uid: str
    day: date
    starts_at: str | None
    kind: SessionKind
    manner: SessionManner
    host_name: str | None
    taken: int
