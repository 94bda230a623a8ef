"""The books: numbers without a gap, sending and service with their clocks, who sees which line."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from config.database import db, transaction
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotFound
from petitions.models import (
    Case,
    CaseBar,
    Deadline,
    Decision,
    Event,
    Evidence,
    Hat,
    IncomingDocument,
    OutgoingDocument,
    Submission,
    SubmissionRound,
)
from petitions.queries import books as query
from petitions.queries.books import BookState, InFilters, OutFilters
from petitions.services import books_in, books_out, books_scan
from petitions.services.books_in import Incoming
from petitions.services.books_out import Sent, Served
from petitions.services.letterheads import (
    LetterheadGiven,
    end_letterhead,
    set_letterhead,
    start_book,
)
from petitions.services.submissions_drafting import propose
from petitions.services.submissions_signing import sign
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import DENUNCIATION
from tests.petitions.test_letters import (
    ACCEPTANCE,
    ACCEPTANCE_OF_DENUNCIATION,
    TO_DENOUNCER,
    accepted,
    denounced,
    row_of,
    signed,
)
from tests.web.cases import done, in_verification
from tests.world import World
from workflows.office import Numbering, Sending, SubmissionStatus, Verdict
from workflows.records import BarReason, ClockState
from workflows.vocabulary import Action, Need, Step

PDF = b"%PDF-1.4\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
POST = Sent(Sending.REGISTERED_POST, TODAY)


def numbered(world: World, code: str, form_key: str = ACCEPTANCE, **fields: Any) -> str:
    """A letter signed by the head of An Bình and numbered by its clerk; its uid."""
    uid = signed(code, form_key, world.minh, fields)
    books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)
    return uid


def test_numbers_run_without_a_gap_in_one_sequence(world: World) -> None:
    """One sequence of the agency and year whatever the type; another agency has its own."""
    code = accepted(world)
    uids = [signed(code, ACCEPTANCE, world.minh) for _ in range(3)]
    numbers = [
        books_out.give_number(uid, stamped=False, actor=world.van, now=NOW) for uid in uids[::-1]
    ]
    assert numbers == ["01/TB-UBND", "02/TB-UBND", "03/TB-UBND"]


def test_numbers_given_at_once_are_all_different(app: Flask, world: World) -> None:
    """Several clerks at several documents: no gap, no double; two at one document: one of them is told."""
    code = accepted(world)
    uids = [signed(code, ACCEPTANCE, world.minh) for _ in range(4)]

    def number(uid: str) -> str:
        with app.app_context():
            try:
                return books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)
            except Conflict:
                return "conflict"

    db.session.rollback()
    with ThreadPoolExecutor(4) as clerks:
        answers = list(clerks.map(number, [*uids, *uids]))
    given = sorted(each for each in answers if each != "conflict")
    assert given == [f"{n:02}/TB-UBND" for n in range(1, 5)]
    assert answers.count("conflict") == 4
    db.session.rollback()
    assert sorted(row_of(uid).number or 0 for uid in uids) == [1, 2, 3, 4]


def test_a_refused_number_leaves_no_gap(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the final file cannot be made the number goes back."""
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh)
    with monkeypatch.context() as patch:
        patch.setattr("petitions.services.letters.render", _broken)
        with pytest.raises(RuntimeError):
            books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)
    assert books_out.give_number(uid, stamped=True, actor=world.van, now=NOW) == "01/TB-UBND"


def _broken(*_: Any) -> Any:
    raise RuntimeError


def test_the_clerk_keeps_the_book_and_others_where_there_is_none(world: World) -> None:
    """An Bình has a clerk, so its officer may not; when her hat ends, he may. Others never."""
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh)
    for stranger in (world.an, world.minh):
        with pytest.raises(Forbidden):
            books_out.give_number(uid, stamped=True, actor=stranger, now=NOW)
    with pytest.raises(NotFound):
        books_out.give_number(uid, stamped=True, actor=world.binh, now=NOW)
    with transaction() as session:
        session.get_one(Hat, world.van.hat_id).valid_to = TODAY - timedelta(days=1)
    books_out.give_number(uid, stamped=True, actor=world.an, now=NOW)


def test_each_type_counts_apart_where_the_letterhead_says_so(world: World) -> None:
    """Set for the year before its first number; not changed once numbers were given."""
    by_type = LetterheadGiven(
        "an-binh", date(2026, 11, 1), abbreviation="UBND", numbering=Numbering.BY_TYPE
    )
    number = set_letterhead(by_type, actor=world.tam, now=NOW)
    code = accepted(world)
    uid = numbered(world, code)
    assert row_of(uid).book == "out:TB"
    with pytest.raises(Invalid) as refused:
        set_letterhead(
            LetterheadGiven("an-binh", TODAY, numbering=Numbering.ONE), actor=world.tam, now=NOW
        )
    assert "numbering" in refused.value.fields
    set_letterhead(
        LetterheadGiven("an-binh", date(2027, 1, 1), numbering=Numbering.ONE),
        actor=world.tam, now=NOW,
    )  # fmt: skip
    with pytest.raises(Invalid):
        end_letterhead(int(number), date(2027, 6, 1), actor=world.tam, now=NOW)
    with pytest.raises(Forbidden):
        set_letterhead(by_type, actor=world.minh, now=NOW)


def test_the_letterhead_of_the_day_is_printed(world: World) -> None:
    """Abbreviation and place of the letterhead in force on the document's day stand in number and head."""
    set_letterhead(
        LetterheadGiven("an-binh", TODAY, abbreviation="UBND-AB", place_name="An Bình"),
        actor=world.tam, now=NOW,
    )  # fmt: skip
    uid = numbered(world, accepted(world))
    assert row_of(uid).symbol == "TB-UBND-AB"


def test_a_book_begins_once_where_the_paper_book_ended(world: World) -> None:
    """The first number is set before any was given, never after."""
    start_book("an-binh", None, 2026, 241, actor=world.tam, now=NOW)
    uid = numbered(world, accepted(world))
    assert row_of(uid).number == 241
    with pytest.raises(Conflict):
        start_book("an-binh", None, 2026, 300, actor=world.tam, now=NOW)
    with pytest.raises(Invalid):
        start_book("an-binh", None, 2027, 1, actor=world.tam, now=NOW)


DECISION = {
    "findings": [{"content": "Diện tích thu hồi", "result": "Thu hồi thừa 20 m²"}],
    "conclusions": [{"content": "Diện tích", "verdict": "đúng một phần", "ground": "Luật Đất đai"}],
    "disposition": "Điều chỉnh diện tích thu hồi còn 100 m².",
}


def decided(world: World) -> tuple[str, str]:
    """A complaint decided by the head in one signature with its letter, numbered; code and uid."""
    code = in_verification(world)
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "BC 5/2026"})
    done(
        code,
        Action.RECORD_AGREEMENT,
        world.minh,
        {Need.FINDING: "Khiếu nại đúng, hai bên thống nhất"},
    )
    given = {
        Need.FOUND: "partly_true",
        Need.RESULT: "Khiếu nại đúng một phần",
        Need.DOCUMENT: "(chờ số)",
    }
    paper = propose(code, Action.DECIDE, given, "nd124:15", DECISION, actor=world.minh, now=NOW)
    sign(paper, version=None, actor=world.minh, now=NOW)
    uid = db.session.scalars(
        select(OutgoingDocument.uid).order_by(OutgoingDocument.id.desc())
    ).first()
    assert uid is not None
    books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)
    return code, uid


def clock(code: str, step: Step) -> Deadline:
    """The latest clock of that step."""
    return db.session.scalars(
        select(Deadline)
        .join(Case, Case.id == Deadline.case_id)
        .where(Case.code == code, Deadline.step == step)
        .order_by(Deadline.id.desc())
    ).all()[0]


def test_the_decision_bears_the_number_of_the_book(world: World) -> None:
    """Decision and document belong to one event; the number is the book's."""
    code, uid = decided(world)
    row = row_of(uid)
    decision = db.session.scalars(
        select(Decision).join(Case, Case.id == Decision.case_id).where(Case.code == code)
    ).one()
    assert decision.event_seq == row.event_seq
    assert decision.number == "01/QĐ-UBND"
    assert row.symbol == "QĐ-UBND"


def test_sending_and_service_are_the_cases_own_facts(world: World) -> None:
    """The clock of sending runs from the document's day and is met by the book; a second complaint's
    window runs from the proof of receipt."""
    code, uid = decided(world)
    assert clock(code, Step.SEND_DECISION).trigger_on == row_of(uid).issued_on
    assert clock(code, Step.SEND_DECISION).state is ClockState.RUNNING
    assert not books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    assert clock(code, Step.SEND_DECISION).state is ClockState.MET
    served = Served(TODAY, "Phiếu báo phát 77")
    assert not books_out.record_served(uid, served, actor=world.van, now=NOW)
    assert clock(code, Step.SECOND_COMPLAINT_WINDOW).trigger_on == TODAY
    assert db.session.scalars(select(Decision.served_on)).one() == TODAY


def test_the_book_stands_where_the_case_has_the_fact_already(world: World) -> None:
    """Sent as the case says it was: the entry is written, the clerk is told why the case took no note."""
    code, uid = decided(world)
    done(code, Action.SEND_DECISION, world.an)
    told = books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    assert "đã gửi" in told
    assert row_of(uid).sent_on == TODAY
    events = db.session.scalars(select(Event.action)).all()
    assert events.count(Action.SEND_DECISION.value) == 1


def test_a_late_note_asks_why(world: World, later: datetime) -> None:
    """More than two working days after it left, the reason is asked for; without it nothing is written."""
    _, uid = decided(world)
    with pytest.raises(Invalid) as late:
        books_out.record_sent(uid, POST, actor=world.van, now=later)
    assert set(late.value.fields) == {"late_reason"}
    assert row_of(uid).sent_on is None
    reasoned = Sent(Sending.POST, TODAY, "Bưu điện báo chậm")
    assert not books_out.record_sent(uid, reasoned, actor=world.van, now=later)


@pytest.fixture
def later() -> datetime:
    """Two weeks on."""
    return NOW + timedelta(days=14)


def test_a_document_leaves_only_numbered_and_not_before_its_date(world: World) -> None:
    """Sent after its number, between its own day and today; once; its submission is dispatched then."""
    code = accepted(world)
    uid = signed(code, ACCEPTANCE, world.minh)
    with pytest.raises(Conflict):
        books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(Invalid) as wrong:
            books_out.record_sent(uid, Sent(Sending.POST, day), actor=world.van, now=NOW)
        assert "sent_on" in wrong.value.fields
    assert not books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    row = row_of(uid)
    submission = db.session.get_one(Submission, row.submission_id)
    assert submission.status is SubmissionStatus.DISPATCHED
    rounds = db.session.scalars(
        select(SubmissionRound.verdict)
        .where(SubmissionRound.submission_id == submission.id)
        .order_by(SubmissionRound.seq)
    ).all()
    assert rounds[-1] is Verdict.DISPATCH
    with pytest.raises(Conflict):
        books_out.record_sent(uid, POST, actor=world.van, now=NOW)


def test_proof_of_receipt_comes_after_sending(world: World) -> None:
    """Never before it was sent, never without the paper that shows it, once."""
    uid = numbered(world, accepted(world))
    served = Served(TODAY, "Phiếu báo phát 77")
    with pytest.raises(Conflict):
        books_out.record_served(uid, served, actor=world.van, now=NOW)
    books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    for wrong in (
        Served(TODAY - timedelta(days=1), "x"),
        Served(TODAY + timedelta(days=1), "x"),
        Served(TODAY, "  "),
    ):
        with pytest.raises(Invalid):
            books_out.record_served(uid, wrong, actor=world.van, now=NOW)
    books_out.record_served(uid, served, actor=world.van, now=NOW)
    line = query.outgoing_document(world.van, uid)
    assert (line.state, line.served_on, line.proof) == (BookState.DONE, TODAY, "Phiếu báo phát 77")
    with pytest.raises(Conflict):
        books_out.record_served(uid, served, actor=world.van, now=NOW)


def test_a_clerk_sees_of_a_denunciation_number_type_date_and_signer(world: World) -> None:
    """She numbers and sends what she may not read; the head sees the line whole."""
    code = denounced(world)
    uid = numbered(world, code, ACCEPTANCE_OF_DENUNCIATION, proposer="Chánh Văn phòng")
    line = query.outgoing(world.van, OutFilters()).lines[0]
    assert line.hidden
    assert (line.number, line.issued_on, line.signer) == ("01/QĐ-UBND", TODAY, "Trần Văn Minh")
    assert (line.case_code, line.subject, line.addressees, line.proof) == (None, "", "", None)
    told = books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    assert code not in told
    seen = query.outgoing(world.minh, OutFilters()).lines[0]
    assert (seen.hidden, seen.case_code) == (False, code)
    assert seen.subject


def test_the_proof_of_a_denunciation_names_no_denouncer(world: World) -> None:
    """A receipt described by the denouncer's name is refused at the field."""
    uid = numbered(world, denounced(world), TO_DENOUNCER)
    books_out.record_sent(uid, POST, actor=world.van, now=NOW)
    proof = f"Phiếu báo phát của {DENUNCIATION.parties[0].name}"
    with pytest.raises(Leak) as leak:
        books_out.record_served(uid, Served(TODAY, proof), actor=world.van, now=NOW)
    assert leak.value.field == "proof"


def test_the_signed_scan_goes_into_the_case(world: World) -> None:
    """As a paper of the case; of a denunciation under seal, also from a clerk who may not see it."""
    uid = numbered(world, accepted(world))
    with pytest.raises(Invalid):
        books_scan.attach_scan(uid, "x.docx", b"PK", actor=world.van, now=NOW)
    books_scan.attach_scan(uid, "ban-ky.pdf", PDF, actor=world.van, now=NOW)
    paper = db.session.get_one(Evidence, row_of(uid).scan_id)
    assert (paper.sealed, paper.title) == (False, "Văn bản số 01/TB-UBND (bản ký, quét)")
    last = db.session.scalars(select(Event.action).order_by(Event.id.desc())).first()
    assert last == Action.ADD_PAPER.value
    with pytest.raises(Conflict):
        books_scan.attach_scan(uid, "ban-ky.pdf", PDF, actor=world.van, now=NOW)
    sealed = numbered(
        world, denounced(world), ACCEPTANCE_OF_DENUNCIATION, proposer="Chánh Văn phòng"
    )
    books_scan.attach_scan(sealed, "ban-ky.pdf", PDF, actor=world.van, now=NOW)
    assert db.session.get_one(Evidence, row_of(sealed).scan_id).sealed


def test_the_book_is_filtered_and_turned_page_by_page(world: World) -> None:
    """Every document once, the newest first, by state, year and type."""
    code = accepted(world)
    uids = [signed(code, ACCEPTANCE, world.minh) for _ in range(5)]
    for uid in uids[:3]:
        books_out.give_number(uid, stamped=True, actor=world.van, now=NOW)
    books_out.record_sent(uids[0], POST, actor=world.van, now=NOW)
    seen: list[str] = []
    after = None
    while True:
        page = query.outgoing(world.an, OutFilters(year=2026), after=after, limit=2)
        seen += [each.uid for each in page.lines]
        after = page.after
        if after is None:
            break
    assert seen == uids[::-1]
    states = {
        state: len(query.outgoing(world.an, OutFilters(state=state)).lines) for state in BookState
    }
    assert states == {
        BookState.NUMBER: 2,
        BookState.SENDING: 2,
        BookState.PROOF: 1,
        BookState.DONE: 0,
    }
    assert not query.outgoing(world.an, OutFilters(form_keys=("nd31:04",))).lines
    assert not query.outgoing(world.binh, OutFilters()).lines
    with pytest.raises(Forbidden):
        query.outgoing(world.tam, OutFilters())


def test_incoming_documents_count_by_year_and_warn_of_doubles(world: World) -> None:
    """Same sender, reference and date: told which number it has; entered all the same when said so."""
    given = Incoming(
        arrived_on=TODAY, subject="Trả lời đơn", sender_agency="bao-lam", reference="12/UBND", dated_on=TODAY, handed_to="an",
    )  # fmt: skip
    assert books_in.enter(given, actor=world.van, now=NOW) == "1/2026"
    with pytest.raises(Conflict) as double:
        books_in.enter(given, actor=world.van, now=NOW)
    assert "1/2026" in double.value.message
    assert books_in.enter(given, actor=world.van, now=NOW, twice=True) == "2/2026"
    line = query.incoming(world.an, InFilters()).lines[-1]
    assert (line.sender, line.handed_to, line.subject) == (
        "UBND xã Bảo Lâm",
        "Phạm Văn An",
        "Trả lời đơn",
    )
    with pytest.raises(Forbidden):
        books_in.enter(given, actor=world.an, now=NOW)
    with pytest.raises(Invalid) as wrong:
        books_in.enter(
            Incoming(TODAY + timedelta(days=1), "", sender="a", sender_agency="bao-lam", dated_on=TODAY),
            actor=world.van, now=NOW,
        )  # fmt: skip
    assert set(wrong.value.fields) == {"arrived_on", "subject", "sender"}


def test_an_answer_is_tied_to_the_letter_it_answers(world: World) -> None:
    """By the number of the own book; an unknown one is refused at its field. Handed on later."""
    uid = numbered(world, accepted(world))
    given = Incoming(TODAY, "Trả lời", sender_agency="bao-lam", answers="1/TB-UBND")
    assert books_in.enter(given, actor=world.van, now=NOW) == "1/2026"
    assert db.session.scalars(select(IncomingDocument.outgoing_id)).one() == row_of(uid).id
    for wrong in ("9/TB-UBND", "không rõ"):
        with pytest.raises(Invalid) as refused:
            books_in.enter(
                Incoming(TODAY, "Trả lời", sender_agency="bao-lam", answers=wrong),
                actor=world.van,
                now=NOW,
            )
        assert set(refused.value.fields) == {"answers"}
    books_in.hand_to(1, 2026, "ha", actor=world.van, now=NOW)
    assert query.incoming(world.van, InFilters()).lines[0].handed_to == "Bùi Thị Hà"
    with pytest.raises(NotFound):
        books_in.hand_to(2, 2026, "ha", actor=world.van, now=NOW)
    with pytest.raises(Invalid):
        books_in.hand_to(1, 2026, "binh", actor=world.van, now=NOW)


def test_an_incoming_document_about_a_denunciation_is_kept_sealed(world: World) -> None:
    """Who sees the case reads the line; others see that something came; the name is refused."""
    code = denounced(world)
    with transaction() as session:
        session.get_one(Hat, world.van.hat_id).valid_to = TODAY - timedelta(days=1)
    given = Incoming(TODAY, "Báo cáo về đơn", sender="Công an tỉnh", case_code=code)
    books_in.enter(given, actor=world.minh, now=NOW)
    row = db.session.scalars(select(IncomingDocument)).one()
    assert row.words is None
    assert query.incoming(world.minh, InFilters()).lines[0].subject == "Báo cáo về đơn"
    hidden = query.incoming(world.an, InFilters()).lines[0]
    assert (hidden.hidden, hidden.subject, hidden.sender, hidden.case_code) == (True, "", "", None)
    name = DENUNCIATION.parties[0].name
    with pytest.raises(Leak):
        books_in.enter(
            Incoming(TODAY, f"Đơn của {name}", sender="x y", case_code=code),
            actor=world.minh,
            now=NOW,
        )
    with pytest.raises(Invalid):
        books_in.enter(given, actor=world.an, now=NOW)


def test_who_keeps_the_book_ties_to_a_denunciation_he_may_not_read(world: World) -> None:
    """By its code or by the letter answered; the words are sealed and the clerk sees a number and a day."""
    code = denounced(world)
    case_id = db.session.scalar(select(Case.id).where(Case.code == code))
    numbered(world, code, "nd31:06")
    letter = db.session.scalars(select(OutgoingDocument)).one()
    said = "Trả lời về đơn tố cáo"
    tied = {"case_code": code}, {"answers": f"{letter.number:02}/{letter.symbol}"}
    for number, how in enumerate(tied, 1):
        given = Incoming(TODAY, said, sender="Công an tỉnh", **how)
        assert books_in.enter(given, actor=world.van, now=NOW) == f"{number}/2026"
    rows = db.session.scalars(select(IncomingDocument)).all()
    assert [(each.case_id, each.words) for each in rows] == [(case_id, None)] * 2
    assert all(
        each.hidden and not each.subject for each in query.incoming(world.van, InFilters()).lines
    )
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_id, user_id=world.users["van"], reason=BarReason.RELATED
            )
        )
    with pytest.raises(Invalid) as refused:
        books_in.enter(Incoming(TODAY, said, sender="x y", **tied[0]), actor=world.van, now=NOW)
    assert set(refused.value.fields) == {"case_code"}


def test_words_about_a_denunciation_are_not_kept_in_clear(world: World) -> None:
    """Without its case only the neutral subject; reports on the work are no single denunciation."""
    name = DENUNCIATION.parties[0].name
    for given, field in (
        (Incoming(TODAY, f"Trả lời đơn TỐ  CÁO của {name}", sender="Công an xã"), "subject"),
        (Incoming(TODAY, "Đơn khiếu nại, tố cáo của ông A", sender="Công an xã"), "subject"),
        (Incoming(TODAY, "Trả lời", sender=f"Người tố cáo {name}"), "sender"),
    ):
        with pytest.raises(Invalid) as refused:
            books_in.enter(given, actor=world.van, now=NOW)
        assert set(refused.value.fields) == {field}
    assert db.session.scalars(select(IncomingDocument)).all() == []
    for subject in (books_in.NEUTRAL, "Báo cáo công tác giải quyết khiếu nại, tố cáo quý III"):
        books_in.enter(Incoming(TODAY, subject, sender="Công an xã"), actor=world.van, now=NOW)
