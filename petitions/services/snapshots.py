"""Sheets of statistical tables on their way to the signature: counted, completed by hand, confirmed,
and opened again for a correction."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from config.clock import local_day
from petitions.errors import Forbidden, NotAllowedNow, NotFound, Stale
from petitions.models import (
    Agency,
    ReportCampaign,
    ReportSheet,
    SheetTable,
)
from petitions.queries.report_campaigns import NO_SHEET, draft_line
from petitions.queries.report_readers import may_prepare, may_sign, readers_of, sheets_seen
from petitions.queries.statistics.columns_behind import columns_behind
from petitions.queries.statistics.figures import Figure, Report, Unit, Window, figures
from petitions.queries.statistics.openings import openings
from petitions.queries.statistics.spec import versions
from petitions.queries.statistics.stored import form_of, packed, report_of
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from workflows.report_campaigns import SheetState
from workflows.vocabulary import Actor

MOST = 1_000_000_000
"""The largest figure somebody may write by hand."""
LONGEST = 20
"""Digits looked at, zeros before a figure counted along."""
NOT_YOURS = "Chỉ người của đơn vị lập bảng mới làm được việc này."
NOT_YOUR_SIGNATURE = "Bảng do người đứng đầu hoặc cấp phó của đơn vị ký."
IS_SIGNED = "Bảng đã ký không sửa được; hãy lập bản đính chính."
IS_WITHDRAWN = "Đợt báo cáo này đã được rút lại."


@dataclass(frozen=True, slots=True)
class SheetGiven:
    """A body's own sheet as it is asked for."""

    spec: str
    tables: Sequence[str]
    first: date
    last: date


def open_own(given: SheetGiven, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Begin a sheet of the actor's own body outside any campaign; returns its uid.

    Raises ``Forbidden``, ``Invalid``.
    """

    def work(session: Session) -> str:
        if not may_prepare(actor, actor.agency_id):
            raise Forbidden(NOT_YOURS)
        faults: Faults = defaultdict(list)
        tables = chosen_tables(given.spec, given.tables, faults)
        if given.last < given.first:
            faults["last"].append("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.")
        refuse(faults)
        sheet = ReportSheet(
            uid=secrets.token_hex(16), agency_id=actor.agency_id, consolidated=False,
            spec=given.spec, first=given.first, last=given.last, tables=tables,
            state=SheetState.DRAFT, created_by=actor.user_id, created_at=now,
        )  # fmt: skip
        session.add(sheet)
        return sheet.uid

    return run_once(key, "report-sheet", actor, now, work)


def chosen_tables(spec: str, names: Sequence[str], faults: Faults) -> list[str]:
    """The tables of a version in their official order; what is wrong goes to ``faults``."""
    version = versions().get(spec)
    if version is None:
        faults["spec"].append("Không có mẫu biểu này.")
        return []
    unknown = [name for name in names if name not in version.tables]
    if unknown:
        faults["tables"].append(f"{version.name} không có biểu {', '.join(unknown)}.")
    found = [name for name in version.tables if name in names]
    if not found and not unknown:
        faults["tables"].append("Hãy chọn ít nhất một biểu.")
    return found


def count(uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Count the sheet's figures anew; what was written by hand stays, a confirmation does not.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``NotAllowedNow`` for a signed one.
    """

    def work(session: Session) -> str:
        sheet = worked_on(session, uid, version, actor)
        window, today = Window(sheet.first, sheet.last), local_day(now)
        asking = session.scalar(
            select(ReportCampaign.agency_id).where(ReportCampaign.id == sheet.campaign_id)
        )
        readers = readers_of({sheet.agency_id} | ({asking} if asking else set()), today)
        by_hand = {
            row.name: row.manual
            for row in session.execute(
                select(SheetTable.name, SheetTable.manual).where(SheetTable.sheet_id == sheet.id)
            )
        }
        rows = []
        for name in sheet.tables:
            table = versions()[sheet.spec].tables[name]
            report = figures(table, window, among={sheet.agency_id}, reader=readers)
            behind = columns_behind(table, window, sheet.agency_id, readers)
            rows.append(
                {
                    "sheet_id": sheet.id,
                    "name": name,
                    "computed": packed(report.lines[0].values if report.lines else {}),
                    "declared": packed(openings(table, window).get(sheet.agency_id, {})),
                    "manual": by_hand.get(name, {}),
                    "untold": {each.gap.name: each.number for each in report.untold},
                    "behind": {str(number): ids for number, ids in behind.items()},
                }
            )
        session.execute(delete(SheetTable).where(SheetTable.sheet_id == sheet.id))
        session.execute(insert(SheetTable), rows)
        sheet.counted_at = now
        _back_to_draft(sheet)
        return uid

    return run_once(key, f"report-count:{uid}", actor, now, work)


def write_by_hand(
    uid: str,
    table: str,
    typed: Mapping[int, str],
    *,
    zeros: bool = False,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Write the columns of a table that are not recorded; ``zeros`` fills what was left empty with 0.

    Raises ``Invalid`` at ``columns.<number>``, else as ``count``.
    """

    def work(session: Session) -> str:
        sheet = worked_on(session, uid, version, actor)
        row = session.get(SheetTable, (sheet.id, table))
        if row is None:
            raise NotFound(NO_SHEET)
        faults: Faults = defaultdict(list)
        manual: dict[int, Figure | None] = {}
        for column in versions()[sheet.spec].tables[table].columns:
            if not column.manual:
                continue
            value = figure_of(typed.get(column.number, ""), column.number, faults)
            if value is not None or zeros:
                manual[column.number] = value or 0
        refuse(faults)
        row.manual = packed(manual)
        _back_to_draft(sheet)
        return uid

    return run_once(key, f"report-by-hand:{uid}:{table}", actor, now, work)


def figure_of(text: str, column: int, faults: Faults) -> int | None:
    """A typed figure, thousands with or without points; None for nothing. What is none goes to ``faults``."""
    digits = text.strip().replace(".", "")
    if not digits:
        return None
    if digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST and int(digits) <= MOST:
        return int(digits)
    faults[f"columns.{column}"].append(f"Cột {column}: phải là số nguyên không âm.")
    return None


def confirm(uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None) -> str:
    """The unit's clerk or officer says that the figures are right and puts them before the head.

    Raises ``NotAllowedNow`` while something is missing or a hard identity is broken, else as ``count``.
    """

    def work(session: Session) -> str:
        sheet = worked_on(session, uid, version, actor)
        complete(session, sheet)
        sheet.state = SheetState.CONFIRMED
        sheet.confirmed_by, sheet.confirmed_at = actor.user_id, now
        touched(sheet)
        return uid

    return run_once(key, f"report-confirm:{uid}", actor, now, work)


def start_correction(
    uid: str, reason: str, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Open a signed sheet for a new edition; the signed one stands until the new one is signed.

    Raises ``Invalid`` at ``reason``, ``NotAllowedNow`` for one that is not signed, else as ``count``.
    """

    def work(session: Session) -> str:
        sheet = _held(session, uid, version, actor)
        if sheet.state is not SheetState.SIGNED or sheet.consolidated:
            raise NotAllowedNow("Chỉ đính chính bảng đã ký.")
        faults: Faults = defaultdict(list)
        sheet.reason = words(reason, "reason", 500, faults)
        refuse(faults)
        _back_to_draft(sheet)
        return uid

    return run_once(key, f"report-correct:{uid}", actor, now, work)


# --- rows ---------------------------------------------------------------------------------------


def _held(session: Session, uid: str, version: int, actor: Actor) -> ReportSheet:
    found = session.scalar(
        select(ReportSheet).where(ReportSheet.uid == uid, sheets_seen(actor)).with_for_update()
    )
    if found is None:
        raise NotFound(NO_SHEET)
    if not may_prepare(actor, found.agency_id):
        raise Forbidden(NOT_YOURS)
    if version != found.version:
        raise Stale(uid)
    return found


def worked_on(
    session: Session, uid: str, version: int, actor: Actor, *, signing: bool = False
) -> ReportSheet:
    """The sheet, locked, to be worked on (or signed). Raises as ``count``."""
    sheet = _held(session, uid, version, actor)
    if signing and not may_sign(actor, sheet.agency_id):
        raise Forbidden(NOT_YOUR_SIGNATURE)
    if sheet.state is SheetState.SIGNED or sheet.consolidated:
        raise NotAllowedNow(IS_SIGNED)
    withdrawn = session.scalar(
        select(ReportCampaign.withdrawn_at).where(ReportCampaign.id == sheet.campaign_id)
    )
    if withdrawn is not None:
        raise NotAllowedNow(IS_WITHDRAWN)
    return sheet


def _back_to_draft(sheet: ReportSheet) -> None:
    sheet.state = SheetState.DRAFT
    sheet.confirmed_by = sheet.confirmed_at = None
    touched(sheet)


def touched(sheet: ReportSheet) -> None:
    """A new version also where only the sheet's tables changed: who looked before looks again."""
    flag_modified(sheet, "state")


def complete(session: Session, sheet: ReportSheet) -> dict[str, SheetTable]:
    """The sheet's tables, fit to be signed. Raises ``NotAllowedNow``."""
    rows = {
        row.name: row
        for row in session.scalars(select(SheetTable).where(SheetTable.sheet_id == sheet.id))
    }
    if set(rows) != set(sheet.tables):
        raise NotAllowedNow("Hãy tính số liệu trước.")
    unit = unit_of(session, sheet.agency_id)
    window = Window(sheet.first, sheet.last)
    for name in sheet.tables:
        table = versions()[sheet.spec].tables[name]
        empty = [
            str(column.number)
            for column in table.columns
            if column.manual and rows[name].manual.get(str(column.number)) is None
        ]
        if empty:
            raise NotAllowedNow(
                f"Biểu {name}: cột {', '.join(empty)} phải ghi bằng tay; không có thì ghi 0."
            )
        counted = {str(column.number) for column in table.columns if column.measure is not None}
        if rows[name].computed and not counted <= rows[name].computed.keys():
            raise NotAllowedNow(f"Mẫu biểu {name} đã có thêm cột; hãy tính lại số liệu.")
    holds(
        report_of(
            form_of(versions()[sheet.spec].tables[name]),
            sheet.spec,
            window,
            [draft_line(unit, rows[name])],
        )
        for name in sheet.tables
    )
    return rows


def holds(reports: Iterable[Report]) -> None:
    """Raise ``NotAllowedNow`` where an identity is broken that the form does not break itself."""
    for report in reports:
        for each in report.broken:
            if not each.identity.soft:
                raise NotAllowedNow(
                    f"Biểu {report.table.id}, {each.unit.name}: {each.identity.text} không khớp "
                    f"({each.left} ≠ {each.right}); chưa ký được."
                )


def unit_of(session: Session, agency_id: int) -> Unit:
    """The unit whose line it is."""
    return Unit(
        *session.execute(
            select(Agency.id, Agency.code, Agency.name).where(Agency.id == agency_id)
        ).one()
    )
