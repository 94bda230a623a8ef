"""The forms of a visit: what they begin with, what they offer, what a scanned card puts into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from petitions.idcard import IdCard
from petitions.queries.reception_shapes import VisitShown
from petitions.schemas.reception import NEW_MATTER
from petitions.web import options
from petitions.web.forms import Form, Option
from petitions.web.pages import day
from petitions.web.reception.door import places
from petitions.web.session import today
from workflows.commitments import CommitmentKind
from workflows.reception import RefusalGround
from workflows.records import IdKind
from workflows.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Work:
    """What the working place of the page shows: a form to take somebody in, or an outcome's."""

    part: str
    form: Form
    version: str
    stale: bool = False
    warning: str = ""
    note: str = ""


def offers(form: Form, work: Work | None, found: VisitShown | None) -> dict[str, Any]:
    """What the form of the working place offers to choose from."""
    if work is None or work.part in {"choose", "done"}:
        return {}
    earlier = found.earlier if found is not None else ()
    return {
        "kinds": options.words(Kind),
        "id_kinds": options.words(IdKind),
        "fields": options.fields(today()) if work.part == "people" else [],
        "places": places() if work.part == "people" else [],
        "rows": form.rows("people", 1) + (1 if work.note == "people" else 0),
        "earlier": earlier,
        "matters": [Option(NEW_MATTER, "Việc mới, chưa đến lần nào")]
        + [Option(each.uid, f"Cùng việc với lượt ngày {day(each.on)}") for each in earlier],
        "grounds": options.words(RefusalGround),
        "agencies": options.agencies(today()) if work.part == "outcome:check_ordered" else [],
        "check_kinds": options.words(CommitmentKind),
        "check_rows": form.rows("undertakings", 1) + (1 if work.note == "undertakings" else 0),
    }


def filled(found: VisitShown) -> dict[str, Any]:
    """The form of a visit with what is known of it."""
    people: list[dict[str, Any]] = [
        {
            "name": each.name,
            "birth_year": each.birth_year,
            "id_kind": each.id_kind.value,
            "id_number": each.id_number,
            "phone": each.phone,
            "address": each.address,
            "is_representative": each.is_representative,
            "document": each.document,
        }
        for each in found.persons
    ]
    return {
        "people": people or [{"id_kind": IdKind.CITIZEN.value}],
        "people_count": found.people if found.people > 1 else None,
        "said": found.said,
        "kind": found.kind and found.kind.value,
        "secrecy": found.confidential,
        "representatives_named": found.representatives_named,
        "language": found.language,
        "interpreter": found.interpreter,
        "interpreter_name": found.interpreter_name,
        "fingerprint": found.fingerprint,
        "security_risk": found.security_risk,
        "security_note": found.security_note,
        "place_code": found.place_code,
        "field_code": found.field_code,
        "competent": None if found.competent is None else str(found.competent).lower(),
        "exhausted_by": found.exhausted_by,
        "note": found.note,
    }


def before(found: VisitShown, outcome: str) -> dict[str, Any]:
    """An outcome to be corrected begins with what was written."""
    start: dict[str, Any] = {"undertakings": [{"kind": CommitmentKind.CHECK.value}]}
    if found.outcome is not None and found.outcome.value == outcome:
        start |= {
            "answer": found.meeting.why if found.meeting else found.answer,
            "guided_to": found.guided_to,
            "document": found.document,
            "refusal_ground": found.refusal_ground and found.refusal_ground.value,
            "promised_on": day(found.promised_on),
            "contact": found.contact,
            "case_code": found.case_code,
        }
    return start


def typed(inputs: MultiDict[str, str]) -> Form:
    """The form as it was sent, with what scanned cards put into it."""
    return Form.posted({"version", "_more"}, inputs)


def card_values(card: IdCard) -> dict[str, str]:
    """The fields of a visitor as their card says them."""
    return {
        "name": card.name,
        "birth_year": str(card.birth_date.year),
        "id_kind": IdKind.CITIZEN.value,
        "id_number": card.id_number,
        "address": card.address or "",
    }
