"""What the inspectorate does about its queue: who looks after which case, notes, and views kept.

A charge brings no sight along: only who may know of a case can be charged with it, and what its
custodian does stays the custodian's.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from petitions.access import barred, visible
from petitions.errors import Forbidden, Invalid, NotFound
from petitions.kept_words import put_away
from petitions.ledger.record import case_key
from petitions.models import Case, Hat, InspectionCharge, InspectionNote, SavedView, User
from petitions.queries.inspection import WORDS
from petitions.queries.offices import in_force
from petitions.queries.queue import require_reader
from petitions.services import words
from petitions.services.onetime import run_once
from workflows.transition import LEADERS
from workflows.vocabulary import Actor, Kind, Role

MOST = 200
"""Cases charged at once."""
LONGEST_NOTE = 2_000
NAME_LIMIT, QUERY_LIMIT, VIEWS = 80, 1_000, 30
"""Characters of a view's name and of its filters, and views of one person."""


def charge(
    codes: Sequence[str],
    inspector: str | None,
    *,
    actor: Actor,
    on: date,
    now: datetime,
    key: str | None = None,
) -> str:
    """Charge an inspector (by username) of the actor's body with these cases, or nobody with ``None``.

    Who leads the body charges anybody; an inspector takes what nobody has, and passes on what is his.
    All or nothing. Returns how many were charged. Raises ``Forbidden``, ``NotFound`` for a case out of
    reach, ``Invalid`` at ``codes`` and at ``inspector``.
    """

    def work(session: Session) -> str:
        require_reader(actor)
        wanted = list(dict.fromkeys(codes))
        if not wanted:
            raise Invalid.at("codes", "Chưa chọn hồ sơ nào.")
        if len(wanted) > MOST:
            raise Invalid.at("codes", f"Mỗi lần phân công tối đa {MOST} hồ sơ.")
        cases = _held(session, wanted, actor)
        person = None if inspector is None else _inspector(session, inspector, actor, on)
        if person is not None:
            _may_know(session, [case.id for case in cases], person)
        standing = {
            row.case_id: row
            for row in session.scalars(
                select(InspectionCharge).where(
                    InspectionCharge.case_id.in_([case.id for case in cases]),
                    InspectionCharge.agency_id == actor.agency_id,
                    InspectionCharge.until.is_(None),
                )
            )
        }
        fresh: list[dict[str, Any]] = []
        for case in cases:
            before = standing.get(case.id)
            if before is not None and person is not None and before.inspector_id == person.user_id:
                continue
            _may_charge(actor, before, person, case.code)
            if before is not None:
                before.until = max(on, before.since)
            if person is not None:
                fresh.append(
                    {
                        "case_id": case.id, "agency_id": actor.agency_id,
                        "inspector_id": person.user_id, "given_by": actor.user_id, "since": on,
                        "until": None,
                    }
                )  # fmt: skip
        session.flush()
        if fresh:
            session.execute(insert(InspectionCharge), fresh)
        return str(len(cases))

    return run_once(key, "inspection:charge", actor, now, work)


def note(code: str, text: str, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Note something of a case for the actor's inspecting body; returns the case's code.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` and ``Leak`` at ``note``.
    """

    def work(session: Session) -> str:
        require_reader(actor)
        case = _held(session, [code], actor)[0]
        kept = words.prose(text, "note", LONGEST_NOTE)
        if not kept:
            raise Invalid.at("note", "Chưa ghi nội dung.")
        words.refuse_sealed_texts(session, case, {"note": kept})
        uid = secrets.token_hex(16)
        secret = case_key(session, case) if case.kind is Kind.DENUNCIATION else None
        session.execute(
            insert(InspectionNote).values(
                uid=uid, case_id=case.id, agency_id=actor.agency_id, author_id=actor.user_id, at=now,
                **put_away(case.kind, secret, InspectionNote.__tablename__, uid, {WORDS: kept}),
            )
        )  # fmt: skip
        return case.code

    return run_once(key, f"inspection:note:{code}", actor, now, work)


def keep_view(
    page: str, name: str, query: str, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Keep the filters of a page under a name of one's own; the same name is written over.

    Returns the name. Raises ``Invalid`` at ``view``.
    """

    def work(session: Session) -> str:
        kept = words.line(name, "view", NAME_LIMIT)
        if not kept:
            raise Invalid.at("view", "Hãy đặt tên cho bộ lọc.")
        if not query or len(query) > QUERY_LIMIT:
            raise Invalid.at("view", "Hãy chọn điều kiện lọc trước khi lưu.")
        own = list(
            session.execute(
                select(SavedView.id, SavedView.name).where(
                    SavedView.user_id == actor.user_id, SavedView.page == page
                )
            )
        )
        same = next((row.id for row in own if row.name == kept), None)
        if same is not None:
            session.execute(
                update(SavedView).where(SavedView.id == same).values(query=query, kept_at=now)
            )
        elif len(own) >= VIEWS:
            raise Invalid.at("view", f"Mỗi người lưu tối đa {VIEWS} bộ lọc; hãy bỏ bớt.")
        else:
            session.execute(
                insert(SavedView).values(
                    user_id=actor.user_id, page=page, name=kept, query=query, kept_at=now
                )
            )
        return kept

    return run_once(key, f"view:keep:{page}", actor, now, work)


def drop_view(view_id: int, *, actor: Actor, now: datetime, key: str | None = None) -> str:
    """Forget one's own view; returns its name. Raises ``NotFound``."""

    def work(session: Session) -> str:
        found = session.scalar(
            select(SavedView).where(SavedView.id == view_id, SavedView.user_id == actor.user_id)
        )
        if found is None:
            raise NotFound("Không tìm thấy bộ lọc này.")
        session.execute(delete(SavedView).where(SavedView.id == view_id))
        return found.name

    return run_once(key, f"view:drop:{view_id}", actor, now, work)


def _held(session: Session, codes: Sequence[str], actor: Actor) -> Sequence[Case]:
    cases = session.scalars(
        select(Case)
        .where(Case.code.in_(codes), visible(actor))
        .order_by(Case.id)
        .with_for_update(of=Case)
    ).all()
    missing = set(codes) - {case.code for case in cases}
    if missing:
        raise NotFound("Không tìm thấy hồ sơ này, hoặc bạn không có quyền xem.")
    return cases


def _inspector(session: Session, username: str, actor: Actor, on: date) -> Any:
    found = session.execute(
        select(Hat.user_id, Hat.denunciation_duty, Hat.agency_id, Hat.section_id)
        .join(User, User.id == Hat.user_id)
        .where(
            User.username == username,
            User.disabled_at.is_(None),
            Hat.role == Role.INSPECTOR,
            Hat.agency_id == actor.agency_id,
            in_force(Hat, on),
        )
        .order_by(Hat.denunciation_duty.desc())
    ).first()
    if found is None:
        raise Invalid.at("inspector", "Phải chọn thanh tra viên của cơ quan bạn.")
    return found


def _may_know(session: Session, ids: Sequence[int], person: Any) -> None:
    """Raise ``Invalid`` where the inspector is shut out of one of them, saying no more than that."""
    units = [unit for unit in (person.agency_id, person.section_id) if unit is not None]
    shut = barred(Case.id, person.user_id, units)
    if not person.denunciation_duty:
        shut = shut | (Case.kind == Kind.DENUNCIATION)
    if session.scalar(select(Case.id).where(Case.id.in_(ids), shut).limit(1)) is not None:
        raise Invalid.at(
            "inspector", "Có hồ sơ không giao được cho thanh tra viên này; hãy chọn người khác."
        )


def _may_charge(actor: Actor, before: Any, person: Any, code: str) -> None:
    if actor.role in LEADERS:
        return
    his = before is not None and before.inspector_id == actor.user_id
    takes = before is None and person is not None and person.user_id == actor.user_id
    if not (his or takes or (before is None and person is None)):
        raise Forbidden(
            f"Hồ sơ {code}: thanh tra viên tự nhận hồ sơ chưa ai theo dõi hoặc chuyển hồ sơ của mình; "
            "việc khác do người đứng đầu cơ quan thanh tra phân công."
        )
