"""How far reception is read: whose sessions, and the people of visits already known to be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from config.database import db
from petitions.errors import NotFound
from petitions.kept_words import case_key_of
from petitions.models import ReceptionSession, Visitor
from petitions.queries.visitors import Comer, people_of
from workflows.transition import INTAKE
from workflows.vocabulary import Actor, Role

READERS = INTAKE | {Role.INSPECTOR}
"""Who reads reception: the desk, the leaders, inspectors."""
NO_SESSION = "Không tìm thấy buổi tiếp công dân này, hoặc bạn không có quyền xem."


def sessions_seen(actor: Actor) -> ColumnElement[bool]:
    """Sessions of the agencies this hat reaches."""
    if actor.role not in READERS:
        return false()
    if actor.province_wide:
        return true()
    return ReceptionSession.agency_id.in_(actor.agency_ids)


def require_agency(actor: Actor, agency_id: int) -> None:
    """Raise ``NotFound`` for an agency whose reception this hat does not read."""
    reached = actor.province_wide or agency_id in actor.agency_ids
    if actor.role not in READERS or not reached:
        raise NotFound(NO_SESSION)


def people_by_visit(
    ids: Sequence[int], wrapped: Mapping[int, bytes | None]
) -> dict[int, tuple[Comer, ...]]:
    """The people of visits already known to be seen, opened, by the visit's id."""
    if not ids:
        return {}
    rows: defaultdict[int, list[Visitor]] = defaultdict(list)
    for row in db.session.execute(
        select(*Visitor.__table__.columns)
        .where(Visitor.visit_id.in_(ids))
        .order_by(Visitor.visit_id, Visitor.ordinal)
    ):
        rows[row.visit_id].append(row)  # type: ignore[arg-type]
    return {each: people_of(rows[each], case_key_of(wrapped[each])) for each in rows}


def told_day(text: Any) -> date | None:
    """A day kept among words."""
    return date.fromisoformat(text) if text else None
