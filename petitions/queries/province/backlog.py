"""How the backlog of each agency ages: what came and went, how long it takes, what will be late.

Work of an agency is a spell: from the day it had the case to the day it gave its result, or passed
the case on to another agency (then the next spell begins there). Spells are counted by their days,
never row by row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    and_,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import case as when
from sqlalchemy.orm import aliased

from config.database import read
from petitions.access import visible
from petitions.models import Agency, Case, Event, Receipt
from petitions.queries.case_filters import SETTLED
from petitions.queries.province.reach import counted, under, within
from workflows import ageing
from workflows.ageing import BLOCK, BLOCKS, LATE_BANDS, Placed, Rising, Survival
from workflows.transition import UNSETTLED
from workflows.vocabulary import Action, Actor, Kind, State

WATCHED = timedelta(days=364)
"""How long waiting times look back: 52 weeks."""
WEEKS = 12
SOON = (7, 14)
"""Days from now within which a case will be overdue unless somebody acts."""
OPEN, DONE, PASSED = "open", "done", "passed"
MOVES = (
    Action.TRANSFER, Action.RETURN_FORWARDED, Action.FURTHER_DENUNCIATION, Action.DECIDE_FURTHER,
    Action.HAND_OVER,
)  # fmt: skip
"""Acts by which a case goes from one agency to another; the event names both."""


class Spell(NamedTuple):
    """So many spells of an agency from one day to another; ``until`` None while it still has them."""

    agency_id: int
    since: date
    until: date | None
    ended: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """The backlog of one agency, or of all together (``id`` None).

    ``open`` owe a result. ``came`` and ``went`` are the last 4 and 12 weeks. ``waiting`` is Little's
    time in days, ``middle`` and ``oldest`` the ages half and nine in ten do not exceed, ``median`` the
    days until half have their result, open ones counted along. ``bands`` are open ones by age,
    ``late_bands`` overdue ones by days past, ``soon`` those overdue within ``SOON``.
    """

    id: int | None
    name: str
    open: int
    came: tuple[int, int]
    went: tuple[int, int]
    waiting: float | None
    middle: int | None
    oldest: int | None
    median: int | None
    curve: tuple[Survival, ...]
    bands: tuple[int, ...]
    late: int
    late_bands: tuple[int, ...]
    soon: tuple[int, ...]
    rising: Rising
    placed: Placed | None = None

    @property
    def share_late(self) -> float | None:
        """The share of the open ones that is overdue."""
        return self.late / self.open if self.open else None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Every agency in reach with work, and all of them together."""

    lines: tuple[Ageing, ...]
    all: Ageing


class Late(NamedTuple):
    """Of an agency's open cases: overdue, by days past, and overdue within ``SOON``."""

    late: int = 0
    bands: tuple[int, ...] = (0,) * (len(LATE_BANDS) + 1)
    soon: tuple[int, ...] = (0,) * len(SOON)


def backlog(actor: Actor, today: date, field_id: int | None = None) -> Backlog:
    """The backlog of the agencies in the reader's reach, the most overdue first. Three statements.

    ``field_id`` narrows it to a field and those under it. Raises ``Forbidden``.
    """
    found = spells(actor, today, field_id)
    late = _lateness(actor, today, field_id)
    by_agency: defaultdict[int, list[Spell]] = defaultdict(list)
    for each in found:
        by_agency[each.agency_id].append(each)
    spread = ageing.dispersion(_weekly(one, today) for one in by_agency.values())
    names = _names(by_agency)
    lines = [
        _aged(each, names[each], one, late.get(each, Late()), spread, today)
        for each, one in by_agency.items()
    ]
    whole = _aged(None, "", found, _together(late.values()), spread, today)
    if whole.late:
        share = whole.late / whole.open
        lines = [
            replace(each, placed=ageing.placed(each.late, each.open, share)) if each.open else each
            for each in lines
        ]
    lines.sort(key=lambda each: (-each.late, -each.open, each.name))
    return Backlog(tuple(lines), whole)


def spells(actor: Actor, today: date, field_id: int | None = None) -> tuple[Spell, ...]:
    """The spells of work that were going on in the last 52 weeks, counted by agency and days. One statement."""
    after = today - WATCHED
    both = union_all(
        _of_custodians(actor, after, field_id), _of_those_before(actor, after, field_id)
    )
    rows = both.subquery()
    return tuple(
        Spell(row.agency_id, row.since, _end(row), row.ended, row.number)
        for row in read(
            select(
                rows.c.agency_id,
                rows.c.since,
                rows.c.until,
                rows.c.ended,
                func.count().label("number"),
            )
            .where(or_(rows.c.until.is_(None), rows.c.until > after))
            .group_by(rows.c.agency_id, rows.c.since, rows.c.until, rows.c.ended)
        )
    )


def _end(row: Any) -> date | None:
    """A result noted before the day of receipt was given on that day."""
    return None if row.until is None else max(row.until, row.since)


def _of_custodians(actor: Actor, after: date, field_id: int | None) -> Any:
    """What each agency has, or has given its result in."""
    open_now = Case.state.in_(sorted(UNSETTLED))
    came_up = aliased(Event)
    # no receipt is written where a superior takes a further denunciation up or gives it back
    taken_up = (
        select(func.max(came_up.on))
        .where(
            came_up.case_id == Case.id,
            came_up.action.in_([Action.FURTHER_DENUNCIATION.value, Action.DECIDE_FURTHER.value]),
            came_up.data["to_agency"].as_integer() == Case.agency_id,
        )
        .correlate(Case)
        .scalar_subquery()
    )
    return select(
        Case.agency_id.label("agency_id"),
        when(
            (Case.kind == Kind.DENUNCIATION, func.coalesce(taken_up, Case.received_on)),
            else_=Case.received_on,
        ).label("since"),
        when(
            (open_now, cast(null(), Date)),
            else_=func.coalesce(_settled_on(Case.id, Case), Case.last_on),
        ).label("until"),
        when((open_now, OPEN), else_=DONE).label("ended"),
    ).where(
        counted(actor),
        under(field_id),
        Case.state != State.VOIDED,
        or_(open_now, Case.last_on > after),
    )


def _of_those_before(actor: Actor, after: date, field_id: int | None) -> Any:
    """What agencies passed on: before they gave a result, or after (then the spell ended with it)."""
    holder = Event.data["from_agency"].as_integer()
    entered = (
        select(func.max(Receipt.received_on))
        .where(
            Receipt.case_id == Event.case_id,
            Receipt.agency_id == holder,
            Receipt.received_on <= Event.on,
        )
        .correlate(Event)
        .scalar_subquery()
    )
    move = aliased(Event)
    came = (
        select(func.max(move.on))
        .where(
            move.case_id == Event.case_id,
            move.seq < Event.seq,
            move.action.in_(_MOVING),
            move.data["to_agency"].as_integer() == holder,
        )
        .correlate(Event)
        .scalar_subquery()
    )
    owing = Event.state_from.in_(_OWED)
    result = func.coalesce(_settled_on(Event.case_id, Event, Event.seq), Event.on)
    return (
        select(
            holder.label("agency_id"),
            func.coalesce(entered, came, Case.first_received_on).label("since"),
            when((owing, Event.on), else_=result).label("until"),
            when((owing, PASSED), else_=DONE).label("ended"),
        )
        .join(Case, Case.id == Event.case_id)
        .where(
            visible(actor),
            under(field_id),
            within(actor, holder),
            Case.state != State.VOIDED,
            Event.on > after,
            Event.action.in_(_MOVING),
            holder.is_not(None),
        )
    )


_OWED = [each.value for each in sorted(UNSETTLED)]
_GIVEN = [each.value for each in sorted(SETTLED)]
_MOVING = [each.value for each in MOVES]


def _settled_on(case_id: Any, of: Any, before: Any = None) -> Any:
    """The day a case was last brought from owing a result to having one (before an event of its)."""
    result = aliased(Event)
    found = select(func.max(result.on)).where(
        result.case_id == case_id,
        result.state_to.in_(_GIVEN),
        or_(result.state_from.is_(None), result.state_from.in_(_OWED)),
    )
    if before is not None:
        found = found.where(result.seq < before)
    return found.correlate(of).scalar_subquery()


def _lateness(actor: Actor, today: date, field_id: int | None) -> Mapping[int, Late]:
    """How late each agency's open cases are. One statement."""
    edges = [today - timedelta(days=days) for days in LATE_BANDS]
    bands = [
        and_(Case.next_due < high, Case.next_due >= low)
        for high, low in zip([today, *edges], [*edges, date.min], strict=True)
    ]
    soon = [
        and_(Case.next_due >= today, Case.next_due < today + timedelta(days=days)) for days in SOON
    ]
    conditions = [Case.next_due < today, *bands, *soon]
    rows = read(
        select(Case.agency_id, *(_number(each) for each in conditions))
        .where(counted(actor), under(field_id), Case.open, Case.state.in_(sorted(UNSETTLED)))
        .group_by(Case.agency_id)
    )
    cut = 1 + len(bands)
    return {row[0]: Late(row[1], tuple(row[2 : cut + 1]), tuple(row[cut + 1 :])) for row in rows}


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(when((condition, 1), else_=0), type_=Integer)


def _names(agencies: Mapping[int, Any]) -> Mapping[int, str]:
    rows = read(select(Agency.id, Agency.name).where(Agency.id.in_([*agencies])))
    return {row.id: row.name for row in rows}


# --- counting by days ------------------------------------------------------------------------


def _aged(
    agency_id: int | None,
    name: str,
    found: Sequence[Spell],
    late: Late,
    spread: float,
    today: date,
) -> Ageing:
    came = _blocks([(each.since, each.number) for each in found], today)
    went = _blocks([(each.until, each.number) for each in found if each.until], today)
    ages = _ages(found, today)
    oldest = ageing.quantile(ages, 0.9)
    before = _ages(found, today - timedelta(days=BLOCK))
    curve = _curve(found, today)
    still = sum(ages.values())
    return Ageing(
        id=agency_id,
        name=name,
        open=still,
        came=(came[-1], sum(came)),
        went=(went[-1], sum(went)),
        waiting=ageing.waiting_time(still, sum(went), BLOCK * BLOCKS),
        middle=ageing.quantile(ages, 0.5),
        oldest=oldest,
        median=ageing.median_day(curve),
        curve=curve,
        bands=ageing.banded(ages),
        late=late.late,
        late_bands=late.bands,
        soon=late.soon,
        rising=ageing.rising(came, went, spread, ageing.quantile(before, 0.9), oldest),
    )


def _blocks(days: Sequence[tuple[date, int]], today: date) -> list[int]:
    """Numbers of the last blocks of four weeks, the oldest first, the last one ending today."""
    found = [0] * BLOCKS
    for day, count in days:
        back = (today - day).days // BLOCK
        if 0 <= back < BLOCKS:
            found[BLOCKS - 1 - back] += count
    return found


def _weekly(found: Sequence[Spell], today: date) -> list[int]:
    weeks = [0] * WEEKS
    for each in found:
        back = (today - each.since).days // 7
        if 0 <= back < WEEKS:
            weeks[back] += each.number
    return weeks


def _ages(found: Sequence[Spell], on: date) -> Counter[int]:
    """Ages of what was open at the end of a day."""
    ages: Counter[int] = Counter()
    for each in found:
        if each.since <= on and (each.until is None or each.until > on):
            ages[(on - each.since).days] += each.number
    return ages


def _curve(found: Sequence[Spell], today: date) -> tuple[Survival, ...]:
    first = today - WATCHED
    entered: Counter[int] = Counter()
    settled: Counter[int] = Counter()
    left: Counter[int] = Counter()
    for each in found:
        if each.since <= today:
            entered[max(0, (first - each.since).days)] += each.number
            gone = settled if each.ended == DONE else left
            gone[((each.until or today) - each.since).days] += each.number
    return ageing.kaplan_meier(entered, settled, left)


def _together(all_of_them: Collection[Late]) -> Late:
    if not all_of_them:
        return Late()
    late, bands, soon = zip(*all_of_them, strict=True)
    return Late(
        sum(late),
        tuple(map(sum, zip(*bands, strict=True))),
        tuple(map(sum, zip(*soon, strict=True))),
    )
