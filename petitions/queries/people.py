"""People, their hats, delegations and tokens, and the files they hold. Frozen results, never rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from config.database import db
from petitions.access import require_role, visible
from petitions.errors import NotFound
from petitions.models import Agency, ApiToken, Assignment, Case, Delegation, Hat, Submission, User
from petitions.queries.offices import family
from workflows.office import HELD
from workflows.records import Capacity
from workflows.vocabulary import Actor, Kind, Role, State

MOVERS = (Role.ADMIN, Role.HEAD, Role.DEPUTY_HEAD, Role.SECTION_HEAD)
"""Hats that may hand over a person's files."""


@dataclass(frozen=True, slots=True)
class HatHeld:
    """A role with its days; ``agency`` and ``section`` are names, ``agency_code`` says which."""

    hat_id: int
    role: Role
    agency_code: str
    agency: str
    section: str | None
    title: str
    denunciation_duty: bool
    is_default: bool
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PersonShown:
    """An account with every hat it ever had."""

    username: str
    name: str
    email: str | None
    disabled_at: datetime | None
    must_change_password: bool
    hats: tuple[HatHeld, ...]


@dataclass(frozen=True, slots=True)
class DelegationShown:
    """Who signs for whom, in what capacity, on what document, from when to when."""

    delegation_id: int
    capacity: Capacity
    head: str
    to_username: str
    to_name: str
    document: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class TokenShown:
    """An API token as its owner may see it: never the token itself."""

    token_id: int
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class FileHeld:
    """An open case a person is charged with."""

    code: str
    kind: Kind
    state: State
    received_on: date
    agency: str


def people(actor: Actor) -> tuple[PersonShown, ...]:
    """Everybody who holds or held a hat in the administrator's agencies, with the hats held there."""
    require_role(actor, Role.ADMIN)
    return _people(Hat.agency_id.in_(family(actor.agency_id)))


def person(actor: Actor, username: str) -> PersonShown:
    """One of ``people``. Raises ``NotFound``."""
    require_role(actor, Role.ADMIN)
    found = _people(Hat.agency_id.in_(family(actor.agency_id)), User.username == username)
    if not found:
        raise NotFound("Không tìm thấy tài khoản này.")
    return found[0]


def delegations(actor: Actor) -> tuple[DelegationShown, ...]:
    """Delegations in the administrator's agencies or, for anybody else, in the own one; the newest first."""
    wanted = (
        Delegation.agency_id.in_(family(actor.agency_id))
        if actor.role is Role.ADMIN
        else Delegation.agency_id == actor.agency_id
    )
    giver, giver_hat, receiver_hat = aliased(User), aliased(Hat), aliased(Hat)
    rows = db.session.execute(
        select(Delegation, giver.name, User.username, User.name)
        .join(giver_hat, giver_hat.id == Delegation.from_hat_id)
        .join(giver, giver.id == giver_hat.user_id)
        .join(receiver_hat, receiver_hat.id == Delegation.to_hat_id)
        .join(User, User.id == receiver_hat.user_id)
        .where(wanted)
        .order_by(Delegation.valid_from.desc(), Delegation.id.desc())
    )
    return tuple(
        DelegationShown(
            given.id, given.capacity, head, username, name, given.document, given.valid_from,
            given.valid_to,
        )
        for given, head, username, name in rows
    )  # fmt: skip


def tokens(actor: Actor) -> tuple[TokenShown, ...]:
    """The person's own tokens, under every hat, the newest first."""
    rows = db.session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == actor.user_id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id.desc())
    )
    return tuple(
        TokenShown(row.id, row.label, row.created_at, row.expires_at, row.revoked_at)
        for row in rows
    )


def movable(actor: Actor) -> ColumnElement[bool]:
    """Open cases whose holder the actor may change.

    An administrator, who may open no case, moves the files of the own agencies unread; denunciations
    never: the head alone knows of them and hands them over.
    """
    require_role(actor, *MOVERS)
    in_custody = and_(Case.open, Case.agency_id.in_(actor.agency_ids))
    if actor.role is not Role.ADMIN:
        return and_(in_custody, visible(actor))
    as_officer = replace(actor, role=Role.OFFICER)
    return and_(in_custody, Case.kind != Kind.DENUNCIATION, visible(as_officer))


def charged(user_id: int) -> ColumnElement[bool]:
    """Cases the person is the officer of, is charged with in any other way, or holds or wrote a
    proposal of that is on its way."""
    standing = exists().where(
        Assignment.case_id == Case.id,
        Assignment.user_id == user_id,
        Assignment.until.is_(None),
    )
    papers = exists().where(
        Submission.case_id == Case.id,
        Submission.status.in_(HELD),
        or_(Submission.holder_id == user_id, Submission.author_id == user_id),
    )
    return or_(Case.officer_id == user_id, standing, papers)


def files_held(actor: Actor, username: str) -> tuple[FileHeld, ...]:
    """The open files of a person that the actor may hand over, by code. Raises ``NotFound``."""
    user_id = held_here(actor, username)
    rows = db.session.execute(
        select(Case.code, Case.kind, Case.state, Case.received_on, Agency.name)
        .join(Agency, Agency.id == Case.agency_id)
        .where(movable(actor), charged(user_id))
        .order_by(Case.code)
    )
    return tuple(FileHeld(*row) for row in rows)


def held_here(actor: Actor, username: str) -> int:
    """The id of somebody who has or had a hat within the actor's reach. Raises ``NotFound``."""
    here = exists().where(Hat.user_id == User.id, Hat.agency_id.in_(actor.agency_ids))
    found = db.session.scalar(select(User.id).where(User.username == username, here))
    if found is None:
        raise NotFound("Không tìm thấy tài khoản này.")
    return found


def _people(*conditions: ColumnElement[bool]) -> tuple[PersonShown, ...]:
    section = aliased(Agency)
    rows = db.session.execute(
        select(User, Hat, Agency.code, Agency.name, section.name)
        .join(Hat, Hat.user_id == User.id)
        .join(Agency, Agency.id == Hat.agency_id)
        .outerjoin(section, section.id == Hat.section_id)
        .where(*conditions)
        .order_by(User.name, User.id, Hat.valid_from, Hat.id)
    ).all()
    hats: dict[int, list[HatHeld]] = defaultdict(list)
    users: dict[int, User] = {}
    for user, hat, code, agency, section_name in rows:
        users[user.id] = user
        hats[user.id].append(
            HatHeld(
                hat.id, hat.role, code, agency, section_name, hat.title, hat.denunciation_duty,
                hat.is_default, hat.valid_from, hat.valid_to,
            )
        )  # fmt: skip
    return tuple(
        PersonShown(
            user.username, user.name, user.email, user.disabled_at, user.must_change_password,
            tuple(hats[user.id]),
        )
        for user in users.values()
    )  # fmt: skip
