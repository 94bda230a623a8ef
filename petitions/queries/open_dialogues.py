"""Heads' dialogues with people: the year's plan of the actor's bodies, one of them, the yearly table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, true

from config.database import db
from petitions.access import commitments_seen
from petitions.errors import NotFound
from petitions.models import Agency, Commitment, OpenDialogue, Place, User
from workflows.commitments import OpenDialogueStatus
from workflows.vocabulary import Actor, Role

UNKNOWN = "Không tìm thấy buổi đối thoại này, hoặc bạn không có quyền xem."
_OUTSIDE = frozenset({Role.ADMIN, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class OpenDialogueLine:
    """One dialogue of the plan."""

    uid: str
    agency_id: int
    agency: str
    planned_on: date
    place: str
    topics: str
    status: OpenDialogueStatus
    posted_on: date | None
    held_on: date | None
    in_person: bool
    people: int | None
    commitments: int


@dataclass(frozen=True, slots=True)
class OpenDialogueShown:
    """One dialogue as its page shows it."""

    line: OpenDialogueLine
    version: int
    place_code: str | None
    place_name: str | None
    held_by: str | None
    participants: tuple[Mapping[str, str], ...]
    summary: str
    reason: str


@dataclass(frozen=True, slots=True)
class YearLine:
    """What became of one body's plan for a year."""

    agency: str
    planned: int
    held: int
    in_person: int
    people: int
    commitments: int


def seen(actor: Actor) -> ColumnElement[bool]:
    """Dialogues of the actor's agency and below, or of the province; those of which one watches a point."""
    if actor.role in _OUTSIDE:
        return false()
    if actor.province_wide:
        return true()
    concerned = (
        select(Commitment.id)
        .where(Commitment.open_dialogue_id == OpenDialogue.id, commitments_seen(actor))
        .exists()
    )
    return or_(OpenDialogue.agency_id.in_(actor.agency_ids), concerned)


def plan_of(actor: Actor, year: int, *, own: bool) -> tuple[OpenDialogueLine, ...]:
    """The dialogues planned for a year, of the own agency alone or of all this actor sees."""
    wanted: list[ColumnElement[bool]] = [
        OpenDialogue.planned_on.between(date(year, 1, 1), date(year, 12, 31))
    ]
    if own:
        wanted.append(OpenDialogue.agency_id == actor.agency_id)
    rows = db.session.execute(
        _lines(actor).where(*wanted).order_by(OpenDialogue.planned_on, OpenDialogue.id)
    )
    return tuple(_line(row) for row in rows)


def open_dialogue(actor: Actor, uid: str) -> OpenDialogueShown:
    """One dialogue. Raises ``NotFound``, also out of reach."""
    row = db.session.execute(
        _lines(actor)
        .add_columns(
            OpenDialogue.version,
            OpenDialogue.participants,
            OpenDialogue.summary,
            OpenDialogue.reason,
            Place.code.label("place_code"),
            Place.name.label("place_name"),
            User.name.label("held_by"),
        )
        .outerjoin(Place, Place.id == OpenDialogue.place_id)
        .outerjoin(User, User.id == OpenDialogue.held_by_id)
        .where(OpenDialogue.uid == uid)
    ).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    return OpenDialogueShown(
        _line(row), row.version, row.place_code, row.place_name, row.held_by,
        tuple(dict(each) for each in row.participants), row.summary, row.reason,
    )  # fmt: skip


def year_table(actor: Actor, year: int) -> tuple[YearLine, ...]:
    """Planned, held and held in person by each body this actor sees. What was put off is no plan."""
    held = OpenDialogue.status == OpenDialogueStatus.HELD

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    rows = db.session.execute(
        select(
            Agency.name,
            number(OpenDialogue.status.in_((OpenDialogueStatus.PLANNED, OpenDialogueStatus.HELD))),
            number(held),
            number(and_(held, OpenDialogue.held_in_person)),
            func.coalesce(func.sum(OpenDialogue.people), 0),
            func.coalesce(func.sum(_undertaken()), 0),
        )
        .join(Agency, Agency.id == OpenDialogue.agency_id)
        .where(seen(actor), OpenDialogue.planned_on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(Agency.name)
        .order_by(Agency.name)
    )
    return tuple(YearLine(row[0], *(int(each) for each in row[1:])) for row in rows)


def _undertaken() -> Any:
    return (
        select(func.count(Commitment.id))
        .where(Commitment.open_dialogue_id == OpenDialogue.id)
        .correlate(OpenDialogue)
        .scalar_subquery()
    )


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            OpenDialogue.uid,
            OpenDialogue.agency_id,
            Agency.name.label("agency"),
            OpenDialogue.planned_on,
            OpenDialogue.place,
            OpenDialogue.topics,
            OpenDialogue.status,
            OpenDialogue.posted_on,
            OpenDialogue.held_on,
            OpenDialogue.held_in_person,
            OpenDialogue.people,
            _undertaken().label("commitments"),
        )
        .join(Agency, Agency.id == OpenDialogue.agency_id)
        .where(seen(actor))
    )


def _line(row: Any) -> OpenDialogueLine:
    return OpenDialogueLine(
        row.uid, row.agency_id, row.agency, row.planned_on, row.place, row.topics, row.status,
        row.posted_on, row.held_on, row.held_in_person, row.people, row.commitments,
    )  # fmt: skip
