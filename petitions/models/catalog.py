"""Fields of the matter (a dated three-level tree) and land-recovery projects."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key


class Field(Base):
    """A field (lĩnh vực) at level 1, 2 or 3; ``statistic`` names the column group of the official tables."""

    __tablename__ = "field"
    __table_args__ = (
        CheckConstraint("level IN (1, 2, 3)", name="level"),
        CheckConstraint("(level = 1) = (parent_id IS NULL)", name="root"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    level: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("field.id"))
    statistic: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    imported: Mapped[bool] = mapped_column(default=False)


class Project(Base):
    """A land-recovery project whose cases belong together."""

    __tablename__ = "project"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="life"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    decision: Mapped[str] = mapped_column(String(160), default="")
    lead_agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class ProjectPlace(Base):
    """A commune the project touches."""

    __tablename__ = "project_place"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
