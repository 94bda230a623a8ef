"""Commitments of those who received citizens that are not done yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import func, select

from config.database import read
from petitions.access import commitments_seen
from petitions.models import Agency, Case, Commitment, CommitmentStep, Visit
from petitions.models.reminders import Subject
from petitions.services.caseless_dates.shape import (
    AHEAD,
    CaselessDate,
    Ids,
    Source,
    among,
    seen_among,
)
from petitions.text import vn_date
from workflows.commitments import UNDONE, CommitmentVerdict
from workflows.vocabulary import Actor


def _commitments(today: date, ids: Ids) -> Iterator[CaselessDate]:
    """Undone ones, quiet while their case is suspended. A new day and a reopening start anew."""
    moved = (
        select(func.count(CommitmentStep.id))
        .where(
            CommitmentStep.commitment_id == Commitment.id,
            CommitmentStep.verdict.in_((CommitmentVerdict.MOVED, CommitmentVerdict.REOPENED)),
        )
        .scalar_subquery()
    )
    statement = (
        select(
            Commitment.id, Commitment.uid, Commitment.due, Commitment.made_on, Commitment.case_id,
            Commitment.agency_id.label("keeper_id"), Commitment.lead_agency_id, Agency.name,
            Visit.confidential, Visit.received_by, Visit.agency_id.label("visit_agency_id"),
            moved.label("moved"),
        )
        .join(Agency, Agency.id == Commitment.lead_agency_id)
        .outerjoin(Visit, Visit.id == Commitment.visit_id)
        .outerjoin(Case, Case.id == Commitment.case_id)
        .where(
            Commitment.status.in_(UNDONE),
            Commitment.due <= today + AHEAD,
            Commitment.case_id.is_(None) | Case.paused_since.is_(None),
            *among(Commitment.id, ids),
        )
        .order_by(Commitment.id)
    )  # fmt: skip
    for row in read(statement):
        secret = bool(row.confidential)
        title = f"Cam kết ngày {vn_date(row.made_on)}"
        yield CaselessDate(
            id=row.id,
            version=row.moved + 1,
            due=row.due,
            agency_id=row.lead_agency_id,
            step=Subject.COMMITMENT,
            title=title if secret else f"{title}, {row.name}",
            path=f"/cam-ket/{row.uid}",
            secret=secret,
            above_id=None if row.keeper_id == row.lead_agency_id else row.keeper_id,
            trusted=frozenset({row.received_by} if secret else ()),
            trusted_heads_of=row.visit_agency_id if secret else None,
            case_id=row.case_id,
        )


def _commitments_seen(actor: Actor, ids: Collection[int]) -> Collection[int]:
    return seen_among(select(Commitment.id).where(Commitment.id.in_(ids), commitments_seen(actor)))


COMMITMENTS = Source(_commitments, _commitments_seen)
