"""Letters of a case: choosing a form, filling its blanks, preview, draft, handing up; signed ones handed out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config.clock import local_time
from petitions.documents.catalog import forms
from petitions.documents.forms import Form as OfficialForm
from petitions.documents.printing import print_page
from petitions.errors import Conflict, Forbidden, Invalid, NotFound
from petitions.queries.approvers import AUTHORS
from petitions.queries.books import READERS
from petitions.queries.letters import Letters, acts_done, facts_within_reach, letters_of
from petitions.schemas.fields import Day, Shape, load
from petitions.schemas.forms import shaped
from petitions.schemas.letters import letter_from_form
from petitions.services import letters as service
from petitions.services import letters_reading
from petitions.services.evidence import Stored
from petitions.services.letters import LetterField, awaited_acts, names_the_denouncer
from petitions.services.submissions_drafting import propose
from petitions.text import vn_date
from petitions.web.forms import Form, posted_key
from petitions.web.pages import day
from petitions.web.questions import WHOLE
from petitions.web.session import actor, moment, today
from workflows.office import forms_beside
from workflows.vocabulary import Action

blueprint = Blueprint("letters", __name__)

CHOSEN = "mau"
"""The query's name for the form's key."""
PREVIEW, DRAFT, PROPOSE, MORE = "preview", "draft", "propose", "more"


class _DayShape(Shape):
    """The day printed on the document."""

    on = Day(required=True)


_ON = _DayShape()


@dataclass(frozen=True, slots=True)
class Offer:
    """A form a letter may be written with. ``acts`` are those it waits for: it is signed with one of them.
    ``done`` says that its act was done here, ``citizen`` that it is a blank for the citizen to fill in."""

    key: str
    name: str
    base: str
    confirmed: bool
    acts: tuple[Action, ...]
    done: bool
    citizen: bool


@blueprint.get("/ho-so/<code>/van-ban")
def index(code: str) -> str:
    """The signed documents of a case and the forms to write new ones with."""
    found = letters_of(actor(), code)
    every = _offers(found, today())
    offers = [each for each in every if not each.citizen]
    return render_template(
        "letters.html",
        letters=found,
        fitting=[each for each in offers if each.done],
        free=[each for each in offers if not each.done and not each.acts],
        later=[each for each in offers if each.acts],
        blanks=[each for each in every if each.citizen],
        may_write=actor().role in AUTHORS,
        may_read_books=actor().role in READERS,
    )


@blueprint.app_template_global()
def letters_to_write(letters: Letters) -> list[OfficialForm]:
    """Forms of the latest act that no letter was written with since; the case page offers them."""
    written = {each.form_key for each in letters.letters}
    return [
        form
        for form in forms()
        if letters.last_act in form.acts
        and letters.kind in form.kinds
        and form.in_force(today())
        and form.is_issued
        and form.key not in written
        and not _beside(letters, form)
    ]


def _beside(letters: Letters, form: OfficialForm) -> bool:
    """Whether the form belongs to the other instance."""
    return any(
        form.key in forms_beside(action, letters.kind, letters.instance) for action in form.acts
    )


def _offers(letters: Letters, on: date) -> list[Offer]:
    done = acts_done(actor(), letters.code)
    within_reach = facts_within_reach(actor(), letters.code, on)
    found = []
    for form in forms():
        if (
            letters.kind in form.kinds
            and form.in_force(on)
            and form.letterhead != "register"
            and not _beside(letters, form)
        ):
            awaited = awaited_acts(form, done, within_reach)
            found.append(
                Offer(
                    form.key,
                    form.name,
                    form.base,
                    form.confirmed,
                    awaited,
                    done=bool(form.acts & done),
                    citizen=form.letterhead == "citizen",
                )
            )
    return found


@blueprint.route("/ho-so/<code>/van-ban/soan", methods=["GET", "POST"])
def compose(code: str) -> Response | str | tuple[str, int]:
    """Write a letter: its blanks filled from the case, to be looked at, taken along or handed up."""
    found = letters_of(actor(), code)
    on, fault = _day()
    blanks = service.letter_fields(actor(), code, _key(), on)
    if request.method == "GET":
        start = {"on": day(on), "fields": shown_values(blanks, {})}
        return _page(found, blanks, on, Form.of(start))
    form = Form.posted()
    wish = request.form.get("_do", PREVIEW)
    if wish == MORE:
        return _page(found, blanks, on, form)
    try:
        if fault is not None:
            raise fault
        typed = letter_from_form([each.field for each in blanks], request.form)
        return _done(code, service.changed(blanks, typed), on, wish)
    except Invalid as error:
        return _page(found, blanks, on, form.refused(_placed(error, blanks))), 422
    except (Conflict, Forbidden) as error:
        return _page(found, blanks, on, form, warning=error.message), 409


def _done(code: str, fields: Mapping[str, Any], on: date, wish: str) -> Response | str:
    """Do what the pressed button says with the letter as it was typed."""
    if wish == PROPOSE:
        # a letter with a blank left open goes up to nobody
        service.draft_docx(actor(), code, _key(), fields, on=on)
        uid = propose(
            code, None, {}, _key(), fields,
            on=on if on != today() else None, actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
        flash("Đã lập tờ trình kèm dự thảo văn bản.", "done")
        return redirect(url_for("submissions.show", uid=uid))
    reason = request.form.get("reason", "").strip()
    if wish == DRAFT and reason:
        opened = service.opened_draft(
            actor(), code, _key(), fields, on=on, reason=reason, now=moment()
        )
        return handed_out(opened)
    if wish == DRAFT:
        return handed_out(service.draft_docx(actor(), code, _key(), fields, on=on))
    form, values = service.draft_values(actor(), code, _key(), fields, on)
    return render_template(
        "letter_print.html",
        title=form.name,
        back=url_for("letters.compose", code=code, mau=_key()),
        letter=print_page(form, values),
    )


def _placed(error: Invalid, blanks: Sequence[LetterField]) -> dict[str, list[str]]:
    """Faults at the inputs of the page; what has no input stands at the whole."""
    names = {"on", "reason", *(f"fields.{each.field.name}" for each in blanks)}
    rows = tuple(f"fields.{each.field.name}." for each in blanks if each.field.columns)
    placed: dict[str, list[str]] = {}
    for name, messages in error.fields.items():
        here = name if name in names or name.startswith(rows) else WHOLE
        placed.setdefault(here, []).extend(messages)
    return placed


def _page(
    found: Letters, blanks: Sequence[LetterField], on: date, form: Form, warning: str = ""
) -> str:
    official = _official(_key(), on)
    offer = next((each for each in _offers(found, on) if each.key == official.key), None)
    if offer is None:
        raise NotFound
    return render_template(
        "letter.html",
        letters=found,
        official=official,
        blanks=blanks,
        form=form,
        warning=warning,
        acts=offer.acts,
        may_hand_up=official.is_issued and not offer.acts and actor().role in AUTHORS,
        sealed=names_the_denouncer(official, found.kind),
    )


@blueprint.route("/ho-so/<code>/van-ban/<uid>", methods=["GET", "POST"])
def read(code: str, uid: str) -> Response | str | tuple[str, int]:
    """Hand a signed document out; one that names the denouncer asks for a reason first."""
    found = letters_of(actor(), code)
    letter = next((each for each in found.letters if each.uid == uid), None)
    if letter is None:
        raise NotFound
    if not letter.sealed:
        return handed_out(letters_reading.letter_file(uid, actor()))
    if request.method == "GET":
        return _reason(found, letter.name, Form())
    try:
        reason = request.form.get("reason", "")
        return handed_out(
            letters_reading.open_letter(uid, reason=reason, actor=actor(), now=moment())
        )
    except Invalid as error:
        return _reason(found, letter.name, Form.posted().refused(error.fields)), 422


def _reason(found: Letters, name: str, form: Form) -> str:
    return render_template("reason.html", case=found, form=form, paper=name)


def handed_out(paper: Stored) -> Response:
    """A file to be saved, under a name that names nobody."""
    response = Response(paper.data, mimetype=paper.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(paper.name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


# --- the blanks on a page --------------------------------------------------------------------


def shown_values(blanks: Sequence[LetterField], saved: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the inputs of the blanks: what was ``saved``, or else what the case says."""
    return {
        each.field.name: _shown(each.field.type, saved.get(each.field.name, each.value))
        for each in blanks
    }


def _shown(kind: str, value: Any) -> Any:
    if value in (None, "", [], ()):
        return [] if kind == "rows" else ""
    match kind:
        case "day":
            return vn_date(date.fromisoformat(str(value)))
        case "moment":
            return f"{local_time(datetime.fromisoformat(str(value))):%d/%m/%Y %H:%M}"
        case "lines":
            return "\n".join(map(str, value))
        case "rows":
            return [{name: str(cell) for name, cell in row.items() if cell} for row in value]
    return str(value)


def _key() -> str:
    return request.args.get(CHOSEN, "")


def _official(key: str, on: date) -> OfficialForm:
    return next(form for form in forms() if form.key == key and form.in_force(on))


def _day() -> tuple[date, Invalid | None]:
    """The day typed for the document, today where none was; and what is wrong with it."""
    if not request.form.get("on", "").strip():
        return today(), None
    try:
        on: date = load(_ON, shaped(_ON, request.form))["on"]
    except Invalid as error:
        return today(), error
    if on > today():
        return today(), Invalid.at("on", "Ngày này còn ở tương lai.")
    return on, None
