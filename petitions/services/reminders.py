"""Climbing the ladder: every running date that stands on a new rung is told of, once a person.

One pass asks the database for the dates of each rung that have not been told there yet, in batches;
it may be broken off, repeated, run twice at once or come days late. On days off nothing is told.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    exists,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db, read, table_of, transaction
from notifications import outbox
from petitions.installation import installation
from petitions.models import AgencyRung, AwaitedReply, Case, Deadline, Hop, Reminder, Submission
from petitions.models.reminders import NOBODY, Subject
from petitions.rulebook import current
from petitions.services.recipients import Staff, Told, told_of
from workflows.ladder import Audience, Ladder, Rung, Span, ladder_of, spans
from workflows.news import RUNG
from workflows.office import HELD, HopState
from workflows.office_hours import works
from workflows.records import ClockState
from workflows.watch import NOT_A_DUTY

BATCH = 1000
AHEAD = timedelta(days=120)
"""Dates further off than the highest rung before them are not asked for."""
Guard = Callable[[Session], None]

_reminder = table_of(Reminder)


@dataclass(slots=True)
class Climbed:
    """Dates that reached a new rung, people told, messages queued, and dates with nobody to tell."""

    found: int = 0
    told: int = 0
    queued: int = 0
    nobody: int = 0


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
    staff = Staff.on(today)
    house, own = ladders()
    for subject, dates in _DATES.items():
        oldest = read(select(func.min(dates.select.subquery().c.due))).scalar()
        if oldest is None:
            continue
        for ladder, agencies in _grouped(house, own):
            for span in spans(today, ladder, calendar, oldest, today + AHEAD):
                for rows in _batches(subject, span, agencies, set(own)):
                    _tell(subject, span, rows, staff, today, now, done, guard)
    return done


def running(subject: Subject, ids: Collection[int]) -> dict[int, tuple[int, date]]:
    """Version and due date of those dates of ``subject`` that still run in open, waking cases."""
    dates = _DATES[subject]
    return {row.id: (row.version, row.due) for row in read(dates.select.where(dates.id.in_(ids)))}


def ladders() -> tuple[Ladder, Mapping[int, Ladder]]:
    """The house's ladder, and those of agencies that added rungs."""
    house = _shipped(installation().settings.law_dir)
    more: dict[int, list[Rung]] = {}
    for agency, day, to in read(select(AgencyRung.agency_id, AgencyRung.day, AgencyRung.to)):
        name = f"own_{'before' if day < 0 else 'after'}_{abs(day)}"
        more.setdefault(agency, []).append(Rung(name, day, frozenset(map(Audience, to))))
    return house, {agency: house.with_rungs(rungs) for agency, rungs in more.items()}


@cache
def _shipped(folder: Path) -> Ladder:
    path = folder / "catalog" / "ladder.toml"
    return ladder_of(tomllib.loads(path.read_text(encoding="utf-8")))


def _grouped(
    house: Ladder, own: Mapping[int, Ladder]
) -> Iterator[tuple[Ladder, Sequence[int] | None]]:
    """Each ladder with the agencies that climb it; None: all that have none of their own."""
    yield house, None
    by_days = sorted(own.items(), key=lambda item: repr(item[1]))
    for _, group in groupby(by_days, key=lambda item: item[1]):
        members = list(group)
        yield members[0][1], [agency for agency, _ in members]


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
    return {
        Subject.DEADLINE: dates(
            Deadline, Deadline.version, Deadline.agency_id, nobody, Deadline.step,
            Deadline.state == ClockState.RUNNING, Deadline.step.not_in(NOT_A_DUTY),
        ),
        Subject.HOP: dates(
            Hop, literal(1), Hop.agency_id, Hop.to_id, literal("hop"), Hop.state == HopState.OPEN
        ),
        Subject.SUBMISSION: dates(
            Submission, Submission.version, Submission.agency_id, Submission.holder_id,
            literal("submission"), Submission.status.in_(_HELD),
        ),
        Subject.REPLY: dates(
            AwaitedReply, AwaitedReply.version, AwaitedReply.agency_id, nobody, AwaitedReply.kind,
            AwaitedReply.answered_on.is_(None),
        ),
    }  # fmt: skip


_DATES = _dates_of()


@cache
def _untold(subject: Subject, narrowed: bool, wide: bool) -> Select[*tuple[Any, ...]]:
    """Dates of a span that nobody was told of on its rung, of some agencies or of all but some."""
    dates = _DATES[subject]
    version = dates.select.selected_columns.version
    told = exists().where(
        _reminder.c.subject == subject,
        _reminder.c.subject_id == dates.id,
        _reminder.c.version == version,
        _reminder.c.rung == bindparam("rung"),
    )
    statement = dates.select.where(
        dates.due.between(bindparam("first"), bindparam("last")),
        dates.id > bindparam("after"),
        ~told,
    )
    if narrowed:
        statement = statement.where(dates.agency.in_(bindparam("agencies", expanding=True)))
    elif not wide:
        statement = statement.where(dates.agency.not_in(bindparam("agencies", expanding=True)))
    return statement.order_by(dates.id).limit(BATCH)


def _batches(
    subject: Subject, span: Span, agencies: Sequence[int] | None, apart: set[int]
) -> Iterator[Sequence[Any]]:
    values: dict[str, Any] = {
        "first": span.first, "last": span.last, "rung": span.standing.key, "after": 0,
    }  # fmt: skip
    if agencies is not None or apart:
        values["agencies"] = sorted(agencies if agencies is not None else apart)
    statement = _untold(subject, agencies is not None, not apart)
    while True:
        rows = read(statement, values).all()
        if not rows:
            return
        yield rows
        values["after"] = rows[-1].id


def _tell(
    subject: Subject, span: Span, rows: Sequence[Any], staff: Staff, today: date, now: datetime,
    done: Climbed, guard: Guard | None,
) -> None:  # fmt: skip
    cases = told_of(list({row.case_id for row in rows}), staff)
    reminders: list[dict[str, Any]] = []
    messages: list[outbox.Message] = []
    for row in rows:
        told: Told = cases[row.case_id]
        people = told.people(span.standing.to, row.holder)
        done.nobody += not people
        for person in people or [NOBODY]:
            reminders.append(
                {
                    "subject": subject, "subject_id": row.id, "version": row.version,
                    "rung": span.standing.key, "recipient_id": person, "case_id": row.case_id,
                    "agency_id": row.agency_id, "due": row.due, "fired_on": today, "fired_at": now,
                }
            )  # fmt: skip
            if person != NOBODY:
                messages.append(_message(subject, span, row, told.code, person))
    with transaction() as session:
        connection = session.connection()
        product = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]
        connection.execute(product.insert(_reminder).on_conflict_do_nothing(), reminders)
        done.queued += outbox.put(session, messages, now)
        if guard is not None:
            guard(session)
    done.found += len(rows)
    done.told += len(messages)


def _message(subject: Subject, span: Span, row: Any, code: str, person: int) -> outbox.Message:
    rung = span.standing
    return outbox.Message(
        dedupe_key=f"{RUNG}:{subject.value}:{row.id}:{row.version}:{rung.key}:{person}",
        kind=RUNG,
        recipient_id=person,
        case_id=row.case_id,
        payload={
            "case": code,
            "subject": subject.value,
            "id": row.id,
            "version": row.version,
            "rung": rung.key,
            "step": str(row.step),
            "due": row.due.isoformat(),
            "urgent": rung.urgent,
        },
    )
