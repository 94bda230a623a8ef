"""The head's dialogues with people: the year's plan, each one, and what became of the plan by body."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for

from petitions.errors import Conflict, Forbidden, Invalid
from petitions.queries import open_dialogues as known
from petitions.queries.commitments import of_open_dialogue
from petitions.queries.open_dialogues import OpenDialogueShown
from petitions.schemas.commitments import OPEN_HELD, PUT_OFF, SLOT, SLOTS, UNDERTAKINGS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.services import open_dialogues as service
from petitions.services.open_dialogues import KEEPERS
from petitions.web import options
from petitions.web.answers import Answer, answered
from petitions.web.commitments import told
from petitions.web.days import due_words
from petitions.web.forms import Form, posted_key, posted_version
from petitions.web.pages import CASE_WORK, day
from petitions.web.session import actor, moment, require, today
from workflows.commitments import CommitmentKind, OpenDialogueStatus

blueprint = Blueprint("open_dialogues", __name__)

SLOTS_SHOWN = 3
"""Blank lines of a new plan."""
EARLIEST = 2011
"""The year the Law on Complaints was passed."""


@blueprint.get("/doi-thoai")
def index() -> str:
    """The year's plan and what became of it."""
    require(*CASE_WORK)
    year = request.args.get("nam", today().year, type=int)
    if not EARLIEST <= year <= today().year + 2:
        year = today().year
    own = request.args.get("cap-duoi") != "true"
    return render_template(
        "open_dialogues.html",
        year=year,
        own=own,
        lines=known.plan_of(actor(), year, own=own),
        table=known.year_table(actor(), year),
        due_of=due_words(today()),
        planned=OpenDialogueStatus.PLANNED,
        may_plan=actor().role in KEEPERS,
    )


@blueprint.route("/doi-thoai/lap-ke-hoach", methods=["GET", "POST"])
def plan() -> Answer:
    """Several dialogues into the year's plan at once."""
    require(*KEEPERS)
    if request.method == "GET":
        return _plan_page(Form())
    form = Form.posted()
    if "_more" in request.form:
        return _plan_page(form, more=True)
    try:
        given = load(SLOTS, shaped(SLOTS, request.form))
        done = service.plan(given.get("slots", []), actor=actor(), now=moment(), key=posted_key())
    except Invalid as error:
        return _plan_page(form.refused(error.fields)), 422
    flash(f"Đã đưa {done} buổi đối thoại vào kế hoạch.", "done")
    return redirect(url_for("open_dialogues.index"))


@blueprint.get("/doi-thoai/<uid>")
def show(uid: str) -> str:
    """One dialogue: where, what about, who came, what was undertaken."""
    require(*CASE_WORK)
    shown = known.open_dialogue(actor(), uid)
    return render_template(
        "open_dialogue.html",
        shown=shown,
        due=due_words(today())(shown.line.planned_on),
        commitments=told(of_open_dialogue(actor(), uid)),
        planned=shown.line.status is OpenDialogueStatus.PLANNED,
        held=shown.line.status is OpenDialogueStatus.HELD,
        may_keep=_keeps(shown),
    )


@blueprint.route("/doi-thoai/<uid>/sua", methods=["GET", "POST"])
def change(uid: str) -> Answer:
    """Change the plan of one, or note when it was made public."""
    shown = _planned(uid)
    if request.method == "GET":
        line = shown.line
        start = {
            "planned_on": day(line.planned_on),
            "place": line.place,
            "topics": line.topics,
            "place_code": shown.place_code,
            "posted_on": day(line.posted_on),
        }
        return _change_page(shown, Form.of(start))
    form = Form.posted({"version"})

    def send() -> str:
        service.change(
            uid,
            load(SLOT, shaped(SLOT, request.form)),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("open_dialogues.show", uid=uid)

    return answered(form, partial(_change_page, shown), send, "Đã sửa kế hoạch buổi đối thoại.")


@blueprint.route("/doi-thoai/<uid>/ket-qua", methods=["GET", "POST"])
def hold(uid: str) -> Answer:
    """How it went, with what was undertaken."""
    shown = _planned(uid)
    if request.method == "GET":
        start = {"held_on": day(min(shown.line.planned_on, today())), "in_person": True}
        return _hold_page(shown, Form.of(start))
    form = Form.posted({"version"})
    more = request.form.get("_more")
    if more:
        return _hold_page(shown, form, more=more)

    def send() -> str:
        service.hold(
            uid,
            load(OPEN_HELD, shaped(OPEN_HELD, request.form)),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("open_dialogues.show", uid=uid)

    return answered(form, partial(_hold_page, shown), send, "Đã ghi kết quả buổi đối thoại.")


@blueprint.route("/doi-thoai/<uid>/hoan", methods=["GET", "POST"])
def put_off(uid: str) -> Answer:
    """Postpone or cancel it, with the reason."""
    shown = _planned(uid)
    if request.method == "GET":
        return _put_off_page(shown, Form())
    form = Form.posted({"version"})

    def send() -> str:
        given = load(PUT_OFF, shaped(PUT_OFF, request.form))
        went_to = service.put_off(
            uid,
            given["reason"],
            cancelled=given.get("cancelled", False),
            new_day=given.get("new_day"),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("open_dialogues.show", uid=went_to)

    return answered(
        form, partial(_put_off_page, shown), send, "Đã ghi việc hoãn, hủy buổi đối thoại."
    )


@blueprint.route("/doi-thoai/<uid>/cam-ket", methods=["GET", "POST"])
def undertake(uid: str) -> Answer:
    """More of what was undertaken in a dialogue that was held."""
    shown = known.open_dialogue(actor(), uid)
    _require_keeps(shown)
    if request.method == "GET":
        return _undertake_page(shown, Form())
    form = Form.posted({"version"})
    if "_more" in request.form:
        return _undertake_page(shown, form, more=True)

    def send() -> str:
        given = load(UNDERTAKINGS, shaped(UNDERTAKINGS, request.form))
        service.add_undertakings(
            uid,
            given.get("undertakings", []),
            version=posted_version(),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
        return url_for("open_dialogues.show", uid=uid)

    return answered(form, partial(_undertake_page, shown), send, "Đã ghi cam kết.")


# --- pages -----------------------------------------------------------------------------------


def _keeps(shown: OpenDialogueShown) -> bool:
    return actor().role in KEEPERS and shown.line.agency_id == actor().agency_id


def _require_keeps(shown: OpenDialogueShown) -> None:
    if not _keeps(shown):
        raise Forbidden("Chỉ cơ quan tổ chức đối thoại ghi được việc này.")


def _planned(uid: str) -> OpenDialogueShown:
    shown = known.open_dialogue(actor(), uid)
    _require_keeps(shown)
    if shown.line.status is not OpenDialogueStatus.PLANNED:
        raise Conflict("Buổi đối thoại này đã tổ chức, đã hoãn hoặc đã hủy.")
    return shown


def _plan_page(form: Form, *, more: bool = False) -> str:
    return render_template(
        "open_dialogue_plan.html",
        form=form,
        slots=form.rows("slots", SLOTS_SHOWN) + more,
        places=options.communes(actor().agency_id, today()),
    )


def _about(shown: OpenDialogueShown, form: Form, *, stale: bool) -> dict[str, object]:
    return {
        "shown": shown,
        "form": form,
        "version": shown.version if stale else request.form.get("version", shown.version),
        "stale": stale,
    }


def _change_page(shown: OpenDialogueShown, form: Form, *, stale: bool = False) -> str:
    return render_template(
        "open_dialogue_change.html",
        places=options.communes(actor().agency_id, today()),
        **_about(shown, form, stale=stale),
    )


def _put_off_page(shown: OpenDialogueShown, form: Form, *, stale: bool = False) -> str:
    return render_template("open_dialogue_off.html", **_about(shown, form, stale=stale))


def _hold_page(shown: OpenDialogueShown, form: Form, *, more: str = "", stale: bool = False) -> str:
    return render_template(
        "open_dialogue_hold.html",
        people=options.staff(actor().agency_id, today()),
        participants=form.rows("participants", 1) + (more == "participants"),
        undertakings=form.rows("undertakings", 0) + (more == "undertakings"),
        agencies=options.agencies(today()),
        kinds=options.words(CommitmentKind),
        **_about(shown, form, stale=stale),
    )


def _undertake_page(
    shown: OpenDialogueShown, form: Form, *, more: bool = False, stale: bool = False
) -> str:
    return render_template(
        "dialogue_undertake.html",
        back=url_for("open_dialogues.show", uid=shown.line.uid),
        title=f"Đối thoại ngày {day(shown.line.held_on)}",
        least=form.rows("undertakings", 1) + more,
        agencies=options.agencies(today()),
        kinds=options.words(CommitmentKind),
        **_about(shown, form, stale=stale),
    )
