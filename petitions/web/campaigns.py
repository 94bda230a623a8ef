"""Survey campaigns: chosen agencies, chosen days, figures that stand once the last day has passed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Forbidden, Invalid, NotFound
from petitions.queries.surveys import Campaign, Score, campaign, campaigns, may_survey
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.surveys import CAMPAIGN
from petitions.services.campaigns import NOT_YOURS, plan_campaign
from petitions.text import vn_date
from petitions.web import options
from petitions.web.downloads import table_file
from petitions.web.forms import Form, posted_key
from petitions.web.pages import ADMINISTRATION, REPORT_READERS
from petitions.web.session import actor, moment, require, today
from petitions.web.surveys import WORDS, sheets

blueprint = Blueprint("campaigns", __name__)

READERS = (*REPORT_READERS, *ADMINISTRATION)
UNKNOWN = "Không tìm thấy đợt khảo sát này."


@blueprint.get("/hai-long/khao-sat")
def index() -> str:
    """Every campaign that asks about an agency in reach."""
    require(*READERS)
    return render_template(
        "campaigns.html",
        campaigns=campaigns(actor(), today()),
        may_plan=may_survey(actor()),
        may_see_scores=actor().role in REPORT_READERS,
    )


@blueprint.route("/hai-long/khao-sat/moi", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Set a campaign up."""
    require(*READERS)
    me, form, status = actor(), Form(), 200
    if not may_survey(me):
        raise Forbidden(NOT_YOURS)
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(CAMPAIGN, shaped(CAMPAIGN, request.form))
            uid = plan_campaign(given, actor=me, now=moment(), key=posted_key())
        except Invalid as error:
            form, status = form.refused(_at_the_list(error)), 422
        else:
            flash("Đã lập đợt khảo sát.", "done")
            return redirect(url_for("campaigns.show", uid=uid))
    within = None if me.province_wide else me.agency_ids
    text = render_template(
        "campaign_new.html", form=form, agencies=options.agencies(today(), within=within)
    )
    return text if status == 200 else (text, status)


@blueprint.get("/hai-long/khao-sat/<uid>")
def show(uid: str) -> str:
    """A campaign and, once it is over, its figures."""
    require(*READERS)
    found, lines = _known(uid)
    about = f"Từ {vn_date(found.starts_on)} đến {vn_date(found.ends_on)}."
    return render_template("campaign.html", campaign=found, lines=lines, about=about, **WORDS)


@blueprint.get("/hai-long/khao-sat/<uid>.xlsx")
def file(uid: str) -> Response:
    """The figures as an Excel file."""
    require(*READERS)
    found, lines = _known(uid)
    if not found.over:
        raise NotFound("Đợt khảo sát chưa có kết quả.")
    about = f"{found.name}: từ {vn_date(found.starts_on)} đến {vn_date(found.ends_on)}"
    return table_file(
        sheets(lines, "Kết quả khảo sát", about), f"khao-sat-{found.starts_on.isoformat()}"
    )


def _known(uid: str) -> tuple[Campaign, tuple[Score, ...]]:
    found = campaign(actor(), uid, today())
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def _at_the_list(error: Invalid) -> dict[str, list[str]]:
    """Faults of single lines of the list stand at the list: a box has no field of its own."""
    faults: dict[str, list[str]] = {}
    for name, messages in error.fields.items():
        faults.setdefault(name.split(".")[0], []).extend(messages)
    return faults
