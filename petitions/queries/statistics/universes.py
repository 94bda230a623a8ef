"""The lines that are counted: passages with what the conditions ask of their cases.

Everything is told as at the end of the window, from acts done by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from petitions.access import barred_in
from petitions.models import (
    AwaitedReply,
    Case,
    CaseBar,
    CaseLink,
    Deadline,
    Decision,
    EnforcementEntry,
    Event,
    Field,
    PriorSettlement,
)
from petitions.models.proceedings import AMOUNT_COLUMNS
from petitions.queries.statistics import passages, receptions
from petitions.queries.statistics.findings import with_findings
from petitions.queries.statistics.passages import FIRST, LAST, Course, Standing
from petitions.queries.statistics.spec import Universe
from workflows.office import ReplyKind
from workflows.records import ClockState, LinkKind, Nature
from workflows.vocabulary import Action, Kind, State, Step

SETTLING_ACTS = (Action.DECIDE.value, Action.CONCLUDE.value, Action.ANSWER.value)


class Before(StrEnum):
    """Before whom lines are counted: nobody in particular, one reader, or everybody who reads a sheet.

    ``CHOSEN`` counts some cases only, whoever reads it.
    """

    NOBODY = "nobody"
    READER = "reader"
    READERS = "readers"
    CHOSEN = "chosen"


@cache
def lines(universe: Universe, kinds: frozenset[Kind], before: Before) -> Subquery:
    """The lines of a universe for kinds of petition. Who reads them is not told of cases he is barred
    from; the official figures count every case."""
    return _LINES[universe]((Case.kind.in_(sorted(kinds)), *_SHUT[before]))


def _barred_to_any() -> ColumnElement[bool]:
    """Whether a case is shut to one of the readers of a sheet."""
    return exists().where(
        CaseBar.case_id == Case.id,
        CaseBar.lifted_at.is_(None),
        or_(
            CaseBar.user_id.in_(bindparam("told_users", expanding=True)),
            CaseBar.unit_id.in_(bindparam("told_units", expanding=True)),
        ),
    )


_SHUT: Mapping[Before, tuple[ColumnElement[bool], ...]] = {
    Before.NOBODY: (),
    Before.READER: (~barred_in(),),
    Before.READERS: (~_barred_to_any(),),
    Before.CHOSEN: (Case.id.in_(bindparam("chosen", expanding=True)),),
}


Which = tuple[ColumnElement[bool], ...]


def _processing(which: Which) -> Subquery:
    passage = passages.processing(*which)
    middle = (
        select(
            *_of_the_case(passage),
            passage.c.before,
            passage.c.now,
            passage.c.came,
            Case.source,
            Case.origin_agency_id,
            Case.competent,
            Case.anonymous,
            Case.official_conduct,
            Field.statistic,
            _further(passage.c.unit_id).label("further"),
            _joined_into().label("into_id"),
            _settled_before().label("earlier"),
            _judged_before().label("earlier_judged"),
        )
        .select_from(passage)
        .join(Case, Case.id == passage.c.case_id)
        .join(Field, Field.id == Case.field_id)
        .where(
            or_(passage.c.before == int(Standing.HERE), passage.c.came == 1),
            passage.c.now.not_in([int(Standing.GONE), int(Standing.SPLIT)]),
        )
        .subquery("petition_line")
    )
    root = func.coalesce(middle.c.into_id, middle.c.case_id)
    return select(
        *middle.c,
        _has(root, Event.action.in_(SETTLING_ACTS), Event.state_to != State.VOIDED.value).label("decided"),
        _has(root, Event.action == Action.IMPORT.value, Event.state_to == State.CLOSED.value).label("came_settled"),
        _has(root, Event.action == Action.CLOSE.value, Event.state_from == State.IN_COURT.value).label("judged_here"),
    ).subquery("line")  # fmt: skip


def _settlement(which: Which) -> Subquery:
    passage = passages.settlement(*which)
    late = exists().where(
        Deadline.case_id == Case.id,
        Deadline.agency_id == passage.c.unit_id,
        Deadline.step == Step.SETTLEMENT,
        Deadline.nature == Nature.STATUTORY,
        Deadline.state == ClockState.MET,
        Deadline.closed_on > Deadline.due,
        Deadline.closed_on <= LAST,
    )
    investigators = exists().where(
        Event.case_id == Case.id,
        Event.action == Action.PASS_TO_INVESTIGATORS.value,
        Event.agency_id == passage.c.unit_id,
        Event.on.between(FIRST, LAST),
    )
    found = (
        select(
            *_of_the_case(passage),
            passage.c.before,
            passage.c.now,
            passage.c.came,
            _joined_into().label("into_id"),
            or_(
                _further(passage.c.unit_id) > 0,
                exists().where(
                    CaseLink.from_case_id == Case.id, CaseLink.kind == LinkKind.RESETTLES
                ),
                _settled_before() > 0,
            ).label("further"),
            Decision.result,
            Decision.finding.label("found"),
            *_ordered(),
            late.label("late"),
            investigators.label("investigated"),
        )
        .select_from(passage)
        .join(Case, Case.id == passage.c.case_id)
        .outerjoin(Decision, Decision.id == _last_decision())
        .where(
            or_(passage.c.before == int(Course.DUE), passage.c.came == 1),
            passage.c.now != int(Course.GONE),
        )
        .subquery("settlement_line")
    )
    return with_findings(found)


def _enforcement(which: Which) -> Subquery:
    """Decisions to be carried out: of the order what was left when the window opened, and what was
    done in it."""
    passage = passages.enforcement(*which)
    entries = (
        select(
            EnforcementEntry.decision_id,
            *(
                func.sum(case((EnforcementEntry.on < FIRST, column), else_=0)).label(
                    f"before_{name}"
                )
                for name, column in _columns(EnforcementEntry)
            ),
            *(
                func.sum(case((EnforcementEntry.on >= FIRST, column), else_=0)).label(
                    f"done_{name}"
                )
                for name, column in _columns(EnforcementEntry)
            ),
        )
        .where(EnforcementEntry.on <= LAST)
        .group_by(EnforcementEntry.decision_id)
        .subquery("entries")
    )
    left = [
        (name, func.coalesce(column, 0) - func.coalesce(entries.c[f"before_{name}"], 0))
        for name, column in _columns(Decision)
    ]
    return (
        select(
            *_of_the_case(passage),
            passage.c.before,
            passage.c.now,
            passage.c.came,
            *(case((rest > 0, rest), else_=0).label(f"ordered_{name}") for name, rest in left),
            *(
                func.coalesce(entries.c[f"done_{name}"], 0).label(f"done_{name}")
                for name, _ in left
            ),
        )
        .select_from(passage)
        .join(Case, Case.id == passage.c.case_id)
        .outerjoin(Decision, Decision.id == _last_decision())
        .outerjoin(entries, entries.c.decision_id == Decision.id)
        .where(
            or_(passage.c.before == int(Course.DUE), passage.c.came == 1),
            passage.c.now.in_([int(Course.DUE), int(Course.DONE)]),
        )
        .subquery("line")
    )


def _last_decision() -> ColumnElement[int]:
    """The decision or conclusion that stood at the end of the window."""
    latest = aliased(Decision)
    return (
        select(func.max(latest.id))
        .where(latest.case_id == Case.id, latest.issued_on <= LAST)
        .correlate(Case)
        .scalar_subquery()
    )


def _ordered() -> list[ColumnElement[Any]]:
    return [
        func.coalesce(column, 0).label(f"ordered_{name}") for name, column in _columns(Decision)
    ]


def _columns(row: type[Decision] | type[EnforcementEntry]) -> list[tuple[str, Any]]:
    """The amounts of a decision or of an entry by the names the measures use."""
    return [(name, getattr(row, column)) for name, column in AMOUNT_COLUMNS.items()]


def _replies(which: Which) -> Subquery:
    """Documents that answered a petition the unit had forwarded, by the day they came."""
    return (
        select(
            Case.id.label("case_id"),
            AwaitedReply.agency_id.label("unit_id"),
            Case.code,
            Case.kind,
            Case.source,
            Case.origin_agency_id,
            Case.group_size,
        )
        .join(Case, Case.id == AwaitedReply.case_id)
        .where(
            AwaitedReply.kind == ReplyKind.FORWARDED,
            AwaitedReply.answered_on.between(FIRST, LAST),
            Case.state != State.VOIDED,
            *which,
        )
        .subquery("line")
    )


_LINES = {
    Universe.RECEPTION: receptions.lines,
    Universe.PROCESSING: _processing,
    Universe.SETTLEMENT: _settlement,
    Universe.ENFORCEMENT: _enforcement,
    Universe.REPLIES: _replies,
}


def _of_the_case(passage: Any) -> tuple[Any, ...]:
    return (
        passage.c.case_id, passage.c.unit_id, Case.code, Case.kind, Case.instance, Case.group_size
    )  # fmt: skip


def _joined_into() -> ColumnElement[int | None]:
    """The case this petition had been joined into by the end of the window."""
    return (
        select(func.max(CaseLink.to_case_id))
        .where(
            CaseLink.from_case_id == Case.id,
            CaseLink.kind == LinkKind.JOINED_INTO,
            CaseLink.since <= LAST,
            or_(CaseLink.undone_on.is_(None), CaseLink.undone_on > LAST),
        )
        .correlate(Case)
        .scalar_subquery()
    )


def _settled_before() -> ColumnElement[int]:
    """How often the matter was settled before it came: as recorded, a second instance once at least."""
    recorded = (
        select(func.count(PriorSettlement.id))
        .where(PriorSettlement.case_id == Case.id)
        .correlate(Case)
        .scalar_subquery()
    )
    return case((and_(Case.instance == 2, recorded == 0), 1), else_=recorded)


def _judged_before() -> ColumnElement[bool]:
    return exists().where(
        PriorSettlement.case_id == Case.id,
        or_(PriorSettlement.form.contains("ản án"), PriorSettlement.form.contains("ẢN ÁN")),
    )


def _further(unit: ColumnElement[int]) -> ColumnElement[int]:
    """1: brought to this unit as a further denunciation because the limit had passed below; 2: against
    a conclusion. 0: neither."""
    step = aliased(Event)
    return func.coalesce(
        select(func.max(case((step.state_to == State.SUPERIOR_SUPERVISION.value, 1), else_=2)))
        .where(
            step.case_id == Case.id,
            step.action == Action.FURTHER_DENUNCIATION.value,
            step.data["to_agency"].as_integer() == unit,
            step.on <= LAST,
        )
        .correlate(Case, unit.table)
        .scalar_subquery(),
        literal(0),
    )


def _has(case_id: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Event.case_id == case_id, Event.on <= LAST, *where)
