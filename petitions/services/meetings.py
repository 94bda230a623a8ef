"""Requests to meet the leader: asked at reception, granted a session, or declined with a reason."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.access import require_role, visits_seen
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.kept_words import case_key_of, put_away
from petitions.models import MeetingRequest, ReceptionSession, Visit
from petitions.queries.meetings import NO_REQUEST
from petitions.queries.visitors import is_uid
from petitions.services import words as texts
from petitions.services.meeting_news import tell_receiver
from petitions.services.onetime import run_once
from petitions.services.reception_sessions import load_session, refuse_unless_planned
from petitions.services.visit_rows import MEETINGS, guarded, read_words
from workflows.reception import Host, MeetingStatus
from workflows.transition import INTAKE
from workflows.vocabulary import Actor

REASON_LIMIT = 500

NO_ROOM = "Chọn một buổi tiếp của lãnh đạo còn ở phía trước."


def ask(session: Session, visit: Visit, why: str, on: date) -> None:
    """A visitor asks to meet the leader. Inside the transaction of the visit's outcome."""
    uid = secrets.token_hex(16)
    kept = put_away(guarded(visit), case_key_of(visit.wrapped), MEETINGS, uid, {"why": why})
    session.add(
        MeetingRequest(
            uid=uid,
            visit_id=visit.id,
            agency_id=visit.agency_id,
            status=MeetingStatus.WAITING,
            asked_on=on,
            **kept,
        )
    )
    session.flush()


def agree(
    uid: str,
    *,
    session_uid: str,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Yes, in this session; said again, the place moves to another session.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` once the person was met, ``Invalid``
    at ``session_uid`` for a session that is over, or not the leader's.
    """
    require_role(actor, *INTAKE)
    today = local_day(now)

    def work(session: Session) -> str:
        asked, visit = _load(session, uid, actor, version)
        held = _session(session, session_uid, actor, today)
        asked.status, asked.session_id = MeetingStatus.AGREED, held.id
        _decided(asked, visit, actor, today, "")
        tell_receiver(session, asked, visit, granted=True, actor=actor, now=now)
        return ""

    run_once(key, "agree_meeting", actor, now, work)


def decline(
    uid: str,
    *,
    reason: str,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """No, with the reason; a place already given is free again.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict``, ``Invalid`` at ``reason``.
    """
    require_role(actor, *INTAKE)
    why = texts.prose(reason, "reason", REASON_LIMIT)
    if not why:
        raise Invalid.at("reason", "Không đồng ý thì phải ghi lý do.")

    def work(session: Session) -> str:
        asked, visit = _load(session, uid, actor, version)
        asked.status, asked.session_id = MeetingStatus.DECLINED, None
        _decided(asked, visit, actor, local_day(now), why)
        tell_receiver(session, asked, visit, granted=False, actor=actor, now=now)
        return ""

    run_once(key, "decline_meeting", actor, now, work)


def _load(session: Session, uid: str, actor: Actor, version: int) -> tuple[MeetingRequest, Visit]:
    if not is_uid(uid):
        raise NotFound(NO_REQUEST)
    row = session.execute(
        select(MeetingRequest, Visit)
        .join(Visit, Visit.id == MeetingRequest.visit_id)
        .where(MeetingRequest.uid == uid, visits_seen(actor))
        .with_for_update(of=MeetingRequest)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound(NO_REQUEST)
    asked, visit = row
    if asked.agency_id != actor.agency_id:
        raise Forbidden("Chỉ cơ quan được đề nghị mới trả lời.")
    if version != asked.version:
        raise Stale(uid)
    if asked.met_visit_id is not None:
        raise Conflict("Người đề nghị đã được tiếp.")
    return asked, visit


def _session(session: Session, uid: str, actor: Actor, today: date) -> ReceptionSession:
    try:
        held = load_session(session, uid, actor)
        refuse_unless_planned(held)
    except (NotFound, Forbidden, Conflict) as error:
        raise Invalid.at("session_uid", NO_ROOM) from error
    if held.day < today or held.host is Host.STAFF:
        raise Invalid.at("session_uid", NO_ROOM)
    return held


def _decided(asked: MeetingRequest, visit: Visit, actor: Actor, today: date, reason: str) -> None:
    key = case_key_of(visit.wrapped)
    told = read_words(asked, asked.uid, MEETINGS, key) | {"reason": reason}
    told = {name: each for name, each in told.items() if each}
    kept = put_away(guarded(visit), key, MEETINGS, asked.uid, told)
    asked.words, asked.sealed = kept["words"], kept["sealed"]
    asked.decided_by, asked.decided_on = actor.user_id, today
