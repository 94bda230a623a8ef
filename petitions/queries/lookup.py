"""What a slip and the public look-up tell of a case: how far it is, days owed, whom to ask; nothing personal.

Nothing here speaks of the kind of petition, its words, its people or the office's own dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import Scope, scope_of, scope_values, visible, visible_in
from petitions.citizen_labels import OWED, PHASES, UNNAMED, Phase
from petitions.errors import NotFound
from petitions.models import Agency, Case, Deadline, Dialogue, Slip, SurveyAnswer, User
from workflows.records import ClockState, Nature
from workflows.satisfaction import ASKED
from workflows.vocabulary import Actor, Step


@dataclass(frozen=True, slots=True)
class Owed:
    """A day the citizen waits for. ``step`` None is a meeting the citizen is asked to."""

    step: Step | None
    on: date
    late: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a petition stands, for the person who sent it.

    ``received_on`` and ``receiver`` are the first day and body, ``holder`` whom to ask now.
    ``open`` until the handling is over; ``asks``: it is, and nobody has said yet what he thinks of it.
    """

    code: str
    phase: Phase
    open: bool
    paused: bool
    received_on: date
    receiver: str
    holder: str
    owed: tuple[Owed, ...]
    asks: bool
    answered: bool


@dataclass(frozen=True, slots=True)
class CitizenPanel:
    """What the case page says of slip and survey. ``issued_by`` is empty where no good slip is out."""

    code: str
    custodian_id: int
    origin_id: int
    officer_id: int | None
    issued_at: datetime | None
    issued_by: str
    over: bool
    answered_on: date | None


def standing_of(case_id: int, today: date) -> Standing:
    """How the case stands. Three statements."""
    return _standing(read(_CASE, {"case": case_id}).one(), today)


def standing_for(actor: Actor, code: str, today: date) -> Standing:
    """The same for an officer who prints it. Raises ``NotFound``."""
    row = read(_HEAD.where(Case.code == code, visible(actor))).one_or_none()
    if row is None:
        raise NotFound
    return _standing(row, today)


def panel_of(actor: Actor, code: str) -> CitizenPanel:
    """Slip and survey of a case this actor sees. Raises ``NotFound``."""
    row = read(_panel(scope_of(actor)), {"code": code, **scope_values(actor)}).one_or_none()
    if row is None:
        raise NotFound
    return CitizenPanel(
        code=row.code,
        custodian_id=row.agency_id,
        origin_id=row.origin_agency_id,
        officer_id=row.officer_id,
        issued_at=row.issued_at,
        issued_by=row.name or "",
        over=row.state in ASKED,
        answered_on=row.answered_on,
    )


def _standing(row: Any, today: date) -> Standing:
    paused = row.paused_since is not None and row.open
    owed = [] if paused or not row.open else _owed(row.id, today)
    receiver = row.receiver
    answered = row.answered_on is not None
    return Standing(
        code=row.code,
        phase=PHASES[row.state],
        open=row.open,
        paused=paused,
        received_on=row.first_received_on,
        receiver=receiver,
        holder=receiver if row.holder_kind in UNNAMED else row.holder,
        owed=tuple(owed),
        asks=row.state in ASKED and not answered,
        answered=answered,
    )


def _owed(case_id: int, today: date) -> list[Owed]:
    found = [
        Owed(None, each.planned_on, late=False)
        for each in read(_MEETINGS, {"case": case_id, "today": today})
    ]
    found += [
        Owed(each.step, each.due, each.due < today) for each in read(_CLOCKS, {"case": case_id})
    ]
    return sorted(found, key=lambda each: each.on)


_RECEIVER, _HOLDER = aliased(Agency), aliased(Agency)
_HEAD: Select[*tuple[Any, ...]] = (
    select(
        Case.id, Case.code, Case.state, Case.open, Case.paused_since, Case.first_received_on,
        _RECEIVER.name.label("receiver"), _HOLDER.name.label("holder"),
        _HOLDER.kind.label("holder_kind"), SurveyAnswer.answered_on,
    )
    .join(_RECEIVER, _RECEIVER.id == Case.origin_agency_id)
    .join(_HOLDER, _HOLDER.id == Case.agency_id)
    .outerjoin(SurveyAnswer, SurveyAnswer.case_id == Case.id)
)  # fmt: skip
_CASE = _HEAD.where(Case.id == bindparam("case"))
_CLOCKS: Select[*tuple[Any, ...]] = select(Deadline.step, Deadline.due).where(
    Deadline.case_id == bindparam("case"),
    Deadline.state == ClockState.RUNNING,
    Deadline.nature == Nature.STATUTORY,
    Deadline.step.in_(tuple(OWED)),
    Deadline.due.is_not(None),
)
_MEETINGS: Select[*tuple[Any, ...]] = select(Dialogue.planned_on).where(
    Dialogue.case_id == bindparam("case"),
    Dialogue.held_on.is_(None),
    Dialogue.planned_on >= bindparam("today"),
)


@cache
def _panel(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Case.code, Case.state, Case.agency_id, Case.origin_agency_id, Case.officer_id,
            Slip.issued_at, User.name, SurveyAnswer.answered_on,
        )
        .outerjoin(Slip, (Slip.case_id == Case.id) & Slip.revoked_at.is_(None))
        .outerjoin(User, User.id == Slip.issued_by)
        .outerjoin(SurveyAnswer, SurveyAnswer.case_id == Case.id)
        .where(Case.code == bindparam("code"), visible_in(scope))
    )  # fmt: skip
