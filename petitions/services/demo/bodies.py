"""The bodies of the demonstration province, what they have decided for themselves, and their neighbours outside."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from petitions.models import Agency, InternalTarget, OutsideBody, Project, ProjectPlace
from petitions.services.demo.catalog import Catalog
from petitions.text import fold

MARK = "ubnd-tinh-son-lam"
"""The code of the root body: no real province can bear it, so a database that has it is a demonstration."""


def found(
    session: Session, catalog: Catalog, places: dict[str, int], as_of: date
) -> tuple[dict[str, int], dict[str, int]]:
    """Write bodies, projects and own limits; returns the ids of bodies by code and of projects by name."""
    bodies = _bodies(session, catalog, places)
    session.execute(
        insert(OutsideBody),
        [
            {"name": body.name, "folded_name": fold(body.name), "category": body.category}
            for body in catalog.outsiders
        ],
    )
    session.execute(
        insert(InternalTarget),
        [
            {
                "agency_id": bodies[limit.agency],
                "kind": limit.kind,
                "step": limit.step,
                "days": limit.days,
                "valid_from": as_of - timedelta(days=365),
            }
            for limit in catalog.limits
        ],
    )
    return bodies, _projects(session, catalog, places, bodies, as_of)


def _bodies(session: Session, catalog: Catalog, places: dict[str, int]) -> dict[str, int]:
    rows: dict[str, Agency] = {}
    for body in catalog.bodies:
        parent = None if body.parent is None else rows[body.parent]
        place = body.place or (None if body.parent is None else _place_of(catalog, body.parent))
        rows[body.code] = Agency(
            code=body.code,
            name=body.name,
            kind=body.kind,
            parent_id=None if parent is None else parent.id,
            book_prefix=body.prefix,
            place_id=places[place or catalog.province_name],
            head_title=body.head_title,
            valid_from=body.valid_from,
            valid_to=body.valid_to,
            competence={},
        )
        session.add(rows[body.code])
        session.flush()
    for body in catalog.bodies:
        if body.successor is not None:
            rows[body.code].successor_id = rows[body.successor].id
    session.flush()
    return {code: row.id for code, row in rows.items()}


def _place_of(catalog: Catalog, code: str) -> str | None:
    return next(body.place for body in catalog.bodies if body.code == code)


def _projects(
    session: Session,
    catalog: Catalog,
    places: dict[str, int],
    bodies: dict[str, int],
    as_of: date,
) -> dict[str, int]:
    ids = {}
    for recovery in catalog.recoveries:
        project = Project(
            name=recovery.name,
            decision=recovery.decision,
            lead_agency_id=bodies[recovery.lead],
            starts_on=as_of - timedelta(days=recovery.began),
            ends_on=None if recovery.ended is None else as_of - timedelta(days=recovery.ended),
        )
        session.add(project)
        session.flush()
        ids[recovery.name] = project.id
        session.execute(
            insert(ProjectPlace),
            [{"project_id": project.id, "place_id": places[name]} for name in recovery.communes],
        )
    return ids
