"""After a new master key: every key kept in the database is wrapped under it, a batch at a time."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from config.database import Base, table_of, transaction
from petitions.installation import installation
from petitions.models import CaseKey, Draft, Episode, Visit

BATCH = 500
"""Keys rewrapped in one transaction."""
_KEPT: tuple[tuple[type[Base], str], ...] = (
    (CaseKey, "case_id"), (Visit, "id"), (Draft, "id"), (Episode, "id"),
)  # fmt: skip
"""Where wrapped keys lie, with the column that tells the rows apart."""


def rewrap_case_keys() -> tuple[int, int]:
    """Wrap the keys of cases, confidential visits, drafts and secret episodes under the current master.

    Returns (keys looked at, keys rewrapped). Broken off anywhere, what was done stands; called again
    it goes on, and finds nothing when all is done. Nobody's open form grows stale by it. Raises
    ``UnknownKey`` or ``BrokenSeal`` for a key the ring cannot open.
    """
    looked = rewrapped = 0
    for model, column in _KEPT:
        seen, done = _rewrap(model, column)
        looked, rewrapped = looked + seen, rewrapped + done
    return looked, rewrapped


def _rewrap(model: type[Base], column: str) -> tuple[int, int]:
    table = table_of(model)
    number, wrapped = table.c[column], table.c.wrapped
    renew = update(table).where(number == bindparam("row")).values(wrapped=bindparam("fresh"))
    looked = rewrapped = after = 0
    while True:
        with transaction() as session:
            rows = session.execute(
                select(number.label("row"), wrapped.label("key"))
                .where(number > after, wrapped.is_not(None))
                .order_by(number)
                .limit(BATCH)
                .with_for_update()
            ).all()
            if not rows:
                return looked, rewrapped
            fresh = {each.row: installation().keyring.rewrap(each.key) for each in rows}
            changed = [
                {"row": each.row, "fresh": fresh[each.row]}
                for each in rows
                if fresh[each.row] != each.key
            ]
            if changed:
                session.connection().execute(renew, changed)
            looked, rewrapped = looked + len(rows), rewrapped + len(changed)
            after = rows[-1].row
