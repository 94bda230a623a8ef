"""Work reports as pages and files."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.petitions.test_lists import sent
from tests.petitions.test_work_reports import suggestion
from tests.web.browsing import Visitor
from tests.web.cases import DENUNCIATION, in_verification, registered
from tests.web.test_lists import shown
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def cells(page: Any) -> list[list[str]]:
    """The table of a report without its pictures."""
    return [
        [
            " ".join(each.text_content().split()).rpartition(": ")[2]
            for each in row.xpath("./th|./td")
        ][:-1]
        for row in page.root.xpath("//table//tr")
    ]


def test_a_report_before_anything_happened_teaches(visit: Visit, world: World) -> None:
    """It says what will stand there."""
    minh = visit(world.minh)
    for name in ("can-bo", "co-quan-nhan", "nhap-lieu"):
        assert "Chưa có gì trong kỳ này" in minh.open(f"/bao-cao/{name}").words
    assert minh.get("/bao-cao/khac").status_code == 404
    assert minh.get("/bao-cao/khac.xlsx").status_code == 404


def test_figures_lead_to_their_cases(visit: Visit, world: World) -> None:
    """Each linked figure opens a list of exactly that many."""
    for _ in range(3):
        suggestion(world)
    in_verification(world)
    gone = sent(world)
    minh = visit(world.minh)
    page = minh.open("/bao-cao")
    assert cells(page)[1][:2] == ["Phạm Văn An", "4"]
    links = page.root.xpath("//td/a")
    assert links
    for link in links:
        number = int(link.xpath("text()")[-1])
        assert len(shown(minh.open(link.get("href")))) == number
    transfers = minh.open("/bao-cao/co-quan-nhan")
    assert [row[:2] for row in cells(transfers)[1:]] == [["UBND xã Bảo Lâm", "1"], ["Cộng", "1"]]
    (link,) = transfers.root.xpath("//td/a/@href")
    assert shown(minh.open(link)) == [gone]


def test_pictures_are_drawn_without_style(visit: Visit, world: World) -> None:
    """Bars are as long as their figures, the longest full; the table says the same in numbers."""
    for _ in range(3):
        suggestion(world)
    suggestion(world, assignee="ha")
    page = visit(world.minh).open("/bao-cao")
    bars = page.root.xpath("//td/svg")
    widths = {
        row.xpath("./th")[0].text_content(): sum(
            int(piece.get("width")) for piece in row.xpath(".//rect")
        )
        for row in page.root.xpath("//tbody/tr")
    }
    assert widths == {"Phạm Văn An": 240, "Bùi Thị Hà": 80}
    assert all(bar.get("aria-hidden") == "true" for bar in bars)


def test_the_file_says_what_the_page_says(visit: Visit, world: World) -> None:
    """The same lines, sums and period, under a name without anybody's name."""
    suggestion(world)
    in_verification(world)
    minh = visit(world.minh)
    for name in ("can-bo", "nhap-lieu"):
        page = minh.open(f"/bao-cao/{name}?tu=01/11/2026&den=30/11/2026")
        (href,) = page.root.xpath("//a[text()='Tải tệp Excel']/@href")
        answer = minh.get(href)
        assert answer.headers["Content-Disposition"] == (
            f'attachment; filename="bao-cao-{name}-2026-11-01-2026-11-30.xlsx"'
        )
        book = openpyxl.load_workbook(BytesIO(answer.get_data()))
        rows = [
            ["" if value is None else str(value) for value in row]
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]
        assert rows == cells(page)


def test_a_period_that_cannot_be_is_told_at_the_field(visit: Visit, world: World) -> None:
    """An end before the beginning, a day that is none, a period too long, a name nobody knows."""
    minh = visit(world.minh)
    for query, field in (
        ("tu=20/11/2026&den=01/11/2026", "den"), ("tu=31/02/2026", "tu"),
        ("tu=01/01/2020&den=20/11/2026", "den"),
    ):  # fmt: skip
        assert set(minh.open(f"/bao-cao?{query}", 422).faults) == {field}
        assert minh.get(f"/bao-cao/can-bo.xlsx?{query}").status_code == 422
    early = minh.open("/bao-cao?tu=01/12/2026")
    assert early.root.xpath("//input[@name='den']/@value") == ["01/12/2026"]


@pytest.mark.parametrize("report", ["", "/can-bo", "/co-quan-nhan", "/nhap-lieu", "/can-bo.xlsx"])
def test_who_reads_reports(visit: Visit, world: World, report: str) -> None:
    """Those who answer for the work of others; and never more than they may open."""
    for reader, status in (
        (world.minh, 200), (world.dung, 200), (world.son, 200), (world.van, 200), (world.hoa, 200),
        (world.an, 403), (world.lan, 403), (world.giam, 403), (world.tam, 403), (None, 302),
    ):  # fmt: skip
        assert visit(reader).get(f"/bao-cao{report}").status_code == status


def test_a_denunciation_counts_for_who_may_open_it(visit: Visit, world: World) -> None:
    """The deputy's report of entries lacks it."""
    registered(world, DENUNCIATION)
    registered(world)
    assert cells(visit(world.minh).open("/bao-cao/nhap-lieu"))[-1][2] == "2"
    assert cells(visit(world.dung).open("/bao-cao/nhap-lieu"))[-1][2] == "1"
