"""Who else is at work in a case: bodies that advise or verify, the team, its checklist, replies awaited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from config.database import db, read
from petitions.access import Scope, scope_of, scope_values, visible_in
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    AwaitedReply,
    Case,
    CaseAgency,
    CaseKey,
    Event,
    Evidence,
    Hat,
    OutsideBody,
    TeamMember,
    User,
    VerificationDone,
)
from petitions.queries.advising_shapes import (
    AgencyInCase,
    CaseOffice,
    Member,
    Movement,
    PaperOfCase,
    Reply,
    ReportShown,
    StepShown,
    Verification,
)
from petitions.queries.verification_steps import steps_of
from workflows.office import ReplyKind, TeamRole
from workflows.records import HELPERS, AgencyRole, Nature
from workflows.vocabulary import Action, Actor, Kind

TABLE = AwaitedReply.__tablename__
PAGE = 50
"""Lines of a list of replies awaited."""
MOVES = (Action.TRANSFER, Action.RETURN_FORWARDED, Action.TRANSFER_OUT)
"""Acts that send a petition from one body to another."""


def office_of(actor: Actor, code: str) -> CaseOffice:
    """Bodies, team, movements and replies of a case this actor sees. Raises ``NotFound``."""
    return _office(_head(actor, code))


def verification_of(actor: Actor, code: str) -> Verification:
    """Team, checklist, papers and reports of a case this actor sees. Raises ``NotFound``."""
    head = _head(actor, code)
    office = _office(head)
    papers = {
        row.id: PaperOfCase(row.ordinal, row.title) for row in read(_PAPERS, {"case": head.id})
    }
    done = {row.step: row for row in read(_DONE, {"case": head.id, "round": office.round})}
    checklist = []
    for step in steps_of(head.kind):
        row = done.get(step.key)
        checklist.append(
            StepShown(step, None, None, None)
            if row is None
            else StepShown(step, row.done_on, row.name, papers.get(row.evidence_id))
        )
    working = {actor.agency_id} & {head.agency_id, *_working(head.id)}
    return Verification(
        office=office,
        agency=head.agency,
        may_work=bool(working) or _in_team(head.id, actor),
        checklist=tuple(checklist) if office.round else (),
        papers=tuple(papers.values()),
        reports=tuple(
            ReportShown(row.on, row.name or "", row.agency)
            for row in read(_REPORTS, {"case": head.id})
        ),
    )


def replies_of(actor: Actor, code: str) -> tuple[Reply, ...]:
    """What is or was awaited in a case this actor sees, oldest first. Raises ``NotFound``."""
    head = _head(actor, code)
    return _replies(head)


def verifying_bodies(case_id: int, custodian_id: int) -> tuple[tuple[int, str], ...]:
    """(id, name) of the bodies a team is drawn from: who leads, who shares, and the one that decides."""
    rows = read(_VERIFYING, {"case": case_id, "custodian": custodian_id})
    return tuple((row.id, row.name) for row in rows)


def _head(actor: Actor, code: str) -> Any:
    row = read(
        _head_statement(scope_of(actor)), {"code": code, **scope_values(actor)}
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


@cache
def _head_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    rounds = (
        select(func.count(Event.id))
        .where(Event.case_id == Case.id, Event.action == Action.ASSIGN_VERIFICATION.value)
        .scalar_subquery()
    )
    done = (
        select(func.count(VerificationDone.step))
        .where(VerificationDone.case_id == Case.id, VerificationDone.round == rounds)
        .scalar_subquery()
    )
    return (
        select(
            Case.id, Case.code, Case.kind, Case.state, Case.agency_id, Agency.name.label("agency"),
            CaseKey.wrapped, rounds.label("round"), done.label("done"),
        )
        .join(Agency, Agency.id == Case.agency_id)
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .where(Case.code == bindparam("code"), visible_in(scope))
    )  # fmt: skip


def _office(head: Any) -> CaseOffice:
    given, steps = {"case": head.id}, len(steps_of(head.kind))
    return CaseOffice(
        code=head.code,
        kind=head.kind,
        state=head.state,
        agencies=tuple(
            AgencyInCase(row.code, row.name, row.role, row.since, row.until)
            for row in read(_AGENCIES, given)
        ),
        team=_team(head.id),
        movements=_movements(head.id),
        replies=_replies(head),
        round=head.round,
        steps=steps,
        done=min(head.done, steps),
    )


def _team(case_id: int) -> tuple[Member, ...]:
    order = list(TeamRole)
    found: dict[tuple[int, date], Member] = {}
    for row in read(_TEAM, {"case": case_id}):
        member = Member(row.name, row.role, row.agency or "", row.since, row.until)
        found.setdefault((row.user_id, row.since), member)
    return tuple(
        sorted(
            found.values(),
            key=lambda each: (each.until is not None, order.index(each.role), each.name),
        )
    )


def _movements(case_id: int) -> tuple[Movement, ...]:
    rows = read(_MOVES, {"case": case_id}).all()
    if not rows:
        return ()
    wanted = {row.data.get(end) for row in rows for end in ("from_agency", "to_agency")} - {None}
    names = {
        row.id: row.name
        for row in db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(wanted)))
    }
    return tuple(
        Movement(
            Action(row.action),
            row.on,
            names.get(row.data.get("from_agency"), row.agency),
            names.get(row.data.get("to_agency"), ""),
        )
        for row in rows
    )


def _replies(head: Any) -> tuple[Reply, ...]:
    rows = read(_REPLIES, {"case": head.id}).all()
    key = case_key_of(head.wrapped) if rows else None
    return tuple(
        reply(row, head.code, ordinal, head.kind, key) for ordinal, row in enumerate(rows, 1)
    )


def reply(row: Any, code: str, ordinal: int, kind: Kind, key: Any) -> Reply:
    """One awaited reply with its words opened."""
    words: Mapping[str, Any] = read_back(row, key, TABLE, row.uid)
    nature = None
    if row.kind is ReplyKind.FORWARDED:
        nature = Nature.STATUTORY if kind is Kind.DENUNCIATION else Nature.INTERNAL
    return Reply(
        code=code,
        ordinal=ordinal,
        kind=row.kind,
        asker_id=row.agency_id,
        asker=row.asker,
        to=row.agency or row.body or words.get("to", ""),
        asked_on=row.asked_on,
        due=row.due,
        answered_on=row.answered_on,
        subject=words.get("subject", ""),
        answer=words.get("answer", ""),
        document=words.get("document", ""),
        nature=nature,
    )


def _working(case_id: int) -> Sequence[int]:
    return db.session.scalars(_WORKING, {"case": case_id}).all()


def _in_team(case_id: int, actor: Actor) -> bool:
    return db.session.scalar(_MEMBER, {"case": case_id, "user": actor.user_id}) is not None


_CASE: ColumnElement[int] = bindparam("case")
_AGENCIES = (
    select(Agency.code, Agency.name, CaseAgency.role, CaseAgency.since, CaseAgency.until)
    .join(Agency, Agency.id == CaseAgency.agency_id)
    .where(CaseAgency.case_id == _CASE)
    .order_by(CaseAgency.since, Agency.id)
)
_WORKING = select(CaseAgency.agency_id).where(
    CaseAgency.case_id == _CASE,
    CaseAgency.until.is_(None),
    CaseAgency.role.in_(HELPERS),
)
_VERIFYING = (
    select(Agency.id, Agency.name)
    .where(
        or_(
            Agency.id == bindparam("custodian"),
            Agency.id.in_(
                select(CaseAgency.agency_id).where(
                    CaseAgency.case_id == _CASE,
                    CaseAgency.until.is_(None),
                    CaseAgency.role.in_((AgencyRole.LEAD, AgencyRole.COOPERATING)),
                )
            ),
        )
    )
    .order_by(Agency.id)
)
_MEMBER = select(TeamMember.id).where(
    TeamMember.case_id == _CASE, TeamMember.user_id == bindparam("user"), TeamMember.until.is_(None)
)
_HOME = aliased(Agency)
_TEAM = (
    select(
        TeamMember.user_id, TeamMember.role, TeamMember.since, TeamMember.until, User.name,
        _HOME.name.label("agency"),
    )
    .join(User, User.id == TeamMember.user_id)
    .outerjoin(Hat, and_(Hat.user_id == User.id, Hat.valid_from <= TeamMember.since,
                         or_(Hat.valid_to.is_(None), Hat.valid_to >= TeamMember.since)))
    .outerjoin(_HOME, _HOME.id == Hat.agency_id)
    .where(TeamMember.case_id == _CASE)
    .order_by(TeamMember.since, TeamMember.id, Hat.is_default.desc(), Hat.id)
)  # fmt: skip
_MOVES = (
    select(Event.action, Event.on, Event.data, Agency.name.label("agency"))
    .join(Agency, Agency.id == Event.agency_id)
    .where(Event.case_id == _CASE, Event.action.in_([action.value for action in MOVES]))
    .order_by(Event.seq)
)
_REPORTS = (
    select(Event.on, User.name, Agency.name.label("agency"))
    .join(Agency, Agency.id == Event.agency_id)
    .outerjoin(User, User.id == Event.actor_id)
    .where(Event.case_id == _CASE, Event.action == Action.REPORT.value)
    .order_by(Event.seq)
)
_DONE = (
    select(VerificationDone.step, VerificationDone.done_on, VerificationDone.evidence_id, User.name)
    .join(User, User.id == VerificationDone.by_id)
    .where(VerificationDone.case_id == _CASE, VerificationDone.round == bindparam("round"))
)
_PAPERS = (
    select(Evidence.id, Evidence.ordinal, Evidence.title)
    .where(Evidence.case_id == _CASE)
    .order_by(Evidence.ordinal)
)
ASKER, ASKED = aliased(Agency), aliased(Agency)
REPLY_COLUMNS = (
    AwaitedReply.uid,
    AwaitedReply.case_id,
    AwaitedReply.agency_id,
    AwaitedReply.kind,
    AwaitedReply.asked_on,
    AwaitedReply.due,
    AwaitedReply.answered_on,
    AwaitedReply.words,
    AwaitedReply.sealed,
    ASKER.name.label("asker"),
    ASKED.name.label("agency"),
    OutsideBody.name.label("body"),
)
_REPLIES = (
    select(*REPLY_COLUMNS)
    .join(ASKER, ASKER.id == AwaitedReply.agency_id)
    .outerjoin(ASKED, ASKED.id == AwaitedReply.to_agency_id)
    .outerjoin(OutsideBody, OutsideBody.id == AwaitedReply.to_body_id)
    .where(AwaitedReply.case_id == _CASE)
    .order_by(AwaitedReply.id)
)
