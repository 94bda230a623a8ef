"""Statistical tables as pages and files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import openpyxl

from tests.petitions.test_statistics import accepted, complaint, concluded, decided, denounced
from tests.web.browsing import Page, Visitor
from tests.web.cases import registered
from tests.web.test_lists import shown
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]
TODAY_IN_WINDOW = date(2026, 11, 20)


def figures(page: Page) -> list[list[str]]:
    """Lines of the table: unit, then figures."""
    return [
        [
            " ".join(cell.text_content().split()).rpartition(": ")[2]
            for cell in row.xpath("./th|./td")
        ]
        for row in page.root.xpath("//div[contains(@class, 'official')]//tbody/tr")
    ]


def test_this_quarters_table_and_the_cases_behind_it(visit: Visit, world: World) -> None:
    """The current circular where nothing is said; a figure opens exactly its cases."""
    codes = [registered(world) for _ in range(3)]
    minh = visit(world.minh)
    page = minh.open("/thong-ke")
    assert "Biểu 01/XLD" in page.words
    assert "Thông tư 01/2024/TT-TTCP" in page.words
    assert "Số liệu từ 15/09/2026 đến 14/12/2026" in page.words
    (line,) = figures(page)
    assert line[:6] == ["UBND xã An Bình", "3", "0", "3", "0", "3"]
    links = page.root.xpath("//div[contains(@class, 'official')]//tbody//td/a/@href")
    assert len(links) == 3
    for link in links:
        assert sorted(shown(minh.open(link))) == sorted(codes)


def test_every_table_opens_in_both_versions(visit: Visit, world: World) -> None:
    """With its heading, its numbers and how each column is counted."""
    decided(world, "xong")
    concluded(world, "Tố cáo đúng")
    hoa = visit(world.hoa)
    for version, names in (
        ("tt01-2024", ("01/TCD", "01/XLD", "04/XLD", "01/KQGQ", "03/KQGQ", "04/KQGQ")),
        ("tt02-2021", ("02/TCD", "02/XLD", "03/XLD", "02/KQGQ")),
    ):
        for name in names:
            page = hoa.open(f"/thong-ke?bieu={name}&mau={version}")
            root = page.root
            columns = len(root.xpath("//details//tbody/tr"))
            numbers = [int(each.text) for each in root.xpath("//tr[@class='numbers']/th")[1:]]
            assert numbers == list(range(1, columns + 1))
            wide = sum(
                int(cell.get("colspan", 1))
                for cell in root.xpath("//div[contains(@class, 'official')]//thead/tr[1]/th")
            )
            assert wide == columns + 1
    page = hoa.open("/thong-ke?bieu=01/KQGQ")
    assert "chưa ghi rõ kết quả" in page.words
    (link,) = [each for each in page.links() if "cot=unclear" in each]
    assert len(shown(hoa.open(link))) == 1


def test_what_cannot_be_asked(visit: Visit, world: World) -> None:
    """Another unit, a table the circular lacks, days out of order; other roles see no table at all."""
    minh = visit(world.minh)
    for query in (
        "don_vi=bao-lam",
        "don_vi=khong-co",
        "bieu=02/TCD",
        "tu=20/11/2026&den=01/11/2026",
        "tu=x",
    ):
        page = minh.open(f"/thong-ke?{query}", 422)
        assert page.faults
    assert minh.get("/thong-ke/ho-so?cot=99").status_code == 404
    assert minh.get("/thong-ke/ho-so?bieu=02/KQGQ&cot=16").status_code == 404
    for stranger in (world.an, world.tam, world.giam, world.lan):
        for path in ("/thong-ke", "/thong-ke/ho-so?cot=1", "/thong-ke.xlsx"):
            assert visit(stranger).get(path).status_code == 403
    assert visit(world.phuc).open("/thong-ke?don_vi=bao-lam")


def test_a_denunciation_counts_and_stays_shut(visit: Visit, world: World) -> None:
    """The deputy reads the official figure; its list says that it holds less."""
    code = denounced(world)
    for reader, codes in ((world.dung, []), (world.minh, [code])):
        visitor = visit(reader)
        page = visitor.open("/thong-ke?bieu=03/XLD")
        (line,) = figures(page)
        assert line[1] == "1"
        link = page.root.xpath("//div[contains(@class, 'official')]//tbody//td/a/@href")[0]
        behind = visitor.open(link)
        assert f"Danh sách gồm {len(codes)} hồ sơ" in behind.words
        assert (code in behind.text) is bool(codes)


def test_the_file_has_the_official_shape(visit: Visit, world: World) -> None:
    """Headings merged over their columns, numbers below, a line a unit, the sum, two signatures."""
    accepted(world)
    complaint(world)
    hoa = visit(world.hoa)
    page = hoa.open("/thong-ke?bieu=02/XLD")
    (href,) = page.root.xpath("//a[text()='Tải tệp Excel theo mẫu']/@href")
    answer = hoa.get(href)
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="bieu-02-xld-2026-09-15-2026-12-14.xlsx"'
    )
    sheet = openpyxl.load_workbook(BytesIO(answer.get_data())).worksheets[0]
    merged = {str(each) for each in sheet.merged_cells.ranges}
    assert sheet["A3"].value == "KẾT QUẢ XỬ LÝ ĐƠN KHIẾU NẠI"
    assert "A3:AB3" in merged
    assert sheet["A6"].value == "Đơn vị"
    assert "A6:A9" in merged
    assert sheet["B6"].value == "Tổng số đơn phải xử lý"
    assert {"B6:D6", "B7:B9", "J6:T6", "J8:M8", "U6:Z6", "AA6:AA9", "AB6:AB9"} <= merged
    numbers = [cell.value for cell in sheet[10]]
    assert numbers == ["MS", *range(1, 27), None]
    body = {row[0].value: [cell.value for cell in row[1:27]] for row in sheet.iter_rows(min_row=11)}
    assert body["UBND xã An Bình"][:4] == [2, 0, 2, 1]
    assert body["Tổng"] == [
        sum(values) for values in zip(*(v for k, v in body.items() if str(k).startswith(("UBND", "Sở", "Thanh"))), strict=True)
    ]  # fmt: skip
    texts = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"NGƯỜI LẬP BIỂU", "THỦ TRƯỞNG ĐƠN VỊ", "Biểu số: 02/XLD"} <= texts
    assert sheet.print_title_rows == "$6:$10"
    assert sheet.page_setup.orientation == "landscape"
    assert not any(str(cell.value).startswith("=") for row in sheet.iter_rows() for cell in row)
