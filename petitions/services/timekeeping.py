"""Changing what dates are counted with: the calendar, the law's rows, a commune's flags, own targets.

A change is first previewed: which open deadlines would move from when to when. Then it is made and
every touched case is restated, one event each, in batches that can be resumed. Closed cases never move.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db, transaction
from petitions import ledger
from petitions.access import require_role
from petitions.errors import Invalid, NotFound
from petitions.ledger.clocks import differences
from petitions.ledger.record import Change, Entry
from petitions.models import (
    CalendarDay,
    CalendarYear,
    Case,
    Deadline,
    Place,
    PlaceFlag,
    RuleChange,
)
from petitions.rulebook import Rulebook, current
from petitions.services.corrections import is_remote
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.lawbook import Lawbook
from workflows.records import ChangeKind, PlaceFlagKind
from workflows.vocabulary import Action, Actor, Need, Role, Step
from workflows.working_days import Calendar, CalendarMissing, YearStatus
from workflows.working_days import CalendarYear as Year

BATCH = 500
"""Cases restated in one transaction; keeps every write under half a second."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One deadline of one case that would move."""

    code: str
    step: Step
    old: date | None
    new: date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: its number, and how many cases moved."""

    change_id: int
    cases_moved: int


def preview_calendar(years: Sequence[Year]) -> list[Moved]:
    """Which open deadlines move when ``years`` replace those of the table. Raises ``Invalid``."""
    book = current(db.session())
    return list(_moves(replace(book, calendar=_with_years(book.calendar, years))))


def change_calendar(years: Sequence[Year], *, reason: str, actor: Actor, now: datetime) -> Outcome:
    """Replace the given years in the table and restate the open cases they move."""
    require_role(actor, Role.ADMIN)
    _need_reason(reason)
    preview_calendar(years)  # a year an open deadline still needs may not be missing afterwards
    with transaction() as session:
        _with_years(current(session).calendar, years)
        for year in years:
            session.execute(delete(CalendarDay).where(CalendarDay.year == year.year))
            session.execute(delete(CalendarYear).where(CalendarYear.year == year.year))
            session.execute(
                insert(CalendarYear).values(
                    year=year.year, status=year.status.value, source=year.source
                )
            )
            rows = [
                {"day": each.day, "year": year.year, "type": each.type.value, "note": each.note}
                for each in year.days
            ]
            if rows:
                session.execute(insert(CalendarDay), rows)
        details = {
            "years": [year.year for year in years],
            "status": [year.status for year in years],
        }
        change_id = _log(session, ChangeKind.CALENDAR, reason, details, actor, now)
    return resume(change_id, actor=actor, now=now)


def preview_law(lawbook: Lawbook | None = None) -> list[Moved]:
    """Which open deadlines the given law (default: the installation's) counts otherwise than stored."""
    book = current(db.session())
    return list(_moves(book if lawbook is None else replace(book, lawbook=lawbook)))


def apply_law(*, reason: str, actor: Actor, now: datetime) -> Outcome:
    """Restate every open case whose stored deadlines differ from the law files in force."""
    require_role(actor, Role.ADMIN)
    _need_reason(reason)
    with transaction() as session:
        change_id = _log(session, ChangeKind.LAW, reason, {}, actor, now)
    return resume(change_id, actor=actor, now=now)


def preview_flag(
    place_code: str, flag: PlaceFlagKind, valid_from: date, valid_to: date | None
) -> list[Moved]:
    """Which open deadlines move when the commune bears ``flag`` in that time."""
    session = db.session()
    place = _place(session, place_code)
    if flag is not PlaceFlagKind.REMOTE:
        return []
    book = current(session)
    found = []
    for case, known in _open_cases(session, _arisen_in(place.id)):
        session.expunge(case)
        on = case.first_received_on
        wanted = valid_from <= on and (valid_to is None or on <= valid_to)
        case.remote = wanted or is_remote(session, place.id, on, besides=valid_from)
        found += [Moved(case.code, *move) for move in differences(case, known, book)]
    return found


def set_flag(
    place_code: str,
    flag: PlaceFlagKind,
    valid_from: date,
    valid_to: date | None,
    *,
    source: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Outcome:
    """Give a commune a dated flag and restate the open cases that arose there in that time."""
    require_role(actor, Role.ADMIN)
    _need_reason(reason)
    if valid_to is not None and valid_to < valid_from:
        raise Invalid.at("valid_to", "Ngày kết thúc trước ngày bắt đầu.")
    if not source.strip():
        raise Invalid.at("source", "Phải ghi văn bản làm căn cứ.")
    with transaction() as session:
        place = _place(session, place_code)
        same = session.scalar(
            select(PlaceFlag).where(
                PlaceFlag.place_id == place.id,
                PlaceFlag.flag == flag,
                PlaceFlag.valid_from == valid_from,
            )
        )
        if same is None:
            same = PlaceFlag(place_id=place.id, flag=flag, valid_from=valid_from, source=source)
            session.add(same)
        same.valid_to, same.source = valid_to, source
        details = {"place_id": place.id, "flag": flag, "from": valid_from.isoformat(),
                   "to": valid_to and valid_to.isoformat()}  # fmt: skip
        change_id = _log(session, ChangeKind.PLACE_FLAG, reason, details, actor, now)
    return resume(change_id, actor=actor, now=now)


def unfinished() -> list[int]:
    """Changes whose restating was cut short; ``resume`` each."""
    return list(
        db.session.scalars(
            select(RuleChange.id).where(RuleChange.finished_at.is_(None)).order_by(RuleChange.id)
        )
    )


def resume(change_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Restate what a logged change moves, from where it stopped; safe to call again at any time."""
    require_role(actor, Role.ADMIN)
    while True:
        with transaction() as session:
            change = session.get(RuleChange, change_id, with_for_update=True)
            if change is None:
                raise NotFound("Không có lần thay đổi này.")
            if change.finished_at is None and not _restate_batch(session, change, actor, now):
                change.finished_at = now
            if change.finished_at is not None:
                return Outcome(change.id, change.cases_moved)


def _restate_batch(session: Session, change: RuleChange, actor: Actor, now: datetime) -> bool:
    """Restate the next batch; ``False`` when there is none left."""
    book = current(session)
    today = local_day(now)
    batch = _batch(session, change.after_case_id, _touched_by(change), lock=True)
    if not batch:
        return False
    entries = []
    for case, known in batch:
        was_remote = case.remote
        if change.kind is ChangeKind.PLACE_FLAG:
            case.remote = case.place_id is not None and is_remote(
                session, case.place_id, case.first_received_on
            )
        if case.remote == was_remote and not differences(case, known, book):
            continue
        given = {Need.REASON: change.reason}
        move = allowed(
            lambda case=case, known=known, given=given: lifecycle.decide(  # type: ignore[misc]
                view(case, known), Action.RESTATE, Role.ADMIN, today, today, given
            )
        )
        data = {"change": change.id, "kind": change.kind}
        personal = {"reason": change.reason}
        entries.append(
            Entry(
                case,
                move,
                today,
                Change(data=data, personal=personal, correction=True),
                deadlines=known,
            )
        )
    if entries:
        ledger.record_many(session, entries, actor=actor, now=now, book=book)
    change.after_case_id = batch[-1][0].id
    change.cases_moved += len(entries)
    return True


def _touched_by(change: RuleChange) -> Any:
    if change.kind is not ChangeKind.PLACE_FLAG:
        return Case.open
    return _arisen_in(change.details["place_id"])


def _arisen_in(place_id: int) -> Any:
    """Every open case of the commune: a flag that is shortened touches those it no longer covers too."""
    return Case.open & (Case.place_id == place_id)


def _moves(book: Rulebook) -> Iterator[Moved]:
    session = db.session()
    for case, known in _open_cases(session, Case.open):
        try:
            moved = differences(case, known, book)
        except CalendarMissing as missing:
            raise Invalid.at(
                "years", f"Thiếu lịch năm {missing.year} cho hồ sơ {case.code}."
            ) from missing
        yield from (Moved(case.code, *move) for move in moved)


def _open_cases(session: Session, condition: Any) -> Iterator[tuple[Case, list[Deadline]]]:
    after = 0
    while batch := _batch(session, after, condition):
        yield from batch
        after = batch[-1][0].id


def _batch(
    session: Session, after: int, condition: Any, *, lock: bool = False
) -> list[tuple[Case, list[Deadline]]]:
    query = select(Case).where(condition, Case.id > after).order_by(Case.id).limit(BATCH)
    cases = session.scalars(query.with_for_update(of=Case) if lock else query).all()
    clocks: dict[int, list[Deadline]] = defaultdict(list)
    if cases:
        wanted = select(Deadline).where(Deadline.case_id.in_([case.id for case in cases]))
        for row in session.scalars(wanted):
            clocks[row.case_id].append(row)
    return [(case, clocks[case.id]) for case in cases]


def _with_years(calendar: Calendar, years: Sequence[Year]) -> Calendar:
    try:
        return Calendar([*({**calendar.years, **{year.year: year for year in years}}).values()])
    except ValueError as error:
        raise Invalid.at("days", str(error)) from error


def calendar_years() -> list[Year]:
    """The table's years, for pages and export."""
    return list(current(db.session()).calendar.years.values())


def calendar_end() -> int:
    """The last year with an official calendar; 0 when there is none."""
    official = [year.year for year in calendar_years() if year.status is YearStatus.OFFICIAL]
    return max(official, default=0)


def _place(session: Session, code: str) -> Place:
    place = session.scalar(select(Place).where(Place.code == code))
    if place is None:
        raise Invalid.at("place_code", "Không có trong danh mục.")
    return place


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid.at("reason", "Phải ghi lý do.")


def _log(
    session: Session,
    kind: ChangeKind,
    reason: str,
    details: dict[str, Any],
    actor: Actor,
    now: datetime,
) -> int:
    change = RuleChange(
        kind=kind,
        reason=reason,
        details=details,
        by_id=actor.user_id,
        at=now,
        cases_moved=0,
        after_case_id=0,
    )
    session.add(change)
    session.flush()
    return change.id
