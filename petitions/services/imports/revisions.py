"""Rows that say something else than when they were imported.

The foreign register is the master of an imported case until somebody here acts on it; from then on
such a row is refused. What the row once decided, entered open or closed, is decided anew and recorded
as one more act on the same case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from petitions import ledger
from petitions.ledger.record import Change, Entry
from petitions.models import Case, CaseText, Deadline, Event, Petition
from petitions.rulebook import Rulebook
from petitions.services.imports.judging import Judged
from petitions.services.imports.mapping import Mapping
from petitions.services.imports.people import replace_people
from petitions.services.imports.rows import Fault
from petitions.services.imports.words import search_text
from workflows.records import Source
from workflows.vocabulary import Action, Actor, Kind


def revise(
    session: Session,
    mapping: Mapping,
    rows: Sequence[tuple[Judged, int]],
    actor: Actor,
    now: datetime,
    book: Rulebook,
) -> list[Fault]:
    """Bring the cases (by id) in line with their rows; returns the rows that may not change theirs."""
    if not rows:
        return []
    ids = [case_id for _, case_id in rows]
    cases = {
        case.id: case
        for case in session.scalars(
            select(Case).where(Case.id.in_(ids)).order_by(Case.id).with_for_update(of=Case)
        )
    }
    clocks: dict[int, list[Deadline]] = defaultdict(list)
    for clock in session.scalars(select(Deadline).where(Deadline.case_id.in_(ids))):
        clocks[clock.case_id].append(clock)
    acted_on = set(
        session.scalars(
            select(Event.case_id)
            .where(
                Event.case_id.in_(ids),
                Event.action != Action.RESTATE.value,
                or_(Event.actor_id.is_(None), Event.actor_id != actor.user_id),
            )
            .distinct()
        )
    )
    faults: list[Fault] = []
    entries: list[Entry] = []
    revised: list[tuple[Case, Judged]] = []
    for row, case_id in rows:
        case = cases[case_id]
        fault = _fault(mapping, case, row, case_id in acted_on)
        if fault is not None:
            faults.append(fault)
            continue
        entries.append(_entry(mapping, case, row, clocks[case_id]))
        revised.append((case, row))
    if entries:
        ledger.record_many(session, entries, actor=actor, now=now, book=book)
        _write_texts(session, revised)
        replace_people(session, [(case, row.record.person) for case, row in revised])
    return faults


def _fault(mapping: Mapping, case: Case, row: Judged, acted_on: bool) -> Fault | None:
    number = row.record.row
    if acted_on:
        return Fault(
            number,
            mapping.columns["key"],
            f"Hồ sơ {case.code} đã được xử lý trong hệ thống; hãy sửa tại hồ sơ.",
        )
    if case.kind is Kind.DENUNCIATION:
        return Fault(
            number,
            mapping.columns["key"],
            f"Đơn tố cáo {case.code} đã nhập; nội dung thay đổi phải sửa tại hồ sơ.",
        )
    if row.record.kind is not case.kind:
        return Fault(
            number, mapping.kind_column or "", f"Loại đơn khác với hồ sơ {case.code} đã nhập."
        )
    if row.to.agency.id != case.agency_id:
        return Fault(
            number,
            mapping.agency.column or "",
            f"Cơ quan khác với hồ sơ {case.code} đã nhập; hãy chuyển hồ sơ trong hệ thống.",
        )
    return None


def _entry(mapping: Mapping, case: Case, row: Judged, clocks: Sequence[Deadline]) -> Entry:
    changed = _changes(case, row)
    stays_open = case.open and not row.move.final
    case.field_id = row.to.field.id
    case.place_id = None if row.to.place is None else row.to.place.id
    case.remote = row.to.remote
    case.summary = row.summary
    case.imported_hash = row.digest
    case.closed_on = None  # the register's new closing day replaces the one it gave before
    return Entry(
        case,
        replace(row.move, source=case.state),
        row.move.on,
        Change(
            data={"source": Source.IMPORTED, "mapping": mapping.id, "changed": sorted(changed)},
            personal={"changes": changed},
            correction=stays_open,
        ),
        deadlines=clocks,
        agency_id=case.agency_id,
    )


def _changes(case: Case, row: Judged) -> AnyMapping[str, Any]:
    """What the row changes in the case, before and after; its longer text is only named."""
    pairs = {
        "received_on": (case.first_received_on, row.record.received),
        "closed_on": (case.closed_on, row.record.closed),
        "field_id": (case.field_id, row.to.field.id),
        "place_id": (case.place_id, None if row.to.place is None else row.to.place.id),
        "summary": (case.summary, row.summary),
    }
    found = {name: {"from": old, "to": new} for name, (old, new) in pairs.items() if old != new}
    return found or {"content": {}}


def _write_texts(session: Session, revised: Sequence[tuple[Case, Judged]]) -> None:
    session.execute(
        update(CaseText),
        [
            {"case_id": case.id, "content": row.content, "search": search_text(case.code, row)}
            for case, row in revised
        ],
    )
    papers = {
        paper.case_id: paper.id
        for paper in session.execute(
            select(Petition.case_id, Petition.id).where(
                Petition.case_id.in_([case.id for case, _ in revised]), Petition.ordinal == 1
            )
        )
    }
    session.execute(
        update(Petition),
        [
            {
                "id": papers[case.id],
                "received_on": row.record.received,
                "written_on": row.record.written,
            }
            for case, row in revised
        ],
    )
