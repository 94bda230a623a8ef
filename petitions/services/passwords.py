"""Passwords: how they are kept, what they must be, and equal work whether or not a name exists."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from petitions.text import fold

SHORTEST, LONGEST = 10, 200
"""Characters of a password."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)
NOBODYS_HASH = (
    "$argon2id$v=19$m=47104,t=2,p=1$fqQbGhR/MyLIGXviFjPeBQ"
    "$3TFENp/fFQPU+9kURoHbiaxys9GaNORnHvFEGIitUrA"
)
"""What an unknown name is checked against; nobody knows its password."""
_COMMONEST = frozenset({
    "0123456789", "0987654321", "1234567890", "1234567891", "12345678910", "123456789a",
    "a123456789", "123456789q", "1111111111", "0000000000", "1122334455", "1212121212",
    "1q2w3e4r5t", "1qaz2wsx3edc", "qwertyuiop", "qwerty12345", "qwerty123456", "qwertyuiop123",
    "password12", "password123", "password1234", "passw0rd123", "password@123", "p@ssw0rd123",
    "p@ssword123", "abcd123456", "abc123456789", "abcdefghij", "abcd1234567", "aa12345678",
    "asdfghjkl123", "iloveyou123", "welcome123", "welcome1234", "admin12345", "admin123456",
    "administrator", "admin@1234", "quantri123", "quantrivien", "matkhau123", "matkhau1234",
    "matkhau12345", "matkhau@123", "matkhau123456", "khongbiet123", "vietnam123", "vietnam1234",
    "vietnam2025", "vietnam2026", "anhyeuem123", "emyeuanh123", "changeme123", "letmein12345",
    "donthu12345", "donthu2026", "ubnd123456", "thanhtra123", "thanhtra@123", "tiepcongdan",
    "tiepdan123", "tiepcongdan123",
})  # fmt: skip
"""Passwords guessed first, here and anywhere, of those long enough to be accepted."""


def hashed(password: str) -> str:
    """The password as it is kept (argon2id)."""
    return _HASHER.hash(_composed(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one. ``None`` (no such person) costs the same and is never right."""
    try:
        return _HASHER.verify(kept or NOBODYS_HASH, _composed(password)) and kept is not None
    except VerificationError:
        return False
    except InvalidHashError:
        matches(None, password)
        return False


def outdated(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def fault(password: str, username: str) -> str | None:
    """Why the password may not be chosen, as a Vietnamese sentence; None when it may."""
    composed = _composed(password)
    if len(composed) < SHORTEST:
        return f"Mật khẩu phải có ít nhất {SHORTEST} ký tự."
    if len(composed) > LONGEST:
        return f"Mật khẩu dài nhất {LONGEST} ký tự."
    folded = fold(composed)
    if folded == fold(username):
        return "Mật khẩu không được trùng tên đăng nhập."
    if folded in _COMMONEST or len(set(folded)) <= 2:
        return "Mật khẩu này quá phổ biến, dễ bị đoán; hãy chọn mật khẩu khác."
    return None


def _composed(password: str) -> str:
    # keyboards send the same Vietnamese letter composed or in pieces
    return unicodedata.normalize("NFC", password)
