"""Text as people type it: made safe to keep, folded for searching, and dates and sums as Vietnam writes them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from petitions.errors import DomainError

Precision = Literal["day", "month", "year"]

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of the Unicode database (bidi controls, zero-width, fillers) and annotations."""

_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
"""Control characters but tab and line ends, lone surrogates, noncharacters."""

_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
_WORD = re.compile(r"[^\W_]+")


class ControlCharacter(DomainError):
    """The text holds a character that is not text; ``position`` counts from 0 in what was typed."""

    code = "control_character"

    def __init__(self, position: int, character: str) -> None:
        super().__init__(
            f"Có ký tự điều khiển U+{ord(character):04X} ở vị trí {position + 1}; hãy xóa ký tự này."
        )
        self.position = position


class BadDate(DomainError):
    """The text is no date of the calendar between 1800 and 2199."""

    code = "bad_date"

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text.strip()[:40]}” không phải là ngày hợp lệ (ví dụ: 20/11/2026, 11/2026 hoặc 1950)."
        )


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text fit to be stored, with a Vietnamese sentence for each thing that was silently dropped."""

    text: str
    notes: tuple[str, ...] = ()


class ParsedDate(NamedTuple):
    """A date and how much of it was said; what was not said stands at its first day or month."""

    date: date
    precision: Precision


def clean(text: str) -> Cleaned:
    """Bring typed or pasted text into the one form the case file keeps.

    Line ends become ``\\n``, invisible characters go (with a note), the rest is composed (NFC).
    Raises ``ControlCharacter`` for control characters other than ``\\n`` and ``\\t``, and for code
    points that stand for no character, which neither database nor office document can carry.
    """
    if refused := _NO_TEXT.search(text):
        raise ControlCharacter(refused.start(), refused.group())
    visible, dropped = _INVISIBLE.subn("", _LINE_ENDS.sub("\n", text))
    notes = (f"Đã bỏ {dropped} ký tự ẩn (không nhìn thấy được) khỏi nội dung.",) if dropped else ()
    return Cleaned(unicodedata.normalize("NFC", visible), notes)


def fold_character(character: str) -> str:
    """One character as search sees it: lower case, no marks, đ as d; nothing at all for a mark."""
    if _INVISIBLE.match(character):
        return ""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFD", character).casefold())
    return "".join(
        _D_WITH_STROKE.get(part, part) for part in plain if unicodedata.category(part) != "Mn"
    )


_D_WITH_STROKE = {"đ": "d", "ð": "d", "ɖ": "d"}
"""Old fonts and keyboards leave the eth and the African D where đ was meant; they look the same."""


class _Folding(dict[int, str]):
    """A table for ``str.translate`` that learns each character once; rare scripts are not kept."""

    def __missing__(self, code: int) -> str:
        folded = fold_character(chr(code))
        if code < 0x2E80:
            self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The search key of a text: however it was typed (case, marks, NFC or NFD, spacing), one key."""
    return " ".join(text.translate(_FOLDING).split())


def fold_words(text: str) -> tuple[str, ...]:
    """The folded letter and digit words of a text, without punctuation."""
    return tuple(_WORD.findall(text.translate(_FOLDING)))


def vn_date(day: date, precision: Precision = "day") -> str:
    """20/11/2026, 11/2026 or 2026."""
    return {
        "day": f"{day:%d/%m}/{day.year:04}",
        "month": f"{day:%m}/{day.year:04}",
        "year": f"{day.year:04}",
    }[precision]


def vn_date_long(day: date) -> str:
    """The day as official letters write it: a 0 before days under 10 and before January and February.

    Decree 30/2020/NĐ-CP, Annex I.
    """
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def vn_number(value: int | float | Decimal, places: int | None = None) -> str:
    """1.234.567,5 — dots between thousands, a decimal comma.

    ``places`` rounds half away from zero to so many decimals; without it every digit is shown.
    Raises ``ValueError`` for an infinity or what is not a number.
    """
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise ValueError("not a finite number")
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{exact:,f}".translate(_SWAP_POINT_AND_COMMA)


_SWAP_POINT_AND_COMMA = str.maketrans(",.", ".,")


def vn_money(amount: int | Decimal) -> str:
    """An amount in đồng: 1.234.567 đồng."""
    return f"{vn_number(amount)} đồng"


_DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<day>\d{1,2}) ?[-/.] ?(?P<month>\d{1,2}) ?[-/.] ?(?P<year>\d{4})",
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?:ngay )?(?P<day>\d{1,2}) thang (?P<month>\d{1,2}),? nam (?P<year>\d{4})",
        r"(?P<month>\d{1,2}) ?[-/.] ?(?P<year>\d{4})",
        r"thang (?P<month>\d{1,2}),? nam (?P<year>\d{4})",
        r"(?:nam )?(?P<year>\d{4})",
    )
)


def parse_vn_date(text: str) -> ParsedDate:
    """Read a date as people write it: 20/11/2026, 2026-11-20, ngày 20 tháng 11 năm 2026, 11/2026, 1950.

    Raises ``BadDate`` for anything else, two-digit years included.
    """
    folded = fold(text)
    for form in _DATE_FORMS:
        if found := form.fullmatch(folded):
            parts = {name: int(digits) for name, digits in found.groupdict().items()}
            precision: Precision = (
                "day" if "day" in parts else "month" if "month" in parts else "year"
            )
            try:
                day = date(parts["year"], parts.get("month", 1), parts.get("day", 1))
            except ValueError:
                break
            if 1800 <= day.year < 2200:
                return ParsedDate(day, precision)
    raise BadDate(text)
