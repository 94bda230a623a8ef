"""Letters being written: the blanks an officer fills, and the draft that is stored nowhere.

Nine tenths of a letter come from the case; the officer writes the rest in a form, never in the template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.database import db
from petitions import ledger
from petitions.access import scope_of
from petitions.documents.context import case_values
from petitions.documents.context_office import title_of
from petitions.documents.forms import Form, FormField
from petitions.documents.render import render
from petitions.documents.values import proposed
from petitions.errors import Forbidden
from petitions.jsonable import plain
from petitions.models import Agency, Case, Submission
from petitions.queries.paper_readers import reader_values, reads_paper
from petitions.services import opening
from petitions.services.evidence import Stored
from petitions.services.letters_files import DOCX
from petitions.services.letters_form import (
    form_of,
    names_the_denouncer,
    open_fields,
    refuse_leaks,
    slug,
    typed_fields,
)
from petitions.services.registration import Person
from petitions.services.submission_rows import words_of
from petitions.services.submissions_paths import office_for
from petitions.services.templates import template_in_force
from workflows.vocabulary import Action, Actor

UNDER_SEAL = "(niêm phong)"
"""What a draft prints where the signed letter names the denouncer."""


@dataclass(frozen=True, slots=True)
class LetterField:
    """A blank an officer may fill, with what the case puts there."""

    field: FormField
    value: Any


def letter_fields(
    actor: Actor, code: str, form_key: str, on: date, *, action: Action | None = None
) -> tuple[LetterField, ...]:
    """The blanks of a letter of that day in the case, filled from the case as far as it goes.

    ``action`` is the act the letter goes with; whose letter it is may hang on it. Raises ``NotFound``, ``Invalid`` when the form is not in force or not for this kind of petition.
    """
    case = ledger.look(db.session(), code, actor)
    form = form_of(case, form_key, on)
    office = _office(db.session(), case, actor, action)
    found = plain(dict(case_values(actor, code, form, on, agency_id=office)))
    found |= plain(proposed(form, found))
    return tuple(LetterField(each, found.get(each.name)) for each in open_fields(form, case.kind))


def _office(session: Session, case: Case, actor: Actor, action: Action | None) -> int:
    """The agency whose letter it will be, as for a proposal of the same author; a mere reader's own."""
    try:
        return office_for(session, case, action, actor)
    except Forbidden:
        return actor.agency_id


def changed(known: tuple[LetterField, ...], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What an officer wrote that the case does not say itself; a blank left empty counts as written."""
    return {
        each.field.name: plain(typed.get(each.field.name, ""))
        for each in known
        if _differs(plain(typed.get(each.field.name)), each.value)
    }


def _differs(one: Any, other: Any) -> bool:
    return (one or None) != (other or None) and str(one or "") != str(other or "")


def latest_fields(actor: Actor, code: str, form_key: str) -> Mapping[str, Any]:
    """What the latest proposal with that letter says that the actor may read. Raises ``NotFound`` as for the case."""
    session = db.session()
    case = ledger.look(session, code, actor)
    row = session.scalar(
        select(Submission)
        .where(
            Submission.case_id == case.id,
            Submission.form_key == form_key,
            reads_paper(scope_of(actor)),
        )
        .order_by(Submission.id.desc())
        .limit(1),
        reader_values(actor),
    )
    return {} if row is None else words_of(session, case, row).get("fields") or {}


def draft_values(
    actor: Actor,
    code: str,
    form_key: str,
    fields: Mapping[str, Any],
    on: date,
    *,
    people: tuple[Person, ...] = (),
    action: Action | None = None,
) -> tuple[Form, dict[str, Any]]:
    """The form and everything a draft of that day prints; sealed values only when ``people`` were opened.

    Raises ``NotFound``, ``Invalid``, ``Leak`` when what was typed names a sealed person.
    """
    session = db.session()
    case = ledger.look(session, code, actor)
    form = form_of(case, form_key, on)
    typed = typed_fields(session, case, form, fields)
    known = case_values(
        actor, code, form, on, people=people, agency_id=_office(session, case, actor, action)
    )
    values = {**known, **typed}
    if names_the_denouncer(form, case.kind) and not people:
        values |= {
            each.name: UNDER_SEAL
            for each in form.fields
            if each.name in form.sealed and each.required and each.type in ("line", "text")
        }
    if form.is_issued and not values.get("signer_title"):
        # as it will stand when the last step of the route signs
        office = session.get_one(Agency, _office(session, case, actor, action))
        values["signer_title"] = title_of(office)
    return form, values | {"issue_date": on, "year": on.year}


def draft_docx(
    actor: Actor,
    code: str,
    form_key: str,
    fields: Mapping[str, Any],
    *,
    on: date,
    people: tuple[Person, ...] = (),
    action: Action | None = None,
) -> Stored:
    """The draft as a Word file, marked as one and stored nowhere. Raises as ``draft_values``."""
    form, values = draft_values(actor, code, form_key, fields, on, people=people, action=action)
    session = db.session()
    case = ledger.look(session, code, actor)
    agency_id = _office(session, case, actor, action)
    docx = render(form, template_in_force(session, agency_id, form, on), values).docx
    name = f"{code}-{slug(form.key)}.docx"
    refuse_leaks(session, form, case, docx, name)
    return Stored(docx, DOCX, name)


def opened_draft(
    actor: Actor,
    code: str,
    form_key: str,
    fields: Mapping[str, Any],
    *,
    on: date,
    reason: str,
    now: datetime,
) -> Stored:
    """The draft of a letter that names the denouncer; the trace with its reason is left first.

    Raises ``Forbidden`` without the right to the identity, ``Invalid`` without a reason.
    """
    form_of(ledger.look(db.session(), code, actor), form_key, on)
    opened = opening.open_identity(code, reason=reason, actor=actor, now=now)
    return draft_docx(actor, code, form_key, fields, on=on, people=opened.people)
