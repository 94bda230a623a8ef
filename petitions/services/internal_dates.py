"""The office's own dates, warned about like the law's: of files on their way down, of proposals going up.

Whoever holds one hears of it when its internal date is near and when it is past; then also whoever
gave it. Each is told once per date. What somebody may no longer see he is not told of.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    bindparam,
    exists,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from config.database import read, table_of
from notifications import outbox
from petitions.models import Assignment, Case, CaseBar, Hat, Hop, Submission, SubmissionRound, User
from petitions.rulebook import current
from workflows.office import HELD, HopState
from workflows.vocabulary import Kind, Role
from workflows.working_days import CalendarMissing

NEAR_WORKING_DAYS = 1
"""An internal date is near from this many working days before it on."""
NEAR, OVERDUE = "internal_near", "internal_overdue"


def remind(session: Session, day: date, now: datetime) -> int:
    """Queue what ``day`` asks for, recorded at ``now``; returns how many messages are new.

    Three statements whatever the number of files. Writes in the caller's transaction.
    """
    rows = read(_TOLD, {"today": day, "near": _near(session, day)})
    return outbox.put(
        session,
        [
            outbox.Message(
                dedupe_key=f"{_rung(row.due, day)}:{row.what}{row.id}:{row.due}:{row.person}",
                kind=_rung(row.due, day),
                recipient_id=row.person,
                case_id=row.case_id,
                payload={"case": row.code},
            )
            for row in rows
        ],
        now,
    )


def _near(session: Session, day: date) -> date:
    try:
        return current(session).calendar.add_working_days(day, NEAR_WORKING_DAYS)
    except CalendarMissing:
        return day


def _rung(due: date, day: date) -> str:
    return OVERDUE if due < day else NEAR


# --- the statement ---------------------------------------------------------------------------

_TODAY, _NEAR = bindparam("today", type_=Date()), bindparam("near", type_=Date())
_hop, _paper, _round, _case, _user, _hat, _bar, _charge = (
    table_of(row).c
    for row in (Hop, Submission, SubmissionRound, Case, User, Hat, CaseBar, Assignment)
)


def _told() -> Select[Any]:
    """Everybody to be told of a date, each still at work and within reach of the case."""
    last_mover = (
        select(_round.by_id)
        .where(_round.submission_id == _paper.id)
        .order_by(_round.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    hops = _hop.state == HopState.OPEN
    papers = _paper.status.in_(HELD)
    found = union_all(
        _dated("h", _hop, _hop.to_id, hops, _hop.due <= _NEAR),
        _dated("h", _hop, _hop.from_id, hops, _hop.due < _TODAY, _hop.from_id != _hop.to_id),
        _dated("s", _paper, _paper.holder_id, papers, _paper.due <= _NEAR),
        _dated("s", _paper, last_mover, papers, _paper.due < _TODAY),
    ).subquery()
    each = found.c
    return (
        select(each.what, each.id, each.case_id, each.due, each.person, _case.code)
        .join(table_of(Case), _case.id == each.case_id)
        .join(table_of(User), _user.id == each.person)
        .where(
            _case.open,
            or_(each.what == "s", _case.paused_since.is_(None)),
            _user.disabled_at.is_(None),
            exists().where(
                _hat.user_id == each.person,
                or_(each.what == "s", _hat.agency_id == _case.agency_id),
                *_at_work(),
            ),
            ~_shut_out(each),
            or_(type_coerce(_case.kind, String) != Kind.DENUNCIATION.value, _let_in(each)),
        )
        .distinct()
        .order_by(each.what, each.id, each.person)
    )


def _dated(what: str, of: Any, person: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return select(
        literal(what).label("what"), of.id, of.case_id, of.due, person.label("person")
    ).where(*where)


def _at_work() -> tuple[ColumnElement[bool], ...]:
    return (
        _hat.role.not_in((Role.ADMIN, Role.SUPERVISOR)),
        _hat.valid_from <= _TODAY,
        or_(_hat.valid_to.is_(None), _hat.valid_to >= _TODAY),
    )


def _shut_out(each: Any) -> ColumnElement[bool]:
    """Alone, or with a unit he sits in."""
    standing = _bar.case_id == each.case_id, _bar.lifted_at.is_(None)
    sits = or_(_hat.section_id == _bar.unit_id, _hat.agency_id == _bar.unit_id)
    return or_(
        exists().where(*standing, _bar.user_id == each.person),
        exists().where(*standing, _hat.user_id == each.person, sits, *_at_work()),
    )


def _let_in(each: Any) -> ColumnElement[bool]:
    """Of a denunciation only those charged with it and the competent head know."""
    return or_(
        exists().where(
            _charge.case_id == each.case_id,
            _charge.user_id == each.person,
            _charge.until.is_(None),
        ),
        exists().where(
            _hat.user_id == each.person,
            _hat.agency_id == _case.agency_id,
            _hat.role == Role.HEAD,
            *_at_work(),
        ),
    )


_TOLD = _told()
