"""The filter panel, chosen columns and the Excel file of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlalchemy import select

from config.database import db
from petitions.models import Place
from petitions.queries.case_filters import Filters, Lateness, Side
from petitions.queries.cases import queue
from petitions.queries.columns import ORDINARY, Column
from petitions.web.case_rows import NO_SENDER, SEALED_SENDER, cell, in_words
from petitions.web.list_panel import COLUMNS, LATENESS, NAMES, SIDES
from tests.conftest import TODAY
from tests.web.browsing import Page, Visitor
from tests.web.cases import DENUNCIATION, LATE, in_verification, registered
from tests.world import World, field_id
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def shown(page: Page) -> list[str]:
    """Codes of the page's list, in its order."""
    return [
        link.rpartition("/")[2]
        for link in page.links()
        if link.startswith(("/ho-so/AB-", "/ho-so/SL-"))
    ]


def asked_of(page: Page) -> dict[str, str]:
    """The panel as a browser without script would send it."""
    form = next(each for each in page.root.xpath("//form") if each.method == "GET")
    return {name: value for name, value in form.form_values() if name != "cols"}


def file_of(visitor: Visitor, page: Page) -> tuple[list[list[Any]], list[list[Any]]]:
    """The rows of both sheets of the Excel file a list offers."""
    (href,) = page.root.xpath("//a[text()='Tải tệp Excel']/@href")
    answer = visitor.get(href)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    book = openpyxl.load_workbook(BytesIO(answer.get_data()))
    return [[list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets]  # type: ignore[return-value]


def test_the_panel_sends_what_it_shows(visit: Visit, world: World) -> None:
    """Filling it in, reading it back, and the words above the list all say the same."""
    land = registered(world, received_on=TODAY - timedelta(days=20), late_reason=LATE)
    registered(world, field_code="o-nhiem")
    minh = visit(world.minh)
    first = minh.open("/ho-so")
    typed = asked_of(first) | {
        "field_id": str(field_id("dat-dai")),
        "lateness": "overdue",
        "received_to": "19/11/2026",
        "place": "an bình",
        "side": "deciding",
    }
    page = Page(minh.get("/ho-so", query_string=typed))
    assert shown(page) == [land]
    again = asked_of(page)
    assert {name: again[name] for name in typed} == typed
    words = [each.text_content() for each in page.root.xpath("//p[@class='lead-line']/span")]
    assert words == [
        "Tình trạng hạn: Quá hạn", "Vai trò của đơn vị: Thẩm quyền đơn vị",
        "Lĩnh vực: Đất đai, nhà cửa (tất cả)", "Địa bàn: an bình", "Nhận đến 19/11/2026",
    ]  # fmt: skip
    assert "Đang lọc" not in first.words
    empty = minh.open("/ho-so?place=khong-co")
    assert "Không có hồ sơ nào ở đây" in empty.words
    assert "/ho-so?open=all&place=khong-co" in empty.links()


def test_a_value_the_panel_does_not_offer_is_kept(visit: Visit, world: World) -> None:
    """A link from a report may name an officer elsewhere or a place; sending the panel keeps both."""
    registered(world)
    place = db.session.scalars(select(Place.id).where(Place.code == "99001")).one()
    address = f"/ho-so?officer_id={world.users['binh']}&place_id={place}"
    page = visit(world.minh).open(address)
    sent = asked_of(page)
    assert (sent["officer_id"], sent["place_id"]) == (str(world.users["binh"]), str(place))
    assert "Ngô Văn Bình" not in page.text
    assert "Cán bộ: đang chọn" in page.words and "Địa bàn: Xã An Bình" in page.words


def test_lateness_and_the_words_of_the_list_agree(visit: Visit, world: World) -> None:
    """What the filter calls near is told as near beside the date."""
    for back in range(12):
        registered(world, received_on=TODAY - timedelta(days=back), late_reason=LATE)
    minh = visit(world.minh)
    tones = {Lateness.OVERDUE: "late", Lateness.NEAR: "near", Lateness.IN_TIME: "calm"}
    found = 0
    for lateness, tone in tones.items():
        page = minh.open(f"/ho-so?lateness={lateness.value}")
        classes = page.root.xpath("//td/span[starts-with(@class, 'due')]/@class")
        assert set(classes) <= {f"due due-{tone}"}
        found += len(classes)
    assert found == 12


def test_chosen_columns_travel_along(visit: Visit, world: World) -> None:
    """From page to page and from station to station; the ordinary ones leave no trace."""
    for number in range(52):
        registered(
            world,
            summary=f"Khiếu nại số {number}",
            received_on=TODAY - timedelta(days=number % 3),
            late_reason=LATE,
        )
    minh = visit(world.minh)
    page = minh.open("/ho-so?cols=sender&cols=code&cols=left&cols=nonsense")
    heads = [each.text_content() for each in page.root.xpath("//th")]
    assert heads == ["Mã hồ sơ", "Người gửi", "Còn lại"]
    assert "Nguyễn Văn Đức" in page.words
    assert len(shown(page)) == 50
    links = [link for link in page.links() if link.startswith("/ho-so?") and "due_from" not in link]
    carrying = [link for link in links if parse_qs(urlsplit(link).query).get("cols")]
    assert len(carrying) >= 9
    onward = minh.open(page.root.xpath("//a[@rel='next']/@href")[0])
    assert [each.text_content() for each in onward.root.xpath("//th")] == heads
    assert len(set(shown(page)) | set(shown(onward))) == 52
    ordinary = minh.open("/ho-so?" + "&".join(f"cols={column.value}" for column in ORDINARY))
    assert not [link for link in ordinary.links() if "cols=" in link]
    assert minh.open("/ho-so?cols=summary").links().count("/ho-so") >= 1


def test_the_file_is_exactly_the_list(visit: Visit, world: World) -> None:
    """Same filters, same columns, same order, all pages; days are days; how it was made stands in it."""
    for number in range(53):
        registered(
            world,
            summary=f"=1+{number}",
            received_on=TODAY - timedelta(days=number % 4),
            late_reason=LATE,
        )
    registered(world, field_code="o-nhiem")
    minh = visit(world.minh)
    page = minh.open(
        f"/ho-so?field_id={field_id('dat-dai')}&cols=code&cols=summary&cols=received&cols=people"
    )
    rows, about = file_of(minh, page)
    assert rows[0] == ["Mã hồ sơ", "Ngày nhận", "Số người", "Nội dung"]
    onward = minh.open(page.root.xpath("//a[@rel='next']/@href")[0])
    assert [row[0] for row in rows[1:]] == [*shown(page), *shown(onward)]
    assert len(rows) == 54
    assert isinstance(rows[1][1], datetime)
    assert rows[1][2] == 1
    assert all(str(row[3]).startswith("=1+") for row in rows[1:])
    assert ["Lọc theo", "Lĩnh vực: Đất đai, nhà cửa (tất cả)"] in about
    assert ["Số hồ sơ", 53] in about
    assert ["Người lập", "Trần Văn Minh"] in about


def test_the_file_keeps_to_the_readers_reach(visit: Visit, world: World) -> None:
    """A denunciation is in its head's file without a name, in an officer's not at all."""
    secret = registered(world, DENUNCIATION)
    plain = registered(world)
    columns = "&".join(f"cols={column.value}" for column in Column)
    minh = visit(world.minh)
    page = minh.open(f"/ho-so?{columns}")
    rows, _ = file_of(minh, page)
    place = list(Column).index(Column.SENDER)
    assert {row[0]: row[place] for row in rows[1:]} == {
        secret: SEALED_SENDER,
        plain: "Nguyễn Văn Đức",
    }
    assert "Bình Minh" not in repr(rows)
    an = visit(world.an)
    other, _ = file_of(an, an.open(f"/ho-so?{columns}"))
    assert secret not in repr(other)
    assert plain in repr(other)
    assert len(file_of(minh, page)[0][0]) == len(Column)
    assert visit(world.binh).get("/ho-so/danh-sach.xlsx").status_code == 200
    assert visit(world.tam).get("/ho-so/danh-sach.xlsx").status_code == 403
    assert minh.get("/ho-so/danh-sach.xlsx?lateness=x").status_code == 422
    assert visit(None).get("/ho-so/danh-sach.xlsx").status_code == 302


def test_the_ceiling_of_a_file_is_said(
    visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the page before, and in a file that was cut."""
    for _ in range(4):
        registered(world)
    monkeypatch.setattr("petitions.web.desk.FILE_MOST", 3)
    minh = visit(world.minh)
    page = minh.open("/ho-so")
    assert "tối đa 3 hồ sơ" in page.words
    rows, about = file_of(minh, page)
    assert len(rows) == 4
    assert ["Lưu ý", "Chỉ ghi 3 hồ sơ đầu; hãy lọc hẹp hơn."] in about
    monkeypatch.setattr("petitions.web.desk.FILE_MOST", 4)
    assert "Lưu ý" not in repr(file_of(minh, page)[1])


def test_ones_own_list_has_a_file_too(visit: Visit, world: World) -> None:
    """Of the cases the officer is charged with."""
    mine = in_verification(world)
    registered(world)
    an = visit(world.an)
    rows, about = file_of(an, an.open("/viec?cols=code&cols=section"))
    assert rows == [["Mã hồ sơ", "Phòng"], [mine, "Phòng Kinh tế xã An Bình"]]
    assert ["Lọc theo", "Việc của tôi"] in about


def test_a_case_without_a_petitioner_says_so(world: World) -> None:
    """Cases of other registers may name nobody."""
    registered(world)
    (line,) = queue(world.minh, Filters(), columns=[Column.SENDER]).lines
    (row,) = in_words([replace(line, more={Column.SENDER: None})], TODAY)
    assert cell(Column.SENDER, row) == NO_SENDER


def test_every_filter_and_column_has_a_name() -> None:
    """Nothing is shown by its English identifier."""
    assert set(COLUMNS) == set(Column)
    assert set(LATENESS) == set(Lateness)
    assert set(SIDES) == set(Side)
    assert {each.name for each in fields(Filters)} - set(NAMES) == {"mine"}
