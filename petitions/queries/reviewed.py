"""The cases of a campaign of review: the list in the columns practised, one case with its story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import barred, visible
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseAgency,
    CaseKey,
    CaseLink,
    Decision,
    Event,
    Field,
    Hat,
    Place,
    PriorSettlement,
    ReviewCampaign,
    ReviewedCase,
    ReviewEntry,
    User,
)
from petitions.queries.columns import Column, expression
from petitions.queries.offices import in_force
from petitions.queries.review_shapes import (
    EntryShown,
    ReviewedCasePage,
    ReviewedLine,
    ReviewedPage,
    ReviewFilters,
    Settlement,
)
from petitions.queries.reviews import campaigns_seen, keeps
from workflows.records import HELPERS, LinkKind
from workflows.reviewing import ENDED, ReviewStanding, ReviewStep
from workflows.transition import LEADERS, PROCESSING
from workflows.vocabulary import Action, Actor, AgencyKind, Kind

PAGE = 50
STRIDE = 1_000
"""Lines read at once where the whole list is."""
CASES, ENTRIES = ReviewedCase.__tablename__, ReviewEntry.__tablename__
UNKNOWN = "Không tìm thấy vụ việc này trong đợt rà soát, hoặc bạn không có quyền xem."
_RESPONSIBLE, _CUSTODIAN, _LEADER = aliased(Agency), aliased(Agency), aliased(User)


def reviewed(
    actor: Actor, campaign_uid: str, filters: ReviewFilters, today: date, page: int = 1
) -> ReviewedPage:
    """A page of a campaign's list, the latest first among those without an outcome."""
    wanted = _wanted(actor, filters, today).where(ReviewCampaign.uid == campaign_uid)
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    rows = db.session.execute(wanted.order_by(*_ORDER).offset((page - 1) * PAGE).limit(PAGE)).all()
    lines = _shown(actor, rows, (page - 1) * PAGE + 1, today)
    return ReviewedPage(lines, total, page * PAGE < total)


def whole_list(
    actor: Actor, campaign_uid: str, filters: ReviewFilters, today: date, most: int
) -> Iterator[ReviewedLine]:
    """Every line up to ``most``, read ``STRIDE`` at a time."""
    wanted = _wanted(actor, filters, today).where(ReviewCampaign.uid == campaign_uid)
    for start in range(0, most, STRIDE):
        rows = db.session.execute(wanted.order_by(*_ORDER).offset(start).limit(STRIDE)).all()
        yield from _shown(actor, rows, start + 1, today)
        if len(rows) < STRIDE:
            return


def reviewed_case(actor: Actor, uid: str, today: date) -> ReviewedCasePage:
    """One case of a campaign with its story. Raises ``NotFound``."""
    row = db.session.execute(
        _wanted(actor, ReviewFilters(), today).where(ReviewedCase.uid == uid)
    ).one_or_none()
    if row is None:
        raise NotFound(UNKNOWN)
    (line,) = _shown(actor, [row], 1, today)
    entries = db.session.execute(
        select(ReviewEntry, User.name.label("by"), Agency.name.label("agency"))
        .join(User, User.id == ReviewEntry.by_id)
        .join(Agency, Agency.id == ReviewEntry.agency_id)
        .where(ReviewEntry.reviewed_id == row.id)
        .order_by(ReviewEntry.seq.desc())
    )
    key = case_key_of(row.wrapped)
    running = row.closed_on is None
    runs = keeps(actor, row.owner_id)
    return ReviewedCasePage(
        line=line,
        case_id=row.case_id,
        version=row.version,
        leader_username=row.leader_username,
        keeps=runs and running,
        works=running and (runs or works(actor, row.agency_id)),
        campaign_closed=not running,
        campaign_ends=row.ends_on,
        entries=tuple(
            EntryShown(
                each.step, each.outcome, each.on, each.at, by, agency,
                read_back(each, key, ENTRIES, each.uid),
            )
            for each, by, agency in entries
        ),
    )  # fmt: skip


def of_case(actor: Actor, code: str, today: date) -> tuple[ReviewedLine, ...]:
    """In which campaigns a case this reader sees is reviewed, the newest first."""
    rows = db.session.execute(
        _wanted(actor, ReviewFilters(), today)
        .where(Case.code == code)
        .order_by(ReviewCampaign.starts_on.desc(), ReviewedCase.id.desc())
    ).all()
    return _shown(actor, rows, 1, today, brief=True)


def works(actor: Actor, agency_id: int) -> bool:
    """Whether this hat works on what that body answers for."""
    return actor.role in PROCESSING and actor.agency_id == agency_id


def bodies_for(case: int | Case, today: date) -> tuple[tuple[int, str, str], ...]:
    """(id, code, name) of the bodies that may answer for a case under review.

    Who has it, who takes part, and for anything but a denunciation those above: each sees the case.
    """
    found = case if isinstance(case, Case) else db.session.get_one(Case, case)
    secret = found.kind is Kind.DENUNCIATION
    taking = select(CaseAgency.agency_id).where(
        CaseAgency.case_id == found.id, CaseAgency.until.is_(None)
    )
    if secret:
        taking = taking.where(CaseAgency.role.in_(HELPERS))
    start = select(Agency.id, Agency.parent_id).where(Agency.id == found.agency_id)
    up = start.cte("up", recursive=True)
    up = up.union(select(Agency.id, Agency.parent_id).join(up, Agency.id == up.c.parent_id))
    near = Agency.id == found.agency_id if secret else Agency.id.in_(select(up.c.id))
    rows = db.session.execute(
        select(Agency.id, Agency.code, Agency.name)
        .where(
            or_(near, Agency.id.in_(taking)),
            Agency.kind != AgencyKind.SECTION,
            in_force(Agency, today),
        )
        .order_by(Agency.name)
    )
    return tuple((row.id, row.code, row.name) for row in rows)


def leaders_for(case: int | Case, today: date) -> tuple[tuple[int, str, str, str], ...]:
    """(id, username, name, agency) of leaders who may be in charge: of those bodies, not shut out."""
    found = case if isinstance(case, Case) else db.session.get_one(Case, case)
    bodies = [body for body, _, _ in bodies_for(found, today)]
    rows = db.session.execute(
        select(User.id, User.username, User.name, Agency.name.label("agency"))
        .join(Hat, Hat.user_id == User.id)
        .join(Agency, Agency.id == Hat.agency_id)
        .where(
            Hat.agency_id.in_(bodies),
            Hat.role.in_(LEADERS),
            in_force(Hat, today),
            User.disabled_at.is_(None),
            ~barred(found.id, User.id, (Hat.section_id, Hat.agency_id)),
        )
        .order_by(Agency.name, User.name)
    )
    people = {row.id: (row.id, row.username, row.name, row.agency) for row in rows}
    return tuple(people.values())


_ORDER = (ReviewedCase.outcome.is_not(None), ReviewedCase.due, ReviewedCase.id)


def _wanted(actor: Actor, filters: ReviewFilters, today: date) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            ReviewedCase.id, ReviewedCase.uid, ReviewedCase.version, ReviewedCase.case_id,
            ReviewedCase.agency_id, ReviewedCase.due, ReviewedCase.outcome,
            ReviewedCase.outcome_on, ReviewedCase.by_hand, ReviewedCase.words,
            ReviewedCase.sealed, ReviewCampaign.name.label("campaign"),
            ReviewCampaign.uid.label("campaign_uid"), ReviewCampaign.closed_on,
            ReviewCampaign.ends_on, ReviewCampaign.agency_id.label("owner_id"),
            Case.code, Case.kind, Case.instance, Case.state, Case.open, Case.summary,
            Case.group_size, Place.name.label("place"), Field.name.label("field"),
            _CUSTODIAN.name.label("custodian"), _RESPONSIBLE.code.label("agency_code"),
            _RESPONSIBLE.name.label("agency"), _LEADER.name.label("leader"),
            _LEADER.username.label("leader_username"), CaseKey.wrapped,
            expression(Column.SENDER).label("sender"),
        )
        .join(ReviewCampaign, ReviewCampaign.id == ReviewedCase.campaign_id)
        .join(Case, Case.id == ReviewedCase.case_id)
        .join(Field, Field.id == Case.field_id)
        .join(_CUSTODIAN, _CUSTODIAN.id == Case.agency_id)
        .join(_RESPONSIBLE, _RESPONSIBLE.id == ReviewedCase.agency_id)
        .outerjoin(Place, Place.id == Case.place_id)
        .outerjoin(_LEADER, _LEADER.id == ReviewedCase.leader_id)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(visible(actor), campaigns_seen(actor))
    )  # fmt: skip
    match filters.standing:
        case ReviewStanding.SETTLED:
            query = query.where(ReviewedCase.outcome.in_(ENDED))
        case ReviewStanding.ELSEWHERE:
            query = query.where(ReviewedCase.outcome.not_in(ENDED))
        case ReviewStanding.WORKED:
            query = query.where(ReviewedCase.outcome.is_(None), ReviewedCase.due >= today)
        case ReviewStanding.LATE:
            query = query.where(ReviewedCase.outcome.is_(None), ReviewedCase.due < today)
    if filters.outcome is not None:
        query = query.where(ReviewedCase.outcome == filters.outcome)
    if filters.agency is not None:
        query = query.where(_RESPONSIBLE.code == filters.agency)
    if filters.unplanned:
        planned = select(ReviewEntry.reviewed_id).where(ReviewEntry.step == ReviewStep.PLANNED)
        query = query.where(ReviewedCase.id.not_in(planned), ReviewedCase.outcome.is_(None))
    return query


def _shown(
    actor: Actor, rows: Sequence[Any], first: int, today: date, *, brief: bool = False
) -> tuple[ReviewedLine, ...]:
    """Rows of ``_wanted`` with how each matter was settled so far and what was last noted."""
    cases = [row.case_id for row in rows]
    courses = {} if brief else _courses(actor, cases)
    notes = {} if brief else _last_notes([row.id for row in rows])
    lines = []
    for ordinal, row in enumerate(rows, first):
        key = case_key_of(row.wrapped)
        words = read_back(row, key, CASES, row.uid)
        note = notes.get(row.id)
        line = ReviewedLine(
            ordinal=ordinal,
            uid=row.uid,
            campaign=row.campaign,
            campaign_uid=row.campaign_uid,
            code=row.code,
            kind=row.kind,
            instance=row.instance,
            state=row.state,
            open=row.open,
            sender=None if row.kind is Kind.DENUNCIATION else row.sender,
            summary=row.summary,
            place=row.place,
            people=row.group_size,
            field=row.field,
            custodian=row.custodian,
            agency_code=row.agency_code,
            agency=row.agency,
            leader=row.leader,
            due=row.due,
            outcome=row.outcome,
            outcome_on=row.outcome_on,
            late=row.due < today,
            by_hand=row.by_hand,
            plan=words.get("plan", ""),
            proposal=words.get("proposal", ""),
            document=words.get("document", ""),
            course=tuple(courses.get(row.case_id, ())),
        )
        if note is not None:
            told = read_back(note, key, ENTRIES, note.uid)
            line = replace(line, progress=told.get("content", ""), progress_on=note.on)
        lines.append(line)
    return tuple(lines)


def _last_notes(ids: Sequence[int]) -> Mapping[int, Any]:
    if not ids:
        return {}
    last = (
        select(ReviewEntry.reviewed_id, func.max(ReviewEntry.seq).label("seq"))
        .where(ReviewEntry.reviewed_id.in_(ids), ReviewEntry.step == ReviewStep.PROGRESS)
        .group_by(ReviewEntry.reviewed_id)
        .subquery()
    )
    found = db.session.scalars(
        select(ReviewEntry).join(
            last,
            and_(
                last.c.reviewed_id == ReviewEntry.reviewed_id,
                last.c.seq == ReviewEntry.seq,
            ),
        )
    )
    return {each.reviewed_id: each for each in found}


def _courses(actor: Actor, ids: Sequence[int]) -> Mapping[int, list[Settlement]]:
    """How each matter was settled so far, in order: here, before the other instance, elsewhere, in court."""
    found: defaultdict[int, list[Settlement]] = defaultdict(list)
    if not ids:
        return found
    other = aliased(CaseLink)
    here = [(each, each) for each in ids]
    links = db.session.execute(
        select(other.from_case_id, other.to_case_id).where(
            other.kind == LinkKind.SECOND_INSTANCE_OF,
            other.undone_on.is_(None),
            or_(other.from_case_id.in_(ids), other.to_case_id.in_(ids)),
        )
    ).all()
    wanted = set(ids)
    pairs = (
        here + [(a, b) for a, b in links if a in wanted] + [(b, a) for a, b in links if b in wanted]
    )
    decided = defaultdict(list)
    for row in db.session.execute(
        select(
            Decision.case_id, Case.instance, Case.kind, Decision.number, Decision.issued_on,
            Agency.name,
        )
        .join(Case, Case.id == Decision.case_id)
        .join(Agency, Agency.id == Case.agency_id)
        .where(Decision.case_id.in_({each for _, each in pairs}), visible(actor))
        .order_by(Decision.id)
    ):  # fmt: skip
        instance = row.instance if row.kind is Kind.COMPLAINT else None
        step = Settlement(instance, row.issued_on, kind=row.kind, number=row.number, body=row.name)
        decided[row.case_id].append(step)
    for case_id, source in pairs:
        found[case_id] += decided.get(source, [])
    for prior in db.session.scalars(
        select(PriorSettlement).where(PriorSettlement.case_id.in_(ids)).order_by(PriorSettlement.id)
    ):
        step = Settlement(
            prior.instance, prior.issued_on, form=prior.form, number=prior.number, body=prior.body
        )
        found[prior.case_id].append(step)
    for sued in db.session.execute(
        select(Event.case_id, Event.on)
        .where(Event.case_id.in_(ids), Event.action == Action.GO_TO_COURT.value)
        .order_by(Event.seq)
    ):
        found[sued.case_id].append(Settlement(None, sued.on))
    for steps in found.values():
        steps.sort(key=lambda each: each.on or date.min)
    return found
