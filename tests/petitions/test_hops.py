"""The way of a file down through the office: whom it may go to, by when, back again, and who sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as data
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from config.database import db, table_of, transaction
from notifications.models import OutboxMessage
from petitions.access import visible
from petitions.errors import Conflict, DomainError, Forbidden, Invalid, Leak, NotFound
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseBar,
    Event,
    EventDetail,
    Hat,
    Hop,
    Route,
    RouteStep,
)
from petitions.queries.case_readers import readers
from petitions.queries.hops import HopPanel, giving_on, hops_of, waiting
from petitions.services import followers
from petitions.services.accounts import principal_named
from petitions.services.acts import perform
from petitions.services.custody import Custody, take_over
from petitions.services.distribution import Distributed, distribute
from petitions.services.handover import hand_over
from petitions.services.intake import register
from petitions.services.registration import Registration
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.statements import counted
from tests.world import SINCE, World
from workflows.hops import (
    EVERYBODY,
    Passed,
    internal_date,
    may_redirect,
    next_receivers,
    way_back,
    works_on_it,
)
from workflows.office import HopState, RouteShape, Work
from workflows.records import BarReason
from workflows.vocabulary import Action, Actor, Need, Role
from workflows.working_days import Calendar, CalendarYear, YearStatus

DIRECTION = "Giao đồng chí xem xét, báo cáo trước cuộc họp giao ban."
LEGAL_END = date(2026, 12, 2)
"""Seven working days from the tests' Friday, over the 24 November holiday."""


def routed(world: World, shape: RouteShape, *days: int, agency: str = "an-binh") -> None:
    """The agency works that way from its first day on."""
    with transaction() as session:
        route = Route(
            agency_id=world.agencies[agency], work=Work.PROCESSING, shape=shape, valid_from=SINCE
        )
        session.add(route)
        session.flush()
        for ordinal, allowed in enumerate(days, start=1):
            session.add(RouteStep(route_id=route.id, ordinal=ordinal, role=Role.HEAD, days=allowed))


def filed(world: World, what: Registration = COMPLAINT) -> str:
    return register(what, actor=world.lan, now=NOW)


def does(
    code: str, action: Action, actor: Actor, values: Mapping[Need, Any], later: int = 0
) -> str:
    """An act, so many minutes after the tests' instant."""
    at = NOW + timedelta(minutes=later)
    return perform(code, action, values, version=None, on=TODAY, actor=actor, now=at)


def passes(code: str, actor: Actor, to: str, words: str = "", until: date | None = None) -> None:
    values: dict[Need, Any] = {Need.ASSIGNEE: to}
    if words:
        values[Need.CONTENT] = words
    if until:
        values[Need.UNTIL] = until
    does(code, Action.PASS_ON, actor, values)


def gives_back(code: str, actor: Actor, why: str = "Không đúng lĩnh vực của phòng") -> None:
    does(code, Action.GIVE_BACK, actor, {Need.REASON: why})


def case_of(code: str) -> Case:
    return db.session.execute(select(Case).where(Case.code == code)).scalar_one()


def trail(world: World, code: str) -> list[tuple[str, str, str]]:
    """(from, to, state) of every hop."""
    names = {number: name for name, number in world.users.items()}
    rows = db.session.scalars(
        select(Hop).where(Hop.case_id == case_of(code).id).order_by(Hop.ordinal)
    )
    return [(names[each.from_id], names[each.to_id], each.state.value) for each in rows]


def sees(actor: Actor, code: str) -> bool:
    return db.session.scalar(select(Case.id).where(Case.code == code, visible(actor))) is not None


def panel(actor: Actor, code: str) -> HopPanel:
    return hops_of(actor, code, TODAY)


def offered(actor: Actor, code: str) -> set[str]:
    return {each.receiver.username for each in giving_on(actor, code, TODAY).offered}


def told(kind: str) -> list[int | None]:
    rows = db.session.scalars(
        select(OutboxMessage.recipient_id)
        .where(OutboxMessage.kind == kind)
        .order_by(OutboxMessage.id)
    )
    return list(rows)


# --- the law of the way ----------------------------------------------------------------------

EXPERTS = {Role.OFFICER, Role.INSPECTOR}
WAYS: dict[RouteShape, dict[Role, set[Role]]] = {
    RouteShape.FULL: {
        Role.RECEPTION: {Role.HEAD, Role.DEPUTY_HEAD},
        Role.CLERK: {Role.HEAD, Role.DEPUTY_HEAD},
        Role.HEAD: {Role.DEPUTY_HEAD, Role.SECTION_HEAD},
        Role.DEPUTY_HEAD: {Role.SECTION_HEAD},
        Role.SECTION_HEAD: EXPERTS,
    },
    RouteShape.DIRECT: {
        Role.RECEPTION: {Role.HEAD, Role.DEPUTY_HEAD},
        Role.CLERK: {Role.HEAD, Role.DEPUTY_HEAD},
        Role.HEAD: {Role.DEPUTY_HEAD, Role.SECTION_HEAD, *EXPERTS},
        Role.DEPUTY_HEAD: {Role.SECTION_HEAD, *EXPERTS},
        Role.SECTION_HEAD: EXPERTS,
    },
    RouteShape.RECEPTION_BOARD: {
        Role.RECEPTION: {Role.HEAD, Role.DEPUTY_HEAD},
        Role.CLERK: {Role.HEAD, Role.DEPUTY_HEAD},
        Role.HEAD: {Role.DEPUTY_HEAD, *EXPERTS},
        Role.DEPUTY_HEAD: EXPERTS,
    },
    RouteShape.ONE_STEP: {role: set(EVERYBODY) for role in EVERYBODY},
}


@pytest.mark.parametrize("shape", list(RouteShape))
@pytest.mark.parametrize("role", list(Role))
def test_the_way_says_who_may_be_next(shape: RouteShape, role: Role) -> None:
    assert next_receivers(shape, role) == WAYS[shape].get(role, set())


@pytest.mark.parametrize("shape", [each for each in RouteShape if each is not RouteShape.ONE_STEP])
def test_every_way_leads_from_the_desk_to_an_expert_and_ends(shape: RouteShape) -> None:
    """Down only: nobody is passed twice, and whoever works on it gives it to nobody."""
    here, seen = {Role.CLERK}, set()
    while here:
        assert not here & seen
        seen |= here
        here = {each for role in here for each in next_receivers(shape, role)} - seen
    assert seen >= EXPERTS
    assert all(works_on_it(shape, role) for role in EXPERTS)


@pytest.mark.parametrize(
    ("role", "giver", "holder", "gave", "same_section", "may"),
    [
        (Role.HEAD, Role.HEAD, Role.SECTION_HEAD, True, False, True),
        (Role.HEAD, Role.DEPUTY_HEAD, Role.OFFICER, False, False, True),
        (Role.DEPUTY_HEAD, Role.HEAD, Role.SECTION_HEAD, False, False, False),
        (Role.DEPUTY_HEAD, Role.SECTION_HEAD, Role.OFFICER, False, False, True),
        (Role.SECTION_HEAD, Role.SECTION_HEAD, Role.OFFICER, True, False, True),
        (Role.SECTION_HEAD, Role.SECTION_HEAD, Role.OFFICER, False, True, True),
        (Role.SECTION_HEAD, Role.SECTION_HEAD, Role.OFFICER, False, False, False),
        (Role.SECTION_HEAD, Role.DEPUTY_HEAD, Role.OFFICER, False, True, False),
        (Role.CLERK, Role.CLERK, Role.HEAD, True, False, False),
        (Role.OFFICER, Role.CLERK, Role.OFFICER, False, True, False),
        (Role.HEAD, None, None, False, False, True),
    ],
)
def test_only_from_above_is_a_file_taken(
    role: Role, giver: Role, holder: Role, gave: bool, same_section: bool, may: bool
) -> None:
    assert may_redirect(role, giver, holder, gave=gave, same_section=same_section) is may


OPEN, ON, REFUSED, RECALLED = HopState.OPEN, HopState.PASSED_ON, HopState.REFUSED, HopState.RECALLED  # fmt: skip


@pytest.mark.parametrize(
    ("hops", "back"),
    [
        ([(1, 2, OPEN)], []),
        ([(1, 2, ON), (2, 3, OPEN)], [0]),
        ([(1, 2, ON), (2, 3, ON), (3, 4, OPEN)], [1, 0]),
        ([(1, 2, ON), (2, 3, REFUSED), (1, 2, ON), (2, 4, OPEN)], [2]),
        ([(1, 2, ON), (2, 3, RECALLED), (1, 5, OPEN)], []),
        ([(1, 2, REFUSED), (1, 1, ON), (1, 3, OPEN)], [1]),
        ([], []),
    ],
)
def test_the_way_back_passes_those_who_gave_it(
    hops: list[tuple[int, int, HopState]], back: list[int]
) -> None:
    assert way_back([Passed(*each) for each in hops]) == back


CALENDAR = Calendar(CalendarYear(year, YearStatus.OFFICIAL, "", ()) for year in range(2025, 2029))


@data(
    shape=st.sampled_from(RouteShape),
    role=st.sampled_from(sorted(EVERYBODY)),
    days=st.lists(st.integers(1, 10), max_size=3),
    today=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    ahead=st.none() | st.integers(-30, 90),
)
@settings(max_examples=200)
def test_an_internal_date_never_passes_the_end_of_the_law(
    shape: RouteShape, role: Role, days: list[int], today: date, ahead: int | None
) -> None:
    """Unless that is past; it is never a day gone by, and whoever passes it on has a working day."""
    legal = None if ahead is None else today + timedelta(days=ahead)
    due = internal_date(shape, role, days, legal, today, CALENDAR)
    if due is None:
        assert legal is None and works_on_it(shape, role)
        return
    assert due >= today
    if legal is not None:
        assert due <= max(legal, today)
    if not works_on_it(shape, role):
        assert due <= CALENDAR.add_working_days(today, 1)


# --- down through the office -----------------------------------------------------------------


def test_clerk_leader_section_head_expert(world: World) -> None:
    """Each hop has its giver, direction and date; the receiver holds the file and is told."""
    routed(world, RouteShape.FULL, 1, 1)
    code = filed(world)
    passes(code, world.van, "dung")
    passes(code, world.dung, "son", DIRECTION)
    passes(code, world.son, "an", until=date(2026, 11, 27))
    assert trail(world, code) == [
        ("van", "dung", "passed_on"),
        ("dung", "son", "passed_on"),
        ("son", "an", "open"),
    ]
    shown = panel(world.an, code)
    assert [each.due for each in shown.hops] == [
        date(2026, 11, 23),
        date(2026, 11, 23),
        date(2026, 11, 27),
    ]
    assert {each.legal_due for each in shown.hops} == {LEGAL_END}
    assert [each.direction for each in shown.hops] == ["", DIRECTION, ""]
    assert shown.present is not None and shown.holder == "Phạm Văn An"
    assert case_of(code).officer_id == world.users["an"]
    assert told("pass_on") == [world.users[name] for name in ("dung", "son", "an")]
    events = db.session.scalars(
        select(Event).where(Event.action == "pass_on").order_by(Event.seq)
    ).all()
    assert events[-1].data == {"assignee": world.users["an"], "until": "2026-11-27"}
    detail = db.session.get_one(EventDetail, (case_of(code).id, events[1].seq))
    assert detail.content == {"assignee": "son", "content": DIRECTION}


def test_the_expert_has_until_the_approvers_need_their_days(world: World) -> None:
    """Two approvers of one day each: from 2 December two working days back."""
    routed(world, RouteShape.DIRECT, 1, 1)
    code = filed(world)
    passes(code, world.minh, "an")
    assert panel(world.an, code).hops[0].due == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("giver", "to"),
    [("van", "an"), ("van", "son"), ("van", "lan"), ("minh", "an"), ("minh", "van"), ("son", "ha")],
)
def test_the_way_allows_no_shortcut(world: World, giver: str, to: str) -> None:
    """Under four steps a leader does not reach the expert, nor a section head what he does not hold."""
    routed(world, RouteShape.FULL)
    code = filed(world)
    if giver == "son":
        passes(code, world.van, "dung")
    with pytest.raises((Invalid, Forbidden)):
        passes(code, world.actors[giver], to)
    assert case_of(code).officer_id != world.users[to]


def test_the_expert_gives_it_to_nobody(world: World) -> None:
    routed(world, RouteShape.FULL)
    code = filed(world)
    does(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "an"})
    with pytest.raises(Forbidden):
        passes(code, world.an, "ha")
    assert giving_on(world.an, code, TODAY).offered == ()
    assert not panel(world.an, code).may_give_on


def test_a_leader_gives_straight_to_an_expert_and_the_section_head_hears_of_it(
    world: World,
) -> None:
    routed(world, RouteShape.DIRECT)
    code = filed(world)
    passes(code, world.minh, "an", DIRECTION)
    assert panel(world.son, code).hops[0].informed == "Đỗ Văn Sơn"
    assert told("hop_informed") == [world.users["son"]]
    assert told("pass_on") == [world.users["an"]]


def test_of_a_denunciation_the_section_head_hears_nothing(world: World) -> None:
    """Given straight to his expert; he neither sees it nor gets mail of it."""
    routed(world, RouteShape.DIRECT)
    code = filed(world, DENUNCIATION)
    passes(code, world.minh, "an")
    assert sees(world.an, code)
    assert not sees(world.son, code)
    assert told("hop_informed") == []
    with pytest.raises(NotFound):
        panel(world.son, code)


def test_the_reception_board(world: World) -> None:
    """Clerk, head, expert; the section head has no part in it."""
    routed(world, RouteShape.RECEPTION_BOARD)
    code = filed(world)
    passes(code, world.lan, "minh")
    assert offered(world.minh, code) == {"dung", "an", "ha"}
    passes(code, world.minh, "ha")
    assert trail(world, code)[-1] == ("minh", "ha", "open")


def test_without_a_route_anybody_gives_to_anybody(world: World) -> None:
    """Communes: whoever holds it gives it to whomever."""
    code = filed(world)
    passes(code, world.lan, "an")
    passes(code, world.an, "van")
    passes(code, world.van, "minh")
    assert case_of(code).officer_id == world.users["minh"]


def test_what_another_holds_is_not_given_away(world: World) -> None:
    code = filed(world)
    passes(code, world.lan, "an")
    for name in ("lan", "van", "ha"):
        with pytest.raises(Forbidden):
            passes(code, world.actors[name], "ha" if name != "ha" else "van")
    with pytest.raises(DomainError):
        passes(code, world.binh, "binh")


def test_from_above_it_is_given_to_another(world: World) -> None:
    """The section head who gave it; the head over everybody. The first one's hop was taken back."""
    routed(world, RouteShape.FULL)
    code = filed(world)
    passes(code, world.van, "minh")
    passes(code, world.minh, "son")
    passes(code, world.son, "an")
    passes(code, world.son, "ha")
    assert trail(world, code)[2:] == [("son", "an", "recalled"), ("son", "ha", "open")]
    passes(code, world.minh, "dung")
    assert trail(world, code)[3:] == [("son", "ha", "recalled"), ("minh", "dung", "open")]


def test_a_barred_colleague_is_not_offered_and_not_given(world: World) -> None:
    code = filed(world)
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(code).id, user_id=world.users["an"], reason=BarReason.RELATED
            )
        )
    assert "an" not in offered(world.minh, code)
    with pytest.raises(Invalid) as error:
        passes(code, world.minh, "an")
    assert list(error.value.fields) == ["assignee"]


# --- dates -----------------------------------------------------------------------------------


def test_a_date_after_the_end_of_the_law_is_refused(world: World) -> None:
    code = filed(world)
    with pytest.raises(Invalid) as error:
        passes(code, world.minh, "an", until=LEGAL_END + timedelta(days=1))
    assert "02/12/2026" in error.value.fields["until"][0]
    passes(code, world.minh, "an", until=LEGAL_END)
    assert panel(world.an, code).hops[0].due == LEGAL_END


def test_a_day_gone_by_is_refused(world: World) -> None:
    code = filed(world)
    with pytest.raises(DomainError):
        passes(code, world.minh, "an", until=TODAY - timedelta(days=1))


def test_once_the_law_is_broken_a_date_may_still_be_set(world: World) -> None:
    """What is late already must be done some day."""
    code = filed(world)
    late = NOW + timedelta(days=60)
    perform(
        code, Action.PASS_ON, {Need.ASSIGNEE: "an", Need.UNTIL: date(2027, 1, 22)},
        version=None, on=late.date(), actor=world.minh, now=late,
    )  # fmt: skip
    hop = db.session.scalars(select(Hop)).one()
    assert (hop.due, hop.legal_due) == (date(2027, 1, 22), LEGAL_END)


# --- back again ------------------------------------------------------------------------------


def test_refused_upward_it_lies_with_the_giver_again(world: World) -> None:
    """With the date the giver had; the reason stays with the hop; the giver gives it to another."""
    routed(world, RouteShape.FULL)
    code = filed(world)
    passes(code, world.van, "minh")
    passes(code, world.minh, "son", until=date(2026, 11, 26))
    passes(code, world.son, "an")
    gives_back(code, world.an, "Đang nghỉ phép")
    assert trail(world, code)[2:] == [("son", "an", "refused"), ("minh", "son", "open")]
    shown = panel(world.son, code)
    assert shown.hops[2].reason == "Đang nghỉ phép"
    assert shown.hops[3].due == date(2026, 11, 26)
    assert told("give_back") == [world.users["son"]]
    gives_back(code, world.son)
    assert case_of(code).officer_id == world.users["minh"]
    gives_back(code, world.minh)
    assert trail(world, code)[-1] == ("van", "van", "open")
    with pytest.raises(Forbidden):
        gives_back(code, world.van)
    passes(code, world.van, "dung")
    assert trail(world, code)[-2:] == [("van", "van", "passed_on"), ("van", "dung", "open")]


def test_the_giver_takes_it_back_before_anything_was_done(world: World) -> None:
    code = filed(world)
    passes(code, world.lan, "an")
    assert panel(world.lan, code).may_recall
    assert not panel(world.van, code).may_recall
    with pytest.raises(Forbidden):
        gives_back(code, world.van)
    gives_back(code, world.lan, "Giao nhầm")
    assert trail(world, code) == [("lan", "an", "recalled"), ("lan", "lan", "open")]
    assert told("give_back") == [world.users["an"]]


def test_not_once_the_receiver_has_begun(world: World) -> None:
    """An act of the receiver stands against it; the giver may still give it to another."""
    routed(world, RouteShape.DIRECT)
    code = filed(world)
    passes(code, world.minh, "an")
    does(code, Action.ADD_PAPER, world.an, {Need.DOCUMENT: "Bản đồ địa chính"})
    assert not panel(world.minh, code).may_recall
    with pytest.raises(Conflict):
        gives_back(code, world.minh)
    passes(code, world.minh, "ha")
    assert trail(world, code)[-1] == ("minh", "ha", "open")


def test_a_paper_added_by_another_is_no_step_of_the_receiver(world: World) -> None:
    code = filed(world)
    passes(code, world.minh, "an")
    does(code, Action.ADD_PAPER, world.lan, {Need.DOCUMENT: "Bản đồ địa chính"})
    gives_back(code, world.minh)
    assert case_of(code).officer_id == world.users["minh"]


def test_a_giver_who_is_shut_out_since_gets_nothing_back(world: World) -> None:
    code = filed(world)
    passes(code, world.lan, "an")
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(code).id, user_id=world.users["lan"], reason=BarReason.RELATED
            )
        )
    with pytest.raises(Invalid) as error:
        gives_back(code, world.an)
    assert "lãnh đạo" in error.value.fields["reason"][0]
    assert case_of(code).officer_id == world.users["an"]


# --- other acts that change the officer --------------------------------------------------------


def test_every_change_of_officer_leaves_a_hop(world: World) -> None:
    """A leader's assignment, the verifier named, a hand-over, a relation declared."""
    code = filed(world)
    does(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "an", Need.CONTENT: DIRECTION})
    assert trail(world, code) == [("minh", "an", "open")]
    assert panel(world.an, code).thread[0].text == DIRECTION
    does(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "an"})
    assert len(trail(world, code)) == 1
    hand_over("an", {code: "ha"}, reason="Nghỉ phép", actor=world.minh, now=NOW)
    assert trail(world, code) == [("minh", "an", "passed_on"), ("minh", "ha", "open")]
    does(code, Action.CLASSIFY, world.ha, {Need.COMPETENT: True})
    does(code, Action.ACCEPT, world.minh, {})
    does(code, Action.ASSIGN_VERIFICATION, world.minh, {Need.ASSIGNEE: "son"})
    assert trail(world, code)[1:] == [("minh", "ha", "recalled"), ("minh", "son", "open")]
    does(code, Action.DECLARE_RELATION, world.son, {Need.ASSIGNEE: "son", Need.REASON: "Anh em"})
    assert trail(world, code)[-1] == ("minh", "son", "done")
    assert case_of(code).officer_id is None


def test_a_handed_over_file_keeps_its_date(world: World) -> None:
    code = filed(world)
    passes(code, world.minh, "an", until=date(2026, 11, 27))
    hand_over("an", {code: "ha"}, reason="Nghỉ phép", actor=world.minh, now=NOW)
    present = panel(world.ha, code).present
    assert present is not None and present.due == date(2026, 11, 27)


@pytest.mark.parametrize("end", ["return", "transfer"])
def test_the_way_is_done_when_the_case_ends_or_leaves(world: World, end: str) -> None:
    code = filed(world)
    passes(code, world.minh, "an")
    does(code, Action.CLASSIFY, world.an, {Need.COMPETENT: end == "return"})
    if end == "return":
        does(code, Action.VOID, world.minh, {Need.REASON: "Đăng ký nhầm"})
    else:
        does(code, Action.TRANSFER, world.minh, {Need.RECIPIENT: "bao-lam", Need.REASON: "Không thuộc thẩm quyền"})  # fmt: skip
    hop = db.session.scalars(select(Hop)).one()
    assert (hop.state, hop.ended_at) == (HopState.DONE, NOW)


def test_the_way_before_a_transfer_is_not_taken_up_again(world: World) -> None:
    """What came back from another body and is refused lies with its giver, under no date of before."""
    code = filed(world)
    passes(code, world.lan, "minh", until=TODAY + timedelta(days=1))
    passes(code, world.minh, "son")
    does(code, Action.CLASSIFY, world.minh, {Need.COMPETENT: False})
    does(code, Action.TRANSFER, world.minh, {Need.RECIPIENT: "bao-lam", Need.CONTENT: "Chuyển đơn"})
    does(code, Action.RETURN_FORWARDED, world.khanh, {Need.REASON: "Chuyển nhầm"})
    does(code, Action.CONFIRM_RECEIPT, world.van, {})
    passes(code, world.minh, "son")
    gives_back(code, world.son)
    assert trail(world, code)[-2:] == [("minh", "son", "refused"), ("minh", "minh", "open")]
    last = db.session.scalars(select(Hop).order_by(Hop.ordinal.desc())).first()
    assert last is not None
    assert last.due is None


def test_the_database_lets_one_hop_be_open(world: World) -> None:
    code = filed(world)
    passes(code, world.minh, "an")
    hop = db.session.execute(select(table_of(Hop))).mappings().one()
    again = {**hop, "id": None, "uid": "x", "ordinal": 2}
    del again["id"]
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(insert(table_of(Hop)).values(again))


# --- denunciations ---------------------------------------------------------------------------


def test_a_denunciation_is_seen_along_its_way_and_no_longer(world: World) -> None:
    """Whoever gave it on goes on seeing it; whoever is passed by does not; the words are sealed."""
    routed(world, RouteShape.FULL)
    code = filed(world, DENUNCIATION)
    assert not sees(world.dung, code)
    passes(code, world.lan, "dung")
    passes(code, world.dung, "son", DIRECTION)
    passes(code, world.son, "an")
    assert all(sees(world.actors[name], code) for name in ("minh", "dung", "son", "an"))
    assert not sees(world.ha, code)
    gives_back(code, world.an, "Bận việc khác")
    assert not sees(world.an, code)
    assert case_of(code).officer_id == world.users["son"]
    does(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "ha"})
    assert not sees(world.son, code)
    assert not sees(world.dung, code)
    rows = db.session.scalars(select(Hop)).all()
    assert all(each.words is None for each in rows)
    assert sum(each.sealed is not None for each in rows) == 2
    shown = panel(world.minh, code)
    assert [each.text for each in shown.thread] == [DIRECTION]
    assert shown.hops[2].reason == "Bận việc khác"


def test_a_desk_that_let_go_of_a_denunciation_does_not_keep_it_by_a_hop(world: World) -> None:
    """Once it is accepted, reception sees it no longer, though the first hop was its own."""
    code = filed(world, DENUNCIATION)
    passes(code, world.lan, "an")
    assert sees(world.lan, code)
    does(code, Action.ACCEPT, world.minh, {})
    assert not sees(world.lan, code)


def test_a_recall_of_a_denunciation_tells_nobody_who_sees_it_no_longer(world: World) -> None:
    code = filed(world, DENUNCIATION)
    passes(code, world.lan, "an")
    gives_back(code, world.lan)
    assert not sees(world.an, code)
    assert told("give_back") == []


@pytest.mark.parametrize("where", ["direction", "reason"])
def test_words_that_name_the_denouncer_are_refused(world: World, where: str) -> None:
    code = filed(world, DENUNCIATION)
    if where == "direction":
        with pytest.raises(Leak) as error:
            passes(code, world.minh, "an", "Mời chị Lò Thị Bình Minh đến làm việc")
        assert error.value.field == "content"
    else:
        passes(code, world.minh, "an")
        with pytest.raises(Leak):
            gives_back(code, world.an, "Quen chị Lò Thị Bình Minh")
    assert "Bình Minh" not in str(db.session.execute(select(table_of(Hop))).all())


# --- many files, followers, cost ---------------------------------------------------------------


def test_a_leader_distributes_several_files(world: World) -> None:
    """What is barred stays; each of the others has its own event; a repeated call says the same."""
    routed(world, RouteShape.DIRECT)
    codes = [filed(world) for _ in range(4)]
    passes(codes[3], world.lan, "minh")
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(codes[1]).id, user_id=world.users["an"], reason=BarReason.RELATED
            )
        )
    assert {each.code: each.held for each in waiting(world.minh)} == {
        codes[0]: False, codes[1]: False, codes[2]: False, codes[3]: True,
    }  # fmt: skip

    def given() -> tuple[Distributed, ...]:
        return distribute(
            [*codes, codes[0]], "an", direction=DIRECTION, actor=world.minh, now=NOW, key="k"
        )

    results = given()
    assert [(each.code, each.done) for each in results] == [
        (codes[0], True), (codes[1], False), (codes[2], True), (codes[3], True),
    ]  # fmt: skip
    assert [each.done for each in given()] == [each.done for each in results]
    assert len(db.session.scalars(select(Event.id).where(Event.action == "pass_on")).all()) == 4
    assert [each.code for each in waiting(world.minh)] == [codes[1]]
    assert waiting(world.son) == ()
    with pytest.raises(Invalid):
        distribute([], "an", actor=world.minh, now=NOW)


def test_waiting_files_are_those_the_actor_may_see(world: World) -> None:
    hidden = filed(world, DENUNCIATION)
    assert [each.code for each in waiting(world.minh)] == [hidden]
    assert waiting(world.dung) == ()
    assert waiting(world.khanh) == ()


def test_followers_hear_of_acts_while_they_see_the_case(world: World) -> None:
    """Not of their own, not twice, not once they are shut out."""
    code = filed(world)
    with pytest.raises(NotFound):
        followers.follow(code, actor=world.binh, now=NOW)
    for name in ("son", "ha", "quy"):
        followers.follow(code, actor=world.actors[name], now=NOW)
        followers.follow(code, actor=world.actors[name], now=NOW)
    passes(code, world.minh, "ha")
    assert sorted(told("followed"), key=str) == sorted(
        [world.users["son"], world.users["quy"]], key=str
    )
    assert panel(world.son, code).follows
    assert panel(world.minh, code).followers == ("Bùi Thị Hà", "Đặng Văn Quý", "Đỗ Văn Sơn")
    followers.unfollow(code, actor=world.quy, now=NOW)
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=case_of(code).id, user_id=world.users["son"], reason=BarReason.RELATED
            )
        )
    does(code, Action.ADD_PAPER, world.ha, {Need.DOCUMENT: "Đơn bổ sung"})
    assert len(told("followed")) == 2
    payloads = db.session.scalars(select(OutboxMessage.payload)).all()
    assert all(each == {"case": code} for each in payloads)


@pytest.mark.parametrize("what", [COMPLAINT, DENUNCIATION])
def test_readers_are_those_who_see_the_case_under_a_hat(world: World, what: Registration) -> None:
    """The condition asked about everybody agrees with the one asked of each."""
    for setting in ("registered", "with another body", "shut out", "closed office"):
        if setting == "registered":
            code = filed(world, replace(what, competent=False))
            case_id = case_of(code).id
        elif setting == "with another body":
            if what is COMPLAINT:
                does(code, Action.CLASSIFY, world.minh, {Need.COMPETENT: False})
            given = {Need.RECIPIENT: "bao-lam", Need.CONTENT: "Chuyển đơn"}
            does(code, Action.TRANSFER, world.minh, given)
        else:
            shut = (
                {"unit_id": world.agencies["phong-kt"]}
                if setting == "shut out"
                else {"user_id": world.users["khanh"]}
            )
            with transaction() as session:
                session.execute(
                    insert(CaseBar).values(case_id=case_id, reason=BarReason.RELATED, **shut)
                )
                if setting == "closed office":
                    session.get_one(Agency, world.agencies["bao-lam"]).valid_to = TODAY - timedelta(
                        days=1
                    )
        case = case_of(code)
        expected = {
            actor.user_id
            for name in world.users
            if (worn := principal_named(name, TODAY)) is not None
            and sees(actor := worn.actor, code)
        }
        assert set(db.session.scalars(readers(case, TODAY))) == expected, setting
        assert expected
        db.session.rollback()


def test_news_to_followers_costs_the_same_however_many(world: World) -> None:
    code = filed(world)
    costs = []
    for names in ((), ("an", "ha", "son", "dung", "van", "lan")):
        for name in names:
            followers.follow(code, actor=world.actors[name], now=NOW)
        with counted() as seen:
            does(code, Action.ADD_PAPER, world.minh, {Need.DOCUMENT: f"Giấy {len(names)}"})
        costs.append(len(seen.statements))
    assert len(told("followed")) == 6
    assert costs[1] - costs[0] <= 2


def test_a_follower_of_a_denunciation_hears_nothing_after_the_charge_ends(world: World) -> None:
    code = filed(world, DENUNCIATION)
    followers.follow(code, actor=world.lan, now=NOW)
    with transaction() as session:
        session.execute(
            update(Assignment).where(Assignment.user_id == world.users["lan"]).values(until=TODAY)
        )
    passes(code, world.minh, "an")
    assert told("followed") == []


@pytest.mark.parametrize("hops", [1, 12])
def test_the_panel_costs_the_same_however_long_the_way(world: World, hops: int) -> None:
    code = filed(world)
    people = ["an", "ha"]
    holder = world.lan
    for number in range(hops):
        to = people[number % 2]
        passes(code, holder, to, DIRECTION)
        holder = world.actors[to]
    db.session.rollback()
    with counted() as seen:
        assert len(panel(world.minh, code).hops) == hops
    assert len(seen.statements) <= 7, "\n".join(seen.statements)


@pytest.mark.parametrize("comes_along", [True, False])
def test_a_file_that_passes_to_another_body_lies_with_whoever_came_along(
    world: World, comes_along: bool
) -> None:
    """A reorganisation: nobody's hop stays open who sits there no longer."""
    code = filed(world)
    passes(code, world.minh, "an")
    if comes_along:
        with transaction() as session:
            session.execute(
                insert(Hat).values(
                    user_id=world.users["an"], role=Role.OFFICER, valid_from=SINCE,
                    agency_id=world.agencies["bao-lam"], title="", is_default=False,
                    denunciation_duty=False,
                )
            )  # fmt: skip
    given = Custody(
        world.agencies["an-binh"], world.agencies["bao-lam"], TODAY, "NQ 1/2026", world.tam, NOW
    )
    with transaction() as session:
        assert [moved.code for moved in take_over(session, given)] == [code]
    hop = db.session.scalars(select(Hop)).one()
    assert hop.state is (HopState.OPEN if comes_along else HopState.DONE)
    assert case_of(code).officer_id == (world.users["an"] if comes_along else None)


# --- whatever people do ------------------------------------------------------------------------

STAFF = ("lan", "van", "minh", "dung", "son", "an", "ha")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pass", "back", "assign", "hand", "paper"]),
        st.sampled_from(STAFF),
        st.sampled_from(STAFF),
    ),
    min_size=5,
    max_size=9,
)


def attempted(world: World, code: str, step: tuple[str, str, str]) -> None:
    """One thing somebody tries; whether it is allowed is the house's to say."""
    what, who, to = step
    actor = world.actors[who]
    match what:
        case "pass":
            passes(code, actor, to, DIRECTION)
        case "back":
            gives_back(code, actor)
        case "assign":
            does(code, Action.ASSIGN, actor, {Need.ASSIGNEE: to})
        case "hand":
            hand_over(who, {code: to}, reason="Nghỉ phép", actor=world.minh, now=NOW)
        case "paper":
            does(code, Action.ADD_PAPER, actor, {Need.DOCUMENT: "Giấy tờ"})


@pytest.mark.parametrize("what", [COMPLAINT, DENUNCIATION], ids=["complaint", "denunciation"])
def test_whatever_people_try_one_person_holds_the_file(world: World, what: Registration) -> None:
    """One open hop at most, its receiver the officer; none is lost; a denunciation is seen by its
    officer, by the head, and of the others by those it passed and the desk, or who took that over."""

    @data(shape=st.sampled_from(RouteShape), steps=STEPS)
    @settings(max_examples=6)
    def people_try(shape: RouteShape, steps: list[tuple[str, str, str]]) -> None:
        with transaction() as session:
            session.execute(table_of(RouteStep).delete())
            session.execute(table_of(Route).delete())
        routed(world, shape)
        code = filed(world, what)
        walked: list[tuple[str, str, str]] = []
        took_over = {"minh", "lan"}
        for step in steps:
            try:
                attempted(world, code, step)
            except DomainError:
                assert trail(world, code) == walked
                continue
            took_over |= {step[2]} if step[0] == "hand" else set()
            before, walked = walked, trail(world, code)
            assert [each[:2] for each in walked[: len(before)]] == [each[:2] for each in before]
            assert len(walked) - len(before) in {0, 1}
            case = case_of(code)
            lying = [to for _, to, state in walked if state == "open"]
            holder = lying[0] if lying else None
            assert len(lying) == (1 if walked else 0)
            assert case.officer_id == (holder and world.users[holder])
            if what is DENUNCIATION:
                seen = {name for name in STAFF if sees(world.actors[name], code)}
                ever = {name for hop in walked for name in hop[:2]}
                assert {"minh", *lying} <= seen <= ever | took_over

    people_try()


def test_an_act_changes_the_case_once(world: World) -> None:
    """Its version goes up by one, so that whoever passes it on knows the next one."""
    code = filed(world)
    passes(code, world.lan, "an", DIRECTION)
    assert case_of(code).version == 2
    gives_back(code, world.an)
    assert case_of(code).version == 3
    does(code, Action.ASSIGN, world.minh, {Need.ASSIGNEE: "son"})
    assert case_of(code).version == 4
    hand_over("son", {code: "ha"}, reason="Nghỉ phép", actor=world.minh, now=NOW)
    assert case_of(code).version == 5
