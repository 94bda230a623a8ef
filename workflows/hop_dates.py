"""Internal dates of a proposal on its way up, derived backwards from the legal end of the case.

The last approver must be done on the last working day on or before the legal end; whoever comes
before him leaves him and everybody after him the working days their steps may take.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflows.working_days import Calendar


def hop_date(
    days: Sequence[int], step: int, legal_end: date | None, today: date, calendar: Calendar
) -> date | None:
    """When whoever holds the proposal at ``step`` must be done with it.

    ``days`` are the working days of each approver, ``step`` 0 is the author. The date is never
    later than the legal end and never before today; once the legal end is past, today is all that
    is left. Without a legal end an approver has the own working days from today, and the author has
    no date. Raises ``CalendarMissing``.
    """
    if legal_end is None:
        return calendar.add_working_days(today, days[step - 1]) if step else None
    if legal_end <= today:
        return today
    last = calendar.last_working_day_on_or_before(legal_end)
    return max(today, calendar.add_working_days(last, -sum(days[step:])))
