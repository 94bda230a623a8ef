"""The signed and sealed copy of a document, scanned, put into the case's papers.

Whoever keeps the book scans what was signed, also of a case he may not read: then the paper goes in
without an act of his on the case. Of a denunciation it lies under the case's seal.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import sealed_rows
from petitions.errors import Conflict, Invalid
from petitions.files import Inspected, UploadRefused, inspect_upload
from petitions.ledger.record import case_key
from petitions.models import Case, Evidence, OutgoingDocument
from petitions.queries.letters import full_number
from petitions.services.books_out import held, note
from petitions.services.letters_files import keep_bytes
from petitions.services.onetime import run_once
from workflows.records import CopyKind
from workflows.vocabulary import Action, Actor, Kind, Need

_KINDS = frozenset({"pdf", "jpg", "png", "tif"})


def attach_scan(
    uid: str, upload_name: str, data: bytes, *, actor: Actor, now: datetime, key: str | None = None
) -> str:
    """Attach the scan of the signed document; returns its uid.

    Raises ``NotFound``, ``Forbidden``, ``Conflict`` when it has one or no number yet, ``Invalid`` at
    ``file``.
    """
    try:
        inspected = inspect_upload(upload_name, data)
    except UploadRefused as error:
        raise Invalid.at("file", error.message) from error
    if inspected.extension not in _KINDS:
        raise Invalid.at("file", "Bản ký quét là tệp PDF hoặc ảnh (JPG, PNG, TIF).")

    def work(session: Session) -> str:
        row, case = held(session, uid, actor, now)
        if row.number is None:
            raise Conflict("Văn bản chưa có số.")
        if row.scan_id is not None:
            raise Conflict("Văn bản này đã có bản ký quét.")
        title = f"Văn bản số {full_number(row.number, row.symbol)} (bản ký, quét)"
        note(
            session, case, Action.ADD_PAPER, {Need.DOCUMENT: title},
            on=local_day(now), late_reason=None, actor=actor, now=now,
        )  # fmt: skip
        row.scan_id = _insert(session, case, row, title, inspected, data, actor, now)
        return uid

    return run_once(key, f"book:scan:{uid}", actor, now, work)


def _insert(
    session: Session,
    case: Case,
    row: OutgoingDocument,
    title: str,
    inspected: Inspected,
    data: bytes,
    actor: Actor,
    now: datetime,
) -> int:
    sealed = case.kind is Kind.DENUNCIATION
    ordinal = 1 + (
        session.scalar(select(func.max(Evidence.ordinal)).where(Evidence.case_id == case.id)) or 0
    )
    content = data
    if sealed:
        content = case_key(session, case).seal(data, sealed_rows.paper(f"{case.code}/{ordinal}"))
    return session.scalars(
        insert(Evidence)
        .values(
            case_id=case.id,
            ordinal=ordinal,
            title=title,
            copy_kind=CopyKind.ELECTRONIC,
            received_on=row.issued_on,
            sealed=sealed,
            stored_name=keep_bytes(session, content),
            media_type=inspected.media_type,
            extension=inspected.extension,
            size=inspected.size,
            sha256=hashlib.sha256(content).hexdigest(),
            added_by=actor.user_id,
            added_at=now,
        )
        .returning(Evidence.id)
    ).one()
