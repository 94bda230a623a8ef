"""What a registration refers to, looked up in two statements: codes and names, and the people of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, Select, String, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from config.database import Key, read
from petitions.models import Agency, Field, OutsideBody, Place, PlaceFlag, Project
from petitions.rulebook import latest_revision
from petitions.services.registration import Registration
from petitions.text import fold
from workflows.records import PlaceFlagKind
from workflows.vocabulary import Actor

UNCLASSIFIED = "chua-phan-loai"
"""The field of a petition nobody has classified yet."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What one look at the reference tables tells about a registration."""

    prefix: str
    parent_id: int | None
    field_id: int
    place_id: int | None
    remote: bool
    forwarder_id: int | None
    forwarder_body_id: int | None
    project_id: int | None
    revision: int
    faults: dict[str, list[str]]


def look_up(given: Registration, actor: Actor) -> Desk:
    """One statement for everything the registration refers to by code or name."""
    row = read(
        _REFERENCES,
        {
            "agency": actor.agency_id,
            "field": _askable(given.field_code) or UNCLASSIFIED,
            "place": _askable(given.place_code),
            "on": given.received_on,
            "project": given.project_id,
            "forwarder": _askable(given.forwarder_code),
            "body": fold(_askable(given.forwarder_body) or ""),
        },
    ).one()
    faults: dict[str, list[str]] = {}
    for name, wanted, found in (
        ("field_code", given.field_code or UNCLASSIFIED, row.field_id),
        ("place_code", given.place_code, row.place_id),
        ("project_id", given.project_id, row.project_id),
        ("forwarder_code", given.forwarder_code, row.forwarder_id),
        ("forwarder_body", given.forwarder_body, row.body_id),
    ):
        if wanted and found is None:
            faults[name] = ["Không có trong danh mục."]
    return Desk(
        prefix=row.book_prefix,
        parent_id=row.parent_id,
        field_id=row.field_id,
        place_id=row.place_id,
        remote=row.remote is not None,
        forwarder_id=row.forwarder_id,
        forwarder_body_id=row.body_id,
        project_id=row.project_id,
        revision=row.revision or 0,
        faults=faults,
    )


def _askable(text: str | None) -> str | None:
    """The text without what PostgreSQL takes in no parameter; the checks refuse it at its field."""
    return text and text.replace("\0", "")


def _references() -> Select[*tuple[Any, ...]]:
    day = bindparam("on", type_=Date())
    remote = (
        select(PlaceFlag.id)
        .join(Place, Place.id == PlaceFlag.place_id)
        .where(
            Place.code == bindparam("place", type_=String()),
            PlaceFlag.flag == PlaceFlagKind.REMOTE,
            PlaceFlag.valid_from <= day,
            or_(PlaceFlag.valid_to.is_(None), PlaceFlag.valid_to >= day),
        )
        .limit(1)
    )
    forwarder = aliased(Agency)
    found: dict[str, Select[Any]] = {
        "field_id": select(Field.id).where(Field.code == bindparam("field")),
        "place_id": select(Place.id).where(Place.code == bindparam("place", type_=String())),
        "remote": remote,
        "project_id": select(Project.id).where(Project.id == bindparam("project", type_=Key)),
        "forwarder_id": select(forwarder.id).where(
            forwarder.code == bindparam("forwarder", type_=String())
        ),
        "body_id": select(func.coalesce(OutsideBody.merged_into_id, OutsideBody.id))
        .where(OutsideBody.folded_name == bindparam("body"))
        .limit(1),
    }
    return select(
        Agency.book_prefix,
        Agency.parent_id,
        *(query.scalar_subquery().label(name) for name, query in found.items()),
        latest_revision().label("revision"),
    ).where(Agency.id == bindparam("agency"))


_REFERENCES = _references()
