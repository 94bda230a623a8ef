"""Promises to voters and after questioning: the list with its filters, one of them, the table to take along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import commitments_seen
from petitions.errors import NotFound
from petitions.models import Agency, Commitment, Field, Place, Promise
from petitions.queries.commitment_shapes import CommitmentLine, Which
from petitions.queries.commitments import bodies_of, of_promises, part
from workflows.commitments import CommitmentRole, Occasion
from workflows.vocabulary import Actor, Role

PAGE = 50
UNKNOWN = "Không tìm thấy lời hứa này, hoặc bạn không có quyền xem."


@dataclass(frozen=True, slots=True)
class PromiseFilters:
    """What of the list is wanted. ``agency`` is the code of the lead."""

    which: Which = Which.ALL
    occasion: Occasion | None = None
    agency: str | None = None
    made_from: date | None = None
    made_to: date | None = None


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One promise with the commitment that keeps it."""

    id: int
    uid: str
    version: int
    agency_id: int
    agency: str
    occasion: Occasion
    made_by: str
    made_on: date
    made_at: str
    term: str
    meeting: str
    field_code: str | None
    field_name: str | None
    place_code: str | None
    place: str | None
    checking_code: str | None
    checking: str | None
    answer: str
    answered_on: date | None
    key: str
    commitment: CommitmentLine
    cooperating: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PromisePage:
    """A page of the list; ``more`` when there is another."""

    lines: tuple[PromiseLine, ...]
    total: int
    more: bool


def seen(actor: Actor) -> ColumnElement[bool]:
    """Promises whose commitment this hat reads: as keeper, lead, helper, checking body or from above."""
    if actor.role is Role.ADMIN:
        return false()
    return (
        select(Commitment.id)
        .where(Commitment.promise_id == Promise.id, commitments_seen(actor))
        .exists()
    )


def promises(actor: Actor, filters: PromiseFilters, today: date, page: int = 1) -> PromisePage:
    """A page of the promises this actor sees, the latest first."""
    statement = (
        _lines(actor)
        .add_columns(func.count().over().label("total"))
        .where(*_wanted(actor, filters, today))
        .order_by(Promise.made_on.desc(), Promise.id.desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    )
    rows = db.session.execute(statement).all()
    lines = _shown(actor, rows[:PAGE])
    return PromisePage(lines, rows[0].total if rows else 0, len(rows) > PAGE)


def every(actor: Actor, filters: PromiseFilters, today: date) -> Iterator[PromiseLine]:
    """All the promises of a filter, in the order they were made."""
    rows = db.session.execute(
        _lines(actor).where(*_wanted(actor, filters, today)).order_by(Promise.made_on, Promise.id)
    )
    for batch in rows.partitions(500):
        yield from _shown(actor, batch)


def promise(actor: Actor, uid: str) -> PromiseLine:
    """One promise. Raises ``NotFound``, also out of reach."""
    rows = db.session.execute(_lines(actor).where(Promise.uid == uid)).all()
    if not rows:
        raise NotFound(UNKNOWN)
    return _shown(actor, rows)[0]


_CHECKS, _LEAD = aliased(Agency), aliased(Agency)


def _lines(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Promise.id,
            Promise.uid,
            Promise.version,
            Promise.agency_id,
            Agency.name.label("agency"),
            Promise.occasion,
            Promise.made_by,
            Promise.made_on,
            Promise.made_at,
            Promise.term,
            Promise.meeting,
            Field.code.label("field_code"),
            Field.name.label("field_name"),
            Place.code.label("place_code"),
            Place.name.label("place"),
            _CHECKS.code.label("checking_code"),
            _CHECKS.name.label("checking"),
            Promise.answer,
            Promise.answered_on,
            Promise.imported_key,
        )
        .join(Agency, Agency.id == Promise.agency_id)
        .join(Commitment, Commitment.promise_id == Promise.id)
        .join(_LEAD, _LEAD.id == Commitment.lead_agency_id)
        .outerjoin(Field, Field.id == Promise.field_id)
        .outerjoin(Place, Place.id == Promise.place_id)
        .outerjoin(_CHECKS, _CHECKS.id == Promise.checking_agency_id)
        .where(commitments_seen(actor))
    )


def _wanted(actor: Actor, filters: PromiseFilters, today: date) -> list[ColumnElement[bool]]:
    wanted = [and_(*found)] if (found := part(actor, filters.which, today)) else []
    if filters.occasion is not None:
        wanted.append(Promise.occasion == filters.occasion)
    if filters.agency is not None:
        wanted.append(or_(_LEAD.code == filters.agency, _CHECKS.code == filters.agency))
    if filters.made_from is not None:
        wanted.append(Promise.made_on >= filters.made_from)
    if filters.made_to is not None:
        wanted.append(Promise.made_on <= filters.made_to)
    return wanted


def _shown(actor: Actor, rows: Sequence[Any]) -> tuple[PromiseLine, ...]:
    kept = of_promises(actor, [row.id for row in rows])
    bodies = bodies_of([line.id for line in kept.values()])
    return tuple(
        PromiseLine(
            row.id, row.uid, row.version, row.agency_id, row.agency, row.occasion, row.made_by,
            row.made_on, row.made_at, row.term, row.meeting, row.field_code, row.field_name,
            row.place_code, row.place, row.checking_code, row.checking, row.answer,
            row.answered_on, row.imported_key or row.uid, kept[row.id],
            tuple(
                name
                for _, name in bodies.get((kept[row.id].id, CommitmentRole.COOPERATING), ())
            ),
        )
        for row in rows
    )  # fmt: skip
