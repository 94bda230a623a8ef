"""Papers of reception: refusal, conclusion notice and receipt, from the blanks to the book."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.documents.printing import print_page
from petitions.errors import Conflict, Forbidden, Invalid, NotAllowedNow, Stale
from petitions.queries import books
from petitions.queries.reception_papers import (
    PaperLine,
    latest_papers,
    paper_shown,
    papers_of_session,
    papers_of_visit,
    refusals_owed,
    waiting_papers,
)
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.letters import letter_from_form
from petitions.schemas.reception_papers import SENDING, SIGNATURE, TASKS, VERSION
from petitions.services import reception_papers as service
from petitions.services import reception_papers_book as book
from petitions.services import reception_papers_reading as reading
from petitions.services.letters_draft import LetterField
from petitions.services.reception_papers import About, Blanks
from petitions.services.reception_papers_due import signs
from petitions.services.reception_papers_form import CONCLUSION, REFUSAL, Task
from petitions.text import vn_date
from petitions.web import options
from petitions.web.days import due_words
from petitions.web.forms import Form, Option, posted_key
from petitions.web.letters import handed_out, shown_values
from petitions.web.pages import day
from petitions.web.questions import WHOLE
from petitions.web.reception.door import tabs
from petitions.web.session import actor, moment, require, today
from workflows.office import SigningCapacity
from workflows.reception import NoticeState

blueprint = Blueprint("reception_papers", __name__)

NAMES = {REFUSAL: "Thông báo từ chối tiếp công dân", CONCLUSION: "Thông báo kết luận"}
PRINT, FILE, MORE = "print", "file", "more"
RECEIPT_ROWS = 3
"""Rows the receipt begins with."""
NO_DUE_AFTER = frozenset({NoticeState.SIGNED, NoticeState.DROPPED})


@blueprint.get("/tiep-cong-dan/van-ban")
def index() -> str:
    """What waits for a signature, refusals still owed, and the papers signed last."""
    require(*books.READERS)
    return render_template(
        "reception_papers.html",
        tabs=tabs("reception_papers.index"),
        waiting=waiting_papers(actor()),
        owed=refusals_owed(actor()),
        signed=latest_papers(actor()),
        names=NAMES,
        tell=due_words(today()),
        may_write=actor().role in service.WRITERS,
    )


@blueprint.app_template_global()
def reception_papers_of_visit(uid: str) -> tuple[PaperLine, ...]:
    """The papers of a visit, for its page."""
    return papers_of_visit(actor(), uid)


@blueprint.app_template_global()
def reception_papers_of_session(uid: str) -> tuple[PaperLine, ...]:
    """The papers of a session and its visits, for its page."""
    return papers_of_session(actor(), uid)


@blueprint.app_template_global()
def may_conclude_visit(uid: str) -> bool:
    """Whether the reader may draft the conclusion notice of a visit."""
    return service.may_conclude_visit(uid, actor())


@blueprint.app_template_global()
def reception_paper_name(form_key: str) -> str:
    """What a paper of reception is called."""
    return NAMES[form_key]


# --- writing ---------------------------------------------------------------------------------


@blueprint.route("/tiep-cong-dan/luot/<uid>/tu-choi", methods=["GET", "POST"])
def refuse(uid: str) -> Response | str | tuple[str, int]:
    """Draft the refusal of a visit (form 01/TCD)."""
    return _compose(About(visit_uid=uid), REFUSAL)


@blueprint.route("/tiep-cong-dan/luot/<uid>/ket-luan", methods=["GET", "POST"])
def conclude_visit(uid: str) -> Response | str | tuple[str, int]:
    """Draft the conclusion notice of one citizen's visit."""
    return _compose(About(visit_uid=uid), CONCLUSION)


@blueprint.route("/tiep-cong-dan/buoi/<uid>/ket-luan", methods=["GET", "POST"])
def conclude_session(uid: str) -> Response | str | tuple[str, int]:
    """Draft the conclusion notice of a session as a whole."""
    return _compose(About(session_uid=uid), CONCLUSION)


def _compose(about: About, form_key: str) -> Response | str | tuple[str, int]:
    require(*service.WRITERS)
    there = next((each for each in _papers(about) if each.form_key == form_key), None)
    if there is not None and request.method == "GET":
        return redirect(url_for("reception_papers.show", uid=there.uid))
    blanks = service.blanks_for(about, form_key, actor=actor(), on=today())

    def do(fields: Mapping[str, Any], tasks: Sequence[Task]) -> str:
        return service.draft_paper(
            about, form_key, fields, tasks, actor=actor(), now=moment(), key=posted_key()
        )

    return _written(blanks, request.path, do)


def _papers(about: About) -> list[PaperLine]:
    """The papers there are of just this visit, or of the session as a whole."""
    if about.visit_uid is not None:
        return list(papers_of_visit(actor(), about.visit_uid))
    found = papers_of_session(actor(), about.session_uid or "")
    return [each for each in found if each.visit_uid is None]


@blueprint.route("/tiep-cong-dan/van-ban/<uid>/sua", methods=["GET", "POST"])
def change(uid: str) -> Response | str | tuple[str, int]:
    """Write a draft anew."""
    require(*service.WRITERS)
    paper = paper_shown(actor(), uid)
    blanks = service.blanks_again(uid, actor=actor(), on=today())

    def do(fields: Mapping[str, Any], tasks: Sequence[Task]) -> str:
        version = load(VERSION, shaped(VERSION, request.form))["version"]
        service.change_paper(
            uid, fields, tasks, version=version, actor=actor(), now=moment(), key=posted_key()
        )
        return uid

    return _written(blanks, request.path, do, paper)


def _written(
    blanks: Blanks,
    path: str,
    do: Callable[[Mapping[str, Any], Sequence[Task]], str],
    paper: PaperLine | None = None,
) -> Response | str | tuple[str, int]:
    if request.method == "GET":
        start = {
            "fields": shown_values(blanks.fields, blanks.kept),
            "tasks": _shown_tasks(blanks.tasks),
            "version": paper.version if paper else 1,
        }
        return _form_page(blanks, path, Form.of(start), paper)
    form = Form.posted()
    if request.form.get("_do") == MORE:
        return _form_page(blanks, path, form, paper)
    try:
        typed = letter_from_form([each.field for each in blanks.fields], request.form)
        # a blank that came empty was emptied
        fields = {each.field.name: typed.get(each.field.name, "") for each in blanks.fields}
        tasks = [each for each in load(TASKS, shaped(TASKS, request.form)).get("tasks", ()) if each]
        uid = do(fields, tasks if blanks.form.key == CONCLUSION else ())
    except Invalid as error:
        faults = _placed(error, blanks.fields)
        return _form_page(blanks, path, form.refused(faults), paper), 422
    except (Conflict, Forbidden, NotAllowedNow, Stale) as error:
        return _form_page(blanks, path, form, paper, warning=error.message), 409
    flash("Đã lưu dự thảo, chờ ký.", "done")
    return redirect(url_for("reception_papers.show", uid=uid))


def _shown_tasks(tasks: Sequence[Task]) -> list[dict[str, str]]:
    return [
        {
            "what": each.what,
            "lead_agency_code": each.lead_agency_code,
            "cooperating": next(iter(each.cooperating), ""),
            "also_cooperating": each.cooperating[1] if len(each.cooperating) > 1 else "",
            "due": vn_date(each.due) if each.due else "",
            "reports_to": each.reports_to,
        }
        for each in tasks
    ]


def _form_page(
    blanks: Blanks, path: str, form: Form, paper: PaperLine | None, warning: str = ""
) -> str:
    return render_template(
        "reception_paper_form.html",
        official=blanks.form,
        name=NAMES[blanks.form.key],
        blanks=blanks.fields,
        path=path,
        form=form,
        paper=paper,
        warning=warning,
        gives_tasks=blanks.form.key == CONCLUSION,
        agencies=options.agencies(today()),
    )


def _placed(error: Invalid, blanks: Sequence[LetterField]) -> dict[str, list[str]]:
    """Faults at the inputs of the page; what has no input stands at the whole."""
    names = {f"fields.{each.field.name}" for each in blanks} | {"originals_known"}
    rows = ("tasks.", *(f"fields.{each.field.name}." for each in blanks if each.field.columns))
    placed: dict[str, list[str]] = {}
    for name, messages in error.fields.items():
        here = name if name in names or name.startswith(rows) else WHOLE
        placed.setdefault(here, []).extend(messages)
    return placed


# --- one paper -------------------------------------------------------------------------------


@blueprint.get("/tiep-cong-dan/van-ban/<uid>")
def show(uid: str) -> str:
    """A paper: what it says, where it stands, what is to be done with it next."""
    return _show(uid)


def _show(uid: str, form: Form | None = None, warning: str = "") -> str:
    paper = paper_shown(actor(), uid)
    read = reading.read_paper(uid, actor=actor(), on=today())
    me, mine = actor(), paper.agency_id == actor().agency_id
    start = {"on": day(today()), "sent_on": day(today()), "version": paper.version}
    return render_template(
        "reception_paper.html",
        paper=paper,
        read=read,
        name=NAMES[paper.form_key],
        form=form or Form.of(start),
        warning=warning,
        due=None if paper.state in NO_DUE_AFTER else due_words(today())(paper.due),
        states=NoticeState,
        head=SigningCapacity.HEAD,
        may_write=mine and me.role in service.WRITERS,
        may_sign=mine and signs(me, paper.agency_id, paper.form_key, today()),
        keeps=mine and books.keeps(me, today()),
    )


@blueprint.get("/tiep-cong-dan/van-ban/<uid>/in")
def printed(uid: str) -> str:
    """A paper as a page to print."""
    read = reading.read_paper(uid, actor=actor(), on=today())
    return render_template(
        "letter_print.html",
        title=read.form.name,
        back=url_for("reception_papers.show", uid=uid),
        letter=print_page(read.form, read.values),
    )


@blueprint.get("/tiep-cong-dan/van-ban/<uid>/tep")
def file(uid: str) -> Response:
    """A paper as a Word file."""
    return handed_out(reading.paper_file(uid, actor=actor(), on=today()))


@blueprint.post("/tiep-cong-dan/van-ban/<uid>/ky")
def sign(uid: str) -> Response | tuple[str, int]:
    """Sign a draft."""

    def do() -> str:
        given = load(SIGNATURE, shaped(SIGNATURE, request.form))
        service.sign_paper(
            uid, on=given.get("on"), version=given["version"], actor=actor(), now=moment(),
            key=posted_key(),
        )  # fmt: skip
        return "Đã ký; văn bản chờ văn thư cấp số."

    return _noted(uid, do)


@blueprint.post("/tiep-cong-dan/van-ban/<uid>/bo")
def drop(uid: str) -> Response | tuple[str, int]:
    """Put a draft aside."""

    def do() -> str:
        version = load(VERSION, shaped(VERSION, request.form))["version"]
        service.drop_paper(uid, version=version, actor=actor(), now=moment(), key=posted_key())
        return "Đã bỏ dự thảo."

    return _noted(uid, do)


@blueprint.post("/tiep-cong-dan/van-ban/<uid>/so")
def number(uid: str) -> Response | tuple[str, int]:
    """Give a signed paper its number in the outgoing book."""
    return _noted(
        uid,
        lambda: (
            f"Đã cấp số {book.number_paper(uid, actor=actor(), now=moment(), key=posted_key())}."
        ),
    )


@blueprint.post("/tiep-cong-dan/van-ban/<uid>/gui")
def sent(uid: str) -> Response | tuple[str, int]:
    """Note the day a paper left."""

    def do() -> str:
        given = load(SENDING, shaped(SENDING, request.form))
        book.record_paper_sent(uid, given["sent_on"], actor=actor(), now=moment(), key=posted_key())
        return "Đã ghi ngày gửi."

    return _noted(uid, do)


def _noted(uid: str, do: Callable[[], str]) -> Response | tuple[str, int]:
    """Do something with a paper and go back to it; what was typed stays when it is refused."""
    paper_shown(actor(), uid)
    form = Form.posted()
    try:
        told = do()
    except Invalid as error:
        known = {"on", "sent_on"}
        faults = {
            name if name in known else WHOLE: messages for name, messages in error.fields.items()
        }
        return _show(uid, form.refused(faults)), 422
    except (Conflict, Stale) as error:
        return _show(uid, form, warning=error.message), 409
    flash(told, "done")
    return redirect(url_for("reception_papers.show", uid=uid))


# --- the receipt -----------------------------------------------------------------------------


@blueprint.route("/tiep-cong-dan/luot/<uid>/bien-nhan", methods=["GET", "POST"])
def receipt(uid: str) -> Response | str | tuple[str, int]:
    """The receipt of papers handed over at a visit (form 02/TCD), printed at once and kept nowhere."""
    official, blanks = reading.receipt_blanks(uid, actor=actor(), now=moment())
    if request.method == "GET":
        return _receipt_page(uid, official, blanks, Form.of({"fields": shown_values(blanks, {})}))
    form, wish = Form.posted(), request.form.get("_do", PRINT)
    if wish == MORE:
        return _receipt_page(uid, official, blanks, form, more=1)
    known = "true" in request.form.getlist("originals_known")
    given: dict[str, Any] = {"originals_known": known, "actor": actor(), "now": moment()}
    try:
        fields = letter_from_form([each.field for each in blanks], request.form)
        if wish == FILE:
            return handed_out(reading.receipt_file(uid, fields, **given))
        _, values = reading.receipt_values_of(uid, fields, **given)
        letter = print_page(official, values)
    except Invalid as error:
        refused = form.refused(_placed(error, blanks))
        return _receipt_page(uid, official, blanks, refused), 422
    return render_template(
        "letter_print.html",
        title=official.name,
        back=url_for("reception_papers.receipt", uid=uid),
        letter=letter,
    )


def _receipt_page(
    uid: str, official: Any, blanks: Sequence[LetterField], form: Form, more: int = 0
) -> str:
    items = next(each for each in blanks if each.field.name == "items")
    return render_template(
        "reception_receipt.html",
        uid=uid,
        official=official,
        blanks=[each for each in blanks if each is not items],
        items=replace(items.field, columns=()),
        rows=max(RECEIPT_ROWS, form.rows("fields.items") + more),
        copies=[Option(each, each.capitalize()) for each in reading.COPIES],
        form=form,
    )
