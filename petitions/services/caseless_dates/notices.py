"""Notices owed to a visitor: the refusal, and what came of the visit."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from config.database import read
from petitions.access import visits_seen
from petitions.models import ReceptionPaper, ReceptionSession, Visit
from petitions.queries.reception_papers import REFUSAL
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from petitions.text import vn_date
from workflows.reception import NoticeState, VisitOutcome
from workflows.vocabulary import Actor, Step


def _refusals(today: date, ids: Ids) -> Iterator[CaselessDate]:
    signed = exists().where(
        ReceptionPaper.visit_id == Visit.id,
        ReceptionPaper.form_key == REFUSAL,
        ReceptionPaper.state == NoticeState.SIGNED,
    )
    owed = (Visit.outcome == VisitOutcome.REFUSED, ~signed)
    return _visits(Visit.refusal_due, Step.REFUSAL_NOTICE, today, ids, *owed)


def _results(today: date, ids: Ids) -> Iterator[CaselessDate]:
    owed = Visit.result_told_on.is_(None)
    return _visits(Visit.result_due, Step.RESULT_NOTICE, today, ids, owed)


def _visits(
    due: Any, step: Step, today: date, ids: Ids, *owed: ColumnElement[bool]
) -> Iterator[CaselessDate]:
    statement = (
        select(
            Visit.id, Visit.uid, Visit.queue_number, Visit.agency_id, Visit.received_by,
            Visit.confidential, Visit.case_id, ReceptionSession.day, due.label("due"),
        )
        .join(ReceptionSession, ReceptionSession.id == Visit.session_id)
        .where(due.is_not(None), due <= today + AHEAD, *owed, *among(Visit.id, ids))
        .order_by(Visit.id)
    )  # fmt: skip
    for row in read(statement):
        yield CaselessDate(
            id=row.id,
            version=row.due.toordinal(),
            due=row.due,
            agency_id=row.agency_id,
            step=step,
            title=f"Lượt tiếp số {row.queue_number} ngày {vn_date(row.day)}",
            path=f"/tiep-cong-dan/luot/{row.uid}",
            secret=row.confidential,
            officer_id=row.received_by,
            trusted=frozenset({row.received_by}),
            case_id=row.case_id,
            as_the_case=True,
        )


def _visits_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(select(Visit.id).where(Visit.id.in_(ids), visits_seen(actor)))


REFUSALS = Source(_refusals, _visits_seen)
RESULTS = Source(_results, _visits_seen)
