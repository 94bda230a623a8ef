"""Routes: who approves in turn, by agency and kind of work. Set by the administrator or the head."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from petitions.errors import Invalid
from petitions.labels import label
from petitions.queries import routes as known
from petitions.queries.routes import RouteShown
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.submissions import ROUTE
from petitions.services import routes as service
from petitions.services.routes import MOST, PRESETS
from petitions.text import vn_date
from petitions.web import options
from petitions.web.admin.shapes import END
from petitions.web.forms import Form, Option, posted_key
from petitions.web.questions import WHOLE, Answered, Ask, Question
from petitions.web.session import actor, moment, require, today
from workflows.office import RouteShape, Work
from workflows.passage import RANK
from workflows.vocabulary import Role

blueprint = Blueprint("routes", __name__, url_prefix="/quan-tri/quy-trinh")

FROM, SHAPE = "tu", "mau"
"""The query's names for the route to copy and the shape to begin with."""
APPROVING = sorted(RANK, key=lambda role: RANK[role])


@blueprint.before_request
def door() -> None:
    """Administrators, and heads for their own agency."""
    require(*known.SETTERS)


@blueprint.get("")
def index() -> str:
    """All routes: those in force, those to come, those that ended."""
    every = known.routes(actor())
    now = today()
    return render_template(
        "admin_routes.html",
        standing=[each for each in every if _runs(each) and each.valid_from <= now],
        coming=[each for each in every if each.valid_from > now],
        past=[each for each in every if not _runs(each)],
    )


def _runs(route: RouteShown) -> bool:
    return route.valid_to is None or route.valid_to >= today()


@blueprint.route("/moi", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Set a route, from one of the usual shapes or from another kind of work's."""
    if request.method == "GET":
        return _page(Form.of(_start()))
    form = Form.posted()
    try:
        given = load(ROUTE, shaped(ROUTE, _without_blank_steps(request.form)))
        service.set_route(given, actor=actor(), now=moment(), key=posted_key())
    except Invalid as error:
        return _page(form.refused(_placed(error.fields))), 422
    flash("Đã đặt quy trình. Tờ trình soạn từ ngày áp dụng sẽ đi theo quy trình này.", "done")
    return redirect(url_for("routes.index"))


@blueprint.route("/<int:route_id>/ket-thuc", methods=["GET", "POST"])
def end(route_id: int) -> Answered:
    """End a route with its last day."""
    route = known.route(actor(), route_id)
    question = Question(
        title="Thôi áp dụng quy trình",
        lead=f"{label(route.work)} – {route.agency}. Tờ trình đang trên đường vẫn đi theo quy trình cũ.",
        asks=[Ask("date", "on", "Ngày cuối áp dụng", required=True)],
        button="Thôi áp dụng",
        back=url_for("routes.index"),
        back_text="Quy trình trình ký",
    )

    def do() -> None:
        try:
            last_day = load(END, shaped(END, request.form))["on"]
            service.end_route(route_id, last_day, actor=actor(), now=moment(), key=posted_key())
        except Invalid as error:
            raise Invalid({"on": [line for lines in error.fields.values() for line in lines]}) from error  # fmt: skip

    return question.answer({"on": vn_date(today())}, do, "Đã ghi.")


def _start() -> dict[str, Any]:
    """What a new route's form begins with: another one's steps, a shape's, or nothing."""
    start: dict[str, Any] = {"valid_from": vn_date(today())}
    source = request.args.get(FROM, type=int)
    if source is not None:
        route = known.route(actor(), source)
        start |= {"agency_code": route.agency_code, "shape": route.shape.value}
        start["steps"] = [
            {"role": step.role.value, "days": step.days, "agency_code": step.agency_code or ""}
            for step in route.steps
        ]
        return start
    shape = next((each for each in RouteShape if each.value == request.args.get(SHAPE)), None)
    offices = _offices()
    if len(offices) == 1:
        start["agency_code"] = offices[0].value
    if shape is not None:
        start["shape"] = shape.value
        start["steps"] = [
            {"role": step.role.value, "days": step.days, "agency_code": ""}
            for step in PRESETS[shape]
        ]
    return start


def _page(form: Form) -> str:
    return render_template(
        "admin_route.html",
        form=form,
        offices=_offices(),
        works=options.words(Work),
        shapes=options.words(RouteShape),
        roles=options.words(APPROVING),
        bodies=[Option("", "Chính cơ quan này"), *options.agencies(today())],
        steps=MOST,
        presets=[Option(f"{url_for('routes.new')}?{SHAPE}={each.value}", label(each)) for each in RouteShape],
    )  # fmt: skip


def _offices() -> list[Option]:
    me = actor()
    if me.role is Role.HEAD:
        return options.agencies(today(), within=frozenset({me.agency_id}))
    return options.agencies(today(), within=me.agency_ids)


def _without_blank_steps(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form without the rows of steps nobody chose a role for."""
    unused = {f"steps.{n}." for n in range(MOST) if not sent.get(f"steps.{n}.role", "").strip()}
    return MultiDict(
        (name, value)
        for name, value in sent.items(multi=True)
        if not name.startswith(tuple(unused))
    )


def _placed(faults: dict[str, list[str]]) -> dict[str, list[str]]:
    inputs = {"agency_code", "work", "shape", "valid_from", "valid_to"}
    found: dict[str, list[str]] = {}
    for name, messages in faults.items():
        here = name if name in inputs or name.count(".") == 2 else WHOLE
        found.setdefault(here, []).extend(messages)
    return found
