"""The account under which the command line acts: a disabled user nobody can sign in as."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.models import Agency, User
from workflows.vocabulary import Actor, Role

USERNAME = "dong-lenh"
UNUSABLE = "!"
"""Stands where a password digest would; no password has it."""


def operator(session: Session, now: datetime) -> Actor:
    """The actor of the command line, made on first use; administers, and belongs to the topmost agency.

    Must run inside ``transaction()``. ``agency_id`` is 0 as long as there is no agency.
    """
    user_id = session.scalar(select(User.id).where(User.username == USERNAME))
    if user_id is None:
        user = User(
            username=USERNAME, name="Dòng lệnh", password_hash=UNUSABLE, disabled_at=now
        )  # fmt: skip
        session.add(user)
        session.flush()
        user_id = user.id
    top = session.scalar(select(func.min(Agency.id)).where(Agency.parent_id.is_(None)))
    return Actor(
        user_id=user_id, hat_id=0, role=Role.ADMIN, agency_id=top or 0, name="Dòng lệnh"
    )  # fmt: skip
