"""Commitments: made in a dialogue, a session, an open dialogue and by a promise; their course; who sees them."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as data
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from config.database import db, transaction
from petitions.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Leak,
    NotAllowedNow,
    NotFound,
    Stale,
)
from petitions.models import (
    Case,
    CaseBar,
    Commitment,
    CommitmentStep,
    Dialogue,
    Event,
    OpenDialogue,
    OutgoingDocument,
    ReceptionSession,
    Visit,
)
from petitions.queries import commitments as known
from petitions.queries import open_dialogues as plans
from petitions.queries.case_page import case_page
from petitions.queries.commitment_shapes import CommitmentFilters, Tally, Which
from petitions.queries.dialogues import dialogues_of
from petitions.services import dialogues, open_dialogues
from petitions.services.commitments import Step, take_step
from petitions.services.dialogues import Attendee, Held, Preparation
from petitions.services.undertakings import Origin, Undertaking, undertake
from tests.conftest import NOW, TODAY
from tests.petitions.reception_rows import SECRET_NAME, a_session, a_visit
from tests.petitions.test_intake import DENUNCIATION
from tests.web.cases import done, in_verification, registered
from tests.world import World
from workflows.commitments import (
    Attendance,
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
    OpenDialogueStatus,
    Side,
    after,
)
from workflows.records import BarReason
from workflows.vocabulary import Action, Actor, Need, State

V, S = CommitmentVerdict, CommitmentStatus
WEEK = timedelta(days=7)
PROMISED = Undertaking(
    "Sửa đoạn đường vào thôn", "bao-lam", TODAY + WEEK, cooperating=("so-nnmt",), supervising=("hdnd",)
)  # fmt: skip
SAT = (
    Attendee(Side.PETITIONER, "Nguyễn Văn Được", "người khiếu nại", TODAY, Attendance.PRESENT),
    Attendee(Side.RESPONDENT, "Trần Văn Minh", "Chủ tịch", TODAY, Attendance.PRESENT),
)


def dialogue_planned(world: World) -> tuple[str, Dialogue]:
    """A complaint whose dialogue is today; its code and the dialogue."""
    code = in_verification(world)
    done(code, Action.REPORT, world.an, {Need.DOCUMENT: "12/BC"})
    done(code, Action.PLAN_DIALOGUE, world.minh, {Need.DIALOGUE_ON: TODAY, Need.CONTENT: "UBND"})
    return code, latest(code)


def latest(code: str) -> Dialogue:
    """The latest dialogue of a case."""
    db.session.expire_all()
    return db.session.scalars(
        select(Dialogue)
        .join(Case, Case.id == Dialogue.case_id)
        .where(Case.code == code)
        .order_by(Dialogue.id.desc())
        .limit(1)
    ).one()


def records(code: str, row: Dialogue, actor: Actor, given: Held, version: int | None = None) -> str:
    """What came of the dialogue."""
    return dialogues.record(
        code, row.id, given, version=version or row.version, case_version=None, actor=actor, now=NOW
    )  # fmt: skip


def made(world: World, given: Undertaking = PROMISED, **origin: Any) -> str:
    """A commitment of An Bình out of an open dialogue (or another origin); its uid."""
    with transaction() as session:
        if not origin:
            held = OpenDialogue(
                uid=secrets.token_hex(16), agency_id=world.minh.agency_id, planned_on=TODAY,
                place="Nhà văn hóa", topics="Đường sá", status=OpenDialogueStatus.HELD,
                held_on=TODAY, created_by=world.lan.user_id, created_at=NOW,
            )  # fmt: skip
            session.add(held)
            session.flush()
            origin = {"source": CommitmentSource.OPEN_DIALOGUE, "open_dialogue_id": held.id}
        return undertake(
            session, given, Origin(**origin), made_on=TODAY, actor=world.minh, now=NOW
        ).uid


def steps(
    uid: str, verdict: CommitmentVerdict, actor: Actor, text: str = "Đã làm", **more: Any
) -> str:
    """One line of the history."""
    version = more.pop("version", None)
    return take_step(
        uid, Step(verdict, more.pop("on", TODAY), text, **more), version=version, actor=actor, now=NOW
    )  # fmt: skip


# --- the course ------------------------------------------------------------------------------


def test_from_the_promise_to_the_end(world: World) -> None:
    """Reported, sent back, moved, reported, done late, reopened, dropped: each a line, none changed."""
    uid = made(world)
    steps(uid, V.REPORTED, world.binh, document="15/BC-UBND")
    with pytest.raises(Forbidden):
        steps(uid, V.DONE, world.binh)
    with pytest.raises(Invalid) as refused:
        steps(uid, V.SENT_BACK, world.an, "")
    assert set(refused.value.fields) == {"text"}
    steps(uid, V.SENT_BACK, world.an, "Còn 20 m chưa sửa")
    with pytest.raises(NotAllowedNow):
        steps(uid, V.SENT_BACK, world.an, "Lần nữa")
    with pytest.raises(Forbidden):
        steps(uid, V.MOVED, world.an, "Mưa", due=TODAY + 2 * WEEK)
    for due, field in ((None, "due"), (TODAY + WEEK, "due"), (TODAY - WEEK, "due")):
        with pytest.raises(Invalid) as refused:
            steps(uid, V.MOVED, world.minh, "Mưa", due=due)
        assert set(refused.value.fields) == {field}
    steps(uid, V.MOVED, world.minh, "Mưa lũ", due=TODAY)
    steps(uid, V.URGED, world.giam, "Đề nghị làm sớm")
    with pytest.raises(Stale):
        steps(uid, V.DONE, world.minh, version=1)
    shown = known.commitment(world.minh, uid)
    assert [each.verdict for each in shown.steps] == [
        V.MADE, V.REPORTED, V.SENT_BACK, V.MOVED, V.URGED,
    ]  # fmt: skip
    assert (shown.steps[3].was_due, shown.steps[3].due) == (TODAY + WEEK, TODAY)
    assert shown.line.due == TODAY
    assert shown.supervising == ("Thường trực HĐND tỉnh",)
    later = NOW + 3 * timedelta(days=1)
    take_step(uid, Step(V.DONE, TODAY + timedelta(days=3)), version=shown.version, actor=world.minh, now=later)  # fmt: skip
    ended = known.commitment(world.minh, uid)
    assert ended.line.status is S.DONE
    assert ended.line.late_on(TODAY)
    assert ended.may == (V.REOPENED,)
    tally = known.follow_up(world.minh, TODAY, TODAY, TODAY).whole
    assert tally == Tally(done_late=1)
    for day in (TODAY + 2 * WEEK, TODAY - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            steps(uid, V.REOPENED, world.minh, "Hỏng lại", on=day)
        assert set(refused.value.fields) == {"on"}
    steps(uid, V.REOPENED, world.minh, "Hỏng lại")
    steps(uid, V.DROPPED, world.minh, "Dự án khác đã làm")
    assert known.commitment(world.minh, uid).line.ended_on == TODAY


STEPS = st.tuples(
    st.sampled_from([verdict for verdict in V if verdict is not V.MADE]),
    st.integers(0, 9),
    st.integers(0, 9),
    st.sampled_from(["minh", "an", "khanh", "binh", "giam"]),
)


@settings(max_examples=12)
@data(st.lists(STEPS, min_size=3, max_size=9))
def test_status_end_and_history_agree(
    world: World, course: list[tuple[CommitmentVerdict, int, int, str]]
) -> None:
    """Whatever is tried by whomever: the row is what its history says, refused steps leave nothing."""
    uid = made(world)
    told = NOW + timedelta(days=30)
    status, due, ended, lines, version = S.OPEN, TODAY + WEEK, None, 1, 1
    for verdict, on, to, who in course:
        step = Step(verdict, TODAY + timedelta(days=on), "Lời ghi", due=TODAY + timedelta(days=to))
        try:
            take_step(uid, step, version=version, actor=getattr(world, who), now=told)
        except DomainError:
            continue
        status = after(status, verdict) or status
        due = step.due if verdict in {V.MOVED, V.REOPENED} and step.due else due
        ended = step.on if status in {S.DONE, S.DROPPED} else None
        lines, version = lines + 1, version + 1
    db.session.expire_all()
    row = db.session.scalars(select(Commitment).where(Commitment.uid == uid)).one()
    assert (row.status, row.due, row.ended_on, row.version) == (status, due, ended, version)
    history = db.session.scalars(
        select(CommitmentStep).where(CommitmentStep.commitment_id == row.id).order_by(CommitmentStep.seq)
    ).all()  # fmt: skip
    assert [each.seq for each in history] == list(range(1, lines + 1))
    assert [each.due for each in history if each.due][-1] == row.due
    if row.ended_on is not None:
        last = next(each for each in reversed(history) if each.verdict in {V.DONE, V.DROPPED})
        assert last.on == row.ended_on


def test_what_may_not_be_undertaken(world: World) -> None:
    """Every fault at its field, under the caller's path; nothing is written."""
    for wrong, fields in (
        (replace(PROMISED, what=" "), {"what"}),
        (replace(PROMISED, what="x" * 2001, due=TODAY - WEEK), {"what", "due"}),
        (replace(PROMISED, lead_agency_code="khong-co"), {"lead_agency_code"}),
        (replace(PROMISED, cooperating=("bao-lam",)), {"cooperating"}),
        (replace(PROMISED, supervising=("khong-co",)), {"supervising"}),
    ):
        with pytest.raises(Invalid) as refused:
            made(world, wrong)
        assert set(refused.value.fields) == {f"undertakings.0.{name}" for name in fields}
    assert db.session.scalar(select(Commitment.id)) is None


# --- who sees them ---------------------------------------------------------------------------


def test_who_reads_and_who_does_not(world: World) -> None:
    """The lead without the case reads the commitment and not the case; nobody barred does."""
    code, row = dialogue_planned(world)
    records(code, row, world.an, Held(TODAY, "BB 14", attendees=SAT, undertakings=(PROMISED,)))
    [line] = known.of_dialogues(world.minh, [row.id])[row.id]
    assert line.case_code == code
    [theirs] = known.open_commitments(world.binh, TODAY, 10)
    assert (theirs.uid, theirs.case_code, theirs.what) == (line.uid, None, PROMISED.what)
    with pytest.raises(NotFound):
        dialogues_of(world.binh, code, TODAY)
    assert known.counts(world.khanh, TODAY)[Which.MINE] == 1
    assert known.counts(world.minh, TODAY)[Which.MINE] == 0
    watching = known.commitment(world.giam, line.uid)
    assert watching.may == (V.URGED,)
    assert watching.papers == ()
    steps(line.uid, V.REPORTED, world.binh)
    assert [each.uid for each in known.open_commitments(world.an, TODAY, 10)] == [line.uid]
    assert known.open_commitments(world.binh, TODAY, 10) == ()

    elsewhere = made(world, replace(PROMISED, lead_agency_code="so-nnmt", cooperating=(), supervising=()))  # fmt: skip
    for stranger in (world.binh, world.giam, world.tam):
        assert elsewhere not in {each.uid for each in _all(stranger)}
        with pytest.raises(NotFound):
            known.commitment(stranger, elsewhere)
        with pytest.raises(NotFound):
            steps(elsewhere, V.URGED, stranger)
    assert {each.uid for each in _all(world.phuc)} == {line.uid, elsewhere}
    assert {each.uid for each in _all(world.hoa)} == {line.uid, elsewhere}

    with transaction() as session:
        case_id = session.execute(select(Case.id).where(Case.code == code)).scalar_one()
        session.execute(
            insert(CaseBar).values(
                case_id=case_id, user_id=world.binh.user_id, reason=BarReason.RELATED
            )
        )
    assert _all(world.binh) == ()
    with pytest.raises(NotFound):
        known.commitment(world.binh, line.uid)
    assert known.follow_up(world.binh, TODAY, TODAY, TODAY).whole == Tally()
    assert len(_all(world.khanh)) == 1


def _all(actor: Actor) -> tuple[Any, ...]:
    return known.register(actor, CommitmentFilters(Which.ALL), TODAY).lines


def test_a_confidential_visit_and_a_denunciation_keep_their_words_sealed(world: World) -> None:
    """Read by who received it, both heads and the inspector with the duty; sealed in every column."""
    session_uid = a_session(world)
    visit_uid = a_visit(world, session_uid, secret=True, name=SECRET_NAME)
    ids = db.session.execute(
        select(ReceptionSession.id, Visit.id)
        .join(Visit, Visit.session_id == ReceptionSession.id)
        .where(Visit.uid == visit_uid)
    ).one()
    uid = made(world, source=CommitmentSource.SESSION, session_id=ids[0], visit_id=ids[1])
    for reader in (world.lan, world.minh, world.hoa, world.khanh):
        assert known.commitment(reader, uid).line.what == PROMISED.what
        assert [each.uid for each in known.of_session(reader, session_uid)] == [uid]
    for other in (world.an, world.dung, world.quy, world.binh, world.giam, world.tam):
        with pytest.raises(NotFound):
            known.commitment(other, uid)
    with pytest.raises(Leak):
        steps(uid, V.REPORTED, world.khanh, f"Đã gặp {SECRET_NAME}")
    with pytest.raises(Leak):
        made(
            world, replace(PROMISED, what=f"Bảo vệ bà {SECRET_NAME}"),
            source=CommitmentSource.SESSION, session_id=ids[0], visit_id=ids[1],
        )  # fmt: skip
    steps(uid, V.REPORTED, world.khanh, "Đã bố trí gặp riêng")
    assert known.commitment(world.minh, uid).steps[-1].text == "Đã bố trí gặp riêng"
    db.session.expire_all()
    row = db.session.scalars(select(Commitment).where(Commitment.uid == uid)).one()
    lines = db.session.scalars(select(CommitmentStep).where(CommitmentStep.commitment_id == row.id))
    assert row.words is None
    assert row.sealed
    assert all(each.words is None for each in lines)

    code = registered(world, DENUNCIATION)
    case_id = db.session.execute(select(Case.id).where(Case.code == code)).scalar_one()
    named = replace(PROMISED, what=f"Bảo vệ {DENUNCIATION.parties[0].name}")
    origin: dict[str, Any] = {
        "source": CommitmentSource.SESSION, "session_id": ids[0], "case_id": case_id,
    }  # fmt: skip
    with pytest.raises(Leak):
        made(world, named, **origin)
    sealed = made(world, **origin)
    assert known.commitment(world.minh, sealed).line.what == PROMISED.what
    with pytest.raises(Leak):
        steps(sealed, V.REPORTED, world.khanh, f"Đã gặp {DENUNCIATION.parties[0].name}")


# --- dialogues -------------------------------------------------------------------------------


def test_a_dialogue_from_the_invitation_to_the_signed_minutes(world: World) -> None:
    """Prepared, recorded into the ledger, corrected, and right until the minutes are signed."""
    code, row = dialogue_planned(world)
    shown = dialogues_of(world.an, code, TODAY)
    assert {each.side for each in shown.likely} == {Side.PETITIONER, Side.RESPONDENT}
    assert shown.dialogues[0].late_notice
    assert shown.dialogues[0].notice is not None
    assert shown.first_day == date(2026, 11, 25)
    for given, field in (
        (Preparation(""), "place"),
        (Preparation("UBND", starts_at="8h"), "starts_at"),
        (Preparation("UBND", attendees=(Attendee(Side.CONCERNED, ""),)), "attendees.0.name"),
    ):
        with pytest.raises(Invalid) as refused:
            dialogues.prepare(code, row.id, given, version=1, actor=world.an, now=NOW)
        assert set(refused.value.fields) == {field}
    plan = Preparation("Hội trường", "08:30", "Trần Văn Minh, Chủ tịch", True, SAT)
    for outsider, error in ((world.binh, NotFound), (world.lan, Forbidden), (world.hoa, Forbidden)):
        with pytest.raises(error):
            dialogues.prepare(code, row.id, plan, version=1, actor=outsider, now=NOW)
    dialogues.prepare(code, row.id, plan, version=1, actor=world.an, now=NOW, key="once")
    dialogues.prepare(code, row.id, plan, version=1, actor=world.an, now=NOW, key="once")
    with pytest.raises(Stale):
        dialogues.prepare(code, row.id, plan, version=1, actor=world.an, now=NOW)
    row = latest(code)
    nobody = tuple(replace(each, attendance=None) for each in SAT)
    for wrong, fields in (
        (Held(TODAY, "BB", attendees=nobody), {"attendees.0.attendance", "attendees.1.attendance"}),
        (Held(TODAY, "BB", attendees=SAT[1:]), {"attendees"}),
        (Held(TODAY, "", attendees=SAT), {"document"}),
        (Held(TODAY + WEEK, "BB", attendees=SAT), {"held_on"}),
    ):
        with pytest.raises(Invalid) as refused:
            records(code, row, world.an, wrong)
        assert set(refused.value.fields) == fields
    held = Held(
        TODAY, "Biên bản 14", attendees=SAT, agreed=("Đo lại đất",), differing=("Giá",),
        undertakings=(PROMISED,),
    )  # fmt: skip
    records(code, row, world.an, held)
    case = db.session.scalars(select(Case).where(Case.code == code)).one()
    assert case.state is State.DIALOGUE_HELD
    events = db.session.scalars(
        select(Event.action).where(Event.case_id == case.id).order_by(Event.seq)
    ).all()
    assert events[-1] == Action.HOLD_DIALOGUE.value
    shown = dialogues_of(world.minh, code, TODAY)
    assert shown.dialogues[0].agreed == ("Đo lại đất",)
    assert [each.what for each in shown.commitments[row.id]] == [PROMISED.what]
    row = latest(code)
    records(code, row, world.an, replace(held, agreed=("Đo lại đất", "Trả hồ sơ"), undertakings=()))
    row = latest(code)
    absent = tuple(replace(each, attendance=Attendance.ABSENT_WITHOUT_REASON) for each in SAT)
    with pytest.raises(Invalid) as refused:
        records(code, row, world.an, replace(held, attendees=absent, undertakings=()))
    assert set(refused.value.fields) == {"attendees"}
    assert len(db.session.scalars(select(Event.id).where(Event.case_id == case.id)).all()) == len(events)  # fmt: skip
    _sign_minutes(world, case.id)
    with pytest.raises(Conflict):
        records(code, row, world.an, replace(held, undertakings=()))
    dialogues.add_undertakings(
        code, row.id, [PROMISED], version=row.version, actor=world.an, now=NOW
    )
    assert len(known.of_dialogues(world.minh, [row.id])[row.id]) == 2


def _sign_minutes(world: World, case_id: int) -> None:
    with transaction() as session:
        session.execute(
            insert(OutgoingDocument).values(
                uid=secrets.token_hex(16), version=1, case_id=case_id,
                agency_id=world.agencies["an-binh"], form_key="nd124:14", form_version="2026",
                template_sha256="0" * 64, book="-", year=2026, symbol="", issued_on=TODAY,
                signer_id=world.minh.user_id, signer_title="Chủ tịch", capacity="head",
                collective=False, stamped=False, sha256="0" * 64,
            )
        )  # fmt: skip


def test_absence_goes_into_the_ledger_as_it_was(world: World) -> None:
    """Excused: planned anew. Unexcused: settlement goes on (art 30(6) Law on Complaints)."""
    code, row = dialogue_planned(world)
    away = replace(SAT[0], attendance=Attendance.ABSENT_WITH_REASON)
    with pytest.raises(Invalid) as refused:
        records(code, row, world.an, Held(TODAY, "BB", attendees=(away,)))
    assert set(refused.value.fields) == {"attendees.0.reason"}
    away = replace(away, reason="Ốm nằm viện")
    excused = Held(TODAY, "BB", attendees=(away,))
    with pytest.raises(Invalid) as refused:
        records(code, row, world.an, replace(excused, undertakings=(PROMISED,)))
    assert set(refused.value.fields) == {"undertakings.0.what"}
    assert latest(code).held_on is None
    records(code, row, world.an, excused)
    assert latest(code).outcome == "absent_with_reason"
    happened = case_page(world.minh, code).timeline[0]
    assert (happened.action, happened.words["reason"]) == (Action.MISS_DIALOGUE, "Ốm nằm viện")
    done(code, Action.PLAN_DIALOGUE, world.minh, {Need.DIALOGUE_ON: TODAY, Need.CONTENT: "UBND"})
    row = latest(code)
    missed = replace(away, attendance=Attendance.ABSENT_WITHOUT_REASON, reason="")
    records(code, row, world.an, Held(TODAY, "BB", attendees=(missed,)))
    assert latest(code).outcome == "absent_without_reason"
    state = db.session.scalar(select(Case.state).where(Case.code == code))
    assert state is State.DIALOGUE_HELD
    [second, first] = dialogues_of(world.minh, code, TODAY).dialogues
    assert (first.number, second.number) == (1, 2)


# --- open dialogues --------------------------------------------------------------------------


def test_the_years_plan(world: World) -> None:
    """Several planned at once, one held with its points, one put off to a new day, one cancelled."""
    slots = [
        open_dialogues.Planned(TODAY - WEEK * (number - 1), f"Thôn {number}", "Đất đai")
        for number in range(3)
    ]
    with pytest.raises(Invalid) as refused:
        open_dialogues.plan([slots[0], replace(slots[1], place="")], actor=world.lan, now=NOW)
    assert set(refused.value.fields) == {"slots.1.place"}
    with pytest.raises(Forbidden):
        open_dialogues.plan(slots, actor=world.hoa, now=NOW)
    assert open_dialogues.plan(slots, actor=world.lan, now=NOW, key="a") == 3
    assert open_dialogues.plan(slots, actor=world.lan, now=NOW, key="a") == 3
    first, second, third = (each.uid for each in plans.plan_of(world.lan, 2026, own=True))
    held = open_dialogues.Held(
        TODAY, True, 120, "minh", ({"name": "Phạm Văn An", "title": "Công chức"},),
        "Dân hỏi về đường", (PROMISED,),
    )  # fmt: skip
    for wrong, fields in (
        (replace(held, held_on=TODAY + WEEK), {"held_on"}),
        (replace(held, summary="", held_by="binh"), {"summary", "held_by"}),
    ):
        with pytest.raises(Invalid) as refused:
            open_dialogues.hold(first, wrong, version=1, actor=world.an, now=NOW)
        assert set(refused.value.fields) == fields
    open_dialogues.hold(first, held, version=1, actor=world.an, now=NOW)
    with pytest.raises(Conflict):
        open_dialogues.hold(first, held, version=2, actor=world.an, now=NOW)
    shown = plans.open_dialogue(world.minh, first)
    assert (shown.held_by, shown.line.in_person, shown.line.commitments) == ("Trần Văn Minh", True, 1)  # fmt: skip
    assert [each.what for each in known.of_open_dialogue(world.khanh, first)] == [PROMISED.what]
    assert plans.open_dialogue(world.binh, first).line.uid == first  # its body has a point to do
    with pytest.raises(NotFound):
        plans.open_dialogue(world.binh, second)
    with pytest.raises(Invalid):
        open_dialogues.put_off(second, "", cancelled=False, new_day=None, version=1, actor=world.an, now=NOW)  # fmt: skip
    moved = open_dialogues.put_off(
        second, "Bão", cancelled=False, new_day=TODAY + WEEK, version=1, actor=world.an, now=NOW
    )
    assert plans.open_dialogue(world.an, second).line.status is OpenDialogueStatus.POSTPONED
    open_dialogues.change(
        moved, replace(slots[1], posted_on=TODAY, planned_on=TODAY + WEEK), version=1, actor=world.an, now=NOW,
    )  # fmt: skip
    assert plans.open_dialogue(world.an, moved).line.posted_on == TODAY
    open_dialogues.put_off(third, "Trùng lịch", cancelled=True, new_day=None, version=1, actor=world.an, now=NOW)  # fmt: skip
    [line] = plans.year_table(world.minh, 2026)
    assert (line.planned, line.held, line.in_person, line.people, line.commitments) == (2, 1, 1, 120, 1)  # fmt: skip
    assert [each.agency for each in plans.year_table(world.phuc, 2026)] == ["UBND xã An Bình"]
    assert plans.year_table(world.khanh, 2025) == ()


def test_nothing_done_elsewhere_is_undone(world: World) -> None:
    """The database refuses to change or delete a line of history."""
    made(world)
    for change in (update(CommitmentStep).values(seq=7),):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(change)
