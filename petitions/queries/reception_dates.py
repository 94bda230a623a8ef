"""Dates the law sets around a reception session, counted by its rows: posting, invitation, notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from petitions.rulebook import Rulebook
from workflows.deadlines import compute
from workflows.facts import RECEPTION, CaseItem, Facts
from workflows.vocabulary import Step
from workflows.working_days import CalendarMissing

_STARTED_BY = {
    Step.SCHEDULE_POSTING: "reception_on",
    Step.ONLINE_INVITATION: "online_reception_on",
    Step.ONLINE_CONNECTION_TEST: "online_reception_on",
    Step.RESULT_NOTICE: "received",
    Step.REFUSAL_NOTICE: "refusal_grounds_established",
}


@dataclass(frozen=True, slots=True)
class LastDay:
    """The last day on which something may lawfully be done, and where that is written."""

    due: date
    citation: str


def last_day(step: Step, on: date, book: Rulebook) -> LastDay | None:
    """The end of ``step`` for what happens ``on``; None where the law sets none, or no calendar reaches."""
    facts = Facts(**{_STARTED_BY[step]: on})  # type: ignore[arg-type]
    try:
        found = compute(CaseItem(RECEPTION, facts=facts), book.lawbook, book.calendar).get(step)
    except CalendarMissing:
        return None
    if found is None or found.due is None:
        return None
    return LastDay(found.due, found.citation)
