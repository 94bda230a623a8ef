"""What giving a file on, back or away leaves besides its event: the charge, the hop with its date, the news.

These are consequences of acts; the commands are ``acts.perform`` with ``PASS_ON``, ``GIVE_BACK``,
``ASSIGN`` and ``ASSIGN_VERIFICATION``, and ``distribution.distribute`` for many files at once. Every
change of the officer in charge leaves a hop, and a case has one open hop at most.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update

from config.database import table_of
from petitions import ledger
from petitions.access import barred
from petitions.errors import Conflict, Forbidden, Invalid
from petitions.kept_words import put_away, read_back
from petitions.ledger.record import case_key
from petitions.models import Event, Hat, Hop, User
from petitions.queries.offices import in_force
from petitions.queries.standing import Way, ends_of, receivers, standing, way_of
from petitions.services.act import Act, Aftermath
from petitions.services.charges import GIVER_DUTY, charge, colleague
from petitions.text import vn_date
from workflows.hops import EXPERTS, Passed, highest, next_receivers, way_back
from workflows.office import HopState, RouteShape
from workflows.records import OFFICER_DUTY, TEAM_DUTY
from workflows.transition import LEADERS
from workflows.vocabulary import Action, Kind, Need, Role

INFORMED = "hop_informed"
"""News to the section head whose expert got a file straight from a leader."""
CUSTODY_PASSES = (
    Action.TRANSFER, Action.RETURN_FORWARDED, Action.FURTHER_DENUNCIATION, Action.DECIDE_FURTHER,
)  # fmt: skip
"""Acts by which the case goes to another body and the way through the office ends."""
_TABLE = Hop.__tablename__


@dataclass(frozen=True, slots=True)
class Leg:
    """The hop to be left: from whom to whom, by when."""

    giver: int
    receiver: int
    due: date | None
    legal_due: date | None
    direction: str = ""
    informed: int | None = None


# --- acts that give a file to somebody -------------------------------------------------------


def pass_on(act: Act, outcome: Aftermath) -> None:
    """The file goes on to somebody the way allows, with the giver's direction and an internal date.

    Raises ``Forbidden`` when the file lies with somebody else, ``Invalid`` at ``assignee`` or
    ``until``; a date typed may not be later than the end of the law that comes next.
    """
    case, actor = act.case, act.actor
    now = standing(case.id, case.agency_id, case.officer_id, act.today)
    if not now.may_give_on(actor):
        raise Forbidden("Hồ sơ đang ở người khác; chỉ người đang giữ hoặc cấp trên giao lại được.")
    way = way_of(case.agency_id, act.today)
    allowed = next_receivers(way.shape, actor.role)
    if not allowed:
        raise Forbidden("Theo quy trình của cơ quan, vai trò này không giao hồ sơ tiếp.")
    username = str(act.given[Need.ASSIGNEE])
    people = receivers(case.agency_id, allowed, act.today, case_id=case.id)
    to = next((each for each in people if each.username == username), None)
    if to is None:
        raise Invalid.at(
            "assignee",
            "Quy trình của cơ quan không cho giao đến người này, hoặc người này không được biết vụ việc.",
        )
    if to.user_id in {actor.user_id, now.holder_id}:
        raise Invalid.at("assignee", "Người này đang giữ hồ sơ; hãy chọn người khác.")
    legal, bound = ends_of(case.id, act.today)
    due = act.given.get(Need.UNTIL) or way.date_for(to.role, legal, act.today, act.book.calendar)
    _refuse_late(due, bound)
    informed = _section_head(act, way, to.role, to.section_id)
    trail = _trail(act)
    held = now.holder_id in {None, actor.user_id}
    direction = str(act.given.get(Need.CONTENT) or "")
    _leave(
        act,
        trail,
        Leg(actor.user_id, to.user_id, due, legal, direction, informed),
        HopState.PASSED_ON if held else HopState.RECALLED,
    )
    charge(act, [to.user_id], OFFICER_DUTY)
    outcome.data |= {"assignee": to.user_id, "until": due}
    if informed is not None:
        outcome.data["informed"] = informed
    outcome.told = [to.user_id]


def inform(act: Act, outcome: Aftermath) -> None:
    """Tell the section head, who need do nothing."""
    informed = outcome.data.get("informed")
    if informed is not None:
        ledger.remind(act.session, act.case, INFORMED, [informed], act.now)


def assign(act: Act, outcome: Aftermath) -> None:
    """One person is charged with the case; whoever had it before has it no longer."""
    person = colleague(act.session, act.case, str(act.given[Need.ASSIGNEE]), act.today)
    if act.action is Action.HAND_OVER:
        succeed(act, person)
        charge(act, [person], OFFICER_DUTY)
    else:
        _give(act, person)
    outcome.data["assignee"] = person
    outcome.told = [person]


def verify(act: Act, outcome: Aftermath) -> None:
    """The verifier or the team, who alone (with the head) then see a denunciation."""
    names = [str(name) for name in act.given.get(Need.TEAM) or ()]
    lead = act.given.get(Need.ASSIGNEE) or (names[0] if names else None)
    people = [colleague(act.session, act.case, name, act.today) for name in dict.fromkeys(names)]
    if lead is not None:
        leader = colleague(act.session, act.case, str(lead), act.today)
        _give(act, leader)
        people = [leader, *(person for person in people if person != leader)]
    charge(act, people[1:], TEAM_DUTY)
    outcome.data["team"] = people
    outcome.told = people


def succeed(act: Act, receiver: int) -> None:
    """Leave the hop of somebody who takes the officer's place: it goes on under its giver and date."""
    trail = _trail(act)
    present = _open(trail)
    if present is not None and present.to_id == receiver:
        return
    if present is None:
        legal, _ = ends_of(act.case.id, act.today)
        leg = Leg(act.actor.user_id, receiver, None, legal)
    else:
        leg = Leg(present.from_id, receiver, present.due, present.legal_due)
    _leave(act, trail, leg, HopState.PASSED_ON)


# --- acts that bring it back -----------------------------------------------------------------


def give_back(act: Act, outcome: Aftermath) -> None:
    """The holder refuses the file, or its giver takes it back: either way it lies with the giver again.

    Raises ``Forbidden`` for anybody else, ``Conflict`` when the holder has begun, ``Invalid`` at
    ``reason`` when the giver may not have it any more.
    """
    case, actor = act.case, act.actor
    now = standing(case.id, case.agency_id, case.officer_id, act.today)
    refused = now.may_refuse(actor)
    if not refused and not now.may_recall(actor):
        if now.begun and now.giver_id == actor.user_id:
            raise Conflict("Người nhận đã bắt tay vào việc nên không thu hồi được; hãy giao lại.")
        raise Forbidden("Chỉ người được giao mới trả lại, chỉ người giao mới thu hồi được hồ sơ.")
    trail = _trail(act)
    present = _open(trail)
    if present is None or not _still_fit(act, present.from_id):
        raise Invalid.at(
            "reason", "Người giao không nhận lại được nữa; hãy đề nghị lãnh đạo giao lại."
        )
    before = next(iter(_came_by(act, trail)), None)
    if before is None:
        leg = Leg(present.from_id, present.from_id, None, present.legal_due)
    else:
        leg = Leg(before.from_id, before.to_id, before.due, before.legal_due)
    ended = HopState.REFUSED if refused else HopState.RECALLED
    _leave(act, trail, leg, ended, str(act.given[Need.REASON]))
    charge(act, [present.from_id], OFFICER_DUTY)
    outcome.data |= {"assignee": present.from_id, "from": present.to_id}
    if refused:
        outcome.told = [present.from_id]
    elif case.kind is not Kind.DENUNCIATION:  # whoever lost that one sees it no longer
        outcome.told = [present.to_id]


def settle(act: Act) -> None:
    """An open hop of a case that ended, or whose officer has it no longer, is done."""
    hop = table_of(Hop)
    over = [hop.c.case_id == act.case.id, hop.c.state == HopState.OPEN]
    if not act.move.final and act.case.officer_id is not None:
        over.append(hop.c.to_id != act.case.officer_id)
    done = update(hop).where(*over).values(state=HopState.DONE, ended_at=act.now)
    act.session.connection().execute(done)


# --- the rows --------------------------------------------------------------------------------


def _give(act: Act, person: int) -> None:
    """A leader's order: the file is that person's, whatever way it took before."""
    trail = _trail(act)
    present = _open(trail)
    if present is None or present.to_id != person:
        _order(act, trail, person)
    charge(act, [person], OFFICER_DUTY)


def _order(act: Act, trail: Sequence[Hop], person: int) -> None:
    legal, bound = ends_of(act.case.id, act.today)
    due = act.given.get(Need.UNTIL)
    if due is None:
        role = highest(_roles(act, person)) or Role.OFFICER
        way = way_of(act.case.agency_id, act.today)
        due = way.date_for(role, legal, act.today, act.book.calendar)
    elif bound is not None:
        due = min(due, bound)
    direction = str(act.given.get(Need.CONTENT) or "")
    leg = Leg(act.actor.user_id, person, due, legal, direction)
    present = _open(trail)
    own = present is None or present.to_id == act.actor.user_id
    _leave(act, trail, leg, HopState.PASSED_ON if own else HopState.RECALLED)


def _leave(act: Act, trail: Sequence[Hop], leg: Leg, ended: HopState, reason: str = "") -> None:
    """End the open hop as ``ended`` and leave the next one."""
    session, case = act.session, act.case
    present = _open(trail)
    if present is not None:
        present.state, present.ended_at = ended, act.now
        if reason:
            told = {**read_back(present, _key(act), _TABLE, present.uid), "reason": reason}
            kept = _columns(act, present.uid, told)
            present.words, present.sealed = kept["words"], kept["sealed"]
        session.flush()  # the database lets one hop of a case be open
    uid = secrets.token_hex(16)
    fresh = Hop(
        uid=uid,
        case_id=case.id,
        agency_id=case.agency_id,
        ordinal=len(trail) + 1,
        from_id=leg.giver,
        to_id=leg.receiver,
        informed_id=leg.informed,
        given_on=act.on,
        given_at=act.now,
        due=leg.due,
        legal_due=leg.legal_due,
        state=HopState.OPEN,
        ended_at=None,
        event_seq=(case.event_seq or 0) + 1,
        **_columns(act, uid, {"direction": leg.direction} if leg.direction else {}),
    )
    session.add(fresh)
    session.flush()
    _keep_in_sight(act, [*trail, fresh], leg.receiver)


def _keep_in_sight(act: Act, trail: Sequence[Hop], holder: int) -> None:
    """Section heads and deputies who gave a denunciation on go on seeing it while it is below them."""
    if act.case.kind is not Kind.DENUNCIATION:
        return
    givers = {each.to_id for each in _came_by(act, trail)} - {holder}
    above = act.session.scalars(
        select(Hat.user_id)
        .where(
            Hat.user_id.in_(givers),
            Hat.agency_id == act.case.agency_id,
            Hat.role.in_((Role.SECTION_HEAD, Role.DEPUTY_HEAD)),
            in_force(Hat, act.today),
        )
        .distinct()
        .order_by(Hat.user_id)
    )
    charge(act, list(above), GIVER_DUTY)


def _trail(act: Act) -> list[Hop]:
    """Every hop of the case, oldest first."""
    return list(
        act.session.scalars(select(Hop).where(Hop.case_id == act.case.id).order_by(Hop.ordinal))
    )


def _came_by(act: Act, trail: Sequence[Hop]) -> list[Hop]:
    """The hops by which the last one's givers got the file, the nearest first.

    A way through this office that ended when the case left it is not taken up again by its return.
    """
    events = act.session.scalars(
        select(Event).where(Event.case_id == act.case.id, Event.action.in_(CUSTODY_PASSES))
    )
    since = max((each.seq for each in events if "to_agency" in each.data), default=0)
    own = [each for each in trail if (each.event_seq or 0) > since]
    back = way_back([Passed(each.from_id, each.to_id, each.state) for each in own])
    return [own[place] for place in back]


def _open(trail: Sequence[Hop]) -> Hop | None:
    return next((each for each in trail if each.state is HopState.OPEN), None)


def _columns(act: Act, uid: str, words: Mapping[str, Any]) -> dict[str, Any]:
    return put_away(act.case.kind, _key(act) if words else None, _TABLE, uid, words)


def _key(act: Act) -> Any:
    sealed = act.case.kind is Kind.DENUNCIATION
    return case_key(act.session, act.case) if sealed else None


# --- dates and people ------------------------------------------------------------------------


def _refuse_late(due: date | None, bound: date | None) -> None:
    if due is not None and bound is not None and due > bound:
        raise Invalid.at("until", f"Hạn nội bộ không được sau hạn luật định ({vn_date(bound)}).")


def _section_head(act: Act, way: Way, role: Role, section: int | None) -> int | None:
    """Whom a leader's direct gift to an expert passes by; nobody hears of a denunciation that way."""
    direct = way.shape is RouteShape.DIRECT and act.actor.role in LEADERS and role in EXPERTS
    if not direct or section is None or act.case.kind is Kind.DENUNCIATION:
        return None
    heads = receivers(act.case.agency_id, {Role.SECTION_HEAD}, act.today, case_id=act.case.id)
    return next((each.user_id for each in heads if each.section_id == section), None)


def _roles(act: Act, person: int) -> list[Role]:
    return list(
        act.session.scalars(
            select(Hat.role).where(
                Hat.user_id == person,
                Hat.agency_id == act.case.agency_id,
                in_force(Hat, act.today),
            )
        )
    )


def _still_fit(act: Act, person: int) -> bool:
    """Whether the person still works here and is not shut out of the case."""
    found = act.session.scalar(
        select(Hat.id)
        .join(User, User.id == Hat.user_id)
        .where(
            User.id == person,
            User.disabled_at.is_(None),
            Hat.agency_id == act.case.agency_id,
            in_force(Hat, act.today),
            ~barred(act.case.id, Hat.user_id, (Hat.section_id, Hat.agency_id)),
        )
        .limit(1)
    )
    return found is not None
