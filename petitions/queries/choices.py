"""What selections on forms offer: fields, agencies, colleagues, projects. Frozen results, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import barred
from petitions.models import (
    Agency,
    Field,
    Hat,
    OutsideBody,
    Place,
    Project,
    User,
)
from petitions.queries.offices import in_force
from workflows.vocabulary import AgencyKind, Role

ASSIGNABLE = (Role.OFFICER, Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.HEAD, Role.INSPECTOR)
"""Hats that may be charged with verifying a matter."""


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field of the matter; ``parent_id`` is None at the first level."""

    id: int
    code: str
    name: str
    level: int
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class AgencyChoice:
    """An agency in force."""

    id: int
    code: str
    name: str
    parent_id: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone who may be charged with a case."""

    username: str
    name: str
    role: Role
    section: str | None


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """A land-recovery project."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """A commune of today."""

    code: str
    name: str


def fields(today: date) -> tuple[FieldChoice, ...]:
    """Fields in force, parents before their children."""
    rows = db.session.execute(
        select(Field.id, Field.code, Field.name, Field.level, Field.parent_id)
        .where(in_force(Field, today))
        .order_by(Field.level, Field.id)
    )
    return tuple(FieldChoice(row.id, row.code, row.name, row.level, row.parent_id) for row in rows)


def agencies(today: date) -> tuple[AgencyChoice, ...]:
    """Agencies in force that handle petitions themselves (no sections inside an agency)."""
    rows = db.session.execute(
        select(Agency.id, Agency.code, Agency.name, Agency.parent_id)
        .where(in_force(Agency, today), Agency.kind != AgencyKind.SECTION)
        .order_by(Agency.name)
    )
    return tuple(AgencyChoice(row.id, row.code, row.name, row.parent_id) for row in rows)


def colleagues(agency_id: int, case_id: int, today: date) -> tuple[Colleague, ...]:
    """Active people of the agency who may be charged with the case: nobody shut out of it."""
    section = select(Agency.name).where(Agency.id == Hat.section_id).scalar_subquery()
    rows = db.session.execute(
        select(User.username, User.name, Hat.role, section.label("section"))
        .join(Hat, Hat.user_id == User.id)
        .where(
            Hat.agency_id == agency_id,
            Hat.role.in_(ASSIGNABLE),
            in_force(Hat, today),
            User.disabled_at.is_(None),
            ~barred(case_id, User.id, (Hat.section_id, Hat.agency_id)),
        )
        .order_by(User.name, User.id)
    )
    found = {row.username: Colleague(row.username, row.name, row.role, row.section) for row in rows}
    return tuple(found.values())


def projects() -> tuple[ProjectChoice, ...]:
    """Every project, the newest first."""
    rows = db.session.execute(
        select(Project.id, Project.name).order_by(Project.starts_on.desc(), Project.id)
    )
    return tuple(ProjectChoice(row.id, row.name) for row in rows)


def outside_bodies() -> tuple[str, ...]:
    """Names of the bodies outside the system that still exist."""
    return tuple(
        db.session.scalars(
            select(OutsideBody.name)
            .where(OutsideBody.valid_to.is_(None), OutsideBody.merged_into_id.is_(None))
            .order_by(OutsideBody.name)
        )
    )


def communes_around(agency_id: int, today: date) -> tuple[PlaceChoice, ...]:
    """Communes of the province the agency lies in, by name."""
    seat, province = aliased(Place), aliased(Place)
    rows = db.session.execute(
        select(Place.code, Place.name)
        .join(province, province.id == Place.province_id)
        .join(seat, or_(seat.id == province.id, seat.province_id == province.id))
        .join(Agency, Agency.place_id == seat.id)
        .where(Agency.id == agency_id, in_force(Place, today))
        .order_by(Place.folded_name)
    )
    return tuple(PlaceChoice(row.code, row.name) for row in rows)


@dataclass(frozen=True, slots=True)
class Names:
    """Names behind the ids and codes that events keep."""

    users: dict[int, str]
    agencies: dict[int, str]
    agency_codes: dict[str, str]


def names() -> Names:
    """Names of all people and agencies that ever were; two statements."""
    users = {row.id: row.name for row in db.session.execute(select(User.id, User.name))}
    agencies = db.session.execute(select(Agency.id, Agency.code, Agency.name)).all()
    return Names(
        users, {row.id: row.name for row in agencies}, {row.code: row.name for row in agencies}
    )


@dataclass(frozen=True, slots=True)
class StaffLine:
    """Somebody at work in the reader's agencies; ``hat_id`` is the first of their hats there."""

    hat_id: int
    username: str
    name: str
    role: Role
    agency: str
    agency_id: int


def staff(agency_ids: frozenset[int], today: date) -> tuple[StaffLine, ...]:
    """People with a hat today in one of the agencies, disabled accounts too: their files wait."""
    rows = db.session.execute(
        select(
            Hat.id,
            User.id.label("user"),
            User.username,
            User.name,
            Hat.role,
            Hat.agency_id,
            Agency.name.label("agency"),
        )
        .join(User, User.id == Hat.user_id)
        .join(Agency, Agency.id == Hat.agency_id)
        .where(Hat.agency_id.in_(agency_ids), in_force(Hat, today))
        .order_by(User.name, User.id, Hat.id)
    )
    first: dict[int, StaffLine] = {}
    for row in rows:
        line = StaffLine(row.id, row.username, row.name, row.role, row.agency, row.agency_id)
        first.setdefault(row.user, line)
    return tuple(first.values())
