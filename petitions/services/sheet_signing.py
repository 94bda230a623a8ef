"""Signing sheets and their sum: what was signed is written once, into tables nobody can change.

Whoever signs signs the figures of the page: the version, or of a sum the digest, the page was drawn
from has to be the one that is kept.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Forbidden, NotAllowedNow, NotFound, Stale
from petitions.models import (
    ReportCampaign,
    ReportSheet,
    ReportTurn,
    SignedSheet,
    SignedTable,
)
from petitions.queries.consolidation import consolidation
from petitions.queries.report_campaigns import NO_SHEET, campaign, draft_line
from petitions.queries.report_readers import may_sign
from petitions.queries.statistics.figures import Window
from petitions.queries.statistics.spec import versions
from petitions.queries.statistics.stored import form_of, signed_digest
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from petitions.services.snapshots import (
    IS_WITHDRAWN,
    NOT_YOUR_SIGNATURE,
    complete,
    holds,
    touched,
    unit_of,
    worked_on,
)
from petitions.text import vn_date
from workflows.report_campaigns import SheetState
from workflows.vocabulary import Actor


def sign(uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Sign the figures of the page; of a campaign they are sent by it. What was signed never changes.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, and ``NotAllowedNow`` before the window has ended,
    while something is missing or a hard identity is broken.
    """

    def work(session: Session) -> str:
        sheet = worked_on(session, uid, version, actor, signing=True)
        rows = complete(session, sheet)
        _ended(sheet.last, now)
        unit = unit_of(session, sheet.agency_id)
        tables = [
            (
                name,
                form_of(versions()[sheet.spec].tables[name]),
                [draft_line(unit, rows[name])],
                rows[name].behind,
            )
            for name in sheet.tables
        ]
        assert sheet.counted_at is not None
        _write(
            session, sheet, tables, missing=(), counted_at=sheet.counted_at,
            prepared_by=sheet.confirmed_by or actor.user_id, actor=actor, now=now,
        )  # fmt: skip
        _tick_calendar(session, sheet, actor, now)
        return uid

    return run_once(key, f"report-sign:{uid}", actor, now, work)


def sign_consolidated(
    campaign_uid: str,
    seen: str,
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Sign the sum of what the units sent; ``seen`` is the digest of the sum on the page.

    A further signature is a correction and needs its ``reason``. Raises ``Stale`` when a unit signed
    meanwhile, ``Invalid`` at ``reason``, ``NotAllowedNow`` when nothing came, the window has not
    ended, or a hard identity is broken.
    """
    today = local_day(now)

    def work(session: Session) -> str:
        found = campaign(actor, campaign_uid, today)
        if found.consolidated is None:
            raise NotFound(NO_SHEET)
        sheet = session.scalars(
            select(ReportSheet).where(ReportSheet.uid == found.consolidated).with_for_update()
        ).one()
        if not may_sign(actor, sheet.agency_id):
            raise Forbidden(NOT_YOUR_SIGNATURE)
        if found.withdrawn_at is not None:
            raise NotAllowedNow(IS_WITHDRAWN)
        summed = consolidation(found, today)
        if len(found.missing) == len(found.sheets):
            raise NotAllowedNow("Chưa có đơn vị nào gửi số liệu.")
        if summed.digest != seen:
            raise Stale(campaign_uid)
        _ended(sheet.last, now)
        holds(report for report in summed.reports.values())
        faults: Faults = defaultdict(list)
        corrects = _last_edition(session, sheet.id) > 0
        sheet.reason = words(reason, "reason", 500, faults, required=corrects)
        refuse(faults)
        _write(
            session,
            sheet,
            [(each.name, each.form, each.lines, each.behind) for each in summed.tables.values()],
            missing=summed.missing, counted_at=now, prepared_by=actor.user_id, actor=actor, now=now,
        )  # fmt: skip
        return sheet.uid

    return run_once(key, f"report-consolidate:{campaign_uid}", actor, now, work)


# --- rows ---------------------------------------------------------------------------------------


def _ended(last: date, now: datetime) -> None:
    if local_day(now) < last:
        raise NotAllowedNow(f"Kỳ số liệu đến hết ngày {vn_date(last)}; chưa ký được trước ngày đó.")


def _last_edition(session: Session, sheet_id: int) -> int:
    return (
        session.scalar(
            select(func.max(SignedSheet.edition)).where(SignedSheet.sheet_id == sheet_id)
        )
        or 0
    )


def _write(
    session: Session,
    sheet: ReportSheet,
    tables: Sequence[tuple[str, Mapping[str, Any], list[dict[str, Any]], Mapping[str, list[int]]]],
    *,
    missing: Sequence[str],
    counted_at: datetime,
    prepared_by: int,
    actor: Actor,
    now: datetime,
) -> None:
    """The signed rows, once and for all."""
    edition = _last_edition(session, sheet.id) + 1
    signed_id = session.scalar(
        insert(SignedSheet)
        .values(
            uid=secrets.token_hex(16), sheet_id=sheet.id, edition=edition, spec=sheet.spec,
            first=sheet.first, last=sheet.last, reason=sheet.reason, missing=list(missing),
            digest=signed_digest(sheet.spec, Window(sheet.first, sheet.last), edition, tables, missing),
            counted_at=counted_at, prepared_by=prepared_by, signed_by=actor.user_id, signed_at=now,
        )
        .returning(SignedSheet.id)
    )  # fmt: skip
    session.execute(
        insert(SignedTable),
        [
            {
                "signed_id": signed_id, "name": name, "place": place, "form": form,
                "lines": lines, "behind": behind,
            }
            for place, (name, form, lines, behind) in enumerate(tables)
        ],
    )  # fmt: skip
    sheet.state = SheetState.SIGNED
    touched(sheet)


def _tick_calendar(session: Session, sheet: ReportSheet, actor: Actor, now: datetime) -> None:
    """The report of the calendar this campaign stands for has been sent, if it was not before."""
    asked = session.execute(
        select(ReportCampaign.duty_id, ReportCampaign.name).where(
            ReportCampaign.id == sheet.campaign_id, ReportCampaign.duty_id.is_not(None)
        )
    ).one_or_none()
    if asked is None:
        return
    turn = session.scalar(
        select(ReportTurn)
        .where(
            ReportTurn.duty_id == asked.duty_id,
            ReportTurn.agency_id == sheet.agency_id,
            ReportTurn.meant >= sheet.last,
        )
        .order_by(ReportTurn.meant)
        .limit(1)
        .with_for_update()
    )
    if turn is not None and turn.sent_on is None:
        turn.sent_on, turn.told_by = local_day(now), actor.user_id
        turn.document = asked.name
