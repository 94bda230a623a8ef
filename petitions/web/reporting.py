"""The calendar of periodic reports: the year's list with what was late, and keeping the duties."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Forbidden, Invalid, Stale
from petitions.queries import reporting as known
from petitions.queries.reporting import READERS, Duty, Turn
from petitions.queries.statistics.figures import READERS as TABLE_READERS
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.reporting import DUTY, SENT
from petitions.services import reporting as service
from petitions.text import vn_date
from petitions.web import options
from petitions.web.days import due_words
from petitions.web.forms import Form, posted_key, whole
from petitions.web.session import actor, moment, require, today
from workflows.reporting import Concerned, ReportPeriod
from workflows.transition import INTAKE

blueprint = Blueprint("reporting", __name__)

LONGEST = 200
"""Lines of the year's list on one page."""
PARTS = {"chua-gui": "Chưa gửi", "muon": "Gửi muộn", "da-gui": "Đã gửi", "tat-ca": "Cả năm"}
FIRST_YEAR, LAST_YEAR = 2021, 2100


@blueprint.get("/bao-cao-dinh-ky")
def index() -> str:
    """The year's reports of the agencies in reach; those who keep the calendar see its duties."""
    require(*READERS)
    which = request.args.get("xem", "")
    which = which if which in PARTS else "chua-gui"
    asked = request.args.get("nam", "")
    year = whole(asked) or 0
    year = year if FIRST_YEAR <= year <= LAST_YEAR else today().year
    all_of_it = known.turns(actor(), year, today())
    rows = [each for each in all_of_it if _belongs(each, which)]
    tell, keeping = due_words(today()), known.may_keep(actor())
    mine = actor()
    return render_template(
        "reporting.html",
        year=year,
        which=which,
        parts=PARTS,
        rows=[(each, None if each.sent_on else tell(each.due)) for each in rows[:LONGEST]],
        more=max(0, len(rows) - LONGEST),
        total=len(rows),
        late=sum(each.late > 0 for each in all_of_it),
        sent=sum(each.sent_on is not None for each in all_of_it),
        all=len(all_of_it),
        duties=known.duties(today()) if keeping else (),
        examples=service.examples() if keeping else {},
        keeping=keeping,
        notes_for=mine.agency_id if mine.role in INTAKE else 0,
        may_narrate=mine.role in TABLE_READERS,
    )


@blueprint.route("/bao-cao-dinh-ky/moi", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Write a report into the calendar, from nothing or from an example."""
    _require_keeper()
    if request.method == "POST":
        return _save(None)
    example = service.examples().get(request.args.get("mau", ""), {})
    filled = {name: each for name, each in example.items() if name != "key"}
    return _page(None, Form.of({"starts_on": vn_date(today()), **filled}))


@blueprint.route("/bao-cao-dinh-ky/<uid>/sua", methods=["GET", "POST"])
def change(uid: str) -> Response | str | tuple[str, int]:
    """Change a report of the calendar, or end it."""
    _require_keeper()
    duty = known.duty(uid)
    if request.method == "POST":
        return _save(duty)
    return _page(duty, _filled(duty))


@blueprint.route("/bao-cao-dinh-ky/ky/<uid>", methods=["GET", "POST"])
def send(uid: str) -> Response | str | tuple[str, int]:
    """Note that a report left: its day and number."""
    require(*READERS)
    turn, form, status = known.turn(actor(), uid, today()), Form(), 200
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(SENT, shaped(SENT, request.form))
            service.note_sent(
                uid, given["sent_on"], given["document"],
                actor=actor(), now=moment(), key=posted_key(),
            )  # fmt: skip
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        else:
            flash("Đã ghi báo cáo đã gửi.", "done")
            return redirect(url_for("reporting.index", nam=turn.due.year, xem="da-gui"))
    else:
        form = Form.of({"sent_on": vn_date(turn.sent_on or today()), "document": turn.document})
    tell = None if turn.sent_on else due_words(today())(turn.due)
    page = render_template("reporting_sent.html", turn=turn, form=form, due=tell)
    return page if status == 200 else (page, status)


def _require_keeper() -> None:
    require(*READERS)
    if not known.may_keep(actor()):
        raise Forbidden(service.NOT_YOURS)


def _belongs(turn: Turn, which: str) -> bool:
    match which:
        case "chua-gui":
            return turn.sent_on is None
        case "muon":
            return turn.late > 0
        case "da-gui":
            return turn.sent_on is not None
    return True


def _save(duty: Duty | None) -> Response | tuple[str, int]:
    try:
        given, version = load(DUTY, shaped(DUTY, request.form))
        service.save_duty(
            given, uid=None if duty is None else duty.uid, version=version,
            actor=actor(), now=moment(), key=posted_key(),
        )  # fmt: skip
    except Invalid as error:
        return _page(duty, Form.posted().refused(_at_the_list(error))), 422
    except Stale:
        assert duty is not None
        flash("Báo cáo này vừa được người khác sửa; hãy xem lại rồi gửi tiếp.", "warn")
        return _page(duty, Form.posted().changed({"version": str(duty.version)})), 409
    flash("Đã lưu báo cáo định kỳ.", "done")
    return redirect(url_for("reporting.index", _anchor="h-lich"))


def _at_the_list(error: Invalid) -> dict[str, list[str]]:
    faults: dict[str, list[str]] = {}
    for name, messages in error.fields.items():
        faults.setdefault(name.split(".")[0], []).extend(messages)
    return faults


def _filled(duty: Duty) -> Form:
    return Form.of(
        {
            "name": duty.name,
            "basis": duty.basis,
            "period": duty.period.value,
            "concerned": duty.concerned.value,
            "day": duty.day,
            "month": duty.month,
            "starts_on": vn_date(duty.starts_on),
            "ends_on": duty.ends_on and vn_date(duty.ends_on),
            "agencies": list(duty.agencies),
            "version": duty.version,
        }
    )


def _page(duty: Duty | None, form: Form) -> str:
    return render_template(
        "reporting_form.html",
        duty=duty,
        form=form,
        periods=options.words(ReportPeriod),
        concerned=options.words(Concerned),
        agencies=options.agencies(today()),
    )
