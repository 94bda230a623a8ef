"""A write happens once: the one-time key of a form or API call answers a repeat with the first result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.database import read, table_of, transaction
from petitions.errors import Conflict
from petitions.models import CommandKey
from workflows.vocabulary import Actor

_KNOWN = select(CommandKey.command, CommandKey.result).where(
    CommandKey.user_id == bindparam("who"), CommandKey.key == bindparam("sent")
)
_REMEMBER = insert(table_of(CommandKey))


def run_once(
    key: str | None,
    command: str,
    actor: Actor,
    now: datetime,
    work: Callable[[Session], str],
) -> str:
    """Run ``work`` in one transaction and remember its answer under ``key``.

    The same person sending the same key again (a double click, a retried request) gets the first
    answer and nothing is done. Without a key (command line) the work simply runs. Raises
    ``Conflict`` when the key was used for another command.
    """
    try:
        with transaction() as session:
            earlier = _answer(key, command, actor)
            if earlier is not None:
                return earlier
            result = work(session)
            if key is not None:
                session.connection().execute(
                    _REMEMBER,
                    {
                        "user_id": actor.user_id,
                        "key": key,
                        "command": command,
                        "result": result,
                        "at": now,
                    },
                )
            return result
    except IntegrityError:
        # two requests with one key ran side by side; the other one was first
        earlier = _answer(key, command, actor)
        if earlier is None:
            raise
        return earlier


def _answer(key: str | None, command: str, actor: Actor) -> str | None:
    if key is None:
        return None
    row = read(_KNOWN, {"who": actor.user_id, "sent": key}).one_or_none()
    if row is None:
        return None
    if row.command != command:
        raise Conflict("Khóa gửi một lần này đã dùng cho việc khác; hãy mở lại trang.")
    return str(row.result)
