"""Papers of reception: drafted from a visit, signed, numbered between the letters; secrets kept, tasks given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config.database import db, transaction
from petitions.documents.printing import print_page
from petitions.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Leak,
    NotAllowedNow,
    NotFound,
    Stale,
)
from petitions.models import (
    Commitment,
    CommitmentAgency,
    Delegation,
    Hat,
    ReceptionPaper,
    Visit,
)
from petitions.queries.books import BookState, OutFilters, outgoing, outgoing_register
from petitions.queries.reception_papers import (
    paper_shown,
    papers_of_session,
    papers_of_visit,
    refusals_owed,
    waiting_papers,
)
from petitions.services import books_out
from petitions.services import reception_papers as service
from petitions.services import reception_papers_book as book
from petitions.services import reception_papers_reading as reading
from petitions.services.reception_papers import About
from petitions.services.reception_papers_form import CONCLUSION, REFUSAL, Task
from petitions.services.visit_rows import seal_visit
from tests.conftest import NOW, TODAY
from tests.petitions.reception_rows import ID_NUMBER, SECRET_NAME, a_session, a_visit
from tests.petitions.test_letters import ACCEPTANCE, accepted, signed, text_of
from tests.world import World
from workflows.commitments import CommitmentRole, CommitmentSource
from workflows.office import SigningCapacity
from workflows.reception import Host, NoticeState, RefusalGround, SessionKind, VisitOutcome
from workflows.records import Capacity
from workflows.vocabulary import Actor, Kind

EVIDENCE = {"evidence_ref": "Quyết định số 12/QĐ-UBND ngày 02/3/2026"}
CONCLUDED: dict[str, Any] = {"conclusion": "Yêu cầu kiểm tra lại ranh giới thửa đất."}
TASK = Task("Kiểm tra hiện trạng thửa đất.", "so-nnmt", date(2026, 12, 15), ("ubnd-tinh",))


def refused(world: World, ground: RefusalGround = RefusalGround.LAW_9_3, **more: Any) -> str:
    """A visit refused; its uid."""
    given: dict[str, Any] = {"outcome": VisitOutcome.REFUSED, "refusal_ground": ground}
    return a_visit(
        world, a_session(world, kind=SessionKind.REGULAR, in_person=False), **(given | more)
    )


def drafted(world: World, visit: str, form: str = CONCLUSION, **fields: Any) -> str:
    """A paper of a visit drafted by the desk."""
    written = {**(CONCLUDED if form == CONCLUSION else EVIDENCE), **fields}
    tasks = (TASK,) if form == CONCLUSION else ()
    return service.draft_paper(About(visit), form, written, tasks, actor=world.minh, now=NOW)


def signed_paper(uid: str, actor: Actor, version: int = 1) -> str:
    """The paper, signed."""
    service.sign_paper(uid, version=version, actor=actor, now=NOW)
    return uid


def said(uid: str, actor: Actor) -> str:
    """Everything the Word file of a paper says."""
    return text_of(reading.paper_file(uid, actor=actor, on=TODAY).data)


def row_of(uid: str) -> ReceptionPaper:
    """The paper's row, fresh."""
    db.session.rollback()
    return db.session.scalars(select(ReceptionPaper).where(ReceptionPaper.uid == uid)).one()


def test_a_refusal_from_the_visit_to_the_book(world: World) -> None:
    """Prefilled, due in three working days, signed by the head or KT., numbered, sent; each once."""
    visit = refused(world)
    (owed,) = refusals_owed(world.lan)
    assert (owed.visit_uid, owed.draft_uid) == (visit, None)
    blanks = service.blanks_for(About(visit), REFUSAL, actor=world.lan, on=TODAY)
    known = {each.field.name: each.value for each in blanks.fields}
    assert known["citizen_name"] == "Nguyễn Văn Được"
    assert known["citizen_id_number"] == ID_NUMBER
    assert known["petition_kind"] == "khiếu nại"
    assert known["summary"] == "thu hồi đất vườn tại thôn Bản Lự"
    assert known["refusal_ground"] == "k3d9"
    uid = service.draft_paper(About(visit), REFUSAL, {}, actor=world.lan, now=NOW, key="k")
    again = service.draft_paper(About(visit), REFUSAL, {}, actor=world.lan, now=NOW, key="k")
    assert again == uid
    with pytest.raises(Conflict):
        service.draft_paper(About(visit), REFUSAL, {}, actor=world.lan, now=NOW)
    assert paper_shown(world.lan, uid).due == date(2026, 11, 26)
    assert [each.uid for each in waiting_papers(world.van)] == [uid]
    assert refusals_owed(world.lan)[0].draft_uid == uid
    with pytest.raises(Invalid) as missing:
        signed_paper(uid, world.minh)
    assert "fields.evidence_ref" in missing.value.fields
    service.change_paper(uid, EVIDENCE, version=1, actor=world.lan, now=NOW)
    with pytest.raises(Stale):
        signed_paper(uid, world.minh, 1)
    for stranger, error in ((world.lan, Forbidden), (world.van, Forbidden), (world.binh, NotFound)):
        with pytest.raises(error):
            signed_paper(uid, stranger, 2)
    assert "DỰ THẢO" in said(uid, world.lan)
    with pytest.raises(Invalid):
        service.sign_paper(uid, on=TODAY - timedelta(1), version=2, actor=world.dung, now=NOW)
    service.sign_paper(uid, version=2, actor=world.dung, now=NOW, key="s")
    service.sign_paper(uid, version=2, actor=world.dung, now=NOW, key="s")
    paper = row_of(uid)
    assert (paper.state, paper.capacity, paper.number) == (
        NoticeState.SIGNED,
        SigningCapacity.KT,
        None,
    )
    assert (paper.book, paper.symbol, paper.issued_on) == ("out", "TB-UBND", TODAY)
    assert not refusals_owed(world.lan)
    for late in (
        lambda: service.change_paper(uid, EVIDENCE, version=3, actor=world.lan, now=NOW),
        lambda: service.drop_paper(uid, version=3, actor=world.lan, now=NOW),
        lambda: signed_paper(uid, world.minh, 3),
        lambda: book.record_paper_sent(uid, TODAY, actor=world.van, now=NOW),
    ):
        with pytest.raises(Conflict):
            late()
    with pytest.raises(Forbidden):
        book.number_paper(uid, actor=world.lan, now=NOW)
    with pytest.raises(NotFound):
        book.number_paper(uid, actor=world.khanh, now=NOW)
    assert book.number_paper(uid, actor=world.van, now=NOW, key="n") == "01/TB-UBND"
    assert book.number_paper(uid, actor=world.van, now=NOW, key="n") == "01/TB-UBND"
    with pytest.raises(Invalid):
        book.record_paper_sent(uid, TODAY - timedelta(1), actor=world.van, now=NOW)
    book.record_paper_sent(uid, TODAY, actor=world.van, now=NOW)
    words = said(uid, world.lan)
    assert "DỰ THẢO" not in words
    for each in (
        "Số: 01/TB-UBND", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Lê Thị Dung", "khoản 3 Điều 9",
        EVIDENCE["evidence_ref"], "Kính gửi: Nguyễn Văn Được",
    ):  # fmt: skip
        assert each in words, each
    first = reading.paper_file(uid, actor=world.lan, on=TODAY)
    assert first.data == reading.paper_file(uid, actor=world.lan, on=TODAY).data
    assert first.name == "01-tb-ubnd.docx"
    read = reading.read_paper(uid, actor=world.lan, on=TODAY)
    assert "01/TB-UBND" in print_page(read.form, read.values)


def test_only_what_the_law_asks_for_in_writing(world: World) -> None:
    """No refusal on a ground told by mouth, none without refusal, no conclusion of an officer's day."""
    told = refused(world, RefusalGround.WEAPONS)
    officers_day = a_session(world, date(2026, 11, 19), SessionKind.REGULAR, in_person=False)
    heard = a_visit(world, officers_day)
    for about, form in (
        (About(told), REFUSAL), (About(heard), REFUSAL), (About(heard), CONCLUSION),
        (About(session_uid=officers_day), CONCLUSION),
    ):  # fmt: skip
        with pytest.raises(NotAllowedNow) as refusal:
            service.blanks_for(about, form, actor=world.lan, on=TODAY)
        assert "154/2026" in refusal.value.article
    answered = a_visit(
        world, officers_day, 2, kind=Kind.FEEDBACK, outcome=VisitOutcome.REFUSED,
        refusal_ground=RefusalGround.ANSWERED_BEFORE,
    )  # fmt: skip
    uid = service.draft_paper(About(answered), REFUSAL, EVIDENCE, actor=world.lan, now=NOW)
    assert "điểm h khoản 1 Điều 4" in said(uid, world.lan)
    for stranger in (world.binh, world.tam, world.giam):
        for reach in (
            lambda who: service.blanks_for(About(answered), REFUSAL, actor=who, on=TODAY),
            lambda who: paper_shown(who, uid),
            lambda who: reading.paper_file(uid, actor=who, on=TODAY),
        ):
            with pytest.raises(NotFound):
                reach(stranger)
        assert papers_of_visit(stranger, answered) == ()
    with pytest.raises(Forbidden):
        service.draft_paper(About(answered), REFUSAL, EVIDENCE, actor=world.thu, now=NOW)
    service.drop_paper(uid, version=1, actor=world.lan, now=NOW)
    assert service.draft_paper(About(answered), REFUSAL, EVIDENCE, actor=world.lan, now=NOW) != uid
    assert len(papers_of_visit(world.lan, answered)) == 1


def test_a_conclusion_gives_tasks_that_become_commitments(world: World) -> None:
    """One citizen in one notice; the tasks are commitments from the signature, or there is neither."""
    held = a_session(world)
    visit, other = a_visit(world, held), a_visit(world, held, 2, name="Trịnh Bá Khoan")
    with pytest.raises(Invalid) as faults:
        service.draft_paper(
            About(visit), CONCLUSION, CONCLUDED,
            (Task("", "khong-co", None), Task("Báo cáo", "an-binh", date(2026, 1, 1), ("an-binh",))),
            actor=world.lan, now=NOW,
        )  # fmt: skip
    assert set(faults.value.fields) == {
        "tasks.0.what", "tasks.0.lead_agency_code", "tasks.0.due", "tasks.1.due",
        "tasks.1.cooperating",
    }  # fmt: skip
    uid = drafted(world, visit)
    assert db.session.query(Commitment).count() == 0
    signed_paper(uid, world.minh)
    (made,) = db.session.query(Commitment).all()
    assert (made.source, made.due, made.made_on) == (CommitmentSource.SESSION, TASK.due, TODAY)
    assert made.lead_agency_id == world.agencies["so-nnmt"]
    assert made.words == {"what": TASK.what}
    (helper,) = db.session.query(CommitmentAgency).all()
    assert (helper.agency_id, helper.role) == (
        world.agencies["ubnd-tinh"], CommitmentRole.COOPERATING,
    )  # fmt: skip
    words = said(uid, world.lan)
    for each in (
        "Chủ tịch Trần Văn Minh đã chủ trì tiếp công dân", "Phạm Văn An, Công chức địa chính",
        "Ông (bà) Nguyễn Văn Được, địa chỉ: thôn Bản Lự", "định kỳ",
        "Giao Sở Nông nghiệp và Môi trường chủ trì, phối hợp với Ủy ban nhân dân tỉnh Sơn Lâm "
        "kiểm tra hiện trạng thửa đất; hoàn thành trước ngày 15/12/2026",
        "báo cáo Chủ tịch Ủy ban nhân dân xã An Bình",
    ):  # fmt: skip
        assert each in words, each
    assert "Khoan" not in words
    whole = service.draft_paper(
        About(session_uid=held),
        CONCLUSION,
        {**CONCLUDED, "summary": "đất đai"},
        actor=world.lan,
        now=NOW,
    )
    assert "Buổi tiếp có 02 lượt công dân" in said(whole, world.lan)
    with pytest.raises(Leak) as leak:
        service.change_paper(
            whole, {**CONCLUDED, "summary": "đất của ông Trịnh Bá Khoan"}, version=1,
            actor=world.lan, now=NOW,
        )  # fmt: skip
    assert leak.value.field == "fields.summary"
    assert {each.uid for each in papers_of_session(world.lan, held)} == {uid, whole}
    ended = drafted(world, other)
    with transaction() as session:
        session.query(ReceptionPaper).filter_by(uid=ended).one().words = {
            "fields": CONCLUDED,
            "tasks": [{"what": "x", "lead_agency_code": "mat", "due": "2026-12-15", "cooperating": [], "reports_to": ""}],
        }  # fmt: skip
    with pytest.raises(Invalid) as gone:
        signed_paper(ended, world.minh, row_of(ended).version)
    assert "tasks.0.lead_agency_code" in gone.value.fields
    assert row_of(ended).state is NoticeState.DRAFT
    assert db.session.query(Commitment).count() == 1


def test_a_denouncer_stands_in_no_paper_but_his_own(world: World) -> None:
    """Sealed from the first write; the conclusion and the book say nothing, the refusal only to him."""
    held = a_session(world)
    visit = a_visit(world, held, kind=Kind.DENUNCIATION, secret=True, name=SECRET_NAME,
                    said="Cán bộ địa chính nhận tiền",
                    outcome=VisitOutcome.REFUSED, refusal_ground=RefusalGround.LAW_9_3)  # fmt: skip
    with pytest.raises(NotFound):
        service.blanks_for(About(visit), CONCLUSION, actor=world.dung, on=TODAY)
    with pytest.raises(Leak) as leak:
        drafted(world, visit, agency_opinions=f"Theo bà {SECRET_NAME} trình bày")
    assert leak.value.field == "fields.agency_opinions"
    with pytest.raises(Leak) as in_task:
        service.draft_paper(
            About(visit), CONCLUSION, CONCLUDED,
            (Task(f"Mời bà {SECRET_NAME}", "so-nnmt", date(2026, 12, 15)),), actor=world.minh, now=NOW,
        )  # fmt: skip
    assert in_task.value.field == "tasks"
    notice, refusal = drafted(world, visit), drafted(world, visit, REFUSAL)
    for uid in (notice, refusal):
        row = row_of(uid)
        assert row.words is None
        assert row.sealed is not None
        with pytest.raises(NotFound):
            paper_shown(world.dung, uid)
        signed_paper(uid, world.minh)
        book.number_paper(uid, actor=world.van, now=NOW)
    db.session.rollback()
    words = said(notice, world.hoa)
    assert "Người tố cáo: tố cáo về việc Cán bộ địa chính nhận tiền" in words
    assert SECRET_NAME not in words
    assert SECRET_NAME in said(refusal, world.minh)
    (made,) = db.session.query(Commitment).all()
    assert made.words is None
    assert made.sealed is not None
    for reader in (world.minh, world.van, world.dung):
        lines = outgoing_register(reader, OutFilters())
        assert [each.number for each in lines] == ["01/TB-UBND", "02/TB-UBND"]
        for line in lines:
            assert (line.hidden, line.subject, line.addressees, line.case_code) == (
                True,
                "",
                "",
                None,
            )
            assert (line.signer, line.issued_on, line.of_reception) == (
                "Trần Văn Minh",
                TODAY,
                True,
            )
    assert db.session.execute(select(ReceptionPaper.uid)).all()
    with pytest.raises(NotFound):
        reading.paper_file(refusal, actor=world.van, on=TODAY)


def test_papers_of_a_visit_sealed_later(world: World) -> None:
    """Once the visit is confidential its papers are; they are still read, signed and listed."""
    uid = drafted(world, visit := a_visit(world, a_session(world)))
    with transaction() as session:
        seal_visit(session, session.query(Visit).filter_by(uid=visit).one())
    row = row_of(uid)
    assert row.words is None
    assert row.sealed is not None
    with pytest.raises(NotFound):
        paper_shown(world.dung, uid)
    signed_paper(uid, world.minh, row.version)
    assert "Nguyễn Văn Được" not in said(uid, world.minh)
    assert outgoing(world.van, OutFilters()).lines[0].hidden


def test_one_book_without_a_gap_for_letters_and_papers(world: World) -> None:
    """Letters of cases and papers of reception take turns; pages, filters and register agree."""
    code = accepted(world)
    held = a_session(world)
    uids = [drafted(world, a_visit(world, held, n, name=f"Lò Văn {n}")) for n in (1, 2, 3)]
    given = []
    for number, uid in enumerate(uids):
        letter = signed(code, ACCEPTANCE, world.minh)
        signed_paper(uid, world.minh)
        given.append(books_out.give_number(letter, stamped=True, actor=world.van, now=NOW))
        if number < 2:
            given.append(book.number_paper(uid, actor=world.van, now=NOW))
    assert given == [f"{n:02}/TB-UBND" for n in range(1, 6)]
    whole = outgoing_register(world.van, OutFilters(year=2026))
    assert [each.number for each in whole] == [*given, ""]
    paged, after = [], None
    for _ in range(6):
        page = outgoing(world.van, OutFilters(), after=after, limit=1)
        paged += [each.uid for each in page.lines]
        after = page.after
    assert after is None
    assert paged == [each.uid for each in outgoing(world.van, OutFilters()).lines]
    assert sorted(paged) == sorted(each.uid for each in whole)
    book.record_paper_sent(uids[0], TODAY, actor=world.van, now=NOW)
    for state, count in (
        (BookState.NUMBER, 1), (BookState.SENDING, 4), (BookState.PROOF, 0), (BookState.DONE, 1),
    ):  # fmt: skip
        assert len(outgoing(world.van, OutFilters(state=state)).lines) == count
    assert len(outgoing(world.van, OutFilters(form_keys=(CONCLUSION,))).lines) == 3
    assert outgoing(world.khanh, OutFilters()).lines == ()


def test_two_at_once(app: Flask, world: World) -> None:
    """Two signers at one draft, two clerks at one paper: one of each is told, numbers stay whole."""
    held = a_session(world)
    uids = [drafted(world, a_visit(world, held, n)) for n in (1, 2)]

    def attempt(what: Any, *given: Any) -> str:
        with app.app_context():
            try:
                return what(*given) or "done"
            except (Conflict, Stale):
                return "told"

    def at_once(jobs: list[tuple[Any, ...]]) -> list[str]:
        db.session.rollback()
        with ThreadPoolExecutor(4) as people:
            return list(people.map(lambda job: attempt(*job), jobs))

    signing = [(signed_paper, uid, actor) for uid in uids for actor in (world.minh, world.dung)]
    assert sorted(at_once(signing)) == sorted(["told", "told", *uids])
    assert db.session.query(Commitment).count() == 2
    numbering = [
        (lambda uid: book.number_paper(uid, actor=world.van, now=NOW), uid) for uid in uids * 2
    ]
    assert sorted(at_once(numbering)) == ["01/TB-UBND", "02/TB-UBND", "told", "told"]


def test_signing_by_order(world: World) -> None:
    """Somebody with a delegation signs a conclusion TL., never a refusal."""
    notice = drafted(world, a_visit(world, a_session(world)))
    refusal = service.draft_paper(
        About(refused(world)), REFUSAL, EVIDENCE, actor=world.lan, now=NOW
    )
    with pytest.raises(Forbidden):
        signed_paper(notice, world.an)
    with transaction() as session:
        session.add(
            Delegation(
                agency_id=world.agencies["an-binh"], from_hat_id=world.minh.hat_id,
                to_hat_id=world.an.hat_id, capacity=Capacity.TL, document="QĐ 3/QĐ-UBND",
                valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31),
            )
        )  # fmt: skip
        session.get_one(Hat, world.an.hat_id).title = "Chánh Văn phòng"
    with pytest.raises(Forbidden):
        signed_paper(refusal, world.an)
    signed_paper(notice, world.an)
    assert "TL. CHỦ TỊCH" in said(notice, world.lan)
    assert row_of(notice).capacity is SigningCapacity.TL


def test_a_receipt_at_once_and_kept_nowhere(world: World) -> None:
    """Prefilled, two copies, originals only knowingly; nothing is written; the case's own receipt works too."""
    visit = a_visit(world, a_session(world, kind=SessionKind.REGULAR, host=Host.STAFF))
    item = {"name": "Giấy chứng nhận", "pages": "2", "condition": "rõ", "copy_kind": "bản chụp"}
    _, blanks = reading.receipt_blanks(visit, actor=world.lan, now=NOW)
    known = {each.field.name: each.value for each in blanks}
    assert (known["giver_name"], known["receiver_name"]) == ("Nguyễn Văn Được", "Nguyễn Thị Lan")
    given: dict[str, Any] = {"actor": world.lan, "now": NOW}
    for fields, path in (
        ({}, "fields.items"),
        ({"items": [{**item, "name": " "}]}, "fields.items.0.name"),
        ({"items": [item, {**item, "copy_kind": "Bản chính"}]}, "fields.items.1.copy_kind"),
        ({"items": [item], "copies": 1}, "fields.copies"),
    ):
        with pytest.raises(Invalid) as fault:
            reading.receipt_file(visit, fields, originals_known=False, **given)
        assert set(fault.value.fields) == {path}
    fields = {"items": [item, {**item, "copy_kind": "bản chính"}]}
    paper = reading.receipt_file(visit, fields, originals_known=True, **given)
    words = text_of(paper.data)
    for each in ("Vào 09 giờ", "Nguyễn Văn Được", "Giấy chứng nhận – 2 trang", "lập thành 02 bản"):
        assert each in words, each
    assert ID_NUMBER not in paper.name
    assert db.session.query(ReceptionPaper).count() == 0
    with pytest.raises(NotFound):
        reading.receipt_blanks(visit, actor=world.binh, now=NOW)
    secret = a_visit(world, a_session(world), secret=True, kind=Kind.DENUNCIATION, name=SECRET_NAME)
    _, sealed = reading.receipt_blanks(secret, actor=world.lan, now=NOW)
    assert "giver_name" not in {each.field.name for each in sealed}
    one = {"items": [item]}
    assert SECRET_NAME in text_of(
        reading.receipt_file(secret, one, originals_known=False, **given).data
    )
    from petitions.services import letters

    code = accepted(world)
    case_fields = {
        **one, "received_at": NOW, "venue": "Phòng tiếp dân", "receiver_name": "Lan",
        "receiver_title": "Công chức",
    }  # fmt: skip
    draft = letters.draft_docx(world.lan, code, "nd154:02/TCD", case_fields, on=TODAY)
    assert "Giấy chứng nhận – 2 trang" in text_of(draft.data)
