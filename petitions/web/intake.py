"""Registering a petition on one page: typed, corrected, masked where the law hides a name, saved."""

from __future__ import annotations

from collections import defaultdict

from flask import Blueprint, flash, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from petitions.errors import Invalid, Leak
from petitions.queries import prefill
from petitions.queries.drafts import own_draft
from petitions.queries.seen_before import needs_reason
from petitions.schemas.registration import load_form
from petitions.services import checks, drafts
from petitions.services.intake import register as register_petition
from petitions.services.registration import Beside, Registration, Upload
from petitions.web import intake_form as typing
from petitions.web.cards import read_cards
from petitions.web.forms import Form, posted_key
from petitions.web.intake_page import PAGE, Shown, drawn, fresh, repeats_of
from petitions.web.masking import leaked, masked, text_at
from petitions.web.session import actor, moment, require, to_sign_in
from workflows.transition import INTAKE

blueprint = Blueprint("intake", __name__)

Answer = Response | str | tuple[str, int]


@blueprint.route("/dang-ky", methods=["GET", "POST"])
def register() -> Answer:
    """The registration form; rows, scans, suggestions, drafts, masking and saving are its buttons."""
    require(*INTAKE)
    if request.method == "GET":
        return drawn(_begun(), Shown(drafts=True))
    inputs = request.form.copy()
    scanned = read_cards(inputs, "parties", typing.card_values)
    form = typing.typed(inputs)
    if scanned is not None:
        return drawn(form.refused(scanned)), 422 if scanned else 200
    if "_keep" in request.form:
        return _keep(form)
    if "_more" in request.form:
        return drawn(form, Shown(more=request.form["_more"]))
    if typing.TAKE in request.form:
        return drawn(typing.taken(form, request.form))
    if "_mask" in request.form:
        return drawn(masked(form) or form, Shown(masked=masked(form) is not None))
    return _save(form, inputs)


@blueprint.errorhandler(CSRFError)
def refused(_error: CSRFError) -> Answer:
    """A page opened in an earlier session of the same person: the typing comes back with a fresh token."""
    if not current_user.is_authenticated:
        return to_sign_in()
    require(*INTAKE)
    return drawn(typing.typed(request.form), Shown(reopened=True)), 400


def _begun() -> Form:
    """A draft taken up again, the visit before, the next of a group, or an empty form."""
    asked = request.args
    if "draft" in asked:
        draft = own_draft(actor(), PAGE, asked["draft"], moment())
        once = (draft.values.get("_once") or [""])[0] or None
        form = Form(
            {name: each for name, each in draft.values.items() if name != "_once"}, once=once
        )
        return form.changed({typing.DRAFT: draft.uid})
    if "visit" in asked:
        return fresh(prefill.from_visit(actor(), asked["visit"]))
    if "like" in asked:
        return fresh(prefill.next_member(actor(), asked["like"]))
    return fresh()


def _keep(form: Form) -> Answer:
    try:
        kept = drafts.save(
            form.value(typing.DRAFT),
            PAGE,
            {**form.values, "_once": [form.once]},
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        return drawn(form.refused({"content": error.fields["draft"]})), 422
    if not kept:
        flash("Đơn này đã được đăng ký, không cần lưu nháp.", "warn")
        return redirect(url_for("intake.register"))
    return drawn(form, Shown(kept=True))


def _save(form: Form, inputs: MultiDict[str, str]) -> Answer:
    typing.name_papers(inputs)
    typing.second_instance(form, inputs)
    files = typing.uploads()
    place = typing.resolve_place(form, inputs)
    faults = {typing.PLACE: [place.fault]} if place.fault else {}
    given = None
    try:
        given = load_form(inputs)
        if faults:
            raise Invalid(faults)
        beside = _beside(form, files)
        repeats = repeats_of(given, form)
        if needs_reason(repeats):
            told = {typing.SEEN_REASON: ["Chọn hồ sơ liên quan, hoặc ghi lý do vẫn đăng ký mới."]}
            shown = Shown(place=place, repeats=repeats)
            return drawn(form.refused(typing.findable(told, form, files)), shown), 422
        code = register_petition(
            given, actor=actor(), now=moment(), key=posted_key(), beside=beside
        )
    except Leak as error:
        return _leaking(form, given, error, files), 422
    except Invalid as error:
        told = typing.findable({**error.fields, **faults}, form, files)
        return drawn(form.refused(told), Shown(place=place)), 422
    flash(_done(code), "done")
    return redirect(url_for("cases.show", code=code))


def _done(code: str) -> Markup:
    """The code, and the slip one key away: the button belongs to the case page's own form."""
    slip = Markup(
        '<button class="btn btn-sm btn-primary" form="in-phieu" autofocus>In phiếu hẹn</button>'
    )
    return Markup("Đã đăng ký. Mã hồ sơ: {}. ").format(code) + slip


def _leaking(form: Form, given: Registration | None, error: Leak, files: tuple[Upload, ...]) -> str:
    text = text_at(checks.cleaned(given, defaultdict(list)), error.field)
    marked = form.refused(typing.findable(error.fields, form, files))
    return drawn(marked.changed({error.field: text}), Shown(leak=leaked(error, text)))


def _beside(form: Form, files: tuple[Upload, ...]) -> Beside:
    how, code = typing.linked(form)
    return Beside(
        draft=form.value(typing.DRAFT) or None,
        visit=form.value(typing.VISIT) or None,
        uploads=files,
        related_to=code if how == typing.LINKED else None,
        repeat_reason=form.value(typing.SEEN_REASON).strip() or None,
    )
