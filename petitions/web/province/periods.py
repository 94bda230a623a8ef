"""Groups and skipped levels, and the sensitive periods with their weekly lists."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Forbidden, Stale
from petitions.labels import label
from petitions.queries import sensitive as known
from petitions.queries.province.lists import MOST, Sign, before_sessions, groups, level_skipping
from petitions.queries.province.reach import may_keep_periods
from petitions.queries.sensitive import Period, monday
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.sensitive import PERIOD
from petitions.services import sensitive as service
from petitions.text import vn_date
from petitions.web.answers import Answer, answered
from petitions.web.days import due_words
from petitions.web.forms import Form, posted_key, posted_version
from petitions.web.province.door import blueprint, frame, reader
from petitions.web.session import actor, moment, today

WEEKS_BEFORE = 4
"""Offered for a new period."""
SIGNS = {
    Sign.SECURITY: ("⚑", "Nguy cơ an ninh"),
    Sign.CROWD: ("◉", "Đông người"),
    Sign.SKIPPED: ("⇡", "Vượt cấp"),
    Sign.PROLONGED: ("◷", "Kéo dài"),
    Sign.REPEATED: ("↻", "Gửi nhiều lần"),
    Sign.OVERDUE: ("▲", "Quá hạn"),
}


@blueprint.get("/toan-canh/doan-dong", endpoint="groups")
def crowds() -> str:
    """Open cases of groups, and those that skipped a level."""
    me, on = reader(), today()
    return render_template(
        "province_lists.html",
        **frame(),
        crowds=groups(me, on),
        skipped=level_skipping(me, on),
        most=MOST,
        tell=due_words(on),
        signs=SIGNS,
        label=label,
    )


@blueprint.get("/toan-canh/ky-nhay-cam")
def periods() -> str:
    """The sensitive periods, and which list is owed this week."""
    reader()
    on = today()
    return render_template(
        "sensitive.html",
        **frame(),
        periods=known.periods(on),
        on=on,
    )


@blueprint.route("/toan-canh/ky-nhay-cam/moi", methods=["GET", "POST"])
def new_period() -> Answer:
    """Enter a period."""
    _require_keeper()
    if request.method == "GET":
        filled = {
            "starts": vn_date(today() + timedelta(weeks=WEEKS_BEFORE)),
            "weeks_before": WEEKS_BEFORE,
        }
        return _form(None, Form.of(filled))
    return _save(None)


@blueprint.route("/toan-canh/ky-nhay-cam/<uid>/sua", methods=["GET", "POST"])
def change_period(uid: str) -> Answer:
    """Change a period."""
    _require_keeper()
    period = known.period(uid)
    if request.method == "GET":
        filled = {
            "name": period.name, "basis": period.basis, "starts": vn_date(period.starts),
            "ends": vn_date(period.ends), "weeks_before": period.weeks_before,
            "version": period.version,
        }  # fmt: skip
        return _form(period, Form.of(filled))
    return _save(period)


@blueprint.post("/toan-canh/ky-nhay-cam/<uid>/bo")
def drop_period(uid: str) -> Response:
    """Call a period off."""
    _require_keeper()
    try:
        service.drop_period(
            uid, version=posted_version(), actor=actor(), now=moment(), key=posted_key()
        )
    except Stale:
        flash("Kỳ này vừa được người khác sửa; hãy xem lại rồi bỏ nếu vẫn đúng.", "warn")
        return redirect(url_for("province.change_period", uid=uid))
    flash("Đã bỏ kỳ nhạy cảm.", "done")
    return redirect(url_for("province.periods"))


@blueprint.route("/toan-canh/ky-nhay-cam/<uid>/danh-sach", methods=["GET", "POST"])
def weekly_list(uid: str) -> Answer:
    """The list of this week, to be printed; noting that it was drawn up."""
    me, on = reader(), today()
    period = known.period(uid)

    def page(form: Form, **_: object) -> str:
        week = monday(on)
        return render_template(
            "sensitive_list.html",
            **frame(),
            form=form,
            period=period,
            week=week,
            week_ends=week + timedelta(days=6),
            is_owed=period.owed(on) is not None,
            done=period.done(week),
            found=before_sessions(me, on),
            most=MOST,
            tell=due_words(on),
            signs=SIGNS,
            label=label,
            on=on,
        )

    if request.method == "GET":
        return page(Form())

    def send() -> str:
        service.note_list(uid, actor=me, now=moment(), key=posted_key())
        return url_for("province.weekly_list", uid=uid)

    return answered(Form.posted(), page, send, "Đã ghi danh sách tuần này đã lập.")


def _require_keeper() -> None:
    if not may_keep_periods(reader()):
        raise Forbidden(service.NOT_YOURS)


def _save(period: Period | None) -> Answer:
    def send() -> str:
        given, version = load(PERIOD, shaped(PERIOD, request.form))
        service.save_period(
            given, uid=period.uid if period else None, version=version,
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
        return url_for("province.periods")

    form = Form.posted()

    def page(form: Form, *, stale: bool = False) -> str:
        if stale and period:
            form = form.changed({"version": str(period.version)})
        return _form(period, form, stale=stale)

    return answered(form, page, send, "Đã lưu kỳ nhạy cảm.")


def _form(period: Period | None, form: Form, *, stale: bool = False) -> str:
    return render_template(
        "sensitive_form.html", form=form, period=period, stale=stale, drop=Form()
    )
