"""Handing over a person's open files, to one colleague or spread over several, with a result for each."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from petitions.errors import Invalid, NotFound
from petitions.labels import label
from petitions.queries import choices
from petitions.queries.choices import StaffLine
from petitions.queries.people import MOVERS, files_held
from petitions.services.handover import hand_over as hand_over_files
from petitions.services.handover import spread
from petitions.web.forms import Form, Option, posted_key
from petitions.web.session import actor, moment, require, today

blueprint = Blueprint("handover", __name__)


@blueprint.get("/ban-giao")
def index() -> str:
    """Whose files may be handed over."""
    require(*MOVERS)
    return render_template("handovers.html", staff=_staff())


@blueprint.route("/ban-giao/<int:hat_id>", methods=["GET", "POST"])
def hand_over(hat_id: int) -> str | tuple[str, int]:
    """The files of one person: which, to whom, why."""
    require(*MOVERS)
    staff = _staff()
    leaver = next((each for each in staff if each.hat_id == hat_id), None)
    if leaver is None:
        raise NotFound("Không tìm thấy người này.")
    files = files_held(actor(), leaver.username)
    receivers = [
        Option(each.username, f"{each.name} – {label(each.role)}")
        for each in staff
        if each.agency_id == leaver.agency_id
        and each.username != leaver.username
        and each.role in choices.ASSIGNABLE
    ]
    shown = {"leaver": leaver, "files": files, "receivers": receivers}
    if request.method == "GET":
        return render_template("handover.html", form=Form(), results=(), **shown)
    form = Form.posted()
    chosen = [code for code in form.many("files") if code in {each.code for each in files}]
    try:
        faults = {}
        if not chosen:
            faults["files"] = ["Phải chọn ít nhất một hồ sơ."]
        if not form.many("to"):
            faults["to"] = ["Phải chọn ít nhất một người nhận bàn giao."]
        if not form.value("reason").strip():
            faults["reason"] = ["Phải ghi lý do bàn giao."]
        if faults:
            raise Invalid(faults)
        results = hand_over_files(
            leaver.username,
            spread(chosen, form.many("to")),
            reason=form.value("reason"),
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        return render_template(
            "handover.html", form=form.refused(error.fields), results=(), **shown
        ), 422
    names = {each.username: each.name for each in staff}
    shown["files"] = files_held(actor(), leaver.username)
    return render_template(
        "handover.html",
        form=Form(),
        results=[
            (each.code, names.get(each.to, each.to), each.done, each.message) for each in results
        ],
        **shown,
    )


def _staff() -> tuple[StaffLine, ...]:
    return choices.staff(actor().agency_ids, today())
