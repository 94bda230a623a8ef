"""One row of the transition table, and the groups of roles and states its rows speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Literal

from workflows.checks import Check
from workflows.effects import Effect
from workflows.guards import Guard
from workflows.records import LinkKind
from workflows.vocabulary import (
    Action,
    Coarse,
    Fact,
    Kind,
    Mark,
    Need,
    Outcome,
    Protection,
    Role,
    State,
    Step,
)


class Return(Enum):
    """The target of an act that leads back to the state the case came from."""

    RESTORED = "restored"


RESTORED: Literal[Return.RESTORED] = Return.RESTORED

COMPLAINT = frozenset({Kind.COMPLAINT})
DENUNCIATION = frozenset({Kind.DENUNCIATION})
SUGGESTION = frozenset({Kind.RECOMMENDATION, Kind.FEEDBACK})
EVERY_KIND = frozenset(Kind)

LEADERS = frozenset({Role.DEPUTY_HEAD, Role.HEAD})
ASSIGNERS = LEADERS | {Role.SECTION_HEAD}
PROCESSING = ASSIGNERS | {Role.OFFICER}
DISPATCH = PROCESSING | {Role.CLERK}
INTAKE = DISPATCH | {Role.RECEPTION}
OVERSEERS = ASSIGNERS | {Role.INSPECTOR}

COARSE: Mapping[State, Coarse] = {
    State.RECEIVED: Coarse.RECEIVED,
    State.CLASSIFIED: Coarse.RECEIVED,
    State.INFO_CHECK: Coarse.ASSIGNED,
    State.ASSIGNED: Coarse.ASSIGNED,
    State.ACCEPTED: Coarse.ASSIGNED,
    State.VERIFYING: Coarse.ASSIGNED,
    State.REPORT_DONE: Coarse.ASSIGNED,
    State.DIALOGUE_PLANNED: Coarse.DIALOGUE,
    State.DIALOGUE_HELD: Coarse.DIALOGUE,
    State.MEETING: Coarse.DIALOGUE,
    State.DECIDED: Coarse.RESOLVED,
    State.IN_EFFECT: Coarse.RESOLVED,
    State.CONCLUDED: Coarse.RESOLVED,
    State.HANDLED: Coarse.RESOLVED,
    State.PUBLISHED: Coarse.RESOLVED,
    State.ANSWERED: Coarse.RESOLVED,
    State.CLOSED: Coarse.RESOLVED,
    State.GUIDED: Coarse.RESOLVED,
    State.RETURNED: Coarse.RESOLVED,
    State.FILED: Coarse.RESOLVED,
    State.NOT_ACCEPTED: Coarse.RESOLVED,
    State.NOT_PROCESSED: Coarse.RESOLVED,
    State.TRANSFERRED: Coarse.RESOLVED,
    State.TERMINATED: Coarse.RESOLVED,
    State.SPLIT: Coarse.RESOLVED,
    State.JOINED: Coarse.RESOLVED,
    State.VOIDED: Coarse.RESOLVED,
    State.SECOND_INSTANCE: Coarse.ESCALATED,
    State.IN_COURT: Coarse.ESCALATED,
    State.FURTHER_REVIEW: Coarse.ESCALATED,
    State.SUPERIOR_SUPERVISION: Coarse.ESCALATED,
}
"""The one coarse state of every fine state. Lateness plays no part: an overdue case that goes to
second instance or to court is escalated because that act changed its state."""

FINAL = frozenset(
    {
        State.CLOSED,
        State.GUIDED,
        State.RETURNED,
        State.FILED,
        State.NOT_ACCEPTED,
        State.NOT_PROCESSED,
        State.TRANSFERRED,
        State.TERMINATED,
        State.SPLIT,
        State.JOINED,
        State.VOIDED,
    }
)
"""Ends. Only reopening, undoing or voiding leads out of them."""

OPEN = frozenset(State) - FINAL
UNPROCESSED = frozenset({State.RECEIVED, State.CLASSIFIED})
"""Nobody has yet said what will happen with the petition (Decree 154/2026 art 41(3)(b))."""

ELSEWHERE = frozenset({State.SECOND_INSTANCE, State.IN_COURT})
"""The next word belongs to another body, so nothing is missing here."""

UNSETTLED = (
    frozenset(state for state, coarse in COARSE.items() if coarse is not Coarse.RESOLVED)
    - ELSEWHERE
)
"""The body in charge still owes a result."""

IN_SETTLEMENT = frozenset(
    {
        State.ACCEPTED,
        State.VERIFYING,
        State.REPORT_DONE,
        State.DIALOGUE_PLANNED,
        State.DIALOGUE_HELD,
    }
)
"""Accepted and not yet decided."""

NOT_VOIDED = frozenset(State) - {State.VOIDED}

EVERY_CLOCK = tuple(Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One act in one situation.

    ``target`` None leaves the state, ``RESTORED`` leads back to where the case came from.
    ``instance`` and ``disciplinary`` narrow the row (None: either), ``outcome`` makes it one of
    several ends of the act. ``when`` is the Vietnamese sentence told when the state does not fit.
    ``needs`` must be in the payload, ``takes`` may be. ``sets`` are facts dated with the act's day,
    ``carries`` facts dated by a field of the payload. ``starts`` names clocks the act may start or
    recount (the facts decide), ``stops`` clocks it meets or ends before new ones start, ``meets``
    clocks it gives rise to and meets at once, which show whether that was in time. ``follows`` names the fact an act
    beside the main line comes after (``received``: the first receipt); None puts the act on the main
    line, where each comes after the one before. ``legal`` acts bear a signature; the others are
    facts noted by whoever holds the file.
    """

    action: Action
    kinds: frozenset[Kind]
    sources: frozenset[State | None]
    roles: frozenset[Role]
    article: str
    when: str
    target: State | Literal[Return.RESTORED] | None = None
    instance: int | None = None
    disciplinary: bool | None = None
    outcome: Outcome | None = None
    guards: tuple[Guard, ...] = ()
    checks: tuple[Check, ...] = ()
    needs: tuple[Need, ...] = ()
    takes: tuple[Need, ...] = ()
    forms: tuple[str, ...] = ()
    sets: tuple[Fact, ...] = ()
    carries: tuple[tuple[Fact, Need], ...] = ()
    effects: tuple[Effect, ...] = ()
    adds: frozenset[Mark] = field(default_factory=frozenset)
    drops: frozenset[Mark] = field(default_factory=frozenset)
    protection: Protection | None = None
    stops: tuple[Step, ...] = ()
    starts: tuple[Step, ...] = ()
    meets: tuple[Step, ...] = ()
    opens: LinkKind | None = None
    follows: Fact | None = None
    legal: bool = False
    while_paused: bool = False

    @property
    def form(self) -> str | None:
        """Key of the first document the act makes, None when it makes none."""
        return self.forms[0] if self.forms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """An act somebody may well imagine but the law does not know for this kind, and why."""

    actions: frozenset[Action]
    kinds: frozenset[Kind]
    reason: str
    article: str
    instance: int | None = None
    disciplinary: bool | None = None


def states(*members: State) -> frozenset[State | None]:
    """Source states of a row."""
    return frozenset(members)


def marks(*members: Mark) -> frozenset[Mark]:
    """Marks of a row."""
    return frozenset(members)


def by_instance(
    row: Transition, *, first: str, second: str, discipline: str
) -> tuple[Transition, ...]:
    """The rows of an act the law writes three times: first and second instance, and discipline."""
    return (
        replace(row, instance=1, disciplinary=False, article=first),
        replace(row, instance=2, disciplinary=False, article=second),
        replace(row, disciplinary=True, article=discipline),
    )
