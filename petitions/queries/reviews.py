"""Campaigns of reviewing prolonged cases: which there are, how far each is, what it would take in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import visible
from petitions.errors import NotFound
from petitions.models import (
    FAR,
    Agency,
    Case,
    Field,
    Flag,
    Place,
    ReviewCampaign,
    ReviewedCase,
    User,
)
from petitions.queries.fields import under_field
from petitions.queries.review_shapes import (
    AgencyTally,
    CampaignLine,
    CampaignPage,
    Candidate,
    Tally,
)
from workflows.reviewing import Criteria, ReviewOutcome, ReviewStanding, standing_of
from workflows.transition import LEADERS, PROCESSING
from workflows.vocabulary import Actor, Role
from workflows.watch import add_months

READERS = PROCESSING | {Role.INSPECTOR}
"""Who reads campaigns: those who decide, work on or inspect cases."""
KEEPERS = LEADERS | {Role.INSPECTOR}
"""Who runs a campaign of the own agency."""
CANDIDATES = 100
"""Cases one page offers to take in."""
NO_CAMPAIGN = "Không tìm thấy đợt rà soát này, hoặc bạn không có quyền xem."


def campaigns_seen(actor: Actor) -> ColumnElement[bool]:
    """Campaigns of the agencies in reach, and those with a seen case the reader's body answers for."""
    if actor.role not in READERS:
        return false()
    if actor.province_wide:
        return true()
    part = aliased(ReviewedCase)
    takes_part = (
        exists()
        .where(
            part.campaign_id == ReviewCampaign.id,
            part.agency_id.in_(actor.agency_ids),
            Case.id == part.case_id,
            visible(actor),
        )
        .correlate(ReviewCampaign)
    )
    return or_(ReviewCampaign.agency_id.in_(actor.agency_ids), takes_part)


def keeps(actor: Actor, agency_id: int) -> bool:
    """Whether this hat runs campaigns of that agency."""
    return actor.role in KEEPERS and (actor.agency_id == agency_id or actor.province_wide)


def campaigns(actor: Actor, today: date) -> tuple[CampaignLine, ...]:
    """The campaigns in reach, running ones first, the newest first. Two statements."""
    rows = db.session.execute(
        select(
            ReviewCampaign.id, ReviewCampaign.uid, ReviewCampaign.name, ReviewCampaign.basis,
            Agency.name.label("agency"), User.name.label("lead"), ReviewCampaign.starts_on,
            ReviewCampaign.ends_on, ReviewCampaign.closed_on,
        )
        .join(Agency, Agency.id == ReviewCampaign.agency_id)
        .join(User, User.id == ReviewCampaign.lead_id)
        .where(campaigns_seen(actor))
        .order_by(
            case((ReviewCampaign.closed_on.is_(None), 0), else_=1),
            ReviewCampaign.starts_on.desc(),
            ReviewCampaign.id.desc(),
        )
    ).all()  # fmt: skip
    tallies = _tallies(actor, [row.id for row in rows], today)
    return tuple(CampaignLine(*row[1:], tallies.get(row.id, Tally())) for row in rows)


def campaign(actor: Actor, uid: str, today: date) -> CampaignPage:
    """One campaign with its sums. Raises ``NotFound``. Two statements."""
    row = db.session.execute(
        select(ReviewCampaign, Agency.name.label("agency"), User.name, User.username)
        .join(Agency, Agency.id == ReviewCampaign.agency_id)
        .join(User, User.id == ReviewCampaign.lead_id)
        .where(ReviewCampaign.uid == uid, campaigns_seen(actor))
    ).one_or_none()
    if row is None:
        raise NotFound(NO_CAMPAIGN)
    found: ReviewCampaign = row[0]
    groups = _groups(actor, [found.id], today)
    return CampaignPage(
        id=found.id,
        uid=found.uid,
        version=found.version,
        name=found.name,
        basis=found.basis,
        agency_id=found.agency_id,
        agency=row.agency,
        lead=row.name,
        lead_username=row.username,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        closed_on=found.closed_on,
        criteria=Criteria.of(found.criteria),
        keeps=keeps(actor, found.agency_id),
        tally=_tally(groups),
        outcomes=_outcomes(groups),
        agencies=_agencies(groups),
    )


def candidates(
    actor: Actor, campaign_id: int, criteria: Criteria, today: date
) -> tuple[tuple[Candidate, ...], int]:
    """Open cases that meet all criteria and are not in the campaign: the oldest, and how many in all."""
    if not criteria:
        return (), 0
    taken = exists().where(ReviewedCase.campaign_id == campaign_id, ReviewedCase.case_id == Case.id)
    wanted = and_(visible(actor), Case.open, ~taken, *meets(criteria, today))
    total = db.session.scalar(select(func.count(Case.id)).where(wanted)) or 0
    rows = db.session.execute(
        select(
            Case.code, Case.kind, Case.state, Case.summary, Place.name.label("place"),
            Field.name.label("field"), Agency.name.label("agency"), Case.group_size,
            Case.first_received_on, Case.next_due,
        )
        .join(Field, Field.id == Case.field_id)
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(Place, Place.id == Case.place_id)
        .where(wanted)
        .order_by(Case.first_received_on, Case.id)
        .limit(CANDIDATES)
    )  # fmt: skip
    lines = tuple(
        Candidate(
            code=row.code,
            kind=row.kind,
            state=row.state,
            summary=row.summary,
            place=row.place,
            field=row.field,
            agency=row.agency,
            people=row.group_size,
            first_received_on=row.first_received_on,
            due=None if row.next_due == FAR else row.next_due,
        )
        for row in rows
    )
    return lines, total


def meets(criteria: Criteria, today: date) -> list[ColumnElement[bool]]:
    """The conditions of the criteria over ``Case``."""
    found: list[ColumnElement[bool]] = []
    if criteria.older_months:
        found.append(Case.first_received_on <= add_months(today, -criteria.older_months))
    if criteria.overdue:
        found.append(Case.next_due < today)
    if criteria.flag is not None:
        standing = exists().where(
            Flag.case_id == Case.id, Flag.kind == criteria.flag, Flag.cleared_on.is_(None)
        )
        found.append(standing)
    if criteria.group_least:
        found.append(Case.group_size >= criteria.group_least)
    if criteria.kind is not None:
        found.append(Case.kind == criteria.kind)
    if criteria.agency:
        found.append(Case.agency_id.in_(select(Agency.id).where(Agency.code == criteria.agency)))
    if criteria.field:
        found.append(Case.field_id.in_(under_field(criteria.field)))
    if criteria.project:
        found.append(Case.project_id == criteria.project)
    return found


def _groups(actor: Actor, ids: list[int], today: date) -> list[Any]:
    """Cases the reader may open, by campaign, responsible body, outcome and lateness. One statement."""
    if not ids:
        return []
    late = case((ReviewedCase.due < today, 1), else_=0)
    return list(
        db.session.execute(
            select(
                ReviewedCase.campaign_id, Agency.code, Agency.name, ReviewedCase.outcome,
                late.label("late"), func.count(ReviewedCase.id).label("cases"),
                func.sum(Case.group_size).label("people"),
            )
            .join(Case, Case.id == ReviewedCase.case_id)
            .join(Agency, Agency.id == ReviewedCase.agency_id)
            .where(ReviewedCase.campaign_id.in_(ids), visible(actor))
            .group_by(
                ReviewedCase.campaign_id, Agency.code, Agency.name, ReviewedCase.outcome, late
            )
            .order_by(Agency.name)
        )
    )  # fmt: skip


def _tallies(actor: Actor, ids: list[int], today: date) -> dict[int, Tally]:
    by_campaign: defaultdict[int, list[Any]] = defaultdict(list)
    for row in _groups(actor, ids, today):
        by_campaign[row.campaign_id].append(row)
    return {each: _tally(rows) for each, rows in by_campaign.items()}


def _tally(groups: Iterable[Any]) -> Tally:
    counts: Counter[ReviewStanding] = Counter()
    for row in groups:
        counts[standing_of(row.outcome, bool(row.late))] += row.cases
    return Tally(dict(counts))


def _outcomes(groups: Iterable[Any]) -> dict[ReviewOutcome, int]:
    counts: Counter[ReviewOutcome] = Counter()
    for row in groups:
        if row.outcome is not None:
            counts[row.outcome] += row.cases
    return {each: counts[each] for each in ReviewOutcome if counts[each]}


def _agencies(groups: Iterable[Any]) -> tuple[AgencyTally, ...]:
    by_agency: dict[str, list[Any]] = {}
    for row in groups:
        by_agency.setdefault(row.code, []).append(row)
    return tuple(
        AgencyTally(code, rows[0].name, _tally(rows), int(sum(row.people for row in rows)))
        for code, rows in by_agency.items()
    )
