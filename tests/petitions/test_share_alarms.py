"""Rate alarms of the register: skipped and repeated matters are counted, called, kept and kept from whoever is shut out."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from config.database import db, transaction
from petitions.models import (
    Case,
    CaseBar,
    CaseLink,
    HotspotScan,
    Petition,
    Place,
    ShareAlarm,
    ShareAlarmCase,
)
from petitions.queries import hotspots as known
from petitions.services.hotspots import scan
from petitions.services.weighing import shipped_table
from petitions.services.weighing_around import surroundings
from petitions.services.weighing_facts import found, signs
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.petitions.hotspot_province import LAST, case_row, monday
from tests.petitions.test_hotspots import MONDAY_MORNING
from tests.petitions.weighing_rows import matters
from tests.world import SINCE, World, field_id
from workflows.episodes import ShareSign
from workflows.records import BarReason, LinkKind, Source
from workflows.shares import Share
from workflows.vocabulary import Fact, Kind, State

COMMUNES, WEEKS = 12, 66
SKIPPING, REPEATING, TOLD, OLD = 3, 5, 8, 9
"""Communes where levels are skipped lately; where petitions are sent again; where denunciations skip; where an
old register knows of no skipping."""


class Register:
    """A province in which one matter in ten skips a level and one in ten is sent again, everywhere alike."""

    def __init__(self, world: World, *, planted: bool) -> None:
        self.world, self.planted = world, planted
        self.source = random.Random(11)
        self.cases: list[dict[str, Any]] = []
        self.papers: list[dict[str, Any]] = []
        self.joined: list[tuple[int, int]] = []

    def write(self) -> list[int]:
        """The ids of its communes."""
        field = field_id("dat-dai")
        with transaction() as session:
            places = [
                Place(code=f"97{n:03d}", name=f"Xã Số {n}", folded_name=fold(f"Xã Số {n}"), kind="xã",
                      province_id=self.world.places["99"], valid_from=SINCE)
                for n in range(COMMUNES)
            ]  # fmt: skip
            session.add_all(places)
            session.flush()
            ids = [each.id for each in places]
            self._fill(ids, field)
            session.execute(insert(Case), self.cases)
            known_ids = dict(session.execute(select(Case.code, Case.id)).all())
            numbers = [known_ids[row["code"]] for row in self.cases]
            session.execute(
                insert(Petition),
                [{**row, "case_id": numbers[row["case_id"]]} for row in self.papers],
            )
            session.execute(
                insert(CaseLink),
                [
                    {"from_case_id": numbers[one], "to_case_id": numbers[other],
                     "kind": LinkKind.JOINED_INTO, "since": LAST}
                    for one, other in self.joined
                ],
            )  # fmt: skip
        return ids

    def _fill(self, places: list[int], field: int) -> None:
        for back in range(WEEKS - 1, -1, -1):
            for number, place in enumerate(places):
                for each in range(1 + (back + number) % 2):
                    day = monday(back) + timedelta(days=(number + 3 * each) % 7)
                    self._matter(number, place, field, back, day)

    def _matter(self, number: int, place: int, field: int, back: int, day: date) -> None:
        skips, again = self.source.random() < 0.1, self.source.random() < 0.1
        more: dict[str, Any] = {}
        if self.planted and back < 12 and number in {SKIPPING, TOLD}:
            skips = self.source.random() < 0.7
        if self.planted and back < 4 and number == REPEATING:
            again = True
        if number == TOLD:
            more["kind"] = Kind.DENUNCIATION
        if number == OLD:
            skips, more["imported_key"] = back < 12, f"so-cu:{len(self.cases)}"
        case = self._case(place, field, day, open=back < 3 or self.source.random() < 0.4, **more)
        first = "ubnd-tinh" if skips and not again else "an-binh"
        self._paper(case, first, day)
        if skips and again:
            self._paper(case, "ubnd-tinh", day)
        elif again and self.source.random() < 0.5:
            self._paper(case, "an-binh", day + timedelta(days=1))
        elif again:
            other = self._case(place, field, day, open=False, state=State.JOINED)
            self._paper(other, "an-binh", day + timedelta(days=1))
            self.joined.append((other, case))

    def _case(self, place: int, field: int, day: date, **more: Any) -> int:
        body = self.world.agencies["an-binh"]
        self.cases.append(
            case_row(
                self.world, len(self.cases), day, **{
                    "place_id": place, "field_id": field, "agency_id": body, "origin_agency_id": body,
                    "competent": True, "facts": {Fact.ACCEPTED.value: day.isoformat()}, **more,
                },
            )
        )  # fmt: skip
        return len(self.cases) - 1

    def _paper(self, case: int, body: str, day: date) -> None:
        self.papers.append({
            "case_id": case, "ordinal": 1 + sum(row["case_id"] == case for row in self.papers[-2:]),
            "agency_id": self.world.agencies[body], "register_year": day.year,
            "register_number": len(self.papers) + 1, "received_on": day,
            "entered_at": datetime.combine(day, NOW.timetz()), "source": Source.POST,
        })  # fmt: skip


def test_planted_shares_are_called_kept_and_kept_from_others(world: World) -> None:
    places = Register(world, planted=True).write()
    scan(MONDAY_MORNING, week=LAST)
    page = known.week(world.hoa)
    called = {(each.place.id, each.sign): each for each in page.shares}
    skipping = called[places[SKIPPING], ShareSign.SKIPPED]
    repeating = called[places[REPEATING], ShareSign.REPEATED]
    assert places[TOLD] not in {place for place, _ in called}, "no denunciations"
    assert places[OLD] not in {place for place, _ in called}, "nothing of other registers"
    assert 0 < page.shares_false <= 0.2 * len(page.shares)

    # counted by hand from the rows: all of the window, ended cases too, joined papers too
    assert (skipping.window, skipping.matters) == (12, 18)
    above = select(Petition.case_id).where(Petition.agency_id == world.agencies["ubnd-tinh"])
    window = (Case.place_id == places[SKIPPING], Case.first_received_on >= monday(11),
              Case.first_received_on < LAST + timedelta(weeks=1), Case.state != State.JOINED)  # fmt: skip
    by_hand = select(Case.id).where(*window, Case.id.in_(above)).order_by(Case.id)
    assert skipping.case_ids == tuple(db.session.scalars(by_hand)) != ()
    assert not all(db.session.scalars(select(Case.open).where(Case.id.in_(skipping.case_ids))))
    # (20 × the others' share + 9) / 98 × 18
    assert skipping.sentence == "11 trong 18 đơn vượt cấp trong 12 tuần, thường 2 trong 18"
    assert (repeating.window, repeating.marked, repeating.matters) == (4, 6, 6)

    # worked out again from the row alone; rows are never changed; the same on either database
    row = db.session.scalars(
        select(ShareAlarm)
        .where(ShareAlarm.place_id == places[SKIPPING], ShareAlarm.sign == ShareSign.SKIPPED)
        .order_by(ShareAlarm.scan_id.desc())
    ).first()
    assert row is not None
    again = Share(row.place_id, row.sign, row.window, row.marked, row.matters, row.before_marked,
                  row.before, row.around)  # fmt: skip
    assert (again.p, again.expected) == pytest.approx((row.p, row.expected), rel=1e-12)
    assert [
        (each.place.code, each.sign.value, each.window, each.marked, each.matters,
         each.before_marked, each.before)
        for each in page.shares
    ] == GOLDEN  # fmt: skip
    for table in (ShareAlarm, ShareAlarmCase):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(update(table).values({next(iter(table.__table__.c)).name: 1}))

    # who is shut out of one case counted, even of one joined into it, or of a later denunciation
    joined = db.session.scalars(
        select(ShareAlarmCase.case_id)
        .join(Case, Case.id == ShareAlarmCase.case_id)
        .where(Case.state == State.JOINED, Case.place_id == places[REPEATING])
    ).first()
    with transaction() as session:
        session.add(
            CaseBar(case_id=joined, user_id=world.users["quy"], reason=BarReason.RESPONDENT)
        )  # fmt: skip
        session.execute(
            update(Case).where(Case.id == skipping.case_ids[0]).values(kind=Kind.DENUNCIATION)
        )
    assert known.week(world.quy).shares == ()
    assert len(known.week(world.hoa).shares) == 2, "she has the duty and no bar"
    assert [each.sign for each in known.week(world.phuc).shares] == [ShareSign.REPEATED], (
        "the chair"
    )
    assert known.week(world.minh).shares == known.week(world.binh).shares == ()


def test_signs_are_those_of_the_severity(world: World) -> None:
    """Random matters: whatever severity sees in an open case by itself is a sign, and nothing else is."""
    ids = matters(world, 5)
    around = surroundings(TODAY, shipped_table())
    shown = {each.case_id: each for each in signs(ids, around)}
    assert set(shown) == set(ids), "ended ones too"
    weighed = found(ids, around)
    for each in weighed:
        sign = shown[each.case_id]
        assert (each.alone.skip is not None) == (sign.skipped_on is not None)
        assert each.whole.petitions < 2 or sign.repeated_on is not None
    assert 10 < sum(each.alone.skip is not None for each in weighed) < len(weighed) - 10
    assert signs(ids[::-1], around) == list(shown.values())


def test_a_province_where_nothing_happens(world: World) -> None:
    """Twelve Mondays, caught up with in one run: no more chance is called than the scans say."""
    Register(world, planted=False).write()
    assert scan(MONDAY_MORNING).weeks == 24
    scans = db.session.scalars(select(HotspotScan).where(~HotspotScan.secret)).all()
    cuts = [each.cuts["shares"] for each in scans]
    alarms = db.session.scalars(select(ShareAlarm)).all()
    assert sum(cut["alarms"] for cut in cuts) == len(alarms)
    assert len(alarms) <= 2 * sum(cut["expected_false"] for cut in cuts)
    assert len({(each.place_id, each.sign) for each in alarms}) <= 1
    assert all(cut["expected_false"] <= 0.2 * max(1, cut["alarms"]) for cut in cuts)
    assert {cut["series"] for cut in cuts} == {20}
    secret = db.session.scalars(select(HotspotScan.cuts).where(HotspotScan.secret))
    assert all("shares" not in cut for cut in secret)


GOLDEN = [
    ("97005", "repeated", 4, 6, 6, 6, 78),
    ("97003", "skipped", 12, 11, 18, 9, 78),
]
"""What the latest week calls, on either database."""
