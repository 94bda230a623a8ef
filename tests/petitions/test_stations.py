"""Stations count what they list, and list what the position says."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert, update

from config.database import db, transaction
from petitions.errors import NotFound
from petitions.models import AwaitedReply, Case, CaseBar, Hat, Submission
from petitions.queries.cases import Filters, queue
from petitions.queries.positions import Position, positions
from petitions.queries.stations import DOCUMENTS, StationPage, lines_of, stations_of
from tests.conftest import TODAY
from tests.petitions.station_world import Desk, filled
from tests.statements import counted
from tests.world import World
from workflows.office import ReplyKind, SubmissionStatus
from workflows.records import AgencyRole, BarReason
from workflows.stations import MENU, ON_TABLE, STAGES, Station
from workflows.vocabulary import Action, Actor, Kind, Mark, Role, State


@pytest.fixture
def desk(world: World) -> Desk:
    return filled(world)


def whole(actor: Actor, station: Station, limit: int = 200) -> list[StationPage]:
    pages = [lines_of(actor, station, TODAY, limit=limit)]
    while pages[-1].after:
        pages.append(lines_of(actor, station, TODAY, after=pages[-1].after, limit=limit))
    return pages


def cases(actor: Actor, station: Station) -> list[int]:
    return [each.line.id for page in whole(actor, station) for each in page.cases]


def words(actor: Actor, ids: list[int]) -> dict[int, Station]:
    return {case: found.station for case, found in positions(actor, ids).items()}


def visible(actor: Actor) -> list[int]:
    page = queue(actor, Filters(open=None), limit=200)
    assert page.after is None
    return [line.id for line in page.lines]


def test_every_station_of_every_hat_counts_what_it_lists(desk: Desk) -> None:
    """Page after page, nothing twice; and the world reaches every station of the menu."""
    reached: Counter[Station] = Counter()
    for actor in desk.world.actors.values():
        shown = stations_of(actor, TODAY)
        assert {count.station for count in shown} == MENU[actor.role]
        for count in shown:
            pages = whole(actor, count.station, limit=7)
            ids = [each.line.id for page in pages for each in page.cases]
            papers = [each.id for page in pages for each in page.documents]
            assert len(ids or papers) == len(set(ids or papers)) == count.things, count
            assert not (ids and papers)
            assert count.late <= count.things
            reached[count.station] += count.things
    assert set(reached) == set(Station) - {Station.ENDED}
    assert [station for station, things in reached.items() if not things] == []


OWN_PAPERS = {*ON_TABLE, Station.TO_SUBMIT}
BESIDE: dict[Station, set[Station]] = {
    **{station: {station} for station in (*OWN_PAPERS, Station.UNDER_WAY, Station.FORWARDED)},
    Station.SUBMITTED: {Station.SUBMITTED, Station.TO_ACCEPT, Station.TO_PROPOSE, Station.TO_VERIFY},
    Station.ADVISING: {Station.ADVISING},
    **{
        station: set(Station)
        for station in (
            Station.TO_ISSUE, Station.AWAITING_REPLY, Station.OWING_REPLY, Station.OVERDUE,
            Station.NEAR_DUE, Station.FOLLOWED,
        )
    },
}  # fmt: skip
"""Where the cases of a station may stand besides; a stage is also listed when a paper lies on the table."""
BY_STAGE = {row.station for row in STAGES} | {Station.TO_REPORT, Station.UNDER_WAY}


def test_a_case_lies_at_the_station_its_position_names(desk: Desk) -> None:
    """What the pure function says of a case and what the statements find are the same, both ways."""
    checked: Counter[Station] = Counter()
    for actor in desk.world.actors.values():
        stands = words(actor, visible(actor))
        his = reached_by(actor)
        for station in MENU[actor.role] - DOCUMENTS:
            listed = {
                each.line.id: each.position.station
                for page in whole(actor, station)
                for each in page.cases
            }
            assert listed == {case: stands[case] for case in listed}
            assert set(listed.values()) <= BESIDE.get(station, {station} | OWN_PAPERS)
            if station in BY_STAGE:
                assert set(listed) <= his
            due = {case for case, stand in stands.items() if stand is station}
            assert set(listed) >= (due & his if station in BY_STAGE else due), (actor, station)
            checked[station] += len(due)
    assert {station for station in set(Station) - DOCUMENTS if checked[station]} >= (
        BY_STAGE | OWN_PAPERS | {Station.SUBMITTED, Station.ADVISING, Station.FORWARDED}
    ) - {Station.ENDED}


def reached_by(actor: Actor) -> set[int]:
    """Cases whose stage is this hat's work, told anew from the rows."""
    section = {
        row.user_id
        for row in db.session.query(Hat.user_id).filter(Hat.section_id == actor.section_id)
    }
    found = set()
    for number, agency, officer in db.session.query(Case.id, Case.agency_id, Case.officer_id):
        ours = agency == actor.agency_id
        match actor.role:
            case Role.OFFICER | Role.INSPECTOR | Role.SUPERVISOR:
                ours = False
            case Role.SECTION_HEAD:
                ours = ours and officer in section
        if ours or officer == actor.user_id:
            found.add(number)
    db.session.rollback()
    return found


def test_positions_are_told_of_visible_cases_only(world: World) -> None:
    desk = Desk(world)
    sealed = desk.case(Kind.DENUNCIATION, State.VERIFYING, officer=world.ha)
    plain = desk.case()
    assert words(world.an, [sealed, plain]) == {plain: Station.TO_DISTRIBUTE}
    assert words(world.minh, [sealed]) == {sealed: Station.TO_REPORT}
    assert words(world.ha, [sealed]) == {sealed: Station.TO_VERIFY}
    assert words(world.ha, []) == {}
    with transaction() as session:
        session.execute(
            insert(CaseBar).values(
                case_id=plain, user_id=world.minh.user_id, reason=BarReason.RELATED
            )
        )
    assert words(world.minh, [plain]) == {}
    assert plain not in cases(world.minh, Station.TO_DISTRIBUTE)
    assert stations_of(world.minh, TODAY)[0].things == 0


def test_one_proposal_is_another_word_to_each(world: World) -> None:
    """Up, back and up again: whose turn it is, who waits, and what the leader will issue."""
    desk = Desk(world)
    case = desk.case(state=State.ACCEPTED, officer=world.an)
    verify, status = Action.ASSIGN_VERIFICATION, SubmissionStatus
    number = desk.proposal(case, verify, status.DRAFTED, author=world.an, holder=world.an)

    def told() -> tuple[Station, ...]:
        return tuple(
            words(actor, [case])[case]
            for actor in (world.an, world.son, world.minh, world.dung, world.phuc)
        )

    def moved(to: SubmissionStatus, holder: Actor | None, step: int) -> None:
        with transaction() as session:
            session.execute(
                update(Submission)
                .where(Submission.id == number)
                .values(status=to, step=step, holder_id=None if holder is None else holder.user_id)
            )

    way = Station.UNDER_WAY
    assert told() == (Station.TO_SUBMIT, way, way, way, way)
    moved(status.SUBMITTED, world.son, 1)
    assert told() == (Station.SUBMITTED, Station.TO_APPROVE, way, way, way)
    moved(status.SENT_BACK, world.an, 0)
    assert told() == (Station.TO_REWORK, way, way, way, way)
    moved(status.APPROVED, world.minh, 2)
    assert told() == (Station.SUBMITTED, way, Station.TO_ISSUE_VERIFICATION, way, way)
    moved(status.SIGNED, None, 2)
    assert told() == (Station.TO_ASSIGN_VERIFICATION,) * 5
    assert cases(world.an, Station.TO_ISSUE) == [case]
    moved(status.DISPATCHED, None, 2)
    assert cases(world.an, Station.TO_ISSUE) == []


def test_a_position_names_what_is_proposed(world: World) -> None:
    """The one on the viewer's own table before others; to the author his own."""
    desk = Desk(world)
    case = desk.case(state=State.VERIFYING, officer=world.an)
    due = TODAY + timedelta(days=2)
    for action, holder in ((Action.REPORT, world.son), (Action.EXTEND, world.minh)):
        desk.proposal(
            case, action, SubmissionStatus.SUBMITTED, author=world.an, holder=holder, step=1,
            approvers=1, due=due,
        )  # fmt: skip
    assert positions(world.minh, [case])[case] == Position(
        Station.TO_SIGN, True, Action.EXTEND, due
    )
    assert positions(world.dung, [case])[case] == Position(
        Station.UNDER_WAY, True, Action.REPORT, due
    )
    letter = desk.case(state=State.VERIFYING, officer=world.an)
    desk.proposal(
        letter, None, SubmissionStatus.SUBMITTED, author=world.an, holder=world.son, step=1
    )
    assert positions(world.an, [letter])[letter] == Position(Station.TO_VERIFY, True)
    assert positions(world.dung, [letter])[letter] == Position(Station.TO_REPORT)


def test_a_forwarded_case_waits_for_its_sender_until_the_answer(world: World) -> None:
    desk = Desk(world)
    case = desk.case(agency_id=world.agencies["bao-lam"])
    desk.involve(case, "an-binh", AgencyRole.SENDER)
    told = desk.case(agency_id=world.agencies["bao-lam"], marks=(Mark.FORWARDER_TOLD,))
    desk.involve(told, "an-binh", AgencyRole.SENDER)
    assert cases(world.lan, Station.FORWARDED) == [case]
    assert cases(world.khanh, Station.TO_DISTRIBUTE) == [case, told]
    assert words(world.lan, [case]) == {case: Station.FORWARDED}
    desk.awaited(case, ReplyKind.FORWARDED, by="an-binh", of="bao-lam")
    assert cases(world.lan, Station.FORWARDED) == [case]
    with transaction() as session:
        session.execute(update(AwaitedReply).values(answered_on=TODAY))
    assert cases(world.lan, Station.FORWARDED) == []
    assert words(world.lan, [case]) == {case: Station.TO_DISTRIBUTE}


def test_a_clerk_numbers_what_he_may_not_read(world: World) -> None:
    """A denunciation's document is there for its number, without its case."""
    desk = Desk(world)
    open_case, sealed = desk.case(), desk.case(Kind.DENUNCIATION)
    desk.document(open_case, world.minh)
    desk.document(sealed, world.minh)
    desk.document(sealed, world.khanh)
    page = lines_of(world.van, Station.TO_NUMBER, TODAY)
    assert [each.code is None for each in page.documents] == [False, True]
    assert {each.signer for each in page.documents} == {world.minh.name}
    assert not page.cases


def test_late_ones_are_told_among_the_rest(world: World) -> None:
    """By the date of the case, or by the inner date of the proposal on the table."""
    desk = Desk(world)
    yesterday = TODAY - timedelta(days=1)
    desk.case(due=yesterday)
    desk.case(due=TODAY)
    near = desk.case(due=TODAY + timedelta(days=7))
    desk.case(due=TODAY + timedelta(days=8))
    held = desk.case(state=State.CLASSIFIED, due=TODAY + timedelta(days=30))
    desk.proposal(
        held, Action.ACCEPT, SubmissionStatus.SUBMITTED, author=world.an, holder=world.minh, step=1,
        approvers=1, due=yesterday,
    )  # fmt: skip
    found = {count.station: (count.things, count.late) for count in stations_of(world.minh, TODAY)}
    assert found[Station.TO_DISTRIBUTE] == (4, 1)
    assert found[Station.TO_SIGN] == (1, 1)
    assert found[Station.OVERDUE] == (1, 1)
    assert found[Station.NEAR_DUE] == (2, 0)
    assert near in cases(world.minh, Station.NEAR_DUE)


def test_a_station_of_another_hat_does_not_exist(world: World) -> None:
    for actor, station in (
        (world.an, Station.TO_NUMBER), (world.tam, Station.OVERDUE), (world.minh, Station.ENDED),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            lines_of(actor, station, TODAY)
    assert stations_of(world.tam, TODAY) == ()


@pytest.mark.parametrize("mark", ["", "x", "2026-11-20", "2026-13-01_1", "2026-11-20_x", "_"])
def test_a_damaged_mark_starts_at_the_beginning(world: World, mark: str) -> None:
    case = Desk(world).case()
    page = lines_of(world.minh, Station.TO_DISTRIBUTE, TODAY, after=mark)
    assert [each.line.id for each in page.cases] == [case]


@pytest.mark.parametrize("number", [1, 60])
def test_counts_and_a_page_take_six_statements(world: World, number: int) -> None:
    """Whatever the number of cases."""
    desk = Desk(world)
    for _ in range(number):
        desk.case()
    with counted() as seen:
        stations_of(world.minh, TODAY)
    assert len(seen.statements) == 1
    with counted() as seen:
        lines_of(world.minh, Station.TO_DISTRIBUTE, TODAY)
    assert len(seen.statements) == 5
