"""An agency's own Word templates of the official forms: judged when they come, dated, never changed.

A template that would print a hole, run something or reach outside is refused naming the place, and
nothing of it is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions.documents.catalog import form_for
from petitions.documents.forms import Form
from petitions.documents.lint import lint
from petitions.errors import Invalid, NotFound
from petitions.files import UploadRefused, inspect_upload
from petitions.models import LetterTemplate
from petitions.queries.offices import in_force
from petitions.services.administration import Administrator, agency, meets, once, reaches

FAULTS_SHOWN = 40
"""Faults named at once; a template of hundreds is the wrong file."""


@dataclass(frozen=True, slots=True)
class TemplateGiven:
    """An edited template of a form for an agency, for documents dated ``valid_from`` and later."""

    agency_code: str
    form_key: str
    valid_from: date


def upload_template(
    given: TemplateGiven,
    upload_name: str,
    data: bytes,
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """Take an edited template; the agency's one before it ends the day before. Returns its id.

    Raises ``Forbidden``, ``NotFound`` for an unknown form, ``Invalid`` at ``file`` with every fault and
    its place, at ``valid_from`` when the form or a later template stands in the way.
    """
    form = _form(given)
    content = judged(form, upload_name, data)

    def work(session: Session) -> str:
        if actor is None:
            raise NotFound("Mẫu văn bản do quản trị viên của cơ quan nạp.")
        office = agency(session, actor, given.agency_code, "agency_code")
        for each in session.scalars(
            select(LetterTemplate).where(
                LetterTemplate.agency_id == office.id,
                LetterTemplate.form_key == form.key,
                LetterTemplate.form_version == form.version,
                meets(LetterTemplate, given.valid_from, None),
            )
        ):
            if each.valid_from >= given.valid_from:
                raise Invalid.at("valid_from", "Đã có mẫu bắt đầu từ ngày này hoặc muộn hơn.")
            each.valid_to = given.valid_from - timedelta(days=1)
        fresh = LetterTemplate(
            agency_id=office.id,
            form_key=form.key,
            form_version=form.version,
            valid_from=given.valid_from,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            uploaded_by=actor.user_id,
            uploaded_at=now,
        )
        session.add(fresh)
        session.flush()
        return str(fresh.id)

    return once(actor, now, key, "template:upload", work)


def end_template(
    template_id: int,
    last_day: date,
    *,
    actor: Administrator,
    now: datetime,
    key: str | None = None,
) -> str:
    """End a template with ``last_day``: later documents use the standard one. One not begun is withdrawn.

    Raises ``Forbidden``, ``NotFound``, ``Invalid`` at ``last_day``.
    """

    def work(session: Session) -> str:
        found = session.get(LetterTemplate, template_id, with_for_update=True)
        if found is None or not reaches(session, actor, found.agency_id):
            raise NotFound("Không có mẫu này trong phạm vi bạn quản trị.")
        if last_day < found.valid_from:
            if found.valid_from <= local_day(now):
                raise Invalid.at("last_day", "Mẫu đã dùng thì chỉ kết thúc từ ngày bắt đầu trở đi.")
            session.delete(found)
        elif found.valid_to is not None and last_day > found.valid_to:
            raise Invalid.at("last_day", "Mẫu này đã kết thúc sớm hơn ngày đó.")
        else:
            found.valid_to = last_day
        return str(template_id)

    return once(actor, now, key, f"template:end:{template_id}", work)


def judged(form: Form, upload_name: str, data: bytes) -> bytes:
    """The bytes of an uploaded template fit to be used. Raises ``Invalid`` at ``file`` with every fault."""
    if not upload_name.lower().endswith(".docx"):
        raise Invalid.at("file", "Mẫu phải là tệp Word (.docx).")
    try:
        inspect_upload(upload_name, data)
    except UploadRefused as error:
        raise Invalid.at("file", error.message) from error
    faults = lint(data, form)
    if faults:
        told = [f"{each.place}: {each.message}" for each in faults[:FAULTS_SHOWN]]
        raise Invalid({"file": told}, "Mẫu có chỗ chưa dùng được.")
    return data


def template_in_force(session: Session, agency_id: int, form: Form, on: date) -> bytes | None:
    """The agency's own template of that version of the form for documents of that day, if it has one."""
    return session.scalar(
        select(LetterTemplate.content).where(
            LetterTemplate.agency_id == agency_id,
            LetterTemplate.form_key == form.key,
            LetterTemplate.form_version == form.version,
            in_force(LetterTemplate, on),
        )
    )


def _form(given: TemplateGiven) -> Form:
    try:
        return form_for(given.form_key, given.valid_from)
    except Invalid as error:
        raise Invalid.at("valid_from", error.message) from error
