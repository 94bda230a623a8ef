"""The slip and the look-up: what they tell, what they never tell, and that wrong answers are one answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from config.database import db, transaction
from petitions.codes import normalise_secret
from petitions.errors import Conflict, Forbidden, NotFound
from petitions.models import Agency, Case, CommandKey, LoginAttempt, Slip
from petitions.services import slips
from tests.conftest import NOW, TODAY
from tests.web.browsing import Page, Visitor
from tests.web.cases import COMPLAINT, DENUNCIATION, done, in_verification, registered
from tests.world import World
from workflows.vocabulary import Action, Actor, AgencyKind, Kind, Need, State

Visit = Callable[[Actor | None], Visitor]
TELLING = (
    "tố cáo", "khiếu nại", "kiến nghị", "phản ánh", "denunciation", "complaint",
    "Lò Thị", "Bình Minh", "0987654321", "Nguyễn Văn Đức", "001070000001", "0912345678",
    "Cán bộ địa chính", "Phạm Văn Giang", "thu hồi",
)  # fmt: skip
"""Words that would tell the kind of petition, or whose it is."""


def silent(page: Page) -> bool:
    """Whether the bytes of a page say none of it, headers included."""
    said = (page.text + str(page.response.headers)).casefold()
    return not [word for word in TELLING if word.casefold() in said]


def printed(visitor: Visitor, code: str, **more: str) -> tuple[Page, str]:
    """The slip an officer prints from the case page, and its secret."""
    page = visitor.open(f"/ho-so/{code}")
    slip = visitor.send(page, more, action="/phieu-hen", status=200)
    return slip, secret_of(slip)


def secret_of(slip: Page) -> str:
    """What stands on the slip."""
    assert slip.root is not None
    return str(slip.root.xpath("//*[contains(@class, 'slip-secret')]")[0].text)


def ask(visitor: Visitor, code: str, secret: str, **more: Any) -> Page:
    """Ask where the petition stands."""
    return Page(visitor.post("/tra-cuu", {"code": code, "secret": secret}, **more))


def plain(text: str, code: str, secret: str) -> str:
    """A page without what differs between two slips of anybody: codes, dates, picture, one-time keys."""
    text = text.replace(code, "MÃ").replace(secret, "BÍ MẬT")
    text = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    text = re.sub(r'value="[^"]*"', "", text)
    return re.sub(r"\d\d/\d\d/\d{4}", "NGÀY", text)


def test_a_slip_says_nothing_of_the_kind(visit: Visit, world: World) -> None:
    """Of a denunciation and of a complaint: word for word the same but for codes and dates."""
    lan, guest = visit(world.lan), visit(None)
    told: dict[Kind, list[str]] = {}
    for given in (COMPLAINT, DENUNCIATION):
        code = registered(world, given)
        for large in ({}, {"large": "1"}):
            slip, secret = printed(lan, code, **large)
            assert silent(slip)
            assert ("slip-large" in slip.text) == bool(large)
            found = ask(guest, code, secret)
            assert found.status == 200
            assert silent(found)
            kept = told.setdefault(given.kind, [])
            page = re.sub(r'<p class="note note-warn".*?</p>', "", slip.text)
            kept += [plain(page, code, secret), plain(found.text, code, secret)]
        assert slip.response.headers["Cache-Control"] == "no-store"
        assert secret not in (slip.root.xpath("string(//svg)") or "")
    assert told[Kind.COMPLAINT] == told[Kind.DENUNCIATION]
    assert "02/12/2026" in found.words
    assert "UBND xã An Bình" in found.words
    assert "Set-Cookie" not in found.response.headers
    assert "noindex" in found.response.headers["X-Robots-Tag"]
    assert found.response.headers["Referrer-Policy"] == "no-referrer"


def test_wrong_answers_are_one_answer(
    visit: Visit, world: World, statements: Callable[[], Any]
) -> None:
    """Wrong code, wrong secret, revoked slip, no slip, no code at all: the same bytes, status and work."""
    code, other = registered(world), registered(world, parties=COMPLAINT.parties[:1])
    lan = visit(world.lan)
    _, former = printed(lan, code)
    slip, secret = printed(lan, code)
    assert "hết giá trị từ bây giờ" in slip.words
    seen, work = set(), set()
    tries = [
        (code, "AAAA-BBBB-CCCC"), (code, former), (code, ""), (other, secret), (other, former),
        ("AB-2026-999999-9", secret), ("AB-2026-000777-4", secret), ("", ""), ("<script>", "\x00"),
        ("Ă" * 500, "%s'; --" * 500), (code[:-1], secret), ("\u202e" + code[::-1], secret),
    ]  # fmt: skip
    for number, (typed, guess) in enumerate(tries):
        with statements() as found:
            page = ask(visit(None), typed, guess, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"})
        headers = {name: value for name, value in page.response.headers if name != "X-Request-Id"}
        seen.add((page.status, page.text, tuple(sorted(headers.items()))))
        work.add(tuple(" ".join(each.split()) for each in found.page()))
    assert len(seen) == len(work) == 1
    assert next(iter(seen))[0] == 422
    assert "Set-Cookie" not in dict(next(iter(seen))[2])
    for spelled in (secret.lower(), secret.replace("-", " "), f" {secret}\u200b"):
        assert ask(visit(None), f" {code.lower()} ", spelled).status == 200


def test_guessing_is_slowed_by_code_and_by_address(visit: Visit, world: World, app: Flask) -> None:
    """A clear sentence and Retry-After; the right one takes its own attempts back; digests only."""
    code = registered(world)
    _, secret = printed(visit(world.lan), code)
    guest = visit(None)
    limit = app.extensions["donthu"].settings.login_attempts
    here: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": "10.1.1.1"}}
    for _ in range(limit - 1):
        assert ask(guest, code, "AAAA-AAAA-AAAA", **here).status == 422
    assert ask(guest, code, secret, **here).status == 200
    for _ in range(limit):
        assert ask(guest, code, "AAAA-AAAA-AAAA", **here).status == 422
    waiting = ask(guest, code, secret, **here)
    assert waiting.status == 429
    assert "Hãy đợi" in waiting.words
    assert "phút" in waiting.words
    assert 0 < int(waiting.response.headers["Retry-After"]) <= 60 * 60
    assert silent(waiting)
    rated = Page(guest.post("/tra-cuu/danh-gia", {"code": code, "secret": secret}, **here))
    assert rated.status == 429
    statuses = {
        ask(guest, f"AB-2026-{number:06}-1", "x", **here).status for number in range(limit * 4)
    }
    assert statuses == {422, 429}
    assert all(len(who) == 64 for who in db.session.scalars(select(LoginAttempt.who)))


def test_one_sending_one_slip(world: World) -> None:
    """The same form again prints the same slip; another replaces it; the secret is stored nowhere."""
    code = registered(world)
    first = slips.issue(code, actor=world.lan, now=NOW, key="once")
    again = slips.issue(code, actor=world.lan, now=NOW, key="once")
    assert (first.secret, first.replaced) == (again.secret, again.replaced)
    assert re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", first.secret)
    assert slips.issue(code, actor=world.minh, now=NOW, key="once").secret != first.secret
    with pytest.raises(Conflict, match="đã bị thay"):
        slips.issue(code, actor=world.lan, now=NOW, key="once")
    with transaction() as session:
        session.execute(CommandKey.__table__.delete())  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="đã bị thay"):
        slips.issue(code, actor=world.lan, now=NOW, key="once")
    third = slips.issue(code, actor=world.van, now=NOW)
    rows = db.session.execute(select(Slip.digest, Slip.revoked_at).order_by(Slip.id)).all()
    assert [row.revoked_at is None for row in rows] == [False, False, True]
    stored = " ".join(row.digest for row in rows)
    stored += " ".join(db.session.scalars(select(CommandKey.result)))
    for secret in (first.secret, third.secret):
        assert normalise_secret(secret) not in normalise_secret(stored)
    assert slips.opened(code, third.secret, "10.0.0.1", NOW) is not None
    assert slips.opened(code, first.secret, "10.0.0.1", NOW) is None


def test_who_prints_slips(visit: Visit, world: World) -> None:
    """Whoever takes papers in where the case lies or came in, and sees it; nobody else."""
    code, sealed = registered(world), registered(world, DENUNCIATION)
    for stranger in (world.binh, world.tam, world.giam):
        with pytest.raises(NotFound):
            slips.issue(code, actor=stranger, now=NOW)
    with pytest.raises(NotFound):
        slips.issue(sealed, actor=world.an, now=NOW)
    for above in (world.hoa, world.phuc):
        with pytest.raises(Forbidden):
            slips.issue(code, actor=above, now=NOW)
    slips.issue(sealed, actor=world.minh, now=NOW)
    binh = visit(world.binh)
    token = binh.open("/ho-so").root.xpath("//input[@name='csrf_token']/@value")[0]
    assert binh.post(f"/ho-so/{code}/phieu-hen", {"csrf_token": token}).status_code == 404
    assert "Phiếu hẹn" not in visit(world.hoa).open(f"/ho-so/{code}").words


def test_what_the_look_up_tells(visit: Visit, world: World) -> None:
    """Days owed and no others, a day that has passed, a pause, a meeting, the body that holds it now."""
    code = in_verification(world)
    lan, guest = visit(world.lan), visit(None)
    _, secret = printed(lan, code)
    words = ask(guest, code, secret).words
    assert "Đơn đang được giải quyết." in words
    assert words.count("chậm nhất ngày") == 1
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "1/BC"})
    meeting = TODAY + timedelta(days=10)
    done(code, Action.PLAN_DIALOGUE, world.minh, {Need.DIALOGUE_ON: meeting})
    words = ask(guest, code, secret).words
    assert "mời ông (bà) đến làm việc ngày 30/11/2026" in words
    assert "đối thoại" not in words
    done(code, Action.SUSPEND, world.minh, {Need.GROUND: "11a.1.b", Need.REASON: "Chờ giám định"})
    words = ask(guest, code, secret).words
    assert "đang tạm dừng" in words
    assert "chậm nhất" not in words

    late = registered(
        world, received_on=TODAY - timedelta(days=60), late_reason="Nhập bù", contested=None
    )
    _, secret = printed(lan, late)
    words = ask(guest, late, secret).words
    assert "▲ đã quá ngày" in words
    assert "Hãy hỏi nơi đang giữ đơn." in words

    with transaction() as session:
        session.execute(
            update(Case).where(Case.code == late).values(agency_id=world.agencies["so-nnmt"])
        )
    assert "Hỏi ở đâu Sở Nông nghiệp và Môi trường" in ask(guest, late, secret).words
    with transaction() as session:
        session.execute(
            update(Agency).where(Agency.code == "so-nnmt").values(kind=AgencyKind.INSPECTORATE)
        )
    assert "Hỏi ở đâu UBND xã An Bình" in ask(guest, late, secret).words


def test_every_state_can_be_looked_up(visit: Visit, world: World) -> None:
    """Nothing in any state speaks of the kind, and none breaks the page."""
    code = registered(world, replace(DENUNCIATION, late_reason=None))
    _, secret = printed(visit(world.lan), code)
    guest = visit(None)
    for state in State:
        with transaction() as session:
            session.execute(update(Case).where(Case.code == code).values(state=state))
        found = ask(guest, code, secret)
        assert found.status == 200, state
        assert silent(found), state
