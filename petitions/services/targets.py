"""An agency's own, shorter limits. They hold for clocks that start from their first day on.

So nothing that runs already moves, and no target ever replaces or outlasts the law's limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Invalid, NotFound
from petitions.installation import installation
from petitions.ledger.clocks import INTERNAL_KINDS
from petitions.models import InternalTarget, RuleChange
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    meets,
    once,
    reaches,
    refuse,
    words,
)
from workflows.lawbook import Rule
from workflows.records import ChangeKind
from workflows.rules import Bound, OtherUnit
from workflows.vocabulary import Kind, Step
from workflows.watch import NOT_A_DUTY
from workflows.working_days import Direction, Unit

WORKING_WEEK, WEEKEND = 5, 2
LONGEST = 365
"""Days a target may have where the law sets no limit at all."""


@dataclass(frozen=True, slots=True)
class TargetGiven:
    """So many days, plain or working, for a clock of a kind of petition, from a day on."""

    agency_code: str
    kind: Kind
    step: Step
    days: int
    working_days: bool
    valid_from: date


def set_target(
    given: TargetGiven,
    *,
    reason: str,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """Set an internal target, today or later; the one before it ends the day before. Returns its id.

    Raises ``Forbidden``, ``Invalid`` with every fault at its field: longer than the shortest limit
    the law has for such a clock, or for a clock the law does not give the agency.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        why = words(reason, "reason", 500, faults)
        if given.valid_from < local_day(now):
            faults["valid_from"].append("Hạn nội bộ chỉ áp dụng từ hôm nay trở đi.")
        _not_longer_than_law(given, faults)
        refuse(faults)
        office = agency(session, actor, given.agency_code, "agency_code")
        before = session.scalars(
            select(InternalTarget).where(
                InternalTarget.agency_id == office.id,
                InternalTarget.kind == given.kind,
                InternalTarget.step == given.step,
                meets(InternalTarget, given.valid_from, None),
            )
        ).all()
        for each in before:
            if each.valid_from >= given.valid_from:
                raise Invalid.at(
                    "valid_from", "Đã có hạn nội bộ bắt đầu từ ngày này hoặc muộn hơn."
                )
            each.valid_to = given.valid_from - timedelta(days=1)
        fresh = InternalTarget(
            agency_id=office.id,
            kind=given.kind,
            step=given.step,
            days=given.days,
            working_days=given.working_days,
            valid_from=given.valid_from,
        )
        session.add(fresh)
        session.flush()
        _log(session, fresh, why, actor, now)
        return str(fresh.id)

    return once(actor, now, key, "target:set", work)


def end_target(
    target_id: int,
    last_day: date,
    *,
    reason: str,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """End a target with ``last_day``, today or later; one not begun by then is withdrawn.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` at ``last_day``.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        why = words(reason, "reason", 500, faults)
        found = session.get(InternalTarget, target_id, with_for_update=True)
        if found is None or not reaches(session, actor, found.agency_id):
            raise NotFound("Không có hạn nội bộ này trong phạm vi bạn quản trị.")
        if last_day < local_day(now):
            faults["last_day"].append("Hạn nội bộ chỉ kết thúc từ hôm nay trở đi.")
        elif found.valid_to is not None and last_day > found.valid_to:
            faults["last_day"].append("Hạn nội bộ này đã kết thúc sớm hơn ngày đó.")
        refuse(faults)
        _log(session, found, why, actor, now)
        if last_day < found.valid_from:
            session.delete(found)
        else:
            found.valid_to = last_day
        return str(target_id)

    return once(actor, now, key, f"target:end:{target_id}", work)


def _log(
    session: Session, target: InternalTarget, reason: str, actor: Administrator, now: datetime
) -> None:
    """A row that also tells every process to read the targets again."""
    session.execute(
        insert(RuleChange).values(
            kind=ChangeKind.INTERNAL_TARGET,
            reason=reason,
            details={
                "target_id": target.id,
                "agency_id": target.agency_id,
                "kind": target.kind.value,
                "step": target.step.value,
                "days": target.days,
                "working_days": target.working_days,
            },
            by_id=None if actor is None else actor.user_id,
            at=now,
            cases_moved=0,
            after_case_id=0,
            finished_at=now,
        )
    )


def _not_longer_than_law(given: TargetGiven, faults: Faults) -> None:
    if not 1 <= given.days <= LONGEST:
        faults["days"].append(f"Số ngày từ 1 đến {LONGEST}.")
        return
    if given.step is Step.INTERNAL_SETTLEMENT:
        if given.kind not in INTERNAL_KINDS:
            faults["step"].append("Loại đơn này đã có thời hạn giải quyết theo luật.")
        return
    if given.step is Step.REPLY_TO_FORWARDER and given.kind is not Kind.DENUNCIATION:
        return
    rules = list(_limits(given))
    if not rules:
        faults["step"].append("Luật không đặt cho cơ quan thời hạn này với loại đơn đã chọn.")
    elif any(_may_outlast(given, rule) for rule in rules):
        faults["days"].append("Hạn nội bộ phải ngắn hơn hoặc bằng thời hạn luật định ngắn nhất.")


def _limits(given: TargetGiven) -> Iterable[Rule]:
    """The rows binding the agency that are, or will be, law for such a clock."""
    for rule in installation().lawbook.rules:
        if (
            rule.step is given.step
            and given.step not in NOT_A_DUTY
            and given.kind in rule.kinds
            and rule.binds is Bound.AUTHORITY
            and rule.direction is Direction.FORWARD
            and not isinstance(rule.unit, OtherUnit)
            and (rule.valid_to is None or rule.valid_to >= given.valid_from)
        ):
            yield rule


def _may_outlast(given: TargetGiven, rule: Rule) -> bool:
    """Whether the target can end after the law's limit in some week without holidays.

    Around holidays working days stretch; there the law's end stands in when the clock is counted.
    """
    own, legal = given.days, rule.amount
    if given.working_days and rule.unit is not Unit.WORKING_DAY:
        own += WEEKEND * -(-own // WORKING_WEEK)
    elif not given.working_days and rule.unit is Unit.WORKING_DAY:
        legal += WEEKEND * ((legal - 1) // WORKING_WEEK)
    return own > legal
