"""Ticking off the steps of a verification; a step that needs a paper is done only with it in the file.

A step is a note of the office, not an act of the law: it moves no case and leaves no event, but who
noted it and when is kept.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import require_role
from petitions.errors import Conflict, Forbidden, Invalid
from petitions.models import Assignment, Case, CaseAgency, Event, Evidence, VerificationDone
from petitions.queries.verification_steps import steps_of
from petitions.services.onetime import run_once
from petitions.text import vn_date
from workflows.records import HELPERS
from workflows.transition import PROCESSING
from workflows.verification import VerificationStep
from workflows.vocabulary import Action, Actor, Role

WORKERS = PROCESSING | {Role.INSPECTOR}
"""Hats that verify."""


def tick(
    code: str,
    key_of_step: str,
    *,
    done_on: date,
    paper: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Note that a step of the present round was done on a day, with the ``paper`` of that number.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` while nothing is verified, ``Invalid`` at
    ``step``, ``done_on`` and ``paper``.
    """

    def work(session: Session) -> str:
        case, round_, since = _open(session, code, actor)
        step = _step(case, key_of_step)
        if not since <= done_on <= local_day(now):
            raise Invalid.at("done_on", f"Từ ngày giao xác minh ({vn_date(since)}) đến hôm nay.")
        evidence = _paper(session, case, step, paper)
        row = session.get(VerificationDone, (case.id, round_, step.key))
        if row is None:
            row = VerificationDone(case_id=case.id, round=round_, step=step.key)
            session.add(row)
        row.done_on, row.evidence_id, row.by_id, row.at = done_on, evidence, actor.user_id, now
        return code

    return run_once(key, f"verification:{code}:{key_of_step}", actor, now, work)


def untick(
    code: str, key_of_step: str, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Take a step's note back. Raises as ``tick`` does."""

    def work(session: Session) -> str:
        case, round_, _ = _open(session, code, actor)
        session.execute(
            delete(VerificationDone).where(
                VerificationDone.case_id == case.id,
                VerificationDone.round == round_,
                VerificationDone.step == _step(case, key_of_step).key,
            )
        )
        return code

    return run_once(key, f"verification-undo:{code}:{key_of_step}", actor, now, work)


def _open(session: Session, code: str, actor: Actor) -> tuple[Case, int, date]:
    """The case, the round of its verification, and the day that round was ordered."""
    require_role(actor, *WORKERS)
    case = ledger.load(session, code, actor)
    round_, since = session.execute(
        select(func.count(Event.id), func.max(Event.on)).where(
            Event.case_id == case.id, Event.action == Action.ASSIGN_VERIFICATION.value
        )
    ).one()
    if not round_ or not case.open:
        raise Conflict("Hồ sơ này không đang được xác minh.")
    if actor.agency_id != case.agency_id and not _works_here(session, case, actor):
        raise Forbidden("Chỉ cơ quan xác minh và cơ quan giữ hồ sơ ghi các bước xác minh.")
    return case, round_, since


def _works_here(session: Session, case: Case, actor: Actor) -> bool:
    shares = exists().where(
        CaseAgency.case_id == case.id,
        CaseAgency.agency_id == actor.agency_id,
        CaseAgency.role.in_(HELPERS),
        CaseAgency.until.is_(None),
    )
    charged = exists().where(
        Assignment.case_id == case.id,
        Assignment.user_id == actor.user_id,
        Assignment.until.is_(None),
    )
    return bool(session.scalar(select(shares | charged)))


def _step(case: Case, key: str) -> VerificationStep:
    for step in steps_of(case.kind):
        if step.key == key:
            return step
    raise Invalid.at("step", "Không có bước xác minh này cho loại đơn của hồ sơ.")


def _paper(session: Session, case: Case, step: VerificationStep, ordinal: int | None) -> int | None:
    if ordinal is None:
        if step.paper_required:
            raise Invalid.at("paper", f"Bước này phải có tài liệu: {step.paper}.")
        return None
    found = session.scalar(
        select(Evidence.id).where(Evidence.case_id == case.id, Evidence.ordinal == ordinal)
    )
    if found is None:
        raise Invalid.at("paper", "Không có tài liệu mang số này trong hồ sơ.")
    return found
