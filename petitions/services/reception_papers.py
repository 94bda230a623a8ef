"""Papers of reception: a refusal or a conclusion notice, drafted at the desk, signed by a leader.

As with letters, the document begins at its signature; its values are frozen then and its file is made of
them whenever it is asked for. The tasks of a signed conclusion become commitments in the same
transaction (Decree 154/2026 arts 4(3), 25).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
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
from petitions.documents.sandbox import fill
from petitions.documents.values import settle
from petitions.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from petitions.jsonable import plain
from petitions.kept_words import put_away, read_back
from petitions.models import ReceptionPaper
from petitions.queries.reception_papers import UNKNOWN, papers_seen
from petitions.services.books import outgoing_book
from petitions.services.letterheads import numbering_of
from petitions.services.letters import TO_THE_DENOUNCER, addressees
from petitions.services.letters_draft import LetterField, changed
from petitions.services.letters_signer import signer_of
from petitions.services.onetime import run_once
from petitions.services.reception_papers_due import (
    capacity_to_sign,
    due_of,
    may_conclude,
    refuse_undue,
)
from petitions.services.reception_papers_form import (
    Task,
    all_values,
    blanks_of,
    checked_tasks,
    kept_tasks,
    rendered,
    tasks_kept,
)
from petitions.services.reception_subject import Subject, of_paper, of_session, of_visit
from petitions.services.undertakings import Origin, Undertaking, undertake
from workflows.commitments import CommitmentSource
from workflows.reception import NoticeState
from workflows.transition import INTAKE
from workflows.vocabulary import Actor

TABLE = ReceptionPaper.__tablename__
WRITERS = INTAKE
"""Who drafts: whoever works at the desk, and the leaders."""
_LINE_LIMIT, _TITLE_LIMIT = 500, 120


@dataclass(frozen=True, slots=True)
class About:
    """What a new paper is of: a visit, or a session as a whole, by uid; exactly one."""

    visit_uid: str | None = None
    session_uid: str | None = None


@dataclass(frozen=True, slots=True)
class Blanks:
    """The form of a paper with its blanks as far as the visit fills them, and the tasks kept so far."""

    form: Form
    fields: tuple[LetterField, ...]
    kept: Mapping[str, Any]
    tasks: tuple[Task, ...]


def blanks_for(about: About, form_key: str, *, actor: Actor, on: date) -> Blanks:
    """The blanks of a new paper. Raises ``NotFound``, ``NotAllowedNow`` where no such paper is due."""
    session = db.session()
    subject = _subject(session, about, actor)
    refuse_undue(subject, form_key, actor)
    form = form_for(form_key, on)
    return Blanks(form, blanks_of(session, form, subject, on), {}, ())


def blanks_again(uid: str, *, actor: Actor, on: date) -> Blanks:
    """The blanks of a draft with what was written into them. Raises ``NotFound``, ``Conflict``."""
    session = db.session()
    row = _row(session, uid, actor)
    _refuse_unless_draft(row)
    subject = of_paper(session, row)
    form = form_for(row.form_key, on)
    said = _said(row, subject)
    blanks = blanks_of(session, form, subject, on)
    return Blanks(form, blanks, said.get("fields") or {}, tasks_kept(said))


def may_conclude_visit(visit_uid: str, actor: Actor) -> bool:
    """Whether this hat may draft the conclusion notice of a visit it sees. Raises ``NotFound``."""
    subject = of_visit(db.session(), visit_uid, actor)
    own = subject.held.agency_id == actor.agency_id
    return own and actor.role in WRITERS and may_conclude(subject)


def draft_paper(
    about: About,
    form_key: str,
    fields: Mapping[str, Any],
    tasks: Sequence[Task] = (),
    *,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Draft a refusal of a visit or a conclusion of a visit or session; returns the paper's uid.

    Raises ``NotFound``, ``Forbidden``, ``NotAllowedNow`` where no such paper is due, ``Conflict`` when
    there is one, ``Invalid`` at ``fields.<name>`` or ``tasks.N.<name>``, ``Leak``.
    """
    require_role(actor, *WRITERS)
    today = local_day(now)

    def work(session: Session) -> str:
        subject = _subject(session, about, actor, lock=True)
        refuse_undue(subject, form_key, actor)
        if _standing(session, subject, form_key) is not None:
            raise Conflict("Đã có văn bản này; hãy mở bản đã lập.")
        form = form_for(form_key, today)
        uid = secrets.token_hex(16)
        row = ReceptionPaper(
            uid=uid,
            agency_id=subject.held.agency_id,
            visit_id=subject.visit.id if subject.visit else None,
            session_id=None if subject.visit else subject.held.id,
            form_key=form.key,
            form_version=form.version,
            state=NoticeState.DRAFT,
            author_id=actor.user_id,
            due=due_of(session, subject, form_key),
        )
        _write(session, row, form, subject, fields, tasks, today)
        session.add(row)
        return uid

    of = f"{about.visit_uid or about.session_uid}:{form_key.partition(':')[2]}"
    return run_once(key, f"paper:draft:{of}", actor, now, work)


def change_paper(
    uid: str,
    fields: Mapping[str, Any],
    tasks: Sequence[Task] = (),
    *,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Write a draft anew. Raises as ``draft_paper``, ``Stale``, ``Conflict`` when it is signed."""
    require_role(actor, *WRITERS)
    today = local_day(now)

    def work(session: Session) -> str:
        row = _own(session, uid, actor, version)
        _refuse_unless_draft(row)
        subject = of_paper(session, row)
        form = form_for(row.form_key, today)
        _write(session, row, form, subject, fields, tasks, today)
        row.form_version = form.version
        return ""

    run_once(key, f"reception_paper:change:{uid}", actor, now, work)


def drop_paper(
    uid: str, *, version: int, actor: Actor, now: datetime, key: str | None = None
) -> None:
    """Put a draft aside. Raises ``NotFound``, ``Forbidden``, ``Stale``, ``Conflict`` when it is signed."""
    require_role(actor, *WRITERS)

    def work(session: Session) -> str:
        row = _own(session, uid, actor, version)
        _refuse_unless_draft(row)
        row.state = NoticeState.DROPPED
        return ""

    run_once(key, f"reception_paper:drop:{uid}", actor, now, work)


def sign_paper(
    uid: str,
    *,
    on: date | None = None,
    version: int,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> None:
    """Sign a draft; its values are frozen and it waits in the outgoing book for its number.

    ``on`` is the date printed on it: today, or earlier where it was signed on paper before. The tasks
    of a conclusion become commitments. Raises ``NotFound``, ``Forbidden`` without the right to sign
    so, ``Stale``, ``Conflict``, ``Invalid`` at ``on`` and at every blank still empty, ``Leak``.
    """
    today = local_day(now)
    day = on or today

    def work(session: Session) -> str:
        row = _own(session, uid, actor, version)
        _refuse_unless_draft(row)
        subject = of_paper(session, row)
        if day > today:
            raise Invalid.at("on", "Ngày này còn ở tương lai.")
        if day < subject.held.day:
            raise Invalid.at("on", "Ngày này sớm hơn ngày tiếp.")
        capacity = capacity_to_sign(session, row, actor, day)
        said = _said(row, subject)
        tasks = checked_tasks(session, tasks_kept(said), day)
        form = form_for(row.form_key, day)
        values = all_values(session, form, subject, said.get("fields") or {}, tasks, day)
        signer = signer_of(session, actor, row.agency_id, capacity, day)
        values |= {**signer.values, "number": ""}
        rendered(session, form, subject, values, day, "")
        settled = settle(form, values).values
        numbers = outgoing_book(numbering_of(session, row.agency_id, day), form.abbreviation)
        # nothing asks the database from here on: the row is written once
        row.form_version, row.book = form.version, numbers
        row.state, row.issued_on, row.year = NoticeState.SIGNED, day, day.year
        row.signer_id, row.signer_title = actor.user_id, signer.title[:_TITLE_LIMIT]
        row.capacity = signer.capacity
        row.symbol = str(settled["number_symbol"]).partition("/")[2].strip()
        _keep(row, subject, {
            "subject": (fill(form.subject, settled).strip() or form.name)[:_LINE_LIMIT],
            "addressees": _addressees(form, subject, settled),
            "fields": said.get("fields") or {},
            "tasks": kept_tasks(tasks),
            "values": values,
        })  # fmt: skip
        for number, task in enumerate(tasks):
            _undertake(session, subject, task, number, day, actor, now)
        return ""

    run_once(key, f"reception_paper:sign:{uid}", actor, now, work)


# --- what stands behind ----------------------------------------------------------------------


def _subject(session: Session, about: About, actor: Actor, *, lock: bool = False) -> Subject:
    if about.visit_uid is not None:
        return of_visit(session, about.visit_uid, actor, lock=lock)
    return of_session(session, about.session_uid or "", actor, lock=lock)


def _row(session: Session, uid: str, actor: Actor, *, lock: bool = False) -> ReceptionPaper:
    query = select(ReceptionPaper).where(ReceptionPaper.uid == uid, papers_seen(actor))
    if lock:
        query = query.with_for_update(of=ReceptionPaper).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound(UNKNOWN)
    return row


def _own(session: Session, uid: str, actor: Actor, version: int) -> ReceptionPaper:
    row = _row(session, uid, actor, lock=True)
    if row.agency_id != actor.agency_id:
        raise Forbidden("Văn bản tiếp công dân do cơ quan đã tiếp lập.")
    if row.version != version:
        raise Stale(uid)
    return row


def _refuse_unless_draft(row: ReceptionPaper) -> None:
    if row.state is not NoticeState.DRAFT:
        raise Conflict("Văn bản này đã ký hoặc đã bỏ nên không đổi được nữa.")


def _standing(session: Session, subject: Subject, form_key: str) -> str | None:
    """The uid of the paper of that kind there is already."""
    of = (
        ReceptionPaper.visit_id == subject.visit.id
        if subject.visit
        else ReceptionPaper.session_id == subject.held.id
    )
    return session.scalar(
        select(ReceptionPaper.uid)
        .where(
            of,
            ReceptionPaper.form_key == form_key,
            ReceptionPaper.state != NoticeState.DROPPED,
        )
        .limit(1)
    )


def _write(
    session: Session,
    row: ReceptionPaper,
    form: Form,
    subject: Subject,
    fields: Mapping[str, Any],
    tasks: Sequence[Task],
    today: date,
) -> None:
    """Keep what the desk wrote; a draft may have holes, but names nobody it must not name."""
    touched = [
        each for each in blanks_of(session, form, subject, today) if each.field.name in fields
    ]
    own = changed(tuple(touched), fields)
    checked = checked_tasks(session, tasks, today)
    all_values(session, form, subject, own, checked, today)
    _keep(row, subject, {"fields": own, "tasks": kept_tasks(checked)})


def _keep(row: ReceptionPaper, subject: Subject, said: Mapping[str, Any]) -> None:
    kept = put_away(subject.guarded, subject.key, TABLE, row.uid, plain(dict(said)))
    row.words, row.sealed = kept["words"], kept["sealed"]


def _said(row: ReceptionPaper, subject: Subject) -> Mapping[str, Any]:
    return read_back(row, subject.key, TABLE, row.uid)


def _addressees(form: Form, subject: Subject, settled: Mapping[str, Any]) -> str:
    if form.sealed:
        named = TO_THE_DENOUNCER if subject.key else str(settled.get("citizen_name") or "")
        return named[:_LINE_LIMIT]
    return addressees(form, subject.guarded, settled)[:_LINE_LIMIT]


def _undertake(
    session: Session,
    subject: Subject,
    task: Task,
    number: int,
    day: date,
    actor: Actor,
    now: datetime,
) -> None:
    visit = subject.visit
    undertake(
        session,
        Undertaking(
            task.what, task.lead_agency_code, task.due or day, cooperating=task.cooperating
        ),
        Origin(
            CommitmentSource.SESSION,
            session_id=subject.held.id,
            visit_id=visit.id if visit else None,
            case_id=visit.case_id if visit else None,
            secret=subject.key,
        ),
        made_on=day,
        actor=actor,
        now=now,
        at=f"tasks.{number}",
    )
