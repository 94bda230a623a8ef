"""Who is signed in: people and tokens recognised, and what their hat lets them reach.

What leaves this module are plain values; no row does.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Select, bindparam, case, insert, select, update
from sqlalchemy.orm import aliased

from config.clock import local_day
from config.database import Key, UTCDateTime, db, read, transaction
from petitions.access import over_province
from petitions.errors import Invalid, NotFound
from petitions.models import Agency, ApiToken, Delegation, Hat, User
from petitions.queries.offices import below, in_force
from petitions.services import passwords, throttle
from workflows.records import Capacity
from workflows.vocabulary import Actor, Role

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
LONGEST_TOKEN_LIFE = 365
"""Days an API token may live."""


@dataclass(frozen=True, slots=True)
class HatShown:
    """One role a person may act in today."""

    hat_id: int
    role: Role
    agency_id: int
    agency: str
    section: str | None
    title: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Principal:
    """What a signed-in person is for the edges.

    A delegation never changes ``actor.role``, and so neither which acts the law's table allows nor
    which denunciations are seen: deputies may do a leader's acts anyway, and a decision on a
    complaint or denunciation is not handed further down. ``capacity`` says in what capacity the
    person signs for the head today (KT., TL., TUQ.), None when in the person's own name.
    """

    user_id: int
    username: str
    name: str
    epoch: int
    must_change_password: bool
    actor: Actor
    hats: tuple[HatShown, ...]
    capacity: Capacity | None = None

    @property
    def delegated(self) -> bool:
        """Whether the head lets this hat sign for him today."""
        return self.capacity is not None


def principal(user_id: int, hat_id: int | None, epoch: int | None, today: date) -> Principal | None:
    """The person under one of the hats valid today (``None``: the default one).

    None when the account is disabled, its sessions were ended (``epoch`` differs; ``None`` is not
    compared), or the hat or its agency is not valid today.
    """
    rows = read(_HATS, {"person": user_id, "today": today}).all()
    worn = next((row for row in rows if hat_id in {None, row.id}), None)
    if worn is None or epoch not in {None, worn.session_epoch}:
        return None
    return Principal(
        user_id=user_id,
        username=worn.username,
        name=worn.name,
        epoch=worn.session_epoch,
        must_change_password=worn.must_change_password,
        actor=_actor(user_id, worn, today),
        hats=tuple(
            HatShown(
                row.id, row.role, row.agency_id, row.agency, row.section, row.title, row.is_default
            )
            for row in rows
        ),
        capacity=worn.capacity,
    )


def principal_named(username: str, today: date) -> Principal | None:
    """The person of that username under the default hat, for the command line; None as in ``principal``."""
    user_id = db.session.scalar(select(User.id).where(User.username == username.strip().lower()))
    return None if user_id is None else principal(user_id, None, None, today)


def authenticate(username: str, password: str, address: str, now: datetime) -> Principal:
    """Who signs in from ``address`` (as the web server sees it).

    Raises ``TooManyAttempts``, or ``Invalid`` at ``password``, after the same work for an unknown
    name, a disabled account and a wrong password.
    """
    name = username.strip().lower()[:80]
    attempt = throttle.admit("sign-in", name, address, now)
    row = db.session.execute(
        select(User.id, User.password_hash, User.disabled_at).where(User.username == name)
    ).one_or_none()
    known = None if row is None or row.disabled_at is not None else row
    right = passwords.matches(None if known is None else known.password_hash, password)
    if known is None or not right:
        raise Invalid.at("password", WRONG)
    fresh = passwords.hashed(password) if passwords.outdated(known.password_hash) else None
    with transaction() as session:
        throttle.forgive(session, attempt)
        if fresh is not None:
            session.execute(
                update(User)
                .where(User.id == known.id, User.password_hash == known.password_hash)
                .values(password_hash=fresh)
            )
    found = principal(known.id, None, None, local_day(now))
    if found is None:
        raise Invalid.at(
            "username", "Tài khoản chưa có vai trò nào còn hiệu lực; hãy liên hệ quản trị viên."
        )
    return found


def change_password(user_id: int, old: str, new: str, now: datetime) -> int:
    """Choose a new password; every session signed in before ends. Returns the new session epoch.

    Raises ``Invalid`` at ``old`` or ``new``, ``TooManyAttempts`` when the old one is guessed at.
    """
    row = db.session.execute(
        select(User.username, User.password_hash).where(
            User.id == user_id, User.disabled_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy tài khoản này.")
    if reason := passwords.fault(new, row.username):
        raise Invalid.at("new", reason)
    if new == old:
        raise Invalid.at("new", "Mật khẩu mới phải khác mật khẩu hiện tại.")
    attempt = throttle.admit("change", str(user_id), str(user_id), now)
    if not passwords.matches(row.password_hash, old):
        raise Invalid.at("old", "Mật khẩu hiện tại không đúng.")
    fresh = passwords.hashed(new)
    with transaction() as session:
        throttle.forgive(session, attempt)
        epoch: int | None = session.scalar(
            update(User)
            .where(User.id == user_id, User.password_hash == row.password_hash)
            .values(
                password_hash=fresh,
                must_change_password=False,
                session_epoch=User.session_epoch + 1,
            )
            .returning(User.session_epoch)
        )
        if epoch is None:
            raise Invalid.at("old", "Mật khẩu vừa được đổi ở nơi khác; hãy đăng nhập lại.")
        return epoch


# --- tokens of other programs ----------------------------------------------------------------


def new_token(actor: Actor, label: str, days: int, now: datetime) -> str:
    """A bearer token for the actor's hat, valid for ``days`` days; shown this once, only its digest is kept.

    Raises ``Invalid`` at ``label`` or ``days``.
    """
    label = " ".join(label.split())
    if not 1 <= len(label) <= 80:
        raise Invalid.at("label", "Phải đặt tên cho khóa truy cập, dài nhất 80 ký tự.")
    if not 1 <= days <= LONGEST_TOKEN_LIFE:
        raise Invalid.at("days", f"Thời hạn từ 1 đến {LONGEST_TOKEN_LIFE} ngày.")
    token = f"donthu_{secrets.token_urlsafe(32)}"
    with transaction() as session:
        session.execute(
            insert(ApiToken).values(
                user_id=actor.user_id,
                hat_id=actor.hat_id,
                label=label,
                digest=_token_digest(token),
                created_at=now,
                expires_at=now + timedelta(days=days),
            )
        )
    return token


def principal_of_token(token: str, now: datetime) -> Principal | None:
    """Whose token it is; None when unknown, expired, revoked, or its person or hat is no longer valid."""
    row = read(_TOKEN, {"digest": _token_digest(token), "at": now}).one_or_none()
    return None if row is None else principal(row.user_id, row.hat_id, None, local_day(now))


def revoke_token(actor: Actor, token_id: int, now: datetime) -> None:
    """End a token of one's own, or as administrator one of a hat in one's agencies. Raises ``NotFound``."""
    mine = ApiToken.user_id == actor.user_id
    if actor.role is Role.ADMIN:
        hats = select(Hat.id).where(Hat.agency_id.in_(actor.agency_ids))
        mine = mine | ApiToken.hat_id.in_(hats)
    with transaction() as session:
        ended = session.scalar(
            update(ApiToken)
            .where(ApiToken.id == token_id, mine, ApiToken.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(ApiToken.id)
        )
        if ended is None:
            raise NotFound("Không tìm thấy khóa truy cập này.")


def _token_digest(token: str) -> str:
    # 256 random bits need no slow hash
    return hashlib.sha256(token.encode()).hexdigest()


# --- from rows to an actor -------------------------------------------------------------------


_TODAY = bindparam("today", type_=Date())


def _hats_statement() -> Select[*tuple[Any, ...]]:
    """The hats of an active person valid today, the default first, each with what is delegated to it."""
    section, parent, giver = aliased(Agency), aliased(Agency), aliased(Hat)
    order = case({each: rank for rank, each in enumerate(Capacity)}, value=Delegation.capacity)
    strongest = (
        select(Delegation.capacity)
        .join(giver, giver.id == Delegation.from_hat_id)
        .where(
            Delegation.to_hat_id == Hat.id, in_force(Delegation, _TODAY), in_force(giver, _TODAY)
        )
        .order_by(order)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            User.username,
            User.name,
            User.session_epoch,
            User.must_change_password,
            Hat.id,
            Hat.role,
            Hat.agency_id,
            Hat.section_id,
            Hat.title,
            Hat.is_default,
            Hat.denunciation_duty,
            Agency.name.label("agency"),
            Agency.kind,
            parent.kind.label("parent_kind"),
            section.name.label("section"),
            strongest.label("capacity"),
        )
        .join(Hat, Hat.user_id == User.id)
        .join(Agency, Agency.id == Hat.agency_id)
        .outerjoin(parent, parent.id == Agency.parent_id)
        .outerjoin(section, section.id == Hat.section_id)
        .where(
            User.id == bindparam("person"),
            User.disabled_at.is_(None),
            in_force(Hat, _TODAY),
            in_force(Agency, _TODAY),
        )
        .order_by(Hat.is_default.desc(), Hat.valid_from, Hat.id)
    )


_HATS = _hats_statement()
_BELOW = below(bindparam("agency", type_=Key), _TODAY)
_TOKEN = select(ApiToken.user_id, ApiToken.hat_id).where(
    ApiToken.digest == bindparam("digest"),
    ApiToken.revoked_at.is_(None),
    ApiToken.expires_at > bindparam("at", type_=UTCDateTime()),
)


def _actor(user_id: int, worn: Any, today: date) -> Actor:
    return Actor(
        user_id=user_id,
        hat_id=worn.id,
        role=worn.role,
        agency_id=worn.agency_id,
        name=worn.name,
        section_id=worn.section_id,
        agency_ids=frozenset(read(_BELOW, {"agency": worn.agency_id, "today": today}).scalars()),
        unit_ids=frozenset(unit for unit in (worn.agency_id, worn.section_id) if unit is not None),
        province_wide=over_province(worn.role, worn.kind, worn.parent_kind),
        denunciation_duty=worn.role is Role.INSPECTOR and worn.denunciation_duty,
    )
