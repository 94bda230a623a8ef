"""What one value may look like: marshmallow fields that are strict about types and speak Vietnamese.

JSON has types of its own, so a field takes exactly one of them; forms send text only and are brought
to these types by ``petitions.schemas.forms`` first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from petitions.codes import CodeError, parse_code
from petitions.errors import Invalid
from petitions.text import BadDate, ControlCharacter, ParsedDate, clean, fold, parse_vn_date
from workflows.strict_json import RepeatedKey

LIST_LIMIT = 1_000
"""Lines a list may have."""
LARGEST_ID = 2**63 - 1
LARGEST_AREA = 10**12
_COMMON = {
    "required": "Mục này bắt buộc phải có.",
    "null": "Mục này không được để trống.",
    "validator_failed": "Giá trị không hợp lệ.",
}
_OBJECT = "Phải là một đối tượng gồm các mục có tên."


class Shape(Schema):
    """A mapping with known keys only."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "Không có mục này.", "type": _OBJECT}

    @pre_load
    def refuse_repeated_keys(self, data: Any, **_: Any) -> Any:
        """A key written twice says two things; neither is taken."""
        if isinstance(data, RepeatedKey):
            raise ValidationError("Mục này được ghi hai lần.", data.key)
        return data


class Text(fields.String):
    """Text that can be encoded; its length and characters are the commands' to judge."""

    default_error_messages = {**_COMMON, "invalid": "Phải là chữ.", "invalid_utf8": "Phải là chữ."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or (not value.isascii() and _HALF.search(value)):
            raise self.make_error("invalid")
        if "\0" in value:  # many a text goes to the database as it is, to be looked for
            raise ValidationError(ControlCharacter(value.index("\0"), "\0").message)
        return value


_HALF = re.compile("[\ud800-\udfff]")
"""Halves of a character, which JSON can spell but no text holds."""


class Line(Text):
    """A line of up to ``limit`` characters, made safe here because no command does."""

    def __init__(self, limit: int, **kwargs: Any) -> None:
        super().__init__(
            validate=validate.Length(max=limit, error="Dài quá {max} ký tự."), **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        try:
            return " ".join(clean(super()._deserialize(value, attr, data, **kwargs)).text.split())
        except ControlCharacter as error:
            raise ValidationError(error.message) from error


def said(text: str) -> None:
    """Refuse a text with nothing to read in it."""
    if not fold(text):
        raise ValidationError(_COMMON["required"])


class YesNo(fields.Boolean):
    """``true`` or ``false``, nothing that merely resembles them."""

    default_error_messages = {**_COMMON, "invalid": "Phải là true hoặc false."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Whole(fields.Integer):
    """A whole number between two bounds, both included."""

    default_error_messages = {**_COMMON, "invalid": "Phải là số nguyên."}

    def __init__(self, low: int, high: int, **kwargs: Any) -> None:
        bounds = validate.Range(low, high, error=f"Phải từ {low} đến {high}.")
        super().__init__(strict=True, validate=bounds, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value


class Area(fields.Decimal):
    """Square metres with two decimals, as a JSON number or as text."""

    default_error_messages = {
        **_COMMON,
        "invalid": "Phải là một số.",
        "special": "Phải là một số.",
        "too_large": "Phải là một số.",
        "bounds": "Diện tích phải từ 0 đến dưới 10^12 m².",
    }

    def __init__(self, **kwargs: Any) -> None:
        described = {"type": ["number", "string"], "description": "m², không âm, dưới 10^12"}
        super().__init__(places=2, as_string=True, metadata=described, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or len(str(value)) > 40:
            raise self.make_error("invalid")
        area: Decimal = super()._deserialize(value, attr, data, **kwargs)
        if not 0 <= area < LARGEST_AREA:
            raise self.make_error("bounds")
        return area


class Day(fields.Date):
    """A day: YYYY-MM-DD, or as people write it (20/11/2026)."""

    default_error_messages = {
        **_COMMON,
        "invalid": "Không phải là ngày hợp lệ (ví dụ: 20/11/2026).",
        "partial": "Phải ghi đủ ngày, tháng, năm.",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        found = self.parsed(value)
        if found.precision != "day":
            raise self.make_error("partial")
        return found.date

    def parsed(self, value: Any) -> ParsedDate:
        """The day and how much of it was said. Raises ``ValidationError``."""
        if not isinstance(value, str) or len(value) > 60:
            raise self.make_error("invalid")
        try:
            return parse_vn_date(value)
        except BadDate as error:
            raise ValidationError(error.message) from error


class PartialDay(Day):
    """A day of which only the month or the year may be known; loads to ``ParsedDate``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self.parsed(value)


class Choice(fields.Enum[Any]):
    """A member of the shared vocabulary, by its value."""

    default_error_messages = {**_COMMON, "unknown": "Phải là một trong: {choices}."}

    def __init__(
        self, words: type[StrEnum], among: Collection[StrEnum] | None = None, **kwargs: Any
    ) -> None:
        self.among = tuple(words) if among is None else tuple(m for m in words if m in among)
        values = [member.value for member in self.among]
        super().__init__(
            words, by_value=True, metadata={"type": "string", "enum": values}, **kwargs
        )
        self.choices_text = ", ".join(values)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)
        if found not in self.among:
            raise self.make_error("unknown", choices=self.choices_text)
        return found


class CaseCodeText(Text):
    """A case code, however typed; loads to its one official spelling."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return str(parse_code(text or ""))
        except CodeError as error:
            raise ValidationError(error.message) from error


class Inner(fields.Nested):
    """One mapping inside another."""

    default_error_messages = {**_COMMON, "type": _OBJECT}


class Rows(fields.List[Any]):
    """Up to a thousand rows."""

    default_error_messages = {**_COMMON, "invalid": "Phải là một danh sách."}

    def __init__(self, each: fields.Field[Any] | type[Shape], **kwargs: Any) -> None:
        limit = validate.Length(max=LIST_LIMIT, error="Danh sách quá 1.000 dòng.")
        super().__init__(
            each if isinstance(each, fields.Field) else Inner(each), validate=limit, **kwargs
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list | tuple) and len(value) > LIST_LIMIT:
            self._validate(value)  # refused by its length before its rows are read
        return super()._deserialize(value, attr, data, **kwargs)


def load(schema: Schema, data: object, prefix: str = "") -> Any:
    """What ``schema`` makes of ``data``. Raises ``Invalid`` with dotted paths that begin with ``prefix``."""
    try:
        return schema.load(data)  # type: ignore[arg-type]
    except ValidationError as error:
        raise Invalid(flat(error.messages, prefix)) from error


_WHOLE_VALUE = "_schema"


def flat(messages: object, path: str = "") -> dict[str, list[str]]:
    """marshmallow's tree of messages as ``{"parties.0.name": [...]}``; ``body`` is the whole."""
    if isinstance(messages, Mapping):
        found: dict[str, list[str]] = {}
        for key, inner in messages.items():
            here = path if key == _WHOLE_VALUE else f"{path}.{key}" if path else str(key)
            for name, lines in flat(inner, here).items():
                found.setdefault(name, []).extend(lines)
        return found
    lines = [str(line) for line in messages] if isinstance(messages, list) else [str(messages)]
    return {path or "body": lines}
