"""What the QR code of a Vietnamese identity card says, as a desk scanner types it.

The code is plain text and proves nothing: an officer still compares card and person. Identity
numbers carry no check digit, so their inner logic only ever warns (Decree 137/2015, Circular
59/2021/TT-BCA: place of birth registration, century and sex, year, six random digits).
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from petitions.errors import DomainError
from petitions.text import ControlCharacter, clean, fold

Sex = Literal["male", "female"]


class Layout(StrEnum):
    """Chip card from 2021 (7 fields) or card under the 2023 Identity Law (up to 11 fields)."""

    CCCD_2021 = "cccd-2021"
    CAN_CUOC_2024 = "can-cuoc-2024"


class Warn(StrEnum):
    """What does not fit together on a card; none of it is a reason to refuse it."""

    NUMBER_NOT_12_DIGITS = "number_not_12_digits"
    NUMBER_PLACE_UNKNOWN = "number_place_unknown"
    NUMBER_SEX = "number_sex_mismatch"
    NUMBER_BIRTH_YEAR = "number_birth_year_mismatch"
    BIRTH_YEAR_ONLY = "birth_year_only"
    OLD_NUMBER_ODD = "old_number_odd"
    ISSUED_BEFORE_BIRTH = "issued_before_birth"
    ISSUE_DATE_MISSING = "issue_date_missing"
    ADDRESS_MISSING = "address_missing"


class NotACard(StrEnum):
    """What the scanned text looks like instead of an identity card."""

    EMPTY = "empty"
    HEALTH_INSURANCE = "health_insurance"
    VNEID_TOKEN = "vneid_token"  # noqa: S105 - a kind of code, no password
    HALF_SCAN = "half_scan"
    TOO_FEW_FIELDS = "too_few_fields"
    SEVERAL_SCANS = "several_scans"
    IMPOSSIBLE_DATE = "impossible_date"
    BAD_NUMBER = "bad_number"
    BAD_SEX = "bad_sex"
    UNREADABLE = "unreadable"


_LOOKS_LIKE = {
    NotACard.EMPTY: "không có dữ liệu nào được quét",
    NotACard.HEALTH_INSURANCE: "trông giống mã QR của thẻ bảo hiểm y tế, không phải thẻ căn cước",
    NotACard.VNEID_TOKEN: "trông giống mã QR tạm thời trên ứng dụng VNeID, không phải mã in trên thẻ căn cước",
    NotACard.HALF_SCAN: "trông giống mã thẻ căn cước bị quét dở, hãy quét lại",
    NotACard.TOO_FEW_FIELDS: "quá ít trường dữ liệu để là mã thẻ căn cước",
    NotACard.SEVERAL_SCANS: "trông giống nhiều lần quét dính vào nhau, hãy quét lại một lần",
    NotACard.IMPOSSIBLE_DATE: "trông giống mã thẻ căn cước nhưng có ngày không tồn tại trong lịch",
    NotACard.BAD_NUMBER: "trường đầu không phải là số căn cước 12 chữ số",
    NotACard.BAD_SEX: "trường giới tính không phải Nam hoặc Nữ",
    NotACard.UNREADABLE: "có ký tự không đọc được, không phải mã thẻ căn cước",
}


class IdCardError(DomainError):
    """The text is not (all of) an identity card's code; ``looks_like`` says in Vietnamese what it seems to be."""

    code = "id_card"

    def __init__(self, reason: NotACard) -> None:
        self.reason = reason
        self.looks_like = _LOOKS_LIKE[reason]
        super().__init__(f"Không đọc được thẻ căn cước: {self.looks_like}.")


@dataclass(frozen=True, slots=True)
class IdCard:
    """What a card says, names in NFC. ``birth_date`` is 1 January when only the year is known."""

    layout: Layout
    id_number: str
    old_id_number: str | None
    name: str
    birth_date: date
    birth_precision: Literal["day", "year"]
    sex: Sex
    address: str | None
    issued_on: date | None
    warnings: tuple[Warn, ...]


_SEXES: dict[str, Sex] = {"nam": "male", "nu": "female"}

_PLACES_OF_REGISTRATION = (
    "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 "
    "036 037 038 040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 "
    "074 075 077 079 080 082 083 084 086 087 089 091 092 093 094 095 096"
)
"""The 63 provinces before the mergers of 2025, which the numbers still name; from 101 on, countries."""

_HEALTH_CARD_NUMBER = re.compile(r"[A-Z]{2}\d{13}|\d{10}")
_HEX_TEXT = re.compile(r"(?:[0-9a-f]{2}){2,}", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_.~:?&%#-]{16,}")


def read(text: str) -> IdCard:
    """Read a scan. Raises ``IdCardError`` saying what the text looks like when it is no card.

    Tolerates what a keyboard-wedge scanner adds: a byte order mark, decomposed letters, spaces
    around fields, line ends and tabs at either end.
    """
    try:
        scan = clean(text).text.strip()
    except ControlCharacter:
        raise IdCardError(NotACard.UNREADABLE) from None
    if not scan:
        raise IdCardError(NotACard.EMPTY)
    if "\n" in scan:
        raise IdCardError(NotACard.SEVERAL_SCANS)
    fields = [" ".join(field.split()) for field in scan.split("|")]
    if _is_health_card(fields):
        raise IdCardError(NotACard.HEALTH_INSURANCE)
    if not 7 <= len(fields) <= 11 or not _is_id_number(fields[0]):
        raise IdCardError(_what_else(scan, fields))
    return _card(fields)


def _card(fields: list[str]) -> IdCard:
    number, old_number, name, birth, sex_word, address, issued = fields[:7]
    layout = Layout.CCCD_2021 if len(fields) == 7 else Layout.CAN_CUOC_2024
    if not name or not birth or (layout is Layout.CCCD_2021 and len(issued) < 8):
        raise IdCardError(NotACard.HALF_SCAN)
    sex = _SEXES.get(fold(sex_word))
    if sex is None:
        raise IdCardError(NotACard.BAD_SEX)
    year_alone = re.fullmatch(r"\d{4}", birth) is not None
    birth_date = _date("0101" + birth if year_alone else birth)
    issued_on = _date(issued) if issued else None
    year_only = year_alone or birth.startswith("0101")
    cancelled = fields[7] if len(fields) > 7 else ""
    old_id_number = old_number or cancelled or None
    odd = {
        Warn.BIRTH_YEAR_ONLY: year_only,
        Warn.OLD_NUMBER_ODD: bool(old_id_number)
        and not re.fullmatch(r"\d{9}|\d{12}", old_id_number or ""),
        Warn.ISSUED_BEFORE_BIRTH: issued_on is not None and issued_on < birth_date,
        Warn.ISSUE_DATE_MISSING: issued_on is None,
        Warn.ADDRESS_MISSING: not address,
    }
    return IdCard(
        layout=layout,
        id_number=number,
        old_id_number=old_id_number,
        name=name,
        birth_date=birth_date,
        birth_precision="year" if year_only else "day",
        sex=sex,
        address=address or None,
        issued_on=issued_on,
        warnings=(
            *check_id_number(number, birth_date.year, sex),
            *(warning for warning, found in odd.items() if found),
        ),
    )


def _date(digits: str) -> date:
    """A date written ddmmyyyy, of a living person's time. Raises ``IdCardError``."""
    if re.fullmatch(r"[0-9]{8}", digits):
        with suppress(ValueError):
            found = date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
            if 1850 <= found.year < 2200:
                return found
    raise IdCardError(NotACard.IMPOSSIBLE_DATE)


def _is_id_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{12}", text) is not None


def _is_health_card(fields: list[str]) -> bool:
    """Number, name and address as hexadecimal, sex as 1 or 2; from 2025 the number may be the personal one."""
    return len(fields) > 1 and (
        _HEALTH_CARD_NUMBER.fullmatch(fields[0]) is not None
        or (_HEX_TEXT.fullmatch(fields[1]) is not None and not fields[1].isdecimal())
        or (len(fields) > 11 and fields[3] in ("1", "2"))
    )


def _what_else(scan: str, fields: list[str]) -> NotACard:
    guesses = {
        NotACard.VNEID_TOKEN: not scan.isdecimal() and _TOKEN.fullmatch(scan) is not None,
        NotACard.SEVERAL_SCANS: len(fields) > 11,
        NotACard.HALF_SCAN: _is_id_number(fields[0]) or _ends_like_a_card(fields),
        NotACard.BAD_NUMBER: len(fields) >= 7,
    }
    return next((what for what, fits in guesses.items() if fits), NotACard.TOO_FEW_FIELDS)


def _ends_like_a_card(fields: list[str]) -> bool:
    """The tail of a code whose head was lost: …|Nam|address|ddmmyyyy, on new cards with |||| behind."""
    tail = fields[:-4] if not any(fields[-4:]) else fields
    if not 3 <= len(tail) < 7:
        return False
    return fold(tail[-3]) in _SEXES and re.fullmatch(r"[0-9]{8}", tail[-1]) is not None


def check_id_number(
    number: str, birth_year: int | None = None, sex: Sex | None = None
) -> tuple[Warn, ...]:
    """What is odd about a 12-digit personal number, beside the facts given. Never a ground to refuse."""
    if not _is_id_number(number):
        return (Warn.NUMBER_NOT_12_DIGITS,)
    place, century_and_sex = number[:3], int(number[3])
    number_year = 1900 + 100 * (century_and_sex // 2) + int(number[4:6])
    number_sex: Sex = "female" if century_and_sex % 2 else "male"
    odd = {
        Warn.NUMBER_PLACE_UNKNOWN: int(place) <= 100
        and place not in _PLACES_OF_REGISTRATION.split(),
        Warn.NUMBER_SEX: sex is not None and sex != number_sex,
        Warn.NUMBER_BIRTH_YEAR: birth_year is not None and birth_year != number_year,
    }
    return tuple(warning for warning, found in odd.items() if found)


_NATIONAL_NUMBER = re.compile(r"[35789]\d{8}|2\d{9}")
_PHONE_PUNCTUATION = re.compile(r"[\s().\-–/]")


def normalise_phone(text: str) -> str | None:
    """A telephone number in international form (E.164: +84912345678), or None when it is none.

    Vietnamese mobiles (0 and nine digits) and land lines (02 and nine digits), with 0, 84, +84 or
    0084 in front; numbers of other countries only with + or 00 and 8 to 15 digits.
    """
    compact = _PHONE_PUNCTUATION.sub("", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"\+?[0-9]+", compact):
        return None
    abroad = compact.startswith(("+", "00"))
    digits = compact.lstrip("+").removeprefix("00") if abroad else compact
    for prefix in ("840", "84") if abroad else ("840", "84", "0"):
        national = digits.removeprefix(prefix)
        if national != digits and _NATIONAL_NUMBER.fullmatch(national):
            return f"+84{national}"
    if abroad and re.fullmatch(r"[1-9]\d{7,14}", digits) and not digits.startswith("84"):
        return f"+{digits}"
    return None
