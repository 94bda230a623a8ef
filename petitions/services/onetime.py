"""A write happens once: the one-time key of a form or API call answers a repeat with the first result.

Here too stands what keeps a refusal from being used as an answer: a text that names somebody whose name
is sealed is refused, so whoever sends many such texts might be trying out names. After ``MOST_LEAKS`` of
them in a day nothing more is written for that person until the first is a day old.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.database import read, table_of, transaction
from petitions.errors import Conflict, Leak, NotAllowedNow
from petitions.models import CommandKey
from workflows.vocabulary import Actor

LEAK = "leak"
"""Stands as the command of what was refused because it named a sealed person."""
MOST_LEAKS = 12
LEAKS_COUNT = timedelta(days=1)
TOO_MANY_LEAKS = (
    "Hôm nay nhiều nội dung bạn gửi đã bị từ chối vì nêu thông tin người được giữ bí mật. "
    "Hãy trao đổi với người phụ trách rồi làm tiếp vào ngày mai."
)
_leaks = (
    select(func.count())
    .where(
        CommandKey.user_id == bindparam("who"),
        CommandKey.key.between(f"{LEAK}-", f"{LEAK}."),
        CommandKey.command == LEAK,
        CommandKey.at > bindparam("since", type_=CommandKey.at.type),
    )
    .scalar_subquery()
)
_asked = select(literal(1).label("one")).subquery()
_KNOWN = select(_leaks.label("leaks"), CommandKey.command, CommandKey.result).select_from(
    _asked.outerjoin(
        CommandKey,
        (CommandKey.user_id == bindparam("who")) & (CommandKey.key == bindparam("sent")),
    )
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
    ``Conflict`` when the key was used for another command, ``NotAllowedNow`` after too many leaks.
    """
    try:
        with transaction() as session:
            earlier = _answer(key, command, actor, now)
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
    except Leak:
        if key is not None:
            _count_leak(actor, now)
        raise
    except IntegrityError:
        # two requests with one key ran side by side; the other one was first
        earlier = _answer(key, command, actor, now)
        if earlier is None:
            raise
        return earlier


def _answer(key: str | None, command: str, actor: Actor, now: datetime) -> str | None:
    if key is None:
        return None
    asked = {"who": actor.user_id, "sent": key, "since": now - LEAKS_COUNT}
    row = read(_KNOWN, asked).one()
    if row.command is None:
        if row.leaks >= MOST_LEAKS:
            raise NotAllowedNow(TOO_MANY_LEAKS)
        return None
    if row.command != command:
        raise Conflict("Khóa gửi một lần này đã dùng cho việc khác; hãy mở lại trang.")
    return str(row.result)


def _count_leak(actor: Actor, now: datetime) -> None:
    refused = {
        "user_id": actor.user_id,
        "key": f"{LEAK}-{secrets.token_hex(16)}",
        "command": LEAK,
        "result": "",
        "at": now,
    }
    with transaction() as session:
        session.connection().execute(_REMEMBER, refused)
