"""Uploads judged by their bytes, and the store with its random names."""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import wave
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from petitions.files import (
    MAX_BYTES,
    Damaged,
    EmptyUpload,
    Encrypted,
    HasMacros,
    StoredFileMissing,
    TooLarge,
    TypeMismatch,
    TypeNotAllowed,
    UnpacksTooLarge,
    UploadRefused,
    inspect_upload,
    read_stored,
    remove_stored,
    store,
)

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0) + b"\x90wS\xde"
)
MPEG4 = b"\0\0\0\x18ftypisom\0\0\2\0isommp42" + bytes(64)
HEIC = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + bytes(64)
AVIF = b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + bytes(64)
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
WORD_TYPES = (
    b"<Types><Override ContentType='application/vnd.openxmlformats-officedocument"
    b".wordprocessingml.document.main+xml'/></Types>"
)
MACRO_TYPES = (
    b"<Types><Default Extension='bin' ContentType='application/vnd.ms-office.vbaProject'/></Types>"
)
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def zipped(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def word(extra: dict[str, bytes] | None = None) -> bytes:
    """A bare .docx with further entries."""
    entries = {"[Content_Types].xml": WORD_TYPES, "word/document.xml": b"<document/>"}
    return zipped(entries | (extra or {}))


def real_docx() -> bytes:
    document = docx.Document()
    document.add_paragraph("Đơn khiếu nại")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def real_xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Sổ tiếp công dân"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def real_wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16))
    return buffer.getvalue()


def odt(extra: dict[str, bytes] | None = None) -> bytes:
    return zipped({"mimetype": ODT_TYPE, "content.xml": b"<office/>"} | (extra or {}))


GOOD = [
    ("đơn.pdf", b"%PDF-1.7\n%\xe2\xe3\n", "document", "pdf"),
    ("ĐƠN TỐ CÁO.PDF", b"%PDF-1.7\n%\xe2\xe3\n", "document", "pdf"),
    ("đơn.docx", real_docx(), "document", "docx"),
    ("đơn.docx", word(), "document", "docx"),
    ("sổ.xlsx", real_xlsx(), "document", "xlsx"),
    ("đơn.odt", odt(), "document", "odt"),
    ("ghi chú.txt", "Đơn của tôi\r\n".encode(), "text", "txt"),
    ("danh sách.csv", "\ufeffhọ tên;năm sinh\n".encode(), "text", "csv"),
    ("danh sách.csv", "họ tên\tnăm sinh\n".encode("utf-16"), "text", "csv"),
    ("ảnh.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(32), "image", "jpg"),
    ("ảnh.JPEG", b"\xff\xd8\xff\xe1\0\x10Exif\0" + bytes(32), "image", "jpg"),
    ("ảnh.png", PNG + bytes(32), "image", "png"),
    ("quét.tif", b"II*\0\x08\0\0\0" + bytes(32), "image", "tif"),
    ("quét.tiff", b"MM\0*\0\0\0\x08" + bytes(32), "image", "tif"),
    ("ảnh.webp", b"RIFF\x20\0\0\0WEBPVP8 " + bytes(32), "image", "webp"),
    ("ảnh.heic", HEIC, "image", "heic"),
    ("ghi âm.mp3", b"ID3\x04\0\0" + bytes(32), "audio", "mp3"),
    ("ghi âm.mp3", b"\xff\xfb\x90\x44" + bytes(32), "audio", "mp3"),
    ("ghi âm.m4a", b"\0\0\0\x18ftypM4A \0\0\2\0isomM4A " + bytes(32), "audio", "m4a"),
    ("ghi âm.m4a", MPEG4, "audio", "m4a"),
    ("ghi âm.wav", real_wav(), "audio", "wav"),
    ("quay.mp4", MPEG4, "video", "mp4"),
]


@pytest.mark.parametrize(("name", "data", "kind", "extension"), GOOD)
def test_what_is_taken_in(name: str, data: bytes, kind: str, extension: str) -> None:
    inspected = inspect_upload(name, data)
    assert (inspected.kind, inspected.extension) == (kind, extension)
    assert inspected.size == len(data)
    assert inspected.sha256 == hashlib.sha256(data).hexdigest()


def test_a_stream_is_judged_like_bytes_and_left_at_its_start() -> None:
    stream = io.BytesIO(real_docx())
    stream.seek(7)
    assert inspect_upload("đơn.docx", stream) == inspect_upload("đơn.docx", stream.getvalue())
    assert stream.tell() == 0


@pytest.mark.parametrize(
    "name",
    [
        *("virus.exe", "đơn.pdf.exe", "đơn.docm", "đơn.doc", "trang.html", "ảnh.svg", "tệp.zip"),
        *("pdf", ".pdf", "", "đơn.pdf\0.exe", "đơn.", "a/b"),
    ],
)
def test_other_kinds_are_refused_with_the_list_of_those_taken(name: str) -> None:
    with pytest.raises(TypeNotAllowed, match=r"csv, docx, heic, jpg, .* xlsx\."):
        inspect_upload(name, b"%PDF-1.7")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("đơn.pdf", PNG),
        ("đơn.pdf", b"MZ\x90\0" + bytes(64)),
        ("ảnh.png", b"%PDF-1.7\n"),
        ("ảnh.jpg", PNG),
        ("ảnh.heic", MPEG4),
        ("ảnh.heic", AVIF),
        ("quay.mp4", HEIC),
        ("quay.mp4", b"\0\0\0\x14ftypqt  \0\0\0\0qt  "),
        ("ghi âm.mp3", real_wav()),
        ("ghi âm.wav", b"RIFF\x20\0\0\0WEBPVP8 "),
        ("đơn.docx", real_xlsx()),
        ("sổ.xlsx", real_docx()),
        ("đơn.docx", odt()),
        ("đơn.odt", real_docx()),
        ("đơn.odt", zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})),
        ("đơn.docx", zipped({"bí mật.txt": b"x"})),
        ("đơn.docx", b"%PDF-1.7\n"),
        ("đơn.docx", OLD_OFFICE),
        ("ghi chú.txt", b"abc\0def"),
        ("ghi chú.txt", b"\xff\xd8\xff\xe0"),
        ("ghi chú.txt", "Đơn".encode("cp1258", "replace") + b"\xd0\xe5"),
        ("ghi chú.txt", "Đơn".encode("utf-16")[:-1]),
        ("ghi chú.txt", "Đơ".encode()[:-1]),
        ("danh sách.csv", b"a;b\x1b[2J"),
    ],
)
def test_a_name_that_lies_about_the_content_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(TypeMismatch):
        inspect_upload(name, data)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(EmptyUpload):
        inspect_upload("đơn.pdf", b"")


class Endless(io.RawIOBase):
    """More bytes than anyone should read."""

    given_out = 0

    def read(self, size: int = -1) -> bytes:
        self.given_out += size
        return b"x" * size

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0


def test_reading_stops_when_the_limit_is_passed() -> None:
    stream = Endless()
    with pytest.raises(TooLarge):
        inspect_upload("ghi chú.txt", stream)
    assert MAX_BYTES < stream.given_out < MAX_BYTES + 1_000_000


def test_exactly_25_mb_is_taken() -> None:
    assert inspect_upload("ghi chú.txt", b"x" * MAX_BYTES).size == MAX_BYTES
    with pytest.raises(TooLarge):
        inspect_upload("ghi chú.txt", b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("đơn.docx", word({"word/vbaProject.bin": b"x"})),
        ("đơn.docx", word({"WORD/VBADATA.XML": b"x"})),
        ("đơn.docx", word({"word/activeX/activeX1.xml": b"x"})),
        ("đơn.docx", word({"word/embeddings/a": b"MZ\x90\0" + bytes(64)})),
        ("đơn.docx", word({"word/embeddings/a": word({"word/vbaProject.bin": b"x"})})),
        ("đơn.docx", word({"[Content_Types].xml": MACRO_TYPES})),
        ("đơn.docx", word({"[Content_Types].xml": MACRO_TYPES.decode().encode("utf-16")})),
        ("sổ.xlsx", zipped({"xl/workbook.xml": b"", "xl/macrosheets/sheet1.xml": b""})),
        ("đơn.odt", odt({"Basic/Standard/Module1.xml": b"<x/>"})),
        ("đơn.odt", odt({"Scripts/python/a.py": b"import os"})),
    ],
)
def test_programs_in_documents_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(HasMacros):
        inspect_upload(name, data)


def flagged_encrypted(data: bytes) -> bytes:
    """Set the encryption bit in every local and central header."""
    marked = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for header in re.finditer(re.escape(signature), data):
            marked[header.start() + offset] |= 1
    return bytes(marked)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("đơn.docx", flagged_encrypted(word())),
        ("đơn.docx", OLD_OFFICE + "EncryptedPackage".encode("utf-16-le")),
        ("đơn.odt", odt({"META-INF/manifest.xml": b"<manifest:encryption-data/>"})),
    ],
)
def test_what_is_locked_with_a_password_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Encrypted):
        inspect_upload(name, data)


def with_claimed_size(data: bytes, entry: bytes, size: int) -> bytes:
    """Let the directory of an archive lie about the unpacked size of one entry."""
    forged = bytearray(data)
    at = data.rindex(entry) - 46 + 24
    forged[at : at + 4] = size.to_bytes(4, "little")
    return bytes(forged)


MEGABYTE = bytes(1024 * 1024)


def nested(number: int) -> dict[str, bytes]:
    """Embedded archives that are each within every limit: 29 MB out of 0.3."""
    packed = zipped({"x": os.urandom(300_000) + MEGABYTE * 29})
    return {f"word/embeddings/{n}": packed for n in range(number)}


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(lambda: {"a": MEGABYTE * 101}, id="over 100 MB"),
        pytest.param(lambda: {"a": MEGABYTE * 20}, id="packed too tight"),
        pytest.param(lambda: {str(n): MEGABYTE for n in range(30)}, id="many tight ones"),
        pytest.param(lambda: {str(n): b"" for n in range(10_001)}, id="too many entries"),
        pytest.param(lambda: nested(4), id="embedded ones together over 100 MB"),
        pytest.param(lambda: {"a": zipped({"b": zipped({"c": b"d"})})}, id="nested too deep"),
        pytest.param(lambda: {"a": b"7z\xbc\xaf\x27\x1c" + bytes(32)}, id="foreign archive"),
        pytest.param(lambda: {"a": b"\x1f\x8b\x08" + bytes(32)}, id="gzip"),
    ],
)
def test_bombs_are_refused(entries: Callable[[], dict[str, bytes]]) -> None:
    with pytest.raises(UnpacksTooLarge):
        inspect_upload("đơn.docx", word(entries()))


def test_embedded_documents_within_the_limits_are_no_bomb() -> None:
    assert inspect_upload("đơn.docx", word(nested(2))).extension == "docx"
    assert inspect_upload("đơn.docx", word({"word/embeddings/a": real_xlsx()})).kind == "document"


def test_a_directory_that_lies_about_sizes_is_refused() -> None:
    honest = zipped(
        {"[Content_Types].xml": WORD_TYPES, "word/document.xml": b"", "bomb": MEGABYTE * 3}
    )
    with pytest.raises(Damaged):
        inspect_upload("đơn.docx", with_claimed_size(honest, b"bomb", 10))


@pytest.mark.parametrize(
    "data",
    [
        real_docx()[:-30],
        real_docx()[:200],
        b"PK\x03\x04" + bytes(100),
        b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + b"\xff" * 18,
        zipped({"[Content_Types].xml": b"", "word/document.xml": b""}, zipfile.ZIP_BZIP2),
    ],
)
def test_a_broken_archive_is_refused(data: bytes) -> None:
    with pytest.raises((Damaged, UnpacksTooLarge)):
        inspect_upload("đơn.docx", data)


@settings(max_examples=200)
@given(st.data())
def test_no_change_of_bytes_does_more_than_refuse(data: st.DataObject) -> None:
    forged = bytearray(SMALL_DOCX)
    for _ in range(data.draw(st.integers(1, 6))):
        forged[data.draw(st.integers(0, len(forged) - 1))] = data.draw(st.integers(0, 255))
    try:
        verdict = inspect_upload("đơn.docx", bytes(forged)).extension
    except UploadRefused as refused:
        verdict = refused.code
    assert verdict == "docx" or verdict.startswith("upload_")


SMALL_DOCX = word({"word/media/a": zlib.compress(b"x")})


# The store


def test_what_is_stored_is_read_back_under_a_name_that_tells_nothing(tmp_path: Path) -> None:
    data = os.urandom(200_000)
    name = store(tmp_path, io.BytesIO(data))
    assert re.fullmatch(r"[0-9a-f]{32}", name)
    assert read_stored(tmp_path, name) == data
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [name]
    assert files[0].stat().st_mode & 0o777 == 0o600


def test_the_same_bytes_twice_are_two_files(tmp_path: Path) -> None:
    assert store(tmp_path, b"x") != store(tmp_path, b"x")


def test_a_removed_file_is_gone(tmp_path: Path) -> None:
    name = store(tmp_path, b"x")
    remove_stored(tmp_path, name)
    remove_stored(tmp_path, name)
    with pytest.raises(StoredFileMissing):
        read_stored(tmp_path, name)


class Failing(io.BytesIO):
    def read(self, size: int | None = -1) -> bytes:
        raise OSError("the disk is full")


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"):
        store(tmp_path, Failing(b"x"))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "/etc/passwd", "ab/../../x", "", ".", "0" * 31, "0" * 33, "G" * 32),
        *("0" * 32 + "\n", "0" * 32 + "/x", "0" * 32),
    ],
)
def test_no_name_leads_outside_the_store(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoredFileMissing):
        read_stored(tmp_path, name)
