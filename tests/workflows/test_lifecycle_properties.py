"""Cases walked at random: whatever lawful acts are done in whatever order, the law's promises hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.workflows.walk import PAYLOAD, counted
from workflows.casefile import CaseFile
from workflows.lifecycle import (
    Move,
    NotPermitted,
    Permission,
    WrongDay,
    coarse_of,
    decide,
    permitted,
)
from workflows.transition import COARSE, FINAL, UNSETTLED
from workflows.transitions import TABLE
from workflows.vocabulary import (
    Action,
    Coarse,
    Complexity,
    Fact,
    Kind,
    Mark,
    Need,
    Protection,
    Role,
    State,
    Subkind,
)

START = date(2026, 5, 4)
LEAVING = {Action.REOPEN, Action.UNDO_SPLIT, Action.UNDO_JOIN, Action.VOID}
EXTENSIONS = {Complexity.ORDINARY: 0, Complexity.COMPLEX: 1, Complexity.ESPECIALLY_COMPLEX: 2}


class Wanderer:
    """Does offered acts one after the other, rarely done ones first; checks every promise each time."""

    def __init__(self, seed: int, done: Counter[tuple[Kind, Action]]) -> None:
        self.random = Random(seed)
        self.done = done
        self.today = START
        self.case = self._opening()
        self.act(Action.REGISTER, Role.RECEPTION, {})

    def _opening(self) -> CaseFile:
        odds = self.random.random
        kind = self.random.choice([Kind.COMPLAINT, Kind.COMPLAINT, Kind.DENUNCIATION, *Kind])
        complaint, denunciation = kind is Kind.COMPLAINT, kind is Kind.DENUNCIATION
        return CaseFile(
            kind=kind,
            state=None,
            received_on=START,
            last_on=START,
            subkind=Subkind.DISCIPLINARY if complaint and odds() < 0.2 else None,
            instance=2 if complaint and odds() < 0.3 else 1,
            competent=odds() < 0.8,
            anonymous=denunciation and odds() < 0.2,
            at_reception=odds() < 0.5,
            forwarded=odds() < 0.4,
            group_size=self.random.choice([1, 1, 3, 5, 40]),
        )

    def step(self) -> None:
        """Some days pass, then one offered act is tried; its checks may still refuse it."""
        self.today += timedelta(days=self.random.choice([0, 0, 1, 2, 5, 20, 45]))
        role = self.random.choice([*Role, *[Role.HEAD] * 12])
        offered = [o for o in permitted(self.case, role, self.today) if o.allowed]
        if not offered:
            return
        offer = min(
            offered, key=lambda o: self.done[self.case.kind, o.action] * self.random.random()
        )
        try:
            self.act(offer.action, role, self.payload(offer))
        except NotPermitted as refused:
            if refused.field is None:
                raise AssertionError(f"{offer.action} was offered, yet: {refused}") from refused

    def payload(self, offer: Permission) -> dict[Need, object]:
        """Mostly fitting, sometimes not."""
        choice, soon = self.random.choice, self.today + timedelta(days=7)
        return {
            **PAYLOAD,
            Need.OUTCOME: choice(offer.choices) if offer.choices else None,
            Need.DIALOGUE_ON: soon,
            Need.NOTICE_BY: choice([None, self.today, START]),
            Need.UNTIL: choice([soon, self.today]),
            Need.CRITERIA: choice([[], ["a"], ["a", "b"]]),
            Need.COMPLEXITY: choice(list(Complexity)),
            Need.TEAM: choice([["x"], ["x", "y"]]),
            Need.DAYS: choice([0, 10, 30, 31]),
            Need.WITHDRAWAL_TEST: choice(["clear", "duress"]),
            Need.OBSTACLE: choice(["", "flood"]),
            Need.COMPETENT: choice([None, True, True, False]),
            Need.REMAINING: choice([None, 0, 1, 2]),
            Need.MARKS: choice([None, [Mark.ALL_SIGNATURES, Mark.REPRESENTATIVES_APPOINTED]]),
            Need.FIRST_PERSON: choice([1, 2]),
            Need.FACT: choice([Fact.RECEIVED, Fact.ACCEPTED, Fact.DECISION_ISSUED]),
            Need.DAY: self.today - timedelta(days=choice([0, 3, 30])),
        }

    def act(self, action: Action, role: Role, payload: dict[Need, object]) -> None:
        """Do it and ask every promise again."""
        before = self.case
        move = decide(before, action, role, self.today, self.today, payload)
        self.case = counted(move.after)
        self.done[before.kind, action] += 1
        for promise in PROMISES:
            promise(before, move, self.case)


# --- promises --------------------------------------------------------------------------------


def the_move_and_the_case_agree(before: CaseFile, move: Move, case: CaseFile) -> None:
    assert case.state is move.target
    assert case.state is not None
    assert move.coarse is COARSE[move.target] is coarse_of(case.state)
    assert move.final is (move.target in FINAL)
    if move.transition.target is None:
        assert move.target is before.state
    changed = {f for f in Fact if before.facts.get(f) != case.facts.get(f)}
    assert changed <= set(move.sets)


def denunciations_never_meet_dialogue(_before: CaseFile, move: Move, case: CaseFile) -> None:
    if case.kind is Kind.DENUNCIATION:
        assert move.coarse is not Coarse.DIALOGUE
        assert Mark.DIALOGUE_RECORD not in case.marks
        assert not (case.anonymous and case.day(Fact.ACCEPTED))


def no_decision_without_the_dialogue_the_law_wants(
    before: CaseFile, move: Move, _case: CaseFile
) -> None:
    if move.target is not State.DECIDED or before.state is State.DECIDED:
        return
    if move.action is Action.DECIDE:
        if before.instance == 2 or before.disciplinary:
            assert Mark.DIALOGUE_RECORD in before.marks
        elif before.state is not State.ACCEPTED:
            assert before.marks & {Mark.DIALOGUE_RECORD, Mark.AGREEMENT_FINDING}
    else:
        assert move.action is Action.REOPEN
        assert before.came_from is State.DECIDED


def what_has_ended_moves_only_by_reopening_undoing_or_voiding(
    before: CaseFile, move: Move, _case: CaseFile
) -> None:
    if before.state in FINAL:
        assert move.target is before.state or move.action in LEAVING
        assert before.state is not State.VOIDED


def a_case_stands_still_only_while_it_is_being_settled(
    _before: CaseFile, _move: Move, case: CaseFile
) -> None:
    pauses = case.series(Fact.SUSPENSIONS)
    if case.paused_since is not None:
        assert case.state in UNSETTLED
        assert pauses[-1] == {"from": case.paused_since}
        assert case.kind is Kind.DENUNCIATION or case.paused_since >= date(2026, 7, 1)
    assert all("resumed" in pause for pause in pauses[:-1])
    assert not pauses or case.paused_since or "resumed" in pauses[-1]


def nothing_is_decided_while_it_stands_still(before: CaseFile, move: Move, _case: CaseFile) -> None:
    if before.paused_since is not None and move.target is not before.state:
        assert move.target in (State.TERMINATED, State.VOIDED)


def limits_are_stretched_within_the_law(_before: CaseFile, _move: Move, case: CaseFile) -> None:
    assert case.extensions_used <= EXTENSIONS[case.complexity]
    assert all(1 <= days <= 30 for days in case.series(Fact.EXTENSIONS))
    if case.kind is not Kind.DENUNCIATION:
        assert case.complexity is not Complexity.ESPECIALLY_COMPLEX
        assert case.protection is Protection.NONE


def stretching_came_before_the_limit_ended(before: CaseFile, move: Move, _case: CaseFile) -> None:
    if move.action in (Action.EXTEND, Action.MARK_COMPLEX):
        assert before.settlement_due is not None
        assert move.on <= before.settlement_due


def acceptance_was_in_form(before: CaseFile, move: Move, _case: CaseFile) -> None:
    if move.action is Action.ACCEPT:
        assert before.competent
        if before.kind is Kind.COMPLAINT and before.group_size >= 5:
            assert {Mark.ALL_SIGNATURES, Mark.REPRESENTATIVES_APPOINTED} <= before.marks


def complaints_are_transferred_only_from_reception_since_july(
    before: CaseFile, move: Move, _case: CaseFile
) -> None:
    if move.action in (Action.TRANSFER, Action.TRANSFER_OUT):
        assert not before.competent
        if before.kind is Kind.COMPLAINT:
            assert before.at_reception
            assert move.on >= date(2026, 7, 1)


def effect_begins_after_window_and_period(_before: CaseFile, move: Move, case: CaseFile) -> None:
    if move.action is not Action.TAKE_EFFECT:
        return
    issued, effect = case.day(Fact.DECISION_ISSUED), case.day(Fact.LEGAL_EFFECT)
    assert issued
    assert effect
    assert issued + timedelta(days=30) < effect <= move.on
    if case.instance == 1:
        served = case.day(Fact.DECISION_RECEIVED)
        assert served
        assert served + timedelta(days=30) < effect


def escalation_is_always_an_act(before: CaseFile, move: Move, _case: CaseFile) -> None:
    """Lateness never escalates by itself, and an open case only goes up once its limit has ended."""
    if move.coarse is Coarse.ESCALATED and before.state in UNSETTLED:
        if COARSE[before.state] is Coarse.ESCALATED:
            return
        assert before.settlement_due is not None
        assert move.on > before.settlement_due


PROMISES = (
    the_move_and_the_case_agree,
    denunciations_never_meet_dialogue,
    no_decision_without_the_dialogue_the_law_wants,
    what_has_ended_moves_only_by_reopening_undoing_or_voiding,
    a_case_stands_still_only_while_it_is_being_settled,
    nothing_is_decided_while_it_stands_still,
    limits_are_stretched_within_the_law,
    stretching_came_before_the_limit_ended,
    acceptance_was_in_form,
    complaints_are_transferred_only_from_reception_since_july,
    effect_begins_after_window_and_period,
    escalation_is_always_an_act,
)


WALKS = 3_000
"""More walks than ever needed: an act none of them reaches is one the guards shut everybody out of."""


def test_every_act_of_the_table_can_really_be_done() -> None:
    """The guards leave a way to each act of each kind, and no way breaks a promise.

    Where this names an act just added, look first whether ``walk.PAYLOAD`` has a value for each of its needs.
    """
    wanted = {
        (kind, row.action) for row in TABLE for kind in row.kinds if row.action is not Action.IMPORT
    }
    done: Counter[tuple[Kind, Action]] = Counter()
    for seed in range(WALKS):
        wanderer = Wanderer(seed, done)
        for _ in range(40):
            wanderer.step()
        if seed >= 400 and wanted <= set(done):
            break
    assert wanted - set(done) == set()


class CaseLife(RuleBasedStateMachine):
    """The same walk, steered and shrunk by hypothesis, with acts nobody offered tried in between."""

    wanderer: Wanderer | None = None

    @initialize(seed=st.integers(0, 10_000))
    def register(self, seed: int) -> None:
        self.wanderer = Wanderer(seed, Counter())

    @precondition(lambda self: self.wanderer is not None)
    @rule(steps=st.integers(1, 6))
    def work(self, steps: int) -> None:
        assert self.wanderer is not None
        for _ in range(steps):
            self.wanderer.step()

    @precondition(lambda self: self.wanderer is not None)
    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        """No clock moves a case: what ends is only what may be done next."""
        assert self.wanderer is not None
        before = replace(self.wanderer.case)
        self.wanderer.today += timedelta(days=days)
        permitted(self.wanderer.case, Role.HEAD, self.wanderer.today)
        assert self.wanderer.case == before

    @precondition(lambda self: self.wanderer is not None)
    @rule(action=st.sampled_from(Action), role=st.sampled_from(Role))
    def what_is_not_offered_is_refused(self, action: Action, role: Role) -> None:
        assert self.wanderer is not None
        case, today = self.wanderer.case, self.wanderer.today
        offers = {offer.action: offer for offer in permitted(case, role, today)}
        offer = offers.get(action)
        if offer is not None and offer.allowed:
            return
        payload = self.wanderer.payload(offer or next(iter(offers.values()), _NOTHING))
        with pytest.raises(NotPermitted) as refused:
            decide(case, action, role, today, today, payload)
        assert refused.value.reason

    @precondition(lambda self: self.wanderer is not None)
    @rule(days=st.integers(1, 400))
    def no_act_is_dated_ahead_or_before_receipt(self, days: int) -> None:
        assert self.wanderer is not None
        case, today = self.wanderer.case, self.wanderer.today
        for offer in permitted(case, Role.HEAD, today):
            if offer.allowed:
                payload = self.wanderer.payload(offer)
                for on in (today + timedelta(days=days), case.received_on - timedelta(days=days)):
                    with pytest.raises(WrongDay) as wrong:
                        decide(case, offer.action, Role.HEAD, on, today, payload)
                    assert wrong.value.field == "on"


_NOTHING = Permission(Action.URGE, False, "", "", (), (), None)

TestCaseLife = CaseLife.TestCase
TestCaseLife.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, derandomize=True
)
