"""What the law asks of a dialogue: notice in time, who chairs, what absence means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.casefile import MASS_SIZE
from workflows.commitments import Attendance
from workflows.deadlines import compute
from workflows.facts import CaseItem, Facts
from workflows.lawbook import Lawbook
from workflows.vocabulary import Action, AgencyKind, Outcome, Step
from workflows.working_days import Calendar

SEARCHED = 60
"""Days ahead among which the first possible day of a dialogue is looked for."""
IN_PERSON = "Khoản 2 Điều 28 Nghị định 124/2020/NĐ-CP (thay bởi Điều 11 Nghị định 155/2026/NĐ-CP)"
"""Where it is written who must chair a dialogue in person."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The last lawful day of the notice for a dialogue, and where that is written."""

    latest: date
    citation: str


def notice_for(
    item: CaseItem, dialogue_on: date, lawbook: Lawbook, calendar: Calendar
) -> Notice | None:
    """By when the parties must have the notice; ``None`` where the law sets no day.

    Raises ``CalendarMissing`` where a year's working days are not known.
    """
    asked = replace(item, facts=Facts(dialogue_on=dialogue_on))
    counted = compute(asked, lawbook, calendar).get(Step.DIALOGUE_NOTICE)
    if counted is None or counted.due is None:
        return None
    return Notice(counted.due, counted.citation)


def first_day(item: CaseItem, notice_on: date, lawbook: Lawbook, calendar: Calendar) -> date | None:
    """The first working day a dialogue may be held on when the notice goes out on ``notice_on``."""
    for ahead in range(1, SEARCHED):
        day = notice_on + timedelta(days=ahead)
        if not calendar.is_working(day):
            continue
        found = notice_for(item, day, lawbook, calendar)
        if found is None or found.latest >= notice_on:
            return day
    return None


def head_must_chair(
    kind: AgencyKind, instance: int, group_size: int, *, security_risk: bool
) -> bool:
    """Whether the settling head may not have the dialogue chaired by somebody else.

    The head of a department always chairs; the chairman of a province at least where many people
    complain or order is at risk, and may else delegate; at second instance other heads chair
    themselves.
    """
    if kind is AgencyKind.PROVINCE:
        return group_size >= MASS_SIZE or security_risk
    return kind is AgencyKind.DEPARTMENT or instance > 1


def act_for(petitioners: Iterable[Attendance]) -> tuple[Action, Outcome | None] | None:
    """The act by which the petitioning side's attendance goes into the ledger; ``None`` when unknown.

    One of them who came makes a dialogue. Where nobody came, one excused absence is enough for it to
    be planned anew (art 30(6) Law on Complaints; art 28(5) Decree 124/2020).
    """
    came = set(petitioners)
    if not came:
        return None
    if Attendance.PRESENT in came:
        return Action.HOLD_DIALOGUE, None
    if Attendance.ABSENT_WITH_REASON in came:
        return Action.MISS_DIALOGUE, Outcome.WITH_REASON
    return Action.MISS_DIALOGUE, Outcome.WITHOUT_REASON
