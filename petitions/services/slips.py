"""The citizen's slip: its secret is printed once, kept as a keyed digest, and opens one case's look-up.

The secret is drawn by the one-time key of the officer's form, so that a double click or a reloaded page
prints the same slip again and not a second one that makes the first worthless. Nobody can draw it
without the key file, which is not in the database.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from config.database import read, transaction
from petitions import ledger
from petitions.codes import CodeError, new_secret, normalise_secret, parse_code
from petitions.errors import Conflict, Forbidden
from petitions.installation import installation
from petitions.models import Case, Slip
from petitions.services import throttle
from petitions.services.onetime import run_once
from workflows.transition import INTAKE
from workflows.vocabulary import Actor

PURPOSE = "look-up"
"""Name under which wrong look-ups are counted."""
LONGEST = 80
"""Signs of a typed code or secret that are looked at."""
_DRAWN, _KEPT = "slip_secret", "slip"


@dataclass(frozen=True, slots=True)
class Issued:
    """A slip fresh from the press. ``replaced``: an earlier slip of the case is worthless from now on."""

    code: str
    secret: str
    replaced: bool


def may_issue(actor: Actor, custodian_id: int, origin_id: int) -> bool:
    """Whether this hat hands slips of such a case out: who takes papers in, where it lies or came in."""
    return actor.role in INTAKE and actor.agency_id in {custodian_id, origin_id}


def issue(code: str, *, actor: Actor, now: datetime, key: str | None = None) -> Issued:
    """Give the case ``code`` a slip; the one before it is revoked.

    The same ``key`` again gives the same slip. Raises ``NotFound``, ``Forbidden``, and ``Conflict``
    when that slip was replaced in the meantime.
    """
    secret = new_secret() if key is None else new_secret(_drawn(actor, code, key))
    digest = _digest(code, secret)

    def work(session: Session) -> str:
        case = ledger.load(session, code, actor)
        if not may_issue(actor, case.agency_id, case.origin_agency_id):
            raise Forbidden("Phiếu hẹn do nơi nhận đơn hoặc nơi đang giữ hồ sơ in.")
        if session.scalar(select(Slip.id).where(Slip.digest == digest)) is not None:
            return ""
        former = session.scalars(
            update(Slip)
            .where(Slip.case_id == case.id, Slip.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(Slip.id),
            execution_options={"synchronize_session": False},
        ).all()
        session.execute(
            insert(Slip).values(
                case_id=case.id, digest=digest, issued_at=now, issued_by=actor.user_id
            )
        )
        return "replaced" if former else ""

    replaced = run_once(key, f"slip:{code}", actor, now, work) == "replaced"
    if read(_REVOKED, {"digest": digest}).scalar() is not None:
        raise Conflict("Phiếu này đã bị thay bằng phiếu khác. Hãy mở lại hồ sơ để in phiếu mới.")
    return Issued(code, secret, replaced)


def opened(code: str, secret: str, address: str, now: datetime) -> int | None:
    """The id of the case that code and secret open together, else None.

    A wrong code, a wrong secret, a case without slip and a revoked slip cost the same statements and
    the same comparison. Raises ``TooManyAttempts`` after too many wrong ones for the code or from
    the address; the right one takes back its own attempts.
    """
    name = _spelled(code)
    attempt = throttle.admit(PURPOSE, name, address, now)
    row = read(_GOOD, {"code": name}).one_or_none()
    given, none = _digest(name, secret[:LONGEST]), _digest("", "")
    right = hmac.compare_digest(given, none if row is None else row.digest)
    if row is None or not right:
        return None
    with transaction() as session:
        throttle.forgive(session, attempt)
    return int(row.case_id)


def _spelled(code: str) -> str:
    """The official spelling of a typed code; what is none stays as it is and opens nothing."""
    try:
        return str(parse_code(code[:LONGEST]))
    except CodeError:
        return "".join(sign for sign in code[:LONGEST] if sign.isprintable())


def _digest(code: str, secret: str) -> str:
    return installation().keyring.blind(_KEPT, f"{code}\0{normalise_secret(secret)}")


def _drawn(actor: Actor, code: str, key: str) -> Callable[[str], str]:
    """Chooses sign after sign by the keyed digest of who printed what with which one-time key."""
    ring, turns = installation().keyring, count()

    def choose(alphabet: str) -> str:
        drawn = ring.blind(_DRAWN, f"{actor.user_id}\0{code}\0{key}\0{next(turns)}")
        return alphabet[int(drawn, 16) % len(alphabet)]

    return choose


_REVOKED = select(Slip.revoked_at).where(Slip.digest == bindparam("digest"))
_GOOD = (
    select(Slip.case_id, Slip.digest)
    .join(Case, Case.id == Slip.case_id)
    .where(Case.code == bindparam("code"), Slip.revoked_at.is_(None))
)
