"""The way of a file down through the office: giving it on, back or out to many, and the talk about it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Invalid, Leak, NotAllowedNow, NotFound, Stale
from petitions.labels import label
from petitions.queries.hops import (
    WAITING_MOST,
    GivingOn,
    HopPanel,
    giving_on,
    hops_of,
    next_for,
    waiting,
)
from petitions.queries.standing import Receiver
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.hops import DISTRIBUTE, GIVE_BACK, GIVE_ON, OPINION
from petitions.services import followers, words
from petitions.services.acts import perform
from petitions.services.distribution import Distributed, distribute
from petitions.services.opinions import say
from petitions.web.days import due_words
from petitions.web.forms import Form, Option, posted_key, version_of
from petitions.web.masking import OWN_FIELDS, Leaked, leaked, masked
from petitions.web.pages import day
from petitions.web.session import actor, moment, require, today
from workflows.office import OpinionKind
from workflows.transition import INTAKE
from workflows.vocabulary import Action, Need

blueprint = Blueprint("hops", __name__)

NOT_YOURS = "Hồ sơ không ở chỗ bạn, hoặc theo quy trình của cơ quan bạn không giao tiếp được."
NOTHING_BACK = "Bạn không giữ hồ sơ do người khác giao, và cũng không thu hồi được: người nhận đã bắt tay vào việc."
ANCHOR = "luan-chuyen"


# --- one file --------------------------------------------------------------------------------


@blueprint.route("/ho-so/<code>/giao-xu-ly", methods=["GET", "POST"])
def give_on(code: str) -> Response | str | tuple[str, int]:
    """Give a file on: to whom the way allows, with a direction and a date."""
    giving = giving_on(actor(), code, today())
    if not giving.offered:
        raise NotAllowedNow(NOT_YOURS)
    if request.method == "GET":
        return _giving_page(giving, Form.of({"until": _preset(giving)}))
    form = Form.posted(forget=OWN_FIELDS)
    if "_mask" in request.form:
        return _giving_page(giving, masked(Form.posted()) or form)
    try:
        given = load(GIVE_ON, shaped(GIVE_ON, request.form))
        _does(code, Action.PASS_ON, {Need(name): value for name, value in given.items() if value})
    except Leak as error:
        return _giving_page(giving, form.refused(error.fields), leak=_leak(form, error)), 422
    except Invalid as error:
        return _giving_page(giving, form.refused(error.fields)), 422
    except Stale:
        return _giving_page(giving, form, stale=True), 409
    flash("Đã giao hồ sơ.", "done")
    return redirect(_after(code))


@blueprint.route("/ho-so/<code>/tra-lai", methods=["GET", "POST"])
def give_back(code: str) -> Response | str | tuple[str, int]:
    """Refuse a file upward, or take back one just given."""
    panel = hops_of(actor(), code, today())
    if not (panel.may_refuse or panel.may_recall):
        raise NotAllowedNow(NOTHING_BACK)
    if request.method == "GET":
        return _back_page(panel, Form())
    form = Form.posted(forget=OWN_FIELDS)
    if "_mask" in request.form:
        return _back_page(panel, masked(Form.posted()) or form)
    try:
        given = load(GIVE_BACK, shaped(GIVE_BACK, request.form))
        _does(code, Action.GIVE_BACK, {Need.REASON: given["reason"]})
    except Leak as error:
        return _back_page(panel, form.refused(error.fields), leak=_leak(form, error)), 422
    except Invalid as error:
        return _back_page(panel, form.refused(error.fields)), 422
    except Stale:
        return _back_page(panel, form, stale=True), 409
    flash("Đã trả lại phân công." if panel.may_refuse else "Đã thu hồi hồ sơ.", "done")
    return redirect(_after(code))


@blueprint.route("/ho-so/<code>/y-kien", methods=["GET", "POST"])
def opinions(code: str) -> Response | str | tuple[str, int]:
    """All that was said of a file, and a field to say more."""
    panel = hops_of(actor(), code, today())
    if request.method == "GET":
        return _talk_page(panel, Form())
    form = Form.posted(forget=OWN_FIELDS)
    if "_mask" in request.form:
        return _talk_page(panel, masked(Form.posted()) or form)
    try:
        given = load(OPINION, shaped(OPINION, request.form))
        kind = given.get("kind", OpinionKind.OPINION)
        say(code, given["text"], kind, actor=actor(), now=moment(), key=posted_key())
    except Leak as error:
        return _talk_page(panel, form.refused(error.fields), leak=_leak(form, error)), 422
    except Invalid as error:
        return _talk_page(panel, form.refused(error.fields)), 422
    flash("Đã ghi ý kiến.", "done")
    return redirect(url_for("cases.show", code=code, _anchor=ANCHOR))


@blueprint.post("/ho-so/<code>/theo-doi")
def follow(code: str) -> Response:
    """Follow a case, or follow it no more."""
    if request.form.get("follow") == "no":
        followers.unfollow(code, actor=actor(), now=moment())
        flash("Đã thôi theo dõi hồ sơ.", "done")
    else:
        followers.follow(code, actor=actor(), now=moment())
        flash("Đã theo dõi hồ sơ: có việc mới bạn sẽ được báo.", "done")
    return redirect(url_for("cases.show", code=code, _anchor=ANCHOR))


# --- many files ------------------------------------------------------------------------------


@blueprint.route("/phan-xu-ly", methods=["GET", "POST"])
def distribution() -> str | tuple[str, int]:
    """Files that wait to be given on: choose several, one receiver, one direction."""
    require(*INTAKE)
    if request.method == "GET":
        return _distribution_page(Form())
    form = Form.posted()
    try:
        given = load(DISTRIBUTE, shaped(DISTRIBUTE, request.form))
        results = distribute(
            given["files"],
            given["assignee"],
            direction=given.get("content", ""),
            until=given.get("until"),
            versions=_versions(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        return _distribution_page(form.refused(error.fields)), 422
    return _distribution_page(Form(), results)


def _versions() -> dict[str, int]:
    """The files as they stood when the page was opened."""
    seen = (text.rpartition(" ") for text in request.form.getlist("_seen"))
    return {code: version_of(version) for code, _, version in seen if code}


# --- pages -----------------------------------------------------------------------------------


def _does(code: str, action: Action, given: dict[Need, object]) -> None:
    perform(
        code,
        action,
        given,
        version=request.form.get("version", 0, type=int),
        on=today(),
        actor=actor(),
        now=moment(),
        key=posted_key(),
    )


def _after(code: str) -> str:
    """The case, or the own list for whoever gave up the sight of a denunciation with it."""
    try:
        hops_of(actor(), code, today())
    except NotFound:
        return url_for("desk.mine")
    return url_for("cases.show", code=code, _anchor=ANCHOR)


def _leak(form: Form, error: Leak) -> Leaked:
    text = words.safe({error.field: form.value(error.field)})[error.field]
    return leaked(error, str(text))


def _giving_page(
    giving: GivingOn, form: Form, *, leak: Leaked | None = None, stale: bool = False
) -> str:
    return render_template(
        "hop_give.html",
        case=giving,
        version=giving.version if stale else request.form.get("version", giving.version),
        people=[
            Option(each.receiver.username, _who(each.receiver) + _by(day(each.due)))
            for each in giving.offered
        ],
        form=form,
        leak=leak,
        stale=stale,
    )


def _back_page(
    panel: HopPanel, form: Form, *, leak: Leaked | None = None, stale: bool = False
) -> str:
    return render_template(
        "hop_back.html",
        hops=panel,
        version=panel.version if stale else request.form.get("version", panel.version),
        form=form,
        leak=leak,
        stale=stale,
    )


def _talk_page(panel: HopPanel, form: Form, *, leak: Leaked | None = None) -> str:
    kinds = [
        Option(OpinionKind.DIRECTION.value, "Ý kiến chỉ đạo, người đang giữ hồ sơ được báo"),
        Option(OpinionKind.OPINION.value, "Ý kiến trao đổi"),
    ]
    shown = form if "kind" in form.values else form.changed({"kind": OpinionKind.OPINION.value})
    return render_template("opinions.html", hops=panel, kinds=kinds, form=shown, leak=leak)


def _distribution_page(form: Form, results: tuple[Distributed, ...] = ()) -> str:
    return render_template(
        "hop_distribution.html",
        files=waiting(actor()),
        most=WAITING_MOST,
        due_of=due_words(today()),
        people=[Option(each.username, _who(each)) for each in next_for(actor(), today())],
        form=form,
        results=results,
    )


def _preset(giving: GivingOn) -> str:
    """The date derived, where it is the same for everybody."""
    dates = {each.due for each in giving.offered}
    return day(dates.pop()) if len(dates) == 1 else ""


def _who(person: Receiver) -> str:
    return f"{person.name} – {label(person.role)}" + (
        f", {person.section}" if person.section else ""
    )


def _by(due: str) -> str:
    return f" (hạn {due})" if due else ""
