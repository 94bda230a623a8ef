"""Whether a one-time key was used before."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from config.database import read
from petitions.models import CommandKey
from workflows.vocabulary import Actor

_USED = select(CommandKey.id).where(
    CommandKey.user_id == bindparam("who"), CommandKey.key == bindparam("sent")
)


def answered(actor: Actor, key: str) -> bool:
    """Whether a command of this person was answered under ``key`` already."""
    return read(_USED, {"who": actor.user_id, "sent": key}).first() is not None
