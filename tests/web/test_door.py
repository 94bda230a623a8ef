"""Getting in, and that nothing is open that should not be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from config.database import transaction
from config.settings import Settings
from petitions.models import User
from petitions.services import accounts, passwords
from petitions.web.session import OPEN_TO_ALL
from tests.conftest import TODAY
from tests.web.browsing import Visitor, path_of
from tests.world import World
from workflows.vocabulary import Actor

PASSWORD = "ngựa xanh qua cầu"
Visit = Callable[[Actor | None], Visitor]


@pytest.fixture
def with_password(world: World) -> None:
    """Lan has a password that can be typed."""
    with transaction() as session:
        session.execute(
            update(User)
            .where(User.username == "lan")
            .values(password_hash=passwords.hashed(PASSWORD))
        )


def test_every_route_asks_for_a_sign_in(app: Flask, visit: Visit) -> None:
    """Whoever is not signed in is sent to the sign-in page from everywhere, by every method."""
    stranger = visit(None)
    asked = 0
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPEN_TO_ALL or rule.rule.startswith("/api/"):
            continue
        path = path_of(rule)
        if "GET" in (rule.methods or ()):
            response = stranger.get(path)
            assert response.status_code == 302, path
            assert response.headers["Location"] == "/dang-nhap"
            asked += 1
        if "POST" in (rule.methods or ()):
            response = stranger.post(path, {"x": "1"})
            assert response.status_code == 302, path
            assert response.headers["Location"] == "/dang-nhap"
            asked += 1
    assert asked > 20


def test_an_unknown_address_tells_a_stranger_nothing(visit: Visit) -> None:
    """It answers like every other address."""
    response = visit(None).get("/khong-co-trang-nay")
    assert (response.status_code, response.headers["Location"]) == (302, "/dang-nhap")


def test_signing_in_leads_where_one_was_going(visit: Visit, with_password: None) -> None:
    """And signing out leads back to the door."""
    guest = visit(None)
    guest.get("/du-an")
    page = guest.open("/dang-nhap")
    wrong = guest.send(page, {"username": "lan", "password": "không phải"}, status=422)
    assert "Tên đăng nhập hoặc mật khẩu không đúng." in wrong.faults["password"]
    assert wrong.form().fields["username"] == "lan"
    assert "không phải" not in wrong.text
    inside = guest.send(wrong, {"username": "lan", "password": PASSWORD})
    assert inside.response.headers["Location"] == "/du-an"
    home = guest.follow(inside)
    assert "Nguyễn Thị Lan" in home.text
    token = home.root.xpath("//form[@action='/dang-xuat']//input[@name='csrf_token']/@value")[0]
    left = guest.post("/dang-xuat", {"csrf_token": token})
    assert left.headers["Location"] == "/dang-nhap"
    assert guest.get("/ho-so").status_code == 302


def test_guessing_is_slowed_down(
    visit: Visit, with_password: None, house_settings: Settings
) -> None:
    """After the allowed attempts even the right password has to wait."""
    guest = visit(None)
    page = guest.open("/dang-nhap")
    for _ in range(house_settings.login_attempts):
        page = guest.send(page, {"username": "lan", "password": "sai rồi nhé"}, status=422)
    blocked = guest.send(page, {"username": "lan", "password": PASSWORD}, status=429)
    assert int(blocked.response.headers["Retry-After"]) > 0


def test_changing_the_password_ends_other_sessions(
    visit: Visit, with_password: None, world: World
) -> None:
    """This session goes on, others are out."""
    here, elsewhere = visit(world.lan), visit(world.lan)
    page = here.open("/mat-khau")
    unlike = here.send(
        page, {"old": PASSWORD, "new": "mật khẩu mới đây", "again": "khác"}, status=422
    )
    assert "again" in unlike.faults
    wrong = here.send(
        page,
        {"old": "sai rồi nhé", "new": "mật khẩu mới đây", "again": "mật khẩu mới đây"},
        status=422,
    )
    assert "old" in wrong.faults
    here.send(page, {"old": PASSWORD, "new": "mật khẩu mới đây", "again": "mật khẩu mới đây"})
    here.open("/ho-so")
    assert elsewhere.get("/ho-so").status_code == 302


def test_a_first_password_must_be_replaced(visit: Visit, world: World) -> None:
    """Until then no other page opens."""
    with transaction() as session:
        session.execute(
            update(User).where(User.username == "lan").values(must_change_password=True)
        )
    lan = visit(world.lan)
    for path in ("/ho-so", "/dang-ky", "/tim"):
        assert lan.get(path).headers["Location"] == "/mat-khau"
    lan.open("/mat-khau")


def test_changing_hats(visit: Visit, world: World, app: Flask) -> None:
    """Only into one of one's own; the page then speaks of the new one."""
    from petitions.services.hats import HatGiven, give_hat
    from tests.conftest import NOW
    from workflows.vocabulary import Role

    given = HatGiven(role=Role.CLERK, agency_code="so-nnmt", valid_from=TODAY)
    second = int(give_hat("lan", given, actor=None, now=NOW))
    lan = visit(world.lan)
    page = lan.open("/ho-so")
    form = page.root.xpath("//form[@action='/vai-tro']")[0]
    token = form.fields["csrf_token"]
    assert lan.post("/vai-tro", {"csrf_token": token, "hat": world.minh.hat_id}).status_code == 404
    moved = lan.post("/vai-tro", {"csrf_token": token, "hat": second})
    assert moved.status_code == 302
    assert "Văn thư – Sở Nông nghiệp và Môi trường" in lan.open("/ho-so").text


def test_a_disabled_account_is_out_at_the_next_click(visit: Visit, world: World) -> None:
    """Nothing about it waits for the session to expire."""
    lan = visit(world.lan)
    lan.open("/ho-so")
    with transaction() as session:
        session.execute(
            update(User).where(User.username == "lan").values(session_epoch=User.session_epoch + 1)
        )
    assert lan.get("/ho-so").status_code == 302


@pytest.mark.parametrize("stored", ["", "x", "1:2", "1:2:x", "999999:1:1", "1:1:1:1"])
def test_a_damaged_session_is_nobody(app: Flask, world: World, stored: str) -> None:
    """It asks for a sign-in like none at all."""
    guest = Visitor(app)
    with guest.client.session_transaction() as session:
        session["_user_id"] = stored
    assert guest.get("/ho-so").status_code == 302


def test_a_form_without_its_token_is_refused(visit: Visit, world: World) -> None:
    """Another site cannot send a form in somebody's name."""
    response = visit(world.lan).post("/dang-ky", {"summary": "x"})
    assert response.status_code == 400
    assert "Chưa có gì được lưu" in response.get_data(as_text=True)


def test_every_answer_carries_the_headers(visit: Visit, world: World) -> None:
    """Pages, errors and redirects alike; nothing is stored by browsers."""
    for response in (
        visit(world.lan).get("/ho-so"),
        visit(world.lan).get("/ho-so/AB-2026-999999-9"),
        visit(None).get("/ho-so"),
    ):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert len(response.headers["X-Request-Id"]) == 16


def test_static_files_are_compressed_and_kept(app: Flask, visit: Visit) -> None:
    """Their address changes with their content, so browsers keep them for good."""
    page = visit(None).open("/dang-nhap")
    addresses = page.root.xpath("//link[@rel='stylesheet']/@href")
    addresses += page.root.xpath("//script/@src")
    assert len(addresses) == 3
    for address in addresses:
        response = app.test_client().get(address, headers={"Accept-Encoding": "gzip"})
        assert response.status_code == 200
        assert response.headers["Content-Encoding"] == "gzip"
        assert "immutable" in response.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in response.headers


def test_the_log_holds_no_query_and_no_unknown_path(
    app: Flask, world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Method, known path, status, time, person: nothing anybody typed."""
    lines: list[dict[str, Any]] = []

    class Log:
        def info(self, event: str, **more: Any) -> None:
            lines.append({"event": event, **more})

    monkeypatch.setattr("petitions.web.security._log", Log())
    lan = visit(world.lan)
    lan.get("/ho-so?kind=complaint&x=Nguyễn+Văn+Đức")
    lan.get("/Nguyễn Văn Đức")
    page = lan.open("/tim")
    lan.send(page, {"words": "Nguyễn Văn Đức"}, status=200)
    written = json.dumps(lines, ensure_ascii=False)
    assert "Đức" not in written
    assert [line["path"] for line in lines] == ["/ho-so", "(unknown)", "/tim", "/tim"]
    assert {"method", "path", "status", "ms", "event"} == set(lines[0])


def test_health(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive without a database; ready only with the right schema."""
    client = app.test_client()
    assert client.get("/healthz").get_data() == b"ok"
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr("petitions.schema.head_revision", lambda: "another")
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts(visit: Visit, with_password: None) -> None:
    """And lasts as long as the settings say."""
    guest = visit(None)
    page = guest.open("/dang-nhap")
    response = guest.send(page, {"username": "lan", "password": PASSWORD}).response
    cookie = next(each for each in response.headers.getlist("Set-Cookie") if "donthu=" in each)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" in cookie


def test_principal_costs_three_statements(world: World, statements: Any) -> None:
    """Sign-in and scope stay within their share of every page's budget."""
    with statements() as found:
        accounts.principal(world.lan.user_id, world.lan.hat_id, 1, TODAY)
    assert len([each for each in found.seen if not each.startswith(("BEGIN", "PRAGMA"))]) <= 3


def test_no_static_file_is_a_third_party_one() -> None:
    """Bootstrap comes from its package; what stands here is ours and small."""
    from petitions.web import FOLDER

    files = {path.name: path.stat().st_size for path in Path(FOLDER / "static").iterdir()}
    scripts = {"page.js", "register.js", "desk_box.js"}
    assert set(files) == {"civic.css", "letter.css", "mark.svg"} | scripts
    assert sum(files.values()) < 64_000
