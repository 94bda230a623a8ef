"""The keys kept outside the database, and what is locked with them.

A master key wraps one data key per case (AES key wrap, RFC 3394); the data key seals values and
files (AES-256-GCM), each bound to the place it is stored at. Destroying a case's wrapped key makes
everything sealed in that case unreadable for good. Further keys of their own serve the blind index
(HMAC-SHA-256) and the signature under the ledger's anchors (Ed25519).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from petitions.files import sync_directory
from petitions.sealing import blind
from petitions.sealing.errors import BrokenSeal, KeyFileError, UnknownKey

_VERSION = b"\x01"
_KEY_SIZE = 32
_ID_SIZE = 4
_NONCE_SIZE = 12
_TAG_SIZE = 16
_HEADER_SIZE = len(_VERSION) + _ID_SIZE
_BLOCK = 64


class _Secret:
    """Never shows, compares, copies or pickles what it holds."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} is not copied or serialised")


class CaseKey(_Secret):
    """The data key of one case, unwrapped. Short-lived: keep it no longer than the command at hand."""

    __slots__ = ("_cipher", "_header")

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._header = _VERSION + _key_id(key, "case")

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt, bound to ``context`` (see ``row``): version, key id, nonce, ciphertext, tag.

        Padded, so that the size of a stolen blob does not tell the length of a name.
        """
        nonce = secrets.token_bytes(_NONCE_SIZE)
        padded = plain + b"\x80" + bytes(-(len(plain) + 1) % _BLOCK)
        return self._header + nonce + self._cipher.encrypt(nonce, padded, self._bound_to(context))

    def open(self, blob: bytes, context: str) -> bytes:
        """What ``seal`` was given. Raises ``BrokenSeal`` if blob, case or place differ in one bit."""
        if not blob.startswith(self._header) or len(blob) < _HEADER_SIZE + _NONCE_SIZE + _TAG_SIZE:
            raise BrokenSeal
        nonce, sealed = blob[_HEADER_SIZE:][:_NONCE_SIZE], blob[_HEADER_SIZE + _NONCE_SIZE :]
        try:
            padded = self._cipher.decrypt(nonce, sealed, self._bound_to(context))
        except InvalidTag:
            raise BrokenSeal from None
        return padded[: padded.rindex(b"\x80")]

    def seal_text(self, text: str, context: str) -> bytes:
        """``seal`` for text."""
        return self.seal(text.encode(), context)

    def open_text(self, blob: bytes, context: str) -> str:
        """``open`` for text. Raises ``BrokenSeal``."""
        return self.open(blob, context).decode()

    def _bound_to(self, context: str) -> bytes:
        if not context:
            raise ValueError("a seal is bound to a place")
        return self._header + context.encode()


class Keyring(_Secret):
    """All keys of one installation, read once from a file only its owner may read."""

    __slots__ = ("_anchor", "_index", "_masters", "_path")

    def __init__(
        self, path: Path, masters: dict[bytes, bytes], index: bytes, anchor: Ed25519PrivateKey
    ) -> None:
        self._path = path
        self._masters = masters
        self._index = index
        self._anchor = anchor

    @classmethod
    def generate(cls, path: Path) -> Keyring:
        """Make new keys in a new file (mode 0600). Raises ``KeyFileError`` when the file exists."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        document = {
            "format": 1,
            "masters": [_entry(secrets.token_bytes(_KEY_SIZE))],
            "blind_index": _encoded(secrets.token_bytes(_KEY_SIZE)),
            "anchor": _encoded(secrets.token_bytes(_KEY_SIZE)),
        }
        _write_new(draft, document)
        try:
            # a link appears whole and never replaces: of two processes starting at once one wins
            path.hardlink_to(draft)
        except FileExistsError:
            raise KeyFileError(path, "đã có, không ghi đè") from None
        finally:
            draft.unlink()
        sync_directory(path.parent)
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> Keyring:
        """Read the file. Raises ``KeyFileError`` when it is missing, open to others, or not understood."""
        document = _read(path)
        try:
            if document.keys() != {"format", "masters", "blind_index", "anchor"}:
                raise ValueError
            if document["format"] != 1 or not document["masters"]:
                raise ValueError
            masters = dict(_decoded_entry(entry) for entry in document["masters"])
            anchor = Ed25519PrivateKey.from_private_bytes(_decoded(document["anchor"]))
            return cls(path, masters, _decoded(document["blind_index"]), anchor)
        except (TypeError, ValueError):
            raise KeyFileError(path, "nội dung không đúng định dạng") from None

    @classmethod
    def rotate(cls, path: Path) -> Keyring:
        """Add a new current master key; older ones stay so that what they locked still opens.

        Raises ``KeyFileError``, also when another rotation is under way or was broken off.
        """
        cls.load(path)
        document = _read(path)
        newest = _entry(secrets.token_bytes(_KEY_SIZE))
        draft = path.with_name(path.name + ".new")
        try:
            _write_new(draft, {**document, "masters": [*document["masters"], newest]})
        except FileExistsError:
            raise KeyFileError(draft, "một lần đổi khóa khác đang dở dang") from None
        if _read(path) != document:
            draft.unlink()
            raise KeyFileError(path, "vừa bị thay đổi trong lúc đổi khóa")
        draft.replace(path)
        sync_directory(path.parent)
        return cls.load(path)

    def __repr__(self) -> str:
        return f"<Keyring {self.fingerprint()}>"

    def fingerprint(self) -> str:
        """What may be shown of the keys, to tell one installation's from another's; new after a rotation."""
        return self._fingerprints()[-1]

    def recognises(self, fingerprint: str) -> bool:
        """Whether what was locked under that fingerprint opens with this ring: it is this ring or its past."""
        return fingerprint in self._fingerprints()

    def _fingerprints(self) -> list[str]:
        steady = self._index + self._anchor.private_bytes_raw()
        digests = [_digest("fingerprint", master, steady) for master in self._masters.values()]
        return ["-".join(digest.hex()[at : at + 4] for at in range(0, 32, 4)) for digest in digests]

    def new_case_key(self) -> tuple[CaseKey, bytes]:
        """A fresh data key, to use now, and the wrapped bytes to store with the case."""
        key = secrets.token_bytes(_KEY_SIZE)
        return CaseKey(key), self._wrap(key)

    def unwrap(self, wrapped: bytes) -> CaseKey:
        """The data key of a case. Raises ``UnknownKey`` or ``BrokenSeal``."""
        return CaseKey(self._unwrap(wrapped))

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same data key under the current master; unchanged bytes when it already is.

        Raises ``UnknownKey`` or ``BrokenSeal``.
        """
        if wrapped.startswith(_VERSION + self._current()):
            return wrapped
        return self._wrap(self._unwrap(wrapped))

    def _current(self) -> bytes:
        return next(reversed(self._masters))

    def _wrap(self, key: bytes) -> bytes:
        current = self._current()
        return _VERSION + current + aes_key_wrap(self._masters[current], key)

    def _unwrap(self, wrapped: bytes) -> bytes:
        if len(wrapped) <= _HEADER_SIZE or not wrapped.startswith(_VERSION):
            raise BrokenSeal
        key_id = wrapped[len(_VERSION) : _HEADER_SIZE]
        if key_id not in self._masters:
            # a rotation by the command line must not stop the processes that serve people
            self._masters = Keyring.load(self._path)._masters
        if key_id not in self._masters:
            raise UnknownKey(key_id.hex())
        try:
            key = aes_key_unwrap(self._masters[key_id], wrapped[_HEADER_SIZE:])
        except (InvalidUnwrap, ValueError):
            raise BrokenSeal from None
        if len(key) != _KEY_SIZE:
            raise BrokenSeal
        return key

    def blind(self, label: str, value: str) -> str:
        """The keyed digest (64 hex digits) of an already normalised value, different under each label."""
        message = label.encode() + b"\0" + value.encode()
        return hmac.new(self._index, message, hashlib.sha256).hexdigest()

    def blind_person(self, name: str, birth_year: int | None) -> str | None:
        """Digest of folded name and birth year; None without a name."""
        return self._blind_or_none("name", blind.person(name, birth_year))

    def blind_id_number(self, number: str) -> str | None:
        """Digest of an identity number however spaced; None when there is none."""
        return self._blind_or_none("id_number", blind.id_number(number))

    def blind_phone(self, phone: str) -> str | None:
        """Digest of a telephone number in international form; None when there is none."""
        return self._blind_or_none("phone", blind.phone(phone))

    def blind_marks(
        self, name: str, birth_year: int | None, id_number: str | None, phone: str | None
    ) -> dict[str, str]:
        """The digests by which a sealed person is matched exactly, by label; none for what is unknown."""
        marks = {
            "person": self.blind_person(name, birth_year),
            "name": self.blind_person(name, None),
            "id_number": self.blind_id_number(id_number or ""),
            "phone": self.blind_phone(phone or ""),
        }
        return {label: digest for label, digest in marks.items() if digest is not None}

    def _blind_or_none(self, label: str, value: str) -> str | None:
        return self.blind(label, value) if value else None

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature with the anchor key (64 bytes)."""
        return self._anchor.sign(message)

    def anchor_public_key(self) -> bytes:
        """The 32 public bytes with which anyone may check ``sign``'s signatures."""
        return self._anchor.public_key().public_bytes_raw()


def row(table: str, column: str, row_id: int | str) -> str:
    """The place a sealed value is bound to; moved anywhere else it no longer opens."""
    return f"{table}:{column}:{row_id}"


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of ``public_key``'s other half signed the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _digest(purpose: str, *parts: bytes) -> bytes:
    return hashlib.sha256(b"\0".join([b"donthu", purpose.encode(), *parts])).digest()


def _key_id(key: bytes, purpose: str) -> bytes:
    return _digest(purpose, key)[:_ID_SIZE]


def _encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _decoded(value: object) -> bytes:
    try:
        key = base64.b64decode(str(value), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_SIZE:
        raise ValueError("not a key")
    return key


def _entry(key: bytes) -> dict[str, str]:
    return {"id": _key_id(key, "master").hex(), "key": _encoded(key)}


def _decoded_entry(entry: object) -> tuple[bytes, bytes]:
    if not isinstance(entry, dict) or entry.keys() != {"id", "key"}:
        raise ValueError("not an entry")
    key = _decoded(entry["key"])
    key_id = _key_id(key, "master")
    if key_id.hex() != entry["id"]:
        raise ValueError("id and key do not belong together")
    return key_id, key


def _read(path: Path) -> dict[str, Any]:
    try:
        mode = path.stat().st_mode
        content = path.read_bytes()
    except FileNotFoundError:
        raise KeyFileError(path, "không tìm thấy") from None
    except OSError as error:
        raise KeyFileError(path, f"không đọc được ({error.strerror})") from None
    if os.name == "posix" and mode & 0o077:
        raise KeyFileError(path, "người khác trong máy đọc được; đặt quyền 0600")
    try:
        document = json.loads(content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        # outside the except block: a chained parsing error would carry the file's content along
        raise KeyFileError(path, "nội dung không đúng định dạng")
    return document


def _write_new(path: Path, document: Mapping[str, object]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(json.dumps(document, indent=1).encode() + b"\n")
        file.flush()
        os.fsync(descriptor)
