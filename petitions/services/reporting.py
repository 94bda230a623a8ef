"""Keeping the calendar of periodic reports, laying out who owes which when, and noting what was sent."""

from __future__ import annotations

import secrets
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import insert_unless_there, table_of
from petitions.errors import Forbidden, NotFound, Stale
from petitions.installation import installation
from petitions.models import Agency, ReportDuty, ReportDutyAgency, ReportTurn
from petitions.queries.offices import in_force
from petitions.queries.reporting import NO_DUTY, NO_TURN, may_keep, turns_seen
from petitions.rulebook import current
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from workflows.reporting import REPORTING, Concerned, ReportPeriod, due_of, falls_on
from workflows.transition import INTAKE
from workflows.vocabulary import Actor, AgencyKind

AHEAD = timedelta(days=200)
"""So far ahead, and to the end of the year, the calendar is laid out."""
NOT_YOURS = "Lịch báo cáo do quản trị cấp tỉnh hoặc Thanh tra tỉnh lập."
NOT_YOUR_REPORT = "Cơ quan phải báo cáo, quản trị cấp tỉnh hoặc Thanh tra tỉnh ghi việc đã gửi."
_turn = table_of(ReportTurn)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyGiven:
    """A duty as it is written; agencies by code, for those chosen only."""

    name: str
    basis: str
    period: ReportPeriod
    concerned: Concerned
    month: int
    day: int
    starts_on: date
    ends_on: date | None = None
    agencies: Sequence[str] = ()


def save_duty(
    given: DutyGiven,
    *,
    uid: str | None,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Write a duty (``uid`` None) or change one, and lay its days out anew; returns its uid.

    What was sent or is late already stays. Raises ``Forbidden``, ``NotFound``, ``Stale``, ``Invalid``.
    """

    def work(session: Session) -> str:
        if not may_keep(actor):
            raise Forbidden(NOT_YOURS)
        faults: Faults = defaultdict(list)
        name = words(given.name, "name", 200, faults)
        basis = words(given.basis, "basis", 255, faults)
        if not _is_day(given.month, given.day):
            faults["day"].append("Không có ngày này trong năm.")
        if given.ends_on is not None and given.ends_on < given.starts_on:
            faults["ends_on"].append("Ngày cuối phải từ ngày đầu trở đi.")
        chosen = _chosen(session, given, local_day(now), faults)
        refuse(faults)
        duty = _held(session, uid, version, actor, now)
        duty.name, duty.basis = name, basis
        duty.period, duty.concerned = given.period, given.concerned
        duty.month, duty.day = given.month, given.day
        duty.starts_on, duty.ends_on = given.starts_on, given.ends_on
        session.add(duty)
        session.flush()
        session.execute(delete(ReportDutyAgency).where(ReportDutyAgency.duty_id == duty.id))
        if chosen:
            rows = [{"duty_id": duty.id, "agency_id": each} for each in chosen]
            session.execute(insert(ReportDutyAgency), rows)
        lay_out(session, local_day(now))
        return duty.uid

    return run_once(key, "report-duty", actor, now, work)


def note_sent(
    uid: str,
    sent_on: date,
    document: str,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Note on which day and under which number a report left; a second note corrects the first.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` at ``sent_on`` or ``document``.
    """

    def work(session: Session) -> str:
        row = session.scalar(
            select(ReportTurn).where(ReportTurn.uid == uid, turns_seen(actor)).with_for_update()
        )
        if row is None:
            raise NotFound(NO_TURN)
        own = row.agency_id == actor.agency_id and actor.role in INTAKE
        if not own and not may_keep(actor):
            raise Forbidden(NOT_YOUR_REPORT)
        faults: Faults = defaultdict(list)
        number = words(document, "document", 160, faults)
        if sent_on > local_day(now):
            faults["sent_on"].append("Ngày gửi không thể ở tương lai.")
        if sent_on < row.meant - timedelta(days=366):
            faults["sent_on"].append("Ngày gửi quá xa trước hạn của kỳ này.")
        refuse(faults)
        row.sent_on, row.document, row.told_by = sent_on, number, actor.user_id
        return uid

    return run_once(key, f"report-sent:{uid}", actor, now, work)


def lay_out(session: Session, today: date) -> None:
    """Bring the coming reports in line with the duties, the agencies and the calendar of working days.

    Days before ``today`` stay as they are, and so does what was sent.
    """
    duties = session.execute(
        select(*ReportDuty.__table__.c).where(
            ReportDuty.ends_on.is_(None) | (ReportDuty.ends_on >= today)
        )
    ).all()
    known = {
        (row.duty_id, row.agency_id, row.meant): row
        for row in session.execute(select(*_turn.c).where(_turn.c.meant >= today))
    }
    if not duties and not known:
        return
    wanted = _wanted(session, duties, today)
    fresh = [
        {
            "uid": secrets.token_hex(16), "duty_id": duty, "agency_id": agency, "meant": meant,
            "due": due, "document": "",
        }
        for (duty, agency, meant), due in wanted.items()
        if (duty, agency, meant) not in known
    ]  # fmt: skip
    unsent = {place: row for place, row in known.items() if row.sent_on is None}
    if fresh:
        insert_unless_there(session, _turn, fresh)
    for place, row in unsent.items():
        if place not in wanted:
            session.execute(delete(_turn).where(_turn.c.id == row.id, _turn.c.sent_on.is_(None)))
        elif wanted[place] != row.due:
            session.execute(update(_turn).where(_turn.c.id == row.id).values(due=wanted[place]))


def examples() -> Mapping[str, Mapping[str, Any]]:
    """Rows of plans known to the house, by key: a start for a calendar, in force nowhere by themselves."""
    return _shipped(installation().settings.law_dir)


@cache
def _shipped(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    path = folder / "catalog" / "reporting.toml"
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["example"]
    return {row["key"]: row for row in rows}


def _wanted(
    session: Session, duties: Sequence[Any], today: date
) -> dict[tuple[int, int, date], date]:
    calendar = current(session).calendar
    horizon = max(date(today.year, 12, 31), today + AHEAD)
    kinds = {
        row.id: row.kind
        for row in session.execute(select(Agency.id, Agency.kind).where(in_force(Agency, today)))
    }
    chosen: defaultdict[int, list[int]] = defaultdict(list)
    for row in session.execute(select(ReportDutyAgency.duty_id, ReportDutyAgency.agency_id)):
        chosen[row.duty_id].append(row.agency_id)
    concerned = {
        Concerned.COMMUNES: [each for each, kind in kinds.items() if kind is AgencyKind.COMMUNE],
        Concerned.ALL: [each for each, kind in kinds.items() if kind in REPORTING],
    }
    found: dict[tuple[int, int, date], date] = {}
    for duty in duties:
        first, last = max(duty.starts_on, today), min(duty.ends_on or horizon, horizon)
        owing = concerned.get(duty.concerned) or [each for each in chosen[duty.id] if each in kinds]
        for meant in falls_on(duty.month, duty.day, first, last):
            due = due_of(meant, calendar)
            found |= {(duty.id, agency, meant): due for agency in owing}
    return found


def _is_day(month: int, day: int) -> bool:
    try:
        date(2028, month, day)
    except ValueError:
        return False
    return True


def _chosen(session: Session, given: DutyGiven, today: date, faults: Faults) -> list[int]:
    if given.concerned is not Concerned.CHOSEN:
        return []
    codes = set(given.agencies)
    if not codes:
        faults["agencies"].append("Hãy chọn ít nhất một cơ quan.")
        return []
    found = session.scalars(
        select(Agency.id).where(Agency.code.in_(codes), in_force(Agency, today))
    ).all()
    if len(found) != len(codes):
        faults["agencies"].append("Có cơ quan không tồn tại hoặc đã ngừng hoạt động.")
    return list(found)


def _held(
    session: Session, uid: str | None, version: int | None, actor: Actor, now: datetime
) -> ReportDuty:
    if uid is None:
        return ReportDuty(uid=secrets.token_hex(16), created_by=actor.user_id, created_at=now)
    found = session.scalar(select(ReportDuty).where(ReportDuty.uid == uid).with_for_update())
    if found is None:
        raise NotFound(NO_DUTY)
    if version != found.version:
        raise Stale(uid)
    return found
