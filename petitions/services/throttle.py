"""Guessing made slow: failed attempts are counted for a while under keyed digests.

An attempt is written down before the password is looked at and taken back when it was right, so
that many guesses sent at once cannot all be judged before the first of them is counted.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from config.database import db, transaction
from petitions.errors import TooManyAttempts
from petitions.installation import installation
from petitions.models import LoginAttempt

WIDER = 4
"""A name from all addresses, or an address under all names, may fail so many times as often as one
name from one address: an office shares one address, and nobody elsewhere can lock a person out."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt under way: its rows, and the digests a success clears."""

    ids: tuple[int, ...]
    cleared: tuple[str, ...]


def admit(purpose: str, name: str, address: str, now: datetime) -> Attempt:
    """Write the attempt down and let it pass, or raise ``TooManyAttempts`` with the seconds to wait.

    A refused attempt does not count, so an account is never locked longer than the window.
    """
    settings = installation().settings
    window = timedelta(minutes=settings.login_window_minutes)
    pair = _digest(purpose, "pair", name, address)
    everywhere = _digest(purpose, "name", name)
    place = _digest(purpose, "address", address)
    limits = {
        pair: settings.login_attempts,
        everywhere: settings.login_attempts * WIDER,
        place: settings.login_attempts * WIDER,
    }
    with transaction() as session:
        _forget(session, now - window)
        ids = session.scalars(
            insert(LoginAttempt).returning(LoginAttempt.id),
            [{"who": who, "at": now} for who in limits],
        ).all()
    # only after the commit does each of several simultaneous attempts see the others
    wait = _wait(limits, now, window)
    if wait:
        with transaction() as session:
            session.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(ids)))
        raise TooManyAttempts(wait)
    return Attempt(tuple(ids), (pair, everywhere))


def forgive(session: Session, attempt: Attempt) -> None:
    """The attempt was right: it and the person's earlier failures no longer count."""
    session.execute(
        delete(LoginAttempt).where(
            or_(LoginAttempt.id.in_(attempt.ids), LoginAttempt.who.in_(attempt.cleared))
        )
    )


def _wait(limits: Mapping[str, int], now: datetime, window: timedelta) -> int:
    """Seconds until the oldest attempts over a limit leave the window; 0 when none is over."""
    times: dict[str, list[datetime]] = defaultdict(list)
    for row in db.session.execute(
        select(LoginAttempt.who, LoginAttempt.at)
        .where(LoginAttempt.who.in_(limits), LoginAttempt.at > now - window)
        .order_by(LoginAttempt.at)
    ):
        times[row.who].append(row.at)
    waits = [
        (times[who][len(times[who]) - 1 - limit] + window - now).total_seconds()
        for who, limit in limits.items()
        if len(times[who]) > limit
    ]
    return max(1, round(max(waits))) if waits else 0


def _forget(session: Session, before: datetime) -> None:
    old = select(LoginAttempt.id).where(LoginAttempt.at <= before).with_for_update(skip_locked=True)
    session.execute(
        delete(LoginAttempt).where(LoginAttempt.id.in_(old)), execution_options=_UNSYNCED
    )


_UNSYNCED = {"synchronize_session": False}


def _digest(*parts: str) -> str:
    secret = installation().settings.secret_key.encode()
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
