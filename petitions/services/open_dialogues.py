"""The head's dialogues with people, which need no case: the year's plan, and what came of each."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.access import require_role
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import Hat, OpenDialogue, Place, User
from petitions.queries.offices import in_force
from petitions.queries.open_dialogues import UNKNOWN, seen
from petitions.services.checks import Faults
from petitions.services.onetime import run_once
from petitions.services.undertakings import Origin, Undertaking, undertake
from petitions.services.words import line, prose
from workflows.commitments import CommitmentSource, OpenDialogueStatus
from workflows.transition import PROCESSING
from workflows.vocabulary import Actor, Role

KEEPERS = PROCESSING | {Role.RECEPTION}
"""Hats that keep their body's plan of dialogues."""
MOST_PEOPLE = 100_000
_LIMITS = {"place": 255, "reason": 300, "name": 255, "title": 160}
_LONG = 8_000


@dataclass(frozen=True, slots=True)
class Planned:
    """A dialogue of the plan. ``place_code`` is the administrative unit it is held in."""

    planned_on: date
    place: str
    topics: str
    place_code: str | None = None
    posted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """How it went: who held it (by user name) and whether that was the head in person, how many came."""

    held_on: date
    in_person: bool
    people: int | None = None
    held_by: str | None = None
    participants: tuple[Mapping[str, str], ...] = ()
    summary: str = ""
    undertakings: tuple[Undertaking, ...] = ()


def plan(given: Sequence[Planned], *, actor: Actor, now: datetime, key: str | None = None) -> int:
    """Put several dialogues into the plan of the actor's agency; returns how many.

    Raises ``Forbidden``, ``Invalid`` at ``slots.N.…``; nothing is planned unless all are right.
    """
    require_role(actor, *KEEPERS)

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        if not given:
            faults["slots.0.planned_on"].append("Phải có ít nhất một buổi đối thoại.")
        rows = [_planned(session, each, f"slots.{at}.", faults) for at, each in enumerate(given)]
        if faults:
            raise Invalid(faults)
        session.execute(
            insert(OpenDialogue),
            [
                {
                    **row,
                    "uid": secrets.token_hex(16),
                    "version": 1,
                    "agency_id": actor.agency_id,
                    "status": OpenDialogueStatus.PLANNED,
                    "participants": [],
                    "held_in_person": False,
                    "summary": "",
                    "reason": "",
                    "created_by": actor.user_id,
                    "created_at": now,
                }
                for row in rows
            ],
        )
        return str(len(rows))

    return int(run_once(key, "open_dialogue:plan", actor, now, work))


def change(
    uid: str,
    given: Planned,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Change the plan of a dialogue that was not held, and when it was made public; returns its uid."""

    def work(session: Session) -> str:
        row = _open(session, uid, version, actor)
        faults: Faults = defaultdict(list)
        values = _planned(session, given, "", faults)
        if faults:
            raise Invalid(faults)
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        return uid

    return run_once(key, f"open_dialogue:change:{uid}", actor, now, work)


def hold(
    uid: str,
    given: Held,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Record how a dialogue of the plan went, with what was undertaken in it; returns its uid.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` when it was held or cancelled, and
    ``Invalid`` at ``held_on``, ``people``, ``held_by``, ``participants.N.…``, ``summary`` and
    ``undertakings.N.…``.
    """

    def work(session: Session) -> str:
        row = _open(session, uid, version, actor)
        faults: Faults = defaultdict(list)
        if given.held_on > local_day(now):
            faults["held_on"].append("Ngày này còn ở tương lai.")
        if given.people is not None and not 0 <= given.people <= MOST_PEOPLE:
            faults["people"].append(f"Số người từ 0 đến {MOST_PEOPLE}.")
        summary = prose(given.summary, "summary", _LONG, faults)
        if not summary:
            faults["summary"].append("Phải ghi tóm tắt nội dung đối thoại.")
        host = None
        if given.held_by:
            host = _colleague(session, given.held_by, actor, given.held_on)
            if host is None:
                faults["held_by"].append("Chọn người của cơ quan.")
        participants = []
        for at, each in enumerate(given.participants):
            named = {
                name: line(each.get(name, ""), f"participants.{at}.{name}", _LIMITS[name], faults)
                for name in ("name", "title")
            }
            if not named["name"]:
                faults[f"participants.{at}.name"].append("Phải ghi họ tên.")
            participants.append(named)
        if faults:
            raise Invalid(faults)
        row.status, row.held_on, row.held_by_id = OpenDialogueStatus.HELD, given.held_on, host
        row.held_in_person, row.people = given.in_person, given.people
        row.participants, row.summary, row.reason = participants, summary, ""
        row.version += 1
        session.flush()
        _undertake(session, row, given.undertakings, actor, now)
        return uid

    return run_once(key, f"open_dialogue:hold:{uid}", actor, now, work)


def put_off(
    uid: str,
    reason: str,
    *,
    cancelled: bool,
    new_day: date | None,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Postpone a dialogue (to ``new_day`` when known) or cancel it, with the reason; returns its uid.

    A postponed one keeps its day in the plan; the new day is a line of the plan of its own.
    """

    def work(session: Session) -> str:
        row = _open(session, uid, version, actor)
        faults: Faults = defaultdict(list)
        why = line(reason, "reason", _LIMITS["reason"], faults)
        if not why:
            faults["reason"].append("Phải ghi lý do.")
        if new_day is not None and new_day <= row.planned_on and not cancelled:
            faults["new_day"].append("Ngày mới phải sau ngày đã lên lịch.")
        if faults:
            raise Invalid(faults)
        row.status = OpenDialogueStatus.CANCELLED if cancelled else OpenDialogueStatus.POSTPONED
        row.reason = why
        row.version += 1
        if cancelled or new_day is None:
            return uid
        fresh = secrets.token_hex(16)
        session.add(
            OpenDialogue(
                uid=fresh,
                agency_id=row.agency_id,
                planned_on=new_day,
                place=row.place,
                place_id=row.place_id,
                topics=row.topics,
                status=OpenDialogueStatus.PLANNED,
                created_by=actor.user_id,
                created_at=now,
            )
        )
        return fresh

    return run_once(key, f"open_dialogue:put_off:{uid}", actor, now, work)


def add_undertakings(
    uid: str,
    given: Sequence[Undertaking],
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Write down more of what was undertaken in a dialogue that was held; returns its uid."""

    def work(session: Session) -> str:
        row = _loaded(session, uid, version, actor)
        if row.status is not OpenDialogueStatus.HELD:
            raise Conflict("Chỉ ghi cam kết của buổi đối thoại đã tổ chức.")
        if not given:
            raise Invalid.at("undertakings.0.what", "Phải ghi nội dung cam kết.")
        _undertake(session, row, given, actor, now)
        row.version += 1
        return uid

    return run_once(key, f"open_dialogue:undertake:{uid}", actor, now, work)


def _loaded(session: Session, uid: str, version: int, actor: Actor) -> OpenDialogue:
    row = session.scalar(
        select(OpenDialogue).where(OpenDialogue.uid == uid, seen(actor)).with_for_update()
    )
    if row is None:
        raise NotFound(UNKNOWN)
    if row.agency_id != actor.agency_id or actor.role not in KEEPERS:
        raise Forbidden("Chỉ cơ quan tổ chức đối thoại ghi được việc này.")
    if row.version != version:
        raise Stale(uid)
    return row


def _open(session: Session, uid: str, version: int, actor: Actor) -> OpenDialogue:
    row = _loaded(session, uid, version, actor)
    if row.status is not OpenDialogueStatus.PLANNED:
        raise Conflict("Buổi đối thoại này đã tổ chức, đã hoãn hoặc đã hủy.")
    return row


def _undertake(
    session: Session,
    row: OpenDialogue,
    given: Sequence[Undertaking],
    actor: Actor,
    now: datetime,
) -> None:
    assert row.held_on is not None
    origin = Origin(CommitmentSource.OPEN_DIALOGUE, open_dialogue_id=row.id)
    for at, each in enumerate(given):
        undertake(
            session,
            each,
            origin,
            made_on=row.held_on,
            actor=actor,
            now=now,
            at=f"undertakings.{at}",
        )


def _planned(session: Session, given: Planned, path: str, faults: Faults) -> dict[str, object]:
    place = line(given.place, f"{path}place", _LIMITS["place"], faults)
    topics = prose(given.topics, f"{path}topics", _LONG, faults)
    if not place:
        faults[f"{path}place"].append("Phải ghi địa điểm.")
    if not topics:
        faults[f"{path}topics"].append("Phải ghi nội dung đối thoại.")
    if given.posted_on is not None and given.posted_on > given.planned_on:
        faults[f"{path}posted_on"].append("Ngày niêm yết phải trước buổi đối thoại.")
    place_id = None
    if given.place_code:
        place_id = session.scalar(select(Place.id).where(Place.code == given.place_code))
        if place_id is None:
            faults[f"{path}place_code"].append("Không có địa bàn này.")
    return {
        "planned_on": given.planned_on,
        "place": place,
        "topics": topics,
        "place_id": place_id,
        "posted_on": given.posted_on,
    }


def _colleague(session: Session, username: str, actor: Actor, on: date) -> int | None:
    return session.scalar(
        select(User.id)
        .join(Hat, Hat.user_id == User.id)
        .where(User.username == username, Hat.agency_id == actor.agency_id, in_force(Hat, on))
        .limit(1)
    )
