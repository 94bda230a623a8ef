"""The pages of the province's picture: every figure opens that many cases, for each reader his own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert, select

from config.database import transaction
from petitions.models import PlaceOutline, PlacePopulation, SensitivePeriod
from petitions.services.weighing import run as weigh
from tests.conftest import NOW, TODAY
from tests.petitions.test_province import casework
from tests.web.browsing import Page, Visitor
from tests.web.test_lists import shown
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]
PAGES = ("", "/linh-vuc", "/52-tuan", "/ton-dong", "/doan-dong", "/ky-nhay-cam")
OVERHEAD = 4
"""Statements of periods and choices beside a page's own."""


@pytest.fixture
def drawn(world: World) -> dict[str, str]:
    """Casework in communes with outlines, one of them counted."""
    with transaction() as session:
        for step, code in enumerate(("99001", "99002", "99003")):
            x = 104 + step * 0.1
            ring = [[x, 22], [x + 0.1, 22], [x + 0.1, 22.1], [x, 22.1], [x, 22]]
            session.add(
                PlaceOutline(
                    place_id=world.places[code],
                    geometry={"type": "Polygon", "coordinates": [ring]},
                )
            )
        session.execute(
            insert(PlacePopulation).values(place_id=world.places["99002"], on=TODAY, people=4000)
        )
    found = casework(world)
    weigh(NOW)
    return found


def _figures_open_lists(visitor: Visitor, page: Page) -> int:
    """Each linked number of the page's tables leads to a list of exactly that many; how many there were."""
    assert page.root is not None
    seen = 0
    for link in page.root.xpath("//td[contains(@class, 'num')]/a"):
        number = int(link.xpath("text()")[0])
        assert len(shown(visitor.open(link.get("href")))) == number, link.get("href")
        seen += 1
    return seen


def test_figures_lead_to_their_cases(visit: Visit, world: World, drawn: dict[str, str]) -> None:
    """For the province's inspectors and for a head; a stranger gets no page at all."""
    for reader, least in ((world.hoa, 12), (world.minh, 6)):
        visitor = visit(reader)
        linked = sum(
            _figures_open_lists(visitor, visitor.open(f"/toan-canh{path}"))
            for path in ("", "/linh-vuc?xem=qua-han", "/linh-vuc", "/ton-dong")
        )
        assert linked >= least
    for reader in (world.binh, world.lan, world.van, world.giam, world.tam):
        for path in PAGES:
            assert visit(reader).get(f"/toan-canh{path}").status_code == 403


def test_the_map_and_its_table(
    visit: Visit, world: World, drawn: dict[str, str], statements: Any
) -> None:
    """A link, a name and a number for each commune; hatches beside colours; rates only where counted."""
    hoa = visit(world.hoa)
    with statements() as seen:
        page = hoa.open("/toan-canh")
    assert len(seen.page()) <= 10, "\n".join(seen.page())
    assert page.root is not None
    titles = [
        each.text_content() for each in page.root.xpath("//figure//a/*[local-name()='title']")
    ]
    assert len(titles) == 3
    assert titles[1] == "Xã Bảo Lâm: hồ sơ đang mở 2"
    fills = page.root.xpath("//*[contains(@class, 'commune')]/@fill")
    assert set(fills) > {"#fff"}
    assert all(each in {"#fff", *(f"url(#h{n})" for n in range(1, 5))} for each in fills)
    links = page.root.xpath("//figure//a/@href")
    assert all("place_id=" in each for each in links)
    assert "ngoài bản đồ" not in page.words
    rates = hoa.open("/toan-canh?xem=tren-1000-dan")
    assert rates.root is not None
    words = [
        each.text_content() for each in rates.root.xpath("//figure//a/*[local-name()='title']")
    ]
    assert words[0].endswith("–")
    assert words[1].endswith("0,50")
    assert "1.000 dân" in page.words
    quy = visit(world.quy).open("/toan-canh")
    assert "Xã Bảo Lâm: hồ sơ đang mở 1" in quy.text
    minh = visit(world.minh).open("/toan-canh")
    assert "Cơ quan bạn và cấp dưới" in minh.words
    assert "Điểm nóng" not in minh.words
    assert minh.root is not None
    assert all("side=deciding" in each for each in minh.root.xpath("//figure//a/@href"))


def test_the_other_pages(
    visit: Visit, world: World, drawn: dict[str, str], statements: Any
) -> None:
    """Each has a table for its picture, few statements, and stands without any case."""
    hoa = visit(world.hoa)
    for path, most in (("/linh-vuc", 7), ("/52-tuan", 20), ("/ton-dong", 12), ("/doan-dong", 6)):
        hoa.open(f"/toan-canh{path}")
        with statements() as seen:
            page = hoa.open(f"/toan-canh{path}")
        assert len(seen.page()) <= most, (path, len(seen.page()))
        assert page.root is not None
        assert page.root.xpath("//table//caption")
        khanh = visit(world.khanh).open(f"/toan-canh{path}")
        assert drawn["group"] not in khanh.text
    weeks = hoa.open("/toan-canh/52-tuan")
    assert weeks.root is not None
    assert len(weeks.root.xpath("//table//tbody/tr")) == 52
    assert len(weeks.root.xpath("//*[@class='chart']")) >= 2
    assert "Xã Bảo Lâm" in hoa.open("/toan-canh/52-tuan?dia-ban=99002").words
    assert drawn["group"] in hoa.open("/toan-canh/doan-dong").text
    narrowed = hoa.open("/toan-canh/ton-dong?linh-vuc=999999")
    assert "Một nửa" in narrowed.words or "một nửa" in narrowed.words


def test_before_anything_happened(visit: Visit, world: World) -> None:
    """Each page says what will stand there."""
    for path in PAGES:
        page = visit(world.hoa).open(f"/toan-canh{path}")
        assert page.root is not None
        assert page.root.xpath("//*[contains(@class, 'empty')]"), path


def test_a_sensitive_period_from_entry_to_its_list(
    visit: Visit, world: World, drawn: dict[str, str]
) -> None:
    """Entered, reminded of, drawn up, corrected over a newer version, called off; a head only reads."""
    hoa = visit(world.hoa)
    page = hoa.open("/toan-canh/ky-nhay-cam/moi")
    wrong = hoa.send(page, {"name": "", "starts": "20/12/2026", "ends": "10/12/2026"}, status=422)
    assert set(wrong.faults) == {"name"} or set(wrong.faults) == {"name", "ends"}
    typed = {
        "name": "Kỳ họp Quốc hội",
        "starts": "10/12/2026",
        "ends": "20/12/2026",
        "weeks_before": "4",
    }
    hoa.send(page, typed)
    hoa.send(page, typed)  # a double click enters one
    with transaction() as session:
        uid = session.scalars(select(SensitivePeriod.uid)).one()
    assert "Tuần này cần lập danh sách" in hoa.open("/toan-canh").words
    address = f"/toan-canh/ky-nhay-cam/{uid}"
    listed = hoa.open(f"{address}/danh-sach")
    assert drawn["group"] in listed.text
    hoa.send(listed)
    assert "đã lập" in hoa.open("/toan-canh").words
    change = hoa.open(f"{address}/sua")
    hoa.send(change, {"name": "Kỳ họp thứ hai"})
    stale = hoa.send(change, {"name": "Kỳ họp thứ ba", "_once": "other"}, status=409)
    assert "Người khác vừa ghi thêm" in stale.words
    hoa.send(stale, {"name": "Kỳ họp thứ ba", "_once": "third"})
    minh = visit(world.minh)
    assert "Kỳ họp thứ ba" in minh.open("/toan-canh/ky-nhay-cam").words
    own = minh.open(f"{address}/danh-sach")
    assert drawn["denunciation"] not in own.text
    assert not own.root.xpath("//main//form")  # type: ignore[union-attr]
    for path in ("/moi", f"/{uid}/sua"):
        assert minh.get(f"/toan-canh/ky-nhay-cam{path}").status_code == 403
    for path in (f"{address}/sua", f"{address}/danh-sach", f"{address}/bo"):
        assert minh.post(
            path, {"name": "x", "starts": "01/12/2026", "ends": "02/12/2026", "weeks_before": "1"}
        ).status_code in {400, 403}
    hoa.send(hoa.open(f"{address}/sua"), action="/bo")
    hoa.open(f"{address}/danh-sach", 404)
