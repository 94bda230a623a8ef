"""The post as operators see it: what waits, what was parked, what is uncertain, and who hears nothing.

Nothing of any case is shown but how many: an administrator sees no cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select

from config.clock import local_day
from config.database import UTCDateTime, read, table_of
from notifications.models import Mail, MailAttempt, MailPermit, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from petitions.access import require_role
from petitions.errors import Forbidden, NotFound
from petitions.models import AddressNote, Agency, JobRun, Reminder, Sweep, User
from petitions.models.reminders import NOBODY
from workflows.news import Dropped
from workflows.post import AddressStanding
from workflows.vocabulary import Actor, Role

SHOWN = 100
"""Mails of one list; the newest first."""
LOOKED_BACK = timedelta(days=30)
_UNREACHED = (Dropped.NO_ADDRESS.value, Dropped.DISABLED.value, Dropped.RETURNED.value)
_mail, _attempt, _news = (table_of(row).c for row in (Mail, MailAttempt, OutboxMessage))
_reminder, _agency, _user = (table_of(row).c for row in (Reminder, Agency, User))
_run, _sweep, _permit, _note = (table_of(row).c for row in (JobRun, Sweep, MailPermit, AddressNote))


@dataclass(frozen=True, slots=True)
class ParkedMail:
    """A mail that stopped, with the server's words; ``user_id`` whose it is."""

    id: int
    user_id: int
    address: str
    subject: str
    day: date
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class UncertainMail:
    """A try of which nobody knows whether the server took the mail."""

    mail_id: int
    address: str
    at: datetime
    state: MailState


@dataclass(frozen=True, slots=True)
class Unheard:
    """Dates of an agency that reached a rung with nobody to tell."""

    agency: str
    rung: str
    count: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Unreached:
    """A person whose news was dropped because no mail can reach them."""

    name: str
    username: str
    reason: Dropped
    count: int


@dataclass(frozen=True, slots=True)
class Returned:
    """A person whose address mail came back from: not written to until it changes."""

    user_id: int
    name: str
    username: str
    address: str
    reason: str
    since: datetime
    noted_by: str


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits: news not yet told, mails not yet sent, and since when."""

    news: int
    oldest_news: datetime | None
    mails: Mapping[MailState, int]
    oldest_mail: datetime | None
    held: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the operations page shows of the post."""

    depth: Depth
    parked: Sequence[ParkedMail]
    uncertain: Sequence[UncertainMail]
    unheard: Sequence[Unheard]
    unreached: Sequence[Unreached]
    returned: Sequence[Returned]
    permitted: bool


def require_operator(actor: Actor) -> None:
    """Raise ``Forbidden`` unless the actor administers the topmost body: the post is everybody's."""
    require_role(actor, Role.ADMIN)
    parent = read(select(_agency.parent_id).where(_agency.id == actor.agency_id)).scalar()
    if parent is not None:
        raise Forbidden("Chỉ quản trị viên của cơ quan cao nhất xem và vận hành việc gửi thư.")


def overview(actor: Actor, now: datetime) -> Overview:
    """The state of the post at ``now``. Raises ``Forbidden``."""
    require_operator(actor)
    since = now - LOOKED_BACK
    permit = select(_permit.day).where(_permit.day == local_day(now))
    return Overview(
        depth=depth(now),
        parked=parked(),
        uncertain=[UncertainMail(*row) for row in read(_UNCERTAIN, {"since": since})],
        unheard=[Unheard(*row) for row in read(_unheard(local_day(since)))],
        unreached=[
            Unreached(name, username, Dropped(reason), count)
            for name, username, reason, count in read(_unreached(since))
        ],
        returned=[Returned(*row) for row in read(_RETURNED)],
        permitted=read(permit).first() is not None,
    )


def depth(now: datetime) -> Depth:
    """What waits at ``now``."""
    unsettled = _news.settled_at.is_(None)
    waiting: Any = read(
        select(func.count(), func.min(_news.created_at)).where(unsettled, _news.not_before <= now)
    ).one()
    held = read(select(func.count()).where(unsettled, _news.not_before > now)).scalar() or 0
    states = read(select(_mail.state, func.count()).group_by(_mail.state)).all()
    oldest = select(func.min(_mail.created_at)).where(
        _mail.state.in_((MailState.QUEUED, MailState.SENDING))
    )
    counts = dict.fromkeys(MailState, 0) | {state: count for state, count in states}
    return Depth(waiting[0], waiting[1], counts, read(oldest).scalar(), held)


def parked() -> list[ParkedMail]:
    """Mails that wait for an operator, the latest first."""
    rows = read(
        select(
            _mail.id, _mail.recipient_id, _mail.address, _mail.subject, _mail.day, _mail.attempts,
            func.coalesce(_mail.error, ""),
        )
        .where(_mail.state == MailState.PARKED)
        .order_by(_mail.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    return [ParkedMail(*row) for row in rows]


def person_of(actor: Actor, user_id: int) -> tuple[str, str]:
    """Name and address of somebody the operator writes to. Raises ``Forbidden``, ``NotFound``."""
    require_operator(actor)
    row = read(select(_user.name, _user.email).where(_user.id == user_id)).one_or_none()
    if row is None:
        raise NotFound("Không tìm thấy người này.")
    return row.name, row.email or ""


def gauges(now: datetime) -> dict[str, float]:
    """The figures of the post and the sweep for a monitoring system."""
    here = depth(now)
    last_sweep = read(select(func.max(_sweep.recorded_at))).scalar()
    nobody = select(func.count()).where(
        _reminder.recipient_id == NOBODY, _reminder.fired_on >= local_day(now - LOOKED_BACK)
    )
    return {
        "outbox_depth": here.news,
        "outbox_oldest_seconds": _seconds(here.oldest_news, now),
        "outbox_held": here.held,
        "mail_oldest_unsent_seconds": _seconds(here.oldest_mail, now),
        "sweep_age_seconds": _seconds(last_sweep, now),
        "reminders_with_nobody": read(nobody).scalar() or 0,
        **{f"mails_{state.value}": here.mails[state] for state in MailState},
    }


def failures(since: datetime) -> dict[str, int]:
    """Failed runs of each job since then."""
    rows = read(
        select(_run.job, func.count())
        .where(_run.started_at >= since, _run.outcome == "failed")
        .group_by(_run.job)
    )
    return {job: count for job, count in rows}


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


_UNCERTAIN = (
    select(_attempt.mail_id, _mail.address, _attempt.at, _mail.state)
    .join(table_of(Mail), _mail.id == _attempt.mail_id)
    .where(
        (_attempt.outcome == AttemptOutcome.UNCERTAIN)
        | (_attempt.outcome.is_(None) & (_mail.state != MailState.SENDING)),
        _attempt.at >= bindparam("since", type_=UTCDateTime()),
    )
    .order_by(_attempt.id.desc())
    .limit(SHOWN)
)


_other = table_of(AddressNote).alias()
_noter = table_of(User).alias()
_RETURNED = (
    select(
        _user.id, _user.name, _user.username, _note.address, _note.reason, _note.noted_at,
        _noter.c.name.label("noted_by"),
    )
    .select_from(table_of(AddressNote))
    .join(table_of(User), (_user.id == _note.user_id) & (_user.email == _note.address))
    .join(_noter, _noter.c.id == _note.noted_by)
    .where(
        _note.standing == AddressStanding.RETURNED,
        ~exists().where(
            _other.c.user_id == _note.user_id,
            _other.c.address == _note.address,
            _other.c.id > _note.id,
        ),
    )
    .order_by(_user.name, _user.id)
    .limit(SHOWN)
)  # fmt: skip


def _unheard(since: date) -> Any:
    last = func.max(_reminder.fired_on)
    return (
        select(_agency.name, _reminder.rung, func.count(), last)
        .join(table_of(Agency), _agency.id == _reminder.agency_id)
        .where(_reminder.recipient_id == NOBODY, _reminder.fired_on >= since)
        .group_by(_agency.name, _reminder.rung)
        .order_by(last.desc(), _agency.name, _reminder.rung)
        .limit(SHOWN)
    )


def _unreached(since: datetime) -> Any:
    return (
        select(_user.name, _user.username, _news.outcome, func.count())
        .join(table_of(User), _user.id == _news.recipient_id)
        .where(_news.outcome.in_(_UNREACHED), _news.settled_at >= since)
        .group_by(_user.id, _user.name, _user.username, _news.outcome)
        .order_by(_user.name, _user.id)
        .limit(SHOWN)
    )
