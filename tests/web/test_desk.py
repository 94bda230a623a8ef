"""Queues and search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.conftest import TODAY
from tests.web.browsing import Visitor
from tests.web.cases import DENUNCIATION, LATE, complaints, in_verification, registered
from tests.world import World
from workflows.vocabulary import Actor, Role

Visit = Callable[[Actor | None], Visitor]
QUEUE_LIMIT = 60_000
"""Bytes of a queue page of fifty lines."""


def test_an_empty_queue_teaches(visit: Visit, world: World) -> None:
    """It says what will appear there, and offers what this hat may do."""
    lan = visit(world.lan)
    page = lan.open("/ho-so")
    assert "Chưa có hồ sơ đang mở" in page.words
    assert "/dang-ky" in page.links()
    assert "Bạn chưa được giao hồ sơ nào" in lan.open("/viec").words
    assert "Không có hồ sơ nào ở đây" in lan.open("/ho-so?kind=feedback").words
    supervisor = visit(world.giam).open("/ho-so")
    assert "/dang-ky" not in supervisor.links()


def test_due_dates_are_told_in_words_and_signs(visit: Visit, world: World) -> None:
    """Late, near and calm differ by text and sign, not by colour alone."""
    registered(world, received_on=TODAY - timedelta(days=20), late_reason=LATE)
    registered(world, received_on=TODAY)
    page = visit(world.minh).open("/ho-so")
    told = [
        (each.get("class"), " ".join(each.text_content().split()))
        for each in page.root.xpath("//td/span[starts-with(@class, 'due')]")
    ]
    assert told[0] == ("due due-late", "▲quá hạn 10 ngày")
    assert told[1] == ("due due-calm", "○còn 7 ngày làm việc")
    assert "10/11/2026" in page.words


def test_stations_filters_and_pages(visit: Visit, world: World) -> None:
    """Stations narrow, filters say what is wrong at the field, the next page goes on where this one ends."""
    codes = complaints(world, 53)
    verified = in_verification(world)
    minh = visit(world.minh)
    first = minh.open("/ho-so")
    shown = [link for link in first.links() if link.startswith("/ho-so/AB-")]
    assert len(shown) == 50
    onward = first.root.xpath("//a[@rel='next']/@href")[0]
    second = minh.open(onward)
    rest = [link for link in second.links() if link.startswith("/ho-so/AB-")]
    assert len(rest) == 4
    assert {link.rpartition("/")[2] for link in shown + rest} == {*codes, verified}
    assert len(first.text.encode()) <= QUEUE_LIMIT
    stations = {
        link.text_content(): link.get("href")
        for link in first.root.xpath("//ul[@class='stations']//a")
    }
    working = minh.open(stations["Đang giải quyết"])
    assert [link for link in working.links() if link.startswith("/ho-so/AB-")] == [
        f"/ho-so/{verified}"
    ]
    late = minh.open(stations["Quá hạn"])
    assert "quá hạn" in late.words
    assert verified not in late.text
    wrong = minh.open("/ho-so?due_from=31/02/2026&kind=khong-co", 422)
    assert set(wrong.faults) == {"due_from", "kind"}
    mine = visit(world.an).open("/viec")
    assert [link for link in mine.links() if link.startswith("/ho-so/AB-")] == [
        f"/ho-so/{verified}"
    ]


def test_nobody_sees_more_in_a_list_than_elsewhere(visit: Visit, world: World) -> None:
    """A denunciation is in the list of its head and of those assigned, not of the office."""
    code = registered(world, DENUNCIATION)
    own = registered(world)
    for reader, sees in (
        (world.minh, True),
        (world.lan, True),
        (world.an, False),
        (world.dung, False),
        (world.hoa, True),
        (world.quy, False),
    ):
        page = visit(reader).open("/ho-so")
        assert (code in page.text) is sees, reader.name
        assert own in page.text
    assert own not in visit(world.binh).open("/ho-so").text
    assert visit(world.tam).get("/ho-so").status_code == 403


def test_a_queue_page_costs_the_same_for_few_and_many(
    visit: Visit, world: World, statements: Callable[[], Any]
) -> None:
    """Two statements for 1, 50 and 200 rows, sign-in and scope apart; what filters offer is kept."""
    minh = visit(world.minh)
    costs = []
    for more in (1, 49, 150):
        complaints(world, more)
        minh.open("/ho-so")
        with statements() as found:
            minh.open("/ho-so")
        costs.append(len(found.page()))
    assert costs == [2, 2, 2]


def test_search_travels_in_the_body(visit: Visit, world: World) -> None:
    """With and without diacritics; a code finds its case; what is out of reach is not found."""
    code = registered(world)
    registered(world, DENUNCIATION)
    lan = visit(world.lan)
    page = lan.open("/tim")
    for words in ("thu hồi đất", "thu hoi dat", code.lower(), "nguyen van duc"):
        hits = lan.send(page, {"words": words}, status=200)
        assert f"/ho-so/{code}" in hits.links(), words
        assert hits.form().fields["words"] == words
    assert (
        "Không tìm thấy hồ sơ nào"
        in lan.send(page, {"words": "lo thi binh minh"}, status=200).words
    )
    assert "words" in lan.send(page, {"words": "x"}, status=422).faults
    stranger = visit(world.binh)
    assert (
        "Không tìm thấy" in stranger.send(stranger.open("/tim"), {"words": code}, status=200).words
    )
    script = lan.send(page, {"words": "<script>alert(1)</script>"}, status=200)
    assert "<script>alert" not in script.text
    assert visit(world.tam).get("/tim").status_code == 403


def test_every_hat_has_a_place_to_begin(visit: Visit, world: World) -> None:
    """And the navigation offers only what it may open."""
    for actor in world.actors.values():
        person = visit(actor)
        begin = person.get("/").headers["Location"]
        page = person.open(begin)
        for href in page.root.xpath("//nav[@aria-label='Chính']//a/@href"):
            assert person.get(href).status_code == 200, (actor.name, href)
        if actor.role is Role.SUPERVISOR:
            assert person.get("/dang-ky").status_code == 403


def test_single_letter_keys_can_be_turned_off(visit: Visit, world: World) -> None:
    """As WCAG asks of keys that are one letter."""
    lan = visit(world.lan)
    page = lan.open("/phim-tat")
    assert page.root.xpath("//body/@data-keys") == ["on"]
    lan.send(page, {"keys": "off"})
    off = lan.open("/phim-tat")
    assert not off.root.xpath("//body/@data-keys")
    lan.send(off, {"keys": "on"})
    assert lan.open("/phim-tat").root.xpath("//body/@data-keys") == ["on"]
