"""Opening balances: what a body carried over from paper into its first period."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from petitions.errors import Forbidden, Invalid
from petitions.queries.opening_balances import declarations
from petitions.queries.report_readers import SHEET_READERS, may_prepare
from petitions.queries.statistics.openings import declarable
from petitions.queries.statistics.spec import Table, Version, version_on, versions
from petitions.schemas.fields import load
from petitions.schemas.forms import shaped
from petitions.schemas.report_campaigns import OPENING
from petitions.services.openings import declare
from petitions.services.snapshots import NOT_YOURS
from petitions.web.forms import Form, Option, posted_key
from petitions.web.report_campaigns import recent_periods
from petitions.web.session import actor, moment, require, today

blueprint = Blueprint("opening_balances", __name__)


@blueprint.get("/ky-bao-cao/dau-ky")
def index() -> str:
    """What was declared, by whom and why."""
    require(*SHEET_READERS)
    me = actor()
    return render_template(
        "opening_balances.html",
        declared=declarations(me),
        declares=may_prepare(me, me.agency_id),
        tables=[(each.id, each.title) for each in _tables(version_on(today()))],
        spec=version_on(today()).id,
    )


@blueprint.route("/ky-bao-cao/dau-ky/ke-khai", methods=["GET", "POST"])
def new() -> Response | str | tuple[str, int]:
    """Declare one table, or correct what was declared for it."""
    require(*SHEET_READERS)
    me, status = actor(), 200
    if not may_prepare(me, me.agency_id):
        raise Forbidden(NOT_YOURS)
    form = Form({name: request.args.getlist(name) for name in ("spec", "table", "first", "last")})
    if request.method == "POST":
        form = Form.posted()
        try:
            given = load(OPENING, shaped(OPENING, request.form))
            declare(given, actor=me, now=moment(), key=posted_key())
        except Invalid as error:
            form, status = form.refused(error.fields), 422
        else:
            flash("Đã ghi số dư đầu kỳ; bảng thống kê của kỳ này đã gồm số kê khai.", "done")
            return redirect(url_for("opening_balances.index"))
    version = versions().get(form.value("spec")) or version_on(today())
    tables = _tables(version)
    table = next((each for each in tables if each.id == form.value("table")), tables[0])
    page = render_template(
        "opening_balance_new.html",
        form=form.changed({"spec": version.id, "table": table.id}),
        version=version,
        table=table,
        tables=[Option(each.id, f"{each.id} – {each.title}") for each in tables],
        columns=declarable(table),
        rules=[rule for rule in table.identities if not rule.soft],
        periods=recent_periods("opening_balances.new", spec=version.id, table=table.id),
    )
    return page if status == 200 else (page, status)


def _tables(version: Version) -> list[Table]:
    return [each for each in version.tables.values() if declarable(each)]
