"""The weekly scan over the register: what is counted, what is found, who may know, what is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from config.database import db, transaction
from petitions.errors import Forbidden, Invalid, Leak, NotFound, Stale
from petitions.models import (
    Agency,
    Alarm,
    AlarmCase,
    Case,
    CaseBar,
    CaseLink,
    Episode,
    EpisodeEntry,
    FormerName,
    HotspotScan,
    Place,
)
from petitions.queries import hotspots as known
from petitions.queries.hotspots import EpisodeFilters, EpisodeLine, SeriesKey
from petitions.queries.hotspots.counts import FIELD, OFFICE, PLACE, cells, merged_places
from petitions.services.episodes import Said, note
from petitions.services.hotspots import last_complete, scan
from petitions.services.hotspots.detecting import WeekFound, detect
from petitions.services.hotspots.sources import gather, scan_instant
from petitions.services.intake import register
from tests.conftest import NOW
from tests.petitions.hotspot_province import LAST, case_row, monday, plant
from tests.petitions.test_intake import DENUNCIATION
from tests.world import World
from workflows.episodes import (
    AlarmVerdict,
    EntryKind,
    EpisodeState,
    SeriesUnit,
    Trend,
)
from workflows.records import BarReason, FormerPart, LinkKind
from workflows.vocabulary import Kind, State

MONDAY_MORNING = datetime(2026, 11, 15, 22, 40, tzinfo=UTC)
"""05:40 on 16/11 in Vietnam."""


def said(found: WeekFound) -> list[tuple[Any, ...]]:
    """The alarms as plain values."""
    return [
        (
            each.unit.value, each.reading.area, each.reading.field, each.reading.window,
            each.reading.observed, round(each.reading.score, 3),
            tuple(one.case_id for one in each.behind),
        )
        for each in found.alarms
    ]  # fmt: skip


class _Undone(Exception):
    """Takes a transaction back."""


def before_the_rest() -> WeekFound:
    """What the scan finds where nothing after its week was received yet."""
    found = []
    try:
        with transaction() as session:
            later = Case.first_received_on > monday(3) + timedelta(days=6)
            session.execute(delete(Case).where(later))
            source = gather(secret=False, first=monday(3), last=monday(3))
            found.append(detect(source, monday(3), 0.0))
            raise _Undone
    except _Undone:
        return found[0]


def of_place(lines: Iterable[EpisodeLine], code: str) -> EpisodeLine:
    """The episode that burns in that commune."""
    return next(line for line in lines if code in {place.code for place in line.places})


def test_planted_hot_spots_are_found_explained_merged_and_kept(world: World) -> None:
    planted = plant(world)
    assert known.week(world.hoa).scan is None and last_complete(NOW) == LAST
    with pytest.raises(Invalid):
        scan(NOW, week=date(2026, 11, 10))
    with pytest.raises(Invalid):
        scan(NOW, week=LAST + timedelta(weeks=1))

    # what lies after the week plays no part
    source = gather(secret=False, first=monday(3), last=LAST)
    ahead = detect(source, monday(3), 0.0)
    blind = before_the_rest()
    assert said(ahead) == said(blind) != []
    assert (ahead.cuts, ahead.silences, ahead.surges) == (blind.cuts, blind.silences, blind.surges)

    # week by week, as twelve Mondays would have it
    assert scan(MONDAY_MORNING, week=monday(2)).weeks == 24
    done = scan(MONDAY_MORNING)
    assert done.weeks == 4
    assert scan(MONDAY_MORNING).weeks == scan(NOW, week=monday(1)).weeks == 0, "once"
    with pytest.raises(Invalid):
        scan(NOW, week=monday(30))

    page = known.week(world.hoa)
    assert page.scan is not None and page.scan.week == LAST and page.before == monday(1)
    assert 0 < page.expected_false < 3 and len(page.listed) <= 20
    assert page.scan.imported, "the first weeks came from an old register"
    lines = known.burning(world.hoa, NOW.date())
    burst, road, commune = (
        of_place(lines, code) for code in (planted.burst[0], planted.road[0], planted.commune)
    )
    assert len({burst.id, road.id, commune.id}) == 3
    assert burst.field is not None and burst.field.code == planted.burst[1]
    assert burst.headline.sentence.startswith("10 đơn trong 2 tuần, thường 0,")
    assert {place.code for place in road.places} == set(planted.road), "one project, one episode"
    assert [each.name for each in road.projects] == ["Đường tỉnh 12"]
    assert commune.unit is SeriesUnit.PLACE, "no field alone, all of them together"
    assert road.opened_week < burst.opened_week and road.trend is not Trend.NEW
    assert all(line.headline.p <= 0.01 for line in lines)

    # a rise everywhere is one message, silence is another
    assert [each.field.code for each in page.surges] == [planted.surge]
    assert not any(line.field and line.field.code == planted.surge for line in page.listed)
    assert planted.silent in {each.place.code for each in page.silences}
    assert planted.silent not in {p.code for line in lines for p in line.places}

    # the same alarms on either database
    latest = detect(gather(secret=False, first=LAST, last=LAST), LAST, 0.0)
    assert [row[:6] for row in said(latest)] == GOLDEN

    # a year later: the data changed, the record did not
    shown = known.episode(world.hoa, burst.uid)
    alarm = shown.shown[0]
    assert sum(step.count for step in alarm.explanation.steps) == db.session.scalar(
        select(func.count()).where(AlarmCase.alarm_id == alarm.line.id)
    )
    assert set(alarm.case_ids) <= set(shown.all_case_ids)
    assert len(alarm.case_ids) == alarm.line.observed == 10
    with transaction() as session:
        session.execute(update(Case).values(field_id=planted.fields["y-te"]))
    assert known.week(world.hoa).surges[0].observed == page.surges[0].observed
    again = known.episode(world.hoa, burst.uid).shown[0]
    assert again.recomputed == pytest.approx(alarm.line.score, abs=1e-4)
    _, older = known.alarm(world.hoa, road.uid, known.episode(world.hoa, road.uid).weeks[-1].id)
    assert older.line.week == road.opened_week
    assert older.recomputed == pytest.approx(older.line.score, abs=1e-4)
    for table in (Alarm, AlarmCase, EpisodeEntry):
        for change in (delete(table), update(table).values(dict.fromkeys([_any(table)], None))):
            with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
                session.execute(change)


def _any(table: type) -> str:
    return {Alarm: "completeness", AlarmCase: "week", EpisodeEntry: "words"}[table]


GOLDEN = [
    ("place_field", "98002", "moi-truong", 2, 10, 4.236),
    ("place_field", "98009", "dat-dai", 6, 13, 3.093),
    ("place_field", "98005", "dat-dai", 8, 11, 2.917),
    ("place_field", "98006", "dat-dai", 4, 7, 2.247),
    ("place_field", "98015", "chinh-sach", 6, 6, 1.078),
]
"""Unit, commune, field, weeks, petitions, score: the latest week's alarms, whatever the database."""


def test_lines_over_time_hold_what_the_reader_may_open(world: World) -> None:
    planted = plant(world)
    scan(MONDAY_MORNING, week=LAST)
    place, field = planted.burst
    keys = [
        SeriesKey(None, None),
        SeriesKey(place, field),
        SeriesKey(place, None),
        SeriesKey("0", "0"),
    ]
    whole, cell, commune, nothing = known.series(world.hoa, NOW.date(), keys)
    assert [point.week for point in whole.points] == [monday(back) for back in range(51, -1, -1)]
    last = cell.points[-1]
    assert (last.count, last.alarm) == (5, True) and last.low <= last.expected < last.high < 5
    assert commune.points[-1].alarm and commune.points[-1].count >= 5
    assert not any(point.count or point.alarm for point in nothing.points)
    in_year = select(func.count(Case.id)).where(Case.first_received_on >= monday(51))
    assert sum(point.count for point in whole.points) == db.session.scalar(
        in_year.where(Case.first_received_on < LAST + timedelta(days=7))
    )
    inside = sum(point.low <= point.count <= point.high for point in whole.points)
    assert inside >= 40 and whole.imported
    assert all(not point.count for point in known.series(world.binh, NOW.date(), keys)[0].points)
    shut = db.session.scalars(
        select(Case.id)
        .where(Case.place_id == planted.places[place], Case.field_id == planted.fields[field])
        .where(Case.first_received_on >= LAST)
        .order_by(Case.id)
    ).all()[0]
    _bar(shut, world.hoa.user_id)
    assert known.series(world.hoa, NOW.date(), keys)[1].points[-1].count == 4
    assert not known.series(world.hoa, NOW.date(), keys)[1].points[-1].alarm


def _bar(case_id: int, user_id: int) -> None:
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(case_id=case_id, user_id=user_id, reason=BarReason.RELATED)
        )


def test_who_may_know_and_who_may_write(world: World) -> None:
    planted = plant(world)
    scan(MONDAY_MORNING, week=LAST)
    day = NOW.date()
    burst = of_place(known.burning(world.hoa, day), planted.burst[0])
    chief = replace(world.minh, role=world.phuc.role, agency_id=world.agencies["thanh-tra"],
                    agency_ids=frozenset({world.agencies["thanh-tra"]}),
                    province_wide=True, unit_ids=frozenset({world.agencies["thanh-tra"]}))  # fmt: skip
    for reader, writes in (
        (world.hoa, True),
        (world.quy, True),
        (chief, True),
        (world.phuc, False),
    ):
        assert known.reads(reader) and known.writes(reader) is writes
        assert burst.uid in {line.uid for line in known.burning(reader, day)}
        assert known.episode(reader, burst.uid).may_write is writes
    for stranger in (
        world.minh,
        world.binh,
        world.khanh,
        world.lan,
        world.giam,
        world.tam,
        world.thu,
    ):
        assert not known.reads(stranger) and known.burning(stranger, day) == ()
        assert known.episodes(stranger, EpisodeFilters()).total == 0
        assert known.week(stranger).scan is None
        with pytest.raises(NotFound):
            known.episode(stranger, burst.uid)
        with pytest.raises(NotFound):
            _note(stranger, burst.uid, EntryKind.UPDATE, "…")
    with pytest.raises(Forbidden):
        _note(world.phuc, burst.uid, EntryKind.UPDATE, "…")

    uid = burst.uid
    with pytest.raises(Invalid) as refused:
        note(
            uid,
            Said(EntryKind.STATE, state=EpisodeState.HOT),
            version=None,
            actor=world.quy,
            now=NOW,
        )
    assert "state" in refused.value.fields, "nobody has it yet"
    with pytest.raises(Invalid):
        note(uid, Said(EntryKind.OWNER, owner="binh"), version=None, actor=world.quy, now=NOW)
    shown = known.episode(world.quy, uid)
    assert {each.username for each in known.keepers(world.quy, burst.id, day)} == {"hoa", "quy"}
    note(uid, Said(EntryKind.OWNER, owner="quy"), version=shown.line.version, actor=world.quy,
         now=NOW, key="k1")  # fmt: skip
    note(uid, Said(EntryKind.OWNER, owner="quy"), version=shown.line.version, actor=world.quy,
         now=NOW, key="k1")  # fmt: skip
    with pytest.raises(Stale):
        note(
            uid, Said(EntryKind.PLAN, "Chậm"), version=shown.line.version, actor=world.hoa, now=NOW
        )
    with pytest.raises(Invalid):
        note(
            uid,
            Said(EntryKind.STATE, state=EpisodeState.HOT),
            version=None,
            actor=world.quy,
            now=NOW,
        )
    for kind, text in ((EntryKind.PLAN, ""), (EntryKind.UPDATE, " "), (EntryKind.PLAN, "x" * 4001)):
        with pytest.raises(Invalid):
            _note(world.quy, uid, kind, text)
    with pytest.raises(Forbidden):
        _note(world.quy, uid, EntryKind.LISTED, "…")
    _note(world.quy, uid, EntryKind.PLAN, "Đối thoại tại thôn.")
    note(uid, Said(EntryKind.STATE, state=EpisodeState.HOT), version=None, actor=world.quy, now=NOW)
    with pytest.raises(Invalid):
        note(
            uid,
            Said(EntryKind.VERDICT, verdict=AlarmVerdict.WRONG),
            version=None,
            actor=world.hoa,
            now=NOW,
        )
    note(
        uid,
        Said(EntryKind.VERDICT, verdict=AlarmVerdict.RIGHT),
        version=None,
        actor=world.hoa,
        now=NOW,
    )
    shown = known.episode(world.hoa, uid)
    assert (shown.line.owner, shown.line.state, shown.plan) == (
        "Đặng Văn Quý", EpisodeState.HOT, "Đối thoại tại thôn.")  # fmt: skip
    kinds = [each.kind for each in shown.entries]
    assert kinds[:2] == [EntryKind.OPENED, EntryKind.LISTED]
    assert kinds[2:] == [EntryKind.OWNER, EntryKind.PLAN, EntryKind.STATE, EntryKind.VERDICT]
    assert [each.seq for each in shown.entries] == list(range(1, len(kinds) + 1))
    assert known.precision(world.hoa).right == 1
    mine = known.episodes(world.quy, EpisodeFilters(mine=True, field=planted.burst[1]))
    assert [line.uid for line in mine.lines] == [uid]
    with pytest.raises(Invalid):
        note(
            uid,
            Said(EntryKind.STATE, state=EpisodeState.SETTLED),
            version=None,
            actor=world.hoa,
            now=NOW,
        )
    note(uid, Said(EntryKind.STATE, "Đã giải quyết xong.", state=EpisodeState.SETTLED),
         version=None, actor=world.hoa, now=NOW)  # fmt: skip
    assert uid not in {line.uid for line in known.burning(world.hoa, day)}
    assert (
        known.episodes(world.hoa, EpisodeFilters(open=None, state=EpisodeState.SETTLED)).total == 1
    )

    note(
        uid,
        Said(EntryKind.STATE, state=EpisodeState.WATCHED),
        version=None,
        actor=world.hoa,
        now=NOW,
    )
    assert uid in {line.uid for line in known.burning(world.hoa, day)}, "watched again"

    # what was found to be none leaves the lists, and takes its alarms quietly
    wrong = of_place(known.burning(world.hoa, day), planted.commune)
    note(wrong.uid, Said(EntryKind.VERDICT, "Trùng đợt tiếp dân.", verdict=AlarmVerdict.WRONG),
         version=None, actor=world.hoa, now=NOW)  # fmt: skip
    assert wrong.uid not in {line.uid for line in known.burning(world.hoa, day)}
    week = known.week(world.hoa)
    assert wrong.uid not in {line.uid for line in week.followed}
    assert wrong.uid in {line.uid for line in known.episodes(world.hoa, EpisodeFilters()).lines}
    assert (week.precision.right, week.precision.wrong) == (1, 1)

    # who is shut out of one case behind it knows nothing of the whole
    _bar(burst.case_ids[0], world.quy.user_id)
    assert known.precision(world.quy).judged == 1 and known.precision(world.hoa).judged == 2
    for read in (
        lambda: known.episode(world.quy, uid),
        lambda: _note(world.quy, uid, EntryKind.UPDATE, "…"),
    ):
        with pytest.raises(NotFound):
            read()
    assert {each.username for each in known.keepers(world.hoa, burst.id, day)} == {"hoa"}
    other = of_place(known.burning(world.quy, day), planted.road[0])
    with transaction() as session:
        session.execute(
            update(Case).where(Case.id == other.case_ids[0]).values(kind=Kind.DENUNCIATION)
        )
    assert other.uid not in {line.uid for line in known.burning(world.quy, day)}
    assert other.uid in {line.uid for line in known.burning(world.hoa, day)}


def _note(actor: Any, uid: str, kind: EntryKind, text: str) -> str:
    return note(uid, Said(kind, text), version=None, actor=actor, now=NOW)


def test_denunciations_are_scanned_apart_and_only_for_those_with_the_duty(world: World) -> None:
    plant(world)
    codes = [register(DENUNCIATION, actor=world.lan, now=NOW) for _ in range(8)]
    with transaction() as session:
        place = session.scalars(select(Place.id).where(Place.code == "98002")).one()
        sealed = session.scalars(select(Case).where(Case.code.in_(codes))).all()
        for case in sealed:
            case.first_received_on, case.place_id = LAST, place
        past = [
            case_row(
                world, 91_000 + number, monday(number), kind=Kind.DENUNCIATION,
                field_id=sealed[0].field_id, place_id=place + 1 + number % 5,
            )
            for number in range(2, 60)
        ]  # fmt: skip
        session.execute(insert(Case), past)
    scan(MONDAY_MORNING, week=LAST)
    day = NOW.date()
    secret = [line for line in known.burning(world.hoa, day) if line.secret]
    assert len(secret) == 1 and secret[0].headline.observed == 8
    assert not any(line.secret for line in known.burning(world.quy, day))
    assert known.week(world.quy).secret_scan is None
    assert known.week(world.hoa).expected_false > known.week(world.quy).expected_false
    with pytest.raises(NotFound):
        known.episode(world.quy, secret[0].uid)
    assert [each.username for each in known.keepers(world.hoa, secret[0].id, day)] == ["hoa"]
    with pytest.raises(Leak):
        _note(world.hoa, secret[0].uid, EntryKind.UPDATE, f"Gặp {DENUNCIATION.parties[0].name}.")
    _note(world.hoa, secret[0].uid, EntryKind.UPDATE, "Chuyện riêng của đội.")
    stored = db.session.execute(
        select(EpisodeEntry.words, EpisodeEntry.sealed).where(EpisodeEntry.kind == EntryKind.UPDATE)
    ).one()
    assert stored.words is None and "Chuyện riêng".encode() not in stored.sealed
    assert known.episode(world.hoa, secret[0].uid).entries[-1].words == "Chuyện riêng của đội."


def test_one_matter_counts_once(world: World) -> None:
    """Voided, joined, split, second instances, merged communes, unknown places."""
    planted = plant(world)
    before = _counted()
    with transaction() as session:
        old = Place(code="97001", name="Xã Cũ", folded_name="xa cu", kind="xã", valid_to=LAST,
                    province_id=world.places["99"], valid_from=date(2020, 1, 1))  # fmt: skip
        session.add(old)
        session.flush()
        session.execute(insert(FormerName).values(
            place_id=planted.places["98001"], name="Xã Cũ", folded_name="xa cu", part=FormerPart.WHOLE))  # fmt: skip
        session.execute(
            update(Agency).where(Agency.code == "an-binh").values(place_id=world.places["99001"])
        )
        land, soil, school = (planted.fields[c] for c in ("dat-dai", "thu-hoi-dat", "giao-duc"))

        def row(number: int, **more: Any) -> dict[str, Any]:
            return case_row(world, 80_000 + number, LAST, **{
                "field_id": land, "place_id": planted.places["98001"], **more})  # fmt: skip

        here = {"origin_agency_id": world.agencies["an-binh"], "place_id": None}
        rows = [
            row(0), row(1, state=State.VOIDED), row(2, state=State.JOINED), row(3, state=State.SPLIT),
            row(4), row(5, field_id=soil), row(6, field_id=school), row(7, instance=2), row(8),
            row(9, place_id=old.id), row(10, **here), row(11, place_id=None), row(12, state=State.VOIDED),
        ]  # fmt: skip
        ids = session.scalars(
            insert(Case).returning(Case.id, sort_by_parameter_order=True), rows
        ).all()
        session.execute(insert(CaseLink), [
            {"from_case_id": ids[part], "to_case_id": ids[3], "kind": LinkKind.SPLIT_FROM, "since": LAST}
            for part in (4, 5, 6, 12)
        ] + [{"from_case_id": ids[7], "to_case_id": ids[0], "kind": LinkKind.SECOND_INSTANCE_OF, "since": LAST}])  # fmt: skip
        into, province = planted.places["98001"], world.places["99001"]
        old_id = old.id
    after = _counted()
    top = planted.fields["van-hoa-xa-hoi"]
    more = {
        key: number - before.get(key, 0)
        for key, number in after.items()
        if number != before.get(key, 0)
    }
    assert more == {
        (
            into,
            land,
        ): 3,  # one, the petition that was split (two of its parts are about land), another
        (into, top): 1,  # the part about schools
        (old_id, land): 1,
        (province, land): 1,
        (None, land): 1,
    }
    assert merged_places() == {old_id: into}
    source = gather(secret=False, first=LAST, last=LAST)
    assert source.by_place["98001", "dat-dai", LAST] == before.get((into, land), 0) + 4
    assert sum(source.placeless.values()) == 1


def _counted() -> dict[tuple[int | None, ...], int]:
    found = cells(PLACE, FIELD, secret=False, first=LAST, last=LAST + timedelta(days=6))
    return {cell.key: cell.count for cell in found}


def test_wrong_verdicts_raise_the_cut_and_late_typing_is_told(world: World) -> None:
    planted = plant(world)
    with transaction() as session:
        session.execute(insert(Episode), [
            {"uid": f"{number:032x}", "version": 1, "secret": False, "unit": SeriesUnit.PLACE,
             "state": EpisodeState.SETTLED, "trend": Trend.CLOSED, "serious": False, "score": 1.0,
             "top_score": 1.0, "opened_week": monday(20), "last_week": monday(20),
             "closed_week": monday(10), "verdict": AlarmVerdict.WRONG, "judged_at": NOW}
            for number in range(30)
        ])  # fmt: skip
        late = session.scalars(
            select(Case.id).where(Case.place_id == planted.places[planted.burst[0]])
        ).all()
        session.execute(
            update(Case).where(Case.id.in_(late)).values(entered_at=NOW, imported_key=None)
        )
    plain = detect(gather(secret=False, first=LAST, last=LAST), LAST, 0.0)
    scan(MONDAY_MORNING, week=LAST)
    made = db.session.scalars(
        select(HotspotScan).where(HotspotScan.week == LAST, ~HotspotScan.secret)
    ).one()
    assert made.raised == pytest.approx(0.3902, abs=1e-3)
    assert made.expected_false < plain.expected_false and made.alarms <= len(plain.alarms)
    cuts = [each["place_field"]["cut"] for each in (made.cuts, plain.cuts)]
    assert cuts[0] == pytest.approx(cuts[1] + made.raised, abs=1e-3)
    line = of_place(known.burning(world.hoa, NOW.date()), planted.burst[0])
    assert line.headline.completeness == 0 and line.headline.incomplete
    assert scan_instant(LAST) == MONDAY_MORNING
    assert cells(OFFICE, secret=False, first=monday(51), last=LAST, extra=OFFICE.is_not(None)) == []
