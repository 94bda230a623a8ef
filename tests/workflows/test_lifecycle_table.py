"""The table hangs together, and the check that says so finds every kind of hole."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.shipped import lawbook
from workflows import checks, effects, guards
from workflows.lifecycle import TableError, check_table
from workflows.table_check import reachable
from workflows.transition import COARSE, ELSEWHERE, FINAL, UNPROCESSED, UNSETTLED, Transition
from workflows.transitions import NEVERS, TABLE
from workflows.vocabulary import Action, Coarse, Kind, Outcome, Role, State, Step


def faults(table: tuple[Transition, ...]) -> str:
    with pytest.raises(TableError) as caught:
        check_table(lawbook(), table)
    return str(caught.value)


def without(*actions: Action) -> tuple[Transition, ...]:
    return tuple(row for row in TABLE if row.action not in actions)


def test_the_table_as_shipped_has_no_hole() -> None:
    check_table(lawbook())


def test_a_state_nothing_leads_to_is_named() -> None:
    assert "state in_court cannot be reached" in faults(without(Action.GO_TO_COURT))


def test_a_state_nothing_leads_out_of_is_named() -> None:
    found = faults(without(Action.DECIDE_FURTHER))
    assert "a denunciation cannot get from further_review to an end" in found
    assert "superior_supervision" in found


def test_a_row_that_can_never_apply_is_named() -> None:
    accept = next(row for row in TABLE if row.action is Action.ACCEPT)
    stray = replace(accept, sources=frozenset({State.MEETING}))
    assert "accept (complaint) to accepted starts from states no complaint reaches" in faults(
        (*TABLE, stray)
    )


def test_two_rows_for_one_situation_are_named() -> None:
    twin = next(row for row in TABLE if row.action is Action.CONCLUDE)
    assert "conclude of a denunciation in report_done has more than one row" in faults(
        (*TABLE, twin)
    )
    missed = next(row for row in TABLE if row.action is Action.MISS_DIALOGUE)
    assert "miss_dialogue of a complaint" in faults((*TABLE, replace(missed, outcome=None)))


def test_a_clock_without_a_rule_is_named() -> None:
    answer = next(row for row in TABLE if row.action is Action.ANSWER)
    table = (*without(Action.ANSWER), replace(answer, starts=(Step.SEND_DECISION,)))
    assert "starts send_decision, which no rule counts for a feedback" in faults(table)
    plan = next(row for row in TABLE if row.action is Action.PLAN_DIALOGUE)
    odd = replace(plan, meets=(Step.NOTIFY_ACCEPTANCE,))
    rest = tuple(row for row in TABLE if row is not plan)
    assert "notify_acceptance, which no rule counts for a complaint" in faults((*rest, odd))


def test_a_row_without_a_known_role_is_named() -> None:
    urge = next(row for row in TABLE if row.action is Action.URGE)
    rest = without(Action.URGE)
    nobody = replace(urge, roles=frozenset())
    assert "urge" in faults((*rest, nobody))
    stranger: Role = "mayor"  # type: ignore[assignment]
    assert "names the unknown role mayor" in faults((*rest, replace(urge, roles={stranger})))  # type: ignore[arg-type]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(TableError) as caught:
        check_table(lawbook(), without(Action.GO_TO_COURT, Action.DECIDE_FURTHER))
    assert len(caught.value.faults) >= 3


def test_every_state_has_exactly_one_coarse_state_as_the_law_maps_them() -> None:
    assert set(COARSE) == set(State)
    by_coarse = {coarse: {s for s in State if COARSE[s] is coarse} for coarse in Coarse}
    assert by_coarse[Coarse.RECEIVED] == {State.RECEIVED, State.CLASSIFIED}
    assert by_coarse[Coarse.DIALOGUE] == {
        State.DIALOGUE_PLANNED,
        State.DIALOGUE_HELD,
        State.MEETING,
    }
    assert by_coarse[Coarse.ESCALATED] == {
        State.SECOND_INSTANCE,
        State.IN_COURT,
        State.FURTHER_REVIEW,
        State.SUPERIOR_SUPERVISION,
    }
    assert by_coarse[Coarse.ASSIGNED] == {
        State.INFO_CHECK,
        State.ASSIGNED,
        State.ACCEPTED,
        State.VERIFYING,
        State.REPORT_DONE,
    }
    assert by_coarse[Coarse.RESOLVED] >= FINAL


def test_dialogue_is_out_of_reach_for_denunciations() -> None:
    coarse = {COARSE[state] for state in reachable(TABLE, Kind.DENUNCIATION)}
    assert Coarse.DIALOGUE not in coarse
    for kind in set(Kind) - {Kind.DENUNCIATION}:
        assert Coarse.DIALOGUE in {COARSE[state] for state in reachable(TABLE, kind)}


def test_groups_of_states() -> None:
    assert not UNSETTLED & FINAL
    assert UNPROCESSED <= UNSETTLED
    assert not ELSEWHERE & UNSETTLED
    assert {State.FURTHER_REVIEW, State.SUPERIOR_SUPERVISION} <= UNSETTLED


def test_every_action_stands_in_the_table_and_every_outcome_is_used() -> None:
    assert {row.action for row in TABLE} == set(Action)
    assert {row.outcome for row in TABLE} - {None} == set(Outcome)


def test_every_row_says_who_where_and_why() -> None:
    for row in (*TABLE, *NEVERS):
        assert row.article.strip()
    for row in TABLE:
        assert row.when.endswith(".")
        assert row.roles <= set(Role)
        assert len(set(row.needs)) == len(row.needs)
        assert not set(row.needs) & set(row.takes)
    for never in NEVERS:
        assert never.reason.endswith(".")
        known = {row.action for row in TABLE if row.kinds & never.kinds and _overlaps(row, never)}
        assert not never.actions & known


def _overlaps(row: Transition, never) -> bool:
    instances = None in (row.instance, never.instance) or row.instance == never.instance
    discipline = None in (row.disciplinary, never.disciplinary) or (
        row.disciplinary == never.disciplinary
    )
    return instances and discipline


def test_settling_is_the_heads_own_power() -> None:
    settling = {
        Action.ACCEPT,
        Action.REFUSE,
        Action.DECIDE,
        Action.CONCLUDE,
        Action.SUSPEND,
        Action.RESUME,
        Action.TERMINATE,
        Action.WITHDRAW,
        Action.EXTEND,
        Action.MARK_COMPLEX,
        Action.STAY_CONTESTED,
        Action.LIFT_STAY,
        Action.DECIDE_PROTECTION,
        Action.DECIDE_FURTHER,
        Action.PASS_TO_INVESTIGATORS,
    }
    for row in TABLE:
        if row.action in settling:
            assert row.roles == {Role.HEAD, Role.DEPUTY_HEAD}
            assert row.legal


def test_every_guard_check_and_effect_is_used() -> None:
    used = {rule for row in TABLE for rule in (*row.guards, *row.checks, *row.effects)}
    factories = {guards.not_yet, guards.after}
    told = {guards.spoken, guards.effect_day}
    offered = {
        value
        for module in (guards, checks, effects)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__
        if not name.startswith("_") and not isinstance(value, type)
    }
    readers = {checks.given_day, checks.given_many, checks.given_number, checks.new_complexity}
    unused = offered - used - factories - told - readers - {effects.with_facts}
    assert unused == set()
