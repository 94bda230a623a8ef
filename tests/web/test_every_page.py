"""Every page of the house checked as a page: one heading, a title, labels, nothing inline, the token in
each form, no heavier than allowed, typing guarded against leaving."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from config.database import db
from petitions.models import User
from petitions.services import demo
from petitions.services.accounts import principal
from petitions.services.demo import plan as planning
from tests.conftest import TODAY
from tests.web.browsing import Page, Visitor, path_of
from tests.web.walking import Walk, page_kinds
from tests.world import World
from workflows.vocabulary import Actor

PEOPLE = ("minh", "an", "lan", "van", "son", "phuc", "hoa", "giam", "tam", "bac", "dao")
"""One of every hat; the province, its reception office and its inspectorate besides a ward."""
HEAVIEST = 120_000
"""Bytes of a page's own text."""
ANSWERS = {200, 302, 303, 403, 404, 409}
MET = 110
"""Kinds of pages people get to by links at least."""
ASKING = frozenset({"/tra-cuu"})
"""Forms that look something up: nothing is lost by leaving them, nor a form of one box alone."""
TYPED = ".//input[not(@type) or @type='text' or @type='number']"


@pytest.fixture
def province(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The demonstration province with its offices at work."""
    for tales in ("COMPLAINT_TALES", "DENUNCIATION_TALES", "SUGGESTION_TALES", "HOT_SPOTS"):
        monkeypatch.setattr(planning, tales, ())
    demo.load(TODAY)
    return app


def who(username: str) -> Actor:
    """A person of the province in the first hat."""
    number = db.session.execute(select(User.id).where(User.username == username)).scalar_one()
    found = principal(number, None, None, TODAY)
    db.session.rollback()
    assert found is not None
    return found.actor


@pytest.mark.sqlite_only
def test_every_page_without_parameters_is_a_page(app: Flask, world: World) -> None:
    """For every hat of the cast, most of whom have nothing to do yet."""
    wrong: list[str] = []
    for name, actor in world.actors.items():
        walked(app, name, actor, wrong, follow=False)
    assert wrong == []


@pytest.mark.proof
@pytest.mark.sqlite_only
def test_every_page_of_a_province_is_a_page(province: Flask) -> None:
    """From link to link, for one of every hat."""
    wrong: list[str] = []
    opened: set[str] = set()
    for username in PEOPLE:
        opened |= walked(province, username, who(username), wrong)
    assert wrong == []
    assert len(opened) >= MET
    visitor, rules = Visitor(province, who("minh")), province.url_map.iter_rules()
    for rule in rules:  # what nobody met answers as a page all the same
        if rule.endpoint in page_kinds(province) - opened and "GET" in (rule.methods or ()):
            answer = visitor.get(path_of(rule))
            assert answer.status_code in ANSWERS | {200}, rule
            Page(answer)


def walked(
    app: Flask, name: str, actor: Actor, wrong: list[str], *, follow: bool = True
) -> set[str]:
    """The kinds of pages this person could open; what is wrong with one of them goes into ``wrong``."""
    visitor, walk, opened = Visitor(app, actor), Walk(app), set()
    for kind, path in walk:
        answer = visitor.get(path)
        if answer.status_code not in ANSWERS:
            wrong.append(f"{name} {path}: {answer.status_code}")
            continue
        if answer.status_code == 200:
            opened.add(kind)
        if answer.mimetype != "text/html" or answer.status_code in {302, 303}:
            continue
        try:
            page = Page(answer)
        except AssertionError as fault:
            wrong.append(f"{name} {path}: {fault}")
            continue
        assert page.root is not None
        wrong += [f"{name} {path}: {each}" for each in unlike_the_others(page)]
        if follow:
            walk.add(link.get("href") for link in page.root.xpath("//a[@href]"))
    return opened


def unlike_the_others(page: Page) -> list[str]:
    """What this house asks of a page beyond what every page of the web needs."""
    assert page.root is not None
    found = []
    if len(page.text.encode()) > HEAVIEST:
        found.append(f"weighs {len(page.text.encode())} bytes")
    if page.response.headers.get("Cache-Control") != "no-store":
        found.append("may be kept by the browser")
    for form in page.root.xpath("//main//form"):
        boxes = len(form.xpath(TYPED)) + 2 * len(form.xpath(".//textarea"))
        keeps = form.method == "POST" and boxes > 1 and form.get("action") not in ASKING
        if keeps and form.get("data-guard") is None:
            found.append(f"typing is not guarded: {form.get('action') or ''}")
    for table in page.root.xpath("//main//table"):
        if not table.xpath(".//th"):
            found.append("a table without headings")
    for image in page.root.xpath("//main//img[not(@alt)]"):
        found.append(f"a picture without words: {image.get('src')}")
    for link in page.root.xpath("//main//a[@href]"):
        if not (link.text_content().strip() or link.get("aria-label")):
            found.append(f"a link without words: {link.get('href')}")
    return found
