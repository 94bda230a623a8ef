"""A real browser before a real server, on the embedded database; the clock is moved by the journeys."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright
from sqlalchemy import update
from werkzeug.serving import make_server

from config.database import db, transaction
from petitions.models import User
from petitions.services import passwords
from tests.conftest import NOW
from tests.world import World

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PASSWORD = "con đò qua sông xanh"
WINDOW = {"width": 1366, "height": 768}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, as installed."""
    if not CHROMIUM.exists():
        if os.environ.get("REQUIRE_ALL"):
            pytest.fail("chromium is missing")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@dataclass
class Clock:
    """The instant the pages read."""

    instant: datetime = NOW

    def go(self, day: date) -> None:
        """Nine o'clock of another day."""
        self.instant = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that moves when told."""
    moved = Clock()
    monkeypatch.setattr("config.clock.now", lambda: moved.instant)
    return moved


@pytest.fixture
def address(app: Flask, world: World, clock: Clock) -> Iterator[str]:
    """Where the server answers; everybody of the cast has the same password."""
    kept = passwords.hashed(PASSWORD)
    with transaction() as session:
        session.execute(update(User).values(password_hash=kept))
    db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)


@dataclass
class Seat:
    """One person at one browser; what the browser complains about is remembered."""

    address: str
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page by its address."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, username: str) -> Page:
        """Through the door, with the keyboard."""
        self.go("/dang-nhap")
        self.page.get_by_label("Tên đăng nhập").focus()
        self.page.keyboard.type(username)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "/dang-nhap" not in url)
        return self.page

    def act(self, code: str, button: str, **values: str) -> Page:
        """Press an act's button on the case page, fill its form, send it."""
        self.go(f"/ho-so/{code}")
        self.page.get_by_role("link", name=re.compile(f"^{button}")).first.click()
        for label, value in values.items():
            self.fill(label.replace("_", " "), value)
        self.page.locator(".actions button").click()
        self.page.wait_for_url(f"{self.address}/ho-so/*")
        return self.page

    def field(self, label: str) -> Locator:
        """The first visible field whose label begins so."""
        begins = re.compile(f"^{re.escape(label)}")
        return self.page.get_by_label(begins).filter(visible=True).first

    def fill(self, label: str, value: str) -> None:
        """Put a value into the field called so, whatever sort of field it is."""
        named = self.field(label)
        if named.evaluate("each => each.tagName") == "SELECT":
            named.select_option(label=value)
        else:
            named.fill(value)

    def text(self) -> str:
        """What the page says, in one line."""
        return " ".join(self.page.locator("main").inner_text().split())


@pytest.fixture
def sit(browser: Browser, address: str) -> Iterator[Callable[..., Seat]]:
    """Open a browser window for somebody."""
    seats: list[Seat] = []

    def sit_down(username: str | None = None, **options: Any) -> Seat:
        context = browser.new_context(
            locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport=WINDOW, **options
        )
        context.set_default_timeout(15_000)
        seat = Seat(address, context, context.new_page())
        seat.page.on("console", lambda message: _note(seat, message.type, message.text))
        seat.page.on("pageerror", lambda error: seat.complaints.append(str(error)))
        seats.append(seat)
        if username is not None:
            seat.sign_in(username)
        return seat

    yield sit_down
    for seat in seats:
        seat.context.close()
    assert [complaint for seat in seats for complaint in seat.complaints] == []


def _note(seat: Seat, kind: str, text: str) -> None:
    # a refused form answers 4xx on purpose, and the browser remarks on that
    if kind in {"error", "warning"} and "Failed to load resource" not in text:
        seat.complaints.append(text)
