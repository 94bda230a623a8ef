"""What people and agencies chose about their mail. Frozen results, never rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select

from config.database import read, table_of
from petitions.access import require_role
from petitions.models import (
    Agency,
    AgencyMail,
    AgencyRung,
    MailPreference,
    MailSettingChange,
    User,
)
from workflows.ladder import Audience
from workflows.office_hours import MORNING
from workflows.post import MailSetting
from workflows.vocabulary import Actor, Role

_preference, _office, _rung, _agency, _change, _user = (
    table_of(row).c
    for row in (MailPreference, AgencyMail, AgencyRung, Agency, MailSettingChange, User)
)
CHANGES = 100
"""Changes shown, the newest first."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A person's choice; ``digest_at`` None: the hour of the agency, which is ``office_hour``."""

    digest_at: time | None
    informational: bool
    weekly: bool
    office_hour: time


@dataclass(frozen=True, slots=True)
class OfficeHour:
    """An agency with an hour of its own."""

    agency: str
    digest_at: time


@dataclass(frozen=True, slots=True)
class OwnRung:
    """A rung an agency added."""

    id: int
    agency: str
    day: int
    to: Sequence[Audience]


@dataclass(frozen=True, slots=True)
class SettingChange:
    """Who set what when: people told on a rung (``day``), or the hour; None: there was, or is, none."""

    at: datetime
    who: str
    agency: str
    setting: MailSetting
    day: int | None
    before: Sequence[Audience] | str | None
    after: Sequence[Audience] | str | None


def chosen(actor: Actor) -> Chosen:
    """What the actor chose, or what holds without a choice."""
    hour = read(select(_office.digest_at).where(_office.agency_id == actor.agency_id)).scalar()
    columns = (_preference.digest_at, _preference.informational, _preference.weekly)
    row = read(select(*columns).where(_preference.user_id == actor.user_id)).one_or_none()
    digest_at, informational, weekly = row or (None, True, True)
    return Chosen(digest_at, informational, weekly, hour or MORNING)


def office_hours(actor: Actor) -> list[OfficeHour]:
    """The agencies of the administrator that have an hour of their own."""
    require_role(actor, Role.ADMIN)
    rows = read(
        select(_agency.name, _office.digest_at)
        .join(table_of(AgencyMail), _office.agency_id == _agency.id)
        .where(_agency.id.in_(actor.agency_ids))
        .order_by(_agency.name, _agency.id)
    )
    return [OfficeHour(*row) for row in rows]


def own_rungs(actor: Actor) -> list[OwnRung]:
    """The rungs that agencies of the administrator added, in the order they come."""
    require_role(actor, Role.ADMIN)
    rows = read(
        select(_rung.id, _agency.name, _rung.day, _rung.to)
        .join(table_of(Agency), _agency.id == _rung.agency_id)
        .where(_agency.id.in_(actor.agency_ids))
        .order_by(_agency.name, _agency.id, _rung.day)
    )
    return [
        OwnRung(id_, agency, day, [Audience(each) for each in to]) for id_, agency, day, to in rows
    ]


def setting_changes(actor: Actor) -> list[SettingChange]:
    """What was set about the reminders of the administrator's agencies, the newest first."""
    require_role(actor, Role.ADMIN)
    rows = read(
        select(
            _change.changed_at, _user.name.label("who"), _agency.name.label("agency"),
            _change.setting, _change.day, _change.before, _change.after,
        )
        .select_from(table_of(MailSettingChange))
        .join(table_of(Agency), _agency.id == _change.agency_id)
        .join(table_of(User), _user.id == _change.changed_by)
        .where(_change.agency_id.in_(actor.agency_ids))
        .order_by(_change.id.desc())
        .limit(CHANGES)
    )  # fmt: skip
    return [
        SettingChange(
            row.changed_at, row.who, row.agency, row.setting, row.day,
            _people_or_hour(row.before), _people_or_hour(row.after),
        )
        for row in rows
    ]  # fmt: skip


def _people_or_hour(value: Any) -> Sequence[Audience] | str | None:
    return [Audience(each) for each in value] if isinstance(value, list) else value
