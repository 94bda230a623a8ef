"""The calendar of periodic reports and plans: the duties, and who sent what when or is late."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, extract, false, func, select, true

from config.database import read
from petitions.errors import NotFound
from petitions.models import Agency, ReportDuty, ReportDutyAgency, ReportTurn
from petitions.queries.offices import family
from workflows.reporting import Concerned, ReportPeriod
from workflows.transition import INTAKE
from workflows.vocabulary import Actor, Role

READERS = INTAKE | {Role.INSPECTOR, Role.ADMIN}
"""Who reads the calendar."""
NO_DUTY = "Không có báo cáo định kỳ này."
NO_TURN = "Không tìm thấy kỳ báo cáo này, hoặc bạn không có quyền xem."


@dataclass(frozen=True, slots=True)
class Duty:
    """A report owed every year; ``agencies`` are the chosen ones by code, ``turns`` its rows so far."""

    uid: str
    version: int
    name: str
    basis: str
    period: ReportPeriod
    concerned: Concerned
    month: int
    day: int
    starts_on: date
    ends_on: date | None
    turns: int
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One report of one agency: due, and sent or not. ``late`` are plain days past the due day."""

    uid: str
    name: str
    basis: str
    period: ReportPeriod
    agency_id: int
    agency: str
    due: date
    sent_on: date | None
    document: str
    late: int = 0


def turns_seen(actor: Actor) -> ColumnElement[bool]:
    """Reports of the agencies this hat reaches; an administrator's of those below the own one."""
    if actor.role not in READERS:
        return false()
    if actor.role is Role.ADMIN:
        return ReportTurn.agency_id.in_(family(actor.agency_id))
    if actor.province_wide:
        return true()
    return ReportTurn.agency_id.in_(actor.agency_ids)


def may_keep(actor: Actor) -> bool:
    """Whether this hat keeps the calendar: administration of the topmost body, the province's
    inspectors and their leaders."""
    if actor.province_wide:
        return True
    top = select(Agency.id).where(Agency.id == actor.agency_id, Agency.parent_id.is_(None))
    return actor.role is Role.ADMIN and read(top).scalar() is not None


def duties(on: date) -> tuple[Duty, ...]:
    """Every duty that has not ended before ``on``, in the order of the year."""
    rows = read(
        _DUTIES.where(ReportDuty.ends_on.is_(None) | (ReportDuty.ends_on >= on)).order_by(
            ReportDuty.month, ReportDuty.day, ReportDuty.id
        )
    )
    return tuple(Duty(*row) for row in rows)


def duty(uid: str) -> Duty:
    """One duty with the agencies chosen for it. Raises ``NotFound``."""
    row = read(_DUTIES.where(ReportDuty.uid == uid)).one_or_none()
    if row is None:
        raise NotFound(NO_DUTY)
    codes = read(
        select(Agency.code)
        .join(ReportDutyAgency, ReportDutyAgency.agency_id == Agency.id)
        .join(ReportDuty, ReportDuty.id == ReportDutyAgency.duty_id)
        .where(ReportDuty.uid == uid)
        .order_by(Agency.name)
    ).scalars()
    return replace(Duty(*row), agencies=tuple(codes))


def turns(actor: Actor, year: int, today: date) -> tuple[Turn, ...]:
    """The year's reports in reach, in the order they are due: the log of what was late."""
    wanted = (turns_seen(actor), extract("year", ReportTurn.due) == year)
    rows = read(_TURNS.where(*wanted).order_by(ReportTurn.due, ReportDuty.id, Agency.name))
    return tuple(_turn(row, today) for row in rows)


def turn(actor: Actor, uid: str, today: date) -> Turn:
    """One report. Raises ``NotFound``."""
    row = read(_TURNS.where(ReportTurn.uid == uid, turns_seen(actor))).one_or_none()
    if row is None:
        raise NotFound(NO_TURN)
    return _turn(row, today)


def _turn(row: Any, today: date) -> Turn:
    found = Turn(*row)
    return replace(found, late=max(0, ((found.sent_on or today) - found.due).days))


_DUTIES = select(
    ReportDuty.uid, ReportDuty.version, ReportDuty.name, ReportDuty.basis, ReportDuty.period,
    ReportDuty.concerned, ReportDuty.month, ReportDuty.day, ReportDuty.starts_on,
    ReportDuty.ends_on,
    select(func.count(ReportTurn.id))
    .where(ReportTurn.duty_id == ReportDuty.id)
    .scalar_subquery(),
)  # fmt: skip
_TURNS = (
    select(
        ReportTurn.uid, ReportDuty.name, ReportDuty.basis, ReportDuty.period,
        ReportTurn.agency_id, Agency.name.label("agency"), ReportTurn.due, ReportTurn.sent_on,
        ReportTurn.document,
    )
    .join(ReportDuty, ReportDuty.id == ReportTurn.duty_id)
    .join(Agency, Agency.id == ReportTurn.agency_id)
)  # fmt: skip
