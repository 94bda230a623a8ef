"""The desk page: one box, the answer on Enter or while typing, and the acts behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lxml import html
from sqlalchemy import func, select

from config.database import db
from petitions.models import Case, Draft
from petitions.services.intake import register
from petitions.services.visit_rows import Taken
from petitions.services.visits import receive
from tests.conftest import NOW
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_person_history import COMER, NEW_CARD, OLD_CARD, SAID
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Actor, Kind

Visit = Callable[[Actor | None], Visitor]


def test_the_box_answers_and_leads_on(visit: Visit, world: World) -> None:
    """A scan finds the person; from there to the form, to more papers, to the visit, with nothing retyped."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    heard = receive(
        None, Taken(people=(COMER,), said=SAID, kind=Kind.COMPLAINT), actor=world.lan, now=NOW
    )
    lan = visit(world.lan)
    empty = lan.open("/quay")
    assert "Quét thẻ" in empty.words
    assert empty.response.headers["Cache-Control"] == "no-store"
    page = lan.send(empty, {"box": OLD_CARD}, status=200)
    for words in (code, "Nguyễn Văn Đức, sinh 1970", "trùng số giấy tờ", "UBND xã An Bình", "Mới tiếp nhận", SAID, "lần thứ 1"):  # fmt: skip
        assert words in page.words, words
    assert f"/dang-ky?visit={heard}" in page.links()
    assert f"/ho-so/{code}/bo-sung" in " ".join(page.links()) or any(code in each for each in page.links())  # fmt: skip
    begun = lan.send(page, action="/dang-ky", press=("_more", ""), status=200)
    form = begun.form("/dang-ky")
    assert form.fields["parties.0.id_number"] == "001070000001"
    assert form.fields["parties.0.name"] == "Nguyễn Văn Đức"
    assert form.fields["parties.0.birth_on"] == "02/03/1970"  # the card knows the day
    assert form.fields["parties.0.phone"] == "0912345678"  # and the register the telephone
    member = lan.open(f"/dang-ky?like={code}").form("/dang-ky")
    assert member.fields["content"].strip() == COMPLAINT.content
    assert not member.fields["parties.0.name"]
    visit_begun = lan.send(page, action="/tiep-cong-dan/luot/moi", press=("_more", ""), status=200)
    assert 'value="Nguyễn Văn Đức"' in visit_begun.text
    from_visit = lan.open(f"/dang-ky?visit={heard}").form("/dang-ky")
    assert from_visit.fields["content"].strip() == SAID
    part = lan.post("/quay/tra", {"box": "nguyen van duc", "csrf_token": _token(empty)})
    root = html.fragment_fromstring(part.get_data(as_text=True), create_parent="div")
    assert part.headers["Cache-Control"] == "no-store"
    assert code in " ".join(root.itertext())
    assert not root.xpath("//script | //style | //@style")
    wrong = lan.send(empty, {"box": "001070000001||Nguyễn"}, status=422)
    assert "quét dở" in wrong.faults["box"]
    hint = lan.post("/quay/tra", {"box": "12345", "csrf_token": _token(empty)})
    assert "5 chữ số" in hint.get_data(as_text=True)
    nobody = lan.send(empty, {"box": NEW_CARD.replace("001070000001", "001099000001").replace("Đức", "Xyz")}, status=200)  # fmt: skip
    assert "chưa từng đến" in nobody.words
    started = lan.send(nobody, action="/dang-ky", press=("_more", ""), status=200)
    assert started.form("/dang-ky").fields["parties.0.address"] == "Thôn Đoài, xã An Bình"


def test_strangers_and_other_hats_see_nothing(visit: Visit, world: World) -> None:
    """What lies elsewhere answers like what is not; hats that take nothing in have no desk."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    sealed = register(DENUNCIATION, actor=world.lan, now=NOW)
    binh = visit(world.binh)
    page = binh.open("/quay")
    for typed in (OLD_CARD, code, sealed, "Lò Thị Bình Minh", "nguyen van duc"):
        answer = binh.send(page, {"box": typed}, status=200)
        assert "chưa từng đến" in answer.words, typed
        assert code not in answer.words.replace(typed, "")
        assert "chưa có đơn nào" in answer.words
    refused = binh.post(f"/quay/bo-sung/{code}", {"csrf_token": _token(page)})
    assert refused.status_code == 404
    assert db.session.scalar(select(func.count(Draft.id))) == 0
    for hat in (world.tam, world.giam, world.hoa):
        assert visit(hat).get("/quay").status_code == 403
        assert visit(hat).post("/quay/tra", {"box": "x"}).status_code in {400, 403}
    assert visit(None).get("/quay").status_code == 302


def test_likely_repeats_stand_between_typing_and_saving(visit: Visit, world: World) -> None:
    """Linked, added to the case with the typing kept, or a new one with a word why; nothing by itself."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    lan = visit(world.lan)
    person, act = COMPLAINT.parties[0], COMPLAINT.contested
    assert act is not None
    values = {
        "parties.0.name": person.name.upper(), "parties.0.id_number": person.id_number or "",
        "summary": "Khiếu nại thu hồi đất, gửi lại", "content": COMPLAINT.content,
        "contested.number": act.number or "", "contested.received_on": "05/10/2026",
    }  # fmt: skip
    page = lan.send(lan.open("/dang-ky"), values, status=422)
    assert code in page.words
    assert "cùng số CCCD" in page.words
    assert "rất giống" in page.words
    cases = select(func.count(Case.id))
    assert db.session.scalar(cases) == 1
    kept = lan.post(f"/quay/bo-sung/{code}", _values(page))
    assert kept.status_code == 302
    assert code in kept.headers["Location"]
    assert db.session.scalar(select(func.count(Draft.id))) == 1
    lan.send(page, {"seen.choice": f"link:{code}"})
    assert db.session.scalar(cases) == 2
    again = lan.send(lan.open("/dang-ky"), values, status=422)
    lan.send(again, {"seen.choice": "new"}, status=422)
    lan.send(again, {"seen.choice": "new", "seen.reason": "Đơn về thửa đất khác"})
    assert db.session.scalar(cases) == 3
    other = replace(COMPLAINT, summary="Cùng đơn gửi xã khác")
    register(other, actor=world.khanh, now=NOW)
    told = lan.send(lan.open("/dang-ky"), values, status=422)
    assert "bạn chỉ được biết là có" in told.words
    assert "Cùng đơn gửi xã khác" not in told.words


def _token(page: object) -> str:
    return str(page.root.xpath("//input[@name='csrf_token']/@value")[0])  # type: ignore[attr-defined]


def _values(page: object) -> dict[str, str]:
    return dict(page.form("/dang-ky").form_values())  # type: ignore[attr-defined]
