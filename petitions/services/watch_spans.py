"""The spans of ``workflows.watch`` as one query, counted by the database for many cases at once.

``workflows.watch`` says what must come out; the property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from petitions.models import FAR, Case, Deadline
from petitions.services.watch_sql import (
    DaysAfter,
    Ids,
    JsonObject,
    Later,
    ListLength,
    MonthsAfter,
    OneOf,
)
from workflows.records import ClockState
from workflows.transition import ELSEWHERE, UNPROCESSED, UNSETTLED
from workflows.vocabulary import Fact
from workflows.watch import NOT_A_DUTY, THRESHOLDS, FlagKind

IDS = bindparam("ids", type_=Ids())
"""The open cases to count for."""
DAY = bindparam("day", type_=Date())
"""The day to judge by."""

_NEVER = cast(null(), Date)
_BY_MONTHS = (FlagKind.DRAGGING_OPEN_6, FlagKind.DRAGGING_OPEN_12, FlagKind.DRAGGING_OPEN_24)


def _cases() -> CTE:
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
            *(
                DaysAfter(MonthsAfter(Case.first_received_on, months), 1).label(kind.value)
                for kind, months in zip(_BY_MONTHS, THRESHOLDS.open_months, strict=True)
            ),
        )
        .where(OneOf(Case.id, IDS))
        .cte("looked_at")
    )


def _clocks(cases: CTE) -> CTE:
    """Clocks not yet met; ``due`` and ``late`` are null while they stand still."""
    due = case((Deadline.state == ClockState.RUNNING, Deadline.due), else_=_NEVER)
    return (
        select(
            Deadline.id,
            Deadline.case_id,
            Deadline.step,
            Deadline.nature,
            Deadline.near_from,
            Deadline.provisional,
            Deadline.step.not_in(NOT_A_DUTY).label("duty"),
            due.label("due"),
            DaysAfter(due, 1).label("late"),
        )
        .join(cases, cases.c.id == Deadline.case_id)
        .where(Deadline.state.in_((ClockState.RUNNING, ClockState.PAUSED)))
        .cte("clock")
    )


def _span(
    case_id: ColumnElement[Any],
    kind: FlagKind,
    since: ColumnElement[Any],
    until: ColumnElement[Any] = _NEVER,
    *,
    subject: ColumnElement[Any] | None = None,
    evidence: Sequence[Any] = (),
) -> Select[Any]:
    return select(
        case_id.label("case_id"),
        literal_column(f"'{kind.value}'", String).label("kind"),
        (literal_column("0") if subject is None else subject).label("subject"),
        since.label("since"),
        until.label("until"),
        JsonObject(*evidence).label("evidence"),
    )


def _clock_spans(clocks: CTE) -> Iterator[Select[Any]]:
    clock = clocks.c
    shown = ("step", clock.step, "nature", clock.nature, "due", clock.due)
    running = and_(clock.duty, clock.late.is_not(None))
    yield _span(
        clock.case_id,
        FlagKind.NEAR_DUE,
        clock.near_from,
        clock.late,
        subject=clock.id,
        evidence=shown,
    ).where(running, clock.near_from < clock.late)
    yield _span(
        clock.case_id, FlagKind.OVERDUE, clock.late, subject=clock.id, evidence=shown
    ).where(running)


def _provisional_span(cases: CTE, clocks: CTE) -> Select[Any]:
    first = select(func.min(clocks.c.id)).where(clocks.c.provisional).group_by(clocks.c.case_id)
    return (
        _span(
            cases.c.id,
            FlagKind.PROVISIONAL_CALENDAR,
            cases.c.first_received_on,
            evidence=("step", clocks.c.step),
        )
        .join_from(cases, clocks, clocks.c.case_id == cases.c.id)
        .where(clocks.c.id.in_(first))
    )


def _cliff_spans(cases: CTE) -> Iterator[Select[Any]]:
    row = cases.c
    edge = DaysAfter(row.received_on, THRESHOLDS.cliff_days)
    near = DaysAfter(row.received_on, THRESHOLDS.cliff_near_days)
    covered = and_(row.unprocessed, row.received_on >= THRESHOLDS.cliff_valid_from)
    shown = ("counted_from", row.received_on)
    yield _span(row.id, FlagKind.CLIFF_NEAR, near, edge, evidence=shown).where(covered)
    yield _span(row.id, FlagKind.CLIFF_45, edge, evidence=shown).where(covered)


def _age_spans(cases: CTE) -> Iterator[Select[Any]]:
    row = cases.c
    yield _span(
        row.id,
        FlagKind.DRAGGING_NO_STEP,
        DaysAfter(row.last_on, THRESHOLDS.no_step_days + 1),
        evidence=("counted_from", row.last_on),
    ).where(row.unsettled, row.paused_since.is_(None))
    starts = [row[kind.value] for kind in _BY_MONTHS]
    shown = ("counted_from", row.first_received_on)
    for kind, since, until in zip(_BY_MONTHS, starts, [*starts[1:], _NEVER], strict=True):
        yield _span(row.id, kind, since, until, evidence=shown).where(row.unsettled)


def _suspended_span(cases: CTE) -> Select[Any]:
    row = cases.c
    return _span(
        row.id,
        FlagKind.SUSPENDED_LONG,
        DaysAfter(row.paused_since, THRESHOLDS.suspended_days + 1),
        evidence=("counted_from", row.paused_since),
    ).where(row.paused_since.is_not(None))


def _extended_span(cases: CTE) -> Select[Any]:
    row = cases.c
    return _span(row.id, FlagKind.EXTENDED_TWICE, row.first_received_on).where(
        row.unsettled, row.extensions >= THRESHOLDS.extensions
    )


def _missing_span(cases: CTE, clocks: CTE) -> Select[Any]:
    row = cases.c
    passing = (
        select(
            clocks.c.case_id,
            func.max(case((clocks.c.duty, 1), else_=0)).label("duties"),
            func.max(clocks.c.due).label("due"),
        )
        .group_by(clocks.c.case_id)
        .subquery("passing")
    )
    quiet_from = Later(row.last_on, func.coalesce(passing.c.due, row.last_on))
    return (
        _span(
            row.id,
            FlagKind.MISSING_NEXT_STEP,
            DaysAfter(quiet_from, THRESHOLDS.missing_step_days + 1),
            evidence=("counted_from", quiet_from),
        )
        .join_from(cases, passing, passing.c.case_id == row.id, isouter=True)
        .where(
            ~row.elsewhere,
            row.paused_since.is_(None),
            func.coalesce(passing.c.duties, literal(0)) == 0,
        )
    )


_looked_at = _cases()
_clock = _clocks(_looked_at)
_spans = union_all(
    *_clock_spans(_clock),
    _provisional_span(_looked_at, _clock),
    *_cliff_spans(_looked_at),
    *_age_spans(_looked_at),
    _suspended_span(_looked_at),
    _extended_span(_looked_at),
    _missing_span(_looked_at, _clock),
).cte("span")

HOLDING = select(
    _spans.c.case_id, _spans.c.kind, _spans.c.subject, _spans.c.since, _spans.c.evidence
).where(_spans.c.since <= DAY, or_(_spans.c.until.is_(None), _spans.c.until > DAY))
"""The flags of ``IDS`` that hold on ``DAY``. ``subject`` is the deadline, 0 where the flag speaks of the case."""

_turns = union_all(
    select(_looked_at.c.id, literal(FAR, Date()).label("day")),
    select(
        _spans.c.case_id,
        case((_spans.c.since > DAY, _spans.c.since), (_spans.c.until > DAY, _spans.c.until)),
    ),
).subquery("turn")

NEXT_LOOKS = select(_turns.c.id, func.min(_turns.c.day).label("look")).group_by(_turns.c.id)
"""For each of ``IDS`` the first day after ``DAY`` on which time alone changes its flags, ``FAR`` when never."""
