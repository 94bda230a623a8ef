"""Whether a one-time key was used before."""

from __future__ import annotations

from sqlalchemy import select

from config.database import db
from petitions.models import CommandKey
from workflows.vocabulary import Actor


def answered(actor: Actor, key: str) -> bool:
    """Whether a command of this person was answered under ``key`` already."""
    found = select(CommandKey.id).where(CommandKey.user_id == actor.user_id, CommandKey.key == key)
    return db.session.scalar(found) is not None
