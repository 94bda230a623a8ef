"""What the case itself puts into a letter: nine tenths of it, so that the officer writes the rest.

Only what the form asks for is given, and only what is known: a missing value is left out, and the
form says which blank is empty. Of a denunciation everything comes from the redacted record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.database import db
from petitions.documents.context_course import clock_values, course_values, custody_values
from petitions.documents.context_dialogue import dialogue_values
from petitions.documents.context_law import law_values
from petitions.documents.context_office import full_name, head_of, office_values, title_of
from petitions.documents.context_people import (
    Identified,
    contested_values,
    people_values,
    sealed_values,
    team_values,
)
from petitions.documents.context_record import Record, read_record
from petitions.documents.forms import COMMON, Form
from petitions.documents.phrases import long_day
from petitions.models import Agency, Hat
from petitions.queries.offices import in_force
from workflows.records import ADVISERS, HELPERS
from workflows.vocabulary import Action, Actor, AgencyKind

_OF_THE_SETTLER = ("QĐ", "KL", "TB")
_BEGINNING = re.compile(
    r"^(?:(?:đơn\s+)?(?:khiếu nại|tố cáo|kiến nghị|phản ánh)\s+)?(?:về\s+)?(?:việc\s+)?",
    re.IGNORECASE,
)


def case_values(
    actor: Actor,
    code: str,
    form: Form,
    on: date,
    *,
    people: Sequence[Identified] = (),
    agency_id: int | None = None,
) -> dict[str, Any]:
    """The fields of ``form`` that the case ``code`` and the issuing body fill, for a letter of ``on``.

    ``people`` are the denouncers somebody opened with a reason; without them the form's sealed fields
    stay empty. ``agency_id`` is the issuing body; by default the actor's own, or for a decision its
    adviser drafts, the one that holds the case. Raises ``NotFound`` for a case out of reach.
    """
    session = db.session()
    record = read_record(session, actor, code, on)
    issuer = session.get_one(Agency, agency_id or _issuer_id(record, actor, form))
    section = _drafting_section(session, record, actor, issuer, on)
    found = {
        **_case(record, issuer, section),
        **people_values(record),
        **contested_values(record),
        **team_values(record),
        **course_values(record, on),
        **clock_values(record, on),
    }
    found |= _known(dialogue_values(session, record, found))
    found |= _known(law_values(session, record, issuer, on))
    found |= _known(custody_values(record, issuer, _other_end(session, record, issuer)))
    found |= _known(office_values(session, issuer, section, on))
    if record.denunciation:
        found = {name: value for name, value in found.items() if name not in form.sealed}
        found |= sealed_values(people) if form.sealed else {}
    wanted = {each.name for each in form.fields if each.source in ("case", "agency")}
    wanted |= {each.name for each in COMMON}
    return {name: value for name, value in _known(found).items() if name in wanted}


def _known(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in (None, "", [], ())}


def _case(record: Record, issuer: Agency, section: Agency | None) -> dict[str, Any]:
    case, paper = record.case, record.paper.row if record.paper else None
    subject = _subject(case.summary)
    unit = full_name(section.name) if section else None
    unit_head = head_of(section) if section else None
    settler, in_charge = head_of(issuer), unit_head or _office_head(issuer)
    return {
        "case_code": case.code,
        "subject": subject,
        "summary": subject,
        "content": record.text.content,
        "demand": record.text.demand,
        "demands": "\n".join(filter(None, (record.text.demand or subject, record.text.handled_before))),
        "contents": [{"content": record.text.content, "reason": "", "demand": record.text.demand}],
        "accepted_contents": [subject],
        "verify_content": subject,
        "verify_contents": f"về {subject}",
        "denounced_and_summary": _denounced(record, subject),
        "acceptance_statement": _accepted(record, subject),
        "received_on": case.received_on,
        "visited_on": case.first_received_on,
        "petition_date": paper.written_on if paper else None,
        "settler": settler,
        "setter_up": settler,
        "assigner": settler,
        "approver": settler,
        "chair": settler,
        "approver_title": title_of(issuer),
        "head_title": title_of(issuer),
        "unit": unit or full_name(issuer.name),
        "advising_body": unit or full_name(issuer.name),
        "proposer": unit_head,
        "heads": in_charge,
        "responsible": in_charge,
        "executors": _executors(record, in_charge),
        "receiver": f"ông (bà) {record.officer.name}, {full_name(issuer.name)}" if record.officer else None,
        "attachments": list(record.evidence),
        "returned_originals": paper.originals if paper else None,
    }  # fmt: skip


def _office_head(issuer: Agency) -> str | None:
    """Who carries out a committee's decisions where no section is charged: the head of its office."""
    name = full_name(issuer.name)
    if issuer.kind is AgencyKind.COMMUNE:
        return f"Chánh Văn phòng Hội đồng nhân dân và {name}"
    return f"Chánh Văn phòng {name}" if issuer.kind is AgencyKind.PROVINCE else None


def _executors(record: Record, in_charge: str | None) -> str | None:
    """Who must carry out a settlement decision, the complainant last."""
    if record.denunciation:
        return None
    named = [in_charge, *(full_name(each.name) for each in record.respondents)]
    named.append(people_values(record).get("complainant_name"))
    return ", ".join(each for each in named if each)


def _subject(summary: str) -> str:
    """The matter as it follows "về việc", without the "khiếu nại việc" every form prints itself."""
    said = _BEGINNING.sub("", summary).strip().rstrip(".;") or summary
    acronym = said[:2].isupper()
    return said if acronym else said[0].lower() + said[1:]


def _denounced(record: Record, subject: str) -> str:
    names = "; ".join(full_name(each.name) for each in record.respondents)
    return f"{names}; nội dung: {subject}" if names else subject


def _accepted(record: Record, subject: str) -> str | None:
    accepted = record.last(Action.ACCEPT)
    if accepted is None:
        return None
    return f"{head_of(record.holder)} đã thụ lý tố cáo {long_day(accepted.on)}, nội dung thụ lý: {subject}."


def _issuer_id(record: Record, actor: Actor, form: Form) -> int:
    advises = any(
        body.id == actor.agency_id for role, body in record.bodies.items() if role in HELPERS
    )
    settles = form.competence_line or form.abbreviation in _OF_THE_SETTLER
    return record.case.agency_id if advises and settles else actor.agency_id


def _drafting_section(
    session: Session, record: Record, actor: Actor, issuer: Agency, on: date
) -> Agency | None:
    """The unit that drafts: the case's section, that of whoever is in charge, or the body that advises.

    It does not hang on who looks at the draft; only a case nobody is in charge of takes the reader's.
    """
    if record.section is not None and record.section.parent_id == issuer.id:
        return record.section
    if record.case.officer_id is not None:
        found = _section_of(session, record.case.officer_id, issuer, on)
        if found is not None:
            return found
    elif actor.section_id and actor.agency_id == issuer.id:
        return session.get(Agency, actor.section_id)
    advisers = (record.bodies.get(role) for role in ADVISERS)
    found = next((each for each in advisers if each is not None and each.id != issuer.id), None)
    return found if found is None or found.kind is not AgencyKind.PROVINCE else None


def _section_of(session: Session, user_id: int, issuer: Agency, on: date) -> Agency | None:
    return session.scalar(
        select(Agency)
        .join(Hat, Hat.section_id == Agency.id)
        .where(Hat.user_id == user_id, Hat.agency_id == issuer.id, in_force(Hat, on))
        .order_by(Hat.id)
        .limit(1)
    )


def _other_end(session: Session, record: Record, issuer: Agency) -> Agency | None:
    """The other body of the last transfer: the receiver when the issuer sent it, else the sender."""
    sent = record.last(Action.TRANSFER)
    if sent is None:
        return None
    other = sent.words.get("to_agency" if sent.agency_id == issuer.id else "from_agency")
    return session.get(Agency, other) if isinstance(other, int) else None
