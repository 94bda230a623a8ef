"""What is to be told, the mails it became, and the journal of sending them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from notifications.states import AttemptOutcome, MailState


def _stored(members: type[StrEnum]) -> Enum:
    return Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda cls: [member.value for member in cls],
        name=members.__name__.lower(),
    )


class OutboxMessage(Base):
    """One piece of news for one person, unique by ``dedupe_key``; ``payload`` carries codes and dates, never names.

    It is settled when a mail has taken it up (``mail_id``) or when it was found untrue, late or not
    for this person any more; ``outcome`` says which.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_unsettled", "settled_at", "not_before", "recipient_id"),
        Index("ix_outbox_message_mail", "mail_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    recipient_id: Mapped[int | None] = mapped_column(Key)
    case_id: Mapped[int | None] = mapped_column(Key)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))


class Mail(Base):
    """A mail frozen before it is first offered to the server: a retry sends the same bytes.

    One a person, kind and slot (a local day for a digest); a cancelled one frees its slot.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("recipient_id", "kind", "slot"),
        CheckConstraint("(state = 'sending') = (claimed_until IS NOT NULL)", name="claimed"),
        CheckConstraint("(state = 'sent') = (accepted_at IS NOT NULL)", name="accepted"),
        Index("ix_mail_state_try", "state", "next_try_at"),
        Index("ix_mail_day", "day", "state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(20))
    slot: Mapped[str] = mapped_column(String(80))
    day: Mapped[date]
    address: Mapped[str] = mapped_column(String(255))
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    frozen: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[MailState] = mapped_column(_stored(MailState))
    attempts: Mapped[int] = mapped_column(default=0)
    refusals: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str | None] = mapped_column(String(300))


class MailAttempt(Base):
    """One offer of a mail to the server. ``outcome`` is empty while it is under way or after a crash."""

    __tablename__ = "mail_attempt"
    __table_args__ = (UniqueConstraint("mail_id", "ordinal"), Index("ix_mail_attempt_at", "at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"))
    ordinal: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    owner: Mapped[str] = mapped_column(String(80))
    outcome: Mapped[AttemptOutcome | None] = mapped_column(_stored(AttemptOutcome))
    reply: Mapped[str | None] = mapped_column(String(300))


class MailPermit(Base):
    """An operator's word that more mail than usual may leave on a day."""

    __tablename__ = "mail_permit"

    day: Mapped[date] = mapped_column(primary_key=True)
    granted_by: Mapped[int | None] = mapped_column(Key)
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime)
