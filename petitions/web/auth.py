"""Signing in and out, changing hats and the password."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_login import current_user
from werkzeug.wrappers import Response

from petitions.errors import Invalid, TooManyAttempts
from petitions.services import accounts
from petitions.web.forms import Form
from petitions.web.session import WAY_BACK, enter, moment, signed_in, today

blueprint = Blueprint("auth", __name__)


@blueprint.route("/dang-nhap", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Ask for name and password; afterwards go where the person was heading."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(url_for("desk.start"))
        return render_template("sign_in.html", form=Form())
    form = Form.posted(forget=("password",))
    try:
        principal = accounts.authenticate(
            form.value("username"),
            request.form.get("password", ""),
            request.remote_addr or "",
            moment(),
        )
    except TooManyAttempts as error:
        page = render_template("sign_in.html", form=form.refused({"password": [error.message]}))
        return page, 429, {"Retry-After": str(error.retry_after)}
    except Invalid as error:
        return render_template("sign_in.html", form=form.refused(error.fields)), 422
    enter(principal)
    return redirect(cookie.pop(WAY_BACK, None) or url_for("desk.start"))


@blueprint.post("/dang-xuat")
def sign_out() -> Response:
    """End this session."""
    cookie.clear()
    flash("Bạn đã đăng xuất.", "done")
    return redirect(url_for("auth.sign_in"))


@blueprint.post("/vai-tro")
def change_hat() -> Response:
    """Go on in another of one's hats."""
    wanted = request.form.get("hat", type=int)
    me = signed_in()
    if wanted is None or wanted not in {hat.hat_id for hat in me.hats}:
        abort(404)
    changed = accounts.principal(me.user_id, wanted, me.epoch, today())
    if changed is None:
        abort(404)
    enter(changed)
    return redirect(url_for("desk.start"))


@blueprint.route("/mat-khau", methods=["GET", "POST"])
def password() -> Response | str | tuple[str, int]:
    """Choose a new password; other sessions of the person end."""
    form = Form()
    if request.method == "POST":
        me = signed_in()
        old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
        try:
            if new != again:
                raise Invalid.at("again", "Hai lần nhập mật khẩu mới không giống nhau.")
            epoch = accounts.change_password(me.user_id, old, new, moment())
        except TooManyAttempts as error:
            form = form.refused({"old": [error.message]})
        except Invalid as error:
            form = form.refused(error.fields)
        else:
            changed = accounts.principal(me.user_id, me.actor.hat_id, epoch, today())
            if changed is not None:
                enter(changed)
            flash("Đã đổi mật khẩu. Các phiên đăng nhập khác của bạn đã kết thúc.", "done")
            return redirect(url_for("desk.start"))
        return render_template("password.html", form=form), 422
    return render_template("password.html", form=form)
