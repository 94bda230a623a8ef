"""Opening balances as pages show them: what a body declared, each with who, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, false, func, select, true

from config.database import read
from petitions.models import Agency, OpeningBalance, User
from petitions.queries.report_readers import SHEET_READERS
from petitions.queries.statistics.figures import READERS, Figure
from petitions.queries.statistics.stored import unpacked
from workflows.vocabulary import Actor


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration; ``last``: it is the one in force for its table and window."""

    agency: str
    spec: str
    table: str
    first: date
    until: date
    figures: Mapping[int, Figure]
    reason: str
    by: str
    at: datetime
    last: bool


def declarations(actor: Actor) -> tuple[Declaration, ...]:
    """Every declaration of the bodies in reach, the newest first, those replaced included."""
    reach: ColumnElement[bool]
    if actor.role not in SHEET_READERS:
        reach = false()
    elif actor.province_wide:
        reach = true()
    elif actor.role in READERS:
        reach = OpeningBalance.agency_id.in_(actor.agency_ids)
    else:
        reach = OpeningBalance.agency_id == actor.agency_id
    newest = func.max(OpeningBalance.id).over(
        partition_by=(
            OpeningBalance.agency_id,
            OpeningBalance.spec,
            OpeningBalance.name,
            OpeningBalance.first,
            OpeningBalance.last,
        )
    )
    rows = read(
        select(
            OpeningBalance.id, Agency.name.label("agency"), OpeningBalance.spec,
            OpeningBalance.name.label("table"), OpeningBalance.first, OpeningBalance.last,
            OpeningBalance.figures, OpeningBalance.reason, User.name.label("by"),
            OpeningBalance.declared_at, newest.label("newest"),
        )
        .join(Agency, Agency.id == OpeningBalance.agency_id)
        .join(User, User.id == OpeningBalance.declared_by)
        .where(reach)
        .order_by(OpeningBalance.id.desc())
    )  # fmt: skip
    return tuple(
        Declaration(
            agency=row.agency,
            spec=row.spec,
            table=row.table,
            first=row.first,
            until=row.last,
            figures=unpacked(row.figures),
            reason=row.reason,
            by=row.by,
            at=row.declared_at,
            last=row.id == row.newest,
        )
        for row in rows
    )
