"""Forms half filled, kept for their writer alone until they are sent or seven days have passed.

Nobody knows yet whether a form will be a denunciation, so all of it is encrypted, each time under a
new key of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.database import db, table_of, transaction
from petitions import sealed_rows
from petitions.errors import Invalid, NotFound
from petitions.installation import installation
from petitions.models import Draft
from petitions.queries.onetime import answered
from workflows.vocabulary import Actor

KEPT_FOR = timedelta(days=7)
LARGEST = 1_500_000
"""Bytes of typing kept: the longest texts a registration may have, and room for what must be cut."""
MOST = 40
"""Drafts one person may keep of one page; the oldest makes room."""
TABLE = "draft"

_UID = re.compile(r"[0-9a-f]{32}")


def save(
    uid: str,
    page: str,
    values: Mapping[str, Sequence[str]],
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> bool:
    """Keep what is typed on ``page`` under ``uid`` (32 hex digits the form was given); saving again replaces.

    Returns False, and keeps nothing, when the form was sent already under its one-time ``key``. Raises
    ``Invalid`` at ``draft`` for more than ``LARGEST`` bytes and ``NotFound`` for somebody else's uid.
    """
    if not _UID.fullmatch(uid):
        raise NotFound
    plain = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(plain) > LARGEST:
        raise Invalid.at("draft", "Nội dung dài quá nên chưa lưu nháp được; hãy rút ngắn.")
    if key is not None and answered(actor, key):
        return False
    secret, wrapped = installation().keyring.new_case_key()
    sealed = secret.seal(plain, sealed_rows.kept_words(TABLE, uid))
    try:
        with transaction() as session:
            _put(session, uid, page, wrapped, sealed, actor, now)
    except IntegrityError:
        # the same form saved twice side by side: what the other one kept is as fresh
        if not _is_own(uid, actor):
            raise NotFound from None
    return True


def _put(
    session: Session,
    uid: str,
    page: str,
    wrapped: bytes,
    sealed: bytes,
    actor: Actor,
    now: datetime,
) -> None:
    draft = session.scalar(select(Draft).where(Draft.uid == uid).with_for_update())
    if draft is None:
        _make_room(session, page, actor)
        draft = Draft(uid=uid, user_id=actor.user_id, page=page)
        session.add(draft)
    elif draft.user_id != actor.user_id:
        raise NotFound
    draft.saved_at, draft.expires_at = now, now + KEPT_FOR
    draft.wrapped, draft.sealed = wrapped, sealed
    session.flush()


def _make_room(session: Session, page: str, actor: Actor) -> None:
    own = (Draft.user_id == actor.user_id, Draft.page == page)
    count = session.scalar(select(func.count(Draft.id)).where(*own)) or 0
    if count >= MOST:
        oldest = (
            select(Draft.id).where(*own).order_by(Draft.saved_at, Draft.id).limit(count - MOST + 1)
        )
        session.execute(delete(table_of(Draft)).where(Draft.id.in_(session.scalars(oldest).all())))


def _is_own(uid: str, actor: Actor) -> bool:
    found = db.session.scalar(select(Draft.user_id).where(Draft.uid == uid))
    return found == actor.user_id


def throw_away(uid: str, *, actor: Actor) -> None:
    """Remove a draft of one's own. Raises ``NotFound``."""
    with transaction() as session:
        if not drop(session, uid, actor):
            raise NotFound


def drop(session: Session, uid: str, actor: Actor) -> bool:
    """Remove the actor's draft inside the caller's transaction; whether there was one."""
    gone = session.connection().execute(
        delete(table_of(Draft)).where(Draft.uid == uid, Draft.user_id == actor.user_id)
    )
    return bool(gone.rowcount)
