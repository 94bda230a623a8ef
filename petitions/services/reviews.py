"""Running a campaign of review: opening it, taking cases in, ending it. No case is moved by any of it."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.codes import CodeError, parse_code
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import Agency, Case, Field, Hat, Project, ReviewCampaign, ReviewedCase, User
from petitions.queries.offices import in_force
from petitions.queries.reviews import KEEPERS, NO_CAMPAIGN, campaigns_seen, keeps
from petitions.services import words
from petitions.services.checks import Faults
from petitions.services.onetime import run_once
from petitions.services.review_story import tell
from workflows.reviewing import Criteria, ReviewStep
from workflows.vocabulary import Actor

NOT_YOURS = "Chỉ cơ quan lập đợt rà soát hoặc thanh tra cấp tỉnh làm được việc này."
ENDED = "Đợt rà soát đã kết thúc; mở lại đợt trước khi ghi tiếp."


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignGiven:
    """A campaign as it is written; ``lead`` is the username of who answers for it."""

    name: str
    basis: str
    starts_on: date
    ends_on: date
    lead: str
    criteria: Criteria


def save_campaign(
    given: CampaignGiven,
    *,
    uid: str | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Open a campaign of the actor's agency (``uid`` None) or change one; returns its uid.

    Cases taken in stay whatever becomes of the criteria. Raises ``Forbidden``, ``NotFound``,
    ``Stale``, ``Invalid`` at the fields of ``CampaignGiven`` and of ``Criteria``.
    """

    def work(session: Session) -> str:
        if uid is None:
            if actor.role not in KEEPERS:
                raise Forbidden("Người đứng đầu cơ quan hoặc thanh tra lập đợt rà soát.")
            row = ReviewCampaign(
                uid=secrets.token_hex(16), agency_id=actor.agency_id,
                created_by=actor.user_id, created_at=now,
            )  # fmt: skip
        else:
            row = held(session, uid, version, actor)
        faults: Faults = defaultdict(list)
        row.name = _said(given.name, "name", 200, faults)
        row.basis = _said(given.basis, "basis", 255, faults)
        if given.ends_on < given.starts_on:
            faults["ends_on"].append("Ngày cuối phải từ ngày đầu trở đi.")
        lead = _lead(session, given.lead, row.agency_id, local_day(now))
        if lead is None:
            faults["lead"].append("Chọn người đang công tác tại cơ quan lập đợt.")
        _check(session, given.criteria, faults)
        if faults or lead is None:
            raise Invalid(faults)
        row.starts_on, row.ends_on, row.lead_id = given.starts_on, given.ends_on, lead
        row.criteria = given.criteria.kept()
        session.add(row)
        session.flush()
        return row.uid

    return run_once(key, f"review:save:{uid}", actor, now, work)


def end_campaign(
    uid: str,
    *,
    ended: bool,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """End a campaign, or open it again. Raises ``Forbidden``, ``NotFound``, ``Stale``, ``Conflict``."""

    def work(session: Session) -> str:
        row = held(session, uid, version, actor)
        if (row.closed_on is not None) is ended:
            raise Conflict("Đợt rà soát đã ở trạng thái này.")
        row.closed_on = local_day(now) if ended else None
        return uid

    return run_once(key, f"review:end:{uid}:{ended}", actor, now, work)


def take_in(
    uid: str,
    codes: Sequence[str],
    *,
    by_hand: bool,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Take cases into a campaign; each is answered for by who has it, by the campaign's last day.

    By hand means that somebody named the case, whatever the criteria say. Cases that are in already
    are left as they are, unless named by hand. Raises ``Forbidden``, ``NotFound`` (the campaign),
    ``Conflict`` once it has ended, ``Invalid`` at ``codes`` for a case that cannot be taken.
    """

    def work(session: Session) -> str:
        campaign = held(session, uid, None, actor)
        if campaign.closed_on is not None:
            raise Conflict(ENDED)
        if not codes:
            raise Invalid.at("codes", "Chọn hoặc ghi mã của ít nhất một hồ sơ.")
        for code in dict.fromkeys(codes):
            _take(session, campaign, code, by_hand, actor, now)
        return uid

    return run_once(key, f"review:take:{uid}", actor, now, work)


def held(session: Session, uid: str, version: int | None, actor: Actor) -> ReviewCampaign:
    """A campaign this actor runs, locked. Raises ``NotFound``, ``Forbidden``, ``Stale``."""
    row = session.scalar(
        select(ReviewCampaign)
        .where(ReviewCampaign.uid == uid, campaigns_seen(actor))
        .with_for_update(of=ReviewCampaign)
    )
    if row is None:
        raise NotFound(NO_CAMPAIGN)
    if not keeps(actor, row.agency_id):
        raise Forbidden(NOT_YOURS)
    if version is not None and version != row.version:
        raise Stale(uid)
    return row


def _take(
    session: Session,
    campaign: ReviewCampaign,
    typed: str,
    by_hand: bool,
    actor: Actor,
    now: datetime,
) -> None:
    case = _case(session, typed, actor)
    if not case.open:
        raise Invalid.at("codes", f"Hồ sơ {case.code} đã kết thúc.")
    known = session.scalar(
        select(ReviewedCase.id).where(
            ReviewedCase.campaign_id == campaign.id, ReviewedCase.case_id == case.id
        )
    )
    if known is not None:
        if by_hand:
            raise Invalid.at("codes", f"Hồ sơ {case.code} đã có trong đợt này.")
        return
    row = ReviewedCase(
        uid=secrets.token_hex(16), campaign_id=campaign.id, case_id=case.id, by_hand=by_hand,
        agency_id=case.agency_id, due=max(campaign.ends_on, local_day(now)),
    )  # fmt: skip
    session.add(row)
    session.flush()
    tell(session, row, case, ReviewStep.TAKEN, {}, on=local_day(now), actor=actor, now=now)


def _case(session: Session, typed: str, actor: Actor) -> Case:
    try:
        return ledger.load(session, str(parse_code(typed)), actor)
    except (CodeError, NotFound):
        raise Invalid.at("codes", f"Không tìm thấy hồ sơ {typed[:40]}.") from None


def _said(text: str, field: str, limit: int, faults: Faults) -> str:
    kept = words.line(text, field, limit, faults)
    if not kept and field not in faults:
        faults[field].append("Mục này bắt buộc phải có.")
    return kept


def _lead(session: Session, username: str, agency_id: int, today: date) -> int | None:
    return session.scalar(
        select(User.id)
        .join(Hat, Hat.user_id == User.id)
        .where(
            User.username == username,
            User.disabled_at.is_(None),
            Hat.agency_id == agency_id,
            in_force(Hat, today),
        )
        .limit(1)
    )


def _check(session: Session, criteria: Criteria, faults: Faults) -> None:
    """What the criteria name must exist."""
    for name, model, value in (
        ("agency", Agency.code, criteria.agency),
        ("field", Field.code, criteria.field),
        ("project", Project.id, criteria.project),
    ):
        if value and not session.scalar(select(exists().where(model == value))):
            faults[name].append("Chọn trong danh sách.")
