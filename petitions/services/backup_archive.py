"""The file a backup is: a ZIP whose last bytes are the digest of all bytes before them.

Any ZIP tool can look into it. Its members are listed with their digests in ``manifest.json``, which
comes last; the digest at the very end covers every byte, so that damage anywhere is known before
anything is read from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from config.clock import local_time
from petitions.errors import DomainError
from petitions.files import sync_directory

FORMAT = 1
MANIFEST = "manifest.json"
ANCHORS = "anchors.jsonl"
TABLES = "tables/"
UPLOADS = "uploads/"

_SEAL = b"donthu sha256 "
_DIGEST_SIZE = 64
_CHUNK = 1 << 20
_COMPRESSION = 3
"""Level of deflate: most of what the higher ones save, at a third of their time."""


class Damaged(DomainError):
    """The file is not a whole, unchanged backup."""

    code = "backup_damaged"

    def __init__(self) -> None:
        super().__init__("Tệp sao lưu bị hỏng, bị sửa hoặc không phải tệp sao lưu của Đơn Thư.")


class InTheWay(DomainError):
    """Something that is no backup lies where the backup should go."""

    code = "backup_in_the_way"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} đã có và không phải tệp sao lưu; không ghi đè.")


class NewerFormat(DomainError):
    """Written by a later program in a way this one does not know."""

    code = "backup_newer_format"

    def __init__(self) -> None:
        super().__init__(
            "Tệp sao lưu do phiên bản chương trình mới hơn tạo ra; hãy nâng cấp trước."
        )


@dataclass(slots=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    created: str
    product: str
    schema: str
    key: str
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Stored names of papers the database speaks of and the upload folder did not have."""
    sha256: dict[str, str] = field(default_factory=dict)

    @property
    def papers(self) -> int:
        """Number of stored papers in it."""
        return sum(name.startswith(UPLOADS) for name in self.sha256)


class Members:
    """The members of an archive in the making."""

    def __init__(self, archive: zipfile.ZipFile, now: datetime) -> None:
        self._archive = archive
        self._date = local_time(now).timetuple()[:6]
        self.sha256: dict[str, str] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> None:
        """Stream one member in."""
        info = zipfile.ZipInfo(name, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        digest = hashlib.sha256()
        with self._archive.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                member.write(chunk)
        self.sha256[name] = digest.hexdigest()


@contextmanager
def create(target: Path, now: datetime) -> Iterator[Members]:
    """A new archive that takes its name once it is whole and on the disk; only its owner may read it.

    An earlier backup or an empty file of that name is replaced. Raises ``InTheWay``.
    """
    if target.exists() and not _replaceable(target):
        raise InTheWay(target)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".donthu-", suffix=".part")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            with zipfile.ZipFile(file, "w", compresslevel=_COMPRESSION) as archive:
                yield Members(archive, now)
                archive.comment = _SEAL + b"0" * _DIGEST_SIZE
            size = file.seek(0, os.SEEK_END) - _DIGEST_SIZE
            digest = _digest(file, size)
            file.seek(size)
            file.write(digest)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    sync_directory(target.parent)


def write_manifest(members: Members, manifest: Manifest) -> None:
    """The last member, with the digests of all others."""
    manifest.sha256 = dict(members.sha256)
    members.add(MANIFEST, [json.dumps(asdict(manifest), indent=1).encode()])


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was found whole."""

    manifest: Manifest
    _zip: zipfile.ZipFile

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member."""
        with self._zip.open(name) as member:
            yield from member

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        with self._zip.open(name) as member:
            while chunk := member.read(_CHUNK):
                yield chunk


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup, every checksum of which is right. Raises ``Damaged`` or ``NewerFormat``."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END) - _DIGEST_SIZE
        if not _sealed(file, size) or file.read(_DIGEST_SIZE) != _digest(file, size):
            raise Damaged
        try:
            with zipfile.ZipFile(file) as packed:
                archive = Archive(_manifest(packed), packed)
                _check_members(archive, packed)
                yield archive
        except zipfile.BadZipFile:
            raise Damaged from None


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    try:
        document = json.loads(packed.read(MANIFEST))
        if document["format"] > FORMAT:
            raise NewerFormat
        return Manifest(**document)
    except (KeyError, TypeError, ValueError):
        raise Damaged from None


def _check_members(archive: Archive, packed: zipfile.ZipFile) -> None:
    listed: Mapping[str, str] = archive.manifest.sha256
    if sorted(packed.namelist()) != sorted([*listed, MANIFEST]):
        raise Damaged
    for name, digest in listed.items():
        found = hashlib.sha256()
        for chunk in archive.chunks(name):
            found.update(chunk)
        if found.hexdigest() != digest:
            raise Damaged


def _replaceable(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        return not size or _sealed(file, size - _DIGEST_SIZE)


def _sealed(file: BinaryIO, size: int) -> bool:
    """Whether the seal stands before the last bytes; leaves the file at those."""
    if size < len(_SEAL):
        return False
    file.seek(size - len(_SEAL))
    return file.read(len(_SEAL)) == _SEAL


def _digest(file: BinaryIO, size: int) -> bytes:
    """The digest, in hex digits, of the first ``size`` bytes."""
    digest = hashlib.sha256()
    file.seek(0)
    while size and (chunk := file.read(min(_CHUNK, size))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.hexdigest().encode()
