"""Sessions of citizen reception: planned, posted, prepared. How they end stands in ``reception_closing``.

A session's agency keeps it; bodies above only read it. Every day comes from outside; the law's last
days are told by ``queries.reception_dates`` and never stop the office: what is late is written down as it
happened.
"""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.access import require_role
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import Agency, Hat, Place, ReceptionSession, User
from petitions.queries.offices import in_force
from petitions.queries.reception_reach import NO_SESSION
from petitions.queries.visitors import is_uid
from petitions.rulebook import Rulebook, current
from petitions.services.onetime import run_once
from petitions.services.words import line
from workflows.reception import Host, SessionKind, SessionManner, SessionStatus
from workflows.transition import INTAKE
from workflows.vocabulary import Actor, Role
from workflows.working_days import CalendarMissing

MOST_DAYS = 62
"""Sessions planned at once: a head's days of a quarter, with room."""
LIMITS = {
    "place": 255, "topic": 300, "reason": 300, "note": 500, "posted_at": 255, "recording": 255,
}  # fmt: skip
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Sessions to be planned, alike but for their days. Place by code, the receiver by user name."""

    kind: SessionKind
    manner: SessionManner
    host: Host
    days: tuple[date, ...]
    starts_at: str | None = None
    ends_at: str | None = None
    place: str = ""
    place_code: str | None = None
    topic: str = ""
    reason: str = ""
    host_username: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What was done ahead of a session, each with its day; None leaves it undone."""

    posted_on: date | None = None
    posted_at: str = ""
    postponement_posted_on: date | None = None
    invited_on: date | None = None
    tested_on: date | None = None
    recording: str = ""


def plan(given: Planned, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Plan one session for each day; returns the uid of the first.

    Raises ``Forbidden``, and ``Invalid`` at ``days``, ``place``, ``reason``… : a mobile session needs
    its place, an ad hoc one and a day already past their reason (Law art 18(3)); one day has one
    session of a kind at a time.
    """
    require_role(actor, *INTAKE)
    today = local_day(now)

    def work(session: Session) -> str:
        book = current(session)
        safe = _plannable(given, today, book)
        place_id = _place(session, safe.place_code)
        refuse_doubles(session, actor.agency_id, safe)
        uids = [
            insert_session(
                session, actor, now, safe, day, place_id, _host(session, actor, safe, day)
            )
            for day in safe.days
        ]
        return uids[0]

    return run_once(key, "plan_reception", actor, now, work)


def regular_today(session: Session, actor: Actor, now: datetime) -> ReceptionSession:
    """Today's regular session of the actor's agency, made by its first visit. Within a transaction.

    Raises ``Conflict`` on a day off: reception is regular on working days (Law art 4, 12–18).
    """
    today = local_day(now)
    session.execute(select(Agency.id).where(Agency.id == actor.agency_id).with_for_update())
    wanted = select(ReceptionSession).where(
        ReceptionSession.agency_id == actor.agency_id,
        ReceptionSession.day == today,
        ReceptionSession.kind == SessionKind.REGULAR,
        ReceptionSession.manner == SessionManner.OFFICE,
        ReceptionSession.status != SessionStatus.CANCELLED,
    )
    found = session.scalar(wanted)
    if found is not None:
        return found
    try:
        working = current(session).calendar.is_working(today)
    except CalendarMissing as missing:
        raise Conflict(
            f"Chưa có lịch làm việc năm {missing.year}; quản trị viên phải nhập lịch trước."
        ) from missing
    if not working:
        raise Conflict(
            "Hôm nay là ngày nghỉ nên không có buổi thường xuyên; hãy lập buổi đột xuất."
        )
    planned = Planned(
        kind=SessionKind.REGULAR, manner=SessionManner.OFFICE, host=Host.STAFF, days=(today,)
    )
    insert_session(session, actor, now, planned, today, None, actor.user_id)
    return session.scalars(wanted).one()


def post_schedule(
    versions: Mapping[str, int],
    *,
    on: date,
    where: str,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """The schedule was hung up ``on`` that day: noted of each session (uid to version) not posted yet.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Invalid`` at ``on`` or ``where``.
    """
    require_role(actor, *INTAKE)
    place = line(where, "where", LIMITS["posted_at"])
    faults: dict[str, list[str]] = {}
    if not versions:
        faults["sessions"] = ["Chọn ít nhất một buổi chưa niêm yết."]
    if on > local_day(now):
        faults["on"] = ["Ngày này còn ở tương lai."]
    if not place:
        faults["where"] = ["Ghi nơi niêm yết: trụ sở, cổng thông tin điện tử…"]
    if faults:
        raise Invalid(faults)

    def work(session: Session) -> str:
        for uid, version in sorted(versions.items()):
            held = load_session(session, uid, actor, version)
            refuse_unless_planned(held)
            if held.posted_on is not None:
                continue
            if on > held.day:
                raise Invalid.at("on", "Ngày niêm yết sau ngày của một buổi đã chọn.")
            held.posted_on, held.posted_at = on, place
        return ""

    run_once(key, "post_reception", actor, now, work)


def prepare(
    uid: str,
    given: Prepared,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Note or correct what was done ahead: posted, invited, connection tested, recorded.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Invalid`` at the day that is to come or too late.
    """
    require_role(actor, *INTAKE)
    today = local_day(now)

    def work(session: Session) -> str:
        held = load_session(session, uid, actor, version)
        faults: defaultdict[str, list[str]] = defaultdict(list)
        for name in ("posted_on", "postponement_posted_on", "invited_on", "tested_on"):
            day: date | None = getattr(given, name)
            if day is not None and day > today:
                faults[name].append("Ngày này còn ở tương lai.")
            elif day is not None and day > held.day:
                faults[name].append("Ngày này sau ngày tiếp công dân.")
        where = line(given.posted_at, "posted_at", LIMITS["posted_at"], faults)
        recording = line(given.recording, "recording", LIMITS["recording"], faults)
        if given.posted_on is not None and not where:
            faults["posted_at"].append("Ghi nơi niêm yết: trụ sở, cổng thông tin điện tử…")
        if faults:
            raise Invalid(faults)
        held.posted_on, held.posted_at = given.posted_on, where or None
        held.invited_on, held.tested_on = given.invited_on, given.tested_on
        held.recording = recording or None
        if held.status is SessionStatus.POSTPONED:
            held.postponement_posted_on = given.postponement_posted_on
        return ""

    run_once(key, "prepare_reception", actor, now, work)


# --- rows ------------------------------------------------------------------------------------


def load_session(
    session: Session, uid: str, actor: Actor, version: int | None = None
) -> ReceptionSession:
    """A session of the actor's own agency, locked. Raises ``NotFound``, ``Forbidden``, ``Stale``."""
    if not is_uid(uid):
        raise NotFound(NO_SESSION)
    found = session.scalar(
        select(ReceptionSession)
        .where(ReceptionSession.uid == uid)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    reached = found is not None and (actor.province_wide or found.agency_id in actor.agency_ids)
    if found is None or not reached:
        raise NotFound(NO_SESSION)
    if found.agency_id != actor.agency_id:
        raise Forbidden("Chỉ cơ quan tổ chức buổi tiếp công dân mới ghi được.")
    if version is not None and version != found.version:
        raise Stale(uid)
    return found


def refuse_unless_planned(held: ReceptionSession) -> None:
    """Raise ``Conflict`` for a session that ended, was postponed or cancelled."""
    if held.status is not SessionStatus.PLANNED:
        raise Conflict("Buổi này đã kết thúc, đã hoãn hoặc đã hủy.")


def insert_session(
    session: Session,
    actor: Actor,
    now: datetime,
    given: Planned,
    day: date,
    place_id: int | None,
    host_id: int | None,
) -> str:
    """Write a planned session; returns its uid."""
    uid = secrets.token_hex(16)
    session.add(
        ReceptionSession(
            uid=uid, agency_id=actor.agency_id, kind=given.kind, manner=given.manner, day=day,
            starts_at=given.starts_at, ends_at=given.ends_at, place=given.place, place_id=place_id,
            topic=given.topic, host=given.host, host_id=host_id, held_in_person=False,
            participants=[], status=SessionStatus.PLANNED, reason=given.reason or None,
            no_visitor=False, note=given.note, created_by=actor.user_id, created_at=now,
        )
    )  # fmt: skip
    session.flush()
    return uid


def _plannable(given: Planned, today: date, book: Rulebook) -> Planned:
    faults: defaultdict[str, list[str]] = defaultdict(list)
    loose: dict[str, Any] = {
        name: line(getattr(given, name), name, LIMITS[name], faults)
        for name in ("place", "topic", "reason", "note")
    }
    safe = replace(given, days=tuple(sorted(set(given.days))), **loose)
    if not safe.days:
        faults["days"].append("Ghi ít nhất một ngày tiếp.")
    if len(safe.days) > MOST_DAYS:
        faults["days"].append(f"Nhiều nhất {MOST_DAYS} ngày một lần.")
    for name in ("starts_at", "ends_at"):
        clock = getattr(safe, name)
        if clock and not _CLOCK.fullmatch(clock):
            faults[name].append("Ghi giờ và phút, ví dụ 07:30.")
    if safe.starts_at and safe.ends_at and safe.ends_at <= safe.starts_at:
        faults["ends_at"].append("Giờ kết thúc phải sau giờ bắt đầu.")
    if safe.manner is SessionManner.MOBILE and not safe.place:
        faults["place"].append("Tiếp lưu động phải ghi địa điểm.")
    if safe.kind is SessionKind.AD_HOC and not safe.reason:
        faults["reason"].append(
            "Tiếp đột xuất phải ghi vụ việc, lý do (khoản 3 Điều 18 Luật Tiếp công dân)."
        )
    elif not safe.reason and any(day < today for day in safe.days):
        faults["reason"].append("Có ngày đã qua: phải ghi lý do lập sau ngày tiếp.")
    if safe.kind is not SessionKind.AD_HOC and safe.manner is SessionManner.OFFICE:
        _refuse_days_off(safe.days, book, faults)
    if faults:
        raise Invalid(faults)
    if safe.kind is not SessionKind.AD_HOC:  # why it was entered late is no reason of the session
        return replace(
            safe, reason="", note="; ".join(filter(None, (safe.reason, safe.note)))[:500]
        )
    return safe


def _refuse_days_off(
    days: Sequence[date], book: Rulebook, faults: defaultdict[str, list[str]]
) -> None:
    try:
        off = [day for day in days if not book.calendar.is_working(day)]
    except CalendarMissing as missing:
        faults["days"].append(
            f"Chưa có lịch làm việc năm {missing.year}; quản trị viên phải nhập lịch trước."
        )
        return
    if off:
        told = ", ".join(f"{day:%d/%m/%Y}" for day in off)
        faults["days"].append(f"Ngày nghỉ: {told}. Chọn ngày làm việc.")


def refuse_doubles(session: Session, agency_id: int, given: Planned, field: str = "days") -> None:
    """Raise ``Invalid`` at ``field`` where a day has such a session at that hour already."""
    taken = session.scalars(
        select(ReceptionSession.day)
        .where(
            ReceptionSession.agency_id == agency_id,
            ReceptionSession.day.in_(given.days),
            ReceptionSession.kind == given.kind,
            ReceptionSession.manner == given.manner,
            func.coalesce(ReceptionSession.starts_at, "") == (given.starts_at or ""),
            ReceptionSession.status.in_((SessionStatus.PLANNED, SessionStatus.HELD)),
        )
        .order_by(ReceptionSession.day)
    ).all()
    if taken:
        told = ", ".join(f"{day:%d/%m/%Y}" for day in taken)
        raise Invalid.at(field, f"Đã có buổi cùng loại, cùng giờ ngày {told}.")


def _host(session: Session, actor: Actor, given: Planned, day: date) -> int | None:
    """Who is to receive: the one named, else the agency's head for a day of the head's."""
    if given.host_username:
        found = receiver_of(session, actor.agency_id, given.host_username, day)
        if found is None:
            raise Invalid.at("host_username", "Chọn người trong cơ quan.")
        user, is_head = found
        if given.host is Host.HEAD and not is_head:
            raise Invalid.at("host_username", "Người này không phải người đứng đầu cơ quan.")
        return user
    if given.host is not Host.HEAD:
        return None
    return session.scalar(
        select(Hat.user_id)
        .join(User, User.id == Hat.user_id)
        .where(
            Hat.agency_id == actor.agency_id,
            Hat.role == Role.HEAD,
            in_force(Hat, day),
            User.disabled_at.is_(None),
        )
        .order_by(Hat.id)
        .limit(1)
    )


def receiver_of(
    session: Session, agency_id: int, username: str, on: date
) -> tuple[int, bool] | None:
    """(user, whether as the agency's head) of somebody who wore a hat of the agency on that day."""
    rows = session.execute(
        select(Hat.user_id, Hat.role)
        .join(User, User.id == Hat.user_id)
        .where(User.username == username, Hat.agency_id == agency_id, in_force(Hat, on))
    ).all()
    if not rows:
        return None
    return rows[0].user_id, any(row.role is Role.HEAD for row in rows)


def _place(session: Session, code: str | None) -> int | None:
    if not code:
        return None
    found = session.scalar(select(Place.id).where(Place.code == code))
    if found is None:
        raise Invalid.at("place_code", "Không có trong danh mục.")
    return found
