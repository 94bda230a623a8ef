"""What the registration page asks while somebody types: keep a draft, read a card, say what the words suggest."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from werkzeug.wrappers import Response

from petitions import idcard
from petitions.errors import Invalid, NotFound
from petitions.idcard import IdCardError
from petitions.queries.seen_before import seen_before
from petitions.services import drafts
from petitions.web import intake_form as typing
from petitions.web.forms import Form
from petitions.web.intake_page import PAGE, asked_while_typing, told
from petitions.web.session import actor, moment, require, to_sign_in, today
from workflows.transition import INTAKE

blueprint = Blueprint("drafts", __name__)

NOT_KEPT = frozenset({"csrf_token", typing.TAKE, "_more", "_mask", "_keep"})

Told = Response | tuple[Response, int]


@blueprint.get("/dang-ky/nhap")
def standing() -> Response:
    """Who is signed in, and the token their forms are sent with now."""
    require(*INTAKE)
    return jsonify(user=actor().user_id, csrf=generate_csrf())


@blueprint.post("/dang-ky/nhap")
def keep() -> Told:
    """Keep what is typed, and say what it suggests."""
    require(*INTAKE)
    form = Form({name: request.form.getlist(name) for name in request.form if name not in NOT_KEPT})
    try:
        kept = drafts.save(
            form.value(typing.DRAFT),
            PAGE,
            form.values,
            actor=actor(),
            now=moment(),
            key=form.value("_once")[:80] or None,
        )
    except Invalid as error:
        return jsonify(message=error.fields["draft"][0]), 413
    except NotFound:
        return jsonify(message="Bản nháp này không phải của bạn."), 404
    return jsonify(kept=kept, hints=_hints(form))


@blueprint.post("/dang-ky/the")
def card() -> Told:
    """The fields of a person as their scanned card says them."""
    require(*INTAKE)
    try:
        return jsonify(typing.card_values(idcard.read(request.form.get("scan", "")[:2_000])))
    except IdCardError as error:
        return jsonify(message=error.message), 422


@blueprint.post("/dang-ky/nhap/<uid>/bo")
def throw_away(uid: str) -> Response:
    """Remove a draft."""
    require(*INTAKE)
    drafts.throw_away(uid, actor=actor())
    flash("Đã xóa bản nháp.", "done")
    return redirect(url_for("intake.register"))


@blueprint.errorhandler(CSRFError)
def stale(_error: CSRFError) -> Told:
    """The script asks for a fresh token and sends again; signed out it is told so."""
    if not current_user.is_authenticated:
        return to_sign_in()
    return jsonify(message="Trang đã mở từ phiên trước."), 400


def _hints(form: Form) -> dict[str, Any]:
    found = told(form)
    drawn = {
        name: render_template("register_hint.html", hint=found.get(name)) for name in typing.TAKEN
    }
    asked = asked_while_typing(form)
    repeats = seen_before(actor(), asked, today()) if asked else ()
    drawn["seen"] = render_template("seen_before.html", form=form, repeats=repeats)
    return drawn
