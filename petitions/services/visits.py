"""Visits (lượt tiếp): a number at the door, who came and what was said, the case it led to.

What came of a visit is written by ``visit_outcomes``; the rows stand in ``visit_rows``.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import VIETNAM, local_day
from petitions.access import require_role, visits_seen
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.models import Case, Field, MeetingRequest, Place, ReceptionSession, Visit
from petitions.queries.meetings import NO_REQUEST
from petitions.queries.visitors import Earlier, earlier_visits, is_uid, turn_of
from petitions.services.onetime import run_once
from petitions.services.reception_sessions import (
    load_session,
    refuse_unless_planned,
    regular_today,
)
from petitions.services.visit_rows import (
    SPOKEN,
    Taken,
    checked,
    load_visit,
    met_with,
    read_people,
    seal_visit,
    visit_words,
    write_taken,
)
from workflows.reception import (
    RESULT_OWED,
    WITH_CASE,
    MeetingStatus,
    VisitOutcome,
    VisitState,
)
from workflows.transition import INTAKE
from workflows.vocabulary import Actor, Kind


def take_number(
    session_uid: str | None, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """The next number of the queue, for somebody at the door; returns the visit's uid.

    Without a session it is today's regular one, made by its first visit. Numbers of a session have
    no gap, however many officers give them at once. Raises ``NotFound``, ``Forbidden``, ``Conflict``
    for a session that is closed or still to come.
    """
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        return _next(session, _open_session(session, session_uid, actor, now), actor, now).uid

    return run_once(key, "take_number", actor, now, work)


def take_in(
    uid: str,
    given: Taken,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Write down who came and what they said; again, to correct it while the session is open.

    A denunciation, or a visitor who asks for secrecy, is sealed by this very write. Raises
    ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict``, ``Invalid`` with every fault.
    """
    require_role(actor, *INTAKE)
    safe = checked(given)

    def work(session: Session) -> str:
        visit = _writable(session, uid, actor, version)
        if visit.state is VisitState.LEFT:
            raise Conflict("Lượt này đã ghi là về trước khi được tiếp; hãy đưa lại vào hàng chờ.")
        _write(session, visit, safe, actor)
        if visit.state is VisitState.WAITING:
            visit.state = VisitState.HEARD
        return ""

    run_once(key, "take_in_visit", actor, now, work)


def receive(
    session_uid: str | None,
    given: Taken,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Number and people in one go, for a desk without a queue; returns the visit's uid."""
    require_role(actor, *INTAKE)
    safe = checked(given)

    def work(session: Session) -> str:
        visit = _next(session, _open_session(session, session_uid, actor, now), actor, now)
        _write(session, visit, safe, actor)
        visit.state = VisitState.HEARD
        session.flush()
        return visit.uid

    return run_once(key, "receive_visit", actor, now, work)


def call(uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None) -> None:
    """It is this number's turn."""
    _move(uid, VisitState.WAITING, VisitState.HEARD, version, actor, now, key, "call_visit")


def leave(uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None) -> None:
    """The visitor left before being heard; the number is not given again."""
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        visit = _writable(session, uid, actor, version)
        if visit.state not in {VisitState.WAITING, VisitState.HEARD}:
            raise Conflict("Lượt này đã có kết quả.")
        visit.state = VisitState.LEFT
        return ""

    run_once(key, "leave_visit", actor, now, work)


def come_back(
    uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> None:
    """Who was written down as gone waits again under the same number."""
    _move(uid, VisitState.LEFT, VisitState.WAITING, version, actor, now, key, "come_back_visit")


def arrive(meeting_uid: str, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Somebody granted a meeting came to the leader's session: a visit there with what is known of them.

    Returns its uid; people, words and confidentiality are those of the visit in which it was asked.
    Raises ``NotFound``, ``Forbidden``, ``Conflict`` for a request not granted or already met.
    """
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        if not is_uid(meeting_uid):
            raise NotFound(NO_REQUEST)
        asked = session.scalar(
            select(MeetingRequest)
            .join(Visit, Visit.id == MeetingRequest.visit_id)
            .where(MeetingRequest.uid == meeting_uid, visits_seen(actor))
            .with_for_update(of=MeetingRequest)
        )
        if asked is None:
            raise NotFound(NO_REQUEST)
        if asked.status is not MeetingStatus.AGREED or asked.met_visit_id is not None:
            raise Conflict("Đề nghị này chưa được đồng ý, hoặc người đề nghị đã được tiếp.")
        before = session.get_one(Visit, asked.visit_id)
        leaders = session.get_one(ReceptionSession, asked.session_id)
        visit = _next(session, _open_session(session, leaders.uid, actor, now), actor, now)
        visit.place_id, visit.field_id = before.place_id, before.field_id
        write_taken(session, visit, _as_taken(session, before))
        visit.turn, visit.case_id = before.turn + 1, before.case_id
        asked.met_visit_id = visit.id
        session.flush()
        return visit.uid

    return run_once(key, "arrive_visit", actor, now, work)


def tie(session: Session, visit_uid: str, case: Case, actor: Actor, now: datetime) -> None:
    """The visit led to this case: opened by it, or known before. Inside the caller's transaction.

    So did the visit at which the meeting with the leader was asked for, or the meeting itself.
    What was said to a denunciation's desk is sealed from here on. Raises ``NotFound`` when the visit
    is not seen, ``Conflict`` when it belongs to another case or its visitor left.
    """
    visit = load_visit(session, visit_uid, actor)
    if visit.agency_id != actor.agency_id:
        raise Forbidden("Lượt tiếp này của cơ quan khác.")
    if visit.case_id == case.id and visit.outcome in WITH_CASE:
        return
    if visit.case_id not in {None, case.id}:
        raise Conflict("Lượt tiếp này đã gắn với hồ sơ khác.")
    if visit.state is VisitState.LEFT:
        raise Conflict("Lượt này đã ghi là về trước khi được tiếp.")
    if case.kind is Kind.DENUNCIATION:
        seal_visit(session, visit)
    if visit.kind is None:
        visit.kind = case.kind
    earlier = earlier_visits(
        actor, read_people(session, visit), but=visit.uid, before=visit.arrived_at
    )
    again = turn_of(earlier, kind=None, field_id=None, case_id=case.id, same_as=None)
    visit.turn, visit.case_id, visit.state = max(visit.turn, again), case.id, VisitState.DONE
    if visit.outcome not in RESULT_OWED:  # what is owed from the visit stands beside the case
        opened = case.entered_at == now
        visit.outcome = VisitOutcome.CASE_OPENED if opened else VisitOutcome.ADDED_TO_CASE
        visit.outcome_on = local_day(now)
        visit.refusal_ground = visit.refusal_due = visit.result_due = None
    _seal_matter(session, visit, earlier)
    for other in met_with(session, visit):
        other.case_id = other.case_id or case.id
    session.flush()


# --- rows ------------------------------------------------------------------------------------


def open_of(session: Session, visit: Visit) -> ReceptionSession:
    """The visit's session while it is open, kept from closing meanwhile. Raises ``Conflict`` once it was."""
    held = session.get_one(
        ReceptionSession,
        visit.session_id,
        with_for_update={"read": True},
        populate_existing=True,
    )
    refuse_unless_planned(held)
    return held


def _open_session(
    session: Session, uid: str | None, actor: Actor, now: datetime
) -> ReceptionSession:
    """The session a number is given in, locked. Raises ``Conflict`` when it takes nobody in."""
    if uid is None:
        uid = regular_today(session, actor, now).uid
    held = load_session(session, uid, actor)
    refuse_unless_planned(held)
    if held.day > local_day(now):
        raise Conflict("Chưa đến ngày của buổi tiếp này.")
    return held


def _next(session: Session, held: ReceptionSession, actor: Actor, now: datetime) -> Visit:
    """A visit under the next number; the session's row is locked, so no two are alike."""
    last = session.scalar(select(func.max(Visit.queue_number)).where(Visit.session_id == held.id))
    noon = datetime.combine(held.day, time(12), VIETNAM)
    visit = Visit(
        uid=secrets.token_hex(16), session_id=held.id, agency_id=held.agency_id,
        queue_number=(last or 0) + 1, arrived_at=now if held.day == local_day(now) else noon,
        state=VisitState.WAITING, confidential=False, people=1, turn=1,
        representatives_named=False, interpreter=False, fingerprint=False, security_risk=False,
        received_by=actor.user_id,
    )  # fmt: skip
    session.add(visit)
    session.flush()
    return visit


def _writable(session: Session, uid: str, actor: Actor, version: int) -> Visit:
    visit = load_visit(session, uid, actor, version)
    if visit.agency_id != actor.agency_id:
        raise Forbidden("Chỉ cơ quan tiếp công dân mới ghi được lượt tiếp này.")
    open_of(session, visit)
    return visit


def _write(session: Session, visit: Visit, given: Taken, actor: Actor) -> None:
    visit.place_id = _id_of(session, Place, given.place_code, "place_code")
    visit.field_id = _id_of(session, Field, given.field_code, "field_code")
    if not visit.confidential:
        visit.received_by = actor.user_id
    write_taken(session, visit, given)
    earlier = earlier_visits(actor, given.people, but=visit.uid, before=visit.arrived_at)
    _known(earlier, given.same_as)
    visit.turn = turn_of(
        earlier,
        kind=visit.kind,
        field_id=visit.field_id,
        case_id=visit.case_id,
        same_as=given.same_as,
    )
    if given.same_as != "":
        _seal_matter(session, visit, earlier)


def _seal_matter(session: Session, visit: Visit, earlier: Sequence[Earlier]) -> None:
    """With a confidential visit goes what the same person said here before in the same matter."""
    if not visit.confidential:
        return
    same = [
        each.id
        for each in earlier
        if each.case_id in {None, visit.case_id}
        and (None in {each.field_id, visit.field_id} or each.field_id == visit.field_id)
    ]
    readable = (
        select(Visit)
        .where(Visit.id.in_(same), Visit.agency_id == visit.agency_id, ~Visit.confidential)
        .order_by(Visit.id)
        .with_for_update(of=Visit)
    )
    for other in session.scalars(readable).all():
        seal_visit(session, other)


def _known(earlier: Sequence[Earlier], same_as: str | None) -> None:
    if same_as and same_as not in {each.uid for each in earlier}:
        raise Invalid.at("same_as", "Không tìm thấy lần tiếp trước này của người đến.")


def _id_of(
    session: Session, model: type[Place] | type[Field], code: str | None, field: str
) -> int | None:
    if not code:
        return None
    found = session.scalar(select(model.id).where(model.code == code))
    if found is None:
        raise Invalid.at(field, "Không có trong danh mục.")
    return found


def _as_taken(session: Session, visit: Visit) -> Taken:
    """What was written down of a visit, to be written of the next one."""
    spoken = {name: str(each) for name, each in visit_words(visit).items() if name in SPOKEN}
    return Taken(
        people=read_people(session, visit),
        kind=visit.kind,
        secrecy=visit.confidential,
        people_count=visit.people,
        representatives_named=visit.representatives_named,
        language=visit.language,
        interpreter=visit.interpreter,
        fingerprint=visit.fingerprint,
        security_risk=visit.security_risk,
        competent=visit.competent,
        **spoken,
    )


def _move(
    uid: str,
    before: VisitState,
    after: VisitState,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None,
    command: str,
) -> None:
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        visit = _writable(session, uid, actor, version)
        if visit.state is not before:
            raise Conflict("Lượt này vừa được người khác tiếp hoặc đã có kết quả.")
        visit.state = after
        return ""

    run_once(key, command, actor, now, work)
