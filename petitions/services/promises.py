"""Promises made to voters and after questioning; the commitment of each says who keeps it, and by when."""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.access import require_role
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.models import Agency, Field, Place, Promise
from petitions.queries.offices import in_force
from petitions.queries.promises import UNKNOWN, seen
from petitions.services import words
from petitions.services.checks import Faults
from petitions.services.onetime import run_once
from petitions.services.undertakings import Origin, Undertaking, undertake
from workflows.commitments import CommitmentSource, Occasion
from workflows.transition import PROCESSING
from workflows.vocabulary import Actor, Role

KEEPERS = PROCESSING | {Role.RECEPTION, Role.CLERK}
"""Hats that enter their body's promises."""
LIMITS = {"made_by": 160, "made_at": 255, "term": 60, "meeting": 120}
_LONG = 8_000
_REQUIRED = {
    "made_by": "Phải ghi người hứa.",
    "made_at": "Phải ghi nơi hứa.",
}


@dataclass(frozen=True, slots=True)
class About:
    """Who promised, when, where, on which occasion, in which field; who checks; what was answered."""

    occasion: Occasion
    made_by: str
    made_on: date
    made_at: str
    term: str = ""
    meeting: str = ""
    field_code: str | None = None
    place_code: str | None = None
    checking_agency_code: str | None = None
    answer: str = ""
    answered_on: date | None = None


def enter(
    about: About,
    undertaking: Undertaking,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Enter a promise of the actor's agency with its commitment; returns its uid.

    The checking body supervises the commitment. Raises ``Forbidden``, and ``Invalid`` at the fields of
    ``About`` and at ``undertaking.…``.
    """
    require_role(actor, *KEEPERS)

    def work(session: Session) -> str:
        return write(session, about, undertaking, actor.agency_id, None, actor, now).uid

    return run_once(key, "promise:enter", actor, now, work)


def change(
    uid: str,
    about: About,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Correct what is known of a promise, or note its answer; its commitment has a course of its own.

    Raises ``NotFound``, ``Forbidden``, ``Stale`` and ``Invalid``.
    """

    def work(session: Session) -> str:
        row = session.scalar(
            select(Promise).where(Promise.uid == uid, seen(actor)).with_for_update()
        )
        if row is None:
            raise NotFound(UNKNOWN)
        if row.agency_id != actor.agency_id or actor.role not in KEEPERS:
            raise Forbidden("Chỉ cơ quan đã nhập lời hứa sửa được.")
        if row.version != version:
            raise Stale(uid)
        rewrite(session, row, about, local_day(now))
        return uid

    return run_once(key, f"promise:change:{uid}", actor, now, work)


def write(
    session: Session,
    about: About,
    undertaking: Undertaking,
    agency_id: int,
    imported_key: str | None,
    actor: Actor,
    now: datetime,
) -> Promise:
    """The rows of a new promise, inside a transaction that is open. Raises ``Invalid``."""
    values = checked(session, about, local_day(now))
    row = Promise(
        uid=secrets.token_hex(16),
        agency_id=agency_id,
        imported_key=imported_key,
        created_by=actor.user_id,
        created_at=now,
        **values,
    )
    session.add(row)
    session.flush()
    checks = about.checking_agency_code
    supervising = tuple(dict.fromkeys((*undertaking.supervising, *([checks] if checks else ()))))
    undertake(
        session,
        Undertaking(
            undertaking.what,
            undertaking.lead_agency_code,
            undertaking.due,
            undertaking.kind,
            undertaking.cooperating,
            tuple(each for each in supervising if each != undertaking.lead_agency_code),
        ),
        Origin(CommitmentSource.PROMISE, promise_id=row.id),
        made_on=about.made_on,
        actor=actor,
        now=now,
        at="undertaking",
        keeper_id=agency_id,
    )
    return row


def rewrite(session: Session, row: Promise, about: About, today: date) -> bool:
    """Bring the row to ``about``; whether anything changed. Raises ``Invalid``."""
    values = checked(session, about, today)
    fresh = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in fresh.items():
        setattr(row, name, value)
    return bool(fresh)


def checked(session: Session, about: About, today: date) -> dict[str, Any]:
    """The columns of ``about``, its texts made safe. Raises ``Invalid`` with every fault."""
    faults: Faults = defaultdict(list)
    values: dict[str, Any] = {
        "occasion": about.occasion,
        "made_on": about.made_on,
        "answered_on": about.answered_on,
    }
    for name, limit in LIMITS.items():
        values[name] = words.line(getattr(about, name), name, limit, faults)
        if not values[name] and name in _REQUIRED:
            faults[name].append(_REQUIRED[name])
    values["answer"] = words.prose(about.answer, "answer", _LONG, faults)
    if about.made_on > today:
        faults["made_on"].append("Ngày này còn ở tương lai.")
    if about.answered_on is not None:
        if about.answered_on > today:
            faults["answered_on"].append("Ngày này còn ở tương lai.")
        if about.answered_on < about.made_on:
            faults["answered_on"].append("Ngày trả lời trước ngày hứa.")
    values["field_id"] = _id(
        session, Field, about.field_code, faults, "field_code", "Không có lĩnh vực này."
    )
    values["place_id"] = _id(
        session, Place, about.place_code, faults, "place_code", "Không có địa bàn này."
    )
    values["checking_agency_id"] = _agency(session, about.checking_agency_code, today, faults)
    if faults:
        raise Invalid(faults)
    return values


def _id(
    session: Session, model: Any, code: str | None, faults: Faults, path: str, unknown: str
) -> int | None:
    if not code:
        return None
    found: int | None = session.scalar(select(model.id).where(model.code == code))
    if found is None:
        faults[path].append(unknown)
    return found


def _agency(session: Session, code: str | None, today: date, faults: Faults) -> int | None:
    if not code:
        return None
    found = session.scalar(select(Agency.id).where(Agency.code == code, in_force(Agency, today)))
    if found is None:
        faults["checking_agency_code"].append("Chọn cơ quan trong danh mục.")
    return found
