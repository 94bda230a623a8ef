"""Picking what to inspect and following it: plan, decision, inspection, conclusion."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import Agency, Field, InspectionTarget, Place, TargetEntry
from petitions.queries.inspection_targets import (
    NO_TARGET,
    READERS,
    figures_for_all,
    keeps,
    targets_seen,
)
from petitions.queries.offices import in_force
from petitions.services import words
from petitions.services.checks import Faults
from petitions.services.onetime import run_once
from workflows.reviewing import PAPERED, TargetStatus, next_of
from workflows.vocabulary import Actor

FIRST_YEAR, LAST_YEAR = 2000, 2100
_STEPS = {
    TargetStatus.APPROVED: "Phải ghi văn bản phê duyệt kế hoạch.",
    TargetStatus.UNDER_INSPECTION: "Phải ghi số quyết định thanh tra.",
    TargetStatus.CONCLUDED: "Phải ghi số kết luận thanh tra.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A place (with a field) or a body to be inspected in a year, and why; all by code."""

    year: int
    place: str | None = None
    field: str | None = None
    agency: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a target goes, on which day, by which paper, and what it says."""

    status: TargetStatus
    on: date
    document: str = ""
    content: str = ""


def pick(given: Pick, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Propose a target, its figures frozen as they stand today; returns its uid.

    Raises ``Forbidden``, ``Invalid`` at the fields of ``Pick``, ``Conflict`` when it is a target of that
    year already.
    """

    def work(session: Session) -> str:
        if actor.role not in READERS:
            raise Forbidden("Thanh tra hoặc người đứng đầu cơ quan chọn đối tượng thanh tra.")
        today = local_day(now)
        faults: Faults = defaultdict(list)
        reason = words.prose(given.reason, "reason", 1_000, faults)
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            faults["year"].append("Năm không hợp lệ.")
        place = _id(session, Place, given.place, "place", faults)
        field = _id(session, Field, given.field, "field", faults)
        agency = _agency(session, given.agency, today, actor, faults)
        if not given.place and not given.agency:
            faults["place"].append("Chọn địa bàn hoặc cơ quan được thanh tra.")
        if faults:
            raise Invalid(faults)
        # against two people picking the same at once: one after the other, and the second is told
        session.execute(
            select(Agency.id).where(Agency.id == actor.agency_id).with_for_update(key_share=True)
        )
        _refuse_twice(session, given.year, place, field, agency, actor)
        figures = figures_for_all(actor, given.place, given.field, given.agency, today)
        row = InspectionTarget(
            uid=secrets.token_hex(16), agency_id=actor.agency_id, year=given.year, place_id=place,
            field_id=field, target_agency_id=agency, figures=figures.kept(), picked_on=today,
            reason=reason, status=TargetStatus.PROPOSED, created_by=actor.user_id, created_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _tell(session, row, Step(status=TargetStatus.PROPOSED, on=today), actor, now)
        return row.uid

    return run_once(key, "inspection-target:pick", actor, now, work)


def move(
    uid: str,
    given: Step,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Take a target one step further. Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` for a
    step that does not follow, ``Invalid`` at the fields of ``Step``."""

    def work(session: Session) -> str:
        row = session.scalar(
            select(InspectionTarget)
            .where(InspectionTarget.uid == uid, targets_seen(actor))
            .with_for_update()
        )
        if row is None:
            raise NotFound(NO_TARGET)
        if not keeps(actor, row.agency_id):
            raise Forbidden("Chỉ cơ quan đề xuất hoặc cấp trên ghi được.")
        if version != row.version:
            raise Stale(uid)
        if given.status not in next_of(row.status):
            raise Conflict("Đối tượng này không ở bước đó; hãy mở lại trang.")
        faults: Faults = defaultdict(list)
        document = words.line(given.document, "document", 160, faults)
        content = words.prose(given.content, "content", 4_000, faults)
        if not document and given.status in PAPERED:
            faults["document"].append(_STEPS[given.status])
        if given.status is TargetStatus.DROPPED and not content:
            faults["content"].append("Phải ghi lý do.")
        last = session.scalar(
            select(func.max(TargetEntry.on)).where(TargetEntry.target_id == row.id)
        )
        if given.on > local_day(now):
            faults["on"].append("Ngày này còn ở tương lai.")
        elif last is not None and given.on < last:
            faults["on"].append("Ngày này trước bước liền trước.")
        if faults:
            raise Invalid(faults)
        row.status = given.status
        kept = Step(status=given.status, on=given.on, document=document, content=content)
        _tell(session, row, kept, actor, now)
        return uid

    return run_once(key, f"inspection-target:move:{uid}", actor, now, work)


def _tell(session: Session, row: InspectionTarget, step: Step, actor: Actor, now: datetime) -> None:
    last = session.scalar(
        select(func.coalesce(func.max(TargetEntry.seq), 0)).where(TargetEntry.target_id == row.id)
    )
    session.execute(
        insert(TargetEntry).values(
            target_id=row.id, seq=int(last or 0) + 1, status=step.status, on=step.on,
            document=step.document, content=step.content, at=now, by_id=actor.user_id,
        )
    )  # fmt: skip


def _id(
    session: Session, model: type[Place | Field], code: str | None, field: str, faults: Faults
) -> int | None:
    if not code:
        return None
    found: int | None = session.scalar(select(model.id).where(model.code == code))
    if found is None:
        faults[field].append("Chọn trong danh sách.")
    return found


def _agency(
    session: Session, code: str | None, today: date, actor: Actor, faults: Faults
) -> int | None:
    if not code:
        return None
    found = session.scalar(select(Agency.id).where(Agency.code == code, in_force(Agency, today)))
    if found is None:
        faults["agency"].append("Chọn trong danh sách.")
    elif not actor.province_wide and found not in actor.agency_ids:
        faults["agency"].append("Cơ quan này không thuộc phạm vi của bạn.")
    return found


def _refuse_twice(
    session: Session,
    year: int,
    place: int | None,
    field: int | None,
    agency: int | None,
    actor: Actor,
) -> None:
    same = [
        column == value if value is not None else column.is_(None)
        for column, value in (
            (InspectionTarget.place_id, place),
            (InspectionTarget.field_id, field),
            (InspectionTarget.target_agency_id, agency),
        )
    ]
    known = session.scalar(
        select(InspectionTarget.id).where(
            InspectionTarget.year == year,
            InspectionTarget.agency_id == actor.agency_id,
            InspectionTarget.status != TargetStatus.DROPPED,
            *same,
        )
    )
    if known is not None:
        raise Conflict("Đối tượng này đã được chọn cho năm đó.")
