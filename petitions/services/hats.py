"""Hats: the roles a person holds in an agency for a time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.models import Agency, Case, Hat, User
from petitions.queries.people import charged
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    meets,
    once,
    reaches,
    refuse,
    within,
    words,
)
from petitions.services.charges import heads_of
from petitions.services.onetime import run_once
from workflows.vocabulary import Actor, AgencyKind, Kind, Role

HOLDER_LEFT = "holder_left"
"""News for a head: the person charged with this case no longer works on it."""
NO_HAT = "Không có vai trò này trong phạm vi bạn quản trị."


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
            select(User)
            .where(User.username == username.strip().lower())
            .with_for_update(key_share=True)
        )
        if user is None or user.disabled_at is not None:
            raise NotFound("Không tìm thấy tài khoản này.")
        return str(put_on(session, user.id, given, actor, default=default))

    return once(actor, now, key, f"hat:give:{username}", work)


def end_hat(
    hat_id: int,
    last_day: date,
    *,
    actor: Administrator,
    now: datetime,
    forced: bool = False,
    key: str | None = None,
) -> str:
    """End a role with ``last_day``; returns its id.

    Raises ``NotFound``, ``Invalid`` at ``last_day``, ``Forbidden`` for the hat one is wearing, and
    ``Conflict`` while the person, left without a hat in the agency, holds open files there, unless
    ``forced`` (denunciations apart: the head is told).
    """

    def work(session: Session) -> str:
        hat = _hat(session, actor, hat_id)
        if actor is not None and hat.id == actor.hat_id:
            raise Forbidden("Không thể tự kết thúc vai trò đang dùng.")
        if last_day < hat.valid_from:
            raise Invalid.at("last_day", "Ngày kết thúc trước ngày bắt đầu.")
        if hat.valid_to is not None and last_day > hat.valid_to:
            raise Invalid.at("last_day", "Vai trò này đã kết thúc sớm hơn ngày đó.")
        hat.valid_to = last_day
        stays = session.scalar(
            select(Hat.id)
            .where(
                Hat.user_id == hat.user_id,
                Hat.agency_id == hat.agency_id,
                or_(Hat.valid_to.is_(None), Hat.valid_to > last_day),
            )
            .limit(1)
        )
        if stays is None:
            if not forced:
                refuse_files_left(session, hat.user_id, hat.agency_id)
            tell_heads(session, hat.user_id, now, hat.agency_id)
        return str(hat.id)

    return once(actor, now, key, f"hat:end:{hat_id}", work)


def choose_default(hat_id: int, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Make one of one's own hats the one worn after sign-in. Raises ``NotFound``."""

    def work(session: Session) -> str:
        own = session.scalar(select(Hat.id).where(Hat.id == hat_id, Hat.user_id == actor.user_id))
        if own is None:
            raise NotFound(NO_HAT)
        _make_default(session, actor.user_id, hat_id)
        return str(hat_id)

    return run_once(key, f"hat:default:{hat_id}", actor, now, work)


def put_on(
    session: Session, user_id: int, given: HatGiven, actor: Administrator, *, default: bool
) -> int:
    """Write a hat inside a command; the person's first one becomes the default. Returns its id.

    Raises ``Invalid`` with every fault at its field.
    """
    faults: Faults = defaultdict(list)
    office = agency(session, actor, given.agency_code, "agency_code")
    section = _section(session, given, office, faults)
    title = words(given.title, "title", 120, faults, required=False)
    if given.role is Role.SECTION_HEAD and given.section_code is None:
        faults["section_code"].append("Trưởng bộ phận phải thuộc một phòng, bộ phận.")
    if given.denunciation_duty and given.role is not Role.INSPECTOR:
        faults["denunciation_duty"].append("Chỉ thanh tra viên được giao phụ trách tố cáo.")
    if given.valid_to is not None and given.valid_to < given.valid_from:
        faults["valid_to"].append("Ngày kết thúc trước ngày bắt đầu.")
    elif not within(given.valid_from, given.valid_to, office):
        faults["valid_from"].append("Cơ quan không tồn tại trong suốt thời gian này.")
    refuse(faults)
    _refuse_twice(session, user_id, given, office.id, section)
    fresh = Hat(
        user_id=user_id,
        role=given.role,
        agency_id=office.id,
        section_id=section,
        title=title,
        denunciation_duty=given.denunciation_duty,
        is_default=False,
        valid_from=given.valid_from,
        valid_to=given.valid_to,
    )
    session.add(fresh)
    session.flush()
    others = select(Hat.id).where(Hat.user_id == user_id, Hat.is_default, Hat.id != fresh.id)
    if default or session.scalar(others.limit(1)) is None:
        _make_default(session, user_id, fresh.id)
    return fresh.id


# --- files a person leaves behind ------------------------------------------------------------


def refuse_files_left(session: Session, user_id: int, agency_id: int | None = None) -> None:
    """Raise ``Conflict`` while the person holds open files (of one agency), denunciations apart.

    Of these the administrator must not even learn that there are any.
    """
    held = _files(user_id, agency_id).where(Case.kind != Kind.DENUNCIATION)
    if session.scalar(held.limit(1)) is not None:
        raise Conflict(
            "Người này còn giữ hồ sơ đang mở; hãy bàn giao trước, hoặc chọn vẫn thực hiện."
        )


def tell_heads(session: Session, user_id: int, now: datetime, agency_id: int | None = None) -> None:
    """Queue word of every open file the person leaves behind to the heads who must hand it over."""
    today = local_day(now)
    for case in session.scalars(_files(user_id, agency_id)):
        heads = heads_of(session, case.agency_id, case.id, today)
        ledger.remind(session, case, HOLDER_LEFT, heads, now)


def _files(user_id: int, agency_id: int | None) -> Any:
    held = select(Case).where(Case.open, charged(user_id)).order_by(Case.id)
    return held if agency_id is None else held.where(Case.agency_id == agency_id)


# --- what fits -------------------------------------------------------------------------------


def _hat(session: Session, actor: Administrator, hat_id: int) -> Hat:
    hat = session.get(Hat, hat_id, with_for_update=True)
    if hat is None or not reaches(session, actor, hat.agency_id):
        raise NotFound(NO_HAT)
    return hat


def _section(session: Session, given: HatGiven, office: Agency, faults: Faults) -> int | None:
    if office.kind is AgencyKind.SECTION:
        faults["agency_code"].append("Phải chọn cơ quan; phòng, bộ phận chọn ở mục bên cạnh.")
    if given.section_code is None:
        return None
    section = session.scalar(
        select(Agency).where(
            Agency.code == given.section_code,
            Agency.parent_id == office.id,
            Agency.kind == AgencyKind.SECTION,
        )
    )
    if section is None or not within(given.valid_from, given.valid_to, section):
        faults["section_code"].append("Không có phòng, bộ phận này trong cơ quan vào thời gian đó.")
        return None
    return section.id


def _refuse_twice(
    session: Session, user_id: int, given: HatGiven, agency_id: int, section_id: int | None
) -> None:
    then = meets(Hat, given.valid_from, given.valid_to)
    same = select(Hat.id).where(
        Hat.user_id == user_id, Hat.role == given.role, Hat.agency_id == agency_id, then,
        Hat.section_id.is_(None) if section_id is None else Hat.section_id == section_id,
    )  # fmt: skip
    if session.scalar(same.limit(1)) is not None:
        raise Invalid.at("role", "Người này đã có vai trò đó trong thời gian này.")
    if given.role is not Role.HEAD:
        return
    head = (
        select(Hat.id)
        .join(User, User.id == Hat.user_id)
        .where(Hat.role == Role.HEAD, Hat.agency_id == agency_id, then, User.disabled_at.is_(None))
    )
    if session.scalar(head.limit(1)) is not None:
        raise Invalid.at("role", "Cơ quan đã có người đứng đầu trong thời gian này.")


def _make_default(session: Session, user_id: int, hat_id: int) -> None:
    session.execute(update(Hat).where(Hat.user_id == user_id).values(is_default=Hat.id == hat_id))
