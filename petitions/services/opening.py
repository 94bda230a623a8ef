"""Opening what is sealed: a reason first, the trace committed, then the content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from config.clock import local_day
from config.database import db
from petitions import ledger, sealed_rows
from petitions.ledger.record import case_key
from petitions.models import CaseKey
from petitions.services.acts import perform
from petitions.services.evidence import Stored, sealed_paper
from petitions.services.identity import require_right, sealed_people
from petitions.services.registration import Person
from workflows.vocabulary import Action, Actor, Need


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened: the people, and the paper's own wording when it differs from the redacted one."""

    people: tuple[Person, ...]
    original: str | None


def open_identity(code: str, *, reason: str, actor: Actor, now: datetime) -> Opened:
    """Open the identity: the trace with its reason is committed first, then it is read.

    Raises ``Forbidden`` without the right, ``Invalid`` without a reason.
    """
    _leave_trace(code, {Need.REASON: reason}, actor, now)
    session = db.session()
    case = ledger.look(session, code, actor)
    require_right(session, case, actor)
    case_secret = case_key(session, case)
    original = session.scalar(select(CaseKey.sealed_original).where(CaseKey.case_id == case.id))
    return Opened(
        tuple(sealed_people(session, case, case_secret)),
        None if original is None else case_secret.open_text(original, sealed_rows.original(code)),
    )


def open_paper(code: str, ordinal: int, *, reason: str, actor: Actor, now: datetime) -> Stored:
    """Open a sealed paper of a denunciation; its number stands in the trace.

    Raises ``Forbidden`` without the right, ``NotFound`` for an unknown paper, ``Invalid`` without a reason.
    """
    _leave_trace(code, {Need.REASON: reason, Need.DOCUMENT: f"Tài liệu {ordinal}"}, actor, now)
    return sealed_paper(code, ordinal, actor)


def _leave_trace(code: str, given: Mapping[str, Any], actor: Actor, now: datetime) -> None:
    """Every opening is an event of its own: no one-time key, so a repeat is a second opening with its reason."""
    perform(
        code,
        Action.OPEN_IDENTITY,
        given,
        version=None,
        on=local_day(now),
        actor=actor,
        now=now,
    )
