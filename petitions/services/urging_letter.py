"""An urging letter as its official form: what it prints, and the file made of what was frozen.

A denunciation stands in it by its code alone: no summary, no kind of act, no commune.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.database import db
from petitions.documents.catalog import form_for
from petitions.documents.context_office import full_name, head_of, office_values
from petitions.documents.forms import Form
from petitions.documents.render import render
from petitions.documents.sandbox import fill
from petitions.documents.values import settle
from petitions.errors import Invalid, NotFound
from petitions.installation import installation
from petitions.kept_words import read_back
from petitions.labels import label, step_label
from petitions.ledger.record import case_key
from petitions.models import Agency, Case, Hat, UrgingLetter
from petitions.queries.letters import full_number
from petitions.queries.urging import UNKNOWN
from petitions.queries.urging_cases import SignerChoice, Urgeable, signers
from petitions.queries.urging_reach import letters_seen
from petitions.services.evidence import Stored
from petitions.services.letters_files import DOCX
from petitions.services.letters_form import file_name
from petitions.services.letters_signer import signer_of
from petitions.services.templates import template_in_force
from petitions.text import vn_date
from workflows.office import SigningCapacity
from workflows.urging import House, house_of
from workflows.vocabulary import Actor

FORM = "tt05:don-doc-nhieu"
TABLE = UrgingLetter.__tablename__
_LATE = " đã quá thời hạn pháp luật quy định"
_BY_CODE = "Tố cáo (chỉ ghi mã hồ sơ)"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signs a letter: his account, and the signature in words."""

    user_id: int
    title: str
    capacity: SigningCapacity
    values: Mapping[str, Any]


def house() -> House:
    """The usual reply of this house (``config/catalog/urging.toml``)."""
    return _shipped(installation().settings.law_dir)


@cache
def _shipped(folder: Path) -> House:
    path = folder / "catalog" / "urging.toml"
    return house_of(tomllib.loads(path.read_text(encoding="utf-8")))


def signed_by(session: Session, actor: Actor, hat_id: int | None, on: date) -> Signed:
    """The signature of a leader of the actor's agency (``hat_id``; None: the first who may).

    Raises ``Invalid`` at ``signer`` for anybody who may not sign on that day.
    """
    able = signers(actor, on)
    chosen: SignerChoice | None = next(
        (each for each in able if hat_id is None or each.hat_id == hat_id), None
    )
    if chosen is None:
        raise Invalid.at(
            "signer",
            "Người này không được ký văn bản của cơ quan vào ngày ghi trên văn bản."
            if able
            else "Cơ quan chưa có người đứng đầu hoặc người được giao ký vào ngày này.",
        )
    worn = _worn(session, chosen)
    signer = signer_of(session, worn, actor.agency_id, chosen.capacity, on)
    return Signed(worn.user_id, signer.title, signer.capacity, signer.values)


def letter_values(
    session: Session,
    cases: Sequence[Urgeable],
    *,
    sender_id: int,
    addressee_id: int,
    said: str,
    reply_due: date,
    signed: Signed,
    on: date,
) -> dict[str, Any]:
    """Everything a letter of ``on`` prints besides its number."""
    office = session.get_one(Agency, sender_id)
    late = sum(each.days_late > 0 for each in cases)
    what = "tố cáo" if any(each.secret for each in cases) else "vụ việc"
    found = {
        **office_values(session, office, None, on),
        **signed.values,
        "issuer": full_name(office.name),
        "urged_head": head_of(session.get_one(Agency, addressee_id)),
        "subject_matter": _subject_matter(cases, late),
        "matters": _counted(len(cases), what) + (_LATE if late == len(cases) else ""),
        "late_matters": _counted(late, what) if 0 < late < len(cases) else None,
        "content": said,
        "reply_due": reply_due,
        "case_list": [_row(each) for each in cases],
        "issue_date": on,
        "year": on.year,
        "number": "",
    }
    return {name: value for name, value in found.items() if value is not None}


def symbol_and_words(form: Form, values: Mapping[str, Any]) -> tuple[str, str, str]:
    """The letter's symbol, its matter and whom it goes to. Raises ``Invalid`` for each blank."""
    settled = settle(form, values).values
    symbol = str(settled["number_symbol"]).partition("/")[2].strip()
    return symbol, fill(form.subject, settled).strip(), str(settled["urged_head"])


def read_letter(actor: Actor, uid: str) -> tuple[Form, Mapping[str, Any]]:
    """A letter's form and everything it prints. Raises ``NotFound``."""
    session = db.session()
    row = session.scalar(select(UrgingLetter).where(UrgingLetter.uid == uid, letters_seen(actor)))
    if row is None:
        raise NotFound(UNKNOWN)
    return _opened(session, row)


def letter_file(actor: Actor, uid: str) -> Stored:
    """A letter as a Word file: the same letter gives the same bytes. Raises ``NotFound``."""
    session = db.session()
    row = session.scalar(select(UrgingLetter).where(UrgingLetter.uid == uid, letters_seen(actor)))
    if row is None:
        raise NotFound(UNKNOWN)
    form, values = _opened(session, row)
    template = template_in_force(session, row.from_agency_id, form, row.issued_on)
    number = full_number(row.number, row.symbol)
    return Stored(render(form, template, values).docx, DOCX, file_name(form.key, number))


def _opened(session: Session, row: UrgingLetter) -> tuple[Form, Mapping[str, Any]]:
    key = None
    if row.case_id is not None:
        key = case_key(session, session.get_one(Case, row.case_id))
    kept = read_back(row, key, TABLE, row.uid)
    values = {**kept.get("values", {}), "number": "" if row.number is None else row.number}
    return form_for(row.form_key, row.issued_on), values


def _worn(session: Session, chosen: SignerChoice) -> Actor:
    hat = session.get_one(Hat, chosen.hat_id)
    return Actor(hat.user_id, hat.id, hat.role, hat.agency_id, chosen.name)


def _subject_matter(cases: Sequence[Urgeable], late: int) -> str:
    if len(cases) == 1:
        (only,) = cases
        return f"hồ sơ {only.code}" + (" quá hạn" if late else "")
    return f"{len(cases):02} vụ việc" + (" quá hạn" if late == len(cases) else "")


def _counted(number: int, what: str) -> str:
    return f"{number:02} {what}"


def _due(each: Urgeable) -> str:
    """The day, and what was to be done by it; of a denunciation the day alone."""
    if each.due is None:
        return ""
    day = vn_date(each.due)
    if each.secret or each.step is None:
        return day
    words = step_label(each.step)
    return f"{day}, {words[:1].lower()}{words[1:]}"


def _row(each: Urgeable) -> dict[str, str]:
    return {
        "code": each.code,
        "kind": _BY_CODE if each.secret else label(each.kind),
        "summary": "" if each.secret else each.summary,
        "received": "" if each.secret else vn_date(each.received_on),
        "due": _due(each),
        "late": str(each.days_late) if each.days_late else "",
    }
