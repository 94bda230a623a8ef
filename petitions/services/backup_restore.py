"""Putting a backup into an empty installation, of either product: whole, or not at all."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from config.database import db, transaction, writing_permitted
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions import schema
from petitions.errors import DomainError
from petitions.files import stored_path, sync_directory
from petitions.installation import installation
from petitions.services.backup_archive import (
    ANCHORS,
    TABLES,
    UPLOADS,
    Archive,
    Damaged,
    Manifest,
    opened,
)
from petitions.services.backup_tables import Row, Shape, count_on, names, row_of, shapes, write

HELD_UNTIL = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands as the instant to send restored mail at, until an operator lets it go."""

OF_ITSELF = ("calendar_day", "calendar_year", "field", "job_run", "sweep")
"""Tables that fill without anybody's doing: the shipped reference data, and a scheduler's round over
an empty database. References first."""


class NotRestored(DomainError):
    """The backup does not go into this installation; nothing was touched."""

    code = "not_restored"


@dataclass(slots=True)
class Restored:
    """What was put back, and what was left out or held."""

    manifest: Manifest
    rows: int = 0
    held: int = 0
    cases_without_seals: int = 0
    papers_left_out: int = 0
    anchors: str = "none"
    """``none`` in the backup, ``restored``, ``kept`` (those here go on from the backup's), or
    ``foreign`` (left out: they are signed with a key that is not here)."""


def restore(source: Path, now: datetime, *, without_sealed: bool = False) -> Restored:
    """Put the backup into the present, empty installation.

    ``without_sealed`` leaves out what only the keys could open: denouncers' identities, originals,
    sealed words and papers. Unsent mail is held until ``release_mail``. Raises ``Damaged``,
    ``NewerFormat`` or ``NotRestored``; then nothing was touched.
    """
    with opened(source) as archive:
        work = _Restore(archive, now, without_sealed)
        work.check()
        try:
            with work.undone_on_failure(), writing_permitted(), db.engine.begin() as connection:
                work.run(connection)
        except SQLAlchemyError as error:
            # its text may quote rows
            raise NotRestored(
                f"Không ghi được vào cơ sở dữ liệu ({type(error).__name__}); không có gì thay đổi."
            ) from None
        return work.done


def release_mail(now: datetime) -> int:
    """Let the mail held by a restore go; returns how many messages."""
    with transaction() as session:
        held = (
            sa.update(OutboxMessage)
            .where(OutboxMessage.settled_at.is_(None), OutboxMessage.not_before == HELD_UNTIL)
            .values(not_before=now)
        )
        mails = sa.update(Mail).where(Mail.next_try_at == HELD_UNTIL).values(next_try_at=now)
        connection = session.connection()
        return connection.execute(held).rowcount + connection.execute(mails).rowcount


class _Restore:
    """One restore in the doing."""

    def __init__(self, archive: Archive, now: datetime, without_sealed: bool) -> None:
        self.archive = archive
        self.manifest = archive.manifest
        self.now = now
        self.house = installation()
        self.done = Restored(archive.manifest)
        self.rules: dict[str, Callable[[Row], Row | None]] = {
            "job_run": _finished,
            "outbox_message": self._held,
            "mail": self._held_mail,
        }
        if without_sealed:
            self.rules |= {
                "sealed_identity": _left_out,
                "blind_index": _left_out,
                "case_key": self._new_key,
                "event_detail": self._without_sealed_words,
                "evidence": _without_sealed_paper,
                "visit": self._new_visit_key,
                "visitor": _unless_sealed,
                "visitor_blind": _left_out,
                "draft": _left_out,
                "slip": _left_out,
            }
        self._without_sealed = without_sealed
        self._papers: dict[str, Path] = {}
        self._written: list[Path] = []
        self._old_anchors: bytes | None = None

    # --- before anything is touched ----------------------------------------------------------

    def check(self) -> None:
        """Raise ``NotRestored`` where schema, key, anchors or papers stand against it."""
        revisions = ScriptDirectory.from_config(schema.alembic_config()).walk_revisions()
        if self.manifest.schema not in {each.revision for each in revisions}:
            raise NotRestored(
                f"Tệp sao lưu thuộc lược đồ {self.manifest.schema} mới hơn chương trình này; "
                "hãy nâng cấp chương trình trước."
            )
        own = self.house.keyring.recognises(self.manifest.key)
        if not own and not self._without_sealed:
            raise NotRestored(
                f"Tệp sao lưu được niêm phong bằng khóa {self.manifest.key}, khác với khóa ở "
                f"{self.house.settings.key_file}. Hãy đặt đúng tệp khóa, hoặc dùng --without-sealed "
                "để khôi phục không có phần niêm phong."
            )
        self.done.anchors = self._fate_of_anchors() if own else "foreign"
        self._find_papers()

    def _fate_of_anchors(self) -> str:
        path = self.house.settings.anchor_file
        here = path.read_bytes() if path.exists() else b""
        there = self._anchors()
        if here and here.startswith(there):
            return "kept"
        if not there.startswith(here):
            raise NotRestored(
                f"Tệp neo {path} không thuộc bản sao lưu này; hãy dời tệp đó đi trước."
            )
        return "restored" if there else "none"

    def _anchors(self) -> bytes:
        return b"".join(self.archive.chunks(ANCHORS)) if ANCHORS in self.manifest.sha256 else b""

    def _find_papers(self) -> None:
        left_out = set()
        if self._without_sealed:
            left_out = {
                row["stored_name"]
                for table, columns in self.manifest.columns.items()
                if {"stored_name", "sealed"} <= columns.keys()
                for row in self._rows(table)
                if row["sealed"]
            }
        for member, digest in self.manifest.sha256.items():
            name = member.removeprefix(UPLOADS)
            if name == member:
                continue
            if name in left_out:
                self.done.papers_left_out += 1
                continue
            path = stored_path(self.house.settings.upload_dir, name)
            if not path.exists():
                self._papers[member] = path
            elif _sha256(path) != digest:
                raise NotRestored(f"{path} đã có với nội dung khác; hãy dời thư mục tệp đi trước.")

    def _rows(self, table: str) -> Iterator[Row]:
        columns = self.manifest.columns[table]
        try:
            for line in self.archive.lines(f"{TABLES}{table}.jsonl"):
                yield row_of(columns, line)
        except ValueError:
            raise Damaged from None

    # --- all or nothing ----------------------------------------------------------------------

    @contextmanager
    def undone_on_failure(self) -> Iterator[None]:
        """Take back what was put outside the database unless the block ends well."""
        try:
            yield
        except BaseException:
            for path in self._written:
                path.unlink(missing_ok=True)
            if self._old_anchors:
                self.house.settings.anchor_file.write_bytes(self._old_anchors)
            raise

    def run(self, connection: Connection) -> None:
        """Files first, so that no row ever speaks of one that is not there."""
        self._make_room(connection)
        for member, path in self._papers.items():
            self._put(path, self.archive.chunks(member))
        os.sync()
        tables = shapes(connection)
        if {shape.name: dict(shape.columns) for shape in tables} != self.manifest.columns:
            raise NotRestored("Các bảng trong tệp sao lưu không khớp với lược đồ của chúng.")
        for shape in tables:
            self.done.rows += write(connection, shape, self._kept(shape))
            count_on(connection, shape)
        _migrate(connection, "head")
        if self.done.anchors == "restored":
            path = self.house.settings.anchor_file
            self._old_anchors = path.read_bytes() if path.exists() else b""
            self._put(path, [self._anchors()])
            sync_directory(path.parent)

    def _make_room(self, connection: Connection) -> None:
        """The backup's own schema, without rows. Raises ``NotRestored`` when somebody's rows are there."""
        present = MigrationContext.configure(connection).get_current_revision()
        tables = names(connection)
        for name in tables:
            if present is None or (name not in OF_ITSELF and _has_rows(connection, name)):
                raise NotRestored("Cơ sở dữ liệu đích không trống, không khôi phục vào đó.")
        for name in OF_ITSELF:
            if name in tables:
                connection.execute(sa.delete(sa.table(name)))
        if present != self.manifest.schema:
            if present is not None:
                _migrate(connection, "base")
            _migrate(connection, self.manifest.schema)

    def _kept(self, shape: Shape) -> Iterator[Row]:
        rule = self.rules.get(shape.name)
        kept_words = {"words", "sealed"} <= shape.columns.keys()
        if rule is None and self._without_sealed and kept_words:
            rule = _without_kept_words
        for row in self._rows(shape.name):
            kept = row if rule is None else rule(row)
            if kept is not None:
                yield kept

    def _put(self, path: Path, chunks: Iterable[bytes]) -> None:
        draft = path.with_name(path.name + ".part")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._written += [draft, path]
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        draft.replace(path)

    # --- rows that do not come back as they were ---------------------------------------------

    def _held(self, row: Row) -> Row:
        """It may have been sent after the backup was taken; only a person can tell."""
        settled = "settled_at" if "settled_at" in row else "sent_at"  # as older backups call it
        if row[settled] is not None:
            return row
        self.done.held += 1
        return {**row, "not_before": HELD_UNTIL}

    def _held_mail(self, row: Row) -> Row:
        """A mail that was drawn up and not sent; its own day has passed when it is let go."""
        if row["state"] not in {MailState.QUEUED, MailState.SENDING}:
            return row
        self.done.held += 1
        free = {"claimed_by": None, "claimed_until": None, "next_try_at": HELD_UNTIL}
        return {**row, **free, "state": MailState.QUEUED.value}

    def _new_key(self, row: Row) -> Row:
        """The case goes on under a key of its own; what the old one sealed is gone."""
        self.done.cases_without_seals += 1
        return {**row, "wrapped": self.house.keyring.new_case_key()[1], "sealed_original": None}

    def _new_visit_key(self, row: Row) -> Row:
        """A confidential visit goes on the same way: that somebody came is all that is left of it."""
        if row["wrapped"] is None:
            return row
        return {**row, "wrapped": self.house.keyring.new_case_key()[1], "sealed": None}

    def _without_sealed_words(self, row: Row) -> Row:
        if row["sealed"] is None:
            return row
        return {**row, "salt": None, "sealed": None, "erased_at": self.now}


def _finished(row: Row) -> Row | None:
    """A claim still running is nobody's here: its slot is open again."""
    return row if row["finished_at"] is not None else None


def _left_out(_row: Row) -> None:
    return None


def _unless_sealed(row: Row) -> Row | None:
    return row if row["sealed"] is None else None


def _without_sealed_paper(row: Row) -> Row:
    return {**row, "stored_name": None} if row["sealed"] else row


def _without_kept_words(row: Row) -> Row:
    """A paper of the office about a denunciation, of which only that it was is left."""
    if row["sealed"] is None:
        return row
    bare = {**row, "sealed": None}
    return {**bare, "stored_name": None} if "stored_name" in row else bare


def _has_rows(connection: Connection, name: str) -> bool:
    one = sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)
    return connection.scalar(one) is not None


def _migrate(connection: Connection, revision: str) -> None:
    """Bring the schema to ``revision`` inside the transaction of the rows."""
    config = schema.alembic_config()
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
