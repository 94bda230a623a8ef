"""What an act leaves in the file besides its event: who holds the case, dialogues, decisions, links.

One function an action, named in ``BEFORE`` (runs before the event is recorded, may change the case
row and add to the event) or ``AFTER`` (needs the event). Actions not named leave nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from petitions import ledger
from petitions.access import visible
from petitions.errors import Invalid
from petitions.ledger.record import Change
from petitions.models import (
    Agency,
    Assignment,
    Case,
    CaseBar,
    CaseLink,
    Deadline,
    Decision,
    Dialogue,
    IdentityGrant,
    Petition,
    User,
)
from petitions.services import (
    advising,
    awaited,
    bars,
    corrections,
    enforcement,
    followers,
    forwarding,
    hops,
    offspring,
)
from petitions.services.act import Act, Aftermath
from petitions.services.charges import colleague, heads_of, leave_intake, release
from petitions.services.identity import require_right
from petitions.services.refusals import allowed
from petitions.view import view
from workflows import lifecycle
from workflows.records import BarReason, LinkKind
from workflows.transition import LEADERS
from workflows.vocabulary import Action, Actor, Kind, Need, Outcome, Role, State


def of(act: Act) -> Aftermath:
    """Run what belongs before the event."""
    outcome, case = Aftermath(), act.case
    held = case.agency_id, case.officer_id
    BEFORE.get(act.action, _nothing)(act, outcome)
    if act.move.final or held != (case.agency_id, case.officer_id):
        hops.settle(act)
    return outcome


def after(act: Act, outcome: Aftermath) -> None:
    """Run what belongs after the event, and queue the news of it."""
    AFTER.get(act.action, _nothing)(act, outcome)
    awaited.answer_by_act(act)
    if act.move.opens is not None:
        _open_others(act, outcome)
    if outcome.told:
        ledger.remind(act.session, act.case, act.action.value, outcome.told, act.now)
    followers.tell(act, outcome.told)


def _nothing(_act: Act, _outcome: Aftermath) -> None:
    return None


# --- dialogue and decisions ------------------------------------------------------------------


def _plan_dialogue(act: Act, _outcome: Aftermath) -> None:
    act.session.execute(
        insert(Dialogue).values(
            case_id=act.case.id,
            planned_on=act.given[Need.DIALOGUE_ON],
            place=str(act.given.get(Need.CONTENT) or ""),
            notice_on=act.on,
        )
    )


def _end_dialogue(act: Act, _outcome: Aftermath) -> None:
    outcome = act.given.get(Need.OUTCOME)
    latest = act.session.scalar(
        select(Dialogue)
        .where(Dialogue.case_id == act.case.id)
        .order_by(Dialogue.id.desc())
        .limit(1)
    )
    if latest is None or latest.held_on is not None:
        latest = Dialogue(case_id=act.case.id, planned_on=act.on, place="")
        act.session.add(latest)
    latest.held_on = act.on
    latest.outcome = "held" if act.action is not Action.MISS_DIALOGUE else f"absent_{outcome}"


def _serve(act: Act, _outcome: Aftermath) -> None:
    act.session.execute(
        update(Decision)
        .where(Decision.case_id == act.case.id, Decision.served_on.is_(None))
        .values(served_on=act.on)
    )


# --- corrections, links, ends ----------------------------------------------------------------


def _correct(act: Act, outcome: Aftermath) -> None:
    changes = act.given.get(Need.CHANGES) or {}
    if act.case.kind is Kind.DENUNCIATION and any(name.startswith("parties.") for name in changes):
        require_right(act.session, act.case, act.actor)
    outcome.correction = True
    if not changes:
        return
    outcome.personal["changes"] = corrections.apply(act.session, act.case, changes)
    outcome.data["fields"] = sorted(outcome.personal["changes"])
    if any(name.startswith("respondents.") for name in outcome.data["fields"]):
        bars.extend(act.session, act.case, act.case.agency_id, act.today)


def _correct_date(act: Act, outcome: Aftermath) -> None:
    fact = str(act.given[Need.FACT])
    outcome.data["was"] = act.case.facts.get(fact)
    outcome.correction = True


def _restate(_act: Act, outcome: Aftermath) -> None:
    outcome.correction = True


def _join(act: Act, outcome: Aftermath) -> None:
    """The paper goes on in the other case, which notes that it came."""
    code = str(act.given[Need.INTO])
    into = act.session.scalar(
        select(Case).where(Case.code == code, visible(act.actor)).with_for_update(of=Case)
    )
    if into is None or into.id == act.case.id or into.kind is not act.case.kind:
        raise Invalid.at("into", "Không tìm thấy vụ việc cùng loại có mã này.")
    known = act.session.scalars(select(Deadline).where(Deadline.case_id == into.id)).all()
    move = allowed(
        lambda: lifecycle.decide(
            view(into, known), Action.ADD_PAPER, act.actor.role, act.on, act.today,
            {Need.DOCUMENT: act.case.code},
        )
    )  # fmt: skip
    change = Change(data={"joined": act.case.code})
    ledger.record(
        act.session,
        into,
        move,
        change,
        on=act.on,
        actor=act.actor,
        now=act.now,
        book=act.book,
        known=known,
    )
    carried = [
        {"case_id": into.id, "user_id": bar.user_id, "unit_id": bar.unit_id, "reason": bar.reason}
        for bar in act.session.scalars(
            select(CaseBar).where(CaseBar.case_id == act.case.id, CaseBar.lifted_at.is_(None))
        )
    ]
    if carried:
        act.session.execute(insert(CaseBar), carried)
    link(act, into.id, LinkKind.JOINED_INTO)
    outcome.data["into"] = into.code
    outcome.go_to = into.code


def _undo_links(act: Act, _outcome: Aftermath) -> None:
    """Cases split off that nobody has begun to work on are voided with the undoing."""
    kind = LinkKind.JOINED_INTO if act.action is Action.UNDO_JOIN else LinkKind.SPLIT_FROM
    end = CaseLink.from_case_id if kind is LinkKind.JOINED_INTO else CaseLink.to_case_id
    if kind is LinkKind.SPLIT_FROM:
        offspring.void_parts(act)
    act.session.execute(
        update(CaseLink)
        .where(end == act.case.id, CaseLink.kind == kind, CaseLink.undone_on.is_(None))
        .values(undone_on=act.on)
    )


def link(act: Act, to_case_id: int, kind: LinkKind) -> None:
    """Tie the case to another one."""
    known = act.session.get(CaseLink, (act.case.id, to_case_id, kind))
    if known is None:
        act.session.execute(
            insert(CaseLink).values(
                from_case_id=act.case.id, to_case_id=to_case_id, kind=kind, since=act.on
            )
        )
    else:
        known.undone_on = None


def _open_others(act: Act, outcome: Aftermath) -> None:
    """The new cases the act calls for: parts, the second instance, a settlement anew."""
    outcome.go_to = offspring.open_for(act)[0]


def _open_identity(act: Act, _outcome: Aftermath) -> None:
    require_right(act.session, act.case, act.actor)


def _grant_identity(act: Act, outcome: Aftermath) -> None:
    """A named duty in this case only; it ends with the charge."""
    person = colleague(act.session, act.case, str(act.given[Need.ASSIGNEE]), act.today)
    charged = act.session.scalar(
        select(Assignment.id).where(
            Assignment.case_id == act.case.id,
            Assignment.user_id == person,
            Assignment.until.is_(None),
        )
    )
    if charged is None:
        raise Invalid.at("assignee", "Người này chưa được giao việc trong hồ sơ.")
    act.session.execute(
        insert(IdentityGrant).values(
            case_id=act.case.id,
            user_id=person,
            granted_by=act.actor.user_id,
            reason=str(act.given[Need.REASON])[:300],
            granted_at=act.now,
        )
    )
    outcome.data["assignee"] = person


def _end_grant(act: Act, outcome: Aftermath) -> None:
    person = _user(act.session, str(act.given[Need.ASSIGNEE]))
    act.session.execute(
        update(IdentityGrant)
        .where(
            IdentityGrant.case_id == act.case.id,
            IdentityGrant.user_id == person,
            IdentityGrant.ended_at.is_(None),
        )
        .values(ended_at=act.now)
    )
    outcome.data["assignee"] = person


def _declare_relation(act: Act, outcome: Aftermath) -> None:
    """Whoever is related to a party is shut out under every hat, and loses what was in hand.

    People declare themselves; of others only a leader does.
    """
    person = _user(act.session, str(act.given[Need.ASSIGNEE]))
    if person != act.actor.user_id and act.actor.role not in LEADERS | {Role.INSPECTOR}:
        raise Invalid.at(
            "assignee", "Bạn chỉ khai báo được cho chính mình; người khác do lãnh đạo khai báo."
        )
    act.session.execute(
        insert(CaseBar).values(case_id=act.case.id, user_id=person, reason=BarReason.RELATED)
    )
    release(act, None, [person])
    if act.case.officer_id == person:
        act.case.officer_id = None
    outcome.data["user"] = person


def _user(session: Session, username: str) -> int:
    found = session.scalar(select(User.id).where(User.username == username))
    if found is None:
        raise Invalid.at("assignee", "Không có tài khoản này.")
    return found


def persons_of_void(session: Session, case: Case, actor: Actor) -> dict[str, Any]:
    """Who registered the entry and who voids it: two persons, neither of them typed in."""
    first = session.scalar(
        select(Petition.entered_by).where(Petition.case_id == case.id, Petition.ordinal == 1)
    )
    return {Need.FIRST_PERSON: first or "import", Need.SECOND_PERSON: actor.user_id}


def _further(act: Act, outcome: Aftermath) -> None:
    """A further denunciation is the superior's to judge: the case goes up, the lower body lets go of it."""
    case, session = act.case, act.session
    parent = session.scalar(select(Agency.parent_id).where(Agency.id == case.agency_id))
    if parent is None:
        raise Invalid.at("reason", "Cơ quan này chưa khai báo cấp trên để xem xét tố cáo tiếp.")
    if bars.extend(session, case, parent, act.today):
        raise Invalid.at("reason", "Đơn nêu người đứng đầu cấp trên; phải chuyển lên cấp cao hơn.")
    forwarding.leave(act, parent, outcome)
    outcome.told = heads_of(session, parent, case.id, act.today)


def _decide_further(act: Act, outcome: Aftermath) -> None:
    if (
        act.given.get(Need.OUTCOME) == Outcome.SETTLEMENT_ORDERED
        or act.move.target is State.CONCLUDED
    ):
        forwarding.give_back(act, outcome)


Consequence = Callable[[Act, Aftermath], None]

BEFORE: Mapping[Action, Consequence] = {
    Action.ASSIGN: hops.assign,
    Action.HAND_OVER: hops.assign,
    Action.PASS_ON: hops.pass_on,
    Action.GIVE_BACK: hops.give_back,
    Action.ENGAGE_ADVISER: advising.engage,
    Action.ASSIGN_VERIFICATION: advising.verify,
    Action.FORM_TEAM: advising.form_team,
    Action.ASK_DRAFT: advising.ask_draft,
    Action.ORDER_SUBORDINATE: advising.order,
    Action.RECORD_REPLY: awaited.record,
    Action.TRANSFER: forwarding.transfer,
    Action.RETURN_FORWARDED: forwarding.send_back,
    Action.CONFIRM_RECEIPT: forwarding.receive,
    Action.ACCEPT: leave_intake,
    Action.NOTIFY_RESULT: leave_intake,
    Action.OPEN_IDENTITY: _open_identity,
    Action.GRANT_IDENTITY: _grant_identity,
    Action.END_IDENTITY_GRANT: _end_grant,
    Action.DECLARE_RELATION: _declare_relation,
    Action.CORRECT: _correct,
    Action.CORRECT_DATE: _correct_date,
    Action.RESTATE: _restate,
    Action.JOIN: _join,
    Action.UNDO_JOIN: _undo_links,
    Action.UNDO_SPLIT: _undo_links,
    Action.FURTHER_DENUNCIATION: _further,
    Action.DECIDE_FURTHER: _decide_further,
    Action.RECORD_ENFORCEMENT: enforcement.judge,
    Action.ACT_ON_CONCLUSION: enforcement.acted,
}
AFTER: Mapping[Action, Consequence] = {
    Action.PASS_ON: hops.inform,
    Action.TRANSFER: forwarding.transferred,
    Action.TRANSFER_OUT: awaited.forwarded_out,
    Action.RETURN_FORWARDED: forwarding.sent_back,
    Action.CONFIRM_RECEIPT: awaited.counted_from_receipt,
    Action.ENGAGE_ADVISER: advising.engaged,
    Action.ASK_DRAFT: advising.draft_asked,
    Action.ORDER_SUBORDINATE: advising.ordered,
    Action.REPORT_UP: awaited.report_up,
    Action.FILE_AND_WATCH: awaited.watch,
    Action.PLAN_DIALOGUE: _plan_dialogue,
    Action.HOLD_DIALOGUE: _end_dialogue,
    Action.MISS_DIALOGUE: _end_dialogue,
    Action.HOLD_MEETING: _end_dialogue,
    Action.DECIDE: enforcement.decide,
    Action.CONCLUDE: enforcement.decide,
    Action.ANSWER: enforcement.decide,
    Action.RECORD_ENFORCEMENT: enforcement.record,
    Action.RECORD_SERVICE: _serve,
}
