"""Registers kept elsewhere: every row ends somewhere, and nothing is written twice."""

from __future__ import annotations

import csv
import gzip
import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from config.database import db, transaction
from config.settings import ROOT
from petitions.ledger.chain import GENESIS
from petitions.models import (
    Agency,
    BlindIndex,
    CalendarDay,
    CalendarYear,
    Case,
    CaseText,
    Deadline,
    Event,
    Field,
    NumberBook,
    Party,
    Petition,
    Place,
    SealedIdentity,
    User,
)
from petitions.queries.search import search
from petitions.services.acts import perform
from petitions.services.imports import run as running
from petitions.services.imports.mapping import BadMapping, Mapping, read_mapping
from petitions.services.imports.run import Counts, choose_mapping, run
from petitions.services.imports.suggest import suggest
from petitions.services.imports.tables import Unreadable
from petitions.services.operator import USERNAME
from tests.conftest import NOW, TODAY
from tests.world import World
from workflows.vocabulary import Action, Coarse, Kind, State, Step

EXCERPT = Path(__file__).parents[1] / "data" / "casework-excerpt.csv"
SHIPPED = ROOT / "config" / "import"
REPEATED = 5
"""Rows of the excerpt whose key stood in the file before."""

MAPPING = """
id = "so"
kind = { column = "Loại", values = { "Phản ánh" = "feedback", "TC" = "denunciation", "KN" = "complaint" } }
[file]
dates = ["%d/%m/%Y"]
[columns]
key = "Số"
received = "Ngày nhận"
closed = "Xong"
petitioner = "Người gửi"
phone = "Điện thoại"
birth_year = "Năm sinh"
summary = "Nội dung"
content = ["Nội dung", "Ghi chú"]
[agency]
column = "Đơn vị"
values = { "UBND xã" = "an-binh" }
[field]
column = "Lĩnh vực"
missing = "create"
under = "dat-dai"
[place]
column = "Nơi"
"""
HEADER = ["Số", "Loại", "Đơn vị", "Ngày nhận", "Xong", "Người gửi", "Điện thoại", "Năm sinh",
          "Nội dung", "Ghi chú", "Lĩnh vực", "Nơi"]  # fmt: skip
ROW = ["1", "Phản ánh", "ubnd  XÃ", "20/10/2026", "", "Lò Văn Mẫu", "0912 345 678", "1970",
       "Đường hỏng", "gấp", "Ranh giới", "99001"]  # fmt: skip


def row(**changes: str) -> list[str]:
    """A sound row but for ``changes`` (by column title with _ for spaces)."""
    cells = dict(zip(HEADER, ROW, strict=True))
    cells.update({title.replace("_", " "): value for title, value in changes.items()})
    return list(cells.values())


def mapping(folder: Path, text: str = MAPPING) -> Mapping:
    path = folder / "map.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def take(
    folder: Path, rows: Sequence[Sequence[str]], text: str = MAPPING, now: datetime = NOW
) -> tuple[Counts, list[dict[str, str]]]:
    """Import ``rows``; the counts and the report."""
    source, report = folder / "so.csv", folder / "report.csv"
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    counts = run(source, mapping(folder, text), now=now, report=report)
    with report.open(encoding="utf-8", newline="") as stream:
        return counts, list(csv.DictReader(stream))


def numbers(counts: Counts) -> tuple[int, int, int, int]:
    assert counts.rows == (counts.imported + counts.updated + counts.unchanged + counts.rejected)
    return counts.imported, counts.updated, counts.unchanged, counts.rejected


def only_case() -> Case:
    db.session.rollback()
    return db.session.execute(select(Case)).scalar_one()


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- the genuine register --------------------------------------------------------------------


def test_genuine_rows_become_whole_cases(world: World) -> None:
    """Open cases with their clocks, closed ones without; codes gap-free from each office's book."""
    counts = run(EXCERPT, read_mapping(SHIPPED / "nyc-council.toml"), now=NOW)
    assert numbers(counts) == (115 - REPEATED, 0, 0, REPEATED)
    cases = db.session.scalars(select(Case).order_by(Case.id)).all()
    assert {case.kind for case in cases} == {Kind.FEEDBACK}
    still_open = [case for case in cases if case.open]
    assert len(still_open) == 14
    assert {case.state for case in still_open} == {State.RECEIVED}
    assert {case.coarse for case in cases if not case.open} == {Coarse.RESOLVED}
    assert all(case.closed_on is None for case in still_open)
    clocks = {row.case_id: row for row in db.session.scalars(select(Deadline))}
    assert set(clocks) == {case.id for case in still_open}
    for case in still_open:
        clock = clocks[case.id]
        assert (clock.step, clock.trigger_on) == (Step.RESULT_NOTICE, case.received_on)
        assert case.next_due == clock.due
        assert clock.provisional
    for model in (CaseText, Petition, Event):
        assert count(model) == len(cases)
    for event in db.session.scalars(select(Event)):
        assert (event.seq, event.action, event.prev_hash) == (1, "import", GENESIS)
    agencies = {
        agency.id: agency for agency in db.session.scalars(select(Agency).where(Agency.imported))
    }
    assert {event.agency_id for event in db.session.scalars(select(Event))} == set(agencies)
    by_book: dict[tuple[int, int], list[int]] = {}
    for case in cases:
        prefix, year, number, _ = case.code.split("-")
        assert agencies[case.agency_id].book_prefix == prefix
        assert int(year) == case.received_on.year
        by_book.setdefault((case.agency_id, int(year)), []).append(int(number))
    assert all(found == list(range(1, len(found) + 1)) for found in by_book.values())
    books = db.session.execute(select(NumberBook).where(NumberBook.book == "case")).scalars()
    assert {(book.agency_id, book.year): book.last for book in books} == {
        key: len(found) for key, found in by_book.items()
    }


def test_what_the_register_lacks_rejects_nothing(world: World) -> None:
    """No district: unknown place. No type: chưa phân loại. What was made is marked imported."""
    run(EXCERPT, read_mapping(SHIPPED / "nyc-council.toml"), now=NOW)
    with EXCERPT.open(encoding="utf-8", newline="") as stream:
        first = {}
        for each in csv.DictReader(stream):
            first.setdefault(each["unique_key"], each)
    without = sum(not each["council_dist"] for each in first.values())
    nowhere = select(func.count(Case.id)).where(Case.place_id.is_(None))
    assert db.session.scalar(nowhere) == without > 5
    untyped = sum(not each["complaint_type"] for each in first.values())
    unclassified = select(func.count(Case.id)).join(Field).where(Field.code == "chua-phan-loai")
    assert db.session.scalar(unclassified) == untyped > 5
    made = db.session.scalars(select(Place).where(Place.imported)).all()
    assert {place.kind for place in made} == {"khu vực hội đồng"}
    fields = db.session.scalars(select(Field).where(Field.imported)).all()
    assert {(field.level, field.statistic) for field in fields} == {(2, "other")}


def test_the_same_file_twice_writes_nothing_the_second_time(world: World) -> None:
    shipped = read_mapping(SHIPPED / "nyc-council.toml")
    run(EXCERPT, shipped, now=NOW)
    before = {model: count(model) for model in (Case, Event, Agency, Place, Field, User)}
    again = run(EXCERPT, shipped, now=NOW)
    assert numbers(again) == (0, 0, 115 - REPEATED, REPEATED)
    assert before == {model: count(model) for model in before}


def test_a_broken_off_import_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that were committed stay whole; the codes run on without a gap."""
    shipped = read_mapping(SHIPPED / "nyc-council.toml")
    monkeypatch.setattr(running, "BATCH", 20)
    calls = itertools.count()

    def power_cut(_done: int, _size: int | None) -> None:
        if next(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(EXCERPT, shipped, now=NOW, progress=power_cut)
    done = count(Case)
    assert 50 <= done <= 60
    assert count(Event) == count(CaseText) == count(Petition) == done
    rest = run(EXCERPT, shipped, now=NOW)
    assert rest.unchanged == done
    assert count(Case) == 115 - REPEATED
    given = sum(db.session.scalars(select(NumberBook.last).where(NumberBook.book == "case")).all())
    assert given == 115 - REPEATED


def test_a_dry_run_counts_and_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one batch would have made is unknown to the next, as it must be."""
    monkeypatch.setattr(running, "BATCH", 20)
    before = {model: count(model) for model in (Case, Event, Agency, Place, Field, User)}
    counts = run(EXCERPT, read_mapping(SHIPPED / "nyc-council.toml"), now=NOW, dry_run=True)
    assert numbers(counts) == (115 - REPEATED, 0, 0, REPEATED)
    assert before == {model: count(model) for model in before}
    assert count(NumberBook) == 0


def test_the_report_can_be_mended_and_imported(world: World, tmp_path: Path) -> None:
    """The repeated rows with new keys; the report's own columns are no trouble."""
    shipped, report = read_mapping(SHIPPED / "nyc-council.toml"), tmp_path / "report.csv"
    run(EXCERPT, shipped, now=NOW, report=report)
    with report.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    with EXCERPT.open(encoding="utf-8", newline="") as stream:
        keys = [line["unique_key"] for line in csv.DictReader(stream)]
    assert len(lines) == REPEATED
    for line in lines:
        number, key = int(line["row"]), line["unique_key"]
        assert keys[number - 2] == key
        assert line["column"] == "unique_key"
        assert line["reason"].startswith(f"repeated key, first at row {keys.index(key) + 2}")
    mended = tmp_path / "mended.csv"
    with mended.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, lines[0])
        writer.writeheader()
        writer.writerows(line | {"unique_key": f"{line['unique_key']}-b"} for line in lines)
    assert numbers(run(mended, shipped, now=NOW, report=report)) == (REPEATED, 0, 0, 0)
    assert report.read_text(encoding="utf-8").count("\n") == 1


def test_compressed_and_sheet_say_the_same(world: World, tmp_path: Path) -> None:
    shipped = read_mapping(SHIPPED / "nyc-council.toml")
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(EXCERPT.read_bytes()))
    assert numbers(run(packed, shipped, now=NOW)) == (115 - REPEATED, 0, 0, REPEATED)
    book = Workbook()
    sheet = book.create_sheet("Sổ 2018")
    with EXCERPT.open(encoding="utf-8", newline="") as stream:
        for number, cells in enumerate(csv.reader(stream)):
            if number == 1:
                sheet.append([None])  # a blank line under the titles
            if number:
                cells[2:4] = [date.fromisoformat(cell) if cell else None for cell in cells[2:4]]  # type: ignore[call-overload]
                cells[6] = int(cells[6]) if cells[6].isdecimal() and cells[6][0] != "0" else cells[6]  # type: ignore[call-overload]  # fmt: skip
            sheet.append(cells)
    book.save(tmp_path / "a.xlsx")
    chosen = replace(shipped, layout=replace(shipped.layout, sheet="Sổ 2018"))
    assert numbers(run(tmp_path / "a.xlsx", chosen, now=NOW)) == (
        0, 0, 115 - REPEATED, REPEATED,
    )  # fmt: skip
    wrong = replace(shipped, layout=replace(shipped.layout, sheet="Sổ 2019"))
    with pytest.raises(Unreadable, match="trang"):
        run(tmp_path / "a.xlsx", wrong, now=NOW)


def test_imported_cases_are_found_by_those_in_scope(world: World) -> None:
    """In the province's reach once the offices stand under it; a stranger sees nothing."""
    run(EXCERPT, read_mapping(SHIPPED / "nyc-council.toml"), now=NOW)
    assert search(world.hoa, "housing and buildings")
    assert search(world.binh, "housing and buildings") == ()


# --- a register of our own -------------------------------------------------------------------


def test_a_row_of_words_becomes_a_case(world: World, tmp_path: Path) -> None:
    counts, report = take(tmp_path, [row()])
    assert numbers(counts) == (1, 0, 0, 0)
    assert report == []
    case = only_case()
    assert case.code.startswith("AB-2026-000001-")
    assert (case.summary, case.received_on) == ("Đường hỏng", date(2026, 10, 20))
    assert case.place_id == world.places["99001"]
    field = db.session.get_one(Field, case.field_id)
    assert (field.name, field.level, field.statistic, field.imported) == ("Ranh giới", 3, "land", True)  # fmt: skip
    person = db.session.execute(select(Party)).scalar_one()
    assert (person.name, person.phone, person.birth_year) == ("Lò Văn Mẫu", "0912 345 678", 1970)
    text = db.session.get_one(CaseText, case.id)
    assert text.content == "Nội dung: Đường hỏng\nGhi chú: gấp"
    assert [line.code for line in search(world.lan, "lo van mau")] == [case.code]
    event = db.session.execute(select(Event)).scalar_one()
    actor = db.session.get_one(User, event.actor_id)
    assert (actor.username, actor.disabled_at is None) == (USERNAME, False)
    assert event.agency_id == case.agency_id == world.agencies["an-binh"]


UNFIT: list[tuple[dict[str, str], str]] = [
    ({"Số": " "}, "Số"),
    ({"Số": "x" * 120}, "Số"),
    ({"Ngày_nhận": ""}, "Ngày nhận"),
    ({"Ngày_nhận": "31/02/2026"}, "Ngày nhận"),
    ({"Ngày_nhận": "21/11/2026"}, "Ngày nhận"),
    ({"Xong": "19/10/2026"}, "Xong"),
    ({"Xong": "21/11/2026"}, "Xong"),
    ({"Loại": "đơn lạ"}, "Loại"),
    ({"Đơn_vị": ""}, "Đơn vị"),
    ({"Đơn_vị": "Sở lạ"}, "Đơn vị"),
    ({"Nơi": "Xã lạ"}, "Nơi"),
    ({"Năm_sinh": "xưa"}, "Năm sinh"),
    ({"Điện_thoại": "0" * 31}, "Điện thoại"),
    ({"Nội_dung": "a\x07b"}, "Nội dung"),
    ({"Ghi_chú": "á" * 100_001}, "Nội dung"),
]


def test_an_unfit_row_is_rejected_at_its_column(world: World, tmp_path: Path) -> None:
    """The rows beside it are taken; the report holds each as it stood."""
    unfit = [row(**{"Số": f"b{index}"} | changes) for index, (changes, _) in enumerate(UNFIT)]
    counts, report = take(tmp_path, [row(Số="first"), *unfit, row(Số="last")])
    assert numbers(counts) == (2, 0, 0, len(UNFIT))
    assert [(int(line["row"]), line["column"]) for line in report] == [
        (index + 3, column) for index, (_, column) in enumerate(UNFIT)
    ]
    assert all(line["reason"] for line in report)
    assert [[line[title] for title in HEADER] for line in report] == unfit


def test_an_open_case_of_a_year_without_calendar_is_rejected(world: World, tmp_path: Path) -> None:
    """Alone: the rows of its batch are taken, and a closed case needs no calendar."""
    with transaction() as session:
        session.query(CalendarDay).filter(CalendarDay.year == 2025).delete()
        session.query(CalendarYear).filter(CalendarYear.year == 2025).delete()
    rows = [
        row(Số="1"),
        row(Số="2", Ngày_nhận="05/05/2025"),
        row(Số="3", Ngày_nhận="05/05/2025", Xong="06/05/2025"),
    ]
    counts, report = take(tmp_path, rows)
    assert numbers(counts) == (2, 0, 0, 1)
    assert [(line["row"], line["column"]) for line in report] == [("3", "Ngày nhận")]
    assert "2025" in report[0]["reason"]


def test_the_first_row_of_a_key_wins(world: World, tmp_path: Path) -> None:
    """Even when that one is rejected itself."""
    rows = [row(), row(Nội_dung="khác"), row(Số="2", Loại="lạ"), row(Số="2")]
    marked = [row(Số="Hồ"), row(Số=unicodedata.normalize("NFD", "Hồ\u200b"))]
    counts, report = take(tmp_path, [*rows, *marked])
    assert numbers(counts) == (2, 0, 0, 4)
    assert (
        db.session.scalar(select(Case.summary).where(Case.imported_key == "so:1")) == "Đường hỏng"
    )
    assert [line["reason"][:30] for line in report if "repeated" in line["reason"]] == [
        "repeated key, first at row 2 (",
        "repeated key, first at row 4 (",
        "repeated key, first at row 6 (",
    ]


def test_a_name_several_places_bear_is_not_chosen(world: World, tmp_path: Path) -> None:
    with transaction() as session:
        session.add(Place(code="98001", name="Xã An Bình", folded_name="xa an binh", kind="xã",
                          valid_from=date(2025, 7, 1)))  # fmt: skip
    counts, report = take(tmp_path, [row(Nơi="xã an bình"), row(Số="2", Nơi="Xã Bảo Lâm")])
    assert numbers(counts) == (1, 0, 0, 1)
    assert report[0]["column"] == "Nơi"
    assert only_case().place_id == world.places["99002"]


def test_a_remote_commune_counts_as_on_the_day_of_receipt(world: World, tmp_path: Path) -> None:
    take(
        tmp_path,
        [row(Nơi="99003"), row(Số="2", Nơi="99003", Ngày_nhận="30/06/2025", Xong="01/07/2025")],
    )
    remote = {each.received_on: each.remote for each in db.session.scalars(select(Case))}
    assert remote == {date(2026, 10, 20): True, date(2025, 6, 30): False}


def test_a_denouncer_is_sealed(world: World, tmp_path: Path) -> None:
    """Nothing of him stands in clear; a text that names him is refused."""
    rows = [
        row(Loại="TC", Người_gửi="Giàng A Chứng"),
        row(Số="2", Loại="TC", Người_gửi="Giàng A Chứng", Ghi_chú="giang a chung báo"),
        row(Số="3", Loại="TC", Người_gửi=""),
    ]
    counts, report = take(tmp_path, rows)
    assert numbers(counts) == (2, 0, 0, 1)
    assert report[0]["column"] == "Nội dung"
    person = db.session.execute(select(Party)).scalar_one()
    assert person.sealed
    assert {person.name, person.folded_name, person.phone, person.birth_year} == {None}
    assert count(SealedIdentity) == 1
    assert count(BlindIndex) == 3
    texts = " ".join(db.session.scalars(select(CaseText.search)).all())
    assert "giang" not in texts
    first = db.session.scalars(select(Case).order_by(Case.id)).first()
    assert first is not None
    assert first.next_step == Step.INITIAL_PROCESSING


# --- rows that changed -----------------------------------------------------------------------


def test_a_changed_row_corrects_its_case(world: World, tmp_path: Path) -> None:
    """One more event with before and after; the clock moves instead of starting twice."""
    take(tmp_path, [row()])
    changed = row(Nội_dung="Đường sụt", Ngày_nhận="21/10/2026", Nơi="", Người_gửi="Lò Thị Mẫu")
    counts, _ = take(tmp_path, [changed])
    assert numbers(counts) == (0, 1, 0, 0)
    case = only_case()
    assert (case.summary, case.received_on, case.place_id, case.state) == (
        "Đường sụt", date(2026, 10, 21), None, State.RECEIVED,
    )  # fmt: skip
    clock = db.session.execute(select(Deadline)).scalar_one()
    assert (clock.trigger_on, clock.version) == (date(2026, 10, 21), 2)
    first, second = db.session.scalars(select(Event).order_by(Event.seq)).all()
    assert second.prev_hash == first.hash
    assert set(second.data["changed"]) == {"place_id", "received_on", "summary"}
    assert db.session.execute(select(Party.name)).scalar_one() == "Lò Thị Mẫu"
    assert [line.code for line in search(world.lan, "duong sut")] == [case.code]
    assert search(world.lan, "duong hong") == ()
    assert numbers(take(tmp_path, [changed])[0]) == (0, 0, 1, 0)


def test_the_register_closes_and_opens_again(world: World, tmp_path: Path) -> None:
    take(tmp_path, [row()])
    take(tmp_path, [row(Xong="01/11/2026")])
    case = only_case()
    assert (case.state, case.open, case.closed_on) == (State.CLOSED, False, date(2026, 11, 1))
    assert db.session.execute(select(Deadline.closed_on)).scalar_one() == date(2026, 11, 1)
    take(tmp_path, [row(Xong="02/11/2026")])
    assert only_case().closed_on == date(2026, 11, 2)
    assert numbers(take(tmp_path, [row()])[0]) == (0, 1, 0, 0)
    case = only_case()
    assert (case.state, case.open, case.closed_on) == (State.RECEIVED, True, None)
    running_clocks = select(func.count(Deadline.id)).where(Deadline.state == "running")
    assert db.session.scalar(running_clocks) == 1
    assert case.next_step == Step.RESULT_NOTICE
    states = select(Event.state_from, Event.state_to).order_by(Event.seq)
    assert [tuple(each) for each in db.session.execute(states)] == [
        (None, "received"), ("received", "closed"), ("closed", "closed"), ("closed", "received"),
    ]  # fmt: skip


def test_a_case_people_work_on_is_theirs(world: World, tmp_path: Path) -> None:
    """From the first act here the foreign register changes nothing any more."""
    take(tmp_path, [row()])
    case = only_case()
    perform(
        case.code, Action.CLASSIFY, {}, version=case.version, on=TODAY, actor=world.lan, now=NOW
    )
    counts, report = take(tmp_path, [row(Nội_dung="khác")])
    assert numbers(counts) == (0, 0, 0, 1)
    assert case.code in report[0]["reason"]
    assert only_case().summary == "Đường hỏng"
    assert numbers(take(tmp_path, [row()])[0]) == (0, 0, 1, 0)


def test_kind_and_agency_do_not_change_by_import(world: World, tmp_path: Path) -> None:
    text = MAPPING.replace('"UBND xã" = "an-binh"', '"UBND xã" = "an-binh", "Sở" = "so-nnmt"')
    take(tmp_path, [row(), row(Số="2"), row(Số="3", Loại="TC", Người_gửi="")], text)
    changed = [row(Loại="KN"), row(Số="2", Đơn_vị="Sở"), row(Số="3", Loại="TC", Người_gửi="", Ghi_chú="thêm")]  # fmt: skip
    counts, report = take(tmp_path, changed, text)
    assert numbers(counts) == (0, 0, 0, 3)
    assert [line["column"] for line in report] == ["Loại", "Đơn vị", "Số"]
    assert count(Event) == 3


# --- files and mappings that cannot be used --------------------------------------------------


SOUND = ",".join(HEADER) + "\n" + ",".join(ROW)
UNREADABLE = {
    "empty": b"",
    "titles only": ",".join(HEADER).encode() + b"\n\n",
    "other titles": "Số,Loại\n1,2\n".encode(),
    "utf-16 without a mark": SOUND.encode("utf-16-le"),
    "a stray byte at the end": SOUND.encode() + b"\xff",
    "cut off": gzip.compress(SOUND.encode())[:-9],
    "an open quotation mark": SOUND.encode() + b'\n"' + b"x" * 1_100_000,
}


def test_an_unreadable_file_writes_nothing(world: World, tmp_path: Path) -> None:
    """Found out before the first row is written, however late in the file the fault stands."""
    source = tmp_path / "so.csv"
    for name, content in UNREADABLE.items():
        source.write_bytes(content)
        with pytest.raises(Unreadable) as error:
            run(source, mapping(tmp_path), now=NOW, report=tmp_path / "report.csv")
        assert all(where.startswith("so.csv") for where in error.value.fields), name
        assert count(Case) == 0, name
        assert not list(tmp_path.glob("*report.csv*")), name
    assert count(User) == len(world.users)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('id = "so"', 'id = "Sổ mới"'),
        ('id = "so"', ""),
        ('key = "Số"\n', ""),
        ('closed = "Xong"', 'ended = "Xong"'),
        ('"%d/%m/%Y"', '"%d/%m"'),
        ('"feedback"', '"letter"'),
        ('missing = "create"', 'missing = "guess"'),
        ('column = "Đơn vị"\n', ""),
        ("[place]", "[[place]]"),
        ("[place]", "[place"),
    ],
)
def test_a_wrong_mapping_names_its_line(tmp_path: Path, old: str, new: str) -> None:
    assert old in MAPPING
    with pytest.raises(BadMapping) as error:
        mapping(tmp_path, MAPPING.replace(old, new, 1))
    assert all(where.startswith("map.toml:") for where in error.value.fields)


def test_the_shipped_mapping_is_chosen_by_its_columns(tmp_path: Path) -> None:
    assert choose_mapping(EXCERPT, SHIPPED).id == "nyc-council"
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    with pytest.raises(Unreadable, match="--mapping"):
        choose_mapping(other, SHIPPED)


def test_other_ways_to_write_a_file(world: World, tmp_path: Path) -> None:
    """Semicolons, a byte order mark, title lines above, UTF-16, titles spelt otherwise."""
    lines = ["SỔ THEO DÕI;;;;;;;;;;;", ";".join(HEADER).upper(), ";".join(row())]
    text = MAPPING.replace("[file]", "[file]\nheader_row = 2")
    for number, encoding in enumerate(("utf-8-sig", "utf-16")):
        source = tmp_path / f"{number}.csv"
        source.write_bytes("\r\n".join(lines).encode(encoding))
        counts = run(source, mapping(tmp_path, text), now=NOW)
        assert numbers(counts) == ((0, 0, 1, 0) if number else (1, 0, 0, 0))


# --- suggestions -----------------------------------------------------------------------------


def test_a_suggestion_reads_and_imports(world: World, tmp_path: Path) -> None:
    path = tmp_path / "first.toml"
    path.write_text(suggest(EXCERPT).replace('"casework-excerpt"', '"first"'), encoding="utf-8")
    suggested = read_mapping(path)
    assert suggested.columns["closed"] == "closedate"
    assert suggested.agency.column == "account"
    assert suggested.columns["key"] == "unique_key"
    assert numbers(run(EXCERPT, suggested, now=NOW)) == (115 - REPEATED, 0, 0, REPEATED)


def test_a_suggestion_understands_vietnamese_titles(tmp_path: Path) -> None:
    source = tmp_path / "so.csv"
    rows = [row(), row(Số="2", Loại="Tố cáo", Xong="01/11/2026")]
    with source.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([HEADER, *rows])
    path = tmp_path / "first.toml"
    path.write_text(suggest(source), encoding="utf-8")
    suggested = read_mapping(path)
    assert suggested.dates == ("%d/%m/%Y",)
    assert suggested.layout.delimiter == ";"
    assert suggested.columns == {
        "key": "Số", "received": "Ngày nhận", "closed": "Xong", "petitioner": "Người gửi",
        "phone": "Điện thoại", "birth_year": "Năm sinh",
    }  # fmt: skip
    assert suggested.kinds == {"phan anh": Kind.FEEDBACK, "to cao": Kind.DENUNCIATION}
    assert (suggested.agency.column, suggested.field.column) == ("Đơn vị", "Lĩnh vực")


def test_without_days_there_is_nothing_to_suggest(tmp_path: Path) -> None:
    source = tmp_path / "so.csv"
    source.write_text("a,b\n1,2\n")
    with pytest.raises(Unreadable, match="ngày nhận"):
        suggest(source)


def test_days_are_counted_from_the_imports_own_day(world: World, tmp_path: Path) -> None:
    """What is received after ``now`` cannot have happened, whatever the machine's clock says."""
    early = datetime(2026, 10, 19, 2, 0, tzinfo=UTC)
    assert numbers(take(tmp_path, [row()], now=early)[0]) == (0, 0, 0, 1)
    assert numbers(take(tmp_path, [row()])[0]) == (1, 0, 0, 0)
