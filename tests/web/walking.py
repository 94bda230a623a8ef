"""Going through the house from page to page: every kind of page that links lead to, so many of each."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

NO_PAGES = frozenset(
    {"static", "bootstrap.static", "metrics.show", "health.live", "health.ready", "auth.sign_out"}
)


class Walk:
    """Addresses still to be opened: those without parameters first, then where links led.

    ``most`` pages of each kind (endpoint) are opened by one person.
    """

    def __init__(self, app: Flask, most: int = 1) -> None:
        self._adapter = app.url_map.bind("localhost")
        self._most = most
        self._seen: set[str] = set()
        self._met: Counter[str] = Counter()
        self._waiting: deque[str] = deque()
        self.add(plain_pages(app))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Each endpoint and address in turn; links may be added meanwhile."""
        while self._waiting:
            path = self._waiting.popleft()
            kind = self.kind(path)
            if kind is None or self._met[kind] >= self._most:
                continue
            self._met[kind] += 1
            yield kind, path

    def add(self, links: Iterable[str]) -> None:
        """Links of a page; other sites, anchors and what is no page are passed over."""
        for link in links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path.startswith("/"):
                continue
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            if path not in self._seen:
                self._seen.add(path)
                self._waiting.append(path)

    def kind(self, path: str) -> str | None:
        """The endpoint that answers a GET of the address; None for none, or for what is no page."""
        try:
            kind, _ = self._adapter.match(urlsplit(path).path, method="GET")
        except HTTPException:
            return None
        return None if kind in NO_PAGES else str(kind)


def plain_pages(app: Flask) -> list[str]:
    """Addresses of every page that needs no parameter."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and not rule.rule.startswith("/api/")
        and rule.endpoint not in NO_PAGES
    )


def page_kinds(app: Flask) -> set[str]:
    """Every endpoint that shows a page."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    } - NO_PAGES
