"""Hats: the roles a person holds in an agency for a time, and who signs for the head (KT., TL., TUQ.)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import insert, or_, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.models import Agency, Case, Delegation, Hat, User
from petitions.queries.offices import family
from petitions.queries.people import charged
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    once,
    person,
    refuse,
    words,
)
from petitions.services.onetime import run_once
from workflows.records import Capacity
from workflows.vocabulary import Actor, AgencyKind, Kind, Role

FILES_LEFT = "Người này còn giữ hồ sơ đang mở; hãy bàn giao trước, hoặc chọn vẫn thực hiện."


@dataclass(frozen=True, slots=True)
class HatGiven:
    """A role to give, by the codes of agency and section; both days count, no last day means for good."""

    role: Role
    agency_code: str
    valid_from: date
    valid_to: date | None = None
    section_code: str | None = None
    title: str = ""
    denunciation_duty: bool = False


@dataclass(frozen=True, slots=True)
class DelegationGiven:
    """The head behind ``from_hat_id`` lets ``to_hat_id`` sign in a capacity, on a document, for a time."""

    from_hat_id: int
    to_hat_id: int
    capacity: Capacity
    document: str
    valid_from: date
    valid_to: date


def give_hat(
    username: str,
    given: HatGiven,
    *,
    actor: Administrator,
    now: datetime,
    default: bool = False,
    key: str | None = None,
) -> str:
    """Give a person one more role; returns its id.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` with every fault at its field.
    """

    def work(session: Session) -> str:
        user = session.scalar(
            select(User).where(User.username == username.strip().lower()).with_for_update()
        )
        if user is None or user.disabled_at is not None:
            raise NotFound("Không tìm thấy tài khoản này.")
        return str(put_on(session, user.id, given, actor, local_day(now), default=default))

    return once(actor, now, key, f"hat:give:{username}", work)
