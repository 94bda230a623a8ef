"""Narrative reports read back from their Word files: every figure is that of its table, nobody is named."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from docx import Document

from petitions.documents.narratives import figure, row, sentence
from petitions.errors import NotFound
from petitions.queries.narratives import (
    TOLD,
    Asked,
    Compared,
    figure_at,
    follow,
    narrative,
    signed_for,
)
from petitions.queries.statistics.figures import Figure, figures
from petitions.queries.statistics.spec import version_on
from petitions.services.narratives import follow_file, narrative_file
from petitions.services.registration import Person
from petitions.services.snapshots import SheetGiven, open_own
from tests.conftest import NOW, TODAY
from tests.petitions.test_report_sheets import signed
from tests.petitions.test_statistics import SUMMER, complaint, concluded, decided, denounced
from tests.web.browsing import Visitor
from tests.world import World
from workflows.scoring import Share
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]
NAMES = ("Nguyễn Văn Bí Mật", "Lò Thị Khiếu")


def work(world: World) -> None:
    """Two periods at An Bình: a settled and a waiting complaint now, a group, a denunciation; one in summer."""
    decided(world, "Đúng một phần")
    complaint(world, parties=(Person(name=NAMES[1]),), group_size=12)
    complaint(world, SUMMER)
    concluded(world, "Sai")
    denounced(world)


def rows_of(content: bytes) -> Iterator[list[str]]:
    """The cells of every lined table of a document."""
    for table in Document(io.BytesIO(content)).tables:
        for line in table.rows:
            yield [cell.text for cell in line.cells]


def words_of(content: bytes) -> str:
    """Everything a document says."""
    read = Document(io.BytesIO(content))
    cells = (text for line in rows_of(content) for text in line)
    return "\n".join([*(each.text for each in read.paragraphs), *cells])


def told(value: str) -> Figure | None:
    """A printed figure as a number."""
    return (
        None
        if value in ("–", "chưa ghi nhận")
        else Decimal(value.replace(".", "").replace(",", "."))
    )


@pytest.mark.parametrize(
    ("now", "before", "shown", "said"),
    [
        (12, 10, ["12", "10", "+2", "+20,0"], "- Đơn: 12, tăng 2 (20,0\u00a0%) so với cùng kỳ năm trước (10)."),
        (7, 9, ["7", "9", "-2", "-22,2"], "- Đơn: 7, giảm 2 (22,2\u00a0%) so với cùng kỳ năm trước (9)."),
        (5, 5, ["5", "5", "0", "0,0"], "- Đơn: 5, bằng cùng kỳ năm trước."),
        (3, 0, ["3", "0", "+3", "–"], "- Đơn: 3, tăng 3 so với cùng kỳ năm trước (0)."),
        (0, 0, ["0", "0", "0", "–"], "- Đơn: 0, bằng cùng kỳ năm trước."),
        (None, 4, ["chưa ghi nhận", "4", "–", "–"], "- Đơn: chưa ghi nhận."),
        (4, None, ["4", "–", "–", "–"], "- Đơn: 4."),
        (Decimal("1234.5"), 1000, ["1.234,5", "1.000", "+234,5", "+23,5"], "- Đơn: 1.234,5, tăng 234,5 (23,5\u00a0%) so với cùng kỳ năm trước (1.000)."),
    ],
)  # fmt: skip
def test_a_figure_beside_the_year_before(
    now: Figure | None, before: Figure | None, shown: list[str], said: str
) -> None:
    """Absolute and per cent, rounded half away from zero; against nothing there is no per cent."""
    line = Compared("Đơn", "01/XLD.1", now, before)
    found = row(line)
    assert [found[name] for name in ("now", "before", "change", "percent")] == shown
    assert sentence(line) == said


def test_every_figure_of_a_report_is_that_of_its_table(world: World) -> None:
    """Read back from the Word file, for the province and for a unit, this period and the one before."""
    work(world)
    unit = frozenset({world.agencies["an-binh"]})
    for among, reader in (
        (None, world.hoa),
        (unit, world.hoa),
        (world.minh.agency_ids, world.minh),
    ):
        asked = Asked("nam", 2026, among)
        content = narrative_file(narrative(reader, asked, TODAY), "trên địa bàn", actor=reader)
        seen, drawn = 0, {}
        for cells in rows_of(content):
            if len(cells) != 6 or "/" not in cells[5] or not cells[5][0].isdigit():
                continue
            place, seen = cells[5], seen + 1
            for days, printed in ((asked.window, cells[1]), (asked.before, cells[2])):
                key = (place.partition(".")[0], days)
                if key not in drawn:
                    table = version_on(days.last).tables[key[0]]
                    drawn[key] = figures(table, days, among=among, reader=reader)
                assert told(printed) == figure_at({key[0]: drawn[key]}, place), (place, printed)
        assert seen >= 40
        text = words_of(content)
        assert not [each for each in NAMES if each in text]
        for heading in ("BÁO CÁO", "DỰ THẢO", "Độc lập - Tự do - Hạnh phúc", "đơn vị tự ghi"):
            assert heading in text
        assert "Kỳ báo cáo chưa kết thúc: số liệu đến ngày 20/11/2026." in text
    facts = narrative(world.hoa, Asked("nam", 2026, None), TODAY).facts
    assert (facts.received, facts.mass, facts.people) == (3, 1, 12)
    assert sum(each.number for each in facts.fields) == 3
    assert facts.overdue.denominator == 0


def test_a_report_takes_the_signed_figures_and_says_so(visit: Visit, world: World) -> None:
    """What is entered after the signature changes the live tables, not a report made from the signed ones."""
    complaint(world, SUMMER)
    minh = world.minh
    asked = Asked("9-thang", 2026, frozenset({minh.agency_id}))
    given = SheetGiven("tt01-2024", ("01/TCD", "01/XLD"), *asked.window)
    uid = open_own(given, actor=minh, now=NOW)
    signed(uid, minh)
    complaint(world, SUMMER)
    assert signed_for(minh, asked, minh.agency_id, minh.agency_id) == uid
    assert signed_for(minh, asked, None, minh.agency_id) is None
    assert signed_for(minh, Asked("nam", 2026, None), minh.agency_id, minh.agency_id) is None
    address = "/bao-cao-loi-van?ky=9-thang&nam=2026&don_vi=an-binh"
    page = visit(minh).open(address)
    assert (
        "bản thống kê đã ký của UBND xã An Bình (lần 1, Trần Văn Minh ký ngày 20/11/2026"
        in page.words
    )
    content = narrative_file(
        narrative(minh, replace(asked, signed=uid), TODAY), "của xã", actor=minh
    )
    live = narrative_file(narrative(minh, asked, TODAY), "của xã", actor=minh)
    received = [
        next(cells[1] for cells in rows_of(each) if cells[-1] == "01/XLD.3")
        for each in (content, live)
    ]
    assert received == ["1", "2"]
    assert "không có trong bản đã ký" in words_of(content)
    assert "chưa phải bản thống kê đã ký" in words_of(live)
    assert "01/XLD.3" in visit(minh).open(f"{address}&nguon=hien-tai").words
    with pytest.raises(NotFound):
        narrative(world.khanh, replace(asked, signed=uid), TODAY)
    with pytest.raises(NotFound):
        narrative(minh, Asked("nam", 2026, asked.among, uid), TODAY)


def test_the_report_to_home_affairs_counts_what_the_scorecard_counts(world: World) -> None:
    """Shares by agency from the same place, rates from the figures beside them."""
    work(world)
    found = follow(world.hoa, Asked("nam", 2026, None), TODAY)
    content = follow_file(found, "trên địa bàn tỉnh", actor=world.hoa)
    text = words_of(content)
    assert "Kính gửi: Sở Nội vụ" in text
    assert "Tỷ lệ giải quyết khiếu nại thuộc thẩm quyền: 1/1 = 100,0\u00a0%." in text
    assert not [each for each in NAMES if each in text]
    shown = {cells[0]: cells[1:] for cells in rows_of(content) if len(cells) == 4}
    for lines in found.parts.values():
        for each in lines:
            assert each.share.denominator
    reception = {each.name: each.share for each in found.parts[next(iter(found.parts))]}
    assert shown["UBND xã An Bình"][:2] == [
        figure(reception["UBND xã An Bình"].denominator), "0",
    ]  # fmt: skip
    assert found.sums[next(iter(found.parts))] == sum(reception.values(), Share(0, 0))


def test_pages_and_files_of_the_report(visit: Visit, world: World) -> None:
    """Those who read the tables take the reports along; nobody else, and nobody another's unit."""
    work(world)
    minh = visit(world.minh)
    page = minh.open("/bao-cao-loi-van?ky=nam&nam=2026")
    assert "năm 2026" in page.words
    links = [each for each in page.links() if ".docx" in each]
    assert len(links) == 2
    for href in links:
        answer = minh.get(href)
        assert answer.status_code == 200
        assert "An Bình" in words_of(answer.data)
    idle = visit(world.khanh).get("/bao-cao-loi-van/so-noi-vu.docx")
    assert "không có vụ việc nào để tính tỷ lệ" in words_of(idle.data)
    assert minh.get("/bao-cao-loi-van").status_code == 200
    assert minh.get("/bao-cao-loi-van?don_vi=bao-lam").status_code == 422
    for wrong in ("ky=quy-2", "nam=x", "nam=1999", "don_vi=khong-co"):
        assert minh.get(f"/bao-cao-loi-van?{wrong}").status_code == 422
    for outsider in (world.binh, world.lan, world.tam):
        assert visit(outsider).get("/bao-cao-loi-van").status_code == 403
        assert visit(outsider).get("/bao-cao-loi-van/tep.docx").status_code == 403
        assert visit(outsider).get("/bao-cao-loi-van/so-noi-vu.docx").status_code == 403
    asked = Asked("nam", 2026, None)
    assert signed_for(world.hoa, asked, None, world.hoa.agency_id) is None
    with pytest.raises(NotFound):
        narrative(world.hoa, replace(asked, signed="x" * 32), TODAY)
    assert [Asked(each, 2026, None).text for each in TOLD] == [
        "quý I năm 2026", "6 tháng đầu năm 2026", "9 tháng năm 2026", "năm 2026",
    ]  # fmt: skip
