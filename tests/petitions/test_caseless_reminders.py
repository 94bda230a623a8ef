"""Dates without a case on the ladder: each rung once, quiet when met, nothing to those who may not know."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.models import (
    AgencyRung,
    Case,
    CaseBar,
    Commitment,
    CommitmentStep,
    Deadline,
    OpenDialogue,
    ReceptionPaper,
    ReceptionSession,
    Reminder,
    Visit,
)
from petitions.models.reminders import NOBODY, Subject
from petitions.queries.reception_dates import last_day
from petitions.queries.reporting import turns
from petitions.rulebook import current
from petitions.services import open_dialogues, reminders
from petitions.services.caseless_dates import CASELESS
from petitions.services.digest_judging import Judged, judge, reader_of
from petitions.services.digest_text import drawn_up
from petitions.services.open_dialogues import Planned
from petitions.services.reminders import climb
from petitions.services.reporting import DutyGiven, examples, note_sent, save_duty
from tests.conftest import NOW
from tests.petitions.reception_rows import SECRET_NAME, a_session, a_visit
from tests.petitions.test_reminders import a_case, at, days
from tests.world import World
from workflows.commitments import (
    CommitmentKind,
    CommitmentSource,
    CommitmentStatus,
    CommitmentVerdict,
)
from workflows.ladder import Audience, Ladder, Ladders, Rung
from workflows.reception import (
    NoticeState,
    RefusalGround,
    SessionManner,
    SessionStatus,
    VisitOutcome,
)
from workflows.records import BarReason, ClockState
from workflows.reporting import Concerned, ReportPeriod
from workflows.vocabulary import Step

DUE = date(2026, 11, 20)
"""A Friday; Tuesday the 24th is a day off."""


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what was told."""

    rung: str
    who: str


def told(world: World, subject: Subject) -> list[Told]:
    names = {number: name for name, number in world.users.items()} | {NOBODY: "nobody"}
    rows = db.session.execute(
        select(Reminder.rung, Reminder.recipient_id)
        .where(Reminder.subject == subject)
        .order_by(Reminder.fired_on, Reminder.id)
    ).all()
    db.session.rollback()
    return [Told(rung, names[person]) for rung, person in rows]


def by_rung(world: World, subject: Subject) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in told(world, subject):
        found.setdefault(each.rung, []).append(each.who)
    return found


def climbed(first: date, last: date) -> None:
    for day in days(first, last):
        climb(at(day))
        climb(at(day))


def mail(world: World, name: str, day: date) -> str:
    """The text of what this person would read on that day; empty when nothing is true any more."""
    rows = db.session.execute(
        select(
            OutboxMessage.id, OutboxMessage.kind, OutboxMessage.case_id, OutboxMessage.payload,
            OutboxMessage.created_at,
        )
        .where(OutboxMessage.recipient_id == world.users[name])
        .order_by(OutboxMessage.id)
    ).all()  # fmt: skip
    reader = reader_of(world.users[name], day)
    judged: Judged = judge(reader, rows, day)
    text = drawn_up(reader, judged, today=day, kind="digest", slot="x").text if judged.items else ""
    db.session.rollback()
    return text


def changed(table: Any, **values: Any) -> None:
    with transaction() as session:
        session.execute(update(table).values(**values))


def a_commitment(world: World, **more: Any) -> int:
    """The department is to do something An Bình undertook; due on DUE."""
    given = {
        "uid": secrets.token_hex(16), "version": 1, "source": CommitmentSource.SESSION,
        "kind": CommitmentKind.DO, "agency_id": world.agencies["an-binh"],
        "lead_agency_id": world.agencies["bao-lam"], "made_on": date(2026, 10, 5), "due": DUE,
        "status": CommitmentStatus.OPEN, "words": {"what": "làm lại con đường"},
    } | more  # fmt: skip
    if "session_id" not in given:
        uid = a_session(world, date(2026, 10, 5))
        given["session_id"] = db.session.scalar(
            select(ReceptionSession.id).where(ReceptionSession.uid == uid)
        )
        db.session.rollback()
    with transaction() as session:
        return int(
            session.execute(
                insert(Commitment).values(**given).returning(Commitment.id)
            ).scalar_one()
        )


def test_a_commitment(world: World) -> None:
    a_case(world)
    row = a_commitment(world)
    climbed(date(2026, 10, 30), date(2026, 12, 1))
    found = by_rung(world, Subject.COMMITMENT)
    assert found == {
        "before_10": ["khanh"], "before_5": ["khanh"], "on_day": ["khanh"],
        "after_1": ["khanh", "minh"], "after_5": ["khanh", "minh", "hoa", "quy"],
    }  # fmt: skip
    text = mail(world, "khanh", date(2026, 12, 1))
    uid = db.session.scalar(select(Commitment.uid))
    assert (
        "Cam kết ngày 05/10/2026, UBND xã Bảo Lâm: Thực hiện cam kết (hạn 20/11/2026, quá 11 ngày)"
        in text
    )
    assert f"/cam-ket/{uid}" in text and "con đường" not in text
    assert mail(world, "binh", date(2026, 12, 1)) == ""
    # put off: its own ladder; reported is not done
    with transaction() as session:
        session.execute(
            insert(CommitmentStep).values(
                uid=secrets.token_hex(16), commitment_id=row, seq=2, verdict=CommitmentVerdict.MOVED,
                on=date(2026, 12, 1), due=date(2026, 12, 8), by_id=world.users["minh"], at=NOW,
            )
        )  # fmt: skip
        session.execute(
            update(Commitment).values(due=date(2026, 12, 8), status=CommitmentStatus.REPORTED)
        )
    assert mail(world, "khanh", date(2026, 12, 1)) == ""
    climbed(date(2026, 12, 1), date(2026, 12, 1))
    assert by_rung(world, Subject.COMMITMENT)["before_5"] == ["khanh", "khanh"]
    changed(Commitment, status=CommitmentStatus.DONE, ended_on=date(2026, 12, 2))
    assert mail(world, "khanh", date(2026, 12, 2)) == ""
    before = len(told(world, Subject.COMMITMENT))
    climbed(date(2026, 12, 2), date(2026, 12, 30))
    assert len(told(world, Subject.COMMITMENT)) == before


def test_a_commitment_of_a_secret_visit_or_a_case_shut_to_somebody(world: World) -> None:
    held = a_session(world, date(2026, 10, 5))
    uid = a_visit(world, held, name=SECRET_NAME, secret=True)
    with transaction() as session:
        visit = session.execute(select(Visit.id, Visit.session_id).where(Visit.uid == uid)).one()
    a_commitment(world, session_id=visit.session_id, visit_id=visit.id, words=None, sealed=b"x")
    climbed(date(2026, 11, 30), date(2026, 11, 30))
    assert by_rung(world, Subject.COMMITMENT) == {"after_5": ["khanh", "minh", "hoa"]}
    text = mail(world, "khanh", date(2026, 11, 30))
    assert "- Cam kết ngày 05/10/2026\n  http" in text and "Thực hiện" not in text
    assert SECRET_NAME not in text
    # of a case: quiet while it is suspended, nothing to who is shut out of it
    case = a_case(world)
    changed(Commitment, status=CommitmentStatus.DONE, ended_on=DUE)
    mine = a_commitment(world, case_id=case, lead_agency_id=world.agencies["an-binh"])
    changed(Case, paused_since=DUE)
    climbed(date(2026, 12, 1), date(2026, 12, 1))
    with transaction() as session:
        session.execute(update(Case).values(paused_since=None))
        session.execute(
            insert(CaseBar).values(
                case_id=case, user_id=world.users["minh"], reason=BarReason.RELATED
            )
        )
    climbed(date(2026, 12, 2), date(2026, 12, 2))
    people = db.session.scalars(
        select(Reminder.recipient_id).where(
            Reminder.subject == Subject.COMMITMENT, Reminder.subject_id == mine
        )
    ).all()
    assert set(people) == {world.users[name] for name in ("phuc", "hoa", "quy")}


def refused(world: World, **more: Any) -> str:
    held = db.session.scalar(select(ReceptionSession.uid)) or a_session(world, date(2026, 11, 17))
    db.session.rollback()
    return a_visit(
        world, held, outcome=VisitOutcome.REFUSED, refusal_ground=RefusalGround.LAW_9_3,
        refusal_due=DUE, said="nội dung kể lại", **more,
    )  # fmt: skip


def test_a_refusal_notice(world: World) -> None:
    refused(world, number=1)
    climbed(date(2026, 11, 16), date(2026, 12, 4))
    assert by_rung(world, Subject.REFUSAL) == {
        "before_2": ["lan"], "before_1": ["lan", "minh"], "on_day": ["lan", "minh"],
        "after_1": ["lan", "minh"], "after_5": ["lan", "minh", "phuc"],
        "weekly_1": ["lan", "minh", "phuc", "hoa", "quy"],
    }  # fmt: skip
    text = mail(world, "lan", date(2026, 12, 4))
    uid = db.session.scalar(select(Visit.uid))
    assert f"/tiep-cong-dan/luot/{uid}" in text
    assert re.search(r"- Lượt tiếp số 1 ngày 17/11/2026: \S.*hạn 20/11/2026, quá 14 ngày", text)
    assert "Nguyễn Văn Được" not in text and "kể lại" not in text
    visit = db.session.scalar(select(Visit.id))
    with transaction() as session:
        session.execute(
            insert(ReceptionPaper).values(
                uid=secrets.token_hex(16), version=1, agency_id=world.agencies["an-binh"],
                visit_id=visit, form_key="nd154:01/TCD", form_version="1", state=NoticeState.SIGNED,
                author_id=world.users["lan"], signer_id=world.users["minh"],
                issued_on=date(2026, 12, 4),
            )
        )  # fmt: skip
    assert "Lượt tiếp" not in mail(world, "lan", date(2026, 12, 4))
    before = len(told(world, Subject.REFUSAL))
    climbed(date(2026, 12, 7), date(2026, 12, 31))
    assert len(told(world, Subject.REFUSAL)) == before


def test_a_secret_visit_is_told_by_its_number_to_those_who_may_know(world: World) -> None:
    refused(world, number=2, name=SECRET_NAME, secret=True)
    held = db.session.scalar(select(ReceptionSession.uid)) or ""
    case = a_case(world)
    with transaction() as session:
        for name in ("lan", "minh"):
            session.execute(
                insert(CaseBar).values(
                    case_id=case, user_id=world.users[name], reason=BarReason.RELATED
                )
            )
    a_visit(world, held, 3, outcome=VisitOutcome.OTHER, result_due=DUE, case_id=case)
    a_visit(world, held, 4, outcome=VisitOutcome.TO_BE_SETTLED, result_due=DUE)
    climbed(date(2026, 12, 4), date(2026, 12, 4))
    assert {each.who for each in told(world, Subject.REFUSAL)} == {"lan", "minh", "hoa"}
    text = mail(world, "hoa", date(2026, 12, 4))
    assert "- Lượt tiếp số 2 ngày 17/11/2026\n  http" in text
    assert "01/TCD" not in text and SECRET_NAME not in text
    assert "Lượt tiếp số 2" not in mail(world, "phuc", date(2026, 12, 4))
    assert "Lượt tiếp số 3" not in mail(world, "lan", date(2026, 12, 4))
    assert "Lượt tiếp số 4" in mail(world, "lan", date(2026, 12, 4))
    told_of_3 = db.session.scalars(
        select(Reminder.recipient_id)
        .join(Visit, Visit.id == Reminder.subject_id)
        .where(Reminder.subject == Subject.RESULT, Visit.queue_number == 3)
    ).all()
    assert set(told_of_3) == {world.users[name] for name in ("phuc", "hoa", "quy")}
    changed(Visit, result_told_on=date(2026, 12, 4))
    assert "Lượt tiếp số 4" not in mail(world, "lan", date(2026, 12, 4))
    climbed(date(2026, 12, 7), date(2026, 12, 20))
    assert {each.rung for each in told(world, Subject.RESULT)} == {"weekly_1"}


def test_sessions_to_be_posted_invited_to_and_tested(world: World) -> None:
    day = date(2026, 12, 10)
    a_session(world, day, held=False, manner=SessionManner.ONLINE)
    a_session(world, date(2026, 12, 11), held=False, posted_on=date(2026, 11, 2))
    climbed(date(2026, 11, 16), day)
    ends = dict(db.session.execute(select(Reminder.subject, Reminder.due)).all())  # type: ignore[arg-type]
    for subject, step in (
        (Subject.POSTING, Step.SCHEDULE_POSTING),
        (Subject.INVITATION, Step.ONLINE_INVITATION),
        (Subject.CONNECTION_TEST, Step.ONLINE_CONNECTION_TEST),
    ):
        end = last_day(step, day, current(db.session()))
        assert end is not None and ends[subject] == end.due < day
        assert by_rung(world, subject) == {
            "before_3": ["lan"], "before_1": ["lan", "minh"], "on_day": ["lan", "minh"],
            "after_1": ["lan", "minh"],
        }  # fmt: skip
    text = mail(world, "lan", day)
    uid = db.session.scalar(select(ReceptionSession.uid).where(ReceptionSession.day == day))
    assert "Buổi tiếp công dân ngày 10/12/2026: Niêm yết lịch tiếp công dân" in text
    assert f"/tiep-cong-dan/buoi/{uid}" in text and "11/12/2026" not in text
    assert "Buổi tiếp" not in mail(world, "lan", date(2026, 12, 11))
    changed(ReceptionSession, posted_on=date(2026, 12, 3))
    after = mail(world, "lan", day)
    assert "Niêm yết" not in after and "Mời tiếp công dân trực tuyến" in after
    changed(ReceptionSession, status=SessionStatus.POSTPONED, reason="bão")
    assert mail(world, "lan", day) == ""


def test_a_dialogue_with_people_to_be_made_public(world: World) -> None:
    """As early as a leader's session; quiet once it is posted or put off; others' plans stay theirs."""
    day = date(2026, 12, 10)
    given = [
        Planned(day, "Nhà văn hóa Bản Lự", "Giao đất"),
        Planned(day, "Đã báo", "x", posted_on=DUE),
    ]
    open_dialogues.plan(given, actor=world.minh, now=at(date(2026, 11, 2)))
    climbed(date(2026, 11, 16), day)
    end = last_day(Step.SCHEDULE_POSTING, day, current(db.session()))
    dues = set(
        db.session.scalars(select(Reminder.due).where(Reminder.subject == Subject.OPEN_POSTING))
    )
    assert end is not None and dues == {end.due}
    assert by_rung(world, Subject.OPEN_POSTING) == {
        "before_3": ["minh"], "before_1": ["minh"], "on_day": ["minh"], "after_1": ["minh"],
    }  # fmt: skip
    text = mail(world, "minh", day)
    uid = db.session.scalar(select(OpenDialogue.uid).where(OpenDialogue.posted_on.is_(None)))
    assert "Đối thoại với Nhân dân ngày 10/12/2026: Niêm yết, công bố lịch đối thoại" in text
    assert f"/doi-thoai/{uid}" in text and "Bản Lự" not in text
    source = CASELESS[Subject.OPEN_POSTING]
    ids = [each.id for each in source.running(day, None)]
    assert len(ids) == 1 and [set(source.seen(who, ids)) for who in (world.binh, world.giam)] == [
        set(),
        set(),
    ]
    assert "Đối thoại" not in mail(world, "minh", date(2026, 12, 11))
    changed(OpenDialogue, posted_on=date(2026, 12, 3))
    assert mail(world, "minh", day) == ""


def test_the_heads_days_of_a_month(world: World) -> None:
    """Told once while they are at risk, once when the month ended short; nothing once they are planned."""
    a_session(world, date(2026, 11, 3))
    climbed(date(2026, 11, 3), date(2026, 12, 18))
    told_days = db.session.execute(
        select(Reminder.version, Reminder.rung, Reminder.fired_on, Reminder.recipient_id).where(
            Reminder.subject == Subject.QUOTA
        )
    ).all()
    minh, hoa, quy = (world.users[name] for name in ("minh", "hoa", "quy"))
    assert {tuple(row) for row in told_days} == {
        *((202610, "missed", date(2026, 11, 3), each) for each in (minh, hoa, quy)),
        (202611, "at_risk", date(2026, 11, 20), minh),
        *((202611, "missed", date(2026, 12, 1), each) for each in (minh, hoa, quy)),
    }
    text = mail(world, "minh", date(2026, 12, 1))
    assert "Tháng 11/2026, UBND xã An Bình" in text
    assert "/tiep-cong-dan/dinh-muc?thang=11/2026" in text
    assert mail(world, "khanh", date(2026, 12, 1)) == ""
    for number in range(21, 32):
        a_session(world, date(2026, 12, number), held=False)
    climb(at(date(2026, 12, 21)))
    assert len(told(world, Subject.QUOTA)) == len(told_days)
    changed(ReceptionSession, status=SessionStatus.CANCELLED)
    climb(at(date(2026, 12, 21)))
    assert told(world, Subject.QUOTA)[-1] == Told("at_risk", "minh")
    assert len(told(world, Subject.QUOTA)) == len(told_days) + 1


def a_duty(world: World, **more: Any) -> str:
    given = DutyGiven(
        **{
            "name": "Báo cáo năm", "basis": "KH 12/KH-UBND", "period": ReportPeriod.YEAR,
            "concerned": Concerned.COMMUNES, "month": 11, "day": 22,
            "starts_on": date(2026, 1, 1), **more,
        }
    )  # fmt: skip
    return save_duty(given, uid=None, version=None, actor=world.hoa, now=at(date(2026, 10, 1)))


def test_the_calendar_of_reports(world: World) -> None:
    """Due on the working day before a Sunday; told until sent; late ones stand in the log."""
    uid = a_duty(world)
    for actor in (world.minh, world.lan, world.binh):
        with pytest.raises(Forbidden):
            save_duty(
                DutyGiven(
                    name="x", basis="y", period=ReportPeriod.YEAR, concerned=Concerned.ALL,
                    month=1, day=1, starts_on=DUE,
                ),
                uid=None, version=None, actor=actor, now=NOW,
            )  # fmt: skip
    rows = turns(world.hoa, 2026, DUE)
    assert [(row.agency, row.due) for row in rows] == [
        ("UBND xã An Bình", DUE), ("UBND xã Bảo Lâm", DUE),
    ]  # fmt: skip
    climbed(date(2026, 10, 1), date(2026, 11, 23))
    found = by_rung(world, Subject.REPORT)
    assert found["before_15"] == ["minh", "khanh"] == found["on_day"]
    assert sorted(found["after_1"]) == ["hoa", "hoa", "khanh", "minh", "quy", "quy"]
    text = mail(world, "minh", date(2026, 11, 23))
    assert "Báo cáo năm, UBND xã An Bình: Gửi báo cáo, kế hoạch định kỳ" in text
    assert "/bao-cao-dinh-ky?nam=2026" in text and "Bảo Lâm" not in text
    mine = rows[0].uid
    with pytest.raises(NotFound):
        note_sent(mine, DUE, "1/BC", actor=world.binh, now=at(date(2026, 11, 23)))
    with pytest.raises(Invalid):
        note_sent(mine, date(2026, 11, 24), "", actor=world.lan, now=at(date(2026, 11, 23)))
    note_sent(mine, date(2026, 11, 23), "15/BC-UBND", actor=world.lan, now=at(date(2026, 11, 23)))
    assert mail(world, "minh", date(2026, 11, 23)) == ""
    log = turns(world.minh, 2026, date(2026, 11, 25))
    assert [(row.sent_on, row.document, row.late) for row in log] == [
        (date(2026, 11, 23), "15/BC-UBND", 3)
    ]
    climbed(date(2026, 11, 25), date(2026, 12, 4))
    assert by_rung(world, Subject.REPORT)["after_5"] == ["khanh", "phuc", "hoa", "quy"]
    # another day of the year from now on: what is past stays, and a stale form is refused
    changed_to = DutyGiven(
        name="Báo cáo năm", basis="KH 13", period=ReportPeriod.YEAR, concerned=Concerned.CHOSEN,
        month=12, day=20, starts_on=date(2026, 1, 1), agencies=("bao-lam",),
    )  # fmt: skip
    save_duty(changed_to, uid=uid, version=1, actor=world.tam, now=at(date(2026, 12, 5)))
    assert [row.due for row in turns(world.khanh, 2026, DUE)] == [DUE, date(2026, 12, 18)]
    assert [row.due for row in turns(world.minh, 2026, DUE)] == [DUE]
    with pytest.raises(Stale):
        save_duty(changed_to, uid=uid, version=1, actor=world.tam, now=at(date(2026, 12, 5)))
    ended = replace(changed_to, ends_on=date(2026, 12, 6))
    save_duty(ended, uid=uid, version=2, actor=world.tam, now=at(date(2026, 12, 5)))
    assert [row.due for row in turns(world.khanh, 2026, DUE)] == [DUE]


def test_every_example_of_a_report_can_be_taken_over(world: World) -> None:
    for key, row in examples().items():
        filled = {name: each for name, each in row.items() if name != "key"}
        filled |= {
            "period": ReportPeriod(row["period"]), "concerned": Concerned(row["concerned"]),
            "agencies": ("an-binh",),
        }  # fmt: skip
        assert a_duty(world, **filled), key


def test_a_decision_took_effect(world: World) -> None:
    """On the first working day that is not before it, once, to the officer and the head."""
    case = a_case(world)
    with transaction() as session:
        session.execute(
            update(Deadline)
            .where(Deadline.case_id == case, Deadline.due.is_not(None))
            .values(step=Step.LEGAL_EFFECT, due=date(2026, 11, 22))
        )
    climbed(date(2026, 11, 16), date(2026, 12, 10))
    assert by_rung(world, Subject.EFFECT) == {"reached": ["an", "minh"]}
    assert told(world, Subject.DEADLINE) == []
    fired = set(db.session.scalars(select(Reminder.fired_on)))
    assert fired == {date(2026, 11, 23)}
    assert "Quyết định đã có hiệu lực pháp luật" in mail(world, "an", date(2026, 11, 23))
    assert mail(world, "binh", date(2026, 11, 23)) == ""
    changed(Deadline, state=ClockState.MET)
    assert "hiệu lực" not in mail(world, "an", date(2026, 11, 23))


def test_an_agencys_own_rung_joins_the_other_ladders_and_never_the_fixed_ones(
    world: World,
) -> None:
    with transaction() as session:
        session.execute(
            insert(AgencyRung).values(
                agency_id=world.agencies["an-binh"], day=-10, to=["inspectorate"]
            )
        )
    a_session(world, date(2026, 11, 3))
    a_commitment(world, lead_agency_id=world.agencies["an-binh"])
    a_commitment(world)
    climbed(date(2026, 11, 6), date(2026, 11, 20))
    found = by_rung(world, Subject.COMMITMENT)
    assert sorted(found["before_10"]) == ["hoa", "khanh", "minh", "quy"]
    assert "own_before_10" not in by_rung(world, Subject.QUOTA)


def test_a_step_may_have_a_ladder_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(world)
    step = db.session.scalar(
        select(Deadline.step).where(Deadline.case_id == case, Deadline.due == DUE)
    )
    house = reminders.ladders()
    mine = Ladder((Rung("just_once", -1, frozenset({Audience.HEAD})),), frozenset())
    special = Ladders(house.usual, {**house.own, str(step): mine})
    monkeypatch.setattr(reminders, "ladders", lambda: special)
    climbed(date(2026, 11, 2), date(2026, 12, 12))
    assert by_rung(world, Subject.DEADLINE) == {"just_once": ["minh"]}
