"""The catalogue of bodies outside the system: courts, ministries, newspapers. Any administrator keeps it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.errors import Invalid, NotFound
from petitions.models import OutsideBody
from petitions.services.administration import Administrator, Faults, once, refuse, words
from petitions.text import fold


@dataclass(frozen=True, slots=True)
class BodyGiven:
    """A body outside: what it is called, of what sort it is (in the office's words), where it sits."""

    name: str
    category: str
    address: str | None = None


def add_body(
    given: BodyGiven, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Add a body; returns its id. Raises ``Forbidden``, ``Invalid``, also when the name is known already."""

    def work(session: Session) -> str:
        body = OutsideBody()
        _write(session, body, given)
        session.add(body)
        session.flush()
        return str(body.id)

    return once(actor, now, key, "body:add", work)


def change_body(
    body_id: int, given: BodyGiven, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Rename or correct a body; papers that name it show the new name. Raises as ``add_body``, ``NotFound``."""

    def work(session: Session) -> str:
        _write(session, _body(session, body_id), given)
        return str(body_id)

    return once(actor, now, key, f"body:change:{body_id}", work)


def merge_bodies(
    body_id: int, into_id: int, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Say that one body became another, or was entered twice; what was merged into it follows.

    Papers keep the name they came with. Raises ``NotFound``, ``Invalid`` at ``into_id``.
    """

    def work(session: Session) -> str:
        body, into = _body(session, body_id), _body(session, into_id)
        if body.id == into.id:
            raise Invalid.at("into_id", "Phải chọn một cơ quan khác.")
        if body.merged_into_id is not None or into.merged_into_id is not None:
            raise Invalid.at("into_id", "Cơ quan này đã được nhập vào cơ quan khác.")
        body.merged_into_id = into.id
        body.valid_to = local_day(now)
        session.execute(
            update(OutsideBody)
            .where(OutsideBody.merged_into_id == body.id)
            .values(merged_into_id=into.id)
        )
        return str(into.id)

    return once(actor, now, key, f"body:merge:{body_id}", work)


def _body(session: Session, body_id: int) -> OutsideBody:
    body = session.get(OutsideBody, body_id, with_for_update=True)
    if body is None:
        raise NotFound("Không có cơ quan này trong danh mục.")
    return body


def _write(session: Session, body: OutsideBody, given: BodyGiven) -> None:
    faults: Faults = defaultdict(list)
    name = words(given.name, "name", 255, faults)
    category = words(given.category, "category", 40, faults)
    address = words(given.address or "", "address", 255, faults, required=False)
    folded = fold(name)
    same = select(OutsideBody.id).where(
        OutsideBody.folded_name == folded, OutsideBody.id.is_distinct_from(body.id)
    )
    # a name typed at registration must find one body, with and without marks
    if name and session.scalar(same.limit(1)) is not None:
        faults["name"].append("Cơ quan này đã có trong danh mục.")
    refuse(faults)
    body.name, body.folded_name = name, folded
    body.category, body.address = category, address or None
