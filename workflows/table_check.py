"""Whether the transition table hangs together; asked once at every start of the application."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from workflows.facts import RECEPTION
from workflows.lawbook import Lawbook
from workflows.transition import COARSE, FINAL, RESTORED, Transition
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Kind, Outcome, Role, State, Step

_Arrows = Mapping[State | None, set[State]]

_NOT_THE_WAY_OUT = frozenset({Action.VOID, Action.JOIN, Action.SPLIT})
"""Ends any case may meet; a state only they lead out of is still a dead end."""


class TableError(Exception):
    """The table is wrong; every fault is named on a line of its own."""

    def __init__(self, faults: Iterable[str]):
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


def check_table(lawbook: Lawbook, table: Iterable[Transition] = TABLE) -> None:
    """Refuse a table with a hole in it.

    Raises ``TableError`` naming states nothing leads to, states nothing leads out of, rows that can
    never or ambiguously apply, unknown roles, and clocks no row of ``lawbook`` counts.
    """
    rows = tuple(table)
    faults = [
        *_unmapped_states(),
        *_unknown_roles(rows),
        *_clocks_without_rule(rows, lawbook),
        *_ambiguous_rows(rows),
        *_unreachable(rows),
        *_dead_ends(rows),
    ]
    if faults:
        raise TableError(faults)


def reachable(rows: Iterable[Transition], kind: Kind) -> frozenset[State]:
    """States a case of ``kind`` can come to from nothing."""
    arrows = _arrows(rows, kind)
    found: set[State] = set()
    frontier: set[State | None] = {None}
    while frontier:
        fresh = {target for source in frontier for target in arrows.get(source, ())} - found
        found |= fresh
        frontier = set(fresh)
    return frozenset(found)


def _arrows(rows: Iterable[Transition], kind: Kind) -> _Arrows:
    arrows: dict[State | None, set[State]] = defaultdict(set)
    for row in rows:
        if kind in row.kinds and isinstance(row.target, State):
            for source in row.sources:
                arrows[source].add(row.target)
    return arrows


def _unmapped_states() -> Iterator[str]:
    for state in State:
        if state not in COARSE:
            yield f"state {state} has no coarse state"


def _unknown_roles(rows: Iterable[Transition]) -> Iterator[str]:
    known = set(Role)
    for row in rows:
        if not row.roles:
            yield f"{_name(row)} has no role"
        for role in sorted(str(role) for role in row.roles if role not in known):
            yield f"{_name(row)} names the unknown role {role}"


def _clocks_without_rule(rows: Iterable[Transition], lawbook: Lawbook) -> Iterator[str]:
    counted: set[tuple[str, Step]] = {
        (str(kind), rule.step)
        for rule in lawbook.rules
        if rule.step is not None
        for kind in rule.kinds
    }
    for row in rows:
        for kind in sorted(row.kinds):
            for step in (*row.starts, *row.meets):
                # a petition handed in at the reception desk also has the desk's own clocks
                if not {(str(kind), step), (str(RECEPTION), step)} & counted:
                    yield f"{_name(row)} starts {step}, which no rule counts for a {kind}"


def _ambiguous_rows(rows: Iterable[Transition]) -> Iterator[str]:
    ends: dict[tuple[Action, Kind, State | None, int, bool], list[Outcome | None]]
    ends = defaultdict(list)
    for row in rows:
        instances = (row.instance,) if row.instance else (1, 2)
        disciplines = (False, True) if row.disciplinary is None else (row.disciplinary,)
        for kind, source, instance, disciplinary in product(
            row.kinds, row.sources, instances, disciplines
        ):
            ends[row.action, kind, source, instance, disciplinary].append(row.outcome)
    for (action, kind, source, _, _), outcomes in ends.items():
        several = len(outcomes) > 1
        if several and (None in outcomes or len(set(outcomes)) < len(outcomes)):
            yield f"{action} of a {kind} in {source} has more than one row"


def _unreachable(rows: tuple[Transition, ...]) -> Iterator[str]:
    by_kind = {kind: reachable(rows, kind) for kind in Kind}
    everywhere = frozenset().union(*by_kind.values())
    for state in State:
        if state not in everywhere:
            yield f"state {state} cannot be reached"
    for row in rows:
        for kind in sorted(row.kinds):
            if None not in row.sources and not row.sources & by_kind[kind]:
                yield f"{_name(row)} starts from states no {kind} reaches"


def _dead_ends(rows: tuple[Transition, ...]) -> Iterator[str]:
    for kind in Kind:
        ways = [row for row in rows if row.action not in _NOT_THE_WAY_OUT]
        arrows = _arrows(ways, kind)
        ending = set(FINAL)
        while grown := {
            source
            for source, targets in arrows.items()
            if source is not None and source not in ending and targets & ending
        }:
            ending |= grown
        for state in State:
            if state in reachable(rows, kind) and state not in ending:
                yield f"a {kind} cannot get from {state} to an end"


def _name(row: Transition) -> str:
    target = "its former state" if row.target is RESTORED else row.target or "no other state"
    return f"{row.action} ({', '.join(sorted(row.kinds))}) to {target}"
