"""Who signs for the head for a time: KT. (a deputy), TL. (by order), TUQ. (authorised)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.errors import Invalid, NotFound
from petitions.models import Delegation, Hat, User
from petitions.queries.offices import family
from petitions.services.administration import (
    Administrator,
    Faults,
    meets,
    once,
    reaches,
    refuse,
    within,
    words,
)
from petitions.services.hats import NO_HAT
from workflows.records import Capacity
from workflows.vocabulary import Role

_SIGNERS = {
    Capacity.KT: frozenset({Role.DEPUTY_HEAD}),
    Capacity.TL: frozenset({Role.SECTION_HEAD, Role.HEAD}),
    Capacity.TUQ: frozenset({Role.SECTION_HEAD, Role.HEAD}),
}
"""Who may sign so: the deputy for the head, the head of a unit below by order or authorised
(Decree 30/2020 art 13)."""


@dataclass(frozen=True, slots=True)
class DelegationGiven:
    """The head behind ``from_hat_id`` lets ``to_hat_id`` sign in a capacity, on a document, for a time."""

    from_hat_id: int
    to_hat_id: int
    capacity: Capacity
    document: str
    valid_from: date
    valid_to: date


def delegate(
    given: DelegationGiven, *, actor: Administrator, now: datetime, key: str | None = None
) -> str:
    """Let somebody sign for the head for a time, on a document; returns the delegation's id.

    Done by an administrator of the agency or by the head in person. Raises ``NotFound``,
    ``Forbidden``, ``Invalid`` with every fault at its field.
    """

    def work(session: Session) -> str:
        giver = _giver(session, actor, given.from_hat_id)
        receiver = session.scalar(
            select(Hat)
            .join(User, User.id == Hat.user_id)
            .where(
                Hat.id == given.to_hat_id,
                Hat.agency_id.in_(family(giver.agency_id)),
                User.disabled_at.is_(None),
            )
        )
        faults: Faults = defaultdict(list)
        document = words(given.document, "document", 160, faults)
        if giver.role is not Role.HEAD:
            faults["from_hat_id"].append(
                "Chỉ người đứng đầu cơ quan giao ký thay, ký thừa lệnh, ký thừa ủy quyền."
            )
        if receiver is None or receiver.user_id == giver.user_id:
            faults["to_hat_id"].append("Phải chọn một người khác thuộc cơ quan.")
        else:
            _receiver_fits(given, giver, receiver, faults)
        if given.valid_to < given.valid_from:
            faults["valid_to"].append("Ngày kết thúc trước ngày bắt đầu.")
        elif not all(
            hat is None or within(given.valid_from, given.valid_to, hat)
            for hat in (giver, receiver)
        ):
            faults["valid_to"].append("Thời gian này vượt quá thời gian giữ vai trò của hai người.")
        refuse(faults)
        if session.scalar(
            select(Delegation.id)
            .where(
                Delegation.to_hat_id == given.to_hat_id,
                Delegation.capacity == given.capacity,
                meets(Delegation, given.valid_from, given.valid_to),
            )
            .limit(1)
        ):
            raise Invalid.at("valid_from", "Người này đã được giao như vậy trong thời gian đó.")
        fresh = Delegation(
            agency_id=giver.agency_id,
            from_hat_id=giver.id,
            to_hat_id=given.to_hat_id,
            capacity=given.capacity,
            document=document,
            valid_from=given.valid_from,
            valid_to=given.valid_to,
        )
        session.add(fresh)
        session.flush()
        return str(fresh.id)

    return once(actor, now, key, "delegation:give", work, Role.HEAD)


def end_delegation(
    delegation_id: int,
    last_day: date,
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """End a delegation with ``last_day``; one that has not begun by then is withdrawn altogether.

    Raises ``NotFound``, ``Invalid`` at ``last_day``.
    """

    def work(session: Session) -> str:
        found = session.get(Delegation, delegation_id, with_for_update=True)
        if found is None:
            raise NotFound("Không có giao quyền ký này.")
        _giver(session, actor, found.from_hat_id)
        if last_day > found.valid_to:
            raise Invalid.at("last_day", "Giao quyền ký này đã kết thúc sớm hơn ngày đó.")
        if last_day < found.valid_from:
            session.delete(found)
        else:
            found.valid_to = last_day
        return str(delegation_id)

    return once(actor, now, key, f"delegation:end:{delegation_id}", work, Role.HEAD)


def _giver(session: Session, actor: Administrator, hat_id: int) -> Hat:
    """The hat of a head: one's own, or one in the agencies one administers."""
    hat = session.get(Hat, hat_id)
    own = actor is not None and hat_id == actor.hat_id
    administered = (actor is None or actor.role is Role.ADMIN) and hat is not None
    if hat is None or not (own or (administered and reaches(session, actor, hat.agency_id))):
        raise NotFound(NO_HAT)
    return hat


def _receiver_fits(given: DelegationGiven, giver: Hat, receiver: Hat, faults: Faults) -> None:
    if receiver.role not in _SIGNERS[given.capacity] or (
        receiver.role in {Role.DEPUTY_HEAD, Role.SECTION_HEAD}
        and receiver.agency_id != giver.agency_id
    ):
        faults["capacity"].append(
            "Ký thay (KT.) là cấp phó; ký thừa lệnh (TL.), thừa ủy quyền (TUQ.) là người đứng đầu đơn vị trực thuộc."
        )
