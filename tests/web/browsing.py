"""A visitor with a browser without script: opens pages, fills forms, and checks every page as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextvars import Context
from typing import Any

from flask import Flask
from lxml import html
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config.database import db
from workflows.vocabulary import Actor

Values = Mapping[str, Any]
FAULTS = "//*[contains(@class, 'faults')]//a"
UNLABELLED = {"hidden", "submit", "button"}
WITHOUT_COOKIE = "/tra-cuu"
"""Pages that trust a secret in the form and no cookie, and so need no token."""


class Page:
    """A page as it came, with its forms."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        text = response.mimetype.startswith("text/")
        self.text = response.get_data(as_text=True) if text else ""
        drawn = self.status not in {302, 303} and response.mimetype == "text/html"
        source = re.sub(r"(<textarea[^>]*>)\n", r"\1", self.text)  # as browsers read it
        self.root = html.fromstring(source) if drawn else None
        if self.root is not None:
            for template in self.root.xpath("//template"):
                template.drop_tree()  # not there until a script takes it out
            check(self.root)

    @property
    def words(self) -> str:
        """What a person reads, in one line."""
        assert self.root is not None
        return " ".join(" ".join(self.root.find(".//main").itertext()).split())

    @property
    def faults(self) -> dict[str, str]:
        """Messages of the summary by the id of the field they lead to."""
        assert self.root is not None
        return {link.get("href")[1:]: link.text_content() for link in self.root.xpath(FAULTS)}

    def form(self, action: str = "") -> Any:
        """The form in the page's own content (whose action ends with ``action``)."""
        assert self.root is not None
        forms = [
            form
            for form in self.root.xpath("//main//form")
            if form.method == "POST" and (form.action or "").endswith(action)
        ]
        assert forms, f"no form {action!r} on the page"
        return forms[0]

    def links(self) -> list[str]:
        """Addresses of the links in the page's own content."""
        assert self.root is not None
        return [link.get("href") for link in self.root.xpath("//main//a[@href]")]


def check(root: Any) -> None:
    """What holds for every page: one heading, a title, labels, unique ids, nothing inline."""
    assert root.get("lang") == "vi"
    headings = root.xpath("//h1")
    assert len(headings) == 1
    assert headings[0].text_content().strip()
    assert root.findtext(".//title").removesuffix("· Đơn Thư").strip()
    ids = [each.get("id") for each in root.xpath("//*[@id]")]
    assert len(ids) == len(set(ids)), sorted({each for each in ids if ids.count(each) > 1})
    known = set(ids)
    for label in root.xpath("//label[@for]"):
        assert label.get("for") in known
    for field in root.xpath("//input|//select|//textarea"):
        if field.get("type") not in UNLABELLED:
            assert root.xpath(f'//label[@for="{field.get("id")}"]'), field.get("name")
    for element in root.xpath("//*[@aria-describedby]"):
        assert set(element.get("aria-describedby").split()) <= known
    for link in root.xpath(FAULTS):
        assert link.get("href")[1:] in known, link.get("href")
    assert not root.xpath("//@style")
    assert not root.xpath("//style")
    assert all(script.get("src") for script in root.xpath("//script"))
    assert not [each for each in root.iter() for name in each.attrib if name.startswith("on")]
    for form in root.xpath("//form"):
        if form.method == "POST" and not (form.action or "").startswith(WITHOUT_COOKIE):
            assert form.xpath(".//input[@name='csrf_token']"), form.action


SAMPLES = {
    "code": "AB-2026-000001-1", "action": "accept", "username": "lan", "filename": "x.css",
    "agency": "an-binh", "place": "99001", "year": 2026,
}  # fmt: skip


def path_of(rule: Rule) -> str:
    """An address the rule answers; numbers not named in ``SAMPLES`` are 1."""
    built = rule.build({name: SAMPLES.get(name, 1) for name in rule.arguments})
    assert built is not None
    return built[1]


class Visitor:
    """Somebody at a browser; signed in when ``actor`` is given."""

    def __init__(self, app: Flask, actor: Actor | None = None, epoch: int = 1) -> None:
        self.client = app.test_client()
        if actor is not None:
            with self.client.session_transaction() as session:
                session["_user_id"] = f"{actor.user_id}:{actor.hat_id}:{epoch}"
                session.permanent = True

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET as a server would answer it: in a context of its own, not the test's."""
        return Context().run(lambda: self.client.get(path, **more))

    def post(self, path: str, data: Values, **more: Any) -> TestResponse:
        """POST in a context of its own."""
        more = {"headers": {"Referer": "http://localhost/"}, **more}
        db.session.rollback()  # the test shall see afterwards what the page wrote
        return Context().run(lambda: self.client.post(path, data=data, **more))

    def open(self, path: str, status: int = 200) -> Page:
        """GET a page."""
        page = Page(self.get(path))
        assert page.status == status, (page.status, page.text[:2000])
        return page

    def send(
        self,
        page: Page,
        values: Values | None = None,
        *,
        press: tuple[str, str] | None = None,
        action: str = "",
        status: int = 302,
    ) -> Page:
        """Submit the page's form as a browser would, with some fields changed and a button pressed."""
        form = page.form(action)
        sent: dict[str, list[Any]] = {}
        for name, value in form.form_values():
            field = form.inputs[name]
            if getattr(field, "type", "") != "submit":
                sent.setdefault(name, []).append(value)
        for name, value in (values or {}).items():
            sent[name] = list(value) if isinstance(value, list) else [value]
        if press:
            sent[press[0]] = [press[1]]
        target = form.action or page.response.request.path
        answer = Page(self.post(target, sent))
        assert answer.status == status, (
            answer.status,
            answer.faults if answer.root is not None else answer.text,
        )
        return answer

    def follow(self, page: Page) -> Page:
        """Go where a redirect leads."""
        return self.open(page.response.headers["Location"])
