"""Requests to meet the leader, and the quota of days a head receives in person."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from petitions.errors import Conflict, Invalid, Stale
from petitions.queries import meetings as known
from petitions.queries.quota import quota_months
from petitions.queries.reception_reach import READERS
from petitions.queries.reception_shapes import QuotaLine, QuotaMonth
from petitions.services import meetings as service
from petitions.web.days import Due, due_words
from petitions.web.forms import Form, posted_key, posted_version
from petitions.web.reception.door import ONE_DAY, Answer, asked_month, blueprint, tabs
from petitions.web.session import actor, moment, require, today
from workflows.reception import MeetingStatus, QuotaStanding, month_of
from workflows.transition import INTAKE

MONTHS = 6
"""Months the quota page looks back."""
BAR = 120
"""Width of a picture of the quota, in pixels."""


@blueprint.get("/tiep-cong-dan/gap-lanh-dao")
def meetings() -> str:
    """Who asked to meet the leader; what waits for an answer stands first."""
    require(*READERS)
    typed = request.args.get("tinh_trang", "")
    chosen = next((each for each in MeetingStatus if each.value == typed), None)
    tell = due_words(today())
    lines = known.meeting_requests(actor(), chosen)
    return render_template(
        "reception_meetings.html",
        tabs=tabs("reception.meetings"),
        lines=[(each, tell(each.result_due)) for each in lines],
        states=list(MeetingStatus),
        chosen=chosen,
        may_keep=actor().role in INTAKE,
    )


@blueprint.route("/tiep-cong-dan/gap-lanh-dao/<uid>", methods=["GET", "POST"])
def meeting(uid: str) -> Answer:
    """Yes in a session that has room, or no with the reason."""
    require(*INTAKE)
    line = known.meeting_request(actor(), uid)
    if request.method == "GET":
        start = {"session_uid": line.session_uid or "", "reason": line.reason}
        return _answer_page(uid, Form.of(start), str(line.version))
    form, version = Form.posted({"version"}), request.form.get("version", "")
    try:
        if "_no" in request.form:
            service.decline(
                uid, reason=form.value("reason"), version=posted_version(), actor=actor(), now=moment(),
                key=posted_key(),
            )  # fmt: skip
            done = "Đã ghi không đồng ý; chỗ trong buổi tiếp (nếu có) được trả lại."
        else:
            service.agree(
                uid, session_uid=form.value("session_uid"), version=posted_version(), actor=actor(),
                now=moment(), key=posted_key(),
            )  # fmt: skip
            done = "Đã đồng ý; người đề nghị có trong danh sách của buổi tiếp."
    except Invalid as error:
        return _answer_page(uid, form.refused(error.fields), version), 422
    except Stale:
        return _answer_page(uid, form, str(line.version), stale=True), 409
    except Conflict as error:
        return _answer_page(uid, form, version, warning=error.message), 409
    flash(done, "done")
    return redirect(url_for("reception.meetings"))


def _answer_page(
    uid: str, form: Form, version: str, *, stale: bool = False, warning: str = ""
) -> str:
    return render_template(
        "reception_meeting.html",
        line=known.meeting_request(actor(), uid),
        rooms=known.rooms(actor(), today()),
        form=form,
        version=version,
        stale=stale,
        warning=warning,
    )


# --- the quota -------------------------------------------------------------------------------


@blueprint.get("/tiep-cong-dan/dinh-muc")
def quota() -> str:
    """Each head's days by law and as held, a month at a time, and how many agencies keep to them."""
    require(*READERS)
    shown = asked_month()
    months = quota_months(actor(), shown, MONTHS, today())
    return render_template(
        "reception_quota.html",
        tabs=tabs("reception.quota"),
        month=months[0],
        months=[(each, _width(each.percent)) for each in months],
        rows=[(line, _standing(line), _parts(line)) for line in months[0].lines],
        current=month_of(today())[0],
        before=f"{months[0].month - ONE_DAY:%m/%Y}",
        after=f"{month_of(shown)[1] + ONE_DAY:%m/%Y}",
        bar=BAR,
        target=_target(months[0]),
    )


def _standing(line: QuotaLine) -> Due:
    counted = line.counted
    match line.standing:
        case QuotaStanding.MET:
            return Due("đạt", "✓", "done")
        case QuotaStanding.SHORT:
            return Due(f"thiếu {counted.left} ngày", "▲", "late")
        case QuotaStanding.RUNNING:
            planned = len({day for day, _ in line.ahead})
            text = f"còn {counted.left} ngày"
            if planned < counted.left:
                ahead = f"mới lên lịch {planned}" if planned else "chưa lên lịch"
                return Due(f"{text}, {ahead}", "◆", "near")
            return Due(f"{text}, đã lên lịch", "○", "calm")
    return Due("không áp dụng", "–", "none")


def _parts(line: QuotaLine) -> list[tuple[str, int, int]]:
    """The picture of a month: (tone, start, width) of fulfilled, planned and lacking days."""
    counted = line.counted
    if not counted.required:
        return []
    ahead = min(counted.left, len({day for day, _ in line.ahead}))
    found, start = [], 0
    for tone, days in (
        ("done", counted.fulfilled),
        ("open", ahead),
        ("gone" if line.standing is not QuotaStanding.SHORT else "open-late", counted.left - ahead),
    ):
        width = BAR * days // counted.required
        if width:
            found.append((tone, start, width))
            start += width
    return found


def _width(percent: float | None) -> int:
    return round(BAR * (percent or 0) / 100)


def _target(month: QuotaMonth) -> Due:
    """The share of agencies against the target that all of them keep to the law."""
    if month.percent is None:
        return Due("không có cơ quan nào áp dụng", "–", "none")
    text = f"{month.met}/{len(month.lines)} cơ quan đạt"
    if month.met == len(month.lines):
        return Due(text, "✓", "done")
    over = month_of(month.month)[1] < today()
    return Due(text, "▲" if over else "○", "late" if over else "calm")
