"""A case's passage through units, read off its ledger: one line for each unit that had it.

Every event that changes where a case stands at a unit gives a row (unit, day, standing). The last row
before the window says how the case stood there when the window opened, the last one at its end how
it stands then. What happened later is not looked at, so a past window is counted the same however
long ago it was. ``day`` is the day a row counts for, ``known_on`` the day the act was done: the parts
of a split petition keep their paper's day of receipt but exist from the split on.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from petitions.models import Case, CaseLink, Event, Receipt
from workflows.records import LinkKind
from workflows.transition import IN_SETTLEMENT, UNPROCESSED
from workflows.vocabulary import Action, Kind, Outcome, State

FIRST: BindParameter[Any] = bindparam("first", type_=Date())
LAST: BindParameter[Any] = bindparam("last", type_=Date())

_SLOTS = 3
"""Rows one event may give."""
_ROOM = 32
"""Standings fit below this number; a row's rank is its place times this, plus its standing."""


class Standing(IntEnum):
    """Where a petition stands at a unit that has to process it; the first is to wait for that."""

    HERE = 1
    ACCEPTED = 2
    REFUSED = 3
    GUIDED = 4
    SENT = 5
    RETURNED = 6
    FILED = 7
    WITHDRAWN = 8
    JOINED = 9
    SPLIT = 10
    GONE = 11
    URGED = 12
    CHECKED = 13


class Course(IntEnum):
    """Where a case stands at a unit that has to settle it, or to carry its result out; the first is to wait."""

    DUE = 1
    DONE = 2
    WITHDRAWN = 3
    TERMINATED = 4
    LEFT = 5
    GONE = 6


def _names(states: frozenset[State]) -> list[str]:
    return sorted(state.value for state in states)


_NEW = _names(UNPROCESSED | {State.INFO_CHECK})
_SETTLING = _names(IN_SETTLEMENT)
_UNDER_WAY = _names(IN_SETTLEMENT | {State.ASSIGNED, State.MEETING})
_CONCLUDED = _names(frozenset({State.CONCLUDED, State.HANDLED, State.PUBLISHED}))

_TO = Event.data["to_agency"].as_integer()
_FROM = Event.data["from_agency"].as_integer()
_OUTCOME = Event.data["outcome"].as_string()


def _acts(*actions: Action) -> ColumnElement[bool]:
    return Event.action.in_([action.value for action in actions])


class Rule(NamedTuple):
    """What an event means for one unit. Of one event, rows of a later ``slot`` come after the others."""

    unit: Any
    standing: IntEnum
    when: ColumnElement[bool]
    day: Any
    known_on: Any
    slot: int


def _rule(
    unit: Any, standing: IntEnum, *when: ColumnElement[bool], day: Any = None, known: Any = None,
    slot: int = 0,
) -> Rule:  # fmt: skip
    on = Event.on
    return Rule(
        unit,
        standing,
        and_(*when),
        on if day is None else day,
        on if known is None else known,
        slot,
    )


def _received(to: Any) -> ColumnElement[Any]:
    """The day the receiver entered the case in its register; until then the day it was sent."""
    entered = (
        select(func.min(Receipt.received_on))
        .where(
            Receipt.case_id == Event.case_id,
            Receipt.agency_id == to,
            Receipt.received_on >= Event.on,
        )
        .correlate(Event)
        .scalar_subquery()
    )
    return func.coalesce(entered, Event.on)


def _processing() -> list[Rule]:
    new, was_new = Event.state_to.in_(_NEW), Event.state_from.in_(_NEW)
    routed = Event.data["agency"].as_integer()
    suggestion = Event.state_to == State.ASSIGNED.value
    here, actor = Standing.HERE, Event.agency_id
    arrived = _received(_TO)
    born_of_resettling = exists().where(
        CaseLink.from_case_id == Event.case_id, CaseLink.kind == LinkKind.RESETTLES
    )
    first = Case.first_received_on
    registered = and_(_acts(Action.REGISTER), ~born_of_resettling)
    elsewhere = and_(registered, routed != Case.origin_agency_id)
    ended = Event.state_to == State.CLOSED.value
    return [
        _rule(Case.origin_agency_id, here, registered, day=first),
        _rule(Case.origin_agency_id, Standing.SENT, elsewhere, slot=1),
        _rule(routed, here, elsewhere, day=first, slot=2),
        _rule(actor, here, _acts(Action.IMPORT), day=first, known=first),
        _rule(actor, Standing.ACCEPTED, _acts(Action.IMPORT), ended, slot=1),
        _rule(_TO, here, _acts(Action.TRANSFER, Action.RETURN_FORWARDED), day=arrived, known=arrived, slot=1),
        _rule(_TO, here, _acts(Action.FURTHER_DENUNCIATION)),
        _rule(_FROM, Standing.GONE, _acts(Action.HAND_OVER), new, _TO.is_not(None)),
        _rule(_TO, here, _acts(Action.HAND_OVER), new, _TO.is_not(None), day=first, slot=1),
        _rule(actor, here, _acts(Action.REOPEN, Action.UNDO_JOIN), new),
        _rule(actor, here, _acts(Action.UNDO_SPLIT), day=first),
        _rule(actor, Standing.ACCEPTED, _acts(Action.REOPEN, Action.UNDO_JOIN), Event.state_to.in_(_UNDER_WAY)),
        _rule(actor, Standing.ACCEPTED, or_(_acts(Action.ACCEPT), and_(_acts(Action.ASSIGN), suggestion))),
        _rule(actor, Standing.ACCEPTED, _acts(Action.DECIDE_FURTHER), _OUTCOME.in_([Outcome.UPHELD.value, Outcome.COMPETENCE_CORRECTED.value, Outcome.RESETTLED.value])),
        _rule(actor, Standing.REFUSED, _acts(Action.REFUSE)),
        _rule(actor, Standing.GUIDED, _acts(Action.GUIDE)),
        _rule(actor, Standing.SENT, _acts(Action.TRANSFER, Action.TRANSFER_OUT)),
        _rule(actor, Standing.RETURNED, _acts(Action.RETURN, Action.RETURN_FORWARDED)),
        _rule(actor, Standing.FILED, _acts(Action.FILE, Action.FILE_AND_WATCH, Action.NOT_PROCESS)),
        _rule(actor, Standing.WITHDRAWN, _acts(Action.WITHDRAW), was_new),
        _rule(actor, Standing.CHECKED, _acts(Action.CLOSE), was_new),
        _rule(actor, Standing.JOINED, _acts(Action.JOIN), was_new),
        _rule(actor, Standing.SPLIT, _acts(Action.SPLIT)),
        _rule(actor, Standing.URGED, _acts(Action.ORDER_SUBORDINATE), new),
        _rule(actor, Standing.URGED, _acts(Action.DEMAND_REPORT)),
        _rule(actor, Standing.URGED, _acts(Action.DECIDE_FURTHER), Outcome.SETTLEMENT_ORDERED.value == _OUTCOME),
    ]  # fmt: skip


def _settlement() -> list[Rule]:
    settled = Case.kind.in_([Kind.COMPLAINT, Kind.DENUNCIATION])
    was_open, opens = Event.state_from.in_(_SETTLING), Event.state_to.in_(_SETTLING)
    actor, first, due = Event.agency_id, Case.first_received_on, Course.DUE
    ended = Event.state_to == State.CLOSED.value
    return [
        _rule(actor, due, _acts(Action.ACCEPT)),
        _rule(actor, due, _acts(Action.IMPORT), settled, ended, day=first, known=first),
        _rule(actor, Course.DONE, _acts(Action.IMPORT), settled, ended, slot=1),
        _rule(actor, due, _acts(Action.REOPEN, Action.UNDO_JOIN), opens),
        _rule(_TO, due, _acts(Action.DECIDE_FURTHER), Outcome.SETTLEMENT_ORDERED.value == _OUTCOME),
        _rule(_FROM, Course.GONE, _acts(Action.HAND_OVER), opens, _TO.is_not(None)),
        _rule(_TO, due, _acts(Action.HAND_OVER), opens, _TO.is_not(None), day=first, slot=1),
        _rule(actor, Course.DONE, _acts(Action.DECIDE, Action.CONCLUDE)),
        _rule(actor, Course.WITHDRAWN, _acts(Action.WITHDRAW), was_open),
        _rule(actor, Course.TERMINATED, _acts(Action.TERMINATE)),
        _rule(actor, Course.LEFT, _acts(Action.SECOND_INSTANCE, Action.GO_TO_COURT, Action.JOIN), was_open),
        _rule(_FROM, Course.LEFT, _acts(Action.FURTHER_DENUNCIATION), was_open),
    ]  # fmt: skip


def _enforcement() -> list[Rule]:
    in_effect, concluded = State.IN_EFFECT.value, State.CONCLUDED.value
    actor, due, first = Event.agency_id, Course.DUE, Case.first_received_on
    before = aliased(Event)
    carried_out = exists().where(
        before.case_id == Event.case_id,
        before.seq < Event.seq,
        before.action == Action.RECORD_ENFORCEMENT.value,
        before.data["outcome"].as_string() != Outcome.PARTLY_ENFORCED.value,
    )
    passed_on = and_(
        _acts(Action.HAND_OVER), _TO.is_not(None),
        or_(and_(Event.state_to == in_effect, ~carried_out), Event.state_to == concluded),
    )  # fmt: skip
    enforced = _acts(Action.RECORD_ENFORCEMENT)
    return [
        _rule(actor, due, _acts(Action.TAKE_EFFECT, Action.CONCLUDE)),
        _rule(actor, due, _acts(Action.REOPEN), Event.state_to == in_effect),
        _rule(_TO, due, _acts(Action.DECIDE_FURTHER), Event.state_to == concluded),
        _rule(_FROM, Course.GONE, passed_on),
        _rule(_TO, due, passed_on, day=first, slot=1),
        _rule(actor, Course.DONE, enforced, Outcome.FULLY_ENFORCED.value == _OUTCOME),
        _rule(actor, Course.DONE, _acts(Action.ACT_ON_CONCLUSION), Event.data["to_enforce"].as_string().is_(None)),
        _rule(actor, Course.LEFT, enforced, Outcome.NOTHING_TO_ENFORCE.value == _OUTCOME),
        _rule(actor, Course.LEFT, _acts(Action.SECOND_INSTANCE, Action.GO_TO_COURT), Event.state_from == in_effect),
        _rule(_FROM, Course.LEFT, _acts(Action.FURTHER_DENUNCIATION), Event.state_from == concluded),
    ]  # fmt: skip


def processing(*which: ColumnElement[bool]) -> CTE:
    """Petitions by unit that had them to process: before, now, came, further."""
    return _passages(_processing(), which)


def settlement(*which: ColumnElement[bool]) -> CTE:
    """Complaints and denunciations by unit that had to settle them."""
    return _passages(_settlement(), which)


def enforcement(*which: ColumnElement[bool]) -> CTE:
    """Decisions in effect and conclusions by unit that had to see them carried out."""
    return _passages(_enforcement(), which)


def _passages(rules: Sequence[Rule], which: Sequence[ColumnElement[bool]]) -> CTE:
    """One line a case and unit: ``before`` (None: not there yet), ``now``, ``came`` in the window."""
    candidates = (
        Case.state != State.VOIDED,
        Case.first_received_on <= LAST,
        or_(Case.closed_on.is_(None), Case.closed_on >= FIRST),
        *which,
    )
    slots = sorted({rule.slot for rule in rules})
    rows = union_all(
        *(_slot([rule for rule in rules if rule.slot == slot], slot, candidates) for slot in slots)
    ).subquery("rows")
    rank = rows.c.place * _ROOM + rows.c.standing
    arrived = and_(rows.c.standing == int(Course.DUE), rows.c.day >= FIRST)
    return (
        select(
            rows.c.case_id,
            rows.c.unit_id,
            (func.max(case((rows.c.day < FIRST, rank))) % _ROOM).label("before"),
            (func.max(rank) % _ROOM).label("now"),
            func.max(case((arrived, 1), else_=0)).label("came"),
        )
        .where(rows.c.known_on <= LAST, rows.c.day <= LAST)
        .group_by(rows.c.case_id, rows.c.unit_id)
        .cte("passage")
    )


def _slot(
    rules: Sequence[Rule], slot: int, candidates: Sequence[ColumnElement[bool]]
) -> Select[*tuple[Any, ...]]:
    """The rows of rules no two of which hold for one event, in one reading of the ledger."""
    return (
        select(
            Event.case_id.label("case_id"),
            case(*((rule.when, rule.unit) for rule in rules)).label("unit_id"),
            (Event.seq * _SLOTS + slot).label("place"),
            case(*((rule.when, rule.day) for rule in rules)).label("day"),
            case(*((rule.when, rule.known_on) for rule in rules)).label("known_on"),
            case(*((rule.when, literal(int(rule.standing), Integer)) for rule in rules)).label(
                "standing"
            ),
        )
        .join(Case, Case.id == Event.case_id)
        .where(*candidates, or_(*(rule.when for rule in rules)))
    )
