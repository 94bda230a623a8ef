"""Custody between bodies: a case passes with its letter, is entered by the receiver, or comes back."""

from __future__ import annotations

from sqlalchemy import insert, select, update

from petitions.errors import Invalid
from petitions.models import Agency, CaseAgency, CaseBar, Event, Receipt, TeamMember
from petitions.services import awaited, bars, circling, numbering
from petitions.services.act import Act, Aftermath
from petitions.services.awaited import Addressee
from petitions.services.charges import heads_of, release
from petitions.services.papers_left import drop_papers
from workflows.records import HELPERS, AgencyRole
from workflows.vocabulary import Action, Kind, Need


def transfer(act: Act, outcome: Aftermath) -> None:
    """Custody passes; the sender keeps the case in sight, its officers do not."""
    case, session = act.case, act.session
    receiver = agency_by_code(act, str(act.given[Need.RECIPIENT]), "recipient")
    leave(act, receiver, outcome)
    if bars.extend(session, case, receiver, act.today) and case.kind is Kind.DENUNCIATION:
        raise Invalid.at(
            "recipient",
            "Đơn nêu người đứng đầu cơ quan này; phải chuyển đến cơ quan có thẩm quyền cấp trên.",
        )
    outcome.told = heads_of(session, receiver, case.id, act.today)


def transferred(act: Act, outcome: Aftermath) -> None:
    """The sender waits for word of it; a petition sent round is pointed out."""
    awaited.forwarded(act, Addressee(agency_id=outcome.data["to_agency"]))
    circling.look(act)


def send_back(act: Act, outcome: Aftermath) -> None:
    """The body that wrongly forwarded the case gets it back; both have seen both ways."""
    sender = _last_sender(act, Action.TRANSFER)
    if sender is None:
        raise Invalid.at(
            "reason",
            "Cơ quan đã chuyển đơn đến không còn hoạt động; hãy chuyển đơn đến cơ quan có thẩm quyền.",
        )
    leave(act, sender, outcome)
    outcome.told = heads_of(act.session, sender, act.case.id, act.today)


def sent_back(act: Act, outcome: Aftermath) -> None:
    """Whoever waited for word of it has the petition itself."""
    awaited.answer_returned(act, outcome.data["to_agency"])
    circling.look(act)


def give_back(act: Act, outcome: Aftermath) -> None:
    """The superior that judged a further denunciation lets go of it: it is again with the body that had it.

    Where that body is no more and nobody took its work over, the superior keeps the case.
    """
    sender = _last_sender(act, Action.FURTHER_DENUNCIATION)
    if sender is not None:
        leave(act, sender, outcome)
        outcome.told = heads_of(act.session, sender, act.case.id, act.today)


def receive(act: Act, outcome: Aftermath) -> None:
    """The receiving body enters the case in its own register; its clocks run from this day."""
    number = numbering.next_numbers(
        act.session, act.case.agency_id, [numbering.REGISTER], act.today.year
    )[numbering.REGISTER]
    act.session.execute(
        insert(Receipt).values(
            case_id=act.case.id,
            agency_id=act.case.agency_id,
            received_on=act.on,
            register_year=act.today.year,
            register_number=number,
        )
    )
    outcome.data["register"] = f"{number}/{act.today.year}"


def agency_by_code(act: Act, code: str, field: str) -> int:
    """Another agency of the system that is not named in the case. Raises ``Invalid`` at ``field``."""
    found = act.session.scalar(
        select(Agency.id).where(Agency.code == code, Agency.valid_to.is_(None))
    )
    if found is None or found == act.case.agency_id:
        raise Invalid.at(field, "Phải chọn một cơ quan khác trong hệ thống.")
    barred = act.session.scalar(
        select(CaseBar.id).where(
            CaseBar.case_id == act.case.id, CaseBar.unit_id == found, CaseBar.lifted_at.is_(None)
        )
    )
    if barred is not None:
        raise Invalid.at(field, "Cơ quan này bị nêu trong đơn nên không được tiếp nhận hồ sơ.")
    return found


def involve(act: Act, agency_id: int, role: AgencyRole) -> None:
    """The agency is this in the case from now on."""
    known = act.session.get(CaseAgency, (act.case.id, agency_id, role))
    if known is None:
        act.session.execute(
            insert(CaseAgency).values(
                case_id=act.case.id, agency_id=agency_id, role=role, since=act.on
            )
        )
    elif known.until is not None:
        known.since, known.until = act.on, None


def dismiss(act: Act, *roles: AgencyRole) -> None:
    """No agency is any of these in the case any longer."""
    act.session.execute(
        update(CaseAgency)
        .where(
            CaseAgency.case_id == act.case.id,
            CaseAgency.role.in_(roles),
            CaseAgency.until.is_(None),
        )
        .values(until=act.on)
    )


def leave(act: Act, receiver: int, outcome: Aftermath) -> None:
    """The holder lets go, with its papers, its charges, its team and whoever helped it; it keeps the case
    in sight."""
    case = act.case
    drop_papers(act)
    outcome.data |= {"from_agency": case.agency_id, "to_agency": receiver}
    release(act, None, None)
    dismiss(act, *HELPERS)
    act.session.execute(
        update(TeamMember)
        .where(TeamMember.case_id == case.id, TeamMember.until.is_(None))
        .values(until=act.on)
    )
    involve(act, case.agency_id, AgencyRole.SENDER)
    case.agency_id = receiver
    case.officer_id = case.section_id = None


def _last_sender(act: Act, action: Action) -> int | None:
    """Who sent the case to the present holder by ``action``, or the body that took its work over."""
    last = act.session.scalar(
        select(Event.data)
        .where(Event.case_id == act.case.id, Event.action == action.value)
        .order_by(Event.seq.desc())
        .limit(1)
    )
    sender = None if last is None else act.session.get(Agency, last["from_agency"])
    while sender is not None and sender.valid_to is not None:
        sender = act.session.get(Agency, sender.successor_id or 0)
    return None if sender is None or sender.id == act.case.agency_id else sender.id
