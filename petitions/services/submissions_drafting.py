"""Drafting a proposal: the act is judged as its signer would do it, the path frozen, the words put away."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.clock import local_day
from petitions import ledger
from petitions.access import require_role
from petitions.documents.catalog import form_for
from petitions.errors import Conflict, Invalid
from petitions.models import Agency, Case, Deadline, Submission, User
from petitions.queries.approvers import AUTHORS
from petitions.services import words
from petitions.services.letters import form_of
from petitions.services.onetime import run_once
from petitions.services.refusals import allowed
from petitions.services.submission_rows import TABLE, Carried, add_round, fetch, kept, require
from petitions.services.submissions_hops import internal_due, legal_end, put_on_table
from petitions.services.submissions_paths import office_for, path_at_drafting, refuse_dead_ends
from petitions.view import view
from workflows import lifecycle
from workflows.office import HELD, LEGAL, SubmissionStatus, Verdict, work_of
from workflows.passage import Stage
from workflows.transitions import TABLE as TRANSITIONS
from workflows.vocabulary import (
    Action,
    Actor,
    Complexity,
    Fact,
    Mark,
    Need,
    Outcome,
    Role,
    WithdrawalTest,
)

PASSING_ON = frozenset({Action.TRANSFER, Action.RETURN_FORWARDED, Action.DECIDE_FURTHER})
"""Acts after which the signer may no longer see the case: their letter is read off it before."""
Given = Mapping[Need, Any] | Mapping[str, Any]


def propose(
    code: str,
    action: Action | None,
    given: Given,
    form_key: str | None,
    fields: Mapping[str, Any],
    *,
    on: date | None = None,
    due: date | None = None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Draft a proposal on the case ``code``: an act with its payload, a letter, or both. Returns its uid.

    ``on`` is the day the act is to bear (None: the day of the signature), ``due`` the author's own
    end. Raises ``NotFound``, ``Forbidden``, ``Invalid`` at the fields, ``Leak``, ``Conflict`` when
    the act is proposed already, ``NotAllowedNow`` with the article when the signer could not do it.
    """

    def work(session: Session) -> str:
        require_role(actor, *AUTHORS)
        case = ledger.load(session, code, actor)
        if action is None and not form_key:
            raise Invalid.at("form_key", "Phải chọn một việc hoặc một văn bản.")
        if action is not None and action not in LEGAL:
            raise Invalid.at("action", "Việc này được ghi ngay, không cần trình ký.")
        _check_form(case, form_key, action, on or local_day(now))
        office = office_for(session, case, action, actor)
        _refuse_double(session, case, action)
        path = path_at_drafting(session, case, office, action, form_key, actor, local_day(now))
        uid = secrets.token_hex(16)
        named = with_document(action, form_key, given, on or local_day(now))
        letter = {**_said_already(session, case, form_key, named, on or local_day(now)), **fields}
        said = _said(session, case, action, named, letter, on, _signer(path, actor), local_day(now))
        row = Submission(
            uid=uid, case_id=case.id, agency_id=office, work=work_of(action),
            action=action and action.value, form_key=form_key or None,
            path=[stage.kept() for stage in path], status=SubmissionStatus.DRAFTED,
            author_id=actor.user_id, holder_id=actor.user_id, opened_at=now, moved_at=now,
            legal_due=legal_end(session, case.id), **kept(session, case, TABLE, uid, said),
        )  # fmt: skip
        session.add(row)
        session.flush()
        carried = Carried(session, case, row, [], actor, now)
        row.due = checked_due(carried, due) or internal_due(carried, 0)
        refuse_dead_ends(carried)
        add_round(session, case, row, Verdict.DRAFT, actor=actor, now=now, to_id=actor.user_id, due=row.due)  # fmt: skip
        return uid

    return run_once(key, f"propose:{code}", actor, now, work)


def revise(
    uid: str,
    given: Given,
    fields: Mapping[str, Any],
    *,
    on: date | None = None,
    due: date | None = None,
    version: int | None,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> str:
    """Change a proposal that lies with its author; judged anew. Raises as ``propose`` does."""

    def work(session: Session) -> str:
        carried = fetch(session, uid, actor, now, version)
        require(carried, Verdict.REVISE)
        case, row = carried.case, carried.submission
        action = Action(row.action) if row.action else None
        signer = _signer(carried.path, actor)
        named = with_document(action, row.form_key, given, on or carried.today)
        said = _said(session, case, action, named, fields, on, signer, carried.today)
        for name, value in kept(session, case, TABLE, uid, said).items():
            setattr(row, name, value)
        put_on_table(carried, 0, actor.user_id, row.status, checked_due(carried, due) or row.due)
        add_round(session, case, row, Verdict.REVISE, actor=actor, now=now, to_id=actor.user_id, due=row.due)  # fmt: skip
        return uid

    return run_once(key, f"submission:revise:{uid}", actor, now, work)


def with_document(
    action: Action | None, form_key: str | None, given: Given, on: date
) -> dict[Any, Any]:
    """The payload with the letter's name as its document where the act asks for one and none is named.

    The letter that goes with the act gets its number after the signature only. Raises ``NotFound``.
    """
    asked = any(Need.DOCUMENT in row.needs for row in TRANSITIONS if row.action is action)
    payload = dict[Any, Any](given)
    if form_key and asked and not payload.get(Need.DOCUMENT):
        payload[Need.DOCUMENT] = form_for(form_key, on).name
    return payload


def typed(kept_given: Mapping[str, Any]) -> dict[str, Any]:
    """A payload read back from its row, as the types the law reasons with."""
    return {need: _TYPES.get(need, _same)(value) for need, value in kept_given.items()}


def _same(value: Any) -> Any:
    return value


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) else value


_TYPES: Mapping[str, Any] = {
    Need.DIALOGUE_ON: _day, Need.NOTICE_BY: _day, Need.UNTIL: _day, Need.DAY: _day,
    Need.OUTCOME: Outcome, Need.COMPLEXITY: Complexity, Need.FACT: Fact,
    Need.WITHDRAWAL_TEST: WithdrawalTest, Need.MARKS: lambda value: [Mark(each) for each in value],
}  # fmt: skip


def checked_due(carried: Carried, due: date | None) -> date | None:
    """A day somebody chose for the author. Raises ``Invalid`` at ``due``: past, or after the legal end."""
    if due is None:
        return None
    end = legal_end(carried.session, carried.case.id)
    if due < carried.today:
        raise Invalid.at("due", "Hạn này đã qua.")
    if end is not None and carried.today <= end < due:
        raise Invalid.at("due", "Hạn nội bộ không được sau hạn luật định của hồ sơ.")
    return due


def judge(
    session: Session,
    case: Case,
    action: Action | None,
    role: Role,
    given: Given,
    on: date,
    today: date,
) -> None:
    """Judge the act as somebody in ``role`` would do it, writing nothing.

    Raises ``NotAllowedNow`` with the article, ``Invalid`` at a field.
    """
    if action is None:
        return
    known = session.scalars(select(Deadline).where(Deadline.case_id == case.id)).all()
    payload = {str(need): value for need, value in given.items()}
    allowed(lambda: lifecycle.decide(view(case, known), action, role, on, today, payload))


def _check_form(case: Case, form_key: str | None, action: Action | None, on: date) -> None:
    """Raise ``NotFound`` or ``Invalid`` at ``form`` when no such letter goes with the act in this case."""
    if not form_key:
        return
    form = form_of(case, form_key, on)
    if action is not None and form.acts and action not in form.acts:
        raise Invalid.at("form", f"Mẫu “{form.name}” không đi cùng việc này.")


def _said_already(
    session: Session, case: Case, form_key: str | None, given: Given, on: date
) -> dict[str, Any]:
    """Blanks of the letter the payload says already: under the same name, and where a petition goes."""
    if not form_key:
        return {}
    blanks = {each.name: each for each in form_of(case, form_key, on).fields}
    found = {
        str(need): value
        for need, value in given.items()
        if (blank := blanks.get(str(need))) is not None
        and blank.source == "officer"
        and blank.type in _PLAIN
        and isinstance(value, str | int)
    }
    receiver = given.get(Need.RECIPIENT)
    if receiver and GOES_TO in blanks:
        name = session.scalar(select(Agency.name).where(Agency.code == str(receiver)))
        found[GOES_TO] = name or str(receiver)
    return found


GOES_TO = "competent_body"
_PLAIN = frozenset({"line", "text", "number"})


def _refuse_double(session: Session, case: Case, action: Action | None) -> None:
    holder = session.scalar(
        select(User.name)
        .join(Submission, Submission.holder_id == User.id)
        .where(
            Submission.case_id == case.id,
            Submission.action == (action.value if action else ""),
            Submission.status.in_(HELD),
        )
    )
    if holder is not None:
        raise Conflict(f"Việc này đã có tờ trình, đang ở chỗ {holder}.")


def _signer(path: tuple[Stage, ...], actor: Actor) -> Role:
    return path[-1].role if path else actor.role


def _said(
    session: Session, case: Case, action: Action | None, given: Given, fields: Mapping[str, Any],
    on: date | None, signer: Role, today: date,
) -> dict[str, Any]:  # fmt: skip
    """What the proposal says, made safe and judged as its signer would do it."""
    safe = typed(words.safe(given))
    filled = words.safe({f"fields.{name}": value for name, value in fields.items()})
    if action is None and safe:
        raise Invalid({name: ["Văn bản này không kèm việc nào."] for name in safe})
    if on is not None and on > today:
        raise Invalid.at("on", "Ngày này còn ở tương lai.")
    words.refuse_sealed(session, case, safe, None)
    words.refuse_sealed_texts(session, case, dict(_texts(filled)))
    judge(session, case, action, signer, safe, on or today, today)
    letter = {name.removeprefix("fields."): value for name, value in filled.items()}
    return {"given": safe, "fields": letter, "on": on}


def _texts(value: Any, path: str = "") -> list[tuple[str, str]]:
    match value:
        case str():
            return [(path, value)]
        case Mapping():
            return [
                each
                for name, inner in value.items()
                for each in _texts(inner, f"{path}.{name}" if path else str(name))
            ]
        case list() | tuple():
            return [
                each
                for number, inner in enumerate(value)
                for each in _texts(inner, f"{path}.{number}")
            ]
    return []
