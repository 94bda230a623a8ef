"""Letters: the document a signature makes, and the number that finishes it.

At the signature the document begins to exist, still without a number; when the clerk gives the number it is rendered once more and
never again: a reprint is the same bytes. A denunciation's letters are made of the redacted record,
searched for the denouncer before they are kept, and kept under the case's seal.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.documents.catalog import form_for
from petitions.documents.context import case_values
from petitions.documents.forms import Form
from petitions.documents.layout import template_of
from petitions.documents.render import render
from petitions.documents.sandbox import fill
from petitions.documents.values import settle
from petitions.kept_words import put_away, read_back
from petitions.ledger.record import case_key
from petitions.models import Case, OutgoingDocument, Submission
from petitions.sealing import CaseKey
from petitions.services.acts import carry_out
from petitions.services.books import UNNUMBERED, outgoing_book
from petitions.services.identity import sealed_people
from petitions.services.letterheads import numbering_of
from petitions.services.letters_draft import (
    UNDER_SEAL,
    LetterField,
    changed,
    draft_docx,
    draft_values,
    latest_fields,
    letter_fields,
    opened_draft,
)
from petitions.services.letters_files import keep
from petitions.services.letters_form import (
    awaited_acts,
    file_name,
    form_of,
    names_the_denouncer,
    refuse_leaks,
    require_done,
    typed_fields,
)
from petitions.services.letters_signer import signer_of
from petitions.services.registration import Person
from petitions.services.submission_rows import add_round, words_of
from petitions.services.templates import template_in_force
from petitions.text import fold
from workflows.office import SigningCapacity, SubmissionStatus, Verdict
from workflows.vocabulary import Action, Actor, Kind, Need

__all__ = [
    "UNDER_SEAL",
    "LetterField",
    "Prepared",
    "acts_of",
    "addressees",
    "awaited_acts",
    "changed",
    "dispatched",
    "draft_docx",
    "draft_values",
    "form_of",
    "issue",
    "latest_fields",
    "letter_fields",
    "names_the_denouncer",
    "opened_draft",
    "prepare",
    "set_number",
]

TABLE = OutgoingDocument.__tablename__
TO_THE_DENOUNCER = "Người tố cáo"
"""How the book names whom a letter with a sealed value goes to."""
_AS_ABOVE = ("nhu tren", "nhu dieu")
_PETITIONER = ("complainant_name", "sender_name")
_LINE_LIMIT, _TITLE_LIMIT = 500, 120


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter as it stands before its act is done, which may carry the case out of the signer's reach."""

    form: Form
    agency_id: int
    values: Mapping[str, Any]


def prepare(
    session: Session,
    case: Case,
    submission: Submission,
    *,
    on: date,
    actor: Actor,
    capacity: SigningCapacity,
    now: datetime,
) -> Prepared:
    """What the letter of a proposal says when ``actor`` signs it with the date ``on``.

    Raises ``Invalid``, ``Leak``, ``Forbidden`` without the right to sign so (or, for a letter that
    names the denouncer, to know the identity), ``NotAllowedNow`` for the letter of an act not done.
    """
    form = form_of(case, str(submission.form_key), on)
    if submission.action is None:
        require_done(session, case, form, on)
    typed = typed_fields(
        session, case, form, words_of(session, case, submission).get("fields") or {}
    )
    people = _opened_to_sign(session, case, form, on, actor, now)
    agency_id = submission.agency_id
    values = {
        **case_values(actor, case.code, form, on, people=people, agency_id=agency_id),
        **typed,
    }
    values |= signer_of(session, actor, agency_id, capacity, on).values
    return Prepared(form, agency_id, values | {"issue_date": on, "year": on.year, "number": ""})


def issue(
    session: Session,
    case: Case,
    submission: Submission,
    *,
    on: date,
    actor: Actor,
    capacity: SigningCapacity,
    now: datetime,
    event_seq: int | None,
    prepared: Prepared | None = None,
) -> OutgoingDocument:
    """The document the signature of a proposal makes, dated ``on``, as yet without its number.

    Runs inside the signing transaction; ``prepared`` is the letter as it stood before the act.
    Raises as ``prepare``, ``Invalid`` naming every blank still empty.
    """
    made = prepared or prepare(
        session, case, submission, on=on, actor=actor, capacity=capacity, now=now
    )
    form, values = made.form, made.values
    template = template_in_force(session, made.agency_id, form, on) or template_of(form)
    docx = render(form, template, values).docx
    refuse_leaks(session, form, case, docx, file_name(form.key, ""))
    settled = settle(form, values).values
    symbol = str(settled["number_symbol"]).partition("/")[2].strip()
    uid, key = secrets.token_hex(16), _key(session, case)
    file = keep(session, uid, docx, key)
    row = OutgoingDocument(
        uid=uid,
        case_id=case.id,
        agency_id=made.agency_id,
        submission_id=submission.id,
        event_seq=event_seq,
        form_key=form.key,
        form_version=form.version,
        template_sha256=hashlib.sha256(template).hexdigest(),
        book=_book(session, made, on) if symbol else UNNUMBERED,
        year=on.year,
        symbol=symbol,
        issued_on=on,
        signer_id=actor.user_id,
        signer_title=str(values["signer_title"])[:_TITLE_LIMIT],
        capacity=SigningCapacity(values["signing_capacity"]),
        authority=str(values["authority_ref"]) or None,
        stored_name=file.stored_name,
        sha256=file.sha256,
        **put_away(case.kind, key, TABLE, uid, _said(case, made, settled)),
    )
    session.add(row)
    session.flush()
    if not symbol and submission.status is SubmissionStatus.SIGNED:
        dispatched(session, case, submission, actor, now)
    return row


def dispatched(
    session: Session, case: Case, submission: Submission, actor: Actor, now: datetime
) -> None:
    """The proposal's way is at its end: its letter left, or bears no number and stays in the file."""
    submission.status, submission.moved_at = SubmissionStatus.DISPATCHED, now
    add_round(session, case, submission, Verdict.DISPATCH, actor=actor, now=now)


def set_number(session: Session, case: Case, row: OutgoingDocument) -> None:
    """Make the final file of a document that just got its number. Raises as ``issue``."""
    form = form_for(row.form_key, row.issued_on)
    key = _key(session, case)
    values = read_back(row, key, TABLE, row.uid).get("values", {})
    template = template_in_force(session, row.agency_id, form, row.issued_on) or template_of(form)
    docx = render(form, template, {**values, "number": row.number}).docx
    name = file_name(form.key, f"{row.number:02}/{row.symbol}")
    refuse_leaks(session, form, case, docx, name)
    file = keep(session, row.uid, docx, key, instead_of=row.stored_name)
    row.stored_name, row.sha256 = file.stored_name, file.sha256
    row.template_sha256 = hashlib.sha256(template).hexdigest()


def acts_of(session: Session, row: OutgoingDocument) -> frozenset[Action]:
    """The act the document bears: the proposal's, or those its form belongs to."""
    action = row.submission_id and session.scalar(
        select(Submission.action).where(Submission.id == row.submission_id)
    )
    return frozenset({Action(action)}) if action else form_for(row.form_key, row.issued_on).acts


def _opened_to_sign(
    session: Session, case: Case, form: Form, on: date, actor: Actor, now: datetime
) -> tuple[Person, ...]:
    """Whom a letter to the denouncer is addressed to: signing it opens the identity and leaves the trace."""
    if not names_the_denouncer(form, case.kind):
        return ()
    carry_out(
        session,
        case.code,
        Action.OPEN_IDENTITY,
        {Need.REASON: f"Ký văn bản: {form.name}", Need.DOCUMENT: form.name},
        version=None,
        on=on,
        actor=actor,
        now=now,
        late_reason=f"Ký văn bản: {form.name}",
    )
    return tuple(sealed_people(session, case, case_key(session, case)))


def _key(session: Session, case: Case) -> CaseKey | None:
    return case_key(session, case) if case.kind is Kind.DENUNCIATION else None


def _book(session: Session, made: Prepared, on: date) -> str:
    return outgoing_book(numbering_of(session, made.agency_id, on), made.form.abbreviation)


def _said(case: Case, made: Prepared, settled: Mapping[str, Any]) -> dict[str, Any]:
    subject = fill(made.form.subject, settled).strip() or made.form.name
    return {
        "subject": subject[:_LINE_LIMIT],
        "addressees": addressees(made.form, case.kind, settled)[:_LINE_LIMIT],
        "form": made.form.name,
        "names_denouncer": names_the_denouncer(made.form, case.kind),
        "values": made.values,
    }


def addressees(form: Form, kind: Kind, settled: Mapping[str, Any]) -> str:
    """Whom the book names for a document: the person its text names first, never a denouncer."""
    if names_the_denouncer(form, kind):
        return TO_THE_DENOUNCER
    listed = [str(each) for each in settled.get("recipients") or () if each]
    kept = [each for each in listed if not fold(each).lstrip("- ").startswith((*_AS_ABOVE, "luu"))]
    first = str(settled.get("addressee") or "")
    if not first and form.audience == "petitioner" and kind is not Kind.DENUNCIATION:
        # "as in article 4" stands for the person the text names
        above = any(fold(each).lstrip("- ").startswith(_AS_ABOVE) for each in listed)
        named = (settled.get(name) for name in _PETITIONER)
        first = str(next((each for each in named if each), "")) if above else ""
    return "; ".join(dict.fromkeys(each.strip(" -;.") for each in (first, *kept) if each))
