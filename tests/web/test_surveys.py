"""The five questions, once a case; unhappy answers looked at by another; figures that hide single answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select, update

from config.database import db, transaction
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotFound
from petitions.models import Case, OutboxMessage, SurveyAnswer
from petitions.queries.surveys import Span, campaign, campaigns, looks, scores
from petitions.services import slips, surveys
from petitions.services.campaigns import CampaignGiven, plan_campaign
from tests.conftest import NOW, TODAY
from tests.web.browsing import Page, Visitor
from tests.web.cases import DENUNCIATION, complaints, registered
from tests.web.test_lookup import ask, printed, silent
from tests.world import World
from workflows.records import SurveyChannel
from workflows.satisfaction import FEWEST, Scores, Tally
from workflows.vocabulary import Actor, Role, State

Visit = Callable[[Actor | None], Visitor]
GOOD, POOR = Scores(5, 5, 4, 4, 5), Scores(4, 1, 3, 3, 3)
TOPICS = ("spirit", "attitude", "responsibility", "timeliness", "quality")
AGENCIES = ("ubnd-tinh", "thanh-tra", "so-nnmt", "an-binh", "bao-lam")


def over(code: str, state: State = State.CLOSED, **more: Any) -> int:
    """The case is at its end; its id."""
    with transaction() as session:
        session.execute(
            update(Case).where(Case.code == code).values(state=state, open=False, **more)
        )
    return db.session.scalars(select(Case.id).where(Case.code == code)).one()


def answers(world: World, given: Sequence[tuple[str, date, Scores]]) -> None:
    """Answers of closed complaints by (agency code, day, scores)."""
    for code, (agency, on, five) in zip(complaints(world, len(given)), given, strict=True):
        case = over(code, agency_id=world.agencies[agency])
        instant = datetime(on.year, on.month, on.day, 5, tzinfo=UTC)
        assert surveys.answer(case, five, "", now=instant)


def rate(visitor: Visitor, code: str, secret: str, scores: Sequence[str], **more: str) -> Page:
    """What the form of the look-up sends."""
    given = dict(zip(TOPICS, scores, strict=True))
    return Page(
        visitor.post("/tra-cuu/danh-gia", {"code": code, "secret": secret, **given, **more})
    )


def test_a_citizen_answers_once(visit: Visit, world: World) -> None:
    """Not before the end, nothing typed is lost, a second try gets a kind word, the wrong secret nothing."""
    code = registered(world)
    _, secret = printed(visit(world.lan), code)
    guest = visit(None)
    assert "Gửi đánh giá" not in ask(guest, code, secret).text
    early = rate(guest, code, secret, "55555")
    assert early.status == 409
    assert "chưa kết thúc" in early.words
    assert silent(early)
    over(code, State.VOIDED)
    assert "Gửi đánh giá" not in ask(guest, code, secret).text
    over(code)
    form = ask(guest, code, secret)
    assert "Ông (bà) thấy cơ quan làm việc thế nào?" in form.words
    unsaid = guest.send(form, {"attitude": "4", "comment": "Làm nhanh"}, status=422)
    assert set(unsaid.faults) == {"spirit", "responsibility", "timeliness", "quality"}
    assert unsaid.form().fields["attitude"] == "4"
    assert unsaid.form().fields["comment"].strip() == "Làm nhanh"
    for bad in ("0", "6", "3.5", "-1", "x", "٤", "1e0"):
        assert "spirit" in rate(guest, code, secret, [bad, *"5555"]).faults
    assert "comment" in rate(guest, code, secret, "55555", comment="a\x00b").faults
    assert "comment" in rate(guest, code, secret, "55555", comment="a" * 2001).faults
    assert rate(guest, code, "AAAA-AAAA-AAAA", "55555").status == 422
    assert db.session.scalar(select(SurveyAnswer.id)) is None
    done = guest.send(unsaid, dict.fromkeys(TOPICS, "5"), status=200)
    assert "Xin cảm ơn ông (bà)." in done.words
    assert "Gửi đánh giá" not in done.text
    again = rate(guest, code, secret, "11111")
    assert again.status == 200
    assert "Mỗi đơn chỉ đánh giá một lần" in again.words
    row = db.session.scalars(select(SurveyAnswer)).one()
    assert (row.spirit, row.channel, row.words, row.needs_look, row.answered_on) == (
        5, SurveyChannel.LINK, {"comment": "Làm nhanh"}, False, TODAY,
    )  # fmt: skip
    assert (
        db.session.scalar(select(OutboxMessage).where(OutboxMessage.kind == "survey_unhappy"))
        is None
    )


def test_the_counter(visit: Visit, world: World) -> None:
    """By whoever takes papers in, never by the officer of the case; once, by either way."""
    code = registered(world)
    lan = visit(world.lan)
    assert lan.get(f"/ho-so/{code}/danh-gia").status_code == 409
    case_id = over(code, officer_id=world.an.user_id)
    for stranger, status in ((world.binh, 404), (world.an, 403), (world.hoa, 403)):
        assert visit(stranger).get(f"/ho-so/{code}/danh-gia").status_code == status
    form = lan.open(f"/ho-so/{code}/danh-gia")
    refused = lan.send(form, {"spirit": "4"}, status=422)
    assert "attitude" in refused.faults
    page = lan.follow(lan.send(refused, dict.fromkeys(TOPICS, "4")))
    assert "Người gửi đơn đã đánh giá ngày 20/11/2026" in page.words
    lan.send(refused, dict.fromkeys(TOPICS, "1"))  # the same form sent twice changes nothing
    row = db.session.scalars(select(SurveyAnswer)).one()
    assert (row.channel, row.entered_by, row.spirit) == (
        SurveyChannel.COUNTER, world.lan.user_id, 4,
    )  # fmt: skip
    with pytest.raises(Conflict, match="chỉ đánh giá một lần"):
        surveys.enter(code, GOOD, "", actor=world.van, now=NOW)
    assert not surveys.answer(case_id, POOR, "", now=NOW)


def test_an_unhappy_answer_is_looked_at_by_another(visit: Visit, world: World) -> None:
    """News to head and clerk with nothing but the code; closed with words, not by the case's officer."""
    code = registered(world)
    case_id = over(code, officer_id=world.son.user_id)
    surveys.answer(case_id, POOR, "Cán bộ <b>quát</b> tôi", now=NOW)
    news = db.session.execute(
        select(OutboxMessage.recipient_id, OutboxMessage.payload).where(
            OutboxMessage.kind == surveys.UNHAPPY
        )
    ).all()
    assert {row.recipient_id for row in news} == {world.minh.user_id, world.van.user_id}
    assert all(row.payload == {"case": code} for row in news)
    uid = db.session.scalars(select(SurveyAnswer.uid)).one()

    assert "Người khác với người giải quyết" in visit(world.son).open("/hai-long").words
    with pytest.raises(Forbidden):
        surveys.look_again(uid, "Không sao", actor=world.son, now=NOW)
    for blind in (world.binh, world.lan, world.an, world.tam):
        with pytest.raises(Forbidden):
            surveys.look_again(uid, "Không sao", actor=blind, now=NOW)
    with pytest.raises(NotFound):
        surveys.look_again(uid, "Không sao", actor=world.khanh, now=NOW)
    assert code not in visit(world.khanh).open("/hai-long").text
    assert visit(world.binh).get("/hai-long").status_code == 403

    minh = visit(world.minh)
    page = minh.open("/hai-long")
    assert "Cần xem lại (1)" in page.words
    assert "Thái độ 1/5" in page.words
    assert "&lt;b&gt;quát&lt;/b&gt;" in page.text
    refused = minh.send(page, {"finding": " \u200b "}, action="/xem", status=422)
    assert set(refused.faults) == {"finding"}
    long = minh.send(refused, {"finding": "x" * 1001}, action="/xem", status=422)
    assert long.form("/xem").fields["finding"].strip() == "x" * 1001
    shown = minh.follow(minh.send(long, {"finding": "Đã nhắc nhở, xin lỗi"}, action="/xem"))
    assert "Không có đánh giá nào chờ xem lại" in shown.words
    assert "Đã nhắc nhở, xin lỗi Trần Văn Minh" in shown.words
    with pytest.raises(Conflict):
        surveys.look_again(uid, "Lần nữa", actor=world.van, now=NOW)
    row = db.session.scalars(select(SurveyAnswer)).one()
    assert row.words == {"comment": "Cán bộ <b>quát</b> tôi", "found": "Đã nhắc nhở, xin lỗi"}


def test_words_about_a_denunciation_are_sealed(visit: Visit, world: World) -> None:
    """Both the citizen's and the finder's; what names the denouncer is shown to nobody here."""
    sealed, named = registered(world, DENUNCIATION), registered(world, DENUNCIATION)
    surveys.answer(over(sealed), POOR, "Chờ lâu quá", now=NOW)
    surveys.answer(over(named), POOR, "Tôi là Lò Thị Bình Minh, chờ lâu quá", now=NOW)
    rows = db.session.scalars(select(SurveyAnswer).order_by(SurveyAnswer.id)).all()
    assert all(row.words is None and b"l\xc3\xa2u" not in row.sealed for row in rows)
    told = db.session.scalars(
        select(OutboxMessage.recipient_id).where(OutboxMessage.kind == surveys.UNHAPPY)
    ).all()
    assert set(told) == {world.minh.user_id}
    found = {each.code: each for each in looks(world.minh)}
    assert (found[sealed].comment, found[sealed].comment_hidden) == ("Chờ lâu quá", False)
    assert (found[named].comment, found[named].comment_hidden) == ("", True)
    page = visit(world.minh).open("/hai-long")
    assert "Bình Minh" not in page.text
    assert not looks(world.van)
    assert sealed not in visit(world.van).open("/hai-long").text
    with pytest.raises(Leak):
        surveys.look_again(rows[0].uid, "Đã gặp Lò Thị Bình Minh", actor=world.minh, now=NOW)
    surveys.look_again(rows[0].uid, "Đã nhắc", actor=world.minh, now=NOW)
    db.session.expire_all()
    assert {each.code: each.found for each in looks(world.minh)}[sealed] == "Đã nhắc"
    assert db.session.scalars(select(SurveyAnswer.words)).all() == [None, None]


def test_figures_hide_single_answers(
    visit: Visit, world: World, statements: Callable[[], Any]
) -> None:
    """Per month, quarter and year; own agencies only; nothing of the present month; the same in Excel."""
    march = [("an-binh", date(2026, 3, day), GOOD) for day in range(1, 6)]
    october = [("an-binh", date(2026, 10, day), POOR if day < 3 else GOOD) for day in range(1, 7)]
    few = [("bao-lam", date(2026, 10, day), GOOD) for day in range(1, FEWEST)]
    answers(world, [*march, *october, *few, ("an-binh", TODAY, POOR)])
    with statements() as seen:
        year = scores(world.minh, Span(2026), TODAY)
    assert len(seen.page()) == 1
    assert [(each.agency, each.tally and each.tally.answers) for each in year] == [
        ("UBND xã An Bình", 11)
    ]
    assert year[0].tally is not None
    assert (year[0].tally.satisfied, year[0].tally.percent, year[0].tally.reached) == (9, 81, False)
    month = scores(world.minh, Span(2026, month=10), TODAY)[0].tally
    assert month == Tally(6, 4, (28, 22, 22, 22, 26))
    assert scores(world.minh, Span(2026, quarter=2), TODAY) == ()
    assert scores(world.minh, Span(2026, month=11), TODAY) == ()
    every = scores(world.hoa, Span(2026, quarter=4), TODAY)
    assert [(each.agency, each.tally is None) for each in every] == [
        ("UBND xã An Bình", False), ("UBND xã Bảo Lâm", True),
    ]  # fmt: skip
    head = replace(world.quy, role=Role.HEAD)
    assert scores(head, Span(2026, quarter=4), TODAY) == every, "as his inspectors read them"
    assert len(scores(world.khanh, Span(2026, quarter=4), TODAY)) == 1
    answers_later = date(2027, 1, 2)
    kept = scores(world.hoa, Span(2026, quarter=4), answers_later)[0].tally
    assert kept is None, "seven of the quarter less six of October would tell November's one"

    hoa = visit(world.hoa)
    page = hoa.open("/hai-long?nam=2026&ky=q4")
    assert "UBND xã Bảo Lâm chưa đủ để hiện số" in page.words
    assert "66 %" in page.words
    assert "▲ chưa đạt" in page.words
    for wrong in ("nam=x", "nam=1", "ky=q9", "nam=99999999999999999999"):
        assert hoa.open(f"/hai-long?{wrong}", status=422).faults
    book = load_workbook(BytesIO(hoa.get("/hai-long.xlsx?nam=2026&ky=q4").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert [row[:4] for row in rows[-2:]] == [
        ("UBND xã An Bình", 6, 66, "chưa đạt"), ("UBND xã Bảo Lâm", "dưới 5", None, None),
    ]  # fmt: skip


def test_campaigns(visit: Visit, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set up before they begin, five to eight agencies, none twice on a day; figures only at the end."""
    first, last = TODAY, TODAY + timedelta(days=10)

    def given(**changes: Any) -> CampaignGiven:
        return CampaignGiven(
            **{"name": "Khảo sát 2026", "starts_on": first, "ends_on": last, "agencies": AGENCIES}
            | changes
        )

    for stranger in (world.minh, world.lan, world.binh, world.phuc):
        with pytest.raises(Forbidden):
            plan_campaign(given(), actor=stranger, now=NOW)
    for field, wrong in (
        ("name", {"name": " \u200b "}),
        ("starts_on", {"starts_on": first - timedelta(days=1)}),
        ("ends_on", {"ends_on": first - timedelta(days=1)}),
        ("agencies", {"agencies": AGENCIES[:4]}),
        ("agencies", {"agencies": [*AGENCIES[:4], "khong-co"]}),
        ("agencies", {"agencies": [*AGENCIES[:4], "phong-kt"]}),
        ("agencies", {"agencies": [*AGENCIES[:4], AGENCIES[0]]}),
        ("agencies", {"agencies": [f"x{number}" for number in range(9)]}),
    ):
        with pytest.raises(Invalid) as refused:
            plan_campaign(given(**wrong), actor=world.hoa, now=NOW)
        assert field in refused.value.fields

    assert visit(world.minh).get("/hai-long/khao-sat/moi").status_code == 403
    hoa = visit(world.hoa)
    form = hoa.open("/hai-long/khao-sat/moi")
    typed = {"name": "Khảo sát 2026", "starts_on": "20/11/2026", "ends_on": "30/11/2026"}
    unsaid = hoa.send(form, {**typed, "agencies": list(AGENCIES[:2])}, status=422)
    assert set(unsaid.faults) == {"agencies"}
    shown = hoa.follow(hoa.send(unsaid, {**typed, "agencies": list(AGENCIES)}))
    assert "Chưa có kết quả" in shown.words
    path = shown.response.request.path
    assert hoa.get(f"{path}.xlsx").status_code == 404
    with pytest.raises(Invalid, match="Có mục nhập"):
        plan_campaign(given(starts_on=last, ends_on=last), actor=world.tam, now=NOW)
    assert len(campaigns(world.khanh, TODAY)) == 1
    assert campaigns(world.giam, TODAY) == ()
    assert visit(world.lan).get(path).status_code == 403
    assert visit(world.tam).open(path).status == 200

    day = TODAY + timedelta(days=1)
    answers(
        world,
        [("an-binh", day, GOOD)] * 5 + [("bao-lam", day, GOOD)] * 4
        + [("an-binh", last + timedelta(days=1), POOR)],
    )  # fmt: skip
    uid = path.rpartition("/")[2]
    running = campaign(world.hoa, uid, last)
    assert running is not None
    assert all(each.tally is None for each in running[1])
    for today in (last + timedelta(days=1), date(2027, 6, 1)):
        found = campaign(world.hoa, uid, today)
        assert found is not None
        figures = {each.agency: each.tally and each.tally.answers for each in found[1]}
        assert len(figures) == len(AGENCIES)
        assert (figures["UBND xã An Bình"], figures["UBND xã Bảo Lâm"]) == (5, None)
    own = campaign(world.minh, uid, date(2027, 6, 1))
    assert own is not None
    assert [each.agency for each in own[1]] == ["UBND xã An Bình"]
    monkeypatch.setattr("config.clock.now", lambda: datetime(2026, 12, 5, 2, tzinfo=UTC))
    assert "100 %" in hoa.open(path).words
    book = load_workbook(BytesIO(hoa.get(f"{path}.xlsx").data))
    assert ("UBND xã An Bình", 5, 100, "đạt") in [
        row[:4] for row in book.worksheets[0].iter_rows(values_only=True)
    ]


def test_two_answers_at_once(world: World) -> None:
    """The database lets one in; the other one hears that there is one already."""
    case_id = over(registered(world))
    surveys.answer(case_id, GOOD, "", now=NOW)
    row = db.session.scalars(select(SurveyAnswer)).one()
    values = {name: getattr(row, name) for name in (*TOPICS, "case_id", "agency_id", "channel")}
    twin = {**values, "uid": "f" * 32, "answered_at": NOW, "answered_on": TODAY}
    with pytest.raises(Exception, match=r"UNIQUE|unique|duplicate"), transaction() as session:
        session.execute(insert(SurveyAnswer).values(needs_look=False, **twin))
    slip = slips.issue(db.session.scalars(select(Case.code)).one(), actor=world.lan, now=NOW)
    assert slips.opened(slip.code, slip.secret, "10.0.0.1", NOW) == case_id
