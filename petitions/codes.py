"""The codes people write down: the case code with its check digit, and the citizen's look-up secret."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from stdnum.iso7064 import mod_11_10

from petitions.errors import DomainError


class CodeError(DomainError):
    """The text is no case code; ``reason`` is malformed, ambiguous or check_digit."""

    code = "case_code"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            {
                "malformed": "Mã hồ sơ không đúng dạng (ví dụ: TCD-2026-000123-4).",
                "ambiguous": "Mã hồ sơ viết liền có thể hiểu nhiều cách; hãy nhập đủ dấu gạch ngang.",
                "check_digit": "Mã hồ sơ bị gõ sai: chữ số kiểm tra không khớp.",
            }[reason]
        )


@dataclass(frozen=True, slots=True)
class CaseCode:
    """Book prefix, year of the book, running number, check digit. ``str()`` is the one official spelling."""

    prefix: str
    year: int
    number: int

    def __post_init__(self) -> None:
        """Raises ``CodeError`` for what no book can give out."""
        sound = (
            _PREFIX.fullmatch(self.prefix) and 1900 <= self.year < 2200 and 0 < self.number < 10**12
        )
        if not sound:
            raise CodeError("malformed")

    @property
    def check(self) -> str:
        """ISO 7064 MOD 11,10 over prefix (A = 10 … Z = 35), year and number.

        One wrong digit is always noticed, and all but one in about fifty of two neighbours swapped.
        """
        written = f"{self.prefix}{self.year}{self.number:06}"
        return mod_11_10.calc_check_digit("".join(str(int(sign, 36)) for sign in written))

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}-{self.number:06}-{self.check}"


_PREFIX = re.compile(r"[A-Z0-9]{2,8}")
_DASHES = re.compile(r"[-‐-―./_]+")
_GAPS = re.compile(r"[-‐-―./_\s]+")
_PARTS = re.compile(r"([A-Z0-9]{2,8})-([0-9]{4})-([0-9]{1,12})-([0-9])")


def make_code(prefix: str, year: int, number: int) -> str:
    """The code of the ``number``-th entry of a book. Raises ``CodeError`` for an unfit prefix, year or number."""
    return str(CaseCode(prefix, year, number))


def parse_code(text: str) -> CaseCode:
    """Read a code as people type it: any case, stray spaces, other dashes, or none where only one reading fits.

    Raises ``CodeError``.
    """
    tidy = unicodedata.normalize("NFKC", text).upper().strip()
    groups = _GAPS.split(tidy)
    if len(groups) != 4:
        groups = [group for group in _DASHES.split("".join(tidy.split())) if group]
    readings = {found for found in _readings(groups) if found is not None}
    if not readings:
        raise CodeError("malformed")
    if len(readings) > 1:
        raise CodeError("ambiguous")
    code, check = readings.pop()
    if code.check != check:
        raise CodeError("check_digit")
    return code


def _readings(groups: Sequence[str]) -> list[tuple[CaseCode, str] | None]:
    if len(groups) == 4:
        return [_reading(*groups)]
    whole = "".join(groups)
    dashes = set(accumulate(len(group) for group in groups))
    return [
        _reading(whole[:end], whole[end : end + 4], whole[end + 4 : -1], whole[-1])
        for end in range(2, min(8, len(whole) - 11) + 1)
        if dashes <= {end, end + 4, len(whole) - 1, len(whole)}
    ]


def _reading(prefix: str, year: str, number: str, check: str) -> tuple[CaseCode, str] | None:
    parts = _PARTS.fullmatch(f"{prefix}-{year}-{number}-{check}")
    if not parts or (len(number) > 6 and number.startswith("0")):
        return None
    try:
        return CaseCode(prefix, int(year), int(number)), check
    except CodeError:
        return None


_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0 O, 1 I L and U, which are misread or misheard."""


def new_secret(choose: Callable[[str], str] = secrets.choice) -> str:
    """A citizen's look-up secret, XXXX-XXXX-XXXX: 58 bits, printed once on the slip; store only a digest."""
    signs = [choose(_ALPHABET) for _ in range(12)]
    return "-".join("".join(signs[at : at + 4]) for at in (0, 4, 8))


def normalise_secret(text: str) -> str:
    """The spelling under which a secret is digested, however it was typed."""
    compact = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in compact if sign.isalnum())
