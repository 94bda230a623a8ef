"""What came of a visit: each outcome with what the law wants of it, and taking it back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import require_role
from petitions.errors import Conflict, Forbidden, Invalid
from petitions.kept_words import case_key_of
from petitions.models import MeetingRequest, ReceptionPaper, ReceptionSession, Visit
from petitions.queries.reception_dates import last_day
from petitions.rulebook import current
from petitions.services.meetings import ask
from petitions.services.onetime import run_once
from petitions.services.undertakings import (
    Origin,
    Undertaking,
    refuse_secret_names,
    undertake,
)
from petitions.services.visit_rows import add_words, load_visit, met_with, read_people
from petitions.services.visits import open_of, tie
from petitions.services.words import prose
from workflows.commitments import CommitmentSource
from workflows.reception import (
    RESULT_OWED,
    WITH_CASE,
    WRITTEN_REFUSALS,
    MeetingStatus,
    NoticeState,
    RefusalGround,
    VisitOutcome,
    VisitState,
)
from workflows.transition import INTAKE
from workflows.vocabulary import Actor, Step

LIMITS = {"answer": 4_000, "guided_to": 255, "contact": 255, "document": 160}
TOLD = ("answer", "guided_to", "contact", "promised_on")
"""What of a visit's words the outcome wrote."""
WITHOUT_PEOPLE = frozenset({VisitOutcome.REFUSED, VisitOutcome.OTHER})
"""Outcomes possible though the visitor's name was never known."""
_SAYS = {
    VisitOutcome.ANSWERED: "Ghi nội dung đã trả lời, giải thích.",
    VisitOutcome.MORE_ASKED: "Ghi thông tin, tài liệu đề nghị bổ sung.",
    VisitOutcome.MEETING_ASKED: "Ghi nội dung muốn gặp lãnh đạo.",
    VisitOutcome.OTHER: "Ghi kết quả.",
}
"""Outcomes that need words, and how to ask for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concluded:
    """What came of a visit. Of the fields only those count that its outcome asks for.

    ``answer`` is what was said back; ``promised_on`` and ``contact`` are the day and the person an
    answer to come is promised for (Decree 154/2026 art 25(3)); ``undertakings`` are checks given to units.
    """

    outcome: VisitOutcome
    answer: str = ""
    guided_to: str = ""
    document: str = ""
    refusal_ground: RefusalGround | None = None
    promised_on: date | None = None
    contact: str = ""
    undertakings: tuple[Undertaking, ...] = ()
    case_code: str | None = None


def conclude(
    uid: str,
    given: Concluded,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Write down what came of a visit, or correct it while its session is open.

    A refusal on a ground that needs form 01/TCD starts its three working days (Decree 154/2026 art
    4(3)); where the visitor is still to be told something, ten working days run (Law art 28(1)).
    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict``, ``Invalid`` with every fault, ``Leak``
    at ``document``: it stands readable beside the words of a confidential visit.
    """
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        visit = _own(session, uid, actor, version)
        held = open_of(session, visit)
        if visit.state is VisitState.LEFT:
            raise Conflict("Lượt này đã ghi là về trước khi được tiếp.")
        safe = _checked(session, visit, given, held.day)
        refuse_secret_names(session, visit.id, None, {"document": safe["document"]})
        if visit.outcome is not None:
            _undo(session, visit)
        if given.outcome is VisitOutcome.ADDED_TO_CASE:
            case = ledger.look(session, given.case_code or "", actor)
            add_words(visit, {"answer": safe["answer"]} if safe["answer"] else {}, without=TOLD)
            tie(session, visit.uid, case, actor, now)
            return ""
        _write(session, visit, held, given, safe, actor, now)
        return ""

    run_once(key, "conclude_visit", actor, now, work)


def undo(uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None) -> None:
    """Take the outcome back while the session is open: the visitor is being heard again.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, and ``Conflict`` where others already act on it.
    """
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        visit = _own(session, uid, actor, version)
        open_of(session, visit)
        if visit.outcome is None:
            raise Conflict("Lượt này chưa có kết quả.")
        _undo(session, visit)
        return ""

    run_once(key, "undo_visit", actor, now, work)


def tell_result(
    uid: str,
    *,
    on: date,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """The visitor was told what became of it. Raises ``Invalid`` at ``on``, ``Conflict`` if nothing is owed."""
    require_role(actor, *INTAKE)

    def work(session: Session) -> str:
        visit = _own(session, uid, actor, version)
        if visit.result_due is None or visit.outcome_on is None:
            raise Conflict("Lượt này không còn kết quả phải thông báo.")
        if on > local_day(now):
            raise Invalid.at("on", "Ngày này còn ở tương lai.")
        if on < visit.outcome_on:
            raise Invalid.at("on", "Ngày này trước ngày tiếp công dân.")
        visit.result_told_on = on
        return ""

    run_once(key, "tell_visit_result", actor, now, work)


# --- rows ------------------------------------------------------------------------------------


def _own(session: Session, uid: str, actor: Actor, version: int) -> Visit:
    visit = load_visit(session, uid, actor, version)
    if visit.agency_id != actor.agency_id:
        raise Forbidden("Chỉ cơ quan tiếp công dân mới ghi được lượt tiếp này.")
    return visit


def _checked(session: Session, visit: Visit, given: Concluded, day: date) -> dict[str, str]:
    """The texts made safe. Raises ``Invalid`` for whatever the outcome still needs."""
    faults: defaultdict[str, list[str]] = defaultdict(list)
    safe = {name: prose(getattr(given, name), name, LIMITS[name], faults) for name in LIMITS}
    outcome = given.outcome
    if outcome is VisitOutcome.CASE_OPENED:
        faults["outcome"].append("Mở hồ sơ ở trang Đăng ký đơn; kết quả được ghi khi đăng ký xong.")
    if outcome not in WITHOUT_PEOPLE and not read_people(session, visit):
        faults["outcome"].append("Ghi người đến trước khi ghi kết quả.")
    if outcome in _SAYS and not safe["answer"]:
        faults["answer"].append(_SAYS[outcome])
    if outcome is VisitOutcome.GUIDED and not safe["guided_to"]:
        faults["guided_to"].append("Ghi cơ quan có thẩm quyền mà công dân được hướng dẫn đến.")
    if outcome is VisitOutcome.REFUSED and given.refusal_ground is None:
        faults["refusal_ground"].append(
            "Chọn căn cứ từ chối (Điều 9 Luật Tiếp công dân, Điều 4 Nghị định 154/2026)."
        )
    if outcome is VisitOutcome.TO_BE_SETTLED:
        if given.promised_on is None:
            faults["promised_on"].append("Ghi ngày hẹn trả lời.")
        elif given.promised_on < day:
            faults["promised_on"].append("Ngày hẹn trả lời trước ngày tiếp.")
        if not safe["contact"]:
            faults["contact"].append("Ghi người liên hệ (khoản 3 Điều 25 Nghị định 154/2026).")
    if outcome is VisitOutcome.CHECK_ORDERED and not given.undertakings:
        faults["undertakings"].append("Ghi ít nhất một việc giao kiểm tra, đề xuất.")
    if outcome is VisitOutcome.ADDED_TO_CASE and not given.case_code:
        faults["case_code"].append("Ghi mã hồ sơ.")
    if faults:
        raise Invalid(faults)
    return safe


def _write(
    session: Session,
    visit: Visit,
    held: ReceptionSession,
    given: Concluded,
    safe: dict[str, str],
    actor: Actor,
    now: datetime,
) -> None:
    outcome, book = given.outcome, current(session)
    told: dict[str, Any] = {"answer": safe["answer"]}
    if outcome is VisitOutcome.GUIDED:
        told["guided_to"] = safe["guided_to"]
    if outcome is VisitOutcome.TO_BE_SETTLED and given.promised_on is not None:
        told |= {"contact": safe["contact"], "promised_on": given.promised_on.isoformat()}
    add_words(visit, {name: each for name, each in told.items() if each}, without=TOLD)
    visit.outcome, visit.state, visit.outcome_on = outcome, VisitState.DONE, held.day
    visit.document = safe["document"] or None
    if outcome is VisitOutcome.REFUSED:
        visit.refusal_ground = given.refusal_ground
        if given.refusal_ground in WRITTEN_REFUSALS:
            notice = last_day(Step.REFUSAL_NOTICE, held.day, book)
            visit.refusal_due = None if notice is None else notice.due
    if outcome in RESULT_OWED:
        owed = last_day(Step.RESULT_NOTICE, held.day, book)
        visit.result_due = None if owed is None else owed.due
    session.flush()
    if outcome is VisitOutcome.MEETING_ASKED:
        ask(session, visit, safe["answer"], held.day)
    if outcome is VisitOutcome.CHECK_ORDERED:
        origin = Origin(
            source=CommitmentSource.SESSION,
            session_id=held.id,
            visit_id=visit.id,
            case_id=visit.case_id,
            secret=case_key_of(visit.wrapped),
        )
        for index, check in enumerate(given.undertakings):
            undertake(
                session,
                check,
                origin,
                made_on=held.day,
                actor=actor,
                now=now,
                at=f"undertakings.{index}",
            )


def _undo(session: Session, visit: Visit) -> None:
    """Clear the outcome. Raises ``Conflict`` where somebody else already goes by it."""
    if visit.outcome is VisitOutcome.CASE_OPENED:
        raise Conflict("Lượt tiếp đã mở hồ sơ; hãy sửa ở hồ sơ đó.")
    if visit.outcome is VisitOutcome.CHECK_ORDERED:
        raise Conflict("Việc đã giao cho đơn vị; hãy dừng ở trang Cam kết rồi ghi kết quả mới.")
    signed = session.scalar(
        select(ReceptionPaper.id)
        .where(ReceptionPaper.visit_id == visit.id, ReceptionPaper.state != NoticeState.DROPPED)
        .limit(1)
    )
    if visit.outcome is VisitOutcome.REFUSED and signed is not None:
        raise Conflict("Đã có thông báo từ chối cho lượt này; hãy bỏ dự thảo trước.")
    if visit.outcome is VisitOutcome.MEETING_ASKED:
        asked = session.scalar(
            select(MeetingRequest).where(MeetingRequest.visit_id == visit.id).with_for_update()
        )
        if asked is not None and asked.status is not MeetingStatus.WAITING:
            raise Conflict("Đề nghị gặp lãnh đạo đã được trả lời.")
        session.execute(delete(MeetingRequest).where(MeetingRequest.visit_id == visit.id))
    if visit.outcome is VisitOutcome.ADDED_TO_CASE:
        for other in met_with(session, visit):
            if other.case_id == visit.case_id and other.outcome not in WITH_CASE:
                other.case_id = None
        visit.case_id = None
    visit.outcome = visit.outcome_on = visit.document = visit.refusal_ground = None
    visit.refusal_due = visit.result_due = visit.result_told_on = None
    visit.state = VisitState.HEARD
    add_words(visit, {}, without=TOLD)
    session.flush()
