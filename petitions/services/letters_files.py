"""Where the files of letters lie: outside the database, kept only if their transaction is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import event
from sqlalchemy.orm import Session

from petitions import sealed_rows
from petitions.files import read_stored, remove_stored, store
from petitions.installation import installation
from petitions.sealing import CaseKey

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored file: its random name, and the digest of the bytes as they lie on the disk."""

    stored_name: str
    sha256: str


def keep(
    session: Session, uid: str, data: bytes, key: CaseKey | None, *, instead_of: str | None = None
) -> Kept:
    """Store a letter's file, sealed when ``key`` is given.

    It goes again if the transaction does; the file it stands ``instead_of`` goes when the
    transaction is committed.
    """
    content = data if key is None else key.seal(data, _place(uid))
    name = keep_bytes(session, content, instead_of=instead_of)
    return Kept(name, hashlib.sha256(content).hexdigest())


def keep_bytes(session: Session, content: bytes, *, instead_of: str | None = None) -> str:
    """Store bytes under a random name for as long as the transaction stands; see ``keep``."""
    folder = installation().settings.upload_dir
    name = store(folder, content)
    _when_over(
        session,
        committed=lambda: None if instead_of is None else remove_stored(folder, instead_of),
        given_up=lambda: remove_stored(folder, name),
    )
    return name


def read_kept(uid: str, stored_name: str, key: CaseKey | None) -> bytes:
    """The file's bytes. Raises ``StoredFileMissing``, and ``BrokenSeal`` for altered sealed bytes."""
    data = read_stored(installation().settings.upload_dir, stored_name)
    return data if key is None else key.open(data, _place(uid))


def _place(uid: str) -> str:
    return sealed_rows.letter(uid)


def _when_over(
    session: Session, *, committed: Callable[[], None], given_up: Callable[[], None]
) -> None:
    """Run one of the two when the open transaction ends, and neither ever again."""
    waiting = True

    def after(action: Callable[[], None]) -> Callable[[Session], None]:
        def run(_session: Session) -> None:
            nonlocal waiting
            if waiting:
                waiting = False
                action()

        return run

    event.listen(session, "after_commit", after(committed), once=True)
    event.listen(session, "after_rollback", after(given_up), once=True)
