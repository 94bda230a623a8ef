"""Papers and recordings of a case: typed by their bytes, stored outside the database under random names.

Those of a denunciation are encrypted under the case's key; handwriting gives a person away as surely
as a name (Law on Denunciations art 56). A redacted copy for the verifier may stay readable, provided
its text names nobody.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from defusedxml.ElementTree import fromstring
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db
from petitions import ledger, sealed_rows
from petitions.errors import Forbidden, Invalid, NotFound
from petitions.files import (
    Inspected,
    UploadRefused,
    inspect_upload,
    read_stored,
    remove_stored,
    store,
)
from petitions.installation import installation
from petitions.ledger.record import case_key
from petitions.models import Case, Evidence
from petitions.services import words
from petitions.services.acts import perform
from petitions.services.identity import require_right
from petitions.services.registration import Upload
from workflows.records import CopyKind
from workflows.vocabulary import Action, Actor, Kind, Need

OFFICE_TEXT = {
    "docx": ("word/",),
    "odt": ("content.xml", "meta.xml"),
    "xlsx": ("xl/sharedStrings.xml", "xl/worksheets/"),
}
PLAIN_TEXT = frozenset({"txt", "csv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What the officer says of an uploaded paper."""

    title: str
    received_on: date
    copy_kind: CopyKind = CopyKind.PHOTOCOPY
    supplier: str | None = None
    receipt: str | None = None
    step: str | None = None
    sealed: bool = True


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored paper's bytes as they may be handed out."""

    data: bytes
    media_type: str
    name: str


def add_paper(
    code: str,
    paper: Paper,
    upload_name: str,
    data: bytes,
    *,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Put an uploaded paper into the file; returns the case's code.

    The type is sniffed from the bytes. Raises ``Invalid`` at ``file`` when they are refused, and
    ``Leak`` when a readable paper or its title names a sealed person.
    """
    upload = Upload(upload_name, data)
    inspected = inspected_upload(upload, "file")
    stored: list[str] = []

    def insert_row(session: Session, case: Case) -> None:
        put_in(session, case, paper, upload, inspected, actor, now, stored)

    try:
        return perform(
            code,
            Action.ADD_PAPER,
            {Need.DOCUMENT: paper.title},
            version=version,
            on=local_day(now),
            actor=actor,
            now=now,
            key=key,
            also=insert_row,
        )
    finally:
        drop_unclaimed(stored)


def inspected_upload(upload: Upload, field: str) -> Inspected:
    """What kind of file it is by its bytes. Raises ``Invalid`` at ``field`` when it is not taken in."""
    try:
        return inspect_upload(upload.name, upload.data)
    except UploadRefused as error:
        raise Invalid.at(field, error.message) from error


def put_in(
    session: Session,
    case: Case,
    paper: Paper,
    upload: Upload,
    inspected: Inspected,
    actor: Actor,
    now: datetime,
    stored: list[str],
) -> None:
    """Store an inspected file and its row inside the caller's transaction; its name is added to ``stored``.

    The caller calls ``drop_unclaimed`` with that list afterwards, whatever happened. Raises ``Invalid``
    at ``sealed`` and ``Leak`` for a denunciation's paper that must not be readable.
    """
    sealed = paper.sealed and case.kind is Kind.DENUNCIATION
    texts = {
        "title": paper.title, "supplier": paper.supplier or "", "receipt": paper.receipt or "",
    }  # fmt: skip
    if case.kind is Kind.DENUNCIATION and not sealed:
        if inspected.extension not in {*PLAIN_TEXT, *OFFICE_TEXT}:
            raise Invalid.at(
                "sealed",
                "Ảnh chụp, bản quét của đơn tố cáo phải niêm phong: không kiểm tra được chữ trong tệp.",
            )
        texts["file"] = text_of(inspected.extension, upload.data)
    words.refuse_sealed_texts(session, case, texts)
    ordinal = 1 + (
        session.scalar(select(func.max(Evidence.ordinal)).where(Evidence.case_id == case.id)) or 0
    )
    content = upload.data
    if sealed:
        content = case_key(session, case).seal(content, sealed_rows.paper(f"{case.code}/{ordinal}"))
    stored.append(store(installation().settings.upload_dir, content))
    session.execute(
        insert(Evidence).values(
            case_id=case.id,
            ordinal=ordinal,
            title=paper.title,
            copy_kind=paper.copy_kind,
            step=paper.step,
            supplier=paper.supplier,
            receipt=paper.receipt,
            received_on=paper.received_on,
            sealed=sealed,
            stored_name=stored[-1],
            media_type=inspected.media_type,
            extension=inspected.extension,
            size=inspected.size,
            sha256=hashlib.sha256(content).hexdigest(),
            added_by=actor.user_id,
            added_at=now,
        )
    )


def drop_unclaimed(names: Sequence[str]) -> None:
    """Remove bytes no row came to point at: the act was refused, or an earlier answer was repeated."""
    if not names:
        return
    session = db.session()
    claimed = set(
        session.scalars(select(Evidence.stored_name).where(Evidence.stored_name.in_(names)))
    )
    for name in names:
        if name not in claimed:
            remove_stored(installation().settings.upload_dir, name)


def read_paper(code: str, ordinal: int, actor: Actor) -> Stored:
    """A readable paper's bytes. Raises ``NotFound``, and ``Forbidden`` for a sealed one (see ``opening``)."""
    session = db.session()
    case, row, data = _stored(session, code, ordinal, actor)
    if row.sealed:
        raise Forbidden("Tài liệu này được niêm phong; muốn mở phải có quyền và nêu lý do.")
    return _handed_out(case, row, data)


def sealed_paper(code: str, ordinal: int, actor: Actor) -> Stored:
    """A sealed paper's bytes; the caller has left the trace. Raises ``NotFound`` and ``Forbidden``."""
    session = db.session()
    case, row, data = _stored(session, code, ordinal, actor)
    require_right(session, case, actor)
    if row.sealed:
        data = case_key(session, case).open(data, sealed_rows.paper(f"{case.code}/{row.ordinal}"))
    return _handed_out(case, row, data)


def _stored(
    session: Session, code: str, ordinal: int, actor: Actor
) -> tuple[Case, Evidence, bytes]:
    case = ledger.look(session, code, actor)
    row = session.scalar(
        select(Evidence).where(Evidence.case_id == case.id, Evidence.ordinal == ordinal)
    )
    if row is None or row.stored_name is None:
        raise NotFound
    return case, row, read_stored(installation().settings.upload_dir, row.stored_name)


def _handed_out(case: Case, row: Evidence, data: bytes) -> Stored:
    """Under a name made of code and number only."""
    name = f"{case.code}-{row.ordinal}.{row.extension or 'bin'}"
    return Stored(data, row.media_type or "application/octet-stream", name)


def text_of(extension: str, data: bytes) -> str:
    """The words a file can be searched for: plain text, and the text of office documents."""
    if extension in PLAIN_TEXT:
        return data.decode("utf-8", errors="replace")
    members = OFFICE_TEXT.get(extension)
    if members is None:
        return ""
    pieces = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith(("docProps/", *members)) and name.endswith(".xml"):
                root = fromstring(archive.read(name))
                for element in root.iter():
                    pieces.append(element.text or "")
                    if str(element.tag).endswith(("}p", "}si", "}c", "}row")):
                        pieces.append("\n")
    return "".join(pieces)
