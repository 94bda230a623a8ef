"""Papers people hand in: judged by their bytes, kept under random names, never opened by us.

A file is accepted only when its content is one of the known harmless kinds and its name claims the
same. Original names stay in the database; the disk sees random ones.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import secrets
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

import filetype

from petitions.errors import DomainError

MAX_BYTES = 25 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
_MAX_ENTRIES = 10_000
_MAX_DIRECTORY_BYTES = 4 * 1024 * 1024
_MAX_RATIO = 100
_RATIO_MATTERS_FROM = 10 * 1024 * 1024
_MAX_DEPTH = 2
_CHUNK = 64 * 1024


class UploadRefused(DomainError):
    """A file that is not taken in; the message is meant for the field it was chosen in."""

    code = "upload_refused"


class EmptyUpload(UploadRefused):
    """No byte in it."""

    code = "upload_empty"

    def __init__(self) -> None:
        super().__init__("Tệp không có nội dung.")


class TooLarge(UploadRefused):
    """More than 25 MB."""

    code = "upload_too_large"

    def __init__(self) -> None:
        super().__init__("Tệp lớn hơn 25 MB; hãy chia nhỏ hoặc quét lại với độ phân giải thấp hơn.")


class TypeNotAllowed(UploadRefused):
    """Its name claims a kind that is not on the list."""

    code = "upload_type"

    def __init__(self) -> None:
        super().__init__(
            "Không nhận loại tệp này. Các loại được nhận: "
            + ", ".join(sorted(kind.extension for kind in _KINDS))
            + "."
        )


class TypeMismatch(UploadRefused):
    """Its content is something else than its name claims."""

    code = "upload_type_mismatch"

    def __init__(self, claimed: str) -> None:
        super().__init__(f"Nội dung tệp không phải là {claimed} như tên tệp cho biết.")


class Encrypted(UploadRefused):
    """Locked with a password: nobody here could read or check it."""

    code = "upload_encrypted"

    def __init__(self) -> None:
        super().__init__("Tệp được đặt mật khẩu; hãy bỏ mật khẩu rồi gửi lại.")


class HasMacros(UploadRefused):
    """An office document with programs in it."""

    code = "upload_macros"

    def __init__(self) -> None:
        super().__init__("Tài liệu có chứa macro hoặc mã chạy được; hãy lưu lại không kèm macro.")


class UnpacksTooLarge(UploadRefused):
    """A compressed document that unpacks to more than 100 MB, or is packed suspiciously tight or deep."""

    code = "upload_unpacks_too_large"

    def __init__(self) -> None:
        super().__init__("Tài liệu nén bất thường hoặc lớn hơn 100 MB khi giải nén, không nhận.")


class Damaged(UploadRefused):
    """A compressed document that cannot be read through."""

    code = "upload_damaged"

    def __init__(self) -> None:
        super().__init__("Tệp bị hỏng, không đọc được; hãy kiểm tra và gửi lại.")


class StoredFileMissing(DomainError):
    """No file under that stored name."""

    code = "stored_file_missing"

    def __init__(self) -> None:
        super().__init__("Không tìm thấy tệp trong kho lưu trữ.")


@dataclass(frozen=True, slots=True)
class Inspected:
    """An accepted file: kind (document, text, image, audio, video), canonical extension, bytes, digest in hex."""

    kind: str
    extension: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Kind:
    extension: str
    kind: str
    media_type: str
    looks_right: Callable[[BinaryIO], bool]
    also_named: tuple[str, ...] = ()


def inspect_upload(name: str, data: bytes | BinaryIO) -> Inspected:
    """Judge an upload by its name's extension, its size and its bytes; a stream is left at its start.

    Raises a subclass of ``UploadRefused``.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    extension = PurePath(name.strip()).suffix.lower().removeprefix(".")
    kind = _BY_EXTENSION.get(extension)
    if kind is None:
        raise TypeNotAllowed
    size, digest = _measure(stream)
    try:
        if not kind.looks_right(stream):
            raise TypeMismatch(kind.extension)
    finally:
        stream.seek(0)
    return Inspected(kind.kind, kind.extension, kind.media_type, size, digest)


def _measure(stream: BinaryIO) -> tuple[int, str]:
    stream.seek(0)
    size, digest = 0, hashlib.sha256()
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BYTES:
            raise TooLarge
        digest.update(chunk)
    if not size:
        raise EmptyUpload
    return size, digest.hexdigest()


def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(8192)


def _sniffed_as(*extensions: str) -> Callable[[BinaryIO], bool]:
    def looks_right(stream: BinaryIO) -> bool:
        guess = filetype.guess(_head(stream))
        return guess is not None and guess.extension in extensions

    return looks_right


def _looks_like_mp3(stream: BinaryIO) -> bool:
    head = _head(stream)
    frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2
    return head.startswith(b"ID3") or frame


def _looks_like_mpeg4(stream: BinaryIO) -> bool:
    """Telephones record sound under the brands of video and the other way round: any MPEG-4 brand will do."""
    head = _head(stream)
    brand = head[8:12]
    return head[4:8] == b"ftyp" and brand[:3] in (b"mp4", b"iso", b"M4A", b"M4V", b"3gp", b"MSN", b"avc", b"das")  # fmt: skip


def _looks_like_heic(stream: BinaryIO) -> bool:
    head = _head(stream)
    box_end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, box_end, 4))}
    return head[4:8] == b"ftyp" and bool(brands & {b"heic", b"heix", b"heim", b"heis"})


def _looks_like_text(stream: BinaryIO) -> bool:
    """UTF-8, or UTF-16 with its byte order mark as spreadsheets save it, and no control characters."""
    head = _head(stream)
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    decoder = codecs.getincrementaldecoder("utf-16" if utf16 else "utf-8-sig")()
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            if _NO_PLAIN_TEXT.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


_NO_PLAIN_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def _office(main_part: str) -> Callable[[BinaryIO], bool]:
    def looks_right(stream: BinaryIO) -> bool:
        if _head(stream).startswith(_COMPOUND_FILE):
            # Office wraps a password-protected .docx in the container of its old formats
            stream.seek(0)
            if "EncryptedPackage".encode("utf-16-le") in stream.read():
                raise Encrypted
            return False
        names = _inspect_archive(stream, MAX_UNPACKED_BYTES, 1)[0]
        return names is not None and {"[content_types].xml", main_part} <= names

    return looks_right


def _looks_like_odt(stream: BinaryIO) -> bool:
    if _inspect_archive(stream, MAX_UNPACKED_BYTES, 1)[0] is None:
        return False
    with zipfile.ZipFile(stream) as archive:
        try:
            return archive.read("mimetype").strip() == b"application/vnd.oasis.opendocument.text"
        except KeyError:
            return False


_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_ENTRY = b"PK\x03\x04"
_PACKED = ("7z", "rar", "gz", "bz2", "xz", "lz", "lz4", "tar", "Z", "cab", "zst")
_RUNS = ("exe", "elf", "swf", "crx")
_MACROS = re.compile(
    r"vba(project|data)[^/]*\.(bin|xml)|/(activex|macrosheets)/|^(basic|scripts)/.+\.(xml|xlb|py|js|bsh|class)$"
)
_DECLARES_MACROS = re.compile(rb"macroEnabled|vnd\.ms-office\.vbaProject", re.IGNORECASE)
_DECLARES_ENCRYPTION = re.compile(rb"<(\w+:)?encryption-data\b")


def _inspect_archive(
    stream: BinaryIO, budget: int, depth: int
) -> tuple[frozenset[str] | None, int]:
    """Read a ZIP through, counting. Returns its names in lower case (None: no ZIP) and the bytes unpacked.

    What the directory claims is checked first, what really comes out is counted as well.
    Raises ``UnpacksTooLarge``, ``Encrypted``, ``HasMacros``, ``Damaged``.
    """
    if not _head(stream).startswith(_LOCAL_ENTRY):
        return None, 0
    if depth > _MAX_DEPTH:
        raise UnpacksTooLarge
    size = stream.seek(0, io.SEEK_END)
    if size > MAX_BYTES:
        raise UnpacksTooLarge
    _check_directory(stream, size)
    unpacked = 0
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            claimed = sum(entry.file_size for entry in entries)
            tight = claimed > max(_RATIO_MATTERS_FROM, _MAX_RATIO * size)
            if len(entries) > _MAX_ENTRIES or claimed > budget or tight:
                raise UnpacksTooLarge
            for entry in entries:
                unpacked += _inspect_entry(archive, entry, budget - unpacked, depth)
    except _UNREADABLE:
        raise Damaged from None
    return frozenset(entry.filename.lower() for entry in entries), unpacked


def _inspect_entry(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int, depth: int
) -> int:
    name = entry.filename.lower()
    if entry.flag_bits & 0x2041:
        raise Encrypted
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Damaged
    if _MACROS.search(name):
        raise HasMacros
    kept, unpacked = _read_through(archive, entry, budget)
    guess = filetype.guess(kept[:8192]) if kept else None
    if guess is not None and guess.extension in _RUNS:
        raise HasMacros
    if guess is not None and guess.extension in _PACKED:
        raise UnpacksTooLarge
    if name in _TELLING_ENTRIES:
        declared = kept.replace(b"\0", b"")  # UTF-16 hides nothing
        if _DECLARES_MACROS.search(declared):
            raise HasMacros
        if _DECLARES_ENCRYPTION.search(declared):
            raise Encrypted
    if kept.startswith(_LOCAL_ENTRY):
        unpacked += _inspect_archive(io.BytesIO(kept), budget - unpacked, depth + 1)[1]
    return unpacked


def _read_through(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: int
) -> tuple[bytes, int]:
    """Unpack an entry to its end: its bytes if they are looked at again, else their head; and how many."""
    with archive.open(entry) as packed:
        kept = packed.read(8192)
        unpacked = len(kept)
        keeps = kept.startswith(_LOCAL_ENTRY) or entry.filename.lower() in _TELLING_ENTRIES
        whole = io.BytesIO(kept)
        whole.seek(0, io.SEEK_END)
        while chunk := packed.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > budget or (keeps and unpacked > MAX_BYTES):
                raise UnpacksTooLarge
            if keeps:
                whole.write(chunk)
    return whole.getvalue(), unpacked


_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What ``zipfile`` raises on bytes that only pretend to be an archive."""

_TELLING_ENTRIES = ("[content_types].xml", "meta-inf/manifest.xml")


def _check_directory(stream: BinaryIO, size: int) -> None:
    """Refuse a directory that would not fit in memory, before ``zipfile`` reads all of it."""
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        raise Damaged
    wide = b"PK\x06\x07" in tail[max(0, end - 20) : end]
    if wide or int.from_bytes(tail[end + 12 : end + 16], "little") > _MAX_DIRECTORY_BYTES:
        raise UnpacksTooLarge


_KINDS = (
    _Kind("pdf", "document", "application/pdf", _sniffed_as("pdf")),
    _Kind(
        "docx",
        "document",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _office("word/document.xml"),
    ),
    _Kind(
        "xlsx",
        "document",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _office("xl/workbook.xml"),
    ),
    _Kind("odt", "document", "application/vnd.oasis.opendocument.text", _looks_like_odt),
    _Kind("txt", "text", "text/plain", _looks_like_text),
    _Kind("csv", "text", "text/csv", _looks_like_text),
    _Kind("jpg", "image", "image/jpeg", _sniffed_as("jpg"), ("jpeg",)),
    _Kind("png", "image", "image/png", _sniffed_as("png", "apng")),
    _Kind("tif", "image", "image/tiff", _sniffed_as("tif"), ("tiff",)),
    _Kind("webp", "image", "image/webp", _sniffed_as("webp")),
    _Kind("heic", "image", "image/heic", _looks_like_heic, ("heif",)),
    _Kind("mp3", "audio", "audio/mpeg", _looks_like_mp3),
    _Kind("m4a", "audio", "audio/mp4", _looks_like_mpeg4),
    _Kind("wav", "audio", "audio/wav", _sniffed_as("wav")),
    _Kind("mp4", "video", "video/mp4", _looks_like_mpeg4),
)
_BY_EXTENSION = {name: kind for kind in _KINDS for name in (kind.extension, *kind.also_named)}

_STORED_NAME = re.compile(r"[0-9a-f]{32}")


def store(root: Path, data: bytes | BinaryIO) -> str:
    """Keep bytes under a new random name, whole or not at all, on the disk before this returns.

    Returns the stored name (32 hexadecimal digits). The file is readable by its owner alone.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    name = secrets.token_hex(16)
    target = stored_path(root, name)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            stream.seek(0)
            while chunk := stream.read(_CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    for directory in (target.parent, root):
        sync_directory(directory)
    return name


def read_stored(root: Path, name: str) -> bytes:
    """The bytes under a stored name. Raises ``StoredFileMissing``, also for a name ``store`` never gave."""
    try:
        return stored_path(root, name).read_bytes()
    except FileNotFoundError:
        raise StoredFileMissing from None


def remove_stored(root: Path, name: str) -> None:
    """Take a file away for good; one that is gone already is no error."""
    stored_path(root, name).unlink(missing_ok=True)


def stored_path(root: Path, name: str) -> Path:
    """Where a stored file lies; only names of the form ``store`` gives lead anywhere."""
    if not _STORED_NAME.fullmatch(name):
        raise StoredFileMissing
    return root / name[:2] / name


def sync_directory(path: Path) -> None:
    """Make new names in a directory survive a power cut."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
