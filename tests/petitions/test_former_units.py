"""Reading what units were merged from. Every text stands in the official list."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from petitions.services.former_units import FormerUnit, Reading, read, reconcile
from workflows.records import FormerPart

W, P, R = FormerPart.WHOLE, FormerPart.PART, FormerPart.REMAINDER
EXCERPT = Path(__file__).parents[1] / "data" / "units-excerpt.csv"


def units(text: str) -> list[tuple[str, FormerPart]]:
    """The units of a text in which everything can be read."""
    found = read(text, "Xã Mình")
    assert found.unreadable == ()
    return list(found.units)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("giữ nguyên", [("Xã Mình", W)]),
        ("Xã Cần Kiệm, Xã Đồng Trúc", [("Xã Cần Kiệm", W), ("Xã Đồng Trúc", W)]),
        (
            "Xã Bắc Sơn, Xã Nam Sơn và Xã Trung Giã",
            [("Xã Bắc Sơn", W), ("Xã Nam Sơn", W), ("Xã Trung Giã", W)],
        ),
        # a phrase before the names holds for all of them, a small level word too
        (
            "Phường Trúc Bạch, một phần diện tích TN, quy mô dân số của các phường Cửa Nam, Điện Biên,"
            " một phần diện tích TN của phường Thụy Khuê, phần còn lại của phường Cửa Đông, Đồng Xuân"
            " sau khi sắp Xếp",
            [
                ("Phường Trúc Bạch", W),
                ("Phường Cửa Nam", P),
                ("Phường Điện Biên", P),
                ("Phường Thụy Khuê", P),
                ("Phường Cửa Đông", R),
                ("Phường Đồng Xuân", R),
            ],
        ),
        # ... until it is said that the rearrangement ends there
        (
            "Phường Minh Khai, phần còn lại của Phường Quang Trung sau khi sắp xếp và Xã Phong Quang",
            [("Phường Minh Khai", W), ("Phường Quang Trung", R), ("Xã Phong Quang", W)],
        ),
        (
            "Xã Pà Cò, và phần còn lại của Xã Đồng Tân sau khi sắp xếp theo quy định tại khoản 119"
            " Điều này",
            [("Xã Pà Cò", W), ("Xã Đồng Tân", R)],
        ),
        # a note behind a name is its own; a district belongs to the name
        (
            "Phường Láng, Phường Quang Trung (quận Đống Đa) (phần còn lại sau khi sáp nhập vào phường"
            " Đống Đa, phường Láng), Xã Trần Hợi (một phần)",
            [("Phường Láng", W), ("Phường Quang Trung (quận Đống Đa)", R), ("Xã Trần Hợi", P)],
        ),
        # whole people, part of the land
        (
            "Xã Tiên Dược,một phần diện tích TN, toàn bộ quy mô dân số của của Xã Mai Đình",
            [("Xã Tiên Dược", W), ("Xã Mai Đình", P)],
        ),
        (
            "Toàn bộ  diện tích TN, quy mô dân số của các phường Phường Giảng Võ và Phường Kim Mã",
            [("Phường Giảng Võ", W), ("Phường Kim Mã", W)],
        ),
        # slips of the pen
        ("Xã Bảo Khê và phần còn lại củ Xã Ngọc Thanh", [("Xã Bảo Khê", W), ("Xã Ngọc Thanh", R)]),
        (
            "Xã Minh Ngọc và một phần diện tích tự nhiên, quy mô dân số của xã Yên Định  Xã Yên Định",
            [("Xã Minh Ngọc", W), ("Xã Yên Định", P)],
        ),
        (
            "phần còn lại của xã Xã Đình Dù và Xã Lạc Đạo",
            [("Xã Đình Dù", R), ("Xã Lạc Đạo", R)],
        ),
        ("Xã Xí m Vàng", [("Xã Xím Vàng", W)]),
        # no level word is invented
        (
            "Phường Trần Hưng Đạo (thành phố Kon Tum), Lê Lợi",
            [("Phường Trần Hưng Đạo (thành phố Kon Tum)", W), ("Lê Lợi", W)],
        ),
        ("Krông Na", [("Krông Na", W)]),
        # other things than communes
        ("Xóm Tổng Dùn, Xã Quảng Lâm", [("Xóm Tổng Dùn", W), ("Xã Quảng Lâm", W)]),
        (
            "Thị trấn Nông trường Việt Lâm và Trường bắn TB1",
            [("Thị trấn Nông trường Việt Lâm", W), ("Trường bắn TB1", W)],
        ),
        (
            "TPHCM, tỉnh Bà Rịa - Vũng Tàu và tỉnh Bình Dương",
            [
                ("Thành phố Hồ Chí Minh", W),
                ("Tỉnh Bà Rịa - Vũng Tàu", W),
                ("Tỉnh Bình Dương", W),
            ],
        ),
    ],
)
def test_texts_of_the_list(text: str, expected: list[tuple[str, FormerPart]]) -> None:
    assert units(text) == expected


def test_what_is_no_name_is_handed_back() -> None:
    """A remark and a clause are not guessed at."""
    found = read("tỉnh A và tỉnh B. Từ ngày 30/04/2026 thêm 10 xã.")
    assert [unit.name for unit in found.units] == ["Tỉnh A", "Tỉnh B"]
    assert found.unreadable == ("Từ ngày 30/04/2026 thêm 10 xã",)
    assert read("Xã An Bình, đất bãi ven sông").unreadable == ("đất bãi ven sông",)
    assert read("  ") == Reading()


def test_decomposed_letters_read_the_same() -> None:
    """The list mixes composed and decomposed letters."""
    import unicodedata

    text = "Phường Đồng Xuân, phần còn lại của phường Cửa Đông"
    assert read(unicodedata.normalize("NFD", text)) == read(text)


def test_places_correct_each_other() -> None:
    """Named plainly here, in part there: it did not come here whole. Marks may sit otherwise."""
    readings = {
        "a": read("Xã Hòa Bình, Xã Tân An"),
        "b": read("Xã Hoà Bình (phần còn lại sau khi sáp nhập vào xã A)"),
        "c": read("Xã Hào Bình, Xã Tân An"),
        "d": read("Xã Long (huyện X), Xã Tân An"),
        "e": read("Xã Long (huyện X)"),
        "elsewhere": read("Xã Hòa Bình"),
    }
    provinces = dict.fromkeys("abcde", 1) | {"elsewhere": 2}
    settled = reconcile(readings, provinces)
    assert settled["a"] == (FormerUnit("Xã Hòa Bình", P), FormerUnit("Xã Tân An", W))
    assert settled["b"] == (FormerUnit("Xã Hoà Bình", R),)
    assert settled["c"][0] == FormerUnit("Xã Hào Bình", W)
    assert [settled[key][0].part for key in "de"] == [P, P]
    assert settled["elsewhere"] == (FormerUnit("Xã Hòa Bình", W),)


def test_the_excerpt_reads_but_for_one_remark() -> None:
    """131 genuine units, the hardest texts among them."""
    with EXCERPT.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    readings = {row["code"]: read(row["merged_from"], row["name"]) for row in rows}
    assert {code for code, reading in readings.items() if reading.unreadable} == {"75"}
    assert all(
        reading.units for code, reading in readings.items() if code != "07147"
    )  # the list says nothing of this one
    settled = reconcile(readings, {row["code"]: row["province_code"] for row in rows})
    thresholds = {unit.part for unit in settled["00166"] if "Dịch Vọng" in unit.name}
    assert thresholds == {P}
