"""What can go wrong with seals and keys. No message carries a key, a plain value or a file's content."""

from __future__ import annotations

from pathlib import Path

from petitions.errors import DomainError


class SealingError(DomainError):
    """Something sealed could not be made or opened."""

    code = "sealing"


class KeyFileError(SealingError):
    """The key file is missing, readable by others, damaged or in the way; the message names it."""

    code = "key_file"

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"Tệp khóa niêm phong {path}: {what}.")
        self.path = path


class UnknownKey(SealingError):
    """Sealed under a master key this installation does not hold."""

    code = "unknown_key"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"Không có khóa niêm phong {key_id} trong tệp khóa của hệ thống này.")
        self.key_id = key_id


class BrokenSeal(SealingError):
    """The sealed bytes were altered, belong to another row or another case, or are cut short."""

    code = "broken_seal"

    def __init__(self) -> None:
        super().__init__(
            "Phần niêm phong không mở được: dữ liệu đã bị sửa hoặc không thuộc hồ sơ này."
        )
