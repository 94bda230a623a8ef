"""Report campaigns and sheets: who was asked for which tables, what was signed, who is late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from config.clock import local_day
from config.database import read
from petitions.errors import NotFound
from petitions.models import (
    Agency,
    ReportCampaign,
    ReportDuty,
    ReportSheet,
    SheetTable,
    SignedSheet,
    SignedTable,
    User,
)
from petitions.queries.report_readers import may_ask, may_prepare, sheets_seen
from petitions.queries.report_shapes import (
    Campaign,
    CampaignLine,
    Edition,
    Sheet,
    SheetLine,
    SignedChoice,
)
from petitions.queries.statistics.columns_behind import behind_of
from petitions.queries.statistics.figures import Report, Unit, Window
from petitions.queries.statistics.spec import versions
from petitions.queries.statistics.stored import form_of, report_of, signed_digest
from workflows.report_campaigns import SENT, SheetStanding, SheetState, standing_of
from workflows.vocabulary import Actor

NO_CAMPAIGN = "Không tìm thấy đợt báo cáo này, hoặc bạn không có quyền xem."
NO_SHEET = "Không tìm thấy bảng số liệu này, hoặc bạn không có quyền xem."
NOT_SIGNED = "Bảng này chưa được ký."


@dataclass(frozen=True, slots=True)
class SignedTables:
    """What one signature covers; ``sources`` tell of a consolidated one which sheet and edition of each
    unit (by id) it took."""

    sheet_uid: str
    edition: int
    agency_id: int
    agency: str
    window: Window
    spec: str
    spec_name: str
    consolidated: bool
    signed_by: str
    signed_at: datetime
    reason: str
    digest: str
    missing: tuple[str, ...]
    tables: Mapping[str, Report]
    sources: Mapping[int, tuple[str, int]]


def campaigns(actor: Actor, today: date) -> tuple[CampaignLine, ...]:
    """Campaigns that ask a body in reach, the latest due first."""
    rows = read(
        _SHEETS.where(sheets_seen(actor), ReportSheet.campaign_id.is_not(None)).order_by(
            ReportCampaign.due.desc(), ReportCampaign.id.desc()
        )
    ).all()
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.campaign_uid].append(row)
    found = []
    for uid, sheets in grouped.items():
        first = sheets[0]
        units = [_line(each, today) for each in sheets if not each.consolidated]
        found.append(
            CampaignLine(
                uid=uid,
                name=first.campaign,
                window=Window(first.first, first.last),
                due=first.due,
                agency=first.asking,
                asked=len(units),
                sent=sum(each.standing in SENT for each in units),
                late=sum(each.standing is SheetStanding.LATE for each in units),
                consolidated_at=next((each.sent_at for each in sheets if each.consolidated), None),
                withdrawn_at=first.withdrawn_at,
            )
        )
    return tuple(found)


def own_sheets(actor: Actor, today: date) -> tuple[SheetLine, ...]:
    """The sheets of the actor's own body, those still to be sent first."""
    if not may_prepare(actor, actor.agency_id):
        return ()
    rows = read(
        _SHEETS.where(
            ReportSheet.agency_id == actor.agency_id,
            ~ReportSheet.consolidated,
            ReportCampaign.withdrawn_at.is_(None),
        ).order_by(ReportSheet.last.desc(), ReportSheet.id.desc())
    )
    found = [_line(row, today) for row in rows]
    return tuple(
        sorted(
            found, key=lambda each: (each.state is SheetState.SIGNED, each.due or each.window.last)
        )
    )


def campaign(actor: Actor, uid: str, today: date) -> Campaign:
    """A campaign with the sheets in reach. Raises ``NotFound`` where none is."""
    head = read(
        select(
            ReportCampaign.uid, ReportCampaign.version, ReportCampaign.name, ReportCampaign.spec,
            ReportCampaign.first, ReportCampaign.last, ReportCampaign.due, ReportCampaign.tables,
            ReportCampaign.agency_id, Agency.name.label("agency"), ReportDuty.name.label("duty"),
            ReportCampaign.withdrawn_at, ReportCampaign.withdrawn_reason,
        )
        .join(Agency, Agency.id == ReportCampaign.agency_id)
        .outerjoin(ReportDuty, ReportDuty.id == ReportCampaign.duty_id)
        .where(ReportCampaign.uid == uid)
    ).one_or_none()  # fmt: skip
    rows = read(
        _SHEETS.where(sheets_seen(actor), ReportCampaign.uid == uid).order_by(
            Agency.name, ReportSheet.id
        )
    ).all()
    if head is None or not rows:
        raise NotFound(NO_CAMPAIGN)
    return Campaign(
        uid=head.uid,
        version=head.version,
        name=head.name,
        spec=head.spec,
        window=Window(head.first, head.last),
        due=head.due,
        tables=tuple(head.tables),
        agency_id=head.agency_id,
        agency=head.agency,
        duty=head.duty,
        sheets=tuple(_line(row, today) for row in rows if not row.consolidated),
        consolidated=next((row.uid for row in rows if row.consolidated), None),
        withdrawn_at=head.withdrawn_at,
        withdrawn_reason=head.withdrawn_reason,
    )


def sheet(actor: Actor, uid: str) -> Sheet:
    """One sheet with its signatures. Raises ``NotFound``."""
    row = read(_SHEETS.where(ReportSheet.uid == uid, sheets_seen(actor))).one_or_none()
    if row is None:
        raise NotFound(NO_SHEET)
    return Sheet(
        uid=row.uid,
        version=row.version,
        unit=Unit(row.agency_id, row.agency_code, row.agency),
        consolidated=row.consolidated,
        spec=row.spec,
        window=Window(row.first, row.last),
        tables=tuple(row.tables),
        state=row.state,
        reason=row.reason,
        counted_at=row.counted_at,
        confirmed_by=row.confirmed_by,
        campaign=row.campaign,
        campaign_uid=row.campaign_uid,
        due=row.due,
        withdrawn=row.withdrawn_at is not None,
        works=(
            actor.agency_id == row.agency_id and may_ask(actor)
            if row.consolidated
            else may_prepare(actor, row.agency_id)
        ),
        editions=_editions(row.id),
    )


def signed_tables(actor: Actor, sheet_uid: str, edition: int | None = None) -> SignedTables:
    """The tables of a sheet as they were signed, the last time or under ``edition``.

    Raises ``NotFound`` for a sheet out of reach, and for one that was not signed.
    """
    found = sheet(actor, sheet_uid)
    signed = next((each for each in found.editions if edition in {None, each.number}), None)
    if signed is None:
        raise NotFound(NOT_SIGNED)
    rows = read(
        select(SignedTable.name, SignedTable.form, SignedTable.lines)
        .join(SignedSheet, SignedSheet.id == SignedTable.signed_id)
        .where(SignedSheet.uid == signed.uid)
        .order_by(SignedTable.place)
    ).all()
    return SignedTables(
        sheet_uid=found.uid,
        edition=signed.number,
        agency_id=found.unit.id,
        agency=found.unit.name,
        window=found.window,
        spec=found.spec,
        spec_name=versions()[found.spec].name,
        consolidated=found.consolidated,
        signed_by=signed.signed_by,
        signed_at=signed.signed_at,
        reason=signed.reason,
        digest=signed.digest,
        missing=signed.missing,
        tables={row.name: report_of(row.form, found.spec, found.window, row.lines) for row in rows},
        sources=sources_of(line for row in rows for line in row.lines),
    )


def sources_of(lines: Iterable[Mapping[str, Any]]) -> dict[int, tuple[str, int]]:
    """The sheet and edition each line of a consolidated table was taken from, by unit."""
    return {line["unit"]: (line["sheet"], line["edition"]) for line in lines if line.get("sheet")}


def signed_choices(actor: Actor) -> tuple[SignedChoice, ...]:
    """Sheets in reach that were signed, the latest window first, the consolidated before the units'."""
    rows = read(
        _SHEETS.where(sheets_seen(actor), _SENT_AT.is_not(None)).order_by(
            ReportSheet.last.desc(), ReportSheet.consolidated.desc(), Agency.name, ReportSheet.id
        )
    )
    return tuple(
        SignedChoice(
            uid=row.uid,
            edition=row.editions,
            agency_id=row.agency_id,
            agency=row.agency,
            window=Window(row.first, row.last),
            consolidated=row.consolidated,
            campaign=row.campaign,
            signed_at=row.sent_at,
        )
        for row in rows
    )


def digest_stands(found: Sheet, edition: Edition) -> bool:
    """Whether the rows of a signature are still those it was put under."""
    rows = read(
        select(SignedTable.name, SignedTable.form, SignedTable.lines, SignedTable.behind)
        .join(SignedSheet, SignedSheet.id == SignedTable.signed_id)
        .where(SignedSheet.uid == edition.uid)
        .order_by(SignedTable.place)
    ).all()
    tables = [(row.name, row.form, row.lines, row.behind) for row in rows]
    made = signed_digest(found.spec, found.window, edition.number, tables, edition.missing)
    return made == edition.digest


def draft_tables(found: Sheet) -> Mapping[str, Report]:
    """The tables a body works on, as counted last, with what it wrote by hand. Nothing before a count."""
    kept = {row.name: row for row in read(_DRAFT.where(ReportSheet.uid == found.uid))}
    return {
        name: report_of(
            form_of(found.table(name)),
            found.spec,
            found.window,
            [draft_line(found.unit, kept[name])],
        )
        for name in found.tables
        if name in kept
    }


def draft_line(unit: Unit, row: Any) -> dict[str, Any]:
    """A line as it is worked on, in the shape it is signed in."""
    return {
        "unit": unit.id,
        "code": unit.code,
        "name": unit.name,
        "computed": row.computed,
        "declared": row.declared,
        "manual": row.manual,
        "untold": row.untold,
    }


def case_ids_behind(found: Sheet, table: str, number: int, edition: int | None) -> list[int]:
    """Ids of the cases a column counted: when it was signed under ``edition``, or in the draft.

    Of a consolidated sheet, the cases of every unit whose figures it took. They are ids only: whoever
    lists them asks what the reader may open.
    """
    if edition is None:
        row = read(
            _DRAFT.where(ReportSheet.uid == found.uid, SheetTable.name == table)
        ).one_or_none()
    else:
        row = read(
            select(SignedTable.behind)
            .join(SignedSheet, SignedSheet.id == SignedTable.signed_id)
            .where(
                SignedTable.name == table,
                SignedSheet.uid.in_(
                    [each.uid for each in found.editions if each.number == edition]
                ),
            )
        ).one_or_none()
    return [] if row is None else behind_of(found.table(table), number, row.behind)


# --- rows ---------------------------------------------------------------------------------------


_asking, _confirmer = aliased(Agency), aliased(User)
_SENT_AT = (
    select(func.min(SignedSheet.signed_at))
    .where(SignedSheet.sheet_id == ReportSheet.id)
    .correlate(ReportSheet)
    .scalar_subquery()
)
_EDITIONS = (
    select(func.count(SignedSheet.id))
    .where(SignedSheet.sheet_id == ReportSheet.id)
    .correlate(ReportSheet)
    .scalar_subquery()
)
_SHEETS = (
    select(
        ReportSheet.id, ReportSheet.uid, ReportSheet.version, ReportSheet.agency_id,
        ReportSheet.consolidated, ReportSheet.spec, ReportSheet.first, ReportSheet.last,
        ReportSheet.tables, ReportSheet.state, ReportSheet.reason, ReportSheet.counted_at,
        Agency.code.label("agency_code"), Agency.name.label("agency"),
        ReportCampaign.uid.label("campaign_uid"), ReportCampaign.name.label("campaign"),
        ReportCampaign.due, ReportCampaign.withdrawn_at, _asking.name.label("asking"),
        _confirmer.name.label("confirmed_by"), _SENT_AT.label("sent_at"),
        _EDITIONS.label("editions"),
    )
    .join(Agency, Agency.id == ReportSheet.agency_id)
    .outerjoin(ReportCampaign, ReportCampaign.id == ReportSheet.campaign_id)
    .outerjoin(_asking, _asking.id == ReportCampaign.agency_id)
    .outerjoin(_confirmer, _confirmer.id == ReportSheet.confirmed_by)
)  # fmt: skip
_DRAFT = select(
    SheetTable.name,
    SheetTable.computed,
    SheetTable.declared,
    SheetTable.manual,
    SheetTable.untold,
    SheetTable.behind,
).join(ReportSheet, ReportSheet.id == SheetTable.sheet_id)


def _line(row: Any, today: date) -> SheetLine:
    sent_on = None if row.sent_at is None else local_day(row.sent_at)
    return SheetLine(
        uid=row.uid,
        unit=Unit(row.agency_id, row.agency_code, row.agency),
        state=row.state,
        window=Window(row.first, row.last),
        campaign=row.campaign,
        due=row.due,
        sent_at=row.sent_at,
        editions=row.editions,
        standing=None if row.due is None else standing_of(row.due, sent_on, today),
    )


def _editions(sheet_id: int) -> tuple[Edition, ...]:
    preparer, signer = aliased(User), aliased(User)
    rows = read(
        select(
            SignedSheet.uid, SignedSheet.edition, SignedSheet.reason, SignedSheet.missing,
            SignedSheet.digest, SignedSheet.counted_at, preparer.name.label("prepared"),
            signer.name.label("signed"), SignedSheet.signed_at,
        )
        .join(preparer, preparer.id == SignedSheet.prepared_by)
        .join(signer, signer.id == SignedSheet.signed_by)
        .where(SignedSheet.sheet_id == sheet_id)
        .order_by(SignedSheet.edition.desc())
    )  # fmt: skip
    return tuple(
        Edition(
            uid=row.uid,
            number=row.edition,
            reason=row.reason,
            missing=tuple(row.missing),
            digest=row.digest,
            counted_at=row.counted_at,
            prepared_by=row.prepared,
            signed_by=row.signed,
            signed_at=row.signed_at,
        )
        for row in rows
    )
