"""Identity cards as scanners type them, and the soft checks of numbers and telephones."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.idcard import (
    IdCard,
    IdCardError,
    Layout,
    NotACard,
    Warn,
    check_id_number,
    normalise_phone,
    read,
)

CHIP_CARD = (
    "001090000001|012345678|Nguyễn Văn Mẫu|01021990|Nam|Thôn 1, Xã A, Huyện B, Hà Nội|15042021"
)
NEW_CARD = "001304000002||Trần Thị Mẫu|05062004|Nữ|Tổ 2, Phường C, Hà Nội|01082024||||"
CHILDS_CARD = "001224000003||Lê Văn Bé|05062024|Nam|Tổ 2, Hà Nội|01082024|001224999999|Lê Văn Cha|Trần Thị Mẹ|"


def refused(text: str) -> NotACard:
    with pytest.raises(IdCardError) as error:
        read(text)
    assert error.value.looks_like in error.value.message
    return error.value.reason


def changed(card: str, **fields: str) -> str:
    names = ["number", "old", "name", "birth", "sex", "address", "issued"]
    parts = card.split("|")
    for name, value in fields.items():
        parts[names.index(name)] = value
    return "|".join(parts)


def test_chip_card() -> None:
    assert read(CHIP_CARD) == IdCard(
        layout=Layout.CCCD_2021,
        id_number="001090000001",
        old_id_number="012345678",
        name="Nguyễn Văn Mẫu",
        birth_date=date(1990, 2, 1),
        birth_precision="day",
        sex="male",
        address="Thôn 1, Xã A, Huyện B, Hà Nội",
        issued_on=date(2021, 4, 15),
        warnings=(),
    )


def test_card_of_the_2023_law() -> None:
    assert read(NEW_CARD) == IdCard(
        layout=Layout.CAN_CUOC_2024,
        id_number="001304000002",
        old_id_number=None,
        name="Trần Thị Mẫu",
        birth_date=date(2004, 6, 5),
        birth_precision="day",
        sex="female",
        address="Tổ 2, Phường C, Hà Nội",
        issued_on=date(2024, 8, 1),
        warnings=(),
    )


def test_a_childs_card_names_the_cancelled_number_and_not_the_parents() -> None:
    card = read(CHILDS_CARD)
    assert card.name == "Lê Văn Bé"
    assert card.old_id_number == "001224999999"


@pytest.mark.parametrize("card", [CHIP_CARD, NEW_CARD, CHILDS_CARD])
@pytest.mark.parametrize(
    "noise",
    [
        lambda text: text + "\r\n",
        lambda text: f"\t{text}\t\r",
        lambda text: f"\ufeff{text}\n\n",
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace("|", " | ").replace(" ", "  "),
        lambda text: text.replace("a", "a\u200b"),
        lambda text: text.replace("Nam", "NAM").replace("Nữ", "nữ"),
    ],
)
def test_what_a_scanner_adds_changes_nothing(card: str, noise) -> None:
    assert read(noise(card)) == read(card)


@pytest.mark.parametrize(
    ("card", "warnings"),
    [
        (changed(CHIP_CARD, sex="Nữ"), [Warn.NUMBER_SEX]),
        (changed(CHIP_CARD, birth="01021991"), [Warn.NUMBER_BIRTH_YEAR]),
        (changed(CHIP_CARD, birth="01022090"), [Warn.NUMBER_BIRTH_YEAR, Warn.ISSUED_BEFORE_BIRTH]),
        (changed(CHIP_CARD, number="003090000001"), [Warn.NUMBER_PLACE_UNKNOWN]),
        (changed(CHIP_CARD, number="101090000001"), []),
        (changed(CHIP_CARD, old="12345"), [Warn.OLD_NUMBER_ODD]),
        (changed(CHIP_CARD, old=""), []),
        (changed(CHIP_CARD, address=""), [Warn.ADDRESS_MISSING]),
        (changed(NEW_CARD, issued=""), [Warn.ISSUE_DATE_MISSING]),
        (changed(CHIP_CARD, birth="01011990"), [Warn.BIRTH_YEAR_ONLY]),
        (changed(CHIP_CARD, birth="1990"), [Warn.BIRTH_YEAR_ONLY]),
    ],
)
def test_what_does_not_fit_is_a_warning(card: str, warnings: list[Warn]) -> None:
    assert list(read(card).warnings) == warnings


@pytest.mark.parametrize("birth", ["01011950", "1950"])
def test_a_year_alone_stands_at_new_year(birth: str) -> None:
    card = read(changed(CHIP_CARD, birth=birth, number="001050000001"))
    assert (card.birth_date, card.birth_precision) == (date(1950, 1, 1), "year")
    assert card.warnings == (Warn.BIRTH_YEAR_ONLY,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", NotACard.EMPTY),
        ("\ufeff \r\n", NotACard.EMPTY),
        (
            "DN4010112345678|4e677579e1bb856e2056c4836e2041|01/01/1990|1|48c3a0204ee1bb9969|01 - 001|01/01/2021|-|31/12/2025|-|4|-|15|$",
            NotACard.HEALTH_INSURANCE,
        ),
        ("0123456789|4e677579e1bb856e|01/01/1990|2|48c3a0", NotACard.HEALTH_INSURANCE),
        (
            "001090000001|4e677579e1bb856e|01/01/1990|1|48c3a0|01 - 001|01/01/2026",
            NotACard.HEALTH_INSURANCE,
        ),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIwMDEifQ.c2lnbmF0dXJl", NotACard.VNEID_TOKEN),
        ("7f3b9c1d2e4f5a6b7c8d9e0f1a2b3c4d", NotACard.VNEID_TOKEN),
        ("https://vneid.gov.vn/q/abcdef123456", NotACard.VNEID_TOKEN),
        ("001090000001", NotACard.HALF_SCAN),
        ("001090000001|012345678|Nguyễn Vă", NotACard.HALF_SCAN),
        (CHIP_CARD[:-4], NotACard.HALF_SCAN),
        (CHIP_CARD[:-8], NotACard.HALF_SCAN),
        (CHIP_CARD[14:], NotACard.HALF_SCAN),
        ("Mẫu|01021990|Nam|Thôn 1, Hà Nội|15042021", NotACard.HALF_SCAN),
        ("05062004|Nữ|Tổ 2, Hà Nội|01082024||||", NotACard.HALF_SCAN),
        (changed(CHIP_CARD, name=""), NotACard.HALF_SCAN),
        ("Nguyễn Văn Mẫu|1990", NotACard.TOO_FEW_FIELDS),
        ("xin chào", NotACard.TOO_FEW_FIELDS),
        ("12345", NotACard.TOO_FEW_FIELDS),
        (changed(CHIP_CARD, birth="31021990"), NotACard.IMPOSSIBLE_DATE),
        (changed(CHIP_CARD, birth="29021990"), NotACard.IMPOSSIBLE_DATE),
        (changed(CHIP_CARD, birth="0102199"), NotACard.IMPOSSIBLE_DATE),
        (changed(CHIP_CARD, birth="01/02/90"), NotACard.IMPOSSIBLE_DATE),
        (changed(CHIP_CARD, birth="01020190"), NotACard.IMPOSSIBLE_DATE),
        (changed(CHIP_CARD, issued="15132021"), NotACard.IMPOSSIBLE_DATE),
        (changed(CHIP_CARD, number="00109000000A"), NotACard.BAD_NUMBER),
        (changed(CHIP_CARD, number="٠٠١٠٩٠٠٠٠٠٠١"), NotACard.BAD_NUMBER),
        (changed(CHIP_CARD, sex="Nem"), NotACard.BAD_SEX),
        (f"{CHIP_CARD}\n{CHIP_CARD}", NotACard.SEVERAL_SCANS),
        (CHIP_CARD + CHIP_CARD, NotACard.SEVERAL_SCANS),
        (CHIP_CARD.replace("N", "\x1b"), NotACard.UNREADABLE),
        ("\udcff\udcfe", NotACard.UNREADABLE),
    ],
)
def test_what_is_no_card_is_named(text: str, reason: NotACard) -> None:
    assert refused(text) is reason


def test_every_cut_of_a_chip_card_is_noticed() -> None:
    for cut in range(1, len(CHIP_CARD)):
        assert refused(CHIP_CARD[:cut]) in (NotACard.HALF_SCAN, NotACard.TOO_FEW_FIELDS)


@given(st.text(max_size=120) | st.lists(st.text(max_size=12), max_size=13).map("|".join))
def test_any_text_is_a_card_or_a_reason(text: str) -> None:
    try:
        assert len(read(text).id_number) == 12
    except IdCardError as error:
        assert error.message.startswith("Không đọc được thẻ căn cước: ")  # noqa: PT017


@pytest.mark.parametrize(
    ("number", "birth_year", "sex", "warnings"),
    [
        ("001090000001", None, None, ()),
        ("001090000001", 1990, "male", ()),
        ("001190000001", 1990, "female", ()),
        ("096204000001", 2004, "male", ()),
        ("096304000001", 2004, "female", ()),
        ("001090000001", 2090, "male", (Warn.NUMBER_BIRTH_YEAR,)),
        ("001390000001", 1990, "male", (Warn.NUMBER_SEX, Warn.NUMBER_BIRTH_YEAR)),
        ("000090000001", None, None, (Warn.NUMBER_PLACE_UNKNOWN,)),
        ("100090000001", None, None, (Warn.NUMBER_PLACE_UNKNOWN,)),
        ("012345678", 1990, "male", (Warn.NUMBER_NOT_12_DIGITS,)),
        ("", None, None, (Warn.NUMBER_NOT_12_DIGITS,)),
    ],
)
def test_check_id_number(number, birth_year, sex, warnings) -> None:
    assert check_id_number(number, birth_year, sex) == warnings


@pytest.mark.parametrize(
    ("typed", "international"),
    [
        ("0912345678", "+84912345678"),
        ("0912 345 678", "+84912345678"),
        ("0912.345.678", "+84912345678"),
        ("(+84) 912-345-678", "+84912345678"),
        ("+84 (0)912 345 678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084 912345678", "+84912345678"),
        ("０９１２３４５６７８", "+84912345678"),
        ("024 3825 1234", "+842438251234"),
        ("+84 24 3825 1234", "+842438251234"),
        ("+1 202 555 0100", "+12025550100"),
        ("00856 21 212 345", "+85621212345"),
        ("912345678", None),
        ("0112345678", None),
        ("091234567", None),
        ("+84 112345678", None),
        ("không có", None),
        ("0912345678 (anh Ba)", None),
        ("", None),
        ("+", None),
    ],
)
def test_normalise_phone(typed: str, international: str | None) -> None:
    assert normalise_phone(typed) == international


@given(st.from_regex(r"[35789][0-9]{8}|2[0-9]{9}", fullmatch=True))
def test_every_prefix_leads_to_the_same_number(national: str) -> None:
    spellings = [prefix + national for prefix in ("0", "84", "+84", "0084", "+840")]
    assert {normalise_phone(spelling) for spelling in spellings} == {f"+84{national}"}
