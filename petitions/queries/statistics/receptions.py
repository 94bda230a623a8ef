"""Citizen reception as table 01/TCD counts it: visits heard, sessions held, and what stands behind a figure.

A visit belongs to the day and the agency of its session. Petitions registered as handed in at
reception without a visit are lines too, so that the table can say that they are missing in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visible, visits_seen
from petitions.models import Agency, Case, Event, ReceptionSession, Visit
from petitions.queries.statistics.passages import FIRST, LAST
from workflows.reception import Host, SessionKind, SessionStatus, VisitOutcome, VisitState
from workflows.records import Source
from workflows.vocabulary import Action, Actor, Kind, State


class Part(StrEnum):
    """What a line is."""

    VISIT = "visit"
    SESSION = "session"
    CASE = "case"


class Regime(StrEnum):
    """The three parts of the table: every working day, the head in person, by authorisation."""

    REGULAR = "regular"
    HEAD = "head"
    AUTHORISED = "authorised"


@dataclass(frozen=True, slots=True)
class Reception:
    """What stands behind a figure: a visit, a session or a petition without a visit.

    ``reference`` tells them apart on paper and holds nothing personal; ``uid`` opens a visit or a
    session, ``case_code`` the case a visit led to.
    """

    part: Part
    reference: str
    uid: str
    day: date
    agency: str
    kind: Kind | None
    people: int | None
    turn: int | None
    outcome: VisitOutcome | None
    case_code: str | None


def lines(which: Sequence[ColumnElement[bool]]) -> Subquery:
    """The lines of a window; ``which`` are the conditions on cases: kinds, then what shuts them."""
    _kinds, *open_to = which
    return union_all(_visits(open_to), _sessions(), _cases(which)).subquery("line")


def behind(
    line: Subquery,
    wanted: ColumnElement[bool],
    values: dict[str, Any],
    reader: Actor | None,
) -> tuple[Reception, ...]:
    """The ``wanted`` of the lines as far as ``reader`` (``None``: nobody in particular) sees them, by day."""
    found = [
        *_visits_of(_rows(line, wanted, Part.VISIT), values, reader),
        *_sessions_of(_rows(line, wanted, Part.SESSION), values),
        *_cases_of(_rows(line, wanted, Part.CASE), values, reader),
    ]
    return tuple(sorted(found, key=lambda each: (each.day, each.reference)))


def visit_reference(prefix: str, day: date, session_id: int, queue_number: int) -> str:
    """The name of a visit in lists: agency, day, session and the number of its turn in it."""
    return f"{prefix}-{day:%Y%m%d}-B{session_id}-{queue_number:02}"


def _regime() -> ColumnElement[str]:
    in_person = case(
        (ReceptionSession.status == SessionStatus.HELD, ReceptionSession.held_in_person),
        else_=ReceptionSession.host == Host.HEAD,
    )
    return case(
        (ReceptionSession.kind == SessionKind.REGULAR, Regime.REGULAR.value),
        (in_person, Regime.HEAD.value),
        else_=Regime.AUTHORISED.value,
    )


def _line(
    part: Part, row_id: Any, unit: Any, regime: Any, people: Any, turn: Any
) -> Select[*tuple[Any, ...]]:
    return select(
        literal(part.value).label("part"),
        row_id.label("row_id"),
        unit.label("unit_id"),
        cast(regime, String(20)).label("regime"),
        people.label("group_size"),
        turn.label("turn"),
    )


def _visits(open_to: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    return (
        _line(Part.VISIT, Visit.id, Visit.agency_id, _regime(), Visit.people, Visit.turn)
        .select_from(Visit)
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .outerjoin(Case, Case.id == Visit.case_id)
        .where(
            Visit.state == VisitState.DONE,
            ReceptionSession.day.between(FIRST, LAST),
            *open_to,
        )
    )


def _sessions() -> Select[*tuple[Any, ...]]:
    held = ReceptionSession
    return _line(Part.SESSION, held.id, held.agency_id, _regime(), literal(0), literal(0)).where(
        held.status == SessionStatus.HELD, held.day.between(FIRST, LAST)
    )


def _cases(which: Sequence[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    return (
        _line(Part.CASE, Case.id, Case.origin_agency_id, null(), literal(0), literal(0))
        .join(Event, and_(Event.case_id == Case.id, Event.seq == 1))
        .where(
            Case.source == Source.RECEPTION,
            Case.state != State.VOIDED,
            Case.first_received_on.between(FIRST, LAST),
            Event.action == Action.REGISTER.value,
            Event.data["from_case"].as_string().is_(None),
            ~exists().where(Visit.case_id == Case.id),
            *which,
        )
    )


# --- what stands behind ----------------------------------------------------------------------


def _rows(line: Subquery, wanted: ColumnElement[bool], part: Part) -> Select[tuple[int]]:
    return select(line.c.row_id).where(line.c.part == part.value, wanted)


def _visits_of(
    rows: Select[tuple[int]], values: dict[str, Any], reader: Actor | None
) -> list[Reception]:
    led_to = aliased(Case)
    query = (
        select(Visit, ReceptionSession.day, Agency.name, Agency.book_prefix, led_to.code)
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .join(Agency, Agency.id == Visit.agency_id)
        .outerjoin(led_to, led_to.id == Visit.case_id)
        .where(Visit.id.in_(rows))
    )
    if reader is not None:
        query = query.where(visits_seen(reader))
    return [
        Reception(
            Part.VISIT,
            visit_reference(prefix, day, visit.session_id, visit.queue_number),
            visit.uid,
            day,
            agency,
            visit.kind,
            visit.people,
            visit.turn,
            visit.outcome,
            code,
        )
        for visit, day, agency, prefix, code in db.session.execute(query, values)
    ]


def _sessions_of(rows: Select[tuple[int]], values: dict[str, Any]) -> list[Reception]:
    query = (
        select(ReceptionSession, Agency.name, Agency.book_prefix)
        .join(Agency, Agency.id == ReceptionSession.agency_id)
        .where(ReceptionSession.id.in_(rows))
    )
    return [
        Reception(
            Part.SESSION,
            f"{prefix}-{held.day:%Y%m%d}-B{held.id}",
            held.uid,
            held.day,
            agency,
            None,
            None,
            None,
            None,
            None,
        )
        for held, agency, prefix in db.session.execute(query, values)
    ]


def _cases_of(
    rows: Select[tuple[int]], values: dict[str, Any], reader: Actor | None
) -> list[Reception]:
    query = (
        select(Case, Agency.name)
        .join(Agency, Agency.id == Case.origin_agency_id)
        .where(Case.id.in_(rows))
    )
    if reader is not None:
        query = query.where(visible(reader))
    return [
        Reception(
            Part.CASE,
            found.code,
            "",
            found.first_received_on,
            agency,
            found.kind,
            found.group_size,
            None,
            None,
            found.code,
        )
        for found, agency in db.session.execute(query, values)
    ]
