"""The yearly survey of chosen agencies: whose answers of which days are counted together.

It is set up before it begins and two of one agency do not overlap: whoever could choose the days
afterwards could choose them around one person's answer.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Forbidden
from petitions.models import Agency, SurveyCampaign, SurveyCampaignAgency
from petitions.queries.offices import in_force
from petitions.queries.surveys import may_survey
from petitions.services.administration import Faults, refuse, words
from petitions.services.onetime import run_once
from petitions.text import vn_date
from workflows.vocabulary import Actor, AgencyKind

LONGEST_NAME = 160
NOT_YOURS = "Đợt khảo sát do quản trị hoặc Thanh tra tỉnh lập."
LEAST_AGENCIES, MOST_AGENCIES = 5, 8
"""A plan's yearly survey takes five to eight agencies and units."""


@dataclass(frozen=True, slots=True)
class CampaignGiven:
    """A campaign as it is set up; agencies by code."""

    name: str
    starts_on: date
    ends_on: date
    agencies: Sequence[str]


def plan_campaign(
    given: CampaignGiven, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Set a campaign up; returns its uid. Raises ``Forbidden``, ``Invalid`` with every fault at its field."""
    if not may_survey(actor):
        raise Forbidden(NOT_YOURS)

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        name = words(given.name, "name", LONGEST_NAME, faults)
        if given.starts_on < local_day(now):
            faults["starts_on"].append("Đợt khảo sát bắt đầu từ hôm nay trở đi.")
        if given.ends_on < given.starts_on:
            faults["ends_on"].append("Ngày cuối phải từ ngày đầu trở đi.")
        agencies = _agencies(session, given, actor, faults)
        refuse(faults)
        _refuse_overlap(session, given, agencies, faults)
        refuse(faults)
        uid = secrets.token_hex(16)
        campaign = session.scalar(
            insert(SurveyCampaign)
            .values(
                uid=uid,
                name=name,
                starts_on=given.starts_on,
                ends_on=given.ends_on,
                created_by=actor.user_id,
                created_at=now,
            )
            .returning(SurveyCampaign.id)
        )
        session.execute(
            insert(SurveyCampaignAgency),
            [{"campaign_id": campaign, "agency_id": each} for each in agencies],
        )
        return uid

    return run_once(key, "survey-campaign", actor, now, work)


def _agencies(session: Session, given: CampaignGiven, actor: Actor, faults: Faults) -> list[int]:
    codes = list(dict.fromkeys(given.agencies))
    if not LEAST_AGENCIES <= len(codes) <= MOST_AGENCIES:
        faults["agencies"].append(
            f"Chọn từ {LEAST_AGENCIES} đến {MOST_AGENCIES} cơ quan, đơn vị; đang chọn {len(codes)}."
        )
        return []
    rows = session.execute(
        select(Agency.id, Agency.code)
        .where(
            Agency.code.in_(codes),
            Agency.kind != AgencyKind.SECTION,
            in_force(Agency, given.starts_on),
        )
        .order_by(Agency.id)
        .with_for_update()
    ).all()
    found = [row.id for row in rows if actor.province_wide or row.id in actor.agency_ids]
    if len(found) != len(codes):
        faults["agencies"].append("Có cơ quan không tồn tại hoặc ngoài phạm vi của bạn.")
    return found


def _refuse_overlap(
    session: Session, given: CampaignGiven, agencies: Sequence[int], faults: Faults
) -> None:
    """The agencies' rows are locked, so two campaigns set up at once see each other."""
    other = session.execute(
        select(SurveyCampaign.name, SurveyCampaign.starts_on, SurveyCampaign.ends_on, Agency.name)
        .join(SurveyCampaignAgency, SurveyCampaignAgency.campaign_id == SurveyCampaign.id)
        .join(Agency, Agency.id == SurveyCampaignAgency.agency_id)
        .where(
            SurveyCampaignAgency.agency_id.in_(agencies),
            SurveyCampaign.starts_on <= given.ends_on,
            SurveyCampaign.ends_on >= given.starts_on,
        )
        .order_by(SurveyCampaign.id, Agency.name)
        .limit(1)
    ).one_or_none()
    if other is not None:
        name, first, last, agency = other
        faults["agencies"].append(
            f"{agency} đã có trong đợt “{name}” ({vn_date(first)} – {vn_date(last)}) trùng ngày."
        )
