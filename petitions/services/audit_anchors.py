"""The anchors: signed lines outside the database that say where every chain ended on their day.

Whoever can write the database can count a chain anew after changing it, or take a whole case away.
A line of this file, signed with a key that is not in the database, still says what the head was. It
holds the cases whose head changed since the line before, and that line's hash, so that none can be
changed, taken out or put in between. Whole lines cut off the end leave a valid file: there only the
instant of the last line tells.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.engine import Connection

from petitions.errors import DomainError
from petitions.files import sync_directory
from petitions.jsonable import canonical, plain
from petitions.ledger.chain import GENESIS
from petitions.models import Case, Event
from petitions.sealing import Keyring
from petitions.sealing.keyring import verify
from petitions.services.audit_chain import Broken

Head = tuple[int, str]
"""Where a chain ends: number and hash of its last event."""

_BATCH = 500


class AnchorsBroken(DomainError):
    """The file of anchors itself is at fault, not a case; ``line`` is where."""

    code = "anchors_broken"

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"Tệp neo, dòng {line}: {what}.")
        self.line = line


class _Torn(AnchorsBroken):
    """The last line has no end: cut short, or its writing was broken off."""

    def __init__(self, line: int) -> None:
        super().__init__(line, "bị cắt dở dang")


@dataclass(slots=True)
class Anchored:
    """What the lines read so far say together."""

    lines: int = 0
    bytes: int = 0
    at: str | None = None
    cases: int = 0
    digest: str = ""
    last: str = GENESIS
    heads: dict[str, Head] = field(default_factory=dict)
    broken: Broken | None = None


@contextmanager
def reading(path: Path) -> Iterator[BinaryIO]:
    """The file, with no line being added meanwhile. Raises ``FileNotFoundError``."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file


def append(
    path: Path, keyring: Keyring, now: datetime, present: Callable[[], Mapping[str, Head]]
) -> int:
    """Add one line; returns how many heads it holds. ``present`` tells the heads of all cases.

    Two at once wait for each other. A last line without an end was never completed and is written
    anew. Raises ``AnchorsBroken`` when an earlier line was touched: nothing is built on that.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        anchored = Anchored()
        try:
            for _ in _replay(file, keyring, anchored):
                pass
        except _Torn:
            pass
        heads = present()
        changed = [
            [code, *head]
            for code, head in sorted(heads.items())
            if anchored.heads.get(code) != head
        ]
        body = {
            "line": anchored.lines + 1,
            "at": plain(now),
            "prev": anchored.last,
            "cases": len(heads),
            "heads": changed,
            "digest": _digest(heads),
            "key": _encoded(keyring.anchor_public_key()),
        }
        signature = _encoded(keyring.sign(canonical(body)))
        file.seek(anchored.bytes)
        file.truncate()
        file.write(canonical({**body, "signature": signature}) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_directory(path.parent)
    return len(changed)


def compare(connection: Connection, file: BinaryIO, keyring: Keyring) -> Anchored:
    """Find every anchored head in its case's chain, up to the first that is not there.

    Keeps the latest head of every case in memory. Raises ``AnchorsBroken``.
    """
    anchored = Anchored()
    for heads in _replay(file, keyring, anchored):
        for start in range(0, len(heads), _BATCH):
            anchored.broken = _not_found(connection, heads[start : start + _BATCH], anchored.lines)
            if anchored.broken is not None:
                return anchored
        if anchored.cases != len(anchored.heads):
            raise AnchorsBroken(anchored.lines, "số hồ sơ không khớp với các dòng trước đó")
    if not anchored.lines:
        raise AnchorsBroken(1, "tệp không có dòng nào")
    if anchored.digest != _digest(anchored.heads):
        raise AnchorsBroken(anchored.lines, "mã tổng hợp không khớp với các dòng trước đó")
    return anchored


def _replay(
    file: BinaryIO, keyring: Keyring, anchored: Anchored
) -> Iterator[Sequence[tuple[str, int, str]]]:
    """The heads of each line in turn, once the line is known to be genuine and in its place."""
    public_key = _encoded(keyring.anchor_public_key())
    for raw in file:
        number = anchored.lines + 1
        if not raw.endswith(b"\n"):
            raise _Torn(number)
        try:
            line: dict[str, Any] = json.loads(raw)
            exact = canonical(line) + b"\n" == raw
            signature = base64.b64decode(line.pop("signature"), validate=True)
            heads = [(str(code), int(seq), str(digest)) for code, seq, digest in line["heads"]]
            key, place = line["key"], (line["line"], line["prev"])
            anchored.at, anchored.cases = line["at"], line["cases"]
            anchored.digest = line["digest"]
        except (AttributeError, KeyError, TypeError, ValueError):
            raise AnchorsBroken(number, "không đọc được, đã bị sửa") from None
        if key != public_key:
            raise AnchorsBroken(number, "ký bằng khóa khác với khóa của hệ thống này")
        if not exact or not verify(keyring.anchor_public_key(), canonical(line), signature):
            raise AnchorsBroken(number, "chữ ký không đúng, đã bị sửa")
        if place != (number, anchored.last):
            raise AnchorsBroken(number, "không nối với dòng đứng trước, có dòng đã bị bỏ hoặc chèn")
        anchored.lines, anchored.bytes = number, anchored.bytes + len(raw)
        anchored.last = hashlib.sha256(raw).hexdigest()
        anchored.heads.update((code, (seq, digest)) for code, seq, digest in heads)
        yield heads


def _not_found(
    connection: Connection, heads: Sequence[tuple[str, int, str]], line: int
) -> Broken | None:
    found: dict[str, dict[int, str]] = {}
    rows = connection.execute(
        select(Case.code, Event.seq, Event.hash)
        .outerjoin(Event, Event.case_id == Case.id)
        .where(Case.code.in_([code for code, _, _ in heads]))
    )
    for code, seq, digest in rows:
        found.setdefault(code, {})[seq] = digest
    for code, seq, digest in heads:
        if code not in found:
            return Broken(code, None, f"hồ sơ đã neo ở dòng {line} không còn trong cơ sở dữ liệu")
        if seq not in found[code]:
            return Broken(code, seq, f"sự kiện đã neo ở dòng {line} không còn")
        if found[code][seq] != digest:
            return Broken(code, seq, f"khác với lúc neo ở dòng {line}: sổ đã bị viết lại")
    return None


def _digest(heads: Mapping[str, Head]) -> str:
    """One value for where all chains end."""
    total = hashlib.sha256()
    for code, (seq, digest) in sorted(heads.items()):
        total.update(f"{code} {seq} {digest}\n".encode())
    return total.hexdigest()


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()
