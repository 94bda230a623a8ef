"""Administrative units with their dates, former names, flags, outlines and neighbours."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key
from petitions.models.base import enum_type
from workflows.records import FormerPart, PlaceFlagKind


class Place(Base):
    """A province or commune while it exists; ``code`` is the official one with its leading zeros."""

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="life"),
        Index("ix_place_province", "province_id"),
        Index("ix_place_folded", "folded_name"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    folded_name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(40))
    province_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    merged_from: Mapped[str | None]
    imported: Mapped[bool] = mapped_column(default=False)


class FormerName(Base):
    """What a place was called before a merger: searchable, offered with how much of it came here."""

    __tablename__ = "former_name"
    __table_args__ = (
        UniqueConstraint("place_id", "folded_name", "part"),
        Index("ix_former_name_folded", "folded_name"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    name: Mapped[str] = mapped_column(String(160))
    folded_name: Mapped[str] = mapped_column(String(160))
    part: Mapped[FormerPart] = mapped_column(enum_type(FormerPart))


class PlaceFlag(Base):
    """A dated attribute of a commune: *remote* changes legal limits, *ethnic_minority* changes care."""

    __tablename__ = "place_flag"
    __table_args__ = (
        UniqueConstraint("place_id", "flag", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="life"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    flag: Mapped[PlaceFlagKind] = mapped_column(enum_type(PlaceFlagKind))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(255))


class PlaceOutline(Base):
    """Simplified outline of a place as GeoJSON coordinates."""

    __tablename__ = "place_outline"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    geometry: Mapped[dict[str, Any]] = mapped_column(JSON)


class PlaceNeighbour(Base):
    """Two communes whose outlines touch; stored both ways."""

    __tablename__ = "place_neighbour"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    neighbour_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)


class PlacePopulation(Base):
    """How many people live in a place, as an official list of that day says."""

    __tablename__ = "place_population"
    __table_args__ = (CheckConstraint("people > 0", name="people"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    people: Mapped[int]
