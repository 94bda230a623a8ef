"""The ways of an agency's work: which route holds on a day, and all of them for those who set them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Label, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from config.database import db
from petitions.access import require_role, visible
from petitions.errors import Forbidden, NotFound
from petitions.models import Agency, Assignment, Case, Route, RouteStep
from petitions.queries.approvers import involved_agencies, office_of
from petitions.queries.offices import family, in_force
from workflows.office import LEGAL, RouteShape, Work, work_of
from workflows.vocabulary import Action, Actor, Role

SETTERS = (Role.ADMIN, Role.HEAD)
"""Hats that set routes: the administrator for the own agencies, the head for the own one."""


@dataclass(frozen=True, slots=True)
class StepShown:
    """One approver. ``agency_id`` is None where the step is the agency's own."""

    role: Role
    days: int
    agency_id: int | None
    agency: str | None
    agency_code: str | None


@dataclass(frozen=True, slots=True)
class RouteShown:
    """A route with its approvers in order."""

    id: int
    agency_id: int
    agency_code: str
    agency: str
    work: Work
    shape: RouteShape
    valid_from: date
    valid_to: date | None
    steps: tuple[StepShown, ...]


def routes_of(session: Session, agency_id: int, on: date) -> Mapping[Work, RouteShown]:
    """The routes of an agency in force on a day, by kind of work; one statement."""
    found = _read(session, _IN_FORCE, {"agency": agency_id, "on": on})
    return {each.work: each for each in found}


def route_for(session: Session, agency_id: int, work: Work, on: date) -> RouteShown | None:
    """The route that holds for this work in this agency on a day; None: acts are done at once."""
    return routes_of(session, agency_id, on).get(work)


def route_of_act(actor: Actor, code: str, action: Action, today: date) -> RouteShown | None:
    """The route with approvers an act of this person on the case must take; None where it is done at once.

    Raises ``NotFound`` when the case is out of reach.
    """
    office = _office(actor, code, action) if action in LEGAL else None
    if office is None:
        return None  # the act itself will be refused, or is noted at once
    route = route_for(db.session(), office, work_of(action), today)
    return route if route is not None and route.steps else None


def office_of_act(actor: Actor, code: str, action: Action) -> str | None:
    """The name of the agency whose act it would be; None where this person may not propose it.

    Raises ``NotFound`` when the case is out of reach.
    """
    office = _office(actor, code, action)
    return None if office is None else db.session.scalar(_NAME, {"agency": office})


def _office(actor: Actor, code: str, action: Action) -> int | None:
    case = db.session.execute(
        select(Case.id, Case.agency_id, _charged(actor)).where(Case.code == code, visible(actor))
    ).one_or_none()
    if case is None:
        raise NotFound
    advising = () if actor.agency_id == case.agency_id else involved_agencies(db.session(), case.id)
    try:
        return office_of(case.agency_id, advising, charged=case.charged, action=action, actor=actor)
    except Forbidden:
        return None


def routes(actor: Actor) -> tuple[RouteShown, ...]:
    """Every route the actor may set, past and to come too, the newest of each work first."""
    require_role(actor, *SETTERS)
    return _read(db.session(), _all().where(_reach(actor)), {})


def route(actor: Actor, route_id: int) -> RouteShown:
    """One of ``routes``. Raises ``NotFound``."""
    require_role(actor, *SETTERS)
    found = _read(db.session(), _all().where(_reach(actor), Route.id == route_id), {})
    if not found:
        raise NotFound("Không có quy trình này trong phạm vi bạn quản lý.")
    return found[0]


def _charged(actor: Actor) -> Label[bool]:
    return (
        exists()
        .where(
            Assignment.case_id == Case.id,
            Assignment.user_id == actor.user_id,
            Assignment.until.is_(None),
        )
        .label("charged")
    )


def _reach(actor: Actor) -> ColumnElement[bool]:
    if actor.role is Role.ADMIN:
        return Route.agency_id.in_(family(actor.agency_id))
    return Route.agency_id == actor.agency_id


def _all() -> Select[*tuple[Any, ...]]:
    step_agency = aliased(Agency)
    return (
        select(
            Route,
            Agency.code,
            Agency.name,
            RouteStep.role,
            RouteStep.days,
            RouteStep.agency_id,
            step_agency.name.label("of_step"),
            step_agency.code.label("code_of_step"),
        )
        .join(Agency, Agency.id == Route.agency_id)
        .outerjoin(RouteStep, RouteStep.route_id == Route.id)
        .outerjoin(step_agency, step_agency.id == RouteStep.agency_id)
        .order_by(
            Agency.name, Route.agency_id, Route.work, Route.valid_from.desc(), RouteStep.ordinal
        )
    )


_NAME = select(Agency.name).where(Agency.id == bindparam("agency"))
_IN_FORCE = _all().where(Route.agency_id == bindparam("agency"), in_force(Route, bindparam("on")))


def _read(
    session: Session, statement: Select[*tuple[Any, ...]], given: Mapping[str, Any]
) -> tuple[RouteShown, ...]:
    kept: dict[int, tuple[Route, str, str]] = {}
    steps: dict[int, list[StepShown]] = defaultdict(list)
    for row in session.execute(statement, given):
        found: Route = row.Route
        kept[found.id] = found, row.code, row.name
        if row.role is not None:
            steps[found.id].append(
                StepShown(row.role, row.days, row.agency_id, row.of_step, row.code_of_step)
            )
    return tuple(
        RouteShown(
            each.id, each.agency_id, code, name, each.work, each.shape, each.valid_from, each.valid_to,
            tuple(steps[each.id]),
        )
        for each, code, name in kept.values()
    )  # fmt: skip
