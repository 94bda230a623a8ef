"""Every page of the office looked at by axe, on a telephone too, and on paper."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from petitions.queries.routes import routes
from petitions.services import books_in, books_out
from petitions.services.books_in import Incoming
from petitions.services.books_out import Sent
from petitions.services.submissions import submit
from tests.conftest import NOW, TODAY
from tests.journeys.conftest import Seat
from tests.journeys.office import Sit, everybody_may_sign_in
from tests.journeys.test_pages import PHONE, look
from tests.petitions.routing import DEPUTY, HEAD, SECTION, classified, proposed, routed
from tests.petitions.test_advising import Bodies
from tests.petitions.test_letters import ACCEPTANCE, accepted, signed
from tests.web.cases import DENUNCIATION, done, registered
from tests.world import World
from workflows.office import Sending
from workflows.vocabulary import Action, Kind, Need

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]


@pytest.fixture
def office(world: World) -> dict[str, str]:
    """An office with something on every table: addresses by name."""
    routed(SECTION, DEPUTY, HEAD)
    plain = classified(world)
    draft, at_son = (proposed(classified(world), world.an) for _ in range(2))
    submit(at_son, version=None, actor=world.an, now=NOW)
    letters = accepted(world)
    waiting, sent = (signed(letters, ACCEPTANCE, world.minh) for _ in range(2))
    books_out.give_number(sent, stamped=True, actor=world.van, now=NOW)
    books_out.record_sent(sent, Sent(Sending.POST, TODAY), actor=world.van, now=NOW)
    books_in.enter(
        Incoming(subject="Trả lời đơn chuyển", sender="UBND xã Bảo Lâm", arrived_on=TODAY),
        actor=world.van, now=NOW,
    )  # fmt: skip
    given = registered(world)
    for giver, to in ((world.lan, "minh"), (world.minh, "son")):
        values = {Need.ASSIGNEE: to, Need.CONTENT: "Xem, đề xuất"}
        done(given, Action.PASS_ON, giver, values)
    sealed = registered(world, DENUNCIATION)
    forwarded = registered(world, kind=Kind.FEEDBACK, contested=None)
    done(forwarded, Action.CLASSIFY, world.lan, {Need.COMPETENT: False})
    done(forwarded, Action.TRANSFER, world.minh, {Need.RECIPIENT: "bao-lam"})
    Bodies(world)
    advised = registered(world, by=world.thu)
    done(advised, Action.CLASSIFY, world.thu, {Need.COMPETENT: True})
    done(advised, Action.ACCEPT, world.phuc)
    done(advised, Action.ENGAGE_ADVISER, world.phuc, {Need.RECIPIENT: "thanh-tra"})
    done(advised, Action.ASSIGN_VERIFICATION, world.phuc, {Need.LEAD: "thanh-tra"})
    everybody_may_sign_in()
    return {
        "plain": f"/ho-so/{plain}", "draft": f"/to-trinh/{draft}", "at_son": f"/to-trinh/{at_son}",
        "letters": f"/ho-so/{letters}", "waiting": f"/so-van-ban/di/{waiting}",
        "sent": f"/so-van-ban/di/{sent}", "given": f"/ho-so/{given}", "sealed": f"/ho-so/{sealed}",
        "forwarded": f"/ho-so/{forwarded}", "advised": f"/ho-so/{advised}",
        "route": f"/quan-tri/quy-trinh/{routes(world.minh)[0].id}",
    }  # fmt: skip


def addresses(pages: dict[str, str]) -> dict[str, list[str]]:
    """Pages by who opens them."""
    letters, given, sealed = pages["letters"], pages["given"], pages["sealed"]
    return {
        "an": ["/tram", "/to-trinh", pages["draft"], f"{letters}/van-ban",
               f"{letters}/van-ban/soan?mau=nd124:03", f"{letters}/van-ban/soan?mau=nd124:08",
               f"{pages['plain']}/viec/accept", "/so-van-ban/di"],
        "son": ["/tram", "/to-trinh", pages["at_son"], given, f"{given}/giao-xu-ly",
                f"{given}/tra-lai", f"{given}/y-kien"],
        "minh": ["/tram", "/phan-xu-ly", f"{sealed}/giao-xu-ly", f"{sealed}/van-ban",
                 f"{sealed}/van-ban/soan?mau=nd31:05", "/cho-phuc-dap", "/da-chuyen-chua-tra-loi",
                 f"{pages['forwarded']}/phuc-dap/1", "/quan-tri/quy-trinh",
                 "/quan-tri/quy-trinh/moi?mau=full", f"{pages['route']}/ket-thuc",
                 *(f"/bao-cao/{each}" for each in ("can-bo", "co-quan-nhan", "nhap-lieu")),
                 "/ho-so"],
        "van": ["/tram", "/so-van-ban/di", "/so-van-ban/di?state=number", pages["waiting"],
                pages["sent"], "/so-van-ban/den", "/so-van-ban/den/moi",
                "/so-van-ban/den/2026/1/giao", "/so-van-ban/di/in", "/so-van-ban/den/in"],
        "chanh": ["/tram", pages["advised"], f"{pages['advised']}/xac-minh",
                  f"{pages['advised']}/viec/form_team", "/cho-phuc-dap?side=owed"],
        "phuc": [f"{pages['advised']}/viec/assign_verification"],
        "tam": [f"/quan-tri/van-ban{tail}" for tail in ("", "/tieu-de", "/so-bat-dau", "/mau")],
    }  # fmt: skip


@pytest.mark.parametrize("username", ["an", "son", "minh", "van", "chanh", "phuc", "tam"])
def test_axe_finds_nothing_on_the_office_pages(
    sit: Sit, office: dict[str, str], username: str
) -> None:
    """WCAG 2.2 AA and best practice, folded parts opened too."""
    axe, found = Axe(), []
    seat = sit(username, bypass_csp=True)
    for path in addresses(office)[username]:
        answer = seat.page.goto(seat.address + path)
        assert answer is not None
        assert answer.status == 200, path
        found += look(axe, seat, f"{username}{re.sub('[0-9a-f]{32}', '', path)}")
    assert found == []


def test_the_office_on_a_telephone(sit: Sit, office: dict[str, str]) -> None:
    """Nothing is wider than the screen on the pages a leader opens on the way."""
    phone = sit("minh", bypass_csp=True)
    phone.page.set_viewport_size(PHONE)
    wide = {}
    for path in ("/tram", "/to-trinh", office["at_son"], office["given"], f"{office['given']}/y-kien",
                 f"{office['letters']}/van-ban", "/so-van-ban/di", office["sent"], "/bao-cao",
                 "/cho-phuc-dap", "/phan-xu-ly", "/quan-tri/quy-trinh"):  # fmt: skip
        phone.go(path)
        width = phone.page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            wide[path] = width
    assert wide == {}


def test_books_and_letters_on_paper(sit: Sit, office: dict[str, str]) -> None:
    """The table and the letter, and nothing to press."""
    van, an = sit("van"), sit("an")
    for path in ("/so-van-ban/di/in", "/so-van-ban/den/in", "/so-van-ban/di", "/so-van-ban/den"):
        van.go(path)
        assert pressed(van) == [], path
        assert van.page.locator("main table.list").is_visible()
    assert "01/TB-UBND" in van.go("/so-van-ban/di/in").inner_text("main")
    an.go(f"{office['letters']}/van-ban/soan?mau=nd124:03")
    with an.context.expect_page() as opened:
        an.page.get_by_role("button", name="Xem trước bản in").click()
    letter = Seat(an.address, an.context, opened.value)
    letter.page.wait_for_load_state()
    assert pressed(letter) == []
    assert letter.page.get_by_text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").is_visible()
    assert len(letter.page.pdf(format="A4")) > 10_000


def pressed(seat: Seat) -> list[str]:
    """What a printed page shows that only a screen can use."""
    seat.page.emulate_media(media="print")
    shown = seat.page.locator("nav:visible, button:visible, input:visible, select:visible")
    return shown.evaluate_all("all => all.map(each => each.outerHTML.slice(0, 80))")
