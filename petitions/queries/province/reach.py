"""Whose figures a reader of the province's picture gets."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, true

from petitions.access import require_role, visible
from petitions.models import Case
from petitions.queries.fields import under_field_id
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Role

READERS = LEADERS | {Role.INSPECTOR}


def counted(actor: Actor) -> ColumnElement[bool]:
    """Cases a reader's figures may hold: of the province, or of the own body and those below.

    A case of another body that the reader sees because his own shares in it is no work of his.
    Raises ``Forbidden`` for other roles.
    """
    require_role(actor, *READERS)
    return and_(visible(actor), within(actor, Case.agency_id.expression))


def within(actor: Actor, agency_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a body is one the reader's figures speak of."""
    return true() if actor.province_wide else agency_id.in_(actor.agency_ids)


def under(field_id: int | None) -> ColumnElement[bool]:
    """Cases of a field or of one under it; every case where none is named."""
    if field_id is None:
        return true()
    return Case.field_id.in_(under_field_id(field_id))


def may_keep_periods(actor: Actor) -> bool:
    """Whether this hat keeps the sensitive periods: the province's inspectors, the inspectorate's leaders."""
    return actor.province_wide
