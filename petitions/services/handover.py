"""Handing over everything a person holds, case by case, each to a colleague of its agency.

A colleague who may not have a case is told of in the result and the case stays where it was. The
right to know a denouncer never passes along with the charge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.errors import DomainError, Invalid, NotFound
from petitions.ledger.record import Change
from petitions.models import Case, Deadline
from petitions.queries.people import charged, held_here, movable
from petitions.rulebook import current
from petitions.services import followers, hops, words
from petitions.services.act import Act
from petitions.services.charges import colleague, take_over
from petitions.services.distribution import told
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.services.submissions_handover import pass_on_submissions
from petitions.view import view
from workflows import lifecycle
from workflows.records import OFFICER_DUTY
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
            results.append(HandedOver(code, to, False, told(refusal)))
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
    act = Act(session, case, move, given, today, actor, now, today, current(session))
    pass_on_submissions(session, case, leaver, receiver, actor, now)
    duties = take_over(act, leaver, receiver)
    if OFFICER_DUTY in duties:
        hops.succeed(act, receiver)
        case.officer_id = receiver
    _, personal = words.divide({Need.REASON: given[Need.REASON]}, None)
    change = Change(
        data={"assignee": receiver, "from": leaver, "duties": duties}, personal=personal
    )
    ledger.record(
        session, case, move, change, on=today, actor=actor, now=now, book=act.book, known=known
    )
    ledger.remind(session, case, Action.HAND_OVER.value, [receiver], now)
    followers.tell(act, [receiver])
    return code
