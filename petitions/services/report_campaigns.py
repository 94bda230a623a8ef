"""Report campaigns: the inspectorate asks units for tables of one window by one day, moves the day, takes it back."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Forbidden, NotAllowedNow, NotFound, Stale
from petitions.models import Agency, ReportCampaign, ReportDuty, ReportSheet, SignedSheet
from petitions.queries.offices import in_force
from petitions.queries.report_campaigns import NO_CAMPAIGN
from petitions.queries.report_readers import may_ask
from petitions.queries.statistics.figures import NOT_UNITS
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from petitions.services.snapshots import IS_WITHDRAWN, chosen_tables
from workflows.report_campaigns import SheetState
from workflows.vocabulary import Actor

NOT_YOURS = "Đợt báo cáo do Thanh tra tỉnh lập."


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignGiven:
    """A campaign as it is asked: tables of ``spec`` over the window, by ``due``; units by code.

    ``duty`` is the uid of the report of the calendar it stands for, if any.
    """

    name: str
    spec: str
    tables: Sequence[str]
    first: date
    last: date
    due: date
    units: Sequence[str]
    duty: str = ""


def ask(given: CampaignGiven, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Ask the units; each gets its sheet, the asking body the consolidated one. Returns the uid.

    Raises ``Forbidden``, ``Invalid`` with every fault at its field.
    """

    def work(session: Session) -> str:
        if not may_ask(actor):
            raise Forbidden(NOT_YOURS)
        faults: Faults = defaultdict(list)
        name = words(given.name, "name", 160, faults)
        tables = chosen_tables(given.spec, given.tables, faults)
        if given.last < given.first:
            faults["last"].append("Ngày cuối kỳ phải từ ngày đầu kỳ trở đi.")
        if given.due < local_day(now):
            faults["due"].append("Hạn gửi phải từ hôm nay trở đi.")
        if given.due < given.last:
            faults["due"].append("Hạn gửi phải từ ngày cuối kỳ số liệu trở đi.")
        units = _units(session, given.units, local_day(now), faults)
        duty = None
        if given.duty:
            duty = session.scalar(select(ReportDuty.id).where(ReportDuty.uid == given.duty))
            if duty is None:
                faults["duty"].append("Không có báo cáo định kỳ này.")
        refuse(faults)
        campaign = ReportCampaign(
            uid=secrets.token_hex(16), name=name, spec=given.spec, first=given.first,
            last=given.last, due=given.due, tables=tables, agency_id=actor.agency_id, duty_id=duty,
            created_by=actor.user_id, created_at=now,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        session.add_all(
            ReportSheet(
                uid=secrets.token_hex(16), campaign_id=campaign.id, agency_id=agency,
                consolidated=consolidated, spec=given.spec, first=given.first, last=given.last,
                tables=tables, state=SheetState.DRAFT, created_by=actor.user_id, created_at=now,
            )
            for agency, consolidated in (*((each, False) for each in units), (actor.agency_id, True))
        )  # fmt: skip
        return campaign.uid

    return run_once(key, "report-campaign", actor, now, work)


def move_due(
    uid: str, due: date, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Give another last day; reminders start anew from it. Raises ``Invalid`` at ``due``."""

    def work(session: Session) -> str:
        campaign = _held(session, uid, version, actor)
        faults: Faults = defaultdict(list)
        if due < max(campaign.last, local_day(now)):
            faults["due"].append("Hạn gửi phải từ hôm nay và từ ngày cuối kỳ số liệu trở đi.")
        refuse(faults)
        campaign.due = due
        return uid

    return run_once(key, f"report-due:{uid}", actor, now, work)


def withdraw(
    uid: str, reason: str, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Take a campaign back for which nothing was sent yet. Raises ``NotAllowedNow``, ``Invalid``."""

    def work(session: Session) -> str:
        campaign = _held(session, uid, version, actor)
        sent = select(SignedSheet.id).join(ReportSheet, ReportSheet.id == SignedSheet.sheet_id)
        if session.scalar(sent.where(ReportSheet.campaign_id == campaign.id).limit(1)) is not None:
            raise NotAllowedNow("Đã có đơn vị gửi số liệu; đợt này không rút lại được nữa.")
        faults: Faults = defaultdict(list)
        campaign.withdrawn_reason = words(reason, "reason", 255, faults)
        refuse(faults)
        campaign.withdrawn_at, campaign.withdrawn_by = now, actor.user_id
        return uid

    return run_once(key, f"report-withdraw:{uid}", actor, now, work)


def _held(session: Session, uid: str, version: int, actor: Actor) -> ReportCampaign:
    if not may_ask(actor):
        raise Forbidden(NOT_YOURS)
    found = session.scalar(
        select(ReportCampaign)
        .where(ReportCampaign.uid == uid, ReportCampaign.agency_id == actor.agency_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound(NO_CAMPAIGN)
    if found.version != version:
        raise Stale(uid)
    if found.withdrawn_at is not None:
        raise NotAllowedNow(IS_WITHDRAWN)
    return found


def _units(session: Session, codes: Sequence[str], today: date, faults: Faults) -> list[int]:
    wanted = set(codes)
    if not wanted:
        faults["units"].append("Hãy chọn ít nhất một đơn vị.")
        return []
    found = session.scalars(
        select(Agency.id).where(
            Agency.code.in_(wanted), Agency.kind.not_in(NOT_UNITS), in_force(Agency, today)
        )
    ).all()
    if len(found) != len(wanted):
        faults["units"].append("Có đơn vị không tồn tại hoặc đã ngừng hoạt động.")
    return list(found)
