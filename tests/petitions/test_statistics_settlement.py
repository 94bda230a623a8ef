"""01 and 03/KQGQ recounted by plain Python over random casework, and figures that survive being kept."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from config.database import db
from petitions.models import Case, Event
from petitions.queries.statistics.figures import Window, figures
from petitions.queries.statistics.periods import window
from petitions.queries.statistics.spec import Table, versions
from petitions.queries.statistics.stored import form_of, packed, report_of, unpacked
from tests.petitions import test_statistics_walk
from tests.petitions.test_statistics_walk import WINDOWS, Walker
from tests.world import World
from workflows.transition import IN_SETTLEMENT
from workflows.vocabulary import Action, Kind, State

TABLES = {Kind.COMPLAINT: "01/KQGQ", Kind.DENUNCIATION: "03/KQGQ"}
ENDS = {
    Action.DECIDE: "decided", Action.CONCLUDE: "decided", Action.TERMINATE: "terminated",
}  # fmt: skip
SETTLING = {
    Action.CLASSIFY, Action.ACCEPT, Action.ASSIGN_VERIFICATION, Action.REPORT, Action.DECIDE,
    Action.CONCLUDE, Action.WITHDRAW, Action.TERMINATE, Action.REOPEN, Action.SECOND_INSTANCE,
    Action.FURTHER_DENUNCIATION, Action.DECIDE_FURTHER,
}  # fmt: skip
LEAVES = {Action.SECOND_INSTANCE, Action.GO_TO_COURT, Action.JOIN}
EVERY = [table for version in versions().values() for table in version.tables.values()]


def courses(events: Iterable[Event], days: Window) -> tuple[dict[int, tuple[str, str, bool]], bool]:
    """How a case stood at each unit before and at the end of the window and whether it came in it; and
    whether it had been joined into another by then."""
    before: dict[int, str] = {}
    now: dict[int, str] = {}
    came: set[int] = set()
    joined = False
    for event in events:
        if event.on > days.last:
            continue
        action, unit, standing = Action(event.action), event.agency_id, ""
        was_open = event.state_from in IN_SETTLEMENT
        joined = action is Action.JOIN or (joined and action is not Action.UNDO_JOIN)
        if action is Action.ACCEPT or (
            action in {Action.REOPEN, Action.UNDO_JOIN} and event.state_to in IN_SETTLEMENT
        ):
            standing = "due"
        elif action is Action.DECIDE_FURTHER and event.data["outcome"] == "settlement_ordered":
            unit, standing = event.data["to_agency"], "due"
        elif action is Action.FURTHER_DENUNCIATION and was_open:
            unit, standing = event.data["from_agency"], "left"
        elif action is Action.WITHDRAW and was_open:
            standing = "withdrawn"
        elif action in LEAVES and was_open:
            standing = "left"
        else:
            standing = ENDS.get(action, "")
        if not standing:
            continue
        now[unit] = standing
        if event.on < days.first:
            before[unit] = standing
        elif standing == "due":
            came.add(unit)
    return {unit: (before.get(unit, ""), now[unit], unit in came) for unit in now}, joined


def recount(days: Window) -> dict[str, dict[int, Counter[str]]]:
    """By table and unit: petitions carried over and received, matters and how they ended."""
    events: defaultdict[int, list[Event]] = defaultdict(list)
    for event in db.session.scalars(select(Event).order_by(Event.case_id, Event.seq)):
        events[event.case_id].append(event)
    found: dict[str, dict[int, Counter[str]]] = {
        name: defaultdict(Counter) for name in TABLES.values()
    }
    for case in db.session.scalars(select(Case).where(Case.state != State.VOIDED)):
        if case.kind not in TABLES:
            continue
        at, joined = courses(events[case.id], days)
        for unit, (before, now, came) in at.items():
            if before == "due" or came:
                line = found[TABLES[case.kind]][unit]
                line["opening" if before == "due" else "received"] += 1
                if not joined:
                    line["matters"] += 1
                    line[now] += 1
    return found


@pytest.mark.parametrize("seed", [34])
def test_settlements_are_those_of_a_plain_recount(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Carried over, received, matters, withdrawn, terminated by unit; decided with what is unclear."""
    monkeypatch.setattr(test_statistics_walk, "MOVING", SETTLING)
    monkeypatch.setattr(test_statistics_walk, "ENDS", set())
    Walker(world, seed).walk(45, 22)
    db.session.rollback()
    ended: Counter[str] = Counter()
    for days in (*WINDOWS, window("quy-1", 2026)):
        plain = recount(days)
        for name, expected in plain.items():
            report = figures(versions()["tt01-2024"].tables[name], days, among=None)
            compared = {
                1: ("opening", "received"),
                2: ("opening",),
                3: ("received",),
                4: ("matters",),
            }
            compared |= (
                {6: ("withdrawn",)}
                if name == "01/KQGQ"
                else {9: ("withdrawn",), 10: ("terminated",)}
            )
            for line in report.lines:
                told = expected.get(line.unit.id, Counter())
                ended += told
                for column, words in compared.items():
                    assert line.values[column] == sum(told[each] for each in words), (
                        name,
                        days,
                        line,
                    )
            decided = sum(each["decided"] for each in expected.values())
            clear = sum(report.total[each] or 0 for each in ((5,) if name == "01/KQGQ" else (7, 8)))
            assert clear + sum(each.number for each in report.untold) == decided
    assert min(ended[each] for each in ("decided", "withdrawn", "terminated", "opening")) > 0, ended


numbers = st.one_of(
    st.integers(0, 10**6), st.decimals(0, 10**6, places=2).map(lambda each: each.normalize())
)


@st.composite
def kept_lines(draw: Any) -> tuple[Table, list[dict[str, Any]]]:
    """A table and lines of it as they are signed."""
    table = draw(st.sampled_from(EVERY))
    counted = [each.number for each in table.columns if each.measure is not None]
    by_hand = [each.number for each in table.columns if each.manual]
    lines = []
    for unit in range(draw(st.integers(0, 3))):
        parts = {
            name: packed({number: draw(numbers) for number in columns})
            for name, columns in (
                ("computed", counted),
                ("declared", counted[:2]),
                ("manual", by_hand),
            )
        }
        lines.append({"unit": unit, "code": str(unit), "name": "Đơn vị", "untold": {}, **parts})
    return table, lines


@settings(max_examples=60)
@given(kept_lines())
def test_what_is_kept_reads_as_it_was_written(kept: tuple[Table, list[dict[str, Any]]]) -> None:
    """Through JSON and back: the form, every figure exactly, sums of parts, and the sum of the lines."""
    table, lines = kept
    form, again = (json.loads(json.dumps(each)) for each in (form_of(table), lines))
    report = report_of(form, table.version, Window(*WINDOWS[0]), again)
    assert report.table == table
    for line, written in zip(report.lines, lines, strict=True):
        parts = [unpacked(written[name]) for name in ("computed", "declared", "manual")]
        for column in table.columns:
            value = line.values[column.number]
            if column.parts:
                assert value == sum(line.values[each] or 0 for each in column.parts)
            elif column.missing:
                assert value == parts[2].get(column.number)
            else:
                assert value == parts[0][column.number] + parts[1].get(column.number, 0)
    for column in table.columns:
        known = [each.values[column.number] for each in report.lines]
        whole = [each for each in known if each is not None]
        assert report.total[column.number] == (sum(whole) if whole or not column.missing else None)
    assert all(
        isinstance(each, int | Decimal) for each in report.total.values() if each is not None
    )
