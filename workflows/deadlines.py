"""Events in, legal dates out, each with its article and the reasoning an officer would give.

Dates are computed from the facts given and nothing else: a computed date never starts a clock. The
row of the law is chosen by the day of the event. A limit ends three times: ``nominal_end`` is its
last day by plain count, ``due`` its legal end after the roll, ``safe`` the last working day on or
before the nominal one, on which a careful office is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from workflows.explain import Account
from workflows.facts import CaseItem, Facts, Matter, Obstacle, Suspension
from workflows.lawbook import Lawbook
from workflows.rules import When
from workflows.vocabulary import Step
from workflows.working_days import Calendar, CalendarMissing, Direction, Roll, Unit

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One computed limit. The three dates are None while the clock stands still (``paused``).

    ``safe`` alone is None when only it falls in a year without a calendar. ``provisional`` says
    that a day of a year without an official calendar had to be judged.
    """

    step: Step
    nominal_end: date | None
    due: date | None
    safe: date | None
    provisional: bool
    rule: str
    row_key: str
    citation: str
    trigger: str
    trigger_on: date
    paused: bool
    account: Account = field(repr=False, compare=False)

    @property
    def explanation(self) -> tuple[str, ...]:
        """The reasoning in Vietnamese, line by line; written when asked for."""
        return self.account.lines()


def compute(item: CaseItem, lawbook: Lawbook, calendar: Calendar) -> dict[Step, Deadline]:
    """Every limit whose starting event is given, in the order of ``Step``.

    A step the law did not know on that day is left out. Raises CalendarMissing when a day must be
    judged in a year without a calendar.
    """
    facts = item.facts
    plan = lawbook.plan(
        item.kind,
        item.subkind,
        item.instance,
        item.remote,
        item.complexity,
        circumstances=_circumstances(facts),
    )
    answer: dict[Step, Deadline] = {}
    for series in plan:
        for fact in series.triggers:
            on: date | None = getattr(facts, fact)
            if on is not None:
                if rule := series.on(on, facts.accepted):
                    account = Account(rule, fact, on, lawbook.computation, calendar)
                    answer[series.step] = _count(account, item, lawbook)
                break
    return answer


def count_rule(
    step: Step, kind: Matter, fact: str, on: date, lawbook: Lawbook, calendar: Calendar
) -> Deadline | None:
    """One clock outside the calculator's plan, started by ``fact`` on ``on``.

    For what is counted for cases only: the 45-day mark of every kind of petition, the report a
    superior demanded. None when the law sets no such limit on that day. Raises CalendarMissing.
    """
    rule = lawbook.rule(step, kind=kind, on=on)
    if rule is None:
        return None
    account = Account(rule, fact, on, lawbook.computation, calendar)
    return _count(account, CaseItem(kind), lawbook)


def _circumstances(facts: Facts) -> tuple[When, ...]:
    if not facts.competent:
        whose = When.NOT_COMPETENT
    else:
        whose = When.MULTI_PLACE_CHECK if facts.multi_place_check else When.COMPETENT
    return (whose,) if facts.forwarded_by is None else (whose, When.FORWARDED)


def _count(account: Account, item: CaseItem, lawbook: Lawbook) -> Deadline:
    rule, calendar = account.rule, account.calendar
    step = rule.step
    assert step is not None
    _run(account)
    if step is Step.SETTLEMENT:
        _extend(account, item, lawbook)
        _suspend(account, item.facts.suspensions)
    elif step is Step.LIMITATION:
        _pass_over(account, item.facts.obstacles)
    still = account.stands_still
    if not still:
        _close(account)
    citation = rule.citation
    if account.extended_by is not None:
        citation = f"{citation}; {account.extended_by.citation}"
    return Deadline(
        step=step,
        nominal_end=None if still else account.end,
        due=account.due,
        safe=account.safe,
        provisional=account.missing is not None
        or not all(calendar.all_official(first, last) for first, last in account.judged),
        rule=rule.code,
        row_key=rule.row_key,
        citation=citation,
        trigger=account.fact,
        trigger_on=account.on,
        paused=still,
        account=account,
    )


def _run(account: Account) -> None:
    """Count the row's days from the event, whose own day does not count."""
    rule = account.rule
    amount = rule.amount if rule.direction is Direction.FORWARD else -rule.amount
    if rule.unit is not Unit.WORKING_DAY:
        account.end = account.calendar.shift(account.on, amount)
        return
    account.end = account.calendar.add_working_days(account.on, amount)
    if account.end > account.on:
        account.judged.append((account.on + _DAY, account.end))
    elif account.end < account.on:
        account.judged.append((account.end, account.on - _DAY))


def _extend(account: Account, item: CaseItem, lawbook: Lawbook) -> None:
    """Extensions run on the total from acceptance, never from a rolled date."""
    extensions = item.facts.extensions
    if not extensions:
        return
    account.extensions = extensions
    account.end = account.calendar.shift(account.end, sum(extensions))
    extension = lawbook.rule(
        Step.SETTLEMENT,
        kind=item.kind,
        on=account.on,
        complexity=item.complexity,
        circumstances=(When.EXTENSION,),
    )
    if extension is not None and extension.when is When.EXTENSION:
        account.extended_by = extension


def _suspend(account: Account, suspensions: Iterable[Suspension]) -> None:
    """Suspensions in order: one that begins on or before the due date so far moves the end."""
    for pause in sorted(suspensions, key=lambda each: (each.begins, each.resumed or date.max)):
        if account.late or not _reaches(account, pause.begins):
            account.late.append(pause)
            continue
        account.pauses.append(pause)
        if pause.resumed is not None:
            days = (pause.resumed - pause.begins).days
            account.end = account.calendar.shift(account.end, days)


def _reaches(account: Account, day: date) -> bool:
    """Whether the limit's due date so far is ``day`` or later; judges no more days than it must."""
    if day <= account.end:
        return True
    if account.how is not Roll.NEXT:
        return False
    last = account.end
    while last < day and not account.calendar.is_working(last):
        last += _DAY
    account.judged.append((account.end, min(last, day - _DAY)))
    return last == day


def _pass_over(account: Account, obstacles: Iterable[Obstacle]) -> None:
    """Every obstacle day after the event is passed over once, however many obstacles cover it."""
    reached = account.on
    for obstacle in sorted(obstacles, key=lambda each: each.begins):
        if obstacle.ends <= reached:
            continue
        first = max(obstacle.begins, reached + _DAY)
        if first > account.end:
            return
        account.end = account.calendar.shift(account.end, (obstacle.ends - first).days + 1)
        account.passed.append(Obstacle(first, obstacle.ends))
        reached = obstacle.ends


def _close(account: Account) -> None:
    """The legal end and the careful one."""
    calendar, end = account.calendar, account.end
    if account.rule.step is Step.LEGAL_EFFECT:
        account.due = calendar.shift(end, 1)
    else:
        account.due = calendar.roll(end, account.how)
    if account.how is not Roll.NONE:
        account.judged.append((min(end, account.due), max(end, account.due)))
    try:
        account.safe = calendar.last_working_day_on_or_before(end)
    except CalendarMissing as error:
        account.missing = error.year
    else:
        account.judged.append((account.safe, end))
