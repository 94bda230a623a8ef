"""One's own mail, the reminders of an agency, the operations page and the figures for monitoring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, select, update

from config.database import db, transaction
from notifications import outbox
from notifications.models import Mail, MailAttempt, MailPermit, OutboxMessage
from notifications.states import AttemptOutcome, MailState
from petitions.models import AgencyMail, AgencyRung, JobRun, MailPreference, Reminder
from petitions.models.reminders import NOBODY, Subject
from tests.conftest import NOW, TODAY
from tests.web.browsing import Visitor
from tests.web.cases import registered
from tests.world import World
from workflows.vocabulary import Actor

Visit = Callable[[Actor | None], Visitor]


def test_a_person_chooses_the_hour_and_leaves_information_out(visit: Visit, world: World) -> None:
    an = visit(world.an)
    page = an.open("/tai-khoan/thu")
    assert "/tai-khoan/thu" in an.open("/tai-khoan").links()
    wrong = an.send(page, {"digest_at": "05:00"}, status=422)
    assert set(wrong.faults) == {"digest_at"}
    an.send(wrong, {"digest_at": "09:30", "informational": "false", "weekly": "true"})
    row = db.session.execute(select(MailPreference.__table__)).one()
    assert tuple(row) == (world.an.user_id, time(9, 30), False, True)
    an.send(an.open("/tai-khoan/thu"), {"digest_at": "", "informational": "true"})
    again = db.session.execute(select(MailPreference.__table__)).one()
    assert tuple(again) == (world.an.user_id, None, True, True)


def test_an_agencys_hour_and_rungs(visit: Visit, world: World) -> None:
    tam = visit(world.tam)
    assert "trước hạn 5 ngày làm việc" in tam.open("/quan-tri/nhac-viec").words
    hour = tam.open("/quan-tri/nhac-viec/gio")
    tam.send(hour, {"agency_code": "an-binh", "digest_at": "08:00"})
    assert db.session.scalar(select(AgencyMail.digest_at)) == time(8)
    assert "08:00" in visit(world.an).open("/tai-khoan/thu").words
    form = tam.open("/quan-tri/nhac-viec/moc")
    given = {"agency_code": "an-binh", "days": "10", "before": "true", "to": ["head", "officer"]}
    bad = tam.send(form, {**given, "days": "90"}, status=422)
    assert set(bad.faults) == {"days"}
    tam.send(bad, given)
    assert "trước hạn 10 ngày làm việc" in tam.open("/quan-tri/nhac-viec").words
    twice = tam.send(tam.open("/quan-tri/nhac-viec/moc"), given, status=422)
    assert set(twice.faults) == {"days"}
    rung = db.session.execute(select(AgencyRung.id, AgencyRung.to)).one()
    assert rung.to == ["officer", "head"]
    tam.send(tam.open(f"/quan-tri/nhac-viec/moc/{rung.id}/bo"))
    assert db.session.scalar(select(AgencyRung.id)) is None
    tam.send(tam.open("/quan-tri/nhac-viec/gio"), {"agency_code": "an-binh", "digest_at": ""})
    assert db.session.scalar(select(AgencyMail.agency_id)) is None
    log = tam.open("/quan-tri/nhac-viec").words
    for words in (
        "Mốc nhắc trước hạn 10 ngày làm việc không có mốc Người giải quyết, Người đứng đầu",
        "Mốc nhắc trước hạn 10 ngày làm việc Người giải quyết, Người đứng đầu không có mốc",
        "Giờ gửi thư tổng hợp 07:30 (thường lệ) 08:00",
        "Giờ gửi thư tổng hợp 08:00 07:30 (thường lệ)",
    ):
        assert f"Hồ Văn Tâm UBND xã An Bình {words}" in log.replace(" , ", ", "), words
    tam.send(tam.open("/quan-tri/nhac-viec/gio"), {"agency_code": "an-binh", "digest_at": ""})
    assert tam.open("/quan-tri/nhac-viec").words.count("Hồ Văn Tâm") == 4, "nothing changed"


def lay_out(world: World) -> int:
    """A parked mail, an uncertain try, news that waits, a rung with nobody to tell, a failed job."""
    code = registered(world)
    with transaction() as session:
        session.execute(update(OutboxMessage).values(settled_at=NOW, outcome="no_address"))
        outbox.put(
            session, [outbox.Message("k", "followed", world.users["an"], None, {})],
            NOW - timedelta(hours=3),
        )  # fmt: skip
        mail_id = session.execute(
            insert(Mail).values(
                recipient_id=world.users["an"], kind="digest", slot="2026-11-20", day=TODAY,
                address="an@example.vn", message_id="<x@y>", subject="Đơn thư: 1 việc", frozen=b"x",
                state=MailState.PARKED, attempts=2, refusals=2, created_at=NOW, next_try_at=NOW,
                error="550 no such user",
            ).returning(Mail.id)
        ).scalar_one()  # fmt: skip
        session.execute(
            insert(MailAttempt).values(
                mail_id=mail_id, ordinal=1, at=NOW, owner="a", outcome=AttemptOutcome.UNCERTAIN
            )
        )
        case = session.execute(select(OutboxMessage.case_id)).scalars().first()
        session.execute(
            insert(Reminder).values(
                subject=Subject.DEADLINE, subject_id=1, version=1, rung="after_1",
                recipient_id=NOBODY, case_id=case, agency_id=world.agencies["bao-lam"], due=TODAY,
                fired_on=TODAY, fired_at=NOW,
            )
        )  # fmt: skip
        session.execute(
            insert(JobRun).values(
                job="mail", slot=NOW, owner="x", started_at=NOW, finished_at=NOW, outcome="failed",
                counts={}, error="Burst: quá nhiều thư",
            )
        )  # fmt: skip
    assert code
    return int(mail_id)


def test_the_operations_page_shows_what_needs_an_operator(visit: Visit, world: World) -> None:
    mail_id = lay_out(world)
    tam = visit(world.tam)
    page = tam.open("/quan-tri/van-hanh")
    for words in (
        "Chưa đặt máy chủ thư", "Soạn và gửi thư: lần chạy gần nhất không xong (Burst: quá nhiều thư)",
        "1 tin chờ soạn (lâu nhất từ 06:00 20/11/2026)", "an@example.vn", "550 no such user",
        "UBND xã Bảo Lâm sau hạn 1 ngày làm việc", "người nhận chưa có địa chỉ thư", "Trần Văn Minh", "chưa chạy lần nào",
    ):  # fmt: skip
        assert words in page.words, words
    assert "AB-2026" not in page.text
    an = world.users["an"]
    address = f"/quan-tri/van-hanh/nguoi/{an}/dia-chi"
    assert address in page.links()
    wrong = tam.send(tam.open(address), {"email": "an@"}, status=422)
    assert set(wrong.faults) == {"email"}
    bounce = tam.open(f"/quan-tri/van-hanh/thu-tra-lai?nguoi={an}")
    assert set(tam.send(bounce, status=422).faults) == {"reason"}
    tam.send(bounce, {"reason": "550 mailbox closed"})
    page = tam.open("/quan-tri/van-hanh")
    assert "Phạm Văn An an an@example.vn 550 mailbox closed" in page.words
    assert db.session.scalar(select(Mail.state)) is MailState.CANCELLED, "told afresh later"
    tam.send(tam.open(f"/quan-tri/van-hanh/nguoi/{an}/dung-lai"), {"reason": "đã mở lại hộp thư"})
    assert "550 mailbox closed" not in tam.open("/quan-tri/van-hanh").words
    tam.send(tam.open(address), {"email": "an.moi@example.vn"})
    with transaction() as session:
        session.execute(update(Mail).values(state=MailState.PARKED))
    question = tam.open(f"/quan-tri/van-hanh/thu/{mail_id}/gui-lai")
    tam.send(question)
    assert db.session.scalar(select(Mail.state)) is MailState.QUEUED
    tam.send(question, status=404)
    tam.send(tam.open("/quan-tri/van-hanh/cho-phep"))
    assert db.session.scalar(select(MailPermit.granted_by)) == world.tam.user_id
    assert "Đã cho phép gửi nhiều hơn" in tam.open("/quan-tri/van-hanh").words


def test_only_the_topmost_administrator_operates_the_post(
    app: Flask, visit: Visit, world: World
) -> None:
    with transaction() as session:
        from petitions.models import Hat

        session.execute(
            update(Hat)
            .where(Hat.user_id == world.tam.user_id)
            .values(agency_id=world.agencies["an-binh"])
        )
    tam = visit(world.tam)
    for path in (
        "", "/cho-phep", "/thu/1/gui-lai", "/thu-tra-lai", "/nguoi/1/dia-chi", "/nguoi/1/dung-lai",
    ):  # fmt: skip
        assert tam.get(f"/quan-tri/van-hanh{path}").status_code == 403


def figures(text: str) -> dict[str, float]:
    return {
        "".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_for_monitoring(app: Flask, visit: Visit, world: World) -> None:
    lay_out(world)
    nobody = visit(None)
    found = figures(nobody.get("/metrics").get_data(as_text=True))
    assert found["donthu_outbox_depth"] == 1
    assert found["donthu_outbox_oldest_seconds"] == 3 * 3600
    assert found["donthu_mails_parked"] == 1
    assert found["donthu_reminders_with_nobody"] == 1
    assert found["donthu_job_failedmail"] == 1
    assert found["donthu_job_failures_daymail"] == 1
    assert found["donthu_job_latesweep"] == 1


@pytest.mark.parametrize(
    ("token", "more", "status"),
    [
        ("", {}, 200),
        ("", {"environ_base": {"REMOTE_ADDR": "10.0.0.9"}}, 404),
        ("", {"headers": {"X-Forwarded-For": "10.0.0.9"}}, 404),
        ("secret", {}, 404),
        ("secret", {"headers": {"Authorization": "Bearer wrong"}}, 404),
        ("secret", {"headers": {"Authorization": "Bearer secret"}}, 200),
    ],
)
def test_who_may_read_the_figures(
    app: Flask, visit: Visit, world: World, token: str, more: dict[str, Any], status: int
) -> None:
    house = app.extensions["donthu"]
    settings = replace(house.settings, metrics_token=token)
    app.extensions["donthu"] = replace(house, settings=settings)
    assert visit(None).get("/metrics", **more).status_code == status
