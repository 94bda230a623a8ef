"""Cases whose nearest date is past, today or this week, why that date, and the acts that would meet it.

The conditions are those of the stations "overdue" and "near", so the counts agree with theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    true,
)

from config.database import Key, db, read
from petitions.access import Scope, may_act, scope_of, scope_values, visible_in
from petitions.models import Assignment, Case, CaseAgency, Deadline, Submission, User
from petitions.queries.approvers import AUTHORS
from petitions.queries.routes import RouteShown, routes_of
from petitions.queries.station_conditions import SOON, TODAY, Eyes, reach, watches_all
from petitions.queries.stations import WEEK
from petitions.view import view
from workflows.casefile import CaseFile
from workflows.lifecycle import permission
from workflows.office import HELD, LEGAL, Work, work_of
from workflows.records import ADVISERS, ClockState, Nature
from workflows.stations import MOVING
from workflows.transition import EVERY_CLOCK
from workflows.transitions import TABLE
from workflows.vocabulary import Action, Actor, Fact, Kind, Role, State, Step

SHOWN = 8
"""Cases listed of each span; the rest is counted, and the station lists them all."""

FIRST = (Action.CONFIRM_RECEIPT, Action.CLASSIFY, Action.ACCEPT)
"""What comes before everything else wherever it is lawful."""
ON_THE_WAY: Mapping[State, tuple[Action, ...]] = {
    State.ACCEPTED: (Action.ASSIGN_VERIFICATION,),
    State.VERIFYING: (Action.REPORT,),
    State.INFO_CHECK: (Action.REPORT,),
    State.REPORT_DONE: (Action.PLAN_DIALOGUE, Action.DECIDE, Action.CONCLUDE),
    State.DIALOGUE_PLANNED: (Action.HOLD_DIALOGUE,),
    State.DIALOGUE_HELD: (Action.DECIDE,),
}
"""Acts on the way to a settlement that do not meet its date themselves."""
SET_OFF_BY_OTHERS = frozenset(
    {
        Action.WITHDRAW, Action.TERMINATE, Action.SECOND_INSTANCE, Action.GO_TO_COURT,
        Action.RETURN_FORWARDED, Action.CLOSE, Action.PASS_TO_INVESTIGATORS,
    }
)  # fmt: skip
"""Acts that end a clock because of what somebody else did; nobody does them to be in time."""


class Span(StrEnum):
    """How a case's nearest date lies to today."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a date was counted from and by which row of the law.

    ``moved``: extensions or suspensions lie between the row's days and the date.
    """

    step: Step
    nature: Nature
    fact: str
    on: date
    row_key: str
    citation: str
    moved: bool


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A proposal that would move the case: its paper, on whose table it lies, and whether the viewer
    may read it because it lies there or he wrote it."""

    uid: str
    holder: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A case with its nearest date. ``acts`` are lawful today for this hat and bring the date nearer
    to being met, the first step first; several where the officer has to choose."""

    code: str
    kind: Kind
    state: State
    summary: str
    due: date
    counted: Counted | None
    acts: tuple[Action, ...]
    proposal: UnderWay | None


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of one span, the nearest first, and how many there are in all."""

    all: int = 0
    shown: tuple[Task, ...] = ()


def tasks_of(actor: Actor, today: date) -> Mapping[Span, Tasks]:
    """What is late, due today and due within a week among the work of this hat. Four statements."""
    found = _found(actor, today)
    rows = _cases(actor, [number for _, number, _ in found])
    clocks = _clocks(rows)
    acts = _acts(actor, rows, clocks, today)
    shown: dict[Span, list[Task]] = defaultdict(list)
    counts: dict[Span, int] = {}
    for span, number, count in found:
        counts[span] = count
        if number in rows:
            shown[span].append(
                _task(
                    rows[number].Case, clocks[number], acts[number], _proposal(rows[number], actor)
                )
            )
    return {span: Tasks(counts.get(span, 0), tuple(shown[span])) for span in Span}


def _task(
    of: Case, clocks: Sequence[Deadline], acts: tuple[Action, ...], proposal: UnderWay | None
) -> Task:
    nearest = next(
        (each for each in clocks if each.due == of.next_due and each.step == of.next_step), None
    )
    moved = bool(of.facts.get(Fact.EXTENSIONS) or of.facts.get(Fact.SUSPENSIONS))
    counted = None if nearest is None else _counted(nearest, moved=moved)
    return Task(of.code, of.kind, of.state, of.summary, of.next_due, counted, acts, proposal)


def _counted(nearest: Deadline, *, moved: bool) -> Counted:
    return Counted(
        step=nearest.step,
        nature=nearest.nature,
        fact=nearest.trigger_fact,
        on=nearest.trigger_on,
        row_key=nearest.row_key,
        citation=nearest.citation,
        moved=moved and nearest.step is Step.SETTLEMENT,
    )


# --- which cases -----------------------------------------------------------------------------


def _found(actor: Actor, today: date) -> list[tuple[Span, int, int]]:
    values = {
        **scope_values(actor),
        "me": actor.user_id,
        "mine": actor.agency_id,
        "section": actor.section_id,
        "today": today,
        "soon": today + WEEK,
        "most": SHOWN,
    }
    rows = read(_dated(Eyes(scope_of(actor), actor.section_id is not None)), values)
    return [(Span(span), number, count) for span, number, count in rows]


@cache
def _dated(eyes: Eyes) -> Select[*tuple[Any, ...]]:
    """One walk over the work of this reach: span, case, date and number of each span's first few."""
    due = Case.next_due
    span = case(
        (due < TODAY, literal(Span.LATE.value)),
        (due == TODAY, literal(Span.TODAY.value)),
        else_=literal(Span.WEEK.value),
    )
    watched = true() if watches_all(eyes.scope.role) else reach(eyes)
    found = (
        select(Case.id, due, span.label("span"))
        .where(visible_in(eyes.scope), Case.open, watched, due <= SOON)
        .subquery()
    )
    nearest = (found.c.next_due, found.c.id)
    numbered = select(
        found,
        func.count().over(partition_by=found.c.span).label("all"),
        func.row_number().over(partition_by=found.c.span, order_by=nearest).label("place"),
    ).subquery()
    return (
        select(numbered.c.span, numbered.c.id, numbered.c.all)
        .where(numbered.c.place <= bindparam("most"))
        .order_by(numbered.c.next_due, numbered.c.id)
    )


# --- why, and what to do ---------------------------------------------------------------------

_IDS: BindParameter[Any] = bindparam("ids", expanding=True)


_MOVING = and_(
    Submission.status.in_(sorted(HELD)),
    Submission.action.in_(sorted(action.value for action in MOVING)),
)
"""A proposal on its way that would move its case."""


@cache
def _reached(scope: Scope) -> Select[*tuple[Any, ...]]:
    me, mine = bindparam("scope_user", type_=Key), bindparam("scope_agency", type_=Key)
    shares = (
        CaseAgency.case_id == Case.id,
        CaseAgency.agency_id == mine,
        CaseAgency.until.is_(None),
    )
    charged = exists().where(
        Assignment.case_id == Case.id, Assignment.user_id == me, Assignment.until.is_(None)
    )
    return (
        select(
            Case,
            charged.label("charged"),
            exists().where(*shares).label("involved"),
            exists().where(*shares, CaseAgency.role.in_(ADVISERS)).label("verifying"),
            Submission.uid,
            Submission.holder_id,
            Submission.author_id,
            User.name.label("holder"),
        )
        .outerjoin(Submission, and_(Submission.case_id == Case.id, _MOVING))
        .outerjoin(User, User.id == Submission.holder_id)
        .where(Case.id.in_(_IDS), visible_in(scope))
    )


_RUNNING = (
    select(Deadline)
    .where(Deadline.case_id.in_(_IDS), Deadline.state == ClockState.RUNNING)
    .order_by(Deadline.due, Deadline.id)
)


def _cases(actor: Actor, ids: Sequence[int]) -> dict[int, Any]:
    if not ids:
        return {}
    given = {"ids": ids, **scope_values(actor)}
    return {row.Case.id: row for row in db.session.execute(_reached(scope_of(actor)), given)}


def _clocks(rows: Mapping[int, Any]) -> Mapping[int, Sequence[Deadline]]:
    clocks: dict[int, list[Deadline]] = defaultdict(list)
    if rows:
        for clock in db.session.scalars(_RUNNING, {"ids": list(rows)}):
            clocks[clock.case_id].append(clock)
    return clocks


def _proposal(row: Any, actor: Actor) -> UnderWay | None:
    if row.uid is None:
        return None
    return UnderWay(row.uid, row.holder, actor.user_id in {row.holder_id, row.author_id})


def _acts(
    actor: Actor, rows: Mapping[int, Any], clocks: Mapping[int, Sequence[Deadline]], today: date
) -> dict[int, tuple[Action, ...]]:
    """Acts this hat may do today, alone or by a proposal its signer may carry out. One statement at most."""
    proposes = actor.role in AUTHORS and any(
        row.Case.agency_id == actor.agency_id for row in rows.values()
    )
    routes = routes_of(db.session(), actor.agency_id, today) if proposes else {}
    urged = (Action.URGE,) if actor.role is Role.INSPECTOR else ()
    found = {}
    for number, row in rows.items():
        file = view(row.Case, clocks[number])
        signers = _Signers(routes, proposes and row.Case.agency_id == actor.agency_id)
        able = partial(_able, actor, row, file, signers, today)
        found[number] = tuple(filter(able, _wanted(row.Case))) or tuple(filter(able, urged))
    return found


class _Signers(NamedTuple):
    """Who signs what is proposed in the actor's agency, where the actor may propose at all."""

    routes: Mapping[Work, RouteShown]
    asked: bool

    def of(self, action: Action) -> Role | None:
        if not self.asked or action not in LEGAL:
            return None
        route = self.routes.get(work_of(action))
        return route.steps[-1].role if route is not None and route.steps else Role.HEAD


def _able(
    actor: Actor, row: Any, file: CaseFile, signers: _Signers, today: date, action: Action
) -> bool:
    """Whether the hat may do the act itself, or propose what its signer may do."""
    reach = may_act(
        actor, action, row.Case.agency_id, charged=row.charged,
        involved=row.involved, verifying=row.verifying,
    )  # fmt: skip
    if reach and permission(file, action, actor.role, today).allowed:
        return True
    signer = signers.of(action)
    return signer is not None and permission(file, action, signer, today).allowed


def _wanted(of: Case) -> tuple[Action, ...]:
    """Acts that bring the date nearer to being met, the first step first."""
    meeting = _meeting(of.kind, None if of.next_step is None else Step(of.next_step))
    return tuple(dict.fromkeys([*FIRST, *ON_THE_WAY.get(of.state, ()), *sorted(meeting)]))


@cache
def _meeting(kind: Kind, step: Step | None) -> frozenset[Action]:
    """Acts that meet a clock by what they do, not by ending the case."""
    return frozenset(
        row.action
        for row in TABLE
        if kind in row.kinds
        and step in row.stops
        and set(row.stops) != set(EVERY_CLOCK)
        and row.action not in SET_OFF_BY_OTHERS
    )
