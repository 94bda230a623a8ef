"""How an office works on its papers: words of the proposals, the routes they travel and the books.

Nothing here moves a case: the lifecycle knows no proposal. A kind of work says which route a legal
act takes through the agency before it is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from workflows.transitions import TABLE
from workflows.vocabulary import Action, Kind


class Work(StrEnum):
    """Kinds of work an agency may route differently."""

    PROCESSING = "processing"
    VERIFICATION = "verification"
    SETTLEMENT = "settlement"
    ENFORCEMENT = "enforcement"
    CORRESPONDENCE = "correspondence"


class RouteShape(StrEnum):
    """The way a file comes down to whoever works on it."""

    FULL = "full"
    DIRECT = "direct"
    RECEPTION_BOARD = "reception_board"
    ONE_STEP = "one_step"


class SubmissionStatus(StrEnum):
    """Where a proposal stands. ``drafted`` to ``recalled`` are held by exactly one person."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    RECALLED = "recalled"
    SIGNED = "signed"
    DISPATCHED = "dispatched"
    DROPPED = "dropped"


HELD = frozenset(
    {
        SubmissionStatus.DRAFTED,
        SubmissionStatus.SUBMITTED,
        SubmissionStatus.SENT_BACK,
        SubmissionStatus.APPROVED,
        SubmissionStatus.RECALLED,
    }
)
"""On somebody's table; the rest are ends or wait for the clerk."""
WITH_AUTHOR = frozenset(
    {SubmissionStatus.DRAFTED, SubmissionStatus.SENT_BACK, SubmissionStatus.RECALLED}
)
"""Back with whoever wrote it, who may change it."""


class Verdict(StrEnum):
    """What was done to a proposal in one round."""

    DRAFT = "draft"
    REVISE = "revise"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    RECALL = "recall"
    REASSIGN = "reassign"
    SIGN = "sign"
    REFUSED_BY_LAW = "refused_by_law"
    DISPATCH = "dispatch"
    DROP = "drop"


class HopState(StrEnum):
    """What became of one hop of a file through the office; one hop of a case is open at most."""

    OPEN = "open"
    PASSED_ON = "passed_on"
    REFUSED = "refused"
    RECALLED = "recalled"
    DONE = "done"


class OpinionKind(StrEnum):
    """A leader's direction (bút phê) stands apart from everybody's opinions."""

    DIRECTION = "direction"
    OPINION = "opinion"


class SigningCapacity(StrEnum):
    """How a document is signed (Decree 30/2020 art 13)."""

    HEAD = "head"
    ACTING = "acting"
    KT = "kt"
    TL = "tl"
    TL_KT = "tl_kt"
    TUQ = "tuq"


class Numbering(StrEnum):
    """One sequence of an agency's outgoing documents a year, or one for each type (Decree 30/2020 art 15)."""

    ONE = "one"
    BY_TYPE = "by_type"


class Sending(StrEnum):
    """How a document left."""

    POST = "post"
    REGISTERED_POST = "registered_post"
    IN_PERSON = "in_person"
    ELECTRONIC = "electronic"
    COURIER = "courier"


class ReplyKind(StrEnum):
    """What an agency waits to hear about."""

    FORWARDED = "forwarded"
    ORDER = "order"
    REPORT_UP = "report_up"
    WATCH = "watch"
    DRAFT = "draft"


class TeamRole(StrEnum):
    """What a member is in a verification team."""

    LEADER = "leader"
    DEPUTY = "deputy"
    MEMBER = "member"


WORKS: Mapping[Work, frozenset[Action]] = {
    Work.PROCESSING: frozenset(
        {
            Action.GUIDE, Action.RETURN, Action.FILE, Action.NOT_PROCESS, Action.TRANSFER,
            Action.TRANSFER_OUT, Action.REFUSE, Action.ACCEPT, Action.CHECK_ANONYMOUS,
            Action.REOPEN, Action.RETURN_FORWARDED, Action.FILE_AND_WATCH,
        }
    ),
    Work.VERIFICATION: frozenset(
        {Action.ASSIGN_VERIFICATION, Action.FORM_TEAM, Action.MARK_COMPLEX, Action.REPORT_ON_DEMAND}
    ),
    Work.SETTLEMENT: frozenset(
        {
            Action.PLAN_DIALOGUE, Action.RECORD_AGREEMENT, Action.DECIDE, Action.CONCLUDE,
            Action.ANSWER, Action.EXTEND, Action.SUSPEND, Action.RESUME, Action.TERMINATE,
            Action.WITHDRAW, Action.STAY_CONTESTED, Action.LIFT_STAY, Action.DECIDE_PROTECTION,
            Action.REFUSE_PROTECTION, Action.CHANGE_PROTECTION, Action.END_PROTECTION,
            Action.DECIDE_FURTHER, Action.PASS_TO_INVESTIGATORS,
        }
    ),
    Work.ENFORCEMENT: frozenset({Action.DIRECT_ENFORCEMENT, Action.ACT_ON_CONCLUSION}),
    Work.CORRESPONDENCE: frozenset(
        {Action.URGE, Action.DEMAND_REPORT, Action.ORDER_SUBORDINATE, Action.REPORT_UP}
    ),
}  # fmt: skip
"""Every legal act under the kind of work whose route it takes."""
_WORK_OF = {action: work for work, actions in WORKS.items() for action in actions}

LEGAL = frozenset(row.action for row in TABLE if row.legal)
"""Acts that bear a signature; only they take a route. Facts are noted by whoever holds the file."""


def work_of(action: Action | None) -> Work:
    """The kind of work an act belongs to; a letter without an act is correspondence.

    Every legal act is listed; a fact takes no route and counts as settlement.
    """
    return Work.CORRESPONDENCE if action is None else _WORK_OF.get(action, Work.SETTLEMENT)


def forms_beside(action: Action, kind: Kind, instance: int) -> frozenset[str]:
    """Forms the act is written with in the other instance only: a first decision is no second one."""
    rows = [row for row in TABLE if row.action is action and kind in row.kinds]
    here = {form for row in rows if row.instance in {None, instance} for form in row.forms}
    return frozenset(form for row in rows for form in row.forms) - here


def form_named(action: Action, kind: Kind, instance: int) -> str | None:
    """The form the transition table names first for the act; others may accompany it."""
    forms = (
        row.form
        for row in TABLE
        if row.action is action and kind in row.kinds and row.instance in {None, instance}
    )
    return next((form for form in forms if form is not None), None)
