"""What every command of administration asks first: who may change what, and is it fit to be kept.

An administrator changes the own agency and what lies below it. ``None`` in place of the actor is the
operator at the command line, who has the database in hand anyway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from config.database import transaction
from petitions.access import require_role
from petitions.errors import Forbidden, Invalid, NotFound
from petitions.models import FAR, Agency, Hat, User
from petitions.queries.offices import family
from petitions.services.onetime import run_once
from petitions.text import ControlCharacter, clean
from workflows.vocabulary import Actor, Role

Administrator = Actor | None
Faults = defaultdict[str, list[str]]


def once(
    actor: Administrator,
    now: datetime,
    key: str | None,
    command: str,
    work: Callable[[Session], str],
    *also: Role,
) -> str:
    """Run a command of administration in one transaction; its one-time ``key`` answers a repeat.

    Raises ``Forbidden`` unless the actor administers (or wears one of the roles in ``also``).
    """
    if actor is None:
        with transaction() as session:
            return work(session)
    require_role(actor, Role.ADMIN, *also)
    return run_once(key, command, actor, now, work)


def administered(actor: Administrator) -> ColumnElement[bool]:
    """Agencies the actor may change: the own one and every body that ever stood below it."""
    return true() if actor is None else Agency.id.in_(family(actor.agency_id))


def agency(
    session: Session, actor: Administrator, code: str, field: str, *, closing: bool = False
) -> Agency:
    """The agency ``code``, locked: registering goes on beside it unless it is to be closed.

    Raises ``Invalid`` at ``field`` when unknown or out of reach.
    """
    found = session.scalar(
        select(Agency)
        .where(Agency.code == code, administered(actor))
        .with_for_update(of=Agency, key_share=not closing)
    )
    if found is None:
        raise Invalid.at(field, "Không có cơ quan này trong phạm vi bạn quản trị.")
    return found


def person(session: Session, actor: Administrator, username: str, today: date) -> User:
    """The account ``username``, locked.

    Raises ``NotFound`` when no hat of it lies within reach, ``Forbidden`` when a hat that has not
    ended lies outside: an account in two provinces is not one administrator's to close.
    """
    user = session.scalar(
        select(User)
        .where(User.username == username.strip().lower())
        .with_for_update(key_share=True)
    )
    if user is None or not (actor is None or _within_reach(session, actor, user.id)):
        raise NotFound("Không tìm thấy tài khoản này.")
    if actor is None:
        return user
    elsewhere = session.scalar(
        select(Hat.id)
        .where(
            Hat.user_id == user.id,
            or_(Hat.valid_to.is_(None), Hat.valid_to >= today),
            Hat.agency_id.not_in(family(actor.agency_id)),
        )
        .limit(1)
    )
    if elsewhere is not None:
        raise Forbidden("Người này còn giữ vai trò ở cơ quan ngoài phạm vi bạn quản trị.")
    return user


def _within_reach(session: Session, actor: Actor, user_id: int) -> bool:
    held = exists().where(Hat.user_id == user_id, Hat.agency_id.in_(family(actor.agency_id)))
    return bool(session.scalar(select(held)))


def words(value: str, field: str, longest: int, faults: Faults, *, required: bool = True) -> str:
    """One line of text as it is kept; what is wrong with it goes to ``faults``."""
    try:
        line = " ".join(clean(value).text.split())
    except ControlCharacter as error:
        faults[field].append(error.message)
        return ""
    if required and not line:
        faults[field].append("Mục này bắt buộc phải có.")
    if len(line) > longest:
        faults[field].append(f"Dài nhất {longest} ký tự.")
    return line


def refuse(faults: Faults) -> None:
    """Raise ``Invalid`` with every fault found so far, if there is one."""
    if faults:
        raise Invalid(faults)


def reaches(session: Session, actor: Administrator, agency_id: int) -> bool:
    """Whether the agency is one the actor may change."""
    if actor is None:
        return True
    own = select(Agency.id).where(Agency.id == agency_id, administered(actor))
    return session.scalar(own) is not None


def within(first: date, last: date | None, dated: Any) -> bool:
    """Whether the days (no last one: for good) lie inside the life of the dated row."""
    return bool(dated.valid_from <= first and (last or FAR) <= (dated.valid_to or FAR))


def meets(dated: Any, first: date, last: date | None) -> ColumnElement[bool]:
    """The dated row is valid on one of the days, both ends counted."""
    return and_(
        dated.valid_from <= (last or FAR), or_(dated.valid_to.is_(None), dated.valid_to >= first)
    )
