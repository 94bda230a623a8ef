"""Projects with the number of cases the reader may see in each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, func, select

from config.database import db
from petitions.access import visible
from petitions.errors import NotFound
from petitions.models import Agency, Case, Place, Project, ProjectPlace
from workflows.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project in the list; counts hold what the reader may open and nothing else."""

    id: int
    name: str
    decision: str
    lead: str | None
    lead_code: str | None
    starts_on: date
    ends_on: date | None
    cases: int
    open_cases: int


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """A project with its communes."""

    line: ProjectLine
    places: tuple[tuple[str, str], ...]


def projects(actor: Actor) -> tuple[ProjectLine, ...]:
    """Every project, newest first, in one statement."""
    rows = db.session.execute(_lines(actor).order_by(Project.starts_on.desc(), Project.id))
    return tuple(ProjectLine(*row) for row in rows)


def project(actor: Actor, project_id: int) -> ProjectPage:
    """One project. Raises ``NotFound``."""
    row = db.session.execute(_lines(actor).where(Project.id == project_id)).one_or_none()
    if row is None:
        raise NotFound("Không có dự án này.")
    places = db.session.execute(
        select(Place.code, Place.name)
        .join(ProjectPlace, ProjectPlace.place_id == Place.id)
        .where(ProjectPlace.project_id == project_id)
        .order_by(Place.name)
    )
    return ProjectPage(ProjectLine(*row), tuple((place.code, place.name) for place in places))


def _lines(actor: Actor) -> Any:
    return (
        select(
            Project.id,
            Project.name,
            Project.decision,
            Agency.name.label("lead"),
            Agency.code.label("lead_code"),
            Project.starts_on,
            Project.ends_on,
            func.count(Case.id),
            func.coalesce(func.sum(case((Case.open, 1), else_=0)), 0),
        )
        .outerjoin(Agency, Agency.id == Project.lead_agency_id)
        .outerjoin(Case, and_(Case.project_id == Project.id, visible(actor)))
        .group_by(Project.id, Agency.id)
    )
