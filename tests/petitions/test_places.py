"""Administrative units: lists, outlines, and finding one by any of its names."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from config.database import db
from petitions.models import FormerName, Place, PlaceNeighbour, PlaceOutline
from petitions.queries.places import Former, find
from petitions.services.imports.tables import Unreadable
from petitions.services.outlines import touching
from petitions.services.places import UnitsImported, import_outlines, import_units
from tests.conftest import TODAY
from workflows.records import FormerPart

EXCERPT = Path(__file__).parents[1] / "data" / "units-excerpt.csv"
HEADER = ["code", "name", "kind", "province_code", "valid_from", "merged_from"]
LIST = [
    ["77", "Tỉnh Sơn Lâm", "tỉnh", "", "2025-07-01", "tỉnh Sơn La Cũ và tỉnh Lâm Hạ"],
    ["00771", "Xã An Bình", "xã", "77", "2025-07-01", "Xã An Bình, Xã Nà Hẩu (huyện Văn)"],
    ["00772", "Xã Bảo Lâm", "xã", "77", "2025-07-01", "Xã Bảo Lâm, Xã Nà Hẩu (phần còn lại)"],
    ["00773", "Phường Hoà Lạc", "phường", "77", "2025-07-01", "Xã Cũ, Thị trấn Hòa Lạc"],
]


def written(folder: Path, rows: list[list[str]], name: str = "units.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    return path


def imported(folder: Path, rows: list[list[str]], today: date = TODAY) -> UnitsImported:
    return import_units(written(folder, rows), today=today)


def without(rows: list[list[str]], code: str) -> list[list[str]]:
    return [row for row in rows if row[0] != code]


def counts(done: UnitsImported) -> tuple[int, int, int, int]:
    return done.added, done.changed, done.unchanged, done.closed


def test_the_same_list_again_changes_nothing(app: Flask) -> None:
    """131 genuine units; codes keep their zeros."""
    first = import_units(EXCERPT, today=TODAY)
    assert counts(first) == (131, 0, 0, 0)
    assert [code for code, _ in first.unreadable] == ["75"]
    names = db.session.scalar(select(func.count(FormerName.id)))
    assert names == first.names_added > 400
    again = import_units(EXCERPT, today=TODAY)
    assert counts(again) == (0, 0, 131, 0)
    assert (again.names_added, again.names_dropped) == (0, 0)
    province = db.session.scalar(select(Place).where(Place.code == "12"))
    assert province is not None
    assert province.province_id is None
    assert {row.province_id for row in db.session.scalars(
        select(Place).where(Place.name.in_(["Xã Bum Tở", "Xã Mường Tè"])))} == {province.id}  # fmt: skip


def test_a_sheet_reads_like_the_file(app: Flask, tmp_path: Path) -> None:
    book = Workbook()
    for row in [HEADER, *LIST]:
        book.active.append([date.fromisoformat(cell) if "-07-" in cell else cell for cell in row])
    book.save(tmp_path / "units.xlsx")
    assert counts(import_units(tmp_path / "units.xlsx", today=TODAY)) == (4, 0, 0, 0)
    assert counts(imported(tmp_path, LIST)) == (0, 0, 4, 0)


def test_a_vanished_unit_is_closed_and_comes_back(app: Flask, tmp_path: Path) -> None:
    """Closed on the day of the import when the list brings nothing new, else before the newest unit."""
    imported(tmp_path, LIST)
    done = imported(tmp_path, without(LIST, "00772"))
    assert counts(done) == (0, 0, 3, 1)
    assert ends("00772") == TODAY
    assert find("bao lam") == ()
    assert counts(imported(tmp_path, without(LIST, "00772"))) == (0, 0, 3, 0)
    assert counts(imported(tmp_path, LIST)) == (0, 1, 3, 0)
    assert ends("00772") is None
    new = ["00774", "Xã Mới", "xã", "77", "2026-09-01", "Xã Bảo Lâm"]
    assert counts(imported(tmp_path, [*without(LIST, "00772"), new])) == (1, 0, 3, 1)
    assert ends("00772") == date(2026, 8, 31)
    assert [place.code for place in find("xã bảo lâm")] == ["00774"]


def test_a_place_no_list_named_is_left_alone(app: Flask, tmp_path: Path) -> None:
    """A council district of a register does not vanish from the lists it never stood in."""
    from config.database import transaction

    with transaction() as session:
        session.add(Place(code="D1", name="Khu 1", folded_name="khu 1", kind="khu vực",
                          valid_from=date(1900, 1, 1), imported=True))  # fmt: skip
    assert counts(imported(tmp_path, LIST)) == (4, 0, 0, 0)
    assert ends("D1") is None


def test_a_renamed_unit_keeps_its_old_name(app: Flask, tmp_path: Path) -> None:
    imported(tmp_path, LIST)
    renamed = [
        row if row[0] != "00771" else ["00771", "Phường Bình An", "phường", *row[3:]]
        for row in LIST
    ]
    assert counts(imported(tmp_path, renamed)) == (0, 1, 3, 0)
    assert [place.name for place in find("an bình, sơn lâm")] == ["Phường Bình An"]
    assert counts(imported(tmp_path, renamed)) == (0, 0, 4, 0)


def test_a_corrected_text_replaces_the_names_it_gave(app: Flask, tmp_path: Path) -> None:
    imported(tmp_path, LIST)
    corrected = [row if row[0] != "00773" else [*row[:5], "Thị trấn Hòa Lạc"] for row in LIST]
    done = imported(tmp_path, corrected)
    assert (done.names_added, done.names_dropped) == (0, 1)
    names = db.session.scalars(select(FormerName.name)).all()
    assert "Xã Cũ" not in names
    assert "Thị trấn Hòa Lạc" in names


WRONG: list[tuple[list[list[str]], int, str]] = [
    ([*LIST, LIST[1]], 6, "code"),
    ([*LIST, ["00779", "Xã Lạ", "xã", "88", "2025-07-01", ""]], 6, "province_code"),
    ([*LIST, ["00779", "Xã Lạ", "xã", "00771", "2025-07-01", ""]], 6, "province_code"),
    ([LIST[0], ["00779", "Xã Lạ", "xã", "77", "2025-02-30", ""]], 3, "valid_from"),
    ([LIST[0], ["00779", " ", "xã", "77", "2025-07-01", ""]], 3, "name"),
    ([LIST[0], ["0077\x01", "Xã Lạ", "xã", "77", "2025-07-01", ""]], 3, "code"),
    ([LIST[0], ["1" * 21, "Xã Lạ", "xã", "77", "2025-07-01", ""]], 3, "code"),
]


def test_a_wrong_list_writes_nothing(app: Flask, tmp_path: Path) -> None:
    """The message names file, row and field."""
    for rows, row, field in WRONG:
        with pytest.raises(Unreadable) as error:
            imported(tmp_path, rows)
        assert list(error.value.fields) == [f"units.csv: dòng {row}: {field}"]
    assert db.session.scalar(select(func.count(Place.id))) == 0


def test_a_list_without_its_columns_or_rows_is_refused(app: Flask, tmp_path: Path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("code,name\n01,Hà Nội\n", encoding="utf-8")
    with pytest.raises(Unreadable, match="Thiếu cột"):
        import_units(bare, today=TODAY)
    with pytest.raises(Unreadable, match="dòng dữ liệu"):
        imported(tmp_path, [])
    (tmp_path / "latin.csv").write_bytes("code,name\n01,Hà\n".encode("latin-1"))
    with pytest.raises(Unreadable, match="bảng mã"):
        import_units(tmp_path / "latin.csv", today=TODAY)


def test_a_code_kept_as_a_number_is_refused(app: Flask, tmp_path: Path) -> None:
    """A sheet that turned 00771 into a number has lost what the code is."""
    book = Workbook()
    for row in [HEADER, [1, "Thành phố Hà Nội", "thành phố", "", "2025-07-01", ""]]:
        book.active.append(row)
    book.save(tmp_path / "units.xlsx")
    with pytest.raises(Unreadable, match="dạng chữ"):
        import_units(tmp_path / "units.xlsx", today=TODAY)


# --- finding ---------------------------------------------------------------------------------


@pytest.fixture
def listed(app: Flask, tmp_path: Path) -> None:
    """The genuine excerpt and the small province beside it."""
    import_units(EXCERPT, today=TODAY)
    with EXCERPT.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    import_units(written(tmp_path, [*rows, *LIST]), today=TODAY)


@pytest.mark.parametrize(
    "text", ["Phường Hàng Đào", "hàng đào", "hang dao", "HANG  DAO", "p. hàng đào", "Hàng Đào, Hà Nội"]
)  # fmt: skip
def test_a_former_name_finds_todays_place(listed: None, text: str) -> None:
    assert find(text)[0].code == "00070"
    assert find(text)[0].former == (Former("Phường Hàng Đào", FormerPart.WHOLE),)


def test_a_divided_unit_offers_every_heir_with_its_part(listed: None) -> None:
    """Never chosen silently."""
    found = {place.code: place.former for place in find("phường đội cấn, hà nội")}
    assert found == {
        "00004": (Former("Phường Đội Cấn", FormerPart.PART),),
        "00008": (Former("Phường Đội Cấn", FormerPart.REMAINDER),),
    }
    assert [(place.code, place.former[0].part) for place in find("nà hẩu, sơn lâm")] == [
        ("00771", FormerPart.WHOLE),
        ("00772", FormerPart.REMAINDER),
    ]


def test_the_present_name_comes_first(listed: None) -> None:
    """And what people typed with its marks before what only sounds like it."""
    assert [place.code for place in find("phường cửa nam, hà nội")][:1] == ["00082"]
    assert find("hòa lạc")[0].name == "Phường Hoà Lạc"
    assert [place.name for place in find("an bình, sơn lâm")] == ["Xã An Bình"]


def test_where_may_be_the_old_province_or_district(listed: None) -> None:
    assert [place.code for place in find("nà hẩu, huyện văn")] == ["00771"]
    assert [place.code for place in find("an bình, sơn la cũ")] == ["00771"]
    assert find("hà giang")[0].name == "Tỉnh Tuyên Quang"
    assert find("Lê Lợi, kon tum")[0].former == (Former("Lê Lợi", FormerPart.WHOLE),)


def test_unfinished_and_empty_questions(listed: None) -> None:
    assert find("hàng đ")[0].code == "00070"
    assert find("") == find(" , hà nội") == find("%") == find("không có nơi nào") == ()
    assert len(find("phường", limit=3)) <= 3


def test_a_place_is_found_only_while_it_exists(app: Flask, tmp_path: Path) -> None:
    imported(tmp_path, LIST)
    assert find("an bình", on=date(2025, 6, 30)) == ()
    assert find("an bình", on=date(2025, 7, 1))[0].code == "00771"


# --- outlines --------------------------------------------------------------------------------


def square(x: float, y: float, side: float = 0.1) -> dict[str, Any]:
    ring = [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(folder: Path, outlines: dict[str, dict[str, Any]], name: str = "map.geojson") -> Path:
    path = folder / name
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": geometry}
        for code, geometry in outlines.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def neighbours() -> set[tuple[str, str]]:
    codes = {row.id: row.code for row in db.session.execute(select(Place.id, Place.code))}
    rows = db.session.execute(select(PlaceNeighbour.place_id, PlaceNeighbour.neighbour_id))
    return {(codes[row.place_id], codes[row.neighbour_id]) for row in rows}


def ends(code: str) -> date | None:
    db.session.rollback()
    return db.session.scalar(select(Place.valid_to).where(Place.code == code))


def test_touching_communes_are_derived(app: Flask, tmp_path: Path) -> None:
    """Across files, both ways, and anew when an outline moves; outlines are kept as given."""
    imported(tmp_path, LIST)
    first = geojson(tmp_path, {"00771": square(104, 21), "00772": square(104.1, 21)})
    done = import_outlines(first)
    assert (done.outlines, done.added, done.pairs_added) == (2, 2, 1)
    assert neighbours() == {("00771", "00772"), ("00772", "00771")}
    beside = geojson(tmp_path, {"00773": square(104.2001, 21.05)}, "beside.geojson")
    assert import_outlines(beside).pairs_added == 1
    again = import_outlines(first)
    assert (again.unchanged, again.pairs_added, again.pairs_dropped) == (2, 0, 0)
    away = import_outlines(geojson(tmp_path, {"00772": square(105, 21)}))
    assert (away.changed, away.pairs_added, away.pairs_dropped) == (1, 0, 2)
    assert neighbours() == set()
    kept = db.session.scalars(select(PlaceOutline.geometry)).all()
    assert square(105, 21) in kept


def polygon(ring: list[list[Any]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


WRONG_OUTLINES: list[tuple[dict[str, dict[str, Any]], str]] = [
    ({"00771": square(104, 21), "09999": square(1, 1)}, "đối tượng 2: code"),
    ({"00771": {"type": "Point", "coordinates": [1, 2]}}, "đối tượng 1: geometry"),
    ({"00771": polygon([[0, 0], [1, 0], [1, 1], [0, 1]])}, "đối tượng 1: coordinates"),
    ({"00771": polygon([[0, 0], [1, 0], [1, "x"], [0, 0]])}, "đối tượng 1: coordinates"),
    ({"00771": polygon([[0, 0], [1, 0], [1, 91], [0, 0]])}, "đối tượng 1: coordinates"),
]


def test_a_wrong_outline_writes_nothing(app: Flask, tmp_path: Path) -> None:
    """The message names the feature; one wrong outline refuses the file."""
    imported(tmp_path, LIST)
    for outlines, field in WRONG_OUTLINES:
        with pytest.raises(Unreadable) as error:
            import_outlines(geojson(tmp_path, outlines))
        assert list(error.value.fields) == [f"map.geojson: {field}"]
    twice = json.loads(geojson(tmp_path, {"00771": square(104, 21)}).read_text())
    twice["features"] *= 2
    (tmp_path / "twice.geojson").write_text(json.dumps(twice))
    with pytest.raises(Unreadable, match="lặp lại"):
        import_outlines(tmp_path / "twice.geojson")
    assert db.session.scalar(select(func.count(PlaceOutline.place_id))) == 0


def test_touching_allows_for_separate_simplification() -> None:
    """Two hundred metres apart, crossing, or sharing a corner: touching; a kilometre apart: not."""
    assert touching({"a": square(0, 0), "b": square(0.1015, 0)}) == {frozenset("ab")}
    assert touching({"a": square(0, 0), "b": square(0.1, 0.1)}) == {frozenset("ab")}
    assert touching({"a": square(0, 0), "b": square(0.11, 0)}) == set()
    cross = {"type": "Polygon", "coordinates": [[[-1, 0.04], [1, 0.04], [1, 0.06], [-1, 0.06], [-1, 0.04]]]}  # fmt: skip
    assert touching({"a": square(0, 0), "b": cross}) == {frozenset("ab")}
    both = {"type": "MultiPolygon", "coordinates": [square(5, 5)["coordinates"], square(0.1, 0)["coordinates"]]}  # fmt: skip
    assert touching({"a": square(0, 0), "b": both}) == {frozenset("ab")}
