"""What happened to a case so far, and until when it must be settled, as letters refer to it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from petitions.documents.catalog import form_for
from petitions.documents.context_office import full_name, head_of
from petitions.documents.context_record import Done, Record
from petitions.documents.phrases import long_day
from petitions.errors import DomainError
from petitions.labels import label
from petitions.models import Agency, Decision, OutgoingDocument
from petitions.text import vn_date
from workflows.vocabulary import Action, State, Step

_TYPES = {
    "QĐ": "Quyết định", "TB": "Thông báo", "CV": "Công văn", "BC": "Báo cáo", "KL": "Kết luận",
    "HD": "Phiếu hướng dẫn", "GM": "Giấy mời", "TTr": "Tờ trình",
}  # fmt: skip
_NUMBER_FIRST = re.compile(r"\d")
_WORTH_TELLING = frozenset(
    {
        Action.REGISTER, Action.CLASSIFY, Action.TRANSFER, Action.TRANSFER_OUT, Action.CONFIRM_RECEIPT,
        Action.RETURN_FORWARDED, Action.ACCEPT, Action.REFUSE, Action.ASSIGN_VERIFICATION, Action.REPORT,
        Action.PLAN_DIALOGUE, Action.HOLD_DIALOGUE, Action.DECIDE, Action.CONCLUDE, Action.SUSPEND,
        Action.RESUME, Action.TERMINATE, Action.EXTEND, Action.ANSWER, Action.URGE,
        Action.DEMAND_REPORT, Action.FURTHER_DENUNCIATION,
    }
)  # fmt: skip
_OWED = (
    Step.SETTLEMENT, Step.ACCEPTANCE_DECISION, Step.INITIAL_PROCESSING, Step.RESULT_NOTICE,
    Step.SEND_DECISION, Step.SEND_CONCLUSION, Step.ACT_ON_CONCLUSION, Step.REPORT_ON_DEMAND,
    Step.FURTHER_DENUNCIATION_DECISION, Step.DEMAND_REPORT, Step.TRANSFER,
)  # fmt: skip
"""Clocks the body itself must keep, which proposals and routing slips name."""
_OUTCOMES = {
    State.ACCEPTED: "đã thụ lý giải quyết",
    State.NOT_ACCEPTED: "không thụ lý giải quyết",
    State.GUIDED: "đã hướng dẫn gửi đơn đến cơ quan có thẩm quyền",
    State.RETURNED: "đã trả lại đơn",
    State.TRANSFERRED: "đã chuyển đơn đến cơ quan có thẩm quyền",
    State.FILED: "đã lưu đơn theo quy định",
    State.NOT_PROCESSED: "không xử lý đơn theo quy định",
    State.DECIDED: "đã ban hành quyết định giải quyết",
    State.CONCLUDED: "đã ban hành kết luận nội dung tố cáo",
    State.ANSWERED: "đã trả lời người gửi đơn",
    State.TERMINATED: "đã đình chỉ giải quyết",
}


def course_values(record: Record, on: date) -> dict[str, Any]:
    """Days, references and outcomes of the acts done so far."""
    case = record.case
    accepted = _fact(record, "accepted")
    verified, reported = record.last(Action.ASSIGN_VERIFICATION), record.last(Action.REPORT)
    conclusion = _decision(record.decisions, "nd31:12", Action.CONCLUDE.value)
    settled = _decision(record.decisions, "nd124:15", "nd124:16", Action.DECIDE.value)
    return {
        "accepted_on": accepted,
        "acceptance_ref": _acceptance(record, accepted),
        "acceptance_number": _number(record.letter("nd31:04")) or (accepted and "Quyết định"),
        "assignment_ref": _cited_if(record, record.letter("x:giao-xac-minh")),
        "verification_ref": _ref(
            record, verified, "Quyết định giao xác minh", "x:giao-xac-minh", "nd124:05", "nd31:07"
        ),
        "team_ref": _ref(record, verified, "Quyết định thành lập Tổ xác minh", "nd31:07"),
        "from_day": verified.on if verified else None,
        "to_day": reported.on if reported else on if verified else None,
        "report_ref": _ref(record, reported, "Báo cáo", "nd124:13", "nd31:10"),
        "suspension_ref": _ref(
            record, record.last(Action.SUSPEND), "Quyết định tạm đình chỉ", "nd124:14a", "x:tam-dinh-chi-tc"
        ),
        "stay_ref": _ref(record, record.last(Action.STAY_CONTESTED), "", "nd124:11").removeprefix("Quyết định ")
        or None,
        "protection_ref": _ref(
            record, record.last(Action.DECIDE_PROTECTION), "Quyết định áp dụng biện pháp bảo vệ", "x:bao-ve-ap-dung"
        ),
        "conclusion_ref": _signed(record, conclusion, "Kết luận nội dung tố cáo", "nd31:12"),
        "earlier_ref": _signed(record, conclusion, "Kết luận nội dung tố cáo", "nd31:12"),
        "decision_ref": _signed(record, settled, "Quyết định", "nd124:15", "nd124:16"),
        "in_effect_on": _fact(record, "legal_effect"),
        "further_on": _fact(record, "further_denunciation_received")
        or _fact(record, "overdue_further_denunciation_received"),
        "venue": full_name(record.dialogue.place) if record.dialogue else None,
        "outcome": "accepted" if accepted else "refused" if case.state is State.NOT_ACCEPTED else None,
        "result": _outcome(record),
        "background": "\n".join(
            f"- {vn_date(each.on)}: {label(each.action)}."
            for each in record.acts
            if each.action in _WORTH_TELLING
        ),
        "earlier_reminders": [
            f"văn bản {long_day(each.on)}"
            for each in record.acts
            if each.action in (Action.URGE, Action.DEMAND_REPORT)
        ],
        "variant": "report" if case.state is State.SUPERIOR_SUPERVISION else "urge",
        **_earlier(record),
    }  # fmt: skip


def clock_values(record: Record, on: date) -> dict[str, Any]:
    """Ends of the law's clocks with the article each is counted by."""
    settlement, next_one = record.clock(Step.SETTLEMENT), record.running(_OWED)
    intake = record.running((Step.ACCEPTANCE_DECISION, Step.INITIAL_PROCESSING))
    found: dict[str, Any] = {"accept_by": intake.due if intake else None}
    if next_one is not None:
        found |= {"due_on": next_one.due, "citation": next_one.citation}
    if settlement is not None and settlement.due is not None:
        found |= {"old_due": settlement.due, "original_due": settlement.due}
        found |= {"citation": settlement.citation} if next_one in (None, settlement) else {}
        left = (settlement.due - on).days
        found |= {"verify_days": left} if left > 0 else {}
    elif next_one is not None:
        found["original_due"] = next_one.due
    return found


def custody_values(record: Record, issuer: Agency, other: Agency | None) -> dict[str, Any]:
    """Bodies the case came from, lies with, or went to. ``other`` sent or received it last."""
    sent = record.last(Action.TRANSFER)
    paper = record.paper
    forwarder = full_name(paper.forwarder) if paper and paper.forwarder else None
    sender = other if sent and sent.agency_id != issuer.id else None
    by_us = sent is not None and sent.agency_id == issuer.id
    lead = next((body for role, body in record.bodies.items() if role.value == "lead"), None)
    helper = next((body for role, body in record.bodies.items() if role.value == "cooperating"), None)  # fmt: skip
    away = record.holder.id != issuer.id
    return {
        "forwarder": forwarder or (full_name(sender.name) if sender else None),
        "sending_body": full_name(sender.name) if sender else forwarder,
        "forward_ref": _forward(record),
        "lower_body": full_name(sender.name) if sender else None,
        "subordinate_head": head_of(record.holder) if away else None,
        "source_ref": f"chuyển đơn {long_day(sent.on)}"
        if sent and by_us
        else f"nhận được đơn {long_day(record.case.received_on)}",
        "assignee": full_name(lead.name)
        if lead
        else full_name(record.section.name)
        if record.section
        else f"Ông (bà) {record.officer.name}"
        if record.officer
        else None,
        "cooperators": full_name(helper.name) if helper else None,
        "competent_body": _went_to(record, other if by_us else None),
    }


def _fact(record: Record, name: str) -> date | None:
    value = record.case.facts.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else None


def _acceptance(record: Record, accepted: date | None) -> str | None:
    if accepted is None:
        return None
    noun, form = (
        ("Quyết định thụ lý tố cáo", "nd31:04")
        if record.denunciation
        else ("Thông báo thụ lý", "nd124:03")
    )
    letter = record.letter(form)
    return _cited(record, letter) if letter else f"{noun} {long_day(accepted)} của {_issuer(record, form)}"  # fmt: skip


def _ref(record: Record, done: Done | None, noun: str, *forms: str) -> str:
    """The letter of an act; one from before the books is called by what was typed then, or by its day."""
    if done is None:
        return ""
    if letter := record.letter(*forms):
        return _cited(record, letter)
    return _named(noun, str(done.words.get("document") or ""), done.on)


def _signed(record: Record, made: Decision | None, noun: str, *forms: str) -> str | None:
    if letter := record.letter(*forms):
        return _cited(record, letter)
    return _named(noun, made.number or "", made.issued_on) if made else None


def _named(noun: str, document: str, on: date) -> str:
    if "ngày" in document:
        return document
    if document and not _NUMBER_FIRST.match(document):
        return f"{document} {long_day(on)}"
    number = f"số {document}" if document else ""
    return " ".join(filter(None, (noun, number, long_day(on))))


def _cited(record: Record, letter: OutgoingDocument) -> str:
    return f"{_number(letter)} {long_day(letter.issued_on)} của {_issuer(record, letter.form_key)}"


def _cited_if(record: Record, letter: OutgoingDocument | None) -> str | None:
    return _cited(record, letter) if letter else None


def _number(letter: OutgoingDocument | None) -> str | None:
    if letter is None or letter.number is None:
        return None
    noun = _TYPES.get(_abbreviation(letter), "Văn bản")
    return f"{noun} số {letter.number:02}/{letter.symbol}"


def _abbreviation(letter: OutgoingDocument) -> str:
    try:
        return form_for(letter.form_key, letter.issued_on).abbreviation
    except DomainError:
        return ""


def _issuer(record: Record, form_key: str) -> str:
    personal = form_key in ("nd31:04", "nd124:05", "nd31:07", "nd31:12", "nd124:14a", "nd124:11")
    return head_of(record.holder) if personal else full_name(record.holder.name)


def _decision(decisions: tuple[Decision, ...], *forms: str) -> Decision | None:
    return next((each for each in reversed(decisions) if each.form in forms), None)


def _outcome(record: Record) -> str | None:
    """What became of the petition, with the day; told to whoever sent it."""
    said = _OUTCOMES.get(record.case.state)
    if said is None and _fact(record, "accepted"):
        said = _OUTCOMES[State.ACCEPTED]
    return f"{said} ({long_day(record.case.last_on)})" if said else None


def _earlier(record: Record) -> dict[str, Any]:
    """How the matter was settled before."""
    first = next((each for each in record.prior if each.instance == 1), None)
    made = record.first_instance[-1] if record.first_instance else None
    found: dict[str, Any] = {}
    if made is not None:
        found = {
            "first_decision_ref": _named("Quyết định giải quyết khiếu nại lần đầu", made.number or "", made.issued_on),
            "first_result": made.result,
        }  # fmt: skip
    elif first is not None:
        number = f"số {first.number}" if first.number else ""
        day = long_day(first.issued_on) if first.issued_on else ""
        found = {
            "first_decision_ref": " ".join(filter(None, ("Quyết định", number, day, f"của {first.body}"))),
            "first_result": first.summary,
        }  # fmt: skip
    said = [record.text.handled_before, *(f"{each.body}: {each.summary}" for each in record.prior)]
    found["earlier_result"] = "; ".join(part for part in said if part) or None
    return found


def _forward(record: Record) -> str | None:
    paper = record.paper.row if record.paper else None
    if paper is None or not paper.forward_number:
        return None
    day = f" {long_day(paper.forward_on)}" if paper.forward_on else ""
    return f"Văn bản số {paper.forward_number}{day}"


def _went_to(record: Record, receiver: Agency | None) -> str | None:
    if receiver is not None:
        return full_name(receiver.name)
    out = record.last(Action.TRANSFER_OUT, Action.GUIDE)
    return str(out.words["recipient"]) if out and out.words.get("recipient") else None
