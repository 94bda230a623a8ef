"""Promises to voters and after questioning: the list, each one, entering them one by one or from a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Forbidden, Invalid
from petitions.installation import installation
from petitions.labels import label
from petitions.queries import promises as known
from petitions.queries.commitment_shapes import Which
from petitions.queries.commitments import leads_met
from petitions.queries.promises import PromiseFilters, PromiseLine
from petitions.schemas.commitments import ABOUT, PROMISE_FILTERS, UNDERTAKING
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import promises as service
from petitions.services.promises import KEEPERS
from petitions.services.promises_import import REQUIRED, Column, import_promises
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.commitments import PARTS, standing
from petitions.web.days import due_words
from petitions.web.downloads import WORKING, table_file
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.narrowing import Narrowed, narrowed
from petitions.web.pages import CASE_WORK, day
from petitions.web.session import actor, moment, require, today
from workflows.commitments import CommitmentKind, Occasion

blueprint = Blueprint("promises", __name__)

UPLOADED = "tep"
"""Name the uploaded table has in messages: what its owner called it is nobody's business here."""
SHEETS = (".xlsx", ".xlsm")
WIDE = {Column.WHAT: 60, Column.ANSWER: 50, Column.LEAD: 30, Column.COOPERATING: 30, Column.CHECKING: 30,
        Column.MADE_AT: 30, Column.AGENCY: 30}  # fmt: skip

SHOWN = ("which", "occasion", "agency", "made_from", "made_to")
"""Filters with a field of their own on the page."""


@blueprint.get("/loi-hua")
def index() -> tuple[str, int]:
    """Promises, the latest first, with how each is kept."""
    require(*CASE_WORK)
    asked = _asked()
    found = known.promises(actor(), asked.filters, today(), asked.page)
    tell = due_words(today())

    text = render_template(
        "promises.html",
        form=asked.form,
        rows=[(each, standing(each.commitment, tell)) for each in found.lines],
        total=found.total,
        **asked.around("promises.index", found.more),
        narrowed=bool(asked.said),
        parts=[Option(each.value, text) for each, text in PARTS.items() if each is not Which.ALL],
        occasions=options.words(Occasion),
        agencies=[Option(code, name) for code, name in leads_met(actor())],
        may_enter=actor().role in KEEPERS,
        file_href=asked.href("promises.index_file"),
    )
    return text, asked.status


@blueprint.get("/loi-hua.xlsx")
def index_file() -> Response:
    """The same list to take along, in the columns the import reads."""
    require(*CASE_WORK)
    filters = _asked().filters
    heads = tuple(Head(column.value, WIDE.get(column, 16)) for column in Column)
    found = known.every(actor(), filters, today())
    return table_file([Sheet("Lời hứa", heads, _cells(found))], "loi-hua")


def _cells(lines: Iterable[PromiseLine]) -> Iterator[tuple[Cell, ...]]:
    for each in lines:
        kept = each.commitment
        yield (
            each.key, each.agency, label(each.occasion), each.made_by, each.made_on, each.made_at,
            each.term, each.meeting, each.field_name, each.place, kept.what, kept.lead,
            "; ".join(each.cooperating), each.checking, kept.due, each.answer, each.answered_on,
            kept.ended_on if kept.status.value == "done" else None,
        )  # fmt: skip


@blueprint.route("/loi-hua/moi", methods=["GET", "POST"])
def new() -> Answer:
    """Enter one promise."""
    require(*KEEPERS)
    if request.method == "GET":
        return _page(None, Form.of({"made_on": day(today())}))
    form = Form.posted()
    faults: dict[str, list[str]] = {}
    about = undertaking = None
    try:
        about = load(ABOUT, shaped(ABOUT, request.form))
    except Invalid as error:
        faults |= error.fields
    try:
        undertaking = load(UNDERTAKING, shaped(UNDERTAKING, _inner(request.form)), "undertaking")
    except Invalid as error:
        faults |= error.fields
    try:
        if about is None or undertaking is None:
            raise Invalid(faults)
        uid = service.enter(about, undertaking, actor=actor(), now=moment(), key=posted_key())
    except Invalid as error:
        return _page(None, form.refused(error.fields)), 422
    flash("Đã ghi lời hứa.", "done")
    return redirect(url_for("promises.show", uid=uid))


def _inner(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The inputs of the commitment under the names its shape knows."""
    prefix = "undertaking."
    return MultiDict(
        (name.removeprefix(prefix), value)
        for name, value in sent.items(multi=True)
        if name.startswith(prefix)
    )


@blueprint.route("/loi-hua/nhap-tep", methods=["GET", "POST"])
def upload() -> Answer:
    """Enter promises from a table; a trial run says first what would be done."""
    require(*KEEPERS)
    if request.method == "GET":
        return _upload_page(Form())
    form = Form.posted()
    trial = "trial" in request.form
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid.at("file", "Chọn tệp CSV hoặc XLSX.")
        folder = installation().settings.data_dir / WORKING
        folder.mkdir(parents=True, exist_ok=True)
        ending = Path(sent.filename).suffix.lower()
        with TemporaryDirectory(dir=folder) as place:
            path = Path(place) / f"{UPLOADED}{ending if ending in SHEETS else '.csv'}"
            sent.save(path)
            counts = import_promises(path, actor=actor(), now=moment(), dry_run=trial)
    except Invalid as error:
        wrong = "file" in error.fields
        found = [] if wrong else [(where, " ".join(each)) for where, each in error.fields.items()]
        shown = error.fields if wrong else {"file": ["Tệp còn chỗ sai nên chưa nhập dòng nào."]}
        return _upload_page(form.refused(shown), lines=found), 422
    words = (
        f"{counts.rows} dòng: {counts.entered} nhập mới, {counts.updated} cập nhật,"
        f" {counts.unchanged} giữ nguyên."
    )
    if trial:
        return _upload_page(form, result=f"Chạy thử, chưa ghi gì. {words}")
    flash(words, "done")
    return redirect(url_for("promises.index"))


@blueprint.get("/loi-hua/<uid>")
def show(uid: str) -> str:
    """One promise with the commitment that keeps it."""
    require(*CASE_WORK)
    shown = known.promise(actor(), uid)
    return render_template(
        "promise.html",
        shown=shown,
        due=standing(shown.commitment, due_words(today())),
        may_change=_may_change(shown),
    )


@blueprint.route("/loi-hua/<uid>/sua", methods=["GET", "POST"])
def change(uid: str) -> Answer:
    """Correct what is known of a promise, or note its answer."""
    shown = known.promise(actor(), uid)
    if not _may_change(shown):
        raise Forbidden("Chỉ cơ quan đã nhập lời hứa sửa được.")
    if request.method == "GET":
        start = {
            "occasion": shown.occasion.value,
            "made_by": shown.made_by,
            "made_on": day(shown.made_on),
            "made_at": shown.made_at,
            "term": shown.term,
            "meeting": shown.meeting,
            "field_code": shown.field_code,
            "place_code": shown.place_code,
            "checking_agency_code": shown.checking_code,
            "answer": shown.answer,
            "answered_on": day(shown.answered_on),
        }
        return _page(shown, Form.of(start))
    form = Form.posted({"version"})

    def send() -> str:
        service.change(
            uid,
            load(ABOUT, shaped(ABOUT, request.form)),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("promises.show", uid=uid)

    return answered(form, partial(_page, shown), send, "Đã sửa lời hứa.")


# --- pages -----------------------------------------------------------------------------------


def _may_change(shown: PromiseLine) -> bool:
    return actor().role in KEEPERS and shown.agency_id == actor().agency_id


def _page(shown: PromiseLine | None, form: Form, *, stale: bool = False) -> str:
    known_version = shown.version if shown else 0
    places = dict(options.communes(actor().agency_id, today()))
    if shown is not None and shown.place_code:
        places.setdefault(shown.place_code, shown.place or shown.place_code)
    return render_template(
        "promise_form.html",
        shown=shown,
        form=form,
        occasions=options.words(Occasion),
        kinds=options.words(CommitmentKind),
        agencies=options.agencies(today()),
        fields=options.fields(today()),
        places=[Option(code, name) for code, name in places.items()],
        version=known_version if stale else request.form.get("version", known_version),
        stale=stale,
    )


def _upload_page(form: Form, *, lines: Iterable[tuple[str, str]] = (), result: str = "") -> str:
    return render_template(
        "promises_upload.html",
        form=form,
        lines=list(lines),
        result=result,
        columns=[(column.value, column in REQUIRED) for column in Column],
    )


def _asked() -> Narrowed[PromiseFilters]:
    return narrowed(PROMISE_FILTERS, PromiseFilters(), SHOWN, "which")
