"""What else waits in the morning: papers to sign, people to meet, days to keep, and what others did.

The cases' own dates are in ``petitions.queries.tasks``, commitments in ``petitions.queries.commitments``;
the rest comes in two statements: all kinds of things that wait, and what happened since a day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from config.database import db, read
from petitions.access import visible, visits_seen
from petitions.models import (
    Agency,
    Assignment,
    Case,
    Deadline,
    Dialogue,
    Escalation,
    Event,
    Follower,
    Hat,
    MeetingRequest,
    OpenDialogue,
    ReceptionPaper,
    ReceptionSession,
    ReportCampaign,
    ReportSheet,
    SignedSheet,
    SurveyAnswer,
    UrgingLetter,
    User,
    Visit,
)
from petitions.queries.offices import in_force
from petitions.queries.report_readers import sheets_seen
from petitions.queries.urging_reach import letters_seen
from workflows.commitments import OpenDialogueStatus
from workflows.reception import MeetingStatus, NoticeState, SessionKind, SessionStatus
from workflows.satisfaction import LOOKERS
from workflows.transition import LEADERS
from workflows.vocabulary import Action, Actor, Kind, Role

SHOWN = 6
"""Things listed of each kind; the rest is counted."""
HAPPENED = 12
"""Cases listed in which something happened."""
MONTH = timedelta(days=30)
"""How far ahead dialogues and sessions are shown."""


class Waiting(StrEnum):
    """Kinds of things that wait besides cases with a date."""

    PAPER = "paper"
    MEETING = "meeting"
    DIALOGUE = "dialogue"
    OPEN_DIALOGUE = "open_dialogue"
    POSTING = "posting"
    SURVEY = "survey"
    NOTICE = "notice"
    URGING = "urging"
    SHEET = "sheet"


OF_ROLE: Mapping[Role, frozenset[Waiting]] = {
    Role.HEAD: frozenset(Waiting),
    Role.DEPUTY_HEAD: frozenset(Waiting),
    Role.SECTION_HEAD: frozenset({Waiting.DIALOGUE}),
    Role.OFFICER: frozenset({Waiting.DIALOGUE}),
    Role.RECEPTION: frozenset({Waiting.PAPER, Waiting.MEETING, Waiting.POSTING, Waiting.SURVEY}),
    Role.CLERK: frozenset({Waiting.POSTING, Waiting.URGING, Waiting.SHEET}),
    Role.INSPECTOR: frozenset({Waiting.DIALOGUE, Waiting.NOTICE, Waiting.URGING, Waiting.SHEET}),
    Role.SUPERVISOR: frozenset(),
    Role.ADMIN: frozenset(),
}
"""What each hat answers for."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that waits. ``uid`` names it, ``code`` its case; ``day`` is when it must be done or
    takes place, ``since`` when it began (of a dialogue: the day its notice went out). ``words`` say
    what it is and are None where they are sealed; ``note`` is a place, a form or a time."""

    uid: str
    code: str | None
    day: date | None
    since: date | None
    words: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Things:
    """Things of one kind, the nearest first; ``late`` of all of them are past their day."""

    all: int = 0
    late: int = 0
    shown: tuple[Thing, ...] = ()


@dataclass(frozen=True, slots=True)
class Happened:
    """The latest that others did in a case, and how much besides it (``more``)."""

    code: str
    kind: Kind
    summary: str
    action: Action
    who: str | None
    at: datetime
    more: int


def things_of(actor: Actor, today: date) -> Mapping[Waiting, Things]:
    """Everything of ``OF_ROLE`` that waits for this hat. One statement."""
    wanted = [each for each in Waiting if each in OF_ROLE[actor.role]]
    found = {each: Things() for each in wanted}
    if not wanted:
        return found
    parts = [_limited(each, _PARTS[each](actor, today), today) for each in wanted]
    rows: dict[Waiting, list[Any]] = defaultdict(list)
    for row in read(union_all(*parts)):
        rows[Waiting(row.waiting)].append(row)
    for kind, those in rows.items():
        ordered = sorted(those, key=lambda row: (row.day or date.max, row.uid))
        shown = tuple(
            Thing(row.uid, row.code, row.day, row.since, row.words, row.note or "")
            for row in ordered
        )
        found[kind] = Things(those[0].all, those[0].late, shown)
    return found


def happened_since(actor: Actor, since: datetime, today: date) -> tuple[Happened, ...]:
    """What others did from ``since`` on in the cases of this hat, one line a case, the newest first."""
    latest = (
        select(
            Event.case_id,
            func.max(Event.seq).label("seq"),
            func.count().label("all"),
        )
        .join(Case, Case.id == Event.case_id)
        .where(
            Event.recorded_at >= since,
            Event.action.not_in([Action.RESTATE.value, Action.IMPORT.value]),
            or_(Event.actor_id.is_(None), Event.actor_id != actor.user_id),
            _own(actor, today),
            visible(actor),
        )
        .group_by(Event.case_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Case.code, Case.kind, Case.summary, Event.action, User.name, Event.recorded_at,
            latest.c.all,
        )
        .join(latest, and_(latest.c.case_id == Event.case_id, latest.c.seq == Event.seq))
        .join(Case, Case.id == Event.case_id)
        .outerjoin(User, User.id == Event.actor_id)
        .order_by(Event.recorded_at.desc(), Event.id.desc())
        .limit(HAPPENED)
    )  # fmt: skip
    return tuple(
        Happened(code, kind, summary, Action(action), who, at, count - 1)
        for code, kind, summary, action, who, at, count in rows
    )


def _own(actor: Actor, today: date) -> ColumnElement[bool]:
    """Cases the hat works on, ended ones too: all of a leader's agency, otherwise those one is charged with."""
    followed = Case.id.in_(select(Follower.case_id).where(Follower.user_id == actor.user_id))
    charges = select(Assignment.case_id).where(
        Assignment.user_id == actor.user_id, Assignment.until.is_(None)
    )
    own = or_(Case.officer_id == actor.user_id, Case.id.in_(charges), followed)
    match actor.role:
        case Role.OFFICER | Role.INSPECTOR | Role.SUPERVISOR:
            return own
        case Role.SECTION_HEAD if actor.section_id is not None:
            people = select(Hat.user_id).where(
                Hat.section_id == actor.section_id, in_force(Hat, today)
            )
            return or_(own, and_(Case.agency_id == actor.agency_id, Case.officer_id.in_(people)))
    return or_(own, Case.agency_id == actor.agency_id)


# --- the parts of the one statement, all with the same columns ----------------------------------

_Part = Select[*tuple[Any, ...]]
_NOTHING = cast(null(), String)
_NO_DAY = cast(null(), Date)


def _limited(waiting: Waiting, part: _Part, today: date) -> _Part:
    inner = part.subquery()
    late = func.sum(case((inner.c.day < today, 1), else_=0)).over()
    counted = select(
        literal(waiting.value).label("waiting"),
        *inner.c,
        func.count().over().label("all"),
        late.label("late"),
    )
    return select(counted.order_by(inner.c.day, inner.c.uid).limit(SHOWN).subquery())


def _columns(
    uid: Any,
    *,
    code: Any = _NOTHING,
    day: Any = _NO_DAY,
    since: Any = _NO_DAY,
    words: Any = _NOTHING,
    note: Any = _NOTHING,
) -> _Part:
    return select(
        cast(uid, String).label("uid"),
        cast(code, String).label("code"),
        type_coerce(day, Date).label("day"),
        type_coerce(since, Date).label("since"),
        cast(words, String).label("words"),
        cast(note, String).label("note"),
    )


def _papers(actor: Actor, _today: date) -> _Part:
    mine = false() if actor.role in LEADERS else ReceptionPaper.author_id == actor.user_id
    leads = ReceptionPaper.agency_id == actor.agency_id if actor.role in LEADERS else false()
    seen = or_(
        ReceptionPaper.visit_id.is_(None),
        exists().where(Visit.id == ReceptionPaper.visit_id, visits_seen(actor)),
    )
    return _columns(ReceptionPaper.uid, day=ReceptionPaper.due, note=ReceptionPaper.form_key).where(
        ReceptionPaper.state == NoticeState.DRAFT, or_(mine, leads), seen
    )


def _meetings(actor: Actor, _today: date) -> _Part:
    return (
        _columns(MeetingRequest.uid, since=MeetingRequest.asked_on, note=Visit.people)
        .join(Visit, Visit.id == MeetingRequest.visit_id)
        .where(
            MeetingRequest.agency_id == actor.agency_id,
            MeetingRequest.status == MeetingStatus.WAITING,
            visits_seen(actor),
        )
    )


def _dialogues(actor: Actor, today: date) -> _Part:
    return (
        _columns(
            Dialogue.id, code=Case.code, day=Dialogue.planned_on, since=Dialogue.notice_on,
            words=Case.summary, note=Dialogue.place,
        )
        .join(Case, Case.id == Dialogue.case_id)
        .where(
            Dialogue.planned_on.between(today, today + MONTH),
            Dialogue.held_on.is_(None),
            Dialogue.outcome.is_(None),
            Case.open,
            _own(actor, today),
            visible(actor),
        )
    )  # fmt: skip


def _open_dialogues(actor: Actor, today: date) -> _Part:
    return _columns(
        OpenDialogue.uid, day=OpenDialogue.planned_on, since=OpenDialogue.posted_on,
        words=OpenDialogue.topics, note=OpenDialogue.place,
    ).where(
        OpenDialogue.agency_id == actor.agency_id,
        OpenDialogue.status == OpenDialogueStatus.PLANNED,
        OpenDialogue.planned_on <= today + MONTH,
    )  # fmt: skip


def _postings(actor: Actor, today: date) -> _Part:
    return _columns(
        ReceptionSession.uid, day=ReceptionSession.day, words=ReceptionSession.topic,
        note=ReceptionSession.manner,
    ).where(
        ReceptionSession.agency_id == actor.agency_id,
        ReceptionSession.kind == SessionKind.PERIODIC,
        ReceptionSession.status == SessionStatus.PLANNED,
        ReceptionSession.posted_on.is_(None),
        ReceptionSession.day.between(today, today + MONTH),
    )  # fmt: skip


def _surveys(actor: Actor, _today: date) -> _Part:
    return (
        _columns(SurveyAnswer.uid, code=Case.code, words=Case.summary, note=SurveyAnswer.channel)
        .join(Case, Case.id == SurveyAnswer.case_id)
        .where(
            SurveyAnswer.agency_id == actor.agency_id,
            SurveyAnswer.needs_look,
            Case.officer_id.is_distinct_from(actor.user_id),
            visible(actor) if actor.role in LOOKERS else false(),
        )
    )


def _notices(actor: Actor, _today: date) -> _Part:
    return (
        _columns(
            Escalation.uid, code=Case.code, day=Escalation.due, since=Escalation.raised_on,
            words=Case.summary, note=Deadline.step,
        )
        .join(Case, Case.id == Escalation.case_id)
        .join(Deadline, Deadline.id == Escalation.deadline_id)
        .where(
            Escalation.agency_id == actor.agency_id,
            Escalation.acknowledged_at.is_(None),
            visible(actor),
        )
    )  # fmt: skip


OWED, ASKED = "owed", "asked"
"""An urging letter as a thing: the reader's body owes the reply, or asked for it and waits in vain."""


def _urgings(actor: Actor, today: date) -> _Part:
    letter, owed = UrgingLetter, UrgingLetter.to_agency_id == actor.agency_id
    other = case((owed, letter.from_agency_id), else_=letter.to_agency_id)
    return (
        _columns(
            letter.uid, day=letter.reply_due, since=letter.issued_on, words=Agency.name,
            note=case((owed, OWED), else_=ASKED),
        )
        .join(Agency, Agency.id == other)
        .where(
            letter.ended_on.is_(None),
            or_(owed, and_(letter.from_agency_id == actor.agency_id, letter.reply_due < today)),
            letters_seen(actor),
        )
    )  # fmt: skip


def _sheets(actor: Actor, today: date) -> _Part:
    signed = exists().where(SignedSheet.sheet_id == ReportSheet.id)
    return (
        _columns(
            ReportSheet.uid, day=ReportCampaign.due, words=ReportCampaign.name,
            note=ReportSheet.state,
        )
        .join(ReportCampaign, ReportCampaign.id == ReportSheet.campaign_id)
        .where(
            ReportSheet.agency_id == actor.agency_id,
            ~ReportSheet.consolidated,
            ReportCampaign.withdrawn_at.is_(None),
            ReportCampaign.due <= today + MONTH,
            ~signed,
            sheets_seen(actor),
        )
    )  # fmt: skip


_PARTS: Mapping[Waiting, Callable[[Actor, date], _Part]] = {
    Waiting.PAPER: _papers,
    Waiting.MEETING: _meetings,
    Waiting.DIALOGUE: _dialogues,
    Waiting.OPEN_DIALOGUE: _open_dialogues,
    Waiting.POSTING: _postings,
    Waiting.SURVEY: _surveys,
    Waiting.NOTICE: _notices,
    Waiting.URGING: _urgings,
    Waiting.SHEET: _sheets,
}
