"""Planning sessions of reception, and every step of one: prepared, postponed, cancelled, held, missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from marshmallow import Schema

from petitions.errors import Conflict, Forbidden, Invalid, Stale
from petitions.queries.reception import session_shown
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_shapes import SessionLine
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reception import HELD, PLAN, POSTPONE, PREPARED, REASON
from petitions.services import reception_closing as closing
from petitions.services import reception_sessions as service
from petitions.text import BadDate, parse_vn_date, vn_date
from petitions.web import options
from petitions.web.forms import Form, posted_key, posted_version, whole
from petitions.web.kept import rulebook
from petitions.web.pages import day
from petitions.web.reception.door import (
    NOT_OURS,
    ONE_DAY,
    Answer,
    blueprint,
    places,
    staff,
    username_of,
)
from petitions.web.session import actor, moment, require, today
from workflows.reception import Host, SessionKind, SessionManner, days_of_months, month_of
from workflows.transition import INTAKE
from workflows.vocabulary import Role
from workflows.working_days import CalendarMissing

MONTHS_MOST = 12
"""Months a series of days may reach."""


# --- planning --------------------------------------------------------------------------------


@blueprint.route("/tiep-cong-dan/lich/moi", methods=["GET", "POST"])
def plan() -> Answer:
    """Plan days: typed one by one, or filled in by a rule for some months."""
    require(*INTAKE)
    if request.method == "GET":
        begun = Form.of(
            {
                "kind": SessionKind.PERIODIC.value,
                "manner": SessionManner.OFFICE.value,
                "host": Host.HEAD.value,
                "starts_at": "07:30",
                "ends_at": "11:30",
                "first": f"{today():%m/%Y}",
                "months": "3",
                "host_username": username_of(actor().name) if actor().role is Role.HEAD else "",
            }
        )
        return _plan_page(begun)
    form = Form.posted()
    if "_fill" in request.form:
        filled, moved = _filled(form)
        return _plan_page(filled, moved), 422 if filled.faults else 200
    try:
        given = load(PLAN, shaped(PLAN, request.form))
        uid = service.plan(given, actor=actor(), now=moment(), key=posted_key())
    except Invalid as error:
        return _plan_page(form.refused(error.fields)), 422
    flash(f"Đã lên lịch {len(given.days)} buổi.", "done")
    if len(given.days) == 1:
        return redirect(url_for("reception.session", uid=uid))
    return redirect(url_for("reception.month", thang=f"{min(given.days):%m/%Y}"))


def _filled(form: Form) -> tuple[Form, list[str]]:
    """The form with the days the rule gives, and a sentence for each day off that was moved."""
    faults: dict[str, list[str]] = {}
    typed = map(whole, form.value("numbers").replace(",", " ").split())
    numbers = {each for each in typed if each is not None}
    if not numbers or not all(1 <= each <= 31 for each in numbers):
        faults["numbers"] = ["Ghi các ngày trong tháng, ví dụ: 5, 20."]
    months = whole(form.value("months")) or 0
    if not 1 <= months <= MONTHS_MOST:
        faults["months"] = [f"Ghi số tháng, từ 1 đến {MONTHS_MOST}."]
    try:
        first = month_of(parse_vn_date(form.value("first")).date)[0]
    except BadDate:
        faults["first"] = ["Ghi tháng và năm, ví dụ 12/2026."]
    if faults:
        return form.refused(faults), []
    last = first
    for _ in range(months):
        last = month_of(last)[1] + ONE_DAY
    try:
        found = days_of_months(
            numbers, max(first, today() + ONE_DAY), last - ONE_DAY, rulebook().calendar.is_working
        )
    except CalendarMissing as missing:
        told_missing = f"Chưa có lịch làm việc năm {missing.year}; hãy giảm số tháng."
        return form.refused({"months": [told_missing]}), []
    moved = [
        f"{day(each.moved_from)} là ngày nghỉ, dời sang {day(each.day)}."
        for each in found
        if each.moved_from is not None
    ]
    return form.changed({"days": "\n".join(vn_date(each.day) for each in found)}), moved


def _plan_page(form: Form, moved: list[str] | None = None) -> str:
    return render_template(
        "reception_plan.html",
        form=form,
        moved=moved or [],
        kinds=options.words((SessionKind.PERIODIC, SessionKind.AD_HOC)),
        manners=options.words(SessionManner),
        hosts=options.words(Host),
        staff=staff(),
        places=places(),
    )


# --- the steps of one session ----------------------------------------------------------------


@blueprint.route("/tiep-cong-dan/buoi/<uid>/chuan-bi", methods=["GET", "POST"])
def prepare(uid: str) -> Answer:
    """Posted, invited, tested, recorded: when and where."""
    line = own_session(uid)
    start = {
        "posted_on": day(line.posting.done_on if line.posting else None),
        "posted_at": line.posted_at or "",
        "postponement_posted_on": day(line.postponement_posted_on),
        "invited_on": day(line.invitation.done_on if line.invitation else None),
        "tested_on": day(line.test.done_on if line.test else None),
        "recording": line.recording or "",
    }

    def do(given: Any, version: int) -> str | None:
        service.prepare(uid, given, version=version, actor=actor(), now=moment(), key=posted_key())
        return None

    return step(uid, "prepare", PREPARED, start, do, "Đã ghi việc chuẩn bị buổi tiếp.")


@blueprint.route("/tiep-cong-dan/buoi/<uid>/hoan", methods=["GET", "POST"])
def postpone(uid: str) -> Answer:
    """Another day, the reason, and when that was announced."""

    def do(given: Any, version: int) -> str | None:
        fresh = closing.postpone(
            uid,
            to_day=given["to_day"],
            reason=given["reason"],
            posted_on=given.get("posted_on"),
            version=version,
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("reception.session", uid=fresh)

    start = {"posted_on": day(today())}
    return step(uid, "postpone", POSTPONE, start, do, "Đã hoãn; buổi mới đã có trong lịch.")


@blueprint.route("/tiep-cong-dan/buoi/<uid>/huy", methods=["GET", "POST"])
def cancel(uid: str) -> Answer:
    """Off the schedule, with the reason."""

    def do(given: Any, version: int) -> str | None:
        closing.cancel(
            uid,
            reason=given["reason"],
            version=version,
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return None

    return step(uid, "cancel", REASON, {}, do, "Đã hủy buổi tiếp.")


@blueprint.route("/tiep-cong-dan/buoi/<uid>/ly-do", methods=["GET", "POST"])
def missed(uid: str) -> Answer:
    """Why a planned day passed without reception."""

    def do(given: Any, version: int) -> str | None:
        closing.explain_missed(
            uid,
            reason=given["reason"],
            version=version,
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return None

    start = {"reason": own_session(uid).reason or ""}
    return step(uid, "missed", REASON, start, do, "Đã ghi lý do không tiếp.")


@blueprint.route("/tiep-cong-dan/buoi/<uid>/ket-thuc", methods=["GET", "POST"])
def hold(uid: str) -> Answer:
    """Close the session: who received, who sat in, whether nobody came."""
    line = own_session(uid)
    host = username_of(line.host_name or "")
    start = {"held_by": host, "recording": line.recording or "", "note": line.note}

    def do(given: Any, version: int) -> str | None:
        closing.hold(uid, given, version=version, actor=actor(), now=moment(), key=posted_key())
        return None

    if request.method == "POST" and "_more" in request.form:
        form = Form.posted({"version"})
        return step_page(uid, "hold", form, request.form["version"], False, more=True)
    return step(uid, "hold", HELD, start, do, "Đã kết thúc buổi tiếp.")


def step(
    uid: str,
    name: str,
    schema: Schema,
    start: Mapping[str, object],
    do: Callable[[Any, int], str | None],
    done: str,
) -> Answer:
    """A step of a session: its form, and what to do with it when it was sent."""
    require(*INTAKE)
    line = own_session(uid)
    if line.agency_id != actor().agency_id:
        raise Forbidden(NOT_OURS)
    if request.method == "GET":
        return step_page(uid, name, Form.of(start), str(line.version), False)
    form = Form.posted({"version"})
    version = request.form.get("version", "")
    try:
        given = load(schema, shaped(schema, request.form))
        target = do(given, posted_version())
    except Invalid as error:
        return step_page(uid, name, form.refused(error.fields), version, False), 422
    except Stale:
        fresh = str(own_session(uid).version)
        return step_page(uid, name, form, fresh, True), 409
    except Conflict as error:
        return step_page(uid, name, form, version, False, error.message), 409
    flash(done, "done")
    return redirect(target or url_for("reception.session", uid=uid))


def step_page(
    uid: str,
    name: str,
    form: Form,
    version: str,
    stale: bool,
    warning: str = "",
    *,
    more: bool = False,
) -> str:
    """The form of a step."""
    rows = form.rows("participants", 1 if name == "hold" else 0) + (1 if more else 0)
    return render_template(
        "reception_step.html",
        step=name,
        line=own_session(uid),
        form=form,
        version=version,
        stale=stale,
        warning=warning,
        staff=staff(),
        rows=rows,
    )


def own_session(uid: str) -> SessionLine:
    """The session of a step, as far as this hat sees it. Raises ``NotFound``."""
    require(*READERS)
    return session_shown(actor(), uid, today()).line
