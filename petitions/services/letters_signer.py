"""Who signs a letter, in what capacity, by whose leave (Decree 30/2020 art 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.documents.context_office import head_of, title_of
from petitions.errors import Forbidden
from petitions.labels import label
from petitions.models import Agency, Delegation, Hat, User
from petitions.queries.offices import in_force
from petitions.text import fold
from workflows.office import SigningCapacity
from workflows.records import Capacity
from workflows.vocabulary import Actor, Role

_DELEGATED = {
    SigningCapacity.KT: Capacity.KT,
    SigningCapacity.TL: Capacity.TL,
    SigningCapacity.TL_KT: Capacity.TL,
    SigningCapacity.TUQ: Capacity.TUQ,
}
_BY_ORDER = frozenset({SigningCapacity.TL, SigningCapacity.TL_KT, SigningCapacity.TUQ})
_ACTING = ("quyen ", "q. ")
_DEPUTY = "pho "


@dataclass(frozen=True, slots=True)
class Signer:
    """The signature of a letter in words. ``authority`` is the document that lets somebody sign."""

    capacity: SigningCapacity
    name: str
    title: str
    head_title: str
    unit_title: str
    authority: str | None

    @property
    def values(self) -> dict[str, str]:
        """The letter's fields that come from the signer."""
        return {
            "signing_capacity": self.capacity.value,
            "signer_name": self.name,
            "signer_title": self.title,
            "signing_head_title": self.head_title,
            "signing_unit_title": self.unit_title,
            "authority_ref": self.authority or "",
        }


def signer_of(
    session: Session, actor: Actor, agency_id: int, capacity: SigningCapacity, on: date
) -> Signer:
    """How ``actor`` signs for the agency on the day of the document.

    Raises ``Forbidden`` when an order or authorisation to sign is not in force on that day.
    """
    office = session.get_one(Agency, agency_id)
    hat = session.get_one(Hat, actor.hat_id)
    unit = session.get_one(Agency, hat.section_id or hat.agency_id)
    name = session.scalar(select(User.name).where(User.id == actor.user_id)) or actor.name
    authority = _authority(session, actor, agency_id, capacity, on)
    if capacity in _BY_ORDER and authority is None:
        raise Forbidden(
            "Ngày này bạn không có văn bản giao ký thừa lệnh, thừa ủy quyền còn hiệu lực."
        )
    own, head_title = " ".join(hat.title.split()), title_of(office)
    if capacity is SigningCapacity.HEAD and fold(own).startswith(_ACTING):
        capacity = SigningCapacity.ACTING
    return Signer(
        capacity=capacity,
        name=name,
        title=_title(capacity, own, hat.role, head_title, unit),
        head_title=head_title,
        unit_title=head_of(unit) if capacity is SigningCapacity.TL_KT else "",
        authority=authority,
    )


def _title(capacity: SigningCapacity, own: str, role: Role, head_title: str, unit: Agency) -> str:
    """The printed title: that of the office held, without the body's name behind it."""
    match capacity:
        case SigningCapacity.HEAD | SigningCapacity.ACTING:
            return head_title
        case SigningCapacity.KT:
            deputy = f"Phó {head_title}"
            named = own and not fold(own).startswith(fold(deputy))
            return own if named and fold(own).startswith(_DEPUTY) else deputy
    return own or (head_of(unit) if role in {Role.SECTION_HEAD, Role.HEAD} else label(role))


def _authority(
    session: Session, actor: Actor, agency_id: int, capacity: SigningCapacity, on: date
) -> str | None:
    wanted = _DELEGATED.get(capacity)
    if wanted is None:
        return None
    return session.scalar(
        select(Delegation.document)
        .where(
            Delegation.to_hat_id == actor.hat_id,
            Delegation.agency_id == agency_id,
            Delegation.capacity == wanted,
            in_force(Delegation, on),
        )
        .order_by(Delegation.id)
        .limit(1)
    )
