"""The dialogues of a case: the days the law sets, who was invited and came, points and commitments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from config.database import db
from petitions.access import visible
from petitions.errors import NotFound
from petitions.models import (
    Agency,
    Assignment,
    Case,
    Dialogue,
    DialogueAttendee,
    DialoguePoint,
    OutgoingDocument,
    Party,
    Respondent,
)
from petitions.queries.commitment_shapes import CommitmentLine
from petitions.queries.commitments import of_dialogues
from petitions.rulebook import Rulebook, current
from workflows.commitments import Attendance, Side
from workflows.dialogues import IN_PERSON, Notice, first_day, head_must_chair, notice_for
from workflows.facts import CaseItem
from workflows.records import PartyRole
from workflows.transition import PROCESSING
from workflows.vocabulary import Actor, Kind, State, Subkind
from workflows.working_days import CalendarMissing

MINUTES = "nd124:14"
HELD = "held"


@dataclass(frozen=True, slots=True)
class AttendeeShown:
    """Somebody invited, and whether they came."""

    side: Side
    name: str
    title: str
    invited_on: date | None
    attendance: Attendance | None
    reason: str


@dataclass(frozen=True, slots=True)
class DialogueShown:
    """One dialogue. ``notice`` is the last lawful day of the notice for the day it was held, or is
    planned on; ``late_notice`` says that it was missed."""

    id: int
    number: int
    version: int
    planned_on: date
    starts_at: str | None
    place: str
    chair: str | None
    head_in_person: bool | None
    notice_on: date | None
    notice: Notice | None
    held_on: date | None
    outcome: str | None
    attendees: tuple[AttendeeShown, ...]
    agreed: tuple[str, ...]
    differing: tuple[str, ...]
    minutes_signed: bool
    superseded: bool

    @property
    def late_notice(self) -> bool:
        """Whether the notice went out after its last lawful day."""
        return (
            self.notice is not None
            and self.notice_on is not None
            and self.notice_on > self.notice.latest
        )

    @property
    def is_held(self) -> bool:
        """Whether the petitioning side came."""
        return self.outcome == HELD


@dataclass(frozen=True, slots=True)
class CaseDialogues:
    """The dialogues of one case, the latest first, and what the law says of the next."""

    code: str
    version: int
    kind: Kind
    state: State
    summary: str
    instance: int
    agency: str
    head_title: str
    dialogues: tuple[DialogueShown, ...]
    commitments: Mapping[int, tuple[CommitmentLine, ...]]
    first_day: date | None
    head_chairs: bool
    article: str
    may_work: bool
    likely: tuple[AttendeeShown, ...]
    """Whom the case suggests to invite."""


def dialogues_of(actor: Actor, code: str, today: date) -> CaseDialogues:
    """The dialogues of the case ``code``. Raises ``NotFound``."""
    session = db.session()
    case = _case(actor, code)
    agency = session.get_one(Agency, case.agency_id)
    book = current(session)
    rows = session.scalars(
        select(Dialogue).where(Dialogue.case_id == case.id).order_by(Dialogue.id)
    ).all()
    ids = [row.id for row in rows]
    attendees, points = _attendees(ids), _points(ids)
    signed = session.scalars(
        select(OutgoingDocument.issued_on).where(
            OutgoingDocument.case_id == case.id, OutgoingDocument.form_key == MINUTES
        )
    ).all()
    shown = tuple(
        DialogueShown(
            row.id, at, row.version, row.planned_on, row.starts_at, row.place, row.chair,
            row.head_in_person, row.notice_on, _notice(case, row.held_on or row.planned_on, book),
            row.held_on, row.outcome, attendees.get(row.id, ()),
            tuple(text for agreed, text in points.get(row.id, ()) if agreed),
            tuple(text for agreed, text in points.get(row.id, ()) if not agreed),
            row.held_on is not None and any(day >= row.held_on for day in signed),
            row.held_on is None and at < len(rows),
        )
        for at, row in enumerate(rows, 1)
    )  # fmt: skip
    complaint = case.kind is Kind.COMPLAINT
    return CaseDialogues(
        code=case.code,
        version=case.version,
        kind=case.kind,
        state=case.state,
        summary=case.summary,
        instance=case.instance,
        agency=agency.name,
        head_title=agency.head_title,
        dialogues=tuple(reversed(shown)),
        commitments=of_dialogues(actor, ids),
        first_day=_first_day(case, today, book) if complaint else None,
        head_chairs=complaint
        and head_must_chair(
            agency.kind, case.instance, case.group_size, security_risk=case.security_risk
        ),
        article=IN_PERSON,
        may_work=_may_work(actor, case),
        likely=_likely(case),
    )


def notice_days(actor: Actor, code: str, dialogue_on: date) -> Notice | None:
    """The last lawful day of the notice for a dialogue of that case on a day. Raises ``NotFound``."""
    return _notice(_case(actor, code), dialogue_on, current(db.session()))


def _case(actor: Actor, code: str) -> Case:
    found = db.session.scalar(select(Case).where(Case.code == code, visible(actor)))
    if found is None:
        raise NotFound
    return found


def _item(case: Case) -> CaseItem:
    subkind = case.subkind if isinstance(case.subkind, Subkind) else None
    return CaseItem(case.kind, subkind, case.instance, case.remote, case.complexity)


def _notice(case: Case, dialogue_on: date, book: Rulebook) -> Notice | None:
    try:
        return notice_for(_item(case), dialogue_on, book.lawbook, book.calendar)
    except CalendarMissing:
        return None


def _first_day(case: Case, today: date, book: Rulebook) -> date | None:
    try:
        return first_day(_item(case), today, book.lawbook, book.calendar)
    except CalendarMissing:
        return None


def _may_work(actor: Actor, case: Case) -> bool:
    if actor.role not in PROCESSING:
        return False
    if actor.agency_id == case.agency_id:
        return True
    charged = exists().where(
        Assignment.case_id == case.id,
        Assignment.user_id == actor.user_id,
        Assignment.until.is_(None),
    )
    return bool(db.session.scalar(select(charged)))


def _attendees(ids: list[int]) -> dict[int, tuple[AttendeeShown, ...]]:
    found: defaultdict[int, list[AttendeeShown]] = defaultdict(list)
    rows = db.session.scalars(
        select(DialogueAttendee)
        .where(DialogueAttendee.dialogue_id.in_(ids))
        .order_by(DialogueAttendee.dialogue_id, DialogueAttendee.ordinal)
    )
    for row in rows:
        found[row.dialogue_id].append(
            AttendeeShown(row.side, row.name, row.title, row.invited_on, row.attendance, row.reason)
        )
    return {which: tuple(people) for which, people in found.items()}


def _points(ids: list[int]) -> dict[int, tuple[tuple[bool, str], ...]]:
    found: defaultdict[int, list[tuple[bool, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(DialoguePoint.dialogue_id, DialoguePoint.agreed, DialoguePoint.content)
        .where(DialoguePoint.dialogue_id.in_(ids))
        .order_by(DialoguePoint.dialogue_id, DialoguePoint.ordinal)
    )
    for row in rows:
        found[row.dialogue_id].append((row.agreed, row.content))
    return {which: tuple(points) for which, points in found.items()}


def _likely(case: Case) -> tuple[AttendeeShown, ...]:
    """Petitioners (of a large group its representatives) and respondents."""
    if case.kind is Kind.DENUNCIATION:
        return ()
    parties = db.session.scalars(
        select(Party).where(Party.case_id == case.id).order_by(Party.ordinal)
    ).all()
    speaking = [each for each in parties if each.is_representative] or [
        each for each in parties if each.role is PartyRole.PETITIONER
    ]
    helpers = [
        each for each in parties if each.role is not PartyRole.PETITIONER and each not in speaking
    ]
    invited = [
        AttendeeShown(Side.PETITIONER, each.name or "", "", None, None, "")
        for each in (*speaking, *helpers)
        if each.name
    ]
    respondents = db.session.scalars(
        select(Respondent).where(Respondent.case_id == case.id).order_by(Respondent.ordinal)
    )
    invited += [
        AttendeeShown(Side.RESPONDENT, each.name, each.position or "", None, None, "")
        for each in respondents
    ]
    return tuple(invited)
