"""Shared column types of the case file's tables."""

from __future__ import annotations

from datetime import date
from enum import Enum as PyEnum

from sqlalchemy import Enum

FAR = date(9999, 12, 31)
"""Stands where no date is set yet in columns that lists are ordered by."""


def enum_type(members: type[PyEnum], name: str | None = None) -> Enum:
    """Store an enum by its value, refused by the database when unknown.

    ``name`` tells the constraint apart where a table has two columns of one enum.
    """
    return Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda cls: [str(member.value) for member in cls],
        name=name or members.__name__.lower(),
    )
