"""Users, the hats they wear, delegations, relations that shut them out, sign-in and tokens."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.records import Capacity
from workflows.vocabulary import Role


class User(Base):
    """A person who signs in. Never deleted: disabled."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    email: Mapped[str | None] = mapped_column(String(255))
    password_hash: Mapped[str] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    session_epoch: Mapped[int] = mapped_column(default=1)
    disabled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Hat(Base):
    """A role held in one agency (and perhaps one section of it) for a time."""

    __tablename__ = "hat"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="life"),
        Index("ix_hat_user", "user_id"),
        Index("ix_hat_agency_role", "agency_id", "role"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    title: Mapped[str] = mapped_column(String(120), default="")
    denunciation_duty: Mapped[bool] = mapped_column(default=False)
    is_default: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Delegation(Base):
    """The head lets someone sign for a time: KT. (deputy for the head), TL. (by order), TUQ. (authorised)."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("valid_to >= valid_from", name="life"),
        Index("ix_delegation_hat", "to_hat_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    from_hat_id: Mapped[int] = mapped_column(ForeignKey("hat.id"))
    to_hat_id: Mapped[int] = mapped_column(ForeignKey("hat.id"))
    capacity: Mapped[Capacity] = mapped_column(enum_type(Capacity))
    document: Mapped[str] = mapped_column(String(160))
    valid_from: Mapped[date]
    valid_to: Mapped[date]


class LoginAttempt(Base):
    """A failed sign-in, kept to throttle the next; names and addresses are kept as keyed digests."""

    __tablename__ = "login_attempt"
    __table_args__ = (Index("ix_login_attempt_who_at", "who", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    who: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ApiToken(Base):
    """A bearer token of one hat; only its digest is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    hat_id: Mapped[int] = mapped_column(ForeignKey("hat.id"))
    label: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class CommandKey(Base):
    """The one-time key of a form or API write with the first answer; the same key answers the same."""

    __tablename__ = "command_key"
    __table_args__ = (UniqueConstraint("user_id", "key"), Index("ix_command_key_at", "at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(80))
    command: Mapped[str] = mapped_column(String(60))
    result: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
