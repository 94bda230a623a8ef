"""Reading citizen reception: the schedule, a session with its queue, a visit, the register.

Sessions are public inside the agency's reach. Visits are read as far as ``access.visits_seen`` says:
one that is not seen leaves its number, time and state in the queue and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visits_seen
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    Field,
    MeetingRequest,
    Place,
    ReceptionSession,
    User,
    Visit,
)
from petitions.queries.reception_dates import last_day
from petitions.queries.reception_reach import (
    NO_SESSION,
    people_by_visit,
    require_agency,
    sessions_seen,
    told_day,
)
from petitions.queries.reception_shapes import (
    Expected,
    MeetingAsked,
    Notice,
    QueueLine,
    Schedule,
    SessionLine,
    SessionShown,
    VisitShown,
)
from petitions.queries.visitors import NO_VISIT, Comer, earlier_visits, is_uid
from petitions.rulebook import Rulebook, current
from workflows.reception import (
    MeetingStatus,
    SessionKind,
    SessionManner,
    SessionStatus,
    VisitState,
    month_of,
    standing,
)
from workflows.vocabulary import Actor, Step

VISITS, MEETINGS = Visit.__tablename__, MeetingRequest.__tablename__
SAID_SHORT = 160


def schedule(actor: Actor, agency_id: int, month: date, today: date) -> Schedule:
    """The sessions of an agency in a month. Raises ``NotFound`` for an agency out of reach."""
    require_agency(actor, agency_id)
    first, last = month_of(month)
    rows = db.session.execute(
        _lines(actor)
        .where(ReceptionSession.agency_id == agency_id, ReceptionSession.day.between(first, last))
        .order_by(ReceptionSession.day, ReceptionSession.starts_at, ReceptionSession.id)
    ).all()
    name = db.session.scalar(select(Agency.name).where(Agency.id == agency_id))
    if name is None:
        raise NotFound(NO_SESSION)
    book = current(db.session())
    return Schedule(name, first, tuple(_line(row, today, book) for row in rows))


def todays_sessions(actor: Actor, today: date) -> tuple[SessionLine, ...]:
    """The own agency's sessions of the day, and past ones neither closed nor explained."""
    rows = db.session.execute(
        _lines(actor)
        .where(
            ReceptionSession.agency_id == actor.agency_id,
            (ReceptionSession.day == today)
            | (
                (ReceptionSession.day < today)
                & (ReceptionSession.status == SessionStatus.PLANNED)
                & ReceptionSession.ended_at.is_(None)
            ),
        )
        .order_by(ReceptionSession.day.desc(), ReceptionSession.starts_at, ReceptionSession.id)
        .limit(40)
    ).all()
    book = current(db.session())
    return tuple(_line(row, today, book) for row in rows)


def session_shown(actor: Actor, uid: str, today: date) -> SessionShown:
    """A session with its queue and those it expects. Raises ``NotFound``."""
    row = None
    if is_uid(uid):
        row = db.session.execute(_lines(actor).where(ReceptionSession.uid == uid)).one_or_none()
    if row is None:
        raise NotFound(NO_SESSION)
    line = _line(row, today, current(db.session()))
    return SessionShown(
        line=line,
        participants=tuple(
            (str(each.get("name", "")), str(each.get("title", ""))) for each in row.participants
        ),
        queue=_queue(actor, row.id),
        expected=_expected(actor, row.id),
    )


def visit_shown(actor: Actor, uid: str) -> VisitShown:
    """A visit with people and words opened, and the earlier visits of its people. Raises ``NotFound``."""
    if not is_uid(uid):
        raise NotFound(NO_VISIT)
    receiver = aliased(User)
    row = db.session.execute(
        select(
            *Visit.__table__.columns,
            ReceptionSession.uid.label("session_uid"), ReceptionSession.day,
            ReceptionSession.kind.label("session_kind"), ReceptionSession.manner,
            ReceptionSession.status, Agency.name.label("agency"), receiver.name.label("receiver"),
            Place.code.label("place_code"), Place.name.label("place"),
            Field.code.label("field_code"), Field.name.label("field"), Case.code.label("case_code"),
        )
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .join(Agency, Agency.id == Visit.agency_id)
        .join(receiver, receiver.id == Visit.received_by)
        .outerjoin(Place, Place.id == Visit.place_id)
        .outerjoin(Field, Field.id == Visit.field_id)
        .outerjoin(Case, Case.id == Visit.case_id)
        .where(Visit.uid == uid, visits_seen(actor))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound(NO_VISIT)
    key = case_key_of(row.wrapped)
    words = read_back(row, key, VISITS, row.uid)
    persons = people_by_visit([row.id], {row.id: row.wrapped}).get(row.id, ())
    return VisitShown(
        id=row.id, uid=row.uid, version=row.version, session_uid=row.session_uid,
        session_day=row.day, session_kind=row.session_kind, session_manner=row.manner,
        session_open=row.status is SessionStatus.PLANNED, agency_id=row.agency_id,
        agency=row.agency, queue_number=row.queue_number, arrived_at=row.arrived_at,
        state=row.state, kind=row.kind, confidential=row.confidential, persons=persons,
        people=row.people, turn=row.turn, representatives_named=row.representatives_named,
        language=row.language, interpreter=row.interpreter,
        interpreter_name=words.get("interpreter_name", ""), fingerprint=row.fingerprint,
        security_risk=row.security_risk, security_note=words.get("security_note", ""),
        said=words.get("said", ""), exhausted_by=words.get("exhausted_by", ""),
        note=words.get("note", ""), place_code=row.place_code, place=row.place,
        field_code=row.field_code, field=row.field, competent=row.competent,
        received_by=row.receiver, case_code=row.case_code, outcome=row.outcome,
        outcome_on=row.outcome_on, document=row.document, answer=words.get("answer", ""),
        guided_to=words.get("guided_to", ""), contact=words.get("contact", ""),
        promised_on=told_day(words.get("promised_on")), refusal_ground=row.refusal_ground,
        refusal_due=row.refusal_due, result_due=row.result_due,
        result_told_on=row.result_told_on, meeting=_meeting(row.id, key),
        earlier=earlier_visits(actor, persons, but=row.uid, before=row.arrived_at),
    )  # fmt: skip


# --- rows into shapes ------------------------------------------------------------------------


def _lines(actor: Actor) -> Select[Any]:
    host, holder, later = aliased(User), aliased(User), aliased(ReceptionSession)
    asked = (
        select(func.count(MeetingRequest.id))
        .where(
            MeetingRequest.session_id == ReceptionSession.id,
            MeetingRequest.met_visit_id.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(
            *ReceptionSession.__table__.columns, Agency.name.label("agency"),
            Place.name.label("commune"), host.name.label("host_name"),
            holder.name.label("holder"), later.uid.label("later_uid"),
            later.day.label("later_day"), _counted().label("visits"),
            _counted(VisitState.WAITING).label("waiting"),
            _counted(VisitState.DONE, VisitState.HEARD).label("done"),
            asked.label("requests"),
        )
        .join(Agency, Agency.id == ReceptionSession.agency_id)
        .outerjoin(Place, Place.id == ReceptionSession.place_id)
        .outerjoin(host, host.id == ReceptionSession.host_id)
        .outerjoin(holder, holder.id == ReceptionSession.held_by_id)
        .outerjoin(later, later.id == ReceptionSession.postponed_to_id)
        .where(sessions_seen(actor))
    )  # fmt: skip


def _counted(*states: VisitState) -> ScalarSelect[int]:
    """How many visits of the session there are, of any state or of these."""
    wanted = [Visit.session_id == ReceptionSession.id]
    if states:
        wanted.append(Visit.state.in_(states))
    return select(func.count(Visit.id)).where(*wanted).correlate(ReceptionSession).scalar_subquery()


def _line(row: Any, today: date, book: Rulebook) -> SessionLine:
    posting = invitation = test = None
    if row.kind is SessionKind.PERIODIC:
        posting = Notice(last_day(Step.SCHEDULE_POSTING, row.day, book), row.posted_on)
    if row.manner is SessionManner.ONLINE:
        invitation = Notice(last_day(Step.ONLINE_INVITATION, row.day, book), row.invited_on)
        test = Notice(last_day(Step.ONLINE_CONNECTION_TEST, row.day, book), row.tested_on)
    return SessionLine(
        uid=row.uid, version=row.version, agency_id=row.agency_id, agency=row.agency,
        kind=row.kind, manner=row.manner, day=row.day, starts_at=row.starts_at,
        ends_at=row.ends_at, place=row.place, commune=row.commune, topic=row.topic, host=row.host,
        host_name=row.host_name, held_by=row.holder, held_in_person=row.held_in_person,
        status=row.status, standing=standing(row.status, row.day, row.done, today),
        reason=row.reason, moved_to=row.later_uid and (row.later_uid, row.later_day),
        posting=posting, posted_at=row.posted_at,
        postponement_posted_on=row.postponement_posted_on, invitation=invitation, test=test,
        recording=row.recording, no_visitor=row.no_visitor, note=row.note,
        visits=row.visits, waiting=row.waiting, done=row.done,
        requests=row.requests,
    )  # fmt: skip


def _queue(actor: Actor, session_id: int) -> tuple[QueueLine, ...]:
    rows = db.session.execute(
        select(
            *Visit.__table__.columns, visits_seen(actor).label("seen"),
            Case.code.label("case_code"),
        )
        .outerjoin(Case, Case.id == Visit.case_id)
        .where(Visit.session_id == session_id)
        .order_by(Visit.queue_number)
    ).all()  # fmt: skip
    persons = people_by_visit(
        [row.id for row in rows if row.seen], {row.id: row.wrapped for row in rows}
    )
    return tuple(_queued(row, persons.get(row.id, ())) for row in rows)


def _queued(row: Any, persons: Iterable[Comer]) -> QueueLine:
    if not row.seen:
        return QueueLine(
            uid=row.uid, version=row.version, queue_number=row.queue_number,
            arrived_at=row.arrived_at, state=row.state, seen=False, confidential=True, names=(),
            people=0, turn=0, kind=None, outcome=None, said="", case_code=None,
        )  # fmt: skip
    words = read_back(row, case_key_of(row.wrapped), VISITS, row.uid)
    return QueueLine(
        uid=row.uid, version=row.version, queue_number=row.queue_number,
        arrived_at=row.arrived_at, state=row.state, seen=True, confidential=row.confidential,
        names=tuple(person.name for person in persons), people=row.people, turn=row.turn,
        kind=row.kind, outcome=row.outcome, said=str(words.get("said", ""))[:SAID_SHORT],
        case_code=row.case_code,
    )  # fmt: skip


def _expected(actor: Actor, session_id: int) -> tuple[Expected, ...]:
    met = aliased(Visit)
    rows = db.session.execute(
        select(
            MeetingRequest.uid, MeetingRequest.words, MeetingRequest.sealed,
            MeetingRequest.asked_on, Visit.id, Visit.uid.label("visit_uid"), Visit.wrapped,
            visits_seen(actor).label("seen"), met.uid.label("met_uid"),
        )
        .join(Visit, Visit.id == MeetingRequest.visit_id)
        .outerjoin(met, met.id == MeetingRequest.met_visit_id)
        .where(
            MeetingRequest.session_id == session_id,
            MeetingRequest.status == MeetingStatus.AGREED,
        )
        .order_by(MeetingRequest.id)
    ).all()  # fmt: skip
    persons = people_by_visit(
        [row.id for row in rows if row.seen], {row.id: row.wrapped for row in rows}
    )
    found = []
    for row in rows:
        name = why = ""
        if row.seen:
            name = next((person.name for person in persons.get(row.id, ())), "")
            why = str(read_back(row, case_key_of(row.wrapped), MEETINGS, row.uid).get("why", ""))
        found.append(
            Expected(row.uid, row.visit_uid, row.seen, name, row.asked_on, why, row.met_uid)
        )
    return tuple(found)


def _meeting(visit_id: int, key: Any) -> MeetingAsked | None:
    row = db.session.execute(
        select(
            MeetingRequest.uid, MeetingRequest.status, MeetingRequest.words, MeetingRequest.sealed,
            ReceptionSession.uid.label("session_uid"), ReceptionSession.day,
        )
        .outerjoin(ReceptionSession, ReceptionSession.id == MeetingRequest.session_id)
        .where(MeetingRequest.visit_id == visit_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    words = read_back(row, key, MEETINGS, row.uid)
    return MeetingAsked(
        row.uid, row.status, words.get("why", ""), words.get("reason", ""), row.session_uid, row.day
    )
