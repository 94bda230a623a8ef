"""Taking the whole state away in one file while people go on working.

Readable values are in it as they are in the database; sealed ones stay encrypted as they are stored,
and the keys are never in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from petitions.errors import DomainError
from petitions.files import StoredFileMissing, stored_path
from petitions.installation import installation
from petitions.jsonable import plain
from petitions.services import audit_anchors
from petitions.services.backup_archive import (
    ANCHORS,
    FORMAT,
    TABLES,
    UPLOADS,
    Manifest,
    Members,
    create,
    write_manifest,
)
from petitions.services.backup_tables import Shape, read, shapes, snapshot

_CHUNK = 1 << 20


class NoDatabase(DomainError):
    """There is nothing to back up: the database has no schema yet."""

    code = "no_database"

    def __init__(self) -> None:
        super().__init__("Cơ sở dữ liệu chưa được tạo nên không có gì để sao lưu.")


def backup(target: Path, now: datetime) -> Manifest:
    """Write everything into ``target``; returns what it holds.

    The rows are those of one instant. The anchors are read before it and the papers after it: an
    anchor speaks of nothing younger than itself, and a paper lies in its place before its row does.
    Raises ``NoDatabase``, ``InTheWay`` or ``OSError``; ``target`` is then as it was.
    """
    house = installation()
    with create(target, now) as members:
        _add_anchors(members, house.settings.anchor_file)
        with snapshot() as connection:
            schema = MigrationContext.configure(connection).get_current_revision()
            if schema is None:
                raise NoDatabase
            manifest = Manifest(
                FORMAT, plain(now), connection.dialect.name, schema, house.keyring.fingerprint()
            )
            names: list[str] = []
            for shape in shapes(connection):
                _add_table(members, connection, shape, manifest)
                names += _stored_names(connection, shape)
        for name in names:
            _add_paper(members, house.settings.upload_dir, name, manifest)
        write_manifest(members, manifest)
    return manifest


def _add_anchors(members: Members, path: Path) -> None:
    try:
        with audit_anchors.reading(path) as file:
            members.add(ANCHORS, _chunks(file))
    except FileNotFoundError:
        return


def _add_table(members: Members, connection: Connection, shape: Shape, manifest: Manifest) -> None:
    manifest.columns[shape.name] = dict(shape.columns)
    manifest.rows[shape.name] = 0

    def lines(batches: Iterable[Sequence[Any]]) -> Iterator[bytes]:
        for batch in batches:
            manifest.rows[shape.name] += len(batch)
            yield b"".join(_line(row) for row in batch)

    members.add(f"{TABLES}{shape.name}.jsonl", lines(read(connection, shape)))


def _line(row: Sequence[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _stored_names(connection: Connection, shape: Shape) -> Sequence[str]:
    """The files in the upload folder that rows of this table speak of."""
    if "stored_name" not in shape.columns:
        return ()
    column = sa.column("stored_name", sa.Text())
    return connection.scalars(
        sa.select(column)
        .select_from(sa.table(shape.name))
        .where(column.is_not(None))
        .order_by(column)
    ).all()


def _add_paper(members: Members, folder: Path, name: str, manifest: Manifest) -> None:
    """A paper that is lost already must not keep all others from being saved."""
    try:
        with stored_path(folder, name).open("rb") as file:
            members.add(UPLOADS + name, _chunks(file), packed=False)
    except (FileNotFoundError, StoredFileMissing):
        manifest.missing.append(name)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
