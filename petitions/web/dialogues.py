"""The dialogues of a case: the law's days, invitations, attendance, points, commitments."""

from __future__ import annotations

from datetime import date
from functools import partial

from flask import Blueprint, render_template, request, url_for

from petitions.errors import Conflict, Forbidden, NotFound
from petitions.labels import label
from petitions.queries.case_page import case_page, permissions
from petitions.queries.dialogues import (
    AttendeeShown,
    CaseDialogues,
    DialogueShown,
    dialogues_of,
    notice_days,
)
from petitions.queries.submissions import proposable
from petitions.schemas.commitments import HELD, PREPARATION, UNDERTAKINGS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import dialogues as service
from petitions.text import BadDate, parse_vn_date
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.commitments import told
from petitions.web.forms import Form, Option, posted_key, posted_version
from petitions.web.pages import CASE_WORK, day
from petitions.web.session import actor, moment, require, today
from workflows.commitments import Attendance, CommitmentKind, Side
from workflows.vocabulary import Action, Kind

blueprint = Blueprint("dialogues", __name__)

NUMBER = "<int(max=1000):number>"
OUTCOMES = {
    "held": "Đã đối thoại",
    "absent_with_reason": "Vắng mặt có lý do chính đáng",
    "absent_without_reason": "Vắng mặt không có lý do chính đáng",
}


@blueprint.get("/ho-so/<code>/doi-thoai")
def index(code: str) -> str:
    """Every dialogue of a case, the latest first, and what the law says of the next."""
    require(*CASE_WORK)
    found = dialogues_of(actor(), code, today())
    asked, form = None, Form()
    typed = request.args.get("ngay", "").strip()
    if typed:
        form = Form({"ngay": [typed]})
        try:
            said = parse_vn_date(typed)
            asked = said.date if said.precision == "day" else None
        except BadDate as error:
            form = form.refused({"ngay": [error.message]})
    page = case_page(actor(), code)
    may = {each.action for each in permissions(page, actor(), today()) if each.allowed}
    may |= {each.action for each in proposable(page, actor(), today())}
    return render_template(
        "dialogues.html",
        found=found,
        form=form,
        asked=asked,
        asked_notice=asked and notice_days(actor(), code, asked),
        may_plan=Action.PLAN_DIALOGUE in may,
        may_record=found.may_work,
        commitments={each: told(lines) for each, lines in found.commitments.items()},
        outcomes=OUTCOMES,
        complaint=found.kind is Kind.COMPLAINT,
        denunciation=found.kind is Kind.DENUNCIATION,
    )


@blueprint.route(f"/ho-so/<code>/doi-thoai/{NUMBER}/chuan-bi", methods=["GET", "POST"])
def prepare(code: str, number: int) -> Answer:
    """Place, time, chair and the invited of a planned dialogue."""
    found, one = _one(code, number)
    if one.held_on is not None or one.superseded:
        raise Conflict("Buổi đối thoại này đã diễn ra hoặc đã được ấn định lại.")
    if request.method == "GET":
        people = one.attendees or found.likely
        start = {
            "place": one.place,
            "starts_at": one.starts_at,
            "chair": one.chair,
            "head_in_person": True if one.head_in_person is None else one.head_in_person,
            "attendees": [_typed(each, invited=one.notice_on or today()) for each in people],
        }
        return _prepare_page(found, one, Form.of(start))
    form = Form.posted({"version"})
    if "_more" in request.form:
        return _prepare_page(found, one, form, more=True)

    def send() -> str:
        given = load(PREPARATION, shaped(PREPARATION, request.form))
        service.prepare(
            code,
            one.id,
            given,
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("dialogues.index", code=code)

    return answered(
        form,
        partial(_prepare_page, found, one),
        send,
        "Đã lưu thời gian, địa điểm và thành phần mời.",
    )


@blueprint.route(f"/ho-so/<code>/doi-thoai/{NUMBER}/ket-qua", methods=["GET", "POST"])
def record(code: str, number: int) -> Answer:
    """Who came, what was agreed and what not, what was undertaken."""
    found, one = _one(code, number)
    if one.minutes_signed:
        raise Conflict(service.ISSUED)
    if one.superseded:
        raise Conflict("Buổi đối thoại này đã được ấn định lại vào ngày khác.")
    if request.method == "GET":
        people = one.attendees or found.likely
        start = {
            "held_on": day(one.held_on or min(one.planned_on, today())),
            "attendees": [_typed(each) for each in people],
            "agreed": [{"content": text} for text in one.agreed],
            "differing": [{"content": text} for text in one.differing],
        }
        return _record_page(found, one, Form.of(start))
    form = Form.posted({"version", "case_version"})
    more = request.form.get("_more")
    if more:
        return _record_page(found, one, form, more=more)

    def send() -> str:
        given = load(HELD, shaped(HELD, request.form))
        service.record(
            code,
            one.id,
            given,
            version=posted_version(),
            case_version=posted_version("case_version"),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("dialogues.index", code=code)

    return answered(form, partial(_record_page, found, one), send, "Đã ghi kết quả đối thoại.")


@blueprint.route(f"/ho-so/<code>/doi-thoai/{NUMBER}/cam-ket", methods=["GET", "POST"])
def undertake(code: str, number: int) -> Answer:
    """More of what was undertaken in a dialogue that was held."""
    found, one = _one(code, number)
    if not one.is_held:
        raise Conflict("Chỉ ghi cam kết của buổi đối thoại đã tổ chức.")
    if request.method == "GET":
        return _undertake_page(found, one, Form())
    form = Form.posted({"version"})
    if "_more" in request.form:
        return _undertake_page(found, one, form, more=True)

    def send() -> str:
        given = load(UNDERTAKINGS, shaped(UNDERTAKINGS, request.form))
        service.add_undertakings(
            code,
            one.id,
            given.get("undertakings", []),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("dialogues.index", code=code)

    return answered(form, partial(_undertake_page, found, one), send, "Đã ghi cam kết.")


# --- pages -----------------------------------------------------------------------------------


def _one(code: str, number: int) -> tuple[CaseDialogues, DialogueShown]:
    require(*CASE_WORK)
    found = dialogues_of(actor(), code, today())
    one = next((each for each in found.dialogues if each.number == number), None)
    if one is None:
        raise NotFound
    if not found.may_work:
        raise Forbidden("Chỉ cơ quan giữ hồ sơ và người được giao vụ việc ghi được việc này.")
    return found, one


def _typed(each: AttendeeShown, invited: date | None = None) -> dict[str, object]:
    return {
        "side": each.side.value,
        "name": each.name,
        "title": each.title,
        "invited_on": day(each.invited_on or invited),
        "attendance": each.attendance and each.attendance.value,
        "reason": each.reason,
    }


def _prepare_page(
    found: CaseDialogues,
    one: DialogueShown,
    form: Form,
    *,
    more: bool = False,
    stale: bool = False,
) -> str:
    return render_template(
        "dialogue_prepare.html",
        found=found,
        one=one,
        form=form,
        people=form.rows("attendees", 1) + more,
        sides=[Option(side.value, label(side)) for side in Side],
        version=one.version if stale else request.form.get("version", one.version),
        stale=stale,
    )


def _record_page(
    found: CaseDialogues,
    one: DialogueShown,
    form: Form,
    *,
    more: str = "",
    stale: bool = False,
) -> str:
    first = one.held_on is None
    return render_template(
        "dialogue_record.html",
        found=found,
        one=one,
        form=form,
        rows={
            name: form.rows(name, least) + (more == name)
            for name, least in (("attendees", 1), ("agreed", 1), ("differing", 1))
        },
        sides=[Option(side.value, label(side)) for side in Side],
        attendances=[Option(each.value, label(each)) for each in Attendance],
        agencies=options.agencies(today()),
        kinds=options.words(CommitmentKind),
        undertakings=int(more == "undertakings") + form.rows("undertakings", 0),
        first=first,
        version=one.version if stale else request.form.get("version", one.version),
        case_version=found.version if stale else request.form.get("case_version", found.version),
        stale=stale,
    )


def _undertake_page(
    found: CaseDialogues,
    one: DialogueShown,
    form: Form,
    *,
    more: bool = False,
    stale: bool = False,
) -> str:
    return render_template(
        "dialogue_undertake.html",
        back=url_for("dialogues.index", code=found.code),
        title=f"Đối thoại của hồ sơ {found.code}",
        form=form,
        least=form.rows("undertakings", 1) + more,
        agencies=options.agencies(today()),
        kinds=options.words(CommitmentKind),
        version=one.version if stale else request.form.get("version", one.version),
        stale=stale,
    )
