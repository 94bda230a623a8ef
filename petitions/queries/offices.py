"""Agencies as a tree, bodies outside the system and internal targets, as administration pages show them.

Frozen results, never rows. An administrator sees the own agency and everything below it, on any day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import require_role
from petitions.models import Agency, InternalTarget, OutsideBody, Place
from workflows.vocabulary import Actor, AgencyKind, Kind, Role, Step


@dataclass(frozen=True, slots=True)
class AgencyShown:
    """One agency; ``depth`` counts from the administrator's own, ``parent`` and ``successor`` are codes."""

    id: int
    code: str
    name: str
    kind: AgencyKind
    depth: int
    parent: str | None
    book_prefix: str
    place_code: str | None
    head_title: str
    competence: Mapping[str, Any]
    valid_from: date
    valid_to: date | None
    successor: str | None


@dataclass(frozen=True, slots=True)
class BodyShown:
    """A body outside the system; ``merged_into`` names the one it became."""

    id: int
    name: str
    category: str
    address: str | None
    valid_to: date | None
    merged_into: str | None


@dataclass(frozen=True, slots=True)
class TargetShown:
    """An agency's own limit for a clock."""

    id: int
    agency: str
    kind: Kind
    step: Step
    days: int
    working_days: bool
    valid_from: date
    valid_to: date | None


def in_force(row: Any, on: date | BindParameter[date]) -> ColumnElement[bool]:
    """The dated row (an agency, a hat, a delegation) is valid on that day; both ends count."""
    return and_(row.valid_from <= on, or_(row.valid_to.is_(None), row.valid_to >= on))


def below(agency_id: int | BindParameter[int], today: date | BindParameter[date]) -> Select[int]:
    """Ids of the agency, of every body below it today, and of the closed bodies these took over.

    A body that was merged into another leaves it its closed files.
    """
    tree = select(Agency.id).where(Agency.id == agency_id).cte("below", recursive=True)
    # UNION, not UNION ALL: a body both below and taken over is met once, and no ring runs on
    tree = tree.union(
        select(Agency.id)
        .join(tree, or_(Agency.parent_id == tree.c.id, Agency.successor_id == tree.c.id))
        .where(or_(in_force(Agency, today), Agency.successor_id == tree.c.id))
    )
    return select(tree.c.id)


def family(agency_id: int) -> Select[int]:
    """Ids of the agency and of every body that ever stood below it: what its administrator may change."""
    tree = select(Agency.id).where(Agency.id == agency_id).cte("family", recursive=True)
    tree = tree.union(select(Agency.id).join(tree, Agency.parent_id == tree.c.id))
    return select(tree.c.id)


def agencies(actor: Actor) -> tuple[AgencyShown, ...]:
    """The administrator's tree, parents before their children, closed ones included."""
    require_role(actor, Role.ADMIN)
    parent, successor = aliased(Agency), aliased(Agency)
    rows = db.session.execute(
        select(
            Agency,
            parent.code.label("parent"),
            successor.code.label("successor"),
            Place.code.label("place"),
        )
        .outerjoin(parent, parent.id == Agency.parent_id)
        .outerjoin(successor, successor.id == Agency.successor_id)
        .outerjoin(Place, Place.id == Agency.place_id)
        .where(Agency.id.in_(family(actor.agency_id)))
        .order_by(Agency.name, Agency.id)
    ).all()
    children: dict[int | None, list[Any]] = {}
    for row in rows:
        children.setdefault(row.Agency.parent_id, []).append(row)
    root = next(row for row in rows if row.Agency.id == actor.agency_id)
    shown: list[AgencyShown] = []
    waiting = [(root, 0)]
    while waiting:
        row, depth = waiting.pop()
        shown.append(_agency(row, depth))
        waiting.extend((child, depth + 1) for child in reversed(children.get(row.Agency.id, [])))
    return tuple(shown)


def outside_bodies(actor: Actor) -> tuple[BodyShown, ...]:
    """The whole catalogue of bodies outside, merged and ended ones included."""
    require_role(actor, Role.ADMIN)
    became = aliased(OutsideBody)
    rows = db.session.execute(
        select(OutsideBody, became.name.label("became"))
        .outerjoin(became, became.id == OutsideBody.merged_into_id)
        .order_by(OutsideBody.folded_name, OutsideBody.id)
    )
    return tuple(
        BodyShown(body.id, body.name, body.category, body.address, body.valid_to, became_name)
        for body, became_name in rows
    )


def internal_targets(actor: Actor) -> tuple[TargetShown, ...]:
    """Targets of the administrator's agencies, the newest of each clock first."""
    require_role(actor, Role.ADMIN)
    rows = db.session.execute(
        select(InternalTarget, Agency.name)
        .join(Agency, Agency.id == InternalTarget.agency_id)
        .where(InternalTarget.agency_id.in_(family(actor.agency_id)))
        .order_by(
            Agency.name,
            InternalTarget.kind,
            InternalTarget.step,
            InternalTarget.valid_from.desc(),
        )
    )
    return tuple(
        TargetShown(
            target.id, agency, target.kind, target.step, target.days, target.working_days,
            target.valid_from, target.valid_to,
        )
        for target, agency in rows
    )  # fmt: skip


def _agency(row: Any, depth: int) -> AgencyShown:
    agency = row.Agency
    return AgencyShown(
        agency.id, agency.code, agency.name, agency.kind, depth, row.parent, agency.book_prefix,
        row.place, agency.head_title, agency.competence, agency.valid_from, agency.valid_to,
        row.successor,
    )  # fmt: skip
