"""A denouncer goes through every part of the desk; afterwards no table, file or log line gives the person away."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, inspect, select, text, update

from config.database import Base, db, transaction
from petitions.errors import Invalid, Leak, NotFound
from petitions.installation import installation
from petitions.models import (
    Case,
    CaseBar,
    Commitment,
    CommitmentStep,
    MeetingRequest,
    ReceptionSession,
    Visit,
)
from petitions.queries import commitments as undertaken
from petitions.queries import meetings as meetings_known
from petitions.queries.commitment_shapes import CommitmentFilters, Which
from petitions.queries.desk_box import read_box
from petitions.queries.person_history import history
from petitions.queries.reception import session_shown, visit_shown
from petitions.queries.reception_papers import papers_of_visit
from petitions.queries.reception_register import register_rows
from petitions.queries.visitors import Comer
from petitions.services import drafts, meetings, slips, surveys
from petitions.services import reception_papers as papers
from petitions.services.commitments import Step, take_step
from petitions.services.intake import register
from petitions.services.reception_closing import Held, hold
from petitions.services.reception_papers import About
from petitions.services.reception_papers_form import CONCLUSION
from petitions.services.reception_sessions import Planned, plan
from petitions.services.registration import Beside, Further, Person, RespondentGiven, Upload
from petitions.services.undertakings import Origin, Undertaking, undertake
from petitions.services.visit_outcomes import Concluded, conclude
from petitions.services.visit_rows import Taken, seal_visit
from petitions.services.visits import arrive, receive, tie
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.world import World
from workflows.commitments import CommitmentSource, CommitmentVerdict
from workflows.reception import Host, SessionKind, SessionManner, VisitOutcome
from workflows.records import BarReason, IdKind
from workflows.satisfaction import Scores
from workflows.vocabulary import Actor, Kind, State

NAME, NUMBER = "Lèng Thị Xuyến Chi", "001185000777"
PHONE, ADDRESS = "0987612345", "số 77 ngõ Cây Gạo, thôn Đoài"
SAID = "thấy phong bì đưa ở quán Hoa Sữa"
GIVEAWAYS = (NAME, NUMBER, PHONE, ADDRESS, "phong bì đưa ở quán Hoa Sữa")
"""What tells who denounced, and what only the person said at the desk."""
COMER = Comer(
    name=NAME, birth_year=1985, id_kind=IdKind.CITIZEN, id_number=NUMBER, phone=PHONE, address=ADDRESS
)  # fmt: skip
TAKEN = Taken(people=(COMER,), said=f"{NAME} {SAID}", place_code="99001")
GIVEN = replace(
    DENUNCIATION,
    parties=(
        Person(name=NAME, birth_year=1985, id_kind=IdKind.CITIZEN, id_number=NUMBER, phone=PHONE,
               address=ADDRESS),
    ),
    original=f"Tôi là {NAME}, {SAID}.",
)  # fmt: skip
POOR = Scores(2, 1, 3, 3, 3)


def spoken(value: Any) -> Iterator[str]:
    """Everything readable in a value, as text."""
    match value:
        case bytes() | memoryview():
            raw = bytes(value)
            yield raw.decode("utf-8", "ignore")
            yield raw.decode("utf-16-le", "ignore")
        case str():
            yield value
        case dict() | list() | tuple():
            yield json.dumps(value, ensure_ascii=False, default=str)
        case None:
            pass
        case _:
            yield str(value)


def given_away(texts: Iterator[str] | list[str]) -> set[str]:
    """Which giveaways stand in the texts, with or without marks, spaces or capitals."""
    found: set[str] = set()
    for each_text in texts:
        plain = "".join(fold(each_text).split())
        found |= {each for each in GIVEAWAYS if "".join(fold(each).split()) in plain}
    return found


def readable() -> dict[str, set[str]]:
    """Giveaways by "table.column" of every table there is, and by file of the data folder."""
    db.session.rollback()
    found: dict[str, set[str]] = {}
    known = Base.metadata.tables
    for name in inspect(db.engine).get_table_names():
        rows = select(known[name]) if name in known else text(f'SELECT * FROM "{name}"')
        for row in db.session.execute(rows).mappings():
            for column, value in row.items():
                if named := given_away(list(spoken(value))):
                    found.setdefault(f"{name}.{column}", set()).update(named)
    for file in installation().settings.upload_dir.rglob("*"):
        if file.is_file() and (named := given_away(list(spoken(file.read_bytes())))):
            found[str(file)] = named
    return found


def leaders_day(world: World) -> str:
    """Today's session of the chairman; its uid."""
    return plan(
        Planned(
            kind=SessionKind.PERIODIC, manner=SessionManner.OFFICE, host=Host.HEAD, days=(TODAY,),
            starts_at="14:00", ends_at="16:00",
        ),
        actor=world.lan, now=NOW,
    )  # fmt: skip


def version(actor: Actor, uid: str) -> int:
    db.session.rollback()
    return visit_shown(actor, uid).version


def concluded(actor: Actor, uid: str, outcome: VisitOutcome, **more: Any) -> None:
    conclude(
        uid, Concluded(outcome=outcome, **more), version=version(actor, uid), actor=actor, now=NOW
    )


def check(what: str) -> Undertaking:
    return Undertaking(what, "bao-lam", TODAY + timedelta(days=9))


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Every log line so far."""
    caplog.set_level(logging.DEBUG)
    return lambda: [
        record.getMessage() for record in caplog.records if record.name != "sqlalchemy.engine"
    ]


def readable_matter(world: World) -> tuple[str, str]:
    """Somebody heard like everybody, sent to the chairman, a check ordered, reported, a paper drafted.

    Two visits, the one at the desk and the one with the chairman. Nobody knows yet what it will be.
    """
    first = receive(None, TAKEN, actor=world.lan, now=NOW)
    concluded(world.lan, first, VisitOutcome.MEETING_ASKED, answer=f"{NAME} xin gặp: {SAID}")
    wish = db.session.scalars(select(MeetingRequest.uid)).one()
    meetings.agree(
        wish, session_uid=leaders_day(world), version=1, actor=world.minh, now=NOW
    )  # fmt: skip
    second = arrive(wish, actor=world.lan, now=NOW)
    concluded(
        world.lan, second, VisitOutcome.CHECK_ORDERED, answer=f"Đã nghe {NAME} {SAID}",
        document=f"GM {PHONE}", undertakings=(check(f"Gặp {NAME} ({PHONE}) tại {ADDRESS}; {SAID}"),),
    )  # fmt: skip
    uid = db.session.scalars(select(Commitment.uid)).one()
    report = Step(CommitmentVerdict.REPORTED, TODAY, f"Đã gặp {NAME}, {SAID}", f"BC {NUMBER}")
    take_step(uid, report, version=None, actor=world.khanh, now=NOW)
    papers.draft_paper(
        About(second), CONCLUSION, {"conclusion": f"Bảo vệ {NAME}, {PHONE}; {SAID}"}, (),
        actor=world.minh, now=NOW,
    )  # fmt: skip
    return first, second


def test_a_denouncer_leaves_nothing_readable(world: World, logged: Callable[[], list[str]]) -> None:
    """Desk, chairman, check, report, paper, draft, upload, several matters, slip, survey."""
    first, second = readable_matter(world)
    assert readable() != {}  # the search finds what is readable
    draft = "d" * 32
    typed = {"parties.0.name": [NAME], "parties.0.id_number": [NUMBER], "content": [SAID]}
    drafts.save(draft, "register", typed, actor=world.lan, now=NOW)
    picture = b"%PDF-1.4\n" + f"{NAME} {NUMBER} {SAID}".encode() + b"\ntrailer<<>>\n%%EOF"
    with pytest.raises(Invalid) as refused:
        register(
            GIVEN, actor=world.lan, now=NOW, beside=Beside(repeat_reason=f"Đơn mới của {NAME}")
        )
    assert set(refused.value.fields) == {"repeat_reason"}
    code = register(
        GIVEN,
        actor=world.lan,
        now=NOW,
        beside=Beside(visit=second, draft=draft, uploads=(Upload(f"{NAME}.pdf", picture),)),
    )
    assert readable() == {}
    # read as before by those who may
    for uid in (first, second):
        assert visit_shown(world.minh, uid).persons == (COMER,)
        for stranger in (world.an, world.dung, world.quy, world.binh):
            with pytest.raises(NotFound):
                visit_shown(stranger, uid)
    assert db.session.scalars(select(Visit.case_id).distinct()).one() is not None
    (line,) = undertaken.register(world.minh, CommitmentFilters(Which.ALL), TODAY).lines
    assert SAID in line.what
    assert SAID in undertaken.commitment(world.khanh, line.uid).steps[-1].text
    assert undertaken.register(world.binh, CommitmentFilters(Which.ALL), TODAY).lines == ()
    assert len(papers_of_visit(world.minh, second)) == 1
    # what comes afterwards names nobody either
    with pytest.raises(Leak):
        take_step(line.uid, Step(CommitmentVerdict.SENT_BACK, TODAY, f"Hỏi lại {NAME}"),
                  version=None, actor=world.minh, now=NOW)  # fmt: skip
    slip = slips.issue(code, actor=world.lan, now=NOW)
    case = slips.opened(code, slip.secret, "10.0.0.1", NOW)
    assert case is not None
    with transaction() as session:
        session.execute(update(Case).where(Case.id == case).values(state=State.CLOSED, open=False))
    assert surveys.answer(case, POOR, f"Tôi là {NAME}, {PHONE}; {SAID}", now=NOW)
    assert readable() == {}
    assert given_away(logged()) == set()


def test_one_paper_with_a_complaint_in_it_seals_the_visit_too(world: World) -> None:
    """The complaint names its petitioner as it must; the visit, the scan and the denunciation do not."""
    visit = receive(None, TAKEN, actor=world.lan, now=NOW)
    mixed = replace(
        GIVEN, kind=Kind.COMPLAINT, summary=COMPLAINT.summary, content=COMPLAINT.content,
        contested=COMPLAINT.contested, field_code="thu-hoi-dat", original=None,
        further=(Further(kind=Kind.DENUNCIATION, summary=GIVEN.summary, content=GIVEN.content),),
    )  # fmt: skip
    register(mixed, actor=world.lan, now=NOW, beside=Beside(visit=visit))
    assert set(readable()) <= {
        "party.name", "party.folded_name", "party.id_number", "party.phone", "party.address",
        "case_text.search", "case_text.search_vector", "case_search.search", "case_search_content.c0",
    }  # fmt: skip
    assert db.session.scalars(select(Visit.confidential)).all() == [True]


def test_a_denunciation_is_tied_to_no_readable_case(world: World) -> None:
    """Neither as related nor as the second instance of the complaint the same person made."""
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    for given, beside, field in (
        (GIVEN, Beside(related_to=code), "related_to"),
        (replace(GIVEN, second_instance_of=code), Beside(), "second_instance_of"),
    ):
        with pytest.raises(Invalid) as refused:
            register(given, actor=world.lan, now=NOW, beside=beside)
        assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("later", ["case", "visit", "another field", "a new matter"])
def test_what_was_said_before_in_the_matter_is_sealed_with_it(world: World, later: str) -> None:
    """A week ago readable, today a denunciation: the desk that heard both seals both; other matters stay."""
    before = NOW - timedelta(days=7)
    done = receive(
        None, replace(TAKEN, kind=None, field_code="thu-hoi-dat"), actor=world.lan, now=before
    )
    concluded(world.lan, done, VisitOutcome.ANSWERED, answer="Đã giải thích.")
    secret = replace(TAKEN, kind=Kind.DENUNCIATION, field_code="thu-hoi-dat")
    if later == "case":
        today = receive(None, replace(secret, kind=None), actor=world.lan, now=NOW)
        register(GIVEN, actor=world.lan, now=NOW, beside=Beside(visit=today))
    elif later == "another field":
        receive(None, replace(secret, field_code="o-nhiem"), actor=world.lan, now=NOW)
    else:
        again = "" if later == "a new matter" else done
        receive(None, replace(secret, same_as=again), actor=world.lan, now=NOW)
    sealed = db.session.scalar(select(Visit.confidential).where(Visit.uid == done))
    assert sealed is (later in {"case", "visit"})
    assert (readable() == {}) is sealed


def test_a_confidential_visit_from_its_first_word(world: World) -> None:
    """Nothing readable at any moment; the columns beside the sealed words name nobody either."""
    secret = replace(TAKEN, kind=Kind.DENUNCIATION)
    uid = receive(None, secret, actor=world.lan, now=NOW)
    assert readable() == {}
    with pytest.raises(Leak):
        concluded(
            world.lan, uid, VisitOutcome.GUIDED, guided_to="Công an", document=f"Phiếu {NAME}"
        )
    concluded(
        world.lan, uid, VisitOutcome.GUIDED, guided_to=f"Công an ({NAME})", document="Phiếu 1"
    )
    held = session_shown(world.lan, visit_shown(world.lan, uid).session_uid, TODAY).line
    for field, note in (("note", f"Có {NAME} đến"), ("recording", f"ghi âm {PHONE}")):
        with pytest.raises((Leak, Invalid)) as refused:
            hold(held.uid, Held(held_by="lan", **{field: note}), version=held.version,
                 actor=world.lan, now=NOW)  # fmt: skip
        assert getattr(refused.value, "field", None) == field
    hold(held.uid, Held(held_by="lan", note="Bình thường"), version=held.version,
         actor=world.lan, now=NOW)  # fmt: skip
    assert readable() == {}


def test_the_history_of_a_commitment_only_ever_becomes_sealed(world: World) -> None:
    """Sealing is the one change its guard lets through; nothing else of a line is rewritten."""
    readable_matter(world)
    step = select(CommitmentStep.id).where(CommitmentStep.words.is_not(None)).scalar_subquery()
    for change in (
        {"words": {"text": "khác"}}, {"words": None}, {"seq": 9},
        {"words": None, "sealed": b"x", "verdict": CommitmentVerdict.DONE},
    ):  # fmt: skip
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(
                update(CommitmentStep).where(CommitmentStep.id == step).values(**change)
            )


def test_who_is_barred_learns_of_the_case_by_no_commitment_and_no_mark(world: World) -> None:
    """The check was ordered at a visit that led to a case only later."""
    uid = receive(None, replace(TAKEN, kind=Kind.COMPLAINT), actor=world.lan, now=NOW)
    concluded(
        world.lan, uid, VisitOutcome.CHECK_ORDERED, undertakings=(check("Kiểm tra mốc giới"),)
    )
    code = register(COMPLAINT, actor=world.lan, now=NOW)
    with transaction() as session:
        case = session.scalars(select(Case).where(Case.code == code)).one()
        tie(session, uid, case, world.lan, NOW)
        for person in (world.khanh, world.an):
            session.execute(
                insert(CaseBar).values(
                    case_id=case.id, user_id=person.user_id, reason=BarReason.RELATED
                )
            )
    db.session.rollback()
    (line,) = undertaken.register(world.minh, CommitmentFilters(Which.ALL), TODAY).lines
    for person in (world.khanh, world.an):
        assert undertaken.register(person, CommitmentFilters(Which.ALL), TODAY).lines == ()
        assert undertaken.counts(person, TODAY)[Which.ALL] == 0
        with pytest.raises(NotFound):
            undertaken.commitment(person, line.uid)
    told = {
        person.user_id: {
            row.uid: row for row in register_rows(person, person.agency_id, TODAY, TODAY)
        }
        for person in (world.an, world.dung)
    }
    assert told[world.an.user_id][uid].kind is None
    assert told[world.dung.user_id][uid].kind is Kind.COMPLAINT


def test_what_was_undertaken_in_a_denunciation_is_read_by_who_sees_it(world: World) -> None:
    """Not by everybody who sits in the body that keeps it."""
    code = register(GIVEN, actor=world.lan, now=NOW)
    held = leaders_day(world)
    with transaction() as session:
        case = session.scalars(select(Case).where(Case.code == code)).one()
        session_id = session.scalars(
            select(ReceptionSession.id).where(ReceptionSession.uid == held)
        ).one()
        origin = Origin(CommitmentSource.SESSION, session_id=session_id, case_id=case.id)
        uid = undertake(
            session, check("Kiểm tra"), origin, made_on=TODAY, actor=world.minh, now=NOW
        ).uid
    for reader in (world.minh, world.hoa, world.khanh):
        assert undertaken.commitment(reader, uid).line.what == "Kiểm tra"
    for other in (world.an, world.dung, world.quy, world.binh, world.phuc):
        with pytest.raises(NotFound):
            undertaken.commitment(other, uid)


def test_sealing_twice_and_a_chain_of_meetings(world: World) -> None:
    """Sealing the first visit seals the one it led to, and the other way round."""
    first, second = readable_matter(world)
    with transaction() as session:
        seal_visit(session, session.scalars(select(Visit).where(Visit.uid == first)).one())
    assert readable() == {}
    with transaction() as session:
        seal_visit(session, session.scalars(select(Visit).where(Visit.uid == second)).one())
    assert visit_shown(world.lan, second).persons == (COMER,)


def test_the_denounced_head_loses_sight_of_all_of_it(world: World) -> None:
    """Shut out of the case, he finds neither visit, nor the request to meet him, nor work, nor paper."""
    first, second = readable_matter(world)
    head = RespondentGiven(name="Trần Văn Minh", position="Chủ tịch", username="minh")
    register(
        replace(GIVEN, respondents=(head,)), actor=world.lan, now=NOW, beside=Beside(visit=second)
    )
    for uid in (first, second):
        with pytest.raises(NotFound):
            visit_shown(world.minh, uid)
        assert visit_shown(world.lan, uid).persons == (COMER,)
    assert meetings_known.meeting_requests(world.minh) == ()
    assert meetings_known.waiting_requests(world.minh) == 0
    assert undertaken.register(world.minh, CommitmentFilters(Which.ALL), TODAY).lines == ()
    assert papers_of_visit(world.minh, second) == ()
    rows = register_rows(world.minh, world.minh.agency_id, TODAY, TODAY)
    assert [row.masked for row in rows] == [True, True]
    assert given_away([str(row) for row in rows]) == set()
    found = (NAME, NUMBER, PHONE)
    assert [history(world.minh, read_box(each)).people for each in found] == [(), (), ()]
    shown = session_shown(world.minh, visit_shown(world.lan, second).session_uid, TODAY)
    assert given_away([str(shown)]) == set()
