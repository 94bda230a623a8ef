"""Cleaning, folding, and dates and sums as Vietnam writes them."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.text import (
    BadDate,
    Cleaned,
    ControlCharacter,
    clean,
    fold,
    fold_words,
    parse_vn_date,
    vn_date,
    vn_date_long,
    vn_money,
    vn_number,
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Đơn khiếu nại", "Đơn khiếu nại"),
        (unicodedata.normalize("NFD", "Đơn khiếu nại"), "Đơn khiếu nại"),
        ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
        ("cột\tcột", "cột\tcột"),
        ("", ""),
    ],
)
def test_clean_keeps_text_in_one_form_without_a_note(typed: str, kept: str) -> None:
    cleaned = clean(typed)
    assert cleaned.text == kept
    assert cleaned.notes == ()


@pytest.mark.parametrize(
    "hidden",
    [
        *("\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad"),
        *("\u034f", "\u180e", "\u3164", "\ufe0f", "\U000e0041", "\U000e0100"),
    ],
)
def test_clean_drops_what_cannot_be_seen_and_says_so(hidden: str) -> None:
    cleaned = clean(f"Nguyễn{hidden} Văn{hidden} A")
    assert cleaned.text == "Nguyễn Văn A"
    assert len(cleaned.notes) == 1
    assert "2 ký tự ẩn" in cleaned.notes[0]


def test_clean_composes_over_a_dropped_character() -> None:
    assert clean("e\u200b\u0302\u200b\u0301").text == "ế"


@pytest.mark.parametrize(
    "control", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\x9f", "\ud800", "\ufffe", "\U0001ffff"]
)  # fmt: skip
def test_clean_refuses_control_characters_where_they_stand(control: str) -> None:
    with pytest.raises(ControlCharacter) as refused:
        clean(f"ab\u200b\r\n{control}c")
    assert refused.value.position == 5
    assert f"U+{ord(control):04X} ở vị trí 6" in refused.value.message


@given(ANY_TEXT)
def test_clean_text_is_clean(text: str) -> None:
    try:
        once = clean(text)
    except ControlCharacter as refused:
        place = refused.position
        assert unicodedata.category(text[place]) in ("Cc", "Cn")
    else:
        assert clean(once.text) == Cleaned(once.text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Đất đai ở Đắk Lắk", "dat dai o dak lak"),
        ("ĐƯỜNG  HOÀNG\n\tHOA\u00a0THÁM ", "duong hoang hoa tham"),
        ("Ðất", "dat"),
        ("Quyết định số 05/QĐ-UBND", "quyet dinh so 05/qd-ubnd"),
        ("Nguy\u200bễn", "nguyen"),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key


@given(ANY_TEXT)
def test_fold_is_one_key_for_every_way_of_typing(text: str) -> None:
    key = fold(text)
    assert fold(key) == key
    assert fold(unicodedata.normalize("NFD", text)) == key
    assert fold(unicodedata.normalize("NFC", text)) == key


@given(st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ỆỘỮ", max_size=40))
def test_fold_does_not_care_about_case(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


def test_fold_words_leaves_punctuation_out() -> None:
    words = fold_words("Số 05/QĐ-UBND, “thửa_đất” (12).")
    assert words == ("so", "05", "qd", "ubnd", "thua", "dat", "12")


@pytest.mark.parametrize(
    ("day", "short", "long"),
    [
        (date(2026, 11, 20), "20/11/2026", "ngày 20 tháng 11 năm 2026"),
        (date(2026, 1, 5), "05/01/2026", "ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "28/02/2026", "ngày 28 tháng 02 năm 2026"),
        (date(2026, 3, 9), "09/03/2026", "ngày 09 tháng 3 năm 2026"),
    ],
)
def test_dates_are_written_as_decree_30_wants(day: date, short: str, long: str) -> None:
    assert vn_date(day) == short
    assert vn_date_long(day) == long


@pytest.mark.parametrize(
    ("typed", "day", "precision"),
    [
        ("20/11/2026", date(2026, 11, 20), "day"),
        (" 5-1-2026 ", date(2026, 1, 5), "day"),
        ("05.01.2026", date(2026, 1, 5), "day"),
        ("2026-11-20", date(2026, 11, 20), "day"),
        ("ngày 05 tháng 01 năm 2026", date(2026, 1, 5), "day"),
        ("Ngày 5 tháng 1, năm 2026", date(2026, 1, 5), "day"),
        ("29/02/2024", date(2024, 2, 29), "day"),
        ("11/2026", date(2026, 11, 1), "month"),
        ("tháng 11 năm 2026", date(2026, 11, 1), "month"),
        ("1950", date(1950, 1, 1), "year"),
        ("năm 1950", date(1950, 1, 1), "year"),
    ],
)
def test_parse_vn_date(typed: str, day: date, precision: str) -> None:
    assert parse_vn_date(typed) == (day, precision)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "hôm qua", "31/02/2026", "29/02/2026", "13/2026", "20/11/26", "0202", "20112026"),
        *("1/1/1799", "11/20/2026", "2026-13-01", "20/11/2026 và", "0/1/2026", "1950-1951"),
    ],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(BadDate):
        parse_vn_date(typed)


@given(st.dates(date(1800, 1, 1), date(2199, 12, 31)), st.sampled_from(["day", "month", "year"]))
def test_a_written_date_is_read_back(day: date, precision: str) -> None:
    kept = {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}
    assert parse_vn_date(vn_date(day, precision)) == (kept[precision], precision)
    assert parse_vn_date(vn_date_long(day)) == (day, "day")


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (0, None, "0"),
        (1234567, None, "1.234.567"),
        (-1234, None, "-1.234"),
        (1234567.5, None, "1.234.567,5"),
        (Decimal("1234.50"), None, "1.234,50"),
        (0.125, 2, "0,13"),
        (Decimal("-0.125"), 2, "-0,13"),
        (2.5, 0, "3"),
        (1e21, None, "1.000.000.000.000.000.000.000"),
    ],
)
def test_vn_number(value: int | float | Decimal, places: int | None, written: str) -> None:
    assert vn_number(value, places) == written


def test_vn_number_refuses_what_is_no_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        vn_number(float("nan"))


def test_vn_money() -> None:
    assert vn_money(1_234_567) == "1.234.567 đồng"
