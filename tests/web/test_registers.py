"""The inspectorate's registers from end to end: a review, targets of inspection, complaints about officials,
the sums of enforcement by body. One world each; what must stay hidden is looked for in every one of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select, text

from config.database import db, transaction
from petitions.errors import Conflict, Forbidden, Invalid, Leak, NotFound, Stale
from petitions.models import Case, CaseBar, ConductOutcome, ReviewedCase, ReviewEntry
from petitions.queries import conduct, inspection_targets, reviews
from petitions.queries.conduct import ConductFilters
from petitions.queries.enforcement import EnforcementFilters, by_agency, totals
from petitions.queries.inspection_targets import GridFilters
from petitions.queries.review_shapes import ReviewFilters
from petitions.queries.reviewed import reviewed, reviewed_case
from petitions.services import conduct as conduct_service
from petitions.services import inspection_targets as target_service
from petitions.services import reviewed as work
from petitions.services import reviews as service
from petitions.services.conduct import ConductGiven
from petitions.services.inspection_targets import Pick, Step
from petitions.services.registration import RespondentGiven
from petitions.services.reviewed import Arrangement, OutcomeGiven
from petitions.services.reviews import CampaignGiven
from tests.conftest import NOW, TODAY
from tests.web.browsing import Visitor
from tests.web.cases import COMPLAINT, DENUNCIATION, LATE, done, registered
from tests.world import World
from workflows.records import BarReason
from workflows.reviewing import (
    ConductFinding,
    Criteria,
    DisciplineForm,
    ReviewOutcome,
    ReviewStanding,
    ReviewStep,
    TargetStatus,
)
from workflows.vocabulary import Action, Actor, Kind, Need

Visit = Callable[[Actor | None], Visitor]
OLD = TODAY - timedelta(days=200)
DENOUNCER = DENUNCIATION.parties[0].name
GIVEN = CampaignGiven(
    name="Rà soát cuối năm",
    basis="KH 47",
    starts_on=TODAY - timedelta(days=30),
    ends_on=TODAY + timedelta(days=30),
    lead="hoa",
    criteria=Criteria(older_months=6),
)


def old(world: World, **changes: object) -> str:
    """A complaint that has been waiting for more than half a year."""
    more = {"received_on": OLD, "late_reason": LATE, "contested": None, **changes}
    return registered(world, COMPLAINT, None, **more)


def opened(world: World, **changes: object) -> str:
    """A campaign of Hoa's; its uid."""
    return service.save_campaign(replace(GIVEN, **changes), actor=world.hoa, now=NOW)  # type: ignore[arg-type]


def line_of(actor: Actor, uid: str, code: str) -> str:
    """The reviewed case of a code."""
    found = reviewed(actor, uid, ReviewFilters(), TODAY).lines
    return next(each.uid for each in found if each.code == code)


def test_a_review_from_its_criteria_to_its_outcomes(
    world: World, statements: Callable[[], Any]
) -> None:
    """Taken by criteria and by hand, arranged, noted, concluded; sums follow, the case never moves."""
    first, second = old(world), old(world, group_size=30)
    secret = registered(world, DENUNCIATION, received_on=OLD, late_reason=LATE)
    fresh = registered(world)
    uid = opened(world)
    number = reviews.campaign(world.hoa, uid, TODAY).id
    found, total = reviews.candidates(world.hoa, number, GIVEN.criteria, TODAY)
    assert ({each.code for each in found}, total) == ({first, second, secret}, 3)
    seen, _ = reviews.candidates(world.quy, number, GIVEN.criteria, TODAY)
    assert {each.code for each in seen} == {first, second}
    assert reviews.candidates(world.hoa, number, Criteria(), TODAY) == ((), 0)
    few, _ = reviews.candidates(world.hoa, number, Criteria(older_months=6, group_least=5), TODAY)
    assert [each.code for each in few] == [second]

    def take(*codes: str, by_hand: bool = False, by: Actor = world.hoa) -> None:
        service.take_in(uid, codes, by_hand=by_hand, actor=by, now=NOW)

    take(first)
    with statements() as few_lines:
        assert reviewed(world.hoa, uid, ReviewFilters(), TODAY).total == 1
    take(first, second, secret)
    with statements() as many_lines:
        assert reviewed(world.hoa, uid, ReviewFilters(), TODAY).total == 3
    assert len(few_lines.page()) == len(many_lines.page()) <= 8
    take(fresh, by_hand=True)
    for codes in ((first,), ("AB-2026-999999-9",), (secret,)):
        with pytest.raises(Invalid):
            take(*codes, by_hand=True, by=world.quy)
    with pytest.raises(Forbidden):
        take(fresh, by=world.minh)
    with pytest.raises(NotFound):
        take(fresh, by=world.binh)
    assert reviews.campaign(world.hoa, uid, TODAY).tally.total == 4
    assert reviews.campaign(world.quy, uid, TODAY).tally.total == 3
    for stranger in (world.binh, world.khanh, world.lan, world.giam):
        assert reviews.campaigns(stranger, TODAY) == ()
    assert [each.tally.total for each in reviews.campaigns(world.minh, TODAY)] == [4]

    mine = line_of(world.minh, uid, first)
    arranged = Arrangement(agency="ubnd-tinh", leader="phuc", due=TODAY - timedelta(days=1), plan="Đối thoại", proposal="Xin ý kiến")  # fmt: skip
    with pytest.raises(Forbidden):
        work.arrange(mine, arranged, version=1, actor=world.minh, now=NOW)
    with pytest.raises(Invalid) as wrong:
        work.arrange(mine, replace(arranged, agency="bao-lam", leader="khanh"), version=1, actor=world.hoa, now=NOW)  # fmt: skip
    assert {"agency", "leader"} <= wrong.value.fields.keys()
    work.arrange(mine, arranged, version=1, actor=world.hoa, now=NOW)
    with pytest.raises(Stale):
        work.arrange(mine, arranged, version=1, actor=world.hoa, now=NOW)
    work.arrange(mine, arranged, version=2, actor=world.hoa, now=NOW)
    with pytest.raises(Forbidden):
        work.note_progress(mine, "Không được", on=TODAY, actor=world.minh, now=NOW)
    work.note_progress(mine, "Đã họp", on=TODAY, actor=world.phuc, now=NOW)
    shown = reviewed_case(world.phuc, mine, TODAY)
    assert [each.step for each in shown.entries] == [
        ReviewStep.PROGRESS, ReviewStep.PLANNED, ReviewStep.CHARGED, ReviewStep.TAKEN,
    ]  # fmt: skip
    assert shown.line.standing is ReviewStanding.LATE
    assert (shown.line.leader, shown.line.plan) == ("Đinh Văn Phúc", "Đối thoại")

    before = {
        row.code: (row.state, row.version, row.open) for row in db.session.scalars(select(Case))
    }
    ended = OutcomeGiven(outcome=ReviewOutcome.WITHDRAWN, on=TODAY, document="Đơn rút 20/11")
    work.conclude(mine, ended, version=2, actor=world.phuc, now=NOW)
    theirs = line_of(world.minh, uid, second)
    for wanted, field in (
        (replace(ended, on=TODAY + timedelta(days=1)), "on"),
        (replace(ended, on=OLD - timedelta(days=1)), "on"),
        (replace(ended, document=" "), "document"),
    ):
        with pytest.raises(Invalid) as wrong:
            work.conclude(theirs, wanted, version=1, actor=world.minh, now=NOW)
        assert field in wrong.value.fields
    sued = replace(ended, outcome=ReviewOutcome.IN_COURT)
    work.conclude(theirs, sued, version=1, actor=world.minh, now=NOW)
    db.session.expire_all()
    assert before == {row.code: (row.state, row.version, row.open) for row in db.session.scalars(select(Case))}  # fmt: skip
    page = reviews.campaign(world.hoa, uid, TODAY)
    assert page.tally.counts == {
        ReviewStanding.SETTLED: 1, ReviewStanding.ELSEWHERE: 1, ReviewStanding.WORKED: 2,
    }  # fmt: skip
    assert (page.tally.share, page.tally.reviewed) == (0.25, 2)
    assert page.outcomes == {ReviewOutcome.WITHDRAWN: 1, ReviewOutcome.IN_COURT: 1}
    assert {each.code: each.tally.total for each in page.agencies} == {"an-binh": 3, "ubnd-tinh": 1}
    for standing, number in ((ReviewStanding.SETTLED, 1), (ReviewStanding.ELSEWHERE, 1), (ReviewStanding.WORKED, 2), (ReviewStanding.LATE, 0)):  # fmt: skip
        assert reviewed(world.hoa, uid, ReviewFilters(standing=standing), TODAY).total == number
    with pytest.raises(Forbidden):
        work.resume(theirs, "Nhầm", version=2, actor=world.minh, now=NOW)
    work.resume(theirs, "Nhầm", version=2, actor=world.hoa, now=NOW)
    assert reviewed_case(world.hoa, theirs, TODAY).line.outcome is None

    # a denunciation's words are sealed, and may not name the denouncer
    hidden = line_of(world.hoa, uid, secret)
    with pytest.raises(Leak):
        work.note_progress(hidden, f"Đã gặp {DENOUNCER}", on=TODAY, actor=world.hoa, now=NOW)
    work.arrange(hidden, Arrangement(plan="Xác minh kín"), version=1, actor=world.hoa, now=NOW)
    assert reviewed_case(world.hoa, hidden, TODAY).line.plan == "Xác minh kín"
    assert reviewed_case(world.hoa, hidden, TODAY).line.sender is None
    row = db.session.scalars(select(ReviewedCase).where(ReviewedCase.uid == hidden)).one()
    assert row.words is None
    assert row.sealed is not None
    for stranger in (world.quy, world.binh, world.phuc):
        with pytest.raises(NotFound):
            reviewed_case(stranger, hidden, TODAY)
        with pytest.raises(NotFound):
            work.note_progress(hidden, "x", on=TODAY, actor=stranger, now=NOW)
    with transaction() as session:
        case_id = session.scalar(select(Case.id).where(Case.code == first))
        session.add(CaseBar(case_id=case_id, user_id=world.users["quy"], reason=BarReason.RELATED))
    assert reviews.campaign(world.quy, uid, TODAY).tally.total == 2

    service.end_campaign(uid, ended=True, version=1, actor=world.hoa, now=NOW)
    with pytest.raises(Conflict):
        work.note_progress(mine, "Sau", on=TODAY, actor=world.phuc, now=NOW)
    with pytest.raises(Conflict):
        take(fresh)
    for sentence in ("UPDATE review_entry SET seq = 9", "DELETE FROM review_entry"):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(text(sentence))
    assert db.session.scalar(select(ReviewEntry.id).limit(1))


def test_targets_of_inspection(world: World) -> None:
    """Figures count what the reader may open; what is frozen leaves out everything secret."""
    for _ in range(2):
        old(world, place_code="99001", field_code="thu-hoi-dat")
    barred = old(world, place_code="99001", field_code="thu-hoi-dat", group_size=7)
    registered(world, DENUNCIATION, place_code="99001", field_code="thu-hoi-dat")
    with transaction() as session:
        case_id = session.scalar(select(Case.id).where(Case.code == barred))
        session.add(CaseBar(case_id=case_id, user_id=world.users["quy"], reason=BarReason.RELATED))
    filters = GridFilters(year=2027)

    def here(actor: Actor) -> tuple[int, int] | None:
        lines = [each for each in inspection_targets.grid(actor, filters, TODAY) if each.place_code == "99001"]  # fmt: skip
        return (lines[0].figures.cases, lines[0].figures.groups) if lines else None

    assert here(world.hoa) == (4, 1)
    assert here(world.quy) == (2, 0)
    assert here(world.khanh) is None
    (body,) = inspection_targets.grid(world.hoa, replace(filters, by_agency=True), TODAY)
    assert (body.agency_code, body.figures.cases) == ("an-binh", 4)

    wanted = Pick(year=2027, place="99001", field="dat-dai", reason="Nhiều đơn")
    for wrong in (replace(wanted, place=None), replace(wanted, place="0"), replace(wanted, year=1)):
        with pytest.raises(Invalid):
            target_service.pick(wrong, actor=world.hoa, now=NOW)
    with pytest.raises(Forbidden):
        target_service.pick(wanted, actor=world.an, now=NOW)
    uid = target_service.pick(wanted, actor=world.hoa, now=NOW)
    with pytest.raises(Conflict):
        target_service.pick(wanted, actor=world.hoa, now=NOW)
    picked = inspection_targets.target(world.quy, uid)
    assert (picked.figures.cases, picked.status) == (2, TargetStatus.PROPOSED)
    assert here(world.hoa) == (4, 1)
    for stranger in (world.minh, world.khanh, world.binh, world.lan):
        assert inspection_targets.targets(stranger, 2027) == ()
        with pytest.raises(NotFound):
            inspection_targets.target(stranger, uid)

    step = Step(status=TargetStatus.APPROVED, on=TODAY, document="QĐ 1")
    with pytest.raises(Conflict):
        target_service.move(uid, replace(step, status=TargetStatus.CONCLUDED), version=1, actor=world.hoa, now=NOW)  # fmt: skip
    for bad in (replace(step, document=""), replace(step, on=TODAY + timedelta(days=1)), replace(step, on=OLD)):  # fmt: skip
        with pytest.raises(Invalid):
            target_service.move(uid, bad, version=1, actor=world.hoa, now=NOW)
    steps = (step, replace(step, status=TargetStatus.UNDER_INSPECTION), replace(step, status=TargetStatus.CONCLUDED))  # fmt: skip
    for version, each in enumerate(steps, 1):
        target_service.move(uid, each, version=version, actor=world.quy, now=NOW)
    with pytest.raises(Stale):
        target_service.move(uid, step, version=1, actor=world.hoa, now=NOW)
    ended = inspection_targets.target(world.hoa, uid)
    assert [each.status for each in ended.steps] == [TargetStatus.PROPOSED, *(each.status for each in steps)]  # fmt: skip
    assert ended.next == ()


def test_complaints_about_officials(world: World) -> None:
    """Seen by who answers for conduct; never by the one named, by his people, or by who is at work beside."""
    an = RespondentGiven(name="Phạm Văn An", position="Công chức", username="an")
    about_an = registered(world, kind=Kind.FEEDBACK, contested=None, official_conduct=True, respondents=(an,))  # fmt: skip
    minh = RespondentGiven(name="Trần Văn Minh", position="Chủ tịch", username="minh")
    about_minh = registered(world, official_conduct=True, contested=None, respondents=(minh,))
    above = registered(world, by=world.thu, kind=Kind.FEEDBACK, contested=None, official_conduct=True, respondents=(an,))  # fmt: skip
    secret = registered(world, DENUNCIATION)
    registered(world)

    def codes(actor: Actor) -> set[str]:
        return {each.code for each in conduct.register(actor, ConductFilters()).lines}

    assert codes(world.hoa) == {about_an, about_minh, above, secret}
    assert codes(world.quy) == {about_an, about_minh, above}
    assert codes(world.minh) == {about_an, secret}
    assert codes(world.phuc) == {about_an, about_minh, above}
    for nobody in (world.an, world.son, world.lan, world.binh, world.khanh, world.tam, world.giam):
        assert codes(nobody) == set()
    assert conduct.counts(world.quy, ConductFilters()).waiting == 3

    given = ConductGiven(finding=ConductFinding.CRITICISED, on=TODAY, document="TB 3")

    def note(code: str, given: ConductGiven, version: int, by: Actor) -> None:
        conduct_service.note_conduct(code, 1, given, version=version, actor=by, now=NOW)

    for wrong, field in (
        (replace(given, finding=ConductFinding.DISCIPLINED), "form"),
        (replace(given, form=DisciplineForm.WARNING), "form"),
        (replace(given, document=""), "document"),
        (replace(given, on=TODAY + timedelta(days=1)), "on"),
    ):
        with pytest.raises(Invalid) as fault:
            note(about_an, wrong, 0, world.minh)
        assert field in fault.value.fields
    for stranger in (world.an, world.binh, world.son):
        with pytest.raises(NotFound):
            note(about_an, given, 0, stranger)
    with pytest.raises(NotFound):
        note(about_minh, given, 0, world.minh)
    with pytest.raises(Forbidden):
        note(about_an, given, 0, world.phuc)
    note(about_an, given, 0, world.minh)
    with pytest.raises(Stale):
        note(about_an, given, 0, world.minh)
    graver = replace(given, finding=ConductFinding.DISCIPLINED, form=DisciplineForm.REPRIMAND)
    note(about_an, graver, 1, world.quy)
    shown = conduct.conduct_case(world.hoa, about_an, 1)
    assert [each.finding for each in shown.entries] == [ConductFinding.DISCIPLINED, ConductFinding.CRITICISED]  # fmt: skip
    sums = conduct.counts(world.quy, ConductFilters())
    assert (sums.findings, sums.waiting, sums.total) == ({ConductFinding.DISCIPLINED: 1}, 2, 3)
    assert conduct.register(world.quy, ConductFilters(waiting=True)).total == 2
    with pytest.raises(Leak):
        note(secret, replace(given, note=f"{DENOUNCER} nêu"), 0, world.hoa)
    note(secret, replace(given, note="Đã kiểm điểm"), 0, world.hoa)
    kept = db.session.scalars(select(ConductOutcome).order_by(ConductOutcome.id.desc())).first()
    assert kept is not None
    assert (kept.words, kept.sealed is None) == (None, False)
    assert conduct.conduct_case(world.hoa, secret, 1).entries[0].note == "Đã kiểm điểm"
    for sentence in ("UPDATE conduct_outcome SET seq = 9", "DELETE FROM conduct_outcome"):
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.execute(text(sentence))


def test_pages_of_the_registers(world: World, visit: Visit) -> None:
    """Each page is a page; forms work without script; a second sending changes nothing."""
    first = old(world, summary="Thu hồi đất kéo dài")
    registered(world, kind=Kind.FEEDBACK, contested=None, official_conduct=True)
    hoa, minh = visit(world.hoa), visit(world.minh)
    assert "Chưa có đợt rà soát nào" in hoa.open("/ra-soat").words
    form = hoa.open("/ra-soat/moi")
    wrong = hoa.send(form, {"name": "", "ends_on": "1/1/2020", "older_months": "x"}, status=422)
    assert {"name", "basis", "older_months"} <= wrong.faults.keys()
    typed = {"name": "Đợt một", "basis": "KH 1", "ends_on": "31/12/2026", "older_months": "6"}
    taking = hoa.follow(hoa.send(form, typed))
    again = hoa.send(form, typed)
    assert again.response.headers["Location"] == taking.response.request.path
    uid = taking.response.request.path.split("/")[2]
    assert first in taking.words
    hoa.send(taking, {"code": "AB-1"}, status=422)
    hoa.post(taking.response.request.path, {**dict(taking.root.forms[-1].form_values()), "codes": [first]})  # type: ignore[union-attr]  # fmt: skip
    page = hoa.open(f"/ra-soat/{uid}")
    assert "Thu hồi đất kéo dài" in page.words
    assert "chưa có phương án" in page.words
    line = next(href for href in page.links() if "/vu-viec/" in href)
    shown = minh.open(line)
    step = minh.open(f"{line}/phan-cong")
    minh.send(step, {"plan": "Đối thoại lần cuối", "leader": "minh"})
    stale = minh.send(step, {"plan": "Khác", "_once": "k2"}, status=409)
    assert "Khác" in stale.text
    minh.send(minh.open(f"{line}/tien-do"), {"content": "Đã họp dân"})
    minh.send(minh.open(f"{line}/ket-qua"), {"outcome": "acceptance_ended"}, status=422)
    minh.send(minh.open(f"{line}/ket-qua"), {"outcome": "acceptance_ended", "document": "TB 9"})
    assert "Đã thông báo chấm dứt thụ lý" in minh.open(f"/ho-so/{first}").words
    hoa.send(hoa.open(f"{line}/lam-lai"), {"reason": "Ghi nhầm"})
    assert "Bỏ kết quả" in hoa.open(line).words
    assert "Đối thoại lần cuối" in hoa.open(f"/ra-soat/{uid}/in").words
    rows = list(load_workbook(BytesIO(hoa.get(f"/ra-soat/{uid}/danh-sach.xlsx").data)).active.values)  # fmt: skip
    assert [rows[0][1], rows[1][8]] == ["Vụ việc", "Đối thoại lần cuối"]
    hoa.send(hoa.open(f"/ra-soat/{uid}/sua"), {"name": "Đợt hai"})
    assert hoa.open(f"/ra-soat/{uid}?standing=worked").status == 200
    hoa.open(f"/ra-soat/{uid}?standing=zzz", status=422)
    hoa.send(hoa.open(f"/ra-soat/{uid}"), action="/ket-thuc")
    assert shown.status == 200

    grid = hoa.open("/chon-thanh-tra")
    assert "Chọn đối tượng thanh tra năm 2027" in grid.words
    hoa.open("/chon-thanh-tra?by_agency=true")
    picking = hoa.open("/chon-thanh-tra/moi?year=2027&agency=an-binh")
    assert "Số liệu sẽ được giữ lại" in picking.words
    target = hoa.follow(hoa.send(picking, {"reason": "Kéo dài"}))
    hoa.send(picking, {"reason": "Kéo dài", "_once": "khac"}, status=409)
    where = target.response.request.path
    hoa.send(hoa.open(f"{where}/approved"), {"document": ""}, status=422)
    hoa.send(hoa.open(f"{where}/approved"), {"document": "QĐ 5"})
    assert "QĐ 5" in hoa.open("/chon-thanh-tra/doi-tuong?year=2027").words
    assert hoa.get("/chon-thanh-tra/doi-tuong.xlsx?year=2027").status_code == 200

    book = minh.open("/khieu-nai-can-bo")
    one = next(href for href in book.links() if href.startswith("/khieu-nai-can-bo/"))
    noting = minh.open(f"{one}/ket-qua")
    minh.send(noting, {"finding": "disciplined", "document": "QĐ 1"}, status=422)
    minh.send(noting, {"finding": "no_wrongdoing", "document": "KL 1"})
    minh.send(noting, {"finding": "criticised", "document": "KL 2", "_once": "k9"}, status=409)
    assert "Không có vi phạm" in minh.open(one).words
    assert minh.get("/khieu-nai-can-bo.xlsx").status_code == 200
    assert minh.open("/khieu-nai-can-bo?finding=no_wrongdoing&year=2026").status == 200

    binh, lan = visit(world.binh), visit(world.lan)
    assert "Chưa có đợt" in binh.open("/ra-soat").words
    for path in (line, f"/ra-soat/{uid}", f"/ra-soat/{uid}/in", f"{line}/tien-do"):
        assert binh.get(path).status_code == 404
        assert lan.get(path).status_code == 403
    for path in ("/chon-thanh-tra", where, "/khieu-nai-can-bo", one):
        assert binh.get(path).status_code == 403
    assert visit(world.khanh).get(one).status_code == 404


def test_enforcement_by_body(world: World, visit: Visit) -> None:
    """The sums of the bodies add up to those of the register, in people, money and land."""
    on = date(2026, 8, 3)
    for money in (5_000_000, 7_000_000):
        code = registered(
            world, received_on=on, late_reason=LATE, contested=None, place_code="99001"
        )
        done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True}, on)
        done(code, Action.ACCEPT, world.minh, on=on)
        ordered: dict[Any, Any] = {
            Need.RESULT: "Sửa", Need.DOCUMENT: "1/QĐ", Need.FINDING: "Rõ", Need.FOUND: "partly_true",
            Need.MONEY: money, Need.PEOPLE: 2,
        }  # fmt: skip
        done(code, Action.DECIDE, world.minh, ordered, on)
        done(code, Action.SEND_DECISION, world.van, on=date(2026, 8, 10))
        done(code, Action.RECORD_SERVICE, world.lan, {Need.DOCUMENT: "BB"}, date(2026, 8, 11))
        done(code, Action.TAKE_EFFECT, world.minh, on=date(2026, 10, 20))
    everything = EnforcementFilters(unfinished=False)
    (line,) = by_agency(world.hoa, everything, TODAY)
    assert (line.code, line.sums) == ("an-binh", totals(world.hoa, everything, TODAY))
    assert (line.sums.total, line.sums.ordered.money, line.sums.ordered.people) == (
        2,
        12_000_000,
        4,
    )
    assert by_agency(world.binh, everything, TODAY) == ()
    assert by_agency(world.hoa, replace(everything, place="99002"), TODAY) == ()
    assert len(by_agency(world.hoa, replace(everything, place="99001", field="hanh-chinh"), TODAY)) == 1  # fmt: skip
    hoa = visit(world.hoa)
    assert "12.000.000 đồng" in hoa.open("/thi-hanh/co-quan").words
    odd = hoa.open("/thi-hanh/co-quan?_scheme=javascript&_external=1&kind=complaint", status=422)
    assert not [href for href in odd.links() if href.startswith("javascript")]
    book = load_workbook(BytesIO(hoa.get("/thi-hanh/danh-sach.xlsx").data))
    assert book.sheetnames == ["Thi hành", "Theo cơ quan"]
