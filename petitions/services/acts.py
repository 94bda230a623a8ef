"""Acting on a case: one way in for every action of the lifecycle.

A command takes a payload of named needs and an actor. The table says whether the act is permitted
and what it changes in law; ``consequences`` says what it leaves in the file; the ledger records it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import HELD_ELSEWHERE, may_act
from petitions.errors import Forbidden, Invalid
from petitions.ledger.record import Change
from petitions.models import Assignment, Case, CaseAgency, Deadline
from petitions.rulebook import current
from petitions.services import consequences, words
from petitions.services.act import Act
from petitions.services.checks import act_day
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.records import ADVISERS
from workflows.vocabulary import Action, Actor, Need


def perform(
    code: str,
    action: Action,
    given: Mapping[Need, Any] | Mapping[str, Any],
    *,
    version: int | None,
    on: date,
    actor: Actor,
    now: datetime,
    late_reason: str | None = None,
    key: str | None = None,
    also: Callable[[Session, Case], None] | None = None,
) -> str:
    """Do one act on the case ``code``; returns the code of the case to look at next.

    ``on`` is the day the act happened, ``now`` the instant it is recorded, ``given`` the payload by
    need; ``also`` writes what comes with it into the same transaction. Raises ``NotFound``, ``Stale``, ``Invalid`` (with fields), ``Leak`` and ``NotAllowedNow``
    with the article.
    """

    def work(session: Session) -> str:
        case, go_to = carry_out(
            session,
            code,
            action,
            given,
            version=version,
            on=on,
            actor=actor,
            now=now,
            late_reason=late_reason,
        )
        if also is not None:
            also(session, case)
        return go_to

    return run_once(key, f"act:{action.value}:{code}", actor, now, work)


def carry_out(
    session: Session,
    code: str,
    action: Action,
    given: Mapping[Need, Any] | Mapping[str, Any],
    *,
    version: int | None,
    on: date,
    actor: Actor,
    now: datetime,
    late_reason: str | None = None,
) -> tuple[Case, str]:
    """Do one act inside a transaction that is open; the case and the code to look at next.

    The way of ``perform`` and of a signature, which does more in the same transaction. Raises as
    ``perform`` does, before anything is written or with the transaction to be given up.
    """
    today = local_day(now)
    book = current(session)
    case = ledger.load(session, code, actor, version)
    _require_custody(session, case, action, actor)
    known = session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
    safe = words.safe(given)
    faults: defaultdict[str, list[str]] = defaultdict(list)
    reason = words.safe_line(late_reason, "late_reason")
    act_day(on, today, book, reason, faults, "on")
    if faults:
        raise Invalid(faults)
    words.refuse_sealed(session, case, safe, reason)
    if action is Action.VOID:
        safe |= consequences.persons_of_void(session, case, actor)
    move = allowed(lambda: lifecycle.decide(view(case, known), action, actor.role, on, today, safe))
    act = Act(session, case, move, safe, on, actor, now, today, book)
    outcome = consequences.of(act)
    data, personal = words.divide(safe, reason)
    change = Change(
        data={**data, **outcome.data},
        personal={**personal, **outcome.personal},
        correction=outcome.correction,
    )
    ledger.record(session, case, move, change, on=on, actor=actor, now=now, book=book, known=known)
    consequences.after(act, outcome)
    return case, outcome.go_to or case.code


def _require_custody(session: Session, case: Case, action: Action, actor: Actor) -> None:
    """Raise ``Forbidden`` when the case is held elsewhere and the act is not one done from there."""
    if actor.agency_id == case.agency_id:
        return
    shares = (
        CaseAgency.case_id == case.id,
        CaseAgency.agency_id == actor.agency_id,
        CaseAgency.until.is_(None),
    )
    charged, involved, verifying = session.execute(
        select(
            exists().where(
                Assignment.case_id == case.id,
                Assignment.user_id == actor.user_id,
                Assignment.until.is_(None),
            ),
            exists().where(*shares),
            exists().where(*shares, CaseAgency.role.in_(ADVISERS)),
        )
    ).one()
    if not may_act(
        actor,
        action,
        case.agency_id,
        charged=charged,
        involved=involved,
        verifying=verifying,
    ):
        raise Forbidden(HELD_ELSEWHERE)
