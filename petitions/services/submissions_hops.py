"""Putting a proposal on the next table, with the day it must be done there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from petitions.models import Deadline
from petitions.rulebook import current
from petitions.services.submission_rows import Carried
from petitions.services.submissions_news import let_see
from workflows.hop_dates import hop_date
from workflows.office import SubmissionStatus
from workflows.records import ClockState, Nature
from workflows.watch import NOT_A_DUTY
from workflows.working_days import CalendarMissing


def put_on_table(carried: Carried, step: int, holder_id: int, status: SubmissionStatus, due: date | None = None) -> date | None:  # fmt: skip
    """The paper lies at ``step`` with ``holder_id`` from now on, to be done by the day returned."""
    row = carried.submission
    row.step, row.status, row.holder_id = step, status, holder_id
    row.legal_due = legal_end(carried.session, carried.case.id)
    row.due = due or internal_due(carried, step)
    row.moved_at = carried.now
    let_see(carried.session, carried.case, holder_id, carried.today)
    return row.due


def internal_due(carried: Carried, step: int) -> date | None:
    """The office's own end of the hop at ``step``; None where no calendar reaches that far.

    Where the law sets no end, the office's own for the case stands in.
    """
    row = carried.submission
    book = current(carried.session)
    end = row.legal_due or _nearest(carried.session, row.case_id, *Nature)
    try:
        days = [stage.days for stage in carried.path]
        return hop_date(days, step, end, carried.today, book.calendar)
    except CalendarMissing:
        return end


def legal_end(session: Session, case_id: int) -> date | None:
    """The nearest legal end somebody must act by in the case."""
    return _nearest(session, case_id, Nature.STATUTORY)


def _nearest(session: Session, case_id: int, *natures: Nature) -> date | None:
    return session.scalar(
        select(func.min(Deadline.due)).where(
            Deadline.case_id == case_id,
            Deadline.state == ClockState.RUNNING,
            Deadline.nature.in_(natures),
            Deadline.step.not_in(NOT_A_DUTY),
        )
    )
