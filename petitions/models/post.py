"""The log of what was set about reminders, and of addresses that mail came back from. Append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, Key, UTCDateTime
from petitions.models.base import enum_type
from workflows.post import AddressStanding, MailSetting


class MailSettingChange(Base):
    """An agency's rung (``day`` working days from the date) or hour was set, changed or taken away.

    ``before`` and ``after`` are the people told (a list) or the hour (``HH:MM``); None: there was
    none, or there is none any more.
    """

    __tablename__ = "mail_setting_change"
    __table_args__ = (
        CheckConstraint("(setting = 'rung') = (day IS NOT NULL)", name="day_of_rung"),
        Index("ix_mail_setting_change_agency", "agency_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    setting: Mapped[MailSetting] = mapped_column(enum_type(MailSetting))
    day: Mapped[int | None]
    before: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    changed_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class AddressNote(Base):
    """What an operator noted of a person's address; the latest of an address holds.

    ``mail_id`` is the mail that came back, if it is known; ``reason`` the words of the returned mail.
    """

    __tablename__ = "address_note"
    __table_args__ = (Index("ix_address_note_user", "user_id", "address", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    address: Mapped[str] = mapped_column(String(255))
    standing: Mapped[AddressStanding] = mapped_column(enum_type(AddressStanding))
    reason: Mapped[str] = mapped_column(String(300))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    noted_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime] = mapped_column(UTCDateTime)
