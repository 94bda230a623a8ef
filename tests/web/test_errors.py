"""Every refusal has its page, and no page says more than it should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from config.database import Busy
from petitions import errors
from tests.web.browsing import Page, Visitor
from tests.web.cases import done, registered
from tests.world import World
from workflows.vocabulary import Action, Actor, Need

Visit = Callable[[Actor | None], Visitor]

REFUSALS = [
    (errors.NotFound(), 404, "Không tìm thấy"),
    (errors.Forbidden("Vai trò này không được."), 403, "Vai trò này không được."),
    (errors.NotAllowedNow("Đã kết thúc.", "Điều 27"), 409, "Điều 27"),
    (errors.Stale("AB-2026-000001-1"), 409, "vừa được người khác cập nhật"),
    (errors.Conflict("Đã dùng cho việc khác."), 409, "Đã dùng cho việc khác."),
    (errors.Invalid({"x": ["Sai."]}), 422, "Có mục nhập chưa đúng."),
    (errors.TooManyAttempts(77), 429, "Đăng nhập sai nhiều lần"),
    (Busy(), 503, "không lo bị ghi hai lần"),
    (RuntimeError("Nguyễn Văn Đức 001070000001"), 500, "Có lỗi trong hệ thống"),
]


@pytest.mark.sqlite_only
def test_the_table_of_refusals(
    app: Flask, visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind answers with its status and words; what went wrong inside stays inside."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    lan = visit(world.lan)
    for error, status, words in REFUSALS:

        def fail(*_a: Any, error: Exception = error, **_k: Any) -> None:
            raise error

        monkeypatch.setattr("petitions.web.desk.queue", fail)
        response = lan.get("/ho-so")
        page = Page(response)
        assert (page.status, response.mimetype) == (status, "text/html")
        assert words in page.words
        assert "001070000001" not in page.text
        assert response.headers["Cache-Control"] == "no-store"
        if status in {429, 503}:
            assert int(response.headers["Retry-After"]) > 0
        if status == 500:
            assert response.headers["X-Request-Id"] in page.words


@pytest.mark.sqlite_only
def test_wrong_methods_and_too_large_bodies(app: Flask, visit: Visit, world: World) -> None:
    """Named for what they are."""
    lan = visit(world.lan)
    code = registered(world)
    refused = lan.get("/vai-tro")
    assert refused.status_code == 405
    assert "POST" in refused.headers["Allow"]
    page = lan.open(f"/ho-so/{code}/tai-lieu")
    app.config["MAX_CONTENT_LENGTH"] = 1000
    large = lan.send(page, {"title": "x" * 2000}, status=413)
    assert "25 MB" in large.words


@pytest.mark.sqlite_only
def test_hostile_addresses_find_nothing(visit: Visit, world: World) -> None:
    """No trace of what was typed, no error inside."""
    lan = visit(world.lan)
    for path in (
        "/ho-so/%3Cscript%3E", "/ho-so/..%2f..%2fetc%2fpasswd", "/ho-so/%00", "/ho-so/" + "A" * 4000,
        "/ho-so/'%20OR%201=1--", "/du-an/99999999999999999999", "/ho-so/AB-2026-000001-1/tai-lieu/99999999999999999999",
        "/static/..%2f..%2fsecret",
    ):  # fmt: skip
        response = lan.get(path)
        assert response.status_code == 404, path
        assert "<script>" not in response.get_data(as_text=True)


def test_a_refusal_leads_back_and_gives_back_what_was_typed(visit: Visit, world: World) -> None:
    """The case is one click away; a long text is there to be copied, the form's own secrets are not."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    an = visit(world.an)
    typed = "Đề nghị xác minh thêm tại thực địa"
    sent = an.get(f"/ho-so/{code}")
    token = Page(sent).root.xpath("//input[@name='csrf_token']/@value")[0]
    answer = Page(
        an.post(f"/ho-so/{code}/tra-lai", {"csrf_token": token, "_once": "k" * 20, "reason": typed})
    )
    assert answer.status == 409
    assert typed in answer.words
    assert token not in answer.words
    assert "k" * 20 not in answer.words
    assert f"/ho-so/{code}" in answer.links()
