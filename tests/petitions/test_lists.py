"""What lists may be narrowed by, and the columns they may show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.database import db, transaction
from petitions.models import CaseAgency, FormerName, OutsideBody, Place
from petitions.queries.case_filters import SETTLED, Filters, Horizon, Lateness, Side, horizon
from petitions.queries.cases import every, queue
from petitions.queries.columns import Column
from petitions.rulebook import current
from petitions.services.intake import register
from petitions.services.registration import Person
from petitions.text import fold
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.web.cases import LATE, done, registered
from tests.world import World, field_id
from workflows.records import AgencyRole, FormerPart, Source
from workflows.transition import COARSE, UNSETTLED
from workflows.vocabulary import Action, Actor, Kind, Need, State
from workflows.working_days import Calendar

SEEN = Horizon(TODAY, date(2026, 11, 30))


def codes(actor: Actor, seen: Horizon | None = SEEN, **filters: Any) -> set[str]:
    """Codes of a list."""
    page = queue(actor, Filters(**filters), limit=200, seen=seen)
    return {line.code for line in page.lines}


def filed(world: World) -> str:
    """A complaint put aside: its case has ended."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    done(code, Action.FILE, world.minh, {Need.GROUND: "Đơn trùng nội dung đã trả lời"})
    return code


def sent(world: World) -> str:
    """A complaint transferred to Bảo Lâm and received there."""
    code = registered(world)
    done(code, Action.CLASSIFY, world.lan, {Need.COMPETENT: False})
    done(code, Action.TRANSFER, world.minh, {Need.RECIPIENT: "bao-lam"})
    done(code, Action.CONFIRM_RECEIPT, world.khanh)
    return code


def test_lateness_parts_the_list(world: World) -> None:
    """Every open case is late, near, in time, or nothing runs; the words of the list agree on *near*."""
    made = [
        registered(world, received_on=TODAY - timedelta(days=back), late_reason=LATE)
        for back in (20, 8, 2, 0)
    ]
    accepted = registered(world)
    done(accepted, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    done(accepted, Action.ACCEPT, world.minh)
    seen = horizon(TODAY, current(db.session()).calendar)
    parts = {each: codes(world.minh, seen, lateness=each) for each in Lateness}
    assert parts[Lateness.OVERDUE] == {made[0]}
    assert parts[Lateness.NEAR] == {made[1], made[2]}
    assert parts[Lateness.IN_TIME] == {made[3], accepted}
    assert parts[Lateness.NOTHING] == set()
    assert set.union(*parts.values()) == codes(world.minh)
    ended = filed(world)
    assert ended in codes(world.minh, seen, lateness=Lateness.IN_TIME, open=None)  # still to tell


def test_what_is_near_counts_working_days(world: World) -> None:
    """Five of them, and the days off right behind; without a calendar a week stands in."""
    calendar = current(db.session()).calendar
    assert horizon(date(2026, 3, 2), calendar) == Horizon(date(2026, 3, 2), date(2026, 3, 9))
    assert horizon(date(2026, 2, 27), calendar).near_until == date(2026, 3, 6) + timedelta(days=2)
    assert horizon(TODAY, Calendar([])) == Horizon(TODAY, TODAY + timedelta(days=7))


def test_a_filter_by_the_day_wants_the_day(world: World) -> None:
    """It never reads a clock of its own."""
    with pytest.raises(ValueError, match="day"):
        queue(world.minh, Filters(lateness=Lateness.NEAR))
    with pytest.raises(ValueError, match="day"):
        queue(world.minh, Filters(), columns=[Column.SECTION])


def test_a_field_takes_what_lies_under_it(world: World) -> None:
    """At all three levels."""
    land, water = registered(world), registered(world, field_code="o-nhiem")
    general = registered(world, field_code="dat-dai")
    assert codes(world.minh, field_id=field_id("thu-hoi-dat")) == {land}
    assert codes(world.minh, field_id=field_id("dat-dai")) == {land, general}
    assert codes(world.minh, field_id=field_id("hanh-chinh")) == {land, general, water}
    assert codes(world.minh, field_id=field_id("chinh-sach")) == set()


def test_a_place_takes_its_communes(world: World) -> None:
    """A province, a present commune with or without marks, and one that was merged away."""
    here, there = registered(world), registered(world, place_code="99002")
    nowhere = registered(world, place_code=None)
    with transaction() as session:
        session.add(
            FormerName(
                place_id=world.places["99002"], name="Xã Cũ", folded_name=fold("Xã Cũ"),
                part=FormerPart.WHOLE,
            )
        )  # fmt: skip
        session.add(
            Place(
                code="00999", name="Xã Xưa", folded_name=fold("Xã Xưa"), kind="xã",
                valid_from=date(2000, 1, 1), valid_to=date(2025, 6, 30),
            )
        )  # fmt: skip
    assert codes(world.minh, place_id=world.places["99001"]) == {here}
    assert codes(world.minh, place_id=world.places["99"]) == {here, there}
    for words, found in (
        ("xã an bình", {here}), ("An Binh", {here}), ("x. Bảo Lâm", {there}), ("cũ", {there}),
        ("tỉnh Sơn Lâm", {here, there}), ("phường An Bình", set()), ("an", set()), ("…", set()),
    ):  # fmt: skip
        assert codes(world.minh, place=words) == found, words
    assert nowhere in codes(world.minh)


def test_the_last_way_of_handling_counts(world: World) -> None:
    """Accepted after it was transferred is accepted; a reopened case waits to be handled again."""
    waiting, taken = sent(world), sent(world)
    done(taken, Action.CLASSIFY, world.khanh, {Need.COMPETENT: True})
    done(taken, Action.ACCEPT, world.khanh)
    assert codes(world.minh, handling=Action.TRANSFER) == {waiting}
    assert codes(world.khanh, handling=Action.ACCEPT) == {taken}
    assert codes(world.minh, receiver_id=world.agencies["bao-lam"]) == {waiting, taken}
    assert codes(world.minh, receiver_id=world.agencies["so-nnmt"]) == set()
    gone = {"receiver_id": world.agencies["bao-lam"], "given_to": TODAY - timedelta(days=1)}
    assert codes(world.minh, **gone) == set()
    line = {
        each.code: each.more[Column.HANDLING]
        for each in queue(world.minh, Filters(), columns=[Column.HANDLING]).lines
    }
    assert line == {waiting: Action.TRANSFER, taken: Action.ACCEPT}


def test_who_forwarded_it(world: World) -> None:
    """An agency of the system or a body outside it, also under the name it had before a merger."""
    with transaction() as session:
        paper = OutsideBody(name="Báo Sơn Lâm", folded_name=fold("Báo Sơn Lâm"), category="press")
        session.add(paper)
        session.flush()
        old = OutsideBody(
            name="Báo Cũ", folded_name=fold("Báo Cũ"), category="press", merged_into_id=None
        )
        session.add(old)
        session.flush()
        ids = paper.id, old.id
    council = registered(world, source=Source.DEPUTIES, forwarder_code="hdnd")
    press = registered(world, source=Source.PRESS, forwarder_body="Báo Cũ")
    with transaction() as session:
        session.get_one(OutsideBody, ids[1]).merged_into_id = ids[0]
    assert codes(world.minh, forwarder_id=world.agencies["hdnd"]) == {council}
    assert codes(world.minh, forwarder_body_id=ids[0]) == {press}
    assert codes(world.minh, source=Source.PRESS) == {press}
    shown = {
        each.code: (each.more[Column.FORWARDER], each.more[Column.SOURCE])
        for each in queue(
            world.minh, Filters(), columns=[Column.FORWARDER, Column.SOURCE, Column.DUE]
        ).lines
    }
    assert shown == {
        council: ("Thường trực HĐND tỉnh", Source.DEPUTIES),
        press: ("Báo Cũ", Source.PRESS),
    }


def test_whose_side(world: World) -> None:
    """The body that decides and the one that advises each find the case on their side."""
    held = registered(world, by=world.thu)
    advised = registered(world)
    with transaction() as session:
        case = queue(world.thu, Filters()).lines
        number = next(line.id for line in case if line.code == held)
        session.add(
            CaseAgency(
                case_id=number, agency_id=world.agencies["an-binh"], role=AgencyRole.ADVISING,
                since=TODAY,
            )
        )  # fmt: skip
    assert codes(world.minh, side=Side.DECIDING) == {advised}
    assert codes(world.minh, side=Side.ADVISING) == {held}
    assert codes(world.phuc, side=Side.DECIDING) == {held, advised}
    assert codes(world.phuc, side=Side.ADVISING) == set()
    with transaction() as session:
        session.get_one(
            CaseAgency, (number, world.agencies["an-binh"], AgencyRole.ADVISING)
        ).until = TODAY
    assert codes(world.minh, side=Side.ADVISING) == set()


def test_section_officer_and_the_day_of_the_charge(world: World) -> None:
    """An officer's case belongs to the section he sits in."""
    given_out, left = registered(world), registered(world)
    done(given_out, Action.CLASSIFY, world.lan, {Need.COMPETENT: True})
    done(given_out, Action.ACCEPT, world.minh)
    done(given_out, Action.ASSIGN_VERIFICATION, world.minh, {Need.ASSIGNEE: "an"})
    section = world.agencies["phong-kt"]
    assert codes(world.minh, section_id=section) == {given_out}
    assert codes(world.minh, section_id=world.agencies["an-binh"]) == set()
    assert codes(world.minh, officer_id=world.users["an"]) == {given_out}
    assert codes(world.minh, given_from=TODAY, given_to=TODAY) == {given_out}
    assert codes(world.minh, given_to=TODAY - timedelta(days=1)) == set()
    lines = queue(world.minh, Filters(), columns=[Column.SECTION], seen=SEEN).lines
    assert {line.code: line.more[Column.SECTION] for line in lines} == {
        given_out: "Phòng Kinh tế xã An Bình",
        left: None,
    }


def test_settled_is_what_owes_no_result() -> None:
    """No state is both, and a mistaken entry is neither."""
    assert not SETTLED & UNSETTLED
    assert SETTLED | UNSETTLED | {State.VOIDED} == set(COARSE)


def test_settled_and_unsettled_in_a_list(world: World) -> None:
    """The old words *đã giải quyết* and *chưa giải quyết*."""
    ended, running = filed(world), registered(world)
    assert codes(world.minh, settled=True, open=None) == {ended}
    assert codes(world.minh, settled=False, open=None) == {running}
    assert codes(world.minh, open=None, handling=Action.FILE) == {ended}


def test_a_denunciation_never_carries_a_petitioner(world: World) -> None:
    """Its head sees the line, and no name in it; others see the first petitioner's."""
    secret = register(DENUNCIATION, actor=world.lan, now=NOW)
    plain = registered(
        world, parties=(*COMPLAINT.parties, Person(name="Trần Thị Hai")), group_size=2
    )
    lines = queue(world.minh, Filters(), columns=list(Column), seen=SEEN).lines
    senders = {line.code: line.more[Column.SENDER] for line in lines}
    assert senders == {secret: None, plain: "Nguyễn Văn Đức"}
    assert "Bình Minh" not in repr(lines)


def test_every_filter_and_column_stays_within_reach_and_two_statements(world: World) -> None:
    """All filters at once, all columns: the stranger sees nothing, and it still costs two statements."""
    for number in range(3):
        registered(world, received_on=TODAY - timedelta(days=number), late_reason=LATE)
    for actor in (world.minh, world.hoa, world.giam, world.phuc):
        queue(actor, Filters(), columns=list(Column), seen=SEEN)
        with counted() as seen:
            queue(actor, Filters(), columns=list(Column), seen=SEEN)
        assert len(seen.statements) <= 2
    strict = Filters(
        kind=Kind.COMPLAINT, lateness=Lateness.IN_TIME, side=Side.DECIDING, settled=False,
        field_id=field_id("hanh-chinh"), place="an bình", received_from=TODAY, received_to=TODAY,
        due_from=TODAY, due_to=TODAY + timedelta(days=60), source=COMPLAINT.source,
    )  # fmt: skip
    with counted() as seen:
        found = queue(world.minh, strict, columns=list(Column), seen=SEEN)
    assert len(found.lines) == 1
    assert len(seen.statements) == 2
    assert queue(world.binh, strict, columns=list(Column), seen=SEEN).lines == ()


def test_the_whole_list_is_read_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each case once, in the order of the pages, up to the ceiling."""
    made = {
        registered(world, received_on=TODAY - timedelta(days=number % 5), late_reason=LATE)
        for number in range(11)
    }
    monkeypatch.setattr("petitions.queries.cases.STRIDE", 4)
    found = [line.code for line in every(world.minh, Filters(), most=100)]
    assert len(found) == 11
    assert set(found) == made
    assert found == [line.code for line in queue(world.minh, Filters()).lines]
    assert [line.code for line in every(world.minh, Filters(), most=6)] == found[:6]


_days = st.dates(TODAY - timedelta(days=30), TODAY + timedelta(days=30))


@settings(max_examples=25)
@given(data=st.data())
def test_filters_only_ever_narrow(world: World, data: st.DataObject) -> None:
    """Any filter's list is part of the list without it, and a reader never sees another's."""
    if not queue(world.minh, Filters()).lines:
        for number, kind in enumerate((Kind.COMPLAINT, Kind.FEEDBACK, Kind.RECOMMENDATION)):
            register(
                COMPLAINT if kind is Kind.COMPLAINT else _suggestion(kind, number),
                actor=world.lan, now=NOW,
            )  # fmt: skip
    chosen = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "settled": st.booleans(),
                "kind": st.sampled_from(Kind),
                "state": st.sampled_from(State),
                "lateness": st.sampled_from(Lateness),
                "side": st.sampled_from(Side),
                "place": st.sampled_from(["an bình", "sơn lâm", "x", "%", "_"]),
                "received_from": _days,
                "due_to": _days,
                "given_from": _days,
                "receiver_id": st.integers(1, 9),
                "handling": st.sampled_from([Action.GUIDE, Action.TRANSFER]),
            },
        )
    )
    every_case = codes(world.minh, open=None)
    whole = codes(world.minh, open=None, **chosen)
    assert whole <= every_case
    for name in chosen:
        less = {key: value for key, value in chosen.items() if key != name}
        if name != "receiver_id":  # it changes what the days of giving mean
            assert whole <= codes(world.minh, open=None, **less)
    assert codes(world.binh, open=None, **chosen) == set()


def _suggestion(kind: Kind, number: int) -> Any:
    return replace(COMPLAINT, kind=kind, contested=None, summary=f"Kiến nghị số {number}")
