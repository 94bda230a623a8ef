"""The tree of fields of the matter, as conditions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from petitions.models import Field


def under_field(code: str) -> Select[int]:
    """Ids of the field ``code`` and of every field under it."""
    named = aliased(Field)
    return under_field_id(select(named.id).where(named.code == code).scalar_subquery())


def under_field_id(top: Any) -> Select[int]:
    """Ids of the field ``top`` (an id, or an expression of one) and of every field under it."""
    parent = aliased(Field)
    return (
        select(Field.id)
        .outerjoin(parent, parent.id == Field.parent_id)
        .where(or_(Field.id == top, Field.parent_id == top, parent.parent_id == top))
    )
