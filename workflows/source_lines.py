"""Reading hand-edited data files so that every complaint about one names the file and the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from workflows import strict_json

Place = tuple[str | int, ...]
Choice = TypeVar("Choice", bound=StrEnum)

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w-]+)\s*=")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class SourceFault(ValueError):
    """A data file that may not be used: which file, which line (or key), and why."""

    def __init__(self, path: Path, where: int | str, reason: str) -> None:
        super().__init__(f"{path}:{where}: {reason}")
        self.path = path
        self.where = where
        self.reason = reason


def iso_day(text: str) -> date | None:
    """The day written exactly ``YYYY-MM-DD``, or None when it is not or does not exist."""
    if not _ISO_DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Source:
    """One file, its tables, and where each of them stands.

    The place of the second ``[[rule]]`` is ``("rule", 1)``, of its amount ``("rule", 1, "amount")``.
    The readers below check one value each and raise the fault class given at the start.
    """

    def __init__(self, path: Path, fault: type[SourceFault]) -> None:
        """Reads TOML, or JSON when the name ends in ``.json`` (places then stand for lines)."""
        self.path = path
        self._fault = fault
        self._lines: Mapping[Place, int] | None = None
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise fault(path, 1, f"không đọc được: {error.strerror}") from error
        document = self._json(raw) if path.suffix.lower() == ".json" else self._toml(raw)
        if not isinstance(document, dict):
            raise fault(path, 1, "phải là một đối tượng")
        self.document: dict[str, Any] = document

    def _json(self, raw: bytes) -> Any:
        try:
            return strict_json.loads(raw)
        except strict_json.NotJson as error:
            raise self._fault(self.path, 1, str(error)) from error

    def _toml(self, raw: bytes) -> Any:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise self._fault(self.path, line, "không phải UTF-8") from error
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            raise self._fault(self.path, line, f"không đúng cú pháp TOML: {error}") from error
        self._lines = _lines(text)
        return document

    @property
    def has_lines(self) -> bool:
        """Whether faults name lines (TOML) or keys (JSON)."""
        return self._lines is not None

    def line(self, place: Place) -> int:
        """The line of a table or key, or of the nearest one around it."""
        lines = self._lines or {}
        while place and place not in lines:
            place = place[:-1]
        return lines.get(place, 1)

    def fault(self, place: Place, reason: str) -> SourceFault:
        """The fault to raise about what stands at ``place``."""
        if self._lines is None:
            return self._fault(self.path, ".".join(map(str, place)) or "1", reason)
        named = bool(place) and isinstance(place[-1], str)
        return self._fault(
            self.path, self.line(place), f"{place[-1]}: {reason}" if named else reason
        )

    def table(
        self, place: Place, value: object, needed: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, Any]:
        """A table with every needed key and no unknown one."""
        if isinstance(value, strict_json.RepeatedKey):
            raise self.fault((*place, value.key), "khoá lặp lại")
        if not isinstance(value, dict):
            raise self.fault(place, "phải là một bảng")
        for key in value:
            if key not in needed and key not in optional:
                raise self.fault((*place, key), "khoá không có trong mẫu")
        for key in needed:
            if key not in value:
                raise self.fault(place, f"thiếu {key}")
        return value

    def rows(self, place: Place, value: object) -> list[Any]:
        """A list of tables."""
        if not isinstance(value, list):
            raise self.fault(place, "phải là một danh sách bảng")
        return value

    def choice(self, kind: type[Choice], place: Place, value: object) -> Choice:
        """One member of a vocabulary."""
        if not isinstance(value, str) or value not in set(kind):
            raise self.fault(place, "phải là một trong: " + ", ".join(kind))
        return kind(value)

    def text(self, place: Place, value: object) -> str:
        """Text that is not blank."""
        if not isinstance(value, str) or not value.strip():
            raise self.fault(place, "phải là chữ, không để trống")
        return value

    def number(self, place: Place, value: object, least: int, most: int) -> int:
        """A whole number within bounds."""
        if type(value) is not int or not least <= value <= most:
            raise self.fault(place, f"phải là số nguyên từ {least} đến {most}")
        return value

    def flag(self, place: Place, value: object) -> bool:
        """true or false."""
        if not isinstance(value, bool):
            raise self.fault(place, "phải là true hoặc false")
        return value

    def day(self, place: Place, value: object) -> date:
        """A day; JSON, which knows no dates, writes it as text."""
        if isinstance(value, str) and not self.has_lines:
            value = iso_day(value)
        if type(value) is not date:
            raise self.fault(place, "phải là một ngày YYYY-MM-DD có thật")
        return value


def _lines(text: str) -> dict[Place, int]:
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    here: Place = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here = ()
            *outer, name = header[2].split(".")
            for step in outer:
                here = (*here, step)
                if here in counts:
                    here = (*here, counts[here] - 1)
            here = (*here, name)
            if header[1] == "[[":
                counts[here] = counts.get(here, 0) + 1
                here = (*here, counts[here] - 1)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, key[1]), number)
    return lines
