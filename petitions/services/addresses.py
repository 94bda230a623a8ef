"""Mail that came back, and addresses that changed: who cannot be reached, and what is told anew.

An address mail came back from is not used until it changes or an operator says it works again. What
could not be told meanwhile is then judged and told afresh; nothing is told that is true no more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import table_of
from notifications import delivery
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions.errors import Conflict, Invalid, NotFound
from petitions.models import AddressNote, User
from petitions.queries.operations import require_operator
from petitions.services.administration import Faults, person, refuse, words
from petitions.services.onetime import run_once
from workflows.news import Dropped
from workflows.post import AddressStanding
from workflows.vocabulary import Actor

LOOKED_BACK = timedelta(days=30)
"""News older than this is not told anew when a person can be reached again."""
LONGEST_REASON = 300
UNKNOWN = "Không tìm thấy người này."
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_mail, _news, _note = table_of(Mail), table_of(OutboxMessage), table_of(AddressNote)


def address_of(given: str | None, faults: Faults, field: str = "email") -> str | None:
    """An address as it is kept; what is wrong with it goes to ``faults``."""
    email = (given or "").strip()
    if email and (len(email) > 255 or not _EMAIL.fullmatch(email)):
        faults[field].append("Địa chỉ thư điện tử chưa đúng.")
    return email or None


def correct(
    user_id: int, email: str, *, actor: Actor, now: datetime, key: str | None = None
) -> None:
    """Give a person another address for mail; what waited for it is told anew.

    Raises ``Forbidden`` unless the actor operates the post, ``NotFound``, ``Invalid`` at ``email``.
    """
    require_operator(actor)
    faults: Faults = defaultdict(list)
    address = address_of(email, faults)
    if not address and not faults:
        faults["email"].append("Phải ghi địa chỉ mới.")
    refuse(faults)

    def work(session: Session) -> str:
        user = _person(session, user_id, actor, now)
        if user.email == address:
            raise Invalid.at("email", "Đây là địa chỉ đang dùng; ghi địa chỉ mới.")
        user.email = address
        session.flush()
        told_anew(session, user, now)
        return ""

    run_once(key, f"address:correct:{user_id}", actor, now, work)


def note_returned(
    email: str,
    reason: str,
    *,
    message_id: str = "",
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Note that mail to an address came back: its person is not written to until it changes.

    ``message_id`` names the mail, as the returned one quotes it; without it the last one to that
    address is meant. Raises ``Forbidden``, ``Conflict`` when it was noted already, ``Invalid`` at
    ``email`` and ``reason``.
    """
    require_operator(actor)
    faults: Faults = defaultdict(list)
    address = address_of(email, faults)
    if not address and not faults:
        faults["email"].append("Phải ghi địa chỉ bị trả lại.")
    why = words(reason, "reason", LONGEST_REASON, faults)
    refuse(faults)

    def work(session: Session) -> str:
        same = func.lower(User.email) == (address or "").lower()
        found = session.scalars(select(User.id).where(same).order_by(User.id)).all()
        if not found:
            raise Invalid.at("email", "Không có người dùng nào đang dùng địa chỉ này.")
        people = [_person(session, each, actor, now) for each in found]
        left = [each for each in people if _standing(session, each) is not AddressStanding.RETURNED]
        if not left:
            raise Conflict("Địa chỉ này đã được ghi là bị trả lại.")
        for user in left:
            mail_id = _returned_mail(session, user, message_id)
            _noted(session, user, AddressStanding.RETURNED, why, mail_id, actor, now)
            _recall(session, user)
        return ""

    run_once(key, "address:returned", actor, now, work)


def restore(
    user_id: int, reason: str, *, actor: Actor, now: datetime, key: str | None = None
) -> None:
    """Note that an address takes mail again; what waited for it is told anew.

    Raises ``Forbidden``, ``NotFound``, ``Conflict`` when it was not noted, ``Invalid`` at ``reason``.
    """
    require_operator(actor)
    faults: Faults = defaultdict(list)
    why = words(reason, "reason", LONGEST_REASON, faults)
    refuse(faults)

    def work(session: Session) -> str:
        user = _person(session, user_id, actor, now)
        if _standing(session, user) is not AddressStanding.RETURNED:
            raise Conflict("Địa chỉ này đang dùng được.")
        _noted(session, user, AddressStanding.RESTORED, why, None, actor, now)
        told_anew(session, user, now)
        return ""

    run_once(key, f"address:restore:{user_id}", actor, now, work)


def told_anew(session: Session, user: User, now: datetime) -> None:
    """The person can be reached, at an address that is new or works again; in the caller's transaction.

    Mails parked on the way to another address are taken back. Their news, what was dropped for want
    of reach and what a returned mail carried wait to be judged again.
    """
    _recall(session, user)
    returned = select(_note.c.mail_id).where(
        _note.c.user_id == user.id, _note.c.standing == AddressStanding.RETURNED,
        _note.c.mail_id.is_not(None),
    )  # fmt: skip
    session.execute(
        update(_news)
        .where(
            _news.c.recipient_id == user.id,
            _news.c.settled_at >= now - LOOKED_BACK,
            (_news.c.outcome == Dropped.RETURNED) | _news.c.mail_id.in_(returned),
        )
        .values(settled_at=None, outcome=None, mail_id=None)
    )


def _recall(session: Session, user: User) -> None:
    parked = select(_mail.c.id).where(
        _mail.c.recipient_id == user.id, _mail.c.state == MailState.PARKED
    )
    for mail_id in session.scalars(parked).all():
        delivery.recall(session, mail_id)


def _person(session: Session, user_id: int, actor: Actor, now: datetime) -> User:
    username = session.scalar(select(User.username).where(User.id == user_id))
    if username is None:
        raise NotFound(UNKNOWN)
    return person(session, actor, username, local_day(now))


def _standing(session: Session, user: User) -> AddressStanding | None:
    return session.scalar(
        select(AddressNote.standing)
        .where(AddressNote.user_id == user.id, AddressNote.address == user.email)
        .order_by(AddressNote.id.desc())
        .limit(1)
    )


def _returned_mail(session: Session, user: User, message_id: str) -> int | None:
    mine = select(Mail.id).where(
        Mail.recipient_id == user.id, Mail.address == user.email, Mail.state == MailState.SENT
    )
    named = f"<{message_id.strip().strip('<>')}>"
    found = session.scalar(mine.where(Mail.message_id == named)) if message_id.strip() else None
    return found or session.scalar(mine.order_by(Mail.id.desc()).limit(1))


def _noted(
    session: Session, user: User, standing: AddressStanding, reason: str, mail_id: int | None,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    session.execute(
        insert(_note).values(
            user_id=user.id, address=user.email, standing=standing, reason=reason,
            mail_id=mail_id, noted_by=actor.user_id, noted_at=now,
        )
    )  # fmt: skip
