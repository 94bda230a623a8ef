"""Papers of a body that lets a case go: what was on its way there is on nobody's any more."""

from __future__ import annotations

from sqlalchemy import select

from petitions.models import Submission
from petitions.services.act import Act
from petitions.services.submission_rows import Carried, add_round, rounds_of
from petitions.services.submissions_news import DROPPED, end_sight, tell
from workflows.office import HELD, SubmissionStatus, Verdict

REASON = "Hồ sơ đã chuyển sang cơ quan khác."


def drop_papers(act: Act) -> None:
    """Drop every proposal of the holder that is still on its way; other bodies' papers go on."""
    session, case = act.session, act.case
    rows = session.scalars(
        select(Submission)
        .where(
            Submission.case_id == case.id,
            Submission.agency_id == case.agency_id,
            Submission.status.in_(HELD),
        )
        .order_by(Submission.id)
        .with_for_update()
    ).all()
    for row in rows:
        carried = Carried(session, case, row, rounds_of(session, row), act.actor, act.now)
        left = row.step
        row.status, row.holder_id, row.moved_at = SubmissionStatus.DROPPED, None, act.now
        seq = add_round(
            session,
            case,
            row,
            Verdict.DROP,
            actor=act.actor,
            now=act.now,
            from_step=left,
            words={"opinion": REASON},
        )
        tell(carried, DROPPED, [row.author_id], seq)
        end_sight(carried)
