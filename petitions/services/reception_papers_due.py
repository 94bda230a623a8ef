"""Which papers of reception are due, by when, and who may sign them (Decree 154/2026 arts 4, 25)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from config.database import db
from petitions.errors import Forbidden, NotAllowedNow, NotFound
from petitions.models import ReceptionPaper
from petitions.queries.approvers import capacity_of
from petitions.queries.reception_dates import last_day
from petitions.queries.reception_papers import REFUSAL, UNKNOWN
from petitions.rulebook import current
from petitions.services.reception_papers_form import CONCLUSION
from petitions.services.reception_subject import Subject
from workflows.office import SigningCapacity
from workflows.reception import WRITTEN_REFUSALS, Host, SessionKind, VisitOutcome, VisitState
from workflows.vocabulary import Actor, Step

FOR_REFUSALS = frozenset({SigningCapacity.HEAD, SigningCapacity.ACTING, SigningCapacity.KT})
"""A refusal is signed by the head or for the head, never by order."""


def may_refuse(subject: Subject) -> bool:
    """Whether the visit was refused on a ground that asks for a written notice."""
    visit = subject.visit
    return (
        visit is not None
        and visit.outcome is VisitOutcome.REFUSED
        and visit.refusal_ground in WRITTEN_REFUSALS
    )


def may_conclude(subject: Subject) -> bool:
    """Whether a leader received in this session, and the visit (if it is about one) was heard."""
    held, visit = subject.held, subject.visit
    led = held.kind is not SessionKind.REGULAR or held.held_in_person or held.host is not Host.STAFF
    return led and (visit is None or visit.state is VisitState.DONE)


def refuse_undue(subject: Subject, form_key: str, actor: Actor) -> None:
    """Raise ``NotAllowedNow`` where the law asks for no such paper, ``Forbidden`` for another agency's."""
    if subject.held.agency_id != actor.agency_id:
        raise Forbidden("Văn bản tiếp công dân do cơ quan đã tiếp lập.")
    if form_key == REFUSAL and not may_refuse(subject):
        raise NotAllowedNow(
            "Lượt tiếp này không thuộc trường hợp phải từ chối bằng văn bản.",
            "Khoản 2, 3 Điều 4 Nghị định 154/2026/NĐ-CP",
        )
    if form_key == CONCLUSION and not may_conclude(subject):
        raise NotAllowedNow(
            "Chỉ thông báo kết luận buổi do lãnh đạo tiếp, sau khi đã tiếp xong.",
            "Khoản 2 Điều 25 Nghị định 154/2026/NĐ-CP",
        )
    if form_key not in (REFUSAL, CONCLUSION):
        raise NotFound(UNKNOWN)


def due_of(session: Session, subject: Subject, form_key: str) -> date | None:
    """The legal end for the signature of a refusal (Decree 154/2026 art 4(3)); a conclusion has none."""
    visit = subject.visit
    if form_key != REFUSAL or visit is None:
        return None
    if visit.refusal_due is not None or visit.outcome_on is None:
        return visit.refusal_due
    found = last_day(Step.REFUSAL_NOTICE, visit.outcome_on, current(session))
    return found.due if found else None


def signs(actor: Actor, agency_id: int, form_key: str, on: date) -> bool:
    """Whether this hat may sign such a paper of the agency on that day."""
    found = capacity_of(db.session(), actor, agency_id, on)
    return (
        found is not None
        and actor.agency_id == agency_id
        and (form_key != REFUSAL or found in FOR_REFUSALS)
    )


def capacity_to_sign(
    session: Session, row: ReceptionPaper, actor: Actor, day: date
) -> SigningCapacity:
    """In what capacity the actor signs the paper on its day. Raises ``Forbidden``."""
    found = capacity_of(session, actor, row.agency_id, day)
    if found is None:
        raise Forbidden(
            "Bạn chưa được giao quyền ký văn bản của cơ quan vào ngày ghi trên văn bản."
        )
    if row.form_key == REFUSAL and found not in FOR_REFUSALS:
        raise Forbidden(
            "Thông báo từ chối do người đứng đầu ký hoặc cấp phó ký thay "
            "(khoản 3 Điều 4 Nghị định 154/2026/NĐ-CP)."
        )
    return found
