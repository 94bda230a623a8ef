"""Pages of letters: choosing a form, filling it, preview, draft, handing up; templates and letterheads."""

from __future__ import annotations

import io
from collections.abc import Callable

from sqlalchemy import select

from config.database import db
from petitions.documents.catalog import form_for, forms
from petitions.documents.layout import template_of
from petitions.models import Event, Letterhead, LetterTemplate, Submission
from tests.conftest import TODAY
from tests.petitions.test_intake import DENUNCIATION
from tests.petitions.test_letters import (
    ACCEPTANCE,
    TO_DENOUNCER,
    accepted,
    denounced,
    signed,
    text_of,
)
from tests.web.browsing import Visitor
from tests.world import World
from workflows.vocabulary import Action, Actor

Visit = Callable[[Actor | None], Visitor]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_letter_from_the_list_of_forms_to_the_proposal(visit: Visit, world: World) -> None:
    """Chosen, looked at, taken along as a draft, handed up; what the case says is filled in already."""
    code = accepted(world)
    an = visit(world.an)
    index = an.open(f"/ho-so/{code}/van-ban")
    here = f"/ho-so/{code}/van-ban/soan?mau={ACCEPTANCE}"
    assert here in [link.replace("%3A", ":") for link in index.links()]
    page = an.open(here)
    fields = page.form().fields
    assert fields["fields.complainant_name"] == "Nguyễn Văn Đức"
    assert fields["on"] == "20/11/2026"
    seen = an.send(page, {"fields.subject": "đất vườn"}, press=("_do", "preview"), status=200)
    assert "đất vườn" in seen.words
    assert "THÔNG BÁO" in seen.words
    draft = an.send(page, {"fields.subject": "đất vườn"}, press=("_do", "draft"), status=200)
    assert draft.response.mimetype == DOCX
    assert "đất vườn" in text_of(draft.response.data)
    up = an.send(page, {"fields.subject": "đất vườn"}, press=("_do", "propose"))
    paper = db.session.scalars(select(Submission)).one()
    assert up.response.headers["Location"].endswith(paper.uid)
    assert paper.words is not None
    assert paper.words["fields"] == {"subject": "đất vườn"}


def test_blanks_for_citizens_are_folded_apart(visit: Visit, world: World) -> None:
    """The office's letters in their lists, what a citizen fills in under its own fold and nowhere else."""
    page = visit(world.an).open(f"/ho-so/{accepted(world)}/van-ban")
    (fold,) = page.root.xpath("//main//details[contains(summary, 'Mẫu in sẵn cho công dân')]")
    inside = {each.get("href") for each in fold.xpath(".//a")}
    outside = {each.get("href") for each in page.root.xpath("//main//a")[:]} - inside
    citizens = {form.key for form in forms() if form.letterhead == "citizen"}
    assert inside
    assert {key_in(each) for each in inside} <= citizens
    assert not citizens & {key_in(each) for each in outside}
    assert len(page.root.xpath("//main//a[contains(@href, 'mau=')]")) == len(
        inside | {each for each in outside if "mau=" in each}
    )


def key_in(link: str) -> str:
    """The form a link opens."""
    return link.rpartition("mau=")[2].replace("%3A", ":")


def test_the_case_page_offers_the_letter_of_the_act_just_done(visit: Visit, world: World) -> None:
    """As long as it is not written; then the letter stands there itself."""
    code = accepted(world)
    an, here = visit(world.an), f"/ho-so/{code}/van-ban/soan?mau={ACCEPTANCE}"
    offered = [link.replace("%3A", ":") for link in an.open(f"/ho-so/{code}").links()]
    assert here in offered
    uid = signed(code, ACCEPTANCE, world.minh)
    links = [link.replace("%3A", ":") for link in an.open(f"/ho-so/{code}").links()]
    assert here not in links
    assert f"/ho-so/{code}/van-ban/{uid}" in links


def test_what_is_missing_is_named_at_its_blank(visit: Visit, world: World) -> None:
    """Nothing is handed up; what was typed stands there still."""
    code = accepted(world)
    an = visit(world.an)
    page = an.open(f"/ho-so/{code}/van-ban/soan?mau={ACCEPTANCE}")
    typed = {"fields.subject": "", "fields.complainant_address": "Thôn Đoài"}
    for button in ("preview", "draft", "propose"):
        wrong = an.send(page, typed, press=("_do", button), status=422)
        assert set(wrong.faults) == {"fields-subject"}
        assert wrong.form().fields["fields.complainant_address"] == "Thôn Đoài"
    late = an.send(page, {"on": "21/11/2026"}, press=("_do", "draft"), status=422)
    assert set(late.faults) == {"on"}
    assert not db.session.scalars(select(Submission)).all()


def test_rows_of_a_table_are_typed_and_added(visit: Visit, world: World) -> None:
    """The blank of a table offers a row more than it has, and another one on demand."""
    code = accepted(world)
    an = visit(world.an)
    page = an.open(f"/ho-so/{code}/van-ban/soan?mau=nd124:08")
    name = next(name for name in page.form().fields if name.endswith(".0.name"))
    more = an.send(page, {name: "Biên lai"}, press=("_do", "more"), status=200)
    assert more.form().fields[name] == "Biên lai"
    assert name.replace(".0.", ".1.") in more.form().fields


def test_the_letter_of_an_act_to_come_leads_to_the_act(visit: Visit, world: World) -> None:
    """It can be looked at here; it is signed where the act is proposed."""
    code = accepted(world)
    page = visit(world.minh).open(f"/ho-so/{code}/van-ban/soan?mau=nd124:15")
    assert f"/ho-so/{code}/viec/decide" in page.links()
    assert "propose" not in page.text


def test_a_form_that_is_not_there(visit: Visit, world: World) -> None:
    """Unknown, or none named: not found; of another kind: refused. Strangers see nothing."""
    code = accepted(world)
    an = visit(world.an)
    an.open(f"/ho-so/{code}/van-ban/soan?mau=nd124:99", 404)
    an.open(f"/ho-so/{code}/van-ban/soan", 404)
    an.open(f"/ho-so/{code}/van-ban/soan?mau=nd31:04", 422)
    for path in ("", f"/soan?mau={ACCEPTANCE}"):
        visit(world.binh).open(f"/ho-so/{code}/van-ban{path}", 404)


def test_a_signed_letter_is_handed_out_and_one_to_the_denouncer_for_a_reason(
    visit: Visit, world: World
) -> None:
    """The plain file at once; the sealed one asks, and the trace stays."""
    name = DENUNCIATION.parties[0].name
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh)
    an = visit(world.an)
    assert an.get(f"/ho-so/{code}/van-ban/{uid}").mimetype == DOCX
    assert "Chờ cấp số" in an.open(f"/ho-so/{code}/van-ban").words
    secret = denounced(world)
    sealed = signed(secret, TO_DENOUNCER, world.minh)
    minh = visit(world.minh)
    assert name not in minh.open(f"/ho-so/{secret}/van-ban").text
    before = _openings()
    asked = minh.open(f"/ho-so/{secret}/van-ban/{sealed}")
    empty = minh.send(asked, status=422)
    assert set(empty.faults) == {"reason"}
    assert _openings() == before
    given = minh.send(empty, {"reason": "Gửi thông báo cho người tố cáo"}, status=200)
    assert name in text_of(given.response.data)
    assert _openings() == before + 1
    visit(world.van).open(f"/ho-so/{secret}/van-ban/{sealed}", 404)
    minh.open(f"/ho-so/{secret}/van-ban/{uid}", 404)


def test_the_draft_to_the_denouncer_hides_him_without_a_reason(visit: Visit, world: World) -> None:
    """With a reason the draft names him and the trace stays; the preview never does."""
    name = DENUNCIATION.parties[0].name
    code = denounced(world)
    minh = visit(world.minh)
    page = minh.open(f"/ho-so/{code}/van-ban/soan?mau={TO_DENOUNCER}")
    assert name not in page.text
    assert name not in minh.send(page, press=("_do", "preview"), status=200).text
    plain = minh.send(page, press=("_do", "draft"), status=200)
    assert name not in text_of(plain.response.data)
    assert _openings() == 0
    told = minh.send(page, {"reason": "Kiểm tra địa chỉ"}, press=("_do", "draft"), status=200)
    assert name in text_of(told.response.data)
    assert _openings() == 1


def _openings() -> int:
    db.session.rollback()
    wanted = select(Event.id).where(Event.action == Action.OPEN_IDENTITY.value)
    return len(db.session.scalars(wanted).all())


# --- administration --------------------------------------------------------------------------


def test_a_letterhead_and_a_first_number_are_set(visit: Visit, world: World) -> None:
    """Shown in the list; ended; the book begins where the paper one ended, once."""
    tam = visit(world.tam)
    typed = {"agency_code": "an-binh", "abbreviation": "UBND", "place_name": "An Bình"}
    tam.send(tam.open("/quan-tri/van-ban/tieu-de"), typed)
    row = db.session.scalars(select(Letterhead)).one()
    page = tam.open("/quan-tri/van-ban")
    assert "An Bình" in page.words
    again = tam.send(tam.open("/quan-tri/van-ban/tieu-de"), typed, status=422)
    assert set(again.faults) == {"valid_from"}
    tam.send(tam.open(f"/quan-tri/van-ban/tieu-de/{row.id}/ket-thuc"), {"last_day": "31/12/2026"})
    book = {"agency_code": "an-binh", "year": "2026", "first": "57"}
    tam.send(tam.open("/quan-tri/van-ban/so-bat-dau"), book)
    twice = tam.send(tam.open("/quan-tri/van-ban/so-bat-dau"), book, status=409)
    assert "đã có số" in twice.words


def test_a_template_goes_out_and_comes_back_edited(visit: Visit, world: World) -> None:
    """The standard template is taken along; a broken one is refused with its places and nothing kept."""
    tam = visit(world.tam)
    file = tam.get(f"/quan-tri/van-ban/mau-chuan?mau={ACCEPTANCE}")
    assert file.mimetype == DOCX
    assert file.data == template_of(form_for(ACCEPTANCE, TODAY))
    page = tam.open(f"/quan-tri/van-ban/mau?mau={ACCEPTANCE}")
    sent = {"agency_code": "an-binh"}
    wrong = tam.send(
        page, {**sent, "file": (io.BytesIO(b"not a document"), "mau.docx")}, status=422
    )
    assert set(wrong.faults) == {"file"}
    assert not db.session.scalars(select(LetterTemplate)).all()
    tam.send(wrong, {**sent, "file": (io.BytesIO(file.data), "mau.docx")})
    row = db.session.scalars(select(LetterTemplate)).one()
    assert (row.form_key, row.valid_from) == (ACCEPTANCE, TODAY)
    tam.send(tam.open(f"/quan-tri/van-ban/mau/{row.id}/ket-thuc"), {"last_day": "31/12/2026"})
    tam.open("/quan-tri/van-ban/mau/999/ket-thuc", 404)
    tam.open("/quan-tri/van-ban/tieu-de/999/ket-thuc", 404)
