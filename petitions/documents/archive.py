"""The zip a .docx is: read within limits, written so that the same parts give the same bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from petitions.errors import DomainError

MOST_BYTES = 4 * 2**20
MOST_PARTS = 200
MOST_UNPACKED = 24 * 2**20
MOST_XML = 4 * 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1


class NotADocument(DomainError):
    """The file is no .docx this service opens; the message says why."""

    code = "not_a_document"


def unpack(content: bytes) -> dict[str, bytes]:
    """Every part by name. Raises ``NotADocument``, before anything large is unpacked."""
    if len(content) > MOST_BYTES:
        raise NotADocument(f"Tệp lớn hơn {MOST_BYTES // 2**20} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        OSError,
    ) as error:
        raise NotADocument("Tệp không phải là văn bản Word (.docx) hoặc đã hỏng.") from error


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_PARTS:
        raise NotADocument(f"Tệp có hơn {MOST_PARTS} phần bên trong.")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise NotADocument(f"Tệp giải nén lớn hơn {MOST_UNPACKED // 2**20} MB.")
    parts: dict[str, bytes] = {}
    folded: set[str] = set()
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & _ENCRYPTED:
            raise NotADocument("Tệp có phần bị đặt mật khẩu.")
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise NotADocument("Tệp có phần mang tên không hợp lệ.")
        if name.lower() in folded:
            raise NotADocument("Tệp có hai phần trùng tên.")
        if entry.file_size > MOST_XML and name.lower().endswith((".xml", ".rels")):
            raise NotADocument("Tệp có phần chữ quá lớn.")
        folded.add(name.lower())
        # the size a directory claims may be a lie: never read more than it claims
        with archive.open(entry) as source:
            parts[name] = source.read(entry.file_size + 1)
        if len(parts[name]) != entry.file_size:
            raise NotADocument("Tệp khai sai kích thước phần bên trong.")
    return parts


def pack(parts: Mapping[str, bytes]) -> bytes:
    """An archive of the parts in the order given, without times or names of machines."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return written.getvalue()
