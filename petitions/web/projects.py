"""Land-recovery projects: the list, and the cases one project causes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Invalid
from petitions.queries import choices
from petitions.queries import projects as known
from petitions.queries.cases import Filters, queue
from petitions.queries.projects import ProjectPage
from petitions.schemas.fields import LARGEST_ID, load
from petitions.schemas.forms import shaped
from petitions.services.projects import KEEPERS, save_project
from petitions.text import vn_date
from petitions.web import options
from petitions.web.desk import in_words
from petitions.web.forms import Form, Option, posted_key
from petitions.web.pages import CASE_WORK
from petitions.web.session import actor, moment, require, today
from petitions.web.shapes import PROJECT

blueprint = Blueprint("projects", __name__)


PROJECT_ID = f"<int(max={LARGEST_ID}):project_id>"


@blueprint.get("/du-an")
def index() -> str:
    """Every project with the number of cases this hat may see."""
    require(*CASE_WORK)
    return render_template(
        "projects.html", projects=known.projects(actor()), may_keep=actor().role in KEEPERS
    )


@blueprint.get(f"/du-an/{PROJECT_ID}")
def show(project_id: int) -> str:
    """One project and its cases, open and closed, the nearest date first."""
    require(*CASE_WORK)
    page = known.project(actor(), project_id)
    cases = queue(
        actor(), Filters(project_id=project_id, open=None), after=request.args.get("after")
    )
    return render_template(
        "project.html",
        project=page.line,
        places=page.places,
        rows=in_words(cases.lines, today()),
        after=cases.after,
        may_keep=actor().role in KEEPERS,
    )


@blueprint.route("/du-an/moi", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Open a project."""
    require(*KEEPERS)
    if request.method == "GET":
        return _page(None, Form.of({"starts_on": vn_date(today())}))
    return _save(None)


@blueprint.route(f"/du-an/{PROJECT_ID}/sua", methods=["GET", "POST"])
def change(project_id: int) -> Response | str | tuple[str, int]:
    """Keep a project up to date."""
    require(*KEEPERS)
    page = known.project(actor(), project_id)
    if request.method == "GET":
        return _page(page, _filled(page))
    return _save(page)


def _save(page: ProjectPage | None) -> Response | tuple[str, int]:
    try:
        project_id = save_project(
            load(PROJECT, shaped(PROJECT, request.form)),
            project_id=page.line.id if page else None,
            actor=actor(),
            now=moment(),
            key=posted_key(),
        )
    except Invalid as error:
        return _page(page, Form.posted().refused(error.fields)), 422
    flash("Đã lưu dự án.", "done")
    return redirect(url_for("projects.show", project_id=project_id))


def _filled(page: ProjectPage) -> Form:
    line = page.line
    return Form.of(
        {
            "name": line.name,
            "decision": line.decision,
            "starts_on": vn_date(line.starts_on),
            "ends_on": line.ends_on and vn_date(line.ends_on),
            "lead_agency_code": line.lead_code,
            "place_codes": [code for code, _ in page.places],
        }
    )


def _page(page: ProjectPage | None, form: Form) -> str:
    near = {each.code: each.name for each in choices.communes_around(actor().agency_id, today())}
    known_places = near | dict(page.places if page else ())
    return render_template(
        "project_form.html",
        project=page and page.line,
        form=form,
        agencies=options.agencies(today()),
        places=[Option(code, name) for code, name in known_places.items()],
    )
