"""What a letter may know of a case: read once, under the reader's own scope.

Of a denunciation no party is read at all: its letters speak of "người tố cáo".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from petitions import ledger, sealed_rows
from petitions.access import visible
from petitions.kept_words import case_key_of
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseAgency,
    CaseKey,
    CaseLink,
    CaseText,
    ContestedAct,
    Deadline,
    Decision,
    Dialogue,
    Event,
    EventDetail,
    Evidence,
    Hat,
    OutgoingDocument,
    OutsideBody,
    Party,
    Petition,
    PriorSettlement,
    Respondent,
    TeamMember,
    User,
)
from petitions.queries.offices import in_force
from workflows.office import TeamRole
from workflows.records import AgencyRole, ClockState, LinkKind, Nature
from workflows.vocabulary import Action, Actor, Kind, Role, Step


@dataclass(frozen=True, slots=True)
class Done:
    """One act of the case: when, by which body, with what was said."""

    action: Action
    on: date
    agency_id: int
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody charged with the case."""

    name: str
    title: str
    role: Role | None
    place_in_team: TeamRole | None


@dataclass(frozen=True, slots=True)
class Paper:
    """The first paper of the case and the body that sent it on."""

    row: Petition
    forwarder: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A case and everything beside it that letters speak of."""

    case: Case
    text: CaseText
    holder: Agency
    section: Agency | None
    paper: Paper | None
    parties: tuple[Party, ...]
    respondents: tuple[Respondent, ...]
    contested: ContestedAct | None
    acts: tuple[Done, ...]
    clocks: tuple[Deadline, ...]
    letters: tuple[OutgoingDocument, ...]
    decisions: tuple[Decision, ...]
    dialogue: Dialogue | None
    prior: tuple[PriorSettlement, ...]
    evidence: tuple[str, ...]
    officer: Colleague | None
    team: tuple[Colleague, ...]
    bodies: Mapping[AgencyRole, Agency]
    first_instance: tuple[Decision, ...]

    @property
    def denunciation(self) -> bool:
        """Whether the petitioner's side is sealed."""
        return self.case.kind is Kind.DENUNCIATION

    def last(self, *actions: Action) -> Done | None:
        """The latest of these acts."""
        return next((each for each in reversed(self.acts) if each.action in actions), None)

    def letter(self, *forms: str) -> OutgoingDocument | None:
        """The latest numbered letter of these forms."""
        return next((each for each in reversed(self.letters) if each.form_key in forms), None)

    def clock(self, step: Step) -> Deadline | None:
        """The law's latest clock of that step."""
        of_step = (c for c in reversed(self.clocks) if c.step is step)
        return next((each for each in of_step if each.nature is Nature.STATUTORY), None)

    def running(self, steps: Iterable[Step]) -> Deadline | None:
        """The law's clock of these steps that runs out first."""
        standing = [
            each
            for each in self.clocks
            if each.step in set(steps) and each.nature is Nature.STATUTORY and each.due is not None
            and each.state is ClockState.RUNNING
        ]  # fmt: skip
        return min(standing, key=lambda each: (each.due or date.max, each.id), default=None)


def read_record(session: Session, actor: Actor, code: str, on: date) -> Record:
    """Everything of the case ``code`` this actor may see. Raises ``NotFound``."""
    case = ledger.look(session, code, actor)
    sealed = case.kind is Kind.DENUNCIATION
    return Record(
        case=case,
        text=session.get_one(CaseText, case.id),
        holder=session.get_one(Agency, case.agency_id),
        section=session.get(Agency, case.section_id) if case.section_id else None,
        paper=_paper(session, case),
        parties=() if sealed else _rows(session, Party, case, Party.ordinal),
        respondents=_rows(session, Respondent, case, Respondent.ordinal),
        contested=session.scalar(select(ContestedAct).where(ContestedAct.case_id == case.id)),
        acts=_acts(session, case),
        clocks=_rows(session, Deadline, case, Deadline.occurrence, Deadline.id),
        letters=tuple(
            each
            for each in _rows(session, OutgoingDocument, case, OutgoingDocument.id)
            if each.number is not None
        ),
        decisions=_rows(session, Decision, case, Decision.id),
        dialogue=session.scalar(
            select(Dialogue)
            .where(Dialogue.case_id == case.id)
            .order_by(Dialogue.id.desc())
            .limit(1)
        ),
        prior=_rows(session, PriorSettlement, case, PriorSettlement.id),
        evidence=()
        if sealed
        else tuple(
            each.title
            for each in _rows(session, Evidence, case, Evidence.ordinal)
            if not each.sealed
        ),
        officer=_colleague(session, case.officer_id, case.agency_id, None, on),
        team=_team(session, case, on),
        bodies=_bodies(session, case),
        first_instance=_first_instance(session, actor, case),
    )


def _rows(session: Session, model: Any, case: Case, *order: Any) -> tuple[Any, ...]:
    return tuple(session.scalars(select(model).where(model.case_id == case.id).order_by(*order)))


def _paper(session: Session, case: Case) -> Paper | None:
    sender = aliased(Agency)
    row = session.execute(
        select(Petition, func.coalesce(sender.name, OutsideBody.name))
        .outerjoin(sender, sender.id == Petition.forwarder_id)
        .outerjoin(OutsideBody, OutsideBody.id == Petition.forwarder_body_id)
        .where(Petition.case_id == case.id)
        .order_by(Petition.ordinal)
        .limit(1)
    ).one_or_none()
    return None if row is None else Paper(row[0], row[1])


def _acts(session: Session, case: Case) -> tuple[Done, ...]:
    key = case_key_of(session.scalar(select(CaseKey.wrapped).where(CaseKey.case_id == case.id)))
    rows = session.execute(
        select(Event, EventDetail.content, EventDetail.sealed)
        .outerjoin(
            EventDetail,
            and_(EventDetail.case_id == Event.case_id, EventDetail.seq == Event.seq),
        )
        .where(Event.case_id == case.id)
        .order_by(Event.seq)
    )
    found = []
    for event, content, sealed in rows:
        words = content or {}
        if sealed is not None and key is not None:
            words = json.loads(key.open(sealed, sealed_rows.event_words(case.code, event.seq)))
        found.append(Done(Action(event.action), event.on, event.agency_id, {**event.data, **words}))
    return tuple(found)


def _team(session: Session, case: Case, on: date) -> tuple[Colleague, ...]:
    """The roster, leader first; without one, those charged with verifying."""
    order = {TeamRole.LEADER: 0, TeamRole.DEPUTY: 1, TeamRole.MEMBER: 2}
    members = sorted(
        session.scalars(
            select(TeamMember).where(TeamMember.case_id == case.id, TeamMember.until.is_(None))
        ),
        key=lambda each: (order[each.role], each.id),
    )
    wanted = [(each.user_id, each.role) for each in members]
    if not wanted:
        charged = session.scalars(
            select(Assignment)
            .where(
                Assignment.case_id == case.id,
                Assignment.until.is_(None),
                Assignment.duty.in_(("officer", "team")),
            )
            .order_by(Assignment.duty, Assignment.id)
        )
        wanted = [
            (each.user_id, TeamRole.LEADER if each.duty == "officer" else TeamRole.MEMBER)
            for each in charged
        ]
    people = (_colleague(session, user, case.agency_id, place, on) for user, place in wanted)
    return tuple(each for each in people if each is not None)


def _colleague(
    session: Session, user_id: int | None, agency_id: int, place: TeamRole | None, on: date
) -> Colleague | None:
    if user_id is None:
        return None
    row = session.execute(
        select(User.name, Hat.title, Hat.role)
        .outerjoin(Hat, and_(Hat.user_id == User.id, in_force(Hat, on)))
        .where(User.id == user_id)
        .order_by(Hat.agency_id != agency_id, Hat.is_default.desc(), Hat.id)
        .limit(1)
    ).one()
    return Colleague(row.name, row.title or "", row.role, place)


def _bodies(session: Session, case: Case) -> dict[AgencyRole, Agency]:
    rows = session.execute(
        select(CaseAgency.role, Agency)
        .join(Agency, Agency.id == CaseAgency.agency_id)
        .where(CaseAgency.case_id == case.id, CaseAgency.until.is_(None))
        .order_by(CaseAgency.since, CaseAgency.agency_id)
    )
    return {row[0]: row[1] for row in rows}


def _first_instance(session: Session, actor: Actor, case: Case) -> tuple[Decision, ...]:
    """Decisions of the case this one is the second instance of, if the reader sees that one too."""
    return tuple(
        session.scalars(
            select(Decision)
            .join(CaseLink, CaseLink.to_case_id == Decision.case_id)
            .join(Case, Case.id == Decision.case_id)
            .where(
                visible(actor),
                CaseLink.from_case_id == case.id,
                CaseLink.kind == LinkKind.SECOND_INSTANCE_OF,
                CaseLink.undone_on.is_(None),
            )
            .order_by(Decision.id)
        )
    )
