"""Proposals of somebody whose files are handed over: none stays on a table nobody sits at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from petitions.models import Case, Submission
from petitions.services.submission_rows import Carried, candidates, rounds_of
from petitions.services.submissions import hand, return_to_author
from workflows.office import HELD, Verdict
from workflows.vocabulary import Actor

REASON = "Bàn giao hồ sơ."
NOBODY_LEFT = "Người giữ tờ trình đã bàn giao hồ sơ và không còn ai duyệt được bước này."


def pass_on_submissions(
    session: Session, case: Case, leaver: int, receiver: int, actor: Actor, now: datetime
) -> None:
    """Whatever proposals of the case the leaver wrote or holds go to others, one round each.

    Drafts and authorship become the receiver's. What lies on the leaver's table as an approver goes
    to the receiver if he may stand there, else to whoever may, else back to its author.
    """
    rows = session.scalars(
        select(Submission)
        .where(
            Submission.case_id == case.id,
            Submission.status.in_(HELD),
            or_(Submission.holder_id == leaver, Submission.author_id == leaver),
        )
        .order_by(Submission.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        carried = Carried(session, case, row, rounds_of(session, row), actor, now)
        if row.author_id == leaver:
            row.author_id = receiver
        if row.holder_id != leaver:
            continue
        if row.step == 0:
            hand(carried, receiver, REASON)
            continue
        fit = [each.user_id for each in candidates(carried, row.step) if each.user_id != leaver]
        if fit:
            hand(carried, receiver if receiver in fit else fit[0], REASON)
        else:
            return_to_author(carried, Verdict.SEND_BACK, NOBODY_LEFT, None)
