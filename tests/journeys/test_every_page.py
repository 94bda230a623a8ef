"""Every page of the demonstration province in Chromium: axe, width, weight, and a picture to look at.

Pictures go to ``tests/screenshots``, which is not kept: one of the desk's screen, one of a telephone.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Error
from sqlalchemy import update
from werkzeug.serving import make_server

from config.database import db, transaction
from petitions.models import User
from petitions.services import demo, passwords
from tests.conftest import TODAY
from tests.journeys.conftest import PASSWORD, WINDOW, Clock, Seat
from tests.journeys.office import Sit
from tests.journeys.test_pages import PAGE_LIMIT, PHONE, RULES
from tests.web.walking import Walk

pytestmark = [pytest.mark.proof, pytest.mark.browser, pytest.mark.sqlite_only]

PEOPLE = ("minh", "an", "lan", "van", "son", "phuc", "hoa", "giam", "tam", "bac", "dao")
PICTURES = Path(__file__).parent.parent / "screenshots"
OWN_TO_EACH = frozenset({"morning.show", "stations.index", "cases.show"})
"""Pages that look different for every hat and are looked at for each."""


@pytest.fixture
def address(app: Flask, clock: Clock) -> Iterator[str]:
    """The server of the demonstration province; everybody has the journeys' password."""
    demo.load(TODAY)
    kept = passwords.hashed(PASSWORD)
    with transaction() as session:
        session.execute(update(User).values(password_hash=kept, must_change_password=False))
    db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


def test_every_page_is_fit_to_be_looked_at(sit: Sit, app: Flask) -> None:
    """Nothing axe finds at WCAG 2.2 AA, nothing wider than its screen, nothing heavier than allowed."""
    PICTURES.mkdir(exist_ok=True)
    axe, wrong = Axe(), []
    looked: set[str] = set()
    for username in PEOPLE:
        seat = sit(username, bypass_csp=True)
        scales = Scales(seat)
        walk = Walk(app)
        for kind, path in walk:
            if kind in looked and kind not in OWN_TO_EACH:
                walk.add(links(seat, path) if kind in OPENING else ())
                continue
            carried = scales.open(path)
            if carried is None:
                continue
            walk.add(seat.page.eval_on_selector_all("a[href]", LINKS))
            looked.add(kind)
            name = f"{username}-{kind}"
            if carried > PAGE_LIMIT:
                wrong.append(f"{name} {path}: {carried} bytes")
            wrong += [f"{name} {path}: {each}" for each in faults(axe, seat)]
            wrong += [f"{name} {path}: {each}" for each in too_wide(seat, name)]
    assert not wrong, "\n".join(wrong)


LINKS = "all => all.map(each => each.getAttribute('href'))"
OPENING = frozenset(
    {
        "desk.agency",
        "desk.mine",
        "books.outgoing",
        "books.incoming",
        "submissions.index",
        "hotspots.index",
        "hotspots.show",
        "urging.index",
        "urging.show",
        "report_campaigns.index",
        "report_campaigns.show",
        "reviews.index",
        "reviews.show",
        "inspection_targets.targets",
        "scores.index",
        "scores.year",
    }
)
"""Lists that lead on to what nobody before could open."""


def links(seat: Seat, path: str) -> list[str]:
    """Where a page leads that needs no second look."""
    seat.go(path)
    return list(seat.page.eval_on_selector_all("a[href]", LINKS))


class Scales:
    """What a page weighs on the way for a browser that has been here before."""

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.carried = 0
        client = seat.context.new_cdp_session(seat.page)
        client.send("Network.enable")
        client.on("Network.loadingFinished", self._note)

    def open(self, path: str) -> int | None:
        """Bytes of the page; None where the address is a file, or no page for this person."""
        self.carried = 0
        try:
            answer = self.seat.page.goto(self.seat.address + path)
        except Error:  # a file to keep, not a page
            return None
        if answer is None or answer.status != 200 or "html" not in answer.headers["content-type"]:
            return None
        self.seat.page.wait_for_load_state("networkidle")
        return self.carried

    def _note(self, event: dict[str, float]) -> None:
        self.carried += int(event["encodedDataLength"])


def faults(axe: Axe, seat: Seat) -> list[str]:
    """What axe says of the page as it stands and with its folded parts open."""
    found = []
    for _ in range(2):
        results = axe.run(seat.page, options=RULES)
        found += [
            f"{each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
        ]
        if seat.page.locator("main details:not([open])").count() == 0:
            break
        seat.page.evaluate(
            "document.querySelectorAll('main details').forEach(each => { each.open = true; })"
        )
    return found


def too_wide(seat: Seat, name: str) -> list[str]:
    """Sideways scrolling on the desk's screen and on a telephone; a picture of both."""
    found = []
    for screen, suffix in ((WINDOW, ""), (PHONE, ".phone")):
        seat.page.set_viewport_size(screen)
        seat.page.screenshot(
            path=PICTURES / f"{re.sub('[^a-z0-9.-]+', '_', name)}{suffix}.png", full_page=True
        )
        wide = seat.page.evaluate("document.documentElement.scrollWidth")
        if wide > screen["width"]:
            found.append(f"{wide} of {screen['width']} pixels wide")
    seat.page.set_viewport_size(WINDOW)
    return found
