"""Proving the ledger: every chain walked, the day's heads anchored, personal words erased for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import require_role
from petitions.errors import Invalid
from petitions.installation import installation
from petitions.ledger.record import Change
from petitions.models import Case, Deadline, EventDetail
from petitions.rulebook import current
from petitions.services import audit_anchors, words
from petitions.services.audit_anchors import Anchored, AnchorsBroken
from petitions.services.audit_chain import Broken, Walked, walk
from petitions.services.backup_tables import snapshot
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.vocabulary import Action, Actor, Need, Role


@dataclass(frozen=True, slots=True)
class Report:
    """What was walked, what the anchors say (``None``: not asked), and the first thing that is wrong."""

    walked: Walked
    anchored: Anchored | None = None
    anchors_fault: AnchorsBroken | None = None

    @property
    def broken(self) -> Broken | None:
        """The first broken case."""
        if self.walked.broken is not None or self.anchored is None:
            return self.walked.broken
        return self.anchored.broken

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.broken is None and self.anchors_fault is None


def verify(anchor_file: Path | None = None) -> Report:
    """Walk all chains and, when they hold, find every anchored head in them.

    A changed event shows in its chain; one whose chain was counted anew, and a case that is gone,
    show against the anchors only. A fault of the anchors' file is told apart from one of a case.
    """
    keyring = installation().keyring
    with snapshot() as connection:
        walked = walk(connection, keyring)
    if walked.broken is not None or anchor_file is None:
        return Report(walked)
    # the lock comes first: whatever a line names is then in the snapshot
    try:
        with audit_anchors.reading(anchor_file) as file, snapshot() as connection:
            return Report(walked, audit_anchors.compare(connection, file, keyring))
    except AnchorsBroken as fault:
        return Report(walked, anchors_fault=fault)


def anchor(now: datetime) -> int:
    """Add the day's line to the anchors outside the database; returns how many heads had changed.

    Raises ``AnchorsBroken`` when the file was tampered with.
    """
    house = installation()
    return audit_anchors.append(house.settings.anchor_file, house.keyring, now, _heads)


def _heads() -> dict[str, audit_anchors.Head]:
    with snapshot() as connection:
        rows = connection.execute(
            select(Case.code, Case.event_seq, Case.event_hash),
            execution_options={"yield_per": 1000},
        )
        return {code: (seq, digest) for code, seq, digest in rows}


def erase(
    code: str, seq: int, reason: str, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Take the personal words of one event away for good; returns the case's code.

    Salt and words go, the commitment in the chain stays and the chain still verifies; that they were
    erased, by whom and why is an event of its own. For heads and deputies only. Raises ``NotFound``,
    ``Forbidden``, ``NotAllowedNow``, ``Leak``, and ``Invalid`` at ``seq`` when there are no words.
    """
    require_role(actor, Role.HEAD, Role.DEPUTY_HEAD)
    today = local_day(now)

    def work(session: Session) -> str:
        case = ledger.load(session, code, actor)
        detail = session.get(EventDetail, (case.id, seq))
        if detail is None or detail.erased_at is not None:
            raise Invalid.at("seq", "Sự kiện này không có lời ghi kèm, hoặc đã xóa.")
        known = session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
        given = words.safe({Need.CHANGES: {"erased": seq}, Need.REASON: reason})
        words.refuse_sealed(session, case, given, None)
        move = allowed(
            lambda: lifecycle.decide(
                view(case, known), Action.CORRECT, actor.role, today, today, given
            )
        )
        ledger.record(
            session, case, move,
            Change(data={"erased": seq}, personal={"reason": given[Need.REASON]}, correction=True),
            on=today, actor=actor, now=now, book=current(session), known=known,
        )  # fmt: skip
        detail.salt = detail.content = detail.sealed = None
        detail.erased_at = now
        return case.code

    return run_once(key, f"erase:{code}:{seq}", actor, now, work)
