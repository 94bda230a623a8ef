"""Random casework through the commands: identities hold, figures equal a recount by plain Python."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from config.database import db
from petitions.errors import DomainError
from petitions.models import Case, Deadline, Event, Receipt
from petitions.queries.statistics.figures import Report, Window, cases, figures
from petitions.queries.statistics.periods import window
from petitions.queries.statistics.spec import versions
from petitions.services.acts import perform
from petitions.services.registration import Prior
from petitions.view import view
from tests.conftest import NOW, TODAY
from tests.petitions.test_intake import COMPLAINT, DENUNCIATION
from tests.web.cases import LATE, registered
from tests.world import World
from workflows.lifecycle import permitted
from workflows.records import Finding, Source
from workflows.transition import IN_SETTLEMENT
from workflows.vocabulary import Action, Complexity, Kind, Need, Role, State

WINDOWS = tuple(window(name, 2026) for name in ("quy-2", "quy-3", "quy-4", "nam"))
FIELDS = ("thu-hoi-dat", "nguoi-co-cong", "o-nhiem", "sach-nhieu", "tham-nhung", "xet-xu", "dang-doan-the", "khac")  # fmt: skip
FINDINGS = tuple(Finding)
RESULTS = ("Đúng", "Đúng một phần", "sai", "Công nhận", "Hủy", "đã xong")
NEW = {State.RECEIVED, State.CLASSIFIED, State.INFO_CHECK}
SKIPPED = {
    Action.OPEN_IDENTITY, Action.GRANT_IDENTITY, Action.END_IDENTITY_GRANT, Action.CORRECT,
    Action.DECLARE_RELATION, Action.CORRECT_DATE, Action.RESTATE, Action.HAND_OVER,
}  # fmt: skip
"""Acts that move nothing, or shut the cast out of its own cases."""


class Walker:
    """Registers petitions and does offered acts on them, days going by."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, Random(seed)
        self.heads = {
            world.agencies[name]: world.actors[head]
            for name, head in (("an-binh", "minh"), ("bao-lam", "khanh"), ("ubnd-tinh", "phuc"), ("so-nnmt", "phuc"))
        }  # fmt: skip

    def register(self) -> str | None:
        """A petition of any kind, at one of three desks."""
        choose = self.random.choice
        kind = choose(list(Kind))
        given = DENUNCIATION if kind is Kind.DENUNCIATION else COMPLAINT
        people = given.parties
        if kind is Kind.DENUNCIATION and self.random.random() < 0.2:
            people = ()
        return self.tried(
            lambda: registered(
                self.world, given, choose([self.world.lan, self.world.thu, self.world.khanh]),
                kind=kind, contested=None, parties=people, anonymous=not people,
                received_on=date(2026, 3, 20) + timedelta(days=self.random.randrange(230)),
                late_reason=LATE, field_code=choose(FIELDS),
                source=choose([Source.RECEPTION, Source.RECEPTION, Source.POST]),
                group_size=choose([1, 1, 3, 8]), official_conduct=choose([True, False]),
                instance=choose([1, 1, 2]) if kind is Kind.COMPLAINT else 1,
                prior=(Prior(body="UBND huyện", form=choose(["Quyết định", "Bản án"])),) if self.random.random() < 0.2 else (),
            )
        )  # fmt: skip

    def walk(self, petitions: int, steps: int) -> None:
        """So many petitions, so many tries of an act on each."""
        for _ in range(petitions):
            code = self.register()
            for _ in range(self.random.randrange(steps)):
                if code is not None:
                    self.act(code)

    def act(self, code: str) -> None:
        """One of the offered acts, those that lead on rather than notes."""
        db.session.rollback()
        case = db.session.scalars(select(Case).where(Case.code == code)).one()
        known = db.session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
        on = case.last_on + timedelta(days=self.random.choice([0, 1, 5, 20, 45]))
        actor = self.heads.get(case.agency_id)
        if actor is None or on > TODAY:
            return
        offers = [
            each
            for each in permitted(view(case, known), Role.HEAD, on)
            if each.allowed and each.action not in SKIPPED
        ]
        moving = [each for each in offers if each.action in MOVING] or offers
        if not moving:
            return
        pool = moving if self.random.random() < 0.85 else offers
        offer = self.random.choices(pool, [1 if each.action in ENDS else 6 for each in pool])[0]
        self.tried(
            lambda: perform(
                code, offer.action, self.payload(offer, on, case.agency_id), version=None, on=on, actor=actor,
                now=NOW, late_reason=LATE,
            )
        )  # fmt: skip

    def payload(self, offer: Any, on: date, unit: int) -> dict[Need, Any]:
        """A fitting answer to what the act asks."""
        choose = self.random.choice
        others = db.session.scalars(select(Case.code).where(Case.state != State.VOIDED)).all()
        team = TEAMS[next(name for name, known in self.world.agencies.items() if known == unit)]
        answers: dict[Need, Any] = {
            Need.GROUND: "x", Need.REASON: "x", Need.DOCUMENT: "1/TB", Need.CONTENT: "x",
            Need.RECIPIENT: choose(["an-binh", "bao-lam", "ubnd-tinh"]), Need.ASSIGNEE: team[0],
            Need.TEAM: team, Need.FINDING: "x", Need.FOUND: choose(FINDINGS), Need.RESULT: choose(RESULTS), Need.DAYS: 30,
            Need.UNTIL: TODAY + timedelta(days=30), Need.WITHDRAWN: "x", Need.REMAINING: 1,
            Need.WITHDRAWAL_TEST: "clear", Need.OBSTACLE: "lũ", Need.COURT: "TAND", Need.MEASURES: "x",
            Need.PARTS: [{"summary": "a", "content": "a"}, {"summary": "b", "content": "b"}],
            Need.INTO: choose(others), Need.DIALOGUE_ON: on, Need.COMPETENT: choose([True, True, False]),
            Need.COMPLEXITY: Complexity.COMPLEX, Need.CRITERIA: ["two_places"],
        }  # fmt: skip
        outcomes = [each.value for each in offer.choices]
        found = {need: answers[need] for need in (*offer.needs, *offer.takes) if need in answers}
        found.pop(Need.LEAD, None)
        if outcomes:
            found[Need.OUTCOME] = choose(outcomes)
            found |= {need: answers[need] for need in (Need.RESULT, Need.REASON, Need.DOCUMENT)}
        return found

    def tried(self, command: Any) -> Any:
        """What it answers; None where it was refused."""
        db.session.rollback()
        try:
            return command()
        except DomainError:
            return None


TEAMS = {
    "an-binh": ["an", "ha"], "bao-lam": ["binh", "khanh"], "ubnd-tinh": ["long", "thu"],
    "so-nnmt": ["long", "thu"],
}  # fmt: skip
ENDS = {
    Action.FILE, Action.REFUSE, Action.GUIDE, Action.WITHDRAW, Action.TERMINATE, Action.VOID,
    Action.SPLIT, Action.JOIN, Action.NOT_PROCESS, Action.TRANSFER_OUT, Action.ORDER_SUBORDINATE,
    Action.RETURN, Action.GO_TO_COURT, Action.RECORD_AGREEMENT, Action.REOPEN,
}  # fmt: skip
MOVING = {
    Action.CLASSIFY, Action.ACCEPT, Action.TRANSFER, Action.CONFIRM_RECEIPT, Action.GUIDE,
    Action.REFUSE, Action.FILE, Action.NOT_PROCESS, Action.ASSIGN, Action.ASSIGN_VERIFICATION,
    Action.REPORT, Action.DECIDE, Action.CONCLUDE, Action.ANSWER, Action.WITHDRAW, Action.TERMINATE,
    Action.JOIN, Action.UNDO_JOIN, Action.REOPEN, Action.RETURN_FORWARDED, Action.SECOND_INSTANCE,
    Action.FURTHER_DENUNCIATION, Action.DECIDE_FURTHER, Action.TAKE_EFFECT, Action.RECORD_SERVICE,
    Action.RECORD_ENFORCEMENT, Action.ACT_ON_CONCLUSION, Action.ORDER_SUBORDINATE, Action.CLOSE,
    Action.GO_TO_COURT, Action.CHECK_ANONYMOUS, Action.DEMAND_REPORT, Action.SPLIT, Action.VOID,
    Action.RECORD_AGREEMENT, Action.TRANSFER_OUT, Action.RETURN,
}  # fmt: skip


# --- the recount -----------------------------------------------------------------------------


class Seen(NamedTuple):
    """How a petition stood at a unit on a day; ``came`` holds the days it arrived by then."""

    standing: str
    came: tuple[date, ...]


def standings(events: list[Event], case: Case, receipts: list[Receipt], until: date, upto: date) -> dict[int, Seen]:  # fmt: skip
    """Told event by event, as an officer would: where it lay and what was done with it.

    Acts up to ``until`` are known; of those, what counts for days up to ``upto`` is told.
    """
    at: dict[int, str] = {}
    came: defaultdict[int, list[date]] = defaultdict(list)

    def arrive(unit: int, day: date) -> None:
        if day <= upto:
            at[unit] = "here"
            came[unit].append(day)

    def become(unit: int, standing: str, day: date) -> None:
        if day <= upto:
            at[unit] = standing

    for event in events:
        on, data, unit = event.on, event.data, event.agency_id
        if on > until:
            continue
        action = Action(event.action)
        before, after = event.state_from, event.state_to
        if action is Action.REGISTER and data.get("link") != "resettles":
            arrive(case.origin_agency_id, case.first_received_on)
            if data.get("agency", case.origin_agency_id) != case.origin_agency_id:
                become(case.origin_agency_id, "sent", on)
                arrive(data["agency"], case.first_received_on)
        elif action in {Action.TRANSFER, Action.RETURN_FORWARDED}:
            become(unit, "sent" if action is Action.TRANSFER else "returned", on)
            entered = [r.received_on for r in receipts if r.agency_id == data["to_agency"] and r.received_on >= on]  # fmt: skip
            day = min(entered, default=on)
            if day <= until:
                arrive(data["to_agency"], day)
        elif action is Action.FURTHER_DENUNCIATION:
            arrive(data["to_agency"], on)
        elif action is Action.DECIDE_FURTHER:
            if data["outcome"] == "settlement_ordered":
                become(unit, "urged", on)
            elif data["outcome"] != "taken_up":
                become(unit, "accepted", on)
        elif action in {Action.REOPEN, Action.UNDO_JOIN} and after in NEW:
            arrive(unit, on)
        elif action in {Action.REOPEN, Action.UNDO_JOIN} and after in {
            *IN_SETTLEMENT,
            "assigned",
            "meeting",
        }:
            become(unit, "accepted", on)
        elif action is Action.UNDO_SPLIT:
            arrive(unit, case.first_received_on)
        elif action is Action.ACCEPT or (action is Action.ASSIGN and after == "assigned"):
            become(unit, "accepted", on)
        elif action is Action.ORDER_SUBORDINATE and after in NEW:
            become(unit, "urged", on)
        elif action in {Action.WITHDRAW, Action.CLOSE, Action.JOIN} and before in NEW:
            become(
                unit, {"withdraw": "withdrawn", "close": "checked", "join": "joined"}[action], on
            )
        elif action in WORDS:
            become(unit, WORDS[action], on)
    return {unit: Seen(at[unit], tuple(came[unit])) for unit in at}


WORDS = {
    Action.REFUSE: "refused", Action.GUIDE: "guided", Action.TRANSFER_OUT: "sent",
    Action.RETURN: "returned", Action.FILE: "filed", Action.FILE_AND_WATCH: "filed",
    Action.NOT_PROCESS: "filed", Action.SPLIT: "split", Action.DEMAND_REPORT: "urged",
}  # fmt: skip
OWN = {"accepted", "refused", "withdrawn", "joined", "checked"}
OTHERS = {"guided", "sent", "returned", "urged"}
KINDS = {Kind.COMPLAINT: 0, Kind.DENUNCIATION: 1, Kind.RECOMMENDATION: 2, Kind.FEEDBACK: 2}


def recount(days: Window) -> dict[int, dict[int, int]]:
    """Columns of 01/XLD (2024) that need no more than ways and kinds, by unit."""
    found: defaultdict[int, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for case, events, receipts in everything():
        if case.state is State.VOIDED:
            continue
        start = standings(events, case, receipts, days.last, days.first - timedelta(days=1))
        for unit, seen in standings(events, case, receipts, days.last, days.last).items():
            opening = unit in start and start[unit].standing == "here"
            if seen.standing == "split" or not (
                opening or any(day >= days.first for day in seen.came)
            ):
                continue
            for column in columns(seen.standing, opening, KINDS[case.kind]):
                found[unit][column] += 1
    return found


def columns(standing: str, opening: bool, kind: int) -> Iterator[int]:
    """The columns a petition counts in."""
    yield from (1, 2 if opening else 3, 5 if standing == "here" else 4)
    if standing in OWN:
        yield from (6, 8 + kind, 14, 15 + kind)
    if standing in OTHERS:
        yield from (6, 8 + kind, 18, {"guided": 19, "urged": 21}.get(standing, 20))


def everything() -> Iterator[tuple[Case, list[Event], list[Receipt]]]:
    """Every case with its ledger and receipts."""
    events: defaultdict[int, list[Event]] = defaultdict(list)
    for event in db.session.scalars(select(Event).order_by(Event.case_id, Event.seq)):
        events[event.case_id].append(event)
    receipts: defaultdict[int, list[Receipt]] = defaultdict(list)
    for receipt in db.session.scalars(select(Receipt)):
        receipts[receipt.case_id].append(receipt)
    for case in db.session.scalars(select(Case)):
        yield case, events[case.id], receipts[case.id]


@pytest.mark.parametrize("seed", [1, 2])
def test_any_casework_adds_up(world: World, seed: int) -> None:
    """Hard identities, the recount, carried-over balances, and as many cases as each figure says."""
    Walker(world, seed).walk(60, 13)
    db.session.rollback()
    done = {Action(each) for each in db.session.scalars(select(Event.action).distinct())}
    assert len(MOVING & done) >= 20, [each.value for each in MOVING - done]
    for days in WINDOWS:
        reports = {
            (version.id, name): figures(table, days, among=None)
            for version in versions().values()
            for name, table in version.tables.items()
        }
        for report in reports.values():
            assert [each for each in report.broken if not each.identity.soft] == []
        assert_recounted(reports["tt01-2024", "01/XLD"], days)
        assert_sums(reports)
        assert_listed(reports["tt01-2024", "02/XLD"], days)
        assert_listed(reports["tt02-2021", "03/KQGQ"], days)


def assert_recounted(report: Report, days: Window) -> None:
    """Every unit's figures are those of the recount."""
    plain = recount(days)
    compared = (*range(1, 7), *range(8, 11), *range(14, 22))
    for line in report.lines:
        expected = plain.get(line.unit.id, {})
        assert {n: line.values[n] for n in compared} == {n: expected.get(n, 0) for n in compared}


def assert_sums(reports: dict[tuple[str, str], Report]) -> None:
    """01/XLD is the sum of 02 to 04/XLD, unit by unit."""
    pairs = {"tt01-2024": ((1, 2, 3, 4, 6, 7, 14, 18, 21), ((1, 2, 3, 4, 7, 8, 20, 23, 25), (1, 2, 3, 4, 7, 8, 21, 24, 26), (1, 2, 3, 4, 7, 8, 15, 16, 18)))}  # fmt: skip
    for version, (whole, parts) in pairs.items():
        for at, line in enumerate(reports[version, "01/XLD"].lines):
            for index, column in enumerate(whole):
                added = sum(
                    reports[version, name].lines[at].values[numbers[index]] or 0
                    for name, numbers in zip(("02/XLD", "03/XLD", "04/XLD"), parts, strict=True)
                )
                if column in {14, 18, 21}:
                    assert added <= (line.values[column] or 0)
                else:
                    assert added == line.values[column], (column, line)


def assert_listed(report: Report, days: Window) -> None:
    """A unit's figure is the number of cases behind it."""
    for line in report.lines:
        for number, value in line.values.items():
            column = report.table.column(number)
            if not value or column is None or column.measure == "replies":
                continue
            unit = frozenset({line.unit.id})
            assert len(cases(report.table, str(number), days, among=unit)) == value


def test_the_end_of_a_window_is_the_opening_of_the_next(world: World) -> None:
    """Without splits, whose parts are more papers than the one that was carried over."""
    walker = Walker(world, 3)
    MOVING.discard(Action.SPLIT)
    SKIPPED.add(Action.SPLIT)
    try:
        walker.walk(50, 10)
    finally:
        MOVING.add(Action.SPLIT)
        SKIPPED.discard(Action.SPLIT)
    db.session.rollback()
    table = versions()["tt01-2024"].tables["01/XLD"]
    quarters = [figures(table, days, among=None) for days in WINDOWS[:3]]
    for before, after in pairwise(quarters):
        left = {line.unit.code: line.values[5] for line in before.lines}
        assert left == {line.unit.code: line.values[2] for line in after.lines}
