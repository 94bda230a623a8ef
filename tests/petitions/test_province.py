"""The picture of the province: what is counted for whom, spells of work, sensitive periods."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from config.database import db, transaction
from petitions.access import visible
from petitions.errors import Forbidden, Invalid, NotFound, Stale
from petitions.models import Case, CaseBar, Event, PlacePopulation, Receipt, SensitiveWeek
from petitions.queries.case_filters import SETTLED
from petitions.queries.province import backlog as work
from petitions.queries.province.backlog import Spell, backlog, spells
from petitions.queries.province.lists import Sign, before_sessions, groups, level_skipping
from petitions.queries.province.places import (
    Counts,
    by_place,
    by_place_and_field,
    communes,
)
from petitions.queries.province.reach import may_keep_periods
from petitions.queries.sensitive import monday, period, periods
from petitions.services import populations
from petitions.services import sensitive as service
from petitions.services.imports.tables import Unreadable
from petitions.services.sensitive import PeriodGiven
from petitions.services.weighing import run as weigh
from tests.conftest import NOW, TODAY
from tests.petitions.test_lists import sent
from tests.petitions.test_work_reports import suggestion
from tests.statements import counted
from tests.web.cases import DENUNCIATION, LATE, done, in_verification, registered
from tests.world import World
from workflows.ageing import LATE_BANDS
from workflows.records import BarReason
from workflows.transition import UNSETTLED
from workflows.vocabulary import Action, Actor, Kind, Need, Role, State

SESSION = PeriodGiven(
    name="Kỳ họp Quốc hội",
    starts=TODAY + timedelta(days=20),
    ends=TODAY + timedelta(days=30),
    weeks_before=4,
)


def casework(world: World) -> dict[str, str]:
    """Cases of both communes: open, late, settled, passed on, of a group, a denunciation, one voided."""
    found = {
        "late": registered(world, received_on=TODAY - timedelta(days=45), late_reason=LATE, place_code="99001"),
        "group": registered(world, group_size=40, place_code="99002"),
        "denunciation": registered(world, DENUNCIATION, place_code="99002"),
        "verifying": in_verification(world),
        "answered": suggestion(world, TODAY - timedelta(days=33)),
        "waiting": suggestion(world, TODAY - timedelta(days=12)),
        "sent": sent(world),
        "voided": registered(world),
    }  # fmt: skip
    done(found["answered"], Action.ANSWER, world.minh, {Need.RESULT: "Đã trả lời", Need.DOCUMENT: "1"}, TODAY - timedelta(days=5))  # fmt: skip
    with transaction() as session:
        session.execute(
            update(Case).where(Case.code == found["voided"]).values(state=State.VOIDED, open=False)
        )
    return found


def recounted(actor: Actor) -> Counter[Spell]:
    """Spells by walking every case's events one by one."""
    found: Counter[Spell] = Counter()
    after = TODAY - work.WATCHED
    for case in db.session.scalars(select(Case).where(visible(actor), Case.state != State.VOIDED)):
        since, settled = case.first_received_on, case.last_on
        for event in db.session.scalars(
            select(Event).where(Event.case_id == case.id).order_by(Event.seq)
        ):
            owing = event.state_from is None or State(event.state_from) in UNSETTLED
            if "from_agency" in event.data and "to_agency" in event.data:
                end, how = (event.on, work.PASSED) if owing else (settled, work.DONE)
                found[Spell(event.data["from_agency"], since, end, how, 1)] += 1
                receipts = select(Receipt.received_on).where(
                    Receipt.case_id == case.id,
                    Receipt.agency_id == event.data["to_agency"],
                    Receipt.received_on >= event.on,
                )
                since = min(db.session.scalars(receipts), default=event.on)
            if owing and State(event.state_to) in SETTLED:
                settled = event.on
        since = case.received_on if case.kind is not Kind.DENUNCIATION else since
        if case.state in UNSETTLED:
            found[Spell(case.agency_id, since, None, work.OPEN, 1)] += 1
        else:
            found[Spell(case.agency_id, since, settled, work.DONE, 1)] += 1
    return Counter(
        {
            each: number
            for each, number in found.items()
            if (each.until is None or each.until > after)
            and (actor.province_wide or each.agency_id in actor.agency_ids)
        }
    )


def test_the_picture_counts_what_may_be_opened(world: World) -> None:
    """Spells are the plain recount for each reader; lateness adds up; nobody else's cases are in it."""
    made = casework(world)
    for reader in (world.hoa, world.quy, world.minh, world.phuc):
        expected = recounted(reader)
        got = Counter({replace_number(each): each.number for each in spells(reader, TODAY)})
        assert got == expected, reader.name
        with counted() as seen:
            found = backlog(reader, TODAY)
        assert len(seen.statements) == 3
        _adds_up(found, expected)
    assert not [
        each for each in spells(world.khanh, TODAY) if each.agency_id != world.agencies["bao-lam"]
    ]
    for stranger in (world.binh, world.lan, world.tam, world.giam):
        with pytest.raises(Forbidden):
            backlog(stranger, TODAY)

    # by place and field: the denunciation only for whoever has the duty
    place = world.places["99002"]
    assert by_place(world.hoa, TODAY)[place] == Counts(open=2, overdue=0, received=2)
    assert by_place(world.quy, TODAY)[place] == Counts(open=1, overdue=0, received=1)
    with counted() as seen:
        figures, fields = by_place_and_field(world.hoa, TODAY)
    assert len(seen.statements) == 2
    totals: defaultdict[int | None, Counts] = defaultdict(Counts)
    for (at, _), counts in figures.items():
        totals[at] += counts
    assert dict(totals) == dict(by_place(world.hoa, TODAY))
    assert {each.id for each in fields} == {field for _, field in figures}
    assert by_place(world.hoa, TODAY)[world.places["99001"]].overdue == 1

    # who is shut out of a case counts it nowhere
    with transaction() as session:
        case_id = session.scalars(select(Case.id).where(Case.code == made["group"])).one()
        session.execute(
            insert(CaseBar).values(
                case_id=case_id, user_id=world.hoa.user_id, reason=BarReason.RELATED
            )
        )
    assert by_place(world.hoa, TODAY)[place].open == 1
    assert groups(world.hoa, TODAY).total == 0
    assert groups(world.quy, TODAY).total == 1


def replace_number(spell: Spell) -> Spell:
    """A spell as the recount names it."""
    return spell._replace(number=1)


def _adds_up(found: work.Backlog, expected: Counter[Spell]) -> None:
    by_agency: defaultdict[int, Counter[Spell]] = defaultdict(Counter)
    for spell, number in expected.items():
        by_agency[spell.agency_id][spell] += number
    assert {each.id for each in found.lines} == set(by_agency)
    month, quarter = timedelta(days=28), timedelta(days=84)
    for line in found.lines:
        assert line.id is not None
        own = by_agency[line.id]
        assert line.open == sum(n for each, n in own.items() if each.until is None)
        assert line.came == tuple(
            sum(n for each, n in own.items() if each.since > TODAY - back)
            for back in (month, quarter)
        )
        assert line.went == tuple(
            sum(n for each, n in own.items() if each.until and each.until > TODAY - back)
            for back in (month, quarter)
        )
        assert sum(line.bands) == line.open
        assert sum(line.late_bands) == line.late <= line.open
        assert line.soon[0] <= line.soon[1] <= line.open
    for part in ("open", "late", "bands", "late_bands", "soon", "came", "went"):
        values = [getattr(each, part) for each in found.lines]
        whole = getattr(found.all, part)
        if isinstance(whole, int):
            assert whole == sum(values)
        else:
            assert whole == tuple(map(sum, zip(*values, strict=True)))
    assert len(found.all.late_bands) == len(LATE_BANDS) + 1


def test_lists_before_sessions(world: World) -> None:
    """Groups by size, prolonged and skipped ones as they were weighed; each in one statement."""
    made = casework(world)
    old = registered(
        world, received_on=TODAY - timedelta(days=250), late_reason=LATE, contested=None
    )
    weigh(NOW)
    with counted() as seen:
        crowds = groups(world.hoa, TODAY)
    assert len(seen.statements) == 1
    assert [line.code for line in crowds.lines] == [made["group"]]
    assert level_skipping(world.minh, TODAY).total == 0
    listed = before_sessions(world.hoa, TODAY)
    assert [line.code for line in listed.lines] == [made["group"], old]
    assert listed.lines[0].signs[0] is Sign.CROWD
    assert Sign.PROLONGED in listed.lines[1].signs
    assert Sign.OVERDUE in listed.lines[1].signs
    assert before_sessions(world.khanh, TODAY).total == 0


def test_sensitive_periods(world: World) -> None:
    """Kept by the inspectorate; a list is owed each week from before the period until its end."""
    assert may_keep_periods(world.hoa)
    assert may_keep_periods(replace(world.quy, role=Role.HEAD))
    for stranger in (world.minh, world.phuc, world.binh, world.tam):
        assert not may_keep_periods(stranger)
        with pytest.raises(Forbidden):
            service.save_period(SESSION, uid=None, version=None, actor=stranger, now=NOW)
    uid = service.save_period(SESSION, uid=None, version=None, actor=world.hoa, now=NOW, key="k")
    again = service.save_period(SESSION, uid=None, version=None, actor=world.hoa, now=NOW, key="k")
    assert again == uid
    (known,) = periods(TODAY)
    assert known.first_list == date(2026, 11, 9)
    assert known.owed(TODAY) == monday(TODAY) == date(2026, 11, 16)
    assert known.owed(date(2026, 11, 8)) is None
    assert known.owed(SESSION.ends + timedelta(days=1)) is None
    for wrong, field in (
        (replace(SESSION, ends=SESSION.starts - timedelta(days=1)), "ends"),
        (replace(SESSION, ends=SESSION.starts + timedelta(days=500)), "ends"),
        (replace(SESSION, weeks_before=27), "weeks_before"),
        (replace(SESSION, name=" "), "name"),
    ):
        with pytest.raises(Invalid) as refused:
            service.save_period(wrong, uid=uid, version=1, actor=world.hoa, now=NOW)
        assert list(refused.value.fields) == [field]
    service.save_period(
        replace(SESSION, name="Đại hội"), uid=uid, version=1, actor=world.quy, now=NOW
    )
    with pytest.raises(Stale):
        service.save_period(SESSION, uid=uid, version=1, actor=world.hoa, now=NOW)

    registered(world, group_size=7)
    for _ in range(2):  # a second note replaces the first
        service.note_list(uid, actor=world.hoa, now=NOW)
    assert [(each.week, each.listed) for each in period(uid).made] == [(monday(TODAY), 1)]
    assert db.session.query(SensitiveWeek).count() == 1
    early = replace(SESSION, starts=TODAY + timedelta(days=90), ends=TODAY + timedelta(days=95))
    later = service.save_period(early, uid=None, version=None, actor=world.hoa, now=NOW)
    with pytest.raises(Invalid):
        service.note_list(later, actor=world.hoa, now=NOW)
    with pytest.raises(Stale):
        service.drop_period(later, version=7, actor=world.hoa, now=NOW)
    service.drop_period(later, version=1, actor=world.hoa, now=NOW)
    with pytest.raises(NotFound):
        period(later)
    assert [each.name for each in periods(TODAY)] == ["Đại hội"]


def test_people_of_a_list_of_units(world: World, tmp_path: Path) -> None:
    """Where the list has them; the latest count not after the day holds; faults name their row."""

    def read(*rows: tuple[str, str, str]) -> int:
        path = tmp_path / "units.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("code", "population", "population_on"), *rows])
        return populations.keep(populations.read_people(path, today=TODAY))

    assert read(("99001", "12.345", "01/04/2026"), ("99002", "", ""), ("99003", "800", "")) == 2
    assert read(("99001", "13000", "01/01/2027")) == 1
    assert read(("99003", "801", "")) == 1
    known = {each.code: each.people for each in communes(TODAY)}
    assert known == {"99001": 12345, "99002": None, "99003": 801}
    assert db.session.query(PlacePopulation).count() == 3
    for wrong in (("99001", "-5", ""), ("99001", "mười", ""), ("99001", "5", "31/02/2026")):
        with pytest.raises(Unreadable) as refused:
            read(wrong)
        assert next(iter(refused.value.fields)).startswith("units.csv: dòng 2: population")
