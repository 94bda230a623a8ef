"""The course of a commitment: its lead reports, its keeper confirms, sends back, moves, drops, reopens.

Each command adds one line to the history and never changes an earlier one. Whether a commitment is
late is no state: it follows from its day (``workflows.commitments.is_late``).
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.access import commitments_seen, visible
from petitions.errors import Forbidden, Invalid, NotAllowedNow, NotFound, Stale
from petitions.models import Case, Commitment, CommitmentAgency, CommitmentStep, Evidence
from petitions.queries.commitments import UNKNOWN
from petitions.services import words
from petitions.services.onetime import run_once
from petitions.services.undertakings import (
    STEPS,
    TEXT,
    WHAT_LIMIT,
    key_of,
    refuse_secret_names,
    sealed_or_not,
)
from workflows.commitments import (
    ENDED,
    CommitmentRole,
    CommitmentStatus,
    CommitmentVerdict,
    Standing,
    after,
    open_to,
)
from workflows.vocabulary import Actor

NOT_NOW = "Cam kết không còn ở bước này; hãy tải lại trang để xem tình trạng hiện nay."
NOT_YOURS = "Việc này thuộc cơ quan khác hoặc người khác của cam kết."
_WORDS_NEEDED = {
    CommitmentVerdict.REPORTED: "Phải ghi kết quả đã thực hiện.",
    CommitmentVerdict.SENT_BACK: "Phải ghi việc còn phải làm.",
    CommitmentVerdict.DROPPED: "Phải ghi lý do dừng thực hiện.",
    CommitmentVerdict.MOVED: "Phải ghi lý do đổi hạn.",
    CommitmentVerdict.REOPENED: "Phải ghi lý do mở lại.",
    CommitmentVerdict.URGED: "Phải ghi nội dung đôn đốc.",
}
_TAKES_DUE = frozenset({CommitmentVerdict.MOVED, CommitmentVerdict.REOPENED})


@dataclass(frozen=True, slots=True)
class Step:
    """What happened on a day, in words; ``paper`` is the ordinal of a paper in the case's file."""

    verdict: CommitmentVerdict
    on: date
    text: str = ""
    document: str | None = None
    due: date | None = None
    paper: int | None = None


def take_step(
    uid: str,
    step: Step,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Add one line to the history of the commitment ``uid``; returns the uid.

    Raises ``NotFound`` out of reach, ``Stale`` when somebody took a step since ``version``,
    ``NotAllowedNow`` when the course does not allow it, ``Forbidden`` for whom it is not to do,
    ``Invalid`` at ``on``, ``text``, ``document``, ``due`` or ``paper``, and ``Leak``.
    """

    def work(session: Session) -> str:
        row = session.scalar(
            select(Commitment)
            .where(Commitment.uid == uid, commitments_seen(actor))
            .with_for_update(of=Commitment)
        )
        if row is None:
            raise NotFound(UNKNOWN)
        if version is not None and version != row.version:
            raise Stale(uid)
        target = _judged(session, row, step.verdict, actor)
        safe = _safe(row, step, local_day(now))
        texts = {"text": safe.text, "document": safe.document or ""}
        refuse_secret_names(session, row.visit_id, row.case_id, texts)
        write_step(session, row, safe, target, actor, now)
        return uid

    return run_once(key, f"commitment:{step.verdict.value}:{uid}", actor, now, work)


def write_step(
    session: Session,
    row: Commitment,
    step: Step,
    target: CommitmentStatus,
    actor: Actor,
    now: datetime,
) -> None:
    """The line and where the commitment stands after it, inside a transaction that is open.

    The caller has judged the step; an import writes what was done elsewhere.
    """
    _append(session, row, step, actor, now)
    row.status = target
    row.ended_on = step.on if target in ENDED else None
    row.due = step.due or row.due
    row.version += 1  # a line makes a new version even where no column changed (an urging)


def _judged(
    session: Session, row: Commitment, verdict: CommitmentVerdict, actor: Actor
) -> CommitmentStatus:
    target = after(row.status, verdict)
    if target is None:
        raise NotAllowedNow(NOT_NOW)
    watching = session.scalars(
        select(CommitmentAgency.agency_id).where(
            CommitmentAgency.commitment_id == row.id,
            CommitmentAgency.role == CommitmentRole.SUPERVISING,
        )
    )
    standing = Standing(row.status, row.agency_id, row.lead_agency_id, frozenset(watching))
    if verdict not in open_to(standing, actor):
        raise Forbidden(NOT_YOURS)
    return target


def _safe(row: Commitment, step: Step, today: date) -> Step:
    faults: defaultdict[str, list[str]] = defaultdict(list)
    text = str(words.safe({"text": step.text})["text"])
    document = words.safe_line(step.document, "document")
    if not text and step.verdict in _WORDS_NEEDED:
        faults["text"].append(_WORDS_NEEDED[step.verdict])
    if len(text) > WHAT_LIMIT:
        faults["text"].append(f"Dài quá {WHAT_LIMIT} ký tự.")
    if step.on > today:
        faults["on"].append("Ngày này còn ở tương lai.")
    elif step.on < row.made_on:
        faults["on"].append("Ngày này trước ngày cam kết.")
    due = step.due if step.verdict in _TAKES_DUE else None
    if due is None and step.verdict is CommitmentVerdict.MOVED:
        faults["due"].append("Phải ghi hạn mới.")
    if due is not None and due < row.made_on:
        faults["due"].append("Hạn thực hiện không được trước ngày cam kết.")
    if due == row.due and step.verdict is CommitmentVerdict.MOVED:
        faults["due"].append("Hạn mới trùng hạn hiện nay.")
    if faults:
        raise Invalid(faults)
    return Step(step.verdict, step.on, text, document or None, due, step.paper)


def _append(session: Session, row: Commitment, step: Step, actor: Actor, now: datetime) -> None:
    uid = secrets.token_hex(16)
    last = session.scalar(
        select(func.max(CommitmentStep.seq)).where(CommitmentStep.commitment_id == row.id)
    )
    secret = key_of(session, row.visit_id, row.case_id)
    session.execute(
        insert(CommitmentStep).values(
            uid=uid,
            commitment_id=row.id,
            seq=(last or 0) + 1,
            verdict=step.verdict,
            on=step.on,
            due=step.due,
            by_id=actor.user_id,
            at=now,
            document=step.document,
            evidence_id=_paper(session, row, step.paper, actor),
            **sealed_or_not(secret, STEPS, uid, {TEXT: step.text} if step.text else {}),
        )
    )


def _paper(session: Session, row: Commitment, ordinal: int | None, actor: Actor) -> int | None:
    """The paper of the case's file, for those who see the case."""
    if ordinal is None:
        return None
    found = session.scalar(
        select(Evidence.id)
        .join(Case, Case.id == Evidence.case_id)
        .where(Case.id == row.case_id, Evidence.ordinal == ordinal, visible(actor))
    )
    if found is None:
        raise Invalid.at("paper", "Không có tài liệu này trong hồ sơ.")
    return found
