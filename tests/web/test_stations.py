"""The stations page: a menu with counts, and the list behind each entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from petitions.labels import label
from petitions.office_labels import STATION_HELP
from petitions.queries.stations import stations_of
from tests.conftest import TODAY
from tests.petitions.station_world import Desk, filled
from tests.web.browsing import Page, Visitor
from tests.world import World
from workflows.office import SubmissionStatus
from workflows.stations import MENU, Station
from workflows.vocabulary import Action, Actor, Kind, Mark

Visit = Callable[[Actor | None], Visitor]


def menu(page: Page) -> dict[str, str]:
    """What stands beside each entry: the count with its unit, and how many are late."""
    assert page.root is not None
    found = {}
    for link in page.root.xpath("//nav[@class='tram-menu no-print']//a"):
        late = " ".join(each.text_content() for each in link.find_class("tram-late"))
        word = link.find_class("tram-word")[0].text
        found[word] = " ".join(f"{link.find_class('tram-count')[0].text_content()} {late}".split())
    return found


def test_every_hat_finds_its_menu_with_the_counts(visit: Visit, world: World) -> None:
    """In the words of the labels; every entry opens a page that lists what was counted."""
    filled(world)
    for actor in world.actors.values():
        if not MENU[actor.role]:
            assert visit(actor).get("/tram").status_code == 403
            continue
        visitor = visit(actor)
        counts = {each.station: each for each in stations_of(actor, TODAY)}
        shown = menu(visitor.open("/tram"))
        assert set(shown) == {label(station) for station in MENU[actor.role]}
        for station, count in counts.items():
            assert shown[label(station)].split()[0] == str(count.things)
        if actor in (world.minh, world.van, world.an):
            for station, count in counts.items():
                page = visitor.open(f"/tram/{station.value}")
                assert page.root is not None
                rows = page.root.xpath("//main//table[@class='list']/tbody/tr")
                assert len(rows) == min(count.things, 50), (actor.name, station)


def test_the_start_is_the_first_station_where_something_waits(visit: Visit, world: World) -> None:
    minh = visit(world.minh)
    assert "Không có việc nào đang chờ bạn" in minh.open("/tram").words
    desk = Desk(world)
    desk.case(due=TODAY - timedelta(days=2))
    page = minh.open("/tram")
    assert page.root is not None
    assert page.root.findtext(".//h1") == "Cần phân xử lý"
    (here,) = page.root.xpath("//nav[@aria-label='Trạm công việc']//a[@aria-current]")
    assert here.get("href") == "/tram/to_distribute"
    assert menu(page)["Cần phân xử lý"] == "1 hồ sơ ▲ 1 quá hạn"
    assert menu(page)["Quá hạn"] == "1 hồ sơ"
    assert menu(page)["Cần thụ lý"] == "0 hồ sơ"
    assert "Mới tiếp nhận" in page.words
    late = minh.open("/tram/overdue")
    assert "Cần phân xử lý Mới tiếp nhận" in late.words
    assert "Không có việc nào ở khâu này" in minh.open("/tram/to_accept").words
    signing = desk.case()
    desk.proposal(
        signing, Action.EXTEND, SubmissionStatus.SUBMITTED, author=world.an, holder=world.minh,
        step=1, approvers=1, due=TODAY,
    )  # fmt: skip
    first = minh.open("/tram")
    assert "Chờ ký Tờ trình đã đến bước cuối" in first.words
    assert "Tờ trình: gia hạn, hạn nội bộ 20/11/2026" in first.words


def test_a_long_station_goes_on_where_it_stopped(visit: Visit, world: World) -> None:
    desk = Desk(world)
    for _ in range(53):
        desk.case()
    minh = visit(world.minh)
    first = minh.open("/tram/to_distribute")
    assert first.root is not None
    (onward,) = first.root.xpath("//a[@rel='next']/@href")
    second = minh.open(onward)
    codes = [
        [link for link in page.links() if link.startswith("/ho-so/AB-")] for page in (first, second)
    ]
    assert [len(each) for each in codes] == [50, 3]
    assert not set(codes[0]) & set(codes[1])


def test_what_is_not_this_hats_does_not_exist(visit: Visit, world: World) -> None:
    an = visit(world.an)
    for path in ("/tram/to_number", "/tram/ended", "/tram/x", "/tram/1"):
        assert an.get(path).status_code == 404
    assert visit(None).get("/tram").status_code == 302


def test_a_denunciation_is_counted_for_those_who_may_see_it_only(
    visit: Visit, world: World
) -> None:
    """The clerk numbers its document and learns nothing of the case."""
    desk = Desk(world)
    sealed = desk.case(Kind.DENUNCIATION, marks=(Mark.IN_TRANSIT,))
    desk.document(sealed, world.minh)
    assert menu(visit(world.minh).open("/tram"))["Cần xác nhận nhận đơn"] == "1 hồ sơ"
    van = visit(world.van)
    page = van.open("/tram")
    assert menu(page)["Cần xác nhận nhận đơn"] == "0 hồ sơ"
    assert menu(page)["Cần cấp số"] == "1 văn bản"
    numbering = van.open("/tram/to_number")
    assert "không được xem" in numbering.words
    assert "/ho-so/" not in "".join(numbering.links())


@pytest.mark.parametrize("number", [1, 60])
def test_the_page_takes_at_most_eight_statements(
    visit: Visit, world: World, statements: Callable[[], Any], number: int
) -> None:
    """Whatever the number of cases: six of its own, beside those of sign-in and scope."""
    desk = Desk(world)
    for _ in range(number):
        desk.case(marks=(Mark.IN_TRANSIT,))
    minh = visit(world.minh)
    minh.open("/tram")
    with statements() as found:
        minh.open("/tram")
    assert len(found.page()) == 6


def test_every_station_has_its_sentence() -> None:
    assert set(STATION_HELP) == set(Station)
    assert len(set(STATION_HELP.values())) == len(Station)
