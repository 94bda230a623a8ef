"""Drafts of the registration page: kept sealed for their writer alone, gone when sent or forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from config.database import db
from petitions.errors import Invalid, NotFound
from petitions.jobs.job import Run
from petitions.jobs.schedule import JOBS
from petitions.models import Case, Draft
from petitions.queries.drafts import own_draft, own_drafts
from petitions.services import drafts
from tests.conftest import NOW
from tests.web.browsing import Visitor
from tests.web.test_register import DENOUNCED, TYPED, cases, code_of
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]
UID, OTHER = "a" * 32, "b" * 32
JSON = {"Accept": "application/json", "Referer": "http://localhost/"}


def kept() -> int:
    """How many drafts there are."""
    return db.session.scalar(select(func.count(Draft.id))) or 0


def test_a_draft_is_its_writers_alone(world: World) -> None:
    """Sealed in the row, replaced when saved again, opened for nobody else, limited in size and number."""
    lan, minh = world.lan, world.minh
    values = {"parties.0.name": ["Lò Thị Bình Minh"], "content": ["nửa \ud83d chữ"]}
    assert drafts.save(UID, "register", values, actor=lan, now=NOW)
    row = db.session.scalars(select(Draft)).one()
    assert "Bình Minh".encode() not in row.sealed
    first = row.sealed
    later = NOW + timedelta(minutes=5)
    assert drafts.save(UID, "register", {**values, "summary": ["Tố cáo"]}, actor=lan, now=later)
    db.session.expire_all()
    assert db.session.scalars(select(Draft)).one().sealed != first
    read = own_draft(lan, "register", UID, later)
    assert (read.said("parties.0.name"), read.said("summary")) == ("Lò Thị Bình Minh", "Tố cáo")
    for who, page, at in (
        (minh, "register", later),
        (lan, "visit", later),
        (lan, "register", later + drafts.KEPT_FOR),
    ):
        with pytest.raises(NotFound):
            own_draft(who, page, UID, at)
        assert own_drafts(who, page, at) == ()
    with pytest.raises(NotFound):
        drafts.save(UID, "register", values, actor=minh, now=later)
    with pytest.raises(NotFound):
        drafts.throw_away(UID, actor=minh)
    with pytest.raises(NotFound):
        drafts.save("../etc/passwd", "register", values, actor=lan, now=later)
    with pytest.raises(Invalid):
        drafts.save(OTHER, "register", {"content": ["a" * drafts.LARGEST]}, actor=lan, now=later)
    for number in range(drafts.MOST + 3):
        drafts.save(
            f"{number:032x}", "register", {}, actor=lan, now=later + timedelta(hours=number)
        )
    assert kept() == drafts.MOST
    drafts.throw_away(f"{drafts.MOST:032x}", actor=lan)
    assert kept() == drafts.MOST - 1


def test_forgotten_drafts_are_cleaned_away(world: World) -> None:
    """After seven days, not before."""
    clean_up = next(job for job in JOBS if job.name == "cleanup")
    drafts.save(UID, "register", {}, actor=world.lan, now=NOW)
    drafts.save(OTHER, "register", {}, actor=world.lan, now=NOW + timedelta(hours=1))
    for at, left in ((timedelta(days=6, hours=23), 2), (timedelta(days=7), 1)):
        clean_up.work(Run(NOW + at, NOW + at, lambda _session: None))
        db.session.commit()
        assert kept() == left


def test_the_button_keeps_and_the_list_brings_back(visit: Visit, world: World) -> None:
    """Without script: saved by the button, found on the page, sent from there, gone with the case."""
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), TYPED, press=("_keep", "1"), status=200)
    assert "Đã lưu nháp" in page.words
    assert page.form("/dang-ky").fields["content"] == TYPED["content"]
    assert cases() == 0
    fresh = lan.open("/dang-ky")
    assert "Nguyễn Văn Đức: Khiếu nại quyết định thu hồi đất" in fresh.words
    link = next(href for href in fresh.links() if "draft=" in href)
    restored = lan.open(link)
    form = restored.form("/dang-ky")
    for name, value in TYPED.items():
        assert form.fields[name] == value, name
    assert "no-store" in restored.response.headers["Cache-Control"]
    assert visit(world.minh).get(link).status_code == 404
    assert "Bản nháp" not in visit(world.minh).open("/dang-ky").words
    sent = lan.send(restored, action="/dang-ky")
    assert (cases(), kept()) == (1, 0)
    again = lan.send(page, action="/dang-ky")  # the answer was lost: the same form once more
    assert code_of(again) == code_of(sent)
    assert (cases(), kept()) == (1, 0)
    assert lan.get(link).status_code == 404


def test_a_draft_is_thrown_away_by_its_writer(visit: Visit, world: World) -> None:
    """The button beside it; nobody else's button does."""
    lan = visit(world.lan)
    lan.send(lan.open("/dang-ky"), DENOUNCED, press=("_keep", "1"), status=200)
    page = lan.open("/dang-ky")
    assert "Đơn tố cáo" in page.words
    assert "Bình Minh" not in page.words  # nobody looks over a shoulder at a denouncer's name
    action = page.form("/bo").action
    assert visit(world.minh).post(action, {"csrf_token": "x"}).status_code in {400, 404}
    assert kept() == 1
    lan.send(page, action="/bo")
    assert kept() == 0


def test_a_refused_registration_keeps_the_draft(visit: Visit, world: World) -> None:
    """It goes with the case that is made, in the same transaction, not before."""
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), TYPED, press=("_keep", "1"), status=200)
    lan.send(page, {"summary": ""}, action="/dang-ky", status=422)
    assert (cases(), kept()) == (0, 1)


def test_what_the_script_asks(visit: Visit, world: World) -> None:
    """Kept and told at once; signed out is 401, a stale token 400, and neither loses anything."""
    lan = visit(world.lan)
    form = lan.open("/dang-ky").form()
    sent = dict(form.form_values()) | TYPED
    answer = lan.post("/dang-ky/nhap", sent, headers=JSON)
    assert answer.json["kept"] is True
    assert "no-store" in answer.headers["Cache-Control"]
    assert kept() == 1
    wordy = sent | {"field_code": "", "kind": "feedback", "contested.issuer": "UBND xã An Bình"}
    hints = lan.post("/dang-ky/nhap", wordy, headers=JSON).json["hints"]
    assert "khiếu nại quyết định" in hints["kind"]
    assert "Thu hồi" in hints["field_code"]
    token = lan.get("/dang-ky/nhap", headers=JSON).json
    assert token["user"] == world.lan.user_id
    stale = lan.post("/dang-ky/nhap", sent | {"csrf_token": "cũ"}, headers=JSON)
    assert (stale.status_code, stale.is_json) == (400, True)
    out = visit(None)
    assert out.post("/dang-ky/nhap", sent, headers=JSON).status_code == 401
    assert out.get("/dang-ky/nhap", headers=JSON).status_code == 401
    assert out.get("/dang-ky").status_code == 302
    minh = visit(world.minh)
    csrf = minh.get("/dang-ky/nhap", headers=JSON).json["csrf"]
    assert minh.post("/dang-ky/nhap", sent | {"csrf_token": csrf}, headers=JSON).status_code == 404
    same = TYPED | {"_once": sent["_once"], "_draft": sent["_draft"]}
    lan.send(lan.open("/dang-ky"), same, action="/dang-ky")
    late = lan.post("/dang-ky/nhap", sent, headers=JSON)
    assert late.json["kept"] is False
    assert kept() == 0
    assert db.session.scalar(select(func.count(Case.id))) == 1


def test_a_page_of_an_earlier_session_comes_back_whole(visit: Visit, world: World) -> None:
    """Signed in anew in another window the token is another: the typing stands, one more press sends it."""
    lan = visit(world.lan)
    page = lan.send(lan.open("/dang-ky"), TYPED | {"csrf_token": "phiên trước"}, status=400)
    assert "phiên làm việc trước" in page.words
    form = page.form("/dang-ky")
    for name, value in TYPED.items():
        assert form.fields[name] == value, name
    lan.send(page, action="/dang-ky")
    assert cases() == 1


def test_a_scanned_card_fills_the_person(visit: Visit, world: World) -> None:
    """Enter after the scan does not register; what is no card says what it looks like."""
    lan = visit(world.lan)
    scan = "001070000001||NGUYỄN VĂN ĐỨC|12031970|Nam|Thôn Đoài, xã An Bình|01012021"
    page = lan.send(lan.open("/dang-ky"), {"parties.0.name": scan}, status=200)
    fields = page.form("/dang-ky").fields
    assert fields["parties.0.name"] == "NGUYỄN VĂN ĐỨC"
    assert (fields["parties.0.birth_on"], fields["parties.0.sex"]) == ("12/03/1970", "male")
    assert fields["parties.0.id_number"] == "001070000001"
    assert fields["parties.0.address"] == "Thôn Đoài, xã An Bình"
    csrf = fields["csrf_token"]
    card = lan.post("/dang-ky/the", {"csrf_token": csrf, "scan": scan}, headers=JSON).json
    assert card["name"] == "NGUYỄN VĂN ĐỨC"
    half = lan.post("/dang-ky/the", {"csrf_token": csrf, "scan": "001070000001||NG"}, headers=JSON)
    assert (half.status_code, "quét dở" in half.json["message"]) == (422, True)
    refused = lan.send(page, {"parties.0.name": "001070000001||NG"}, action="/dang-ky", status=422)
    assert "quét dở" in refused.faults["parties-0-name"]
    assert cases() == 0
