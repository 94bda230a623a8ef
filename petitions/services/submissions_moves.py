"""What a reader may do with a proposal where it lies, and whom it may go to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.database import db
from petitions.queries.approvers import Approver
from petitions.services.submission_rows import candidates, look, viewer
from workflows.office import HELD, Verdict
from workflows.passage import open_to
from workflows.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class Moves:
    """``may`` are the verdicts open to the reader, ``up`` who may stand at the next step, ``instead``
    who may stand where it lies now (nobody named for a draft: any colleague may)."""

    may: frozenset[Verdict]
    up: tuple[Approver, ...]
    instead: tuple[Approver, ...]


def moves(actor: Actor, uid: str, now: datetime) -> Moves:
    """What ``actor`` may do with the proposal now. Raises ``NotFound``."""
    carried = look(db.session(), uid, actor, now)
    row = carried.submission
    if row.status not in HELD:
        return Moves(frozenset(), (), ())
    may = open_to(carried.paper, viewer(carried))
    rises = may & {Verdict.SUBMIT, Verdict.APPROVE}
    return Moves(
        may,
        candidates(carried, row.step + 1) if rises else (),
        candidates(carried, row.step) if Verdict.REASSIGN in may and row.step else (),
    )
