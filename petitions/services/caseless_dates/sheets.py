"""Sheets of report campaigns: asked for by a day and never signed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import exists, select

from config.database import read
from petitions.models import Agency, ReportCampaign, ReportSheet, SignedSheet
from petitions.models.reminders import Subject
from petitions.queries.report_readers import sheets_seen
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from workflows.vocabulary import Actor


def _sheets(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Unsigned ones of campaigns that stand. A moved day starts anew."""
    signed = exists().where(SignedSheet.sheet_id == ReportSheet.id)
    statement = (
        select(
            ReportSheet.id, ReportSheet.uid, ReportSheet.agency_id, ReportCampaign.due,
            ReportCampaign.name, Agency.name.label("agency"),
        )
        .join(ReportCampaign, ReportCampaign.id == ReportSheet.campaign_id)
        .join(Agency, Agency.id == ReportSheet.agency_id)
        .where(
            ~ReportSheet.consolidated,
            ReportCampaign.withdrawn_at.is_(None),
            ReportCampaign.due <= today + AHEAD,
            ~signed,
            *among(ReportSheet.id, ids),
        )
        .order_by(ReportSheet.id)
    )  # fmt: skip
    for row in read(statement):
        yield CaselessDate(
            id=row.id,
            version=row.due.toordinal(),
            due=row.due,
            agency_id=row.agency_id,
            step=Subject.CAMPAIGN,
            title=f"{row.name}, {row.agency}",
            path=f"/ky-bao-cao/bang/{row.uid}",
        )


def _sheets_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(select(ReportSheet.id).where(ReportSheet.id.in_(ids), sheets_seen(actor)))


SHEETS = Source(_sheets, _sheets_seen)
