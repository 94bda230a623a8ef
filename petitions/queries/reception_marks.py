"""What the register of reception needs beside its rows: who received, and which visits stay secret on paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from config.database import db
from petitions.access import visits_seen
from petitions.models import ReceptionSession, Visit
from petitions.queries.reception_reach import require_agency
from workflows.reception import Host
from workflows.vocabulary import Actor, Kind


@dataclass(frozen=True, slots=True)
class Mark:
    """Of one visit: who received, whether it is confidential, and what kind of petition it was.

    The kind of a confidential visit is told to everybody: a register says "tố cáo" without saying whose.
    That of a visit masked because its case is shut to the reader is not.
    """

    host: Host
    confidential: bool
    kind: Kind | None


def register_marks(
    actor: Actor, agency_id: int, day_from: date, day_to: date
) -> Mapping[str, Mark]:
    """The marks of an agency's visits on these days by uid. Raises ``NotFound`` as ``register_rows``."""
    require_agency(actor, agency_id)
    rows = db.session.execute(
        select(
            Visit.uid,
            Visit.confidential,
            Visit.kind,
            ReceptionSession.host,
            ReceptionSession.held_in_person,
            visits_seen(actor).label("seen"),
        )
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .where(Visit.agency_id == agency_id, ReceptionSession.day.between(day_from, day_to))
    )
    return {
        row.uid: Mark(
            Host.HEAD if row.held_in_person else row.host,
            row.confidential,
            row.kind if row.seen or row.confidential else None,
        )
        for row in rows
    }
