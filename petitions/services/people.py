"""Accounts: opened, corrected, given a new password, closed and opened again.

An administrator acts on people of the own agencies; the operator at the command line on everybody.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Forbidden, Invalid
from petitions.models import ApiToken, Delegation, Hat, User
from petitions.services import passwords
from petitions.services.addresses import address_of, told_anew
from petitions.services.administration import (
    Administrator,
    Faults,
    once,
    person,
    refuse,
    words,
)
from petitions.services.hats import HatGiven, put_on, refuse_files_left, tell_heads

_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account to open; the password is a first one that must be changed at once."""

    username: str
    name: str
    password: str
    hat: HatGiven
    email: str | None = None


def create_user(
    given: NewPerson, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Open an account with its first hat, which is the default; returns the username.

    Raises ``Forbidden``, ``Invalid`` with every fault at its field.
    """
    faults: Faults = defaultdict(list)
    username = given.username.strip().lower()
    if not _USERNAME.fullmatch(username):
        faults["username"].append(
            "Tên đăng nhập gồm chữ thường không dấu, chữ số, dấu chấm, gạch nối, gạch dưới."
        )
    name = words(given.name, "name", 160, faults)
    email = address_of(given.email, faults)
    if reason := passwords.fault(given.password, username):
        faults["password"].append(reason)
    refuse(faults)
    kept = passwords.hashed(given.password)

    def work(session: Session) -> str:
        if session.scalar(select(User.id).where(User.username == username)) is not None:
            raise Invalid.at("username", "Tên đăng nhập này đã có người dùng.")
        user_id = session.scalar(
            insert(User)
            .values(
                username=username,
                name=name,
                email=email,
                password_hash=kept,
                must_change_password=True,
                session_epoch=1,
            )
            .returning(User.id)
        )
        assert user_id is not None
        put_on(session, user_id, given.hat, actor, default=True)
        return username

    return once(actor, now, key, "user:create", work)


def change_person(
    username: str,
    *,
    name: str,
    email: str | None,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """Correct a person's name or address for mail. Raises ``NotFound``, ``Forbidden``, ``Invalid``."""
    faults: Faults = defaultdict(list)
    clean_name = words(name, "name", 160, faults)
    clean_email = address_of(email, faults)
    refuse(faults)

    def work(session: Session) -> str:
        user = person(session, actor, username, local_day(now))
        moved = user.email != clean_email
        user.name, user.email = clean_name, clean_email
        if moved:
            session.flush()
            told_anew(session, user, now)
        return user.username

    return once(actor, now, key, f"user:change:{username}", work)


def reset_password(
    username: str, password: str, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Give a first password anew: every session ends and the person must choose one at sign-in.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` at ``password``.
    """
    if reason := passwords.fault(password, username):
        raise Invalid.at("password", reason)
    kept = passwords.hashed(password)

    def work(session: Session) -> str:
        user = person(session, actor, username, local_day(now))
        user.password_hash = kept
        user.must_change_password = True
        user.session_epoch += 1
        return user.username

    return once(actor, now, key, f"user:passwd:{username}", work)


def disable(
    username: str,
    *,
    actor: Administrator,
    now: datetime,
    forced: bool = False,
    key: str | None = None,
) -> str:
    """Close an account: its sessions, tokens and delegations end, nothing is deleted.

    Raises ``Conflict`` while the person still holds open files, unless ``forced``. Denunciations are
    not the administrator's to know and never stand in the way: the head is told of each.
    """
    today = local_day(now)

    def work(session: Session) -> str:
        user = person(session, actor, username, today)
        if actor is not None and user.id == actor.user_id:
            raise Forbidden("Không thể tự khóa tài khoản của chính mình.")
        if user.disabled_at is not None:
            return user.username
        if not forced:
            refuse_files_left(session, user.id)
        user.disabled_at = now
        user.session_epoch += 1
        session.execute(
            update(ApiToken)
            .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
            .values(revoked_at=now)
        )
        own_hats = select(Hat.id).where(Hat.user_id == user.id)
        session.execute(
            update(Delegation)
            .where(
                or_(Delegation.from_hat_id.in_(own_hats), Delegation.to_hat_id.in_(own_hats)),
                Delegation.valid_from <= today,
                Delegation.valid_to > today,
            )
            .values(valid_to=today)
        )
        tell_heads(session, user.id, now)
        return user.username

    return once(actor, now, key, f"user:disable:{username}", work)


def enable(username: str, *, actor: Administrator, now: datetime, key: str | None = None) -> str:
    """Open a closed account again; its hats count where they still last. Raises ``NotFound``, ``Forbidden``."""

    def work(session: Session) -> str:
        user = person(session, actor, username, local_day(now))
        user.disabled_at = None
        return user.username

    return once(actor, now, key, f"user:enable:{username}", work)
