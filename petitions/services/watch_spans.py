"""The spans of ``workflows.watch`` in SQL, counted by the database for many cases at once.

``workflows.watch`` says what must come out; the property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from petitions.models import FAR, Case, Deadline
from petitions.services.watch_sql import (
    DaysAfter,
    Earliest,
    Ids,
    JsonObject,
    Latest,
    ListLength,
    MonthsAfter,
    OneOf,
)
from workflows.records import ClockState
from workflows.transition import ELSEWHERE, UNPROCESSED, UNSETTLED
from workflows.vocabulary import Fact, Mark
from workflows.watch import NOT_A_DUTY, THRESHOLDS, FlagKind

IDS = bindparam("ids", type_=Ids())
"""The open cases to count for."""
DAY = bindparam("day", type_=Date())
"""The day to judge by."""

_FAR = literal(FAR, Date())
_BY_MONTHS = (FlagKind.DRAGGING_OPEN_6, FlagKind.DRAGGING_OPEN_12, FlagKind.DRAGGING_OPEN_24)
_ALIVE = Deadline.state.in_((ClockState.RUNNING, ClockState.PAUSED))
_RUNNING = Deadline.state == ClockState.RUNNING
_DUTY = Deadline.step.not_in(NOT_A_DUTY)
_IS_DUTY = and_(_RUNNING, _DUTY, Deadline.due.is_not(None))
_UNPROCESSED_SINCE = case(
    (cast(Case.marks, Text).contains(Mark.CAME_BACK.value), Case.first_received_on),
    else_=Case.received_on,
)
"""The custodian's receipt; the first one again once the petition came back wrongly forwarded."""
_LATE = DaysAfter(Deadline.due, 1)
"""The first day on which a clock is overdue."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Where ``when`` is true the flag holds from ``since`` up to, not including, ``until``."""

    kind: FlagKind
    since: ColumnElement[Any]
    when: ColumnElement[bool]
    evidence: Sequence[Any]
    until: ColumnElement[Any] | None = None

    @property
    def holds(self) -> ColumnElement[bool]:
        """Whether it does on ``DAY``."""
        begun = and_(self.when, self.since <= DAY)
        return begun if self.until is None else and_(begun, self.until > DAY)

    @property
    def turn(self) -> ColumnElement[Any]:
        """The next day after ``DAY`` on which it begins or ends; ``FAR`` when there is none."""
        turns = [(and_(self.when, self.since > DAY), self.since)]
        if self.until is not None:
            turns.append((and_(self.when, self.until > DAY), self.until))
        return case(*turns, else_=_FAR)


def _tally(*more: ColumnElement[Any]) -> Any:
    """What the clocks not yet met amount to in each case; a case without any has no row."""
    return (
        select(
            Deadline.case_id,
            func.max(case((_DUTY, 1), else_=0)).label("duties"),
            func.min(case((Deadline.provisional, Deadline.step))).label("provisional_step"),
            func.max(case((_RUNNING, Deadline.due))).label("passing"),
            *more,
        )
        .where(OneOf(Deadline.case_id, IDS), _ALIVE)
        .group_by(Deadline.case_id)
        .subquery("tally")
    )


def _looked_at(tally: Any, *more: ColumnElement[Any]) -> CTE:
    return (
        select(
            Case.id,
            Case.first_received_on,
            Case.received_on,
            Case.last_on,
            Case.paused_since,
            Case.state.in_(UNPROCESSED).label("unprocessed"),
            Case.state.in_(UNSETTLED).label("unsettled"),
            Case.state.in_(ELSEWHERE).label("elsewhere"),
            ListLength(Case.facts, Fact.EXTENSIONS.value).label("extensions"),
            _UNPROCESSED_SINCE.label("unprocessed_since"),
            DaysAfter(_UNPROCESSED_SINCE, THRESHOLDS.cliff_near_days).label("cliff_near"),
            DaysAfter(_UNPROCESSED_SINCE, THRESHOLDS.cliff_days).label("cliff"),
            DaysAfter(Case.last_on, THRESHOLDS.no_step_days + 1).label("quiet"),
            *(
                MonthsAfter(Case.first_received_on, months, 1).label(kind.value)
                for kind, months in zip(_BY_MONTHS, THRESHOLDS.open_months, strict=True)
            ),
            (func.coalesce(tally.c.duties, 0) == 0).label("idle"),
            func.coalesce(tally.c.passing, Case.last_on).label("passing"),
            tally.c.provisional_step,
            *more,
        )
        .outerjoin(tally, tally.c.case_id == Case.id)
        .where(OneOf(Case.id, IDS))
        .cte("looked_at")
    )


def _duty_spans(duty: Any) -> Iterator[_Span]:
    shown = ("step", duty.step, "nature", duty.nature, "due", duty.due)
    near = duty.near_from < duty.late
    yield _Span(FlagKind.NEAR_DUE, duty.near_from, near, shown, duty.late)
    yield _Span(FlagKind.OVERDUE, duty.late, duty.late.is_not(None), shown)


def _case_spans(row: Any) -> Iterator[_Span]:
    yield from _cliff_spans(row)
    awake = row.paused_since.is_(None)
    yield _Span(
        FlagKind.DRAGGING_NO_STEP,
        row.quiet,
        and_(row.unsettled, awake),
        ("counted_from", row.last_on),
    )
    shown = ("counted_from", row.first_received_on)
    starts = [row[kind.value] for kind in _BY_MONTHS]
    for kind, since, until in zip(_BY_MONTHS, starts, [*starts[1:], None], strict=True):
        yield _Span(kind, since, row.unsettled, shown, until)
    yield _Span(
        FlagKind.SUSPENDED_LONG,
        DaysAfter(row.paused_since, THRESHOLDS.suspended_days + 1),
        row.paused_since.is_not(None),
        ("counted_from", row.paused_since),
    )
    extended = and_(row.unsettled, row.extensions >= THRESHOLDS.extensions)
    yield _Span(FlagKind.EXTENDED_TWICE, row.first_received_on, extended, ())
    yield _missing_span(row, awake)
    yield _Span(
        FlagKind.PROVISIONAL_CALENDAR,
        row.first_received_on,
        row.provisional_step.is_not(None),
        ("step", row.provisional_step),
    )


def _cliff_spans(row: Any) -> Iterator[_Span]:
    covered = and_(row.unprocessed, row.unprocessed_since >= THRESHOLDS.cliff_valid_from)
    shown = ("counted_from", row.unprocessed_since)
    yield _Span(FlagKind.CLIFF_NEAR, row.cliff_near, covered, shown, row.cliff)
    yield _Span(FlagKind.CLIFF_45, row.cliff, covered, shown)


def _missing_span(row: Any, awake: ColumnElement[bool]) -> _Span:
    quiet_from = Latest(row.last_on, row.passing)
    return _Span(
        FlagKind.MISSING_NEXT_STEP,
        DaysAfter(quiet_from, THRESHOLDS.missing_step_days + 1),
        and_(row.idle, ~row.elsewhere, awake),
        ("counted_from", quiet_from),
    )


def _flags(case_id: Any, subject: Any, spans: Iterable[_Span]) -> Iterator[Select[Any]]:
    for span in spans:
        yield select(
            case_id.label("case_id"),
            literal_column(f"'{span.kind.value}'").label("kind"),
            subject.label("subject"),
            span.since.label("since"),
            JsonObject(*span.evidence).label("evidence"),
        ).where(span.holds)


def _holding() -> Any:
    duties = (
        select(
            Deadline.id,
            Deadline.case_id,
            Deadline.step,
            Deadline.nature,
            Deadline.due,
            Deadline.near_from,
            _LATE.label("late"),
        )
        .where(OneOf(Deadline.case_id, IDS), _IS_DUTY)
        .cte("duty")
    )
    cases = _looked_at(_tally())
    return union_all(
        *_flags(duties.c.case_id, duties.c.id, _duty_spans(duties.c)),
        *_flags(cases.c.id, literal_column("0"), _case_spans(cases.c)),
    )


def _next_looks() -> Any:
    duty = SimpleNamespace(
        step=Deadline.step,
        nature=Deadline.nature,
        due=Deadline.due,
        near_from=Deadline.near_from,
        late=_LATE,
    )
    turn = Earliest(*(span.turn for span in _duty_spans(duty)))
    tally = _tally(func.min(case((_IS_DUTY, turn))).label("turn"))
    cases = _looked_at(tally, func.coalesce(tally.c.turn, _FAR).label("turn"))
    turns = (span.turn for span in _case_spans(cases.c))
    return select(cases.c.id, Earliest(cases.c.turn, *turns).label("look"))


HOLDING = _holding()
"""The flags of ``IDS`` that hold on ``DAY``: case_id, kind, subject (a deadline, or 0), since, evidence."""

NEXT_LOOKS = _next_looks()
"""For each of ``IDS`` the first day after ``DAY`` on which time alone changes its flags; ``FAR``: never."""
