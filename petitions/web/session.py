"""Who is signed in on these pages, and that nobody else gets past the door.

The session cookie holds person, hat and the epoch of the person's sessions; what they may do is
looked up anew for every request, so a disabled account or an ended hat is out at the next click.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

import structlog
from flask import Flask, abort, flash, g, redirect, request, url_for
from flask import session as cookie
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from config import clock
from config.extensions import login_manager
from petitions.services import accounts
from petitions.services.accounts import Principal
from workflows.vocabulary import Actor, Role

OPEN_TO_ALL = frozenset(
    {
        "auth.sign_in",
        "health.live",
        "health.ready",
        "lookup.rate",
        "lookup.show",
        "metrics.show",
        "static",
    }
)
"""Routes that answer without a sign-in; every other page asks for one. The API has its own door."""
BEFORE_NEW_PASSWORD = frozenset({"auth.password", "auth.sign_out"})
WAY_BACK, KEYS_OFF = "way_back", "keys_off"


class SignedIn:
    """A principal in the shape Flask-Login wants."""

    is_authenticated = is_active = True
    is_anonymous = False

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    def get_id(self) -> str:
        """Person, hat and epoch: what the cookie holds."""
        return f"{self.principal.user_id}:{self.principal.actor.hat_id}:{self.principal.epoch}"


def attach(app: Flask) -> None:
    """Load whoever the cookie names and ask everybody else to sign in."""
    login_manager.user_loader(_load)
    login_manager.session_protection = None  # address changes are common behind office proxies

    @app.before_request
    def door() -> Response | None:
        if request.path.startswith("/api/") or request.endpoint in OPEN_TO_ALL:
            return None
        if not current_user.is_authenticated:
            return to_sign_in()
        principal = signed_in()
        structlog.contextvars.bind_contextvars(
            user_id=principal.user_id, hat_id=principal.actor.hat_id
        )
        if principal.must_change_password and request.endpoint not in BEFORE_NEW_PASSWORD:
            flash("Hãy đặt mật khẩu mới trước khi làm việc tiếp.", "warn")
            return redirect(url_for("auth.password"))
        return None


def to_sign_in() -> Response:
    """The way to the sign-in page, remembering a page that was only to be looked at; scripts get a 401."""
    if request.accept_mimetypes.best == "application/json":
        return Response(status=401)
    if request.method == "GET" and request.url_rule is not None:
        cookie[WAY_BACK] = request.path
    if request.method == "POST":
        flash("Phiên làm việc đã hết. Hãy đăng nhập lại; nội dung vừa gửi chưa được lưu.", "warn")
    return redirect(url_for("auth.sign_in"))


def enter(principal: Principal) -> None:
    """Begin a session in a fresh cookie: nothing of whoever used this browser before remains."""
    way_back = cookie.get(WAY_BACK)
    cookie.clear()
    cookie.permanent = True
    if way_back:
        cookie[WAY_BACK] = way_back
    login_user(SignedIn(principal))


def signed_in() -> Principal:
    """The person of this request."""
    return cast(Principal, current_user.principal)


def actor() -> Actor:
    """The person of this request in their present hat."""
    return signed_in().actor


def require(*roles: Role) -> None:
    """Answer 403 unless the present hat is one of ``roles``."""
    if actor().role not in roles:
        abort(403)


def moment() -> datetime:
    """The instant of this request, read once."""
    if "moment" not in g:
        g.moment = clock.now()
    return cast(datetime, g.moment)


def today() -> date:
    """The Vietnamese day of this request."""
    return clock.local_day(moment())


def _load(stored: str) -> SignedIn | None:
    try:
        user_id, hat_id, epoch = (int(part) for part in stored.split(":"))
    except ValueError:
        return None
    found = accounts.principal(user_id, hat_id, epoch, today())
    return None if found is None else SignedIn(found)
