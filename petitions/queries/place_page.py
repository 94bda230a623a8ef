"""One place with its former names and dated flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.errors import NotFound
from petitions.models import FormerName, Place, PlaceFlag
from workflows.records import FormerPart, PlaceFlagKind


@dataclass(frozen=True, slots=True)
class FlagShown:
    """A dated attribute of a place with the document it rests on."""

    flag: PlaceFlagKind
    valid_from: date
    valid_to: date | None
    source: str


@dataclass(frozen=True, slots=True)
class PlacePage:
    """A place as it is known."""

    code: str
    name: str
    kind: str
    province: str | None
    valid_from: date
    valid_to: date | None
    formers: tuple[tuple[str, FormerPart], ...]
    flags: tuple[FlagShown, ...]


def place_page(code: str) -> PlacePage:
    """The place ``code``. Raises ``NotFound``."""
    province = aliased(Place)
    row = db.session.execute(
        select(Place, province.name.label("province"))
        .outerjoin(province, province.id == Place.province_id)
        .where(Place.code == code)
    ).one_or_none()
    if row is None:
        raise NotFound("Không có địa bàn này.")
    place: Place = row.Place
    formers = db.session.execute(
        select(FormerName.name, FormerName.part)
        .where(FormerName.place_id == place.id)
        .order_by(FormerName.folded_name, FormerName.part)
    )
    flags = db.session.execute(
        select(PlaceFlag.flag, PlaceFlag.valid_from, PlaceFlag.valid_to, PlaceFlag.source)
        .where(PlaceFlag.place_id == place.id)
        .order_by(PlaceFlag.flag, PlaceFlag.valid_from)
    )
    return PlacePage(
        code=place.code,
        name=place.name,
        kind=place.kind,
        province=row.province,
        valid_from=place.valid_from,
        valid_to=place.valid_to,
        formers=tuple((each.name, each.part) for each in formers),
        flags=tuple(
            FlagShown(each.flag, each.valid_from, each.valid_to, each.source) for each in flags
        ),
    )
