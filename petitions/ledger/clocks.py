"""Restating a case's clocks: what its facts yield against what the table holds.

An act that sets a fact again (a new custodian's receipt, a second suspension) starts the clock
anew; a correction or a change of rule moves the clock it finds. Clocks met by an act keep their end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from petitions.models import FAR, Case, Deadline
from petitions.rulebook import Rulebook, Target
from petitions.view import items
from workflows import deadlines as law
from workflows.records import ClockState, Nature
from workflows.vocabulary import Fact, Kind, Mark, Step
from workflows.watch import NOT_A_DUTY
from workflows.working_days import Roll

ClockKey = tuple[Step, Nature]

DEFAULT_SETTLEMENT = Target(days=30, working_days=False, valid_from=date.min, valid_to=None)
"""Suggested where an agency has set no settlement limit of its own for recommendations and feedback."""

INTERNAL_KINDS = frozenset({Kind.RECOMMENDATION, Kind.FEEDBACK})
"""Kinds whose settlement has no limit in law: the agency's own stands in (Decree 154/2026 art 25(3))."""


@dataclass(slots=True)
class Restated:
    """What restating changed: new rows, and moved clocks (step, old due, new due)."""

    added: list[Deadline] = field(default_factory=list)
    moved: list[tuple[Step, date | None, date | None]] = field(default_factory=list)


def restate(
    case: Case,
    known: Iterable[Deadline],
    book: Rulebook,
    *,
    on: date,
    stops: Collection[Step] = (),
    meets: Collection[Step] = (),
    refreshed: Collection[str] = (),
    seq: int,
    revive: int | None = None,
) -> Restated:
    """Bring the case's clocks in line with its facts.

    ``stops`` are the clocks the act met, ``meets`` those it gives rise to and meets at once; ``refreshed`` the facts it set, whose clocks start anew;
    ``revive`` the event of
    an ending that is undone: what it stopped runs again. ``seq`` is the number of this event.
    Sets ``next_due`` and ``next_step`` of the case. Raises ``CalendarMissing`` when a date falls in
    a year without a calendar.
    """
    latest = _latest(known)
    result = Restated()
    for (step, _), row in latest.items():
        if step in stops and row.state in _ALIVE:
            _close(row, ClockState.ENDED if set(stops) >= set(Step) else ClockState.MET, on, seq)
        elif revive is not None and row.closed_seq == revive:
            row.state, row.closed_on, row.closed_seq = ClockState.RUNNING, None, None
    computed = _computed(case, book)
    for key, counted in computed.items():
        known_row = latest.get(key)
        if known_row is None or (
            known_row.state not in _ALIVE and counted["trigger_fact"] in refreshed
        ):
            occurrence = 1 if known_row is None else known_row.occurrence + 1
            step, nature = key
            fresh = Deadline(
                step=step, nature=nature, occurrence=occurrence, version=1, agency_id=case.agency_id,
                state=_running_state(case, step), closed_on=None, **counted,
            )  # fmt: skip
            result.added.append(fresh)
            latest[key] = fresh
        else:
            _move(known_row, counted, result)
            if known_row.state in _ALIVE:
                known_row.state = _running_state(case, known_row.step)
    for (step, _), row in latest.items():
        if step in meets and row.state in _ALIVE:
            _close(row, ClockState.MET, on, seq)
    for key, row in latest.items():
        if key not in computed and row.state in _ALIVE:
            _close(row, ClockState.ENDED, on, seq)
    _set_next(case, latest.values())
    return result


_ALIVE = frozenset({ClockState.RUNNING, ClockState.PAUSED})


def _close(row: Deadline, state: ClockState, on: date, seq: int) -> None:
    row.state, row.closed_on, row.closed_seq = state, on, seq


def _latest(known: Iterable[Deadline]) -> dict[ClockKey, Deadline]:
    latest: dict[ClockKey, Deadline] = {}
    for row in sorted(known, key=lambda row: row.occurrence):
        latest[row.step, row.nature] = row
    return latest


def _computed(case: Case, book: Rulebook) -> dict[ClockKey, dict[str, Any]]:
    found: dict[ClockKey, dict[str, Any]] = {}
    if not case.facts:
        return found  # a case that entered closed: nothing ever started a clock
    for item in items(case):
        for step, counted in law.compute(item, book.lawbook, book.calendar).items():
            found[step, Nature.STATUTORY] = _columns(counted, book)
            target = book.target(case.agency_id, case.kind, step, counted.trigger_on)
            if target is not None:
                found[step, Nature.INTERNAL] = _internal(target, counted, book)
    found.update(_alarm_of_first_receipt(case, book))
    found.update(_office_clocks(case, book))
    return found


def _alarm_of_first_receipt(case: Case, book: Rulebook) -> dict[ClockKey, dict[str, Any]]:
    """A petition that came back wrongly forwarded lies unprocessed since it was first received.

    Sending it away and getting it back gives nobody another 45 days (Decree 154/2026 art 41(3)(b)).
    """
    if Mark.CAME_BACK not in case.marks:
        return {}
    counted = law.count_rule(
        Step.UNPROCESSED_ALARM,
        case.kind,
        Fact.RECEIVED,
        case.first_received_on,
        book.lawbook,
        book.calendar,
    )
    key = Step.UNPROCESSED_ALARM, Nature.STATUTORY
    return {} if counted is None else {key: _columns(counted, book)}


def _columns(counted: law.Deadline, book: Rulebook) -> dict[str, Any]:
    return {
        "trigger_fact": counted.trigger,
        "trigger_on": counted.trigger_on,
        "nominal_end": counted.nominal_end,
        "due": counted.due,
        "safe": counted.safe,
        "near_from": None if counted.due is None else book.near_from(counted.safe or counted.due),
        "provisional": counted.provisional,
        "rule": counted.rule,
        "row_key": counted.row_key,
        "citation": counted.citation,
        "explanation": list(counted.explanation),
    }


def _internal(target: Target, counted: law.Deadline, book: Rulebook) -> dict[str, Any]:
    """The office's own end of a legal clock; never later than the law's."""
    columns = _columns(counted, book)
    own = _target_end(target, counted.trigger_on, book)
    if counted.due is None or own < counted.due:
        columns.update(_own_dates(own, target, book))
    return columns


def _office_clocks(case: Case, book: Rulebook) -> dict[ClockKey, dict[str, Any]]:
    """Clocks that exist for cases only: the office's settlement limit where the law has none, and the
    report a superior demanded (Law on Denunciations art 38(3))."""
    found: dict[ClockKey, dict[str, Any]] = {}
    assigned = case.facts.get(Fact.ASSIGNED)
    if assigned and case.kind in INTERNAL_KINDS:
        start = date.fromisoformat(assigned)
        target = (
            book.target(case.agency_id, case.kind, Step.INTERNAL_SETTLEMENT, start)
            or DEFAULT_SETTLEMENT
        )
        found[Step.INTERNAL_SETTLEMENT, Nature.INTERNAL] = {
            "trigger_fact": Fact.ASSIGNED.value,
            "trigger_on": start,
            "provisional": False,
            "citation": "Nghị định 154/2026/NĐ-CP, Điều 25 khoản 3; hạn nội bộ của cơ quan",
            **_own_dates(_target_end(target, start, book), target, book),
        }
    demanded = case.facts.get(Fact.REPORT_DEMANDED)
    if demanded:
        start = date.fromisoformat(demanded)
        counted = law.count_rule(
            Step.REPORT_ON_DEMAND,
            case.kind,
            Fact.REPORT_DEMANDED,
            start,
            book.lawbook,
            book.calendar,
        )
        if counted is not None:
            found[Step.REPORT_ON_DEMAND, Nature.STATUTORY] = _columns(counted, book)
    return found


def _target_end(target: Target, start: date, book: Rulebook) -> date:
    if target.working_days:
        return book.calendar.add_working_days(start, target.days)
    return book.calendar.roll(start + timedelta(days=target.days), Roll.NEXT)


def _own_dates(end: date, target: Target, book: Rulebook) -> dict[str, Any]:
    unit = "ngày làm việc" if target.working_days else "ngày"
    return {
        "nominal_end": end,
        "due": end,
        "safe": end,
        "near_from": book.near_from(end),
        "rule": "internal",
        "row_key": "internal",
        "explanation": [
            f"Hạn nội bộ do cơ quan tự đặt: {target.days} {unit}; không thay cho hạn luật định."
        ],
    }


def _move(row: Deadline, counted: Mapping[str, Any], result: Restated) -> None:
    if all(getattr(row, name) == value for name, value in counted.items()):
        return
    if row.due != counted["due"]:
        result.moved.append((row.step, row.due, counted["due"]))
        row.version += 1
    for name, value in counted.items():
        setattr(row, name, value)


def _running_state(case: Case, step: Step) -> ClockState:
    paused = case.paused_since is not None and step is Step.SETTLEMENT
    return ClockState.PAUSED if paused else ClockState.RUNNING


def _set_next(case: Case, rows: Iterable[Deadline]) -> None:
    tasks = [
        (row.due, row.step)
        for row in rows
        if row.state is ClockState.RUNNING and row.due is not None and row.step not in NOT_A_DUTY
    ]
    case.next_due, case.next_step = min(tasks, default=(FAR, None))


def differences(
    case: Case, known: Iterable[Deadline], book: Rulebook
) -> list[tuple[Step, date | None, date | None]]:
    """Which clocks ``book`` would move, start or end, as (step, old due, new due); nothing is written."""
    computed = _computed(case, book)
    latest = _latest(known)
    found: list[tuple[Step, date | None, date | None]] = [
        (step, None, counted["due"])
        for (step, nature), counted in computed.items()
        if (step, nature) not in latest
    ]
    for (step, nature), row in latest.items():
        counted = computed.get((step, nature))
        due = None if counted is None else counted["due"]
        if row.state in _ALIVE and (counted is None or due != row.due):
            found.append((step, row.due, due))
    return found
