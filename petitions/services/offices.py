"""The tree of agencies: opened, corrected, moved and closed. Nothing is ever deleted."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Conflict, Forbidden, Invalid
from petitions.models import Agency, Case, Field, Hat, Place
from petitions.queries.offices import family, in_force
from petitions.services.administration import (
    Administrator,
    Faults,
    agency,
    once,
    refuse,
    within,
    words,
)
from petitions.services.custody import Custody, take_over
from workflows.vocabulary import Actor, AgencyKind, Kind

_CODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}")
NOT_LATER = "Chỉ thực hiện được từ ngày đó trở đi, không trước hạn."


@dataclass(frozen=True, slots=True)
class Competence:
    """What an agency settles itself: kinds of petitions and fields by code; empty means nothing is said."""

    kinds: tuple[Kind, ...] = ()
    field_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyGiven:
    """An agency, or a section inside one (which keeps its agency's book)."""

    code: str
    name: str
    kind: AgencyKind
    parent_code: str | None
    valid_from: date
    book_prefix: str = ""
    place_code: str | None = None
    head_title: str = "Thủ trưởng"
    competence: Competence = Competence()


def create_agency(
    given: AgencyGiven, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Open an agency below another one; returns its code. Only the operator opens one at the top.

    Raises ``Forbidden``, ``Invalid`` with every fault at its field.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        if not _CODE.fullmatch(given.code):
            faults["code"].append("Mã gồm chữ thường không dấu, chữ số và gạch nối, dài nhất 40.")
        elif session.scalar(select(Agency.id).where(Agency.code == given.code)) is not None:
            faults["code"].append("Mã này đã có cơ quan dùng.")
        parent = _parent(session, actor, given.parent_code, given.kind, given.valid_from, faults)
        fresh = Agency(
            code=given.code,
            name=words(given.name, "name", 255, faults),
            kind=given.kind,
            parent_id=None if parent is None else parent.id,
            book_prefix=_prefix(session, given, parent, faults),
            place_id=_place(session, given.place_code, faults),
            head_title=words(given.head_title, "head_title", 120, faults),
            valid_from=given.valid_from,
            competence=_competence(session, given.competence, faults),
        )
        refuse(faults)
        session.add(fresh)
        return fresh.code

    return once(actor, now, key, "agency:create", work)


def change_agency(
    code: str,
    *,
    name: str,
    head_title: str,
    place_code: str | None,
    competence: Competence,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """Rename an agency or correct what is known of it; code and book stay. Raises ``Forbidden``, ``Invalid``."""

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        office = agency(session, actor, code, "code")
        office.name = words(name, "name", 255, faults)
        office.head_title = words(head_title, "head_title", 120, faults)
        office.place_id = _place(session, place_code, faults)
        office.competence = _competence(session, competence, faults)
        refuse(faults)
        return code

    return once(actor, now, key, f"agency:change:{code}", work)


def move_agency(
    code: str,
    parent_code: str,
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Put an agency with all below it under another one, from now on.

    Raises ``Forbidden``, ``Invalid`` at ``parent_code`` also when it would stand below itself.
    """

    def work(session: Session) -> str:
        faults: Faults = defaultdict(list)
        office = agency(session, actor, code, "code")
        if office.id == actor.agency_id:
            raise Forbidden("Không thể chuyển cơ quan mà bạn đang quản trị.")
        if office.kind is AgencyKind.SECTION and _is_used(session, office.id):
            faults["code"].append(
                "Phòng, bộ phận đang có người hoặc hồ sơ; hãy dùng chức năng sáp nhập, chia tách."
            )
        parent = _parent(session, actor, parent_code, office.kind, local_day(now), faults)
        ring = parent is not None and session.scalar(
            select(Agency.id).where(Agency.id == parent.id, Agency.id.in_(family(office.id)))
        )
        if ring:
            faults["parent_code"].append("Cơ quan không thể nằm dưới chính nó.")
        refuse(faults)
        assert parent is not None
        office.parent_id = parent.id
        return code

    return once(actor, now, key, f"agency:move:{code}", work)


def close_agency(
    code: str, on: date, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """End an agency: from ``on`` it no longer exists, and neither do the hats in it.

    Raises ``Conflict`` while bodies below, open files (merge it instead) or, in a section, people
    remain, ``Forbidden`` for one's own, ``Invalid`` at ``on``. Its denunciations, of which the administrator must not know,
    go up to the superior body.
    """
    today = local_day(now)

    def work(session: Session) -> str:
        office = agency(session, actor, code, "code", closing=True)
        if office.id == actor.agency_id:
            raise Forbidden("Không thể đóng cơ quan mà bạn đang quản trị.")
        check_last_day(office, on, today)
        if session.scalar(
            select(Agency.id).where(Agency.parent_id == office.id, in_force(Agency, on)).limit(1)
        ):
            raise Conflict("Cơ quan còn đơn vị trực thuộc đang hoạt động.")
        if session.scalar(
            select(Hat.id).where(Hat.section_id == office.id, in_force(Hat, on)).limit(1)
        ):
            raise Conflict("Phòng, bộ phận còn người; hãy chuyển họ sang bộ phận khác trước.")
        files = Case.open & ((Case.agency_id == office.id) | (Case.section_id == office.id))
        if session.scalar(select(Case.id).where(files, Case.kind != Kind.DENUNCIATION).limit(1)):
            raise Conflict("Cơ quan còn hồ sơ đang mở; hãy sáp nhập vào cơ quan tiếp nhận.")
        if office.parent_id is not None and office.kind is not AgencyKind.SECTION:
            custody = Custody(office.id, office.parent_id, on, "", actor, now)
            while take_over(session, custody, Case.kind == Kind.DENUNCIATION):
                pass
        end_agency(session, office, on)
        return code

    return once(actor, now, key, f"agency:close:{code}", work)


def check_last_day(office: Agency, on: date, today: date) -> None:
    """Raise ``Invalid`` at ``on`` unless an agency may cease to exist from that day."""
    if on > today:
        raise Invalid.at("on", NOT_LATER)
    if office.valid_to is not None:
        raise Invalid.at("code", "Cơ quan này đã kết thúc hoạt động.")
    if on <= office.valid_from:
        raise Invalid.at("on", "Ngày kết thúc phải sau ngày thành lập.")


def end_agency(session: Session, office: Agency, on: date) -> None:
    """From ``on`` the agency and the hats still worn in it are no more."""
    last = on - timedelta(days=1)
    office.valid_to = last
    session.execute(
        update(Hat)
        .where(Hat.agency_id == office.id, in_force(Hat, on), Hat.valid_from <= last)
        .values(valid_to=last)
    )


# --- what fits -------------------------------------------------------------------------------


def _parent(
    session: Session,
    actor: Administrator,
    code: str | None,
    kind: AgencyKind,
    on: date,
    faults: Faults,
) -> Agency | None:
    if code is None:
        if actor is not None or kind is AgencyKind.SECTION:
            faults["parent_code"].append("Phải chọn cơ quan cấp trên.")
        return None
    try:
        parent = agency(session, actor, code, "parent_code")
    except Invalid as unknown:
        faults["parent_code"] += unknown.fields["parent_code"]
        return None
    if parent.kind is AgencyKind.SECTION:
        faults["parent_code"].append("Phòng, bộ phận không có đơn vị trực thuộc.")
    elif not within(on, None, parent):
        faults["parent_code"].append("Cơ quan cấp trên không tồn tại vào thời gian này.")
    return parent


def _prefix(session: Session, given: AgencyGiven, parent: Agency | None, faults: Faults) -> str:
    """The prefix of the agency's case codes, its own for ever; a section writes in its agency's book."""
    if given.kind is AgencyKind.SECTION:
        return "" if parent is None else parent.book_prefix
    if not _PREFIX.fullmatch(given.book_prefix):
        faults["book_prefix"].append("Ký hiệu sổ gồm 2 đến 8 chữ in hoa không dấu, chữ số.")
    elif session.scalar(select(Agency.id).where(Agency.book_prefix == given.book_prefix).limit(1)):
        faults["book_prefix"].append("Ký hiệu sổ này đã có cơ quan dùng.")
    return given.book_prefix


def _place(session: Session, code: str | None, faults: Faults) -> int | None:
    if code is None:
        return None
    found = session.scalar(select(Place.id).where(Place.code == code))
    if found is None:
        faults["place_code"].append("Không có trong danh mục.")
    return found


def _competence(session: Session, given: Competence, faults: Faults) -> dict[str, Any]:
    known = set(session.scalars(select(Field.code).where(Field.code.in_(given.field_codes))))
    for index, code in enumerate(given.field_codes):
        if code not in known:
            faults[f"competence.field_codes.{index}"].append("Không có trong danh mục.")
    return {
        "kinds": [kind.value for kind in given.kinds],
        "field_codes": list(given.field_codes),
    }


def _is_used(session: Session, section_id: int) -> bool:
    used = exists().where(Hat.section_id == section_id) | exists().where(
        Case.section_id == section_id
    )
    return bool(session.scalar(select(used)))
