"""Reports of the calendar that were not sent yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import select

from config.database import read
from petitions.models import Agency, ReportDuty, ReportTurn
from petitions.models.reminders import Subject
from petitions.queries.reporting import turns_seen
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from workflows.vocabulary import Actor


def _reports(today: date, ids: Ids) -> Iterator[CaselessDate]:
    statement = (
        select(
            ReportTurn.id, ReportTurn.due, ReportTurn.agency_id,
            ReportDuty.name, Agency.name.label("agency"),
        )
        .join(ReportDuty, ReportDuty.id == ReportTurn.duty_id)
        .join(Agency, Agency.id == ReportTurn.agency_id)
        .where(
            ReportTurn.sent_on.is_(None),
            ReportTurn.due <= today + AHEAD,
            *among(ReportTurn.id, ids),
        )
        .order_by(ReportTurn.id)
    )  # fmt: skip
    for row in read(statement):
        yield CaselessDate(
            id=row.id,
            version=row.due.toordinal(),
            due=row.due,
            agency_id=row.agency_id,
            step=Subject.REPORT,
            title=f"{row.name}, {row.agency}",
            path=f"/bao-cao-dinh-ky?nam={row.due.year}",
        )


def _reports_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(select(ReportTurn.id).where(ReportTurn.id.in_(ids), turns_seen(actor)))


REPORTS = Source(_reports, _reports_seen)
