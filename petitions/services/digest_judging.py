"""Who a person is for a digest, and which news is still true and his to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam, select

from config.database import read
from petitions.access import visible
from petitions.models import AgencyMail, Case, Flag, MailPreference, User
from petitions.models.reminders import Subject
from petitions.services.accounts import principal
from petitions.services.reminders import running
from workflows.news import ALARMS, RUNG, WEEKLY, Dropped, Group, group_of, is_informational
from workflows.office_hours import MORNING
from workflows.vocabulary import Actor, Kind


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as the digest needs him; without ``actors`` nothing may be told to him."""

    user_id: int
    name: str = ""
    address: str | None = None
    actors: tuple[Actor, ...] = ()
    hour: time = MORNING
    office_hour: time = MORNING
    informational: bool = True
    weekly: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news that is true and this person's to know."""

    news: int
    kind: str
    group: Group
    code: str
    denunciation: bool
    payload: Mapping[str, Any]
    due: date | None


@dataclass(slots=True)
class Judged:
    """Which news is still true, and why the rest is not."""

    items: list[Item] = field(default_factory=list)
    dropped: dict[int, str] = field(default_factory=dict)

    def drop(self, row: Any, reason: Dropped) -> None:
        """Settle a piece of news without a mail."""
        self.dropped[row.id] = reason.value


def reader_of(user_id: int, today: date) -> Reader:
    """The person with every hat worn today and with what he and his agency chose."""
    row = read(_READER, {"person": user_id}).one_or_none()
    worn = None if row is None else principal(user_id, None, None, today)
    if row is None or worn is None:
        return Reader(user_id)
    others = (
        principal(user_id, hat.hat_id, None, today)
        for hat in worn.hats
        if hat.hat_id != worn.actor.hat_id
    )
    actors = (worn.actor, *(each.actor for each in others if each is not None))
    office = read(_OFFICE_HOUR, {"agency": worn.actor.agency_id}).scalar() or MORNING
    return Reader(
        user_id=user_id,
        name=worn.name,
        address=row.email,
        actors=actors,
        hour=row.digest_at or office,
        office_hour=office,
        informational=row.informational is not False,
        weekly=row.weekly is not False,
    )


def judge(reader: Reader, rows: Sequence[Any], today: date) -> Judged:
    """Each piece of news (id, kind, case_id, payload) kept with its place, or dropped with a reason."""
    judged, cases = Judged(), _seen(reader, rows)
    dates = _dates(rows)
    standing = _standing_flags([row.case_id for row in rows if row.kind in ALARMS])
    for row in _latest(rows, judged):
        case = cases.get(row.case_id)
        due = _day(row.payload)
        reason = _reason(reader, row, case, dates, standing)
        if reason is not None:
            judged.drop(row, reason)
            continue
        judged.items.append(
            Item(
                news=row.id,
                kind=row.kind,
                group=group_of(row.kind, due, today),
                code="" if case is None else case.code,
                denunciation=case is not None and case.kind is Kind.DENUNCIATION,
                payload=row.payload,
                due=due,
            )
        )
    return judged


def _reason(
    reader: Reader,
    row: Any,
    case: Any,
    dates: Mapping[tuple[str, int], tuple[int, date]],
    standing: set[tuple[int, str]],
) -> Dropped | None:
    if row.case_id is not None and case is None:
        return Dropped.OUT_OF_SCOPE
    if row.kind == WEEKLY:
        return None if reader.weekly else Dropped.SWITCHED_OFF
    if is_informational(row.kind):
        return None if reader.informational else Dropped.SWITCHED_OFF
    if row.kind != RUNG and row.kind not in ALARMS:
        return None
    if not case.open:
        return Dropped.CLOSED
    if row.kind in ALARMS:
        return None if (row.case_id, row.kind) in standing else Dropped.MET
    if case.paused_since is not None:
        return Dropped.PAUSED
    now = dates.get((row.payload["subject"], row.payload["id"]))
    if now is None:
        return Dropped.MET
    same = now == (row.payload["version"], _day(row.payload))
    return None if same else Dropped.MOVED


def _latest(rows: Sequence[Any], judged: Judged) -> list[Any]:
    """Of one date only the latest rung is told: after an absence there may be several."""
    last = {_subject(row): row.id for row in rows if row.kind == RUNG}
    kept = []
    for row in rows:
        if row.kind == RUNG and last[_subject(row)] != row.id:
            judged.drop(row, Dropped.SUPERSEDED)
        else:
            kept.append(row)
    return kept


def _subject(row: Any) -> tuple[str, int]:
    return row.payload["subject"], row.payload["id"]


def _day(payload: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(payload["due"]) if "due" in payload else None


def _seen(reader: Reader, rows: Sequence[Any]) -> dict[int, Any]:
    """The cases of this news that the person sees under any hat: one statement a hat."""
    ids = {row.case_id for row in rows if row.case_id is not None}
    found: dict[int, Any] = {}
    for actor in reader.actors:
        if missing := sorted(ids - found.keys()):
            statement = select(Case.id, Case.code, Case.kind, Case.open, Case.paused_since)
            seen = read(statement.where(Case.id.in_(missing), visible(actor)))
            found |= {row.id: row for row in seen}
    return found


def _dates(rows: Sequence[Any]) -> dict[tuple[str, int], tuple[int, date]]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.kind == RUNG:
            wanted.setdefault(row.payload["subject"], set()).add(row.payload["id"])
    return {
        (subject, key): value
        for subject, ids in wanted.items()
        for key, value in running(Subject(subject), ids).items()
    }


def _standing_flags(cases: Sequence[int]) -> set[tuple[int, str]]:
    if not cases:
        return set()
    rows = read(
        select(Flag.case_id, Flag.kind).where(Flag.case_id.in_(cases), Flag.cleared_on.is_(None))
    )
    return {(case, kind.value) for case, kind in rows}


_READER = (
    select(
        User.email, MailPreference.digest_at, MailPreference.informational, MailPreference.weekly
    )
    .outerjoin(MailPreference, MailPreference.user_id == User.id)
    .where(User.id == bindparam("person"))
)
_OFFICE_HOUR = select(AgencyMail.digest_at).where(AgencyMail.agency_id == bindparam("agency"))
