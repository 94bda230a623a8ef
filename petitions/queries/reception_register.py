"""The register of reception (sổ tiếp công dân): every visit of an agency, masked where it is not seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visits_seen
from petitions.kept_words import case_key_of, read_back
from petitions.models import Agency, Case, ReceptionSession, User, Visit
from petitions.queries.reception_reach import people_by_visit, require_agency, told_day
from petitions.queries.reception_shapes import RegisterRow
from petitions.queries.visitors import Comer
from workflows.reception import Host, VisitState
from workflows.vocabulary import Actor

VISITS = Visit.__tablename__


def register_rows(
    actor: Actor, agency_id: int, day_from: date, day_to: date
) -> tuple[RegisterRow, ...]:
    """The register of reception of an agency: who was received on these days, both ends included.

    Visits this hat may not read stand in their place, masked. Raises ``NotFound`` for an agency out
    of reach.
    """
    require_agency(actor, agency_id)
    kept = (
        Visit.agency_id == agency_id,
        Visit.state.in_((VisitState.HEARD, VisitState.DONE)),
    )
    before: dict[int, int] = {}
    for year in range(day_from.year, day_to.year + 1):
        start = max(day_from, date(year, 1, 1))
        before[year] = int(
            db.session.scalar(
                select(func.count(Visit.id))
                .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
                .where(
                    *kept, ReceptionSession.day >= date(year, 1, 1), ReceptionSession.day < start
                )
            )
            or 0
        )
    custodian = aliased(Agency)
    rows = db.session.execute(
        select(
            *Visit.__table__.columns, visits_seen(actor).label("seen"), ReceptionSession.day,
            ReceptionSession.kind.label("session_kind"), ReceptionSession.manner,
            ReceptionSession.host, ReceptionSession.held_in_person,
            User.name.label("receiver"), Case.code.label("case_code"),
            Case.state.label("case_state"), custodian.name.label("case_agency"),
        )
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .join(User, User.id == func.coalesce(ReceptionSession.held_by_id, Visit.received_by))
        .outerjoin(Case, Case.id == Visit.case_id)
        .outerjoin(custodian, custodian.id == Case.agency_id)
        .where(*kept, ReceptionSession.day.between(day_from, day_to))
        .order_by(
            ReceptionSession.day, ReceptionSession.starts_at, ReceptionSession.id,
            Visit.queue_number,
        )
    ).all()  # fmt: skip
    seen = [row.id for row in rows if row.seen]
    persons = people_by_visit(seen, {row.id: row.wrapped for row in rows})
    found = []
    for row in rows:
        before[row.day.year] += 1
        found.append(_register_row(before[row.day.year], row, persons.get(row.id, ())))
    return tuple(found)


def _register_row(number: int, row: Any, persons: tuple[Comer, ...]) -> RegisterRow:
    words: Mapping[str, Any] = {}
    if row.seen:
        words = read_back(row, case_key_of(row.wrapped), VISITS, row.uid)
    seen = row.seen
    return RegisterRow(
        number=number, uid=row.uid, on=row.day, masked=not seen, confidential=row.confidential,
        host=Host.HEAD if row.held_in_person else row.host, session_kind=row.session_kind,
        session_manner=row.manner, received_by=row.receiver, persons=persons,
        people=row.people if seen else 1, turn=row.turn if seen else 1,
        kind=row.kind if seen or row.confidential else None, said=words.get("said", ""),
        exhausted_by=words.get("exhausted_by", ""), competent=row.competent if seen else None,
        outcome=row.outcome if seen else None, outcome_on=row.outcome_on if seen else None,
        answer=words.get("answer", ""), guided_to=words.get("guided_to", ""),
        document=row.document if seen else None,
        refusal_ground=row.refusal_ground if seen else None,
        refusal_due=row.refusal_due if seen else None,
        result_due=row.result_due if seen else None,
        result_told_on=row.result_told_on if seen else None,
        promised_on=told_day(words.get("promised_on")), contact=words.get("contact", ""),
        case_code=row.case_code if seen else None, case_state=row.case_state if seen else None,
        case_agency=row.case_agency if seen else None, language=row.language if seen else None,
        interpreter=row.interpreter if seen else False,
        fingerprint=row.fingerprint if seen else False, note=words.get("note", ""),
    )  # fmt: skip
