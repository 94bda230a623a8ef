"""Rows of proposals: fetched under the scope of their case, judged by where they lie, written round by round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import scope_of
from petitions.documents.catalog import form_for
from petitions.errors import Conflict, Forbidden, NotFound
from petitions.kept_words import put_away, read_back
from petitions.ledger.record import case_key
from petitions.models import Case, Hat, Submission, SubmissionRound, User
from petitions.queries.approvers import Approver, capacity_of, fitting
from petitions.queries.offices import in_force
from petitions.queries.paper_readers import reader_values, reads_paper
from petitions.text import vn_date
from workflows.office import HELD, Verdict
from workflows.passage import Paper, Stage, Viewer, open_to, stands_above
from workflows.transitions import TABLE as ACTS
from workflows.vocabulary import Actor, Kind, Role

TABLE, ROUNDS = Submission.__tablename__, SubmissionRound.__tablename__
DECISIONS = frozenset({"QĐ", "KL"})


@dataclass(slots=True)
class Carried:
    """A proposal in hand: the locked rows, who acts on it and when."""

    session: Session
    case: Case
    submission: Submission
    rounds: list[SubmissionRound]
    actor: Actor
    now: datetime

    @property
    def today(self) -> date:
        """The Vietnamese day of ``now``."""
        return local_day(self.now)

    @property
    def path(self) -> tuple[Stage, ...]:
        """The approvers frozen at drafting."""
        return tuple(Stage.of(each) for each in self.submission.path)

    @property
    def stage(self) -> Stage | None:
        """The step it lies at; None with its author."""
        return self.path[self.submission.step - 1] if self.submission.step else None

    @property
    def paper(self) -> Paper:
        """Where it stands, in the law of passage's plain values."""
        moved = next((each for each in reversed(self.rounds) if each.verdict is not Verdict.REASSIGN), None)  # fmt: skip
        row = self.submission
        return Paper(
            row.status, row.step, len(row.path), row.author_id, row.holder_id,
            moved.verdict if moved else None, moved.by_id if moved else None,
        )  # fmt: skip


def fetch(
    session: Session, uid: str, actor: Actor, now: datetime, version: int | None = None
) -> Carried:
    """The proposal ``uid`` and its case, locked for this transaction.

    ``version`` is the one the page showed; ``None`` takes whatever stands. Raises ``NotFound`` when
    it does not exist, its case is out of reach or it is another office's, ``Conflict`` when somebody
    moved it since.
    """
    case = ledger.load(session, _code_of(session, uid, actor), actor)
    row = session.scalars(
        select(Submission)
        .where(Submission.uid == uid)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    found = Carried(session, case, row, rounds_of(session, row), actor, now)
    if version is not None and version != row.version:
        raise Conflict(_meanwhile(found))
    return found


def look(session: Session, uid: str, actor: Actor, now: datetime) -> Carried:
    """The proposal for reading only, not locked. Raises ``NotFound`` as ``fetch`` does."""
    case = ledger.look(session, _code_of(session, uid, actor), actor)
    row = session.scalars(select(Submission).where(Submission.uid == uid)).one()
    return Carried(session, case, row, rounds_of(session, row), actor, now)


def rounds_of(session: Session, row: Submission) -> list[SubmissionRound]:
    """The rounds of a proposal in order."""
    return list(
        session.scalars(
            select(SubmissionRound)
            .where(SubmissionRound.submission_id == row.id)
            .order_by(SubmissionRound.seq)
        )
    )


def _code_of(session: Session, uid: str, actor: Actor) -> str:
    code = session.scalar(
        select(Case.code)
        .join(Submission, Submission.case_id == Case.id)
        .where(Submission.uid == uid, reads_paper(scope_of(actor))),
        reader_values(actor),
    )
    if code is None:
        raise NotFound
    return code


def require(carried: Carried, verdict: Verdict) -> None:
    """Raise unless this person may do that with the paper where it lies now.

    ``Conflict`` when it no longer lies on the table it was taken from, ``Forbidden`` otherwise.
    """
    row, actor = carried.submission, carried.actor
    if verdict in open_to(carried.paper, viewer(carried)):
        return
    if row.status not in HELD:
        raise Conflict(_meanwhile(carried))
    held = verdict not in {Verdict.RECALL, Verdict.REASSIGN}
    if held and row.holder_id != actor.user_id:
        raise Conflict(_meanwhile(carried))
    raise Forbidden(_NOT_YOURS.get(verdict, "Bạn không làm được việc này với tờ trình lúc này."))


_NOT_YOURS = {
    Verdict.RECALL: "Chỉ thu hồi được tờ trình do chính mình vừa trình hoặc duyệt, khi bước sau chưa xử lý.",
    Verdict.REASSIGN: "Chỉ lãnh đạo hoặc cấp trên của người đang giữ được chuyển người duyệt.",
    Verdict.SIGN: "Vai trò hiện tại của bạn không ký được tờ trình này.",
    Verdict.APPROVE: "Vai trò hiện tại của bạn không duyệt bước này; hãy đổi vai trò.",
    Verdict.SEND_BACK: "Vai trò hiện tại của bạn không duyệt bước này; hãy đổi vai trò.",
}  # fmt: skip


def viewer(carried: Carried) -> Viewer:
    """What the acting hat is to the paper."""
    row, actor, path = carried.submission, carried.actor, carried.path
    return Viewer(
        user_id=actor.user_id,
        fits=carried.stage is not None and stands_at(carried, row.step, actor.hat_id),
        fits_last=_may_sign_at_once(carried) if len(path) <= 1 else False,
        above=stands_above(actor.role, actor.agency_id, row.agency_id, carried.stage),
    )


def _may_sign_at_once(carried: Carried) -> bool:
    row, actor = carried.submission, carried.actor
    if row.path:
        return stands_at(carried, 1, actor.hat_id)
    return capacity_of(carried.session, actor, row.agency_id, carried.today) is not None


def stands_at(carried: Carried, step: int, hat_id: int) -> bool:
    """Whether the hat may stand at a step of the path today."""
    return any(each.hat_id == hat_id for each in candidates(carried, step))


def candidates(carried: Carried, step: int) -> tuple[Approver, ...]:
    """Who may stand at ``step`` (1 is the first approver) today."""
    row, path = carried.submission, carried.path
    return fitting(
        carried.session,
        carried.case,
        path[step - 1],
        office_id=row.agency_id,
        section_id=section_of(carried.session, row.author_id, row.agency_id, carried.today),
        by_order=step == len(path) and not _is_decision(row.form_key, carried.today),
        on=carried.today,
        roles=roles_of(row.action, carried.case.kind) if step == len(path) else None,
    )


def roles_of(action: str | None, kind: Kind) -> frozenset[Role] | None:
    """Hats the law lets do the act in some case of that kind; None where no act is proposed."""
    if action is None:
        return None
    rows = (row for row in ACTS if row.action == action and kind in row.kinds)
    return frozenset(role for row in rows for role in row.roles)


def _is_decision(form_key: str | None, on: date) -> bool:
    """Whether the letter is a decision or a conclusion, which nobody signs by order for the head."""
    return form_key is not None and form_for(form_key, on).abbreviation in DECISIONS


def section_of(session: Session, user_id: int, agency_id: int, on: date) -> int | None:
    """The section somebody works in."""
    return session.scalar(
        select(Hat.section_id)
        .where(
            Hat.user_id == user_id,
            Hat.agency_id == agency_id,
            Hat.section_id.is_not(None),
            in_force(Hat, on),
        )
        .order_by(Hat.id)
        .limit(1)
    )


def add_round(
    session: Session,
    case: Case,
    submission: Submission,
    verdict: Verdict,
    *,
    actor: Actor,
    now: datetime,
    from_step: int | None = None,
    to_step: int | None = None,
    to_id: int | None = None,
    due: date | None = None,
    words: Mapping[str, Any] | None = None,
) -> int:
    """Write the next round of a proposal; returns its number. Steps left out are the present one."""
    session.flush()
    seq = 1 + (
        session.scalar(
            select(func.max(SubmissionRound.seq)).where(
                SubmissionRound.submission_id == submission.id
            )
        )
        or 0
    )
    session.execute(
        insert(SubmissionRound).values(
            submission_id=submission.id,
            seq=seq,
            verdict=verdict,
            by_id=actor.user_id,
            role=actor.role,
            from_step=submission.step if from_step is None else from_step,
            to_step=submission.step if to_step is None else to_step,
            to_id=to_id,
            due=due,
            at=now,
            **kept(session, case, ROUNDS, round_uid(submission.uid, seq), words or {}),
        )
    )
    return seq


def round_uid(uid: str, seq: int) -> str:
    """What the words of a round are bound to under seal."""
    return f"{uid}/{seq}"


def kept(session: Session, case: Case, table: str, uid: str, words: Mapping[str, Any]) -> dict[str, Any]:  # fmt: skip
    """The two columns of free words, under the case's key for a denunciation."""
    said = {name: value for name, value in words.items() if value}
    key = case_key(session, case) if case.kind is Kind.DENUNCIATION and said else None
    return put_away(case.kind, key, table, uid, said)


def words_of(session: Session, case: Case, row: Submission) -> Mapping[str, Any]:
    """The payload, the letter's fields and the day of a proposal."""
    key = case_key(session, case) if row.sealed is not None else None
    return read_back(row, key, TABLE, row.uid)


def _meanwhile(carried: Carried) -> str:
    """What happened to the paper, for somebody who acts on an older state of it."""
    last = carried.rounds[-1]
    name = carried.session.scalar(select(User.name).where(User.id == last.by_id))
    done = _DONE.get(last.verdict, "cập nhật")
    return (
        f"Tờ trình này vừa được {name} {done} ngày {vn_date(local_day(last.at))}; "
        "bạn chưa làm gì với nó. Hãy mở lại trang để xem."
    )


_DONE = {
    Verdict.DRAFT: "soạn",
    Verdict.REVISE: "sửa",
    Verdict.SUBMIT: "trình",
    Verdict.APPROVE: "duyệt",
    Verdict.SEND_BACK: "trả lại",
    Verdict.RECALL: "thu hồi",
    Verdict.REASSIGN: "chuyển người duyệt",
    Verdict.SIGN: "ký",
    Verdict.REFUSED_BY_LAW: "ký không được nên trả lại",
    Verdict.DISPATCH: "phát hành",
    Verdict.DROP: "hủy",
}
