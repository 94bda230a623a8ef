"""The form of a letter: who may write what in it, which act it belongs to, whom it may name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.documents import leaks
from petitions.documents.catalog import form_for
from petitions.documents.forms import Form, FormField
from petitions.errors import Invalid, NotAllowedNow
from petitions.ledger.record import case_key
from petitions.models import Case, Event
from petitions.queries.letters import facts_open
from petitions.services import words
from petitions.services.checks import identity_of
from petitions.services.identity import sealed_people
from petitions.text import fold
from workflows.office import LEGAL
from workflows.vocabulary import Action, Kind

RECIPIENTS = "recipients"
"""The one common field an officer may change."""


def form_of(case: Case, form_key: str, on: date) -> Form:
    """The version of a form for a document of that day in the case. Raises ``NotFound``, ``Invalid``."""
    form = form_for(form_key, on)
    if case.kind not in form.kinds:
        raise Invalid.at("form", f"Mẫu “{form.name}” không dùng cho loại đơn này.")
    return form


def names_the_denouncer(form: Form, kind: Kind) -> bool:
    """Whether the letter holds sealed values: it is opened only for a reason that stays in the record."""
    return kind is Kind.DENUNCIATION and bool(form.sealed)


def open_fields(form: Form, kind: Kind) -> tuple[FormField, ...]:
    """The blanks an officer may fill, at last the recipients: not the agency's, the signer's, the
    book's, nor sealed ones."""
    sealed = form.sealed if kind is Kind.DENUNCIATION else frozenset()
    found = [
        each
        for each in form.fields
        if each.source in ("case", "officer") and each.name not in sealed
    ]
    recipients = form.field(RECIPIENTS) if form.recipients else None
    return (*found, recipients) if recipients else tuple(found)


def require_done(session: Session, case: Case, form: Form, on: date) -> None:
    """Raise ``NotAllowedNow`` for the letter of an act neither done nor, a mere fact, open on that day."""
    found = session.scalars(select(Event.action).where(Event.case_id == case.id).distinct())
    if awaited_acts(form, {Action(each) for each in found}, facts_open(session, case, on)):
        raise NotAllowedNow(
            f"Văn bản “{form.name}” đi cùng việc của nó; hãy làm việc đó trên hồ sơ trước.",
            form.base,
        )


def awaited_acts(
    form: Form, done: Collection[Action], within_reach: Collection[Action]
) -> tuple[Action, ...]:
    """The acts the letter waits for, as long as none of them was done; empty for any other letter.

    A legal act brings its letter with its own signature. The letter of a fact may be written as soon
    as the fact is ``within_reach``: minutes and reports come before it.
    """
    if form.acts & frozenset(done) or (form.acts - LEGAL) & frozenset(within_reach):
        return ()
    return tuple(sorted(form.acts))


def typed_fields(
    session: Session, case: Case, form: Form, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """What the officer wrote, for the blanks that are the officer's, safe and naming no sealed person."""
    names = {each.name for each in open_fields(form, case.kind)}
    typed = words.safe({name: value for name, value in fields.items() if name in names})
    words.refuse_sealed(session, case, {"fields": typed}, None)
    return typed


def refuse_leaks(session: Session, form: Form, case: Case, docx: bytes, name: str) -> None:
    """Search the finished file and its name. A letter to the denouncer may print his name, and only print it."""
    if case.kind is not Kind.DENUNCIATION:
        return
    people = sealed_people(session, case, case_key(session, case))
    identities = [identity_of(each) for each in people]
    printed = () if names_the_denouncer(form, case.kind) else None
    leaks.check(docx, name, identities, printed=printed)


def file_name(form_key: str, number: str) -> str:
    """A name made of the number, or of the form where there is none; never of a person."""
    return f"{slug(number or form_key)}.docx"


def slug(text: str) -> str:
    """A text as part of a file name."""
    return re.sub(r"[^0-9A-Za-z]+", "-", fold(text)).strip("-")
