"""What somebody put into the one box of the desk: a card, a code, a number, a telephone or a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from petitions.codes import CodeError, parse_code
from petitions.errors import Invalid
from petitions.idcard import IdCard, IdCardError, NotACard, normalise_phone, read
from petitions.queries.likeness import compact, phone_key
from petitions.text import ControlCharacter, clean, fold_words

BOX = "box"
"""Name of the input."""
LONGEST, LONGEST_NAME = 600, 120
"""Characters of a scan, and of anything typed by hand."""
SHORTEST_NAME = 2
_YEAR_BEHIND = re.compile(r"^(?P<name>.*?\D)[\s,;(]+(?:sn|sinh năm|năm sinh)?\s*(?P<year>(?:19|20)\d\d)\)?$", re.IGNORECASE)  # fmt: skip
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,8}")
_TOKEN_LENGTH = 16


class Means(StrEnum):
    """What the text was taken for."""

    CARD = "card"
    CODE = "code"
    NUMBER = "number"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxAsked:
    """Whom or what to look for. Only of a card is more than one part filled."""

    means: Means
    name: str = ""
    birth_year: int | None = None
    id_numbers: tuple[str, ...] = ()
    phone: str = ""
    code: str = ""
    address: str = ""
    card: IdCard | None = None


def read_box(typed: str) -> BoxAsked:
    """Tell what was typed or scanned. Raises ``Invalid`` at ``BOX``, saying what it seems to be instead."""
    try:
        text = clean(typed).text.strip()
    except ControlCharacter as error:
        raise Invalid.at(BOX, error.message) from None
    if not text:
        raise Invalid.at(BOX, "Quét thẻ căn cước, hoặc gõ tên, số giấy tờ, điện thoại, mã hồ sơ.")
    if "|" in text or "\n" in text or _is_token(text):
        return _card(text)
    if len(text) > LONGEST_NAME:
        raise Invalid.at(BOX, f"Dài quá {LONGEST_NAME} ký tự; chỉ gõ tên, số hoặc mã.")
    return _number(text) or _code(text) or _name(text)


def _is_token(text: str) -> bool:
    """A burst of a scanner that is no card: one long word nobody types by hand."""
    if len(text) < _TOKEN_LENGTH or " " in text or not any(sign.isdigit() for sign in text):
        return False
    try:
        parse_code(text)
    except CodeError as error:
        return error.reason == "malformed"
    return False


def _card(text: str) -> BoxAsked:
    try:
        card = read(text[:LONGEST])
    except IdCardError as error:
        scanned_twice = error.reason is NotACard.SEVERAL_SCANS
        more = "" if scanned_twice else " Nếu không quét được, hãy gõ số in trên thẻ."
        raise Invalid.at(BOX, error.message + more) from None
    numbers = (card.id_number, *((card.old_id_number,) if card.old_id_number else ()))
    return BoxAsked(
        means=Means.CARD,
        name=card.name,
        birth_year=card.birth_date.year,
        id_numbers=numbers,
        address=card.address or "",
        card=card,
    )


def _number(text: str) -> BoxAsked | None:
    bare = compact(text)
    if bare.isdecimal() and len(bare) in {9, 12} and not text.startswith("+"):
        return BoxAsked(means=Means.NUMBER, id_numbers=(bare,))
    if normalise_phone(text):
        return BoxAsked(means=Means.PHONE, phone=phone_key(text))
    if _PASSPORT.fullmatch(bare):
        return BoxAsked(means=Means.NUMBER, id_numbers=(bare,))
    if bare.isdecimal():
        raise Invalid.at(
            BOX,
            f"Số này có {len(bare)} chữ số: căn cước có 12, chứng minh nhân dân có 9, điện thoại có 10.",
        )
    return None


def _code(text: str) -> BoxAsked | None:
    try:
        return BoxAsked(means=Means.CODE, code=str(parse_code(text)))
    except CodeError as error:
        if error.reason == "malformed":
            return None
        raise Invalid.at(BOX, error.message) from None


def _name(text: str) -> BoxAsked:
    found = _YEAR_BEHIND.match(text)
    name, year = (found["name"].strip(" ,;("), int(found["year"])) if found else (text, None)
    words = fold_words(name)
    if len("".join(words)) < SHORTEST_NAME:
        raise Invalid.at(BOX, f"Gõ ít nhất {SHORTEST_NAME} chữ cái của tên.")
    if any(sign.isdecimal() for word in words for sign in word):
        raise Invalid.at(
            BOX,
            "Không hiểu: không phải mã thẻ căn cước, tên người, số giấy tờ, số điện thoại hay mã hồ sơ.",
        )
    return BoxAsked(means=Means.NAME, name=" ".join(name.split()), birth_year=year)
