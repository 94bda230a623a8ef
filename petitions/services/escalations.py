"""Putting overdue cases before the bodies above, and noting what those did about it.

The pass may be broken off, repeated, run twice at once or come days late: a date goes up to each level
once. State and competence stay; the body told reads the case, urges, and says what it did.
"""

from __future__ import annotations

import secrets
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Select, bindparam, exists, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db, insert_unless_there, read, table_of, transaction
from notifications import outbox
from petitions import ledger
from petitions.access import require_role, visible
from petitions.errors import Conflict, Invalid, NotFound
from petitions.installation import installation
from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import Agency, Case, Deadline, Escalation, EscalationSeen
from petitions.rulebook import current
from petitions.services import words
from petitions.services.charges import heads_of
from petitions.services.onetime import run_once
from petitions.services.recipients import Staff, told_of
from petitions.text import clean
from workflows.escalation import Grace, Level, graces_of, latest_end, level_due
from workflows.ladder import Audience
from workflows.office_hours import works
from workflows.records import ClockState, Nature
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, AgencyKind, Kind, Role
from workflows.watch import NOT_A_DUTY

BATCH = 500
TABLE = Escalation.__tablename__
DONE = "done"
"""Name of the words a notice keeps: what the body told did about it."""
ESCALATED, ANSWERED = "escalated", "escalation_answered"
LONGEST = 2000
READERS = LEADERS | {Role.INSPECTOR}
"""Who answers for a body that is told."""
_AUDIENCE = {Level.SUPERIOR: Audience.SUPERIOR, Level.INSPECTORATE: Audience.INSPECTORATE}
_escalation = table_of(Escalation)


@dataclass(slots=True)
class Raised:
    """Dates put before a level, people told, messages queued, and dates with nobody there who may know."""

    found: int = 0
    told: int = 0
    queued: int = 0
    nobody: int = 0


def raise_due(now: datetime, *, guard: Callable[[Session], None] | None = None) -> Raised:
    """Put every date before the level whose day has come by ``now``; on days off nothing is told."""
    today, done = local_day(now), Raised()
    calendar = current(db.session()).calendar
    if not works(today, calendar):
        return done
    graces, staff = _graces(), Staff.on(today)
    inspectorate = read(_INSPECTORATE, {"on": today}).scalar()
    for rows in _overdue(latest_end(today, graces[0].days, calendar)):
        known = _known([row.id for row in rows])
        chosen = [
            (row, level)
            for row in rows
            if (level := level_due(graces, row.due, known[row.id, row.version], today, calendar))
        ]
        if chosen:
            _put_before(chosen, staff, inspectorate, today, now, done, guard)
    return done


def see(uid: str, *, actor: Actor, now: datetime) -> None:
    """Note that somebody of the body told opened the notice. Raises ``NotFound``."""
    with transaction() as session:
        row, _ = _held(session, uid, actor)
        if row.agency_id != actor.agency_id or actor.role not in READERS:
            return
        seen = {"escalation_id": row.id, "user_id": actor.user_id, "at": now}
        insert_unless_there(session, table_of(EscalationSeen), seen)


def acknowledge(uid: str, done: str, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Say what the body told did about the case; returns the case's code.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` when it was answered, ``Invalid`` at ``done``.
    """

    def work(session: Session) -> str:
        require_role(actor, *READERS)
        row, case = _held(session, uid, actor)
        if row.agency_id != actor.agency_id:
            raise NotFound("Không tìm thấy việc báo lên này.")
        if row.acknowledged_at is not None:
            raise Conflict("Việc này đã được ghi kết quả xử lý.")
        text = clean(done).text.strip()
        if not text:
            raise Invalid.at(
                "done", "Phải ghi cơ quan bạn đã làm gì: đôn đốc, yêu cầu báo cáo, chỉ đạo."
            )
        if len(text) > LONGEST:
            raise Invalid.at("done", f"Tối đa {LONGEST:,} ký tự.".replace(",", "."))
        words.refuse_sealed_texts(session, case, {DONE: text})
        secret = case_key(session, case) if case.kind is Kind.DENUNCIATION else None
        session.execute(
            update(Escalation)
            .where(Escalation.id == row.id)
            .values(
                acknowledged_at=now,
                acknowledged_by=actor.user_id,
                **put_away(case.kind, secret, TABLE, row.uid, {DONE: text}),
            )
        )
        if case.kind is not Kind.DENUNCIATION:
            heads = heads_of(session, row.from_agency_id, case.id, local_day(now))
            ledger.remind(session, case, ANSWERED, heads, now)
        return case.code

    return run_once(key, f"escalation:{uid}", actor, now, work)


def _graces() -> Sequence[Grace]:
    return _shipped(installation().settings.law_dir)


@cache
def _shipped(folder: Path) -> Sequence[Grace]:
    path = folder / "catalog" / "escalation.toml"
    return graces_of(tomllib.loads(path.read_text(encoding="utf-8")))


_INSPECTORATE = (
    select(Agency.id)
    .where(
        Agency.kind == AgencyKind.INSPECTORATE,
        Agency.valid_from <= bindparam("on", type_=Date()),
        (Agency.valid_to.is_(None)) | (Agency.valid_to >= bindparam("on", type_=Date())),
    )
    .order_by(Agency.id)
    .limit(1)
)
_OVERDUE: Select[*tuple[Any, ...]] = (
    select(
        Deadline.id, Deadline.version, Deadline.due, Deadline.step, Deadline.case_id,
        Deadline.agency_id, Agency.parent_id,
    )
    .join(Case, Case.id == Deadline.case_id)
    .join(Agency, Agency.id == Deadline.agency_id)
    .where(
        Deadline.state == ClockState.RUNNING,
        Deadline.nature == Nature.STATUTORY,
        Deadline.step.not_in(NOT_A_DUTY),
        Deadline.due <= bindparam("latest", type_=Date()),
        Deadline.id > bindparam("after"),
        Case.open,
        Case.paused_since.is_(None),
        ~exists().where(
            Escalation.deadline_id == Deadline.id,
            Escalation.version == Deadline.version,
            Escalation.level == tuple(Level)[-1],
        ),
    )
    .order_by(Deadline.id)
    .limit(BATCH)
)  # fmt: skip


def _overdue(latest: date) -> Iterator[Sequence[Any]]:
    after = 0
    while rows := read(_OVERDUE, {"latest": latest, "after": after}).all():
        yield rows
        after = rows[-1].id


def _known(ids: Sequence[int]) -> defaultdict[tuple[int, int], dict[Level, date]]:
    """By date and version the levels it was put before, and when."""
    known: defaultdict[tuple[int, int], dict[Level, date]] = defaultdict(dict)
    for row in read(
        select(
            Escalation.deadline_id, Escalation.version, Escalation.level, Escalation.raised_on
        ).where(Escalation.deadline_id.in_(ids))
    ):
        known[row.deadline_id, row.version][row.level] = row.raised_on
    return known


def _put_before(
    chosen: Sequence[tuple[Any, Level]], staff: Staff, inspectorate: int | None, today: date,
    now: datetime, done: Raised, guard: Callable[[Session], None] | None,
) -> None:  # fmt: skip
    cases = told_of(list({row.case_id for row, _ in chosen}), staff)
    notices: list[dict[str, Any]] = []
    messages: list[outbox.Message] = []
    for row, level in chosen:
        told = cases[row.case_id]
        agency = row.parent_id if level is Level.SUPERIOR else inspectorate
        people = [] if agency is None else told.people({_AUDIENCE[level]})
        done.nobody += not people
        notices.append(
            {
                "uid": secrets.token_hex(16), "case_id": row.case_id, "deadline_id": row.id,
                "version": row.version, "level": level, "from_agency_id": row.agency_id,
                "agency_id": agency, "nobody": not people, "due": row.due, "raised_on": today,
                "raised_at": now, "acknowledged_at": None, "acknowledged_by": None,
                "words": None, "sealed": None,
            }
        )  # fmt: skip
        messages += [
            outbox.Message(
                dedupe_key=f"{ESCALATED}:{row.id}:{row.version}:{level}:{person}",
                kind=ESCALATED,
                recipient_id=person,
                case_id=row.case_id,
                payload={"case": told.code},
            )
            for person in people
        ]
    with transaction() as session:
        insert_unless_there(session, _escalation, notices)
        done.queued += outbox.put(session, messages, now)
        if guard is not None:
            guard(session)
    done.found += len(notices)
    done.told += len(messages)


def _held(session: Session, uid: str, actor: Actor) -> tuple[Escalation, Case]:
    found = session.execute(
        select(Escalation, Case)
        .join(Case, Case.id == Escalation.case_id)
        .where(Escalation.uid == uid, visible(actor))
        .with_for_update(of=Escalation)
    ).one_or_none()
    if found is None:
        raise NotFound("Không tìm thấy việc báo lên này.")
    row, case = found
    return row, case
