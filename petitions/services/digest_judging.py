"""Who a person is for a digest, and which news is still true and his to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam, select

from config.database import read
from petitions.access import visible
from petitions.models import AddressNote, AgencyMail, Case, Flag, MailPreference, User
from petitions.models.reminders import Subject
from petitions.services.accounts import principal
from petitions.services.caseless_dates import CASELESS, CaselessDate
from petitions.services.meeting_news import MEETING_NEWS, Asked, asked_in
from petitions.services.reminders import running
from workflows.news import ALARMS, EFFECT, RUNG, WEEKLY, Dropped, Group, group_of, is_informational
from workflows.office_hours import MORNING
from workflows.post import AddressStanding
from workflows.vocabulary import Actor, Kind

_DATED = frozenset({RUNG, EFFECT})
"""News that speaks of a date."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A person as the digest needs him; without ``actors`` nothing may be told to him.

    ``returned``: mail to his address came back, so that he has none for now.
    """

    user_id: int
    name: str = ""
    address: str | None = None
    actors: tuple[Actor, ...] = ()
    hour: time = MORNING
    office_hour: time = MORNING
    informational: bool = True
    weekly: bool = True
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news that is true and this person's to know.

    ``code`` is what it is called: the case's code, or the title of a date without a case, whose page
    is ``path``. ``secret``: nothing beyond that is told.
    """

    news: int
    kind: str
    group: Group
    code: str
    secret: bool
    payload: Mapping[str, Any]
    due: date | None
    path: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says now of everything this news speaks of.

    ``cases`` and ``caseless`` hold what this person may know: cases by id, dates without a case by
    subject and id, None where it does not run any more. ``dates`` are version and due day of those
    of cases that run; ``asked`` the requests to meet a leader this person may know of.
    """

    cases: Mapping[int, Any]
    caseless: Mapping[tuple[str, int], CaselessDate | None]
    dates: Mapping[tuple[str, int], tuple[int, date]]
    flags: set[tuple[int, str]]
    asked: Mapping[int, Asked]


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
    returned = row.standing == AddressStanding.RETURNED
    office = read(_OFFICE_HOUR, {"agency": worn.actor.agency_id}).scalar() or MORNING
    return Reader(
        user_id=user_id,
        name=worn.name,
        address=None if returned else row.email,
        actors=actors,
        hour=row.digest_at or office,
        office_hour=office,
        informational=row.informational is not False,
        weekly=row.weekly is not False,
        returned=returned,
    )


def judge(reader: Reader, rows: Sequence[Any], today: date) -> Judged:
    """Each piece of news (id, kind, case_id, payload) kept with its place, or dropped with a reason."""
    judged = Judged()
    known = _Known(
        cases=_seen(reader, rows),
        caseless=_caseless(reader, rows, today),
        dates=_dates(rows, today),
        flags=_standing_flags([row.case_id for row in rows if row.kind in ALARMS]),
        asked=asked_in(reader.actors, rows),
    )
    for row in _latest(rows, judged):
        reason = _reason(reader, row, known)
        if reason is not None:
            judged.drop(row, reason)
            continue
        judged.items.append(_item(row, known, today))
    return judged


def _item(row: Any, known: _Known, today: date) -> Item:
    due = _day(row.payload)
    group = group_of(row.kind, due, today)
    case = known.cases.get(row.case_id)
    if row.kind in MEETING_NEWS:
        asked = known.asked[row.payload["meeting"]]
        return Item(
            row.id, row.kind, group, asked.title, asked.secret, row.payload, None, asked.path
        )
    if case is None and (there := known.caseless.get(_subject(row))) is not None:
        return Item(
            row.id, row.kind, group, there.title, there.secret, row.payload, due, there.path
        )
    return Item(
        news=row.id,
        kind=row.kind,
        group=group,
        code="" if case is None else case.code,
        secret=case is not None and case.kind is Kind.DENUNCIATION,
        payload=row.payload,
        due=due,
    )


def _reason(reader: Reader, row: Any, known: _Known) -> Dropped | None:
    if _is_caseless(row):
        return _reason_of_caseless(row, known)
    if row.kind in MEETING_NEWS:
        return _reason_of_meeting(row, known)
    case: Any = known.cases.get(row.case_id)
    if row.case_id is not None and case is None:
        return Dropped.OUT_OF_SCOPE
    if row.kind == WEEKLY:
        return None if reader.weekly else Dropped.SWITCHED_OFF
    if is_informational(row.kind):
        return None if reader.informational else Dropped.SWITCHED_OFF
    if row.kind not in _DATED and row.kind not in ALARMS:
        return None
    if not case.open:
        return Dropped.CLOSED
    if row.kind in ALARMS:
        return None if (row.case_id, row.kind) in known.flags else Dropped.MET
    if case.paused_since is not None:
        return Dropped.PAUSED
    return _unless_same(row, known.dates.get(_subject(row)))


def _reason_of_caseless(row: Any, known: _Known) -> Dropped | None:
    if _subject(row) not in known.caseless:
        return Dropped.OUT_OF_SCOPE
    there = known.caseless[_subject(row)]
    return _unless_same(row, None if there is None else (there.version, there.due))


def _reason_of_meeting(row: Any, known: _Known) -> Dropped | None:
    asked = known.asked.get(row.payload["meeting"])
    if asked is None:
        return Dropped.OUT_OF_SCOPE
    return None if asked.version == row.payload["version"] else Dropped.SUPERSEDED


def _unless_same(row: Any, now: tuple[int, date] | None) -> Dropped | None:
    if now is None:
        return Dropped.MET
    return None if now == (row.payload["version"], _day(row.payload)) else Dropped.MOVED


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
    return row.payload.get("subject", ""), row.payload.get("id", 0)


def _is_caseless(row: Any) -> bool:
    return row.kind == RUNG and row.payload["subject"] in CASELESS


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


def _ids(rows: Sequence[Any], *, caseless: bool) -> dict[Subject, set[int]]:
    wanted: dict[Subject, set[int]] = {}
    for row in rows:
        if row.kind in _DATED and _is_caseless(row) is caseless:
            wanted.setdefault(Subject(row.payload["subject"]), set()).add(row.payload["id"])
    return wanted


def _dates(rows: Sequence[Any], today: date) -> dict[tuple[str, int], tuple[int, date]]:
    return {
        (subject, key): value
        for subject, ids in _ids(rows, caseless=False).items()
        for key, value in running(subject, ids, today).items()
    }


def _caseless(
    reader: Reader, rows: Sequence[Any], today: date
) -> dict[tuple[str, int], CaselessDate | None]:
    """Dates without a case that this person may know of under any hat, with what runs of them."""
    found: dict[tuple[str, int], CaselessDate | None] = {}
    for subject, ids in _ids(rows, caseless=True).items():
        source = CASELESS[subject]
        seen: set[int] = set()
        for actor in reader.actors:
            if missing := ids - seen:
                seen.update(source.seen(actor, missing))
        there = {each.id: each for each in source.running(today, seen)} if seen else {}
        found |= {(subject, key): there.get(key) for key in seen}
    return found


def _standing_flags(cases: Sequence[int]) -> set[tuple[int, str]]:
    if not cases:
        return set()
    rows = read(
        select(Flag.case_id, Flag.kind).where(Flag.case_id.in_(cases), Flag.cleared_on.is_(None))
    )
    return {(case, kind.value) for case, kind in rows}


_STANDING = (
    select(AddressNote.standing)
    .where(AddressNote.user_id == User.id, AddressNote.address == User.email)
    .order_by(AddressNote.id.desc())
    .limit(1)
    .scalar_subquery()
)
_READER = (
    select(
        User.email, MailPreference.digest_at, MailPreference.informational, MailPreference.weekly,
        _STANDING.label("standing"),
    )
    .outerjoin(MailPreference, MailPreference.user_id == User.id)
    .where(User.id == bindparam("person"))
)  # fmt: skip
_OFFICE_HOUR = select(AgencyMail.digest_at).where(AgencyMail.agency_id == bindparam("agency"))
