"""Proposals: what waits on one's table, and one of them with its rounds and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from petitions.documents.printing import print_page
from petitions.errors import Conflict, DomainError, Forbidden, Invalid, NotAllowedNow, NotFound
from petitions.labels import label
from petitions.queries.approvers import Approver
from petitions.queries.case_page import case_page
from petitions.queries.case_shapes import CasePage
from petitions.queries.submissions import SubmissionLine, SubmissionShown, on_table, submission
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.letters import letter_from_form
from petitions.schemas.submissions import MOVE, REASON, REASSIGN, SEND_BACK, SIGN
from petitions.services import letters, submissions
from petitions.services.submissions_drafting import revise
from petitions.services.submissions_moves import Moves, moves
from petitions.services.submissions_signing import sign, why
from petitions.web import options
from petitions.web.days import due_words
from petitions.web.forms import Form, Option, posted_key, version_of
from petitions.web.letters import handed_out, shown_values
from petitions.web.pages import day
from petitions.web.questions import WHOLE
from petitions.web.session import actor, moment, today
from petitions.web.submission_words import letter_of, payload_of, status_of, title_of
from workflows.office import Verdict

blueprint = Blueprint("submissions", __name__, url_prefix="/to-trinh")
blueprint.add_app_template_filter(status_of)

DONE = {
    Verdict.SUBMIT: "Đã trình.",
    Verdict.APPROVE: "Đã duyệt và chuyển bước sau.",
    Verdict.SEND_BACK: "Đã trả lại người soạn.",
    Verdict.RECALL: "Đã thu hồi tờ trình.",
    Verdict.REASSIGN: "Đã chuyển người duyệt.",
    Verdict.SIGN: "Đã ký; việc đã được ghi vào hồ sơ.",
    Verdict.DROP: "Đã hủy tờ trình.",
}
CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal in a list, in words."""

    line: SubmissionLine
    title: str
    due: Any


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one proposal of several."""

    row: Row
    done: bool
    message: str


# --- the table -------------------------------------------------------------------------------


@blueprint.get("")
def index() -> str:
    """What lies on one's table and what one has sent up."""
    return _table(Form())


@blueprint.post("")
def approve_several() -> str | tuple[str, int]:
    """Pass several proposals on at once; each is a transaction of its own with a result."""
    form = Form.posted()
    waiting = {row.line.uid: row for row in _rows() if _to_approve(row.line)}
    chosen = [each.partition(":") for each in form.many(CHOSEN)]
    wanted = [(waiting[uid], version) for uid, _, version in chosen if uid in waiting]
    if not wanted:
        return _table(form.refused({CHOSEN: ["Phải chọn ít nhất một tờ trình."]})), 422
    results = []
    for row, version in wanted:
        key = posted_key()
        try:
            submissions.approve(
                row.line.uid,
                version=version_of(version),
                actor=actor(),
                now=moment(),
                key=key and f"{key}:{row.line.uid[:16]}",
            )
            results.append(Result(row, True, "đã duyệt, chuyển bước sau"))
        except DomainError as refusal:
            results.append(Result(row, False, why(refusal)))
    return _table(Form(), results)


def _table(form: Form, results: list[Result] | None = None) -> str:
    me, rows = actor().user_id, _rows()
    held = [row for row in rows if row.line.holder_id == me]
    return render_template(
        "submissions.html",
        form=form,
        results=results or [],
        to_approve=[row for row in held if _to_approve(row.line)],
        to_sign=[row for row in held if row.line.signing],
        mine=[row for row in held if row.line.with_author],
        up=[row for row in rows if row.line.holder_id != me],
    )


def _rows() -> list[Row]:
    words = due_words(today())
    return [Row(line, title_of(line), words(line.due)) for line in on_table(actor())]


def _to_approve(line: SubmissionLine) -> bool:
    mine = line.holder_id == actor().user_id
    return mine and not line.with_author and not line.signing


# --- one proposal ----------------------------------------------------------------------------


@blueprint.get("/<uid>")
def show(uid: str) -> str:
    """A proposal: the case, what is proposed, its rounds, and what this person may do with it."""
    return _page(submission(actor(), uid), Form())


@blueprint.post("/<uid>")
def act(uid: str) -> Response | str | tuple[str, int]:
    """Do what the pressed button says."""
    found = submission(actor(), uid)
    form = Form.posted()
    verb = next((each for each in _VERBS if each.value == request.form.get("_do")), None)
    if verb is None:
        raise NotFound
    schema, renamed, do = _VERBS[verb]
    try:
        given = load(schema, shaped(schema, _renamed(renamed)))
        target = do(uid, given)
    except Invalid as error:
        back = {new: old for old, new in renamed.items()}
        return _page(found, form.refused(_placed(error.fields, back))), 422
    except (Conflict, Forbidden, NotAllowedNow) as error:
        flash(why(error), "error")
        return redirect(_back(uid))
    flash(DONE[verb], "done")
    return redirect(target)


def _renamed(renamed: Mapping[str, str]) -> Any:
    sent = request.form.copy()
    for old, new in renamed.items():
        if old in sent:
            sent.setlist(new, sent.poplist(old))
    return sent


def _back(uid: str) -> str:
    """The proposal if it is still in sight, else one's table."""
    try:
        submission(actor(), uid)
    except NotFound:
        return url_for("submissions.index")
    return url_for("submissions.show", uid=uid)


def _placed(faults: Mapping[str, list[str]], back: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, messages in faults.items():
        here = back.get(name, name)
        known = here in {"opinion", "to", "due", "on", "late_reason", "holder", "because"}
        found.setdefault(here if known else WHOLE, []).extend(messages)
    return found


def _submit(uid: str, given: dict[str, Any]) -> str:
    submissions.submit(uid, to=given.get("to"), opinion=given.get("opinion") or "", **_who(given))
    return _back(uid)


def _approve(uid: str, given: dict[str, Any]) -> str:
    submissions.approve(uid, to=given.get("to"), opinion=given.get("opinion") or "", **_who(given))
    return url_for("submissions.index")


def _send_back(uid: str, given: dict[str, Any]) -> str:
    submissions.send_back(
        uid, opinion=given.get("opinion") or "", due=given.get("due"), **_who(given)
    )
    return url_for("submissions.index")


def _recall(uid: str, given: dict[str, Any]) -> str:
    submissions.recall(uid, reason=given.get("reason") or "", **_who(given))
    return _back(uid)


def _drop(uid: str, given: dict[str, Any]) -> str:
    submissions.drop(uid, reason=given.get("reason") or "", **_who(given))
    return url_for("submissions.index")


def _reassign(uid: str, given: dict[str, Any]) -> str:
    submissions.reassign(uid, given["to"], reason=given.get("reason") or "", **_who(given))
    return _back(uid)


def _sign(uid: str, given: dict[str, Any]) -> str:
    code = sign(
        uid,
        on=given.get("on"),
        opinion=given.get("opinion") or "",
        late_reason=given.get("late_reason"),
        **_who(given),
    )
    return url_for("cases.show", code=code)


def _who(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"version": given["version"], "actor": actor(), "now": moment(), "key": posted_key()}


_AS_OPINION = {"opinion": "reason"}
_VERBS: Mapping[Verdict, tuple[Schema, Mapping[str, str], Callable[[str, dict[str, Any]], str]]] = {
    Verdict.SUBMIT: (MOVE, {}, _submit),
    Verdict.APPROVE: (MOVE, {}, _approve),
    Verdict.SEND_BACK: (SEND_BACK, {}, _send_back),
    Verdict.RECALL: (REASON, _AS_OPINION, _recall),
    Verdict.DROP: (REASON, _AS_OPINION, _drop),
    Verdict.REASSIGN: (REASSIGN, {"holder": "to", "because": "reason"}, _reassign),
    Verdict.SIGN: (SIGN, {}, _sign),
}
"""For each button: what it reads, which inputs of the page it reads under another name, what it does."""


def _page(found: SubmissionShown, form: Form) -> str:
    line = found.line
    open_now = moves(actor(), line.uid, moment())
    page = case_page(actor(), line.case)
    if not form.values:
        form = Form.of({"on": day(found.on or today()), "to": _only(open_now.up)})
    words = due_words(today())
    return render_template(
        "submission.html",
        submission=found,
        line=line,
        case=page,
        title=title_of(line),
        letter=letter_of(line),
        payload=payload_of(found, page),
        due=words(line.due) if line.holder_id else None,
        legal=words(line.legal_due) if line.holder_id and line.legal_due else None,
        form=form,
        may=frozenset(each.value for each in open_now.may),
        moving=bool(open_now.may - {Verdict.REVISE, Verdict.REASSIGN}),
        up=[_option(each) for each in open_now.up],
        instead=_instead(found, open_now, page),
    )


def _only(up: tuple[Approver, ...]) -> str:
    exact = {each.username for each in up if each.exact} or {each.username for each in up}
    return exact.pop() if len(exact) == 1 else ""


def _option(each: Approver) -> Option:
    return Option(each.username, f"{each.name} – {each.title or label(each.role)}")


def _instead(found: SubmissionShown, open_now: Moves, page: CasePage) -> list[Option]:
    if Verdict.REASSIGN not in open_now.may:
        return []
    if found.line.step == 0:
        return options.colleagues(page.agency_id, page.id, today())
    return [_option(each) for each in open_now.instead]


# --- the letter ------------------------------------------------------------------------------


@blueprint.route("/<uid>/van-ban", methods=["GET", "POST"])
def write(uid: str) -> Response | str | tuple[str, int]:
    """The blanks of the letter, by its author."""
    found = submission(actor(), uid)
    line = found.line
    if line.form_key is None:
        raise NotFound
    if Verdict.REVISE not in moves(actor(), uid, moment()).may:
        raise Conflict("Tờ trình này không còn ở chỗ bạn để sửa.")
    blanks = letters.letter_fields(
        actor(), line.case, line.form_key, found.on or today(), action=line.action
    )
    shown = {"submission": found, "line": line, "letter": letter_of(line), "blanks": blanks}
    if request.method == "GET":
        form = Form.of({"fields": shown_values(blanks, found.fields)})
        return render_template("submission_letter.html", form=form, **shown)
    form = Form.posted()
    if request.form.get("_do") == "more":
        return render_template("submission_letter.html", form=form, **shown)
    try:
        typed = letter_from_form([each.field for each in blanks], request.form)
        revise(
            uid,
            found.given,
            letters.changed(blanks, typed),
            on=found.on,
            version=request.form.get("version", 0, type=int),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        names_here = {f"fields.{each.field.name}" for each in blanks}
        rows = tuple(f"{name}." for name in names_here)
        placed = {
            name if name in names_here or name.startswith(rows) else WHOLE: lines
            for name, lines in error.fields.items()
        }
        return render_template("submission_letter.html", form=form.refused(placed), **shown), 422
    flash("Đã sửa nội dung văn bản.", "done")
    return redirect(url_for("submissions.show", uid=uid))


@blueprint.get("/<uid>/du-thao")
def draft(uid: str) -> Response:
    """The draft of the letter as a Word file."""
    line, fields, on = _letter(uid)
    try:
        return handed_out(
            letters.draft_docx(
                actor(), line.case, str(line.form_key), fields, on=on, action=line.action
            )
        )
    except Invalid as error:
        flash(why(error), "error")
        return redirect(url_for("submissions.show", uid=uid))


@blueprint.get("/<uid>/xem")
def preview(uid: str) -> Response | str:
    """The draft of the letter as it will be printed."""
    line, fields, on = _letter(uid)
    try:
        official, values = letters.draft_values(
            actor(), line.case, str(line.form_key), fields, on, action=line.action
        )
        letter = print_page(official, values)
    except Invalid as error:
        flash(why(error), "error")
        return redirect(url_for("submissions.show", uid=uid))
    return render_template(
        "letter_print.html",
        title=official.name,
        back=url_for("submissions.show", uid=uid),
        letter=letter,
    )


def _letter(uid: str) -> tuple[SubmissionLine, Mapping[str, Any], date]:
    """A proposal's letter: whose it is, what was filled in, its day. Raises ``NotFound`` without one."""
    found = submission(actor(), uid)
    if found.line.form_key is None:
        raise NotFound
    return found.line, found.fields, found.on or today()
