"""Reference data shipped as files: seeds for the calendar and the tree of fields.

The files seed, the tables rule: what an office changed is never overwritten.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from petitions.models import CalendarDay, CalendarYear, Field
from workflows.calendar_files import load_calendar


def seed(session: Session, folder: Path) -> None:
    """Add the years and fields of ``folder`` that the database does not know yet."""
    _seed_calendar(session, sorted((folder / "calendar").glob("*.toml")))
    _seed_fields(session, folder / "catalog" / "fields.toml")


def _seed_calendar(session: Session, paths: Iterable[Path]) -> None:
    known = set(session.scalars(select(CalendarYear.year)))
    fresh = [year for year in load_calendar(paths).years.values() if year.year not in known]
    if not fresh:
        return
    session.execute(
        insert(CalendarYear),
        [{"year": year.year, "status": year.status.value, "source": year.source} for year in fresh],
    )
    session.execute(
        insert(CalendarDay),
        [
            {"day": each.day, "year": year.year, "type": each.type.value, "note": each.note}
            for year in fresh
            for each in year.days
        ],
    )


def _seed_fields(session: Session, path: Path) -> None:
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    known = {code: field_id for code, field_id in session.execute(select(Field.code, Field.id))}
    _add_fields(session, document["field"], None, 1, "other", document["valid_from"], known)


def _add_fields(
    session: Session,
    rows: Iterable[Mapping[str, Any]],
    parent_id: int | None,
    level: int,
    statistic: str,
    valid_from: date,
    known: dict[str, int],
) -> None:
    for row in rows:
        counted_as = row.get("statistic", statistic)
        if row["code"] not in known:
            field = Field(
                code=row["code"],
                name=row["name"],
                level=level,
                parent_id=parent_id,
                statistic=counted_as,
                valid_from=valid_from,
            )
            session.add(field)
            session.flush()
            known[field.code] = field.id
        _add_fields(
            session,
            row.get("child", ()),
            known[row["code"]],
            level + 1,
            counted_as,
            valid_from,
            known,
        )
