"""The spans of ``workflows.watch`` as one query, counted by the database for many cases at once.

``workflows.watch`` says what must come out; the property tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Select,
    String,
    and_,
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
    JsonObject,
    Later,
    ListLength,
    MonthsAfter,
)
from workflows.records import ClockState
from workflows.transition import ELSEWHERE, UNPROCESSED, UNSETTLED
from workflows.vocabulary import Fact
from workflows.watch import NOT_A_DUTY, THRESHOLDS, FlagKind

_NEVER = cast(null(), Date)
_BY_MONTHS = (FlagKind.DRAGGING_OPEN_6, FlagKind.DRAGGING_OPEN_12, FlagKind.DRAGGING_OPEN_24)


@dataclass(frozen=True, slots=True)
class Spans:
    """From ``since`` up to, not including, ``until`` a flag holds; and the cases they were counted for.

    Both are common table expressions: ``cases`` with ``id``, ``spans`` with ``case_id``, ``kind``,
    ``subject`` (the deadline, 0 where the flag speaks of the case), ``since``, ``until`` and ``evidence``.
    """

    cases: CTE
    spans: CTE

    def holding(self, day: date) -> Select[Any]:
        """The flags that hold on ``day``: case_id, kind, subject, since, evidence."""
        span = self.spans.c
        return select(span.case_id, span.kind, span.subject, span.since, span.evidence).where(
            span.since <= day, or_(span.until.is_(None), span.until > day)
        )

    def next_looks(self, day: date) -> Select[Any]:
        """For every case the first day after ``day`` on which time alone changes its flags: id, look."""
        span = self.spans.c
        turn = case((span.since > day, span.since), (span.until > day, span.until))
        return (
            select(self.cases.c.id, func.coalesce(func.min(turn), FAR).label("look"))
            .outerjoin(self.spans, span.case_id == self.cases.c.id)
            .group_by(self.cases.c.id)
        )


def spans_of(ids: Sequence[int]) -> Spans:
    """The spans of the open cases ``ids``."""
    cases = (
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
        )
        .where(Case.id.in_(ids))
        .cte("looked_at")
    )
    clocks = (
        select(
            Deadline.id,
            Deadline.case_id,
            Deadline.step,
            Deadline.nature,
            Deadline.near_from,
            Deadline.provisional,
            Deadline.step.not_in(NOT_A_DUTY).label("duty"),
            case((Deadline.state == ClockState.RUNNING, Deadline.due), else_=_NEVER).label("due"),
        )
        .join(cases, cases.c.id == Deadline.case_id)
        .where(Deadline.state.in_((ClockState.RUNNING, ClockState.PAUSED)))
        .cte("clock")
    )
    arms = [
        *_clock_spans(clocks),
        _provisional_span(cases, clocks),
        *_cliff_spans(cases),
        *_age_spans(cases),
        _suspended_span(cases),
        _extended_span(cases),
        _missing_span(cases, clocks),
    ]
    return Spans(cases, union_all(*arms).cte("span"))


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
    late = DaysAfter(clock.due, 1)
    shown = ("step", clock.step, "nature", clock.nature, "due", clock.due)
    running = and_(clock.duty, clock.due.is_not(None))
    yield _span(
        clock.case_id, FlagKind.NEAR_DUE, clock.near_from, late, subject=clock.id, evidence=shown
    ).where(running, clock.near_from < late)
    yield _span(clock.case_id, FlagKind.OVERDUE, late, subject=clock.id, evidence=shown).where(
        running
    )


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
    starts = [
        DaysAfter(MonthsAfter(row.first_received_on, months), 1)
        for months in THRESHOLDS.open_months
    ]
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
