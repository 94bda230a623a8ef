"""The signature: the last step of a proposal, the only thing besides the edges that does a legal act.

Act, letter and signature are one transaction. When the act is no longer lawful that transaction is
given up, and in a second one the paper goes back to its author with the reason.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import NoReturn

from sqlalchemy.orm import Session

from petitions.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Leak,
    NotAllowedNow,
    NotFound,
)
from petitions.queries.approvers import capacity_of
from petitions.rulebook import current
from petitions.services import letters, words
from petitions.services.acts import carry_out
from petitions.services.checks import Faults, act_day
from petitions.services.onetime import run_once
from petitions.services.submission_rows import Carried, add_round, fetch, require, words_of
from petitions.services.submissions import opinion_of, return_to_author
from petitions.services.submissions_drafting import PASSING_ON, typed
from petitions.services.submissions_news import SIGNED, end_sight, followers, tell
from workflows.office import SigningCapacity, SubmissionStatus, Verdict
from workflows.vocabulary import Action, Actor

OWN_FIELDS = frozenset({"on", "late_reason", "opinion"})
"""Fields of the signature itself; a fault there is the signer's to mend, not the author's."""
RETURNED = "returned"


class _Refused(Exception):
    """The law stands against the act or its letter; carries the refusal out of the transaction."""

    def __init__(self, refusal: DomainError) -> None:
        self.refusal = refusal


def sign(
    uid: str,
    *,
    on: date | None = None,
    opinion: str = "",
    late_reason: str | None = None,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Sign a proposal; returns the code of the case to look at next.

    ``on`` is the date printed on the signed document: today, or earlier where it was signed on paper
    before. Raises ``Conflict``, ``Forbidden``, ``Invalid`` at the signature's own fields; when the
    act or its letter is refused, the paper has gone back to its author and ``NotAllowedNow`` tells
    the signer why.
    """
    command = f"submission:sign:{uid}"

    def work(session: Session) -> str:
        carried = fetch(session, uid, actor, now, version)
        require(carried, Verdict.SIGN)
        return _sign(carried, on, opinion, late_reason)

    try:
        answer = run_once(key, command, actor, now, work)
    except _Refused as refused:
        _give_back(uid, refused.refusal, version, actor, now, key, command)
        _tell_signer(refused.refusal)
    if answer == RETURNED:
        raise NotAllowedNow("Tờ trình này không ký được và đã được trả lại người soạn.")
    return answer


def _sign(carried: Carried, on: date | None, opinion: str, late_reason: str | None) -> str:
    row, case, session, actor = carried.submission, carried.case, carried.session, carried.actor
    said = words_of(session, case, row)
    day = on or (date.fromisoformat(said["on"]) if said.get("on") else carried.today)
    _check_day(carried, day, late_reason)
    comment = opinion_of(carried, opinion, "opinion")
    capacity = _capacity(carried, day)
    go_to, left = case.code, row.step
    prepared = None
    if row.form_key is not None and capacity is not None and row.action in PASSING_ON:
        with _law():
            prepared = letters.prepare(
                session, case, row, on=day, actor=actor, capacity=capacity, now=carried.now
            )
    # signed before the act runs: an act that passes the case on drops what is still on its way
    row.status = SubmissionStatus.SIGNED if row.form_key else SubmissionStatus.DISPATCHED
    row.step, row.holder_id, row.signed_on, row.moved_at = len(row.path), None, day, carried.now
    if row.action is not None:
        with _law((Conflict, Forbidden)):
            _, go_to = carry_out(
                session, case.code, Action(row.action), typed(said.get("given", {})), version=None,
                on=day, actor=actor, now=carried.now, late_reason=late_reason,
            )  # fmt: skip
        row.event_seq = case.event_seq
    seq = add_round(
        session, case, row, Verdict.SIGN, actor=actor, now=carried.now, from_step=left,
        words={"opinion": comment},
    )  # fmt: skip
    if row.form_key is not None and capacity is not None:
        with _law():
            letters.issue(
                session, case, row, on=day, actor=actor, capacity=capacity, now=carried.now,
                event_seq=row.event_seq, prepared=prepared,
            )  # fmt: skip
    tell(carried, SIGNED, [row.author_id, *followers(carried)], seq)
    end_sight(carried)
    return go_to


@contextlib.contextmanager
def _law(also: tuple[type[DomainError], ...] = (Conflict,)) -> Iterator[None]:
    """Refusals of the act or its letter leave the transaction; those of the signature stay the signer's.

    That the case is held elsewhere by now (``Forbidden``) is the act's; that the signer may not know
    the denouncer is the signer's.
    """
    try:
        yield
    except NotAllowedNow as refusal:
        raise _Refused(refusal) from refusal
    except also as refusal:
        raise _Refused(refusal) from refusal
    except Invalid as refusal:
        if not isinstance(refusal, Leak) and set(refusal.fields) <= OWN_FIELDS:
            raise
        raise _Refused(refusal) from refusal


def _check_day(carried: Carried, day: date, late_reason: str | None) -> None:
    faults: Faults = defaultdict(list)
    reason = words.safe_line(late_reason, "late_reason")
    act_day(day, carried.today, current(carried.session), reason, faults, "on")
    if faults:
        raise Invalid(faults)


def _capacity(carried: Carried, day: date) -> SigningCapacity | None:
    """How the signer signs; a letter needs a capacity. Raises ``Forbidden``."""
    row = carried.submission
    found = capacity_of(carried.session, carried.actor, row.agency_id, day)
    if row.form_key is not None and found is None:
        raise Forbidden("Bạn chưa được giao quyền ký văn bản của cơ quan này vào ngày ghi trên văn bản.")  # fmt: skip
    return found


def _give_back(
    uid: str, refusal: DomainError, version: int | None, actor: Actor, now: datetime,
    key: str | None, command: str,
) -> None:  # fmt: skip
    """Write that the law refused, unless somebody moved the paper in between."""

    def work(session: Session) -> str:
        carried = fetch(session, uid, actor, now, version)
        require(carried, Verdict.SIGN)
        return_to_author(carried, Verdict.REFUSED_BY_LAW, why(refusal), None)
        return RETURNED

    with contextlib.suppress(Conflict, Forbidden, NotFound):
        run_once(key, command, actor, now, work)


def why(refusal: DomainError) -> str:
    """What stands against the act in one sentence, with the article where there is one."""
    if isinstance(refusal, Invalid):
        return " ".join(dict.fromkeys(line for lines in refusal.fields.values() for line in lines))
    article = getattr(refusal, "article", "")
    return f"{refusal.message} ({article})" if article else refusal.message


def _tell_signer(refusal: DomainError) -> NoReturn:
    article = getattr(refusal, "article", "")
    told = " ".join(why(refusal).split()).removesuffix(f" ({article})")
    raise NotAllowedNow(f"{told} Tờ trình đã được trả lại người soạn.", article) from refusal
