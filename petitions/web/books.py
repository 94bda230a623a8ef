"""The books of documents in and out: numbers, sending, proofs of receipt; printed, and taken along as Excel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from petitions.documents.catalog import forms
from petitions.documents.forms import OFFICIAL_LETTER
from petitions.documents.tables import Cell, Head, Sheet
from petitions.errors import Conflict, Invalid
from petitions.labels import label
from petitions.queries import books as query
from petitions.queries import choices
from petitions.queries.books import READERS, BookState, InFilters, InLine, OutFilters, OutLine
from petitions.schemas.fields import Choice, Day, Shape, Text, Whole, YesNo, load
from petitions.schemas.forms import shaped
from petitions.schemas.letters import HANDED, INCOMING, SENT, SERVED
from petitions.services import books_in, books_out, books_scan
from petitions.web import options
from petitions.web.downloads import table_file
from petitions.web.forms import Form, Option, posted_key
from petitions.web.pages import day
from petitions.web.questions import Answered, Ask, Question
from petitions.web.session import actor, moment, require, signed_in, today
from workflows.office import Sending

blueprint = Blueprint("books", __name__)

STATES = {
    BookState.NUMBER: "Chờ cấp số",
    BookState.SENDING: "Chờ gửi",
    BookState.PROOF: "Chờ hồi báo",
    BookState.DONE: "Đã có hồi báo",
}
UNNUMBERED = "Chưa cấp số"
HIDDEN = "(hồ sơ ngoài phạm vi của bạn)"
CONFIDENTIAL = "(tiếp công dân, giữ bí mật)"
OUT_HEADS = (
    Head("Số, ký hiệu", 18), Head("Ngày văn bản", 13), Head("Loại", 16), Head("Trích yếu", 44),
    Head("Nơi nhận", 34), Head("Người ký", 24), Head("Tư cách ký", 18), Head("Đóng dấu", 10),
    Head("Cách gửi", 18), Head("Ngày gửi", 13), Head("Ngày nhận", 13), Head("Hồi báo", 26),
    Head("Hồ sơ", 20), Head("Tình trạng", 16),
)  # fmt: skip
IN_HEADS = (
    Head("Số đến", 9), Head("Ngày đến", 13), Head("Nơi gửi", 34), Head("Số, ký hiệu", 18),
    Head("Ngày văn bản", 13), Head("Trích yếu", 48), Head("Hồ sơ", 20), Head("Giao cho", 24),
)  # fmt: skip


class _OutQuery(Shape):
    """Filters of the outgoing book."""

    year = Whole(2000, 2100)
    state = Choice(BookState)
    type = Text()


class _InQuery(Shape):
    """Filters of the incoming book."""

    year = Whole(2000, 2100)
    arrived_from = Day()
    arrived_to = Day()
    open = YesNo()


_OUT, _IN = _OutQuery(), _InQuery()


@cache
def types() -> dict[str, str]:
    """What a document of each abbreviation is called: QĐ, Quyết định."""
    found = {OFFICIAL_LETTER: "Công văn"}
    for form in forms():
        if form.numbered and form.abbreviation not in found and "{" not in form.title:
            found[form.abbreviation] = form.title.capitalize()
    return found


@cache
def _abbreviations() -> dict[str, str]:
    return {form.key: form.abbreviation for form in forms()}


def type_of(form_key: str) -> str:
    """The type of a document by its form."""
    abbreviation = _abbreviations().get(form_key, "")
    return types().get(abbreviation, abbreviation)


# --- out -------------------------------------------------------------------------------------


@blueprint.get("/so-van-ban/di")
def outgoing() -> str | tuple[str, int]:
    """The outgoing book of the own agency."""
    require(*READERS)
    form = _asked()
    try:
        filters = _out_filters()
    except Invalid as error:
        return _out_page(form.refused(error.fields), query.Page((), None)), 422
    return _out_page(form, query.outgoing(actor(), filters, after=request.args.get("after")))


def _out_page(form: Form, page: query.Page[OutLine]) -> str:
    return render_template(
        "books_out.html",
        form=form,
        lines=page.lines,
        states=STATES,
        choices={
            "year": _years(),
            "type": [Option(each, name) for each, name in types().items()],
            "state": [Option(state.value, text) for state, text in STATES.items()],
        },
        type_of=type_of,
        hidden=HIDDEN,
        confidential=CONFIDENTIAL,
        keeps=query.keeps(actor(), today()),
        next_href=_next("books.outgoing", page.after),
        file_href=url_for("books.outgoing_file", **_without_after()),
        print_href=url_for("books.outgoing_print", **_without_after()),
        paged="after" in request.args,
    )


@blueprint.get("/so-van-ban/di.xlsx")
def outgoing_file() -> Response:
    """The whole outgoing book as filtered, in the order of its numbers, as it is printed."""
    numbered, waiting = _out_parts()
    heading: list[tuple[Cell, ...]] = [(UNNUMBERED,)] if waiting else []
    rows = [*numbered, *heading, *waiting]
    return table_file([Sheet("Sổ văn bản đi", OUT_HEADS, rows)], "so-van-ban-di")


@blueprint.get("/so-van-ban/di/in")
def outgoing_print() -> str:
    """The whole outgoing book as filtered, to be printed."""
    numbered, waiting = _out_parts()
    return _print(
        "Sổ đăng ký văn bản đi", OUT_HEADS, {"": numbered, UNNUMBERED: waiting}, "books.outgoing"
    )


def _out_parts() -> tuple[list[tuple[Cell, ...]], list[tuple[Cell, ...]]]:
    """The lines of the book in number order, and those still without a number."""
    require(*READERS)
    lines = query.outgoing_register(actor(), _out_filters())
    numbered = [_out_row(each) for each in lines if each.state is not BookState.NUMBER]
    waiting = [_out_row(each) for each in lines if each.state is BookState.NUMBER]
    return numbered, waiting


def _out_row(line: OutLine) -> tuple[Cell, ...]:
    return (
        line.number or f"…/{line.symbol}",
        line.issued_on,
        type_of(line.form_key),
        (CONFIDENTIAL if line.of_reception else HIDDEN) if line.hidden else line.subject,
        line.addressees,
        line.signer,
        label(line.capacity),
        "Có" if line.stamped else "",
        "" if line.sent_by is None else label(line.sent_by),
        line.sent_on,
        line.served_on,
        line.proof,
        _of_what(line),
        STATES[line.state],
    )


def _of_what(line: OutLine) -> str | None:
    if line.of_reception:
        return "Tiếp công dân"
    return "Đôn đốc" if line.of_urging and not line.case_code else line.case_code


def _out_filters() -> OutFilters:
    asked = load(_OUT, shaped(_OUT, request.args))
    kind = asked.pop("type", None)
    keys = [key for key, abbreviation in _abbreviations().items() if abbreviation == kind]
    return OutFilters(form_keys=tuple(keys) if kind else None, **asked)


@blueprint.get("/so-van-ban/di/<uid>")
def document(uid: str) -> str:
    """One outgoing document: what the book knows of it, and what is to be noted next."""
    return _document(uid)


def _document(uid: str, form: Form | None = None, warning: str = "") -> str:
    line = query.outgoing_document(actor(), uid)
    start = {"sent_on": day(today()), "served_on": day(today()), "stamped": True}
    return render_template(
        "books_document.html",
        line=line,
        form=form or Form.of(start),
        warning=warning,
        type_of=type_of,
        states=STATES,
        hidden=HIDDEN,
        keeps=query.keeps(actor(), today()),
        sending=options.words(Sending),
        waiting=BookState,
    )


@blueprint.post("/so-van-ban/di/<uid>/so")
def give_number(uid: str) -> AnyResponse | tuple[str, int]:
    """Give the document its number."""

    def do() -> str:
        number = books_out.give_number(
            uid, stamped="true" in request.form.getlist("stamped"),
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
        return f"Đã cấp số {number}."

    return _noted(uid, do)


@blueprint.post("/so-van-ban/di/<uid>/gui")
def sent(uid: str) -> AnyResponse | tuple[str, int]:
    """Note that the document left."""

    def do() -> str:
        given = load(SENT, shaped(SENT, request.form))
        left = books_out.record_sent(uid, given, actor=actor(), now=moment(), key=posted_key())
        return f"Đã ghi việc gửi. {left}".strip()

    return _noted(uid, do)


@blueprint.post("/so-van-ban/di/<uid>/hoi-bao")
def served(uid: str) -> AnyResponse | tuple[str, int]:
    """Note the proof of receipt."""

    def do() -> str:
        given = load(SERVED, shaped(SERVED, request.form))
        left = books_out.record_served(uid, given, actor=actor(), now=moment(), key=posted_key())
        return f"Đã ghi hồi báo. {left}".strip()

    return _noted(uid, do)


@blueprint.post("/so-van-ban/di/<uid>/ban-ky")
def scan(uid: str) -> AnyResponse | tuple[str, int]:
    """Attach the scan of the signed copy."""

    def do() -> str:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise Invalid.at("file", "Chưa chọn tệp.")
        books_scan.attach_scan(
            uid, upload.filename, upload.read(), actor=actor(), now=moment(), key=posted_key()
        )
        return "Đã lưu bản ký quét vào hồ sơ."

    return _noted(uid, do)


def _noted(uid: str, do: Callable[[], str]) -> AnyResponse | tuple[str, int]:
    """Write a note of the clerk and go back to the document; what was typed stays when it is refused."""
    query.outgoing_document(actor(), uid)
    form = Form.posted()
    try:
        told = do()
    except Invalid as error:
        return _document(uid, form.refused(error.fields)), 422
    except Conflict as error:
        return _document(uid, form, warning=error.message), 409
    flash(told, "done")
    return redirect(url_for("books.document", uid=uid))


# --- in --------------------------------------------------------------------------------------


@blueprint.get("/so-van-ban/den")
def incoming() -> str | tuple[str, int]:
    """The incoming book of the own agency."""
    require(*READERS)
    form = _asked()
    try:
        filters = _in_filters()
    except Invalid as error:
        return _in_page(form.refused(error.fields), query.Page((), None)), 422
    return _in_page(form, query.incoming(actor(), filters, after=request.args.get("after")))


def _in_page(form: Form, page: query.Page[InLine]) -> str:
    return render_template(
        "books_in.html",
        form=form,
        lines=page.lines,
        choices={"year": _years()},
        hidden=HIDDEN,
        keeps=query.keeps(actor(), today()),
        next_href=_next("books.incoming", page.after),
        file_href=url_for("books.incoming_file", **_without_after()),
        print_href=url_for("books.incoming_print", **_without_after()),
        paged="after" in request.args,
    )


@blueprint.get("/so-van-ban/den.xlsx")
def incoming_file() -> Response:
    """The whole incoming book as filtered, in the order of its numbers."""
    require(*READERS)
    lines = query.incoming_register(actor(), _in_filters())
    rows: Iterable[tuple[Cell, ...]] = (_in_row(each) for each in lines)
    return table_file([Sheet("Sổ văn bản đến", IN_HEADS, rows)], "so-van-ban-den")


@blueprint.get("/so-van-ban/den/in")
def incoming_print() -> str:
    """The whole incoming book as filtered, to be printed."""
    require(*READERS)
    filters = _in_filters()
    rows = [_in_row(each) for each in query.incoming_register(actor(), filters)]
    return _print(
        "Sổ đăng ký văn bản đến", IN_HEADS, {"": rows}, "books.incoming",
        first=filters.arrived_from, last=filters.arrived_to,
    )  # fmt: skip


def _in_row(line: InLine) -> tuple[Cell, ...]:
    return (
        line.number,
        line.arrived_on,
        line.sender,
        line.reference,
        line.dated_on,
        HIDDEN if line.hidden else line.subject,
        line.case_code,
        line.handed_to,
    )


def _in_filters() -> InFilters:
    return InFilters(**load(_IN, shaped(_IN, request.args)))


@blueprint.route("/so-van-ban/den/moi", methods=["GET", "POST"])
def enter() -> AnyResponse | str | tuple[str, int]:
    """Enter a document that came in."""
    require(*READERS)
    if request.method == "GET":
        return _entry(Form.of({"arrived_on": day(today())}))
    form = Form.posted()
    try:
        given, twice = load(INCOMING, shaped(INCOMING, request.form))
        number = books_in.enter(given, actor=actor(), now=moment(), twice=twice, key=posted_key())
    except Invalid as error:
        return _entry(form.refused(error.fields)), 422
    except Conflict as error:
        return _entry(form, doubt=error.message), 409
    flash(f"Đã vào sổ, số đến {number}.", "done")
    return redirect(url_for("books.incoming"))


def _entry(form: Form, doubt: str = "") -> str:
    own = actor().agency_id
    return render_template(
        "books_entry.html",
        form=form,
        doubt=doubt,
        agencies=[
            Option(each.code, each.name) for each in choices.agencies(today()) if each.id != own
        ],
        bodies=[Option(name, name) for name in choices.outside_bodies()],
        colleagues=_colleagues(),
        keeps=query.keeps(actor(), today()),
    )


@blueprint.route("/so-van-ban/den/<int:year>/<int:number>/giao", methods=["GET", "POST"])
def hand_to(year: int, number: int) -> Answered:
    """Note who an entered document was handed to."""
    require(*READERS)
    question = Question(
        title=f"Giao văn bản số đến {number}/{year}",
        asks=[Ask("select", "handed_to", "Giao cho", required=True, options=_colleagues())],
        button="Giao",
        back=url_for("books.incoming"),
        back_text="Sổ văn bản đến",
    )

    def do() -> None:
        given = load(HANDED, shaped(HANDED, request.form))
        books_in.hand_to(
            number, year, given["handed_to"], actor=actor(), now=moment(), key=posted_key()
        )

    return question.answer({}, do, "Đã ghi người nhận.")


def _colleagues() -> list[Option]:
    return options.staff(actor().agency_id, today())


# --- both ------------------------------------------------------------------------------------


def _print(
    title: str,
    heads: Sequence[Head],
    parts: Mapping[str, Sequence[tuple[Cell, ...]]],
    back: str,
    *,
    first: date | None = None,
    last: date | None = None,
) -> str:
    """A book on paper: every line under the heading of its part, the columns' headings on each sheet."""
    shown = {
        heading: [[day(cell) if isinstance(cell, date) else cell for cell in row] for row in rows]
        for heading, rows in parts.items()
        if rows
    }
    me = signed_in()
    return render_template(
        "books_print.html",
        title=title,
        agency=next(hat.agency for hat in me.hats if hat.hat_id == me.actor.hat_id),
        year=request.args.get("year", ""),
        first=first,
        last=last,
        heads=heads,
        parts=shown,
        back=url_for(back, **_without_after()),
    )


def _asked() -> Form:
    return Form({name: request.args.getlist(name) for name in request.args if name != "after"})


def _years() -> list[Option]:
    found = {*query.years(actor()), today().year}
    return [Option(str(year), str(year)) for year in sorted(found, reverse=True)]


def _without_after() -> dict[str, Any]:
    return {name: each for name, each in request.args.items() if name != "after" and each}


def _next(endpoint: str, after: str | None) -> str | None:
    return None if after is None else url_for(endpoint, **_without_after(), after=after)
