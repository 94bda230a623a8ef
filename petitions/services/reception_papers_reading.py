"""Papers of reception handed out: a draft as it stands, a signed one of its frozen values; receipts at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from config.database import db
from petitions.access import require_role
from petitions.documents.catalog import form_for
from petitions.documents.forms import Form
from petitions.documents.reception_values import receipt_values
from petitions.documents.values import proposed
from petitions.errors import Invalid, NotFound
from petitions.jsonable import plain
from petitions.kept_words import read_back
from petitions.models import ReceptionPaper
from petitions.queries.letters import full_number
from petitions.queries.reception_papers import UNKNOWN, papers_seen
from petitions.services import words
from petitions.services.evidence import Stored
from petitions.services.letters_draft import LetterField
from petitions.services.letters_files import DOCX
from petitions.services.letters_form import file_name, open_fields
from petitions.services.reception_papers_form import (
    RECEIPT,
    Task,
    agency_names,
    all_values,
    rendered,
    tasks_kept,
)
from petitions.services.reception_subject import Subject, of_paper, of_visit
from petitions.text import fold
from workflows.reception import NoticeState
from workflows.transition import INTAKE
from workflows.vocabulary import Actor

TABLE = ReceptionPaper.__tablename__
LEAST_COPIES = 2
ORIGINAL = "bản chính"
COPIES = ("bản chụp", "bản sao có chứng thực", "bản sao", ORIGINAL)
"""What a paper handed over may be; the law expects copies (Decree 154/2026 art 15(4))."""


@dataclass(frozen=True, slots=True)
class PaperRead:
    """A paper opened: its form, everything it prints, and its tasks with the names of the agencies."""

    form: Form
    values: Mapping[str, Any]
    subject: str
    addressees: str
    tasks: tuple[tuple[Task, str, str], ...]


def read_paper(uid: str, *, actor: Actor, on: date) -> PaperRead:
    """What a paper says; a draft as it would be signed ``on``. Raises ``NotFound``, ``Leak``."""
    session = db.session()
    row = _seen(session, uid, actor)
    return _read(session, row, of_paper(session, row), on)


def paper_file(uid: str, *, actor: Actor, on: date) -> Stored:
    """A paper as a Word file, a draft marked as one. Raises ``NotFound``, ``Invalid``, ``Leak``."""
    session = db.session()
    row = _seen(session, uid, actor)
    if row.state is NoticeState.SIGNED:
        number = full_number(row.number, row.symbol or "")
        return Stored(final_docx(session, row), DOCX, file_name(row.form_key, number))
    subject = of_paper(session, row)
    read = _read(session, row, subject, on)
    name = file_name(row.form_key, "")
    return Stored(rendered(session, read.form, subject, read.values, on, name), DOCX, name)


def final_docx(session: Session, row: ReceptionPaper) -> bytes:
    """The file of a signed paper: the same values give the same bytes. Raises ``Leak``."""
    subject = of_paper(session, row)
    on = row.issued_on
    assert on is not None
    read = _read(session, row, subject, on)
    name = file_name(row.form_key, full_number(row.number, row.symbol or ""))
    return rendered(session, read.form, subject, read.values, on, name)


def receipt_blanks(
    visit_uid: str, *, actor: Actor, now: datetime
) -> tuple[Form, tuple[LetterField, ...]]:
    """The receipt of papers handed over at a visit, with its blanks. Raises ``NotFound``, ``Forbidden``."""
    require_role(actor, *INTAKE)
    session = db.session()
    subject = of_visit(session, visit_uid, actor)
    form = form_for(RECEIPT, local_day(now))
    found = plain(_receipt(session, subject, actor, now))
    found |= plain(proposed(form, found))
    blanks = tuple(
        LetterField(each, found.get(each.name)) for each in open_fields(form, subject.guarded)
    )
    return form, blanks


def receipt_values_of(
    visit_uid: str,
    fields: Mapping[str, Any],
    *,
    originals_known: bool,
    actor: Actor,
    now: datetime,
) -> tuple[Form, dict[str, Any]]:
    """Everything the receipt prints. It is kept nowhere: the signed copies are the record.

    Raises ``NotFound``, ``Forbidden``, ``Invalid`` at ``fields.<name>``: an original is taken only
    when the officer says so knowingly.
    """
    require_role(actor, *INTAKE)
    session = db.session()
    subject = of_visit(session, visit_uid, actor)
    form = form_for(RECEIPT, local_day(now))
    names = {each.name for each in open_fields(form, subject.guarded)}
    typed = words.safe({name: value for name, value in fields.items() if name in names})
    _check_receipt(typed, originals_known=originals_known)
    values = {**_receipt(session, subject, actor, now), **typed}
    return form, values | {"issue_date": local_day(now), "year": local_day(now).year}


def receipt_file(
    visit_uid: str,
    fields: Mapping[str, Any],
    *,
    originals_known: bool,
    actor: Actor,
    now: datetime,
) -> Stored:
    """The receipt as a Word file. Raises as ``receipt_values_of``."""
    form, values = receipt_values_of(
        visit_uid, fields, originals_known=originals_known, actor=actor, now=now
    )
    session = db.session()
    subject = of_visit(session, visit_uid, actor)
    name = file_name(form.key, "")
    return Stored(rendered(session, form, subject, values, local_day(now), name), DOCX, name)


def _check_receipt(typed: Mapping[str, Any], *, originals_known: bool) -> None:
    faults: dict[str, list[str]] = {}
    rows = typed.get("items") or []
    if not rows:
        faults["fields.items"] = ["Ghi ít nhất một thông tin, tài liệu."]
    for number, row in enumerate(rows):
        for name, label in (
            ("name", "tên tài liệu"),
            ("pages", "số trang"),
            ("copy_kind", "bản chụp hay bản sao"),
        ):
            if not str(row.get(name) or "").strip():
                faults[f"fields.items.{number}.{name}"] = [f"Phải ghi {label}."]
        if fold(str(row.get("copy_kind") or "")) == fold(ORIGINAL) and not originals_known:
            faults[f"fields.items.{number}.copy_kind"] = [
                "Chỉ nhận bản chụp hoặc bản sao; bản chính thì trả lại ngay. Nếu vẫn phải giữ, "
                "đánh dấu ô xác nhận bên dưới."
            ]
    copies = typed.get("copies")
    if copies not in (None, "") and int(copies) < LEAST_COPIES:
        faults["fields.copies"] = [f"Lập ít nhất {LEAST_COPIES:02} bản."]
    if faults:
        raise Invalid(faults)


def _receipt(session: Session, subject: Subject, actor: Actor, now: datetime) -> dict[str, Any]:
    return receipt_values(session, subject.held, subject.people, actor, now)


def _seen(session: Session, uid: str, actor: Actor) -> ReceptionPaper:
    row = session.scalar(
        select(ReceptionPaper).where(ReceptionPaper.uid == uid, papers_seen(actor))
    )
    if row is None:
        raise NotFound(UNKNOWN)
    return row


def _read(session: Session, row: ReceptionPaper, subject: Subject, on: date) -> PaperRead:
    said = read_back(row, subject.key, TABLE, row.uid)
    tasks = tasks_kept(said)
    names = agency_names(session, on)
    told = tuple(
        (
            each,
            names.get(each.lead_agency_code, each.lead_agency_code),
            ", ".join(names.get(code, code) for code in each.cooperating),
        )
        for each in tasks
    )
    if row.issued_on is not None:
        form = form_for(row.form_key, row.issued_on)
        values = dict(said.get("values") or {})
        if row.number is not None:
            values["number"] = row.number
        return PaperRead(
            form, values, str(said.get("subject", "")), str(said.get("addressees", "")), told
        )
    form = form_for(row.form_key, on)
    values = all_values(session, form, subject, said.get("fields") or {}, tasks, on)
    return PaperRead(form, values, form.name, "", told)
