"""When people get their digest and what they may switch off; the hour and the added rungs of an agency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.database import insert_or_replace, table_of
from petitions.errors import Invalid, NotFound
from petitions.models import AgencyMail, AgencyRung, MailPreference, MailSettingChange
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    once,
    reaches,
    refuse,
)
from petitions.services.onetime import run_once
from petitions.services.operator import operator
from workflows.ladder import Audience
from workflows.office_hours import LATEST_MORNING, OPENS, may_be_chosen
from workflows.post import MailSetting
from workflows.vocabulary import Actor

FARTHEST = 60
"""Working days from a date within which an agency may add a rung."""
_preference, _office, _rung = table_of(MailPreference), table_of(AgencyMail), table_of(AgencyRung)
_change = table_of(MailSettingChange)


def choose(
    digest_at: time | None,
    *,
    informational: bool,
    weekly: bool,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """What a person wants: an hour of his own (None: the agency's) and which information.

    Reminders of dates and work given to the person are told whatever is chosen. Raises ``Invalid``
    at ``digest_at``.
    """
    faults: Faults = defaultdict(list)
    _check_hour(digest_at, faults)
    refuse(faults)

    def work(session: Session) -> str:
        chosen = {"digest_at": digest_at, "informational": informational, "weekly": weekly}
        row = {"user_id": actor.user_id, **chosen}
        insert_or_replace(session, _preference, [row], key=("user_id",))
        return ""

    run_once(key, "mail:choose", actor, now, work)


def set_hour(
    agency_code: str,
    digest_at: time | None,
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> None:
    """The hour of an agency's digests; None: the usual one again. Raises ``Invalid``, ``Forbidden``."""

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        _check_hour(digest_at, faults)
        refuse(faults)
        office = agency(session, actor, agency_code, "agency_code")
        known = session.scalar(select(_office.c.digest_at).where(_office.c.agency_id == office.id))
        if known == digest_at:
            return ""
        hours = (_spelt(known), _spelt(digest_at))
        _log(session, office.id, MailSetting.HOUR, None, *hours, actor, now)
        if digest_at is None:
            session.execute(delete(_office).where(_office.c.agency_id == office.id))
        else:
            row = {"agency_id": office.id, "digest_at": digest_at}
            insert_or_replace(session, _office, [row], key=("agency_id",))
        return ""

    once(actor, now, key, "mail:hour", work)


def add_rung(
    agency_code: str,
    day: int,
    to: Collection[Audience],
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> None:
    """Add a rung ``day`` working days from every date of an agency (negative: before it).

    The house's rungs stay; one on the same day joins its people. Raises ``Invalid``, ``Forbidden``.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        if abs(day) > FARTHEST:
            faults["days"].append(f"Cách hạn nhiều nhất {FARTHEST} ngày làm việc.")
        if not to:
            faults["to"].append("Phải chọn ít nhất một người nhận.")
        refuse(faults)
        office = agency(session, actor, agency_code, "agency_code")
        row = {"agency_id": office.id, "day": day, "to": [each for each in Audience if each in to]}
        try:
            with session.begin_nested():
                session.execute(insert(_rung).values(row))
        except IntegrityError:
            raise Invalid.at("days", "Cơ quan này đã có mốc nhắc vào ngày đó.") from None
        _log(session, office.id, MailSetting.RUNG, day, None, row["to"], actor, now)
        return ""

    once(actor, now, key, "mail:rung", work)


def remove_rung(
    rung_id: int, *, actor: Administrator, now: datetime, key: str | None = None
) -> None:
    """Take away a rung an agency added. Raises ``NotFound``, ``Forbidden``."""

    def work(session: Session) -> str:
        known = session.execute(
            select(*_rung.c).where(_rung.c.id == rung_id).with_for_update()
        ).one_or_none()
        if known is None or not reaches(session, actor, known.agency_id):
            raise NotFound("Không có mốc nhắc này trong phạm vi bạn quản trị.")
        _log(session, known.agency_id, MailSetting.RUNG, known.day, known.to, None, actor, now)
        session.execute(delete(_rung).where(_rung.c.id == rung_id))
        return ""

    once(actor, now, key, f"mail:rung:{rung_id}", work)


def _check_hour(hour: time | None, faults: Faults) -> None:
    if hour is not None and not may_be_chosen(hour):
        faults["digest_at"].append(f"Chọn giờ từ {OPENS:%H:%M} đến {LATEST_MORNING:%H:%M}.")


def _spelt(hour: time | None) -> str | None:
    return None if hour is None else f"{hour:%H:%M}"


def _log(
    session: Session, agency_id: int, setting: MailSetting, day: int | None, before: Any, after: Any,
    actor: Administrator, now: datetime,
) -> None:  # fmt: skip
    by = operator(session, now) if actor is None else actor
    session.execute(
        insert(_change).values(
            agency_id=agency_id, setting=setting, day=day, before=before, after=after,
            changed_by=by.user_id, changed_at=now,
        )
    )  # fmt: skip
