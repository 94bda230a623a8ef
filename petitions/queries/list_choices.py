"""What the filters of a list offer. Frozen results, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from config.database import db
from petitions.models import Agency, Hat, OutsideBody, User
from petitions.queries import choices
from petitions.queries.choices import AgencyChoice, FieldChoice, ProjectChoice
from petitions.queries.offices import in_force
from workflows.vocabulary import AgencyKind


@dataclass(frozen=True, slots=True)
class Known:
    """A person or a body by its name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ListChoices:
    """What is the same for everybody: four statements."""

    fields: tuple[FieldChoice, ...]
    agencies: tuple[AgencyChoice, ...]
    sections: tuple[AgencyChoice, ...]
    projects: tuple[ProjectChoice, ...]
    bodies: tuple[Known, ...]


def list_choices(today: date) -> ListChoices:
    """Fields, agencies and sections in force, projects, and bodies outside the system."""
    offices = db.session.execute(
        select(Agency.id, Agency.code, Agency.name, Agency.parent_id, Agency.kind)
        .where(in_force(Agency, today))
        .order_by(Agency.name)
    ).all()
    bodies = db.session.execute(
        select(OutsideBody.id, OutsideBody.name)
        .where(OutsideBody.merged_into_id.is_(None))
        .order_by(OutsideBody.name)
    )
    agencies: list[AgencyChoice] = []
    sections: list[AgencyChoice] = []
    for row in offices:
        into = sections if row.kind is AgencyKind.SECTION else agencies
        into.append(AgencyChoice(row.id, row.code, row.name, row.parent_id))
    return ListChoices(
        fields=choices.fields(today),
        agencies=tuple(agencies),
        sections=tuple(sections),
        projects=choices.projects(),
        bodies=tuple(Known(row.id, row.name) for row in bodies),
    )


def colleagues_of(agency_id: int, today: date) -> tuple[Known, ...]:
    """People who wear a hat of the agency today, those with a closed account too: their files wait."""
    rows = db.session.execute(
        select(User.id, User.name)
        .join(Hat, Hat.user_id == User.id)
        .where(Hat.agency_id == agency_id, in_force(Hat, today))
        .distinct()
        .order_by(User.name, User.id)
    )
    return tuple(Known(row.id, row.name) for row in rows)
