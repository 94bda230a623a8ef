"""Callers of the API: one bearer token for everybody of the cast, on the tests' day."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from config import clock
from petitions.services.accounts import new_token
from tests.conftest import NOW
from tests.world import World

ROOT = "/api/v1"


@dataclass(slots=True)
class Callers:
    """Sends requests as one of the cast; ``None`` sends no token."""

    app: Flask
    tokens: dict[str, str]
    keys: Any = field(default_factory=lambda: (f"key-{number}" for number in count()))

    def get(self, who: str | None, path: str, **query: Any) -> TestResponse:
        """GET below ``/api/v1``."""
        return self.app.test_client().get(
            ROOT + path, headers=self.headers(who), query_string=query
        )

    def post(self, who: str | None, path: str, body: Any, key: str | None = "") -> TestResponse:
        """POST JSON below ``/api/v1``; every write gets a fresh one-time key unless one is given."""
        headers = self.headers(who)
        if key is not None:
            headers["Idempotency-Key"] = key or next(self.keys)
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.app.test_client().post(
            ROOT + path, data=raw, headers=headers, content_type="application/json"
        )

    def act(
        self, who: str, code: str, action: str, version: int, on: str = "2026-11-20", **given: Any
    ) -> TestResponse:
        """Do one act."""
        body = {"version": version, "on": on, "given": given}
        return self.post(who, f"/cases/{code}/acts/{action}", body)

    def headers(self, who: str | None) -> dict[str, str]:
        """The Authorization header of ``who``."""
        return {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}


@pytest.fixture
def callers(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> Callers:
    """Everybody of the cast with a token, at 09:00 of the tests' day."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    tokens = {name: new_token(actor, "thử", 30, NOW) for name, actor in world.actors.items()}
    return Callers(app, tokens)
