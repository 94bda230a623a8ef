"""Requests to meet the leader: the list of an agency, and the sessions there is room in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from config.database import db
from petitions.access import visits_seen
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import MeetingRequest, ReceptionSession, User, Visit
from petitions.queries.reception_reach import READERS, people_by_visit
from petitions.queries.reception_shapes import MeetingLine, SessionRoom
from petitions.queries.visitors import is_uid
from workflows.reception import Host, MeetingStatus, SessionKind, SessionStatus, VisitState
from workflows.vocabulary import Actor

VISITS, MEETINGS = Visit.__tablename__, MeetingRequest.__tablename__
NO_REQUEST = "Không tìm thấy đề nghị gặp này, hoặc bạn không có quyền xem."
LINES_MOST = 200
"""Requests shown at once; waiting ones first."""


def meeting_requests(actor: Actor, status: MeetingStatus | None = None) -> tuple[MeetingLine, ...]:
    """The requests of the own agency this hat may read, those waiting first, the oldest of them first."""
    wanted = [MeetingRequest.agency_id == actor.agency_id]
    if status is not None:
        wanted.append(MeetingRequest.status == status)
    return _lines(actor, *wanted)


def meeting_request(actor: Actor, uid: str) -> MeetingLine:
    """One request. Raises ``NotFound``."""
    found = _lines(actor, MeetingRequest.uid == uid) if is_uid(uid) else ()
    if not found:
        raise NotFound(NO_REQUEST)
    return found[0]


def waiting_requests(actor: Actor) -> int:
    """How many requests of the own agency wait for an answer this hat may give."""
    if actor.role not in READERS:
        return 0
    return int(
        db.session.scalar(
            select(func.count(MeetingRequest.id))
            .join(Visit, Visit.id == MeetingRequest.visit_id)
            .where(
                MeetingRequest.agency_id == actor.agency_id,
                MeetingRequest.status == MeetingStatus.WAITING,
                visits_seen(actor),
            )
        )
        or 0
    )


def rooms(actor: Actor, today: date) -> tuple[SessionRoom, ...]:
    """The leader's sessions still ahead in the own agency, with how many are coming already."""
    coming = (
        select(func.count(MeetingRequest.id))
        .where(
            MeetingRequest.session_id == ReceptionSession.id,
            MeetingRequest.met_visit_id.is_(None),
        )
        .scalar_subquery()
    )
    came = (
        select(func.count(Visit.id))
        .where(Visit.session_id == ReceptionSession.id, Visit.state != VisitState.LEFT)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            ReceptionSession.uid, ReceptionSession.day, ReceptionSession.starts_at,
            ReceptionSession.kind, ReceptionSession.manner, User.name,
            (coming + came).label("taken"),
        )
        .outerjoin(User, User.id == ReceptionSession.host_id)
        .where(
            ReceptionSession.agency_id == actor.agency_id,
            ReceptionSession.kind != SessionKind.REGULAR,
            ReceptionSession.host != Host.STAFF,
            ReceptionSession.status == SessionStatus.PLANNED,
            ReceptionSession.day >= today,
        )
        .order_by(ReceptionSession.day, ReceptionSession.starts_at)
        .limit(40)
    )  # fmt: skip
    return tuple(SessionRoom(*row) for row in rows)


def _lines(actor: Actor, *wanted: object) -> tuple[MeetingLine, ...]:
    if actor.role not in READERS:
        return ()
    rows = db.session.execute(
        select(
            MeetingRequest.uid, MeetingRequest.version, MeetingRequest.status,
            MeetingRequest.asked_on, MeetingRequest.words, MeetingRequest.sealed,
            MeetingRequest.decided_on, MeetingRequest.met_visit_id, Visit.id,
            Visit.uid.label("visit_uid"), Visit.wrapped, Visit.people, Visit.confidential,
            Visit.turn, Visit.kind, Visit.result_due, Visit.words.label("visit_words"),
            Visit.sealed.label("visit_sealed"), ReceptionSession.uid.label("session_uid"),
            ReceptionSession.day.label("session_day"), User.name.label("decider"),
        )
        .join(Visit, Visit.id == MeetingRequest.visit_id)
        .outerjoin(ReceptionSession, ReceptionSession.id == MeetingRequest.session_id)
        .outerjoin(User, User.id == MeetingRequest.decided_by)
        .where(*wanted, visits_seen(actor))  # type: ignore[arg-type]
        .order_by(
            (MeetingRequest.status == MeetingStatus.WAITING).desc(), MeetingRequest.asked_on,
            MeetingRequest.id,
        )
        .limit(LINES_MOST)
    ).all()  # fmt: skip
    persons = people_by_visit([row.id for row in rows], {row.id: row.wrapped for row in rows})
    found = []
    for row in rows:
        key = case_key_of(row.wrapped)
        asked = read_back(row, key, MEETINGS, row.uid)
        said = read_back(_Words(row.visit_words, row.visit_sealed), key, VISITS, row.visit_uid)
        found.append(
            MeetingLine(
                uid=row.uid, version=row.version, visit_uid=row.visit_uid, status=row.status,
                asked_on=row.asked_on,
                name=next((person.name for person in persons.get(row.id, ())), ""),
                people=row.people, confidential=row.confidential, turn=row.turn, kind=row.kind,
                said=said.get("said", ""), why=asked.get("why", ""),
                reason=asked.get("reason", ""), session_uid=row.session_uid,
                session_day=row.session_day, decided_by=row.decider, decided_on=row.decided_on,
                result_due=row.result_due, met=row.met_visit_id is not None,
            )
        )  # fmt: skip
    return tuple(found)


class _Words:
    """The pair of columns of the visit in a row that has the request's as well."""

    def __init__(self, words: object, sealed: object) -> None:
        self.words, self.sealed = words, sealed
