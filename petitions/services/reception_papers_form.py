"""A paper of reception as its form: the blanks, what fills them, the tasks it gives, whom it may not name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from petitions.documents import leaks
from petitions.documents.context_office import full_name, title_of
from petitions.documents.forms import Form
from petitions.documents.reception_values import paper_values
from petitions.documents.render import render
from petitions.documents.values import proposed
from petitions.errors import Invalid, Leak
from petitions.jsonable import plain
from petitions.models import Agency
from petitions.queries.offices import in_force
from petitions.queries.reception_papers import REFUSAL
from petitions.services import words
from petitions.services.checks import leaks_in
from petitions.services.letters_draft import LetterField
from petitions.services.letters_form import open_fields
from petitions.services.reception_subject import Subject
from petitions.services.templates import template_in_force
from petitions.text import vn_date

__all__ = ["CONCLUSION", "RECEIPT", "REFUSAL", "Task"]

RECEIPT, CONCLUSION = "nd154:02/TCD", "nd154:ket-luan"
TASKS = "tasks"
"""The field of the conclusion notice whose rows become commitments."""
MOST_TASKS = 30


@dataclass(frozen=True, slots=True)
class Task:
    """What a conclusion gives to whom by when; agencies by code."""

    what: str
    lead_agency_code: str
    due: date | None
    cooperating: tuple[str, ...] = ()
    reports_to: str = ""


def blanks_of(session: Session, form: Form, subject: Subject, on: date) -> tuple[LetterField, ...]:
    """The blanks the desk may fill, filled from the visit as far as it goes; tasks have a place of their own."""
    found = plain(visit_values(session, form, subject, on))
    found |= plain(proposed(form, found))
    return tuple(
        LetterField(each, found.get(each.name))
        for each in open_fields(form, subject.guarded)
        if each.name != TASKS
    )


def visit_values(session: Session, form: Form, subject: Subject, on: date) -> dict[str, Any]:
    """What visit, session and office say."""
    return paper_values(
        session, form, subject.held, subject.visit, subject.people, subject.said, on,
        numbers=(subject.visits, subject.kinds),
    )  # fmt: skip


def all_values(
    session: Session,
    form: Form,
    subject: Subject,
    fields: Mapping[str, Any],
    tasks: Sequence[Task],
    on: date,
) -> dict[str, Any]:
    """Everything a paper of ``on`` prints besides its signature and number.

    Raises ``Leak`` at the field that names somebody the paper must not name.
    """
    names = {each.name for each in open_fields(form, subject.guarded)} - {TASKS}
    typed = words.safe({name: value for name, value in fields.items() if name in names})
    found = {**visit_values(session, form, subject, on), **typed}
    if form.field(TASKS) is not None:
        found[TASKS] = _printed(session, subject, tasks)
        found.setdefault("recipients", _recipients(found))
    for name, value in found.items():
        if name not in form.sealed:
            _refuse_names(f"fields.{name}" if name != TASKS else TASKS, value, subject)
    office = session.get_one(Agency, subject.held.agency_id)
    return found | {"issue_date": on, "year": on.year, "signer_title": title_of(office)}


def rendered(
    session: Session, form: Form, subject: Subject, values: Mapping[str, Any], on: date, name: str
) -> bytes:
    """The Word file in the agency's own template. Raises ``Invalid`` for each blank, ``Leak``."""
    template = template_in_force(session, subject.held.agency_id, form, on)
    docx = render(form, template, values).docx
    if subject.sealed:
        leaks.check(docx, name, subject.sealed, printed=() if form.sealed else None)
    return docx


def checked_tasks(session: Session, tasks: Sequence[Task], on: date) -> tuple[Task, ...]:
    """The tasks, made safe. Raises ``Invalid`` at ``tasks.N.<field>``."""
    if len(tasks) > MOST_TASKS:
        raise Invalid.at(TASKS, f"Nhiều nhất {MOST_TASKS} việc trong một thông báo.")
    known = agency_names(session, on)
    faults: dict[str, list[str]] = {}
    for number, task in enumerate(tasks):
        at = f"{TASKS}.{number}"
        if not task.what.strip():
            faults[f"{at}.what"] = ["Phải ghi việc được giao."]
        if task.lead_agency_code not in known:
            faults[f"{at}.lead_agency_code"] = ["Chọn cơ quan chủ trì trong danh mục."]
        if task.lead_agency_code in task.cooperating:
            faults[f"{at}.cooperating"] = ["Cơ quan chủ trì không ghi lại ở đây."]
        elif any(code not in known for code in task.cooperating):
            faults[f"{at}.cooperating"] = ["Có cơ quan không có trong danh mục."]
        if task.due is None:
            faults[f"{at}.due"] = ["Phải ghi ngày hoàn thành (khoản 2 Điều 25 Nghị định 154/2026)."]
        elif task.due < on:
            faults[f"{at}.due"] = ["Ngày hoàn thành không được trước ngày thông báo."]
    if faults:
        raise Invalid(faults)
    return tuple(
        Task(
            str(words.safe({f"{TASKS}.{number}.what": task.what})[f"{TASKS}.{number}.what"]),
            task.lead_agency_code,
            task.due,
            tuple(dict.fromkeys(task.cooperating)),
            words.safe({"reports_to": task.reports_to})["reports_to"],
        )
        for number, task in enumerate(tasks)
    )


def kept_tasks(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """The tasks as words to put away."""
    return [
        {
            "what": each.what,
            "lead_agency_code": each.lead_agency_code,
            "due": each.due,
            "cooperating": list(each.cooperating),
            "reports_to": each.reports_to,
        }
        for each in tasks
    ]


def tasks_kept(said: Mapping[str, Any]) -> tuple[Task, ...]:
    """The tasks of words read back."""
    return tuple(
        Task(
            each["what"],
            each["lead_agency_code"],
            date.fromisoformat(each["due"]) if each["due"] else None,
            tuple(each["cooperating"]),
            each["reports_to"],
        )
        for each in said.get(TASKS, ())
    )


def agency_names(session: Session, on: date) -> dict[str, str]:
    """Agencies in force by code."""
    rows = session.execute(select(Agency.code, Agency.name).where(in_force(Agency, on)))
    return {row.code: row.name for row in rows}


def _printed(session: Session, subject: Subject, tasks: Sequence[Task]) -> list[dict[str, str]]:
    office = session.get_one(Agency, subject.held.agency_id)
    codes = {code for each in tasks for code in (each.lead_agency_code, *each.cooperating)}
    rows = session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(codes)))
    names = {row.code: full_name(row.name) for row in rows}
    return [
        {
            "assignee": names.get(each.lead_agency_code, ""),
            "cooperators": "; ".join(names.get(code, "") for code in each.cooperating),
            "task": _inside(each.what),
            "due_on": vn_date(each.due) if each.due else "",
            "reports_to": each.reports_to or f"{title_of(office)} {full_name(office.name)}",
        }
        for each in tasks
    ]


def _recipients(found: Mapping[str, Any]) -> list[str]:
    """A line for each body, then the citizen and whoever follows it up."""
    bodies = [
        body
        for task in found[TASKS]
        for body in (task["assignee"], *filter(None, task["cooperators"].split("; ")))
    ]
    last = [str(found.get(name) or "") for name in ("citizen_recipient", "follow_up_unit")]
    return [each for each in dict.fromkeys((*bodies, *last)) if each]


def _inside(what: str) -> str:
    """A task in the middle of its sentence."""
    text = " ".join(what.split()).rstrip(" .;")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _refuse_names(path: str, value: Any, subject: Subject) -> None:
    match value:
        case str():
            marks = leaks_in(value, subject.sealed)
            if marks:
                raise Leak(path, marks)
        case Mapping():
            for each in value.values():
                _refuse_names(path, each, subject)
        case list() | tuple():
            for each in value:
                _refuse_names(path, each, subject)
