"""Proposals as their readers see them: one with its rounds, and what waits on somebody's table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import aliased

from config.database import db, read
from petitions.access import Scope, may_act, scope_of, scope_values, visible, visible_in
from petitions.errors import Forbidden, NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseKey,
    OutgoingDocument,
    Submission,
    SubmissionRound,
    User,
)
from petitions.queries.approvers import AUTHORS, involved_agencies, office_of
from petitions.queries.case_page import permissions
from petitions.queries.case_shapes import CasePage
from petitions.queries.paper_readers import reader_values, reads_paper
from petitions.queries.routes import routes_of
from workflows.lifecycle import Permission, permitted
from workflows.office import HELD, LEGAL, WITH_AUTHOR, SubmissionStatus, Verdict, Work, work_of
from workflows.passage import Stage
from workflows.vocabulary import Action, Actor, Kind, Need, Role

ROUNDS = SubmissionRound.__tablename__
LONGEST_LIST = 500
"""Proposals shown on one page; more than anybody has on the table."""


@dataclass(frozen=True, slots=True)
class SubmissionLine:
    """A proposal in a list. ``steps`` counts its approvers, ``step`` 0 is its author."""

    uid: str
    version: int
    case: str
    kind: Kind
    summary: str
    agency: str
    action: Action | None
    form_key: str | None
    work: Work
    status: SubmissionStatus
    step: int
    steps: int
    author_id: int
    author: str
    holder_id: int | None
    holder: str | None
    due: date | None
    legal_due: date | None
    opened_at: datetime
    moved_at: datetime
    signed_on: date | None

    @property
    def with_author(self) -> bool:
        """Whether it lies on its author's table."""
        return self.status in WITH_AUTHOR

    @property
    def signing(self) -> bool:
        """Whether it waits for the signature."""
        return self.status in HELD and not self.with_author and self.step == self.steps


@dataclass(frozen=True, slots=True)
class StageShown:
    """One approver of the path."""

    role: Role
    agency: str
    days: int


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round: who did what, when, with which opinion, and on whose table it lay afterwards."""

    seq: int
    verdict: Verdict
    by: str
    role: Role
    from_step: int
    to_step: int
    to: str | None
    due: date | None
    at: datetime
    opinion: str


@dataclass(frozen=True, slots=True)
class SubmissionShown:
    """A proposal with its words. ``given`` is the payload of the act, ``fields`` the letter's blanks,
    ``people`` the names behind the usernames in the payload, ``document`` the signed letter."""

    line: SubmissionLine
    agency_id: int
    given: Mapping[str, Any]
    fields: Mapping[str, Any]
    on: date | None
    path: tuple[StageShown, ...]
    rounds: tuple[RoundShown, ...]
    document: str | None
    people: Mapping[str, str]


def submission(actor: Actor, uid: str) -> SubmissionShown:
    """The proposal ``uid`` as this actor may read it. Raises ``NotFound``."""
    row = db.session.execute(
        _lines(CaseKey.wrapped, OutgoingDocument.uid.label("document"))
        .outerjoin(CaseKey, CaseKey.case_id == Case.id)
        .outerjoin(OutgoingDocument, OutgoingDocument.submission_id == Submission.id)
        .where(Submission.uid == uid, visible(actor), reads_paper(scope_of(actor))),
        reader_values(actor),
    ).one_or_none()
    if row is None:
        raise NotFound
    found: Submission = row.Submission
    key = case_key_of(row.wrapped) if found.sealed is not None or row.wrapped else None
    said = read_back(found, key, Submission.__tablename__, uid)
    return SubmissionShown(
        line=_line(row),
        agency_id=found.agency_id,
        given=said.get("given") or {},
        fields=said.get("fields") or {},
        on=date.fromisoformat(said["on"]) if said.get("on") else None,
        path=_path(found),
        rounds=_rounds(found, key),
        document=row.document,
        people=_people(said.get("given") or {}),
    )


def on_table(actor: Actor) -> tuple[SubmissionLine, ...]:
    """What lies on this person's table and what the person has sent up, the nearest end first."""
    mine = or_(Submission.holder_id == actor.user_id, Submission.author_id == actor.user_id)
    return _listed(actor, and_(mine, Submission.status.in_(HELD)))


def of_case(actor: Actor, code: str) -> tuple[SubmissionLine, ...]:
    """The proposals of a case the actor may read, the newest first. Raises ``NotFound`` as for the case."""
    papers, reached = _of_case(scope_of(actor))
    given = {"code": code, **scope_values(actor), **reader_values(actor)}
    found = [_line(row) for row in db.session.execute(papers, given)]
    if not found and not read(reached, given).scalar():
        raise NotFound
    return tuple(found)


@cache
def _of_case(scope: Scope) -> tuple[Select[*tuple[Any, ...]], Select[bool]]:
    wanted = Case.code == bindparam("code"), visible_in(scope)
    papers = _lines().where(*wanted, reads_paper(scope))
    papers = papers.order_by(Submission.opened_at.desc(), Submission.id.desc())
    return papers, select(exists().where(*wanted))


def proposable(page: CasePage, actor: Actor, today: date) -> list[Permission]:
    """Acts this person may propose on the case: those its signer may do now.

    The signer is the last approver of the route; where there is none, the head for whoever may not
    do the act himself. One statement, two for a body that is not the custodian.
    """
    if actor.role not in AUTHORS:
        return []
    advising = (
        involved_agencies(db.session(), page.id)
        if page.involved and actor.agency_id != page.agency_id
        else frozenset()
    )

    def office(action: Action) -> int | None:
        try:
            return office_of(
                page.agency_id, advising, charged=page.charged, action=action, actor=actor
            )
        except Forbidden:
            return None

    offices = {action: found for action in sorted(LEGAL) if (found := office(action)) is not None}
    routes = {each: routes_of(db.session(), each, today) for each in set(offices.values())}
    own = {each.action for each in permissions(page, actor, today) if each.allowed}

    def signer(action: Action) -> Role | None:
        route = routes[offices[action]].get(work_of(action))
        if route is not None and route.steps:
            return route.steps[-1].role
        heads = offices[action] == page.agency_id or may_act(
            actor, action, page.agency_id, charged=False,
            involved=page.involved, verifying=page.verifying,
        )  # fmt: skip
        return Role.HEAD if heads and action not in own else None

    signers = {action: role for action in offices if (role := signer(action)) is not None}
    lawful = {role: permitted(page.file, role, today) for role in set(signers.values())}
    return [
        each
        for role, found in lawful.items()
        for each in found
        if each.allowed and signers.get(each.action) is role
    ]


_AUTHOR, _HOLDER = aliased(User), aliased(User)


def _lines(*more: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Submission,
            Case.code,
            Case.kind,
            Case.summary,
            Agency.name.label("agency"),
            _AUTHOR.name.label("author"),
            _HOLDER.name.label("holder"),
            *more,
        )
        .join(Case, Case.id == Submission.case_id)
        .join(Agency, Agency.id == Submission.agency_id)
        .join(_AUTHOR, _AUTHOR.id == Submission.author_id)
        .outerjoin(_HOLDER, _HOLDER.id == Submission.holder_id)
    )


def _listed(actor: Actor, wanted: ColumnElement[bool]) -> tuple[SubmissionLine, ...]:
    rows = db.session.execute(
        _lines()
        .where(wanted, visible(actor))
        .order_by(Submission.due.is_(None), Submission.due, Submission.id)
        .limit(LONGEST_LIST)
    )
    return tuple(_line(row) for row in rows)


def _line(row: Any) -> SubmissionLine:
    found: Submission = row.Submission
    return SubmissionLine(
        found.uid, found.version, row.code, row.kind, row.summary, row.agency,
        Action(found.action) if found.action else None, found.form_key, found.work, found.status,
        found.step, len(found.path), found.author_id, row.author, found.holder_id, row.holder,
        found.due, found.legal_due, found.opened_at, found.moved_at, found.signed_on,
    )  # fmt: skip


def _people(given: Mapping[str, Any]) -> Mapping[str, str]:
    wanted = {given.get(Need.ASSIGNEE), *(given.get(Need.TEAM) or ())} - {None}
    if not wanted:
        return {}
    return dict(
        db.session.execute(select(User.username, User.name).where(User.username.in_(wanted))).all()
    )


def _path(found: Submission) -> tuple[StageShown, ...]:
    stages = [Stage.of(each) for each in found.path]
    wanted = {stage.agency_id for stage in stages}
    names = dict(
        db.session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(wanted))).all()
    ) if wanted else {}  # fmt: skip
    return tuple(StageShown(stage.role, names[stage.agency_id], stage.days) for stage in stages)


def _rounds(found: Submission, key: Any) -> tuple[RoundShown, ...]:
    by, to = aliased(User), aliased(User)
    rows = db.session.execute(
        select(SubmissionRound, by.name, to.name.label("receiver"))
        .join(by, by.id == SubmissionRound.by_id)
        .outerjoin(to, to.id == SubmissionRound.to_id)
        .where(SubmissionRound.submission_id == found.id)
        .order_by(SubmissionRound.seq)
    )
    return tuple(
        RoundShown(
            row.seq, row.verdict, name, row.role, row.from_step, row.to_step, receiver, row.due, row.at,
            str(read_back(row, key, ROUNDS, f"{found.uid}/{row.seq}").get("opinion") or ""),
        )
        for row, name, receiver in rows
    )  # fmt: skip
