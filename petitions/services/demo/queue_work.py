"""The demonstration's queue: a threat an officer marked, who looks after what, and what was noted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from config.clock import VIETNAM
from config.database import db
from petitions.queries.case_filters import horizon
from petitions.queries.queue import every
from petitions.queries.queue_shapes import Item, QueueFilters
from petitions.rulebook import current
from petitions.services import inspection, weighing
from petitions.services.acts import perform
from petitions.services.demo.people import Cast, Office
from workflows.severity import Factor, Klass
from workflows.vocabulary import Action, Actor, Need, Role

_INSPECTORATE = "thanh-tra-tinh"
_THREAT = "Trưởng thôn báo: nhiều hộ bàn nhau lên trụ sở UBND tỉnh trong tuần tới."
_NOTE = "Đã gọi Chủ tịch UBND xã: hẹn đối thoại trước thứ Năm; chờ báo cáo bằng văn bản."
_LOOKED_AFTER = 3


def work_on_queue(offices: Mapping[str, Office], cast: Cast, as_of: date) -> int:
    """Weigh everything, mark a threat, charge inspectors with what stands highest.

    Returns how many commands it took.
    """
    now = datetime.combine(as_of, time(), VIETNAM)
    weighing.run(now)
    seats = offices[_INSPECTORATE].seats
    inspector = cast.actor(next(each for each in seats if each.role is Role.INSPECTOR), as_of)
    done = _threat(offices, cast, inspector, as_of, now)
    weighing.run(now)
    gravest = [item.line.code for item in _queue(inspector, QueueFilters(), as_of) if item.line]
    chosen = gravest[:_LOOKED_AFTER]
    if not chosen:
        return done
    name = next(each.username for each in seats if each.role is Role.INSPECTOR)
    inspection.charge(chosen, name, actor=inspector, on=as_of, now=now)
    inspection.note(chosen[0], _NOTE, actor=inspector, now=now)
    inspection.keep_view("queue", "Đông người", "factor=crowd", actor=inspector, now=now)
    return done + 3


def _threat(
    offices: Mapping[str, Office], cast: Cast, inspector: Actor, as_of: date, now: datetime
) -> int:
    """The largest group of a commune that keeps the case: its officer marks the threat."""
    crowds = _queue(inspector, QueueFilters(klass=Klass.REST, factor=Factor.CROWD), as_of)
    names = {office.name: office for office in offices.values() if office.until is None}
    for item in sorted(crowds, key=_people, reverse=True):
        line = item.line
        office = names.get(line.agency) if line is not None else None
        if line is not None and office is not None:
            perform(
                line.code,
                Action.CORRECT,
                {Need.REASON: _THREAT, Need.CHANGES: {"security_risk": True}},
                version=None,
                on=as_of,
                actor=cast.actor(office.head, as_of),
                now=now,
            )
            return 1
    return 0


def _queue(inspector: Actor, filters: QueueFilters, as_of: date) -> list[Item]:
    seen = horizon(as_of, current(db.session()).calendar)
    table = weighing.shipped_table()
    return list(every(inspector, filters, table=table, seen=seen, most=200))


def _people(item: Item) -> int:
    return 0 if item.line is None else item.line.group_size
