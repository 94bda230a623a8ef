"""Handing over everything a person holds, case by case, each to a colleague of its agency.

A colleague who may not have a case is told of in the result and the case stays where it was. The
right to know a denouncer never passes along with the charge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.errors import DomainError, Invalid, NotFound
from petitions.ledger.record import Change
from petitions.models import Assignment, Case, Deadline, IdentityGrant
from petitions.queries.people import charged, held_here, movable
from petitions.rulebook import current
from petitions.services import words
from petitions.services.consequences import OFFICER_DUTY, colleague
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.vocabulary import Action, Actor, Need

DONE = "Đã bàn giao."


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What became of one case; ``message`` says why when it was not handed over."""

    code: str
    to: str
    done: bool
    message: str


def spread(codes: Iterable[str], receivers: Sequence[str]) -> dict[str, str]:
    """A plan giving each receiver the same number of cases. Raises ``Invalid`` without a receiver."""
    if not receivers:
        raise Invalid.at("to", "Phải chọn ít nhất một người nhận bàn giao.")
    return dict(zip(codes, cycle(receivers), strict=False))


def hand_over(
    username: str,
    plan: Mapping[str, str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> tuple[HandedOver, ...]:
    """Hand the cases of ``plan`` (code → receiver's username) over from ``username``; one result each.

    Every case is a transaction and an event of its own, so what was done stands if the rest fails,
    and the same call again goes on. A leader hands over what is seen; an administrator everything of
    the own agencies but denunciations. Raises ``NotFound``, ``Forbidden``, ``Invalid`` at ``reason``
    before the first case.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise Invalid.at("reason", "Phải ghi lý do bàn giao.")
    movable(actor)
    leaver = held_here(actor, username)
    results = []
    for code, to in plan.items():
        try:
            run_once(
                key and f"{key}:{code}",
                f"hand_over:{code}",
                actor,
                now,
                lambda session, code=code, to=to: _hand_over(  # type: ignore[misc]
                    session, code, leaver, to, reason, actor, now
                ),
            )
            results.append(HandedOver(code, to, True, DONE))
        except DomainError as refusal:
            results.append(HandedOver(code, to, False, _why(refusal)))
    return tuple(results)


def _hand_over(
    session: Session, code: str, leaver: int, to: str, reason: str, actor: Actor, now: datetime
) -> str:
    today = local_day(now)
    case = session.scalar(
        select(Case)
        .where(Case.code == code, movable(actor), charged(leaver))
        .with_for_update(of=Case)
    )
    if case is None:
        raise NotFound("Người này không giữ hồ sơ nào đang mở có mã này mà bạn được bàn giao.")
    receiver = colleague(session, case, to, today)
    if receiver == leaver:
        raise Invalid.at("to", "Người nhận phải là người khác.")
    given = words.safe({Need.ASSIGNEE: to, Need.REASON: reason})
    words.refuse_sealed(session, case, {Need.REASON: given[Need.REASON]}, None)
    known = session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
    move = allowed(
        lambda: lifecycle.decide(
            view(case, known), Action.HAND_OVER, actor.role, today, today, given
        )
    )
    duties = _pass_on(session, case, leaver, receiver, now)
    _, personal = words.divide({Need.REASON: given[Need.REASON]}, None)
    change = Change(
        data={"assignee": receiver, "from": leaver, "duties": duties}, personal=personal
    )
    book = current(session)
    ledger.record(
        session, case, move, change, on=today, actor=actor, now=now, book=book, known=known
    )
    ledger.remind(session, case, Action.HAND_OVER.value, [receiver], now)
    return code


def _pass_on(session: Session, case: Case, leaver: int, receiver: int, now: datetime) -> list[str]:
    """Every charge of the one becomes the other's, and the leaver's sight of the denouncer ends."""
    today = local_day(now)
    standing = Assignment.case_id == case.id, Assignment.until.is_(None)
    duties = set(
        session.scalars(select(Assignment.duty).where(*standing, Assignment.user_id == leaver))
    )
    if case.officer_id == leaver:
        case.officer_id = receiver
        duties.add(OFFICER_DUTY)
    session.execute(
        update(Assignment).where(*standing, Assignment.user_id == leaver).values(until=today)
    )
    session.execute(
        update(IdentityGrant)
        .where(
            IdentityGrant.case_id == case.id,
            IdentityGrant.user_id == leaver,
            IdentityGrant.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    has = set(
        session.scalars(select(Assignment.duty).where(*standing, Assignment.user_id == receiver))
    )
    fresh = [
        {"case_id": case.id, "user_id": receiver, "duty": duty, "since": today}
        for duty in sorted(duties - has)
    ]
    if fresh:
        session.execute(insert(Assignment), fresh)
    return sorted(duties)


def _why(refusal: DomainError) -> str:
    if isinstance(refusal, Invalid):
        return next(iter(refusal.fields.values()))[0]
    return refusal.message
