"""How a planned session ends: held and closed, postponed, cancelled, or missed with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import table_of
from petitions.access import require_role
from petitions.errors import Conflict, Invalid
from petitions.models import MeetingRequest, ReceptionSession, Visit
from petitions.services.onetime import run_once
from petitions.services.reception_sessions import (
    LIMITS,
    Planned,
    insert_session,
    load_session,
    receiver_of,
    refuse_doubles,
    refuse_unless_planned,
)
from petitions.services.undertakings import refuse_secret_names
from petitions.services.words import line
from workflows.reception import MeetingStatus, SessionKind, SessionManner, SessionStatus, VisitState
from workflows.transition import INTAKE
from workflows.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who sat in, with the title the conclusion notice prints."""

    name: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a session went: who received, who sat in, whether nobody came."""

    held_by: str
    participants: tuple[Participant, ...] = ()
    no_visitor: bool = False
    recording: str = ""
    note: str = ""


def postpone(
    uid: str,
    *,
    to_day: date,
    reason: str,
    posted_on: date | None,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Put a session off to another day; returns the uid of the new one. The old day does not count.

    Requests to meet the leader go along. The postponement is announced like the schedule was
    (Law art 24(4)): ``posted_on`` is that day, None while it was not. Raises ``NotFound``,
    ``Forbidden``, ``Stale``, ``Conflict`` when somebody was heard or the day is past, ``Invalid``.
    """
    require_role(actor, *INTAKE)
    today = local_day(now)

    def work(session: Session) -> str:
        held = load_session(session, uid, actor, version)
        refuse_unless_planned(held)
        _refuse_begun(session, held)
        if held.day < today:
            raise Conflict("Ngày tiếp đã qua nên không hoãn được; hãy ghi lý do không tiếp.")
        faults: defaultdict[str, list[str]] = defaultdict(list)
        why = line(reason, "reason", LIMITS["reason"], faults)
        if not why:
            faults["reason"].append("Phải ghi lý do hoãn.")
        if to_day <= today or to_day == held.day:
            faults["to_day"].append("Chọn một ngày khác, sau hôm nay.")
        if posted_on is not None and posted_on > today:
            faults["posted_on"].append("Ngày này còn ở tương lai.")
        if faults:
            raise Invalid(faults)
        planned = replace(_as_planned(held), days=(to_day,))
        refuse_doubles(session, actor.agency_id, planned, field="to_day")
        fresh = insert_session(session, actor, now, planned, to_day, held.place_id, held.host_id)
        new = session.scalars(select(ReceptionSession).where(ReceptionSession.uid == fresh)).one()
        held.status, held.reason, held.postponed_to_id = SessionStatus.POSTPONED, why, new.id
        held.postponement_posted_on = posted_on
        moved = update(table_of(MeetingRequest)).where(
            MeetingRequest.session_id == held.id, MeetingRequest.met_visit_id.is_(None)
        )
        session.execute(moved.values(session_id=new.id, version=MeetingRequest.version + 1))
        return fresh

    return run_once(key, "postpone_reception", actor, now, work)


def cancel(
    uid: str,
    *,
    reason: str,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Take a planned session off the schedule; requests to meet the leader wait again.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` when somebody came, ``Invalid``.
    """
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        held = load_session(session, uid, actor, version)
        refuse_unless_planned(held)
        _refuse_begun(session, held)
        held.status, held.reason = SessionStatus.CANCELLED, _reason(reason)
        freed = update(table_of(MeetingRequest)).where(MeetingRequest.session_id == held.id)
        session.execute(
            freed.values(
                session_id=None,
                status=MeetingStatus.WAITING,
                decided_by=None,
                decided_on=None,
                version=MeetingRequest.version + 1,
            )
        )
        return ""

    run_once(key, "cancel_reception", actor, now, work)


def explain_missed(
    uid: str,
    *,
    reason: str,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Write down why a planned day passed without reception; it stays missed.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` for a session that was not missed.
    """
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        held = load_session(session, uid, actor, version)
        refuse_unless_planned(held)
        if held.day >= local_day(now):
            raise Conflict("Buổi này chưa qua ngày tiếp.")
        _refuse_begun(session, held)
        why = _reason(reason)
        if held.kind is SessionKind.AD_HOC:  # its reason says what the session was for
            held.note = why
        else:
            held.reason = why
        held.ended_at = now
        return ""

    run_once(key, "explain_missed_reception", actor, now, work)


def hold(
    uid: str,
    given: Held,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Close a session: who received in person, who sat in, or that nobody came.

    It counts for the head's days when the one who received wore the head's hat that day. Raises
    ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` before its day, ``Invalid`` at ``held_by``,
    ``no_visitor``, ``recording`` (an online session is recorded: Decree 154/2026 art 24) or
    ``visits`` while somebody waits, ``Leak`` where the readable words name a confidential visitor.
    """
    require_role(actor, *INTAKE)
    today = local_day(now)

    def work(session: Session) -> str:
        held = load_session(session, uid, actor, version)
        refuse_unless_planned(held)
        if held.day > today:
            raise Conflict("Chưa đến ngày tiếp.")
        faults: defaultdict[str, list[str]] = defaultdict(list)
        counted = _visits(session, held.id)
        undone = counted.get(VisitState.WAITING, 0) + counted.get(VisitState.HEARD, 0)
        if undone:
            faults["visits"].append(
                f"Còn {undone} lượt chưa có kết quả; ghi kết quả hoặc ghi đã về trước khi kết thúc buổi."
            )
        done = counted.get(VisitState.DONE, 0)
        if done and given.no_visitor:
            faults["no_visitor"].append("Buổi này đã có người được tiếp.")
        if not done and not given.no_visitor:
            faults["no_visitor"].append(
                "Chưa có lượt tiếp nào: đánh dấu mục này nếu không có công dân đến."
            )
        recording = line(
            given.recording or held.recording or "", "recording", LIMITS["recording"], faults
        )
        if held.manner is SessionManner.ONLINE and not recording and not given.no_visitor:
            faults["recording"].append(
                "Tiếp trực tuyến phải ghi âm, ghi hình và lưu (Điều 24 Nghị định 154/2026)."
            )
        receiver = receiver_of(session, actor.agency_id, given.held_by, held.day)
        if receiver is None:
            faults["held_by"].append("Chọn người đã tiếp trong cơ quan.")
        note = line(given.note, "note", LIMITS["note"], faults)
        participants = _participants(given.participants, faults)
        if faults or receiver is None:
            raise Invalid(faults)
        _refuse_secret_names(session, held.id, {"recording": recording, "note": note})
        held.held_by_id, held.held_in_person = receiver
        held.participants = participants
        held.no_visitor, held.recording, held.note = given.no_visitor, recording or None, note
        held.status, held.ended_at = SessionStatus.HELD, now
        return ""

    run_once(key, "hold_reception", actor, now, work)


# --- rows ------------------------------------------------------------------------------------


def _visits(session: Session, session_id: int) -> dict[VisitState, int]:
    rows = session.execute(
        select(Visit.state, func.count(Visit.id))
        .where(Visit.session_id == session_id)
        .group_by(Visit.state)
    )
    return {state: count for state, count in rows}


def _refuse_secret_names(session: Session, session_id: int, texts: Mapping[str, str]) -> None:
    confidential = select(Visit.id).where(Visit.session_id == session_id, Visit.confidential)
    for visit_id in session.scalars(confidential).all():
        refuse_secret_names(session, visit_id, None, texts)


def _refuse_begun(session: Session, held: ReceptionSession) -> None:
    counted = _visits(session, held.id)
    states = (VisitState.WAITING, VisitState.HEARD, VisitState.DONE)
    if any(counted.get(state) for state in states):
        raise Conflict("Buổi này đã có người đến; hãy ghi kết quả các lượt tiếp rồi kết thúc buổi.")


def _as_planned(held: ReceptionSession) -> Planned:
    return Planned(
        kind=held.kind, manner=held.manner, host=held.host, days=(held.day,),
        starts_at=held.starts_at, ends_at=held.ends_at, place=held.place, topic=held.topic,
        reason=held.reason or "", note=held.note,
    )  # fmt: skip


def _participants(
    given: Sequence[Participant], faults: defaultdict[str, list[str]]
) -> list[dict[str, str]]:
    found = []
    for index, each in enumerate(given):
        name = line(each.name, f"participants.{index}.name", 255, faults)
        title = line(each.title, f"participants.{index}.title", 160, faults)
        if not name:
            faults[f"participants.{index}.name"].append("Phải có họ tên.")
        found.append({"name": name, "title": title})
    return found


def _reason(reason: str) -> str:
    why = line(reason, "reason", LIMITS["reason"])
    if not why:
        raise Invalid.at("reason", "Phải ghi lý do.")
    return why
