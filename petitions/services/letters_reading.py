"""Handing a signed letter out: the very bytes that were kept, a sealed one only for a reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db
from petitions.access import visible
from petitions.documents.catalog import form_for
from petitions.errors import Forbidden, NotFound
from petitions.files import StoredFileMissing
from petitions.ledger.record import case_key
from petitions.models import Case, OutgoingDocument
from petitions.queries.letters import full_number
from petitions.services.acts import perform
from petitions.services.evidence import Stored
from petitions.services.identity import require_right
from petitions.services.letters_files import DOCX, read_kept
from petitions.services.letters_form import file_name, names_the_denouncer
from workflows.vocabulary import Action, Actor, Kind, Need

UNKNOWN = "Không tìm thấy văn bản này, hoặc bạn không có quyền xem."


def letter_file(uid: str, actor: Actor) -> Stored:
    """A signed letter's file. Raises ``NotFound`` also where the case is out of reach, ``Forbidden``
    for one that names the denouncer (see ``open_letter``)."""
    session = db.session()
    case, row = _found(session, uid, actor)
    if is_sealed(row, case):
        raise Forbidden(
            "Văn bản này ghi thông tin người tố cáo; muốn mở phải có quyền và nêu lý do."
        )
    return _handed_out(session, case, row)


def open_letter(uid: str, *, reason: str, actor: Actor, now: datetime) -> Stored:
    """A letter that names the denouncer: the trace with its reason is committed first.

    Raises ``NotFound``, ``Forbidden`` without the right to the identity, ``Invalid`` without a reason.
    """
    session = db.session()
    case, row = _found(session, uid, actor)
    if not is_sealed(row, case):
        return _handed_out(session, case, row)
    form = form_for(row.form_key, row.issued_on)
    perform(
        case.code,
        Action.OPEN_IDENTITY,
        {Need.REASON: reason, Need.DOCUMENT: form.name},
        version=None,
        on=local_day(now),
        actor=actor,
        now=now,
    )
    case, row = _found(session, uid, actor)
    require_right(session, case, actor)
    return _handed_out(session, case, row)


def is_sealed(row: OutgoingDocument, case: Case) -> bool:
    """Whether the letter names the denouncer."""
    return names_the_denouncer(form_for(row.form_key, row.issued_on), case.kind)


def _found(session: Session, uid: str, actor: Actor) -> tuple[Case, OutgoingDocument]:
    found = session.execute(
        select(Case, OutgoingDocument)
        .join(OutgoingDocument, OutgoingDocument.case_id == Case.id)
        .where(OutgoingDocument.uid == uid, visible(actor))
    ).one_or_none()
    if found is None:
        raise NotFound(UNKNOWN)
    return found.Case, found.OutgoingDocument


def _handed_out(session: Session, case: Case, row: OutgoingDocument) -> Stored:
    key = case_key(session, case) if case.kind is Kind.DENUNCIATION else None
    name = file_name(row.form_key, full_number(row.number, row.symbol))
    if row.stored_name is None:  # a restore without the sealed files
        raise StoredFileMissing
    return Stored(read_kept(row.uid, row.stored_name, key), DOCX, name)
