"""Overdue cases put before this body: the list, each with its history, and saying what was done."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Conflict, Invalid
from petitions.queries import escalations as known
from petitions.queries.escalations import Which
from petitions.services.escalations import READERS, acknowledge, see
from petitions.web.days import due_words
from petitions.web.forms import Form, posted_key
from petitions.web.session import actor, moment, require, today

blueprint = Blueprint("escalations", __name__)

PARTS = {
    Which.WAITING: "Chờ cơ quan tôi xử lý",
    Which.ANSWERED: "Đã xử lý",
    Which.ALL: "Tất cả",
}


@blueprint.get("/bao-len")
def index() -> str:
    """What was put before the reader's agency."""
    require(*READERS)
    asked = request.args.get("xem", Which.WAITING.value)
    which = Which(asked) if asked in set(Which) else Which.WAITING
    page = known.notices(actor(), which, after=request.args.get("after"))
    tell = due_words(today())
    return render_template(
        "escalations.html",
        which=which,
        parts=PARTS,
        rows=[(line, tell(line.due)) for line in page.lines],
        after=page.after,
        narrowed="after" in request.args,
    )


@blueprint.route("/bao-len/<uid>", methods=["GET", "POST"])
def show(uid: str) -> Response | str | tuple[str, int]:
    """One notice; its reader's agency says here what it did."""
    form, status = Form(), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            code = acknowledge(
                uid, form.value("done"), actor=actor(), now=moment(), key=posted_key()
            )
            flash(f"Đã ghi kết quả xử lý đối với hồ sơ {code}.", "done")
            return redirect(url_for("escalations.index"))
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        except Conflict as error:
            flash(error.message, "warn")
            status = 409
    shown = known.notice(actor(), uid)
    see(uid, actor=actor(), now=moment())
    mine = shown.notice.agency_id == actor().agency_id and actor().role in READERS
    page = render_template(
        "escalation.html",
        shown=shown,
        form=form,
        due=due_words(today())(shown.notice.due),
        may_answer=mine and shown.notice.acknowledged_on is None,
    )
    return page, status
