"""Letters: drafts from the case, the document a signature makes, the number, the denouncer kept out."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from config.clock import local_day
from config.database import db, transaction
from petitions.documents.catalog import form_for, forms
from petitions.documents.layout import template_of
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotAllowedNow, NotFound
from petitions.files import read_stored
from petitions.installation import installation
from petitions.models import Delegation, Event, Hat, OutgoingDocument, Submission
from petitions.queries.books import OutFilters, outgoing
from petitions.queries.case_page import case_page
from petitions.queries.choices import Names
from petitions.queries.letters import letters_of
from petitions.queries.submissions import submission
from petitions.services import books_out, letters, letters_reading
from petitions.services.submissions_drafting import propose
from petitions.services.submissions_signing import sign
from petitions.services.templates import TemplateGiven, end_template, upload_template
from petitions.web.story import ISSUED, told
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.web.cases import done, registered
from tests.world import World
from workflows.office import SigningCapacity, SubmissionStatus
from workflows.records import Capacity
from workflows.vocabulary import Action, Actor, Kind, Need

ACCEPTANCE, ACCEPTANCE_OF_DENUNCIATION, TO_DENOUNCER = "nd124:03", "nd31:04", "nd31:05"
SLIP = "x:phieu-xu-ly"
REASON = "Gửi thông báo thụ lý cho người tố cáo"


def text_of(docx: bytes) -> str:
    """Everything a reader of the file sees, headers and tables too."""
    document = Document(io.BytesIO(docx))
    return "\n".join(
        "".join(each.itertext()) for each in document.element.iter() if each.tag.endswith("}p")
    )


def accepted(world: World) -> str:
    """A complaint accepted by the head of An Bình."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    done(code, Action.ACCEPT, world.minh)
    return code


def denounced(world: World) -> str:
    """A denunciation accepted by the head of An Bình."""
    code = registered(world, DENUNCIATION)
    done(code, Action.ACCEPT, world.minh)
    return code


def signed(
    code: str, form_key: str, actor: Actor, fields: dict[str, Any] | None = None, on: date = TODAY
) -> str:
    """A letter written and signed by one person of an agency without routes; the document's uid."""
    paper = propose(code, None, {}, form_key, fields or {}, on=on, actor=actor, now=NOW)
    sign(paper, on=on, version=None, actor=actor, now=NOW)
    return (
        db.session.scalars(
            select(OutgoingDocument.uid).order_by(OutgoingDocument.id.desc())
        ).first()
        or ""
    )


def row_of(uid: str) -> OutgoingDocument:
    """The document's row."""
    return db.session.scalars(select(OutgoingDocument).where(OutgoingDocument.uid == uid)).one()


def test_a_draft_is_filled_from_the_case_and_stored_nowhere(world: World) -> None:
    """Names, matter and agency stand in it without anything typed; it is marked, and no file is kept."""
    code = accepted(world)
    blanks = letters.letter_fields(world.an, code, ACCEPTANCE, TODAY)
    assert not [each.field.label for each in blanks if each.field.required and not each.value]
    before = sorted(installation().settings.upload_dir.rglob("*"))
    draft = letters.draft_docx(world.an, code, ACCEPTANCE, {}, on=TODAY)
    said = text_of(draft.data)
    assert "DỰ THẢO" in said
    assert "THÔNG BÁO" in said
    assert sorted(installation().settings.upload_dir.rglob("*")) == before
    assert not letters_of(world.an, code).letters


def test_only_what_an_officer_changed_is_kept(world: World) -> None:
    """A blank left as the case has it follows the case; a changed one, or one emptied, is the officer's."""
    code = accepted(world)
    blanks = letters.letter_fields(world.an, code, ACCEPTANCE, TODAY)
    same = {each.field.name: each.value for each in blanks}
    assert letters.changed(blanks, same) == {}
    assert letters.changed(blanks, {**same, "subject": "khác"}) == {"subject": "khác"}
    assert letters.changed(blanks, {**same, "subject": ""}) == {"subject": ""}


def test_the_form_must_be_in_force_and_of_the_kind(world: World) -> None:
    """Unknown, too early, of another kind of petition, out of reach: no letter."""
    code = accepted(world)
    with pytest.raises(NotFound):
        letters.draft_docx(world.an, code, "nd124:99", {}, on=TODAY)
    with pytest.raises(Invalid) as early:
        letters.draft_docx(world.an, code, "nd124:14a", {}, on=date(2026, 6, 30))
    assert "issue_date" in early.value.fields
    with pytest.raises(Invalid) as other:
        letters.draft_docx(world.an, code, ACCEPTANCE_OF_DENUNCIATION, {}, on=TODAY)
    assert "form" in other.value.fields
    with pytest.raises(NotFound):
        letters.draft_docx(world.binh, code, ACCEPTANCE, {}, on=TODAY)


def test_a_blank_left_open_is_named_and_nothing_is_made(world: World) -> None:
    """The message names the Vietnamese label at the field."""
    code = accepted(world)
    with pytest.raises(Invalid) as missing:
        letters.draft_docx(world.an, code, ACCEPTANCE, {"subject": ""}, on=TODAY)
    assert "Thiếu" in missing.value.fields["fields.subject"][0]


def test_a_document_exists_from_its_signature_and_is_final_with_its_number(world: World) -> None:
    """Without number at first; the final file has it, keeps its date, and is the same bytes for ever."""
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh, {"subject": "thu hồi đất vườn"})
    row = row_of(uid)
    assert (row.number, row.symbol, row.book, row.issued_on) == (None, "TB-UBND", "out", TODAY)
    assert row.capacity is SigningCapacity.HEAD
    first = row.stored_name
    assert "DỰ THẢO" in text_of(letters_reading.letter_file(uid, world.minh).data)
    assert books_out.give_number(uid, stamped=True, actor=world.van, now=NOW) == "01/TB-UBND"
    row = row_of(uid)
    final = letters_reading.letter_file(uid, world.minh)
    said = text_of(final.data)
    assert "01/TB-UBND" in said
    assert "ngày 20 tháng 11 năm 2026" in said
    assert "thu hồi đất vườn" in said
    assert "CHỦ TỊCH" in said
    assert "Trần Văn Minh" in said
    assert "DỰ THẢO" not in said
    assert final.name == "01-tb-ubnd.docx"
    folder = installation().settings.upload_dir
    assert hashlib.sha256(read_stored(folder, row.stored_name)).hexdigest() == row.sha256
    assert not (folder / first[:2] / first).exists()
    assert letters_reading.letter_file(uid, world.minh).data == final.data
    with pytest.raises(Conflict):
        books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)


def test_nothing_stays_when_the_signature_fails(world: World) -> None:
    """A letter with a blank left open cannot be signed: no row, no file, and the paper went back."""
    code = accepted(world)
    folder = installation().settings.upload_dir
    before = sorted(folder.rglob("*"))
    paper = propose(code, None, {}, ACCEPTANCE, {"subject": ""}, actor=world.minh, now=NOW)
    with pytest.raises(NotAllowedNow):
        sign(paper, version=None, actor=world.minh, now=NOW)
    assert [each for each in folder.rglob("*") if each.is_file()] == [
        each for each in before if each.is_file()
    ]
    assert not db.session.scalars(select(OutgoingDocument)).all()


def test_the_letter_of_an_act_is_not_signed_without_the_act(world: World) -> None:
    """A decision is not smuggled past the lifecycle as a mere letter."""
    code = accepted(world)
    paper = propose(code, None, {}, "nd124:15", {}, actor=world.minh, now=NOW)
    with pytest.raises(NotAllowedNow) as refused:
        sign(paper, version=None, actor=world.minh, now=NOW)
    assert "đi cùng việc" in refused.value.message


@pytest.mark.parametrize("form_key", ["nd31:12", TO_DENOUNCER, "nd31:06", "x:tb-ket-luan-tc"])
def test_no_conclusion_nor_notice_leaves_on_a_denunciation_just_registered(
    world: World, form_key: str
) -> None:
    """A form that also lists a fact still waits for its act."""
    paper = propose(registered(world, DENUNCIATION), None, {}, form_key, {}, actor=world.minh, now=NOW)  # fmt: skip
    with pytest.raises(NotAllowedNow):
        sign(paper, version=None, actor=world.minh, now=NOW)


@pytest.mark.parametrize("form_key", ["nd124:13", "x:tb-ket-qua-xu-ly"])
def test_no_report_nor_result_leaves_on_a_complaint_just_registered(
    world: World, form_key: str
) -> None:
    """A report needs its verification, a result something that came of the petition."""
    paper = propose(registered(world), None, {}, form_key, {}, actor=world.minh, now=NOW)
    with pytest.raises(NotAllowedNow) as refused:
        sign(paper, version=None, actor=world.minh, now=NOW)
    assert "đi cùng việc" in refused.value.message


def test_the_letter_of_a_fact_may_come_before_it() -> None:
    """The notice of acceptance is written while it is owed; the conclusion never for a fact alone."""
    notice, conclusion = form_for("nd31:06", TODAY), form_for("nd31:12", TODAY)
    told = frozenset({Action.NOTIFY_ACCEPTANCE})
    assert letters.awaited_acts(notice, (), told) == ()
    assert letters.awaited_acts(conclusion, {Action.ACCEPT}, told) == (
        Action.CONCLUDE,
        Action.SEND_CONCLUSION,
    )
    assert letters.awaited_acts(conclusion, {Action.CONCLUDE}, ()) == ()


def test_the_letter_of_an_act_is_its_document(world: World) -> None:
    """Nobody is asked for a number the letter gets after the signature only."""
    form_key = "tt05:chuyen-knpa"
    code = registered(world, replace(COMPLAINT, kind=Kind.FEEDBACK, contested=None))
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: False})
    given = {Need.RECIPIENT: "Bộ Xây dựng"}
    uid = propose(code, Action.TRANSFER_OUT, given, form_key, {}, actor=world.minh, now=NOW)
    assert submission(world.minh, uid).given["document"] == form_for(form_key, TODAY).name


def test_the_book_names_the_complainant_a_decision_goes_to() -> None:
    """ "As in article 4" is the complainant; a paper about a denunciation names nobody for it."""
    said = {"recipients": ["Như Điều 4;", "Thanh tra tỉnh;", "Lưu: VT."], "complainant_name": "Lò Thị Mai"}  # fmt: skip
    decision = form_for("nd124:15", TODAY)
    assert letters.addressees(decision, Kind.COMPLAINT, said) == "Lò Thị Mai; Thanh tra tỉnh"
    assert letters.addressees(decision, Kind.DENUNCIATION, said) == "Thanh tra tỉnh"


def test_the_timeline_tells_the_number_of_the_letter_once_it_has_one(world: World) -> None:
    """By the act the letter was signed with; nothing before the clerk numbered it."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    paper = propose(code, Action.ACCEPT, {}, ACCEPTANCE, {}, actor=world.minh, now=NOW)
    sign(paper, version=None, actor=world.minh, now=NOW)
    page, (letter,) = case_page(world.minh, code), letters_of(world.minh, code).letters
    act = next(each for each in page.timeline if each.seq == letter.event_seq)
    assert act.action is Action.ACCEPT
    nobody = Names({}, {}, {})
    (before,) = told((act,), nobody, local_day, (letter,))
    assert ISSUED not in dict(before.lines)
    (after,) = told((act,), nobody, local_day, (replace(letter, number="05/TB-UBND"),))
    assert "số 05/TB-UBND ngày" in dict(after.lines)[ISSUED]


def test_a_draft_shows_whose_signature_it_waits_for(world: World) -> None:
    """The title of the head stands under it, and no name."""
    code = accepted(world)
    draft = letters.draft_docx(world.an, code, ACCEPTANCE, {}, on=TODAY)
    assert "CHỦ TỊCH" in text_of(draft.data)
    assert "Trần Văn Minh" not in text_of(draft.data)


def test_a_deputy_signs_for_the_head(world: World) -> None:
    """KT. over the head's title, the deputy's below."""
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.dung)
    said = text_of(letters_reading.letter_file(uid, world.dung).data)
    assert "KT. CHỦ TỊCH" in said
    assert "PHÓ CHỦ TỊCH" in said
    assert row_of(uid).capacity is SigningCapacity.KT


def test_a_head_of_section_signs_by_order_while_the_order_stands(world: World) -> None:
    """TL. over the head's title with the order behind it; without an order in force, not at all."""
    code = accepted(world)
    order = Delegation(
        agency_id=world.agencies["an-binh"], from_hat_id=world.minh.hat_id,
        to_hat_id=world.son.hat_id, capacity=Capacity.TL, document="QĐ 15/QĐ-UBND",
        valid_from=TODAY, valid_to=TODAY,
    )  # fmt: skip
    with transaction() as session:
        session.add(order)
    uid = signed(code, ACCEPTANCE, world.son)
    said = text_of(letters_reading.letter_file(uid, world.son).data)
    assert "TL. CHỦ TỊCH" in said
    assert "TRƯỞNG PHÒNG KINH TẾ" in said
    row = row_of(uid)
    assert (row.capacity, row.authority) == (SigningCapacity.TL, "QĐ 15/QĐ-UBND")
    with transaction() as session:
        session.get_one(Delegation, order.id).valid_to = TODAY - timedelta(days=1)
        session.get_one(Delegation, order.id).valid_from = TODAY - timedelta(days=9)
    with pytest.raises((Forbidden, Invalid, Conflict)):
        signed(code, ACCEPTANCE, world.son)


def test_an_acting_head_signs_as_such(world: World) -> None:
    """A title that begins with "Quyền" prints Q. before the head's title."""
    with transaction() as session:
        session.get_one(Hat, world.minh.hat_id).title = "Quyền Chủ tịch UBND xã An Bình"
    uid = signed(accepted(world), ACCEPTANCE, world.minh)
    assert "Q. CHỦ TỊCH" in text_of(letters_reading.letter_file(uid, world.minh).data)
    assert row_of(uid).capacity is SigningCapacity.ACTING


def test_a_letter_of_a_denunciation_lies_sealed_and_names_nobody(world: World) -> None:
    """On the disk it cannot be read, in the row neither; the file shows no trace of the denouncer."""
    code = denounced(world)
    uid = signed(code, ACCEPTANCE_OF_DENUNCIATION, world.minh, {"proposer": "Chánh Văn phòng"})
    row = row_of(uid)
    assert row.words is None
    raw = read_stored(installation().settings.upload_dir, row.stored_name)
    assert not raw.startswith(b"PK")
    file = letters_reading.letter_file(uid, world.minh)
    for person in DENUNCIATION.parties:
        assert person.name not in text_of(file.data)
    with pytest.raises(NotFound):
        letters_reading.letter_file(uid, world.van)


def test_what_is_typed_about_a_denunciation_names_no_denouncer(world: World) -> None:
    """The name typed into a blank is refused at that blank."""
    code = denounced(world)
    name = DENUNCIATION.parties[0].name
    with pytest.raises(Leak) as leak:
        letters.draft_docx(
            world.minh, code, ACCEPTANCE_OF_DENUNCIATION, {"accepted_contents": [name]}, on=TODAY
        )
    assert leak.value.field.startswith("fields.accepted_contents")


def test_a_letter_to_the_denouncer_is_opened_only_for_a_reason(world: World) -> None:
    """A draft without a reason hides the name; with one it shows it and leaves the trace."""
    code = denounced(world)
    name = DENUNCIATION.parties[0].name
    plain = letters.draft_docx(world.minh, code, TO_DENOUNCER, {}, on=TODAY)
    assert name not in text_of(plain.data)
    assert letters.UNDER_SEAL in text_of(plain.data)
    assert _openings() == 0
    with pytest.raises(Invalid):
        letters.opened_draft(world.minh, code, TO_DENOUNCER, {}, on=TODAY, reason="", now=NOW)
    opened = letters.opened_draft(
        world.minh, code, TO_DENOUNCER, {}, on=TODAY, reason=REASON, now=NOW
    )
    assert name in text_of(opened.data)
    assert _openings() == 1


def test_signing_a_letter_to_the_denouncer_leaves_the_trace_and_reading_it_another(
    world: World,
) -> None:
    """The register names nobody; the file is handed out for a reason to whoever has the right."""
    code = denounced(world)
    name = DENUNCIATION.parties[0].name
    uid = signed(code, TO_DENOUNCER, world.minh)
    assert _openings() == 1
    shown = letters_of(world.minh, code).letters[0]
    assert shown.sealed
    assert shown.addressees == letters.TO_THE_DENOUNCER
    assert name not in repr(shown)
    with pytest.raises(Forbidden):
        letters_reading.letter_file(uid, world.minh)
    assert books_out.give_number(uid, stamped=True, actor=world.van, now=NOW).startswith("01/")
    file = letters_reading.open_letter(uid, reason=REASON, actor=world.minh, now=NOW)
    assert name in text_of(file.data)
    assert _openings() == 2


def _openings() -> int:
    found = db.session.scalars(select(Event.id).where(Event.action == Action.OPEN_IDENTITY.value))
    return len(found.all())


def test_an_agency_writes_with_its_own_template_from_its_day_on(world: World) -> None:
    """The edited template is used and its digest kept; after its end the standard one returns."""
    form = form_for(ACCEPTANCE, TODAY)
    edited = Document(io.BytesIO(template_of(form)))
    edited.add_paragraph("Mẫu riêng của xã An Bình")
    written = io.BytesIO()
    edited.save(written)
    given = TemplateGiven("an-binh", ACCEPTANCE, TODAY)
    number = upload_template(given, "mau.docx", written.getvalue(), actor=world.tam, now=NOW)
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh)
    assert "Mẫu riêng của xã An Bình" in text_of(letters_reading.letter_file(uid, world.minh).data)
    assert row_of(uid).template_sha256 == hashlib.sha256(written.getvalue()).hexdigest()
    with pytest.raises(Invalid):
        upload_template(given, "mau.docx", written.getvalue(), actor=world.tam, now=NOW)
    end_template(int(number), TODAY, actor=world.tam, now=NOW)
    with pytest.raises(Forbidden):
        upload_template(given, "mau.docx", written.getvalue(), actor=world.minh, now=NOW)


def test_a_template_with_a_hole_or_a_call_is_refused_with_its_place(world: World) -> None:
    """Nothing is kept of it; the message names the place and what is wrong."""
    form = form_for(ACCEPTANCE, TODAY)
    edited = Document(io.BytesIO(template_of(form)))
    edited.add_paragraph("{{ cycler.__init__() }} {{ khong_co }}")
    written = io.BytesIO()
    edited.save(written)
    given = TemplateGiven("an-binh", ACCEPTANCE, TODAY)
    with pytest.raises(Invalid) as refused:
        upload_template(given, "mau.docx", written.getvalue(), actor=world.tam, now=NOW)
    assert any("khong_co" in each for each in refused.value.fields["file"])
    with pytest.raises(Invalid):
        upload_template(given, "mau.docm", written.getvalue(), actor=world.tam, now=NOW)


def test_a_paper_without_a_number_is_done_when_signed(world: World) -> None:
    """Its proposal waits for no clerk, and it stands in no book."""
    code = accepted(world)
    uid = signed(code, SLIP, world.minh, {"direction": "Giao xem xét", "assignee": "Phạm Văn An"})
    row = row_of(uid)
    assert (row.symbol, row.number, row.book) == ("", None, "none")
    assert db.session.get_one(Submission, row.submission_id).status is SubmissionStatus.DISPATCHED
    assert not outgoing(world.van, OutFilters()).lines
    with pytest.raises(Conflict):
        books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)


def test_the_recipients_may_be_changed(world: World) -> None:
    """Left alone they are the form's; what the officer writes is printed instead."""
    code = accepted(world)
    blanks = {
        each.field.name: each for each in letters.letter_fields(world.an, code, ACCEPTANCE, TODAY)
    }
    assert blanks["recipients"].value[0].startswith("Như trên")
    fields = {"recipients": ["Như trên", "Ban Tiếp công dân tỉnh"]}
    draft = letters.draft_docx(world.an, code, ACCEPTANCE, fields, on=TODAY)
    assert "- Ban Tiếp công dân tỉnh;" in text_of(draft.data)


def filled(code: str, form_key: str, actor: Actor) -> dict[str, Any]:
    """What an officer would write where the case leaves a required blank open."""
    samples: dict[str, Any] = {
        "line": "Nội dung ghi thêm", "text": "Nội dung ghi thêm", "day": TODAY.isoformat(),
        "moment": NOW.isoformat(), "number": 5, "lines": ["Mục thứ nhất", "Mục thứ hai"],
    }  # fmt: skip
    found = {}
    for each in letters.letter_fields(actor, code, form_key, TODAY):
        field = each.field
        if field.required and each.value in (None, "", []):
            if field.type == "choice":
                found[field.name] = field.choices[0].value
            elif field.type == "rows":
                found[field.name] = [{column.name: "Một" for column in field.columns}]
            else:
                found[field.name] = samples[field.type]
    return found


@pytest.mark.parametrize("kind", list(Kind))
def test_every_form_of_the_kind_is_drafted_and_none_gives_the_denouncer_away(
    world: World, kind: Kind
) -> None:
    """All forms in force for a fresh case: whole, without a hole, and of a denunciation without a trace."""
    given = DENUNCIATION if kind is Kind.DENUNCIATION else COMPLAINT
    changes = (
        {} if kind in {Kind.COMPLAINT, Kind.DENUNCIATION} else {"kind": kind, "contested": None}
    )
    code = registered(world, given, **changes)
    drafted = 0
    for form in forms():
        if kind not in form.kinds or not form.in_force(TODAY):
            continue
        fields = filled(code, form.key, world.minh)
        draft = letters.draft_docx(world.minh, code, form.key, fields, on=TODAY)
        said = text_of(draft.data)
        assert not [mark for mark in ("{{", "{%", "None", "…") if mark in said], form.key
        if kind is Kind.DENUNCIATION:
            with zipfile.ZipFile(io.BytesIO(draft.data)) as parts:
                whole = "\n".join(
                    parts.read(name).decode("utf-8", "ignore") for name in parts.namelist()
                )
            for person in DENUNCIATION.parties:
                assert person.name not in whole + said + draft.name, form.key
        drafted += 1
    assert drafted >= 12
