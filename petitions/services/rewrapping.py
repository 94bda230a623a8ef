"""After a new master key: every case's data key is wrapped under it, a batch at a time."""

from __future__ import annotations

from sqlalchemy import select

from config.database import transaction
from petitions.installation import installation
from petitions.models import CaseKey

BATCH = 500
"""Keys rewrapped in one transaction."""


def rewrap_case_keys() -> tuple[int, int]:
    """Wrap every case key under the current master; returns (keys looked at, keys rewrapped).

    Broken off anywhere, what was done stands; called again it goes on, and finds nothing when all is
    done. Raises ``UnknownKey`` or ``BrokenSeal`` for a key the ring cannot open.
    """
    looked = rewrapped = after = 0
    while True:
        with transaction() as session:
            keys = session.scalars(
                select(CaseKey)
                .where(CaseKey.case_id > after)
                .order_by(CaseKey.case_id)
                .limit(BATCH)
                .with_for_update()
            ).all()
            if not keys:
                return looked, rewrapped
            for key in keys:
                fresh = installation().keyring.rewrap(key.wrapped)
                rewrapped += fresh != key.wrapped
                key.wrapped = fresh
            looked += len(keys)
            after = keys[-1].case_id
