"""Climbing the ladder: every running date that stands on a new rung is told of, once a person.

One pass asks the database for the dates of each rung that have not been told there yet, in batches;
it may be broken off, repeated, run twice at once or come days late. On days off nothing is told.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    literal,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db, insert_unless_there, read, table_of, transaction
from notifications import outbox
from petitions.installation import installation
from petitions.models import AgencyRung, AwaitedReply, Case, Deadline, Hop, Reminder, Submission
from petitions.models.reminders import NOBODY, Subject
from petitions.rulebook import current
from petitions.services.caseless_dates import AHEAD, CASELESS, CaselessDate
from petitions.services.recipients import Staff, told_of
from petitions.services.reporting import lay_out
from workflows.ladder import (
    Audience,
    Ladder,
    Ladders,
    Rung,
    Span,
    Standing,
    ladders_of,
    spans,
    standing,
)
from workflows.news import EFFECT, RUNG
from workflows.office import HELD, HopState
from workflows.office_hours import works
from workflows.records import ClockState
from workflows.vocabulary import Step
from workflows.watch import NOT_A_DUTY
from workflows.working_days import Calendar

BATCH = 1000
"""Dates of one transaction."""
READ = 20 * BATCH
"""Dates read at once: each read looks through all that wait on the rung."""
EFFECT_IS_NEWS = timedelta(days=30)
"""A decision that took effect longer ago (an imported one) is no news."""
Guard = Callable[[Session], None]
_STEPS = frozenset(step.value for step in Step)
_KINDS = _STEPS | {subject.value for subject in Subject}

_reminder = table_of(Reminder)


@dataclass(slots=True)
class Climbed:
    """Dates that reached a new rung, people told, messages queued, and dates with nobody to tell."""

    found: int = 0
    told: int = 0
    queued: int = 0
    nobody: int = 0


class _Steps(NamedTuple):
    """Steps that climb a ladder of their own (or, ``apart``, all but these)."""

    names: tuple[str, ...]
    apart: bool


@dataclass(frozen=True, slots=True)
class _Dates:
    """How one subject's running dates are read."""

    id: ColumnElement[int]
    due: ColumnElement[Any]
    agency: ColumnElement[int]
    select: Select[*tuple[Any, ...]]


def climb(now: datetime, *, guard: Guard | None = None) -> Climbed:
    """Tell of every rung reached by ``now`` that was not told yet."""
    today, done = local_day(now), Climbed()
    calendar = current(db.session()).calendar
    if not works(today, calendar):
        return done
    with transaction() as session:
        lay_out(session, today)
    staff, house, added = Staff.on(today), ladders(), added_rungs()
    for subject, dates in _DATES.items():
        earliest = read(select(func.min(dates.select.subquery().c.due))).scalar()
        if earliest is None:
            continue
        oldest, newest = _reach(subject, earliest, today)
        for steps, ladder in _kinds(house, subject):
            for climbed, agencies in _grouped(ladder, added):
                for each in spans(today, climbed, calendar, oldest, newest):
                    for rows in _batches(subject, each, steps, agencies, set(added)):
                        _tell(subject, each.standing, rows, staff, today, now, done, guard)
    for subject, source in CASELESS.items():
        found = _standing_now(subject, source.running(today, None), house, added, today, calendar)
        for rung, dates_there in found.items():
            for batch in _in_batches(dates_there):
                _tell_caseless(subject, rung, batch, staff, today, now, done, guard)
    return done


def running(subject: Subject, ids: Collection[int], today: date) -> dict[int, tuple[int, date]]:
    """Version and due date of those dates of ``subject`` that still run in open, waking cases."""
    dates = _DATES[subject]
    found = read(dates.select.where(dates.id.in_(ids)))
    return {
        row.id: (row.version, row.due)
        for row in found
        if subject is not Subject.EFFECT or row.due <= today
    }


def ladders() -> Ladders:
    """The house's ladders."""
    return _shipped(installation().settings.law_dir)


def added_rungs() -> Mapping[int, tuple[Rung, ...]]:
    """The rungs agencies added, by the agency."""
    more: dict[int, list[Rung]] = {}
    rows = read(
        select(AgencyRung.agency_id, AgencyRung.day, AgencyRung.to).order_by(AgencyRung.day)
    )
    for agency, day, to in rows:
        name = f"own_{'before' if day < 0 else 'after'}_{abs(day)}"
        more.setdefault(agency, []).append(Rung(name, day, frozenset(map(Audience, to))))
    return {agency: tuple(rungs) for agency, rungs in more.items()}


@cache
def _shipped(folder: Path) -> Ladders:
    path = folder / "catalog" / "ladder.toml"
    return ladders_of(tomllib.loads(path.read_text(encoding="utf-8")), _KINDS)


def _reach(subject: Subject, oldest: date, today: date) -> tuple[date, date]:
    """Which due days are looked at: an effect is told once it is there, and while it is news."""
    if subject is Subject.EFFECT:
        return max(oldest, today - EFFECT_IS_NEWS), today
    return oldest, today + AHEAD


def _kinds(house: Ladders, subject: Subject) -> Iterator[tuple[_Steps, Ladder]]:
    """The ladders of a subject with the steps that climb them: those named, or all but those."""
    named = (
        tuple(sorted(step for step in house.own if step in _STEPS))
        if subject is Subject.DEADLINE
        else ()
    )
    yield _Steps(named, apart=True), house.own.get(subject, house.usual)
    for step in named:
        yield _Steps((step,), apart=False), house.own[step]


def _grouped(
    ladder: Ladder, added: Mapping[int, tuple[Rung, ...]]
) -> Iterator[tuple[Ladder, Sequence[int] | None]]:
    """The ladder with the agencies that climb it; None: all that added nothing to it."""
    yield ladder, None
    alike: dict[tuple[Rung, ...], list[int]] = {}
    for agency, rungs in added.items():
        alike.setdefault(rungs, []).append(agency)
    for rungs, agencies in alike.items():
        yield ladder.with_rungs(rungs), agencies


def _standing_now(
    subject: Subject,
    dates: Iterable[CaselessDate],
    house: Ladders,
    added: Mapping[int, tuple[Rung, ...]],
    today: date,
    calendar: Calendar,
) -> dict[Standing, list[CaselessDate]]:
    """Dates without a case by the rung they stand on and were not told of."""
    where: dict[tuple[date, str, tuple[Rung, ...]], Standing | None] = {}
    found: dict[Standing, list[CaselessDate]] = {}
    for each in dates:
        rungs = added.get(each.agency_id, ())
        if (key := (each.due, each.step, rungs)) not in where:
            ladder = house.of(subject, each.step).with_rungs(rungs)
            where[key] = standing(each.due, today, ladder, calendar)
        if (rung := where[key]) is not None:
            found.setdefault(rung, []).append(each)
    for rung, there in found.items():
        told = {
            (key, version)
            for key, version in read(
                select(_reminder.c.subject_id, _reminder.c.version).where(
                    _reminder.c.subject == subject,
                    _reminder.c.rung == rung.key,
                    _reminder.c.due.in_({each.due for each in there}),
                )
            )
        }
        there[:] = [each for each in there if (each.id, each.version) not in told]
    return found


def _in_batches(dates: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for first in range(0, len(dates), BATCH):
        yield dates[first : first + BATCH]


_OPEN = (Case.open.is_(True), Case.paused_since.is_(None))
_HELD = tuple(HELD)


def _dates_of() -> dict[Subject, _Dates]:
    def dates(row: Any, version: Any, agency: Any, holder: Any, step: Any, *where: Any) -> _Dates:
        statement = (
            select(
                row.id.label("id"),
                version.label("version"),
                row.case_id.label("case_id"),
                agency.label("agency_id"),
                row.due.label("due"),
                holder.label("holder"),
                step.label("step"),
            )
            .join(Case, Case.id == row.case_id)
            .where(row.due.is_not(None), *_OPEN, *where)
        )
        return _Dates(row.id, row.due, agency, statement)

    nobody = null().cast(Integer)
    # work given for a legal end is owed while some legal end of the case still runs
    owed = exists().where(
        Deadline.case_id == Hop.case_id,
        Deadline.state == ClockState.RUNNING,
        Deadline.step.not_in(NOT_A_DUTY),
    )
    return {
        Subject.DEADLINE: dates(
            Deadline, Deadline.version, Deadline.agency_id, nobody, Deadline.step,
            Deadline.state == ClockState.RUNNING, Deadline.step.not_in(NOT_A_DUTY),
        ),
        Subject.HOP: dates(
            Hop, literal(1), Hop.agency_id, Hop.to_id, literal("hop"), Hop.state == HopState.OPEN,
            or_(Hop.legal_due.is_(None), owed),
        ),
        Subject.SUBMISSION: dates(
            Submission, Submission.version, Submission.agency_id, Submission.holder_id,
            literal("submission"), Submission.status.in_(_HELD),
        ),
        Subject.EFFECT: dates(
            Deadline, Deadline.version, Deadline.agency_id, nobody, Deadline.step,
            Deadline.state == ClockState.RUNNING, Deadline.step == Step.LEGAL_EFFECT,
        ),
        Subject.REPLY: dates(
            AwaitedReply, AwaitedReply.version, AwaitedReply.agency_id, nobody, AwaitedReply.kind,
            AwaitedReply.answered_on.is_(None),
        ),
    }  # fmt: skip


_DATES = _dates_of()


@cache
def _untold(
    subject: Subject, steps: _Steps, narrowed: bool, wide: bool
) -> Select[*tuple[Any, ...]]:
    """Dates of a span that nobody was told of on its rung, of some agencies or of all but some."""
    dates = _DATES[subject]
    columns = dates.select.selected_columns
    told = exists().where(
        _reminder.c.subject == subject,
        _reminder.c.subject_id == dates.id,
        _reminder.c.version == columns.version,
        _reminder.c.rung == bindparam("rung"),
    )
    statement = dates.select.where(
        dates.due.between(bindparam("first"), bindparam("last")),
        dates.id > bindparam("after"),
        ~told,
    )
    if steps.names:
        among = Deadline.step.in_([Step(name) for name in steps.names])
        statement = statement.where(~among if steps.apart else among)
    if narrowed:
        statement = statement.where(dates.agency.in_(bindparam("agencies", expanding=True)))
    elif not wide:
        statement = statement.where(dates.agency.not_in(bindparam("agencies", expanding=True)))
    return statement.order_by(dates.id).limit(READ)


def _batches(
    subject: Subject, span: Span, steps: _Steps, agencies: Sequence[int] | None, apart: set[int]
) -> Iterator[Sequence[Any]]:
    values: dict[str, Any] = {
        "first": span.first, "last": span.last, "rung": span.standing.key, "after": 0,
    }  # fmt: skip
    if agencies is not None or apart:
        values["agencies"] = sorted(agencies if agencies is not None else apart)
    statement = _untold(subject, steps, agencies is not None, not apart)
    while True:
        rows = read(statement, values).all()
        yield from _in_batches(rows)
        if len(rows) < READ:
            return
        values["after"] = rows[-1].id


def _tell(
    subject: Subject, rung: Standing, rows: Sequence[Any], staff: Staff, today: date,
    now: datetime, done: Climbed, guard: Guard | None,
) -> None:  # fmt: skip
    cases = told_of(list({row.case_id for row in rows}), staff)
    found = [(row, cases[row.case_id].people(rung.to, row.holder)) for row in rows]
    codes = {key: told.code for key, told in cases.items()}
    _write(subject, rung, found, codes, today, now, done, guard)


def _tell_caseless(
    subject: Subject, rung: Standing, dates: Sequence[CaselessDate], staff: Staff, today: date,
    now: datetime, done: Climbed, guard: Guard | None,
) -> None:  # fmt: skip
    ids = list({each.case_id for each in dates if each.case_id is not None})
    cases = told_of(ids, staff) if ids else {}
    found = [(each, each.told(staff, cases).people(rung.to)) for each in dates]
    _write(subject, rung, found, None, today, now, done, guard)


def _write(
    subject: Subject, rung: Standing, found: Sequence[tuple[Any, list[int]]],
    codes: Mapping[int, str] | None, today: date, now: datetime, done: Climbed,
    guard: Guard | None,
) -> None:  # fmt: skip
    """A batch in one transaction; ``codes`` are those of its cases, None for dates without a case."""
    reminders: list[dict[str, Any]] = []
    messages: list[outbox.Message] = []
    for row, people in found:
        case_id = None if codes is None else row.case_id
        done.nobody += not people
        for person in people or [NOBODY]:
            reminders.append(
                {
                    "subject": subject, "subject_id": row.id, "version": row.version,
                    "rung": rung.key, "recipient_id": person, "case_id": case_id,
                    "agency_id": row.agency_id, "due": row.due, "fired_on": today, "fired_at": now,
                }
            )  # fmt: skip
            if person != NOBODY:
                code = None if codes is None else codes[row.case_id]
                messages.append(_message(subject, rung, row, code, person))
    with transaction() as session:
        insert_unless_there(session, _reminder, reminders)
        done.queued += outbox.put(session, messages, now)
        if guard is not None:
            guard(session)
    done.found += len(found)
    done.told += len(messages)


def _message(
    subject: Subject, rung: Standing, row: Any, code: str | None, person: int
) -> outbox.Message:
    kind = EFFECT if subject is Subject.EFFECT else RUNG
    return outbox.Message(
        dedupe_key=f"{kind}:{subject.value}:{row.id}:{row.version}:{rung.key}:{person}",
        kind=kind,
        recipient_id=person,
        case_id=None if code is None else row.case_id,
        payload={
            **({} if code is None else {"case": code}),
            "subject": subject.value,
            "id": row.id,
            "version": row.version,
            "rung": rung.key,
            "step": str(row.step),
            "due": row.due.isoformat(),
            "urgent": rung.urgent,
        },
    )
