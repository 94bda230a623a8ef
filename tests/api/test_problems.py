"""What goes wrong is answered as a problem, with the headers that say what to do instead."""

from __future__ import annotations

import pytest

from config.database import Busy
from petitions import errors
from petitions.api import cases
from petitions.api.door import BODY_LIMIT
from petitions.api.problems import DOMAIN, refusal
from tests.api.bodies import COMPLAINT
from tests.api.conftest import ROOT, Callers
from workflows.working_days import CalendarMissing


def test_an_unknown_address_or_method_is_a_problem_too(callers: Callers) -> None:
    """With and without a token; 405 keeps its Allow; pages keep their own answers."""
    for who in ("lan", None):
        missing = callers.get(who, "/nothing")
        assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")
        assert missing.json["code"] == "not_found"
        wrong = callers.app.test_client().delete(f"{ROOT}/cases", headers=callers.headers(who))
        assert (wrong.status_code, wrong.mimetype) == (405, "application/problem+json")
        assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))
        assert missing.headers["Cache-Control"] == wrong.headers["Cache-Control"] == "no-store"


def test_bodies_that_are_no_json_are_refused_before_they_are_judged(callers: Callers) -> None:
    """Wrong type 415, broken 400, too large 413 by length or by stream, no object 422."""
    client = callers.app.test_client()
    url, headers = f"{ROOT}/cases", {**callers.headers("lan"), "Idempotency-Key": "k"}
    form = client.post(url, headers=headers, data={"kind": "complaint"})
    assert (form.status_code, form.json["code"]) == (415, "unsupported_type")
    for raw in (
        b"{",
        b'{"a": NaN}',
        b"\xff\xfe",
        b"",
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ):
        broken = callers.post("lan", "/cases", raw)
        assert (broken.status_code, broken.json["code"]) == (400, "bad_request"), raw[:20]
    assert callers.post("lan", "/cases", b" " * (BODY_LIMIT + 1)).status_code == 413
    for raw in (b"[]", b"null", b"7", b'"x"'):
        shapeless = callers.post("lan", "/cases", raw)
        assert (shapeless.status_code, list(shapeless.json["errors"])) == (422, ["body"])


def test_the_longest_content_still_fits(callers: Callers) -> None:
    """200 kB are taken, a byte more is refused at the field."""
    text = "đ" * 100_000
    assert callers.post("lan", "/cases", COMPLAINT | {"content": text}).status_code == 201
    longer = callers.post("lan", "/cases", COMPLAINT | {"content": text + "x"})
    assert list(longer.json["errors"]) == ["content"]


def test_every_refusal_has_its_status(callers: Callers) -> None:
    """The whole tree of errors through the one table."""
    for error, status, headers in [
        (errors.NotFound(), 404, {}),
        (errors.Forbidden("Không"), 403, {}),
        (errors.NotAllowedNow("Chưa", "Điều 1"), 409, {}),
        (errors.Stale("AB-2026-000001-1"), 409, {}),
        (errors.Conflict("Trùng"), 409, {}),
        (errors.Invalid.at("a", "Sai"), 422, {}),
        (errors.Leak("content", [(1, 2)]), 422, {}),
        (errors.TooManyAttempts(30), 429, {"Retry-After": "30"}),
        (CalendarMissing(1800), 422, {}),
        (Busy(), 503, {"Retry-After": "5"}),
    ]:
        answer = refusal(error)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
        assert headers.items() <= dict(answer.headers).items()
        body = answer.get_json(force=True)
        assert body["type"] == f"urn:donthu:problem:{body['code']}"
        assert body["status"] == status
        assert body["title"]
        assert body["detail"]
    known = {
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.DomainError)
    }
    assert known - {errors.Invalid, errors.Leak} <= set(DOMAIN)


def test_a_busy_database_asks_to_come_back_with_the_same_key(
    callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was written, so the key is still good."""
    with monkeypatch.context() as patched:
        patched.setattr(cases, "register", lambda *_, **__: (_ for _ in ()).throw(Busy()))
        busy = callers.post("lan", "/cases", COMPLAINT, key="k")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert callers.post("lan", "/cases", COMPLAINT, key="k").status_code == 201


def test_a_failure_of_our_own_says_nothing_of_its_cause(
    callers: Callers, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither to the caller nor, of what was typed, to the log."""

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("Nguyễn Văn Đức")

    monkeypatch.setattr(cases, "register", fail)
    callers.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = callers.post("lan", "/cases", COMPLAINT)
    assert (answer.status_code, answer.json["code"]) == (500, "internal")
    assert "Nguyễn" not in answer.text + capfd.readouterr().err


def test_answers_are_for_the_caller_only(callers: Callers) -> None:
    """No cookie, no cross-origin permission, nothing kept, nothing but JSON."""
    headers = {**callers.headers("lan"), "Origin": "https://elsewhere.example"}
    answer = callers.app.test_client().get(f"{ROOT}/cases", headers=headers)
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not any(
        name.startswith("Access-Control") or name == "Set-Cookie" for name, _ in answer.headers
    )
