"""A registration form begun from what is known already: a visit, or the petition of a group's member before.

The values are nested under the names of the form's inputs, for ``web.forms.Form.of``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from config.clock import local_day
from config.database import db
from petitions.access import visible, visits_seen
from petitions.errors import NotFound
from petitions.kept_words import case_key_of, read_back
from petitions.models import (
    Agency,
    Case,
    CaseText,
    ContestedAct,
    Field,
    LandParcel,
    OutsideBody,
    Petition,
    Place,
    Respondent,
    User,
    Visit,
    Visitor,
)
from petitions.queries.visitors import NO_VISIT, TABLE, Comer, people_of
from petitions.text import vn_date
from workflows.records import Source
from workflows.vocabulary import Actor, Kind

LINK = "link:"
"""Before a code in ``seen.choice``: register as a case of its own that belongs with that one."""
SHORTEST_SUMMARY, LONGEST_SUMMARY = 3, 200


def from_visit(actor: Actor, uid: str) -> dict[str, Any]:
    """The form of the petition a visit led to: its people, what they said, where it arose, ``visit``.

    Raises ``NotFound`` when the visit is out of reach.
    """
    row = db.session.execute(
        select(Visit, Place.code, Place.name, Field.code)
        .outerjoin(Place, Place.id == Visit.place_id)
        .outerjoin(Field, Field.id == Visit.field_id)
        .where(Visit.uid == uid, visits_seen(actor))
    ).one_or_none()
    if row is None:
        raise NotFound(NO_VISIT)
    visit, place_code, place, field_code = row
    key = case_key_of(visit.wrapped)
    people = people_of(
        db.session.scalars(
            select(Visitor).where(Visitor.visit_id == visit.id).order_by(Visitor.ordinal)
        ),
        key,
    )
    said = str(read_back(visit, key, TABLE, uid).get("said", ""))
    kind = visit.kind or (Kind.DENUNCIATION if visit.confidential else Kind.COMPLAINT)
    return _said(
        {
            "visit": uid,
            "kind": kind.value,
            "source": Source.RECEPTION.value,
            "received_on": vn_date(local_day(visit.arrived_at)),
            "summary": _first_sentence(said),
            "content": said,
            "field_code": field_code,
            **_place(place_code, place),
            "group_size": visit.people if visit.people > len(people) else None,
            "representatives_appointed": visit.representatives_named,
            "language": visit.language,
            "interpreter": visit.interpreter,
            "fingerprint": visit.fingerprint,
            "security_risk": visit.security_risk,
            "competent": True,
            "signed": True,
            "parties": [_person(each) for each in people if each.name],
        }
    )


def next_member(actor: Actor, code: str) -> dict[str, Any]:
    """The form for the next member of a group: the matter of the case ``code``, nobody's name.

    It starts out linked with that case. Raises ``NotFound``.
    """
    row = db.session.execute(
        select(
            Case, CaseText.content, CaseText.demand, CaseText.handled_before,
            Place.code.label("place_code"), Place.name.label("place"), Field.code.label("field"),
            Petition, Agency.code.label("forwarder_code"), OutsideBody.name.label("forwarder_body"),
            ContestedAct,
        )
        .join(CaseText, CaseText.case_id == Case.id)
        .join(Field, Field.id == Case.field_id)
        .join(Petition, Petition.case_id == Case.id)
        .outerjoin(Agency, Agency.id == Petition.forwarder_id)
        .outerjoin(OutsideBody, OutsideBody.id == Petition.forwarder_body_id)
        .outerjoin(Place, Place.id == Case.place_id)
        .outerjoin(ContestedAct, ContestedAct.case_id == Case.id)
        .where(Case.code == code, Petition.ordinal == _first_paper(), visible(actor))
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    case, paper, act = row.Case, row.Petition, row.ContestedAct
    return _said(
        {
            "kind": case.kind.value,
            "subkind": case.subkind and case.subkind.value,
            "instance": case.instance,
            "source": paper.source.value if paper.source is not Source.IMPORTED else None,
            "summary": case.summary,
            "content": row.content,
            "demand": row.demand,
            "handled_before": row.handled_before,
            "field_code": row.field,
            **_place(row.place_code, row.place),
            "project_id": case.project_id,
            "official_conduct": case.official_conduct,
            "competent": True,
            "signed": True,
            "forwarder_code": row.forwarder_code,
            "forwarder_body": row.forwarder_body,
            "forward_number": paper.forward_number,
            "forward_on": _day(paper.forward_on),
            "respondents": _respondents(case.id),
            "parcels": _parcels(case.id),
            "contested": None if act is None else _contested(act),
            "seen": {"choice": f"{LINK}{case.code}"},
        }
    )


def _first_paper() -> Any:
    paper = aliased(Petition)
    return select(func.min(paper.ordinal)).where(paper.case_id == Case.id).scalar_subquery()


def _respondents(case_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Respondent, Agency.code, User.username)
        .outerjoin(Agency, Agency.id == Respondent.agency_id)
        .outerjoin(User, User.id == Respondent.user_id)
        .where(Respondent.case_id == case_id)
        .order_by(Respondent.ordinal)
    )
    return [
        _said(
            {
                "name": each.name,
                "kind": each.kind.value,
                "position": each.position,
                "workplace": each.workplace,
                "address": each.address,
                "agency_code": agency,
                "username": username,
            }
        )
        for each, agency, username in rows
    ]


def _parcels(case_id: int) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(LandParcel.sheet, LandParcel.parcel, LandParcel.area_m2, LandParcel.land_kind)
        .where(LandParcel.case_id == case_id)
        .order_by(LandParcel.id)
    )
    return [
        _said(
            {
                "sheet": sheet,
                "parcel": parcel,
                "area_m2": None if area is None else f"{area:f}".replace(".", ","),
                "land_kind": land_kind,
            }
        )
        for sheet, parcel, area, land_kind in rows
    ]


def _contested(act: ContestedAct) -> dict[str, Any]:
    """The decision all of the group complain of; the day it was received is each member's own."""
    return _said(
        {
            "is_decision": act.is_decision,
            "number": act.number,
            "issued_on": _day(act.issued_on),
            "issuer": act.issuer,
            "description": act.description,
        }
    )


def _person(person: Comer) -> dict[str, Any]:
    return _said(
        {
            "name": person.name,
            "birth_on": person.birth_year,
            "id_kind": person.id_kind.value,
            "id_number": person.id_number,
            "phone": person.phone,
            "address": person.address,
            "document": person.document,
            "is_representative": person.is_representative,
        }
    )


def _place(code: str | None, name: str | None) -> dict[str, Any]:
    """A place as the form keeps it: the words, the code, and the words the code was found for."""
    return {} if code is None else {"place_words": name, "place_code": code, "_place_asked": name}


def _first_sentence(said: str) -> str:
    """A start for the summary; the officer puts it right."""
    line = next((each.strip() for each in said.splitlines() if each.strip()), "")
    sentence = line.split(". ")[0].rstrip(".")
    if len(sentence) <= LONGEST_SUMMARY:
        return sentence if len(sentence.split()) >= SHORTEST_SUMMARY else line[:LONGEST_SUMMARY]
    return sentence[:LONGEST_SUMMARY].rsplit(" ", 1)[0]


def _day(value: date | None) -> str | None:
    return None if value is None else vn_date(value)


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {
        name: each for name, each in values.items() if each is not None and each not in ("", [])
    }
