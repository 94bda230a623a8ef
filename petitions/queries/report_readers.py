"""Who reads, prepares and signs sheets of statistical tables, and before whom they are counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import over_province_where
from petitions.models import Agency, Hat, ReportCampaign, ReportSheet
from petitions.queries.offices import in_force
from petitions.queries.statistics.figures import READERS, Readers
from workflows.transition import DISPATCH, LEADERS
from workflows.vocabulary import Actor, Role

PREPARERS = DISPATCH | {Role.INSPECTOR}
"""Roles that work on their own body's sheets."""
SHEET_READERS = PREPARERS | READERS


def sheets_seen(actor: Actor) -> ColumnElement[bool]:
    """Sheets this hat may open: of the own body; its leaders and clerks also those of bodies below
    and those their body asked for."""
    if actor.role not in SHEET_READERS:
        return false()
    if actor.province_wide:
        return true()
    if actor.role in READERS:
        asked = aliased(ReportCampaign)  # a statement may join the campaign itself
        of_own = select(asked.id).where(asked.agency_id == actor.agency_id)
        return or_(ReportSheet.agency_id.in_(actor.agency_ids), ReportSheet.campaign_id.in_(of_own))
    return ReportSheet.agency_id == actor.agency_id


def may_prepare(actor: Actor, agency_id: int) -> bool:
    """Whether this hat works on that body's sheets and sees them before they are signed."""
    return actor.role in PREPARERS and actor.agency_id == agency_id


def may_sign(actor: Actor, agency_id: int) -> bool:
    """Whether this hat signs that body's sheets: its leaders."""
    return actor.agency_id == agency_id and actor.role in LEADERS


def may_ask(actor: Actor) -> bool:
    """Whether this hat asks units for their tables: the province's inspectors, the inspectorate's leaders."""
    return actor.province_wide


def readers_of(agencies: Collection[int], today: date) -> Readers:
    """Everybody who may read what these bodies sign: their own people, who is above them, the
    province's inspectors. A sheet counts no case one of them is barred from."""
    above = (
        select(Agency.id, Agency.parent_id, Agency.successor_id)
        .where(Agency.id.in_(agencies))
        .cte("above", recursive=True)
    )
    upper = aliased(Agency)
    above = above.union(
        select(upper.id, upper.parent_id, upper.successor_id).join(
            above, or_(upper.id == above.c.parent_id, upper.id == above.c.successor_id)
        )
    )
    parent = aliased(Agency)
    provincial = over_province_where(Hat.role, Agency.kind, parent.kind)
    rows = read(
        select(Hat.user_id, Hat.agency_id, Hat.section_id)
        .join(Agency, Agency.id == Hat.agency_id)
        .outerjoin(parent, parent.id == Agency.parent_id)
        .where(
            in_force(Hat, today),
            or_(
                and_(Hat.agency_id.in_(agencies), Hat.role.in_(PREPARERS)),
                and_(Hat.agency_id.in_(select(above.c.id)), Hat.role.in_(READERS)),
                provincial,
            ),
        )
    ).all()
    return Readers(
        users=frozenset(row.user_id for row in rows),
        units=frozenset(
            unit for row in rows for unit in (row.agency_id, row.section_id) if unit is not None
        ),
    )
