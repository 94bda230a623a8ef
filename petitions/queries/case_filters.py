"""What a list of cases may be narrowed by, and the condition of each filter.

Conditions are built once with their values left open; which of them a statement holds is its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from petitions.models import (
    FAR,
    Agency,
    Assignment,
    Case,
    CaseAgency,
    Event,
    Field,
    Flag,
    FormerName,
    Hat,
    OutsideBody,
    Petition,
    Place,
)
from petitions.place_names import LEVELS, split_level
from petitions.queries.fields import under_field_id
from petitions.queries.offices import in_force
from petitions.text import fold_words
from workflows.records import HELPERS, OFFICER_DUTY, Source
from workflows.transition import UNSETTLED
from workflows.vocabulary import Action, Coarse, Kind, State
from workflows.watch import THRESHOLDS, FlagKind
from workflows.working_days import Calendar, CalendarMissing

WAYS = (
    Action.ACCEPT, Action.REFUSE, Action.GUIDE, Action.RETURN, Action.FILE, Action.NOT_PROCESS,
    Action.TRANSFER, Action.TRANSFER_OUT, Action.ANSWER, Action.TERMINATE,
)  # fmt: skip
"""Acts that say how a petition is handled; the last one done is the case's way of handling."""
SETTLED = frozenset(State) - UNSETTLED - {State.VOIDED}
"""The body in charge has given the result it owed; a mistaken entry never owed one."""


class Lateness(StrEnum):
    """How the nearest date stands today."""

    OVERDUE = "overdue"
    NEAR = "near"
    IN_TIME = "in_time"
    NOTHING = "nothing"


class Side(StrEnum):
    """Whether the reader's body decides the case or advises the body that does."""

    DECIDING = "deciding"
    ADVISING = "advising"


@dataclass(frozen=True, slots=True)
class Horizon:
    """A day, and the last one that counts as near when seen from it."""

    today: date
    near_until: date


def horizon(today: date, calendar: Calendar) -> Horizon:
    """What is near on ``today``: as many working days ahead as the lists' own words count as near."""
    days = THRESHOLDS.near_due_working_days
    try:
        last = calendar.add_working_days(today, days)
        while not calendar.is_working(last + timedelta(days=1)):
            last += timedelta(days=1)
    except CalendarMissing:
        last = today + timedelta(days=days + 2)
    return Horizon(today, last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a list shows. ``mine`` keeps the cases the actor is charged with.

    ``field_id`` takes every field under it, ``place_id`` the communes of a province, ``place`` (a name,
    with or without marks) those of a province or of a unit that was merged away. ``given_from`` and
    ``given_to`` are the days the present officer was charged or, beside ``receiver_id``, the days of
    the transfer to that agency. ``settled``: the body in charge has given its result.
    """

    mine: bool = False
    open: bool | None = True
    settled: bool | None = None
    kind: Kind | None = None
    coarse: Coarse | None = None
    state: State | None = None
    handling: Action | None = None
    lateness: Lateness | None = None
    side: Side | None = None
    agency_id: int | None = None
    section_id: int | None = None
    officer_id: int | None = None
    forwarder_id: int | None = None
    forwarder_body_id: int | None = None
    receiver_id: int | None = None
    field_id: int | None = None
    place_id: int | None = None
    place: str | None = None
    project_id: int | None = None
    source: Source | None = None
    due_from: date | None = None
    due_to: date | None = None
    received_from: date | None = None
    received_to: date | None = None
    given_from: date | None = None
    given_to: date | None = None
    flag: FlagKind | None = None

    @property
    def dated(self) -> bool:
        """Whether what they keep depends on the day they are seen from."""
        return self.lateness is not None or self.section_id is not None


def asked(filters: Filters, seen: Horizon | None) -> dict[str, Any]:
    """The values of the filters that narrow anything, by the names of their conditions.

    Raises ``ValueError`` when a filter depends on the day and ``seen`` is missing.
    """
    values: dict[str, Any] = {}
    for each in fields(filters):
        value = getattr(filters, each.name)
        if value is None or (each.name == "mine" and not value):
            continue
        prepare = _PREPARED.get(each.name)
        values.update({each.name: value} if prepare is None else prepare(value, seen))
    return values


def conditions(shape: frozenset[str]) -> list[ColumnElement[bool]]:
    """The conditions of the filters named in ``shape``, with their values left open."""
    found = [_CONDITIONS[name] for name in sorted(shape & _CONDITIONS.keys())]
    given = shape & {"given_from", "given_to"}
    if "receiver_id" in shape:
        found.append(_sent(given))
    elif given:
        found.append(_charged(given))
    return found


# --- values ----------------------------------------------------------------------------------


def _late(value: Lateness, seen: Horizon | None) -> dict[str, Any]:
    seen = _needed(seen)
    day = timedelta(days=1)
    first, last = {
        Lateness.OVERDUE: (date.min, seen.today - day),
        Lateness.NEAR: (seen.today, seen.near_until),
        Lateness.IN_TIME: (seen.near_until + day, FAR - day),
        Lateness.NOTHING: (FAR, FAR),
    }[value]
    return {"lateness": True, "late_from": first, "late_to": last}


def _section(value: int, seen: Horizon | None) -> dict[str, Any]:
    return {"section_id": value, "on": _needed(seen).today}


def _needed(seen: Horizon | None) -> Horizon:
    if seen is None:
        raise ValueError("this filter depends on the day it is seen from")
    return seen


def _named(value: str, _seen: Horizon | None) -> dict[str, Any]:
    level, words = split_level(fold_words(value))
    plain = " ".join(words)
    names = [f"{level} {plain}"] if level else [plain, *(f"{each} {plain}" for each in LEVELS)]
    return {"place": True, "place_names": tuple(sorted(names))}


_PREPARED: Mapping[str, Callable[[Any, Horizon | None], dict[str, Any]]] = {
    "open": lambda value, _: {"open" if value else "closed": True},
    "settled": lambda value, _: {"settled" if value else "unsettled": True},
    "handling": lambda value, _: {"handling": value.value},
    "side": lambda value, _: {value.value: True},
    "lateness": _late,
    "section_id": _section,
    "place": _named,
}


# --- conditions ------------------------------------------------------------------------------


def _equals(column: Any, name: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column == bindparam(name, type_=column.type)
    return condition


def _under_field() -> ColumnElement[bool]:
    return Case.field_id.in_(under_field_id(bindparam("field_id", type_=Field.id.type)))


def _in_place() -> ColumnElement[bool]:
    place = bindparam("place_id", type_=Place.id.type)
    return Case.place_id.in_(
        select(Place.id).where(or_(Place.id == place, Place.province_id == place))
    )


def _in_named_place() -> ColumnElement[bool]:
    names: BindParameter[str] = bindparam("place_names", expanding=True)
    named = select(Place.id).where(Place.folded_name.in_(names))
    return or_(
        Case.place_id.in_(named),
        Case.place_id.in_(select(Place.id).where(Place.province_id.in_(named))),
        Case.place_id.in_(select(FormerName.place_id).where(FormerName.folded_name.in_(names))),
    )


def _in_section() -> ColumnElement[bool]:
    """Put there, or with somebody who sits there."""
    section = bindparam("section_id", type_=Agency.id.type)
    people = select(Hat.user_id).where(
        Hat.section_id == section, in_force(Hat, bindparam("on", type_=Hat.valid_from.type))
    )
    house = select(Agency.parent_id).where(Agency.id == section).scalar_subquery()
    return or_(
        Case.section_id == section,
        and_(Case.section_id.is_(None), Case.agency_id == house, Case.officer_id.in_(people)),
    )


def _forwarded_by_body() -> ColumnElement[bool]:
    body = bindparam("forwarder_body_id", type_=OutsideBody.id.type)
    known = select(OutsideBody.id).where(
        or_(OutsideBody.id == body, OutsideBody.merged_into_id == body)
    )
    return Case.id.in_(select(Petition.case_id).where(Petition.forwarder_body_id.in_(known)))


def _last_way() -> ColumnElement[bool]:
    act, later = aliased(Event), aliased(Event)
    superseded = exists().where(
        later.case_id == act.case_id,
        later.seq > act.seq,
        later.action.in_([*(way.value for way in WAYS), Action.REOPEN.value]),
    )
    return Case.id.in_(
        select(act.case_id).where(
            act.action == bindparam("handling", type_=Event.action.type), ~superseded
        )
    )


def _advised() -> ColumnElement[bool]:
    mine: BindParameter[int] = bindparam("scope_agencies", expanding=True)
    return and_(
        Case.agency_id.not_in(mine),
        Case.id.in_(
            select(CaseAgency.case_id).where(
                CaseAgency.agency_id.in_(mine),
                CaseAgency.role.in_(HELPERS),
                CaseAgency.until.is_(None),
            )
        ),
    )


def _between(column: Any, given: frozenset[str]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if "given_from" in given:
        found.append(column >= bindparam("given_from", type_=column.type))
    if "given_to" in given:
        found.append(column <= bindparam("given_to", type_=column.type))
    return found


def _sent(given: frozenset[str]) -> ColumnElement[bool]:
    return Case.id.in_(
        select(Event.case_id).where(
            Event.action == Action.TRANSFER.value,
            Event.data["to_agency"].as_integer() == bindparam("receiver_id", type_=Agency.id.type),
            *_between(Event.on, given),
        )
    )


def _charged(given: frozenset[str]) -> ColumnElement[bool]:
    return exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == Case.officer_id,
        Assignment.duty == OFFICER_DUTY,
        Assignment.until.is_(None),
        *_between(Assignment.since, given),
    )


_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "mine": Case.officer_id == bindparam("me"),
    "open": Case.open.expression,
    "closed": ~Case.open,
    "settled": Case.state.in_(sorted(SETTLED)),
    "unsettled": Case.state.in_(sorted(UNSETTLED)),
    "kind": _equals(Case.kind, "kind"),
    "coarse": _equals(Case.coarse, "coarse"),
    "state": _equals(Case.state, "state"),
    "handling": _last_way(),
    "lateness": Case.next_due.between(
        bindparam("late_from", type_=Case.next_due.type),
        bindparam("late_to", type_=Case.next_due.type),
    ),
    Side.DECIDING.value: Case.agency_id.in_(bindparam("scope_agencies", expanding=True)),
    Side.ADVISING.value: _advised(),
    "agency_id": _equals(Case.agency_id, "agency_id"),
    "section_id": _in_section(),
    "officer_id": _equals(Case.officer_id, "officer_id"),
    "forwarder_id": Case.id.in_(
        select(Petition.case_id).where(_equals(Petition.forwarder_id, "forwarder_id"))
    ),
    "forwarder_body_id": _forwarded_by_body(),
    "field_id": _under_field(),
    "place_id": _in_place(),
    "place": _in_named_place(),
    "project_id": _equals(Case.project_id, "project_id"),
    "source": _equals(Case.source, "source"),
    "due_from": Case.next_due >= bindparam("due_from", type_=Case.next_due.type),
    "due_to": Case.next_due <= bindparam("due_to", type_=Case.next_due.type),
    "received_from": Case.received_on >= bindparam("received_from", type_=Case.received_on.type),
    "received_to": Case.received_on <= bindparam("received_to", type_=Case.received_on.type),
    "flag": Case.id.in_(
        select(Flag.case_id).where(
            Flag.kind == bindparam("flag", type_=Flag.kind.type), Flag.cleared_on.is_(None)
        )
    ),
}
