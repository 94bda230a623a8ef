"""A case walked by hand: each step is judged by the lifecycle, its counted dates by a plain count."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from workflows.casefile import CaseFile
from workflows.lifecycle import Move, NotPermitted, Permission, decide, permitted
from workflows.records import Finding, findings_of
from workflows.vocabulary import Action, Complexity, Fact, Kind, Need, Role, State, Step, Subkind

PAYLOAD: dict[Need, object] = {
    Need.GROUND: "ground",
    Need.REASON: "reason",
    Need.DOCUMENT: "12/TB-UBND",
    Need.CONTENT: "content",
    Need.RECIPIENT: "agency",
    Need.ASSIGNEE: "officer",
    Need.DEPUTY: "a",
    Need.TEAM: ["a", "b"],
    Need.COOPERATING: ["agency"],
    Need.CRITERIA: ["two_places"],
    Need.COMPLEXITY: Complexity.COMPLEX,
    Need.FINDING: "finding",
    Need.RESULT: "result",
    Need.FOUND: Finding.TRUE,
    Need.MONEY: 12_500_000,
    Need.LAND: Decimal("120.5"),
    Need.PEOPLE: 1,
    Need.DAYS: 30,
    Need.WITHDRAWN: "part",
    Need.WITHDRAWAL_TEST: "clear",
    Need.OBSTACLE: "flood",
    Need.COURT: "court",
    Need.MEASURES: "measures",
    Need.PARTS: ["one", "two"],
    Need.INTO: "other case",
    Need.AWAITED: 1,
    Need.CHANGES: {"summary": "new"},
    Need.FIRST_PERSON: 1,
    Need.SECOND_PERSON: 2,
}
"""A fitting answer to every question but those about days."""


def fresh(kind: Kind = Kind.COMPLAINT, on: date = date(2026, 8, 3), **known: object) -> CaseFile:
    """A case not yet in the register."""
    return CaseFile(kind=kind, state=None, received_on=on, last_on=on, **known)  # type: ignore[arg-type]


def counted(case: CaseFile) -> CaseFile:
    """``case`` with the dates its clocks would show, in plain days (no calendar, no rolling)."""
    accepted, issued = case.day(Fact.ACCEPTED), case.day(Fact.DECISION_ISSUED)
    served = case.day(Fact.DECISION_RECEIVED)
    due = None
    if accepted and case.paused_since is None:
        longer = case.kind is Kind.COMPLAINT and case.complexity is not Complexity.ORDINARY
        granted = sum(case.series(Fact.EXTENSIONS))  # type: ignore[arg-type]
        due = accepted + timedelta(days=(45 if longer else 30) + granted)
        for pause in case.series(Fact.SUSPENSIONS):
            due += pause["resumed"] - pause["from"]  # type: ignore[index]
    return replace(
        case,
        settlement_due=due,
        window_until=served + timedelta(days=30) if served and case.instance == 1 else None,
        effect_from=issued + timedelta(days=31) if issued else None,
    )


class Walk:
    """One case and the acts done to it; each names its role, its day and what differs in the payload."""

    def __init__(self, kind: Kind = Kind.COMPLAINT, on: date = date(2026, 8, 3), **known: object):
        self.case = fresh(kind, on, **known)
        self.moves: list[Move] = []
        self.do(Action.REGISTER, Role.RECEPTION, on)

    def do(self, action: Action, role: Role, on: date | None = None, **given: object) -> Move:
        """Do it; raises the lifecycle's refusal."""
        day = on or self.case.last_on
        found = findings_of(self.case.kind, self.case.instance)[0]
        payload = {
            **PAYLOAD,
            Need.FOUND: found,
            **{Need(name): value for name, value in given.items()},
        }
        move = decide(self.case, action, role, day, max(day, date(2027, 12, 31)), payload)
        self.case = counted(move.after)
        self.moves.append(move)
        return move

    def head(self, *actions: Action, on: date | None = None, **given: object) -> Walk:
        """Several acts of the head on one day."""
        for action in actions:
            self.do(action, Role.HEAD, on, **given)
        return self

    def offers(self, role: Role = Role.HEAD, on: date | None = None) -> dict[Action, Permission]:
        """What the role may do now, by action."""
        return {each.action: each for each in permitted(self.case, role, on or self.case.last_on)}

    @property
    def state(self) -> State | None:
        """Where it stands."""
        return self.case.state


def accepted_complaint(on: date = date(2026, 8, 10), **known: object) -> Walk:
    """A complaint taken in on 3 August 2026 and accepted on ``on``."""
    return Walk(Kind.COMPLAINT, **known).head(Action.CLASSIFY).head(Action.ACCEPT, on=on)


def reported_complaint(**known: object) -> Walk:
    """A complaint with its verification report of 20 August 2026."""
    walk = accepted_complaint(**known)
    return walk.head(Action.ASSIGN_VERIFICATION).head(Action.REPORT, on=date(2026, 8, 20))


def decided_complaint(**known: object) -> Walk:
    """A complaint decided on 5 September 2026 after a dialogue on 28 August."""
    walk = reported_complaint(**known)
    walk.head(Action.PLAN_DIALOGUE, dialogue_on=date(2026, 8, 28))
    walk.head(Action.HOLD_DIALOGUE, on=date(2026, 8, 28))
    return walk.head(Action.DECIDE, on=date(2026, 9, 5))


def accepted_denunciation(on: date = date(2026, 8, 10), **known: object) -> Walk:
    """A denunciation taken in on 3 August 2026 and accepted on ``on``."""
    return Walk(Kind.DENUNCIATION, **known).head(Action.ACCEPT, on=on)


def concluded_denunciation(**known: object) -> Walk:
    """A denunciation concluded on 1 September 2026."""
    walk = accepted_denunciation(**known).head(Action.ASSIGN_VERIFICATION)
    return walk.head(Action.REPORT, Action.CONCLUDE, on=date(2026, 9, 1))


def steps(*moves: Move) -> set[Step]:
    """Clocks the moves start."""
    return {step for move in moves for step in move.starts}


DISCIPLINE = Subkind.DISCIPLINARY


def refusal(
    walk: Walk, action: Action, role: Role = Role.HEAD, on: date | None = None, **given: object
) -> NotPermitted:
    """The refusal the act meets; the case is untouched by it."""
    before = walk.case
    with pytest.raises(NotPermitted) as caught:
        walk.do(action, role, on, **given)
    assert walk.case is before
    assert caught.value.reason.strip()
    return caught.value
