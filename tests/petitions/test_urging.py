"""Urging letters: one act in each case, one number, one reply; no letter tells of a denunciation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import func, insert, select, update

from config.database import db, transaction
from notifications.models import OutboxMessage
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotFound, Stale
from petitions.models import (
    Case,
    CaseBar,
    Event,
    Hat,
    Reminder,
    UrgingAnswer,
    UrgingLetter,
    User,
)
from petitions.models.reminders import Subject
from petitions.queries import urging as known
from petitions.queries.books import OutFilters, outgoing, outgoing_register
from petitions.queries.urging import Filters, Side
from petitions.queries.urging_cases import late_agencies, overdue_of
from petitions.services.intake import register
from petitions.services.reminders import climb
from petitions.services.reorganisation import reorganise
from petitions.services.urging import Urging, number_letter, parted, urge_all
from petitions.services.urging_letter import letter_file, read_letter
from petitions.services.urging_replies import answer, close
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_offices import merger
from tests.world import PASSWORD_HASH, SINCE, World
from workflows.records import BarReason
from workflows.urging import ReplyBasis, UrgingStanding
from workflows.vocabulary import Action, Actor, Role

WORDS = "Đề nghị giải quyết dứt điểm, làm rõ trách nhiệm."
LONG_AGO = TODAY - timedelta(days=40)
DENOUNCER = "Lò Thị Bình Minh"


def late(world: World, given: Any = COMPLAINT, **changes: Any) -> str:
    """A case of An Bình past its legal end."""
    return register(
        replace(given, received_on=LONG_AGO, written_on=None, contested=None, late_reason="Nhập bù", **changes),
        actor=world.lan,
        now=NOW,
    )  # fmt: skip


def led(world: World) -> None:
    """The inspectorate has a head, who signs its letters."""
    with transaction() as session:
        user = User(
            username="dao",
            name="Lương Quốc Đạo",
            email="dao@example.vn",
            password_hash=PASSWORD_HASH,
        )
        session.add(user)
        session.flush()
        session.add(
            Hat(
                user_id=user.id, role=Role.HEAD, agency_id=world.agencies["thanh-tra"],
                is_default=True, valid_from=SINCE, title="Chánh Thanh tra",
            )
        )  # fmt: skip


def at(day: date) -> datetime:
    """Nine in the morning of that day in Vietnam."""
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=2)


def urged(code: str) -> int:
    """How often the case's own record says that it was urged."""
    return int(
        db.session.scalar(
            select(func.count())
            .select_from(Event)
            .join(Case, Case.id == Event.case_id)
            .where(Case.code == code, Event.action == Action.URGE.value)
        )
        or 0
    )


def letters_of(actor: Actor, **filters: Any) -> list[str]:
    """What the list shows somebody."""
    page = known.letters(actor, Filters(**filters), TODAY)
    return [each.uid for each in page.lines]


def count(table: type[Any]) -> int:
    """Rows of a table."""
    return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def word_text(actor: Actor, uid: str) -> str:
    """The Word file's own markup."""
    with ZipFile(BytesIO(letter_file(actor, uid).data)) as archive:
        return archive.read("word/document.xml").decode()


def urge_cases(codes: Sequence[str], to: str, reply: date | int, said: str, **given: Any) -> str:
    """One letter about these cases; its uid."""
    return urge_all([Urging(to, tuple(codes), said, reply)], **given)[0]


def urge_overdue(
    to: str, reply: int, said: str, *, actor: Actor, on: date, **given: Any
) -> tuple[str, ...]:
    """Letters about everything an agency is late with."""
    parts = parted(overdue_of(actor, to, on))
    letters = [Urging(to, tuple(each.code for each in part), said, reply) for part in parts]
    return urge_all(letters, actor=actor, on=on, **given)


def test_an_agency_is_urged_about_everything_it_is_late_with(world: World) -> None:
    codes = [late(world, summary=f"Khiếu nại số {number}") for number in range(3)]
    secret = late(world, DENUNCIATION)
    now: dict[str, Any] = {"on": TODAY, "now": NOW}

    # whom one may urge about what
    assert [(each.code, each.cases) for each in late_agencies(world.hoa, TODAY)] == [("an-binh", 4)]
    assert [each.cases for each in late_agencies(world.quy, TODAY)] == [3]
    assert not late_agencies(world.minh, TODAY) and not late_agencies(world.khanh, TODAY)
    for nobody in (world.khanh, world.minh):
        with pytest.raises(NotFound):
            overdue_of(nobody, "an-binh", TODAY)
    with pytest.raises(Invalid) as unsigned:
        urge_overdue("an-binh", 7, WORDS, actor=world.hoa, **now)
    assert set(unsigned.value.fields) == {"signer"}
    led(world)

    # refused whole, with the case at fault; nothing is written
    elsewhere = register(COMPLAINT, actor=world.lan, now=NOW)
    with transaction() as session:
        session.execute(update(Case).where(Case.code == elsewhere).values(open=False, state="closed", coarse="resolved"))  # fmt: skip
    refusals: list[tuple[list[str], str, Any, str, str]] = [
        ([codes[0], elsewhere], "an-binh", 7, WORDS, "codes"),
        ([codes[0], secret], "an-binh", 7, WORDS, "codes"),
        ([codes[0], "AB-2026-999999-9"], "an-binh", 7, WORDS, "codes"),
        ([codes[0]], "bao-lam", 7, WORDS, "codes"),
        ([codes[0]], "thanh-tra", 7, WORDS, "to_agency"),
        ([codes[0]], "an-binh", 0, WORDS, "reply_days"),
        ([codes[0]], "an-binh", TODAY, WORDS, "reply_due"),
        ([codes[0]], "an-binh", 7, "  ", "words"),
        ([secret], "an-binh", 7, f"Ông {DENOUNCER} hỏi nhiều lần.", "words"),
    ]
    for wanted, to, reply, said, place in refusals:
        with pytest.raises(Invalid) as refused:
            urge_cases(wanted, to, reply, said, actor=world.hoa, **now)
        assert set(refused.value.fields) == {place}
        assert isinstance(refused.value, Leak) is (said != WORDS and said.strip() != "")
        if place == "codes" and len(wanted) > 1 and wanted[1] != secret:
            assert wanted[1] in refused.value.message
    with pytest.raises(Forbidden):
        urge_cases([codes[0]], "an-binh", 7, WORDS, actor=world.lan, **now)
    with pytest.raises(Invalid):  # the clerk's province, but a case out of his sight
        urge_cases([secret], "an-binh", 7, WORDS, actor=world.quy, **now)
    assert not any(urged(code) for code in (*codes, secret)) and count(UrgingLetter) == 0

    # one letter for all, one for the denunciation; sent twice, written once
    uids = urge_overdue("an-binh", 7, WORDS, actor=world.hoa, key="k", **now)
    assert urge_overdue("an-binh", 7, WORDS, actor=world.hoa, key="k", **now) == uids
    plain, hidden = uids
    assert [urged(code) for code in (*codes, secret)] == [1, 1, 1, 1]
    shown = known.letter(world.minh, plain, TODAY)
    assert [each.code for each in shown.cases] == sorted(codes) and shown.cases[0].days_late > 0
    assert (shown.line.reply_due, shown.basis) == (date(2026, 12, 2), ReplyBasis.INTERNAL)
    assert (shown.signer, shown.signer_title) == ("Lương Quốc Đạo", "Chánh Thanh tra")
    later = overdue_of(world.hoa, "an-binh", TODAY)
    assert {each.waiting_since for each in later} == {TODAY}

    # who reads which: of a denunciation only its own readers; strangers nothing
    assert letters_of(world.hoa) == letters_of(world.minh) == [hidden, plain]
    for actor in (world.quy, world.van, world.an, world.phuc):
        assert letters_of(actor) == [plain]
        with pytest.raises(NotFound):
            known.letter(actor, hidden, TODAY)
        with pytest.raises(NotFound):
            letter_file(actor, hidden)
        with pytest.raises(NotFound):
            answer(hidden, "Đã rõ.", answered_on=TODAY, version=1, actor=actor, now=NOW)
        assert sum(each.letters for each in known.by_agency(actor, Filters(), TODAY)) == 1
    for stranger in (world.binh, world.khanh, world.giam, world.tam):
        assert not letters_of(stranger) and not known.by_agency(stranger, Filters(), TODAY)
        with pytest.raises(NotFound):
            read_letter(stranger, plain)
    assert letters_of(world.minh, side=Side.SENT) == []
    assert letters_of(world.minh, side=Side.RECEIVED) == [hidden, plain]
    assert letters_of(world.hoa, standings=frozenset({UrgingStanding.LATE})) == []
    assert [each.uid for each in known.of_case(world.van, codes[0], TODAY)] == [plain]
    assert known.of_case(world.van, secret, TODAY) == ()

    # the papers: by its code alone; sealed where they lie
    text = word_text(world.hoa, hidden)
    assert secret in text and DENOUNCER not in text and "địa chính" not in text
    assert DENUNCIATION.summary not in text and "Khiếu nại số 1" in word_text(world.an, plain)
    rows = db.session.execute(select(UrgingLetter.words, UrgingLetter.sealed).order_by(UrgingLetter.id)).all()  # fmt: skip
    assert [(row.words is None, row.sealed is None) for row in rows] == [(False, True), (True, False)]  # fmt: skip

    # the book: gap-free, hidden from whoever may not read it
    book = outgoing_register(world.quy, OutFilters())
    assert [(each.number.split("/")[0], each.hidden, each.subject) for each in book] == [
        ("01", False, "đôn đốc giải quyết 03 vụ việc quá hạn"), ("02", True, ""),
    ]  # fmt: skip
    assert [each.hidden for each in outgoing(world.hoa, OutFilters()).lines] == [False, False]

    # somebody shut out of one case does not see a letter that holds it
    with transaction() as session:
        case = session.scalars(select(Case.id).where(Case.code == codes[0])).one()
        session.execute(
            insert(CaseBar).values(
                case_id=case, user_id=world.users["dung"], reason=BarReason.RELATED
            )
        )
    assert letters_of(world.dung) == [] and letters_of(world.van) == [plain]

    # an agency that is merged takes what it owes a reply to along
    assert letters_of(world.khanh) == []
    reorganise(merger(), actor=world.tam, now=NOW)
    assert letters_of(world.khanh, side=Side.RECEIVED) == [hidden, plain]


def test_the_reply_and_who_is_reminded_of_it(world: World) -> None:
    led(world)
    codes = [late(world, summary=f"Khiếu nại số {number}") for number in range(2)]
    secret = late(world, DENUNCIATION)
    third = late(world, summary="Khiếu nại thứ ba")
    given: dict[str, Any] = {"on": TODAY, "now": NOW}
    plain = urge_cases(codes, "an-binh", date(2026, 11, 25), WORDS, actor=world.hoa, **given)
    hidden = urge_cases([secret], "an-binh", date(2026, 11, 25), WORDS, actor=world.hoa, **given)
    above = urge_cases([third], "an-binh", 5, WORDS, actor=world.phuc, **given)

    # the province's clerk... has none: its head keeps the book himself; a stranger numbers nothing
    with pytest.raises(Conflict):
        number_letter(above, actor=world.phuc, now=NOW)
    with pytest.raises(NotFound):
        number_letter(above, actor=world.van, now=NOW)

    def told(day: date) -> dict[str, set[str]]:
        """By letter who was told on a day."""
        climb(at(day))
        names = {number: name for name, number in world.users.items()}
        rows = db.session.execute(
            select(UrgingLetter.uid, Reminder.recipient_id)
            .join(Reminder, Reminder.subject_id == UrgingLetter.id)
            .where(Reminder.subject == Subject.URGING, Reminder.fired_on == day)
        )
        found: dict[str, set[str]] = {}
        for uid, person in rows:
            found.setdefault(uid, set()).add(names.get(person, "dao"))
        return found

    assert told(TODAY) == {plain: {"minh"}, hidden: {"minh"}, above: {"minh"}}
    with transaction() as session:
        case = session.scalars(select(Case.id).where(Case.code == codes[1])).one()
        dao = session.scalars(select(User.id).where(User.username == "dao")).one()
        session.execute(insert(CaseBar).values(case_id=case, user_id=dao, reason=BarReason.RELATED))
    late_day = date(2026, 11, 26)
    heard = told(late_day)
    assert heard[plain] == {"minh", "phuc", "hoa"}, "who is shut out of one case hears of none"
    assert heard[hidden] == {"minh", "hoa"}, "of a denunciation only those who may know"

    # the reply
    me: dict[str, Any] = {"answered_on": late_day, "now": at(late_day)}
    with pytest.raises(Forbidden):
        answer(plain, "Đã rõ.", version=1, actor=world.an, **me)
    with pytest.raises(Forbidden):  # sees it from above, but it is not his to answer
        answer(plain, "Đã rõ.", version=1, actor=world.phuc, **me)
    with pytest.raises(Stale):
        answer(plain, "Đã rõ.", version=9, actor=world.minh, **me)
    with pytest.raises(Invalid) as unsaid:
        answer(plain, " ", version=1, actor=world.minh, **me)
    assert set(unsaid.value.fields) == {"said"}
    with pytest.raises(Leak):
        answer(hidden, f"Bà {DENOUNCER} đã rút.", version=1, actor=world.minh, **me)
    with pytest.raises(Invalid):
        answer(plain, "Đã rõ.", {secret: "xong"}, version=1, actor=world.minh, **me)
    assert count(UrgingAnswer) == 0
    for _ in range(2):
        answer(plain, "Đã giải quyết.", {codes[0]: "Đã có quyết định."}, document="12/BC-UBND", version=1, actor=world.minh, key="a", **me)  # fmt: skip
    answer(hidden, "Đang xác minh.", {secret: "Chờ giám định"}, version=1, actor=world.minh, **me)
    with pytest.raises(Conflict):
        answer(plain, "Lần nữa.", version=2, actor=world.van, **me)
    shown = known.letter(world.hoa, plain, late_day)
    assert shown.line.standing is UrgingStanding.ANSWERED_LATE and shown.ended is not None
    assert (shown.ended.said, shown.ended.document) == ("Đã giải quyết.", "12/BC-UBND")
    assert [each.handling for each in shown.cases] == ["Đã có quyết định.", ""]
    assert known.letter(world.hoa, hidden, late_day).cases[0].handling == "Chờ giám định"
    kept = db.session.execute(select(UrgingAnswer.words, UrgingAnswer.sealed).order_by(UrgingAnswer.id)).all()  # fmt: skip
    assert [row.words is None for row in kept] == [False, True]
    news = db.session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.payload).where(
            OutboxMessage.kind == "urging_answered"
        )
    ).all()
    assert sorted(row.payload["case"] for row in news) == sorted((codes[0], codes[0], secret))
    assert sum(row.recipient_id == world.users["hoa"] for row in news) == 2

    # nobody waits any more
    with pytest.raises(Forbidden):
        close(above, "Đã họp.", version=1, actor=world.minh, now=NOW)
    close(above, "Đã làm việc trực tiếp.", version=1, actor=world.phuc, now=at(late_day))
    assert known.letter(world.minh, above, late_day).line.standing is UrgingStanding.CLOSED
    assert not told(date(2026, 12, 7)), "answered and closed letters are quiet"
    line = known.by_agency(world.hoa, Filters(), late_day)[0]
    assert (line.letters, line.answered, line.by_standing[UrgingStanding.CLOSED]) == (3, 2, 1)

    # a case that becomes a denunciation takes its letter along
    with transaction() as session:
        session.execute(update(Case).where(Case.code == codes[1]).values(kind="denunciation"))
    assert plain not in letters_of(world.van) and above in letters_of(world.van)
