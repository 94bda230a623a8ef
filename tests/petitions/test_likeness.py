"""Names, numbers, parcels and texts compared as people spell them; no database needed."""

from __future__ import annotations

import unicodedata

import pytest

from petitions.queries import likeness
from petitions.queries.repeats import ALIKE_NAME, RESENT_TEXT
from petitions.text import fold, fold_words

SAME = [
    ("Nguyễn Văn Tý", "Nguyen Van Ty"),
    ("Nguyễn Văn Tý", "NGUYỄN  VĂN TÝ"),
    ("Nguyễn Văn Tý", unicodedata.normalize("NFD", "Nguyễn Văn Tý")),
    ("Đặng Thị Đào", "dang thi dao"),
    ("Ðặng Thị Đào", "Đặng Thị Đào"),  # the eth of old fonts
    ("Ông Nguyễn Văn Tý", "nguyễn văn tý"),
    ("Hoà", "Hòa"),
]
NEAR = [
    ("Nguyễn Văn Tý", "NGUYỄN  VĂN TÍ"),
    ("Lý Thị Quý", "Lí Thị Quí"),
    ("Trần Văn Xuân", "Trần Văn Suân"),
    ("Nguyễn Thị Trâm", "Nguyễn Thị Châm"),
    ("Giàng A Páo", "Dàng A Páo"),
    ("Hoàng Thị Kiên", "Hoàng Thị Kiêng"),
    ("Nguyễn Văn Tý", "Nguyễn Vă Tý"),
    ("Nguyễn Văn Tý", "Nguyễn Vna Tý"),
    ("Phạm Văn Long", "Phạm Văn Nong"),
]
OTHER = [
    ("Nguyễn Văn Tý", "Nguyễn Văn Bình"),
    ("Lê An", "Lê Bảo"),
    ("Trần Thị Hoa", "Phạm Thị Hoa"),
    ("", "Nguyễn"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_marks_case_and_composition_make_no_difference(one: str, other: str) -> None:
    """One key however typed, and the index is asked for it."""
    assert likeness.name_likeness(one, other) == 100
    assert likeness.plain_name(other) in likeness.spellings(one)


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_regional_spelling_and_a_slip_of_the_finger_are_found(one: str, other: str) -> None:
    """Both ways round: what is judged alike is also what the index is asked for."""
    for typed, kept in ((one, other), (other, one)):
        assert ALIKE_NAME <= likeness.name_likeness(typed, kept) < 100
        assert fold(kept) in likeness.spellings(typed)
    assert len(likeness.spellings(one)) < 1500


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_people_are_not_alike(one: str, other: str) -> None:
    """A shared family name makes nobody the same."""
    assert likeness.name_likeness(one, other) < ALIKE_NAME


def test_marks_that_contradict_are_noticed() -> None:
    """Tý and Tỷ fold alike, but are told as alike without marks only."""
    assert likeness.same_marks("Nguyễn Văn Tý", "NGUYỄN VĂN TÝ")
    assert likeness.same_marks("Nguyễn Văn Tý", "nguyen van ty")
    assert not likeness.same_marks("Nguyễn Văn Tý", "Nguyễn Văn Tỷ")


def test_numbers_are_found_however_grouped() -> None:
    """Identity numbers, telephones, sheets and parcels."""
    assert "001070000001" in likeness.number_spellings("001 070 000 001")
    assert "0912 345 678" in likeness.phone_spellings("+84912345678")
    assert likeness.phone_key("0912.345.678") == likeness.phone_key("84912345678")
    assert likeness.parcel_key("Thửa số 012a") == likeness.parcel_key("12A")
    assert "12" in likeness.parcel_spellings("thửa số 012")
    assert likeness.number_spellings("12") == likeness.phone_spellings("abc") == ()


TEXT = (
    "Tôi là Nguyễn Văn Tý, trú tại thôn Đoài. Năm 2019 xã mở đường liên thôn lấy của gia đình tôi 120 m² "
    "đất trồng lúa nhưng đến nay chưa bồi thường, cán bộ địa chính nhiều lần hẹn rồi không trả lời."
)


def test_texts_are_compared_by_words_in_their_order() -> None:
    """A few changed words leave a re-sent text the same one; another matter is far off."""
    changed = fold_words(TEXT.replace("Đoài", "Đông").replace("nhiều lần", "mấy lần").upper())
    other = fold_words(
        "Kiến nghị sửa cầu treo bắc qua suối Nậm vì trẻ em đi học mùa lũ rất nguy hiểm, mong cấp trên quan tâm."
    )
    assert likeness.text_likeness(fold_words(TEXT), changed) >= RESENT_TEXT
    assert likeness.text_likeness(fold_words(TEXT), other) < 30
    assert likeness.text_likeness((), changed) == 0


def test_the_runs_asked_for_are_those_that_tell() -> None:
    """Set phrases of every petition are not looked up; runs do not overlap."""
    words = fold_words(
        "Kính đề nghị xem xét giải quyết. Cầu treo bắc qua suối Nậm hư hỏng từ 2019."
    )
    runs = likeness.telling_runs(words, 3, 3)
    assert runs
    assert all(run[0] not in {"kinh", "de", "nghi", "xem"} for run in runs)
    assert likeness.telling_runs(fold_words("đề nghị xem xét giải quyết"), 3, 3) == ()
