"""A person's own half-filled forms, opened for nobody else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from config.database import db
from petitions import sealed_rows
from petitions.errors import NotFound
from petitions.installation import installation
from petitions.models import Draft
from workflows.vocabulary import Actor

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A form not yet sent: what was typed, when it was kept and until when it is."""

    uid: str
    saved_at: datetime
    expires_at: datetime
    values: Values

    def said(self, name: str) -> str:
        """What stands in a field, "" where nothing does."""
        return " ".join((self.values.get(name) or [""])[-1].split())


def own_drafts(actor: Actor, page: str, now: datetime) -> tuple[DraftLine, ...]:
    """The drafts the actor keeps of ``page``, the latest first."""
    rows = db.session.scalars(
        select(Draft)
        .where(Draft.user_id == actor.user_id, Draft.page == page, Draft.expires_at > now)
        .order_by(Draft.saved_at.desc(), Draft.id.desc())
    )
    return tuple(_line(row) for row in rows)


def own_draft(actor: Actor, page: str, uid: str, now: datetime) -> DraftLine:
    """One draft of the actor's own. Raises ``NotFound``."""
    row = db.session.scalar(
        select(Draft).where(
            Draft.uid == uid,
            Draft.user_id == actor.user_id,
            Draft.page == page,
            Draft.expires_at > now,
        )
    )
    if row is None:
        raise NotFound(
            "Không tìm thấy bản nháp này; có thể đơn đã được đăng ký hoặc đã quá 7 ngày."
        )
    return _line(row)


def _line(row: Draft) -> DraftLine:
    key = installation().keyring.unwrap(row.wrapped)
    opened = key.open(row.sealed, sealed_rows.kept_words("draft", row.uid))
    return DraftLine(
        row.uid,
        row.saved_at,
        row.expires_at,
        json.loads(opened.decode("utf-8", "surrogatepass")),
    )
