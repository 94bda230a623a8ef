"""Work on a reviewed case: who answers for it, the plan, progress, and what came of it.

An outcome is what the review reports; the state of the case stays what the law made it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.kept_words import put_away, read_back
from petitions.models import Case, ReviewCampaign, ReviewedCase
from petitions.queries.reviewed import CASES, UNKNOWN, bodies_for, leaders_for, works
from petitions.queries.reviews import campaigns_seen, keeps
from petitions.services import words
from petitions.services.checks import Faults
from petitions.services.onetime import run_once
from petitions.services.review_story import key_of, tell
from petitions.services.reviews import ENDED, NOT_YOURS
from petitions.text import vn_date
from workflows.reviewing import ReviewOutcome, ReviewStep
from workflows.vocabulary import Actor

LONG = 4_000
"""Characters of a plan, a proposal or a note of progress."""
NOT_CHARGED = "Chỉ cơ quan chủ trì vụ việc hoặc cơ quan lập đợt rà soát ghi được."


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """Who answers for a case, by when, and what is planned; ``leader`` is a username, "" for nobody.

    ``agency`` and ``due`` None leave them as they are: only who runs the campaign sets them.
    """

    agency: str | None = None
    leader: str = ""
    due: date | None = None
    plan: str = ""
    proposal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeGiven:
    """What came of the review, on which day and by which paper."""

    outcome: ReviewOutcome
    on: date
    document: str
    content: str = ""


class _Held(NamedTuple):
    session: Session
    row: ReviewedCase
    case: Case
    campaign: ReviewCampaign
    runs: bool
    today: date


def arrange(
    uid: str,
    given: Arrangement,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Set who answers and what is planned; each change is an entry of the story.

    Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` once the campaign has ended, ``Invalid``
    at the fields of ``Arrangement`` (``Leak`` where a text names a denouncer).
    """

    def work(at: _Held) -> None:
        faults: Faults = defaultdict(list)
        texts = {
            name: words.prose(getattr(given, name), name, LONG, faults)
            for name in ("plan", "proposal")
        }
        charged = _charged(at, given, faults)
        if faults:
            raise Invalid(faults)
        words.refuse_sealed_texts(at.session, at.case, texts)
        if charged:
            tell(
                at.session, at.row, at.case, ReviewStep.CHARGED, charged,
                on=at.today, actor=actor, now=now,
            )  # fmt: skip
        before = _kept(at)
        if any(before.get(name, "") != text for name, text in texts.items()):
            _keep(at, texts)
            tell(
                at.session, at.row, at.case, ReviewStep.PLANNED, texts,
                on=at.today, actor=actor, now=now,
            )  # fmt: skip

    return _work(f"review:arrange:{uid}", uid, version, work, actor, now, key)


def note_progress(
    uid: str,
    content: str,
    *,
    on: date,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Add what was done. Raises as ``arrange`` does, ``Invalid`` at ``content`` and ``on``."""

    def work(at: _Held) -> None:
        faults: Faults = defaultdict(list)
        text = words.prose(content, "content", LONG, faults)
        if not text and not faults:
            faults["content"].append("Phải ghi việc đã làm.")
        if on > at.today:
            faults["on"].append("Ngày này còn ở tương lai.")
        if faults:
            raise Invalid(faults)
        words.refuse_sealed_texts(at.session, at.case, {"content": text})
        tell(
            at.session, at.row, at.case, ReviewStep.PROGRESS, {"content": text},
            on=on, actor=actor, now=now,
        )  # fmt: skip

    return _work(f"review:note:{uid}", uid, None, work, actor, now, key)


def conclude(
    uid: str,
    given: OutcomeGiven,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Note what came of the review; a second outcome takes the place of the first, both stay in the story.

    Raises as ``arrange`` does, ``Invalid`` at the fields of ``OutcomeGiven``.
    """

    def work(at: _Held) -> None:
        faults: Faults = defaultdict(list)
        document = words.line(given.document, "document", 160, faults)
        content = words.prose(given.content, "content", LONG, faults)
        if not document and not faults:
            faults["document"].append("Phải ghi văn bản làm căn cứ.")
        if given.on > at.today:
            faults["on"].append("Ngày này còn ở tương lai.")
        elif given.on < at.case.first_received_on:
            faults["on"].append(f"Trước ngày nhận đơn ({vn_date(at.case.first_received_on)}).")
        if faults:
            raise Invalid(faults)
        texts = {"document": document, "content": content}
        words.refuse_sealed_texts(at.session, at.case, texts)
        at.row.outcome, at.row.outcome_on = given.outcome, given.on
        _keep(at, {"document": document})
        tell(
            at.session, at.row, at.case, ReviewStep.OUTCOME, texts,
            on=given.on, actor=actor, now=now, outcome=given.outcome,
        )  # fmt: skip

    return _work(f"review:outcome:{uid}", uid, version, work, actor, now, key)


def resume(
    uid: str,
    reason: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Take an outcome back: the review goes on. Raises as ``arrange`` does, ``Invalid`` at ``reason``."""

    def work(at: _Held) -> None:
        if not at.runs:
            raise Forbidden(NOT_YOURS)
        if at.row.outcome is None:
            raise Conflict("Vụ việc này chưa có kết quả rà soát.")
        text = words.prose(reason, "reason", LONG)
        if not text:
            raise Invalid.at("reason", "Phải ghi lý do.")
        words.refuse_sealed_texts(at.session, at.case, {"reason": text})
        at.row.outcome = at.row.outcome_on = None
        _keep(at, {"document": ""})
        tell(
            at.session, at.row, at.case, ReviewStep.RESUMED, {"content": text},
            on=at.today, actor=actor, now=now,
        )  # fmt: skip

    return _work(f"review:resume:{uid}", uid, version, work, actor, now, key)


def _work(
    command: str,
    uid: str,
    version: int | None,
    work: Callable[[_Held], None],
    actor: Actor,
    now: datetime,
    key: str | None,
) -> str:
    def inside(session: Session) -> str:
        at = _held(session, uid, version, actor, local_day(now))
        with session.no_autoflush:  # one command is one version
            work(at)
        return uid

    return run_once(key, command, actor, now, inside)


def _held(session: Session, uid: str, version: int | None, actor: Actor, today: date) -> _Held:
    """The reviewed case, locked after its case and as this actor may work on it."""
    found = session.execute(
        select(Case.code, ReviewCampaign)
        .join(ReviewedCase, ReviewedCase.case_id == Case.id)
        .join(ReviewCampaign, ReviewCampaign.id == ReviewedCase.campaign_id)
        .where(ReviewedCase.uid == uid, campaigns_seen(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    code, campaign = found
    try:
        case = ledger.load(session, code, actor)
    except NotFound:
        raise NotFound(UNKNOWN) from None
    row = session.scalars(
        select(ReviewedCase)
        .where(ReviewedCase.uid == uid)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    runs = keeps(actor, campaign.agency_id)
    if not runs and not works(actor, row.agency_id):
        raise Forbidden(NOT_CHARGED)
    if campaign.closed_on is not None:
        raise Conflict(ENDED)
    if version is not None and version != row.version:
        raise Stale(uid)
    return _Held(session, row, case, campaign, runs, today)


def _charged(at: _Held, given: Arrangement, faults: Faults) -> dict[str, str]:
    """Put who answers and by when in force; what changed, in words."""
    changed: dict[str, str] = {}
    leaders = {username: (user, name) for user, username, name, _ in leaders_for(at.case, at.today)}
    wanted = None
    if given.leader:
        wanted, name = leaders.get(given.leader, (None, ""))
        if wanted is None:
            faults["leader"].append("Chọn lãnh đạo trong danh sách.")
    else:
        name = ""
    if wanted != at.row.leader_id and "leader" not in faults:
        at.row.leader_id = wanted
        changed["leader"] = name or "chưa phân công"
    if not at.runs:
        if given.agency is not None or given.due is not None:
            raise Forbidden(NOT_YOURS)
        return changed
    if given.agency is not None:
        bodies = {code: (body, name) for body, code, name in bodies_for(at.case, at.today)}
        body, name = bodies.get(given.agency, (None, ""))
        if body is None:
            faults["agency"].append("Chọn cơ quan đang giữ, tham gia hoặc cấp trên của hồ sơ.")
        elif body != at.row.agency_id:
            at.row.agency_id = body
            changed["agency"] = name
    if given.due is not None and given.due != at.row.due:
        if given.due < at.campaign.starts_on:
            faults["due"].append("Hạn trước ngày bắt đầu đợt rà soát.")
        at.row.due = given.due
        changed["due"] = vn_date(given.due)
    return changed


def _kept(at: _Held) -> Mapping[str, str]:
    return read_back(at.row, key_of(at.session, at.case), CASES, at.row.uid)


def _keep(at: _Held, fresh: Mapping[str, str]) -> None:
    """Replace some of the words the row keeps."""
    together = {name: text for name, text in {**_kept(at), **fresh}.items() if text}
    kept = put_away(at.case.kind, key_of(at.session, at.case), CASES, at.row.uid, together)
    at.row.words, at.row.sealed = kept["words"], kept["sealed"]
