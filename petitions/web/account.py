"""One's own account: which hat comes first, and access for other programs."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Invalid
from petitions.queries.people import tokens
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import accounts
from petitions.services.hats import choose_default
from petitions.web.forms import Form, posted_key
from petitions.web.session import actor, moment, signed_in
from petitions.web.shapes import TOKEN

blueprint = Blueprint("account", __name__)


@blueprint.get("/tai-khoan")
def show() -> str:
    """Hats and tokens of the person."""
    return _page(Form.of({"days": 90}))


@blueprint.post("/tai-khoan/mac-dinh")
def default_hat() -> Response:
    """Choose the hat worn after sign-in."""
    wanted = request.form.get("hat", type=int)
    if wanted is None:
        abort(404)
    choose_default(wanted, actor=actor(), now=moment(), key=posted_key())
    flash("Đã đổi vai trò mặc định.", "done")
    return redirect(url_for("account.show"))


@blueprint.post("/tai-khoan/khoa")
def new_token() -> str | tuple[str, int]:
    """Make a token for the present hat; it is shown on this page once and nowhere again."""
    form = Form.posted()
    try:
        given = load(TOKEN, shaped(TOKEN, request.form))
        token = accounts.new_token(actor(), given["label"], given["days"], moment())
    except Invalid as error:
        return _page(form.refused(error.fields)), 422
    return _page(Form.of({"days": 90}), token=token)


@blueprint.post("/tai-khoan/khoa/<int:token_id>")
def revoke_token(token_id: int) -> Response:
    """End a token."""
    accounts.revoke_token(actor(), token_id, moment())
    flash("Đã thu hồi khóa truy cập.", "done")
    return redirect(url_for("account.show"))


def _page(form: Form, token: str = "") -> str:
    return render_template(
        "account.html",
        form=form,
        me=signed_in(),
        tokens=tokens(actor()),
        token=token,
        now=moment(),
    )
