"""The inspectorate's queue: who reads what of it, in which order and why, and what may be done there."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from config.database import db, table_of, transaction
from petitions.errors import Forbidden, Invalid, Leak, NotFound
from petitions.models import (
    Alarm,
    AlarmCase,
    Case,
    CaseBar,
    CaseWeight,
    Episode,
    EpisodePlace,
    HotspotScan,
    InspectionCharge,
    InspectionNote,
)
from petitions.queries import inspection as known
from petitions.queries.case_filters import Filters, Horizon
from petitions.queries.queue import every, queue, tabs
from petitions.queries.queue_shapes import NOBODY, QueueFilters
from petitions.services import inspection
from petitions.services.intake import register
from petitions.services.weighing import run, shipped_table
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.petitions.weighing_rows import a_case, matters, touch
from tests.web.browsing import Visitor
from tests.world import World, field_id
from workflows.episodes import EpisodeState, SeriesUnit, Trend
from workflows.records import BarReason
from workflows.severity import Factor, Klass
from workflows.vocabulary import Actor, Kind

SEEN = Horizon(TODAY, TODAY + timedelta(days=7))


def codes(actor: Actor, filters: QueueFilters | None = None, limit: int = 7) -> list[str]:
    """The cases of the whole queue for a reader, read page by page."""
    found: list[str] = []
    after = None
    while True:
        page = queue(
            actor,
            filters or QueueFilters(),
            table=shipped_table(),
            seen=SEEN,
            after=after,
            limit=limit,
        )
        found += [item.line.code for item in page.items if item.line]
        after = page.after
        if after is None:
            return found


def test_order_classes_filters_and_reach(world: World) -> None:
    """Threats, then points; pages join without a gap; nothing of what a reader may not open is counted."""
    matters(world, 4, 150)
    run(NOW)
    rows = {
        row.code: row
        for row in db.session.execute(
            select(Case.code, Case.kind, Case.id, Case.first_received_on, CaseWeight.points, CaseWeight.security,
                   CaseWeight.crowd)
            .join(CaseWeight, CaseWeight.case_id == Case.id)
        )
    }  # fmt: skip
    barred = set(db.session.scalars(select(CaseBar.case_id)))
    assert barred
    everything = {klass: codes(world.hoa, QueueFilters(klass=klass)) for klass in Klass}
    assert sorted(code for each in everything.values() for code in each) == sorted(rows)
    assert everything[Klass.A] == sorted(
        (code for code in rows if rows[code].security),
        key=lambda code: (-rows[code].points, -rows[code].id),
    )
    assert everything[Klass.C] == sorted(
        (code for code in rows if not rows[code].security and rows[code].points >= 50),
        key=lambda code: (-rows[code].points, -rows[code].id),
    )
    assert everything[Klass.B] == []
    assert codes(world.hoa) == everything[Klass.A] + everything[Klass.C]
    counted = tabs(world.hoa, QueueFilters(), table=shipped_table(), seen=SEEN)
    assert {tab.klass: tab.cases for tab in counted} == {k: len(v) for k, v in everything.items()}
    # no duty for denunciations, and shut out of some: neither listed nor counted
    for klass in Klass:
        own = [
            code
            for code in everything[klass]
            if rows[code].kind is not Kind.DENUNCIATION and rows[code].id not in barred
        ]
        assert codes(world.quy, QueueFilters(klass=klass)) == own
        assert own != everything[klass] or not own
    less = tabs(world.quy, QueueFilters(), table=shipped_table(), seen=SEEN)
    assert sum(tab.cases for tab in less) < sum(tab.cases for tab in counted)
    crowds = codes(world.hoa, QueueFilters(klass=Klass.REST, factor=Factor.CROWD))
    assert crowds == [code for code in everything[Klass.REST] if rows[code].crowd]
    old = codes(world.hoa, QueueFilters(klass=Klass.REST, months=12))
    assert old == [
        c for c in everything[Klass.REST] if (TODAY - rows[c].first_received_on).days > 366
    ]
    complaints = QueueFilters(klass=Klass.REST, case=Filters(kind=Kind.COMPLAINT))
    assert all(rows[code].kind is Kind.COMPLAINT for code in codes(world.hoa, complaints))
    first = queue(world.hoa, QueueFilters(), table=shipped_table(), seen=SEEN, limit=3)
    again = queue(
        world.hoa, QueueFilters(), table=shipped_table(), seen=SEEN, limit=3, after="hỏng.x"
    )
    assert first == again
    whole = every(world.hoa, QueueFilters(), table=shipped_table(), seen=SEEN, most=10_000)
    assert [item.line.code for item in whole if item.line] == codes(world.hoa)
    # an inspector who is not over the province: his house's cases, no point that rests on others
    lower = replace(world.hoa, province_wide=False, denunciation_duty=False)
    with transaction() as session:
        rests = select(CaseWeight.case_id).where(CaseWeight.beyond > 0)
        house = update(Case).where(Case.id.in_(rests), Case.kind != Kind.DENUNCIATION)
        session.execute(house.values(agency_id=lower.agency_id))
    known_points = {
        row.case_id: row.points - row.beyond for row in db.session.scalars(select(CaseWeight))
    }
    told = [
        (item.line.id, item.weight.points, Factor.SPREAD in item.weight.factors)
        for klass in Klass
        for item in every(
            lower, QueueFilters(klass=klass), table=shipped_table(), seen=SEEN, most=500
        )
        if item.line and item.weight
    ]
    assert told
    assert all(known_points[each] == points and not spread for each, points, spread in told)
    assert not codes(lower, QueueFilters(klass=Klass.REST, factor=Factor.SPREAD))
    for stranger in (world.binh, world.minh, world.phuc, world.tam):
        with pytest.raises(Forbidden):
            codes(stranger)
        assert known.standing(stranger, next(iter(rows)), shipped_table(), TODAY) is None


def plain(world: World, count: int, **more: Any) -> list[str]:
    """Weighed cases of An Bình, a threat each so that they stand in the queue; their codes."""
    with transaction() as session:
        rows = [a_case(world, number, **{"security_risk": True, **more}) for number in range(count)]
        session.connection().execute(insert(table_of(Case)), rows)
    run(NOW)
    return [row["code"] for row in rows]


def test_charges_and_notes(world: World) -> None:
    """Inspectors take and pass on, notes stay, and a denunciation's lie sealed."""
    first, second, third = plain(world, 3)
    given = {"actor": world.hoa, "on": TODAY, "now": NOW}
    inspection.charge([first, second], "hoa", **given, key="a")
    inspection.charge([first, second], "hoa", **given, key="a")
    assert codes(world.hoa, QueueFilters(inspector=world.users["hoa"])) == [second, first]
    assert codes(world.hoa, QueueFilters(inspector=NOBODY)) == [third]
    with pytest.raises(Forbidden):
        inspection.charge([first], "quy", actor=world.quy, on=TODAY, now=NOW)
    inspection.charge([first], "quy", **given)
    assert known.standing(world.hoa, first, shipped_table(), TODAY).inspector == "Đặng Văn Quý"  # type: ignore[union-attr]
    for wrong in ("lan", "khong-co"):
        with pytest.raises(Invalid):
            inspection.charge([third], wrong, **given)
    with pytest.raises(NotFound):
        inspection.charge([third, "AB-2026-999999-1"], "hoa", **given)
    assert codes(world.hoa, QueueFilters(inspector=NOBODY)) == [third]
    with pytest.raises(Forbidden):
        inspection.charge([third], None, actor=world.minh, on=TODAY, now=NOW)

    secret = register(DENUNCIATION, actor=world.lan, now=NOW)
    with transaction() as session:
        barred = session.scalars(select(Case).where(Case.code == third)).one()
        session.add(
            CaseBar(case_id=barred.id, user_id=world.users["quy"], reason=BarReason.RELATED)
        )
    for code in (secret, third):
        with pytest.raises(Invalid):
            inspection.charge([code], "quy", **given)
        with pytest.raises(NotFound):
            inspection.charge([code], "quy", actor=world.quy, on=TODAY, now=NOW)
        with pytest.raises(NotFound):
            inspection.note(code, "Xem", actor=world.quy, now=NOW)
    with pytest.raises(Leak):
        inspection.note(secret, "Chị Lò Thị Bình Minh gọi điện", actor=world.hoa, now=NOW)
    inspection.note(secret, "Đã trao đổi với Chủ tịch xã", actor=world.hoa, now=NOW, key="n")
    inspection.note(first, "Chờ báo cáo của xã", actor=world.hoa, now=NOW)
    kept = db.session.scalars(select(InspectionNote).order_by(InspectionNote.id)).all()
    assert [(note.words is None, note.sealed is None) for note in kept] == [
        (True, False), (False, True),
    ]  # fmt: skip
    said = known.standing(world.hoa, secret, shipped_table(), TODAY)
    assert said is not None and said.notes[0].words == "Đã trao đổi với Chủ tịch xã"
    with pytest.raises(Exception, match="append"), db.engine.begin() as connection:
        connection.execute(text("UPDATE inspection_note SET author_id = author_id"))
    assert db.session.scalars(select(InspectionCharge.until)).all().count(None) == 2


def test_the_page(app: Flask, world: World) -> None:
    """An inspector's Monday page: reasons, chosen cases, views, file; nobody else's door."""
    evil = register(COMPLAINT, actor=world.lan, now=NOW)
    case_id = db.session.scalars(select(Case.id)).one()
    touch(case_id, summary="=1+1 Vụ việc", group_size=34, security_risk=True)
    others = [register(DENUNCIATION, actor=world.lan, now=NOW)]
    with transaction() as session:
        session.add(Case(**a_case(world, 60, security_risk=True)))
        session.flush()
        shut = session.scalars(select(Case).where(Case.summary == "Vụ việc 60")).one()
        session.add(CaseBar(case_id=shut.id, user_id=world.users["quy"], reason=BarReason.RELATED))
        others.append(shut.code)
    run(NOW)
    hoa, quy = Visitor(app, world.hoa), Visitor(app, world.quy)
    page = hoa.open("/hang-doi")
    assert "Đông người : 34 người, +30" in page.words
    assert "A · Xử lý ngay (2)" in page.words
    mine = quy.open("/hang-doi")
    assert "A · Xử lý ngay (1)" in mine.words
    for each in others:
        assert each not in mine.text
        assert each not in quy.open("/hang-doi?klass=rest").text
    assert evil in hoa.open("/hang-doi?klass=a&factor=crowd&inspector=nobody").text
    hoa.open("/hang-doi?klass=x&months=7", 422)
    chosen = hoa.open(f"/hang-doi/phan-cong?ho-so={evil}&ho-so={shut.code}")
    hoa.send(chosen, {"inspector": "hoa"}, action="/phan-cong")
    assert "Vũ Thị Hoa" in hoa.open("/hang-doi").words
    hoa.open("/hang-doi/phan-cong")
    again = hoa.open(f"/hang-doi/phan-cong?ho-so={shut.code}")
    refused = hoa.send(again, {"inspector": "quy"}, action="/phan-cong", status=422)
    assert "inspector" in refused.faults
    noting = hoa.open(f"/hang-doi/{evil}/ghi-chu")
    hoa.send(noting, {"note": " "}, action="/ghi-chu", status=422)
    hoa.send(noting, {"note": "Chờ xã báo cáo"}, action="/ghi-chu")
    case = hoa.open(f"/ho-so/{evil}")
    assert "Chờ xã báo cáo" in case.words
    assert "Đông người: 34 người, +30" in case.words
    assert "Mức độ nghiêm trọng" not in Visitor(app, world.minh).open(f"/ho-so/{evil}").text
    hoa.send(
        hoa.open("/hang-doi?klass=a&factor=crowd"), {"view": "Đông người của tôi"}, action="/bo-loc"
    )
    view = known.views(world.hoa, "queue")[0]
    assert (view.name, view.query) == ("Đông người của tôi", "klass=a&factor=crowd")
    assert not known.views(world.quy, "queue")
    with_view = hoa.open("/hang-doi")
    assert "Đông người của tôi" in with_view.words
    with pytest.raises(NotFound):
        inspection.drop_view(view.id, actor=world.quy, now=NOW)
    hoa.send(with_view, action="/bo")
    assert not known.views(world.hoa, "queue")
    sheets = {who: _cells(Visitor(app, getattr(world, who))) for who in ("hoa", "quy")}
    assert evil in sheets["quy"] and "=1+1 Vụ việc" in sheets["quy"]
    assert "<f>" not in sheets["quy"]
    assert shut.code in sheets["hoa"] and shut.code not in sheets["quy"]
    for stranger in (world.binh, world.minh, world.lan, world.tam):
        Visitor(app, stranger).open("/hang-doi", 403)
        assert Visitor(app, stranger).get("/hang-doi/danh-sach.xlsx").status_code == 403


def _cells(visitor: Visitor) -> str:
    answer = visitor.get("/hang-doi/danh-sach.xlsx")
    assert answer.status_code == 200
    with ZipFile(io.BytesIO(answer.get_data())) as book:
        return "".join(book.read(name).decode() for name in book.namelist() if "xml" in name)


def burning_spot(world: World, uid: str, ids: list[int], p: float, *, secret: bool = False) -> None:
    """A hot spot of the latest Monday in An Bình that counted these cases."""
    monday = TODAY - timedelta(days=TODAY.weekday())
    with transaction() as session:
        scan = session.scalar(select(HotspotScan).where(HotspotScan.secret == secret))
        if scan is None:
            scan = HotspotScan(
                week=monday, secret=secret, model="1", scanned_at=NOW, series=9, alarms=1,
                expected_false=0.1, listed=1, listed_false=0.1, cuts={},
            )  # fmt: skip
            session.add(scan)
        spot = Episode(
            uid=uid, secret=secret, wrapped=b"x" if secret else None, unit=SeriesUnit.PLACE_FIELD,
            field_id=field_id("thu-hoi-dat"), state=EpisodeState.WATCHED, trend=Trend.NEW,
            opened_week=monday, last_week=monday, score=-math.log10(p), top_score=-math.log10(p),
        )  # fmt: skip
        session.add(spot)
        session.flush()
        place = world.places["99001"]
        session.add(EpisodePlace(episode_id=spot.id, place_id=place, since=monday))
        alarm = Alarm(
            scan_id=scan.id, episode_id=spot.id, unit=SeriesUnit.PLACE_FIELD, place_id=place,
            field_id=spot.field_id, score=spot.score, window=4, observed=12, expected=3.0, p=p,
            tail=p, history=60, explanation={},
        )  # fmt: skip
        session.add(alarm)
        session.flush()
        session.add_all(AlarmCase(alarm_id=alarm.id, case_id=each, week=monday) for each in ids)


def seen(actor: Actor, **narrow: Any) -> list[tuple[str, str]]:
    """The queue as (class, hot spot's uid or case's summary), read two places at a time."""
    found: list[tuple[str, str]] = []
    after = None
    while True:
        page = queue(
            actor, QueueFilters(**narrow), table=shipped_table(), seen=SEEN, after=after, limit=2
        )
        for item in page.items:
            name = item.line.summary if item.line else item.episode.uid[:2]  # type: ignore[union-attr]
            found.append((item.klass.value, name))
        after = page.after
        if after is None:
            return found


def test_hot_spots_and_their_cases_stand_in_one_order(world: World) -> None:
    """By how rare; grave cases under theirs, light ones folded; what one may not read is not there at all."""
    late = TODAY - timedelta(days=800)
    with transaction() as session:
        grave = {"group_size": 34, "received": late}  # 30 + 15 points
        shapes: list[dict[str, Any]] = [
            {"summary": "nhẹ"}, {"summary": "nặng", **grave}, {"summary": "nguy cơ", "security_risk": True},
            {"summary": "nhẹ hai"}, {"summary": "nặng ngoài", **grave, "security_risk": False},
            {"summary": "tố cáo", "kind": Kind.DENUNCIATION, **grave},
        ]  # fmt: skip
        for number, shape in enumerate(shapes):
            session.add(Case(**a_case(world, number, **shape)))
        session.flush()
        ids = {row.summary: row.id for row in session.scalars(select(Case))}
    run(NOW)
    rare, common, hidden = "aa" * 16, "bb" * 16, "cc" * 16
    burning_spot(world, common, [ids["nhẹ hai"]], 1e-4)
    burning_spot(world, rare, [ids["nhẹ"], ids["nặng"]], 1e-7)
    burning_spot(world, hidden, [ids["tố cáo"]], 1e-5, secret=True)
    whole = [
        ("a", "nguy cơ"), ("a", "aa"), ("a", "nặng"), ("a", "cc"), ("a", "tố cáo"), ("b", "bb"),
    ]  # fmt: skip
    assert seen(world.hoa) == whole
    assert seen(world.quy) == [("a", "nguy cơ"), ("a", "aa"), ("a", "nặng"), ("b", "bb")]
    assert seen(world.hoa, klass=Klass.B) == [("b", "bb")]
    assert seen(world.hoa, klass=Klass.REST) == [("rest", "nặng ngoài")]
    assert seen(world.hoa, episode=rare) == [("a", "aa"), ("a", "nặng"), ("b", "nhẹ")]
    complaints = Filters(kind=Kind.COMPLAINT)
    assert seen(world.quy, case=complaints) == [
        ("a", "nguy cơ"), ("a", "nặng"), ("b", "nhẹ"), ("b", "nhẹ hai"),
    ]  # fmt: skip
    elsewhere = Filters(place_id=world.places["99002"])
    assert seen(world.hoa, case=elsewhere) == []
    assert [(tab.episodes, tab.cases) for tab in tabs(world.quy, QueueFilters(), table=shipped_table(), seen=SEEN)] == [
        (1, 2), (1, 0), (0, 0), (0, 1),
    ]  # fmt: skip
    # shut out of one of its cases: no hot spot for him, and its other cases are ordinary ones
    with transaction() as session:
        session.add(
            CaseBar(case_id=ids["nhẹ"], user_id=world.users["quy"], reason=BarReason.RELATED)
        )
    assert seen(world.quy) == [("a", "nguy cơ"), ("b", "bb")]
    assert ("rest", "nặng") in seen(world.quy, klass=Klass.REST)
    code = db.session.scalars(select(Case.code).where(Case.summary == "nặng")).one()
    for actor, klass, spots in ((world.quy, Klass.REST, ()), (world.hoa, Klass.A, (rare,))):
        stands = known.standing(actor, code, shipped_table(), TODAY)
        assert stands is not None
        assert (stands.klass, stands.episodes) == (klass, spots)
    assert seen(world.hoa) == whole
