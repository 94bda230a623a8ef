"""The yearly scorecard from the first criterion to the frozen ranking, through its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from config.database import db, transaction
from petitions.access import over_province
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.models import (
    Case,
    Petition,
    ReportDuty,
    ReportTurn,
    ScoreEntry,
)
from petitions.queries import scores as known
from petitions.queries.indicators import Question, shares
from petitions.queries.statistics.figures import Window, figures
from petitions.queries.statistics.spec import version_on
from petitions.services import scores
from petitions.services.score_criteria import CriterionGiven, save_criterion
from tests.conftest import NOW, TODAY
from tests.petitions.test_statistics import accepted, complaint, concluded, decided
from tests.web.browsing import Visitor
from tests.world import World
from workflows.reporting import Concerned, ReportPeriod
from workflows.scoring import Bloc, CardState, Indicator, Share
from workflows.vocabulary import Actor, AgencyKind, Role

Visit = Callable[[Actor | None], Visitor]
YEAR = Window(date(2025, 12, 15), date(2026, 12, 14))
AFTER = datetime(2026, 12, 16, 2, tzinfo=UTC)
"""A working day after the counted days are over."""


def reports(world: World, sent: dict[str, tuple[date | None, ...]]) -> None:
    """Reports due on the 24th of May and later, by agency code, with the day each was sent."""
    with transaction() as session:
        duty = session.scalar(
            insert(ReportDuty)
            .values(
                uid="d" * 32, name="Báo cáo", basis="KH 1", period=ReportPeriod.HALF_YEAR,
                concerned=Concerned.ALL, month=5, day=24, starts_on=date(2025, 12, 15),
                created_by=world.users["tam"], created_at=NOW, version=1,
            )
            .returning(ReportDuty.id)
        )  # fmt: skip
        for code, days in sent.items():
            for at, day in enumerate(days):
                session.execute(
                    insert(ReportTurn).values(
                        uid=f"{code}{at}".rjust(32, "0"), duty_id=duty,
                        agency_id=world.agencies[code], meant=date(2026, 5 + at, 24),
                        due=date(2026, 5 + at, 22), sent_on=day, document="",
                        told_by=world.users["tam"] if day else None,
                    )
                )  # fmt: skip


def work(world: World) -> None:
    """A year at An Bình: two complaints settled, one accepted, one denunciation concluded, one entered late."""
    decided(world, "Đúng một phần")
    decided(world, "Sai")
    accepted(world)
    concluded(world, "Sai")
    complaint(world, TODAY)
    reports(world, {"an-binh": (date(2026, 5, 20), None), "bao-lam": (date(2026, 5, 22),)})


def asked(world: World, *codes: str, today: date = TODAY) -> Question:
    """The question of the year about these agencies."""
    return Question(frozenset(world.agencies[each] for each in codes), YEAR, 2026, today)


def test_indicators_count_what_happened(world: World) -> None:
    """Each share against what was done; denunciations that are open are nowhere."""
    work(world)
    here = asked(world, "an-binh", "bao-lam", "so-nnmt")
    home = world.agencies["an-binh"]
    found = {each: shares(each, here) for each in Indicator}
    tables = version_on(YEAR.last).tables
    in_time = whole = 0
    for name, one, two in (("01/KQGQ", 25, 26), ("03/KQGQ", 30, 31)):
        (line,) = [
            each
            for each in figures(tables[name], YEAR, among=here.agencies).lines
            if each.unit.id == home
        ]
        in_time += int(line.values[one] or 0)
        whole += int(line.values[one] or 0) + int(line.values[two] or 0)
    assert found[Indicator.SETTLED_IN_TIME] == {home: Share(in_time, whole)}
    assert whole == 3
    assert found[Indicator.REPORTS_IN_TIME] == {
        home: Share(1, 2), world.agencies["bao-lam"]: Share(1, 1),
    }  # fmt: skip
    entered = found[Indicator.ENTERED_LATE][home]
    rows = db.session.execute(
        select(Petition.received_on)
        .join(Case, Case.id == Petition.case_id)
        .where(Case.kind != "denunciation")
    ).all()
    assert entered == Share(sum(row.received_on < date(2026, 11, 17) for row in rows), len(rows))
    assert entered.denominator == 4
    assert found[Indicator.OPEN_OVERDUE][home].denominator == 1
    assert shares(Indicator.OPEN_OVERDUE, asked(world, "an-binh", today=date(2027, 1, 20)))[
        home
    ] == Share(1, 1)
    assert found[Indicator.URGINGS_ANSWERED] == found[Indicator.COMMITMENTS_KEPT] == {}
    days = found[Indicator.RECEPTION_DAYS]
    assert days[home].numerator == 0
    assert days[home].denominator > 20  # every week of ten months
    assert found[Indicator.SATISFACTION] == {}


def test_a_year_from_criteria_to_frozen_ranking(visit: Visit, world: World) -> None:
    """The keeper edits, opens, gives points and closes; the heads see their own, later the ranking."""
    work(world)
    hoa, minh = visit(world.hoa), visit(world.minh)
    for outsider in (world.binh, world.lan, world.tam):
        assert visit(outsider).get("/xep-hang").status_code == 403
        assert visit(outsider).get("/xep-hang/2026").status_code == 403
    assert "Chưa có bảng chấm điểm nào" in minh.open("/xep-hang").words
    began = hoa.send(hoa.open("/xep-hang"), {"year": "2026"})
    draft = hoa.follow(began)
    assert "đủ 100 điểm" in draft.words
    assert hoa.send(hoa.open("/xep-hang"), {"year": "2026"}, status=409).faults
    assert minh.get("/xep-hang/2026").status_code == 404
    with pytest.raises(Forbidden):
        scores.new_card(2027, like_last=False, actor=world.minh, now=NOW)
    # a criterion is changed; without 100 points the card does not open; two keepers do not overwrite
    page, other = (hoa.open("/xep-hang/2026/tieu-chi/1") for _ in range(2))
    wrong = hoa.send(page, {"weight": "abc", "zero": "100"}, status=422)
    assert set(wrong.faults) == {"weight", "zero"}
    hoa.send(page, {"weight": "17,5"})
    stale = hoa.send(other, {"weight": "20"}, status=409)
    assert stale.form().fields["weight"] == "20"
    unequal = hoa.send(hoa.open("/xep-hang/2026"), action="/mo", status=422)
    assert "97,5" in unequal.words
    hoa.send(hoa.open("/xep-hang/2026/tieu-chi"), {"title": "Thêm", "weight": "2,5"})
    hoa.send(hoa.open("/xep-hang/2026"), action="/tieu-chi/12/bo")
    hoa.send(hoa.open("/xep-hang/2026/tieu-chi/1"), {"weight": "20"})
    saved = hoa.send(
        hoa.open("/xep-hang/2026"), {"closes_on": "14/12/2026", "bands.0.least": "x"},
        action="/chung", status=422,
    )  # fmt: skip
    assert "bands-0-least" in saved.faults
    hoa.send(hoa.open("/xep-hang/2026"), {"least_share": "30"}, action="/chung")
    hoa.send(hoa.open("/xep-hang/2026"), action="/mo")
    live = hoa.open("/xep-hang/2026")
    assert "Đang chấm điểm" in live.words
    assert "Chốt được từ sau ngày 14/12/2026" in live.words
    # heads: the own card, no place yet; nobody else's
    own = minh.open("/xep-hang/2026/an-binh")
    assert "3/3 = 100,0 %" in own.words
    assert "không đủ số liệu" in own.words
    assert not own.root.xpath("//main//form[@method='post']")
    assert minh.get("/xep-hang/2026/bao-lam").status_code == 404
    assert "bao-lam" not in minh.open("/xep-hang/2026").text
    assert visit(world.phuc).open("/xep-hang/2026/bao-lam")
    # points by hand: faults keep what was typed, corrections stay beside
    card = hoa.open("/xep-hang/2026/an-binh")
    bad = hoa.send(card, {"points": "9", "reason": "Quá điểm"}, action="/an-binh/10", status=422)
    assert set(bad.faults) == {"points"}
    assert bad.form("/an-binh/10").fields["reason"].strip() == "Quá điểm"
    once = bad.form("/an-binh/10").fields["_once"]
    hoa.send(bad, {"points": "4,5", "reason": "Đủ quy chế"}, action="/an-binh/10")
    hoa.send(bad, {"points": "4,5", "reason": "Đủ quy chế", "_once": once}, action="/an-binh/10")
    hoa.send(
        hoa.open("/xep-hang/2026/an-binh"), {"points": "4", "reason": "Xem lại hồ sơ"},
        action="/an-binh/10",
    )  # fmt: skip
    assert db.session.scalars(select(ScoreEntry.points).order_by(ScoreEntry.id)).all() == [450, 400]
    shown = hoa.open("/xep-hang/2026/an-binh").words
    assert "Đã sửa 1 lần" in shown
    assert "Vũ Thị Hoa" in shown
    with pytest.raises(Forbidden):
        scores.give_points(2026, 10, "an-binh", "5", "Tự chấm", actor=world.minh, now=NOW)
    with pytest.raises(Conflict):
        scores.give_points(2026, 1, "an-binh", "1", "Tự chấm", actor=world.hoa, now=NOW)
    with pytest.raises(NotFound):
        scores.give_points(2026, 10, "thanh-tra", "1", "Không chấm", actor=world.hoa, now=NOW)
    with pytest.raises(DBAPIError), transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM score_entry")
    # closing: not before the days are over, not with points missing unless known
    version = known.card(world.hoa, 2026).version
    keeper: dict[str, Any] = {"version": version, "actor": world.hoa}
    with pytest.raises(Conflict):
        scores.close_card(2026, missing_known=True, now=NOW, **keeper)
    with pytest.raises(Invalid) as missing:
        scores.close_card(2026, missing_known=False, now=AFTER, **keeper)
    assert "Còn 5 điểm" in missing.value.message or "Còn 5" in str(missing.value.fields)
    with pytest.raises(Conflict):
        scores.give_points(
            2026, 11, "an-binh", "3", "Muộn", actor=world.hoa,
            now=datetime(2027, 1, 20, tzinfo=UTC),
        )  # fmt: skip
    with pytest.raises(Conflict):
        scores.revise_card(2026, now=NOW, **keeper)
    with pytest.raises(Stale):
        scores.close_card(2026, missing_known=True, version=1, actor=world.hoa, now=AFTER)
    with pytest.raises(Forbidden):
        scores.close_card(2026, missing_known=True, version=version, actor=world.phuc, now=AFTER)
    scores.close_card(2026, missing_known=True, now=AFTER, **keeper)
    frozen = known.results(world.hoa, known.card(world.hoa, 2026), TODAY)
    with pytest.raises(DBAPIError), transaction() as session:
        session.connection().exec_driver_sql("UPDATE score_result SET content = '{}'")
    # what happens later changes nothing
    decided(world, "Đúng")
    with transaction() as session:
        session.execute(update(ReportTurn).values(sent_on=None, told_by=None))
    assert known.results(world.hoa, known.card(world.hoa, 2026), TODAY) == frozen
    by_code = {each.code: each for each in frozen}
    assert {each.bloc for each in frozen} == set(Bloc)
    assert by_code["an-binh"].rank == 1
    assert by_code["an-binh"].cells[9].points == 400
    with pytest.raises(Conflict):
        scores.give_points(2026, 10, "an-binh", "1", "Sau", actor=world.hoa, now=AFTER)
    with pytest.raises(Conflict):
        save_criterion(
            2026, 1, CriterionGiven(title="x", weight="1"), version=version + 1, actor=world.hoa, now=AFTER
        )  # fmt: skip
    # the heads: the ranking of all, the parts of the own card only
    seen = {
        each.code: each for each in known.results(world.minh, known.card(world.minh, 2026), TODAY)
    }
    assert {code: each.total for code, each in seen.items()} == {
        code: each.total for code, each in by_code.items()
    }
    assert seen["an-binh"].cells
    assert not seen["bao-lam"].cells
    ranking = minh.open("/xep-hang/2026")
    assert "UBND xã Bảo Lâm" in ranking.words
    assert minh.get("/xep-hang/2026/bao-lam").status_code == 404
    book = load_workbook(BytesIO(minh.get("/xep-hang/2026/bang.xlsx").data))
    lines = list(book["Xã, phường"].iter_rows(min_row=2, values_only=True))
    assert [line[:2] for line in lines if line[0]] == [(1, "UBND xã An Bình")]
    # the next year starts from this one's criteria, and shows it beside
    scores.new_card(2027, like_last=True, actor=world.hoa, now=AFTER)
    following = known.card(world.hoa, 2027)
    assert following.state is CardState.DRAFT
    assert [each.weight for each in following.criteria] == [
        each.weight for each in known.card(world.hoa, 2026).criteria
    ]
    assert following.least_share == 30
    scores.open_card(2027, version=following.version, actor=world.hoa, now=AFTER)
    assert "hạng 1" in hoa.open("/xep-hang/2027").words
    assert "Qua các năm" in hoa.open("/xep-hang/2027/an-binh").words
    following = known.card(world.hoa, 2027)
    scores.revise_card(2027, version=following.version, actor=world.hoa, now=AFTER)


def test_who_keeps_the_cards(world: World) -> None:
    """Province-wide inspectors and the inspectorate's own leaders, nobody else."""
    assert known.keeps(world.hoa)
    assert known.keeps(world.quy)
    for role in (Role.HEAD, Role.DEPUTY_HEAD):
        wide = over_province(role, AgencyKind.INSPECTORATE, AgencyKind.PROVINCE)
        assert known.keeps(replace(world.phuc, role=role, province_wide=wide))
    for each in (world.phuc, world.minh, world.tam, world.binh, world.giam):
        assert not known.keeps(each)
