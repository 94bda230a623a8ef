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
    """The office's own end of the hop at ``step``; None where no calendar reaches that far."""
    row = carried.submission
    book = current(carried.session)
    try:
        return hop_date(
            [stage.days for stage in carried.path],
            step,
            row.legal_due,
            carried.today,
            book.calendar,
        )
    except CalendarMissing:
        return row.legal_due


def legal_end(session: Session, case_id: int) -> date | None:
    """The nearest legal end somebody must act by in the case."""
    return session.scalar(
        select(func.min(Deadline.due)).where(
            Deadline.case_id == case_id,
            Deadline.state == ClockState.RUNNING,
            Deadline.nature == Nature.STATUTORY,
            Deadline.step.not_in(NOT_A_DUTY),
        )
    )
