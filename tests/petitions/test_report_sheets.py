"""Sheets and campaigns over random casework: what is signed is what was counted, and stays so."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from config.database import db, transaction
from petitions.access import visible
from petitions.errors import Forbidden, Invalid, NotAllowedNow, NotFound, Stale
from petitions.models import (
    Case,
    CaseBar,
    OpeningBalance,
    ReportTurn,
    SheetTable,
    SignedSheet,
    SignedTable,
)
from petitions.models.reminders import Subject
from petitions.queries.cases import by_ids
from petitions.queries.consolidation import against_today, consolidation, differences
from petitions.queries.report_campaigns import (
    campaign,
    campaigns,
    case_ids_behind,
    digest_stands,
    draft_tables,
    own_sheets,
    sheet,
    signed_choices,
    signed_tables,
)
from petitions.queries.report_shapes import Sheet
from petitions.queries.statistics.figures import Window, figures
from petitions.queries.statistics.openings import with_openings
from petitions.queries.statistics.periods import window
from petitions.queries.statistics.spec import Universe, versions
from petitions.queries.statistics.stored import form_of, report_of
from petitions.services import sheet_signing, snapshots
from petitions.services.caseless_dates import CASELESS
from petitions.services.openings import OpeningGiven, declare
from petitions.services.report_campaigns import CampaignGiven, ask, move_due, withdraw
from petitions.services.reporting import DutyGiven, save_duty
from petitions.services.snapshots import SheetGiven
from tests.conftest import NOW, TODAY
from tests.petitions.test_statistics_walk import Walker
from tests.world import World
from workflows.records import BarReason
from workflows.report_campaigns import SheetStanding, SheetState, standing_of
from workflows.reporting import Concerned, ReportPeriod
from workflows.vocabulary import Actor, Role

Q3 = window("quy-3", 2026)
SPEC = "tt01-2024"
EVERY = tuple(versions()[SPEC].tables)
UNITS = ("an-binh", "bao-lam", "ubnd-tinh")
HEADS = {"an-binh": "minh", "bao-lam": "khanh", "ubnd-tinh": "phuc"}


def head_of(world: World) -> Actor:
    """The head of the inspectorate, who signs what its inspectors add up."""
    return replace(world.quy, role=Role.HEAD)


def asked(world: World, tables: tuple[str, ...] = EVERY, **changes: object) -> str:
    """A campaign for the third quarter."""
    given = {
        "name": "Số liệu quý III năm 2026", "spec": SPEC, "tables": tables, "first": Q3.first,
        "last": Q3.last, "due": TODAY + timedelta(days=3), "units": UNITS,
    } | changes  # fmt: skip
    return ask(CampaignGiven(**given), actor=world.hoa, now=NOW)  # type: ignore[arg-type]


def of(world: World, uid: str, unit: str) -> str:
    """The uid of a unit's sheet."""
    found = campaign(world.hoa, uid, TODAY)
    return next(each.uid for each in found.sheets if each.unit.code == unit)


def prepared(uid: str, actor: Actor) -> Sheet:
    """The sheet counted and complete."""
    snapshots.count(uid, version=sheet(actor, uid).version, actor=actor, now=NOW)
    for name in sheet(actor, uid).tables:
        snapshots.write_by_hand(
            uid, name, {}, zeros=True, version=sheet(actor, uid).version, actor=actor, now=NOW
        )
    return sheet(actor, uid)


def signed(uid: str, actor: Actor) -> None:
    """The sheet counted, completed and signed."""
    sheet_signing.sign(uid, version=prepared(uid, actor).version, actor=actor, now=NOW)


def everything(uid: str, actor: Actor, edition: int | None = None) -> object:
    """What a signature covers."""
    found = signed_tables(actor, uid, edition)
    return [(name, each.lines, each.total) for name, each in found.tables.items()]


@pytest.mark.parametrize("seed", [11])
def test_from_the_question_to_the_signed_sum(world: World, seed: int) -> None:
    """Signed = counted; consolidated = sum; later edits change nothing; lists hold what one may open."""
    walker = Walker(world, seed)
    walker.walk(45, 10)
    db.session.rollback()
    uid = asked(world)
    sheets = {unit: of(world, uid, unit) for unit in UNITS}
    for unit in UNITS[:2]:
        signed(sheets[unit], world.actors[HEADS[unit]])

    live = {name: figures(table, Q3, among=None) for name, table in versions()[SPEC].tables.items()}
    for unit in UNITS[:2]:
        got = signed_tables(world.hoa, sheets[unit])
        for name, report in got.tables.items():
            (line,) = report.lines
            assert not [each for each in report.broken if not each.identity.soft]
            counted = next(each.values for each in live[name].lines if each.unit.code == unit)
            for column in report.table.columns:
                if not column.missing:
                    assert line.values[column.number] == counted[column.number], (name, column)
            assert_lists(world, sheets[unit], name)
    shown = sheet(world.hoa, sheets["an-binh"])
    assert digest_stands(shown, shown.editions[0])

    found = campaign(world.hoa, uid, TODAY)
    summed = consolidation(found, TODAY)
    assert summed.missing == ("UBND tỉnh Sơn Lâm",)
    for name, report in summed.reports.items():
        parts = [signed_tables(world.hoa, sheets[unit]).tables[name].total for unit in UNITS[:2]]
        for column in report.table.columns:
            known = [each[column.number] for each in parts if each[column.number] is not None]
            assert report.total[column.number] == (sum(known) if known else None)
        assert against_today(found, summed, name, world.hoa) == ()
    with pytest.raises(Forbidden):
        sheet_signing.sign_consolidated(uid, summed.digest, actor=world.phuc, now=NOW)
    sheet_signing.sign_consolidated(uid, summed.digest, actor=head_of(world), now=NOW)
    assert found.consolidated is not None
    before = {
        each: everything(each, world.hoa)
        for each in (*list(sheets.values())[:2], found.consolidated)
    }

    walker.walk(15, 8)  # the casework goes on, in the window too
    for code in db.session.scalars(select(Case.code).limit(12)).all():
        walker.act(code)
    db.session.rollback()
    assert {each: everything(each, world.hoa) for each in before} == before
    moved = [each for name in EVERY for each in against_today(found, summed, name, world.hoa)]
    assert moved, "the walk left the quarter as it was"

    late = sheets["ubnd-tinh"]
    signed(late, world.phuc)
    with pytest.raises(Stale):  # somebody sent since the page was drawn
        sheet_signing.sign_consolidated(
            uid, summed.digest, reason="x", actor=head_of(world), now=NOW
        )
    again = consolidation(campaign(world.hoa, uid, TODAY), TODAY)
    with pytest.raises(Invalid):  # a second edition needs a reason
        sheet_signing.sign_consolidated(uid, again.digest, actor=head_of(world), now=NOW)
    sheet_signing.sign_consolidated(
        uid, again.digest, reason="UBND tỉnh gửi sau", actor=head_of(world), now=NOW
    )
    newest = signed_tables(world.hoa, found.consolidated)
    assert (newest.edition, newest.missing) == (2, ())
    assert everything(found.consolidated, world.hoa, 1) == before[found.consolidated]
    assert "ubnd-tinh" in {each.unit.code for each in newest.tables["01/XLD"].lines}
    assert [each.edition for each in signed_choices(world.hoa) if each.consolidated] == [2]


def assert_lists(world: World, uid: str, name: str) -> None:
    """A figure of cases has as many behind it; before a reader stand those he may open, and no others."""
    shown = sheet(world.hoa, uid)
    table = shown.table(name)
    if table.universe is Universe.RECEPTION:
        return
    values = signed_tables(world.hoa, uid).tables[name].lines[0].values
    for column in table.columns:
        ids = case_ids_behind(shown, name, column.number, 1)
        if column.measure in {"petitions", "matters"}:
            assert len(ids) == values[column.number], (name, column.number)
        for reader in (world.minh, world.quy, world.an):
            may = set(db.session.scalars(select(Case.id).where(visible(reader))))
            assert {each.id for each in by_ids(reader, ids)} == set(ids) & may


def test_a_signature_is_given_once_and_never_changes(world: World) -> None:
    """Stale pages, missing columns, other people's sheets; corrections stand beside what was signed."""
    Walker(world, 5).walk(12, 8)
    db.session.rollback()
    uid = asked(world, ("01/XLD", "01/KQGQ"))
    mine = of(world, uid, "an-binh")
    for stranger in (world.binh, world.khanh, world.lan, world.giam, world.tam):
        with pytest.raises(NotFound):
            sheet(stranger, mine)
    with pytest.raises(NotFound):
        signed_tables(world.hoa, mine)
    with pytest.raises(Forbidden):  # nobody else fills a unit's sheet
        snapshots.count(mine, version=1, actor=world.hoa, now=NOW)
    with pytest.raises(NotAllowedNow):
        sheet_signing.sign(mine, version=1, actor=world.minh, now=NOW)
    snapshots.count(mine, version=1, actor=world.van, now=NOW, key="k")
    assert snapshots.count(mine, version=1, actor=world.van, now=NOW, key="k") == mine
    with pytest.raises(Stale):
        snapshots.count(mine, version=1, actor=world.van, now=NOW)
    version = sheet(world.van, mine).version
    with pytest.raises(NotAllowedNow, match="13, 14, 16"):
        snapshots.confirm(mine, version=version, actor=world.van, now=NOW)
    with pytest.raises(Invalid) as wrong:
        snapshots.write_by_hand(
            mine, "01/KQGQ", {13: "hai"}, version=version, actor=world.van, now=NOW
        )
    assert list(wrong.value.fields) == ["columns.13"]
    snapshots.write_by_hand(
        mine, "01/KQGQ", {13: "2", 1: "999"}, zeros=True, version=version, actor=world.van, now=NOW
    )
    assert draft_tables(sheet(world.van, mine))["01/KQGQ"].total[13] == 2
    assert (
        draft_tables(sheet(world.van, mine))["01/KQGQ"].total[1] != 999
    )  # computed ones are fixed
    version = sheet(world.van, mine).version
    snapshots.confirm(mine, version=version, actor=world.van, now=NOW)
    with pytest.raises(Forbidden):
        sheet_signing.sign(mine, version=version + 1, actor=world.van, now=NOW)
    confirmed = sheet(world.minh, mine)
    assert (confirmed.state, confirmed.confirmed_by) == (SheetState.CONFIRMED, world.van.name)
    sheet_signing.sign(mine, version=confirmed.version, actor=world.minh, now=NOW, key="s")
    with pytest.raises(Stale):  # the deputy signs the page he opened before
        sheet_signing.sign(mine, version=confirmed.version, actor=world.dung, now=NOW)
    for command in (snapshots.count, snapshots.confirm, sheet_signing.sign):
        with pytest.raises(NotAllowedNow):
            command(mine, version=sheet(world.minh, mine).version, actor=world.minh, now=NOW)
    first = everything(mine, world.minh)

    for change in (
        update(SignedTable).values(lines=[]),
        update(SignedSheet).values(digest="0" * 64),
        delete(SignedTable),
        delete(SignedSheet),
    ):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(change)

    version = sheet(world.minh, mine).version
    with pytest.raises(Invalid):
        snapshots.start_correction(mine, " ", version=version, actor=world.van, now=NOW)
    snapshots.start_correction(
        mine, "Sót một quyết định", version=version, actor=world.van, now=NOW
    )
    snapshots.write_by_hand(
        mine, "01/KQGQ", {13: "5"}, zeros=True, version=version + 1, actor=world.van, now=NOW
    )
    assert signed_tables(world.hoa, mine).tables["01/KQGQ"].total[13] == 2  # the former stands
    sheet_signing.sign(mine, version=version + 2, actor=world.minh, now=NOW)
    newest = signed_tables(world.hoa, mine)
    assert (newest.edition, newest.reason) == (2, "Sót một quyết định")
    assert newest.tables["01/KQGQ"].total[13] == 5
    assert everything(mine, world.minh, 1) == first
    (line,) = (each for each in campaign(world.hoa, uid, TODAY).sheets if each.uid == mine)
    assert (line.editions, line.standing) == (2, SheetStanding.SENT)


def test_a_sheet_counts_nothing_one_of_its_readers_may_not_know(world: World) -> None:
    """A case somebody of the unit is barred from: not in its sheet, apart in the sum."""
    walker = Walker(world, 21)
    walker.walk(20, 4)
    db.session.rollback()
    table = versions()[SPEC].tables["01/XLD"]
    unit = world.agencies["an-binh"]
    (line,) = figures(table, Q3, among={unit}).lines
    assert line.values[1]
    uid = asked(world, ("01/XLD",))
    mine = of(world, uid, "an-binh")
    prepared(mine, world.van)
    known = case_ids_behind(sheet(world.van, mine), "01/XLD", 1, None)
    shut, above = known[0], known[1]
    with transaction() as session:
        session.execute(
            insert(CaseBar),
            [
                {"case_id": shut, "user_id": world.minh.user_id, "reason": BarReason.RESPONDENT},
                {"case_id": above, "user_id": world.quy.user_id, "reason": BarReason.RESPONDENT},
            ],
        )
    signed(mine, world.minh)
    got = signed_tables(world.minh, mine).tables["01/XLD"].lines[0].values
    assert got[1] == line.values[1] - 2
    behind = case_ids_behind(sheet(world.minh, mine), "01/XLD", 1, 1)
    assert not {shut, above} & set(behind)
    found = campaign(world.hoa, uid, TODAY)
    summed = consolidation(found, TODAY)
    (apart,) = (each for each in summed.reports["01/XLD"].lines if not each.unit.id)
    assert apart.values[1] == 1  # what an inspector is barred from stands nowhere
    assert shut in summed.tables["01/XLD"].behind["1"]
    assert above not in summed.tables["01/XLD"].behind["1"]
    assert against_today(found, summed, "01/XLD", world.quy) == ()
    assert {each.column for each in against_today(found, summed, "01/XLD", world.hoa)} >= {1}


def test_what_was_carried_over_from_paper(world: World) -> None:
    """Declared by column, adding up, only before the first casework; the last row counts."""
    before = Window(date(2026, 3, 15), date(2026, 6, 14))
    table = versions()[SPEC].tables["01/XLD"]

    def given(figures: dict[int, str], days: Window = Q3, name: str = "01/XLD") -> OpeningGiven:
        return OpeningGiven(SPEC, name, days.first, days.last, figures, "Sổ giấy năm 2026")

    whole = {2: "10", 4: "6", 5: "4", 8: "5", 10: "1", 13: "6", 15: "5", 17: "1"}
    with pytest.raises(Invalid) as wrong:
        declare(given({2: "10", 4: "7"}), actor=world.van, now=NOW)
    assert "1 = 4 + 5" in str(wrong.value.fields)
    with pytest.raises(Invalid):
        declare(given({12: "1"}, name="01/TCD"), actor=world.van, now=NOW)
    with pytest.raises(Forbidden):
        declare(given(whole), actor=world.lan, now=NOW)
    declare(given(whole | {2: "12", 4: "8", 5: "4"}), actor=world.van, now=NOW)
    declare(given(whole), actor=world.van, now=NOW, key="k")
    declare(given(whole), actor=world.van, now=NOW, key="k")
    assert db.session.scalar(select(func.count(OpeningBalance.id))) == 2
    with pytest.raises(DBAPIError), transaction() as session:
        session.execute(update(OpeningBalance).values(figures={}))

    def lines() -> dict[str, dict[int, object]]:
        report = with_openings(figures(table, Q3, among=None))
        assert not report.broken
        return {line.unit.code: dict(line.values) for line in report.lines}

    assert [lines()["an-binh"][column] for column in (1, 2, 3, 6, 14)] == [10, 10, 0, 6, 6]
    assert lines()["bao-lam"][2] == 0
    uid = asked(world, ("01/XLD",))
    mine = of(world, uid, "an-binh")
    signed(mine, world.minh)
    report = signed_tables(world.hoa, mine).tables["01/XLD"]
    assert report.total[2] == 10
    assert report.declared[report.lines[0].unit.id][2] == 10
    walker = Walker(world, 3)
    while not db.session.scalar(select(Case.id).where(Case.agency_id == world.agencies["an-binh"], Case.first_received_on < Q3.first)):  # fmt: skip
        walker.register()
        db.session.rollback()
    plain = figures(table, Q3, among=None)
    assert with_openings(plain) is plain  # the system carries over by itself now
    with pytest.raises(Invalid) as late:
        declare(given(whole), actor=world.van, now=NOW)
    assert list(late.value.fields) == ["first"]
    declare(given({}, before), actor=world.khanh, now=NOW)
    assert differences(plain, with_openings(plain)) == ()


def test_asking_moving_and_taking_back(world: World) -> None:
    """Who asks, what is refused at which field, the calendar's tick, own sheets without a campaign."""
    duty = save_duty(
        DutyGiven(
            name="Báo cáo quý III", basis="KH 1", period=ReportPeriod.QUARTER,
            concerned=Concerned.CHOSEN, month=11, day=25, starts_on=date(2026, 1, 1),
            agencies=["an-binh"],
        ),
        uid=None, version=None, actor=world.hoa, now=NOW,
    )  # fmt: skip
    for nobody in (world.phuc, world.minh, world.tam):
        with pytest.raises(Forbidden):
            ask(CampaignGiven(name="x", spec=SPEC, tables=["01/XLD"], first=Q3.first, last=Q3.last, due=TODAY, units=["an-binh"]), actor=nobody, now=NOW)  # fmt: skip
    with pytest.raises(Invalid) as wrong:
        asked(world, ("02/TCD",), name=" ", due=Q3.first, units=("x",), duty="x")
    assert set(wrong.value.fields) == {"name", "tables", "due", "units", "duty"}
    uid = asked(world, ("01/XLD",), duty=duty)
    with pytest.raises(NotFound):
        campaign(world.giam, uid, TODAY)
    assert [each.unit.code for each in campaign(world.minh, uid, TODAY).sheets] == ["an-binh"]
    assert campaign(world.minh, uid, TODAY).consolidated is None
    with pytest.raises(Stale):
        move_due(uid, TODAY, version=9, actor=world.hoa, now=NOW)
    move_due(uid, TODAY + timedelta(days=1), version=1, actor=world.quy, now=NOW)
    assert campaigns(world.minh, TODAY + timedelta(days=2))[0].late == 1
    mine = of(world, uid, "an-binh")
    assert [each.uid for each in own_sheets(world.van, TODAY)] == [mine]
    dates = CASELESS[Subject.CAMPAIGN]
    running = {each.path: each for each in dates.running(TODAY, None)}
    assert len(running) == len(UNITS)
    told = running[f"/ky-bao-cao/bang/{mine}"]
    assert (told.due, told.agency_id) == (TODAY + timedelta(days=1), world.agencies["an-binh"])
    assert set(dates.seen(world.minh, [told.id])) == {told.id}
    assert set(dates.seen(world.khanh, [told.id])) == set()
    signed(mine, world.minh)
    assert told.path not in {each.path for each in dates.running(TODAY, None)}
    turn = db.session.scalars(select(ReportTurn)).one()
    assert (turn.sent_on, turn.document) == (TODAY, "Số liệu quý III năm 2026")
    with pytest.raises(NotAllowedNow):
        withdraw(uid, "nhầm", version=2, actor=world.hoa, now=NOW)
    other = asked(world, ("01/XLD",))
    withdraw(other, "Nhầm kỳ", version=1, actor=world.hoa, now=NOW)
    with pytest.raises(NotAllowedNow):
        snapshots.count(of(world, other, "an-binh"), version=1, actor=world.van, now=NOW)

    autumn = window("quy-4", 2026)
    own = snapshots.open_own(
        SheetGiven(SPEC, ["02/XLD"], autumn.first, autumn.last), actor=world.van, now=NOW
    )
    with pytest.raises(NotAllowedNow, match="14/12/2026"):
        signed(own, world.minh)
    later = datetime(2026, 12, 15, 2, tzinfo=UTC)
    sheet_signing.sign(own, version=sheet(world.minh, own).version, actor=world.minh, now=later)
    with pytest.raises(NotFound):
        sheet(world.khanh, own)
    assert standing_of(TODAY, None, TODAY) is SheetStanding.AHEAD
    assert standing_of(TODAY, TODAY + timedelta(days=1), TODAY) is SheetStanding.SENT_LATE


def test_a_broken_hard_identity_is_not_signed(world: World) -> None:
    """Soft ones are; what the database counted is not doubted, so the break is put into the draft."""
    uid = asked(world, ("01/XLD",))
    mine = of(world, uid, "an-binh")
    version = prepared(mine, world.van).version
    with transaction() as session:
        row = session.scalars(select(SheetTable)).one()
        row.computed = row.computed | {"1": 7}
    with pytest.raises(NotAllowedNow, match=r"1 = 2 \+ 3 không khớp"):
        sheet_signing.sign(mine, version=version, actor=world.minh, now=NOW)
    form = form_of(versions()[SPEC].tables["04/XLD"])
    line = {"unit": 1, "code": "a", "name": "A", "declared": {}, "manual": {}, "untold": {}}
    soft = report_of(
        form, SPEC, Q3, [line | {"computed": {"8": 1, "9": 1, "14": 1, "16": 1, "17": 1}}]
    )
    assert {each.identity.soft != "" for each in soft.broken} == {True}


def start(uid: str, who: str, version: int, how: str) -> subprocess.Popen[str]:
    """Somebody who signs in a process of his own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.signer", uid, who, str(version), how],
        env=dict(os.environ), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.proof
def test_two_sign_at_once_and_one_is_killed_at_it(world: World) -> None:
    """kill -9 between the signature and its tables leaves nothing; of two at once one signs."""
    uid = asked(world)
    mine = of(world, uid, "an-binh")
    version = prepared(mine, world.van).version
    killed = start(mine, "minh", version, "killed")
    killed.communicate()
    assert killed.returncode == -9
    db.session.rollback()
    assert db.session.scalar(select(func.count(SignedSheet.id))) == 0
    both = [start(mine, who, version, "whole") for who in ("minh", "dung")]
    said = sorted(each.communicate()[0].strip() for each in both)
    assert said == ["signed", "stale"]
    db.session.rollback()
    assert db.session.scalar(select(func.count(SignedSheet.id))) == 1
    assert db.session.scalar(select(func.count(SignedTable.name))) == len(EVERY)
