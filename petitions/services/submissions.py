"""A proposal on its way: submitted, approved, sent back, recalled, given to somebody else, dropped.

Every command is one transaction and one round; the paper lies on exactly one table after it. The
act itself is done by ``submissions_signing`` alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from petitions.errors import Invalid
from petitions.queries.approvers import Approver
from petitions.services import words
from petitions.services.charges import colleague
from petitions.services.onetime import run_once
from petitions.services.submission_rows import (
    Carried,
    add_round,
    candidates,
    fetch,
    require,
)
from petitions.services.submissions_drafting import checked_due
from petitions.services.submissions_hops import put_on_table
from petitions.services.submissions_news import (
    DROPPED,
    RECALLED,
    REFUSED,
    SENT_BACK,
    WAITING,
    end_sight,
    let_see,
    tell,
)
from petitions.services.submissions_paths import nobody
from petitions.services.submissions_rehearsal import rehearse
from workflows.office import SubmissionStatus, Verdict
from workflows.vocabulary import Actor

OPINION_LIMIT = 4_000
"""Characters of an opinion; a longer one belongs into the file."""


def submit(uid: str, *, to: str | None = None, opinion: str = "", version: int | None, actor: Actor, now: datetime, key: str | None = None) -> str:  # fmt: skip
    """Put the author's proposal on the first approver's table; ``to`` is his username where several may.

    The signature is rehearsed first: what it would be refused for does not go up. Raises as
    ``propose`` does, ``Invalid`` at ``to`` when nobody or several may stand there.
    """

    def work(carried: Carried) -> str:
        require(carried, Verdict.SUBMIT)
        rehearse(carried)
        return _send_up(carried, Verdict.SUBMIT, to, opinion)

    return _move("submit", uid, work, version, actor, now, key)


def approve(uid: str, *, to: str | None = None, opinion: str = "", version: int | None, actor: Actor, now: datetime, key: str | None = None) -> str:  # fmt: skip
    """Pass the proposal on to the next approver, with an opinion if there is one.

    Raises ``Conflict`` when somebody else acted on it first, ``Forbidden``, ``Invalid`` at ``to``.
    """

    def work(carried: Carried) -> str:
        require(carried, Verdict.APPROVE)
        return _send_up(carried, Verdict.APPROVE, to, opinion)

    return _move("approve", uid, work, version, actor, now, key)


def send_back(uid: str, *, opinion: str, due: date | None, version: int | None, actor: Actor, now: datetime, key: str | None = None) -> str:  # fmt: skip
    """Return the proposal to its author with an opinion and a new date; any level may.

    Raises ``Invalid`` at ``opinion`` and ``due``.
    """

    def work(carried: Carried) -> str:
        require(carried, Verdict.SEND_BACK)
        faults = {}
        if not opinion.strip():
            faults["opinion"] = ["Phải ghi ý kiến trả lại."]
        if due is None:
            faults["due"] = ["Phải ghi hạn trình lại."]
        if faults:
            raise Invalid(faults)
        return return_to_author(carried, Verdict.SEND_BACK, opinion, due)

    return _move("send_back", uid, work, version, actor, now, key)


def recall(uid: str, *, reason: str = "", version: int | None, actor: Actor, now: datetime, key: str | None = None) -> str:  # fmt: skip
    """Take the paper back from the next table before anybody acted there."""

    def work(carried: Carried) -> str:
        require(carried, Verdict.RECALL)
        row, past = carried.submission, carried.rounds
        up = next(each for each in reversed(past) if each.verdict is not Verdict.REASSIGN)
        was, left = row.holder_id, row.step
        status = SubmissionStatus.SUBMITTED if up.from_step else SubmissionStatus.RECALLED
        due = put_on_table(carried, up.from_step, actor.user_id, status)
        seq = _round(carried, Verdict.RECALL, left, actor.user_id, due, reason, "reason")
        tell(carried, RECALLED, [was], seq)
        return uid

    return _move("recall", uid, work, version, actor, now, key)


def reassign(uid: str, to: str, *, reason: str = "", version: int | None, actor: Actor, now: datetime, key: str | None = None) -> str:  # fmt: skip
    """Give the paper to somebody else who may stand where it lies; a draft gets another author.

    Raises ``Forbidden`` unless the actor leads the agency or stands above the holder, ``Invalid`` at
    ``to``.
    """

    def work(carried: Carried) -> str:
        require(carried, Verdict.REASSIGN)
        row = carried.submission
        receiver = _other(carried, to)
        if receiver == row.holder_id:
            raise Invalid.at("to", "Người nhận phải là người khác.")
        hand(carried, receiver, reason)
        return uid

    return _move("reassign", uid, work, version, actor, now, key)


def drop(uid: str, *, reason: str, version: int | None, actor: Actor, now: datetime, key: str | None = None) -> str:  # fmt: skip
    """Give a proposal up, by its author and with a reason; its rounds stay. Raises ``Invalid`` at ``reason``."""

    def work(carried: Carried) -> str:
        require(carried, Verdict.DROP)
        if not reason.strip():
            raise Invalid.at("reason", "Phải ghi lý do hủy.")
        row = carried.submission
        row.status, row.holder_id, row.moved_at = SubmissionStatus.DROPPED, None, now
        seq = _round(carried, Verdict.DROP, row.step, None, None, reason, "reason")
        tell(carried, DROPPED, [each.by_id for each in carried.rounds], seq)
        end_sight(carried)
        return uid

    return _move("drop", uid, work, version, actor, now, key)


def hand(carried: Carried, receiver: int, reason: str) -> None:
    """Put the paper on another person's table at the step it lies at, keeping its day."""
    row = carried.submission
    was, due = row.holder_id, row.due
    if row.step == 0:
        row.author_id = receiver
    row.holder_id, row.moved_at = receiver, carried.now
    let_see(carried.session, carried.case, receiver, carried.today)
    seq = _round(carried, Verdict.REASSIGN, row.step, receiver, due, reason, "reason")
    if was != row.author_id:
        end_sight(carried, [was])
    tell(carried, WAITING, [receiver], seq)


def return_to_author(carried: Carried, verdict: Verdict, opinion: str, due: date | None) -> str:
    """Back on its author's table: somebody, the law or a hand-over wants it."""
    row = carried.submission
    left = row.step
    end = put_on_table(
        carried, 0, row.author_id, SubmissionStatus.SENT_BACK, checked_due(carried, due)
    )
    if verdict is Verdict.REFUSED_BY_LAW and not carried.case.open:
        # nothing can be handed up again on a case that has ended
        row.due = end = None
    seq = _round(carried, verdict, left, row.author_id, end, opinion, "opinion")
    tell(carried, REFUSED if verdict is Verdict.REFUSED_BY_LAW else SENT_BACK, [row.author_id], seq)
    return row.uid


def _move(
    verb: str, uid: str, work: Callable[[Carried], str], version: int | None, actor: Actor,
    now: datetime, key: str | None,
) -> str:  # fmt: skip
    def inside(session: Session) -> str:
        return work(fetch(session, uid, actor, now, version))

    return run_once(key, f"submission:{verb}:{uid}", actor, now, inside)


def _send_up(carried: Carried, verdict: Verdict, to: str | None, opinion: str) -> str:
    row = carried.submission
    left, step = row.step, row.step + 1
    receiver = _chosen(carried, step, to)
    at_signer = step == len(row.path) and verdict is Verdict.APPROVE
    status = SubmissionStatus.APPROVED if at_signer else SubmissionStatus.SUBMITTED
    due = put_on_table(carried, step, receiver, status)
    seq = _round(carried, verdict, left, receiver, due, opinion, "opinion")
    tell(carried, WAITING, [receiver], seq)
    return row.uid


def _chosen(carried: Carried, step: int, to: str | None) -> int:
    """The next holder. Raises ``Invalid`` at ``to``: nobody, somebody unfit, or a choice not made."""
    found = candidates(carried, step)
    if not found:
        raise Invalid.at("to", nobody(carried.session, carried.path[step - 1]))
    if to:
        return _among(found, to)
    exact = {each.user_id for each in found if each.exact} or {each.user_id for each in found}
    if len(exact) > 1:
        raise Invalid.at("to", "Có nhiều người duyệt được bước này; hãy chọn một người.")
    return exact.pop()


def _other(carried: Carried, to: str) -> int:
    row = carried.submission
    if row.step == 0:
        try:
            return colleague(carried.session, carried.case, to, carried.today)
        except Invalid as error:
            raise Invalid.at("to", error.message) from error
    return _among(candidates(carried, row.step), to)


def _among(found: tuple[Approver, ...], to: str) -> int:
    chosen = next((each.user_id for each in found if each.username == to), None)
    if chosen is None:
        raise Invalid.at("to", "Người này không duyệt được bước này của quy trình.")
    return chosen


def _round(carried: Carried, verdict: Verdict, left: int, to_id: int | None, due: date | None, text: str, field: str) -> int:  # fmt: skip
    said = opinion_of(carried, text, field)
    row = carried.submission
    return add_round(
        carried.session, carried.case, row, verdict, actor=carried.actor, now=carried.now,
        from_step=left, to_step=row.step, to_id=to_id, due=due, words={"opinion": said},
    )  # fmt: skip


def opinion_of(carried: Carried, text: str, field: str) -> str:
    """A typed opinion made safe. Raises ``Invalid`` and, about a denunciation, ``Leak`` at ``field``."""
    said = str(words.safe({field: text})[field])
    if len(said) > OPINION_LIMIT:
        raise Invalid.at(field, f"Dài quá {OPINION_LIMIT} ký tự.")
    words.refuse_sealed_texts(carried.session, carried.case, {field: said})
    return said
