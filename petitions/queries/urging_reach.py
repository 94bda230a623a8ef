"""Which urging letters a hat may read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from petitions.access import barred, visible
from petitions.models import Case, UrgedCase, UrgingLetter
from workflows.transition import INTAKE, LEADERS, OVERSEERS
from workflows.vocabulary import Actor, Kind, Role

READERS = INTAKE | {Role.INSPECTOR}
ISSUERS = OVERSEERS
"""Who issues a letter and ends the waiting for its reply."""
REPLIERS = LEADERS | {Role.CLERK}
"""Who writes the reply of the urged body, or notes at the issuer's one that came on paper."""


def letters_seen(actor: Actor) -> ColumnElement[bool]:
    """Letters of and to the agencies in reach, as one condition.

    A letter that holds a case the person is shut out of is not there at all, with its other cases: a
    line left out would tell of itself. So is one about a denunciation for whoever does not see that
    case (Law on Denunciations art 56), also where it became one only after the letter.
    """
    if actor.role in {Role.ADMIN, Role.SUPERVISOR}:
        return false()
    reach: ColumnElement[bool] = (
        true()
        if actor.province_wide
        else or_(
            UrgingLetter.from_agency_id.in_(actor.agency_ids),
            UrgingLetter.to_agency_id.in_(actor.agency_ids),
        )
    )
    kept_from = (
        exists()
        .where(
            UrgedCase.letter_id == UrgingLetter.id,
            Case.id == UrgedCase.case_id,
            or_(
                barred(Case.id, actor.user_id, tuple(actor.unit_ids)),
                and_(Case.kind == Kind.DENUNCIATION, ~visible(actor)),
            ),
        )
        .correlate(UrgingLetter)
    )
    return and_(reach, ~kept_from)
