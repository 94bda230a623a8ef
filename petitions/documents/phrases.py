"""How letters write days, hours, numbers and chosen words (Decree 30/2020/NĐ-CP, Annex I)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from config.clock import local_time
from petitions.text import vn_date, vn_date_long

BLANK = "\u00a0" * 6
UNDATED = f"ngày{BLANK}tháng{BLANK}năm"
"""What stands in a draft where the day will be written."""


class Chosen(str):
    """One of several words: templates compare its value and print its label."""

    __slots__ = ("label",)
    label: str

    def __new__(cls, value: str, label: str) -> Chosen:
        made = super().__new__(cls, value)
        made.label = label
        return made


class Listed(tuple[str, ...]):
    """Lines: looped over one by one, or printed in one sentence with commas."""

    __slots__ = ()


def in_words(value: Any) -> Any:
    """A field as it prints without a filter.

    A day is "05 tháng 02 năm 2026" (a sentence begins "Ngày {{ received_on }}"), an instant
    "08 giờ 05 phút, ngày 05 tháng 02 năm 2026", a choice its label, lines "một, hai".
    """
    match value:
        case Chosen():
            return value.label
        case Listed():
            return ", ".join(value)
        case datetime():
            return f"{hour(value)}, {long_day(value)}"
        case date():
            return long_day(value).removeprefix("ngày ")
        case _:
            return value


def long_day(value: Any) -> str:
    """Filter ``ngay``: ngày 05 tháng 02 năm 2026; what is no day (a draft's) prints as blanks."""
    return vn_date_long(_day(value)) if isinstance(value, date) else UNDATED


def sentence_day(value: Any) -> str:
    """Filter ``Ngay``: as ``ngay``, at the beginning of a sentence."""
    return long_day(value).replace("n", "N", 1)


def short_day(value: Any) -> str:
    """Filter ``ngay_ngan``: 05/02/2026."""
    return vn_date(_day(value)) if isinstance(value, date) else ""


def hour(value: Any) -> str:
    """Filter ``gio``: 08 giờ 05 phút, on a Vietnamese wall clock."""
    if not isinstance(value, datetime):
        return ""
    local = local_time(value) if value.tzinfo else value
    return f"{local.hour:02} giờ {local.minute:02} phút"


def two_digits(value: Any) -> str:
    """Filter ``so``: numbers below 10 get a leading 0."""
    return f"{value:02}" if isinstance(value, int) else str(in_words(value))


def capitals(value: Any) -> str:
    """Filter ``hoa``: capitals; a place keeps its name together when the line is broken."""
    return _UNIT.sub(lambda found: found[0].replace(" ", "\u00a0"), str(in_words(value)).upper())


_UNIT = re.compile(r"(?<= )(?:TỈNH|THÀNH PHỐ|XÃ|PHƯỜNG|ĐẶC KHU)(?: \S+){1,4}$")


def _day(value: date) -> date:
    return local_time(value).date() if isinstance(value, datetime) and value.tzinfo else value
