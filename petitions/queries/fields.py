"""The tree of fields of the matter, as conditions."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from petitions.models import Field


def under_field(code: str) -> Select[int]:
    """Ids of the field ``code`` and of every field under it."""
    parent, top = aliased(Field), aliased(Field)
    return (
        select(Field.id)
        .outerjoin(parent, parent.id == Field.parent_id)
        .outerjoin(top, top.id == parent.parent_id)
        .where(or_(Field.code == code, parent.code == code, top.code == code))
    )
