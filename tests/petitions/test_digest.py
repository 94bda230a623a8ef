"""The digest: one mail a person and working morning, judged afresh, with nothing that must not leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from config.database import db, transaction
from notifications import outbox
from notifications.models import Mail, OutboxMessage
from notifications.states import MailState
from petitions.models import Case, CaseBar, Deadline, Hat, Hop, User
from petitions.rulebook import current
from petitions.services import mail_settings, mailing, timekeeping, weekly
from petitions.services.acts import perform
from petitions.services.intake import register
from petitions.services.mailing import Burst, Post
from petitions.services.reminders import climb
from tests.notifications.postoffice import PostOffice, post_office
from tests.petitions.test_acts import denunciation, do
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.test_reminders import DUE, a_case, at, days
from tests.world import World
from workflows.ladder import fires_on
from workflows.records import BarReason, ClockState
from workflows.vocabulary import Action, Complexity, Need, Step
from workflows.working_days import DayType, SpecialDay


class Clock:
    """An instant that only tests move."""

    def __init__(self) -> None:
        self.now = at(DUE)

    def __call__(self) -> datetime:
        return self.now

    def to(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Vietnamese wall clock."""
        self.now = datetime.combine(day, time(hour, minute), UTC) - timedelta(hours=7)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(app: Flask) -> Iterator[PostOffice]:
    house = app.extensions["donthu"]
    settings = replace(house.settings, mail_server="127.0.0.1", mail_sender="donthu@son-lam.gov.vn")
    app.extensions["donthu"] = replace(house, settings=settings)
    with post_office(app) as found:
        yield found


def post(clock: Clock) -> dict[str, int]:
    return dict(Post("test", clock, lambda: 0.5, lambda _session: None).run())


def told(office: PostOffice) -> dict[str, list[EmailMessage]]:
    """Mails by the first name of whom they went to, since the last time this was asked."""
    found: dict[str, list[EmailMessage]] = {}
    for mail in office.mails():
        found.setdefault(mail["To"].partition("@")[0], []).append(mail)
    office.taken.clear()
    return found


def words(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return body.get_content().replace("\r\n", "\n")


def outcomes() -> list[str | None]:
    db.session.rollback()
    rows = db.session.scalars(
        select(OutboxMessage.outcome)
        .where(OutboxMessage.created_at >= at(date(2026, 9, 1)))
        .order_by(OutboxMessage.id)
    )
    return list(rows)


def test_a_case_is_told_of_in_vietnamese_with_its_link(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world)
    climb(clock())
    assert post(clock)["sent"] == 2
    mails = told(office)
    assert set(mails) == {"an", "minh"}
    [mail] = mails["an"]
    code = db.session.scalar(select(Case.code))
    assert mail["Subject"] == "Đơn thư: 1 việc đến hạn hôm nay"
    assert mail["Message-ID"].endswith("@son-lam.gov.vn>")
    assert "List-Unsubscribe" not in mail
    for kind in ("plain", "html"):
        assert f"http://127.0.0.1:8000/ho-so/{code}" in words(mail, kind)
        assert "hạn hôm nay" in words(mail, kind)
    assert re.search(r"ĐẾN HẠN HÔM NAY \(1\)\n- \S+: Thụ lý", words(mail))
    assert post(clock) == dict.fromkeys(post(clock), 0)
    assert not told(office)


def test_one_digest_a_morning_and_the_rest_waits(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world)
    for hour, sent in ((6, 0), (7, 2), (8, 0)):
        clock.to(DUE, hour, 31)
        climb(clock())
        assert post(clock).get("sent", 0) == sent
    news("followed", world.users["an"])
    for hour in (9, 16, 17, 22):
        clock.to(DUE, hour, 5)
        assert post(clock).get("sent", 0) == 0
    for day in (date(2026, 11, 21), date(2026, 11, 22), date(2026, 11, 24)):
        clock.to(day)
        assert post(clock) == {}
    told(office)
    clock.to(date(2026, 11, 23))
    assert post(clock)["sent"] == 1
    [mail] = told(office)["an"]
    assert mail["Subject"] == "Đơn thư: 1 tin khác"
    assert mail["List-Unsubscribe"] == "<http://127.0.0.1:8000/tai-khoan/thu>"


def news(kind: str, person: int | None, case: int | None = None, **payload: Any) -> None:
    with transaction() as session:
        message = outbox.Message(f"{kind}:{person}:{case}:{payload}", kind, person, case, payload)
        outbox.put(session, [message], at(date(2026, 11, 2)))


def test_what_cannot_wait_leaves_within_the_hours(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world)
    clock.to(date(2026, 11, 23))
    news("followed", world.users["an"])
    post(clock)
    told(office)
    climb(clock())
    assert post(clock)["sent"] == 2
    mails = told(office)
    assert {mail["Subject"] for each in mails.values() for mail in each} == {
        "Đơn thư, việc khẩn: 1 việc quá hạn",
        "Đơn thư: 1 việc quá hạn",
    }
    assert "quá 3 ngày" in words(mails["an"][0])


def test_a_week_away_over_tet_is_one_digest(world: World, office: PostOffice, clock: Clock) -> None:
    case = a_case(world)
    with transaction() as session:
        session.execute(
            update(Deadline).where(Deadline.case_id == case, Deadline.due == DUE)
            .values(due=date(2026, 2, 12))
        )  # fmt: skip
    for day in days(date(2026, 2, 5), date(2026, 2, 25)):
        for hour in (6, 7, 8, 12):
            clock.to(day, hour, 40)
            climb(clock())
            if day >= date(2026, 2, 23):
                post(clock)
    mails = told(office)["an"]
    assert len(mails) == 1
    assert mails[0]["Date"].startswith("Mon, 23 Feb 2026 00:40")
    assert "quá 11 ngày" in words(mails[0])
    reasons = set(db.session.scalars(select(OutboxMessage.outcome).where(OutboxMessage.kind == "rung")))  # fmt: skip
    assert reasons == {"mailed", "superseded"}


def test_swapped_saturdays_are_working_days(world: World, office: PostOffice, clock: Clock) -> None:
    news("followed", world.users["an"])
    clock.to(date(2026, 8, 22))
    with transaction() as session:
        session.execute(update(OutboxMessage).values(not_before=clock()))
    assert post(clock)["sent"] == 1


def _closed(case: int) -> Any:
    return update(Case).where(Case.id == case).values(open=False, closed_on=DUE)


def _met(case: int) -> Any:
    return (
        update(Deadline)
        .where(Deadline.case_id == case, Deadline.due == DUE)
        .values(state=ClockState.MET, closed_on=DUE)
    )


def _moved(case: int) -> Any:
    return (
        update(Deadline)
        .where(Deadline.case_id == case, Deadline.due == DUE)
        .values(due=date(2026, 12, 4), version=Deadline.version + 1)
    )


def _paused(case: int) -> Any:
    return update(Case).where(Case.id == case).values(paused_since=DUE)


def _elsewhere(case: int) -> Any:
    bao_lam = select(Hat.agency_id).join(User, User.id == Hat.user_id).where(User.username == "binh")  # fmt: skip
    return update(Case).where(Case.id == case).values(agency_id=bao_lam.scalar_subquery())


def _barred(case: int) -> Any:
    an = select(User.id).where(User.username == "an").scalar_subquery()
    return insert(CaseBar).values(case_id=case, user_id=an, reason=BarReason.RELATED)


def _gone(_case: int) -> Any:
    return update(Hat).where(Hat.role == "officer").values(valid_to=date(2026, 11, 1))


def _disabled(_case: int) -> Any:
    return update(User).where(User.username == "an").values(disabled_at=at(DUE))


def _without_address(_case: int) -> Any:
    return update(User).where(User.username == "an").values(email=None)


CHANGES = [
    (_closed, "closed"), (_met, "met"), (_moved, "moved"), (_paused, "paused"),
    (_elsewhere, "out_of_scope"), (_barred, "out_of_scope"), (_gone, "disabled"),
    (_disabled, "disabled"), (_without_address, "no_address"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), CHANGES)
@pytest.mark.parametrize("frozen", [False, True])
def test_what_changed_since_is_not_told(
    world: World, office: PostOffice, clock: Clock, change: Any, reason: str, frozen: bool
) -> None:
    """Before the mail is drawn up, and when it was drawn up and waited for the server."""
    case = a_case(world)
    clock.to(date(2026, 11, 18))
    climb(clock())
    if frozen:
        office.answers = ["451 later"]
        assert post(clock)["later"] == 1
    with transaction() as session:
        session.execute(change(case))
    clock.to(date(2026, 11, 18), 9, 10)
    post(clock)
    clock.to(date(2026, 11, 18), 9, 20)
    post(clock)
    assert told(office) == {}
    assert outcomes() == [reason]
    if frozen:
        assert db.session.scalars(select(Mail.state)).all() == [MailState.CANCELLED]


def _read(frozen: bytes) -> str:
    return words(message_from_bytes(frozen, policy=policy.default))


def test_a_changed_calendar_and_an_extension_while_mails_wait(
    world: World, office: PostOffice, clock: Clock
) -> None:
    """Mails drawn up with the old date wait for the server; none of them leaves, the new date is told."""
    code = register(COMPLAINT, actor=world.lan, now=at(DUE))
    morning, old, new = date(2026, 11, 25), "hạn 02/12/2026", "hạn 03/12/2026"
    clock.to(morning)
    climb(clock())
    office.answers = ["451 later"] * 3
    assert post(clock)["later"] >= 1
    frozen = [mail for mail in db.session.scalars(select(Mail.frozen))]
    db.session.rollback()
    assert any(old in _read(raw) for raw in frozen), "the old date is in the queue"
    day_off = SpecialDay(date(2026, 11, 30), DayType.SWAP_OFF, "Hoán đổi")
    year = next(each for each in timekeeping.calendar_years() if each.year == 2026)
    longer = replace(year, days=tuple(sorted([*year.days, day_off], key=lambda each: each.day)))
    timekeeping.change_calendar([longer], reason="TB", actor=world.tam, now=clock())
    office.answers.clear()
    said: list[str] = []
    for day in days(morning, date(2026, 11, 27)):
        for hour in (10, 14):
            clock.to(day, hour)
            climb(clock())
            post(clock)
            said += [words(mail) for mails in told(office).values() for mail in mails]
    assert not any(old in text for text in said)
    assert any(f"{code}" in text and new in text for text in said)


def test_an_extension_while_a_mail_waits(world: World, office: PostOffice, clock: Clock) -> None:
    """A denunciation's limit is extended by the act itself: the mail that spoke of it stays here."""
    code = denunciation(world, date(2026, 10, 5))
    do(code, Action.ACCEPT, world.minh, date(2026, 10, 9))
    do(code, Action.ASSIGN_VERIFICATION, world.minh, date(2026, 10, 12), team=["an", "ha"])
    do(
        code, Action.MARK_COMPLEX, world.minh, date(2026, 10, 12), complexity=Complexity.COMPLEX,
        criteria=["two_places"], document="45/QĐ-UBND",
    )  # fmt: skip
    with transaction() as session:
        session.execute(update(OutboxMessage).values(settled_at=at(date(2026, 10, 12))))
        session.execute(update(Deadline).where(Deadline.step != Step.SETTLEMENT).values(due=None))
        session.execute(update(Hop).values(due=None))
        due = session.scalar(select(Deadline.due).where(Deadline.step == Step.SETTLEMENT))
    assert due is not None
    morning = fires_on(due, -2, current(db.session()).calendar)
    clock.to(morning)
    climb(clock())
    office.answers = ["451 later"] * 9
    assert post(clock)["later"] >= 1
    waiting = [_read(raw) for raw in db.session.scalars(select(Mail.frozen))]
    db.session.rollback()
    assert all(code in text for text in waiting)
    perform(
        code, Action.EXTEND, {Need.DAYS: 30, Need.REASON: "Phải chờ giám định"}, version=None,
        on=morning, actor=world.minh, now=clock(),
    )  # fmt: skip
    office.answers.clear()
    for hour in (10, 14):
        clock.to(morning, hour)
        post(clock)
    assert not [
        text for mails in told(office).values() for text in map(words, mails) if code in text
    ]
    assert set(db.session.scalars(select(Mail.state).where(Mail.kind == "digest"))) <= {
        MailState.CANCELLED,
        MailState.SENT,
    }
    assert "moved" in outcomes()


def test_yesterdays_mail_is_told_afresh_unless_it_may_have_arrived(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world)
    clock.to(date(2026, 11, 18))
    climb(clock())
    office.answers = ["451 later"]
    post(clock)
    clock.to(date(2026, 11, 19))
    post(clock)
    clock.to(date(2026, 11, 19), 9, 10)
    post(clock)
    [mail] = told(office)["an"]
    assert "còn 1 ngày" in words(mail)
    climb(at(DUE))
    clock.to(DUE)
    office.answers = ["drop", "drop"]
    post(clock)
    lost = {each["Message-ID"] for each in office.mails()}
    told(office)
    clock.to(date(2026, 11, 23))
    post(clock)
    assert {each["Message-ID"] for mails in told(office).values() for each in mails} == lost


def test_of_a_denunciation_only_its_code_leaves(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world, DENUNCIATION)
    a_case(world, COMPLAINT)
    climb(clock())
    post(clock)
    code = db.session.scalar(select(Case.code).where(Case.kind == "denunciation"))
    line = rf"- {code}\n  http://127.0.0.1:8000/ho-so/{code}\n"
    for mails in told(office).values():
        for mail in mails:
            assert re.search(line, words(mail)), words(mail)
            everything = mail["Subject"] + words(mail) + words(mail, "html")
            assert "tố cáo" not in everything.lower()
            for person in (*COMPLAINT.parties, *DENUNCIATION.parties):
                assert person.name and person.name not in everything


def test_the_persons_hour_and_the_agencys(world: World, office: PostOffice, clock: Clock) -> None:
    a_case(world)
    mail_settings.set_hour("an-binh", time(8, 0), actor=world.tam, now=clock())
    mail_settings.choose(time(10, 0), informational=True, weekly=True, actor=world.an, now=clock())
    got: dict[str, str] = {}
    clock.to(DUE, 6)
    climb(clock())
    for hour in (7, 8, 9, 10):
        clock.to(DUE, hour, 30)
        post(clock)
        got |= dict.fromkeys(told(office), f"{hour}:30")
    assert got == {"minh": "8:30", "an": "10:30"}


def test_information_can_be_switched_off_and_duties_cannot(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world)
    mail_settings.choose(None, informational=False, weekly=False, actor=world.an, now=clock())
    for kind in ("followed", "weekly", "submission_waiting"):
        news(kind, world.users["an"])
    climb(clock())
    post(clock)
    [mail] = told(office)["an"]
    assert mail["Subject"] == "Đơn thư: 1 việc đến hạn hôm nay, 1 việc đang chờ"
    assert sorted(filter(None, outcomes())) == ["mailed"] * 3 + ["switched_off"] * 2


def test_the_week_in_figures_goes_to_those_who_lead(
    world: World, office: PostOffice, clock: Clock
) -> None:
    a_case(world)
    clock.to(date(2026, 11, 23))
    for name in ("minh", "quy"):
        news("weekly", world.users[name])
    post(clock)
    mails = told(office)
    for name in ("minh", "quy"):
        assert "UBND xã An Bình: 1 hồ sơ đang giải quyết, 1 quá hạn, 0 đến hạn" in words(mails[name][0])  # fmt: skip
        assert "<td>UBND xã An Bình</td>" in words(mails[name][0], "html")


def test_the_week_is_announced_once_on_its_first_working_day(world: World) -> None:
    leaders = {world.users[name] for name in ("minh", "khanh", "phuc", "hoa", "quy")}
    queued = []
    for day in days(date(2026, 11, 20), date(2026, 11, 30)):
        with transaction() as session:
            queued.append(weekly.announce(session, at(day)))
    assert queued == [5, 0, 0, 5, 0, 0, 0, 0, 0, 0, 5]
    rows = db.session.scalars(select(OutboxMessage.recipient_id))
    assert set(rows) == leaders


def test_another_hat_lets_a_person_be_told(world: World, office: PostOffice, clock: Clock) -> None:
    """Bình sits elsewhere; with a second hat at An Bình the case is his to hear of."""
    case = a_case(world)
    news("followed", world.users["binh"], case)
    with transaction() as session:
        session.execute(
            insert(Hat).values(
                user_id=world.users["binh"], role="officer", agency_id=world.agencies["an-binh"],
                valid_from=date(2026, 1, 1), title="", denunciation_duty=False, is_default=False,
            )
        )  # fmt: skip
    post(clock)
    assert set(told(office)) == {"binh"}


def test_far_more_than_usual_is_held_until_permitted(
    world: World, office: PostOffice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "FLOOR", 2)
    for name in ("an", "minh", "lan", "van"):
        news("followed", world.users[name])
    for _ in range(2):
        with pytest.raises(Burst):
            post(clock)
        assert told(office) == {}
    mailing.permit(clock(), None)
    assert post(clock)["sent"] == 4
    clock.to(date(2026, 11, 23))
    assert mailing.usual_before(date(2026, 11, 23)) == 4
    assert mailing.most_on(date(2026, 11, 23)) == 12


def test_without_a_server_everything_waits(world: World, clock: Clock) -> None:
    news("followed", world.users["an"])
    assert post(clock) == {}
    assert outcomes()[-1] is None


def test_the_office_closes_while_mail_is_leaving(
    world: World, office: PostOffice, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("an", "minh", "lan"):
        news("followed", world.users[name])
    clock.to(DUE, 16, 59)
    taken = office.taken

    class Slow(mailing.SmtpTransport):
        def offer(self, address: str, frozen: bytes) -> Any:
            answer = super().offer(address, frozen)
            clock.to(DUE, 17, 0)
            return answer

    Post("test", clock, lambda: 0.5, lambda _session: None, Slow).run()
    assert len(taken) == 1
    clock.to(date(2026, 11, 23), 7, 45)
    post(clock)
    clock.to(date(2026, 11, 23), 7, 50)
    post(clock)
    assert {name: len(mails) for name, mails in told(office).items()} == {
        "an": 1, "minh": 1, "lan": 1,
    }  # fmt: skip
